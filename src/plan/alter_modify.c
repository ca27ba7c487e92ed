/*
 * plan/alter_modify: MODIFY COLUMN: which changes of a column are allowed.
 *
 * Form    values keep their meaning: types become wider, texts longer; files stay as they are and
 *         are cast when they are read (table/evolve).
 * Source  StarRocks' SchemaChangeHandler.processModifyColumn, Column.checkSchemaChangeAllowed,
 *         SchemaChangeTypeCompatibility. Unlike StarRocks: a default may be changed, for rows to
 *         come; leaving it out where there is one is refused as there.
 * Errors  SEMANTIC, NOT_SUPPORTED.   Threads  pure.
 */
#include "plan/alter_inside.h"
#include "plan/insert.h"

bool alter_is_same(const Column *a, const Column *b)
{
    return type_eq(a->type, b->type) && a->is_key == b->is_key &&
           a->is_nullable == b->is_nullable && a->default_kind == b->default_kind &&
           str_eq(a->default_text, b->default_text) && str_eq(a->aggregation, b->aggregation) &&
           str_eq(a->generated, b->generated);
}

bool alter_is_longer_text(const Column *from, const Column *to)
{
    Column shorter = *to;
    if (from->type.kind != TYPE_VARCHAR || to->type.kind != TYPE_VARCHAR) return false;
    shorter.type.len = from->type.len;
    return from->type.len < to->type.len && alter_is_same(from, &shorter);
}

// ---------------------------------------------------------------------------------------- types

typedef enum TypeChange { CHANGE_REFUSED, CHANGE_READ, CHANGE_REWRITE } TypeChange;

// The longest text that a number of this type is printed as.
static uint32_t printed_len(Type type)
{
    switch (type.kind) {
    case TYPE_TINYINT: return 4;
    case TYPE_SMALLINT: return 6;
    case TYPE_INT: return 11;
    case TYPE_BIGINT: return 20;
    case TYPE_LARGEINT: return 40;
    case TYPE_DECIMAL: return (uint32_t)type.precision + 3;
    default: return 24;
    }
}

static bool is_text_read(TypeKind kind)
{
    return type_is_integer(kind) || kind == TYPE_FLOAT || kind == TYPE_DOUBLE ||
           kind == TYPE_DATE || kind == TYPE_DECIMAL || kind == TYPE_JSON;
}

static TypeChange change_to_decimal(Type from, Type to)
{
    if (from.kind == TYPE_VARCHAR) return CHANGE_REWRITE;
    bool fits = from.kind == TYPE_DECIMAL && from.scale <= to.scale &&
                from.precision - from.scale <= to.precision - to.scale;
    return fits ? CHANGE_READ : CHANGE_REFUSED;
}

static TypeChange change_to_text(Type from, Type to)
{
    if (type_is_text(from.kind))  // lengths are told apart by the caller
        return from.kind == TYPE_VARCHAR && to.kind == TYPE_CHAR ? CHANGE_REFUSED : CHANGE_READ;
    if (to.kind != TYPE_VARCHAR) return CHANGE_REFUSED;
    if (from.kind == TYPE_JSON) return CHANGE_REWRITE;
    bool is_number = type_is_integer(from.kind) || from.kind == TYPE_FLOAT ||
                     from.kind == TYPE_DOUBLE || from.kind == TYPE_DECIMAL;
    return is_number && printed_len(from) <= to.len ? CHANGE_READ : CHANGE_REFUSED;
}

static TypeChange type_change(Type from, Type to)
{
    bool is_date = to.kind == TYPE_DATE || to.kind == TYPE_DATETIME;
    if (type_eq(from, to)) return CHANGE_READ;
    if (to.kind == TYPE_DECIMAL || from.kind == TYPE_DECIMAL)
        return to.kind == TYPE_DECIMAL ? change_to_decimal(from, to) : change_to_text(from, to);
    if (type_is_text(to.kind)) return change_to_text(from, to);
    if (type_is_integer(from.kind) && type_is_integer(to.kind))
        return from.kind < to.kind ? CHANGE_READ : CHANGE_REFUSED;
    if (to.kind == TYPE_DOUBLE && (type_is_integer(from.kind) || from.kind == TYPE_FLOAT))
        return from.kind == TYPE_LARGEINT ? CHANGE_REFUSED : CHANGE_READ;
    if (is_date && (from.kind == TYPE_DATE || from.kind == TYPE_DATETIME)) return CHANGE_READ;
    if (from.kind == TYPE_VARCHAR && is_text_read(to.kind)) return CHANGE_REWRITE;
    if (from.kind == TYPE_INT && to.kind == TYPE_DATE) return CHANGE_REWRITE;
    if (from.kind == to.kind && from.kind == TYPE_VARBINARY) return CHANGE_READ;
    return CHANGE_REFUSED;
}

static Rc check_type_change(Ctx *ctx, const TableDef *def, const Column *from, const Column *to)
{
    Str old = ddl_message_type(ctx, from->type), new = ddl_message_type(ctx, to->type);
    bool has_len = type_is_text(from->type.kind) || from->type.kind == TYPE_VARBINARY;
    TypeChange change = type_change(from->type, to->type);
    bool is_cut = from->type.kind == TYPE_DATETIME && to->type.kind == TYPE_DATE;
    if (change == CHANGE_REWRITE)
        return SAY(ctx, NOT_SUPPORTED, "MODIFY COLUMN from %.*s to %.*s, which rewrites the table",
                   STR_ARG(old), STR_ARG(new));
    // Keys that differ must not become equal.
    if (change == CHANGE_REFUSED || (is_cut && to->is_key && def->keys == KEYS_UNIQUE))
        return SAY(ctx, SEMANTIC, "Can not change %.*s to %.*s", STR_ARG(old), STR_ARG(new));
    if (has_len && change == CHANGE_READ && from->type.len > to->type.len)
        return SAY(ctx, SEMANTIC, "Cannot shorten string length");
    return RC_OK;
}

Rc alter_check_change(Ctx *ctx, const TableDef *def, const Column *from, const Column *to)
{
    bool had_default = from->default_kind != DEFAULT_NONE && from->default_kind != DEFAULT_NULL;
    TRY(check_type_change(ctx, def, from, to));
    if (from->is_key != to->is_key || !str_eq(from->aggregation, to->aggregation))
        return SAY(ctx, SEMANTIC, "Can not change aggregation type");
    if (from->is_nullable && !to->is_nullable)
        return SAY(ctx, SEMANTIC, "Can not change from nullable to non-nullable");
    if (had_default && to->default_kind == DEFAULT_NONE)
        return SAY(ctx, SEMANTIC, "Can not change default value");
    return RC_OK;
}

// --------------------------------------------------------------------------------------- clause

static Rc check_primary(Ctx *ctx, const Altering *a, const AstAlterClause *clause,
                        const Column *known, const Column *made)
{
    bool is_sorted = false;
    for (size_t i = 0; i < a->def->sort_column_count; i++)
        is_sorted |= a->def->sort_columns[i] == known->id;
    if (known->is_key && clause->columns->nullness == AST_NULLNESS_NULL)
        return SAY(ctx, SEMANTIC, "primary key column[%.*s] cannot be nullable",
                   STR_ARG(made->name));
    if (known->is_key && !alter_is_longer_text(known, made))
        return SAY(ctx, SEMANTIC,
                   "Can not modify key column: %.*s for primary key table except for increasing "
                   "varchar length",
                   STR_ARG(made->name));
    if (is_sorted && !alter_is_longer_text(known, made))
        return SAY(ctx, SEMANTIC,
                   "Can not modify sort column in primary data model table except for increasing "
                   "varchar length");
    return RC_OK;
}

static Rc check_aggregation(Ctx *ctx, const TableDef *def, const AstColumnDef *ast)
{
    bool has_agg = ast->agg != AST_AGG_NONE;
    if (def->keys == KEYS_AGGREGATE && ast->is_key && has_agg)
        return SAY(ctx, SEMANTIC, "Can not assign aggregation method on key column: %.*s",
                   STR_ARG(ast->name.text));
    if (!has_agg || def->keys == KEYS_AGGREGATE || def->keys == KEYS_PRIMARY) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Can not assign aggregation method on column in %s data model table: %.*s",
               def->keys == KEYS_UNIQUE ? "Unique" : "Duplicate", STR_ARG(ast->name.text));
}

// What is computed from the column would have to be computed anew.
static Rc check_readers(Ctx *ctx, const Altering *a, const Column *known)
{
    const Column *in_schema = schema_column(a->before, known->id);
    for (size_t i = 0; i < a->before->column_count && in_schema; i++) {
        const Column *column = &a->before->columns[i];
        bool *is_read = ARENA_ARRAY(ctx->arena, bool, a->before->column_count);
        if (column->generated.len == 0) continue;
        TRY(generated_reads(ctx, a->def, column, is_read));
        if (is_read[in_schema - a->before->columns])
            return SAY(ctx, SEMANTIC,
                       "Do not support modify column: %.*s, because it associates with the "
                       "generated column",
                       STR_ARG(known->name));
    }
    return RC_OK;
}

static Rc check_indexes(Ctx *ctx, const TableDef *def, const Column *known, const Column *made)
{
    for (size_t i = 0; i < def->index_count; i++) {
        const IndexDef *index = &def->indexes[i];
        if (index->columns[0] != known->id) continue;
        if (str_eq(index->type, STR("GIN")) && !type_is_text(made->type.kind))
            return SAY(ctx, SEMANTIC, "Cannot modify a column with GIN into non-string type");
        if (str_eq(index->type, STR("VECTOR")) && !type_eq(made->type, known->type))
            return SAY(ctx, SEMANTIC, "Cannot modify a column with VECTOR index");
    }
    return RC_OK;
}

static Rc check_generated(Ctx *ctx, const Column *known, const Column *made)
{
    bool was = known->generated.len > 0, is = made->generated.len > 0;
    if (!was && is)
        return SAY(ctx, SEMANTIC, "Can not modify a non-generated column to a generated column");
    if (was && !is)
        return SAY(ctx, SEMANTIC, "Can not modify a generated column to a non-generated column");
    bool is_same = str_eq(known->generated, made->generated) && type_eq(known->type, made->type);
    if (!was || is_same) return RC_OK;
    return FAIL(ctx, NOT_SUPPORTED,
                STR_ARG(STR("MODIFY COLUMN of a generated column's expression or type")));
}

static Rc move_column(Ctx *ctx, Altering *a, const AstAlterClause *clause, size_t from)
{
    Column column = a->columns.at[from];
    if (!clause->is_first && !clause->after.text.ptr) return RC_OK;
    ptrdiff_t after = clause->is_first ? -1 : altering_find(a, clause->after.text);
    if (!clause->is_first && after < 0)
        return SAY(ctx, SEMANTIC, "Column[%.*s] does not exists", STR_ARG(clause->after.text));
    if (after == (ptrdiff_t)from)
        return SAY(ctx, SEMANTIC, "Column[%.*s] modify position is invalid",
                   STR_ARG(clause->after.text));
    altering_remove(a, from);
    size_t at = (size_t)(after + 1) - (after > (ptrdiff_t)from);
    altering_insert(ctx, a, at, column);
    return RC_OK;
}

Rc alter_modify(Ctx *ctx, Altering *a, const AstAlterClause *clause, const Column *made)
{
    ptrdiff_t at = altering_find(a, made->name);
    const AstColumnDef *ast = clause->columns;
    TRY(check_aggregation(ctx, a->def, ast));
    if (at < 0) return SAY(ctx, SEMANTIC, "Column[%.*s] does not exists", STR_ARG(made->name));
    Column *known = &a->columns.at[at];
    if (a->def->keys == KEYS_PRIMARY) TRY(check_primary(ctx, a, clause, known, made));
    if (made->generated.len == 0) TRY(check_readers(ctx, a, known));
    TRY(check_indexes(ctx, a->def, known, made));
    if (known->is_auto_increment)
        return SAY(ctx, SEMANTIC, "Can't not modify a AUTO_INCREMENT column");
    TRY(check_generated(ctx, known, made));
    Column column = *made;
    column.id = known->id;
    column.file_id = known->file_id;
    column.name = known->name;
    if (!ast->comment.ptr) column.comment = known->comment;
    *known = column;
    a->has_new_schema = true;
    return move_column(ctx, a, clause, (size_t)at);
}
