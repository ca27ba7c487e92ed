/*
 * plan/expr_aggregate: aggregates and window functions.
 *
 * Types of sums and averages are StarRocks' (the engine's are wider or lose digits); NULLs sort
 * first in ascending order, written out so that no setting matters. Source  FunctionAnalyzer,
 * DecimalV3FunctionAnalyzer, AnalyticAnalyzer, AggregationAnalyzer. Errors  SEMANTIC with
 * StarRocks' texts, NOT_SUPPORTED by name.   Threads  pure.
 */
#include "base/vec.h"
#include "plan/premerge.h"
#include "sql/sql.h"

static const char *const BY_HAND[] = {"count",        "sum",          "avg",
                                      "group_concat", "string_agg",   "grouping",
                                      "grouping_id",  "sum_distinct", "intersect_count"};

static bool is_by_hand(Str name)
{
    for (size_t i = 0; i < COUNT_OF(BY_HAND); i++)
        if (str_eq_nocase(name, str_from(BY_HAND[i]))) return true;
    return false;
}

bool expr_is_aggregate_name(Str name)
{
    CallKind kind = call_kind(name);
    return kind == CALL_AGGREGATE || kind == CALL_WINDOW || is_by_hand(name);
}

// ------------------------------------------------------------------------------- OVER (..)

static Rc put_order(Ctx *ctx, Binder *binder, const OrderList *order, Buf *out, TypedExpr *all)
{
    for (size_t i = 0; i < order->count; i++) {
        const OrderItem *item = &order->at[i];
        TypedExpr key;
        TRY(expr_bind(ctx, binder, item->expr, &key));
        expr_inherit(all, &key);
        TRY(typing_check_order(ctx, key.type));
        bool is_first = item->nulls == NULLS_DEFAULT ? !item->is_desc : item->nulls == NULLS_FIRST;
        buf_printf(out, "%s%.*s %s NULLS %s", i ? ", " : " ORDER BY ", STR_ARG(key.sql),
                   item->is_desc ? "DESC" : "ASC", is_first ? "FIRST" : "LAST");
    }
    return RC_OK;
}

static Rc put_bound(Ctx *ctx, Binder *binder, const FrameBound *bound, Buf *out)
{
    static const char *const TEXTS[] = {
        [FRAME_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [FRAME_PRECEDING] = " PRECEDING",
        [FRAME_CURRENT_ROW] = "CURRENT ROW",
        [FRAME_FOLLOWING] = " FOLLOWING",
        [FRAME_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (bound->offset != NULL) {
        TypedExpr offset;
        __int128 rows;
        TRY(expr_bind(ctx, binder, bound->offset, &offset));
        bool is_number = offset.is_literal && offset.value.ptr &&
                         literal_integer(offset.value, &rows) && rows >= 0;
        if (!is_number)
            return FAIL(
                ctx, SEMANTIC,
                STR_ARG(STR(
                    "For ROWS window, the value of a PRECEDING/FOLLOWING offset must be a constant "
                    "positive integer")));
        buf_add(out, offset.value);
    }
    buf_add_z(out, TEXTS[bound->kind]);
    return RC_OK;
}

static Rc put_frame(Ctx *ctx, Binder *binder, const Window *window, Buf *out)
{
    bool has_offset = window->start.offset != NULL || window->end.offset != NULL;
    if (!window->is_rows && has_offset)
        return FAIL(
            ctx, SEMANTIC,
            STR_ARG(
                STR("RANGE is only supported with both the lower and upper bounds UNBOUNDED or one "
                    "UNBOUNDED and the other CURRENT ROW.")));
    buf_add_z(out, window->is_rows ? " ROWS BETWEEN " : " RANGE BETWEEN ");
    TRY(put_bound(ctx, binder, &window->start, out));
    buf_add_z(out, " AND ");
    return put_bound(ctx, binder, &window->end, out);
}

// " OVER (..)"; what the keys read is added to `all`.
static Rc window_text(Ctx *ctx, Binder *binder, const Window *window, TypedExpr *all, Str *out)
{
    Buf buf = buf_new(ctx->arena);
    buf_add_z(&buf, " OVER (");
    for (size_t i = 0; i < window->partition_by.count; i++) {
        TypedExpr key;
        TRY(expr_bind(ctx, binder, window->partition_by.at[i], &key));
        TRY(typing_check_group(ctx, key.type));
        expr_inherit(all, &key);
        buf_printf(&buf, "%s%.*s", i ? ", " : "PARTITION BY ", STR_ARG(key.sql));
    }
    TRY(put_order(ctx, binder, &window->order_by, &buf, all));
    if (window->has_frame) TRY(put_frame(ctx, binder, window, &buf));
    buf_add_byte(&buf, ')');
    *out = buf_str(&buf);
    return RC_OK;
}

// ------------------------------------------------------------------------------- by hand

static Str applied(Ctx *ctx, const char *before, Str args, Str window, const char *after)
{
    return str_printf(ctx->arena, "%s(%.*s)%.*s%s", before, STR_ARG(args), STR_ARG(window), after);
}

static Str joined_args(Ctx *ctx, const CallText *text)
{
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < text->count; i++)
        buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(text->args[i].sql));
    return buf_str(&buf);
}

// count(DISTINCT a, b) counts what is NULL in no column.
static Rc bind_count(Ctx *ctx, const Expr *expr, const CallText *text, TypedExpr *out)
{
    Str args = joined_args(ctx, text);
    if (text->args == NULL)
        args = STR("*");
    else if (text->count == 0)
        return call_no_match(ctx, expr, text->args, 0);
    if (text->count > 1) {
        if (!text->is_distinct)
            return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC,
                           STR_ARG(STR("COUNT must have DISTINCT for multiple arguments")));
        Buf buf = buf_new(ctx->arena);
        for (size_t i = 0; i < text->count; i++)
            buf_printf(&buf, "%s%.*s IS NOT NULL", i ? " AND " : "CASE WHEN ",
                       STR_ARG(text->args[i].sql));
        buf_printf(&buf, " THEN row(%.*s) END", STR_ARG(args));
        args = buf_str(&buf);
    }
    if (text->is_distinct) args = str_printf(ctx->arena, "DISTINCT %.*s", STR_ARG(args));
    *out = (TypedExpr){.type = typing_of(TYPE_BIGINT),
                       .sql = applied(ctx, "count", args, text->window, "")};
    return RC_OK;
}

static Type sum_type(Type arg)
{
    if (arg.kind == TYPE_DECIMAL) return typing_decimal(TYPE_DECIMAL_MAX_PRECISION, arg.scale);
    if (arg.kind == TYPE_LARGEINT) return arg;
    if (arg.kind == TYPE_BOOLEAN || type_is_integer(arg.kind)) return typing_of(TYPE_BIGINT);
    return typing_of(TYPE_DOUBLE);
}

// The argument as the engine can sum it.
static Rc summand(Ctx *ctx, const Expr *expr, const CallText *text, TypedExpr *out)
{
    TypedExpr *arg = &text->args[0];
    bool can_sum =
        text->count == 1 && (type_is_numeric(arg->type.kind) || arg->type.kind == TYPE_BOOLEAN ||
                             type_is_text(arg->type.kind) || arg->type.kind == TYPE_NULL);
    if (!can_sum) return call_no_match(ctx, expr, text->args, text->count);
    Type type = arg->type;
    if (type.kind == TYPE_BOOLEAN)
        type = typing_of(TYPE_TINYINT);
    else if (!type_is_numeric(type.kind))
        type = typing_of(TYPE_DOUBLE);
    return expr_convert(ctx, arg, type, out);
}

static Str distinct(Ctx *ctx, const CallText *text, Str sql)
{
    return text->is_distinct ? str_printf(ctx->arena, "DISTINCT %.*s", STR_ARG(sql)) : sql;
}

static Rc bind_sum(Ctx *ctx, const Expr *expr, const CallText *text, TypedExpr *out)
{
    TypedExpr arg;
    TRY(summand(ctx, expr, text, &arg));
    Type type = sum_type(arg.type);
    Str after = str_printf(ctx->arena, " AS %.*s)", STR_ARG(scan_engine_type(ctx->arena, type)));
    *out = (TypedExpr){.type = type,
                       .sql = applied(ctx, "CAST(sum", distinct(ctx, text, arg.sql), text->window,
                                      str_z(ctx->arena, after))};
    return RC_OK;
}

// A DECIMAL's average is its sum divided as DECIMALs are; the engine's own goes through DOUBLE.
static Rc bind_avg(Ctx *ctx, const Expr *expr, const CallText *text, TypedExpr *out)
{
    TypedExpr arg;
    TRY(summand(ctx, expr, text, &arg));
    Str args = distinct(ctx, text, arg.sql);
    if (arg.type.kind != TYPE_DECIMAL) {
        Str after = STR(" AS DOUBLE)");
        *out = (TypedExpr){.type = typing_of(TYPE_DOUBLE),
                           .sql = applied(ctx, "CAST(avg", args, text->window, after.ptr)};
        return RC_OK;
    }
    TypedExpr sum = {.type = sum_type(arg.type),
                     .sql = applied(ctx, "sum", args, text->window, "")};
    TypedExpr count = {.type = typing_decimal(19, 0),
                       .sql = applied(ctx, "count", args, text->window, "")};
    Type type = typing_decimal(TYPE_DECIMAL_MAX_PRECISION, typing_divide_scale(arg.type.scale));
    *out = (TypedExpr){.type = type, .sql = expr_decimal_quotient(ctx->arena, &sum, &count, type)};
    return RC_OK;
}

static Rc read_separator(Ctx *ctx, Binder *binder, const CallExpr *call, CallText *text,
                         TypedExpr *out)
{
    bool is_string_agg = str_eq_nocase(qname_last(call->name), STR("string_agg"));
    *out = literal_make(ctx, typing_of(TYPE_VARCHAR), STR(","));
    if (call->separator != NULL)
        TRY(expr_bind(ctx, binder, call->separator, out));
    else if (is_string_agg && text->count > 1)
        *out = text->args[--text->count];
    if (out->is_literal && out->value.ptr != NULL) return RC_OK;
    return FAIL(ctx, SEMANTIC,
                STR_ARG(STR("group_concat requires separator to be of getType() STRING")));
}

// DISTINCT and ORDER BY of one value: sorted as what it is, not as its text.
static Rc sorted_distinct(Ctx *ctx, Binder *binder, const CallExpr *call, const CallText *text,
                          Str *out)
{
    const TypedExpr *arg = &text->args[0];
    TypedExpr key, item = {.type = arg->type, .sql = STR("kg_item")}, shown;
    const OrderItem *order = &call->order_by.at[0];
    TRY(expr_bind(ctx, binder, order->expr, &key));
    if (call->order_by.count > 1 || text->count > 1 || !str_eq(key.sql, arg->sql))
        return FAIL(ctx, NOT_SUPPORTED,
                    STR_ARG(STR("group_concat(DISTINCT ..) in the order of something else")));
    TRY(expr_convert(ctx, &item, typing_of(TYPE_VARCHAR), &shown));
    *out = str_printf(
        ctx->arena,
        "list_transform(list(DISTINCT %.*s ORDER BY %.*s %s) FILTER (WHERE %.*s IS NOT NULL), "
        "lambda kg_item: %.*s)",
        STR_ARG(arg->sql), STR_ARG(arg->sql), order->is_desc ? "DESC" : "ASC", STR_ARG(arg->sql),
        STR_ARG(shown.sql));
    return RC_OK;
}

// group_concat(a, b [ORDER BY ..] [SEPARATOR s]); string_agg(a, s [ORDER BY ..])
static Rc bind_group_concat(Ctx *ctx, Binder *binder, const Expr *expr, CallText *text,
                            TypedExpr *out)
{
    const CallExpr *call = expr->call;
    TypedExpr separator, ignored = {0};
    if (text->count == 0) return call_no_match(ctx, expr, text->args, 0);
    TRY(read_separator(ctx, binder, call, text, &separator));
    *out = (TypedExpr){.type = typing_of(TYPE_VARCHAR)};
    if (text->is_distinct && call->order_by.count > 0) {
        Str list;
        TRY(sorted_distinct(ctx, binder, call, text, &list));
        out->sql = str_printf(ctx->arena, "array_to_string(%.*s, %.*s)", STR_ARG(list),
                              STR_ARG(separator.sql));
        return RC_OK;
    }
    Buf parts = buf_new(ctx->arena), args = buf_new(ctx->arena);
    for (size_t i = 0; i < text->count; i++) {
        TypedExpr part;
        TRY(expr_convert(ctx, &text->args[i], typing_of(TYPE_VARCHAR), &part));
        buf_printf(&parts, "%s%.*s", i ? ", " : "", STR_ARG(part.sql));
    }
    Str value = buf_str(&parts);
    if (text->count > 1) value = str_printf(ctx->arena, "kg_concat(%.*s)", STR_ARG(value));
    buf_printf(&args, "%.*s, %.*s", STR_ARG(distinct(ctx, text, value)), STR_ARG(separator.sql));
    TRY(put_order(ctx, binder, &call->order_by, &args, &ignored));
    out->sql = applied(ctx, "string_agg", buf_str(&args), text->window, "");
    return RC_OK;
}

// intersect_count(bitmap, dimension, value, ..): how many numbers all of the values' unions share.
static Rc bind_intersect_count(Ctx *ctx, const Expr *expr, const CallText *text, TypedExpr *out)
{
    const TypedExpr *args = text->args;
    if (text->count < 3 || args[0].type.kind != TYPE_BITMAP)
        return call_no_match(ctx, expr, args, text->count);
    Str all = STR_NONE;
    for (size_t i = 2; i < text->count; i++) {
        TypedExpr value;
        TRY(expr_convert(ctx, &args[i], args[1].type, &value));
        Str one = str_printf(ctx->arena, "kg_bitmap_union(CASE WHEN %.*s = %.*s THEN %.*s END)%.*s",
                             STR_ARG(args[1].sql), STR_ARG(value.sql), STR_ARG(args[0].sql),
                             STR_ARG(text->window));
        all = i == 2
                  ? one
                  : str_printf(ctx->arena, "kg_bitmap_and(%.*s, %.*s)", STR_ARG(all), STR_ARG(one));
    }
    *out = (TypedExpr){
        .type = typing_of(TYPE_BIGINT),
        .sql = str_printf(ctx->arena, "coalesce(kg_bitmap_count(%.*s), 0)", STR_ARG(all))};
    return RC_OK;
}

// grouping(a), grouping_id(a, b): only what GROUP BY names.
static Rc bind_grouping(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    if (!binder->has_grouping_sets)
        return FAIL_AT(
            ctx, expr->pos.line, expr->pos.column, SEMANTIC,
            STR_ARG(
                STR("cannot use GROUPING functions without [grouping sets|rollup|cube] clause")));
    TypedExpr *args;
    TRY(call_bind_args(ctx, binder, expr, &args));
    CallText text = {.args = args, .count = expr->call->args.count};
    for (size_t i = 0; i < text.count; i++)
        if (args[i].loose != NULL || args[i].is_literal)
            return FAIL_AT(
                ctx, expr->pos.line, expr->pos.column, SEMANTIC,
                STR_ARG(
                    STR("The arguments to GROUPING must be expressions referenced by GROUP BY")));
    *out = (TypedExpr){
        .type = typing_of(TYPE_BIGINT),
        .sql = applied(ctx, "CAST(GROUPING", joined_args(ctx, &text), STR(""), " AS BIGINT)"),
        .traits = TRAIT_GROUPING};
    return RC_OK;
}

// ------------------------------------------------------------------------------- both

static Rc not_in_clause(Ctx *ctx, const Binder *binder, const Expr *expr, const char *what)
{
    Str text = str_printf(ctx->arena, "%s clause cannot contain %s", binder->clause, what);
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
}

static Rc bad_nesting(Ctx *ctx, const Expr *expr, const char *what, const char *quote)
{
    Str text = str_printf(ctx->arena, "%s %s%.*s%s", what, quote,
                          STR_ARG(sql_expr_title(ctx->arena, expr)), quote);
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
}

static Rc check_place(Ctx *ctx, const Binder *binder, const Expr *expr)
{
    bool is_window = expr->call->over != NULL;
    if (binder->is_in_aggregate)
        return bad_nesting(ctx, expr,
                           is_window ? "Cannot nest window function inside aggregation"
                                     : "Cannot nest aggregations inside aggregation",
                           "'");
    if (is_window && binder->is_in_window)
        return bad_nesting(ctx, expr, "Nesting of analytic expressions is not allowed:", "");
    if (is_window && !binder->has_windows)
        return not_in_clause(ctx, binder, expr, "window functions");
    if (!is_window && !binder->has_aggregates)
        return not_in_clause(ctx, binder, expr, "aggregations");
    return RC_OK;
}

// COUNT(DISTINCT x) of a BITMAP or HLL counts what is in all of them.
static const char *sketch_count(Str name, const CallText *text)
{
    if (!text->is_distinct || text->count != 1 || !str_eq_nocase(name, STR("count"))) return NULL;
    if (text->args[0].type.kind == TYPE_BITMAP) return "bitmap_union_count";
    return text->args[0].type.kind == TYPE_HLL ? "hll_union_agg" : NULL;
}

static Rc check_distinct(Ctx *ctx, const CallText *text)
{
    for (size_t i = 0; i < text->count && text->is_distinct; i++) {
        if (typing_can_group(text->args[i].type)) {
            TRY(typing_check_group(ctx, text->args[i].type));
            continue;
        }
        return SAY(ctx, SEMANTIC,
                   "Type (nested) percentile/hll/bitmap/json/struct/map not support this "
                   "aggregation function");
    }
    return RC_OK;
}

static Rc bind_sketch_count(Ctx *ctx, Binder *binder, const char *name, CallText *text,
                            TypedExpr *out)
{
    const Signature *signature = call_signature(ctx, str_from(name), text->args, text->count);
    must(signature != NULL);
    text->is_distinct = false;
    return call_apply(ctx, binder, signature, text, out);
}

static Rc bind_known(Ctx *ctx, Binder *binder, const Expr *expr, CallText *text, TypedExpr *out)
{
    Str name = qname_last(expr->call->name);
    if (str_eq_nocase(name, STR("count"))) return bind_count(ctx, expr, text, out);
    if (text->args == NULL) return call_no_match(ctx, expr, NULL, 0);
    if (str_eq_nocase(name, STR("sum_distinct"))) text->is_distinct = true;
    if (str_starts_nocase(name, STR("sum"))) return bind_sum(ctx, expr, text, out);
    if (str_eq_nocase(name, STR("avg"))) return bind_avg(ctx, expr, text, out);
    if (str_eq_nocase(name, STR("intersect_count")))
        return bind_intersect_count(ctx, expr, text, out);
    if (is_by_hand(name)) return bind_group_concat(ctx, binder, expr, text, out);
    const Signature *signature = call_signature(ctx, name, text->args, text->count);
    if (signature == NULL) return call_no_match(ctx, expr, text->args, text->count);
    if (signature->kind == CALL_WINDOW && expr->call->over == NULL) {
        Str message = str_printf(ctx->arena, "%.*s requires an OVER clause",
                                 STR_ARG(sql_expr_title(ctx->arena, expr)));
        return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(message));
    }
    return call_apply(ctx, binder, signature, text, out);
}

Rc expr_bind_aggregate(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TRY(expr_check_stored(ctx, binder, "aggregation function"));
    const CallExpr *call = expr->call;
    Str name = qname_last(call->name);
    if (str_starts_nocase(name, STR("grouping"))) return bind_grouping(ctx, binder, expr, out);
    TRY(check_place(ctx, binder, expr));

    Binder inner = *binder;
    if (call->over != NULL)
        inner.is_in_window = true;
    else
        inner.is_in_aggregate = true;
    TypedExpr all = {0}, made;
    CallText text = {
        .is_distinct = call->is_distinct, .ignores_nulls = call->ignore_nulls, .window = STR("")};
    bool is_star = call->args.count == 1 && call->args.at[0]->kind == EXPR_STAR;
    if (!is_star) {
        TRY(call_bind_args(ctx, &inner, expr, &text.args));
        text.count = call->args.count;
    }
    for (size_t i = 0; i < text.count; i++) expr_inherit(&all, &text.args[i]);
    Buf behind = buf_new(ctx->arena);
    if (call->filter != NULL) {
        TypedExpr filter;
        TRY(expr_bind_condition(ctx, &inner, call->filter, &filter));
        expr_inherit(&all, &filter);
        buf_printf(&behind, " FILTER (WHERE %.*s)", STR_ARG(filter.sql));
    }
    if (call->over != NULL) {
        Str window;
        TRY(window_text(ctx, &inner, call->over, &all, &window));
        buf_add(&behind, window);
    }
    text.window = buf_str(&behind);
    Buf order = buf_new(ctx->arena);
    TRY(put_order(ctx, &inner, &call->order_by, &order, &all));
    text.order = buf_str(&order);
    const char *counted = sketch_count(qname_last(call->name), &text);
    if (counted == NULL) TRY(check_distinct(ctx, &text));
    premerge_note_call(binder, expr, &text);
    if (counted != NULL)
        TRY(bind_sketch_count(ctx, binder, counted, &text, &made));
    else
        TRY(bind_known(ctx, &inner, expr, &text, &made));

    *out = expr_rewrite(&made, made.type, made.sql);
    out->traits = all.traits | (call->over != NULL ? TRAIT_WINDOW : TRAIT_AGGREGATE);
    out->loose = call->over != NULL ? all.loose : NULL;
    return RC_OK;
}
