/* plan/ddl_keys: kinds of keys in CREATE TABLE, refusals first. */
#include "check.h"
#include "plan/ddl.h"
#include "schema/ddl.h"
#include "sql/sql.h"

static CreateTableStatement *parse(Ctx *t, const char *text)
{
    Statement *stmt;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, str_from(text), &stmt, &consumed));
    CHECK_INT(STMT_CREATE_TABLE, stmt->kind);
    return stmt->create_table;
}

static Rc plan(Ctx *t, const char *text)
{
    TablePlan made;
    TRY(plan_create_table(t, parse(t, text), &made));
    return plan_table_properties(t, 1, &made);
}

static Str shown(Ctx *t, const char *text)
{
    TablePlan made = {0};
    CHECK_RC(RC_OK, plan_create_table(t, parse(t, text), &made));
    CHECK_RC(RC_OK, plan_table_properties(t, 1, &made));
    plan_table_set_ids(&made, 100);
    return ddl_create_table(t->arena, made.def, (const PartitionDef *const *)made.partitions,
                            made.partition_count);
}

// The second column becomes a `kind` (the types are not parsed everywhere yet).
static Rc plan_with_type(Ctx *t, const char *text, TypeKind kind)
{
    TablePlan made;
    CreateTableStatement *stmt = parse(t, text);
    stmt->columns[1].type = (Type){.kind = kind};
    return plan_create_table(t, stmt, &made);
}

#define REFUSED(text, sql) CHECK_ERR_TEXT(SEMANTIC, text, plan(t, sql))

TEST(ddl_keys_refuses_bad_key_columns)
{
    REFUSED("Key columns must be the first few columns of the schema and the order  of the key "
            "columns must be consistent with the order of the schema",
            "CREATE TABLE t (a INT, b INT) PRIMARY KEY(b)");
    REFUSED("Key columns must be the first few columns of the schema and the order  of the key "
            "columns must be consistent with the order of the schema",
            "CREATE TABLE t (a INT SUM, b INT)");
    REFUSED("Key column(c) doesn't exist.", "CREATE TABLE t (a INT, b INT SUM) AGGREGATE KEY(c)");
    REFUSED("Key column[a] should not specify aggregate type.",
            "CREATE TABLE t (a INT SUM, b INT) UNIQUE KEY(a)");
    REFUSED("The number of key columns is 0.", "CREATE TABLE t (a INT SUM, b INT MAX)");
    REFUSED("primary key column[a] cannot be nullable",
            "CREATE TABLE t (a INT NULL) PRIMARY KEY(a)");
    REFUSED("primary key column[a] type not supported: double",
            "CREATE TABLE t (a DOUBLE) PRIMARY KEY(a)");
    REFUSED("primary key column[a] type not supported: char(5)",
            "CREATE TABLE t (a CHAR(5)) PRIMARY KEY(a)");
    REFUSED("primary key column[a] type not supported: decimal(10, 2)",
            "CREATE TABLE t (a DECIMAL(10, 2)) PRIMARY KEY(a)");
    REFUSED("Invalid data type of key column 'a': 'FLOAT', use decimal instead",
            "CREATE TABLE t (a FLOAT, b INT SUM) AGGREGATE KEY(a) DISTRIBUTED BY HASH(a)");
}

TEST(ddl_keys_refuses_bad_aggregations)
{
    REFUSED("AGG_KEYS table should specify aggregate type for non-key column[c]",
            "CREATE TABLE t (a INT, b INT SUM, c INT) AGGREGATE KEY(a) DISTRIBUTED BY HASH(a)");
    REFUSED("DUP_KEYS table should not specify aggregate type for non-key column[b]",
            "CREATE TABLE t (a INT, b INT SUM) DUPLICATE KEY(a)");
    REFUSED("UNIQUE_KEYS table should not specify aggregate type for non-key column[b]",
            "CREATE TABLE t (a INT, b INT MAX) UNIQUE KEY(a)");
    REFUSED("PRIMARY_KEYS table should not specify aggregate type for non-key column[b]",
            "CREATE TABLE t (a INT, b INT REPLACE_IF_NOT_NULL) PRIMARY KEY(a)");
    REFUSED("Invalid aggregate function 'SUM' for 'b'",
            "CREATE TABLE t (a INT, b SMALLINT SUM) DISTRIBUTED BY HASH(a)");
    REFUSED("Invalid aggregate function 'MAX' for 'b'",
            "CREATE TABLE t (a INT, b BOOLEAN MAX) DISTRIBUTED BY HASH(a)");
    REFUSED("Invalid aggregate function 'BITMAP_UNION' for 'b'",
            "CREATE TABLE t (a INT, b BIGINT BITMAP_UNION) DISTRIBUTED BY HASH(a)");
    CHECK_ERR_TEXT(
        SEMANTIC, "No aggregate function specified for 'b'",
        plan_with_type(t, "CREATE TABLE t (a INT, b INT) DUPLICATE KEY(a)", TYPE_BITMAP));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid data type of key column 'b': 'HLL'",
                   plan_with_type(t, "CREATE TABLE t (a INT, b INT, c INT SUM)", TYPE_HLL));
    CHECK_RC(RC_OK, plan_with_type(t,
                                   "CREATE TABLE t (a INT, b INT BITMAP_UNION) DISTRIBUTED BY "
                                   "HASH(a)",
                                   TYPE_BITMAP));
    CHECK_RC(RC_OK, plan_with_type(t, "CREATE TABLE t (a INT, b INT) PRIMARY KEY(a)", TYPE_HLL));
}

TEST(ddl_keys_refuses_values_that_place_rows)
{
    REFUSED("The partition column could not be aggregated column and unique table's partition "
            "column must be key column",
            "CREATE TABLE t (a INT, d DATE) UNIQUE KEY(a) PARTITION BY RANGE(d) () DISTRIBUTED BY "
            "HASH(a)");
    REFUSED("The partition column could not be aggregated column and unique table's partition "
            "column must be key column",
            "CREATE TABLE t (a INT, b INT MAX) PARTITION BY LIST(b) (PARTITION p VALUES IN ('1')) "
            "DISTRIBUTED BY HASH(a)");
    REFUSED("Distribution column[b] is not key column",
            "CREATE TABLE t (a INT, b INT) PRIMARY KEY(a) DISTRIBUTED BY HASH(b)");
    REFUSED("Currently not support default distribution in UNIQUE_KEYS",
            "CREATE TABLE t (a INT, b INT) UNIQUE KEY(a)");
    REFUSED("Currently not support default distribution in AGG_KEYS",
            "CREATE TABLE t (a INT, b INT SUM)");
    REFUSED("UNIQUE KEY with replace  must use hash distribution",
            "CREATE TABLE t (a INT, b INT) UNIQUE KEY(a) DISTRIBUTED BY RANDOM");
    REFUSED("PRIMARY KEY must use hash distribution",
            "CREATE TABLE t (a INT) PRIMARY KEY(a) DISTRIBUTED BY RANDOM");
    REFUSED("AGGREGATE KEY with replace  must use hash distribution",
            "CREATE TABLE t (a INT, b INT REPLACE_IF_NOT_NULL) DISTRIBUTED BY RANDOM");
    CHECK_RC(RC_OK, plan(t, "CREATE TABLE t (a INT, b INT SUM) DISTRIBUTED BY RANDOM"));
}

TEST(ddl_keys_refuses_bad_sort_columns)
{
    REFUSED("The sort columns of AGGREGATE KEY table must be same with key columns",
            "CREATE TABLE t (a INT, b INT, c INT SUM) AGGREGATE KEY(a, b) DISTRIBUTED BY HASH(a) "
            "ORDER BY(a)");
    REFUSED("The sort columns of UNIQUE KEY table must be same with key columns",
            "CREATE TABLE t (a INT, b INT) UNIQUE KEY(a) DISTRIBUTED BY HASH(a) ORDER BY(a, b)");
    REFUSED("sort key column[b] type not supported: double",
            "CREATE TABLE t (a INT, b DOUBLE) PRIMARY KEY(a) ORDER BY(b)");
    CHECK_RC(RC_OK, plan(t, "CREATE TABLE t (a INT, b INT, c INT SUM) AGGREGATE KEY(a, b) "
                            "DISTRIBUTED BY HASH(a) ORDER BY(b, a)"));
}

TEST(ddl_keys_primary_key)
{
    CHECK_STR("CREATE TABLE `t` (\n"
              "  `a` int(11) NOT NULL COMMENT \"\",\n"
              "  `b` varchar(9) NOT NULL COMMENT \"\",\n"
              "  `v` double NULL COMMENT \"\",\n"
              "  `w` date NULL COMMENT \"\"\n"
              ") ENGINE=OLAP \n"
              "PRIMARY KEY(`a`, `b`)\n"
              "DISTRIBUTED BY HASH(`a`, `b`)\n"
              "ORDER BY(`w`, `a`)\n"
              "PROPERTIES (\n\"replication_num\" = \"1\"\n);",
              shown(t, "CREATE TABLE t (a INT, b VARCHAR(9) NOT NULL, v DOUBLE, w DATE REPLACE) "
                       "PRIMARY KEY(a, b) ORDER BY(w, a)"));
}

TEST(ddl_keys_aggregate_key_is_implied)
{
    CHECK_STR("CREATE TABLE `t` (\n"
              "  `a` int(11) NULL COMMENT \"\",\n"
              "  `b` char(3) NULL COMMENT \"\",\n"
              "  `s` decimal(38, 2) SUM NULL DEFAULT \"1.50\" COMMENT \"\",\n"
              "  `m` decimal(10, 2) MAX NULL COMMENT \"\",\n"
              "  `r` varchar(9) REPLACE_IF_NOT_NULL NULL COMMENT \"\",\n"
              "  `q` varbinary REPLACE NOT NULL COMMENT \"\"\n"
              ") ENGINE=OLAP \n"
              "AGGREGATE KEY(`a`, `b`)\n"
              "DISTRIBUTED BY HASH(`b`) BUCKETS 4 \n"
              "PROPERTIES (\n\"replication_num\" = \"1\"\n);",
              shown(t, "CREATE TABLE t (a INT, b CHAR(3), s DECIMAL(10, 2) SUM DEFAULT '1.50', m "
                       "DECIMAL(10, 2) MAX, r VARCHAR(9) REPLACE_IF_NOT_NULL NOT NULL, q VARBINARY "
                       "REPLACE NOT NULL) DISTRIBUTED BY HASH(b) BUCKETS 4"));
}

TEST(ddl_keys_unique_key_replaces_without_saying_so)
{
    TablePlan made;
    CHECK_RC(RC_OK, plan_create_table(t,
                                      parse(t, "CREATE TABLE t (a INT, b INT, c INT REPLACE) "
                                               "UNIQUE KEY(a) DISTRIBUTED BY HASH(a)"),
                                      &made));
    CHECK_INT(KEYS_UNIQUE, made.def->keys);
    CHECK_STR("", made.def->schemas[0].columns[0].aggregation);
    CHECK_STR("REPLACE", made.def->schemas[0].columns[1].aggregation);
    CHECK_STR("REPLACE", made.def->schemas[0].columns[2].aggregation);
    CHECK(made.def->schemas[0].columns[0].is_nullable);
    // REPLACE in a table of duplicates means nothing
    CHECK_RC(RC_OK,
             plan_create_table(
                 t, parse(t, "CREATE TABLE t (a INT, b INT REPLACE) DUPLICATE KEY(a)"), &made));
    CHECK_STR("", made.def->schemas[0].columns[1].aggregation);
}
