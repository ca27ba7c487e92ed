/*
 * table/room: room on a disk that is nearly full.
 *
 * Form    the trash is shortened from its oldest end, one transaction's worth at a time, and
 *         collected, until there is room (DESIGN section 4). Files that a reader, a job or a
 *         RECOVER needs stay; then there is nothing to gain and it stops.
 * Errors  those of the catalog, FILE_*.
 * Threads any.
 */
#include "base/log.h"
#include "catalog/trash.h"
#include "table/internal.h"

static bool has_room(const TableStore *store, uint64_t wanted)
{
    int64_t free_bytes = table_free_bytes(store);
    return free_bytes < 0 || (uint64_t)free_bytes >= wanted;
}

Rc table_make_room(Ctx *ctx, TableStore *store, uint64_t free_bytes)
{
    while (!has_room(store, free_bytes)) {
        int64_t ended_ms = 0;
        size_t removed = 0;
        char time[CLOCK_TEXT_SIZE];
        TRY(ctx_poll(ctx));
        TRY(catalog_shorten_trash(ctx, store->catalog, &ended_ms));
        if (ended_ms == 0) return RC_OK;
        TRY(table_collect(ctx, store, &removed));
        log_warn("the disk is short, %lld bytes are free: what was dropped or replaced up to %s can"
                 " not be recovered any more, %zu files of it went",
                 (long long)table_free_bytes(store), clock_text(ended_ms, time), removed);
        if (removed == 0) return RC_OK;
    }
    return RC_OK;
}
