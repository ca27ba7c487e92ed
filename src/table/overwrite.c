/*
 * table/overwrite: INSERT OVERWRITE, as changes of one transaction.
 *
 * Form    every partition that is meant ends all of its rowsets, whatever came into it since the
 *         statement began, and gets the new ones, if any. What ended lies in the trash. A partition
 *         that had nothing and gets nothing stays as it is.
 * Errors  none: a partition that is gone is found by the transaction.
 * Threads pure, apart from the Ctx.
 */
#include "catalog/trash.h"
#include "table/internal.h"

Rc overwrite_note(Ctx *ctx, CatalogTxn *txn, TableStore *store, uint64_t table_id)
{
    uint64_t id = 0;
    TRY(catalog_new_ids(ctx, store->catalog, 1, &id));
    return txn_add_undo(ctx, txn, UNDO_OVERWRITE, id, table_id);
}

RowsetChange *overwrite_changes(Ctx *ctx, const TableInsert *insert, const RowsetWrite *write,
                                const Table *now, size_t *count)
{
    size_t filled = 0;
    const Route *route = write->route;
    const RowsetChange *adds = write_changes(ctx, write, &filled);
    size_t most = filled + (insert->is_dynamic ? 0 : route->count);
    RowsetChange *changes = ARENA_ARRAY(ctx->arena, RowsetChange, most);
    *count = filled;
    for (size_t i = 0; i < filled; i++) {
        changes[i] = adds[i];
        changes[i].ends_all = true;
    }
    // Changes stand in the order of the route's partitions: `at` follows them.
    size_t at = 0;
    for (size_t i = 0; i < route->count && !insert->is_dynamic; i++) {
        uint64_t id = route->partitions[i]->def->id;
        if (at < filled && changes[at].partition_id == id) {
            at++;
            continue;
        }
        const Partition *partition = now ? catalog_find_partition_id(now, id) : NULL;
        if (partition && partition->rowset_count == 0) continue;
        changes[(*count)++] =
            (RowsetChange){.table_id = route->def->id, .partition_id = id, .ends_all = true};
    }
    return changes;
}
