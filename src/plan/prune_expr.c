/*
 * plan/prune_expr: what a comparison says about partitions by way of expressions.
 *
 * Form    date_trunc('month', d) = x on a table by d becomes a range of d. On a table by a hidden
 *         column g(d), d = x becomes g = g(x), and d >= x becomes g >= g(x) where g keeps the
 * order; g(x) is computed by the engine. A condition on g(d) itself is one on the hidden column. An
 * expression whose value depends on the session's time zone says nothing. Source  StarRocks'
 * ListPartitionPruner and PartitionColPredicateExtractor, in what they achieve. Errors  none: what
 * is not understood adds no test.   Threads  pure, apart from the Ctx.
 */
#include "plan/insert.h"
#include "plan/prune_inside.h"
#include "schema/autopart.h"
#include "sql/sql.h"

enum { MOST_EVALUATIONS = 64 };  // of expressions by the engine, in one statement

static bool is_call_of(const Expr *expr, const char *name)
{
    return expr->kind == EXPR_CALL && str_eq_nocase(qname_last(expr->call->name), str_from(name));
}

static bool is_range_op(BinaryOp op)
{
    return op == BINARY_LT || op == BINARY_LE || op == BINARY_GT || op == BINARY_GE;
}

// --- units of time of a partition column

// date_trunc('unit', x), date(x), to_date(x), CAST(x AS DATE): *arg is x.
static bool is_unit(const Expr *expr, AutoUnit *unit, const Expr **arg)
{
    *unit = (AutoUnit){.kind = AUTO_DAY, .count = 1};
    if (expr->kind == EXPR_CAST) {
        *arg = expr->cast.arg;
        return expr->cast.type.kind == TYPE_DATE;
    }
    if (is_call_of(expr, "date_trunc") && expr->call->args.count == 2) {
        const Expr *word = expr->call->args.at[0];
        *arg = expr->call->args.at[1];
        return word->kind == EXPR_LITERAL && word->literal.kind == LITERAL_STRING &&
               auto_unit_kind(word->literal.text, &unit->kind);
    }
    bool is_day = is_call_of(expr, "date") || is_call_of(expr, "to_date");
    if (is_day && expr->call->args.count == 1) *arg = expr->call->args.at[0];
    return is_day && expr->call->args.count == 1;
}

// Partition column `index` of a scan's table.
typedef struct Target {
    const PlanScan *scan;
    size_t index;
} Target;

static void add_bound(Ctx *ctx, Test *tests, Target target, BinaryOp op, Bound value)
{
    Test *test = test_of_column(ctx, TEST_COMPARE, target.scan, target.index);
    test->op = op;
    test->value = value;
    vec_push(ctx->arena, &tests->parts, test);
}

// unit(column) op moment, told of the column itself.
static void add_unit_tests(Ctx *ctx, Test *tests, Target target, const Comparison *comparison,
                           AutoUnit unit)
{
    CalTime moment;
    Str text;
    BinaryOp op = comparison->op;
    Type type = table_partition_column(target.scan->scan.table->def, target.index)->type;
    bool is_time = type.kind == TYPE_DATETIME || (type.kind == TYPE_DATE && unit.kind >= AUTO_DAY);
    if (!is_time || (op != BINARY_EQ && !is_range_op(op))) return;
    Fit fit = prune_fit_value(ctx, typing_of(TYPE_DATETIME), comparison->constant, &op, &text);
    if (fit != FIT_EXACT || !caltime_parse(text, &moment)) return;
    CalTime start = auto_unit_floor(unit, &moment);
    bool is_start = start.days == moment.days && start.micros == moment.micros;
    NamedRange range = auto_unit_range(ctx->arena, type, unit, start);
    Bound begin = is_start ? range.lower : range.upper;
    if (op == BINARY_EQ && !is_start)
        vec_push(ctx->arena, &tests->parts, test_new(ctx, TEST_NEVER));
    if (op == BINARY_EQ) {
        add_bound(ctx, tests, target, BINARY_GE, range.lower);
        add_bound(ctx, tests, target, BINARY_LT, range.upper);
    }
    if (op == BINARY_GE) add_bound(ctx, tests, target, BINARY_GE, begin);
    if (op == BINARY_GT) add_bound(ctx, tests, target, BINARY_GE, range.upper);
    if (op == BINARY_LT) add_bound(ctx, tests, target, BINARY_LT, begin);
    if (op == BINARY_LE) add_bound(ctx, tests, target, BINARY_LT, range.upper);
}

static void through_units(Ctx *ctx, const Comparison *comparison, Test *tests)
{
    AutoUnit unit;
    const Expr *arg = NULL;
    if (!is_unit(comparison->left, &unit, &arg)) return;
    const Field *field = prune_field(ctx, comparison->scope, arg);
    if (field == NULL) return;
    const TableDef *def = field->scan->scan.table->def;
    for (size_t i = 0; i < def->partition_column_count; i++)
        if (def->partition_columns[i] == field->column->id)
            add_unit_tests(ctx, tests, (Target){field->scan, i}, comparison, unit);
}

// --- hidden columns

// A hidden partition column, and what its expression is over the rows of a scan.
typedef struct Hidden {
    const PlanScan *scan;
    size_t index;
    const Column *column;
    const Expr *expr;
    const Column *source;  // the only column that it reads; NULL: several
} Hidden;

static bool bind_value(Ctx *ctx, const GeneratedRow *row, const Column *column, TypedExpr *out)
{
    if (generated_value(ctx, row, column, out) == RC_OK) return true;
    ctx_clear(ctx);
    return false;
}

// Bound for two zones: an expression that differs says another thing in each session.
static bool depends_on_zone(Ctx *ctx, const TableDef *def, const Column *column)
{
    static const char *const ZONES[] = {"Etc/GMT+1", "Etc/GMT+2"};
    Str texts[2];
    for (int i = 0; i < 2; i++) {
        PlanEnv env = {.database = STR(""), .zone = str_from(ZONES[i])};
        Planner planner = {.env = &env};
        GeneratedRow row = {.planner = &planner, .def = def, .relation = STR("k")};
        TypedExpr value;
        if (!bind_value(ctx, &row, column, &value)) return true;
        texts[i] = value.sql;
    }
    return !str_eq(texts[0], texts[1]);
}

static const Column *only_source(Ctx *ctx, const TableDef *def, const Column *column)
{
    const Schema *schema = table_current_schema(def);
    bool *is_read = ARENA_ARRAY(ctx->arena, bool, schema->column_count);
    const Column *source = NULL;
    if (generated_reads(ctx, def, column, is_read) != RC_OK) {
        ctx_clear(ctx);
        return NULL;
    }
    for (size_t i = 0; i < schema->column_count; i++) {
        if (!is_read[i]) continue;
        if (source != NULL) return NULL;
        source = &schema->columns[i];
    }
    return source;
}

static bool read_hidden(Ctx *ctx, const PlanScan *scan, size_t index, Hidden *out)
{
    Expr *expr;
    const TableDef *def = scan->scan.table->def;
    const Column *column = table_partition_column(def, index);
    if (!column->is_hidden || depends_on_zone(ctx, def, column)) return false;
    if (sql_parse_expr(ctx, column->generated, &expr) != RC_OK) {
        ctx_clear(ctx);
        return false;
    }
    *out = (Hidden){scan, index, column, expr, only_source(ctx, def, column)};
    return true;
}

// The expression over one value of its source column, as a bound of the hidden column. False: it
// cannot be told. `value` STR_NONE: NULL.
static bool evaluate(Ctx *ctx, Planner *planner, const Hidden *hidden, Str value, Bound *out)
{
    const PlanEnv *env = planner->env;
    const TableDef *def = hidden->scan->scan.table->def;
    TypedExpr bound;
    Str text = STR_NONE;
    if (env->evaluate == NULL || planner->evaluations == MOST_EVALUATIONS) return false;
    if (hidden->source->type.kind == TYPE_BOOLEAN) return false;
    GeneratedRow row = {.planner = planner, .def = def, .relation = STR("k")};
    if (!bind_value(ctx, &row, hidden->column, &bound)) return false;
    planner->evaluations++;
    TypedExpr given = value.ptr ? literal_make(ctx, hidden->source->type, value)
                                : literal_null(ctx, hidden->source->type);
    Str sql = str_printf(ctx->arena, "SELECT CAST(%.*s AS VARCHAR) FROM (SELECT %.*s AS c%u) AS k",
                         STR_ARG(bound.sql), STR_ARG(given.sql), hidden->source->id);
    *out = (Bound){BOUND_VALUE, STR_NONE};
    Rc rc = env->evaluate(env->handle, ctx, sql, &text);
    if (rc == RC_OK && text.ptr) rc = bound_normalise(ctx, hidden->column->type, text, &out->text);
    if (rc != RC_OK) ctx_clear(ctx);
    return rc == RC_OK;
}

// Keeps the order of its argument.
static bool is_monotone(const Expr *expr, const Hidden *hidden)
{
    AutoUnit unit;
    const Expr *arg = NULL;
    TypeKind kind = hidden->source->type.kind;
    if (kind != TYPE_DATE && kind != TYPE_DATETIME) return false;
    bool is_known = is_unit(expr, &unit, &arg);
    bool is_year = is_call_of(expr, "year") || is_call_of(expr, "last_day");
    if (!is_known && is_year && expr->call->args.count == 1) arg = expr->call->args.at[0];
    return arg != NULL && arg->kind == EXPR_COLUMN;
}

// column op constant -> hidden op g(constant)
static void through_source(Ctx *ctx, const Comparison *comparison, const Hidden *hidden,
                           Test *tests)
{
    Str value;
    Bound bound;
    BinaryOp op = comparison->op;
    if (op != BINARY_EQ && !(is_range_op(op) && is_monotone(hidden->expr, hidden))) return;
    Fit fit = prune_fit_value(ctx, hidden->source->type, comparison->constant, &op, &value);
    if (fit != FIT_EXACT || !evaluate(ctx, comparison->scope->planner, hidden, value, &bound))
        return;
    if (bound_is_null(&bound)) {
        // only an equality tells which rows those are
        if (op == BINARY_EQ)
            vec_push(ctx->arena, &tests->parts,
                     test_of_column(ctx, TEST_NULL, hidden->scan, hidden->index));
        return;
    }
    if (op == BINARY_LT) op = BINARY_LE;
    if (op == BINARY_GT) op = BINARY_GE;
    add_bound(ctx, tests, (Target){hidden->scan, hidden->index}, op, bound);
}

// The relation that the fields of a scan belong to: "r4" of "r4.c1". An outer join makes rows that
// no partition has.
static Str relation_of(const Scope *scope, const PlanScan *scan)
{
    for (size_t i = 0; i < scope->fields.len; i++) {
        const Field *field = scope->fields.at[i];
        if (field->scan != scan || field->is_nullable_side) continue;
        Str rest = field->sql;
        return str_cut(&rest, '.');
    }
    return STR_NONE;
}

// g(d) op constant -> hidden op constant
static void through_itself(Ctx *ctx, const Comparison *comparison, const Hidden *hidden,
                           Test *tests)
{
    Str value, relation = relation_of(comparison->scope, hidden->scan);
    TypedExpr left, own;
    BinaryOp op = comparison->op;
    Binder binder = {.scope = comparison->scope, .clause = "WHERE"};
    if (comparison->left->kind == EXPR_COLUMN || relation.ptr == NULL) return;
    GeneratedRow row = {.planner = comparison->scope->planner,
                        .def = hidden->scan->scan.table->def,
                        .relation = relation};
    if (!bind_value(ctx, &row, hidden->column, &own)) return;
    if (expr_bind(ctx, &binder, comparison->left, &left) != RC_OK) {
        ctx_clear(ctx);
        return;
    }
    if (!str_eq(left.sql, own.sql)) return;
    Fit fit = prune_fit_value(ctx, hidden->column->type, comparison->constant, &op, &value);
    if (fit == FIT_EXACT)
        add_bound(ctx, tests, (Target){hidden->scan, hidden->index}, op,
                  (Bound){BOUND_VALUE, value});
}

static bool is_of_scope(const Scope *scope, const PlanScan *scan)
{
    for (size_t i = 0; i < scope->fields.len; i++)
        if (scope->fields.at[i]->scan == scan) return true;
    return false;
}

void prune_through_expressions(Ctx *ctx, const Comparison *comparison, Test *tests)
{
    Scope *scope = comparison->scope;
    const Planner *planner = scope->planner;
    const Field *field = prune_field(ctx, scope, comparison->left);
    through_units(ctx, comparison, tests);
    for (size_t i = 0; i < planner->scans.len; i++) {
        const PlanScan *scan = planner->scans.at[i];
        if (scan->scan.kind != SCAN_TABLE || !is_of_scope(scope, scan)) continue;
        const TableDef *def = scan->scan.table->def;
        for (size_t k = 0; k < def->partition_column_count; k++) {
            Hidden hidden;
            if (!read_hidden(ctx, scan, k, &hidden)) continue;
            bool is_source = field && field->scan == scan && hidden.source &&
                             hidden.source->id == field->column->id;
            if (is_source) through_source(ctx, comparison, &hidden, tests);
            through_itself(ctx, comparison, &hidden, tests);
        }
    }
}

void prune_null_through_expressions(Ctx *ctx, Scope *scope, const Expr *left, Test *tests)
{
    const Field *field = prune_field(ctx, scope, left);
    if (field == NULL || field->is_nullable_side) return;
    const TableDef *def = field->scan->scan.table->def;
    for (size_t k = 0; k < def->partition_column_count; k++) {
        Hidden hidden;
        Bound bound;
        if (!read_hidden(ctx, field->scan, k, &hidden) || !hidden.source) continue;
        if (hidden.source->id != field->column->id) continue;
        if (!evaluate(ctx, scope->planner, &hidden, STR_NONE, &bound)) continue;
        if (bound_is_null(&bound))
            vec_push(ctx->arena, &tests->parts, test_of_column(ctx, TEST_NULL, field->scan, k));
        else
            add_bound(ctx, tests, (Target){field->scan, k}, BINARY_EQ, bound);
    }
}
