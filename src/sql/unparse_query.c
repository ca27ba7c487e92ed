/*
 * sql/unparse_query: queries back to text. See unparse.c.
 *
 * Errors  none.   Threads  pure.
 */
#include "sql/unparse.h"

void print_order_by(Printer *out, OrderList order_by)
{
    for (size_t i = 0; i < order_by.count; i++) {
        const OrderItem *item = &order_by.at[i];
        buf_add_z(&out->buf, i == 0 ? " ORDER BY " : ", ");
        print_expr(out, item->expr);
        buf_add_z(&out->buf, item->is_desc ? " DESC" : " ASC");
        if (item->nulls != NULLS_DEFAULT)
            buf_add_z(&out->buf, item->nulls == NULLS_FIRST ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void print_alias(Printer *out, const TableRef *ref)
{
    if (ref->alias.text.ptr == NULL) return;
    buf_add_z(&out->buf, " AS ");
    print_name(out, ref->alias.text);
    if (ref->column_aliases.count > 0) print_names(out, ref->column_aliases);
}

static void print_ref(Printer *out, const TableRef *ref);

static void print_join(Printer *out, const TableRef *ref)
{
    static const char *const TEXTS[] = {
        [JOIN_INNER] = "INNER",           [JOIN_CROSS] = "CROSS",
        [JOIN_LEFT] = "LEFT OUTER",       [JOIN_RIGHT] = "RIGHT OUTER",
        [JOIN_FULL] = "FULL OUTER",       [JOIN_LEFT_SEMI] = "LEFT SEMI",
        [JOIN_RIGHT_SEMI] = "RIGHT SEMI", [JOIN_LEFT_ANTI] = "LEFT ANTI",
        [JOIN_RIGHT_ANTI] = "RIGHT ANTI",
    };
    bool needs_parens = ref->join.right->kind == REF_JOIN;
    print_ref(out, ref->join.left);
    buf_printf(&out->buf, " %s JOIN %s", TEXTS[ref->join.kind], needs_parens ? "(" : "");
    print_ref(out, ref->join.right);
    if (needs_parens) buf_add_byte(&out->buf, ')');
    if (ref->join.on) {
        buf_add_z(&out->buf, " ON ");
        print_expr(out, ref->join.on);
    } else if (ref->join.using_names.count > 0) {
        buf_add_z(&out->buf, " USING ");
        print_names(out, ref->join.using_names);
    }
}

static void print_ref(Printer *out, const TableRef *ref)
{
    Buf *buf = &out->buf;
    switch (ref->kind) {
    case REF_TABLE:
        print_qname(out, ref->table.name);
        if (ref->table.partitions.count > 0) {
            buf_add_z(buf, " PARTITION ");
            print_names(out, ref->table.partitions);
        }
        break;
    case REF_QUERY:
        buf_add_byte(buf, '(');
        print_query(out, ref->query);
        buf_add_byte(buf, ')');
        break;
    case REF_JOIN: print_join(out, ref); break;
    case REF_FILES:
        buf_printf(buf, "FILES(%.*s)",
                   STR_ARG(sql_unparse_properties(buf->arena, ref->files, ", ")));
        break;
    case REF_FUNCTION:
        buf_add_z(buf, "TABLE(");
        print_qname(out, ref->function.name);
        buf_add_byte(buf, '(');
        print_expr_list(out, ref->function.args);
        buf_add_z(buf, "))");
        break;
    }
    print_alias(out, ref);
}

static void print_group_by(Printer *out, const GroupBy *group_by)
{
    static const char *const TEXTS[] = {
        [GROUP_PLAIN] = " GROUP BY ",
        [GROUP_ROLLUP] = " GROUP BY ROLLUP (",
        [GROUP_CUBE] = " GROUP BY CUBE (",
        [GROUP_SETS] = " GROUP BY GROUPING SETS (",
    };
    if (group_by->kind == GROUP_NONE) return;
    bool is_sets = group_by->kind == GROUP_SETS;
    buf_add_z(&out->buf, TEXTS[group_by->kind]);
    for (size_t i = 0; i < group_by->set_count; i++) {
        if (i > 0) buf_add_z(&out->buf, ", ");
        if (is_sets) buf_add_byte(&out->buf, '(');
        print_expr_list(out, group_by->sets[i]);
        if (is_sets) buf_add_byte(&out->buf, ')');
    }
    if (group_by->kind != GROUP_PLAIN) buf_add_byte(&out->buf, ')');
}

static void print_clause(Printer *out, const char *words, const Expr *expr)
{
    if (expr == NULL) return;
    buf_add_z(&out->buf, words);
    print_expr(out, expr);
}

static void print_select(Printer *out, const Select *select)
{
    buf_add_z(&out->buf, select->is_distinct ? "SELECT DISTINCT " : "SELECT ");
    for (size_t i = 0; i < select->item_count; i++) {
        const SelectItem *item = &select->items[i];
        if (i > 0) buf_add_z(&out->buf, ", ");
        print_expr(out, item->expr);
        if (item->alias.text.ptr == NULL) continue;
        buf_add_z(&out->buf, " AS ");
        print_name(out, item->alias.text);
    }
    if (select->from) {
        buf_add_z(&out->buf, " FROM ");
        print_ref(out, select->from);
    }
    print_clause(out, " WHERE ", select->where);
    print_group_by(out, &select->group_by);
    print_clause(out, " HAVING ", select->having);
    print_clause(out, " QUALIFY ", select->qualify);
}

static void print_values(Printer *out, const QueryBody *body)
{
    buf_add_z(&out->buf, "VALUES ");
    for (size_t i = 0; i < body->values.count; i++) {
        buf_add_z(&out->buf, i > 0 ? ", (" : "(");
        print_expr_list(out, body->values.rows[i]);
        buf_add_byte(&out->buf, ')');
    }
}

static void print_body(Printer *out, const QueryBody *body);

// An operand of a set operation; whatever is one itself stands in parentheses on the right, and on
// the left where it binds looser.
static void print_set_operand(Printer *out, const QueryBody *body, bool needs_parens)
{
    if (needs_parens) buf_add_byte(&out->buf, '(');
    print_body(out, body);
    if (needs_parens) buf_add_byte(&out->buf, ')');
}

static void print_set_op(Printer *out, const QueryBody *body)
{
    static const char *const TEXTS[] = {
        [SET_OP_UNION] = "UNION", [SET_OP_INTERSECT] = "INTERSECT", [SET_OP_EXCEPT] = "EXCEPT"};
    const QueryBody *left = body->set_op.left, *right = body->set_op.right;
    bool is_looser = left->kind == BODY_SET_OP && body->set_op.kind == SET_OP_INTERSECT &&
                     left->set_op.kind != SET_OP_INTERSECT;
    print_set_operand(out, left, is_looser);
    buf_printf(&out->buf, " %s%s ", TEXTS[body->set_op.kind], body->set_op.is_all ? " ALL" : "");
    print_set_operand(out, right, right->kind == BODY_SET_OP);
}

static void print_body(Printer *out, const QueryBody *body)
{
    switch (body->kind) {
    case BODY_SELECT: print_select(out, body->select); break;
    case BODY_SET_OP: print_set_op(out, body); break;
    case BODY_VALUES: print_values(out, body); break;
    case BODY_QUERY:
        buf_add_byte(&out->buf, '(');
        print_query(out, body->query);
        buf_add_byte(&out->buf, ')');
        break;
    }
}

void print_query(Printer *out, const Query *query)
{
    for (size_t i = 0; i < query->cte_count; i++) {
        const Cte *cte = &query->ctes[i];
        if (i == 0) buf_add_z(&out->buf, query->is_recursive ? "WITH RECURSIVE " : "WITH ");
        print_name(out, cte->name.text);
        if (cte->columns.count > 0) print_names(out, cte->columns);
        buf_add_z(&out->buf, " AS (");
        print_query(out, cte->query);
        buf_add_z(&out->buf, i + 1 < query->cte_count ? "), " : ") ");
    }
    print_body(out, query->body);
    print_order_by(out, query->order_by);
    if (!query->limit.is_given) return;
    buf_printf(&out->buf, " LIMIT %llu", (unsigned long long)query->limit.count);
    if (query->limit.offset > 0)
        buf_printf(&out->buf, " OFFSET %llu", (unsigned long long)query->limit.offset);
}

Str sql_unparse_query(Arena *arena, const Query *query)
{
    Printer out = {.buf = buf_new(arena)};
    print_query(&out, query);
    return buf_str(&out.buf);
}
