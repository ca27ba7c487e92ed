/*
 * table/staging: files that a job brings in.
 *
 * Form    staging/job-<id>/ holds fetched, verified, fsynced files; adopting links them to
 *         rowset ids, so that both names exist until the job is over: a crash loses nothing that
 *         was fetched.
 * Errors  FILE_*.
 * Threads a job's folder belongs to that job.
 */
#include "base/fault.h"
#include "base/log.h"
#include "io/file.h"
#include "table/internal.h"
#include <unistd.h>

static Str job_dir(Arena *arena, const TableStore *store, uint64_t job_id)
{
    return str_printf(arena, "%.*s/job-%llu", STR_ARG(store->staging_dir),
                      (unsigned long long)job_id);
}

Rc table_staging_dir(Ctx *ctx, TableStore *store, uint64_t job_id, Str *path)
{
    Str dir = job_dir(ctx->arena, store, job_id);
    TRY(file_make_dirs(ctx, dir));
    *path = dir;
    return RC_OK;
}

Rc table_staging_remove(Ctx *ctx, TableStore *store, uint64_t job_id)
{
    return file_remove_tree(ctx, job_dir(ctx->arena, store, job_id));
}

// INV-31
static Rc link_one(Ctx *ctx, TableStore *store, const StagedFile *file)
{
    TRY(ctx_poll(ctx));
    TRY(store_rowset_folder(ctx, store, file->rowset_id));
    return file_link(ctx, file->path, table_rowset_path(ctx->arena, store, file->rowset_id));
}

static Rc link_all(Ctx *ctx, TableStore *store, const LinkFiles *links, size_t *linked)
{
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, links->count);
    for (; *linked < links->count; ++*linked) {
        ids[*linked] = links->files[*linked].rowset_id;
        TRY(link_one(ctx, store, &links->files[*linked]));
    }
    TRY(fault_point(ctx, links->point));
    return store_sync_folders(ctx, store, ids, links->count);
}

Rc store_link_files(Ctx *ctx, TableStore *store, const LinkFiles *links)
{
    size_t linked = 0;
    Rc rc = link_all(ctx, store, links, &linked);
    if (rc == RC_OK) return RC_OK;
    // Only what was linked here: an id whose file was there before is somebody else's.
    Ctx quiet = store_quiet_ctx(ctx);
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, linked);
    for (size_t i = 0; i < linked; i++) ids[i] = links->files[i].rowset_id;
    if (table_discard_files(&quiet, store, ids, linked) != RC_OK)
        log_warn("left for the next start: %.*s", STR_ARG(quiet.err.text));
    return rc;
}

Rc table_adopt_files(Ctx *ctx, TableStore *store, const StagedFile *files, size_t count)
{
    for (size_t i = 0; i < count; i++) TRY(file_make_read_only(ctx, files[i].path));
    return store_link_files(ctx, store, &(LinkFiles){files, count, "adopt.linked"});
}

Rc table_discard_files(Ctx *ctx, TableStore *store, const uint64_t *rowset_ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(file_remove_if_there(ctx, table_rowset_path(ctx->arena, store, rowset_ids[i])));
    return RC_OK;
}
