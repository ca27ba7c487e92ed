/*
 * plan/change: UPDATE, DELETE, and INSERT of some columns.
 *
 * Form    UPDATE becomes an INSERT .. SELECT of whole rows; DELETE a SELECT of positions. Both are
 *         planned twice: once for its errors, and again on the snapshot that is pinned under the
 *         table's write token (exec/change).
 * Source  StarRocks' UpdateAnalyzer, DeleteAnalyzer, DeleteMgr.checkDelete; partial update of
 *         InsertAnalyzer.
 * Errors  SEMANTIC, COMMON.   Threads  pure.
 */
#include "plan/change.h"
#include "sql/sql.h"

enum {
    FEW_COLUMNS = 3,       // of an UPDATE without WHERE
    FEW_TENTHS = 3,        // of the table's columns, less than that
    MOST_IN_ITEMS = 10000  // StarRocks' max_allowed_in_element_num_of_delete
};

static Str read_variable(const PlanEnv *env, const char *name)
{
    Str text = STR_NONE;
    Type type;
    bool is_there = env->variable &&
                    env->variable(env->handle, str_from(name), PLAN_VARIABLE_SESSION, &text, &type);
    return is_there ? text : STR_NONE;
}

// The table itself, as a query around it writes it.
static TableRef *target_ref(Ctx *ctx, const QName *name, TableRef *others)
{
    TableRef *target = ARENA_NEW(ctx->arena, TableRef);
    target->kind = REF_TABLE;
    target->table.name = *name;
    if (!others) return target;
    TableRef *both = ARENA_NEW(ctx->arena, TableRef);
    both->kind = REF_JOIN;
    both->depth = (uint16_t)(others->depth + 1);
    both->join.kind = JOIN_CROSS;
    both->join.left = target;
    both->join.right = others;
    return both;
}

// --- UPDATE

static Expr *column_expr(Ctx *ctx, const Database *database, const Table *table,
                         const Column *column)
{
    Expr *expr = ARENA_NEW(ctx->arena, Expr);
    expr->kind = EXPR_COLUMN;
    expr->depth = 1;
    expr->column.count = 3;
    expr->column.parts = ARENA_ARRAY(ctx->arena, Str, 3);
    expr->column.parts[0] = database->def->name;
    expr->column.parts[1] = table->def->name;
    expr->column.parts[2] = column->name;
    return expr;
}

static const Assignment *assignment_of(const UpdateStatement *update, const Column *column)
{
    for (size_t i = 0; i < update->assignment_count; i++)
        if (str_eq_nocase(update->assignments[i].column.text, column->name))
            return &update->assignments[i];
    return NULL;
}

static Rc check_assignment(Ctx *ctx, const Table *table, const UpdateStatement *update, size_t at)
{
    Str name = update->assignments[at].column.text;
    const Column *column = schema_column_named(table_current_schema(table->def), name);
    if (!column || column->is_hidden)
        return SAY(ctx, SEMANTIC, "table '%.*s' do not existing column '%.*s'",
                   STR_ARG(table->def->name), STR_ARG(name));
    for (size_t i = 0; i < at; i++)
        if (str_eq_nocase(update->assignments[i].column.text, name))
            return SAY(ctx, SEMANTIC, "Column '%.*s' specified twice", STR_ARG(name));
    return RC_OK;
}

// In the order of the table's columns, as StarRocks meets them.
static Rc check_column(Ctx *ctx, const Column *column, const Expr *value)
{
    if (column->is_key)
        return SAY(ctx, SEMANTIC, "primary key column cannot be updated: %.*s",
                   STR_ARG(column->name));
    bool is_null = value->kind == EXPR_LITERAL && value->literal.kind == LITERAL_NULL;
    if (column->is_auto_increment && is_null)
        return SAY(ctx, SEMANTIC, "AUTO_INCREMENT column: %.*s must not be NULL",
                   STR_ARG(column->name));
    if (column->generated.len > 0)
        return SAY(ctx, SEMANTIC, "generated column cannot be updated: %.*s",
                   STR_ARG(column->name));
    return RC_OK;
}

// All rows at once only where few columns change, and only if the session leaves that choice.
static Rc check_where(Ctx *ctx, const PlanEnv *env, const Table *table,
                      const UpdateStatement *update)
{
    if (update->where) return RC_OK;
    Str mode = read_variable(env, "partial_update_mode");
    size_t columns = table_current_schema(table->def)->column_count;
    bool is_few = update->assignment_count <= FEW_COLUMNS &&
                  update->assignment_count * 10 < columns * FEW_TENTHS;
    if (str_eq_nocase(mode, STR("column")) || (str_eq_nocase(mode, STR("auto")) && is_few))
        return RC_OK;
    return FAIL(ctx, SEMANTIC,
                STR_ARG(STR("must specify where clause to prevent full table update")));
}

static Rc check_update(Ctx *ctx, const PlanEnv *env, const Table *table,
                       const UpdateStatement *update)
{
    const Schema *schema = table_current_schema(table->def);
    for (size_t i = 0; i < update->assignment_count; i++)
        TRY(check_assignment(ctx, table, update, i));
    TRY(check_where(ctx, env, table, update));
    for (size_t i = 0; i < schema->column_count; i++) {
        const Assignment *assignment = assignment_of(update, &schema->columns[i]);
        if (assignment) TRY(check_column(ctx, &schema->columns[i], assignment->value));
    }
    return RC_OK;
}

// INSERT INTO t (all columns but those set to DEFAULT) SELECT .. FROM t, .. WHERE ..
static InsertStatement *as_insert(Ctx *ctx, const UpdateStatement *update, const Database *database,
                                  const Table *table)
{
    const Schema *schema = table_current_schema(table->def);
    InsertStatement *insert = ARENA_NEW(ctx->arena, InsertStatement);
    Select *select = ARENA_NEW(ctx->arena, Select);
    insert->table = update->table;
    insert->is_update = true;
    insert->columns.at = ARENA_ARRAY(ctx->arena, Name, schema->column_count);
    select->items = ARENA_ARRAY(ctx->arena, SelectItem, schema->column_count);
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        const Assignment *assignment = assignment_of(update, column);
        if (column->generated.len > 0) continue;
        if (assignment && assignment->value->kind == EXPR_DEFAULT) continue;
        Expr *value = assignment ? assignment->value : column_expr(ctx, database, table, column);
        select->items[select->item_count++] = (SelectItem){.expr = value, .text = column->name};
        insert->columns.at[insert->columns.count++] = (Name){.text = column->name};
    }
    select->from = target_ref(ctx, &update->table, update->from);
    select->where = update->where;
    insert->source = ARENA_NEW(ctx->arena, Query);
    insert->source->body = ARENA_NEW(ctx->arena, QueryBody);
    insert->source->body->kind = BODY_SELECT;
    insert->source->body->select = select;
    insert->source->text = STR("");
    return insert;
}

Rc plan_update(Ctx *ctx, const PlanEnv *env, const UpdateStatement *update, InsertPlan **out)
{
    const Database *database;
    const Table *table;
    TRY(query_find_table(ctx, env, &update->table, &database, &table));
    if (table->def->keys != KEYS_PRIMARY)
        return SAY(ctx, NOT_FOR_TABLE, "table %.*s does not support update",
                   STR_ARG(table->def->name));
    TRY(check_update(ctx, env, table, update));
    return plan_insert(ctx, env, as_insert(ctx, update, database, table), out);
}

// --- DELETE

static Rc say(Ctx *ctx, const char *text)
{
    return FAIL(ctx, SEMANTIC, STR_ARG(str_from(text)));
}

static bool is_value(const Expr *expr)
{
    if (expr->kind == EXPR_UNARY && expr->unary.op == UNARY_MINUS) expr = expr->unary.arg;
    return expr->kind == EXPR_LITERAL || expr->kind == EXPR_USER_VAR ||
           expr->kind == EXPR_SYSTEM_VAR;
}

static bool is_comparison(const Expr *expr)
{
    return expr->kind == EXPR_BINARY && expr->binary.op >= BINARY_EQ &&
           expr->binary.op <= BINARY_EQ_NULL;
}

static Rc check_in(Ctx *ctx, const Expr *expr)
{
    if (expr->in.arg->kind != EXPR_COLUMN)
        return say(ctx, "Left expr of binary predicate should be column name");
    if (expr->in.query) return say(ctx, "Child of in predicate should be value");
    if (expr->in.list.count > MOST_IN_ITEMS)
        return SAY(ctx, SEMANTIC, "Element num of predicate should not be more than %d",
                   MOST_IN_ITEMS);
    for (size_t i = 0; i < expr->in.list.count; i++)
        if (!is_value(expr->in.list.at[i]))
            return say(ctx, "Child of in predicate should be value");
    return RC_OK;
}

// What StarRocks can push down without a primary key: comparisons with values, joined by AND.
static Rc check_condition(Ctx *ctx, const Expr *expr)
{
    while (expr->kind == EXPR_BINARY && expr->binary.op == BINARY_AND) {
        TRY(check_condition(ctx, expr->binary.right));
        expr = expr->binary.left;
    }
    bool is_compound = (expr->kind == EXPR_BINARY && expr->binary.op == BINARY_OR) ||
                       (expr->kind == EXPR_UNARY && expr->unary.op == UNARY_NOT);
    if (is_compound) return say(ctx, "Compound predicate's op should be AND");
    if (expr->kind == EXPR_IN) return check_in(ctx, expr);
    if (expr->kind == EXPR_IS && expr->is.what == IS_NULL) {
        if (expr->is.arg->kind == EXPR_COLUMN) return RC_OK;
        return say(ctx, "Left expr of is_null predicate should be column name");
    }
    if (!is_comparison(expr))
        return say(ctx, "Where clause only supports compound predicate, binary predicate, is_null"
                        " predicate and in predicate");
    if (expr->binary.left->kind != EXPR_COLUMN)
        return say(ctx, "Left expr of binary predicate should be column name");
    if (!is_value(expr->binary.right))
        return say(ctx, "Right expr of binary predicate should be value");
    return RC_OK;
}

static Rc check_delete(Ctx *ctx, const Table *table, const DeleteStatement *delete)
{
    if (table->def->keys == KEYS_PRIMARY) {
        if (!delete->where)
            return say(ctx, "Delete must specify where clause to prevent full table delete");
        if (delete->has_partitions)
            return say(ctx, "Delete for primary key table do not support specifying partitions");
        return RC_OK;
    }
    if (delete->is_temporary) return say(ctx, "Do not support deleting temp partitions");
    if (delete->using_from) return say(ctx, "Do not support `using` clause in non-primary table");
    if (!delete->where) return say(ctx, "Where clause is not set");
    return check_condition(ctx, delete->where);
}

static const Expr *condition_column(const Expr *expr)
{
    if (expr->kind == EXPR_IN) return expr->in.arg;
    return expr->kind == EXPR_IS ? expr->is.arg : expr->binary.left;
}

static Rc check_deleted_column(Ctx *ctx, const Table *table, const Expr *expr)
{
    Str name = qname_last(condition_column(expr)->column);
    const Column *column = schema_column_named(table_current_schema(table->def), name);
    if (!column || column->is_hidden)
        return SAY(ctx, COMMON, "Unknown column '%.*s' in '%.*s'", STR_ARG(name),
                   STR_ARG(table->def->name));
    TypeKind kind = column->type.kind;
    bool is_loose = kind == TYPE_FLOAT || kind == TYPE_DOUBLE;
    if ((!column->is_key && table->def->keys != KEYS_DUPLICATE) || is_loose)
        return SAY(ctx, COMMON,
                   "Column[%.*s] is not key column or storage model is not duplicate or column type"
                   " is float or double.",
                   STR_ARG(name));
    if (kind == TYPE_ARRAY || kind == TYPE_MAP || kind == TYPE_STRUCT)
        return SAY(ctx, COMMON,
                   "unsupported delete condition on Array/Map/Struct type column[%.*s]",
                   STR_ARG(name));
    if (expr->kind == EXPR_BINARY && expr->binary.op == BINARY_EQ_NULL)
        return SAY(ctx, COMMON, "Delete condition does not support null-safe equal currently.");
    return RC_OK;
}

Rc plan_check_delete(Ctx *ctx, const Table *table, const DeleteStatement *delete)
{
    if (table->def->keys == KEYS_PRIMARY) return RC_OK;
    const Expr *expr = delete->where;
    for (; expr->kind == EXPR_BINARY && expr->binary.op == BINARY_AND; expr = expr->binary.left)
        TRY(check_deleted_column(ctx, table, expr->binary.right));
    return check_deleted_column(ctx, table, expr);
}

// "r4.kg_set", for the relation of the first field.
static Str position_sql(Ctx *ctx, const Scope *scope, const char *column)
{
    Str rest = scope->fields.at[0]->sql;
    Str relation = str_cut(&rest, '.');
    return str_printf(ctx->arena, "%.*s.%s", STR_ARG(relation), column);
}

static Rc bind_delete(Ctx *ctx, Planner *planner, const DeleteStatement *delete, Str *out)
{
    Scope *scope = scope_new(ctx->arena, scope_root(ctx->arena, planner));
    Binder binder = {.scope = scope, .clause = "WHERE"};
    Buf from = buf_new(ctx->arena);
    TypedExpr where;
    TableRef *ref = target_ref(ctx, &delete->table, delete->using_from);
    if (!delete->using_from) ref->table.partitions = delete->partitions;
    TRY(query_bind_from(ctx, ref, scope, &from));
    must(planner->scans.len > 0 && planner->scans.at[0]->scan.kind == SCAN_TABLE);
    planner->scans.at[0]->scan.has_positions = true;
    TRY(expr_bind_condition(ctx, &binder, delete->where, &where));
    TRY(prune_partitions(ctx, delete->where, scope));
    *out = str_printf(ctx->arena, "SELECT %.*s AS kg_set, %.*s AS kg_row FROM %.*s WHERE %.*s",
                      STR_ARG(position_sql(ctx, scope, "kg_set")),
                      STR_ARG(position_sql(ctx, scope, "kg_row")), STR_ARG(buf_str(&from)),
                      STR_ARG(where.sql));
    return RC_OK;
}

Rc plan_delete(Ctx *ctx, const PlanEnv *env, const DeleteStatement *delete, DeletePlan **out)
{
    DeletePlan *plan = ARENA_NEW(ctx->arena, DeletePlan);
    Planner planner = {.env = env};
    BoundQuery query = {.column_count = 2};
    TRY(query_find_table(ctx, env, &delete->table, &plan->database, &plan->table));
    TRY(check_delete(ctx, plan->table, delete));
    TRY(bind_delete(ctx, &planner, delete, &query.sql));
    query.columns = ARENA_ARRAY(ctx->arena, SinkColumn, 2);
    for (size_t i = 0; i < 2; i++)
        query.columns[i] = (SinkColumn){.name = STR("kg"), .type = {.kind = TYPE_BIGINT}};
    query_finish(ctx, &planner, &query, &plan->query);
    *out = plan;
    return RC_OK;
}

// --- INSERT of some columns

bool change_is_partial(const PlanEnv *env, const Table *table, const bool *is_given)
{
    const Schema *schema = table_current_schema(table->def);
    bool is_complete = true;
    if (table->def->keys != KEYS_PRIMARY) return false;
    for (size_t i = 0; i < schema->column_count; i++) {
        if (schema->columns[i].is_key && !is_given[i]) return false;
        if (schema->columns[i].generated.len == 0) is_complete = is_complete && is_given[i];
    }
    return !is_complete && str_eq(read_variable(env, "enable_insert_partial_update"), STR("1"));
}

// A scan of the whole table for its key columns and those that are kept.
static PlanScan *kept_scan(Ctx *ctx, const KeptColumns *kept)
{
    const Schema *schema = table_current_schema(kept->table->def);
    PlanScan *scan = scan_new(ctx, kept->planner, SCAN_TABLE);
    scan->scan.database = kept->database;
    scan->scan.table = kept->table;
    scan->is_used = ARENA_ARRAY(ctx->arena, bool, schema->column_count);
    scan->is_kept = ARENA_ARRAY(ctx->arena, bool, kept->table->partition_count);
    for (size_t i = 0; i < schema->column_count; i++)
        scan->is_used[i] = schema->columns[i].is_key ||
                           (!kept->is_given[i] && schema->columns[i].generated.len == 0);
    for (size_t i = 0; i < kept->table->partition_count; i++) scan->is_kept[i] = true;
    return scan;
}

// SELECT .., CASE WHEN o.<key> IS NULL THEN n.c7 ELSE o.c7 END AS c7 FROM (..) n LEFT JOIN t o ON
// keys: a key of a PRIMARY KEY table is never NULL.
void change_keep_columns(Ctx *ctx, const KeptColumns *kept, Str *sql)
{
    const Schema *schema = table_current_schema(kept->table->def);
    Str new = query_new_relation(ctx, kept->planner), old = query_new_relation(ctx, kept->planner);
    Buf out = buf_new(ctx->arena), on = buf_new(ctx->arena);
    uint32_t key = 0;
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        if (!column->is_key) continue;
        key = column->id;
        buf_printf(&on, "%s%.*s.c%u = %.*s.c%u", on.len ? " AND " : "", STR_ARG(new), key,
                   STR_ARG(old), key);
    }
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        if (column->generated.len > 0) continue;
        buf_add_z(&out, out.len ? ", " : "SELECT ");
        if (kept->is_given[i])
            buf_printf(&out, "%.*s.c%u", STR_ARG(new), column->id);
        else
            buf_printf(&out, "CASE WHEN %.*s.c%u IS NULL THEN %.*s.c%u ELSE %.*s.c%u END AS c%u",
                       STR_ARG(old), key, STR_ARG(new), column->id, STR_ARG(old), column->id,
                       column->id);
    }
    buf_printf(&out, " FROM (%.*s) AS %.*s LEFT JOIN ", STR_ARG(*sql), STR_ARG(new));
    scan_put_hole(&out, kept->planner, kept_scan(ctx, kept));
    buf_printf(&out, " AS %.*s ON %.*s", STR_ARG(old), STR_ARG(buf_str(&on)));
    *sql = buf_str(&out);
}
