/*
 * sql/parse_from: what stands behind FROM: tables, joins, derived tables, FILES, table functions.
 *
 * Source  StarRocks' grammar: relations, relation, relationPrimary, joinRelation. Join hints in
 *         brackets and LATERAL are read and have no meaning. The comma is a cross join.
 * Errors  SYNTAX, LIMIT_EXCEEDED, NOT_SUPPORTED (NATURAL and ASOF joins, PIVOT, SAMPLE, tablets).
 * Threads pure.
 */
#include "sql/parser.h"

static Rc new_ref(Parser *p, RefKind kind, Pos pos, uint32_t below, TableRef **out)
{
    TableRef *ref = ARENA_NEW(p->ctx->arena, TableRef);
    ref->kind = kind;
    ref->pos = pos;
    TRY(count_depth(p, below, &ref->depth));
    *out = ref;
    return RC_OK;
}

static bool is_join_word(const Token *token)
{
    switch (token->kind == TOKEN_WORD ? token->keyword : KW_NONE) {
    case KW_JOIN:
    case KW_INNER:
    case KW_CROSS:
    case KW_LEFT:
    case KW_RIGHT:
    case KW_FULL:
    case KW_ASOF: return true;
    default: return false;
    }
}

// A free word that goes on with the clause rather than naming the table.
static bool is_alias_here(const Parser *p)
{
    if (!at_name(p) || at_set_op(p)) return false;
    if (at_word(p, KW_QUALIFY)) return !at_operand(&p->ahead);
    return true;
}

// Clauses of a table that are not there yet. NATURAL is a name in StarRocks, where `a NATURAL JOIN
// b` silently means something else than its reader thinks.
static Rc refuse_clause(Parser *p)
{
    bool has_list = p->ahead.kind == TOKEN_OP && p->ahead.op == '(';
    if (at_word(p, KW_NATURAL) && is_join_word(&p->ahead))
        return fail_unsupported(p, "NATURAL JOIN");
    if (at_word(p, KW_ASOF)) return fail_unsupported(p, "ASOF JOIN");
    if (at_word(p, KW_FOR)) return fail_unsupported(p, "time travel (FOR VERSION | TIMESTAMP)");
    if ((at_word(p, KW_TABLET) || at_word(p, KW_TABLETS)) && has_list)
        return fail_unsupported(p, "TABLET lists");
    if (at_word(p, KW_REPLICA) && has_list) return fail_unsupported(p, "REPLICA lists");
    if (at_word(p, KW_SAMPLE) && has_list) return fail_unsupported(p, "SAMPLE");
    if (at_word(p, KW_PIVOT) && has_list) return fail_unsupported(p, "PIVOT");
    return RC_OK;
}

// [ [ AS ] identifier [ '(' names ')' ] ]
static Rc parse_alias(Parser *p, bool allow_columns, TableRef *ref)
{
    TRY(refuse_clause(p));
    bool has_as = accept_word(p, KW_AS);
    if (!has_as && !is_alias_here(p)) return RC_OK;
    TRY(parse_name(p, &ref->alias));
    if (allow_columns && at_op(p, '(')) TRY(parse_name_list(p, &ref->column_aliases));
    return refuse_clause(p);
}

static bool at_partitions(const Parser *p)
{
    if (at_word(p, KW_PARTITION)) return true;
    if (at_words(p, KW_TEMPORARY, KW_PARTITION) || at_words(p, KW_TEMPORARY, KW_PARTITIONS))
        return true;
    return at_word(p, KW_PARTITIONS) && p->ahead.kind == TOKEN_OP && p->ahead.op == '(';
}

// '[' identifier { ',' identifier } ']': [BROADCAST], [SHUFFLE]
static Rc skip_hint(Parser *p)
{
    if (!accept_op(p, '[')) return RC_OK;
    Name name;
    do {
        TRY(parse_name(p, &name));
    } while (accept_op(p, ','));
    return expect_op(p, ']');
}

// FILES '(' pairs ')' alias
static Rc parse_files(Parser *p, TableRef **out)
{
    TRY(new_ref(p, REF_FILES, pos_of(p), 0, out));
    advance(p);
    TRY(parse_pairs(p, &(*out)->files));
    return parse_alias(p, true, *out);
}

// qualifiedName '(' [ args ] ')' alias
static Rc parse_table_function(Parser *p, QName name, TableRef **out)
{
    ExprList args = {0};
    TRY(expect_op(p, '('));
    if (!at_op(p, ')')) TRY(parse_expr_list(p, &args));
    TRY(expect_op(p, ')'));
    TRY(new_ref(p, REF_FUNCTION, name.pos, list_depth(args), out));
    (*out)->function.name = name;
    (*out)->function.args = args;
    return RC_OK;
}

// TABLE '(' function ')' alias
static Rc parse_wrapped_function(Parser *p, TableRef **out)
{
    QName name;
    advance(p);
    TRY(expect_op(p, '('));
    TRY(parse_qname(p, 3, &name));
    TRY(parse_table_function(p, name, out));
    TRY(expect_op(p, ')'));
    return parse_alias(p, true, *out);
}

// tableAtom = qualifiedName [ partitionNames ] alias
static Rc parse_table(Parser *p, TableRef **out)
{
    QName name;
    TRY(parse_table_name(p, &name));
    if (at_op(p, '(')) {
        TRY(parse_table_function(p, name, out));
        return parse_alias(p, true, *out);
    }
    TRY(new_ref(p, REF_TABLE, name.pos, 0, out));
    (*out)->table.name = name;
    if (at_partitions(p)) {
        TRY(parse_partition_names(p, &(*out)->table.partitions, &(*out)->table.is_temporary));
    }
    TRY(parse_alias(p, false, *out));
    return skip_hint(p);
}

static Rc new_query_ref(Parser *p, Pos pos, Query *query, TableRef **out)
{
    TRY(new_ref(p, REF_QUERY, pos, query->depth, out));
    (*out)->query = query;
    return RC_OK;
}

static Rc parse_refs(Parser *p, TableRef **out);

// '(' VALUES rows ')' alias | '(' query ')' alias | '(' relations ')'. As in expressions, what
// looks like a relation may be the first part of a query.
static Rc parse_paren_ref(Parser *p, TableRef **out)
{
    Pos pos = pos_of(p);
    TRY(expect_op(p, '('));
    Query *query = NULL;
    if (accept_word(p, KW_VALUES)) {
        TRY(parse_values(p, false, &query));
    } else if (at_query(p)) {
        TRY(parse_query(p, &query));
    } else {
        TRY(parse_refs(p, out));
        TableRef *ref = *out;
        bool is_bare = ref->kind == REF_QUERY && ref->alias.text.ptr == NULL;
        if (is_bare && at_query_tail(p)) TRY(parse_query_tail(p, ref->query, &query));
        if (is_bare && !query) query = ref->query;
    }
    TRY(expect_op(p, ')'));
    if (query == NULL) return RC_OK;
    TRY(new_query_ref(p, pos, query, out));
    return parse_alias(p, true, *out);
}

// relationPrimary
static Rc parse_ref_primary(Parser *p, TableRef **out)
{
    if (at_op(p, '(')) {
        TRY(nest(p));
        TRY(parse_paren_ref(p, out));
        unnest(p);
        return RC_OK;
    }
    if (at_word(p, KW_FILES)) return parse_files(p, out);
    if (at_word(p, KW_TABLE)) return parse_wrapped_function(p, out);
    return parse_table(p, out);
}

static const struct {
    Keyword first, second;
    JoinKind kind;
} JOINS[] = {
    {KW_LEFT, KW_SEMI, JOIN_LEFT_SEMI}, {KW_RIGHT, KW_SEMI, JOIN_RIGHT_SEMI},
    {KW_LEFT, KW_ANTI, JOIN_LEFT_ANTI}, {KW_RIGHT, KW_ANTI, JOIN_RIGHT_ANTI},
    {KW_LEFT, KW_OUTER, JOIN_LEFT},     {KW_RIGHT, KW_OUTER, JOIN_RIGHT},
    {KW_FULL, KW_OUTER, JOIN_FULL},     {KW_LEFT, KW_NONE, JOIN_LEFT},
    {KW_RIGHT, KW_NONE, JOIN_RIGHT},    {KW_FULL, KW_NONE, JOIN_FULL},
    {KW_INNER, KW_NONE, JOIN_INNER},    {KW_CROSS, KW_NONE, JOIN_CROSS},
    {KW_JOIN, KW_NONE, JOIN_INNER},
};

// The words of a join, JOIN included. CROSS stands alone too, as in StarRocks.
static Rc parse_join_kind(Parser *p, JoinKind *out)
{
    size_t i = 0;
    for (; i < COUNT_OF(JOINS); i++) {
        if (JOINS[i].second == KW_NONE ? at_word(p, JOINS[i].first)
                                       : at_words(p, JOINS[i].first, JOINS[i].second))
            break;
    }
    must(i < COUNT_OF(JOINS));
    *out = JOINS[i].kind;
    if (JOINS[i].first == KW_JOIN) return expect_word(p, KW_JOIN);
    advance(p);
    if (JOINS[i].second != KW_NONE) advance(p);
    if (*out == JOIN_CROSS && !at_word(p, KW_JOIN)) return RC_OK;
    return expect_word(p, KW_JOIN);
}

// joinCriteria = ON expr | USING '(' names ')'. INNER and CROSS joins may go without.
static Rc parse_criteria(Parser *p, TableRef *join)
{
    if (accept_word(p, KW_ON)) {
        TRY(parse_expr(p, &join->join.on));
        // The condition may be deeper than both sides.
        if (join->join.on->depth >= join->depth)
            TRY(count_depth(p, join->join.on->depth, &join->depth));
        return RC_OK;
    }
    if (accept_word(p, KW_USING)) return parse_name_list(p, &join->join.using_names);
    bool may_lack = join->join.kind == JOIN_INNER || join->join.kind == JOIN_CROSS;
    return may_lack ? RC_OK : fail_unexpected(p, "'ON', 'USING'");
}

static Rc new_join(Parser *p, JoinKind kind, TableRef *left, TableRef *right, TableRef **out)
{
    uint32_t depth = left->depth > right->depth ? left->depth : right->depth;
    TRY(new_ref(p, REF_JOIN, left->pos, depth, out));
    (*out)->join.kind = kind;
    (*out)->join.left = left;
    (*out)->join.right = right;
    return RC_OK;
}

// relation = relationPrimary { join [ hint ] [ LATERAL ] relationPrimary criteria }
static Rc parse_ref(Parser *p, TableRef **out)
{
    TableRef *left, *right;
    TRY(parse_ref_primary(p, &left));
    while (is_join_word(&p->token)) {
        TRY(refuse_clause(p));
        JoinKind kind;
        TRY(parse_join_kind(p, &kind));
        TRY(skip_hint(p));
        (void)accept_word(p, KW_LATERAL);
        TRY(parse_ref_primary(p, &right));
        TRY(new_join(p, kind, left, right, &left));
        TRY(parse_criteria(p, left));
    }
    *out = left;
    return RC_OK;
}

// relations = relation { ',' [ LATERAL ] relation }
static Rc parse_refs(Parser *p, TableRef **out)
{
    TableRef *left, *right;
    TRY(parse_ref(p, &left));
    while (accept_op(p, ',')) {
        (void)accept_word(p, KW_LATERAL);
        TRY(parse_ref(p, &right));
        TRY(new_join(p, JOIN_CROSS, left, right, &left));
    }
    *out = left;
    return RC_OK;
}

// fromClause = FROM ( DUAL | relations ), behind FROM
Rc parse_from(Parser *p, TableRef **out)
{
    if (accept_word(p, KW_DUAL)) {
        *out = NULL;
        return RC_OK;
    }
    return parse_refs(p, out);
}
