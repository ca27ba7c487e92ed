/* exec: a whole instance without the wire: sessions, KILL, several statements, opening and closing.
 */
#include "base/sink.h"
#include "check.h"
#include "exec/exec.h"
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const LONG_QUERY =
    "SELECT count(*) FROM information_schema.columns a, information_schema.columns b, "
    "information_schema.columns c, information_schema.columns d, information_schema.columns e "
    "WHERE a.ORDINAL_POSITION + b.ORDINAL_POSITION + c.ORDINAL_POSITION + d.ORDINAL_POSITION + "
    "e.ORDINAL_POSITION < 3";

static Rc open_at(Ctx *t, Str dir, Instance **out)
{
    InstanceOptions options = {.data_dir = dir,
                               .version = STR("8.0.33"),
                               .version_comment = STR("Kintsugi"),
                               .bind_address = STR("127.0.0.1"),
                               .trash_expire_second = 86400,
                               .engine_memory_bytes = 1 << 30,
                               .engine_threads = 2};
    return instance_open(t, &options, out);
}

static Session *session_new(Ctx *t, Instance *instance)
{
    Session *session = NULL;
    CHECK_RC(RC_OK, session_open(t, instance, STR("127.0.0.1:1"), &session));
    CHECK_RC(RC_OK, session_login(session, t, STR("root"), STR(""), STR("")));
    return session;
}

typedef struct Answer {
    SinkList list;
    StatementResult result;
    Str rest;
} Answer;

static Rc run_text(Ctx *t, Session *session, const char *text, bool may_be_several, Answer *out)
{
    SqlText sql = {str_from(text), may_be_several};
    *out = (Answer){0};
    sink_list_init(&out->list);
    Rc rc = session_run(session, t, &sql, &out->list.sink, &out->result);
    out->rest = sql.rest;
    t->deadline_ms = 0;
    t->cancel = NULL;
    return rc;
}

static Rc run(Ctx *t, Session *session, const char *text)
{
    Answer ignored;
    return run_text(t, session, text, false, &ignored);
}

// The first cell of the answer.
static Str value(Ctx *t, Session *session, const char *text)
{
    Answer answer;
    CHECK_RC(RC_OK, run_text(t, session, text, false, &answer));
    CHECK(answer.result.has_rows && answer.list.row_count > 0);
    return answer.list.first->cells[0];
}

TEST(instance_refuses_a_folder_in_use)
{
    Instance *instance, *second;
    Str dir = test_dir(t);
    CHECK_RC(RC_OK, open_at(t, dir, &instance));
    CHECK_ERR(DATA_DIR_IN_USE, open_at(t, dir, &second));
    instance_close(instance);
    CHECK_RC(RC_OK, open_at(t, dir, &instance));
    instance_close(instance);
}

TEST(instance_keeps_its_key)
{
    Instance *instance;
    struct stat info;
    Str dir = test_dir(t);
    Str key = str_printf(t->arena, "%.*s/key", STR_ARG(dir));
    CHECK_RC(RC_OK, open_at(t, dir, &instance));
    instance_close(instance);
    CHECK_INT(0, stat(key.ptr, &info));
    CHECK_INT(0600, info.st_mode & 0777);
    CHECK_INT(32, info.st_size);
    CHECK_INT(0, truncate(key.ptr, 31));
    CHECK_ERR(KEY_FILE_DAMAGED, open_at(t, dir, &instance));
    CHECK_INT(0, unlink(key.ptr));
    CHECK_ERR(KEY_FILE_MISSING, open_at(t, dir, &instance));
}

TEST(instance_refuses_nested_folders)
{
    Instance *instance;
    Str dir = test_dir(t);
    Str inner = str_printf(t->arena, "%.*s/data", STR_ARG(dir));
    InstanceOptions options = {.data_dir = inner, .files_dirs = &dir, .files_dir_count = 1};
    CHECK_ERR(FOLDER_OVERLAP, instance_open(t, &options, &instance));
    options = (InstanceOptions){.data_dir = dir, .files_dirs = &inner, .files_dir_count = 1};
    CHECK_ERR(FOLDER_OVERLAP, instance_open(t, &options, &instance));
}

TEST(session_login_refusals)
{
    Instance *instance;
    Session *session;
    CHECK_RC(RC_OK, open_at(t, test_dir(t), &instance));
    CHECK_RC(RC_OK, session_open(t, instance, STR("127.0.0.1:1"), &session));
    CHECK_ERR(ACCESS_DENIED, session_login(session, t, STR("nobody"), STR(""), STR("")));
    CHECK_ERR(ACCESS_DENIED, session_login(session, t, STR("root"), STR(""), STR("x")));
    CHECK_ERR(UNKNOWN_DATABASE, session_use(session, t, STR("nosuch")));
    CHECK_RC(RC_OK, session_use(session, t, STR("information_schema")));
    session_close(session);
    instance_close(instance);
}

TEST(session_several_statements)
{
    Instance *instance;
    Answer answer;
    CHECK_RC(RC_OK, open_at(t, test_dir(t), &instance));
    Session *session = session_new(t, instance);
    CHECK_ERR_TEXT(SYNTAX,
                   "Getting syntax error at line 2, column 5. Detail message: Unexpected input "
                   "'SELECT', the most similar input is {<EOF>, ';'}.",
                   run(t, session, "SELECT 1;\n /**/SELECT 2"));
    CHECK_RC(RC_OK, run_text(t, session, "SELECT 1; -- end\n", false, &answer));
    CHECK(answer.result.is_last);
    CHECK_RC(RC_OK, run_text(t, session, "SELECT 1; SELECT 2;", true, &answer));
    CHECK(!answer.result.is_last);
    CHECK_STR("SELECT 2;", answer.rest);
    CHECK_RC(RC_OK, run_text(t, session, "SELECT 2;", true, &answer));
    CHECK(answer.result.is_last);
    CHECK_RC(RC_OK, run_text(t, session, " /* nothing */ ", false, &answer));
    CHECK(!answer.result.has_rows);
    session_close(session);
    instance_close(instance);
}

TEST(session_keeps_the_warnings_of_the_last_statement)
{
    Instance *instance;
    CHECK_RC(RC_OK, open_at(t, test_dir(t), &instance));
    Session *session = session_new(t, instance);
    CHECK_ERR(SYNTAX, run(t, session, "SELECT FROM"));
    CHECK_STR("Error", value(t, session, "SHOW WARNINGS"));
    CHECK_STR("Error", value(t, session, "SHOW ERRORS"));  // looking does not forget
    Answer answer;
    CHECK_RC(RC_OK, run(t, session, "SELECT 1"));
    CHECK_RC(RC_OK, run_text(t, session, "SHOW WARNINGS", false, &answer));
    CHECK_INT(0, answer.list.row_count);
    session_close(session);
    instance_close(instance);
}

typedef struct Running {
    Session *session;
    ErrId error;
    int64_t took_ms;
} Running;

static void *run_long(void *handle)
{
    Running *running = handle;
    Ctx ctx;
    SinkList list;
    StatementResult result;
    SqlText sql = {.rest = str_from(LONG_QUERY)};
    AUTO(arena_free_at) Arena *arena = arena_new();
    ctx_init(&ctx, arena, NULL);
    sink_list_init(&list);
    int64_t start_ms = clock_steady_ms();
    Rc rc = session_run(running->session, &ctx, &sql, &list.sink, &result);
    running->took_ms = clock_steady_ms() - start_ms;
    running->error = rc == RC_OK ? ERR_NONE : ctx.err.id;
    return NULL;
}

// A query in another session that would take minutes, until `kill` was run.
static Running kill_while_running(Ctx *t, Session *killer, Session *victim, const char *kill)
{
    pthread_t thread;
    Running running = {.session = victim};
    CHECK_INT(0, pthread_create(&thread, NULL, run_long, &running));
    clock_sleep_ms(300);
    CHECK_RC(RC_OK, run(t, killer, kill));
    CHECK_INT(0, pthread_join(thread, NULL));
    return running;
}

TEST(session_kill)
{
    Instance *instance;
    CHECK_RC(RC_OK, open_at(t, test_dir(t), &instance));
    Session *killer = session_new(t, instance), *victim = session_new(t, instance);
    CHECK_ERR(UNKNOWN_THREAD, run(t, killer, "KILL 4711"));
    Str kill = str_printf(t->arena, "KILL QUERY %u", session_id(victim));
    Running running = kill_while_running(t, killer, victim, kill.ptr);
    CHECK_INT(ERR_CANCELLED, running.error);
    CHECK(running.took_ms < 300 + 1000);
    CHECK(!session_is_killed(victim));
    CHECK_STR("1", value(t, victim, "SELECT 1"));  // only the query was killed

    kill = str_printf(t->arena, "KILL %u", session_id(victim));
    running = kill_while_running(t, killer, victim, kill.ptr);
    CHECK_INT(ERR_CANCELLED, running.error);
    CHECK(session_is_killed(victim));
    CHECK_ERR(CANCELLED, run(t, victim, "SELECT 1"));
    session_close(victim);
    session_close(killer);
    instance_close(instance);
}

TEST(session_timeout)
{
    Instance *instance;
    CHECK_RC(RC_OK, open_at(t, test_dir(t), &instance));
    Session *session = session_new(t, instance);
    CHECK_RC(RC_OK, run(t, session, "SET query_timeout = 1"));
    int64_t start_ms = clock_steady_ms();
    CHECK_ERR_TEXT(TIMEOUT,
                   "Query reached its timeout of 1 seconds, please increase the 'query_timeout' "
                   "session variable and retry",
                   run(t, session, LONG_QUERY));
    CHECK(clock_steady_ms() - start_ms < 2000);
    session_close(session);
    instance_close(instance);
}

typedef struct Maker {
    Instance *instance;
    int failed;
} Maker;

static void *make_things(void *handle)
{
    static const char *const TEXTS[] = {"CREATE DATABASE IF NOT EXISTS d",
                                        "CREATE TABLE IF NOT EXISTS d.t (a INT)",
                                        "DROP TABLE IF EXISTS d.t", "DROP DATABASE IF EXISTS d"};
    Maker *maker = handle;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Session *session;
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    maker->failed += session_open(&ctx, maker->instance, STR("x"), &session) != RC_OK;
    for (size_t i = 0; i < 80; i++) {
        SinkList list;
        StatementResult result;
        SqlText sql = {.rest = str_from(TEXTS[i % 4])};
        ctx_init(&ctx, arena, NULL);
        sink_list_init(&list);
        Rc rc = session_run(session, &ctx, &sql, &list.sink, &result);
        // The database of a CREATE TABLE may just have gone; nothing else may fail.
        bool is_gone = ctx.err.id == ERR_UNKNOWN_DATABASE || ctx.err.id == ERR_DATABASE_GONE;
        maker->failed += rc != RC_OK && !is_gone;
    }
    session_close(session);
    return NULL;
}

// IF [NOT] EXISTS holds also when somebody else is faster.
TEST(ddl_of_several_sessions)
{
    pthread_t threads[3];
    Maker makers[3];
    Instance *instance;
    CHECK_RC(RC_OK, open_at(t, test_dir(t), &instance));
    for (size_t i = 0; i < 3; i++) {
        makers[i] = (Maker){.instance = instance};
        CHECK_INT(0, pthread_create(&threads[i], NULL, make_things, &makers[i]));
    }
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(0, pthread_join(threads[i], NULL));
        CHECK_INT(0, makers[i].failed);
    }
    instance_close(instance);
}
