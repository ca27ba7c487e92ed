/*
 * schema/batch: START (..) END (..) EVERY (..) to single ranges.
 *
 * Source  StarRocks' MultiRangePartitionDesc: names, alignment, and what happens at END. A range of
 * days may reach beyond END, the others are cut there. Errors  PARTITION_BATCH, PARTITION_VALUE.
 * Threads  pure, apart from the Ctx.
 */
#include "base/vec.h"
#include "schema/bounds.h"
#include "schema/caltime.h"

enum { MAX_BATCH = 4096 };  // max_partitions_in_one_batch

typedef VEC(NamedRange) RangeList;

static Rc fail_batch(Ctx *ctx, Str why)
{
    return FAIL(ctx, PARTITION_BATCH, STR_ARG(why));
}

static Rc check_room(Ctx *ctx, const RangeList *list)
{
    if (list->len <= MAX_BATCH) return RC_OK;
    Str why =
        str_printf(ctx->arena, "The number of batch partitions should not exceed:%d", MAX_BATCH);
    return fail_batch(ctx, why);
}

static Rc expand_numbers(Ctx *ctx, Type type, const RangeStep *step, RangeList *list)
{
    int64_t at = 0, end = 0;
    if (!str_to_i64(str_trim(step->start), &at) || !str_to_i64(str_trim(step->end), &end))
        return fail_batch(ctx,
                          STR("Batch build partition EVERY is number type but START or END does "
                              "not type match."));
    if (at >= end)
        return fail_batch(ctx,
                          STR("Batch build partition start value should less then end value."));
    while (at < end) {
        NamedRange range = {.name = str_printf(ctx->arena, "p%lld", (long long)at),
                            .lower.kind = BOUND_VALUE,
                            .upper.kind = BOUND_VALUE};
        Str lower = str_printf(ctx->arena, "%lld", (long long)at);
        if (__builtin_add_overflow(at, step->step, &at))
            return fail_batch(ctx, STR("Batch build partition reaches beyond the largest number."));
        Str upper = str_printf(ctx->arena, "%lld", (long long)at);
        TRY(bound_normalise(ctx, type, lower, &range.lower.text));
        TRY(bound_normalise(ctx, type, upper, &range.upper.text));
        vec_push(ctx->arena, list, range);
        TRY(check_room(ctx, list));
    }
    return RC_OK;
}

// The week of the year as Java's default calendar counts: weeks begin on Sunday, the first one
// holds January 1; the last days of December that belong to the next year's first week are week 53.
int range_week(int64_t days)
{
    CalDate date = caltime_date(days);
    int64_t first = caltime_days((CalDate){date.year, 1, 1});
    int64_t next = caltime_days((CalDate){date.year + 1, 1, 1});
    int64_t next_week = next - caltime_weekday(next) % 7;  // the Sunday on or before
    if (days >= next_week) return 53;
    return (int)((days - first + caltime_weekday(first) % 7) / 7) + 1;
}

static void add_months(CalTime *time, int64_t months)
{
    CalDate date = caltime_date(time->days);
    int64_t month = (int64_t)date.year * 12 + date.month - 1 + months;
    date.year = (int)(month / 12);
    date.month = (int)(month % 12) + 1;
    date.day = 1;
    time->days = caltime_days(date);
}

static void add_hours(CalTime *time, int64_t hours)
{
    int64_t sum = time->micros / CALTIME_HOUR + hours;
    time->days += sum / 24;
    time->micros = sum % 24 * CALTIME_HOUR;
}

// Name the range that begins at `time`, and move on to where it ends.
static Str advance(Ctx *ctx, const RangeStep *step, CalTime *time)
{
    Arena *arena = ctx->arena;
    if (step->unit == STEP_WEEK) time->days -= caltime_weekday(time->days) - 1;
    CalDate date = caltime_date(time->days);
    switch (step->unit) {
    case STEP_HOUR: {
        int hour = (int)(time->micros / CALTIME_HOUR);
        add_hours(time, step->step);
        return str_printf(arena, "p%04d%02d%02d%02d", date.year, date.month, date.day, hour);
    }
    case STEP_DAY:
        *time = (CalTime){time->days + step->step, 0};
        return str_printf(arena, "p%04d%02d%02d", date.year, date.month, date.day);
    case STEP_WEEK: {
        int week = range_week(time->days);
        time->days += 7 * step->step;
        return str_printf(arena, "p%d_%02d", date.year, week);
    }
    case STEP_MONTH:
        add_months(time, step->step);
        return str_printf(arena, "p%04d%02d", date.year, date.month);
    case STEP_YEAR:
        time->days = caltime_days((CalDate){date.year + (int)step->step, 1, 1});
        return str_printf(arena, "p%04d", date.year);
    case STEP_NUMBER: break;
    }
    must(step->unit != STEP_NUMBER);
    return STR("");
}

static bool is_before(CalTime a, CalTime b)
{
    return a.days != b.days ? a.days < b.days : a.micros < b.micros;
}

static Rc expand_times(Ctx *ctx, Type type, const RangeStep *step, RangeList *list)
{
    CalTime at, end;
    bool has_time = type.kind == TYPE_DATETIME;
    if (step->unit == STEP_NUMBER)
        return fail_batch(ctx, STR("Unknown timeunit for batch build partition."));
    if (!caltime_parse(step->start, &at) || !caltime_parse(step->end, &end))
        return fail_batch(ctx, STR("Batch build partition EVERY is date type but START or END does "
                                   "not type match."));
    if (!is_before(at, end))
        return fail_batch(ctx, STR("Batch build partition start date should less than end date."));
    while (is_before(at, end)) {
        NamedRange range = {.lower = {BOUND_VALUE, caltime_text(ctx->arena, at, has_time)},
                            .upper.kind = BOUND_VALUE};
        range.name = advance(ctx, step, &at);
        if (step->unit != STEP_DAY && is_before(end, at)) at = end;
        if (!caltime_is_valid(at))
            return fail_batch(ctx, STR("Batch build partition reaches beyond year 9999."));
        range.upper.text = caltime_text(ctx->arena, at, has_time);
        vec_push(ctx->arena, list, range);
        TRY(check_room(ctx, list));
    }
    return RC_OK;
}

Rc range_expand(Ctx *ctx, Type type, const RangeStep *step, NamedRange **out, size_t *count)
{
    enum { LARGEST_STEP = 1000000 };  // of time units; keeps the sums far from overflow
    RangeList list = {0};
    if (step->step <= 0 || (step->unit != STEP_NUMBER && step->step > LARGEST_STEP))
        return fail_batch(ctx, STR("Batch build partition EVERY should be a number from 1."));
    if (type.kind == TYPE_DATE || type.kind == TYPE_DATETIME)
        TRY(expand_times(ctx, type, step, &list));
    else if (!type_is_integer(type.kind) || type.kind == TYPE_LARGEINT)
        return fail_batch(ctx,
                          str_printf(ctx->arena, "Unsupported batch partition build type:%.*s.",
                                     STR_ARG(type_text(ctx->arena, type))));
    else if (step->unit != STEP_NUMBER)
        return fail_batch(ctx, STR("Batch build partition EVERY is date type but START or END does "
                                   "not type match."));
    else
        TRY(expand_numbers(ctx, type, step, &list));
    *out = list.at;
    *count = list.len;
    return RC_OK;
}
