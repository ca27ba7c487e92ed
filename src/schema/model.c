/*
 * schema/model: look-ups in plain definitions, and deep copies.
 *
 * Errors  none: NULL or STR_NONE is "not there".   Threads  pure, apart from the arena given.
 */
#include "schema/model.h"
#include "base/ctx.h"
#include "schema/snapcontent.h"

const Schema *table_current_schema(const TableDef *table)
{
    must(table->schema_count > 0);
    return &table->schemas[table->schema_count - 1];
}

const Schema *table_schema(const TableDef *table, uint32_t schema_id)
{
    for (size_t i = 0; i < table->schema_count; i++)
        if (table->schemas[i].id == schema_id) return &table->schemas[i];
    return NULL;
}

const Schema *table_next_schema(const TableDef *table, const Schema *schema)
{
    if (schema->next_id != 0) return table_schema(table, schema->next_id);
    return schema + 1 < table->schemas + table->schema_count ? schema + 1 : NULL;
}

const Column *schema_column(const Schema *schema, uint32_t column_id)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].id == column_id) return &schema->columns[i];
    return NULL;
}

const Column *schema_column_named(const Schema *schema, Str name)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (!schema->columns[i].is_hidden && str_eq_nocase(schema->columns[i].name, name))
            return &schema->columns[i];
    return NULL;
}

const Column *table_partition_column(const TableDef *table, size_t index)
{
    must(index < table->partition_column_count);
    return schema_column(table_current_schema(table), table->partition_columns[index]);
}

Type *table_partition_types(Arena *arena, const TableDef *table)
{
    Type *types = ARENA_ARRAY(arena, Type, table->partition_column_count);
    for (size_t i = 0; i < table->partition_column_count; i++)
        types[i] = table_partition_column(table, i)->type;
    return types;
}

Str properties_get(const Property *properties, size_t count, const char *key)
{
    Str wanted = str_from(key);
    for (size_t i = 0; i < count; i++)
        if (str_eq(properties[i].key, wanted)) return properties[i].value;
    return STR_NONE;
}

static const struct {
    const char *name, *schema_name;
} KEY_KINDS[] = {
    [KEYS_DUPLICATE] = {"DUPLICATE", "DUP_KEYS"},
    [KEYS_AGGREGATE] = {"AGGREGATE", "AGG_KEYS"},
    [KEYS_UNIQUE] = {"UNIQUE", "UNQ_KEYS"},
    [KEYS_PRIMARY] = {"PRIMARY", "PRI_KEYS"},
};

const char *key_kind_text(KeyKind kind)
{
    must(kind <= KEYS_PRIMARY);
    return KEY_KINDS[kind].name;
}

const char *key_kind_schema_text(KeyKind kind)
{
    must(kind <= KEYS_PRIMARY);
    return KEY_KINDS[kind].schema_name;
}

const SnapTable *snap_content_table(const SnapContent *content, Str name)
{
    size_t low = 0, high = content->table_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(content->tables[middle].def->name, name);
        if (order == 0) return &content->tables[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

// --- copies

static Property *copy_properties(Arena *arena, const Property *from, size_t count)
{
    Property *to = ARENA_ARRAY(arena, Property, count);
    for (size_t i = 0; i < count; i++)
        to[i] = (Property){str_dup(arena, from[i].key), str_dup(arena, from[i].value)};
    return to;
}

static uint32_t *copy_ids(Arena *arena, const uint32_t *from, size_t count)
{
    uint32_t *to = ARENA_ARRAY(arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) to[i] = from[i];
    return to;
}

static Bound *copy_bounds(Arena *arena, const Bound *from, size_t count)
{
    Bound *to = ARENA_ARRAY(arena, Bound, count);
    for (size_t i = 0; i < count; i++) to[i] = (Bound){from[i].kind, str_dup(arena, from[i].text)};
    return to;
}

static Schema *copy_schemas(Arena *arena, const Schema *from, size_t count)
{
    Schema *to = ARENA_ARRAY(arena, Schema, count);
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i];
        to[i].columns = ARENA_ARRAY(arena, Column, from[i].column_count);
        for (size_t c = 0; c < from[i].column_count; c++) {
            Column *column = &to[i].columns[c];
            *column = from[i].columns[c];
            column->name = str_dup(arena, column->name);
            column->aggregation = str_dup(arena, column->aggregation);
            column->default_text = str_dup(arena, column->default_text);
            column->comment = str_dup(arena, column->comment);
            column->generated = str_dup(arena, column->generated);
            column->type = type_copy(arena, column->type);
        }
    }
    return to;
}

static IndexDef *copy_indexes(Arena *arena, const IndexDef *from, size_t count)
{
    IndexDef *to = ARENA_ARRAY(arena, IndexDef, count);
    for (size_t i = 0; i < count; i++) {
        to[i] = from[i];
        to[i].name = str_dup(arena, from[i].name);
        to[i].type = str_dup(arena, from[i].type);
        to[i].comment = str_dup(arena, from[i].comment);
        to[i].columns = copy_ids(arena, from[i].columns, from[i].column_count);
        to[i].properties = copy_properties(arena, from[i].properties, from[i].property_count);
    }
    return to;
}

TableDef *table_def_copy(Arena *arena, const TableDef *from)
{
    TableDef *to = ARENA_NEW(arena, TableDef);
    *to = *from;
    to->name = str_dup(arena, from->name);
    to->comment = str_dup(arena, from->comment);
    to->schemas = copy_schemas(arena, from->schemas, from->schema_count);
    to->partition_columns = copy_ids(arena, from->partition_columns, from->partition_column_count);
    to->distribution_columns =
        copy_ids(arena, from->distribution_columns, from->distribution_column_count);
    to->sort_columns = copy_ids(arena, from->sort_columns, from->sort_column_count);
    to->properties = copy_properties(arena, from->properties, from->property_count);
    to->partition_expr = str_dup(arena, from->partition_expr);
    to->indexes = copy_indexes(arena, from->indexes, from->index_count);
    return to;
}

PartitionDef *partition_def_copy(Arena *arena, const PartitionDef *from)
{
    PartitionDef *to = ARENA_NEW(arena, PartitionDef);
    *to = *from;
    to->name = str_dup(arena, from->name);
    to->lower = from->lower ? copy_bounds(arena, from->lower, from->width) : NULL;
    to->upper = from->upper ? copy_bounds(arena, from->upper, from->width) : NULL;
    to->list = from->list ? copy_bounds(arena, from->list, from->list_count * from->width) : NULL;
    to->properties = copy_properties(arena, from->properties, from->property_count);
    return to;
}

DatabaseDef *database_def_copy(Arena *arena, const DatabaseDef *from)
{
    DatabaseDef *to = ARENA_NEW(arena, DatabaseDef);
    *to = *from;
    to->name = str_dup(arena, from->name);
    to->comment = str_dup(arena, from->comment);
    return to;
}

RepositoryDef *repository_def_copy(Arena *arena, const RepositoryDef *from)
{
    RepositoryDef *to = ARENA_NEW(arena, RepositoryDef);
    *to = *from;
    to->name = str_dup(arena, from->name);
    to->location = str_dup(arena, from->location);
    to->broker = str_dup(arena, from->broker);
    to->properties = copy_properties(arena, from->properties, from->property_count);
    return to;
}
