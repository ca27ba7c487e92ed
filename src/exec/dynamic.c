/*
 * exec/dynamic: the scheduler of partitions that time makes and drops.
 *
 * Form    a thread that wakes every dynamic_partition_check_interval_seconds, and when a table was
 *         made or altered. What a table needs is decided inside the transaction that changes it;
 *         tables that need nothing cost no transaction.
 * Source  StarRocks' DynamicPartitionScheduler. Other than there dropped partitions go to the
 * trash, and partitions that a RESTORE brought are left alone for a while (exempt_until_ms). Errors
 * of a table are logged and told by SHOW DYNAMIC PARTITION TABLES; the others go on. Threads the
 * scheduler's own; `lock` guards the flags and the states.
 */
#include "exec/dynamic.h"
#include "base/log.h"
#include "base/vec.h"
#include "engine/engine.h"
#include "exec/zone.h"
#include "schema/dynamic.h"

enum { MS_PER_SECOND = 1000, DEFAULT_BUCKETS = 2 };

typedef struct StateEntry {
    uint64_t table_id;
    int64_t updated_ms, scheduled_ms;
    char failure[256];
} StateEntry;

struct DynamicScheduler {
    Instance *instance;
    pthread_t thread;
    bool is_started;
    Cancel cancel;
    Lock lock;  // RANK_LEAF
    Signal wake;
    bool is_stopping, is_woken;
    StateEntry *states;
    size_t state_count, state_cap;
};

// ------------------------------------------------------------------------------- what a table
// needs

bool dynamic_concerns(const TableDef *def)
{
    DynamicPartitions dynamic;
    if (def->method != PARTITION_RANGE || def->partition_column_count != 1) return false;
    if (dynamic_read(def, &dynamic)) return dynamic.is_on;
    int64_t live = -1;
    Str number = properties_get(def->properties, def->property_count, "partition_live_number");
    bool has_live = number.ptr && str_to_i64(number, &live) && live > 0;
    return has_live || properties_get(def->properties, def->property_count, "partition_ttl").ptr;
}

Rc dynamic_now(Ctx *ctx, Instance *instance, const TableDef *def, Str *out)
{
    char text[CLOCK_TEXT_SIZE];
    DynamicPartitions dynamic;
    EngineConn *conn;
    int64_t now_ms = clock_now_ms(instance->options.clock);
    *out = str_dup(ctx->arena, str_from(clock_text(now_ms, text)));
    if (!dynamic_read(def, &dynamic) || dynamic.zone.len == 0) return RC_OK;
    TRY(engine_conn_open(ctx, instance->engine, &conn));
    Rc rc = zone_time(ctx, conn, dynamic.zone, now_ms, out);
    engine_conn_close(conn);
    return rc;
}

typedef struct Needs {
    Ctx *ctx;
    const Table *table;
    const Type *types;  // of the partition column
    DynamicPartitions dynamic;
    bool has_dynamic;
    CalTime now;
    size_t lasting_count;
    const PartitionDef **lasting;  // in order, without temporary ones
    VEC(PartitionDef *) added;
    VEC(uint64_t) dropped;
} Needs;

// The first partition that ends behind `lower`.
static size_t first_behind(const Needs *needs, const Bound *lower)
{
    size_t low = 0, high = needs->lasting_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bounds_compare(needs->types, 1, needs->lasting[middle]->upper, lower) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// What exists stays: a range begins behind the one that reaches into it, and one that would end in
// another is not made. False: nothing is left to be made.
static bool cut_range(const Needs *needs, NamedRange *range)
{
    for (size_t at = first_behind(needs, &range->lower); at < needs->lasting_count; at++) {
        const PartitionDef *other = needs->lasting[at];
        if (bounds_compare(needs->types, 1, other->lower, &range->upper) >= 0) return true;
        bool covers_begin = bounds_compare(needs->types, 1, other->lower, &range->lower) <= 0;
        if (!covers_begin || bounds_compare(needs->types, 1, other->upper, &range->upper) >= 0)
            return false;
        range->lower = other->upper[0];
    }
    return true;
}

static uint32_t table_replicas(const TableDef *def)
{
    uint64_t number = 1;
    Str text = properties_get(def->properties, def->property_count, "replication_num");
    if (text.ptr && !str_to_u64(text, &number)) number = 1;
    return (uint32_t)number;
}

static void add_range(Needs *needs, const NamedRange *range)
{
    Arena *arena = needs->ctx->arena;
    const TableDef *table = needs->table->def;
    uint32_t buckets = needs->dynamic.buckets ? needs->dynamic.buckets : table->bucket_num;
    PartitionDef *def = ARENA_NEW(arena, PartitionDef);
    *def = (PartitionDef){.name = range->name,
                          .width = 1,
                          .lower = ARENA_NEW(arena, Bound),
                          .upper = ARENA_NEW(arena, Bound),
                          .bucket_num = buckets ? buckets : DEFAULT_BUCKETS};
    def->replication_num =
        needs->dynamic.replicas ? needs->dynamic.replicas : table_replicas(table);
    *def->lower = range->lower;
    *def->upper = range->upper;
    vec_push(arena, &needs->added, def);
}

static Rc find_added(Needs *needs)
{
    const DynamicPartitions *dynamic = &needs->dynamic;
    int64_t first = dynamic->start > -dynamic->history_num ? dynamic->start : -dynamic->history_num;
    for (int64_t index = first; index <= dynamic->end; index++) {
        NamedRange range;
        TRY(dynamic_range(needs->ctx, needs->table->def, dynamic, index, &range));
        // a name that is taken belongs to another range: that one stays
        if (!cut_range(needs, &range) || catalog_find_partition(needs->table, range.name)) continue;
        add_range(needs, &range);
    }
    return RC_OK;
}

static bool is_exempt(const Needs *needs, const PartitionDef *def)
{
    return def->exempt_until_ms > clock_now_ms(needs->ctx->clock);
}

static void drop_until(Needs *needs, const Bound *border)
{
    for (size_t i = 0; i < needs->lasting_count; i++) {
        const PartitionDef *def = needs->lasting[i];
        if (bounds_compare(needs->types, 1, def->upper, border) > 0) return;
        if (!is_exempt(needs, def)) vec_push(needs->ctx->arena, &needs->dropped, def->id);
    }
}

static Rc find_dropped(Needs *needs)
{
    NamedRange oldest;
    const DynamicPartitions *dynamic = &needs->dynamic;
    if (dynamic->start == DYNAMIC_KEEPS_ALL) return RC_OK;
    TRY(dynamic_range(needs->ctx, needs->table->def, dynamic, dynamic->start, &oldest));
    drop_until(needs, &oldest.lower);
    return RC_OK;
}

// A moment as a bound of the partition column; false: the column holds no times.
static bool moment_bound(Needs *needs, CalTime time, Bound *out)
{
    TypeKind kind = needs->types[0].kind;
    if (kind != TYPE_DATE && kind != TYPE_DATETIME) return false;
    *out = (Bound){BOUND_VALUE, caltime_text(needs->ctx->arena, time, kind == TYPE_DATETIME)};
    return true;
}

static void find_expired(Needs *needs)
{
    PartitionTtl ttl;
    Bound border;
    const TableDef *def = needs->table->def;
    Str text = properties_get(def->properties, def->property_count, "partition_ttl");
    if (!text.ptr || !partition_ttl_parse(text, &ttl)) return;
    if (moment_bound(needs, partition_ttl_begin(ttl, needs->now), &border))
        drop_until(needs, &border);
}

// The newest `number` of those that have begun stay, and those that have not.
static void find_surplus(Needs *needs)
{
    Bound now;
    int64_t number = -1;
    const TableDef *def = needs->table->def;
    Str text = properties_get(def->properties, def->property_count, "partition_live_number");
    if (!text.ptr || !str_to_i64(text, &number) || number <= 0) return;
    if (!moment_bound(needs, needs->now, &now)) return;
    size_t begun = 0;
    while (begun < needs->lasting_count &&
           bounds_compare(needs->types, 1, needs->lasting[begun]->lower, &now) <= 0)
        begun++;
    if (begun <= (size_t)number) return;
    drop_until(needs, needs->lasting[begun - (size_t)number - 1]->upper);
}

static Rc needs_find(Ctx *ctx, const Table *table, Str zone_now, Needs *out)
{
    Needs needs = {.ctx = ctx, .table = table};
    needs.types = table_partition_types(ctx->arena, table->def);
    needs.has_dynamic = dynamic_read(table->def, &needs.dynamic) && needs.dynamic.is_on;
    if (!caltime_parse(zone_now, &needs.now))
        return FAIL(ctx, BUG, "the time of a zone can not be read");
    needs.dynamic.now = needs.now;
    needs.lasting = ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++)
        if (!table->partitions[i]->def->is_temporary)
            needs.lasting[needs.lasting_count++] = table->partitions[i]->def;
    if (needs.has_dynamic) {
        TRY(find_added(&needs));
        TRY(find_dropped(&needs));
    } else {
        find_expired(&needs);
        find_surplus(&needs);
    }
    *out = needs;
    return RC_OK;
}

static bool is_dropped_before(const Needs *needs, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (needs->dropped.at[i] == needs->dropped.at[at]) return true;
    return false;
}

static Rc needs_apply(Ctx *ctx, CatalogTxn *txn, Catalog *catalog, const Needs *needs)
{
    uint64_t first = 0, table_id = needs->table->def->id;
    size_t count = needs->added.len;
    for (size_t i = 0; i < needs->dropped.len; i++)
        if (!is_dropped_before(needs, i))
            TRY(txn_drop_partition(ctx, txn, table_id, needs->dropped.at[i], false));
    if (count == 0) return RC_OK;
    TRY(catalog_new_ids(ctx, catalog, count, &first));
    for (size_t i = 0; i < count; i++) needs->added.at[i]->id = first + i;
    PartitionDefs defs = {(const PartitionDef *const *)needs->added.at, count};
    return txn_add_partitions(ctx, txn, table_id, defs, false);
}

Rc dynamic_apply(Ctx *ctx, CatalogTxn *txn, Catalog *catalog, const Table *table, Str zone_now)
{
    Needs needs;
    if (!dynamic_concerns(table->def)) return RC_OK;
    TRY(needs_find(ctx, table, zone_now, &needs));
    return needs_apply(ctx, txn, catalog, &needs);
}

// ------------------------------------------------------------------------------------ the
// scheduler

// With the lock held.
static StateEntry *state_of(DynamicScheduler *scheduler, uint64_t table_id, bool is_made)
{
    for (size_t i = 0; i < scheduler->state_count; i++)
        if (scheduler->states[i].table_id == table_id) return &scheduler->states[i];
    if (!is_made) return NULL;
    if (scheduler->state_count == scheduler->state_cap) {
        size_t cap = scheduler->state_cap ? 2 * scheduler->state_cap : 16;
        StateEntry *larger = mem_alloc(cap * sizeof(*larger));
        if (scheduler->state_count)
            memcpy(larger, scheduler->states, scheduler->state_count * sizeof(*larger));
        free(scheduler->states);
        scheduler->states = larger;
        scheduler->state_cap = cap;
    }
    StateEntry *entry = &scheduler->states[scheduler->state_count++];
    *entry = (StateEntry){.table_id = table_id};
    return entry;
}

static void remember(DynamicScheduler *scheduler, Ctx *ctx, uint64_t table_id, bool was_changed)
{
    lock_take(&scheduler->lock);
    StateEntry *entry = state_of(scheduler, table_id, true);
    entry->scheduled_ms = clock_now_ms(scheduler->instance->options.clock);
    if (was_changed) entry->updated_ms = entry->scheduled_ms;
    bool has_failed = ctx->err.id != ERR_NONE;
    size_t len = ctx->err.text.len < sizeof(entry->failure) - 1 ? ctx->err.text.len
                                                                : sizeof(entry->failure) - 1;
    if (has_failed) memcpy(entry->failure, ctx->err.text.ptr, len);
    entry->failure[has_failed ? len : 0] = '\0';
    lock_give(&scheduler->lock);
}

DynamicState dynamic_state(DynamicScheduler *scheduler, Arena *arena, uint64_t table_id)
{
    DynamicState state = {.failure = STR("")};
    if (!scheduler) return state;
    lock_take(&scheduler->lock);
    const StateEntry *entry = state_of(scheduler, table_id, false);
    if (entry)
        state = (DynamicState){entry->updated_ms, entry->scheduled_ms,
                               str_dup(arena, str_from(entry->failure))};
    lock_give(&scheduler->lock);
    return state;
}

static Rc change_table(Ctx *ctx, Instance *instance, uint64_t database_id, uint64_t table_id,
                       Str zone_now)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, instance->catalog, 0, &txn));
    const Database *database = catalog_find_database_id(txn_view(txn), database_id);
    const Table *table = database ? catalog_find_table_id(database, table_id) : NULL;
    if (!table) return RC_OK;
    TRY(dynamic_apply(ctx, txn, instance->catalog, table, zone_now));
    return txn_commit(ctx, &txn);
}

static Rc look_at_table(Ctx *ctx, Instance *instance, const Database *database, const Table *table,
                        bool *was_changed)
{
    Str now;
    Needs needs;
    TRY(dynamic_now(ctx, instance, table->def, &now));
    TRY(needs_find(ctx, table, now, &needs));
    *was_changed = needs.added.len > 0 || needs.dropped.len > 0;
    if (!*was_changed) return RC_OK;
    log_info("table %.*s.%.*s: %zu partitions made, %zu dropped by the time",
             STR_ARG(database->def->name), STR_ARG(table->def->name), needs.added.len,
             needs.dropped.len);
    return change_table(ctx, instance, database->def->id, table->def->id, now);
}

// False: the instance closes.
static bool look_once(DynamicScheduler *scheduler, const Database *database, const Table *table)
{
    Ctx ctx;
    Instance *instance = scheduler->instance;
    bool was_changed = false;
    AUTO(arena_free_at) Arena *arena = arena_new();
    ctx_init(&ctx, arena, instance->options.clock);
    ctx.cancel = &scheduler->cancel;
    Rc rc = look_at_table(&ctx, instance, database, table, &was_changed);
    if (rc == RC_CANCELLED) return false;
    if (rc != RC_OK)
        log_warn("dynamic partitions of table %.*s.%.*s: %.*s", STR_ARG(database->def->name),
                 STR_ARG(table->def->name), STR_ARG(ctx.err.text));
    remember(scheduler, &ctx, table->def->id, was_changed && rc == RC_OK);
    return true;
}

static void look_at_all(DynamicScheduler *scheduler)
{
    Catalog *catalog = scheduler->instance->catalog;
    const CatalogSnapshot *snapshot = catalog_pin(catalog);
    bool goes_on = true;
    for (size_t d = 0; goes_on && d < snapshot->database_count; d++) {
        const Database *database = snapshot->databases[d];
        for (size_t t = 0; goes_on && t < database->table_count; t++)
            if (dynamic_concerns(database->tables[t]->def))
                goes_on = look_once(scheduler, database, database->tables[t]);
    }
    catalog_unpin(catalog, snapshot);
}

// False: the instance closes.
static bool wait_for_turn(DynamicScheduler *scheduler)
{
    int64_t interval_ms = scheduler->instance->options.dynamic_check_interval_ms;
    int64_t until_ms = clock_steady_ms() + interval_ms;
    lock_take(&scheduler->lock);
    while (!scheduler->is_stopping && !scheduler->is_woken && clock_steady_ms() < until_ms)
        (void)signal_wait(&scheduler->wake, &scheduler->lock, until_ms - clock_steady_ms());
    bool goes_on = !scheduler->is_stopping;
    scheduler->is_woken = false;
    lock_give(&scheduler->lock);
    return goes_on;
}

static void *run_scheduler(void *handle)
{
    DynamicScheduler *scheduler = handle;
    do {
        look_at_all(scheduler);
    } while (wait_for_turn(scheduler));
    return NULL;
}

Rc dynamic_start(Ctx *ctx, Instance *instance, DynamicScheduler **out)
{
    DynamicScheduler *scheduler = mem_alloc(sizeof(*scheduler));
    scheduler->instance = instance;
    lock_init(&scheduler->lock, RANK_LEAF);
    signal_init(&scheduler->wake);
    int error = pthread_create(&scheduler->thread, NULL, run_scheduler, scheduler);
    scheduler->is_started = error == 0;
    *out = scheduler;
    return error == 0 ? RC_OK : FAIL(ctx, BUG, "no thread for dynamic partitions");
}

void dynamic_stop(DynamicScheduler *scheduler)
{
    if (!scheduler) return;
    lock_take(&scheduler->lock);
    scheduler->is_stopping = true;
    lock_give(&scheduler->lock);
    atomic_store(&scheduler->cancel.is_asked, true);
    signal_wake_all(&scheduler->wake);
    if (scheduler->is_started) pthread_join(scheduler->thread, NULL);
    signal_close(&scheduler->wake);
    lock_close(&scheduler->lock);
    free(scheduler->states);
    free(scheduler);
}

void dynamic_wake(DynamicScheduler *scheduler)
{
    if (!scheduler) return;
    lock_take(&scheduler->lock);
    scheduler->is_woken = true;
    lock_give(&scheduler->lock);
    signal_wake_all(&scheduler->wake);
}
