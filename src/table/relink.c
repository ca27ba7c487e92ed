/*
 * table/relink: rowsets that live again under new ids.
 *
 * Form    a hard link for each in the same root, then fsync of the folders; no row names the links
 *         until the caller's transaction: a crash leaves what the sweep at start takes away
 *         (INV-30). The bytes are those that were compared with their digest when they were written
 *         or restored, and stay read-only.
 * Errors  FILE_MISSING, FILE_*.
 * Threads any.
 */
#include "base/fault.h"
#include "base/log.h"
#include "io/file.h"
#include "table/internal.h"

static Rc relink_one(Ctx *ctx, TableStore *store, const Relink *link)
{
    TRY(ctx_poll(ctx));
    TRY(store_rowset_folder(ctx, store, link->new_id));
    ArenaMark mark = arena_mark(ctx->arena);
    TRY(file_link(ctx, table_rowset_path(ctx->arena, store, link->old_id),
                  table_rowset_path(ctx->arena, store, link->new_id)));
    arena_rewind(ctx->arena, mark);
    return RC_OK;
}

static Rc relink_all(Ctx *ctx, TableStore *store, const Relink *links, size_t count,
                     uint64_t *linked)
{
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, count);
    for (; *linked < count; ++*linked) {
        ids[*linked] = links[*linked].new_id;
        TRY(relink_one(ctx, store, &links[*linked]));
    }
    TRY(fault_point(ctx, "relink.linked"));
    return store_sync_folders(ctx, store, ids, count);
}

Rc table_relink_rowsets(Ctx *ctx, TableStore *store, const Relink *links, size_t count)
{
    uint64_t linked = 0;
    Rc rc = relink_all(ctx, store, links, count, &linked);
    if (rc == RC_OK) return RC_OK;
    Ctx quiet = store_quiet_ctx(ctx);
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, linked);
    for (size_t i = 0; i < linked; i++) ids[i] = links[i].new_id;
    if (table_discard_files(&quiet, store, ids, linked) != RC_OK)
        log_warn("left for the next start: %.*s", STR_ARG(quiet.err.text));
    return rc;
}
