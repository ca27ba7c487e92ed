/*
 * exec/query: SELECT, and queries inside other statements: what they are planned in, and their
 * holes.
 *
 * Errors  those of plan/ (in the analyzing envelope), of the engine and of what fills the holes.
 * Threads the session's.
 */
#include "exec/files.h"
#include "exec/handlers.h"
#include "exec/infoschema.h"
#include "exec/zone.h"

// ----------------------------------------------------------------------------------- environment

typedef struct EnvHandle {
    Ctx *ctx;
    Execution *x;
} EnvHandle;

static bool read_variable(void *handle, Str name, PlanVariable kind, Str *out, Type *type)
{
    EnvHandle *env = handle;
    VariableValue value = {0};
    SessionVariables *variables = env->x->session->variables;
    bool is_there = true;
    VariableScope scope = kind == PLAN_VARIABLE_GLOBAL ? VARIABLE_GLOBAL : VARIABLE_SESSION;
    if (kind == PLAN_VARIABLE_USER)
        value = user_variable_get(variables, env->ctx->arena, name);
    else
        is_there = variable_get(variables, env->ctx->arena, name, scope, &value);
    *out = value.text;
    *type = value.type;
    return is_there;
}

static Rc read_files_columns(void *handle, Ctx *ctx, const Property *properties, size_t count,
                             VirtualTable *out)
{
    EnvHandle *env = handle;
    return files_columns(ctx, env->x, properties, count, out);
}

static Rc evaluate(void *handle, Ctx *ctx, Str sql, Str *out)
{
    SinkList list;
    EngineConn *conn;
    sink_list_init(&list);
    TRY(session_engine(ctx, ((EnvHandle *)handle)->x->session, &conn));
    TRY(engine_query(ctx, conn, sql, NULL, &list.sink));
    if (list.row_count != 1) return FAIL(ctx, BUG, "a constant is no one row");
    *out = list.first->cells[0];
    return RC_OK;
}

Rc exec_plan_env(Ctx *ctx, Execution *x, PlanEnv *out)
{
    EnvHandle *handle = ARENA_NEW(ctx->arena, EnvHandle);
    *handle = (EnvHandle){ctx, x};
    *out = (PlanEnv){
        .snapshot = x->snapshot,
        .database = x->session->database,
        .user = str_printf(ctx->arena, "'%.*s'@'%%'", STR_ARG(x->session->user)),
        .connection_id = x->session->id,
        .now_ms = clock_now_ms(ctx->clock),
        .variable = read_variable,
        .handle = handle,
        .files_columns = read_files_columns,
        .evaluate = evaluate,
    };
    out->virtual_tables = virtual_tables(&out->virtual_table_count);
    SessionZone zone;
    TRY(zone_of_session(ctx, x, out->now_ms, &zone));
    out->zone = zone.zone;
    out->now_text = zone.now_text;
    return RC_OK;
}

Rc exec_fill(Ctx *ctx, Execution *x, const EngineQuery *query, Str *sql)
{
    Buf out = buf_new(ctx->arena);
    for (size_t i = 0; i < query->scan_count; i++) {
        const Scan *scan = &query->scans[i];
        buf_add(&out, query->pieces[i]);
        switch (scan->kind) {
        case SCAN_TABLE: TRY(table_fill_scan(ctx, x->instance->store, scan, &out)); break;
        case SCAN_FILES: TRY(files_fill(ctx, x, scan, &out)); break;
        case SCAN_VIRTUAL: TRY(virtual_fill(ctx, x, scan, &out)); break;
        }
    }
    buf_add(&out, query->pieces[query->scan_count]);
    *sql = buf_str(&out);
    return RC_OK;
}

// ------------------------------------------------------------------------------------------- run

static Rc run_query(Ctx *ctx, Execution *x, const Query *query, RowSink *sink, EngineQuery **out)
{
    PlanEnv env;
    EngineConn *conn;
    Str sql;
    TRY(exec_plan_env(ctx, x, &env));
    TRY(exec_analyzing(ctx, plan_query(ctx, &env, query, out)));
    TRY(exec_fill(ctx, x, *out, &sql));
    TRY(session_engine(ctx, x->session, &conn));
    EngineColumns columns = {(*out)->columns, (*out)->column_count};
    return engine_query(ctx, conn, sql, &columns, sink);
}

Rc exec_query(Ctx *ctx, Execution *x)
{
    EngineQuery *planned;
    x->result->has_rows = true;
    return run_query(ctx, x, x->stmt->query, x->sink, &planned);
}

Rc exec_evaluate(Ctx *ctx, Execution *x, Expr *expr, VariableValue *out)
{
    SelectItem item = {.expr = expr, .text = STR("value")};
    Select select = {.items = &item, .item_count = 1};
    QueryBody body = {.kind = BODY_SELECT, .select = &select};
    Query query = {.body = &body, .text = STR("")};
    SinkList list;
    EngineQuery *planned;
    sink_list_init(&list);
    TRY(run_query(ctx, x, &query, &list.sink, &planned));
    must(list.row_count == 1 && planned->column_count == 1);
    *out = (VariableValue){list.first->cells[0], planned->columns[0].type};
    return RC_OK;
}
