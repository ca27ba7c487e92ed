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

bool type_is_nested(TypeKind kind)
{
    return kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_STRUCT;
}

static bool parts_eq(const TypeParts *a, const TypeParts *b)
{
    if (a == b) return true;
    if (a == NULL || b == NULL || a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        if (!type_eq(a->types[i], b->types[i])) return false;
        if (a->names && b->names && !str_eq_nocase(a->names[i], b->names[i])) return false;
    }
    return (a->names == NULL) == (b->names == NULL);
}

bool type_eq(Type a, Type b)
{
    return a.kind == b.kind && a.len == b.len && a.precision == b.precision && a.scale == b.scale &&
           parts_eq(a.parts, b.parts);
}

static Type type_of_parts(Arena *arena, TypeKind kind, const TypeParts *from)
{
    TypeParts *parts = ARENA_NEW(arena, TypeParts);
    Type *types = ARENA_ARRAY(arena, Type, from->count);
    Str *names = from->names ? ARENA_ARRAY(arena, Str, from->count) : NULL;
    for (size_t i = 0; i < from->count; i++) {
        types[i] = type_copy(arena, from->types[i]);
        if (names) names[i] = str_dup(arena, from->names[i]);
    }
    *parts = (TypeParts){from->count, types, names};
    return (Type){.kind = kind, .parts = parts};
}

Type type_array(Arena *arena, Type element)
{
    return type_of_parts(arena, TYPE_ARRAY, &(TypeParts){1, &element, NULL});
}

Type type_map(Arena *arena, Type key, Type value)
{
    Type types[] = {key, value};
    return type_of_parts(arena, TYPE_MAP, &(TypeParts){2, types, NULL});
}

Type type_struct(Arena *arena, const Str *names, const Type *types, size_t count)
{
    return type_of_parts(arena, TYPE_STRUCT, &(TypeParts){count, types, names});
}

Type type_copy(Arena *arena, Type from)
{
    return from.parts ? type_of_parts(arena, from.kind, from.parts) : from;
}

// Names that are no plain word stand in back quotes, so that what is shown can be read again.
static void put_field_name(Buf *out, Str name)
{
    bool is_plain = name.len > 0 && (name.ptr[0] < '0' || name.ptr[0] > '9');
    for (size_t i = 0; i < name.len && is_plain; i++) {
        char c = name.ptr[i];
        is_plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    if (is_plain)
        buf_add(out, name);
    else
        buf_add_quoted(out, name, '`');
    buf_add_byte(out, ' ');
}

// "array<int(11)>", "map<varchar(10),int(11)>", "struct<a int(11), b date>"
static Str nested_text(Arena *arena, Type type)
{
    Buf out = buf_new(arena);
    buf_printf(&out, "%.*s<", STR_ARG(str_lower(arena, str_from(type_name(type.kind)))));
    for (size_t i = 0; i < type.parts->count; i++) {
        if (i > 0) buf_add_z(&out, type.kind == TYPE_STRUCT ? ", " : ",");
        if (type.parts->names) put_field_name(&out, type.parts->names[i]);
        buf_add(&out, type_text(arena, type.parts->types[i]));
    }
    buf_add_byte(&out, '>');
    return buf_str(&out);
}

Str type_text(Arena *arena, Type type)
{
    if (type.parts) return nested_text(arena, type);
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
