/*
 * io/parallel: one piece of work per item, on several threads.
 *
 * Errors  the first one raised by an item.
 * Threads `lock` guards next, first_error; workers share nothing else. The caller only waits.
 */
#include "io/parallel.h"
#include "base/lock.h"

enum { MAX_WORKERS = 64, POLL_MS = 20 };

typedef struct Run {
    const Parallel *parallel;
    const Ctx *caller;
    Cancel stop;  // what the workers' Ctx look at
    Lock lock;    // RANK_LEAF
    Signal ended;
    size_t next;
    int live;
    bool has_failed;
    Ctx failure;  // its arena outlives the workers
} Run;

static bool take_item(Run *run, size_t *index)
{
    lock_take(&run->lock);
    bool is_there = !run->has_failed && run->next < run->parallel->count;
    if (is_there) *index = run->next++;
    lock_give(&run->lock);
    return is_there;
}

static void report(Run *run, const Ctx *ctx)
{
    lock_take(&run->lock);
    if (!run->has_failed) {
        run->has_failed = true;
        ctx_take(&run->failure, ctx);
    }
    lock_give(&run->lock);
    atomic_store(&run->stop.is_asked, true);
}

static void *worker(void *handle)
{
    Run *run = handle;
    Arena *arena = arena_new();
    size_t index;
    while (take_item(run, &index)) {
        ArenaMark mark = arena_mark(arena);
        Ctx ctx;
        ctx_init(&ctx, arena, run->caller->clock);
        ctx.cancel = &run->stop;
        ctx.deadline_ms = run->caller->deadline_ms;
        if (run->parallel->work(&ctx, run->parallel->handle, index) != RC_OK) report(run, &ctx);
        arena_rewind(arena, mark);
    }
    arena_free(arena);
    lock_take(&run->lock);
    run->live--;
    signal_wake_all(&run->ended);
    lock_give(&run->lock);
    return NULL;
}

static void wait_for_workers(Ctx *ctx, Run *run)
{
    lock_take(&run->lock);
    while (run->live > 0) {
        signal_wait(&run->ended, &run->lock, POLL_MS);
        if (ctx->cancel && atomic_load(&ctx->cancel->is_asked))
            atomic_store(&run->stop.is_asked, true);
    }
    lock_give(&run->lock);
}

Rc parallel_run(Ctx *ctx, const Parallel *parallel)
{
    TRY(ctx_poll(ctx));
    if (parallel->count == 0) return RC_OK;
    Run run = {.parallel = parallel, .caller = ctx};
    ctx_init(&run.failure, ctx->arena, ctx->clock);
    lock_init(&run.lock, RANK_LEAF);
    signal_init(&run.ended);
    size_t wanted = parallel->workers < MAX_WORKERS ? (size_t)parallel->workers : MAX_WORKERS;
    if (wanted > parallel->count) wanted = parallel->count;
    pthread_t threads[MAX_WORKERS];
    size_t started = 0;
    run.live = (int)wanted;
    while (started < wanted && pthread_create(&threads[started], NULL, worker, &run) == 0)
        started++;
    for (size_t i = started; i < wanted; i++) {
        lock_take(&run.lock);
        run.live--;
        lock_give(&run.lock);
    }
    wait_for_workers(ctx, &run);
    for (size_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
    signal_close(&run.ended);
    lock_close(&run.lock);
    if (run.has_failed) return ctx_take(ctx, &run.failure);
    return started ? ctx_poll(ctx) : FAIL(ctx, BUG, "no thread could be started");
}
