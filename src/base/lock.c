/*
 * base/lock: mutexes with ranks, and conditions on the steady clock.
 *
 * Errors  none: a failing mutex is our own mistake.
 * Threads each thread remembers the highest rank it holds (builds without NDEBUG).
 */
#include "base/lock.h"
#include "base/ctx.h"
#include <errno.h>
#include <time.h>

#ifndef NDEBUG
static _Thread_local int held[RANK_COUNT];

static void rank_enter(LockRank rank)
{
    for (int higher = (int)rank; higher < RANK_COUNT; higher++) must(held[higher] == 0);
    held[rank] = 1;
}

static void rank_leave(LockRank rank)
{
    must(held[rank] == 1);
    held[rank] = 0;
}
#else
#define rank_enter(rank) ((void)(rank))
#define rank_leave(rank) ((void)(rank))
#endif

void lock_init(Lock *lock, LockRank rank)
{
    must(pthread_mutex_init(&lock->mutex, NULL) == 0);
    lock->rank = rank;
}

void lock_close(Lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
}

void lock_take(Lock *lock)
{
    rank_enter(lock->rank);
    must(pthread_mutex_lock(&lock->mutex) == 0);
}

void lock_give(Lock *lock)
{
    must(pthread_mutex_unlock(&lock->mutex) == 0);
    rank_leave(lock->rank);
}

void signal_init(Signal *signal)
{
    pthread_condattr_t attributes;
    must(pthread_condattr_init(&attributes) == 0);
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0);
    must(pthread_cond_init(&signal->cond, &attributes) == 0);
    pthread_condattr_destroy(&attributes);
}

void signal_close(Signal *signal)
{
    pthread_cond_destroy(&signal->cond);
}

bool signal_wait(Signal *signal, Lock *lock, int64_t wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + wait_ms % 1000 * 1000000;
    until.tv_sec += wait_ms / 1000 + nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    rank_leave(lock->rank);
    int error = pthread_cond_timedwait(&signal->cond, &lock->mutex, &until);
    rank_enter(lock->rank);
    return error != ETIMEDOUT;
}

void signal_wake_all(Signal *signal)
{
    pthread_cond_broadcast(&signal->cond);
}
