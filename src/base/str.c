/*
 * base/str: views of bytes, and a builder.
 *
 * Errors  none; parsers of numbers answer false.   Threads  pure, apart from the arena given.
 */
#include "base/str.h"
#include <ctype.h>

static const char HEX[] = "0123456789abcdef";

static unsigned char fold(char byte)
{
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
}

Str str_from(const char *terminated)
{
    return terminated ? (Str){terminated, strlen(terminated)} : STR_NONE;
}

int str_cmp(Str a, Str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

int str_cmp_nocase(Str a, Str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int order = fold(a.ptr[i]) - fold(b.ptr[i]);
        if (order) return order;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_eq(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool str_eq_nocase(Str a, Str b)
{
    return a.len == b.len && str_cmp_nocase(a, b) == 0;
}

bool str_starts(Str text, Str prefix)
{
    return text.len >= prefix.len && str_eq(str_sub(text, 0, prefix.len), prefix);
}

bool str_starts_nocase(Str text, Str prefix)
{
    return text.len >= prefix.len && str_eq_nocase(str_sub(text, 0, prefix.len), prefix);
}

bool str_ends(Str text, Str suffix)
{
    return text.len >= suffix.len &&
           str_eq(str_sub(text, text.len - suffix.len, suffix.len), suffix);
}

bool str_contains(Str text, char byte)
{
    return text.len && memchr(text.ptr, byte, text.len) != NULL;
}

Str str_sub(Str text, size_t from, size_t len)
{
    if (from > text.len) from = text.len;
    if (len > text.len - from) len = text.len - from;
    return (Str){text.ptr ? text.ptr + from : "", len};
}

Str str_trim(Str text)
{
    while (text.len && isspace((unsigned char)text.ptr[0])) text.ptr++, text.len--;
    while (text.len && isspace((unsigned char)text.ptr[text.len - 1])) text.len--;
    return text;
}

Str str_cut(Str *rest, char byte)
{
    const char *found = rest->len ? memchr(rest->ptr, byte, rest->len) : NULL;
    size_t len = found ? (size_t)(found - rest->ptr) : rest->len;
    Str head = str_sub(*rest, 0, len);
    *rest = str_sub(*rest, found ? len + 1 : len, rest->len);
    return head;
}

ptrdiff_t str_find(Str text, Str needle)
{
    if (needle.len == 0) return 0;
    const char *found = text.len ? memmem(text.ptr, text.len, needle.ptr, needle.len) : NULL;
    return found ? found - text.ptr : -1;
}

bool str_to_u64(Str text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.len == 0) return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        if (__builtin_mul_overflow(value, 10u, &value)) return false;
        if (__builtin_add_overflow(value, (uint64_t)(text.ptr[i] - '0'), &value)) return false;
    }
    *out = value;
    return true;
}

bool str_to_i64(Str text, int64_t *out)
{
    bool is_negative = text.len && text.ptr[0] == '-';
    uint64_t size;
    if (!str_to_u64(is_negative ? str_sub(text, 1, text.len) : text, &size)) return false;
    if (size > (uint64_t)INT64_MAX + is_negative) return false;
    *out = is_negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

// Bytes that follow a lead byte, or -1. Overlong forms, surrogates and > U+10FFFF are refused by
// the bounds on the second byte (Unicode 15, table 3-7).
static int utf8_tail(const unsigned char *at, size_t left)
{
    static const struct {
        unsigned char lo, hi, second_lo, second_hi;
        int tail;
    } FORMS[] = {
        {0x00, 0x7F, 0, 0, 0},       {0xC2, 0xDF, 0x80, 0xBF, 1}, {0xE0, 0xE0, 0xA0, 0xBF, 2},
        {0xE1, 0xEC, 0x80, 0xBF, 2}, {0xED, 0xED, 0x80, 0x9F, 2}, {0xEE, 0xEF, 0x80, 0xBF, 2},
        {0xF0, 0xF0, 0x90, 0xBF, 3}, {0xF1, 0xF3, 0x80, 0xBF, 3}, {0xF4, 0xF4, 0x80, 0x8F, 3},
    };
    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
        if (at[0] < FORMS[i].lo || at[0] > FORMS[i].hi) continue;
        int tail = FORMS[i].tail;
        if ((size_t)tail >= left) return tail == 0 ? 0 : -1;
        if (tail && (at[1] < FORMS[i].second_lo || at[1] > FORMS[i].second_hi)) return -1;
        for (int k = 2; k <= tail; k++)
            if ((at[k] & 0xC0) != 0x80) return -1;
        return tail;
    }
    return -1;
}

bool str_is_utf8(Str text)
{
    for (size_t i = 0; i < text.len;) {
        int tail = utf8_tail((const unsigned char *)text.ptr + i, text.len - i);
        if (tail < 0) return false;
        i += (size_t)tail + 1;
    }
    return true;
}

Str str_dup(Arena *arena, Str text)
{
    if (!text.ptr) return STR_NONE;
    return (Str){str_z(arena, text), text.len};
}

char *str_z(Arena *arena, Str text)
{
    char *copy = arena_alloc(arena, text.len + 1);
    if (text.len) memcpy(copy, text.ptr, text.len);
    return copy;
}

Str str_vprintf(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (len < 0) return STR("");
    char *text = arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, args);
    return (Str){text, (size_t)len};
}

Str str_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vprintf(arena, format, args);
    va_end(args);
    return text;
}

Str str_lower(Arena *arena, Str text)
{
    char *copy = str_z(arena, text);
    for (size_t i = 0; i < text.len; i++) copy[i] = (char)fold(copy[i]);
    return (Str){copy, text.len};
}

Str str_upper(Arena *arena, Str text)
{
    char *copy = str_z(arena, text);
    for (size_t i = 0; i < text.len; i++)
        if (copy[i] >= 'a' && copy[i] <= 'z') copy[i] = (char)(copy[i] - 32);
    return (Str){copy, text.len};
}

Str str_hex(Arena *arena, const void *bytes, size_t len)
{
    const unsigned char *from = bytes;
    char *text = arena_alloc(arena, 2 * len + 1);
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = HEX[from[i] >> 4];
        text[2 * i + 1] = HEX[from[i] & 15];
    }
    return (Str){text, 2 * len};
}

static int hex_digit(char digit)
{
    const char *found = digit ? strchr(HEX, fold(digit)) : NULL;
    return found ? (int)(found - HEX) : -1;
}

bool str_unhex(Str text, void *out, size_t len)
{
    unsigned char *to = out;
    if (text.len != 2 * len) return false;
    for (size_t i = 0; i < text.len; i++)
        if (hex_digit(text.ptr[i]) < 0) return false;
    for (size_t i = 0; i < len; i++)
        to[i] = (unsigned char)((unsigned)hex_digit(text.ptr[2 * i]) << 4 |
                                (unsigned)hex_digit(text.ptr[2 * i + 1]));
    return true;
}

Buf buf_new(Arena *arena)
{
    return (Buf){.arena = arena};
}

// Room for `more` bytes and, behind them and not counted, for a `spare` one.
static char *make_room(Buf *buf, size_t more, size_t spare)
{
    if (buf->is_over) return NULL;
    if (buf->max_len && more > buf->max_len - buf->len) {
        buf->is_over = true;
        return NULL;
    }
    if (buf->cap - buf->len < more + spare) {
        size_t cap = buf->cap ? buf->cap * 2 : 64;
        while (cap - buf->len < more + spare) cap *= 2;
        buf->ptr = arena_grow(buf->arena, buf->ptr, buf->cap, cap);
        buf->cap = cap;
    }
    char *room = buf->ptr + buf->len;
    buf->len += more;
    return room;
}

void buf_add_bytes(Buf *buf, const void *bytes, size_t len)
{
    char *room = len ? make_room(buf, len, 0) : NULL;
    if (room) memcpy(room, bytes, len);
}

void buf_add(Buf *buf, Str text)
{
    buf_add_bytes(buf, text.ptr, text.len);
}

void buf_add_z(Buf *buf, const char *terminated)
{
    buf_add(buf, str_from(terminated));
}

void buf_add_byte(Buf *buf, char byte)
{
    buf_add_bytes(buf, &byte, 1);
}

void buf_printf(Buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *room = len > 0 ? make_room(buf, (size_t)len, 1) : NULL;
    if (room) vsnprintf(room, (size_t)len + 1, format, args);
    va_end(args);
}

void buf_add_quoted(Buf *buf, Str text, char quote)
{
    buf_add_byte(buf, quote);
    for (Str rest = text; rest.len;) {
        const char *found = memchr(rest.ptr, quote, rest.len);
        size_t len = found ? (size_t)(found - rest.ptr) + 1 : rest.len;
        buf_add(buf, str_sub(rest, 0, len));
        if (found) buf_add_byte(buf, quote);
        rest = str_sub(rest, len, rest.len);
    }
    buf_add_byte(buf, quote);
}

Str buf_str(const Buf *buf)
{
    return buf->ptr ? (Str){buf->ptr, buf->len} : STR("");
}

void buf_clear(Buf *buf)
{
    buf->len = 0;
    buf->is_over = false;
}
