/*
 * plan/hoist: repeated operands of a text for the engine, computed once.
 *
 * Form    list_transform([{'a0': x}], lambda v<hash>: ..)[1]. The variable's name comes from the
 *         operand's text: equal expressions keep equal texts, nested ones have different names.
 * Errors  none.   Threads  pure.
 */
#include "plan/hoist.h"
#include "base/hash.h"

void hoist_force(Ctx *ctx, Hoist *hoist, Str *sql)
{
    if (hoist->count == 0)
        hoist->name = str_printf(ctx->arena, "v%016llx", (unsigned long long)hash64(*sql, 0));
    hoist->fields = str_printf(ctx->arena, "%.*s%s'a%zu': %.*s", STR_ARG(hoist->fields),
                               hoist->count ? ", " : "", hoist->count, STR_ARG(*sql));
    *sql = str_printf(ctx->arena, "%.*s.a%zu", STR_ARG(hoist->name), hoist->count++);
}

void hoist_add(Ctx *ctx, Hoist *hoist, Str *sql)
{
    if (sql->len > HOIST_BYTES) hoist_force(ctx, hoist, sql);
}

Str hoist_finish(Ctx *ctx, const Hoist *hoist, Str body)
{
    if (hoist->count == 0) return body;
    return str_printf(ctx->arena, "(list_transform([{%.*s}], lambda %.*s: %.*s))[1]",
                      STR_ARG(hoist->fields), STR_ARG(hoist->name), STR_ARG(body));
}
