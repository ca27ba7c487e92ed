/*
 * sql/parse_ddl: databases, USE, DROP, TRUNCATE, INSERT, DESC, EXPLAIN.
 *
 * Source  StarRocks' grammar: createDbStatement, dropDbStatement, insertStatement, explainDesc.
 * Errors  SYNTAX, LIMIT_EXCEEDED, NOT_SUPPORTED.   Threads  pure.
 */
#include "sql/parser.h"

// [ DEFAULT ] ( CHARSET | CHARACTER SET | CHAR SET | COLLATE ) [ '=' ] identifierOrString: no
// meaning
Rc skip_charset(Parser *p)
{
    for (;;) {
        bool is_there = accept_words(p, KW_DEFAULT, KW_CHARSET) || accept_word(p, KW_CHARSET) ||
                        accept_words(p, KW_DEFAULT, KW_COLLATE) || accept_word(p, KW_COLLATE) ||
                        accept_words(p, KW_CHARACTER, KW_SET) || accept_words(p, KW_CHAR, KW_SET);
        if (!is_there &&
            (at_words(p, KW_DEFAULT, KW_CHARACTER) || at_words(p, KW_DEFAULT, KW_CHAR))) {
            advance(p);
            continue;
        }
        if (!is_there) return RC_OK;
        Name name;
        (void)accept_op(p, '=');
        TRY(parse_name_or_string(p, &name));
    }
}

// CREATE ( DATABASE | SCHEMA ) [ IF NOT EXISTS ] [ catalog '.' ] database [ charset ] [ properties
// ]
Rc parse_create_database(Parser *p, Statement *out)
{
    CreateDatabaseStatement *create = &out->create_database;
    TRY(parse_if_not_exists(p, &create->if_not_exists));
    TRY(parse_qname(p, 2, &create->name));
    TRY(skip_charset(p));
    return parse_properties(p, &create->properties);
}

// DROP ( DATABASE | SCHEMA ) [ IF EXISTS ] [ catalog '.' ] database [ FORCE ]
Rc parse_drop_database(Parser *p, Statement *out)
{
    TRY(parse_if_exists(p, &out->drop_database.if_exists));
    TRY(parse_qname(p, 2, &out->drop_database.name));
    out->drop_database.is_force = accept_word(p, KW_FORCE);
    return RC_OK;
}

// USE [ catalog '.' ] database. StarRocks' USE 'catalog.database' changes the catalog.
Rc parse_use(Parser *p, Statement *out)
{
    if (p->token.kind == TOKEN_STRING) return fail_unsupported(p, "USE of a catalog");
    return parse_qname(p, 2, &out->use);
}

// DROP TABLE [ IF EXISTS ] qualifiedName [ FORCE ]
Rc parse_drop_table(Parser *p, Statement *out)
{
    TRY(parse_if_exists(p, &out->drop_table.if_exists));
    TRY(parse_table_name(p, &out->drop_table.name));
    out->drop_table.is_force = accept_word(p, KW_FORCE);
    return RC_OK;
}

// TRUNCATE TABLE qualifiedName [ partitionNames ]
Rc parse_truncate(Parser *p, Statement *out)
{
    TRY(parse_table_name(p, &out->truncate.table));
    if (at_end(p)) return RC_OK;
    return parse_partition_names(p, &out->truncate.partitions, &out->truncate.is_temporary);
}

// ------------------------------------------------------------------------------------------ INSERT

// { '(' columns ')' | WITH LABEL identifier }. A parenthesis may also begin the query.
static Rc parse_insert_options(Parser *p, InsertStatement *insert)
{
    for (;;) {
        bool begins_query = p->ahead.kind == TOKEN_OP ||
                            (p->ahead.kind == TOKEN_WORD &&
                             (p->ahead.keyword == KW_SELECT || p->ahead.keyword == KW_WITH));
        if (at_op(p, '(') && !begins_query) {
            if (insert->columns.count > 0) return fail_unexpected(p, "'SELECT', 'VALUES'");
            TRY(parse_name_list(p, &insert->columns));
        } else if (accept_words(p, KW_WITH, KW_LABEL)) {
            TRY(parse_name(p, &insert->label));
        } else {
            return RC_OK;
        }
    }
}

static Rc refuse_insert_target(Parser *p)
{
    if (p->ahead.kind == TOKEN_WORD && p->ahead.keyword == KW_FILES)
        return fail_unsupported(p, at_word(p, KW_OVERWRITE) ? "INSERT OVERWRITE FILES"
                                                            : "INSERT INTO FILES");
    return RC_OK;
}

// INSERT ( INTO | OVERWRITE ) [ TABLE ] qualifiedName [ partitionNames ] options [ properties ]
//        ( VALUES rows | query ), behind INSERT
Rc parse_insert(Parser *p, Statement *out)
{
    InsertStatement *insert = out->insert = ARENA_NEW(p->ctx->arena, InsertStatement);
    TRY(refuse_insert_target(p));
    insert->is_overwrite = accept_word(p, KW_OVERWRITE);
    if (!insert->is_overwrite) TRY(expect_word(p, KW_INTO));
    (void)accept_word(p, KW_TABLE);
    TRY(parse_table_name(p, &insert->table));
    if (at_partition_names(p))
        TRY(parse_partition_names(p, &insert->partitions, &insert->is_temporary));
    TRY(parse_insert_options(p, insert));
    TRY(parse_properties(p, &insert->properties));
    if (accept_word(p, KW_VALUES)) return parse_values(p, true, &insert->source);
    if (!at_query(p) && !at_op(p, '('))
        return fail_unexpected(p, "'SELECT', 'VALUES', 'WITH', '('");
    return parse_query(p, &insert->source);
}

// ---------------------------------------------------------------------------------- DESC, EXPLAIN

static bool at_explained(const Parser *p)
{
    return at_query(p) || at_op(p, '(') || at_word(p, KW_INSERT);
}

// [ LOGICAL | ANALYZE | VERBOSE | COSTS ] ( query | INSERT .. ), behind EXPLAIN
Rc parse_explain(Parser *p, Statement *out)
{
    static const struct {
        Keyword keyword;
        ExplainLevel level;
    } LEVELS[] = {
        {KW_LOGICAL, EXPLAIN_LOGICAL},
        {KW_ANALYZE, EXPLAIN_ANALYZE},
        {KW_VERBOSE, EXPLAIN_VERBOSE},
        {KW_COSTS, EXPLAIN_COSTS},
    };
    out->kind = STMT_EXPLAIN;
    out->explain.level = EXPLAIN_NORMAL;
    for (size_t i = 0; i < COUNT_OF(LEVELS); i++) {
        if (!accept_word(p, LEVELS[i].keyword)) continue;
        out->explain.level = LEVELS[i].level;
        break;
    }
    if (at_word(p, KW_SCHEDULER)) return fail_unsupported(p, "EXPLAIN SCHEDULER");
    if (!at_explained(p)) return fail_unexpected(p, "'SELECT', 'WITH', 'INSERT', '('");
    return parse_statement(p, &out->explain.target);
}

// ( DESC | DESCRIBE ) ( qualifiedName [ ALL ] | FILES '(' pairs ')' | what EXPLAIN takes )
Rc parse_desc(Parser *p, Statement *out)
{
    bool is_level = at_word(p, KW_LOGICAL) || at_word(p, KW_VERBOSE) || at_word(p, KW_COSTS);
    bool goes_on = p->ahead.kind != TOKEN_END && !(p->ahead.kind == TOKEN_OP && p->ahead.op != '(');
    if (at_explained(p) || at_word(p, KW_ANALYZE) || (is_level && goes_on))
        return parse_explain(p, out);
    if (accept_word(p, KW_FILES)) {
        out->desc.is_files = true;
        return parse_pairs(p, &out->desc.files);
    }
    TRY(parse_table_name(p, &out->desc.table));
    out->desc.is_all = accept_word(p, KW_ALL);
    return RC_OK;
}
