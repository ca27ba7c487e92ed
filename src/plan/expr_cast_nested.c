/*
 * plan/expr_cast_nested: conversions of ARRAY, MAP, STRUCT and JSON.
 *
 * Nested values are taken apart by the engine's lambdas and made again; a constructor whose parts
 * are known is made again from them. Text and nested values meet by way of JSON.
 * Source  StarRocks' CastJsonToArray and its like, cast_expr_json (what a value is in JSON).
 * Errors  SEMANTIC where no such cast exists.   Threads  pure.
 */
#include "plan/expr_nested.h"
#include "plan/hoist.h"

static unsigned depth_of(Type type)
{
    unsigned deepest = 0;
    for (size_t i = 0; type.parts && i < type.parts->count; i++) {
        unsigned depth = depth_of(type.parts->types[i]);
        if (depth > deepest) deepest = depth;
    }
    return type.parts ? deepest + 1 : 0;
}

Str nested_element_name(Ctx *ctx, Type a, Type b)
{
    unsigned depth = depth_of(a), other = depth_of(b);
    return str_printf(ctx->arena, "e%u", depth > other ? depth : other);
}

static Rc convert_part(Ctx *ctx, Str sql, Type from, Type to, Str *out)
{
    TypedExpr part = {.type = from, .sql = sql}, made;
    TRY(expr_convert(ctx, &part, to, &made));
    *out = made.sql;
    return RC_OK;
}

// ------------------------------------------------------------------------------- same shape

static Rc convert_array(Ctx *ctx, const TypedExpr *from, Type to, Str *out)
{
    Str element = nested_element_name(ctx, from->type, to), made;
    TRY(convert_part(ctx, element, from->type.parts->types[0], to.parts->types[0], &made));
    *out = nested_each(ctx, from->sql, element, made);
    return RC_OK;
}

static Rc convert_map(Ctx *ctx, const TypedExpr *from, Type to, Str *out)
{
    Str entry = nested_element_name(ctx, from->type, to), key, value;
    TRY(convert_part(ctx, nested_field(ctx, entry, STR("key")), from->type.parts->types[0],
                     to.parts->types[0], &key));
    TRY(convert_part(ctx, nested_field(ctx, entry, STR("value")), from->type.parts->types[1],
                     to.parts->types[1], &value));
    *out = str_printf(ctx->arena,
                      "map_from_entries(list_transform(map_entries(%.*s), lambda %.*s: {'key': "
                      "%.*s, 'value': %.*s}))",
                      STR_ARG(from->sql), STR_ARG(entry), STR_ARG(key), STR_ARG(value));
    return RC_OK;
}

static Rc convert_struct(Ctx *ctx, const TypedExpr *from, Type to, Str *out)
{
    Str *fields = ARENA_ARRAY(ctx->arena, Str, to.parts->count), whole = from->sql;
    Hoist hoist = {0};
    hoist_add(ctx, &hoist, &whole);
    for (size_t i = 0; i < to.parts->count; i++) {
        Str field = nested_field(ctx, whole, from->type.parts->names[i]);
        TRY(convert_part(ctx, field, from->type.parts->types[i], to.parts->types[i], &fields[i]));
    }
    Str made = str_printf(ctx->arena, "CASE WHEN %.*s IS NOT NULL THEN %.*s END", STR_ARG(whole),
                          STR_ARG(nested_struct_sql(ctx, to, fields)));
    *out = hoist_finish(ctx, &hoist, made);
    return RC_OK;
}

static Rc convert_parts(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    size_t each = from->type.parts->count;
    TypedExpr *parts = ARENA_ARRAY(ctx->arena, TypedExpr, from->part_count);
    for (size_t i = 0; i < from->part_count; i++)
        TRY(expr_convert(ctx, &from->parts[i], to.parts->types[i % each], &parts[i]));
    *out = nested_make(ctx, to, parts, from->part_count);
    return RC_OK;
}

static Rc convert_alike(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    if (from->parts != NULL) return convert_parts(ctx, from, to, out);
    Str sql = STR("");
    if (to.kind == TYPE_ARRAY) TRY(convert_array(ctx, from, to, &sql));
    if (to.kind == TYPE_MAP) TRY(convert_map(ctx, from, to, &sql));
    if (to.kind == TYPE_STRUCT) TRY(convert_struct(ctx, from, to, &sql));
    *out = expr_rewrite(from, to, sql);
    return RC_OK;
}

// ------------------------------------------------------------------------------- to JSON

static Rc json_of(Ctx *ctx, Str sql, Type from, bool is_inside, Str *out);

// A list of JSON texts as an array.
static Str joined(Ctx *ctx, const char *before, Str list, const char *after)
{
    return str_printf(ctx->arena, "('%s' || array_to_string(%.*s, ', ') || '%s')", before,
                      STR_ARG(list), after);
}

static Str or_null(Ctx *ctx, Str json)
{
    return str_printf(ctx->arena, "coalesce(%.*s, 'null')", STR_ARG(json));
}

static Rc json_of_array(Ctx *ctx, Str sql, Type from, Str *out)
{
    Str element = nested_element_name(ctx, from, from), item;
    TRY(json_of(ctx, element, from.parts->types[0], true, &item));
    *out = joined(ctx, "[", nested_each(ctx, sql, element, or_null(ctx, item)), "]");
    return RC_OK;
}

// Names in order; an empty one has no place in JSON, says StarRocks.
static Rc json_of_map(Ctx *ctx, Str sql, Type from, Str *out)
{
    Str entry = nested_element_name(ctx, from, from), key, value;
    TRY(convert_part(ctx, nested_field(ctx, entry, STR("key")), from.parts->types[0],
                     typing_of(TYPE_VARCHAR), &key));
    TRY(json_of(ctx, nested_field(ctx, entry, STR("value")), from.parts->types[1], true, &value));
    Str list = str_printf(
        ctx->arena,
        "list_transform(list_sort(list_filter(list_transform(map_entries(%.*s), lambda %.*s: "
        "{'k': %.*s, 'v': %.*s}), lambda f: f.k <> ''), 'ASC'), lambda f: kg_json_quote(f.k) || "
        "': ' || f.v)",
        STR_ARG(sql), STR_ARG(entry), STR_ARG(key), STR_ARG(or_null(ctx, value)));
    *out = joined(ctx, "{", list, "}");
    return RC_OK;
}

static Rc json_of_struct(Ctx *ctx, Str sql, Type from, Str *out)
{
    size_t count = from.parts->count;
    size_t *order = ARENA_ARRAY(ctx->arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && str_cmp(from.parts->names[i], from.parts->names[order[at - 1]]) < 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    Buf text = buf_new(ctx->arena);
    Hoist hoist = {0};
    hoist_add(ctx, &hoist, &sql);
    buf_printf(&text, "CASE WHEN %.*s IS NOT NULL THEN '{'", STR_ARG(sql));
    for (size_t i = 0; i < count; i++) {
        Str name = from.parts->names[order[i]], json;
        TRY(json_of(ctx, nested_field(ctx, sql, name), from.parts->types[order[i]], true, &json));
        Buf head = buf_new(ctx->arena);
        if (i > 0) buf_add_z(&head, ", ");
        jsontext_put_string(&head, name);
        buf_add_z(&head, ": ");
        buf_add_z(&text, " || ");
        literal_put_string(&text, buf_str(&head));
        buf_printf(&text, " || %.*s", STR_ARG(or_null(ctx, json)));
    }
    buf_add_z(&text, " || '}' END");
    *out = hoist_finish(ctx, &hoist, buf_str(&text));
    return RC_OK;
}

// is_inside: part of a nested value, where StarRocks writes BOOLEAN as a number and takes no text
// for JSON.
static Rc json_of(Ctx *ctx, Str sql, Type from, bool is_inside, Str *out)
{
    if (from.kind == TYPE_ARRAY) return json_of_array(ctx, sql, from, out);
    if (from.kind == TYPE_MAP) return json_of_map(ctx, sql, from, out);
    if (from.kind == TYPE_STRUCT) return json_of_struct(ctx, sql, from, out);
    const char *form = "kg_json_quote(%.*s)";
    Str value = sql;
    if (from.kind == TYPE_JSON) {
        form = "%.*s";
    } else if (from.kind == TYPE_BOOLEAN) {
        form = is_inside ? "CAST(CAST(%.*s AS TINYINT) AS VARCHAR)" : "CAST(%.*s AS VARCHAR)";
    } else if (from.kind == TYPE_FLOAT || from.kind == TYPE_DOUBLE) {
        form = "kg_json_double(%.*s)";
    } else if (from.kind == TYPE_LARGEINT && !is_inside) {
        form = "CAST(TRY_CAST(%.*s AS BIGINT) AS VARCHAR)";
    } else if (type_is_integer(from.kind) && from.kind != TYPE_LARGEINT) {
        form = "CAST(%.*s AS VARCHAR)";
    } else if (type_is_text(from.kind) && !is_inside) {
        form = "kg_json_from_text(%.*s)";
    } else {
        TRY(convert_part(ctx, sql, from, typing_of(TYPE_VARCHAR), &value));
    }
    Buf text = buf_new(ctx->arena);
    const char *hole = strstr(form, "%.*s");
    buf_add(&text, (Str){form, (size_t)(hole - form)});
    buf_add(&text, value);
    buf_add_z(&text, hole + 4);
    *out = buf_str(&text);
    return RC_OK;
}

// ------------------------------------------------------------------------------- from JSON

static Rc json_to_struct(Ctx *ctx, Str json, Type to, Str *out)
{
    Str *fields = ARENA_ARRAY(ctx->arena, Str, to.parts->count);
    Hoist hoist = {0};
    hoist_add(ctx, &hoist, &json);
    for (size_t i = 0; i < to.parts->count; i++) {
        Buf member = buf_new(ctx->arena);
        buf_printf(&member, "kg_json_member(%.*s, ", STR_ARG(json));
        literal_put_string(&member, to.parts->names[i]);
        buf_add_byte(&member, ')');
        TRY(convert_part(ctx, buf_str(&member), typing_of(TYPE_JSON), to.parts->types[i],
                         &fields[i]));
    }
    Str made = str_printf(ctx->arena, "CASE WHEN kg_json_is_object(%.*s) THEN %.*s END",
                          STR_ARG(json), STR_ARG(nested_struct_sql(ctx, to, fields)));
    *out = hoist_finish(ctx, &hoist, made);
    return RC_OK;
}

static Rc json_to_nested(Ctx *ctx, Str json, Type to, Str *out)
{
    Str element = nested_element_name(ctx, to, to), key, value;
    Type last = to.parts->types[to.parts->count - 1];
    if (to.kind == TYPE_STRUCT) return json_to_struct(ctx, json, to, out);
    TRY(convert_part(ctx, element, typing_of(TYPE_JSON), last, &value));
    if (to.kind == TYPE_ARRAY) {
        Str list = str_printf(ctx->arena, "kg_json_items(%.*s)", STR_ARG(json));
        *out = nested_each(ctx, list, element, value);
        return RC_OK;
    }
    TRY(convert_part(ctx, element, typing_of(TYPE_VARCHAR), to.parts->types[0], &key));
    Hoist hoist = {0};
    hoist_add(ctx, &hoist, &json);
    Str keys = str_printf(ctx->arena, "kg_json_names(%.*s)", STR_ARG(json));
    Str values = str_printf(ctx->arena, "kg_json_values(%.*s)", STR_ARG(json));
    Str map =
        str_printf(ctx->arena, "map(%.*s, %.*s)", STR_ARG(nested_each(ctx, keys, element, key)),
                   STR_ARG(nested_each(ctx, values, element, value)));
    *out = hoist_finish(ctx, &hoist, map);
    return RC_OK;
}

static Rc from_json(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    Str sql;
    if (to.parts != NULL) {
        TRY(json_to_nested(ctx, from->sql, to, &sql));
    } else if (type_is_text(to.kind)) {
        sql = str_printf(ctx->arena, "kg_json_text(%.*s)", STR_ARG(from->sql));
    } else {
        sql = str_printf(ctx->arena, "kg_json_scalar(%.*s)", STR_ARG(from->sql));
        TRY(convert_part(ctx, sql, typing_of(TYPE_VARCHAR), to, &sql));
    }
    *out = expr_rewrite(from, to, sql);
    return RC_OK;
}

Rc expr_convert_nested(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    Str sql;
    if (from->type.parts && to.parts) return convert_alike(ctx, from, to, out);
    if (from->type.kind == TYPE_JSON) return from_json(ctx, from, to, out);
    if (to.parts != NULL) {  // of text
        TypedExpr json =
            expr_rewrite(from, typing_of(TYPE_JSON),
                         str_printf(ctx->arena, "kg_json_parse(%.*s)", STR_ARG(from->sql)));
        return from_json(ctx, &json, to, out);
    }
    TRY(json_of(ctx, from->sql, from->type, false, &sql));
    *out = expr_rewrite(from, to, sql);
    return RC_OK;
}
