#ifndef SCHEMA_AUTOPART_H
#define SCHEMA_AUTOPART_H
#include "schema/bounds.h"
#include "schema/caltime.h"

// Partitions that loads make by themselves: their bounds and their names.
// Source: StarRocks' AnalyzerUtils (getAddPartitionClauseFromPartitionValues).

// date_trunc('unit', column), or time_slice(column, count, 'unit', 'floor').
typedef enum AutoUnitKind { AUTO_MINUTE, AUTO_HOUR, AUTO_DAY, AUTO_MONTH, AUTO_YEAR } AutoUnitKind;
typedef struct AutoUnit {
    AutoUnitKind kind;
    int64_t count;  // of units; 1 for date_trunc
    bool is_slice;  // time_slice
} AutoUnit;
enum { AUTO_UNIT_MOST = 1000000 };  // the largest count

// False: no such word. Any case.
bool auto_unit_kind(Str word, AutoUnitKind *out);
const char *auto_unit_name(AutoUnitKind kind);  // "day"
// TableDef.partition_expr as SHOW CREATE TABLE prints it, and back. The column's name in the text
// is not looked at: it is that of the partition column. False: not of this form.
Str auto_unit_print(Arena *arena, AutoUnit unit, Str column);
bool auto_unit_parse(Str text, AutoUnit *out);

// The unit that `time` lies in. NULL: where NULL belongs, the unit that the calendar begins with.
CalTime auto_unit_floor(AutoUnit unit, const CalTime *time);
// Name and bounds of the unit that begins at `start`, for a column of `type`, DATE or DATETIME. One
// that would end behind year 9999 ends at MAXVALUE.
NamedRange auto_unit_range(Arena *arena, Type type, AutoUnit unit, CalTime start);

// Name of the partition for one row of list values, each of which may be NULL: p, then the values'
// letters and digits joined by '_'; '-', ':' and blanks are left out, everything else becomes its
// code point in hex.
Str auto_list_name(Arena *arena, const Bound *values, size_t width);
// The same name with a number behind it, for another row of values; `attempt` from 0.
Str auto_list_name_again(Arena *arena, Str name, uint32_t attempt);

#endif
