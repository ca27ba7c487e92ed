/*
 * table/scan: what belongs into a scan's hole.
 *
 * Form    one SELECT over read_parquet([..]) per schema that rowsets were written under, joined
 *         by UNION ALL. Columns are taken by name: a name that a file lacks is an error of the
 *         engine, while a field id that it lacks would read as NULL. A column younger than the
 *         schema reads as its default at ADD; one whose type was widened is cast.
 * Errors  NOT_SUPPORTED, BUG.
 * Threads pure functions over a pinned snapshot.
 */
#include "table/internal.h"

// A constant for rows written before `column` came.
static Rc print_added(Ctx *ctx, Buf *out, const Column *column)
{
    Str type = scan_engine_type(out->arena, column->type);
    switch (column->default_kind) {
    case DEFAULT_NONE:
    case DEFAULT_NULL: buf_printf(out, "CAST(NULL AS %.*s)", STR_ARG(type)); return RC_OK;
    case DEFAULT_LITERAL:
        buf_add(out, STR("CAST("));
        buf_add_quoted(out, column->default_text, '\'');
        buf_printf(out, " AS %.*s)", STR_ARG(type));
        return RC_OK;
    case DEFAULT_CURRENT_TIMESTAMP:
    case DEFAULT_EXPR: break;
    }
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("a computed default of an added column")));
}

// The column as it was when it came after `schema`: rows of that schema have the default of that
// moment. Schemas stand in order of time; those that a RESTORE brought stand together, in their own
// order.
static const Column *column_at_add(const TableDef *def, const Schema *schema, uint32_t column_id)
{
    for (const Schema *later = schema + 1; later < def->schemas + def->schema_count; later++) {
        const Column *column = schema_column(later, column_id);
        if (column) return column;
    }
    return NULL;
}

// `column` of the current schema, read from files of `schema`.
static Rc print_column(Ctx *ctx, Buf *out, const TableDef *def, const Schema *schema,
                       const Column *column)
{
    const Column *stored = schema_column(schema, column->id);
    if (stored == NULL) {
        const Column *added = column_at_add(def, schema, column->id);
        must(added != NULL);
        Column as_added = *column;
        as_added.default_kind = added->default_kind;
        as_added.default_text = added->default_text;
        TRY(print_added(ctx, out, &as_added));
    } else {
        bool is_cast = !type_eq(stored->type, column->type);
        if (is_cast) buf_add(out, STR("CAST("));
        Str name = str_printf(out->arena, "c%u", stored->file_id);
        rest_print_value(out, stored->type, name, false);
        if (is_cast)
            buf_printf(out, " AS %.*s)", STR_ARG(scan_engine_type(out->arena, column->type)));
    }
    buf_printf(out, " AS c%u", column->id);
    return RC_OK;
}

// Files that one read_parquet() reads, and where each stands among all of its partition.
typedef struct FileList {
    const RowsetInfo **at;
    uint64_t *ranks;
    size_t count;
} FileList;

static FileList list_files(Arena *arena, const Scan *scan, uint32_t schema_id)
{
    FileList files = {0};
    size_t all = 0;
    for (size_t p = 0; p < scan->partition_count; p++) all += scan->partitions[p]->rowset_count;
    files.at = ARENA_ARRAY(arena, const RowsetInfo *, all);
    files.ranks = ARENA_ARRAY(arena, uint64_t, all);
    uint64_t rank = 0;
    for (size_t p = 0; p < scan->partition_count; p++) {
        const Partition *partition = scan->partitions[p];
        for (size_t i = 0; i < partition->rowset_count; i++, rank++) {
            const RowsetInfo *rowset = &partition->rowsets[i]->info;
            if (rowset->schema_id != schema_id) continue;
            files.at[files.count] = rowset;
            files.ranks[files.count++] = rank;
        }
    }
    return files;
}

static void print_files(Buf *out, const TableStore *store, const FileList *files)
{
    buf_add(out, STR(" FROM read_parquet(["));
    for (size_t i = 0; i < files->count; i++) {
        if (i > 0) buf_add_byte(out, ',');
        buf_add_quoted(out, table_rowset_path(out->arena, store, files->at[i]->id), '\'');
    }
    buf_add(out, STR("], hive_partitioning=false)"));
}

// The rank of a row's file. Files of one schema mostly stand side by side, so that it is their
// index in the list plus a constant.
static void print_order(Buf *out, const FileList *files)
{
    bool is_run = true;
    for (size_t i = 0; i < files->count; i++)
        is_run = is_run && files->ranks[i] == files->ranks[0] + i;
    if (is_run) {
        buf_printf(out, "CAST(file_index AS BIGINT) + %llu", (unsigned long long)files->ranks[0]);
    } else {
        buf_add(out, STR("(["));
        for (size_t i = 0; i < files->count; i++)
            buf_printf(out, "%s%llu", i > 0 ? "," : "", (unsigned long long)files->ranks[i]);
        buf_add(out, STR("]::BIGINT[])[CAST(file_index AS BIGINT) + 1]"));
    }
    buf_add(out, STR(" AS kg_order"));
}

// No file to read: a relation of the right types without rows.
static void print_empty(Buf *out, const Scan *scan, bool is_ordered)
{
    buf_add(out, STR("SELECT "));

    for (size_t i = 0; i < scan->column_count; i++)
        buf_printf(out, "%sCAST(NULL AS %.*s) AS c%u", i ? ", " : "",
                   STR_ARG(scan_engine_type(out->arena, scan->columns[i]->type)),
                   scan->columns[i]->id);
    if (is_ordered) buf_add(out, STR(", 0::BIGINT AS kg_order"));
    buf_add(out, STR(" WHERE FALSE"));
}

// A query that reads no column wants the number of rows: the catalog knows it.
static void print_count(Buf *out, const Scan *scan)
{
    uint64_t row_count = 0;
    for (size_t p = 0; p < scan->partition_count; p++)
        for (size_t i = 0; i < scan->partitions[p]->rowset_count; i++)
            row_count += scan->partitions[p]->rowsets[i]->info.row_count;
    buf_printf(out, "SELECT 1 AS c0 FROM range(%llu)", (unsigned long long)row_count);
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

Rc scan_print_rows(Ctx *ctx, TableStore *store, const Scan *scan, bool is_ordered, Buf *out)
{
    TRY(check_schemas(ctx, scan));
    if (scan->column_count == 0) {
        print_count(out, scan);
        return RC_OK;
    }
    const TableDef *def = scan->table->def;
    bool is_first = true;
    for (size_t s = 0; s < def->schema_count; s++) {
        FileList files = list_files(ctx->arena, scan, def->schemas[s].id);
        if (files.count == 0) continue;
        buf_add(out, is_first ? STR("SELECT ") : STR(" UNION ALL SELECT "));
        is_first = false;
        for (size_t i = 0; i < scan->column_count; i++) {
            if (i) buf_add(out, STR(", "));
            TRY(print_column(ctx, out, def, &def->schemas[s], scan->columns[i]));
        }
        if (is_ordered) buf_add(out, STR(", "));
        if (is_ordered) print_order(out, &files);
        print_files(out, store, &files);
    }
    if (is_first) print_empty(out, scan, is_ordered);
    return RC_OK;
}

Rc table_fill_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out)
{
    KeyKind keys = scan->table->def->keys;
    must(scan->kind == SCAN_TABLE);
    if (keys != KEYS_DUPLICATE && keys != KEYS_AGGREGATE)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("reading tables of this key type")));
    if (table_merged_partitions(scan) > 0) return merge_print_scan(ctx, store, scan, out);
    buf_add_byte(out, '(');
    TRY(scan_print_rows(ctx, store, scan, false, out));
    buf_add_byte(out, ')');
    return RC_OK;
}
