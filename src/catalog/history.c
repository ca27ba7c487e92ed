/*
 * catalog/history: rows that ended, read back, and what undoes a change of a whole table.
 *
 * Form    the tables of catalog/store; rows that were forced are not told. Table `undo` names the
 *         transactions that replaced all rows of what they touched in a table.
 * Errors  those of meta; CATALOG_DAMAGED: a digest is checked before a row is believed (INV-2).
 * Threads the holder of the writer's turn.
 */
#include "catalog/history.h"
#include "base/vec.h"

// --- one transaction's ends

#define OBJECT_COLUMNS                                                                         \
    "SELECT kind, id, from_txn, parent, name, body, digest IS row_digest(kind, id, from_txn, " \
    "to_txn, is_forced, parent, name, body) FROM object "

static Rc read_object(Ctx *ctx, const MetaRows *rows, ObjectRow *out)
{
    *out = (ObjectRow){.kind = (ObjectKind)meta_i64(rows, 0),
                       .id = meta_u64(rows, 1),
                       .from_txn = meta_u64(rows, 2),
                       .parent = meta_u64(rows, 3),
                       .name = str_dup(ctx->arena, meta_text(rows, 4)),
                       .body = str_dup(ctx->arena, meta_text(rows, 5))};
    return meta_i64(rows, 6) == 1 ? RC_OK : store_damaged(ctx, "ended object", out->id);
}

static Rc load_objects(Ctx *ctx, Meta *meta, History *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    VEC(ObjectRow) found = {0};
    bool has_row = true;
    TRY(meta_query(ctx, meta, &rows,
                   OBJECT_COLUMNS "WHERE to_txn = ?1 AND is_forced = 0 ORDER BY kind, id",
                   MV_INT(out->txn)));
    while (true) {
        ObjectRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) break;
        TRY(read_object(ctx, rows, &row));
        vec_push(ctx->arena, &found, row);
    }
    out->objects = found.at;
    out->object_count = found.len;
    return RC_OK;
}

static Rc load_versions(Ctx *ctx, Meta *meta, History *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    VEC(VersionRow) found = {0};
    bool has_row = true;
    TRY(meta_query(ctx, meta, &rows,
                   STORE_VERSIONS " WHERE to_txn = ?1 AND is_forced = 0 ORDER BY partition_id",
                   MV_INT(out->txn)));
    while (true) {
        VersionRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) break;
        TRY(store_read_version(ctx, rows, &row));
        vec_push(ctx->arena, &found, row);
    }
    out->versions = found.at;
    out->version_count = found.len;
    return RC_OK;
}

static Rc load_rowsets(Ctx *ctx, Meta *meta, History *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    VEC(RowsetRow) found = {0};
    bool has_row = true;
    TRY(meta_query(ctx, meta, &rows,
                   STORE_ROWSETS " WHERE to_txn = ?1 AND from_txn < ?1 AND is_forced = 0"
                                 " ORDER BY partition_id, sequence, id",
                   MV_INT(out->txn)));
    while (true) {
        RowsetRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) break;
        TRY(store_read_rowset(ctx, rows, &row));
        vec_push(ctx->arena, &found, row);
    }
    out->rowsets = found.at;
    out->rowset_count = found.len;
    return RC_OK;
}

Rc history_load(Ctx *ctx, Meta *meta, uint64_t txn, History *out)
{
    *out = (History){.txn = txn};
    TRY(load_objects(ctx, meta, out));
    TRY(load_versions(ctx, meta, out));
    return load_rowsets(ctx, meta, out);
}

static int compare_object(const void *key, const void *element)
{
    const ObjectAt *wanted = key;
    const ObjectRow *row = element;
    if (wanted->kind != row->kind) return wanted->kind < row->kind ? -1 : 1;
    return (wanted->id > row->id) - (wanted->id < row->id);
}

const ObjectRow *history_object(const History *history, ObjectKind kind, uint64_t id)
{
    ObjectAt key = {.kind = kind, .id = id};
    if (history->object_count == 0) return NULL;
    return bsearch(&key, history->objects, history->object_count, sizeof(ObjectRow),
                   compare_object);
}

static int compare_version(const void *key, const void *element)
{
    uint64_t wanted = *(const uint64_t *)key, found = ((const VersionRow *)element)->partition_id;
    return (wanted > found) - (wanted < found);
}

const VersionRow *history_version(const History *history, uint64_t partition_id)
{
    if (history->version_count == 0) return NULL;
    return bsearch(&partition_id, history->versions, history->version_count, sizeof(VersionRow),
                   compare_version);
}

const RowsetRow *history_rowsets(const History *history, uint64_t partition_id, size_t *count)
{
    size_t low = 0, high = history->rowset_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (history->rowsets[middle].partition_id < partition_id)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = low;
    while (end < history->rowset_count && history->rowsets[end].partition_id == partition_id) end++;
    *count = end - low;
    return history->rowsets + low;
}

// --- single objects

#define IS_LAST                                                                     \
    " AND NOT EXISTS (SELECT 1 FROM object n WHERE n.kind = o.kind AND n.id = o.id" \
    " AND n.from_txn >= o.to_txn)"

Rc history_find(Ctx *ctx, Meta *meta, const TrashQuery *query, ObjectAt *at)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT id, to_txn FROM object o WHERE to_txn > ?1 AND is_forced = 0"
                   " AND kind = ?2 AND parent = ?3 AND (?5 = 0 OR id = ?5)"
                   " AND (name = ?4 OR (kind = 4 AND name = ?4 COLLATE NOCASE))" IS_LAST
                   " ORDER BY to_txn DESC, id DESC LIMIT 1",
                   MV_INT(query->horizon), MV_INT(query->kind), MV_INT(query->parent),
                   MV_TEXT(query->name), MV_INT(query->id)));
    TRY(meta_next(ctx, rows, &has_row));
    *at = (ObjectAt){.kind = query->kind};
    if (!has_row) return RC_OK;
    at->id = meta_u64(rows, 0);
    at->txn = meta_u64(rows, 1);
    return RC_OK;
}
_Static_assert(OBJECT_PARTITION == 4, "history_find names the kind by its number");

Rc history_goes_on(Ctx *ctx, Meta *meta, ObjectAt at, bool *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT 1 FROM object WHERE kind = ?1 AND id = ?2 AND from_txn >= ?3 LIMIT 1",
                   MV_INT(at.kind), MV_INT(at.id), MV_INT(at.txn)));
    return meta_next(ctx, rows, out);
}

Rc history_object_before(Ctx *ctx, Meta *meta, ObjectAt at, ObjectRow *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(ctx, meta, &rows,
                   OBJECT_COLUMNS "WHERE kind = ?1 AND id = ?2 AND from_txn < ?3"
                                  " AND (to_txn IS NULL OR to_txn >= ?3)",
                   MV_INT(at.kind), MV_INT(at.id), MV_INT(at.txn)));
    TRY(meta_next(ctx, rows, &has_row));
    *out = (ObjectRow){.kind = at.kind};
    return has_row ? read_object(ctx, rows, out) : RC_OK;
}

Rc history_has_version(Ctx *ctx, Meta *meta, uint64_t partition_id, uint64_t txn, bool *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT 1 FROM version WHERE partition_id = ?1 AND from_txn = ?2",
                   MV_INT(partition_id), MV_INT(txn)));
    return meta_next(ctx, rows, out);
}

// --- undo

enum { UNDO_VERSION = 1 };

static const char UNDO_TABLE[] =
    "CREATE TABLE undo (id INTEGER NOT NULL, table_id INTEGER NOT NULL, txn INTEGER NOT NULL,"
    " cause INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (id, table_id)) STRICT,"
    " WITHOUT ROWID;";

Rc history_ensure(Ctx *ctx, Meta *meta)
{
    return meta_ensure(ctx, meta, "undo", UNDO_VERSION, UNDO_TABLE);
}

Rc history_add_undo(Ctx *ctx, Meta *meta, const UndoRow *row)
{
    return meta_exec(ctx, meta,
                     "INSERT INTO undo VALUES (?1, ?2, ?3, ?4, row_digest(?1, ?2, ?3, ?4))",
                     MV_INT(row->id), MV_INT(row->table_id), MV_INT(row->txn), MV_INT(row->cause));
}

static Rc read_undo(Ctx *ctx, const MetaRows *rows, UndoRow *out)
{
    *out = (UndoRow){.id = meta_u64(rows, 0),
                     .table_id = meta_u64(rows, 1),
                     .txn = meta_u64(rows, 2),
                     .cause = (UndoCause)meta_i64(rows, 3)};
    bool is_good = meta_i64(rows, 4) == 1 && out->cause < UNDO_CAUSE_COUNT;
    return is_good ? RC_OK : store_damaged(ctx, "undo", out->id);
}

#define UNDO_COLUMNS \
    "SELECT id, table_id, txn, cause, digest IS row_digest(id, table_id, txn, cause) FROM undo "

Rc history_find_undo(Ctx *ctx, Meta *meta, UndoRow *row)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(ctx, meta, &rows, UNDO_COLUMNS "WHERE id = ?1 AND table_id = ?2",
                   MV_INT(row->id), MV_INT(row->table_id)));
    TRY(meta_next(ctx, rows, &has_row));
    row->txn = 0;
    return has_row ? read_undo(ctx, rows, row) : RC_OK;
}

Rc history_each_undo(Ctx *ctx, Meta *meta, UndoVisit visit, void *handle)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query_plain(ctx, meta, &rows, UNDO_COLUMNS "ORDER BY txn, id, table_id"));
    while (true) {
        UndoRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        TRY(read_undo(ctx, rows, &row));
        TRY(visit(ctx, handle, &row));
    }
}

Rc history_purge_undo(Ctx *ctx, Meta *meta, uint64_t txn, int64_t max)
{
    return meta_exec(ctx, meta,
                     "DELETE FROM undo WHERE (id, table_id) IN (SELECT id, table_id FROM undo"
                     " WHERE txn <= ?1 ORDER BY txn LIMIT ?2)",
                     MV_INT(txn), MV_INT(max));
}
