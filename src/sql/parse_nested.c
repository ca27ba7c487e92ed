/*
 * sql/parse_nested: values of ARRAY and MAP, their elements, fields of STRUCT, JSON arrows,
 * lambdas.
 *
 * Source  StarRocks' grammar: arrayConstructor, mapConstructor, collectionSubscript, dereference,
 *         arrowExpression, lambdaFunctionExpr. Behind `->` a string is a JSON path, anything else
 *         the body of a lambda.
 * Errors  SYNTAX, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

static bool is_op(const Token *token, uint32_t op)
{
    return token->kind == TOKEN_OP && token->op == op;
}

// `map` is also a name: of a function, of a column that is compared (map < 3).
bool at_map(const Parser *p)
{
    if (is_op(&p->ahead, '{')) return true;
    if (!is_op(&p->ahead, '<')) return false;
    Token first = peek(p, 2), second = peek(p, 3);
    bool ends_type = is_op(&second, ',') || is_op(&second, '(');
    return first.kind == TOKEN_WORD && ends_type && keyword_use(first.keyword) != FREE;
}

static Rc new_nested(Parser *p, ExprKind kind, Pos pos, ExprList items, Expr **out)
{
    TRY(new_expr(p, kind, pos, list_depth(items), out));
    (*out)->nested.items = items;
    return RC_OK;
}

// arrayConstructor = [ ARRAY [ '<' type '>' ] ] '[' [ expr { ',' expr } ] ']'
Rc parse_array(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    Type type = {0};
    ExprList items = {0};
    bool is_bare = at_op(p, '['), has_type = !is_bare && is_op(&p->ahead, '<');
    if (has_type)
        TRY(parse_type(p, &type));
    else if (!is_bare)
        advance(p);
    TRY(expect_op(p, '['));
    if (!at_op(p, ']')) TRY(parse_expr_list(p, &items));
    TRY(expect_op(p, ']'));
    TRY(new_nested(p, EXPR_ARRAY, pos, items, out));
    (*out)->nested.has_type = has_type;
    (*out)->nested.type = type;
    return RC_OK;
}

// mapConstructor = MAP [ '<' type ',' type '>' ] '{' [ expr ':' expr { ',' expr ':' expr } ] '}'
Rc parse_map(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    Type type = {0};
    VEC(Expr *) items = {0};
    bool has_type = is_op(&p->ahead, '<');
    if (has_type)
        TRY(parse_type(p, &type));
    else
        advance(p);
    TRY(expect_op(p, '{'));
    bool goes_on = !at_op(p, '}');
    while (goes_on) {
        Expr *key, *value;
        TRY(check_list(p, items.len));
        TRY(parse_expr(p, &key));
        TRY(expect_op(p, ':'));
        TRY(parse_expr(p, &value));
        vec_push(p->ctx->arena, &items, key);
        vec_push(p->ctx->arena, &items, value);
        goes_on = accept_op(p, ',');
    }
    TRY(expect_op(p, '}'));
    TRY(new_nested(p, EXPR_MAP, pos, (ExprList){items.at, items.len}, out));
    (*out)->nested.has_type = has_type;
    (*out)->nested.type = type;
    return RC_OK;
}

// '[' value ']'
static Rc parse_subscript(Parser *p, Expr **out)
{
    Expr *arg = *out, *index;
    advance(p);
    TRY(parse_value(p, &index));
    TRY(expect_op(p, ']'));
    uint32_t depth = arg->depth > index->depth ? arg->depth : index->depth;
    TRY(new_expr(p, EXPR_SUBSCRIPT, arg->pos, depth, out));
    (*out)->subscript.arg = arg;
    (*out)->subscript.index = index;
    return RC_OK;
}

static Rc new_member(Parser *p, ExprKind kind, Str name, Expr **out)
{
    Expr *arg = *out;
    TRY(new_expr(p, kind, arg->pos, arg->depth, out));
    (*out)->member.arg = arg;
    (*out)->member.name = name;
    return RC_OK;
}

static Rc parse_field(Parser *p, Expr **out)
{
    Name name;
    advance(p);
    if (p->token.kind == TOKEN_WORD) {  // any word: nothing else may stand there
        name.text = p->token.text;
        advance(p);
    } else {
        TRY(parse_name(p, &name));
    }
    return new_member(p, EXPR_FIELD, name.text, out);
}

static bool is_param(const Expr *expr)
{
    return expr->kind == EXPR_COLUMN && expr->column.count == 1;
}

// x | (x, y), read as an expression before
static Rc read_params(Parser *p, const Expr *expr, NameList *out)
{
    size_t count = expr->kind == EXPR_ROW ? expr->row.count : 1;
    Name *names = ARENA_ARRAY(p->ctx->arena, Name, count);
    for (size_t i = 0; i < count; i++) {
        const Expr *param = expr->kind == EXPR_ROW ? expr->row.at[i] : expr;
        if (!is_param(param)) return fail_unexpected(p, "a legal identifier");
        names[i] = (Name){param->column.parts[0], param->pos};
    }
    *out = (NameList){names, count};
    return RC_OK;
}

// '->' string | '->' expr
static Rc parse_arrow(Parser *p, Expr **out)
{
    if (p->ahead.kind == TOKEN_STRING) {
        Str path;
        advance(p);
        TRY(parse_string(p, &path));
        return new_member(p, EXPR_ARROW, path, out);
    }
    NameList params;
    Expr *body;
    Pos pos = (*out)->pos;
    TRY(read_params(p, *out, &params));
    advance(p);
    TRY(parse_expr(p, &body));
    TRY(new_expr(p, EXPR_LAMBDA, pos, body->depth, out));
    (*out)->lambda.params = params;
    (*out)->lambda.body = body;
    return RC_OK;
}

Rc parse_behind(Parser *p, Expr **out)
{
    for (;;) {
        if (at_op(p, '['))
            TRY(parse_subscript(p, out));
        else if (at_op(p, '.') && (*out)->kind != EXPR_STAR)
            TRY(parse_field(p, out));
        else if (at_op(p, OP2('-', '>')))
            TRY(parse_arrow(p, out));
        else
            return RC_OK;
    }
}
