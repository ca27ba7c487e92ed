/*
 * plan/query_from: what stands behind FROM: tables, derived tables, WITH names, files, joins.
 *
 * Every relation gets a name of ours (r1, r2, ..), unique in the statement; a table's hole has
 * columns c<id>, everything else x1, x2, ... So neither case nor quoting of users' names matters to
 * the engine. Source  StarRocks QueryAnalyzer. Errors  SEMANTIC, UNKNOWN_DATABASE, UNKNOWN_TABLE,
 * NO_DATABASE, NOT_SUPPORTED.   Threads  pure.
 */
#include "plan/query_bind.h"
#include "sql/sql.h"

static const char INFORMATION_SCHEMA[] = "information_schema";

Str query_new_relation(Ctx *ctx, Planner *planner)
{
    return str_printf(ctx->arena, "r%u", ++planner->relation_count);
}

static Field *add_field(Ctx *ctx, Scope *scope, Str name, Type type, Str sql)
{
    Field *field = ARENA_NEW(ctx->arena, Field);
    field->name = name;
    field->type = type;
    field->sql = sql;
    vec_push(ctx->arena, &scope->fields, field);
    return field;
}

void query_add_fields(Ctx *ctx, Scope *scope, const BoundQuery *query, Str relation, Str table)
{
    for (size_t i = 0; i < query->column_count; i++) {
        Str sql = str_printf(ctx->arena, "%.*s.x%zu", STR_ARG(relation), i + 1);
        add_field(ctx, scope, query->columns[i].name, query->columns[i].type, sql)->table = table;
    }
}

// ------------------------------------------------------------------------------- tables

static Rc check_catalog(Ctx *ctx, const QName *name)
{
    if (name->count < 3 || str_eq_nocase(name->parts[0], STR("default_catalog"))) return RC_OK;
    return FAIL(ctx, UNKNOWN_CATALOG, STR_ARG(name->parts[0]));
}

static Rc database_name(Ctx *ctx, const PlanEnv *env, const QName *name, Str *out)
{
    TRY(check_catalog(ctx, name));
    *out = name->count > 1 ? name->parts[name->count - 2] : env->database;
    return out->len > 0 ? RC_OK : FAIL(ctx, NO_DATABASE);
}

Rc query_find_table(Ctx *ctx, const PlanEnv *env, const QName *name, const Database **database,
                    const Table **table)
{
    Str database_text = STR_NONE, table_text = qname_last(*name);
    TRY(database_name(ctx, env, name, &database_text));
    const Database *found = catalog_find_database(env->snapshot, database_text);
    if (found == NULL) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(database_text));
    const Table *match = catalog_find_table(found, table_text);
    Str full = str_printf(ctx->arena, "%.*s.%.*s", STR_ARG(database_text), STR_ARG(table_text));
    if (match == NULL) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(full));
    *database = found;
    *table = match;
    return RC_OK;
}

static Rc keep_named(Ctx *ctx, const Table *table, PartitionChoice choice, Str name, bool *is_kept)
{
    for (size_t i = 0; i < table->partition_count; i++) {
        const PartitionDef *def = table->partitions[i]->def;
        if (def->is_temporary != choice.is_temporary || !str_eq_nocase(def->name, name)) continue;
        is_kept[i] = true;
        return RC_OK;
    }
    return SAY(ctx, SEMANTIC, "Unknown partition '%.*s' in table '%.*s'", STR_ARG(name),
               STR_ARG(table->def->name));
}

Rc query_choose_partitions(Ctx *ctx, const Table *table, PartitionChoice choice, bool *is_kept)
{
    for (size_t i = 0; i < table->partition_count; i++)
        is_kept[i] = choice.names.count == 0 && !table->partitions[i]->def->is_temporary;
    for (size_t i = 0; i < choice.names.count; i++)
        TRY(keep_named(ctx, table, choice, choice.names.at[i].text, is_kept));
    return RC_OK;
}

static void add_table_fields(Ctx *ctx, Scope *scope, PlanScan *scan, Str relation,
                             RelationName name)
{
    const Schema *schema = table_current_schema(scan->scan.table->def);
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        if (column->is_hidden) continue;
        Str sql = str_printf(ctx->arena, "%.*s.c%u", STR_ARG(relation), column->id);
        Field *field = add_field(ctx, scope, column->name, column->type, sql);
        field->table = name.table;
        field->database = name.database;
        field->column = column;
        field->scan = scan;
        field->scan_column = i;
    }
}

static Rc bind_table(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    const Database *database;
    const Table *table;
    TRY(query_find_table(ctx, scope->planner->env, &ref->table.name, &database, &table));
    PlanScan *scan = scan_new(ctx, scope->planner, SCAN_TABLE);
    scan->select = scope->planner->select;
    scan->scan.database = database;
    scan->scan.table = table;
    scan->is_used = ARENA_ARRAY(ctx->arena, bool, table_current_schema(table->def)->column_count);
    scan->is_kept = ARENA_ARRAY(ctx->arena, bool, table->partition_count);
    PartitionChoice choice = {ref->table.partitions, ref->table.is_temporary};
    TRY(query_choose_partitions(ctx, table, choice, scan->is_kept));
    bool has_alias = ref->alias.text.ptr != NULL;
    RelationName name = {has_alias ? ref->alias.text : table->def->name,
                         has_alias ? STR("") : database->def->name};
    TRY(scope_add_relation(ctx, scope, name.table, name.database));
    Str relation = query_new_relation(ctx, scope->planner);
    add_table_fields(ctx, scope, scan, relation, name);
    scan_put_hole(out, scope->planner, scan);
    buf_printf(out, " AS %.*s", STR_ARG(relation));
    return RC_OK;
}

static Rc bind_virtual(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    const PlanEnv *env = scope->planner->env;
    Str wanted = qname_last(ref->table.name);
    const VirtualTable *table = NULL;
    for (size_t i = 0; i < env->virtual_table_count; i++)
        if (str_eq_nocase(env->virtual_tables[i].name, wanted)) table = &env->virtual_tables[i];
    Str full = str_printf(ctx->arena, "%s.%.*s", INFORMATION_SCHEMA, STR_ARG(wanted));
    if (table == NULL) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(full));
    PlanScan *scan = scan_new(ctx, scope->planner, SCAN_VIRTUAL);
    scan->scan.virtual_name = table->name;
    scan->scan.virtual_columns = table->columns;
    scan->scan.virtual_column_count = table->column_count;
    bool has_alias = ref->alias.text.ptr != NULL;
    RelationName name = {has_alias ? ref->alias.text : table->name,
                         has_alias ? STR("") : str_from(INFORMATION_SCHEMA)};
    TRY(scope_add_relation(ctx, scope, name.table, name.database));
    Str relation = query_new_relation(ctx, scope->planner);
    for (size_t i = 0; i < table->column_count; i++) {
        Str sql = str_printf(ctx->arena, "%.*s.c%zu", STR_ARG(relation), i + 1);
        Field *field = add_field(ctx, scope, table->columns[i].name, table->columns[i].type, sql);
        field->table = name.table;
        field->database = name.database;
    }
    scan_put_hole(out, scope->planner, scan);
    buf_printf(out, " AS %.*s", STR_ARG(relation));
    return RC_OK;
}

static Rc bind_cte(Ctx *ctx, const CteName *cte, const TableRef *ref, Scope *scope, Buf *out)
{
    Str name = ref->alias.text.ptr != NULL ? ref->alias.text : cte->name;
    BoundQuery query = {.column_count = cte->column_count};
    query.columns = ARENA_ARRAY(ctx->arena, SinkColumn, cte->column_count);
    for (size_t i = 0; i < cte->column_count; i++) query.columns[i] = cte->columns[i];
    TRY(scope_add_relation(ctx, scope, name, STR("")));
    Str relation = query_new_relation(ctx, scope->planner);
    query_add_fields(ctx, scope, &query, relation, name);
    buf_printf(out, "%.*s AS %.*s", STR_ARG(cte->relation), STR_ARG(relation));
    return RC_OK;
}

static Rc bind_named(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    const QName *name = &ref->table.name;
    for (const CteName *cte = scope->ctes; cte != NULL && name->count == 1; cte = cte->next)
        if (str_eq(cte->name, name->parts[0])) return bind_cte(ctx, cte, ref, scope, out);
    Str database = name->count > 1 ? name->parts[name->count - 2] : scope->planner->env->database;
    TRY(check_catalog(ctx, name));
    if (str_eq_nocase(database, str_from(INFORMATION_SCHEMA)))
        return bind_virtual(ctx, ref, scope, out);
    return bind_table(ctx, ref, scope, out);
}

// ------------------------------------------------------------------------------- derived tables,
// files

static Rc rename_columns(Ctx *ctx, const NameList *names, SinkColumn *columns, size_t count)
{
    if (names->count == 0) return RC_OK;
    if (names->count != count)
        return FAIL(
            ctx, SEMANTIC,
            STR_ARG(STR(
                "In definition of view, derived table or common table expression, SELECT list and "
                "column names list have different column counts")));
    for (size_t i = 0; i < count; i++) columns[i].name = names->at[i].text;
    return RC_OK;
}

static Rc bind_derived(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    if (ref->alias.text.ptr == NULL) return FAIL(ctx, DERIVED_WITHOUT_ALIAS);
    // It sees the queries around, not its neighbours.
    Scope *outer = scope_new(ctx->arena, scope->parent);
    outer->ctes = scope->ctes;
    BoundQuery query;
    TRY(query_bind(ctx, ref->query, outer, &query));
    TRY(rename_columns(ctx, &ref->column_aliases, query.columns, query.column_count));
    TRY(scope_add_relation(ctx, scope, ref->alias.text, STR("")));
    Str relation = query_new_relation(ctx, scope->planner);
    query_add_fields(ctx, scope, &query, relation, ref->alias.text);
    buf_printf(out, "(%.*s) AS %.*s", STR_ARG(query.sql), STR_ARG(relation));
    return RC_OK;
}

static Rc bind_files(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    const PlanEnv *env = scope->planner->env;
    if (env->files_columns == NULL) return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("FILES")));
    PlanScan *scan = scan_new(ctx, scope->planner, SCAN_FILES);
    Property *properties = ARENA_ARRAY(ctx->arena, Property, ref->files.count);
    for (size_t i = 0; i < ref->files.count; i++)
        properties[i] = (Property){ref->files.at[i].key, ref->files.at[i].value};
    scan->scan.properties = properties;
    scan->scan.property_count = ref->files.count;
    VirtualTable found = {0};
    TRY(env->files_columns(env->handle, ctx, properties, ref->files.count, &found));
    BoundQuery query = {.column_count = found.column_count};
    query.columns = ARENA_ARRAY(ctx->arena, SinkColumn, query.column_count);
    for (size_t i = 0; i < query.column_count; i++) query.columns[i] = found.columns[i];
    TRY(rename_columns(ctx, &ref->column_aliases, query.columns, query.column_count));
    Str name = ref->alias.text.ptr != NULL ? ref->alias.text : STR("files");
    TRY(scope_add_relation(ctx, scope, name, STR("")));
    Str relation = query_new_relation(ctx, scope->planner);
    query_add_fields(ctx, scope, &query, relation, name);
    // The file's own names never get into our text: the columns are renamed by position.
    scan_put_hole(out, scope->planner, scan);
    buf_printf(out, " AS %.*s(", STR_ARG(relation));
    for (size_t i = 0; i < query.column_count; i++) buf_printf(out, "%sx%zu", i ? ", " : "", i + 1);
    buf_add_byte(out, ')');
    return RC_OK;
}

// ------------------------------------------------------------------------------- unnest

static Rc check_column_count(Ctx *ctx, const TableRef *ref, size_t count)
{
    if (ref->column_aliases.count == 0 || ref->column_aliases.count == count) return RC_OK;
    return SAY(ctx, SEMANTIC, "table function unnest has %zu columns, %zu names are given", count,
               ref->column_aliases.count);
}

// unnest(a, b): the rows of several arrays side by side, the shorter ones filled with NULL. It sees
// what stands before it in FROM (`before`, may be NULL).
static Rc bind_unnest(Ctx *ctx, const TableRef *ref, const Scope *before, Scope *scope, Buf *out)
{
    const ExprList *args = &ref->function.args;
    Scope *seen = scope_new(ctx->arena, scope->parent);
    seen->ctes = scope->ctes;
    if (before != NULL) TRY(scope_add_all(ctx, seen, before));
    Binder binder = {.scope = seen, .clause = "unnest"};
    Str name = ref->alias.text.ptr != NULL ? ref->alias.text : STR("unnest");
    Str relation = query_new_relation(ctx, scope->planner);
    TRY(check_column_count(ctx, ref, args->count));
    TRY(scope_add_relation(ctx, scope, name, STR("")));
    bool is_single = args->count == 1;
    buf_add_z(out, is_single ? "unnest(" : "unnest(list_zip(");
    for (size_t i = 0; i < args->count; i++) {
        TypedExpr array;
        TRY(expr_bind(ctx, &binder, args->at[i], &array));
        if (array.type.kind != TYPE_ARRAY)
            return SAY(ctx, SEMANTIC, "Unknown table function 'unnest(%.*s)'",
                       STR_ARG(typing_text(ctx->arena, array.type)));
        buf_printf(out, is_single ? "%s%.*s" : "%scoalesce(%.*s, [])", i ? ", " : "",
                   STR_ARG(array.sql));
        Str sql = is_single ? str_printf(ctx->arena, "%.*s.x1", STR_ARG(relation))
                            : str_printf(ctx->arena, "%.*s.x1[%zu]", STR_ARG(relation), i + 1);
        Str column = ref->column_aliases.count ? ref->column_aliases.at[i].text : STR("unnest");
        add_field(ctx, scope, column, array.type.parts->types[0], sql)->table = name;
    }
    buf_printf(out, is_single ? ") AS %.*s(x1)" : ")) AS %.*s(x1)", STR_ARG(relation));
    return RC_OK;
}

static Rc bind_function(Ctx *ctx, const TableRef *ref, const Scope *before, Scope *scope, Buf *out)
{
    Str name = qname_text(ctx->arena, ref->function.name);
    if (str_eq_nocase(name, STR("unnest")) && ref->function.args.count > 0)
        return bind_unnest(ctx, ref, before, scope, out);
    return SAY(ctx, NOT_SUPPORTED, "table function %.*s()", STR_ARG(name));
}

// ------------------------------------------------------------------------------- joins

static bool keeps_left(JoinKind kind)
{
    return kind != JOIN_RIGHT_SEMI && kind != JOIN_RIGHT_ANTI;
}

static bool keeps_right(JoinKind kind)
{
    return kind != JOIN_LEFT_SEMI && kind != JOIN_LEFT_ANTI;
}

// a.k = b.k for the names of USING; the joined columns come first and stand for both.
static Rc bind_using(Ctx *ctx, const TableRef *ref, Scope *left, Scope *right, Str *out)
{
    Buf buf = buf_new(ctx->arena);
    JoinKind kind = ref->join.kind;
    for (size_t i = 0; i < ref->join.using_names.count; i++) {
        QName name = {.parts = &ref->join.using_names.at[i].text, .count = 1};
        const Field *found_a, *found_b;
        Scope alone_a = *left, alone_b = *right;
        alone_a.parent = alone_b.parent = NULL;
        TRY(scope_resolve(ctx, &alone_a, &name, &found_a));
        TRY(scope_resolve(ctx, &alone_b, &name, &found_b));
        TypedExpr a = field_use(found_a, false), b = field_use(found_b, false), left_key, right_key;
        Type common;
        if (!typing_compare(ctx->arena, a.type, b.type, false, &common))
            return FAIL(ctx, SEMANTIC, STR_ARG(STR("Columns of USING can not be compared")));
        TRY(expr_convert(ctx, &a, common, &left_key));
        TRY(expr_convert(ctx, &b, common, &right_key));
        buf_printf(&buf, "%s%.*s = %.*s", i ? " AND " : "", STR_ARG(left_key.sql),
                   STR_ARG(right_key.sql));

        Field *joined = ARENA_NEW(ctx->arena, Field);
        *joined = kind == JOIN_RIGHT ? *found_b : *found_a;
        if (kind == JOIN_FULL) {
            joined->type = common;
            joined->scan = NULL;
            joined->column = NULL;
            joined->sql = str_printf(ctx->arena, "coalesce(%.*s, %.*s)", STR_ARG(left_key.sql),
                                     STR_ARG(right_key.sql));
        }
        joined->table = joined->database = STR("");
        for (size_t j = 0; j < left->fields.len; j++)
            if (left->fields.at[j] == found_a) left->fields.at[j]->is_hidden = true;
        for (size_t j = 0; j < right->fields.len; j++)
            if (right->fields.at[j] == found_b) right->fields.at[j]->is_hidden = true;
        // In front of both sides: position i of the left side's list.
        vec_push(ctx->arena, &left->fields, joined);
        for (size_t j = left->fields.len - 1; j > i; j--) {
            Field *swap = left->fields.at[j];
            left->fields.at[j] = left->fields.at[j - 1];
            left->fields.at[j - 1] = swap;
        }
    }
    *out = buf_str(&buf);
    return RC_OK;
}

static Rc bind_on(Ctx *ctx, const TableRef *ref, Scope *both, Str *out)
{
    Binder binder = {.scope = both, .clause = "JOIN"};
    TypedExpr condition;
    TRY(expr_bind_condition(ctx, &binder, ref->join.on, &condition));
    bool is_inner = ref->join.kind == JOIN_INNER || ref->join.kind == JOIN_CROSS;
    if (!is_inner && (condition.traits & TRAIT_SUBQUERY))
        return FAIL(ctx, NOT_SUPPORTED,
                    STR_ARG(STR("subqueries in ON of an outer, semi or anti join")));
    *out = condition.sql;
    return is_inner ? prune_partitions(ctx, ref->join.on, both) : RC_OK;
}

static void mark_nullable(Scope *scope)
{
    for (size_t i = 0; i < scope->fields.len; i++) scope->fields.at[i]->is_nullable_side = true;
}

static void put_join(Buf *out, const TableRef *ref, const Buf *left, const Buf *right, Str on)
{
    static const char *const WORDS[] = {
        [JOIN_INNER] = "JOIN",           [JOIN_CROSS] = "JOIN",
        [JOIN_LEFT] = "LEFT JOIN",       [JOIN_RIGHT] = "RIGHT JOIN",
        [JOIN_FULL] = "FULL JOIN",       [JOIN_LEFT_SEMI] = "SEMI JOIN",
        [JOIN_RIGHT_SEMI] = "SEMI JOIN", [JOIN_LEFT_ANTI] = "ANTI JOIN",
        [JOIN_RIGHT_ANTI] = "ANTI JOIN",
    };
    bool is_swapped = !keeps_left(ref->join.kind);
    const TableRef *second = is_swapped ? ref->join.left : ref->join.right;
    const TableRef *first = is_swapped ? ref->join.right : ref->join.left;
    // A join on the left needs no parentheses, as joins are read from left to right.
    bool wraps_first = is_swapped && first->kind == REF_JOIN;
    bool wraps_second = second->kind == REF_JOIN;
    buf_printf(out, wraps_first ? "(%.*s)" : "%.*s", STR_ARG(buf_str(is_swapped ? right : left)));
    buf_printf(out, " %s ", on.ptr != NULL ? WORDS[ref->join.kind] : "CROSS JOIN");
    buf_printf(out, wraps_second ? "(%.*s)" : "%.*s", STR_ARG(buf_str(is_swapped ? left : right)));
    if (on.ptr != NULL) buf_printf(out, " ON %.*s", STR_ARG(on));
}

static Rc bind_join(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    JoinKind kind = ref->join.kind;
    Scope *left = scope_new(ctx->arena, scope->parent),
          *right = scope_new(ctx->arena, scope->parent);
    Scope *both = scope_new(ctx->arena, scope->parent);
    left->ctes = right->ctes = both->ctes = scope->ctes;
    Buf left_sql = buf_new(ctx->arena), right_sql = buf_new(ctx->arena);
    TRY(query_bind_from(ctx, ref->join.left, left, &left_sql));
    if (ref->join.right->kind == REF_FUNCTION)
        TRY(bind_function(ctx, ref->join.right, left, right, &right_sql));
    else
        TRY(query_bind_from(ctx, ref->join.right, right, &right_sql));
    Str on = STR_NONE;
    if (ref->join.using_names.count > 0) TRY(bind_using(ctx, ref, left, right, &on));
    TRY(scope_add_all(ctx, both, left));
    TRY(scope_add_all(ctx, both, right));
    if (ref->join.on != NULL) TRY(bind_on(ctx, ref, both, &on));
    if (kind == JOIN_LEFT || kind == JOIN_FULL) mark_nullable(right);
    if (kind == JOIN_RIGHT || kind == JOIN_FULL) mark_nullable(left);
    put_join(out, ref, &left_sql, &right_sql, on);
    if (keeps_left(kind)) TRY(scope_add_all(ctx, scope, left));
    if (keeps_right(kind)) TRY(scope_add_all(ctx, scope, right));
    return RC_OK;
}

Rc query_bind_from(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out)
{
    switch (ref->kind) {
    case REF_TABLE: return bind_named(ctx, ref, scope, out);
    case REF_QUERY: return bind_derived(ctx, ref, scope, out);
    case REF_JOIN: return bind_join(ctx, ref, scope, out);
    case REF_FILES: return bind_files(ctx, ref, scope, out);
    case REF_FUNCTION: return bind_function(ctx, ref, NULL, scope, out);
    }
    must(!"a kind of relation");
    return RC_BUG;
}
