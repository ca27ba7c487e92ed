/*
 * exec/zone: the time zone of a session.
 *
 * Form    the engine knows the zones: it is asked whether a name is one, and what time it is
 *         there. A session that never sets time_zone costs nothing.
 * Errors  UNKNOWN_TIME_ZONE, those of the engine.   Threads  the session's.
 */
#include "exec/zone.h"
#include "exec/variables.h"
#include "io/file.h"
#include <stdlib.h>
#include <unistd.h>

static const char ZONES_DIR[] = "/usr/share/zoneinfo/";

// TZ may hold other forms than a name; those, and names that are not installed, are not known.
Str zone_of_machine(Arena *arena)
{
    char link[512];
    Str name = str_from(getenv("TZ"));
    if (name.len == 0) {
        ssize_t len = readlink("/etc/localtime", link, sizeof(link));
        Str target = len > 0 ? (Str){link, (size_t)len} : STR("");
        ptrdiff_t at = str_find(target, STR("zoneinfo/"));
        name = at < 0 ? STR("") : str_sub(target, (size_t)at + strlen("zoneinfo/"), target.len);
    }
    if (name.len > 0 && name.ptr[0] == ':') name = str_sub(name, 1, name.len);
    Str path = str_printf(arena, "%s%.*s", ZONES_DIR, STR_ARG(name));
    bool is_name = name.len > 0 && name.ptr[0] != '/' && file_is_there(path);
    return is_name ? str_dup(arena, name) : STR("");
}

// +09:00 is Etc/GMT-9 to the engine. STR_NONE: an offset that has no such name.
static Str engine_name(Arena *arena, Str name)
{
    bool is_offset = name.len > 0 && (name.ptr[0] == '+' || name.ptr[0] == '-');
    uint64_t hours;
    if (!is_offset) return name;
    Str minutes = str_sub(name, 1, name.len);
    Str digits = str_cut(&minutes, ':');
    if (!str_to_u64(digits, &hours) || hours > 14 || !str_eq(minutes, STR("00"))) return STR_NONE;
    return str_printf(arena, "Etc/GMT%c%llu", name.ptr[0] == '+' ? '-' : '+',
                      (unsigned long long)hours);
}

// yyyy-MM-dd HH:mm:ss in a zone.
static Rc ask_engine(Ctx *ctx, EngineConn *conn, Str zone, int64_t now_ms, Str *out)
{
    SinkList list;
    Buf sql = buf_new(ctx->arena);
    sink_list_init(&list);
    buf_add(&sql, STR("SELECT strftime(timezone("));
    engine_put_string(&sql, zone);
    buf_printf(&sql, ", to_timestamp(%lld)), '%%Y-%%m-%%d %%H:%%M:%%S')",
               (long long)(now_ms / 1000));
    TRY(engine_query(ctx, conn, buf_str(&sql), NULL, &list.sink));
    must(list.row_count == 1);
    *out = list.first->cells[0];
    return RC_OK;
}

Rc zone_time(Ctx *ctx, EngineConn *conn, Str name, int64_t now_ms, Str *out)
{
    Str zone = engine_name(ctx->arena, name);
    if (zone.len == 0) return FAIL(ctx, UNKNOWN_TIME_ZONE, STR_ARG(name));
    if (ask_engine(ctx, conn, zone, now_ms, out) == RC_OK) return RC_OK;
    if (ctx->err.rc == RC_CANCELLED || ctx->err.rc == RC_TIMEOUT) return ctx->err.rc;
    ctx_clear(ctx);
    return FAIL(ctx, UNKNOWN_TIME_ZONE, STR_ARG(name));
}

Rc zone_check(Ctx *ctx, Execution *x, Str name)
{
    Str ignored;
    EngineConn *conn;
    if (str_eq_nocase(name, STR("SYSTEM"))) return RC_OK;
    TRY(session_engine(ctx, x->session, &conn));
    return zone_time(ctx, conn, name, 0, &ignored);
}

Rc zone_of_session(Ctx *ctx, Execution *x, int64_t now_ms, SessionZone *out)
{
    VariableValue value = {0};
    SessionVariables *variables = x->session->variables;
    *out = (SessionZone){STR(""), STR("")};
    must(variable_get(variables, ctx->arena, STR("time_zone"), VARIABLE_SESSION, &value));
    if (str_eq_nocase(value.text, STR("SYSTEM"))) {
        must(variable_get(variables, ctx->arena, STR("system_time_zone"), VARIABLE_GLOBAL, &value));
        out->zone = value.text;
        return RC_OK;
    }
    EngineConn *conn;
    out->zone = engine_name(ctx->arena, value.text);
    TRY(session_engine(ctx, x->session, &conn));
    return ask_engine(ctx, conn, out->zone, now_ms, &out->now_text);
}
