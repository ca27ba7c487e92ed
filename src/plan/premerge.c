/*
 * plan/premerge: when the merge of an AGGREGATE KEY table's rows can be skipped.
 *
 * Rule    Where a SELECT reads only key columns of a table, but for aggregates that are the
 *         columns' own (SUM over SUM, MIN over MIN, ..), all rows of one key pass its conditions
 *         and joins alike, each as often as the merged row would. So a sum over them is the sum
 * over the merged row, and so are least, greatest and union. What counts rows (COUNT(*), AVG, or
 *         SUM of a column that another table of the join has, or of a key) would count too much,
 * and forbids it; what does not notice repeated rows (MIN, MAX, DISTINCT, GROUP BY) does not. A
 * SELECT whose rows are no groups shows the rows themselves: it needs the merge. Windows and
 * functions that answer each row anew need it too. Source  StarRocks' PreAggregateTurnOnRule; it
 * calls this PREAGGREGATION: ON. Errors  none.   Threads  pure.
 */
#include "plan/premerge.h"
#include "sql/sql.h"

// Aggregates of the dialect that are a column's own.
static const struct {
    const char *function;
    Str aggregation;
} OWN[] = {
    {"sum", STR_INIT("SUM")},
    {"min", STR_INIT("MIN")},
    {"max", STR_INIT("MAX")},
    {"hll_union", STR_INIT("HLL_UNION")},
    {"hll_raw_agg", STR_INIT("HLL_UNION")},
    {"hll_union_agg", STR_INIT("HLL_UNION")},
    {"bitmap_union", STR_INIT("BITMAP_UNION")},
    {"bitmap_union_count", STR_INIT("BITMAP_UNION")},
    {"percentile_union", STR_INIT("PERCENTILE_UNION")},
};

// The same for a row that comes once and for one that comes twice.
static const char *const IDEMPOTENT[] = {
    "min",
    "max",
    "hll_union",
    "hll_raw_agg",
    "hll_union_agg",
    "bitmap_union",
    "bitmap_union_count",
    "bitmap_union_int",
    "bitmap_agg",
    "hll_raw",
    "ndv",
    "approx_count_distinct",
    "sum_distinct",
    "multi_distinct_count",
    "multi_distinct_sum",
};

static bool is_idempotent(Str name)
{
    for (size_t i = 0; i < COUNT_OF(IDEMPOTENT); i++)
        if (str_eq_nocase(name, str_from(IDEMPOTENT[i]))) return true;
    return false;
}

static bool is_own(Str name, Str aggregation)
{
    for (size_t i = 0; i < COUNT_OF(OWN); i++)
        if (str_eq_nocase(name, str_from(OWN[i].function)) &&
            str_eq(aggregation, OWN[i].aggregation))
            return true;
    return false;
}

SelectFacts *premerge_begin(Ctx *ctx, Planner *planner)
{
    SelectFacts *around = planner->select;
    planner->select = ARENA_NEW(ctx->arena, SelectFacts);
    return around;
}

void premerge_note_volatile(const Binder *binder)
{
    SelectFacts *facts = binder->scope->planner->select;
    if (facts) facts->has_volatile = true;
}

void premerge_note_call(const Binder *binder, const Expr *expr, const CallText *text)
{
    SelectFacts *facts = binder->scope->planner->select;
    Str name = qname_last(expr->call->name);
    bool repeats = text->is_distinct || is_idempotent(name);
    if (facts == NULL) return;
    if (expr->call->over != NULL) {
        facts->has_windows = true;
        return;
    }
    facts->counting += !repeats;
    if (text->count != 1 || text->is_distinct) return;
    const Field *field = text->args[0].field;
    if (field == NULL || field->column == NULL || field->scan == NULL) return;
    if (field->scan->select != facts || !is_own(name, field->column->aggregation)) return;
    field->scan->own_uses++;
    field->scan->own_counting += !repeats;
}

static const char *why_merged(const PlanScan *scan, bool is_aggregated)
{
    const SelectFacts *facts = scan->select;
    if (!is_aggregated) return "None aggregate function";
    if (facts->has_windows) return "Window functions see rows";
    if (facts->has_volatile) return "A function answers each row anew";
    if (scan->value_uses != scan->own_uses) return "A value column is used as it is";
    if (facts->counting != scan->own_counting) return "Aggregate Operator not match";
    return NULL;
}

void premerge_end(Planner *planner, SelectFacts *around, bool is_aggregated)
{
    for (size_t i = 0; i < planner->scans.len; i++) {
        PlanScan *scan = planner->scans.at[i];
        if (scan->select != planner->select || scan->scan.kind != SCAN_TABLE) continue;
        if (scan->scan.table->def->keys != KEYS_AGGREGATE) continue;
        scan->scan.merge_reason = why_merged(scan, is_aggregated);
        scan->scan.is_unmerged = scan->scan.merge_reason == NULL;
    }
    planner->select = around;
}
