/*
 * exec/session: one client connection: who it is, where it stands, how it is stopped.
 *
 * Errors  TOO_MANY_CONNECTIONS, ACCESS_DENIED, UNKNOWN_DATABASE, UNKNOWN_THREAD.
 * Threads a session is used by its own thread. `sessions_lock` guards the list and what SHOW
 *         PROCESSLIST and KILL read or set of others: database, user, command, running, since_ms,
 *         is_killed, wake.
 */
#include "exec/session.h"
#include "base/limits.h"
#include "exec/variables.h"

enum { RUNNING_TEXT_BYTES = 4096 };

Rc session_open(Ctx *ctx, Instance *instance, Str client, Session **out)
{
    Session *session = mem_alloc(sizeof(Session));
    session->instance = instance;
    session->arena = arena_new();
    session->warning_arena = arena_new();
    session->client = str_dup(session->arena, client);
    session->user = session->database = session->running = STR("");
    session->since_ms = clock_steady_ms();
    session->connected_ms = clock_now_ms(instance->options.clock);
    session->variables = session_variables_new(session->arena, instance->globals);
    lock_take(&instance->sessions_lock);
    bool is_full = instance->session_count >= LIMIT_CONNECTIONS;
    if (!is_full) {
        session->id = ++instance->last_session_id;
        session->next = instance->first_session;
        instance->first_session = session;
        instance->session_count++;
    }
    lock_give(&instance->sessions_lock);
    if (is_full) {
        arena_free(session->arena);
        arena_free(session->warning_arena);
        free(session);
        return FAIL(ctx, TOO_MANY_CONNECTIONS);
    }
    *out = session;
    return RC_OK;
}

void session_close(Session *session)
{
    Instance *instance = session->instance;
    lock_take(&instance->sessions_lock);
    for (Session **at = &instance->first_session; *at; at = &(*at)->next) {
        if (*at != session) continue;
        *at = session->next;
        instance->session_count--;
        break;
    }
    lock_give(&instance->sessions_lock);
    engine_conn_close(session->conn);
    arena_free(session->warning_arena);
    arena_free(session->arena);
    free(session);
}

uint32_t session_id(const Session *session)
{
    return session->id;
}

bool session_is_killed(const Session *session)
{
    lock_take(&session->instance->sessions_lock);
    bool is_killed = session->is_killed;
    lock_give(&session->instance->sessions_lock);
    return is_killed;
}

void session_on_kill(Session *session, void (*wake)(void *handle), void *handle)
{
    lock_take(&session->instance->sessions_lock);
    session->wake = wake;
    session->wake_handle = handle;
    lock_give(&session->instance->sessions_lock);
}

void session_cancel(Session *session)
{
    atomic_store(&session->cancel.is_asked, true);
}

// root without password, made at the first start, is the only user there is.
Rc session_login(Session *session, Ctx *ctx, Str user, Str scramble, Str reply)
{
    (void)scramble;
    if (!str_eq(user, STR("root")) || reply.len > 0)
        return FAIL(ctx, ACCESS_DENIED, STR_ARG(user), STR_ARG(session->client),
                    reply.len ? "YES" : "NO");
    lock_take(&session->instance->sessions_lock);
    session->user = STR("root");
    lock_give(&session->instance->sessions_lock);
    return RC_OK;
}

// Only names of databases that exist come here, and they are short.
void session_set_database(Session *session, Str name)
{
    must(name.len <= sizeof(session->database_room));
    lock_take(&session->instance->sessions_lock);
    session->database = (Str){session->database_room, name.len};
    memcpy(session->database_room, name.ptr, name.len);
    lock_give(&session->instance->sessions_lock);
}

Rc session_use(Session *session, Ctx *ctx, Str database)
{
    Str name = database;
    Str catalog = str_cut(&name, '.');
    if (name.len == 0)
        name = catalog;
    else if (!str_eq_nocase(catalog, STR("default_catalog")))
        return FAIL(ctx, UNKNOWN_CATALOG, STR_ARG(catalog));
    if (!name_is_virtual(name)) {
        const CatalogSnapshot *snapshot = catalog_pin(session->instance->catalog);
        bool is_there = catalog_find_database(snapshot, name) != NULL;
        catalog_unpin(session->instance->catalog, snapshot);
        if (!is_there) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(name));
    }
    session_set_database(session, name);
    return RC_OK;
}

void session_reset(Session *session)
{
    session_variables_reset(session->variables);
    session_set_database(session, STR(""));
}

Rc session_engine(Ctx *ctx, Session *session, EngineConn **out)
{
    if (!session->conn) TRY(engine_conn_open(ctx, session->instance->engine, &session->conn));
    *out = session->conn;
    return RC_OK;
}

void session_begin(Session *session, Str text)
{
    lock_take(&session->instance->sessions_lock);
    if (!session->is_killed) atomic_store(&session->cancel.is_asked, false);
    session->command = COMMAND_QUERY;
    session->running = str_sub(text, 0, RUNNING_TEXT_BYTES);
    session->since_ms = clock_steady_ms();
    lock_give(&session->instance->sessions_lock);
}

void session_end(Session *session)
{
    lock_take(&session->instance->sessions_lock);
    session->command = COMMAND_SLEEP;
    session->running = STR("");
    session->since_ms = clock_steady_ms();
    lock_give(&session->instance->sessions_lock);
}

static void kill_one(Session *session, bool is_query)
{
    atomic_store(&session->cancel.is_asked, true);
    if (is_query) return;
    session->is_killed = true;
    if (session->wake) session->wake(session->wake_handle);
}

Rc sessions_kill(Ctx *ctx, Instance *instance, uint64_t id, bool is_query)
{
    bool is_found = false;
    lock_take(&instance->sessions_lock);
    for (Session *at = instance->first_session; at; at = at->next) {
        if (at->id != id) continue;
        kill_one(at, is_query);
        is_found = true;
    }
    lock_give(&instance->sessions_lock);
    return is_found ? RC_OK : FAIL(ctx, UNKNOWN_THREAD, (unsigned long long)id);
}

SessionView *sessions_view(Arena *arena, Instance *instance, size_t *count)
{
    lock_take(&instance->sessions_lock);
    SessionView *views = ARENA_ARRAY(arena, SessionView, instance->session_count);
    size_t n = 0;
    for (const Session *at = instance->first_session; at; at = at->next)
        views[n++] = (SessionView){
            .id = at->id,
            .user = str_dup(arena, at->user),
            .client = str_dup(arena, at->client),
            .database = str_dup(arena, at->database),
            .command = at->command,
            .seconds = (clock_steady_ms() - at->since_ms) / 1000,
            .text = str_dup(arena, at->running),
            .connected_ms = at->connected_ms,
        };
    lock_give(&instance->sessions_lock);
    *count = n;
    return views;
}
