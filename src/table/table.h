#ifndef TABLE_TABLE_H
#define TABLE_TABLE_H
#include "catalog/scan.h"
#include "engine/engine.h"

// Data at rest: rowset files below the data folder (DESIGN section 4).
typedef struct TableStore TableStore;

typedef struct TableStoreOptions {
    Str data_dir;
    Catalog *catalog;
    Engine *engine;
    Clock *clock;
} TableStoreOptions;

// Checks or writes root.json, sweeps staging/ and rowsets/ of what no row and no unfinished job names (only here, never
// while the server runs), registers C functions with the engine. `spare_staging` names the folders of
// unfinished jobs. The lock on the data folder is the caller's (data_dir_lock below).
NODISCARD Rc table_store_open(Ctx *ctx, const TableStoreOptions *options, const uint64_t *spare_jobs, size_t spare_count, TableStore **out);
void table_store_close(TableStore *store);

// One server per data folder. Errors: DATA_DIR_IN_USE (names the folder). Held until data_dir_unlock.
typedef struct DataDirLock DataDirLock;
NODISCARD Rc data_dir_lock(Ctx *ctx, Str data_dir, DataDirLock **out);
void data_dir_unlock(DataDirLock *lock);

// The one place that knows where a rowset's file lies.
Str table_rowset_path(Arena *arena, const TableStore *store, uint64_t rowset_id);

// The text of a hole: "(SELECT c1, c2 FROM read_parquet([..]) ..)". SCAN_TABLE only.
NODISCARD Rc table_fill_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out);

// Write the answer of `sql` (all holes filled; columns c<id> of the table in order) as rowsets, one or more per partition
// touched: staging -> fsync -> digest -> rename -> fsync folder -> one catalog transaction. All or nothing.
typedef struct TableInsert {
    uint64_t database_id, table_id;
    const Table *table;              // as planned; must still have the same schema at commit
    Str sql;
    size_t partition_count;          // rows must fall into these; 0: any of the table's
    const Partition **partitions;
} TableInsert;
NODISCARD Rc table_insert(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert, uint64_t *row_count);

// Read the file and compare with the catalog. Errors: FILE_DAMAGED, FILE_MISSING naming table and path.
NODISCARD Rc table_verify_rowset(Ctx *ctx, TableStore *store, const RowsetInfo *rowset);

// --- for jobs
// The folder of a job's staged files; made on first call, durable.
NODISCARD Rc table_staging_dir(Ctx *ctx, TableStore *store, uint64_t job_id, Str *path);
NODISCARD Rc table_staging_remove(Ctx *ctx, TableStore *store, uint64_t job_id);
// Hard-link staged, verified, fsynced files to the ids given (no replace), then fsync folders once. The staged names stay
// until table_staging_remove, so that a job that crashed here finds them again; the sweep at start takes the links.
typedef struct StagedFile {
    Str path;
    uint64_t rowset_id;
} StagedFile;
NODISCARD Rc table_adopt_files(Ctx *ctx, TableStore *store, const StagedFile *files, size_t count);
// Take back files adopted for a commit that did not happen (ids that no row names).
NODISCARD Rc table_discard_files(Ctx *ctx, TableStore *store, const uint64_t *rowset_ids, size_t count);
// Column ids of a Parquet file must equal a schema's before commit (a differing id reads as NULL without an error).
NODISCARD Rc table_check_field_ids(Ctx *ctx, TableStore *store, EngineConn *conn, Str path, const Schema *schema);
int64_t table_free_bytes(const TableStore *store);

// Unlink what nobody needs any more (catalog_collectable). Called by the maintainer thread that
// table_store_open starts, and by tests.
NODISCARD Rc table_collect(Ctx *ctx, TableStore *store, size_t *removed);

#endif
