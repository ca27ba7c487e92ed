#ifndef TABLE_NEWPARTS_H
#define TABLE_NEWPARTS_H
#include "table/table.h"

// Partitions that a load of an automatically partitioned table makes (inner to table/).

// What one statement has found so far: values that no partition has. Read by many threads of the
// engine while its COPY runs.
typedef struct NewParts NewParts;

// The engine's functions kg_new_range() and kg_new_list(), once per engine.
NODISCARD Rc new_parts_register(Ctx *ctx, TableStore *store);

// `first`: index of the first new partition, behind those that the table has. Must be closed.
NewParts *new_parts_open(TableStore *store, const TableDef *def, size_t first);
void new_parts_close(NewParts **parts);  // NULL is fine: use with AUTO(new_parts_close)

// Engine expression: the index of a row's new partition, from `first` on. The row has columns
// c<id>.
void new_parts_print(Buf *out, const NewParts *parts);

// In the transaction that publishes the rows: each index that the files bear gets a partition of
// `table` (as the transaction sees it), which another load may have made meanwhile, or a new one.
// All or nothing. Errors: PARTITION_RANGE_INTERSECTS (a partition has a part of what one would
// hold), CLAIMED_WRITE, LIMIT_EXCEEDED.
typedef struct PartUse {
    const size_t *at;  // each once, all at or behind `first`
    size_t count;
} PartUse;
NODISCARD Rc new_parts_create(Ctx *ctx, CatalogTxn *txn, const Table *table, NewParts *parts,
                              PartUse use);
// The ids of those that `table` has already; 0: it has not.
NODISCARD Rc new_parts_find(Ctx *ctx, const NewParts *parts, const Table *table, PartUse use,
                            uint64_t *ids);
// After new_parts_create: the id of the partition with this index.
uint64_t new_parts_id(const NewParts *parts, size_t index);

#endif
