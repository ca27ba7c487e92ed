/*
 * schema/keys: rules between the kind of a table's key and its columns.
 *
 * Source  StarRocks' KeysDesc, AggregateTypeAnalyzer.
 * Errors  JSON_FIELD: what a foreign definition gets wrong (INV-12).   Threads  pure.
 */
#include "schema/keys.h"

bool keys_is_key_type(TypeKind kind)
{
    return type_is_integer(kind) || kind == TYPE_BOOLEAN || kind == TYPE_DECIMAL ||
           kind == TYPE_DATE || kind == TYPE_DATETIME || type_is_text(kind);
}

bool keys_is_primary_type(TypeKind kind)
{
    return type_is_integer(kind) || kind == TYPE_BOOLEAN || kind == TYPE_VARCHAR ||
           kind == TYPE_DATE || kind == TYPE_DATETIME;
}

bool keys_may_aggregate(Str aggregation, TypeKind kind)
{
    if (str_eq(aggregation, STR("SUM")))
        return type_is_numeric(kind) && kind != TYPE_TINYINT && kind != TYPE_SMALLINT;
    if (str_eq(aggregation, STR("MIN")) || str_eq(aggregation, STR("MAX")))
        return type_is_numeric(kind) || kind == TYPE_DATE || kind == TYPE_DATETIME ||
               type_is_text(kind);
    if (str_eq(aggregation, STR("HLL_UNION"))) return kind == TYPE_HLL;
    if (str_eq(aggregation, STR("BITMAP_UNION"))) return kind == TYPE_BITMAP;
    if (str_eq(aggregation, STR("PERCENTILE_UNION"))) return kind == TYPE_PERCENTILE;
    if (str_eq(aggregation, STR("REPLACE_IF_NOT_NULL")))
        return kind != TYPE_HLL && kind != TYPE_PERCENTILE;
    return str_eq(aggregation, STR("REPLACE"));
}

static Rc bad_column(Ctx *ctx, const char *field, const char *expected, const Column *column)
{
    return FAIL(ctx, JSON_FIELD, field, expected, str_z(ctx->arena, column->name));
}

static Rc check_value(Ctx *ctx, KeyKind keys, const Column *column)
{
    Str aggregation = column->aggregation;
    if (keys == KEYS_DUPLICATE && aggregation.len > 0)
        return bad_column(ctx, "aggregation", "none in a table of duplicates", column);
    if (keys == KEYS_DUPLICATE) return RC_OK;
    if (keys != KEYS_AGGREGATE && !str_eq(aggregation, STR("REPLACE")))
        return bad_column(ctx, "aggregation", "REPLACE but of keys", column);
    if (!keys_may_aggregate(aggregation, column->type.kind))
        return bad_column(ctx, "aggregation", "one that the type has", column);
    return RC_OK;
}

static Rc check_key(Ctx *ctx, KeyKind keys, const Column *column)
{
    if (!keys_is_key_type(column->type.kind))
        return bad_column(ctx, "is_key", "false for this type", column);
    if (keys == KEYS_PRIMARY && (column->is_nullable || !keys_is_primary_type(column->type.kind)))
        return bad_column(ctx, "is_key", "a type of primary keys, not NULL", column);
    return RC_OK;
}

static Rc check_schema(Ctx *ctx, KeyKind keys, const Schema *schema)
{
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        TRY(column->is_key ? check_key(ctx, keys, column) : check_value(ctx, keys, column));
    }
    if (keys != KEYS_DUPLICATE && !schema->columns[0].is_key)
        return bad_column(ctx, "is_key", "true for the first column", &schema->columns[0]);
    return RC_OK;
}

static Rc check_placing(Ctx *ctx, const TableDef *table, const char *field, const uint32_t *ids,
                        size_t count)
{
    const Schema *schema = table_current_schema(table);
    for (size_t i = 0; i < count; i++) {
        const Column *column = schema_column(schema, ids[i]);
        if (!column->is_key && column->generated.len == 0)
            return bad_column(ctx, field, "key columns", column);
    }
    return RC_OK;
}

Rc keys_check(Ctx *ctx, const TableDef *table)
{
    for (size_t s = 0; s < table->schema_count; s++)
        TRY(check_schema(ctx, table->keys, &table->schemas[s]));
    if (table->keys == KEYS_DUPLICATE) return RC_OK;
    TRY(check_placing(ctx, table, "partition_columns", table->partition_columns,
                      table->partition_column_count));
    return check_placing(ctx, table, "distribution_columns", table->distribution_columns,
                         table->distribution_column_count);
}
