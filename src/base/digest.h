#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H
#include <stdint.h>

// A content address: BLAKE3-256 of the bytes. Computed in io/; a plain value for everyone.
enum { DIGEST_BYTES = 32 };
typedef struct Digest {
    uint8_t bytes[DIGEST_BYTES];
} Digest;

#endif
