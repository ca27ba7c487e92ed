#ifndef BASE_JSONTEXT_H
#define BASE_JSONTEXT_H
#include "base/str.h"

// Values of the type JSON as the text that clients read and that lies at rest: members in the order
// of their names' bytes, one blank behind ':' and ','. The empty text is StarRocks' "none", which
// parse_json('') makes: it prints as nothing, and every path in it leads nowhere.
//
// What reads such a text trusts nothing about it: damaged text has no members, and no read leaves
// it.

enum { JSONTEXT_MAX_BYTES = 16 * 1024 * 1024, JSONTEXT_MAX_DEPTH = 500 };

// Any JSON text to that form, in `arena`. False: it is no JSON, too long, or too deep.
bool jsontext_read(Arena *arena, Str text, Str *out);
// As CAST(varchar AS JSON): what begins with { [ " or a digit is read, all else is a string.
bool jsontext_from_text(Arena *arena, Str text, Str *out);

void jsontext_put_string(Buf *out, Str text);
void jsontext_put_double(Buf *out, double value);  // finite

typedef enum JsonTextKind {
    JSONTEXT_NONE,  // nothing there
    JSONTEXT_NULL,
    JSONTEXT_BOOL,
    JSONTEXT_NUMBER,
    JSONTEXT_STRING,
    JSONTEXT_ARRAY,
    JSONTEXT_OBJECT,
} JsonTextKind;
JsonTextKind jsontext_kind(Str value);

// The items of an array, or the members of an object, in order. Any other value has none.
typedef struct JsonTextItems {
    Str rest;
    bool is_object;
} JsonTextItems;
JsonTextItems jsontext_items(Str value);
// `key` (may be NULL): of a member, as written, quotes and escapes included.
bool jsontext_next(JsonTextItems *items, Str *key, Str *value);
// The member of that name; STR_NONE: none.
Str jsontext_member(Arena *arena, Str object, Str name);
// What a string holds; a string without escapes is a view of the text. STR_NONE: it is no string.
Str jsontext_string(Arena *arena, Str value);
// Below, at or above 0, in StarRocks' order of JSON values.
int jsontext_compare(Arena *arena, Str a, Str b);

#endif
