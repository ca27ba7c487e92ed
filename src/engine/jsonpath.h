#ifndef ENGINE_JSONPATH_H
#define ENGINE_JSONPATH_H
#include "base/ctx.h"

// Paths into JSON values: $.a."b.c"[0].d[*], or a.b without the root.

typedef enum JsonSelect { SELECT_NONE, SELECT_ONE, SELECT_ALL, SELECT_SLICE } JsonSelect;
typedef struct JsonStep {
    Str key;  // empty: none; "$": back to the root
    JsonSelect select;
    int64_t from, to;  // SELECT_ONE: from; SELECT_SLICE: [from, to)
} JsonStep;
typedef struct JsonPath {
    JsonStep *steps;
    size_t count;
} JsonPath;

// Errors: JSON_PATH.
NODISCARD Rc jsonpath_parse(Ctx *ctx, Str text, JsonPath *out);
// The value that the path leads to in a text as base/jsontext has it; with [*] or [a:b] the array
// of what it leads to. STR_NONE: nowhere.
Str jsonpath_find(Arena *arena, Str json, const JsonPath *path);

#endif
