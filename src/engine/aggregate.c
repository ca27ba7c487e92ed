/*
 * engine/aggregate: aggregate functions of ours inside the engine.
 *
 * Form    the engine holds a pointer for each group; the state lies in malloc's memory, on a shelf.
 *         The library forgets states of a query that ends before all its rows were fetched (LIMIT,
 *         errors, clients that leave): what stays on a shelf when every statement that ran at the
 *         state's birth has ended is dropped by states_sweep().
 * Errors  ENGINE_START when the library refuses a spec; ENGINE_MEMORY. A failure goes through the
 *         library as "kg:NAME:text", which engine/query makes an error again.
 * Threads called by many at once; each call has its own scratch Ctx, each shelf its lock.
 */
#include "engine/inside.h"
#include <stddef.h>
#include <stdlib.h>

typedef struct State {
    struct State *previous, *next;  // on its shelf
    struct StateShelf *shelf;
    uint64_t epoch;  // of the newest statement when it was made
    const AggregateSpec *spec;
    size_t owned;  // bytes that are counted in States.bytes
    _Alignas(8) char body[];
} State;

static State **slot_of(duckdb_aggregate_state state)
{
    return (State **)(void *)state;
}

static void *body_of(duckdb_aggregate_state state)
{
    return (*slot_of(state))->body;
}

Rc engine_state_owns(Ctx *ctx, void *body, size_t bytes)
{
    State *state = (State *)(void *)((char *)body - offsetof(State, body));
    States *states = state->spec->states;
    int64_t change = (int64_t)bytes - (int64_t)state->owned;
    int64_t sum = atomic_fetch_add(&states->bytes, change) + change;
    state->owned = bytes;
    if (change <= 0 || sum <= states->max_bytes) return RC_OK;
    return SAY(ctx, ENGINE_MEMORY, "the groups of %s() hold more than %lld bytes",
               state->spec->aggregate.name, (long long)states->max_bytes);
}

// --------------------------------------------------------------------------------- shelves

void states_open(States *states, Watch *watch, int64_t max_bytes)
{
    states->watch = watch;
    states->max_bytes = max_bytes;
    for (size_t i = 0; i < STATE_SHELVES; i++) lock_init(&states->shelves[i].lock, RANK_LEAF);
}

// Threads keep to a shelf, so that they seldom meet at one.
static struct StateShelf *own_shelf(States *states)
{
    static atomic_uint next;
    static _Thread_local unsigned own;  // 0: none yet
    if (own == 0) own = atomic_fetch_add(&next, 1) % STATE_SHELVES + 1;
    return &states->shelves[own - 1];
}

static State *state_new(const AggregateSpec *spec)
{
    State *state = mem_alloc(sizeof *state + spec->aggregate.state_bytes);
    struct StateShelf *shelf = own_shelf(spec->states);
    state->spec = spec;
    state->shelf = shelf;
    lock_take(&shelf->lock);
    state->epoch = atomic_load(&spec->states->watch->epoch);
    state->previous = shelf->last;
    if (shelf->last)
        shelf->last->next = state;
    else
        shelf->first = state;
    shelf->last = state;
    lock_give(&shelf->lock);
    return state;
}

static void unshelve(State *state)
{
    struct StateShelf *shelf = state->shelf;
    if (state->next)
        state->next->previous = state->previous;
    else
        shelf->last = state->previous;
    if (state->previous)
        state->previous->next = state->next;
    else
        shelf->first = state->next;
}

static void state_end(State *state)
{
    if (state->spec->aggregate.drop) state->spec->aggregate.drop(state->body);
    atomic_fetch_sub(&state->spec->states->bytes, (long long)state->owned);
    free(state);
}

static void sweep_before(States *states, uint64_t epoch)
{
    for (size_t i = 0; i < STATE_SHELVES; i++) {
        struct StateShelf *shelf = &states->shelves[i];
        lock_take(&shelf->lock);
        for (State *state = shelf->first; state && state->epoch < epoch; state = shelf->first) {
            unshelve(state);
            state_end(state);
        }
        lock_give(&shelf->lock);
    }
}

void states_sweep(States *states)
{
    sweep_before(states, watch_oldest(states->watch));
}

void states_close(States *states)
{
    sweep_before(states, UINT64_MAX);
    must(atomic_load(&states->bytes) == 0);
    for (size_t i = 0; i < STATE_SHELVES; i++) lock_close(&states->shelves[i].lock);
}

// ------------------------------------------------------------------- called by the library

static idx_t state_size(duckdb_function_info info)
{
    (void)info;
    return sizeof(State *);
}

static void state_init(duckdb_function_info info, duckdb_aggregate_state state)
{
    *slot_of(state) = state_new(duckdb_aggregate_function_get_extra_info(info));
}

static void state_drop(duckdb_aggregate_state *slots, idx_t count)
{
    for (idx_t i = 0; i < count; i++) {
        State *state = *slot_of(slots[i]);
        if (!state) continue;
        lock_take(&state->shelf->lock);
        unshelve(state);
        lock_give(&state->shelf->lock);
        state_end(state);
        *slot_of(slots[i]) = NULL;
    }
}

static Rc run_update(Ctx *ctx, const AggregateSpec *spec, duckdb_data_chunk chunk,
                     duckdb_aggregate_state *states)
{
    EngineCall call;
    call.handle = spec->aggregate.handle;
    TRY(call_open(ctx, &call, chunk));
    void **bodies = ARENA_ARRAY(ctx->arena, void *, call.rows);
    for (size_t row = 0; row < call.rows; row++) bodies[row] = body_of(states[row]);
    return spec->aggregate.update(ctx, &call, bodies);
}

static void update(duckdb_function_info info, duckdb_data_chunk chunk,
                   duckdb_aggregate_state *states)
{
    const AggregateSpec *spec = duckdb_aggregate_function_get_extra_info(info);
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    if (run_update(&ctx, spec, chunk, states) != RC_OK)
        duckdb_aggregate_function_set_error(info, call_told(&ctx));
}

static void combine(duckdb_function_info info, duckdb_aggregate_state *from,
                    duckdb_aggregate_state *into, idx_t count)
{
    const AggregateSpec *spec = duckdb_aggregate_function_get_extra_info(info);
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    Rc rc = RC_OK;
    for (idx_t i = 0; i < count && rc == RC_OK; i++)
        rc = spec->aggregate.combine(&ctx, body_of(into[i]), body_of(from[i]));
    if (rc != RC_OK) duckdb_aggregate_function_set_error(info, call_told(&ctx));
}

static void finalize(duckdb_function_info info, duckdb_aggregate_state *states, duckdb_vector out,
                     idx_t count, idx_t first_row)
{
    const AggregateSpec *spec = duckdb_aggregate_function_get_extra_info(info);
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    EngineCall call;
    call.handle = spec->aggregate.handle;
    call.rows = count;
    call.arg_count = 0;
    call_open_out(&call, out, first_row, spec->aggregate.result);
    ArenaMark mark = arena_mark(arena);
    Rc rc = RC_OK;
    for (idx_t i = 0; i < count && rc == RC_OK; i++) {
        rc = spec->aggregate.finish(&ctx, &call, i, body_of(states[i]));
        if (rc == RC_OK) arena_rewind(arena, mark);
    }
    if (rc != RC_OK) duckdb_aggregate_function_set_error(info, call_told(&ctx));
}

// ---------------------------------------------------------------------------- registration

static void add_type(duckdb_aggregate_function function, EngineType type,
                     void (*add)(duckdb_aggregate_function, duckdb_logical_type))
{
    duckdb_logical_type logical = call_type(type);
    add(function, logical);
    duckdb_destroy_logical_type(&logical);
}

Rc aggregate_register(Ctx *ctx, duckdb_connection duck, AggregateSpec *spec)
{
    const EngineAggregate *aggregate = &spec->aggregate;
    duckdb_aggregate_function function = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(function, aggregate->name);
    for (size_t i = 0; i < aggregate->param_count; i++)
        add_type(function, aggregate->params[i], duckdb_aggregate_function_add_parameter);
    add_type(function, aggregate->result, duckdb_aggregate_function_set_return_type);
    duckdb_aggregate_function_set_special_handling(function);  // NULLs are ours to skip
    duckdb_aggregate_function_set_extra_info(function, spec, NULL);
    duckdb_aggregate_function_set_functions(function, state_size, state_init, update, combine,
                                            finalize);
    duckdb_aggregate_function_set_destructor(function, state_drop);
    duckdb_state state = duckdb_register_aggregate_function(duck, function);
    duckdb_destroy_aggregate_function(&function);
    if (state == DuckDBSuccess) return RC_OK;
    return SAY(ctx, ENGINE_START, "aggregate function %s", aggregate->name);
}
