#ifndef EXEC_ZONE_H
#define EXEC_ZONE_H
#include "exec/session.h"

// Time zones: SYSTEM, names such as Asia/Tokyo, and offsets in whole hours such as +09:00.

// The zone that this process prints times in, by name; empty: not known, taken for UTC.
Str zone_of_machine(Arena *arena);
// `name` may be the value of time_zone. Errors: UNKNOWN_TIME_ZONE.
NODISCARD Rc zone_check(Ctx *ctx, Execution *x, Str name);
// yyyy-MM-dd HH:mm:ss at `now_ms` in a zone by name or offset. Errors: UNKNOWN_TIME_ZONE.
NODISCARD Rc zone_time(Ctx *ctx, EngineConn *conn, Str name, int64_t now_ms, Str *out);
// The session's zone as the engine names it, and `now_ms` in it (empty: as the server prints
// times).
typedef struct SessionZone {
    Str zone, now_text;
} SessionZone;
NODISCARD Rc zone_of_session(Ctx *ctx, Execution *x, int64_t now_ms, SessionZone *out);

#endif
