/*
 * exec/showrows: LIKE, WHERE, ORDER BY and LIMIT of SHOW statements, over rows of text.
 *
 * Form    WHERE is evaluated on the tree in three-valued logic; a value is a text or NULL.
 * Source  MySQL: every column of a SHOW answer may be used in WHERE. StarRocks allows a few of
 *         them.
 * Errors  SEMANTIC in the analyzing envelope, NOT_SUPPORTED.   Threads  the session's.
 */
#include "exec/showrows.h"

typedef enum Truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN } Truth;

typedef struct RowView {
    Ctx *ctx;
    const ShowRows *rows;
    const Str *cells;
} RowView;

Str *show_rows_add(Ctx *ctx, ShowRows *rows)
{
    if (rows->count == rows->cap) {
        size_t cap = rows->cap ? rows->cap * 2 : 16;
        Str **larger = ARENA_ARRAY(ctx->arena, Str *, cap);
        for (size_t i = 0; i < rows->count; i++) larger[i] = rows->rows[i];
        rows->rows = larger;
        rows->cap = cap;
    }
    rows->rows[rows->count] = ARENA_ARRAY(ctx->arena, Str, rows->column_count);
    return rows->rows[rows->count++];
}

// ---------------------------------------------------------------------------------------- values

static Rc refuse_expr(Ctx *ctx, const Expr *expr)
{
    return SAY(ctx, NOT_SUPPORTED, "%.*s in a SHOW statement",
               STR_ARG(sql_unparse_expr(ctx->arena, expr)));
}

static Rc fail_column(Ctx *ctx, QName name)
{
    return SAY(ctx, SEMANTIC, "Column '%.*s' cannot be resolved",
               STR_ARG(qname_text(ctx->arena, name)));
}

static Rc find_column(Ctx *ctx, const ShowRows *rows, QName name, size_t *out)
{
    for (size_t i = 0; name.count == 1 && i < rows->column_count; i++) {
        if (!str_eq_nocase(str_from(rows->columns[i].name), name.parts[0])) continue;
        *out = i;
        return RC_OK;
    }
    return fail_column(ctx, name);
}

static Rc value_of(const RowView *row, const Expr *expr, Str *out)
{
    size_t column = 0;
    bool is_negative = expr->kind == EXPR_UNARY && expr->unary.op == UNARY_MINUS;
    if (is_negative) expr = expr->unary.arg;
    if (expr->kind == EXPR_COLUMN && !is_negative) {
        TRY(find_column(row->ctx, row->rows, expr->column, &column));
        *out = row->cells[column];
        return RC_OK;
    }
    if (expr->kind != EXPR_LITERAL) return refuse_expr(row->ctx, expr);
    switch (expr->literal.kind) {
    case LITERAL_NULL: *out = STR_NONE; return RC_OK;
    case LITERAL_BOOL: *out = expr->literal.boolean ? STR("1") : STR("0"); return RC_OK;
    default: break;
    }
    *out = is_negative ? str_printf(row->ctx->arena, "-%.*s", STR_ARG(expr->literal.text))
                       : expr->literal.text;
    return RC_OK;
}

// Two numbers compare as such, all else byte by byte.
static int compare(Str a, Str b)
{
    int64_t x, y;
    if (str_to_i64(a, &x) && str_to_i64(b, &y)) return (x > y) - (x < y);
    return str_cmp(a, b);
}

// ----------------------------------------------------------------------------------------- WHERE

static Truth truth(bool is_true)
{
    return is_true ? TRUTH_TRUE : TRUTH_FALSE;
}

static Truth negate(Truth value)
{
    return value == TRUTH_UNKNOWN ? value : truth(value == TRUTH_FALSE);
}

static Rc evaluate(const RowView *row, const Expr *expr, Truth *out);

static Rc compare_values(const RowView *row, const Expr *expr, Truth *out)
{
    Str left = STR_NONE, right = STR_NONE;
    TRY(value_of(row, expr->binary.left, &left));
    TRY(value_of(row, expr->binary.right, &right));
    if (expr->binary.op == BINARY_EQ_NULL && (!left.ptr || !right.ptr)) {
        *out = truth(!left.ptr && !right.ptr);
        return RC_OK;
    }
    *out = TRUTH_UNKNOWN;
    if (!left.ptr || !right.ptr) return RC_OK;
    int order = compare(left, right);
    switch (expr->binary.op) {
    case BINARY_EQ_NULL:
    case BINARY_EQ: *out = truth(order == 0); return RC_OK;
    case BINARY_NE: *out = truth(order != 0); return RC_OK;
    case BINARY_LT: *out = truth(order < 0); return RC_OK;
    case BINARY_LE: *out = truth(order <= 0); return RC_OK;
    case BINARY_GT: *out = truth(order > 0); return RC_OK;
    case BINARY_GE: *out = truth(order >= 0); return RC_OK;
    default: return refuse_expr(row->ctx, expr);
    }
}

static Rc evaluate_binary(const RowView *row, const Expr *expr, Truth *out)
{
    Truth left = TRUTH_UNKNOWN, right = TRUTH_UNKNOWN;
    bool is_and = expr->binary.op == BINARY_AND;
    if (!is_and && expr->binary.op != BINARY_OR) return compare_values(row, expr, out);
    TRY(evaluate(row, expr->binary.left, &left));
    TRY(evaluate(row, expr->binary.right, &right));
    Truth decides = is_and ? TRUTH_FALSE : TRUTH_TRUE;
    bool is_decided = left == decides || right == decides;
    bool is_unknown = left == TRUTH_UNKNOWN || right == TRUTH_UNKNOWN;
    *out = is_decided ? decides : is_unknown ? TRUTH_UNKNOWN : negate(decides);
    return RC_OK;
}

static Rc evaluate_in(const RowView *row, const Expr *expr, Truth *out)
{
    Str value = STR_NONE, item = STR_NONE;
    if (expr->in.query) return refuse_expr(row->ctx, expr);
    TRY(value_of(row, expr->in.arg, &value));
    Truth found = TRUTH_FALSE;
    for (size_t i = 0; i < expr->in.list.count; i++) {
        TRY(value_of(row, expr->in.list.at[i], &item));
        if (!value.ptr || !item.ptr)
            found = found == TRUTH_TRUE ? found : TRUTH_UNKNOWN;
        else if (compare(value, item) == 0)
            found = TRUTH_TRUE;
    }
    *out = expr->in.is_not ? negate(found) : found;
    return RC_OK;
}

static Rc evaluate_between(const RowView *row, const Expr *expr, Truth *out)
{
    Str value = STR_NONE, low = STR_NONE, high = STR_NONE;
    TRY(value_of(row, expr->between.arg, &value));
    TRY(value_of(row, expr->between.low, &low));
    TRY(value_of(row, expr->between.high, &high));
    Truth inside = TRUTH_UNKNOWN;
    if (value.ptr && low.ptr && high.ptr)
        inside = truth(compare(value, low) >= 0 && compare(value, high) <= 0);
    *out = expr->between.is_not ? negate(inside) : inside;
    return RC_OK;
}

static Rc evaluate_like(const RowView *row, const Expr *expr, Truth *out)
{
    Str value = STR_NONE, pattern = STR_NONE;
    if (expr->like.kind != LIKE_LIKE || expr->like.escape) return refuse_expr(row->ctx, expr);
    TRY(value_of(row, expr->like.arg, &value));
    TRY(value_of(row, expr->like.pattern, &pattern));
    Truth is_like = TRUTH_UNKNOWN;
    if (value.ptr && pattern.ptr) is_like = truth(like_matches(pattern, value));
    *out = expr->like.is_not ? negate(is_like) : is_like;
    return RC_OK;
}

static Rc evaluate_is(const RowView *row, const Expr *expr, Truth *out)
{
    Str value = STR_NONE;
    if (expr->is.what != IS_NULL) return refuse_expr(row->ctx, expr);
    TRY(value_of(row, expr->is.arg, &value));
    *out = truth((value.ptr == NULL) != expr->is.is_not);
    return RC_OK;
}

// The depth of the tree is bounded by the parser (LIMIT_SQL_TREE_DEPTH).
static Rc evaluate(const RowView *row, const Expr *expr, Truth *out)
{
    Str value = STR_NONE;
    Truth inner = TRUTH_UNKNOWN;
    switch (expr->kind) {
    case EXPR_BINARY: return evaluate_binary(row, expr, out);
    case EXPR_IN: return evaluate_in(row, expr, out);
    case EXPR_BETWEEN: return evaluate_between(row, expr, out);
    case EXPR_LIKE: return evaluate_like(row, expr, out);
    case EXPR_IS: return evaluate_is(row, expr, out);
    case EXPR_UNARY:
        if (expr->unary.op != UNARY_NOT) break;
        TRY(evaluate(row, expr->unary.arg, &inner));
        *out = negate(inner);
        return RC_OK;
    default: break;
    }
    TRY(value_of(row, expr, &value));
    *out = !value.ptr ? TRUTH_UNKNOWN : truth(!str_eq(value, STR("0")) && value.len > 0);
    return RC_OK;
}

// -------------------------------------------------------------------------------------- ORDER BY

typedef struct SortKey {
    size_t column;
    bool is_desc;
    NullsOrder nulls;
} SortKey;
typedef struct SortKeys {
    SortKey *at;
    size_t count;
} SortKeys;

static Rc read_sort_keys(Ctx *ctx, const ShowRows *rows, const OrderList *order, SortKeys *out)
{
    out->at = ARENA_ARRAY(ctx->arena, SortKey, order->count);
    out->count = order->count;
    for (size_t i = 0; i < order->count; i++) {
        const Expr *expr = order->at[i].expr;
        uint64_t position = 0;
        out->at[i] = (SortKey){0, order->at[i].is_desc, order->at[i].nulls};
        if (expr->kind == EXPR_COLUMN) {
            TRY(find_column(ctx, rows, expr->column, &out->at[i].column));
            continue;
        }
        if (expr->kind != EXPR_LITERAL || expr->literal.kind != LITERAL_INTEGER ||
            !str_to_u64(expr->literal.text, &position))
            return refuse_expr(ctx, expr);
        if (position < 1 || position > rows->column_count)
            return SAY(ctx, SEMANTIC, "ORDER BY position %llu is not in 1 to %zu",
                       (unsigned long long)position, rows->column_count);
        out->at[i].column = (size_t)position - 1;
    }
    return RC_OK;
}

// NULL comes first where the order rises, last where it falls, unless told otherwise.
static int compare_cells(const SortKey *key, Str a, Str b)
{
    if (a.ptr && b.ptr) return key->is_desc ? compare(b, a) : compare(a, b);
    bool nulls_first = key->nulls == NULLS_DEFAULT ? !key->is_desc : key->nulls == NULLS_FIRST;
    int order = (a.ptr != NULL) - (b.ptr != NULL);
    return nulls_first ? order : -order;
}

static int compare_rows(const SortKeys *keys, const Str *left, const Str *right)
{
    for (size_t i = 0; i < keys->count; i++) {
        const SortKey *key = &keys->at[i];
        int order = compare_cells(key, left[key->column], right[key->column]);
        if (order != 0) return order;
    }
    return 0;
}

// Stable, which qsort is not: rows that are equal stay in the server's order.
static void merge_sort(Str **rows, Str **spare, size_t count, const SortKeys *keys)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t from = 0; from < count; from += 2 * width) {
            size_t middle = from + width < count ? from + width : count;
            size_t end = middle + width < count ? middle + width : count;
            size_t a = from, b = middle;
            for (size_t to = from; to < end; to++) {
                bool is_left =
                    a < middle && (b == end || compare_rows(keys, rows[a], rows[b]) <= 0);
                spare[to] = is_left ? rows[a++] : rows[b++];
            }
        }
        for (size_t i = 0; i < count; i++) rows[i] = spare[i];
    }
}

// ------------------------------------------------------------------------------------------ send

Rc show_rows_send_all(Ctx *ctx, Execution *x, const ShowRows *rows)
{
    TRY(answer_begin(ctx, x, rows->columns, rows->column_count));
    for (size_t i = 0; i < rows->count; i++) TRY(answer_row(ctx, x, rows->rows[i]));
    return RC_OK;
}

// Keeps the rows that LIKE and WHERE let through.
static Rc filter_rows(Ctx *ctx, const ShowStatement *show, ShowRows *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++) {
        Truth is_wanted = TRUTH_TRUE;
        RowView row = {ctx, rows, rows->rows[i]};
        if (show->where) TRY(evaluate(&row, show->where, &is_wanted));
        if (is_wanted != TRUTH_TRUE) continue;
        if (!like_matches(show->like, rows->rows[i][rows->like_column])) continue;
        rows->rows[kept++] = rows->rows[i];
    }
    rows->count = kept;
    return RC_OK;
}

// WHERE is checked even if there are no rows: a wrong name is wrong on an empty server too.
static Rc check_where(Ctx *ctx, const ShowStatement *show, const ShowRows *rows)
{
    Truth ignored;
    RowView row = {ctx, rows, ARENA_ARRAY(ctx->arena, Str, rows->column_count)};
    return show->where ? evaluate(&row, show->where, &ignored) : RC_OK;
}

Rc show_rows_send(Ctx *ctx, Execution *x, const ShowStatement *show, ShowRows *rows)
{
    SortKeys keys;
    TRY(exec_analyzing(ctx, check_where(ctx, show, rows)));
    TRY(exec_analyzing(ctx, read_sort_keys(ctx, rows, &show->order_by, &keys)));
    TRY(filter_rows(ctx, show, rows));
    if (keys.count > 0) {
        Str **spare = ARENA_ARRAY(ctx->arena, Str *, rows->count);
        merge_sort(rows->rows, spare, rows->count, &keys);
    }
    if (show->limit.is_given) {
        size_t skipped =
            show->limit.offset < rows->count ? (size_t)show->limit.offset : rows->count;
        rows->rows += skipped;
        rows->count -= skipped;
        if (show->limit.count < rows->count) rows->count = (size_t)show->limit.count;
    }
    return show_rows_send_all(ctx, x, rows);
}
