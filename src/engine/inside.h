#ifndef ENGINE_INSIDE_H
#define ENGINE_INSIDE_H
#include "base/lock.h"
#include "base/vec.h"
#include "engine/engine.h"
#include <duckdb.h>

// What the files of this folder share. Nobody else includes it.

// One instance of the library. Connections keep it alive; the engine points at the current one.
typedef struct Instance {
    duckdb_database duck;
    atomic_int refs;
} Instance;

// A running statement, seen by the watcher.
typedef struct WatchEntry {
    duckdb_connection duck;
    const Cancel *cancel;  // NULL: cannot be cancelled
    int64_t deadline_ms;   // 0: none
    struct WatchEntry *previous, *next;
} WatchEntry;

// Interrupts statements that are cancelled or late. One thread per engine.
typedef struct Watch {
    Lock lock;  // guards what follows
    Signal signal;
    WatchEntry *first;
    bool is_stopping, is_idle;
    pthread_t thread;
} Watch;

NODISCARD Rc watch_start(Ctx *ctx, Watch *watch);
void watch_stop(Watch *watch);
void watch_add(Watch *watch, WatchEntry *entry);
void watch_remove(Watch *watch, WatchEntry *entry);

// A function of another layer.
typedef struct Spec {
    EngineScalar scalar;
    struct Spec *next;
} Spec;

struct Engine {
    Arena *arena;  // options and specs; written before statements run
    EngineOptions options;
    Lock lock;  // guards current, generation
    Instance *current;
    uint64_t generation;  // instances made so far; names the spill folder
    Spec *specs;
    Watch watch;
};

struct EngineConn {
    Engine *engine;
    Instance *instance;  // the one that `duck` belongs to; NULL: not connected
    duckdb_connection duck;
    WatchEntry entry;
    bool is_busy;  // a statement is under way: another would overwrite its watcher's entry
};

// Connects to the current instance if `conn` is not.
NODISCARD Rc engine_conn_ready(Ctx *ctx, EngineConn *conn);
// The instance of `conn` is broken: makes a new one unless another statement did.
void engine_restart(EngineConn *conn);

// Registers a spec, which must outlive the instance, beside others of its name.
NODISCARD Rc scalar_register(Ctx *ctx, duckdb_connection duck, const EngineScalar *spec);

// kg_sum_wrap(), in all its types.
NODISCARD Rc functions_register_sum(Ctx *ctx, duckdb_connection duck);

// The error of the library as ours. `told` is its text.
NODISCARD Rc query_fail(Ctx *ctx, EngineConn *conn, const char *told);

#endif
