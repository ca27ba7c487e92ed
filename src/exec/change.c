/*
 * exec/change: UPDATE, DELETE, and INSERT that keeps columns: statements that read the table which
 * they change.
 *
 * Form    planned once for its errors, without waiting for anybody; then under the table's write
 *         token on a fresh snapshot, so that nobody changes what was read before the commit. Only
 *         statements that take no token, as TRUNCATE, may come between: then it is done again.
 * Errors  those of plan/change (in the analyzing envelope), table_insert, table_delete.
 * Threads the session's.
 */
#include "plan/change.h"
#include "exec/handlers.h"

enum { ATTEMPTS = 5 };

typedef struct Change {
    uint64_t database_id, table_id;
    InsertPlan *insert;  // UPDATE and INSERT
    DeletePlan *delete;
    uint64_t row_count;
} Change;

typedef Rc (*ChangePlan)(Ctx *ctx, Execution *x, const PlanEnv *env, Change *out);
typedef Rc (*ChangeRun)(Ctx *ctx, Execution *x, Change *change);
typedef struct ChangeKind {
    const char *verb;
    ChangePlan plan;
    ChangeRun run;
} ChangeKind;

static Rc plan(Ctx *ctx, Execution *x, const ChangeKind *kind, Change *out)
{
    PlanEnv env;
    TRY(exec_plan_env(ctx, x, &env));
    return kind->plan(ctx, x, &env, out);
}

static void pin_again(Execution *x)
{
    const CatalogSnapshot *old = x->snapshot;
    x->snapshot = catalog_pin(x->instance->catalog);
    catalog_unpin(x->instance->catalog, old);
}

// With the token of table `change->table_id`.
static Rc run_pinned(Ctx *ctx, Execution *x, const ChangeKind *kind, Change *change)
{
    uint64_t table_id = change->table_id;
    pin_again(x);
    TRY(exec_analyzing(ctx, plan(ctx, x, kind, change)));
    if (change->table_id != table_id) return FAIL(ctx, TABLE_GONE, (unsigned long long)table_id);
    return kind->run(ctx, x, change);
}

// The rowsets that were read ended, or another table has the name now.
static bool is_overtaken(const Ctx *ctx)
{
    return ctx->err.id == ERR_ROWSET_GONE || ctx->err.id == ERR_TABLE_GONE;
}

static Rc run_change(Ctx *ctx, Execution *x, const ChangeKind *kind)
{
    Change change = {0};
    Catalog *catalog = x->instance->catalog;
    TRY(exec_analyzing(ctx, plan(ctx, x, kind, &change)));
    for (int attempt = 1;; attempt++) {
        uint64_t table_id = change.table_id;
        TRY(catalog_take_token(ctx, catalog, table_id));
        Rc rc = run_pinned(ctx, x, kind, &change);
        catalog_give_token(catalog, table_id);
        if (rc == RC_OK) break;
        if (!is_overtaken(ctx) || attempt == ATTEMPTS) return rc;
        ctx_clear(ctx);
    }
    StoredTable ref = {change.database_id, change.table_id};
    table_look_after(ctx, x->instance->store, ref);
    x->result->affected_rows = change.row_count;
    x->result->info = exec_insert_info(ctx, x, kind->verb);
    return RC_OK;
}

static Rc take_insert(const InsertPlan *planned, Change *out)
{
    out->database_id = planned->database->def->id;
    out->table_id = planned->table->def->id;
    return RC_OK;
}

static Rc run_insert(Ctx *ctx, Execution *x, Change *change)
{
    EngineConn *conn;
    TableInsert insert = {.database_id = change->database_id,
                          .table_id = change->table_id,
                          .table = change->insert->table,
                          .partition_count = change->insert->partition_count,
                          .partitions = change->insert->partitions,
                          .has_token = true};
    TRY(exec_fill(ctx, x, change->insert->query, &insert.sql));
    TRY(session_engine(ctx, x->session, &conn));
    return table_insert(ctx, x->instance->store, conn, &insert, &change->row_count);
}

// --- INSERT

static Rc plan_kept(Ctx *ctx, Execution *x, const PlanEnv *env, Change *out)
{
    TRY(plan_insert(ctx, env, x->stmt->insert, &out->insert));
    return take_insert(out->insert, out);
}

Rc exec_insert_kept(Ctx *ctx, Execution *x)
{
    static const ChangeKind KIND = {"insert", plan_kept, run_insert};
    return run_change(ctx, x, &KIND);
}

// --- UPDATE

static Rc plan_of_update(Ctx *ctx, Execution *x, const PlanEnv *env, Change *out)
{
    TRY(exec_refuse_virtual_table(ctx, x, x->stmt->update->table));
    TRY(plan_update(ctx, env, x->stmt->update, &out->insert));
    return take_insert(out->insert, out);
}

Rc exec_update(Ctx *ctx, Execution *x)
{
    static const ChangeKind KIND = {"update", plan_of_update, run_insert};
    return run_change(ctx, x, &KIND);
}

// --- DELETE

static Rc plan_of_delete(Ctx *ctx, Execution *x, const PlanEnv *env, Change *out)
{
    TRY(exec_refuse_virtual_table(ctx, x, x->stmt->delete->table));
    TRY(plan_delete(ctx, env, x->stmt->delete, &out->delete));
    out->database_id = out->delete->database->def->id;
    out->table_id = out->delete->table->def->id;
    return RC_OK;
}

static Rc run_delete(Ctx *ctx, Execution *x, Change *change)
{
    EngineConn *conn;
    EngineQuery *query = change->delete->query;
    Scan *target = NULL;
    TRY(plan_check_delete(ctx, change->delete->table, x->stmt->delete));
    for (size_t i = 0; i < query->scan_count && !target; i++)
        if (query->scans[i].has_positions) target = &query->scans[i];
    must(target != NULL);
    AUTO(marks_end) Marks marks = {0};
    marks_begin(ctx->arena, target->partitions, target->partition_count, &marks);
    target->sets = marks.sets;
    TableDelete delete = {
        .database_id = change->database_id, .table = change->delete->table, .marks = &marks};
    TRY(exec_fill(ctx, x, query, &delete.sql));
    TRY(session_engine(ctx, x->session, &conn));
    return table_delete(ctx, x->instance->store, conn, &delete, &change->row_count);
}

Rc exec_delete(Ctx *ctx, Execution *x)
{
    static const ChangeKind KIND = {"delete", plan_of_delete, run_delete};
    return run_change(ctx, x, &KIND);
}
