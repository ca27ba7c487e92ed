/*
 * base/json: JSON text to a tree in an arena, and back. The only user of jansson.
 *
 * Source  RFC 8259; jansson reads, our writer writes (keys in the order given, so that digests of
 *         what we write are the same every time).
 * Errors  JSON_INVALID, JSON_FIELD, LIMIT_EXCEEDED.   Threads  pure, apart from the Ctx.
 */
#include "base/json.h"
#include "base/limits.h"
#include <jansson.h>

static Rc convert(Ctx *ctx, json_t *from, int depth, Json *to);

static Rc convert_array(Ctx *ctx, json_t *from, int depth, Json *to)
{
    *to = (Json){.kind = J_ARRAY, .count = json_array_size(from)};
    to->items = ARENA_ARRAY(ctx->arena, Json, to->count);
    for (size_t i = 0; i < to->count; i++)
        TRY(convert(ctx, json_array_get(from, i), depth + 1, &to->items[i]));
    return RC_OK;
}

static Rc convert_object(Ctx *ctx, json_t *from, int depth, Json *to)
{
    *to = (Json){.kind = J_OBJECT, .count = json_object_size(from)};
    to->items = ARENA_ARRAY(ctx->arena, Json, to->count);
    to->keys = ARENA_ARRAY(ctx->arena, Str, to->count);
    size_t i = 0;
    for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at), i++) {
        to->keys[i] = str_dup(ctx->arena, str_from(json_object_iter_key(at)));
        TRY(convert(ctx, json_object_iter_value(at), depth + 1, &to->items[i]));
    }
    return RC_OK;
}

static Rc convert(Ctx *ctx, json_t *from, int depth, Json *to)
{
    if (depth > LIMIT_JSON_DEPTH)
        return FAIL(ctx, LIMIT_EXCEEDED, "JSON depth", (long long)LIMIT_JSON_DEPTH);
    switch (json_typeof(from)) {
    case JSON_OBJECT: return convert_object(ctx, from, depth, to);
    case JSON_ARRAY: return convert_array(ctx, from, depth, to);
    case JSON_INTEGER: *to = (Json){.kind = J_INT, .integer = json_integer_value(from)}; break;
    case JSON_REAL: *to = (Json){.kind = J_REAL, .real = json_real_value(from)}; break;
    case JSON_TRUE: *to = (Json){.kind = J_BOOL, .boolean = true}; break;
    case JSON_FALSE: *to = (Json){.kind = J_BOOL}; break;
    case JSON_NULL: *to = (Json){.kind = J_NULL}; break;
    case JSON_STRING: {
        Str text = {json_string_value(from), json_string_length(from)};
        *to = (Json){.kind = J_STRING, .string = str_dup(ctx->arena, text)};
        break;
    }
    }
    return RC_OK;
}

Rc json_parse(Ctx *ctx, Str text, const char *what, Json **out)
{
    if (text.len > LIMIT_JSON_BYTES)
        return FAIL(ctx, LIMIT_EXCEEDED, what, (long long)LIMIT_JSON_BYTES);
    json_error_t error;
    size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_t *root = json_loadb(text.ptr ? text.ptr : "", text.len, flags, &error);
    if (!root) return FAIL(ctx, JSON_INVALID, what, error.text, error.line, error.column);
    Json *tree = ARENA_NEW(ctx->arena, Json);
    Rc rc = convert(ctx, root, 1, tree);
    json_decref(root);
    TRY(rc);
    *out = tree;
    return RC_OK;
}

const Json *json_member(const Json *object, const char *key)
{
    if (!object || object->kind != J_OBJECT) return NULL;
    Str wanted = str_from(key);
    for (size_t i = 0; i < object->count; i++)
        if (str_eq(object->keys[i], wanted)) return &object->items[i];
    return NULL;
}

static Rc need(Ctx *ctx, const Json *object, const char *key, JsonKind kind, const Json **out)
{
    static const char *const KINDS[] = {"null",   "true or false", "a whole number", "a number",
                                        "a text", "an array",      "an object"};
    const Json *member = json_member(object, key);
    if (!member) return FAIL(ctx, JSON_FIELD, key, KINDS[kind], "nothing");
    if (member->kind != kind) return FAIL(ctx, JSON_FIELD, key, KINDS[kind], KINDS[member->kind]);
    *out = member;
    return RC_OK;
}

Rc json_get_str(Ctx *ctx, const Json *object, const char *key, Str *out)
{
    const Json *member = NULL;
    TRY(need(ctx, object, key, J_STRING, &member));
    *out = member->string;
    return RC_OK;
}

Rc json_get_i64(Ctx *ctx, const Json *object, const char *key, int64_t *out)
{
    const Json *member = NULL;
    TRY(need(ctx, object, key, J_INT, &member));
    *out = member->integer;
    return RC_OK;
}

Rc json_get_u64(Ctx *ctx, const Json *object, const char *key, uint64_t *out)
{
    const Json *member = NULL;
    TRY(need(ctx, object, key, J_INT, &member));
    if (member->integer < 0) return FAIL(ctx, JSON_FIELD, key, "a number from 0", "less");
    *out = (uint64_t)member->integer;
    return RC_OK;
}

Rc json_get_bool(Ctx *ctx, const Json *object, const char *key, bool *out)
{
    const Json *member = NULL;
    TRY(need(ctx, object, key, J_BOOL, &member));
    *out = member->boolean;
    return RC_OK;
}

Rc json_get_array(Ctx *ctx, const Json *object, const char *key, const Json **out)
{
    return need(ctx, object, key, J_ARRAY, out);
}

Rc json_get_object(Ctx *ctx, const Json *object, const char *key, const Json **out)
{
    return need(ctx, object, key, J_OBJECT, out);
}

Rc json_get_hex(Ctx *ctx, const Json *object, const char *key, void *out, size_t len)
{
    const Json *member = NULL;
    TRY(need(ctx, object, key, J_STRING, &member));
    if (!str_unhex(member->string, out, len))
        return FAIL(ctx, JSON_FIELD, key, "hexadecimal digits of the right number", "another text");
    return RC_OK;
}

JsonWriter json_writer(Buf *buf)
{
    return (JsonWriter){.buf = buf};
}

static void put_escaped(Buf *buf, Str text)
{
    buf_add_byte(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte == '"' || byte == '\\') buf_add_byte(buf, '\\');
        if (byte < 0x20)
            buf_printf(buf, "\\u%04x", byte);
        else
            buf_add_byte(buf, (char)byte);
    }
    buf_add_byte(buf, '"');
}

static void put_key(JsonWriter *w, Str key)
{
    if (w->needs_comma) buf_add_byte(w->buf, ',');
    w->needs_comma = true;
    if (!key.ptr) return;
    put_escaped(w->buf, key);
    buf_add_byte(w->buf, ':');
}

void json_open_str(JsonWriter *w, Str key, char bracket)
{
    put_key(w, key);
    buf_add_byte(w->buf, bracket);
    w->needs_comma = false;
}

void json_open(JsonWriter *w, const char *key, char bracket)
{
    json_open_str(w, str_from(key), bracket);
}

void json_close(JsonWriter *w, char bracket)
{
    buf_add_byte(w->buf, bracket);
    w->needs_comma = true;
}

void json_put_str(JsonWriter *w, const char *key, Str value)
{
    put_key(w, str_from(key));
    if (value.ptr)
        put_escaped(w->buf, value);
    else
        buf_add(w->buf, STR("null"));
}

void json_put_i64(JsonWriter *w, const char *key, int64_t value)
{
    put_key(w, str_from(key));
    buf_printf(w->buf, "%lld", (long long)value);
}

void json_put_u64(JsonWriter *w, const char *key, uint64_t value)
{
    put_key(w, str_from(key));
    buf_printf(w->buf, "%llu", (unsigned long long)value);
}

void json_put_bool(JsonWriter *w, const char *key, bool value)
{
    put_key(w, str_from(key));
    buf_add(w->buf, value ? STR("true") : STR("false"));
}

void json_put_hex(JsonWriter *w, const char *key, const void *bytes, size_t len)
{
    json_put_str(w, key, str_hex(w->buf->arena, bytes, len));
}
