// Patterns of names.
#include "check.h"
#include "schema/names.h"

static Str repeat(Ctx *t, const char *text, size_t times)
{
    Buf buf = buf_new(t->arena);
    for (size_t i = 0; i < times; i++) buf_add_z(&buf, text);
    return buf_str(&buf);
}

TEST(names_of_databases_and_repositories)
{
    CHECK_ERR_TEXT(BAD_DATABASE_NAME, "Incorrect database name '1d'",
                   name_check_database(t, STR("1d")));
    CHECK_ERR_TEXT(BAD_REPOSITORY_NAME, "Incorrect repository name ''",
                   name_check_repository(t, STR("")));
    CHECK(!name_is_database(STR("")));
    CHECK(!name_is_database(STR("_")));
    CHECK(!name_is_database(STR("__a")));
    CHECK(!name_is_database(STR("a-b")));
    CHECK(!name_is_database(STR("a b")));
    CHECK(!name_is_database(STR("\xC3\xA4")));
    CHECK(!name_is_database((Str){"a\0", 2}));
    CHECK(name_is_database(STR("a")));
    CHECK(name_is_database(STR("_1")));
    CHECK(name_is_database(STR("A_1__")));
    CHECK(name_is_database(repeat(t, "a", 256)));
    CHECK(!name_is_database(repeat(t, "a", 257)));
    CHECK(name_is_repository(repeat(t, "a", 64)));
    CHECK(!name_is_repository(repeat(t, "a", 65)));
}

TEST(names_of_tables)
{
    CHECK_ERR(BAD_TABLE_NAME, name_check_table(t, STR("")));
    CHECK_ERR(BAD_TABLE_NAME, name_check_table(t, (Str){"a\0b", 3}));
    CHECK_ERR(BAD_TABLE_NAME, name_check_table(t, STR("\xC3")));
    CHECK_RC(RC_OK, name_check_table(t, STR("1 `x` \xE8\xA1\xA8")));
    CHECK(name_is_table(repeat(t, "\xE8\xA1\xA8", 1024)));  // characters, not bytes
    CHECK(!name_is_table(repeat(t, "\xE8\xA1\xA8", 1025)));
}

TEST(names_of_partitions_and_columns)
{
    CHECK_ERR_TEXT(BAD_PARTITION_NAME, "Incorrect partition name 'placeholder_1'",
                   name_check_partition(t, STR("placeholder_1")));
    CHECK_ERR(BAD_PARTITION_NAME, name_check_partition(t, STR("p-1")));
    CHECK_RC(RC_OK, name_check_partition(t, STR("p20240101")));
    CHECK_ERR_TEXT(BAD_COLUMN_NAME, "Incorrect column name 'a=b'",
                   name_check_column(t, STR("a=b")));
    CHECK_ERR(BAD_COLUMN_NAME, name_check_column(t, STR("__OP")));
    CHECK_ERR(BAD_COLUMN_NAME, name_check_column(t, STR("__starrocks_shadow_x")));
    CHECK_RC(RC_OK, name_check_column(t, STR("a b-c")));
}
