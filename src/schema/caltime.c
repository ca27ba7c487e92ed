/*
 * schema/caltime: dates as partition bounds need them.
 *
 * Source  day numbers by counting years from March, so that the leap day comes last; the text forms
 * are those that StarRocks' DateUtils.probeFormat accepts. Errors  none: false is "no date".
 * Threads  pure, apart from the arena given.
 */
#include "schema/caltime.h"
#include "base/ctx.h"

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    if (month == 2) return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Floor division, so that years before 1970 and year 0 work.
static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

int64_t caltime_days(CalDate date)
{
    must(date.month >= 1 && date.month <= 12);
    int64_t year = date.month > 2 ? date.year : date.year - 1;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t leap_days = floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400);
    return 365 * year + leap_days + (153 * month + 2) / 5 + date.day - 1 - 719468;
}

CalDate caltime_date(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t of_era = shifted - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    CalDate date = {.day = (int)(of_year - (153 * month + 2) / 5 + 1)};
    date.month = (int)(month < 10 ? month + 3 : month - 9);
    date.year = (int)(year + era * 400 + (date.month <= 2));
    return date;
}

int caltime_weekday(int64_t days)
{
    return (int)(days + 3 - floor_div(days + 3, 7) * 7) + 1;  // 1970-01-01 was a Thursday
}

bool caltime_is_valid(CalTime time)
{
    return time.days >= caltime_days((CalDate){0, 1, 1}) &&
           time.days <= caltime_days((CalDate){9999, 12, 31});
}

// --- reading

typedef struct Scanner {
    Str text;
    size_t pos;
} Scanner;

// `least` to `most` digits.
static bool scan_digits(Scanner *scan, size_t least, size_t most, int *out)
{
    int value = 0;
    size_t start = scan->pos;
    while (scan->pos < scan->text.len && scan->pos - start < most) {
        char byte = scan->text.ptr[scan->pos];
        if (byte < '0' || byte > '9') break;
        value = value * 10 + (byte - '0');
        scan->pos++;
    }
    *out = value;
    return scan->pos - start >= least;
}

static bool scan_byte(Scanner *scan, char byte)
{
    if (scan->pos == scan->text.len || scan->text.ptr[scan->pos] != byte) return false;
    scan->pos++;
    return true;
}

static bool scan_end(const Scanner *scan)
{
    return scan->pos == scan->text.len;
}

static bool scan_fraction(Scanner *scan, int *micros)
{
    size_t start = scan->pos;
    if (!scan_digits(scan, 1, 6, micros)) return false;
    for (size_t width = scan->pos - start; width < 6; width++) *micros *= 10;
    return true;
}

static bool join(CalDate date, const int clock[static 4], CalTime *out)
{
    if (date.month < 1 || date.month > 12 || date.day < 1) return false;
    if (date.day > days_in_month(date.year, date.month)) return false;
    if (clock[0] > 23 || clock[1] > 59 || clock[2] > 59) return false;
    out->days = caltime_days(date);
    out->micros = ((clock[0] * INT64_C(60) + clock[1]) * 60 + clock[2]) * 1000000 + clock[3];
    return true;
}

static bool parse_dashed(Scanner scan, CalTime *out)
{
    CalDate date = {0};
    int clock[4] = {0};
    if (!scan_digits(&scan, 4, 4, &date.year) || !scan_byte(&scan, '-')) return false;
    if (!scan_digits(&scan, 1, 2, &date.month) || !scan_byte(&scan, '-')) return false;
    if (!scan_digits(&scan, 1, 2, &date.day)) return false;
    if (scan_end(&scan)) return join(date, clock, out);
    if (!scan_byte(&scan, ' ') && !scan_byte(&scan, 'T')) return false;
    if (!scan_digits(&scan, 1, 2, &clock[0]) || !scan_byte(&scan, ':')) return false;
    if (!scan_digits(&scan, 1, 2, &clock[1])) return false;
    if (scan_byte(&scan, ':')) {
        if (!scan_digits(&scan, 1, 2, &clock[2])) return false;
        if (scan_byte(&scan, '.') && !scan_fraction(&scan, &clock[3])) return false;
    }
    return scan_end(&scan) && join(date, clock, out);
}

static bool parse_compact(Scanner scan, CalTime *out)
{
    CalDate date = {0};
    int clock[4] = {0};
    if (!scan_digits(&scan, 4, 4, &date.year) || !scan_digits(&scan, 2, 2, &date.month))
        return false;
    if (!scan_digits(&scan, 2, 2, &date.day)) return false;
    for (int i = 0; i < 3 && scan.text.len == 14; i++)
        if (!scan_digits(&scan, 2, 2, &clock[i])) return false;
    return scan_end(&scan) && join(date, clock, out);
}

bool caltime_parse(Str text, CalTime *out)
{
    Scanner scan = {str_trim(text), 0};
    return parse_dashed(scan, out) || parse_compact(scan, out);
}

Str caltime_text(Arena *arena, CalTime time, bool has_time)
{
    CalDate date = caltime_date(time.days);
    if (!has_time) return str_printf(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
    int64_t seconds = time.micros / 1000000;
    int micros = (int)(time.micros % 1000000);
    Buf buf = buf_new(arena);
    buf_printf(&buf, "%04d-%02d-%02d %02d:%02d:%02d", date.year, date.month, date.day,
               (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    if (micros) buf_printf(&buf, ".%06d", micros);
    return buf_str(&buf);
}
