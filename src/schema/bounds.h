#ifndef SCHEMA_BOUNDS_H
#define SCHEMA_BOUNDS_H
#include "base/ctx.h"
#include "schema/model.h"

// Values that bound partitions: their own text form, order, overlap, and ranges made in a batch.
// Source of rules and texts: StarRocks' PartitionKey, RangePartitionInfo, ListPartitionInfo,
// RangeUtils and MultiRangePartitionDesc.

// Columns of this type may be partition columns. Errors: PARTITION_COLUMN_TYPE.
NODISCARD Rc bound_check_column(Ctx *ctx, PartitionMethod method, const Column *column);

// Text of a user's literal to the column's own form: whole numbers without leading zeros, BOOLEAN
// true or false, DATE yyyy-MM-dd, DATETIME yyyy-MM-dd HH:mm:ss[.ffffff], texts as they are. Errors:
// PARTITION_VALUE, PARTITION_COLUMN_TYPE.
NODISCARD Rc bound_normalise(Ctx *ctx, Type type, Str text, Str *out);

// A value of a list that is NULL: BOUND_VALUE without a text.
bool bound_is_null(const Bound *bound);
// Order of two bounds in the own form: MIN, NULL, values, MAX.
int bound_compare(Type type, const Bound *a, const Bound *b);
int bounds_compare(const Type *types, size_t width, const Bound *a, const Bound *b);

// [lower, upper) of `partition` holds at least one value. Errors: PARTITION_VALUE,
// PARTITION_RANGE_MIN.
NODISCARD Rc range_check(Ctx *ctx, const TableDef *table, const PartitionDef *partition);
bool range_overlaps(const Type *types, const PartitionDef *a, const PartitionDef *b);
bool range_eq(const Type *types, const PartitionDef *a, const PartitionDef *b);
// A text that two rows of list values share only if they are equal.
Str list_row_key(Arena *arena, const Bound *row, size_t width);
// The same rows of values, in any order.
bool list_eq(const Type *types, const PartitionDef *a, const PartitionDef *b);
// No two partitions of a table may claim the same row.
// Errors: PARTITION_RANGE_INTERSECTS, PARTITION_LIST_DUPLICATE, PARTITION_EXISTS (an equal name).
NODISCARD Rc partition_check_conflict(Ctx *ctx, const TableDef *table, const PartitionDef *added,
                                      const PartitionDef *other);
// The same for all partitions of a table at once: each is checked (range_check), then all together.
NODISCARD Rc partitions_check(Ctx *ctx, const TableDef *table,
                              const PartitionDef *const *partitions, size_t count);

// START (..) END (..) EVERY (..)
typedef enum StepUnit {
    STEP_NUMBER,
    STEP_HOUR,
    STEP_DAY,
    STEP_WEEK,
    STEP_MONTH,
    STEP_YEAR
} StepUnit;
typedef struct RangeStep {
    Str start, end;  // as written
    StepUnit unit;
    int64_t step;
} RangeStep;
typedef struct NamedRange {
    Str name;  // p20240101, p2024_05, p202401, p2024, p1
    Bound lower, upper;
} NamedRange;
// Ranges in order, of a table with one partition column of `type`. Errors: PARTITION_BATCH,
// PARTITION_VALUE.
NODISCARD Rc range_expand(Ctx *ctx, Type type, const RangeStep *step, NamedRange **out,
                          size_t *count);

// Week of the year as names of partitions tell it: p2024_05.
int range_week(int64_t days);

// `types: [DATE]; keys: [2019-01-01]; ` as SHOW PARTITIONS and messages print one end of a range.
void bounds_print_key(Buf *out, const Type *types, size_t width, const Bound *bounds);
// `[types: ..; keys: ..; ..types: ..; keys: ..; )`
void range_print(Buf *out, const Type *types, const PartitionDef *partition);
// `('a', 'b')` or `(('a', '1'), ('b', '2'))`
void list_print(Buf *out, const PartitionDef *partition);
// The smallest value of a type as StarRocks prints MIN: "-2147483648", "0000-01-01".
Str bound_min_text(Type type);

#endif
