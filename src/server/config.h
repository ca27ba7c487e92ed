#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H
#include "base/ctx.h"

// Folders, or other texts, that were separated by ';'.
typedef struct ConfigList {
    Str *at;
    size_t len;
} ConfigList;

// What kinds a key may have, and what its field then is:
//   BOOL    true | false                      bool
//   INT     a whole number                    int64_t
//   SIZE    a whole number, K M G T behind it count in 1024s   int64_t
//   TEXT    any characters but control ones   Str
//   CHOICE  one of the words of its range     Str
//   FOLDERS absolute paths, separated by ';'  ConfigList
#define CONFIG_FIELD_BOOL bool
#define CONFIG_FIELD_INT int64_t
#define CONFIG_FIELD_SIZE int64_t
#define CONFIG_FIELD_TEXT Str
#define CONFIG_FIELD_CHOICE Str
#define CONFIG_FIELD_FOLDERS ConfigList

// config.def is the only list of keys. Texts live in the arena of the Ctx that set them.
typedef struct Config {
#define CONFIG(kind, name, default_text, range, help) CONFIG_FIELD_##kind name;
#include "server/config.def"
#undef CONFIG
} Config;

void config_set_defaults(Ctx *ctx, Config *config);
// `where` names the place in messages ("kintsugi.conf, line 3", "--mysql-port").
// Errors: CONFIG_KEY_UNKNOWN, CONFIG_VALUE.
NODISCARD Rc config_set(Ctx *ctx, Config *config, Str where, Str key, Str value);
// Lines `key = value`; '#' begins a comment at the start of a line or behind a blank.
// Errors: CONFIG_FILE, CONFIG_LINE, CONFIG_KEY_TWICE, LIMIT_EXCEEDED, and those of config_set().
NODISCARD Rc config_read_file(Ctx *ctx, Config *config, Str path);
NODISCARD Rc config_read_text(Ctx *ctx, Config *config, Str file_name, Str text);
// The Markdown table of docs/operations.md.
void config_print_docs(Buf *out);

#endif
