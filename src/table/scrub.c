/*
 * table/scrub: reads every rowset once per interval, slowly, and compares it with its digest.
 *
 * Errors  none: damage is logged and counted.
 * Threads the scrubber of table/maintain.
 */
#include "base/log.h"
#include "table/internal.h"

// False: the store closes.
static bool scrub_rowset(TableStore *store, const Database *database, const Table *table,
                         const Partition *partition, const RowsetInfo *rowset)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, store->clock);
    ctx.cancel = &store->cancel;
    Rc rc = table_verify_rowset(&ctx, store, rowset);
    if (rc == RC_CANCELLED) return false;
    atomic_fetch_add(&store->scrubbed_files, 1);
    if (rc != RC_OK) {
        atomic_fetch_add(&store->damaged_files, 1);
        log_error("damage in table %.*s.%.*s, partition %.*s: %.*s", STR_ARG(database->def->name),
                  STR_ARG(table->def->name), STR_ARG(partition->def->name), STR_ARG(ctx.err.text));
    }
    return maintain_pause(
        store, (int64_t)(rowset->size_bytes * 1000 / (uint64_t)store->options.scrub_bytes_per_s));
}

// The snapshot stays pinned for one table only.
static bool scrub_table(TableStore *store, StoredTable id)
{
    bool goes_on = true;
    const CatalogSnapshot *snapshot = catalog_pin(store->catalog);
    const Database *database = catalog_find_database_id(snapshot, id.database_id);
    const Table *table = database ? catalog_find_table_id(database, id.table_id) : NULL;
    for (size_t p = 0; table && goes_on && p < table->partition_count; p++)
        for (size_t i = 0; goes_on && i < table->partitions[p]->rowset_count; i++)
            goes_on = scrub_rowset(store, database, table, table->partitions[p],
                                   &table->partitions[p]->rowsets[i]->info);
    catalog_unpin(store->catalog, snapshot);
    return goes_on;
}

bool scrub_all(TableStore *store)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    StoredTable *tables = NULL;
    size_t count = maintain_list_tables(arena, store, &tables);
    for (size_t i = 0; i < count; i++)
        if (!scrub_table(store, tables[i])) return false;
    return true;
}
