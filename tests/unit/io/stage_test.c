#include "base/fault.h"
#include "base/vec.h"
#include "check.h"
#include "io/file.h"
#include "io/parallel.h"
#include "io/stage.h"
#include <unistd.h>

enum { LONG = (9 << 20) + 5 };

static Str some_bytes(Ctx *t, size_t len)
{
    char *bytes = arena_alloc(t->arena, len);
    for (size_t i = 0; i < len; i++) bytes[i] = (char)(i * 2654435761u >> 13);
    return (Str){bytes, len};
}

typedef struct Fixture {
    Str dir, from, to;
    Str bytes;
    Digest digest;
} Fixture;

static Fixture setup(Ctx *t, Str dir, size_t len)
{
    Fixture f = {.dir = dir, .bytes = some_bytes(t, len)};
    f.from = file_join(t->arena, f.dir, STR("from"));
    f.to = file_join(t->arena, f.dir, STR("to"));
    f.digest = digest_bytes(f.bytes);
    CHECK_RC(RC_OK, file_write_whole(t, f.from, f.bytes));
    return f;
}

static Rc copy_file(Ctx *t, const Fixture *f, StageCopy *copy)
{
    Source from;
    Sink to;
    TRY(source_of_file(t, f->from, &from));
    CHECK_RC(RC_OK, sink_to_file(t, f->to, &to));
    copy->name = f->from;
    return stage_copy(t, &from, &to, copy);
}

TEST(stage_copies_and_hashes)
{
    Str dir = test_dir(t);
    static const size_t SIZES[] = {0, 1, 1 << 20, LONG, 17 << 20, (17 << 20) + 4096};
    for (size_t i = 0; i < COUNT_OF(SIZES); i++) {
        Fixture f = setup(t, dir, SIZES[i]);
        atomic_ullong counter = 0;
        StageCopy copy = {.expected = &f.digest, .expected_bytes = SIZES[i], .counter = &counter};
        CHECK_RC(RC_OK, copy_file(t, &f, &copy));
        CHECK_INT(SIZES[i], copy.size_bytes);
        CHECK_INT(SIZES[i], counter);
        Str found;
        CHECK_RC(RC_OK, file_read_whole(t, f.to, SIZES[i], &found));
        CHECK(str_eq(f.bytes, found));
        copy = (StageCopy){0};
        CHECK_RC(RC_OK, copy_file(t, &f, &copy));
        CHECK(digest_eq(&f.digest, &copy.digest));
    }
}

// A damaged source is named with what was expected and found; the target does not appear; the count
// goes back.
TEST(stage_refuses_other_bytes)
{
    Str dir = test_dir(t);
    static const int DAMAGE[] = {-1, 0, 1};  // shorter, changed, longer
    for (size_t i = 0; i < COUNT_OF(DAMAGE); i++) {
        Fixture f = setup(t, dir, LONG);
        Str damaged = some_bytes(t, (size_t)(LONG + DAMAGE[i]));
        if (DAMAGE[i] == 0) ((char *)(uintptr_t)damaged.ptr)[LONG / 2] ^= 1;
        CHECK_RC(RC_OK, file_write_whole(t, f.from, damaged));
        atomic_ullong counter = 100;
        StageCopy copy = {.expected = &f.digest, .expected_bytes = LONG, .counter = &counter};
        CHECK_ERR(FILE_DAMAGED, copy_file(t, &f, &copy));
        CHECK(!file_is_there(f.to));
        CHECK_INT(100, counter);
    }
}

TEST(stage_that_fails_anywhere_leaves_nothing)
{
    Str dir = test_dir(t);
    static const char *const POINTS[] = {"file.write", "stage.copied", "file.sync"};
    for (size_t p = 0; p < COUNT_OF(POINTS); p++)
        for (int n = 1;; n++) {
            Fixture f = setup(t, dir, LONG);
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=nospace@%d", POINTS[p], n)));
            atomic_ullong counter = 7;
            StageCopy copy = {.counter = &counter};
            Rc rc = copy_file(t, &f, &copy);
            fault_init(NULL);
            ctx_clear(t);
            CHECK(file_is_there(f.to) == (rc == RC_OK));
            CHECK_INT(rc == RC_OK ? 7 + LONG : 7, counter);
            CHECK_RC(RC_OK, file_remove_if_there(t, f.to));
            if (rc == RC_OK) {
                CHECK(n > 1);
                break;
            }
        }
}

TEST(stage_is_cancelled_between_buffers)
{
    Str dir = test_dir(t);
    Fixture f = setup(t, dir, LONG);
    Cancel cancel = {.is_asked = true};
    t->cancel = &cancel;
    StageCopy copy = {0};
    CHECK_ERR(CANCELLED, copy_file(t, &f, &copy));
    t->cancel = NULL;
    CHECK(!file_is_there(f.to));
}

TEST(throttle_holds_its_rate)
{
    Throttle throttle;
    throttle_init(&throttle, 10 << 20);
    int64_t start_ms = clock_steady_ms();
    for (int i = 0; i < 4; i++) CHECK_RC(RC_OK, throttle_pass(t, &throttle, 1 << 20));
    int64_t took_ms = clock_steady_ms() - start_ms;
    CHECK(took_ms >= 290);  // the first one is free, the other three cost 100 ms each
    CHECK(took_ms < 3000);
    throttle_init(&throttle, 0);
    start_ms = clock_steady_ms();
    CHECK_RC(RC_OK, throttle_pass(t, &throttle, (size_t)1 << 40));
    CHECK(clock_steady_ms() - start_ms < 200);
}

TEST(throttle_gives_way_to_cancel)
{
    Throttle throttle;
    throttle_init(&throttle, 1);
    CHECK_RC(RC_OK, throttle_pass(t, &throttle, 1000));
    t->deadline_ms = clock_steady_ms() + 30;
    int64_t start_ms = clock_steady_ms();
    CHECK_ERR(TIMEOUT, throttle_pass(t, &throttle, 1));
    CHECK(clock_steady_ms() - start_ms < 1000);
}

// --- parallel

typedef struct Work {
    atomic_int done[200];
    atomic_int live, most_live;
    size_t failing;  // index that fails; 200: none
} Work;

static Rc work_on(Ctx *ctx, void *handle, size_t index)
{
    Work *work = handle;
    int live = atomic_fetch_add(&work->live, 1) + 1;
    for (int most = atomic_load(&work->most_live); most < live;)
        if (atomic_compare_exchange_weak(&work->most_live, &most, live)) break;
    atomic_fetch_add(&work->done[index], 1);
    arena_alloc(ctx->arena, 10000);
    clock_sleep_ms(1);
    atomic_fetch_sub(&work->live, 1);
    TRY(ctx_poll(ctx));
    if (index == work->failing) return FAIL(ctx, FILE_MISSING, STR_ARG(STR("number 50")));
    return RC_OK;
}

TEST(parallel_does_each_item_once)
{
    Work work = {.failing = 200};
    CHECK_RC(RC_OK, parallel_run(t, &(Parallel){200, 4, work_on, &work}));
    for (size_t i = 0; i < 200; i++) CHECK_INT(1, work.done[i]);
    CHECK(work.most_live > 1);
    CHECK(work.most_live <= 4);
    CHECK_RC(RC_OK, parallel_run(t, &(Parallel){0, 4, work_on, &work}));
}

TEST(parallel_stops_at_the_first_failure)
{
    Work work = {.failing = 50};
    CHECK_ERR_TEXT(FILE_MISSING, "File number 50 does not exist",
                   parallel_run(t, &(Parallel){200, 4, work_on, &work}));
    CHECK_INT(1, work.done[50]);
    CHECK_INT(0, work.done[199]);
    for (size_t i = 0; i < 200; i++) CHECK(work.done[i] <= 1);
}

TEST(parallel_hears_the_callers_cancel)
{
    Work work = {.failing = 200};
    Cancel cancel = {.is_asked = true};
    t->cancel = &cancel;
    CHECK_ERR(CANCELLED, parallel_run(t, &(Parallel){200, 4, work_on, &work}));
    CHECK_INT(0, work.done[199]);
}

// tmpfs takes no direct writes: the page cache does, and nobody notices.
TEST(stage_copies_where_direct_writes_do_not_exist)
{
    Fixture f = setup(t, test_dir(t), LONG);
    f.to = str_printf(t->arena, "/dev/shm/kintsugi-stage-%d", getpid());
    StageCopy copy = {.expected = &f.digest, .expected_bytes = LONG};
    CHECK_RC(RC_OK, copy_file(t, &f, &copy));
    Str found;
    CHECK_RC(RC_OK, file_read_whole(t, f.to, LONG, &found));
    CHECK_RC(RC_OK, file_remove(t, f.to));
    CHECK(str_eq(f.bytes, found));
}
