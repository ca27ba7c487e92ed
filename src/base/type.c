/*
 * base/type: the column types of the dialect, and how they print.
 *
 * Source  StarRocks' ScalarType: display widths as in its SHOW CREATE TABLE; protocol numbers from
 *         MySQL's enum_field_types.   Errors  none.   Threads  pure.
 */
#include "base/type.h"
#include "base/ctx.h"

static const struct {
    const char *name;
    int mysql_number;
} TYPES[TYPE_COUNT] = {
#define X(kind, name, number) [TYPE_##kind] = {name, number},
    TYPE_LIST(X)
#undef X
};

const char *type_name(TypeKind kind)
{
    must(kind < TYPE_COUNT);
    return TYPES[kind].name;
}

int type_mysql_number(TypeKind kind)
{
    must(kind < TYPE_COUNT);
    return TYPES[kind].mysql_number;
}

bool type_is_integer(TypeKind kind)
{
    return kind >= TYPE_TINYINT && kind <= TYPE_LARGEINT;
}

bool type_is_numeric(TypeKind kind)
{
    return kind >= TYPE_TINYINT && kind <= TYPE_DECIMAL;
}

bool type_is_text(TypeKind kind)
{
    return kind == TYPE_CHAR || kind == TYPE_VARCHAR;
}

bool type_eq(Type a, Type b)
{
    return a.kind == b.kind && a.len == b.len && a.precision == b.precision && a.scale == b.scale;
}

Str type_text(Arena *arena, Type type)
{
    switch (type.kind) {
    case TYPE_TINYINT: return STR("tinyint(4)");
    case TYPE_SMALLINT: return STR("smallint(6)");
    case TYPE_INT: return STR("int(11)");
    case TYPE_BIGINT: return STR("bigint(20)");
    case TYPE_LARGEINT: return STR("largeint(40)");
    case TYPE_DECIMAL: return str_printf(arena, "decimal(%u, %u)", type.precision, type.scale);
    case TYPE_CHAR: return str_printf(arena, "char(%u)", type.len);
    case TYPE_VARCHAR: return str_printf(arena, "varchar(%u)", type.len);
    case TYPE_VARBINARY:
        if (type.len == TYPE_VARCHAR_MAX) return STR("varbinary");
        return str_printf(arena, "varbinary(%u)", type.len);
    default: return str_lower(arena, str_from(type_name(type.kind)));
    }
}
