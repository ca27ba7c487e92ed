/*
 * plan/ddl_keys: the key of a table: its kind, its columns, and what follows for the others.
 *
 * Form    found before the columns are read: which of them are keys, which aggregation each of the
 *         others has. UNIQUE and PRIMARY KEY tables replace their values; that is implicit and
 *         never printed.
 * Source  StarRocks' CreateTableAnalyzer (analyzeKeysDesc, analyzeSortKeys,
 * analyzeDistributionDesc) and KeysDesc, ColumnDefAnalyzer, AggregateTypeAnalyzer: what is checked,
 * and the texts. Errors  SEMANTIC.   Threads  pure, apart from the Ctx.
 */
#include "plan/ddl_inside.h"
#include "schema/keys.h"

enum { SHORT_KEY_COLUMNS = 3, SHORT_KEY_BYTES = 36 };

static const Str AGGREGATIONS[] = {
    [AST_AGG_NONE] = STR_INIT(""),
    [AST_AGG_SUM] = STR_INIT("SUM"),
    [AST_AGG_MAX] = STR_INIT("MAX"),
    [AST_AGG_MIN] = STR_INIT("MIN"),
    [AST_AGG_REPLACE] = STR_INIT("REPLACE"),
    [AST_AGG_REPLACE_IF_NOT_NULL] = STR_INIT("REPLACE_IF_NOT_NULL"),
    [AST_AGG_HLL_UNION] = STR_INIT("HLL_UNION"),
    [AST_AGG_BITMAP_UNION] = STR_INIT("BITMAP_UNION"),
    [AST_AGG_PERCENTILE_UNION] = STR_INIT("PERCENTILE_UNION"),
};

// As StarRocks' messages name the kinds.
static const char *kind_name(KeyKind kind)
{
    static const char *const NAMES[] = {[KEYS_DUPLICATE] = "DUP_KEYS",
                                        [KEYS_AGGREGATE] = "AGG_KEYS",
                                        [KEYS_UNIQUE] = "UNIQUE_KEYS",
                                        [KEYS_PRIMARY] = "PRIMARY_KEYS"};
    return NAMES[kind];
}

static bool is_sketch(TypeKind kind)
{
    return kind == TYPE_BITMAP || kind == TYPE_HLL || kind == TYPE_PERCENTILE;
}

// ------------------------------------------------------------------------------ without a clause

// Bytes that a column takes in StarRocks' short key index.
static uint32_t short_key_bytes(Type type)
{
    switch (type.kind) {
    case TYPE_BOOLEAN:
    case TYPE_TINYINT: return 1;
    case TYPE_SMALLINT: return 2;
    case TYPE_DATE: return 3;
    case TYPE_INT:
    case TYPE_FLOAT: return 4;
    case TYPE_BIGINT:
    case TYPE_DOUBLE:
    case TYPE_DATETIME: return 8;
    case TYPE_LARGEINT: return 16;
    case TYPE_DECIMAL: return type.precision <= 9 ? 4 : type.precision <= 18 ? 8 : 16;
    case TYPE_CHAR: return type.len;
    default: return 20;
    }
}

// The leading columns of a table of duplicates: at most three, at most 36 bytes, a VARCHAR only as
// the last.
static size_t count_default_keys(const CreateTableStatement *stmt)
{
    size_t count = 0;
    uint32_t bytes = 0;
    for (size_t i = 0; i < stmt->column_count; i++) {
        Type type = stmt->columns[i].type;
        bytes += short_key_bytes(type);
        if (count >= SHORT_KEY_COLUMNS || bytes > SHORT_KEY_BYTES) {
            if (count == 0 && type_is_text(type.kind)) count++;
            break;
        }
        if (!keys_is_key_type(type.kind) || stmt->columns[i].generated) break;
        count++;
        if (type.kind == TYPE_VARCHAR) break;
    }
    return count;
}

static size_t count_plain(const CreateTableStatement *stmt)
{
    size_t count = 0;
    for (size_t i = 0; i < stmt->column_count; i++) count += stmt->columns[i].agg == AST_AGG_NONE;
    return count;
}

// What stands where KEY (..) should: columns with aggregations make an AGGREGATE KEY of all
// others.
static Rc choose_default_keys(Ctx *ctx, const CreateTableStatement *stmt, TableKeys *out)
{
    size_t plain = count_plain(stmt);
    out->kind = plain < stmt->column_count ? KEYS_AGGREGATE : KEYS_DUPLICATE;
    if (out->kind == KEYS_DUPLICATE) {
        out->count = count_default_keys(stmt);
        if (out->count > 0) return RC_OK;
        return SAY(ctx, SEMANTIC, "Data type of first column cannot be %s",
                   type_name(stmt->columns[0].type.kind));
    }
    if (plain == 0) return SAY(ctx, SEMANTIC, "The number of key columns is 0.");
    out->count = plain;
    for (size_t i = 0; i < plain; i++)
        if (stmt->columns[i].agg != AST_AGG_NONE) return SAY(ctx, SEMANTIC, "%s", DDL_KEYS_FIRST);
    return RC_OK;
}

// -------------------------------------------------------------------------------- with a clause

static bool has_column(const CreateTableStatement *stmt, Str name)
{
    for (size_t i = 0; i < stmt->column_count; i++)
        if (str_eq_nocase(stmt->columns[i].name.text, name)) return true;
    return false;
}

static Rc check_primary_key(Ctx *ctx, const AstColumnDef *column)
{
    if (column->nullness == AST_NULLNESS_NULL)
        return SAY(ctx, SEMANTIC, "primary key column[%.*s] cannot be nullable",
                   STR_ARG(column->name.text));
    if (keys_is_primary_type(column->type.kind)) return RC_OK;
    return SAY(ctx, SEMANTIC, "primary key column[%.*s] type not supported: %.*s",
               STR_ARG(column->name.text), STR_ARG(type_text(ctx->arena, column->type)));
}

static Rc check_given_keys(Ctx *ctx, const CreateTableStatement *stmt)
{
    if (stmt->keys.count > stmt->column_count)
        return SAY(ctx, SEMANTIC,
                   "The number of key columns should be less than the number of columns.");
    for (size_t i = 0; i < stmt->keys.count; i++) {
        Str key = stmt->keys.at[i].text;
        const AstColumnDef *column = &stmt->columns[i];
        if (!str_eq_nocase(key, column->name.text)) {
            if (!has_column(stmt, key))
                return SAY(ctx, SEMANTIC, "Key column(%.*s) doesn't exist.", STR_ARG(key));
            return SAY(ctx, SEMANTIC, "%s", DDL_KEYS_FIRST);
        }
        if (column->agg != AST_AGG_NONE)
            return SAY(ctx, SEMANTIC, "Key column[%.*s] should not specify aggregate type.",
                       STR_ARG(column->name.text));
        if (stmt->key_kind == AST_KEY_PRIMARY) TRY(check_primary_key(ctx, column));
    }
    return RC_OK;
}

// Values of an AGGREGATE KEY table say how they are aggregated; those of others do not.
static Rc check_values(Ctx *ctx, const CreateTableStatement *stmt, const TableKeys *keys)
{
    for (size_t i = keys->count; i < stmt->column_count; i++) {
        const AstColumnDef *column = &stmt->columns[i];
        bool is_plain = column->agg == AST_AGG_NONE;
        bool is_right =
            keys->kind == KEYS_AGGREGATE ? !is_plain : is_plain || column->agg == AST_AGG_REPLACE;
        if (is_right) continue;
        return SAY(ctx, SEMANTIC,
                   "%s table should %sspecify aggregate type for non-key column[%.*s]",
                   kind_name(keys->kind), keys->kind == KEYS_AGGREGATE ? "" : "not ",
                   STR_ARG(column->name.text));
    }
    return RC_OK;
}

Rc ddl_read_keys(Ctx *ctx, const CreateTableStatement *stmt, TableKeys *out)
{
    static const KeyKind KINDS[] = {[AST_KEY_NONE] = KEYS_DUPLICATE,
                                    [AST_KEY_DUPLICATE] = KEYS_DUPLICATE,
                                    [AST_KEY_AGGREGATE] = KEYS_AGGREGATE,
                                    [AST_KEY_UNIQUE] = KEYS_UNIQUE,
                                    [AST_KEY_PRIMARY] = KEYS_PRIMARY};
    TableKeys keys = {KINDS[stmt->key_kind], stmt->keys.count};
    if (stmt->key_kind == AST_KEY_NONE)
        TRY(choose_default_keys(ctx, stmt, &keys));
    else
        TRY(check_given_keys(ctx, stmt));
    TRY(check_values(ctx, stmt, &keys));
    *out = keys;
    return RC_OK;
}

// -------------------------------------------------------------------------------- one column

Rc ddl_aggregate_column(Ctx *ctx, KeyKind keys, AstAggKind agg, Column *column)
{
    if (column->is_key) {
        column->aggregation = STR("");
        if (keys == KEYS_PRIMARY) column->is_nullable = false;
        return RC_OK;
    }
    column->aggregation = keys == KEYS_AGGREGATE   ? AGGREGATIONS[agg]
                          : keys == KEYS_DUPLICATE ? STR("")
                                                   : STR("REPLACE");
    // Sums outgrow the type of what is summed: StarRocks keeps them as wide as it can.
    if (str_eq(column->aggregation, STR("SUM")) && column->type.kind == TYPE_DECIMAL)
        column->type.precision = TYPE_DECIMAL_MAX_PRECISION;
    if (column->aggregation.len == 0 && is_sketch(column->type.kind))
        return SAY(ctx, SEMANTIC, "No aggregate function specified for '%.*s'",
                   STR_ARG(column->name));
    if (column->aggregation.len > 0 && !keys_may_aggregate(column->aggregation, column->type.kind))
        return SAY(ctx, SEMANTIC, "Invalid aggregate function '%.*s' for '%.*s'",
                   STR_ARG(column->aggregation), STR_ARG(column->name));
    if (str_eq(column->aggregation, STR("REPLACE_IF_NOT_NULL"))) column->is_nullable = true;
    return RC_OK;
}

// ------------------------------------------------------------------- partitions, distribution,
// sort

Rc ddl_check_partition_key(Ctx *ctx, const Column *column)
{
    if (column->aggregation.len == 0) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "The partition column could not be aggregated column and unique table's partition "
               "column must be key column");
}

static const char *kind_sql(Ctx *ctx, KeyKind kind)
{
    return str_z(ctx->arena, str_printf(ctx->arena, "%s KEY", key_kind_text(kind)));
}

static bool has_replace(const Schema *schema)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (str_starts(schema->columns[i].aggregation, STR("REPLACE"))) return true;
    return false;
}

static void distribute_by_keys(Ctx *ctx, TableDef *def)
{
    const Schema *schema = table_current_schema(def);
    def->distribution = DISTRIBUTION_HASH;
    def->distribution_columns = ARENA_ARRAY(ctx->arena, uint32_t, schema->column_count);
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].is_key)
            def->distribution_columns[def->distribution_column_count++] = schema->columns[i].id;
}

Rc ddl_default_distribution(Ctx *ctx, bool is_random, TableDef *def)
{
    const Schema *schema = table_current_schema(def);
    if (def->keys == KEYS_DUPLICATE) return RC_OK;
    if (!is_random && def->keys != KEYS_PRIMARY)
        return SAY(ctx, SEMANTIC, "Currently not support default distribution in %s",
                   kind_name(def->keys));
    if (!is_random) {
        distribute_by_keys(ctx, def);
        return RC_OK;
    }
    // Rows of one key must meet when the last one is to win.
    if (def->keys == KEYS_AGGREGATE && !has_replace(schema)) return RC_OK;
    return SAY(ctx, SEMANTIC, "%s%s must use hash distribution", kind_sql(ctx, def->keys),
               has_replace(schema) ? " with replace " : "");
}

Rc ddl_check_distribution_key(Ctx *ctx, const Column *column)
{
    if (column->aggregation.len == 0) return RC_OK;
    return SAY(ctx, SEMANTIC, "Distribution column[%.*s] is not key column", STR_ARG(column->name));
}

Rc ddl_check_sort_key(Ctx *ctx, const TableDef *def)
{
    const Schema *schema = table_current_schema(def);
    size_t keys = 0, sorted_keys = 0;
    if (def->sort_column_count == 0 || def->keys == KEYS_DUPLICATE) return RC_OK;
    for (size_t i = 0; i < schema->column_count; i++) keys += schema->columns[i].is_key;
    for (size_t i = 0; i < def->sort_column_count; i++) {
        const Column *column = schema_column(schema, def->sort_columns[i]);
        sorted_keys += column->is_key;
        if (def->keys == KEYS_PRIMARY && !keys_is_primary_type(column->type.kind))
            return SAY(ctx, SEMANTIC, "sort key column[%.*s] type not supported: %.*s",
                       STR_ARG(column->name), STR_ARG(type_text(ctx->arena, column->type)));
    }
    if (def->keys == KEYS_PRIMARY) return RC_OK;
    if (sorted_keys == keys && def->sort_column_count == keys) return RC_OK;
    return SAY(ctx, SEMANTIC, "The sort columns of %s table must be same with key columns",
               kind_sql(ctx, def->keys));
}
