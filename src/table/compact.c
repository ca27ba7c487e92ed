/*
 * table/compact: many small rowsets of a partition become one; dead rows go.
 *
 * Form    inputs are verified, read without their deleted rows, sorted and written as any other
 * rowset; one transaction adds the new ones and ends the old. content_id and version stay: the rows
 * are the same. At most one file's size per turn, under the table's write token. Errors  those of
 * writing and verifying; RC_CONFLICT, RC_NOT_FOUND: the table changed meanwhile. Threads any; the
 * token makes compactions of one table take turns.
 */
#include "base/fault.h"
#include "base/limits.h"
#include "table/internal.h"

enum {
    EAGER_ROWSETS = 3,        // of an AGGREGATE KEY table: more want a merge
    TINY_BYTES = 256 * 1024,  // always worth merging
    // Inputs of a smaller slice skip the trash: their rows live on, and as files that a RESTORE
    // could use again they are worth less than the room that thousands of them take.
    TRASH_BYTES = 4 * 1024 * 1024,
    DEAD_PART = 5,
    GROWTH = 4,  // an input is at most so many times as large as those before it together
};

// A file that is known to be damaged stays as it is, for whoever wants to mend it.
static bool is_small(TableStore *store, const Rowset *rowset)
{
    return rowset->info.size_bytes < (uint64_t)store->options.file_bytes / 4 &&
           !damage_is_known(store, rowset->info.id);
}

size_t compact_small_count(TableStore *store, const Partition *partition)
{
    size_t count = 0;
    for (size_t i = 0; i < partition->rowset_count; i++)
        count += is_small(store, partition->rowsets[i]);
    return count;
}

// So much of it is dead that a rewrite is worth its while: one row in DEAD_PART, or a delete vector
// that has become large, since each further change writes all of it anew.
static bool is_dirty(const Rowset *rowset)
{
    return rowset->vector.cardinality > rowset->info.row_count / DEAD_PART ||
           rowset->vector.size_bytes > LIMIT_DELETE_VECTOR_BYTES;
}

static bool has_dirty(const Partition *partition)
{
    for (size_t i = 0; i < partition->rowset_count; i++)
        if (is_dirty(partition->rowsets[i])) return true;
    return false;
}

bool compact_partition_is_due(TableStore *store, const TableDef *def, const Partition *partition)
{
    int most = store->options.compact_min_rowsets;
    if (most <= 0) return false;
    // Each of them makes reads dearer where rows of one key become one.
    if (def->keys == KEYS_AGGREGATE && most > EAGER_ROWSETS) most = EAGER_ROWSETS;
    return compact_small_count(store, partition) > (size_t)most || has_dirty(partition);
}

// Of an AGGREGATE KEY table: the partition of most files that is worth a merge, or of one write
// that has many dead rows.
static const Partition *pick_unmerged(const TableStore *store, const Table *table)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    const Partition *best = NULL;
    if (store->options.compact_min_rowsets <= 0) return NULL;
    for (size_t i = 0; i < table->partition_count; i++) {
        const Partition *partition = table->partitions[i];
        if (best && partition->rowset_count <= best->rowset_count) continue;
        bool is_dead = has_dirty(partition) && !merge_is_needed(table->def, partition);
        if (is_dead || merge_cut_slice(arena, store, table->def, partition)) best = partition;
    }
    return best;
}

// The partition with the most small rowsets, if that is more than the store allows; else one with
// many dead rows.
static const Partition *pick_partition(TableStore *store, const Table *table)
{
    if (table->def->keys == KEYS_AGGREGATE) return pick_unmerged(store, table);
    const Partition *best = NULL;
    size_t most = store->options.compact_min_rowsets > 0
                      ? (size_t)store->options.compact_min_rowsets
                      : SIZE_MAX;
    for (size_t i = 0; i < table->partition_count; i++) {
        size_t count = compact_small_count(store, table->partitions[i]);
        if (count <= most) continue;
        most = count;
        best = table->partitions[i];
    }
    for (size_t i = 0; !best && most != SIZE_MAX && i < table->partition_count; i++)
        if (has_dirty(table->partitions[i])) best = table->partitions[i];
    return best;
}

static const Table *find_table(const CatalogSnapshot *snapshot, StoredTable ref)
{
    const Database *database = catalog_find_database_id(snapshot, ref.database_id);
    return database ? catalog_find_table_id(database, ref.table_id) : NULL;
}

bool compact_is_due(TableStore *store, StoredTable ref)
{
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Table *table = find_table(snapshot, ref);
    bool is_due = table && pick_partition(store, table) != NULL;
    catalog_unpin(store->catalog, snapshot);
    return is_due;
}

size_t compact_most_small(TableStore *store, StoredTable ref)
{
    size_t most = 0;
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Table *table = find_table(snapshot, ref);
    for (size_t i = 0; table && i < table->partition_count; i++) {
        size_t count = compact_small_count(store, table->partitions[i]);
        if (count > most) most = count;
    }
    catalog_unpin(store->catalog, snapshot);
    return most;
}

static int by_size(const void *left, const void *right)
{
    const RowsetInfo *a = &(*(Rowset *const *)left)->info, *b = &(*(Rowset *const *)right)->info;
    if (a->size_bytes != b->size_bytes) return a->size_bytes < b->size_bytes ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

// A partition that holds only the inputs of this turn: smallest first, up to one slice, and none
// that is far larger than all before it: so each row is rewritten a few times only, however many
// inserts come. Those with many dead rows shrink, whatever their size.
static Partition *cut_slice(Arena *arena, TableStore *store, const Table *table,
                            const Partition *partition)
{
    // Files of one write may be taken in any order: none of their keys is in two of them (INV-29).
    if (merge_is_needed(table->def, partition))
        return merge_cut_slice(arena, store, table->def, partition);
    Rowset **inputs = ARENA_ARRAY(arena, Rowset *, partition->rowset_count);
    size_t count = 0;
    for (size_t i = 0; i < partition->rowset_count; i++)
        if (is_small(store, partition->rowsets[i]) ||
            (is_dirty(partition->rowsets[i]) &&
             !damage_is_known(store, partition->rowsets[i]->info.id)))
            inputs[count++] = partition->rowsets[i];
    qsort(inputs, count, sizeof(inputs[0]), by_size);  // NOLINT(bugprone-sizeof-expression)

    Partition *slice = ARENA_NEW(arena, Partition);
    slice->def = partition->def;
    slice->rowsets = inputs;
    for (size_t i = 0; i < count; i++) {
        uint64_t next = inputs[i]->info.size_bytes, sum = slice->size_bytes;
        bool is_far_larger = next > TINY_BYTES && i > 0 && next > GROWTH * sum;
        if (is_far_larger && !is_dirty(inputs[i])) continue;
        if (slice->rowset_count > 0 && sum + next > (uint64_t)store->options.file_bytes) break;
        slice->size_bytes += next;
        slice->rowsets[slice->rowset_count++] = inputs[i];
    }
    return slice;
}

// One input alone is worth a turn only if it shrinks.
static bool is_worth_it(const Partition *slice)
{
    return slice->rowset_count > 1 || (slice->rowset_count == 1 && is_dirty(slice->rowsets[0]));
}

// SELECT of all columns at rest over the inputs.
static Rc print_inputs(Ctx *ctx, TableStore *store, const Table *table, const Partition *slice,
                       Str *out)
{
    const Schema *schema = table_current_schema(table->def);
    const Column **columns = ARENA_ARRAY(ctx->arena, const Column *, schema->column_count);
    Buf sql = buf_new(ctx->arena), sort = buf_new(ctx->arena);
    buf_add(&sql, STR("SELECT "));
    for (size_t i = 0; i < schema->column_count; i++) {
        columns[i] = &schema->columns[i];
        if (i) buf_add(&sql, STR(", "));
        rest_print_column(&sql, columns[i]);
    }
    Scan scan = {.kind = SCAN_TABLE,
                 .table = table,
                 .partition_count = 1,
                 .partitions = &slice,
                 .column_count = schema->column_count,
                 .columns = columns};
    buf_add(&sql, STR(" FROM "));
    TRY(table_fill_scan(ctx, store, &scan, &sql));
    buf_add(&sql, STR(" q"));
    rest_print_sort(&sort, table->def);
    if (sort.len) buf_printf(&sql, " ORDER BY %.*s", STR_ARG(buf_str(&sort)));
    *out = buf_str(&sql);
    return RC_OK;
}

typedef struct Compaction {
    uint64_t database_id;
    const Table *table;
    const Partition *partition;
    const Partition *slice;
    RowsetChange *change;  // made when the files are written
} Compaction;

// INV-36: content and version as they are at the commit: INSERTs may have changed them while the
// slice was written.
static Rc keep_content(Ctx *ctx, CatalogTxn *txn, const Compaction *compaction)
{
    RowsetChange *change = compaction->change;
    StoredTable ref = {compaction->database_id, change->table_id};
    const Table *table = find_table(txn_view(txn), ref);
    const Partition *now = table ? catalog_find_partition_id(table, change->partition_id) : NULL;
    if (!now)
        return FAIL(ctx, PARTITION_GONE, (unsigned long long)change->partition_id,
                    STR_ARG(compaction->table->def->name));
    change->version = now->version;
    change->content_id = &now->content_id;
    return RC_OK;
}

// Merged rows stand where the last of the inputs stood: older than what was written meanwhile.
static const RowsetInfo *take_place(Ctx *ctx, const Partition *slice, const RowsetChange *change)
{
    RowsetInfo *infos = ARENA_ARRAY(ctx->arena, RowsetInfo, change->add_count);
    for (size_t i = 0; i < change->add_count; i++) {
        infos[i] = change->add[i];
        infos[i].sequence = slice->rowsets[slice->rowset_count - 1]->info.sequence;
    }
    return infos;
}

static Rc change_slice(Ctx *ctx, CatalogTxn *txn, void *handle)
{
    const Compaction *compaction = handle;
    TRY(write_check_table(ctx, txn, compaction->database_id, compaction->table));
    TRY(keep_content(ctx, txn, compaction));
    TRY(txn_change_rowsets(ctx, txn, compaction->change));
    return fault_point(ctx, "compact.commit");
}

// The change of the only partition; without any row left nothing is added.
static RowsetChange *partition_change(Ctx *ctx, const Compaction *compaction,
                                      const RowsetWrite *write)
{
    size_t count = 0;
    RowsetChange *change = write_changes(ctx, write, &count);
    must(count <= 1);
    if (count == 1) return change;
    change = ARENA_NEW(ctx->arena, RowsetChange);
    change->table_id = compaction->table->def->id;
    change->partition_id = compaction->partition->def->id;
    return change;
}

static Rc publish(Ctx *ctx, Compaction *compaction, const RowsetWrite *write)
{
    const Partition *slice = compaction->slice;
    RowsetChange *change = partition_change(ctx, compaction, write);
    uint64_t *ended = ARENA_ARRAY(ctx->arena, uint64_t, slice->rowset_count);
    uint64_t expected_rows = 0, rows = 0;
    for (size_t i = 0; i < slice->rowset_count; i++) {
        ended[i] = slice->rowsets[i]->info.id;
        expected_rows += rowset_live_rows(slice->rowsets[i]);
    }
    for (size_t i = 0; i < change->add_count; i++) rows += change->add[i].row_count;
    bool is_merge = compaction->table->def->keys == KEYS_AGGREGATE;
    bool is_lost = rows == 0 && expected_rows > 0;
    if (is_merge ? rows > expected_rows || is_lost : rows != expected_rows)
        return FAIL(ctx, BUG, "a compaction would change the number of rows");
    if (is_merge) change->add = take_place(ctx, slice, change);
    change->end_ids = ended;
    change->end_count = slice->rowset_count;
    change->is_forced = slice->size_bytes <= TRASH_BYTES;
    compaction->change = change;
    Publish publish = {change_slice, compaction, write_ids(ctx, write), write->files.len};
    return publish_together(ctx, write->store, &publish);
}

static Rc write_and_publish(Ctx *ctx, Compaction *compaction, RowsetWrite *write)
{
    for (size_t i = 0; i < compaction->slice->rowset_count; i++) {
        RowsetPlace place = {{compaction->database_id, compaction->table->def->id},
                             compaction->partition->def->id,
                             &compaction->slice->rowsets[i]->info};
        TRY(damage_verify(ctx, write->store, &place));
    }
    TRY(print_inputs(ctx, write->store, compaction->table, compaction->slice, &write->sql));
    TRY(write_rowsets(ctx, write));
    TRY(fault_point(ctx, "compact.written"));
    return publish(ctx, compaction, write);
}

// With the token held and a snapshot pinned.
static Rc compact_pinned(Ctx *ctx, TableStore *store, EngineConn *conn, Compaction *compaction,
                         Compacted *out)
{
    compaction->partition = pick_partition(store, compaction->table);
    if (compaction->partition == NULL) return RC_OK;
    out->partition_id = compaction->partition->def->id;
    compaction->slice = cut_slice(ctx->arena, store, compaction->table, compaction->partition);
    const Partition *slice = compaction->slice;
    if (slice == NULL) return RC_OK;
    if (!merge_is_needed(compaction->table->def, slice) && !is_worth_it(slice)) return RC_OK;
    Route route = route_new(ctx->arena, compaction->table, &compaction->partition, 1);
    RowsetWrite write = {.store = store, .conn = conn, .route = &route};
    Rc rc = write_and_publish(ctx, compaction, &write);
    write_end(ctx, &write, rc == RC_OK);
    if (rc != RC_OK) return rc;
    out->rowset_count = compaction->slice->rowset_count;
    out->bytes_read = compaction->slice->size_bytes;
    for (size_t i = 0; i < write.files.len; i++)
        out->bytes_written += write.files.at[i].info.size_bytes;
    atomic_fetch_add(&store->compacted_rowsets, out->rowset_count);
    return RC_OK;
}

Rc compact_slice(Ctx *ctx, TableStore *store, EngineConn *conn, StoredTable ref, Compacted *out)
{
    *out = (Compacted){0};
    TRY(catalog_take_token(ctx, store->catalog, ref.table_id));
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    Compaction compaction = {.database_id = ref.database_id, .table = find_table(snapshot, ref)};
    Rc rc = compaction.table ? compact_pinned(ctx, store, conn, &compaction, out) : RC_OK;
    catalog_unpin(store->catalog, snapshot);
    catalog_give_token(store->catalog, ref.table_id);
    return rc;
}

Rc table_compact(Ctx *ctx, TableStore *store, EngineConn *conn, StoredTable ref, size_t *merged)
{
    Compacted done;
    *merged = 0;
    TRY(compact_slice(ctx, store, conn, ref, &done));
    *merged = done.rowset_count;
    return RC_OK;
}

size_t table_small_rowsets(TableStore *store, const Partition *partition)
{
    return compact_small_count(store, partition);
}
