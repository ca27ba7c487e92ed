#include "sqlcheck.h"

static CreateTableStatement *create(Ctx *t, const char *text)
{
    return sql_ok_kind(t, STMT_CREATE_TABLE, text)->create_table;
}

TEST(table_refuses_what_the_grammar_lacks)
{
    static const char *const BAD[] = {
        "create table",
        "create table t",
        "create table t ()",
        "create table t (a)",
        "create table t (a int, b)",
        "create table t (a int,)",
        "create table t (int)",
        "create table t (a foo)",
        "create table t (a int(x))",
        "create table t (a decimal(10,2,3))",
        "create table t (a int null not)",
        "create table t (a int default)",
        "create table t (a datetime default current_timestamp(7))",
        "create table t (a int comment b)",
        "create table t (a int) engine olap",
        "create table t (a int) duplicate (a)",
        "create table t (a int) duplicate key a",
        "create table t (a int) comment 'x' engine = olap",
        "create table t (a int) partition by range (a)",
        "create table t (a int) partition by range (a) (partition p values less 1)",
        "create table t (a int) partition by range (a) (partition p values less than (null))",
        "create table t (a int) partition by range (a) (partition p values [('1'), ('2')])",
        "create table t (a int) partition by range (a) (partition p values in ('1'))",
        "create table t (a int) partition by list (a) (partition p values less than ('1'))",
        "create table t (a int) partition by list (a + 1)",
        "create table t (a int) partition by list (a) (partition p values in (maxvalue))",
        "create table t (a int) partition by range (a) (start ('1') end ('2'))",
        "create table t (a int) partition by range (a) (start ('1') end ('2') every (interval 1))",
        "create table t (a int) partition by range (a) (start (null) end ('2') every (1))",
        "create table t (a int) distributed by hash",
        "create table t (a int) distributed by a",
        "create table t (a int) distributed by hash(a) buckets x",
        "create table t (a int) order by a",
        "create table t (a int) properties ()",
        "create table a.b.c.d (a int)",
        "create table t (a int) x",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
}

TEST(table_refuses_by_name)
{
    CHECK_REFUSED("CREATE TABLE AS SELECT", "create table t as select 1");
    CHECK_REFUSED("CREATE TABLE AS SELECT",
                  "create table t (a, b) distributed by hash(a) as select 1, 2");
    CHECK_REFUSED("CREATE TABLE LIKE", "create table if not exists t like u");
    CHECK_REFUSED("CREATE EXTERNAL TABLE", "create external table t (a int)");
    CHECK_REFUSED("CREATE TEMPORARY TABLE", "create temporary table t (a int)");
    CHECK_REFUSED("ROLLUP in CREATE TABLE", "create table t (a int) rollup (r (a))");
    CHECK_REFUSED("BROKER PROPERTIES", "create table t (a int) broker properties ('a' = 'b')");
    CHECK_REFUSED("descending sort columns", "create table t (a int) order by (a desc)");
    CHECK_REFUSED("the type VARIANT", "create table t (a variant)");
    CHECK_REFUSED("the type DECIMAL256", "create table t (a array<decimal256(50, 2)>)");
    CHECK_REFUSED("the type DECIMAL256", "create table t (a decimal256(50, 2))");
}

TEST(table_checks_sizes)
{
    static const struct {
        const char *type, *text;
    } CASES[] = {
        {"varchar(0)", "Varchar size must be > 0: 0"},
        {"varchar(1048577)", "Varchar size must be <= 1048576: 1048577"},
        {"char(256)", "Char size must be <= 255: 256"},
        {"varbinary(1048577)", "Varbinary size must be <= 1048576: 1048577"},
        {"decimal(0)", "DECIMAL's precision should range from 1 to 38"},
        {"decimal(39, 1)", "DECIMAL's precision should range from 1 to 38"},
        {"decimal32(10, 1)", "DECIMAL's precision should range from 1 to 9"},
        {"decimal(10, 11)", "DECIMAL's scale should be less than or equal to precision"},
    };
    CHECK_ERR(SEMANTIC, sql_try(t, "create table t (a array<varchar(0)>)"));
    CHECK_ERR(SEMANTIC, sql_try(t, "create table t (a array<hll>)"));
    CHECK_ERR(SEMANTIC, sql_try(t, "create table t (a map<array<int>, int>)"));
    CHECK_ERR(SEMANTIC, sql_try(t, "create table t (a struct<x int, X int>)"));
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const char *sql =
            str_z(t->arena, str_printf(t->arena, "create table t (a %s)", CASES[i].type));
        Str text = str_printf(t->arena,
                              "Getting analyzing error at line 1, column 18. Detail message: %s.",
                              CASES[i].text);
        CHECK_ERR_TEXT(SEMANTIC, text, sql_try(t, sql));
    }
    CHECK_ERR(SEMANTIC, sql_try(t, "create table t (a int) distributed by hash(a) buckets 0"));
    CHECK_ERR(SEMANTIC,
              sql_try(t, "create table t (a int) distributed by random buckets 9999999999"));
}

TEST(table_reads_types)
{
    static const struct {
        const char *type, *printed;
    } CASES[] = {
        {"boolean", "boolean"},
        {"tinyint", "tinyint(4)"},
        {"smallint(5)", "smallint(6)"},
        {"int", "int(11)"},
        {"INTEGER(11)", "int(11)"},
        {"bigint(20)", "bigint(20)"},
        {"largeint", "largeint(40)"},
        {"float", "float"},
        {"double", "double"},
        {"decimal", "decimal(10, 0)"},
        {"decimal(38)", "decimal(38, 0)"},
        {"numeric(10,2)", "decimal(10, 2)"},
        {"decimal64", "decimal(18, 0)"},
        {"decimal128(20, 20)", "decimal(20, 20)"},
        {"date", "date"},
        {"datetime", "datetime"},
        {"char", "char(1)"},
        {"char(255)", "char(255)"},
        {"varchar", "varchar(1)"},
        {"varchar(*)", "varchar(1048576)"},
        {"string", "varchar(65533)"},
        {"text", "varchar(65533)"},
        {"binary", "varbinary"},
        {"varbinary(10)", "varbinary(10)"},
        {"bitmap", "bitmap"},
        {"hll", "hll"},
        {"percentile", "percentile"},
        {"json", "json"},
        {"array<int>", "array<int(11)>"},
        {"array<array<string>>", "array<array<varchar(65533)>>"},
        {"array < array < array < char > > >", "array<array<array<char(1)>>>"},
        {"map<varchar, decimal(5, 1)>", "map<varchar(65533),decimal(5, 1)>"},
        {"map<int,map<int,array<date>>>", "map<int(11),map<int(11),array<date>>>"},
        {"struct<a int, b: json, date datetime>", "struct<a int(11), b json, date datetime>"},
        {"struct<`a b` int, `1` int>", "struct<`a b` int(11), `1` int(11)>"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const char *sql =
            str_z(t->arena, str_printf(t->arena, "create table t (a %s)", CASES[i].type));
        CHECK_STR(CASES[i].printed, type_text(t->arena, create(t, sql)->columns[0].type));
    }
}

TEST(table_reads_columns)
{
    CreateTableStatement *table =
        create(t, "create table if not exists d.t (\n"
                  "  k int(11) key not null comment 'the key',\n"
                  "  s varchar(20) character set utf8 sum null default 'x',\n"
                  "  `n` bigint replace_if_not_null default null,\n"
                  "  at datetime default current_timestamp(3),\n"
                  "  now datetime default current_timestamp,\n"
                  "  u string default (uuid()),\n"
                  "  d double default -1.5,\n"
                  "  id bigint not null auto_increment,\n"
                  "  g int as k + 1 comment \"c\",\n"
                  "  h as (k * 2),\n"
                  "  index i (k, s) using bitmap comment 'ix')");
    CHECK(table->if_not_exists);
    CHECK_STR("d.t", qname_text(t->arena, table->name));
    CHECK_INT(10, table->column_count);
    const AstColumnDef *c = table->columns;
    CHECK(c[0].is_key && c[0].nullness == AST_NULLNESS_NOT_NULL);
    CHECK_STR("the key", c[0].comment);
    CHECK_INT(2, c[0].name.pos.line);
    CHECK_INT(2, c[0].name.pos.column);
    CHECK_INT(AST_AGG_SUM, c[1].agg);
    CHECK_INT(AST_NULLNESS_NULL, c[1].nullness);
    CHECK_INT(AST_DEFAULT_TEXT, c[1].default_kind);
    CHECK_STR("x", c[1].default_expr->literal.text);
    CHECK(c[1].comment.ptr == NULL);
    CHECK_STR("n", c[2].name.text);
    CHECK_INT(AST_AGG_REPLACE_IF_NOT_NULL, c[2].agg);
    CHECK_INT(AST_DEFAULT_NULL, c[2].default_kind);
    CHECK_INT(AST_NULLNESS_UNSET, c[2].nullness);
    CHECK_INT(AST_DEFAULT_CURRENT_TIMESTAMP, c[3].default_kind);
    CHECK_INT(3, c[3].default_precision);
    CHECK_INT(0, c[4].default_precision);
    CHECK_INT(AST_DEFAULT_EXPR, c[5].default_kind);
    CHECK_STR("uuid()", sql_unparse_expr(t->arena, c[5].default_expr));
    CHECK_STR("-1.5", sql_unparse_expr(t->arena, c[6].default_expr));
    CHECK(c[7].is_auto_increment);
    CHECK_STR("`k` + 1", sql_unparse_expr(t->arena, c[8].generated));
    CHECK_STR("c", c[8].comment);
    CHECK(!c[9].has_type && c[9].generated != NULL);
    CHECK_INT(1, table->index_count);
    CHECK_STR("i", table->indexes[0].name.text);
    CHECK_INT(2, table->indexes[0].columns.count);
    CHECK_STR("bitmap", table->indexes[0].type);
    CHECK_STR("ix", table->indexes[0].comment);
}

TEST(table_reads_clauses)
{
    CreateTableStatement *table =
        create(t, "CREATE TABLE t (a INT, b INT) ENGINE = olap DEFAULT CHARSET = utf8\n"
                  "PRIMARY KEY(a) COMMENT 'c' PARTITION BY RANGE (a) ()\n"
                  "DISTRIBUTED BY HASH(a, b) BUCKETS 16 ORDER BY (b, a ASC)\n"
                  "PROPERTIES (\"replication_num\" = \"1\");");
    CHECK_STR("olap", table->engine.text);
    CHECK_INT(AST_KEY_PRIMARY, table->key_kind);
    CHECK_STR("a", table->keys.at[0].text);
    CHECK_STR("c", table->comment);
    CHECK_INT(AST_PARTITION_BY_RANGE, table->partition_by.kind);
    CHECK(table->partition_by.has_defs);
    CHECK_INT(0, table->partition_by.def_count);
    CHECK_INT(AST_DISTRIBUTION_HASH, table->distribution.kind);
    CHECK_INT(2, table->distribution.columns.count);
    CHECK_INT(16, table->distribution.buckets);
    CHECK_INT(2, table->sort_columns.count);
    CHECK_STR("b", table->sort_columns.at[0].text);
    CHECK_STR("1", *ast_properties_get(table->properties, STR("replication_num")));

    table = create(t, "create table t (a int) duplicate key (a) distributed by random");
    CHECK_INT(AST_KEY_DUPLICATE, table->key_kind);
    CHECK_INT(AST_DISTRIBUTION_RANDOM, table->distribution.kind);
    CHECK_INT(0, table->distribution.buckets);
    CHECK_INT(AST_PARTITION_BY_NONE, table->partition_by.kind);
    CHECK_INT(AST_KEY_AGGREGATE, create(t, "create table t (a int) aggregate key (a)")->key_kind);
    CHECK_INT(AST_KEY_UNIQUE, create(t, "create table t (a int) unique key (a)")->key_kind);
    CHECK_INT(AST_KEY_NONE, create(t, "create table t (a int)")->key_kind);
}

TEST(table_reads_range_partitions)
{
    AstPartitionBy *by =
        &create(t, "create table t (a int, b date) partition by range (a, b) (\n"
                   "  partition p1 values less than ('10', '2020-01-01'),\n"
                   "  partition if not exists `p2` values [('10', '2020-01-01'), ('20', maxvalue)) "
                   "('k' = 'v'),\n"
                   "  partition p3 values less than (-5, 1.5),\n"
                   "  partition p4 values less than maxvalue)")
             ->partition_by;
    CHECK_INT(AST_PARTITION_BY_RANGE, by->kind);
    CHECK_INT(2, by->exprs.count);
    CHECK_INT(4, by->def_count);
    const AstPartitionDef *p = by->defs;
    CHECK_INT(AST_PARTITION_LESS_THAN, p[0].kind);
    CHECK_STR("p1", p[0].name.text);
    CHECK_INT(2, p[0].pos.line);
    CHECK_INT(2, p[0].upper.count);
    CHECK_STR("2020-01-01", p[0].upper.at[1].text);
    CHECK_INT(AST_PARTITION_FIXED, p[1].kind);
    CHECK(p[1].if_not_exists);
    CHECK_STR("10", p[1].lower.at[0].text);
    CHECK(p[1].upper.at[1].is_max);
    CHECK_STR("v", *ast_properties_get(p[1].properties, STR("k")));
    CHECK_STR("-5", p[2].upper.at[0].text);
    CHECK_STR("1.5", p[2].upper.at[1].text);
    CHECK_INT(1, p[3].upper.count);
    CHECK(p[3].upper.at[0].is_max);
}

TEST(table_reads_batch_partitions)
{
    AstPartitionBy *by =
        &create(t, "create table t (a date) partition by range (a) (\n"
                   "  start ('2001-01-01') end (\"2001-08-01\") every (interval 1 month),\n"
                   "  start ('1') end ('100') every (10))")
             ->partition_by;
    CHECK_INT(2, by->def_count);
    CHECK_INT(AST_PARTITION_BATCH, by->defs[0].kind);
    CHECK_STR("2001-01-01", by->defs[0].lower.at[0].text);
    CHECK_STR("2001-08-01", by->defs[0].upper.at[0].text);
    CHECK_INT(1, by->defs[0].step);
    CHECK_INT(UNIT_MONTH, by->defs[0].step_unit);
    CHECK_INT(10, by->defs[1].step);
    CHECK_INT(UNIT_NONE, by->defs[1].step_unit);
}

TEST(table_reads_list_partitions)
{
    AstPartitionBy *by = &create(t, "create table t (a int, b string) partition by list (a, b) (\n"
                                    "  partition p1 values in (('1', 'x'), ('2', null)),\n"
                                    "  partition p2 values in (('3', 'y')) ('k' = 'v'))")
                              ->partition_by;
    CHECK_INT(AST_PARTITION_BY_LIST, by->kind);
    CHECK_INT(2, by->def_count);
    CHECK_INT(2, by->defs[0].row_count);
    CHECK_INT(2, by->defs[0].rows[1].count);
    CHECK(by->defs[0].rows[1].at[1].is_null);
    CHECK_STR("y", by->defs[1].rows[0].at[1].text);

    by = &create(t, "create table t (a string) partition by (a) (partition p values in ('x', 'y'))")
              ->partition_by;
    CHECK_INT(AST_PARTITION_BY_LIST, by->kind);
    CHECK_INT(2, by->defs[0].row_count);
    CHECK_INT(1, by->defs[0].rows[1].count);
    CHECK_STR("y", by->defs[0].rows[1].at[0].text);

    by = &create(t, "create table t (a string, b int) partition by (a, b)")->partition_by;
    CHECK_INT(AST_PARTITION_BY_LIST, by->kind);
    CHECK(!by->has_defs);
    by = &create(t, "create table t (a string) partition by a distributed by random")->partition_by;
    CHECK_INT(AST_PARTITION_BY_LIST, by->kind);
}

TEST(table_reads_expression_partitions)
{
    AstPartitionBy *by =
        &create(
             t,
             "create table t (a date) partition by date_trunc('month', a) distributed by hash(a)")
             ->partition_by;
    CHECK_INT(AST_PARTITION_BY_EXPR, by->kind);
    CHECK(!by->has_defs);
    CHECK_STR("date_trunc('month', `a`)", sql_unparse_expr(t->arena, by->exprs.at[0]));
    by = &create(t, "create table t (a date) partition by date_trunc('day', a) "
                    "(start ('2020-01-01') end ('2020-02-01') every (interval 1 day))")
              ->partition_by;
    CHECK_INT(AST_PARTITION_BY_EXPR, by->kind);
    CHECK_INT(1, by->def_count);
    by = &create(t, "create table t (a date, b int) partition by date_trunc('day', a), b")
              ->partition_by;
    CHECK_INT(2, by->exprs.count);
    by = &create(t, "create table t (a date) partition by range (str2date(a, '%Y')) ()")
              ->partition_by;
    CHECK_INT(AST_PARTITION_BY_RANGE, by->kind);
    CHECK_INT(EXPR_CALL, by->exprs.at[0]->kind);
}

// ------------------------------------------------------------------------------------------- ALTER

TEST(alter_refuses)
{
    static const char *const BAD[] = {
        "alter table t",
        "alter table t rename",
        "alter table t rename 'x'",
        "alter table t rename a.b",
        "alter table t drop partition",
        "alter table t add partition p",
        "alter table t add partition values less than ('1')",
        "alter table t add partitions start ('1')",
        "alter table t frobnicate",
        "alter table t rename partition p",
        "alter table t add column",
        "alter table t add column ()",
        "alter table t add column (a int",
        "alter table t add column a",
        "alter table t add column a int after",
        "alter table t add column a int first after b",
        "alter table t drop column",
        "alter table t modify column a",
        "alter table t rename column a b",
        "alter table t order by",
        "alter table t order by ()",
        "alter table t add index i",
        "alter table t comment 'x'",
        "alter table t add column a int,",
        "create index i on t",
        "create index on t (a)",
        "drop index i",
        "cancel alter table t",
        "cancel alter table column from t ()",
        "show alter table",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
    CHECK_REFUSED("ALTER TABLE DROP PARTITIONS WHERE", "alter table t drop partitions where a = 1");
    CHECK_REFUSED("ALTER TABLE ADD PARTITION", "alter table t add partition column a");
    CHECK_REFUSED("ALTER TABLE with several clauses", "alter table t rename a, rename b");
}

TEST(alter_reads_columns)
{
    const AlterTableStatement *alter =
        sql_ok_kind(
            t, STMT_ALTER_TABLE,
            "alter table d.t add column a int default '1' comment 'c' after b to r "
            "properties ('timeout' = '9'), add column (x date, y bigint key), drop column z "
            "from r, modify column a bigint first, modify column a comment 'only', order by "
            "(a, b), add index i (a) using gin ('parser' = 'none') comment 'i', drop index i")
            ->alter_table;
    CHECK_INT(ALTER_CLAUSES, alter->kind);
    CHECK_INT(8, alter->clause_count);
    const AstAlterClause *c = alter->clauses;
    CHECK_INT(AST_ALTER_ADD_COLUMNS, c[0].what);
    CHECK_STR("b", c[0].after.text);
    CHECK_STR("r", c[0].rollup.text);
    CHECK_INT(1, c[0].properties.count);
    CHECK_STR("c", c[0].columns[0].comment);
    CHECK_INT(2, c[1].column_count);
    CHECK(c[1].columns[1].is_key);
    CHECK_INT(AST_ALTER_DROP_COLUMN, c[2].what);
    CHECK_STR("z", c[2].name.text);
    CHECK_INT(AST_ALTER_MODIFY_COLUMN, c[3].what);
    CHECK(c[3].is_first);
    CHECK_INT(AST_ALTER_COMMENT_COLUMN, c[4].what);
    CHECK_STR("only", c[4].comment);
    CHECK_INT(2, c[5].order.count);
    CHECK_STR("gin", c[6].index.type);
    CHECK_STR("i", c[6].index.comment);
    CHECK_INT(AST_ALTER_DROP_INDEX, c[7].what);

    alter = sql_ok_kind(t, STMT_ALTER_TABLE, "create index i on d.t (a) using bitmap")->alter_table;
    CHECK_INT(2, alter->table.count);
    CHECK_INT(AST_ALTER_ADD_INDEX, alter->clauses->what);
    CHECK_STR("i", alter->clauses->index.name.text);
    alter =
        sql_ok_kind(t, STMT_ALTER_TABLE, "alter table t rename column `a` as first")->alter_table;
    CHECK_STR("first", alter->clauses->new_name.text);
    CHECK_INT(AST_ALTER_JOB_ROLLUP,
              sql_ok_kind(t, STMT_CANCEL_ALTER, "cancel alter table rollup from d.t (1, 2)")
                  ->cancel_alter.kind);
}

TEST(alter_reads_clauses)
{
    AlterTableStatement *alter =
        sql_ok_kind(t, STMT_ALTER_TABLE, "alter table d.t rename u")->alter_table;
    CHECK_INT(ALTER_RENAME, alter->kind);
    CHECK_STR("d.t", qname_text(t->arena, alter->table));
    CHECK_STR("u", alter->name.text);

    alter =
        sql_ok(t, "alter table t add partition if not exists p values [('1'), ('2')) ('a' = 'b') "
                  "distributed by hash(k) buckets 2")
            ->alter_table;
    CHECK_INT(ALTER_ADD_PARTITION, alter->kind);
    CHECK_STR("p", alter->name.text);
    CHECK(alter->partition.if_not_exists);
    CHECK_INT(AST_PARTITION_FIXED, alter->partition.kind);
    CHECK_INT(1, alter->partition.properties.count);
    CHECK_INT(2, alter->distribution.buckets);

    alter = sql_ok(t, "alter table t add partition p values in ('1', '2')")->alter_table;
    CHECK_INT(AST_PARTITION_IN, alter->partition.kind);
    alter = sql_ok(t, "alter table t add partitions start ('1') end ('9') every (2)")->alter_table;
    CHECK_INT(AST_PARTITION_BATCH, alter->partition.kind);
    CHECK_INT(2, alter->partition.step);

    alter = sql_ok(t, "alter table t drop partition if exists p force")->alter_table;
    CHECK_INT(ALTER_DROP_PARTITION, alter->kind);
    CHECK(alter->if_exists && alter->is_force);
    CHECK_INT(1, alter->partitions.count);
    CHECK_STR("p", alter->partitions.at[0].text);
    alter = sql_ok(t, "alter table t drop temporary partitions (p, q)")->alter_table;
    CHECK(alter->is_temporary && alter->partitions.count == 2);
    alter = sql_ok(t, "alter table t drop partition start")->alter_table;
    CHECK_STR("start", alter->partitions.at[0].text);
    alter = sql_ok(t, "alter table t drop partitions start ('1') end ('5') every (1)")->alter_table;
    CHECK_INT(0, alter->partitions.count);
    CHECK_INT(AST_PARTITION_BATCH, alter->partition.kind);

    alter =
        sql_ok(t, "alter table t add temporary partition p values less than ('1')")->alter_table;
    CHECK(alter->kind == ALTER_ADD_PARTITION && alter->is_temporary);
    alter = sql_ok(t, "alter table t truncate partition (p, q)")->alter_table;
    CHECK(alter->kind == ALTER_TRUNCATE_PARTITION && alter->partitions.count == 2);
    alter = sql_ok(t, "alter table t replace partition (p) with temporary partition (q, r) "
                      "properties ('strict_range' = 'false')")
                ->alter_table;
    CHECK_INT(ALTER_REPLACE_PARTITION, alter->kind);
    CHECK(alter->partitions.count == 1 && alter->others.count == 2 && alter->properties.count == 1);
    alter = sql_ok(t, "alter table t modify partition (*) set ('a' = 'b')")->alter_table;
    CHECK(alter->kind == ALTER_MODIFY_PARTITION && alter->partitions.count == 0);

    alter = sql_ok(t, "alter table t rename partition p q")->alter_table;
    CHECK_INT(ALTER_RENAME_PARTITION, alter->kind);
    CHECK_STR("q", alter->new_name.text);
}

TEST(table_bounds_the_nesting_of_types)
{
    for (int depth = LIMIT_TYPE_DEPTH; depth <= LIMIT_TYPE_DEPTH + 1; depth++) {
        Buf sql = buf_new(t->arena);
        buf_add_z(&sql, "create table t (a ");
        for (int i = 0; i < depth; i++) buf_add_z(&sql, "array<");
        buf_add_z(&sql, "int");
        for (int i = 0; i < depth; i++) buf_add_byte(&sql, '>');
        buf_add_byte(&sql, ')');
        Rc rc = sql_try(t, str_z(t->arena, buf_str(&sql)));
        if (depth <= LIMIT_TYPE_DEPTH)
            CHECK_RC(RC_OK, rc);
        else
            CHECK_ERR(LIMIT_EXCEEDED, rc);
    }
}

TEST(table_limits)
{
    Buf buf = buf_new(t->arena);
    buf_add_z(&buf, "create table t (c int");
    for (int i = 0; i < LIMIT_COLUMNS; i++) buf_printf(&buf, ", c%d int", i);
    buf_add_byte(&buf, ')');
    CHECK_ERR(LIMIT_EXCEEDED, sql_try(t, str_z(t->arena, buf_str(&buf))));
    buf_clear(&buf);
    buf_add_z(&buf, "create table t (c int) partition by list (c) (partition p values in ('1')");
    for (int i = 0; i < LIMIT_PARTITIONS; i++)
        buf_printf(&buf, ", partition p%d values in ('%d')", i, i);
    buf_add_byte(&buf, ')');
    CHECK_ERR(LIMIT_EXCEEDED, sql_try(t, str_z(t->arena, buf_str(&buf))));
}
