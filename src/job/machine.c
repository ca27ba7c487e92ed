/*
 * job/machine: how a job moves from state to state, and what failures do to it.
 *
 * Source  curl's mstate(): one function changes the state, traces it and runs what entering means.
 * Errors  of a step end the job (CANCELLED, with the text in Status), transient ones are tried
 * again within a bound; JOB_MOVED means that somebody else moved it, for example CANCEL. Threads
 * job_move may be called from any thread; the catalog's writer turn orders the moves, and
 *         jobs->lock guards the row in memory. A runner works on one job at a time.
 */
#include "job/machine.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/vec.h"
#include <stdarg.h>
#include <stdio.h>

enum {
    TRIES = 6,
    SEAL_WAIT_MS = 100,
    FIRST_PAUSE_MS = 200,
    LONGEST_PAUSE_MS = 5000,
    PAUSE_STEP_MS = 50,
    ACTIVITY_BYTES = 64
};

static const JobKindSteps *const KINDS[JOB_KIND_COUNT] = {
    [JOB_BACKUP] = &BACKUP_STEPS,
    [JOB_RESTORE] = &RESTORE_STEPS,
};

JobState job_state(Job *job)
{
    lock_take(&job->jobs->lock);
    JobState state = job->row.state;
    lock_give(&job->jobs->lock);
    return state;
}

void job_copy_progress(const Job *job, JobRow *row)
{
    const JobProgress *progress = &job->progress;
    row->files_total = atomic_load(&progress->files_total);
    row->files_done = atomic_load(&progress->files_done);
    row->files_reused = atomic_load(&progress->files_reused);
    row->bytes_total = atomic_load(&progress->bytes_total);
    row->bytes_done = atomic_load(&progress->bytes_done);
    row->bytes_reused = atomic_load(&progress->bytes_reused);
}

static JobRow row_now(Job *job)
{
    lock_take(&job->jobs->lock);
    JobRow row = job->row;
    lock_give(&job->jobs->lock);
    job_copy_progress(job, &row);
    return row;
}

// Only what moves is written: the rest of a row is read without the lock by those who hold the job.
static void publish(Job *job, const JobRow *row)
{
    lock_take(&job->jobs->lock);
    if (row->status.ptr != job->row.status.ptr) job->row.status = str_dup(job->arena, row->status);
    job->row.state = row->state;
    job->row.is_cleaned = row->is_cleaned;
    memcpy(job->row.state_ms, row->state_ms, sizeof(row->state_ms));
    signal_wake_all(&job->jobs->changed);
    lock_give(&job->jobs->lock);
}

void job_tell(Job *job, const char *format, ...)
{
    va_list args;
    size_t room = sizeof(job->remarks) - job->remarks_len;
    char *at = job->remarks + job->remarks_len;
    const char *gap = job->remarks_len > 0 ? "; " : "";
    if (room < 4) return;
    memcpy(at, gap, strlen(gap));
    va_start(args, format);
    int len = vsnprintf(at + strlen(gap), room - strlen(gap), format, args);
    va_end(args);
    log_warn("job %llu: %s", (unsigned long long)job->row.id, at + strlen(gap));
    size_t wanted = job->remarks_len + strlen(gap) + (len > 0 ? (size_t)len : 0);
    job->remarks_len = wanted < sizeof(job->remarks) ? wanted : sizeof(job->remarks) - 1;
}

static Str final_status(Ctx *ctx, const Job *job, JobState to, Str status)
{
    if (to == STATE_CANCELLED) return status;
    Str remarks = {job->remarks, job->remarks_len};
    if (remarks.len == 0) return STR("[OK]");
    return str_printf(ctx->arena, "[OK] %.*s", STR_ARG(remarks));
}

// INV-50
Rc job_move(Ctx *ctx, Job *job, JobState to, Str status)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, job->jobs->options.catalog, job->row.id, &txn));
    JobRow row = row_now(job);
    JobState durable;
    TRY(job_store_state(ctx, txn_meta(txn), row.id, &durable));
    if (durable != row.state || !job_move_is_legal(row.kind, row.state, to))
        return FAIL(ctx, JOB_MOVED, job_state_text(durable));
    if (to != STATE_CANCELLED && KINDS[row.kind]->apply[row.state])
        TRY(KINDS[row.kind]->apply[row.state](ctx, txn, job));
    int64_t now_ms = clock_now_ms(job->jobs->options.clock);
    if (to != STATE_CANCELLED) row.state_ms[row.state] = now_ms;
    JobState from = row.state;
    row.state = to;
    if (job_state_is_final(to)) {
        row.state_ms[to] = now_ms;
        row.status = final_status(ctx, job, to, status);
        TRY(txn_end_claims(ctx, txn, row.id));
        TRY(txn_end_job_rowsets(ctx, txn, row.id));
    }
    TRY(job_store_update(ctx, txn_meta(txn), &row));
    TRY(txn_commit(ctx, &txn));
    publish(job, &row);
    log_info("job %llu %s %.*s.%.*s: %s -> %s %.*s", (unsigned long long)row.id,
             job_kind_text(row.kind), STR_ARG(row.database), STR_ARG(row.label),
             job_state_text(from), job_state_text(to), STR_ARG(status));
    return RC_OK;
}

// Sealing and CANCEL exclude each other: whichever is first, the other waits for its outcome.
bool job_seal(Job *job)
{
    Jobs *jobs = job->jobs;
    lock_take(&jobs->lock);
    while (job->is_being_cancelled) signal_wait(&jobs->changed, &jobs->lock, SEAL_WAIT_MS);
    bool is_open = !job_state_is_final(job->row.state);
    job->is_sealed = is_open;
    lock_give(&jobs->lock);
    return is_open;
}

void job_unseal(Job *job)
{
    lock_take(&job->jobs->lock);
    job->is_sealed = false;
    signal_wake_all(&job->jobs->changed);
    lock_give(&job->jobs->lock);
}

Rc job_open_repository(Ctx *ctx, const Job *job, SnapRepository **out)
{
    const JobsOptions *options = &job->jobs->options;
    const CatalogSnapshot *snapshot = catalog_pin(options->catalog);
    const Repository *repository = catalog_find_repository_id(snapshot, job->row.repository_id);
    Rc rc = repository ? options->open_repository(options->handle, ctx, repository->def, out)
                       : FAIL(ctx, JOB_REPOSITORY_GONE, STR_ARG(job->row.repository));
    catalog_unpin(options->catalog, snapshot);
    return rc;
}

static bool is_stopping(Job *job)
{
    lock_take(&job->jobs->lock);
    bool stopping = job->jobs->is_stopping;
    lock_give(&job->jobs->lock);
    return stopping;
}

bool job_is_sealed(Job *job)
{
    lock_take(&job->jobs->lock);
    bool sealed = job->is_sealed;
    lock_give(&job->jobs->lock);
    return sealed;
}

// Codes of StarRocks' Status: [CODE, msg: text].
static Str status_text(Ctx *ctx, const Job *job)
{
    static const struct {
        Rc rc;
        const char *code;
    } CODES[] = {
        {RC_NOT_FOUND, "NOT_FOUND"},
        {RC_CORRUPT, "BAD_FILE"},
        {RC_AGAIN, "BAD_CONNECTION"},
        {RC_UNSUPPORTED, "UNSUPPORTED"},
    };
    if (ctx->err.rc == RC_TIMEOUT && job->row.kind == JOB_BACKUP) return STR("[TIMEOUT, msg: ]");
    if (ctx->err.rc == RC_TIMEOUT)
        return str_printf(ctx->arena, "[TIMEOUT, msg: restore job with label: %.*s  timeout.]",
                          STR_ARG(job->row.label));
    const char *code = "COMMON_ERROR";
    for (size_t i = 0; i < COUNT_OF(CODES); i++)
        if (CODES[i].rc == ctx->err.rc) code = CODES[i].code;
    Str text = str_sub(ctx->err.text, 0, JOB_ROW_TEXT_BYTES);
    return str_printf(ctx->arena, "[%s, msg: %.*s]", code, STR_ARG(text));
}

static void tell_task_error(Job *job, Str text)
{
    lock_take(&job->jobs->lock);
    size_t len = text.len < JOB_ROW_TEXT_BYTES - 1 ? text.len : JOB_ROW_TEXT_BYTES - 1;
    if (len) memcpy(job->task_error, text.ptr, len);
    job->task_error[len] = '\0';
    lock_give(&job->jobs->lock);
}

static void pause_before_retry(Job *job, int try_number)
{
    int64_t pause_ms = (int64_t)FIRST_PAUSE_MS << try_number;
    if (pause_ms > LONGEST_PAUSE_MS) pause_ms = LONGEST_PAUSE_MS;
    for (; pause_ms > 0 && !atomic_load(&job->cancel.is_asked); pause_ms -= PAUSE_STEP_MS)
        clock_sleep_ms(PAUSE_STEP_MS);
}

// Deadline of the whole job on the steady clock; what is left of it is counted in wall time, so
// that time during which the server was down counts too.
static int64_t deadline_ms(const Job *job)
{
    int64_t age_ms = clock_now_ms(job->jobs->options.clock) - job->row.created_ms;
    int64_t left_ms = job->row.timeout_s * 1000 - age_ms;
    return clock_steady_ms() + (left_ms > 0 ? left_ms : -1);  // passed already
}

static Rc run_step(Ctx *ctx, Job *job, JobState state)
{
    JobStep step = KINDS[job->row.kind]->steps[state];
    Str point =
        str_printf(ctx->arena, "job.%s.%s", job_kind_text(job->row.kind), job_state_text(state));
    TRY(fault_point(ctx, point.ptr));
    TRY(ctx_poll(ctx));
    if (step) TRY(step(ctx, job));
    return job_move(ctx, job, job_state_next(job->row.kind, state), STR(""));
}

// The disk may be full of what this very job brought, and its end cannot be written for that.
static void make_room(Ctx *ctx, Job *job)
{
    if (ctx->err.id != ERR_DISK_FULL) return;
    ctx_clear(ctx);
    if (KINDS[job->row.kind]->clean(ctx, job) != RC_OK)
        log_warn("job %llu: %.*s", (unsigned long long)job->row.id, STR_ARG(ctx->err.text));
}

// The job cannot go on: say so durably. What keeps even that from happening is waited for: until
// then the job is not over, and its claims stand.
static void give_up(const Ctx *failed, Job *job)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, job->jobs->options.clock);
    ctx_take(&ctx, failed);
    Str status = status_text(&ctx, job);
    for (int try_number = 0; !is_stopping(job); try_number++) {
        ArenaMark mark = arena_mark(arena);
        ctx_clear(&ctx);
        if (job_move(&ctx, job, STATE_CANCELLED, status) == RC_OK) return;
        if (job_state_is_final(job_state(job))) return;
        log_error("job %llu: %.*s", (unsigned long long)job->row.id, STR_ARG(ctx.err.text));
        make_room(&ctx, job);
        arena_rewind(arena, mark);
        pause_before_retry(job, try_number < TRIES ? try_number : TRIES);
    }
}

// One state's work. False: leave the job alone (the server stops).
static bool work_once(Job *job, JobState state, int *tries)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, job->jobs->options.clock);
    ctx.cancel = &job->cancel;
    if (!job_is_sealed(job)) ctx.deadline_ms = deadline_ms(job);
    Rc rc = run_step(&ctx, job, state);
    if (rc == RC_OK) {
        *tries = 0;
        tell_task_error(job, STR(""));
        return true;
    }
    if (is_stopping(job)) return false;
    if (job_state_is_final(job_state(job))) return true;
    if (job_is_sealed(job)) {
        // The outcome is out already; only writing it down failed.
        log_error("job %llu: %.*s", (unsigned long long)job->row.id, STR_ARG(ctx.err.text));
        pause_before_retry(job, *tries < TRIES ? (*tries)++ : TRIES);
        return true;
    }
    if (rc == RC_AGAIN && ++*tries < TRIES) {
        tell_task_error(job, str_printf(arena, "[%llu: %.*s]", (unsigned long long)job->row.id,
                                        STR_ARG(ctx.err.text)));
        pause_before_retry(job, *tries);
        return true;
    }
    log_warn("job %llu in %s: %.*s (%.*s)", (unsigned long long)job->row.id, job_state_text(state),
             STR_ARG(ctx.err.text), STR_ARG(ctx.err.notes));
    give_up(&ctx, job);
    return job_state_is_final(job_state(job));
}

static void clean(Job *job)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, job->jobs->options.clock);
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    Rc rc = KINDS[job->row.kind]->clean(&ctx, job);
    if (rc == RC_OK) rc = catalog_begin(&ctx, job->jobs->options.catalog, job->row.id, &txn);
    if (rc == RC_OK) {
        JobRow row = row_now(job);
        row.is_cleaned = true;
        rc = job_store_update(&ctx, txn_meta(txn), &row);
        if (rc == RC_OK) rc = txn_commit(&ctx, &txn);
        if (rc == RC_OK) publish(job, &row);
    }
    if (rc != RC_OK)
        log_warn("job %llu: cleaning up waits for the next start: %.*s",
                 (unsigned long long)job->row.id, STR_ARG(ctx.err.text));
}

// A job that was sealed when the server stopped: CANCEL and the timeout wait until it is known
// whether its outcome is out.
static void settle(Job *job)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    bool is_out = false;
    if (!job_is_sealed(job)) return;
    ctx_init(&ctx, arena, job->jobs->options.clock);
    Rc rc = KINDS[job->row.kind]->is_out(&ctx, job, &is_out);
    if (rc != RC_OK)
        log_warn("job %llu: %.*s", (unsigned long long)job->row.id, STR_ARG(ctx.err.text));
    if (!is_out) job_unseal(job);
}

void job_run(Job *job)
{
    int tries = 0;
    char activity[ACTIVITY_BYTES];
    snprintf(activity, sizeof(activity), "job %llu", (unsigned long long)job->row.id);
    must_tell(str_from(activity));
    settle(job);
    while (!is_stopping(job)) {
        JobState state = job_state(job);
        if (job_state_is_final(state)) {
            clean(job);
            break;
        }
        if (!work_once(job, state, &tries)) break;
    }
    must_tell(STR(""));
}
