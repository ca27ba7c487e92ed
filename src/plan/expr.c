/*
 * plan/expr: from the tree of an expression to its type and its text for the engine.
 *
 * Columns, CASE, casts and everything that is no operator, call or subquery. Text is built
 * bottom-up; whether a column may stand free beside GROUP BY is decided on the way
 * (TypedExpr.loose). Source  StarRocks ExpressionAnalyzer and SelectAnalyzer (where aliases count).
 * Errors  SEMANTIC with StarRocks' texts, NOT_SUPPORTED by name.   Threads  pure.
 */
#include "plan/expr_nested.h"
#include "plan/query_scope.h"
#include "sql/sql.h"

void expr_inherit(TypedExpr *to, const TypedExpr *from)
{
    to->traits |= from->traits;
    if (to->loose == NULL) to->loose = from->loose;
}

TypedExpr expr_rewrite(const TypedExpr *from, Type type, Str sql)
{
    TypedExpr out = {.type = type, .sql = sql, .traits = from->traits, .loose = from->loose};
    return out;
}

// --------------------------------------------------------------------------------------- columns

static Rc bind_alias(Ctx *ctx, const Binder *binder, Alias *alias, TypedExpr *out)
{
    Binder inner = *binder;
    inner.alias_rule = ALIAS_LAST;
    inner.own_alias = alias;
    alias->is_busy = true;
    Rc rc = expr_bind(ctx, &inner, alias->expr, out);
    alias->is_busy = false;
    return rc;
}

// The select item that bears this name; *is_found false: none. One name for two values is
// ambiguous.
static Rc find_alias(Ctx *ctx, Binder *binder, Str name, bool *is_found, TypedExpr *out)
{
    bool is_cycle = false;
    *is_found = false;
    for (size_t i = 0; i < binder->alias_count; i++) {
        Alias *alias = &binder->aliases[i];
        if (!str_eq_nocase(alias->name, name) || alias == binder->own_alias) continue;
        if (alias->is_column && binder->alias_rule == ALIAS_LAST) continue;
        is_cycle = is_cycle || alias->is_busy;
        if (alias->is_busy) continue;
        TypedExpr bound = {0};
        TRY(bind_alias(ctx, binder, alias, &bound));
        if (*is_found && !str_eq(bound.sql, out->sql))
            return FAIL(
                ctx, SEMANTIC,
                STR_ARG(str_printf(ctx->arena, "Column '%.*s' is ambiguous", STR_ARG(name))));
        *is_found = true;
        *out = bound;
    }
    if (!*is_found && is_cycle) return SAY(ctx, SEMANTIC, "Cyclic aliases: %.*s", STR_ARG(name));
    return RC_OK;
}

// Tell every query between here and the column's own that it reads a column of a query around.
static void note_outer(Ctx *ctx, Scope *scope, const Field *field)
{
    for (; !scope_owns(scope, field); scope = scope->parent)
        vec_push(ctx->arena, &scope->outer, field);
}

static Rc bind_column(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const QName *name = &expr->column;
    bool is_found = false;
    bool may_be_alias =
        name->count == 1 && !(binder->is_in_aggregate && binder->alias_rule == ALIAS_FIRST);
    if (may_be_alias && binder->alias_rule == ALIAS_FIRST) {
        TRY(find_alias(ctx, binder, name->parts[0], &is_found, out));
        if (is_found) return RC_OK;
    }
    const Field *field;
    TRY(scope_find(ctx, binder->scope, name, &field));
    if (field == NULL && may_be_alias && binder->alias_rule == ALIAS_LAST) {
        TRY(find_alias(ctx, binder, name->parts[0], &is_found, out));
        if (is_found) return RC_OK;
    }
    size_t known = name->count;
    while (field == NULL && known > 1) {
        QName shorter = {.parts = name->parts, .count = --known, .pos = name->pos};
        TRY(scope_find(ctx, binder->scope, &shorter, &field));
        if (field != NULL && field->type.kind != TYPE_STRUCT) field = NULL;
    }
    if (field == NULL) return scope_resolve(ctx, binder->scope, name, &field);
    bool is_outer = !scope_owns(binder->scope, field);
    if (is_outer) note_outer(ctx, binder->scope, field);
    TypedExpr value = field_use(field, is_outer);
    // t.s.a.b: what is no name of a column is one of a field.
    for (; known < name->count; known++) {
        TypedExpr from = value;
        TRY(expr_field(ctx, &from, name->parts[known], &value));
    }
    *out = value;
    return RC_OK;
}

// --------------------------------------------------------------------------------------- CASE

static Rc case_condition(Ctx *ctx, Binder *binder, const Expr *expr, const Expr *when,
                         TypedExpr *out)
{
    if (expr->cases.arg == NULL) return expr_bind_condition(ctx, binder, when, out);
    Expr equal = {.kind = EXPR_BINARY, .pos = when->pos};
    equal.binary.op = BINARY_EQ;
    equal.binary.left = expr->cases.arg;
    // The tree is only read here.
    equal.binary.right = (Expr *)(uintptr_t)when;
    return expr_bind(ctx, binder, &equal, out);
}

static Rc case_type(Ctx *ctx, const TypedExpr *values, size_t count, Type *out)
{
    Type common = values[0].type;
    for (size_t i = 1; i < count; i++) {
        if (typing_common(ctx->arena, common, values[i].type, &common)) continue;
        return SAY(ctx, SEMANTIC, "Failed to get compatible type for CaseWhen with %.*s and %.*s",
                   STR_ARG(typing_text(ctx->arena, values[i].type)),
                   STR_ARG(typing_text(ctx->arena, values[i - 1].type)));
    }
    *out = common;
    return RC_OK;
}

static Rc bind_case(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    size_t count = expr->cases.count;
    TypedExpr *whens = ARENA_ARRAY(ctx->arena, TypedExpr, count);
    TypedExpr *values = ARENA_ARRAY(ctx->arena, TypedExpr, count + 1);
    for (size_t i = 0; i < count; i++) {
        TRY(case_condition(ctx, binder, expr, expr->cases.whens[i].when, &whens[i]));
        TRY(expr_bind(ctx, binder, expr->cases.whens[i].then, &values[i]));
    }
    if (expr->cases.otherwise != NULL)
        TRY(expr_bind(ctx, binder, expr->cases.otherwise, &values[count]));
    else
        values[count] = literal_null(ctx, typing_of(TYPE_NULL));
    Type type;
    TRY(case_type(ctx, values, count + 1, &type));

    Buf buf = buf_new(ctx->arena);
    TypedExpr all = {.type = type};
    buf_add_z(&buf, "CASE");
    for (size_t i = 0; i <= count; i++) {
        TypedExpr value;
        TRY(expr_convert(ctx, &values[i], type, &value));
        expr_inherit(&all, &value);
        if (i < count) {
            expr_inherit(&all, &whens[i]);
            buf_printf(&buf, " WHEN %.*s THEN %.*s", STR_ARG(whens[i].sql), STR_ARG(value.sql));
        } else {
            buf_printf(&buf, " ELSE %.*s END", STR_ARG(value.sql));
        }
    }
    *out = expr_rewrite(&all, type, buf_str(&buf));
    return RC_OK;
}

// --------------------------------------------------------------------------------------- the rest

static Rc bind_cast(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr arg;
    TRY(expr_bind(ctx, binder, expr->cast.arg, &arg));
    Type type = expr->cast.type;
    if (!typing_can_cast(arg.type, type)) {
        if (type.kind == TYPE_TIME)
            return SAY(ctx, NOT_SUPPORTED, "CAST AS %s", type_name(type.kind));
        Str text = str_printf(ctx->arena, "Invalid type cast from %.*s to %.*s in sql `%.*s`",
                              STR_ARG(typing_text(ctx->arena, arg.type)),
                              STR_ARG(typing_text(ctx->arena, type)),
                              STR_ARG(sql_expr_title(ctx->arena, expr->cast.arg)));
        return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
    }
    return expr_cast(ctx, &arg, type, out);
}

static Rc bind_extract(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    CallExpr call = {.has_parens = true};
    Str name = str_lower(ctx->arena, str_from(time_unit_name(expr->extract.unit)));
    Expr *arg = expr->extract.arg;
    call.name = (QName){.parts = &name, .count = 1, .pos = expr->pos};
    call.args = (ExprList){.at = &arg, .count = 1};
    Expr as_call = {.kind = EXPR_CALL, .pos = expr->pos, .call = &call};
    return expr_bind_call(ctx, binder, &as_call, out);
}

static Rc not_here(Ctx *ctx, const Expr *expr, const char *what)
{
    Str text = str_printf(ctx->arena, "%s is not allowed here", what);
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
}

static Rc bind_kind(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    switch (expr->kind) {
    case EXPR_LITERAL: return literal_read(ctx, expr, false, out);
    case EXPR_COLUMN: return bind_column(ctx, binder, expr, out);
    case EXPR_UNARY:
    case EXPR_BINARY:
    case EXPR_IS:
    case EXPR_BETWEEN:
    case EXPR_LIKE: return expr_bind_operator(ctx, binder, expr, out);
    case EXPR_IN:
        if (expr->in.query == NULL) return expr_bind_operator(ctx, binder, expr, out);
        return expr_bind_subquery(ctx, binder, expr, out);
    case EXPR_EXISTS:
    case EXPR_SUBQUERY: return expr_bind_subquery(ctx, binder, expr, out);
    case EXPR_CASE: return bind_case(ctx, binder, expr, out);
    case EXPR_CAST: return bind_cast(ctx, binder, expr, out);
    case EXPR_CALL: return expr_bind_call(ctx, binder, expr, out);
    case EXPR_EXTRACT: return bind_extract(ctx, binder, expr, out);
    case EXPR_USER_VAR:
    case EXPR_SYSTEM_VAR: return expr_bind_variable(ctx, binder, expr, out);
    case EXPR_STAR: return not_here(ctx, expr, "*");
    case EXPR_INTERVAL: return not_here(ctx, expr, "INTERVAL");
    case EXPR_ROW: return not_here(ctx, expr, "A row of values");
    case EXPR_DEFAULT: return not_here(ctx, expr, "DEFAULT");
    case EXPR_ARRAY:
    case EXPR_MAP:
    case EXPR_SUBSCRIPT:
    case EXPR_FIELD:
    case EXPR_ARROW: return expr_bind_nested(ctx, binder, expr, out);
    case EXPR_LAMBDA: return not_here(ctx, expr, "A lambda function");
    }
    must(!"a kind of expression");
    return RC_BUG;
}

Rc expr_bind(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr bound = {0};
    TRY(bind_kind(ctx, binder, expr, &bound));
    for (size_t i = 0; i < binder->group_count && bound.loose != NULL; i++)
        if (str_eq(bound.sql, binder->groups[i])) bound.loose = NULL;
    *out = bound;
    return RC_OK;
}

Rc expr_bind_condition(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr bound;
    TRY(expr_bind(ctx, binder, expr, &bound));
    if (!typing_can_cast(bound.type, typing_of(TYPE_BOOLEAN)))
        return SAY(ctx, SEMANTIC, "%.*s can not be converted to boolean type.",
                   STR_ARG(sql_expr_title(ctx->arena, expr)));
    return expr_to_boolean(ctx, &bound, out);
}

// --------------------------------------------------------------------------------------- variables

Rc expr_check_stored(Ctx *ctx, const Binder *binder, const char *what)
{
    if (!binder->is_stored) return RC_OK;
    return SAY(ctx, SEMANTIC, "Generated Column don't support %s", what);
}

Rc expr_bind_variable(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TRY(expr_check_stored(ctx, binder, "variables"));
    const PlanEnv *env = binder->scope->planner->env;
    bool is_system = expr->kind == EXPR_SYSTEM_VAR;
    Str name = expr->variable.name, value = STR_NONE;
    Type type = typing_of(TYPE_VARCHAR);
    PlanVariable kind = !is_system                             ? PLAN_VARIABLE_USER
                        : expr->variable.scope == SCOPE_GLOBAL ? PLAN_VARIABLE_GLOBAL
                                                               : PLAN_VARIABLE_SESSION;
    bool is_known = env->variable != NULL && env->variable(env->handle, name, kind, &value, &type);
    if (!is_known && is_system) return FAIL(ctx, UNKNOWN_VARIABLE, STR_ARG(name));
    *out = is_known && value.ptr != NULL ? literal_make(ctx, type, value) : literal_null(ctx, type);
    return RC_OK;
}
