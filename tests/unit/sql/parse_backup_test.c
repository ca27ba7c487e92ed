#include "sqlcheck.h"

#define CHECK_BACKUP(expected, sql) CHECK_STR(expected, backup_text(t, sql_ok(t, sql)))

// --------------------------------------------------------------- the tree builder's checks, in
// order

#define CATALOG_DB                                                                              \
    "Can not sepcify database name for external catalog Backup/Restore. Catalogs belong to no " \
    "database: leave it out."
#define TWO_DATABASES                                                                            \
    "Specifying dbName before snapshot name is forbidden if the DbName is specified explicitly " \
    "in BACKUP/RESTORE. "
#define NO_ALIAS "Specifying alias for backup object is forbidden in BACKUP stmt."
#define NO_DATABASE "`ON` clause is forbidden if no Database explicitly specified in Restore stmt"
#define NO_ON "Can not sepcify `ON` clause for external catalog Backup/Restore."
#define KEY_PARTITIONS "Key partition selectors are not supported for BACKUP or RESTORE."

// The text without the place, which other tests check.
#define CHECK_DETAIL(expected, sql) CHECK_STR(expected, detail_of(t, sql))
static Str detail_of(Ctx *t, const char *sql)
{
    Rc rc = sql_try(t, sql);
    if (rc == RC_OK) check_failed(__FILE__, __LINE__, "%s\n    was accepted", sql);
    CHECK_INT(ERR_SYNTAX, t->err.id);
    ptrdiff_t at = str_find(t->err.text, STR("Detail message: "));
    CHECK(at >= 0);
    Str detail = str_sub(t->err.text, (size_t)at + 16, t->err.text.len);
    ctx_clear(t);
    return detail;
}

TEST(backup_check_1_catalogs_and_database)
{
    CHECK_DETAIL(CATALOG_DB, "BACKUP ALL EXTERNAL CATALOGS DATABASE d SNAPSHOT s TO r");
    CHECK_DETAIL(CATALOG_DB, "RESTORE SNAPSHOT s FROM r ALL EXTERNAL CATALOGS DATABASE d AS e");
    CHECK_DETAIL(CATALOG_DB,
                 "RESTORE SNAPSHOT a.b.c FROM r EXTERNAL CATALOG (x) DATABASE d");  // before 2
}

TEST(backup_check_2_label_parts)
{
    CHECK_DETAIL("Invalid table name format 'a.b.c'.", "BACKUP SNAPSHOT a.b.c TO r");
    CHECK_DETAIL("Invalid table name format 'a.b.c.d'.", "RESTORE SNAPSHOT a.`b`.c.d FROM r");
    CHECK_DETAIL("Invalid table name format 'a.b.c'.",
                 "BACKUP DATABASE d SNAPSHOT a.b.c TO r");  // before 3
}

TEST(backup_check_3_two_databases)
{
    CHECK_DETAIL(TWO_DATABASES "Name the database once.", "BACKUP DATABASE d SNAPSHOT d.s TO r");
    CHECK_DETAIL(TWO_DATABASES "To restore into another database write DATABASE src AS target.",
                 "RESTORE SNAPSHOT d.s FROM r DATABASE d");
    CHECK_DETAIL(TWO_DATABASES "To restore into another database write DATABASE src AS target.",
                 "RESTORE SNAPSHOT d.s FROM r DATABASE d AS e ON (t)");
    CHECK_DETAIL(TWO_DATABASES "Name the database once.",
                 "BACKUP DATABASE d SNAPSHOT d.s TO r ON (t AS u)");  // before 5
}

TEST(backup_check_4_catalogs_and_prefix)
{
    CHECK_DETAIL(CATALOG_DB, "BACKUP EXTERNAL CATALOG (c) SNAPSHOT d.s TO r");
    CHECK_DETAIL(CATALOG_DB, "RESTORE SNAPSHOT d.s FROM r EXTERNAL CATALOGS (c AS e)");
    CHECK_DETAIL(CATALOG_DB,
                 "BACKUP EXTERNAL CATALOG (c) SNAPSHOT d.s TO r ON (t AS u)");  // before 5
}

TEST(backup_check_5_alias_in_backup)
{
    CHECK_DETAIL(NO_ALIAS, "BACKUP DATABASE d SNAPSHOT s TO r ON (t AS u)");
    CHECK_DETAIL(NO_ALIAS, "BACKUP DATABASE d SNAPSHOT s TO r ON (a, TABLE t PARTITION (p) AS u)");
    CHECK_DETAIL(NO_ALIAS, "BACKUP DATABASE d SNAPSHOT s TO r ON (VIEW t AS u)");
    CHECK_DETAIL(NO_ALIAS, "BACKUP DATABASE d SNAPSHOT s TO r ON (MATERIALIZED VIEW t AS u)");
    CHECK_DETAIL(NO_ALIAS, "BACKUP DATABASE d SNAPSHOT s TO r ON (FUNCTION t AS u)");
    CHECK_DETAIL(NO_ALIAS, "BACKUP ALL EXTERNAL CATALOGS SNAPSHOT s TO r ON (t AS u)");  // before 7
    CHECK_DETAIL(NO_ALIAS, "BACKUP SNAPSHOT s TO r ON (t PARTITION (k = 1) AS u)");      // before 8
}

TEST(backup_check_6_on_without_database)
{
    CHECK_DETAIL(NO_DATABASE ". Write DATABASE name before ON.",
                 "RESTORE SNAPSHOT s FROM r ON (t)");
    CHECK_DETAIL(NO_DATABASE ". Write DATABASE name before ON.",
                 "RESTORE SNAPSHOT s FROM r ON (t PARTITION (k = 1))");  // before 8
    CHECK_DETAIL(NO_DATABASE ".",
                 "RESTORE SNAPSHOT s FROM r ALL EXTERNAL CATALOGS ON (t)");  // before 7
    CHECK_BACKUP("BACKUP s @r ON(t)",
                 "BACKUP SNAPSHOT s TO r ON (t)");  // BACKUP uses the session's
}

TEST(backup_check_7_catalogs_and_on)
{
    CHECK_DETAIL(NO_ON, "BACKUP ALL EXTERNAL CATALOGS SNAPSHOT s TO r ON (t)");
    CHECK_DETAIL(
        NO_ON, "BACKUP EXTERNAL CATALOG (c) SNAPSHOT s TO r ON (t PARTITION (k = 1))");  // before 8
}

TEST(backup_check_8_key_partitions)
{
    CHECK_SYNTAX("Getting syntax error. Detail message: " KEY_PARTITIONS,
                 "BACKUP SNAPSHOT d.s TO r ON (t PARTITION (k = 1, l = 'x'))");
    CHECK_DETAIL(KEY_PARTITIONS,
                 "RESTORE SNAPSHOT d.s FROM r ON (TABLE t PARTITION (k = DATE '2020-01-01') AS u)");
    // Malformed input wins over it, an invalid date in it too.
    CHECK_DETAIL("Invalid date literal bad.",
                 "BACKUP SNAPSHOT d.s TO r ON (t PARTITION (k = DATE 'bad'))");
    CHECK_DETAIL("Unexpected input 'x', the most similar input is {<EOF>, ';'}.",
                 "BACKUP SNAPSHOT d.s TO r ON (t PARTITION (k = 1)) x");
    CHECK_DETAIL("Unexpected input 'p2', the most similar input is {')'}.",
                 "BACKUP SNAPSHOT d.s TO r ON (t PARTITION (k = 1 p2))");
    CHECK_DETAIL("No viable statement for input 'f'.",
                 "BACKUP SNAPSHOT d.s TO r ON (t PARTITION (k = f()))");
}

TEST(backup_places_of_faults)
{
    CHECK_SYNTAX("Getting syntax error at line 2, column 9. Detail message: " CATALOG_DB,
                 "BACKUP ALL EXTERNAL CATALOGS\nDATABASE d SNAPSHOT s TO r");
    CHECK_SYNTAX("Getting syntax error at line 1, column 34. Detail message: " NO_ALIAS,
                 "BACKUP SNAPSHOT d.s TO r ON (t, u AS v)");
}

// ------------------------------------------------------------------------ grammar, refusals first

TEST(backup_refuses_what_the_grammar_lacks)
{
    static const char *const BAD[] = {
        "BACKUP",
        "BACKUP SNAPSHOT",
        "BACKUP SNAPSHOT s",
        "BACKUP SNAPSHOT s TO",
        "BACKUP SNAPSHOT 's' TO r",
        "BACKUP SNAPSHOT s TO 'r'",
        "BACKUP SNAPSHOT s TO a.b",
        "BACKUP SNAPSHOT s FROM r",
        "BACKUP TABLE t TO r",
        "BACKUP DATABASE 'd' SNAPSHOT s TO r",
        "BACKUP SNAPSHOT s TO r DATABASE d",
        "BACKUP DATABASE d AS e SNAPSHOT s TO r",
        "BACKUP SNAPSHOT s ON (t) TO r",  // 7
        "BACKUP SNAPSHOT s TO r ON ()",   // 7
        "BACKUP SNAPSHOT s TO r ON (t,)",
        "BACKUP SNAPSHOT s TO r ON t",
        "BACKUP SNAPSHOT s TO r ON (t) ON (u)",
        "BACKUP SNAPSHOT s TO r PROPERTIES (\"a\" = \"b\") ON (t)",  // 7
        "BACKUP SNAPSHOT s TO r PROPERTIES ()",
        "BACKUP SNAPSHOT s TO r PROPERTIES (\"timeout\" = 600)",
        "BACKUP SNAPSHOT s TO r PROPERTIES (timeout = \"600\")",
        "BACKUP SNAPSHOT s TO r PROPERTIES \"timeout\" = \"600\"",
        "BACKUP SNAPSHOT s TO r ON (ALL)",
        "BACKUP SNAPSHOT s TO r ON (ALL TABLES t)",
        "BACKUP SNAPSHOT s TO r ON (TABLE)",
        "BACKUP SNAPSHOT s TO r ON (TABLE 't')",
        "BACKUP SNAPSHOT s TO r ON (VIEW v PARTITION (p))",               // 3
        "BACKUP SNAPSHOT s TO r ON (MATERIALIZED VIEW v PARTITION (p))",  // 3
        "BACKUP SNAPSHOT s TO r ON (FUNCTION f PARTITION (p))",           // 3
        "BACKUP SNAPSHOT s TO r ON (FUNCTION f(int))",                    // 4
        "BACKUP SNAPSHOT s TO r ON (t PARTITION ())",
        "BACKUP SNAPSHOT s TO r ON (t PARTITION)",
        "BACKUP EXTERNAL CATALOG SNAPSHOT s TO r",
        "BACKUP EXTERNAL CATALOG () SNAPSHOT s TO r",
        "BACKUP EXTERNAL CATALOG ('c') SNAPSHOT s TO r",
        "BACKUP EXTERNAL CATALOG (c AS d) SNAPSHOT s TO r",
        "BACKUP EXTERNAL CATALOG c AS d SNAPSHOT s TO r",
        "BACKUP EXTERNAL CATALOG c, d SNAPSHOT s TO r",
        "BACKUP ALL EXTERNAL CATALOG SNAPSHOT s TO r",
        "BACKUP ALL CATALOGS SNAPSHOT s TO r",
        "RESTORE",
        "RESTORE s FROM r",
        "RESTORE SNAPSHOT s TO r",
        "RESTORE SNAPSHOT s FROM 'r'",
        "RESTORE SNAPSHOT d.s FROM r ON (t PARTITION (p) u)",
        "RESTORE SNAPSHOT d.s FROM r ON (t AS u PARTITION (p))",  // 3: the alias comes last
        "RESTORE SNAPSHOT d.s FROM r ON (t AS 'u')",
        "RESTORE SNAPSHOT d.s FROM r ON (t AS u.v)",
        "RESTORE SNAPSHOT s FROM r DATABASE d AS",
        "RESTORE SNAPSHOT s FROM r DATABASE d ALL EXTERNAL CATALOGS",  // 8
        "RESTORE SNAPSHOT s FROM r EXTERNAL CATALOG (c) AS d",
        "RESTORE SNAPSHOT s FROM r EXTERNAL CATALOG (c), EXTERNAL CATALOG d",  // one of the two
                                                                               // forms
        "RESTORE SNAPSHOT s FROM r AS OF '2020'",
        "BACKUP SNAPSHOT s TO r x",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
}

TEST(backup_on_nothing_has_a_hint)
{
    CHECK_DETAIL(
        "Unexpected input ')', the most similar input is {a legal identifier, 'ALL', 'TABLE', "
        "'FUNCTION'}. Leave ON out to take everything.",
        "RESTORE SNAPSHOT d.s FROM r ON ( )");
}

TEST(backup_point_1_kind_word_binds_to_one_object)
{
    CHECK_BACKUP("BACKUP d.s @r ON(TABLE a, TABLE b)",
                 "BACKUP SNAPSHOT d.s TO r ON (TABLE a, TABLE b)");
    CHECK_BACKUP("BACKUP d.s @r ON(b, TABLE a)", "BACKUP SNAPSHOT d.s TO r ON (TABLES a, b)");
    CHECK_BACKUP(
        "BACKUP d.s @r ON(MV m, VIEW v, TABLE a, FUNCTION f)",
        "BACKUP SNAPSHOT d.s TO r ON (TABLES a, VIEWS v, MATERIALIZED VIEWS m, FUNCTIONS f)");
    CHECK_BACKUP(
        "BACKUP d.s @r ON(ALL MV ALL VIEW ALL TABLE ALL FUNCTION )",
        "BACKUP SNAPSHOT d.s TO r ON (ALL TABLE, ALL VIEW, ALL MATERIALIZED VIEW, ALL FUNCTION)");
    CHECK_BACKUP("BACKUP d.s @r ON(ALL MV ALL VIEW ALL TABLE ALL FUNCTION )",
                 "BACKUP SNAPSHOT d.s TO r ON (ALL TABLES, ALL VIEWS, ALL MATERIALIZED VIEWS, ALL "
                 "FUNCTIONS)");
}

TEST(backup_point_2_commas_mix_kinds)
{
    CHECK_BACKUP(
        "BACKUP d.s @r ON(ALL VIEW ALL TABLE t (p1), VIEW v1, FUNCTION f)",
        "backup snapshot d.s to r on ( FUNCTION f, ALL VIEW, VIEW v1, t PARTITION (p1), ALL "
        "TABLES )");
    CHECK_BACKUP(
        "BACKUP d.s @r ON(b, a, MV n, MV m, VIEW y, VIEW x, TABLE d, TABLE c, FUNCTION g, "
        "FUNCTION f)",
        "BACKUP SNAPSHOT d.s TO r ON (TABLE d, FUNCTION g, b, VIEW y, MATERIALIZED VIEW n, "
        "TABLE c, FUNCTION f, a, VIEW x, MATERIALIZED VIEW m)");
    CHECK_BACKUP("BACKUP d.s @r ON(t, t)",
                 "BACKUP SNAPSHOT d.s TO r ON (t, t)");  // analysis counts
}

TEST(backup_point_3_partition_selectors)
{
    CHECK_BACKUP(
        "RESTORE d.s @r ON(a (p1,p2) AS b, TABLE c (p3) AS d)",
        "RESTORE SNAPSHOT d.s FROM r ON (TABLE c PARTITION (p3) AS d, a PARTITION (p1, p2) AS b)");
    CHECK_BACKUP(
        "BACKUP d.s @r ON(a (p1,p 2), b TEMP(p3), c TEMP(p4))",
        "BACKUP SNAPSHOT d.s TO r ON (a PARTITIONS ('p1', \"p 2\"), b TEMPORARY PARTITION (p3), "
        "c TEMPORARY PARTITIONS (`p4`))");
    CHECK_BACKUP("RESTORE d.s @r ON(a (p1) AS b)",
                 "RESTORE SNAPSHOT d.s FROM r ON (a PARTITION p1 AS b)");
    CHECK_BACKUP("BACKUP d.s @r ON(a (p1,p2), TABLE b)",
                 "BACKUP SNAPSHOT d.s TO r ON (a PARTITION p1, p2, TABLE b)");
    CHECK_BACKUP("BACKUP d.s @r ON(a (p1), VIEW v)",
                 "BACKUP SNAPSHOT d.s TO r ON (a PARTITION p1, VIEW v)");
    CHECK_BACKUP("BACKUP d.s @r ON(a (p1), b (p2))",
                 "BACKUP SNAPSHOT d.s TO r ON (a PARTITION p1, b PARTITION (p2))");
    CHECK_BACKUP("BACKUP d.s @r ON(a (p1), x.b)",
                 "BACKUP SNAPSHOT d.s TO r ON (a PARTITION p1, x.b)");
    CHECK_BACKUP("BACKUP d.s @r ON(ALL TABLE a (p1))",
                 "BACKUP SNAPSHOT d.s TO r ON (a PARTITIONS p1, ALL TABLES)");
}

TEST(backup_point_5_bare_names_and_kind_words_as_names)
{
    CHECK_BACKUP("RESTORE d.s @r ON(view, views, tables, functions, materialized)",
                 "RESTORE SNAPSHOT d.s FROM r ON (view, views, tables, functions, materialized)");
    CHECK_BACKUP("RESTORE d.s @r ON(view AS w, tables (p), VIEW view)",
                 "RESTORE SNAPSHOT d.s FROM r ON (view AS w, tables PARTITIONS (p), VIEW view)");
    CHECK_BACKUP("RESTORE d.s @r ON(table, all, 1a, x.y)",
                 "RESTORE SNAPSHOT d.s FROM r ON (`table`, `all`, 1a, x.y)");
    CHECK_BACKUP("BACKUP backup.snapshot @repository",
                 "BACKUP SNAPSHOT backup.snapshot TO repository");
}

TEST(backup_point_6_catalog_lists_in_both_spellings)
{
    CHECK_BACKUP("BACKUP s @r ALL CATALOGS", "BACKUP ALL EXTERNAL CATALOGS SNAPSHOT s TO r");
    CHECK_BACKUP("BACKUP s @r CATALOGS a b", "BACKUP EXTERNAL CATALOG (a, b) SNAPSHOT s TO r");
    CHECK_BACKUP(
        "BACKUP s @r CATALOGS a b c",
        "BACKUP EXTERNAL CATALOG a, EXTERNAL CATALOGS b, EXTERNAL CATALOG c SNAPSHOT s TO r");
    CHECK_BACKUP("RESTORE s @r ALL CATALOGS k=v",
                 "RESTORE SNAPSHOT s FROM r ALL EXTERNAL CATALOGS PROPERTIES('k'='v')");
    CHECK_BACKUP("RESTORE s @r CATALOGS a AS x b c AS z",
                 "RESTORE SNAPSHOT s FROM r EXTERNAL CATALOGS (a AS x, b, c AS z)");
    CHECK_BACKUP("RESTORE s @r CATALOGS a b AS c",
                 "RESTORE SNAPSHOT s FROM r EXTERNAL CATALOG a, EXTERNAL CATALOGS b AS c");
    CHECK_BACKUP("RESTORE s @r CATALOGS a AS x",
                 "RESTORE SNAPSHOT s FROM r EXTERNAL CATALOG a AS x");
}

TEST(backup_point_9_snapshot_is_obligatory)
{
    CHECK_REFUSED("RESTORE TABLE", "RESTORE TABLE a FROM SNAPSHOT s TO TABLE b");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 7. Detail message: Unexpected input 'TABLE', the "
        "most similar input is {'SNAPSHOT'}.",
        "BACKUP TABLE t TO r");
}

TEST(backup_forms_of_the_database)
{
    CHECK_BACKUP("BACKUP s @r", "BACKUP SNAPSHOT s TO r");
    CHECK_BACKUP("BACKUP d.s @r", "BACKUP SNAPSHOT d.s TO r");
    CHECK_BACKUP("BACKUP s @r DB d", "BACKUP DATABASE d SNAPSHOT s TO r");
    CHECK_BACKUP("RESTORE s @r", "RESTORE SNAPSHOT s FROM r");
    CHECK_BACKUP("RESTORE s @r DB d", "RESTORE SNAPSHOT s FROM r DATABASE d");
    CHECK_BACKUP("RESTORE s @r DB d AS e", "RESTORE SNAPSHOT s FROM r DATABASE d AS e");
    CHECK_BACKUP("RESTORE d.s @r ON(t)", "RESTORE SNAPSHOT d.s FROM r ON(t)");
    CHECK_BACKUP("BACKUP  @r",
                 "BACKUP SNAPSHOT `` TO r");  // an empty name is analysis' fault to find
    CHECK_BACKUP("BACKUP my label @r", "BACKUP SNAPSHOT `my label` TO r");
}

TEST(backup_properties)
{
    CHECK_BACKUP("BACKUP s @r a=3 A=2",
                 "BACKUP SNAPSHOT s TO `r`PROPERTIES(\"a\"=\"1\", 'A'='2', 'a'='3')");
    CHECK_BACKUP("BACKUP s @r ON(t) k=it's",
                 "BACKUP SNAPSHOT s TO r ON(t)PROPERTIES(\"k\"=\"it's\");");
}

TEST(backup_limits)
{
    Buf buf = buf_new(t->arena);
    buf_add_z(&buf, "BACKUP SNAPSHOT s TO r PROPERTIES (");
    for (int i = 0; i <= LIMIT_PROPERTIES; i++)
        buf_printf(&buf, "%s\"k%d\" = \"v\"", i ? ", " : "", i);
    buf_add_byte(&buf, ')');
    CHECK_ERR_TEXT(LIMIT_EXCEEDED, "The number of properties is beyond the limit of 1000",
                   sql_try(t, str_z(t->arena, buf_str(&buf))));
    buf_clear(&buf);
    buf_add_z(&buf, "BACKUP SNAPSHOT ");
    for (int i = 0; i <= LIMIT_IDENTIFIER_BYTES; i++) buf_add_byte(&buf, 'a');
    buf_add_z(&buf, " TO r");
    CHECK_ERR_TEXT(LIMIT_EXCEEDED, "The length of a name is beyond the limit of 1024",
                   sql_try(t, str_z(t->arena, buf_str(&buf))));
}

// ------------------------------------------------------------------- CANCEL, snapshots,
// repositories

TEST(cancel_needs_a_database)
{
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 0. Detail message: No selected database for cancel "
        "BACKUP.",
        "CANCEL BACKUP");
    CHECK_SYNTAX(
        "Getting syntax error at line 1, column 0. Detail message: No selected database for cancel "
        "RESTORE.",
        "CANCEL RESTORE;");
    CHECK_ERR(SYNTAX, sql_try(t, "CANCEL BACKUP d"));
    CHECK_ERR(SYNTAX, sql_try(t, "CANCEL BACKUP FROM 'd'"));
    CHECK_ERR(SYNTAX, sql_try(t, "CANCEL BACKUP FOR EXTERNAL CATALOGS"));
    CancelStatement *cancel = &sql_ok_kind(t, STMT_CANCEL_JOB, "CANCEL BACKUP FROM d")->cancel_job;
    CHECK(!cancel->is_restore && !cancel->is_catalogs);
    CHECK_STR("d", cancel->database.text);
    cancel = &sql_ok_kind(t, STMT_CANCEL_JOB, "cancel restore in `e`;")->cancel_job;
    CHECK(cancel->is_restore);
    CHECK_STR("e", cancel->database.text);
    cancel = &sql_ok_kind(t, STMT_CANCEL_JOB, "CANCEL RESTORE FOR EXTERNAL CATALOG")->cancel_job;
    CHECK(cancel->is_restore && cancel->is_catalogs);
}

TEST(drop_snapshot_forms)
{
    CHECK_ERR(SYNTAX, sql_try(t, "DROP SNAPSHOT ON r WHERE SNAPSHOT = 's'"));  // 10
    CHECK_ERR(SYNTAX, sql_try(t, "DROP SNAPSHOT IF EXISTS s ON r"));
    CHECK_ERR(SYNTAX, sql_try(t, "DROP SNAPSHOT 's' ON r"));
    DropSnapshotStatement *drop =
        &sql_ok_kind(t, STMT_DROP_SNAPSHOT, "DROP SNAPSHOT s ON r FORCE")->drop_snapshot;
    CHECK_STR("s", drop->label.text);
    CHECK_STR("r", drop->repository.text);
    CHECK(drop->is_force);
    CHECK(!sql_ok(t, "DROP SNAPSHOT s ON r")->drop_snapshot.is_force);
}

TEST(create_repository_forms)
{
    CHECK_ERR(SYNTAX, sql_try(t, "CREATE REPOSITORY r ON LOCATION 'x'"));
    CHECK_ERR(SYNTAX, sql_try(t, "CREATE REPOSITORY r WITH BROKER LOCATION 'x'"));
    CHECK_ERR(SYNTAX, sql_try(t, "CREATE REPOSITORY 'r' WITH BROKER ON LOCATION 'x'"));
    CHECK_ERR(SYNTAX, sql_try(t, "CREATE REPOSITORY r WITH BROKER ON LOCATION x"));
    CHECK_ERR(SYNTAX, sql_try(t, "CREATE REPOSITORY IF NOT EXISTS r WITH BROKER ON LOCATION 'x'"));
    CHECK_ERR(SYNTAX, sql_try(t, "CREATE READ REPOSITORY r WITH BROKER ON LOCATION 'x'"));
    CreateRepositoryStatement *create =
        sql_ok_kind(t, STMT_CREATE_REPOSITORY,
                    "CREATE REPOSITORY r WITH BROKER ON LOCATION \"file:///x/\"")
            ->create_repository;
    CHECK(!create->is_read_only && !create->has_broker);
    CHECK_STR("file:///x/", create->location);
    CHECK_INT(0, create->properties.count);
    create = sql_ok(t, "CREATE READ ONLY REPOSITORY `r` WITH BROKER `b` ON LOCATION '' "
                       "PROPERTIES (\"aws.s3.access_key\" = \"k\")")
                 ->create_repository;
    CHECK(create->is_read_only && create->has_broker);
    CHECK_STR("b", create->broker.text);
    CHECK_STR("", create->location);
    CHECK_STR("k", *ast_properties_get(create->properties, STR("aws.s3.access_key")));
    CHECK(ast_properties_get(create->properties, STR("AWS.S3.ACCESS_KEY")) == NULL);
    create = sql_ok(t, "CREATE REPOSITORY r WITH BROKER '' ON LOCATION 'x'")->create_repository;
    CHECK(create->has_broker);
    CHECK_STR("", create->broker.text);
}

TEST(drop_repository_forms)
{
    CHECK_ERR(SYNTAX, sql_try(t, "DROP REPOSITORY IF EXISTS r"));
    CHECK_ERR(SYNTAX, sql_try(t, "DROP REPOSITORY 'r'"));
    CHECK_STR("r",
              sql_ok_kind(t, STMT_DROP_REPOSITORY, "DROP REPOSITORY r;")->drop_repository.text);
}
