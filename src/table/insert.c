/*
 * table/insert: the answer of a query becomes rows of a table.
 *
 * Form    one COPY of the engine: rows are routed to partitions, sorted by the sort key and
 *         written to staging; then table/write publishes them with one catalog transaction.
 * Errors  NO_PARTITION, SCHEMA_CHANGED, UNKNOWN_TABLE, CLAIMED_WRITE, of the engine.
 * Threads any; appends to one table do not wait for each other before the transaction. UNIQUE and
 *         PRIMARY KEY tables: see table/upsert.
 */
#include "base/fault.h"
#include "table/internal.h"
#include "table/newparts.h"

// The index of the row's partition; when there is none, a new one is begun, or it raises.
static void print_checked_part(Buf *out, const Route *route)
{
    if (route->added) {
        buf_add(out, STR("CASE WHEN kg_part < 0 THEN "));
        new_parts_print(out, route->added);
        buf_add(out, STR(" ELSE kg_part END"));
        return;
    }
    const ErrInfo *info = err_info(ERR_NO_PARTITION);
    Buf text = buf_new(out->arena);
    buf_printf(&text, "kg:%s:%s Row: ", info->name, ERRTEXT_NO_PARTITION);
    buf_add(out, STR("CASE WHEN kg_part < 0 THEN CAST(error("));
    buf_add_quoted(out, buf_str(&text), '\'');
    buf_add(out, STR(" || "));
    route_print_row(out, route);
    buf_add(out, STR(") AS INTEGER) ELSE kg_part END"));
}

// Rows of an AGGREGATE KEY table are merged before they are written; of those to be replaced the
// last one in the order of the source counts.
static Str merge_rows(Ctx *ctx, const TableDef *def, Str sql)
{
    if (def->keys != KEYS_AGGREGATE) return sql;
    const Schema *schema = table_current_schema(def);
    MergeColumns all = {.count = schema->column_count};
    const Column **columns = ARENA_ARRAY(ctx->arena, const Column *, all.count);
    for (size_t i = 0; i < all.count; i++) columns[i] = &schema->columns[i];
    all.at = columns;
    if (merge_needs_order(columns, all.count))
        sql = str_printf(ctx->arena, "SELECT *, row_number() OVER () AS kg_order FROM (%.*s) s",
                         STR_ARG(sql));
    Buf out = buf_new(ctx->arena);
    merge_print(&out, schema, &all, sql);
    return buf_str(&out);
}

Str insert_print_rows(Ctx *ctx, const Route *route, Str sql)
{
    const TableDef *def = route->def;
    const Schema *schema = table_current_schema(def);
    bool is_parted = !route_is_single(route);
    Buf relation = buf_new(ctx->arena), out = buf_new(ctx->arena);
    buf_printf(&relation, "(%.*s)", STR_ARG(merge_rows(ctx, def, sql)));

    buf_add(&out, STR("SELECT "));
    for (size_t i = 0; i < schema->column_count; i++) {
        if (i) buf_add(&out, STR(", "));
        rest_print_column(&out, &schema->columns[i]);
    }
    if (is_parted) {
        buf_add(&out, STR(", "));
        print_checked_part(&out, route);
        buf_add(&out, STR(" AS kg_part"));
    }
    buf_add(&out, STR(" FROM ("));
    route_print(&out, route, buf_str(&relation));
    buf_add(&out, STR(") q"));
    if (!is_parted && def->method != PARTITION_NONE) {
        buf_add(&out, STR(" WHERE "));
        print_checked_part(&out, route);
        buf_add(&out, STR(" >= 0"));
    }
    Buf sort = buf_new(ctx->arena);
    rest_print_sort(&sort, def);
    if (is_parted || sort.len)
        buf_printf(&out, " ORDER BY %s%s%.*s", is_parted ? "kg_part" : "",
                   is_parted && sort.len ? ", " : "", STR_ARG(buf_str(&sort)));
    return buf_str(&out);
}

static const Table *table_now(CatalogTxn *txn, const TableInsert *insert)
{
    const Database *database = catalog_find_database_id(txn_view(txn), insert->database_id);
    return database ? catalog_find_table_id(database, insert->table_id) : NULL;
}

typedef struct Inserting {
    const TableInsert *insert;
    const RowsetWrite *write;
} Inserting;

static Rc change_rows(Ctx *ctx, CatalogTxn *txn, void *handle)
{
    const Inserting *it = handle;
    TRY(write_check_table(ctx, txn, it->insert->database_id, it->insert->table));
    TRY(write_new_partitions(ctx, txn, it->insert->database_id, it->write));
    size_t count = 0;
    const RowsetChange *changes =
        it->insert->is_overwrite
            ? overwrite_changes(ctx, it->insert, it->write, table_now(txn, it->insert), &count)
            : write_changes(ctx, it->write, &count);
    for (size_t i = 0; i < count; i++) TRY(txn_change_rowsets(ctx, txn, &changes[i]));
    if (it->insert->is_overwrite && count > 0)
        TRY(overwrite_note(ctx, txn, it->write->store, it->insert->table_id));
    return fault_point(ctx, "insert.commit");
}

// The rows are in. Where a partition has got many small rowsets, compaction is told, and where it
// cannot keep up this writer waits a while, so that reads do not get slower and slower.
void insert_look_after(Ctx *ctx, const RowsetWrite *write, StoredTable ref)
{
    TableStore *store = write->store;
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Database *database = catalog_find_database_id(snapshot, ref.database_id);
    const Table *table = database ? catalog_find_table_id(database, ref.table_id) : NULL;
    size_t most = 0;
    bool is_due = false;
    for (size_t i = 0; table && i < write->files.len; i++) {
        size_t at = write->files.at[i].at;
        if (i > 0 && at == write->files.at[i - 1].at) continue;
        const Partition *partition =
            catalog_find_partition_id(table, route_partition_id(write->route, at));
        if (!partition) continue;
        size_t count = compact_small_count(store, partition);
        if (count > most) most = count;
        is_due = is_due || compact_partition_is_due(store, table->def, partition);
    }
    catalog_unpin(store->catalog, snapshot);
    if (!is_due) return;
    maintain_tell(store, ref);
    if (most >= store->options.slow_rowsets) maintain_slow_down(ctx, store, ref);
}

static Rc write_and_publish(Ctx *ctx, const TableInsert *insert, RowsetWrite *write)
{
    TRY(write_rowsets(ctx, write));
    if (write->files.len == 0 && !insert->is_overwrite) return RC_OK;
    Inserting it = {insert, write};
    Publish publish = {change_rows, &it, write_ids(ctx, write), write->files.len};
    return insert->is_overwrite ? publish_alone(ctx, write->store, &publish)
                                : publish_together(ctx, write->store, &publish);
}

Rc insert_rows(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert,
               uint64_t *row_count)
{
    Route route = route_new(ctx->arena, insert->table, insert->partitions, insert->partition_count);
    AUTO(new_parts_close) NewParts *added = NULL;
    if (route.def->is_auto_partitioned && insert->partition_count == 0)
        route.added = added = new_parts_open(store, route.def, route.count);
    RowsetWrite write = {.store = store,
                         .conn = conn,
                         .route = &route,
                         .is_parted = !route_is_single(&route),
                         .is_small = batch_may(insert)};
    KeyKind keys = insert->table->def->keys;
    if (keys == KEYS_UNIQUE || keys == KEYS_PRIMARY)
        return upsert_rows(ctx, insert, &write, row_count);
    write.sql = insert_print_rows(ctx, &route, insert->sql);
    Rc rc = write_and_publish(ctx, insert, &write);
    write_end(ctx, &write, rc == RC_OK);
    if (rc != RC_OK) return rc;
    if (fault_point(ctx, "insert.committed") != RC_OK) ctx_clear(ctx);  // it is in: never a failure
    *row_count = write_row_count(&write);
    if (insert->literal_rows > 0) *row_count = insert->literal_rows;  // before they were merged
    atomic_fetch_add(&store->inserted_rowsets, write.files.len);
    insert_look_after(ctx, &write, (StoredTable){insert->database_id, insert->table_id});
    return RC_OK;
}

// Those that change what others may be reading positions of take turns; appends do not.
Rc table_insert(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert,
                uint64_t *row_count)
{
    KeyKind keys = insert->table->def->keys;
    if (batch_may(insert)) return batch_insert(ctx, store, conn, insert, row_count);
    bool takes_token = keys == KEYS_UNIQUE || keys == KEYS_PRIMARY;  // by itself
    if (!insert->is_overwrite || takes_token)
        return insert_rows(ctx, store, conn, insert, row_count);
    TRY(catalog_take_token(ctx, store->catalog, insert->table_id));
    Rc rc = insert_rows(ctx, store, conn, insert, row_count);
    catalog_give_token(store->catalog, insert->table_id);
    return rc;
}
