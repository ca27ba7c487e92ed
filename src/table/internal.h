#ifndef TABLE_INTERNAL_H
#define TABLE_INTERNAL_H
#include "base/lock.h"
#include "base/vec.h"
#include "table/group.h"
#include "table/route.h"
#include "table/table.h"

// What the files of table/ share; nobody else includes it.

enum { ROWSETS_PER_FOLDER = 1024, BATCH_GROUPS = 64 };

typedef struct StoreThread {
    pthread_t id;
    bool is_started;
} StoreThread;

enum { MOST_TURNED = 10000, MOST_DAMAGED = 10000, REASON_BYTES = 512 };

// A table that a writer or the compactor itself has asked to be compacted.
typedef struct Tended {
    StoredTable table;
    uint64_t asked;    // when it asked, as a number in order; 0: it does not
    int64_t retry_ms;  // on clock_steady_ms(): not before, after a failure
} Tended;

// What compaction did with a partition since the start.
typedef struct Turned {
    StoredTable table;
    uint64_t partition_id;
    uint64_t runs, rowsets, bytes, failures;
    int64_t last_ms, last_took_ms;
    char error[REASON_BYTES];  // of the last turn; not terminated
    size_t error_len;
} Turned;

// A file that is known not to hold what its digest says.
typedef struct Damage {
    StoredTable table;
    uint64_t partition_id, rowset_id, size_bytes;
    int64_t found_ms;
    char reason[REASON_BYTES];
    size_t reason_len;
} Damage;

struct TableStore {
    Str data_dir;  // these three in `arena`, never changed after open
    Str rowsets_dir;
    Str staging_dir;
    Arena *arena;
    Catalog *catalog;
    Engine *engine;
    Engine *background;
    Clock *clock;
    TableStoreOptions options;  // with defaults filled in
    atomic_ullong next_insert;

    Group publishing;             // table/publish
    Group batches[BATCH_GROUPS];  // table/batch; a table's by its id

    Lock lock;                // RANK_LEAF; guards the rest
    uint64_t *known_folders;  // of rowsets/ that are durable; sorted by first use
    size_t known_count, known_cap;
    struct NewParts *new_parts;  // of statements that run
    uint64_t next_token;
    bool is_stopping, is_woken;
    Tended *tended;
    size_t tended_count, tended_cap;
    Turned *turned;  // at most MOST_TURNED
    size_t turned_count, turned_cap;
    Damage *damaged;  // at most MOST_DAMAGED
    size_t damaged_count, damaged_cap;
    ScrubInfo scrub;
    uint64_t asked;       // the last number given out
    uint64_t compacting;  // a table's id; 0: none
    int64_t warned_ms;
    Signal wake;
    StoreThread collector, compactor, scrubber;
    Cancel cancel;  // of what these three do

    atomic_size_t damaged_known;  // damaged_count, to be read without the lock
    atomic_ullong inserted_rowsets, collected_files, compacted_rowsets, scrubbed_files,
        damaged_files, delayed_writes, delayed_ms;
};

// The folder a rowset's file lies in, durable when this returns.
NODISCARD Rc store_rowset_folder(Ctx *ctx, TableStore *store, uint64_t rowset_id);
Str store_folder_path(Arena *arena, const TableStore *store, uint64_t rowset_id);
// fsync the folders of these rowsets, each once.
NODISCARD Rc store_sync_folders(Ctx *ctx, TableStore *store, const uint64_t *rowset_ids,
                                size_t count);
// Hard-link files to their ids (no replace), then fsync their folders once. Links of a failure are
// taken back.
typedef struct LinkFiles {
    const StagedFile *files;
    size_t count;
    const char *point;  // fault point between the links and the fsync
} LinkFiles;
NODISCARD Rc store_link_files(Ctx *ctx, TableStore *store, const LinkFiles *links);
// A Ctx for cleaning up after a failure or a cancel: neither stops it.
Ctx store_quiet_ctx(Ctx *ctx);

// --- maintenance
NODISCARD Rc maintain_start(Ctx *ctx, TableStore *store);
void maintain_stop(TableStore *store);
// A sleep that the end of the store cuts short. False: the store closes.
bool maintain_pause(TableStore *store, int64_t wait_ms);
// Ids of all tables now; no snapshot is kept, so that long work does not hold old files.
size_t maintain_list_tables(Arena *arena, TableStore *store, StoredTable **out);
// A partition of the table has got many small rowsets: compaction looks at it soon.
void maintain_tell(TableStore *store, StoredTable table);
// Called by a writer whose rows are in: waits, at most options.slow_ms, while a partition of the
// table has options.slow_rowsets small rowsets or more. Never fails.
void maintain_slow_down(Ctx *ctx, TableStore *store, StoredTable table);
// Reads all files once. False: the store closes.
bool scrub_all(TableStore *store);

// --- damage (table/scrub). A known one is not read by queries and not merged.
typedef struct RowsetPlace {
    StoredTable table;
    uint64_t partition_id;
    const RowsetInfo *rowset;
} RowsetPlace;
// table_verify_rowset, and what it finds is remembered: damage, or that there is none any more.
NODISCARD Rc damage_verify(Ctx *ctx, TableStore *store, const RowsetPlace *place);
void damage_remember(TableStore *store, const RowsetPlace *place, Str reason);
void damage_forget(TableStore *store, uint64_t rowset_id);
// Costs one load while there is none. *reason in `arena`.
bool damage_find(Arena *arena, TableStore *store, uint64_t rowset_id, Str *reason);
bool damage_is_known(TableStore *store, uint64_t rowset_id);

// Whether a partition of the table has more small rowsets than options.compact_min_rowsets.
bool compact_is_due(TableStore *store, StoredTable table);
// Small rowsets of the partition that has most of them.
size_t compact_most_small(TableStore *store, StoredTable table);
size_t compact_small_count(TableStore *store, const Partition *partition);
// Whether it has more small rowsets than the store allows, or one with many dead rows.
bool compact_partition_is_due(TableStore *store, const TableDef *def, const Partition *partition);
// One turn of table_compact.
typedef struct Compacted {
    uint64_t partition_id;  // 0: none was picked
    size_t rowset_count;    // merged; 0: nothing was to be done
    uint64_t bytes_read, bytes_written;
    int64_t took_ms;
} Compacted;
NODISCARD Rc compact_slice(Ctx *ctx, TableStore *store, EngineConn *conn, StoredTable table,
                           Compacted *out);

// --- sets of rows in SQL (deletes.c): kg_alive(sets, file_index, file_row_number), kg_set(sets,
// file_index), kg_mark(kg_set, kg_row). They find sets by number, which live as long as somebody
// holds them: what is deleted, as long as the snapshot that the statement pins.
NODISCARD Rc deletes_register(Ctx *ctx, Engine *engine);
// The constant that names the sets of a list of files; NULL: no row of that file.
void deletes_print_sets(Buf *out, const Positions *const *sets, size_t count);

// --- what a statement deletes (marks.c; struct Marks in table.h)
// Marks the rows that `relation`, with columns kg_set and kg_row, names; *found: those that were
// not marked yet.
NODISCARD Rc marks_run(Ctx *ctx, EngineConn *conn, Str relation, uint64_t *found);
typedef struct ChangeList {
    RowsetChange *at;
    size_t count;
} ChangeList;
// The delete vectors of what was marked, in the changes of their partitions.
void marks_add_changes(Ctx *ctx, const Marks *marks, uint64_t table_id, ChangeList *list);
// --- rows as they lie in files, and rows of AGGREGATE KEY tables merged
// "SELECT .. UNION ALL SELECT ..": the columns of the scan from every file of its partitions. With
// `is_ordered` also kg_order, BIGINT: greater in later rowsets of a partition. Without columns
// there is one, c0, and a file is read only for what the catalog does not know.
NODISCARD Rc scan_print_rows(Ctx *ctx, TableStore *store, const Scan *scan, bool is_ordered,
                             Buf *out);
// Whether rows of the partition may share a key. False for other kinds of keys.
bool merge_is_needed(const TableDef *def, const Partition *partition);
// The whole hole, with parentheses.
NODISCARD Rc merge_print_scan(Ctx *ctx, TableStore *store, const Scan *scan, Buf *out);
// SELECT of these columns, one row for each key, over `rows`: a SELECT of all key columns, the
// values wanted, and kg_order if merge_needs_order().
typedef struct MergeColumns {
    const Column *const *at;
    size_t count;
} MergeColumns;
void merge_print(Buf *out, const Schema *schema, const MergeColumns *wanted, Str rows);
bool merge_needs_order(const Column *const *columns, size_t count);

// What compaction merges next: whole runs of sequences side by side. NULL: nothing is worth it. A
// slice of one run is rewritten because its key columns were others.
Partition *merge_cut_slice(Arena *arena, const TableStore *store, const TableDef *def,
                           const Partition *partition);
// kg_auto_increment(table id) for plan/insert (counter.c).
NODISCARD Rc counter_register(Ctx *ctx, TableStore *store);

// --- columns at rest
// "<value> AS c<id>": `column` of the current schema, read from a file of `schema`. Errors:
// NOT_SUPPORTED (a default that is no constant).
NODISCARD Rc evolve_print_column(Ctx *ctx, Buf *out, const TableDef *def, const Schema *schema,
                                 const Column *column);
// `sql`, an operand of this type, from how queries have it to how it lies in the file, or back.
void rest_print_value(Buf *out, Type type, Str sql, bool is_to_file);
// "c7" as it lies in the file: LARGEINT as UUID, inside other types too.
void rest_print_column(Buf *out, const Column *column);
// "c1, c2": the sort key in the names of files; nothing when the table has none.
void rest_print_sort(Buf *out, const TableDef *def);

// --- writing rowsets: the engine's answer becomes files with ids, which a transaction then
// publishes
typedef struct WrittenFile {
    Str path;   // staged, later the rowset's own
    size_t at;  // index into route->partitions
    RowsetInfo info;
} WrittenFile;

typedef struct RowsetWrite {
    TableStore *store;
    EngineConn *conn;
    const Route *route;
    Str sql;  // columns c<file id>; and kg_part, when is_parted
    bool is_parted;
    bool is_small;  // a few rows: one file, without a folder of its own
    // made by write_rowsets
    Str dir;
    VEC(WrittenFile) files;  // by partition, then in order of writing
    size_t placed_count;     // of them bear their ids
} RowsetWrite;
// Everything up to the transaction: files are durable and bear their names, which publish_together
// makes durable too; no row names them.
NODISCARD Rc write_rowsets(Ctx *ctx, RowsetWrite *write);
// Per file the id of the partition of `now` that its rows belong to; 0: that is still to be made.
NODISCARD Rc write_partition_ids(Ctx *ctx, const RowsetWrite *write, const Table *now,
                                 uint64_t **out);
// Partitions that `write` needs and the table has not yet, in the transaction that publishes it.
NODISCARD Rc write_new_partitions(Ctx *ctx, CatalogTxn *txn, uint64_t database_id,
                                  const RowsetWrite *write);
// The changes of `write`, one per partition, in ctx->arena.
RowsetChange *write_changes(Ctx *ctx, const RowsetWrite *write, size_t *count);
// In the transaction of an INSERT OVERWRITE that nobody shares: RECOVER .. FROM OVERWRITE undoes
// it.
NODISCARD Rc overwrite_note(Ctx *ctx, CatalogTxn *txn, TableStore *store, uint64_t table_id);
// The same where rows are overwritten: old ones end, also in partitions that get none. `now`: the
// table in the transaction's own view.
RowsetChange *overwrite_changes(Ctx *ctx, const TableInsert *insert, const RowsetWrite *write,
                                const Table *now, size_t *count);
// Removes what is staged and, unless committed, the files at their places. Logs what it cannot do.
void write_end(Ctx *ctx, RowsetWrite *write, bool is_committed);

// The ids of all files, in ctx->arena.
uint64_t *write_ids(Ctx *ctx, const RowsetWrite *write);

// One transaction for `change`, or for several writers' at once, behind the fsync of the folders of
// the rowsets that it adds. `change` makes all of the writer's changes; it may be called by another
// thread while this one waits, and again when it failed or another's did.
typedef struct Publish {
    Rc (*change)(Ctx *ctx, CatalogTxn *txn, void *handle);
    void *handle;
    const uint64_t *ids;
    size_t id_count;
} Publish;
NODISCARD Rc publish_together(Ctx *ctx, TableStore *store, const Publish *publish);
// In a transaction that nobody shares: undo takes it back as a whole.
NODISCARD Rc publish_alone(Ctx *ctx, TableStore *store, const Publish *publish);

// One INSERT, not shared with others.
NODISCARD Rc insert_rows(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert,
                         uint64_t *row_count);
// Whether its rows may share a file with those of others: then batch_insert does so.
bool batch_may(const TableInsert *insert);
NODISCARD Rc batch_insert(Ctx *ctx, TableStore *store, EngineConn *conn, const TableInsert *insert,
                          uint64_t *row_count);

// INSERT into a table where rows replace others (upsert.c); `write` has all but the SQL.
NODISCARD Rc upsert_rows(Ctx *ctx, const TableInsert *insert, const RowsetWrite *write,
                         uint64_t *row_count);
// After a commit: compaction is told of partitions that want it, and a writer waits a while where
// it cannot keep up.
void insert_look_after(Ctx *ctx, const RowsetWrite *write, StoredTable ref);
// SELECT of the columns at rest over routed rows of `sql`, in the order that they are written in.
Str insert_print_rows(Ctx *ctx, const Route *route, Str sql);

// The table in the transaction's own view. Errors: UNKNOWN_TABLE; SCHEMA_CHANGED when its current
// schema is not the one that `planned` has.
NODISCARD Rc write_check_table(Ctx *ctx, CatalogTxn *txn, uint64_t database_id,
                               const Table *planned);
// The same in any snapshot.
NODISCARD Rc write_find_table(Ctx *ctx, const CatalogSnapshot *snapshot, uint64_t database_id,
                              const Table *planned, const Table **out);
uint64_t write_row_count(const RowsetWrite *write);

#endif
