/*
 * exec/backup: BACKUP, RESTORE and CANCEL.
 *
 * Source  order of checks and texts: StarRocks BackupRestoreAnalyzer, BackupHandler (plan/ holds
 *         the rules). Analysis comes before privileges, privileges before execution.
 * Errors  those of plan/, snap/ and job/.   Threads  the session's.
 */
#include "exec/backup.h"
#include "exec/jobrows.h"
#include "plan/backup.h"
#include "schema/names.h"
#include "snap/repository.h"

// --- BACKUP

Rc exec_backup(Ctx *ctx, Execution *x)
{
    const BackupStatement *stmt = x->stmt->backup;
    Jobs *jobs = x->instance->jobs;
    BackupPlan plan;
    uint64_t job_id;
    TRY(exec_analyzing(ctx, plan_backup(ctx, x->snapshot, x->session->database, stmt, &plan)));
    if (plan.object_count == 0)
        return SAY(ctx, COMMON, "Database: %.*s is empty", STR_ARG(plan.database));
    TRY(jobs_check_free(ctx, jobs, plan.database));
    TRY(plan_backup_execution(ctx, x->snapshot, stmt, &plan));
    return jobs_submit_backup(ctx, jobs, &plan, x->snapshot, &job_id);
}

// --- RESTORE

// backup_timestamp is missing and cannot be told from the repository: analysis, as in StarRocks.
static Rc missing_timestamp(Ctx *ctx, Str repository)
{
    Rc rc = SAY(ctx, SEMANTIC, "Missing backup_timestamp property: repository %.*s does not exist",
                STR_ARG(repository));
    return exec_analyzing(ctx, rc);
}

static Rc unreadable(Ctx *ctx, Str label)
{
    if (ctx->err.id == ERR_SNAPSHOT_STAMP_MISSING) return exec_analyzing(ctx, ctx->err.rc);
    if (ctx->err.rc != RC_CORRUPT && ctx->err.rc != RC_UNSUPPORTED) return ctx->err.rc;
    Str why = ctx->err.text;
    return SAY(ctx, COMMON, "Failed to get info of snapshot '%.*s' because: %.*s", STR_ARG(label),
               STR_ARG(why));
}

static Rc open_snapshot(Ctx *ctx, Execution *x, const JobProperties *properties,
                        RestoreSubmission *out)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    const BackupStatement *stmt = x->stmt->backup;
    const Repository *there = catalog_find_repository(x->snapshot, stmt->repository.text);
    bool has_stamp = properties->backup_timestamp.ptr != NULL;
    if (!there && !has_stamp) return missing_timestamp(ctx, stmt->repository.text);
    if (!there)
        return SAY(ctx, COMMON, "Repository %.*s does not exist", STR_ARG(stmt->repository.text));
    TRY(exec_open_repository(x->instance, ctx, there->def, &repository));
    SnapOpened opened;
    Rc rc = snap_open_snapshot(ctx, repository, stmt->label.text, properties->backup_timestamp,
                               &opened);
    if (rc != RC_OK) return unreadable(ctx, stmt->label.text);
    out->content = opened.content;
    out->manifest = opened.bytes;
    out->repository_id = there->def->id;
    return RC_OK;
}

Rc exec_restore(Ctx *ctx, Execution *x)
{
    const BackupStatement *stmt = x->stmt->backup;
    JobProperties properties;
    RestoreSubmission given = {0};
    RestorePlan plan;
    uint64_t job_id;
    TRY(exec_analyzing(ctx, plan_restore(ctx, stmt, &properties)));
    TRY(open_snapshot(ctx, x, &properties, &given));
    Str target = plan_restore_target(stmt);
    TRY(jobs_check_free(ctx, x->instance->jobs, target.len ? target : given.content->database));
    RestoreBinding binding = {.snapshot = x->snapshot,
                              .stmt = stmt,
                              .properties = &properties,
                              .content = given.content,
                              .backend_count = exec_backend_count(x),
                              .format_version = SNAP_FORMAT_VERSION};
    TRY(plan_restore_execution(ctx, &binding, &plan));
    given.plan = &plan;
    return jobs_submit_restore(ctx, x->instance->jobs, &given, &job_id);
}

// --- CANCEL

Rc exec_cancel_job(Ctx *ctx, Execution *x)
{
    const CancelStatement *stmt = &x->stmt->cancel_job;
    JobKind kind = stmt->is_restore ? JOB_RESTORE : JOB_BACKUP;
    if (stmt->is_catalogs) return jobs_cancel(ctx, x->instance->jobs, kind, STR(""));
    Str name = stmt->database.text;
    if (!name_is_database(name))
        return exec_analyzing(ctx, FAIL(ctx, BAD_DATABASE_NAME, STR_ARG(name)));
    TRY(jobrows_check_database(ctx, x, name));
    return jobs_cancel(ctx, x->instance->jobs, kind, name);
}
