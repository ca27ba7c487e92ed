/*
 * schema/json: definitions to JSON and back.
 *
 * Form    docs/FORMAT.md, "Definitions". Ids are numbers, uuids hex digits, enumerations words.
 * Errors  readers: JSON_FIELD, LIMIT_EXCEEDED, with the object's place behind the text. Bytes may
 * come from a repository that somebody else wrote: nothing is believed (INV-12). Threads pure,
 * apart from the Ctx.
 */
#include "schema/json.h"
#include "base/limits.h"
#include "base/map.h"
#include "schema/autopart.h"
#include "schema/keys.h"
#include "schema/names.h"

enum { MAX_SCHEMAS = 10000, MAX_REPLICAS = 32767, MAX_BUCKETS = 1 << 20, MAX_TEXT = 1 << 20 };

static const char *const METHODS[] = {"NONE", "RANGE", "LIST", NULL};
static const char *const DISTRIBUTIONS[] = {"RANDOM", "HASH", NULL};
static const char *const DEFAULTS[] = {"NONE", "NULL", "LITERAL", "CURRENT_TIMESTAMP",
                                       "EXPR", NULL};
static const char *const KEYS[] = {"DUPLICATE", "AGGREGATE", "UNIQUE", "PRIMARY", NULL};
static const char *const BOUNDS[] = {"MIN", "VALUE", "MAX", NULL};
static const char *const AGGREGATIONS[] = {"",          "SUM",          "MAX",
                                           "MIN",       "REPLACE",      "REPLACE_IF_NOT_NULL",
                                           "HLL_UNION", "BITMAP_UNION", "PERCENTILE_UNION",
                                           NULL};

// --- small readers

// Say which object a failing field belongs to.
#define IN(ctx, expr, ...)                               \
    do {                                                 \
        Rc in_rc_ = (expr);                              \
        if (in_rc_ != RC_OK) ctx_hint(ctx, __VA_ARGS__); \
        if (in_rc_ != RC_OK) return in_rc_;              \
    } while (0)

static Rc bad_field(Ctx *ctx, const char *key, const char *expected, Str found)
{
    return FAIL(ctx, JSON_FIELD, key, expected, str_z(ctx->arena, found));
}

Rc json_get_u32(Ctx *ctx, const Json *object, const char *key, uint32_t least, uint32_t *out)
{
    int64_t value = 0;
    TRY(json_get_i64(ctx, object, key, &value));
    if (value < least || value > UINT32_MAX)
        return FAIL(ctx, JSON_FIELD, key, "a number of its range",
                    str_z(ctx->arena, str_printf(ctx->arena, "%lld", (long long)value)));
    *out = (uint32_t)value;
    return RC_OK;
}

// `words` ends with NULL.
static Rc get_word(Ctx *ctx, const Json *object, const char *key, const char *const *words,
                   size_t *out)
{
    Str text;
    TRY(json_get_str(ctx, object, key, &text));
    for (size_t i = 0; words[i]; i++) {
        if (!str_eq(text, str_from(words[i]))) continue;
        *out = i;
        return RC_OK;
    }
    return bad_field(ctx, key, "a known word", text);
}

static Rc get_text(Ctx *ctx, const Json *object, const char *key, size_t most, Str *out)
{
    Str text;
    TRY(json_get_str(ctx, object, key, &text));
    if (text.len > most) return FAIL(ctx, LIMIT_EXCEEDED, key, (long long)most);
    *out = text;
    return RC_OK;
}

static Rc get_name(Ctx *ctx, const Json *object, bool (*is_name)(Str name), Str *out)
{
    Str text;
    TRY(json_get_str(ctx, object, "name", &text));
    if (!is_name(text)) return bad_field(ctx, "name", "an allowed name", text);
    *out = text;
    return RC_OK;
}

static Rc get_list(Ctx *ctx, const Json *object, const char *key, size_t most, const Json **out)
{
    TRY(json_get_array(ctx, object, key, out));
    if ((*out)->count > most) return FAIL(ctx, LIMIT_EXCEEDED, key, (long long)most);
    return RC_OK;
}

// Ids are handed out up to INT64_MAX; 0 is none.
static Rc get_id(Ctx *ctx, const Json *object, const char *key, uint64_t *out)
{
    int64_t value = 0;
    TRY(json_get_i64(ctx, object, key, &value));
    if (value < 0) return FAIL(ctx, JSON_FIELD, key, "an id", "a negative number");
    *out = (uint64_t)value;
    return RC_OK;
}

static Rc get_time(Ctx *ctx, const Json *object, const char *key, int64_t *out)
{
    int64_t value = 0;
    TRY(json_get_i64(ctx, object, key, &value));
    if (value < 0)
        return FAIL(ctx, JSON_FIELD, key, "milliseconds since 1970", "a negative number");
    *out = value;
    return RC_OK;
}

// Members that came after format 1 are written only where they say something.
static Rc get_text_or_empty(Ctx *ctx, const Json *object, const char *key, Str *out)
{
    *out = STR("");
    return json_member(object, key) ? get_text(ctx, object, key, MAX_TEXT, out) : RC_OK;
}

static Rc get_bool_or_false(Ctx *ctx, const Json *object, const char *key, bool *out)
{
    *out = false;
    return json_member(object, key) ? json_get_bool(ctx, object, key, out) : RC_OK;
}

static void put_text_if_any(JsonWriter *w, const char *key, Str text)
{
    if (text.len > 0) json_put_str(w, key, text);
}

static void put_bool_if_true(JsonWriter *w, const char *key, bool value)
{
    if (value) json_put_bool(w, key, true);
}

static Rc need_object(Ctx *ctx, const Json *json, const char *what)
{
    return json && json->kind == J_OBJECT
               ? RC_OK
               : FAIL(ctx, JSON_FIELD, what, "an object", "another kind");
}

// --- properties: [["key","value"], ..]; order is kept, keys are unique

static void put_properties(JsonWriter *w, const Property *properties, size_t count)
{
    json_open(w, "properties", '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '[');
        json_put_str(w, NULL, properties[i].key);
        json_put_str(w, NULL, properties[i].value);
        json_close(w, ']');
    }
    json_close(w, ']');
}

static Rc get_properties(Ctx *ctx, const Json *object, Property **out, size_t *count)
{
    const Json *list = NULL;
    TRY(get_list(ctx, object, "properties", LIMIT_PROPERTIES, &list));
    Property *properties = ARENA_ARRAY(ctx->arena, Property, list->count);
    Map seen = map_new(ctx->arena);
    for (size_t i = 0; i < list->count; i++) {
        const Json *pair = &list->items[i];
        bool is_pair = pair->kind == J_ARRAY && pair->count == 2 &&
                       pair->items[0].kind == J_STRING && pair->items[1].kind == J_STRING;
        if (!is_pair)
            return FAIL(ctx, JSON_FIELD, "properties", "pairs of texts", "something else");
        properties[i] = (Property){pair->items[0].string, pair->items[1].string};
        if (properties[i].key.len == 0 || map_get(&seen, properties[i].key))
            return bad_field(ctx, "properties", "each key once", properties[i].key);
        map_put(&seen, properties[i].key, &properties[i]);
    }
    *out = properties;
    *count = list->count;
    return RC_OK;
}

// --- columns and schemas

static void put_type(JsonWriter *w, Type type)
{
    json_put_str(w, "type", str_from(type_name(type.kind)));
    json_put_u64(w, "len", type.len);
    json_put_u64(w, "precision", type.precision);
    json_put_u64(w, "scale", type.scale);
    if (type.parts == NULL) return;
    json_open(w, "parts", '[');
    for (size_t i = 0; i < type.parts->count; i++) {
        json_open(w, NULL, '{');
        if (type.parts->names) json_put_str(w, "name", type.parts->names[i]);
        put_type(w, type.parts->types[i]);
        json_close(w, '}');
    }
    json_close(w, ']');
}

static void put_column(JsonWriter *w, const Column *column)
{
    json_open(w, NULL, '{');
    json_put_u64(w, "id", column->id);
    json_put_u64(w, "file_id", column->file_id);
    json_put_str(w, "name", column->name);
    put_type(w, column->type);
    json_put_bool(w, "is_key", column->is_key);
    json_put_bool(w, "is_nullable", column->is_nullable);
    json_put_str(w, "aggregation", column->aggregation.ptr ? column->aggregation : STR(""));
    json_put_str(w, "default_kind", str_from(DEFAULTS[column->default_kind]));
    json_put_str(w, "default_text", column->default_text.ptr ? column->default_text : STR(""));
    json_put_str(w, "comment", column->comment.ptr ? column->comment : STR(""));
    put_bool_if_true(w, "is_auto_increment", column->is_auto_increment);
    put_bool_if_true(w, "is_hidden", column->is_hidden);
    put_text_if_any(w, "generated", column->generated);
    json_close(w, '}');
}

// Sizes are there only where the type has them, so that equal types have equal bytes.
static bool is_type_whole(Type type)
{
    bool has_len = type_is_text(type.kind) || type.kind == TYPE_VARBINARY;
    uint32_t most = type.kind == TYPE_CHAR ? TYPE_CHAR_MAX : TYPE_VARCHAR_MAX;
    if (has_len ? type.len < 1 || type.len > most : type.len != 0) return false;
    if (type.kind != TYPE_DECIMAL) return type.precision == 0 && type.scale == 0;
    return type.precision >= 1 && type.precision <= TYPE_DECIMAL_MAX_PRECISION &&
           type.scale <= type.precision;
}

static bool is_stored_type(TypeKind kind)
{
    return kind >= TYPE_BOOLEAN && kind < TYPE_COUNT && kind != TYPE_TIME;
}

static Rc get_type(Ctx *ctx, const Json *json, unsigned depth, Type *out);

static bool is_part_count(TypeKind kind, size_t count)
{
    return kind == TYPE_ARRAY ? count == 1 : kind == TYPE_MAP ? count == 2 : count >= 1;
}

// `type` has the kind ARRAY, MAP or STRUCT.
static Rc get_parts(Ctx *ctx, const Json *json, unsigned depth, Type *type)
{
    const Json *list = NULL;
    if (depth >= LIMIT_TYPE_DEPTH)
        return FAIL(ctx, LIMIT_EXCEEDED, "parts", (long long)LIMIT_TYPE_DEPTH);
    TRY(get_list(ctx, json, "parts", LIMIT_COLUMNS, &list));
    if (!is_part_count(type->kind, list->count))
        return bad_field(ctx, "parts", "as many as the type needs", STR("others"));
    Type *types = ARENA_ARRAY(ctx->arena, Type, list->count);
    Str *names = ARENA_ARRAY(ctx->arena, Str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        TRY(need_object(ctx, &list->items[i], "parts"));
        TRY(get_type(ctx, &list->items[i], depth + 1, &types[i]));
        if (type->kind != TYPE_STRUCT) continue;
        TRY(get_name(ctx, &list->items[i], name_is_column, &names[i]));
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(names[k], names[i]))
                return bad_field(ctx, "name", "each field once", names[i]);
    }
    if (type->kind == TYPE_ARRAY) *type = type_array(ctx->arena, types[0]);
    if (type->kind == TYPE_MAP) *type = type_map(ctx->arena, types[0], types[1]);
    if (type->kind == TYPE_STRUCT) *type = type_struct(ctx->arena, names, types, list->count);
    return RC_OK;
}

static Rc get_type(Ctx *ctx, const Json *json, unsigned depth, Type *out)
{
    Str name;
    uint32_t len = 0, precision = 0, scale = 0;
    Type type = {0};
    TRY(json_get_str(ctx, json, "type", &name));
    TRY(json_get_u32(ctx, json, "len", 0, &len));
    TRY(json_get_u32(ctx, json, "precision", 0, &precision));
    TRY(json_get_u32(ctx, json, "scale", 0, &scale));
    for (TypeKind kind = 0; kind < TYPE_COUNT; kind++)
        if (str_eq(name, str_from(type_name(kind)))) type.kind = kind;
    if (!is_stored_type(type.kind)) return bad_field(ctx, "type", "a type that tables store", name);
    if (precision > UINT8_MAX || scale > UINT8_MAX)
        return bad_field(ctx, "precision", "at most 38", STR("more"));
    type.len = len;
    type.precision = (uint8_t)precision;
    type.scale = (uint8_t)scale;
    if (!is_type_whole(type))
        return bad_field(ctx, "len, precision, scale", "as the type needs", name);
    if (type_is_nested(type.kind)) TRY(get_parts(ctx, json, depth, &type));
    *out = type;
    return RC_OK;
}

static Rc get_column(Ctx *ctx, const Json *json, Column *out)
{
    size_t default_kind = 0, aggregation = 0;
    TRY(need_object(ctx, json, "columns"));
    TRY(json_get_u32(ctx, json, "id", 1, &out->id));
    TRY(json_get_u32(ctx, json, "file_id", 1, &out->file_id));
    if (out->file_id > INT32_MAX)
        return bad_field(ctx, "file_id", "a Parquet field id", STR("more"));
    TRY(get_name(ctx, json, name_is_column, &out->name));
    IN(ctx, get_type(ctx, json, 0, &out->type), " (column %.*s)", STR_ARG(out->name));
    TRY(json_get_bool(ctx, json, "is_key", &out->is_key));
    TRY(json_get_bool(ctx, json, "is_nullable", &out->is_nullable));
    TRY(get_word(ctx, json, "aggregation", AGGREGATIONS, &aggregation));
    out->aggregation = str_from(AGGREGATIONS[aggregation]);
    TRY(get_word(ctx, json, "default_kind", DEFAULTS, &default_kind));
    out->default_kind = (DefaultKind)default_kind;
    TRY(get_text(ctx, json, "default_text", MAX_TEXT, &out->default_text));
    TRY(get_text(ctx, json, "comment", MAX_TEXT, &out->comment));
    TRY(get_bool_or_false(ctx, json, "is_auto_increment", &out->is_auto_increment));
    TRY(get_bool_or_false(ctx, json, "is_hidden", &out->is_hidden));
    TRY(get_text_or_empty(ctx, json, "generated", &out->generated));
    if (out->is_auto_increment && out->type.kind != TYPE_BIGINT)
        return bad_field(ctx, "is_auto_increment", "false but on BIGINT", out->name);
    if (out->is_key && out->aggregation.len > 0)
        return bad_field(ctx, "aggregation", "none on a key column", out->aggregation);
    return RC_OK;
}

// Which ids and names a list has used already.
typedef struct Seen {
    Map ids, names, file_ids;
} Seen;

static Seen seen_new(Arena *arena)
{
    return (Seen){map_new(arena), map_new(arena), map_new(arena)};
}

static bool seen_add(Map *map, Str key)
{
    static char present[1];
    if (map_get(map, key)) return false;
    map_put(map, key, present);
    return true;
}

static bool seen_add_id(Arena *arena, Map *map, uint64_t id)
{
    return seen_add(map, str_printf(arena, "%llu", (unsigned long long)id));
}

static Rc get_schema(Ctx *ctx, const Json *json, const TableDef *table, Schema *out)
{
    const Json *list = NULL;
    bool was_value = false;
    TRY(need_object(ctx, json, "schemas"));
    TRY(json_get_u32(ctx, json, "id", 1, &out->id));
    if (json_member(json, "next")) TRY(json_get_u32(ctx, json, "next", 1, &out->next_id));
    TRY(get_list(ctx, json, "columns", LIMIT_COLUMNS, &list));
    if (list->count == 0) return FAIL(ctx, JSON_FIELD, "columns", "at least one", "none");
    out->columns = ARENA_ARRAY(ctx->arena, Column, list->count);
    out->column_count = list->count;
    Seen seen = seen_new(ctx->arena);
    for (size_t i = 0; i < list->count; i++) {
        Column *column = &out->columns[i];
        IN(ctx, get_column(ctx, &list->items[i], column), " in column %zu", i + 1);
        if (column->id >= table->next_column_id || !seen_add_id(ctx->arena, &seen.ids, column->id))
            return bad_field(ctx, "id", "an id of one column below next_column_id", column->name);
        if (!seen_add_id(ctx->arena, &seen.file_ids, column->file_id))
            return bad_field(ctx, "file_id", "each field id once", column->name);
        if (!seen_add(&seen.names, str_lower(ctx->arena, column->name)))
            return bad_field(ctx, "name", "each column name once", column->name);
        if (column->is_key && was_value)
            return bad_field(ctx, "is_key", "key columns first", column->name);
        was_value |= !column->is_key;
    }
    return RC_OK;
}

static void put_schemas(JsonWriter *w, const TableDef *table)
{
    json_open(w, "schemas", '[');
    for (size_t i = 0; i < table->schema_count; i++) {
        json_open(w, NULL, '{');
        json_put_u64(w, "id", table->schemas[i].id);
        if (table->schemas[i].next_id != 0) json_put_u64(w, "next", table->schemas[i].next_id);
        json_open(w, "columns", '[');
        for (size_t c = 0; c < table->schemas[i].column_count; c++)
            put_column(w, &table->schemas[i].columns[c]);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
}

// A schema is followed by one behind it, so that every way ends at the current one.
static Rc check_next(Ctx *ctx, const TableDef *table)
{
    for (size_t i = 0; i < table->schema_count; i++) {
        const Schema *schema = &table->schemas[i], *next = table_next_schema(table, schema);
        if (schema->next_id != 0 && (!next || next <= schema))
            return FAIL(ctx, JSON_FIELD, "next", "a schema behind this one",
                        str_z(ctx->arena, str_printf(ctx->arena, "%u", schema->next_id)));
    }
    return RC_OK;
}

static Rc get_schemas(Ctx *ctx, const Json *json, TableDef *table)
{
    const Json *list = NULL;
    TRY(get_list(ctx, json, "schemas", MAX_SCHEMAS, &list));
    if (list->count == 0) return FAIL(ctx, JSON_FIELD, "schemas", "at least one", "none");
    table->schemas = ARENA_ARRAY(ctx->arena, Schema, list->count);
    table->schema_count = list->count;
    Seen seen = seen_new(ctx->arena);
    for (size_t i = 0; i < list->count; i++) {
        Schema *schema = &table->schemas[i];
        IN(ctx, get_schema(ctx, &list->items[i], table, schema), " of schema %zu", i + 1);
        if (schema->id >= table->next_schema_id || !seen_add_id(ctx->arena, &seen.ids, schema->id))
            return FAIL(ctx, JSON_FIELD, "schemas", "ids of one schema below next_schema_id",
                        str_z(ctx->arena, str_printf(ctx->arena, "%u", schema->id)));
    }
    return check_next(ctx, table);
}

// --- lists of column ids of the current schema

typedef struct IdList {
    uint32_t *ids;
    size_t count;
} IdList;

static void put_ids(JsonWriter *w, const char *key, const uint32_t *ids, size_t count)
{
    json_open(w, key, '[');
    for (size_t i = 0; i < count; i++) json_put_u64(w, NULL, ids[i]);
    json_close(w, ']');
}

static Rc get_ids(Ctx *ctx, const Json *json, const char *key, const TableDef *table, IdList *out)
{
    const Json *list = NULL;
    TRY(get_list(ctx, json, key, LIMIT_COLUMNS, &list));
    uint32_t *ids = ARENA_ARRAY(ctx->arena, uint32_t, list->count);
    Map seen = map_new(ctx->arena);
    for (size_t i = 0; i < list->count; i++) {
        int64_t id = list->items[i].kind == J_INT ? list->items[i].integer : -1;
        bool is_column = id >= 1 && id <= UINT32_MAX &&
                         schema_column(table_current_schema(table), (uint32_t)id) != NULL;
        if (!is_column || !seen_add_id(ctx->arena, &seen, (uint64_t)id))
            return FAIL(ctx, JSON_FIELD, key, "ids of columns, each once", "something else");
        ids[i] = (uint32_t)id;
    }
    *out = (IdList){ids, list->count};
    return RC_OK;
}

// --- indexes

static void put_indexes(JsonWriter *w, const TableDef *table)
{
    if (table->index_count == 0) return;
    json_open(w, "indexes", '[');
    for (size_t i = 0; i < table->index_count; i++) {
        const IndexDef *index = &table->indexes[i];
        json_open(w, NULL, '{');
        json_put_str(w, "name", index->name);
        put_ids(w, "columns", index->columns, index->column_count);
        json_put_str(w, "type", index->type);
        put_properties(w, index->properties, index->property_count);
        json_put_str(w, "comment", index->comment.ptr ? index->comment : STR(""));
        json_close(w, '}');
    }
    json_close(w, ']');
}

static const char *const INDEX_TYPES[] = {"BITMAP", "NGRAMBF", "GIN", "VECTOR", NULL};

static Rc get_index(Ctx *ctx, const Json *json, const TableDef *table, IndexDef *out)
{
    size_t type = 0;
    IdList columns = {0};
    TRY(need_object(ctx, json, "indexes"));
    TRY(get_name(ctx, json, name_is_column, &out->name));
    TRY(get_ids(ctx, json, "columns", table, &columns));
    if (columns.count == 0) return bad_field(ctx, "columns", "at least one", STR("none"));
    out->columns = columns.ids;
    out->column_count = columns.count;
    TRY(get_word(ctx, json, "type", INDEX_TYPES, &type));
    out->type = str_from(INDEX_TYPES[type]);
    TRY(get_properties(ctx, json, &out->properties, &out->property_count));
    return get_text(ctx, json, "comment", MAX_TEXT, &out->comment);
}

static Rc get_indexes(Ctx *ctx, const Json *json, TableDef *table)
{
    const Json *list = NULL;
    if (!json_member(json, "indexes")) return RC_OK;
    TRY(get_list(ctx, json, "indexes", LIMIT_COLUMNS, &list));
    table->indexes = ARENA_ARRAY(ctx->arena, IndexDef, list->count);
    table->index_count = list->count;
    Seen seen = seen_new(ctx->arena);
    for (size_t i = 0; i < list->count; i++) {
        IndexDef *index = &table->indexes[i];
        TRY(get_index(ctx, &list->items[i], table, index));
        if (!seen_add(&seen.names, str_lower(ctx->arena, index->name)))
            return bad_field(ctx, "name", "each index name once", index->name);
    }
    return RC_OK;
}

// --- tables

void table_def_to_json(JsonWriter *w, const char *key, const TableDef *table)
{
    json_open(w, key, '{');
    json_put_u64(w, "id", table->id);
    json_put_hex(w, "line", table->line.bytes, sizeof(table->line.bytes));
    json_put_str(w, "name", table->name);
    json_put_str(w, "comment", table->comment.ptr ? table->comment : STR(""));
    json_put_str(w, "keys", str_from(KEYS[table->keys]));
    json_put_u64(w, "next_column_id", table->next_column_id);
    json_put_u64(w, "next_schema_id", table->next_schema_id);
    put_schemas(w, table);
    json_put_str(w, "partition_method", str_from(METHODS[table->method]));
    put_ids(w, "partition_columns", table->partition_columns, table->partition_column_count);
    put_bool_if_true(w, "is_auto_partitioned", table->is_auto_partitioned);
    put_text_if_any(w, "partition_expr", table->partition_expr);
    json_put_str(w, "distribution", str_from(DISTRIBUTIONS[table->distribution]));
    put_ids(w, "distribution_columns", table->distribution_columns,
            table->distribution_column_count);
    json_put_u64(w, "bucket_num", table->bucket_num);
    put_ids(w, "sort_columns", table->sort_columns, table->sort_column_count);
    put_properties(w, table->properties, table->property_count);
    put_indexes(w, table);
    json_put_i64(w, "created_ms", table->created_ms);
    json_close(w, '}');
}

static Rc check_partitioning(Ctx *ctx, const TableDef *table)
{
    if ((table->method == PARTITION_NONE) != (table->partition_column_count == 0))
        return bad_field(ctx, "partition_columns", "as many as the method needs", STR("others"));
    for (size_t i = 0; i < table->partition_column_count; i++)
        TRY(bound_check_column(ctx, table->method, table_partition_column(table, i)));
    return RC_OK;
}

static Rc get_layout(Ctx *ctx, const Json *json, TableDef *table)
{
    size_t method = 0, distribution = 0;
    IdList partition = {0}, distributed = {0}, sorted = {0};
    TRY(get_word(ctx, json, "partition_method", METHODS, &method));
    table->method = (PartitionMethod)method;
    TRY(get_ids(ctx, json, "partition_columns", table, &partition));
    table->partition_columns = partition.ids;
    table->partition_column_count = partition.count;
    TRY(check_partitioning(ctx, table));
    TRY(get_bool_or_false(ctx, json, "is_auto_partitioned", &table->is_auto_partitioned));
    TRY(get_text_or_empty(ctx, json, "partition_expr", &table->partition_expr));
    AutoUnit unit;
    if (table->partition_expr.len > 0 &&
        (table->method != PARTITION_RANGE || table->partition_column_count != 1 ||
         !auto_unit_parse(table->partition_expr, &unit)))
        return bad_field(ctx, "partition_expr", "a unit of time of a RANGE by one column",
                         table->partition_expr);
    TRY(get_word(ctx, json, "distribution", DISTRIBUTIONS, &distribution));
    table->distribution = (DistributionKind)distribution;
    TRY(get_ids(ctx, json, "distribution_columns", table, &distributed));
    table->distribution_columns = distributed.ids;
    table->distribution_column_count = distributed.count;
    if ((table->distribution == DISTRIBUTION_HASH) != (table->distribution_column_count > 0))
        return bad_field(ctx, "distribution_columns", "as many as the kind needs", STR("others"));
    TRY(json_get_u32(ctx, json, "bucket_num", 0, &table->bucket_num));
    if (table->bucket_num > MAX_BUCKETS)
        return FAIL(ctx, LIMIT_EXCEEDED, "bucket_num", (long long)MAX_BUCKETS);
    TRY(get_ids(ctx, json, "sort_columns", table, &sorted));
    table->sort_columns = sorted.ids;
    table->sort_column_count = sorted.count;
    return RC_OK;
}

static Rc read_table(Ctx *ctx, const Json *json, TableDef *table)
{
    size_t keys = 0;
    TRY(get_id(ctx, json, "id", &table->id));
    TRY(json_get_hex(ctx, json, "line", table->line.bytes, sizeof(table->line.bytes)));
    TRY(get_text(ctx, json, "comment", MAX_TEXT, &table->comment));
    TRY(get_word(ctx, json, "keys", KEYS, &keys));
    table->keys = (KeyKind)keys;
    TRY(json_get_u32(ctx, json, "next_column_id", 2, &table->next_column_id));
    TRY(json_get_u32(ctx, json, "next_schema_id", 2, &table->next_schema_id));
    TRY(get_schemas(ctx, json, table));
    TRY(get_layout(ctx, json, table));
    TRY(keys_check(ctx, table));
    TRY(get_properties(ctx, json, &table->properties, &table->property_count));
    TRY(get_indexes(ctx, json, table));
    return get_time(ctx, json, "created_ms", &table->created_ms);
}

Rc table_def_from_json(Ctx *ctx, const Json *json, TableDef **out)
{
    TableDef *table = ARENA_NEW(ctx->arena, TableDef);
    TRY(need_object(ctx, json, "table"));
    IN(ctx, get_name(ctx, json, name_is_table, &table->name), " in a table");
    IN(ctx, read_table(ctx, json, table), " in table %.*s", STR_ARG(table->name));
    *out = table;
    return RC_OK;
}

// --- partitions

static void put_bounds(JsonWriter *w, const char *key, const Bound *bounds, size_t count)
{
    json_open(w, key, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(w, NULL, '{');
        json_put_str(w, "kind", str_from(BOUNDS[bounds[i].kind]));
        if (bounds[i].kind == BOUND_VALUE) json_put_str(w, "value", bounds[i].text);
        json_close(w, '}');
    }
    json_close(w, ']');
}

// Values must be in the form that bound_normalise gives: comparisons rely on it.
static Rc get_bound(Ctx *ctx, const Json *json, Type type, Bound *out)
{
    size_t kind = 0;
    Str text = STR_NONE, normal = STR_NONE;
    TRY(need_object(ctx, json, "bound"));
    TRY(get_word(ctx, json, "kind", BOUNDS, &kind));
    *out = (Bound){(BoundKind)kind, STR_NONE};
    if (out->kind != BOUND_VALUE) return RC_OK;
    TRY(get_text(ctx, json, "value", MAX_TEXT, &text));
    TRY(bound_normalise(ctx, type, text, &normal));
    if (!str_eq(text, normal)) return bad_field(ctx, "value", str_z(ctx->arena, normal), text);
    out->text = text;
    return RC_OK;
}

static Rc get_bounds(Ctx *ctx, const Json *json, const char *key, const TableDef *table,
                     Bound **out)
{
    const Json *list = NULL;
    TRY(get_list(ctx, json, key, LIMIT_COLUMNS, &list));
    if (list->count != table->partition_column_count)
        return FAIL(ctx, JSON_FIELD, key, "one bound for each partition column", "another number");
    Bound *bounds = ARENA_ARRAY(ctx->arena, Bound, list->count);
    for (size_t i = 0; i < list->count; i++) {
        Type type = table_partition_column(table, i)->type;
        IN(ctx, get_bound(ctx, &list->items[i], type, &bounds[i]), " in %s", key);
    }
    *out = bounds;
    return RC_OK;
}

static Rc get_values(Ctx *ctx, const Json *json, const TableDef *table, PartitionDef *partition)
{
    const Json *list = NULL;
    TRY(get_list(ctx, json, "values", LIMIT_SQL_LIST, &list));
    if (list->count == 0) return FAIL(ctx, JSON_FIELD, "values", "at least one row", "none");
    partition->list = ARENA_ARRAY(ctx->arena, Bound, list->count * partition->width);
    partition->list_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        const Json *row = &list->items[i];
        if (row->kind != J_ARRAY || row->count != partition->width)
            return FAIL(ctx, JSON_FIELD, "values", "rows of one text for each column", "others");
        for (size_t c = 0; c < partition->width; c++) {
            Bound *bound = &partition->list[i * partition->width + c];
            Str normal;
            *bound = (Bound){BOUND_VALUE, STR_NONE};
            if (row->items[c].kind == J_NULL) continue;
            if (row->items[c].kind != J_STRING)
                return FAIL(ctx, JSON_FIELD, "values", "texts or nulls", "another kind");
            *bound = (Bound){BOUND_VALUE, row->items[c].string};
            TRY(bound_normalise(ctx, table_partition_column(table, c)->type, bound->text, &normal));
            if (!str_eq(bound->text, normal))
                return bad_field(ctx, "values", str_z(ctx->arena, normal), bound->text);
        }
    }
    return RC_OK;
}

static void put_values(JsonWriter *w, const PartitionDef *partition)
{
    json_open(w, "values", '[');
    for (size_t i = 0; i < partition->list_count; i++) {
        json_open(w, NULL, '[');
        for (size_t c = 0; c < partition->width; c++)
            json_put_str(w, NULL, partition->list[i * partition->width + c].text);
        json_close(w, ']');
    }
    json_close(w, ']');
}

void partition_def_to_json(JsonWriter *w, const char *key, const PartitionDef *partition)
{
    json_open(w, key, '{');
    json_put_u64(w, "id", partition->id);
    json_put_str(w, "name", partition->name);
    if (partition->lower) put_bounds(w, "lower", partition->lower, partition->width);
    if (partition->upper) put_bounds(w, "upper", partition->upper, partition->width);
    if (partition->list) put_values(w, partition);
    json_put_u64(w, "replication_num", partition->replication_num);
    json_put_u64(w, "bucket_num", partition->bucket_num);
    put_properties(w, partition->properties, partition->property_count);
    json_put_bool(w, "is_temporary", partition->is_temporary);
    if (partition->exempt_until_ms > 0)
        json_put_i64(w, "exempt_until_ms", partition->exempt_until_ms);
    json_close(w, '}');
}

// The only partition of an unpartitioned table carries the table's name.
static bool is_partition_or_table(Str name)
{
    return name_is_partition(name) || name_is_table(name);
}

static Rc read_partition(Ctx *ctx, const Json *json, const TableDef *table, PartitionDef *partition)
{
    TRY(get_id(ctx, json, "id", &partition->id));
    partition->width = table->partition_column_count;
    if (table->method == PARTITION_RANGE) {
        TRY(get_bounds(ctx, json, "lower", table, &partition->lower));
        TRY(get_bounds(ctx, json, "upper", table, &partition->upper));
        TRY(range_check(ctx, table, partition));
    }
    if (table->method == PARTITION_LIST) {
        const PartitionDef *alone = partition;
        TRY(get_values(ctx, json, table, partition));
        TRY(partitions_check(ctx, table, &alone, 1));
    }
    TRY(json_get_u32(ctx, json, "replication_num", 1, &partition->replication_num));
    TRY(json_get_u32(ctx, json, "bucket_num", 0, &partition->bucket_num));
    if (partition->replication_num > MAX_REPLICAS)
        return FAIL(ctx, LIMIT_EXCEEDED, "replication_num", (long long)MAX_REPLICAS);
    if (partition->bucket_num > MAX_BUCKETS)
        return FAIL(ctx, LIMIT_EXCEEDED, "bucket_num", (long long)MAX_BUCKETS);
    TRY(get_properties(ctx, json, &partition->properties, &partition->property_count));
    if (json_member(json, "exempt_until_ms"))
        TRY(get_time(ctx, json, "exempt_until_ms", &partition->exempt_until_ms));
    return json_get_bool(ctx, json, "is_temporary", &partition->is_temporary);
}

Rc partition_def_from_json(Ctx *ctx, const Json *json, const TableDef *table, PartitionDef **out)
{
    PartitionDef *partition = ARENA_NEW(ctx->arena, PartitionDef);
    bool is_free = table->method == PARTITION_NONE;
    TRY(need_object(ctx, json, "partition"));
    IN(ctx,
       get_name(ctx, json, is_free ? is_partition_or_table : name_is_partition, &partition->name),
       " in a partition of table %.*s", STR_ARG(table->name));
    IN(ctx, read_partition(ctx, json, table, partition), " in partition %.*s of table %.*s",
       STR_ARG(partition->name), STR_ARG(table->name));
    *out = partition;
    return RC_OK;
}

// --- databases and repositories

void database_def_to_json(JsonWriter *w, const char *key, const DatabaseDef *database)
{
    json_open(w, key, '{');
    json_put_u64(w, "id", database->id);
    json_put_str(w, "name", database->name);
    json_put_str(w, "comment", database->comment.ptr ? database->comment : STR(""));
    json_put_i64(w, "created_ms", database->created_ms);
    json_close(w, '}');
}

Rc database_def_from_json(Ctx *ctx, const Json *json, DatabaseDef **out)
{
    DatabaseDef *database = ARENA_NEW(ctx->arena, DatabaseDef);
    TRY(need_object(ctx, json, "database"));
    TRY(get_id(ctx, json, "id", &database->id));
    TRY(get_name(ctx, json, name_is_database, &database->name));
    TRY(get_text(ctx, json, "comment", MAX_TEXT, &database->comment));
    TRY(get_time(ctx, json, "created_ms", &database->created_ms));
    *out = database;
    return RC_OK;
}

void repository_def_to_json(JsonWriter *w, const char *key, const RepositoryDef *repository)
{
    json_open(w, key, '{');
    json_put_u64(w, "id", repository->id);
    json_put_str(w, "name", repository->name);
    json_put_hex(w, "uuid", repository->uuid.bytes, sizeof(repository->uuid.bytes));
    json_put_str(w, "location", repository->location);
    json_put_str(w, "broker", repository->broker.ptr ? repository->broker : STR(""));
    json_put_bool(w, "is_read_only", repository->is_read_only);
    put_properties(w, repository->properties, repository->property_count);
    json_put_i64(w, "created_ms", repository->created_ms);
    json_close(w, '}');
}

Rc repository_def_from_json(Ctx *ctx, const Json *json, RepositoryDef **out)
{
    RepositoryDef *repository = ARENA_NEW(ctx->arena, RepositoryDef);
    TRY(need_object(ctx, json, "repository"));
    TRY(get_id(ctx, json, "id", &repository->id));
    TRY(get_name(ctx, json, name_is_repository, &repository->name));
    TRY(json_get_hex(ctx, json, "uuid", repository->uuid.bytes, sizeof(repository->uuid.bytes)));
    TRY(get_text(ctx, json, "location", MAX_TEXT, &repository->location));
    TRY(get_text(ctx, json, "broker", MAX_TEXT, &repository->broker));
    TRY(json_get_bool(ctx, json, "is_read_only", &repository->is_read_only));
    TRY(get_properties(ctx, json, &repository->properties, &repository->property_count));
    TRY(get_time(ctx, json, "created_ms", &repository->created_ms));
    *out = repository;
    return RC_OK;
}
