/*
 * engine/cell: values of the engine as the text that clients read.
 *
 * Form    StarRocks' mysql_row_buffer: BOOLEAN 1|0, DATETIME with six digits of fraction or none;
 *         [1,null], {"k":1}, {1:"a"}: texts and dates inside stand in double quotes, JSON in single
 *         ones, and only the quote and the backslash are escaped.
 * Errors  NOT_SUPPORTED for types that neither tables nor files of the dialect hold.
 * Threads one per answer.
 */
#include "engine/cell.h"
#include "base/vec.h"
#include "engine/calendar.h"
#include "engine/number.h"

struct Cell {
    duckdb_type id;       // logical type
    duckdb_type storage;  // of DECIMAL: the integer that holds it
    Type type;
    bool is_largeint;  // UUID that is a LARGEINT at rest
    bool is_json;      // VARCHAR that holds one
    bool is_sketch;    // BLOB that is no text for clients: prints as NULL
    uint8_t scale;
    size_t child_count;
    Cell **children;
    Str *child_names;  // STRUCT
    const void *data;
    const uint64_t *valid;  // NULL: no NULL in the vector
    char text[NUMBER_TEXT_SIZE + CALENDAR_TEXT_SIZE];
};

static const struct {
    duckdb_type id;
    TypeKind kind;
} TYPES[] = {
    {DUCKDB_TYPE_SQLNULL, TYPE_NULL},
    {DUCKDB_TYPE_BOOLEAN, TYPE_BOOLEAN},
    {DUCKDB_TYPE_TINYINT, TYPE_TINYINT},
    {DUCKDB_TYPE_SMALLINT, TYPE_SMALLINT},
    {DUCKDB_TYPE_INTEGER, TYPE_INT},
    {DUCKDB_TYPE_BIGINT, TYPE_BIGINT},
    {DUCKDB_TYPE_UTINYINT, TYPE_SMALLINT},
    {DUCKDB_TYPE_USMALLINT, TYPE_INT},
    {DUCKDB_TYPE_UINTEGER, TYPE_BIGINT},
    {DUCKDB_TYPE_UBIGINT, TYPE_LARGEINT},
    {DUCKDB_TYPE_HUGEINT, TYPE_LARGEINT},
    {DUCKDB_TYPE_FLOAT, TYPE_FLOAT},
    {DUCKDB_TYPE_DOUBLE, TYPE_DOUBLE},
    {DUCKDB_TYPE_DECIMAL, TYPE_DECIMAL},
    {DUCKDB_TYPE_DATE, TYPE_DATE},
    {DUCKDB_TYPE_TIME, TYPE_TIME},
    {DUCKDB_TYPE_TIMESTAMP, TYPE_DATETIME},
    {DUCKDB_TYPE_TIMESTAMP_S, TYPE_DATETIME},
    {DUCKDB_TYPE_TIMESTAMP_MS, TYPE_DATETIME},
    {DUCKDB_TYPE_TIMESTAMP_NS, TYPE_DATETIME},
    {DUCKDB_TYPE_TIMESTAMP_TZ, TYPE_DATETIME},
    {DUCKDB_TYPE_VARCHAR, TYPE_VARCHAR},
    {DUCKDB_TYPE_UUID, TYPE_VARCHAR},
    {DUCKDB_TYPE_BLOB, TYPE_VARBINARY},
    {DUCKDB_TYPE_LIST, TYPE_ARRAY},
    {DUCKDB_TYPE_MAP, TYPE_MAP},
    {DUCKDB_TYPE_STRUCT, TYPE_STRUCT},
};

static void type_end(duckdb_logical_type *type)
{
    duckdb_destroy_logical_type(type);
}

static Rc cell_from_type(Ctx *ctx, duckdb_logical_type logical, Cell **out);

static Rc add_child(Ctx *ctx, Cell *cell, duckdb_logical_type logical)
{
    AUTO(type_end) duckdb_logical_type child = logical;
    TRY(cell_from_type(ctx, child, &cell->children[cell->child_count]));
    cell->child_count++;
    return RC_OK;
}

static Rc add_children(Ctx *ctx, Cell *cell, duckdb_logical_type logical)
{
    if (cell->id == DUCKDB_TYPE_STRUCT) {
        size_t count = duckdb_struct_type_child_count(logical);
        cell->children = ARENA_ARRAY(ctx->arena, Cell *, count);
        cell->child_names = ARENA_ARRAY(ctx->arena, Str, count);
        for (size_t i = 0; i < count; i++) {
            char *name = duckdb_struct_type_child_name(logical, i);
            cell->child_names[i] = str_dup(ctx->arena, str_from(name));
            duckdb_free(name);
            TRY(add_child(ctx, cell, duckdb_struct_type_child_type(logical, i)));
        }
        return RC_OK;
    }
    cell->children = ARENA_ARRAY(ctx->arena, Cell *, 2);
    if (cell->id == DUCKDB_TYPE_LIST)
        return add_child(ctx, cell, duckdb_list_type_child_type(logical));
    TRY(add_child(ctx, cell, duckdb_map_type_key_type(logical)));
    return add_child(ctx, cell, duckdb_map_type_value_type(logical));
}

static Rc cell_from_type(Ctx *ctx, duckdb_logical_type logical, Cell **out)
{
    Cell *cell = ARENA_NEW(ctx->arena, Cell);
    cell->id = cell->storage = duckdb_get_type_id(logical);
    size_t at = 0;
    while (at < COUNT_OF(TYPES) && TYPES[at].id != cell->id) at++;
    if (at == COUNT_OF(TYPES))
        return SAY(ctx, NOT_SUPPORTED, "values of the engine's type %d", (int)cell->id);
    cell->type.kind = TYPES[at].kind;
    if (type_is_text(cell->type.kind)) cell->type.len = TYPE_VARCHAR_MAX;
    if (cell->type.kind == TYPE_VARBINARY) cell->type.len = TYPE_VARCHAR_MAX;
    if (cell->id == DUCKDB_TYPE_DECIMAL) {
        cell->storage = duckdb_decimal_internal_type(logical);
        cell->type.precision = duckdb_decimal_width(logical);
        cell->type.scale = cell->scale = duckdb_decimal_scale(logical);
    }
    bool is_nested = cell->type.kind >= TYPE_ARRAY;
    if (is_nested) TRY(add_children(ctx, cell, logical));
    *out = cell;
    return RC_OK;
}

Rc cell_new(Ctx *ctx, duckdb_result *result, size_t index, Cell **out)
{
    AUTO(type_end) duckdb_logical_type logical = duckdb_column_logical_type(result, index);
    return cell_from_type(ctx, logical, out);
}

Type cell_type(const Cell *cell)
{
    return cell->type;
}

void cell_declare(Cell *cell, Type declared)
{
    const TypeParts *parts = declared.parts;
    cell->is_largeint = declared.kind == TYPE_LARGEINT;
    cell->is_json = declared.kind == TYPE_JSON;
    cell->is_sketch = declared.kind == TYPE_BITMAP || declared.kind == TYPE_HLL ||
                      declared.kind == TYPE_PERCENTILE;
    if (parts == NULL || parts->count != cell->child_count) return;
    for (size_t i = 0; i < parts->count; i++) {
        cell_declare(cell->children[i], parts->types[i]);
        if (parts->names && cell->child_names) cell->child_names[i] = parts->names[i];
    }
}

void cell_set_vector(Cell *cell, duckdb_vector vector)
{
    cell->data = duckdb_vector_get_data(vector);
    cell->valid = duckdb_vector_get_validity(vector);
    if (cell->id == DUCKDB_TYPE_STRUCT) {
        for (size_t i = 0; i < cell->child_count; i++)
            cell_set_vector(cell->children[i], duckdb_struct_vector_get_child(vector, i));
        return;
    }
    if (cell->child_count == 0) return;
    duckdb_vector entries = duckdb_list_vector_get_child(vector);
    if (cell->id == DUCKDB_TYPE_LIST) {
        cell_set_vector(cell->children[0], entries);
        return;
    }
    // A map is a list of structs of key and value.
    for (size_t i = 0; i < 2; i++)
        cell_set_vector(cell->children[i], duckdb_struct_vector_get_child(entries, i));
}

static bool is_null(const Cell *cell, size_t row)
{
    if (cell->id == DUCKDB_TYPE_SQLNULL || cell->is_sketch) return true;
    return cell->valid && !(cell->valid[row / 64] >> (row % 64) & 1);
}

// --- plain values

#define AT(cell, type, row) (((const type *)(cell)->data)[row])

static Int128 int128_at(const Cell *cell, size_t row)
{
    // The engine aligns these to 8 bytes only.
    Int128 value;
    memcpy(&value, (const char *)cell->data + row * sizeof value, sizeof value);
    return value;
}

static Int128 decimal_at(const Cell *cell, size_t row)
{
    switch (cell->storage) {
    case DUCKDB_TYPE_SMALLINT: return AT(cell, int16_t, row);
    case DUCKDB_TYPE_INTEGER: return AT(cell, int32_t, row);
    case DUCKDB_TYPE_BIGINT: return AT(cell, int64_t, row);
    default: return int128_at(cell, row);
    }
}

// Rounds down to microseconds.
static int64_t micros_at(const Cell *cell, size_t row)
{
    int64_t value = AT(cell, int64_t, row);
    switch (cell->id) {
    case DUCKDB_TYPE_TIMESTAMP_S: return value * 1000000;
    case DUCKDB_TYPE_TIMESTAMP_MS: return value * 1000;
    case DUCKDB_TYPE_TIMESTAMP_NS: return value / 1000 - (value % 1000 < 0 ? 1 : 0);
    default: return value;
    }
}

static size_t put_uuid(char *out, Int128 value)
{
    UInt128 bits = (UInt128)value ^ ((UInt128)1 << 127);
    size_t len = 0;
    for (int i = 0; i < 32; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20) out[len++] = '-';
        out[len++] = "0123456789abcdef"[(unsigned)(bits >> (124 - 4 * i)) & 15];
    }
    return len;
}

static size_t put_plain(Cell *cell, size_t row)
{
    char *out = cell->text;
    switch (cell->id) {
    case DUCKDB_TYPE_BOOLEAN: out[0] = AT(cell, bool, row) ? '1' : '0'; return 1;
    case DUCKDB_TYPE_TINYINT: return number_put_i64(out, AT(cell, int8_t, row));
    case DUCKDB_TYPE_SMALLINT: return number_put_i64(out, AT(cell, int16_t, row));
    case DUCKDB_TYPE_INTEGER: return number_put_i64(out, AT(cell, int32_t, row));
    case DUCKDB_TYPE_BIGINT: return number_put_i64(out, AT(cell, int64_t, row));
    case DUCKDB_TYPE_UTINYINT: return number_put_i64(out, AT(cell, uint8_t, row));
    case DUCKDB_TYPE_USMALLINT: return number_put_i64(out, AT(cell, uint16_t, row));
    case DUCKDB_TYPE_UINTEGER: return number_put_i64(out, AT(cell, uint32_t, row));
    case DUCKDB_TYPE_UBIGINT: return number_put_u128(out, AT(cell, uint64_t, row));
    case DUCKDB_TYPE_HUGEINT: return number_put_i128(out, int128_at(cell, row));
    case DUCKDB_TYPE_UUID:
        if (cell->is_largeint) return number_put_i128(out, int128_at(cell, row));
        return put_uuid(out, int128_at(cell, row));
    case DUCKDB_TYPE_FLOAT: return number_put_float(out, AT(cell, float, row));
    case DUCKDB_TYPE_DOUBLE: return number_put_double(out, AT(cell, double, row));
    case DUCKDB_TYPE_DECIMAL: return number_put_decimal(out, decimal_at(cell, row), cell->scale);
    case DUCKDB_TYPE_DATE: return calendar_put_date(out, AT(cell, int32_t, row));
    case DUCKDB_TYPE_TIME: return calendar_put_time(out, AT(cell, int64_t, row));
    default: return calendar_put_datetime(out, micros_at(cell, row));
    }
}

static Str plain_text(Cell *cell, size_t row)
{
    if (cell->id == DUCKDB_TYPE_VARCHAR || cell->id == DUCKDB_TYPE_BLOB)
        return cell_string(&AT(cell, duckdb_string_t, row));
    return (Str){cell->text, put_plain(cell, row)};
}

// --- nested values

static void put_quoted(Buf *out, Str text, char quote)
{
    buf_add_byte(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == '\\') buf_add_byte(out, '\\');
        buf_add_byte(out, text.ptr[i]);
    }
    buf_add_byte(out, quote);
}

static bool is_quoted(const Cell *cell)
{
    TypeKind kind = cell->type.kind;
    if (cell->is_largeint) return false;
    return type_is_text(kind) || kind == TYPE_VARBINARY || kind == TYPE_DATE ||
           kind == TYPE_DATETIME || kind == TYPE_TIME;
}

static void put_nested(Buf *out, Cell *cell, size_t row);

static void put_value(Buf *out, Cell *cell, size_t row)
{
    if (is_null(cell, row)) {
        buf_add_z(out, "null");
    } else if (cell->child_count > 0) {
        put_nested(out, cell, row);
    } else if (is_quoted(cell)) {
        put_quoted(out, plain_text(cell, row), cell->is_json ? '\'' : '"');
    } else {
        buf_add(out, plain_text(cell, row));
    }
}

static void put_struct(Buf *out, Cell *cell, size_t row)
{
    buf_add_byte(out, '{');
    for (size_t i = 0; i < cell->child_count; i++) {
        if (i > 0) buf_add_byte(out, ',');
        put_quoted(out, cell->child_names[i], '"');
        buf_add_byte(out, ':');
        put_value(out, cell->children[i], row);
    }
    buf_add_byte(out, '}');
}

static void put_nested(Buf *out, Cell *cell, size_t row)
{
    if (cell->id == DUCKDB_TYPE_STRUCT) {
        put_struct(out, cell, row);
        return;
    }
    bool is_map = cell->id == DUCKDB_TYPE_MAP;
    duckdb_list_entry entry = AT(cell, duckdb_list_entry, row);
    buf_add_byte(out, is_map ? '{' : '[');
    for (size_t i = 0; i < entry.length; i++) {
        if (i > 0) buf_add_byte(out, ',');
        if (is_map) {
            put_value(out, cell->children[0], entry.offset + i);
            buf_add_byte(out, ':');
        }
        put_value(out, cell->children[is_map ? 1 : 0], entry.offset + i);
    }
    buf_add_byte(out, is_map ? '}' : ']');
}

Str cell_text(Cell *cell, size_t row, Arena *scratch)
{
    if (is_null(cell, row)) return STR_NONE;
    if (cell->child_count == 0) return plain_text(cell, row);
    Buf out = buf_new(scratch);
    put_nested(&out, cell, row);
    return buf_str(&out);
}
