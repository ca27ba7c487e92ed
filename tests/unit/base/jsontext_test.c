// JSON values as text: read, put in order, walked, compared; damaged text leads nowhere.
#include "base/jsontext.h"
#include "base/vec.h"
#include "check.h"

static Str read_again(Ctx *t, const char *text)
{
    Str out = STR("no JSON");
    (void)jsontext_read(t->arena, str_from(text), &out);
    return out;
}

TEST(jsontext_reads)
{
    static const struct {
        const char *text, *read;
    } CASES[] = {
        {"", ""},
        {" null ", "null"},
        {"true", "true"},
        {"[1,2 , [ ] , {}]", "[1, 2, [], {}]"},
        {"{\"b\":1,\"a\":{\"d\":[],\"c\":null}}", "{\"a\": {\"c\": null, \"d\": []}, \"b\": 1}"},
        {"{\"a\":2,\"b\":0,\"a\":1}", "{\"a\": 2, \"a\": 1, \"b\": 0}"},
        {"\"a\\u0041\\n\\/\\u00e9\\ud83d\\ude00\"", "\"aA\\n/\u00e9\U0001f600\""},
        {"\"\\u0001\"", "\"\\u0001\""},
        {"-0", "0"},
        {"9223372036854775807", "9223372036854775807"},
        {"18446744073709551615", "18446744073709551615"},
        {"18446744073709551616", "18446744073709552000"},
        {"1.0", "1"},
        {"1.50", "1.5"},
        {"-0.001", "-0.001"},
        {"1e2", "100"},
        {"1e-7", "1e-7"},
        {"1.25e300", "1.25e+300"},
        {"0.1", "0.1"},
        {"123456.789", "123456.789"},
        // what is none
        {"{", "no JSON"},
        {"[1,]", "no JSON"},
        {"{\"a\"}", "no JSON"},
        {"{a:1}", "no JSON"},
        {"01", "no JSON"},
        {"1.", "no JSON"},
        {"+1", "no JSON"},
        {"1 2", "no JSON"},
        {"nul", "no JSON"},
        {"NaN", "no JSON"},
        {"1e999", "no JSON"},
        {"\"a\nb\"", "no JSON"},
        {"\"\\x\"", "no JSON"},
        {"\"\\ud83d\"", "no JSON"},
        {"\"\xff\"", "no JSON"},
        {"'a'", "no JSON"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
        CHECK_STR(CASES[i].read, read_again(t, CASES[i].text));
}

TEST(jsontext_bounds_nesting)
{
    for (int depth = JSONTEXT_MAX_DEPTH; depth <= JSONTEXT_MAX_DEPTH + 1; depth++) {
        Buf text = buf_new(t->arena);
        for (int i = 0; i < depth; i++) buf_add_byte(&text, '[');
        for (int i = 0; i < depth; i++) buf_add_byte(&text, ']');
        Str out;
        CHECK_INT(depth <= JSONTEXT_MAX_DEPTH, jsontext_read(t->arena, buf_str(&text), &out));
    }
}

TEST(jsontext_takes_text_for_a_string)
{
    static const struct {
        const char *text, *read;
    } CASES[] = {{"abc", "\"abc\""}, {"-1", "\"-1\""}, {"true", "\"true\""}, {"12", "12"},
                 {" [1]", "[1]"},    {"", ""},         {" ", "\" \""},       {"\"a\"", "\"a\""}};
    Str out;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        CHECK(jsontext_from_text(t->arena, str_from(CASES[i].text), &out));
        CHECK_STR(CASES[i].read, out);
    }
    CHECK(!jsontext_from_text(t->arena, STR("{a"), &out));
    CHECK(!jsontext_from_text(t->arena, STR("2024-01-01"), &out));
}

TEST(jsontext_walks)
{
    Str object = STR("{\"a\": [1, \"x,]}\", {\"b\": 2}], \"q\\\"\": null, \"z\": \"\"}");
    CHECK_STR("[1, \"x,]}\", {\"b\": 2}]", jsontext_member(t->arena, object, STR("a")));
    CHECK_STR("null", jsontext_member(t->arena, object, STR("q\"")));
    CHECK_STR("\"\"", jsontext_member(t->arena, object, STR("z")));
    CHECK(jsontext_member(t->arena, object, STR("b")).ptr == NULL);
    CHECK(jsontext_member(t->arena, STR("[1]"), STR("0")).ptr == NULL);
    JsonTextItems items = jsontext_items(jsontext_member(t->arena, object, STR("a")));
    Str item;
    CHECK(jsontext_next(&items, NULL, &item));
    CHECK_STR("1", item);
    CHECK(jsontext_next(&items, NULL, &item));
    CHECK_STR("x,]}", jsontext_string(t->arena, item));
    CHECK(jsontext_next(&items, NULL, &item));
    CHECK_INT(JSONTEXT_OBJECT, jsontext_kind(item));
    CHECK(!jsontext_next(&items, NULL, &item));
}

// Files are foreign: any bytes may come in a column.
TEST(jsontext_stays_within_damaged_text)
{
    static const char WHOLE[] = "{\"a\": [1, {\"b\": \"x\\\"y\"}, [2]], \"c\": \"\\u0041\"}";
    for (size_t from = 0; from < sizeof WHOLE; from++) {
        for (size_t len = 0; from + len < sizeof WHOLE; len++) {
            // A block of its own, so that a read behind its end is seen by the sanitizers.
            char *bytes = mem_alloc(len ? len : 1);
            memcpy(bytes, WHOLE + from, len);
            Str text = {bytes, len}, key, value;
            JsonTextItems items = jsontext_items(text);
            for (int i = 0; i < 100 && jsontext_next(&items, &key, &value); i++)
                CHECK(value.ptr >= bytes && value.ptr + value.len <= bytes + len);
            (void)jsontext_member(t->arena, text, STR("c"));
            (void)jsontext_string(t->arena, text);
            (void)jsontext_compare(t->arena, text, STR("{\"a\": 1}"));
            free(bytes);
        }
    }
}

TEST(jsontext_compares)
{
    // each is less than the next
    static const char *const ORDER[] = {"",       "null", "false",      "true",       "[]",   "[3]",
                                        "[1, 2]", "{}",   "{\"a\": 1}", "{\"a\": 2}", "-1",   "1.5",
                                        "2",      "10",   "\"\"",       "\"10\"",     "\"2\""};
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0]; i++)
        for (size_t k = 0; k < sizeof ORDER / sizeof ORDER[0]; k++) {
            int order = jsontext_compare(t->arena, str_from(ORDER[i]), str_from(ORDER[k]));
            CHECK_INT(i < k ? -1 : i > k, order < 0 ? -1 : order > 0);
        }
    CHECK_INT(0, jsontext_compare(t->arena, STR("100"), STR("1e2")));
}
