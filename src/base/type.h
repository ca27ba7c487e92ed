#ifndef BASE_TYPE_H
#define BASE_TYPE_H
#include "base/str.h"

// StarRocks' column types. The list carries: name in SQL, MySQL protocol type number.
// clang-format off
#define TYPE_LIST(X)                                                           \
    X(NULL, "NULL_TYPE", 6) X(BOOLEAN, "BOOLEAN", 1) X(TINYINT, "TINYINT", 1)  \
    X(SMALLINT, "SMALLINT", 2) X(INT, "INT", 3) X(BIGINT, "BIGINT", 8)         \
    X(LARGEINT, "LARGEINT", 254) X(FLOAT, "FLOAT", 4) X(DOUBLE, "DOUBLE", 5)   \
    X(DECIMAL, "DECIMAL", 246) X(DATE, "DATE", 10) X(DATETIME, "DATETIME", 12) \
    X(TIME, "TIME", 11) X(CHAR, "CHAR", 254) X(VARCHAR, "VARCHAR", 253)        \
    X(VARBINARY, "VARBINARY", 252) X(JSON, "JSON", 254)                        \
    X(BITMAP, "BITMAP", 252) X(HLL, "HLL", 252)                                \
    X(PERCENTILE, "PERCENTILE", 252) X(ARRAY, "ARRAY", 254)                    \
    X(MAP, "MAP", 254) X(STRUCT, "STRUCT", 254)
// clang-format on

typedef enum TypeKind {
#define X(kind, name, number) TYPE_##kind,
    TYPE_LIST(X)
#undef X
        TYPE_COUNT
} TypeKind;

enum {
    TYPE_VARCHAR_MAX = 1048576,  // bytes, StarRocks' largest VARCHAR(n)
    TYPE_STRING_LEN = 65533,     // STRING and TEXT are VARCHAR(65533)
    TYPE_CHAR_MAX = 255,
    TYPE_DECIMAL_MAX_PRECISION = 38,
};

// len: bytes of CHAR/VARCHAR/VARBINARY (VARBINARY without length: TYPE_VARCHAR_MAX).
// precision, scale: DECIMAL only.
// parts: ARRAY, MAP and STRUCT only, else NULL. Immutable; it belongs to the arena that it was made
// in.
typedef struct TypeParts TypeParts;
typedef struct Type {
    TypeKind kind;
    uint32_t len;
    uint8_t precision, scale;
    const TypeParts *parts;
} Type;

struct TypeParts {
    size_t count;       // ARRAY: 1, the elements; MAP: 2, key and value; STRUCT: one per field
    const Type *types;  // [count]
    const Str *names;   // STRUCT: [count], each once whatever the case; else NULL
};

#define TYPE_OF(kind_) ((Type){.kind = TYPE_##kind_})

const char *type_name(TypeKind kind);  // "INT"
int type_mysql_number(TypeKind kind);
bool type_is_integer(TypeKind kind);  // BOOLEAN is not one
bool type_is_numeric(TypeKind kind);  // integers, floats, DECIMAL
bool type_is_text(TypeKind kind);     // CHAR, VARCHAR
bool type_is_nested(TypeKind kind);   // ARRAY, MAP, STRUCT
bool type_eq(Type a, Type b);         // kind, all sizes and parts; names of fields without case
Type type_array(Arena *arena, Type element);
Type type_map(Arena *arena, Type key, Type value);
// `names` and `types` are copied, also their texts and parts.
Type type_struct(Arena *arena, const Str *names, const Type *types, size_t count);
Type type_copy(Arena *arena, Type from);  // deep
// As SHOW CREATE TABLE and DESC print it: "int(11)", "varchar(20)", "decimal(10, 2)", "datetime",
// "array<int(11)>", "map<varchar(10),int(11)>", "struct<a int(11), b date>".
Str type_text(Arena *arena, Type type);

#endif
