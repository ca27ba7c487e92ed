#ifndef EXEC_EXEC_H
#define EXEC_EXEC_H
#include "base/ctx.h"
#include "base/sink.h"

// One server: catalog, engine, data folder, jobs, sessions. Made once at start, closed at stop.
typedef struct Instance Instance;

typedef struct InstanceOptions {
    Str data_dir;         // must exist or be creatable
    Str version;          // as @@version shows it, e.g. "8.0.33"
    Str version_comment;  // @@version_comment
    uint16_t mysql_port;  // for SHOW BACKENDS | FRONTENDS | VARIABLES; may be set later
    Str bind_address;
    const Str *files_dirs;  // folders below which FILES may read; none by default
    size_t files_dir_count;
    const Str *repository_dirs;  // folders below which local repositories may lie; none = anywhere
    size_t repository_dir_count;
    int64_t trash_expire_second;        // catalog_trash_expire_second
    int64_t engine_memory_bytes;        // 0: 60 % of the machine
    int engine_threads;                 // 0: all cores
    int job_workers;                    // threads that copy files; 0: 4
    int64_t dynamic_check_interval_ms;  // between two looks at tables whose partitions time makes
    int compaction_min_rowsets;         // small files of a partition that are merged; 0: never
    int compaction_threads;             // 0: 1
    int compaction_percent;             // of the time; 0: the store's default
    int64_t compaction_bytes_per_s;     // 0: the store's default
    int slow_write_rowsets;        // small files of a partition from which writers wait; 0: 100
    int64_t trash_min_free_bytes;  // below so much free room the oldest trash goes; 0: never
    int64_t scrub_interval_ms;     // between two readings of all data files; 0: never
    int64_t scrub_bytes_per_s;     // 0: the store's default
    bool enable_backup_materialized_view;
    Clock *clock;  // NULL: the system's
} InstanceOptions;

// Opens the data folder (lock, recovery, sweep, unfinished jobs). Errors: DATA_DIR_IN_USE, FILE_*,
// CORRUPT kinds.
NODISCARD Rc instance_open(Ctx *ctx, const InstanceOptions *options, Instance **out);
void instance_set_port(Instance *instance, uint16_t mysql_port);
// Asks jobs and statements to stop, waits for them, gives the lock back. Sessions must be closed
// before.
void instance_close(Instance *instance);

// One client connection. Used by one thread; others only see it through SHOW PROCESSLIST and KILL.
typedef struct Session Session;
// `client` is "host:port". The session is listed until it is closed. Errors: TOO_MANY_CONNECTIONS.
NODISCARD Rc session_open(Ctx *ctx, Instance *instance, Str client, Session **out);
void session_close(Session *session);
uint32_t session_id(const Session *session);
// True once KILL CONNECTION named it (or the server stops): the server closes the connection.
bool session_is_killed(const Session *session);
// Called (from another thread) when the session is killed, so that a blocked read wakes up.
void session_on_kill(Session *session, void (*wake)(void *handle), void *handle);

// Authentication, mysql_native_password: `scramble` is the 20 bytes sent, `reply` the client's
// answer (0 or 20 bytes). Errors: ACCESS_DENIED (1045, 28000).
NODISCARD Rc session_login(Session *session, Ctx *ctx, Str user, Str scramble, Str reply);
// COM_INIT_DB, and the database of the handshake. Errors: UNKNOWN_DATABASE.
NODISCARD Rc session_use(Session *session, Ctx *ctx, Str database);
// COM_RESET_CONNECTION: variables and current database back to their defaults.
void session_reset(Session *session);

typedef struct StatementResult {
    uint64_t affected_rows;
    uint32_t warning_count;
    Str info;       // text of the OK packet
    bool has_rows;  // sink->begin was called
    bool is_last;   // no further statement follows in a multi-statement text
} StatementResult;

// The text of a COM_QUERY. It may hold several statements where the client asked for
// CLIENT_MULTI_STATEMENTS; otherwise more than one is a syntax error.
typedef struct SqlText {
    Str rest;  // what was not run yet
    bool may_be_several;
} SqlText;

// Runs the first statement of sql->rest and moves sql->rest behind it. Sets up cancel and deadline
// in ctx itself. The Ctx's arena must be fresh for each statement.
NODISCARD Rc session_run(Session *session, Ctx *ctx, SqlText *sql, RowSink *sink,
                         StatementResult *result);
// Cancels what the session is running now (KILL QUERY; also when the client went away).
void session_cancel(Session *session);

#endif
