/*
 * plan/expr_lambda: functions that take lambdas: array_map(x -> x + 1, a) and its like.
 *
 * The parameters are columns of a scope laid over the query's own; in the engine's text the lambda
 * of depth n has the variable l<n>, so that equal calls have equal texts. Several arrays are walked
 * as one list of rows.
 * Source  StarRocks' LambdaArgument, ArrayMapExpr, MapApplyExpr, rewrites of array_filter,
 * any_match and all_match. Errors  SEMANTIC, NOT_SUPPORTED.   Threads  pure.
 */
#include "plan/expr_call.h"
#include "plan/expr_nested.h"
#include "plan/hoist.h"
#include "sql/sql.h"

typedef enum LambdaKind {
    LAMBDA_MAP,
    LAMBDA_FILTER,
    LAMBDA_ANY,
    LAMBDA_ALL,
    LAMBDA_MAP_FILTER,  // from here on of a MAP, with (key, value)
    LAMBDA_MAP_KEYS,
    LAMBDA_MAP_VALUES,
} LambdaKind;

static const struct {
    const char *name;
    LambdaKind kind;
} FUNCTIONS[] = {
    {"array_map", LAMBDA_MAP},           {"transform", LAMBDA_MAP},
    {"array_filter", LAMBDA_FILTER},     {"any_match", LAMBDA_ANY},
    {"all_match", LAMBDA_ALL},           {"map_filter", LAMBDA_MAP_FILTER},
    {"transform_keys", LAMBDA_MAP_KEYS}, {"transform_values", LAMBDA_MAP_VALUES},
};

typedef struct Draft {
    const Expr *expr;
    const Expr *lambda;
    LambdaKind kind;
    TypedExpr *args;  // all but the lambda
    size_t count;
    Str variable;
    Str list;  // what the engine walks
    Str *params;
    TypedExpr body;
} Draft;

static bool find_kind(Str name, LambdaKind *out)
{
    for (size_t i = 0; i < COUNT_OF(FUNCTIONS); i++) {
        if (!str_eq_nocase(name, str_from(FUNCTIONS[i].name))) continue;
        *out = FUNCTIONS[i].kind;
        return true;
    }
    return false;
}

static Rc bad_call(Ctx *ctx, const Draft *draft, const char *why)
{
    Str name = str_lower(ctx->arena, qname_last(draft->expr->call->name));
    Str text = str_printf(ctx->arena, "%.*s: %s", STR_ARG(name), why);
    return FAIL_AT(ctx, draft->expr->pos.line, draft->expr->pos.column, SEMANTIC, STR_ARG(text));
}

// The arguments beside the lambda, which is the first or the last.
static Rc bind_others(Ctx *ctx, Binder *binder, Draft *draft)
{
    const ExprList *list = &draft->expr->call->args;
    size_t at = list->at[0]->kind == EXPR_LAMBDA ? 0 : list->count - 1;
    bool is_of_map = draft->kind >= LAMBDA_MAP_FILTER;
    if (list->count < 2 || list->at[at]->kind != EXPR_LAMBDA)
        return bad_call(ctx, draft, "one lambda function is wanted, first or last");
    draft->lambda = list->at[at];
    draft->args = ARENA_ARRAY(ctx->arena, TypedExpr, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (i == at) continue;
        TypedExpr *arg = &draft->args[draft->count++];
        TRY(expr_bind(ctx, binder, list->at[i], arg));
        TypedExpr null = *arg;
        Type wanted = is_of_map ? type_map(ctx->arena, null.type, null.type)
                                : type_array(ctx->arena, null.type);
        if (arg->type.kind == TYPE_NULL) TRY(expr_convert(ctx, &null, wanted, arg));
        if (arg->type.kind != wanted.kind)
            return bad_call(ctx, draft, is_of_map ? "a map is wanted" : "arrays are wanted");
    }
    if (is_of_map && draft->count != 1) return bad_call(ctx, draft, "one map is wanted");
    if (draft->lambda->lambda.params.count == (is_of_map ? 2 : draft->count)) return RC_OK;
    return bad_call(ctx, draft, "the lambda function's arguments are not as many as its inputs");
}

// What is walked, and what each parameter is of an item of it.
static void choose_list(Ctx *ctx, Draft *draft)
{
    bool is_of_map = draft->kind >= LAMBDA_MAP_FILTER;
    size_t count = is_of_map ? 2 : draft->count;
    draft->params = ARENA_ARRAY(ctx->arena, Str, count);
    if (is_of_map) {
        draft->list = str_printf(ctx->arena, "map_entries(%.*s)", STR_ARG(draft->args[0].sql));
        draft->params[0] = nested_field(ctx, draft->variable, STR("key"));
        draft->params[1] = nested_field(ctx, draft->variable, STR("value"));
        return;
    }
    draft->list = draft->args[0].sql;
    draft->params[0] = draft->variable;
    if (count == 1) return;
    Buf list = buf_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        buf_printf(&list, "%s%.*s", i ? ", " : "list_zip(", STR_ARG(draft->args[i].sql));
        draft->params[i] = str_printf(ctx->arena, "%.*s[%zu]", STR_ARG(draft->variable), i + 1);
    }
    buf_add_byte(&list, ')');
    draft->list = buf_str(&list);
}

// The scope of the body: the parameters hide columns of their names.
static Scope *body_scope(Ctx *ctx, const Draft *draft, const Scope *around)
{
    const NameList *names = &draft->lambda->lambda.params;
    Scope *scope = ARENA_NEW(ctx->arena, Scope);
    *scope = *around;
    scope->lambda_depth++;
    scope->fields.at = NULL;
    scope->fields.len = scope->fields.cap = 0;
    for (size_t i = 0; i < around->fields.len; i++) {
        Field *field = around->fields.at[i];
        for (size_t k = 0; k < names->count; k++) {
            if (field->is_hidden || !str_eq_nocase(field->name, names->at[k].text)) continue;
            Field *hidden = ARENA_NEW(ctx->arena, Field);
            *hidden = *field;
            hidden->is_hidden = true;
            field = hidden;
        }
        vec_push(ctx->arena, &scope->fields, field);
    }
    for (size_t i = 0; i < names->count; i++) {
        bool is_of_map = draft->kind >= LAMBDA_MAP_FILTER;
        const TypedExpr *arg = &draft->args[is_of_map ? 0 : i];
        Field *param = ARENA_NEW(ctx->arena, Field);
        *param = (Field){.name = names->at[i].text,
                         .type = arg->type.parts->types[is_of_map ? i : 0],
                         .sql = draft->params[i],
                         .is_param = true};
        vec_push(ctx->arena, &scope->fields, param);
    }
    return scope;
}

static Rc bind_body(Ctx *ctx, Binder *binder, Draft *draft)
{
    Binder inner = *binder;
    const Expr *body = draft->lambda->lambda.body;
    inner.scope = body_scope(ctx, draft, binder->scope);
    inner.clause = "lambda function";
    inner.has_aggregates = inner.has_windows = false;
    inner.alias_rule = ALIAS_NONE;
    inner.is_in_lambda = true;
    bool is_condition = draft->kind != LAMBDA_MAP && draft->kind < LAMBDA_MAP_KEYS;
    Rc rc = is_condition ? expr_bind_condition(ctx, &inner, body, &draft->body)
                         : expr_bind(ctx, &inner, body, &draft->body);
    binder->scope->outer = inner.scope->outer;
    return rc;
}

static Str each(Ctx *ctx, const char *function, Str list, const Draft *draft, Str body)
{
    return str_printf(ctx->arena, "%s(%.*s, lambda %.*s: %.*s)", function, STR_ARG(list),
                      STR_ARG(draft->variable), STR_ARG(body));
}

// TRUE wins (ANY) or FALSE (ALL); else an unknown makes the answer unknown.
static Str match_sql(Ctx *ctx, const Draft *draft)
{
    Str list = each(ctx, "list_transform", draft->list, draft, draft->body.sql);
    const char *wins = draft->kind == LAMBDA_ANY ? "true" : "false";
    Hoist hoist = {0};
    hoist_force(ctx, &hoist, &list);
    Str sql =
        str_printf(ctx->arena,
                   "CASE WHEN list_contains(%.*s, %s) THEN %s WHEN len(list_filter(%.*s, "
                   "lambda m: m IS NULL)) > 0 THEN NULL WHEN %.*s IS NOT NULL THEN NOT %s END",
                   STR_ARG(list), wins, wins, STR_ARG(list), STR_ARG(list), wins);
    return hoist_finish(ctx, &hoist, sql);
}

static Str entry_sql(Ctx *ctx, const Draft *draft, bool is_key)
{
    Str body = str_printf(ctx->arena, "{'key': %.*s, 'value': %.*s}",
                          STR_ARG(is_key ? draft->body.sql : draft->params[0]),
                          STR_ARG(is_key ? draft->params[1] : draft->body.sql));
    return each(ctx, "list_transform", draft->list, draft, body);
}

static Str filter_sql(Ctx *ctx, const Draft *draft)
{
    Str list = each(ctx, "list_filter", draft->list, draft, draft->body.sql);
    if (draft->count == 1) return list;
    return each(ctx, "list_transform", list, draft, draft->params[0]);
}

static void make_answer(Ctx *ctx, const Draft *draft, Type *type, Str *sql)
{
    const TypeParts *parts = draft->args[0].type.parts;
    switch (draft->kind) {
    case LAMBDA_MAP:
        *type = type_array(ctx->arena, draft->body.type);
        *sql = each(ctx, "list_transform", draft->list, draft, draft->body.sql);
        return;
    case LAMBDA_FILTER:
        *type = draft->args[0].type;
        *sql = filter_sql(ctx, draft);
        return;
    case LAMBDA_ANY:
    case LAMBDA_ALL:
        *type = typing_of(TYPE_BOOLEAN);
        *sql = match_sql(ctx, draft);
        return;
    case LAMBDA_MAP_FILTER:
        *type = draft->args[0].type;
        *sql = str_printf(ctx->arena, "map_from_entries(%.*s)",
                          STR_ARG(each(ctx, "list_filter", draft->list, draft, draft->body.sql)));
        return;
    case LAMBDA_MAP_KEYS:
        *type = type_map(ctx->arena, draft->body.type, parts->types[1]);
        *sql = nested_distinct_map(ctx, entry_sql(ctx, draft, true));
        return;
    case LAMBDA_MAP_VALUES:
        *type = type_map(ctx->arena, parts->types[0], draft->body.type);
        *sql =
            str_printf(ctx->arena, "map_from_entries(%.*s)", STR_ARG(entry_sql(ctx, draft, false)));
        return;
    }
}

// Several arrays must be of one length, where none is NULL.
static Str guarded(Ctx *ctx, const Draft *draft, Str sql)
{
    if (draft->count < 2) return sql;
    Buf text = buf_new(ctx->arena);
    buf_add_z(&text, "CASE WHEN ");
    for (size_t i = 0; i < draft->count; i++)
        buf_printf(&text, "%s%.*s IS NULL", i ? " OR " : "", STR_ARG(draft->args[i].sql));
    buf_add_z(&text, " THEN NULL WHEN ");
    for (size_t i = 1; i < draft->count; i++)
        buf_printf(&text, "%slen(%.*s) <> len(%.*s)", i > 1 ? " OR " : "",
                   STR_ARG(draft->args[0].sql), STR_ARG(draft->args[i].sql));
    buf_printf(&text,
               " THEN kg_raise('COMMON', 'Input array element''s size is not equal in "
               "array_map().') ELSE %.*s END",
               STR_ARG(sql));
    return buf_str(&text);
}

static bool has_lambda(const ExprList *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i]->kind == EXPR_LAMBDA) return true;
    return false;
}

Rc expr_bind_lambda_call(Ctx *ctx, Binder *binder, const Expr *expr, bool *is_done, TypedExpr *out)
{
    Draft draft = {.expr = expr};
    *is_done = has_lambda(&expr->call->args);
    if (!*is_done) return RC_OK;
    Str name = qname_last(expr->call->name);
    if (!find_kind(name, &draft.kind))
        return SAY(ctx, NOT_SUPPORTED, "a lambda function in %.*s()",
                   STR_ARG(str_lower(ctx->arena, name)));
    TRY(bind_others(ctx, binder, &draft));
    draft.variable = str_printf(ctx->arena, "l%u", binder->scope->lambda_depth + 1);
    Hoist hoist = {0};
    TypedExpr all = {0};
    for (size_t i = 0; i < draft.count; i++) {
        expr_inherit(&all, &draft.args[i]);
        if (draft.count > 1) hoist_add(ctx, &hoist, &draft.args[i].sql);
    }
    choose_list(ctx, &draft);
    TRY(bind_body(ctx, binder, &draft));
    Type type = {0};
    Str sql = STR("");
    make_answer(ctx, &draft, &type, &sql);
    expr_inherit(&all, &draft.body);
    *out = expr_rewrite(&all, type, hoist_finish(ctx, &hoist, guarded(ctx, &draft, sql)));
    return RC_OK;
}
