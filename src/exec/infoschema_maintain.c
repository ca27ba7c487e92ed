/*
 * exec/infoschema_maintain: what information_schema tells of compaction, scrubbing and damage.
 *
 * Form    one function per table; cells stand in the order of the columns in infoschema.c. What is
 *         there now comes from the statement's catalog snapshot, what was done since the start from
 *         table/maintain.
 * Source  be_compactions is StarRocks'; the others are ours.
 * Errors  none.   Threads  the session's.
 */
#include "base/vec.h"
#include "exec/infoschema.h"

typedef struct Named {
    Str database, table, partition;  // STR_NONE: gone meanwhile
} Named;

static Named names_of(const Execution *x, StoredTable id, uint64_t partition_id)
{
    Named names = {0};
    const Database *database = catalog_find_database_id(x->snapshot, id.database_id);
    const Table *table = database ? catalog_find_table_id(database, id.table_id) : NULL;
    const Partition *partition = table ? catalog_find_partition_id(table, partition_id) : NULL;
    if (database) names.database = database->def->name;
    if (table) names.table = table->def->name;
    if (partition) names.partition = partition->def->name;
    return names;
}

typedef struct Infos {
    CompactionInfo *at;
    size_t count;
} Infos;

static int by_partition(const void *left, const void *right)
{
    uint64_t a = ((const CompactionInfo *)left)->partition_id;
    uint64_t b = ((const CompactionInfo *)right)->partition_id;
    return (a > b) - (a < b);
}

static Infos read_infos(Arena *arena, const Execution *x)
{
    Infos infos = {0};
    infos.count = table_compactions(arena, x->instance->store, &infos.at);
    if (infos.count) qsort(infos.at, infos.count, sizeof(infos.at[0]), by_partition);
    return infos;
}

// Where the rows of virtual_rows_compactions come from.
typedef struct Gather {
    TableStore *store;
    Infos infos;
    FoundTable of;
} Gather;

static void add_compaction(Ctx *ctx, const Gather *gather, const Partition *partition,
                           ShowRows *out)
{
    const Infos *infos = &gather->infos;
    const FoundTable *of = &gather->of;
    static const CompactionInfo NONE = {0};
    Arena *arena = ctx->arena;
    CompactionInfo key = {.partition_id = partition->def->id};
    const CompactionInfo *info =
        infos->count ? bsearch(&key, infos->at, infos->count, sizeof(infos->at[0]), by_partition)
                     : NULL;
    if (!info) info = &NONE;
    const Str values[] = {
        of->database->def->name,
        of->table->def->name,
        partition->def->name,
        text_u64(arena, partition->def->id),
        text_u64(arena, partition->rowset_count),
        text_u64(arena, table_small_rowsets(gather->store, partition)),
        text_u64(arena, info->runs),
        text_u64(arena, info->rowsets),
        text_u64(arena, info->bytes),
        text_time(arena, info->last_ms),
        info->runs ? text_i64(arena, info->last_took_ms) : STR_NONE,
        text_u64(arena, info->failures),
        info->error.len ? info->error : STR_NONE,
    };
    must(COUNT_OF(values) == out->column_count);
    memcpy(show_rows_add(ctx, out), values, sizeof(values));
}

Rc virtual_rows_compactions(Ctx *ctx, Execution *x, ShowRows *out)
{
    Gather gather = {.store = x->instance->store, .infos = read_infos(ctx->arena, x)};
    for (size_t d = 0; d < x->snapshot->database_count; d++) {
        const Database *database = x->snapshot->databases[d];
        TRY(ctx_poll(ctx));
        for (size_t t = 0; t < database->table_count; t++) {
            gather.of = (FoundTable){database, database->tables[t]};
            for (size_t p = 0; p < gather.of.table->partition_count; p++)
                add_compaction(ctx, &gather, gather.of.table->partitions[p], out);
        }
    }
    return RC_OK;
}

// The score of a partition is the number of its small files, which is what compaction goes by.
static size_t largest_score(const Execution *x)
{
    size_t most = 0;
    for (size_t d = 0; d < x->snapshot->database_count; d++)
        for (size_t t = 0; t < x->snapshot->databases[d]->table_count; t++) {
            const Table *table = x->snapshot->databases[d]->tables[t];
            for (size_t p = 0; p < table->partition_count; p++) {
                size_t small = table_small_rowsets(x->instance->store, table->partitions[p]);
                if (small > most) most = small;
            }
        }
    return most;
}

Rc virtual_rows_be_compactions(Ctx *ctx, Execution *x, ShowRows *out)
{
    size_t waiting = 0;
    bool is_running = false;
    table_compaction_queue(x->instance->store, &waiting, &is_running);
    Str *cells = show_rows_add(ctx, out);
    Str score = text_u64(ctx->arena, largest_score(x));
    cells[0] = STR("10001");
    cells[1] = text_u64(ctx->arena, waiting);
    cells[2] = STR("0");
    cells[3] = is_running ? STR("1") : STR("0");
    cells[4] = cells[5] = score;
    cells[6] = cells[7] = STR("0");
    return RC_OK;
}

Rc virtual_rows_damaged_files(Ctx *ctx, Execution *x, ShowRows *out)
{
    DamageInfo *damages = NULL;
    TableStore *store = x->instance->store;
    size_t count = table_damages(ctx->arena, store, &damages);
    for (size_t i = 0; i < count; i++) {
        Named names = names_of(x, damages[i].table, damages[i].partition_id);
        Str *cells = show_rows_add(ctx, out);
        cells[0] = names.database;
        cells[1] = names.table;
        cells[2] = names.partition;
        cells[3] = text_u64(ctx->arena, damages[i].rowset_id);
        cells[4] = table_rowset_path(ctx->arena, store, damages[i].rowset_id);
        cells[5] = text_u64(ctx->arena, damages[i].size_bytes);
        cells[6] = text_time(ctx->arena, damages[i].found_ms);
        cells[7] = damages[i].reason;
    }
    return RC_OK;
}

// What runs beside the statements, one row each.
Rc virtual_rows_maintenance(Ctx *ctx, Execution *x, ShowRows *out)
{
    Arena *arena = ctx->arena;
    TableStore *store = x->instance->store;
    TableStats stats = table_stats(store);
    ScrubInfo scrub = table_scrub_info(store);
    size_t waiting = 0;
    bool is_running = false;
    table_compaction_queue(store, &waiting, &is_running);

    Str *cells = show_rows_add(ctx, out);
    cells[0] = STR("collection");
    cells[1] = STR("IDLE");
    cells[5] = text_u64(arena, stats.collected_files);

    cells = show_rows_add(ctx, out);
    cells[0] = STR("compaction");
    cells[1] = is_running ? STR("RUNNING") : waiting ? STR("WAITING") : STR("IDLE");
    cells[5] = text_u64(arena, stats.compacted_rowsets);
    cells[9] = text_u64(arena, stats.delayed_writes);
    cells[10] = text_u64(arena, stats.delayed_ms);

    cells = show_rows_add(ctx, out);
    cells[0] = STR("scrub");
    cells[1] = scrub.is_running ? STR("RUNNING") : scrub.rounds ? STR("IDLE") : STR("WAITING");
    cells[2] = text_time(arena, scrub.started_ms);
    cells[3] = text_time(arena, scrub.finished_ms);
    cells[4] = text_u64(arena, scrub.files_total);
    cells[5] = text_u64(arena, scrub.files_done);
    cells[6] = text_u64(arena, scrub.bytes_total);
    cells[7] = text_u64(arena, scrub.bytes_done);
    cells[8] = text_u64(arena, stats.damaged_files);
    return RC_OK;
}
