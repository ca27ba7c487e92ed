#ifndef JOB_STATE_H
#define JOB_STATE_H
#include "base/ctx.h"

// States of jobs, in StarRocks' order and spelling, and which moves are legal.
typedef enum JobKind { JOB_BACKUP, JOB_RESTORE, JOB_KIND_COUNT } JobKind;

typedef enum JobState {
    STATE_PENDING,
    STATE_SNAPSHOTING,
    STATE_UPLOAD_SNAPSHOT,  // BACKUP
    STATE_UPLOADING,
    STATE_SAVE_META,
    STATE_UPLOAD_INFO,
    STATE_DOWNLOAD,  // RESTORE
    STATE_DOWNLOADING,
    STATE_COMMIT,
    STATE_COMMITTING,
    STATE_FINISHED,
    STATE_CANCELLED,
    STATE_COUNT
} JobState;

const char *job_state_text(JobState state);
bool job_state_parse(Str text, JobState *out);
bool job_state_is_final(JobState state);
// The state that follows when the work of `state` is done. `state` must not be final.
JobState job_state_next(JobKind kind, JobState state);
// Forward by one, or to CANCELLED from whatever is not final.
bool job_move_is_legal(JobKind kind, JobState from, JobState to);
const char *job_kind_text(JobKind kind);  // "BACKUP", "RESTORE"

#endif
