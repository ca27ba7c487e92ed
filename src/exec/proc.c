/*
 * exec/proc: SHOW PROC 'path': a tree of small tables about the inside of the server.
 *
 * Source  StarRocks' ProcService and its nodes: paths, columns, texts.
 * Errors  SEMANTIC.   Threads  the session's.
 */
#include "base/vec.h"
#include "catalog/colocate.h"
#include "exec/handlers.h"
#include "exec/showrows.h"

// `below` is the path behind the node's own, without the slash; empty: the node itself.
typedef Rc (*ProcNode)(Ctx *ctx, Execution *x, Str below);

static Rc fail_path(Ctx *ctx, Str path)
{
    return SAY(ctx, SEMANTIC, "Proc path '%.*s' doesn't exist", STR_ARG(path));
}

// --------------------------------------------------------------------------- /colocation_group

static Rc show_groups(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"GroupId", TYPE_VARCHAR},    {"GroupName", TYPE_VARCHAR},
        {"TableIds", TYPE_VARCHAR},   {"TableNames", TYPE_VARCHAR},
        {"BucketsNum", TYPE_VARCHAR}, {"ReplicationNum", TYPE_VARCHAR},
        {"DistCols", TYPE_VARCHAR},   {"IsStable", TYPE_VARCHAR},
    };
    Arena *arena = ctx->arena;
    ColocateGroup *groups = NULL;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    size_t count = colocate_groups(arena, x->snapshot, &groups);
    for (size_t i = 0; i < count; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        const Table *first = groups[i].tables[0];
        Buf ids = buf_new(arena), names = buf_new(arena), types = buf_new(arena);
        for (size_t k = 0; k < groups[i].table_count; k++) {
            const TableDef *def = groups[i].tables[k]->def;
            buf_printf(&ids, "%s%llu", k ? ", " : "", (unsigned long long)def->id);
            buf_printf(&names, "%s%.*s", k ? ", " : "", STR_ARG(def->name));
        }
        for (size_t k = 0; k < first->def->distribution_column_count; k++) {
            const Column *column = schema_column(table_current_schema(first->def),
                                                 first->def->distribution_columns[k]);
            buf_printf(&types, "%s%.*s", k ? ", " : "", STR_ARG(type_text(arena, column->type)));
        }
        bool has_partition = first->partition_count > 0;
        cells[0] = colocate_group_id(arena, &groups[i]);
        cells[1] = str_printf(arena, "%llu_%.*s", (unsigned long long)groups[i].database->def->id,
                              STR_ARG(groups[i].name));
        cells[2] = buf_str(&ids);
        cells[3] = buf_str(&names);
        cells[4] = text_u64(arena, first->def->bucket_num);
        cells[5] = text_u64(arena, has_partition ? first->partitions[0]->def->replication_num : 1);
        cells[6] = buf_str(&types);
        cells[7] = STR("true");
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

static Rc show_buckets(Ctx *ctx, Execution *x, Str group_id)
{
    static const TextColumn COLUMNS[] = {{"BucketIndex", TYPE_VARCHAR},
                                         {"BackendIds", TYPE_VARCHAR}};
    ColocateGroup *groups = NULL;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    size_t count = colocate_groups(ctx->arena, x->snapshot, &groups);
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(colocate_group_id(ctx->arena, &groups[i]), group_id)) continue;
        for (uint32_t bucket = 0; bucket < groups[i].tables[0]->def->bucket_num; bucket++) {
            Str *cells = show_rows_add(ctx, &rows);
            cells[0] = text_u64(ctx->arena, bucket);
            cells[1] = STR("10001");
        }
        return show_rows_send(ctx, x, &x->stmt->show, &rows);
    }
    return SAY(ctx, SEMANTIC, "Invalid group id: %.*s", STR_ARG(group_id));
}

static Rc node_groups(Ctx *ctx, Execution *x, Str below)
{
    return below.len > 0 ? show_buckets(ctx, x, below) : show_groups(ctx, x);
}

// --------------------------------------------------------------------------------- /compactions

// The latest merging of each partition since the start.
static Rc node_compactions(Ctx *ctx, Execution *x, Str below)
{
    static const TextColumn COLUMNS[] = {
        {"Partition", TYPE_VARCHAR},  {"TxnID", TYPE_VARCHAR},      {"StartTime", TYPE_VARCHAR},
        {"CommitTime", TYPE_VARCHAR}, {"FinishTime", TYPE_VARCHAR}, {"Error", TYPE_VARCHAR},
        {"Profile", TYPE_VARCHAR},
    };
    Arena *arena = ctx->arena;
    CompactionInfo *infos = NULL;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    if (below.len > 0) return fail_path(ctx, x->stmt->show.path);
    size_t count = table_compactions(arena, x->instance->store, &infos);
    for (size_t i = 0; i < count; i++) {
        const CompactionInfo *info = &infos[i];
        const Database *database = catalog_find_database_id(x->snapshot, info->table.database_id);
        const Table *table =
            database ? catalog_find_table_id(database, info->table.table_id) : NULL;
        if (!table) continue;
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = str_printf(arena, "%.*s.%.*s.%llu", STR_ARG(database->def->name),
                              STR_ARG(table->def->name), (unsigned long long)info->partition_id);
        cells[1] = STR("0");
        if (info->last_ms) cells[2] = text_time(arena, info->last_ms - info->last_took_ms);
        cells[3] = cells[4] = text_time(arena, info->last_ms);
        cells[5] = info->error;
        cells[6] = str_printf(arena, "{\"runs\":%llu,\"merged_files\":%llu,\"written_bytes\":%llu}",
                              (unsigned long long)info->runs, (unsigned long long)info->rowsets,
                              (unsigned long long)info->bytes);
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

// ------------------------------------------------------------------------------------- servers

static Rc node_backends(Ctx *ctx, Execution *x, Str below)
{
    return below.len > 0 ? fail_path(ctx, x->stmt->show.path) : exec_show_backends(ctx, x);
}

static Rc node_frontends(Ctx *ctx, Execution *x, Str below)
{
    return below.len > 0 ? fail_path(ctx, x->stmt->show.path) : exec_show_frontends(ctx, x);
}

// ------------------------------------------------------------------------------------ the tree

static const struct {
    Str name;
    ProcNode show;
} NODES[] = {
    {STR_INIT("backends"), node_backends},
    {STR_INIT("colocation_group"), node_groups},
    {STR_INIT("compactions"), node_compactions},
    {STR_INIT("frontends"), node_frontends},
};

static Rc show_root(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"name", TYPE_VARCHAR}};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    for (size_t i = 0; i < COUNT_OF(NODES); i++) show_rows_add(ctx, &rows)[0] = NODES[i].name;
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

Rc exec_show_proc(Ctx *ctx, Execution *x)
{
    Str path = str_trim(x->stmt->show.path);
    if (path.len == 0 || path.ptr[0] != '/')
        return SAY(ctx, SEMANTIC, "Proc path must start with '/'");
    Str below = str_sub(path, 1, path.len);
    while (str_ends(below, STR("/"))) below.len--;
    if (below.len == 0) return show_root(ctx, x);
    Str name = str_cut(&below, '/');
    for (size_t i = 0; i < COUNT_OF(NODES); i++)
        if (str_eq(NODES[i].name, name)) return NODES[i].show(ctx, x, below);
    return fail_path(ctx, path);
}
