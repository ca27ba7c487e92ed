/*
 * plan/query: queries made of queries: WITH, set operations, VALUES; and the finished plan.
 *
 * While planning, a hole is a mark in the text (byte 1, number, byte 1); query_finish() cuts there.
 * Source  StarRocks QueryAnalyzer (analyzeCTE, analyzeSetOperation, visitValues).
 * Errors  SEMANTIC with StarRocks' texts, NOT_SUPPORTED by name.   Threads  pure.
 */
#include "base/limits.h"
#include "plan/query_bind.h"
#include "sql/sql.h"

enum { HOLE_MARK = 1 };

static Rc bind_body(Ctx *ctx, const QueryBody *body, const Query *query, Scope *outer,
                    BoundQuery *out);

// ------------------------------------------------------------------------------- columns and types

Rc query_convert(Ctx *ctx, Planner *planner, BoundQuery *query, const Type *types)
{
    bool is_same = true;
    Str relation = query_new_relation(ctx, planner);
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < query->column_count; i++) {
        TypedExpr column = {.type = query->columns[i].type}, converted;
        column.sql = str_printf(ctx->arena, "%.*s.x%zu", STR_ARG(relation), i + 1);
        TRY(expr_convert(ctx, &column, types[i], &converted));
        is_same = is_same && str_eq(converted.sql, column.sql);
        buf_printf(&buf, "%s%.*s AS x%zu", i ? ", " : "SELECT ", STR_ARG(converted.sql), i + 1);
        query->columns[i].type = types[i];
    }
    if (is_same) return RC_OK;
    buf_printf(&buf, " FROM (%.*s) AS %.*s", STR_ARG(query->sql), STR_ARG(relation));
    query->sql = buf_str(&buf);
    return RC_OK;
}

// ------------------------------------------------------------------------------- set operations

static Rc common_types(Ctx *ctx, const QueryBody *body, const BoundQuery *left,
                       const BoundQuery *right, Type *types)
{
    if (left->column_count != right->column_count)
        return FAIL(ctx, SEMANTIC, STR_ARG(STR("Operands have unequal number of columns")));
    for (size_t i = 0; i < left->column_count; i++) {
        Type a = left->columns[i].type, b = right->columns[i].type;
        bool is_common = typing_common(ctx->arena, a, b, &types[i]);
        if (is_common && !body->set_op.is_all) TRY(typing_check_group(ctx, types[i]));
        if (is_common) continue;
        return SAY(ctx, SEMANTIC, "Incompatible return types '%.*s' and '%.*s'",
                   STR_ARG(typing_text(ctx->arena, a)), STR_ARG(typing_text(ctx->arena, b)));
    }
    return RC_OK;
}

// UNION and EXCEPT are read from left to right, so a chain of them needs no parentheses on the
// left.
static bool needs_no_parentheses(const QueryBody *left, SetOpKind kind)
{
    return left->kind == BODY_SET_OP && left->set_op.kind != SET_OP_INTERSECT &&
           kind != SET_OP_INTERSECT;
}

static Rc bind_set_op(Ctx *ctx, const QueryBody *body, Scope *outer, BoundQuery *out)
{
    static const char *const WORDS[] = {
        [SET_OP_UNION] = "UNION", [SET_OP_INTERSECT] = "INTERSECT", [SET_OP_EXCEPT] = "EXCEPT"};
    SetOpKind kind = body->set_op.kind;
    if (body->set_op.is_all && kind != SET_OP_UNION)
        return FAIL(
            ctx, SEMANTIC,
            STR_ARG(str_printf(ctx->arena, "%s does not support ALL qualifier", WORDS[kind])));
    BoundQuery left, right;
    TRY(bind_body(ctx, body->set_op.left, NULL, outer, &left));
    TRY(bind_body(ctx, body->set_op.right, NULL, outer, &right));
    Type *types = ARENA_ARRAY(ctx->arena, Type, left.column_count);
    TRY(common_types(ctx, body, &left, &right, types));
    Str before = left.sql;
    TRY(query_convert(ctx, outer->planner, &left, types));
    TRY(query_convert(ctx, outer->planner, &right, types));
    bool is_flat = needs_no_parentheses(body->set_op.left, kind) && left.sql.ptr == before.ptr;
    Buf buf = buf_new(ctx->arena);
    buf_printf(&buf, is_flat ? "%.*s" : "(%.*s)", STR_ARG(left.sql));
    buf_printf(&buf, " %s%s (%.*s)", WORDS[kind], body->set_op.is_all ? " ALL" : "",
               STR_ARG(right.sql));
    *out = left;
    out->sql = buf_str(&buf);
    for (size_t i = 0; i < out->column_count; i++)
        out->columns[i].table = out->columns[i].database = STR("");
    return RC_OK;
}

// ------------------------------------------------------------------------------- VALUES

static Rc values_types(Ctx *ctx, const TypedExpr *cells, size_t rows, size_t columns, Type *types)
{
    for (size_t j = 0; j < columns; j++) {
        types[j] = cells[j].type;
        for (size_t i = 1; i < rows; i++) {
            Type cell = cells[i * columns + j].type;
            if (typing_common(ctx->arena, types[j], cell, &types[j])) continue;
            return SAY(ctx, SEMANTIC, "Incompatible return types '%.*s' and '%.*s'",
                       STR_ARG(typing_text(ctx->arena, types[j])),
                       STR_ARG(typing_text(ctx->arena, cell)));
        }
    }
    return RC_OK;
}

static Rc bind_values(Ctx *ctx, const QueryBody *body, Scope *outer, BoundQuery *out)
{
    size_t rows = body->values.count, columns = body->values.rows[0].count;
    TypedExpr *cells = ARENA_ARRAY(ctx->arena, TypedExpr, rows * columns);
    Type *types = ARENA_ARRAY(ctx->arena, Type, columns);
    Binder binder = {.scope = scope_new(ctx->arena, outer), .clause = "VALUES"};
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            TRY(expr_bind(ctx, &binder, body->values.rows[i].at[j], &cells[i * columns + j]));
    TRY(values_types(ctx, cells, rows, columns, types));
    out->column_count = columns;
    out->columns = ARENA_ARRAY(ctx->arena, SinkColumn, columns);
    Buf buf = buf_new(ctx->arena);
    buf_add_z(&buf, "SELECT * FROM (VALUES ");
    for (size_t i = 0; i < rows * columns; i++) {
        TypedExpr cell;
        TRY(expr_convert(ctx, &cells[i], types[i % columns], &cell));
        buf_add_z(&buf, i == 0 ? "(" : i % columns == 0 ? "), (" : ", ");
        buf_add(&buf, cell.sql);
    }
    buf_printf(&buf, ")) AS %.*s(", STR_ARG(query_new_relation(ctx, outer->planner)));
    for (size_t j = 0; j < columns; j++) {
        out->columns[j] =
            (SinkColumn){.name = str_printf(ctx->arena, "column_%zu", j), .type = types[j]};
        buf_printf(&buf, "%sx%zu", j ? ", " : "", j + 1);
    }
    buf_add_byte(&buf, ')');
    out->sql = buf_str(&buf);
    return RC_OK;
}

// ------------------------------------------------------------------------------- ORDER BY of a
// whole query

static Rc whole_order_key(Ctx *ctx, Binder *binder, const BoundQuery *query, const Expr *expr,
                          Str *out)
{
    __int128 ordinal;
    if (expr->kind == EXPR_LITERAL && expr->literal.kind == LITERAL_INTEGER) {
        bool is_in_list = literal_integer(expr->literal.text, &ordinal) && ordinal >= 1 &&
                          ordinal <= (__int128)query->column_count;
        if (!is_in_list)
            return SAY(ctx, SEMANTIC, "ORDER BY position %.*s is not in select list",
                       STR_ARG(expr->literal.text));
        *out = str_printf(ctx->arena, "x%zu", (size_t)ordinal);
        return RC_OK;
    }
    TypedExpr key;
    TRY(expr_bind(ctx, binder, expr, &key));
    *out = key.is_literal ? STR("") : key.sql;
    return RC_OK;
}

// A query that is no SELECT of its own, sorted and cut.
static Rc order_whole(Ctx *ctx, const Query *query, Scope *outer, BoundQuery *out)
{
    if (query->order_by.count == 0 && !query->limit.is_given) return RC_OK;
    Str relation = query_new_relation(ctx, outer->planner);
    Binder binder = {.scope = scope_new(ctx->arena, outer), .clause = "ORDER BY"};
    query_add_fields(ctx, binder.scope, out, relation, STR(""));
    Buf buf = buf_new(ctx->arena);
    buf_printf(&buf, "SELECT * FROM (%.*s) AS %.*s", STR_ARG(out->sql), STR_ARG(relation));
    size_t count = 0;
    for (size_t i = 0; i < query->order_by.count; i++) {
        const OrderItem *item = &query->order_by.at[i];
        Str key;
        TRY(whole_order_key(ctx, &binder, out, item->expr, &key));
        if (key.len == 0) continue;
        bool is_first = item->nulls == NULLS_DEFAULT ? !item->is_desc : item->nulls == NULLS_FIRST;
        buf_printf(&buf, "%s%.*s %s NULLS %s", count++ ? ", " : " ORDER BY ", STR_ARG(key),
                   item->is_desc ? "DESC" : "ASC", is_first ? "FIRST" : "LAST");
    }
    query_put_limit(&buf, &query->limit);
    out->sql = buf_str(&buf);
    return RC_OK;
}

static Rc bind_body(Ctx *ctx, const QueryBody *body, const Query *query, Scope *outer,
                    BoundQuery *out)
{
    BoundQuery bound = {0};
    switch (body->kind) {
    case BODY_SELECT: return query_bind_select(ctx, body, query, outer, out);
    case BODY_SET_OP: TRY(bind_set_op(ctx, body, outer, &bound)); break;
    case BODY_VALUES: TRY(bind_values(ctx, body, outer, &bound)); break;
    case BODY_QUERY: TRY(query_bind(ctx, body->query, outer, &bound)); break;
    }
    if (query != NULL) TRY(order_whole(ctx, query, outer, &bound));
    *out = bound;
    return RC_OK;
}

// ------------------------------------------------------------------------------- WITH

static Rc bind_cte(Ctx *ctx, const Cte *cte, const CteName *own, Scope *scope, Buf *out)
{
    for (const CteName *other = scope->ctes; other != own; other = other->next)
        if (str_eq(other->name, cte->name.text))
            return FAIL(ctx, NOT_UNIQUE_TABLE, STR_ARG(cte->name.text));
    BoundQuery query;
    TRY(query_bind(ctx, cte->query, scope, &query));
    if (cte->columns.count > 0 && cte->columns.count != query.column_count)
        return FAIL(
            ctx, SEMANTIC,
            STR_ARG(STR("View's SELECT and view's field list have different column counts")));
    for (size_t i = 0; i < cte->columns.count; i++) query.columns[i].name = cte->columns.at[i].text;
    CteName *name = ARENA_NEW(ctx->arena, CteName);
    *name = (CteName){.name = cte->name.text,
                      .relation = str_printf(ctx->arena, "q%u", ++scope->planner->cte_count),
                      .columns = query.columns,
                      .column_count = query.column_count,
                      .next = scope->ctes};
    scope->ctes = name;
    buf_printf(out, "%s%.*s AS (%.*s)", out->len ? ", " : "WITH ", STR_ARG(name->relation),
               STR_ARG(query.sql));
    return RC_OK;
}

Rc query_bind(Ctx *ctx, const Query *query, Scope *outer, BoundQuery *out)
{
    if (query->is_recursive) return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("WITH RECURSIVE")));
    Planner *planner = outer->planner;
    if (planner->depth >= LIMIT_SQL_DEPTH)
        return FAIL(ctx, LIMIT_EXCEEDED, "The nesting of queries", (long long)LIMIT_SQL_DEPTH);
    planner->depth++;
    Scope *scope = scope_new(ctx->arena, outer);
    const CteName *inherited = scope->ctes;
    Buf with = buf_new(ctx->arena);
    for (size_t i = 0; i < query->cte_count; i++)
        TRY(bind_cte(ctx, &query->ctes[i], inherited, scope, &with));
    BoundQuery bound;
    TRY(bind_body(ctx, query->body, query, scope, &bound));
    if (with.len > 0) {
        buf_printf(&with, " %.*s", STR_ARG(bound.sql));
        bound.sql = buf_str(&with);
    }
    planner->depth--;
    *out = bound;
    return RC_OK;
}

// ------------------------------------------------------------------------------- the finished plan

static void finish_scan(Ctx *ctx, const PlanScan *from, Scan *out)
{
    *out = from->scan;
    if (out->kind != SCAN_TABLE) return;
    const Schema *schema = table_current_schema(out->table->def);
    out->columns = ARENA_ARRAY(ctx->arena, const Column *, schema->column_count);
    for (size_t i = 0; i < schema->column_count; i++)
        if (from->is_used[i]) out->columns[out->column_count++] = &schema->columns[i];
    out->partitions = ARENA_ARRAY(ctx->arena, const Partition *, out->table->partition_count);
    for (size_t i = 0; i < out->table->partition_count; i++)
        if (from->is_kept[i]) out->partitions[out->partition_count++] = out->table->partitions[i];
}

void query_finish(Ctx *ctx, Planner *planner, const BoundQuery *query, EngineQuery **out)
{
    VEC(Str) pieces = {0};
    VEC(Scan) scans = {0};
    Str rest = query->sql;
    while (str_contains(rest, HOLE_MARK)) {
        vec_push(ctx->arena, &pieces, str_cut(&rest, HOLE_MARK));
        uint64_t index;
        must(str_to_u64(str_cut(&rest, HOLE_MARK), &index) && index < planner->scans.len);
        Scan scan = {0};
        finish_scan(ctx, planner->scans.at[index], &scan);
        vec_push(ctx->arena, &scans, scan);
    }
    vec_push(ctx->arena, &pieces, rest);
    EngineQuery *plan = ARENA_NEW(ctx->arena, EngineQuery);
    *plan = (EngineQuery){.scan_count = scans.len,
                          .scans = scans.at,
                          .pieces = pieces.at,
                          .column_count = query->column_count,
                          .columns = query->columns};
    for (size_t i = 0; i < plan->column_count; i++) {
        Type *type = &plan->columns[i].type;
        if (type_is_text(type->kind) && type->len == 0) type->len = TYPE_STRING_LEN;
        if (type->kind == TYPE_VARBINARY && type->len == 0) type->len = TYPE_VARCHAR_MAX;
    }
    *out = plan;
}

Rc plan_query(Ctx *ctx, const PlanEnv *env, const Query *query, EngineQuery **out)
{
    Planner planner = {.env = env};
    BoundQuery bound;
    TRY(query_bind(ctx, query, scope_root(ctx->arena, &planner), &bound));
    query_finish(ctx, &planner, &bound, out);
    return RC_OK;
}
