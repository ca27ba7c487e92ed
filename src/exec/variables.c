/*
 * exec/variables: system and user variables.
 *
 * Form    variables.def is the list; a value is text, checked by kind when it is set.
 * Errors  UNKNOWN_VARIABLE, READ_ONLY_VARIABLE, BAD_VARIABLE_VALUE.
 * Threads session values belong to the session's thread; global ones are behind `lock`.
 */
#include "exec/variables.h"
#include "base/lock.h"
#include "base/vec.h"

enum { VALUE_BYTES = 1024 };
typedef enum Kind { TEXT, INT, BOOL } Kind;

typedef struct Spec {
    Str name;
    Kind kind;
    Str by_default;
    int64_t least, most;
    bool is_read_only;
} Spec;

static const Spec SPECS[] = {
#define VARIABLE(name, kind, by_default, least, most, is_read_only) \
    {STR_INIT(name), kind, STR_INIT(by_default), least, most, is_read_only},
#include "exec/variables.def"
#undef VARIABLE
};
enum { SPEC_COUNT = COUNT_OF(SPECS) };

typedef struct Value {
    bool is_set;
    size_t len;
    char text[VALUE_BYTES];
} Value;

struct GlobalVariables {
    Lock lock;  // RANK_LEAF: values
    Value values[SPEC_COUNT];
};

typedef struct UserVariable {
    struct UserVariable *next;
    Str name;
    VariableValue value;  // its text lies in `room`
    char *room;
    size_t cap;
} UserVariable;

struct SessionVariables {
    Arena *arena;
    GlobalVariables *globals;
    Value *values[SPEC_COUNT];  // NULL: the global one
    UserVariable *user;
};

GlobalVariables *global_variables_new(Arena *arena)
{
    GlobalVariables *globals = ARENA_NEW(arena, GlobalVariables);
    lock_init(&globals->lock, RANK_LEAF);
    return globals;
}

SessionVariables *session_variables_new(Arena *arena, GlobalVariables *globals)
{
    SessionVariables *variables = ARENA_NEW(arena, SessionVariables);
    variables->arena = arena;
    variables->globals = globals;
    return variables;
}

void session_variables_reset(SessionVariables *variables)
{
    for (size_t i = 0; i < SPEC_COUNT; i++)
        if (variables->values[i]) variables->values[i]->is_set = false;
    variables->user = NULL;
}

static const Spec *find_spec(Str name)
{
    for (size_t i = 0; i < SPEC_COUNT; i++)
        if (str_eq_nocase(SPECS[i].name, name)) return &SPECS[i];
    return NULL;
}

static void store(Value *value, Str text)
{
    value->is_set = true;
    value->len = text.len < VALUE_BYTES ? text.len : VALUE_BYTES;
    if (value->len) memcpy(value->text, text.ptr, value->len);
}

static Str view_of(const Value *value, const Spec *spec)
{
    return value && value->is_set ? (Str){value->text, value->len} : spec->by_default;
}

bool variable_get(SessionVariables *variables, Arena *arena, Str name, VariableScope scope,
                  VariableValue *out)
{
    const Spec *spec = find_spec(name);
    if (!spec) return false;
    size_t index = (size_t)(spec - SPECS);
    const Value *own = variables->values[index];
    out->type =
        spec->kind == TEXT ? (Type){.kind = TYPE_VARCHAR, .len = VALUE_BYTES} : TYPE_OF(BIGINT);
    if (scope == VARIABLE_SESSION && own && own->is_set) {
        out->text = str_dup(arena, view_of(own, spec));
        return true;
    }
    lock_take(&variables->globals->lock);
    out->text = str_dup(arena, view_of(&variables->globals->values[index], spec));
    lock_give(&variables->globals->lock);
    return true;
}

static Rc check_value(Ctx *ctx, const Spec *spec, Str given, Str *out)
{
    static const Str ONES[] = {STR_INIT("1"), STR_INIT("ON"), STR_INIT("TRUE")};
    static const Str ZEROS[] = {STR_INIT("0"), STR_INIT("OFF"), STR_INIT("FALSE")};
    int64_t number;
    bool is_number = spec->kind == INT && str_to_i64(given, &number) && number >= spec->least &&
                     number <= spec->most;
    if (is_number || (spec->kind == TEXT && given.len <= VALUE_BYTES)) *out = given;
    for (size_t i = 0; spec->kind == BOOL && i < COUNT_OF(ONES); i++) {
        if (str_eq_nocase(given, ONES[i])) *out = STR("1");
        if (str_eq_nocase(given, ZEROS[i])) *out = STR("0");
    }
    if (out->ptr) return RC_OK;
    return FAIL(ctx, BAD_VARIABLE_VALUE, STR_ARG(spec->name), STR_ARG(given));
}

Rc variable_set(Ctx *ctx, SessionVariables *variables, Str name, VariableScope scope, Str value)
{
    const Spec *spec = find_spec(name);
    if (!spec) return FAIL(ctx, UNKNOWN_VARIABLE, STR_ARG(name));
    if (spec->is_read_only) return FAIL(ctx, READ_ONLY_VARIABLE, STR_ARG(spec->name));
    Str checked = STR_NONE;
    TRY(check_value(ctx, spec, value.ptr ? value : spec->by_default, &checked));
    size_t index = (size_t)(spec - SPECS);
    if (scope == VARIABLE_GLOBAL) {
        lock_take(&variables->globals->lock);
        store(&variables->globals->values[index], checked);
        lock_give(&variables->globals->lock);
        return RC_OK;
    }
    if (!variables->values[index]) variables->values[index] = ARENA_NEW(variables->arena, Value);
    store(variables->values[index], checked);
    return RC_OK;
}

void global_variable_fix(GlobalVariables *globals, const char *name, Str value)
{
    const Spec *spec = find_spec(str_from(name));
    must(spec != NULL);
    lock_take(&globals->lock);
    store(&globals->values[spec - SPECS], value);
    lock_give(&globals->lock);
}

Str variable_text(Str name, Str value)
{
    const Spec *spec = find_spec(name);
    if (!spec || spec->kind != BOOL) return value;
    return str_eq(value, STR("1")) ? STR("true") : STR("false");
}

size_t variable_count(void)
{
    return SPEC_COUNT;
}

Str variable_name(size_t index)
{
    must(index < SPEC_COUNT);
    return SPECS[index].name;
}

// Room is kept and doubled, so that a value set a million times takes no more than twice its
// largest size.
static void keep_value(Arena *arena, UserVariable *at, const VariableValue *value)
{
    if (value->text.len > at->cap || !at->room) {
        at->cap = 2 * value->text.len + 16;
        at->room = arena_alloc(arena, at->cap);
    }
    if (value->text.len > 0) memcpy(at->room, value->text.ptr, value->text.len);
    at->value = (VariableValue){{value->text.ptr ? at->room : NULL, value->text.len}, value->type};
}

void user_variable_set(SessionVariables *variables, Str name, const VariableValue *value)
{
    UserVariable *at = variables->user;
    while (at && !str_eq_nocase(at->name, name)) at = at->next;
    if (!at) {
        at = ARENA_NEW(variables->arena, UserVariable);
        at->name = str_dup(variables->arena, name);
        at->next = variables->user;
        variables->user = at;
    }
    keep_value(variables->arena, at, value);
}

VariableValue user_variable_get(SessionVariables *variables, Arena *arena, Str name)
{
    const UserVariable *at = variables->user;
    while (at && !str_eq_nocase(at->name, name)) at = at->next;
    if (!at) return (VariableValue){STR_NONE, TYPE_OF(NULL)};
    return (VariableValue){str_dup(arena, at->value.text), at->value.type};
}

int64_t variable_get_number(SessionVariables *variables, const char *name)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    VariableValue value = {0};
    int64_t number = 0;
    must(variable_get(variables, arena, str_from(name), VARIABLE_SESSION, &value));
    must(str_to_i64(value.text, &number));
    return number;
}
