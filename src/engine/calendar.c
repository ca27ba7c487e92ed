/*
 * engine/calendar: dates and times, without time zone.
 *
 * Source  days from civil dates after H. Hinnant; forms of text after MySQL's str_to_datetime and
 *         StarRocks' TimestampValue; weeks after MySQL's calc_week.
 * Errors  none: reading tells by false.
 * Threads pure.
 */
#include "engine/calendar.h"
#include "base/ctx.h"

enum { DAYS_PER_ERA = 146097, EPOCH_SHIFT = 719468, MAX_YEAR = 9999, EPOCH_WEEKDAY = 4 };

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int calendar_days_in_month(int64_t year, int month)
{
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// The year is counted from March, so that the leap day comes last in it.
int64_t calendar_days(int64_t year, int month, int day)
{
    int64_t march_year = month > 2 ? year : year - 1;
    int64_t era = (march_year >= 0 ? march_year : march_year - 399) / 400;
    int64_t year_of_era = march_year - era * 400;
    int64_t march_month = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT;
}

Moment calendar_from_days(int64_t days)
{
    int64_t shifted = days + EPOCH_SHIFT;
    int64_t era = (shifted >= 0 ? shifted : shifted - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t day_of_era = shifted - era * DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    Moment moment = {.day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
                     .month = (int)(march_month < 10 ? march_month + 3 : march_month - 9)};
    moment.year = year_of_era + era * 400 + (moment.month <= 2 ? 1 : 0);
    return moment;
}

// Rounds down, also below zero.
static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

Moment calendar_from_micros(int64_t micros)
{
    int64_t days = floor_div(micros, CALENDAR_MICROS_PER_DAY);
    int64_t rest = micros - days * CALENDAR_MICROS_PER_DAY;
    Moment moment = calendar_from_days(days);
    moment.micro = (int)(rest % 1000000);
    int64_t seconds = rest / 1000000;
    moment.second = (int)(seconds % 60);
    moment.minute = (int)(seconds / 60 % 60);
    moment.hour = (int)(seconds / 3600);
    return moment;
}

int64_t calendar_micros(const Moment *moment)
{
    int64_t hours = calendar_days(moment->year, moment->month, moment->day) * 24 + moment->hour;
    return ((hours * 60 + moment->minute) * 60 + moment->second) * 1000000 + moment->micro;
}

bool calendar_is_valid(const Moment *moment)
{
    if (moment->year < 0 || moment->year > MAX_YEAR) return false;
    if (moment->month < 1 || moment->month > 12) return false;
    if (moment->day < 1 || moment->day > calendar_days_in_month(moment->year, moment->month))
        return false;
    return moment->hour >= 0 && moment->hour < 24 && moment->minute >= 0 && moment->minute < 60 &&
           moment->second >= 0 && moment->second < 60 && moment->micro >= 0 &&
           moment->micro < 1000000;
}

int calendar_weekday(int64_t days)
{
    return (int)(((days + EPOCH_WEEKDAY) % 7 + 7) % 7);
}

int calendar_day_of_year(const Moment *moment)
{
    return (int)(calendar_days(moment->year, moment->month, moment->day) -
                 calendar_days(moment->year, 1, 1)) +
           1;
}

static int days_in_year(int64_t year)
{
    return is_leap(year) ? 366 : 365;
}

// Bits of `mode`, as MySQL's manual tells: 1 the week begins on Monday; 2 weeks count from 1 and
// days before week 1 belong to the year before; 4 (turned round when weeks begin on Sunday) week 1
// is the first that begins in the year, instead of the first that has four days in it.
int calendar_week(const Moment *moment, int mode, int64_t *year)
{
    bool is_monday_first = mode & 1, is_week_year = mode & 2;
    bool is_whole_week = ((mode & 4) != 0) == is_monday_first;
    int64_t day = calendar_days(moment->year, moment->month, moment->day);
    int64_t first_day = calendar_days(moment->year, 1, 1);
    int64_t of_year = moment->year;
    // Days of January the first's week that lie in the year before.
    int before = (calendar_weekday(first_day) + (is_monday_first ? 6 : 0)) % 7;
    bool is_late = is_whole_week ? before != 0 : before >= 4;

    if (moment->month == 1 && moment->day <= 7 - before) {
        if (year) *year = of_year;
        if (!is_late) return 1;
        if (!is_week_year) return 0;
        of_year--;
        first_day -= days_in_year(of_year);
        before = (before + 53 * 7 - days_in_year(of_year)) % 7;
        is_late = is_whole_week ? before != 0 : before >= 4;
    }
    int64_t since = day - (is_late ? first_day + 7 - before : first_day - before);
    if (is_week_year && since >= INT64_C(52) * 7) {
        before = (before + days_in_year(of_year)) % 7;
        bool is_next = is_whole_week ? before == 0 : before < 4;
        if (year) *year = of_year + (is_next ? 1 : 0);
        if (is_next) return 1;
    }
    if (year) *year = of_year;
    return (int)(since / 7) + 1;
}

// --- text

static size_t put_fraction(char *out, int micro)
{
    return micro ? (size_t)snprintf(out, 8, ".%06d", micro) : 0;
}

static size_t put_clock(char *out, const Moment *moment)
{
    size_t len = (size_t)snprintf(out, CALENDAR_TEXT_SIZE / 2, "%02d:%02d:%02d", moment->hour,
                                  moment->minute, moment->second);
    return len + put_fraction(out + len, moment->micro);
}

static size_t put_day(char *out, const Moment *moment)
{
    return (size_t)snprintf(out, CALENDAR_TEXT_SIZE / 2, "%04lld-%02d-%02d",
                            (long long)moment->year, moment->month, moment->day);
}

size_t calendar_put_date(char out[CALENDAR_TEXT_SIZE], int64_t days)
{
    Moment moment = calendar_from_days(days);
    return put_day(out, &moment);
}

size_t calendar_put_datetime(char out[CALENDAR_TEXT_SIZE], int64_t micros)
{
    Moment moment = calendar_from_micros(micros);
    size_t len = put_day(out, &moment);
    out[len++] = ' ';
    return len + put_clock(out + len, &moment);
}

size_t calendar_put_time(char out[CALENDAR_TEXT_SIZE], int64_t micros)
{
    Moment moment = calendar_from_micros(micros);
    moment.hour += (int)(micros / CALENDAR_MICROS_PER_DAY) * 24;
    return put_clock(out, &moment);
}

// --- reading

typedef struct Reader {
    Str text;
    size_t pos;
} Reader;

static bool at_digit(const Reader *r)
{
    return r->pos < r->text.len && r->text.ptr[r->pos] >= '0' && r->text.ptr[r->pos] <= '9';
}

// Between 1 and `max` digits; their number is the answer, 0 means none.
static int read_number(Reader *r, int max, int64_t *out)
{
    int count = 0;
    int64_t value = 0;
    for (; count < max && at_digit(r); count++) value = value * 10 + (r->text.ptr[r->pos++] - '0');
    if (count > 0) *out = value;
    return count;
}

static bool skip_byte(Reader *r, char byte)
{
    if (r->pos >= r->text.len || r->text.ptr[r->pos] != byte) return false;
    r->pos++;
    return true;
}

static int64_t full_year(int64_t year, int digits)
{
    return digits > 2 ? year : year >= 70 ? 1900 + year : 2000 + year;
}

// [.fraction] to the end of the text.
static bool read_fraction(Reader *r, Moment *moment)
{
    if (!skip_byte(r, '.')) return r->pos == r->text.len;
    int64_t micro = 0;
    int count = read_number(r, 6, &micro);
    for (int i = count; i < 6; i++) micro *= 10;
    while (at_digit(r)) r->pos++;
    moment->micro = (int)micro;
    return r->pos == r->text.len;
}

static bool read_clock(Reader *r, Moment *moment)
{
    int64_t field[3] = {0};
    for (int i = 0; i < 3; i++) {
        if (i > 0 && !skip_byte(r, ':')) break;
        if (read_number(r, 2, &field[i]) == 0) return false;
    }
    moment->hour = (int)field[0];
    moment->minute = (int)field[1];
    moment->second = (int)field[2];
    return read_fraction(r, moment);
}

static bool read_delimited(Reader *r, Moment *moment)
{
    int64_t year = 0, month = 0, day = 0;
    int digits = read_number(r, 4, &year);
    if (digits == 0 || r->pos >= r->text.len) return false;
    char delimiter = r->text.ptr[r->pos];
    if (delimiter != '-' && delimiter != '/' && delimiter != '.') return false;
    r->pos++;
    if (read_number(r, 2, &month) == 0 || !skip_byte(r, delimiter)) return false;
    if (read_number(r, 2, &day) == 0) return false;
    moment->year = full_year(year, digits);
    moment->month = (int)month;
    moment->day = (int)day;
    if (r->pos == r->text.len) return true;
    if (!skip_byte(r, 'T') && !skip_byte(r, ' ')) return false;
    while (skip_byte(r, ' ')) continue;
    return read_clock(r, moment);
}

// `count` digits without anything between: date, or date and time.
static bool read_compact(Reader *r, size_t count, Moment *moment)
{
    int64_t year = 0, field[5] = {0};
    int year_digits = count == 8 || count == 14 ? 4 : 2;
    read_number(r, year_digits, &year);
    for (size_t i = 0; i < (count - (size_t)year_digits) / 2; i++) read_number(r, 2, &field[i]);
    moment->year = full_year(year, year_digits);
    moment->month = (int)field[0];
    moment->day = (int)field[1];
    moment->hour = (int)field[2];
    moment->minute = (int)field[3];
    moment->second = (int)field[4];
    return count >= 12 ? read_fraction(r, moment) : r->pos == r->text.len;
}

bool calendar_parse(Str text, Moment *out)
{
    Reader r = {.text = str_trim(text)};
    Moment moment = {0};
    size_t count = 0;
    while (count < r.text.len && r.text.ptr[count] >= '0' && r.text.ptr[count] <= '9') count++;
    bool is_compact = count == 6 || count == 8 || count == 12 || count == 14;
    bool is_read = is_compact ? read_compact(&r, count, &moment) : read_delimited(&r, &moment);
    if (!is_read || !calendar_is_valid(&moment)) return false;
    *out = moment;
    return true;
}
