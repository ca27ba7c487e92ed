#ifndef PLAN_DDL_INSIDE_H
#define PLAN_DDL_INSIDE_H
#include "plan/ddl.h"
#include "plan/property.h"

// Private to plan/ddl*.c.

// What descriptions of partitions are read into: those that the table has, then the new ones.
typedef struct PartitionReader {
    const TableDef *table;  // its method and partition columns are set
    const Type *types;      // of the partition columns
    bool is_temporary;      // the new ones are
    size_t old_count;
    const PartitionDef **old;
    size_t count, cap;
    PartitionDef **at;  // new ones
} PartitionReader;
void partition_reader_init(Ctx *ctx, const TableDef *table, PartitionReader *out);
// Adds what one description stands for. Errors: those of plan_create_table.
NODISCARD Rc partition_read(Ctx *ctx, PartitionReader *reader, const AstPartitionDef *def);

// No name stands twice among the new ones. Errors: SEMANTIC.
NODISCARD Rc partition_check_names(Ctx *ctx, const PartitionReader *reader);

// PARTITION BY: fills method and partition columns of `plan->def`, then its partitions.
NODISCARD Rc ddl_read_partitions(Ctx *ctx, TablePlan *plan);

// Names of columns that the table is partitioned by; def->method is set.
NODISCARD Rc ddl_read_partition_columns(Ctx *ctx, ExprList names, TableDef *def);
// PARTITION BY date_trunc(..) or time_slice(..), also as RANGE (date_trunc(..)).
bool ddl_is_time_unit(const AstPartitionBy *by);
NODISCARD Rc ddl_read_time_unit(Ctx *ctx, const AstPartitionBy *by, TableDef *def);
// PARTITION BY (columns) without descriptions, or any other expressions.
NODISCARD Rc ddl_read_automatic_list(Ctx *ctx, const AstPartitionBy *by, TableDef *def);

// Checks one PROPERTIES clause of a partition and takes it over. `usual` replicas where it names
// none.
NODISCARD Rc ddl_partition_properties(Ctx *ctx, const PropertyScope *scope, AstProperties given,
                                      PartitionDef *out);

// One column as CREATE and ALTER write it: name, type, default, comment; without ids and
// expression.
NODISCARD Rc ddl_read_column(Ctx *ctx, const AstColumnDef *def, KeyKind keys, bool is_key,
                             Column *out);

// INDEX clauses (alter_index.c). Errors: SEMANTIC.
NODISCARD Rc ddl_read_indexes(Ctx *ctx, const CreateTableStatement *stmt, TableDef *def);

// --- keys
// The first `count` columns are the key.
typedef struct TableKeys {
    KeyKind kind;
    size_t count;
} TableKeys;
#define DDL_KEYS_FIRST                                                                   \
    "Key columns must be the first few columns of the schema and the order  of the key " \
    "columns must be consistent with the order of the schema"
NODISCARD Rc ddl_read_keys(Ctx *ctx, const CreateTableStatement *stmt, TableKeys *out);
// Sets what the kind of the key makes of a column whose name, type, is_key and is_nullable are
// read: its aggregation, a wider type of sums, whether it may be NULL.
NODISCARD Rc ddl_aggregate_column(Ctx *ctx, KeyKind keys, AstAggKind agg, Column *column);
// Values may neither place a row into a partition or bucket, nor sort it where rows meet by key.
NODISCARD Rc ddl_check_partition_key(Ctx *ctx, const Column *column);
NODISCARD Rc ddl_check_distribution_key(Ctx *ctx, const Column *column);
NODISCARD Rc ddl_check_sort_key(Ctx *ctx, const TableDef *def);
// No DISTRIBUTED BY HASH: is_random where RANDOM was asked for. A PRIMARY KEY table is distributed
// by its key.
NODISCARD Rc ddl_default_distribution(Ctx *ctx, bool is_random, TableDef *def);

#endif
