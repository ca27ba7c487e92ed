/*
 * plan/expr_compare: equality of nested values, order of JSON values.
 *
 * Two arrays of one length are equal when all elements are; an element that is NULL makes the
 * answer NULL unless another one differs. Maps are equal whatever the order of their entries. The
 * engine's own comparison takes NULL for a value and sees the order.
 * Source  StarRocks' CommonEqualsPredicate over Column::equals(); JsonValue::compare.
 * Errors  NOT_SUPPORTED (<=> of maps within others).   Threads  pure.
 */
#include "plan/expr_nested.h"
#include "plan/hoist.h"

static Str equal_sql(Ctx *ctx, Type type, Str a, Str b);

// NULL and false among `results` decide, false first.
static Str all_of(Ctx *ctx, Str results)
{
    Hoist hoist = {0};
    hoist_force(ctx, &hoist, &results);
    Str sql = str_printf(ctx->arena,
                         "CASE WHEN list_contains(%.*s, false) THEN false WHEN "
                         "len(list_filter(%.*s, lambda m: m IS NULL)) > 0 THEN NULL ELSE true END",
                         STR_ARG(results), STR_ARG(results));
    return hoist_finish(ctx, &hoist, sql);
}

static Str equal_arrays(Ctx *ctx, Type type, Str a, Str b)
{
    Str pair = nested_element_name(ctx, type, type);
    Str left = str_printf(ctx->arena, "%.*s[1]", STR_ARG(pair));
    Str right = str_printf(ctx->arena, "%.*s[2]", STR_ARG(pair));
    Str zipped = str_printf(ctx->arena, "list_zip(%.*s, %.*s)", STR_ARG(a), STR_ARG(b));
    Str results = nested_each(ctx, zipped, pair, equal_sql(ctx, type.parts->types[0], left, right));
    return str_printf(ctx->arena,
                      "CASE WHEN %.*s IS NULL OR %.*s IS NULL THEN NULL WHEN len(%.*s) <> "
                      "len(%.*s) THEN false ELSE %.*s END",
                      STR_ARG(a), STR_ARG(b), STR_ARG(a), STR_ARG(b),
                      STR_ARG(all_of(ctx, results)));
}

static Str equal_maps(Ctx *ctx, Type type, Str a, Str b)
{
    Str entry = nested_element_name(ctx, type, type);
    Str key = nested_field(ctx, entry, STR("key")), value = nested_field(ctx, entry, STR("value"));
    Str other = str_printf(ctx->arena, "map_extract_value(%.*s, %.*s)", STR_ARG(b), STR_ARG(key));
    Str same = str_printf(ctx->arena, "CASE WHEN map_contains(%.*s, %.*s) THEN %.*s ELSE false END",
                          STR_ARG(b), STR_ARG(key),
                          STR_ARG(equal_sql(ctx, type.parts->types[1], value, other)));
    Str entries = str_printf(ctx->arena, "map_entries(%.*s)", STR_ARG(a));
    return str_printf(ctx->arena,
                      "CASE WHEN %.*s IS NULL OR %.*s IS NULL THEN NULL WHEN cardinality(%.*s) <> "
                      "cardinality(%.*s) THEN false ELSE %.*s END",
                      STR_ARG(a), STR_ARG(b), STR_ARG(a), STR_ARG(b),
                      STR_ARG(all_of(ctx, nested_each(ctx, entries, entry, same))));
}

static Str equal_sql(Ctx *ctx, Type type, Str a, Str b)
{
    if (type.kind == TYPE_ARRAY) return equal_arrays(ctx, type, a, b);
    if (type.kind == TYPE_MAP) return equal_maps(ctx, type, a, b);
    if (type.kind != TYPE_STRUCT)
        return str_printf(ctx->arena, "(%.*s = %.*s)", STR_ARG(a), STR_ARG(b));
    Buf text = buf_new(ctx->arena);
    for (size_t i = 0; i < type.parts->count; i++) {
        Str name = type.parts->names[i];
        Str left = nested_field(ctx, a, name), right = nested_field(ctx, b, name);
        buf_printf(&text, "%s%.*s", i ? " AND " : "(",
                   STR_ARG(equal_sql(ctx, type.parts->types[i], left, right)));
    }
    buf_add_byte(&text, ')');
    return buf_str(&text);
}

static bool has_map_inside(Type type)
{
    for (size_t i = 0; type.parts && i < type.parts->count; i++)
        if (type.parts->types[i].kind == TYPE_MAP || has_map_inside(type.parts->types[i]))
            return true;
    return false;
}

static Str sorted(Ctx *ctx, Type type, Str sql)
{
    if (type.kind != TYPE_MAP) return sql;
    return str_printf(ctx->arena, "list_sort(map_entries(%.*s))", STR_ARG(sql));
}

static Rc equal_or_null(Ctx *ctx, Type type, Str a, Str b, Str *out)
{
    if (has_map_inside(type)) return SAY(ctx, NOT_SUPPORTED, "<=> of a MAP within another type");
    *out = str_printf(ctx->arena, "(%.*s IS NOT DISTINCT FROM %.*s)", STR_ARG(sorted(ctx, type, a)),
                      STR_ARG(sorted(ctx, type, b)));
    return RC_OK;
}

Rc nested_compare(Ctx *ctx, BinaryOp op, const TypedExpr *a, const TypedExpr *b, Str *out)
{
    static const char *const SIGNS[BINARY_COUNT] = {
        [BINARY_LT] = "<", [BINARY_LE] = "<=", [BINARY_GT] = ">", [BINARY_GE] = ">="};
    if (op == BINARY_EQ_NULL) return equal_or_null(ctx, a->type, a->sql, b->sql, out);
    if (op == BINARY_EQ || op == BINARY_NE) {
        Str left = a->sql, right = b->sql;
        Hoist hoist = {0};
        if (a->type.parts && left.len + right.len > HOIST_BYTES) {
            hoist_force(ctx, &hoist, &left);
            hoist_force(ctx, &hoist, &right);
        }
        Str equal = hoist_finish(ctx, &hoist, equal_sql(ctx, a->type, left, right));
        *out = op == BINARY_EQ ? str_printf(ctx->arena, "(%.*s)", STR_ARG(equal))
                               : str_printf(ctx->arena, "(NOT (%.*s))", STR_ARG(equal));
        return RC_OK;
    }
    must(a->type.kind == TYPE_JSON && SIGNS[op] != NULL);
    *out = str_printf(ctx->arena, "(kg_json_compare(%.*s, %.*s) %s 0)", STR_ARG(a->sql),
                      STR_ARG(b->sql), SIGNS[op]);
    return RC_OK;
}
