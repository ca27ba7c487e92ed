/*
 * exec/alter_partition: clauses of ALTER TABLE about partitions, inside its transaction.
 *
 * Source  StarRocks' LocalMetastore, AlterJobExecutor. REPLACE is one transaction: what was
 * replaced goes to the trash with its rows. Errors  those of plan/alter_partition and of the
 * catalog.   Threads  the session's.
 */
#include "base/fault.h"
#include "exec/handlers.h"
#include "plan/ddl.h"
#include "schema/names.h"

static Rc add(Ctx *ctx, Execution *x, CatalogTxn *txn, const Table *table)
{
    PartitionsPlan plan;
    uint64_t first_id = 0, table_id = table->def->id;
    TRY(plan_add_partitions(ctx, table, x->stmt->alter_table, exec_backend_count(x), &plan));
    if (plan.count == 0) return RC_OK;
    TRY(catalog_new_ids(ctx, x->instance->catalog, plan.count, &first_id));
    for (size_t i = 0; i < plan.count; i++) plan.partitions[i]->id = first_id + i;
    PartitionDefs defs = {(const PartitionDef *const *)plan.partitions, plan.count};
    return txn_add_partitions(ctx, txn, table_id, defs, false);
}

// Ids first: the plan's nodes may go with the first change.
static uint64_t *ids_of(Ctx *ctx, const PartitionsPlan *plan)
{
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, plan->count);
    for (size_t i = 0; i < plan->count; i++) ids[i] = plan->found[i]->def->id;
    return ids;
}

static Rc drop_all(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, const PartitionsPlan *plan,
                   bool is_forced)
{
    const uint64_t *ids = ids_of(ctx, plan);
    size_t count = plan->count;
    for (size_t i = 0; i < count; i++)
        TRY(txn_drop_partition(ctx, txn, table_id, ids[i], is_forced));
    return RC_OK;
}

static Rc drop(Ctx *ctx, Execution *x, CatalogTxn *txn, const Table *table)
{
    PartitionsPlan plan;
    const AlterTableStatement *stmt = x->stmt->alter_table;
    TRY(plan_drop_partitions(ctx, table, stmt, &plan));
    return drop_all(ctx, txn, table->def->id, &plan, stmt->is_force);
}

Rc exec_empty_partitions(Ctx *ctx, CatalogTxn *txn, const Table *table, NameList names,
                         bool is_temporary)
{
    PartitionsPlan plan;
    uint64_t table_id = table->def->id;
    TRY(plan_find_partitions(ctx, table, names, is_temporary, &plan));
    const uint64_t *ids = ids_of(ctx, &plan);
    for (size_t i = 0; i < plan.count; i++) {
        RowsetChange change = {.table_id = table_id, .partition_id = ids[i], .ends_all = true};
        TRY(txn_change_rowsets(ctx, txn, &change));
    }
    return RC_OK;
}

static Rc modify(Ctx *ctx, Execution *x, CatalogTxn *txn, const Table *table)
{
    PartitionsPlan plan;
    uint64_t table_id = table->def->id;
    TRY(plan_modify_partitions(ctx, table, x->stmt->alter_table, exec_backend_count(x), &plan));
    for (size_t i = 0; i < plan.count; i++)
        TRY(txn_alter_partition(ctx, txn, table_id, plan.partitions[i]));
    return RC_OK;
}

static Rc replace(Ctx *ctx, Execution *x, CatalogTxn *txn, const Table *table)
{
    ReplacePlan plan;
    uint64_t table_id = table->def->id;
    TRY(plan_replace_partitions(ctx, table, x->stmt->alter_table, &plan));
    TRY(drop_all(ctx, txn, table_id, &plan.old, false));
    for (size_t i = 0; i < plan.temporary.count; i++)
        TRY(txn_alter_partition(ctx, txn, table_id, plan.temporary.partitions[i]));
    return fault_point(ctx, "replace.applied");
}

static Rc rename_partition(Ctx *ctx, CatalogTxn *txn, const Table *table,
                           const AlterTableStatement *stmt)
{
    Str name = stmt->new_name.text;
    if (table->def->method == PARTITION_NONE)
        return SAY(ctx, SEMANTIC, "Table[%.*s] is not partitioned", STR_ARG(table->def->name));
    const Partition *partition = catalog_find_partition(table, stmt->name.text);
    if (!partition || partition->def->is_temporary)
        return FAIL(ctx, DROP_PARTITION_MISSING, STR_ARG(stmt->name.text));
    if (str_eq(partition->def->name, name)) return SAY(ctx, SEMANTIC, "Same partition name");
    const Partition *other = catalog_find_partition(table, name);
    if (other && other != partition)
        return SAY(ctx, SEMANTIC, "Partition name[%.*s] is already used", STR_ARG(name));
    PartitionDef *def = partition_def_copy(ctx->arena, partition->def);
    def->name = name;
    return txn_alter_partition(ctx, txn, table->def->id, def);
}

bool exec_alters_partitions(const AlterTableStatement *stmt)
{
    return stmt->kind == ALTER_ADD_PARTITION || stmt->kind == ALTER_DROP_PARTITION ||
           stmt->kind == ALTER_RENAME_PARTITION || stmt->kind == ALTER_TRUNCATE_PARTITION ||
           stmt->kind == ALTER_REPLACE_PARTITION || stmt->kind == ALTER_MODIFY_PARTITION;
}

Rc exec_alter_partitions(Ctx *ctx, Execution *x, CatalogTxn *txn, const Table *table)
{
    const AlterTableStatement *stmt = x->stmt->alter_table;
    switch (stmt->kind) {
    case ALTER_ADD_PARTITION: return add(ctx, x, txn, table);
    case ALTER_DROP_PARTITION: return drop(ctx, x, txn, table);
    case ALTER_RENAME_PARTITION: return rename_partition(ctx, txn, table, stmt);
    case ALTER_TRUNCATE_PARTITION:
        return exec_empty_partitions(ctx, txn, table, stmt->partitions, stmt->is_temporary);
    case ALTER_REPLACE_PARTITION: return replace(ctx, x, txn, table);
    case ALTER_MODIFY_PARTITION: return modify(ctx, x, txn, table);
    default: return FAIL(ctx, BUG, "no clause about partitions");
    }
}
