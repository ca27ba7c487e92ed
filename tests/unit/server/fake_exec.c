/*
 * tests/unit/server/fake_exec: exec/exec.h without anything behind it; see fake_exec.h.
 *
 * Threads the list of sessions is guarded by `lock`, ranked as the real one.
 */
#include "fake_exec.h"
#include "base/lock.h"
#include "base/sink.h"
#include <openssl/sha.h>

enum { LATE_MS = 60 };

struct Instance {
    uint16_t port;
};

struct Session {
    uint32_t id;
    atomic_bool is_killed;
    Cancel cancel;
    bool is_running;
    void (*wake)(void *handle);
    void *handle;
    Session *next;
};

static Instance the_instance;
static Lock lock = {PTHREAD_MUTEX_INITIALIZER, RANK_SESSIONS};
static Session *first_session;
static uint32_t last_id;
static atomic_int open_count, cancel_count;

Instance *fake_instance(void)
{
    return &the_instance;
}

int fake_open_sessions(void)
{
    return atomic_load(&open_count);
}

int fake_cancel_count(void)
{
    return atomic_load(&cancel_count);
}

Rc instance_open(Ctx *ctx, const InstanceOptions *options, Instance **out)
{
    (void)ctx;
    the_instance.port = options->mysql_port;
    *out = &the_instance;
    return RC_OK;
}

void instance_set_port(Instance *instance, uint16_t mysql_port)
{
    instance->port = mysql_port;
}

void instance_close(Instance *instance)
{
    (void)instance;
    must(first_session == NULL);
}

Rc session_open(Ctx *ctx, Instance *instance, Str client, Session **out)
{
    (void)ctx;
    (void)instance;
    (void)client;
    Session *session = mem_alloc(sizeof(*session));
    lock_take(&lock);
    session->id = ++last_id;
    session->next = first_session;
    first_session = session;
    lock_give(&lock);
    atomic_fetch_add(&open_count, 1);
    *out = session;
    return RC_OK;
}

void session_close(Session *session)
{
    lock_take(&lock);
    Session **link = &first_session;
    while (*link != session) link = &(*link)->next;
    *link = session->next;
    lock_give(&lock);
    atomic_fetch_sub(&open_count, 1);
    free(session);
}

uint32_t session_id(const Session *session)
{
    return session->id;
}

bool session_is_killed(const Session *session)
{
    return atomic_load(&session->is_killed);
}

void session_on_kill(Session *session, void (*wake)(void *handle), void *handle)
{
    session->wake = wake;
    session->handle = handle;
}

void session_cancel(Session *session)
{
    lock_take(&lock);
    if (session->is_running) atomic_store(&session->cancel.is_asked, true);
    lock_give(&lock);
}

void session_reset(Session *session)
{
    (void)session;
}

Rc session_use(Session *session, Ctx *ctx, Str database)
{
    (void)session;
    if (str_eq(database, STR("db1"))) return RC_OK;
    return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(database));
}

// SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password)))
static bool is_reply_right(Str password, Str scramble, Str reply)
{
    unsigned char once[20], twice[20], mixed[40], last[20];
    if (password.len == 0 || reply.len != sizeof(last)) return password.len == reply.len;
    SHA1((const unsigned char *)password.ptr, password.len, once);
    SHA1(once, sizeof(once), twice);
    memcpy(mixed, scramble.ptr, 20);
    memcpy(mixed + 20, twice, 20);
    SHA1(mixed, sizeof(mixed), last);
    for (size_t i = 0; i < sizeof(last); i++) last[i] ^= once[i];
    return memcmp(last, reply.ptr, sizeof(last)) == 0;
}

Rc session_login(Session *session, Ctx *ctx, Str user, Str scramble, Str reply)
{
    (void)session;
    must(scramble.len == 20);
    if (str_eq(user, STR("root")) && is_reply_right(STR(""), scramble, reply)) return RC_OK;
    if (str_eq(user, STR("bob")) && is_reply_right(STR("secret"), scramble, reply)) return RC_OK;
    return FAIL(ctx, ACCESS_DENIED, STR_ARG(user), STR_ARG(STR("127.0.0.1")),
                reply.len > 0 ? "YES" : "NO");
}

static Rc send_rows(Ctx *ctx, RowSink *sink, uint64_t count)
{
    Type name = {.kind = TYPE_VARCHAR, .len = 20};
    SinkColumn columns[] = {{STR("id"), TYPE_OF(BIGINT), STR("t"), STR("db1")},
                            {STR("name"), name, STR(""), STR("")}};
    TRY(sink->begin(sink, ctx, columns, 2));
    for (uint64_t i = 1; i <= count; i++) {
        ArenaMark mark = arena_mark(ctx->arena);
        Str id = str_printf(ctx->arena, "%llu", (unsigned long long)i);
        Str cells[] = {id, i % 3 == 0 ? STR_NONE : str_printf(ctx->arena, "n%.*s", STR_ARG(id))};
        TRY(sink->row(sink, ctx, cells));
        TRY(ctx_poll(ctx));
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

static Rc send_cell(Ctx *ctx, RowSink *sink, Str cell)
{
    SinkColumn column = {STR("value"), {.kind = TYPE_VARCHAR, .len = 65533}, STR(""), STR("")};
    TRY(sink->begin(sink, ctx, &column, 1));
    return sink->row(sink, ctx, &cell);
}

static Rc send_fields(Ctx *ctx, RowSink *sink)
{
    SinkColumn columns[] = {{STR("Field"), TYPE_OF(VARCHAR), STR(""), STR("")},
                            {STR("Type"), TYPE_OF(VARCHAR), STR(""), STR("")}};
    Str rows[][2] = {{STR("id"), STR("bigint(20)")}, {STR("price"), STR("decimal(10, 2)")}};
    TRY(sink->begin(sink, ctx, columns, 2));
    TRY(sink->row(sink, ctx, rows[0]));
    return sink->row(sink, ctx, rows[1]);
}

static Rc kill_session(Ctx *ctx, uint64_t id)
{
    lock_take(&lock);
    Session *session = first_session;
    while (session != NULL && session->id != id) session = session->next;
    if (session != NULL) {
        atomic_store(&session->is_killed, true);
        atomic_store(&session->cancel.is_asked, true);
        session->wake(session->handle);
    }
    lock_give(&lock);
    if (session == NULL) return FAIL(ctx, UNKNOWN_THREAD, (unsigned long long)id);
    return RC_OK;
}

static Rc wait_for_cancel(Ctx *ctx)
{
    for (;;) {
        TRY(ctx_poll(ctx));
        clock_sleep_ms(5);
    }
}

static Rc run_one(Ctx *ctx, Str text, RowSink *sink, StatementResult *result)
{
    Str rest = text, word = str_cut(&rest, ' ');
    uint64_t number = 0;
    if (str_contains(text, ';')) return FAIL(ctx, SYNTAX, STR_ARG(text));
    bool has_number = str_to_u64(str_trim(rest), &number);
    if (str_eq(word, STR("OK"))) {
        result->affected_rows = number;
        result->warning_count = 1;
        result->info = STR("done");
        return RC_OK;
    }
    if (str_eq(word, STR("ROWS"))) return send_rows(ctx, sink, number);
    if (str_eq(word, STR("FLOOD"))) return send_rows(ctx, sink, UINT64_MAX);
    if (str_eq(word, STR("SLEEP")) || str_eq(word, STR("LATE"))) return wait_for_cancel(ctx);
    if (str_eq(word, STR("KILL"))) return kill_session(ctx, number);
    if (str_eq(word, STR("DESC"))) return send_fields(ctx, sink);
    if (str_eq(word, STR("BIG"))) {
        char *big = arena_alloc(ctx->arena, number);
        memset(big, 'x', number);
        return send_cell(ctx, sink, (Str){big, number});
    }
    if (str_eq(word, STR("FAIL"))) {
        if (has_number) TRY(send_rows(ctx, sink, number));
        return FAIL(ctx, BAD_DATABASE_NAME, STR_ARG(STR("x")));
    }
    if (str_starts_nocase(word, STR("select")) || str_eq(word, STR("SHOW")))
        return send_cell(ctx, sink, STR("1"));
    return FAIL(ctx, SYNTAX, STR_ARG(text));
}

Rc session_run(Session *session, Ctx *ctx, SqlText *sql, RowSink *sink, StatementResult *result)
{
    size_t all = sql->rest.len;
    Str text = sql->may_be_several ? str_cut(&sql->rest, ';') : sql->rest;
    if (!sql->may_be_several) sql->rest = STR("");
    ctx->cancel = &session->cancel;
    result->is_last = str_trim(sql->rest).len == 0;
    if (str_eq(text, STR("LATE"))) clock_sleep_ms(LATE_MS);
    lock_take(&lock);
    atomic_store(&session->cancel.is_asked, false);
    session->is_running = true;
    lock_give(&lock);
    Rc rc = str_starts(text, STR("LEN")) ? send_cell(ctx, sink, str_printf(ctx->arena, "%zu", all))
                                         : run_one(ctx, str_trim(text), sink, result);
    lock_take(&lock);
    session->is_running = false;
    lock_give(&lock);
    if (rc == RC_CANCELLED) atomic_fetch_add(&cancel_count, 1);
    return rc;
}
