/* plan/insert: columns and values, defaults, strict checks. Refusals first. */
#include "plancheck.h"

#define CHECK_REFUSED(NAME, text, sql) CHECK_ERR_TEXT(NAME, text, plan_insert_fails(t, sql))

TEST(insert_refuses_columns)
{
    CHECK_REFUSED(UNKNOWN_TABLE, "Unknown table 'd.zz'", "INSERT INTO zz VALUES (1)");
    CHECK_REFUSED(SEMANTIC, "Unknown column 'zz' in 'ins'",
                  "INSERT INTO ins (a, zz) VALUES (1, 2)");
    CHECK_REFUSED(SEMANTIC, "Column 'A' specified twice", "INSERT INTO ins (a, A) VALUES (1, 2)");
    CHECK_REFUSED(SEMANTIC, "'a' must be explicitly mentioned in column permutation:  b  c ",
                  "INSERT INTO ins (b, c) VALUES (1, 2)");
    CHECK_REFUSED(SEMANTIC, "Column count doesn't match value count",
                  "INSERT INTO ins (a, b) VALUES (1)");
    CHECK_REFUSED(SEMANTIC, "Column count doesn't match value count",
                  "INSERT INTO ins VALUES (1, 'a')");
    CHECK_REFUSED(SEMANTIC, "Column count doesn't match value count",
                  "INSERT INTO ins (a) SELECT 1, 2");
    CHECK_REFUSED(SEMANTIC, "Column has no default value, column=a",
                  "INSERT INTO ins (a) VALUES (DEFAULT)");
    CHECK_REFUSED(SEMANTIC, "Unknown partition 'zz' in table 'r'",
                  "INSERT INTO r PARTITION (zz) VALUES (NULL, 1)");
    CHECK_REFUSED(SEMANTIC, "Values clause cannot contain aggregations",
                  "INSERT INTO u VALUES (sum(1), 'x')");
    CHECK_REFUSED(SEMANTIC, "Column 'x' cannot be resolved", "INSERT INTO u VALUES (x, 'x')");
}

// Constants are checked while planning; the message names the column.
TEST(insert_refuses_values)
{
    CHECK_REFUSED(COLUMN_NOT_NULL, "Column 'a' cannot be null",
                  "INSERT INTO ins (a) VALUES (NULL)");
    CHECK_REFUSED(
        DATA_TOO_LONG,
        "Data too long for column 'b': 6 bytes, at most 5; the value begins with 'abcdef'",
        "INSERT INTO ins (a, b) VALUES (1, 'abcdef')");
    CHECK_REFUSED(
        DATA_TOO_LONG,
        "Data too long for column 'b': 6 bytes, at most 5; the value begins with '\xC3\xA9\xC3\xA9\xC3\xA9'",
        "INSERT INTO ins (a, b) VALUES (1, '\xC3\xA9\xC3\xA9\xC3\xA9')");
    CHECK_REFUSED(BAD_VALUE, "Incorrect tinyint(4) value: '128' for column 's'",
                  "INSERT INTO ins (a, s) VALUES (1, 128)");
    CHECK_REFUSED(BAD_VALUE, "Incorrect date value: '2024-02-30' for column 'c'",
                  "INSERT INTO ins (a, c) VALUES (1, '2024-02-30')");
    CHECK_REFUSED(BAD_VALUE, "Incorrect int(11) value: '12abc' for column 'a'",
                  "INSERT INTO ins (a) VALUES ('12abc')");
    CHECK_REFUSED(BAD_VALUE, "Incorrect decimal(10, 2) value: '123456789' for column 'c'",
                  "INSERT INTO t (c) VALUES (123456789)");
    CHECK_REFUSED(
        DATA_TOO_LONG,
        "Data too long for column 'k': 9 bytes, at most 8; the value begins with '123456789'",
        "INSERT INTO t (k) VALUES ('123456789')");
    CHECK_REFUSED(SEMANTIC, "Numeric overflow '170141183460469231731687303715884105728'",
                  "INSERT INTO t (g) VALUES (170141183460469231731687303715884105728)");
    // The second row is looked at, too.
    CHECK_REFUSED(BAD_VALUE, "Incorrect int(11) value: 'x' for column 'a' (row 2: 'x')",
                  "INSERT INTO u (a) VALUES (1), ('x'), ('y')");
}

TEST(insert_values)
{
    CHECK_STR(
        "SELECT CAST(r1.x1 AS INTEGER) AS c1, CAST(r1.x2 AS VARCHAR) AS c2 FROM (VALUES (1, 'a'), (NULL, NULL), "
        "(-2, '12')) AS r1(x1, x2)",
        plan_insert_sql(t, "INSERT INTO u VALUES (1, 'a'), (NULL, NULL), (-2, 12)"));
    // Columns in the user's order; the rest takes its default.
    CHECK_STR(
        "SELECT CAST(r1.x2 AS INTEGER) AS c1, 'x' AS c2, CAST(r1.x1 AS DATE) AS c3, '7'::TINYINT AS c4, "
        "TIMESTAMP '2024-01-15 02:30:05' AS c5 FROM (VALUES ('2024-01-05', 1), (NULL, 2)) AS r1(x1, x2)",
        plan_insert_sql(t, "INSERT INTO ins (c, a) VALUES ('20240105', 1), (NULL, '2')"));
    // A default and an expression among constants.
    CHECK_STR(
        "SELECT CAST(r1.x1 AS INTEGER) AS c1, CAST(r1.x2 AS VARCHAR) AS c2, NULL::DATE AS c3, '7'::TINYINT AS c4, "
        "TIMESTAMP '2024-01-15 02:30:05' AS c5 FROM (VALUES (1, 'x'), (2, 'ab')) AS r1(x1, x2)",
        plan_insert_sql(t, "INSERT INTO ins (a, b) VALUES (1, DEFAULT), (2, 'ab')"));
    Str sql = plan_insert_sql(t, "INSERT INTO u VALUES (1, 'ab'), (2, upper('x'))");
    CHECK(str_find(sql, STR("(1, 'ab'), (2, kg_check_len(upper('x'), 10::BIGINT, 'x'))")) > 0);
}

// Every type keeps its value on the way, extremes included.
TEST(insert_values_of_all_types)
{
    Str sql = plan_insert_sql(
        t, "INSERT INTO t VALUES (-2147483648, 'it''s', 1.005, '2024-1-5', '2024-01-05T01:02:03', "
           "1e300, -170141183460469231731687303715884105728, 'true', '-9223372036854775808', "
           "'', x'00ff', -128, 32767, 0.5)");
    CHECK(
        str_find(sql,
                 STR("(-2147483648, 'it''s', '1.01', '2024-01-05', '2024-01-05 01:02:03', '1e300', "
                     "'-170141183460469231731687303715884105728', true, -9223372036854775808, '', "
                     "'\\x00\\xFF', -128, 32767, '0.5')")) > 0);
    CHECK(str_find(sql, STR("CAST(r1.x7 AS HUGEINT) AS c7")) > 0);
    // Bytes that are no text are fine where bytes are wanted.
    sql = plan_insert_sql(t, "INSERT INTO t (k) VALUES ('\xFF')");
    CHECK(str_find(sql, STR("('\\xFF')")) > 0);
}

// Strict checks by the engine: only where a value may not fit.
TEST(insert_select)
{
    CHECK_STR(
        "SELECT CASE WHEN r2.x1 IS NULL THEN kg_bad_null('a') ELSE r2.x1 END AS c1, kg_check_len(r2.x2, "
        "5::BIGINT, 'b') AS c2, CASE WHEN kg_to_date(r2.x3) IS NULL AND r2.x3 IS NOT NULL THEN "
        "kg_bad_value(r2.x3, 'date', 'c') ELSE kg_to_date(r2.x3) END AS c3, '7'::TINYINT AS c4, "
        "TIMESTAMP '2024-01-15 02:30:05' AS c5 FROM (SELECT r1.c1 AS x1, r1.c2 AS x2, r1.c2 AS x3 FROM {t:a,b} "
        "AS r1) AS r2",
        plan_insert_sql(t, "INSERT INTO ins (a, b, c) SELECT a, b, b FROM t"));
    CHECK_STR(
        "SELECT CAST(r2.x1 AS INTEGER) AS c1, r2.x2 AS c2 FROM (SELECT r1.c12 AS x1, r1.c10 AS x2 FROM {t:j,l} "
        "AS r1) AS r2",
        plan_insert_sql(t, "INSERT INTO u SELECT l, j FROM t"));
}

TEST(insert_into_partitions)
{
    InsertPlan *plan =
        plan_insert_of(t, "INSERT INTO r PARTITION (p2, p3, P2) VALUES ('2024-01-05', 1)");
    CHECK_INT(2, plan->partition_count);
    CHECK_STR("p2", plan->partitions[0]->def->name);
    CHECK_STR("p3", plan->partitions[1]->def->name);
    CHECK_STR("r", plan->table->def->name);
    CHECK_STR("d", plan->database->def->name);
    CHECK_INT(0, plan_insert_of(t, "INSERT INTO r VALUES (NULL, 1)")->partition_count);
}

// Many rows are one list, and planning takes no memory per literal beyond its text.
TEST(insert_many_rows)
{
    enum { ROWS = 10000 };
    Buf buf = buf_new(t->arena);
    buf_add_z(&buf, "INSERT INTO u VALUES ");
    for (int i = 0; i < ROWS; i++) buf_printf(&buf, "%s(%d, 'v%d')", i ? "," : "", i, i);
    InsertPlan *plan = plan_insert_of(t, str_z(t->arena, buf_str(&buf)));
    CHECK_INT(0, plan->query->scan_count);
    CHECK(str_ends(plan->query->pieces[0], STR("(9999, 'v9999')) AS r1(x1, x2)")));
}
