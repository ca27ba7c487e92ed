#ifndef EXEC_DYNAMIC_H
#define EXEC_DYNAMIC_H
#include "exec/session.h"

// Partitions that time makes and drops: dynamic_partition.*, partition_ttl, partition_live_number.

// A thread of the instance that looks at all tables now and then, and whenever it is woken.
typedef struct DynamicScheduler DynamicScheduler;
NODISCARD Rc dynamic_start(Ctx *ctx, Instance *instance, DynamicScheduler **out);
void dynamic_stop(DynamicScheduler *scheduler);  // NULL is fine
// A table was made, altered or restored.
void dynamic_wake(DynamicScheduler *scheduler);

// Makes and drops what one table needs now, inside the transaction that made or altered it.
// `zone_now`: dynamic_now. Errors: PARTITION_VALUE, PARTITION_RANGE_INTERSECTS, those of the
// catalog.
NODISCARD Rc dynamic_apply(Ctx *ctx, CatalogTxn *txn, Catalog *catalog, const Table *table,
                           Str zone_now);
// Local time of the table's zone, yyyy-MM-dd HH:mm:ss. Errors: UNKNOWN_TIME_ZONE.
NODISCARD Rc dynamic_now(Ctx *ctx, Instance *instance, const TableDef *def, Str *out);
bool dynamic_concerns(const TableDef *def);

// What SHOW DYNAMIC PARTITION TABLES tells of the last look at a table; texts in `arena`.
typedef struct DynamicState {
    int64_t updated_ms, scheduled_ms;  // 0: never
    Str failure;                       // empty: none
} DynamicState;
DynamicState dynamic_state(DynamicScheduler *scheduler, Arena *arena, uint64_t table_id);

#endif
