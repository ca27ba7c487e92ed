/*
 * snap/name: names as parts of a path.
 *
 * Source  RFC 3986, section 2.1, narrowed: what may stay as it is, must stay as it is, so that two
 *         spellings of one name (and with it two claims on one label) cannot exist.
 * Errors  LIMIT_EXCEEDED.   Threads  pure functions.
 */
#include "snap/name.h"
#include "base/limits.h"

static const char HEX_DIGITS[] = "0123456789ABCDEF";

static bool is_plain(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

// Value of an upper-case hex digit, or -1.
static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

Rc name_encode(Ctx *ctx, Str name, Str *out)
{
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < name.len && buf.len <= LIMIT_LABEL_BYTES; i++) {
        unsigned char byte = (unsigned char)name.ptr[i];
        if (is_plain(name.ptr[i])) {
            buf_add_byte(&buf, name.ptr[i]);
            continue;
        }
        buf_add_bytes(&buf, (char[]){'%', HEX_DIGITS[byte >> 4], HEX_DIGITS[byte & 15]}, 3);
    }
    if (buf.len == 0 || buf.len > LIMIT_LABEL_BYTES)
        return FAIL(ctx, LIMIT_EXCEEDED, "Length of a name in a path (bytes, percent-encoded)",
                    (long long)LIMIT_LABEL_BYTES);
    *out = buf_str(&buf);
    return RC_OK;
}

bool name_decode(Arena *arena, Str text, Str *out)
{
    if (text.len == 0 || text.len > LIMIT_LABEL_BYTES) return false;
    char *bytes = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t pos = 0; pos < text.len; pos++) {
        bytes[len] = text.ptr[pos];
        if (!is_plain(bytes[len])) {
            if (bytes[len] != '%' || text.len - pos < 3) return false;
            int high = digit_value(text.ptr[pos + 1]), low = digit_value(text.ptr[pos + 2]);
            if (high < 0 || low < 0) return false;
            bytes[len] = (char)(high * 16 + low);
            if (is_plain(bytes[len])) return false;
            pos += 2;
        }
        len++;
    }
    *out = (Str){bytes, len};
    return true;
}
