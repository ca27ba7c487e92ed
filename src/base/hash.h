#ifndef BASE_HASH_H
#define BASE_HASH_H
#include "base/str.h"

// 128-bit checksum (XXH3), the same on every machine and in every version. It finds damage; it is
// no protection against an adversary (file contents are named by BLAKE3, see io/digest).
typedef struct Hash128 {
    uint8_t bytes[16];
} Hash128;

Hash128 hash128(Str bytes);
// The 64-bit kind (XXH3 with a seed), as the SQL function xx_hash3_64 gives it.
uint64_t hash64(Str bytes, uint64_t seed);

#endif
