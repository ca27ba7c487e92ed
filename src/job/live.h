#ifndef JOB_LIVE_H
#define JOB_LIVE_H
#include "base/lock.h"
#include "job/job.h"
#include "snap/repository.h"

// Private to job/: one unfinished job in memory, the steps of its kind, and the one function that
// changes states.

enum { JOB_ROW_TEXT_BYTES = 4096 };  // longest Status or TaskErrMsg that is kept

// Counts for SHOW and information_schema; written by workers, read by anyone.
typedef struct JobProgress {
    atomic_ullong files_total, files_done, files_reused;
    atomic_ullong bytes_total, bytes_done, bytes_reused;
} JobProgress;

// The durable side of a job: table `job` of catalog.db, see store.c.
typedef struct JobRow {
    uint64_t id;
    Uuid uuid;  // names the job in the repository's writing.json and manifest
    JobKind kind;
    JobState state;
    bool is_cleaned;  // final, and staging and lease are gone
    Str database, label, stamp;
    Str repository;
    uint64_t repository_id;
    Str plan;     // JSON of BackupPlan or RestorePlan
    Str objects;  // as SHOW prints them
    int64_t created_ms;
    int64_t state_ms[STATE_COUNT];  // when the state was left; final states: when it was entered;
                                    // 0: not yet
    uint64_t files_total, files_done, files_reused;
    uint64_t bytes_total, bytes_done, bytes_reused;
    Str task_error, status;
    bool allow_load;
    uint32_t replication_num;
    int64_t timeout_s;
} JobRow;

typedef struct Job {
    struct Job *next;
    int refs;  // the list's, the runner's, and of whoever waits; under jobs->lock
    Jobs *jobs;
    Arena *arena;  // lives as long as the Job; the row's texts are in it
    JobRow row;    // state, times, status: changed by job_move, under jobs->lock; the rest stays
    BackupPlan *backup;  // one of the two
    RestorePlan *restore;
    Cancel cancel;            // asked by CANCEL, by the timeout's ctx_poll, or by stopping
    bool is_running;          // a runner has it
    bool is_being_cancelled;  // CANCEL is writing it down: sealing waits for that
    bool is_sealed;           // BACKUP: the manifest is being put; CANCEL waits for the outcome
    bool is_over;             // the runner is done with it, cleaned or given up
    JobProgress progress;
    struct RestoreWork *restore_work;  // restorework.h; the runner's alone
    char remarks[JOB_ROW_TEXT_BYTES];  // behind the status when it finishes; the runner's alone
    size_t remarks_len;
    char task_error[JOB_ROW_TEXT_BYTES];  // last transient error, under jobs->lock
} Job;

struct Jobs {
    JobsOptions options;
    Lock lock;       // RANK_JOBS: list, rows in memory, flags
    Signal changed;  // a state changed, a job arrived or ended, or we stop
    Job *first;
    bool is_stopping;
    pthread_t *threads;
    size_t thread_count;
};

// What a kind does in each state. A step returns RC_OK when the state's work is done (job_run moves
// on), RC_AGAIN for transient trouble (repeated within a bound), anything else ends the job. Steps
// are repeated after a crash: each finds out for itself what was done already. NULL: nothing to do.
typedef Rc (*JobStep)(Ctx *ctx, Job *job);
typedef struct JobKindSteps {
    JobStep steps[STATE_COUNT];
    // What must become durable together with leaving the state, in the transaction of that move.
    // NULL: nothing.
    Rc (*apply[STATE_COUNT])(Ctx *ctx, CatalogTxn *txn, Job *job);
    // Whether what CANCEL cannot take back was done already; asked once of a job that is sealed at
    // a start.
    Rc (*is_out)(Ctx *ctx, Job *job, bool *out);
    // After FINISHED or CANCELLED was durable: take away staging, lease, unfinished temporaries.
    // Also before CANCELLED, when the disk is too full to write it. Repeatable.
    Rc (*clean)(Ctx *ctx, Job *job);
} JobKindSteps;
extern const JobKindSteps BACKUP_STEPS, RESTORE_STEPS;

// Changes a state, alone: checks that the move is legal and that the row still says what memory
// says, lets the kind's `apply` add what must become durable in the same transaction, writes,
// publishes, wakes. Final states end claims and rowset references. `status`: what SHOW prints of a
// CANCELLED job. Errors: JOB_MOVED (RC_CONFLICT) when the durable state is another one, for example
// CANCELLED by a user.
NODISCARD Rc job_move(Ctx *ctx, Job *job, JobState to, Str status);

// A remark about what the job does otherwise than its user may expect: it stands behind [OK] in the
// status of a FINISHED job, and in the log. Called by `apply` of the last step alone.
void job_tell(Job *job, const char *format, ...) PRINTF_LIKE(2, 3);

// --- store.c: rows of the table `job`
NODISCARD Rc job_store_ensure(Ctx *ctx, Catalog *catalog);
NODISCARD Rc job_store_insert(Ctx *ctx, Meta *meta, const JobRow *row);
NODISCARD Rc job_store_update(Ctx *ctx, Meta *meta, const JobRow *row);
NODISCARD Rc job_store_delete(Ctx *ctx, Meta *meta, uint64_t id);
// Whether an unfinished job has that uuid.
NODISCARD Rc job_store_is_at_work(Ctx *ctx, Meta *meta, Uuid uuid, bool *out);
NODISCARD Rc job_store_state(Ctx *ctx, Meta *meta, uint64_t id, JobState *out);
typedef enum JobFilter { JOBS_ALL, JOBS_UNCLEANED, JOBS_LATEST } JobFilter;
NODISCARD Rc job_store_list(Ctx *ctx, Meta *meta, JobFilter filter, JobRow **out, size_t *count);

// --- jobs.c: accepting a job
typedef struct JobInsert {
    const JobRow *row;
    const Claim *claims;
    size_t claim_count;
    const uint64_t *rowset_ids;  // that it needs until it is over
    size_t rowset_count;
} JobInsert;
// Row, claims and references become durable at once. The job is not in the list yet. Errors:
// JOB_RUNNING, CLAIMED_*.
NODISCARD Rc jobs_insert(Ctx *ctx, Jobs *jobs, const JobInsert *insert, Job **out);
void jobs_add(Jobs *jobs, Job *job);  // from here on it runs
// The statement fails after all: row and claims go. The job must not be in the list.
NODISCARD Rc jobs_take_back(Ctx *ctx, Jobs *jobs, Job *job);

// --- for the steps
NODISCARD Rc job_open_repository(Ctx *ctx, const Job *job, SnapRepository **out);
// From now on CANCEL waits for the outcome. False: it was cancelled before.
bool job_seal(Job *job);
void job_unseal(Job *job);
bool job_is_sealed(Job *job);

#endif
