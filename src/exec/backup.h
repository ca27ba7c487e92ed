#ifndef EXEC_BACKUP_H
#define EXEC_BACKUP_H
#include "exec/session.h"

// Handlers of the statements around BACKUP and RESTORE.
NODISCARD Rc exec_backup(Ctx *ctx, Execution *x);
NODISCARD Rc exec_restore(Ctx *ctx, Execution *x);
NODISCARD Rc exec_cancel_job(Ctx *ctx, Execution *x);  // CANCEL BACKUP | RESTORE
NODISCARD Rc exec_show_snapshot(Ctx *ctx, Execution *x);
NODISCARD Rc exec_drop_snapshot(Ctx *ctx, Execution *x);
NODISCARD Rc exec_create_repository(Ctx *ctx, Execution *x);
NODISCARD Rc exec_drop_repository(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_repositories(Ctx *ctx, Execution *x);

// Given to jobs_open: the store behind a repository row, its secrets decrypted. `handle` is the
// Instance.
NODISCARD Rc exec_open_repository(void *handle, Ctx *ctx, const RepositoryDef *def,
                                  SnapRepository **out);

#endif
