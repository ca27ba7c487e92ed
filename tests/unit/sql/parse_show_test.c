#include "sqlcheck.h"

TEST(show_refuses)
{
    static const char *const BAD[] = {
        "show",
        "show tables x",
        "show tables from",
        "show tables like x",
        "show tables where",
        "show full databases",
        "show global tables",
        "show temporary backup",
        "show columns",
        "show columns like 'x'",
        "show create",
        "show create table",
        "show create table t u",
        "show partitions",
        "show partitions t",
        "show partitions from t like 'x'",
        "show snapshot",
        "show snapshot on",
        "show snapshot on 'r'",
        "show snapshot on a.b",
        "show snapshot from r",
        "show snapshot on r like 'x'",
        "show backup on d",
        "show restore like 'x'",
        "show repositories from x",
        "show warnings limit",
        "show frobs",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
    CHECK_REFUSED("SHOW FULL FUNCTIONS", "show full functions");
    CHECK_REFUSED("SHOW GRANTS", "show grants for root");
    CHECK_REFUSED("SHOW CREATE VIEW", "show create view v");
    CHECK_REFUSED("SHOW MATERIALIZED VIEWS", "show materialized views from d");
    CHECK_REFUSED("SHOW TEMPORARY TABLES", "show temporary tables");
}

TEST(show_reads_every_kind)
{
    static const struct {
        const char *text;
        StatementKind kind;
    } CASES[] = {
        {"show databases", STMT_SHOW_DATABASES},
        {"show databases from default_catalog like 'x%' where a order by 1 limit 1",
         STMT_SHOW_DATABASES},
        {"show schemas like 'x'", STMT_SHOW_DATABASES},
        {"show tables", STMT_SHOW_TABLES},
        {"show full tables in d like 'x' where Table_type = 'VIEW'", STMT_SHOW_TABLES},
        {"show table status from d like 'x'", STMT_SHOW_TABLE_STATUS},
        {"show full columns from t from d like '%'", STMT_SHOW_COLUMNS},
        {"show fields in d.t", STMT_SHOW_COLUMNS},
        {"show create database d", STMT_SHOW_CREATE_DATABASE},
        {"show create schema d", STMT_SHOW_CREATE_DATABASE},
        {"show create table d.t", STMT_SHOW_CREATE_TABLE},
        {"show partitions from d.t where PartitionName = 'p' order by PartitionId limit 2, 3",
         STMT_SHOW_PARTITIONS},
        {"show temporary partitions from t", STMT_SHOW_PARTITIONS},
        {"show index from t in d", STMT_SHOW_INDEX},
        {"show keys from t where Key_name = 'x'", STMT_SHOW_INDEX},
        {"show variables", STMT_SHOW_VARIABLES},
        {"show global variables like 'x'", STMT_SHOW_VARIABLES},
        {"show session status where variable_name = 'x'", STMT_SHOW_STATUS},
        {"show warnings limit 5", STMT_SHOW_WARNINGS},
        {"show errors", STMT_SHOW_ERRORS},
        {"show full processlist", STMT_SHOW_PROCESSLIST},
        {"show engines", STMT_SHOW_ENGINES},
        {"show character set", STMT_SHOW_CHARSET},
        {"show charset like 'utf8%'", STMT_SHOW_CHARSET},
        {"show collation where Charset = 'utf8'", STMT_SHOW_COLLATION},
        {"show catalogs", STMT_SHOW_CATALOGS},
        {"show backends", STMT_SHOW_BACKENDS},
        {"show frontends", STMT_SHOW_FRONTENDS},
        {"show repositories", STMT_SHOW_REPOSITORIES},
        {"show snapshot on r", STMT_SHOW_SNAPSHOT},
        {"show snapshot on `r` where SNAPSHOT = 'a' and TIMESTAMP = 'b'", STMT_SHOW_SNAPSHOT},
        {"show backup", STMT_SHOW_BACKUP},
        {"show backup from d where x = 1 order by y limit 1", STMT_SHOW_BACKUP},
        {"show restore in d", STMT_SHOW_RESTORE},
        {"admin show frontend config like '%mv%'", STMT_SHOW_CONFIG},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) (void)sql_ok_kind(t, CASES[i].kind, CASES[i].text);
}

TEST(show_keeps_its_parts)
{
    ShowStatement *show =
        &sql_ok(t, "show full columns from c.d.t from e like 'x%' where Field = 'a'")->show;
    CHECK(show->is_full);
    CHECK_STR("c.d.t", qname_text(t->arena, show->name));
    CHECK_STR("e", qname_text(t->arena, show->database));
    CHECK_STR("x%", show->like);
    CHECK_STR("`Field` = 'a'", sql_unparse_expr(t->arena, show->where));
    show = &sql_ok(t, "show tables from d")->show;
    CHECK_STR("d", qname_text(t->arena, show->name));
    CHECK(!show->is_full && show->like.ptr == NULL && show->where == NULL && !show->limit.is_given);
    CHECK_INT(0, sql_ok(t, "show tables")->show.name.count);
    CHECK_INT(SCOPE_GLOBAL, sql_ok(t, "show global variables")->show.scope);
    CHECK_INT(SCOPE_SESSION, sql_ok(t, "show local variables")->show.scope);
    show = &sql_ok(t, "show snapshot on r where snapshot in ('a', 'b') order by 1 desc limit 3, 4")
                ->show;
    CHECK_STR("r", qname_last(show->name));
    CHECK_INT(EXPR_IN, show->where->kind);
    CHECK(show->order_by.at[0].is_desc);
    CHECK_INT(3, show->limit.offset);
    CHECK_INT(4, show->limit.count);
    CHECK(sql_ok(t, "show temporary partitions from t")->show.is_temporary);
    CHECK_STR("", sql_ok(t, "show tables like ''")->show.like);
}
