/*
 * table/scrub: reads every rowset once per interval, slowly, and compares it with its digest; and
 * what is known of damaged files, whoever found them.
 *
 * Form    the engine does not notice damaged pages: a file that is known to be damaged is not read
 *         by queries, which fail and name it, and not merged by compaction. A later round that
 *         finds the file whole (a disk that answered wrongly once) makes it readable again.
 * Errors  ROWSET_DAMAGED by those who ask; scrubbing itself only logs and counts.
 * Threads store->lock guards the list; scrub_all is the scrubber's of table/maintain.
 */
#include "base/log.h"
#include "table/internal.h"

// --- what is known. Under store->lock.

static ptrdiff_t find_damage(const TableStore *store, uint64_t rowset_id)
{
    for (size_t i = 0; i < store->damaged_count; i++)
        if (store->damaged[i].rowset_id == rowset_id) return (ptrdiff_t)i;
    return -1;
}

void damage_remember(TableStore *store, const RowsetPlace *place, Str reason)
{
    lock_take(&store->lock);
    bool is_new = find_damage(store, place->rowset->id) < 0;
    if (is_new && store->damaged_count < MOST_DAMAGED) {
        if (store->damaged_count == store->damaged_cap) {
            store->damaged_cap = store->damaged_cap ? store->damaged_cap * 2 : 8;
            store->damaged =
                mem_grow(store->damaged, store->damaged_cap * sizeof(store->damaged[0]));
        }
        Damage *damage = &store->damaged[store->damaged_count++];
        *damage = (Damage){.table = place->table,
                           .partition_id = place->partition_id,
                           .rowset_id = place->rowset->id,
                           .size_bytes = place->rowset->size_bytes,
                           .found_ms = clock_now_ms(store->clock)};
        damage->reason_len = reason.len < REASON_BYTES ? reason.len : REASON_BYTES;
        memcpy(damage->reason, reason.ptr, damage->reason_len);
        atomic_store(&store->damaged_known, store->damaged_count);
    }
    lock_give(&store->lock);
    if (is_new) atomic_fetch_add(&store->damaged_files, 1);
    if (is_new) log_error("damage: %.*s", STR_ARG(reason));
}

void damage_forget(TableStore *store, uint64_t rowset_id)
{
    if (atomic_load(&store->damaged_known) == 0) return;
    lock_take(&store->lock);
    ptrdiff_t at = find_damage(store, rowset_id);
    if (at >= 0) store->damaged[at] = store->damaged[--store->damaged_count];
    atomic_store(&store->damaged_known, store->damaged_count);
    lock_give(&store->lock);
}

bool damage_find(Arena *arena, TableStore *store, uint64_t rowset_id, Str *reason)
{
    if (atomic_load(&store->damaged_known) == 0) return false;
    lock_take(&store->lock);
    ptrdiff_t at = find_damage(store, rowset_id);
    if (at >= 0)
        *reason = str_dup(arena, (Str){store->damaged[at].reason, store->damaged[at].reason_len});
    lock_give(&store->lock);
    return at >= 0;
}

bool damage_is_known(TableStore *store, uint64_t rowset_id)
{
    if (atomic_load(&store->damaged_known) == 0) return false;
    lock_take(&store->lock);
    bool is_known = find_damage(store, rowset_id) >= 0;
    lock_give(&store->lock);
    return is_known;
}

Rc damage_verify(Ctx *ctx, TableStore *store, const RowsetPlace *place)
{
    Rc rc = table_verify_rowset(ctx, store, place->rowset);
    if (rc == RC_OK) damage_forget(store, place->rowset->id);
    if (rc == RC_CORRUPT || rc == RC_NOT_FOUND) damage_remember(store, place, ctx->err.text);
    return rc;
}

size_t table_damages(Arena *arena, TableStore *store, DamageInfo **out)
{
    lock_take(&store->lock);
    size_t count = store->damaged_count;
    DamageInfo *infos = ARENA_ARRAY(arena, DamageInfo, count);
    for (size_t i = 0; i < count; i++) {
        const Damage *from = &store->damaged[i];
        infos[i] =
            (DamageInfo){from->table,     from->partition_id,
                         from->rowset_id, from->size_bytes,
                         from->found_ms,  str_dup(arena, (Str){from->reason, from->reason_len})};
    }
    lock_give(&store->lock);
    *out = infos;
    return count;
}

// --- rounds

ScrubInfo table_scrub_info(TableStore *store)
{
    lock_take(&store->lock);
    ScrubInfo info = store->scrub;
    lock_give(&store->lock);
    return info;
}

// The file may have been collected since its table was listed: that is no damage.
static bool is_live(TableStore *store, const RowsetPlace *place)
{
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Database *database = catalog_find_database_id(snapshot, place->table.database_id);
    const Table *table = database ? catalog_find_table_id(database, place->table.table_id) : NULL;
    const Partition *partition =
        table ? catalog_find_partition_id(table, place->partition_id) : NULL;
    bool is_there = false;
    for (size_t i = 0; partition && i < partition->rowset_count; i++)
        is_there = is_there || partition->rowsets[i]->info.id == place->rowset->id;
    catalog_unpin(store->catalog, snapshot);
    return is_there;
}

// False: the store closes.
static bool scrub_rowset(TableStore *store, const RowsetPlace *place)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, store->clock);
    ctx.cancel = &store->cancel;
    uint64_t bytes = place->rowset->size_bytes;
    if (is_live(store, place) && damage_verify(&ctx, store, place) == RC_CANCELLED) return false;
    atomic_fetch_add(&store->scrubbed_files, 1);
    lock_take(&store->lock);
    store->scrub.files_done++;
    store->scrub.bytes_done += bytes;
    lock_give(&store->lock);
    return maintain_pause(store,
                          (int64_t)(bytes * 1000 / (uint64_t)store->options.scrub_bytes_per_s));
}

// Copies of what is to be read: a pinned snapshot would keep files of all tables for hours.
static size_t list_rowsets(Arena *arena, TableStore *store, StoredTable id, RowsetPlace **out)
{
    VEC(RowsetPlace) places = {0};
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Database *database = catalog_find_database_id(snapshot, id.database_id);
    const Table *table = database ? catalog_find_table_id(database, id.table_id) : NULL;
    for (size_t p = 0; table && p < table->partition_count; p++)
        for (size_t i = 0; i < table->partitions[p]->rowset_count; i++) {
            RowsetInfo *info = ARENA_NEW(arena, RowsetInfo);
            *info = table->partitions[p]->rowsets[i]->info;
            RowsetPlace place = {id, table->partitions[p]->def->id, info};
            vec_push(arena, &places, place);
        }
    catalog_unpin(store->catalog, snapshot);
    *out = places.at;
    return places.len;
}

static bool scrub_table(TableStore *store, StoredTable id)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    RowsetPlace *places = NULL;
    size_t count = list_rowsets(arena, store, id, &places);
    for (size_t i = 0; i < count; i++)
        if (!scrub_rowset(store, &places[i])) return false;
    return true;
}

static void begin_round(TableStore *store)
{
    uint64_t files = 0, bytes = 0;
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    for (size_t d = 0; d < snapshot->database_count; d++)
        for (size_t t = 0; t < snapshot->databases[d]->table_count; t++) {
            const Table *table = snapshot->databases[d]->tables[t];
            bytes += table->size_bytes;
            for (size_t p = 0; p < table->partition_count; p++)
                files += table->partitions[p]->rowset_count;
        }
    catalog_unpin(store->catalog, snapshot);
    lock_take(&store->lock);
    store->scrub = (ScrubInfo){.is_running = true,
                               .rounds = store->scrub.rounds + 1,
                               .started_ms = clock_now_ms(store->clock),
                               .finished_ms = store->scrub.finished_ms,
                               .files_total = files,
                               .bytes_total = bytes};
    lock_give(&store->lock);
}

static void end_round(TableStore *store)
{
    lock_take(&store->lock);
    store->scrub.is_running = false;
    store->scrub.finished_ms = clock_now_ms(store->clock);
    lock_give(&store->lock);
}

bool scrub_all(TableStore *store)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    StoredTable *tables = NULL;
    begin_round(store);
    size_t count = maintain_list_tables(arena, store, &tables);
    for (size_t i = 0; i < count; i++)
        if (!scrub_table(store, tables[i])) return false;
    end_round(store);
    return true;
}
