#ifndef SNAP_STAMP_H
#define SNAP_STAMP_H
#include "base/ctx.h"

// One run of a snapshot. Compare stamps of one repository only: the text carries no time zone.
typedef struct Stamp {
    int64_t wall_ms;  // milliseconds since 1970-01-01 00:00 on the backup server's own clock
} Stamp;

enum {
    STAMP_LEN = 23,        // yyyy-MM-dd-HH-mm-ss-SSS
    STAMP_SHORT_LEN = 19,  // the same without -SSS, as older servers wrote it
};

// Read a stamp in either form. Errors: BAD_TIMESTAMP (RC_INVALID), *out untouched.
NODISCARD Rc stamp_parse(Ctx *ctx, Str text, Stamp *out);
bool stamp_is_valid(Str text);  // stamp_parse would read it

// The stamp of a moment, given in milliseconds UTC, on this server's clock (its time zone).
Stamp stamp_of_time(int64_t utc_ms);
// Long form. The stamp must lie in the years 1970 to 9999.
Str stamp_text(Arena *arena, Stamp stamp);

// `asked` names the run `stamp`: the same text, or its first 19 characters.
bool stamp_is_named(Str stamp, Str asked);

#endif
