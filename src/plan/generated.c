/*
 * plan/generated: generated columns: their rules, and their values over a row.
 *
 * Form    Column.generated is SQL as our own printer writes it; it is parsed and bound anew for
 *         each statement. Its value depends on the row alone: what knows the session, the moment
 *         or chance is refused when the column is made.
 * Source  StarRocks' CreateTableAnalyzer.analyzeGeneratedColumn.
 * Errors  SEMANTIC, NOT_SUPPORTED.   Threads  pure.
 */
#include "plan/insert.h"
#include "sql/sql.h"

bool generated_exist(const Schema *schema)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].generated.len > 0) return true;
    return false;
}

// The table's columns; reading one marks it in `reads`.
static Scope *row_scope(Ctx *ctx, const GeneratedRow *row, PlanScan *reads)
{
    const Schema *schema = table_current_schema(row->def);
    Scope *scope = scope_root(ctx->arena, row->planner);
    reads->is_used = row->is_read;
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        if (column->is_hidden) continue;
        Field *field = ARENA_NEW(ctx->arena, Field);
        *field = (Field){.name = column->name,
                         .table = row->def->name,
                         .type = column->type,
                         .column = column,
                         .scan = reads,
                         .scan_column = i};
        field->sql = str_printf(ctx->arena, "%.*s.c%u", STR_ARG(row->relation), column->id);
        vec_push(ctx->arena, &scope->fields, field);
    }
    return scope;
}

static Rc bind_stored(Ctx *ctx, Scope *scope, const Expr *expr, TypedExpr *out)
{
    Binder binder = {.scope = scope, .clause = "generated column", .is_stored = true};
    return expr_bind(ctx, &binder, expr, out);
}

Rc generated_value(Ctx *ctx, const GeneratedRow *row, const Column *column, TypedExpr *out)
{
    Expr *expr;
    PlanScan reads = {0};
    TRY(sql_parse_expr(ctx, column->generated, &expr));
    return bind_stored(ctx, row_scope(ctx, row, &reads), expr, out);
}

Rc generated_bind(Ctx *ctx, const GeneratedRow *row, const Column *column, Str *out)
{
    TypedExpr value;
    TRY(generated_value(ctx, row, column, &value));
    return insert_fit_expr(ctx, column, &value, out);
}

// Hidden columns may read the others, so they come in a layer of their own.
static Rc append_layer(Ctx *ctx, Planner *planner, const TableDef *def, bool is_hidden, Str *sql)
{
    const Schema *schema = table_current_schema(def);
    bool has_any = false;
    for (size_t i = 0; i < schema->column_count; i++)
        has_any |=
            schema->columns[i].generated.len > 0 && schema->columns[i].is_hidden == is_hidden;
    if (!has_any) return RC_OK;
    Str relation = query_new_relation(ctx, planner);
    GeneratedRow row = {.planner = planner, .def = def, .relation = relation};
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        Str value = str_printf(ctx->arena, "%.*s.c%u", STR_ARG(relation), column->id);
        if (column->is_hidden && !is_hidden) continue;
        if (column->generated.len > 0 && column->is_hidden == is_hidden)
            TRY(generated_bind(ctx, &row, column, &value));
        buf_printf(&buf, "%s%.*s AS c%u", buf.len ? ", " : "SELECT ", STR_ARG(value), column->id);
    }
    buf_printf(&buf, " FROM (%.*s) AS %.*s", STR_ARG(*sql), STR_ARG(relation));
    *sql = buf_str(&buf);
    return RC_OK;
}

Rc generated_append(Ctx *ctx, Planner *planner, const TableDef *def, Str *sql)
{
    TRY(append_layer(ctx, planner, def, false, sql));
    return append_layer(ctx, planner, def, true, sql);
}

// What a definition is bound in: no session.
static const PlanEnv NOBODY = {.zone = {"", 0}};

Rc generated_reads(Ctx *ctx, const TableDef *def, const Column *column, bool *is_read)
{
    Planner planner = {.env = &NOBODY};
    GeneratedRow row = {&planner, def, STR("r0"), is_read};
    Str ignored;
    return generated_bind(ctx, &row, column, &ignored);
}

// ------------------------------------------------------------------------------- rules

Str ddl_message_type(Ctx *ctx, Type type)
{
    bool has_size = type.kind == TYPE_DECIMAL || (type_is_text(type.kind) && type.len > 0) ||
                    type_is_nested(type.kind);
    return has_size ? str_upper(ctx->arena, type_text(ctx->arena, type))
                    : str_from(type_name(type.kind));
}

// Type.matchesType: the kind must be the column's; texts of any length match, and a DECIMAL whose
// digits all fit.
static bool matches(Type column, Type expr)
{
    if (expr.kind == TYPE_NULL) return true;
    if (type_is_text(column.kind)) return type_is_text(expr.kind);
    if (column.kind != expr.kind) return false;
    if (column.kind == TYPE_DECIMAL)
        return column.scale >= expr.scale &&
               column.precision - column.scale >= expr.precision - expr.scale;
    return !type_is_nested(column.kind) || type_eq(column, expr);
}

static Rc check_reads(Ctx *ctx, const Schema *schema, const bool *is_read)
{
    for (size_t i = 0; i < schema->column_count; i++) {
        if (!is_read[i]) continue;
        if (schema->columns[i].generated.len > 0)
            return SAY(ctx, SEMANTIC, "Expression can not refers to other generated columns");
        if (schema->columns[i].is_auto_increment)
            return SAY(ctx, SEMANTIC, "Expression can not refers to AUTO_INCREMENT columns");
    }
    return RC_OK;
}

Rc generated_type(Ctx *ctx, const TableDef *def, const Expr *expr, Type *out)
{
    Planner planner = {.env = &NOBODY};
    GeneratedRow row = {.planner = &planner, .def = def, .relation = STR("r0")};
    row.is_read = ARENA_ARRAY(ctx->arena, bool, table_current_schema(def)->column_count);
    PlanScan reads = {0};
    TypedExpr value;
    TRY(bind_stored(ctx, row_scope(ctx, &row, &reads), expr, &value));
    if (value.traits & TRAIT_VOLATILE)
        return SAY(ctx, SEMANTIC, "Generated Column don't support non-deterministic function");
    *out = value.type;
    return RC_OK;
}

Rc generated_check(Ctx *ctx, const TableDef *def, const Expr *expr, Column *column)
{
    const Schema *schema = table_current_schema(def);
    Planner planner = {.env = &NOBODY};
    GeneratedRow row = {&planner, def, STR("r0"),
                        ARENA_ARRAY(ctx->arena, bool, schema->column_count)};
    PlanScan reads = {0};
    TypedExpr value;
    if (def->keys == KEYS_AGGREGATE)
        return SAY(ctx, SEMANTIC, "Generated Column does not support AGG table");
    if (column->is_key) return SAY(ctx, SEMANTIC, "Generated Column can not be KEY");
    if (!column->is_nullable)
        return SAY(ctx, SEMANTIC, "Generated Column must be nullable column.");
    TRY(bind_stored(ctx, row_scope(ctx, &row, &reads), expr, &value));
    TRY(check_reads(ctx, schema, row.is_read));
    if (value.traits & TRAIT_VOLATILE)
        return SAY(ctx, SEMANTIC, "Generated Column don't support non-deterministic function");
    if (!matches(column->type, value.type))
        return SAY(ctx, SEMANTIC,
                   "Illegal expression type for Generated Column Column Type: %.*s, Expression "
                   "Type: %.*s",
                   STR_ARG(ddl_message_type(ctx, column->type)),
                   STR_ARG(ddl_message_type(ctx, value.type)));
    column->generated = sql_unparse_expr(ctx->arena, expr);
    return RC_OK;
}
