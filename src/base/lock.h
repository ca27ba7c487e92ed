#ifndef BASE_LOCK_H
#define BASE_LOCK_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

// Locks are taken in rising rank only; a breach aborts in builds without NDEBUG.
typedef enum LockRank {
    RANK_CONNECTIONS = 1,  // server: list of connections
    RANK_SESSIONS,         // exec: list of sessions
    RANK_JOBS,             // job: list of live jobs
    RANK_WRITER,           // catalog: the one around a SQLite transaction
    RANK_CATALOG,          // catalog: current snapshot, pins
    RANK_CLAIMS,           // catalog: write tokens
    RANK_ENGINE,           // engine: pool of connections
    RANK_LEAF,             // counters; nothing is taken below it
    RANK_COUNT
} LockRank;

typedef struct Lock {
    pthread_mutex_t mutex;
    LockRank rank;
} Lock;

void lock_init(Lock *lock, LockRank rank);
void lock_close(Lock *lock);
void lock_take(Lock *lock);
void lock_give(Lock *lock);

typedef struct Signal {
    pthread_cond_t cond;
} Signal;
void signal_init(Signal *signal);
void signal_close(Signal *signal);
// Gives the lock back while waiting. True: woken; false: wait_ms passed. Spurious wake-ups happen.
bool signal_wait(Signal *signal, Lock *lock, int64_t wait_ms);
void signal_wake_all(Signal *signal);

#endif
