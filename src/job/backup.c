/*
 * job/backup: the work of a BACKUP in each of its states.
 *
 * Form    what goes into the backup is fixed when the statement is accepted: manifest and file
 *         lists are written into staging/<job>/ then, and the job's references keep every rowset
 *         alive. The steps only move bytes. A backup exists when its manifest exists.
 * Errors  LABEL_TAKEN, LEASE_LOST, FILE_DAMAGED (a local rowset is not what the catalog says; it is
 *         never copied as good), those of the store.
 * Threads the job's runner; uploads run on options.workers threads.
 */
#include "base/fault.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "base/vec.h"
#include "io/parallel.h"
#include "job/backupdraft.h"
#include "job/machine.h"
#include "schema/planjson.h"
#include "snap/filelist.h"
#include "snap/lease.h"
#include "snap/manifest.h"
#include "snap/name.h"
#include "snap/path.h"
#include "snap/stamp.h"

static Rc is_at_work(void *handle, Ctx *ctx, Uuid job, bool *out)
{
    const Jobs *jobs = handle;
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, jobs->options.catalog, 0, &txn));
    return job_store_is_at_work(ctx, txn_meta(txn), job, out);
}

static Lease lease_of(const Job *job)
{
    return (Lease){.label = job->row.label,
                   .server = job->jobs->options.server_uuid,
                   .job = job->row.uuid,
                   .is_at_work = is_at_work,
                   .handle = job->jobs};
}

// --- PENDING: claim the label again, in case the server fell between row and claim

static Rc claim_label(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    TRY(job_open_repository(ctx, job, &repository));
    Lease lease = lease_of(job);
    return lease_take(ctx, repository, &lease);
}

// --- UPLOADING

typedef struct Upload {
    Digest digest;
    uint64_t size_bytes;
    bool is_vector;  // a delete vector, else a data file
} Upload;

typedef struct Uploading {
    Job *job;
    SnapRepository *repository;
    VEC(Upload) uploads;  // each content once
    Map seen;
    Throttle throttle;
    Lock renew_lock;  // RANK_LEAF: renewed_at_ms
    int64_t renewed_at_ms;
} Uploading;

static void add_upload(Ctx *ctx, Uploading *u, const Upload *upload)
{
    if (map_get(&u->seen, (Str){(const char *)upload->digest.bytes, DIGEST_BYTES})) return;
    Upload *kept = ARENA_NEW(ctx->arena, Upload);
    *kept = *upload;
    map_put(&u->seen, (Str){(const char *)kept->digest.bytes, DIGEST_BYTES}, kept);
    vec_push(ctx->arena, &u->uploads, *kept);
}

static Rc collect_upload(Ctx *ctx, void *handle, const SnapFile *file)
{
    add_upload(ctx, handle, &(Upload){file->stored_digest, file->stored_bytes, false});
    const VectorInfo *vector = &file->vector;
    if (vector->cardinality > 0)
        add_upload(ctx, handle, &(Upload){vector->digest, vector->size_bytes, true});
    return RC_OK;
}

static Rc collect_uploads(Ctx *ctx, Uploading *u)
{
    BackupDraft draft;
    u->seen = map_new(ctx->arena);
    TRY(backup_draft_load(ctx, u->job, &draft));
    FileListVisit visit = {collect_upload, u};
    for (size_t i = 0; i < draft.content->table_count; i++)
        TRY(file_list_read(ctx, backup_draft_list_path(ctx->arena, &draft, i),
                           &draft.content->tables[i], &visit));
    uint64_t bytes = 0;
    for (size_t i = 0; i < u->uploads.len; i++) bytes += u->uploads.at[i].size_bytes;
    JobProgress *progress = &u->job->progress;
    atomic_store(&progress->files_total, u->uploads.len);
    atomic_store(&progress->bytes_total, bytes);
    atomic_store(&progress->files_done, 0);
    atomic_store(&progress->bytes_done, 0);
    atomic_store(&progress->files_reused, 0);
    atomic_store(&progress->bytes_reused, 0);
    return RC_OK;
}

// Before each file, and before each of its buffers: a throttled file may outlast a claim.
static Rc renew_when_due(Ctx *ctx, void *handle)
{
    Uploading *u = handle;
    int64_t now_ms = clock_steady_ms();
    lock_take(&u->renew_lock);
    bool is_due = now_ms - u->renewed_at_ms > LEASE_RENEW_MS;
    if (is_due) u->renewed_at_ms = now_ms;
    lock_give(&u->renew_lock);
    Lease lease = lease_of(u->job);
    return is_due ? lease_renew(ctx, u->repository, &lease) : RC_OK;
}

// A file of that content that is there already is kept, if it has the right size.
static Rc is_stored(Ctx *ctx, Blob *blob, Str name, const Upload *upload, bool *out)
{
    uint64_t size;
    Rc rc = blob->stat(blob, ctx, name, &size);
    *out = rc == RC_OK;
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        return RC_OK;
    }
    TRY(rc);
    if (size == upload->size_bytes) return RC_OK;
    Str wanted = str_printf(ctx->arena, "%llu bytes", (unsigned long long)upload->size_bytes);
    Str found = str_printf(ctx->arena, "%llu", (unsigned long long)size);
    return FAIL(ctx, FILE_DAMAGED, STR_ARG(blob->describe(blob, ctx->arena, name)), STR_ARG(wanted),
                STR_ARG(found));
}

// The rows of the catalog that the job's snapshot shows, whatever was deleted since.
static Rc open_vector(Ctx *ctx, const Uploading *u, const Upload *upload, Str *name, Source *out)
{
    Str bytes;
    TRY(catalog_find_vector(ctx, u->job->jobs->options.catalog, &upload->digest, &bytes));
    *name = str_printf(ctx->arena, "delete vector %.*s",
                       STR_ARG(str_hex(ctx->arena, upload->digest.bytes, DIGEST_BYTES)));
    if (bytes.ptr == NULL) return FAIL(ctx, BACKUP_ROWSET_GONE, STR_ARG(*name));
    *out = source_of_bytes(bytes);
    return RC_OK;
}

static Rc open_rowset(Ctx *ctx, const Uploading *u, const Upload *upload, Str *name, Source *out)
{
    const JobsOptions *options = &u->job->jobs->options;
    uint64_t rowset_id;
    TRY(catalog_find_digest(ctx, options->catalog, &upload->digest, upload->size_bytes,
                            &rowset_id));
    if (rowset_id == 0)
        return FAIL(ctx, BACKUP_ROWSET_GONE,
                    STR_ARG(str_hex(ctx->arena, upload->digest.bytes, DIGEST_BYTES)));
    *name = table_rowset_path(ctx->arena, options->store, rowset_id);
    return source_of_file(ctx, *name, out);
}

// INV-45
static Rc send_file(Ctx *ctx, Uploading *u, Blob *blob, Str name, const Upload *upload)
{
    StageCopy copy = {
        .expected = &upload->digest,
        .expected_bytes = upload->size_bytes,
        .throttle = &u->throttle,
        .counter = &u->job->progress.bytes_done,
        .tick = renew_when_due,
        .tick_handle = u,
    };
    Source from;
    Sink to;
    if (upload->is_vector)
        TRY(open_vector(ctx, u, upload, &copy.name, &from));
    else
        TRY(open_rowset(ctx, u, upload, &copy.name, &from));
    Rc rc = blob->put(blob, ctx, name, &to);
    if (rc != RC_OK) {
        from.close(from.handle);
        return rc;
    }
    return stage_copy(ctx, &from, &to, &copy);
}

static Rc upload_one(Ctx *ctx, void *handle, size_t index)
{
    Uploading *u = handle;
    const Upload *upload = &u->uploads.at[index];
    JobProgress *progress = &u->job->progress;
    Blob *blob = snap_repository_blob(u->repository);
    Str name = upload->is_vector ? snap_path_vector(ctx->arena, &upload->digest)
                                 : snap_path_data(ctx->arena, &upload->digest);
    bool is_there;
    TRY(renew_when_due(ctx, u));
    TRY(fault_point(ctx, "backup.upload"));
    TRY(is_stored(ctx, blob, name, upload, &is_there));
    if (is_there) {
        atomic_fetch_add(&progress->files_reused, 1);
        atomic_fetch_add(&progress->bytes_reused, upload->size_bytes);
    } else {
        TRY(send_file(ctx, u, blob, name, upload));
        atomic_fetch_add(&progress->files_done, 1);
    }
    return RC_OK;
}

static Rc upload_files(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    TRY(job_open_repository(ctx, job, &repository));
    Uploading u = {.job = job, .repository = repository};
    Lease lease = lease_of(job);
    // Taken again, not renewed: it may have lapsed while the server was away.
    TRY(lease_take(ctx, repository, &lease));
    TRY(lease_wait_for_collector(ctx, repository));
    u.renewed_at_ms = clock_steady_ms();
    TRY(collect_uploads(ctx, &u));
    throttle_init(&u.throttle, job->backup->bandwidth_limit);
    lock_init(&u.renew_lock, RANK_LEAF);
    Parallel parallel = {u.uploads.len, job->jobs->options.workers, upload_one, &u};
    Rc rc = parallel_run(ctx, &parallel);
    lock_close(&u.renew_lock);
    lock_close(&u.throttle.lock);
    TRY(rc);
    Blob *blob = snap_repository_blob(repository);
    return blob->sync(blob, ctx);
}

// --- SAVE_META: file lists are stored, the manifest gets its last words

static Rc send_list(Ctx *ctx, Blob *blob, Str path, const SnapTable *table)
{
    Str name = snap_path_list(ctx->arena, &table->list_digest);
    Upload list = {table->list_digest, table->list_bytes, false};
    bool is_there;
    TRY(is_stored(ctx, blob, name, &list, &is_there));
    if (is_there) return RC_OK;
    StageCopy copy = {
        .name = path, .expected = &table->list_digest, .expected_bytes = table->list_bytes};
    Source from;
    Sink to;
    TRY(source_of_file(ctx, path, &from));
    Rc rc = blob->put(blob, ctx, name, &to);
    if (rc != RC_OK) {
        from.close(from.handle);
        return rc;
    }
    return stage_copy(ctx, &from, &to, &copy);
}

typedef struct ListSending {
    BackupDraft draft;
    Blob *blob;
} ListSending;

static Rc send_list_at(Ctx *ctx, void *handle, size_t index)
{
    const ListSending *sending = handle;
    Str path = backup_draft_list_path(ctx->arena, &sending->draft, index);
    return send_list(ctx, sending->blob, path, &sending->draft.content->tables[index]);
}

static Rc save_meta(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    ListSending sending;
    TRY(job_open_repository(ctx, job, &repository));
    TRY(backup_draft_load(ctx, job, &sending.draft));
    BackupDraft draft = sending.draft;
    Blob *blob = sending.blob = snap_repository_blob(repository);
    Parallel parallel = {draft.content->table_count, job->jobs->options.workers, send_list_at,
                         &sending};
    TRY(parallel_run(ctx, &parallel));
    TRY(blob->sync(blob, ctx));
    draft.content->finished_ms = clock_now_ms(ctx->clock);
    return file_write_whole(ctx, backup_draft_final_path(ctx->arena, &draft),
                            manifest_print(ctx, draft.content));
}

// --- UPLOAD_INFO: the commit

// What lies under the manifest's name after an answer that was not clear.
static Rc is_our_manifest(Ctx *ctx, Blob *blob, Str name, Str bytes, bool *out)
{
    Str found;
    Rc rc = blob->read(blob, ctx, name, bytes.len + 1, &found);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        *out = false;
        return RC_OK;
    }
    if (rc == RC_OK && str_eq(found, bytes)) {
        *out = true;
        return RC_OK;
    }
    if (rc != RC_OK && rc != RC_LIMIT) return rc;
    ctx_clear(ctx);
    return FAIL(ctx, BACKUP_MANIFEST_OTHER, STR_ARG(blob->describe(blob, ctx->arena, name)));
}

// The manifest as it must lie in the repository, and its name there.
static Rc load_manifest(Ctx *ctx, Job *job, Str *name, Str *bytes)
{
    BackupDraft draft;
    Str encoded;
    TRY(backup_draft_load(ctx, job, &draft));
    TRY(file_read_whole(ctx, backup_draft_final_path(ctx->arena, &draft), LIMIT_MANIFEST_BYTES,
                        bytes));
    TRY(name_encode(ctx, job->row.label, &encoded));
    *name = snap_path_manifest(ctx->arena, encoded, job->row.stamp);
    return RC_OK;
}

// A claim that lapsed while the server was away is taken again, and all that it guarded is looked
// at again. Not behind job_seal: it may take long. A manifest that was put before is left as it is.
static Rc keep_claim(Ctx *ctx, Job *job, SnapRepository *repository)
{
    Str name, bytes;
    bool is_ours = false;
    Lease lease = lease_of(job);
    TRY(load_manifest(ctx, job, &name, &bytes));
    TRY(is_our_manifest(ctx, snap_repository_blob(repository), name, bytes, &is_ours));
    if (is_ours) return RC_OK;
    Rc rc = lease_check(ctx, repository, &lease);
    if (rc != RC_CONFLICT) return rc;
    ctx_clear(ctx);
    TRY(upload_files(ctx, job));
    return save_meta(ctx, job);
}

// INV-40. *is_out: whether the manifest may stand in the repository, also when this fails.
static Rc put_manifest(Ctx *ctx, Job *job, SnapRepository *repository, bool *is_out)
{
    Str name, bytes;
    Lease lease = lease_of(job);
    Blob *blob = snap_repository_blob(repository);
    TRY(load_manifest(ctx, job, &name, &bytes));
    TRY(is_our_manifest(ctx, blob, name, bytes, is_out));  // put before a crash
    if (*is_out) return blob->sync(blob, ctx);
    TRY(lease_check(ctx, repository, &lease));
    TRY(fault_point(ctx, "backup.manifest.before"));
    Rc rc = blob->create(blob, ctx, name, bytes);
    *is_out = true;
    if (rc == RC_OK) return fault_point(ctx, "backup.manifest.after");
    Err failed = ctx->err;
    Rc seen = is_our_manifest(ctx, blob, name, bytes, is_out);
    if (seen == RC_EXISTS) *is_out = false;
    TRY(seen);
    if (*is_out) return blob->sync(blob, ctx);
    ctx->err = failed;
    return rc;
}

// Once it is sealed neither CANCEL nor the timeout stops it: the manifest decides. Unsealed only
// when it is sure that none stands there.
static Rc upload_info(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    bool is_out = job_is_sealed(job);  // by an earlier try, or before a restart
    TRY(job_open_repository(ctx, job, &repository));
    if (!is_out) TRY(keep_claim(ctx, job, repository));
    if (!job_seal(job)) return FAIL(ctx, JOB_MOVED, job_state_text(job_state(job)));
    ctx->cancel = NULL;
    ctx->deadline_ms = 0;
    Rc rc = put_manifest(ctx, job, repository, &is_out);
    if (rc != RC_OK && !is_out) job_unseal(job);
    return rc;
}

static Rc is_manifest_out(Ctx *ctx, Job *job, bool *out)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    Str name, bytes;
    TRY(load_manifest(ctx, job, &name, &bytes));
    TRY(job_open_repository(ctx, job, &repository));
    return is_our_manifest(ctx, snap_repository_blob(repository), name, bytes, out);
}

static Rc clean_up(Ctx *ctx, Job *job)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    Lease lease = lease_of(job);
    Rc rc = job_open_repository(ctx, job, &repository);
    if (rc == RC_OK) rc = lease_give(ctx, repository, &lease);
    if (rc != RC_OK) {
        // It is nobody's from now on for this server; for others it lapses by itself.
        log_warn("job %llu: the claim on label %.*s stays: %.*s", (unsigned long long)job->row.id,
                 STR_ARG(job->row.label), STR_ARG(ctx->err.text));
        ctx_clear(ctx);
    }
    return table_staging_remove(ctx, job->jobs->options.store, job->row.id);
}

const JobKindSteps BACKUP_STEPS = {
    .steps = {[STATE_PENDING] = claim_label,
              [STATE_UPLOADING] = upload_files,
              [STATE_SAVE_META] = save_meta,
              [STATE_UPLOAD_INFO] = upload_info},
    .is_out = is_manifest_out,
    .clean = clean_up,
};

// --- the statement

static Str objects_text(Arena *arena, const BackupPlan *plan)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < plan->object_count; i++)
        buf_printf(&buf, "%s[%.*s.%.*s]", i ? ", " : "", STR_ARG(plan->database),
                   STR_ARG(plan->objects[i].table));
    return buf_str(&buf);
}

static Str plan_text(Arena *arena, const BackupPlan *plan)
{
    Buf buf = buf_new(arena);
    JsonWriter w = json_writer(&buf);
    backup_plan_to_json(&w, NULL, plan);
    return buf_str(&buf);
}

static JobRow new_row(Ctx *ctx, const BackupPlan *plan, uint64_t id, uint64_t repository_id)
{
    int64_t now_ms = clock_now_ms(ctx->clock);
    return (JobRow){
        .id = id,
        .uuid = uuid_new(),
        .kind = JOB_BACKUP,
        .database = plan->database,
        .label = plan->label,
        .stamp = stamp_text(ctx->arena, stamp_of_time(now_ms)),
        .repository = plan->repository,
        .repository_id = repository_id,
        .plan = plan_text(ctx->arena, plan),
        .objects = objects_text(ctx->arena, plan),
        .created_ms = now_ms,
        .task_error = STR(""),
        .status = STR(""),
        .timeout_s = plan->timeout_s,
    };
}

static Rc check_label(Ctx *ctx, SnapRepository *repository, Str label)
{
    SnapLabel found;
    TRY(snap_look_up_label(ctx, repository, label, &found));
    return found.stamp_count ? FAIL(ctx, LABEL_TAKEN, STR_ARG(label)) : RC_OK;
}

// Row and claims are durable: now the label. What fails here takes the row back.
static Rc accept(Ctx *ctx, Jobs *jobs, Job *job, SnapRepository *repository)
{
    Lease lease = lease_of(job);
    uint64_t id = job->row.id;
    Rc rc = lease_take(ctx, repository, &lease);
    if (rc == RC_OK) {
        jobs_add(jobs, job);
        return RC_OK;
    }
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx quiet;
    ctx_init(&quiet, arena, ctx->clock);
    // It may have been made all the same: what failed may be the look behind it.
    if (lease_give(&quiet, repository, &lease) != RC_OK) ctx_clear(&quiet);
    if (jobs_take_back(&quiet, jobs, job) != RC_OK ||
        table_staging_remove(&quiet, jobs->options.store, id) != RC_OK)
        log_error("job %llu could not be taken back: %.*s", (unsigned long long)id,
                  STR_ARG(quiet.err.text));
    return rc;
}

Rc jobs_submit_backup(Ctx *ctx, Jobs *jobs, const BackupPlan *plan, const CatalogSnapshot *snapshot,
                      uint64_t *job_id)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    const Repository *there = catalog_find_repository(snapshot, plan->repository);
    if (!there) return FAIL(ctx, JOB_REPOSITORY_GONE, STR_ARG(plan->repository));
    TRY(jobs->options.open_repository(jobs->options.handle, ctx, there->def, &repository));
    TRY(check_label(ctx, repository, plan->label));
    uint64_t id;
    TRY(catalog_new_ids(ctx, jobs->options.catalog, 1, &id));
    JobRow row = new_row(ctx, plan, id, there->def->id);
    BackupContent fixed;
    BackupSource source = {plan, snapshot};
    Claim claim = {CLAIM_BACKUP, id, plan->database, STR(""), STR("")};
    Job *job = NULL;
    Rc rc = backup_draft_write(ctx, jobs, &row, &source, &fixed);
    if (rc == RC_OK) {
        JobInsert insert = {&row, &claim, 1, fixed.rowset_ids, fixed.rowset_count};
        rc = jobs_insert(ctx, jobs, &insert, &job);
    }
    if (rc != RC_OK) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx quiet;
        ctx_init(&quiet, arena, ctx->clock);
        if (table_staging_remove(&quiet, jobs->options.store, id) != RC_OK)
            log_warn("staging of job %llu stays: %.*s", (unsigned long long)id,
                     STR_ARG(quiet.err.text));
        return rc;
    }
    TRY(fault_point(ctx, "backup.accepted"));
    TRY(accept(ctx, jobs, job, repository));
    *job_id = id;
    return RC_OK;
}
