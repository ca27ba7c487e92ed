/*
 * catalog/catalog: opening, pins, the writer's turn, ids, and the life of a transaction.
 *
 * Form    one SQLite file under an immutable tree. A commit is durable first, then published: what
 * a reader sees is on disk (INV-3). A change that fails before COMMIT leaves both as they were.
 * Errors  META_*, CATALOG_DAMAGED, DISK_FULL, CANCELLED, TIMEOUT.
 * Threads locks are named at the fields in internal.h. Nothing is waited for under Catalog.lock.
 */
#include "base/fault.h"
#include "base/log.h"
#include "catalog/history.h"
#include "catalog/internal.h"

enum {
    FIRST_ID = 10001,
    ID_BLOCK = 1 << 20,  // a start of the server leaves at most so many unused
    ID_SPARE = 1 << 19,  // what a transaction may take without a reservation of its own
    PURGE_EVERY = 256,   // commits
    PURGE_ROWS = 1000,   // of each kind at a time, so that no commit takes long
    WAIT_MS = 50,        // between looks at cancel and deadline
};

// --- the writer's turn

static Rc turn_take(Ctx *ctx, Catalog *catalog)
{
    Rc rc = RC_OK;
    lock_take(&catalog->turn_lock);
    must(!catalog->is_taken || !pthread_equal(catalog->owner, pthread_self()));
    while (catalog->is_taken && rc == RC_OK) {
        signal_wait(&catalog->turn_free, &catalog->turn_lock, WAIT_MS);
        rc = ctx_poll(ctx);
    }
    if (rc == RC_OK) {
        catalog->is_taken = true;
        catalog->owner = pthread_self();
    }
    lock_give(&catalog->turn_lock);
    return rc;
}

static void turn_give(Catalog *catalog)
{
    lock_take(&catalog->turn_lock);
    must(catalog->is_taken && pthread_equal(catalog->owner, pthread_self()));
    catalog->is_taken = false;
    signal_wake_all(&catalog->turn_free);
    lock_give(&catalog->turn_lock);
}

bool turn_is_mine(Catalog *catalog)
{
    lock_take(&catalog->turn_lock);
    bool is_mine = catalog->is_taken && pthread_equal(catalog->owner, pthread_self());
    lock_give(&catalog->turn_lock);
    return is_mine;
}

Rc turn_enter(Ctx *ctx, Catalog *catalog, Turn *turn)
{
    *turn = (Turn){catalog, false};
    if (turn_is_mine(catalog)) return RC_OK;
    TRY(turn_take(ctx, catalog));
    turn->is_taken_here = true;
    return RC_OK;
}

void turn_leave(Turn *turn)
{
    if (turn->is_taken_here) turn_give(turn->catalog);
    turn->is_taken_here = false;
}

// --- opening

static Rc load_identity(Ctx *ctx, Catalog *catalog)
{
    Str text, next;
    uint64_t reserved = 0;
    TRY(store_get_setting(ctx, catalog->meta, STR("server_uuid"), &text));
    if (!text.ptr) {
        text = uuid_text(ctx->arena, uuid_new());
        TRY(store_set_setting(ctx, catalog->meta, STR("server_uuid"), text));
    }
    if (!uuid_parse(text, &catalog->server_uuid))
        return FAIL(ctx, CATALOG_DAMAGED, "setting", 0LL, STR_ARG(STR("server_uuid is no uuid")));
    TRY(store_get_setting(ctx, catalog->meta, STR("next_id"), &next));
    if (next.ptr && (!str_to_u64(next, &reserved) || reserved < FIRST_ID))
        return FAIL(ctx, CATALOG_DAMAGED, "setting", 0LL, STR_ARG(STR("next_id is no number")));
    catalog->next_id = catalog->reserved_id = next.ptr ? reserved : FIRST_ID;
    return RC_OK;
}

static Rc open_rows(Ctx *ctx, Catalog *catalog, Str path)
{
    TRY(meta_open(ctx, path, &catalog->meta));
    TRY(store_ensure(ctx, catalog->meta));
    TRY(history_ensure(ctx, catalog->meta));
    TRY(load_identity(ctx, catalog));
    TRY(trash_load_floor(ctx, catalog));
    TRY(store_last_txn(ctx, catalog->meta, &catalog->last_txn, &catalog->last_time_ms));
    TRY(claims_load(ctx, catalog->meta, &catalog->claims));
    TRY(catalog_load(ctx, catalog->meta, catalog->last_txn, &catalog->current));
    catalog->oldest = catalog->current;
    return RC_OK;
}

Rc catalog_open(Ctx *ctx, const CatalogOptions *options, Catalog **out)
{
    Catalog *catalog = mem_alloc(sizeof(*catalog));
    catalog->clock = options->clock ? options->clock : clock_system();
    catalog->trash_expire_ms = options->trash_expire_second * 1000;
    catalog->token_arena = arena_new();
    catalog->counter_arena = arena_new();
    lock_init(&catalog->turn_lock, RANK_WRITER);
    lock_init(&catalog->lock, RANK_CATALOG);
    lock_init(&catalog->token_lock, RANK_CLAIMS);
    signal_init(&catalog->turn_free);
    signal_init(&catalog->token_free);
    Rc rc = open_rows(ctx, catalog, options->path);
    if (rc != RC_OK) {
        catalog_close(catalog);
        return note(ctx, rc, "opening the catalog %.*s", STR_ARG(options->path));
    }
    *out = catalog;
    return RC_OK;
}

void catalog_close(Catalog *catalog)
{
    if (!catalog) return;
    if (catalog->current) {
        bool is_pinned = catalog->oldest != catalog->current || catalog->current->refs != 1;
        if (is_pinned) log_warn("the catalog is closed while snapshots of it are pinned");
        if (!is_pinned) snapshot_free(catalog->current);
    }
    claim_set_free(catalog->claims);
    meta_close(catalog->meta);
    arena_free(catalog->token_arena);
    arena_free(catalog->counter_arena);
    signal_close(&catalog->turn_free);
    signal_close(&catalog->token_free);
    lock_close(&catalog->turn_lock);
    lock_close(&catalog->lock);
    lock_close(&catalog->token_lock);
    free(catalog);
}

Uuid catalog_server_uuid(const Catalog *catalog)
{
    return catalog->server_uuid;
}

// Set before anything writes: by the store of tables when it opens.
void catalog_set_root(Catalog *catalog, Uuid root)
{
    catalog->root = root;
}

// --- pins. The list of living snapshots tells which ended rowsets somebody may still read.

const CatalogSnapshot *catalog_pin(Catalog *catalog)
{
    lock_take(&catalog->lock);
    CatalogSnapshot *snapshot = catalog->current;
    atomic_fetch_add(&snapshot->refs, 1);
    lock_give(&catalog->lock);
    return snapshot;
}

// Under Catalog.lock. NULL when somebody still holds it.
static CatalogSnapshot *let_go(Catalog *catalog, CatalogSnapshot *snapshot)
{
    must(atomic_load(&snapshot->refs) > 0);
    if (atomic_fetch_sub(&snapshot->refs, 1) != 1) return NULL;
    if (snapshot->private.older)
        snapshot->private.older->private.newer = snapshot->private.newer;
    else
        catalog->oldest = snapshot->private.newer;
    if (snapshot->private.newer) snapshot->private.newer->private.older = snapshot->private.older;
    return snapshot;
}

void catalog_unpin(Catalog *catalog, const CatalogSnapshot *snapshot)
{
    if (!snapshot) return;
    lock_take(&catalog->lock);
    // Readers see the tree as const; the list that it hangs in is ours.
    CatalogSnapshot *found = catalog->oldest;
    while (found && found != snapshot) found = found->private.newer;
    must(found != NULL);
    CatalogSnapshot *gone = let_go(catalog, found);
    lock_give(&catalog->lock);
    if (gone) snapshot_free(gone);
}

// --- ids

Rc ids_reserve(Ctx *ctx, Catalog *catalog, uint64_t spare)
{
    lock_take(&catalog->lock);
    uint64_t next = catalog->next_id, reserved = catalog->reserved_id;
    lock_give(&catalog->lock);
    if (reserved - next >= spare) return RC_OK;
    uint64_t wanted = reserved + spare + ID_BLOCK;
    TRY(fault_point(ctx, "catalog.ids.reserve"));
    Str text = str_printf(ctx->arena, "%llu", (unsigned long long)wanted);
    TRY(store_set_setting(ctx, catalog->meta, STR("next_id"), text));
    lock_take(&catalog->lock);
    catalog->reserved_id = wanted;  // ids below are ours on disk before one is handed out (INV-5)
    lock_give(&catalog->lock);
    return RC_OK;
}

static bool take_ids(Catalog *catalog, uint64_t count, uint64_t *first)
{
    lock_take(&catalog->lock);
    bool is_enough = catalog->reserved_id - catalog->next_id >= count;
    if (is_enough) {
        *first = catalog->next_id;
        catalog->next_id += count;
    }
    lock_give(&catalog->lock);
    return is_enough;
}

Rc catalog_new_ids(Ctx *ctx, Catalog *catalog, size_t count, uint64_t *first)
{
    AUTO(turn_leave) Turn turn = {0};
    if (take_ids(catalog, count, first)) return RC_OK;
    // A reservation inside the caller's transaction would vanish with an abort.
    if (turn_is_mine(catalog)) return FAIL(ctx, BUG, "too many new ids in one transaction");
    TRY(turn_enter(ctx, catalog, &turn));
    while (!take_ids(catalog, count, first)) TRY(ids_reserve(ctx, catalog, count));
    return RC_OK;
}

// --- transactions

static void txn_free(CatalogTxn *txn)
{
    Catalog *catalog = txn->catalog;
    if (txn->work) snapshot_free(txn->work);
    arena_free(txn->arena);
    free(txn);
    turn_give(catalog);
}

static Rc start(Ctx *ctx, Catalog *catalog)
{
    TRY(fault_point(ctx, "catalog.begin"));
    TRY(ids_reserve(ctx, catalog, ID_SPARE));
    return meta_begin(ctx, catalog->meta);
}

Rc catalog_begin(Ctx *ctx, Catalog *catalog, uint64_t job_id, CatalogTxn **out)
{
    TRY(turn_take(ctx, catalog));
    Rc rc = start(ctx, catalog);
    if (rc != RC_OK) {
        turn_give(catalog);
        return note(ctx, rc, "beginning a transaction of the catalog");
    }
    CatalogTxn *txn = mem_alloc(sizeof(*txn));
    int64_t now_ms = clock_now_ms(catalog->clock);
    txn->catalog = catalog;
    txn->arena = arena_new();
    txn->number = catalog->last_txn + 1;
    // INV-8: a clock that was set back does not make the trash end early or late.
    txn->time_ms = now_ms > catalog->last_time_ms ? now_ms : catalog->last_time_ms;
    txn->job_id = job_id;
    // Only the holder of the turn replaces these two: they may be read without the lock.
    txn->work = snapshot_clone(catalog->current, txn->number);
    for (size_t i = 0; i < catalog->claims->count; i++)
        vec_push(txn->arena, &txn->claims, catalog->claims->claims[i]);
    *out = txn;
    return RC_OK;
}

void txn_abort(CatalogTxn **txn)
{
    if (!*txn) return;
    meta_rollback((*txn)->catalog->meta);
    txn_free(*txn);
    *txn = NULL;
}

static Rc purge_sometimes(Ctx *ctx, Catalog *catalog)
{
    uint64_t horizon = 0;
    if (++catalog->commits_since_purge < PURGE_EVERY) return RC_OK;
    TRY(trash_horizon(ctx, catalog, &horizon));
    if (horizon > 0) {
        TRY(trash_raise_floor(ctx, catalog, horizon));
        TRY(store_purge(ctx, catalog->meta, horizon, PURGE_ROWS));
        TRY(history_purge_undo(ctx, catalog->meta, horizon, PURGE_ROWS));
    }
    catalog->commits_since_purge = 0;
    return RC_OK;
}

static Rc make_durable(Ctx *ctx, CatalogTxn *txn)
{
    Catalog *catalog = txn->catalog;
    if (txn->is_broken) return FAIL(ctx, BUG, "commit of a transaction that failed half-way");
    if (txn->has_changed) {
        TRY(store_add_txn(ctx, catalog->meta, txn->number, txn->time_ms));
        TRY(purge_sometimes(ctx, catalog));
    }
    TRY(fault_point(ctx, "catalog.commit.before"));
    return meta_commit(ctx, catalog->meta);
}

// What is on disk now becomes what readers pin from here on.
static void publish(CatalogTxn *txn)
{
    Catalog *catalog = txn->catalog;
    ClaimSet *old_claims = NULL;
    CatalogSnapshot *gone = NULL;
    ClaimSet *new_claims =
        txn->has_new_claims ? claim_set_new(txn->claims.at, txn->claims.len) : NULL;
    lock_take(&catalog->lock);
    if (new_claims) {
        old_claims = catalog->claims;
        catalog->claims = new_claims;
    }
    if (txn->has_changed) {
        CatalogSnapshot *before = catalog->current;
        txn->work->private.older = before;
        before->private.newer = txn->work;
        catalog->current = txn->work;
        txn->work = NULL;
        gone = let_go(catalog, before);
    }
    lock_give(&catalog->lock);
    claim_set_free(old_claims);
    if (gone) snapshot_free(gone);
}

Rc txn_commit(Ctx *ctx, CatalogTxn **txn)
{
    Catalog *catalog = (*txn)->catalog;
    Rc rc = make_durable(ctx, *txn);
    if (rc != RC_OK) {
        txn_abort(txn);
        return note(ctx, rc, "committing to the catalog");
    }
    // Durable from here on: nothing below may fail, and an injected failure is no failure.
    if (fault_point(ctx, "catalog.commit.after") != RC_OK) ctx_clear(ctx);
    if ((*txn)->has_changed) {
        catalog->last_txn = (*txn)->number;
        catalog->last_time_ms = (*txn)->time_ms;
    }
    publish(*txn);
    txn_free(*txn);
    *txn = NULL;
    return RC_OK;
}

const CatalogSnapshot *txn_view(CatalogTxn *txn)
{
    return txn->work;
}

Meta *txn_meta(CatalogTxn *txn)
{
    return txn->catalog->meta;
}
