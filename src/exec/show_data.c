/*
 * exec/show_data: SHOW DATA and SHOW TABLET: how large tables are.
 *
 * Form    buckets are logical here: a tablet is a bucket of a partition, with its share of the
 *         partition's rows and bytes.
 * Source  StarRocks' ShowDataStmt, LocalTabletsProcDir: columns, and how sizes are printed.
 * Errors  those of finding the table.   Threads  the session's.
 */
#include "base/vec.h"
#include "exec/handlers.h"
#include "exec/showrows.h"

enum { TABLETS_PER_PARTITION = 100000 };  // room between the ids of two partitions' tablets

// "1.165 KB"
static Str text_size(Arena *arena, uint64_t bytes)
{
    static const char *const UNITS[] = {"B", "KB", "MB", "GB", "TB"};
    double size = (double)bytes;
    size_t unit = 0;
    for (; size >= 1024 && unit + 1 < COUNT_OF(UNITS); unit++) size /= 1024;
    return str_printf(arena, "%.3f %s", size, UNITS[unit]);
}

static uint64_t replica_count(const Table *table)
{
    uint64_t count = 0;
    for (size_t i = 0; i < table->partition_count; i++) {
        const PartitionDef *def = table->partitions[i]->def;
        count += (uint64_t)def->bucket_num * def->replication_num;
    }
    return count;
}

static Rc show_table_data(Ctx *ctx, Execution *x, const Table *table)
{
    static const TextColumn COLUMNS[] = {{"TableName", TYPE_VARCHAR},
                                         {"IndexName", TYPE_VARCHAR},
                                         {"Size", TYPE_VARCHAR},
                                         {"ReplicaCount", TYPE_VARCHAR},
                                         {"RowCount", TYPE_VARCHAR}};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    for (int i = 0; i < 2; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = i == 0 ? table->def->name : STR("");
        cells[1] = i == 0 ? table->def->name : STR("Total");
        cells[2] = text_size(ctx->arena, table->size_bytes);
        cells[3] = text_u64(ctx->arena, replica_count(table));
        cells[4] = i == 0 ? text_u64(ctx->arena, table->row_count) : STR("");
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

static void add_line(Ctx *ctx, ShowRows *rows, Str name, uint64_t bytes, uint64_t replicas)
{
    Str *cells = show_rows_add(ctx, rows);
    cells[0] = name;
    cells[1] = text_size(ctx->arena, bytes);
    cells[2] = text_u64(ctx->arena, replicas);
}

// Databases have no quota: the largest number stands for it, as in StarRocks.
static Rc show_database_data(Ctx *ctx, Execution *x, const Database *database)
{
    static const TextColumn COLUMNS[] = {
        {"TableName", TYPE_VARCHAR}, {"Size", TYPE_VARCHAR}, {"ReplicaCount", TYPE_VARCHAR}};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    uint64_t bytes = 0, replicas = 0;
    for (size_t i = 0; i < database->table_count; i++) {
        const Table *table = database->tables[i];
        add_line(ctx, &rows, table->def->name, table->size_bytes, replica_count(table));
        bytes += table->size_bytes;
        replicas += replica_count(table);
    }
    add_line(ctx, &rows, STR("Total"), bytes, replicas);
    add_line(ctx, &rows, STR("Quota"), INT64_MAX, INT64_MAX);
    add_line(ctx, &rows, STR("Left"), INT64_MAX - bytes, INT64_MAX - replicas);
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

Rc exec_show_data(Ctx *ctx, Execution *x)
{
    FoundTable found;
    const Database *database = NULL;
    const ShowStatement *show = &x->stmt->show;
    if (show->name.count == 0) {
        TRY(exec_analyzing(ctx, exec_database(ctx, x, show->name, &database)));
        return show_database_data(ctx, x, database);
    }
    TRY(exec_analyzing(ctx, exec_table(ctx, x, show->name, &found)));
    return show_table_data(ctx, x, found.table);
}

// -------------------------------------------------------------------------------------- TABLET

// Its part of a whole that is divided among all buckets.
static uint64_t share(uint64_t whole, uint64_t buckets, uint64_t bucket)
{
    return whole / buckets + (bucket < whole % buckets);
}

static void add_tablets(Ctx *ctx, const Partition *partition, ShowRows *rows)
{
    Arena *arena = ctx->arena;
    uint64_t buckets = partition->def->bucket_num;
    for (uint64_t i = 0; i < buckets; i++) {
        uint64_t id = partition->def->id * TABLETS_PER_PARTITION + i;
        const Str values[] = {
            text_u64(arena, id),
            text_u64(arena, id),
            STR("10001"),
            STR("0"),
            text_u64(arena, partition->version),
            STR("0"),
            text_u64(arena, partition->version),
            STR("0"),
            STR("-1"),
            STR("0"),
            STR("NULL"),
            text_bytes(arena, share(partition->size_bytes, buckets, i)),
            text_u64(arena, share(partition->row_count, buckets, i)),
            STR("NORMAL"),
            STR("NULL"),
            STR("-1"),
            STR("-1"),
            text_u64(arena, partition->rowset_count),
            STR("0"),
            STR("false"),
            STR(""),
            STR(""),
        };
        must(COUNT_OF(values) == rows->column_count);
        memcpy(show_rows_add(ctx, rows), values, sizeof(values));
    }
}

static Rc check_partitions(Ctx *ctx, const Table *table, const NameList *names)
{
    for (size_t i = 0; i < names->count; i++)
        if (!catalog_find_partition(table, names->at[i].text))
            return SAY(ctx, SEMANTIC, "Partition does not exist: %.*s", STR_ARG(names->at[i].text));
    return RC_OK;
}

static bool is_asked_for(const NameList *names, Str partition)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_eq_nocase(names->at[i].text, partition)) return true;
    return names->count == 0;
}

Rc exec_show_tablet(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"TabletId", TYPE_VARCHAR},
        {"ReplicaId", TYPE_VARCHAR},
        {"BackendId", TYPE_VARCHAR},
        {"SchemaHash", TYPE_VARCHAR},
        {"Version", TYPE_VARCHAR},
        {"VersionHash", TYPE_VARCHAR},
        {"LstSuccessVersion", TYPE_VARCHAR},
        {"LstSuccessVersionHash", TYPE_VARCHAR},
        {"LstFailedVersion", TYPE_VARCHAR},
        {"LstFailedVersionHash", TYPE_VARCHAR},
        {"LstFailedTime", TYPE_VARCHAR},
        {"DataSize", TYPE_VARCHAR},
        {"RowCount", TYPE_VARCHAR},
        {"State", TYPE_VARCHAR},
        {"LstConsistencyCheckTime", TYPE_VARCHAR},
        {"CheckVersion", TYPE_VARCHAR},
        {"CheckVersionHash", TYPE_VARCHAR},
        {"VersionCount", TYPE_VARCHAR},
        {"PathHash", TYPE_VARCHAR},
        {"IsErrorState", TYPE_VARCHAR},
        {"MetaUrl", TYPE_VARCHAR},
        {"CompactionStatus", TYPE_VARCHAR},
    };
    FoundTable found;
    const ShowStatement *show = &x->stmt->show;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    TRY(exec_analyzing(ctx, exec_table(ctx, x, show->name, &found)));
    TRY(check_partitions(ctx, found.table, &show->partitions));
    for (size_t i = 0; i < found.table->partition_count; i++) {
        const Partition *partition = found.table->partitions[i];
        if (is_asked_for(&show->partitions, partition->def->name))
            add_tablets(ctx, partition, &rows);
    }
    return show_rows_send(ctx, x, show, &rows);
}
