#ifndef PLAN_BACKUP_H
#define PLAN_BACKUP_H
#include "catalog/catalog.h"
#include "plan/jobproperties.h"
#include "schema/restoreplan.h"

// The rules of BACKUP and RESTORE: what the statement says, checked in StarRocks' order
// (statements.md 4 and 5). Analysis comes first (errors in the analyzing envelope), then
// privileges, then execution (errors plain).

// BACKUP, analysis: 4.2 to 4.4. `database` is the session's current one. A database without objects
// gives a plan with none; the caller answers `Database: X is empty` where privileges are checked.
NODISCARD Rc plan_backup(Ctx *ctx, const CatalogSnapshot *snapshot, Str database,
                         const BackupStatement *stmt, BackupPlan *out);
// BACKUP, execution: 4.5 steps 1, 4 and 5 (the others need the jobs and the repository).
NODISCARD Rc plan_backup_execution(Ctx *ctx, const CatalogSnapshot *snapshot,
                                   const BackupStatement *stmt, const BackupPlan *plan);

// RESTORE, analysis: 5.2. Nothing is looked up.
NODISCARD Rc plan_restore(Ctx *ctx, const BackupStatement *stmt, JobProperties *out);
// Where it will go, as far as the statement says: empty = the snapshot's own database.
Str plan_restore_target(const BackupStatement *stmt);
// RESTORE, execution: 5.3 steps 3 and 6 to 9, over a verified manifest. `backend_count` bounds
// replicas.
typedef struct RestoreBinding {
    const CatalogSnapshot *snapshot;
    const BackupStatement *stmt;
    const JobProperties *properties;
    const SnapContent *content;
    uint32_t backend_count;
    uint32_t format_version;  // of repositories, that this server knows
} RestoreBinding;
NODISCARD Rc plan_restore_execution(Ctx *ctx, const RestoreBinding *binding, RestorePlan *out);

// A label that may name a folder: not empty, no path separator, no control character, not `.` or
// `..`, at most LIMIT_LABEL_BYTES when percent-encoded. Errors: BAD_LABEL_NAME.
NODISCARD Rc plan_check_label(Ctx *ctx, Str label);

#endif
