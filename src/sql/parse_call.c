/*
 * sql/parse_call: function calls with all that may hang on them, CASE, CAST, EXTRACT, INTERVAL,
 * variables.
 *
 * Source  StarRocks' grammar: functionCall, over, windowFrame, userVariable, systemVariable. Which
 *         functions exist and which of them take DISTINCT, ORDER BY or OVER is not known here.
 * Errors  SYNTAX, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

static uint32_t max_depth(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static uint32_t order_depth(OrderList list)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < list.count; i++) depth = max_depth(depth, list.at[i].expr->depth);
    return depth;
}

// frameBound = UNBOUNDED ( PRECEDING | FOLLOWING ) | CURRENT ROW | expr ( PRECEDING | FOLLOWING )
static Rc parse_bound(Parser *p, FrameBound *out)
{
    *out = (FrameBound){.kind = FRAME_CURRENT_ROW};
    if (accept_words(p, KW_CURRENT, KW_ROW)) return RC_OK;
    bool is_unbounded =
        at_words(p, KW_UNBOUNDED, KW_PRECEDING) || at_words(p, KW_UNBOUNDED, KW_FOLLOWING);
    if (is_unbounded) {
        advance(p);
    } else {
        TRY(parse_expr(p, &out->offset));
    }
    if (accept_word(p, KW_PRECEDING)) {
        out->kind = is_unbounded ? FRAME_UNBOUNDED_PRECEDING : FRAME_PRECEDING;
        return RC_OK;
    }
    out->kind = is_unbounded ? FRAME_UNBOUNDED_FOLLOWING : FRAME_FOLLOWING;
    if (accept_word(p, KW_FOLLOWING)) return RC_OK;
    return fail_unexpected(p, "'PRECEDING', 'FOLLOWING'");
}

// windowFrame = ( RANGE | ROWS ) ( bound | BETWEEN bound AND bound )
static Rc parse_frame(Parser *p, Window *window)
{
    window->is_rows = at_word(p, KW_ROWS);
    if (!window->is_rows && !at_word(p, KW_RANGE)) return RC_OK;
    advance(p);
    window->has_frame = true;
    window->end.kind = FRAME_CURRENT_ROW;
    if (!accept_word(p, KW_BETWEEN)) return parse_bound(p, &window->start);
    TRY(parse_bound(p, &window->start));
    TRY(expect_word(p, KW_AND));
    return parse_bound(p, &window->end);
}

// over = OVER '(' [ PARTITION BY expr { ',' expr } ] [ ORDER BY items ] [ windowFrame ] ')'
static Rc parse_over(Parser *p, Window **out)
{
    Window *window = ARENA_NEW(p->ctx->arena, Window);
    TRY(expect_op(p, '('));
    if (accept_word(p, KW_PARTITION)) {
        TRY(expect_word(p, KW_BY));
        TRY(parse_expr_list(p, &window->partition_by));
    }
    TRY(parse_order_by(p, &window->order_by));
    TRY(parse_frame(p, window));
    *out = window;
    return expect_op(p, ')');
}

static uint32_t window_depth(const Window *window)
{
    uint32_t depth = max_depth(list_depth(window->partition_by), order_depth(window->order_by));
    if (window->start.offset) depth = max_depth(depth, window->start.offset->depth);
    if (window->end.offset) depth = max_depth(depth, window->end.offset->depth);
    return depth;
}

static bool accept_ignore_nulls(Parser *p)
{
    return accept_words(p, KW_IGNORE, KW_NULLS);
}

static bool takes_unit(QName name)
{
    if (name.count != 1) return false;
    return str_eq_nocase(name.parts[0], STR("timestampdiff")) ||
           str_eq_nocase(name.parts[0], STR("timestampadd"));
}

// count(*): the star stands alone
static Rc parse_star_arg(Parser *p, CallExpr *call)
{
    Expr **star = ARENA_NEW(p->ctx->arena, Expr *);
    TRY(new_expr(p, EXPR_STAR, pos_of(p), 0, star));
    call->args = (ExprList){star, 1};
    advance(p);
    return RC_OK;
}

// args = [ '*' | [ DISTINCT | ALL ] [ unit ',' ] expr [ IGNORE NULLS ] { ',' expr }
//          [ ORDER BY items ] [ SEPARATOR expr ] ]
static Rc parse_args(Parser *p, CallExpr *call)
{
    VEC(Expr *) args = {0};
    if (at_op(p, ')')) return RC_OK;
    if (at_op(p, '*')) return parse_star_arg(p, call);
    call->is_distinct = accept_word(p, KW_DISTINCT);
    if (!call->is_distinct) (void)accept_word(p, KW_ALL);
    if (takes_unit(call->name)) {
        TRY(parse_unit(p, &call->unit));
        TRY(expect_op(p, ','));
    }
    do {
        Expr *arg;
        TRY(check_list(p, args.len));
        TRY(parse_expr(p, &arg));
        vec_push(p->ctx->arena, &args, arg);
        if (accept_ignore_nulls(p)) call->ignore_nulls = true;
    } while (accept_op(p, ','));
    call->args = (ExprList){args.at, args.len};
    TRY(parse_order_by(p, &call->order_by));
    if (accept_word(p, KW_SEPARATOR)) TRY(parse_expr(p, &call->separator));
    return RC_OK;
}

static bool at_paren_behind(const Parser *p)
{
    return p->ahead.kind == TOKEN_OP && p->ahead.op == '(';
}

// [ IGNORE NULLS ] [ FILTER '(' WHERE expr ')' ] [ over ]
static Rc parse_call_tail(Parser *p, CallExpr *call)
{
    if (accept_ignore_nulls(p)) call->ignore_nulls = true;
    if (at_word(p, KW_FILTER) && at_paren_behind(p)) {
        advance(p);
        advance(p);
        TRY(expect_word(p, KW_WHERE));
        TRY(parse_expr(p, &call->filter));
        TRY(expect_op(p, ')'));
    }
    return accept_word(p, KW_OVER) ? parse_over(p, &call->over) : RC_OK;
}

// functionCall = qualifiedName '(' args ')' tail
Rc parse_call(Parser *p, QName name, Expr **out)
{
    CallExpr *call = ARENA_NEW(p->ctx->arena, CallExpr);
    call->name = name;
    call->has_parens = true;
    bool was_alias = p->string_is_alias;
    p->string_is_alias = false;
    TRY(expect_op(p, '('));
    TRY(parse_args(p, call));
    TRY(expect_op(p, ')'));
    TRY(parse_call_tail(p, call));
    p->string_is_alias = was_alias;
    uint32_t depth = max_depth(list_depth(call->args), order_depth(call->order_by));
    if (call->separator) depth = max_depth(depth, call->separator->depth);
    if (call->filter) depth = max_depth(depth, call->filter->depth);
    if (call->over) depth = max_depth(depth, window_depth(call->over));
    TRY(new_expr(p, EXPR_CALL, name.pos, depth, out));
    (*out)->call = call;
    return RC_OK;
}

// CASE [ expr ] WHEN expr THEN expr { WHEN .. } [ ELSE expr ] END
Rc parse_case(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    VEC(WhenClause) whens = {0};
    Expr *arg = NULL, *otherwise = NULL;
    uint32_t depth = 0;
    advance(p);
    if (!at_word(p, KW_WHEN)) TRY(parse_expr(p, &arg));
    if (!at_word(p, KW_WHEN)) return fail_unexpected(p, "'WHEN'");
    while (accept_word(p, KW_WHEN)) {
        WhenClause when;
        TRY(check_list(p, whens.len));
        TRY(parse_expr(p, &when.when));
        TRY(expect_word(p, KW_THEN));
        TRY(parse_expr(p, &when.then));
        depth = max_depth(depth, max_depth(when.when->depth, when.then->depth));
        vec_push(p->ctx->arena, &whens, when);
    }
    if (accept_word(p, KW_ELSE)) TRY(parse_expr(p, &otherwise));
    TRY(expect_word(p, KW_END));
    if (arg) depth = max_depth(depth, arg->depth);
    if (otherwise) depth = max_depth(depth, otherwise->depth);
    TRY(new_expr(p, EXPR_CASE, pos, depth, out));
    (*out)->cases.arg = arg;
    (*out)->cases.whens = whens.at;
    (*out)->cases.count = whens.len;
    (*out)->cases.otherwise = otherwise;
    return RC_OK;
}

// CAST '(' expr AS type ')' | CONVERT '(' expr ',' type ')'
Rc parse_cast(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    bool is_convert = at_word(p, KW_CONVERT);
    Expr *arg;
    Type type;
    advance(p);
    TRY(expect_op(p, '('));
    TRY(parse_expr(p, &arg));
    if (is_convert && at_word(p, KW_USING)) return fail_unsupported(p, "CONVERT .. USING");
    TRY(is_convert ? expect_op(p, ',') : expect_word(p, KW_AS));
    TRY(parse_type(p, &type));
    TRY(expect_op(p, ')'));
    if (type_is_text(type.kind) && type.len == 0)
        type = (Type){.kind = TYPE_VARCHAR, .len = TYPE_VARCHAR_MAX};
    TRY(new_expr(p, EXPR_CAST, pos, arg->depth, out));
    (*out)->cast.arg = arg;
    (*out)->cast.type = type;
    (*out)->cast.is_convert = is_convert;
    return RC_OK;
}

// EXTRACT '(' unit FROM value ')'
Rc parse_extract(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    TimeUnit unit;
    Expr *arg;
    advance(p);
    TRY(expect_op(p, '('));
    TRY(parse_unit(p, &unit));
    TRY(expect_word(p, KW_FROM));
    TRY(parse_value(p, &arg));
    TRY(expect_op(p, ')'));
    TRY(new_expr(p, EXPR_EXTRACT, pos, arg->depth, out));
    (*out)->extract.unit = unit;
    (*out)->extract.arg = arg;
    return RC_OK;
}

// interval = INTERVAL expr unit
Rc parse_interval(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    TimeUnit unit;
    Expr *arg;
    advance(p);
    TRY(parse_expr(p, &arg));
    TRY(parse_unit(p, &unit));
    TRY(new_expr(p, EXPR_INTERVAL, pos, arg->depth, out));
    (*out)->interval.unit = unit;
    (*out)->interval.arg = arg;
    return RC_OK;
}

// userVariable = '@' identifierOrString; systemVariable = '@@' [ scope '.' ] identifier
Rc parse_variable(Parser *p, Expr **out)
{
    bool is_system = at_op(p, OP2('@', '@'));
    TRY(new_expr(p, is_system ? EXPR_SYSTEM_VAR : EXPR_USER_VAR, pos_of(p), 0, out));
    advance(p);
    Name name;
    if (!is_system) {
        TRY(parse_name_or_string(p, &name));
        (*out)->variable.name = name.text;
        return RC_OK;
    }
    bool has_scope = p->ahead.kind == TOKEN_OP && p->ahead.op == '.';
    if (has_scope) {
        if (!at_word(p, KW_GLOBAL) && !at_word(p, KW_SESSION) && !at_word(p, KW_LOCAL))
            return fail_unexpected(p, "'GLOBAL', 'SESSION', 'LOCAL'");
        (*out)->variable.scope = at_word(p, KW_GLOBAL) ? SCOPE_GLOBAL : SCOPE_SESSION;
        advance(p);
        advance(p);
    }
    TRY(parse_name(p, &name));
    (*out)->variable.name = name.text;
    return RC_OK;
}
