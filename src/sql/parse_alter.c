/*
 * sql/parse_alter: clauses of ALTER TABLE about columns and indexes, SWAP WITH and COMMENT; CREATE
 * INDEX, DROP INDEX, CANCEL ALTER TABLE.
 *
 * Source  StarRocks' grammar: addColumnClause .. reorderColumnsClause, createIndexClause,
 *         swapTableClause, columnRenameClause. Clauses are separated by commas; which may stand
 *         together is analysis.
 * Errors  SYNTAX, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

enum { MAX_CLAUSES = 1024 };

// [ ( TO | IN | FROM ) rollup ] [ properties ]
static Rc parse_tail(Parser *p, AstAlterClause *out)
{
    if (accept_word(p, KW_TO) || accept_word(p, KW_IN) || accept_word(p, KW_FROM))
        TRY(parse_name(p, &out->rollup));
    return parse_properties(p, &out->properties);
}

// [ FIRST | AFTER identifier ]
static Rc parse_position(Parser *p, AstAlterClause *out)
{
    out->is_first = accept_word(p, KW_FIRST);
    if (!out->is_first && accept_word(p, KW_AFTER)) return parse_name(p, &out->after);
    return RC_OK;
}

static Rc parse_one_column(Parser *p, AstAlterClause *out)
{
    out->columns = ARENA_NEW(p->ctx->arena, AstColumnDef);
    out->column_count = 1;
    return parse_column(p, out->columns);
}

static Rc check_type(Parser *p, const AstColumnDef *column)
{
    if (column->has_type) return RC_OK;
    return fail_syntax(p, column->name.pos, "No viable statement for input '%.*s'",
                       STR_ARG(column->name.text));
}

// ADD COLUMN ( column position | '(' column { ',' column } ')' ) tail, behind COLUMN
static Rc parse_add_columns(Parser *p, AstAlterClause *out)
{
    VEC(AstColumnDef) columns = {0};
    if (!accept_op(p, '(')) {
        TRY(parse_one_column(p, out));
        TRY(check_type(p, out->columns));
        TRY(parse_position(p, out));
        return parse_tail(p, out);
    }
    do {
        AstColumnDef column;
        if (columns.len == LIMIT_COLUMNS)
            return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                           "The number of columns", (long long)LIMIT_COLUMNS);
        TRY(parse_column(p, &column));
        TRY(check_type(p, &column));
        vec_push(p->ctx->arena, &columns, column);
    } while (accept_op(p, ','));
    out->columns = columns.at;
    out->column_count = columns.len;
    TRY(expect_op(p, ')'));
    return parse_tail(p, out);
}

// MODIFY COLUMN ( column position tail | identifier COMMENT string ), behind COLUMN
static Rc parse_modify(Parser *p, AstAlterClause *out)
{
    TRY(parse_one_column(p, out));
    out->name = out->columns->name;
    bool is_comment = !out->columns->has_type && out->columns->comment.ptr;
    if (is_comment) {
        out->what = AST_ALTER_COMMENT_COLUMN;
        out->comment = out->columns->comment;
        return RC_OK;
    }
    TRY(check_type(p, out->columns));
    TRY(parse_position(p, out));
    return parse_tail(p, out);
}

// ORDER BY '(' names ')' tail, behind BY. StarRocks also takes the names without parentheses.
static Rc parse_order(Parser *p, AstAlterClause *out)
{
    VEC(Name) names = {0};
    if (at_op(p, '(')) {
        TRY(parse_name_list(p, &out->order));
        return parse_tail(p, out);
    }
    do {
        Name name;
        TRY(check_list(p, names.len));
        TRY(parse_name(p, &name));
        vec_push(p->ctx->arena, &names, name);
    } while (accept_op(p, ','));
    out->order = (NameList){names.at, names.len};
    return parse_tail(p, out);
}

// RENAME COLUMN identifier ( TO | AS ) identifier, behind COLUMN
static Rc parse_rename_column(Parser *p, AstAlterClause *out)
{
    TRY(parse_name(p, &out->name));
    if (!accept_word(p, KW_AS)) TRY(expect_word(p, KW_TO));
    return parse_name(p, &out->new_name);
}

static Rc parse_drop_column(Parser *p, AstAlterClause *out)
{
    TRY(parse_name(p, &out->name));
    return parse_tail(p, out);
}

// ADD INDEX name '(' columns ')' .., at INDEX
static Rc parse_add_index(Parser *p, AstAlterClause *out)
{
    TRY(parse_index(p, &out->index));
    out->name = out->index.name;
    return RC_OK;
}

static Rc parse_drop_index(Parser *p, AstAlterClause *out)
{
    return parse_name(p, &out->name);
}

// COMMENT '=' string, behind COMMENT
static Rc parse_table_comment(Parser *p, AstAlterClause *out)
{
    TRY(expect_op(p, '='));
    return parse_string(p, &out->comment);
}

static Rc parse_swap(Parser *p, AstAlterClause *out)
{
    return parse_name(p, &out->name);
}

static const struct {
    const char *words;
    AstAlterWhat what;
    int kept;  // how many of the words the parser wants to see
    Rc (*parse)(Parser *p, AstAlterClause *out);
} CLAUSES[] = {
    {"ADD COLUMN", AST_ALTER_ADD_COLUMNS, 0, parse_add_columns},
    {"DROP COLUMN", AST_ALTER_DROP_COLUMN, 0, parse_drop_column},
    {"MODIFY COLUMN", AST_ALTER_MODIFY_COLUMN, 0, parse_modify},
    {"RENAME COLUMN", AST_ALTER_RENAME_COLUMN, 0, parse_rename_column},
    {"ORDER BY", AST_ALTER_ORDER_BY, 0, parse_order},
    {"ADD INDEX", AST_ALTER_ADD_INDEX, 1, parse_add_index},
    {"DROP INDEX", AST_ALTER_DROP_INDEX, 0, parse_drop_index},
    {"COMMENT", AST_ALTER_COMMENT, 0, parse_table_comment},
    {"SWAP WITH", AST_ALTER_SWAP, 0, parse_swap},
};

// NULL: another clause.
static Rc parse_clause(Parser *p, AstAlterClause *out, bool *is_there)
{
    *is_there = false;
    for (size_t i = 0; i < COUNT_OF(CLAUSES); i++) {
        int count = match_words(p, CLAUSES[i].words);
        if (count == 0) continue;
        *is_there = true;
        *out = (AstAlterClause){.what = CLAUSES[i].what, .pos = pos_of(p)};
        for (count -= CLAUSES[i].kept; count > 0; count--) advance(p);
        return CLAUSES[i].parse(p, out);
    }
    return RC_OK;
}

bool at_alter_clause(const Parser *p)
{
    for (size_t i = 0; i < COUNT_OF(CLAUSES); i++)
        if (match_words(p, CLAUSES[i].words) > 0) return true;
    return false;
}

// clause { ',' clause }
Rc parse_alter_clauses(Parser *p, AlterTableStatement *out)
{
    VEC(AstAlterClause) clauses = {0};
    out->kind = ALTER_CLAUSES;
    do {
        AstAlterClause clause;
        bool is_there;
        if (clauses.len == MAX_CLAUSES)
            return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                           "The number of clauses of ALTER TABLE", (long long)MAX_CLAUSES);
        TRY(parse_clause(p, &clause, &is_there));
        if (!is_there && at_end(p)) return fail_unexpected(p, "'ADD', 'DROP', 'MODIFY', 'ORDER'");
        if (!is_there)
            return fail_unsupported(p, "ALTER TABLE with several clauses of different kinds");
        vec_push(p->ctx->arena, &clauses, clause);
    } while (accept_op(p, ','));
    out->clauses = clauses.at;
    out->clause_count = clauses.len;
    return RC_OK;
}

// --------------------------------------------------------------------------------- CREATE INDEX

static AstAlterClause *one_clause(Parser *p, Statement *out, AstAlterWhat what)
{
    AlterTableStatement *alter = out->alter_table = ARENA_NEW(p->ctx->arena, AlterTableStatement);
    alter->kind = ALTER_CLAUSES;
    alter->pos = pos_of(p);
    alter->clauses = ARENA_NEW(p->ctx->arena, AstAlterClause);
    alter->clause_count = 1;
    alter->clauses->what = what;
    alter->clauses->pos = alter->pos;
    return alter->clauses;
}

// CREATE INDEX identifier ON table '(' columns ')' [ USING type .. ] [ COMMENT string ]
Rc parse_create_index(Parser *p, Statement *out)
{
    AstAlterClause *clause = one_clause(p, out, AST_ALTER_ADD_INDEX);
    TRY(parse_name(p, &clause->index.name));
    clause->name = clause->index.name;
    TRY(expect_word(p, KW_ON));
    TRY(parse_table_name(p, &out->alter_table->table));
    return parse_index_body(p, &clause->index);
}

// DROP INDEX identifier ON table
Rc parse_drop_index_statement(Parser *p, Statement *out)
{
    AstAlterClause *clause = one_clause(p, out, AST_ALTER_DROP_INDEX);
    TRY(parse_name(p, &clause->name));
    TRY(expect_word(p, KW_ON));
    return parse_table_name(p, &out->alter_table->table);
}

// ---------------------------------------------------------------------------- CANCEL ALTER TABLE

Rc parse_alter_job_kind(Parser *p, AstAlterJobKind *out)
{
    if (accept_word(p, KW_COLUMN)) {
        *out = AST_ALTER_JOB_COLUMN;
    } else if (accept_word(p, KW_ROLLUP)) {
        *out = AST_ALTER_JOB_ROLLUP;
    } else if (accept_word(p, KW_OPTIMIZE)) {
        *out = AST_ALTER_JOB_OPTIMIZE;
    } else {
        return fail_unexpected(p, "'COLUMN', 'ROLLUP', 'OPTIMIZE'");
    }
    return RC_OK;
}

// CANCEL ALTER TABLE ( COLUMN | ROLLUP | OPTIMIZE ) FROM table [ '(' job ids ')' ], behind TABLE
Rc parse_cancel_alter(Parser *p, Statement *out)
{
    TRY(parse_alter_job_kind(p, &out->cancel_alter.kind));
    TRY(expect_word(p, KW_FROM));
    TRY(parse_table_name(p, &out->cancel_alter.table));
    if (!accept_op(p, '(')) return RC_OK;
    size_t count = 0;
    do {
        uint64_t ignored;
        TRY(check_list(p, count++));
        TRY(parse_u64(p, &ignored));
    } while (accept_op(p, ','));
    return expect_op(p, ')');
}
