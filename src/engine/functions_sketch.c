/*
 * engine/functions_sketch: functions of HLL and PERCENTILE values.
 *
 * Source  StarRocks' hll_hash, hll_cardinality, percentile_hash, percentile_approx_raw.
 * Errors  SKETCH_DAMAGED.   Threads  pure.
 */
#include "base/vec.h"
#include "engine/functions.h"
#include "engine/hll.h"
#include "engine/percentile.h"
#include <math.h>

static Rc hash_text(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        char form[HLL_ONE_BYTES];
        hll_write_one(hll_hash(engine_arg_str(call, 0, row)), form);
        engine_out_str(call, row, (Str){form, sizeof form});
    }
    return RC_OK;
}

static Rc cardinality(Ctx *ctx, EngineCall *call)
{
    int64_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Hll hll = {0};
        if (!hll_merge_form(&hll, engine_arg_str(call, 0, row)))
            return FAIL(ctx, SKETCH_DAMAGED, "HLL");
        out[row] = hll_estimate(&hll);
        hll_free(&hll);
    }
    return RC_OK;
}

// What is not finite makes an empty sketch.
static Rc hash_number(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const double *in = engine_arg_data(call, 0);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        char form[PERCENTILE_ONE_BYTES] = {0};
        if (engine_out_is_null(call, row)) continue;
        if (isfinite(in[row])) percentile_write_one(in[row], form);
        size_t bytes = isfinite(in[row]) ? sizeof form : PERCENTILE_EMPTY_BYTES;
        engine_out_str(call, row, (Str){form, bytes});
    }
    return RC_OK;
}

static Rc quantile(Ctx *ctx, EngineCall *call)
{
    const double *shares = engine_arg_data(call, 1);
    double *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Percentile digest = {0};
        if (!percentile_merge_form(&digest, engine_arg_str(call, 0, row)))
            return FAIL(ctx, SKETCH_DAMAGED, "PERCENTILE");
        if (!percentile_quantile(&digest, shares[row], &out[row])) engine_out_null(call, row);
        percentile_free(&digest);
    }
    return RC_OK;
}

static const EngineScalar SPECS[] = {
    {.name = "kg_hll_hash",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .result = ENGINE_BLOB,
     .run = hash_text},
    {.name = "kg_hll_cardinality",
     .params = {ENGINE_BLOB},
     .param_count = 1,
     .result = ENGINE_BIGINT,
     .run = cardinality},
    {.name = "kg_percentile_hash",
     .params = {ENGINE_DOUBLE},
     .param_count = 1,
     .result = ENGINE_BLOB,
     .run = hash_number},
    {.name = "kg_percentile_approx_raw",
     .params = {ENGINE_BLOB, ENGINE_DOUBLE},
     .param_count = 2,
     .result = ENGINE_DOUBLE,
     .run = quantile},
};

FunctionTable functions_sketch(void)
{
    return (FunctionTable){SPECS, COUNT_OF(SPECS)};
}
