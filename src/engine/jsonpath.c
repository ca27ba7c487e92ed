/*
 * engine/jsonpath: from a path's text to the value it leads to.
 *
 * Form    pieces between dots; quotes take dots in, a backslash takes \" \\ and \n; behind a name
 *         any number of [i], [*], [from:to].
 * Source  StarRocks JsonPathPiece::parse and extract, whose pieces come from boost's
 *         escaped_list_separator.
 * Errors  JSON_PATH.   Threads  pure.
 */
#include "engine/jsonpath.h"
#include "base/jsontext.h"
#include "base/vec.h"

typedef VEC(JsonStep) Steps;

static Rc bad_path(Ctx *ctx, Str text)
{
    return FAIL(ctx, JSON_PATH, STR_ARG(text));
}

// One piece, quotes and escapes taken off; *at is left behind its dot.
static Rc read_piece(Ctx *ctx, Str text, size_t *at, Str *out)
{
    Buf piece = buf_new(ctx->arena);
    bool is_quoted = false;
    for (; *at < text.len && (is_quoted || text.ptr[*at] != '.'); (*at)++) {
        char byte = text.ptr[*at];
        if (byte == '"') {
            is_quoted = !is_quoted;
        } else if (byte == '\\') {
            char next = *at + 1 < text.len ? text.ptr[*at + 1] : '\0';
            if (next != 'n' && next != '"' && next != '\\' && next != '.')
                return bad_path(ctx, text);
            buf_add_byte(&piece, next == 'n' ? '\n' : next);
            (*at)++;
        } else {
            buf_add_byte(&piece, byte);
        }
    }
    *out = str_dup(ctx->arena, buf_str(&piece));
    return RC_OK;
}

// What stands between brackets.
static bool read_selector(Str text, JsonStep *step)
{
    Str rest = text;
    uint64_t from, to;
    if (str_eq(text, STR("*"))) {
        step->select = SELECT_ALL;
        return true;
    }
    bool is_slice = str_contains(text, ':');
    if (!str_to_u64(str_cut(&rest, ':'), &from) || from > INT32_MAX) return false;
    step->select = is_slice ? SELECT_SLICE : SELECT_ONE;
    step->from = (int64_t)from;
    if (!is_slice) return true;
    if (!str_to_u64(rest, &to) || to > INT32_MAX) return false;
    step->to = (int64_t)to;
    return true;
}

// name { '[' selector ']' }: a step for each selector, the first with the name.
static Rc add_steps(Ctx *ctx, Str path, Str piece, Steps *steps)
{
    Str rest = piece;
    JsonStep step = {.key = str_cut(&rest, '[')};
    bool has_selector = step.key.len < piece.len;
    if (str_contains(step.key, '"') || str_contains(step.key, ']')) return bad_path(ctx, path);
    if (!has_selector) vec_push(ctx->arena, steps, step);
    while (has_selector) {
        Str selector = str_cut(&rest, ']');
        if (!read_selector(selector, &step)) return bad_path(ctx, path);
        vec_push(ctx->arena, steps, step);
        step = (JsonStep){0};
        has_selector = rest.len > 0;
        if (has_selector && rest.ptr[0] != '[') return bad_path(ctx, path);
        if (has_selector) rest = str_sub(rest, 1, rest.len);
    }
    return RC_OK;
}

Rc jsonpath_parse(Ctx *ctx, Str text, JsonPath *out)
{
    Steps steps = {0};
    if (text.len == 0) return bad_path(ctx, text);
    for (size_t at = 0; at <= text.len; at++) {
        Str piece;
        bool is_first = at == 0;
        TRY(read_piece(ctx, text, &at, &piece));
        if (is_first && str_eq(piece, STR("$"))) continue;
        TRY(add_steps(ctx, text, piece, &steps));
    }
    *out = (JsonPath){steps.at, steps.len};
    return RC_OK;
}

static Str item_at(Str array, int64_t index)
{
    JsonTextItems items = jsontext_items(array);
    for (Str item; jsontext_next(&items, NULL, &item); index--)
        if (index == 0) return item;
    return STR_NONE;
}

typedef struct Find {
    Arena *arena;
    Str root;
    const JsonPath *path;
} Find;

static Str find_from(const Find *find, Str value, size_t from);

// The array of what the rest of the path leads to, item by item.
static Str find_all(const Find *find, Str array, size_t at)
{
    const JsonStep *step = &find->path->steps[at];
    JsonTextItems items = jsontext_items(array);
    Buf out = buf_new(find->arena);
    int64_t index = 0;
    buf_add_byte(&out, '[');
    for (Str item; jsontext_next(&items, NULL, &item); index++) {
        if (step->select == SELECT_SLICE && (index < step->from || index >= step->to)) continue;
        Find inner = {find->arena, item, find->path};
        Str found = find_from(&inner, item, at + 1);
        if (found.ptr == NULL) continue;
        if (out.len > 1) buf_add_z(&out, ", ");
        buf_add(&out, found);
    }
    buf_add_byte(&out, ']');
    return buf_str(&out);
}

static Str find_from(const Find *find, Str value, size_t from)
{
    for (size_t i = from; i < find->path->count && value.ptr != NULL; i++) {
        const JsonStep *step = &find->path->steps[i];
        if (str_eq(step->key, STR("$")))
            value = find->root;
        else if (step->key.len > 0)
            value = jsontext_member(find->arena, value, step->key);
        if (value.ptr == NULL || step->select == SELECT_NONE) continue;
        if (jsontext_kind(value) != JSONTEXT_ARRAY) return STR_NONE;
        if (step->select != SELECT_ONE) return find_all(find, value, i);
        value = item_at(value, step->from);
    }
    return value;
}

Str jsonpath_find(Arena *arena, Str json, const JsonPath *path)
{
    if (jsontext_kind(json) == JSONTEXT_NONE) return STR_NONE;
    Find find = {arena, json, path};
    return find_from(&find, json, 0);
}
