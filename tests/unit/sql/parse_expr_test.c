#include "sqlcheck.h"

TEST(expr_refuses_with_place)
{
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 9. Detail message: Unexpected input '<EOF>', the "
        "most similar input is {an expression}.",
        "select 1+");
    CHECK_SYNTAX(
        "Getting syntax error at line 2, column 1. Detail message: Unexpected input ')', the most "
        "similar input is {an expression}.",
        "select (\n )");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 7. Detail message: No viable statement for input "
        "'from'.",
        "select from t");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 12. Detail message: Unexpected input '<EOF>', the "
        "most similar input is {')'}.",
        "select (1, 2");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 12. Detail message: Unexpected input 'x', the most "
        "similar input is {'NULL', 'TRUE', 'FALSE'}.",
        "select a is x");
    CHECK_SYNTAX("Getting syntax error at line 1, column 7. Detail message: Invalid date literal "
                 "2001-02-29.",
                 "select date '2001-02-29'");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 7. Detail message: Binary literal must contain an "
        "even number of digits.",
        "select x'414'");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 7. Detail message: Binary literal can only contain "
        "hexadecimal digits.",
        "select x'4g'");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 14. Detail message: Unexpected input 'else', the "
        "most similar input is {'WHEN'}.",
        "select case a else 1 end");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 9. Detail message: Unexpected input 'xx', the most "
        "similar input is {'GLOBAL', 'SESSION', 'LOCAL'}.",
        "select @@xx.y");
}

TEST(expr_refuses_by_name)
{
    CHECK_REFUSED("COLLATE", "select a collate utf8mb4_bin");
    CHECK_REFUSED("CONVERT .. USING", "select convert(a using utf8)");
    CHECK_REFUSED("the type VARIANT", "select cast(a as variant)");
    CHECK_REFUSED("the type UNSIGNED", "select cast(a as unsigned)");
}

// How precedence reads: the print has parentheses only where the tree differs from the plain
// reading.
TEST(expr_binds_as_mysql_does)
{
    static const struct {
        const char *text, *printed;
    } CASES[] = {
        {"1+2*3", "1 + 2 * 3"},
        {"(1+2)*3", "(1 + 2) * 3"},
        {"1-2-3", "1 - 2 - 3"},
        {"1-(2-3)", "1 - (2 - 3)"},
        {"2*3^4", "2 * 3 ^ 4"},
        {"-2^2", "-2 ^ 2"},
        {"-(2^2)", "-(2 ^ 2)"},
        {"- -1", "-(-1)"},
        {"-1--1\n+2", "-1 + 2"},
        {"a DIV b MOD c % d", "`a` DIV `b` % `c` % `d`"},
        {"a|b&c", "`a` | `b` & `c`"},
        {"(a|b)&c", "(`a` | `b`) & `c`"},
        {"a<<1+2", "`a` BITSHIFTLEFT 1 + 2"},
        {"a&b<<1", "`a` & (`b` BITSHIFTLEFT 1)"},
        {"a&b BITSHIFTLEFT 1", "`a` & `b` BITSHIFTLEFT 1"},
        {"a or b and c", "`a` OR `b` AND `c`"},
        {"(a or b) and c", "(`a` OR `b`) AND `c`"},
        {"a || b && c", "`a` OR `b` AND `c`"},
        {"a or b xor c and d", "`a` OR `b` XOR `c` AND `d`"},
        {"not a = b and c", "NOT `a` = `b` AND `c`"},
        {"not (a and b)", "NOT (`a` AND `b`)"},
        {"!a = b", "(NOT `a`) = `b`"},
        {"not not a", "NOT NOT `a`"},
        {"a = b is null", "`a` = `b` IS NULL"},
        {"a = (b is null)", "`a` = (`b` IS NULL)"},
        {"a is not true is false", "`a` IS NOT TRUE IS FALSE"},
        {"a = b in (1)", "`a` = `b` IN (1)"},
        {"(a = b) in (1)", "(`a` = `b`) IN (1)"},
        {"a <=> b <> c", "`a` <=> `b` != `c`"},
        {"a between 1 and 2 and b", "`a` BETWEEN 1 AND 2 AND `b`"},
        {"a not between 1+1 and 2", "`a` NOT BETWEEN 1 + 1 AND 2"},
        {"a not in (1, 'x', null)", "`a` NOT IN (1, 'x', NULL)"},
        {"(a, b) in ((1, 2))", "(`a`, `b`) IN ((1, 2))"},
        {"a like 'x\\_%' escape '|'", "`a` LIKE 'x\\\\_%' ESCAPE '|'"},
        {"a not rlike 'x' or b regexp 'y'", "`a` NOT REGEXP 'x' OR `b` REGEXP 'y'"},
        {"interval 1 day + a", "INTERVAL 1 DAY + `a`"},
        {"a - interval (b + 1) month", "`a` - INTERVAL `b` + 1 MONTH"},
        {"case a when 1 then 2 end + 1", "CASE `a` WHEN 1 THEN 2 END + 1"},
        {"case when a then b when c then d else e end",
         "CASE WHEN `a` THEN `b` WHEN `c` THEN `d` ELSE `e` END"},
        {"binary a = b", "`a` = `b`"},
        {"{fn lower(a)}", "lower(`a`)"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        CHECK_STR(CASES[i].printed, sql_expr_again(t, CASES[i].text));
}

TEST(expr_reads_nested_values)
{
    static const struct {
        const char *text, *printed;
    } CASES[] = {
        {"[1, 'a', []]", "[1,'a',[]]"},
        {"array<array<int>>[[1]]", "ARRAY<ARRAY<INT>>[[1]]"},
        {"array[1]", "[1]"},
        {"map{1: 'a', 2: [3]}", "map{1:'a',2:[3]}"},
        {"map<int, string>{}", "MAP<INT, VARCHAR(65533)>{}"},
        {"map{}", "map{}"},
        {"map(1, 2)", "map(1, 2)"},
        {"map < 3", "`map` < 3"},
        {"a[1][b + 1]", "`a`[1][`b` + 1]"},
        {"[1, 2][1]", "[1,2][1]"},
        {"-a[1]", "-`a`[1]"},
        {"(-a)[1]", "(-`a`)[1]"},
        {"a[1].b.`c d`", "`a`[1].`b`.`c d`"},
        {"row(1).col1", "row(1).`col1`"},
        {"(a).b", "(`a`).`b`"},
        {"a.b.c.d", "`a`.`b`.`c`.`d`"},
        {"j->'$.a'->\"b\"", "`j` -> '$.a' -> 'b'"},
        {"j -> 'a' = 1", "`j` -> 'a' = 1"},
        {"f(x -> x + 1, a)", "f(`x` -> `x` + 1, `a`)"},
        {"f((x, y) -> x -> y, a)", "f((`x`, `y`) -> `x` -> `y`, `a`)"},
        {"f((x) -> (y -> x)[1])", "f(`x` -> (`y` -> `x`)[1])"},
        {"cast(a as array<map<int, struct<x json, y: date>>>)",
         "CAST(`a` AS ARRAY<MAP<INT, STRUCT<`x` JSON, `y` DATE>>>)"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        CHECK_STR(CASES[i].printed, sql_expr_again(t, CASES[i].text));
    static const char *const BAD[] = {"select [1",          "select [1,]",       "select map{1}",
                                      "select map{1:}",     "select a[]",        "select a[1",
                                      "select a[1].",       "select array<int>", "select 1 -> 2",
                                      "select (a, 1) -> a", "select a ->"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        CHECK_ERR(SYNTAX, sql_try(t, BAD[i]));
        ctx_clear(t);
    }
}

TEST(expr_reads_literals)
{
    CHECK_STR("NULL", sql_expr_again(t, "null"));
    CHECK_STR("f(TRUE, FALSE)", sql_expr_again(t, "f(true, FALSE)"));
    CHECK_STR("f(1, 1.5, .5, 1e5, 123456789012345678901234567890)",
              sql_expr_again(t, "f(1, 1.5, .5, 1e5, 123456789012345678901234567890)"));
    CHECK_STR("'abc'", sql_expr_again(t, "'a' \"b\"\n'c'"));
    CHECK_STR("'it\\'s\\n\\\\'", sql_expr_again(t, "'it''s\\n\\\\'"));
    CHECK_STR("x'00ff41'", sql_expr_again(t, "X\"00fF41\""));
    CHECK_STR("DATE '2024-02-29'", sql_expr_again(t, "date '24-2-29'"));
    CHECK_STR("DATE '1999-12-31'", sql_expr_again(t, "date '19991231'"));
    CHECK_STR("DATETIME '2024-02-03 04:05:06.120000'",
              sql_expr_again(t, "datetime '2024-2-3T4:5:6.12'"));
    CHECK_STR("DATETIME '2024-02-03 00:00:00'", sql_expr_again(t, "datetime '2024-2-3'"));
    static const char *const BAD[] = {"2024-13-01",
                                      "2024-00-01",
                                      "2024-1-32",
                                      "2023-2-29",
                                      "202-1-1",
                                      "2024-1",
                                      "2024-1-1 25:0:0",
                                      "2024-1-1 1:60:0",
                                      "2024-1-1 1:1",
                                      "2024-1-1x",
                                      "20240230",
                                      "2024-1-1 1:1:1.",
                                      "",
                                      "x"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        Expr *expr;
        Str text = str_printf(t->arena, "datetime '%s'", BAD[i]);
        Str expected = str_printf(t->arena, "Invalid date literal %s", BAD[i]);
        CHECK_ERR_TEXT(SYNTAX, expected, sql_parse_expr(t, text, &expr));
    }
}

TEST(expr_reads_names_and_variables)
{
    CHECK_STR("`a`.`b`.`c`", sql_expr_again(t, "a.b.c"));
    CHECK_STR("`t`.`1a`", sql_expr_again(t, "t.1a"));
    CHECK_STR("`0x41`", sql_expr_again(t, "0x41"));
    CHECK_STR("`a``b`.``", sql_expr_again(t, "`a``b`.``"));
    CHECK_STR("`date` + `interval` * `xor`", sql_expr_again(t, "date + interval * xor"));
    CHECK_STR("@`x` + @`y z`", sql_expr_again(t, "@x + @'y z'"));
    CHECK_STR("f(@@`version`, @@GLOBAL.`a`, @@SESSION.`b`, @@SESSION.`c`)",
              sql_expr_again(t, "f(@@version, @@global.a, @@session.b, @@local.c)"));
    CHECK_STR("`\xE5\x90\x8D\xE5\x89\x8D`", sql_expr_again(t, "\xE5\x90\x8D\xE5\x89\x8D"));
}

TEST(expr_reads_calls)
{
    static const struct {
        const char *text, *printed;
    } CASES[] = {
        {"count(*)", "count(*)"},
        {"COUNT(distinct a, b)", "COUNT(DISTINCT `a`, `b`)"},
        {"sum(all a)", "sum(`a`)"},
        {"now()", "now()"},
        {"db.f(1)", "`db`.`f`(1)"},
        {"`my f`(1)", "`my f`(1)"},
        {"`cast`(1)", "`cast`(1)"},
        {"if(a, b, c)", "if(`a`, `b`, `c`)"},
        {"left(a, 2) + mod(a, b)", "left(`a`, 2) + mod(`a`, `b`)"},
        {"replace(a, 'x', 'y')", "replace(`a`, 'x', 'y')"},
        {"current_date + database()", "current_date + database()"},
        {"CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP(3)"},
        {"current_user", "current_user"},
        {"cast(a as decimal(10,2))", "CAST(`a` AS DECIMAL(10, 2))"},
        {"cast(a as varchar)", "CAST(`a` AS VARCHAR(1048576))"},
        {"cast(a as char(3))", "CAST(`a` AS CHAR(3))"},
        {"cast(a as signed)", "CAST(`a` AS INT)"},
        {"convert(a, string)", "CAST(`a` AS VARCHAR(65533))"},
        {"extract(year from a + 1)", "EXTRACT(YEAR FROM `a` + 1)"},
        {"timestampdiff(MONTH, a, b)", "timestampdiff(MONTH, `a`, `b`)"},
        {"date_add(a, interval 1 week)", "date_add(`a`, INTERVAL 1 WEEK)"},
        {"group_concat(distinct a, b order by c desc, d separator '|')",
         "group_concat(DISTINCT `a`, `b` ORDER BY `c` DESC, `d` ASC SEPARATOR '|')"},
        {"sum(a) filter (where b > 1)", "sum(`a`) FILTER (WHERE `b` > 1)"},
        {"row_number() over (partition by a, b order by c nulls last)",
         "row_number() OVER (PARTITION BY `a`, `b` ORDER BY `c` ASC NULLS LAST)"},
        {"sum(a) over ()", "sum(`a`) OVER ()"},
        {"sum(a) over (order by b rows 3 preceding)",
         "sum(`a`) OVER (ORDER BY `b` ASC ROWS BETWEEN 3 PRECEDING AND CURRENT ROW)"},
        {"sum(a) over (order by b range between unbounded preceding and 1 following)",
         "sum(`a`) OVER (ORDER BY `b` ASC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING)"},
        {"lag(a ignore nulls, 1) over (order by b)",
         "lag(`a`, 1) IGNORE NULLS OVER (ORDER BY `b` ASC)"},
        {"exists (select 1) and not exists (select 2)",
         "EXISTS (SELECT 1) AND NOT EXISTS (SELECT 2)"},
        {"(select 1) + 1", "(SELECT 1) + 1"},
        {"((select 1) union (select 2)) + 1", "(SELECT 1 UNION SELECT 2) + 1"},
        {"a in (select b from c)", "`a` IN (SELECT `b` FROM `c`)"},
        {"a in ((select b) limit 1)", "`a` IN (SELECT `b` LIMIT 1)"},
        {"a = (select max(b) from c)", "`a` = (SELECT max(`b`) FROM `c`)"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        CHECK_STR(CASES[i].printed, sql_expr_again(t, CASES[i].text));
}

TEST(expr_keeps_places)
{
    Expr *expr;
    CHECK_RC(RC_OK, sql_parse_expr(t, STR("f(a,\n  b.c)"), &expr));
    CHECK_INT(EXPR_CALL, expr->kind);
    CHECK_INT(2, expr->call->args.at[1]->pos.line);
    CHECK_INT(2, expr->call->args.at[1]->pos.column);
    CHECK_INT(2, expr->depth);
}

// A deep text is refused, whatever it is deep in; a long one is not deep.
static Str repeat(Ctx *t, const char *begin, const char *part, size_t count, const char *end)
{
    Buf buf = buf_new(t->arena);
    buf_add_z(&buf, begin);
    for (size_t i = 0; i < count; i++) buf_add_z(&buf, part);
    buf_add_z(&buf, end);
    return buf_str(&buf);
}

TEST(expr_depth_is_bounded)
{
    static const char *const PARTS[] = {
        "(",      "- ",       "not ",           "~",         "f(",    "case when ",
        "a in (", "(select ", "exists(select ", "interval ", "1 + (", "((select 1) union "};
    Statement *statement;
    size_t consumed;
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        Str text = repeat(t, "select ", PARTS[i], 100000, "");
        CHECK_ERR(LIMIT_EXCEEDED, sql_parse(t, text, &statement, &consumed));
    }
    CHECK_ERR(LIMIT_EXCEEDED,
              sql_parse(t, repeat(t, "select * from ", "(", 100000, ""), &statement, &consumed));
    CHECK_ERR(LIMIT_EXCEEDED,
              sql_parse(t, repeat(t, "", "(", 100000, "select 1"), &statement, &consumed));
    CHECK_ERR(SYNTAX,
              sql_parse(t, repeat(t, "", "explain ", 100000, "select 1"), &statement, &consumed));
}

TEST(expr_chains_are_bounded)
{
    Statement *statement;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, repeat(t, "select 1", " + 1", 900, ""), &statement, &consumed));
    CHECK_INT(901, statement->query->body->select->items[0].expr->depth);
    CHECK_ERR(LIMIT_EXCEEDED,
              sql_parse(t, repeat(t, "select 1", " + 1", 1000, ""), &statement, &consumed));
    CHECK_ERR(LIMIT_EXCEEDED,
              sql_parse(t, repeat(t, "select a", " is null", 5000, ""), &statement, &consumed));
    CHECK_RC(RC_OK, sql_parse(t, repeat(t, "select 1", " union all select 1", 900, ""), &statement,
                              &consumed));
    CHECK_ERR(LIMIT_EXCEEDED, sql_parse(t, repeat(t, "select 1", " union all select 1", 1100, ""),
                                        &statement, &consumed));
    CHECK_ERR(LIMIT_EXCEEDED, sql_parse(t, repeat(t, "select 1 from a", " join b", 1100, ""),
                                        &statement, &consumed));
    CHECK_RC(RC_OK, sql_parse(t, repeat(t, "select 1", ", 1", 50000, ""), &statement, &consumed));
    CHECK_ERR(LIMIT_EXCEEDED,
              sql_parse(t, repeat(t, "select 1", ", 1", 100001, ""), &statement, &consumed));
}
