/*
 * meta/meta: one SQLite connection with what a server's catalog needs and no more.
 *
 * Form     an ordinary SQLite 3 file; application_id says that it is ours, user_version is the
 * version of what this file does (table meta_owner, row_digest), owners version their own tables.
 * Errors   META_*, DISK_FULL. SQLite's own text is kept in the message.
 * Threads  one at a time (SQLITE_OPEN_NOMUTEX): the holder of the catalog's writer turn.
 */
#include "meta/meta.h"
#include "base/fault.h"
#include "base/hash.h"
#include "base/log.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x4B674361,  // "KgCa"
    FORMAT_VERSION = 1,
    BUSY_TIMEOUT_MS = 10000,  // somebody looks at the file with a tool
    EXIT_UNKNOWN_TRUTH = 70,
    LOG_ROOM_BYTES = 1 << 20,     // kept free on disk behind the end of the log
    COMMIT_ROOM_BYTES = 1 << 16,  // of it, what one COMMIT may need: a page and its head
};

struct MetaRows {
    Meta *meta;
    const char *sql;  // the literal's address is the key
    sqlite3_stmt *stmt;
    bool is_open;
    MetaRows *next;
};

struct Meta {
    sqlite3 *db;
    char *path;
    int log_fd;            // of <path>-wal, for its room only; -1: not opened yet
    off_t log_room_end;    // blocks up to here belong to the log, written or not
    Arena *arena;          // of the path and the list below
    MetaRows *statements;  // prepared ones, newest first
};

// --- errors

// SQLite has no result for an exceeded quota: the system's own number tells.
static bool is_disk_full(Meta *meta, int code)
{
    if ((code & 0xff) == SQLITE_FULL) return true;
    int system_error = sqlite3_system_errno(meta->db);
    return (code & 0xff) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT);
}

static Rc fail_with(Ctx *ctx, Meta *meta, int code, const char *doing)
{
    const char *text = meta->db ? sqlite3_errmsg(meta->db) : sqlite3_errstr(code);
    if (is_disk_full(meta, code)) return FAIL(ctx, DISK_FULL, meta->path);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return FAIL(ctx, META_BUSY, meta->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return FAIL(ctx, META_DAMAGED, meta->path, text);
    case SQLITE_CONSTRAINT: return FAIL(ctx, META_RULE, meta->path, text);
    default: break;
    }
    FAIL(ctx, META_ERROR, meta->path, text);
    return note(ctx, RC_IO, "SQLite result %d while %s", code, doing);
}

static Rc run_text(Ctx *ctx, Meta *meta, const char *sql)
{
    int code = sqlite3_exec(meta->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? RC_OK : fail_with(ctx, meta, code, sql);
}

// --- row_digest(..): checksum over kind, length and bytes of each argument

static void digest_value(Buf *buf, sqlite3_value *value)
{
    int kind = sqlite3_value_type(value);
    buf_add_byte(buf, (char)('0' + kind));
    if (kind == SQLITE_NULL) return;
    if (kind == SQLITE_INTEGER) {
        buf_printf(buf, "%lld;", (long long)sqlite3_value_int64(value));
        return;
    }
    const void *bytes = sqlite3_value_blob(value);
    size_t size = (size_t)sqlite3_value_bytes(value);
    buf_printf(buf, "%zu:", size);
    if (size > 0) buf_add_bytes(buf, bytes, size);
}

static void row_digest(sqlite3_context *context, int count, sqlite3_value **values)
{
    Arena *arena = arena_new();
    Buf buf = buf_new(arena);
    for (int i = 0; i < count; i++) digest_value(&buf, values[i]);
    Hash128 hash = hash128(buf_str(&buf));
    sqlite3_result_blob(context, hash.bytes, sizeof(hash.bytes), SQLITE_TRANSIENT);
    arena_free(arena);
}

// --- opening

static Rc read_number(Ctx *ctx, Meta *meta, const char *sql, int64_t *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query_plain(ctx, meta, &rows, sql));
    TRY(meta_next(ctx, rows, &has_row));
    *out = has_row ? meta_i64(rows, 0) : 0;
    return RC_OK;
}

// A new file has neither tables nor ids. Anything else must be ours, and not newer than we are.
static Rc check_identity(Ctx *ctx, Meta *meta, bool *is_new)
{
    int64_t application = 0, version = 0, tables = 0;
    TRY(read_number(ctx, meta, "PRAGMA application_id", &application));
    TRY(read_number(ctx, meta, "PRAGMA user_version", &version));
    TRY(read_number(ctx, meta, "SELECT count(*) FROM sqlite_schema", &tables));
    *is_new = application == 0 && version == 0 && tables == 0;
    if (*is_new) return RC_OK;
    if (application != APPLICATION_ID)
        return FAIL(ctx, META_FOREIGN, meta->path, (long long)application);
    if (version > FORMAT_VERSION)
        return FAIL(ctx, META_NEWER, meta->path, "the file", (long long)version,
                    (long long)FORMAT_VERSION);
    return RC_OK;
}

static Rc check_pages(Ctx *ctx, Meta *meta)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query_plain(ctx, meta, &rows, "PRAGMA quick_check(1)"));
    TRY(meta_next(ctx, rows, &has_row));
    Str found = has_row ? meta_text(rows, 0) : STR("no answer");
    if (str_eq(found, STR("ok"))) return RC_OK;
    return FAIL(ctx, META_DAMAGED, meta->path, str_z(ctx->arena, found));
}

// A file system without shared memory silently keeps another journal, and other promises with it.
static Rc check_journal(Ctx *ctx, Meta *meta)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query_plain(ctx, meta, &rows, "PRAGMA journal_mode"));
    TRY(meta_next(ctx, rows, &has_row));
    if (has_row && str_eq(meta_text(rows, 0), STR("wal"))) return RC_OK;
    return FAIL(ctx, META_ERROR, meta->path, "its file system can not hold a write-ahead log");
}

static Rc make_file(Ctx *ctx, Meta *meta)
{
    TRY(meta_begin(ctx, meta));
    Rc rc = run_text(ctx, meta,
                     "CREATE TABLE meta_owner (owner TEXT PRIMARY KEY, version INTEGER NOT NULL,"
                     " digest BLOB NOT NULL) WITHOUT ROWID;"
                     "PRAGMA application_id = 1265058657;"
                     "PRAGMA user_version = 1");
    if (rc == RC_OK) return meta_commit(ctx, meta);
    meta_rollback(meta);
    return rc;
}
_Static_assert(APPLICATION_ID == 1265058657 && FORMAT_VERSION == 1, "as make_file writes them");

// Trusted schema off and defensive on: the file may have been edited by somebody else's hand.
static Rc set_up(Ctx *ctx, Meta *meta)
{
    sqlite3_extended_result_codes(meta->db, 1);
    sqlite3_busy_timeout(meta->db, BUSY_TIMEOUT_MS);
    sqlite3_db_config(meta->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(meta->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    int code = sqlite3_create_function(meta->db, "row_digest", -1,
                                       SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                       row_digest, NULL, NULL);
    if (code != SQLITE_OK) return fail_with(ctx, meta, code, "registering row_digest");
    bool is_new = false;
    TRY(check_identity(ctx, meta, &is_new));
    TRY(run_text(ctx, meta,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                 "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON"));
    TRY(check_journal(ctx, meta));
    if (is_new) return make_file(ctx, meta);
    return check_pages(ctx, meta);
}

Rc meta_open(Ctx *ctx, Str path, Meta **out)
{
    Meta *meta = mem_alloc(sizeof(*meta));
    meta->arena = arena_new();
    meta->log_fd = -1;
    meta->path = str_z(meta->arena, path);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(meta->path, &meta->db, flags, NULL);
    Rc rc = code == SQLITE_OK ? set_up(ctx, meta) : fail_with(ctx, meta, code, "opening");
    if (rc == RC_OK)
        *out = meta;
    else
        meta_close(meta);
    return rc;
}

void meta_close(Meta *meta)
{
    if (!meta) return;
    meta_rollback(meta);
    for (MetaRows *rows = meta->statements; rows; rows = rows->next) sqlite3_finalize(rows->stmt);
    int code = sqlite3_close(meta->db);
    if (code != SQLITE_OK) log_warn("closing %s: %s", meta->path, sqlite3_errstr(code));
    if (meta->log_fd >= 0) close(meta->log_fd);
    arena_free(meta->arena);
    free(meta);
}

static Rc read_owner(Ctx *ctx, Meta *meta, const char *owner, int64_t *version)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT version, digest IS row_digest(owner, version) FROM meta_owner"
                   " WHERE owner = ?1",
                   MV_TEXT(str_from(owner))));
    TRY(meta_next(ctx, rows, &has_row));
    if (has_row && meta_i64(rows, 1) != 1)
        return FAIL(ctx, META_DAMAGED, meta->path, "the row of an owner has a wrong digest");
    *version = has_row ? meta_i64(rows, 0) : 0;
    return RC_OK;
}

Rc meta_ensure(Ctx *ctx, Meta *meta, const char *owner, int64_t version, const char *sql)
{
    must(version > 0);
    int64_t found = 0;
    TRY(read_owner(ctx, meta, owner, &found));
    if (found > version)
        return FAIL(ctx, META_NEWER, meta->path, owner, (long long)found, (long long)version);
    if (found == version) return RC_OK;
    must(found == 0);  // there is no older version of any owner yet
    TRY(meta_begin(ctx, meta));
    Rc rc = run_text(ctx, meta, sql);
    if (rc == RC_OK)
        rc = meta_exec(ctx, meta, "INSERT INTO meta_owner VALUES (?1, ?2, row_digest(?1, ?2))",
                       MV_TEXT(str_from(owner)), MV_INT(version));
    if (rc == RC_OK) return meta_commit(ctx, meta);
    meta_rollback(meta);
    return rc;
}

static Rc note_version(Ctx *ctx, Meta *meta, const char *owner, size_t version)
{
    TRY(fault_point(ctx, "meta.upgrade"));
    return meta_exec(
        ctx, meta,
        "INSERT INTO meta_owner VALUES (?1, ?2, row_digest(?1, ?2)) ON CONFLICT (owner)"
        " DO UPDATE SET version = ?2, digest = row_digest(?1, ?2)",
        MV_TEXT(str_from(owner)), MV_INT(version));
}

Rc meta_upgrade(Ctx *ctx, Meta *meta, const char *owner, const char *const *steps, size_t count)
{
    int64_t found = 0;
    TRY(read_owner(ctx, meta, owner, &found));
    if (found > (int64_t)count)
        return FAIL(ctx, META_NEWER, meta->path, owner, (long long)found, (long long)count);
    if (found == (int64_t)count) return RC_OK;
    TRY(meta_begin(ctx, meta));
    Rc rc = RC_OK;
    for (size_t i = (size_t)found; rc == RC_OK && i < count; i++)
        rc = run_text(ctx, meta, steps[i]);
    if (rc == RC_OK) rc = note_version(ctx, meta, owner, count);
    if (rc == RC_OK) return meta_commit(ctx, meta);
    meta_rollback(meta);
    return rc;
}

// --- transactions

bool meta_in_transaction(const Meta *meta)
{
    return sqlite3_get_autocommit(meta->db) == 0;
}

Rc meta_begin(Ctx *ctx, Meta *meta)
{
    must(!meta_in_transaction(meta));
    return run_text(ctx, meta, "BEGIN IMMEDIATE");
}

void meta_rollback(Meta *meta)
{
    for (MetaRows *rows = meta->statements; rows; rows = rows->next) sqlite3_reset(rows->stmt);
    if (meta->db && meta_in_transaction(meta)) sqlite3_exec(meta->db, "ROLLBACK", NULL, NULL, NULL);
}

// Whether the commit reached the disk is not known any more. Only a new start, which reads the file
// anew, can tell: nothing of this process may be believed or written (INV-3).
static _Noreturn void stop_process(Meta *meta, int code)
{
    log_error("COMMIT of %s failed with %d (%s): it is not known whether it is on disk; the server"
              " stops and recovers at its next start",
              meta->path, code, sqlite3_errmsg(meta->db));
    _exit(EXIT_UNKNOWN_TRUTH);
}

// Blocks behind the end of the log are taken before they are needed. SQLite never sees them; a
// checkpoint lets the log begin anew in the same blocks. What cannot be taken is no failure as long
// as this COMMIT fits into what is left: on a full disk jobs can still be cancelled and tables
// dropped. (SQLite's locks are on other files, so that a descriptor of our own does not disturb
// them.)
static Rc keep_log_room(Ctx *ctx, Meta *meta)
{
    struct stat info;
    if (meta->log_fd < 0)
        meta->log_fd = open(str_printf(ctx->arena, "%s-wal", meta->path).ptr, O_RDWR | O_CLOEXEC);
    if (meta->log_fd < 0 || fstat(meta->log_fd, &info) != 0) return RC_OK;
    if (info.st_size + LOG_ROOM_BYTES / 2 <= meta->log_room_end) return RC_OK;
    if (fallocate(meta->log_fd, FALLOC_FL_KEEP_SIZE, info.st_size, LOG_ROOM_BYTES) == 0) {
        meta->log_room_end = info.st_size + LOG_ROOM_BYTES;
        return RC_OK;
    }
    bool is_full = errno == ENOSPC || errno == EDQUOT;  // else: the file system cannot do it
    if (!is_full || info.st_size + COMMIT_ROOM_BYTES <= meta->log_room_end) return RC_OK;
    return FAIL(ctx, DISK_FULL, meta->path);
}

// The pages go to the log before COMMIT is asked for, so that a full disk is met here, where a
// rollback is still safe. COMMIT itself then writes no more than one page, and has room for it.
static Rc flush_pages(Ctx *ctx, Meta *meta)
{
    TRY(fault_point(ctx, "meta.flush"));
    int code = sqlite3_db_cacheflush(meta->db);
    if (code != SQLITE_OK) return fail_with(ctx, meta, code, "writing pages before COMMIT");
    return keep_log_room(ctx, meta);
}

Rc meta_commit(Ctx *ctx, Meta *meta)
{
    must(meta_in_transaction(meta));
    Rc rc = flush_pages(ctx, meta);
    if (rc != RC_OK) {
        meta_rollback(meta);
        return rc;
    }
    int code = sqlite3_exec(meta->db, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK) return RC_OK;
    if ((code & 0xff) != SQLITE_BUSY) stop_process(meta, code);
    rc = fail_with(ctx, meta, code, "COMMIT");
    meta_rollback(meta);
    return rc;
}

// --- statements

static Rc find_statement(Ctx *ctx, Meta *meta, const char *sql, MetaRows **out)
{
    for (MetaRows *known = meta->statements; known; known = known->next) {
        if (known->sql != sql) continue;
        must(!known->is_open);
        *out = known;
        return RC_OK;
    }
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v3(meta->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
    if (code != SQLITE_OK) return fail_with(ctx, meta, code, sql);
    MetaRows *rows = ARENA_NEW(meta->arena, MetaRows);
    *rows = (MetaRows){.meta = meta, .sql = sql, .stmt = stmt, .next = meta->statements};
    meta->statements = rows;
    *out = rows;
    return RC_OK;
}

static int bind_value(sqlite3_stmt *stmt, int index, const MetaValue *value)
{
    sqlite3_uint64 size = value->bytes.len;
    switch (value->kind) {
    case META_INT: return sqlite3_bind_int64(stmt, index, value->integer);
    case META_TEXT:
        if (!value->bytes.ptr) return sqlite3_bind_null(stmt, index);
        return sqlite3_bind_text64(stmt, index, value->bytes.ptr, size, SQLITE_STATIC, SQLITE_UTF8);
    case META_BLOB:
        return sqlite3_bind_blob64(stmt, index, value->bytes.ptr ? value->bytes.ptr : "", size,
                                   SQLITE_STATIC);
    case META_NULL: break;
    }
    return sqlite3_bind_null(stmt, index);
}

Rc meta_query_values(Ctx *ctx, Meta *meta, MetaRows **rows, const char *sql, MetaArgs args)
{
    MetaRows *found = NULL;
    TRY(find_statement(ctx, meta, sql, &found));
    must(found != NULL);
    must((size_t)sqlite3_bind_parameter_count(found->stmt) == args.count);
    for (size_t i = 0; i < args.count; i++) {
        int code = bind_value(found->stmt, (int)i + 1, &args.values[i]);
        if (code != SQLITE_OK) return fail_with(ctx, meta, code, sql);
    }
    found->is_open = true;
    *rows = found;
    return RC_OK;
}

Rc meta_query_plain(Ctx *ctx, Meta *meta, MetaRows **rows, const char *sql)
{
    return meta_query_values(ctx, meta, rows, sql, (MetaArgs){NULL, 0});
}

Rc meta_next(Ctx *ctx, MetaRows *rows, bool *has_row)
{
    must(rows != NULL && rows->is_open);
    int code = sqlite3_step(rows->stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fail_with(ctx, rows->meta, code, rows->sql);
    *has_row = code == SQLITE_ROW;
    return RC_OK;
}

void meta_end(MetaRows **rows)
{
    if (!*rows) return;
    sqlite3_reset((*rows)->stmt);
    sqlite3_clear_bindings((*rows)->stmt);
    (*rows)->is_open = false;
    *rows = NULL;
}

Rc meta_exec_values(Ctx *ctx, Meta *meta, const char *sql, MetaArgs args)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query_values(ctx, meta, &rows, sql, args));
    while (has_row) TRY(meta_next(ctx, rows, &has_row));
    return RC_OK;
}

Rc meta_exec_plain(Ctx *ctx, Meta *meta, const char *sql)
{
    return meta_exec_values(ctx, meta, sql, (MetaArgs){NULL, 0});
}

int64_t meta_changed(const Meta *meta)
{
    return sqlite3_changes64(meta->db);
}

bool meta_is_null(const MetaRows *rows, int column)
{
    return sqlite3_column_type(rows->stmt, column) == SQLITE_NULL;
}

int64_t meta_i64(const MetaRows *rows, int column)
{
    return sqlite3_column_int64(rows->stmt, column);
}

uint64_t meta_u64(const MetaRows *rows, int column)
{
    return (uint64_t)sqlite3_column_int64(rows->stmt, column);
}

Str meta_text(const MetaRows *rows, int column)
{
    if (meta_is_null(rows, column)) return STR_NONE;
    const char *text = (const char *)sqlite3_column_text(rows->stmt, column);
    return (Str){text ? text : "", (size_t)sqlite3_column_bytes(rows->stmt, column)};
}

Rc meta_blob(Ctx *ctx, const MetaRows *rows, int column, void *out, size_t size)
{
    const void *bytes = sqlite3_column_blob(rows->stmt, column);
    size_t found = (size_t)sqlite3_column_bytes(rows->stmt, column);
    if (found != size) return FAIL(ctx, META_DAMAGED, rows->meta->path, "a blob has a wrong size");
    memcpy(out, bytes, size);
    return RC_OK;
}
