#ifndef PLAN_EXPR_H
#define PLAN_EXPR_H
#include "plan/expr_type.h"
#include "plan/query.h"

// An expression whose meaning is found: its type, and its text for the engine.
// The text is one operand (in parentheses where it must be), names relations by our own names only,
// and its engine type is scan_engine_type(type). Equal texts mean the same value, so that GROUP BY
// is matched by text.

typedef struct Field Field;
typedef struct Scope Scope;
typedef struct Planner Planner;
typedef struct SelectFacts SelectFacts;  // plan/premerge

typedef enum ExprTrait {
    TRAIT_AGGREGATE = 1,  // holds an aggregate of this query level
    TRAIT_WINDOW = 2,
    TRAIT_GROUPING = 4,  // GROUPING() or GROUPING_ID()
    TRAIT_SUBQUERY = 8,
    TRAIT_VOLATILE = 16,  // rand(), uuid(): each row anew
} ExprTrait;

typedef struct TypedExpr {
    Type type;
    Str sql;
    bool is_literal;  // its value is known now: `value`
    Str value;        // in the type's own form (dates yyyy-MM-dd, BOOLEAN 1|0); STR_NONE: NULL
    unsigned traits;
    const Field *field;  // a plain column
    const Field *loose;  // a column of this level outside of aggregates and of GROUP BY; NULL: none
    // ARRAY, MAP, STRUCT: what it was made of, in the types of `type`; NULL: not known
    const struct TypedExpr *parts;
    size_t part_count;
} TypedExpr;

// --- literals (expr_literal.c)
TypedExpr literal_make(Ctx *ctx, Type type, Str value);
TypedExpr literal_null(Ctx *ctx, Type type);
// Errors: SEMANTIC (number out of bounds).
NODISCARD Rc literal_read(Ctx *ctx, const Expr *expr, bool is_negative, TypedExpr *out);
// The literal in another type, as CAST gives it (NULL when it cannot be); false: only the engine
// can tell.
bool literal_cast(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out);
// Text for the engine of a value; quotes and bytes that SQL text cannot hold are dealt with.
Str literal_sql(Ctx *ctx, Type type, Str value);
void literal_put_string(Buf *out, Str text);
bool literal_integer(Str text,
                     __int128 *out);  // whole text, sign allowed; false also when too large

// --- casts (expr_cast.c)
// Implicit: VARCHAR lengths do not matter. What cannot be converted becomes NULL.
// Errors: SEMANTIC where no such cast exists.
NODISCARD Rc expr_convert(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out);
// Some values of `from` have no counterpart in `to` and become NULL.
bool expr_convert_may_fail(Type from, Type to);
// CAST(.. AS to): cuts to the length of CHAR(n), VARCHAR(n).
NODISCARD Rc expr_cast(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out);
// For conditions: WHERE, ON, AND, ..
NODISCARD Rc expr_to_boolean(Ctx *ctx, const TypedExpr *from, TypedExpr *out);
// Same value, another text for the engine; traits, columns and so on stay.
TypedExpr expr_rewrite(const TypedExpr *from, Type type, Str sql);
// traits and loose of both.
void expr_inherit(TypedExpr *to, const TypedExpr *from);

// --- binding (expr.c and others)
// Names of select items that other parts of the query may use.
typedef struct Alias {
    Str name;
    const Expr *expr;
    bool is_column;  // an item under its column's own name: ORDER BY only
    bool is_busy;    // being bound now: finds cycles
} Alias;

typedef enum AliasRule {
    ALIAS_NONE,
    ALIAS_LAST,   // only what is no column: select items, GROUP BY, HAVING
    ALIAS_FIRST,  // before columns, outside of aggregates: ORDER BY
} AliasRule;

// Where an expression stands.
typedef struct Binder {
    Scope *scope;
    const char *clause;   // names it in refusals, "WHERE"
    bool has_aggregates;  // allowed here
    bool has_windows;
    bool is_in_aggregate;  // inside the arguments of one
    bool is_in_window;
    bool is_in_lambda;  // in its body: no aggregates, no subqueries
    AliasRule alias_rule;
    Alias *aliases;
    size_t alias_count;
    const Alias *own_alias;  // of the item at hand: names a column there, not itself
    const Str *groups;       // texts of GROUP BY: what they hold may stand free
    size_t group_count;
    bool has_groups;  // the query has GROUP BY
    bool has_grouping_sets;
    bool is_stored;  // part of a definition: its value may depend on the row alone
} Binder;

NODISCARD Rc expr_bind(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
NODISCARD Rc expr_bind_condition(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);

// Parts of expr_bind, one per file.
NODISCARD Rc expr_bind_call(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
NODISCARD Rc expr_bind_aggregate(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
NODISCARD Rc expr_bind_subquery(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
NODISCARD Rc expr_bind_operator(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
NODISCARD Rc expr_bind_variable(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
bool expr_is_aggregate_name(Str name);  // also of window functions
// Nothing of the session or the moment may stand in a definition. Errors: SEMANTIC.
NODISCARD Rc expr_check_stored(Ctx *ctx, const Binder *binder, const char *what);

// operator on two bound operands; used by functions that are operators under another name
NODISCARD Rc expr_arithmetic(Ctx *ctx, BinaryOp op, const TypedExpr *left, const TypedExpr *right,
                             TypedExpr *out);
// n units, added (sign 1) or taken away (sign -1).
typedef struct Interval {
    TypedExpr count;
    TimeUnit unit;
    int sign;
} Interval;
// Always a DATETIME.
NODISCARD Rc expr_add_interval(Ctx *ctx, const TypedExpr *time, const Interval *by, TypedExpr *out);
// a / b for DECIMALs or their sum and count; scale as typing_divide_scale tells.
Str expr_decimal_quotient(Arena *arena, const TypedExpr *a, const TypedExpr *b, Type result);

#endif
