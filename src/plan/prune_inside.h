#ifndef PLAN_PRUNE_INSIDE_H
#define PLAN_PRUNE_INSIDE_H
#include "plan/query_bind.h"
#include "schema/bounds.h"

// Private to plan/prune*.c: conditions as tests on partition columns.

typedef enum TestKind {
    TEST_ANY,    // may be true anywhere
    TEST_NEVER,  // true nowhere: a comparison with NULL
    TEST_AND,
    TEST_OR,
    TEST_COMPARE,
    TEST_NULL,  // column IS NULL
} TestKind;

typedef struct Test Test;
struct Test {
    TestKind kind;
    VEC(Test *) parts;     // TEST_AND, TEST_OR
    const PlanScan *scan;  // the rest: the column is number `index` of its partition columns
    size_t index;
    Type type;
    BinaryOp op;
    Bound value;
};
Test *test_new(Ctx *ctx, TestKind kind);
// A test of partition column `index` of the scan's table.
Test *test_of_column(Ctx *ctx, TestKind kind, const PlanScan *scan, size_t index);

typedef enum Fit { FIT_NOT, FIT_NEVER, FIT_EXACT } Fit;
// The constant in the form of the column's bounds, where comparing it there gives what the engine
// gives.
Fit prune_fit_value(Ctx *ctx, Type column, const TypedExpr *constant, BinaryOp *op, Str *value);
// The column of a table of this query that `expr` is; NULL: it is none.
const Field *prune_field(Ctx *ctx, const Scope *scope, const Expr *expr);

// What `left op constant` says about partition columns that `left` is no plain name of: those that
// a unit of time of `left` names, and hidden ones. Added to `tests` (TEST_AND).
typedef struct Comparison {
    Scope *scope;
    const Expr *left;
    BinaryOp op;
    const TypedExpr *constant;
} Comparison;
void prune_through_expressions(Ctx *ctx, const Comparison *comparison, Test *tests);
// The same for `left IS NULL`.
void prune_null_through_expressions(Ctx *ctx, Scope *scope, const Expr *left, Test *tests);

#endif
