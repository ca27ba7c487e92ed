/*
 * plan/alter: ALTER TABLE .. ADD, DROP, RENAME COLUMN, ORDER BY, COMMENT.
 *
 * Form    the clauses change a list of columns one after the other; at the end the whole is checked
 *         and becomes the table's new schema. The old schemas stay for the files that were written
 *         under them. A column that is dropped takes its id with it: one of the same name that
 *         comes later is another column.
 * Source  StarRocks' AlterTableClauseAnalyzer, SchemaChangeHandler.
 * Errors  SEMANTIC, DUPLICATE_COLUMN, BAD_COLUMN_NAME, LIMIT_EXCEEDED, NOT_SUPPORTED.
 * Threads pure.
 */
#include "base/limits.h"
#include "plan/alter_inside.h"
#include "plan/ddl_inside.h"
#include "plan/insert.h"
#include "schema/keys.h"
#include "schema/names.h"
#include "sql/sql.h"

enum { MAX_SCHEMAS = 10000, KEPT_SCHEMAS = 256 };

ptrdiff_t altering_find(const Altering *a, Str name)
{
    for (size_t i = 0; i < a->columns.len; i++)
        if (!a->columns.at[i].is_hidden && str_eq_nocase(a->columns.at[i].name, name))
            return (ptrdiff_t)i;
    return -1;
}

void altering_insert(Ctx *ctx, Altering *a, size_t at, Column column)
{
    vec_push(ctx->arena, &a->columns, column);
    for (size_t i = a->columns.len - 1; i > at; i--) a->columns.at[i] = a->columns.at[i - 1];
    a->columns.at[at] = column;
}

void altering_remove(Altering *a, size_t at)
{
    for (size_t i = at; i + 1 < a->columns.len; i++) a->columns.at[i] = a->columns.at[i + 1];
    a->columns.len--;
}

// ------------------------------------------------------------------------------------- analysis

// AGGREGATE KEY tables: what is not aggregated is a key, if it can be one.
static bool is_key_column(const TableDef *def, const AstColumnDef *column)
{
    if (column->is_key) return true;
    if (def->keys == KEYS_AGGREGATE)
        return column->agg == AST_AGG_NONE && keys_is_key_type(column->type.kind);
    const Column *known = schema_column_named(table_current_schema(def), column->name.text);
    return def->keys == KEYS_PRIMARY && known && known->is_key;
}

static Rc read_column(Ctx *ctx, const TableDef *def, const AstColumnDef *ast, Column *out)
{
    bool is_key = is_key_column(def, ast);
    if (ast->is_auto_increment)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("ALTER TABLE of AUTO_INCREMENT columns")));
    Rc rc = ddl_read_column(ctx, ast, def->keys, is_key, out);
    if (rc != RC_OK && ctx->err.id == ERR_SEMANTIC)
        ctx->err.text =
            str_printf(ctx->arena, "Column definition is wrong. %.*s", STR_ARG(ctx->err.text));
    TRY(rc);
    return ast->generated ? generated_check(ctx, def, ast->generated, out) : RC_OK;
}

static Rc check_added(Ctx *ctx, const TableDef *def, const AstAlterClause *clause,
                      const Column *columns)
{
    bool has_generated = false, has_normal = false;
    for (size_t i = 0; i < clause->column_count; i++) {
        const Column *column = &columns[i];
        bool is_generated = column->generated.len > 0;
        has_generated |= is_generated;
        has_normal |= !is_generated;
        bool is_value = def->keys == KEYS_PRIMARY || clause->columns[i].agg != AST_AGG_NONE;
        if (is_value && clause->is_first)
            return SAY(ctx, SEMANTIC, "Cannot add value column[%.*s] at first",
                       STR_ARG(column->name));
        if (!is_generated && !column->is_nullable && column->default_kind == DEFAULT_NONE)
            return SAY(ctx, SEMANTIC, "Field '%.*s' is not null but doesn't have a default value",
                       STR_ARG(column->name));
    }
    if (has_generated && has_normal)
        return SAY(ctx, SEMANTIC,
                   "Can not add normal column and Generated Column in the same time");
    return RC_OK;
}

// Generated columns and what they read.
static Rc check_dropped(Ctx *ctx, const TableDef *def, Str name)
{
    const Schema *schema = table_current_schema(def);
    const Column *dropped = schema_column_named(schema, name);
    for (size_t i = 0; i < schema->column_count && dropped; i++) {
        const Column *column = &schema->columns[i];
        bool *is_read = ARENA_ARRAY(ctx->arena, bool, schema->column_count);
        if (column->generated.len == 0) continue;
        TRY(generated_reads(ctx, def, column, is_read));
        if (is_read[dropped - schema->columns])
            return SAY(ctx, SEMANTIC,
                       "Column: %.*s can not be dropped, because expression of Generated Column: "
                       "%.*s will refer to it",
                       STR_ARG(name), STR_ARG(column->name));
    }
    return RC_OK;
}

static const char *operation(AstAlterWhat what)
{
    switch (what) {
    case AST_ALTER_RENAME_COLUMN: return "RENAME";
    case AST_ALTER_SWAP: return "SWAP";
    case AST_ALTER_COMMENT: return "ALTER_COMMENT";
    default: return "SCHEMA_CHANGE";
    }
}

// Only changes of the schema may stand together.
static Rc check_operations(Ctx *ctx, const AlterTableStatement *stmt)
{
    for (size_t i = 1; i < stmt->clause_count; i++) {
        const char *first = operation(stmt->clauses[0].what);
        const char *other = operation(stmt->clauses[i].what);
        bool are_changes = strcmp(first, "SCHEMA_CHANGE") == 0 && strcmp(first, other) == 0;
        if (!are_changes)
            return SAY(ctx, SEMANTIC, "Alter operation %s conflicts with operation %s", first,
                       other);
    }
    return RC_OK;
}

static Rc check_clause(Ctx *ctx, const TableDef *def, const AstAlterClause *clause, Column **out)
{
    switch (clause->what) {
    case AST_ALTER_ADD_COLUMNS:
    case AST_ALTER_MODIFY_COLUMN: break;
    case AST_ALTER_DROP_COLUMN: return check_dropped(ctx, def, clause->name.text);
    case AST_ALTER_RENAME_COLUMN: return name_check_column(ctx, clause->new_name.text);
    default: return RC_OK;
    }
    Column *columns = ARENA_ARRAY(ctx->arena, Column, clause->column_count);
    for (size_t i = 0; i < clause->column_count; i++)
        TRY(read_column(ctx, def, &clause->columns[i], &columns[i]));
    if (clause->what == AST_ALTER_ADD_COLUMNS) TRY(check_added(ctx, def, clause, columns));
    *out = columns;
    return RC_OK;
}

Rc plan_alter_check(Ctx *ctx, const TableDef *def, const AlterTableStatement *stmt, AlterDraft *out)
{
    AlterDraft draft = {.stmt = stmt};
    draft.columns = ARENA_ARRAY(ctx->arena, Column *, stmt->clause_count);
    TRY(check_operations(ctx, stmt));
    for (size_t i = 0; i < stmt->clause_count; i++)
        TRY(check_clause(ctx, def, &stmt->clauses[i], &draft.columns[i]));
    *out = draft;
    return RC_OK;
}

// ----------------------------------------------------------------------------------- ADD COLUMN

static Rc check_added_kind(Ctx *ctx, const TableDef *def, const AstColumnDef *ast,
                           const Column *column)
{
    static const char *const MODELS[] = {
        [KEYS_DUPLICATE] = "Duplicate", [KEYS_UNIQUE] = "Unique", [KEYS_PRIMARY] = "Primary"};
    bool has_agg = ast->agg != AST_AGG_NONE;
    Str name = column->name;
    if (column->default_kind == DEFAULT_EXPR)
        return SAY(ctx, SEMANTIC, "unsupported default expr:%.*s", STR_ARG(column->default_text));
    if (def->keys == KEYS_PRIMARY && column->is_key)
        return SAY(ctx, SEMANTIC, "Can not add key column: %.*s for primary key table",
                   STR_ARG(name));
    if (def->keys == KEYS_AGGREGATE) {
        if (ast->is_key && has_agg)
            return SAY(ctx, SEMANTIC, "Can not assign aggregation method on key column: %.*s",
                       STR_ARG(name));
        if (!has_agg && !column->is_key)
            return SAY(ctx, SEMANTIC,
                       "column without agg function would be treated as key column for aggregate "
                       "table, %s type can not be key column",
                       type_name(column->type.kind));
        if (ast->agg == AST_AGG_SUM && column->default_kind == DEFAULT_LITERAL &&
            !str_eq(column->default_text, STR("0")))
            return SAY(ctx, SEMANTIC,
                       "The default value of '%.*s' with SUM aggregation function must be zero",
                       STR_ARG(name));
        return RC_OK;
    }
    bool is_allowed = !has_agg || (def->keys == KEYS_PRIMARY && ast->agg == AST_AGG_REPLACE);
    if (is_allowed) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Can not assign aggregation method on column in %s data model table: %.*s",
               MODELS[def->keys], STR_ARG(name));
}

// Behind the last key; before what is generated; before what is hidden.
static size_t usual_place(const Altering *a, const Column *column)
{
    size_t at = 0;
    for (; at < a->columns.len; at++) {
        const Column *other = &a->columns.at[at];
        if (other->is_hidden) break;
        if (column->generated.len == 0 && other->generated.len > 0) break;
        if (column->is_key && !other->is_key) break;
    }
    return at;
}

static Rc find_place(Ctx *ctx, const Altering *a, const AstAlterClause *clause,
                     const Column *column, size_t *out)
{
    *out = 0;
    if (clause->is_first) return RC_OK;
    *out = usual_place(a, column);
    if (!clause->after.text.ptr) return RC_OK;
    ptrdiff_t after = altering_find(a, clause->after.text);
    if (after < 0)
        return SAY(ctx, SEMANTIC, "Column[%.*s] does not found", STR_ARG(clause->after.text));
    if (a->columns.at[after].generated.len > 0)
        return SAY(ctx, SEMANTIC, "Can not add column after Generated Column");
    if (column->generated.len == 0) *out = (size_t)after + 1;
    return RC_OK;
}

static Rc add_column(Ctx *ctx, Altering *a, const AstAlterClause *clause, size_t index,
                     const Column *made)
{
    size_t at;
    Column column = *made;
    TRY(check_added_kind(ctx, a->def, &clause->columns[index], &column));
    if (column.generated.len > 0)
        return FAIL(ctx, NOT_SUPPORTED,
                    STR_ARG(STR("ALTER TABLE .. ADD COLUMN of a generated column")));
    if (schema_column_named(a->before, column.name))
        return SAY(ctx, SEMANTIC, "Can not add column which already exists in base table: %.*s",
                   STR_ARG(column.name));
    if (altering_find(a, column.name) >= 0)
        return SAY(ctx, SEMANTIC, "Repeatedly add column: %.*s", STR_ARG(column.name));
    if (a->columns.len >= LIMIT_COLUMNS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of columns", (long long)LIMIT_COLUMNS);
    TRY(find_place(ctx, a, clause, &column, &at));
    column.id = column.file_id = a->def->next_column_id++;
    altering_insert(ctx, a, at, column);
    a->has_new_schema = true;
    return RC_OK;
}

// ---------------------------------------------------------------------------------- DROP COLUMN

static bool is_in(const uint32_t *ids, size_t count, uint32_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id) return true;
    return false;
}

static bool has_replace(const Altering *a)
{
    for (size_t i = 0; i < a->columns.len; i++)
        if (str_starts(a->columns.at[i].aggregation, STR("REPLACE"))) return true;
    return false;
}

// "a, b" without b, or with it under another name (`to` STR_NONE: without).
static Str change_list(Ctx *ctx, Str list, Str from, Str to)
{
    Buf out = buf_new(ctx->arena);
    while (list.len > 0) {
        Str item = str_trim(str_cut(&list, ','));
        if (str_eq_nocase(item, from)) item = to;
        if (item.len == 0) continue;
        buf_printf(&out, "%s%.*s", out.len ? "," : "", STR_ARG(item));
    }
    return buf_str(&out);
}

// Properties that name columns.
static void change_properties(Ctx *ctx, TableDef *def, Str from, Str to)
{
    size_t kept = 0;
    for (size_t i = 0; i < def->property_count; i++) {
        Property property = def->properties[i];
        bool is_list = str_eq(property.key, STR("bloom_filter_columns"));
        if (is_list) property.value = change_list(ctx, property.value, from, to);
        if (!is_list || property.value.len > 0) def->properties[kept++] = property;
    }
    def->property_count = kept;
}

static void drop_indexes_of(TableDef *def, uint32_t column_id)
{
    size_t kept = 0;
    for (size_t i = 0; i < def->index_count; i++)
        if (!is_in(def->indexes[i].columns, def->indexes[i].column_count, column_id))
            def->indexes[kept++] = def->indexes[i];
    def->index_count = kept;
}

static Rc check_dropped_kind(Ctx *ctx, const Altering *a, const Column *column)
{
    const TableDef *def = a->def;
    if (def->keys == KEYS_PRIMARY && column->is_key)
        return SAY(ctx, SEMANTIC, "Can not drop key column in primary data model table");
    if (def->keys == KEYS_PRIMARY && is_in(def->sort_columns, def->sort_column_count, column->id))
        return SAY(ctx, SEMANTIC, "Can not drop sort column in primary data model table");
    if (def->keys == KEYS_UNIQUE && column->is_key)
        return SAY(ctx, SEMANTIC, "Can not drop key column in Unique data model table");
    if (def->keys == KEYS_AGGREGATE && column->is_key && has_replace(a))
        return SAY(ctx, SEMANTIC,
                   "Can not drop key column when table has value column with REPLACE aggregation "
                   "method");
    return RC_OK;
}

static Rc drop_column(Ctx *ctx, Altering *a, Str name)
{
    ptrdiff_t at = altering_find(a, name);
    if (at < 0) return SAY(ctx, SEMANTIC, "Column does not exists: %.*s", STR_ARG(name));
    const Column column = a->columns.at[at];
    TRY(check_dropped_kind(ctx, a, &column));
    drop_indexes_of(a->def, column.id);
    change_properties(ctx, a->def, column.name, STR_NONE);
    altering_remove(a, (size_t)at);
    a->has_new_schema = true;
    return RC_OK;
}

// -------------------------------------------------------------------------- RENAME COLUMN, texts

static Rc rename_in_text(Ctx *ctx, Str *text, Str from, Str to)
{
    Expr *expr;
    if (text->len == 0) return RC_OK;
    TRY(sql_parse_expr(ctx, *text, &expr));
    *text = sql_unparse_renamed(ctx->arena, expr, from, to);
    return RC_OK;
}

static Rc rename_column(Ctx *ctx, Altering *a, Str from, Str to)
{
    ptrdiff_t at = altering_find(a, from);
    if (at < 0)
        return SAY(ctx, SEMANTIC, "Unknown column '%.*s' in '%.*s'", STR_ARG(from),
                   STR_ARG(a->def->name));
    ptrdiff_t other = altering_find(a, to);
    if (other >= 0 && (other != at || str_eq(a->columns.at[at].name, to)))
        return FAIL(ctx, DUPLICATE_COLUMN, STR_ARG(to));
    for (size_t i = 0; i < a->columns.len; i++)
        TRY(rename_in_text(ctx, &a->columns.at[i].generated, from, to));
    TRY(rename_in_text(ctx, &a->def->partition_expr, from, to));
    change_properties(ctx, a->def, from, to);
    a->columns.at[at].name = to;
    return RC_OK;
}

static Rc comment_column(Ctx *ctx, Altering *a, const AstAlterClause *clause)
{
    ptrdiff_t at = altering_find(a, clause->name.text);
    if (at < 0)
        return SAY(ctx, SEMANTIC, "Column[%.*s] does not exists", STR_ARG(clause->name.text));
    a->columns.at[at].comment = clause->comment;
    return RC_OK;
}

// ------------------------------------------------------------------------------------- ORDER BY

// The columns that the clause names, each once.
static Rc find_order(Ctx *ctx, const Altering *a, NameList names, size_t *out)
{
    for (size_t i = 0; i < names.count; i++) {
        Str name = names.at[i].text;
        ptrdiff_t at = altering_find(a, name);
        if (at < 0) return SAY(ctx, SEMANTIC, "Column[%.*s] not exists", STR_ARG(name));
        for (size_t k = 0; k < i; k++)
            if (out[k] == (size_t)at)
                return SAY(ctx, SEMANTIC, "Duplicated column[%.*s]", STR_ARG(name));
        out[i] = (size_t)at;
    }
    return RC_OK;
}

static Rc order_rows(Ctx *ctx, Altering *a, const size_t *order, size_t count)
{
    uint32_t *ids = ARENA_ARRAY(ctx->arena, uint32_t, count);
    size_t keys = 0, sorted_keys = 0;
    for (size_t i = 0; i < a->columns.len; i++) keys += a->columns.at[i].is_key;
    for (size_t i = 0; i < count; i++) {
        const Column *column = &a->columns.at[order[i]];
        bool is_primary = a->def->keys == KEYS_PRIMARY;
        bool is_fit = is_primary ? keys_is_primary_type(column->type.kind)
                                 : keys_is_key_type(column->type.kind);
        sorted_keys += column->is_key;
        ids[i] = column->id;
        if (!is_fit)
            return SAY(ctx, SEMANTIC, "Sort key column[%.*s] type not supported: %.*s%s",
                       STR_ARG(column->name), STR_ARG(type_text(ctx->arena, column->type)),
                       is_primary ? " in PrimaryKey table" : "");
    }
    bool is_by_keys = a->def->keys == KEYS_AGGREGATE || a->def->keys == KEYS_UNIQUE;
    if (is_by_keys && (sorted_keys != keys || count != keys))
        return SAY(ctx, SEMANTIC, "The sort columns of %s KEY table must be same with key columns",
                   key_kind_text(a->def->keys));
    a->def->sort_columns = ids;
    a->def->sort_column_count = count;
    return RC_OK;
}

// As many columns as the table has: the columns change places. Fewer: the rows' order changes.
static Rc order_by(Ctx *ctx, Altering *a, NameList names)
{
    size_t visible = 0;
    size_t *order = ARENA_ARRAY(ctx->arena, size_t, names.count);
    for (size_t i = 0; i < a->columns.len; i++) visible += !a->columns.at[i].is_hidden;
    TRY(find_order(ctx, a, names, order));
    if (names.count != visible) return order_rows(ctx, a, order, names.count);
    if (a->def->keys == KEYS_PRIMARY)
        return SAY(ctx, SEMANTIC,
                   "Primary key table do not support reorder table schema. Please confirm if you "
                   "want to modify the sorting columns.");
    Column *columns = ARENA_ARRAY(ctx->arena, Column, a->columns.len);
    for (size_t i = 0; i < names.count; i++) columns[i] = a->columns.at[order[i]];
    for (size_t i = 0, at = names.count; i < a->columns.len; i++)
        if (a->columns.at[i].is_hidden) columns[at++] = a->columns.at[i];
    memcpy(a->columns.at, columns, a->columns.len * sizeof(Column));
    a->has_new_schema = true;
    return RC_OK;
}

// ------------------------------------------------------------------------------------ the whole

static Rc check_order(Ctx *ctx, const Altering *a)
{
    bool was_value = false, has_key = false, was_generated = false;
    for (size_t i = 0; i < a->columns.len; i++) {
        const Column *column = &a->columns.at[i];
        if (column->is_key && was_value)
            return SAY(ctx, SEMANTIC,
                       "Invalid column order. value should be after key. index[%.*s]",
                       STR_ARG(a->def->name));
        if (was_generated && column->generated.len == 0)
            return SAY(ctx, SEMANTIC,
                       "All generated columns must be defined after ordinary columns");
        was_value |= !column->is_key;
        has_key |= column->is_key;
        was_generated |= column->generated.len > 0;
    }
    if (has_key) return RC_OK;
    return SAY(ctx, SEMANTIC, "No key column left. index[%.*s]", STR_ARG(a->def->name));
}

static const Column *find_id(const Altering *a, uint32_t id)
{
    for (size_t i = 0; i < a->columns.len; i++)
        if (a->columns.at[i].id == id) return &a->columns.at[i];
    return NULL;
}

// `what` places rows: its column stays as it is, but a text may become longer.
static Rc check_placing(Ctx *ctx, const Altering *a, const char *what, uint32_t id)
{
    const Column *from = schema_column(a->before, id), *to = find_id(a, id);
    Buf title = buf_new(ctx->arena);
    buf_printf(&title, "%c%s", what[0] - 'a' + 'A', what + 1);
    if (!to)
        return SAY(ctx, SEMANTIC, "%.*s column[%.*s] cannot be dropped. index[%.*s]",
                   STR_ARG(buf_str(&title)), STR_ARG(from->name), STR_ARG(a->def->name));
    if (alter_is_same(from, to) || alter_is_longer_text(from, to)) return RC_OK;
    return SAY(ctx, SEMANTIC, "Can not modify %s column[%.*s]. index[%.*s]", what,
               STR_ARG(from->name), STR_ARG(a->def->name));
}

static Rc check_whole(Ctx *ctx, const Altering *a)
{
    const TableDef *def = a->def;
    TRY(check_order(ctx, a));
    for (size_t i = 0; i < a->columns.len; i++) {
        const Column *to = &a->columns.at[i], *from = schema_column(a->before, to->id);
        if (from && !alter_is_same(from, to)) TRY(alter_check_change(ctx, def, from, to));
    }
    for (size_t i = 0; i < def->partition_column_count; i++)
        TRY(check_placing(ctx, a, "partition", def->partition_columns[i]));
    for (size_t i = 0; i < def->distribution_column_count; i++)
        TRY(check_placing(ctx, a, "distribution", def->distribution_columns[i]));
    for (size_t i = 0; i < def->sort_column_count; i++) {
        if (find_id(a, def->sort_columns[i])) continue;
        return SAY(ctx, SEMANTIC, "Sort Key Column[%.*s] not exists in new schema",
                   STR_ARG(schema_column(a->before, def->sort_columns[i])->name));
    }
    return RC_OK;
}

// Rows of an AGGREGATE or UNIQUE KEY table are sorted by all of their keys.
static void sort_by_new_keys(Ctx *ctx, Altering *a)
{
    TableDef *def = a->def;
    bool is_by_keys = def->keys == KEYS_AGGREGATE || def->keys == KEYS_UNIQUE;
    if (!is_by_keys || def->sort_column_count == 0) return;
    uint32_t *ids = ARENA_ARRAY(ctx->arena, uint32_t, a->columns.len);
    size_t count = 0;
    for (size_t i = 0; i < def->sort_column_count; i++) ids[count++] = def->sort_columns[i];
    for (size_t i = 0; i < a->columns.len; i++)
        if (a->columns.at[i].is_key && !is_in(ids, count, a->columns.at[i].id))
            ids[count++] = a->columns.at[i].id;
    def->sort_columns = ids;
    def->sort_column_count = count;
}

static bool has_rowset_of(const Table *table, uint32_t schema_id)
{
    for (size_t p = 0; p < table->partition_count; p++)
        for (size_t i = 0; i < table->partitions[p]->rowset_count; i++)
            if (table->partitions[p]->rowsets[i]->info.schema_id == schema_id) return true;
    return false;
}

// Where a table has many schemas, those go that no file was written under and that do not follow
// one of those. Few are kept all: the trash may hold files of them.
static void forget_schemas(Ctx *ctx, TableDef *def, const Table *table)
{
    if (def->schema_count <= KEPT_SCHEMAS) return;
    bool *is_needed = ARENA_ARRAY(ctx->arena, bool, def->schema_count);
    for (size_t i = 0; i < def->schema_count; i++) {
        const Schema *at = &def->schemas[i];
        bool is_current = i + 1 == def->schema_count;
        if (!is_current && !has_rowset_of(table, at->id)) continue;
        for (; at && !is_needed[at - def->schemas]; at = table_next_schema(def, at))
            is_needed[at - def->schemas] = true;
    }
    size_t kept = 0;
    for (size_t i = 0; i < def->schema_count; i++)
        if (is_needed[i]) def->schemas[kept++] = def->schemas[i];
    def->schema_count = kept;
}

static Rc push_schema(Ctx *ctx, TableDef *def, const Column *columns, size_t count)
{
    if (def->schema_count >= MAX_SCHEMAS)
        return FAIL(ctx, LIMIT_EXCEEDED, "Number of schemas of one table", (long long)MAX_SCHEMAS);
    Schema *schemas = ARENA_ARRAY(ctx->arena, Schema, def->schema_count + 1);
    memcpy(schemas, def->schemas, def->schema_count * sizeof(Schema));
    Schema *added = &schemas[def->schema_count];
    added->id = def->next_schema_id++;
    added->next_id = 0;
    added->column_count = count;
    added->columns = ARENA_ARRAY(ctx->arena, Column, count);
    memcpy(added->columns, columns, count * sizeof(Column));
    def->schemas = schemas;
    def->schema_count++;
    return RC_OK;
}

// Rows that are there already got the moment of this statement from DEFAULT CURRENT_TIMESTAMP: a
// schema of its own says so, which no file is written under.
static Rc push_moment(Ctx *ctx, Altering *a)
{
    bool has_moment = false;
    Column *columns = ARENA_ARRAY(ctx->arena, Column, a->columns.len);
    for (size_t i = 0; i < a->columns.len; i++) {
        columns[i] = a->columns.at[i];
        bool is_new = schema_column(a->before, columns[i].id) == NULL;
        if (!is_new || columns[i].default_kind != DEFAULT_CURRENT_TIMESTAMP) continue;
        has_moment = true;
        columns[i].default_kind = DEFAULT_LITERAL;
        columns[i].default_text = a->now_text;
    }
    return has_moment ? push_schema(ctx, a->def, columns, a->columns.len) : RC_OK;
}

static Rc apply_clause(Ctx *ctx, Altering *a, const AstAlterClause *clause, const Column *columns)
{
    if (clause->rollup.text.ptr)
        return SAY(ctx, SEMANTIC, "Index[%.*s] does not exist in table[%.*s]",
                   STR_ARG(clause->rollup.text), STR_ARG(a->def->name));
    switch (clause->what) {
    case AST_ALTER_ADD_COLUMNS:
        for (size_t i = 0; i < clause->column_count; i++)
            TRY(add_column(ctx, a, clause, i, &columns[i]));
        return RC_OK;
    case AST_ALTER_DROP_COLUMN: return drop_column(ctx, a, clause->name.text);
    case AST_ALTER_MODIFY_COLUMN: return alter_modify(ctx, a, clause, columns);
    case AST_ALTER_COMMENT_COLUMN: return comment_column(ctx, a, clause);
    case AST_ALTER_RENAME_COLUMN:
        return rename_column(ctx, a, clause->name.text, clause->new_name.text);
    case AST_ALTER_ORDER_BY: return order_by(ctx, a, clause->order);
    case AST_ALTER_ADD_INDEX: return alter_add_index(ctx, a, &clause->index);
    case AST_ALTER_DROP_INDEX: return alter_drop_index(ctx, a, clause->name.text);
    case AST_ALTER_COMMENT: a->def->comment = clause->comment; return RC_OK;
    case AST_ALTER_SWAP: break;
    }
    return FAIL(ctx, BUG, "a clause of ALTER TABLE that plan/alter does not know");
}

Rc plan_alter_apply(Ctx *ctx, const Table *table, const AlterDraft *draft, TableDef **out)
{
    Altering a = {.def = table_def_copy(ctx->arena, table->def), .now_text = draft->now_text};
    a.before = table_current_schema(a.def);
    for (size_t i = 0; i < a.before->column_count; i++)
        vec_push(ctx->arena, &a.columns, a.before->columns[i]);
    for (size_t i = 0; i < draft->stmt->clause_count; i++)
        TRY(apply_clause(ctx, &a, &draft->stmt->clauses[i], draft->columns[i]));
    TRY(check_whole(ctx, &a));
    sort_by_new_keys(ctx, &a);
    if (a.has_new_schema) {
        forget_schemas(ctx, a.def, table);
        TRY(push_moment(ctx, &a));
        TRY(push_schema(ctx, a.def, a.columns.at, a.columns.len));
    } else {
        memcpy(a.def->schemas[a.def->schema_count - 1].columns, a.columns.at,
               a.columns.len * sizeof(Column));
    }
    *out = a.def;
    return RC_OK;
}
