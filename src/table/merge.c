/*
 * table/merge: rows of an AGGREGATE KEY table with the same key become one.
 *
 * Form    GROUP BY over the key columns, which hold the partition columns: no two partitions share
 *         a key. Every write is merged in itself and its files share one sequence, so that a
 *         partition with one sequence is read as it is. REPLACE takes the value of the latest
 *         sequence, REPLACE_IF_NOT_NULL the latest that is not NULL. Sums have the type of their
 *         column and wrap around in it, as StarRocks' do: they never fail.
 * Errors  none of its own.
 * Threads pure functions.
 */
#include "table/internal.h"

static bool is_replace(const Column *column)
{
    return str_starts(column->aggregation, STR("REPLACE"));
}

bool merge_needs_order(const Column *const *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!columns[i]->is_key && is_replace(columns[i])) return true;
    return false;
}

// ------------------------------------------------------------------------- what must be merged

// Rows of that schema may share a key of the current one: it had a key column more, or one of
// another type.
static bool may_share_keys(const TableDef *def, const Schema *schema)
{
    const Schema *current = table_current_schema(def);
    if (schema == NULL || schema == current) return false;
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *was = &schema->columns[i];
        if (!was->is_key) continue;
        const Column *is = schema_column(current, was->id);
        if (is == NULL || !is->is_key || is->type.kind != was->type.kind) return true;
    }
    return false;
}

// INV-29
bool merge_is_needed(const TableDef *def, const Partition *partition)
{
    if (def->keys != KEYS_AGGREGATE || partition->rowset_count == 0) return false;
    for (size_t i = 0; i < partition->rowset_count; i++) {
        const RowsetInfo *info = &partition->rowsets[i]->info;
        if (info->sequence != partition->rowsets[0]->info.sequence) return true;
        if (may_share_keys(def, table_schema(def, info->schema_id))) return true;
    }
    return false;
}

// -------------------------------------------------------------------------------- expressions

// The lowest `bits` of a HUGEINT that holds an exact sum, with their sign.
static void print_wrapped(Buf *out, const char *half, const char *mask, const char *type,
                          uint32_t id)
{
    buf_printf(out, "CAST(((sum(c%u) + %s::HUGEINT) & %s::HUGEINT) - %s::HUGEINT AS %s)", id, half,
               mask, half, type);
}

static void print_sum(Buf *out, const Column *column)
{
    uint32_t id = column->id;
    switch (column->type.kind) {
    case TYPE_INT: print_wrapped(out, "2147483648", "4294967295", "INTEGER", id); return;
    case TYPE_BIGINT:
        print_wrapped(out, "9223372036854775808", "18446744073709551615", "BIGINT", id);
        return;
    case TYPE_LARGEINT: buf_printf(out, "kg_sum_wrap(c%u)", id); return;
    case TYPE_DECIMAL:
        buf_printf(out, "CAST(kg_sum_wrap_%u(CAST(c%u AS DECIMAL(38,%u))) AS %.*s)",
                   column->type.scale, id, column->type.scale,
                   STR_ARG(scan_engine_type(out->arena, column->type)));
        return;
    case TYPE_FLOAT:
        buf_printf(out,
                   "CASE WHEN sum(c%u) > 3.4028234663852886e38 THEN 'inf'::FLOAT WHEN sum(c%u) < "
                   "-3.4028234663852886e38 THEN '-inf'::FLOAT ELSE CAST(sum(c%u) AS FLOAT) END",
                   id, id, id);
        return;
    default: buf_printf(out, "sum(c%u)", id); return;
    }
}

static void print_value(Buf *out, const Column *column)
{
    static const struct {
        Str aggregation;
        const char *before, *behind;
    } CALLS[] = {
        {STR_INIT("MIN"), "min(", ")"},
        {STR_INIT("MAX"), "max(", ")"},
        {STR_INIT("REPLACE"), "arg_max_null(", ", kg_order)"},
        {STR_INIT("REPLACE_IF_NOT_NULL"), "arg_max(", ", kg_order)"},
        {STR_INIT("HLL_UNION"), "kg_hll_union(", ")"},
        {STR_INIT("BITMAP_UNION"), "kg_bitmap_union(", ")"},
        {STR_INIT("PERCENTILE_UNION"), "kg_percentile_union(", ")"},
    };
    for (size_t i = 0; i < COUNT_OF(CALLS); i++) {
        if (!str_eq(CALLS[i].aggregation, column->aggregation)) continue;
        buf_printf(out, "%sc%u%s", CALLS[i].before, column->id, CALLS[i].behind);
        return;
    }
    print_sum(out, column);
}

void merge_print(Buf *out, const Schema *schema, const MergeColumns *wanted, Str rows)
{
    buf_add(out, STR("SELECT "));
    if (wanted->count == 0) buf_add(out, STR("1 AS c0"));
    for (size_t i = 0; i < wanted->count; i++) {
        const Column *column = wanted->at[i];
        if (i > 0) buf_add(out, STR(", "));
        if (column->is_key)
            buf_printf(out, "c%u", column->id);
        else
            print_value(out, column);
        buf_printf(out, " AS c%u", column->id);
    }
    buf_printf(out, " FROM (%.*s) m GROUP BY ", STR_ARG(rows));
    bool is_first = true;
    for (size_t i = 0; i < schema->column_count; i++) {
        if (!schema->columns[i].is_key) continue;
        buf_printf(out, "%sm.c%u", is_first ? "" : ", ", schema->columns[i].id);
        is_first = false;
    }
}

// ------------------------------------------------------------------------------------- scans

// The same scan over some of its partitions.
static Scan cut_scan(Arena *arena, const Scan *scan, bool is_merged)
{
    Scan part = *scan;
    part.partition_count = 0;
    part.partitions = ARENA_ARRAY(arena, const Partition *, scan->partition_count);
    for (size_t i = 0; i < scan->partition_count; i++)
        if (merge_is_needed(scan->table->def, scan->partitions[i]) == is_merged)
            part.partitions[part.partition_count++] = scan->partitions[i];
    return part;
}

// Keys first, then the values that the query reads.
static void choose_columns(Arena *arena, const Scan *scan, Scan *out)
{
    const Schema *schema = table_current_schema(scan->table->def);
    out->columns = ARENA_ARRAY(arena, const Column *, schema->column_count + scan->column_count);
    out->column_count = 0;
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].is_key) out->columns[out->column_count++] = &schema->columns[i];
    for (size_t i = 0; i < scan->column_count; i++)
        if (!scan->columns[i]->is_key) out->columns[out->column_count++] = scan->columns[i];
}

size_t table_merged_partitions(const Scan *scan)
{
    size_t count = 0;
    for (size_t i = 0; i < scan->partition_count && !scan->is_unmerged; i++)
        count += merge_is_needed(scan->table->def, scan->partitions[i]);
    return count;
}

Rc merge_print_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out)
{
    Scan plain = cut_scan(ctx->arena, scan, false), merged = cut_scan(ctx->arena, scan, true);
    Scan raw = merged;
    choose_columns(ctx->arena, &merged, &raw);
    MergeColumns wanted = {scan->columns, scan->column_count};
    Buf rows = buf_new(ctx->arena);
    TRY(scan_print_rows(ctx, store, &raw, merge_needs_order(wanted.at, wanted.count), &rows));
    buf_add_byte(out, '(');
    if (plain.partition_count > 0) {
        TRY(scan_print_rows(ctx, store, &plain, false, out));
        buf_add(out, STR(" UNION ALL "));
    }
    merge_print(out, table_current_schema(scan->table->def), &wanted, buf_str(&rows));
    buf_add_byte(out, ')');
    return RC_OK;
}
