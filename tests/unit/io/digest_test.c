#include "check.h"
#include "io/digest.h"
#include "io/file.h"

// Official vectors of BLAKE3: byte i of the input is i % 251.
TEST(digest_agrees_with_the_published_vectors)
{
    static const struct {
        size_t len;
        const char *digest;
    } VECTORS[] = {
        {0, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"},
        {1, "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213"},
        {1024, "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7"},
        {102400, "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085"},
    };
    char *input = arena_alloc(t->arena, 102400);
    for (size_t i = 0; i < 102400; i++) input[i] = (char)(i % 251);
    for (size_t i = 0; i < sizeof(VECTORS) / sizeof(VECTORS[0]); i++) {
        Digest digest = digest_bytes((Str){input, VECTORS[i].len});
        CHECK_STR(VECTORS[i].digest, digest_text(t->arena, &digest));
    }
}

TEST(digest_of_pieces_is_that_of_the_whole)
{
    char bytes[5000];
    for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (char)(i * 31);
    Digest whole = digest_bytes((Str){bytes, sizeof(bytes)});
    Digester digester;
    digest_begin(&digester);
    for (size_t at = 0, step = 1; at < sizeof(bytes); at += step, step = step * 2 % 613 + 1) {
        if (step > sizeof(bytes) - at) step = sizeof(bytes) - at;
        digest_add(&digester, bytes + at, step);
    }
    Digest pieces = digest_end(&digester);
    CHECK(digest_eq(&whole, &pieces));
}

TEST(digest_text_is_strict)
{
    Digest digest = digest_bytes(STR("x")), back;
    Str text = digest_text(t->arena, &digest);
    CHECK_INT(64, text.len);
    CHECK(digest_parse(text, &back));
    CHECK(digest_eq(&digest, &back));
    CHECK(!digest_parse(str_sub(text, 0, 63), &back));
    CHECK(!digest_parse(str_printf(t->arena, "%.*s0", STR_ARG(text)), &back));
    CHECK(!digest_parse(str_printf(t->arena, "%.*sg", STR_ARG(str_sub(text, 0, 63))), &back));
}

TEST(digest_of_a_file_tells_its_size)
{
    Str path = file_join(t->arena, test_dir(t), STR("a"));
    size_t len = (3 << 20) + 17;
    char *bytes = arena_alloc(t->arena, len);
    memset(bytes, 7, len);
    CHECK_RC(RC_OK, file_write_whole(t, path, (Str){bytes, len}));
    Digest expected = digest_bytes((Str){bytes, len}), digest;
    uint64_t size = 0;
    CHECK_RC(RC_OK, digest_file(t, path, &digest, &size));
    CHECK(digest_eq(&expected, &digest));
    CHECK_INT(len, size);
    CHECK_ERR(FILE_MISSING, digest_file(t, file_join(t->arena, path, STR("b")), &digest, &size));
    CHECK_ERR(FILE_ERROR, digest_file(t, file_parent(t->arena, path), &digest, &size));

    Cancel cancel = {.is_asked = true};
    t->cancel = &cancel;
    CHECK_ERR(CANCELLED, digest_file(t, path, &digest, &size));
}
