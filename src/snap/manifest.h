#ifndef SNAP_MANIFEST_H
#define SNAP_MANIFEST_H
#include "base/ctx.h"
#include "schema/snapcontent.h"

// A manifest as text (docs/FORMAT.md, "Manifest"): one line of JSON, then one line `blake3:<64
// hex>` with the digest of the first line and its line break.

// The text of `content`; the same content gives the same bytes.
Str manifest_print(Ctx *ctx, const SnapContent *content);

// Everything is checked: whoever wrote it is not trusted. `place` names it in messages.
// Errors: MANIFEST_DAMAGED (what was expected and found), MANIFEST_NEWER, LIMIT_EXCEEDED.
NODISCARD Rc manifest_parse(Ctx *ctx, Str text, Str place, SnapContent **out);

#endif
