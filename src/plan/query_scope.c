/*
 * plan/query_scope: which column a name means.
 *
 * Source  StarRocks Scope and RelationFields: column names compare without case, table names and
 *         aliases with it; an alias hides the table's own name; the nearest query wins.
 * Errors  SEMANTIC with StarRocks' texts.   Threads  pure.
 */
#include "plan/query_scope.h"
#include "sql/sql.h"

Scope *scope_root(Arena *arena, Planner *planner)
{
    Scope *scope = ARENA_NEW(arena, Scope);
    scope->planner = planner;
    return scope;
}

Scope *scope_new(Arena *arena, Scope *parent)
{
    Scope *scope = ARENA_NEW(arena, Scope);
    scope->planner = parent->planner;
    scope->parent = parent;
    scope->ctes = parent->ctes;
    return scope;
}

Rc scope_add_relation(Ctx *ctx, Scope *scope, Str table, Str database)
{
    for (size_t i = 0; i < scope->relations.len; i++) {
        const RelationName *other = &scope->relations.at[i];
        if (!str_eq(other->table, table) || !str_eq(other->database, database)) continue;
        return FAIL(ctx, NOT_UNIQUE_TABLE, STR_ARG(table));
    }
    vec_push(ctx->arena, &scope->relations, (RelationName){table, database});
    return RC_OK;
}

Rc scope_add_all(Ctx *ctx, Scope *scope, const Scope *from)
{
    for (size_t i = 0; i < from->relations.len; i++)
        TRY(scope_add_relation(ctx, scope, from->relations.at[i].table,
                               from->relations.at[i].database));
    for (size_t i = 0; i < from->fields.len; i++)
        vec_push(ctx->arena, &scope->fields, from->fields.at[i]);
    return RC_OK;
}

static bool field_matches(const Field *field, const QName *name)
{
    size_t last = name->count - 1;
    if (!str_eq_nocase(field->name, name->parts[last])) return false;
    if (last == 0) return !field->is_hidden;
    if (!str_eq(field->table, name->parts[last - 1])) return false;
    if (last == 1) return true;
    if (!str_eq(field->database, name->parts[last - 2])) return false;
    return last == 2 || str_eq_nocase(name->parts[0], STR("default_catalog"));
}

Rc scope_find(Ctx *ctx, const Scope *scope, const QName *name, const Field **out)
{
    *out = NULL;
    for (; scope != NULL && *out == NULL; scope = scope->parent) {
        for (size_t i = 0; i < scope->fields.len; i++) {
            const Field *field = scope->fields.at[i];
            if (!field_matches(field, name)) continue;
            if (*out != NULL)
                return SAY(ctx, SEMANTIC, "Column '%.*s' is ambiguous", STR_ARG(qname_last(*name)));
            *out = field;
        }
    }
    return RC_OK;
}

// x as it is; t.x with back quotes: as StarRocks prints a column in its messages.
static Str name_in_message(Arena *arena, const QName *name)
{
    if (name->count == 1) return name->parts[0];
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < name->count; i++) {
        if (i > 0) buf_add_byte(&buf, '.');
        buf_add_quoted(&buf, name->parts[i], '`');
    }
    return buf_str(&buf);
}

Rc scope_resolve(Ctx *ctx, const Scope *scope, const QName *name, const Field **out)
{
    TRY(scope_find(ctx, scope, name, out));
    if (*out != NULL) return RC_OK;
    return SAY(ctx, SEMANTIC, "Column '%.*s' cannot be resolved",
               STR_ARG(name_in_message(ctx->arena, name)));
}

bool scope_owns(const Scope *scope, const Field *field)
{
    for (size_t i = 0; i < scope->fields.len; i++)
        if (scope->fields.at[i] == field) return true;
    return false;
}

TypedExpr field_use(const Field *field, bool is_outer)
{
    if (field->scan != NULL && field->scan->is_used != NULL)
        field->scan->is_used[field->scan_column] = true;
    bool is_free = is_outer || field->is_param;
    if (field->scan != NULL && field->column != NULL && !field->column->is_key)
        field->scan->value_uses++;
    return (TypedExpr){
        .type = field->type, .sql = field->sql, .field = field, .loose = is_free ? NULL : field};
}

PlanScan *scan_new(Ctx *ctx, Planner *planner, ScanKind kind)
{
    PlanScan *scan = ARENA_NEW(ctx->arena, PlanScan);
    scan->scan.kind = kind;
    vec_push(ctx->arena, &planner->scans, scan);
    return scan;
}

// Byte 1 cannot come from the user: literal_put_string() keeps it out.
void scan_put_hole(Buf *out, const Planner *planner, const PlanScan *scan)
{
    for (size_t i = 0; i < planner->scans.len; i++) {
        if (planner->scans.at[i] != scan) continue;
        buf_printf(out, "\1%zu\1", i);
        return;
    }
    must(!"a scan of this planner");
}
