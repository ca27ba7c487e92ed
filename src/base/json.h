#ifndef BASE_JSON_H
#define BASE_JSON_H
#include "base/ctx.h"

// A JSON value as a plain tree in the arena of the Ctx that parsed it. Whole numbers only fit
// int64.
typedef enum JsonKind { J_NULL, J_BOOL, J_INT, J_REAL, J_STRING, J_ARRAY, J_OBJECT } JsonKind;
typedef struct Json Json;
struct Json {
    JsonKind kind;
    bool boolean;
    int64_t integer;
    double real;
    Str string;
    size_t count;  // of items or members
    Json *items;   // J_ARRAY: values; J_OBJECT: values beside keys[]
    Str *keys;
};

// RFC 8259, UTF-8, no duplicate keys, nothing behind the value; nested at most LIMIT_JSON_DEPTH,
// text at most LIMIT_JSON_BYTES. `what` names the text in the message. Errors: JSON_INVALID,
// LIMIT_EXCEEDED.
NODISCARD Rc json_parse(Ctx *ctx, Str text, const char *what, Json **out);

const Json *json_member(const Json *object, const char *key);  // NULL: not there or no object

// Required members. Errors: JSON_FIELD (missing or of another kind), naming `key`.
NODISCARD Rc json_get_str(Ctx *ctx, const Json *object, const char *key, Str *out);
NODISCARD Rc json_get_i64(Ctx *ctx, const Json *object, const char *key, int64_t *out);
NODISCARD Rc json_get_u64(Ctx *ctx, const Json *object, const char *key, uint64_t *out);  // >= 0
NODISCARD Rc json_get_bool(Ctx *ctx, const Json *object, const char *key, bool *out);
NODISCARD Rc json_get_array(Ctx *ctx, const Json *object, const char *key, const Json **out);
NODISCARD Rc json_get_object(Ctx *ctx, const Json *object, const char *key, const Json **out);
// Exactly 2*len hex digits.
NODISCARD Rc json_get_hex(Ctx *ctx, const Json *object, const char *key, void *out, size_t len);

// Writes compact JSON (no blanks) into a Buf; commas come by themselves.
//   JsonWriter w = json_writer(&buf); json_open(&w, '{'); json_put_str(&w, "name", name);
//   json_close(&w, '}');
// `key` is NULL inside arrays and at the top.
typedef struct JsonWriter {
    Buf *buf;
    bool needs_comma;
} JsonWriter;
JsonWriter json_writer(Buf *buf);
void json_open(JsonWriter *w, const char *key, char bracket);  // '{' or '['
void json_open_str(JsonWriter *w, Str key, char bracket);      // the key is a user's name
void json_close(JsonWriter *w, char bracket);
void json_put_str(JsonWriter *w, const char *key, Str value);  // STR_NONE writes null
void json_put_i64(JsonWriter *w, const char *key, int64_t value);
void json_put_u64(JsonWriter *w, const char *key, uint64_t value);
void json_put_bool(JsonWriter *w, const char *key, bool value);
void json_put_hex(JsonWriter *w, const char *key, const void *bytes, size_t len);

#endif
