/*
 * table/deletes: sets of rows inside SQL.
 *
 * Form    sets travel as their numbers (base/positions.h) in a BLOB constant, 8 bytes for each file
 *         of a scan in the order of its list; the engine's file_index counts that list. A number
 *         whose set is gone is an error, never another set: numbers are used once.
 * Errors  BUG.
 * Threads the functions run on many at once; each takes a reference for the rows at hand only.
 */
#include "table/internal.h"

void deletes_print_sets(Buf *out, const Positions *const *sets, size_t count)
{
    uint64_t *numbers = ARENA_ARRAY(out->arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) numbers[i] = sets[i] ? sets[i]->number : 0;
    buf_printf(out, "from_hex('%.*s')",
               STR_ARG(str_hex(out->arena, numbers, count * sizeof(numbers[0]))));
}

static Rc read_number(Ctx *ctx, Str sets, uint64_t file, uint64_t *out)
{
    if (file >= sets.len / sizeof(*out)) return FAIL(ctx, BUG, "a file beyond those of its scan");
    memcpy(out, sets.ptr + file * sizeof(*out), sizeof(*out));
    return RC_OK;
}

static Rc find_set(Ctx *ctx, uint64_t number, Positions **out)
{
    Positions *found = positions_find(number);
    if (!found) return FAIL(ctx, BUG, "a set of rows that is gone");
    positions_unref(*out);
    *out = found;
    return RC_OK;
}

static Rc check_row(Ctx *ctx, const Positions *set, int64_t row)
{
    if (row >= 0 && (uint64_t)row < set->row_count) return RC_OK;
    return FAIL(ctx, BUG, "a row beyond those of its file");
}

// Whether all rows are of one file, and one behind the other: what a scan without filters gives.
static bool is_run(const uint64_t *files, const int64_t *numbers, size_t rows)
{
    uint64_t other = 0;
    for (size_t r = 0; r < rows; r++)
        other |= (files[r] ^ files[0]) | ((uint64_t)numbers[r] ^ ((uint64_t)numbers[0] + r));
    return other == 0;
}

static uint64_t word_at(const Positions *set, uint64_t row)
{
    const atomic_ullong *block =
        atomic_load_explicit(&set->blocks[row >> POSITIONS_BLOCK_BITS], memory_order_acquire);
    size_t bit = row & ((1 << POSITIONS_BLOCK_BITS) - 1);
    return block ? atomic_load_explicit(&block[bit / 64], memory_order_relaxed) : 0;
}

// The same as asking for each row, a word of bits at a time.
static void answer_run(const Positions *set, uint64_t first, size_t rows, bool *out)
{
    for (size_t r = 0; r < rows;) {
        uint64_t row = first + r, word = word_at(set, row) >> (row % 64);
        size_t left = 64 - row % 64, count = left < rows - r ? left : rows - r;
        if (word == 0)
            memset(out + r, true, count);
        else
            for (size_t i = 0; i < count; i++) out[r + i] = !(word >> i & 1);
        r += count;
    }
}

// kg_alive(BLOB sets, UBIGINT file_index, BIGINT file_row_number) -> BOOLEAN
static Rc run_alive(Ctx *ctx, EngineCall *call)
{
    AUTO(positions_unref_at) Positions *set = NULL;
    size_t rows = engine_call_rows(call);
    const uint64_t *files = engine_arg_data(call, 1);
    const int64_t *numbers = engine_arg_data(call, 2);
    bool *out = engine_out_data(call);
    if (rows > 0 && is_run(files, numbers, rows)) {
        uint64_t number = 0;
        TRY(read_number(ctx, engine_arg_str(call, 0, 0), files[0], &number));
        TRY(find_set(ctx, number, &set));
        TRY(check_row(ctx, set, numbers[0]));
        TRY(check_row(ctx, set, numbers[rows - 1]));
        answer_run(set, (uint64_t)numbers[0], rows, out);
        return RC_OK;
    }
    for (size_t r = 0; r < rows; r++) {
        if (r == 0 || files[r] != files[r - 1]) {
            uint64_t number = 0;
            TRY(read_number(ctx, engine_arg_str(call, 0, r), files[r], &number));
            TRY(find_set(ctx, number, &set));
        }
        TRY(check_row(ctx, set, numbers[r]));
        out[r] = !positions_has(set, (uint64_t)numbers[r]);
    }
    return RC_OK;
}

// kg_set(BLOB sets, UBIGINT file_index) -> UBIGINT
static Rc run_set(Ctx *ctx, EngineCall *call)
{
    size_t rows = engine_call_rows(call);
    const uint64_t *files = engine_arg_data(call, 1);
    uint64_t *out = engine_out_data(call);
    for (size_t r = 0; r < rows; r++) {
        bool is_same = r > 0 && files[r] == files[r - 1];
        if (is_same)
            out[r] = out[r - 1];
        else
            TRY(read_number(ctx, engine_arg_str(call, 0, r), files[r], &out[r]));
    }
    return RC_OK;
}

// kg_mark(UBIGINT kg_set, BIGINT kg_row) -> BIGINT: 1 when the row was not in it
static Rc run_mark(Ctx *ctx, EngineCall *call)
{
    AUTO(positions_unref_at) Positions *set = NULL;
    size_t rows = engine_call_rows(call);
    const uint64_t *numbers = engine_arg_data(call, 0);
    const int64_t *at = engine_arg_data(call, 1);
    int64_t *out = engine_out_data(call);
    for (size_t r = 0; r < rows; r++) {
        if (engine_out_is_null(call, r)) continue;
        if (!set || set->number != numbers[r]) TRY(find_set(ctx, numbers[r], &set));
        TRY(check_row(ctx, set, at[r]));
        out[r] = positions_add(set, (uint64_t)at[r]);
    }
    return RC_OK;
}

Rc deletes_register(Ctx *ctx, Engine *engine)
{
    static const EngineScalar SPECS[] = {
        {.name = "kg_alive",
         .params = {ENGINE_BLOB, ENGINE_UBIGINT, ENGINE_BIGINT},
         .param_count = 3,
         .result = ENGINE_BOOLEAN,
         .run = run_alive},
        {.name = "kg_set",
         .params = {ENGINE_BLOB, ENGINE_UBIGINT},
         .param_count = 2,
         .result = ENGINE_UBIGINT,
         .run = run_set},
        {.name = "kg_mark",
         .params = {ENGINE_UBIGINT, ENGINE_BIGINT},
         .param_count = 2,
         .is_volatile = true,
         .result = ENGINE_BIGINT,
         .run = run_mark},
    };
    for (size_t i = 0; i < COUNT_OF(SPECS); i++)
        TRY(engine_register_scalar(ctx, engine, &SPECS[i]));
    return RC_OK;
}
