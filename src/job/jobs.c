/*
 * job/jobs: the list of live jobs, the threads that run them, CANCEL and the views for SHOW.
 *
 * Errors  JOB_RUNNING, JOB_NONE, JOB_NOT_CANCELLABLE and those of the layers below.
 * Threads RUNNERS threads take jobs from the list. jobs->lock guards the list, the rows in memory
 * and the flags of each Job; no file, network or engine call is made under it.
 */
#include "base/log.h"
#include "base/map.h"
#include "base/vec.h"
#include "job/machine.h"
#include "job/restorework.h"
#include "schema/planjson.h"

enum { RUNNERS = 4, CANCEL_WAIT_MS = 10000, WAIT_MS = 500, COMING_MS = 20 };

// --- the list

static void unref(Job *job)
{
    // under jobs->lock
    if (--job->refs > 0) return;
    restore_work_free(job);  // of one that the end of the server interrupted
    arena_free(job->arena);
}

static void remove_from_list(Jobs *jobs, Job *job)
{
    for (Job **at = &jobs->first; *at; at = &(*at)->next) {
        if (*at != job) continue;
        *at = job->next;
        unref(job);
        return;
    }
}

static Rc parse_plan(Ctx *ctx, Job *job)
{
    Json *json = NULL;
    TRY(json_parse(ctx, job->row.plan, "The plan of a job", &json));
    if (job->row.kind == JOB_BACKUP) return backup_plan_from_json(ctx, json, &job->backup);
    return restore_plan_from_json(ctx, json, &job->restore);
}

// A live job from its row; texts are copied into an arena of its own.
static Rc job_new(Ctx *ctx, Jobs *jobs, const JobRow *row, Job **out)
{
    Arena *arena = arena_new();
    Job *job = ARENA_NEW(arena, Job);
    job->arena = arena;
    job->jobs = jobs;
    job->refs = 1;
    job->row = *row;
    Str *const texts[] = {&job->row.database,   &job->row.label, &job->row.stamp,
                          &job->row.repository, &job->row.plan,  &job->row.objects,
                          &job->row.task_error, &job->row.status};
    for (size_t i = 0; i < COUNT_OF(texts); i++) *texts[i] = str_dup(arena, *texts[i]);
    atomic_store(&job->progress.files_total, row->files_total);
    atomic_store(&job->progress.bytes_total, row->bytes_total);
    Ctx own = *ctx;
    own.arena = arena;
    if (parse_plan(&own, job) != RC_OK) {
        Rc rc = ctx_take(ctx, &own);
        arena_free(arena);
        return rc;
    }
    *out = job;
    return RC_OK;
}

void jobs_add(Jobs *jobs, Job *job)
{
    lock_take(&jobs->lock);
    Job **end = &jobs->first;
    while (*end) end = &(*end)->next;
    *end = job;
    signal_wake_all(&jobs->changed);
    lock_give(&jobs->lock);
}

// --- the threads

static Job *take_waiting(Jobs *jobs)
{
    // under jobs->lock
    for (Job *job = jobs->first; job; job = job->next) {
        if (job->is_running) continue;
        job->is_running = true;
        job->refs++;
        return job;
    }
    return NULL;
}

static void *runner(void *handle)
{
    Jobs *jobs = handle;
    lock_take(&jobs->lock);
    while (!jobs->is_stopping) {
        Job *job = take_waiting(jobs);
        if (!job) {
            signal_wait(&jobs->changed, &jobs->lock, WAIT_MS);
            continue;
        }
        lock_give(&jobs->lock);
        job_run(job);
        lock_take(&jobs->lock);
        job->is_over = true;
        if (!jobs->is_stopping) remove_from_list(jobs, job);
        unref(job);
        signal_wake_all(&jobs->changed);
    }
    lock_give(&jobs->lock);
    return NULL;
}

static Rc list_rows(Ctx *ctx, Catalog *catalog, JobFilter filter, JobRow **rows, size_t *count)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, catalog, 0, &txn));
    return job_store_list(ctx, txn_meta(txn), filter, rows, count);
}

Rc jobs_unfinished(Ctx *ctx, Catalog *catalog, uint64_t **job_ids, size_t *count)
{
    TRY(job_store_ensure(ctx, catalog));
    JobRow *rows = NULL;
    size_t row_count = 0;
    TRY(list_rows(ctx, catalog, JOBS_UNCLEANED, &rows, &row_count));
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, row_count);
    for (size_t i = 0; i < row_count; i++) ids[i] = rows[i].id;
    *job_ids = ids;
    *count = row_count;
    return RC_OK;
}

static Rc resume(Ctx *ctx, Jobs *jobs)
{
    JobRow *rows = NULL;
    size_t count = 0;
    TRY(list_rows(ctx, jobs->options.catalog, JOBS_UNCLEANED, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        Job *job = NULL;
        TRY(job_new(ctx, jobs, &rows[i], &job));
        job->is_sealed = rows[i].state == STATE_UPLOAD_INFO;  // the manifest may be there already
        log_info("job %llu %s goes on in state %s", (unsigned long long)rows[i].id,
                 job_kind_text(rows[i].kind), job_state_text(rows[i].state));
        jobs_add(jobs, job);
    }
    return RC_OK;
}

Rc jobs_open(Ctx *ctx, const JobsOptions *options, Jobs **out)
{
    Jobs *jobs = mem_alloc(sizeof(Jobs));
    jobs->options = *options;
    lock_init(&jobs->lock, RANK_JOBS);
    signal_init(&jobs->changed);
    Rc rc = resume(ctx, jobs);
    for (int i = 0; rc == RC_OK && i < RUNNERS; i++) {
        pthread_t *threads = mem_grow(jobs->threads, (jobs->thread_count + 1) * sizeof(pthread_t));
        jobs->threads = threads;
        if (pthread_create(&threads[jobs->thread_count], NULL, runner, jobs) == 0)
            jobs->thread_count++;
        else
            rc = FAIL(ctx, BUG, "can not start a thread for jobs");
    }
    if (rc != RC_OK) {
        jobs_close(jobs);
        return rc;
    }
    *out = jobs;
    return RC_OK;
}

void jobs_close(Jobs *jobs)
{
    if (!jobs) return;
    lock_take(&jobs->lock);
    jobs->is_stopping = true;
    for (Job *job = jobs->first; job; job = job->next) atomic_store(&job->cancel.is_asked, true);
    signal_wake_all(&jobs->changed);
    lock_give(&jobs->lock);
    for (size_t i = 0; i < jobs->thread_count; i++) pthread_join(jobs->threads[i], NULL);
    while (jobs->first) remove_from_list(jobs, jobs->first);
    signal_close(&jobs->changed);
    lock_close(&jobs->lock);
    free(jobs->threads);
    free(jobs);
}

// --- accepting

Rc jobs_check_free(Ctx *ctx, Jobs *jobs, Str database)
{
    Claim *claims = NULL;
    size_t count = 0;
    TRY(catalog_claims(ctx, jobs->options.catalog, &claims, &count));
    for (size_t i = 0; i < count; i++)
        if (str_eq(claims[i].database, database)) return FAIL(ctx, JOB_RUNNING);
    return RC_OK;
}

Rc jobs_insert(Ctx *ctx, Jobs *jobs, const JobInsert *insert, Job **out)
{
    Job *job = NULL;
    TRY(job_new(ctx, jobs, insert->row, &job));
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    Rc rc = catalog_begin(ctx, jobs->options.catalog, insert->row->id, &txn);
    if (rc == RC_OK) rc = txn_add_claims(ctx, txn, insert->claims, insert->claim_count);
    if (rc == RC_OK && insert->rowset_count)
        rc = txn_add_job_rowsets(ctx, txn, insert->row->id, insert->rowset_ids,
                                 insert->rowset_count);
    if (rc == RC_OK) rc = job_store_insert(ctx, txn_meta(txn), insert->row);
    if (rc == RC_OK) rc = txn_commit(ctx, &txn);
    if (rc != RC_OK) {
        arena_free(job->arena);
        return rc;
    }
    *out = job;
    return RC_OK;
}

Rc jobs_take_back(Ctx *ctx, Jobs *jobs, Job *job)
{
    uint64_t id = job->row.id;
    arena_free(job->arena);
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, jobs->options.catalog, id, &txn));
    TRY(txn_end_claims(ctx, txn, id));
    TRY(txn_end_job_rowsets(ctx, txn, id));
    TRY(job_store_delete(ctx, txn_meta(txn), id));
    return txn_commit(ctx, &txn);
}

// --- CANCEL

static Job *find_live(Jobs *jobs, JobKind kind, Str database)
{
    lock_take(&jobs->lock);
    Job *found = NULL;
    for (Job *job = jobs->first; job && !found; job = job->next)
        if (job->row.kind == kind && str_eq(job->row.database, database) &&
            !job_state_is_final(job->row.state))
            found = job;
    if (found) found->refs++;
    lock_give(&jobs->lock);
    return found;
}

// `is_coming`: there is one, whose statement has not put it into the list yet.
static Rc nothing_to_cancel(Ctx *ctx, Jobs *jobs, JobKind kind, Str database, bool *is_coming)
{
    JobRow *rows = NULL;
    size_t count = 0;
    TRY(list_rows(ctx, jobs->options.catalog, JOBS_LATEST, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind != kind || !str_eq(rows[i].database, database)) continue;
        *is_coming = !job_state_is_final(rows[i].state);
        return FAIL(ctx, JOB_NOT_CANCELLABLE, STR_ARG(rows[i].label),
                    job_state_text(rows[i].state));
    }
    return FAIL(ctx, JOB_NONE, kind == JOB_BACKUP ? "backup job" : "restore");
}

// A job is durable a moment before it is in the list: it is waited for, not refused.
static Rc find_to_cancel(Ctx *ctx, Jobs *jobs, JobKind kind, Str database, Job **out)
{
    int64_t until_ms = clock_steady_ms() + CANCEL_WAIT_MS;
    while (true) {
        bool is_coming = false;
        ArenaMark mark = arena_mark(ctx->arena);
        *out = find_live(jobs, kind, database);
        if (*out) return RC_OK;
        Rc rc = nothing_to_cancel(ctx, jobs, kind, database, &is_coming);
        if (!is_coming || clock_steady_ms() > until_ms) return rc;
        ctx_clear(ctx);
        arena_rewind(ctx->arena, mark);
        TRY(ctx_poll(ctx));
        clock_sleep_ms(COMING_MS);
    }
}

// The manifest is being put: whether there is still something to cancel shows in a moment. From
// here to end_cancelling the job cannot be sealed.
static Rc begin_cancelling(Ctx *ctx, Jobs *jobs, Job *job)
{
    Rc rc = RC_OK;
    lock_take(&jobs->lock);
    while (rc == RC_OK && (job->is_being_cancelled || job->is_sealed) &&
           !job_state_is_final(job->row.state)) {
        signal_wait(&jobs->changed, &jobs->lock, WAIT_MS);
        rc = ctx_poll(ctx);
    }
    if (rc == RC_OK) job->is_being_cancelled = true;
    lock_give(&jobs->lock);
    return rc;
}

static void end_cancelling(Jobs *jobs, Job *job)
{
    lock_take(&jobs->lock);
    job->is_being_cancelled = false;
    signal_wake_all(&jobs->changed);
    lock_give(&jobs->lock);
}

static void wait_until_clean(Ctx *ctx, Jobs *jobs, Job *job)
{
    int64_t until_ms = clock_steady_ms() + CANCEL_WAIT_MS;
    lock_take(&jobs->lock);
    while (!job->is_over && !jobs->is_stopping && clock_steady_ms() < until_ms) {
        signal_wait(&jobs->changed, &jobs->lock, WAIT_MS);
        if (ctx->cancel && atomic_load(&ctx->cancel->is_asked)) break;
    }
    lock_give(&jobs->lock);
}

// CANCELLED is written unless the job is over, or moves on in that moment (JOB_MOVED).
static Rc try_cancel(Ctx *ctx, Job *job)
{
    JobState state = job_state(job);
    if (job_state_is_final(state))
        return FAIL(ctx, JOB_NOT_CANCELLABLE, STR_ARG(job->row.label), job_state_text(state));
    Str status =
        job->row.kind == JOB_BACKUP
            ? STR("[COMMON_ERROR, msg: user cancelled]")
            : str_printf(ctx->arena, "[COMMON_ERROR, msg: user cancelled, current state: %s]",
                         job_state_text(state));
    return job_move(ctx, job, STATE_CANCELLED, status);
}

static Rc cancel_live(Ctx *ctx, Jobs *jobs, Job *job)
{
    while (true) {
        TRY(begin_cancelling(ctx, jobs, job));
        Rc rc = try_cancel(ctx, job);
        end_cancelling(jobs, job);
        if (rc == RC_OK) break;
        if (ctx->err.id != ERR_JOB_MOVED) return rc;
        ctx_clear(ctx);
        TRY(ctx_poll(ctx));
    }
    atomic_store(&job->cancel.is_asked, true);
    wait_until_clean(ctx, jobs, job);
    return RC_OK;
}

Rc jobs_cancel(Ctx *ctx, Jobs *jobs, JobKind kind, Str database)
{
    Job *job = NULL;
    TRY(find_to_cancel(ctx, jobs, kind, database, &job));
    Rc rc = cancel_live(ctx, jobs, job);
    lock_take(&jobs->lock);
    unref(job);
    lock_give(&jobs->lock);
    return rc;
}

bool jobs_use_repository(Jobs *jobs, Str repository)
{
    bool is_used = false;
    lock_take(&jobs->lock);
    for (const Job *job = jobs->first; job; job = job->next)
        if (!job_state_is_final(job->row.state) && str_eq(job->row.repository, repository))
            is_used = true;
    lock_give(&jobs->lock);
    return is_used;
}

// --- views

// The row in the catalog, with what only memory knows of a live job.
static Str refresh_from_memory(Ctx *ctx, Jobs *jobs, JobRow *row)
{
    Str task_error = row->task_error;
    lock_take(&jobs->lock);
    for (const Job *job = jobs->first; job; job = job->next) {
        if (job->row.id != row->id) continue;
        job_copy_progress(job, row);
        task_error = str_dup(ctx->arena, str_from(job->task_error));
    }
    lock_give(&jobs->lock);
    return task_error;
}

static void print_tasks(Ctx *ctx, const JobRow *row, JobInfo *info)
{
    bool is_moving = row->state == STATE_UPLOADING || row->state == STATE_DOWNLOADING;
    info->unfinished_tasks = info->progress = STR("");
    if (!is_moving) return;
    unsigned long long id = row->id;
    info->unfinished_tasks = str_printf(ctx->arena, "%llu=10001", id);
    info->progress =
        str_printf(ctx->arena, "[%llu: %llu/%llu]", id, (unsigned long long)row->bytes_done,
                   (unsigned long long)row->bytes_total);
}

static JobInfo describe(Ctx *ctx, Jobs *jobs, JobRow *row)
{
    bool is_backup = row->kind == JOB_BACKUP;
    JobInfo info = {0};
    info.task_error = refresh_from_memory(ctx, jobs, row);
    info = (JobInfo){
        .id = row->id,
        .kind = row->kind,
        .database = row->database,
        .label = row->label,
        .stamp = row->stamp,
        .repository = row->repository,
        .state = str_from(job_state_text(row->state)),
        .objects = row->objects,
        .allow_load = row->allow_load,
        .replication_num = row->replication_num,
        .timeout_s = row->timeout_s,
        .created_ms = row->created_ms,
        .meta_prepared_ms = is_backup ? 0 : row->state_ms[STATE_PENDING],
        .snapshot_finished_ms = row->state_ms[STATE_SNAPSHOTING],
        .transfer_finished_ms = row->state_ms[is_backup ? STATE_UPLOADING : STATE_DOWNLOADING],
        .finished_ms = row->state_ms[job_state_is_final(row->state) ? row->state : STATE_FINISHED],
        .files_total = row->files_total,
        .files_done = row->files_done,
        .files_reused = row->files_reused,
        .bytes_total = row->bytes_total,
        .bytes_done = row->bytes_done,
        .bytes_reused = row->bytes_reused,
        .task_error = info.task_error,
        .status = row->status.len ? row->status : STR("[OK]"),
    };
    print_tasks(ctx, row, &info);
    return info;
}

static Rc list_jobs(Ctx *ctx, Jobs *jobs, JobFilter filter, Str database, JobList *out)
{
    JobRow *rows = NULL;
    size_t row_count = 0;
    TRY(list_rows(ctx, jobs->options.catalog, filter, &rows, &row_count));
    JobList list = {.at = ARENA_ARRAY(ctx->arena, JobInfo, row_count)};
    for (size_t i = 0; i < row_count; i++)
        if (database.len == 0 || str_eq(rows[i].database, database))
            list.at[list.count++] = describe(ctx, jobs, &rows[i]);
    *out = list;
    return RC_OK;
}

Rc jobs_list_latest(Ctx *ctx, Jobs *jobs, Str database, JobList *out)
{
    return list_jobs(ctx, jobs, JOBS_LATEST, database, out);
}

Rc jobs_list_all(Ctx *ctx, Jobs *jobs, JobList *out)
{
    return list_jobs(ctx, jobs, JOBS_ALL, STR(""), out);
}
