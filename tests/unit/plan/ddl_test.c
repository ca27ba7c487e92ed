/* plan/ddl: what CREATE TABLE and ALTER TABLE mean, refusals first. */
#include "base/vec.h"
#include "check.h"
#include "plan/ddl.h"
#include "schema/ddl.h"
#include "sql/sql.h"

static const Statement *parse(Ctx *t, const char *text)
{
    Statement *stmt;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, str_from(text), &stmt, &consumed));
    return stmt;
}

static Rc plan_in(Ctx *t, const char *text, uint32_t backends, TablePlan *plan)
{
    const Statement *stmt = parse(t, text);
    CHECK_INT(STMT_CREATE_TABLE, stmt->kind);
    TRY(plan_create_table(t, stmt->create_table, plan));
    TRY(plan_table_properties(t, backends, plan));
    plan_table_set_ids(plan, 100);
    return RC_OK;
}

static Rc plan(Ctx *t, const char *text)
{
    TablePlan ignored;
    return plan_in(t, text, 1, &ignored);
}

// The table as SHOW CREATE TABLE prints it.
static Str shown(Ctx *t, const char *text)
{
    TablePlan made = {0};
    CHECK_RC(RC_OK, plan_in(t, text, 1, &made));
    return ddl_create_table(t->arena, made.def, (const PartitionDef *const *)made.partitions,
                            made.partition_count);
}

TEST(ddl_refuses_bad_generated_columns)
{
    CHECK_ERR_TEXT(SEMANTIC, "Generated Column can not be KEY",
                   plan(t, "CREATE TABLE t (a INT, b BIGINT AS a + 1) DUPLICATE KEY(a, b)"));
    CHECK_ERR_TEXT(SEMANTIC, "Generated Column must be nullable column.",
                   plan(t, "CREATE TABLE t (a INT, b BIGINT NOT NULL AS a + 1) DUPLICATE KEY(a)"));
    CHECK_ERR_TEXT(SEMANTIC, "All generated columns must be defined after ordinary columns",
                   plan(t, "CREATE TABLE t (a INT, b BIGINT AS a + 1, c INT) DUPLICATE KEY(a)"));
    CHECK_ERR_TEXT(SEMANTIC, "Expression can not refers to other generated columns",
                   plan(t, "CREATE TABLE t (a INT, b BIGINT AS a + 1, c BIGINT AS b) "
                           "DUPLICATE KEY(a)"));
    CHECK_ERR_TEXT(SEMANTIC,
                   "Illegal expression type for Generated Column Column Type: INT, Expression "
                   "Type: BIGINT",
                   plan(t, "CREATE TABLE t (a INT, b INT AS a + 1) DUPLICATE KEY(a)"));
    CHECK_ERR_TEXT(SEMANTIC, "Column 'x' cannot be resolved",
                   plan(t, "CREATE TABLE t (a INT, b BIGINT AS x + 1) DUPLICATE KEY(a)"));
    static const char *const REFUSED[][2] = {
        {"DOUBLE AS rand()", "non-deterministic function"},
        {"VARCHAR(36) AS uuid()", "non-deterministic function"},
        {"DATE AS date_add(curdate(), INTERVAL a DAY)", "non-deterministic function"},
        {"BIGINT AS unix_timestamp()", "non-deterministic function"},
        {"VARCHAR(9) AS if(a > 1, user(), 'x')", "non-deterministic function"},
        {"BIGINT AS count(*)", "aggregation function"},
        {"BOOLEAN AS a IN (SELECT 1)", "subqueries"},
        {"BOOLEAN AS EXISTS (SELECT 1)", "subqueries"},
        {"BIGINT AS a + @x", "variables"},
    };
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        Str sql =
            str_printf(t->arena, "CREATE TABLE t (a INT, b %s) DUPLICATE KEY(a)", REFUSED[i][0]);
        Str text = str_printf(t->arena, "Generated Column don't support %s", REFUSED[i][1]);
        CHECK_ERR_TEXT(SEMANTIC, str_z(t->arena, text), plan(t, str_z(t->arena, sql)));
    }
}

// What SHOW CREATE TABLE prints makes the same table.
TEST(ddl_prints_generated_columns)
{
    Str text = shown(t, "CREATE TABLE t (a INT, s VARCHAR(9), b BIGINT AS a * (a + 1) COMMENT 'c', "
                        "c BOOLEAN AS a IS NOT NULL, d VARCHAR(99) AS concat(s, 'x\\'\"') )");
    CHECK_STR(
        "CREATE TABLE `t` (\n  `a` int(11) NULL COMMENT \"\",\n  `s` varchar(9) NULL COMMENT "
        "\"\",\n  `b` bigint(20) NULL AS `a` * (`a` + 1) COMMENT \"c\",\n  `c` boolean NULL AS "
        "`a` IS NOT NULL COMMENT \"\",\n  `d` varchar(99) NULL AS concat(`s`, 'x\\'\"') COMMENT "
        "\"\"\n) ENGINE=OLAP \nDUPLICATE KEY(`a`, `s`)\nDISTRIBUTED BY RANDOM\nPROPERTIES "
        "(\n\"replication_num\" = \"1\"\n);",
        text);
    CHECK_STR(str_z(t->arena, text), shown(t, str_z(t->arena, text)));
}

TEST(ddl_refuses_bad_keys)
{
    CHECK_ERR_TEXT(SEMANTIC, "Key column(x) doesn't exist.",
                   plan(t, "CREATE TABLE t (a INT) DUPLICATE KEY(x)"));
    CHECK_ERR_TEXT(SEMANTIC, "The number of key columns should be less than the number of columns.",
                   plan(t, "CREATE TABLE t (a INT) DUPLICATE KEY(a, a)"));
    CHECK_ERR_TEXT(SEMANTIC,
                   "Key columns must be the first few columns of the schema and the order  of the "
                   "key columns must be consistent with the order of the schema",
                   plan(t, "CREATE TABLE t (a INT, b INT) DUPLICATE KEY(b)"));
    CHECK_ERR_TEXT(SEMANTIC, "Key column[a] should not specify aggregate type.",
                   plan(t, "CREATE TABLE t (a INT SUM, b INT) DUPLICATE KEY(a)"));
    CHECK_ERR_TEXT(SEMANTIC, "Data type of first column cannot be DOUBLE",
                   plan(t, "CREATE TABLE t (a DOUBLE, b INT)"));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid data type of key column 'a': 'FLOAT', use decimal instead",
                   plan(t, "CREATE TABLE t (a FLOAT, b INT) DUPLICATE KEY(a)"));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid data type of key column 'a': 'VARBINARY'",
                   plan(t, "CREATE TABLE t (a VARBINARY, b INT) DUPLICATE KEY(a)"));
}

TEST(ddl_refuses_bad_columns)
{
    CHECK_ERR_TEXT(DUPLICATE_COLUMN, "Duplicate column name 'A'",
                   plan(t, "CREATE TABLE t (a INT, A INT)"));
    CHECK_ERR(BAD_COLUMN_NAME, plan(t, "CREATE TABLE t (`a<b` INT)"));
    CHECK_ERR_TEXT(SEMANTIC, "The AUTO_INCREMENT column must be BIGINT",
                   plan(t, "CREATE TABLE t (a INT AUTO_INCREMENT)"));
    CHECK_ERR_TEXT(SEMANTIC,
                   "More than one AUTO_INCREMENT column defined in CREATE TABLE Statement",
                   plan(t, "CREATE TABLE t (a BIGINT AUTO_INCREMENT, b BIGINT AUTO_INCREMENT)"));
    CHECK_ERR_TEXT(SEMANTIC, "Unknown engine name: abc",
                   plan(t, "CREATE TABLE t (a INT) ENGINE = abc"));
    CHECK_ERR(NOT_SUPPORTED, plan(t, "CREATE TABLE t (a INT) ENGINE = mysql"));
}

TEST(ddl_checks_defaults_against_types)
{
    static const struct {
        const char *column;
        bool is_right;
    } CASES[] = {
        {"TINYINT DEFAULT '127'", true},
        {"TINYINT DEFAULT '128'", false},
        {"TINYINT DEFAULT -128", true},
        {"INT DEFAULT 'x'", false},
        {"INT DEFAULT ''", false},
        {"LARGEINT DEFAULT '-170141183460469231731687303715884105728'", true},
        {"LARGEINT DEFAULT '170141183460469231731687303715884105728'", false},
        {"BOOLEAN DEFAULT 'true'", true},
        {"BOOLEAN DEFAULT TRUE", true},
        {"BOOLEAN DEFAULT '2'", false},
        {"DOUBLE DEFAULT '1.5e300'", true},
        {"FLOAT DEFAULT '1.5e300'", false},
        {"DOUBLE DEFAULT '1.5x'", false},
        {"DOUBLE DEFAULT 'nan'", false},
        {"DECIMAL(5, 2) DEFAULT '-999.99'", true},
        {"DECIMAL(5, 2) DEFAULT '1000'", false},
        {"DECIMAL(5, 2) DEFAULT '1.234'", false},
        {"DATE DEFAULT '2024-02-29'", true},
        {"DATE DEFAULT '2023-02-29'", false},
        {"DATE DEFAULT CURRENT_TIMESTAMP", false},
        {"DATETIME DEFAULT CURRENT_TIMESTAMP", true},
        {"DATETIME DEFAULT CURRENT_TIMESTAMP(3)", true},
        {"DATETIME DEFAULT '2024-01-01 12:00:00'", true},
        {"VARCHAR(3) DEFAULT 'abc'", true},
        {"VARCHAR(3) DEFAULT 'abcd'", false},
        {"VARCHAR(36) DEFAULT (uuid())", true},
        {"VARCHAR(35) DEFAULT (uuid())", false},
        {"INT DEFAULT (uuid())", false},
        {"INT DEFAULT (abs(1))", false},
        {"INT DEFAULT (1 + 1)", false},
        {"VARBINARY DEFAULT ''", true},
        {"VARBINARY DEFAULT 'x'", false},
        {"INT NULL DEFAULT NULL", true},
        {"INT NOT NULL DEFAULT NULL", false},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        Str text = str_printf(t->arena, "CREATE TABLE t (k INT, v %s)", CASES[i].column);
        Rc rc = plan(t, str_z(t->arena, text));
        if ((rc == RC_OK) != CASES[i].is_right)
            check_failed(__FILE__, __LINE__, "%s: %.*s", CASES[i].column, STR_ARG(t->err.text));
        if (rc == RC_OK) continue;
        CHECK_INT(ERR_SEMANTIC, t->err.id);
        CHECK(str_starts(t->err.text, STR("Invalid default value for 'v'")));
        ctx_clear(t);
    }
}

TEST(ddl_refuses_bad_partitions)
{
    CHECK_ERR_TEXT(SEMANTIC, "Partition column[x] does not exist in column list.",
                   plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(x) ()"));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated partition column a",
                   plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a, a) ()"));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid partition column 'b': invalid data type DOUBLE",
                   plan(t, "CREATE TABLE t (a INT, b DOUBLE) PARTITION BY RANGE(b) ()"));
    CHECK_ERR(PARTITION_COLUMN_TYPE,
              plan(t, "CREATE TABLE t (a VARCHAR(10)) PARTITION BY RANGE(a) ()"));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated partition name: P1",
                   plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES LESS "
                           "THAN ('1'), PARTITION P1 VALUES LESS THAN ('2'))"));
    CHECK_ERR(PARTITION_RANGE_INTERSECTS,
              plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES LESS THAN "
                      "('5'), PARTITION p2 VALUES LESS THAN ('3'))"));
    CHECK_ERR(PARTITION_RANGE_INTERSECTS,
              plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES "
                      "[('1'), ('5')), PARTITION p2 VALUES [('4'), ('6')))"));
    CHECK_ERR(PARTITION_VALUE,
              plan(t, "CREATE TABLE t (a DATE) PARTITION BY RANGE(a) (PARTITION p1 "
                      "VALUES LESS THAN ('2024-13-01'))"));
    CHECK_ERR_TEXT(SEMANTIC, "You can only use one of these methods to create partitions",
                   plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES LESS "
                           "THAN ('1'), PARTITION p2 VALUES [('1'), ('5')))"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES "
                                "LESS THAN ('1', '2'))"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a DATE, b INT) PARTITION BY RANGE(a, b) (START "
                                "('2024-01-01') END ('2024-02-01') EVERY (INTERVAL 1 DAY))"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a DATE) PARTITION BY RANGE(a) (START "
                                "('2024-01-01') END ('2024-02-01') EVERY (INTERVAL 1 HOUR))"));
    CHECK_ERR(PARTITION_LIST_DUPLICATE,
              plan(t, "CREATE TABLE t (a INT) PARTITION BY LIST(a) (PARTITION p1 VALUES IN ('1', "
                      "'2'), PARTITION p2 VALUES IN ('02'))"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT, b INT) PARTITION BY LIST(a, b) (PARTITION "
                                "p1 VALUES IN ('1'))"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a DATE) PARTITION BY date_trunc('week', a)"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PARTITION BY date_trunc('day', a)"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PARTITION BY (a, a)"));
    CHECK_ERR(BAD_PARTITION_NAME,
              plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION `p-1` VALUES LESS "
                      "THAN ('1'))"));
}

TEST(ddl_refuses_bad_distribution_and_order)
{
    CHECK_ERR_TEXT(SEMANTIC, "Distribution column(x) doesn't exist.",
                   plan(t, "CREATE TABLE t (a INT) DISTRIBUTED BY HASH(x)"));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated distribution column a",
                   plan(t, "CREATE TABLE t (a INT) DISTRIBUTED BY HASH(a, a)"));
    CHECK_ERR_TEXT(SEMANTIC, "DOUBLE column can not be distribution column",
                   plan(t, "CREATE TABLE t (a INT, b DOUBLE) DISTRIBUTED BY HASH(b)"));
    CHECK_ERR_TEXT(SEMANTIC, "Unknown column 'x' does not exist",
                   plan(t, "CREATE TABLE t (a INT) ORDER BY (x)"));
    CHECK_ERR_TEXT(SEMANTIC, "Colocate table must specify distribution column",
                   plan(t, "CREATE TABLE t (a INT) PROPERTIES ('colocate_with' = 'g')"));
}

TEST(ddl_refuses_bad_properties)
{
    CHECK_ERR_TEXT(SEMANTIC, "Unknown properties: {a=1, b=2}",
                   plan(t, "CREATE TABLE t (a INT) PROPERTIES ('a' = '1', 'in_memory' = 'true', "
                           "'b' = '2')"));
    CHECK_ERR_TEXT(SEMANTIC,
                   "Table replication num should be less than of equal to the number of available "
                   "BE nodes. You can change this default by setting the replication_num table "
                   "properties. Current alive backend is [10001]. , table=t, "
                   "default_replication_num=3",
                   plan(t, "CREATE TABLE t (a INT) PROPERTIES ('replication_num' = '3')"));
    CHECK_ERR_TEXT(SEMANTIC, "Replication num should larger than 0. (suggested 3)",
                   plan(t, "CREATE TABLE t (a INT) PROPERTIES ('replication_num' = '0')"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PROPERTIES ('replication_num' = '-1')"));
    CHECK_ERR_TEXT(SEMANTIC, "Property in_memory must be bool type(false/true)",
                   plan(t, "CREATE TABLE t (a INT) PROPERTIES ('in_memory' = 'yes')"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PROPERTIES ('compression' = 'brotli')"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PROPERTIES ('compression' = 'zstd(23)')"));
    CHECK_ERR(SEMANTIC,
              plan(t, "CREATE TABLE t (a INT) PROPERTIES ('bloom_filter_columns' = 'b')"));
    CHECK_ERR(SEMANTIC, plan(t, "CREATE TABLE t (a INT) PROPERTIES ('bloom_filter_fpp' = '0.06')"));
    CHECK_ERR_TEXT(SEMANTIC, "Unknown properties: {compression=LZ4}",
                   plan(t, "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES LESS "
                           "THAN ('1') ('compression' = 'LZ4'))"));
}

TEST(ddl_default_keys_are_the_leading_columns)
{
    static const struct {
        const char *columns;
        size_t keys;
    } CASES[] = {
        {"a INT, b INT, c INT, d INT", 3},
        {"a BIGINT, b LARGEINT, c LARGEINT", 2},  // 40 bytes would be too many
        {"a INT, b VARCHAR(10), c INT", 2},       // a VARCHAR is the last one
        {"a CHAR(100), b INT", 1},
        {"a INT, b DOUBLE, c INT", 1},
        {"a DATE, b DATETIME, c DECIMAL(10, 2)", 3},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        TablePlan made;
        Str text = str_printf(t->arena, "CREATE TABLE t (%s)", CASES[i].columns);
        CHECK_RC(RC_OK, plan_in(t, str_z(t->arena, text), 1, &made));
        size_t keys = 0;
        const Schema *schema = table_current_schema(made.def);
        for (size_t k = 0; k < schema->column_count; k++) keys += schema->columns[k].is_key;
        CHECK_INT(CASES[i].keys, keys);
    }
}

TEST(ddl_makes_a_whole_table)
{
    TablePlan made;
    CHECK_RC(
        RC_OK,
        plan_in(t,
                "CREATE TABLE IF NOT EXISTS d.t (k INT NOT NULL COMMENT 'key', d DATE, v STRING "
                "DEFAULT 'x') ENGINE = OLAP DUPLICATE KEY(k) COMMENT 'all of it' PARTITION BY "
                "RANGE(d) (PARTITION p1 VALUES LESS THAN ('2024-1-1'), PARTITION p2 VALUES LESS "
                "THAN ('20240201') ('storage_medium' = 'SSD'), PARTITION pm VALUES LESS THAN "
                "MAXVALUE) DISTRIBUTED BY HASH(k) BUCKETS 4 ORDER BY (v, k) PROPERTIES "
                "('compression' = 'zstd(3)')",
                1, &made));
    CHECK_INT(100, made.def->id);
    CHECK_INT(3, made.partition_count);
    CHECK_INT(101, made.partitions[0]->id);
    CHECK_INT(103, made.partitions[2]->id);
    CHECK_INT(4, made.partitions[0]->bucket_num);
    CHECK_INT(1, made.partitions[0]->replication_num);
    CHECK_INT(1, made.partitions[1]->property_count);
    const Schema *schema = table_current_schema(made.def);
    CHECK_INT(1, schema->columns[0].id);
    CHECK_INT(3, schema->columns[2].file_id);
    CHECK_INT(4, made.def->next_column_id);
    CHECK_STR(
        "CREATE TABLE `t` (\n"
        "  `k` int(11) NOT NULL COMMENT \"key\",\n"
        "  `d` date NULL COMMENT \"\",\n"
        "  `v` varchar(65533) NULL DEFAULT \"x\" COMMENT \"\"\n"
        ") ENGINE=OLAP \n"
        "DUPLICATE KEY(`k`)\n"
        "COMMENT \"all of it\"\n"
        "PARTITION BY RANGE(`d`)\n"
        "(PARTITION p1 VALUES [(\"0000-01-01\"), (\"2024-01-01\")),\n"
        "PARTITION p2 VALUES [(\"2024-01-01\"), (\"2024-02-01\")),\n"
        "PARTITION pm VALUES [(\"2024-02-01\"), (MAXVALUE)))\n"
        "DISTRIBUTED BY HASH(`k`) BUCKETS 4 \n"
        "ORDER BY(`v`, `k`)\n"
        "PROPERTIES (\n"
        "\"compression\" = \"zstd(3)\",\n"
        "\"replication_num\" = \"1\"\n"
        ");",
        ddl_create_table(t->arena, made.def, (const PartitionDef *const *)made.partitions, 3));
}

TEST(ddl_unpartitioned_table_has_one_partition)
{
    TablePlan made;
    CHECK_RC(RC_OK, plan_in(t, "CREATE TABLE t (a INT)", 5, &made));
    CHECK_INT(1, made.partition_count);
    CHECK_STR("t", made.partitions[0]->name);
    CHECK_INT(3, made.partitions[0]->replication_num);  // min(3, backends)
    CHECK_INT(DISTRIBUTION_RANDOM, made.def->distribution);
}

// What is shown can be run again and shows the same.
TEST(ddl_shown_text_makes_the_same_table)
{
    static const char *const TEXTS[] = {
        "CREATE TABLE t (a INT, b DATETIME) PARTITION BY RANGE(a, b) (PARTITION p1 VALUES LESS THAN "
        "('5'), PARTITION p2 VALUES LESS THAN ('7', '2024-01-01 10:00:00'))",
        "CREATE TABLE t (a VARCHAR(9), b INT) PARTITION BY LIST(a, b) (PARTITION p1 VALUES IN "
        "(('x', '1'), ('y', '-2')), PARTITION p2 VALUES IN (('x', '2')))",
        "CREATE TABLE t (a DATE) PARTITION BY RANGE(a) (START ('2001-01-01') END ('2001-08-01') "
        "EVERY (INTERVAL 1 MONTH)) DISTRIBUTED BY RANDOM BUCKETS 3",
        "CREATE TABLE t (a BOOLEAN DEFAULT '1', b LARGEINT, c FLOAT, d DECIMAL(38, 9), e CHAR(3), f "
        "VARBINARY(7), g DATETIME DEFAULT CURRENT_TIMESTAMP, h VARCHAR(40) DEFAULT (uuid())) "
        "PROPERTIES ('replication_num' = '1', 'in_memory' = 'false')",
    };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        Str once = shown(t, TEXTS[i]);
        CHECK_STR(once, shown(t, str_z(t->arena, once)));
    }
}

// ALTER TABLE .. ADD PARTITION of a table made by `create`.
static Rc add(Ctx *t, const char *create, const char *alter, PartitionsPlan *out)
{
    TablePlan made;
    CHECK_RC(RC_OK, plan_in(t, create, 1, &made));
    Table table = {.def = made.def, .partition_count = made.partition_count};
    table.partitions = ARENA_ARRAY(t->arena, Partition *, made.partition_count);
    for (size_t i = 0; i < made.partition_count; i++) {
        table.partitions[i] = ARENA_NEW(t->arena, Partition);
        table.partitions[i]->def = made.partitions[i];
    }
    return plan_add_partitions(t, &table, parse(t, alter)->alter_table, 1, out);
}

static const char *const RANGES =
    "CREATE TABLE t (a INT) PARTITION BY RANGE(a) (PARTITION p1 VALUES "
    "[('0'), ('10')), PARTITION p3 VALUES [('20'), ('30')))";

TEST(ddl_add_partition_refusals)
{
    PartitionsPlan made;
    CHECK_ERR_TEXT(SEMANTIC, "Only support adding partition to range/list partitioned table",
                   add(t, "CREATE TABLE t (a INT)",
                       "ALTER TABLE t ADD PARTITION p VALUES LESS THAN ('1')", &made));
    CHECK_ERR(PARTITION_EXISTS,
              add(t, RANGES, "ALTER TABLE t ADD PARTITION P1 VALUES LESS THAN ('50')", &made));
    CHECK_ERR(PARTITION_VALUE,
              add(t, RANGES, "ALTER TABLE t ADD PARTITION p2 VALUES [('15'), ('15'))", &made));
    CHECK_ERR(SEMANTIC, add(t, RANGES, "ALTER TABLE t ADD PARTITION p2 VALUES IN ('15')", &made));
    CHECK_ERR(SEMANTIC, add(t, RANGES,
                            "ALTER TABLE t ADD PARTITION p4 VALUES LESS THAN ('40') DISTRIBUTED BY "
                            "HASH(a)",
                            &made));
    CHECK_ERR(SEMANTIC, add(t, RANGES,
                            "ALTER TABLE t ADD PARTITION p4 VALUES LESS THAN ('40') "
                            "('replication_num' = '2')",
                            &made));
}

TEST(ddl_add_partition)
{
    PartitionsPlan made;
    CHECK_RC(RC_OK,
             add(t, RANGES, "ALTER TABLE t ADD PARTITION p4 VALUES LESS THAN ('40')", &made));
    CHECK_INT(1, made.count);
    CHECK_STR("30", made.partitions[0]->lower[0].text);
    CHECK_RC(RC_OK,
             add(t, RANGES, "ALTER TABLE t ADD PARTITION p2 VALUES LESS THAN ('20')", &made));
    CHECK_STR("10", made.partitions[0]->lower[0].text);
    CHECK_RC(RC_OK,
             add(t, RANGES, "ALTER TABLE t ADD PARTITION IF NOT EXISTS p1 VALUES LESS THAN ('40')",
                 &made));
    CHECK_INT(0, made.count);
    CHECK_RC(RC_OK, add(t, RANGES, "ALTER TABLE t ADD PARTITIONS START ('30') END ('33') EVERY (1)",
                        &made));
    CHECK_INT(3, made.count);
    CHECK_STR("p31", made.partitions[1]->name);
}
