/*
 * io/digest: content addresses. The only user of the BLAKE3 library.
 *
 * Source  BLAKE3 specification, default hash, 32 bytes of output.
 * Errors  those of reading.   Threads  a Digester belongs to one thread.
 */
#include "io/digest.h"
#include "io/file.h"
#include <blake3.h>

enum { READ_BYTES = 1 << 20, BUFFER_ALIGNMENT = 4096 };

_Static_assert(sizeof(Digester) >= sizeof(blake3_hasher), "a Digester holds the library's state");
_Static_assert(BLAKE3_OUT_LEN == DIGEST_BYTES, "32 bytes");

void digest_begin(Digester *digester)
{
    blake3_hasher_init((blake3_hasher *)(void *)digester->state);
}

void digest_add(Digester *digester, const void *bytes, size_t len)
{
    blake3_hasher_update((blake3_hasher *)(void *)digester->state, bytes, len);
}

Digest digest_end(const Digester *digester)
{
    Digest digest;
    blake3_hasher_finalize((const blake3_hasher *)(const void *)digester->state, digest.bytes,
                           DIGEST_BYTES);
    return digest;
}

Digest digest_bytes(Str bytes)
{
    Digester digester;
    digest_begin(&digester);
    digest_add(&digester, bytes.ptr, bytes.len);
    return digest_end(&digester);
}

bool digest_eq(const Digest *a, const Digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_BYTES) == 0;
}

Str digest_text(Arena *arena, const Digest *digest)
{
    return str_hex(arena, digest->bytes, DIGEST_BYTES);
}

bool digest_parse(Str text, Digest *out)
{
    return str_unhex(text, out->bytes, DIGEST_BYTES);
}

static Rc add_file(Ctx *ctx, File *file, Digester *digester, char *buffer, uint64_t *size_bytes)
{
    *size_bytes = 0;
    while (true) {
        size_t got = 0;
        TRY(ctx_poll(ctx));
        TRY(file_read(ctx, file, buffer, READ_BYTES, &got));
        if (got == 0) return RC_OK;
        digest_add(digester, buffer, got);
        *size_bytes += got;
    }
}

Rc digest_file(Ctx *ctx, Str path, Digest *digest, uint64_t *size_bytes)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(file_open(ctx, path, &file));
    Digester digester;
    digest_begin(&digester);
    char *buffer = mem_alloc_aligned(BUFFER_ALIGNMENT, READ_BYTES);  // not zeroed
    uint64_t size = 0;
    Rc rc = add_file(ctx, &file, &digester, buffer, &size);
    free(buffer);
    TRY(rc);
    *digest = digest_end(&digester);
    *size_bytes = size;
    return RC_OK;
}
