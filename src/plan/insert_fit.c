/*
 * plan/insert_fit: a value becomes one of a column, or the statement fails.
 *
 * Constants are checked here; all else by the engine row by row (kg_check_len, kg_bad_null,
 * kg_bad_value). Parts of nested values are checked like columns of their types; the message names
 * the column.
 * Source  StarRocks InsertAnalyzer; strict mode of loads.
 * Errors  SEMANTIC, COLUMN_NOT_NULL, DATA_TOO_LONG, BAD_VALUE.   Threads  pure.
 */
#include "plan/expr_nested.h"
#include "plan/hoist.h"
#include "plan/insert.h"

enum { SHOWN_BYTES = 64, LONGEST_NUMBER = 48 };

// What a value must fit: a part of the column, of this type.
typedef struct Place {
    const Column *column;
    Type type;
} Place;

static Place part_place(Place place, size_t part)
{
    const TypeParts *parts = place.type.parts;
    return (Place){place.column, parts->types[part % parts->count]};
}

Str insert_shown(Str text)
{
    size_t len = text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) len--;
    return str_sub(text, 0, len);
}

static bool has_length(Type type)
{
    return (type_is_text(type.kind) || type.kind == TYPE_VARBINARY) && type.len > 0;
}

static Rc fit_constant(Ctx *ctx, Place place, const TypedExpr *value, bool *is_done, TypedExpr *out)
{
    Type type = place.type;
    const Column *column = place.column;
    Str text = value->value;
    *is_done = typing_can_cast(value->type, type) && literal_cast(ctx, value, type, out);
    if (!*is_done || text.ptr == NULL) return RC_OK;
    if (out->value.ptr == NULL)
        return FAIL(ctx, BAD_VALUE, STR_ARG(typing_text(ctx->arena, type)),
                    STR_ARG(insert_shown(text)), STR_ARG(column->name));
    if (has_length(type) && out->value.len > type.len)
        return FAIL(ctx, DATA_TOO_LONG, STR_ARG(column->name), (long long)out->value.len,
                    (long long)type.len, STR_ARG(insert_shown(out->value)));
    return RC_OK;
}

Rc insert_fit_literal(Ctx *ctx, const Column *column, const TypedExpr *value, bool *is_done,
                      TypedExpr *out)
{
    if (value->value.ptr != NULL)
        return fit_constant(ctx, (Place){column, column->type}, value, is_done, out);
    *is_done = true;
    if (!column->is_nullable) return FAIL(ctx, COLUMN_NOT_NULL, STR_ARG(column->name));
    *out = literal_null(ctx, column->type);
    return RC_OK;
}

bool insert_may_be_too_long(Type from, Type to)
{
    if (!has_length(to)) return false;
    bool has_known_length = type_is_text(from.kind) || from.kind == TYPE_VARBINARY;
    if (has_known_length) return from.len == 0 || from.len > to.len;
    return to.len < LONGEST_NUMBER || from.kind > TYPE_VARBINARY;
}

// ------------------------------------------------------------------------------- one value

static Rc fit_plain(Ctx *ctx, Place place, const TypedExpr *value, Str *out)
{
    Type type = place.type;
    const Column *column = place.column;
    Str name = literal_sql(ctx, typing_of(TYPE_VARCHAR), column->name);
    TypedExpr cast;
    TRY(expr_convert(ctx, value, type, &cast));
    Str sql = cast.sql;
    if (expr_convert_may_fail(value->type, type)) {
        TypedExpr text;
        TRY(expr_convert(ctx, value, typing_of(TYPE_VARCHAR), &text));
        Str wanted = literal_sql(ctx, typing_of(TYPE_VARCHAR), typing_text(ctx->arena, type));
        sql = str_printf(
            ctx->arena,
            "CASE WHEN %.*s IS NULL AND %.*s IS NOT NULL THEN kg_bad_value(%.*s, %.*s, %.*s) "
            "ELSE %.*s END",
            STR_ARG(sql), STR_ARG(value->sql), STR_ARG(text.sql), STR_ARG(wanted), STR_ARG(name),
            STR_ARG(sql));
    }
    if (insert_may_be_too_long(value->type, type))
        sql = str_printf(ctx->arena, "kg_check_len(%.*s, %u::BIGINT, %.*s)", STR_ARG(sql), type.len,
                         STR_ARG(name));
    *out = sql;
    return RC_OK;
}

// ------------------------------------------------------------------------------- constants as text

// Of these types a list of VALUES holds JSON text, which is cheap for the engine to take in. Not of
// JSON, whose null is a value, and of bytes, which no text holds.
static bool has_text(Type type)
{
    if (type.kind == TYPE_VARBINARY || type.kind >= TYPE_JSON) {
        if (type.parts == NULL) return false;
        for (size_t i = 0; i < type.parts->count; i++)
            if (!has_text(type.parts->types[i])) return false;
    }
    return true;
}

static bool is_known(const TypedExpr *value, Type type)
{
    if (value->is_literal) return value->value.ptr == NULL || type.parts == NULL;
    if (value->parts == NULL || value->type.kind != type.kind || type.parts == NULL) return false;
    bool is_wide = type.kind == TYPE_STRUCT && value->part_count != type.parts->count;
    for (size_t i = 0; i < value->part_count && !is_wide; i++)
        if (!is_known(&value->parts[i], type.parts->types[i % type.parts->count])) return false;
    return !is_wide;
}

bool insert_is_known(const TypedExpr *value, Type type)
{
    return type.parts != NULL && has_text(type) && is_known(value, type);
}

static Rc put_text(Ctx *ctx, Place place, const TypedExpr *value, Buf *out);

// Of a map's equal keys the later one counts.
static bool comes_again(const TypedExpr *keys, size_t count, size_t at)
{
    for (size_t i = at + 2; i < count; i += 2)
        if (str_eq(keys[i].value, keys[at].value)) return true;
    return false;
}

static Rc put_map(Ctx *ctx, Place place, const TypedExpr *value, Buf *out)
{
    TypedExpr *keys = ARENA_ARRAY(ctx->arena, TypedExpr, value->part_count);
    bool is_done, is_first = true;
    for (size_t i = 0; i < value->part_count; i += 2) {
        TRY(fit_constant(ctx, part_place(place, 0), &value->parts[i], &is_done, &keys[i]));
        if (!is_done || keys[i].value.ptr == NULL)
            return FAIL(ctx, BAD_VALUE, STR_ARG(typing_text(ctx->arena, place.type)),
                        STR_ARG(STR("NULL as a key")), STR_ARG(place.column->name));
    }
    for (size_t i = 0; i < value->part_count; i += 2) {
        if (comes_again(keys, value->part_count, i)) continue;
        if (!is_first) buf_add_byte(out, ',');
        is_first = false;
        jsontext_put_string(out, keys[i].value);
        buf_add_byte(out, ':');
        TRY(put_text(ctx, part_place(place, 1), &value->parts[i + 1], out));
    }
    return RC_OK;
}

static Rc put_leaf(Ctx *ctx, Place place, const TypedExpr *value, Buf *out)
{
    TypedExpr fitted;
    bool is_done;
    TRY(fit_constant(ctx, place, value, &is_done, &fitted));
    if (!is_done)
        return FAIL(ctx, BAD_VALUE, STR_ARG(typing_text(ctx->arena, place.type)),
                    STR_ARG(insert_shown(value->value)), STR_ARG(place.column->name));
    if (fitted.value.ptr == NULL)
        buf_add_z(out, "null");
    else
        jsontext_put_string(out, fitted.value);
    return RC_OK;
}

static Rc put_text(Ctx *ctx, Place place, const TypedExpr *value, Buf *out)
{
    bool is_object = place.type.kind != TYPE_ARRAY;
    if (value->is_literal && value->value.ptr == NULL) {
        buf_add_z(out, "null");
        return RC_OK;
    }
    if (place.type.parts == NULL) return put_leaf(ctx, place, value, out);
    buf_add_byte(out, is_object ? '{' : '[');
    if (place.type.kind == TYPE_MAP) {
        TRY(put_map(ctx, place, value, out));
    } else {
        for (size_t i = 0; i < value->part_count; i++) {
            if (i > 0) buf_add_byte(out, ',');
            if (is_object) jsontext_put_string(out, place.type.parts->names[i]);
            if (is_object) buf_add_byte(out, ':');
            TRY(put_text(ctx, part_place(place, i), &value->parts[i], out));
        }
    }
    buf_add_byte(out, is_object ? '}' : ']');
    return RC_OK;
}

Rc insert_known_text(Ctx *ctx, const Column *column, const TypedExpr *value, Str *out)
{
    Buf text = buf_new(ctx->arena);
    TRY(put_text(ctx, (Place){column, column->type}, value, &text));
    *out = buf_str(&text);
    return RC_OK;
}

// ------------------------------------------------------------------------------- any value

static Rc fit(Ctx *ctx, Place place, const TypedExpr *value, Str *out);

static bool needs_checks(Type from, Type to)
{
    if (from.kind != to.kind || from.parts == NULL)
        return expr_convert_may_fail(from, to) || insert_may_be_too_long(from, to);
    for (size_t i = 0; i < from.parts->count; i++)
        if (needs_checks(from.parts->types[i], to.parts->types[i])) return true;
    return false;
}

// A part of a value, as the engine names it.
static Rc fit_part(Ctx *ctx, Place place, Str sql, Type from, Str *out)
{
    TypedExpr part = {.type = from, .sql = sql};
    return fit(ctx, place, &part, out);
}

static Rc fit_known_parts(Ctx *ctx, Place place, const TypedExpr *value, Str *out)
{
    TypedExpr *parts = ARENA_ARRAY(ctx->arena, TypedExpr, value->part_count);
    for (size_t i = 0; i < value->part_count; i++) {
        Place part = part_place(place, i);
        bool is_done = false;
        parts[i] = value->parts[i];
        if (parts[i].is_literal)
            TRY(fit_constant(ctx, part, &value->parts[i], &is_done, &parts[i]));
        if (!is_done) TRY(fit(ctx, part, &value->parts[i], &parts[i].sql));
        parts[i].type = part.type;
    }
    *out = nested_make(ctx, place.type, parts, value->part_count).sql;
    return RC_OK;
}

static Rc fit_struct(Ctx *ctx, Place place, const TypedExpr *value, Str *out)
{
    const TypeParts *from = value->type.parts;
    Str *fields = ARENA_ARRAY(ctx->arena, Str, from->count);
    for (size_t i = 0; i < from->count; i++)
        TRY(fit_part(ctx, part_place(place, i), nested_field(ctx, value->sql, from->names[i]),
                     from->types[i], &fields[i]));
    *out = str_printf(ctx->arena, "CASE WHEN %.*s IS NOT NULL THEN %.*s END", STR_ARG(value->sql),
                      STR_ARG(nested_struct_sql(ctx, place.type, fields)));
    return RC_OK;
}

static Rc fit_map(Ctx *ctx, Place place, const TypedExpr *value, Str *out)
{
    const TypeParts *from = value->type.parts;
    Str entry = nested_element_name(ctx, value->type, place.type), fitted_key, fitted_value;
    TRY(fit_part(ctx, part_place(place, 0), nested_field(ctx, entry, STR("key")), from->types[0],
                 &fitted_key));
    TRY(fit_part(ctx, part_place(place, 1), nested_field(ctx, entry, STR("value")), from->types[1],
                 &fitted_value));
    Str list = str_printf(ctx->arena, "map_entries(%.*s)", STR_ARG(value->sql));
    Str made = str_printf(ctx->arena, "{'key': %.*s, 'value': %.*s}", STR_ARG(fitted_key),
                          STR_ARG(fitted_value));
    *out = str_printf(ctx->arena, "map_from_entries(%.*s)",
                      STR_ARG(nested_each(ctx, list, entry, made)));
    return RC_OK;
}

static Rc fit_array(Ctx *ctx, Place place, const TypedExpr *value, Str *out)
{
    Str element = nested_element_name(ctx, value->type, place.type), made;
    TRY(fit_part(ctx, part_place(place, 0), element, value->type.parts->types[0], &made));
    *out = nested_each(ctx, value->sql, element, made);
    return RC_OK;
}

static Rc fit(Ctx *ctx, Place place, const TypedExpr *value, Str *out)
{
    bool is_alike = value->type.kind == place.type.kind && place.type.parts != NULL;
    if (!is_alike) return fit_plain(ctx, place, value, out);
    if (value->parts != NULL) return fit_known_parts(ctx, place, value, out);
    if (!needs_checks(value->type, place.type)) {
        TypedExpr made;
        TRY(expr_convert(ctx, value, place.type, &made));
        *out = made.sql;
        return RC_OK;
    }
    // The text of the value is repeated for each field.
    Hoist hoist = {0};
    TypedExpr whole = *value;
    Str sql = STR("");
    hoist_add(ctx, &hoist, &whole.sql);
    switch (place.type.kind) {
    case TYPE_STRUCT: TRY(fit_struct(ctx, place, &whole, &sql)); break;
    case TYPE_MAP: TRY(fit_map(ctx, place, &whole, &sql)); break;
    default: TRY(fit_array(ctx, place, &whole, &sql)); break;
    }
    *out = hoist_finish(ctx, &hoist, sql);
    return RC_OK;
}

Rc insert_fit_expr(Ctx *ctx, const Column *column, const TypedExpr *value, Str *out)
{
    // Written once: each time that it stands there it takes a value.
    if (column->is_auto_increment && str_starts(value->sql, STR(INSERT_COUNTER))) {
        *out = value->sql;
        return RC_OK;
    }
    if (!typing_can_cast(value->type, column->type))
        return SAY(ctx, SEMANTIC, "Cannot cast type %.*s to type %.*s of column '%.*s'",
                   STR_ARG(typing_text(ctx->arena, value->type)),
                   STR_ARG(typing_text(ctx->arena, column->type)), STR_ARG(column->name));
    Str sql;
    TRY(fit(ctx, (Place){column, column->type}, value, &sql));
    *out = sql;
    if (column->is_nullable) return RC_OK;
    Str name = literal_sql(ctx, typing_of(TYPE_VARCHAR), column->name);
    *out = str_printf(ctx->arena, "CASE WHEN %.*s IS NULL THEN kg_bad_null(%.*s) ELSE %.*s END",
                      STR_ARG(value->sql), STR_ARG(name), STR_ARG(sql));
    return RC_OK;
}
