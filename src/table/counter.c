/*
 * table/counter: kg_auto_increment(table id): the next value of a table's counter, for each row.
 *
 * Form    the engine asks for up to 2048 rows at once; values follow one another within a call.
 * Errors  those of catalog_take_counter.
 * Threads the engine's: any number at once.
 */
#include "table/internal.h"

static Rc next_values(Ctx *ctx, EngineCall *call)
{
    TableStore *store = engine_call_handle(call);
    const int64_t *table_ids = engine_arg_data(call, 0);
    size_t count = engine_call_rows(call);
    int64_t *out = engine_out_data(call), first = 0;
    if (count == 0) return RC_OK;
    TRY(catalog_take_counter(ctx, store->catalog, (uint64_t)table_ids[0], count, &first));
    for (size_t i = 0; i < count; i++) out[i] = first + (int64_t)i;
    return RC_OK;
}

Rc counter_register(Ctx *ctx, TableStore *store)
{
    const EngineScalar spec = {
        .name = "kg_auto_increment",
        .params = {ENGINE_BIGINT},
        .param_count = 1,
        .is_volatile = true,
        .result = ENGINE_BIGINT,
        .run = next_values,
        .handle = store,
    };
    return engine_register_scalar(ctx, store->engine, &spec);
}
