/*
 * engine/functions_text: functions of text whose meaning differs from the engine's own.
 *
 * Source  StarRocks' string functions; each rule stands in engine/functions.h. Texts are UTF-8:
 *         the engine sees to it.
 * Errors  none: what has no answer is NULL.
 * Threads pure.
 */
#include "base/ctx.h"
#include "base/type.h"
#include "base/vec.h"
#include "engine/functions.h"

// --- characters

static bool is_char_start(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

static size_t char_count(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += is_char_start(text.ptr[i]);
    return count;
}

// Bytes of the first `chars` characters.
static size_t bytes_of(Str text, size_t chars)
{
    size_t at = 0;
    for (; at < text.len; at++) {
        if (!is_char_start(text.ptr[at])) continue;
        if (chars == 0) break;
        chars--;
    }
    return at;
}

static Str sub_chars(Str text, size_t from, size_t count)
{
    Str rest = str_sub(text, bytes_of(text, from), text.len);
    return str_sub(rest, 0, bytes_of(rest, count));
}

// --- parts of a text

static Str substr_of(Str text, int64_t pos, int64_t len)
{
    int64_t total = (int64_t)char_count(text);
    if (pos == 0 || len <= 0 || pos > total || pos < -total) return STR("");
    return sub_chars(text, (size_t)(pos > 0 ? pos - 1 : total + pos), (size_t)len);
}

static Rc substr(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *pos = engine_arg_data(call, 1);
    const int64_t *len = engine_call_args(call) > 2 ? engine_arg_data(call, 2) : NULL;
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row);
        engine_out_str(call, row, substr_of(text, pos[row], len ? len[row] : INT64_MAX));
    }
    return RC_OK;
}

static Rc left(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *count = engine_arg_data(call, 1);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        size_t want = count[row] > 0 ? (size_t)count[row] : 0;
        engine_out_str(call, row, sub_chars(engine_arg_str(call, 0, row), 0, want));
    }
    return RC_OK;
}

static Rc right(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *count = engine_arg_data(call, 1);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row);
        size_t want = count[row] > 0 ? (size_t)count[row] : 0, total = char_count(text);
        engine_out_str(call, row, sub_chars(text, want < total ? total - want : 0, want));
    }
    return RC_OK;
}

// Place of the n-th delimiter from the front; text.len when there are fewer.
static size_t nth_from_front(Str text, Str delimiter, int64_t n)
{
    size_t from = 0;
    for (int64_t seen = 1;; seen++) {
        ptrdiff_t at = str_find(str_sub(text, from, text.len), delimiter);
        if (at < 0) return text.len;
        from += (size_t)at;
        if (seen == n) return from;
        from += delimiter.len;
    }
}

// Place behind the n-th delimiter from the end; 0 when there are fewer.
static size_t nth_from_end(Str text, Str delimiter, int64_t n)
{
    for (size_t end = text.len; end >= delimiter.len; end--) {
        if (!str_eq(str_sub(text, end - delimiter.len, delimiter.len), delimiter)) continue;
        if (--n == 0) return end;
        end -= delimiter.len - 1;
    }
    return 0;
}

static Rc substring_index(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *count = engine_arg_data(call, 2);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row), delimiter = engine_arg_str(call, 1, row);
        int64_t n = count[row];
        if (n == 0 || n == INT64_MIN || delimiter.len == 0) {
            engine_out_null(call, row);
        } else if (n > 0) {
            engine_out_str(call, row, str_sub(text, 0, nth_from_front(text, delimiter, n)));
        } else {
            engine_out_str(call, row, str_sub(text, nth_from_end(text, delimiter, -n), text.len));
        }
    }
    return RC_OK;
}

// False: there is no n-th part.
static bool split_part_of(Str text, Str delimiter, int64_t n, Str *out)
{
    if (n == 0 || n == INT64_MIN || delimiter.len == 0) return false;
    int64_t parts = 1;
    for (size_t from = 0;;) {
        ptrdiff_t at = str_find(str_sub(text, from, text.len), delimiter);
        if (at < 0) break;
        from += (size_t)at + delimiter.len;
        parts++;
    }
    if (n < 0) n += parts + 1;
    if (n < 1 || n > parts) return false;
    size_t start = n == 1 ? 0 : nth_from_front(text, delimiter, n - 1) + delimiter.len;
    *out = str_sub(text, start, nth_from_front(text, delimiter, n) - start);
    return true;
}

static Rc split_part(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *count = engine_arg_data(call, 2);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row), delimiter = engine_arg_str(call, 1, row), part;
        if (split_part_of(text, delimiter, count[row], &part))
            engine_out_str(call, row, part);
        else
            engine_out_null(call, row);
    }
    return RC_OK;
}

// --- search

static int32_t locate_in(Str needle, Str text, int64_t pos)
{
    if (pos < 1 || pos > (int64_t)char_count(text) + 1) return 0;
    size_t from = bytes_of(text, (size_t)pos - 1);
    ptrdiff_t at = str_find(str_sub(text, from, text.len), needle);
    if (at < 0) return 0;
    return (int32_t)char_count(str_sub(text, 0, from + (size_t)at)) + 1;
}

static Rc locate(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    const int64_t *pos = engine_call_args(call) > 2 ? engine_arg_data(call, 2) : NULL;
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        out[row] = locate_in(engine_arg_str(call, 0, row), engine_arg_str(call, 1, row),
                             pos ? pos[row] : 1);
    }
    return RC_OK;
}

static int32_t place_in_set(Str item, Str list)
{
    if (str_contains(item, ',') || list.len == 0) return 0;
    for (int32_t place = 1;; place++) {
        bool is_last = !str_contains(list, ',');
        if (str_eq(str_cut(&list, ','), item)) return place;
        if (is_last) return 0;
    }
}

static Rc find_in_set(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row))
            out[row] = place_in_set(engine_arg_str(call, 0, row), engine_arg_str(call, 1, row));
    return RC_OK;
}

static Rc compare(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        int order = str_cmp(engine_arg_str(call, 0, row), engine_arg_str(call, 1, row));
        out[row] = (order > 0) - (order < 0);
    }
    return RC_OK;
}

static Rc ascii(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row);
        out[row] = text.len ? (unsigned char)text.ptr[0] : 0;
    }
    return RC_OK;
}

// --- longer texts. Scratch is given back row by row: a row may hold a megabyte.

static Rc concat(Ctx *ctx, EngineCall *call)
{
    ArenaMark mark = arena_mark(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Buf text = buf_new(ctx->arena);
        for (size_t i = 0; i < engine_call_args(call); i++)
            buf_add(&text, engine_arg_str(call, i, row));
        engine_out_str(call, row, buf_str(&text));
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

static void concat_ws_row(Buf *text, EngineCall *call, size_t row)
{
    bool is_first = true;
    for (size_t i = 1; i < engine_call_args(call); i++) {
        if (engine_arg_is_null(call, i, row)) continue;
        if (!is_first) buf_add(text, engine_arg_str(call, 0, row));
        buf_add(text, engine_arg_str(call, i, row));
        is_first = false;
    }
}

static Rc concat_ws(Ctx *ctx, EngineCall *call)
{
    ArenaMark mark = arena_mark(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_arg_is_null(call, 0, row)) {
            engine_out_null(call, row);
            continue;
        }
        Buf text = buf_new(ctx->arena);
        concat_ws_row(&text, call, row);
        engine_out_str(call, row, buf_str(&text));
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

static void put_padding(Buf *out, Str pad, size_t chars)
{
    size_t pad_chars = char_count(pad);
    for (; chars >= pad_chars; chars -= pad_chars) buf_add(out, pad);
    buf_add(out, sub_chars(pad, 0, chars));
}

static Rc pad_rows(Ctx *ctx, EngineCall *call, bool is_left)
{
    const int64_t *count = engine_arg_data(call, 1);
    ArenaMark mark = arena_mark(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        if (count[row] < 0 || count[row] > TYPE_VARCHAR_MAX) {
            engine_out_null(call, row);
            continue;
        }
        Str text = engine_arg_str(call, 0, row), pad = engine_arg_str(call, 2, row);
        size_t want = (size_t)count[row], have = char_count(text);
        Buf out = buf_new(ctx->arena);
        size_t missing = pad.len > 0 && have < want ? want - have : 0;
        if (is_left && missing) put_padding(&out, pad, missing);
        buf_add(&out, sub_chars(text, 0, want));
        if (!is_left && missing) put_padding(&out, pad, missing);
        engine_out_str(call, row, buf_str(&out));
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

static Rc lpad(Ctx *ctx, EngineCall *call)
{
    return pad_rows(ctx, call, true);
}

static Rc rpad(Ctx *ctx, EngineCall *call)
{
    return pad_rows(ctx, call, false);
}

static Rc repeat(Ctx *ctx, EngineCall *call)
{
    const int64_t *count = engine_arg_data(call, 1);
    ArenaMark mark = arena_mark(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row);
        if (text.len > 0 && count[row] > TYPE_VARCHAR_MAX / (int64_t)text.len) {
            engine_out_null(call, row);
            continue;
        }
        Buf out = buf_new(ctx->arena);
        for (int64_t i = 0; text.len > 0 && i < count[row]; i++) buf_add(&out, text);
        engine_out_str(call, row, buf_str(&out));
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

static Rc unhex(Ctx *ctx, EngineCall *call)
{
    ArenaMark mark = arena_mark(ctx->arena);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row);
        char *bytes = arena_alloc(ctx->arena, text.len / 2);
        bool is_hex = text.len % 2 == 0 && str_unhex(text, bytes, text.len / 2);
        engine_out_str(call, row, is_hex ? (Str){bytes, text.len / 2} : STR(""));
        arena_rewind(ctx->arena, mark);
    }
    return RC_OK;
}

#define TEXT ENGINE_VARCHAR
#define NUMBER ENGINE_BIGINT
#define SPEC(name_, result_, run_, ...)                                         \
    {                                                                           \
        .name = name_, .params = {__VA_ARGS__}, .result = result_, .run = run_, \
        .param_count = sizeof((EngineType[]){__VA_ARGS__}) / sizeof(EngineType) \
    }

static const EngineScalar SPECS[] = {
    SPEC("kg_substr", TEXT, substr, TEXT, NUMBER),
    SPEC("kg_substr", TEXT, substr, TEXT, NUMBER, NUMBER),
    SPEC("kg_left", TEXT, left, TEXT, NUMBER),
    SPEC("kg_right", TEXT, right, TEXT, NUMBER),
    SPEC("kg_substring_index", TEXT, substring_index, TEXT, TEXT, NUMBER),
    SPEC("kg_split_part", TEXT, split_part, TEXT, TEXT, NUMBER),
    SPEC("kg_locate", ENGINE_INT, locate, TEXT, TEXT),
    SPEC("kg_locate", ENGINE_INT, locate, TEXT, TEXT, NUMBER),
    SPEC("kg_find_in_set", ENGINE_INT, find_in_set, TEXT, TEXT),
    SPEC("kg_strcmp", ENGINE_INT, compare, TEXT, TEXT),
    SPEC("kg_ascii", ENGINE_INT, ascii, TEXT),
    {.name = "kg_concat",
     .params = {TEXT},
     .param_count = 1,
     .is_variadic = true,
     .result = TEXT,
     .run = concat},
    {.name = "kg_concat_ws",
     .params = {TEXT, TEXT},
     .param_count = 2,
     .is_variadic = true,
     .takes_null = true,
     .result = TEXT,
     .run = concat_ws},
    SPEC("kg_lpad", TEXT, lpad, TEXT, NUMBER, TEXT),
    SPEC("kg_rpad", TEXT, rpad, TEXT, NUMBER, TEXT),
    SPEC("kg_repeat", TEXT, repeat, TEXT, NUMBER),
    SPEC("kg_unhex", TEXT, unhex, TEXT),
};

FunctionTable functions_text(void)
{
    return (FunctionTable){SPECS, COUNT_OF(SPECS)};
}
