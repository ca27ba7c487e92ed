#ifndef IO_DIGEST_H
#define IO_DIGEST_H
#include "base/ctx.h"
#include "base/digest.h"

// BLAKE3-256, the content address of every file (https://github.com/BLAKE3-team/BLAKE3-specs).
typedef struct Digester {
    _Alignas(8) unsigned char state[1920];  // a blake3_hasher
} Digester;
void digest_begin(Digester *digester);
void digest_add(Digester *digester, const void *bytes, size_t len);
Digest digest_end(const Digester *digester);

Digest digest_bytes(Str bytes);
bool digest_eq(const Digest *a, const Digest *b);
Str digest_text(Arena *arena, const Digest *digest);  // 64 lower-case hex digits
bool digest_parse(Str text, Digest *out);

// Reads a whole file; polls ctx. Errors: FILE_*, CANCELLED, TIMEOUT.
NODISCARD Rc digest_file(Ctx *ctx, Str path, Digest *digest, uint64_t *size_bytes);

#endif
