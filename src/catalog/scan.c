/*
 * catalog/scan: how the engine names the type of a column's values.
 *
 * Source  engine.md; scan.h says which form values have while a query works on them.
 * Errors  none.   Threads  pure, apart from the arena given.
 */
#include "catalog/scan.h"
#include "base/ctx.h"

// "INTEGER[]", "MAP(VARCHAR, DATE)", "STRUCT(\"a\" INTEGER)"
static Str nested_type(Arena *arena, Type type)
{
    Buf out = buf_new(arena);
    const TypeParts *parts = type.parts;
    must(parts != NULL);
    if (type.kind == TYPE_ARRAY) {
        buf_printf(&out, "%.*s[]", STR_ARG(scan_engine_type(arena, parts->types[0])));
        return buf_str(&out);
    }
    buf_add_z(&out, type.kind == TYPE_MAP ? "MAP(" : "STRUCT(");
    for (size_t i = 0; i < parts->count; i++) {
        if (i > 0) buf_add_z(&out, ", ");
        if (parts->names) buf_add_quoted(&out, parts->names[i], '"');
        if (parts->names) buf_add_byte(&out, ' ');
        buf_add(&out, scan_engine_type(arena, parts->types[i]));
    }
    buf_add_byte(&out, ')');
    return buf_str(&out);
}

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
    case TYPE_VARBINARY:
    case TYPE_BITMAP:
    case TYPE_HLL:
    case TYPE_PERCENTILE: return STR("BLOB");
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT: return nested_type(arena, type);
    default: return STR("VARCHAR");  // JSON too: its text
    }
}
