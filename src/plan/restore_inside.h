#ifndef PLAN_RESTORE_INSIDE_H
#define PLAN_RESTORE_INSIDE_H
#include "plan/backup.h"

// What restore.c and restore_clean.c share; nobody else includes it.

// clean_partitions and clean_tables beside lists of what to restore. Errors: SEMANTIC.
NODISCARD Rc plan_check_cleaning(Ctx *ctx, const BackupStatement *stmt,
                                 const JobProperties *properties);
// Which tables will be dropped, and warnings about partitions that will stay.
NODISCARD Rc plan_restore_cleaning(Ctx *ctx, const RestoreBinding *binding, RestorePlan *plan);

#endif
