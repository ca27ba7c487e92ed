/*
 * table/scan: what belongs into a scan's hole.
 *
 * Form    one SELECT over read_parquet([..]) per schema that rowsets were written under, joined
 *         by UNION ALL. Columns are taken by name: a name that a file lacks is an error of the
 *         engine, while a field id that it lacks would read as NULL. What ALTER TABLE changed
 *         since is table/evolve's.
 * Errors  NOT_SUPPORTED, BUG.
 * Threads pure functions over a pinned snapshot.
 */
#include "table/internal.h"

static void print_files(Buf *out, const TableStore *store, const Scan *scan, uint32_t schema_id)
{
    bool is_first = true;
    buf_add(out, STR(" FROM read_parquet(["));
    for (size_t p = 0; p < scan->partition_count; p++) {
        const Partition *partition = scan->partitions[p];
        for (size_t i = 0; i < partition->rowset_count; i++) {
            const RowsetInfo *rowset = &partition->rowsets[i]->info;
            if (rowset->schema_id != schema_id) continue;
            if (!is_first) buf_add_byte(out, ',');
            is_first = false;
            buf_add_quoted(out, table_rowset_path(out->arena, store, rowset->id), '\'');
        }
    }
    buf_add(out, STR("], hive_partitioning=false)"));
}

static bool has_rowsets_of(const Scan *scan, uint32_t schema_id)
{
    for (size_t p = 0; p < scan->partition_count; p++)
        for (size_t i = 0; i < scan->partitions[p]->rowset_count; i++)
            if (scan->partitions[p]->rowsets[i]->info.schema_id == schema_id) return true;
    return false;
}

// No file to read: a relation of the right types without rows.
static void print_empty(Buf *out, const Scan *scan)
{
    buf_add(out, STR("SELECT "));
    for (size_t i = 0; i < scan->column_count; i++)
        buf_printf(out, "%sCAST(NULL AS %.*s) AS c%u", i ? ", " : "",
                   STR_ARG(scan_engine_type(out->arena, scan->columns[i]->type)),
                   scan->columns[i]->id);
    buf_add(out, STR(" WHERE FALSE"));
}

// A query that reads no column wants the number of rows: the catalog knows it.
static void print_count(Buf *out, const Scan *scan)
{
    uint64_t row_count = 0;
    for (size_t p = 0; p < scan->partition_count; p++)
        for (size_t i = 0; i < scan->partitions[p]->rowset_count; i++)
            row_count += scan->partitions[p]->rowsets[i]->info.row_count;
    buf_printf(out, "(SELECT 1 AS c0 FROM range(%llu))", (unsigned long long)row_count);
}

// Rowsets whose schema the table does not know would be left out in silence: refuse.
// INV-35
static Rc check_schemas(Ctx *ctx, const Scan *scan)
{
    for (size_t p = 0; p < scan->partition_count; p++)
        for (size_t i = 0; i < scan->partitions[p]->rowset_count; i++) {
            const RowsetInfo *rowset = &scan->partitions[p]->rowsets[i]->info;
            if (table_schema(scan->table->def, rowset->schema_id) == NULL)
                return FAIL(ctx, BUG, "a rowset names a schema that its table does not have");
        }
    return RC_OK;
}

Rc table_fill_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out)
{
    must(scan->kind == SCAN_TABLE);
    if (scan->table->def->keys != KEYS_DUPLICATE)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("reading tables of this key type")));
    TRY(check_schemas(ctx, scan));
    if (scan->column_count == 0) {
        print_count(out, scan);
        return RC_OK;
    }
    const TableDef *def = scan->table->def;
    bool is_first = true;
    buf_add_byte(out, '(');
    for (size_t s = 0; s < def->schema_count; s++) {
        const Schema *schema = &def->schemas[s];
        if (!has_rowsets_of(scan, schema->id)) continue;
        buf_add(out, is_first ? STR("SELECT ") : STR(" UNION ALL SELECT "));
        is_first = false;
        for (size_t i = 0; i < scan->column_count; i++) {
            if (i) buf_add(out, STR(", "));
            TRY(evolve_print_column(ctx, out, def, schema, scan->columns[i]));
        }
        print_files(out, store, scan, schema->id);
    }
    if (is_first) print_empty(out, scan);
    buf_add_byte(out, ')');
    return RC_OK;
}
