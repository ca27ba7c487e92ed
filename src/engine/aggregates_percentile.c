/*
 * engine/aggregates_percentile: unions of PERCENTILE values over groups, and percentiles.
 *
 * Source  StarRocks' percentile_union, percentile_approx: NULLs are skipped, no row gives NULL.
 * Errors  SKETCH_DAMAGED, ENGINE_MEMORY.   Threads  none of its own.
 */
#include "base/vec.h"
#include "engine/functions.h"
#include "engine/percentile.h"

typedef struct State {
    Percentile digest;
    double share;  // asked for by percentile_approx
    size_t owned;  // as the engine was told
    bool has_any;  // a row that was not NULL
} State;

static Rc count_memory(Ctx *ctx, State *state)
{
    size_t owned = percentile_memory(&state->digest);
    if (owned == state->owned) return RC_OK;
    state->owned = owned;
    return engine_state_owns(ctx, state, owned);
}

static Rc update_forms(Ctx *ctx, EngineCall *call, void *const *states)
{
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_arg_is_null(call, 0, row)) continue;
        State *state = states[row];
        state->has_any = true;
        if (!percentile_merge_form(&state->digest, engine_arg_str(call, 0, row)))
            return FAIL(ctx, SKETCH_DAMAGED, "PERCENTILE");
        TRY(count_memory(ctx, state));
    }
    return RC_OK;
}

// Value, share, compression; both latter are the same in all rows.
static Rc update_numbers(Ctx *ctx, EngineCall *call, void *const *states)
{
    const double *values = engine_arg_data(call, 0), *shares = engine_arg_data(call, 1),
                 *compressions = engine_arg_data(call, 2);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        State *state = states[row];
        if (engine_arg_is_null(call, 0, row) || engine_arg_is_null(call, 1, row)) continue;
        if (!state->has_any) {
            state->has_any = true;
            state->share = shares[row];
            state->digest.compression = compressions[row];
        }
        percentile_add(&state->digest, values[row]);
        TRY(count_memory(ctx, state));
    }
    return RC_OK;
}

static Rc combine(Ctx *ctx, void *into, const void *from)
{
    const State *more = from;
    State *state = into;
    if (!more->has_any) return RC_OK;
    state->has_any = true;
    state->share = more->share;
    percentile_merge(&state->digest, &more->digest);
    return count_memory(ctx, state);
}

static Rc finish_union(Ctx *ctx, EngineCall *call, size_t row, void *at)
{
    State *state = at;
    if (!state->has_any) {
        engine_out_null(call, row);
        return RC_OK;
    }
    size_t bytes = percentile_form_bytes(&state->digest);
    char *form = arena_alloc(ctx->arena, bytes);
    percentile_write(&state->digest, form);
    engine_out_str(call, row, (Str){form, bytes});
    return count_memory(ctx, state);
}

static Rc finish_share(Ctx *ctx, EngineCall *call, size_t row, void *at)
{
    State *state = at;
    double *out = engine_out_data(call);
    if (!state->has_any || !percentile_quantile(&state->digest, state->share, &out[row]))
        engine_out_null(call, row);
    return count_memory(ctx, state);
}

static void drop(void *at)
{
    State *state = at;
    percentile_free(&state->digest);
}

static const EngineAggregate SPECS[] = {
    {.name = "kg_percentile_union",
     .params = {ENGINE_BLOB},
     .param_count = 1,
     .result = ENGINE_BLOB,
     .state_bytes = sizeof(State),
     .update = update_forms,
     .combine = combine,
     .finish = finish_union,
     .drop = drop},
    {.name = "kg_percentile_approx",
     .params = {ENGINE_DOUBLE, ENGINE_DOUBLE, ENGINE_DOUBLE},
     .param_count = 3,
     .result = ENGINE_DOUBLE,
     .state_bytes = sizeof(State),
     .update = update_numbers,
     .combine = combine,
     .finish = finish_share,
     .drop = drop},
};

AggregateTable aggregates_percentile(void)
{
    return (AggregateTable){SPECS, COUNT_OF(SPECS)};
}
