#ifndef EXEC_ALTER_H
#define EXEC_ALTER_H
#include "exec/session.h"
#include "plan/alter.h"

// Clauses of ALTER TABLE about columns and indexes, SWAP WITH and COMMENT: parts of
// exec_alter_table.

// Told in the analyzing envelope.
NODISCARD Rc alter_analyze(Ctx *ctx, Execution *x, const FoundTable *found, AlterDraft *out);
typedef struct AlterRun {
    const FoundTable *found;  // as the transaction sees it
    const AlterDraft *draft;
} AlterRun;
NODISCARD Rc alter_clauses(Ctx *ctx, Execution *x, CatalogTxn *txn, const AlterRun *run);
// After the commit: a line of SHOW ALTER TABLE COLUMN, if columns changed. `found` as it was.
NODISCARD Rc alter_remember(Ctx *ctx, Execution *x, const FoundTable *found);

// The last changes of this server, in `arena`.
struct AlterHistory *alter_history_new(Arena *arena);

#endif
