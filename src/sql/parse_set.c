/*
 * sql/parse_set: SET, KILL, ADMIN SET FRONTEND CONFIG, transactions.
 *
 * Source  StarRocks' grammar: setStatement, setVar, killStatement, adminSetConfigStatement.
 * Errors  SYNTAX, NOT_SUPPORTED.   Threads  pure.
 */
#include "sql/parser.h"

static bool is_assign(const Token *token)
{
    return token->kind == TOKEN_OP && (token->op == '=' || token->op == OP2(':', '='));
}

// '=' | ':='
static Rc expect_assign(Parser *p)
{
    if (!is_assign(&p->token)) return fail_unexpected(p, "'='");
    advance(p);
    return RC_OK;
}

static Rc new_string(Parser *p, Pos pos, Str text, Expr **out)
{
    TRY(new_expr(p, EXPR_LITERAL, pos, 0, out));
    (*out)->literal.kind = LITERAL_STRING;
    (*out)->literal.text = text;
    return RC_OK;
}

// setExprOrDefault = DEFAULT | ON | ALL | expr. A bare word is a string: SET x = utf8.
static Rc parse_set_value(Parser *p, Expr **out)
{
    Pos pos = pos_of(p);
    if (accept_word(p, KW_DEFAULT)) return new_expr(p, EXPR_DEFAULT, pos, 0, out);
    if (accept_word(p, KW_ON)) return new_string(p, pos, STR("ON"), out);
    if (accept_word(p, KW_ALL)) return new_string(p, pos, STR("ALL"), out);
    TRY(parse_expr(p, out));
    bool is_word = (*out)->kind == EXPR_COLUMN && (*out)->column.count == 1;
    return is_word ? new_string(p, pos, (*out)->column.parts[0], out) : RC_OK;
}

// NAMES ( identifierOrString | DEFAULT ) [ COLLATE ( identifierOrString | DEFAULT ) ]
static Rc parse_names(Parser *p, SetItem *out)
{
    Name collation = {0};
    if (!accept_word(p, KW_DEFAULT)) TRY(parse_name_or_string(p, &out->name));
    if (accept_word(p, KW_COLLATE) && !accept_word(p, KW_DEFAULT))
        TRY(parse_name_or_string(p, &collation));
    out->collation = collation.text;
    return RC_OK;
}

// TRANSACTION ( ISOLATION LEVEL level | READ ONLY | READ WRITE ) { ',' .. }, the last one is kept
static Rc parse_transaction_kind(Parser *p, SetItem *out)
{
    static const char *const KINDS[] = {"READ ONLY", "READ WRITE"};
    static const char *const LEVELS[] = {"READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ",
                                         "SERIALIZABLE"};
    out->name.pos = pos_of(p);
    bool is_level = accept_words(p, KW_ISOLATION, KW_LEVEL);
    const char *const *words = is_level ? LEVELS : KINDS;
    size_t count = is_level ? COUNT_OF(LEVELS) : COUNT_OF(KINDS);
    for (size_t i = 0; i < count; i++) {
        int len = match_words(p, words[i]);
        if (len == 0) continue;
        while (len-- > 0) advance(p);
        out->name.text = str_from(words[i]);
        return RC_OK;
    }
    return fail_unexpected(p, is_level ? "'READ', 'REPEATABLE', 'SERIALIZABLE'"
                                       : "'ISOLATION', 'READ'");
}

// Other statements that begin with SET; followed by '=' the word is a variable.
static Rc refuse_set(Parser *p)
{
    static const char *const REFUSED[] = {
        "PASSWORD", "ROLE",      "DEFAULT ROLE",          "CATALOG",
        "PROPERTY", "WAREHOUSE", "DEFAULT STORAGE VOLUME"};
    if (at_word(p, KW_PASSWORD)) return fail_unsupported(p, "SET PASSWORD");
    if (is_assign(&p->ahead)) return RC_OK;
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        if (match_words(p, REFUSED[i]) == 0) continue;
        return fail_unsupported(
            p, str_z(p->ctx->arena, str_printf(p->ctx->arena, "SET %s", REFUSED[i])));
    }
    return RC_OK;
}

// [ GLOBAL | SESSION | LOCAL | VERBOSE ], unless it is itself the variable
static void parse_scope(Parser *p, SetItem *out)
{
    if (is_assign(&p->ahead)) return;
    bool is_global = accept_word(p, KW_GLOBAL);
    if (is_global || accept_word(p, KW_SESSION) || accept_word(p, KW_LOCAL) ||
        accept_word(p, KW_VERBOSE))
        out->scope = is_global ? SCOPE_GLOBAL : SCOPE_SESSION;
}

// '@' name '=' expr | '@@' [ scope '.' ] name '=' value
static Rc parse_set_variable(Parser *p, SetItem *out)
{
    Expr *variable;
    Pos pos = pos_of(p);
    TRY(parse_variable(p, &variable));
    out->kind = variable->kind == EXPR_USER_VAR ? SET_USER : SET_SYSTEM;
    out->scope = variable->variable.scope;
    out->name = (Name){variable->variable.name, pos};
    TRY(expect_assign(p));
    return out->kind == SET_USER ? parse_expr(p, &out->value) : parse_set_value(p, &out->value);
}

// setVar
static Rc parse_set_item(Parser *p, SetItem *out)
{
    *out = (SetItem){0};
    if (at_op(p, '@') || at_op(p, OP2('@', '@'))) return parse_set_variable(p, out);
    TRY(refuse_set(p));
    bool is_variable = is_assign(&p->ahead);
    if (!is_variable && accept_word(p, KW_NAMES)) {
        out->kind = SET_NAMES;
        return parse_names(p, out);
    }
    if (accept_words(p, KW_CHARACTER, KW_SET) || accept_words(p, KW_CHAR, KW_SET) ||
        (!is_variable && accept_word(p, KW_CHARSET))) {
        out->kind = SET_CHARACTER_SET;
        return accept_word(p, KW_DEFAULT) ? RC_OK : parse_name_or_string(p, &out->name);
    }
    parse_scope(p, out);
    if (!is_assign(&p->ahead) && accept_word(p, KW_TRANSACTION)) {
        out->kind = SET_TRANSACTION;
        return parse_transaction_kind(p, out);
    }
    out->kind = SET_SYSTEM;
    TRY(parse_name(p, &out->name));
    TRY(expect_assign(p));
    return parse_set_value(p, &out->value);
}

// SET setVar { ',' setVar }
Rc parse_set(Parser *p, Statement *out)
{
    VEC(SetItem) items = {0};
    do {
        SetItem item;
        TRY(check_list(p, items.len));
        TRY(parse_set_item(p, &item));
        vec_push(p->ctx->arena, &items, item);
    } while (accept_op(p, ','));
    out->set = (SetStatement){items.at, items.len};
    return RC_OK;
}

// KILL [ CONNECTION | QUERY ] integer
Rc parse_kill(Parser *p, Statement *out)
{
    out->kill.is_query = accept_word(p, KW_QUERY);
    if (!out->kill.is_query) (void)accept_word(p, KW_CONNECTION);
    if (p->token.kind == TOKEN_STRING) return fail_unsupported(p, "KILL by query id");
    return parse_u64(p, &out->kill.id);
}

// ADMIN SET FRONTEND CONFIG '(' string '=' string ')' [ WITH PERSISTENT ], behind CONFIG
Rc parse_set_config(Parser *p, Statement *out)
{
    AstProperties pairs;
    Pos pos = pos_of(p);
    TRY(parse_pairs(p, &pairs));
    if (pairs.count != 1)
        return fail_syntax(p, pos, "ADMIN SET FRONTEND CONFIG takes one key, found %zu",
                           pairs.count);
    if (at_word(p, KW_WITH)) return fail_unsupported(p, "WITH PERSISTENT");
    out->config = pairs.at[0];
    return RC_OK;
}

// BEGIN [ WORK ] | START TRANSACTION [ WITH CONSISTENT SNAPSHOT ] | COMMIT [ WORK ] | ROLLBACK [
// WORK ]
Rc parse_transaction(Parser *p, Statement *out)
{
    if (out->kind != STMT_BEGIN) {
        (void)accept_word(p, KW_WORK);
        return RC_OK;
    }
    if (!accept_word(p, KW_WITH)) {
        (void)accept_word(p, KW_WORK);
        return RC_OK;
    }
    TRY(expect_word(p, KW_CONSISTENT));
    return expect_word(p, KW_SNAPSHOT);
}
