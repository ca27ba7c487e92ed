/*
 * catalog/scan: how the engine names the type of a column's values.
 *
 * Source  engine.md; scan.h says which form values have while a query works on them.
 * Errors  none.   Threads  pure, apart from the arena given.
 */
#include "catalog/scan.h"

Str scan_engine_type(Arena *arena, Type type)
{
    switch (type.kind) {
    case TYPE_BOOLEAN: return STR("BOOLEAN");
    case TYPE_TINYINT: return STR("TINYINT");
    case TYPE_SMALLINT: return STR("SMALLINT");
    case TYPE_INT: return STR("INTEGER");
    case TYPE_BIGINT: return STR("BIGINT");
    case TYPE_LARGEINT: return STR("HUGEINT");
    case TYPE_FLOAT: return STR("FLOAT");
    case TYPE_DOUBLE: return STR("DOUBLE");
    case TYPE_DECIMAL: return str_printf(arena, "DECIMAL(%u,%u)", type.precision, type.scale);
    case TYPE_DATE: return STR("DATE");
    case TYPE_DATETIME: return STR("TIMESTAMP");
    case TYPE_TIME: return STR("TIME");
    case TYPE_VARBINARY: return STR("BLOB");
    default: return STR("VARCHAR");
    }
}
