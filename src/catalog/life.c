/*
 * catalog/life: which files are still needed, by whom; write tokens; look-ups in rows.
 *
 * Form    a rowset's file may go when its end is committed and out of the trash, no living snapshot
 * is older than that end, and no unfinished job lists it (INV-6). The file goes first, the row
 * after. Errors  those of meta; CANCELLED and TIMEOUT while waiting. Threads rows: the holder of
 * the turn. Tokens: Catalog.token_lock.
 */
#include "base/fault.h"
#include "catalog/internal.h"

enum { WAIT_MS = 50 };

// --- jobs

Rc txn_add_job_rowsets(Ctx *ctx, CatalogTxn *txn, uint64_t job_id, const uint64_t *rowset_ids,
                       size_t count)
{
    txn->is_broken = true;
    for (size_t i = 0; i < count; i++)
        TRY(meta_exec(ctx, txn->catalog->meta, "INSERT OR IGNORE INTO job_rowset VALUES (?1, ?2)",
                      MV_INT(job_id), MV_INT(rowset_ids[i])));
    txn->is_broken = false;
    return RC_OK;
}

Rc txn_end_job_rowsets(Ctx *ctx, CatalogTxn *txn, uint64_t job_id)
{
    txn->is_broken = true;
    TRY(meta_exec(ctx, txn->catalog->meta, "DELETE FROM job_rowset WHERE job_id = ?1",
                  MV_INT(job_id)));
    txn->is_broken = false;
    return RC_OK;
}

// --- files

Rc catalog_collectable(Ctx *ctx, Catalog *catalog, uint64_t *rowset_ids, size_t max, size_t *count)
{
    AUTO(turn_leave) Turn turn = {0};
    AUTO(meta_end) MetaRows *rows = NULL;
    uint64_t horizon = 0;
    size_t found = 0;
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(trash_horizon(ctx, catalog, &horizon));
    lock_take(&catalog->lock);
    uint64_t oldest = catalog->oldest->txn;
    lock_give(&catalog->lock);
    TRY(meta_query(ctx, catalog->meta, &rows,
                   "SELECT id FROM rowset WHERE to_txn <= ?1 AND (is_forced = 1 OR to_txn <= ?2)"
                   " AND NOT EXISTS (SELECT 1 FROM job_rowset WHERE rowset_id = rowset.id)"
                   " ORDER BY to_txn LIMIT ?3",
                   MV_INT(oldest), MV_INT(horizon), MV_INT(max)));
    while (found < max) {
        bool has_row = false;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) break;
        rowset_ids[found++] = meta_u64(rows, 0);
    }
    *count = found;
    return RC_OK;
}

// What goes now can never be brought back, even when the clock is set back.
static Rc newest_end(Ctx *ctx, Meta *meta, uint64_t rowset_id, uint64_t *newest)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT to_txn FROM rowset WHERE id = ?1 AND to_txn IS NOT NULL"
                   " AND is_forced = 0",
                   MV_INT(rowset_id)));
    TRY(meta_next(ctx, rows, &has_row));
    if (has_row && meta_u64(rows, 0) > *newest) *newest = meta_u64(rows, 0);
    return RC_OK;
}

// Rows that live again or that a job listed meanwhile stay: the caller's list may be old.
static Rc forget_rows(Ctx *ctx, Catalog *catalog, const uint64_t *rowset_ids, size_t count)
{
    Meta *meta = catalog->meta;
    uint64_t newest = 0;
    TRY(fault_point(ctx, "catalog.forget.before"));
    for (size_t i = 0; i < count; i++) TRY(newest_end(ctx, meta, rowset_ids[i], &newest));
    TRY(trash_raise_floor(ctx, catalog, newest));
    for (size_t i = 0; i < count; i++) {
        TRY(meta_exec(ctx, meta,
                      "DELETE FROM rowset WHERE id = ?1 AND to_txn IS NOT NULL"
                      " AND NOT EXISTS (SELECT 1 FROM job_rowset WHERE rowset_id = ?1)",
                      MV_INT(rowset_ids[i])));
        if (meta_changed(meta) != 1) continue;
        TRY(meta_exec(ctx, meta, "DELETE FROM replica WHERE rowset_id = ?1",
                      MV_INT(rowset_ids[i])));
        TRY(store_forget_vectors(ctx, meta, rowset_ids[i]));
    }
    return RC_OK;
}

Rc catalog_forget_rowsets(Ctx *ctx, Catalog *catalog, const uint64_t *rowset_ids, size_t count)
{
    AUTO(turn_leave) Turn turn = {0};
    if (count == 0) return RC_OK;
    must(!turn_is_mine(catalog));  // it is a transaction of its own
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(meta_begin(ctx, catalog->meta));
    Rc rc = forget_rows(ctx, catalog, rowset_ids, count);
    if (rc == RC_OK) return meta_commit(ctx, catalog->meta);
    meta_rollback(catalog->meta);
    return rc;
}

Rc catalog_each_rowset(Ctx *ctx, Catalog *catalog,
                       Rc (*visit)(Ctx *ctx, void *handle, uint64_t rowset_id), void *handle)
{
    AUTO(turn_leave) Turn turn = {0};
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(meta_query_plain(ctx, catalog->meta, &rows, "SELECT id FROM rowset ORDER BY id"));
    while (true) {
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        TRY(visit(ctx, handle, meta_u64(rows, 0)));
    }
}

// One that an unfinished job lists comes first: its file stays as long as the job. Then a live one.
// Of the others the file may be gone already, and the row not yet.
Rc catalog_find_digest(Ctx *ctx, Catalog *catalog, const Digest *digest, uint64_t size_bytes,
                       uint64_t *rowset_id)
{
    AUTO(turn_leave) Turn turn = {0};
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(turn_enter(ctx, catalog, &turn));
    TRY(meta_query(ctx, catalog->meta, &rows,
                   "SELECT id FROM rowset WHERE file_digest = ?1 AND size_bytes = ?2"
                   " ORDER BY EXISTS (SELECT 1 FROM job_rowset WHERE rowset_id = rowset.id) DESC,"
                   " to_txn IS NOT NULL, to_txn DESC LIMIT 1",
                   MV_BLOB(digest->bytes, DIGEST_BYTES), MV_INT(size_bytes)));
    TRY(meta_next(ctx, rows, &has_row));
    *rowset_id = has_row ? meta_u64(rows, 0) : 0;
    return RC_OK;
}

Rc catalog_find_vector(Ctx *ctx, Catalog *catalog, const Digest *digest, Str *bytes)
{
    AUTO(turn_leave) Turn turn = {0};
    TRY(turn_enter(ctx, catalog, &turn));
    return store_find_vector(ctx, catalog->meta, digest, bytes);
}

Rc catalog_get_setting(Ctx *ctx, Catalog *catalog, Str key, Str *out)
{
    AUTO(turn_leave) Turn turn = {0};
    TRY(turn_enter(ctx, catalog, &turn));
    return store_get_setting(ctx, catalog->meta, key, out);
}

Rc catalog_ensure(Ctx *ctx, Catalog *catalog, const char *owner, int64_t version, const char *sql)
{
    AUTO(turn_leave) Turn turn = {0};
    TRY(turn_enter(ctx, catalog, &turn));
    return meta_ensure(ctx, catalog->meta, owner, version, sql);
}

// --- write tokens

static ptrdiff_t find_token(const Catalog *catalog, uint64_t table_id)
{
    for (size_t i = 0; i < catalog->tokens.len; i++)
        if (catalog->tokens.at[i] == table_id) return (ptrdiff_t)i;
    return NOT_THERE;
}

Rc catalog_take_token(Ctx *ctx, Catalog *catalog, uint64_t table_id)
{
    Rc rc = RC_OK;
    lock_take(&catalog->token_lock);
    while (rc == RC_OK && find_token(catalog, table_id) != NOT_THERE) {
        signal_wait(&catalog->token_free, &catalog->token_lock, WAIT_MS);
        rc = ctx_poll(ctx);
    }
    if (rc == RC_OK) vec_push(catalog->token_arena, &catalog->tokens, table_id);
    lock_give(&catalog->token_lock);
    return rc;
}

void catalog_give_token(Catalog *catalog, uint64_t table_id)
{
    lock_take(&catalog->token_lock);
    ptrdiff_t at = find_token(catalog, table_id);
    must(at != NOT_THERE);
    catalog->tokens.at[at] = catalog->tokens.at[--catalog->tokens.len];
    signal_wake_all(&catalog->token_free);
    lock_give(&catalog->token_lock);
}
