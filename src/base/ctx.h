#ifndef BASE_CTX_H
#define BASE_CTX_H
#include "base/arena.h"
#include "base/clock.h"
#include "base/rc.h"
#include "base/str.h"
#include <stdatomic.h>

// One line of errors.def makes an id, its Rc, its MySQL number and SQLSTATE, and its checked text.
typedef enum ErrId {
    ERR_NONE = 0,
#define ERROR(name, rc, number, sqlstate, text) ERR_##name,
#include "base/errors.def"
#undef ERROR
    ERR_COUNT
} ErrId;

#define ERROR(name, rc, number, sqlstate, text) \
    static const char ERRTEXT_##name[] __attribute__((unused)) = text;
#include "base/errors.def"
#undef ERROR

typedef struct ErrInfo {
    const char *name;
    Rc rc;
    uint16_t mysql_number;
    const char *sqlstate;
    const char *text;
} ErrInfo;
const ErrInfo *err_info(ErrId id);

// What the user is told. Lives in the arena of its Ctx.
typedef struct Err {
    ErrId id;  // ERR_NONE: nothing failed
    Rc rc;
    uint16_t mysql_number;
    const char *sqlstate;
    Str text;         // as the client reads it
    Str notes;        // where it happened, for the log; innermost first
    uint32_t line;    // 1-based place in the statement; 0 = unknown
    uint32_t column;  // 0-based, counted in characters, as StarRocks does
} Err;

typedef enum WarningLevel { WARNING_NOTE, WARNING_WARNING, WARNING_ERROR } WarningLevel;
typedef struct Warning {
    WarningLevel level;
    uint16_t mysql_number;
    Str text;
    struct Warning *next;
} Warning;

// Set by another thread; read by the one that works.
typedef struct Cancel {
    atomic_bool is_asked;
} Cancel;

// Handed as first parameter to whatever allocates or fails. Belongs to one thread.
typedef struct Ctx {
    Arena *arena;  // lives as long as the statement or the job step
    Err err;
    Cancel *cancel;       // NULL: cannot be cancelled
    int64_t deadline_ms;  // on clock_steady_ms(); 0: none
    Clock *clock;         // wall time; never NULL after ctx_init
    Warning *warnings;    // oldest first
    Warning *last_warning;
    uint32_t warning_count;
    Str activity;  // the statement or the job at hand, printed by must()
} Ctx;

// `clock` NULL means the system's. The arena stays the caller's.
void ctx_init(Ctx *ctx, Arena *arena, Clock *clock);

// Tells compiler and analyser that a failure is never RC_OK, so that they follow TRY rightly.
static inline Rc rc_failed(Rc rc)
{
    if (rc == RC_OK) __builtin_unreachable();
    return rc;
}

// return FAIL(ctx, NAME, args of its text): raise once, where it happens.
#define FAIL(ctx, NAME, ...) rc_failed(ctx_fail(ctx, ERR_##NAME, ERRTEXT_##NAME, ##__VA_ARGS__))
Rc ctx_fail(Ctx *ctx, ErrId id, const char *format, ...) PRINTF_LIKE(3, 4);

// return SAY(ctx, NAME, format, ..): the same where the text of errors.def takes one "%.*s", as
// that of COMMON and SEMANTIC, which say nothing themselves.
#define SAY(ctx, NAME, ...)                                \
    ({                                                     \
        Str said_ = str_printf((ctx)->arena, __VA_ARGS__); \
        FAIL(ctx, NAME, STR_ARG(said_));                   \
    })

// return FAIL_AT(ctx, line, column, NAME, ...): the same with a place in the statement.
#define FAIL_AT(ctx, line_, column_, NAME, ...)                \
    (ctx_fail(ctx, ERR_##NAME, ERRTEXT_##NAME, ##__VA_ARGS__), \
     rc_failed(ctx_fail_at(ctx, line_, column_)))
Rc ctx_fail_at(Ctx *ctx, uint32_t line, uint32_t column);

// Append to the user's text (a hint behind StarRocks' own words).
void ctx_hint(Ctx *ctx, const char *format, ...) PRINTF_LIKE(2, 3);
// Say for the log where a failure passed: `return note(ctx, rc, "uploading %s", ..)` keeps rc.
Rc note(Ctx *ctx, Rc rc, const char *format, ...) PRINTF_LIKE(3, 4);
// Forget a failure that was handled.
void ctx_clear(Ctx *ctx);
// Take over the failure of another Ctx (its text is copied).
Rc ctx_take(Ctx *ctx, const Ctx *other);

#define WARN(ctx, NAME, ...) \
    ctx_warn(ctx, WARNING_WARNING, ERR_##NAME, ERRTEXT_##NAME, ##__VA_ARGS__)
void ctx_warn(Ctx *ctx, WarningLevel level, ErrId id, const char *format, ...) PRINTF_LIKE(4, 5);

// Call in every loop that waits or does input/output. Errors: CANCELLED, TIMEOUT.
NODISCARD Rc ctx_poll(Ctx *ctx);

// Our own mistakes only, never foreign bytes. Stays on in release; prints the activity and aborts.
#define must(condition) ((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))
_Noreturn void must_failed(const char *condition, const char *file, int line);
// Tell must() what this thread is doing. The text must stay valid until the next call.
void must_tell(Str activity);

#endif
