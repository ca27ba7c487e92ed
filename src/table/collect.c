/*
 * table/collect: the end of files, and the threads that look after data at rest.
 *
 * Form    files go only by rows: a rowset's end is committed and out of the trash, no snapshot
 *         sees it, no unfinished job lists it (catalog_collectable); unlink, then forget the row
 *         (INV-6, INV-32).
 * Threads one maintainer (collects, compacts) and one scrubber (only when asked for);
 *         store->lock guards is_stopping and is_woken. Each has its own arena per turn.
 */
#include "base/fault.h"
#include "base/log.h"
#include "io/file.h"
#include "table/internal.h"
#include <unistd.h>

enum { COLLECT_BATCH = 256 };

static Rc collect_batch(Ctx *ctx, TableStore *store, size_t *count)
{
    uint64_t ids[COLLECT_BATCH];
    TRY(catalog_collectable(ctx, store->catalog, ids, COLLECT_BATCH, count));
    if (*count == 0) return RC_OK;
    for (size_t i = 0; i < *count; i++)
        TRY(file_remove_if_there(ctx, table_rowset_path(ctx->arena, store, ids[i])));
    TRY(fault_point(ctx, "collect.unlinked"));
    TRY(catalog_forget_rowsets(ctx, store->catalog, ids, *count));
    atomic_fetch_add(&store->collected_files, *count);
    return RC_OK;
}

Rc table_collect(Ctx *ctx, TableStore *store, size_t *removed)
{
    size_t total = 0, count = COLLECT_BATCH;
    while (count == COLLECT_BATCH) {
        TRY(ctx_poll(ctx));
        ArenaMark mark = arena_mark(ctx->arena);
        TRY(collect_batch(ctx, store, &count));
        arena_rewind(ctx->arena, mark);
        total += count;
    }
    *removed = total;
    return RC_OK;
}

// --- threads

static void log_failure(const Ctx *ctx, Rc rc, const char *what)
{
    if (rc == RC_OK || rc == RC_CANCELLED) return;
    log_error("%s: %.*s %.*s", what, STR_ARG(ctx->err.text), STR_ARG(ctx->err.notes));
}

// True: go on; false: the store closes. Returns early when woken.
static bool wait_turn(TableStore *store, int64_t wait_ms)
{
    int64_t until_ms = clock_steady_ms() + wait_ms;
    lock_take(&store->lock);
    while (!store->is_stopping && !store->is_woken) {
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0 || !signal_wait(&store->wake, &store->lock, left_ms)) break;
    }
    store->is_woken = false;
    bool goes_on = !store->is_stopping;
    lock_give(&store->lock);
    return goes_on;
}

// A sleep that the end of the store cuts short.
static bool pause_scrub(TableStore *store, int64_t wait_ms)
{
    int64_t until_ms = clock_steady_ms() + wait_ms;
    lock_take(&store->lock);
    while (!store->is_stopping) {
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0) break;
        (void)signal_wait(&store->wake, &store->lock, left_ms);
    }
    bool goes_on = !store->is_stopping;
    lock_give(&store->lock);
    return goes_on;
}

typedef VEC(StoredTable) StoredTables;

static void add_tables(Arena *arena, StoredTables *ids, const Database *database)
{
    for (size_t t = 0; t < database->table_count; t++) {
        StoredTable id = {database->def->id, database->tables[t]->def->id};
        vec_push(arena, ids, id);
    }
}

// Ids of all tables now; the snapshot is not kept, so that long work does not hold old files.
static size_t list_tables(Arena *arena, TableStore *store, StoredTable **out)
{
    StoredTables ids = {0};
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    for (size_t d = 0; d < snapshot->database_count; d++)
        add_tables(arena, &ids, snapshot->databases[d]);
    catalog_unpin(store->catalog, snapshot);
    *out = ids.at;
    return ids.len;
}

static void compact_all(Ctx *ctx, TableStore *store)
{
    StoredTable *tables = NULL;
    size_t count = list_tables(ctx->arena, store, &tables);
    EngineConn *conn = NULL;
    for (size_t i = 0; i < count; i++) {
        if (atomic_load(&store->cancel.is_asked)) break;
        if (!compact_is_due(store, tables[i])) continue;
        size_t merged = 0;
        Rc rc = conn ? RC_OK : engine_conn_open(ctx, store->engine, &conn);
        if (rc == RC_OK) rc = table_compact(ctx, store, conn, tables[i], &merged);
        // A table that a job or a statement changed meanwhile is no failure: another turn comes.
        if (rc != RC_CONFLICT && rc != RC_NOT_FOUND) log_failure(ctx, rc, "compaction");
        ctx_clear(ctx);
    }
    engine_conn_close(conn);
}

static void *maintainer_main(void *argument)
{
    TableStore *store = argument;
    must_tell(STR("maintenance of rowsets"));
    while (wait_turn(store, store->options.collect_interval_ms)) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx;
        ctx_init(&ctx, arena, store->clock);
        ctx.cancel = &store->cancel;
        size_t removed = 0;
        log_failure(&ctx, table_collect(&ctx, store, &removed), "collecting rowsets");
        if (removed) log_debug("removed %zu rowset files", removed);
        ctx_clear(&ctx);
        if (store->options.compact_min_rowsets > 0) compact_all(&ctx, store);
    }
    return NULL;
}

// --- scrubbing: every rowset once per interval, slowly

// False: the store closes.
static bool scrub_partition(TableStore *store, const Database *database, const Table *table,
                            const Partition *partition)
{
    for (size_t i = 0; i < partition->rowset_count; i++) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx;
        ctx_init(&ctx, arena, store->clock);
        ctx.cancel = &store->cancel;
        const RowsetInfo *rowset = &partition->rowsets[i]->info;
        Rc rc = table_verify_rowset(&ctx, store, rowset);
        if (rc == RC_CANCELLED) return false;
        atomic_fetch_add(&store->scrubbed_files, 1);
        if (rc != RC_OK) {
            atomic_fetch_add(&store->damaged_files, 1);
            log_error("damage in table %.*s.%.*s, partition %.*s: %.*s",
                      STR_ARG(database->def->name), STR_ARG(table->def->name),
                      STR_ARG(partition->def->name), STR_ARG(ctx.err.text));
        }
        int64_t wait_ms =
            (int64_t)(rowset->size_bytes * 1000 / (uint64_t)store->options.scrub_bytes_per_s);
        if (!pause_scrub(store, wait_ms)) return false;
    }
    return true;
}

// The snapshot stays pinned for one table only.
static bool scrub_table(TableStore *store, StoredTable id)
{
    bool goes_on = true;
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Database *database = catalog_find_database_id(snapshot, id.database_id);
    const Table *table = database ? catalog_find_table_id(database, id.table_id) : NULL;
    for (size_t p = 0; table && goes_on && p < table->partition_count; p++)
        goes_on = scrub_partition(store, database, table, table->partitions[p]);
    catalog_unpin(store->catalog, snapshot);
    return goes_on;
}

static void *scrubber_main(void *argument)
{
    TableStore *store = argument;
    must_tell(STR("scrubbing rowsets"));
    while (pause_scrub(store, store->options.scrub_interval_ms)) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        StoredTable *tables = NULL;
        size_t count = list_tables(arena, store, &tables);
        for (size_t i = 0; i < count; i++)
            if (!scrub_table(store, tables[i])) return NULL;
    }
    return NULL;
}

static Rc start_thread(Ctx *ctx, TableStore *store, void *(*run)(void *), StoreThread *thread)
{
    int error = pthread_create(&thread->id, NULL, run, store);
    if (error) return FAIL(ctx, BUG, "can not start a thread");
    thread->is_started = true;
    return RC_OK;
}

Rc maintainer_start(Ctx *ctx, TableStore *store)
{
    TRY(start_thread(ctx, store, maintainer_main, &store->maintainer));
    if (store->options.scrub_interval_ms <= 0) return RC_OK;
    return start_thread(ctx, store, scrubber_main, &store->scrubber);
}

void maintainer_stop(TableStore *store)
{
    atomic_store(&store->cancel.is_asked, true);
    lock_take(&store->lock);
    store->is_stopping = true;
    signal_wake_all(&store->wake);
    lock_give(&store->lock);
    if (store->maintainer.is_started) pthread_join(store->maintainer.id, NULL);
    if (store->scrubber.is_started) pthread_join(store->scrubber.id, NULL);
}

void table_wake_maintainer(TableStore *store)
{
    lock_take(&store->lock);
    store->is_woken = true;
    signal_wake_all(&store->wake);
    lock_give(&store->lock);
}

TableStats table_stats(const TableStore *store)
{
    return (TableStats){
        .inserted_rowsets = atomic_load(&store->inserted_rowsets),
        .collected_files = atomic_load(&store->collected_files),
        .compacted_rowsets = atomic_load(&store->compacted_rowsets),
        .scrubbed_files = atomic_load(&store->scrubbed_files),
        .damaged_files = atomic_load(&store->damaged_files),
    };
}
