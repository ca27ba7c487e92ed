/*
 * plan/expr_operator: arithmetic, comparison and logic, spelt for the engine.
 *
 * StarRocks' operators differ from the engine's in silence: || is OR, ^ is XOR, / of DECIMALs keeps
 * a scale, operands are widened before they are added, texts and dates meet numbers by fixed rules.
 * Source  ExpressionAnalyzer; ArithmeticExpr; what the engine does: see tests/sql/select/operators.
 * Errors  SEMANTIC with StarRocks' texts, NOT_SUPPORTED by name.   Threads  pure.
 */
#include "base/vec.h"
#include "plan/expr_nested.h"
#include "sql/sql.h"

static TypedExpr joined(const TypedExpr *a, const TypedExpr *b, Type type, Str sql)
{
    TypedExpr out = expr_rewrite(a, type, sql);
    expr_inherit(&out, b);
    return out;
}

// ------------------------------------------------------------------------------------ arithmetic

static Str infix(Arena *arena, const TypedExpr *a, const char *op, const TypedExpr *b)
{
    return str_printf(arena, "(%.*s %s %.*s)", STR_ARG(a->sql), op, STR_ARG(b->sql));
}

static bool is_exact_number(TypeKind kind)
{
    return kind == TYPE_NULL || kind == TYPE_BOOLEAN || type_is_integer(kind) ||
           kind == TYPE_DECIMAL;
}

static bool is_decimal_pair(Type a, Type b)
{
    return is_exact_number(a.kind) && is_exact_number(b.kind) &&
           (a.kind == TYPE_DECIMAL || b.kind == TYPE_DECIMAL);
}

// The value as a whole number of 10^-scale, as HUGEINT. The parts are taken apart so that no step
// is wider than 38 digits.
static Str unscaled(Arena *arena, const TypedExpr *value)
{
    unsigned scale = value->type.scale;
    if (scale == 0) return str_printf(arena, "CAST(%.*s AS HUGEINT)", STR_ARG(value->sql));
    Str unit = str_printf(arena, "1%0*d", (int)scale, 0);
    if (value->type.precision + scale + 1 <= TYPE_DECIMAL_MAX_PRECISION)
        return str_printf(arena, "CAST(%.*s * %.*s::DECIMAL(%u,0) AS HUGEINT)", STR_ARG(value->sql),
                          STR_ARG(unit), scale + 1);
    return str_printf(arena, "kg_unscaled(CAST(%.*s AS VARCHAR))", STR_ARG(value->sql));
}

Str expr_decimal_quotient(Arena *arena, const TypedExpr *a, const TypedExpr *b, Type result)
{
    unsigned shift = result.scale + (unsigned)b->type.scale - (unsigned)a->type.scale;
    Str left = unscaled(arena, a), right = unscaled(arena, b);
    Buf buf = buf_new(arena);
    buf_printf(&buf, "CAST(CAST(kg_decimal_divide(%.*s, %.*s, %u) AS DECIMAL(38,0))", STR_ARG(left),
               STR_ARG(right), shift);
    if (result.scale > 0)
        buf_printf(&buf, " * '0.%0*d'::DECIMAL(%u,%u)", (int)result.scale, 1, result.scale,
                   result.scale);
    buf_printf(&buf, " AS DECIMAL(%u,%u))", result.precision, result.scale);
    return buf_str(&buf);
}

static Str decimal_infix(Arena *arena, const char *op, const TypedExpr *a, const TypedExpr *b,
                         Type result)
{
    Str engine = scan_engine_type(arena, result);
    return str_printf(arena, "CAST(%.*s %s %.*s AS %.*s)", STR_ARG(a->sql), op, STR_ARG(b->sql),
                      STR_ARG(engine));
}

static Rc decimal_operation(Ctx *ctx, BinaryOp op, const TypedExpr *a, const TypedExpr *b,
                            TypedExpr *out)
{
    static const char *const SIGNS[BINARY_COUNT] = {[BINARY_ADD] = "+",
                                                    [BINARY_SUBTRACT] = "-",
                                                    [BINARY_MULTIPLY] = "*",
                                                    [BINARY_MODULO] = "%"};
    Arithmetic types;
    BinaryOp rule = op == BINARY_INT_DIVIDE ? BINARY_DIVIDE : op;
    TRY(typing_arithmetic(ctx, rule, a->type, b->type, &types));
    TypedExpr left, right;
    TRY(expr_convert(ctx, a, types.left, &left));
    TRY(expr_convert(ctx, b, types.right, &right));
    Str sql = rule == BINARY_DIVIDE
                  ? expr_decimal_quotient(ctx->arena, &left, &right, types.result)
                  : decimal_infix(ctx->arena, SIGNS[op], &left, &right, types.result);
    *out = joined(a, b, types.result, sql);
    if (op != BINARY_INT_DIVIDE) return RC_OK;
    TypedExpr quotient = *out;
    return expr_convert(ctx, &quotient, typing_of(TYPE_BIGINT), out);
}

Rc expr_arithmetic(Ctx *ctx, BinaryOp op, const TypedExpr *a, const TypedExpr *b, TypedExpr *out)
{
    static const char *const SIGNS[BINARY_COUNT] = {
        [BINARY_ADD] = "+",         [BINARY_SUBTRACT] = "-", [BINARY_MULTIPLY] = "*",
        [BINARY_DIVIDE] = "/",      [BINARY_MODULO] = "%",   [BINARY_INT_DIVIDE] = "//",
        [BINARY_BIT_AND] = "&",     [BINARY_BIT_OR] = "|",   [BINARY_SHIFT_LEFT] = "<<",
        [BINARY_SHIFT_RIGHT] = ">>"};
    bool keeps_decimal = op == BINARY_ADD || op == BINARY_SUBTRACT || op == BINARY_MULTIPLY ||
                         op == BINARY_DIVIDE || op == BINARY_MODULO || op == BINARY_INT_DIVIDE;
    if (keeps_decimal && is_decimal_pair(a->type, b->type))
        return decimal_operation(ctx, op, a, b, out);

    Arithmetic types;
    TRY(typing_arithmetic(ctx, op, a->type, b->type, &types));
    TypedExpr left, right;
    TRY(expr_convert(ctx, a, types.left, &left));
    TRY(expr_convert(ctx, b, types.right, &right));
    Str sql;
    if (op == BINARY_BIT_XOR)
        sql = str_printf(ctx->arena, "xor(%.*s, %.*s)", STR_ARG(left.sql), STR_ARG(right.sql));
    else if (op == BINARY_SHIFT_RIGHT_LOGICAL)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("BITSHIFTRIGHTLOGICAL")));
    else
        sql = infix(ctx->arena, &left, SIGNS[op], &right);
    // The engine shifts by a number of the same type.
    if (op == BINARY_SHIFT_LEFT || op == BINARY_SHIFT_RIGHT)
        sql = str_printf(ctx->arena, "CAST(CAST(%.*s AS BIGINT) %s %.*s AS %.*s)",
                         STR_ARG(left.sql), SIGNS[op], STR_ARG(right.sql),
                         STR_ARG(scan_engine_type(ctx->arena, types.result)));
    *out = joined(a, b, types.result, sql);
    return RC_OK;
}

static Rc bind_arithmetic(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const Expr *left = expr->binary.left, *right = expr->binary.right;
    BinaryOp op = expr->binary.op;
    bool is_sum = op == BINARY_ADD || op == BINARY_SUBTRACT;
    if (is_sum && left->kind == EXPR_INTERVAL && op == BINARY_ADD) {
        const Expr *swap = left;
        left = right;
        right = swap;
    }
    TypedExpr a, b;
    TRY(expr_bind(ctx, binder, left, &a));
    if (is_sum && right->kind == EXPR_INTERVAL) {
        Interval by = {.unit = right->interval.unit, .sign = op == BINARY_ADD ? 1 : -1};
        TRY(expr_bind(ctx, binder, right->interval.arg, &by.count));
        return expr_add_interval(ctx, &a, &by, out);
    }
    TRY(expr_bind(ctx, binder, right, &b));
    return expr_arithmetic(ctx, op, &a, &b, out);
}

static Rc bind_unary(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const Expr *arg = expr->unary.arg;
    bool is_minus = expr->unary.op == UNARY_MINUS;
    if (is_minus && arg->kind == EXPR_LITERAL && arg->literal.kind >= LITERAL_INTEGER &&
        arg->literal.kind <= LITERAL_FLOAT)
        return literal_read(ctx, arg, true, out);
    TypedExpr bound;
    if (expr->unary.op == UNARY_NOT) {
        TRY(expr_bind_condition(ctx, binder, arg, &bound));
        // The engine's parser turns NOT (a = b) into a <> b, and then misses that it is a group.
        Str sql = str_printf(ctx->arena, binder->has_groups ? "(%.*s = false)" : "(NOT %.*s)",
                             STR_ARG(bound.sql));
        *out = expr_rewrite(&bound, bound.type, sql);
        return RC_OK;
    }
    TRY(expr_bind(ctx, binder, arg, &bound));
    if (is_minus) {
        TypedExpr minus_one = literal_make(ctx, typing_of(TYPE_TINYINT), STR("-1"));
        return expr_arithmetic(ctx, BINARY_MULTIPLY, &minus_one, &bound, out);
    }
    if (expr->unary.op == UNARY_PLUS) {
        *out = bound;
        return type_is_numeric(bound.type.kind)
                   ? RC_OK
                   : expr_convert(ctx, &bound, typing_of(TYPE_DOUBLE), out);
    }
    TypedExpr number;
    TRY(expr_convert(ctx, &bound, typing_of(TYPE_BIGINT), &number));
    *out =
        expr_rewrite(&number, number.type, str_printf(ctx->arena, "(~%.*s)", STR_ARG(number.sql)));
    return RC_OK;
}

// ------------------------------------------------------------------------------------ logic

// Chains are written flat: the engine bounds how deep an expression may nest.
static Rc bind_chain(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    BinaryOp op = expr->binary.op;
    VEC(const Expr *) operands = {0};
    const Expr *left = expr;
    for (; left->kind == EXPR_BINARY && left->binary.op == op; left = left->binary.left)
        vec_push(ctx->arena, &operands, left->binary.right);
    vec_push(ctx->arena, &operands, left);

    TypedExpr all = {.type = typing_of(TYPE_BOOLEAN)};
    Buf buf = buf_new(ctx->arena);
    buf_add_byte(&buf, '(');
    for (size_t i = operands.len; i-- > 0;) {
        TypedExpr bound;
        TRY(expr_bind_condition(ctx, binder, operands.at[i], &bound));
        expr_inherit(&all, &bound);
        if (i + 1 < operands.len) buf_add_z(&buf, op == BINARY_AND ? " AND " : " OR ");
        buf_add(&buf, bound.sql);
    }
    buf_add_byte(&buf, ')');
    *out = expr_rewrite(&all, all.type, buf_str(&buf));
    return RC_OK;
}

static Rc bind_xor(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr a, b;
    TRY(expr_bind_condition(ctx, binder, expr->binary.left, &a));
    TRY(expr_bind_condition(ctx, binder, expr->binary.right, &b));
    *out = joined(&a, &b, typing_of(TYPE_BOOLEAN), infix(ctx->arena, &a, "<>", &b));
    return RC_OK;
}

// ------------------------------------------------------------------------------------ comparison

static bool is_midnight(Ctx *ctx, const TypedExpr *expr)
{
    TypedExpr time;
    return literal_cast(ctx, expr, typing_of(TYPE_DATETIME), &time) && time.value.ptr != NULL &&
           str_ends(time.value, STR(" 00:00:00"));
}

// A DATE column beside a midnight is compared as a DATE, which the engine can look up in its
// statistics.
static void prefer_date(Ctx *ctx, const TypedExpr *a, const TypedExpr *b, Type *common)
{
    if (common->kind != TYPE_DATETIME) return;
    bool is_left = a->type.kind == TYPE_DATE && !a->is_literal && is_midnight(ctx, b);
    bool is_right = b->type.kind == TYPE_DATE && !b->is_literal && is_midnight(ctx, a);
    if (is_left || is_right) *common = typing_of(TYPE_DATE);
}

static Rc compare(Ctx *ctx, BinaryOp op, const TypedExpr *a, const TypedExpr *b, TypedExpr *out)
{
    static const char *const SIGNS[BINARY_COUNT] = {[BINARY_EQ] = "=",
                                                    [BINARY_NE] = "<>",
                                                    [BINARY_LT] = "<",
                                                    [BINARY_LE] = "<=",
                                                    [BINARY_GT] = ">",
                                                    [BINARY_GE] = ">=",
                                                    [BINARY_EQ_NULL] = "IS NOT DISTINCT FROM"};
    bool is_range = op == BINARY_LT || op == BINARY_LE || op == BINARY_GT || op == BINARY_GE;
    Type common;
    if (!typing_compare(ctx->arena, a->type, b->type, is_range, &common)) {
        Str text = str_printf(
            ctx->arena,
            "Column type %.*s does not support binary predicate operation with type %.*s",
            STR_ARG(typing_text(ctx->arena, a->type)), STR_ARG(typing_text(ctx->arena, b->type)));
        return FAIL(ctx, SEMANTIC, STR_ARG(text));
    }
    prefer_date(ctx, a, b, &common);
    TypedExpr left, right;
    TRY(expr_convert(ctx, a, common, &left));
    TRY(expr_convert(ctx, b, common, &right));
    if (common.kind > TYPE_VARBINARY) {
        Str sql;
        TRY(nested_compare(ctx, op, &left, &right, &sql));
        *out = joined(a, b, typing_of(TYPE_BOOLEAN), sql);
        return RC_OK;
    }
    *out = joined(a, b, typing_of(TYPE_BOOLEAN), infix(ctx->arena, &left, SIGNS[op], &right));
    return RC_OK;
}

static Rc bind_binary(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    BinaryOp op = expr->binary.op;
    if (op == BINARY_AND || op == BINARY_OR) return bind_chain(ctx, binder, expr, out);
    if (op == BINARY_XOR) return bind_xor(ctx, binder, expr, out);
    if (op > BINARY_EQ_NULL) return bind_arithmetic(ctx, binder, expr, out);
    TypedExpr a, b;
    TRY(expr_bind(ctx, binder, expr->binary.left, &a));
    TRY(expr_bind(ctx, binder, expr->binary.right, &b));
    return compare(ctx, op, &a, &b, out);
}

static Rc bind_is(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const char *no = expr->is.is_not ? "NOT " : "";
    TypedExpr arg;
    if (expr->is.what == IS_NULL) {
        TRY(expr_bind(ctx, binder, expr->is.arg, &arg));
        *out = expr_rewrite(&arg, typing_of(TYPE_BOOLEAN),
                            str_printf(ctx->arena, "(%.*s IS %sNULL)", STR_ARG(arg.sql), no));
        return RC_OK;
    }
    TRY(expr_bind_condition(ctx, binder, expr->is.arg, &arg));
    *out = expr_rewrite(&arg, arg.type,
                        str_printf(ctx->arena, "(%.*s IS %sDISTINCT FROM %s)", STR_ARG(arg.sql),
                                   expr->is.is_not ? "" : "NOT ",
                                   expr->is.what == IS_TRUE ? "true" : "false"));
    return RC_OK;
}

static Rc bind_all(Ctx *ctx, Binder *binder, const Expr *const *exprs, size_t count,
                   TypedExpr *bound)
{
    for (size_t i = 0; i < count; i++) TRY(expr_bind(ctx, binder, exprs[i], &bound[i]));
    return RC_OK;
}

// All operands in the type that they meet in.
static Rc convert_alike(Ctx *ctx, TypedExpr *bound, size_t count, bool is_between)
{
    Type *types = ARENA_ARRAY(ctx->arena, Type, count);
    for (size_t i = 0; i < count; i++) types[i] = bound[i].type;
    Type common;
    if (!typing_compare_all(ctx->arena, types, count, is_between, &common)) {
        Buf list = buf_new(ctx->arena);
        for (size_t i = 0; i < count; i++)
            buf_printf(&list, "%s%.*s", i ? "," : "", STR_ARG(typing_text(ctx->arena, types[i])));
        return SAY(ctx, SEMANTIC, "The input types (%.*s) of %s predict are not compatible",
                   STR_ARG(buf_str(&list)), is_between ? "between" : "in");
    }
    bool keeps_date = types[0].kind == TYPE_DATE && common.kind == TYPE_DATETIME;
    for (size_t i = 1; i < count; i++) keeps_date = keeps_date && is_midnight(ctx, &bound[i]);
    if (keeps_date) common = typing_of(TYPE_DATE);
    for (size_t i = 0; i < count; i++) {
        TypedExpr from = bound[i];
        TRY(expr_convert(ctx, &from, common, &bound[i]));
    }
    return RC_OK;
}

static Rc bind_between(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const Expr *exprs[3] = {expr->between.arg, expr->between.low, expr->between.high};
    TypedExpr bound[3];
    TRY(bind_all(ctx, binder, exprs, 3, bound));
    TRY(convert_alike(ctx, bound, 3, true));
    Str sql = str_printf(ctx->arena, "(%.*s %sBETWEEN %.*s AND %.*s)", STR_ARG(bound[0].sql),
                         expr->between.is_not ? "NOT " : "", STR_ARG(bound[1].sql),
                         STR_ARG(bound[2].sql));
    *out = joined(&bound[0], &bound[1], typing_of(TYPE_BOOLEAN), sql);
    expr_inherit(out, &bound[2]);
    return RC_OK;
}

// (a, b) = (c, d), written out: the engine's own comparison of rows takes NULL for a value.
static Rc bind_row_equal(Ctx *ctx, Binder *binder, const Expr *left, const Expr *right,
                         TypedExpr *out)
{
    if (right->kind != EXPR_ROW || right->row.count != left->row.count)
        return FAIL(ctx, SEMANTIC,
                    STR_ARG(STR("Rows on both sides of IN must have the same number of values")));
    TypedExpr all = {.type = typing_of(TYPE_BOOLEAN)};
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < left->row.count; i++) {
        TypedExpr a, b, equal;
        TRY(expr_bind(ctx, binder, left->row.at[i], &a));
        TRY(expr_bind(ctx, binder, right->row.at[i], &b));
        TRY(compare(ctx, BINARY_EQ, &a, &b, &equal));
        expr_inherit(&all, &equal);
        buf_printf(&buf, "%s%.*s", i ? " AND " : "(", STR_ARG(equal.sql));
    }
    buf_add_byte(&buf, ')');
    *out = expr_rewrite(&all, all.type, buf_str(&buf));
    return RC_OK;
}

static Rc bind_row_in(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr all = {.type = typing_of(TYPE_BOOLEAN)};
    Buf buf = buf_new(ctx->arena);
    buf_add_z(&buf, expr->in.is_not ? "(NOT (" : "((");
    for (size_t i = 0; i < expr->in.list.count; i++) {
        TypedExpr equal;
        TRY(bind_row_equal(ctx, binder, expr->in.arg, expr->in.list.at[i], &equal));
        expr_inherit(&all, &equal);
        buf_printf(&buf, "%s%.*s", i ? " OR " : "", STR_ARG(equal.sql));
    }
    buf_add_z(&buf, "))");
    *out = expr_rewrite(&all, all.type, buf_str(&buf));
    return RC_OK;
}

static Rc bind_in(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    if (expr->in.arg->kind == EXPR_ROW) return bind_row_in(ctx, binder, expr, out);
    size_t count = expr->in.list.count + 1;
    TypedExpr *bound = ARENA_ARRAY(ctx->arena, TypedExpr, count);
    TRY(expr_bind(ctx, binder, expr->in.arg, &bound[0]));
    TRY(bind_all(ctx, binder, (const Expr *const *)expr->in.list.at, count - 1, bound + 1));
    TRY(convert_alike(ctx, bound, count, false));
    TypedExpr all = {.type = typing_of(TYPE_BOOLEAN)};
    Buf buf = buf_new(ctx->arena);
    buf_printf(&buf, "(%.*s %sIN (", STR_ARG(bound[0].sql), expr->in.is_not ? "NOT " : "");
    for (size_t i = 0; i < count; i++) {
        expr_inherit(&all, &bound[i]);
        if (i > 0) buf_printf(&buf, "%s%.*s", i > 1 ? ", " : "", STR_ARG(bound[i].sql));
    }
    buf_add_z(&buf, "))");
    *out = expr_rewrite(&all, all.type, buf_str(&buf));
    return RC_OK;
}

// ------------------------------------------------------------------------------------ LIKE

static Rc check_text(Ctx *ctx, const Expr *expr, const TypedExpr *operand, const char *side)
{
    if (type_is_text(operand->type.kind) || operand->type.kind == TYPE_NULL) return RC_OK;
    Str text = str_printf(ctx->arena, "%s operand of %s must be of type STRING: %.*s", side,
                          expr->like.kind == LIKE_REGEXP ? "REGEXP" : "LIKE",
                          STR_ARG(sql_expr_title(ctx->arena, expr)));
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
}

static Rc bind_like(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr arg, pattern, escape = literal_make(ctx, typing_of(TYPE_VARCHAR), STR("\\"));
    TRY(expr_bind(ctx, binder, expr->like.arg, &arg));
    TRY(expr_bind(ctx, binder, expr->like.pattern, &pattern));
    TRY(check_text(ctx, expr, &arg, "left"));
    TRY(check_text(ctx, expr, &pattern, "right"));
    if (expr->like.escape != NULL) TRY(expr_bind(ctx, binder, expr->like.escape, &escape));
    TypedExpr text, like;
    TRY(expr_convert(ctx, &arg, typing_of(TYPE_VARCHAR), &text));
    TRY(expr_convert(ctx, &pattern, typing_of(TYPE_VARCHAR), &like));
    Buf buf = buf_new(ctx->arena);
    buf_add_z(&buf, expr->like.is_not ? "(NOT " : "(");
    if (expr->like.kind == LIKE_REGEXP) {
        buf_printf(&buf, "regexp_matches(%.*s, %.*s)", STR_ARG(text.sql), STR_ARG(like.sql));
    } else {
        buf_printf(&buf, "%.*s LIKE %.*s", STR_ARG(text.sql), STR_ARG(like.sql));
        // Without an escape sign in sight the engine knows faster ways.
        bool is_plain =
            expr->like.escape == NULL && like.is_literal && !str_contains(like.value, '\\');
        if (!is_plain) buf_printf(&buf, " ESCAPE %.*s", STR_ARG(escape.sql));
    }
    buf_add_byte(&buf, ')');
    *out = joined(&text, &like, typing_of(TYPE_BOOLEAN), buf_str(&buf));
    return RC_OK;
}

Rc expr_bind_operator(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    switch (expr->kind) {
    case EXPR_UNARY: return bind_unary(ctx, binder, expr, out);
    case EXPR_BINARY: return bind_binary(ctx, binder, expr, out);
    case EXPR_IS: return bind_is(ctx, binder, expr, out);
    case EXPR_BETWEEN: return bind_between(ctx, binder, expr, out);
    case EXPR_IN: return bind_in(ctx, binder, expr, out);
    case EXPR_LIKE: return bind_like(ctx, binder, expr, out);
    default: must(!"an operator"); return RC_BUG;
    }
}
