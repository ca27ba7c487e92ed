/*
 * table/marks: which rows of which rowsets a statement deletes.
 *
 * Form    one set for each rowset of some partitions, which begins as what is deleted of it
 * already; the engine adds rows by kg_mark(); sets that grew become delete vectors. Errors  BUG,
 * those of the engine. Threads kg_mark() adds from many; all else is the statement's.
 */
#include "io/digest.h"
#include "table/internal.h"

static size_t count_rowsets(const Partition *const *partitions, size_t count)
{
    size_t rowsets = 0;
    for (size_t i = 0; i < count; i++) rowsets += partitions[i]->rowset_count;
    return rowsets;
}

void marks_begin(Arena *arena, const Partition **partitions, size_t count, Marks *out)
{
    *out = (Marks){.partitions = partitions, .partition_count = count};
    out->sets = ARENA_ARRAY(arena, Positions *, count_rowsets(partitions, count));
    for (size_t p = 0; p < count; p++)
        for (size_t i = 0; i < partitions[p]->rowset_count; i++) {
            const Rowset *rowset = partitions[p]->rowsets[i];
            out->sets[out->set_count++] = rowset->deleted ? positions_copy(rowset->deleted)
                                                          : positions_new(rowset->info.row_count);
        }
}

void marks_end(Marks *marks)
{
    for (size_t i = 0; i < marks->set_count; i++) positions_unref(marks->sets[i]);
    marks->set_count = 0;
}

Rc marks_run(Ctx *ctx, EngineConn *conn, Str relation, uint64_t *found)
{
    SinkList list;
    sink_list_init(&list);
    Str sql = str_printf(
        ctx->arena, "SELECT CAST(coalesce(sum(kg_mark(kg_set, kg_row)), 0) AS BIGINT) FROM %.*s",
        STR_ARG(relation));
    TRY(engine_query(ctx, conn, sql, NULL, &list.sink));
    must(list.row_count == 1);
    if (!str_to_u64(list.first->cells[0], found)) return FAIL(ctx, BUG, "no number of marked rows");
    return RC_OK;
}

// The change of a partition among the first `given`: marks know each partition once.
static RowsetChange *change_of(ChangeList *list, size_t given, RowsetChange made)
{
    for (size_t i = 0; i < given; i++)
        if (list->at[i].partition_id == made.partition_id) return &list->at[i];
    list->at[list->count] = made;
    return &list->at[list->count++];
}

// What the marks of one partition come to: delete vectors, and rowsets of which no row is left.
typedef struct Outcome {
    VectorChange *vectors;
    uint64_t *ended;
    size_t vector_count, ended_count;
} Outcome;

static Outcome partition_outcome(Ctx *ctx, const Partition *partition, Positions *const *sets)
{
    Outcome out = {.vectors = ARENA_ARRAY(ctx->arena, VectorChange, partition->rowset_count),
                   .ended = ARENA_ARRAY(ctx->arena, uint64_t, partition->rowset_count)};
    for (size_t i = 0; i < partition->rowset_count; i++) {
        const Rowset *rowset = partition->rowsets[i];
        uint64_t count = positions_count(sets[i]);
        if (count == rowset->vector.cardinality) continue;
        if (count == rowset->info.row_count) {
            out.ended[out.ended_count++] = rowset->info.id;
            continue;
        }
        Str bytes = positions_write(ctx->arena, sets[i]);
        VectorInfo info = {count, bytes.len, digest_bytes(bytes)};
        out.vectors[out.vector_count++] = (VectorChange){rowset->info.id, info, bytes};
    }
    return out;
}

void marks_add_changes(Ctx *ctx, const Marks *marks, uint64_t table_id, ChangeList *list)
{
    RowsetChange *changes =
        ARENA_ARRAY(ctx->arena, RowsetChange, list->count + marks->partition_count);
    for (size_t i = 0; i < list->count; i++) changes[i] = list->at[i];
    list->at = changes;
    size_t at = 0, given = list->count;
    for (size_t p = 0; p < marks->partition_count; p++) {
        const Partition *partition = marks->partitions[p];
        Outcome outcome = partition_outcome(ctx, partition, marks->sets + at);
        at += partition->rowset_count;
        if (outcome.vector_count + outcome.ended_count == 0) continue;
        RowsetChange made = {.table_id = table_id, .partition_id = partition->def->id};
        RowsetChange *change = change_of(list, given, made);
        change->vectors = outcome.vectors;
        change->vector_count = outcome.vector_count;
        change->end_ids = outcome.ended;
        change->end_count = outcome.ended_count;
    }
}
