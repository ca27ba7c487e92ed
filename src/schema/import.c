/*
 * schema/import: a table learns the schemas of files that a RESTORE brings.
 *
 * Form    column k of the snapshot's current schema is column k of the target's. Schemas that come
 *         stand before those of the target, in their own order, and each names the one that
 *         followed it; the snapshot's last one is followed by the target's current one, which has
 *         the same columns. So rows of either side read as they did before. A column that the
 *         snapshot's table dropped gets an id that nobody reads: it still lies in the files.
 * Errors  LIMIT_EXCEEDED.   Threads  pure.
 */
#include "schema/import.h"
#include "base/vec.h"

enum { MAX_SCHEMAS = 10000 };

typedef struct Import {
    Ctx *ctx;
    const TableDef *snap;
    const Schema *snap_now, *target_now;
    TableDef *def;  // of the target
    VEC(uint32_t)
    dropped_from, dropped_to;  // columns that the snapshot's table dropped: ids there, here
} Import;

static ptrdiff_t position_of(const Schema *schema, uint32_t column_id)
{
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].id == column_id) return (ptrdiff_t)i;
    return -1;
}

static uint32_t dropped_id(Import *import, uint32_t snap_id)
{
    for (size_t i = 0; i < import->dropped_from.len; i++)
        if (import->dropped_from.at[i] == snap_id) return import->dropped_to.at[i];
    uint32_t id = import->def->next_column_id++;
    vec_push(import->ctx->arena, &import->dropped_from, snap_id);
    vec_push(import->ctx->arena, &import->dropped_to, id);
    return id;
}

// `from` of the snapshot in terms of the target's column ids.
static Schema translate(Import *import, const Schema *from)
{
    Schema made = {.columns = ARENA_ARRAY(import->ctx->arena, Column, from->column_count),
                   .column_count = from->column_count};
    for (size_t i = 0; i < from->column_count; i++) {
        ptrdiff_t position = position_of(import->snap_now, from->columns[i].id);
        made.columns[i] = from->columns[i];
        made.columns[i].id = position < 0 ? dropped_id(import, from->columns[i].id)
                                          : import->target_now->columns[position].id;
    }
    return made;
}

// --- which schemas read alike

// Files under `a` look as files under `b` do, and files of before get the same defaults.
static bool looks_same(const Schema *a, const Schema *b)
{
    if (a->column_count != b->column_count) return false;
    for (size_t i = 0; i < a->column_count; i++) {
        const Column *one = &a->columns[i], *other = &b->columns[i];
        if (one->file_id != other->file_id || !type_eq(one->type, other->type) ||
            one->default_kind != other->default_kind ||
            !str_eq(one->default_text, other->default_text))
            return false;
    }
    return true;
}

// How the column is read: from which field or default, and through which types.
static Str print_reading(Arena *arena, const TableDef *def, const Schema *schema, uint32_t id)
{
    Buf out = buf_new(arena);
    const Column *last = NULL;
    for (const Schema *at = schema; at; at = table_next_schema(def, at)) {
        const Column *column = schema_column(at, id);
        if (!column || (last && type_eq(last->type, column->type))) continue;
        if (!last && at == schema) buf_printf(&out, "field %u", column->file_id);
        if (!last && at != schema)
            buf_printf(&out, "default %d %.*s", (int)column->default_kind,
                       STR_ARG(column->default_text));
        buf_printf(&out, "\n%.*s", STR_ARG(type_text(arena, column->type)));
        last = column;
    }
    return buf_str(&out);
}

static bool reads_same(const Import *import, const Schema *there, const Schema *here)
{
    Arena *arena = import->ctx->arena;
    if (!looks_same(there, here)) return false;
    for (size_t i = 0; i < import->target_now->column_count; i++) {
        ArenaMark mark = arena_mark(arena);
        Str a = print_reading(arena, import->snap, there, import->snap_now->columns[i].id);
        Str b = print_reading(arena, import->def, here, import->target_now->columns[i].id);
        bool is_same = str_eq(a, b);
        arena_rewind(arena, mark);
        if (!is_same) return false;
    }
    return true;
}

// The target's schema that files of `schema` can name as well; 0: none.
static uint32_t find_same(const Import *import, const Schema *schema)
{
    for (size_t i = import->def->schema_count; i-- > 0;)
        if (reads_same(import, schema, &import->def->schemas[i])) return import->def->schemas[i].id;
    return 0;
}

// --- the whole

static uint32_t id_of(const Import *import, const SchemaImport *made, const Schema *schema)
{
    if (!schema) return import->target_now->id;  // behind the snapshot's last one
    return made->schema_ids[schema - import->snap->schemas];
}

// The schemas that have no counterpart, before those that the target has.
static void put_first(Import *import, SchemaImport *made, const Schema *added, size_t count)
{
    TableDef *def = import->def;
    Schema *schemas = ARENA_ARRAY(import->ctx->arena, Schema, def->schema_count + count);
    memcpy(schemas, added, count * sizeof(Schema));
    memcpy(schemas + count, def->schemas, def->schema_count * sizeof(Schema));
    def->schemas = schemas;
    def->schema_count += count;
    made->was_changed = true;
}

Rc schema_import(Ctx *ctx, const TableDef *target, const TableDef *snap, SchemaImport *out)
{
    Import import = {.ctx = ctx, .snap = snap, .def = table_def_copy(ctx->arena, target)};
    import.snap_now = table_current_schema(snap);
    import.target_now = table_current_schema(import.def);
    SchemaImport made = {.def = import.def};
    made.schema_ids = ARENA_ARRAY(ctx->arena, uint32_t, snap->schema_count);
    Schema *added = ARENA_ARRAY(ctx->arena, Schema, snap->schema_count);
    size_t first = snap->schema_count;  // of `added`, which is filled from its end
    for (size_t i = snap->schema_count; i-- > 0;) {
        const Schema *schema = &snap->schemas[i];
        made.schema_ids[i] = find_same(&import, schema);
        if (made.schema_ids[i] != 0) continue;
        added[--first] = translate(&import, schema);
        added[first].next_id = id_of(&import, &made, table_next_schema(snap, schema));
        added[first].id = made.schema_ids[i] = import.def->next_schema_id++;
    }
    size_t count = snap->schema_count - first;
    if (import.def->schema_count + count > MAX_SCHEMAS)
        return FAIL(ctx, LIMIT_EXCEEDED, "Number of schemas of one table", (long long)MAX_SCHEMAS);
    if (count > 0) put_first(&import, &made, added + first, count);
    *out = made;
    return RC_OK;
}
