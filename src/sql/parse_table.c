/*
 * sql/parse_table: CREATE TABLE and ALTER TABLE.
 *
 * Source  StarRocks' grammar: createTableStatement, columnDesc, alterClause. Every key kind and
 *         column clause is read; which of them a table can have is analysis.
 * Errors  SYNTAX, LIMIT_EXCEEDED, SEMANTIC (sizes), NOT_SUPPORTED (CTAS, LIKE, rollups, most
 * ALTERs). Threads pure.
 */
#include "sql/parser.h"

// ---------------------------------------------------------------------------------------- columns

// [ SUM | MAX | MIN | REPLACE | REPLACE_IF_NOT_NULL | HLL_UNION | BITMAP_UNION | PERCENTILE_UNION ]
static AstAggKind accept_agg(Parser *p)
{
    static const Keyword WORDS[] = {
        [AST_AGG_SUM] = KW_SUM,
        [AST_AGG_MAX] = KW_MAX,
        [AST_AGG_MIN] = KW_MIN,
        [AST_AGG_REPLACE] = KW_REPLACE,
        [AST_AGG_REPLACE_IF_NOT_NULL] = KW_REPLACE_IF_NOT_NULL,
        [AST_AGG_HLL_UNION] = KW_HLL_UNION,
        [AST_AGG_BITMAP_UNION] = KW_BITMAP_UNION,
        [AST_AGG_PERCENTILE_UNION] = KW_PERCENTILE_UNION,
    };
    for (size_t i = AST_AGG_SUM; i < COUNT_OF(WORDS); i++)
        if (accept_word(p, WORDS[i])) return (AstAggKind)i;
    return AST_AGG_NONE;
}

// CURRENT_TIMESTAMP [ '(' [ n ] ')' ]
static Rc parse_now(Parser *p, AstColumnDef *out)
{
    uint64_t precision = 0;
    Pos pos = pos_of(p);
    advance(p);
    out->default_kind = AST_DEFAULT_CURRENT_TIMESTAMP;
    if (!accept_op(p, '(')) return RC_OK;
    if (!at_op(p, ')')) TRY(parse_u64(p, &precision));
    if (precision > 6)
        return fail_syntax(p, pos, "Invalid precision %llu of CURRENT_TIMESTAMP, it is 0 to 6",
                           (unsigned long long)precision);
    out->default_precision = (uint8_t)precision;
    return expect_op(p, ')');
}

// DEFAULT ( string | NULL | CURRENT_TIMESTAMP .. | expr ), behind DEFAULT
static Rc parse_default(Parser *p, AstColumnDef *out)
{
    if (at_word(p, KW_CURRENT_TIMESTAMP)) return parse_now(p, out);
    if (accept_word(p, KW_NULL)) {
        out->default_kind = AST_DEFAULT_NULL;
        return RC_OK;
    }
    out->default_kind = p->token.kind == TOKEN_STRING ? AST_DEFAULT_TEXT : AST_DEFAULT_EXPR;
    if (out->default_kind == AST_DEFAULT_TEXT) return parse_literal(p, &out->default_expr);
    return parse_expr(p, &out->default_expr);
}

// [ NULL | NOT NULL ]
static Rc parse_nullness(Parser *p, AstNullness *out)
{
    if (accept_word(p, KW_NULL)) *out = AST_NULLNESS_NULL;
    if (!accept_word(p, KW_NOT)) return RC_OK;
    *out = AST_NULLNESS_NOT_NULL;
    return expect_word(p, KW_NULL);
}

// [ ( CHAR | CHARACTER ) SET identifier | CHARSET identifier ]: no meaning
static Rc skip_column_charset(Parser *p)
{
    Name name;
    bool is_there = accept_words(p, KW_CHAR, KW_SET) || accept_words(p, KW_CHARACTER, KW_SET) ||
                    accept_word(p, KW_CHARSET);
    return is_there ? parse_name_or_string(p, &name) : RC_OK;
}

static bool lacks_type(const Parser *p)
{
    return at_op(p, ',') || at_op(p, ')') || at_word(p, KW_AS) || at_word(p, KW_COMMENT);
}

// column = identifier [ type ] [ charset ] [ KEY ] [ agg ] [ NULL | NOT NULL ]
//          [ DEFAULT .. | AUTO_INCREMENT | AS expr ] [ COMMENT string ]
Rc parse_column(Parser *p, AstColumnDef *out)
{
    *out = (AstColumnDef){0};
    TRY(parse_name(p, &out->name));
    out->has_type = !lacks_type(p);
    if (out->has_type) TRY(parse_type(p, &out->type));
    if (type_is_text(out->type.kind) && out->type.len == 0) out->type.len = 1;
    TRY(skip_column_charset(p));
    out->is_key = accept_word(p, KW_KEY);
    out->agg = accept_agg(p);
    TRY(parse_nullness(p, &out->nullness));
    if (accept_word(p, KW_DEFAULT)) {
        TRY(parse_default(p, out));
    } else if (accept_word(p, KW_AUTO_INCREMENT)) {
        out->is_auto_increment = true;
    } else if (accept_word(p, KW_AS)) {
        TRY(parse_expr(p, &out->generated));
    }
    return parse_comment(p, &out->comment);
}

// '(' columns ')' [ USING type [ pairs ] ] [ COMMENT string ]
Rc parse_index_body(Parser *p, AstIndexDef *out)
{
    TRY(parse_name_list(p, &out->columns));
    if (accept_word(p, KW_USING)) {
        if (p->token.kind != TOKEN_WORD) return fail_unexpected(p, "'BITMAP', 'GIN', 'NGRAMBF'");
        out->type = p->token.text;
        advance(p);
        if (at_op(p, '(')) TRY(parse_pairs(p, &out->properties));
    }
    return parse_comment(p, &out->comment);
}

// index = INDEX identifier body
Rc parse_index(Parser *p, AstIndexDef *out)
{
    *out = (AstIndexDef){0};
    TRY(expect_word(p, KW_INDEX));
    TRY(parse_name(p, &out->name));
    return parse_index_body(p, out);
}

// '(' column { ',' column } { ',' index } ')'
static Rc parse_columns(Parser *p, CreateTableStatement *out)
{
    VEC(AstColumnDef) columns = {0};
    VEC(AstIndexDef) indexes = {0};
    TRY(expect_op(p, '('));
    do {
        if (columns.len + indexes.len == LIMIT_COLUMNS)
            return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                           "The number of columns", (long long)LIMIT_COLUMNS);
        if (at_word(p, KW_INDEX)) {
            AstIndexDef index;
            TRY(parse_index(p, &index));
            vec_push(p->ctx->arena, &indexes, index);
        } else {
            AstColumnDef column;
            TRY(parse_column(p, &column));
            vec_push(p->ctx->arena, &columns, column);
        }
    } while (accept_op(p, ','));
    out->columns = columns.at;
    out->column_count = columns.len;
    out->indexes = indexes.at;
    out->index_count = indexes.len;
    return expect_op(p, ')');
}

// Columns without a type are legal in CREATE TABLE .. AS SELECT only.
static Rc check_types(Parser *p, const CreateTableStatement *create)
{
    for (size_t i = 0; i < create->column_count; i++) {
        const AstColumnDef *column = &create->columns[i];
        if (!column->has_type && column->generated == NULL)
            return fail_syntax(p, column->name.pos, "No viable statement for input '%.*s'",
                               STR_ARG(column->name.text));
    }
    return RC_OK;
}

// ----------------------------------------------------------------------------------- CREATE TABLE

// [ ( DUPLICATE | AGGREGATE | UNIQUE | PRIMARY ) KEY '(' columns ')' ]
static Rc parse_key(Parser *p, CreateTableStatement *out)
{
    out->key_pos = pos_of(p);
    out->key_kind = at_words(p, KW_DUPLICATE, KW_KEY)   ? AST_KEY_DUPLICATE
                    : at_words(p, KW_AGGREGATE, KW_KEY) ? AST_KEY_AGGREGATE
                    : at_words(p, KW_UNIQUE, KW_KEY)    ? AST_KEY_UNIQUE
                    : at_words(p, KW_PRIMARY, KW_KEY)   ? AST_KEY_PRIMARY
                                                        : AST_KEY_NONE;
    if (out->key_kind == AST_KEY_NONE) return RC_OK;
    advance(p);
    advance(p);
    return parse_name_list(p, &out->keys);
}

// [ ORDER BY '(' column [ ASC ] { ',' column [ ASC ] } ')' ]
static Rc parse_sort_columns(Parser *p, NameList *out)
{
    VEC(Name) names = {0};
    if (!accept_word(p, KW_ORDER)) return RC_OK;
    TRY(expect_word(p, KW_BY));
    TRY(expect_op(p, '('));
    do {
        Name name;
        TRY(check_list(p, names.len));
        TRY(parse_name(p, &name));
        vec_push(p->ctx->arena, &names, name);
        if (at_word(p, KW_DESC)) return fail_unsupported(p, "descending sort columns");
        (void)accept_word(p, KW_ASC);
    } while (accept_op(p, ','));
    *out = (NameList){names.at, names.len};
    return expect_op(p, ')');
}

// Clauses behind the columns, in StarRocks' order.
static Rc parse_table_clauses(Parser *p, CreateTableStatement *out)
{
    if (accept_word(p, KW_ENGINE)) {
        TRY(expect_op(p, '='));
        TRY(parse_name(p, &out->engine));
    }
    TRY(skip_charset(p));
    TRY(parse_key(p, out));
    TRY(parse_comment(p, &out->comment));
    if (accept_word(p, KW_PARTITION)) {
        TRY(expect_word(p, KW_BY));
        TRY(parse_partition_by(p, &out->partition_by));
    }
    TRY(parse_distribution(p, &out->distribution));
    TRY(parse_sort_columns(p, &out->sort_columns));
    if (at_word(p, KW_ROLLUP)) return fail_unsupported(p, "ROLLUP in CREATE TABLE");
    TRY(parse_properties(p, &out->properties));
    if (at_words(p, KW_BROKER, KW_PROPERTIES)) return fail_unsupported(p, "BROKER PROPERTIES");
    return RC_OK;
}

// CREATE TABLE [ IF NOT EXISTS ] qualifiedName '(' columns ')' clauses
Rc parse_create_table(Parser *p, Statement *out)
{
    CreateTableStatement *create = ARENA_NEW(p->ctx->arena, CreateTableStatement);
    out->create_table = create;
    TRY(parse_if_not_exists(p, &create->if_not_exists));
    TRY(parse_table_name(p, &create->name));
    bool has_columns = at_op(p, '(');
    if (has_columns) TRY(parse_columns(p, create));
    TRY(parse_table_clauses(p, create));
    if (at_word(p, KW_AS) || at_query(p)) return fail_unsupported(p, "CREATE TABLE AS SELECT");
    if (at_word(p, KW_LIKE)) return fail_unsupported(p, "CREATE TABLE LIKE");
    if (!has_columns || create->column_count == 0) return fail_unexpected(p, "'('");
    return check_types(p, create);
}

// ------------------------------------------------------------------------------------ ALTER TABLE

// RENAME identifier
static Rc parse_rename(Parser *p, AlterTableStatement *out)
{
    bool is_rollup =
        at_word(p, KW_ROLLUP) && p->ahead.kind != TOKEN_END && p->ahead.kind != TOKEN_OP;
    if (is_rollup) return fail_unsupported(p, "ALTER TABLE RENAME ROLLUP");
    out->kind = ALTER_RENAME;
    return parse_name(p, &out->name);
}

// A clause that StarRocks has and we have not: named by its first words.
static Rc refuse_alter(Parser *p, Token first, Token second)
{
    static const char *const KNOWN[] = {
        "ADD",     "DROP",     "RENAME",     "MODIFY", "SWAP",   "SET",
        "COMMENT", "COMPACT",  "CUMULATIVE", "BASE",   "ORDER",  "DISTRIBUTED",
        "REPLACE", "TRUNCATE", "PARTITION",  "SPLIT",  "CREATE", "APPLY",
    };
    size_t i = 0;
    while (i < COUNT_OF(KNOWN) && !str_eq_nocase(str_from(KNOWN[i]), first.text)) i++;
    if (i == COUNT_OF(KNOWN)) return fail_unexpected(p, "'ADD', 'DROP', 'RENAME'");
    Str word = second.kind == TOKEN_WORD ? str_upper(p->ctx->arena, second.text) : STR("");
    return fail_unsupported(
        p, str_z(p->ctx->arena, str_printf(p->ctx->arena, "ALTER TABLE %s%s%.*s", KNOWN[i],
                                           word.len ? " " : "", STR_ARG(word))));
}

// ALTER TABLE qualifiedName clause
Rc parse_alter_table(Parser *p, Statement *out)
{
    AlterTableStatement *alter = out->alter_table = ARENA_NEW(p->ctx->arena, AlterTableStatement);
    TRY(parse_table_name(p, &alter->table));
    alter->pos = pos_of(p);
    if (at_alter_clause(p)) return parse_alter_clauses(p, alter);
    Token first = p->token, second = p->ahead;
    bool is_of_partitions;
    TRY(parse_alter_partition(p, alter, &is_of_partitions));
    if (is_of_partitions) {
        return at_op(p, ',') ? fail_unsupported(p, "ALTER TABLE with several clauses") : RC_OK;
    } else if (accept_word(p, KW_RENAME)) {
        TRY(parse_rename(p, alter));
    } else if (first.kind == TOKEN_WORD && second.kind == TOKEN_OP && accept_word(p, KW_SET)) {
        alter->kind = ALTER_SET;
        TRY(parse_pairs(p, &alter->properties));
    } else {
        return refuse_alter(p, first, second);
    }
    return at_op(p, ',') ? fail_unsupported(p, "ALTER TABLE with several clauses") : RC_OK;
}
