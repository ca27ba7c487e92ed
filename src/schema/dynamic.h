#ifndef SCHEMA_DYNAMIC_H
#define SCHEMA_DYNAMIC_H
#include "schema/bounds.h"
#include "schema/caltime.h"

// The dynamic_partition properties of a table: which partitions time makes and drops.
// Source: StarRocks' DynamicPartitionUtil, DynamicPartitionProperty.
typedef enum DynamicUnit {
    DYNAMIC_HOUR,
    DYNAMIC_DAY,
    DYNAMIC_WEEK,
    DYNAMIC_MONTH,
    DYNAMIC_YEAR
} DynamicUnit;

typedef struct DynamicPartitions {
    bool is_on;
    DynamicUnit unit;
    int64_t start;  // units from now, negative; DYNAMIC_KEEPS_ALL: nothing is dropped
    int64_t end;    // units from now, positive
    int64_t history_num;
    Str prefix;
    Str zone;             // empty: the server's
    uint32_t buckets;     // 0: the table's
    uint32_t replicas;    // 0: the table's
    int64_t day_of_week;  // weeks begin on it: 1 Monday .. 7 Sunday
    int64_t day_of_month;
    CalTime now;  // local time in the zone: set by who asks for ranges
} DynamicPartitions;
#define DYNAMIC_KEEPS_ALL INT32_MIN

// Checks all dynamic_partition properties of the table together, with the column that it is
// partitioned by, and fills in those that the rest of them imply (enable, prefix, start, history).
// Without any of them nothing happens. Errors: SEMANTIC.
NODISCARD Rc dynamic_check(Ctx *ctx, TableDef *def);
// False: the table has no such properties, or they are not whole.
bool dynamic_read(const TableDef *def, DynamicPartitions *out);
const char *dynamic_unit_name(DynamicUnit unit);  // "DAY"
// A partition that a RESTORE brought is left alone for one unit, and for a day at least.
int64_t dynamic_exempt_ms(DynamicUnit unit);

// The unit that lies `index` units from dynamic->now: name and bounds as the partition column has
// them. Errors: PARTITION_VALUE (the column cannot hold it).
NODISCARD Rc dynamic_range(Ctx *ctx, const TableDef *def, const DynamicPartitions *dynamic,
                           int64_t index, NamedRange *out);

// partition_ttl: `3 MONTH`. False: no such property, or not of this form.
typedef struct PartitionTtl {
    int64_t count;
    DynamicUnit unit;
} PartitionTtl;
bool partition_ttl_parse(Str text, PartitionTtl *out);
// `now` less the period.
CalTime partition_ttl_begin(PartitionTtl ttl, CalTime now);

#endif
