/*
 * exec/files_type: types of columns of files, from how the engine names them.
 *
 * Form    INTEGER, DECIMAL(10,2), T[], T[3], MAP(K, V), STRUCT(a T, "b c" T).
 * Source  the engine's DESCRIBE; what StarRocks would call each. Types that it lacks become texts.
 * Errors  none: a type that is not understood is a text.   Threads  pure.
 */
#include "base/limits.h"
#include "base/vec.h"
#include "exec/files.h"

static const struct {
    Str engine;
    TypeKind kind;
} KINDS[] = {
    {STR_INIT("BOOLEAN"), TYPE_BOOLEAN},
    {STR_INIT("TINYINT"), TYPE_TINYINT},
    {STR_INIT("SMALLINT"), TYPE_SMALLINT},
    {STR_INIT("INTEGER"), TYPE_INT},
    {STR_INIT("BIGINT"), TYPE_BIGINT},
    {STR_INIT("HUGEINT"), TYPE_LARGEINT},
    {STR_INIT("UTINYINT"), TYPE_SMALLINT},
    {STR_INIT("USMALLINT"), TYPE_INT},
    {STR_INIT("UINTEGER"), TYPE_BIGINT},
    {STR_INIT("UBIGINT"), TYPE_LARGEINT},
    {STR_INIT("FLOAT"), TYPE_FLOAT},
    {STR_INIT("DOUBLE"), TYPE_DOUBLE},
    {STR_INIT("DATE"), TYPE_DATE},
    {STR_INIT("TIMESTAMP"), TYPE_DATETIME},
    {STR_INIT("TIMESTAMP_S"), TYPE_DATETIME},
    {STR_INIT("TIMESTAMP_MS"), TYPE_DATETIME},
    {STR_INIT("TIMESTAMP_NS"), TYPE_DATETIME},
    {STR_INIT("TIMESTAMP WITH TIME ZONE"), TYPE_DATETIME},
};

static const Type TEXT = {.kind = TYPE_VARCHAR, .len = TYPE_VARCHAR_MAX};

// "10,2)" behind "DECIMAL("
static Type decimal_of(Str found)
{
    uint64_t precision = 0, scale = 0;
    Str rest = found;
    Str digits = str_cut(&rest, ',');
    Str behind = str_cut(&rest, ')');
    if (!str_to_u64(str_trim(digits), &precision) || !str_to_u64(str_trim(behind), &scale) ||
        precision > TYPE_DECIMAL_MAX_PRECISION || scale > precision)
        return (Type){.kind = TYPE_DECIMAL, .precision = TYPE_DECIMAL_MAX_PRECISION};
    return (Type){.kind = TYPE_DECIMAL, .precision = (uint8_t)precision, .scale = (uint8_t)scale};
}

static Type plain_type(Str found)
{
    for (size_t i = 0; i < COUNT_OF(KINDS); i++)
        if (str_eq(KINDS[i].engine, found)) return (Type){.kind = KINDS[i].kind};
    if (str_starts(found, STR("DECIMAL("))) return decimal_of(str_sub(found, 8, found.len));
    if (str_eq(found, STR("BLOB"))) return (Type){.kind = TYPE_VARBINARY, .len = TYPE_VARCHAR_MAX};
    return TEXT;
}

static bool take(Str *rest, Str prefix)
{
    if (!str_starts(*rest, prefix)) return false;
    *rest = str_sub(*rest, prefix.len, rest->len);
    return true;
}

static bool read_type(Arena *arena, Str *rest, unsigned depth, Type *out);

// a | "b c", quotes inside doubled
static bool read_name(Arena *arena, Str *rest, Str *out)
{
    Buf name = buf_new(arena);
    if (!take(rest, STR("\""))) {
        *out = str_cut(rest, ' ');
        return out->len > 0;
    }
    for (;;) {
        size_t before = rest->len;
        Str part = str_cut(rest, '"');
        if (part.len == before) return false;  // the quote is not closed
        buf_add(&name, part);
        if (!take(rest, STR("\""))) break;
        buf_add_byte(&name, '"');
    }
    *out = buf_str(&name);
    return out->len > 0 && take(rest, STR(" "));
}

static bool read_struct(Arena *arena, Str *rest, unsigned depth, Type *out)
{
    VEC(Str) names = {0};
    VEC(Type) types = {0};
    do {
        Str name;
        Type type;
        if (!read_name(arena, rest, &name) || !read_type(arena, rest, depth, &type)) return false;
        for (size_t i = 0; i < names.len; i++)
            if (str_eq_nocase(names.at[i], name)) return false;
        vec_push(arena, &names, name);
        vec_push(arena, &types, type);
    } while (take(rest, STR(", ")));
    *out = type_struct(arena, names.at, types.at, names.len);
    return take(rest, STR(")"));
}

static bool read_map(Arena *arena, Str *rest, unsigned depth, Type *out)
{
    Type key, value;
    bool is_read = read_type(arena, rest, depth, &key) && take(rest, STR(", ")) &&
                   read_type(arena, rest, depth, &value) && take(rest, STR(")"));
    if (!is_read || key.parts != NULL) return false;
    *out = type_map(arena, key, value);
    return true;
}

static bool read_plain(Str *rest, Type *out)
{
    size_t len = 0;
    if (str_starts(*rest, STR("ENUM("))) return false;
    bool is_decimal = str_starts(*rest, STR("DECIMAL("));
    while (len < rest->len && !strchr(is_decimal ? ")" : ",)[", rest->ptr[len])) len++;
    if (is_decimal && len < rest->len) len++;
    *out = plain_type(str_sub(*rest, 0, len));
    *rest = str_sub(*rest, len, rest->len);
    return len > 0;
}

// One type and what follows it: [] or [n] for each ARRAY around.
static bool read_type(Arena *arena, Str *rest, unsigned depth, Type *out)
{
    bool is_read;
    if (depth >= LIMIT_TYPE_DEPTH) return false;
    if (take(rest, STR("STRUCT(")))
        is_read = read_struct(arena, rest, depth + 1, out);
    else if (take(rest, STR("MAP(")))
        is_read = read_map(arena, rest, depth + 1, out);
    else
        is_read = read_plain(rest, out);
    for (; is_read && take(rest, STR("[")); depth++) {
        uint64_t count;
        Str inside = str_cut(rest, ']');
        is_read = depth < LIMIT_TYPE_DEPTH && (inside.len == 0 || str_to_u64(inside, &count));
        *out = type_array(arena, *out);
    }
    return is_read;
}

Type files_type(Arena *arena, Str found)
{
    Type type;
    Str rest = found;
    bool has_parts = str_starts(found, STR("STRUCT(")) || str_starts(found, STR("MAP(")) ||
                     str_ends(found, STR("]"));
    if (!has_parts) return plain_type(found);
    return read_type(arena, &rest, 0, &type) && rest.len == 0 ? type : TEXT;
}
