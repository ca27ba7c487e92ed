/*
 * job/restore: the work of a RESTORE in each of its states.
 *
 * Form    files are fetched into staging/<job>/, verified, fsynced; COMMITTING links them to rowset
 * ids and one transaction makes everything visible (restorecommit.c). Until then the old data are
 * whole. Errors  RESTORE_CONFLICT, RESTORE_NO_SPACE, FILE_DAMAGED, FILE_MISSING, LIST_DAMAGED,
 * those of the store. Threads the job's runner; copies and checks run on options.workers threads,
 * each on files of its own.
 */
#include "base/fault.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/vec.h"
#include "io/file.h"
#include "io/parallel.h"
#include "job/machine.h"
#include "job/restorework.h"
#include "schema/planjson.h"
#include "snap/path.h"

enum { SPARE_BYTES = 64 * 1024 * 1024 };  // left free on the disk besides what is restored

typedef struct Stage {
    Job *job;
    RestoreWork *work;
    SnapRepository *repository;  // NULL while only local files are looked at
    size_t *todo;                // indexes into work->files
    size_t todo_count;
    Throttle throttle;
} Stage;

// --- PENDING: lists, conflicts, space

static Rc fetch_list(Ctx *ctx, Blob *blob, Str path, const SnapTable *table)
{
    Str name = snap_path_list(ctx->arena, &table->list_digest);
    StageCopy copy = {
        .name = blob->describe(blob, ctx->arena, name),
        .expected = &table->list_digest,
        .expected_bytes = table->list_bytes,
    };
    Source from;
    Sink to;
    TRY(blob->get(blob, ctx, name, &from));
    Rc rc = sink_to_file(ctx, path, &to);
    if (rc != RC_OK) {
        from.close(from.handle);
        return rc;
    }
    return stage_copy(ctx, &from, &to, &copy);
}

typedef struct ListFetch {
    const RestorePlan *plan;
    const SnapContent *content;
    SnapRepository *repository;
    Str dir;
} ListFetch;

static Rc fetch_list_at(Ctx *ctx, void *handle, size_t index)
{
    const ListFetch *fetch = handle;
    Str name = fetch->plan->objects[index].source_name;
    const SnapTable *table = snap_content_table(fetch->content, name);
    if (!table) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(name));
    Str path = restore_list_path(ctx->arena, fetch->dir, fetch->content, table);
    return fetch_list(ctx, snap_repository_blob(fetch->repository), path, table);
}

// Several at a time: many fsyncs at once share the journal's commits.
static Rc fetch_lists(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    SnapContent *content = NULL;
    ListFetch fetch = {.plan = job->restore};
    TRY(job_open_repository(ctx, job, &repository));
    TRY(table_staging_dir(ctx, job->jobs->options.store, job->row.id, &fetch.dir));
    TRY(restore_content(ctx, fetch.dir, &content));
    fetch.content = content;
    fetch.repository = repository;
    Parallel parallel = {fetch.plan->object_count, job->jobs->options.workers, fetch_list_at,
                         &fetch};
    TRY(parallel_run(ctx, &parallel));
    return file_sync_path(ctx, fetch.dir);
}

// What is still to be fetched must fit.
static Rc check_space(Ctx *ctx, Job *job)
{
    RestoreWork *work = NULL;
    uint64_t needed = 0;
    TRY(restore_work(ctx, job, &work));
    for (size_t i = 0; i < work->file_count; i++)
        if (!work->files[i].is_staged) needed += work->files[i].file.plain_bytes;
    TRY(table_make_room(ctx, job->jobs->options.store, needed ? needed + SPARE_BYTES : 0));
    int64_t free_bytes = table_free_bytes(job->jobs->options.store);
    if (needed == 0 || free_bytes < 0 || needed + SPARE_BYTES <= (uint64_t)free_bytes) return RC_OK;
    return FAIL(ctx, RESTORE_NO_SPACE, (unsigned long long)needed, (long long)SPARE_BYTES,
                (long long)free_bytes);
}

static Rc prepare(Ctx *ctx, Job *job)
{
    RestoreWork *work = NULL;
    Str conflicts;
    TRY(fetch_lists(ctx, job));
    TRY(restore_work(ctx, job, &work));
    const CatalogSnapshot *snapshot = catalog_pin(job->jobs->options.catalog);
    Rc rc = restore_conflicts(ctx, snapshot, job, &conflicts);
    catalog_unpin(job->jobs->options.catalog, snapshot);
    TRY(rc);
    if (conflicts.len) return FAIL(ctx, RESTORE_CONFLICT, STR_ARG(conflicts));
    return RC_OK;
}

// --- what is staged or held locally already

static void mark_staged(Stage *stage, size_t index, bool is_reused)
{
    JobProgress *progress = &stage->job->progress;
    RestoreFile *file = &stage->work->files[index];
    file->is_staged = true;
    atomic_fetch_add(is_reused ? &progress->files_reused : &progress->files_done, 1);
    if (is_reused) atomic_fetch_add(&progress->bytes_reused, file->file.plain_bytes);
}

// The file at `path` has the content that is wanted. A file that is missing or other is an answer,
// not an error.
static Rc is_content(Ctx *ctx, Str path, const SnapFile *wanted, bool *out)
{
    Digest digest;
    uint64_t size;
    *out = false;
    Rc rc = file_stat(ctx, path, &size);
    if (rc == RC_OK && size == wanted->plain_bytes)
        rc = digest_file(ctx, path, &digest, &size);
    else if (rc == RC_OK)
        return RC_OK;
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        return RC_OK;
    }
    TRY(rc);
    *out = size == wanted->plain_bytes && digest_eq(&digest, &wanted->plain_digest);
    return RC_OK;
}

// Left by an earlier run of this job: hashed again, never trusted by name (INV-53). What was read
// may be in memory only, if that run ended before its fsync.
static Rc take_staged(Ctx *ctx, Stage *stage, size_t index, bool *is_good)
{
    const SnapFile *wanted = &stage->work->files[index].file;
    Str staged = restore_staged_path(ctx->arena, stage->work, index);
    TRY(is_content(ctx, staged, wanted, is_good));
    if (!*is_good) return RC_OK;
    TRY(file_sync_path(ctx, staged));
    atomic_fetch_add(&stage->job->progress.bytes_done, wanted->plain_bytes);
    mark_staged(stage, index, false);
    return RC_OK;
}

// A rowset of this server with the same content, the trash included: linked first, so that nobody
// takes it away, then read.
static Rc take_local(Ctx *ctx, Stage *stage, size_t index)
{
    const JobsOptions *options = &stage->job->jobs->options;
    const SnapFile *wanted = &stage->work->files[index].file;
    Str staged = restore_staged_path(ctx->arena, stage->work, index);
    uint64_t rowset_id;
    bool is_good;
    TRY(catalog_find_digest(ctx, options->catalog, &wanted->plain_digest, wanted->plain_bytes,
                            &rowset_id));
    if (rowset_id == 0) return RC_OK;
    TRY(file_remove_if_there(ctx, staged));
    Rc rc = file_link(ctx, table_rowset_path(ctx->arena, options->store, rowset_id), staged);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        return RC_OK;
    }
    TRY(rc);
    TRY(is_content(ctx, staged, wanted, &is_good));
    if (is_good) {
        mark_staged(stage, index, true);
        return RC_OK;
    }
    log_error("rowset %llu is damaged on this server; its content is fetched from the repository",
              (unsigned long long)rowset_id);
    return file_remove(ctx, staged);
}

// A delete vector that the catalog holds, of whatever rowset.
static Rc take_local_vector(Ctx *ctx, Stage *stage, RestoreFile *file)
{
    Str bytes;
    if (file->file.vector.cardinality == 0 || file->vector.ptr) return RC_OK;
    TRY(catalog_find_vector(ctx, stage->job->jobs->options.catalog, &file->file.vector.digest,
                            &bytes));
    return bytes.ptr ? restore_take_vector(ctx, file, bytes, STR("a delete vector of the catalog"))
                     : RC_OK;
}

static Rc reuse_one(Ctx *ctx, void *handle, size_t at)
{
    Stage *stage = handle;
    size_t index = stage->todo[at];
    bool is_good = stage->work->files[index].is_staged;
    TRY(take_local_vector(ctx, stage, &stage->work->files[index]));
    if (!is_good) TRY(take_staged(ctx, stage, index, &is_good));
    return is_good ? RC_OK : take_local(ctx, stage, index);
}

// --- fetching

static Rc fetch_vector(Ctx *ctx, Stage *stage, RestoreFile *file)
{
    Blob *blob = snap_repository_blob(stage->repository);
    const VectorInfo *wanted = &file->file.vector;
    if (wanted->cardinality == 0 || file->vector.ptr) return RC_OK;
    Str name = snap_path_vector(ctx->arena, &wanted->digest), bytes;
    TRY(fault_point(ctx, "restore.fetch.vector"));
    TRY(blob->read(blob, ctx, name, LIMIT_VECTOR_FILE_BYTES, &bytes));
    return restore_take_vector(ctx, file, bytes, blob->describe(blob, ctx->arena, name));
}

static Rc fetch_one(Ctx *ctx, void *handle, size_t at)
{
    Stage *stage = handle;
    size_t index = stage->todo[at];
    TRY(fetch_vector(ctx, stage, &stage->work->files[index]));
    if (stage->work->files[index].is_staged) return RC_OK;
    const SnapFile *wanted = &stage->work->files[index].file;
    Blob *blob = snap_repository_blob(stage->repository);
    Str name = snap_path_data(ctx->arena, &wanted->stored_digest);
    StageCopy copy = {
        .name = blob->describe(blob, ctx->arena, name),
        .expected = &wanted->stored_digest,
        .expected_bytes = wanted->stored_bytes,
        .throttle = &stage->throttle,
        .counter = &stage->job->progress.bytes_done,
    };
    bool is_good = false;
    Source from;
    Sink to;
    TRY(fault_point(ctx, "restore.fetch"));
    TRY(take_staged(ctx, stage, index, &is_good));
    if (is_good) return RC_OK;
    TRY(blob->get(blob, ctx, name, &from));
    Rc rc = sink_to_file(ctx, restore_staged_path(ctx->arena, stage->work, index), &to);
    if (rc != RC_OK) {
        from.close(from.handle);
        return rc;
    }
    TRY(stage_copy(ctx, &from, &to, &copy));
    mark_staged(stage, index, false);
    return RC_OK;
}

static Rc list_todo(Ctx *ctx, Stage *stage)
{
    RestoreWork *work = stage->work;
    stage->todo = ARENA_ARRAY(ctx->arena, size_t, work->file_count);
    stage->todo_count = 0;
    for (size_t i = 0; i < work->file_count; i++)
        if (!restore_has_all(&work->files[i])) stage->todo[stage->todo_count++] = i;
    return RC_OK;
}

static Rc stage_begin(Ctx *ctx, Job *job, Stage *stage)
{
    *stage = (Stage){.job = job};
    TRY(restore_work(ctx, job, &stage->work));
    return list_todo(ctx, stage);
}

static Rc reuse_local(Ctx *ctx, Job *job)
{
    Stage stage;
    TRY(stage_begin(ctx, job, &stage));
    Parallel parallel = {stage.todo_count, job->jobs->options.workers, reuse_one, &stage};
    return parallel_run(ctx, &parallel);
}

static Rc download(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    Stage stage;
    TRY(stage_begin(ctx, job, &stage));
    TRY(job_open_repository(ctx, job, &repository));
    stage.repository = repository;
    throttle_init(&stage.throttle, job->restore->bandwidth_limit);
    Parallel parallel = {stage.todo_count, job->jobs->options.workers, fetch_one, &stage};
    Rc rc = parallel_run(ctx, &parallel);
    lock_close(&stage.throttle.lock);
    TRY(rc);
    return file_sync_path(ctx, stage.work->dir);
}

// --- COMMIT: each file says itself which columns it holds

static void close_conn(EngineConn **conn)
{
    engine_conn_close(*conn);
}

static bool is_all_staged(const RestoreWork *work)
{
    for (size_t i = 0; i < work->file_count; i++)
        if (!restore_has_all(&work->files[i])) return false;
    return true;
}

// After a restart what lies in staging is hashed again, and fetched again where it is not what it
// must be.
static Rc ensure_staged(Ctx *ctx, Job *job, RestoreWork *work)
{
    if (!is_all_staged(work)) TRY(reuse_local(ctx, job));
    return is_all_staged(work) ? RC_OK : download(ctx, job);
}

static const SnapTable *table_of(const Job *job, const RestoreWork *work, size_t file)
{
    Str name = job->restore->objects[work->files[file].object].source_name;
    return snap_content_table(work->content, name);
}

static Rc check_files(Ctx *ctx, Job *job)
{
    AUTO(close_conn) EngineConn *conn = NULL;
    RestoreWork *work = NULL;
    TRY(restore_work(ctx, job, &work));
    TRY(ensure_staged(ctx, job, work));
    TRY(engine_conn_open(ctx, job->jobs->options.engine, &conn));
    FileSchema *files = ARENA_ARRAY(ctx->arena, FileSchema, work->file_count);
    for (size_t i = 0; i < work->file_count; i++) {
        files[i].path = restore_staged_path(ctx->arena, work, i);
        files[i].schema = table_schema(table_of(job, work, i)->def, work->files[i].file.schema_id);
    }
    return table_check_files(ctx, conn, files, work->file_count);
}

static Rc link_files(Ctx *ctx, Job *job)
{
    RestoreWork *work = NULL;
    TRY(restore_work(ctx, job, &work));
    if (!is_all_staged(work)) TRY(check_files(ctx, job));
    return restore_link_files(ctx, job);
}

static Rc clean_up(Ctx *ctx, Job *job)
{
    TableStore *store = job->jobs->options.store;
    if (job_state(job) != STATE_FINISHED) TRY(restore_unlink_files(ctx, job));
    restore_work_free(job);
    TRY(table_staging_remove(ctx, store, job->row.id));
    table_wake_maintainer(store);
    return RC_OK;
}

const JobKindSteps RESTORE_STEPS = {
    .steps = {[STATE_PENDING] = prepare,
              [STATE_SNAPSHOTING] = reuse_local,
              [STATE_DOWNLOAD] = check_space,
              [STATE_DOWNLOADING] = download,
              [STATE_COMMIT] = check_files,
              [STATE_COMMITTING] = link_files},
    .apply = {[STATE_COMMITTING] = restore_apply},
    .clean = clean_up,
};

// --- the statement

static Str objects_text(Arena *arena, const RestorePlan *plan, const SnapContent *content)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < plan->object_count; i++) {
        const RestoreObject *object = &plan->objects[i];
        const SnapTable *table = snap_content_table(content, object->source_name);
        buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(object->source_name));
        bool is_whole = !table || table->def->method == PARTITION_NONE;
        if (is_whole || object->partition_count == 0) continue;
        buf_add(&buf, STR(" PARTITIONS ["));
        for (size_t k = 0; k < object->partition_count; k++)
            buf_printf(&buf, "%s%.*s", k ? ", " : "", STR_ARG(object->partitions[k].name));
        buf_add(&buf, STR("]"));
    }
    return buf_str(&buf);
}

static JobRow new_row(Ctx *ctx, const RestorePlan *plan, const SnapContent *content, uint64_t id)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    restore_plan_to_json(&w, NULL, plan);
    return (JobRow){
        .id = id,
        .uuid = uuid_new(),
        .kind = JOB_RESTORE,
        .database = plan->target_database,
        .label = plan->label,
        .stamp = plan->stamp,
        .repository = plan->repository,
        .plan = buf_str(&buf),
        .objects = objects_text(ctx->arena, plan, content),
        .created_ms = clock_now_ms(ctx->clock),
        .task_error = STR(""),
        .status = STR(""),
        .allow_load = plan->allow_load,
        .replication_num = plan->replication_num,
        .timeout_s = plan->timeout_s,
    };
}

// Every name that the commit writes; the database's own when it is still to be made.
static Claim *list_claims(Arena *arena, const RestorePlan *plan, uint64_t id, size_t *count)
{
    VEC(Claim) claims = {0};
    if (plan->was_database_missing || plan->object_count == 0) {
        Claim claim = {CLAIM_RESTORE, id, plan->target_database, STR(""), STR("")};
        vec_push(arena, &claims, claim);
    }
    for (size_t i = 0; i < plan->object_count; i++) {
        Claim claim = {CLAIM_RESTORE, id, plan->target_database, plan->objects[i].target_name,
                       STR("")};
        vec_push(arena, &claims, claim);
    }
    for (size_t i = 0; i < plan->dropped_table_count; i++) {
        Claim claim = {CLAIM_RESTORE, id, plan->target_database, plan->dropped_tables[i], STR("")};
        vec_push(arena, &claims, claim);
    }
    *count = claims.len;
    return claims.at;
}

Rc jobs_submit_restore(Ctx *ctx, Jobs *jobs, const RestoreSubmission *given, uint64_t *job_id)
{
    uint64_t id;
    Str dir;
    TRY(catalog_new_ids(ctx, jobs->options.catalog, 1, &id));
    JobRow row = new_row(ctx, given->plan, given->content, id);
    row.repository_id = given->repository_id;
    TRY(table_staging_dir(ctx, jobs->options.store, id, &dir));
    Rc rc =
        file_write_whole(ctx, file_join(ctx->arena, dir, STR("manifest.json")), given->manifest);
    JobInsert insert = {.row = &row};
    insert.claims = list_claims(ctx->arena, given->plan, id, &insert.claim_count);
    Job *job = NULL;
    if (rc == RC_OK) rc = jobs_insert(ctx, jobs, &insert, &job);
    if (rc != RC_OK) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx quiet;
        ctx_init(&quiet, arena, ctx->clock);
        if (table_staging_remove(&quiet, jobs->options.store, id) != RC_OK)
            log_warn("staging of job %llu stays: %.*s", (unsigned long long)id,
                     STR_ARG(quiet.err.text));
        return rc;
    }
    TRY(fault_point(ctx, "restore.accepted"));
    jobs_add(jobs, job);
    *job_id = id;
    return RC_OK;
}
