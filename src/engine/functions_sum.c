/*
 * engine/functions_sum: kg_sum_wrap() and its likes, the sum of an AGGREGATE KEY table's widest
 * columns.
 *
 * Form    HUGEINT and DECIMAL(38, s), each in its own type: 128 bits that wrap around, as
 *         StarRocks' do. The engine's sum() fails where 128 bits do not suffice, and a table that
 *         such rows were loaded into could not be read any more. NULLs are skipped; no row: NULL.
 * Errors  ENGINE_START.
 * Threads called by many at once; a state belongs to one of them at a time.
 */
#include "engine/inside.h"

enum { WIDEST_DECIMAL = 38 };

// Aligned to 8, as the library's memory for states is: so no __int128 in it.
typedef struct Sum {
    uint64_t low, high;
    uint64_t is_set;
} Sum;

static Sum *sum_of(duckdb_aggregate_state state)
{
    return (Sum *)(void *)state;
}

static void add(Sum *sum, uint64_t low, uint64_t high)
{
    sum->high += high + __builtin_add_overflow(sum->low, low, &sum->low);
    sum->is_set = 1;
}

static idx_t state_size(duckdb_function_info info)
{
    (void)info;
    return sizeof(Sum);
}

static void state_init(duckdb_function_info info, duckdb_aggregate_state state)
{
    (void)info;
    *sum_of(state) = (Sum){0};
}

static void update(duckdb_function_info info, duckdb_data_chunk chunk,
                   duckdb_aggregate_state *states)
{
    (void)info;
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, 0);
    const duckdb_hugeint *values = duckdb_vector_get_data(vector);
    const uint64_t *valid = duckdb_vector_get_validity(vector);
    idx_t count = duckdb_data_chunk_get_size(chunk);
    for (idx_t i = 0; i < count; i++) {
        if (valid && !(valid[i / ROWS_PER_WORD] >> (i % ROWS_PER_WORD) & 1)) continue;
        add(sum_of(states[i]), values[i].lower, (uint64_t)values[i].upper);
    }
}

static void combine(duckdb_function_info info, duckdb_aggregate_state *from,
                    duckdb_aggregate_state *into, idx_t count)
{
    (void)info;
    for (idx_t i = 0; i < count; i++)
        if (sum_of(from[i])->is_set)
            add(sum_of(into[i]), sum_of(from[i])->low, sum_of(from[i])->high);
}

static void finalize(duckdb_function_info info, duckdb_aggregate_state *states, duckdb_vector out,
                     idx_t count, idx_t first_row)
{
    (void)info;
    duckdb_hugeint *values = duckdb_vector_get_data(out);
    duckdb_vector_ensure_validity_writable(out);
    uint64_t *valid = duckdb_vector_get_validity(out);
    for (idx_t i = 0; i < count; i++) {
        const Sum *sum = sum_of(states[i]);
        values[first_row + i] = (duckdb_hugeint){sum->low, (int64_t)sum->high};
        duckdb_validity_set_row_validity(valid, first_row + i, sum->is_set != 0);
    }
}

static Rc register_one(Ctx *ctx, duckdb_connection duck, const char *name, duckdb_logical_type type)
{
    duckdb_aggregate_function function = duckdb_create_aggregate_function();
    duckdb_aggregate_function_set_name(function, name);
    duckdb_aggregate_function_add_parameter(function, type);
    duckdb_aggregate_function_set_return_type(function, type);
    duckdb_aggregate_function_set_special_handling(function);  // NULLs are ours to skip
    duckdb_aggregate_function_set_functions(function, state_size, state_init, update, combine,
                                            finalize);
    duckdb_state state = duckdb_register_aggregate_function(duck, function);
    duckdb_destroy_aggregate_function(&function);
    duckdb_destroy_logical_type(&type);
    return state == DuckDBSuccess ? RC_OK : SAY(ctx, ENGINE_START, "aggregate function %s", name);
}

// A name for each scale: the library cannot tell one DECIMAL from another by itself.
Rc functions_register_sum(Ctx *ctx, duckdb_connection duck)
{
    TRY(register_one(ctx, duck, "kg_sum_wrap", duckdb_create_logical_type(DUCKDB_TYPE_HUGEINT)));
    for (uint8_t scale = 0; scale <= WIDEST_DECIMAL; scale++) {
        Str name = str_printf(ctx->arena, "kg_sum_wrap_%u", scale);
        TRY(register_one(ctx, duck, str_z(ctx->arena, name),
                         duckdb_create_decimal_type(WIDEST_DECIMAL, scale)));
    }
    return RC_OK;
}
