/*
 * exec/dispatch: one statement from its text to its answer.
 *
 * Form    parse, pin a catalog snapshot for the whole statement, run the handler of its kind, keep
 *         the warnings for SHOW WARNINGS.
 * Errors  SYNTAX in its envelope; whatever the handler raises. A failure is itself the last
 *         warning.
 * Threads the session's.
 */
#include "base/limits.h"
#include "base/log.h"
#include "exec/backup.h"
#include "exec/handlers.h"
#include "exec/jobrows.h"

// What a kind of statement needs beside its handler.
enum {
    HAS_TIMEOUT = 1 << 0,       // query_timeout bounds it
    HAS_LONG_TIMEOUT = 1 << 1,  // insert_timeout bounds it
    KEEPS_WARNINGS = 1 << 2,    // shows those of the statement before
};

typedef struct Route {
    Handler run;
    unsigned traits;
} Route;

static const Route ROUTES[STMT_COUNT] = {
    [STMT_EMPTY] = {exec_nothing, KEEPS_WARNINGS},
    [STMT_QUERY] = {exec_query, HAS_TIMEOUT},
    [STMT_EXPLAIN] = {exec_explain, HAS_TIMEOUT},
    [STMT_INSERT] = {exec_insert, HAS_LONG_TIMEOUT},
    [STMT_UPDATE] = {exec_update, HAS_LONG_TIMEOUT},
    [STMT_DELETE] = {exec_delete, HAS_LONG_TIMEOUT},
    [STMT_CREATE_DATABASE] = {exec_create_database, 0},
    [STMT_DROP_DATABASE] = {exec_drop_database, 0},
    [STMT_USE] = {exec_use, 0},
    [STMT_CREATE_TABLE] = {exec_create_table, 0},
    [STMT_DROP_TABLE] = {exec_drop_table, 0},
    [STMT_TRUNCATE] = {exec_truncate, 0},
    [STMT_ALTER_TABLE] = {exec_alter_table, 0},
    [STMT_CANCEL_ALTER] = {exec_cancel_alter, 0},
    [STMT_DESC] = {exec_desc, HAS_TIMEOUT},
    [STMT_SET] = {exec_set, HAS_TIMEOUT},
    [STMT_KILL] = {exec_kill, 0},
    [STMT_ADMIN_SET_CONFIG] = {exec_set_config, 0},
    [STMT_BEGIN] = {exec_begin, 0},
    [STMT_COMMIT] = {exec_nothing, 0},
    [STMT_ROLLBACK] = {exec_nothing, 0},
    [STMT_BACKUP] = {exec_backup, 0},
    [STMT_RESTORE] = {exec_restore, 0},
    [STMT_CANCEL_JOB] = {exec_cancel_job, 0},
    [STMT_RECOVER] = {exec_recover, 0},
    [STMT_DROP_SNAPSHOT] = {exec_drop_snapshot, 0},
    [STMT_CREATE_REPOSITORY] = {exec_create_repository, 0},
    [STMT_DROP_REPOSITORY] = {exec_drop_repository, 0},
    [STMT_SHOW_DATABASES] = {exec_show_databases, 0},
    [STMT_SHOW_TABLES] = {exec_show_tables, 0},
    [STMT_SHOW_TABLE_STATUS] = {exec_show_table_status, 0},
    [STMT_SHOW_COLUMNS] = {exec_show_columns, 0},
    [STMT_SHOW_CREATE_DATABASE] = {exec_show_create_database, 0},
    [STMT_SHOW_CREATE_TABLE] = {exec_show_create_table, 0},
    [STMT_SHOW_PARTITIONS] = {exec_show_partitions, 0},
    [STMT_SHOW_DYNAMIC_TABLES] = {exec_show_dynamic_tables, 0},
    [STMT_SHOW_INDEX] = {exec_show_index, 0},
    [STMT_SHOW_DATA] = {exec_show_data, 0},
    [STMT_SHOW_TABLET] = {exec_show_tablet, 0},
    [STMT_SHOW_PROC] = {exec_show_proc, 0},
    [STMT_SHOW_ALTER] = {exec_show_alter, 0},
    [STMT_SHOW_VARIABLES] = {exec_show_variables, 0},
    [STMT_SHOW_STATUS] = {exec_show_status, 0},
    [STMT_SHOW_WARNINGS] = {exec_show_warnings, KEEPS_WARNINGS},
    [STMT_SHOW_ERRORS] = {exec_show_warnings, KEEPS_WARNINGS},
    [STMT_SHOW_PROCESSLIST] = {exec_show_processlist, 0},
    [STMT_SHOW_ENGINES] = {exec_show_fixed, 0},
    [STMT_SHOW_CHARSET] = {exec_show_fixed, 0},
    [STMT_SHOW_COLLATION] = {exec_show_fixed, 0},
    [STMT_SHOW_CATALOGS] = {exec_show_catalogs, 0},
    [STMT_SHOW_BACKENDS] = {exec_show_backends, 0},
    [STMT_SHOW_FRONTENDS] = {exec_show_frontends, 0},
    [STMT_SHOW_REPOSITORIES] = {exec_show_repositories, 0},
    [STMT_SHOW_SNAPSHOT] = {exec_show_snapshot, 0},
    [STMT_SHOW_BACKUP] = {exec_show_backup, 0},
    [STMT_SHOW_RESTORE] = {exec_show_restore, 0},
    [STMT_SHOW_RECYCLE_BIN] = {exec_show_recycle_bin, 0},
    [STMT_SHOW_CONFIG] = {exec_show_config, 0},
};

// ------------------------------------------------------------------------------------- warnings

static void keep_warning(Session *session, Warning *warning)
{
    Warning **at = &session->warnings;
    while (*at) at = &(*at)->next;
    Warning *kept = ARENA_NEW(session->warning_arena, Warning);
    *kept = *warning;
    kept->text = str_dup(session->warning_arena, warning->text);
    kept->next = NULL;
    *at = kept;
    session->warning_count++;
}

// The newest statement's, at most LIMIT_WARNINGS; a failure always has its place.
static void keep_warnings(Session *session, const Ctx *ctx)
{
    arena_free(session->warning_arena);
    session->warning_arena = arena_new();
    session->warnings = NULL;
    session->warning_count = 0;
    uint32_t room = ctx->err.id == ERR_NONE ? LIMIT_WARNINGS : LIMIT_WARNINGS - 1;
    for (Warning *at = ctx->warnings; at && session->warning_count < room; at = at->next)
        keep_warning(session, at);
    if (ctx->err.id == ERR_NONE) return;
    Warning failure = {WARNING_ERROR, ctx->err.mysql_number, ctx->err.text, NULL};
    keep_warning(session, &failure);
}

// ----------------------------------------------------------------------------------------- parse

static Pos place_behind(Str text)
{
    Pos pos = {1, 0};
    for (size_t i = 0; i < text.len; i++) {
        bool is_char = ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
        pos.column += is_char;
        if (text.ptr[i] != '\n') continue;
        pos.line++;
        pos.column = 0;
    }
    return pos;
}

// More than one statement where the client did not ask for that.
static Rc refuse_second(Ctx *ctx, Str text, size_t consumed)
{
    Pos pos = place_behind(str_sub(text, 0, consumed));
    Str rest = str_sub(text, consumed, text.len);
    size_t len = 0;
    while (len < rest.len && !strchr(" \t\r\n;(", rest.ptr[len])) len++;
    Str why =
        str_printf(ctx->arena, "Unexpected input '%.*s', the most similar input is {<EOF>, ';'}",
                   STR_ARG(str_sub(rest, 0, len ? len : 1)));
    return FAIL_AT(ctx, pos.line, pos.column, SYNTAX, STR_ARG(why));
}

static Rc parse(Ctx *ctx, SqlText *sql, Statement **out)
{
    Statement *stmt = NULL;
    size_t consumed;
    TRY(sql_parse(ctx, sql->rest, &stmt, &consumed));
    if (consumed < sql->rest.len && !sql->may_be_several)
        return rc_failed(refuse_second(ctx, sql->rest, consumed));
    sql->rest = str_sub(sql->rest, consumed, sql->rest.len);
    must(stmt != NULL);
    *out = stmt;
    return RC_OK;
}

// ------------------------------------------------------------------------------------------- run

// NULL: none bounds it.
static const char *timeout_variable(unsigned traits)
{
    if (traits & HAS_TIMEOUT) return "query_timeout";
    return (traits & HAS_LONG_TIMEOUT) ? "insert_timeout" : NULL;
}

static void set_deadline(Ctx *ctx, const Session *session, unsigned traits)
{
    const char *name = timeout_variable(traits);
    int64_t seconds = name ? variable_get_number(session->variables, name) : 0;
    if (seconds > 0) ctx->deadline_ms = clock_steady_ms() + seconds * 1000;
}

static Rc run(Ctx *ctx, Execution *x)
{
    const Route *route = &ROUTES[x->stmt->kind];
    must(route->run != NULL);
    set_deadline(ctx, x->session, route->traits);
    TRY(ctx_poll(ctx));
    x->snapshot = catalog_pin(x->instance->catalog);
    Rc rc = route->run(ctx, x);
    catalog_unpin(x->instance->catalog, x->snapshot);
    // Not earlier: what this statement itself has pinned cannot be taken away.
    if (x->has_freed_files) table_wake_maintainer(x->instance->store);
    return rc;
}

// Which clock it was that ran out, and what to do about it.
static void hint_timeout(Ctx *ctx, const Session *session, unsigned traits)
{
    const char *name = timeout_variable(traits);
    if (ctx->err.id != ERR_TIMEOUT || !name) return;
    ctx_hint(ctx, " of %lld seconds, please increase the '%s' session variable and retry",
             (long long)variable_get_number(session->variables, name), name);
}

// Errors that tell of a damaged disk or of a mistake of ours belong into the log too.
static void log_failure(const Session *session, const Ctx *ctx)
{
    Rc rc = ctx->err.rc;
    if (rc != RC_BUG && rc != RC_IO && rc != RC_CORRUPT) return;
    log_warn("connection %u: %.*s%s%.*s", session->id, STR_ARG(ctx->err.text),
             ctx->err.notes.len ? "; " : "", STR_ARG(ctx->err.notes));
}

Rc session_run(Session *session, Ctx *ctx, SqlText *sql, RowSink *sink, StatementResult *result)
{
    Statement *stmt = NULL;
    Execution x = {
        .session = session, .instance = session->instance, .sink = sink, .result = result};
    *result = (StatementResult){.is_last = true};
    ctx->cancel = &session->cancel;
    ctx->clock = session->instance->options.clock;
    ctx->activity = str_sub(sql->rest, 0, 1024);
    must_tell(ctx->activity);
    session_begin(session, sql->rest);
    unsigned traits = 0;
    Rc rc = parse(ctx, sql, &stmt);
    if (rc != RC_OK) {
        rc = rc_failed(sql_envelope_syntax(ctx));
    } else {
        traits = ROUTES[stmt->kind].traits;
        x.stmt = stmt;
        result->is_last = sql->rest.len == 0;
        rc = run(ctx, &x);
    }
    if (rc != RC_OK) hint_timeout(ctx, session, traits);
    if (rc != RC_OK) log_failure(session, ctx);
    if (!(traits & KEEPS_WARNINGS)) {
        keep_warnings(session, ctx);
        result->warning_count = ctx->warning_count;
    }
    must_tell(STR(""));
    session_end(session);
    return rc;
}
