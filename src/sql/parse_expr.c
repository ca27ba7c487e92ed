/*
 * sql/parse_expr: expressions, from OR down to names and parentheses.
 *
 * Source  StarRocks' grammar (expression, booleanExpression, predicate, valueExpression) with
 *         MySQL's XOR, IS TRUE, LIKE .. ESCAPE, `<<` and `>>`. Binary operators climb by
 * precedence. Errors  SYNTAX, LIMIT_EXCEEDED, NOT_SUPPORTED (COLLATE). Threads
 * pure.
 */
#include "sql/parser.h"

Rc new_expr(Parser *p, ExprKind kind, Pos pos, uint32_t below, Expr **out)
{
    Expr *expr = ARENA_NEW(p->ctx->arena, Expr);
    expr->kind = kind;
    expr->pos = pos;
    TRY(count_depth(p, below, &expr->depth));
    *out = expr;
    return RC_OK;
}

uint32_t list_depth(ExprList list)
{
    uint32_t depth = 0;
    for (size_t i = 0; i < list.count; i++)
        if (list.at[i]->depth > depth) depth = list.at[i]->depth;
    return depth;
}

static uint32_t deeper(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

bool at_operand(const Token *token)
{
    switch (token->kind) {
    case TOKEN_END:
    case TOKEN_BAD: return false;
    case TOKEN_OP:
        return token->op == '(' || token->op == '-' || token->op == '+' || token->op == '~' ||
               token->op == '!' || token->op == '[' || token->op == '@' ||
               token->op == OP2('@', '@');
    case TOKEN_WORD: break;
    default: return true;
    }
    switch (token->keyword) {
    case KW_NULL:
    case KW_TRUE:
    case KW_FALSE:
    case KW_NOT:
    case KW_ARRAY:
    case KW_CASE:
    case KW_CONVERT:
    case KW_EXISTS: return true;
    default: return keyword_use(token->keyword) != RESERVED;
    }
}

// ----------------------------------------------------------------------------- names and brackets

// Bare words that are calls: CURRENT_DATE, CURRENT_USER and their like.
static bool is_bare_call(const Token *token)
{
    switch (token->kind == TOKEN_WORD ? token->keyword : KW_NONE) {
    case KW_CURRENT_DATE:
    case KW_CURRENT_GROUP:
    case KW_CURRENT_ROLE:
    case KW_CURRENT_TIME:
    case KW_CURRENT_TIMESTAMP:
    case KW_CURRENT_USER:
    case KW_LOCALTIME:
    case KW_LOCALTIMESTAMP: return true;
    default: return false;
    }
}

static bool is_op(const Token *token, uint32_t op)
{
    return token->kind == TOKEN_OP && token->op == op;
}

// A reserved word that names a function: IF(..), LEFT(..), CURRENT_DATE
static Rc parse_word_call(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    Str *part = ARENA_NEW(p->ctx->arena, Str);
    *part = p->token.text;
    QName name = {part, 1, pos};
    if (is_op(&p->ahead, '(')) {
        advance(p);
        return parse_call(p, name, out);
    }
    if (!is_bare_call(&p->token)) return fail_no_viable(p, p->token);
    advance(p);
    TRY(new_expr(p, EXPR_CALL, pos, 0, out));
    (*out)->call = ARENA_NEW(p->ctx->arena, CallExpr);
    (*out)->call->name = name;
    return RC_OK;
}

// columnReference | qualifiedName '(' ..
static Rc parse_named(Parser *p, Expr **out)
{
    QName name;
    TRY(parse_qname(p, 4, &name));
    if (at_op(p, '(')) return parse_call(p, name, out);
    TRY(new_expr(p, EXPR_COLUMN, name.pos, 0, out));
    (*out)->column = name;
    return RC_OK;
}

static Rc new_subquery(Parser *p, Pos pos, Query *query, Expr **out)
{
    TRY(new_expr(p, EXPR_SUBQUERY, pos, query->depth, out));
    (*out)->query = query;
    return RC_OK;
}

// row = '(' expr ',' expr { ',' expr } ')', behind its first item
static Rc parse_row(Parser *p, Pos pos, Expr *first, Expr **out)
{
    VEC(Expr *) items = {0};
    vec_push(p->ctx->arena, &items, first);
    while (accept_op(p, ',')) {
        Expr *item;
        TRY(check_list(p, items.len));
        TRY(parse_expr(p, &item));
        vec_push(p->ctx->arena, &items, item);
    }
    ExprList row = {items.at, items.len};
    TRY(new_expr(p, EXPR_ROW, pos, list_depth(row), out));
    (*out)->row = row;
    return RC_OK;
}

// '(' query ')' | '(' expr ')' | row. What looks like an expression in parentheses may turn out to
// be the first part of a query: ((SELECT 1) UNION SELECT 2).
static Rc parse_paren(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    TRY(expect_op(p, '('));
    Query *query;
    if (at_query(p)) {
        TRY(parse_query(p, &query));
        TRY(new_subquery(p, pos, query, out));
        return expect_op(p, ')');
    }
    Expr *expr;
    TRY(parse_expr(p, &expr));
    if (expr->kind == EXPR_SUBQUERY && at_query_tail(p)) {
        TRY(parse_query_tail(p, expr->query, &query));
        TRY(new_subquery(p, pos, query, &expr));
    } else if (at_op(p, ',')) {
        TRY(parse_row(p, pos, expr, &expr));
    }
    *out = expr;
    return expect_op(p, ')');
}

static Rc parse_exists(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    advance(p);
    TRY(expect_op(p, '('));
    Query *query;
    TRY(parse_query(p, &query));
    TRY(new_expr(p, EXPR_EXISTS, pos, query->depth, out));
    (*out)->query = query;
    return expect_op(p, ')');
}

// '{' FN call '}': the escape of ODBC and JDBC drivers
static Rc parse_odbc(Parser *p, Expr **out)
{
    advance(p);
    TRY(expect_word(p, KW_FN));
    TRY(parse_primary(p, out));
    if ((*out)->kind != EXPR_CALL) return fail_no_viable(p, p->token);
    return expect_op(p, '}');
}

static Rc parse_word_primary(Parser *p, Expr **out)
{
    bool has_paren = is_op(&p->ahead, '(');
    switch (p->token.keyword) {
    case KW_CASE: return parse_case(p, out);
    case KW_EXISTS: return parse_exists(p, out);
    case KW_CONVERT: return parse_cast(p, out);
    case KW_CAST:
        if (has_paren) return parse_cast(p, out);
        break;
    case KW_EXTRACT:
        if (has_paren) return parse_extract(p, out);
        break;
    case KW_INTERVAL:
        if (at_operand(&p->ahead)) return parse_interval(p, out);
        break;
    case KW_ARRAY: return parse_array(p, out);
    case KW_MAP:
        if (at_map(p)) return parse_map(p, out);
        break;
    default: break;
    }
    if (keyword_use(p->token.keyword) == FREE) return parse_named(p, out);
    if (keyword_use(p->token.keyword) == CALLABLE) return parse_word_call(p, out);
    return fail_no_viable(p, p->token);
}

static Rc parse_primary_plain(Parser *p, Expr **out)
{
    if (at_literal(p)) return parse_literal(p, out);
    if (p->token.kind == TOKEN_WORD) return parse_word_primary(p, out);
    if (p->token.kind == TOKEN_QUOTED) return parse_named(p, out);
    if (at_op(p, '(')) return parse_paren(p, out);
    if (at_op(p, '@') || at_op(p, OP2('@', '@'))) return parse_variable(p, out);
    if (at_op(p, '{')) return parse_odbc(p, out);
    if (at_op(p, '[')) return parse_array(p, out);
    return fail_unexpected(p, "an expression");
}

// primary = plain { '[' value ']' | '.' name | '->' string } | lambda
Rc parse_primary(Parser *p, Expr **out)
{
    TRY(nest(p));
    TRY(parse_primary_plain(p, out));
    TRY(parse_behind(p, out));
    unnest(p);
    if (at_word(p, KW_COLLATE)) return fail_unsupported(p, "COLLATE");
    return RC_OK;
}

// -------------------------------------------------------------------------------------- arithmetic

// unary = { '-' | '+' | '~' | '!' } primary
static Rc parse_unary(Parser *p, Expr **out)
{
    UnaryOp op;
    switch (p->token.kind == TOKEN_OP ? p->token.op : 0) {
    case '-': op = UNARY_MINUS; break;
    case '+': op = UNARY_PLUS; break;
    case '~': op = UNARY_BIT_NOT; break;
    case '!': op = UNARY_NOT; break;
    default: return parse_primary(p, out);
    }
    Pos pos = pos_of(p);
    advance(p);
    Expr *arg;
    TRY(nest(p));
    TRY(parse_unary(p, &arg));
    unnest(p);
    TRY(new_expr(p, EXPR_UNARY, pos, arg->depth, out));
    (*out)->unary.op = op;
    (*out)->unary.arg = arg;
    return RC_OK;
}

typedef struct Operator {
    BinaryOp op;
    int precedence;  // 0: no operator
} Operator;

// Higher binds tighter. StarRocks' shift words bind loosest; `<<` and `>>` stand where MySQL has
// them.
static Operator value_operator(const Token *token)
{
    if (token->kind == TOKEN_WORD) {
        switch (token->keyword) {
        case KW_BITSHIFTLEFT: return (Operator){BINARY_SHIFT_LEFT, 1};
        case KW_BITSHIFTRIGHT: return (Operator){BINARY_SHIFT_RIGHT, 1};
        case KW_BITSHIFTRIGHTLOGICAL: return (Operator){BINARY_SHIFT_RIGHT_LOGICAL, 1};
        case KW_DIV: return (Operator){BINARY_INT_DIVIDE, 6};
        case KW_MOD: return (Operator){BINARY_MODULO, 6};
        default: return (Operator){0};
        }
    }
    switch (token->kind == TOKEN_OP ? token->op : 0) {
    case '|': return (Operator){BINARY_BIT_OR, 2};
    case '&': return (Operator){BINARY_BIT_AND, 3};
    case OP2('<', '<'): return (Operator){BINARY_SHIFT_LEFT, 4};
    case OP2('>', '>'): return (Operator){BINARY_SHIFT_RIGHT, 4};
    case '+': return (Operator){BINARY_ADD, 5};
    case '-': return (Operator){BINARY_SUBTRACT, 5};
    case '*': return (Operator){BINARY_MULTIPLY, 6};
    case '/': return (Operator){BINARY_DIVIDE, 6};
    case '%': return (Operator){BINARY_MODULO, 6};
    case '^': return (Operator){BINARY_BIT_XOR, 7};
    default: return (Operator){0};
    }
}

static Rc new_binary(Parser *p, BinaryOp op, Expr *left, Expr *right, Expr **out)
{
    TRY(new_expr(p, EXPR_BINARY, left->pos, deeper(left->depth, right->depth), out));
    (*out)->binary.op = op;
    (*out)->binary.left = left;
    (*out)->binary.right = right;
    return RC_OK;
}

// valueExpression = unary { operator unary }, by precedence climbing
static Rc parse_value_above(Parser *p, int least, Expr **out)
{
    Expr *left, *right;
    TRY(parse_unary(p, &left));
    for (;;) {
        Operator found = value_operator(&p->token);
        if (found.precedence == 0 || found.precedence < least) break;
        advance(p);
        TRY(parse_value_above(p, found.precedence + 1, &right));
        TRY(new_binary(p, found.op, left, right, &left));
    }
    *out = left;
    return RC_OK;
}

Rc parse_value(Parser *p, Expr **out)
{
    return parse_value_above(p, 1, out);
}

// -------------------------------------------------------------------------------------- predicates

// IN '(' query ')' | IN '(' expr { ',' expr } ')'
static Rc parse_in(Parser *p, Expr *arg, bool is_not, Expr **out)
{
    ExprList list = {0};
    Query *query = NULL;
    advance(p);
    TRY(expect_op(p, '('));
    if (at_query(p)) {
        TRY(parse_query(p, &query));
    } else {
        TRY(parse_expr_list(p, &list));
    }
    // IN ((SELECT ..)) and IN ((SELECT ..) UNION ..) read as lists at first.
    if (list.count == 1 && list.at[0]->kind == EXPR_SUBQUERY) {
        query = list.at[0]->query;
        if (at_query_tail(p)) TRY(parse_query_tail(p, query, &query));
        list = (ExprList){0};
    }
    TRY(expect_op(p, ')'));
    uint32_t depth = query ? query->depth : list_depth(list);
    TRY(new_expr(p, EXPR_IN, arg->pos, deeper(arg->depth, depth), out));
    (*out)->in.arg = arg;
    (*out)->in.list = list;
    (*out)->in.query = query;
    (*out)->in.is_not = is_not;
    return RC_OK;
}

// BETWEEN value AND value
static Rc parse_between(Parser *p, Expr *arg, bool is_not, Expr **out)
{
    Expr *low, *high;
    advance(p);
    TRY(parse_value(p, &low));
    TRY(expect_word(p, KW_AND));
    TRY(parse_value(p, &high));
    uint32_t depth = deeper(arg->depth, deeper(low->depth, high->depth));
    TRY(new_expr(p, EXPR_BETWEEN, arg->pos, depth, out));
    (*out)->between.arg = arg;
    (*out)->between.low = low;
    (*out)->between.high = high;
    (*out)->between.is_not = is_not;
    return RC_OK;
}

// ( LIKE | RLIKE | REGEXP ) value [ ESCAPE value ]
static Rc parse_like(Parser *p, Expr *arg, bool is_not, Expr **out)
{
    LikeKind kind = at_word(p, KW_LIKE) ? LIKE_LIKE : LIKE_REGEXP;
    Expr *pattern, *escape = NULL;
    advance(p);
    TRY(parse_value(p, &pattern));
    if (kind == LIKE_LIKE && accept_word(p, KW_ESCAPE)) TRY(parse_value(p, &escape));
    uint32_t depth = deeper(deeper(arg->depth, pattern->depth), escape ? escape->depth : 0);
    TRY(new_expr(p, EXPR_LIKE, arg->pos, depth, out));
    (*out)->like.arg = arg;
    (*out)->like.pattern = pattern;
    (*out)->like.escape = escape;
    (*out)->like.kind = kind;
    (*out)->like.is_not = is_not;
    return RC_OK;
}

static bool begins_predicate(const Token *token)
{
    switch (token->kind == TOKEN_WORD ? token->keyword : KW_NONE) {
    case KW_IN:
    case KW_BETWEEN:
    case KW_LIKE:
    case KW_RLIKE:
    case KW_REGEXP: return true;
    default: return false;
    }
}

// predicate = value [ [ NOT ] ( IN .. | BETWEEN .. | LIKE .. ) ]
static Rc parse_predicate(Parser *p, Expr **out)
{
    Expr *arg;
    TRY(parse_value(p, &arg));
    bool is_not = at_word(p, KW_NOT) && begins_predicate(&p->ahead);
    if (is_not) advance(p);
    if (!begins_predicate(&p->token)) {
        *out = arg;
        return RC_OK;
    }
    if (at_word(p, KW_IN)) return parse_in(p, arg, is_not, out);
    if (at_word(p, KW_BETWEEN)) return parse_between(p, arg, is_not, out);
    return parse_like(p, arg, is_not, out);
}

// IS [ NOT ] ( NULL | TRUE | FALSE )
static Rc parse_is(Parser *p, Expr *arg, Expr **out)
{
    advance(p);
    bool is_not = accept_word(p, KW_NOT);
    IsWhat what = at_word(p, KW_TRUE) ? IS_TRUE : at_word(p, KW_FALSE) ? IS_FALSE : IS_NULL;
    if (what == IS_NULL && !at_word(p, KW_NULL))
        return fail_unexpected(p, "'NULL', 'TRUE', 'FALSE'");
    advance(p);
    TRY(new_expr(p, EXPR_IS, arg->pos, arg->depth, out));
    (*out)->is.arg = arg;
    (*out)->is.what = what;
    (*out)->is.is_not = is_not;
    return RC_OK;
}

static bool comparison(const Token *token, BinaryOp *out)
{
    switch (token->kind == TOKEN_OP ? token->op : 0) {
    case '=': *out = BINARY_EQ; return true;
    case OP2('<', '>'):
    case OP2('!', '='): *out = BINARY_NE; return true;
    case '<': *out = BINARY_LT; return true;
    case OP2('<', '='): *out = BINARY_LE; return true;
    case '>': *out = BINARY_GT; return true;
    case OP2('>', '='): *out = BINARY_GE; return true;
    case OP3('<', '=', '>'): *out = BINARY_EQ_NULL; return true;
    default: return false;
    }
}

// booleanExpression = predicate { IS .. | comparison predicate }
static Rc parse_boolean(Parser *p, Expr **out)
{
    // BINARY before an expression means nothing in StarRocks either.
    if (at_word(p, KW_BINARY) && at_operand(&p->ahead) && !is_op(&p->ahead, '(')) advance(p);
    Expr *left, *right;
    BinaryOp op;
    TRY(parse_predicate(p, &left));
    for (;;) {
        if (at_word(p, KW_IS)) {
            TRY(parse_is(p, left, &left));
        } else if (comparison(&p->token, &op)) {
            advance(p);
            TRY(parse_predicate(p, &right));
            TRY(new_binary(p, op, left, right, &left));
        } else {
            break;
        }
    }
    *out = left;
    return RC_OK;
}

// ------------------------------------------------------------------------------------------- logic

// negation = { NOT } booleanExpression
static Rc parse_not(Parser *p, Expr **out)
{
    if (!at_word(p, KW_NOT)) return parse_boolean(p, out);
    Pos pos = pos_of(p);
    advance(p);
    Expr *arg;
    TRY(nest(p));
    TRY(parse_not(p, &arg));
    unnest(p);
    TRY(new_expr(p, EXPR_UNARY, pos, arg->depth, out));
    (*out)->unary.op = UNARY_NOT;
    (*out)->unary.arg = arg;
    return RC_OK;
}

// XOR is no keyword of StarRocks: it stays a name where no operand follows.
static Operator logic_operator(const Parser *p)
{
    if (at_word(p, KW_OR) || at_op(p, OP2('|', '|'))) return (Operator){BINARY_OR, 1};
    if (at_word(p, KW_AND) || at_op(p, OP2('&', '&'))) return (Operator){BINARY_AND, 3};
    if (at_word(p, KW_XOR) && at_operand(&p->ahead)) return (Operator){BINARY_XOR, 2};
    return (Operator){0};
}

static Rc parse_logic_above(Parser *p, int least, Expr **out)
{
    Expr *left, *right;
    TRY(parse_not(p, &left));
    for (;;) {
        Operator found = logic_operator(p);
        if (found.precedence == 0 || found.precedence < least) break;
        advance(p);
        TRY(parse_logic_above(p, found.precedence + 1, &right));
        TRY(new_binary(p, found.op, left, right, &left));
    }
    *out = left;
    return RC_OK;
}

// expression = negation { ( OR | '||' | XOR | AND | '&&' ) negation }
Rc parse_expr(Parser *p, Expr **out)
{
    TRY(nest(p));
    TRY(parse_logic_above(p, 1, out));
    unnest(p);
    return RC_OK;
}

// expressionList = expression { ',' expression }
Rc parse_expr_list(Parser *p, ExprList *out)
{
    VEC(Expr *) items = {0};
    do {
        Expr *item;
        TRY(check_list(p, items.len));
        TRY(parse_expr(p, &item));
        vec_push(p->ctx->arena, &items, item);
    } while (accept_op(p, ','));
    *out = (ExprList){items.at, items.len};
    return RC_OK;
}
