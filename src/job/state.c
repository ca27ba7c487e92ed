/*
 * job/state: the states of a job and the moves between them, as one table.
 *
 * Source  StarRocks BackupJob.BackupJobState and RestoreJob.RestoreJobState.
 * Errors  none.   Threads  pure.
 */
#include "job/state.h"
#include "base/vec.h"

static const char *const TEXTS[STATE_COUNT] = {
    "PENDING",  "SNAPSHOTING", "UPLOAD_SNAPSHOT", "UPLOADING",  "SAVE_META", "UPLOAD_INFO",
    "DOWNLOAD", "DOWNLOADING", "COMMIT",          "COMMITTING", "FINISHED",  "CANCELLED",
};

static const struct {
    JobKind kind;
    JobState from, to;
} MOVES[] = {
    {JOB_BACKUP, STATE_PENDING, STATE_SNAPSHOTING},
    {JOB_BACKUP, STATE_SNAPSHOTING, STATE_UPLOAD_SNAPSHOT},
    {JOB_BACKUP, STATE_UPLOAD_SNAPSHOT, STATE_UPLOADING},
    {JOB_BACKUP, STATE_UPLOADING, STATE_SAVE_META},
    {JOB_BACKUP, STATE_SAVE_META, STATE_UPLOAD_INFO},
    {JOB_BACKUP, STATE_UPLOAD_INFO, STATE_FINISHED},
    {JOB_RESTORE, STATE_PENDING, STATE_SNAPSHOTING},
    {JOB_RESTORE, STATE_SNAPSHOTING, STATE_DOWNLOAD},
    {JOB_RESTORE, STATE_DOWNLOAD, STATE_DOWNLOADING},
    {JOB_RESTORE, STATE_DOWNLOADING, STATE_COMMIT},
    {JOB_RESTORE, STATE_COMMIT, STATE_COMMITTING},
    {JOB_RESTORE, STATE_COMMITTING, STATE_FINISHED},
};

const char *job_state_text(JobState state)
{
    must(state < STATE_COUNT);
    return TEXTS[state];
}

bool job_state_parse(Str text, JobState *out)
{
    for (int state = 0; state < STATE_COUNT; state++) {
        if (!str_eq(text, str_from(TEXTS[state]))) continue;
        *out = (JobState)state;
        return true;
    }
    return false;
}

bool job_state_is_final(JobState state)
{
    return state == STATE_FINISHED || state == STATE_CANCELLED;
}

JobState job_state_next(JobKind kind, JobState state)
{
    for (size_t i = 0; i < COUNT_OF(MOVES); i++)
        if (MOVES[i].kind == kind && MOVES[i].from == state) return MOVES[i].to;
    must(!"a final state has no next");
    return STATE_CANCELLED;
}

bool job_move_is_legal(JobKind kind, JobState from, JobState to)
{
    if (job_state_is_final(from)) return false;
    return to == STATE_CANCELLED || job_state_next(kind, from) == to;
}

const char *job_kind_text(JobKind kind)
{
    return kind == JOB_BACKUP ? "BACKUP" : "RESTORE";
}
