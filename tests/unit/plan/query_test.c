/* plan/query*: whole queries. Holes are shown as {table:columns that are read|partitions that are
 * left}. */
#include "base/limits.h"
#include "plancheck.h"

TEST(query_tables_that_do_not_exist)
{
    CHECK_ERR_TEXT(UNKNOWN_TABLE, "Unknown table 'd.zz'", plan_fails(t, "SELECT 1 FROM zz"));
    CHECK_ERR_TEXT(UNKNOWN_TABLE, "Unknown table 'd.T'", plan_fails(t, "SELECT 1 FROM T"));
    CHECK_ERR_TEXT(UNKNOWN_DATABASE, "Unknown database 'zz'", plan_fails(t, "SELECT 1 FROM zz.t"));
    CHECK_ERR_TEXT(UNKNOWN_CATALOG, "Unknown catalog 'zz'", plan_fails(t, "SELECT 1 FROM zz.d.t"));
    CHECK_ERR_TEXT(UNKNOWN_TABLE, "Unknown table 'information_schema.zz'",
                   plan_fails(t, "SELECT 1 FROM information_schema.zz"));
    CHECK_ERR(NOT_UNIQUE_TABLE, plan_fails(t, "SELECT 1 FROM t, t"));
    CHECK_ERR(NOT_UNIQUE_TABLE, plan_fails(t, "SELECT 1 FROM t JOIN u ON true JOIN d.t ON true"));
    CHECK_ERR(NOT_UNIQUE_TABLE,
              plan_fails(t, "WITH w AS (SELECT 1), w AS (SELECT 2) SELECT 1 FROM w"));
    CHECK_ERR(DERIVED_WITHOUT_ALIAS, plan_fails(t, "SELECT 1 FROM (SELECT 1)"));
    CHECK_SEMANTIC("Unknown partition 'zz' in table 'r'", "SELECT 1 FROM r PARTITION (p1, zz)");
    CHECK_SEMANTIC("Unknown table 'zz'", "SELECT zz.* FROM t");
    CHECK_SEMANTIC("SELECT * not allowed in queries without FROM clause", "SELECT *");
}

TEST(query_without_database)
{
    PlanEnv env = plan_env(t);
    env.database = STR("");
    CHECK_STR("SELECT r1.c1 AS x1 FROM {t:a} AS r1", plan_sql(t, "SELECT a FROM d.t"));
    CHECK_ERR(NO_DATABASE, plan_fails_in(t, &env, "SELECT a FROM t"));
}

TEST(query_groups_that_are_not_valid)
{
    CHECK_SEMANTIC("'b' must be an aggregate expression or appear in GROUP BY clause",
                   "SELECT a, b FROM t GROUP BY a");
    CHECK_SEMANTIC("'a + b' must be an aggregate expression or appear in GROUP BY clause",
                   "SELECT a + b, count(*) FROM t GROUP BY a");
    CHECK_SEMANTIC("'a' must be an aggregate expression or appear in GROUP BY clause",
                   "SELECT a, sum(a) FROM t");
    CHECK_SEMANTIC("'b' must be an aggregate expression or appear in GROUP BY clause",
                   "SELECT * FROM t GROUP BY a");
    CHECK_SEMANTIC("'b' must be an aggregate expression or appear in GROUP BY clause",
                   "SELECT a FROM t GROUP BY a ORDER BY b");
    CHECK_SEMANTIC("'b = 1' must be an aggregate expression or appear in GROUP BY clause",
                   "SELECT a FROM t GROUP BY a HAVING b = 1");
    CHECK_SEMANTIC(
        "'(SELECT max(x) FROM u WHERE u.a = t.i)' must be an aggregate expression or appear in GROUP BY "
        "clause",
        "SELECT (SELECT max(x) FROM u WHERE u.a = t.i) FROM t GROUP BY t.a");
    CHECK_SEMANTIC("Group by position 3 is not in select list", "SELECT a, b FROM t GROUP BY 3");
    CHECK_SEMANTIC("ORDER BY position 0 is not in select list", "SELECT a FROM t ORDER BY 0");
    CHECK_SEMANTIC("GROUP BY clause cannot contain aggregations",
                   "SELECT count(*) x FROM t GROUP BY x");
    CHECK_SEMANTIC("WHERE clause cannot contain aggregations", "SELECT a FROM t WHERE sum(a) > 1");
    CHECK_SEMANTIC("WHERE clause cannot contain window functions",
                   "SELECT a FROM t WHERE rank() OVER () = 1");
    CHECK_SEMANTIC("HAVING clause cannot contain window functions",
                   "SELECT a FROM t GROUP BY a HAVING rank() OVER () = 1");
    CHECK_SEMANTIC("JOIN clause cannot contain aggregations",
                   "SELECT 1 FROM t JOIN u ON sum(t.a) = 1");
    CHECK_SEMANTIC("Cannot nest aggregations inside aggregation 'sum(a)'",
                   "SELECT max(sum(a)) FROM t");
    CHECK_SEMANTIC(
        "ORDER BY contains aggregate function and applies to the result of a non-aggregated query",
        "SELECT a FROM t ORDER BY sum(a)");
    CHECK_SEMANTIC("for SELECT DISTINCT, ORDER BY expressions must appear in select list",
                   "SELECT DISTINCT a FROM t ORDER BY b");
    CHECK_SEMANTIC("cannot use GROUPING functions without [grouping sets|rollup|cube] clause",
                   "SELECT grouping(a) FROM t GROUP BY a");
}

TEST(query_groups)
{
    CHECK_STR(
        "SELECT (CAST(r1.c1 AS BIGINT) + '1'::BIGINT) AS x1, count(*) AS x2 FROM {t:a} AS r1 GROUP BY "
        "(CAST(r1.c1 AS BIGINT) + '1'::BIGINT)",
        plan_sql(t, "SELECT a + 1 AS kk, count(*) FROM t GROUP BY kk"));
    CHECK_STR(
        "SELECT r1.c1 AS x1, count(*) AS x2 FROM {u:a} AS r1 GROUP BY r1.c1 HAVING (count(*) > '1'::BIGINT) "
        "ORDER BY x2 DESC NULLS LAST",
        plan_sql(t, "SELECT a, count(*) AS n FROM u GROUP BY 1 HAVING n > 1 ORDER BY n DESC"));
    // A column comes before an alias of the same name, except in ORDER BY.
    CHECK_STR("SELECT r1.c2 AS x1 FROM {u:a,x} AS r1 GROUP BY r1.c1, r1.c2",
              plan_sql(t, "SELECT x AS a FROM u GROUP BY a, x"));
    CHECK_STR("SELECT r1.c2 AS x1 FROM {u:x} AS r1 ORDER BY x1 ASC NULLS FIRST",
              plan_sql(t, "SELECT x AS a FROM u ORDER BY a"));
    CHECK_STR("SELECT r1.c1 AS x1 FROM {u:a,x} AS r1 ORDER BY r1.c2 DESC NULLS FIRST",
              plan_sql(t, "SELECT a FROM u ORDER BY 'constant', x DESC NULLS FIRST"));
    CHECK_STR(
        "SELECT r1.c1 AS x1, CAST(GROUPING(r1.c1) AS BIGINT) AS x2 FROM {u:a} AS r1 GROUP BY ROLLUP (r1.c1)",
        plan_sql(t, "SELECT a, grouping(a) FROM u GROUP BY ROLLUP(a)"));
    CHECK_STR(
        "SELECT count(*) AS x1 FROM {u:a,x} AS r1 GROUP BY GROUPING SETS ((r1.c1, r1.c2), (r1.c1), ())",
        plan_sql(t, "SELECT count(*) FROM u GROUP BY GROUPING SETS ((a, x), (a), ())"));
    // A constant key is no position to the engine.
    CHECK_STR("SELECT '1'::TINYINT AS x1 FROM {u:} AS r1 GROUP BY '1'::TINYINT",
              plan_sql(t, "SELECT 1 AS one FROM u GROUP BY one"));
    CHECK_STR("SELECT r1.c1 AS x1 FROM {u:a} AS r1 WHERE (r1.c1 > '1'::INTEGER)",
              plan_sql(t, "SELECT a AS y FROM u HAVING y > 1"));
}

TEST(query_reads_only_what_it_needs)
{
    CHECK_STR("SELECT count(*) AS x1 FROM {t:} AS r1", plan_sql(t, "SELECT count(*) FROM t"));
    CHECK_STR("SELECT r1.c1 AS x1 FROM {t:a,b,h} AS r1 WHERE r1.c8 ORDER BY r1.c2 ASC NULLS FIRST",
              plan_sql(t, "SELECT a FROM t WHERE h ORDER BY b"));
    CHECK_STR("SELECT r1.c1 AS x1, r1.c2 AS x2 FROM {u:a,x} AS r1", plan_sql(t, "SELECT * FROM u"));
}

TEST(query_joins)
{
    CHECK_STR("SELECT r1.c2 AS x1 FROM {t:a,b} AS r1 LEFT JOIN {u:a} AS r2 ON (r1.c1 = r2.c1)",
              plan_sql(t, "SELECT b FROM t LEFT JOIN u ON t.a = u.a"));
    CHECK_STR(
        "SELECT '1'::TINYINT AS x1 FROM {t:} AS r1 CROSS JOIN ({u:} AS r2 CROSS JOIN {n:} AS r3)",
        plan_sql(t, "SELECT 1 FROM t, u JOIN n"));
    CHECK_STR("SELECT r1.c2 AS x1 FROM {t:a,b} AS r1 SEMI JOIN {u:a} AS r2 ON (r1.c1 = r2.c1)",
              plan_sql(t, "SELECT b FROM t LEFT SEMI JOIN u ON t.a = u.a"));
    CHECK_STR("SELECT r2.c2 AS x1 FROM {u:a,x} AS r2 ANTI JOIN {t:a} AS r1 ON (r1.c1 = r2.c1)",
              plan_sql(t, "SELECT x FROM t RIGHT ANTI JOIN u ON t.a = u.a"));
    CHECK_STR(
        "SELECT '1'::TINYINT AS x1 FROM {n:k} AS r1 JOIN ({t:a} AS r2 JOIN {u:a} AS r3 ON (r2.c1 = r3.c1)) "
        "ON (r1.c1 = r2.c1)",
        plan_sql(t, "SELECT 1 FROM n JOIN (t JOIN u ON t.a = u.a) ON n.k = t.a"));
    CHECK_SEMANTIC("Column 'x' cannot be resolved",
                   "SELECT x FROM t LEFT SEMI JOIN u ON t.a = u.a");
    CHECK_ERR(NOT_SUPPORTED,
              plan_fails(t, "SELECT 1 FROM t LEFT JOIN u ON t.a = (SELECT max(a) FROM u)"));
}

// USING: one column for both, first in line; it has a value wherever one of them has.
TEST(query_join_using)
{
    CHECK_STR(
        "SELECT r1.c1 AS x1, r1.c2 AS x2, r2.c2 AS x3 FROM {u:a,x} AS r1 JOIN {u:a,x} AS r2 ON r1.c1 = r2.c1",
        plan_sql(t, "SELECT * FROM u JOIN u v USING (a)"));
    CHECK_STR(
        "SELECT r2.c1 AS x1, r1.c1 AS x2 FROM {u:a} AS r1 RIGHT JOIN {u:a} AS r2 ON r1.c1 = r2.c1",
        plan_sql(t, "SELECT a, u.a FROM u RIGHT JOIN u v USING (a)"));
    CHECK_STR(
        "SELECT coalesce(r1.c1, r2.c1) AS x1 FROM {u:a} AS r1 FULL JOIN {u:a} AS r2 ON r1.c1 = r2.c1",
        plan_sql(t, "SELECT a FROM u FULL JOIN u v USING (a)"));
    CHECK_SEMANTIC("Column 'b' cannot be resolved", "SELECT 1 FROM t JOIN u USING (b)");
}

TEST(query_subqueries)
{
    CHECK_STR(
        "SELECT (SELECT CAST(max(r2.c2) AS VARCHAR) AS x1 FROM {u:a,x} AS r2 WHERE (r2.c1 = r1.c1)) AS x1 "
        "FROM {t:a} AS r1",
        plan_sql(t, "SELECT (SELECT max(x) FROM u WHERE u.a = t.a) FROM t"));
    CHECK_STR(
        "SELECT r1.c1 AS x1 FROM {t:a} AS r1 WHERE EXISTS (SELECT '1'::TINYINT AS x1 FROM {u:a} AS r2 WHERE "
        "(r2.c1 = r1.c1))",
        plan_sql(t, "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a)"));
    CHECK_STR(
        "SELECT r1.c1 AS x1 FROM {t:a} AS r1 WHERE (CAST(r1.c1 AS VARCHAR) NOT IN (SELECT r2.c2 AS x1 FROM "
        "{u:x} AS r2))",
        plan_sql(t, "SELECT a FROM t WHERE a NOT IN (SELECT x FROM u)"));
    CHECK_SEMANTIC("Subquery must return a single column when used in an expression",
                   "SELECT (SELECT a, x FROM u)");
    CHECK_SEMANTIC("Column 'a' cannot be resolved", "SELECT 1 FROM t, (SELECT a) v");
}

TEST(query_with)
{
    CHECK_STR(
        "WITH q1 AS (SELECT r1.c1 AS x1 FROM {t:a} AS r1), q2 AS (SELECT r2.x1 AS x1 FROM q1 AS r2) SELECT "
        "r3.x1 AS x1 FROM q2 AS r3 JOIN q1 AS r4 ON (r3.x1 = r4.x1)",
        plan_sql(t, "WITH w(k) AS (SELECT a FROM t), v AS (SELECT * FROM w) "
                    "SELECT v.k FROM v JOIN w ON v.k = w.k"));
    // An inner WITH hides an outer one, and a table.
    CHECK_STR(
        "WITH q1 AS (SELECT '1'::TINYINT AS x1) SELECT r2.x1 AS x1 FROM (WITH q2 AS (SELECT '2'::TINYINT AS x1) "
        "SELECT r1.x1 AS x1 FROM q2 AS r1) AS r2",
        plan_sql(
            t,
            "WITH t AS (SELECT 1 AS a) SELECT a FROM (WITH t AS (SELECT 2 AS a) SELECT a FROM t) v"));
    CHECK_ERR(NOT_SUPPORTED, plan_fails(t, "WITH RECURSIVE w AS (SELECT 1) SELECT 1 FROM w"));
}

TEST(query_set_operations)
{
    CHECK_STR("(SELECT '1'::TINYINT AS x1) UNION ALL (SELECT '2'::TINYINT AS x1)",
              plan_sql(t, "SELECT 1 UNION ALL SELECT 2"));
    CHECK_STR(
        "(SELECT '1'::TINYINT AS x1) UNION ALL (SELECT '2'::TINYINT AS x1) EXCEPT (SELECT '3'::TINYINT AS x1)",
        plan_sql(t, "SELECT 1 UNION ALL SELECT 2 EXCEPT SELECT 3"));
    CHECK_STR(
        "SELECT * FROM ((SELECT CAST(r2.x1 AS VARCHAR) AS x1 FROM (SELECT r1.c1 AS x1 FROM {n:k} AS r1) AS r2) "
        "UNION (SELECT 'a' AS x1)) AS r4 ORDER BY x1 DESC NULLS LAST LIMIT 2 OFFSET 1",
        plan_sql(t, "SELECT k FROM n UNION SELECT 'a' ORDER BY 1 DESC LIMIT 1, 2"));
    CHECK_SEMANTIC("Operands have unequal number of columns", "SELECT 1 UNION SELECT 1, 2");
    CHECK_SEMANTIC("Incompatible return types 'int(11)' and 'date'",
                   "SELECT a FROM t UNION SELECT dt FROM t");
    CHECK_SEMANTIC("EXCEPT does not support ALL qualifier", "SELECT 1 EXCEPT ALL SELECT 1");
}

// Titles of columns without alias are the expressions as StarRocks prints them.
TEST(query_titles)
{
    EngineQuery *plan = plan_of(t, "SELECT t.a, a+1, count( * ) AS N, 'x' FROM t GROUP BY a");
    CHECK_INT(4, plan->column_count);
    CHECK_STR("a", plan->columns[0].name);
    CHECK_STR("t", plan->columns[0].table);
    CHECK_STR("d", plan->columns[0].database);
    CHECK_STR("a + 1", plan->columns[1].name);
    CHECK(plan->columns[1].table.len == 0);
    CHECK_STR("N", plan->columns[2].name);
    CHECK_STR("'x'", plan->columns[3].name);
}

TEST(query_other_sources)
{
    CHECK_STR("SELECT r1.c2 AS x1 FROM {jobs} AS r1 WHERE (r1.c1 = '1'::BIGINT)",
              plan_sql(t, "SELECT label FROM information_schema.JOBS WHERE ID = 1"));
    // Names out of a file never get into the text.
    CHECK_STR("SELECT r1.x2 AS x1 FROM {file:///x} AS r1(x1, x2)",
              plan_sql(t, "SELECT `na\"me` FROM FILES(\"path\"=\"file:///x\")"));
    PlanEnv env = plan_env(t);
    env.files_columns = NULL;
    CHECK_ERR(NOT_SUPPORTED, plan_fails_in(t, &env, "SELECT 1 FROM FILES(\"path\"=\"file:///x\")"));
    CHECK_ERR(NOT_SUPPORTED, plan_fails(t, "SELECT 1 FROM json_each(a) x"));
    CHECK_ERR(SEMANTIC, plan_fails(t, "SELECT 1 FROM unnest(1) x"));
}

// One scan per hole, also where one text stands twice.
TEST(query_holes)
{
    EngineQuery *plan = plan_of(t, "SELECT (SELECT max(a) FROM u) AS m FROM t ORDER BY m + 1");
    CHECK_INT(3, plan->scan_count);
    CHECK_STR("u", plan->scans[0].table->def->name);
    CHECK_STR("t", plan->scans[1].table->def->name);
    CHECK_STR("u", plan->scans[2].table->def->name);
}

TEST(query_limits)
{
    Buf buf = buf_new(t->arena);
    for (size_t i = 0; i <= LIMIT_COLUMNS; i++) buf_printf(&buf, "%s%zu", i ? ", " : "SELECT ", i);
    CHECK_ERR(LIMIT_EXCEEDED, plan_fails(t, str_z(t->arena, buf_str(&buf))));
    // Long chains stay flat: the engine bounds depth.
    buf_clear(&buf);
    buf_add_z(&buf, "SELECT a FROM t WHERE h");
    for (int i = 0; i < 500; i++) buf_add_z(&buf, " OR a = 1");
    CHECK(str_find(plan_sql(t, str_z(t->arena, buf_str(&buf))), STR("((")) < 0);
}

// The engine's parser turns NOT (a = b) into a <> b, and then would not find the group again.
TEST(query_groups_of_negations)
{
    CHECK_STR("SELECT ((r1.c1 = '1'::INTEGER) = false) AS x1 FROM {u:a} AS r1 GROUP BY "
              "((r1.c1 = '1'::INTEGER) = false) HAVING (((r1.c1 = '1'::INTEGER) = false) = false)",
              plan_sql(t, "SELECT NOT a = 1 AS n FROM u GROUP BY n HAVING NOT n"));
}
