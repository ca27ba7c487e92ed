/*
 * plan/query_select: one SELECT: its items, conditions, groups and order.
 *
 * Order of meaning: FROM, WHERE, GROUP BY, items, HAVING, QUALIFY, ORDER BY. Aliases are seen from
 * GROUP BY on, behind columns of the same name; in ORDER BY before them.
 * Source  StarRocks SelectAnalyzer, AggregationAnalyzer.
 * Errors  SEMANTIC with StarRocks' texts.   Threads  pure.
 */
#include "base/limits.h"
#include "plan/premerge.h"
#include "plan/query_bind.h"
#include "sql/sql.h"

typedef struct Item {
    Str name;          // as the client sees it
    const Expr *expr;  // NULL: a column that * stands for
    const Field *field;
    TypedExpr value;
} Item;

typedef VEC(Str) Texts;

// One SELECT in the making.
typedef struct Draft {
    const Select *select;
    Scope *scope;
    VEC(Item) items;
    Binder binder;  // of items, HAVING, QUALIFY, ORDER BY
    Texts groups;   // every expression of GROUP BY
    Str group_sql;  // what stands behind GROUP BY; empty: nothing
    bool has_aggregates;
    Str where, having, qualify, order;  // empty: none
} Draft;

// ------------------------------------------------------------------------------- items

static void push_field(Ctx *ctx, Draft *draft, const Field *field)
{
    vec_push(ctx->arena, &draft->items, (Item){.name = field->name, .field = field});
}

static bool is_of_table(const Field *field, const QName *table)
{
    if (!str_eq(field->table, table->parts[table->count - 1])) return false;
    return table->count < 2 || str_eq(field->database, table->parts[table->count - 2]);
}

static Rc expand_star(Ctx *ctx, Draft *draft, const Expr *star)
{
    const QName *table = &star->star.table;
    size_t before = draft->items.len;
    if (draft->select->from == NULL)
        return FAIL(ctx, SEMANTIC,
                    STR_ARG(STR("SELECT * not allowed in queries without FROM clause")));
    for (size_t i = 0; i < draft->scope->fields.len; i++) {
        const Field *field = draft->scope->fields.at[i];
        bool is_meant = table->count > 0 ? is_of_table(field, table) : !field->is_hidden;
        if (is_meant) push_field(ctx, draft, field);
    }
    if (draft->items.len > before) return RC_OK;
    Str name = qname_text(ctx->arena, *table);
    if (table->count > 0) return SAY(ctx, SEMANTIC, "Unknown table '%.*s'", STR_ARG(name));
    return FAIL(ctx, SEMANTIC,
                STR_ARG(STR("SELECT * not allowed from relation that has no columns")));
}

static Str item_name(Ctx *ctx, const SelectItem *item)
{
    if (item->alias.text.ptr != NULL) return item->alias.text;
    if (item->expr->kind == EXPR_COLUMN) return qname_last(item->expr->column);
    return sql_expr_title(ctx->arena, item->expr);
}

static Rc list_items(Ctx *ctx, Draft *draft)
{
    const Select *select = draft->select;
    for (size_t i = 0; i < select->item_count; i++) {
        const SelectItem *item = &select->items[i];
        if (item->expr->kind == EXPR_STAR)
            TRY(expand_star(ctx, draft, item->expr));
        else
            vec_push(ctx->arena, &draft->items,
                     (Item){.name = item_name(ctx, item), .expr = item->expr});
    }
    if (draft->items.len > LIMIT_COLUMNS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of columns", (long long)LIMIT_COLUMNS);
    return RC_OK;
}

// Names that the rest of the query may use: aliases, and columns under their own names.
static void list_aliases(Ctx *ctx, Draft *draft)
{
    Alias *aliases = ARENA_ARRAY(ctx->arena, Alias, draft->select->item_count);
    size_t count = 0;
    for (size_t i = 0; i < draft->select->item_count; i++) {
        const SelectItem *item = &draft->select->items[i];
        bool is_column = item->alias.text.ptr == NULL;
        if (is_column && item->expr->kind != EXPR_COLUMN) continue;
        aliases[count++] =
            (Alias){.name = item_name(ctx, item), .expr = item->expr, .is_column = is_column};
    }
    draft->binder.aliases = aliases;
    draft->binder.alias_count = count;
}

static Rc bind_item(Ctx *ctx, Draft *draft, Item *item)
{
    if (item->expr != NULL) {
        Binder binder = draft->binder;
        binder.clause = "SELECT";
        binder.alias_rule = ALIAS_LAST;
        for (size_t i = 0; i < binder.alias_count; i++)
            if (binder.aliases[i].expr == item->expr) binder.own_alias = &binder.aliases[i];
        TRY(expr_bind(ctx, &binder, item->expr, &item->value));
    } else {
        item->value = field_use(item->field, false);
        for (size_t i = 0; i < draft->groups.len; i++)
            if (str_eq(draft->groups.at[i], item->value.sql)) item->value.loose = NULL;
    }
    if (item->value.traits & TRAIT_AGGREGATE) draft->has_aggregates = true;
    if (draft->select->is_distinct && !typing_can_group(item->value.type))
        return SAY(ctx, SEMANTIC, "DISTINCT can only be applied to comparable types : %.*s",
                   STR_ARG(typing_text(ctx->arena, item->value.type)));
    if (draft->select->is_distinct) return typing_check_group(ctx, item->value.type);
    return RC_OK;
}

// ------------------------------------------------------------------------------- GROUP BY

static Rc find_ordinal(Ctx *ctx, const Draft *draft, const Expr *expr, const char *what,
                       size_t *index)
{
    __int128 ordinal;
    bool is_in_list = literal_integer(expr->literal.text, &ordinal) && ordinal >= 1 &&
                      ordinal <= (__int128)draft->items.len;
    if (!is_in_list)
        return SAY(ctx, SEMANTIC, "%s position %.*s is not in select list", what,
                   STR_ARG(expr->literal.text));
    *index = (size_t)ordinal - 1;
    return RC_OK;
}

static bool is_ordinal(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL && expr->literal.kind == LITERAL_INTEGER;
}

static Rc bind_group_key(Ctx *ctx, Draft *draft, const Expr *expr, Str *out)
{
    Binder binder = draft->binder;
    binder.clause = "GROUP BY";
    binder.has_aggregates = binder.has_windows = false;
    binder.alias_rule = ALIAS_LAST;
    TypedExpr key;
    if (is_ordinal(expr)) {
        size_t index;
        TRY(find_ordinal(ctx, draft, expr, "Group by", &index));
        const Item *item = &draft->items.at[index];
        if (item->expr == NULL)
            key = field_use(item->field, false);
        else
            TRY(expr_bind(ctx, &binder, item->expr, &key));
    } else {
        TRY(expr_bind(ctx, &binder, expr, &key));
    }
    TRY(typing_check_group(ctx, key.type));
    vec_push(ctx->arena, &draft->groups, key.sql);
    *out = key.sql;
    return RC_OK;
}

static Rc put_group_set(Ctx *ctx, Draft *draft, const ExprList *set, Buf *out)
{
    for (size_t i = 0; i < set->count; i++) {
        Str key;
        TRY(bind_group_key(ctx, draft, set->at[i], &key));
        buf_printf(out, "%s%.*s", i ? ", " : "", STR_ARG(key));
    }
    return RC_OK;
}

static Rc bind_group_by(Ctx *ctx, Draft *draft)
{
    static const char *const BEFORE[] = {[GROUP_PLAIN] = "",
                                         [GROUP_ROLLUP] = "ROLLUP (",
                                         [GROUP_CUBE] = "CUBE (",
                                         [GROUP_SETS] = "GROUPING SETS ("};
    const GroupBy *group = &draft->select->group_by;
    if (group->kind == GROUP_NONE) return RC_OK;
    Buf buf = buf_new(ctx->arena);
    buf_add_z(&buf, BEFORE[group->kind]);
    for (size_t i = 0; i < group->set_count; i++) {
        if (group->kind == GROUP_SETS) buf_add_z(&buf, i ? ", (" : "(");
        TRY(put_group_set(ctx, draft, &group->sets[i], &buf));
        if (group->kind == GROUP_SETS) buf_add_byte(&buf, ')');
    }
    if (group->kind != GROUP_PLAIN) buf_add_byte(&buf, ')');
    draft->group_sql = buf_str(&buf);
    draft->binder.groups = draft->groups.at;
    draft->binder.group_count = draft->groups.len;
    draft->binder.has_grouping_sets = group->kind != GROUP_PLAIN;
    return RC_OK;
}

// ------------------------------------------------------------------------------- conditions

static Rc bind_where(Ctx *ctx, Draft *draft)
{
    if (draft->select->where == NULL) return RC_OK;
    Binder binder = {.scope = draft->scope, .clause = "WHERE"};
    TypedExpr where;
    TRY(expr_bind_condition(ctx, &binder, draft->select->where, &where));
    draft->where = where.sql;
    return prune_partitions(ctx, draft->select->where, draft->scope);
}

static Rc bind_having(Ctx *ctx, Draft *draft, TypedExpr *having, TypedExpr *qualify)
{
    const Select *select = draft->select;
    Binder binder = draft->binder;
    binder.alias_rule = ALIAS_LAST;
    if (select->having != NULL) {
        binder.clause = "HAVING";
        binder.has_windows = false;
        TRY(expr_bind_condition(ctx, &binder, select->having, having));
        if (having->traits & TRAIT_AGGREGATE) draft->has_aggregates = true;
    }
    if (select->qualify != NULL) {
        binder.clause = "QUALIFY";
        binder.has_windows = true;
        TRY(expr_bind_condition(ctx, &binder, select->qualify, qualify));
        if (qualify->traits & TRAIT_AGGREGATE) draft->has_aggregates = true;
    }
    return RC_OK;
}

// Without groups HAVING is one more condition on rows.
static void place_having(Ctx *ctx, Draft *draft, const TypedExpr *having, const TypedExpr *qualify)
{
    bool is_grouped = draft->has_aggregates || draft->select->group_by.kind != GROUP_NONE;
    if (qualify->sql.len > 0) draft->qualify = qualify->sql;
    if (having->sql.len == 0) return;
    if (is_grouped)
        draft->having = having->sql;
    else if (draft->where.len == 0)
        draft->where = having->sql;
    else
        draft->where =
            str_printf(ctx->arena, "%.*s AND %.*s", STR_ARG(draft->where), STR_ARG(having->sql));
}

// ------------------------------------------------------------------------------- ORDER BY

static const Item *item_with_text(const Draft *draft, Str sql, size_t *index)
{
    for (size_t i = 0; i < draft->items.len; i++) {
        if (!str_eq(draft->items.at[i].value.sql, sql)) continue;
        *index = i;
        return &draft->items.at[i];
    }
    return NULL;
}

// The only item of that name; COUNT_OF nothing: none, or several.
static bool find_item_named(const Draft *draft, const Expr *expr, size_t *index)
{
    if (expr->kind != EXPR_COLUMN || expr->column.count != 1) return false;
    size_t count = 0;
    for (size_t i = 0; i < draft->items.len; i++) {
        const Item *item = &draft->items.at[i];
        if (item->expr == NULL || !str_eq_nocase(item->name, expr->column.parts[0])) continue;
        *index = i;
        count++;
    }
    return count == 1;
}

// The key's text: x<n> where it is an item. *out empty: a constant, which orders nothing.
static Rc bind_order_key(Ctx *ctx, Draft *draft, const Expr *expr, TypedExpr *key, Str *out)
{
    size_t index;
    bool is_item = true;
    if (is_ordinal(expr))
        TRY(find_ordinal(ctx, draft, expr, "ORDER BY", &index));
    else
        is_item = find_item_named(draft, expr, &index);
    if (is_item) {
        *key = draft->items.at[index].value;
    } else {
        Binder binder = draft->binder;
        binder.clause = "ORDER BY";
        binder.alias_rule = ALIAS_FIRST;
        TRY(expr_bind(ctx, &binder, expr, key));
        is_item = item_with_text(draft, key->sql, &index) != NULL;
    }
    if (key->is_literal)
        *out = STR("");
    else
        *out = is_item ? str_printf(ctx->arena, "x%zu", index + 1) : key->sql;
    if (!is_item && draft->select->is_distinct && !key->is_literal)
        return FAIL(
            ctx, SEMANTIC,
            STR_ARG(STR("for SELECT DISTINCT, ORDER BY expressions must appear in select list")));
    return RC_OK;
}

static Rc check_loose(Ctx *ctx, const TypedExpr *value, Str title)
{
    if (value->loose == NULL) return RC_OK;
    return SAY(ctx, SEMANTIC, "'%.*s' must be an aggregate expression or appear in GROUP BY clause",
               STR_ARG(title));
}

static Rc bind_order_by(Ctx *ctx, Draft *draft, const OrderList *order)
{
    bool is_grouped = draft->has_aggregates || draft->select->group_by.kind != GROUP_NONE;
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < order->count; i++) {
        const OrderItem *item = &order->at[i];
        TypedExpr key = {0};
        Str sql;
        TRY(bind_order_key(ctx, draft, item->expr, &key, &sql));
        if (sql.len == 0) continue;
        TRY(typing_check_order(ctx, key.type));
        if (!is_grouped && (key.traits & TRAIT_AGGREGATE))
            return FAIL(
                ctx, SEMANTIC,
                STR_ARG(STR("ORDER BY contains aggregate function and applies to the result of a "
                            "non-aggregated query")));
        if (is_grouped) TRY(check_loose(ctx, &key, sql_expr_title(ctx->arena, item->expr)));
        bool is_first = item->nulls == NULLS_DEFAULT ? !item->is_desc : item->nulls == NULLS_FIRST;
        buf_printf(&buf, "%s%.*s %s NULLS %s", buf.len ? ", " : "", STR_ARG(sql),
                   item->is_desc ? "DESC" : "ASC", is_first ? "FIRST" : "LAST");
    }
    draft->order = buf_str(&buf);
    return RC_OK;
}

// ------------------------------------------------------------------------------- all of it

static Rc check_groups(Ctx *ctx, const Draft *draft, const TypedExpr *having,
                       const TypedExpr *qualify)
{
    const Select *select = draft->select;
    bool is_grouped = draft->has_aggregates || select->group_by.kind != GROUP_NONE;
    if (!is_grouped) return RC_OK;
    for (size_t i = 0; i < draft->items.len; i++) {
        const Item *item = &draft->items.at[i];
        Str title = item->expr != NULL ? sql_expr_title(ctx->arena, item->expr) : item->name;
        TRY(check_loose(ctx, &item->value, title));
    }
    if (select->having != NULL)
        TRY(check_loose(ctx, having, sql_expr_title(ctx->arena, select->having)));
    if (select->qualify != NULL)
        TRY(check_loose(ctx, qualify, sql_expr_title(ctx->arena, select->qualify)));
    return RC_OK;
}

static void put_clause(Buf *out, const char *words, Str sql)
{
    if (sql.len > 0) buf_printf(out, " %s %.*s", words, STR_ARG(sql));
}

static void print_select(Ctx *ctx, const Draft *draft, Str from, BoundQuery *out)
{
    Buf buf = buf_new(ctx->arena);
    buf_add_z(&buf, draft->select->is_distinct ? "SELECT DISTINCT " : "SELECT ");
    out->column_count = draft->items.len;
    out->columns = ARENA_ARRAY(ctx->arena, SinkColumn, draft->items.len);
    for (size_t i = 0; i < draft->items.len; i++) {
        const Item *item = &draft->items.at[i];
        const Field *field = item->value.field;
        out->columns[i] = (SinkColumn){.name = item->name, .type = item->value.type};
        if (field != NULL && field->column != NULL) {
            out->columns[i].table = field->table;
            out->columns[i].database = field->scan->scan.database->def->name;
        }
        buf_printf(&buf, "%s%.*s AS x%zu", i ? ", " : "", STR_ARG(item->value.sql), i + 1);
    }
    put_clause(&buf, "FROM", from);
    put_clause(&buf, "WHERE", draft->where);
    put_clause(&buf, "GROUP BY", draft->group_sql);
    put_clause(&buf, "HAVING", draft->having);
    put_clause(&buf, "QUALIFY", draft->qualify);
    put_clause(&buf, "ORDER BY", draft->order);
    out->sql = buf_str(&buf);
}

void query_put_limit(Buf *out, const Limit *limit)
{
    if (!limit->is_given) return;
    buf_printf(out, " LIMIT %llu", (unsigned long long)limit->count);
    if (limit->offset > 0) buf_printf(out, " OFFSET %llu", (unsigned long long)limit->offset);
}

static bool is_aggregated(const Draft *draft)
{
    return draft->has_aggregates || draft->select->is_distinct ||
           draft->select->group_by.kind != GROUP_NONE;
}

Rc query_bind_select(Ctx *ctx, const QueryBody *body, const Query *query, Scope *outer,
                     BoundQuery *out)
{
    Draft draft = {.select = body->select, .scope = scope_new(ctx->arena, outer)};
    SelectFacts *around = premerge_begin(ctx, outer->planner);
    Buf from = buf_new(ctx->arena);
    if (body->select->from != NULL)
        TRY(query_bind_from(ctx, body->select->from, draft.scope, &from));
    draft.binder = (Binder){.scope = draft.scope,
                            .has_aggregates = true,
                            .has_windows = true,
                            .has_groups = body->select->group_by.kind != GROUP_NONE};
    TRY(bind_where(ctx, &draft));
    TRY(list_items(ctx, &draft));
    list_aliases(ctx, &draft);
    TRY(bind_group_by(ctx, &draft));
    for (size_t i = 0; i < draft.items.len; i++) TRY(bind_item(ctx, &draft, &draft.items.at[i]));
    TypedExpr having = {0}, qualify = {0};
    TRY(bind_having(ctx, &draft, &having, &qualify));
    place_having(ctx, &draft, &having, &qualify);
    TRY(check_groups(ctx, &draft, &having, &qualify));
    if (query != NULL) TRY(bind_order_by(ctx, &draft, &query->order_by));
    premerge_end(outer->planner, around, is_aggregated(&draft));
    print_select(ctx, &draft, buf_str(&from), out);
    if (query == NULL) return RC_OK;
    Buf limited = buf_new(ctx->arena);
    buf_add(&limited, out->sql);
    query_put_limit(&limited, &query->limit);
    out->sql = buf_str(&limited);
    return RC_OK;
}
