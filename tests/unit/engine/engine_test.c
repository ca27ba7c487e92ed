// Start, spill folder, functions of other layers, many connections at once.
#include "fixture.h"
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

static bool exists(Ctx *t, Str dir, const char *name)
{
    return access(str_z(t->arena, str_printf(t->arena, "%.*s/%s", STR_ARG(dir), name)), F_OK) == 0;
}

static void make(Ctx *t, Str dir, const char *name)
{
    CHECK_INT(0, mkdir(str_z(t->arena, str_printf(t->arena, "%.*s/%s", STR_ARG(dir), name)), 0700));
}

TEST(engine_clears_what_a_killed_run_spilled)
{
    Str dir = test_dir(t);
    make(t, dir, "engine-77-1");
    make(t, dir, "engine-77-1/deep");
    make(t, dir, "other");
    EngineOptions options = {.spill_dir = dir};
    Engine *engine = NULL;
    CHECK_RC(RC_OK, engine_open(t, &options, &engine));
    CHECK(!exists(t, dir, "engine-77-1"));
    CHECK(exists(t, dir, "other"));
    engine_close(engine);
}

TEST(engine_refuses_a_spill_folder_that_cannot_be)
{
    EngineOptions options = {.spill_dir = STR("/proc/nowhere/spill")};
    Engine *engine = NULL;
    CHECK_ERR(FILE_ERROR, engine_open(t, &options, &engine));
}

TEST(engine_quotes_text_and_names)
{
    Buf out = buf_new(t->arena);
    engine_put_string(&out, STR("it's"));
    engine_put_name(&out, STR("a\"b"));
    CHECK_STR("'it''s'\"a\"\"b\"", buf_str(&out));
}

// --- functions of other layers

typedef struct Bitmap {
    uint64_t dead;
} Bitmap;

static Rc run_alive(Ctx *ctx, EngineCall *call)
{
    const Bitmap *bitmap = engine_call_handle(call);
    const int64_t *row_number = engine_arg_data(call, 0);
    bool *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        if (row_number[row] >= 64)
            return FAIL(ctx, BAD_VALUE, STR_ARG(STR("row")), STR_ARG(STR("too large")),
                        STR_ARG(STR("r")));
        out[row] = !(bitmap->dead >> row_number[row] & 1);
    }
    return RC_OK;
}

TEST(engine_calls_functions_of_other_layers)
{
    Fixture fixture = fixture_open(t, 0);
    Bitmap bitmap = {.dead = 1u << 3 | 1u << 5};
    EngineScalar alive = {.name = "t_alive",
                          .params = {ENGINE_BIGINT},
                          .param_count = 1,
                          .result = ENGINE_BOOLEAN,
                          .run = run_alive,
                          .handle = &bitmap};
    CHECK_RC(RC_OK, engine_register_scalar(t, fixture.engine, &alive));
    CHECK_SQL("5", "SELECT count(*) FROM range(7) t(x) WHERE t_alive(x)");
    CHECK_SQL("NULL", "SELECT t_alive(NULL)");
    CHECK_SQL_ERR(BAD_VALUE, "Incorrect row value: 'too large' for column 'r'",
                  "SELECT count(*) FROM range(100) t(x) WHERE t_alive(x)");
    fixture_close(&fixture);
}

// --- many at once

typedef struct Worker {
    Engine *engine;
    pthread_t thread;
    int done;
} Worker;

static void *work(void *arg)
{
    Worker *worker = arg;
    for (int i = 0; i < 20; i++) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx;
        ctx_init(&ctx, arena, NULL);
        EngineConn *conn = NULL;
        SinkList list;
        sink_list_init(&list);
        bool is_done = engine_conn_open(&ctx, worker->engine, &conn) == RC_OK &&
                       engine_query(&ctx, conn,
                                    STR("SELECT sum(strlen(kg_concat('a', x::VARCHAR))) "
                                        "FROM range(20000) t(x)"),
                                    NULL, &list.sink) == RC_OK &&
                       str_eq(list.first->cells[0], STR("108890"));
        worker->done += is_done;
        engine_conn_close(conn);
    }
    return NULL;
}

TEST(engine_serves_many_connections)
{
    Fixture fixture = fixture_open(t, 0);
    Worker workers[4] = {{0}};
    for (int i = 0; i < 4; i++) {
        workers[i].engine = fixture.engine;
        CHECK_INT(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(workers[i].thread, NULL);
        CHECK_INT(20, workers[i].done);
    }
    fixture_close(&fixture);
}
