#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H
#include "server/config.h"

typedef enum OptionsTask {
    TASK_SERVE,
    TASK_HELP,
    TASK_VERSION,
    TASK_CONFIG_DOCS,
} OptionsTask;

// The command line of kintsugid.
typedef struct Options {
    OptionsTask task;
    bool is_insecure;
    Str config_path;  // STR_NONE: no file
    Str data_dir;     // the rest win over the file; STR_NONE: not given
    Str bind;
    Str mysql_port;
} Options;

// `--name value` and `--name=value`. Errors: USAGE. *out untouched.
NODISCARD Rc options_parse(Ctx *ctx, int argc, char **argv, Options *out);
// Defaults, then the file, then the command line. Errors: USAGE (no data folder), those of
// config.h.
NODISCARD Rc options_load_config(Ctx *ctx, const Options *options, Config *out);
extern const char OPTIONS_HELP[];

#endif
