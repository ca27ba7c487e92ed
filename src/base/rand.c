/*
 * base/rand: random bytes and identities.   Errors  none.   Threads  any.
 */
#include "base/rand.h"
#include "base/ctx.h"
#include <errno.h>
#include <sys/random.h>

void rand_bytes(void *out, size_t len)
{
    for (size_t done = 0; done < len;) {
        ssize_t got = getrandom((char *)out + done, len - done, 0);
        must(got > 0 || errno == EINTR);
        if (got > 0) done += (size_t)got;
    }
}

Uuid uuid_new(void)
{
    Uuid uuid;
    rand_bytes(uuid.bytes, sizeof(uuid.bytes));
    return uuid;
}

bool uuid_eq(Uuid a, Uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof(a.bytes)) == 0;
}

Str uuid_text(Arena *arena, Uuid uuid)
{
    return str_hex(arena, uuid.bytes, sizeof(uuid.bytes));
}

bool uuid_parse(Str text, Uuid *out)
{
    return str_unhex(text, out->bytes, sizeof(out->bytes));
}
