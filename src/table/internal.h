#ifndef TABLE_INTERNAL_H
#define TABLE_INTERNAL_H
#include "base/lock.h"
#include "base/vec.h"
#include "table/route.h"
#include "table/table.h"

// What the files of table/ share; nobody else includes it.

enum { ROWSETS_PER_FOLDER = 1024 };

typedef struct StoreThread {
    pthread_t id;
    bool is_started;
} StoreThread;

struct TableStore {
    Str data_dir;  // these three in `arena`, never changed after open
    Str rowsets_dir;
    Str staging_dir;
    Arena *arena;
    Catalog *catalog;
    Engine *engine;
    Clock *clock;
    TableStoreOptions options;  // with defaults filled in
    atomic_ullong next_insert;

    Lock lock;                // RANK_LEAF; guards the rest
    uint64_t *known_folders;  // of rowsets/ that are durable; sorted by first use
    size_t known_count, known_cap;
    bool is_stopping, is_woken;
    Signal wake;
    StoreThread maintainer, scrubber;
    Cancel cancel;  // of what these two do

    atomic_ullong inserted_rowsets, collected_files, compacted_rowsets, scrubbed_files,
        damaged_files;
};

// The folder a rowset's file lies in, durable when this returns.
NODISCARD Rc store_rowset_folder(Ctx *ctx, TableStore *store, uint64_t rowset_id);
Str store_folder_path(Arena *arena, const TableStore *store, uint64_t rowset_id);
// fsync the folders of these rowsets, each once.
NODISCARD Rc store_sync_folders(Ctx *ctx, TableStore *store, const uint64_t *rowset_ids,
                                size_t count);
// A Ctx for cleaning up after a failure or a cancel: neither stops it.
Ctx store_quiet_ctx(Ctx *ctx);

NODISCARD Rc maintainer_start(Ctx *ctx, TableStore *store);
void maintainer_stop(TableStore *store);

// Whether a partition of the table has more small rowsets than options.compact_min_rowsets.
bool compact_is_due(TableStore *store, StoredTable table);

// --- columns at rest
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
    // made by write_rowsets
    Str dir;
    VEC(WrittenFile) files;  // by partition, then in order of writing
    size_t placed_count;     // of them bear their ids
} RowsetWrite;
// Everything up to the transaction: files are durable at their places, and no row names them.
NODISCARD Rc write_rowsets(Ctx *ctx, RowsetWrite *write);
// The changes of `write`, one per partition, in ctx->arena.
RowsetChange *write_changes(Ctx *ctx, const RowsetWrite *write, size_t *count);
// Removes what is staged and, unless committed, the files at their places. Logs what it cannot do.
void write_end(Ctx *ctx, RowsetWrite *write, bool is_committed);

// The table in the transaction's own view. Errors: UNKNOWN_TABLE; SCHEMA_CHANGED when its current
// schema is not the one that `planned` has.
NODISCARD Rc write_check_table(Ctx *ctx, CatalogTxn *txn, uint64_t database_id,
                               const Table *planned);

#endif
