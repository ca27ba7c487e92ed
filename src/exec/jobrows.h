#ifndef EXEC_JOBROWS_H
#define EXEC_JOBROWS_H
#include "exec/showrows.h"

// The answers that tell of jobs, each column beside the field of JobInfo that it shows:
// X(kind, name, field), the kind being TEXT, NUMBER or TIME.
// Source  SHOW BACKUP, SHOW RESTORE: statements.md 14.1 and 14.2; the others are ours.
// clang-format off
#define SHOW_BACKUP_COLUMNS(X)                                                        \
    X(TEXT, "JobId", ID) X(TEXT, "SnapshotName", LABEL) X(TEXT, "DbName", DATABASE)   \
    X(TEXT, "State", STATE) X(TEXT, "BackupObjs", OBJECTS)                            \
    X(TEXT, "CreateTime", CREATED) X(TEXT, "SnapshotFinishedTime", SNAPSHOT_FINISHED) \
    X(TEXT, "UploadFinishedTime", TRANSFER_FINISHED) X(TEXT, "FinishedTime", FINISHED) \
    X(TEXT, "UnfinishedTasks", UNFINISHED_TASKS) X(TEXT, "Progress", PROGRESS)        \
    X(TEXT, "TaskErrMsg", TASK_ERROR) X(TEXT, "Status", STATUS)                       \
    X(TEXT, "Timeout", TIMEOUT)

#define SHOW_RESTORE_COLUMNS(X)                                                       \
    X(TEXT, "JobId", ID) X(TEXT, "Label", LABEL) X(TEXT, "Timestamp", STAMP)          \
    X(TEXT, "DbName", DATABASE) X(TEXT, "State", STATE)                               \
    X(TEXT, "AllowLoad", ALLOW_LOAD) X(TEXT, "ReplicationNum", REPLICATION_NUM)       \
    X(TEXT, "RestoreObjs", OBJECTS) X(TEXT, "CreateTime", CREATED)                    \
    X(TEXT, "MetaPreparedTime", META_PREPARED)                                        \
    X(TEXT, "SnapshotFinishedTime", SNAPSHOT_FINISHED)                                \
    X(TEXT, "DownloadFinishedTime", TRANSFER_FINISHED)                                \
    X(TEXT, "FinishedTime", FINISHED) X(TEXT, "UnfinishedTasks", UNFINISHED_TASKS)    \
    X(TEXT, "Progress", PROGRESS) X(TEXT, "TaskErrMsg", TASK_ERROR)                   \
    X(TEXT, "Status", STATUS) X(TEXT, "Timeout", TIMEOUT)

#define JOB_COUNTER_COLUMNS(X)                                                        \
    X(NUMBER, "DURATION_MS", DURATION) X(NUMBER, "FILES_TOTAL", FILES_TOTAL)          \
    X(NUMBER, "FILES_DONE", FILES_DONE) X(NUMBER, "FILES_REUSED", FILES_REUSED)       \
    X(NUMBER, "BYTES_TOTAL", BYTES_TOTAL) X(NUMBER, "BYTES_DONE", BYTES_DONE)         \
    X(NUMBER, "BYTES_REUSED", BYTES_REUSED) X(NUMBER, "TIMEOUT", TIMEOUT)      \
    X(TEXT, "STATUS", STATUS) X(TEXT, "ERROR", ERROR)

#define BACKUP_JOBS_COLUMNS(X)                                                        \
    X(NUMBER, "JOB_ID", ID) X(TEXT, "DATABASE_NAME", DATABASE) X(TEXT, "LABEL", LABEL) \
    X(TEXT, "BACKUP_TIMESTAMP", STAMP) X(TEXT, "REPOSITORY", REPOSITORY)              \
    X(TEXT, "STATE", STATE) X(TEXT, "OBJECTS", OBJECTS) X(TIME, "CREATE_TIME", CREATED) \
    X(TIME, "SNAPSHOT_FINISHED_TIME", SNAPSHOT_FINISHED)                              \
    X(TIME, "UPLOAD_FINISHED_TIME", TRANSFER_FINISHED)                                \
    X(TIME, "FINISHED_TIME", FINISHED) JOB_COUNTER_COLUMNS(X)

#define RESTORE_JOBS_COLUMNS(X)                                                       \
    X(NUMBER, "JOB_ID", ID) X(TEXT, "DATABASE_NAME", DATABASE) X(TEXT, "LABEL", LABEL) \
    X(TEXT, "BACKUP_TIMESTAMP", STAMP) X(TEXT, "REPOSITORY", REPOSITORY)              \
    X(TEXT, "STATE", STATE) X(TEXT, "OBJECTS", OBJECTS)                               \
    X(TEXT, "ALLOW_LOAD", ALLOW_LOAD) X(NUMBER, "REPLICATION_NUM", REPLICATION_NUM)   \
    X(TIME, "CREATE_TIME", CREATED) X(TIME, "META_PREPARED_TIME", META_PREPARED)      \
    X(TIME, "SNAPSHOT_FINISHED_TIME", SNAPSHOT_FINISHED)                              \
    X(TIME, "DOWNLOAD_FINISHED_TIME", TRANSFER_FINISHED)                              \
    X(TIME, "FINISHED_TIME", FINISHED) JOB_COUNTER_COLUMNS(X)
// clang-format on

NODISCARD Rc exec_show_backup(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_restore(Ctx *ctx, Execution *x);
// Rows of information_schema.
NODISCARD Rc virtual_rows_backup_jobs(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_restore_jobs(Ctx *ctx, Execution *x, ShowRows *out);

// FROM of SHOW and CANCEL may name a database, or what a job of the past or present had as its own.
// Errors: UNKNOWN_DATABASE.
NODISCARD Rc jobrows_check_database(Ctx *ctx, Execution *x, Str name);

#endif
