/*
 * engine/watch: makes running statements end when their Ctx is cancelled or late.
 *
 * Source  the library polls a flag that duckdb_interrupt sets; it took effect within 3 to 41 ms. A
 *         flag set before the statement begins is cleared by its beginning, so the watcher sets it
 *         again at each turn until the statement leaves the list.
 * Errors  ENGINE_START.
 * Threads one watcher; Watch.lock guards the list. duckdb_interrupt only stores a flag, so it is
 *         called under the lock: that is what keeps the connection alive meanwhile.
 */
#include "engine/inside.h"

enum { TURN_MS = 20, IDLE_MS = 60 * 1000 };

static bool is_over(const WatchEntry *entry, int64_t now_ms)
{
    if (entry->cancel && atomic_load(&entry->cancel->is_asked)) return true;
    return entry->deadline_ms && now_ms > entry->deadline_ms;
}

static void *watch_run(void *arg)
{
    Watch *watch = arg;
    lock_take(&watch->lock);
    while (!watch->is_stopping) {
        watch->is_idle = watch->first == NULL;
        signal_wait(&watch->signal, &watch->lock, watch->is_idle ? IDLE_MS : TURN_MS);
        watch->is_idle = false;
        int64_t now_ms = clock_steady_ms();
        for (WatchEntry *entry = watch->first; entry; entry = entry->next)
            if (is_over(entry, now_ms)) duckdb_interrupt(entry->duck);
    }
    lock_give(&watch->lock);
    return NULL;
}

Rc watch_start(Ctx *ctx, Watch *watch)
{
    lock_init(&watch->lock, RANK_ENGINE);
    signal_init(&watch->signal);
    if (pthread_create(&watch->thread, NULL, watch_run, watch) == 0) return RC_OK;
    signal_close(&watch->signal);
    lock_close(&watch->lock);
    return FAIL(ctx, ENGINE_START, STR_ARG(STR("no thread for its watcher")));
}

void watch_stop(Watch *watch)
{
    lock_take(&watch->lock);
    must(watch->first == NULL);
    watch->is_stopping = true;
    signal_wake_all(&watch->signal);
    lock_give(&watch->lock);
    pthread_join(watch->thread, NULL);
    signal_close(&watch->signal);
    lock_close(&watch->lock);
}

void watch_add(Watch *watch, WatchEntry *entry)
{
    lock_take(&watch->lock);
    entry->epoch = atomic_fetch_add(&watch->epoch, 1) + 1;
    entry->previous = NULL;
    entry->next = watch->first;
    if (entry->next) entry->next->previous = entry;
    watch->first = entry;
    if (watch->is_idle) signal_wake_all(&watch->signal);
    lock_give(&watch->lock);
}

void watch_remove(Watch *watch, WatchEntry *entry)
{
    lock_take(&watch->lock);
    if (entry->next) entry->next->previous = entry->previous;
    if (entry->previous)
        entry->previous->next = entry->next;
    else
        watch->first = entry->next;
    lock_give(&watch->lock);
}

uint64_t watch_oldest(Watch *watch)
{
    lock_take(&watch->lock);
    const WatchEntry *entry = watch->first;
    uint64_t oldest = atomic_load(&watch->epoch) + 1;
    for (; entry; entry = entry->next) oldest = entry->epoch;
    lock_give(&watch->lock);
    return oldest;
}
