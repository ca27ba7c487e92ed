#ifndef JOB_MACHINE_H
#define JOB_MACHINE_H
#include "job/live.h"

// Private to job/. Works on a job until it is over and clean, or until the server stops.
void job_run(Job *job);
JobState job_state(Job *job);
void job_copy_progress(const Job *job, JobRow *row);

#endif
