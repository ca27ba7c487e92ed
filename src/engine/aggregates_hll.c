/*
 * engine/aggregates_hll: unions of HLL values over groups, and counts of distinct values.
 *
 * Source  StarRocks' hll_union, hll_union_agg, ndv: NULLs are skipped, counts of nothing are 0.
 * Errors  SKETCH_DAMAGED, ENGINE_MEMORY.   Threads  none of its own.
 */
#include "base/vec.h"
#include "engine/functions.h"
#include "engine/hll.h"

typedef struct State {
    Hll hll;
    size_t owned;  // as the engine was told
    bool has_any;  // a row that was not NULL
} State;

static Rc count_memory(Ctx *ctx, State *state)
{
    size_t owned = hll_memory(&state->hll);
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
        if (!hll_merge_form(&state->hll, engine_arg_str(call, 0, row)))
            return FAIL(ctx, SKETCH_DAMAGED, "HLL");
        TRY(count_memory(ctx, state));
    }
    return RC_OK;
}

static Rc update_hashes(Ctx *ctx, EngineCall *call, void *const *states)
{
    const uint64_t *hashes = engine_arg_data(call, 0);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_arg_is_null(call, 0, row)) continue;
        State *state = states[row];
        hll_add(&state->hll, hashes[row]);
        TRY(count_memory(ctx, state));
    }
    return RC_OK;
}

static Rc update_texts(Ctx *ctx, EngineCall *call, void *const *states)
{
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_arg_is_null(call, 0, row)) continue;
        State *state = states[row];
        state->has_any = true;
        hll_add(&state->hll, hll_hash(engine_arg_str(call, 0, row)));
        TRY(count_memory(ctx, state));
    }
    return RC_OK;
}

static Rc combine(Ctx *ctx, void *into, const void *from)
{
    const State *more = from;
    State *state = into;
    state->has_any |= more->has_any;
    hll_merge(&state->hll, &more->hll);
    return count_memory(ctx, state);
}

static Rc finish_union(Ctx *ctx, EngineCall *call, size_t row, void *at)
{
    (void)ctx;
    State *state = at;
    char form[HLL_FORM_MAX];
    if (state->has_any)
        engine_out_str(call, row, (Str){form, hll_write(&state->hll, form)});
    else
        engine_out_null(call, row);
    return RC_OK;
}

static Rc finish_count(Ctx *ctx, EngineCall *call, size_t row, void *at)
{
    (void)ctx;
    State *state = at;
    ((int64_t *)engine_out_data(call))[row] = hll_estimate(&state->hll);
    return RC_OK;
}

static void drop(void *at)
{
    State *state = at;
    hll_free(&state->hll);
}

static const EngineAggregate SPECS[] = {
    AGGREGATE("kg_hll_union", ENGINE_BLOB, ENGINE_BLOB, update_forms, finish_union),
    AGGREGATE("kg_hll_union_agg", ENGINE_BLOB, ENGINE_BIGINT, update_forms, finish_count),
    AGGREGATE("kg_hll_raw", ENGINE_VARCHAR, ENGINE_BLOB, update_texts, finish_union),
    AGGREGATE("kg_ndv", ENGINE_UBIGINT, ENGINE_BIGINT, update_hashes, finish_count),
};

AggregateTable aggregates_hll(void)
{
    return (AggregateTable){SPECS, COUNT_OF(SPECS)};
}
