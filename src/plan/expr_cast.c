/*
 * plan/expr_cast: conversions between types, implicit ones and CAST.
 *
 * What cannot be converted becomes NULL, fractions are cut where integers are wanted, numbers and
 * dates meet as yyyyMMdd[HHmmss]: StarRocks' rules, where the engine rounds or fails. Source
 * StarRocks' BE casts; functions kg_* are listed in engine/functions.h. Errors  SEMANTIC.   Threads
 * pure.
 */
#include "plan/expr_nested.h"

static bool is_date(TypeKind kind)
{
    return kind == TYPE_DATE || kind == TYPE_DATETIME;
}

static bool is_float(TypeKind kind)
{
    return kind == TYPE_FLOAT || kind == TYPE_DOUBLE;
}

static bool is_same_to_engine(Type a, Type b)
{
    if (type_is_text(a.kind) && type_is_text(b.kind)) return true;
    if (a.kind != b.kind) return false;
    if (a.parts != NULL) {
        if (a.parts->count != b.parts->count) return false;
        for (size_t i = 0; i < a.parts->count; i++) {
            if (!is_same_to_engine(a.parts->types[i], b.parts->types[i])) return false;
            if (a.parts->names && !str_eq(a.parts->names[i], b.parts->names[i])) return false;
        }
        return true;
    }
    return a.kind != TYPE_DECIMAL || (a.precision == b.precision && a.scale == b.scale);
}

static Str wrap(Ctx *ctx, const char *before, Str sql, const char *after)
{
    return str_printf(ctx->arena, "%s%.*s%s", before, STR_ARG(sql), after);
}

static Str cast_sql(Ctx *ctx, const char *how, Str sql, Type to)
{
    return str_printf(ctx->arena, "%s(%.*s AS %.*s)", how, STR_ARG(sql),
                      STR_ARG(scan_engine_type(ctx->arena, to)));
}

static Str text_to(Ctx *ctx, Str sql, Type to)
{
    static const char *const READERS[TYPE_COUNT] = {
        [TYPE_BOOLEAN] = "kg_to_boolean(",   [TYPE_TINYINT] = "kg_to_tinyint(",
        [TYPE_SMALLINT] = "kg_to_smallint(", [TYPE_INT] = "kg_to_int(",
        [TYPE_BIGINT] = "kg_to_bigint(",     [TYPE_LARGEINT] = "kg_to_largeint(",
        [TYPE_FLOAT] = "kg_to_float(",       [TYPE_DOUBLE] = "kg_to_double(",
        [TYPE_DATE] = "kg_to_date(",         [TYPE_DATETIME] = "kg_to_datetime(",
        [TYPE_VARBINARY] = "encode(",
    };
    if (to.kind == TYPE_DECIMAL) return cast_sql(ctx, "TRY_CAST", wrap(ctx, "trim(", sql, ")"), to);
    must(READERS[to.kind] != NULL);
    return wrap(ctx, READERS[to.kind], sql, ")");
}

static Str number_to(Ctx *ctx, const TypedExpr *from, Type to)
{
    Type source = from->type;
    bool is_whole = source.kind == TYPE_BOOLEAN || type_is_integer(source.kind);
    if (to.kind == TYPE_BOOLEAN) return wrap(ctx, "(", from->sql, " <> 0)");
    if (type_is_text(to.kind)) {
        if (source.kind == TYPE_BOOLEAN || is_float(source.kind))
            return wrap(ctx, "kg_text(", from->sql, ")");
        return cast_sql(ctx, "CAST", from->sql, to);
    }
    if (is_date(to.kind)) {
        Type digits = typing_of(TYPE_BIGINT);
        Str whole = is_whole
                        ? from->sql
                        : cast_sql(ctx, "TRY_CAST", wrap(ctx, "trunc(", from->sql, ")"), digits);
        return text_to(ctx, cast_sql(ctx, "CAST", whole, typing_of(TYPE_VARCHAR)), to);
    }
    if (type_is_integer(to.kind) && !is_whole)
        return cast_sql(ctx, "TRY_CAST", wrap(ctx, "trunc(", from->sql, ")"), to);
    bool always_fits =
        (is_whole && type_is_integer(to.kind) && source.kind < to.kind) || to.kind == TYPE_DOUBLE;
    if (to.kind == TYPE_DECIMAL && source.kind != TYPE_FLOAT && source.kind != TYPE_DOUBLE) {
        Type exact = typing_as_decimal(source);
        always_fits = source.kind != TYPE_LARGEINT && exact.scale <= to.scale &&
                      exact.precision - exact.scale <= to.precision - to.scale;
    }
    return cast_sql(ctx, always_fits ? "CAST" : "TRY_CAST", from->sql, to);
}

static Str date_to(Ctx *ctx, const TypedExpr *from, Type to)
{
    bool has_time = from->type.kind == TYPE_DATETIME;
    if (is_date(to.kind)) return cast_sql(ctx, "CAST", from->sql, to);
    if (type_is_text(to.kind))
        return has_time ? wrap(ctx, "kg_text(", from->sql, ")")
                        : cast_sql(ctx, "CAST", from->sql, to);
    Str digits = wrap(ctx, "strftime(", from->sql, has_time ? ", '%Y%m%d%H%M%S')" : ", '%Y%m%d')");
    Type whole = typing_of(TYPE_BIGINT);
    TypedExpr number = {.type = whole, .sql = cast_sql(ctx, "CAST", digits, whole)};
    return to.kind == TYPE_BIGINT ? number.sql : number_to(ctx, &number, to);
}

Rc expr_convert(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    TypedExpr literal;
    if (to.kind == TYPE_NULL || is_same_to_engine(from->type, to)) {
        TypedExpr same = *from;
        if (to.kind != TYPE_NULL) same.type = to;
        *out = same;
        return RC_OK;
    }
    if (literal_cast(ctx, from, to, &literal)) {
        *out = literal;
        return RC_OK;
    }
    if (!typing_can_cast(from->type, to))
        return SAY(ctx, SEMANTIC, "Cannot cast from %.*s to %.*s",
                   STR_ARG(typing_text(ctx->arena, from->type)),
                   STR_ARG(typing_text(ctx->arena, to)));
    if (from->type.kind == TYPE_NULL) {  // whatever it is called, it is NULL
        *out = literal_null(ctx, to);
        expr_inherit(out, from);
        return RC_OK;
    }
    bool is_rich = from->type.kind > TYPE_VARBINARY || to.kind > TYPE_VARBINARY;
    if (is_rich) return expr_convert_nested(ctx, from, to, out);
    Str sql;
    if (type_is_text(from->type.kind))
        sql = text_to(ctx, from->sql, to);
    else if (is_date(from->type.kind))
        sql = date_to(ctx, from, to);
    else if (from->type.kind == TYPE_VARBINARY)
        sql = wrap(ctx, "kg_text(", from->sql, ")");
    else
        sql = number_to(ctx, from, to);
    *out = expr_rewrite(from, to, sql);
    return RC_OK;
}

bool expr_convert_may_fail(Type from, Type to)
{
    if (is_same_to_engine(from, to) || from.kind == TYPE_NULL) return false;
    if (from.parts && to.parts) return false;  // as a whole; its parts may
    if (from.kind == TYPE_JSON) return true;
    if (type_is_text(to.kind)) return false;
    if (to.kind > TYPE_VARBINARY) return type_is_text(from.kind) || !from.parts;
    if (to.kind == TYPE_BOOLEAN || to.kind == TYPE_VARBINARY)
        return type_is_text(from.kind) && to.kind == TYPE_BOOLEAN;
    if (is_date(from.kind) && is_date(to.kind)) return false;
    bool is_whole = from.kind == TYPE_BOOLEAN || type_is_integer(from.kind);
    if (is_whole && type_is_integer(to.kind)) return from.kind > to.kind;
    if ((is_whole || from.kind == TYPE_DECIMAL) && is_float(to.kind)) return false;
    return true;
}

// The first `count` characters.
static Str cut_text(Str text, size_t count)
{
    size_t at = 0;
    for (; at < text.len; at++) {
        bool begins = ((unsigned char)text.ptr[at] & 0xC0) != 0x80;
        if (begins && count-- == 0) break;
    }
    return str_sub(text, 0, at);
}

Rc expr_cast(Ctx *ctx, const TypedExpr *from, Type to, TypedExpr *out)
{
    TypedExpr whole;
    TRY(expr_convert(ctx, from, to, &whole));
    bool is_short = type_is_text(from->type.kind) && from->type.len > 0 && from->type.len <= to.len;
    bool is_long = to.len == 0 || to.len >= TYPE_STRING_LEN;
    if (!type_is_text(to.kind) || is_long || is_short) {
        *out = whole;
    } else if (whole.is_literal) {
        *out = literal_make(ctx, to, whole.value.ptr ? cut_text(whole.value, to.len) : STR_NONE);
    } else {
        *out = expr_rewrite(&whole, to,
                            str_printf(ctx->arena, "left(%.*s, %u)", STR_ARG(whole.sql), to.len));
    }
    return RC_OK;
}

Rc expr_to_boolean(Ctx *ctx, const TypedExpr *from, TypedExpr *out)
{
    return expr_convert(ctx, from, typing_of(TYPE_BOOLEAN), out);
}
