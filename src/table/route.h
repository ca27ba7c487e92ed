#ifndef TABLE_ROUTE_H
#define TABLE_ROUTE_H
#include "catalog/scan.h"
#include "engine/engine.h"

// Which partition a row belongs to, as engine SQL (inner to table/).

// The partitions that rows of an INSERT may fall into, in the order that routing needs.
// `wanted_count` 0: all of the table but temporary ones.
typedef struct Route {
    const TableDef *def;
    size_t count;
    const Partition **partitions;
    struct NewParts *added;  // of an automatically partitioned table; NULL: rows must fit
} Route;
Route route_new(Arena *arena, const Table *table, const Partition *const *wanted,
                size_t wanted_count);

// Id of the partition that files of this index belong to; for new ones after new_parts_create.
uint64_t route_partition_id(const Route *route, size_t index);

// True: a row can only fall into partitions[0] or out of all.
bool route_is_single(const Route *route);

// The engine's function kg_route(), once per engine.
NODISCARD Rc route_register(Ctx *ctx, Engine *engine);

// SELECT of all columns of `relation` (columns c<id>) and an INTEGER `kg_part`: index of the row's
// partition in route->partitions, or -1. NULL is below every value, but not below MINVALUE: it
// falls into the lowest RANGE partition when that one has no lower bound, and into the LIST
// partition that names NULL.
void route_print(Buf *out, const Route *route, Str relation);

// Engine expression: the partition columns of a row as a user reads them, "(d='2024-01-01')".
void route_print_row(Buf *out, const Route *route);

#endif
