/*
 * server/config: the configuration file and its keys, all from the table config.def.
 *
 * Form    `key = value`, one to a line, UTF-8. No sections, no quotes, no line joining.
 * Errors  each names file, line, key, what is expected and what was found.
 * Threads used at start, by the main thread only.
 */
#include "server/config.h"
#include "base/limits.h"
#include "base/vec.h"
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

typedef enum Kind { KIND_BOOL, KIND_INT, KIND_SIZE, KIND_TEXT, KIND_CHOICE, KIND_FOLDERS } Kind;

typedef struct Key {
    Kind kind;
    const char *name, *default_text, *range, *help;
    size_t offset;  // of its field in Config
} Key;

static const Key KEYS[] = {
#define CONFIG(kind, name, default_text, range, help) \
    {KIND_##kind, #name, default_text, range, help, offsetof(Config, name)},
#include "server/config.def"
#undef CONFIG
};

static const Key *find_key(Str name)
{
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        if (str_eq(str_from(KEYS[i].name), name)) return &KEYS[i];
    }
    return NULL;
}

// Values

// How far a unit's letter shifts a number; 0: it is none.
static int unit_shift(char letter)
{
    switch (letter) {
    case 'K': return 10;
    case 'M': return 20;
    case 'G': return 30;
    case 'T': return 40;
    default: return 0;
    }
}

// "64K" is 65536; without a letter it is a plain number.
static bool read_size(Str text, int64_t *out)
{
    int shift = text.len > 0 ? unit_shift(text.ptr[text.len - 1]) : 0;
    uint64_t value;
    if (shift > 0) text.len--;
    if (!str_to_u64(text, &value) || value > (uint64_t)INT64_MAX >> shift) return false;
    *out = (int64_t)(value << shift);
    return true;
}

// The range "least..most", with or without a unit's name behind it.
static void read_range(const Key *key, int64_t *least, int64_t *most)
{
    Str rest = str_from(key->range);
    rest = str_cut(&rest, ' ');
    ptrdiff_t dots = str_find(rest, STR(".."));
    must(dots > 0);
    must(read_size(str_sub(rest, 0, (size_t)dots), least));
    must(read_size(str_sub(rest, (size_t)dots + 2, rest.len), most));
}

static bool is_in_range(const Key *key, int64_t value)
{
    int64_t least, most;
    read_range(key, &least, &most);
    return value >= least && value <= most;
}

static bool set_number(const Key *key, Str value, void *field)
{
    int64_t number;
    bool is_read = key->kind == KIND_SIZE ? read_size(value, &number) : str_to_i64(value, &number);
    if (!is_read || !is_in_range(key, number)) return false;
    *(int64_t *)field = number;
    return true;
}

static bool set_bool(Str value, void *field)
{
    bool is_true = str_eq(value, STR("true"));
    if (!is_true && !str_eq(value, STR("false"))) return false;
    *(bool *)field = is_true;
    return true;
}

static bool is_printable(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte < 0x20 || byte == 0x7F) return false;
    }
    return str_is_utf8(text);
}

static bool set_text(Ctx *ctx, const Key *key, Str value, void *field)
{
    if (!is_in_range(key, (int64_t)value.len) || !is_printable(value)) return false;
    *(Str *)field = str_dup(ctx->arena, value);
    return true;
}

static bool set_choice(Ctx *ctx, const Key *key, Str value, void *field)
{
    for (Str rest = str_from(key->range); rest.len > 0;) {
        Str word = str_trim(str_cut(&rest, ','));
        if (!str_eq(word, value)) continue;
        *(Str *)field = str_dup(ctx->arena, value);
        return true;
    }
    return false;
}

static bool set_folders(Ctx *ctx, Str value, void *field)
{
    VEC(Str) folders = {0};
    for (Str rest = value; rest.len > 0;) {
        bool is_last = !str_contains(rest, ';');
        Str folder = str_trim(str_cut(&rest, ';'));
        bool is_absolute = folder.len > 0 && folder.ptr[0] == '/' && is_printable(folder);
        if (!is_absolute || (!is_last && rest.len == 0)) return false;
        vec_push(ctx->arena, &folders, str_dup(ctx->arena, folder));
    }
    *(ConfigList *)field = (ConfigList){folders.at, folders.len};
    return true;
}

static bool set_field(Ctx *ctx, const Key *key, Str value, Config *config)
{
    void *field = (char *)config + key->offset;
    switch (key->kind) {
    case KIND_BOOL: return set_bool(value, field);
    case KIND_INT:
    case KIND_SIZE: return set_number(key, value, field);
    case KIND_TEXT: return set_text(ctx, key, value, field);
    case KIND_CHOICE: return set_choice(ctx, key, value, field);
    case KIND_FOLDERS: return set_folders(ctx, value, field);
    }
    return false;
}

static Str describe_value(Arena *arena, const Key *key)
{
    switch (key->kind) {
    case KIND_INT: return str_printf(arena, "a whole number %s", key->range);
    case KIND_SIZE: return str_printf(arena, "a size %s (K, M, G, T may follow)", key->range);
    case KIND_TEXT: return str_printf(arena, "a text of %s", key->range);
    case KIND_BOOL:
    case KIND_CHOICE: return str_printf(arena, "one of %s", key->range);
    case KIND_FOLDERS: break;
    }
    return str_from(key->range);
}

Rc config_set(Ctx *ctx, Config *config, Str where, Str key_name, Str value)
{
    const Key *key = find_key(key_name);
    if (key == NULL) return FAIL(ctx, CONFIG_KEY_UNKNOWN, STR_ARG(where), STR_ARG(key_name));
    if (set_field(ctx, key, value, config)) return RC_OK;
    Str expected = describe_value(ctx->arena, key);
    return FAIL(ctx, CONFIG_VALUE, STR_ARG(where), key->name, STR_ARG(expected), STR_ARG(value));
}

void config_set_defaults(Ctx *ctx, Config *config)
{
    *config = (Config){0};
    for (size_t i = 0; i < COUNT_OF(KEYS); i++)
        must(set_field(ctx, &KEYS[i], str_from(KEYS[i].default_text), config));
}

// The file

// A '#' inside a word (a folder's name) begins no comment.
static Str strip_comment(Str line)
{
    for (size_t i = 0; i < line.len; i++) {
        bool is_start = i == 0 || line.ptr[i - 1] == ' ' || line.ptr[i - 1] == '\t';
        if (line.ptr[i] == '#' && is_start) return str_trim(str_sub(line, 0, i));
    }
    return str_trim(line);
}

static Rc read_line(Ctx *ctx, Config *config, Str where, Str line, Str *key)
{
    if (line.len > LIMIT_CONFIG_LINE_BYTES)
        return FAIL(ctx, LIMIT_EXCEEDED, str_z(ctx->arena, where), LIMIT_CONFIG_LINE_BYTES + 0LL);
    Str text = strip_comment(line);
    *key = STR("");
    if (text.len == 0) return RC_OK;
    if (!str_contains(text, '=')) return FAIL(ctx, CONFIG_LINE, STR_ARG(where), STR_ARG(text));
    Str value = text;
    *key = str_trim(str_cut(&value, '='));
    return config_set(ctx, config, where, *key, str_trim(value));
}

Rc config_read_text(Ctx *ctx, Config *config, Str file_name, Str text)
{
    int first_line[COUNT_OF(KEYS)] = {0};
    for (int number = 1; text.len > 0; number++) {
        Str where = str_printf(ctx->arena, "%.*s, line %d", STR_ARG(file_name), number), key;
        TRY(read_line(ctx, config, where, str_cut(&text, '\n'), &key));
        if (key.len == 0) continue;
        int *first = &first_line[find_key(key) - KEYS];
        if (*first > 0) return FAIL(ctx, CONFIG_KEY_TWICE, STR_ARG(where), STR_ARG(key), *first);
        *first = number;
    }
    return RC_OK;
}

static void close_fd(const int *fd)
{
    if (*fd >= 0) close(*fd);
}

Rc config_read_file(Ctx *ctx, Config *config, Str path)
{
    AUTO(close_fd) int fd = open(str_z(ctx->arena, path), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return FAIL(ctx, CONFIG_FILE, STR_ARG(path), strerror(errno));
    Buf text = buf_new(ctx->arena);
    for (char part[4096];;) {
        ssize_t got = read(fd, part, sizeof(part));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FAIL(ctx, CONFIG_FILE, STR_ARG(path), strerror(errno));
        if (got == 0) break;
        buf_add_bytes(&text, part, (size_t)got);
        if (text.len > LIMIT_CONFIG_BYTES)
            return FAIL(ctx, LIMIT_EXCEEDED, "The configuration file", LIMIT_CONFIG_BYTES + 0LL);
    }
    return config_read_text(ctx, config, path, buf_str(&text));
}

// Documentation

void config_print_docs(Buf *out)
{
    static const char *const KINDS[] = {"true/false", "number", "size", "text", "word", "folders"};
    buf_add_z(out, "| key | kind | default | range | meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        const Key *key = &KEYS[i];
        const char *quote = key->default_text[0] != '\0' ? "`" : "";
        buf_printf(out, "| `%s` | %s | %s%s%s | %s | %s |\n", key->name, KINDS[key->kind], quote,
                   key->default_text, quote, key->range, key->help);
    }
}
