/*
 * plan/expr_interval: dates and times moved by an interval.
 *
 * Known moments are moved here and now, so that `d >= curdate() - INTERVAL 7 DAY` prunes
 * partitions. Source  StarRocks TimestampArithmeticExpr: the result is always a DATETIME. Months
 * are cut at their last day. Civil calendar after H. Hinnant, "chrono-compatible low-level date
 * algorithms". Errors  SEMANTIC.   Threads  pure.
 */
#include "plan/expr.h"
#include <stdio.h>

enum { MONTHS = 12, DAYS_PER_WEEK = 7, SECONDS_PER_DAY = 86400, MAX_YEAR = 9999 };

typedef struct Moment {
    int64_t year, month, day;  // month and day from 1
    int64_t second;            // of the day
    Str fraction;              // ".5", or empty
} Moment;

static int64_t days_of_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static void civil_of_days(int64_t days, Moment *out)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    out->day = day_of_year - (153 * shifted + 2) / 5 + 1;
    out->month = shifted < 10 ? shifted + 3 : shifted - 9;
    out->year = year_of_era + era * 400 + (out->month <= 2);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    int64_t next_year = month == MONTHS ? year + 1 : year;
    int64_t next_month = month == MONTHS ? 1 : month + 1;
    return days_of_civil(next_year, next_month, 1) - days_of_civil(year, month, 1);
}

// The full form that literals have: yyyy-MM-dd HH:mm:ss[.fraction].
static bool read_moment(Ctx *ctx, Str text, Moment *out)
{
    int part[6];
    if (sscanf(str_z(ctx->arena, text), "%4d-%2d-%2d %2d:%2d:%2d", &part[0], &part[1], &part[2],
               &part[3], &part[4], &part[5]) != 6)
        return false;
    *out = (Moment){part[0], part[1], part[2], part[3] * 3600 + part[4] * 60 + part[5],
                    str_sub(text, 19, text.len)};
    return true;
}

static bool move_moment(Moment *moment, TimeUnit unit, int64_t count)
{
    int64_t months = 0, seconds = 0;
    switch (unit) {
    case UNIT_YEAR: months = count * MONTHS; break;
    case UNIT_QUARTER: months = count * 3; break;
    case UNIT_MONTH: months = count; break;
    case UNIT_WEEK: seconds = count * DAYS_PER_WEEK * SECONDS_PER_DAY; break;
    case UNIT_DAY: seconds = count * SECONDS_PER_DAY; break;
    case UNIT_HOUR: seconds = count * 3600; break;
    case UNIT_MINUTE: seconds = count * 60; break;
    case UNIT_SECOND: seconds = count; break;
    default: return false;
    }
    int64_t month = moment->year * MONTHS + moment->month - 1 + months;
    if (month < MONTHS || month / MONTHS > MAX_YEAR) return false;
    moment->year = month / MONTHS;
    moment->month = month % MONTHS + 1;
    int64_t last = days_in_month(moment->year, moment->month);
    if (moment->day > last) moment->day = last;
    int64_t total = days_of_civil(moment->year, moment->month, moment->day) * SECONDS_PER_DAY +
                    moment->second + seconds;
    int64_t days = total / SECONDS_PER_DAY;
    if (total % SECONDS_PER_DAY < 0) days--;
    moment->second = total - days * SECONDS_PER_DAY;
    civil_of_days(days, moment);
    return moment->year >= 0 && moment->year <= MAX_YEAR;
}

// False: not both known, or out of the calendar (the engine tells then).
static bool fold(Ctx *ctx, const TypedExpr *time, const Interval *by, TypedExpr *out)
{
    const int64_t FAR = 100000000;
    Moment moment;
    __int128 steps;
    const TypedExpr *count = &by->count;
    bool is_known = time->is_literal && count->is_literal && time->value.ptr && count->value.ptr;
    if (!is_known || !literal_integer(count->value, &steps) || steps > FAR || steps < -FAR)
        return false;
    if (!read_moment(ctx, time->value, &moment) ||
        !move_moment(&moment, by->unit, (int64_t)steps * by->sign))
        return false;
    Str text = str_printf(ctx->arena, "%04d-%02d-%02d %02d:%02d:%02d%.*s", (int)moment.year,
                          (int)moment.month, (int)moment.day, (int)(moment.second / 3600),
                          (int)(moment.second / 60 % 60), (int)(moment.second % 60),
                          STR_ARG(moment.fraction));
    *out = literal_make(ctx, typing_of(TYPE_DATETIME), text);
    return true;
}

Rc expr_add_interval(Ctx *ctx, const TypedExpr *time, const Interval *by, TypedExpr *out)
{
    static const char *const STEPS[UNIT_COUNT] = {
        [UNIT_YEAR] = "to_years(",
        [UNIT_QUARTER] = "to_months(3 * ",
        [UNIT_MONTH] = "to_months(",
        [UNIT_WEEK] = "to_days(7 * ",
        [UNIT_DAY] = "to_days(",
        [UNIT_HOUR] = "to_hours(",
        [UNIT_MINUTE] = "to_minutes(",
        [UNIT_SECOND] = "to_seconds(",
        [UNIT_MILLISECOND] = "to_milliseconds(",
        [UNIT_MICROSECOND] = "to_microseconds(",
    };
    TypedExpr moment;
    Interval steps = *by;
    TRY(expr_convert(ctx, time, typing_of(TYPE_DATETIME), &moment));
    TRY(expr_convert(ctx, &by->count, typing_of(TYPE_INT), &steps.count));
    if (fold(ctx, &moment, &steps, out)) return RC_OK;
    must(STEPS[by->unit] != NULL);
    Str sql = str_printf(ctx->arena, "(%.*s %c %s%.*s))", STR_ARG(moment.sql),
                         by->sign > 0 ? '+' : '-', STEPS[by->unit], STR_ARG(steps.count.sql));
    *out = expr_rewrite(&moment, moment.type, sql);
    expr_inherit(out, &steps.count);
    return RC_OK;
}
