/*
 * schema/import: a table learns the schemas of files that a RESTORE brings.
 *
 * Form    column k of the snapshot's current schema is column k of the target's; a column that the
 *         snapshot's table dropped is not read any more and is left out.
 * Errors  LIMIT_EXCEEDED.   Threads  pure.
 */
#include "schema/import.h"

enum { MAX_SCHEMAS = 10000 };

static ptrdiff_t position_of(const Schema *schema, uint32_t column_id)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].id == column_id) return (ptrdiff_t)i;
    return -1;
}

// `from` of the snapshot in terms of the target's column ids.
static Schema translate(Arena *arena, const Schema *from, const Schema *snap_now,
                        const Schema *target_now)
{
    Schema made = {.columns = ARENA_ARRAY(arena, Column, from->column_count)};
    for (size_t i = 0; i < from->column_count; i++) {
        ptrdiff_t position = position_of(snap_now, from->columns[i].id);
        if (position < 0) continue;
        Column column = from->columns[i];
        column.id = target_now->columns[position].id;
        made.columns[made.column_count++] = column;
    }
    return made;
}

// Files under `a` read as files under `b` do.
static bool reads_same(const Schema *a, const Schema *b)
{
    if (a->column_count != b->column_count) return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (a->columns[i].id != b->columns[i].id ||
            a->columns[i].file_id != b->columns[i].file_id ||
            !type_eq(a->columns[i].type, b->columns[i].type))
            return false;
    return true;
}

static void insert_before_current(Arena *arena, TableDef *def, Schema *schema)
{
    Schema *schemas = ARENA_ARRAY(arena, Schema, def->schema_count + 1);
    size_t last = def->schema_count - 1;
    memcpy(schemas, def->schemas, last * sizeof(Schema));
    schema->id = def->next_schema_id++;
    schemas[last] = *schema;
    schemas[last + 1] = def->schemas[last];
    def->schemas = schemas;
    def->schema_count++;
}

Rc schema_import(Ctx *ctx, const TableDef *target, const TableDef *snap, SchemaImport *out)
{
    SchemaImport made = {.def = table_def_copy(ctx->arena, target)};
    made.schema_ids = ARENA_ARRAY(ctx->arena, uint32_t, snap->schema_count);
    const Schema *snap_now = table_current_schema(snap), *target_now = table_current_schema(target);
    for (size_t i = 0; i < snap->schema_count; i++) {
        Schema schema = translate(ctx->arena, &snap->schemas[i], snap_now, target_now);
        const Schema *same = NULL;
        for (size_t k = 0; k < made.def->schema_count && !same; k++)
            if (reads_same(&made.def->schemas[k], &schema)) same = &made.def->schemas[k];
        if (!same) {
            if (made.def->schema_count >= MAX_SCHEMAS)
                return FAIL(ctx, LIMIT_EXCEEDED, "Number of schemas of one table",
                            (long long)MAX_SCHEMAS);
            insert_before_current(ctx->arena, made.def, &schema);
            same = &schema;
            made.was_changed = true;
        }
        made.schema_ids[i] = same->id;
    }
    *out = made;
    return RC_OK;
}
