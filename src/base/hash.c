/*
 * base/hash: checksums of rows and small records. The only user of libxxhash.
 *
 * Source  XXH3, 128 bit, canonical form (big-endian), seed 0.   Errors  none.   Threads  pure.
 */
#include "base/hash.h"
#include <xxhash.h>

_Static_assert(sizeof(XXH128_canonical_t) == sizeof(Hash128), "canonical form has 16 bytes");

Hash128 hash128(Str bytes)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.ptr ? bytes.ptr : "", bytes.len));
    Hash128 hash;
    memcpy(hash.bytes, &canonical, sizeof(hash.bytes));
    return hash;
}

uint64_t hash64(Str bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.ptr ? bytes.ptr : "", bytes.len, seed);
}
