/* plan/prune: which partitions a condition leaves. Wrongly left ones cost time, wrongly dropped
 * ones rows. */
#include "plancheck.h"

#define CHECK_LEFT(expected, where) \
    CHECK_STR(expected, plan_partitions(t, "SELECT 1 FROM r WHERE " where))
#define CHECK_LIST(expected, where) \
    CHECK_STR(expected, plan_partitions(t, "SELECT 1 FROM l WHERE " where))

TEST(prune_ranges_by_comparison)
{
    CHECK_LEFT("p2", "day = '2024-01-15'");
    CHECK_LEFT("p2", "'2024-01-15' = day");
    CHECK_LEFT("p2", "day = DATE '2024-01-01'");
    CHECK_LEFT("p1", "day = '2023-12-31'");
    CHECK_LEFT("p1", "day < '2024-01-01'");
    CHECK_LEFT("p1 p2", "day <= '2024-01-01'");
    CHECK_LEFT("p1 p2", "'2024-01-01' >= day");
    CHECK_LEFT("p3 p4", "day >= '2024-02-01'");
    CHECK_LEFT("p3 p4", "day > '20240201'");
    CHECK_LEFT("p2 p3", "day BETWEEN '2024-01-31' AND '2024-02-01'");
    CHECK_LEFT("p1 p3", "day IN ('2024-02-05', '2020-01-01', NULL)");
    CHECK_LEFT("p1 p4", "day < '2024-01-01' OR day > '2024-05-05'");
    CHECK_LEFT("p3", "day >= '2024-02-01' AND day < '2024-03-01' AND v = 1");
    CHECK_LEFT("", "day = '2024-01-15' AND day = '2024-02-15'");
    CHECK_LEFT("p1", "day IS NULL");
}

// A moment within a day, or of the statement itself.
TEST(prune_ranges_by_moments)
{
    CHECK_LEFT("p1 p2", "day < '2024-01-01 10:00:00'");
    CHECK_LEFT("p1 p2 p3 p4", "day = '2024-01-01 10:00:00'");
    CHECK_LEFT("p2 p3 p4", "day >= curdate() - INTERVAL 3 DAY");
    CHECK_LEFT("p3 p4", "day >= date_add(curdate(), INTERVAL 1 MONTH)");
    CHECK_LEFT("p2", "day = CAST('2024-01-15' AS DATE)");
}

TEST(prune_leaves_what_it_does_not_understand)
{
    CHECK_LEFT("p1 p2 p3 p4", "day <> '2024-01-15'");
    CHECK_LEFT("p1 p2 p3 p4", "NOT day = '2024-01-15'");
    CHECK_LEFT("p1 p2 p3 p4", "day NOT IN ('2024-01-15')");
    CHECK_LEFT("p1 p2 p3 p4", "day IS NOT NULL");
    CHECK_LEFT("p1 p2 p3 p4", "year(day) = 2024");
    CHECK_LEFT("p1 p2 p3 p4", "day = 20240115");
    CHECK_LEFT("p1 p2 p3 p4", "day = '2024-01-15' OR v = 1");
    CHECK_LEFT("p1 p2 p3 p4", "v = 1");
    CHECK_STR("p1 p2 p3 p4", plan_partitions(t, "SELECT 1 FROM r"));
    CHECK_STR("p1 p2 p3 p4", plan_partitions(t, "SELECT day = '2024-01-15' FROM r"));
}

// Whole numbers; a number that is none, or as text, must not be rounded into another partition.
TEST(prune_ranges_of_numbers)
{
    CHECK_STR("n2", plan_partitions(t, "SELECT 1 FROM n WHERE k = 10"));
    CHECK_STR("n1 n2", plan_partitions(t, "SELECT 1 FROM n WHERE k < 12"));
    CHECK_STR("", plan_partitions(t, "SELECT 1 FROM n WHERE k = 30"));
    CHECK_STR("n1", plan_partitions(t, "SELECT 1 FROM n WHERE k = '5'"));
    CHECK_STR("n1 n2 n3", plan_partitions(t, "SELECT 1 FROM n WHERE k = '05'"));
    CHECK_STR("n1 n2 n3", plan_partitions(t, "SELECT 1 FROM n WHERE k > '15'"));
    CHECK_STR("n1 n2 n3", plan_partitions(t, "SELECT 1 FROM n WHERE k > 19.5"));
    CHECK_STR("n1 n2 n3", plan_partitions(t, "SELECT 1 FROM n WHERE k > 99999999999"));
    CHECK_STR("n1", plan_partitions(t, "SELECT 1 FROM n WHERE k IS NULL"));
}

TEST(prune_lists)
{
    CHECK_LIST("east", "city = 'tokyo'");
    CHECK_LIST("east west", "city IN ('sendai', 'osaka')");
    CHECK_LIST("east", "city <> 'osaka'");
    CHECK_LIST("none", "city IS NULL");
    CHECK_LIST("east", "city > 'p'");
    CHECK_LIST("", "city = 'kobe'");
    CHECK_LIST("east west none", "v = 1");
}

// PARTITION (..) restricts first; conditions only take away.
TEST(prune_after_partition_clause)
{
    CHECK_STR("p1 p3", plan_partitions(t, "SELECT 1 FROM r PARTITION (p3, P1)"));
    CHECK_STR("p3",
              plan_partitions(t, "SELECT 1 FROM r PARTITION (p3, p1) WHERE day > '2024-01-15'"));
}

// ON of an inner join counts; an outer join's does not, and makes NULLs that IS NULL finds.
TEST(prune_in_joins)
{
    CHECK_STR(
        "SELECT '1'::TINYINT AS x1 FROM {t:} AS r1 JOIN {r:day|p2} AS r2 ON (r2.c1 = DATE '2024-01-15')",
        plan_sql(t, "SELECT 1 FROM t JOIN r ON day = '2024-01-15'"));
    CHECK_STR(
        "SELECT '1'::TINYINT AS x1 FROM {t:} AS r1 LEFT JOIN {r:day} AS r2 ON (r2.c1 = DATE '2024-01-15')",
        plan_sql(t, "SELECT 1 FROM t LEFT JOIN r ON day = '2024-01-15'"));
    CHECK_STR(
        "SELECT '1'::TINYINT AS x1 FROM {t:} AS r1 LEFT JOIN {r:day} AS r2 ON true WHERE (r2.c1 IS NULL)",
        plan_sql(t, "SELECT 1 FROM t LEFT JOIN r ON true WHERE day IS NULL"));
    CHECK_STR("SELECT '1'::TINYINT AS x1 FROM {t:} AS r1 LEFT JOIN {r:day|p2} AS r2 ON true WHERE "
              "(r2.c1 = DATE '2024-01-15')",
              plan_sql(t, "SELECT 1 FROM t LEFT JOIN r ON true WHERE day = '2024-01-15'"));
}

// A condition inside a subquery says nothing about rows of the query around.
TEST(prune_not_from_within)
{
    CHECK_STR(
        "SELECT '1'::TINYINT AS x1 FROM {r:day} AS r1 WHERE EXISTS (SELECT '1'::TINYINT AS x1 FROM {t:} AS r2 "
        "WHERE (r1.c1 = DATE '2024-01-15'))",
        plan_sql(t, "SELECT 1 FROM r WHERE EXISTS (SELECT 1 FROM t WHERE r.day = '2024-01-15')"));
    CHECK_STR(
        "SELECT r2.x1 AS x1 FROM (SELECT r1.c2 AS x1 FROM {r:day,v|p2} AS r1 WHERE (r1.c1 = DATE '2024-01-15')) "
        "AS r2",
        plan_sql(t, "SELECT v FROM (SELECT v FROM r WHERE day = '2024-01-15') x"));
}
