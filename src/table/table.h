#ifndef TABLE_TABLE_H
#define TABLE_TABLE_H
#include "catalog/scan.h"
#include "engine/engine.h"

/*
 * Data at rest: rowset files below the data folder (DESIGN section 4).
 *   root.json                   whose data these are: server uuid, root uuid
 *   rowsets/<id / 1024, hex>/<id>.parquet
 *   staging/job-<job id>/       files of an unfinished job
 *   staging/insert-<n>/         files of a running statement
 * The engine must be allowed to read and write below the data folder (EngineOptions.dirs).
 * Threads: every function may be called from any thread, but table_store_open and _close.
 */
typedef struct TableStore TableStore;

typedef struct TableStoreOptions {
    Str data_dir;  // absolute; none of * ? [ ] in it (the engine would expand them)
    Catalog *catalog;
    Engine *engine;
    Engine *background;  // what compaction runs in; NULL: `engine`
    Clock *clock;
    int64_t collect_interval_ms;  // how often the maintainer looks for files to remove; 0: 10 s
    int64_t min_free_bytes;       // below so much free room the oldest trash goes; 0: never
    int64_t scrub_interval_ms;    // how often it reads all rowsets and compares digests; 0: never
    int64_t scrub_bytes_per_s;    // how fast it reads meanwhile; 0: 32 MiB
    int64_t file_bytes;           // aimed-at size of a rowset's file; 0: 128 MiB
    int compact_min_rowsets;  // small rowsets of one partition that are merged into one; 0: never
    bool compacts_by_itself;  // by a thread; otherwise only when table_compact is called
    int compact_percent;      // of the time that it may be at work; 0: 50
    int64_t compact_bytes_per_s;  // read and written meanwhile; 0: 128 MiB
    size_t slow_rowsets;          // small rowsets of a partition from which on writers wait; 0: 100
    int64_t slow_ms;              // at most so long, each time; 0: 2 s
} TableStoreOptions;

// Checks or writes root.json, sweeps staging/ and rowsets/ of what no row and no unfinished job
// names (only here, never while the server runs), starts the maintainer thread. `spare_jobs`:
// unfinished jobs, whose staging folders stay. The lock on the data folder is the caller's
// (data_dir_lock below). Errors: ROOT_MISSING, ROOT_FOREIGN (nothing was swept), DATA_DIR_NAME,
// FILE_*.
NODISCARD Rc table_store_open(Ctx *ctx, const TableStoreOptions *options,
                              const uint64_t *spare_jobs, size_t spare_count, TableStore **out);
void table_store_close(TableStore *store);  // NULL is fine

// One server per data folder. Errors: DATA_DIR_IN_USE (names the folder). Held until
// data_dir_unlock.
typedef struct DataDirLock DataDirLock;
NODISCARD Rc data_dir_lock(Ctx *ctx, Str data_dir, DataDirLock **out);
void data_dir_unlock(DataDirLock *lock);  // NULL is fine

// The one place that knows where a rowset's file lies.
Str table_rowset_path(Arena *arena, const TableStore *store, uint64_t rowset_id);

// The text of a hole: "(SELECT c1 AS c1, .. FROM read_parquet([..]) ..)". SCAN_TABLE only. A scan
// without columns becomes
// "(SELECT 1 AS c0 FROM range(n))" with as many rows as the partitions have: no file is read.
NODISCARD Rc table_fill_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out);

// How many partitions of the scan hold rows of an AGGREGATE KEY table that must be merged: those
// that compaction has not made one yet.
size_t table_merged_partitions(const Scan *scan);

// Write the answer of `sql` (all holes filled; one column c<id> per column of the table) as
// rowsets, one or more per partition touched: staging -> fsync -> digest -> rename -> fsync folder
// -> one catalog transaction. All or nothing. A few rows of constants may share file and
// transaction with those of other sessions.
typedef struct TableInsert {
    uint64_t database_id, table_id;
    const Table *table;  // as planned; must still have the same schema at commit
    Str sql;
    uint64_t literal_rows;   // `sql` is so many rows of constants; 0: anything else
    size_t partition_count;  // rows must fall into these; 0: any of the table's
    const Partition **partitions;
    bool has_token;     // the caller holds the table's write token: `sql` reads the table
    bool is_overwrite;  // what these partitions held before (all of the table but temporary ones,
                        // where none is named) ends with the same commit, and lies in the trash
    bool is_dynamic;    // .. of them only those that get rows
} TableInsert;
// Errors: NO_PARTITION (names the row's values), SCHEMA_CHANGED, CLAIMED_*, those of the engine,
// DISK_FULL. No row: nothing is committed, unless rows are overwritten: then they end. Rows of a
// UNIQUE or PRIMARY KEY table replace those of the same key; of rows with the same key the last one
// stays. *row_count: rows that `sql` answered.
NODISCARD Rc table_insert(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert,
                          uint64_t *row_count);

// What a statement deletes: a set for each rowset of some partitions, which begins as what is
// deleted of it already (Scan.sets). The partitions' snapshot stays pinned as long as the marks
// live.
typedef struct Marks {
    const Partition **partitions;
    size_t partition_count;
    Positions **sets;  // one for each rowset, in their order
    size_t set_count;
} Marks;
void marks_begin(Arena *arena, const Partition **partitions, size_t count, Marks *out);
void marks_end(Marks *marks);  // for AUTO(marks_end)

// DELETE of the rows that `sql` names by kg_set and kg_row. The caller holds the table's write
// token and pinned the marks' snapshot after it took that. *row_count: rows that are gone now.
typedef struct TableDelete {
    uint64_t database_id;
    const Table *table;
    const Marks *marks;
    Str sql;
} TableDelete;
// Errors: ROWSET_GONE (what was read ended meanwhile), SCHEMA_CHANGED, CLAIMED_*, of the engine.
NODISCARD Rc table_delete(Ctx *ctx, TableStore *store, EngineConn *conn, const TableDelete *delete,
                          uint64_t *row_count);

// Read the file and compare with the catalog. Errors: FILE_DAMAGED, FILE_MISSING naming the path.
NODISCARD Rc table_verify_rowset(Ctx *ctx, TableStore *store, const RowsetInfo *rowset);

// --- for jobs
// The folder of a job's staged files; made on first call, durable.
NODISCARD Rc table_staging_dir(Ctx *ctx, TableStore *store, uint64_t job_id, Str *path);
NODISCARD Rc table_staging_remove(Ctx *ctx, TableStore *store, uint64_t job_id);
// Hard-link staged, verified, fsynced files to the ids given (no replace), made read-only, then
// fsync folders once. The staged names stay until table_staging_remove, so that a job that crashed
// here finds them again; the sweep at start takes the links. Errors: FILE_EXISTS (an id was used),
// FILE_*; links made so far are taken back.
typedef struct StagedFile {
    Str path;
    uint64_t rowset_id;
} StagedFile;
NODISCARD Rc table_adopt_files(Ctx *ctx, TableStore *store, const StagedFile *files, size_t count);
// Take back files adopted for a commit that did not happen (ids that no row names). A file that is
// not there is fine.
NODISCARD Rc table_discard_files(Ctx *ctx, TableStore *store, const uint64_t *rowset_ids,
                                 size_t count);
// Hard-link rowsets that ended to the ids under which they live again, then fsync folders once; a
// transaction names them afterwards. Nobody may collect the old ones meanwhile (Recovery). Errors:
// FILE_MISSING, FILE_*; links made so far are taken back.
typedef struct Relink {
    uint64_t old_id, new_id;
} Relink;
NODISCARD Rc table_relink_rowsets(Ctx *ctx, TableStore *store, const Relink *links, size_t count);
// Column ids and names of Parquet files must be those of their schemas (Column.file_id) before they
// are committed. Few statements of the engine for many files. Errors: FILE_SCHEMA naming the file
// and the difference.
typedef struct FileSchema {
    Str path;
    const Schema *schema;
} FileSchema;
NODISCARD Rc table_check_files(Ctx *ctx, EngineConn *conn, const FileSchema *files, size_t count);
int64_t table_free_bytes(const TableStore *store);  // -1: unknown

// --- maintenance
// Unlink what nobody needs any more (catalog_collectable), then forget the rows. Called by the
// maintainer thread that table_store_open starts, and by tests.
NODISCARD Rc table_collect(Ctx *ctx, TableStore *store, size_t *removed);
// The oldest trash goes until so many bytes are free, or none is left; the log tells. Called by the
// maintainer thread with options.min_free_bytes, and by jobs before they fail for want of room.
NODISCARD Rc table_make_room(Ctx *ctx, TableStore *store, uint64_t free_bytes);
// Let the maintainer thread look now (after DROP .. FORCE, or the end of a job).
void table_wake_maintainer(TableStore *store);
// Merge small rowsets of the partition that has most of them, when it has more than
// options.compact_min_rowsets. The content stays the same (content_id is kept). Errors:
// FILE_DAMAGED of an input; RC_CONFLICT or RC_NOT_FOUND when the table changed meanwhile.
typedef struct StoredTable {
    uint64_t database_id, table_id;
} StoredTable;
// After a change under the write token, which was given back: compaction is told, and the writer
// waits a while where it cannot keep up.
void table_look_after(Ctx *ctx, TableStore *store, StoredTable table);
NODISCARD Rc table_compact(Ctx *ctx, TableStore *store, EngineConn *conn, StoredTable table,
                           size_t *merged);

// What compaction has done since the start, for each partition that it worked on. In `arena`.
typedef struct CompactionInfo {
    StoredTable table;
    uint64_t partition_id;  // 0: a failure before one was picked
    uint64_t runs, rowsets, bytes, failures;
    int64_t last_ms;  // wall time; 0: never
    int64_t last_took_ms;
    Str error;  // of the last turn; empty: none
} CompactionInfo;
size_t table_compactions(Arena *arena, TableStore *store, CompactionInfo **out);
// Small rowsets of a partition, which compaction merges when there are too many.
size_t table_small_rowsets(TableStore *store, const Partition *partition);
// Tables that wait for a turn, and whether one is under way.
void table_compaction_queue(TableStore *store, size_t *waiting, bool *is_running);

// Files that are known to be damaged: found by the scrubber, by compaction, or missing at the
// start. Queries that would read one fail with ROWSET_DAMAGED. In `arena`.
typedef struct DamageInfo {
    StoredTable table;
    uint64_t partition_id, rowset_id, size_bytes;
    int64_t found_ms;  // wall time
    Str reason;
} DamageInfo;
size_t table_damages(Arena *arena, TableStore *store, DamageInfo **out);

// The scrubber's round, the latest one when none is under way.
typedef struct ScrubInfo {
    bool is_running;
    uint64_t rounds;                  // that were begun
    int64_t started_ms, finished_ms;  // wall time; finished: of the round before while it runs
    uint64_t files_total, files_done, bytes_total, bytes_done;
} ScrubInfo;
ScrubInfo table_scrub_info(TableStore *store);

typedef struct TableStats {
    uint64_t inserted_rowsets, collected_files, compacted_rowsets;
    uint64_t scrubbed_files;
    uint64_t damaged_files;               // found by the scrubber, or missing at open, since start
    uint64_t delayed_writes, delayed_ms;  // by compaction that could not keep up
} TableStats;
TableStats table_stats(const TableStore *store);

#endif
