/*
 * table/collect: the end of files.
 *
 * Form    files go only by rows: a rowset's end is committed and out of the trash, no snapshot
 *         sees it, no unfinished job lists it (catalog_collectable); unlink, then forget the row
 *         (INV-6, INV-32).
 * Errors  those of the catalog, FILE_ERROR.
 * Threads any; table/maintain calls it in turns.
 */
#include "base/fault.h"
#include "io/file.h"
#include "table/internal.h"

enum { COLLECT_BATCH = 256 };

static Rc collect_batch(Ctx *ctx, TableStore *store, size_t *count)
{
    uint64_t ids[COLLECT_BATCH];
    TRY(catalog_collectable(ctx, store->catalog, ids, COLLECT_BATCH, count));
    if (*count == 0) return RC_OK;
    for (size_t i = 0; i < *count; i++)
        TRY(file_remove_if_there(ctx, table_rowset_path(ctx->arena, store, ids[i])));
    TRY(fault_point(ctx, "collect.unlinked"));
    TRY(catalog_forget_rowsets(ctx, store->catalog, ids, *count));
    for (size_t i = 0; i < *count; i++) damage_forget(store, ids[i]);
    atomic_fetch_add(&store->collected_files, *count);
    return RC_OK;
}

Rc table_collect(Ctx *ctx, TableStore *store, size_t *removed)
{
    size_t total = 0, count = COLLECT_BATCH;
    while (count == COLLECT_BATCH) {
        TRY(ctx_poll(ctx));
        ArenaMark mark = arena_mark(ctx->arena);
        TRY(collect_batch(ctx, store, &count));
        arena_rewind(ctx->arena, mark);
        total += count;
    }
    *removed = total;
    return RC_OK;
}
