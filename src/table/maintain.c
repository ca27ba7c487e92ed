/*
 * table/maintain: the threads that look after data at rest, and when each does what.
 *
 * Form    the collector removes files that nobody needs. The compactor merges small rowsets of
 *         tables that writers named (maintain_tell), and once per interval of all others; one slice
 *         at a time, tables in turn. The scrubber reads files and compares digests. What a turn
 *         does is decided in table/collect, table/compact and table/scrub; here is only when.
 * Bounds  compactor and scrubber run at a low priority, the compactor in an engine of its own
 *         threads (store->background); after a slice it rests, unless a partition has so many
 *         small rowsets that writers would soon have to wait.
 * Threads store->lock guards is_stopping, is_woken, tended and turned.
 */
#include "base/log.h"
#include "table/internal.h"
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    RETRY_MS = 60 * 1000,  // a table whose compaction failed is left alone so long
    LOW_PRIORITY = 5,
    LOOK_MS = 20,  // between looks of a writer that waits
    WARN_EVERY_MS = 60 * 1000,
    RENEW_FILES = 20000,  // that are gone: what the engine keeps of them is some 120 MB
};

static void engine_conn_close_at(EngineConn **conn)
{
    engine_conn_close(*conn);
}

// Less than the statements of users. A thread that cannot be is as good as others.
static void lower_priority(void)
{
    (void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), LOW_PRIORITY);
}

static Ctx turn_ctx(Arena *arena, TableStore *store)
{
    Ctx ctx;
    ctx_init(&ctx, arena, store->clock);
    ctx.cancel = &store->cancel;
    return ctx;
}

// --- waiting

bool maintain_pause(TableStore *store, int64_t wait_ms)
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

// True: go on; false: the store closes. Returns early when woken.
static bool wait_collect(TableStore *store)
{
    int64_t until_ms = clock_steady_ms() + store->options.collect_interval_ms;
    lock_take(&store->lock);
    while (!store->is_stopping && !store->is_woken) {
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0) break;
        (void)signal_wait(&store->wake, &store->lock, left_ms);
    }
    store->is_woken = false;
    bool goes_on = !store->is_stopping;
    lock_give(&store->lock);
    return goes_on;
}

void table_wake_maintainer(TableStore *store)
{
    lock_take(&store->lock);
    store->is_woken = true;
    signal_wake_all(&store->wake);
    lock_give(&store->lock);
}

// --- which tables wait for a compaction. Under store->lock.

static Tended *find_tended(TableStore *store, uint64_t table_id)
{
    for (size_t i = 0; i < store->tended_count; i++)
        if (store->tended[i].table.table_id == table_id) return &store->tended[i];
    return NULL;
}

static Tended *need_tended(TableStore *store, StoredTable table)
{
    Tended *found = find_tended(store, table.table_id);
    if (found) return found;
    if (store->tended_count == store->tended_cap) {
        store->tended_cap = store->tended_cap ? store->tended_cap * 2 : 16;
        store->tended = mem_grow(store->tended, store->tended_cap * sizeof(store->tended[0]));
    }
    found = &store->tended[store->tended_count++];
    *found = (Tended){.table = table};
    return found;
}

static void ask_for(TableStore *store, StoredTable table)
{
    Tended *tended = need_tended(store, table);
    if (tended->asked == 0) tended->asked = ++store->asked;
}

// The one that was asked for first and need not wait after a failure. NULL: none.
static Tended *next_asked(TableStore *store)
{
    int64_t now_ms = clock_steady_ms();
    Tended *first = NULL;
    for (size_t i = 0; i < store->tended_count; i++) {
        Tended *at = &store->tended[i];
        if (at->asked == 0 || at->retry_ms > now_ms) continue;
        if (!first || at->asked < first->asked) first = at;
    }
    return first;
}

void maintain_tell(TableStore *store, StoredTable table)
{
    if (!store->options.compacts_by_itself) return;
    lock_take(&store->lock);
    Tended *known = find_tended(store, table.table_id);
    bool is_news = !known || known->asked == 0;
    ask_for(store, table);
    if (is_news) signal_wake_all(&store->wake);
    lock_give(&store->lock);
}

// --- writers wait when compaction cannot keep up

static bool is_over(const Ctx *ctx)
{
    bool is_late = ctx->deadline_ms != 0 && clock_steady_ms() >= ctx->deadline_ms;
    return is_late || (ctx->cancel && atomic_load(&ctx->cancel->is_asked));
}

static void warn_slow(TableStore *store, const Ctx *ctx)
{
    int64_t now_ms = clock_steady_ms();
    lock_take(&store->lock);
    bool is_time = store->warned_ms == 0 || now_ms - store->warned_ms > WARN_EVERY_MS;
    if (is_time) store->warned_ms = now_ms;
    lock_give(&store->lock);
    if (is_time) log_warn("writers wait for compaction: %.*s", STR_ARG(ctx->activity));
}

void maintain_slow_down(Ctx *ctx, TableStore *store, StoredTable table)
{
    if (!store->options.compacts_by_itself) return;
    int64_t began_ms = clock_steady_ms();
    if (compact_most_small(store, table) < store->options.slow_rowsets) return;
    warn_slow(store, ctx);
    atomic_fetch_add(&store->delayed_writes, 1);
    int64_t until_ms = began_ms + store->options.slow_ms;
    bool goes_on = true;
    while (goes_on && clock_steady_ms() < until_ms && !is_over(ctx)) {
        lock_take(&store->lock);
        (void)signal_wait(&store->wake, &store->lock, LOOK_MS);
        goes_on = !store->is_stopping;
        lock_give(&store->lock);
        if (compact_most_small(store, table) < store->options.slow_rowsets) break;
    }
    atomic_fetch_add(&store->delayed_ms, (unsigned long long)(clock_steady_ms() - began_ms));
}

// --- lists

typedef VEC(StoredTable) StoredTables;

static void add_tables(Arena *arena, StoredTables *ids, const Database *database)
{
    for (size_t t = 0; t < database->table_count; t++) {
        StoredTable id = {database->def->id, database->tables[t]->def->id};
        vec_push(arena, ids, id);
    }
}

size_t maintain_list_tables(Arena *arena, TableStore *store, StoredTable **out)
{
    StoredTables ids = {0};
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    for (size_t d = 0; d < snapshot->database_count; d++)
        add_tables(arena, &ids, snapshot->databases[d]);
    catalog_unpin(store->catalog, snapshot);
    *out = ids.at;
    return ids.len;
}

static int by_table(const void *left, const void *right)
{
    uint64_t a = ((const StoredTable *)left)->table_id, b = ((const StoredTable *)right)->table_id;
    return (a > b) - (a < b);
}

// What is told of tables that are gone is forgotten. `tables` sorted by id.
static void forget_gone(TableStore *store, const StoredTable *tables, size_t count)
{
    size_t kept = 0;
    lock_take(&store->lock);
    for (size_t i = 0; i < store->tended_count; i++) {
        const StoredTable *id = &store->tended[i].table;
        if (count && bsearch(id, tables, count, sizeof(*tables), by_table))
            store->tended[kept++] = store->tended[i];
    }
    store->tended_count = kept;
    kept = 0;
    for (size_t i = 0; i < store->turned_count; i++) {
        const StoredTable *id = &store->turned[i].table;
        if (count && bsearch(id, tables, count, sizeof(*tables), by_table))
            store->turned[kept++] = store->turned[i];
    }
    store->turned_count = kept;
    lock_give(&store->lock);
}

// Once per interval every table is looked at: after a start nobody has told of any.
static void ask_for_all(TableStore *store)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    StoredTable *tables = NULL;
    size_t count = maintain_list_tables(arena, store, &tables);
    if (count) qsort(tables, count, sizeof(tables[0]), by_table);
    forget_gone(store, tables, count);
    for (size_t i = 0; i < count; i++) {
        if (!compact_is_due(store, tables[i])) continue;
        lock_take(&store->lock);
        ask_for(store, tables[i]);
        lock_give(&store->lock);
    }
}

// --- compaction

// Waits for a table that asks. False: the store closes, or the interval is over.
static bool take_asked(TableStore *store, int64_t until_ms, StoredTable *out)
{
    Tended *next = NULL;
    lock_take(&store->lock);
    while (!store->is_stopping && !(next = next_asked(store))) {
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0) break;
        (void)signal_wait(&store->wake, &store->lock, left_ms);
    }
    bool is_taken = next && !store->is_stopping;
    if (is_taken) {
        *out = next->table;
        next->asked = 0;
        store->compacting = next->table.table_id;
    }
    lock_give(&store->lock);
    return is_taken;
}

// The partition's entry; when there are too many, that of the one that was longest at rest.
static Turned *need_turned(TableStore *store, StoredTable table, uint64_t partition_id)
{
    Turned *oldest = NULL;
    for (size_t i = 0; i < store->turned_count; i++) {
        Turned *at = &store->turned[i];
        if (at->table.table_id == table.table_id && at->partition_id == partition_id) return at;
        if (!oldest || at->last_ms < oldest->last_ms) oldest = at;
    }
    if (store->turned_count < MOST_TURNED) {
        if (store->turned_count == store->turned_cap) {
            store->turned_cap = store->turned_cap ? store->turned_cap * 2 : 16;
            store->turned = mem_grow(store->turned, store->turned_cap * sizeof(store->turned[0]));
        }
        oldest = &store->turned[store->turned_count++];
    }
    *oldest = (Turned){.table = table, .partition_id = partition_id};
    return oldest;
}

static void keep_error(Turned *turned, const Ctx *ctx)
{
    Str text = ctx->err.text;
    turned->failures++;
    turned->error_len = text.len < sizeof(turned->error) ? text.len : sizeof(turned->error);
    memcpy(turned->error, text.ptr, turned->error_len);
}

static void keep_success(TableStore *store, Turned *turned, const Compacted *done)
{
    turned->runs++;
    turned->rowsets += done->rowset_count;
    turned->bytes += done->bytes_written;
    turned->last_ms = clock_now_ms(store->clock);
    turned->last_took_ms = done->took_ms;
    turned->error_len = 0;
}

static void note_turn(TableStore *store, const Ctx *ctx, StoredTable table, const Compacted *done)
{
    bool is_failure = ctx->err.id != ERR_NONE && ctx->err.rc != RC_CONFLICT &&
                      ctx->err.rc != RC_NOT_FOUND && ctx->err.rc != RC_CANCELLED;
    lock_take(&store->lock);
    if (done->rowset_count > 0 || is_failure) {
        Turned *turned = need_turned(store, table, done->partition_id);
        if (is_failure)
            keep_error(turned, ctx);
        else
            keep_success(store, turned, done);
    }
    if (is_failure) need_tended(store, table)->retry_ms = clock_steady_ms() + RETRY_MS;
    store->compacting = 0;
    signal_wake_all(&store->wake);  // writers that wait look again
    lock_give(&store->lock);
    if (is_failure)
        log_error("compaction: %.*s %.*s", STR_ARG(ctx->err.text), STR_ARG(ctx->err.notes));
}

// So long that compaction takes its share of the time and of the disk, and no more.
static int64_t rest_ms(const TableStore *store, const Compacted *done)
{
    int64_t share = store->options.compact_percent;
    int64_t by_time = done->took_ms * (100 - share) / share;
    int64_t bytes = (int64_t)(done->bytes_read + done->bytes_written);
    int64_t by_bytes = bytes * 1000 / store->options.compact_bytes_per_s - done->took_ms;
    return by_time > by_bytes ? by_time : by_bytes;
}

// One slice of one table. False: the store closes.
static bool compact_turn(TableStore *store, EngineConn *conn, StoredTable table)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx = turn_ctx(arena, store);
    Compacted done = {0};
    int64_t began_ms = clock_steady_ms();
    Rc rc = compact_slice(&ctx, store, conn, table, &done);
    done.took_ms = clock_steady_ms() - began_ms;
    note_turn(store, &ctx, table, &done);
    if (rc == RC_CANCELLED) return false;
    bool is_more = done.rowset_count > 0 || rc == RC_CONFLICT;
    if (is_more && compact_is_due(store, table)) maintain_tell(store, table);
    bool is_urgent = compact_most_small(store, table) >= store->options.slow_rowsets / 2;
    return maintain_pause(store, is_urgent ? 0 : rest_ms(store, &done));
}

// Until the interval is over. False: the store closes.
static bool compact_asked(TableStore *store)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    AUTO(engine_conn_close_at) EngineConn *conn = NULL;
    Ctx ctx = turn_ctx(arena, store);
    StoredTable table;
    int64_t until_ms = clock_steady_ms() + store->options.collect_interval_ms;
    while (take_asked(store, until_ms, &table)) {
        Rc rc = conn ? RC_OK : engine_conn_open(&ctx, store->background, &conn);
        if (rc != RC_OK) {
            log_error("compaction: %.*s", STR_ARG(ctx.err.text));
            return maintain_pause(store, RETRY_MS);
        }
        if (!compact_turn(store, conn, table)) return false;
    }
    return maintain_pause(store, 0);
}

static void *compactor_main(void *argument)
{
    TableStore *store = argument;
    must_tell(STR("compaction of rowsets"));
    lower_priority();
    do ask_for_all(store);
    while (compact_asked(store));
    return NULL;
}

size_t table_compactions(Arena *arena, TableStore *store, CompactionInfo **out)
{
    lock_take(&store->lock);
    size_t count = store->turned_count;
    CompactionInfo *infos = ARENA_ARRAY(arena, CompactionInfo, count);
    for (size_t i = 0; i < count; i++) {
        const Turned *from = &store->turned[i];
        infos[i] = (CompactionInfo){.table = from->table,
                                    .partition_id = from->partition_id,
                                    .runs = from->runs,
                                    .rowsets = from->rowsets,
                                    .bytes = from->bytes,
                                    .failures = from->failures,
                                    .last_ms = from->last_ms,
                                    .last_took_ms = from->last_took_ms,
                                    .error = str_dup(arena, (Str){from->error, from->error_len})};
    }
    lock_give(&store->lock);
    *out = infos;
    return count;
}

void table_compaction_queue(TableStore *store, size_t *waiting, bool *is_running)
{
    lock_take(&store->lock);
    *waiting = 0;
    for (size_t i = 0; i < store->tended_count; i++) *waiting += store->tended[i].asked != 0;
    *is_running = store->compacting != 0;
    lock_give(&store->lock);
}

// --- threads

static void *collector_main(void *argument)
{
    TableStore *store = argument;
    size_t gone = 0;
    must_tell(STR("collecting rowsets"));
    while (wait_collect(store)) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx = turn_ctx(arena, store);
        size_t removed = 0;
        Rc rc = table_collect(&ctx, store, &removed);
        if (rc == RC_OK && store->options.min_free_bytes > 0)
            rc = table_make_room(&ctx, store, (uint64_t)store->options.min_free_bytes);
        if (rc != RC_OK && rc != RC_CANCELLED)
            log_error("collecting rowsets: %.*s %.*s", STR_ARG(ctx.err.text),
                      STR_ARG(ctx.err.notes));
        if (removed) log_debug("removed %zu rowset files", removed);
        gone += removed;
        if (gone < RENEW_FILES) continue;
        engine_renew(store->engine);
        gone = 0;
    }
    return NULL;
}

static void *scrubber_main(void *argument)
{
    TableStore *store = argument;
    must_tell(STR("scrubbing rowsets"));
    lower_priority();
    while (maintain_pause(store, store->options.scrub_interval_ms))
        if (!scrub_all(store)) break;
    return NULL;
}

static Rc start_thread(Ctx *ctx, TableStore *store, void *(*run)(void *), StoreThread *thread)
{
    int error = pthread_create(&thread->id, NULL, run, store);
    if (error) return FAIL(ctx, BUG, "can not start a thread");
    thread->is_started = true;
    return RC_OK;
}

Rc maintain_start(Ctx *ctx, TableStore *store)
{
    TRY(start_thread(ctx, store, collector_main, &store->collector));
    if (store->options.compacts_by_itself && store->options.compact_min_rowsets > 0)
        TRY(start_thread(ctx, store, compactor_main, &store->compactor));
    if (store->options.scrub_interval_ms <= 0) return RC_OK;
    return start_thread(ctx, store, scrubber_main, &store->scrubber);
}

void maintain_stop(TableStore *store)
{
    atomic_store(&store->cancel.is_asked, true);
    lock_take(&store->lock);
    store->is_stopping = true;
    signal_wake_all(&store->wake);
    lock_give(&store->lock);
    const StoreThread threads[] = {store->collector, store->compactor, store->scrubber};
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        if (threads[i].is_started) pthread_join(threads[i].id, NULL);
}

TableStats table_stats(const TableStore *store)
{
    return (TableStats){
        .inserted_rowsets = atomic_load(&store->inserted_rowsets),
        .collected_files = atomic_load(&store->collected_files),
        .compacted_rowsets = atomic_load(&store->compacted_rowsets),
        .scrubbed_files = atomic_load(&store->scrubbed_files),
        .damaged_files = atomic_load(&store->damaged_files),
        .delayed_writes = atomic_load(&store->delayed_writes),
        .delayed_ms = atomic_load(&store->delayed_ms),
    };
}
