/*
 * engine/functions_cast: values from text and to text, LARGEINT at rest, quotients of DECIMAL.
 *
 * Source  StarRocks' CAST: a text that is not wholly a value becomes NULL (engine/number,
 *         engine/calendar).
 * Errors  none.
 * Threads pure.
 */
#include "engine/calendar.h"
#include "engine/functions.h"
#include "engine/number.h"

// A text as T, or NULL. `read` is an expression over `Str text` that fills `T value`.
#define CAST_FUNCTION(name, T, read)                                        \
    static Rc name(Ctx *ctx, EngineCall *call)                              \
    {                                                                       \
        (void)ctx;                                                          \
        T *out = engine_out_data(call);                                     \
        for (size_t row = 0; row < engine_call_rows(call); row++) {         \
            if (engine_out_is_null(call, row)) continue;                    \
            Str text = engine_arg_str(call, 0, row);                        \
            T value = 0;                                                    \
            if (!(read)) engine_out_null(call, row);                        \
            memcpy((char *)out + row * sizeof value, &value, sizeof value); \
        }                                                                   \
        return RC_OK;                                                       \
    }

#define INT_READER(name, T, min, max)                                \
    static bool name(Str text, T *out)                               \
    {                                                                \
        Int128 value;                                                \
        if (!number_parse_int(text, min, max, &value)) return false; \
        *out = (T)value;                                             \
        return true;                                                 \
    }

INT_READER(read_tinyint, int8_t, INT8_MIN, INT8_MAX)
INT_READER(read_smallint, int16_t, INT16_MIN, INT16_MAX)
INT_READER(read_int, int32_t, INT32_MIN, INT32_MAX)
INT_READER(read_bigint, int64_t, INT64_MIN, INT64_MAX)
INT_READER(read_largeint, Int128, INT128_MIN, INT128_MAX)

static bool read_float(Str text, float *out)
{
    double value;
    if (!number_parse_double(text, &value)) return false;
    *out = (float)value;
    return __builtin_isinf(value) || !__builtin_isinf(*out);
}

static bool read_date(Str text, int32_t *out)
{
    Moment moment;
    if (!calendar_parse(text, &moment)) return false;
    *out = (int32_t)calendar_days(moment.year, moment.month, moment.day);
    return true;
}

static bool read_datetime(Str text, int64_t *out)
{
    Moment moment;
    if (!calendar_parse(text, &moment)) return false;
    *out = calendar_micros(&moment);
    return true;
}

CAST_FUNCTION(to_boolean, bool, number_parse_bool(text, &value))
CAST_FUNCTION(to_tinyint, int8_t, read_tinyint(text, &value))
CAST_FUNCTION(to_smallint, int16_t, read_smallint(text, &value))
CAST_FUNCTION(to_int, int32_t, read_int(text, &value))
CAST_FUNCTION(to_bigint, int64_t, read_bigint(text, &value))
CAST_FUNCTION(to_largeint, Int128, read_largeint(text, &value))
CAST_FUNCTION(to_float, float, read_float(text, &value))
CAST_FUNCTION(to_double, double, number_parse_double(text, &value))
CAST_FUNCTION(to_date, int32_t, read_date(text, &value))
CAST_FUNCTION(to_datetime, int64_t, read_datetime(text, &value))

// A T as text. `put` is an expression over `T value` that fills `char text[]` and gives the length.
#define TEXT_FUNCTION(name, T, put)                                 \
    static Rc name(Ctx *ctx, EngineCall *call)                      \
    {                                                               \
        (void)ctx;                                                  \
        const T *in = engine_arg_data(call, 0);                     \
        char text[NUMBER_TEXT_SIZE + CALENDAR_TEXT_SIZE];           \
        for (size_t row = 0; row < engine_call_rows(call); row++) { \
            if (engine_out_is_null(call, row)) continue;            \
            T value = in[row];                                      \
            size_t len = put;                                       \
            engine_out_str(call, row, (Str){text, len});            \
        }                                                           \
        return RC_OK;                                               \
    }

TEXT_FUNCTION(text_boolean, bool, number_put_i64(text, value))
TEXT_FUNCTION(text_float, float, number_put_float(text, value))
TEXT_FUNCTION(text_double, double, number_put_double(text, value))
TEXT_FUNCTION(text_datetime, int64_t, calendar_put_datetime(text, value))

// VARBINARY as text; bytes that are no UTF-8 are NULL, where the engine's own decode() fails.
static Rc text_bytes(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row)) engine_out_str(call, row, engine_arg_str(call, 0, row));
    return RC_OK;
}

// The engine keeps a UUID as a signed number whose order is that of its text: LARGEINT's own bits.
static Rc same_bits(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    memcpy(engine_out_data(call), engine_arg_data(call, 0),
           engine_call_rows(call) * sizeof(Int128));
    return RC_OK;
}

// --- DECIMAL

enum { MAX_SHIFT = 76 };  // twice the digits of the widest DECIMAL

// Digits with at most one point, as the engine prints DECIMAL, read without the point.
static bool read_unscaled(Str text, Int128 *out)
{
    char digits[NUMBER_TEXT_SIZE];
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.') continue;
        if (count == sizeof digits) return false;
        digits[count++] = text.ptr[i];
    }
    return number_parse_int((Str){digits, count}, INT128_MIN, INT128_MAX, out);
}

CAST_FUNCTION(unscaled, Int128, read_unscaled(text, &value))

// One more digit of rest / by; *rest becomes what is left. In steps that fit: by is below 10^38.
static unsigned next_digit(UInt128 *rest, UInt128 by)
{
    unsigned digit = 0;
    UInt128 left = 0;
    for (int i = 0; i < 10; i++) {
        left += *rest;
        if (left < by) continue;
        left -= by;
        digit++;
    }
    *rest = left;
    return digit;
}

static UInt128 magnitude(Int128 value)
{
    return value < 0 ? -(UInt128)value : (UInt128)value;
}

// a * 10^shift / b, half rounded away from zero. False: b is 0, or there is no room for the answer.
static bool divide(Int128 a, Int128 b, int64_t shift, Int128 *out)
{
    const UInt128 limit = (UInt128)INT128_MAX;
    UInt128 by = magnitude(b), rest = magnitude(a);
    if (by == 0 || by > limit || shift < 0 || shift > MAX_SHIFT) return false;
    UInt128 quotient = rest / by;
    rest %= by;
    for (int64_t i = 0; i < shift; i++) {
        unsigned digit = next_digit(&rest, by);
        if (quotient > (limit - digit) / 10) return false;
        quotient = quotient * 10 + digit;
    }
    if (rest >= by - rest) quotient++;
    if (quotient > limit) return false;
    *out = (a < 0) == (b < 0) ? (Int128)quotient : -(Int128)quotient;
    return true;
}

static Int128 int128_at(const EngineCall *call, size_t arg, size_t row)
{
    // The engine aligns these to 8 bytes only.
    Int128 value;
    memcpy(&value, (const char *)engine_arg_data(call, arg) + row * sizeof value, sizeof value);
    return value;
}

static Rc decimal_divide(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *shift = engine_arg_data(call, 2);
    char *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Int128 quotient = 0;
        if (!divide(int128_at(call, 0, row), int128_at(call, 1, row), shift[row], &quotient))
            engine_out_null(call, row);
        memcpy(out + row * sizeof quotient, &quotient, sizeof quotient);
    }
    return RC_OK;
}

#define FROM_TEXT(name_, result_, run_)                                                 \
    {                                                                                   \
        .name = name_, .params = {ENGINE_VARCHAR}, .param_count = 1, .result = result_, \
        .run = run_                                                                     \
    }
#define TO_TEXT(param_, run_)                                                              \
    {                                                                                      \
        .name = "kg_text", .params = {param_}, .param_count = 1, .result = ENGINE_VARCHAR, \
        .run = run_                                                                        \
    }
#define SAME_BITS(name_, param_, result_)                                                        \
    {                                                                                            \
        .name = name_, .params = {param_}, .param_count = 1, .result = result_, .run = same_bits \
    }

static const EngineScalar SPECS[] = {
    FROM_TEXT("kg_to_boolean", ENGINE_BOOLEAN, to_boolean),
    FROM_TEXT("kg_to_tinyint", ENGINE_TINYINT, to_tinyint),
    FROM_TEXT("kg_to_smallint", ENGINE_SMALLINT, to_smallint),
    FROM_TEXT("kg_to_int", ENGINE_INT, to_int),
    FROM_TEXT("kg_to_bigint", ENGINE_BIGINT, to_bigint),
    FROM_TEXT("kg_to_largeint", ENGINE_HUGEINT, to_largeint),
    FROM_TEXT("kg_to_float", ENGINE_FLOAT, to_float),
    FROM_TEXT("kg_to_double", ENGINE_DOUBLE, to_double),
    FROM_TEXT("kg_to_date", ENGINE_DATE, to_date),
    FROM_TEXT("kg_to_datetime", ENGINE_TIMESTAMP, to_datetime),
    TO_TEXT(ENGINE_BOOLEAN, text_boolean),
    TO_TEXT(ENGINE_FLOAT, text_float),
    TO_TEXT(ENGINE_DOUBLE, text_double),
    TO_TEXT(ENGINE_TIMESTAMP, text_datetime),
    TO_TEXT(ENGINE_BLOB, text_bytes),
    FROM_TEXT("kg_unscaled", ENGINE_HUGEINT, unscaled),
    {.name = "kg_decimal_divide",
     .params = {ENGINE_HUGEINT, ENGINE_HUGEINT, ENGINE_BIGINT},
     .param_count = 3,
     .result = ENGINE_HUGEINT,
     .run = decimal_divide},
    SAME_BITS("kg_largeint_to_uuid", ENGINE_HUGEINT, ENGINE_UUID),
    SAME_BITS("kg_uuid_to_largeint", ENGINE_UUID, ENGINE_HUGEINT),
};

FunctionTable functions_cast(void)
{
    return (FunctionTable){SPECS, sizeof SPECS / sizeof SPECS[0]};
}
