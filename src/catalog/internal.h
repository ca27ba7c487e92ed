#ifndef CATALOG_INTERNAL_H
#define CATALOG_INTERNAL_H
#include "base/lock.h"
#include "base/vec.h"
#include "catalog/store.h"

// What the files of catalog/ share. Which lock guards what is said at each field (STYLE 5.2).

// Immutable once published, replaced as a whole.
typedef struct ClaimSet {
    Arena *arena;
    Claim *claims;
    size_t count;
} ClaimSet;

// Values [next, end) of an AUTO_INCREMENT column that this process may hand out.
typedef struct CounterRange {
    uint64_t table_id;
    int64_t next, end;
} CounterRange;

struct Catalog {
    Clock *clock;
    int64_t trash_expire_ms;
    Uuid server_uuid;

    // The writer's turn: a flag, not a held mutex, since it is waited for with cancel and deadline.
    Lock turn_lock;  // RANK_WRITER; guards the three below
    Signal turn_free;
    bool is_taken;
    pthread_t owner;

    // Touched only by the holder of the turn.
    Meta *meta;
    uint64_t last_txn;
    int64_t last_time_ms;
    uint64_t commits_since_purge;
    Uuid root;

    Lock lock;  // RANK_CATALOG; guards the rest up to tokens
    CatalogSnapshot *current;
    CatalogSnapshot *oldest;  // list of all that live, oldest first; current is the newest
    ClaimSet *claims;
    struct Recovery *holds;         // what the trash must keep, trash.c
    uint64_t trash_floor;           // what ended at or before this transaction is out of the trash
    uint64_t next_id, reserved_id;  // ids [next_id, reserved_id) are durably ours
    VEC(CounterRange) counters;     // of tables that were asked since start
    Arena *counter_arena;

    Lock token_lock;  // RANK_CLAIMS; guards the list
    Signal token_free;
    VEC(uint64_t) tokens;  // tables whose write token is out
    Arena *token_arena;
};

struct CatalogTxn {
    Catalog *catalog;
    Arena *arena;
    uint64_t number;
    int64_t time_ms;
    uint64_t job_id;
    CatalogSnapshot *work;
    bool has_changed;   // the tree
    bool is_broken;     // rows were written for a change that failed: only an abort is left
    VEC(Claim) claims;  // as they will be; texts in `arena` or in the catalog's set
    bool has_new_claims;
};

// The turn for a short look at rows. Nested in the thread's own transaction it costs nothing.
typedef struct Turn {
    Catalog *catalog;
    bool is_taken_here;
} Turn;
NODISCARD Rc turn_enter(Ctx *ctx, Catalog *catalog, Turn *turn);
void turn_leave(Turn *turn);
bool turn_is_mine(Catalog *catalog);

// Reads all live rows into a new tree.
NODISCARD Rc catalog_load(Ctx *ctx, Meta *meta, uint64_t last_txn, CatalogSnapshot **out);

// At least `spare` ids beyond those handed out are reserved on disk. The caller has the turn and no
// transaction.
NODISCARD Rc ids_reserve(Ctx *ctx, Catalog *catalog, uint64_t spare);

ClaimSet *claim_set_new(const Claim *claims, size_t count);
void claim_set_free(ClaimSet *set);
NODISCARD Rc claims_load(Ctx *ctx, Meta *meta, ClaimSet **out);

// Claims of other jobs' RESTORE in the way of a change. Errors: CLAIMED_*.
// Adding rows to a partition, or the whole table when `partition` is empty.
NODISCARD Rc claims_check_write(Ctx *ctx, const CatalogTxn *txn, Str database, Str table,
                                Str partition);
NODISCARD Rc claims_check_table(Ctx *ctx, const CatalogTxn *txn, Str database, Str table);
NODISCARD Rc claims_check_new_database(Ctx *ctx, const CatalogTxn *txn, Str database);
NODISCARD Rc claims_check_drop_database(Ctx *ctx, const CatalogTxn *txn, Str database);

// Transactions at or before the answer are out of the trash.
NODISCARD Rc trash_horizon(Ctx *ctx, Catalog *catalog, uint64_t *txn);
NODISCARD Rc trash_load_floor(Ctx *ctx, Catalog *catalog);
// Before rows that ended at or before `txn` go, in the same transaction.
NODISCARD Rc trash_raise_floor(Ctx *ctx, Catalog *catalog, uint64_t txn);

#endif
