/*
 * engine/scalar: functions of ours inside the engine.
 *
 * Form    a spec per signature; the library calls `call_spec` with vectors of up to 2048 rows, all
 *         flat.
 * Errors  ENGINE_START when the library refuses a spec. A run() that fails tells "kg:NAME:text",
 *         which engine/query makes an error again.
 * Threads run() is called by many at once; each call has its own scratch Ctx.
 */
#include "engine/cell.h"
#include "engine/inside.h"

enum { MAX_ARGS = 256, ROWS_PER_WORD = 64 };

static const duckdb_type TYPES[] = {
    [ENGINE_BOOLEAN] = DUCKDB_TYPE_BOOLEAN,     [ENGINE_TINYINT] = DUCKDB_TYPE_TINYINT,
    [ENGINE_SMALLINT] = DUCKDB_TYPE_SMALLINT,   [ENGINE_INT] = DUCKDB_TYPE_INTEGER,
    [ENGINE_BIGINT] = DUCKDB_TYPE_BIGINT,       [ENGINE_UBIGINT] = DUCKDB_TYPE_UBIGINT,
    [ENGINE_HUGEINT] = DUCKDB_TYPE_HUGEINT,     [ENGINE_FLOAT] = DUCKDB_TYPE_FLOAT,
    [ENGINE_DOUBLE] = DUCKDB_TYPE_DOUBLE,       [ENGINE_DATE] = DUCKDB_TYPE_DATE,
    [ENGINE_TIMESTAMP] = DUCKDB_TYPE_TIMESTAMP, [ENGINE_VARCHAR] = DUCKDB_TYPE_VARCHAR,
    [ENGINE_BLOB] = DUCKDB_TYPE_BLOB,           [ENGINE_UUID] = DUCKDB_TYPE_UUID,
    [ENGINE_NOTHING] = DUCKDB_TYPE_SQLNULL,
};

struct EngineCall {
    const EngineScalar *spec;
    size_t rows, arg_count;
    const void *data[MAX_ARGS];
    const uint64_t *valid[MAX_ARGS];  // NULL: no NULL in the vector
    duckdb_vector out;
    void *out_data;
    uint64_t *out_valid;  // NULL until a row is NULL
};

size_t engine_call_rows(const EngineCall *call)
{
    return call->rows;
}

size_t engine_call_args(const EngineCall *call)
{
    return call->arg_count;
}

void *engine_call_handle(const EngineCall *call)
{
    return call->spec->handle;
}

const void *engine_arg_data(const EngineCall *call, size_t arg)
{
    must(arg < call->arg_count);
    return call->data[arg];
}

bool engine_arg_is_null(const EngineCall *call, size_t arg, size_t row)
{
    const uint64_t *valid = call->valid[arg];
    return valid && !(valid[row / ROWS_PER_WORD] >> (row % ROWS_PER_WORD) & 1);
}

Str engine_arg_str(const EngineCall *call, size_t arg, size_t row)
{
    return cell_string(&((const duckdb_string_t *)call->data[arg])[row]);
}

void *engine_out_data(EngineCall *call)
{
    return call->out_data;
}

bool engine_out_is_null(const EngineCall *call, size_t row)
{
    return call->out_valid && !(call->out_valid[row / ROWS_PER_WORD] >> (row % ROWS_PER_WORD) & 1);
}

void engine_out_null(EngineCall *call, size_t row)
{
    if (!call->out_valid) {
        duckdb_vector_ensure_validity_writable(call->out);
        call->out_valid = duckdb_vector_get_validity(call->out);
    }
    call->out_valid[row / ROWS_PER_WORD] &= ~(UINT64_C(1) << (row % ROWS_PER_WORD));
}

void engine_out_str(EngineCall *call, size_t row, Str text)
{
    // The library makes NULL of a VARCHAR that is no UTF-8; BLOB takes any byte.
    duckdb_vector_assign_string_element_len(call->out, row, text.ptr ? text.ptr : "", text.len);
}

static void call_open(EngineCall *call, duckdb_data_chunk chunk, duckdb_vector out)
{
    call->rows = duckdb_data_chunk_get_size(chunk);
    call->arg_count = duckdb_data_chunk_get_column_count(chunk);
    call->out = out;
    call->out_data = duckdb_vector_get_data(out);
    call->out_valid = NULL;
    for (size_t i = 0; i < call->arg_count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        call->data[i] = duckdb_vector_get_data(vector);
        call->valid[i] = duckdb_vector_get_validity(vector);
    }
}

static void mark_nulls(EngineCall *call)
{
    for (size_t i = 0; i < call->arg_count; i++) {
        if (!call->valid[i]) continue;
        for (size_t row = 0; row < call->rows; row++)
            if (engine_arg_is_null(call, i, row)) engine_out_null(call, row);
    }
}

static Rc call_run(Ctx *ctx, const EngineScalar *spec, duckdb_data_chunk chunk, duckdb_vector out)
{
    EngineCall call;
    call.spec = spec;
    if (duckdb_data_chunk_get_column_count(chunk) > MAX_ARGS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of arguments", (long long)MAX_ARGS);
    call_open(&call, chunk, out);
    if (!spec->takes_null) mark_nulls(&call);
    return spec->run(ctx, &call);
}

static void call_spec(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector out)
{
    const EngineScalar *spec = duckdb_scalar_function_get_extra_info(info);
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    if (call_run(&ctx, spec, chunk, out) == RC_OK) return;
    Str told = str_printf(arena, "kg:%s:%.*s", err_info(ctx.err.id)->name, STR_ARG(ctx.err.text));
    duckdb_scalar_function_set_error(info, str_z(arena, told));
}

static void add_type(duckdb_scalar_function function, EngineType type,
                     void (*add)(duckdb_scalar_function, duckdb_logical_type))
{
    duckdb_logical_type logical = duckdb_create_logical_type(TYPES[type]);
    add(function, logical);
    duckdb_destroy_logical_type(&logical);
}

Rc scalar_register(Ctx *ctx, duckdb_connection duck, const EngineScalar *spec)
{
    // The library hands the pointer back untouched, as one that may be written.
    union {
        const EngineScalar *from;
        void *to;
    } handle = {.from = spec};
    duckdb_scalar_function function = duckdb_create_scalar_function();
    duckdb_scalar_function_set_name(function, spec->name);
    size_t fixed = spec->is_variadic ? spec->param_count - 1 : spec->param_count;
    for (size_t i = 0; i < fixed; i++)
        add_type(function, spec->params[i], duckdb_scalar_function_add_parameter);
    if (spec->is_variadic)
        add_type(function, spec->params[fixed], duckdb_scalar_function_set_varargs);
    add_type(function, spec->result, duckdb_scalar_function_set_return_type);
    if (spec->takes_null) duckdb_scalar_function_set_special_handling(function);
    if (spec->is_volatile) duckdb_scalar_function_set_volatile(function);
    duckdb_scalar_function_set_extra_info(function, handle.to, NULL);
    duckdb_scalar_function_set_function(function, call_spec);
    duckdb_state state = duckdb_register_scalar_function(duck, function);
    duckdb_destroy_scalar_function(&function);
    if (state == DuckDBSuccess) return RC_OK;
    return SAY(ctx, ENGINE_START, "function %s", spec->name);
}
