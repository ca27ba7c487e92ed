/*
 * plan/expr_nested: values of ARRAY, MAP and STRUCT: made, and taken apart.
 *
 * Source  StarRocks ExpressionAnalyzer (visitArrayExpr, visitMapExpr, visitCollectionElementExpr,
 *         visitSubfieldExpr, visitArrowExpr). An index that is not there gives NULL.
 * Errors  SEMANTIC with StarRocks' texts.   Threads  pure.
 */
#include "plan/expr_nested.h"
#include "plan/expr_call.h"
#include "plan/hoist.h"
#include "sql/sql.h"

Str nested_each(Ctx *ctx, Str list, Str element, Str each)
{
    if (str_eq(element, each)) return list;
    return str_printf(ctx->arena, "list_transform(%.*s, lambda %.*s: %.*s)", STR_ARG(list),
                      STR_ARG(element), STR_ARG(each));
}

Str nested_field(Ctx *ctx, Str sql, Str name)
{
    Buf text = buf_new(ctx->arena);
    buf_printf(&text, "struct_extract(%.*s, ", STR_ARG(sql));
    literal_put_string(&text, name);
    buf_add_byte(&text, ')');
    return buf_str(&text);
}

Str nested_struct_sql(Ctx *ctx, Type type, const Str *fields)
{
    Buf text = buf_new(ctx->arena);
    buf_add_z(&text, "struct_pack(");
    for (size_t i = 0; i < type.parts->count; i++) {
        if (i > 0) buf_add_z(&text, ", ");
        buf_add_quoted(&text, type.parts->names[i], '"');
        buf_printf(&text, " := %.*s", STR_ARG(fields[i]));
    }
    buf_add_byte(&text, ')');
    return buf_str(&text);
}

// ------------------------------------------------------------------------------- constructors

static Str array_sql(Ctx *ctx, Type type, const TypedExpr *parts, size_t count)
{
    Buf text = buf_new(ctx->arena);
    if (count == 0)
        return str_printf(ctx->arena, "CAST([] AS %.*s)",
                          STR_ARG(scan_engine_type(ctx->arena, type)));
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%.*s", i ? ", " : "[", STR_ARG(parts[i].sql));
    buf_add_byte(&text, ']');
    return buf_str(&text);
}

// Keys that are known need no look at each other while the query runs.
static bool keys_are_known(const TypedExpr *parts, size_t count)
{
    for (size_t i = 0; i < count; i += 2)
        if (!parts[i].is_literal || parts[i].value.ptr == NULL) return count <= 2;
    return true;
}

static bool comes_again(const TypedExpr *parts, size_t count, size_t at)
{
    for (size_t i = at + 2; i < count; i += 2)
        if (str_eq(parts[i].value, parts[at].value)) return true;
    return false;
}

static Str entries_sql(Ctx *ctx, const TypedExpr *parts, size_t count)
{
    Buf text = buf_new(ctx->arena);
    buf_add_byte(&text, '[');
    for (size_t i = 0; i < count; i += 2)
        buf_printf(&text, "%s{'key': %.*s, 'value': %.*s}", i ? ", " : "", STR_ARG(parts[i].sql),
                   STR_ARG(parts[i + 1].sql));
    buf_add_byte(&text, ']');
    return buf_str(&text);
}

Str nested_distinct_map(Ctx *ctx, Str entries)
{
    Hoist hoist = {0};
    hoist_force(ctx, &hoist, &entries);
    Str map = str_printf(ctx->arena,
                         "map_from_entries(list_filter(%.*s, lambda e, i: NOT "
                         "list_contains(list_transform(%.*s[i + 1:], lambda f: f.key), e.key)))",
                         STR_ARG(entries), STR_ARG(entries));
    return hoist_finish(ctx, &hoist, map);
}

static Str map_sql(Ctx *ctx, Type type, const TypedExpr *parts, size_t count)
{
    if (!keys_are_known(parts, count)) {
        return nested_distinct_map(ctx, entries_sql(ctx, parts, count));
    }
    Buf text = buf_new(ctx->arena);
    buf_add_z(&text, "CAST(MAP {");
    bool is_first = true;
    for (size_t i = 0; i < count; i += 2) {
        if (count > 2 && comes_again(parts, count, i)) continue;
        buf_printf(&text, "%s%.*s: %.*s", is_first ? "" : ", ", STR_ARG(parts[i].sql),
                   STR_ARG(parts[i + 1].sql));
        is_first = false;
    }
    buf_printf(&text, "} AS %.*s)", STR_ARG(scan_engine_type(ctx->arena, type)));
    return buf_str(&text);
}

TypedExpr nested_make(Ctx *ctx, Type type, const TypedExpr *parts, size_t count)
{
    TypedExpr all = {0};
    Str sql;
    for (size_t i = 0; i < count; i++) expr_inherit(&all, &parts[i]);
    if (type.kind == TYPE_ARRAY) {
        sql = array_sql(ctx, type, parts, count);
    } else if (type.kind == TYPE_MAP) {
        sql = map_sql(ctx, type, parts, count);
    } else {
        Str *fields = ARENA_ARRAY(ctx->arena, Str, count);
        for (size_t i = 0; i < count; i++) fields[i] = parts[i].sql;
        sql = nested_struct_sql(ctx, type, fields);
    }
    TypedExpr out = expr_rewrite(&all, type, sql);
    out.parts = parts;
    out.part_count = count;
    return out;
}

static Rc no_common_type(Ctx *ctx, const Expr *expr)
{
    Str text = str_printf(ctx->arena, "Incompatible types in '%.*s'",
                          STR_ARG(sql_expr_title(ctx->arena, expr)));
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
}

// Every so manieth part of a value.
typedef struct Parts {
    TypedExpr *at;
    size_t count, step;
} Parts;

// All to the type that they have in common.
static Rc meet(Ctx *ctx, const Expr *expr, Parts parts, Type *out)
{
    Type common = typing_of(TYPE_NULL);
    for (size_t i = 0; i < parts.count; i += parts.step)
        if (!typing_common(ctx->arena, common, parts.at[i].type, &common))
            return no_common_type(ctx, expr);
    for (size_t i = 0; i < parts.count; i += parts.step) {
        TypedExpr from = parts.at[i];
        TRY(expr_convert(ctx, &from, common, &parts.at[i]));
    }
    *out = common;
    return RC_OK;
}

static Rc make_map(Ctx *ctx, const Expr *expr, TypedExpr *parts, size_t count, TypedExpr *out)
{
    Type key, value;
    TRY(meet(ctx, expr, (Parts){parts, count, 2}, &key));
    TRY(meet(ctx, expr, (Parts){parts + 1, count > 0 ? count - 1 : 0, 2}, &value));
    if (type_is_nested(key.kind) || key.kind > TYPE_VARBINARY)
        return SAY(ctx, SEMANTIC, "Invalid map.key's type: %.*s, which should be base types",
                   STR_ARG(typing_text(ctx->arena, key)));
    *out = nested_make(ctx, type_map(ctx->arena, key, value), parts, count);
    return RC_OK;
}

// [1, 'a'] is ARRAY<VARCHAR>; of ARRAY<T>[..] every item is cast to T.
static Rc bind_values(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const ExprList *items = &expr->nested.items;
    TypedExpr *parts = ARENA_ARRAY(ctx->arena, TypedExpr, items->count), made;
    Type element;
    for (size_t i = 0; i < items->count; i++) TRY(expr_bind(ctx, binder, items->at[i], &parts[i]));
    if (expr->kind == EXPR_MAP) {
        TRY(make_map(ctx, expr, parts, items->count, &made));
    } else {
        TRY(meet(ctx, expr, (Parts){parts, items->count, 1}, &element));
        made = nested_make(ctx, type_array(ctx->arena, element), parts, items->count);
    }
    *out = made;
    if (!expr->nested.has_type) return RC_OK;
    bool is_same_kind = expr->nested.type.kind == made.type.kind;
    if (!is_same_kind || !typing_can_cast(made.type, expr->nested.type))
        return no_common_type(ctx, expr);
    return expr_convert(ctx, &made, expr->nested.type, out);
}

// row(1, 2) has the fields col1, col2.
static Rc make_row(Ctx *ctx, const Expr *expr, TypedExpr *args, TypedExpr *out)
{
    size_t count = expr->call->args.count;
    if (count == 0) return call_no_match(ctx, expr, args, 0);
    Str *names = ARENA_ARRAY(ctx->arena, Str, count);
    Type *types = ARENA_ARRAY(ctx->arena, Type, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = str_printf(ctx->arena, "col%zu", i + 1);
        types[i] = args[i].type;
    }
    *out = nested_make(ctx, type_struct(ctx->arena, names, types, count), args, count);
    return RC_OK;
}

static Rc make_named_struct(Ctx *ctx, const Expr *expr, TypedExpr *args, TypedExpr *out)
{
    size_t count = expr->call->args.count / 2;
    if (count == 0 || expr->call->args.count % 2 != 0)
        return SAY(ctx, SEMANTIC,
                   "named_struct wants pairs of a field's name and its value, found %zu arguments",
                   expr->call->args.count);
    Str *names = ARENA_ARRAY(ctx->arena, Str, count);
    Type *types = ARENA_ARRAY(ctx->arena, Type, count);
    TypedExpr *parts = ARENA_ARRAY(ctx->arena, TypedExpr, count);
    for (size_t i = 0; i < count; i++) {
        const TypedExpr *name = &args[2 * i];
        bool is_name = name->is_literal && type_is_text(name->type.kind) && name->value.len > 0;
        if (!is_name)
            return SAY(ctx, SEMANTIC, "The name of field %zu of named_struct must be a string",
                       i + 1);
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(names[k], name->value))
                return SAY(ctx, SEMANTIC, "struct contains duplicate subfield name: %.*s",
                           STR_ARG(name->value));
        names[i] = name->value;
        parts[i] = args[2 * i + 1];
        types[i] = parts[i].type;
    }
    *out = nested_make(ctx, type_struct(ctx->arena, names, types, count), parts, count);
    return RC_OK;
}

// ------------------------------------------------------------------------------- taking apart

Rc expr_field(Ctx *ctx, const TypedExpr *from, Str name, TypedExpr *out)
{
    if (from->type.kind != TYPE_STRUCT)
        return SAY(ctx, SEMANTIC, "%.*s is not a struct: it has no subfield '%.*s'",
                   STR_ARG(typing_text(ctx->arena, from->type)), STR_ARG(name));
    const TypeParts *parts = from->type.parts;
    for (size_t i = 0; i < parts->count; i++) {
        if (!str_eq_nocase(parts->names[i], name)) continue;
        *out = expr_rewrite(from, parts->types[i], nested_field(ctx, from->sql, parts->names[i]));
        return RC_OK;
    }
    return SAY(ctx, SEMANTIC, "Struct subfield '%.*s' cannot be resolved", STR_ARG(name));
}

static Rc array_element(Ctx *ctx, const TypedExpr *array, const TypedExpr *index, TypedExpr *out)
{
    TypedExpr at;
    if (!type_is_integer(index->type.kind) && index->type.kind != TYPE_NULL &&
        index->type.kind != TYPE_BOOLEAN)
        return SAY(ctx, SEMANTIC, "array subscript must have type integer, found %.*s",
                   STR_ARG(typing_text(ctx->arena, index->type)));
    TRY(expr_convert(ctx, index, typing_of(TYPE_BIGINT), &at));
    __int128 value = 0;
    bool is_known = at.is_literal && at.value.ptr && literal_integer(at.value, &value) && value > 0;
    // The engine counts negative ones from the end.
    Str sql = str_printf(ctx->arena, "(%.*s)[%.*s]", STR_ARG(array->sql), STR_ARG(at.value));
    if (!is_known) {
        Hoist hoist = {0};
        Str list = array->sql;
        // All of it or nothing: the array may hold what no lambda takes.
        if (at.sql.len > HOIST_BYTES) {
            hoist_force(ctx, &hoist, &at.sql);
            hoist_force(ctx, &hoist, &list);
        }
        sql = str_printf(ctx->arena, "CASE WHEN %.*s > 0 THEN (%.*s)[%.*s] END", STR_ARG(at.sql),
                         STR_ARG(list), STR_ARG(at.sql));
        sql = hoist_finish(ctx, &hoist, sql);
    }
    *out = expr_rewrite(array, array->type.parts->types[0], sql);
    expr_inherit(out, index);
    return RC_OK;
}

static Rc map_element(Ctx *ctx, const TypedExpr *map, const TypedExpr *index, TypedExpr *out)
{
    TypedExpr key;
    TRY(expr_convert(ctx, index, map->type.parts->types[0], &key));
    Str sql = str_printf(ctx->arena, "map_extract_value(%.*s, %.*s)", STR_ARG(map->sql),
                         STR_ARG(key.sql));
    *out = expr_rewrite(map, map->type.parts->types[1], sql);
    expr_inherit(out, index);
    return RC_OK;
}

static Rc element_of(Ctx *ctx, const TypedExpr *from, const TypedExpr *index, TypedExpr *out)
{
    if (from->type.kind == TYPE_ARRAY) return array_element(ctx, from, index, out);
    if (from->type.kind == TYPE_MAP) return map_element(ctx, from, index, out);
    return SAY(ctx, SEMANTIC, "cannot subscript type %.*s",
               STR_ARG(typing_text(ctx->arena, from->type)));
}

static Rc bind_subscript(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr from, index;
    TRY(expr_bind(ctx, binder, expr->subscript.arg, &from));
    TRY(expr_bind(ctx, binder, expr->subscript.index, &index));
    return element_of(ctx, &from, &index, out);
}

// j -> 'a.b' is json_query(j, 'a.b').
static Rc bind_arrow(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr from, json;
    TRY(expr_bind(ctx, binder, expr->member.arg, &from));
    bool is_json =
        from.type.kind == TYPE_JSON || type_is_text(from.type.kind) || from.type.kind == TYPE_NULL;
    if (!is_json)
        return SAY(ctx, SEMANTIC, "-> operator could only be used for json column, but got %.*s",
                   STR_ARG(typing_text(ctx->arena, from.type)));
    TRY(expr_convert(ctx, &from, typing_of(TYPE_JSON), &json));
    Buf sql = buf_new(ctx->arena);
    buf_printf(&sql, "kg_json_query(%.*s, ", STR_ARG(json.sql));
    literal_put_string(&sql, expr->member.name);
    buf_add_byte(&sql, ')');
    *out = expr_rewrite(&json, json.type, buf_str(&sql));
    return RC_OK;
}

Rc expr_bind_nested(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr from;
    switch (expr->kind) {
    case EXPR_ARRAY:
    case EXPR_MAP: return bind_values(ctx, binder, expr, out);
    case EXPR_SUBSCRIPT: return bind_subscript(ctx, binder, expr, out);
    case EXPR_ARROW: return bind_arrow(ctx, binder, expr, out);
    case EXPR_FIELD: break;
    default: must(!"an expression about nested values");
    }
    TRY(expr_bind(ctx, binder, expr->member.arg, &from));
    return expr_field(ctx, &from, expr->member.name, out);
}

// Sum and average of an ARRAY<DECIMAL> keep the digits, as those of groups do. An average counts
// elements that are NULL too: StarRocks divides by the length.
static void array_total(Ctx *ctx, const TypedExpr *array, bool is_average, TypedExpr *out)
{
    Type element = array->type.parts->types[0];
    TypedExpr sum = {.type = typing_decimal(TYPE_DECIMAL_MAX_PRECISION, element.scale)};
    sum.sql = str_printf(ctx->arena, "list_sum(%.*s)", STR_ARG(array->sql));
    if (!is_average) {
        *out = expr_rewrite(array, sum.type, sum.sql);
        return;
    }
    TypedExpr count = {.type = typing_decimal(19, 0)};
    count.sql = str_printf(ctx->arena, "len(%.*s)", STR_ARG(array->sql));
    Type type = typing_decimal(TYPE_DECIMAL_MAX_PRECISION, typing_divide_scale(element.scale));
    *out = expr_rewrite(array, type, expr_decimal_quotient(ctx->arena, &sum, &count, type));
}

static bool is_decimal_array(Type type)
{
    return type.kind == TYPE_ARRAY && type.parts->types[0].kind == TYPE_DECIMAL;
}

Rc expr_bind_constructor(Ctx *ctx, const Expr *expr, TypedExpr *args, bool *is_done, TypedExpr *out)
{
    Str name = qname_last(expr->call->name);
    size_t count = expr->call->args.count;
    *is_done = true;
    if (str_eq_nocase(name, STR("row")) || str_eq_nocase(name, STR("struct")))
        return make_row(ctx, expr, args, out);
    if (str_eq_nocase(name, STR("named_struct"))) return make_named_struct(ctx, expr, args, out);
    if (str_eq_nocase(name, STR("map")) && count % 2 == 0)
        return make_map(ctx, expr, args, count, out);
    if (str_eq_nocase(name, STR("element_at")) && count == 2)
        return element_of(ctx, &args[0], &args[1], out);
    if (str_eq_nocase(name, STR("to_json")) && count == 1 &&
        typing_can_cast(args[0].type, typing_of(TYPE_JSON)))
        return expr_convert(ctx, &args[0], typing_of(TYPE_JSON), out);
    bool is_sum = str_eq_nocase(name, STR("array_sum"));
    bool is_average = str_eq_nocase(name, STR("array_avg"));
    if ((is_sum || is_average) && count == 1 && is_decimal_array(args[0].type)) {
        array_total(ctx, &args[0], is_average, out);
        return RC_OK;
    }
    *is_done = false;
    return RC_OK;
}
