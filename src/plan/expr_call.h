#ifndef PLAN_EXPR_CALL_H
#define PLAN_EXPR_CALL_H
#include "plan/query_scope.h"

// Functions by table: functions.def. Private to expr_call.c and expr_aggregate.c.

typedef enum CallKind {
    CALL_UNKNOWN,
    CALL_SCALAR,
    CALL_VOLATILE,
    CALL_AGGREGATE,
    CALL_WINDOW
} CallKind;
typedef struct Signature {
    const char *name;
    const char *params;  // signs as functions.def tells
    const char *result;
    CallKind kind;
    const char *text;
} Signature;

// The kind of the function's first signature.
CallKind call_kind(Str name);
// The nearest signature; NULL: none takes these arguments.
const Signature *call_signature(Ctx *ctx, Str name, const TypedExpr *args, size_t count);
// SEMANTIC, No matching function with signature: ..; NOT_SUPPORTED for what StarRocks has. args
// NULL: f(*).
NODISCARD Rc call_no_match(Ctx *ctx, const Expr *expr, const TypedExpr *args, size_t count);
NODISCARD Rc call_bind_args(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr **out);

// What goes into a signature's text.
typedef struct CallText {
    TypedExpr *args;
    size_t count;
    Type result;  // the rest: see functions.def
    bool is_distinct;
    bool ignores_nulls;
    Str window;
    Str order;  // " ORDER BY .." within the call; empty: none
} CallText;
Str call_expand(Ctx *ctx, const Binder *binder, const char *template, const CallText *text);
// Casts text->args to the signature's parameters and writes the call.
NODISCARD Rc call_apply(Ctx *ctx, const Binder *binder, const Signature *signature, CallText *text,
                        TypedExpr *out);

#endif
