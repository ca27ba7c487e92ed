/*
 * exec/recover: RECOVER, and SHOW CATALOG RECYCLE BIN.
 *
 * Form    find what it is and hold it in the trash, link its files to new ids, one transaction in
 *         which all of it lives again. Up to that transaction nothing has changed.
 * Source  StarRocks LocalMetastore.recover*, CatalogRecycleBin: order of checks and texts. Columns
 *         of the list: Doris' ShowCatalogRecycleBin, and ours behind them.
 * Errors  those of catalog/trash.h; UNKNOWN_DATABASE, UNKNOWN_TABLE.   Threads  the session's.
 */
#include "base/fault.h"
#include "base/log.h"
#include "base/map.h"
#include "catalog/trash.h"
#include "exec/handlers.h"
#include "exec/showrows.h"
#include "schema/names.h"

// --- what the statement means

static Rc analyze_names(Ctx *ctx, Execution *x, Str *database)
{
    const RecoverStatement *stmt = &x->stmt->recover;
    bool is_table = stmt->kind != RECOVER_DROPPED_DATABASE;
    TRY(exec_database_name(ctx, x, stmt->name, is_table, database));
    TRY(exec_refuse_virtual(ctx, *database));
    if (!stmt->alias.text.len) return RC_OK;
    switch (stmt->kind) {
    case RECOVER_DROPPED_DATABASE: return name_check_database(ctx, stmt->alias.text);
    case RECOVER_DROPPED_TABLE: return name_check_table(ctx, stmt->alias.text);
    case RECOVER_DROPPED_PARTITION: return name_check_partition(ctx, stmt->alias.text);
    case RECOVER_OVERWRITTEN: break;
    }
    return RC_OK;
}

static UndoCause cause_of(Str word)
{
    for (int i = 0; i < UNDO_CAUSE_COUNT; i++)
        if (str_eq_nocase(word, str_from(undo_cause_text((UndoCause)i)))) return (UndoCause)i;
    must(!"the parser knows a cause that the catalog does not");
    return UNDO_RESTORE;
}

static Rc request_table(Ctx *ctx, Execution *x, const Database *database, RecoveryRequest *out)
{
    const RecoverStatement *stmt = &x->stmt->recover;
    Str name = qname_last(stmt->name);
    const Table *table = catalog_find_table(database, name);
    out->database_id = database->def->id;
    out->table = out->name = name;
    if (stmt->kind == RECOVER_DROPPED_TABLE) {
        out->kind = TRASH_TABLE;
        Str wanted = out->new_name.len ? out->new_name : name;
        if (catalog_find_table(database, wanted)) return FAIL(ctx, TABLE_EXISTS, STR_ARG(wanted));
        return RC_OK;
    }
    if (!table) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(name));
    out->table_id = table->def->id;
    if (stmt->kind == RECOVER_OVERWRITTEN) {
        out->kind = TRASH_VERSION;
        out->cause = cause_of(stmt->cause);
        return RC_OK;
    }
    out->kind = TRASH_PARTITION;
    out->name = stmt->partition.text;
    Str wanted = out->new_name.len ? out->new_name : out->name;
    if (catalog_find_partition(table, wanted))
        return FAIL(ctx, RECOVER_PARTITION_EXISTS, STR_ARG(wanted), STR_ARG(name));
    return RC_OK;
}

static Rc make_request(Ctx *ctx, Execution *x, Str database_name, RecoveryRequest *out)
{
    const RecoverStatement *stmt = &x->stmt->recover;
    *out = (RecoveryRequest){.kind = TRASH_DATABASE,
                             .name = database_name,
                             .id = stmt->id,
                             .new_name = stmt->alias.text};
    const Database *database = catalog_find_database(x->snapshot, database_name);
    if (stmt->kind == RECOVER_DROPPED_DATABASE) {
        Str wanted = out->new_name.len ? out->new_name : database_name;
        if (catalog_find_database(x->snapshot, wanted))
            return FAIL(ctx, RECOVER_DATABASE_EXISTS, STR_ARG(wanted));
        return RC_OK;
    }
    if (!database) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(database_name));
    return request_table(ctx, x, database, out);
}

// --- doing it

static Rc commit_recovery(Ctx *ctx, Execution *x, const Recovery *recovery)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(txn_recover(ctx, txn, recovery));
    TRY(fault_point(ctx, "recover.commit"));
    return txn_commit(ctx, &txn);
}

static Rc link_and_commit(Ctx *ctx, Execution *x, const Recovery *recovery)
{
    size_t count = recovery->file_count;
    Relink *links = ARENA_ARRAY(ctx->arena, Relink, count);
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) {
        links[i] = (Relink){recovery->files[i].old_id, recovery->files[i].new_id};
        ids[i] = recovery->files[i].new_id;
    }
    TRY(table_relink_rowsets(ctx, x->instance->store, links, count));
    Rc rc = commit_recovery(ctx, x, recovery);
    if (rc == RC_OK) return RC_OK;
    // No row names them: a cancelled statement cleans up too.
    Ctx quiet;
    ctx_init(&quiet, ctx->arena, ctx->clock);
    if (table_discard_files(&quiet, x->instance->store, ids, count) != RC_OK)
        log_warn("left for the next start: %.*s", STR_ARG(quiet.err.text));
    return rc;
}

// [`d`.]`t`
static void add_name(Buf *out, Str database, Str table)
{
    if (database.ptr) buf_add_quoted(out, database, '`');
    if (database.ptr && table.ptr) buf_add_byte(out, '.');
    if (table.ptr) buf_add_quoted(out, table, '`');
}

static Rc recover(Ctx *ctx, Execution *x, const RecoveryRequest *request)
{
    AUTO(catalog_recovery_close) Recovery *recovery = NULL;
    TRY(catalog_recovery_open(ctx, x->instance->catalog, request, &recovery));
    TRY(fault_point(ctx, "recover.held"));
    TRY(link_and_commit(ctx, x, recovery));
    if (request->kind != TRASH_VERSION) return RC_OK;
    Buf name = buf_new(ctx->arena);
    const Database *database = catalog_find_database_id(x->snapshot, request->database_id);
    add_name(&name, database ? database->def->name : STR_NONE, request->name);
    x->result->info = str_printf(ctx->arena, "RECOVER TABLE %.*s FROM RECOVER %llu takes this back",
                                 STR_ARG(buf_str(&name)), (unsigned long long)recovery->undo_id);
    ctx_warn(ctx, WARNING_NOTE, ERR_COMMON, "%.*s", STR_ARG(x->result->info));
    return RC_OK;
}

// Whoever reads positions of the table's rows must not write them behind this.
static Rc recover_version(Ctx *ctx, Execution *x, const RecoveryRequest *request)
{
    TRY(catalog_take_token(ctx, x->instance->catalog, request->table_id));
    Rc rc = recover(ctx, x, request);
    catalog_give_token(x->instance->catalog, request->table_id);
    return rc;
}

// Why there is nothing of that job in the trash.
static Rc explain_restore(Ctx *ctx, Execution *x, const RecoveryRequest *request)
{
    JobList jobs;
    const JobInfo *job = NULL;
    unsigned long long id = request->id;
    ctx_clear(ctx);
    TRY(jobs_list_all(ctx, x->instance->jobs, &jobs));
    for (size_t i = 0; i < jobs.count; i++)
        if (jobs.at[i].id == request->id && jobs.at[i].kind == JOB_RESTORE) job = &jobs.at[i];
    if (!job) return SAY(ctx, COMMON, "There is no RESTORE with JobId %llu", id);
    if (!str_eq(job->state, STR("FINISHED")))
        return SAY(ctx, COMMON, "RESTORE %llu changed nothing: it is in state %.*s", id,
                   STR_ARG(job->state));
    int64_t gone_ms = job->finished_ms + x->instance->options.trash_expire_second * 1000;
    if (gone_ms <= clock_now_ms(ctx->clock))
        return FAIL(ctx, TRASH_NO_VERSION, STR_ARG(request->name), "RESTORE", id);
    return SAY(ctx, COMMON,
               "RESTORE %llu (%.*s.%.*s) did not overwrite table %.*s: it made it anew, or wrote"
               " others",
               id, STR_ARG(job->database), STR_ARG(job->label), STR_ARG(request->name));
}

Rc exec_recover(Ctx *ctx, Execution *x)
{
    RecoveryRequest request;
    Str database;
    TRY(exec_analyzing(ctx, analyze_names(ctx, x, &database)));
    TRY(make_request(ctx, x, database, &request));
    if (request.kind != TRASH_VERSION) return recover(ctx, x, &request);
    Rc rc = recover_version(ctx, x, &request);
    if (rc != RC_OK && ctx->err.id == ERR_TRASH_NO_VERSION && request.cause == UNDO_RESTORE)
        return explain_restore(ctx, x, &request);
    return rc;
}

// --- SHOW CATALOG RECYCLE BIN

enum { TYPE, NAME, DB_ID, TABLE_ID, PARTITION_ID, DROP_TIME, DATA_SIZE, ROWS, EXPIRE_TIME, HOW };

static Str item_key(Arena *arena, const TrashItem *item)
{
    return str_printf(arena, "%d %llu %llu %.*s", item->kind, (unsigned long long)item->database_id,
                      (unsigned long long)item->table_id, STR_ARG(item->name));
}

// The statement; with the id where something newer has the same name.
static Str how_to_recover(Ctx *ctx, const TrashItem *item, bool is_newest)
{
    static const char *const WORDS[] = {"DATABASE", "TABLE", "PARTITION", "TABLE"};
    Buf out = buf_new(ctx->arena);
    buf_printf(&out, "RECOVER %s ", WORDS[item->kind]);
    switch (item->kind) {
    case TRASH_DATABASE:
    case TRASH_PARTITION: buf_add_quoted(&out, item->name, '`'); break;
    case TRASH_TABLE:
    case TRASH_VERSION: add_name(&out, item->database, item->name); break;
    }
    if (item->kind == TRASH_VERSION) buf_printf(&out, " FROM %s", undo_cause_text(item->cause));
    if (item->kind == TRASH_VERSION || !is_newest)
        buf_printf(&out, " %llu", (unsigned long long)item->id);
    if (item->kind == TRASH_PARTITION) {
        buf_add_z(&out, " FROM ");
        add_name(&out, item->database, item->table);
    }
    return buf_str(&out);
}

static Str id_or_none(Arena *arena, uint64_t id)
{
    return id ? text_u64(arena, id) : STR("");
}

static void add_item(Ctx *ctx, Execution *x, const TrashItem *item, Str *cells)
{
    static const char *const TYPES[] = {"Database", "Table", "Partition", "TableVersion"};
    Arena *arena = ctx->arena;
    int64_t expire_ms = item->ended_ms + x->instance->options.trash_expire_second * 1000;
    cells[TYPE] = str_from(TYPES[item->kind]);
    cells[NAME] = item->name;
    cells[DB_ID] = id_or_none(arena, item->kind == TRASH_DATABASE ? item->id : item->database_id);
    cells[TABLE_ID] = id_or_none(arena, item->kind == TRASH_TABLE ? item->id : item->table_id);
    cells[PARTITION_ID] = id_or_none(arena, item->kind == TRASH_PARTITION ? item->id : 0);
    cells[DROP_TIME] = text_time(arena, item->ended_ms);
    cells[DATA_SIZE] = text_bytes(arena, item->size_bytes);
    cells[ROWS] = text_u64(arena, item->row_count);
    cells[EXPIRE_TIME] = text_time(arena, expire_ms);
}

Rc exec_show_recycle_bin(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Type", TYPE_VARCHAR},     {"Name", TYPE_VARCHAR},        {"DbId", TYPE_VARCHAR},
        {"TableId", TYPE_VARCHAR},  {"PartitionId", TYPE_VARCHAR}, {"DropTime", TYPE_VARCHAR},
        {"DataSize", TYPE_VARCHAR}, {"Rows", TYPE_BIGINT},         {"ExpireTime", TYPE_VARCHAR},
        {"Recover", TYPE_VARCHAR},
    };
    ShowRows rows = SHOW_ROWS(COLUMNS);
    rows.like_column = NAME;
    TrashList trash;
    TRY(catalog_trash(ctx, x->instance->catalog, &trash));
    Map newest = map_new(ctx->arena);
    for (size_t i = 0; i < trash.count; i++)
        map_put(&newest, item_key(ctx->arena, &trash.at[i]), &trash.at[i]);
    for (size_t i = 0; i < trash.count; i++) {
        const TrashItem *item = &trash.at[i];
        bool is_newest = map_get(&newest, item_key(ctx->arena, item)) == item;
        Str *cells = show_rows_add(ctx, &rows);
        add_item(ctx, x, item, cells);
        cells[HOW] = how_to_recover(ctx, item, is_newest);
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}
