#ifndef BASE_STR_H
#define BASE_STR_H
#include "base/arena.h"
#include "base/poison.h"
#include "base/rc.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

// A view of bytes, not terminated. ptr == NULL means "absent" (SQL NULL in a row); {"" ,0} is
// empty.
typedef struct Str {
    const char *ptr;
    size_t len;
} Str;

#define STR(literal) ((Str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)               \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }  // for static tables
#define STR_NONE ((Str){NULL, 0})
#define STR_ARG(s) (int)(s).len, (s).ptr ? (s).ptr : ""  // for "%.*s"

Str str_from(const char *terminated);  // NULL gives STR_NONE
bool str_eq(Str a, Str b);
bool str_eq_nocase(Str a, Str b);  // ASCII letters only
int str_cmp(Str a, Str b);         // plain byte order
int str_cmp_nocase(Str a, Str b);
bool str_starts(Str text, Str prefix);
bool str_starts_nocase(Str text, Str prefix);
bool str_ends(Str text, Str suffix);
bool str_contains(Str text, char byte);
Str str_sub(Str text, size_t from, size_t len);  // clipped to what is there
Str str_trim(Str text);                          // ASCII white space at both ends
// Cut off and return what stands before the first `byte`; *rest becomes what follows (empty if
// none).
Str str_cut(Str *rest, char byte);
// Index of `needle` in `text`, or -1.
ptrdiff_t str_find(Str text, Str needle);

// Whole text or nothing: no blanks, no sign where unsigned, no overflow. False leaves *out
// untouched.
bool str_to_i64(Str text, int64_t *out);
bool str_to_u64(Str text, uint64_t *out);
bool str_is_utf8(Str text);

Str str_dup(Arena *arena, Str text);
char *str_z(Arena *arena, Str text);  // NUL-terminated copy, for the edge of a foreign call
Str str_printf(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_vprintf(Arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);
Str str_lower(Arena *arena, Str text);  // ASCII letters only
Str str_upper(Arena *arena, Str text);
Str str_hex(Arena *arena, const void *bytes, size_t len);  // lower-case digits
bool str_unhex(Str text, void *out, size_t len);           // exactly 2*len digits

// Builds bytes in an arena. Grows by doubling; `max_len` 0 means "no cap of its own".
typedef struct Buf {
    Arena *arena;
    char *ptr;
    size_t len, cap, max_len;
    bool is_over;  // something was refused because of max_len; the content stays as it was
} Buf;

Buf buf_new(Arena *arena);
void buf_add(Buf *buf, Str text);
void buf_add_z(Buf *buf, const char *terminated);
void buf_add_byte(Buf *buf, char byte);
void buf_add_bytes(Buf *buf, const void *bytes, size_t len);
void buf_printf(Buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
// Text between `quote` signs, each `quote` inside doubled.
void buf_add_quoted(Buf *buf, Str text, char quote);
Str buf_str(const Buf *buf);  // view; valid until the next add
void buf_clear(Buf *buf);

#endif
