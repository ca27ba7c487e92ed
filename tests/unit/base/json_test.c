// JSON text: foreign input refused, our writing read back.
#include "base/json.h"
#include "base/limits.h"
#include "check.h"

static Rc parse(Ctx *t, const char *text, Json **out)
{
    return json_parse(t, str_from(text), "The text", out);
}

TEST(json_refuses_what_is_none)
{
    static const char *const BAD[] = {"",
                                      "{",
                                      "{\"a\":1,}",
                                      "[1 2]",
                                      "{'a':1}",
                                      "{\"a\":1,\"a\":2}",
                                      "nul",
                                      "1 2",
                                      "\"\xFF\"",
                                      "9223372036854775808",
                                      "\"\\ud800\"",
                                      "[1]x",
                                      "{\"a\"}",
                                      "+1",
                                      "1e999"};
    Json *json = NULL;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        CHECK_ERR(JSON_INVALID, parse(t, BAD[i], &json));
    CHECK(json == NULL);
    Rc rc = parse(t, "{\"a\":\n x}", &json);
    CHECK_INT(RC_CORRUPT, rc);
    CHECK(str_starts(t->err.text, STR("The text is not valid JSON: ")));
    CHECK(str_find(t->err.text, STR("at line 2")) > 0);
    ctx_clear(t);
}

TEST(json_refuses_deep_nesting)
{
    Buf buf = buf_new(t->arena);
    Json *json = NULL;
    for (int i = 0; i < LIMIT_JSON_DEPTH; i++) buf_add_byte(&buf, '[');
    for (int i = 0; i < LIMIT_JSON_DEPTH; i++) buf_add_byte(&buf, ']');
    CHECK_RC(RC_OK, json_parse(t, buf_str(&buf), "x", &json));
    Str deeper = str_printf(t->arena, "[%.*s]", STR_ARG(buf_str(&buf)));
    CHECK_ERR(LIMIT_EXCEEDED, json_parse(t, deeper, "x", &json));
    char *bomb = arena_alloc(t->arena, 100000);
    memset(bomb, '[', 100000);
    CHECK_ERR(JSON_INVALID, json_parse(t, (Str){bomb, 100000}, "x", &json));
}

TEST(json_members_are_of_their_kind)
{
    Json *json = NULL;
    Str text = STR("kept");
    int64_t number = 5;
    uint64_t count = 5;
    bool flag = false;
    char bytes[2] = "z";
    const Json *list = NULL;
    CHECK_RC(RC_OK, parse(t, "{\"s\":\"a\",\"n\":-1,\"r\":1.0,\"b\":true,\"l\":[1],\"h\":\"00Ff\"}",
                          &json));
    CHECK_ERR_TEXT(JSON_FIELD, "Field 'x' must be a text, found nothing",
                   json_get_str(t, json, "x", &text));
    CHECK_ERR_TEXT(JSON_FIELD, "Field 'n' must be a text, found a whole number",
                   json_get_str(t, json, "n", &text));
    CHECK_ERR(JSON_FIELD, json_get_i64(t, json, "r", &number));
    CHECK_ERR(JSON_FIELD, json_get_i64(t, json, "s", &number));
    CHECK_ERR(JSON_FIELD, json_get_u64(t, json, "n", &count));
    CHECK_ERR(JSON_FIELD, json_get_bool(t, json, "n", &flag));
    CHECK_ERR(JSON_FIELD, json_get_array(t, json, "s", &list));
    CHECK_ERR(JSON_FIELD, json_get_object(t, json, "l", &list));
    CHECK_ERR(JSON_FIELD, json_get_hex(t, json, "s", bytes, 2));
    CHECK_ERR(JSON_FIELD, json_get_hex(t, json, "h", bytes, 1));
    CHECK_STR("kept", text);  // untouched by failures
    CHECK_INT(5, number);
    CHECK_RC(RC_OK, json_get_str(t, json, "s", &text));
    CHECK_RC(RC_OK, json_get_i64(t, json, "n", &number));
    CHECK_RC(RC_OK, json_get_bool(t, json, "b", &flag));
    CHECK_RC(RC_OK, json_get_array(t, json, "l", &list));
    CHECK_RC(RC_OK, json_get_hex(t, json, "h", bytes, 2));
    CHECK_INT(-1, bytes[1]);
    CHECK_INT(1, list->items[0].integer);
    CHECK(json_member(list, "a") == NULL && json_member(NULL, "a") == NULL);
}

TEST(json_writing_is_read_back)
{
    Str odd = {"\0\x01\"\\/\x7F\xC3\xA4\n", 9};
    Buf buf = buf_new(t->arena);
    JsonWriter w = json_writer(&buf);
    json_open(&w, NULL, '{');
    json_put_str(&w, "odd", odd);
    json_put_str(&w, "none", STR_NONE);
    json_put_i64(&w, "least", INT64_MIN);
    json_put_u64(&w, "most", INT64_MAX);
    json_open_str(&w, STR("a \"list\""), '[');
    json_open(&w, NULL, '{');
    json_close(&w, '}');
    json_open(&w, NULL, '[');
    json_close(&w, ']');
    json_put_bool(&w, NULL, true);
    json_close(&w, ']');
    json_put_hex(&w, "hex", "\x0A\xFF", 2);
    json_close(&w, '}');
    Json *json = NULL;
    CHECK_RC(RC_OK, json_parse(t, buf_str(&buf), "x", &json));
    CHECK_INT(6, json->count);
    Str text;
    int64_t number = 0;
    CHECK_RC(RC_OK, json_get_str(t, json, "odd", &text));
    CHECK_STR(odd, text);
    CHECK_INT(J_NULL, json_member(json, "none")->kind);
    CHECK_RC(RC_OK, json_get_i64(t, json, "least", &number));
    CHECK_INT(INT64_MIN, number);
    CHECK_INT(3, json_member(json, "a \"list\"")->count);
    CHECK(str_ends(buf_str(&buf), STR("\"a \\\"list\\\"\":[{},[],true],\"hex\":\"0aff\"}")));
}
