#ifndef PLAN_DDL_INSIDE_H
#define PLAN_DDL_INSIDE_H
#include "plan/ddl.h"

// Private to plan/ddl*.c.

// What descriptions of partitions are read into: those that the table has, then the new ones.
typedef struct PartitionReader {
    const TableDef *table;  // its method and partition columns are set
    const Type *types;      // of the partition columns
    size_t old_count;
    const PartitionDef **old;
    size_t count, cap;
    PartitionDef **at;  // new ones
} PartitionReader;
void partition_reader_init(Ctx *ctx, const TableDef *table, PartitionReader *out);
// Adds what one description stands for. Errors: those of plan_create_table.
NODISCARD Rc partition_read(Ctx *ctx, PartitionReader *reader, const AstPartitionDef *def);

// PARTITION BY: fills method and partition columns of `plan->def`, then its partitions.
NODISCARD Rc ddl_read_partitions(Ctx *ctx, TablePlan *plan);

// Checks one PROPERTIES clause of a partition and takes it over. `usual` replicas where it names
// none.
typedef struct PropertyScope {
    const TableDef *table;
    uint32_t backend_count;
    uint32_t usual;
} PropertyScope;
NODISCARD Rc ddl_partition_properties(Ctx *ctx, const PropertyScope *scope, AstProperties given,
                                      PartitionDef *out);
// Types that may be key columns and distribution columns.
bool ddl_is_key_type(TypeKind kind);

#endif
