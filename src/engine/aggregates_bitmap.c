/*
 * engine/aggregates_bitmap: unions and intersections of BITMAP values over groups.
 *
 * Form    few numbers lie in an array, more of them in a bitmap, before which they wait: a group of
 *         one number costs 32 bytes, and no row of a large group allocates.
 * Source  StarRocks' bitmap_union, bitmap_union_count, bitmap_union_int, bitmap_agg,
 *         bitmap_intersect: NULLs are skipped, counts of nothing are 0.
 * Errors  SKETCH_DAMAGED, ENGINE_MEMORY.   Threads  none of its own.
 */
#include "base/bitmap.h"
#include "base/vec.h"
#include "engine/functions.h"
#include "engine/values.h"
#include <string.h>

enum { FEW_MAX = 2000, WAITING_MIN = 4096, WAITING_MAX = 1 << 20, RECOUNT_PART = 4 };

typedef struct State {
    Bitmap *bitmap;          // NULL: all numbers are in `few`
    Values few;              // distinct ones; beside a bitmap: numbers that wait to go into it
    uint64_t until_recount;  // so many bytes come in before memory is counted again
    size_t owned;            // bytes, at the last count
    bool has_any;            // a row that was not NULL
} State;

// ------------------------------------------------------------------------------------ adding

static Rc count_memory(Ctx *ctx, State *state)
{
    size_t bytes = state->few.cap * sizeof *state->few.at;
    if (state->bitmap) bytes += bitmap_memory(state->bitmap);
    state->owned = bytes;
    state->until_recount = bytes / RECOUNT_PART;
    return engine_state_owns(ctx, state, bytes);
}

static Rc count_memory_after(Ctx *ctx, State *state, size_t bytes)
{
    if (state->until_recount < bytes) return count_memory(ctx, state);
    state->until_recount -= bytes;
    return RC_OK;
}

// Sorted, so that they come into the bitmap in its order.
static Rc flush(Ctx *ctx, State *state)
{
    Values *few = &state->few;
    if (!state->bitmap) state->bitmap = bitmap_new();
    if (few->count > 0) {
        values_sort(few->at, ARENA_ARRAY(ctx->arena, uint64_t, few->count), few->count);
        bitmap_add_many(state->bitmap, few->at, few->count);
    }
    size_t added = few->count * sizeof *few->at;
    few->count = few->sorted = 0;
    return count_memory_after(ctx, state, added);
}

// As many may wait as make one pass over a bitmap of many parts worth it.
static Rc make_room(Ctx *ctx, State *state)
{
    Values *few = &state->few;
    TRY(flush(ctx, state));
    size_t wanted = state->owned / sizeof *few->at / RECOUNT_PART;
    if (wanted < WAITING_MIN) wanted = WAITING_MIN;
    if (wanted > WAITING_MAX) wanted = WAITING_MAX;
    if (few->cap >= wanted) return RC_OK;
    few->at = mem_grow(few->at, wanted * sizeof *few->at);
    few->cap = (uint32_t)wanted;
    return count_memory(ctx, state);
}

static Rc add_values(Ctx *ctx, State *state, const uint64_t *values, size_t count)
{
    Values *few = &state->few;
    uint32_t cap = few->cap;
    size_t i = 0;
    state->has_any = true;
    if (!state->bitmap) {
        while (i < count && values_add(few, values[i], FEW_MAX)) i++;
        if (i == count && few->cap == cap) return RC_OK;
        if (i == count) return engine_state_owns(ctx, state, few->cap * sizeof *values);
    }
    while (i < count) {
        if (few->count == few->cap || !state->bitmap) TRY(make_room(ctx, state));
        size_t now = few->cap - few->count;
        if (now > count - i) now = count - i;
        memcpy(few->at + few->count, values + i, now * sizeof *values);
        few->count += (uint32_t)now;
        i += now;
    }
    return RC_OK;
}

static Rc read_form(Ctx *ctx, Str form, Bitmap **out)
{
    if (!bitmap_read(form, out)) return FAIL(ctx, SKETCH_DAMAGED, "BITMAP");
    return RC_OK;
}

// Numbers of a form that is small, without a bitmap of its own; else all of it.
static Rc add_form(Ctx *ctx, State *state, Str form)
{
    uint64_t one;
    if (bitmap_form_one(form, &one)) return add_values(ctx, state, &one, 1);
    Bitmap *more;
    TRY(read_form(ctx, form, &more));
    state->has_any = true;
    if (bitmap_count(more) <= FEW_MAX) {
        uint64_t values[FEW_MAX];
        size_t count = bitmap_list(more, 0, values, FEW_MAX);
        bitmap_free(more);
        return add_values(ctx, state, values, count);
    }
    if (!state->bitmap) state->bitmap = bitmap_new();
    bitmap_or(state->bitmap, more);
    bitmap_free(more);
    return count_memory_after(ctx, state, form.len);
}

// ----------------------------------------------------------------------------------- updates

static Rc update_forms(Ctx *ctx, EngineCall *call, void *const *states)
{
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_arg_is_null(call, 0, row))
            TRY(add_form(ctx, states[row], engine_arg_str(call, 0, row)));
    return RC_OK;
}

// Numbers of rows that follow each other in one group go together. `get` gives false for what has
// no place in a bitmap.
static Rc update_numbers(Ctx *ctx, EngineCall *call, void *const *states,
                         bool (*get)(const EngineCall *call, size_t row, uint64_t *out))
{
    enum { BATCH = 256 };
    uint64_t values[BATCH];
    size_t rows = engine_call_rows(call);
    for (size_t row = 0; row < rows;) {
        State *state = states[row];
        size_t count = 0;
        for (; row < rows && states[row] == state && count < BATCH; row++)
            if (!engine_arg_is_null(call, 0, row)) count += get(call, row, &values[count]);
        if (count > 0) TRY(add_values(ctx, state, values, count));
    }
    return RC_OK;
}

// The bits of negative numbers count too, as they do in StarRocks.
static bool get_bits(const EngineCall *call, size_t row, uint64_t *out)
{
    *out = (uint64_t)((const int64_t *)engine_arg_data(call, 0))[row];
    return true;
}

static bool get_bigint(const EngineCall *call, size_t row, uint64_t *out)
{
    int64_t value = ((const int64_t *)engine_arg_data(call, 0))[row];
    *out = (uint64_t)value;
    return value >= 0;
}

static bool get_largeint(const EngineCall *call, size_t row, uint64_t *out)
{
    __int128 value;
    memcpy(&value, (const char *)engine_arg_data(call, 0) + row * sizeof value, sizeof value);
    *out = (uint64_t)value;
    return value >= 0 && value <= UINT64_MAX;
}

static Rc update_bits(Ctx *ctx, EngineCall *call, void *const *states)
{
    return update_numbers(ctx, call, states, get_bits);
}

static Rc update_bigints(Ctx *ctx, EngineCall *call, void *const *states)
{
    return update_numbers(ctx, call, states, get_bigint);
}

static Rc update_largeints(Ctx *ctx, EngineCall *call, void *const *states)
{
    return update_numbers(ctx, call, states, get_largeint);
}

// ------------------------------------------------------------------------- combine and finish

static Rc combine(Ctx *ctx, void *into, const void *from)
{
    const State *more = from;
    State *state = into;
    state->has_any |= more->has_any;
    if (more->few.count > 0) TRY(add_values(ctx, state, more->few.at, more->few.count));
    if (!more->bitmap) return RC_OK;
    if (!state->bitmap) state->bitmap = bitmap_new();
    bitmap_or(state->bitmap, more->bitmap);
    return count_memory(ctx, state);
}

static Rc write_bitmap(Ctx *ctx, EngineCall *call, size_t row, Bitmap *bitmap)
{
    size_t bytes = bitmap_form_bytes(bitmap);
    if (bytes > INT32_MAX)
        return FAIL(ctx, LIMIT_EXCEEDED, "The bytes of a BITMAP", (long long)INT32_MAX);
    char *form = arena_alloc(ctx->arena, bytes);
    bitmap_write(bitmap, form);
    engine_out_str(call, row, (Str){form, bytes});
    return RC_OK;
}

static Rc finish_union(Ctx *ctx, EngineCall *call, size_t row, void *at)
{
    State *state = at;
    if (!state->has_any) {
        engine_out_null(call, row);
        return RC_OK;
    }
    if (state->bitmap)
        TRY(flush(ctx, state));
    else
        values_settle(&state->few);
    if (!state->bitmap && state->few.count == 1) {
        char form[BITMAP_ONE_BYTES];
        bitmap_write_one(state->few.at[0], form);
        engine_out_str(call, row, (Str){form, sizeof form});
        return RC_OK;
    }
    if (state->bitmap) return write_bitmap(ctx, call, row, state->bitmap);
    Bitmap *bitmap = bitmap_new();
    bitmap_add_many(bitmap, state->few.at, state->few.count);
    Rc rc = write_bitmap(ctx, call, row, bitmap);
    bitmap_free(bitmap);
    return rc;
}

static Rc finish_count(Ctx *ctx, EngineCall *call, size_t row, void *at)
{
    State *state = at;
    if (state->bitmap)
        TRY(flush(ctx, state));
    else
        values_settle(&state->few);
    uint64_t count = state->bitmap ? bitmap_count(state->bitmap) : state->few.count;
    ((int64_t *)engine_out_data(call))[row] = (int64_t)count;
    return RC_OK;
}

static void drop(void *at)
{
    State *state = at;
    bitmap_free(state->bitmap);
    values_free(&state->few);
    state->bitmap = NULL;
}

// ------------------------------------------------------------------------------ intersection

// `bitmap` NULL: no row yet.
static Rc intersect(Ctx *ctx, State *state, const Bitmap *more)
{
    if (state->bitmap)
        bitmap_and(state->bitmap, more);
    else
        state->bitmap = bitmap_copy(more);
    return count_memory(ctx, state);
}

static Rc update_intersect(Ctx *ctx, EngineCall *call, void *const *states)
{
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_arg_is_null(call, 0, row)) continue;
        State *state = states[row];
        Bitmap *more;
        TRY(read_form(ctx, engine_arg_str(call, 0, row), &more));
        state->has_any = true;
        Rc rc = intersect(ctx, state, more);
        bitmap_free(more);
        TRY(rc);
    }
    return RC_OK;
}

static Rc combine_intersect(Ctx *ctx, void *into, const void *from)
{
    const State *more = from;
    State *state = into;
    if (!more->has_any) return RC_OK;
    state->has_any = true;
    return intersect(ctx, state, more->bitmap);
}

static const EngineAggregate SPECS[] = {
    AGGREGATE("kg_bitmap_union", ENGINE_BLOB, ENGINE_BLOB, update_forms, finish_union),
    AGGREGATE("kg_bitmap_union_count", ENGINE_BLOB, ENGINE_BIGINT, update_forms, finish_count),
    AGGREGATE("kg_bitmap_union_int", ENGINE_BIGINT, ENGINE_BIGINT, update_bits, finish_count),
    AGGREGATE("kg_bitmap_agg", ENGINE_BIGINT, ENGINE_BLOB, update_bigints, finish_union),
    AGGREGATE("kg_bitmap_agg_large", ENGINE_HUGEINT, ENGINE_BLOB, update_largeints, finish_union),
    {.name = "kg_bitmap_intersect",
     .params = {ENGINE_BLOB},
     .param_count = 1,
     .result = ENGINE_BLOB,
     .state_bytes = sizeof(State),
     .update = update_intersect,
     .combine = combine_intersect,
     .finish = finish_union,
     .drop = drop},
};

AggregateTable aggregates_bitmap(void)
{
    return (AggregateTable){SPECS, COUNT_OF(SPECS)};
}
