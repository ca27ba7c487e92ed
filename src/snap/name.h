#ifndef SNAP_NAME_H
#define SNAP_NAME_H
#include "base/ctx.h"

// Names of repositories and labels as parts of a path. Every byte except [A-Za-z0-9_-] is written
// as %XX with upper-case digits, so a name has one spelling only and no separator, dot or control
// byte gets into a path. Case is kept: the store must not fold it.

// Errors: LIMIT_EXCEEDED when the result is empty or over LIMIT_LABEL_BYTES.
NODISCARD Rc name_encode(Ctx *ctx, Str name, Str *out);
// False: not a spelling that name_encode makes (a foreign file). *out is untouched then.
bool name_decode(Arena *arena, Str text, Str *out);

#endif
