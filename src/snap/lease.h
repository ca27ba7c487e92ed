#ifndef SNAP_LEASE_H
#define SNAP_LEASE_H
#include "snap/repository.h"

/*
 * writing.json: a writer's claim on a label, from before its first upload until its manifest
 * stands. Made by exclusive create, renewed while the job works. One that was not renewed for
 * LEASE_LAPSE_MS is nobody's: another writer may take it away, and its own writer must not put a
 * manifest any more.
 */
enum { LEASE_LAPSE_MS = 10 * 60 * 1000, LEASE_RENEW_MS = 60 * 1000 };

typedef struct Lease {
    Str label;
    Uuid server, job;  // whose
    // Whether another job of the same server is at work. The claim of one that is over, which could
    // not be removed then, is nobody's. NULL: every other job is at work.
    Rc (*is_at_work)(void *handle, Ctx *ctx, Uuid job, bool *out);
    void *handle;
} Lease;

// Errors: LABEL_TAKEN (a backup of that label exists, or another writer is at it). Taking our own
// claim again (the same job, after a restart) is fine, also when the manifest of that very job
// stands: lease_check tells. After it (also when it was taken again) all that the manifest will
// name must be looked at: what a writer without a live claim has seen may have been collected
// since.
NODISCARD Rc lease_take(Ctx *ctx, SnapRepository *repository, const Lease *lease);
// Wait until no collector is at work (gc.json). Between lease_take and the first look at stored
// files.
NODISCARD Rc lease_wait_for_collector(Ctx *ctx, SnapRepository *repository);
// A claim that lapsed is lost, even when nobody has taken it yet.
NODISCARD Rc lease_renew(Ctx *ctx, SnapRepository *repository, const Lease *lease);  // LEASE_LOST
NODISCARD Rc lease_check(Ctx *ctx, SnapRepository *repository, const Lease *lease);  // LEASE_LOST
// Only our own; being gone is fine.
NODISCARD Rc lease_give(Ctx *ctx, SnapRepository *repository, const Lease *lease);

#endif
