/*
 * exec/alter: ALTER TABLE of columns, indexes and comment, SWAP WITH; SHOW ALTER TABLE, CANCEL
 * ALTER TABLE.
 *
 * Form    one transaction of the catalog: what StarRocks does by jobs is over when the statement
 *         is. The last changes of columns are remembered, for SHOW ALTER TABLE COLUMN.
 * Source  StarRocks' AlterJobExecutor, SchemaChangeProcDir, RollupProcDir, OptimizeProcDir.
 * Errors  those of plan/alter and the catalog, UNKNOWN_TABLE, SEMANTIC.
 * Threads the session's; history_lock guards the history.
 */
#include "exec/alter.h"
#include "base/fault.h"
#include "exec/handlers.h"
#include "exec/showrows.h"
#include "plan/alter.h"

enum { HISTORY = 256, NAME_BYTES = 256, JOB_TIMEOUT_SECOND = 86400 };

typedef struct AlterRecord {
    uint64_t id, database_id, table_id, txn;
    char table[NAME_BYTES];
    uint32_t schema_id;
    int64_t created_ms, finished_ms;
} AlterRecord;

struct AlterHistory {
    Lock lock;
    size_t count;  // of all that ever were; the newest HISTORY of them are in `at`
    AlterRecord at[HISTORY];
};

struct AlterHistory *alter_history_new(Arena *arena)
{
    struct AlterHistory *history = ARENA_NEW(arena, struct AlterHistory);
    lock_init(&history->lock, RANK_LEAF);
    return history;
}

static void remember(Execution *x, const FoundTable *found, AlterRecord record)
{
    struct AlterHistory *history = x->instance->alters;
    Str name = str_sub(found->table->def->name, 0, NAME_BYTES - 1);
    memcpy(record.table, name.ptr, name.len);
    record.database_id = found->database->def->id;
    record.table_id = found->table->def->id;
    record.finished_ms = clock_now_ms(x->instance->options.clock);
    lock_take(&history->lock);
    history->at[history->count++ % HISTORY] = record;
    lock_give(&history->lock);
}

// ---------------------------------------------------------------------------------------- clauses

static Rc swap(Ctx *ctx, CatalogTxn *txn, const FoundTable *found, Str name)
{
    const Table *other = catalog_find_table(found->database, name);
    if (!other)
        return SAY(ctx, SEMANTIC, "Table %.*s does not exist or is not OLAP table", STR_ARG(name));
    if (other == found->table) return SAY(ctx, SEMANTIC, "Same table name");
    return txn_swap_tables(ctx, txn, found->table->def->id, other->def->id);
}

Rc alter_clauses(Ctx *ctx, Execution *x, CatalogTxn *txn, const AlterRun *run)
{
    const AlterTableStatement *stmt = x->stmt->alter_table;
    TableDef *def = NULL;
    if (stmt->clauses[0].what == AST_ALTER_SWAP)
        return swap(ctx, txn, run->found, stmt->clauses[0].name.text);
    TRY(plan_alter_apply(ctx, run->found->table, run->draft, &def));
    TRY(txn_alter_table(ctx, txn, def));
    return fault_point(ctx, "alter.commit");
}

Rc alter_analyze(Ctx *ctx, Execution *x, const FoundTable *found, AlterDraft *out)
{
    PlanEnv env;
    TRY(plan_alter_check(ctx, found->table->def, x->stmt->alter_table, out));
    TRY(exec_plan_env(ctx, x, &env));
    char text[CLOCK_TEXT_SIZE];
    out->now_text = env.now_text.len > 0
                        ? env.now_text
                        : str_dup(ctx->arena, str_from(clock_text(env.now_ms, text)));
    return RC_OK;
}

Rc alter_remember(Ctx *ctx, Execution *x, const FoundTable *found)
{
    AlterRecord record = {.created_ms = clock_now_ms(ctx->clock)};
    const CatalogSnapshot *now = catalog_pin(x->instance->catalog);
    const Database *database = catalog_find_database_id(now, found->database->def->id);
    const Table *table =
        database ? catalog_find_table_id(database, found->table->def->id) : found->table;
    if (!table) table = found->table;
    record.txn = now->txn;
    record.schema_id = table_current_schema(table->def)->id;
    bool is_change = record.schema_id != table_current_schema(found->table->def)->id;
    catalog_unpin(x->instance->catalog, now);
    if (!is_change) return RC_OK;
    TRY(catalog_new_ids(ctx, x->instance->catalog, 1, &record.id));
    remember(x, found, record);
    return RC_OK;
}

// ------------------------------------------------------------------------------ SHOW ALTER TABLE

static void fill_column_row(Ctx *ctx, const AlterRecord *record, Str *cells)
{
    Str name = str_dup(ctx->arena, str_from(record->table));
    cells[0] = text_u64(ctx->arena, record->id);
    cells[1] = name;
    cells[2] = text_time(ctx->arena, record->created_ms);
    cells[3] = text_time(ctx->arena, record->finished_ms);
    cells[4] = name;
    cells[5] = cells[6] = text_u64(ctx->arena, record->table_id);
    cells[7] = str_printf(ctx->arena, "%u:0", record->schema_id);
    cells[8] = text_u64(ctx->arena, record->txn);
    cells[9] = STR("FINISHED");
    cells[10] = STR("");
    cells[12] = text_u64(ctx->arena, JOB_TIMEOUT_SECOND);
    cells[13] = STR("");
}

static void list_columns(Ctx *ctx, Execution *x, const Database *database, ShowRows *rows)
{
    struct AlterHistory *history = x->instance->alters;
    lock_take(&history->lock);
    size_t first = history->count > HISTORY ? history->count - HISTORY : 0;
    for (size_t i = first; i < history->count; i++) {
        const AlterRecord *record = &history->at[i % HISTORY];
        if (record->database_id == database->def->id)
            fill_column_row(ctx, record, show_rows_add(ctx, rows));
    }
    lock_give(&history->lock);
}

// There are no rollups and no changes of distribution: their answers are empty.
Rc exec_show_alter(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMN[] = {
        {"JobId", TYPE_VARCHAR},         {"TableName", TYPE_VARCHAR},
        {"CreateTime", TYPE_VARCHAR},    {"FinishTime", TYPE_VARCHAR},
        {"IndexName", TYPE_VARCHAR},     {"IndexId", TYPE_VARCHAR},
        {"OriginIndexId", TYPE_VARCHAR}, {"SchemaVersion", TYPE_VARCHAR},
        {"TransactionId", TYPE_VARCHAR}, {"State", TYPE_VARCHAR},
        {"Msg", TYPE_VARCHAR},           {"Progress", TYPE_VARCHAR},
        {"Timeout", TYPE_VARCHAR},       {"Warehouse", TYPE_VARCHAR},
    };
    static const TextColumn ROLLUP[] = {
        {"JobId", TYPE_VARCHAR},         {"TableName", TYPE_VARCHAR},
        {"CreateTime", TYPE_VARCHAR},    {"FinishedTime", TYPE_VARCHAR},
        {"BaseIndexName", TYPE_VARCHAR}, {"RollupIndexName", TYPE_VARCHAR},
        {"RollupId", TYPE_VARCHAR},      {"TransactionId", TYPE_VARCHAR},
        {"State", TYPE_VARCHAR},         {"Msg", TYPE_VARCHAR},
        {"Progress", TYPE_VARCHAR},      {"Timeout", TYPE_VARCHAR},
        {"Warehouse", TYPE_VARCHAR},
    };
    static const TextColumn OPTIMIZE[] = {
        {"JobId", TYPE_VARCHAR},      {"TableName", TYPE_VARCHAR}, {"CreateTime", TYPE_VARCHAR},
        {"FinishTime", TYPE_VARCHAR}, {"Operation", TYPE_VARCHAR}, {"TransactionId", TYPE_VARCHAR},
        {"State", TYPE_VARCHAR},      {"Msg", TYPE_VARCHAR},       {"Progress", TYPE_VARCHAR},
        {"Timeout", TYPE_VARCHAR},
    };
    const ShowStatement *show = &x->stmt->show;
    const Database *database = NULL;
    ShowRows rows = SHOW_ROWS(COLUMN);
    if (show->alter_kind == AST_ALTER_JOB_ROLLUP) rows = SHOW_ROWS(ROLLUP);
    if (show->alter_kind == AST_ALTER_JOB_OPTIMIZE) rows = SHOW_ROWS(OPTIMIZE);
    TRY(exec_analyzing(ctx, exec_database(ctx, x, show->name, &database)));
    if (show->alter_kind == AST_ALTER_JOB_COLUMN) list_columns(ctx, x, database, &rows);
    return show_rows_send(ctx, x, show, &rows);
}

Rc exec_cancel_alter(Ctx *ctx, Execution *x)
{
    static const char *const STATES[] = {
        [AST_ALTER_JOB_COLUMN] = "SCHEMA_CHANGE",
        [AST_ALTER_JOB_ROLLUP] = "ROLLUP",
        [AST_ALTER_JOB_OPTIMIZE] = "OPTIMIZE",
    };
    FoundTable found;
    const CancelAlterStatement *stmt = &x->stmt->cancel_alter;
    TRY(exec_analyzing(ctx, exec_table(ctx, x, stmt->table, &found)));
    return SAY(ctx, SEMANTIC, "Table[%.*s] is not under %s.", STR_ARG(found.table->def->name),
               STATES[stmt->kind]);
}
