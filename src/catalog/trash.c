/*
 * catalog/trash: what the trash holds, and holding it while something is brought back.
 *
 * Form    a row is in the trash when it ended later than the horizon and was not forced. The
 *         horizon rises with time; what was collected stays behind it for ever, whatever the clock
 *         says (setting `trash_floor`). An open Recovery keeps it from rising over what it needs.
 * Errors  those of meta, CATALOG_DAMAGED, UNKNOWN_DATABASE, UNKNOWN_TABLE, TRASH_NO_PARTITION,
 *         TRASH_NO_VERSION.
 * Threads rows: the holder of the turn. Catalog.holds and .trash_floor: Catalog.lock.
 */
#include "base/vec.h"
#include "catalog/history.h"
#include "catalog/internal.h"

const char *undo_cause_text(UndoCause cause)
{
    static const char *const TEXTS[UNDO_CAUSE_COUNT] = {"RESTORE", "RECOVER", "TRUNCATE",
                                                        "OVERWRITE"};
    return TEXTS[cause];
}

// --- the horizon (INV-6)

static uint64_t bounded_horizon(Catalog *catalog, uint64_t horizon)
{
    lock_take(&catalog->lock);
    if (horizon < catalog->trash_floor) horizon = catalog->trash_floor;
    for (const Recovery *held = catalog->holds; held; held = held->next)
        if (horizon >= held->end_txn) horizon = held->end_txn - 1;
    lock_give(&catalog->lock);
    return horizon;
}

Rc trash_horizon(Ctx *ctx, Catalog *catalog, uint64_t *txn)
{
    int64_t before_ms = clock_now_ms(catalog->clock) - catalog->trash_expire_ms;
    uint64_t horizon = 0;
    TRY(store_txn_before(ctx, catalog->meta, before_ms, &horizon));
    *txn = bounded_horizon(catalog, horizon);
    return RC_OK;
}

Rc trash_load_floor(Ctx *ctx, Catalog *catalog)
{
    Str text;
    TRY(store_get_setting(ctx, catalog->meta, STR("trash_floor"), &text));
    if (!text.ptr || str_to_u64(text, &catalog->trash_floor)) return RC_OK;
    return FAIL(ctx, CATALOG_DAMAGED, "setting", 0LL, STR_ARG(STR("trash_floor is no number")));
}

Rc trash_raise_floor(Ctx *ctx, Catalog *catalog, uint64_t txn)
{
    if (txn <= catalog->trash_floor) return RC_OK;
    Str text = str_printf(ctx->arena, "%llu", (unsigned long long)txn);
    TRY(store_set_setting(ctx, catalog->meta, STR("trash_floor"), text));
    // Too high after a rollback is only careful: what is below was about to go.
    lock_take(&catalog->lock);
    catalog->trash_floor = txn;
    lock_give(&catalog->lock);
    return RC_OK;
}

// --- the list

// The last row of the object, and not ended together with its parent's last row.
#define ENDED_ALONE                                                                         \
    "NOT EXISTS (SELECT 1 FROM object n WHERE n.kind = o.kind AND n.id = o.id"              \
    " AND n.from_txn >= o.to_txn)"                                                          \
    " AND NOT EXISTS (SELECT 1 FROM object p WHERE o.kind <> 1"                             \
    " AND p.kind = CASE o.kind WHEN 4 THEN 3 ELSE 1 END AND p.id = o.parent"                \
    " AND p.to_txn = o.to_txn AND NOT EXISTS (SELECT 1 FROM object q WHERE q.kind = p.kind" \
    " AND q.id = p.id AND q.from_txn >= p.to_txn))"

typedef struct Listing {
    Ctx *ctx;
    Catalog *catalog;
    uint64_t horizon;
    VEC(TrashItem) items;
} Listing;

static TrashKind kind_of(ObjectKind kind)
{
    if (kind == OBJECT_DATABASE) return TRASH_DATABASE;
    return kind == OBJECT_TABLE ? TRASH_TABLE : TRASH_PARTITION;
}

static Rc list_objects(Listing *list)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    Ctx *ctx = list->ctx;
    bool has_row = true;
    TRY(meta_query(ctx, list->catalog->meta, &rows,
                   "SELECT kind, id, parent, name, to_txn,"
                   " (SELECT time_ms FROM txn WHERE txn.id = o.to_txn)"
                   " FROM object o WHERE to_txn > ?1 AND is_forced = 0 AND kind IN (1, 3, 4)"
                   " AND " ENDED_ALONE " ORDER BY to_txn, kind, id",
                   MV_INT(list->horizon)));
    while (true) {
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        uint64_t parent = meta_u64(rows, 2);
        TrashItem item = {.kind = kind_of((ObjectKind)meta_i64(rows, 0)),
                          .id = meta_u64(rows, 1),
                          .name = str_dup(ctx->arena, meta_text(rows, 3)),
                          .to_txn = meta_u64(rows, 4),
                          .ended_ms = meta_i64(rows, 5)};
        if (item.kind == TRASH_TABLE) item.database_id = parent;
        if (item.kind == TRASH_PARTITION) item.table_id = parent;
        vec_push(ctx->arena, &list->items, item);
    }
}
_Static_assert(OBJECT_DATABASE == 1 && OBJECT_TABLE == 3 && OBJECT_PARTITION == 4,
               "the queries name kinds by their numbers");

static Rc txn_time(Listing *list, uint64_t txn, int64_t *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(list->ctx, list->catalog->meta, &rows, "SELECT time_ms FROM txn WHERE id = ?1",
                   MV_INT(txn)));
    TRY(meta_next(list->ctx, rows, &has_row));
    *out = has_row ? meta_i64(rows, 0) : 0;
    return RC_OK;
}

// Of a table that lives: another must be brought back first.
static Rc list_undo(Ctx *ctx, void *handle, const UndoRow *row)
{
    Listing *list = handle;
    const CatalogSnapshot *now = list->catalog->current;
    TrashItem item = {.kind = TRASH_VERSION,
                      .id = row->id,
                      .cause = row->cause,
                      .to_txn = row->txn,
                      .table_id = row->table_id};
    if (row->txn <= list->horizon) return RC_OK;
    for (size_t i = 0; i < now->database_count; i++) {
        const Table *table = catalog_find_table_id(now->databases[i], row->table_id);
        if (!table) continue;
        item.name = str_dup(ctx->arena, table->def->name);
        TRY(txn_time(list, row->txn, &item.ended_ms));
        vec_push(ctx->arena, &list->items, item);
        return RC_OK;
    }
    return RC_OK;
}

// The name that an object has, or had last; its parent.
static Rc find_place(Listing *list, ObjectKind kind, uint64_t id, Str *name, uint64_t *parent)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(list->ctx, list->catalog->meta, &rows,
                   "SELECT name, parent FROM object WHERE kind = ?1 AND id = ?2"
                   " ORDER BY from_txn DESC LIMIT 1",
                   MV_INT(kind), MV_INT(id)));
    TRY(meta_next(list->ctx, rows, &has_row));
    if (!has_row) return RC_OK;
    *name = str_dup(list->ctx->arena, meta_text(rows, 0));
    *parent = meta_u64(rows, 1);
    return RC_OK;
}

static Rc name_place(Listing *list, TrashItem *item)
{
    uint64_t none = 0;
    if (item->table_id)
        TRY(find_place(list, OBJECT_TABLE, item->table_id, &item->table, &item->database_id));
    if (!item->database_id) return RC_OK;
    return find_place(list, OBJECT_DATABASE, item->database_id, &item->database, &none);
}

// A number that is 0 switches its condition off.
static Rc measure(Listing *list, TrashItem *item)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    uint64_t partition = item->kind == TRASH_PARTITION ? item->id : 0;
    uint64_t table = item->kind == TRASH_TABLE ? item->id : item->table_id;
    uint64_t database = item->kind == TRASH_DATABASE ? item->id : 0;
    TRY(meta_query(list->ctx, list->catalog->meta, &rows,
                   "SELECT count(*), coalesce(sum(row_count), 0), coalesce(sum(size_bytes), 0)"
                   " FROM rowset WHERE to_txn = ?1 AND is_forced = 0"
                   " AND (?2 = 0 OR partition_id = ?2) AND (?3 = 0 OR table_id = ?3)"
                   " AND (?4 = 0 OR table_id IN (SELECT id FROM object WHERE to_txn = ?1"
                   " AND kind = 3 AND parent = ?4))",
                   MV_INT(item->to_txn), MV_INT(partition), MV_INT(table), MV_INT(database)));
    TRY(meta_next(list->ctx, rows, &has_row));
    item->file_count = meta_u64(rows, 0);
    item->row_count = meta_u64(rows, 1);
    item->size_bytes = meta_u64(rows, 2);
    return RC_OK;
}

static int by_end(const void *left, const void *right)
{
    const TrashItem *a = left, *b = right;
    if (a->to_txn != b->to_txn) return a->to_txn < b->to_txn ? -1 : 1;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

Rc catalog_trash(Ctx *ctx, Catalog *catalog, TrashList *out)
{
    AUTO(turn_leave) Turn turn = {0};
    Listing list = {.ctx = ctx, .catalog = catalog};
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(trash_horizon(ctx, catalog, &list.horizon));
    TRY(list_objects(&list));
    TRY(history_each_undo(ctx, catalog->meta, list_undo, &list));
    for (size_t i = 0; i < list.items.len; i++) {
        TRY(name_place(&list, &list.items.at[i]));
        TRY(measure(&list, &list.items.at[i]));
    }
    if (list.items.len) qsort(list.items.at, list.items.len, sizeof(TrashItem), by_end);
    *out = (TrashList){list.items.at, list.items.len};
    return RC_OK;
}

// --- shortening it

static Rc oldest_end(Ctx *ctx, Catalog *catalog, uint64_t *txn, int64_t *ended_ms)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    uint64_t horizon = 0;
    TRY(trash_horizon(ctx, catalog, &horizon));
    TRY(meta_query(ctx, catalog->meta, &rows,
                   "SELECT to_txn, (SELECT time_ms FROM txn WHERE txn.id = to_txn) FROM rowset"
                   " WHERE to_txn > ?1 AND is_forced = 0 ORDER BY to_txn LIMIT 1",
                   MV_INT(horizon)));
    TRY(meta_next(ctx, rows, &has_row));
    *txn = has_row ? meta_u64(rows, 0) : 0;
    *ended_ms = has_row ? meta_i64(rows, 1) : 0;
    return RC_OK;
}

static bool is_held(Catalog *catalog, uint64_t txn)
{
    bool found = false;
    lock_take(&catalog->lock);
    for (const Recovery *held = catalog->holds; held; held = held->next)
        if (txn >= held->end_txn) found = true;
    lock_give(&catalog->lock);
    return found;
}

Rc catalog_shorten_trash(Ctx *ctx, Catalog *catalog, int64_t *ended_ms)
{
    AUTO(turn_leave) Turn turn = {0};
    uint64_t txn = 0;
    int64_t found_ms = 0;
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(oldest_end(ctx, catalog, &txn, &found_ms));
    *ended_ms = 0;
    if (txn == 0 || is_held(catalog, txn)) return RC_OK;
    TRY(trash_raise_floor(ctx, catalog, txn));
    *ended_ms = found_ms;
    return RC_OK;
}

// --- what is to be brought back

static Rc fail_not_there(Ctx *ctx, const RecoveryRequest *request)
{
    Str name = request->name;
    switch (request->kind) {
    case TRASH_DATABASE: return FAIL(ctx, TRASH_NO_DATABASE, STR_ARG(name));
    case TRASH_TABLE: return FAIL(ctx, TRASH_NO_TABLE, STR_ARG(name));
    case TRASH_PARTITION:
        return FAIL(ctx, TRASH_NO_PARTITION, STR_ARG(name), STR_ARG(request->table));
    case TRASH_VERSION: break;
    }
    return FAIL(ctx, TRASH_NO_VERSION, STR_ARG(name), undo_cause_text(request->cause),
                (unsigned long long)request->id);
}

static Rc find_version(Ctx *ctx, Recovery *recovery, uint64_t horizon)
{
    const RecoveryRequest *request = &recovery->request;
    UndoRow row = {.id = request->id, .table_id = request->table_id};
    TRY(history_find_undo(ctx, recovery->catalog->meta, &row));
    if (row.txn <= horizon || row.cause != request->cause) return fail_not_there(ctx, request);
    recovery->object_id = request->table_id;
    recovery->end_txn = row.txn;
    return RC_OK;
}

static Rc find_dropped(Ctx *ctx, Recovery *recovery, uint64_t horizon)
{
    const RecoveryRequest *request = &recovery->request;
    TrashQuery query = {
        .kind = OBJECT_DATABASE, .name = request->name, .id = request->id, .horizon = horizon};
    ObjectAt at;
    if (request->kind == TRASH_TABLE) {
        query.kind = OBJECT_TABLE;
        query.parent = request->database_id;
    }
    if (request->kind == TRASH_PARTITION) {
        query.kind = OBJECT_PARTITION;
        query.parent = request->table_id;
    }
    TRY(history_find(ctx, recovery->catalog->meta, &query, &at));
    if (at.id == 0) return fail_not_there(ctx, request);
    recovery->object_id = at.id;
    recovery->end_txn = at.txn;
    return RC_OK;
}

static bool is_taken(const Recovery *recovery, const RowsetRow *row)
{
    if (recovery->request.kind == TRASH_PARTITION) return row->partition_id == recovery->object_id;
    if (recovery->request.kind != TRASH_DATABASE) return row->table_id == recovery->object_id;
    const ObjectRow *table = history_object(recovery->history, OBJECT_TABLE, row->table_id);
    return table && table->parent == recovery->object_id;
}

static int by_old_id(const void *left, const void *right)
{
    uint64_t a = ((const RecoveryFile *)left)->old_id, b = ((const RecoveryFile *)right)->old_id;
    return (a > b) - (a < b);
}

// Under the turn: from here on the collector leaves alone what ended in that transaction or later.
static Rc find_and_hold(Ctx *ctx, Recovery *recovery)
{
    AUTO(turn_leave) Turn turn = {0};
    Catalog *catalog = recovery->catalog;
    uint64_t horizon = 0;
    History *history = ARENA_NEW(ctx->arena, History);
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(trash_horizon(ctx, catalog, &horizon));
    TRY(recovery->request.kind == TRASH_VERSION ? find_version(ctx, recovery, horizon)
                                                : find_dropped(ctx, recovery, horizon));
    TRY(history_load(ctx, catalog->meta, recovery->end_txn, history));
    recovery->history = history;
    lock_take(&catalog->lock);
    recovery->next = catalog->holds;
    catalog->holds = recovery;
    lock_give(&catalog->lock);
    return RC_OK;
}

static Rc name_files(Ctx *ctx, Recovery *recovery)
{
    const History *history = recovery->history;
    uint64_t first = 0;
    recovery->files = ARENA_ARRAY(ctx->arena, RecoveryFile, history->rowset_count);
    for (size_t i = 0; i < history->rowset_count; i++)
        if (is_taken(recovery, &history->rowsets[i]))
            recovery->files[recovery->file_count++].old_id = history->rowsets[i].info.id;
    TRY(catalog_new_ids(ctx, recovery->catalog, recovery->file_count + 1, &first));
    recovery->undo_id = first;
    for (size_t i = 0; i < recovery->file_count; i++) recovery->files[i].new_id = first + 1 + i;
    if (recovery->file_count)
        qsort(recovery->files, recovery->file_count, sizeof(RecoveryFile), by_old_id);
    return RC_OK;
}

Rc catalog_recovery_open(Ctx *ctx, Catalog *catalog, const RecoveryRequest *request, Recovery **out)
{
    Recovery *recovery = ARENA_NEW(ctx->arena, Recovery);
    recovery->catalog = catalog;
    recovery->request = *request;
    TRY(find_and_hold(ctx, recovery));
    Rc rc = name_files(ctx, recovery);
    if (rc == RC_OK)
        *out = recovery;
    else
        catalog_recovery_close(&recovery);
    return rc;
}

void catalog_recovery_close(Recovery **recovery)
{
    if (!*recovery) return;
    Catalog *catalog = (*recovery)->catalog;
    lock_take(&catalog->lock);
    Recovery **at = &catalog->holds;
    while (*at && *at != *recovery) at = &(*at)->next;
    must(*at != NULL);
    *at = (*recovery)->next;
    lock_give(&catalog->lock);
    *recovery = NULL;
}
