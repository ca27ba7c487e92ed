/*
 * plan/expr_literal: values known while planning; their text for the engine; casts done at once.
 *
 * A literal is folded through casts so that filters reach the engine as `column = constant` in the
 * column's own type, and so that partitions can be pruned.
 * Source  StarRocks' BE casts: text to integer cuts a fraction, what cannot be read is NULL.
 * Errors  SEMANTIC.   Threads  pure.
 */
#include "base/jsontext.h"
#include "plan/expr.h"
#include "sql/sql.h"
#include <errno.h>
#include <math.h>

enum { NUMBER_TEXT = 48, MAX_DIGITS = 38, DATE_LEN = 10, DATETIME_LEN = 19 };

// ------------------------------------------------------------------------------- exact numbers

// unscaled / 10^scale
typedef struct Exact {
    __int128 unscaled;
    unsigned scale;
} Exact;

static const __int128 LARGEINT_LIMIT = (__int128)(~(unsigned __int128)0 >> 1);

static __int128 power_of_ten(unsigned n)
{
    __int128 value = 1;
    for (; n > 0; n--) value *= 10;
    return value;
}

// Digits behind an optional sign; false: none, other bytes, or too large.
static bool read_digits(Str digits, bool is_negative, __int128 *out)
{
    __int128 value = 0;
    if (digits.len == 0) return false;
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9') return false;
        int digit = digits.ptr[i] - '0';
        if (__builtin_mul_overflow(value, (__int128)10, &value)) return false;
        bool is_over = is_negative ? __builtin_sub_overflow(value, (__int128)digit, &value)
                                   : __builtin_add_overflow(value, (__int128)digit, &value);
        if (is_over) return false;
    }
    *out = value;
    return true;
}

static bool take_sign(Str *text)
{
    bool is_negative = text->len > 0 && text->ptr[0] == '-';
    if (is_negative || (text->len > 0 && text->ptr[0] == '+')) *text = str_sub(*text, 1, text->len);
    return is_negative;
}

bool literal_integer(Str text, __int128 *out)
{
    bool is_negative = take_sign(&text);
    return read_digits(text, is_negative, out);
}

static Str integer_text(Arena *arena, __int128 value)
{
    char digits[NUMBER_TEXT];
    size_t at = sizeof digits;
    bool is_negative = value < 0;
    do {
        int digit = (int)(value % 10);
        digits[--at] = (char)('0' + (digit < 0 ? -digit : digit));
        value /= 10;
    } while (value != 0);
    if (is_negative) digits[--at] = '-';
    return str_dup(arena, (Str){digits + at, sizeof digits - at});
}

static Str exact_text(Arena *arena, Exact number)
{
    Str all = integer_text(arena, number.unscaled);
    if (number.scale == 0) return all;
    bool is_negative = take_sign(&all);
    Buf buf = buf_new(arena);
    if (is_negative) buf_add_byte(&buf, '-');
    size_t whole = all.len > number.scale ? all.len - number.scale : 0;
    buf_add(&buf, whole > 0 ? str_sub(all, 0, whole) : STR("0"));
    buf_add_byte(&buf, '.');
    for (size_t i = all.len; i < number.scale; i++) buf_add_byte(&buf, '0');
    buf_add(&buf, str_sub(all, whole, all.len));
    return buf_str(&buf);
}

// [sign] digits [ '.' digits ], one side of the point may be empty.
static bool read_exact(Str text, Exact *out)
{
    bool is_negative = take_sign(&text);
    Str rest = text;
    Str whole = str_cut(&rest, '.');
    if (whole.len + rest.len == 0 || rest.len > MAX_DIGITS) return false;
    __int128 high = 0, low = 0;
    if (whole.len > 0 && !read_digits(whole, is_negative, &high)) return false;
    if (rest.len > 0 && !read_digits(rest, is_negative, &low)) return false;
    if (__builtin_mul_overflow(high, power_of_ten((unsigned)rest.len), &high)) return false;
    if (__builtin_add_overflow(high, low, &high)) return false;
    *out = (Exact){high, (unsigned)rest.len};
    return true;
}

// To another scale; half away from zero. False: too large.
static bool rescale(Exact *number, unsigned scale)
{
    if (scale >= number->scale) {
        if (__builtin_mul_overflow(number->unscaled, power_of_ten(scale - number->scale),
                                   &number->unscaled))
            return false;
    } else {
        __int128 unit = power_of_ten(number->scale - scale);
        __int128 rest = number->unscaled % unit;
        number->unscaled /= unit;
        if (rest * 2 >= unit) number->unscaled++;
        if (rest * 2 <= -unit) number->unscaled--;
    }
    number->scale = scale;
    return true;
}

static unsigned digits_of(Str digits)
{
    while (digits.len > 0 && digits.ptr[0] == '0') digits = str_sub(digits, 1, digits.len);
    return (unsigned)digits.len;
}

// ------------------------------------------------------------------------------- text for the
// engine

// NUL ends the engine's text, and byte 1 marks holes in ours: both go through chr().
void literal_put_string(Buf *out, Str text)
{
    bool is_joined = false;
    for (size_t i = 0; i < text.len && !is_joined; i++) is_joined = (unsigned char)text.ptr[i] <= 1;
    if (is_joined) buf_add_byte(out, '(');
    buf_add_byte(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] <= 1) {
            buf_printf(out, "' || chr(%d) || '", text.ptr[i]);
        } else {
            if (text.ptr[i] == '\'') buf_add_byte(out, '\'');
            buf_add_byte(out, text.ptr[i]);
        }
    }
    buf_add_byte(out, '\'');
    if (is_joined) buf_add_byte(out, ')');
}

static void put_bytes(Buf *out, Str bytes)
{
    buf_add_byte(out, '\'');
    for (size_t i = 0; i < bytes.len; i++) buf_printf(out, "\\x%02X", (unsigned char)bytes.ptr[i]);
    buf_add_z(out, "'::BLOB");
}

Str literal_sql(Ctx *ctx, Type type, Str value)
{
    Buf buf = buf_new(ctx->arena);
    Str engine = scan_engine_type(ctx->arena, type);
    if (value.ptr == NULL) {
        if (type.kind == TYPE_NULL) return STR("NULL");
        // NULL::INTEGER[] with a subscript behind it would read as a longer type.
        if (type.parts) return str_printf(ctx->arena, "CAST(NULL AS %.*s)", STR_ARG(engine));
        buf_printf(&buf, "NULL::%.*s", STR_ARG(engine));
        return buf_str(&buf);
    }
    switch (type.kind) {
    case TYPE_BOOLEAN: return str_eq(value, STR("1")) ? STR("true") : STR("false");
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_JSON: literal_put_string(&buf, value); break;
    case TYPE_VARBINARY: put_bytes(&buf, value); break;
    case TYPE_DATE: buf_printf(&buf, "DATE '%.*s'", STR_ARG(value)); break;
    case TYPE_DATETIME: buf_printf(&buf, "TIMESTAMP '%.*s'", STR_ARG(value)); break;
    default: buf_printf(&buf, "'%.*s'::%.*s", STR_ARG(value), STR_ARG(engine));
    }
    return buf_str(&buf);
}

TypedExpr literal_make(Ctx *ctx, Type type, Str value)
{
    return (TypedExpr){
        .type = type, .sql = literal_sql(ctx, type, value), .is_literal = true, .value = value};
}

TypedExpr literal_null(Ctx *ctx, Type type)
{
    return literal_make(ctx, type, STR_NONE);
}

// ------------------------------------------------------------------------------- literals of the
// user

static Rc read_integer(Ctx *ctx, Str digits, bool is_negative, TypedExpr *out)
{
    __int128 value;
    if (!read_digits(digits, is_negative, &value))
        return SAY(ctx, SEMANTIC, "Numeric overflow '%s%.*s'", is_negative ? "-" : "",
                   STR_ARG(digits));
    *out = literal_make(ctx, typing_of_integer(value), integer_text(ctx->arena, value));
    return RC_OK;
}

static Rc read_float(Ctx *ctx, Str text, bool is_negative, TypedExpr *out)
{
    Str signed_text = str_printf(ctx->arena, "%s%.*s", is_negative ? "-" : "", STR_ARG(text));
    double value = strtod(str_z(ctx->arena, signed_text), NULL);
    if (!isfinite(value))
        return FAIL(
            ctx, SEMANTIC,
            STR_ARG(str_printf(ctx->arena, "Numeric overflow '%.*s'", STR_ARG(signed_text))));
    *out = literal_make(ctx, typing_of(TYPE_DOUBLE), signed_text);
    return RC_OK;
}

static Rc read_decimal(Ctx *ctx, Str text, bool is_negative, TypedExpr *out)
{
    Str fraction = text;
    Str whole = str_cut(&fraction, '.');
    unsigned scale = (unsigned)fraction.len;
    unsigned precision = digits_of(whole) + scale;
    Exact number;
    if (precision > MAX_DIGITS || !read_exact(text, &number))
        return read_float(ctx, text, is_negative, out);
    if (is_negative) number.unscaled = -number.unscaled;
    *out = literal_make(ctx, typing_decimal(precision > 0 ? precision : 1, scale),
                        exact_text(ctx->arena, number));
    return RC_OK;
}

Rc literal_read(Ctx *ctx, const Expr *expr, bool is_negative, TypedExpr *out)
{
    must(expr->kind == EXPR_LITERAL);
    Str text = expr->literal.text;
    switch (expr->literal.kind) {
    case LITERAL_NULL: *out = literal_null(ctx, typing_of(TYPE_NULL)); return RC_OK;
    case LITERAL_BOOL:
        *out =
            literal_make(ctx, typing_of(TYPE_BOOLEAN), expr->literal.boolean ? STR("1") : STR("0"));
        return RC_OK;
    case LITERAL_INTEGER: return read_integer(ctx, text, is_negative, out);
    case LITERAL_DECIMAL: return read_decimal(ctx, text, is_negative, out);
    case LITERAL_FLOAT: return read_float(ctx, text, is_negative, out);
    case LITERAL_DATE: *out = literal_make(ctx, typing_of(TYPE_DATE), text); return RC_OK;
    case LITERAL_DATETIME: *out = literal_make(ctx, typing_of(TYPE_DATETIME), text); return RC_OK;
    case LITERAL_HEX: *out = literal_make(ctx, typing_of(TYPE_VARBINARY), text); return RC_OK;
    case LITERAL_STRING: break;
    }
    // Bytes that are no text can only be meant for VARBINARY.
    TypeKind kind = str_is_utf8(text) ? TYPE_VARCHAR : TYPE_VARBINARY;
    *out = literal_make(ctx, typing_of(kind), text);
    return RC_OK;
}

// ------------------------------------------------------------------------------- casts

static bool is_within(__int128 value, TypeKind kind)
{
    switch (kind) {
    case TYPE_TINYINT: return value >= INT8_MIN && value <= INT8_MAX;
    case TYPE_SMALLINT: return value >= INT16_MIN && value <= INT16_MAX;
    case TYPE_INT: return value >= INT32_MIN && value <= INT32_MAX;
    case TYPE_BIGINT: return value >= INT64_MIN && value <= INT64_MAX;
    default: return value <= LARGEINT_LIMIT;
    }
}

// Numbers as dates: yyyyMMdd, yyMMdd, yyyyMMddHHmmss.
static Str date_of_integer(Ctx *ctx, Str digits, bool has_time)
{
    Str text = digits;
    if (digits.len == 5 || digits.len == 6) {
        __int128 value;
        if (!literal_integer(digits, &value)) return STR_NONE;
        text = str_printf(ctx->arena, "%d%06d", value >= 700000 ? 19 : 20, (int)value);
    }
    Str out;
    if (text.len != 8 && text.len != 14) return STR_NONE;
    return date_normalize(ctx->arena, text, has_time, &out) ? out : STR_NONE;
}

static bool exact_cast(Ctx *ctx, Exact number, Type to, Str *value)
{
    *value = STR_NONE;
    switch (to.kind) {
    case TYPE_BOOLEAN: *value = number.unscaled != 0 ? STR("1") : STR("0"); return true;
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INT:
    case TYPE_BIGINT:
    case TYPE_LARGEINT:
        number.unscaled /= power_of_ten(number.scale);
        if (is_within(number.unscaled, to.kind)) *value = integer_text(ctx->arena, number.unscaled);
        return true;
    case TYPE_DECIMAL: {
        bool fits = rescale(&number, to.scale);
        __int128 limit = power_of_ten(to.precision);
        if (fits && number.unscaled < limit && number.unscaled > -limit)
            *value = exact_text(ctx->arena, number);
        return true;
    }
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
    case TYPE_CHAR:
    case TYPE_VARCHAR: *value = exact_text(ctx->arena, number); return true;
    case TYPE_DATE:
    case TYPE_DATETIME:
        if (number.scale > 0) return false;
        *value = date_of_integer(ctx, integer_text(ctx->arena, number.unscaled),
                                 to.kind == TYPE_DATETIME);
        return true;
    default: return false;
    }
}

static Str text_to_boolean(Str text)
{
    __int128 value;
    if (literal_integer(text, &value)) return value != 0 ? STR("1") : STR("0");
    if (str_eq_nocase(text, STR("true"))) return STR("1");
    return str_eq_nocase(text, STR("false")) ? STR("0") : STR_NONE;
}

static bool text_to_number(Ctx *ctx, Str text, Type to, Str *value)
{
    Exact number;
    if (to.kind == TYPE_FLOAT || to.kind == TYPE_DOUBLE) {
        char *end;
        char *terminated = str_z(ctx->arena, text);
        bool is_finite = text.len > 0 && isfinite(strtod(terminated, &end));
        bool is_plain = is_finite && end == terminated + text.len && !str_contains(text, 'x') &&
                        !str_contains(text, 'X');
        *value = is_plain ? text : STR_NONE;
        return true;
    }
    if (read_exact(text, &number)) return exact_cast(ctx, number, to, value);
    *value = STR_NONE;
    // An exponent is for the engine; a DECIMAL may have one.
    return to.kind != TYPE_DECIMAL || !(str_contains(text, 'e') || str_contains(text, 'E'));
}

static bool text_cast(Ctx *ctx, Str text, Type to, Str *value)
{
    switch (to.kind) {
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_VARBINARY: *value = text; return true;
    case TYPE_DATE:
    case TYPE_DATETIME:
        if (!date_normalize(ctx->arena, text, to.kind == TYPE_DATETIME, value)) *value = STR_NONE;
        return true;
    case TYPE_BOOLEAN: *value = text_to_boolean(str_trim(text)); return true;
    case TYPE_JSON:
        if (!jsontext_from_text(ctx->arena, text, value)) *value = STR_NONE;
        return true;
    default: return text_to_number(ctx, str_trim(text), to, value);
    }
}

static bool date_cast(Ctx *ctx, const TypedExpr *from, Type to, Str *value)
{
    Str text = from->value;
    switch (to.kind) {
    case TYPE_DATE: *value = str_sub(text, 0, DATE_LEN); return true;
    case TYPE_DATETIME:
        *value =
            text.len > DATE_LEN ? text : str_printf(ctx->arena, "%.*s 00:00:00", STR_ARG(text));
        return true;
    case TYPE_CHAR:
    case TYPE_VARCHAR: *value = text; return true;
    default: break;
    }
    if (!type_is_numeric(to.kind)) return false;
    Buf digits = buf_new(ctx->arena);
    for (size_t i = 0; i < text.len && i < DATETIME_LEN; i++)
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') buf_add_byte(&digits, text.ptr[i]);
    Exact number;
    return read_exact(buf_str(&digits), &number) && exact_cast(ctx, number, to, value);
}

bool literal_cast(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    if (!from->is_literal || to.kind == TYPE_NULL) return false;
    Str value = from->value;
    bool is_done = false;
    Exact number;
    if (value.ptr == NULL || type_eq(from->type, to)) {
        is_done = true;
    } else if (to.kind > TYPE_VARBINARY &&
               !(to.kind == TYPE_JSON && type_is_text(from->type.kind))) {
        return false;
    } else if (from->type.kind == TYPE_BOOLEAN || type_is_integer(from->type.kind) ||
               from->type.kind == TYPE_DECIMAL) {
        is_done = read_exact(value, &number) && exact_cast(ctx, number, to, &value);
    } else if (type_is_text(from->type.kind)) {
        is_done = text_cast(ctx, value, to, &value);
    } else if (from->type.kind == TYPE_DATE || from->type.kind == TYPE_DATETIME) {
        is_done = date_cast(ctx, from, to, &value);
    } else if (from->type.kind == TYPE_VARBINARY) {
        is_done = to.kind == TYPE_VARBINARY || (type_is_text(to.kind) && str_is_utf8(value));
    } else if (from->type.kind == TYPE_FLOAT || from->type.kind == TYPE_DOUBLE) {
        is_done = to.kind == TYPE_DOUBLE;
    }
    if (is_done) *out = literal_make(ctx, to, value);
    return is_done;
}
