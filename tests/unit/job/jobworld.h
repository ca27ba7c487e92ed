#ifndef TESTS_UNIT_JOB_JOBWORLD_H
#define TESTS_UNIT_JOB_JOBWORLD_H
#include "../table/fixture.h"
#include "job/job.h"
#include "snap/repository.h"

// A server's lower half: world, jobs over it, one repository `r` beside it.
typedef struct JobWorld {
    World world;
    Jobs *jobs;
    Str repository_url;  // file://..; kept over new servers
    Uuid server;
} JobWorld;

void job_world_init(Ctx *t, JobWorld *jw);  // opens everything
void job_world_init_beside(Ctx *t, JobWorld *jw,
                           Str repository);  // a second server, same repository
void job_world_open(Ctx *t, JobWorld *jw);
void job_world_close(JobWorld *jw);

NODISCARD Rc job_world_backup(Ctx *t, JobWorld *jw, const char *label, const char *table);
// `target` NULL: the same name; `partition` NULL: all.
typedef struct RestoreSpec {
    const char *label, *database, *table, *target, *partition;
} RestoreSpec;
NODISCARD Rc job_world_restore(Ctx *t, JobWorld *jw, const RestoreSpec *spec);
JobInfo job_world_wait(Ctx *t, JobWorld *jw,
                       const char *database);  // the latest job, when it is over and clean

#endif
