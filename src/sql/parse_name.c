/*
 * sql/parse_name: names, strings, numbers and the small clauses that many statements share.
 *
 * Source  StarRocks' grammar: identifier, qualifiedName, partitionNames, properties, comment.
 * Errors  SYNTAX, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

static const char NAME_EXPECTED[] = "a legal identifier";

static bool is_name(const Token *token)
{
    if (token->kind == TOKEN_QUOTED) return true;
    return token->kind == TOKEN_WORD && keyword_use(token->keyword) == FREE;
}

bool at_name(const Parser *p)
{
    return is_name(&p->token);
}

static Rc take_name(Parser *p, Name *out)
{
    Str text = p->token.kind == TOKEN_STRING ? token_string(p->ctx->arena, &p->token)
                                             : token_name(p->ctx->arena, &p->token);
    if (!str_is_utf8(text)) return fail_syntax(p, pos_of(p), "The name is not UTF-8");
    if (text.len > LIMIT_IDENTIFIER_BYTES)
        return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                       "The length of a name", (long long)LIMIT_IDENTIFIER_BYTES);
    *out = (Name){text, pos_of(p)};
    advance(p);
    return RC_OK;
}

// identifier = word | nonReserved keyword | digits with letters | '`' text '`'
Rc parse_name(Parser *p, Name *out)
{
    return at_name(p) ? take_name(p, out) : fail_unexpected(p, NAME_EXPECTED);
}

// identifierOrString = identifier | string
Rc parse_name_or_string(Parser *p, Name *out)
{
    if (at_name(p) || p->token.kind == TOKEN_STRING) return take_name(p, out);
    return fail_unexpected(p, NAME_EXPECTED);
}

// qualifiedName = identifier { '.' identifier }
Rc parse_qname(Parser *p, size_t max_parts, QName *out)
{
    VEC(Str) parts = {0};
    Pos pos = pos_of(p);
    do {
        Name name;
        TRY(parse_name(p, &name));
        vec_push(p->ctx->arena, &parts, name.text);
        if (parts.len == max_parts && at_op(p, '.')) return fail_unexpected(p, "<EOF>, ';'");
    } while (accept_op(p, '.'));
    *out = (QName){parts.at, parts.len, pos};
    return RC_OK;
}

// Any number of parts is read, so that the message can name them all.
Rc parse_table_name(Parser *p, QName *out)
{
    QName name;
    TRY(parse_qname(p, LIMIT_SQL_LIST, &name));
    if (name.count > 3)
        return fail_syntax(p, name.pos, "Invalid table name format '%.*s'",
                           STR_ARG(qname_text(p->ctx->arena, name)));
    *out = name;
    return RC_OK;
}

Rc parse_string(Parser *p, Str *out)
{
    if (p->token.kind != TOKEN_STRING) return fail_unexpected(p, "a string");
    *out = token_string(p->ctx->arena, &p->token);
    advance(p);
    return RC_OK;
}

Rc parse_u64(Parser *p, uint64_t *out)
{
    if (p->token.kind != TOKEN_INTEGER) return fail_unexpected(p, "an integer");
    if (!str_to_u64(p->token.text, out))
        return fail_syntax(p, pos_of(p), "Invalid numeric literal %.*s", STR_ARG(p->token.text));
    advance(p);
    return RC_OK;
}

// identifierList = '(' identifier { ',' identifier } ')'
Rc parse_name_list(Parser *p, NameList *out)
{
    VEC(Name) names = {0};
    TRY(expect_op(p, '('));
    do {
        Name name;
        TRY(check_list(p, names.len));
        TRY(parse_name(p, &name));
        vec_push(p->ctx->arena, &names, name);
    } while (accept_op(p, ','));
    TRY(expect_op(p, ')'));
    *out = (NameList){names.at, names.len};
    return RC_OK;
}

// In a list without parentheses the comma may also begin what follows the list: `t PARTITION p1,
// u`. As ANTLR does, go on as long as it reads well: not before `u.v`, `u w` and `u PARTITION`.
static bool goes_on(const Parser *p, bool has_parens)
{
    if (!at_op(p, ',')) return false;
    if (has_parens) return true;
    if (!is_name(&p->ahead) && p->ahead.kind != TOKEN_STRING) return false;
    Token then = peek(p, 2);
    if (then.kind == TOKEN_OP && then.op == '.') return false;
    return !is_name(&then) && !(then.kind == TOKEN_WORD && then.keyword == KW_PARTITION);
}

// partitionNames = [ TEMPORARY ] ( PARTITION | PARTITIONS )
//                  ( '(' identifierOrString { ',' .. } ')' | identifierOrString { ',' .. } )
Rc parse_partition_names(Parser *p, NameList *out, bool *is_temporary)
{
    VEC(Name) names = {0};
    *is_temporary = accept_word(p, KW_TEMPORARY);
    if (!accept_word(p, KW_PARTITIONS)) TRY(expect_word(p, KW_PARTITION));
    bool has_parens = accept_op(p, '(');
    do {
        if (names.len > 0) advance(p);
        Name name;
        TRY(check_list(p, names.len));
        TRY(parse_name_or_string(p, &name));
        vec_push(p->ctx->arena, &names, name);
    } while (goes_on(p, has_parens));
    if (has_parens) TRY(expect_op(p, ')'));
    *out = (NameList){names.at, names.len};
    return RC_OK;
}

bool at_partition_names(const Parser *p)
{
    return at_word(p, KW_PARTITION) || at_word(p, KW_PARTITIONS) ||
           at_words(p, KW_TEMPORARY, KW_PARTITION) || at_words(p, KW_TEMPORARY, KW_PARTITIONS);
}

Rc parse_if_exists(Parser *p, bool *out)
{
    *out = accept_word(p, KW_IF);
    return *out ? expect_word(p, KW_EXISTS) : RC_OK;
}

Rc parse_if_not_exists(Parser *p, bool *out)
{
    *out = accept_word(p, KW_IF);
    if (!*out) return RC_OK;
    TRY(expect_word(p, KW_NOT));
    return expect_word(p, KW_EXISTS);
}

Rc parse_comment(Parser *p, Str *out)
{
    *out = STR_NONE;
    return accept_word(p, KW_COMMENT) ? parse_string(p, out) : RC_OK;
}

// The last value of a key wins, as in StarRocks' map.
static AstProperty *find_key(AstProperty *pairs, size_t count, Str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(pairs[i].key, key)) return &pairs[i];
    return NULL;
}

// propertyList = '(' string '=' string { ',' string '=' string } ')'
Rc parse_pairs(Parser *p, AstProperties *out)
{
    VEC(AstProperty) pairs = {0};
    TRY(expect_op(p, '('));
    do {
        AstProperty pair = {.pos = pos_of(p)};
        TRY(parse_string(p, &pair.key));
        TRY(expect_op(p, '='));
        TRY(parse_string(p, &pair.value));
        AstProperty *same = find_key(pairs.at, pairs.len, pair.key);
        if (same) {
            *same = pair;
        } else if (pairs.len == LIMIT_PROPERTIES) {
            return FAIL_AT(p->ctx, pair.pos.line, pair.pos.column, LIMIT_EXCEEDED,
                           "The number of properties", (long long)LIMIT_PROPERTIES);
        } else {
            vec_push(p->ctx->arena, &pairs, pair);
        }
    } while (accept_op(p, ','));
    TRY(expect_op(p, ')'));
    *out = (AstProperties){pairs.at, pairs.len};
    return RC_OK;
}

Rc parse_properties(Parser *p, AstProperties *out)
{
    *out = (AstProperties){0};
    return accept_word(p, KW_PROPERTIES) ? parse_pairs(p, out) : RC_OK;
}

static const struct {
    Keyword keyword;
    const char *name;
} UNITS[UNIT_COUNT] = {
    [UNIT_NONE] = {KW_NONE, ""},
    [UNIT_YEAR] = {KW_YEAR, "YEAR"},
    [UNIT_QUARTER] = {KW_QUARTER, "QUARTER"},
    [UNIT_MONTH] = {KW_MONTH, "MONTH"},
    [UNIT_WEEK] = {KW_WEEK, "WEEK"},
    [UNIT_DAY] = {KW_DAY, "DAY"},
    [UNIT_HOUR] = {KW_HOUR, "HOUR"},
    [UNIT_MINUTE] = {KW_MINUTE, "MINUTE"},
    [UNIT_SECOND] = {KW_SECOND, "SECOND"},
    [UNIT_MILLISECOND] = {KW_MILLISECOND, "MILLISECOND"},
    [UNIT_MICROSECOND] = {KW_MICROSECOND, "MICROSECOND"},
};

const char *time_unit_name(TimeUnit unit)
{
    must(unit < UNIT_COUNT);
    return UNITS[unit].name;
}

// unitIdentifier = YEAR | QUARTER | MONTH | WEEK | DAY | HOUR | MINUTE | SECOND | ..
Rc parse_unit(Parser *p, TimeUnit *out)
{
    for (int unit = UNIT_YEAR; unit < UNIT_COUNT; unit++) {
        if (!at_word(p, UNITS[unit].keyword)) continue;
        *out = (TimeUnit)unit;
        advance(p);
        return RC_OK;
    }
    return fail_unexpected(p, "'YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'");
}
