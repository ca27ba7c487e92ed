/*
 * catalog/counter: counters of AUTO_INCREMENT columns.
 *
 * Form    setting auto_increment.<table id> = the first value that nobody was given. It is raised
 *         on disk by a block before one of the block is handed out, so a crash wastes values and
 *         never repeats one (INV-13). It outlives DROP: RECOVER brings the table back.
 * Errors  AUTO_INCREMENT_OVER, those of meta/.
 * Threads any; the ranges in memory are under catalog->lock.
 */
#include "base/fault.h"
#include "catalog/internal.h"

enum { BLOCK = 100000 };  // StarRocks' auto_increment_cache_size

static Str counter_key(Ctx *ctx, uint64_t table_id)
{
    return str_printf(ctx->arena, "auto_increment.%llu", (unsigned long long)table_id);
}

// Under the lock. NULL: no values of this table are at hand.
static CounterRange *find_range(Catalog *catalog, uint64_t table_id)
{
    for (size_t i = 0; i < catalog->counters.len; i++)
        if (catalog->counters.at[i].table_id == table_id) return &catalog->counters.at[i];
    return NULL;
}

static bool take(Catalog *catalog, uint64_t table_id, uint64_t count, int64_t *first)
{
    lock_take(&catalog->lock);
    CounterRange *range = find_range(catalog, table_id);
    bool is_enough = range && (uint64_t)(range->end - range->next) >= count;
    if (is_enough) {
        *first = range->next;
        range->next += (int64_t)count;
    }
    lock_give(&catalog->lock);
    return is_enough;
}

// Values [next, end) are durably this process'. What is left of a range goes on with the new one.
static void show(Catalog *catalog, uint64_t table_id, int64_t next, int64_t end)
{
    lock_take(&catalog->lock);
    CounterRange *range = find_range(catalog, table_id);
    if (range && range->end == next) {
        range->end = end;
    } else if (range) {
        *range = (CounterRange){table_id, next, end};
    } else {
        vec_push(catalog->counter_arena, &catalog->counters, ((CounterRange){table_id, next, end}));
    }
    lock_give(&catalog->lock);
}

static void forget(Catalog *catalog, uint64_t table_id)
{
    lock_take(&catalog->lock);
    CounterRange *range = find_range(catalog, table_id);
    if (range) range->next = range->end = 0;
    lock_give(&catalog->lock);
}

// With the turn.
static Rc read_next(Ctx *ctx, Catalog *catalog, uint64_t table_id, int64_t *out)
{
    Str text;
    uint64_t value = 1;
    TRY(store_get_setting(ctx, catalog->meta, counter_key(ctx, table_id), &text));
    if (text.ptr && (!str_to_u64(text, &value) || value > INT64_MAX))
        return FAIL(ctx, CATALOG_DAMAGED, "setting", 0LL, STR_ARG(counter_key(ctx, table_id)));
    *out = (int64_t)value;
    return RC_OK;
}

static Rc write_next(Ctx *ctx, Catalog *catalog, uint64_t table_id, int64_t next)
{
    Str text = str_printf(ctx->arena, "%lld", (long long)next);
    return store_set_setting(ctx, catalog->meta, counter_key(ctx, table_id), text);
}

// INV-13
static Rc reserve(Ctx *ctx, Catalog *catalog, uint64_t table_id, uint64_t count)
{
    int64_t next = 0;
    TRY(read_next(ctx, catalog, table_id, &next));
    uint64_t room = (uint64_t)(INT64_MAX - next);
    if (room < BLOCK || count > room - BLOCK)
        return FAIL(ctx, AUTO_INCREMENT_OVER, (unsigned long long)table_id);
    int64_t end = next + (int64_t)count + BLOCK;
    TRY(fault_point(ctx, "catalog.counter.reserve"));
    TRY(write_next(ctx, catalog, table_id, end));
    show(catalog, table_id, next, end);
    return RC_OK;
}

Rc catalog_take_counter(Ctx *ctx, Catalog *catalog, uint64_t table_id, uint64_t count,
                        int64_t *first)
{
    AUTO(turn_leave) Turn turn = {0};
    if (take(catalog, table_id, count, first)) return RC_OK;
    must(!turn_is_mine(catalog));  // a reservation would vanish with an abort
    TRY(turn_enter(ctx, catalog, &turn));
    while (!take(catalog, table_id, count, first)) TRY(reserve(ctx, catalog, table_id, count));
    return RC_OK;
}

Rc catalog_counter(Ctx *ctx, Catalog *catalog, uint64_t table_id, int64_t *next)
{
    AUTO(turn_leave) Turn turn = {0};
    TRY(turn_enter(ctx, catalog, &turn));
    return read_next(ctx, catalog, table_id, next);
}

Rc txn_raise_counter(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, int64_t next)
{
    int64_t now = 0;
    TRY(read_next(ctx, txn->catalog, table_id, &now));
    if (now >= next) return RC_OK;
    // What is at hand lies below: nobody gets it any more. Until this transaction is over nobody
    // can reserve anew.
    forget(txn->catalog, table_id);
    return write_next(ctx, txn->catalog, table_id, next);
}
