/*
 * exec/set: USE, SET, KILL, and the statements around transactions.
 *
 * Source  MySQL's session variables as StarRocks keeps them; each statement is its own
 *         transaction, so COMMIT and ROLLBACK have nothing to end and BEGIN is refused rather than
 *         ignored.
 * Errors  UNKNOWN_*, READ_ONLY_VARIABLE, BAD_VARIABLE_VALUE, UNKNOWN_CHARSET, NOT_SUPPORTED.
 * Threads the session's.
 */
#include "base/vec.h"
#include "exec/handlers.h"
#include "exec/zone.h"

Rc exec_use(Ctx *ctx, Execution *x)
{
    return session_use(x->session, ctx, qname_text(ctx->arena, x->stmt->use));
}

Rc exec_kill(Ctx *ctx, Execution *x)
{
    return sessions_kill(ctx, x->instance, x->stmt->kill.id, x->stmt->kill.is_query);
}

Rc exec_begin(Ctx *ctx, Execution *x)
{
    (void)x;
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("transactions of several statements (BEGIN)")));
}

Rc exec_nothing(Ctx *ctx, Execution *x)
{
    (void)ctx;
    (void)x;
    return RC_OK;
}

// ------------------------------------------------------------------------------------------- SET

// Literals need no query; anything else is one.
static Rc read_value(Ctx *ctx, Execution *x, Expr *expr, VariableValue *out)
{
    if (expr->kind == EXPR_LITERAL && expr->literal.kind == LITERAL_STRING) {
        *out = (VariableValue){expr->literal.text, {.kind = TYPE_VARCHAR, .len = TYPE_STRING_LEN}};
        return RC_OK;
    }
    if (expr->kind == EXPR_LITERAL && expr->literal.kind == LITERAL_BOOL) {
        *out = (VariableValue){expr->literal.boolean ? STR("1") : STR("0"), TYPE_OF(BOOLEAN)};
        return RC_OK;
    }
    return exec_evaluate(ctx, x, expr, out);
}

static Rc set_system(Ctx *ctx, Execution *x, const SetItem *item)
{
    VariableValue value = {0};
    VariableScope scope = item->scope == SCOPE_GLOBAL ? VARIABLE_GLOBAL : VARIABLE_SESSION;
    if (item->value->kind != EXPR_DEFAULT) {
        TRY(read_value(ctx, x, item->value, &value));
        if (!value.text.ptr)
            return FAIL(ctx, BAD_VARIABLE_VALUE, STR_ARG(item->name.text), STR_ARG(STR("NULL")));
    }
    if (str_eq_nocase(item->name.text, STR("time_zone")) && value.text.ptr)
        TRY(zone_check(ctx, x, value.text));
    return variable_set(ctx, x->session->variables, item->name.text, scope, value.text);
}

static Rc set_all(Ctx *ctx, Execution *x, const char *const *names, Str value)
{
    for (; *names; names++)
        TRY(variable_set(ctx, x->session->variables, str_from(*names), VARIABLE_SESSION, value));
    return RC_OK;
}

// Texts are UTF-8 everywhere: names of other character sets would promise a conversion.
static Rc set_charset(Ctx *ctx, Execution *x, const SetItem *item)
{
    static const char *const CHARSETS[] = {"utf8", "utf8mb3", "utf8mb4", "binary"};
    static const char *const VARIABLES[] = {"character_set_client", "character_set_connection",
                                            "character_set_results", NULL};
    static const char *const COLLATIONS[] = {"collation_connection", NULL};
    Str name = item->name.text.ptr ? item->name.text : STR("utf8");
    size_t i = 0;
    while (i < COUNT_OF(CHARSETS) && !str_eq_nocase(name, str_from(CHARSETS[i]))) i++;
    if (i == COUNT_OF(CHARSETS)) return FAIL(ctx, UNKNOWN_CHARSET, STR_ARG(name));
    TRY(set_all(ctx, x, VARIABLES, str_from(CHARSETS[i])));
    return item->collation.ptr ? set_all(ctx, x, COLLATIONS, item->collation) : RC_OK;
}

// Each statement reads one snapshot whatever the level: it is kept, so that clients read it back.
static Rc set_transaction(Ctx *ctx, Execution *x, const SetItem *item)
{
    static const char *const LEVELS[] = {"transaction_isolation", "tx_isolation", NULL};
    static const char *const READ_ONLY[] = {"transaction_read_only", "tx_read_only", NULL};
    if (str_eq(item->name.text, STR("READ ONLY"))) return set_all(ctx, x, READ_ONLY, STR("1"));
    if (str_eq(item->name.text, STR("READ WRITE"))) return set_all(ctx, x, READ_ONLY, STR("0"));
    char *level = str_z(ctx->arena, item->name.text);
    for (char *at = level; *at; at++)
        if (*at == ' ') *at = '-';
    return set_all(ctx, x, LEVELS, str_from(level));
}

static Rc set_user(Ctx *ctx, Execution *x, const SetItem *item)
{
    VariableValue value;
    TRY(read_value(ctx, x, item->value, &value));
    user_variable_set(x->session->variables, item->name.text, &value);
    return RC_OK;
}

Rc exec_set(Ctx *ctx, Execution *x)
{
    const SetStatement *set = &x->stmt->set;
    for (size_t i = 0; i < set->count; i++) {
        const SetItem *item = &set->items[i];
        switch (item->kind) {
        case SET_SYSTEM: TRY(set_system(ctx, x, item)); break;
        case SET_USER: TRY(set_user(ctx, x, item)); break;
        case SET_NAMES:
        case SET_CHARACTER_SET: TRY(set_charset(ctx, x, item)); break;
        case SET_TRANSACTION: TRY(set_transaction(ctx, x, item)); break;
        }
    }
    return RC_OK;
}
