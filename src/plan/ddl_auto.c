/*
 * plan/ddl_auto: PARTITION BY of tables whose partitions loads make.
 *
 * Form    date_trunc() and time_slice() of one column are RANGE by that column; columns alone, and
 *         expressions of any other kind, are LIST, each expression by a hidden generated column.
 * Source  StarRocks' AstBuilder (generatePartitionDesc), AnalyzerUtils
 *         (checkAndExtractPartitionCol), CreateTableAnalyzer, PartitionDescAnalyzer.
 * Errors  SEMANTIC, PARTITION_COLUMN_TYPE, NOT_SUPPORTED.
 * Threads pure, apart from the Ctx.
 */
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "plan/insert.h"
#include "schema/autopart.h"
#include "sql/sql.h"

static Rc fail_expr(Ctx *ctx, const Expr *expr, const char *why)
{
    return SAY(ctx, SEMANTIC, "Unsupported expr '%.*s' in PARTITION BY clause%s%s",
               STR_ARG(sql_unparse_expr(ctx->arena, expr)), why[0] ? ". " : "", why);
}

// ------------------------------------------------------------------------- units of time: RANGE

static bool is_string(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL && expr->literal.kind == LITERAL_STRING;
}

static bool is_call_of(const Expr *expr, const char *name)
{
    return expr->kind == EXPR_CALL && str_eq_nocase(qname_last(expr->call->name), str_from(name));
}

// date_trunc('unit', column)
static Rc read_date_trunc(Ctx *ctx, const Expr *expr, AutoUnit *unit, Expr **column)
{
    ExprList args = expr->call->args;
    if (args.count != 2 || !is_string(args.at[0]) || args.at[1]->kind != EXPR_COLUMN ||
        !auto_unit_kind(args.at[0]->literal.text, &unit->kind))
        return fail_expr(ctx, expr, "");
    *column = args.at[1];
    return RC_OK;
}

static bool read_count(const Expr *count, Str unit, AutoUnit *out)
{
    return auto_unit_kind(unit, &out->kind) && count->kind == EXPR_LITERAL &&
           count->literal.kind == LITERAL_INTEGER && str_to_i64(count->literal.text, &out->count) &&
           out->count >= 1 && out->count <= AUTO_UNIT_MOST;
}

// time_slice(column, INTERVAL n unit [, floor]), or as SHOW CREATE TABLE prints it:
// time_slice(column, n, 'unit', 'floor')
static Rc read_time_slice(Ctx *ctx, const Expr *expr, AutoUnit *unit, Expr **column)
{
    ExprList args = expr->call->args;
    bool is_printed = args.count == 4 && is_string(args.at[2]);
    bool is_interval = (args.count == 2 || args.count == 3) && args.at[1]->kind == EXPR_INTERVAL;
    if ((!is_printed && !is_interval) || args.at[0]->kind != EXPR_COLUMN)
        return fail_expr(ctx, expr, "");
    const Expr *step = args.at[1];
    Str word = is_printed ? args.at[2]->literal.text : STR("");
    if (is_interval) word = str_from(time_unit_name(step->interval.unit));
    unit->is_slice = true;
    if (!read_count(is_interval ? step->interval.arg : step, word, unit))
        return fail_expr(ctx, expr, "");
    if (args.count > 2) {
        const Expr *edge = args.at[args.count - 1];
        bool is_word = edge->kind == EXPR_COLUMN && edge->column.count == 1;
        Str text = is_word ? edge->column.parts[0] : is_string(edge) ? edge->literal.text : STR("");
        if (!str_eq_nocase(text, STR("floor")))
            return fail_expr(ctx, expr,
                             "Automatic partitioning does not support the ceil parameter");
    }
    *column = args.at[0];
    return RC_OK;
}

bool ddl_is_time_unit(const AstPartitionBy *by)
{
    const Expr *first = by->exprs.at[0];
    if (by->kind == AST_PARTITION_BY_LIST || by->exprs.count != 1) return false;
    return is_call_of(first, "date_trunc") || is_call_of(first, "time_slice");
}

// Partitions made in advance have the size of those that loads make.
static Rc check_batches(Ctx *ctx, const AstPartitionBy *by, AutoUnit unit)
{
    for (size_t i = 0; i < by->def_count; i++) {
        const AstPartitionDef *def = &by->defs[i];
        if (def->kind != AST_PARTITION_BATCH)
            return SAY(ctx, SEMANTIC,
                       "Automatic partition table creation only supports batch create partition "
                       "in advance");
        if (unit.is_slice)
            return SAY(ctx, SEMANTIC, "time_slice does not support pre-created partitions");
        if (def->step != 1 || def->step_unit == UNIT_NONE ||
            !str_eq_nocase(str_from(time_unit_name(def->step_unit)),
                           str_from(auto_unit_name(unit.kind))))
            return SAY(ctx, SEMANTIC,
                       "The partition granularity of automatic partition table batch creation in "
                       "advance should be consistent");
    }
    return RC_OK;
}

Rc ddl_read_time_unit(Ctx *ctx, const AstPartitionBy *by, TableDef *def)
{
    AutoUnit unit = {.count = 1};
    const Expr *expr = by->exprs.at[0];
    Expr *name = NULL;
    if (is_call_of(expr, "date_trunc"))
        TRY(read_date_trunc(ctx, expr, &unit, &name));
    else
        TRY(read_time_slice(ctx, expr, &unit, &name));
    TRY(check_batches(ctx, by, unit));
    def->method = PARTITION_RANGE;
    def->is_auto_partitioned = true;
    TRY(ddl_read_partition_columns(ctx, (ExprList){&name, 1}, def));
    const Column *column = table_partition_column(def, 0);
    bool is_date = column->type.kind == TYPE_DATE;
    if (!is_date && column->type.kind != TYPE_DATETIME)
        return SAY(ctx, SEMANTIC, "Partition expr %.*s of type %s: only DATE and DATETIME columns",
                   STR_ARG(auto_unit_print(ctx->arena, unit, column->name)),
                   type_name(column->type.kind));
    if (is_date && unit.kind <= AUTO_HOUR)
        return fail_expr(ctx, expr, "The hour/minute parameter only supports datetime type");
    def->partition_expr = auto_unit_print(ctx->arena, unit, column->name);
    return RC_OK;
}

// --------------------------------------------------------------------- columns, expressions: LIST

static Rc check_name_free(Ctx *ctx, const Schema *schema, Str name)
{
    if (!schema_column_named(schema, name)) return RC_OK;
    return FAIL(ctx, DUPLICATE_COLUMN, STR_ARG(name));
}

// In tables with keys a row's partition follows from its key.
static Rc check_reads(Ctx *ctx, const TableDef *def, const Column *column)
{
    const Schema *schema = def->schemas;
    bool *is_read = ARENA_ARRAY(ctx->arena, bool, schema->column_count);
    TRY(generated_reads(ctx, def, column, is_read));
    for (size_t i = 0; i < schema->column_count; i++)
        if (is_read[i]) TRY(ddl_check_partition_key(ctx, &schema->columns[i]));
    return RC_OK;
}

// A hidden column for `expr`, behind all others.
static Rc add_hidden(Ctx *ctx, const Expr *expr, TableDef *def, uint32_t *id)
{
    Schema *schema = def->schemas;
    size_t hidden = 0;
    for (size_t i = 0; i < schema->column_count; i++) hidden += schema->columns[i].is_hidden;
    Column column = {.id = def->next_column_id,
                     .file_id = def->next_column_id,
                     .name = str_printf(ctx->arena, "__generated_partition_column_%zu", hidden),
                     .is_nullable = true,
                     .aggregation = def->keys != KEYS_DUPLICATE ? STR("REPLACE") : STR(""),
                     .default_text = STR(""),
                     .comment = STR(""),
                     .is_hidden = true,
                     .generated = sql_unparse_expr(ctx->arena, expr)};
    TRY(check_name_free(ctx, schema, column.name));
    TRY(generated_type(ctx, def, expr, &column.type));
    if (column.type.kind == TYPE_CHAR || type_is_text(column.type.kind))
        column.type = (Type){.kind = TYPE_VARCHAR, .len = TYPE_STRING_LEN};
    TRY(check_reads(ctx, def, &column));
    Column shown = column;
    shown.name = column.generated;  // a refusal tells the expression
    TRY(bound_check_column(ctx, PARTITION_LIST, &shown));
    Column *columns = ARENA_ARRAY(ctx->arena, Column, schema->column_count + 1);
    memcpy(columns, schema->columns, schema->column_count * sizeof(Column));
    columns[schema->column_count++] = column;
    schema->columns = columns;
    def->next_column_id++;
    *id = column.id;
    return RC_OK;
}

Rc ddl_read_automatic_list(Ctx *ctx, const AstPartitionBy *by, TableDef *def)
{
    size_t count = by->exprs.count;
    uint32_t *ids = ARENA_ARRAY(ctx->arena, uint32_t, count);
    if (by->def_count > 0)
        return SAY(ctx, SEMANTIC,
                   "Partitions of a table that is partitioned by expressions come with the data; "
                   "none can be described");
    def->method = PARTITION_LIST;
    def->is_auto_partitioned = true;
    for (size_t i = 0; i < count; i++) {
        Expr *expr = by->exprs.at[i];
        bool is_column = expr->kind == EXPR_COLUMN && expr->column.count == 1;
        if (is_column) {
            TRY(ddl_read_partition_columns(ctx, (ExprList){&expr, 1}, def));
            ids[i] = def->partition_columns[0];
        } else {
            TRY(add_hidden(ctx, expr, def, &ids[i]));
        }
        for (size_t k = 0; k < i; k++)
            if (ids[k] == ids[i])
                return SAY(ctx, SEMANTIC, "Duplicated partition column %.*s",
                           STR_ARG(expr->column.parts[0]));
    }
    def->partition_columns = ids;
    def->partition_column_count = count;
    return RC_OK;
}
