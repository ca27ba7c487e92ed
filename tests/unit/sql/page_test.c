#include "sqlcheck.h"

// The examples of StarRocks' RESTORE page, letter by letter, with its comments and trailing blanks.
static const char PAGE[] = "RESTORE SNAPSHOT example_db.snapshot_label1\n"
                           "FROM example_repo\n"
                           "ON ( backup_tbl )\n"
                           "PROPERTIES\n"
                           "(\n"
                           "    \"backup_timestamp\"=\"2018-05-04-16-45-08\",\n"
                           "    \"replication_num\" = \"1\"\n"
                           ");\n"
                           "RESTORE SNAPSHOT example_db.snapshot_label2\n"
                           "FROM example_repo\n"
                           "ON(\n"
                           "    backup_tbl PARTITION (p1, p2),\n"
                           "    backup_tbl2 AS new_tbl\n"
                           ")\n"
                           "PROPERTIES\n"
                           "(\n"
                           "    \"backup_timestamp\"=\"2018-05-04-17-11-01\"\n"
                           ");\n"
                           "-- 元の名前でデータベースをリストアします。\n"
                           "RESTORE SNAPSHOT sr_hub_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "PROPERTIES(\"backup_timestamp\" = \"2024-12-09-10-25-58-842\");\n"
                           "\n"
                           "-- 新しい名前でデータベースをリストアします。\n"
                           "RESTORE SNAPSHOT sr_hub_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub AS sr_hub_new\n"
                           "PROPERTIES(\"backup_timestamp\" = \"2024-12-09-10-25-58-842\");\n"
                           "-- 元の名前でテーブルをリストアします。\n"
                           "RESTORE SNAPSHOT sr_member_backup\n"
                           "FROM test_repo \n"
                           "DATABASE sr_hub \n"
                           "ON (TABLE sr_member) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- 新しい名前でテーブルをリストアします。\n"
                           "RESTORE SNAPSHOT sr_member_backup\n"
                           "FROM test_repo \n"
                           "DATABASE sr_hub  AS sr_hub_new\n"
                           "ON (TABLE sr_member AS sr_member_new) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- 複数のテーブルをリストアします。\n"
                           "RESTORE SNAPSHOT sr_core_backup\n"
                           "FROM test_repo \n"
                           "DATABASE sr_hub\n"
                           "ON (TABLE sr_member, TABLE sr_pmc) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべてのテーブルをリストアします。\n"
                           "RESTORE SNAPSHOT sr_all_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (ALL TABLES);\n"
                           "\n"
                           "-- すべてのテーブルから 1 つをリストアします。\n"
                           "RESTORE SNAPSHOT sr_all_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (TABLE sr_member) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "-- 1 つのパーティションをリストアします。\n"
                           "RESTORE SNAPSHOT sr_par_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (TABLE sr_member PARTITION (p1)) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- 複数のパーティションをリストアします。\n"
                           "RESTORE SNAPSHOT sr_par_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (TABLE sr_member PARTITION (p1,p2)) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "-- 1 つのマテリアライズドビューをリストアします。\n"
                           "RESTORE SNAPSHOT sr_mv1_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (MATERIALIZED VIEW sr_mv1) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- 複数のマテリアライズドビューをリストアします。\n"
                           "RESTORE SNAPSHOT sr_mv2_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (MATERIALIZED VIEW sr_mv1, MATERIALIZED VIEW sr_mv2) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべてのマテリアライズドビューをリストアします。\n"
                           "RESTORE SNAPSHOT sr_mv3_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (ALL MATERIALIZED VIEWS) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべてのマテリアライズドビューから 1 つをリストアします。\n"
                           "RESTORE SNAPSHOT sr_mv3_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (MATERIALIZED VIEW sr_mv1) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "-- 1 つのビューをリストアします。\n"
                           "RESTORE SNAPSHOT sr_view1_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (VIEW sr_view1) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- 複数のビューをリストアします。\n"
                           "RESTORE SNAPSHOT sr_view2_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (VIEW sr_view1, VIEW sr_view2) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべてのビューをリストアします。\n"
                           "RESTORE SNAPSHOT sr_view3_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (ALL VIEWS) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべてのビューから 1 つをリストアします。\n"
                           "RESTORE SNAPSHOT sr_view3_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (VIEW sr_view1) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "-- 1 つの UDF をリストアします。\n"
                           "RESTORE SNAPSHOT sr_udf1_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (FUNCTION sr_udf1) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- 複数の UDF をリストアします。\n"
                           "RESTORE SNAPSHOT sr_udf2_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (FUNCTION sr_udf1, FUNCTION sr_udf2) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべての UDF をリストアします。\n"
                           "RESTORE SNAPSHOT sr_udf3_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (ALL FUNCTIONS) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n"
                           "\n"
                           "-- すべての UDF から 1 つをリストアします。\n"
                           "RESTORE SNAPSHOT sr_udf3_backup\n"
                           "FROM test_repo\n"
                           "DATABASE sr_hub\n"
                           "ON (FUNCTION sr_udf1) \n"
                           "PROPERTIES (\"backup_timestamp\" = \"2024-12-09-10-52-10-940\");\n";

#define AT_10 " backup_timestamp=2024-12-09-10-52-10-940"
static const char *const EXPECTED[] = {
    "RESTORE example_db.snapshot_label1 @example_repo ON(backup_tbl)"
    " backup_timestamp=2018-05-04-16-45-08 replication_num=1",
    "RESTORE example_db.snapshot_label2 @example_repo ON(backup_tbl (p1,p2), backup_tbl2 AS "
    "new_tbl)"
    " backup_timestamp=2018-05-04-17-11-01",
    "RESTORE sr_hub_backup @test_repo DB sr_hub backup_timestamp=2024-12-09-10-25-58-842",
    "RESTORE sr_hub_backup @test_repo DB sr_hub AS sr_hub_new "
    "backup_timestamp=2024-12-09-10-25-58-842",
    "RESTORE sr_member_backup @test_repo DB sr_hub ON(TABLE sr_member)" AT_10,
    "RESTORE sr_member_backup @test_repo DB sr_hub AS sr_hub_new ON(TABLE sr_member AS "
    "sr_member_new)" AT_10,
    "RESTORE sr_core_backup @test_repo DB sr_hub ON(TABLE sr_member, TABLE sr_pmc)" AT_10,
    "RESTORE sr_all_backup @test_repo DB sr_hub ON(ALL TABLE )",
    "RESTORE sr_all_backup @test_repo DB sr_hub ON(TABLE sr_member)" AT_10,
    "RESTORE sr_par_backup @test_repo DB sr_hub ON(TABLE sr_member (p1))" AT_10,
    "RESTORE sr_par_backup @test_repo DB sr_hub ON(TABLE sr_member (p1,p2))" AT_10,
    "RESTORE sr_mv1_backup @test_repo DB sr_hub ON(MV sr_mv1)" AT_10,
    "RESTORE sr_mv2_backup @test_repo DB sr_hub ON(MV sr_mv1, MV sr_mv2)" AT_10,
    "RESTORE sr_mv3_backup @test_repo DB sr_hub ON(ALL MV )" AT_10,
    "RESTORE sr_mv3_backup @test_repo DB sr_hub ON(MV sr_mv1)" AT_10,
    "RESTORE sr_view1_backup @test_repo DB sr_hub ON(VIEW sr_view1)" AT_10,
    "RESTORE sr_view2_backup @test_repo DB sr_hub ON(VIEW sr_view1, VIEW sr_view2)" AT_10,
    "RESTORE sr_view3_backup @test_repo DB sr_hub ON(ALL VIEW )" AT_10,
    "RESTORE sr_view3_backup @test_repo DB sr_hub ON(VIEW sr_view1)" AT_10,
    "RESTORE sr_udf1_backup @test_repo DB sr_hub ON(FUNCTION sr_udf1)" AT_10,
    "RESTORE sr_udf2_backup @test_repo DB sr_hub ON(FUNCTION sr_udf1, FUNCTION sr_udf2)" AT_10,
    "RESTORE sr_udf3_backup @test_repo DB sr_hub ON(ALL FUNCTION )" AT_10,
    "RESTORE sr_udf3_backup @test_repo DB sr_hub ON(FUNCTION sr_udf1)" AT_10,
};

TEST(page_examples_parse_letter_by_letter)
{
    Str rest = {PAGE, sizeof PAGE - 1};
    size_t count = 0;
    while (rest.len > 0) {
        Statement *statement;
        size_t consumed;
        CHECK_RC(RC_OK, sql_parse(t, rest, &statement, &consumed));
        CHECK(count < COUNT_OF(EXPECTED));
        CHECK_INT(STMT_RESTORE, statement->kind);
        CHECK_STR(EXPECTED[count], backup_text(t, statement));
        rest = str_sub(rest, consumed, rest.len);
        count++;
    }
    CHECK_INT(COUNT_OF(EXPECTED), count);
}

TEST(page_examples_survive_other_blanks_and_comments)
{
    static const char TEXT[] =
        "--comment\n\xE3\x80\x80RESTORE\xE3\x80\x80SNAPSHOT/**/s#x\nFROM r -- \xE3\x80\x82\n"
        "DATABASE/*+ hint */d\xE3\x80\x80"
        "AS e\xE3\x80\x80;\xE3\x80\x80-- end";
    CHECK_STR("RESTORE s @r DB d AS e", backup_text(t, sql_ok(t, TEXT)));
}

// The syntax boxes, each choice spelt out.
TEST(page_boxes_allow_what_they_show)
{
    static const struct {
        const char *text, *tree;
    } CASES[] = {
        {"RESTORE SNAPSHOT s FROM r ALL EXTERNAL CATALOGS", "RESTORE s @r ALL CATALOGS"},
        {"RESTORE SNAPSHOT s FROM r EXTERNAL CATALOG c", "RESTORE s @r CATALOGS c"},
        {"RESTORE SNAPSHOT s FROM r EXTERNAL CATALOGS c AS a PROPERTIES (\"k\"=\"v\", "
         "\"l\"=\"w\" )",
         "RESTORE s @r CATALOGS c AS a k=v l=w"},
        {"RESTORE SNAPSHOT s FROM r EXTERNAL CATALOG c, EXTERNAL CATALOGS d AS a",
         "RESTORE s @r CATALOGS c d AS a"},
        {"RESTORE SNAPSHOT d.s FROM r", "RESTORE d.s @r"},
        {"RESTORE SNAPSHOT s FROM r DATABASE a ON ( TABLES t, TABLE u AS v )",
         "RESTORE s @r DB a ON(TABLE t, TABLE u AS v)"},
        {"RESTORE SNAPSHOT s FROM r DATABASE a ON ( MATERIALIZED VIEWS t, MATERIALIZED VIEW u AS "
         "v )",
         "RESTORE s @r DB a ON(MV t, MV u AS v)"},
        {"RESTORE SNAPSHOT s FROM r DATABASE a ON ( VIEWS t, VIEW u AS v )",
         "RESTORE s @r DB a ON(VIEW t, VIEW u AS v)"},
        {"RESTORE SNAPSHOT s FROM r DATABASE a ON ( FUNCTIONS t, FUNCTION u AS v )",
         "RESTORE s @r DB a ON(FUNCTION t, FUNCTION u AS v)"},
        {"RESTORE SNAPSHOT s FROM r DATABASE a ON ( t PARTITION (p, q) AS v )",
         "RESTORE s @r DB a ON(t (p,q) AS v)"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        CHECK_STR(CASES[i].tree, backup_text(t, sql_ok(t, CASES[i].text)));
}

TEST(page_privilege_recipes_are_refused_by_name)
{
    CHECK_REFUSED("GRANT", "GRANT REPOSITORY ON SYSTEM TO ROLE backup_tbl;");
    CHECK_REFUSED("GRANT", "GRANT EXPORT ON ALL TABLES IN ALL DATABASES TO ROLE backup;");
}
