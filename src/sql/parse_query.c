/*
 * sql/parse_query: WITH, SELECT, set operations, VALUES, ORDER BY, LIMIT.
 *
 * Source  StarRocks' grammar: queryRelation, queryNoWith, queryPrimary, querySpecification.
 * INTERSECT binds tighter than UNION, EXCEPT and MINUS. Beyond it: GROUP BY .. WITH ROLLUP. Errors
 * SYNTAX, LIMIT_EXCEEDED, NOT_SUPPORTED (INTO OUTFILE).   Threads  pure.
 */
#include "sql/parser.h"

bool at_query(const Parser *p)
{
    return at_word(p, KW_SELECT) || at_word(p, KW_WITH);
}

// EXCEPT and MINUS are names as well: what follows decides.
bool at_set_op(const Parser *p)
{
    if (at_word(p, KW_UNION) || at_word(p, KW_INTERSECT)) return true;
    if (!at_word(p, KW_EXCEPT) && !at_word(p, KW_MINUS)) return false;
    if (p->ahead.kind == TOKEN_OP) return p->ahead.op == '(';
    return p->ahead.kind == TOKEN_WORD &&
           (p->ahead.keyword == KW_SELECT || p->ahead.keyword == KW_ALL ||
            p->ahead.keyword == KW_DISTINCT);
}

bool at_query_tail(const Parser *p)
{
    return at_set_op(p) || at_word(p, KW_ORDER) || at_word(p, KW_LIMIT);
}

// ------------------------------------------------------------------------------- ORDER BY and
// LIMIT

// sortItem = expr [ ASC | DESC ] [ NULLS ( FIRST | LAST ) ]
static Rc parse_order_item(Parser *p, OrderItem *out)
{
    *out = (OrderItem){0};
    TRY(parse_expr(p, &out->expr));
    out->is_desc = accept_word(p, KW_DESC);
    if (!out->is_desc) (void)accept_word(p, KW_ASC);
    if (!accept_word(p, KW_NULLS)) return RC_OK;
    out->nulls = accept_word(p, KW_FIRST) ? NULLS_FIRST : NULLS_LAST;
    return out->nulls == NULLS_FIRST ? RC_OK : expect_word(p, KW_LAST);
}

Rc parse_order_items(Parser *p, OrderList *out)
{
    VEC(OrderItem) items = {0};
    do {
        OrderItem item;
        TRY(check_list(p, items.len));
        TRY(parse_order_item(p, &item));
        vec_push(p->ctx->arena, &items, item);
    } while (accept_op(p, ','));
    *out = (OrderList){items.at, items.len};
    return RC_OK;
}

Rc parse_order_by(Parser *p, OrderList *out)
{
    if (!accept_word(p, KW_ORDER)) return RC_OK;
    TRY(expect_word(p, KW_BY));
    bool was_alias = p->string_is_alias;
    p->string_is_alias = false;
    TRY(parse_order_items(p, out));
    p->string_is_alias = was_alias;
    return RC_OK;
}

// LIMIT count | LIMIT offset ',' count | LIMIT count OFFSET offset
Rc parse_limit(Parser *p, Limit *out)
{
    if (!accept_word(p, KW_LIMIT)) return RC_OK;
    *out = (Limit){.is_given = true};
    TRY(parse_u64(p, &out->count));
    if (accept_op(p, ',')) {
        out->offset = out->count;
        return parse_u64(p, &out->count);
    }
    return accept_word(p, KW_OFFSET) ? parse_u64(p, &out->offset) : RC_OK;
}

// ------------------------------------------------------------------------------------------ SELECT

// Words that begin a clause where they could also be an alias.
static bool is_clause(const Parser *p)
{
    if (at_word(p, KW_QUALIFY)) return at_operand(&p->ahead);
    return at_set_op(p);
}

// [ [ AS ] ( identifier | string ) ]
static Rc parse_item_alias(Parser *p, Name *out)
{
    bool has_as = accept_word(p, KW_AS);
    bool is_alias = p->token.kind == TOKEN_STRING || (at_name(p) && !is_clause(p));
    return has_as || is_alias ? parse_name_or_string(p, out) : RC_OK;
}

// ( EXCEPT | EXCLUDE ) '(' name: columns to leave out. Before a query EXCEPT is the set operation.
static bool at_star_list(const Parser *p)
{
    if (!at_word(p, KW_EXCEPT) && !at_word(p, KW_EXCLUDE)) return false;
    Token inner = peek(p, 2);
    return p->ahead.kind == TOKEN_OP && p->ahead.op == '(' &&
           (inner.kind == TOKEN_QUOTED ||
            (inner.kind == TOKEN_WORD && keyword_use(inner.keyword) == FREE));
}

// [ qualifiedName '.' ] '*'
static Rc parse_star(Parser *p, size_t parts, Expr **out)
{
    QName table = {.pos = pos_of(p)};
    VEC(Str) names = {0};
    for (size_t i = 0; i < parts; i++) {
        Name name;
        TRY(parse_name(p, &name));
        vec_push(p->ctx->arena, &names, name.text);
        TRY(expect_op(p, '.'));
    }
    table.parts = names.at;
    table.count = names.len;
    TRY(new_expr(p, EXPR_STAR, table.pos, 0, out));
    (*out)->star.table = table;
    TRY(expect_op(p, '*'));
    if (at_star_list(p)) return fail_unsupported(p, "SELECT * EXCEPT (..)");
    return RC_OK;
}

// How many names stand before `.*`; -1: this is no star. At most three are looked at.
static int star_parts(const Parser *p)
{
    for (int i = 0; i <= 3; i++) {
        Token token = peek(p, 2 * i);
        if (token.kind == TOKEN_OP && token.op == '*') return i;
        if (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED) return -1;
        Token dot = peek(p, 2 * i + 1);
        if (dot.kind != TOKEN_OP || dot.op != '.') return -1;
    }
    return -1;
}

// selectItem = expr [ alias ] | [ qualifiedName '.' ] '*'
static Rc parse_item(Parser *p, SelectItem *out)
{
    *out = (SelectItem){0};
    const char *start = p->token.text.ptr;
    int parts = star_parts(p);
    if (parts >= 0) {
        TRY(parse_star(p, (size_t)parts, &out->expr));
    } else {
        bool was_alias = p->string_is_alias;
        p->string_is_alias = true;
        TRY(parse_expr(p, &out->expr));
        p->string_is_alias = was_alias;
    }
    out->text = (Str){start, (size_t)(p->done - start)};
    return parts >= 0 ? RC_OK : parse_item_alias(p, &out->alias);
}

static Rc parse_items(Parser *p, Select *select)
{
    VEC(SelectItem) items = {0};
    do {
        SelectItem item;
        TRY(check_list(p, items.len));
        TRY(parse_item(p, &item));
        vec_push(p->ctx->arena, &items, item);
    } while (accept_op(p, ','));
    select->items = items.at;
    select->item_count = items.len;
    return RC_OK;
}

// groupingSet = '(' [ expr { ',' expr } ] ')'
static Rc parse_grouping_set(Parser *p, ExprList *out)
{
    *out = (ExprList){0};
    TRY(expect_op(p, '('));
    if (accept_op(p, ')')) return RC_OK;
    TRY(parse_expr_list(p, out));
    return expect_op(p, ')');
}

// GROUPING SETS '(' groupingSet { ',' groupingSet } ')'
static Rc parse_grouping_sets(Parser *p, GroupBy *out)
{
    VEC(ExprList) sets = {0};
    TRY(expect_op(p, '('));
    do {
        ExprList set;
        TRY(check_list(p, sets.len));
        TRY(parse_grouping_set(p, &set));
        vec_push(p->ctx->arena, &sets, set);
    } while (accept_op(p, ','));
    *out = (GroupBy){GROUP_SETS, sets.at, sets.len};
    return expect_op(p, ')');
}

// groupingElement = ROLLUP set | CUBE set | GROUPING SETS .. | expr { ',' expr } [ WITH ROLLUP ]
static Rc parse_group_by(Parser *p, GroupBy *out)
{
    if (accept_words(p, KW_GROUPING, KW_SETS)) return parse_grouping_sets(p, out);
    bool has_paren = p->ahead.kind == TOKEN_OP && p->ahead.op == '(';
    *out = (GroupBy){GROUP_PLAIN, ARENA_NEW(p->ctx->arena, ExprList), 1};
    if (has_paren && accept_word(p, KW_ROLLUP)) out->kind = GROUP_ROLLUP;
    if (has_paren && accept_word(p, KW_CUBE)) out->kind = GROUP_CUBE;
    if (out->kind != GROUP_PLAIN) return parse_grouping_set(p, out->sets);
    TRY(parse_expr_list(p, out->sets));
    if (accept_words(p, KW_WITH, KW_ROLLUP)) out->kind = GROUP_ROLLUP;
    return RC_OK;
}

// [ FROM .. ] [ WHERE expr ] [ GROUP BY .. ] [ HAVING expr ] [ QUALIFY expr ]
static Rc parse_select_tail(Parser *p, Select *select)
{
    if (at_word(p, KW_INTO)) return fail_unsupported(p, "INTO OUTFILE");
    if (accept_word(p, KW_FROM)) TRY(parse_from(p, &select->from));
    if (accept_word(p, KW_WHERE)) TRY(parse_expr(p, &select->where));
    if (accept_word(p, KW_GROUP)) {
        TRY(expect_word(p, KW_BY));
        TRY(parse_group_by(p, &select->group_by));
    }
    if (accept_word(p, KW_HAVING)) TRY(parse_expr(p, &select->having));
    if (accept_word(p, KW_QUALIFY)) TRY(parse_expr(p, &select->qualify));
    return RC_OK;
}

// querySpecification = SELECT [ DISTINCT | ALL ] items tail
static Rc parse_select(Parser *p, QueryBody **out)
{
    QueryBody *body = ARENA_NEW(p->ctx->arena, QueryBody);
    body->kind = BODY_SELECT;
    body->pos = pos_of(p);
    body->select = ARENA_NEW(p->ctx->arena, Select);
    uint32_t outer = p->deepest;
    p->deepest = 0;
    TRY(expect_word(p, KW_SELECT));
    body->select->is_distinct = accept_word(p, KW_DISTINCT);
    if (!body->select->is_distinct) (void)accept_word(p, KW_ALL);
    TRY(parse_items(p, body->select));
    bool was_alias = p->string_is_alias;
    p->string_is_alias = false;
    TRY(parse_select_tail(p, body->select));
    p->string_is_alias = was_alias;
    TRY(count_depth(p, p->deepest, &body->depth));
    if (outer > p->deepest) p->deepest = outer;
    *out = body;
    return RC_OK;
}

// ---------------------------------------------------------------------------------- set operations

// A query in parentheses that has nothing of its own is its body.
static Rc wrap_query(Parser *p, Query *query, QueryBody **out)
{
    if (query->cte_count == 0 && query->order_by.count == 0 && !query->limit.is_given) {
        *out = query->body;
        return RC_OK;
    }
    QueryBody *body = ARENA_NEW(p->ctx->arena, QueryBody);
    body->kind = BODY_QUERY;
    body->pos = query->pos;
    body->query = query;
    TRY(count_depth(p, query->depth, &body->depth));
    *out = body;
    return RC_OK;
}

// queryPrimary = querySpecification | '(' query ')'
static Rc parse_query_primary(Parser *p, QueryBody **out)
{
    if (at_word(p, KW_SELECT)) return parse_select(p, out);
    if (!accept_op(p, '(')) return fail_unexpected(p, "'SELECT', '('");
    Query *query;
    TRY(parse_query(p, &query));
    TRY(expect_op(p, ')'));
    return wrap_query(p, query, out);
}

typedef struct SetOp {
    SetOpKind kind;
    int precedence;  // 0: none here
} SetOp;

static SetOp set_op(const Parser *p)
{
    if (!at_set_op(p)) return (SetOp){0};
    if (at_word(p, KW_INTERSECT)) return (SetOp){SET_OP_INTERSECT, 2};
    return (SetOp){at_word(p, KW_UNION) ? SET_OP_UNION : SET_OP_EXCEPT, 1};
}

static Rc parse_body_above(Parser *p, int least, QueryBody **out);

// { ( UNION | INTERSECT | EXCEPT | MINUS ) [ ALL | DISTINCT ] queryPrimary }, behind the first
static Rc parse_set_ops(Parser *p, int least, QueryBody *left, QueryBody **out)
{
    for (SetOp op = set_op(p); op.precedence >= least; op = set_op(p)) {
        QueryBody *body = ARENA_NEW(p->ctx->arena, QueryBody);
        body->kind = BODY_SET_OP;
        body->pos = left->pos;
        body->set_op.kind = op.kind;
        body->set_op.left = left;
        advance(p);
        body->set_op.is_all = accept_word(p, KW_ALL);
        if (!body->set_op.is_all) (void)accept_word(p, KW_DISTINCT);
        TRY(parse_body_above(p, op.precedence + 1, &body->set_op.right));
        uint32_t depth = left->depth, right = body->set_op.right->depth;
        TRY(count_depth(p, depth > right ? depth : right, &body->depth));
        left = body;
    }
    *out = left;
    return RC_OK;
}

static Rc parse_body_above(Parser *p, int least, QueryBody **out)
{
    QueryBody *left;
    TRY(parse_query_primary(p, &left));
    return parse_set_ops(p, least, left, out);
}

// commonTableExpression = identifier [ '(' names ')' ] AS '(' query ')'
static Rc parse_cte(Parser *p, Cte *out)
{
    *out = (Cte){0};
    TRY(parse_name(p, &out->name));
    if (at_op(p, '(')) TRY(parse_name_list(p, &out->columns));
    TRY(expect_word(p, KW_AS));
    TRY(expect_op(p, '('));
    TRY(parse_query(p, &out->query));
    return expect_op(p, ')');
}

// [ WITH [ RECURSIVE ] cte { ',' cte } ]
static Rc parse_with(Parser *p, Query *query)
{
    if (!accept_word(p, KW_WITH)) return RC_OK;
    bool is_name = p->ahead.kind == TOKEN_WORD && p->ahead.keyword == KW_AS;
    query->is_recursive = !is_name && accept_word(p, KW_RECURSIVE);
    VEC(Cte) ctes = {0};
    do {
        Cte cte;
        TRY(check_list(p, ctes.len));
        TRY(parse_cte(p, &cte));
        vec_push(p->ctx->arena, &ctes, cte);
    } while (accept_op(p, ','));
    query->ctes = ctes.at;
    query->cte_count = ctes.len;
    return RC_OK;
}

static Rc parse_query_inner(Parser *p, Query *query)
{
    TRY(parse_with(p, query));
    TRY(parse_body_above(p, 1, &query->body));
    TRY(parse_order_by(p, &query->order_by));
    return parse_limit(p, &query->limit);
}

// queryRelation = [ WITH .. ] body [ ORDER BY .. ] [ LIMIT .. ]
Rc parse_query(Parser *p, Query **out)
{
    Query *query = ARENA_NEW(p->ctx->arena, Query);
    query->pos = pos_of(p);
    const char *start = p->token.text.ptr;
    uint32_t outer = p->deepest;
    p->deepest = 0;
    TRY(nest(p));
    TRY(parse_query_inner(p, query));
    unnest(p);
    query->text = (Str){start, (size_t)(p->done - start)};
    TRY(count_depth(p, p->deepest, &query->depth));
    if (outer > p->deepest) p->deepest = outer;
    *out = query;
    return RC_OK;
}

Rc parse_query_tail(Parser *p, Query *first, Query **out)
{
    Query *query = ARENA_NEW(p->ctx->arena, Query);
    QueryBody *left;
    query->pos = first->pos;
    TRY(wrap_query(p, first, &left));
    TRY(parse_set_ops(p, 1, left, &query->body));
    TRY(parse_order_by(p, &query->order_by));
    TRY(parse_limit(p, &query->limit));
    query->text = (Str){first->text.ptr, (size_t)(p->done - first->text.ptr)};
    TRY(count_depth(p, p->deepest, &query->depth));
    *out = query;
    return RC_OK;
}

// ------------------------------------------------------------------------------------------ VALUES

// expressionOrDefault = expr | DEFAULT
Rc parse_value_item(Parser *p, bool allow_default, Expr **out)
{
    if (!allow_default || !at_word(p, KW_DEFAULT)) return parse_expr(p, out);
    TRY(new_expr(p, EXPR_DEFAULT, pos_of(p), 0, out));
    advance(p);
    return RC_OK;
}

static Rc parse_value_row(Parser *p, bool allow_default, ExprList *out)
{
    VEC(Expr *) items = {0};
    TRY(expect_op(p, '('));
    do {
        Expr *item;
        TRY(check_list(p, items.len));
        TRY(parse_value_item(p, allow_default, &item));
        vec_push(p->ctx->arena, &items, item);
    } while (accept_op(p, ','));
    *out = (ExprList){items.at, items.len};
    return expect_op(p, ')');
}

// VALUES row { ',' row }, behind VALUES
Rc parse_values(Parser *p, bool allow_default, Query **out)
{
    Query *query = ARENA_NEW(p->ctx->arena, Query);
    query->pos = pos_of(p);
    const char *start = p->token.text.ptr;
    VEC(ExprList) rows = {0};
    do {
        ExprList row;
        Pos pos = pos_of(p);
        TRY(check_list(p, rows.len));
        TRY(parse_value_row(p, allow_default, &row));
        if (rows.len > 0 && row.count != rows.at[0].count)
            return FAIL_AT(p->ctx, pos.line, pos.column, SEMANTIC,
                           STR_ARG(STR("Values have unequal number of columns")));
        vec_push(p->ctx->arena, &rows, row);
    } while (accept_op(p, ','));
    query->body = ARENA_NEW(p->ctx->arena, QueryBody);
    query->body->kind = BODY_VALUES;
    query->body->pos = query->pos;
    query->body->values.rows = rows.at;
    query->body->values.count = rows.len;
    query->text = (Str){start, (size_t)(p->done - start)};
    TRY(count_depth(p, p->deepest, &query->body->depth));
    TRY(count_depth(p, query->body->depth, &query->depth));
    *out = query;
    return RC_OK;
}

Rc parse_query_statement(Parser *p, Statement *out)
{
    return parse_query(p, &out->query);
}
