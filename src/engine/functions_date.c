/*
 * engine/functions_date: dates and times as MySQL words and counts them.
 *
 * Source  MySQL's and StarRocks' DATE_FORMAT and STR_TO_DATE tables; every letter is one case
 *         below.
 * Errors  kg_timestampdiff: BAD_VALUE on a unit that does not exist. Else what has no answer is
 *         NULL.
 * Threads pure.
 */
#include "base/ctx.h"
#include "base/vec.h"
#include "engine/calendar.h"
#include "engine/functions.h"

enum { FORMAT_RESULT_MAX = 128, DAYS_TO_EPOCH = 719528 };  // days from year 0 to 1970-01-01

static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const WEEKDAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

static int64_t days_of(const Moment *moment)
{
    return calendar_days(moment->year, moment->month, moment->day);
}

static int64_t micros_to_days(int64_t micros)
{
    Moment moment = calendar_from_micros(micros);
    return days_of(&moment);
}

static int hour_12(const Moment *moment)
{
    return moment->hour % 12 == 0 ? 12 : moment->hour % 12;
}

// --- DATE_FORMAT

static const char *day_suffix(int day)
{
    if (day >= 11 && day <= 13) return "th";
    return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

static void put_week(Buf *out, char letter, const Moment *m)
{
    static const struct {
        char letter;
        int mode;
    } MODES[] = {{'U', 0}, {'u', 1}, {'V', 2}, {'v', 3}, {'X', 2}, {'x', 3}};
    size_t at = 0;
    while (MODES[at].letter != letter) at++;
    int64_t year;
    int week = calendar_week(m, MODES[at].mode, &year);
    if (letter == 'X' || letter == 'x')
        buf_printf(out, "%04lld", (long long)year);
    else
        buf_printf(out, "%02d", week);
}

static void put_name(Buf *out, const char *name, bool is_short)
{
    Str text = str_from(name);
    buf_add(out, is_short ? str_sub(text, 0, 3) : text);
}

static void put_field(Buf *out, char letter, const Moment *m)
{
    switch (letter) {
    case 'a':
    case 'W': put_name(out, WEEKDAYS[calendar_weekday(days_of(m))], letter == 'a'); break;
    case 'b':
    case 'M': put_name(out, MONTHS[m->month - 1], letter == 'b'); break;
    case 'c': buf_printf(out, "%d", m->month); break;
    case 'D': buf_printf(out, "%d%s", m->day, day_suffix(m->day)); break;
    case 'd': buf_printf(out, "%02d", m->day); break;
    case 'e': buf_printf(out, "%d", m->day); break;
    case 'f': buf_printf(out, "%06d", m->micro); break;
    case 'H': buf_printf(out, "%02d", m->hour); break;
    case 'h':
    case 'I': buf_printf(out, "%02d", hour_12(m)); break;
    case 'i': buf_printf(out, "%02d", m->minute); break;
    case 'j': buf_printf(out, "%03d", calendar_day_of_year(m)); break;
    case 'k': buf_printf(out, "%d", m->hour); break;
    case 'l': buf_printf(out, "%d", hour_12(m)); break;
    case 'm': buf_printf(out, "%02d", m->month); break;
    case 'p': buf_add_z(out, m->hour < 12 ? "AM" : "PM"); break;
    case 'r':
        buf_printf(out, "%02d:%02d:%02d %s", hour_12(m), m->minute, m->second,
                   m->hour < 12 ? "AM" : "PM");
        break;
    case 'S':
    case 's': buf_printf(out, "%02d", m->second); break;
    case 'T': buf_printf(out, "%02d:%02d:%02d", m->hour, m->minute, m->second); break;
    case 'U':
    case 'u':
    case 'V':
    case 'v':
    case 'X':
    case 'x': put_week(out, letter, m); break;
    case 'w': buf_printf(out, "%d", calendar_weekday(days_of(m))); break;
    case 'Y': buf_printf(out, "%04lld", (long long)m->year); break;
    case 'y': buf_printf(out, "%02d", (int)(m->year % 100)); break;
    default: buf_add_byte(out, letter); break;  // MySQL: %x for any other x is x
    }
}

static Rc date_format(Ctx *ctx, EngineCall *call)
{
    const int64_t *micros = engine_arg_data(call, 0);
    ArenaMark mark = arena_mark(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Moment moment = calendar_from_micros(micros[row]);
        Str format = engine_arg_str(call, 1, row);
        Buf out = buf_new(ctx->arena);
        bool is_valid = calendar_is_valid(&moment) && format.len <= FORMAT_RESULT_MAX;
        for (size_t i = 0; is_valid && i < format.len; i++) {
            bool is_field = format.ptr[i] == '%' && i + 1 < format.len;
            if (is_field)
                put_field(&out, format.ptr[++i], &moment);
            else
                buf_add_byte(&out, format.ptr[i]);
        }
        // StarRocks answers NULL for longer texts, too.
        if (is_valid && out.len <= FORMAT_RESULT_MAX)
            engine_out_str(call, row, buf_str(&out));
        else
            engine_out_null(call, row);
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

// --- STR_TO_DATE

typedef struct Parse {
    Str text;
    size_t pos;
    Moment moment;
    int day_of_year;    // 0: not told
    int week, weekday;  // weekday 1 = Monday; 0: not told
    int week_year;      // of %X and %x; the year else
    bool has_week, has_week_year, is_sunday_first;
    bool is_pm, is_12_hour;
} Parse;

static bool parse_number(Parse *p, int max_digits, int *out)
{
    int count = 0, value = 0;
    while (count < max_digits && p->pos < p->text.len && p->text.ptr[p->pos] >= '0' &&
           p->text.ptr[p->pos] <= '9') {
        value = value * 10 + (p->text.ptr[p->pos++] - '0');
        count++;
    }
    *out = value;
    return count > 0;
}

static bool parse_year(Parse *p, int digits)
{
    int year;
    size_t from = p->pos;
    if (!parse_number(p, digits, &year)) return false;
    if (p->pos - from <= 2) year += year >= 70 ? 1900 : 2000;
    p->moment.year = year;
    return true;
}

static bool parse_micro(Parse *p)
{
    size_t from = p->pos;
    if (!parse_number(p, 6, &p->moment.micro)) return false;
    for (size_t i = p->pos - from; i < 6; i++) p->moment.micro *= 10;
    return true;
}

// Index of the name that the text goes on with; names are told apart by their first three letters.
static bool parse_name(Parse *p, const char *const *names, int count, bool is_short, int *out)
{
    for (int i = 0; i < count; i++) {
        Str name = str_from(names[i]);
        if (is_short) name = str_sub(name, 0, 3);
        if (!str_starts_nocase(str_sub(p->text, p->pos, p->text.len), name)) continue;
        p->pos += name.len;
        *out = i;
        return true;
    }
    return false;
}

static bool parse_half_day(Parse *p)
{
    Str rest = str_sub(p->text, p->pos, 2);
    p->is_pm = str_eq_nocase(rest, STR("PM"));
    p->pos += 2;
    return p->is_pm || str_eq_nocase(rest, STR("AM"));
}

static bool parse_hour_12(Parse *p)
{
    p->is_12_hour = true;
    return parse_number(p, 2, &p->moment.hour) && p->moment.hour >= 1 && p->moment.hour <= 12;
}

static bool parse_byte(Parse *p, char byte)
{
    if (p->pos >= p->text.len || p->text.ptr[p->pos] != byte) return false;
    p->pos++;
    return true;
}

static bool parse_clock(Parse *p, bool is_12_hour)
{
    Moment *m = &p->moment;
    bool is_hour = is_12_hour ? parse_hour_12(p) : parse_number(p, 2, &m->hour);
    if (!is_hour || !parse_byte(p, ':') || !parse_number(p, 2, &m->minute)) return false;
    if (!parse_byte(p, ':') || !parse_number(p, 2, &m->second)) return false;
    if (!is_12_hour) return true;
    while (parse_byte(p, ' ')) continue;
    return parse_half_day(p);
}

static bool parse_month_name(Parse *p, bool is_short)
{
    int month;
    if (!parse_name(p, MONTHS, 12, is_short, &month)) return false;
    p->moment.month = month + 1;
    return true;
}

static bool parse_weekday(Parse *p, char letter)
{
    int day;
    bool is_name = letter != 'w';
    if (is_name && !parse_name(p, WEEKDAYS, 7, letter == 'a', &day)) return false;
    if (!is_name && (!parse_number(p, 1, &day) || day > 6)) return false;
    p->weekday = day == 0 ? 7 : day;
    return true;
}

// %U %V begin weeks on Sunday, %u %v on Monday; %X and %x are the years that %V and %v belong to.
static bool parse_week(Parse *p, char letter)
{
    p->is_sunday_first = letter < 'a';
    if (letter == 'X' || letter == 'x') {
        p->has_week_year = true;
        return parse_number(p, 4, &p->week_year);
    }
    p->has_week = true;
    return parse_number(p, 2, &p->week) && p->week <= 53;
}

static bool parse_field(Parse *p, char letter)
{
    switch (letter) {
    case 'Y': return parse_year(p, 4);
    case 'y': return parse_year(p, 2);
    case 'm':
    case 'c': return parse_number(p, 2, &p->moment.month);
    case 'b':
    case 'M': return parse_month_name(p, letter == 'b');
    case 'd':
    case 'e': return parse_number(p, 2, &p->moment.day);
    case 'D':  // 1st, 2nd, ..
        if (!parse_number(p, 2, &p->moment.day)) return false;
        p->pos += 2;
        return p->pos <= p->text.len;
    case 'j': return parse_number(p, 3, &p->day_of_year) && p->day_of_year > 0;
    case 'a':
    case 'W':
    case 'w': return parse_weekday(p, letter);
    case 'U':
    case 'u':
    case 'V':
    case 'v':
    case 'X':
    case 'x': return parse_week(p, letter);
    case 'H':
    case 'k': return parse_number(p, 2, &p->moment.hour);
    case 'h':
    case 'I':
    case 'l': return parse_hour_12(p);
    case 'i': return parse_number(p, 2, &p->moment.minute);
    case 's':
    case 'S': return parse_number(p, 2, &p->moment.second);
    case 'f': return parse_micro(p);
    case 'p': return parse_half_day(p);
    case 'T': return parse_clock(p, false);
    case 'r': return parse_clock(p, true);
    case '%': return parse_byte(p, '%');
    default: return false;
    }
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n';
}

// The date that week and weekday name, as MySQL's extract_date_time counts it.
static bool take_week(Parse *p)
{
    int64_t year = p->has_week_year ? p->week_year : p->moment.year;
    if (p->weekday == 0 || year < 0 || year > 9999) return false;
    int64_t first = calendar_days(year, 1, 1);
    int before = (calendar_weekday(first) + (p->is_sunday_first ? 0 : 6)) % 7;
    bool is_late = p->is_sunday_first ? before != 0 : before > 3;
    int64_t days = first + (is_late ? 7 : 0) - before + (p->week - 1) * INT64_C(7) +
                   (p->is_sunday_first ? p->weekday % 7 : p->weekday - 1);
    Moment day = calendar_from_days(days);
    p->moment.year = day.year;
    p->moment.month = day.month;
    p->moment.day = day.day;
    return true;
}

// What is left over behind the format is ignored, as in MySQL.
static bool parse_all(Parse *p, Str format)
{
    for (size_t i = 0; i < format.len; i++) {
        while (p->pos < p->text.len && is_blank(p->text.ptr[p->pos])) p->pos++;
        if (is_blank(format.ptr[i])) continue;
        bool is_field = format.ptr[i] == '%' && i + 1 < format.len;
        if (is_field ? !parse_field(p, format.ptr[++i]) : !parse_byte(p, format.ptr[i]))
            return false;
    }
    if (p->is_12_hour) p->moment.hour = p->moment.hour % 12 + (p->is_pm ? 12 : 0);
    if (p->day_of_year > 0) {
        Moment day = calendar_from_days(calendar_days(p->moment.year, 1, 1) + p->day_of_year - 1);
        if (day.year != p->moment.year) return false;
        p->moment.month = day.month;
        p->moment.day = day.day;
    }
    if (p->has_week && !take_week(p)) return false;
    return calendar_is_valid(&p->moment);
}

static Rc str_to_date(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int64_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Parse parse = {.text = engine_arg_str(call, 0, row)};
        if (parse_all(&parse, engine_arg_str(call, 1, row)))
            out[row] = calendar_micros(&parse.moment);
        else
            engine_out_null(call, row);
    }
    return RC_OK;
}

// --- differences

static const struct {
    Str unit;
    int64_t micros;  // 0: counted in months
    int months;
} UNITS[] = {
    {STR_INIT("MICROSECOND"), 1, 0},
    {STR_INIT("MILLISECOND"), 1000, 0},
    {STR_INIT("SECOND"), 1000000, 0},
    {STR_INIT("MINUTE"), INT64_C(60000000), 0},
    {STR_INIT("HOUR"), INT64_C(3600000000), 0},
    {STR_INIT("DAY"), CALENDAR_MICROS_PER_DAY, 0},
    {STR_INIT("WEEK"), 7 * CALENDAR_MICROS_PER_DAY, 0},
    {STR_INIT("MONTH"), 0, 1},
    {STR_INIT("QUARTER"), 0, 3},
    {STR_INIT("YEAR"), 0, 12},
};

// Whole months from a to b; a month is whole when day and time of b reach those of a.
static int64_t months_between(int64_t a, int64_t b)
{
    if (a > b) return -months_between(b, a);
    Moment from = calendar_from_micros(a), to = calendar_from_micros(b);
    int64_t months = (to.year - from.year) * 12 + to.month - from.month;
    int64_t day_from =
        from.day * CALENDAR_MICROS_PER_DAY + (a - micros_to_days(a) * CALENDAR_MICROS_PER_DAY);
    int64_t day_to =
        to.day * CALENDAR_MICROS_PER_DAY + (b - micros_to_days(b) * CALENDAR_MICROS_PER_DAY);
    return months - (day_to < day_from ? 1 : 0);
}

static Rc timestampdiff(Ctx *ctx, EngineCall *call)
{
    const int64_t *from = engine_arg_data(call, 1), *to = engine_arg_data(call, 2);
    int64_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str unit = engine_arg_str(call, 0, row);
        size_t at = 0;
        while (at < COUNT_OF(UNITS) && !str_eq_nocase(UNITS[at].unit, unit)) at++;
        if (at == COUNT_OF(UNITS))
            return FAIL(ctx, BAD_VALUE, STR_ARG(STR("time unit")), STR_ARG(unit),
                        STR_ARG(STR("unit")));
        out[row] = UNITS[at].micros ? (to[row] - from[row]) / UNITS[at].micros
                                    : months_between(from[row], to[row]) / UNITS[at].months;
    }
    return RC_OK;
}

static Rc datediff(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *a = engine_arg_data(call, 0), *b = engine_arg_data(call, 1);
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row))
            out[row] = (int32_t)(micros_to_days(a[row]) - micros_to_days(b[row]));
    return RC_OK;
}

// --- one number of a day

#define DAY_FUNCTION(name, number)                                  \
    static Rc name(Ctx *ctx, EngineCall *call)                      \
    {                                                               \
        (void)ctx;                                                  \
        const int64_t *micros = engine_arg_data(call, 0);           \
        int32_t *out = engine_out_data(call);                       \
        for (size_t row = 0; row < engine_call_rows(call); row++) { \
            if (engine_out_is_null(call, row)) continue;            \
            int64_t days = micros_to_days(micros[row]);             \
            out[row] = (int32_t)(number);                           \
        }                                                           \
        return RC_OK;                                               \
    }

DAY_FUNCTION(dayofweek, calendar_weekday(days) + 1)
DAY_FUNCTION(weekday, (calendar_weekday(days) + 6) % 7)
DAY_FUNCTION(to_days, days + DAYS_TO_EPOCH)

static Rc week(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *micros = engine_arg_data(call, 0), *mode = engine_arg_data(call, 1);
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Moment moment = calendar_from_micros(micros[row]);
        out[row] = calendar_week(&moment, (int)(mode[row] & 7), NULL);
    }
    return RC_OK;
}

static Rc from_days(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *days = engine_arg_data(call, 0);
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        bool is_in_range =
            days[row] >= 0 && days[row] <= calendar_days(9999, 12, 31) + DAYS_TO_EPOCH;
        if (is_in_range)
            out[row] = (int32_t)(days[row] - DAYS_TO_EPOCH);
        else
            engine_out_null(call, row);
    }
    return RC_OK;
}

#define MOMENT ENGINE_TIMESTAMP
#define TEXT ENGINE_VARCHAR
#define SPEC(name_, result_, run_, ...)                                         \
    {                                                                           \
        .name = name_, .params = {__VA_ARGS__}, .result = result_, .run = run_, \
        .param_count = sizeof((EngineType[]){__VA_ARGS__}) / sizeof(EngineType) \
    }

static const EngineScalar SPECS[] = {
    SPEC("kg_date_format", TEXT, date_format, MOMENT, TEXT),
    SPEC("kg_str_to_date", MOMENT, str_to_date, TEXT, TEXT),
    SPEC("kg_timestampdiff", ENGINE_BIGINT, timestampdiff, TEXT, MOMENT, MOMENT),
    SPEC("kg_datediff", ENGINE_INT, datediff, MOMENT, MOMENT),
    SPEC("kg_dayofweek", ENGINE_INT, dayofweek, MOMENT),
    SPEC("kg_weekday", ENGINE_INT, weekday, MOMENT),
    SPEC("kg_week", ENGINE_INT, week, MOMENT, ENGINE_BIGINT),
    SPEC("kg_to_days", ENGINE_INT, to_days, MOMENT),
    SPEC("kg_from_days", ENGINE_DATE, from_days, ENGINE_BIGINT),
};

FunctionTable functions_date(void)
{
    return (FunctionTable){SPECS, COUNT_OF(SPECS)};
}
