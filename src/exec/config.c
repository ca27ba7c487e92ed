/*
 * exec/config: ADMIN SHOW | SET FRONTEND CONFIG.
 *
 * Form    config.def is the list. A value is text, checked by kind when it is set.
 * Errors  CONFIG_NOT_MUTABLE, CONFIG_BAD_VALUE.   Threads  values are behind `lock`.
 */
#include "exec/config.h"
#include "base/lock.h"
#include "base/vec.h"
#include "exec/handlers.h"
#include "exec/showrows.h"

enum { VALUE_BYTES = 64 };
typedef enum Kind { BOOL, INT, TEXT } Kind;

typedef struct Spec {
    Str name;
    Kind kind;
    Str by_default;
    bool is_mutable;
    Str comment;
} Spec;

static const Spec SPECS[] = {
#define FRONTEND_CONFIG(name, kind, by_default, is_mutable, comment) \
    {STR_INIT(name), kind, STR_INIT(by_default), is_mutable, STR_INIT(comment)},
#include "exec/config.def"
#undef FRONTEND_CONFIG
};
enum { SPEC_COUNT = COUNT_OF(SPECS) };
static const char *const KIND_TEXTS[] = {"boolean", "long", "String"};

typedef struct Value {
    size_t len;
    char text[VALUE_BYTES];
} Value;

struct Configs {
    Lock lock;  // RANK_LEAF: values
    Value values[SPEC_COUNT];
};

static size_t find_config(Str name)
{
    size_t i = 0;
    while (i < SPEC_COUNT && !str_eq(SPECS[i].name, name)) i++;
    return i;
}

static void store(Configs *configs, size_t index, Str text)
{
    must(index < SPEC_COUNT && text.len <= VALUE_BYTES);
    Value *value = &configs->values[index];
    lock_take(&configs->lock);
    value->len = text.len;
    memcpy(value->text, text.ptr, text.len);
    lock_give(&configs->lock);
}

static Str load(Configs *configs, Arena *arena, size_t index)
{
    lock_take(&configs->lock);
    Str text = str_dup(arena, (Str){configs->values[index].text, configs->values[index].len});
    lock_give(&configs->lock);
    return text;
}

Configs *configs_new(Arena *arena, const InstanceOptions *options)
{
    Configs *configs = ARENA_NEW(arena, Configs);
    lock_init(&configs->lock, RANK_LEAF);
    for (size_t i = 0; i < SPEC_COUNT; i++) store(configs, i, SPECS[i].by_default);
    store(configs, find_config(STR("catalog_trash_expire_second")),
          str_printf(arena, "%lld", (long long)options->trash_expire_second));
    store(configs, find_config(STR("query_port")), str_printf(arena, "%u", options->mysql_port));
    store(configs, find_config(STR("enable_backup_materialized_view")),
          options->enable_backup_materialized_view ? STR("true") : STR("false"));
    return configs;
}

void config_set_port(Configs *configs, uint16_t port)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    store(configs, find_config(STR("query_port")), str_printf(arena, "%u", port));
}

Rc exec_show_config(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Key", TYPE_VARCHAR},  {"AliasNames", TYPE_VARCHAR}, {"Value", TYPE_VARCHAR},
        {"Type", TYPE_VARCHAR}, {"IsMutable", TYPE_VARCHAR},  {"Comment", TYPE_VARCHAR},
    };
    ShowRows rows = SHOW_ROWS(COLUMNS);
    for (size_t i = 0; i < SPEC_COUNT; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = SPECS[i].name;
        cells[1] = STR("[]");
        cells[2] = load(x->instance->configs, ctx->arena, i);
        cells[3] = str_from(KIND_TEXTS[SPECS[i].kind]);
        cells[4] = SPECS[i].is_mutable ? STR("true") : STR("false");
        cells[5] = SPECS[i].comment;
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

Rc exec_set_config(Ctx *ctx, Execution *x)
{
    Str key = x->stmt->config.key, value = str_trim(x->stmt->config.value);
    size_t index = find_config(key);
    if (index == SPEC_COUNT || !SPECS[index].is_mutable)
        return FAIL(ctx, CONFIG_NOT_MUTABLE, STR_ARG(key));
    must(SPECS[index].kind == BOOL);
    bool is_true = str_eq_nocase(value, STR("true"));
    if (!is_true && !str_eq_nocase(value, STR("false")))
        return FAIL(ctx, CONFIG_BAD_VALUE, STR_ARG(key), STR_ARG(value));
    store(x->instance->configs, index, is_true ? STR("true") : STR("false"));
    return RC_OK;
}
