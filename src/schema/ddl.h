#ifndef SCHEMA_DDL_H
#define SCHEMA_DDL_H
#include "schema/model.h"

// Definitions as SQL text, letter by letter as StarRocks prints them (AstToStringBuilder,
// Column.toSql, RangePartitionInfo.toSql, ListPartitionInfo.toSql). Texts live in `arena`.

// SHOW CREATE TABLE. Partitions in the order of the catalog; temporary ones are left out.
// Properties are sorted by key; replication_num is added where the definition lacks it.
Str ddl_create_table(Arena *arena, const TableDef *table, const PartitionDef *const *partitions,
                     size_t partition_count);
// `name`, or of a hidden column the expression that it stands for.
Str ddl_column(Arena *arena, const Column *column);
Str ddl_create_database(Arena *arena, const DatabaseDef *database);
// Column 8 of SHOW PARTITIONS: `[types: [DATE]; keys: [2019-01-01]; ..types: [DATE]; keys:
// [2020-01-01]; )`,
// `('a', 'b')`, or empty for an unpartitioned table (statements.md 14.6).
Str ddl_partition_values(Arena *arena, const TableDef *table, const PartitionDef *partition);
// `k1, k2`: PartitionKey of SHOW PARTITIONS. DistributionKey likewise; "ALL KEY" when random.
Str ddl_partition_key(Arena *arena, const TableDef *table);
Str ddl_distribution_key(Arena *arena, const TableDef *table);
// The text of a default value behind DEFAULT; STR_NONE: there is none, or it is NULL.
Str ddl_default(Arena *arena, const Column *column);

// ("gram_num" = "4"), or nothing.
Str ddl_index_properties(Arena *arena, const IndexDef *index);

#endif
