/*
 * table/scan: what belongs into a scan's hole.
 *
 * Form    one SELECT over read_parquet([..]) per schema that rowsets were written under, joined
 *         by UNION ALL. Columns are taken by name: a name that a file lacks is an error of the
 *         engine, while a field id that it lacks would read as NULL. What ALTER TABLE changed
 *         since is table/evolve's. Files of which rows are deleted have a SELECT of their own, with
 *         kg_alive().
 * Errors  ROWSET_DAMAGED, NOT_SUPPORTED, BUG.
 * Threads pure functions over a pinned snapshot.
 */
#include "table/internal.h"

// Rowsets that one SELECT reads.
typedef struct FileGroup {
    uint32_t schema_id;
    bool is_dirty;    // rows of them are deleted
    bool is_ordered;  // with kg_order
} FileGroup;

static bool is_of_group(const Scan *scan, const Rowset *rowset, FileGroup group)
{
    bool is_dirty = rowset->deleted != NULL && !scan->has_deleted;
    return rowset->info.schema_id == group.schema_id && is_dirty == group.is_dirty;
}

// Paths of the group's files, and where each stands among all of the scan; their sets of deleted
// rows, and those that the scan was given.
typedef struct GroupFiles {
    Buf paths;
    size_t count;
    VEC(uint64_t) ranks;
    VEC(const Positions *) deleted, sets;
} GroupFiles;

static GroupFiles group_files(Ctx *ctx, const TableStore *store, const Scan *scan, FileGroup group)
{
    GroupFiles files = {.paths = buf_new(ctx->arena)};
    size_t at = 0;
    for (size_t p = 0; p < scan->partition_count; p++) {
        const Partition *partition = scan->partitions[p];
        for (size_t i = 0; i < partition->rowset_count; i++, at++) {
            const Rowset *rowset = partition->rowsets[i];
            if (!is_of_group(scan, rowset, group)) continue;
            if (files.count++) buf_add_byte(&files.paths, ',');
            buf_add_quoted(&files.paths, table_rowset_path(ctx->arena, store, rowset->info.id),
                           '\'');
            vec_push(ctx->arena, &files.ranks, at);
            vec_push(ctx->arena, &files.deleted, rowset->deleted);
            if (scan->has_positions) vec_push(ctx->arena, &files.sets, scan->sets[at]);
        }
    }
    return files;
}

// The rank of a row's file. Files of one group mostly stand side by side, so that it is their index
// in the list plus a constant.
static void print_order(Buf *out, const GroupFiles *files)
{
    const uint64_t *ranks = files->ranks.at;
    bool is_run = true;
    for (size_t i = 0; i < files->count; i++) is_run = is_run && ranks[i] == ranks[0] + i;
    if (is_run) {
        buf_printf(out, "CAST(file_index AS BIGINT) + %llu", (unsigned long long)ranks[0]);
    } else {
        buf_add(out, STR("(["));
        for (size_t i = 0; i < files->count; i++)
            buf_printf(out, "%s%llu", i > 0 ? "," : "", (unsigned long long)ranks[i]);
        buf_add(out, STR("]::BIGINT[])[CAST(file_index AS BIGINT) + 1]"));
    }
    buf_add(out, STR(" AS kg_order"));
}

// SELECT of the group's rows, when it has files. A filter by file name beside file_index would
// change what that counts: there is none.
static Rc print_group(Ctx *ctx, const TableStore *store, const Scan *scan, FileGroup group,
                      Buf *out)
{
    const TableDef *def = scan->table->def;
    const Schema *schema = table_schema(def, group.schema_id);
    GroupFiles files = group_files(ctx, store, scan, group);
    if (files.count == 0) return RC_OK;
    buf_add(out, STR("SELECT "));
    for (size_t i = 0; i < scan->column_count; i++) {
        if (i) buf_add(out, STR(", "));
        TRY(evolve_print_column(ctx, out, def, schema, scan->columns[i]));
    }
    if (scan->has_positions) {
        buf_add(out, scan->column_count ? STR(", kg_set(") : STR("kg_set("));
        deletes_print_sets(out, files.sets.at, files.count);
        buf_add(out, STR(", file_index) AS kg_set, file_row_number AS kg_row"));
    }
    if (group.is_ordered) {
        buf_add(out, STR(", "));
        print_order(out, &files);
    }
    buf_printf(out, " FROM read_parquet([%.*s], hive_partitioning=false)",
               STR_ARG(buf_str(&files.paths)));
    if (group.is_dirty) {
        buf_add(out, STR(" WHERE kg_alive("));
        deletes_print_sets(out, files.deleted.at, files.count);
        buf_add(out, STR(", file_index, file_row_number)"));
    }
    return RC_OK;
}

// No file to read: a relation of the right types without rows.
static void print_empty(Buf *out, const Scan *scan, bool is_ordered)
{
    buf_add(out, STR("SELECT "));

    for (size_t i = 0; i < scan->column_count; i++)
        buf_printf(out, "%sCAST(NULL AS %.*s) AS c%u", i ? ", " : "",
                   STR_ARG(scan_engine_type(out->arena, scan->columns[i]->type)),
                   scan->columns[i]->id);
    if (scan->has_positions)
        buf_printf(out, "%s0::UBIGINT AS kg_set, 0::BIGINT AS kg_row",
                   scan->column_count ? ", " : "");
    if (is_ordered) buf_add(out, STR(", 0::BIGINT AS kg_order"));
    buf_add(out, STR(" WHERE FALSE"));
}

// A query that reads no column wants the number of rows: the catalog knows it.
static void print_count(Buf *out, const Scan *scan)
{
    uint64_t row_count = 0;
    for (size_t p = 0; p < scan->partition_count; p++)
        for (size_t i = 0; i < scan->partitions[p]->rowset_count; i++)
            row_count += rowset_live_rows(scan->partitions[p]->rowsets[i]);
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

// The engine would not notice: rows of a damaged file may be anything.
static Rc check_damage(Ctx *ctx, TableStore *store, const Scan *scan)
{
    Str reason;
    for (size_t p = 0; p < scan->partition_count; p++)
        for (size_t i = 0; i < scan->partitions[p]->rowset_count; i++)
            if (damage_find(ctx->arena, store, scan->partitions[p]->rowsets[i]->info.id, &reason))
                return FAIL(ctx, ROWSET_DAMAGED, STR_ARG(scan->table->def->name),
                            STR_ARG(scan->partitions[p]->def->name), STR_ARG(reason));
    return RC_OK;
}

Rc scan_print_rows(Ctx *ctx, TableStore *store, const Scan *scan, bool is_ordered, Buf *out)
{
    TRY(check_schemas(ctx, scan));
    if (atomic_load(&store->damaged_known)) TRY(check_damage(ctx, store, scan));
    if (scan->column_count == 0 && !scan->has_positions) {
        print_count(out, scan);
        return RC_OK;
    }
    const TableDef *def = scan->table->def;
    size_t before = out->len;
    for (size_t i = 0; i < 2 * def->schema_count; i++) {
        Buf select = buf_new(ctx->arena);
        FileGroup group = {def->schemas[i / 2].id, i % 2 == 1, is_ordered};
        TRY(print_group(ctx, store, scan, group, &select));
        if (select.len && out->len > before) buf_add(out, STR(" UNION ALL "));
        buf_add(out, buf_str(&select));
    }
    if (out->len == before) print_empty(out, scan, is_ordered);
    return RC_OK;
}

Rc table_fill_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out)
{
    must(scan->kind == SCAN_TABLE);
    bool is_raw = scan->has_positions;  // where rows lie
    if (!is_raw && table_merged_partitions(scan) > 0)
        return merge_print_scan(ctx, store, scan, out);
    buf_add_byte(out, '(');
    TRY(scan_print_rows(ctx, store, scan, false, out));
    buf_add_byte(out, ')');
    return RC_OK;
}
