#ifndef CATALOG_COLOCATE_H
#define CATALOG_COLOCATE_H
#include "catalog/catalog.h"

// Colocation groups: the tables of one database whose property `colocate_with` has the same value.
// Groups of the same name in several databases are colocated too. A group is not stored: it begins
// with its first table and ends with its last (StarRocks' ColocateTableIndex keeps what this file
// derives).
typedef struct ColocateGroup {
    const Database *database;
    Str name;
    size_t table_count;
    const Table **tables;  // by id; the first one's id is the group's
} ColocateGroup;
// By database and name, in `arena`.
size_t colocate_groups(Arena *arena, const CatalogSnapshot *snapshot, ColocateGroup **out);
Str colocate_group_id(Arena *arena, const ColocateGroup *group);  // "<database>.<group>"

Str colocate_name(const TableDef *def);  // STR_NONE: in no group

// The group that a table named so would join: of its database, else of the same name in another.
// False: it would make a new one.
typedef struct ColocateWish {
    uint64_t database_id;
    const TableDef *def;
    const PartitionDef *const *partitions;
    size_t partition_count;
} ColocateWish;
bool colocate_find(Arena *arena, const CatalogSnapshot *snapshot, const ColocateWish *wish,
                   ColocateGroup *out);
// Buckets of each partition: all tables of a group have the same number.
uint32_t colocate_buckets(const TableDef *def, const PartitionDef *const *partitions, size_t count);

// Whether the table may be in the group that its property names. Errors: COLOCATE_BUCKETS,
// COLOCATE_COLUMNS, COLOCATE_TYPE, COLOCATE_REPLICAS, COMMON.
NODISCARD Rc colocate_check(Ctx *ctx, const CatalogSnapshot *snapshot, const ColocateWish *wish);

#endif
