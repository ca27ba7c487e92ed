/*
 * job/restorework: the files of a RESTORE, from the manifest and lists in its staging folder.
 *
 * Errors  MANIFEST_DAMAGED, LIST_DAMAGED, FILE_*.   Threads  the job's runner.
 */
#include "job/restorework.h"
#include "base/limits.h"
#include "base/vec.h"
#include "io/digest.h"
#include "io/file.h"
#include "snap/filelist.h"
#include "snap/manifest.h"

typedef VEC(RestoreFile) Files;

typedef struct Listing {
    Arena *arena;
    uint32_t object;
    int64_t *wanted;  // per partition of the snapshot's table: index in the object, or -1
    Files files;
} Listing;

Str restore_staged_path(Arena *arena, const RestoreWork *work, size_t index)
{
    return str_printf(arena, "%.*s/%zu.parquet", STR_ARG(work->dir), index);
}

Str restore_list_path(Arena *arena, Str dir, const SnapContent *content, const SnapTable *table)
{
    size_t index = (size_t)(table - content->tables);
    must(index < content->table_count);
    return str_printf(arena, "%.*s/list-%zu.jsonl", STR_ARG(dir), index);
}

Rc restore_content(Ctx *ctx, Str dir, SnapContent **out)
{
    Str path = file_join(ctx->arena, dir, STR("manifest.json")), text;
    TRY(file_read_whole(ctx, path, LIMIT_MANIFEST_BYTES, &text));
    return manifest_parse(ctx, text, path, out);
}

static Rc take_file(Ctx *ctx, void *handle, const SnapFile *file)
{
    Listing *listing = handle;
    int64_t partition = listing->wanted[file->partition];
    (void)ctx;
    if (partition < 0) return RC_OK;
    RestoreFile kept = {.object = listing->object, .partition = (uint32_t)partition, .file = *file};
    vec_push(listing->arena, &listing->files, kept);
    return RC_OK;
}

static Rc list_object(Ctx *ctx, const RestoreObject *object, RestoreWork *work, Listing *listing)
{
    const SnapTable *table = snap_content_table(work->content, object->source_name);
    if (!table) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(object->source_name));
    listing->wanted = ARENA_ARRAY(ctx->arena, int64_t, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++) listing->wanted[i] = -1;
    for (size_t i = 0; i < object->partition_count; i++) {
        must(object->partitions[i].snap_index < table->partition_count);
        listing->wanted[object->partitions[i].snap_index] = (int64_t)i;
    }
    FileListVisit visit = {take_file, listing};
    Str path = restore_list_path(ctx->arena, work->dir, work->content, table);
    return file_list_read(ctx, path, table, &visit);
}

static Rc load(Ctx *ctx, Job *job, RestoreWork *work)
{
    Str dir;
    TRY(table_staging_dir(ctx, job->jobs->options.store, job->row.id, &dir));
    work->dir = str_dup(work->arena, dir);
    Ctx own = *ctx;  // what is loaded lives as long as the work
    own.arena = work->arena;
    if (restore_content(&own, work->dir, &work->content) != RC_OK) return ctx_take(ctx, &own);
    Listing listing = {.arena = work->arena};
    for (uint32_t i = 0; i < job->restore->object_count; i++) {
        listing.object = i;
        TRY(list_object(ctx, &job->restore->objects[i], work, &listing));
    }
    work->files = listing.files.at;
    work->file_count = listing.files.len;
    return RC_OK;
}

static void count_totals(Job *job, const RestoreWork *work)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < work->file_count; i++) bytes += work->files[i].file.plain_bytes;
    atomic_store(&job->progress.files_total, work->file_count);
    atomic_store(&job->progress.bytes_total, bytes);
    atomic_store(&job->progress.files_done, 0);
    atomic_store(&job->progress.bytes_done, 0);
    atomic_store(&job->progress.files_reused, 0);
    atomic_store(&job->progress.bytes_reused, 0);
}

Rc restore_work(Ctx *ctx, Job *job, RestoreWork **out)
{
    if (!job->restore_work) {
        Arena *arena = arena_new();
        RestoreWork *work = ARENA_NEW(arena, RestoreWork);
        work->arena = arena;
        Rc rc = load(ctx, job, work);
        if (rc != RC_OK) {
            arena_free(arena);
            return rc;
        }
        count_totals(job, work);
        job->restore_work = work;
    }
    *out = job->restore_work;
    return RC_OK;
}

// INV-43
Rc restore_take_vector(Ctx *ctx, RestoreFile *file, Str bytes, Str place)
{
    const VectorInfo *wanted = &file->file.vector;
    Digest digest = digest_bytes(bytes);
    AUTO(positions_unref_at) Positions *positions = NULL;
    if (bytes.len != wanted->size_bytes || !digest_eq(&digest, &wanted->digest))
        return FAIL(ctx, FILE_DAMAGED, STR_ARG(place),
                    STR_ARG(digest_text(ctx->arena, &wanted->digest)),
                    STR_ARG(digest_text(ctx->arena, &digest)));
    TRY(note(ctx, positions_read(ctx, bytes, file->file.row_count, wanted->cardinality, &positions),
             "reading %.*s", STR_ARG(place)));
    char *copy = mem_alloc(bytes.len);
    memcpy(copy, bytes.ptr, bytes.len);
    file->vector = (Str){copy, bytes.len};
    return RC_OK;
}

static void free_vectors(RestoreWork *work)
{
    for (size_t i = 0; i < work->file_count; i++) {
        union {
            const char *from;
            void *to;
        } bytes = {.from = work->files[i].vector.ptr};
        free(bytes.to);
    }
}

void restore_work_free(Job *job)
{
    if (job->restore_work) free_vectors(job->restore_work);
    if (job->restore_work) arena_free(job->restore_work->arena);
    job->restore_work = NULL;
}
