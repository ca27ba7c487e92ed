#ifndef PLAN_EXPR_TYPE_H
#define PLAN_EXPR_TYPE_H
#include "base/ctx.h"
#include "base/type.h"
#include "sql/ast.h"

// Rules of types: what two operands become, as StarRocks' analyzer decides it (TypeManager,
// ArithmeticExpr, ScalarType). A VARCHAR of unknown length has len 0. Functions that return bool:
// false means that there is no such type; *out is untouched.

// A type of plain kind; VARCHAR without length.
Type typing_of(TypeKind kind);
Type typing_decimal(unsigned precision, unsigned scale);
// The narrowest integer type that holds `value`.
Type typing_of_integer(__int128 value);

// As messages print it: "int(11)", "varchar" without a length, "decimal(10, 2)".
Str typing_text(Arena *arena, Type type);

// The type that holds values of both: set operations, CASE, IF, COALESCE, VALUES.
bool typing_common(Arena *arena, Type a, Type b, Type *out);
// The type in which two values are compared. is_range: < <= > >=, else = <> <=>.
bool typing_compare(Arena *arena, Type a, Type b, bool is_range, Type *out);
// The type in which x [NOT] IN (..) or x BETWEEN .. compares all its operands.
bool typing_compare_all(Arena *arena, const Type *types, size_t count, bool is_between, Type *out);

// What an arithmetic or bit operator makes of its operands: they are cast to `left` and `right`
// first.
typedef struct Arithmetic {
    Type left, right, result;
} Arithmetic;
// Errors: SEMANTIC (no such operation on these types; scale out of bounds).
NODISCARD Rc typing_arithmetic(Ctx *ctx, BinaryOp op, Type a, Type b, Arithmetic *out);
// DECIMAL type that holds every value of an exact number type; DECIMAL itself unchanged.
Type typing_as_decimal(Type type);
// Scale of a / b for DECIMAL operands whose dividend has `scale`.
unsigned typing_divide_scale(unsigned scale);

// Values can be grouped, told apart, put in order: GROUP BY, DISTINCT, ORDER BY.
bool typing_can_group(Type type);
bool typing_can_order(Type type);
// Errors: SEMANTIC with StarRocks' texts. NOT_SUPPORTED: MAP in a group, whose equal values the
// engine does not see as equal when their entries stand in another order.
NODISCARD Rc typing_check_group(Ctx *ctx, Type type);
NODISCARD Rc typing_check_order(Ctx *ctx, Type type);

// CAST(a AS b) and implicit casts exist.
bool typing_can_cast(Type from, Type to);
// How far `from` is from a parameter of type `to`: 0 the same kind, small: widening, large:
// conversion; -1: a call with this argument does not match.
int typing_distance(Type from, Type to);

#endif
