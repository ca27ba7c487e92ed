/*
 * base/ctx: what travels through every call that allocates or fails.
 *
 * Source  the split of code and text is curl's and SQLite's: the code is returned, one handle
 *         carries the text.
 * Errors  ctx_poll raises CANCELLED and TIMEOUT. The first failure wins only by discipline: whoever
 *         raises, returns; a second raise replaces the first (clean-up that fails says so by note).
 * Threads a Ctx belongs to one thread; only Cancel is shared.
 */
#include "base/ctx.h"

static const ErrInfo ERRORS[ERR_COUNT] = {
    [ERR_NONE] = {"NONE", RC_OK, 0, "00000", ""},
#define ERROR(name, rc, number, sqlstate, text) [ERR_##name] = {#name, rc, number, sqlstate, text},
#include "base/errors.def"
#undef ERROR
};

static _Thread_local Str thread_activity;

const ErrInfo *err_info(ErrId id)
{
    must(id < ERR_COUNT);
    return &ERRORS[id];
}

void ctx_init(Ctx *ctx, Arena *arena, Clock *clock)
{
    *ctx = (Ctx){.arena = arena, .clock = clock ? clock : clock_system()};
}

Rc ctx_fail(Ctx *ctx, ErrId id, const char *format, ...)
{
    const ErrInfo *info = err_info(id);
    va_list args;
    va_start(args, format);
    Str text = str_vprintf(ctx->arena, format, args);
    va_end(args);
    ctx->err = (Err){.id = id,
                     .rc = info->rc,
                     .mysql_number = info->mysql_number,
                     .sqlstate = info->sqlstate,
                     .text = text};
    return info->rc;
}

Rc ctx_fail_at(Ctx *ctx, uint32_t line, uint32_t column)
{
    ctx->err.line = line;
    ctx->err.column = column;
    return ctx->err.rc;
}

void ctx_hint(Ctx *ctx, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str hint = str_vprintf(ctx->arena, format, args);
    va_end(args);
    ctx->err.text = str_printf(ctx->arena, "%.*s%.*s", STR_ARG(ctx->err.text), STR_ARG(hint));
}

Rc note(Ctx *ctx, Rc rc, const char *format, ...)
{
    if (rc == RC_OK) return rc;
    va_list args;
    va_start(args, format);
    Str place = str_vprintf(ctx->arena, format, args);
    va_end(args);
    ctx->err.notes = str_printf(ctx->arena, "%.*s%s%.*s", STR_ARG(ctx->err.notes),
                                ctx->err.notes.len ? "; " : "", STR_ARG(place));
    return rc;
}

void ctx_clear(Ctx *ctx)
{
    ctx->err = (Err){0};
}

Rc ctx_take(Ctx *ctx, const Ctx *other)
{
    ctx->err = other->err;
    ctx->err.text = str_dup(ctx->arena, other->err.text);
    ctx->err.notes = str_dup(ctx->arena, other->err.notes);
    return ctx->err.rc;
}

void ctx_warn(Ctx *ctx, WarningLevel level, ErrId id, const char *format, ...)
{
    Warning *warning = ARENA_NEW(ctx->arena, Warning);
    va_list args;
    va_start(args, format);
    warning->text = str_vprintf(ctx->arena, format, args);
    va_end(args);
    warning->level = level;
    warning->mysql_number = err_info(id)->mysql_number;
    if (ctx->last_warning)
        ctx->last_warning->next = warning;
    else
        ctx->warnings = warning;
    ctx->last_warning = warning;
    ctx->warning_count++;
}

Rc ctx_poll(Ctx *ctx)
{
    if (ctx->cancel && atomic_load(&ctx->cancel->is_asked)) return FAIL(ctx, CANCELLED);
    if (ctx->deadline_ms && clock_steady_ms() > ctx->deadline_ms) return FAIL(ctx, TIMEOUT);
    return RC_OK;
}

void must_tell(Str activity)
{
    thread_activity = activity;
}

void must_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "kintsugid: BUG: %s is false at %s:%d, while doing: %.*s\n", condition, file,
            line, STR_ARG(thread_activity));
    abort();
}
