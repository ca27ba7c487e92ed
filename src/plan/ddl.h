#ifndef PLAN_DDL_H
#define PLAN_DDL_H
#include "catalog/catalog.h"
#include "sql/ast.h"

// Meaning of CREATE TABLE and ALTER TABLE: definitions for the catalog, checked in StarRocks' order
// and with its texts (CreateTableAnalyzer, KeysDesc, ColumnDefAnalyzer, RangePartitionDesc,
// PropertyAnalyzer).

// A table to be made, with its partitions: ids are 0 until plan_table_set_ids gave them out.
typedef struct TablePlan {
    TableDef *def;
    size_t partition_count;
    PartitionDef **partitions;
    const CreateTableStatement *stmt;
} TablePlan;

// What the statement says; whether the name is taken is for the caller to see. Everything in
// ctx->arena. Errors: SEMANTIC, DUPLICATE_COLUMN, BAD_*_NAME, PARTITION_*, NOT_SUPPORTED. Of
// analysis.
NODISCARD Rc plan_create_table(Ctx *ctx, const CreateTableStatement *stmt, TablePlan *out);
// PROPERTIES of table and partitions, and what follows from them. `backend_count` bounds replicas.
// Errors: SEMANTIC. Of execution: StarRocks reads properties when the statement runs.
NODISCARD Rc plan_table_properties(Ctx *ctx, uint32_t backend_count, TablePlan *plan);
// Ids for the table and its partitions: 1 + partition_count of them, from `first` on.
void plan_table_set_ids(TablePlan *plan, uint64_t first);

// ALTER TABLE .. ADD PARTITION[S]: definitions without ids. Partitions that exist already and were
// asked for IF NOT EXISTS are left out; overlaps with those of the table are the catalog's to find
// (txn_add_partitions). Errors: as above, PARTITION_EXISTS. Of execution but for names and values.
typedef struct PartitionsPlan {
    size_t count;
    PartitionDef **partitions;  // new definitions: ADD, MODIFY, REPLACE
    const Partition **found;    // those that were named: all but ADD
} PartitionsPlan;
NODISCARD Rc plan_add_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                                 uint32_t backend_count, PartitionsPlan *out);
// DROP [TEMPORARY] PARTITION[S]. Errors: SEMANTIC, DROP_PARTITION_MISSING.
NODISCARD Rc plan_drop_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                                  PartitionsPlan *out);
// Partitions by name, for TRUNCATE. Errors: UNKNOWN_PARTITION.
NODISCARD Rc plan_find_partitions(Ctx *ctx, const Table *table, NameList names, bool is_temporary,
                                  PartitionsPlan *out);
// MODIFY PARTITION (..) SET (..). Errors: SEMANTIC.
NODISCARD Rc plan_modify_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                                    uint32_t backend_count, PartitionsPlan *out);
// REPLACE PARTITION (..) WITH TEMPORARY PARTITION (..): `old` go, and `temporary` become
// `temporary.partitions`. Errors: SEMANTIC, PARTITION_EXISTS.
typedef struct ReplacePlan {
    PartitionsPlan old, temporary;
} ReplacePlan;
NODISCARD Rc plan_replace_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                                     ReplacePlan *out);
// Refused while dynamic_partition makes and drops the table's partitions. Errors: SEMANTIC.
NODISCARD Rc plan_check_dynamic(Ctx *ctx, const TableDef *table);

// ALTER TABLE .. SET ( .. ). The first is of analysis: keys and values; the second makes the new
// definition from the one that the transaction sees. Errors: SEMANTIC.
NODISCARD Rc plan_check_set_properties(Ctx *ctx, const TableDef *def, AstProperties given,
                                       uint32_t backend_count);
NODISCARD Rc plan_set_properties(Ctx *ctx, const TableDef *from, AstProperties given,
                                 TableDef **out);

#endif
