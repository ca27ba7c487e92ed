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

static const duckdb_type TYPES[] = {
    [ENGINE_BOOLEAN] = DUCKDB_TYPE_BOOLEAN,     [ENGINE_TINYINT] = DUCKDB_TYPE_TINYINT,
    [ENGINE_SMALLINT] = DUCKDB_TYPE_SMALLINT,   [ENGINE_INT] = DUCKDB_TYPE_INTEGER,
    [ENGINE_BIGINT] = DUCKDB_TYPE_BIGINT,       [ENGINE_UBIGINT] = DUCKDB_TYPE_UBIGINT,
    [ENGINE_HUGEINT] = DUCKDB_TYPE_HUGEINT,     [ENGINE_FLOAT] = DUCKDB_TYPE_FLOAT,
    [ENGINE_DOUBLE] = DUCKDB_TYPE_DOUBLE,       [ENGINE_DATE] = DUCKDB_TYPE_DATE,
    [ENGINE_TIMESTAMP] = DUCKDB_TYPE_TIMESTAMP, [ENGINE_VARCHAR] = DUCKDB_TYPE_VARCHAR,
    [ENGINE_BLOB] = DUCKDB_TYPE_BLOB,           [ENGINE_UUID] = DUCKDB_TYPE_UUID,
    [ENGINE_NOTHING] = DUCKDB_TYPE_SQLNULL,     [ENGINE_VARCHAR_LIST] = DUCKDB_TYPE_LIST,
};

// Bytes of a value in a vector.
static const uint8_t WIDTHS[] = {
    [ENGINE_BOOLEAN] = 1,   [ENGINE_TINYINT] = 1,
    [ENGINE_SMALLINT] = 2,  [ENGINE_INT] = 4,
    [ENGINE_BIGINT] = 8,    [ENGINE_UBIGINT] = 8,
    [ENGINE_HUGEINT] = 16,  [ENGINE_FLOAT] = 4,
    [ENGINE_DOUBLE] = 8,    [ENGINE_DATE] = 4,
    [ENGINE_TIMESTAMP] = 8, [ENGINE_VARCHAR] = 16,
    [ENGINE_BLOB] = 16,     [ENGINE_UUID] = 16,
    [ENGINE_NOTHING] = 0,   [ENGINE_VARCHAR_LIST] = sizeof(duckdb_list_entry),
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
    return call->handle;
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
    row += call->out_row;
    return call->out_valid && !(call->out_valid[row / ROWS_PER_WORD] >> (row % ROWS_PER_WORD) & 1);
}

void engine_out_null(EngineCall *call, size_t row)
{
    if (!call->out_valid) {
        duckdb_vector_ensure_validity_writable(call->out);
        call->out_valid = duckdb_vector_get_validity(call->out);
    }
    row += call->out_row;
    call->out_valid[row / ROWS_PER_WORD] &= ~(UINT64_C(1) << (row % ROWS_PER_WORD));
}

void engine_out_str(EngineCall *call, size_t row, Str text)
{
    // The library makes NULL of a VARCHAR that is no UTF-8; BLOB takes any byte.
    duckdb_vector_assign_string_element_len(call->out, call->out_row + row,
                                            text.ptr ? text.ptr : "", text.len);
}

void engine_out_list(EngineCall *call, size_t row, const Str *items, size_t count)
{
    duckdb_vector child = duckdb_list_vector_get_child(call->out);
    size_t from = duckdb_list_vector_get_size(call->out);
    duckdb_list_vector_reserve(call->out, from + count);
    duckdb_list_vector_set_size(call->out, from + count);
    ((duckdb_list_entry *)call->out_data)[row] = (duckdb_list_entry){from, count};
    for (size_t i = 0; i < count; i++) {
        if (items[i].ptr) {
            duckdb_vector_assign_string_element_len(child, from + i, items[i].ptr, items[i].len);
            continue;
        }
        duckdb_vector_ensure_validity_writable(child);
        duckdb_validity_set_row_invalid(duckdb_vector_get_validity(child), from + i);
    }
}

Rc call_open(Ctx *ctx, EngineCall *call, duckdb_data_chunk chunk)
{
    call->arg_count = duckdb_data_chunk_get_column_count(chunk);
    if (call->arg_count > CALL_MAX_ARGS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of arguments", (long long)CALL_MAX_ARGS);
    call->rows = duckdb_data_chunk_get_size(chunk);
    for (size_t i = 0; i < call->arg_count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        call->data[i] = duckdb_vector_get_data(vector);
        call->valid[i] = duckdb_vector_get_validity(vector);
    }
    return RC_OK;
}

void call_open_out(EngineCall *call, duckdb_vector out, size_t first_row, EngineType type)
{
    call->out = out;
    call->out_row = first_row;
    call->out_data = (char *)duckdb_vector_get_data(out) + first_row * WIDTHS[type];
    call->out_valid = NULL;
}

char *call_told(const Ctx *ctx)
{
    Str told =
        str_printf(ctx->arena, "kg:%s:%.*s", err_info(ctx->err.id)->name, STR_ARG(ctx->err.text));
    return str_z(ctx->arena, told);
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
    call.handle = spec->handle;
    TRY(call_open(ctx, &call, chunk));
    call_open_out(&call, out, 0, spec->result);
    if (!spec->takes_null) mark_nulls(&call);
    return spec->run(ctx, &call);
}

static void call_spec(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector out)
{
    const EngineScalar *spec = duckdb_scalar_function_get_extra_info(info);
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    if (call_run(&ctx, spec, chunk, out) != RC_OK)
        duckdb_scalar_function_set_error(info, call_told(&ctx));
}

duckdb_logical_type call_type(EngineType type)
{
    if (type != ENGINE_VARCHAR_LIST) return duckdb_create_logical_type(TYPES[type]);
    duckdb_logical_type element = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type list = duckdb_create_list_type(element);
    duckdb_destroy_logical_type(&element);
    return list;
}

static void add_type(duckdb_scalar_function function, EngineType type,
                     void (*add)(duckdb_scalar_function, duckdb_logical_type))
{
    duckdb_logical_type logical = call_type(type);
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
