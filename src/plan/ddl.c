/*
 * plan/ddl: CREATE TABLE's columns, distribution and order.
 *
 * Source  StarRocks' CreateTableAnalyzer, ColumnDefAnalyzer, HashDistributionDesc: what is checked,
 *         in which order, and the texts.
 * Errors  SEMANTIC, DUPLICATE_COLUMN, BAD_TABLE_NAME, BAD_COLUMN_NAME, NOT_SUPPORTED by name.
 * Threads pure, apart from the Ctx.
 */
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "plan/insert.h"
#include "schema/bounds.h"
#include "schema/keys.h"
#include "schema/names.h"
#include "sql/sql.h"
#include <math.h>
#include <stdlib.h>

enum { UUID_TEXT_BYTES = 36, NUMBER_BYTES = 64 };

static Rc refuse_kind(Ctx *ctx, const char *what)
{
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(str_from(what)));
}

// ------------------------------------------------------------------------------------- defaults

// A number in decimal notation, perhaps with an exponent; nothing behind it.
static bool read_double(Str text, double *out)
{
    char digits[NUMBER_BYTES];
    if (text.len == 0 || text.len >= sizeof(digits)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("0123456789+-.eE", text.ptr[i])) return false;
    memcpy(digits, text.ptr, text.len);
    digits[text.len] = '\0';
    char *end;
    *out = strtod(digits, &end);
    return end == digits + text.len && isfinite(*out);
}

// Digits before the point must fit; more digits behind it than the scale has are refused as well.
static bool fits_decimal(Str text, Type type)
{
    double ignored;
    if (!read_double(text, &ignored) || str_contains(text, 'e') || str_contains(text, 'E'))
        return false;
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+'))
        text = str_sub(text, 1, text.len);
    Str fraction = text;
    Str whole = str_cut(&fraction, '.');
    while (whole.len > 0 && whole.ptr[0] == '0') whole = str_sub(whole, 1, whole.len);
    return whole.len <= (size_t)type.precision - type.scale && fraction.len <= type.scale;
}

static bool is_value_of(Ctx *ctx, Type type, Str text)
{
    double number;
    Str own;
    switch (type.kind) {
    case TYPE_FLOAT: return read_double(text, &number) && isfinite((double)(float)number);
    case TYPE_DOUBLE: return read_double(text, &number);
    case TYPE_DECIMAL: return fits_decimal(text, type);
    default: break;
    }
    bool is_read = bound_normalise(ctx, type, text, &own) == RC_OK;
    if (!is_read) ctx_clear(ctx);
    return is_read;
}

static Rc check_default_text(Ctx *ctx, const Column *column)
{
    Str text = column->default_text;
    Type type = column->type;
    if (type_is_text(type.kind)) {
        if (text.len <= type.len) return RC_OK;
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Default value is too long: %.*s",
                   STR_ARG(column->name), STR_ARG(text));
    }
    if (type.kind == TYPE_VARBINARY) {
        if (text.len == 0) return RC_OK;
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Type 'VARBINARY' only supports empty "
                   "string \"\" as default value",
                   STR_ARG(column->name));
    }
    if (type.kind > TYPE_VARBINARY)
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Cannot add default value '%.*s' for type "
                   "'%.*s'",
                   STR_ARG(column->name), STR_ARG(text), STR_ARG(type_text(ctx->arena, type)));
    if (is_value_of(ctx, type, text)) return RC_OK;
    return SAY(ctx, SEMANTIC, "Invalid default value for '%.*s': Invalid %s literal '%.*s'",
               STR_ARG(column->name), type_name(type.kind), STR_ARG(text));
}

// now(), uuid() and uuid_numeric() are what StarRocks knows.
static Rc read_default_call(Ctx *ctx, const AstColumnDef *def, Column *out)
{
    Str name = str_lower(ctx->arena, qname_last(def->default_expr->call->name));
    bool is_now = str_eq(name, STR("now")) || str_eq(name, STR("current_timestamp"));
    bool is_uuid = str_eq(name, STR("uuid"));
    bool is_number = str_eq(name, STR("uuid_numeric"));
    TypeKind wanted = is_now ? TYPE_DATETIME : is_uuid ? TYPE_VARCHAR : TYPE_LARGEINT;
    if ((!is_now && !is_uuid && !is_number) || def->default_expr->call->args.count > 0)
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Default expr for function %.*s is not "
                   "supported",
                   STR_ARG(out->name), STR_ARG(name));
    if (out->type.kind != wanted)
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Default function %.*s() for type %s is "
                   "not supported",
                   STR_ARG(out->name), STR_ARG(name), type_name(out->type.kind));
    if (is_uuid && out->type.len < UUID_TEXT_BYTES)
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Varchar type length must be greater "
                   "than 36 for uuid function",
                   STR_ARG(out->name));
    out->default_kind = is_now ? DEFAULT_CURRENT_TIMESTAMP : DEFAULT_EXPR;
    out->default_text = is_now ? STR("") : str_printf(ctx->arena, "%.*s()", STR_ARG(name));
    return RC_OK;
}

// A number, perhaps with a sign, or TRUE and FALSE: taken as if they stood in quotes.
static Rc read_default_number(Ctx *ctx, const AstColumnDef *def, Column *out)
{
    const Expr *expr = def->default_expr;
    bool is_negative = expr->kind == EXPR_UNARY && expr->unary.op == UNARY_MINUS;
    if (is_negative) expr = expr->unary.arg;
    if (expr->kind != EXPR_LITERAL || expr->literal.kind == LITERAL_HEX)
        return SAY(ctx, SEMANTIC,
                   "Invalid default value for '%.*s': Unsupported expr %.*s for default "
                   "value",
                   STR_ARG(out->name), STR_ARG(sql_unparse_expr(ctx->arena, def->default_expr)));
    Str text = expr->literal.text;
    if (expr->literal.kind == LITERAL_BOOL) text = expr->literal.boolean ? STR("1") : STR("0");
    out->default_kind = DEFAULT_LITERAL;
    out->default_text =
        is_negative ? str_printf(ctx->arena, "-%.*s", STR_ARG(text)) : str_dup(ctx->arena, text);
    return check_default_text(ctx, out);
}

static Rc read_default(Ctx *ctx, const AstColumnDef *def, Column *out)
{
    switch (def->default_kind) {
    case AST_DEFAULT_NONE: out->default_kind = DEFAULT_NONE; return RC_OK;
    case AST_DEFAULT_NULL:
        out->default_kind = DEFAULT_NULL;
        if (out->is_nullable) return RC_OK;
        return SAY(ctx, SEMANTIC, "Invalid default value for '%.*s'", STR_ARG(out->name));
    case AST_DEFAULT_TEXT:
        out->default_kind = DEFAULT_LITERAL;
        out->default_text = def->default_expr->literal.text;
        return check_default_text(ctx, out);
    case AST_DEFAULT_CURRENT_TIMESTAMP:
        if (out->type.kind != TYPE_DATETIME)
            return SAY(ctx, SEMANTIC,
                       "Invalid default value for '%.*s': Default function now() for type "
                       "%s is not supported",
                       STR_ARG(out->name), type_name(out->type.kind));
        out->default_kind = DEFAULT_CURRENT_TIMESTAMP;
        if (def->default_precision > 0)
            out->default_text = str_printf(ctx->arena, "%u", def->default_precision);
        return RC_OK;
    case AST_DEFAULT_EXPR: break;
    }
    if (def->default_expr->kind == EXPR_CALL) return read_default_call(ctx, def, out);
    return read_default_number(ctx, def, out);
}

// -------------------------------------------------------------------------------------- columns

static Rc check_column_kind(Ctx *ctx, const AstColumnDef *def, bool is_key)
{
    Str name = def->name.text;
    TypeKind kind = def->type.kind;
    if (def->is_auto_increment && kind != TYPE_BIGINT)
        return SAY(ctx, SEMANTIC, "The AUTO_INCREMENT column must be BIGINT");
    if (def->is_auto_increment && def->nullness == AST_NULLNESS_NULL)
        return SAY(ctx, SEMANTIC, "AUTO_INCREMENT column %.*s must be NOT NULL", STR_ARG(name));
    if (kind == TYPE_TIME) return refuse_kind(ctx, "columns of the type TIME");
    if (is_key && !keys_is_key_type(kind)) {
        const char *hint = kind == TYPE_FLOAT || kind == TYPE_DOUBLE ? ", use decimal instead" : "";
        Str type =
            type_is_nested(kind) ? type_text(ctx->arena, def->type) : str_from(type_name(kind));
        return SAY(ctx, SEMANTIC, "Invalid data type of key column '%.*s': '%.*s'%s", STR_ARG(name),
                   STR_ARG(type), hint);
    }
    if (def->is_key && !is_key) return SAY(ctx, SEMANTIC, "%s", DDL_KEYS_FIRST);
    return RC_OK;
}

Rc ddl_read_column(Ctx *ctx, const AstColumnDef *def, KeyKind keys, bool is_key, Column *out)
{
    TRY(name_check_column(ctx, def->name.text));
    if (!def->has_type)
        return SAY(ctx, SEMANTIC, "No column name or column type in column definition");
    TRY(check_column_kind(ctx, def, is_key));
    out->name = def->name.text;
    out->type = def->type;
    if (type_is_text(out->type.kind) && out->type.len == 0) out->type.len = 1;
    out->is_key = is_key;
    out->is_nullable = def->nullness != AST_NULLNESS_NOT_NULL && !def->is_auto_increment;
    out->is_auto_increment = def->is_auto_increment;
    out->default_text = STR("");
    out->comment = def->comment.ptr ? def->comment : STR("");
    TRY(ddl_aggregate_column(ctx, keys, def->agg, out));
    return read_default(ctx, def, out);
}

static Rc read_columns(Ctx *ctx, const CreateTableStatement *stmt, TableKeys keys, TableDef *def)
{
    Map names = map_new(ctx->arena);
    size_t counters = 0;
    for (size_t i = 0; i < stmt->column_count; i++) counters += stmt->columns[i].is_auto_increment;
    if (counters > 1)
        return SAY(ctx, SEMANTIC,
                   "More than one AUTO_INCREMENT column defined in CREATE TABLE Statement");
    Schema *schema = ARENA_NEW(ctx->arena, Schema);
    schema->id = 1;
    schema->column_count = stmt->column_count;
    schema->columns = ARENA_ARRAY(ctx->arena, Column, stmt->column_count);
    for (size_t i = 0; i < stmt->column_count; i++) {
        Column *column = &schema->columns[i];
        TRY(ddl_read_column(ctx, &stmt->columns[i], keys.kind, i < keys.count, column));
        column->id = column->file_id = (uint32_t)i + 1;
        Str key = str_lower(ctx->arena, column->name);
        if (map_get(&names, key)) return FAIL(ctx, DUPLICATE_COLUMN, STR_ARG(column->name));
        map_put(&names, key, column);
    }
    def->schemas = schema;
    def->schema_count = 1;
    def->next_schema_id = 2;
    def->next_column_id = (uint32_t)stmt->column_count + 1;
    return RC_OK;
}

// They stand behind all others and read only those.
static Rc read_generated(Ctx *ctx, const CreateTableStatement *stmt, const TableDef *def)
{
    bool was_generated = false;
    Schema *schema = def->schemas;
    for (size_t i = 0; i < stmt->column_count; i++) {
        if (stmt->columns[i].generated)
            schema->columns[i].generated = STR("NULL");  // seen by those before it
    }
    for (size_t i = 0; i < stmt->column_count; i++) {
        const Expr *expr = stmt->columns[i].generated;
        if (!expr && was_generated)
            return SAY(ctx, SEMANTIC,
                       "All generated columns must be defined after ordinary columns");
        if (expr) TRY(generated_check(ctx, def, expr, &schema->columns[i]));
        was_generated |= expr != NULL;
    }
    return RC_OK;
}

// -------------------------------------------------------------------- distribution, sort columns

// `missing` and `twice` are StarRocks' texts with one %.*s each.
typedef struct NameTexts {
    const char *before, *after, *twice;
} NameTexts;

static Rc find_columns(Ctx *ctx, const TableDef *def, NameList names, const NameTexts *texts,
                       uint32_t **out)
{
    uint32_t *ids = ARENA_ARRAY(ctx->arena, uint32_t, names.count);
    for (size_t i = 0; i < names.count; i++) {
        Str name = names.at[i].text;
        const Column *column = schema_column_named(table_current_schema(def), name);
        if (!column)
            return SAY(ctx, SEMANTIC, "%s%.*s%s", texts->before, STR_ARG(name), texts->after);
        for (size_t k = 0; k < i; k++)
            if (ids[k] == column->id)
                return SAY(ctx, SEMANTIC, "%s%.*s", texts->twice, STR_ARG(name));
        ids[i] = column->id;
    }
    *out = ids;
    return RC_OK;
}

static Rc read_distribution(Ctx *ctx, const CreateTableStatement *stmt, TableDef *def)
{
    static const NameTexts TEXTS = {"Distribution column(", ") doesn't exist.",
                                    "Duplicated distribution column "};
    const AstDistribution *given = &stmt->distribution;
    def->bucket_num = given->buckets;
    def->distribution = DISTRIBUTION_RANDOM;
    if (given->kind == AST_DISTRIBUTION_NONE &&
        ast_properties_get(stmt->properties, STR("colocate_with")))
        return SAY(ctx, SEMANTIC, "Colocate table must specify distribution column");
    if (given->kind != AST_DISTRIBUTION_HASH)
        return ddl_default_distribution(ctx, given->kind == AST_DISTRIBUTION_RANDOM, def);

    def->distribution = DISTRIBUTION_HASH;
    def->distribution_column_count = given->columns.count;
    TRY(find_columns(ctx, def, given->columns, &TEXTS, &def->distribution_columns));
    for (size_t i = 0; i < given->columns.count; i++) {
        const Column *column =
            schema_column(table_current_schema(def), def->distribution_columns[i]);
        TRY(ddl_check_distribution_key(ctx, column));
        if (!keys_is_key_type(column->type.kind))
            return SAY(ctx, SEMANTIC, "%s column can not be distribution column",
                       type_name(column->type.kind));
    }
    return RC_OK;
}

static Rc read_sort_columns(Ctx *ctx, const CreateTableStatement *stmt, TableDef *def)
{
    static const NameTexts TEXTS = {"Unknown column '", "' does not exist",
                                    "Duplicate sort key column "};
    def->sort_column_count = stmt->sort_columns.count;
    TRY(find_columns(ctx, def, stmt->sort_columns, &TEXTS, &def->sort_columns));
    for (size_t i = 0; i < def->sort_column_count; i++) {
        const Column *column = schema_column(table_current_schema(def), def->sort_columns[i]);
        if (column->type.kind > TYPE_VARBINARY)
            return SAY(ctx, SEMANTIC, "sort key column[%.*s] type not supported: %.*s",
                       STR_ARG(column->name), STR_ARG(type_text(ctx->arena, column->type)));
    }
    return ddl_check_sort_key(ctx, def);
}

static Rc check_engine(Ctx *ctx, Str engine)
{
    static const char *const OTHERS[] = {"mysql",   "elasticsearch", "hive",
                                         "iceberg", "hudi",          "jdbc",
                                         "file",    "broker",        "materialized_view"};
    if (!engine.ptr || str_eq_nocase(engine, STR("olap"))) return RC_OK;
    for (size_t i = 0; i < COUNT_OF(OTHERS); i++) {
        if (!str_eq_nocase(engine, str_from(OTHERS[i]))) continue;
        return SAY(ctx, NOT_SUPPORTED, "tables with ENGINE = %.*s", STR_ARG(engine));
    }
    return SAY(ctx, SEMANTIC, "Unknown engine name: %.*s", STR_ARG(engine));
}

Rc plan_create_table(Ctx *ctx, const CreateTableStatement *stmt, TablePlan *out)
{
    TableKeys keys = {0};
    must(stmt->column_count > 0);
    TRY(name_check_table(ctx, qname_last(stmt->name)));
    TRY(check_engine(ctx, stmt->engine.text));
    TRY(ddl_read_keys(ctx, stmt, &keys));

    TablePlan plan = {.def = ARENA_NEW(ctx->arena, TableDef), .stmt = stmt};
    plan.def->name = qname_last(stmt->name);
    plan.def->comment = stmt->comment.ptr ? stmt->comment : STR("");
    plan.def->keys = keys.kind;
    plan.def->line = uuid_new();
    plan.def->created_ms = clock_now_ms(ctx->clock);
    TRY(read_columns(ctx, stmt, keys, plan.def));
    TRY(read_generated(ctx, stmt, plan.def));
    TRY(read_sort_columns(ctx, stmt, plan.def));
    TRY(ddl_read_partitions(ctx, &plan));
    TRY(read_distribution(ctx, stmt, plan.def));
    TRY(ddl_read_indexes(ctx, stmt, plan.def));
    *out = plan;
    return RC_OK;
}

void plan_table_set_ids(TablePlan *plan, uint64_t first)
{
    plan->def->id = first;
    for (size_t i = 0; i < plan->partition_count; i++) plan->partitions[i]->id = first + 1 + i;
}
