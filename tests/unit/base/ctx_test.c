// Errors, hints, notes, warnings, cancel, deadline; must(); named faults; ranks of locks.
#include "base/ctx.h"
#include "base/fault.h"
#include "base/lock.h"
#include "base/log.h"
#include "check.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(ctx_carries_what_the_user_is_told)
{
    CHECK_INT(RC_NOT_FOUND, FAIL(t, UNKNOWN_TABLE, STR_ARG(STR("t"))));
    CHECK_STR("Unknown table 't'", t->err.text);
    CHECK_INT(5502, t->err.mysql_number);
    CHECK_STR("42602", t->err.sqlstate);
    ctx_hint(t, " (%d tables there)", 3);
    CHECK_STR("Unknown table 't' (3 tables there)", t->err.text);
    CHECK_INT(RC_NOT_FOUND, note(t, RC_NOT_FOUND, "looking %s", "here"));
    CHECK_INT(RC_OK, note(t, RC_OK, "nothing failed"));
    (void)note(t, RC_NOT_FOUND, "called there");
    CHECK_STR("looking here; called there", t->err.notes);
    CHECK_INT(RC_INVALID, FAIL_AT(t, 3, 14, SYNTAX, STR_ARG(STR("x"))));
    CHECK_INT(3, t->err.line);
    CHECK_INT(14, t->err.column);
    CHECK_STR("", t->err.notes.ptr ? t->err.notes : STR(""));  // a new failure begins anew
    ctx_clear(t);
    CHECK_INT(ERR_NONE, t->err.id);
}

TEST(ctx_takes_over_a_failure)
{
    Arena *arena = arena_new();
    Ctx inner;
    ctx_init(&inner, arena, NULL);
    CHECK_INT(RC_BUG, FAIL(&inner, BUG, "oh"));
    CHECK_INT(RC_BUG, ctx_take(t, &inner));
    arena_free(arena);
    CHECK_STR("Internal error: oh", t->err.text);
    ctx_clear(t);
}

TEST(ctx_collects_warnings_in_order)
{
    WARN(t, COMMON, STR_ARG(STR("one")));
    ctx_warn(t, WARNING_NOTE, ERR_COMMON, ERRTEXT_COMMON, STR_ARG(STR("two")));
    CHECK_INT(2, t->warning_count);
    CHECK_STR("one", t->warnings->text);
    CHECK_INT(5064, t->warnings->mysql_number);
    CHECK_STR("two", t->warnings->next->text);
    CHECK_INT(WARNING_NOTE, t->warnings->next->level);
    CHECK_INT(ERR_NONE, t->err.id);
}

TEST(ctx_polls)
{
    Cancel cancel = {false};
    t->cancel = &cancel;
    CHECK_RC(RC_OK, ctx_poll(t));
    t->deadline_ms = clock_steady_ms() - 1;
    CHECK_ERR(TIMEOUT, ctx_poll(t));
    atomic_store(&cancel.is_asked, true);
    CHECK_ERR(CANCELLED, ctx_poll(t));  // before the deadline
}

// What the code returns for an error is what its line says, for every error.
TEST(errors_are_complete)
{
    for (ErrId id = ERR_NONE + 1; id < ERR_COUNT; id++) {
        const ErrInfo *info = err_info(id);
        CHECK(info->rc != RC_OK && info->mysql_number > 0 && strlen(info->sqlstate) == 5);
        CHECK(info->name[0] && info->text[0]);
        for (ErrId other = id + 1; other < ERR_COUNT; other++)
            CHECK(strcmp(info->name, err_info(other)->name) != 0);
    }
}

static int run_child(void (*run)(void))
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        freopen("/dev/null", "w", stderr);
        run();
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return status;
}

static void fail_must(void)
{
    must_tell(STR("a test"));
    must(1 + 1 == 3);
}

TEST(must_aborts)
{
    int status = run_child(fail_must);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static Lock writer, leaf;

static void lock_in_order(void)
{
    lock_take(&writer);
    lock_take(&leaf);
    lock_give(&leaf);
    lock_give(&writer);
}

static void lock_against_order(void)
{
    lock_take(&leaf);
    lock_take(&writer);
}

TEST(locks_keep_their_ranks)
{
    lock_init(&writer, RANK_WRITER);
    lock_init(&leaf, RANK_LEAF);
    CHECK_INT(0, run_child(lock_in_order));
#ifndef NDEBUG
    CHECK(WIFSIGNALED(run_child(lock_against_order)));
#endif
    lock_close(&writer);
    lock_close(&leaf);
}

TEST(locks_signal_waits_for_its_time)
{
    Lock lock;
    Signal signal;
    lock_init(&lock, RANK_LEAF);
    signal_init(&signal);
    lock_take(&lock);
    int64_t start_ms = clock_steady_ms();
    while (signal_wait(&signal, &lock, 30)) continue;
    CHECK(clock_steady_ms() - start_ms >= 29);
    lock_give(&lock);
    signal_close(&signal);
    lock_close(&lock);
}

TEST(fault_points_act_at_their_passing)
{
    fault_init("a=fail@2,b=again@2,c=nospace");
    CHECK_RC(RC_OK, fault_point(t, "other"));
    CHECK_RC(RC_OK, fault_point(t, "a"));
    CHECK_ERR_TEXT(FAULT_INJECTED, "Injected failure at a", fault_point(t, "a"));
    CHECK_RC(RC_OK, fault_point(t, "a"));
    CHECK_ERR(FAULT_AGAIN, fault_point(t, "b"));
    CHECK_ERR(FAULT_AGAIN, fault_point(t, "b"));
    CHECK_RC(RC_OK, fault_point(t, "b"));
    CHECK_ERR(DISK_FULL, fault_point(t, "c"));
    fault_init(NULL);
    CHECK_RC(RC_OK, fault_point(t, "c"));
}

static void kill_at_point(void)
{
    Ctx ctx;
    ctx_init(&ctx, arena_new(), NULL);
    fault_init("x=kill@2");
    if (fault_point(&ctx, "x") != RC_OK) _exit(1);
    if (fault_point(&ctx, "x") != RC_OK) _exit(2);
    _exit(3);
}

TEST(fault_kill_is_a_kill)
{
    int status = run_child(kill_at_point);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(fault_wait_ends_with_the_deadline)
{
    fault_init("w=wait@50");
    t->deadline_ms = clock_steady_ms() + 10;
    CHECK_ERR(TIMEOUT, fault_point(t, "w"));
    fault_init(NULL);
}

TEST(fault_specs_that_make_no_sense_are_left_out)
{
    int saved = dup(STDERR_FILENO);
    freopen("/dev/null", "w", stderr);
    fault_init("nonsense,x=explode,y=fail@0,=fail,z=fail");
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    CHECK_RC(RC_OK, fault_point(t, "x"));
    CHECK_RC(RC_OK, fault_point(t, "y"));
    CHECK_ERR(FAULT_INJECTED, fault_point(t, "z"));
    fault_init(NULL);
}

TEST(clock_stands_still_when_told)
{
    ClockFixed fixed;
    clock_fixed_init(&fixed, 5);
    CHECK_INT(5, clock_now_ms(&fixed.clock));
    fixed.at_ms = 7;
    CHECK_INT(7, clock_now_ms(&fixed.clock));
    CHECK(clock_now_ms(clock_system()) > INT64_C(1600000000000));
    char text[CLOCK_TEXT_SIZE];
    CHECK_INT(19, strlen(clock_text(INT64_C(1700000000123), text)));
}
