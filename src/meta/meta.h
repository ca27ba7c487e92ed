#ifndef META_META_H
#define META_META_H
#include "base/ctx.h"

// Durable rows: a thin layer over one SQLite connection. The only user of sqlite3.h.
//
// A Meta belongs to one thread at a time: whoever holds the catalog's writer turn. Texts and blobs
// of a row are views that die with the next step or the end of the query; copy what must live.
//
// SQL texts are literals: a statement is prepared once per address and kept. Every table that
// should notice damage has a column `digest` = row_digest(all its other columns) (SQLite has no
// page checksums):
//   INSERT INTO t VALUES (?1, ?2, row_digest(?1, ?2))
//   UPDATE t SET b = ?2, digest = row_digest(a, ?2) WHERE a = ?1
//   SELECT a, b, digest IS row_digest(a, b) FROM t
typedef struct Meta Meta;
typedef struct MetaRows MetaRows;

// Opens or creates. WAL, synchronous=FULL, foreign keys on; the file is checked (quick_check).
// Errors: META_FOREIGN, META_NEWER, META_DAMAGED, META_BUSY, META_ERROR, DISK_FULL.
NODISCARD Rc meta_open(Ctx *ctx, Str path, Meta **out);
void meta_close(Meta *meta);  // NULL is fine; an open transaction is rolled back

// Tables of one owner ("catalog", "job"): made by `sql` when the owner is new, in one transaction
// with the note of its version. Errors: META_NEWER when the file holds a higher version of that
// owner.
NODISCARD Rc meta_ensure(Ctx *ctx, Meta *meta, const char *owner, int64_t version, const char *sql);
// The same for an owner with a history: steps[i] makes version i + 1 of version i, 0 being a new
// file. What is missing is done in one transaction; rows that are there stay.
NODISCARD Rc meta_upgrade(Ctx *ctx, Meta *meta, const char *owner, const char *const *steps,
                          size_t count);

// --- transactions. Without one, each statement is durable by itself.
NODISCARD Rc meta_begin(Ctx *ctx, Meta *meta);  // takes SQLite's write lock at once
// Flushes, then commits. On an error the transaction was rolled back and nothing was lost,
// DISK_FULL included. An error from COMMIT itself, other than busy, leaves the truth unknown: the
// process logs it and ends at once, to recover from disk (INV-3).
NODISCARD Rc meta_commit(Ctx *ctx, Meta *meta);
void meta_rollback(Meta *meta);  // no transaction is fine
bool meta_in_transaction(const Meta *meta);

// --- statements
typedef enum MetaKind { META_NULL, META_INT, META_TEXT, META_BLOB } MetaKind;
typedef struct MetaValue {
    MetaKind kind;
    int64_t integer;
    Str bytes;
} MetaValue;
#define MV_NULL ((MetaValue){.kind = META_NULL})
#define MV_INT(value) ((MetaValue){.kind = META_INT, .integer = (int64_t)(value)})
#define MV_TEXT(text) ((MetaValue){.kind = META_TEXT, .bytes = (text)})  // STR_NONE binds NULL
#define MV_BLOB(pointer, size) \
    ((MetaValue){.kind = META_BLOB, .bytes = {(const char *)(pointer), (size)}})

// A list of values; the macros below make and count it.
typedef struct MetaArgs {
    const MetaValue *values;
    size_t count;
} MetaArgs;
#define META_ARGS(...) \
    ((MetaArgs){(MetaValue[]){__VA_ARGS__}, sizeof((MetaValue[]){__VA_ARGS__}) / sizeof(MetaValue)})

// meta_exec(ctx, meta, "DELETE FROM t WHERE a = ?1", MV_INT(7)); at least one value.
// Errors: META_RULE (a constraint), DISK_FULL, META_BUSY, META_DAMAGED, META_ERROR.
#define meta_exec(ctx, meta, sql, ...) meta_exec_values(ctx, meta, sql, META_ARGS(__VA_ARGS__))
NODISCARD Rc meta_exec_values(Ctx *ctx, Meta *meta, const char *sql, MetaArgs args);
NODISCARD Rc meta_exec_plain(Ctx *ctx, Meta *meta, const char *sql);  // no values
int64_t meta_changed(const Meta *meta);  // rows of the latest meta_exec

// AUTO(meta_end) MetaRows *rows = NULL;
// TRY(meta_query(ctx, meta, &rows, "SELECT a FROM t WHERE b = ?1", MV_TEXT(b)));
// while (true) { bool has_row; TRY(meta_next(ctx, rows, &has_row)); if (!has_row) break; .. }
// One query per SQL text may be open at a time.
#define meta_query(ctx, meta, rows, sql, ...) \
    meta_query_values(ctx, meta, rows, sql, META_ARGS(__VA_ARGS__))
NODISCARD Rc meta_query_values(Ctx *ctx, Meta *meta, MetaRows **rows, const char *sql,
                               MetaArgs args);
NODISCARD Rc meta_query_plain(Ctx *ctx, Meta *meta, MetaRows **rows, const char *sql);
NODISCARD Rc meta_next(Ctx *ctx, MetaRows *rows, bool *has_row);
void meta_end(MetaRows **rows);  // NULL is fine

// Columns of the current row, from 0. A NULL reads as 0 and STR_NONE.
bool meta_is_null(const MetaRows *rows, int column);
int64_t meta_i64(const MetaRows *rows, int column);
uint64_t meta_u64(const MetaRows *rows, int column);
Str meta_text(const MetaRows *rows, int column);
// Exactly `size` bytes. Errors: META_DAMAGED.
NODISCARD Rc meta_blob(Ctx *ctx, const MetaRows *rows, int column, void *out, size_t size);

#endif
