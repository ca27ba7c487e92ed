/*
 * base/jsontext: values of the type JSON as text.
 *
 * Form    RFC 8259; numbers that fit 64 bits stay whole, all others are doubles and print as
 *         StarRocks' store of JSON does (shortest digits, exponent from 1e+7 zeros on).
 * Source  StarRocks JsonValue over velocypack: sorted members, equal names all kept, compare().
 * Errors  none: what cannot be read is false.   Threads  pure.
 */
#include "base/jsontext.h"
#include "base/vec.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum { NUMBER_BYTES = 40, UTF8_MAX = 4 };

typedef struct Reader {
    Arena *arena;
    const char *at, *end;
    unsigned depth;
} Reader;

static void skip_blanks(Reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at != '\0') r->at++;
}

static bool take(Reader *r, char byte)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != byte) return false;
    r->at++;
    return true;
}

// ------------------------------------------------------------------------------------- strings

static void put_utf8(Buf *out, uint32_t code)
{
    char bytes[UTF8_MAX];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char HEADS[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len; i-- > 1; code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3F));
    bytes[0] = (char)(HEADS[len] | code);
    buf_add_bytes(out, bytes, len);
}

static bool read_hex4(Reader *r, uint32_t *out)
{
    unsigned char bytes[2];
    if (r->end - r->at < 4 || !str_unhex((Str){r->at, 4}, bytes, 2)) return false;
    r->at += 4;
    *out = (uint32_t)bytes[0] << 8 | bytes[1];
    return true;
}

// Behind \u; two halves of a pair make one character.
static bool read_unicode(Reader *r, Buf *out)
{
    uint32_t code, low;
    if (!read_hex4(r, &code)) return false;
    bool is_high = code >= 0xD800 && code < 0xDC00;
    if (code >= 0xDC00 && code < 0xE000) return false;
    if (is_high) {
        if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u') return false;
        r->at += 2;
        if (!read_hex4(r, &low) || low < 0xDC00 || low >= 0xE000) return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    put_utf8(out, code);
    return true;
}

static bool read_escape(Reader *r, Buf *out)
{
    if (r->at == r->end) return false;
    char byte = *r->at++;
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    if (byte == 'u') return read_unicode(r, out);
    const char *found = byte ? strchr(FROM, byte) : NULL;
    if (found == NULL) return false;
    buf_add_byte(out, TO[found - FROM]);
    return true;
}

// Behind the quote. *out: what the string holds, a view of the text if nothing in it is escaped.
static bool read_string(Reader *r, Str *out)
{
    const char *start = r->at;
    Buf buf = buf_new(r->arena);
    bool is_escaped = false;
    while (r->at < r->end && *r->at != '"') {
        if ((unsigned char)*r->at < 0x20) return false;
        if (*r->at != '\\') {
            if (is_escaped) buf_add_byte(&buf, *r->at);
            r->at++;
            continue;
        }
        if (!is_escaped) buf_add(&buf, (Str){start, (size_t)(r->at - start)});
        is_escaped = true;
        r->at++;
        if (!read_escape(r, &buf)) return false;
    }
    if (r->at == r->end) return false;
    *out = is_escaped ? buf_str(&buf) : (Str){start, (size_t)(r->at - start)};
    if (out->ptr == NULL) *out = STR("");
    r->at++;
    return true;
}

void jsontext_put_string(Buf *out, Str text)
{
    static const char PLAIN[] = "\b\f\n\r\t", SHORT[] = "bfnrt";
    buf_add_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        const char *found = byte ? strchr(PLAIN, byte) : NULL;
        if (byte == '"' || byte == '\\') {
            buf_add_byte(out, '\\');
            buf_add_byte(out, byte);
        } else if (found) {
            buf_add_byte(out, '\\');
            buf_add_byte(out, SHORT[found - PLAIN]);
        } else if ((unsigned char)byte < 0x20) {
            buf_printf(out, "\\u%04X", byte);
        } else {
            buf_add_byte(out, byte);
        }
    }
    buf_add_byte(out, '"');
}

// ------------------------------------------------------------------------------------- numbers

// The shortest digits d with value = 0.d * 10^point; returns how many.
static int shortest_digits(double value, char *digits, int *point)
{
    char text[NUMBER_BYTES];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision - 1, value);
        if (strtod(text, NULL) == value) break;  // NOLINT(clang-diagnostic-float-equal)
    }
    int count = 0;
    const char *at = text;
    for (; *at && *at != 'e'; at++)
        if (*at >= '0' && *at <= '9') digits[count++] = *at;
    *point = (int)strtol(at + 1, NULL, 10) + 1;
    while (count > 1 && digits[count - 1] == '0') count--;
    return count;
}

void jsontext_put_double(Buf *out, double value)
{
    char digits[NUMBER_BYTES];
    int point;
    if (signbit(value)) buf_add_byte(out, '-');
    if (value == 0) {
        buf_add_byte(out, '0');
        return;
    }
    int count = shortest_digits(fabs(value), digits, &point), power = point - count;
    int exponent = point - 1;
    if (power >= 0 && abs(exponent) < count + 7) {
        buf_printf(out, "%.*s%.*s", count, digits, power, "0000000000000000000000000");
    } else if (power < 0 && (power > -7 || abs(exponent) < 4)) {
        if (point <= 0)
            buf_printf(out, "0.%.*s%.*s", -point, "0000000000", count, digits);
        else
            buf_printf(out, "%.*s.%.*s", point, digits, count - point, digits + point);
    } else {
        buf_add_byte(out, digits[0]);
        if (count > 1) buf_printf(out, ".%.*s", count - 1, digits + 1);
        buf_printf(out, "e%c%d", exponent < 0 ? '-' : '+', abs(exponent));
    }
}

static size_t skip_digits(Reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return (size_t)(r->at - start);
}

// Whole numbers of 64 bits as they are; what is larger is a double.
static bool put_whole(Str text, Buf *out)
{
    int64_t small;
    uint64_t large;
    if (str_to_i64(text, &small))
        buf_printf(out, "%lld", (long long)small);
    else if (str_to_u64(text, &large))
        buf_printf(out, "%llu", (unsigned long long)large);
    else
        return false;
    return true;
}

static bool read_number(Reader *r, Buf *out)
{
    const char *start = r->at;
    bool is_whole = true;
    if (*r->at == '-') r->at++;
    bool is_zero = r->at < r->end && *r->at == '0';
    size_t digits = skip_digits(r);
    if (digits == 0 || (is_zero && digits > 1)) return false;
    if (r->at < r->end && *r->at == '.') {
        is_whole = false;
        r->at++;
        if (skip_digits(r) == 0) return false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        is_whole = false;
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        if (skip_digits(r) == 0) return false;
    }
    Str text = {start, (size_t)(r->at - start)};
    if (is_whole && put_whole(text, out)) return true;
    double value = strtod(str_z(r->arena, text), NULL);
    if (!isfinite(value)) return false;
    jsontext_put_double(out, value);
    return true;
}

// ------------------------------------------------------------------------------------- values

static bool read_value(Reader *r, Buf *out);

static bool read_array(Reader *r, Buf *out)
{
    bool is_first = true;
    buf_add_byte(out, '[');
    if (take(r, ']')) {
        buf_add_byte(out, ']');
        return true;
    }
    do {
        if (!is_first) buf_add_z(out, ", ");
        is_first = false;
        if (!read_value(r, out)) return false;
    } while (take(r, ','));
    buf_add_byte(out, ']');
    return take(r, ']');
}

typedef struct Member {
    Str name;
    size_t from, to;  // in the output: "name": value
    size_t order;
} Member;

static int by_name(const void *left, const void *right)
{
    const Member *a = left, *b = right;
    int order = str_cmp(a->name, b->name);
    if (order != 0) return order;
    return a->order < b->order ? -1 : 1;
}

typedef VEC(Member) Members;

// Members lie in the output one behind the other, as they came: put them in order.
static void sort_members(Arena *arena, Buf *out, size_t from, const Members *members)
{
    bool is_sorted = true;
    for (size_t i = 1; i < members->len; i++)
        is_sorted &= str_cmp(members->at[i - 1].name, members->at[i].name) <= 0;
    if (is_sorted) return;
    Str old = str_dup(arena, (Str){out->ptr + from, out->len - from});
    qsort(members->at, members->len, sizeof(Member), by_name);
    out->len = from;
    for (size_t i = 0; i < members->len; i++) {
        const Member *member = &members->at[i];
        if (i > 0) buf_add_z(out, ", ");
        buf_add(out, (Str){old.ptr + (member->from - from), member->to - member->from});
    }
}

static bool read_object(Reader *r, Buf *out)
{
    Members members = {0};
    buf_add_byte(out, '{');
    size_t from = out->len;
    if (take(r, '}')) {
        buf_add_byte(out, '}');
        return true;
    }
    do {
        Member member = {.order = members.len};
        if (members.len > 0) buf_add_z(out, ", ");
        if (!take(r, '"') || !read_string(r, &member.name) || !take(r, ':')) return false;
        member.from = out->len;
        jsontext_put_string(out, member.name);
        buf_add_z(out, ": ");
        if (!read_value(r, out)) return false;
        member.to = out->len;
        vec_push(r->arena, &members, member);
    } while (take(r, ','));
    sort_members(r->arena, out, from, &members);
    buf_add_byte(out, '}');
    return take(r, '}');
}

static bool read_word(Reader *r, const char *word, Buf *out)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0) return false;
    r->at += len;
    buf_add_z(out, word);
    return true;
}

static bool read_scalar(Reader *r, Buf *out)
{
    Str text;
    switch (*r->at) {
    case '"':
        r->at++;
        if (!read_string(r, &text)) return false;
        jsontext_put_string(out, text);
        return true;
    case 't': return read_word(r, "true", out);
    case 'f': return read_word(r, "false", out);
    case 'n': return read_word(r, "null", out);
    default: return read_number(r, out);
    }
}

static bool read_value(Reader *r, Buf *out)
{
    skip_blanks(r);
    if (r->at == r->end) return false;
    char byte = *r->at;
    if (byte != '[' && byte != '{') return read_scalar(r, out);
    if (++r->depth > JSONTEXT_MAX_DEPTH) return false;
    r->at++;
    bool is_read = byte == '[' ? read_array(r, out) : read_object(r, out);
    r->depth--;
    return is_read;
}

bool jsontext_read(Arena *arena, Str text, Str *out)
{
    if (text.len == 0) {
        *out = STR("");
        return true;
    }
    if (text.len > JSONTEXT_MAX_BYTES || !str_is_utf8(text)) return false;
    Reader reader = {.arena = arena, .at = text.ptr, .end = text.ptr + text.len};
    Buf buf = buf_new(arena);
    if (!read_value(&reader, &buf)) return false;
    skip_blanks(&reader);
    if (reader.at != reader.end) return false;
    *out = buf_str(&buf);
    return true;
}

bool jsontext_from_text(Arena *arena, Str text, Str *out)
{
    Str trimmed = str_trim(text);
    bool is_json = trimmed.len > 0 &&
                   (strchr("{[\"", trimmed.ptr[0]) != NULL ||
                    (trimmed.ptr[0] >= '0' && trimmed.ptr[0] <= '9')) &&
                   trimmed.ptr[0] != '\0';
    if (is_json || text.len == 0) return jsontext_read(arena, text, out);
    if (text.len > JSONTEXT_MAX_BYTES || !str_is_utf8(text)) return false;
    Buf buf = buf_new(arena);
    jsontext_put_string(&buf, text);
    *out = buf_str(&buf);
    return true;
}

// ------------------------------------------------------------------------------------- walking

JsonTextKind jsontext_kind(Str value)
{
    value = str_trim(value);
    if (value.len == 0) return JSONTEXT_NONE;
    switch (value.ptr[0]) {
    case '{': return JSONTEXT_OBJECT;
    case '[': return JSONTEXT_ARRAY;
    case '"': return JSONTEXT_STRING;
    case 't':
    case 'f': return JSONTEXT_BOOL;
    case 'n': return JSONTEXT_NULL;
    default: return JSONTEXT_NUMBER;
    }
}

// The string that begins at `at`, with its quotes; 0: it does not end.
static size_t string_len(Str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            return i + 1;
    }
    return 0;
}

// Bytes of the value that `text` begins with; 0: it does not end.
static size_t value_len(Str text)
{
    size_t depth = 0;
    for (size_t i = 0; i < text.len;) {
        char byte = text.ptr[i];
        if (byte == '"') {
            size_t len = string_len(str_sub(text, i, text.len));
            if (len == 0) return 0;
            i += len;
            if (depth == 0) return i;
            continue;
        }
        if (depth == 0 && (byte == ',' || byte == ']' || byte == '}')) return i;
        if (byte == '[' || byte == '{') depth++;
        if ((byte == ']' || byte == '}') && --depth == 0) return i + 1;
        i++;
    }
    return depth == 0 ? text.len : 0;
}

static Str trim_left(Str text)
{
    while (text.len > 0 && text.ptr[0] && strchr(" \t\r\n", text.ptr[0]))
        text = str_sub(text, 1, text.len);
    return text;
}

JsonTextItems jsontext_items(Str value)
{
    JsonTextKind kind = jsontext_kind(value);
    JsonTextItems items = {.is_object = kind == JSONTEXT_OBJECT};
    value = str_trim(value);
    if (kind == JSONTEXT_OBJECT || kind == JSONTEXT_ARRAY) {
        // Without the brackets; a text that lacks the second one ends in the middle of an item.
        items.rest = str_trim(str_sub(value, 1, value.len - 1));
        if (items.rest.len > 0) items.rest.len--;
        items.rest = str_trim(items.rest);
    }
    return items;
}

bool jsontext_next(JsonTextItems *items, Str *key, Str *value)
{
    Str rest = trim_left(items->rest), name = STR_NONE;
    items->rest = STR("");  // of damaged text nothing follows
    if (rest.len == 0) return false;
    if (items->is_object) {
        size_t len = rest.ptr[0] == '"' ? string_len(rest) : 0;
        if (len == 0) return false;
        name = str_sub(rest, 0, len);
        rest = trim_left(str_sub(rest, len, rest.len));
        if (rest.len == 0 || rest.ptr[0] != ':') return false;
        rest = trim_left(str_sub(rest, 1, rest.len));
    }
    size_t len = value_len(rest);
    if (len == 0) return false;
    *value = str_trim(str_sub(rest, 0, len));
    if (key) *key = name;
    rest = trim_left(str_sub(rest, len, rest.len));
    if (rest.len > 0 && rest.ptr[0] == ',') items->rest = str_sub(rest, 1, rest.len);
    return true;
}

Str jsontext_string(Arena *arena, Str value)
{
    value = str_trim(value);
    Str out;
    if (value.len < 2 || value.ptr[0] != '"') return STR_NONE;
    Reader reader = {.arena = arena, .at = value.ptr + 1, .end = value.ptr + value.len};
    return read_string(&reader, &out) ? out : STR_NONE;
}

Str jsontext_member(Arena *arena, Str object, Str name)
{
    JsonTextItems items = jsontext_items(object);
    Str key, value;
    while (items.is_object && jsontext_next(&items, &key, &value)) {
        Str plain = str_sub(key, 1, key.len - 2);
        if (str_contains(plain, '\\')) plain = jsontext_string(arena, key);
        if (str_eq(plain, name)) return value;
    }
    return STR_NONE;
}

// ------------------------------------------------------------------------------------- order

static size_t count_items(Str value)
{
    JsonTextItems items = jsontext_items(value);
    size_t count = 0;
    for (Str item; jsontext_next(&items, NULL, &item);) count++;
    return count;
}

static int sign_of(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_numbers(Arena *arena, Str a, Str b)
{
    int64_t whole_a, whole_b;
    if (str_to_i64(a, &whole_a) && str_to_i64(b, &whole_b))
        return whole_a < whole_b ? -1 : whole_a > whole_b;
    double left = strtod(str_z(arena, a), NULL), right = strtod(str_z(arena, b), NULL);
    return left < right ? -1 : left > right;
}

static int compare_objects(Arena *arena, Str a, Str b)
{
    JsonTextItems items = jsontext_items(a);
    for (Str key, value; jsontext_next(&items, &key, &value);) {
        Str other = jsontext_member(arena, b, jsontext_string(arena, key));
        if (other.ptr == NULL) return 1;
        int order = jsontext_compare(arena, value, other);
        if (order != 0) return order;
    }
    return sign_of(count_items(a), count_items(b));
}

static int compare_arrays(Arena *arena, Str a, Str b)
{
    int order = sign_of(count_items(a), count_items(b));
    JsonTextItems left = jsontext_items(a), right = jsontext_items(b);
    for (Str x, y; order == 0 && jsontext_next(&left, NULL, &x) && jsontext_next(&right, NULL, &y);)
        order = jsontext_compare(arena, x, y);
    return order;
}

int jsontext_compare(Arena *arena, Str a, Str b)
{
    // In the order of StarRocks' store: null, bool, array, object, numbers, string.
    static const int RANKS[] = {
        [JSONTEXT_NONE] = 0,   [JSONTEXT_NULL] = 1,   [JSONTEXT_BOOL] = 2,  [JSONTEXT_ARRAY] = 3,
        [JSONTEXT_OBJECT] = 4, [JSONTEXT_NUMBER] = 5, [JSONTEXT_STRING] = 6};
    JsonTextKind left = jsontext_kind(a), right = jsontext_kind(b);
    if (left != right) return RANKS[left] < RANKS[right] ? -1 : 1;
    switch (left) {
    case JSONTEXT_OBJECT: return compare_objects(arena, a, b);
    case JSONTEXT_ARRAY: return compare_arrays(arena, a, b);
    case JSONTEXT_NUMBER: return compare_numbers(arena, a, b);
    case JSONTEXT_STRING: return str_cmp(jsontext_string(arena, a), jsontext_string(arena, b));
    case JSONTEXT_BOOL: return (a.ptr[0] == 't') - (b.ptr[0] == 't');
    default: return 0;
    }
}
