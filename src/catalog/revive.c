/*
 * catalog/revive: what ended lives again, in a transaction.
 *
 * Form    new rows for objects, partitions, versions and rowsets, as they were when they ended; the
 *         old ones stay in the trash until their time is over (INV-1). Everything is checked before
 *         the first row is written; a failure behind that breaks the transaction.
 * Errors  named in trash.h.
 * Threads the holder of the turn.
 */
#include "base/vec.h"
#include "catalog/history.h"
#include "catalog/internal.h"
#include "schema/bounds.h"
#include "schema/json.h"

typedef struct Revival {
    Ctx *ctx;
    CatalogTxn *txn;
    Meta *meta;
    const Recovery *recovery;
    const History *history;
} Revival;

static Rc damaged(Ctx *ctx, const char *kind, uint64_t id, const char *why)
{
    return FAIL(ctx, CATALOG_DAMAGED, kind, (long long)id, STR_ARG(str_from(why)));
}

static void holder_unref_at(DefHolder **holder)
{
    holder_unref(*holder);
}

static void table_unref_at(Table **table)
{
    if (*table) table_unref(*table);
}

static void partition_unref_at(Partition **partition)
{
    if (*partition) partition_unref(*partition);
}

static Rc still_ended(const Revival *r, ObjectKind kind)
{
    bool goes_on = false;
    ObjectAt at = {kind, r->recovery->object_id, r->recovery->end_txn};
    TRY(history_goes_on(r->ctx, r->meta, at, &goes_on));
    return goes_on ? FAIL(r->ctx, TRASH_TAKEN, STR_ARG(r->recovery->request.name)) : RC_OK;
}

// --- definitions

static Rc read_table_def(Ctx *ctx, const ObjectRow *row, TableDef **out)
{
    Json *json = NULL;
    TRY(json_parse(ctx, row->body, "The row of a dropped table", &json));
    TRY(table_def_from_json(ctx, json, out));
    return (*out)->id == row->id ? RC_OK : damaged(ctx, "table", row->id, "its body names another");
}

static Rc read_partition_def(Ctx *ctx, const ObjectRow *row, const TableDef *table,
                             PartitionDef **out)
{
    Json *json = NULL;
    TRY(json_parse(ctx, row->body, "The row of a dropped partition", &json));
    TRY(partition_def_from_json(ctx, json, table, out));
    return (*out)->id == row->id ? RC_OK
                                 : damaged(ctx, "partition", row->id, "its body names another");
}

static Rc read_database_def(Ctx *ctx, const ObjectRow *row, DatabaseDef **out)
{
    Json *json = NULL;
    TRY(json_parse(ctx, row->body, "The row of a dropped database", &json));
    return database_def_from_json(ctx, json, out);
}

static Rc add_object(const Revival *r, const ObjectRow *was, Str name, Str body)
{
    ObjectRow row = {.kind = was->kind,
                     .id = was->id,
                     .from_txn = r->txn->number,
                     .parent = was->parent,
                     .name = name,
                     .body = body};
    return store_add_object(r->ctx, r->meta, &row);
}

// --- partitions

static uint64_t new_rowset_id(const Recovery *recovery, uint64_t old_id)
{
    size_t low = 0, high = recovery->file_count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (recovery->files[middle].old_id <= old_id)
            low = middle;
        else
            high = middle;
    }
    must(low < recovery->file_count && recovery->files[low].old_id == old_id);
    return recovery->files[low].new_id;
}

static Rc old_rowset(const Revival *r, const TableDef *def, const RowsetRow *was, RowsetInfo *out)
{
    if (!table_schema(def, was->info.schema_id))
        return damaged(r->ctx, "rowset", was->info.id, "its table has no such schema");
    *out = was->info;
    out->id = new_rowset_id(r->recovery, was->info.id);
    return RC_OK;
}

// What was deleted of the rowset when it ended is deleted of the new one.
static Rc revive_vector(const Revival *r, uint64_t old_id, Rowset **rowset)
{
    VectorRow vector;
    AUTO(positions_unref_at) Positions *deleted = NULL;
    const RowsetInfo *info = &(*rowset)->info;
    TRY(store_vector_at_end(r->ctx, r->meta, old_id, r->history->txn, &vector));
    if (vector.rowset_id == 0) return RC_OK;
    TRY(positions_read(r->ctx, vector.bytes, info->row_count, vector.info.cardinality, &deleted));
    vector.rowset_id = info->id;
    vector.from_txn = r->txn->number;
    TRY(store_add_vector(r->ctx, r->meta, &vector));
    Rowset *dirty = rowset_with_vector(*rowset, &vector.info, deleted);
    rowset_unref(*rowset);
    *rowset = dirty;
    return RC_OK;
}

static void rowset_unref_at(Rowset **rowset)
{
    if (*rowset) rowset_unref(*rowset);
}

static Rc revive_rows(const Revival *r, const Table *table, Partition *partition)
{
    uint64_t id = partition->def->id;
    const VersionRow *was = history_version(r->history, id);
    if (!was) return damaged(r->ctx, "partition", id, "its last version is not there");
    VersionRow version = *was;
    version.from_txn = r->txn->number;
    partition->version = version.version;
    partition->version_time_ms = version.time_ms;
    partition->content_id = version.content_id;
    TRY(store_add_version(r->ctx, r->meta, &version));
    size_t count = 0;
    const RowsetRow *rowsets = history_rowsets(r->history, id, &count);
    for (size_t i = 0; i < count; i++) {
        RowsetRow row = rowsets[i];
        TRY(old_rowset(r, table->def, &rowsets[i], &row.info));
        row.from_txn = r->txn->number;
        TRY(store_add_rowset(r->ctx, r->meta, &row, r->txn->catalog->root));
        AUTO(rowset_unref_at) Rowset *rowset = rowset_new(&row.info);
        TRY(revive_vector(r, rowsets[i].info.id, &rowset));
        add_rowset(partition, rowset);
        rowset = NULL;  // the partition owns it now
    }
    return RC_OK;
}

// `new_name` empty: the old one.
static Rc revive_partition(const Revival *r, Table *table, const ObjectRow *row, Str new_name)
{
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    PartitionDef *def = NULL;
    Buf body = buf_new(r->ctx->arena);
    JsonWriter w = json_writer(&body);
    TRY(read_partition_def(r->ctx, row, table->def, &def));
    if (new_name.len) def->name = new_name;
    partition_def_to_json(&w, NULL, def);
    def = partition_def_copy(holder->arena, def);
    AUTO(partition_unref_at) Partition *partition = partition_new(holder, def, r->txn->number);
    TRY(add_object(r, row, def->name, buf_str(&body)));
    TRY(revive_rows(r, table, partition));
    add_partition(table, partition);
    partition = NULL;  // the table owns it now
    return RC_OK;
}

static Rc check_partition(Ctx *ctx, const Table *table, const PartitionDef *def)
{
    if (catalog_find_partition(table, def->name))
        return FAIL(ctx, RECOVER_PARTITION_EXISTS, STR_ARG(def->name), STR_ARG(table->def->name));
    for (size_t i = 0; i < table->partition_count; i++) {
        const PartitionDef *other = table->partitions[i]->def;
        Rc rc = partition_check_conflict(ctx, table->def, def, other);
        if (rc == RC_OK) continue;
        if (rc != RC_INVALID && rc != RC_EXISTS) return rc;
        ctx_clear(ctx);
        return FAIL(ctx, RECOVER_CONFLICT, STR_ARG(def->name),
                    table->def->method == PARTITION_RANGE ? "Range" : "Partition item",
                    STR_ARG(other->name));
    }
    return RC_OK;
}

// --- tables and databases

static Rc revive_partitions(const Revival *r, Table *table)
{
    for (size_t i = 0; i < r->history->object_count; i++) {
        const ObjectRow *row = &r->history->objects[i];
        if (row->kind != OBJECT_PARTITION || row->parent != table->def->id) continue;
        TRY(revive_partition(r, table, row, STR("")));
    }
    return RC_OK;
}

static Rc revive_table(const Revival *r, Database *database, const ObjectRow *row, Str new_name)
{
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    TableDef *def = NULL;
    Buf body = buf_new(r->ctx->arena);
    JsonWriter w = json_writer(&body);
    TRY(read_table_def(r->ctx, row, &def));
    if (new_name.len) def->name = new_name;
    table_def_to_json(&w, NULL, def);
    def = table_def_copy(holder->arena, def);
    AUTO(table_unref_at) Table *table = table_new(holder, def, r->txn->number);
    TRY(add_object(r, row, def->name, buf_str(&body)));
    TRY(revive_partitions(r, table));
    add_table(database, table);
    table = NULL;  // the database owns it now
    return RC_OK;
}

static Rc revive_database(const Revival *r, const ObjectRow *row, Str name)
{
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    DatabaseDef *def = NULL;
    Buf body = buf_new(r->ctx->arena);
    JsonWriter w = json_writer(&body);
    TRY(read_database_def(r->ctx, row, &def));
    def->name = name;
    database_def_to_json(&w, NULL, def);
    def = database_def_copy(holder->arena, def);
    Database *database = database_new(holder, def, r->txn->number);
    add_database(r->txn->work, database);
    TRY(add_object(r, row, def->name, buf_str(&body)));
    for (size_t i = 0; i < r->history->object_count; i++) {
        const ObjectRow *table = &r->history->objects[i];
        if (table->kind == OBJECT_TABLE && table->parent == row->id)
            TRY(revive_table(r, database, table, STR("")));
    }
    return RC_OK;
}

// --- the statements' halves: checks, then rows

static Str name_now(const Revival *r)
{
    const RecoveryRequest *request = &r->recovery->request;
    return request->new_name.len ? request->new_name : request->name;
}

static Rc recover_database(const Revival *r)
{
    const ObjectRow *row = history_object(r->history, OBJECT_DATABASE, r->recovery->object_id);
    Str name = name_now(r);
    if (!row) return damaged(r->ctx, "database", r->recovery->object_id, "its row is not there");
    TRY(still_ended(r, OBJECT_DATABASE));
    if (catalog_find_database(r->txn->work, name))
        return FAIL(r->ctx, RECOVER_DATABASE_EXISTS, STR_ARG(name));
    TRY(claims_check_new_database(r->ctx, r->txn, name));
    r->txn->is_broken = true;
    return revive_database(r, row, name);
}

static Rc recover_table(const Revival *r)
{
    const ObjectRow *row = history_object(r->history, OBJECT_TABLE, r->recovery->object_id);
    uint64_t database_id = r->recovery->request.database_id;
    ptrdiff_t at = find_database_index(r->txn->work, database_id);
    Str name = name_now(r);
    if (!row) return damaged(r->ctx, "table", r->recovery->object_id, "its row is not there");
    if (at == NOT_THERE) return FAIL(r->ctx, DATABASE_GONE, (unsigned long long)database_id);
    TRY(still_ended(r, OBJECT_TABLE));
    const Database *database = r->txn->work->databases[at];
    TRY(claims_check_table(r->ctx, r->txn, database->def->name, name));
    if (catalog_find_table(database, name)) return FAIL(r->ctx, TABLE_EXISTS, STR_ARG(name));
    r->txn->is_broken = true;
    return revive_table(r, edit_database(r->txn->work, (size_t)at, r->txn->number), row,
                        r->recovery->request.new_name);
}

typedef struct TablePlace {
    size_t database, table;
} TablePlace;

static Rc find_table(const Revival *r, TablePlace *out)
{
    uint64_t id = r->recovery->request.table_id;
    const CatalogSnapshot *work = r->txn->work;
    for (size_t i = 0; i < work->database_count; i++) {
        ptrdiff_t at = find_table_index(work->databases[i], id);
        if (at == NOT_THERE) continue;
        *out = (TablePlace){i, (size_t)at};
        const Database *database = work->databases[i];
        return claims_check_table(r->ctx, r->txn, database->def->name,
                                  database->tables[at]->def->name);
    }
    return FAIL(r->ctx, TABLE_GONE, (unsigned long long)id);
}

static const Table *table_at(const Revival *r, TablePlace place)
{
    return r->txn->work->databases[place.database]->tables[place.table];
}

static Table *edit_place(const Revival *r, TablePlace place)
{
    Database *database = edit_database(r->txn->work, place.database, r->txn->number);
    return edit_table(database, place.table, r->txn->number);
}

// Schemas of `then` that `def` has no more, before those that it has; each names the one that
// followed it then.
static void add_forgotten(Arena *arena, TableDef *def, const TableDef *then)
{
    VEC(Schema) all = {0};
    for (size_t i = 0; i < then->schema_count; i++) {
        if (table_schema(def, then->schemas[i].id)) continue;
        const Schema *next = table_next_schema(then, &then->schemas[i]);
        Schema schema = then->schemas[i];
        schema.next_id = next ? next->id : table_current_schema(def)->id;
        vec_push(arena, &all, schema);
    }
    if (all.len == 0) return;
    for (size_t i = 0; i < def->schema_count; i++) vec_push(arena, &all, def->schemas[i]);
    def->schemas = all.at;
    def->schema_count = all.len;
}

// Files that come back were written under schemas that the table may have forgotten since. Columns
// keep their ids within a table's line, so that they are read under today's definition.
static Rc learn_schemas(const Revival *r, TablePlace *place)
{
    ObjectRow row;
    TableDef *then = NULL;
    const TableDef *now = table_at(r, *place)->def;
    ObjectAt at = {OBJECT_TABLE, now->id, r->history->txn};
    TRY(history_object_before(r->ctx, r->meta, at, &row));
    if (row.id == 0) return damaged(r->ctx, "table", now->id, "it was not there before");
    TRY(read_table_def(r->ctx, &row, &then));
    if (!uuid_eq(then->line, now->line))
        return FAIL(r->ctx, SCHEMA_CHANGED, STR_ARG(now->name), table_current_schema(then)->id);
    TableDef *merged = table_def_copy(r->ctx->arena, now);
    add_forgotten(r->ctx->arena, merged, then);
    if (merged->schema_count == now->schema_count) return RC_OK;
    TRY(txn_alter_table(r->ctx, r->txn, merged));
    return find_table(r, place);
}

static Rc recover_partition(const Revival *r)
{
    const ObjectRow *row = history_object(r->history, OBJECT_PARTITION, r->recovery->object_id);
    TablePlace place;
    PartitionDef *def = NULL;
    if (!row) return damaged(r->ctx, "partition", r->recovery->object_id, "its row is not there");
    TRY(find_table(r, &place));
    TRY(still_ended(r, OBJECT_PARTITION));
    TRY(read_partition_def(r->ctx, row, table_at(r, place)->def, &def));
    if (r->recovery->request.new_name.len) def->name = r->recovery->request.new_name;
    TRY(check_partition(r->ctx, table_at(r, place), def));
    r->txn->is_broken = true;
    TRY(learn_schemas(r, &place));
    r->txn->is_broken = true;  // txn_alter_table ends well on its own
    return revive_partition(r, edit_place(r, place), row, r->recovery->request.new_name);
}

// --- a table as it was before a transaction that replaced its rows

typedef struct VersionPlan {
    VEC(ObjectRow) back;  // partitions that were touched, as they were before
    VEC(uint64_t) added;  // partitions that were not there before
} VersionPlan;

static Rc plan_version(const Revival *r, const Table *table, VersionPlan *plan)
{
    uint64_t txn = r->history->txn;
    for (size_t i = 0; i < r->history->version_count; i++) {
        ObjectRow row;
        ObjectAt at = {OBJECT_PARTITION, r->history->versions[i].partition_id, txn};
        TRY(history_object_before(r->ctx, r->meta, at, &row));
        if (row.id && row.parent == table->def->id) vec_push(r->ctx->arena, &plan->back, row);
    }
    for (size_t i = 0; i < table->partition_count; i++) {
        ObjectRow row;
        bool has_version = false;
        ObjectAt at = {OBJECT_PARTITION, table->partitions[i]->def->id, txn};
        TRY(history_has_version(r->ctx, r->meta, at.id, txn, &has_version));
        if (!has_version) continue;
        TRY(history_object_before(r->ctx, r->meta, at, &row));
        if (row.id == 0) vec_push(r->ctx->arena, &plan->added, at.id);
    }
    if (plan->back.len + plan->added.len > 0) return RC_OK;
    const RecoveryRequest *request = &r->recovery->request;
    return FAIL(r->ctx, TRASH_NO_VERSION, STR_ARG(request->name), undo_cause_text(request->cause),
                (unsigned long long)request->id);
}

// What the partition holds now goes to the trash in turn.
static Rc put_back_rows(const Revival *r, const Table *table, uint64_t partition_id)
{
    size_t count = 0;
    const RowsetRow *rowsets = history_rowsets(r->history, partition_id, &count);
    const VersionRow *version = history_version(r->history, partition_id);
    RowsetInfo *infos = ARENA_ARRAY(r->ctx->arena, RowsetInfo, count);
    VectorChange *vectors = ARENA_ARRAY(r->ctx->arena, VectorChange, count);
    size_t vector_count = 0;
    for (size_t i = 0; i < count; i++) {
        VectorRow was;
        TRY(old_rowset(r, table->def, &rowsets[i], &infos[i]));
        TRY(store_vector_at_end(r->ctx, r->meta, rowsets[i].info.id, r->history->txn, &was));
        if (was.rowset_id)
            vectors[vector_count++] = (VectorChange){infos[i].id, was.info, was.bytes};
    }
    RowsetChange change = {.table_id = table->def->id,
                           .partition_id = partition_id,
                           .add = infos,
                           .add_count = count,
                           .ends_all = true,
                           .vectors = vectors,
                           .vector_count = vector_count,
                           .content_id = &version->content_id};
    return txn_change_rowsets(r->ctx, r->txn, &change);
}

static Rc put_back(const Revival *r, TablePlace place, const ObjectRow *row)
{
    const Table *table = table_at(r, place);
    PartitionDef *def = NULL;
    if (find_partition_index(table, row->id) != NOT_THERE) return put_back_rows(r, table, row->id);
    TRY(read_partition_def(r->ctx, row, table->def, &def));
    TRY(check_partition(r->ctx, table, def));
    r->txn->is_broken = true;
    TRY(revive_partition(r, edit_place(r, place), row, STR("")));
    r->txn->is_broken = false;
    r->txn->has_changed = true;
    return RC_OK;
}

static Rc recover_version(const Revival *r)
{
    VersionPlan plan = {0};
    TablePlace place;
    uint64_t table_id = r->recovery->request.table_id;
    TRY(find_table(r, &place));
    TRY(plan_version(r, table_at(r, place), &plan));
    TRY(learn_schemas(r, &place));
    for (size_t i = 0; i < plan.added.len; i++)
        TRY(txn_drop_partition(r->ctx, r->txn, table_id, plan.added.at[i], false));
    for (size_t i = 0; i < plan.back.len; i++) TRY(put_back(r, place, &plan.back.at[i]));
    return txn_add_undo(r->ctx, r->txn, UNDO_RECOVER, r->recovery->undo_id, table_id);
}

Rc txn_recover(Ctx *ctx, CatalogTxn *txn, const Recovery *recovery)
{
    Revival r = {ctx, txn, txn->catalog->meta, recovery, recovery->history};
    Rc rc = RC_OK;
    switch (recovery->request.kind) {
    case TRASH_DATABASE: rc = recover_database(&r); break;
    case TRASH_TABLE: rc = recover_table(&r); break;
    case TRASH_PARTITION: rc = recover_partition(&r); break;
    case TRASH_VERSION: return recover_version(&r);
    }
    if (rc != RC_OK) return rc;
    txn->is_broken = false;
    txn->has_changed = true;
    return RC_OK;
}

Rc txn_add_undo(Ctx *ctx, CatalogTxn *txn, UndoCause cause, uint64_t id, uint64_t table_id)
{
    UndoRow row = {.id = id, .table_id = table_id, .txn = txn->number, .cause = cause};
    txn->is_broken = true;
    TRY(history_add_undo(ctx, txn->catalog->meta, &row));
    txn->is_broken = false;
    return RC_OK;
}
