#include "sqlcheck.h"

TEST(query_refuses_with_place)
{
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 14. Detail message: Unexpected input '<EOF>', the "
        "most similar input is {a legal identifier}.",
        "select 1 from ");
    CHECK_SYNTAX(
        "Getting syntax error at line 2, column 12. Detail message: Unexpected input '<EOF>', the "
        "most similar input is {'ON', 'USING'}.",
        "select 1 from a\n left join b");
}

TEST(query_refuses_what_the_grammar_lacks)
{
    static const char *const BAD[] = {
        "select",
        "select 1,",
        "select a b c",
        "select 1 as",
        "select * x",
        "select 1 from",
        "select 1 from a,",
        "select 1 from a join",
        "select 1 from a left join b",
        "select 1 from a full outer join b",
        "select 1 from a left semi join b",
        "select 1 from a inner b",
        "select 1 from (select 1",
        "select 1 from (a) b c",
        "select 1 where",
        "select 1 group by",
        "select 1 group a",
        "select 1 having",
        "select 1 order 1",
        "select 1 order by 1 nulls",
        "select 1 limit",
        "select 1 limit a",
        "select 1 limit 1.5",
        "select 1 limit -1",
        "select 1 limit 99999999999999999999",
        "select 1 limit 1, 2, 3",
        "select 1 union",
        "select 1 union all all select 2",
        "select 1 order by 1 union select 2",
        "(select 1) 2",
        "with a as select 1 select 2",
        "with a as (select 1)",
        "with select 1",
        "select a from b where c in ()",
        "select count(distinct) from t",
        "select sum(a) over",
        "select sum(a) over (rows 1)",
        "select sum(a) over (partition a)",
        "select 1 from t partition ()",
        "select 1 from t partition (p",
        "select 1 from a.b.c.d",
        "select 1 from files()",
        "select 1 from files('a' = 1)",
        "select t.*.a",
        "select *.a",
        "values (1)",
        "select ?",
        "select 1 from 'a'",
        "select (select 1, 2",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
}

TEST(query_refuses_by_name)
{
    CHECK_REFUSED("NATURAL JOIN", "select 1 from a natural join b");
    CHECK_REFUSED("NATURAL JOIN", "select 1 from a x natural left join b");
    CHECK_REFUSED("ASOF JOIN", "select 1 from a asof join b on c");
    CHECK_REFUSED("INTO OUTFILE", "select 1 into outfile 'x'");
    CHECK_REFUSED("SELECT * EXCEPT (..)", "select * except (a) from t");
    CHECK_REFUSED("SELECT * EXCEPT (..)", "select t.* exclude (a, b) from t");
    CHECK_REFUSED("TABLET lists", "select 1 from t tablet (1)");
    CHECK_REFUSED("SAMPLE", "select 1 from t sample ('a' = 'b')");
    CHECK_REFUSED("time travel (FOR VERSION | TIMESTAMP)", "select 1 from t for version as of 1");
}

TEST(query_reads_every_clause)
{
    static const struct {
        const char *text, *printed;
    } CASES[] = {
        {"select distinct a, b c, d as `e f`, f 'g', 'x' 'y' from t",
         "SELECT DISTINCT `a`, `b` AS `c`, `d` AS `e f`, `f` AS `g`, 'x' AS `y` FROM `t`"},
        {"select all *, t.*, d.t.*, a from dual", "SELECT *, `t`.*, `d`.`t`.*, `a`"},
        {"select a minus, b except from t", "SELECT `a` AS `minus`, `b` AS `except` FROM `t`"},
        {"select 'a' from t where b = 'c' 'd'", "SELECT 'a' FROM `t` WHERE `b` = 'cd'"},
        {"select concat('a' 'b')", "SELECT concat('ab')"},
        {"select 1 from c.d.t partition (p1, 'p 2') x where a",
         "SELECT 1 FROM `c`.`d`.`t` PARTITION (`p1`, `p 2`) AS `x` WHERE `a`"},
        {"select 1 from t partitions (p) , u partition q",
         "SELECT 1 FROM `t` PARTITION (`p`) CROSS JOIN `u` "
         "PARTITION (`q`)"},
        {"select 1 from a, b join c on x, d",
         "SELECT 1 FROM `a` CROSS JOIN (`b` INNER JOIN `c` ON `x`) CROSS JOIN `d`"},
        {"select 1 from a join b on x left join c using (y, z) cross join d",
         "SELECT 1 FROM `a` INNER JOIN `b` ON `x` LEFT OUTER JOIN `c` USING (`y`, `z`) CROSS "
         "JOIN `d`"},
        {"select 1 from a right outer join b on 1 full join c on 2 inner join d",
         "SELECT 1 FROM `a` RIGHT OUTER JOIN `b` ON 1 FULL OUTER JOIN `c` ON 2 INNER JOIN `d`"},
        {"select 1 from a left semi join b on 1 right semi join c on 1 left anti join d on 1 "
         "right anti join e "
         "on 1",
         "SELECT 1 FROM `a` LEFT SEMI JOIN `b` ON 1 RIGHT SEMI JOIN `c` ON 1 LEFT ANTI JOIN `d` "
         "ON 1 RIGHT "
         "ANTI JOIN `e` ON 1"},
        {"select 1 from a join [broadcast] b on 1", "SELECT 1 FROM `a` INNER JOIN `b` ON 1"},
        {"select 1 from (a join b) join (c, d)",
         "SELECT 1 FROM `a` INNER JOIN `b` INNER JOIN (`c` CROSS JOIN `d`)"},
        {"select 1 from (select 2) x, (select 3) as y (a, b)",
         "SELECT 1 FROM (SELECT 2) AS `x` CROSS JOIN (SELECT 3) AS `y`(`a`, `b`)"},
        {"select 1 from ((select 2) union (select 3)) x",
         "SELECT 1 FROM (SELECT 2 UNION SELECT 3) AS `x`"},
        {"select 1 from ((select 2) x join y on 1)",
         "SELECT 1 FROM (SELECT 2) AS `x` INNER JOIN `y` ON 1"},
        {"select 1 from (values (1, 'a'), (2, 'b')) v (x, y)",
         "SELECT 1 FROM (VALUES (1, 'a'), (2, 'b')) AS `v`(`x`, `y`)"},
        {"select 1 from files('path' = 'file:///a\"b', \"format\" = \"csv\") f",
         "SELECT 1 FROM FILES(\"path\" = \"file:///a\\\"b\", \"format\" = \"csv\") AS `f`"},
        {"select 1 from t, unnest(t.a) as u (x), table(generate_series(1, 3))",
         "SELECT 1 FROM `t` CROSS JOIN TABLE(`unnest`(`t`.`a`)) AS `u`(`x`) CROSS JOIN "
         "TABLE(`generate_series`(1, 3))"},
        {"select a from t where b group by a, b having c qualify row_number() over (order by a) "
         "= 1 order by d",
         "SELECT `a` FROM `t` WHERE `b` GROUP BY `a`, `b` HAVING `c` QUALIFY row_number() OVER "
         "(ORDER BY `a` "
         "ASC) = 1 ORDER BY `d` ASC"},
        {"select a qualify from t", "SELECT `a` AS `qualify` FROM `t`"},
        {"select 1 group by rollup(a, b)", "SELECT 1 GROUP BY ROLLUP (`a`, `b`)"},
        {"select 1 group by a, b with rollup", "SELECT 1 GROUP BY ROLLUP (`a`, `b`)"},
        {"select 1 group by cube(a, b)", "SELECT 1 GROUP BY CUBE (`a`, `b`)"},
        {"select 1 group by grouping sets ((a, b), (a), ())",
         "SELECT 1 GROUP BY GROUPING SETS ((`a`, `b`), (`a`), ())"},
        {"select 1 order by a, b desc nulls last, c asc nulls first limit 3",
         "SELECT 1 ORDER BY `a` ASC, `b` DESC NULLS LAST, `c` ASC NULLS FIRST LIMIT 3"},
        {"select 1 limit 2, 3", "SELECT 1 LIMIT 3 OFFSET 2"},
        {"select 1 limit 3 offset 2", "SELECT 1 LIMIT 3 OFFSET 2"},
        {"select 1 union select 2 union all select 3 except select 4",
         "SELECT 1 UNION SELECT 2 UNION ALL SELECT 3 EXCEPT SELECT 4"},
        {"select 1 minus select 2", "SELECT 1 EXCEPT SELECT 2"},
        {"select 1 union distinct select 2 intersect select 3",
         "SELECT 1 UNION (SELECT 2 INTERSECT SELECT 3)"},
        {"(select 1 union select 2) intersect select 3",
         "(SELECT 1 UNION SELECT 2) INTERSECT SELECT 3"},
        {"select 1 union (select 2 union select 3)", "SELECT 1 UNION (SELECT 2 UNION SELECT 3)"},
        {"select 1 union (select 2 limit 1) order by 1",
         "SELECT 1 UNION (SELECT 2 LIMIT 1) ORDER BY 1 ASC"},
        {"((select 1))", "SELECT 1"},
        {"with a as (select 1), b (x, y) as (select 2) select * from a, b",
         "WITH `a` AS (SELECT 1), `b`(`x`, `y`) AS (SELECT 2) SELECT * FROM `a` CROSS JOIN `b`"},
        {"with recursive a as (select 1) select 2", "WITH RECURSIVE `a` AS (SELECT 1) SELECT 2"},
        {"with recursive as (select 1) select 2", "WITH `recursive` AS (SELECT 1) SELECT 2"},
        {"select 1 from (with a as (select 1) select * from a) b",
         "SELECT 1 FROM (WITH `a` AS (SELECT 1) SELECT * FROM `a`) AS `b`"},
        {"select /*+ SET_VAR(query_timeout = 1) */ 1", "SELECT 1"},
        {"select 1 natural from t natural", "SELECT 1 AS `natural` FROM `t` AS `natural`"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        CHECK_STR(CASES[i].printed, sql_again(t, CASES[i].text));
}

TEST(query_keeps_the_text_of_items)
{
    Select *select = sql_ok(t, "select  a + 1 x,\n count( * ) , t.* from t")->query->body->select;
    CHECK_INT(3, select->item_count);
    CHECK_STR("a + 1", select->items[0].text);
    CHECK_STR("x", select->items[0].alias.text);
    CHECK_STR("count( * )", select->items[1].text);
    CHECK_STR("count(*)", sql_expr_title(t->arena, select->items[1].expr));
    CHECK(select->items[1].alias.text.ptr == NULL);
    CHECK_STR("t.*", select->items[2].text);
}

TEST(query_titles_have_no_back_quotes)
{
    Select *select = sql_ok(t, "select `a b`+t.c, 'x'")->query->body->select;
    CHECK_STR("a b + t.c", sql_expr_title(t->arena, select->items[0].expr));
    CHECK_STR("'x'", sql_expr_title(t->arena, select->items[1].expr));
}

TEST(query_keeps_its_own_text)
{
    Statement *statement = sql_ok(t, " -- c\n (select 1 ) ; ");
    CHECK_STR("(select 1 )", statement->text);
    CHECK_STR("(select 1 )", statement->query->text);
    CHECK_INT(2, statement->pos.line);
    CHECK_INT(1, statement->pos.column);
}

TEST(query_dual_is_no_table)
{
    CHECK(sql_ok(t, "select 1 from dual where 1")->query->body->select->from == NULL);
    CHECK(sql_ok(t, "select 1 from `dual`")->query->body->select->from != NULL);
}

// A chain of arms counts once, whatever stands in the arms.
TEST(query_depth_is_of_the_tree)
{
    CHECK_INT(sql_ok(t, "select 1")->query->depth, sql_ok(t, "select 2 from t")->query->depth);
    uint16_t one = sql_ok(t, "select 1 union select 2")->query->depth;
    CHECK_INT(one + 1, sql_ok(t, "select 1 union select 2 union select 3")->query->depth);
    Expr *expr = sql_ok(t, "select (select (select 1 + 2))")->query->body->select->items[0].expr;
    CHECK(expr->depth > expr->query->body->select->items[0].expr->depth);
}
