#ifndef EXEC_SESSION_H
#define EXEC_SESSION_H
#include "base/limits.h"
#include "base/lock.h"
#include "base/map.h"
#include "exec/exec.h"
#include "job/job.h"
#include "plan/query.h"
#include "sql/sql.h"

// Private to exec/: what one server and one connection consist of.

struct Instance {
    InstanceOptions options;  // texts copied into `arena`
    Arena *arena;
    DataDirLock *lock;
    Catalog *catalog;
    Engine *engine, *background;
    TableStore *store;
    Jobs *jobs;
    Lock sessions_lock;  // RANK_SESSIONS: the list, and what others read of a session
    Session *first_session;
    uint32_t last_session_id;
    uint32_t session_count;
    int64_t started_ms;                // wall time
    struct GlobalVariables *globals;   // variables.c
    struct Configs *configs;           // config.c
    struct AlterHistory *alters;       // alter.c
    struct DynamicScheduler *dynamic;  // dynamic.c
};

typedef enum SessionCommand { COMMAND_SLEEP, COMMAND_QUERY } SessionCommand;

struct Session {
    Instance *instance;
    Session *next;
    uint32_t id;
    Arena *arena;  // lives as long as the connection
    Str client;    // "host:port"
    Str user;      // empty until login
    Str database;  // current one; empty: none. In database_room; changed under sessions_lock
    char database_room[LIMIT_IDENTIFIER_BYTES];
    EngineConn *conn;  // opened at the first statement that needs it
    Cancel cancel;     // of the running statement
    bool is_killed;
    void (*wake)(void *handle);
    void *wake_handle;
    int64_t connected_ms;    // wall time
    SessionCommand command;  // this and the next two: for SHOW PROCESSLIST, under sessions_lock
    Str running;             // its text, cut
    int64_t since_ms;
    struct SessionVariables *variables;  // variables.c
    Warning *warnings;  // of the last statement that was no SHOW WARNINGS; in warning_arena
    uint32_t warning_count;
    Arena *warning_arena;
};

// One bound statement, on its way through a handler.
typedef struct Execution {
    Session *session;
    Instance *instance;
    const Statement *stmt;
    const CatalogSnapshot *snapshot;  // pinned for the whole statement
    bool has_freed_files;             // the maintainer is woken once the snapshot is unpinned
    RowSink *sink;
    StatementResult *result;
    struct OpenedFiles *files;  // files.c: each FILES(..) of this statement is opened once
} Execution;

// One handler per statement kind (dispatch.c holds the table). Errors of analysis are raised with
// is_analyzing true, so that the envelope is put around them: see exec_analyzing.
typedef Rc (*Handler)(Ctx *ctx, Execution *x);

// `return exec_analyzing(ctx, plan_..(..))`: puts "Getting analyzing error. Detail message: X."
// around a failure.
static inline Rc exec_analyzing(Ctx *ctx, Rc rc)
{
    return rc == RC_OK ? RC_OK : rc_failed(sql_envelope_analyzing(ctx));
}

// --- session.c
void session_set_database(Session *session, Str name);
// Around each statement: forgets an earlier KILL QUERY, shows the text in SHOW PROCESSLIST (it must
// live until the end).
void session_begin(Session *session, Str text);
void session_end(Session *session);
NODISCARD Rc sessions_kill(Ctx *ctx, Instance *instance, uint64_t id,
                           bool is_query);  // UNKNOWN_THREAD
typedef struct SessionView {
    uint32_t id;
    Str user, client, database, text;
    SessionCommand command;
    int64_t seconds;
    int64_t connected_ms;
} SessionView;
SessionView *sessions_view(Arena *arena, Instance *instance, size_t *count);

// The session's engine connection, opened when first needed.
NODISCARD Rc session_engine(Ctx *ctx, Session *session, EngineConn **out);
// Fills the holes of a query: tables by table/, FILES and information_schema here.
NODISCARD Rc exec_fill(Ctx *ctx, Execution *x, const EngineQuery *query, Str *sql);
NODISCARD Rc exec_plan_env(Ctx *ctx, Execution *x, PlanEnv *out);

// --- common.c
// Answers of a few columns and rows, in one go.
typedef struct TextColumn {
    const char *name;
    TypeKind kind;  // TYPE_VARCHAR for most
} TextColumn;
NODISCARD Rc answer_begin(Ctx *ctx, Execution *x, const TextColumn *columns, size_t count);
NODISCARD Rc answer_row(Ctx *ctx, Execution *x, const Str *cells);

// [catalog.]db, or the current one where `name` is not given. Errors: NO_DATABASE (1046),
// UNKNOWN_CATALOG, UNKNOWN_DATABASE. information_schema is none of the catalog's databases: ask
// qname_is_virtual first.
NODISCARD Rc exec_database(Ctx *ctx, const Execution *x, QName name, const Database **out);
// [catalog.][db.]table. Errors: as above, UNKNOWN_TABLE.
typedef struct FoundTable {
    const Database *database;
    const Table *table;
} FoundTable;
NODISCARD Rc exec_table(Ctx *ctx, const Execution *x, QName name, FoundTable *out);
// The database that a name of a database (or of a table, with is_table) means, by name; it need not
// exist. Errors: NO_DATABASE, UNKNOWN_CATALOG.
NODISCARD Rc exec_database_name(Ctx *ctx, const Execution *x, QName name, bool is_table, Str *out);
bool name_is_virtual(Str database);  // information_schema, in any case
// Nothing in it can be changed. Errors: SEMANTIC; of the second also those of exec_database_name.
NODISCARD Rc exec_refuse_virtual(Ctx *ctx, Str database);
NODISCARD Rc exec_refuse_virtual_table(Ctx *ctx, const Execution *x, QName table);
// SHOW .. LIKE 'pattern'. `pattern` STR_NONE: everything matches. Without case.
bool like_matches(Str pattern, Str text);
Str text_time(Arena *arena, int64_t wall_ms);  // STR_NONE for 0
Str text_u64(Arena *arena, uint64_t number);
Str text_i64(Arena *arena, int64_t number);
Str text_bytes(Arena *arena, uint64_t bytes);  // "4KB", "1.5MB", as StarRocks prints sizes
uint32_t exec_backend_count(const Execution *x);

#endif
