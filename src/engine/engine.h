#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H
#include "base/sink.h"

/*
 * The query engine. It holds no state of ours: it reads and writes the files that the SQL names.
 * SQL given here is always text that our own printer made (DESIGN section 4); no user's text.
 *
 * Types while a query works: BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT(LARGEINT) FLOAT DOUBLE
 * DECIMAL(p,s) DATE TIMESTAMP(DATETIME) VARCHAR(CHAR, VARCHAR, JSON) BLOB(VARBINARY, BITMAP, HLL,
 * PERCENTILE) T[](ARRAY) MAP STRUCT. At rest LARGEINT is UUID: kg_largeint_to_uuid() on the way in,
 * kg_uuid_to_largeint() on the way out. The functions kg_* that SQL may call are listed in
 * engine/functions.h.
 */
typedef struct Engine Engine;

typedef struct EngineOptions {
    int64_t memory_bytes;  // 0: 60 % of the machine. Beyond it queries spill, then fail
    int threads;           // 0: all cores
    bool forgets_files;    // keeps nothing of the files that it read: each is read once
    Str spill_dir;         // absolute; made when missing; what an earlier run left there is removed
    int64_t spill_bytes;   // 0: 90 % of what is free
    const Str *dirs;       // absolute folders below which SQL may read and write; nowhere else
    size_t dir_count;
} EngineOptions;

// Starts the engine and checks the library's version. Errors: ENGINE_VERSION, ENGINE_START.
NODISCARD Rc engine_open(Ctx *ctx, const EngineOptions *options, Engine **out);
// Every EngineConn must be closed before. NULL is fine.
void engine_close(Engine *engine);
// Forgets what the engine keeps of files that it read and that are gone since (some 6 KB each):
// statements that begin later run in a new instance, those under way end in the old one.
void engine_renew(Engine *engine);

// One per session or worker; used by one thread, one statement at a time: a sink must not run
// another one on it. Cheap (some 20 us).
typedef struct EngineConn EngineConn;
NODISCARD Rc engine_conn_open(Ctx *ctx, Engine *engine, EngineConn **out);
void engine_conn_close(EngineConn *conn);  // NULL is fine

// Runs one statement and streams its rows: sink->begin() once, then sink->row() for each. Memory
// does not grow with the answer. `columns` names and types the answer (their number must be the
// engine's); NULL: names and types are the engine's own. Cells are printed by type:
//   BOOLEAN 1|0; integers; DECIMAL with its scale
//   FLOAT, DOUBLE   the shortest text that reads back the same
//   DATE yyyy-MM-dd; DATETIME yyyy-MM-dd HH:mm:ss[.ffffff], six digits, only when not zero
//   VARBINARY raw bytes; BITMAP, HLL and PERCENTILE, named by `columns`, as NULL: StarRocks does
//   lists [1,null], maps {1:"a"}, structs {"a":1}; texts and dates inside in double quotes, JSON
//     in single ones
// Errors:
//   CANCELLED, TIMEOUT   within some 50 ms: a watcher polls what ctx names
//   ENGINE_MEMORY (RC_LIMIT), DISK_FULL
//   ENGINE_VALUE (RC_INVALID)   a value cannot be converted, is out of range ..
//   ENGINE_FILE (RC_IO)   a file is missing, unreadable, damaged or outside the folders
//   ENGINE_ERROR (RC_BUG)   SQL that the engine refuses: our printer is wrong
//   ENGINE_RESTARTED (RC_AGAIN)   the engine failed; a new one serves the next statement
//   what the sink returns, and what functions raise: a text `kg:NAME:text` from error('kg:..')
//   or from an EngineScalar or EngineAggregate becomes error NAME of errors.def
typedef struct EngineColumns {
    const SinkColumn *at;
    size_t count;
} EngineColumns;
NODISCARD Rc engine_query(Ctx *ctx, EngineConn *conn, Str sql, const EngineColumns *columns,
                          RowSink *sink);
// Statement whose rows do not matter. `changed` (may be NULL): rows written, as COPY counts them.
NODISCARD Rc engine_run(Ctx *ctx, EngineConn *conn, Str sql, int64_t *changed);

// --- functions of other layers
/*
 * Registers a scalar function for all connections, also of an instance reopened after a fatal
 * engine error. Call it before statements run. The spec is copied, its name too; `handle` stays the
 * caller's.
 */
typedef enum EngineType {
    ENGINE_BOOLEAN,       // bool
    ENGINE_TINYINT,       // int8_t
    ENGINE_SMALLINT,      // int16_t
    ENGINE_INT,           // int32_t
    ENGINE_BIGINT,        // int64_t
    ENGINE_UBIGINT,       // uint64_t
    ENGINE_HUGEINT,       // __int128
    ENGINE_FLOAT,         // float
    ENGINE_DOUBLE,        // double
    ENGINE_DATE,          // int32_t, days since 1970-01-01
    ENGINE_TIMESTAMP,     // int64_t, microseconds since 1970-01-01 00:00
    ENGINE_VARCHAR,       // engine_arg_str(), engine_out_str()
    ENGINE_BLOB,          // the same
    ENGINE_UUID,          // __int128 whose order is that of the UUID's text: top bit flipped
    ENGINE_VARCHAR_LIST,  // results of scalar functions only: engine_out_list()
    ENGINE_NOTHING,  // results only: the function never returns a value, it raises; fits any type
} EngineType;

typedef struct EngineCall EngineCall;
enum { ENGINE_MAX_PARAMS = 8 };

typedef struct EngineScalar {
    const char *name;
    EngineType params[ENGINE_MAX_PARAMS];
    size_t param_count;
    bool is_variadic;  // the last of params may come any number of times, none included
    bool takes_null;   // false: a NULL argument makes the answer NULL without a call
    bool is_volatile;  // never folded, never shared
    EngineType result;
    // Fills rows [0, call's count). Runs on many threads at once; `ctx` is scratch for this call:
    // FAIL as usual, its error becomes the statement's. With !takes_null the rows that hold a NULL
    // are NULL already (engine_out_is_null) and need no value.
    Rc (*run)(Ctx *ctx, EngineCall *call);
    void *handle;
} EngineScalar;
NODISCARD Rc engine_register_scalar(Ctx *ctx, Engine *engine, const EngineScalar *spec);

size_t engine_call_rows(const EngineCall *call);
size_t engine_call_args(const EngineCall *call);
void *engine_call_handle(const EngineCall *call);
// The whole column of an argument: an array of the C type above, one per row.
const void *engine_arg_data(const EngineCall *call, size_t arg);
bool engine_arg_is_null(const EngineCall *call, size_t arg, size_t row);
Str engine_arg_str(const EngineCall *call, size_t arg, size_t row);
// Array of the result's C type, to be written, row 0 of the call first; of no use for VARCHAR and
// BLOB.
void *engine_out_data(EngineCall *call);
bool engine_out_is_null(const EngineCall *call, size_t row);
void engine_out_null(EngineCall *call, size_t row);
// Copies the text. A VARCHAR that is no UTF-8 becomes NULL.
void engine_out_str(EngineCall *call, size_t row, Str text);
// A list of texts, each copied; STR_NONE: NULL. Each row at most once.
void engine_out_list(EngineCall *call, size_t row, const Str *items, size_t count);

/*
 * Registers an aggregate function, as engine_register_scalar() does. Each group has a state: some
 * bytes, all zero at first, aligned to 8. The engine moves them, so they hold no pointer to
 * themselves; what they own lies in malloc's memory. All of it runs on many threads at once, never
 * two on one state; every `ctx` is scratch for one call. A failure becomes the statement's, and
 * drop() still comes.
 */
typedef struct EngineAggregate {
    const char *name;
    EngineType params[ENGINE_MAX_PARAMS];
    size_t param_count;
    EngineType result;
    size_t state_bytes;
    // Rows [0, call's count), NULLs among them; states[row] is the state of that row's group.
    Rc (*update)(Ctx *ctx, EngineCall *call, void *const *states);
    // into := both. `from` stays as it is: it may be combined again.
    Rc (*combine)(Ctx *ctx, void *into, const void *from);
    // Writes the answer of a group to `row`. The state may be asked again, or updated (windows).
    Rc (*finish)(Ctx *ctx, EngineCall *call, size_t row, void *state);
    void (*drop)(void *state);  // frees what it owns, if it owns anything; NULL: it never does
    void *handle;
} EngineAggregate;
NODISCARD Rc engine_register_aggregate(Ctx *ctx, Engine *engine, const EngineAggregate *spec);

// What `state` owns is `bytes` now: to be told when it grows, so that all states together stay
// within a quarter of the engine's memory. Errors: ENGINE_MEMORY.
NODISCARD Rc engine_state_owns(Ctx *ctx, void *state, size_t bytes);

// --- Parquet
// How rowset files are written: COPY (<sql>) TO '<path>' (<options>). What the library does
// (1.5.6):
// - The same rows in the same order give the same bytes, with any number of threads.
// - Nothing is fsynced. A file stands under its final name at once; an error removes it, an
//   interrupt leaves it.
// - PARTITION_BY writes <path>/<column>=<value>/data_<n>.parquet without that column inside
//   (NULL: __HIVE_DEFAULT_PARTITION__). Over some 100 partitions one may get several files.
// - FILE_SIZE_BYTES writes <path>/data_<n>.parquet, cut between row groups; not with PARTITION_BY.
// - FIELD_IDS must name columns of the file and nothing else; an id may come once.
// - Without rows: one empty file, or with PARTITION_BY none.
// - Links are followed before the folder check: a link out of the folders is refused.
typedef struct EngineParquetPair {
    Str name;
    Str value;
} EngineParquetPair;
typedef struct EngineParquetColumn {
    Str name;
    int32_t field_id;
} EngineParquetColumn;
typedef struct EngineParquet {
    Str sql;                             // whose rows are written
    Str path;                            // absolute
    Str compression;                     // empty: lz4_raw
    int compression_level;               // of zstd; 0: its own
    const EngineParquetColumn *columns;  // every column of the answer, partition column excepted
    size_t column_count;
    const EngineParquetPair *metadata;  // key-value metadata of the file
    size_t metadata_count;
    Str partition_column;  // empty: one file at `path`; else `path` is a folder, made
                           // by COPY, with files <column>=<value>/data_<n>.parquet
    int64_t file_bytes;    // 0: no bound. A new file is begun beyond it (`path` is a folder)
} EngineParquet;
// Appends the option list, without parentheses.
void engine_parquet_options(Buf *out, const EngineParquet *spec);

// What COPY wrote.
typedef struct EngineFile {
    Str path;
    Str partition;  // text of the partition column's value; STR_NONE: none or NULL
    int64_t row_count;
    int64_t size_bytes;
} EngineFile;
// Runs the COPY. Nothing is fsynced. After any failure files may be left behind: the caller removes
// its staging folder.
NODISCARD Rc engine_copy_parquet(Ctx *ctx, EngineConn *conn, const EngineParquet *spec,
                                 EngineFile **files, size_t *count);

// Text as SQL writes it: 'it''s', "na""me".
void engine_put_string(Buf *out, Str text);
void engine_put_name(Buf *out, Str name);

#endif
