/*
 * table/upsert: rows that replace those of the same key, in UNIQUE and PRIMARY KEY tables.
 *
 * Form    the new rows are written as any others, before anybody waits for them. Then, under the
 *         table's write token, a semi-join of the old files with the new ones marks the rows that
 *         are replaced, and ONE transaction adds the new rowsets and the delete vectors: no reader
 *         sees a key twice, or not at all (INV-39). Of rows with one key within a load the last
 *         one wins. That costs a sort of all rows, so a load is written without it first and only
 *         written again when its files show a key twice.
 * Errors  those of table/insert.
 * Threads any; loads of one table take turns from the semi-join to the commit.
 */
#include "base/fault.h"
#include "table/internal.h"

enum {
    FEW_ROWS = 10000,  // so many are told apart at once
    ATTEMPTS = 5,      // a TRUNCATE may end the rowsets that were looked at
};

static const Column **key_columns(Arena *arena, const Schema *schema, size_t *count)
{
    const Column **columns = ARENA_ARRAY(arena, const Column *, schema->column_count);
    *count = 0;
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].is_key) columns[(*count)++] = &schema->columns[i];
    return columns;
}

// Of rows with the same key the last one, in the order in which `sql` gives them.
static Str print_last_rows(Ctx *ctx, const TableDef *def, Str sql)
{
    size_t count = 0;
    const Column **keys = key_columns(ctx->arena, table_current_schema(def), &count);
    Buf out = buf_new(ctx->arena);
    buf_printf(&out,
               "SELECT * FROM (SELECT *, row_number() OVER () AS kg_ordinal FROM (%.*s) a) b"
               " QUALIFY row_number() OVER (PARTITION BY ",
               STR_ARG(sql));
    for (size_t i = 0; i < count; i++) buf_printf(&out, "%sc%u", i ? ", " : "", keys[i]->id);
    buf_add(&out, STR(" ORDER BY kg_ordinal DESC) = 1"));
    return buf_str(&out);
}

// --- what was written, as partitions of new rowsets alone

// Stands for a partition that the load makes.
static const PartitionDef NEW = {0};

static const Partition **written_partitions(Arena *arena, const RowsetWrite *write, size_t *count)
{
    const Partition **partitions = ARENA_ARRAY(arena, const Partition *, write->files.len);
    size_t made = 0;
    for (size_t i = 0; i < write->files.len; made++) {
        Partition *partition = ARENA_NEW(arena, Partition);
        size_t at = write->files.at[i].at;
        partition->def = at < write->route->count ? write->route->partitions[at]->def : &NEW;
        partition->rowsets = ARENA_ARRAY(arena, Rowset *, write->files.len);
        for (; i < write->files.len && write->files.at[i].at == at; i++) {
            Rowset *rowset = ARENA_NEW(arena, Rowset);
            rowset->info = write->files.at[i].info;
            partition->rowsets[partition->rowset_count++] = rowset;
        }
        partitions[made] = partition;
    }
    *count = made;
    return partitions;
}

typedef struct Upsert {
    const TableInsert *insert;
    RowsetWrite write;
} Upsert;

// The keys of some partitions' rows, as a relation.
static Rc print_keys(Ctx *ctx, const Upsert *upsert, Scan scan, Buf *out)
{
    scan.kind = SCAN_TABLE;
    scan.columns =
        key_columns(ctx->arena, table_current_schema(scan.table->def), &scan.column_count);
    return table_fill_scan(ctx, upsert->write.store, &scan, out);
}

static Rc find_repeated(Ctx *ctx, const Upsert *upsert, bool *is_repeated)
{
    size_t count = 0;
    const Schema *schema = table_current_schema(upsert->insert->table->def);
    const Column **keys = key_columns(ctx->arena, schema, &count);
    Scan scan = {.table = upsert->insert->table};
    scan.partitions = written_partitions(ctx->arena, &upsert->write, &scan.partition_count);
    Buf sql = buf_new(ctx->arena);
    buf_add(&sql, STR("SELECT 1 FROM "));
    TRY(print_keys(ctx, upsert, scan, &sql));
    buf_add(&sql, STR(" q GROUP BY "));
    for (size_t i = 0; i < count; i++) buf_printf(&sql, "%sc%u", i ? ", " : "", keys[i]->id);
    buf_add(&sql, STR(" HAVING count(*) > 1 LIMIT 1"));
    SinkList list;
    sink_list_init(&list);
    TRY(engine_query(ctx, upsert->write.conn, buf_str(&sql), NULL, &list.sink));
    *is_repeated = list.row_count > 0;
    return RC_OK;
}

// Files with each key once. *row_count: rows of the load, those that lost included.
static Rc write_keys_once(Ctx *ctx, Upsert *upsert, uint64_t *row_count)
{
    const TableInsert *insert = upsert->insert;
    bool is_few = insert->literal_rows > 1 && insert->literal_rows <= FEW_ROWS, is_repeated = false;
    Str last_rows = print_last_rows(ctx, insert->table->def, insert->sql);
    RowsetWrite *write = &upsert->write;
    write->sql = insert_print_rows(ctx, write->route, is_few ? last_rows : insert->sql);
    TRY(write_rowsets(ctx, write));
    *row_count = is_few ? insert->literal_rows : write_row_count(write);
    if (is_few || insert->literal_rows == 1 || write->files.len == 0) return RC_OK;
    TRY(find_repeated(ctx, upsert, &is_repeated));
    if (!is_repeated) return RC_OK;
    write_end(ctx, write, false);
    *write = (RowsetWrite){.store = write->store,
                           .conn = write->conn,
                           .route = write->route,
                           .is_parted = write->is_parted,
                           .sql = insert_print_rows(ctx, write->route, last_rows)};
    return write_rowsets(ctx, write);
}

// --- under the token

static int by_id(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

// The partitions of `now` that rows were written to, and that hold rows already.
static Rc touched_partitions(Ctx *ctx, const Upsert *upsert, const Table *now,
                             const Partition ***out, size_t *count)
{
    uint64_t *ids;
    const RowsetWrite *write = &upsert->write;
    TRY(write_partition_ids(ctx, write, now, &ids));
    qsort(ids, write->files.len, sizeof(ids[0]), by_id);
    const Partition **touched = ARENA_ARRAY(ctx->arena, const Partition *, now->partition_count);
    *out = touched;
    *count = 0;
    for (size_t i = 0; i < now->partition_count; i++) {
        const Partition *partition = now->partitions[i];
        if (partition->rowset_count > 0 &&
            bsearch(&partition->def->id, ids, write->files.len, sizeof(ids[0]), by_id))
            touched[(*count)++] = partition;
    }
    return RC_OK;
}

// A key of UNIQUE may be NULL, and equals NULL then.
static void print_same_key(Ctx *ctx, const TableDef *def, Buf *out)
{
    size_t count = 0;
    const Column **keys = key_columns(ctx->arena, table_current_schema(def), &count);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%so.c%u %s n.c%u", i ? " AND " : "", keys[i]->id,
                   keys[i]->is_nullable ? "IS NOT DISTINCT FROM" : "=", keys[i]->id);
}

static Rc mark_replaced(Ctx *ctx, const Upsert *upsert, const Table *now, const Marks *marks)
{
    uint64_t found = 0;
    if (marks->set_count == 0) return RC_OK;
    Scan old = {.table = now,
                .partition_count = marks->partition_count,
                .partitions = marks->partitions,
                .has_positions = true,
                .sets = marks->sets,
                .has_deleted = true};  // marking one twice does nothing
    Scan new = {.table = upsert->insert->table};
    new.partitions = written_partitions(ctx->arena, &upsert->write, &new.partition_count);
    Buf sql = buf_new(ctx->arena);
    buf_add(&sql, STR("(SELECT o.kg_set, o.kg_row FROM "));
    TRY(print_keys(ctx, upsert, old, &sql));
    buf_add(&sql, STR(" o SEMI JOIN "));
    TRY(print_keys(ctx, upsert, new, &sql));
    buf_add(&sql, STR(" n ON "));
    print_same_key(ctx, now->def, &sql);
    buf_add(&sql, STR(") m"));
    return marks_run(ctx, upsert->write.conn, buf_str(&sql), &found);
}

typedef struct Replacing {
    const Upsert *upsert;
    const Table *now;
    const Marks *marks;
} Replacing;

static Rc change_rows(Ctx *ctx, CatalogTxn *txn, void *handle)
{
    const Replacing *it = handle;
    const RowsetWrite *write = &it->upsert->write;
    const TableInsert *insert = it->upsert->insert;
    ChangeList changes = {0};
    TRY(write_check_table(ctx, txn, insert->database_id, insert->table));
    TRY(write_new_partitions(ctx, txn, insert->database_id, write));
    if (insert->is_overwrite) {
        changes.at = overwrite_changes(ctx, insert, write, it->now, &changes.count);
    } else {
        changes.at = write_changes(ctx, write, &changes.count);
        marks_add_changes(ctx, it->marks, insert->table_id, &changes);
    }
    for (size_t i = 0; i < changes.count; i++) TRY(txn_change_rowsets(ctx, txn, &changes.at[i]));
    if (insert->is_overwrite && changes.count > 0)
        TRY(overwrite_note(ctx, txn, write->store, insert->table_id));
    return fault_point(ctx, "upsert.commit");
}

static Rc replace_at(Ctx *ctx, const Upsert *upsert, const Table *now)
{
    size_t count = 0;
    const Partition **touched;
    TRY(touched_partitions(ctx, upsert, now, &touched, &count));
    AUTO(marks_end) Marks marks = {0};
    if (upsert->insert->is_overwrite) count = 0;  // all that was there ends
    marks_begin(ctx->arena, touched, count, &marks);
    TRY(mark_replaced(ctx, upsert, now, &marks));
    TRY(fault_point(ctx, "upsert.marked"));
    const RowsetWrite *write = &upsert->write;
    Replacing it = {upsert, now, &marks};
    Publish publish = {change_rows, &it, write_ids(ctx, write), write->files.len};
    return publish_alone(ctx, write->store, &publish);
}

static Rc replace_in(Ctx *ctx, const Upsert *upsert, const CatalogSnapshot *snapshot)
{
    const TableInsert *insert = upsert->insert;
    const Table *now = NULL;
    TRY(write_find_table(ctx, snapshot, insert->database_id, insert->table, &now));
    return replace_at(ctx, upsert, now);
}

// INV-39
static Rc replace_rows(Ctx *ctx, const Upsert *upsert)
{
    Catalog *catalog = upsert->write.store->catalog;
    for (int attempt = 1;; attempt++) {
        const CatalogSnapshot *snapshot = catalog_pin(catalog);
        Rc rc = replace_in(ctx, upsert, snapshot);
        catalog_unpin(catalog, snapshot);
        if (rc == RC_OK || ctx->err.id != ERR_ROWSET_GONE || attempt == ATTEMPTS) return rc;
        ctx_clear(ctx);
    }
}

static Rc write_and_replace(Ctx *ctx, Upsert *upsert, uint64_t *row_count)
{
    Catalog *catalog = upsert->write.store->catalog;
    const TableInsert *insert = upsert->insert;
    TRY(write_keys_once(ctx, upsert, row_count));
    if (upsert->write.files.len == 0 && !insert->is_overwrite) return RC_OK;
    // What `sql` read is replaced: the caller pinned the plan's snapshot under the token.
    if (insert->has_token) return replace_at(ctx, upsert, insert->table);
    TRY(catalog_take_token(ctx, catalog, insert->table_id));
    Rc rc = replace_rows(ctx, upsert);
    catalog_give_token(catalog, insert->table_id);
    return rc;
}

Rc upsert_rows(Ctx *ctx, const TableInsert *insert, const RowsetWrite *write, uint64_t *row_count)
{
    Upsert upsert = {.insert = insert, .write = *write};
    uint64_t rows = 0;
    Rc rc = write_and_replace(ctx, &upsert, &rows);
    write_end(ctx, &upsert.write, rc == RC_OK);
    if (rc != RC_OK) return rc;
    if (fault_point(ctx, "upsert.committed") != RC_OK) ctx_clear(ctx);  // it is in
    *row_count = rows;
    atomic_fetch_add(&write->store->inserted_rowsets, upsert.write.files.len);
    StoredTable ref = {insert->database_id, insert->table_id};
    if (!insert->has_token) insert_look_after(ctx, &upsert.write, ref);
    return RC_OK;
}
