/*
 * engine/functions_bitmap: functions of BITMAP values.
 *
 * Form    a value is base/bitmap's form. bitmap_to_binary() and base64 are StarRocks' own form, so
 *         that values go from one system to the other: a first byte tells the kind.
 * Source  StarRocks' bitmap functions; each rule stands in engine/functions.h.
 * Errors  SKETCH_DAMAGED, COMMON with StarRocks' texts, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "base/bitmap.h"
#include "base/vec.h"
#include "engine/functions.h"
#include "engine/number.h"
#include <string.h>

enum { TEXT_MAX_VALUES = 1000000, BATCH = 1024 };

static void bitmap_free_at(Bitmap **bitmap)
{
    bitmap_free(*bitmap);
}

static Rc read_arg(Ctx *ctx, const EngineCall *call, size_t arg, size_t row, Bitmap **out)
{
    if (!bitmap_read(engine_arg_str(call, arg, row), out))
        return FAIL(ctx, SKETCH_DAMAGED, "BITMAP");
    return RC_OK;
}

static Rc put_bitmap(Ctx *ctx, EngineCall *call, size_t row, Bitmap *bitmap)
{
    size_t bytes = bitmap_form_bytes(bitmap);
    if (bytes > INT32_MAX)
        return FAIL(ctx, LIMIT_EXCEEDED, "The bytes of a BITMAP", (long long)INT32_MAX);
    ArenaMark mark = arena_mark(ctx->arena);
    char *form = arena_alloc(ctx->arena, bytes);
    bitmap_write(bitmap, form);
    engine_out_str(call, row, (Str){form, bytes});
    arena_rewind(ctx->arena, mark);
    return RC_OK;
}

static void put_one(EngineCall *call, size_t row, uint64_t value)
{
    char form[BITMAP_ONE_BYTES];
    bitmap_write_one(value, form);
    engine_out_str(call, row, (Str){form, sizeof form});
}

static int64_t bigint_arg(const EngineCall *call, size_t arg, size_t row)
{
    return ((const int64_t *)engine_arg_data(call, arg))[row];
}

// Runs `one` for each row without a NULL.
static Rc each_row(Ctx *ctx, EngineCall *call, Rc (*one)(Ctx *ctx, EngineCall *call, size_t row))
{
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row)) TRY(one(ctx, call, row));
    return RC_OK;
}

#define EACH_ROW(name)                             \
    static Rc name(Ctx *ctx, EngineCall *call)     \
    {                                              \
        return each_row(ctx, call, name##_of_row); \
    }

// ------------------------------------------------------------------------------ from numbers

static Rc not_in_range(Ctx *ctx, Str shown)
{
    return SAY(ctx, COMMON,
               "The input: %.*s is not valid, to_bitmap only support bigint value from 0 to "
               "18446744073709551615 currently",
               STR_ARG(shown));
}

static Rc to_bitmap_bigint_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    int64_t value = bigint_arg(call, 0, row);
    if (value < 0) return not_in_range(ctx, str_printf(ctx->arena, "%lld", (long long)value));
    put_one(call, row, (uint64_t)value);
    return RC_OK;
}
EACH_ROW(to_bitmap_bigint)

static Rc to_bitmap_large_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    Int128 value;
    memcpy(&value, (const char *)engine_arg_data(call, 0) + row * sizeof value, sizeof value);
    if (value < 0 || value > UINT64_MAX) {
        char text[NUMBER_TEXT_SIZE];
        return not_in_range(ctx, (Str){text, number_put_i128(text, value)});
    }
    put_one(call, row, (uint64_t)value);
    return RC_OK;
}
EACH_ROW(to_bitmap_large)

static Rc to_bitmap_text_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    Str text = engine_arg_str(call, 0, row);
    uint64_t value;
    if (!str_to_u64(str_trim(text), &value)) return not_in_range(ctx, str_sub(text, 0, 64));
    put_one(call, row, value);
    return RC_OK;
}
EACH_ROW(to_bitmap_text)

// '1,2,3': parts that are empty do not count; NULL when one is no number.
static Rc from_string_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = bitmap_new();
    for (Str rest = engine_arg_str(call, 0, row); rest.len > 0;) {
        Str part = str_cut(&rest, ',');
        uint64_t value;
        if (part.len == 0) continue;
        if (!str_to_u64(str_trim(part), &value)) {
            engine_out_null(call, row);
            return RC_OK;
        }
        bitmap_add(bitmap, value);
    }
    return put_bitmap(ctx, call, row, bitmap);
}
EACH_ROW(from_string)

static Rc to_string_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    if (bitmap_count(bitmap) > TEXT_MAX_VALUES)
        return SAY(ctx, COMMON, "bitmap_to_string not supported size > %d", TEXT_MAX_VALUES);
    ArenaMark mark = arena_mark(ctx->arena);
    Buf text = buf_new(ctx->arena);
    uint64_t values[BATCH], from = 0;
    for (size_t count = BATCH; count == BATCH;) {
        count = bitmap_list(bitmap, from, values, BATCH);
        for (size_t i = 0; i < count; i++) {
            char digits[NUMBER_TEXT_SIZE];
            if (text.len > 0) buf_add_byte(&text, ',');
            buf_add(&text, (Str){digits, number_put_u128(digits, values[i])});
        }
        if (count == 0 || values[count - 1] == UINT64_MAX) break;
        from = values[count - 1] + 1;
    }
    engine_out_str(call, row, buf_str(&text));
    arena_rewind(ctx->arena, mark);
    return RC_OK;
}
EACH_ROW(to_string)

// --------------------------------------------------------------------------------- questions

static Rc count_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    uint64_t count;
    if (!bitmap_form_count(engine_arg_str(call, 0, row), &count))
        return FAIL(ctx, SKETCH_DAMAGED, "BITMAP");
    ((int64_t *)engine_out_data(call))[row] = (int64_t)count;
    return RC_OK;
}
EACH_ROW(count)

static Rc put_ranked(EngineCall *call, size_t row, const Bitmap *bitmap, uint64_t rank)
{
    uint64_t value;
    if (bitmap_select(bitmap, rank, &value)) {
        Int128 wide = value;
        memcpy((char *)engine_out_data(call) + row * sizeof wide, &wide, sizeof wide);
    } else {
        engine_out_null(call, row);
    }
    return RC_OK;
}

static Rc min_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    return put_ranked(call, row, bitmap, 0);
}
EACH_ROW(min)

static Rc max_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    uint64_t count = bitmap_count(bitmap);
    return put_ranked(call, row, bitmap, count > 0 ? count - 1 : 0);
}
EACH_ROW(max)

static Rc contains_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    bool *out = engine_out_data(call);
    out[row] = bitmap_contains(bitmap, (uint64_t)bigint_arg(call, 1, row));
    return RC_OK;
}
EACH_ROW(contains)

static Rc has_any_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *a = NULL, *b = NULL;
    TRY(read_arg(ctx, call, 0, row, &a));
    TRY(read_arg(ctx, call, 1, row, &b));
    ((bool *)engine_out_data(call))[row] = bitmap_intersects(a, b);
    return RC_OK;
}
EACH_ROW(has_any)

// --------------------------------------------------------------------------------- operators

static Rc operate(Ctx *ctx, EngineCall *call, size_t row, void (*on)(Bitmap *, const Bitmap *))
{
    AUTO(bitmap_free_at) Bitmap *a = NULL, *b = NULL;
    TRY(read_arg(ctx, call, 0, row, &a));
    TRY(read_arg(ctx, call, 1, row, &b));
    on(a, b);
    return put_bitmap(ctx, call, row, a);
}

#define OPERATOR(name)                                              \
    static Rc name##_of_row(Ctx *ctx, EngineCall *call, size_t row) \
    {                                                               \
        return operate(ctx, call, row, bitmap_##name);              \
    }                                                               \
    EACH_ROW(name)

OPERATOR(or)
OPERATOR(and)
OPERATOR(xor)
OPERATOR(andnot)

static Rc remove_value_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    bitmap_remove(bitmap, (uint64_t)bigint_arg(call, 1, row));
    return put_bitmap(ctx, call, row, bitmap);
}
EACH_ROW(remove_value)

// ------------------------------------------------------------------------------------ subsets

// Up to `limit` values from `from` on, below `end` where `has_end`.
typedef struct Range {
    uint64_t from, end, limit;
    bool has_end;
} Range;

static Rc put_range(Ctx *ctx, EngineCall *call, size_t row, const Bitmap *bitmap, Range range)
{
    AUTO(bitmap_free_at) Bitmap *subset = bitmap_new();
    uint64_t values[BATCH];
    while (range.limit > 0) {
        size_t max = range.limit < BATCH ? (size_t)range.limit : BATCH;
        size_t got = bitmap_list(bitmap, range.from, values, max), count = got;
        while (range.has_end && count > 0 && values[count - 1] >= range.end) count--;
        bitmap_add_many(subset, values, count);
        range.limit -= count;
        if (count < max || values[count - 1] == UINT64_MAX) break;
        range.from = values[count - 1] + 1;
    }
    if (bitmap_count(subset) > 0) return put_bitmap(ctx, call, row, subset);
    engine_out_null(call, row);
    return RC_OK;
}

// sub_bitmap(b, offset, length): by position, from the end where the offset is negative.
static Rc sub_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    int64_t offset = bigint_arg(call, 1, row), length = bigint_arg(call, 2, row);
    int64_t count = (int64_t)bitmap_count(bitmap);
    if (offset < 0) offset = offset < -count ? count : count + offset;
    Range range = {.limit = length > 0 ? (uint64_t)length : 0};
    if (!bitmap_select(bitmap, (uint64_t)offset, &range.from)) range.limit = 0;
    return put_range(ctx, call, row, bitmap, range);
}
EACH_ROW(sub)

// How many values are not above `value`.
static uint64_t count_up_to(const Bitmap *bitmap, uint64_t value)
{
    uint64_t low = 0, high = bitmap_count(bitmap);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2, at = 0;
        bitmap_select(bitmap, middle, &at);
        if (at <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// bitmap_subset_limit(b, start, limit): so many from `start` upwards, downwards where negative.
static Rc subset_limit_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    int64_t start = bigint_arg(call, 1, row), limit = bigint_arg(call, 2, row);
    Range range = {.from = start > 0 ? (uint64_t)start : 0, .limit = (uint64_t)limit};
    if (limit < 0) {
        uint64_t below = count_up_to(bitmap, range.from), wanted = 0 - (uint64_t)limit;
        range.limit = below < wanted ? below : wanted;
        bitmap_select(bitmap, below - range.limit, &range.from);
    }
    return put_range(ctx, call, row, bitmap, range);
}
EACH_ROW(subset_limit)

// bitmap_subset_in_range(b, start, end): start <= value < end
static Rc subset_in_range_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    int64_t start = bigint_arg(call, 1, row), end = bigint_arg(call, 2, row);
    if (start < 0) start = 0;
    Range range = {.from = (uint64_t)start,
                   .end = (uint64_t)end,
                   .limit = start < end ? UINT64_MAX : 0,
                   .has_end = true};
    return put_range(ctx, call, row, bitmap, range);
}
EACH_ROW(subset_in_range)

// --------------------------------------------------------------------- StarRocks' own form
//
// The first byte; numbers are little endian:
enum {
    KIND_EMPTY,      // nothing
    KIND_ONE_32,     // uint32
    KIND_BITMAP_32,  // the portable 32-bit form
    KIND_ONE_64,     // uint64
    KIND_BITMAP_64,  // number of parts, 7 bits a byte, lowest first; each uint32 upper half, form
    KIND_FEW = 10,   // uint32 count, uint64 each
    FEW_MAX = 32,
    PART_HIGH = sizeof(uint64_t),  // in our form: of the first part
    PART_LOW = PART_HIGH + sizeof(uint32_t),
};

static void buf_add_int(Buf *buf, uint64_t value, size_t bytes)
{
    buf_add_bytes(buf, &value, bytes);
}

static void put_few(Buf *out, const Bitmap *bitmap)
{
    uint64_t values[FEW_MAX];
    size_t count = bitmap_list(bitmap, 0, values, FEW_MAX);
    bool is_short = values[0] <= UINT32_MAX;
    if (count == 1) {
        buf_add_byte(out, is_short ? KIND_ONE_32 : KIND_ONE_64);
        buf_add_int(out, values[0], is_short ? sizeof(uint32_t) : sizeof(uint64_t));
        return;
    }
    buf_add_byte(out, KIND_FEW);
    buf_add_int(out, count, sizeof(uint32_t));
    for (size_t i = 0; i < count; i++) buf_add_int(out, values[i], sizeof(uint64_t));
}

static void put_many(Buf *out, Str form)
{
    uint64_t parts;
    uint32_t high;
    memcpy(&parts, form.ptr, sizeof parts);
    memcpy(&high, form.ptr + PART_HIGH, sizeof high);
    if (parts == 1 && high == 0) {
        buf_add_byte(out, KIND_BITMAP_32);
        buf_add(out, str_sub(form, PART_LOW, form.len));
        return;
    }
    buf_add_byte(out, KIND_BITMAP_64);
    for (; parts >= 128; parts >>= 7) buf_add_byte(out, (char)(parts | 128));
    buf_add_byte(out, (char)parts);
    buf_add(out, str_sub(form, PART_HIGH, form.len));
}

static Rc to_binary_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = NULL;
    TRY(read_arg(ctx, call, 0, row, &bitmap));
    ArenaMark mark = arena_mark(ctx->arena);
    Buf out = buf_new(ctx->arena);
    uint64_t count = bitmap_count(bitmap);
    if (count == 0) {
        buf_add_byte(&out, KIND_EMPTY);
    } else if (count <= FEW_MAX) {
        put_few(&out, bitmap);
    } else {
        size_t bytes = bitmap_form_bytes(bitmap);
        char *form = arena_alloc(ctx->arena, bytes);
        bitmap_write(bitmap, form);
        put_many(&out, (Str){form, bytes});
    }
    engine_out_str(call, row, buf_str(&out));
    arena_rewind(ctx->arena, mark);
    return RC_OK;
}
EACH_ROW(to_binary)

static bool read_few(Str body, Bitmap *into)
{
    uint32_t count;
    if (body.len < sizeof count) return false;
    memcpy(&count, body.ptr, sizeof count);
    if (body.len != sizeof count + (size_t)count * sizeof(uint64_t)) return false;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value;
        memcpy(&value, body.ptr + sizeof count + i * sizeof value, sizeof value);
        bitmap_add(into, value);
    }
    return true;
}

static bool read_one(Str body, size_t bytes, Bitmap *into)
{
    uint64_t value = 0;
    if (body.len != bytes) return false;
    memcpy(&value, body.ptr, bytes);
    bitmap_add(into, value);
    return true;
}

// A form of ours: number of parts, and the parts.
static bool read_parts(Ctx *ctx, uint64_t parts, Str high, Str rest, Bitmap **into)
{
    Buf form = buf_new(ctx->arena);
    buf_add_int(&form, parts, sizeof parts);
    buf_add(&form, high);
    buf_add(&form, rest);
    Bitmap *read;
    if (!bitmap_read(buf_str(&form), &read)) return false;
    bitmap_free(*into);
    *into = read;
    return true;
}

static bool read_many(Ctx *ctx, Str body, Bitmap **into)
{
    enum { SHIFT = 7, SHIFT_MAX = 35 };
    uint64_t parts = 0;
    size_t at = 0;
    for (unsigned shift = 0; shift <= SHIFT_MAX && at < body.len; shift += SHIFT) {
        uint8_t byte = (uint8_t)body.ptr[at++];
        parts |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return read_parts(ctx, parts, STR(""), str_sub(body, at, body.len), into);
    }
    return false;
}

static bool read_binary(Ctx *ctx, Str binary, Bitmap **into)
{
    if (binary.len == 0) return false;
    Str body = str_sub(binary, 1, binary.len);
    switch (binary.ptr[0]) {
    case KIND_EMPTY: return body.len == 0;
    case KIND_ONE_32: return read_one(body, sizeof(uint32_t), *into);
    case KIND_ONE_64: return read_one(body, sizeof(uint64_t), *into);
    case KIND_BITMAP_32: return read_parts(ctx, 1, (Str){"\0\0\0", 4}, body, into);
    case KIND_BITMAP_64: return read_many(ctx, body, into);
    case KIND_FEW: return read_few(body, *into);
    default: return false;
    }
}

static Rc from_binary_of_row(Ctx *ctx, EngineCall *call, size_t row)
{
    AUTO(bitmap_free_at) Bitmap *bitmap = bitmap_new();
    ArenaMark mark = arena_mark(ctx->arena);
    bool is_read = read_binary(ctx, engine_arg_str(call, 0, row), &bitmap);
    arena_rewind(ctx->arena, mark);
    if (is_read) return put_bitmap(ctx, call, row, bitmap);
    engine_out_null(call, row);
    return RC_OK;
}
EACH_ROW(from_binary)

// ---------------------------------------------------------------------------------- the table

#define ONE(name_, param, result_, run_)                                                   \
    {                                                                                      \
        .name = name_, .params = {param}, .param_count = 1, .result = result_, .run = run_ \
    }
#define TWO(name_, second, result_, run_)                                                    \
    {                                                                                        \
        .name = name_, .params = {ENGINE_BLOB, second}, .param_count = 2, .result = result_, \
        .run = run_                                                                          \
    }
#define THREE(name_, run_)                                                                      \
    {                                                                                           \
        .name = name_, .params = {ENGINE_BLOB, ENGINE_BIGINT, ENGINE_BIGINT}, .param_count = 3, \
        .result = ENGINE_BLOB, .run = run_                                                      \
    }

static const EngineScalar SPECS[] = {
    ONE("kg_to_bitmap", ENGINE_BIGINT, ENGINE_BLOB, to_bitmap_bigint),
    ONE("kg_to_bitmap", ENGINE_HUGEINT, ENGINE_BLOB, to_bitmap_large),
    ONE("kg_to_bitmap", ENGINE_VARCHAR, ENGINE_BLOB, to_bitmap_text),
    ONE("kg_bitmap_from_string", ENGINE_VARCHAR, ENGINE_BLOB, from_string),
    ONE("kg_bitmap_to_string", ENGINE_BLOB, ENGINE_VARCHAR, to_string),
    ONE("kg_bitmap_to_binary", ENGINE_BLOB, ENGINE_BLOB, to_binary),
    ONE("kg_bitmap_from_binary", ENGINE_BLOB, ENGINE_BLOB, from_binary),
    ONE("kg_bitmap_count", ENGINE_BLOB, ENGINE_BIGINT, count),
    ONE("kg_bitmap_min", ENGINE_BLOB, ENGINE_HUGEINT, min),
    ONE("kg_bitmap_max", ENGINE_BLOB, ENGINE_HUGEINT, max),
    TWO("kg_bitmap_contains", ENGINE_BIGINT, ENGINE_BOOLEAN, contains),
    TWO("kg_bitmap_has_any", ENGINE_BLOB, ENGINE_BOOLEAN, has_any),
    TWO("kg_bitmap_or", ENGINE_BLOB, ENGINE_BLOB, or),
    TWO("kg_bitmap_and", ENGINE_BLOB, ENGINE_BLOB, and),
    TWO("kg_bitmap_xor", ENGINE_BLOB, ENGINE_BLOB, xor),
    TWO("kg_bitmap_andnot", ENGINE_BLOB, ENGINE_BLOB, andnot),
    TWO("kg_bitmap_remove", ENGINE_BIGINT, ENGINE_BLOB, remove_value),
    THREE("kg_sub_bitmap", sub),
    THREE("kg_bitmap_subset_limit", subset_limit),
    THREE("kg_bitmap_subset_in_range", subset_in_range),
};

FunctionTable functions_bitmap(void)
{
    return (FunctionTable){SPECS, COUNT_OF(SPECS)};
}
