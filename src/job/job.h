#ifndef JOB_JOB_H
#define JOB_JOB_H
#include "job/state.h"
#include "schema/restoreplan.h"
#include "table/table.h"

// Work that outlives a session: BACKUP and RESTORE (DESIGN section 6). States and their order are
// StarRocks'.
typedef struct Jobs Jobs;
typedef struct SnapRepository SnapRepository;

typedef struct JobsOptions {
    Catalog *catalog;
    TableStore *store;
    Engine *engine;
    Clock *clock;
    int workers;  // threads that copy files, shared by all jobs
    Uuid server_uuid;
    // Opens the store behind a repository row (decrypts its secrets).
    Rc (*open_repository)(void *handle, Ctx *ctx, const RepositoryDef *def, SnapRepository **out);
    void *handle;
} JobsOptions;

// jobs_unfinished before table_store_open (what the sweep spares); jobs_open starts threads and
// resumes them.
NODISCARD Rc jobs_unfinished(Ctx *ctx, Catalog *catalog, uint64_t **job_ids, size_t *count);
NODISCARD Rc jobs_open(Ctx *ctx, const JobsOptions *options, Jobs **out);
void jobs_close(Jobs *jobs);  // running jobs stop where they are and go on at the next start

// Accept a job: its row, its claims (one-job rule), for BACKUP also the label in the repository and
// the list of rowsets, are durable before this returns. `content` is the verified manifest of the
// snapshot; it is kept in staging/<job>/. Errors: JOB_RUNNING, SNAPSHOT_EXISTS,
// REPOSITORY_READ_ONLY, texts of statements.md 4.5 and 5.3.
NODISCARD Rc jobs_submit_backup(Ctx *ctx, Jobs *jobs, const BackupPlan *plan,
                                const CatalogSnapshot *snapshot, uint64_t *job_id);
typedef struct RestoreSubmission {
    const RestorePlan *plan;
    const SnapContent *content;
    Str manifest;  // the text that `content` was read from
    uint64_t repository_id;
} RestoreSubmission;
NODISCARD Rc jobs_submit_restore(Ctx *ctx, Jobs *jobs, const RestoreSubmission *given,
                                 uint64_t *job_id);

// The one-job rule, before anything else is looked at. Errors: JOB_RUNNING.
NODISCARD Rc jobs_check_free(Ctx *ctx, Jobs *jobs, Str database);

// Takes effect within a second. Errors: `No backup job is currently running` / `No restore is
// currently running`, `Failed to cancel job: Job with label L can not be cancelled. state:
// FINISHED`.
NODISCARD Rc jobs_cancel(Ctx *ctx, Jobs *jobs, JobKind kind, Str database);
bool jobs_use_repository(Jobs *jobs, Str repository);

typedef struct JobInfo {
    uint64_t id;
    JobKind kind;
    Str database, label, stamp, repository;
    Str state;    // StarRocks' spelling
    Str objects;  // BackupObjs / RestoreObjs as SHOW prints them
    bool allow_load;
    uint32_t replication_num;
    int64_t timeout_s;
    int64_t created_ms, meta_prepared_ms, snapshot_finished_ms, transfer_finished_ms,
        finished_ms;  // 0: not yet
    uint64_t files_total, files_done, files_reused;
    uint64_t bytes_total, bytes_done, bytes_reused;
    Str unfinished_tasks, progress, task_error, status;  // as SHOW prints them
} JobInfo;

// Oldest first, copies in ctx->arena.
typedef struct JobList {
    JobInfo *at;
    size_t count;
} JobList;
// The latest job of each database whatever its kind (SHOW); `database` empty: of all.
NODISCARD Rc jobs_list_latest(Ctx *ctx, Jobs *jobs, Str database, JobList *out);
// All jobs ever (information_schema).
NODISCARD Rc jobs_list_all(Ctx *ctx, Jobs *jobs, JobList *out);

#endif
