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
    uint64_t epoch;        // rises from one statement to the next
    struct WatchEntry *previous, *next;
} WatchEntry;

// Interrupts statements that are cancelled or late. One thread per engine.
typedef struct Watch {
    Lock lock;  // guards what follows
    Signal signal;
    WatchEntry *first;    // the newest
    atomic_ullong epoch;  // of the newest one that was ever added; read without the lock too
    bool is_stopping, is_idle;
    pthread_t thread;
} Watch;

NODISCARD Rc watch_start(Ctx *ctx, Watch *watch);
void watch_stop(Watch *watch);
void watch_add(Watch *watch, WatchEntry *entry);
void watch_remove(Watch *watch, WatchEntry *entry);
// Every statement whose epoch is lower has ended.
uint64_t watch_oldest(Watch *watch);

// A function of another layer.
typedef struct Spec {
    EngineScalar scalar;
    struct Spec *next;
} Spec;

// States of groups, of all aggregate functions of ours (engine/aggregate).
enum { STATE_SHELVES = 16 };
typedef struct States {
    atomic_llong bytes;  // that states own
    int64_t max_bytes;
    Watch *watch;
    struct StateShelf {
        Lock lock;                   // RANK_LEAF: the list
        struct State *first, *last;  // by rising epoch
    } shelves[STATE_SHELVES];
} States;

void states_open(States *states, Watch *watch, int64_t max_bytes);
void states_close(States *states);
// Drops what statements left behind that have ended.
void states_sweep(States *states);

// An aggregate function, of this layer or another one.
typedef struct AggregateSpec {
    EngineAggregate aggregate;
    States *states;
    struct AggregateSpec *next;
} AggregateSpec;

// One call of a function of ours.
enum { CALL_MAX_ARGS = 256, ROWS_PER_WORD = 64 };
struct EngineCall {
    void *handle;
    size_t rows, arg_count;
    const void *data[CALL_MAX_ARGS];
    const uint64_t *valid[CALL_MAX_ARGS];  // NULL: no NULL in the vector
    duckdb_vector out;
    size_t out_row;       // in `out`, of the call's row 0
    void *out_data;       // of the call's row 0
    uint64_t *out_valid;  // NULL until a row is NULL
};
NODISCARD Rc call_open(Ctx *ctx, EngineCall *call, duckdb_data_chunk chunk);
// The answer goes to `out` from `first_row` on.
void call_open_out(EngineCall *call, duckdb_vector out, size_t first_row, EngineType type);
// The error of `ctx` as the library hands it through.
char *call_told(const Ctx *ctx);
duckdb_logical_type call_type(EngineType type);

struct Engine {
    Arena *arena;  // options and specs; written before statements run
    EngineOptions options;
    Lock lock;  // guards current, generation
    Instance *current;
    uint64_t generation;  // instances made so far; names the spill folder
    Spec *specs;
    AggregateSpec *aggregates;
    States states;
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

NODISCARD Rc aggregate_register(Ctx *ctx, duckdb_connection duck, AggregateSpec *spec);
// kg_sum_wrap(), in all its types.
NODISCARD Rc functions_register_sum(Ctx *ctx, duckdb_connection duck);

// The error of the library as ours. `told` is its text.
NODISCARD Rc query_fail(Ctx *ctx, EngineConn *conn, const char *told);

#endif
