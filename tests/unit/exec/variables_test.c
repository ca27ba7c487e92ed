/* exec/variables: what may be set, to what, and who sees it. */
#include "check.h"
#include "exec/variables.h"

typedef struct Pair {
    GlobalVariables *globals;
    SessionVariables *one, *other;
} Pair;

static Pair pair_new(Ctx *t)
{
    Pair pair = {.globals = global_variables_new(t->arena)};
    pair.one = session_variables_new(t->arena, pair.globals);
    pair.other = session_variables_new(t->arena, pair.globals);
    return pair;
}

static Str get(Ctx *t, SessionVariables *variables, const char *name, VariableScope scope)
{
    VariableValue value = {0};
    CHECK(variable_get(variables, t->arena, str_from(name), scope, &value));
    return value.text;
}

TEST(variables_refusals)
{
    Pair p = pair_new(t);
    VariableValue ignored;
    CHECK(!variable_get(p.one, t->arena, STR("nosuch"), VARIABLE_SESSION, &ignored));
    CHECK_ERR(UNKNOWN_VARIABLE, variable_set(t, p.one, STR("nosuch"), VARIABLE_SESSION, STR("1")));
    CHECK_ERR(READ_ONLY_VARIABLE,
              variable_set(t, p.one, STR("version"), VARIABLE_GLOBAL, STR("1")));
    CHECK_ERR(BAD_VARIABLE_VALUE,
              variable_set(t, p.one, STR("autocommit"), VARIABLE_SESSION, STR("2")));
    CHECK_ERR(BAD_VARIABLE_VALUE,
              variable_set(t, p.one, STR("query_timeout"), VARIABLE_SESSION, STR("0")));
    CHECK_ERR(BAD_VARIABLE_VALUE,
              variable_set(t, p.one, STR("query_timeout"), VARIABLE_SESSION, STR("259201")));
    CHECK_ERR(BAD_VARIABLE_VALUE,
              variable_set(t, p.one, STR("query_timeout"), VARIABLE_SESSION, STR("1.5")));
    char *large = arena_alloc(t->arena, 2000);
    memset(large, 'x', 2000);
    CHECK_ERR(BAD_VARIABLE_VALUE,
              variable_set(t, p.one, STR("sql_mode"), VARIABLE_SESSION, (Str){large, 2000}));
    CHECK_STR("300", get(t, p.one, "query_timeout", VARIABLE_SESSION));
}

TEST(variables_scopes)
{
    Pair p = pair_new(t);
    CHECK_RC(RC_OK, variable_set(t, p.one, STR("QUERY_TIMEOUT"), VARIABLE_SESSION, STR("7")));
    CHECK_STR("7", get(t, p.one, "query_timeout", VARIABLE_SESSION));
    CHECK_INT(7, variable_get_number(p.one, "query_timeout"));
    CHECK_STR("300", get(t, p.one, "query_timeout", VARIABLE_GLOBAL));
    CHECK_STR("300", get(t, p.other, "query_timeout", VARIABLE_SESSION));
    CHECK_RC(RC_OK, variable_set(t, p.one, STR("query_timeout"), VARIABLE_GLOBAL, STR("8")));
    CHECK_STR("7", get(t, p.one, "query_timeout", VARIABLE_SESSION));
    CHECK_STR("8", get(t, p.other, "query_timeout", VARIABLE_SESSION));
    CHECK_RC(RC_OK, variable_set(t, p.one, STR("query_timeout"), VARIABLE_SESSION, STR_NONE));
    CHECK_STR("300", get(t, p.one, "query_timeout", VARIABLE_SESSION));  // DEFAULT
    session_variables_reset(p.one);
    CHECK_STR("8", get(t, p.one, "query_timeout", VARIABLE_SESSION));
}

TEST(variables_switches)
{
    Pair p = pair_new(t);
    static const char *const FORMS[] = {"off", "FALSE", "0"};
    for (size_t i = 0; i < sizeof(FORMS) / sizeof(FORMS[0]); i++) {
        CHECK_RC(RC_OK, variable_set(t, p.one, STR("autocommit"), VARIABLE_SESSION, STR("on")));
        CHECK_STR("1", get(t, p.one, "autocommit", VARIABLE_SESSION));
        CHECK_RC(RC_OK,
                 variable_set(t, p.one, STR("autocommit"), VARIABLE_SESSION, str_from(FORMS[i])));
        CHECK_STR("0", get(t, p.one, "autocommit", VARIABLE_SESSION));
    }
    CHECK_STR("false", variable_text(STR("autocommit"), STR("0")));
    CHECK_STR("0", variable_text(STR("lower_case_table_names"), STR("0")));
}

// SHOW VARIABLES prints them in the order of the list, and each default must pass its own check.
TEST(variables_list_is_sorted_and_right)
{
    Pair p = pair_new(t);
    for (size_t i = 0; i < variable_count(); i++) {
        Str name = variable_name(i);
        if (i > 0) CHECK(str_cmp(variable_name(i - 1), name) < 0);
        Rc rc = variable_set(t, p.one, name, VARIABLE_SESSION, STR_NONE);
        CHECK(rc == RC_OK || t->err.id == ERR_READ_ONLY_VARIABLE);
        ctx_clear(t);
    }
}

TEST(user_variables)
{
    Pair p = pair_new(t);
    CHECK_STR(STR_NONE, user_variable_get(p.one, t->arena, STR("x")).text);
    CHECK_INT(TYPE_NULL, user_variable_get(p.one, t->arena, STR("x")).type.kind);
    VariableValue value = {STR("eins"), TYPE_OF(VARCHAR)};
    user_variable_set(p.one, STR("x"), &value);
    CHECK_STR("eins", user_variable_get(p.one, t->arena, STR("X")).text);
    CHECK_STR(STR_NONE, user_variable_get(p.other, t->arena, STR("x")).text);
    value = (VariableValue){STR(""), TYPE_OF(VARCHAR)};
    user_variable_set(p.one, STR("x"), &value);
    CHECK_STR("", user_variable_get(p.one, t->arena, STR("x")).text);
    value = (VariableValue){STR_NONE, TYPE_OF(NULL)};
    user_variable_set(p.one, STR("x"), &value);
    CHECK_STR(STR_NONE, user_variable_get(p.one, t->arena, STR("x")).text);
    session_variables_reset(p.one);
}

// The memory of a connection does not grow with the number of statements.
TEST(user_variables_reuse_their_room)
{
    Pair p = pair_new(t);
    VariableValue value = {STR("0123456789012345678901234567890123456789"), TYPE_OF(VARCHAR)};
    user_variable_set(p.one, STR("x"), &value);
    size_t before = arena_used(t->arena);
    for (int i = 0; i < 100000; i++) user_variable_set(p.one, STR("x"), &value);
    CHECK_INT(before, arena_used(t->arena));
}
