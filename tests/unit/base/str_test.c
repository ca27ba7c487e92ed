// Views of bytes, numbers read whole, UTF-8, and the builder with its cap.
#include "base/str.h"
#include "check.h"

TEST(str_numbers_are_whole_or_refused)
{
    static const char *const BAD[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1x",
                                      "--1",
                                      "0x1",
                                      "1.0",
                                      "9223372036854775808",
                                      "-9223372036854775809"};
    int64_t number = 42;
    uint64_t count = 42;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        CHECK(!str_to_i64(str_from(BAD[i]), &number));
    CHECK(!str_to_i64(STR_NONE, &number));
    CHECK(!str_to_i64((Str){"1\0", 2}, &number));
    CHECK(!str_to_u64(STR("-1"), &count));
    CHECK(!str_to_u64(STR("18446744073709551616"), &count));
    CHECK_INT(42, number);
    CHECK_INT(42, count);
    CHECK(str_to_i64(STR("-9223372036854775808"), &number));
    CHECK_INT(INT64_MIN, number);
    CHECK(str_to_i64(STR("007"), &number));
    CHECK_INT(7, number);
    CHECK(str_to_u64(STR("18446744073709551615"), &count));
    CHECK(count == UINT64_MAX);
}

TEST(str_utf8_refuses_what_is_not)
{
    static const char *const BAD[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC3",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF0\x80\x80\x80",
                                      "a\xFFz",
                                      "\xE8\xA1"};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) CHECK(!str_is_utf8(str_from(BAD[i])));
    CHECK(str_is_utf8(STR("")));
    CHECK(str_is_utf8(STR_NONE));
    CHECK(str_is_utf8(STR("a\xC3\xA4\xE8\xA1\xA8\xF0\x9F\x98\x80")));
}

TEST(str_compares)
{
    CHECK(str_eq(STR_NONE, STR("")));
    CHECK(!str_eq(STR("a"), STR("A")));
    CHECK(str_eq_nocase(STR("aZ_"), STR("Az_")));
    CHECK(!str_eq_nocase(STR("a"), STR("ab")));
    CHECK(str_cmp(STR("a"), STR("ab")) < 0);
    CHECK(str_cmp(STR("b"), STR("ab")) > 0);
    CHECK(str_cmp((Str){"\xC3", 1}, STR("a")) > 0);  // bytes, not signed characters
    CHECK(str_cmp_nocase(STR("B"), STR("a")) > 0);
    CHECK(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")));
    CHECK(str_starts_nocase(STR("ABc"), STR("ab")));
    CHECK(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
}

TEST(str_cuts)
{
    Str rest = STR("a,,b");
    CHECK_STR("a", str_cut(&rest, ','));
    CHECK_STR("", str_cut(&rest, ','));
    CHECK_STR("b", str_cut(&rest, ','));
    CHECK_INT(0, rest.len);
    CHECK_STR("", str_cut(&rest, ','));
    CHECK_STR("bc", str_sub(STR("abc"), 1, 99));
    CHECK_STR("", str_sub(STR("abc"), 99, 1));
    CHECK_STR("x y", str_trim(STR(" \t\nx y\r ")));
    CHECK_STR("", str_trim(STR("  ")));
    CHECK_INT(2, str_find(STR("abab c"), STR("ab ")));
    CHECK_INT(-1, str_find(STR("ab"), STR("abc")));
    CHECK_INT(0, str_find(STR_NONE, STR("")));
}

TEST(str_copies)
{
    Str text = {"a\0b", 3};
    CHECK_STR(text, str_dup(t->arena, text));
    CHECK_STR(STR_NONE, str_dup(t->arena, STR_NONE));
    CHECK_STR("", str_dup(t->arena, STR("")));
    CHECK_INT(0, str_z(t->arena, text)[3]);
    CHECK_STR("ab1\xC3\xA4", str_lower(t->arena, STR("Ab1\xC3\xA4")));
    CHECK_STR("AB1", str_upper(t->arena, STR("aB1")));
    CHECK_STR("00ff7f", str_hex(t->arena, "\x00\xFF\x7F", 3));
    char bytes[2] = "zz";
    CHECK(!str_unhex(STR("0g00"), bytes, 2));
    CHECK(!str_unhex(STR("000"), bytes, 2));
    CHECK(bytes[0] == 'z');
    CHECK(str_unhex(STR("fF01"), bytes, 2));
    CHECK_INT(-1, bytes[0]);
}

TEST(buf_builds)
{
    Buf buf = buf_new(t->arena);
    CHECK_STR("", buf_str(&buf));
    buf_add(&buf, STR("a"));
    buf_add_byte(&buf, 'b');
    buf_printf(&buf, "%d%s", 12, "");
    buf_add_quoted(&buf, STR("x`y`"), '`');
    buf_add_quoted(&buf, STR(""), '\'');
    CHECK_STR("ab12`x``y```''", buf_str(&buf));
    for (int i = 0; i < 5000; i++) buf_printf(&buf, "%d,", i);
    CHECK(str_ends(buf_str(&buf), STR(",4998,4999,")));
    CHECK(str_starts(buf_str(&buf), STR("ab12")));
}

// The cap is kept, told, and exact: what fits is taken.
TEST(buf_keeps_its_cap)
{
    Buf buf = buf_new(t->arena);
    buf.max_len = 4;
    buf_add(&buf, STR("ab"));
    buf_printf(&buf, "%d", 34);
    CHECK(!buf.is_over);
    CHECK_STR("ab34", buf_str(&buf));
    buf_add_byte(&buf, 'x');
    CHECK(buf.is_over);
    CHECK_STR("ab34", buf_str(&buf));
    buf_clear(&buf);
    buf_printf(&buf, "%s", "12345");
    CHECK(buf.is_over);
    CHECK_STR("", buf_str(&buf));
}
