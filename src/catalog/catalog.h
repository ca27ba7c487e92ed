#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H
#include "base/ctx.h"
#include "base/positions.h"
#include "schema/model.h"

// What exists now. Readers pin an immutable snapshot; writers change it in one SQLite transaction.
// Rows are never overwritten: each has from_txn and to_txn (DESIGN section 4).

// Nodes of the tree are immutable once published. Only def and the counted fields are for readers;
// what is under `private` belongs to catalog/.
typedef struct DefHolder DefHolder;  // memory of definitions, shared by the nodes that show them

typedef struct Rowset {
    atomic_int refs;
    RowsetInfo info;
    VectorInfo vector;
    Positions *deleted;  // what the vector says; NULL: every row lives
} Rowset;

static inline uint64_t rowset_live_rows(const Rowset *rowset)
{
    return rowset->info.row_count - rowset->vector.cardinality;
}

typedef struct Partition {
    atomic_int refs;
    const PartitionDef *def;
    uint64_t version;  // visible version, from 1
    int64_t version_time_ms;
    Uuid content_id;  // new with each logical change; kept by compaction, BACKUP and RESTORE
    size_t rowset_count;
    Rowset **rowsets;                // by sequence
    uint64_t row_count, size_bytes;  // rows: those that live
    struct {
        DefHolder *holder;
        uint64_t made_by;      // the transaction that may still change this node
        uint64_t row_txn;      // from_txn of its row
        uint64_t version_txn;  // from_txn of the row of its version
    } private;
} Partition;

typedef struct Table {
    atomic_int refs;
    const TableDef *def;
    size_t partition_count;
    Partition **partitions;  // RANGE: by lower bound; otherwise in order of creation
    uint64_t row_count, size_bytes;
    struct {
        DefHolder *holder;
        uint64_t made_by;
        uint64_t row_txn;
        uint64_t *partition_ids;  // beside partitions[]: found without touching each node
    } private;
} Table;

typedef struct Database {
    atomic_int refs;
    const DatabaseDef *def;
    size_t table_count;
    Table **tables;  // by name, byte order
    struct {
        DefHolder *holder;
        uint64_t made_by;
        uint64_t row_txn;
        uint64_t *table_ids;  // beside tables[]
    } private;
} Database;

typedef struct Repository {
    atomic_int refs;
    const RepositoryDef *def;
    struct {
        DefHolder *holder;
        uint64_t row_txn;
    } private;
} Repository;

typedef struct CatalogSnapshot {
    atomic_int refs;
    uint64_t txn;  // last transaction it shows
    size_t database_count;
    Database **databases;  // by name, byte order; information_schema is not among them
    size_t repository_count;
    Repository **repositories;  // by name, byte order
    struct {
        struct CatalogSnapshot *older, *newer;  // among those that live
    } private;
} CatalogSnapshot;

typedef struct Catalog Catalog;
typedef struct Meta Meta;

typedef struct CatalogOptions {
    Str path;                     // of catalog.db
    int64_t trash_expire_second;  // rows ended less long ago are the trash
    Clock *clock;
} CatalogOptions;

// Opens or creates, checks the digest of every live row. Errors: META_*, CATALOG_DAMAGED.
NODISCARD Rc catalog_open(Ctx *ctx, const CatalogOptions *options, Catalog **out);
void catalog_close(Catalog *catalog);
Uuid catalog_server_uuid(const Catalog *catalog);  // made at first open, kept in the catalog

// --- reading
const CatalogSnapshot *catalog_pin(Catalog *catalog);
void catalog_unpin(Catalog *catalog, const CatalogSnapshot *snapshot);
// NULL: not there. Names compare case-sensitively.
const Database *catalog_find_database(const CatalogSnapshot *snapshot, Str name);
const Database *catalog_find_database_id(const CatalogSnapshot *snapshot, uint64_t id);
const Table *catalog_find_table(const Database *database, Str name);
const Table *catalog_find_table_id(const Database *database, uint64_t id);
const Partition *catalog_find_partition(const Table *table,
                                        Str name);  // case-insensitive, as StarRocks
const Partition *catalog_find_partition_id(const Table *table, uint64_t id);
const Repository *catalog_find_repository(const CatalogSnapshot *snapshot, Str name);
const Repository *catalog_find_repository_id(const CatalogSnapshot *snapshot, uint64_t id);

// --- ids: never used twice, also after a crash (reserved durably in blocks). May be called inside
// a transaction of the same thread.
NODISCARD Rc catalog_new_ids(Ctx *ctx, Catalog *catalog, size_t count, uint64_t *first);

// --- writing: one writer at a time; nothing is visible before txn_commit returned OK
typedef struct CatalogTxn CatalogTxn;

// Waits for the writer's turn with the Ctx's deadline and cancel. `job_id` 0: no job; claims of
// that job do not stand in its own way. A thread has one transaction at a time.
NODISCARD Rc catalog_begin(Ctx *ctx, Catalog *catalog, uint64_t job_id, CatalogTxn **out);
// One durable SQLite commit, then the new snapshot is published. The txn is gone afterwards,
// whatever the answer. An error from COMMIT other than busy leaves the truth unknown: the process
// stops (INV-3). After a failed txn_* that had begun to write rows only an abort is possible:
// commit then answers BUG.
NODISCARD Rc txn_commit(Ctx *ctx, CatalogTxn **txn);
void txn_abort(CatalogTxn **txn);  // NULL and already gone are fine: use with AUTO(txn_abort)
// The snapshot with this transaction's own changes in it; valid until the next change or the end.
const CatalogSnapshot *txn_view(CatalogTxn *txn);
Meta *txn_meta(CatalogTxn *txn);  // for rows of job/ that must change with it

// Every function below checks claims (DESIGN section 6) and that what it names still lives.
// Errors: DATABASE_EXISTS, DATABASE_GONE, TABLE_EXISTS, TABLE_GONE, PARTITION_EXISTS,
// PARTITION_GONE, PARTITION_RANGE_INTERSECTS, PARTITION_LIST_DUPLICATE, SCHEMA_CHANGED,
// ROWSET_GONE, POSITIONS_DAMAGED, REPOSITORY_EXISTS, REPOSITORY_GONE, DISK_FULL, and CLAIMED_*
// (jobs.md 2.4) of another job's RESTORE: TRUNCATE and DDL get CLAIMED_TABLE, whatever part of the
// table is claimed; adding rowsets gets CLAIMED_WRITE when the partition is claimed; DROP DATABASE
// gets CLAIMED_DATABASE.
NODISCARD Rc txn_create_database(Ctx *ctx, CatalogTxn *txn, const DatabaseDef *def);
NODISCARD Rc txn_drop_database(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, bool is_forced);
// Partitions come along empty. Ids in the defs are taken as given (catalog_new_ids).
typedef struct PartitionDefs {
    const PartitionDef *const *at;
    size_t count;
} PartitionDefs;
NODISCARD Rc txn_create_table(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, const TableDef *def,
                              PartitionDefs partitions);
NODISCARD Rc txn_drop_table(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, bool is_forced);
// A new definition of the same table: renamed, other properties, a schema more.
NODISCARD Rc txn_alter_table(Ctx *ctx, CatalogTxn *txn, const TableDef *def);
// Two tables of one database change their names.
NODISCARD Rc txn_swap_tables(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, uint64_t other_id);
NODISCARD Rc txn_add_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id,
                               const PartitionDef *def);
// Many at once, checked together. `is_load`: a load makes them for its rows; claims stand in its
// way as in that of the rows themselves (CLAIMED_WRITE). Errors: LIMIT_EXCEEDED as well.
NODISCARD Rc txn_add_partitions(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, PartitionDefs defs,
                                bool is_load);
NODISCARD Rc txn_drop_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, uint64_t partition_id,
                                bool is_forced);
NODISCARD Rc txn_alter_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id,
                                 const PartitionDef *def);

// The delete vector that replaces what a rowset had.
typedef struct VectorChange {
    uint64_t rowset_id;  // of the partition, or one that the change adds
    VectorInfo info;
    Str bytes;  // positions_write()
} VectorChange;

typedef struct RowsetChange {
    uint64_t table_id, partition_id;
    const RowsetInfo *add;  // sequence is set by the transaction when it is 0
    size_t add_count;
    bool is_one_write;        // all of `add` get the same sequence: they have no key in common
    bool ends_all;            // every rowset there now ends; without any to add this is TRUNCATE
    const uint64_t *end_ids;  // else these end (compaction)
    size_t end_count;
    const VectorChange *vectors;  // of rowsets that live on; each holds all that was deleted before
    size_t vector_count;
    const Uuid *content_id;  // NULL: a new random one (a logical change); else this one
    uint64_t version;        // 0: one more than now
    bool is_forced;          // what ends skips the trash
} RowsetChange;
NODISCARD Rc txn_change_rowsets(Ctx *ctx, CatalogTxn *txn, const RowsetChange *change);

NODISCARD Rc txn_create_repository(Ctx *ctx, CatalogTxn *txn, const RepositoryDef *def);
NODISCARD Rc txn_drop_repository(Ctx *ctx, CatalogTxn *txn, uint64_t repository_id);

// --- claims of jobs: (database, table, partition) names that a job will write. Kept in the
// catalog, so that they outlive a restart; they end with the job. table empty: the database name
// itself; partition empty: all of the table.
typedef enum ClaimKind { CLAIM_BACKUP, CLAIM_RESTORE } ClaimKind;
typedef struct Claim {
    ClaimKind kind;
    uint64_t job_id;
    Str database, table, partition;
} Claim;
// CLAIM_BACKUP claims only the one-job-per-database rule; reads and writes go on.
// Errors: JOB_RUNNING (`Can only run one backup or restore job of a database at same time`),
// CLAIMED_*.
NODISCARD Rc txn_add_claims(Ctx *ctx, CatalogTxn *txn, const Claim *claims, size_t count);
NODISCARD Rc txn_end_claims(Ctx *ctx, CatalogTxn *txn, uint64_t job_id);
// What unfinished jobs claim now; copies in ctx->arena. Does not wait for a writer.
NODISCARD Rc catalog_claims(Ctx *ctx, Catalog *catalog, Claim **out, size_t *count);

// --- rowsets that an unfinished job still needs, dropped or not
NODISCARD Rc txn_add_job_rowsets(Ctx *ctx, CatalogTxn *txn, uint64_t job_id,
                                 const uint64_t *rowset_ids, size_t count);
NODISCARD Rc txn_end_job_rowsets(Ctx *ctx, CatalogTxn *txn, uint64_t job_id);

// --- life of files: rowsets whose end is committed and out of the trash, that no live snapshot can
// see and no unfinished job lists. At most `max`. The caller unlinks the files, then forgets the
// rows.
NODISCARD Rc catalog_collectable(Ctx *ctx, Catalog *catalog, uint64_t *rowset_ids, size_t max,
                                 size_t *count);
NODISCARD Rc catalog_forget_rowsets(Ctx *ctx, Catalog *catalog, const uint64_t *rowset_ids,
                                    size_t count);
// All rowset ids that have a row (live, trash, listed): what a sweep at start must spare. Calls
// back per id.
NODISCARD Rc catalog_each_rowset(Ctx *ctx, Catalog *catalog,
                                 Rc (*visit)(Ctx *ctx, void *handle, uint64_t rowset_id),
                                 void *handle);
// Rowsets (trash included) with this content, for delta restore; 0: none.
NODISCARD Rc catalog_find_digest(Ctx *ctx, Catalog *catalog, const Digest *digest,
                                 uint64_t size_bytes, uint64_t *rowset_id);
// The bytes of a delete vector with this content, ended ones included, in ctx->arena; STR_NONE:
// none. Those of rowsets that an unfinished job lists are kept, whatever replaced them.
NODISCARD Rc catalog_find_vector(Ctx *ctx, Catalog *catalog, const Digest *digest, Str *bytes);

// --- write tokens: UPDATE, DELETE, upserts, overwrites and compaction of one table take turns
// (DESIGN section 4)
NODISCARD Rc catalog_take_token(Ctx *ctx, Catalog *catalog, uint64_t table_id);
void catalog_give_token(Catalog *catalog, uint64_t table_id);

// --- tables of another layer in the same file (job/): see meta_ensure. Before any transaction of
// that layer.
NODISCARD Rc catalog_ensure(Ctx *ctx, Catalog *catalog, const char *owner, int64_t version,
                            const char *sql);

// --- replicas: each rowset that is added gets one, on this storage root (its uuid is in root.json)
void catalog_set_root(Catalog *catalog, Uuid root);

// --- counters of AUTO_INCREMENT columns (counter.c)
// `count` values that nobody was given before, nor will be, also after a crash: [*first, *first +
// count). Not inside a transaction of the same thread. Errors: AUTO_INCREMENT_OVER.
NODISCARD Rc catalog_take_counter(Ctx *ctx, Catalog *catalog, uint64_t table_id, uint64_t count,
                                  int64_t *first);
// Above every value that was given so far.
NODISCARD Rc catalog_counter(Ctx *ctx, Catalog *catalog, uint64_t table_id, int64_t *next);
// At least `next` from the commit on; never back.
NODISCARD Rc txn_raise_counter(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, int64_t next);

// --- settings of the server that must be durable: key -> text
NODISCARD Rc catalog_get_setting(Ctx *ctx, Catalog *catalog, Str key,
                                 Str *out);  // STR_NONE: not set
NODISCARD Rc txn_set_setting(Ctx *ctx, CatalogTxn *txn, Str key, Str value);

#endif
