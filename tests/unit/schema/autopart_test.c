// Partitions that loads make: the expression's text, bounds of units of time, names of lists.
#include "check.h"
#include "schema/autopart.h"

TEST(autopart_refuses_other_expressions)
{
    static const char *const TEXTS[] = {
        "",
        "date_trunc('week', d)",
        "date_trunc('day', d",
        "date_trunc('day',d)",
        "date_trunc('day', )",
        "date_trunc('day', `d)",
        "date_trunc('day', d) ",
        "date_trunc('day', d); DROP TABLE t",
        "time_slice(d, 0, 'day', 'floor')",
        "time_slice(d, 9999999, 'day', 'floor')",
        "time_slice(d, 5, 'day', 'ceil')",
        "time_slice(d, x, 'day', 'floor')",
        "now()",
    };
    AutoUnit unit;
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        CHECK(!auto_unit_parse(str_from(TEXTS[i]), &unit));
}

TEST(autopart_expressions_come_back_the_same)
{
    static const char *const TEXTS[] = {
        "date_trunc('day', d)",
        "date_trunc('minute', `a b`)",
        "date_trunc('year', `a``b`)",
        "time_slice(_d1, 5, 'month', 'floor')",
    };
    static const char *const COLUMNS[] = {"d", "a b", "a`b", "_d1"};
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        AutoUnit unit;
        CHECK(auto_unit_parse(str_from(TEXTS[i]), &unit));
        CHECK_STR(TEXTS[i], auto_unit_print(t->arena, unit, str_from(COLUMNS[i])));
    }
}

// "p20240101 2024-01-01 2024-01-02": the partition that a value belongs to. `text` NULL: of NULL.
static Str range_of(Ctx *t, const char *expr, TypeKind kind, const char *text)
{
    AutoUnit unit;
    CalTime time;
    CHECK(auto_unit_parse(str_from(expr), &unit));
    if (text) CHECK(caltime_parse(str_from(text), &time));
    CalTime start = auto_unit_floor(unit, text ? &time : NULL);
    NamedRange range = auto_unit_range(t->arena, (Type){.kind = kind}, unit, start);
    Str upper = range.upper.kind == BOUND_MAX ? STR("MAXVALUE") : range.upper.text;
    return str_printf(t->arena, "%.*s %.*s %.*s", STR_ARG(range.name), STR_ARG(range.lower.text),
                      STR_ARG(upper));
}

TEST(autopart_ranges_are_whole_units)
{
    CHECK_STR("p20240131 2024-01-31 2024-02-01",
              range_of(t, "date_trunc('day', d)", TYPE_DATE, "2024-01-31"));
    CHECK_STR("p202402 2024-02-01 2024-03-01",
              range_of(t, "date_trunc('month', d)", TYPE_DATE, "2024-02-29"));
    CHECK_STR("p2024 2024-01-01 2025-01-01",
              range_of(t, "date_trunc('year', d)", TYPE_DATE, "2024-12-31"));
    CHECK_STR("p2024123123 2024-12-31 23:00:00 2025-01-01 00:00:00",
              range_of(t, "date_trunc('hour', d)", TYPE_DATETIME, "2024-12-31 23:59:59.999999"));
    CHECK_STR("p202401010959 2024-01-01 09:59:00 2024-01-01 10:00:00",
              range_of(t, "date_trunc('minute', d)", TYPE_DATETIME, "2024-01-01 09:59:59"));
    // counted from 0001-01-01, a Monday
    CHECK_STR("p20240101 2024-01-01 2024-01-08",
              range_of(t, "time_slice(d, 7, 'day', 'floor')", TYPE_DATE, "2024-01-07"));
    CHECK_STR("p202312 2023-12-01 2024-05-01",
              range_of(t, "time_slice(d, 5, 'month', 'floor')", TYPE_DATE, "2024-03-31"));
    CHECK_STR("p2021 2021-01-01 2026-01-01",
              range_of(t, "time_slice(d, 5, 'year', 'floor')", TYPE_DATE, "2024-03-31"));
    CHECK_STR("p2024010110 2024-01-01 10:00:00 2024-01-01 15:00:00",
              range_of(t, "time_slice(d, 5, 'hour', 'floor')", TYPE_DATETIME, "2024-01-01 10:00"));
}

TEST(autopart_ranges_at_the_ends_of_the_calendar)
{
    CHECK_STR("p00000101 0000-01-01 0000-01-02",
              range_of(t, "date_trunc('day', d)", TYPE_DATE, NULL));
    CHECK_STR("p0000 0000-01-01 0001-01-01", range_of(t, "date_trunc('year', d)", TYPE_DATE, NULL));
    CHECK_STR("p0000 0000-01-01 0001-01-01",
              range_of(t, "time_slice(d, 7, 'year', 'floor')", TYPE_DATE, NULL));
    CHECK_STR("p99991231 9999-12-31 MAXVALUE",
              range_of(t, "date_trunc('day', d)", TYPE_DATE, "9999-12-31"));
    CHECK_STR("p9999 9999-01-01 MAXVALUE",
              range_of(t, "date_trunc('year', d)", TYPE_DATE, "9999-06-01"));
}

static Str name_of(Ctx *t, const char *first, const char *second)
{
    Bound row[] = {{BOUND_VALUE, first ? str_from(first) : STR_NONE},
                   {BOUND_VALUE, second ? str_from(second) : STR_NONE}};
    return auto_list_name(t->arena, row, 2);
}

TEST(autopart_list_names_tell_the_values)
{
    CHECK_STR("pLosAngeles_20240101", name_of(t, "Los Angeles", "2024-01-01"));
    CHECK_STR("p_11_5", name_of(t, "-11", "5"));
    CHECK_STR("pNULL_", name_of(t, NULL, ""));
    CHECK_STR("p676d5dde_1f600", name_of(t, "杭州", "😀"));
    CHECK_STR("pa2fb_c", name_of(t, "a/b", "c"));
    Str longest = name_of(t, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b");
    CHECK(str_starts(longest, STR("paaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_")));
    CHECK(longest.len <= 64);
    Str other = auto_list_name_again(t->arena, longest, 1);
    CHECK(other.len <= 64 && !str_eq(longest, other));
    // Java: "pab".hashCode() is 110737
    CHECK_STR("pab_1b091", auto_list_name_again(t->arena, STR("pab"), 0));
}
