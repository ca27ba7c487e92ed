#include "sqlcheck.h"

TEST(set_refuses)
{
    static const char *const BAD[] = {
        "set",
        "set a",
        "set a =",
        "set a = 1,",
        "set 'a' = 1",
        "set a = 1 b = 2",
        "set @a",
        "set names",
        "set names utf8 collate",
        "set transaction",
        "set transaction isolation level chaos",
        "kill",
        "kill x",
        "kill -1",
        "kill query",
        "kill 1 2",
        "admin set frontend config",
        "admin set frontend config (\"a\" = 1)",
        "admin set frontend config (\"a\" = \"1\", \"b\" = \"2\")",
        "start",
        "begin x",
        "start transaction with snapshot",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        if (sql_try(t, BAD[i]) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s\n    was accepted", BAD[i]);
        CHECK_INT(ERR_SYNTAX, t->err.id);
        ctx_clear(t);
    }
    CHECK_REFUSED("SET PASSWORD", "set password = password('x')");
    CHECK_REFUSED("SET PASSWORD", "set password for u = 'x'");
    CHECK_REFUSED("SET ROLE", "set role all");
    CHECK_REFUSED("SET DEFAULT ROLE", "set default role none to u");
    CHECK_REFUSED("SET CATALOG", "set catalog hive");
    CHECK_REFUSED("KILL by query id", "kill query 'abc'");
    CHECK_REFUSED("WITH PERSISTENT", "admin set frontend config ('a' = 'b') with persistent");
}

static SetItem *set_item(Ctx *t, const char *text)
{
    SetStatement *set = &sql_ok_kind(t, STMT_SET, text)->set;
    CHECK_INT(1, set->count);
    return &set->items[0];
}

static void check_value(Ctx *t, const char *text, VarScope scope, const char *name,
                        const char *value)
{
    SetItem *item = set_item(t, text);
    CHECK_INT(SET_SYSTEM, item->kind);
    CHECK_INT(scope, item->scope);
    CHECK_STR(name, item->name.text);
    CHECK_STR(value, sql_unparse_expr(t->arena, item->value));
}

TEST(set_reads_variables)
{
    check_value(t, "set autocommit=1", SCOPE_NONE, "autocommit", "1");
    check_value(t, "set global a := 'b'", SCOPE_GLOBAL, "a", "'b'");
    check_value(t, "set session a = b", SCOPE_SESSION, "a", "'b'");
    check_value(t, "set local a = on", SCOPE_SESSION, "a", "'ON'");
    check_value(t, "set @@a = all", SCOPE_NONE, "a", "'ALL'");
    check_value(t, "set @@global.a = default", SCOPE_GLOBAL, "a", "DEFAULT");
    check_value(t, "set @@session.a = @@b", SCOPE_SESSION, "a", "@@`b`");
    check_value(t, "set a = -1 + 2", SCOPE_NONE, "a", "-1 + 2");
    check_value(t, "set character_set_results = null", SCOPE_NONE, "character_set_results", "NULL");
    check_value(t, "set a = true", SCOPE_NONE, "a", "TRUE");
    check_value(t, "set names = 1", SCOPE_NONE, "names", "1");
    check_value(t, "set catalog = 'x'", SCOPE_NONE, "catalog", "'x'");
    check_value(t, "set session = 1", SCOPE_NONE, "session", "1");
    SetItem *item = set_item(t, "set @x = a + 1");
    CHECK_INT(SET_USER, item->kind);
    CHECK_STR("x", item->name.text);
    CHECK_STR("`a` + 1", sql_unparse_expr(t->arena, item->value));
}

TEST(set_reads_other_forms)
{
    SetItem *item = set_item(t, "set names utf8mb4 collate 'utf8mb4_bin'");
    CHECK_INT(SET_NAMES, item->kind);
    CHECK_STR("utf8mb4", item->name.text);
    CHECK_STR("utf8mb4_bin", item->collation);
    CHECK(set_item(t, "set names default")->name.text.ptr == NULL);
    CHECK_INT(SET_CHARACTER_SET, set_item(t, "set character set 'utf8'")->kind);
    CHECK_STR("utf8", set_item(t, "set charset utf8")->name.text);
    item = set_item(t, "set session transaction isolation level repeatable read");
    CHECK_INT(SET_TRANSACTION, item->kind);
    CHECK_INT(SCOPE_SESSION, item->scope);
    CHECK_STR("REPEATABLE READ", item->name.text);
    CHECK_STR("READ ONLY", set_item(t, "set transaction read only")->name.text);
    SetStatement *set = &sql_ok(t, "SET a = 1, @b = 2, NAMES utf8, @@global.c = 'd'")->set;
    CHECK_INT(4, set->count);
    CHECK_INT(SET_USER, set->items[1].kind);
    CHECK_INT(SET_NAMES, set->items[2].kind);
    CHECK_INT(SCOPE_GLOBAL, set->items[3].scope);
}

TEST(kill_config_and_transactions)
{
    KillStatement *kill = &sql_ok_kind(t, STMT_KILL, "kill 12")->kill;
    CHECK(!kill->is_query);
    CHECK_INT(12, kill->id);
    CHECK(!sql_ok(t, "kill connection 1")->kill.is_query);
    CHECK(sql_ok(t, "kill query 1")->kill.is_query);
    AstProperty *config =
        &sql_ok_kind(t, STMT_ADMIN_SET_CONFIG, "ADMIN SET FRONTEND CONFIG (\"k\" = \"v\");")
             ->config;
    CHECK_STR("k", config->key);
    CHECK_STR("v", config->value);
    (void)sql_ok_kind(t, STMT_BEGIN, "begin");
    (void)sql_ok_kind(t, STMT_BEGIN, "begin work");
    (void)sql_ok_kind(t, STMT_BEGIN, "start transaction with consistent snapshot");
    (void)sql_ok_kind(t, STMT_COMMIT, "commit work");
    (void)sql_ok_kind(t, STMT_ROLLBACK, "rollback");
}
