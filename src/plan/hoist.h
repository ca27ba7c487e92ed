#ifndef PLAN_HOIST_H
#define PLAN_HOIST_H
#include "base/ctx.h"

// Operands that a text for the engine repeats, computed once: without it texts of nested calls
// would grow by a factor per level. A hoisted operand becomes a variable of a lambda around the
// whole.
//
//   Hoist hoist = {0};
//   hoist_add(ctx, &hoist, &sql);          // sql may now be short
//   sql = hoist_finish(ctx, &hoist, body); // body uses sql
typedef struct Hoist {
    Str fields;  // "'a0': .., 'a1': .."
    Str name;    // of the variable: other texts, other names
    size_t count;
} Hoist;

enum { HOIST_BYTES = 200 };  // shorter operands stay where they are

void hoist_add(Ctx *ctx, Hoist *hoist, Str *sql);
void hoist_force(Ctx *ctx, Hoist *hoist, Str *sql);  // however short
// Call it after the last add; nothing hoisted: `body` itself.
Str hoist_finish(Ctx *ctx, const Hoist *hoist, Str body);

#endif
