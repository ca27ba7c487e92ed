#include "sqlcheck.h"

TEST(parse_guesses_what_was_meant)
{
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 0. Detail message: Unexpected input 'elect', the "
        "most "
        "similar input is {'SELECT', 'SET', 'DELETE', 'EXECUTE', 'LOCK', '(', ';'}.",
        "elect symbol from t");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 0. Detail message: Unexpected input 'BACKUPS', the "
        "most similar input is {'BACKUP', 'LOCK', 'PAUSE', 'USE', 'CANCEL', '(', ';'}.",
        "BACKUPS x");
}

TEST(parse_shows_what_is_wrong)
{
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 7. Detail message: No viable statement for input "
        "'create foo'.",
        "create foo bar");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 6. Detail message: Unexpected input '<EOF>', the "
        "most "
        "similar input is {a statement}.",
        "create");
    CHECK_SYNTAX(
        "Getting syntax error at line 2, column 2. Detail message: Unexpected input 'b', the most "
        "similar input is {<EOF>, ';'}.",
        "use a\n  b");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 7. Detail message: No viable statement for input "
        "'\\xFF\\xFE' (it is not UTF-8).",
        "select \xFF\xFE");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 9. Detail message: No viable statement for input "
        "''x' (the string is not closed).",
        "select 1 'x");
}

TEST(parse_cuts_long_texts_in_messages)
{
    Buf buf = buf_new(t->arena);
    buf_add_z(&buf, "frob");
    for (int i = 0; i < 100; i++) buf_add_z(&buf, "\xE6\x97\xA5");
    Statement *statement;
    size_t consumed;
    CHECK_INT(RC_INVALID, sql_parse(t, buf_str(&buf), &statement, &consumed));
    CHECK(str_is_utf8(t->err.text));
    CHECK(t->err.text.len < 400);
    CHECK(str_find(t->err.text, STR("\xE6\x97\xA5...'")) > 0);
}

// Refused by name: each word list of the table is reached.
TEST(parse_refuses_what_is_not_there_yet)
{
    static const char *const REFUSED[] = {
#define REFUSE(words) words,
#include "sql/refused.def"
#undef REFUSE
    };
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        Str text = str_printf(t->arena, "This version does not support %s yet", REFUSED[i]);
        const char *sql = str_z(t->arena, str_printf(t->arena, "%s x y z", REFUSED[i]));
        CHECK_ERR_TEXT(NOT_SUPPORTED, text, sql_try(t, sql));
    }
    CHECK_REFUSED("CREATE VIEW", "create view v as select 1");
    CHECK_REFUSED("CREATE MATERIALIZED VIEW", "create materialized view v as select 1");
    CHECK_REFUSED("CREATE EXTERNAL CATALOG", "create external catalog c properties ('a' = 'b')");
    CHECK_REFUSED("DESC STORAGE VOLUME", "desc storage volume x");
    (void)sql_ok_kind(t, STMT_DESC, "desc storage");
}

TEST(parse_takes_one_statement)
{
    Str rest = STR(" use a ; -- b\n ;; select ';' /* ; */ ; # end");
    static const StatementKind KINDS[] = {STMT_USE, STMT_EMPTY, STMT_EMPTY, STMT_QUERY};
    static const char *const LEFT[] = {";; select ';' /* ; */ ; # end",
                                       "; select ';' /* ; */ ; # end", "select ';' /* ; */ ; # end",
                                       ""};
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        Statement *statement;
        size_t consumed;
        CHECK_RC(RC_OK, sql_parse(t, rest, &statement, &consumed));
        CHECK_INT(KINDS[i], statement->kind);
        rest = str_sub(rest, consumed, rest.len);
        CHECK_STR(LEFT[i], rest);
    }
}

TEST(parse_leaves_a_bad_comment_to_the_next)
{
    Statement *statement;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, STR("use a; /* b"), &statement, &consumed));
    CHECK_INT(6, consumed);
    CHECK_ERR(SYNTAX, sql_parse(t, STR(" /* b"), &statement, &consumed));
}

TEST(parse_empty_texts)
{
    static const char *const EMPTY[] = {
        "", " ", ";", " -- x", "/* x */", "\n#x\n;", "/*!40101 SET x = 1 */;", "\xE3\x80\x80"};
    for (size_t i = 0; i < COUNT_OF(EMPTY); i++) (void)sql_ok_kind(t, STMT_EMPTY, EMPTY[i]);
    Statement *statement;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, STR_NONE, &statement, &consumed));
    CHECK_INT(STMT_EMPTY, statement->kind);
}

TEST(parse_statement_length_is_bounded)
{
    size_t len = LIMIT_SQL_BYTES + 100;
    char *text = arena_alloc(t->arena, len);
    memset(text, ' ', len);
    Statement *statement;
    size_t consumed;
    memcpy(text + LIMIT_SQL_BYTES, "use a", 5);
    CHECK_ERR_TEXT(LIMIT_EXCEEDED, "The length of a statement is beyond the limit of 16777216",
                   sql_parse(t, (Str){text, len}, &statement, &consumed));
    memcpy(text, "select 'x", 9);
    CHECK_ERR(LIMIT_EXCEEDED, sql_parse(t, (Str){text, len}, &statement, &consumed));
    memcpy(text, "select 1; ", 10);
    CHECK_RC(RC_OK, sql_parse(t, (Str){text, len}, &statement, &consumed));
    CHECK_INT(STMT_QUERY, statement->kind);
    CHECK_INT(LIMIT_SQL_BYTES, consumed);
    memcpy(text, "select ) ", 9);
    CHECK_ERR(SYNTAX, sql_parse(t, (Str){text, len}, &statement, &consumed));
}

TEST(parse_expr_takes_all_of_it)
{
    Expr *expr = NULL;
    CHECK_ERR(SYNTAX, sql_parse_expr(t, STR("a b"), &expr));
    CHECK_ERR(SYNTAX, sql_parse_expr(t, STR("a;"), &expr));
    CHECK_ERR(SYNTAX, sql_parse_expr(t, STR(""), &expr));
    CHECK(expr == NULL);
    CHECK_RC(RC_OK, sql_parse_expr(t, STR(" a -- b"), &expr));
}

TEST(envelope_wraps_what_is_the_users_fault)
{
    (void)FAIL_AT(t, 3, 4, SYNTAX, STR_ARG(STR("x")));
    CHECK_INT(RC_INVALID, sql_envelope_syntax(t));
    CHECK_STR("Getting syntax error at line 3, column 4. Detail message: x.", t->err.text);
    (void)FAIL(t, SEMANTIC, STR_ARG(STR("x")));
    CHECK_INT(RC_INVALID, sql_envelope_analyzing(t));
    CHECK_STR("Getting analyzing error. Detail message: x.", t->err.text);
    (void)FAIL_AT(t, 1, 0, UNKNOWN_TABLE, STR_ARG(STR("x")));
    CHECK_INT(RC_NOT_FOUND, sql_envelope_analyzing(t));
    CHECK_STR("Getting analyzing error at line 1, column 0. Detail message: Unknown table 'x'.",
              t->err.text);
    CHECK_INT(5502, t->err.mysql_number);
    (void)FAIL(t, NOT_SUPPORTED, STR_ARG(STR("x")));
    CHECK_INT(RC_UNSUPPORTED, sql_envelope_analyzing(t));
    CHECK_STR("This version does not support x yet", t->err.text);
    (void)FAIL(t, CANCELLED);
    (void)sql_envelope_analyzing(t);
    CHECK_STR("Query execution was interrupted", t->err.text);
    (void)sql_envelope_syntax(t);
    CHECK_STR("Query execution was interrupted", t->err.text);
    ctx_clear(t);
}

TEST(tree_helpers)
{
    CHECK_STR("`a``b`", sql_quote_name(t->arena, STR("a`b")));
    AstProperty pairs[] = {{STR("a\"b"), STR("c\\d"), {0}}, {STR("e"), STR(""), {0}}};
    CHECK_STR("\"a\\\"b\" = \"c\\\\d\",\n\"e\" = \"\"",
              sql_unparse_properties(t->arena, (AstProperties){pairs, 2}, ",\n"));
    CHECK_STR("", sql_unparse_properties(t->arena, (AstProperties){0}, ", "));
    CHECK_STR("MICROSECOND", time_unit_name(UNIT_MICROSECOND));
}
