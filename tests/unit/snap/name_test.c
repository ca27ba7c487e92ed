#include "base/limits.h"
#include "check.h"
#include "snap/name.h"

TEST(name_keeps_plain_bytes_and_encodes_the_rest)
{
    Str out;
    CHECK_RC(RC_OK, name_encode(t, STR("Sales_2024-12"), &out));
    CHECK_STR("Sales_2024-12", out);
    CHECK_RC(RC_OK, name_encode(t, STR("a b/../c%.d"), &out));
    CHECK_STR("a%20b%2F%2E%2E%2Fc%25%2Ed", out);
    CHECK_RC(RC_OK, name_encode(t, STR("\xe9\x87\x91"), &out));
    CHECK_STR("%E9%87%91", out);
    CHECK_RC(RC_OK, name_encode(t, STR(".."), &out));
    CHECK_STR("%2E%2E", out);
}

TEST(name_has_a_limit)
{
    char longest[LIMIT_LABEL_BYTES + 1];
    memset(longest, 'x', sizeof(longest));
    Str out = STR_NONE;
    CHECK_RC(RC_OK, name_encode(t, (Str){longest, LIMIT_LABEL_BYTES}, &out));
    CHECK_INT(LIMIT_LABEL_BYTES, out.len);
    CHECK_ERR(LIMIT_EXCEEDED, name_encode(t, (Str){longest, LIMIT_LABEL_BYTES + 1}, &out));
    memset(longest, ' ', sizeof(longest));
    CHECK_RC(RC_OK, name_encode(t, (Str){longest, LIMIT_LABEL_BYTES / 3}, &out));
    CHECK_ERR(LIMIT_EXCEEDED, name_encode(t, (Str){longest, LIMIT_LABEL_BYTES / 3 + 1}, &out));
    CHECK_ERR(LIMIT_EXCEEDED, name_encode(t, STR(""), &out));
}

TEST(name_comes_back_whatever_its_bytes)
{
    for (int first = 0; first < 256; first++) {
        char bytes[2] = {(char)first, (char)(first * 37 + 11)};
        Str encoded, back;
        CHECK_RC(RC_OK, name_encode(t, (Str){bytes, 2}, &encoded));
        CHECK(name_decode(t->arena, encoded, &back));
        CHECK_STR(((Str){bytes, 2}), back);
    }
}

TEST(name_has_one_spelling)
{
    static const char *const WRONG[] = {"",    ".",   "..",  "a.b", "a/b",   "%",
                                        "%2",  "%2f", "%41", "%5F", "a%",    "%%20",
                                        "%G0", "a b", "%2D", "%61", "x.json"};
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        Str out = STR("untouched");
        CHECK(!name_decode(t->arena, str_from(WRONG[i]), &out));
        CHECK_STR("untouched", out);
    }
}
