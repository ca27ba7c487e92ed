/*
 * engine/functions_json: functions of JSON values, which are texts as base/jsontext makes them.
 *
 * Source  StarRocks JsonFunctions, cast_expr (casts from and to JSON).
 * Errors  JSON_PATH.   Threads  pure.
 */
#include "base/jsontext.h"
#include "base/vec.h"
#include "engine/functions.h"
#include "engine/jsonpath.h"
#include "engine/number.h"
#include <math.h>

// --- making values

static Rc parse(Ctx *ctx, EngineCall *call)
{
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        Str out;
        if (engine_out_is_null(call, row)) continue;
        if (jsontext_read(ctx->arena, engine_arg_str(call, 0, row), &out))
            engine_out_str(call, row, out);
        else
            engine_out_null(call, row);
    }
    return RC_OK;
}

static Rc from_text(Ctx *ctx, EngineCall *call)
{
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        Str out;
        if (engine_out_is_null(call, row)) continue;
        if (jsontext_from_text(ctx->arena, engine_arg_str(call, 0, row), &out))
            engine_out_str(call, row, out);
        else
            engine_out_null(call, row);
    }
    return RC_OK;
}

static Rc quote(Ctx *ctx, EngineCall *call)
{
    Buf out = buf_new(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        buf_clear(&out);
        jsontext_put_string(&out, engine_arg_str(call, 0, row));
        engine_out_str(call, row, buf_str(&out));
    }
    return RC_OK;
}

static Rc from_double(Ctx *ctx, EngineCall *call)
{
    const double *in = engine_arg_data(call, 0);
    Buf out = buf_new(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        buf_clear(&out);
        if (isfinite(in[row])) {
            jsontext_put_double(&out, in[row]);
            engine_out_str(call, row, buf_str(&out));
        } else {
            engine_out_null(call, row);
        }
    }
    return RC_OK;
}

static Rc make_array(Ctx *ctx, EngineCall *call)
{
    Buf out = buf_new(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        buf_clear(&out);
        buf_add_byte(&out, '[');
        for (size_t i = 0; i < engine_call_args(call); i++) {
            if (i > 0) buf_add_z(&out, ", ");
            bool is_null = engine_arg_is_null(call, i, row);
            buf_add(&out, is_null ? STR("null") : engine_arg_str(call, i, row));
        }
        buf_add_byte(&out, ']');
        engine_out_str(call, row, buf_str(&out));
    }
    return RC_OK;
}

// Names must be strings that are not empty; a name without a value has null.
static bool put_members(EngineCall *call, size_t row, Arena *arena, Buf *out)
{
    size_t count = engine_call_args(call);
    buf_add_byte(out, '{');
    for (size_t i = 0; i < count; i += 2) {
        Str name = engine_arg_is_null(call, i, row)
                       ? STR_NONE
                       : jsontext_string(arena, engine_arg_str(call, i, row));
        bool has_value = i + 1 < count && !engine_arg_is_null(call, i + 1, row);
        if (name.len == 0) return false;
        if (i > 0) buf_add_byte(out, ',');
        jsontext_put_string(out, name);
        buf_add_byte(out, ':');
        buf_add(out, has_value ? engine_arg_str(call, i + 1, row) : STR("null"));
    }
    buf_add_byte(out, '}');
    return true;
}

static Rc make_object(Ctx *ctx, EngineCall *call)
{
    Buf out = buf_new(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        Str sorted;
        buf_clear(&out);
        // Read again: that puts the members in order.
        if (put_members(call, row, ctx->arena, &out) &&
            jsontext_read(ctx->arena, buf_str(&out), &sorted))
            engine_out_str(call, row, sorted);
        else
            engine_out_null(call, row);
    }
    return RC_OK;
}

// --- paths

// A path is nearly always the same in all rows.
typedef struct PathCache {
    Str text;
    JsonPath path;
} PathCache;

static Rc path_of(Ctx *ctx, EngineCall *call, size_t row, PathCache *cache)
{
    Str text = engine_arg_str(call, 1, row);
    if (cache->text.ptr != NULL && str_eq(cache->text, text)) return RC_OK;
    TRY(jsonpath_parse(ctx, text, &cache->path));
    cache->text = str_dup(ctx->arena, text);
    return RC_OK;
}

typedef void TakeFound(Arena *arena, EngineCall *call, size_t row, Str found);

// Calls `take` for each row with what its path leads to, STR_NONE for nothing.
static Rc each_found(Ctx *ctx, EngineCall *call, TakeFound *take)
{
    PathCache cache = {0};
    bool has_path = engine_call_args(call) > 1;
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str found = engine_arg_str(call, 0, row);
        bool is_whole = !has_path || engine_arg_str(call, 1, row).len == 0;
        if (has_path && !(is_whole && engine_call_handle(call))) {
            TRY(path_of(ctx, call, row, &cache));
            found = jsonpath_find(ctx->arena, found, &cache.path);
        }
        take(ctx->arena, call, row, found);
    }
    return RC_OK;
}

static void take_json(Arena *arena, EngineCall *call, size_t row, Str found)
{
    (void)arena;
    if (found.ptr == NULL)
        engine_out_null(call, row);
    else
        engine_out_str(call, row, found);
}

static Rc query(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_json);
}

static void take_exists(Arena *arena, EngineCall *call, size_t row, Str found)
{
    (void)arena;
    ((bool *)engine_out_data(call))[row] = found.ptr != NULL;
}

static Rc exists(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_exists);
}

static void take_length(Arena *arena, EngineCall *call, size_t row, Str found)
{
    (void)arena;
    JsonTextKind kind = jsontext_kind(found);
    int32_t count = kind == JSONTEXT_NONE ? 0 : 1;
    if (kind == JSONTEXT_ARRAY || kind == JSONTEXT_OBJECT) {
        JsonTextItems items = jsontext_items(found);
        count = 0;
        for (Str item; jsontext_next(&items, NULL, &item);) count++;
    }
    ((int32_t *)engine_out_data(call))[row] = count;
}

static Rc length(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_length);
}

static void take_keys(Arena *arena, EngineCall *call, size_t row, Str found)
{
    if (jsontext_kind(found) != JSONTEXT_OBJECT) {
        engine_out_null(call, row);
        return;
    }
    JsonTextItems items = jsontext_items(found);
    Buf out = buf_new(arena);
    buf_add_byte(&out, '[');
    for (Str key, value; jsontext_next(&items, &key, &value);) {
        if (out.len > 1) buf_add_z(&out, ", ");
        buf_add(&out, key);
    }
    buf_add_byte(&out, ']');
    engine_out_str(call, row, buf_str(&out));
}

static Rc keys(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_keys);
}

// A string without its quotes; null is NULL; anything else as it prints.
static void take_text(Arena *arena, EngineCall *call, size_t row, Str found)
{
    JsonTextKind kind = jsontext_kind(found);
    if (found.ptr == NULL || kind == JSONTEXT_NULL || kind == JSONTEXT_NONE) {
        engine_out_null(call, row);
    } else if (kind == JSONTEXT_STRING) {
        Str text = jsontext_string(arena, found);
        if (text.ptr == NULL)
            engine_out_null(call, row);
        else
            engine_out_str(call, row, text);
    } else {
        engine_out_str(call, row, found);
    }
}

static Rc text(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_text);
}

static bool number_of(Str found, double *out)
{
    return jsontext_kind(found) == JSONTEXT_NUMBER && number_parse_double(found, out);
}

static void take_int(Arena *arena, EngineCall *call, size_t row, Str found)
{
    (void)arena;
    int64_t *out = (int64_t *)engine_out_data(call) + row;
    double value;
    // 2^63 and what is below -2^63 have no place.
    if (jsontext_kind(found) == JSONTEXT_NUMBER && str_to_i64(found, out)) return;
    if (number_of(found, &value) && value >= -0x1p63 && value < 0x1p63)
        *out = (int64_t)value;
    else
        engine_out_null(call, row);
}

static Rc get_int(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_int);
}

static void take_double(Arena *arena, EngineCall *call, size_t row, Str found)
{
    (void)arena;
    double *out = (double *)engine_out_data(call) + row;
    if (!number_of(found, out)) engine_out_null(call, row);
}

static Rc get_double(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_double);
}

static void take_bool(Arena *arena, EngineCall *call, size_t row, Str found)
{
    (void)arena;
    if (jsontext_kind(found) == JSONTEXT_BOOL)
        ((bool *)engine_out_data(call))[row] = found.ptr[0] == 't';
    else
        engine_out_null(call, row);
}

static Rc get_bool(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_bool);
}

// --- casts to other types

// What a scalar says, for the readers of text: a string's content, a number, 1 or 0. NULL for all
// else.
static void take_scalar(Arena *arena, EngineCall *call, size_t row, Str found)
{
    switch (jsontext_kind(found)) {
    case JSONTEXT_NUMBER: engine_out_str(call, row, found); break;
    case JSONTEXT_BOOL: engine_out_str(call, row, found.ptr[0] == 't' ? STR("1") : STR("0")); break;
    case JSONTEXT_STRING: take_text(arena, call, row, found); break;
    default: engine_out_null(call, row);
    }
}

static Rc scalar(Ctx *ctx, EngineCall *call)
{
    return each_found(ctx, call, take_scalar);
}

typedef VEC(Str) Texts;

static void put_list(EngineCall *call, size_t row, const Texts *texts)
{
    engine_out_list(call, row, texts->at, texts->len);
}

// The items of an array, the values of an object as JSON; null is NULL.
static Rc list_items(Ctx *ctx, EngineCall *call)
{
    JsonTextKind wanted = *(const JsonTextKind *)engine_call_handle(call);
    Texts texts = {0};
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str json = engine_arg_str(call, 0, row);
        if (jsontext_kind(json) != wanted) {
            engine_out_null(call, row);
            continue;
        }
        JsonTextItems items = jsontext_items(json);
        texts.len = 0;
        for (Str item; jsontext_next(&items, NULL, &item);)
            vec_push(ctx->arena, &texts, jsontext_kind(item) == JSONTEXT_NULL ? STR_NONE : item);
        put_list(call, row, &texts);
    }
    return RC_OK;
}

static Rc list_names(Ctx *ctx, EngineCall *call)
{
    Texts texts = {0};
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str json = engine_arg_str(call, 0, row);
        if (jsontext_kind(json) != JSONTEXT_OBJECT) {
            engine_out_null(call, row);
            continue;
        }
        JsonTextItems items = jsontext_items(json);
        texts.len = 0;
        for (Str key, value; jsontext_next(&items, &key, &value);)
            vec_push(ctx->arena, &texts, jsontext_string(ctx->arena, key));
        put_list(call, row, &texts);
    }
    return RC_OK;
}

// The member as JSON; null is NULL.
static Rc member(Ctx *ctx, EngineCall *call)
{
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str found =
            jsontext_member(ctx->arena, engine_arg_str(call, 0, row), engine_arg_str(call, 1, row));
        if (found.ptr == NULL || jsontext_kind(found) == JSONTEXT_NULL)
            engine_out_null(call, row);
        else
            engine_out_str(call, row, found);
    }
    return RC_OK;
}

static Rc is_object(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    bool *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row))
            out[row] = jsontext_kind(engine_arg_str(call, 0, row)) == JSONTEXT_OBJECT;
    return RC_OK;
}

static Rc compare(Ctx *ctx, EngineCall *call)
{
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row))
            out[row] = jsontext_compare(ctx->arena, engine_arg_str(call, 0, row),
                                        engine_arg_str(call, 1, row));
    return RC_OK;
}

static JsonTextKind ARRAYS = JSONTEXT_ARRAY, OBJECTS = JSONTEXT_OBJECT;
static char EMPTY_IS_WHOLE;  // an empty path means the value itself

#define ONE(name_, result_, run_)                                                       \
    {                                                                                   \
        .name = name_, .params = {ENGINE_VARCHAR}, .param_count = 1, .result = result_, \
        .run = run_                                                                     \
    }
#define TWO(name_, result_, run_, handle_)                                           \
    {                                                                                \
        .name = name_, .params = {ENGINE_VARCHAR, ENGINE_VARCHAR}, .param_count = 2, \
        .result = result_, .run = run_, .handle = handle_                            \
    }
#define MANY(name_, run_)                                                                 \
    {                                                                                     \
        .name = name_, .params = {ENGINE_VARCHAR}, .param_count = 1, .is_variadic = true, \
        .takes_null = true, .result = ENGINE_VARCHAR, .run = run_                         \
    }

static const EngineScalar SPECS[] = {
    ONE("kg_json_parse", ENGINE_VARCHAR, parse),
    ONE("kg_json_from_text", ENGINE_VARCHAR, from_text),
    ONE("kg_json_quote", ENGINE_VARCHAR, quote),
    {.name = "kg_json_double",
     .params = {ENGINE_DOUBLE},
     .param_count = 1,
     .result = ENGINE_VARCHAR,
     .run = from_double},
    MANY("kg_json_array", make_array),
    MANY("kg_json_object", make_object),
    TWO("kg_json_query", ENGINE_VARCHAR, query, NULL),
    TWO("kg_json_exists", ENGINE_BOOLEAN, exists, NULL),
    ONE("kg_json_length", ENGINE_INT, length),
    TWO("kg_json_length", ENGINE_INT, length, &EMPTY_IS_WHOLE),
    ONE("kg_json_keys", ENGINE_VARCHAR, keys),
    TWO("kg_json_keys", ENGINE_VARCHAR, keys, &EMPTY_IS_WHOLE),
    ONE("kg_json_text", ENGINE_VARCHAR, text),
    TWO("kg_json_text", ENGINE_VARCHAR, text, NULL),
    TWO("kg_json_int", ENGINE_BIGINT, get_int, NULL),
    TWO("kg_json_real", ENGINE_DOUBLE, get_double, NULL),
    TWO("kg_json_bool", ENGINE_BOOLEAN, get_bool, NULL),
    ONE("kg_json_scalar", ENGINE_VARCHAR, scalar),
    {.name = "kg_json_items",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .result = ENGINE_VARCHAR_LIST,
     .run = list_items,
     .handle = &ARRAYS},
    {.name = "kg_json_values",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .result = ENGINE_VARCHAR_LIST,
     .run = list_items,
     .handle = &OBJECTS},
    ONE("kg_json_names", ENGINE_VARCHAR_LIST, list_names),
    TWO("kg_json_member", ENGINE_VARCHAR, member, NULL),
    ONE("kg_json_is_object", ENGINE_BOOLEAN, is_object),
    TWO("kg_json_compare", ENGINE_INT, compare, NULL),
};

FunctionTable functions_json(void)
{
    return (FunctionTable){SPECS, COUNT_OF(SPECS)};
}
