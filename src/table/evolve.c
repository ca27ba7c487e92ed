/*
 * table/evolve: a column of the current schema, read from files of an older one.
 *
 * Form    a column that came later reads as its default at ADD, which the first schema that has it
 *         tells. One whose type was changed is cast step by step, through every type it had since:
 *         what a step cut off stays cut off, whichever way the column goes on. So a file reads as
 *         if it had been rewritten by each ALTER.
 * Errors  NOT_SUPPORTED.
 * Threads pure functions.
 */
#include "table/internal.h"

// A constant for rows written before `column` came.
static Rc print_added(Ctx *ctx, Buf *out, const Column *column)
{
    Str type = scan_engine_type(out->arena, column->type);
    switch (column->default_kind) {
    case DEFAULT_NONE:
    case DEFAULT_NULL: buf_printf(out, "CAST(NULL AS %.*s)", STR_ARG(type)); return RC_OK;
    case DEFAULT_LITERAL:
        buf_add(out, STR("CAST("));
        buf_add_quoted(out, column->default_text, '\'');
        buf_printf(out, " AS %.*s)", STR_ARG(type));
        return RC_OK;
    case DEFAULT_CURRENT_TIMESTAMP:
    case DEFAULT_EXPR: break;
    }
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("a computed default of an added column")));
}

// The value under `from`, as text of the engine, under `to`. Only what ALTER TABLE allows comes
// here (plan/alter_modify).
static Str cast_step(Arena *arena, Str value, Type from, Type to)
{
    bool is_same_text = type_is_text(from.kind) && type_is_text(to.kind);
    bool is_float = from.kind == TYPE_FLOAT || from.kind == TYPE_DOUBLE;
    if (type_eq(from, to) || is_same_text) return value;
    if (from.kind == to.kind && from.kind == TYPE_VARBINARY) return value;
    if (type_is_text(to.kind) && is_float)
        return str_printf(arena, "kg_text(%.*s)", STR_ARG(value));
    return str_printf(arena, "CAST(%.*s AS %.*s)", STR_ARG(value),
                      STR_ARG(scan_engine_type(arena, to)));
}

static Str cast_through(Arena *arena, const TableDef *def, const Schema *schema,
                        const Column *stored, Str value)
{
    Type type = stored->type;
    for (const Schema *later = table_next_schema(def, schema); later;
         later = table_next_schema(def, later)) {
        const Column *column = schema_column(later, stored->id);
        if (!column || type_eq(column->type, type)) continue;
        value = cast_step(arena, value, type, column->type);
        type = column->type;
    }
    return value;
}

// INV-28
Rc evolve_print_column(Ctx *ctx, Buf *out, const TableDef *def, const Schema *schema,
                       const Column *column)
{
    const Column *stored = schema_column(schema, column->id);
    const Schema *since = schema;
    Buf value = buf_new(out->arena);
    if (stored) {
        Str name = str_printf(out->arena, "c%u", stored->file_id);
        rest_print_value(&value, stored->type, name, false);
    } else {
        while (!stored) {
            since = table_next_schema(def, since);
            must(since != NULL);  // the current one has it
            stored = schema_column(since, column->id);
        }
        TRY(print_added(ctx, &value, stored));
    }
    buf_add(out, cast_through(out->arena, def, since, stored, buf_str(&value)));
    buf_printf(out, " AS c%u", column->id);
    return RC_OK;
}
