/*
 * exec/explain: EXPLAIN: what will be read, and on request how the engine goes about it.
 *
 * Source  the lines of StarRocks' plans that tell which partitions and columns are read. VERBOSE
 *         adds the engine's own plan, ANALYZE runs the query and adds what each step cost.
 * Errors  those of planning (in the analyzing envelope), of the engine.   Threads  the session's.
 */
#include "exec/handlers.h"
#include "exec/showrows.h"

static void say(Ctx *ctx, ShowRows *rows, const char *format, ...) PRINTF_LIKE(3, 4);
static void say(Ctx *ctx, ShowRows *rows, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    show_rows_add(ctx, rows)[0] = str_vprintf(ctx->arena, format, args);
    va_end(args);
}

static Str name_columns(Ctx *ctx, const Scan *scan)
{
    Buf out = buf_new(ctx->arena);
    for (size_t i = 0; i < scan->column_count; i++)
        buf_printf(&out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(scan->columns[i]->name));
    return buf_str(&out);
}

static void say_table(Ctx *ctx, const Scan *scan, size_t number, ShowRows *rows)
{
    uint64_t row_count = 0, size_bytes = 0, files = 0;
    size_t total = 0;
    for (size_t i = 0; i < scan->partition_count; i++) {
        row_count += scan->partitions[i]->row_count;
        size_bytes += scan->partitions[i]->size_bytes;
        files += scan->partitions[i]->rowset_count;
    }
    for (size_t i = 0; i < scan->table->partition_count; i++)
        total += !scan->table->partitions[i]->def->is_temporary;
    say(ctx, rows, "  %zu:OlapScanNode", number);
    say(ctx, rows, "     TABLE: %.*s", STR_ARG(scan->table->def->name));
    if (scan->merge_reason)
        say(ctx, rows, "     PREAGGREGATION: OFF. Reason: %s", scan->merge_reason);
    else
        say(ctx, rows, "     PREAGGREGATION: ON");
    say(ctx, rows, "     partitions=%zu/%zu", scan->partition_count, total);
    say(ctx, rows, "     rollup: %.*s", STR_ARG(scan->table->def->name));
    say(ctx, rows, "     cardinality=%llu", (unsigned long long)row_count);
    say(ctx, rows, "     avgRowSize=%.1f",
        row_count ? (double)size_bytes / (double)row_count : 0.0);
    say(ctx, rows, "     files=%llu", (unsigned long long)files);
    if (scan->merge_reason)
        say(ctx, rows, "     merged partitions=%zu", table_merged_partitions(scan));
    say(ctx, rows, "     columns: %.*s", STR_ARG(name_columns(ctx, scan)));
}

static void say_scan(Ctx *ctx, const Scan *scan, size_t number, ShowRows *rows)
{
    switch (scan->kind) {
    case SCAN_TABLE: say_table(ctx, scan, number, rows); return;
    case SCAN_FILES:
        say(ctx, rows, "  %zu:FileTableScanNode", number);
        say(ctx, rows, "     path: %.*s",
            STR_ARG(properties_get(scan->properties, scan->property_count, "path")));
        return;
    case SCAN_VIRTUAL:
        say(ctx, rows, "  %zu:SCAN SCHEMA", number);
        say(ctx, rows, "     TABLE: information_schema.%.*s", STR_ARG(scan->virtual_name));
        return;
    }
}

static void say_query(Ctx *ctx, const EngineQuery *query, const Table *target, ShowRows *rows)
{
    Buf columns = buf_new(ctx->arena);
    for (size_t i = 0; i < query->column_count; i++)
        buf_printf(&columns, "%s%.*s", i > 0 ? " | " : "", STR_ARG(query->columns[i].name));
    say(ctx, rows, "PLAN FRAGMENT 0");
    say(ctx, rows, " OUTPUT EXPRS:%.*s", STR_ARG(buf_str(&columns)));
    say(ctx, rows, "  PARTITION: UNPARTITIONED");
    say(ctx, rows, "%s", "");
    say(ctx, rows, target ? "  OLAP TABLE SINK" : "  RESULT SINK");
    if (target) say(ctx, rows, "    TABLE: %.*s", STR_ARG(target->def->name));
    for (size_t i = 0; i < query->scan_count; i++) {
        say(ctx, rows, "%s", "");
        say_scan(ctx, &query->scans[i], i, rows);
    }
}

// The engine's own plan comes as one text of several lines.
static Rc say_engine(Ctx *ctx, Execution *x, const EngineQuery *query, bool is_run, ShowRows *rows)
{
    EngineConn *conn;
    SinkList list;
    Str sql;
    sink_list_init(&list);
    TRY(exec_fill(ctx, x, query, &sql));
    TRY(session_engine(ctx, x->session, &conn));
    sql = str_printf(ctx->arena, "EXPLAIN %s%.*s", is_run ? "ANALYZE " : "", STR_ARG(sql));
    TRY(engine_query(ctx, conn, sql, NULL, &list.sink));
    for (const SinkRow *row = list.first; row; row = row->next) {
        Str rest = row->cells[list.column_count - 1];
        say(ctx, rows, "%s", "");
        while (rest.len > 0) show_rows_add(ctx, rows)[0] = str_cut(&rest, '\n');
    }
    return RC_OK;
}

typedef struct Explained {
    EngineQuery *query;
    const Table *target;  // of an INSERT
} Explained;

static Rc plan(Ctx *ctx, Execution *x, const Statement *stmt, Explained *out)
{
    PlanEnv env;
    InsertPlan *insert;
    TRY(exec_plan_env(ctx, x, &env));
    if (stmt->kind == STMT_QUERY) return plan_query(ctx, &env, stmt->query, &out->query);
    must(stmt->kind == STMT_INSERT);
    TRY(plan_insert(ctx, &env, stmt->insert, &insert));
    *out = (Explained){insert->query, insert->table};
    return RC_OK;
}

Rc exec_explain(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"Explain String", TYPE_VARCHAR}};
    const ExplainStatement *stmt = &x->stmt->explain;
    Explained explained = {0};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    bool is_run = stmt->level == EXPLAIN_ANALYZE;
    if (is_run && stmt->target->kind == STMT_INSERT)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("EXPLAIN ANALYZE of INSERT")));
    TRY(exec_analyzing(ctx, plan(ctx, x, stmt->target, &explained)));
    say_query(ctx, explained.query, explained.target, &rows);
    if (is_run || stmt->level == EXPLAIN_VERBOSE)
        TRY(say_engine(ctx, x, explained.query, is_run, &rows));
    return show_rows_send_all(ctx, x, &rows);
}
