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
#include "table/internal.h"

Rc table_relink_rowsets(Ctx *ctx, TableStore *store, const Relink *links, size_t count)
{
    StagedFile *files = ARENA_ARRAY(ctx->arena, StagedFile, count);
    for (size_t i = 0; i < count; i++)
        files[i] =
            (StagedFile){table_rowset_path(ctx->arena, store, links[i].old_id), links[i].new_id};
    return store_link_files(ctx, store, &(LinkFiles){files, count, "relink.linked"});
}
