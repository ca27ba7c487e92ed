/*
 * plan/expr_type: what type an operation has, and in what type its operands meet.
 *
 * Source  StarRocks TypeManager (getCompatibleTypeForBinary, getCompatibleTypeForBetweenAndIn,
 *         getCommonSuperType, getAssigmentCompatibleTypeOfDecimalV3), ArithmeticExpr
 * (getBiggerType, getReturnTypeOfDecimal). We differ where it loses digits: FLOAT meets integers as
 * DOUBLE, and an INT beside a DECIMAL counts 10 digits, not 9. Errors  SEMANTIC.   Threads  pure
 * functions.
 */
#include "plan/expr_type.h"

enum { MAX_PRECISION = TYPE_DECIMAL_MAX_PRECISION, DECIMAL64_PRECISION = 18 };

static unsigned max_of(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static unsigned min_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

Type typing_of(TypeKind kind)
{
    return (Type){.kind = kind};
}

Type typing_decimal(unsigned precision, unsigned scale)
{
    must(precision <= MAX_PRECISION && scale <= precision);
    return (Type){.kind = TYPE_DECIMAL, .precision = (uint8_t)precision, .scale = (uint8_t)scale};
}

Type typing_of_integer(__int128 value)
{
    if (value >= INT8_MIN && value <= INT8_MAX) return typing_of(TYPE_TINYINT);
    if (value >= INT16_MIN && value <= INT16_MAX) return typing_of(TYPE_SMALLINT);
    if (value >= INT32_MIN && value <= INT32_MAX) return typing_of(TYPE_INT);
    if (value >= INT64_MIN && value <= INT64_MAX) return typing_of(TYPE_BIGINT);
    return typing_of(TYPE_LARGEINT);
}

Str typing_text(Arena *arena, Type type)
{
    bool has_len =
        type.kind == TYPE_CHAR || type.kind == TYPE_VARCHAR || type.kind == TYPE_VARBINARY;
    if (has_len && type.len == 0) return str_lower(arena, str_from(type_name(type.kind)));
    return type_text(arena, type);
}

static bool is_date(TypeKind kind)
{
    return kind == TYPE_DATE || kind == TYPE_DATETIME;
}

static bool is_float(TypeKind kind)
{
    return kind == TYPE_FLOAT || kind == TYPE_DOUBLE;
}

// Numbers without rounding. BOOLEAN is none of them.
static bool is_exact(TypeKind kind)
{
    return type_is_integer(kind) || kind == TYPE_DECIMAL;
}

// Types that this server computes with.
static bool is_plain(TypeKind kind)
{
    return kind <= TYPE_VARBINARY;
}

Type typing_as_decimal(Type type)
{
    switch (type.kind) {
    case TYPE_DECIMAL: return type;
    case TYPE_BOOLEAN: return typing_decimal(1, 0);
    case TYPE_TINYINT: return typing_decimal(3, 0);
    case TYPE_SMALLINT: return typing_decimal(5, 0);
    case TYPE_INT: return typing_decimal(10, 0);
    case TYPE_BIGINT: return typing_decimal(19, 0);
    case TYPE_LARGEINT: return typing_decimal(MAX_PRECISION, 0);
    default: return typing_decimal(1, 0);  // NULL
    }
}

// Both integer part and fraction are kept; what does not fit 38 digits becomes DOUBLE.
static Type common_decimal(Type a, Type b)
{
    if (!is_exact(a.kind) && a.kind != TYPE_BOOLEAN) return typing_of(TYPE_DOUBLE);
    if (!is_exact(b.kind) && b.kind != TYPE_BOOLEAN) return typing_of(TYPE_DOUBLE);
    a = typing_as_decimal(a);
    b = typing_as_decimal(b);
    unsigned whole = max_of((unsigned)(a.precision - a.scale), (unsigned)(b.precision - b.scale));
    unsigned scale = max_of(a.scale, b.scale);
    if (whole + scale > MAX_PRECISION) return typing_of(TYPE_DOUBLE);
    return typing_decimal(whole + scale, scale);
}

static Type common_text(Type a, Type b)
{
    bool is_known = type_is_text(a.kind) && type_is_text(b.kind) && a.len > 0 && b.len > 0;
    return (Type){.kind = TYPE_VARCHAR, .len = is_known ? max_of(a.len, b.len) : 0};
}

bool typing_common(Type a, Type b, Type *out)
{
    if (type_eq(a, b) || b.kind == TYPE_NULL) {
        *out = a;
        return true;
    }
    if (a.kind == TYPE_NULL) {
        *out = b;
        return true;
    }
    if (!is_plain(a.kind) || !is_plain(b.kind)) return false;
    if (a.kind == TYPE_VARBINARY || b.kind == TYPE_VARBINARY) {
        Type other = a.kind == TYPE_VARBINARY ? b : a;
        if (other.kind != TYPE_VARBINARY && !type_is_text(other.kind)) return false;
        *out = (Type){.kind = TYPE_VARBINARY};
    } else if (type_is_text(a.kind) || type_is_text(b.kind)) {
        *out = common_text(a, b);
    } else if (is_date(a.kind) || is_date(b.kind)) {
        if (!is_date(a.kind) || !is_date(b.kind)) return false;
        *out = typing_of(TYPE_DATETIME);
    } else if (a.kind == TYPE_DECIMAL || b.kind == TYPE_DECIMAL) {
        *out = common_decimal(a, b);
    } else if (is_float(a.kind) || is_float(b.kind)) {
        *out = typing_of(TYPE_DOUBLE);
    } else {
        *out = a.kind > b.kind ? a : b;  // BOOLEAN and integers stand in order of width
    }
    return true;
}

static bool compare_same_kind(Type a, Type b, Type *out)
{
    if (type_is_text(a.kind) && type_is_text(b.kind)) {
        *out = typing_of(TYPE_VARCHAR);
    } else if (a.kind == TYPE_DECIMAL && b.kind == TYPE_DECIMAL) {
        *out = common_decimal(a, b);
    } else if (a.kind == b.kind) {
        *out = a;
    } else if (a.kind == TYPE_NULL || b.kind == TYPE_NULL) {
        *out = a.kind == TYPE_NULL ? b : a;
    } else {
        return false;
    }
    return true;
}

bool typing_compare(Type a, Type b, bool is_range, Type *out)
{
    if (!is_plain(a.kind) || !is_plain(b.kind)) return false;
    if (compare_same_kind(a, b, out)) return true;
    bool has_text = type_is_text(a.kind) || type_is_text(b.kind);
    if (!is_range && has_text && (is_exact(a.kind) || is_exact(b.kind))) {
        *out = typing_of(TYPE_VARCHAR);
        return true;
    }
    if (a.kind == TYPE_VARBINARY || b.kind == TYPE_VARBINARY) {
        if (!has_text) return false;
        *out = (Type){.kind = TYPE_VARBINARY};
        return true;
    }
    bool has_date = is_date(a.kind) || is_date(b.kind);
    if (has_date && (has_text || (is_date(a.kind) && is_date(b.kind)))) {
        *out = typing_of(TYPE_DATETIME);
    } else if (has_text || has_date || is_float(a.kind) || is_float(b.kind)) {
        *out = typing_of(TYPE_DOUBLE);
    } else {
        return typing_common(a, b, out);
    }
    return true;
}

bool typing_compare_all(const Type *types, size_t count, bool is_between, Type *out)
{
    Type common = types[0];
    for (size_t i = 1; i < count; i++) {
        bool both_texts = (type_is_text(common.kind) || is_date(common.kind)) &&
                          (type_is_text(types[i].kind) || is_date(types[i].kind)) &&
                          common.kind != types[i].kind;
        bool has_text = type_is_text(common.kind) || type_is_text(types[i].kind);
        if (both_texts && has_text) {
            common = typing_of(TYPE_VARCHAR);
        } else if (!typing_compare(common, types[i], is_between, &common)) {
            return false;
        }
    }
    if (common.kind == TYPE_VARCHAR && is_date(types[0].kind)) common = types[0];
    *out = common;
    return true;
}

// ------------------------------------------------------------------------------------ arithmetic

// In what type a value counts as a number; TYPE_COUNT: in none.
static TypeKind number_kind(Type type)
{
    if (type.kind == TYPE_NULL || type.kind == TYPE_BOOLEAN) return TYPE_TINYINT;
    if (type_is_integer(type.kind) || type.kind == TYPE_DECIMAL) return type.kind;
    if (is_float(type.kind) || is_date(type.kind) || type_is_text(type.kind)) return TYPE_DOUBLE;
    return TYPE_COUNT;
}

static TypeKind wider_integer(TypeKind kind)
{
    switch (kind) {
    case TYPE_TINYINT: return TYPE_SMALLINT;
    case TYPE_SMALLINT: return TYPE_INT;
    case TYPE_INT: return TYPE_BIGINT;
    default: return kind;
    }
}

unsigned typing_divide_scale(unsigned scale)
{
    if (scale <= 6) return scale + 6;
    return scale <= 12 ? 12 : scale;
}

static Rc decimal_arithmetic(Ctx *ctx, BinaryOp op, Type a, Type b, Arithmetic *out)
{
    a = typing_as_decimal(a);
    b = typing_as_decimal(b);
    unsigned scale = max_of(a.scale, b.scale);
    unsigned whole = max_of((unsigned)(a.precision - a.scale), (unsigned)(b.precision - b.scale));
    unsigned precision = MAX_PRECISION;
    switch (op) {
    case BINARY_ADD:
    case BINARY_SUBTRACT: precision = min_of(whole + scale + 1, MAX_PRECISION); break;
    case BINARY_MULTIPLY:
        scale = (unsigned)(a.scale + b.scale);
        precision = min_of((unsigned)(a.precision + b.precision), MAX_PRECISION);
        if (scale > MAX_PRECISION)
            return FAIL(
                ctx, SEMANTIC,
                STR_ARG(str_printf(ctx->arena,
                                   "Return scale(%u) exceeds maximum value(%d), please cast "
                                   "decimal type to low-precision one",
                                   scale, MAX_PRECISION)));
        break;
    case BINARY_MODULO:
        if (max_of(a.precision, b.precision) <= DECIMAL64_PRECISION)
            precision = DECIMAL64_PRECISION;
        break;
    default:  // BINARY_DIVIDE
        scale = typing_divide_scale(a.scale);
        if (scale + b.scale > MAX_PRECISION)
            return FAIL(
                ctx, SEMANTIC,
                STR_ARG(str_printf(ctx->arena,
                                   "Dividend fails to adjust scale to %u that exceeds maximum "
                                   "value(%d)",
                                   scale + b.scale, MAX_PRECISION)));
    }
    *out = (Arithmetic){a, b, typing_decimal(precision, scale)};
    return RC_OK;
}

static TypeKind wider_kind(TypeKind a, TypeKind b)
{
    if (a == TYPE_DOUBLE || b == TYPE_DOUBLE) return TYPE_DOUBLE;
    if (a == TYPE_DECIMAL || b == TYPE_DECIMAL) return TYPE_DECIMAL;
    return a > b ? a : b;
}

static Rc no_operator(Ctx *ctx, BinaryOp op, Type a, Type b)
{
    static const char *const NAMES[BINARY_COUNT] = {
        [BINARY_ADD] = "add",
        [BINARY_SUBTRACT] = "subtract",
        [BINARY_MULTIPLY] = "multiply",
        [BINARY_DIVIDE] = "divide",
        [BINARY_MODULO] = "mod",
        [BINARY_INT_DIVIDE] = "int_divide",
        [BINARY_BIT_AND] = "bitand",
        [BINARY_BIT_OR] = "bitor",
        [BINARY_BIT_XOR] = "bitxor",
        [BINARY_SHIFT_LEFT] = "bitShiftLeft",
        [BINARY_SHIFT_RIGHT] = "bitShiftRight",
        [BINARY_SHIFT_RIGHT_LOGICAL] = "bitShiftRightLogical",
    };
    return SAY(ctx, SEMANTIC, "No matching function '%s' with operand types %.*s and %.*s",
               NAMES[op] ? NAMES[op] : "operator", STR_ARG(typing_text(ctx->arena, a)),
               STR_ARG(typing_text(ctx->arena, b)));
}

Rc typing_arithmetic(Ctx *ctx, BinaryOp op, Type a, Type b, Arithmetic *out)
{
    TypeKind left = number_kind(a), right = number_kind(b);
    if (left == TYPE_COUNT || right == TYPE_COUNT) return no_operator(ctx, op, a, b);
    TypeKind common = wider_kind(left, right);
    TypeKind result;
    switch (op) {
    case BINARY_ADD:
    case BINARY_SUBTRACT:
    case BINARY_MULTIPLY:
    case BINARY_DIVIDE:
    case BINARY_MODULO:
        if (common == TYPE_DECIMAL) return decimal_arithmetic(ctx, op, a, b, out);
        result = common;
        if (op == BINARY_DIVIDE)
            result = TYPE_DOUBLE;
        else if (op != BINARY_MODULO)
            result = wider_integer(common);
        break;
    case BINARY_INT_DIVIDE:
    case BINARY_BIT_AND:
    case BINARY_BIT_OR:
    case BINARY_BIT_XOR: result = type_is_integer(common) ? common : TYPE_BIGINT; break;
    case BINARY_SHIFT_LEFT:
    case BINARY_SHIFT_RIGHT:
    case BINARY_SHIFT_RIGHT_LOGICAL:
        result = type_is_integer(left) ? left : TYPE_BIGINT;
        *out = (Arithmetic){typing_of(result), typing_of(TYPE_BIGINT), typing_of(result)};
        return RC_OK;
    default: return no_operator(ctx, op, a, b);
    }
    *out = (Arithmetic){typing_of(result), typing_of(result), typing_of(result)};
    return RC_OK;
}

// ----------------------------------------------------------------------------------------- casts

bool typing_can_cast(Type from, Type to)
{
    if (to.kind == TYPE_TIME) return false;
    if (from.kind == TYPE_NULL) return true;
    if (!is_plain(from.kind) || !is_plain(to.kind)) return from.kind == to.kind && !from.parts;
    if (from.kind == to.kind) return true;
    if (from.kind == TYPE_VARBINARY || to.kind == TYPE_VARBINARY)
        return type_is_text(from.kind) || type_is_text(to.kind);
    if (from.kind == TYPE_TIME) return type_is_text(to.kind) || to.kind == TYPE_DOUBLE;
    return true;
}

static int integer_distance(Type from, Type to)
{
    if (type_is_integer(to.kind)) {
        if (to.kind > from.kind) return (int)to.kind - (int)from.kind;
        return 12 + (int)from.kind - (int)to.kind;
    }
    switch (to.kind) {
    case TYPE_DECIMAL: return 7;
    case TYPE_DOUBLE: return 8;
    case TYPE_FLOAT: return 11;
    case TYPE_VARCHAR: return 40;
    case TYPE_DATETIME: return 60;
    case TYPE_DATE: return 61;
    default: return from.kind == TYPE_BOOLEAN || to.kind != TYPE_BOOLEAN ? 70 : 20;
    }
}

int typing_distance(Type from, Type to)
{
    if (from.kind == to.kind || from.kind == TYPE_NULL) return 0;
    if (!typing_can_cast(from, to)) return -1;
    if (from.kind == TYPE_CHAR && to.kind == TYPE_VARCHAR) return 0;
    if (from.kind == TYPE_BOOLEAN || type_is_integer(from.kind)) return integer_distance(from, to);
    switch (from.kind) {
    case TYPE_FLOAT:
    case TYPE_DOUBLE:
    case TYPE_DECIMAL:
        if (is_float(to.kind)) return to.kind == TYPE_DOUBLE ? 1 : 15;
        if (type_is_integer(to.kind)) return 30 - (int)to.kind;
        return type_is_text(to.kind) ? 40 : 60;
    case TYPE_DATE:
    case TYPE_DATETIME:
        if (is_date(to.kind)) return to.kind == TYPE_DATETIME ? 1 : 5;
        return type_is_text(to.kind) ? 20 : 50;
    case TYPE_TIME: return to.kind == TYPE_DOUBLE ? 2 : 20;
    default: break;  // text, VARBINARY
    }
    if (is_float(to.kind)) return to.kind == TYPE_DOUBLE ? 20 : 24;
    if (is_date(to.kind)) return to.kind == TYPE_DATETIME ? 18 : 19;
    if (to.kind == TYPE_VARBINARY || type_is_text(to.kind)) return 5;
    return 40 - (int)to.kind;
}
