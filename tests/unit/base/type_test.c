// Column types and how they print; answers kept row by row.
#include "base/sink.h"
#include "base/type.h"
#include "check.h"

TEST(type_texts_are_those_of_show_create_table)
{
    static const struct {
        Type type;
        const char *text;
    } CASES[] = {
        {{.kind = TYPE_BOOLEAN}, "boolean"},
        {{.kind = TYPE_TINYINT}, "tinyint(4)"},
        {{.kind = TYPE_SMALLINT}, "smallint(6)"},
        {{.kind = TYPE_INT}, "int(11)"},
        {{.kind = TYPE_BIGINT}, "bigint(20)"},
        {{.kind = TYPE_LARGEINT}, "largeint(40)"},
        {{.kind = TYPE_FLOAT}, "float"},
        {{.kind = TYPE_DOUBLE}, "double"},
        {{.kind = TYPE_DECIMAL, .precision = 38, .scale = 10}, "decimal(38, 10)"},
        {{.kind = TYPE_DATE}, "date"},
        {{.kind = TYPE_DATETIME}, "datetime"},
        {{.kind = TYPE_CHAR, .len = 3}, "char(3)"},
        {{.kind = TYPE_VARCHAR, .len = TYPE_STRING_LEN}, "varchar(65533)"},
        {{.kind = TYPE_VARBINARY, .len = TYPE_VARCHAR_MAX}, "varbinary"},
        {{.kind = TYPE_VARBINARY, .len = 9}, "varbinary(9)"},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        CHECK_STR(CASES[i].text, type_text(t->arena, CASES[i].type));
}

TEST(type_parts_are_compared_copied_and_printed)
{
    Str names[] = {STR("a"), STR("b")}, other[] = {STR("A"), STR("c")};
    Type fields[] = {TYPE_OF(INT), {.kind = TYPE_VARCHAR, .len = 9}};
    Type row = type_struct(t->arena, names, fields, 2);
    Type map = type_map(t->arena, TYPE_OF(DATE), type_array(t->arena, row));
    CHECK_STR("map<date,array<struct<a int(11), b varchar(9)>>>", type_text(t->arena, map));
    CHECK(type_eq(map, type_copy(t->arena, map)));
    CHECK(!type_eq(row, type_struct(t->arena, other, fields, 2)));
    other[1] = STR("B");
    CHECK(type_eq(row, type_struct(t->arena, other, fields, 2)));
    CHECK(!type_eq(row, type_struct(t->arena, names, fields, 1)));
    CHECK(!type_eq(type_array(t->arena, fields[0]), type_array(t->arena, fields[1])));
}

TEST(type_kinds)
{
    CHECK(!type_is_integer(TYPE_BOOLEAN) && type_is_integer(TYPE_LARGEINT));
    CHECK(!type_is_integer(TYPE_FLOAT) && type_is_numeric(TYPE_DECIMAL));
    CHECK(!type_is_numeric(TYPE_DATE) && !type_is_text(TYPE_VARBINARY) && type_is_text(TYPE_CHAR));
    CHECK_STR("LARGEINT", type_name(TYPE_LARGEINT));
    CHECK_INT(246, type_mysql_number(TYPE_DECIMAL));
    Type a = {.kind = TYPE_DECIMAL, .precision = 5, .scale = 1}, b = a;
    CHECK(type_eq(a, b));
    b.scale = 2;
    CHECK(!type_eq(a, b));
}

TEST(sink_list_keeps_rows)
{
    SinkList list;
    sink_list_init(&list);
    SinkColumn columns[] = {{.name = STR("a")}, {.name = STR("b")}};
    Str cells[] = {STR("1"), STR_NONE};
    CHECK_RC(RC_OK, list.sink.begin(&list.sink, t, columns, 2));
    CHECK_RC(RC_OK, list.sink.row(&list.sink, t, cells));
    cells[0] = STR("2");
    CHECK_RC(RC_OK, list.sink.row(&list.sink, t, cells));
    CHECK_INT(2, list.row_count);
    CHECK_STR("1", list.first->cells[0]);
    CHECK_STR(STR_NONE, list.first->cells[1]);
    CHECK_STR("2", list.last->cells[0]);
    CHECK_STR("b", list.columns[1].name);
}
