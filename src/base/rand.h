#ifndef BASE_RAND_H
#define BASE_RAND_H
#include "base/str.h"

// 128 random bits from the kernel: identities that no other server makes twice.
typedef struct Uuid {
    uint8_t bytes[16];
} Uuid;

void rand_bytes(void *out, size_t len);  // getrandom(2); ends the process if there is no entropy
Uuid uuid_new(void);
bool uuid_eq(Uuid a, Uuid b);
Str uuid_text(Arena *arena, Uuid uuid);  // 32 lower-case hex digits
bool uuid_parse(Str text, Uuid *out);    // the same form

#endif
