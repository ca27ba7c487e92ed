/*
 * plan/expr_subquery: queries inside expressions, correlated or not.
 *
 * Relations have names of their own all over the statement, so a column of a query around is simply
 * named; the engine takes the correlation apart. What the subquery reads of this query's columns
 * counts for GROUP BY like any other use. Source  StarRocks ExpressionAnalyzer.   Errors  SEMANTIC,
 * NOT_SUPPORTED.   Threads  pure.
 */
#include "plan/query_bind.h"
#include "sql/sql.h"

static bool is_grouped_by(const Binder *binder, const Field *field)
{
    for (size_t i = 0; i < binder->group_count; i++)
        if (str_eq(binder->groups[i], field->sql)) return true;
    return false;
}

static Rc bind_inner(Ctx *ctx, Binder *binder, const Query *query, BoundQuery *out, TypedExpr *all)
{
    TRY(expr_check_stored(ctx, binder, "subqueries"));
    // The inner query's scope hangs below one that only collects what it reads from here on.
    Scope *gate = scope_new(ctx->arena, binder->scope);
    TRY(query_bind(ctx, query, gate, out));
    all->traits |= TRAIT_SUBQUERY;
    for (size_t i = 0; i < gate->outer.len; i++) {
        const Field *field = gate->outer.at[i];
        if (!scope_owns(binder->scope, field)) continue;
        if (all->loose == NULL && !is_grouped_by(binder, field)) all->loose = field;
    }
    return RC_OK;
}

static Rc check_one_column(Ctx *ctx, const Expr *expr, const BoundQuery *query)
{
    if (query->column_count == 1) return RC_OK;
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC,
                   STR_ARG(STR("Subquery must return a single column when used in an expression")));
}

static Rc bind_scalar(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    BoundQuery query;
    TypedExpr all = {0};
    TRY(bind_inner(ctx, binder, expr->query, &query, &all));
    TRY(check_one_column(ctx, expr, &query));
    *out = expr_rewrite(&all, query.columns[0].type,
                        str_printf(ctx->arena, "(%.*s)", STR_ARG(query.sql)));
    return RC_OK;
}

static Rc bind_exists(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    BoundQuery query;
    TypedExpr all = {0};
    TRY(bind_inner(ctx, binder, expr->query, &query, &all));
    *out = expr_rewrite(&all, typing_of(TYPE_BOOLEAN),
                        str_printf(ctx->arena, "EXISTS (%.*s)", STR_ARG(query.sql)));
    return RC_OK;
}

// x IN (SELECT ..), (a, b) IN (SELECT ..): both sides in the types that they meet in.
static Rc bind_in(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    Expr *const single[] = {expr->in.arg};
    bool is_row = expr->in.arg->kind == EXPR_ROW;
    size_t count = is_row ? expr->in.arg->row.count : 1;
    Expr *const *left = is_row ? expr->in.arg->row.at : single;
    BoundQuery query;
    TypedExpr all = {0};
    TypedExpr *bound = ARENA_ARRAY(ctx->arena, TypedExpr, count);
    Type *types = ARENA_ARRAY(ctx->arena, Type, count);
    for (size_t i = 0; i < count; i++) TRY(expr_bind(ctx, binder, left[i], &bound[i]));
    TRY(bind_inner(ctx, binder, expr->in.query, &query, &all));
    if (query.column_count != count) {
        if (!is_row) return check_one_column(ctx, expr, &query);
        return FAIL_AT(
            ctx, expr->pos.line, expr->pos.column, SEMANTIC,
            STR_ARG(STR(
                "subquery must return the same number of columns as provided by the IN predicate")));
    }
    Buf keys = buf_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        Type pair[2] = {bound[i].type, query.columns[i].type};
        if (!typing_compare_all(ctx->arena, pair, 2, false, &types[i]))
            return SAY(ctx, SEMANTIC, "in predicate type %.*s with type %.*s is invalid",
                       STR_ARG(typing_text(ctx->arena, pair[0])),
                       STR_ARG(typing_text(ctx->arena, pair[1])));
        TypedExpr key;
        TRY(expr_convert(ctx, &bound[i], types[i], &key));
        expr_inherit(&all, &key);
        buf_printf(&keys, "%s%.*s", i ? ", " : "", STR_ARG(key.sql));
    }
    TRY(query_convert(ctx, binder->scope->planner, &query, types));
    Str sql =
        str_printf(ctx->arena, is_row ? "((%.*s) %sIN (%.*s))" : "(%.*s %sIN (%.*s))",
                   STR_ARG(buf_str(&keys)), expr->in.is_not ? "NOT " : "", STR_ARG(query.sql));
    *out = expr_rewrite(&all, typing_of(TYPE_BOOLEAN), sql);
    return RC_OK;
}

Rc expr_bind_subquery(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    if (binder->is_in_lambda)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("subqueries in lambda functions")));
    if (expr->kind == EXPR_IN) return bind_in(ctx, binder, expr, out);
    if (expr->kind == EXPR_EXISTS) return bind_exists(ctx, binder, expr, out);
    return bind_scalar(ctx, binder, expr, out);
}
