/*
 * table/change: DELETE: rows that a query names are marked, and one transaction says so.
 *
 * Form    the caller holds the table's write token and has pinned the snapshot that the marks were
 *         begun on: nobody else marks or rewrites rows of it meanwhile.
 * Errors  ROWSET_GONE (a TRUNCATE or RESTORE came between: begin again), CLAIMED_WRITE,
 * UNKNOWN_TABLE, of the engine. Threads any.
 */
#include "base/fault.h"
#include "table/internal.h"

static Rc change_rows(Ctx *ctx, CatalogTxn *txn, void *handle)
{
    const TableDelete *delete = handle;
    ChangeList changes = {0};
    marks_add_changes(ctx, delete->marks, delete->table->def->id, &changes);
    TRY(write_check_table(ctx, txn, delete->database_id, delete->table));
    for (size_t i = 0; i < changes.count; i++) TRY(txn_change_rowsets(ctx, txn, &changes.at[i]));
    return fault_point(ctx, "delete.commit");
}

Rc table_delete(Ctx *ctx, TableStore *store, EngineConn *conn, const TableDelete *delete,
                uint64_t *row_count)
{
    uint64_t found = 0;
    Str relation = str_printf(ctx->arena, "(%.*s) m(kg_set, kg_row)", STR_ARG(delete->sql));
    TRY(marks_run(ctx, conn, relation, &found));
    TRY(fault_point(ctx, "delete.marked"));
    TableDelete work = *delete;
    Publish publish = {.change = change_rows, .handle = &work};
    if (found > 0) TRY(publish_alone(ctx, store, &publish));
    *row_count = found;
    return RC_OK;
}

void table_look_after(Ctx *ctx, TableStore *store, StoredTable ref)
{
    if (!compact_is_due(store, ref)) return;
    maintain_tell(store, ref);
    maintain_slow_down(ctx, store, ref);
}
