/*
 * exec/insert: INSERT INTO | OVERWRITE .. VALUES | SELECT.
 *
 * Source  StarRocks' InsertStmt: PROPERTIES, and the text behind OK.
 * Errors  those of plan_insert (in the analyzing envelope) and table_insert; NOT_SUPPORTED.
 * Threads the session's.
 */
#include "exec/handlers.h"
#include "exec/variables.h"

static Rc refuse_property(Ctx *ctx, const AstProperty *property)
{
    return SAY(ctx, NOT_SUPPORTED, "the property \"%.*s\" = \"%.*s\" of INSERT",
               STR_ARG(property->key), STR_ARG(property->value));
}

// Rows that do not fit fail the statement: whatever asks for less is refused, not ignored.
static Rc check_properties(Ctx *ctx, const InsertStatement *stmt)
{
    uint64_t seconds;
    for (size_t i = 0; i < stmt->properties.count; i++) {
        const AstProperty *property = &stmt->properties.at[i];
        Str value = property->value;
        if (str_eq(property->key, STR("strict_mode")) && str_eq_nocase(value, STR("true")))
            continue;
        if (str_eq(property->key, STR("max_filter_ratio")) && str_eq(value, STR("0"))) continue;
        if (!str_eq(property->key, STR("timeout")) || !str_to_u64(value, &seconds) ||
            seconds == 0 || seconds > INT32_MAX)
            return refuse_property(ctx, property);
        ctx->deadline_ms = clock_steady_ms() + (int64_t)seconds * 1000;
    }
    return RC_OK;
}

// The same for what SET asked for.
static Rc check_variables(Ctx *ctx, const Execution *x)
{
    VariableValue ratio = {0}, strict = {0};
    SessionVariables *variables = x->session->variables;
    (void)variable_get(variables, ctx->arena, STR("insert_max_filter_ratio"), VARIABLE_SESSION,
                       &ratio);
    (void)variable_get(variables, ctx->arena, STR("enable_insert_strict"), VARIABLE_SESSION,
                       &strict);
    if (!str_eq(ratio.text, STR("0")) && !str_eq(ratio.text, STR("0.0")))
        return SAY(ctx, NOT_SUPPORTED, "INSERT with insert_max_filter_ratio = %.*s",
                   STR_ARG(ratio.text));
    if (str_eq(strict.text, STR("0")))
        return SAY(ctx, NOT_SUPPORTED, "INSERT with enable_insert_strict = false");
    return RC_OK;
}

// StarRocks' text for a table that a RESTORE will replace; the transaction would refuse it too, but
// only when all rows are written.
static Rc check_state(Ctx *ctx, Execution *x, const InsertPlan *planned)
{
    Claim *claims;
    size_t count;
    if (!x->stmt->insert->is_overwrite) return RC_OK;
    TRY(catalog_claims(ctx, x->instance->catalog, &claims, &count));
    for (size_t i = 0; i < count; i++) {
        if (claims[i].kind != CLAIM_RESTORE ||
            !str_eq(claims[i].database, planned->database->def->name) ||
            !str_eq(claims[i].table, planned->table->def->name))
            continue;
        return SAY(ctx, SEMANTIC,
                   "table state is RESTORE, please wait to insert overwrite until table state is "
                   "normal");
    }
    return RC_OK;
}

// As StarRocks: of a table that makes its partitions itself, where the session says so and the
// statement names none.
static bool is_dynamic(const Execution *x, const InsertPlan *planned)
{
    return planned->table->def->is_auto_partitioned && planned->partition_count == 0 &&
           variable_get_number(x->session->variables, "dynamic_overwrite") != 0;
}

static Rc plan(Ctx *ctx, Execution *x, InsertPlan **out)
{
    PlanEnv env;
    const InsertStatement *stmt = x->stmt->insert;
    if (stmt->label.text.ptr) return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("WITH LABEL in INSERT")));
    TRY(check_properties(ctx, stmt));
    TRY(check_variables(ctx, x));
    TRY(exec_refuse_virtual_table(ctx, x, stmt->table));
    TRY(exec_plan_env(ctx, x, &env));
    TRY(plan_insert(ctx, &env, stmt, out));
    return check_state(ctx, x, *out);
}

// {'label':'insert_..', 'status':'VISIBLE', 'txnId':'12'}
Str exec_insert_info(Ctx *ctx, const Execution *x, const char *verb)
{
    Str id = uuid_text(ctx->arena, uuid_new());
    const CatalogSnapshot *now = catalog_pin(x->instance->catalog);
    uint64_t txn = now->txn;
    catalog_unpin(x->instance->catalog, now);
    return str_printf(ctx->arena,
                      "{'label':'%s_%.8s-%.4s-%.4s-%.4s-%.12s', 'status':'VISIBLE', "
                      "'txnId':'%llu'}",
                      verb, id.ptr, id.ptr + 8, id.ptr + 12, id.ptr + 16, id.ptr + 20,
                      (unsigned long long)txn);
}

static Rc diagnose(Ctx *ctx, Execution *x, EngineConn *conn)
{
    PlanEnv env;
    InsertDiagnosis diagnosis = {0};
    SinkList found;
    Str sql;
    TRY(exec_plan_env(ctx, x, &env));
    TRY(plan_insert_diagnose(ctx, &env, x->stmt->insert, &diagnosis));
    TRY(exec_fill(ctx, x, diagnosis.query, &sql));
    EngineColumns columns = {diagnosis.query->columns, diagnosis.query->column_count};
    sink_list_init(&found);
    TRY(engine_query(ctx, conn, sql, &columns, &found.sink));
    return found.first ? plan_insert_raise(ctx, &diagnosis, found.first->cells) : RC_OK;
}

static bool is_of_a_row(ErrId id)
{
    return id == ERR_COLUMN_NOT_NULL || id == ERR_BAD_VALUE || id == ERR_DATA_TOO_LONG;
}

// The engine looks at rows in any order, and at one column after the other: which row is told is
// found out by looking again. Where that finds none (rand(), computed columns) the first failure
// stays.
static Rc tell_first_row(Ctx *ctx, Execution *x, EngineConn *conn, Rc rc)
{
    if (!is_of_a_row(ctx->err.id)) return rc;
    Err failure = ctx->err;
    ctx_clear(ctx);
    Rc found = diagnose(ctx, x, conn);
    if (is_of_a_row(ctx->err.id)) return found;
    ctx_clear(ctx);
    ctx->err = failure;
    return rc;
}

Rc exec_insert(Ctx *ctx, Execution *x)
{
    InsertPlan *planned;
    EngineConn *conn;
    TableInsert insert = {0};
    TRY(exec_analyzing(ctx, plan(ctx, x, &planned)));
    if (planned->keeps_columns) return exec_insert_kept(ctx, x);
    insert.database_id = planned->database->def->id;
    insert.table_id = planned->table->def->id;
    insert.table = planned->table;
    insert.partition_count = planned->partition_count;
    insert.partitions = planned->partitions;
    insert.literal_rows = planned->literal_rows;
    insert.is_overwrite = x->stmt->insert->is_overwrite;
    insert.is_dynamic = is_dynamic(x, planned);
    TRY(exec_fill(ctx, x, planned->query, &insert.sql));
    TRY(session_engine(ctx, x->session, &conn));
    Rc rc = table_insert(ctx, x->instance->store, conn, &insert, &x->result->affected_rows);
    if (rc != RC_OK) return tell_first_row(ctx, x, conn, rc);
    x->result->info = exec_insert_info(ctx, x, "insert");
    return RC_OK;
}
