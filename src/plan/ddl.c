/*
 * plan/ddl: CREATE TABLE's columns, keys, distribution and order.
 *
 * Source  StarRocks' CreateTableAnalyzer, KeysDesc, ColumnDefAnalyzer, HashDistributionDesc: what
 *         is checked, in which order, and the texts.
 * Errors  SEMANTIC, DUPLICATE_COLUMN, BAD_TABLE_NAME, BAD_COLUMN_NAME, NOT_SUPPORTED by name.
 * Threads pure, apart from the Ctx.
 */
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "schema/bounds.h"
#include "schema/names.h"
#include "sql/sql.h"
#include <math.h>
#include <stdlib.h>

enum { SHORT_KEY_COLUMNS = 3, SHORT_KEY_BYTES = 36, UUID_TEXT_BYTES = 36, NUMBER_BYTES = 64 };

static Rc refuse_kind(Ctx *ctx, const char *what)
{
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(str_from(what)));
}

// ----------------------------------------------------------------------------------------- keys

bool ddl_is_key_type(TypeKind kind)
{
    return type_is_integer(kind) || kind == TYPE_BOOLEAN || kind == TYPE_DECIMAL ||
           kind == TYPE_DATE || kind == TYPE_DATETIME || type_is_text(kind);
}

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

// Without a key clause the leading columns are the key: at most three, at most 36 bytes, a VARCHAR
// only as the last.
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
        if (!ddl_is_key_type(type.kind)) break;
        count++;
        if (type.kind == TYPE_VARCHAR) break;
    }
    return count;
}

static bool has_column(const CreateTableStatement *stmt, Str name)
{
    for (size_t i = 0; i < stmt->column_count; i++)
        if (str_eq_nocase(stmt->columns[i].name.text, name)) return true;
    return false;
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
            return SAY(ctx, SEMANTIC,
                       "Key columns must be the first few columns of the schema and the "
                       "order  of the key columns must be consistent with the order of "
                       "the schema");
        }
        if (column->agg != AST_AGG_NONE)
            return SAY(ctx, SEMANTIC, "Key column[%.*s] should not specify aggregate type.",
                       STR_ARG(column->name.text));
    }
    return RC_OK;
}

// The kind comes first: what follows from it differs, and only DUPLICATE KEY tables are built.
static Rc check_key_kind(Ctx *ctx, const CreateTableStatement *stmt)
{
    bool has_aggregate = false;
    for (size_t i = 0; i < stmt->column_count; i++)
        has_aggregate |= stmt->columns[i].agg != AST_AGG_NONE;
    switch (stmt->key_kind) {
    case AST_KEY_AGGREGATE: return refuse_kind(ctx, "AGGREGATE KEY tables");
    case AST_KEY_UNIQUE: return refuse_kind(ctx, "UNIQUE KEY tables");
    case AST_KEY_PRIMARY: return refuse_kind(ctx, "PRIMARY KEY tables");
    case AST_KEY_NONE: return has_aggregate ? refuse_kind(ctx, "AGGREGATE KEY tables") : RC_OK;
    case AST_KEY_DUPLICATE: return RC_OK;
    }
    return RC_OK;
}

static Rc find_key_count(Ctx *ctx, const CreateTableStatement *stmt, size_t *out)
{
    TRY(check_key_kind(ctx, stmt));
    if (stmt->key_kind == AST_KEY_DUPLICATE) {
        TRY(check_given_keys(ctx, stmt));
        *out = stmt->keys.count;
        return RC_OK;
    }
    *out = count_default_keys(stmt);
    if (*out > 0) return RC_OK;
    return SAY(ctx, SEMANTIC, "Data type of first column cannot be %s",
               type_name(stmt->columns[0].type.kind));
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
    if (def->generated) return refuse_kind(ctx, "generated columns");
    if (def->is_auto_increment) return refuse_kind(ctx, "AUTO_INCREMENT columns");
    if (kind == TYPE_TIME) return refuse_kind(ctx, "columns of the type TIME");
    if (is_key && !ddl_is_key_type(kind)) {
        const char *hint = kind == TYPE_FLOAT || kind == TYPE_DOUBLE ? ", use decimal instead" : "";
        return SAY(ctx, SEMANTIC, "Invalid data type of key column '%.*s': '%s'%s", STR_ARG(name),
                   type_name(kind), hint);
    }
    if (def->agg != AST_AGG_NONE)
        return SAY(ctx, SEMANTIC,
                   "DUP_KEYS table should not specify aggregate type for non-key column[%.*s]",
                   STR_ARG(name));
    if (def->is_key && !is_key)
        return SAY(ctx, SEMANTIC,
                   "Key columns must be the first few columns of the schema and the "
                   "order  of the key columns must be consistent with the order of the "
                   "schema");
    return RC_OK;
}

static Rc read_column(Ctx *ctx, const AstColumnDef *def, bool is_key, Column *out)
{
    TRY(name_check_column(ctx, def->name.text));
    TRY(check_column_kind(ctx, def, is_key));
    out->name = def->name.text;
    out->type = def->type;
    if (type_is_text(out->type.kind) && out->type.len == 0) out->type.len = 1;
    out->is_key = is_key;
    out->is_nullable = def->nullness != AST_NULLNESS_NOT_NULL;
    out->aggregation = STR("");
    out->default_text = STR("");
    out->comment = def->comment.ptr ? def->comment : STR("");
    return read_default(ctx, def, out);
}

static Rc read_columns(Ctx *ctx, const CreateTableStatement *stmt, size_t key_count, TableDef *def)
{
    Map names = map_new(ctx->arena);
    Schema *schema = ARENA_NEW(ctx->arena, Schema);
    schema->id = 1;
    schema->column_count = stmt->column_count;
    schema->columns = ARENA_ARRAY(ctx->arena, Column, stmt->column_count);
    for (size_t i = 0; i < stmt->column_count; i++) {
        Column *column = &schema->columns[i];
        TRY(read_column(ctx, &stmt->columns[i], i < key_count, column));
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
    if (given->kind != AST_DISTRIBUTION_HASH) return RC_OK;

    def->distribution = DISTRIBUTION_HASH;
    def->distribution_column_count = given->columns.count;
    TRY(find_columns(ctx, def, given->columns, &TEXTS, &def->distribution_columns));
    for (size_t i = 0; i < given->columns.count; i++) {
        const Column *column =
            schema_column(table_current_schema(def), def->distribution_columns[i]);
        if (!ddl_is_key_type(column->type.kind))
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
    return find_columns(ctx, def, stmt->sort_columns, &TEXTS, &def->sort_columns);
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
    size_t key_count = 0;
    must(stmt->column_count > 0);
    TRY(name_check_table(ctx, qname_last(stmt->name)));
    TRY(check_engine(ctx, stmt->engine.text));
    TRY(find_key_count(ctx, stmt, &key_count));

    TablePlan plan = {.def = ARENA_NEW(ctx->arena, TableDef), .stmt = stmt};
    plan.def->name = qname_last(stmt->name);
    plan.def->comment = stmt->comment.ptr ? stmt->comment : STR("");
    plan.def->keys = KEYS_DUPLICATE;
    plan.def->line = uuid_new();
    plan.def->created_ms = clock_now_ms(ctx->clock);
    TRY(read_columns(ctx, stmt, key_count, plan.def));
    TRY(read_sort_columns(ctx, stmt, plan.def));
    TRY(ddl_read_partitions(ctx, &plan));
    TRY(read_distribution(ctx, stmt, plan.def));
    if (stmt->index_count > 0) return refuse_kind(ctx, "indexes in CREATE TABLE");
    *out = plan;
    return RC_OK;
}

void plan_table_set_ids(TablePlan *plan, uint64_t first)
{
    plan->def->id = first;
    for (size_t i = 0; i < plan->partition_count; i++) plan->partitions[i]->id = first + 1 + i;
}
