/*
 * plan/prune: partitions that a condition rules out, so that their files are never opened.
 *
 * A condition becomes a tree of tests on partition columns; what is no such test may be true
 * anywhere. A partition stays unless the tree is certainly not true in it, so a condition that is
 * not understood costs speed, never rows. Only the query's own columns count, never those of a
 * query around. Errors  none of its own.   Threads  pure.
 */
#include "plan/prune_inside.h"

Test *test_new(Ctx *ctx, TestKind kind)
{
    Test *test = ARENA_NEW(ctx->arena, Test);
    test->kind = kind;
    return test;
}

Test *test_of_column(Ctx *ctx, TestKind kind, const PlanScan *scan, size_t index)
{
    Test *test = test_new(ctx, kind);
    test->scan = scan;
    test->index = index;
    test->type = table_partition_column(scan->scan.table->def, index)->type;
    return test;
}

// ------------------------------------------------------------------------------- from conditions
// to tests

// Can be bound without reading a column or a table.
static bool is_constant(const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL:
    case EXPR_USER_VAR:
    case EXPR_SYSTEM_VAR: return true;
    case EXPR_UNARY: return is_constant(expr->unary.arg);
    case EXPR_BINARY: return is_constant(expr->binary.left) && is_constant(expr->binary.right);
    case EXPR_INTERVAL: return is_constant(expr->interval.arg);
    case EXPR_CAST: return is_constant(expr->cast.arg);
    case EXPR_CALL: break;
    default: return false;
    }
    if (expr->call->over != NULL || expr->call->order_by.count > 0 || expr->call->filter != NULL)
        return false;
    for (size_t i = 0; i < expr->call->args.count; i++)
        if (!is_constant(expr->call->args.at[i])) return false;
    return true;
}

const Field *prune_field(Ctx *ctx, const Scope *scope, const Expr *expr)
{
    const Field *field;
    if (expr->kind != EXPR_COLUMN) return NULL;
    if (scope_find(ctx, scope, &expr->column, &field) != RC_OK) {
        ctx_clear(ctx);
        return NULL;
    }
    if (field == NULL || field->column == NULL || field->scan == NULL || !scope_owns(scope, field))
        return NULL;
    return field;
}

// A partition column of a table of this query.
static const Field *partition_field(Ctx *ctx, const Scope *scope, const Expr *expr, size_t *index)
{
    const Field *field = prune_field(ctx, scope, expr);
    if (field == NULL) return NULL;
    const TableDef *def = field->scan->scan.table->def;
    for (size_t i = 0; i < def->partition_column_count; i++) {
        if (def->partition_columns[i] != field->column->id) continue;
        *index = i;
        return field;
    }
    return NULL;
}

static bool bind_constant(Ctx *ctx, Scope *scope, const Expr *expr, TypedExpr *out)
{
    Binder binder = {.scope = scope, .clause = "WHERE"};
    if (!is_constant(expr)) return false;
    if (expr_bind(ctx, &binder, expr, out) == RC_OK) return out->is_literal;
    ctx_clear(ctx);
    return false;
}

static bool is_text_like(Type type)
{
    return type_is_text(type.kind) || type.kind == TYPE_DATE || type.kind == TYPE_DATETIME;
}

// A DATE column beside a moment within a day: the day takes the moment's place.
static Fit fit_date(const TypedExpr *moment, BinaryOp *op, Str *value)
{
    *value = str_sub(moment->value, 0, 10);
    if (str_eq(str_sub(moment->value, 10, moment->value.len), STR(" 00:00:00"))) return FIT_EXACT;
    if (*op == BINARY_LT || *op == BINARY_LE)
        *op = BINARY_LE;
    else if (*op == BINARY_GT || *op == BINARY_GE)
        *op = BINARY_GT;
    else
        return FIT_NOT;
    return FIT_EXACT;
}

Fit prune_fit_value(Ctx *ctx, Type column, const TypedExpr *constant, BinaryOp *op, Str *value)
{
    TypedExpr fitted;
    Type from = constant->type;
    if (constant->value.ptr == NULL) return FIT_NEVER;
    if (column.kind == TYPE_DATE || column.kind == TYPE_DATETIME) {
        if (!is_text_like(from) || !literal_cast(ctx, constant, typing_of(TYPE_DATETIME), &fitted))
            return FIT_NOT;
        if (fitted.value.ptr == NULL) return FIT_NEVER;
        if (column.kind == TYPE_DATE) return fit_date(&fitted, op, value);
        *value = fitted.value;
        return FIT_EXACT;
    }
    if (type_is_integer(column.kind)) {
        bool is_equality = *op == BINARY_EQ || *op == BINARY_NE;
        bool is_text = type_is_text(from.kind);
        if (!type_is_integer(from.kind) && from.kind != TYPE_BOOLEAN && !(is_text && is_equality))
            return FIT_NOT;
        if (!literal_cast(ctx, constant, column, &fitted) || fitted.value.ptr == NULL)
            return FIT_NOT;
        *value = fitted.value;
        return !is_text || str_eq(fitted.value, constant->value) ? FIT_EXACT : FIT_NOT;
    }
    if (type_is_text(column.kind)) {
        *value = constant->value;
        return type_is_text(from.kind) ? FIT_EXACT : FIT_NOT;
    }
    if (column.kind != TYPE_BOOLEAN || from.kind != TYPE_BOOLEAN) return FIT_NOT;
    *value = str_eq(constant->value, STR("1")) ? STR("true") : STR("false");
    return FIT_EXACT;
}

// A partition column itself. False: `left` is none.
static bool compare_column(Ctx *ctx, const Comparison *comparison, Test **out)
{
    size_t index;
    Str value;
    BinaryOp op = comparison->op;
    const Field *field = partition_field(ctx, comparison->scope, comparison->left, &index);
    if (field == NULL) return false;
    Fit fit = prune_fit_value(ctx, field->type, comparison->constant, &op, &value);
    if (fit == FIT_NOT) return false;
    *out = fit == FIT_NEVER ? test_new(ctx, TEST_NEVER)
                            : test_of_column(ctx, TEST_COMPARE, field->scan, index);
    (*out)->op = op;
    (*out)->value = (Bound){BOUND_VALUE, value};
    return true;
}

static Test *build_compare(Ctx *ctx, Scope *scope, BinaryOp op, const Expr *left, const Expr *right)
{
    Test *test, *all = test_new(ctx, TEST_AND);
    TypedExpr constant;
    if (!bind_constant(ctx, scope, right, &constant)) return test_new(ctx, TEST_ANY);
    Comparison comparison = {scope, left, op, &constant};
    if (compare_column(ctx, &comparison, &test)) vec_push(ctx->arena, &all->parts, test);
    if (constant.value.ptr != NULL) prune_through_expressions(ctx, &comparison, all);
    return all->parts.len > 0 ? all : test_new(ctx, TEST_ANY);
}

static BinaryOp mirrored(BinaryOp op)
{
    switch (op) {
    case BINARY_LT: return BINARY_GT;
    case BINARY_LE: return BINARY_GE;
    case BINARY_GT: return BINARY_LT;
    case BINARY_GE: return BINARY_LE;
    default: return op;
    }
}

static Test *build(Ctx *ctx, Scope *scope, const Expr *expr);

static Test *build_binary(Ctx *ctx, Scope *scope, const Expr *expr)
{
    BinaryOp op = expr->binary.op;
    if (op == BINARY_AND || op == BINARY_OR) {
        Test *test = test_new(ctx, op == BINARY_AND ? TEST_AND : TEST_OR);
        for (; expr->kind == EXPR_BINARY && expr->binary.op == op; expr = expr->binary.left)
            vec_push(ctx->arena, &test->parts, build(ctx, scope, expr->binary.right));
        vec_push(ctx->arena, &test->parts, build(ctx, scope, expr));
        return test;
    }
    if (op < BINARY_EQ || op > BINARY_GE) return test_new(ctx, TEST_ANY);
    if (is_constant(expr->binary.left))
        return build_compare(ctx, scope, mirrored(op), expr->binary.right, expr->binary.left);
    return build_compare(ctx, scope, op, expr->binary.left, expr->binary.right);
}

static Test *build_in(Ctx *ctx, Scope *scope, const Expr *expr)
{
    if (expr->in.is_not || expr->in.query != NULL) return test_new(ctx, TEST_ANY);
    Test *test = test_new(ctx, TEST_OR);
    for (size_t i = 0; i < expr->in.list.count; i++)
        vec_push(ctx->arena, &test->parts,
                 build_compare(ctx, scope, BINARY_EQ, expr->in.arg, expr->in.list.at[i]));
    return test;
}

static Test *build_null(Ctx *ctx, Scope *scope, const Expr *arg)
{
    size_t index;
    Test *all = test_new(ctx, TEST_AND);
    const Field *field = partition_field(ctx, scope, arg, &index);
    // An outer join makes NULLs of its own.
    if (field != NULL && !field->is_nullable_side)
        vec_push(ctx->arena, &all->parts, test_of_column(ctx, TEST_NULL, field->scan, index));
    prune_null_through_expressions(ctx, scope, arg, all);
    return all->parts.len > 0 ? all : test_new(ctx, TEST_ANY);
}

static Test *build(Ctx *ctx, Scope *scope, const Expr *expr)
{
    if (expr->kind == EXPR_BINARY) return build_binary(ctx, scope, expr);
    if (expr->kind == EXPR_IN) return build_in(ctx, scope, expr);
    if (expr->kind == EXPR_BETWEEN && !expr->between.is_not) {
        Test *test = test_new(ctx, TEST_AND);
        vec_push(ctx->arena, &test->parts,
                 build_compare(ctx, scope, BINARY_GE, expr->between.arg, expr->between.low));
        vec_push(ctx->arena, &test->parts,
                 build_compare(ctx, scope, BINARY_LE, expr->between.arg, expr->between.high));
        return test;
    }
    bool is_null_test = expr->kind == EXPR_IS && expr->is.what == IS_NULL && !expr->is.is_not;
    return is_null_test ? build_null(ctx, scope, expr->is.arg) : test_new(ctx, TEST_ANY);
}

// ------------------------------------------------------------------------------- tests on
// partitions

// May a value of [lower, upper) compare so with the test's? `is_closed`: upper itself belongs to
// it, as more partition columns follow.
static bool range_may(const Test *test, const PartitionDef *def, bool is_closed)
{
    int from_lower = bound_compare(test->type, &test->value, &def->lower[test->index]);
    int from_upper = bound_compare(test->type, &test->value, &def->upper[test->index]);
    bool is_below = from_upper < 0 || (is_closed && from_upper == 0);
    switch (test->op) {
    case BINARY_EQ: return from_lower >= 0 && is_below;
    case BINARY_LT: return from_lower > 0;
    case BINARY_LE: return from_lower >= 0;
    case BINARY_GT: return from_upper < 0;
    case BINARY_GE: return is_below;
    default: return true;
    }
}

static bool value_may(const Test *test, const Bound *value)
{
    if (value->text.ptr == NULL) return false;  // NULL
    int order = bound_compare(test->type, value, &test->value);
    switch (test->op) {
    case BINARY_EQ: return order == 0;
    case BINARY_NE: return order != 0;
    case BINARY_LT: return order < 0;
    case BINARY_LE: return order <= 0;
    case BINARY_GT: return order > 0;
    default: return order >= 0;
    }
}

static bool list_may(const Test *test, const PartitionDef *def)
{
    for (size_t i = 0; i < def->list_count; i++) {
        const Bound *value = &def->list[i * def->width + test->index];
        bool may = test->kind == TEST_NULL ? value->text.ptr == NULL : value_may(test, value);
        if (may) return true;
    }
    return false;
}

// A column behind the first is bounded where all before it have one value in the partition.
static bool is_bounded(const TableDef *table, const PartitionDef *def, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        Type type = table_partition_column(table, i)->type;
        if (def->lower[i].kind != BOUND_VALUE || def->upper[i].kind != BOUND_VALUE) return false;
        if (bound_compare(type, &def->lower[i], &def->upper[i]) != 0) return false;
    }
    return true;
}

static bool is_lowest(const Test *test, const PlanScan *scan, size_t partition)
{
    static const Bound MIN = {BOUND_MIN, {NULL, 0}};
    const PartitionDef *def = scan->scan.table->partitions[partition]->def;
    return partition == 0 || bound_compare(test->type, &def->lower[0], &MIN) == 0;
}

static bool test_may(const Test *test, const PlanScan *scan, size_t partition)
{
    bool is_and = test->kind == TEST_AND;
    switch (test->kind) {
    case TEST_ANY: return true;
    case TEST_NEVER: return false;
    case TEST_AND:
    case TEST_OR:
        for (size_t i = 0; i < test->parts.len; i++)
            if (test_may(test->parts.at[i], scan, partition) != is_and) return !is_and;
        return is_and;
    case TEST_COMPARE:
    case TEST_NULL: break;
    }
    const TableDef *table = scan->scan.table->def;
    const PartitionDef *def = scan->scan.table->partitions[partition]->def;
    if (test->scan != scan || def->width == 0) return true;
    if (table->method == PARTITION_LIST) return list_may(test, def);
    if (!is_bounded(table, def, test->index)) return true;
    // NULL lies where the smallest value does.
    if (test->kind == TEST_NULL) return test->index > 0 || is_lowest(test, scan, partition);
    return range_may(test, def, def->width > test->index + 1);
}

static bool test_names(const Test *test, const PlanScan *scan)
{
    for (size_t i = 0; i < test->parts.len; i++)
        if (test_names(test->parts.at[i], scan)) return true;
    return test->scan == scan;
}

Rc prune_partitions(Ctx *ctx, const Expr *where, Scope *scope)
{
    const Planner *planner = scope->planner;
    const Test *test = build(ctx, scope, where);
    for (size_t i = 0; i < planner->scans.len; i++) {
        PlanScan *scan = planner->scans.at[i];
        if (scan->scan.kind != SCAN_TABLE || !test_names(test, scan)) continue;
        for (size_t j = 0; j < scan->scan.table->partition_count; j++)
            if (scan->is_kept[j] && !test_may(test, scan, j)) scan->is_kept[j] = false;
    }
    return RC_OK;
}
