#ifndef PLAN_EXPR_NESTED_H
#define PLAN_EXPR_NESTED_H
#include "base/jsontext.h"
#include "plan/expr.h"

// Values of ARRAY, MAP and STRUCT as text for the engine. Private to the files expr_*.c and
// insert*.c.

// `each` for every element of `list`; `element` names it there.
Str nested_each(Ctx *ctx, Str list, Str element, Str each);
// A name for the elements of values of these types; values further inside have other names.
Str nested_element_name(Ctx *ctx, Type a, Type b);
// A field of a struct of the engine.
Str nested_field(Ctx *ctx, Str sql, Str name);
// {name: field, ..} of a STRUCT type.
Str nested_struct_sql(Ctx *ctx, Type type, const Str *fields);
// A map of a list of {'key', 'value'}; of two equal keys the later one counts.
Str nested_distinct_map(Ctx *ctx, Str entries);
// A value from its parts, which have the types of `type` (MAP: keys and values by turns). Of two
// equal keys the later one counts.
TypedExpr nested_make(Ctx *ctx, Type type, const TypedExpr *parts, size_t count);

// a op b, both of one type, nested or JSON; = <> <=>, of JSON < <= > >= too.
NODISCARD Rc nested_compare(Ctx *ctx, BinaryOp op, const TypedExpr *a, const TypedExpr *b,
                            Str *out);

// Between types of which one is nested or JSON.
NODISCARD Rc expr_convert_nested(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out);

// [..], map{..}, a[i], s.f, j -> 'p'
NODISCARD Rc expr_bind_nested(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out);
// row(..), struct(..), named_struct(..), map(..), element_at(..), to_json(..); array_sum and
// array_avg of DECIMAL. *is_done false: none of them.
NODISCARD Rc expr_bind_constructor(Ctx *ctx, const Expr *expr, TypedExpr *args, bool *is_done,
                                   TypedExpr *out);
// The field `name` of a STRUCT.
NODISCARD Rc expr_field(Ctx *ctx, const TypedExpr *from, Str name, TypedExpr *out);
// array_map(x -> .., a) and its like. *is_done false: no argument is a lambda.
NODISCARD Rc expr_bind_lambda_call(Ctx *ctx, Binder *binder, const Expr *expr, bool *is_done,
                                   TypedExpr *out);

#endif
