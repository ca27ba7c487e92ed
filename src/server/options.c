/*
 * server/options: the command line of kintsugid.
 *
 * Errors  USAGE, naming the option.   Threads  the main thread, at start.
 */
#include "server/options.h"
#include "base/vec.h"
#include <stddef.h>

const char OPTIONS_HELP[] =
    "Usage: kintsugid --data-dir DIR [OPTION..]\n"
    "\n"
    "  --data-dir DIR         folder of everything the server keeps; made if it is not there\n"
    "  --bind ADDRESS         numeric address to listen on (127.0.0.1)\n"
    "  --mysql-port PORT      port of the MySQL protocol (9030); 0 picks a free one\n"
    "  --config FILE          lines `key = value`; the options above win over it\n"
    "  --insecure             allow --bind elsewhere than loopback though root has no password\n"
    "  --print-config-docs    print the table of all keys of the configuration file\n"
    "  --version              print the version\n"
    "  --help                 print this\n"
    "\n"
    "When it accepts clients it prints one line: kintsugid: ready on ADDRESS:PORT\n"
    "SIGTERM or SIGINT stops it.\n";

// With a value: it goes to `offset`. Without: `task` is done, or, when that is TASK_SERVE, the
// server is insecure.
static const struct {
    const char *name;
    bool has_value;
    size_t offset;
    OptionsTask task;
} OPTIONS[] = {
    {"--data-dir", true, offsetof(Options, data_dir), TASK_SERVE},
    {"--bind", true, offsetof(Options, bind), TASK_SERVE},
    {"--mysql-port", true, offsetof(Options, mysql_port), TASK_SERVE},
    {"--config", true, offsetof(Options, config_path), TASK_SERVE},
    {"--insecure", false, 0, TASK_SERVE},
    {"--print-config-docs", false, 0, TASK_CONFIG_DOCS},
    {"--version", false, 0, TASK_VERSION},
    {"--help", false, 0, TASK_HELP},
};

static Rc fail_usage(Ctx *ctx, const char *format, Str what)
{
    Str shown = str_printf(ctx->arena, "'%.*s'", STR_ARG(what));
    return SAY(ctx, USAGE, "%s %.*s", format, STR_ARG(shown));
}

// `next` is the argument behind, NULL at the end; *is_used: it was this option's value.
static Rc take_option(Ctx *ctx, Str argument, const char *next, Options *options, bool *is_used)
{
    bool has_equals = str_contains(argument, '=');
    Str value = argument, name = str_cut(&value, '=');
    *is_used = false;
    for (size_t i = 0; i < COUNT_OF(OPTIONS); i++) {
        if (!str_eq(name, str_from(OPTIONS[i].name))) continue;
        if (!OPTIONS[i].has_value) {
            if (has_equals) return fail_usage(ctx, "no value belongs to", name);
            if (OPTIONS[i].task == TASK_SERVE)
                options->is_insecure = true;
            else
                options->task = OPTIONS[i].task;
            return RC_OK;
        }
        if (!has_equals && next == NULL) return fail_usage(ctx, "a value is missing behind", name);
        Str *field = (Str *)(void *)((char *)options + OPTIONS[i].offset);
        if (field->ptr != NULL) return fail_usage(ctx, "given twice:", name);
        *field = has_equals ? value : str_from(next);
        *is_used = !has_equals;
        return RC_OK;
    }
    return fail_usage(ctx, "unknown option", argument);
}

Rc options_parse(Ctx *ctx, int argc, char **argv, Options *out)
{
    Options options = {.task = TASK_SERVE};
    for (int i = 1; i < argc; i++) {
        bool is_used;
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        TRY(take_option(ctx, str_from(argv[i]), next, &options, &is_used));
        if (is_used) i++;
    }
    *out = options;
    return RC_OK;
}

Rc options_load_config(Ctx *ctx, const Options *options, Config *out)
{
    const struct {
        Str value, where, key;
    } given[] = {
        {options->data_dir, STR("--data-dir"), STR("data_dir")},
        {options->bind, STR("--bind"), STR("bind")},
        {options->mysql_port, STR("--mysql-port"), STR("mysql_port")},
    };
    Config config;
    config_set_defaults(ctx, &config);
    if (options->config_path.ptr != NULL) TRY(config_read_file(ctx, &config, options->config_path));
    for (size_t i = 0; i < COUNT_OF(given); i++) {
        if (given[i].value.ptr != NULL)
            TRY(config_set(ctx, &config, given[i].where, given[i].key, given[i].value));
    }
    if (config.data_dir.len == 0)
        return FAIL(ctx, USAGE,
                    STR_ARG(STR("no data folder: give --data-dir, or data_dir in the file")));
    *out = config;
    return RC_OK;
}
