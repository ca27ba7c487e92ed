#include "sqlcheck.h"

TEST(ddl_refuses)
{
    static const char *const BAD[] = {
        "create database",
        "create database if exists d",
        "create database 'd'",
        "create database a.b.c",
        "drop database",
        "drop database if not exists d",
        "drop database d force force",
        "use",
        "use a.b.c",
        "drop table",
        "drop table t u",
        "truncate t",
        "truncate table t (p)",
        "truncate table t partition ()",
        "insert",
        "insert t values (1)",
        "insert into t",
        "insert into t values",
        "insert into t values ()",
        "insert into t values (1,)",
        "insert into t (a) (b) values (1)",
        "insert into t (a, default) values (1, 2)",
        "insert into t select",
        "insert into t with label values (1)",
        "explain",
        "explain show tables",
        "explain explain select 1",
        "desc",
        "desc t x",
        "describe files ()",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
    CHECK_REFUSED("USE of a catalog", "use 'hive.db'");
    CHECK_REFUSED("INSERT OVERWRITE FILES", "insert overwrite files('path' = 'x') select 1");
    CHECK_REFUSED("INSERT INTO FILES", "insert into files('path' = 'x') select 1");
    CHECK_REFUSED("EXPLAIN SCHEDULER", "explain scheduler select 1");
    CHECK_ERR_TEXT(SEMANTIC,
                   "Getting analyzing error at line 1, column 29. Detail message: Values have "
                   "unequal number of columns.",
                   sql_try(t, "insert into t values (1, 2), (3)"));
}

TEST(ddl_reads_databases)
{
    CreateDatabaseStatement *create =
        &sql_ok_kind(t, STMT_CREATE_DATABASE, "create database if not exists d")->create_database;
    CHECK(create->if_not_exists);
    CHECK_STR("d", qname_last(create->name));
    create =
        &sql_ok(t,
                "create schema default_catalog.`e` default character set = utf8 collate utf8_bin "
                "properties ('replication_num' = '1')")
             ->create_database;
    CHECK_STR("default_catalog.e", qname_text(t->arena, create->name));
    CHECK_INT(1, create->properties.count);
    DropDatabaseStatement *drop =
        &sql_ok_kind(t, STMT_DROP_DATABASE, "drop schema if exists d force")->drop_database;
    CHECK(drop->if_exists && drop->is_force);
    CHECK(!sql_ok(t, "drop database d")->drop_database.is_force);
    CHECK_STR("c.d", qname_text(t->arena, sql_ok_kind(t, STMT_USE, "use c.d")->use));
}

TEST(ddl_reads_tables)
{
    DropTableStatement *drop =
        &sql_ok_kind(t, STMT_DROP_TABLE, "drop table if exists a.b.c force;")->drop_table;
    CHECK(drop->if_exists && drop->is_force);
    CHECK_INT(3, drop->name.count);
    TruncateStatement *truncate = &sql_ok_kind(t, STMT_TRUNCATE, "truncate table t")->truncate;
    CHECK_INT(0, truncate->partitions.count);
    truncate = &sql_ok(t, "truncate table d.t partition (p1, 'p2')")->truncate;
    CHECK_INT(2, truncate->partitions.count);
    CHECK_STR("p2", truncate->partitions.at[1].text);
    truncate = &sql_ok(t, "truncate table t partitions p1, p2;")->truncate;
    CHECK_INT(2, truncate->partitions.count);
}

TEST(ddl_reads_inserts)
{
    InsertStatement *insert =
        sql_ok_kind(t, STMT_INSERT,
                    "insert into table d.t partition (p) (a, `b`) with label l values "
                    "(1, default), ('x', null)")
            ->insert;
    CHECK_STR("d.t", qname_text(t->arena, insert->table));
    CHECK_STR("p", insert->partitions.at[0].text);
    CHECK_INT(2, insert->columns.count);
    CHECK_STR("l", insert->label.text);
    CHECK_INT(BODY_VALUES, insert->source->body->kind);
    CHECK_INT(2, insert->source->body->values.count);
    CHECK_INT(EXPR_DEFAULT, insert->source->body->values.rows[0].at[1]->kind);
    insert = sql_ok(t, "insert into t with label l (a) select 1")->insert;
    CHECK_INT(1, insert->columns.count);
    CHECK_INT(BODY_SELECT, insert->source->body->kind);
    insert = sql_ok(t, "insert into t (select 1 union select 2)")->insert;
    CHECK_INT(0, insert->columns.count);
    CHECK_INT(BODY_SET_OP, insert->source->body->kind);
    insert = sql_ok(t, "insert into t ((select 1))")->insert;
    CHECK_INT(BODY_SELECT, insert->source->body->kind);
    insert = sql_ok(t, "insert into t (a) with x as (select 1) select * from x")->insert;
    CHECK_INT(1, insert->source->cte_count);
    insert =
        sql_ok(
            t,
            "insert into t properties ('strict_mode' = 'true') select * from files('path' = 'x')")
            ->insert;
    CHECK_INT(1, insert->properties.count);
    CHECK_INT(REF_FILES, insert->source->body->select->from->kind);
}

TEST(ddl_reads_explain_and_desc)
{
    ExplainStatement *explain = &sql_ok_kind(t, STMT_EXPLAIN, "explain select 1")->explain;
    CHECK_INT(EXPLAIN_NORMAL, explain->level);
    CHECK_INT(STMT_QUERY, explain->target->kind);
    CHECK_INT(EXPLAIN_ANALYZE, sql_ok(t, "explain analyze (select 1)")->explain.level);
    CHECK_INT(STMT_INSERT,
              sql_ok(t, "explain costs insert into t values (1)")->explain.target->kind);
    CHECK_INT(STMT_EXPLAIN, sql_ok(t, "desc with a as (select 1) select 2")->kind);
    CHECK_INT(EXPLAIN_VERBOSE,
              sql_ok_kind(t, STMT_EXPLAIN, "describe verbose select 1")->explain.level);
    DescStatement *desc = &sql_ok_kind(t, STMT_DESC, "desc d.t all")->desc;
    CHECK(desc->is_all);
    CHECK_STR("d.t", qname_text(t->arena, desc->table));
    CHECK_STR("verbose", qname_last(sql_ok_kind(t, STMT_DESC, "describe verbose")->desc.table));
    desc = &sql_ok_kind(t, STMT_DESC, "desc files('path' = 'x', 'format' = 'csv')")->desc;
    CHECK(desc->is_files);
    CHECK_INT(2, desc->files.count);
}
