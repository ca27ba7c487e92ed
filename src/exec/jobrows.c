/*
 * exec/jobrows: what SHOW BACKUP, SHOW RESTORE and information_schema tell of jobs.
 *
 * Form    jobrows.h lists the columns of each answer with the fields behind them; one function
 *         prints a field. WHERE, ORDER BY and LIMIT of SHOW are accepted and have no effect, as in
 *         StarRocks.
 * Errors  UNKNOWN_DATABASE, those of jobs_list_*.   Threads  the session's.
 */
#include "exec/jobrows.h"
#include "base/vec.h"

typedef enum JobField {
    FIELD_ID,
    FIELD_DATABASE,
    FIELD_LABEL,
    FIELD_STAMP,
    FIELD_REPOSITORY,
    FIELD_STATE,
    FIELD_OBJECTS,
    FIELD_ALLOW_LOAD,
    FIELD_REPLICATION_NUM,
    FIELD_CREATED,
    FIELD_META_PREPARED,
    FIELD_SNAPSHOT_FINISHED,
    FIELD_TRANSFER_FINISHED,
    FIELD_FINISHED,
    FIELD_DURATION,
    FIELD_FILES_TOTAL,
    FIELD_FILES_DONE,
    FIELD_FILES_REUSED,
    FIELD_BYTES_TOTAL,
    FIELD_BYTES_DONE,
    FIELD_BYTES_REUSED,
    FIELD_TIMEOUT,
    FIELD_UNFINISHED_TASKS,
    FIELD_PROGRESS,
    FIELD_TASK_ERROR,
    FIELD_STATUS,
    FIELD_ERROR,
} JobField;

// From acceptance to the end; NULL while it runs.
static Str duration(Arena *arena, const JobInfo *job)
{
    return job->finished_ms ? text_i64(arena, job->finished_ms - job->created_ms) : STR_NONE;
}

// Why it was cancelled; NULL while it has not failed.
static Str error_of(const JobInfo *job)
{
    return str_eq(job->state, STR("CANCELLED")) ? job->status : STR_NONE;
}

static Str field_text(Arena *arena, const JobInfo *job, JobField field)
{
    switch (field) {
    case FIELD_ID: return text_u64(arena, job->id);
    case FIELD_DATABASE: return job->database;
    case FIELD_LABEL: return job->label;
    case FIELD_STAMP: return job->stamp.len > 0 ? job->stamp : STR_NONE;
    case FIELD_REPOSITORY: return job->repository;
    case FIELD_STATE: return job->state;
    case FIELD_OBJECTS: return job->objects;
    case FIELD_ALLOW_LOAD: return job->allow_load ? STR("true") : STR("false");
    case FIELD_REPLICATION_NUM: return text_u64(arena, job->replication_num);
    case FIELD_CREATED: return text_time(arena, job->created_ms);
    case FIELD_META_PREPARED: return text_time(arena, job->meta_prepared_ms);
    case FIELD_SNAPSHOT_FINISHED: return text_time(arena, job->snapshot_finished_ms);
    case FIELD_TRANSFER_FINISHED: return text_time(arena, job->transfer_finished_ms);
    case FIELD_FINISHED: return text_time(arena, job->finished_ms);
    case FIELD_DURATION: return duration(arena, job);
    case FIELD_FILES_TOTAL: return text_u64(arena, job->files_total);
    case FIELD_FILES_DONE: return text_u64(arena, job->files_done);
    case FIELD_FILES_REUSED: return text_u64(arena, job->files_reused);
    case FIELD_BYTES_TOTAL: return text_u64(arena, job->bytes_total);
    case FIELD_BYTES_DONE: return text_u64(arena, job->bytes_done);
    case FIELD_BYTES_REUSED: return text_u64(arena, job->bytes_reused);
    case FIELD_TIMEOUT: return text_i64(arena, job->timeout_s);
    case FIELD_UNFINISHED_TASKS: return job->unfinished_tasks;
    case FIELD_PROGRESS: return job->progress;
    case FIELD_TASK_ERROR: return job->task_error;
    case FIELD_STATUS: return job->status;
    case FIELD_ERROR: return error_of(job);
    }
    return STR_NONE;
}

// --- the answers

#define AS_TEXT_COLUMN(kind, name, field) {name, TYPE_VARCHAR},
#define AS_FIELD(kind, name, field) FIELD_##field,
static const TextColumn SHOW_BACKUP[] = {SHOW_BACKUP_COLUMNS(AS_TEXT_COLUMN)};
static const TextColumn SHOW_RESTORE[] = {SHOW_RESTORE_COLUMNS(AS_TEXT_COLUMN)};
static const JobField SHOW_BACKUP_FIELDS[] = {SHOW_BACKUP_COLUMNS(AS_FIELD)};
static const JobField SHOW_RESTORE_FIELDS[] = {SHOW_RESTORE_COLUMNS(AS_FIELD)};
static const JobField BACKUP_JOBS_FIELDS[] = {BACKUP_JOBS_COLUMNS(AS_FIELD)};
static const JobField RESTORE_JOBS_FIELDS[] = {RESTORE_JOBS_COLUMNS(AS_FIELD)};

typedef struct JobAnswer {
    JobKind kind;
    const JobField *fields;
    size_t count;
} JobAnswer;
#define ANSWER(kind_, fields_) \
    ((JobAnswer){.kind = (kind_), .fields = (fields_), .count = COUNT_OF(fields_)})

static void add_jobs(Ctx *ctx, const JobList *jobs, JobAnswer answer, ShowRows *out)
{
    must(out->column_count == answer.count);
    for (size_t i = 0; i < jobs->count; i++) {
        if (jobs->at[i].kind != answer.kind) continue;
        Str *cells = show_rows_add(ctx, out);
        for (size_t k = 0; k < answer.count; k++)
            cells[k] = field_text(ctx->arena, &jobs->at[i], answer.fields[k]);
    }
}

static Rc add_all(Ctx *ctx, Execution *x, JobAnswer answer, ShowRows *out)
{
    JobList jobs;
    TRY(jobs_list_all(ctx, x->instance->jobs, &jobs));
    add_jobs(ctx, &jobs, answer, out);
    return RC_OK;
}

Rc virtual_rows_backup_jobs(Ctx *ctx, Execution *x, ShowRows *out)
{
    return add_all(ctx, x, ANSWER(JOB_BACKUP, BACKUP_JOBS_FIELDS), out);
}

Rc virtual_rows_restore_jobs(Ctx *ctx, Execution *x, ShowRows *out)
{
    return add_all(ctx, x, ANSWER(JOB_RESTORE, RESTORE_JOBS_FIELDS), out);
}

Rc jobrows_check_database(Ctx *ctx, Execution *x, Str name)
{
    JobList jobs;
    if (catalog_find_database(x->snapshot, name)) return RC_OK;
    TRY(jobs_list_latest(ctx, x->instance->jobs, name, &jobs));
    return jobs.count ? RC_OK : FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(name));
}

// WHERE, ORDER BY and LIMIT have no effect.
static Rc show_latest(Ctx *ctx, Execution *x, JobAnswer answer, ShowRows *rows)
{
    JobList jobs;
    QName from = x->stmt->show.name;
    Str name = from.count ? qname_last(from) : STR("");
    if (from.count) TRY(jobrows_check_database(ctx, x, name));
    TRY(jobs_list_latest(ctx, x->instance->jobs, name, &jobs));
    add_jobs(ctx, &jobs, answer, rows);
    return show_rows_send_all(ctx, x, rows);
}

Rc exec_show_backup(Ctx *ctx, Execution *x)
{
    ShowRows rows = SHOW_ROWS(SHOW_BACKUP);
    return show_latest(ctx, x, ANSWER(JOB_BACKUP, SHOW_BACKUP_FIELDS), &rows);
}

Rc exec_show_restore(Ctx *ctx, Execution *x)
{
    ShowRows rows = SHOW_ROWS(SHOW_RESTORE);
    return show_latest(ctx, x, ANSWER(JOB_RESTORE, SHOW_RESTORE_FIELDS), &rows);
}
