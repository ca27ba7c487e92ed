/*
 * schema/names: the patterns of names.
 *
 * Source  StarRocks' FeNameFormat (shared-nothing mode); statements.md 3.
 * Errors  BAD_*_NAME.   Threads  pure functions.
 */
#include "schema/names.h"
#include "base/vec.h"

enum { DATABASE_CHARS = 256, COMMON_CHARS = 64, FREE_CHARS = 1024 };

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_word(char byte)
{
    return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '_';
}

// ^[a-zA-Z]\w{0,max-1}$ | ^_[a-zA-Z0-9]\w{0,max-2}$
static bool is_word_name(Str name, size_t max)
{
    if (name.len == 0 || name.len > max) return false;
    for (size_t i = 0; i < name.len; i++)
        if (!is_word(name.ptr[i])) return false;
    if (is_letter(name.ptr[0])) return true;
    return name.ptr[0] == '_' && name.len >= 2 && name.ptr[1] != '_';
}

static size_t count_chars(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

static bool is_free_name(Str name)
{
    return name.len > 0 && !str_contains(name, '\0') && str_is_utf8(name) &&
           count_chars(name) <= FREE_CHARS;
}

bool name_is_database(Str name)
{
    return is_word_name(name, DATABASE_CHARS);
}

bool name_is_repository(Str name)
{
    return is_word_name(name, COMMON_CHARS);
}

bool name_is_partition(Str name)
{
    return is_word_name(name, COMMON_CHARS) && !str_starts(name, STR("placeholder_"));
}

bool name_is_table(Str name)
{
    return is_free_name(name);
}

bool name_is_column(Str name)
{
    static const Str RESERVED[] = {STR_INIT("__op"), STR_INIT("__row")};
    if (!is_free_name(name) || str_starts(name, STR("__starrocks_shadow_"))) return false;
    for (size_t i = 0; i < name.len; i++)
        if (str_contains(STR("=<>!*"), name.ptr[i])) return false;
    for (size_t i = 0; i < COUNT_OF(RESERVED); i++)
        if (str_eq_nocase(name, RESERVED[i])) return false;
    return true;
}

Rc name_check_database(Ctx *ctx, Str name)
{
    return name_is_database(name) ? RC_OK : FAIL(ctx, BAD_DATABASE_NAME, STR_ARG(name));
}

Rc name_check_repository(Ctx *ctx, Str name)
{
    return name_is_repository(name) ? RC_OK : FAIL(ctx, BAD_REPOSITORY_NAME, STR_ARG(name));
}

Rc name_check_partition(Ctx *ctx, Str name)
{
    return name_is_partition(name) ? RC_OK : FAIL(ctx, BAD_PARTITION_NAME, STR_ARG(name));
}

Rc name_check_table(Ctx *ctx, Str name)
{
    return name_is_table(name) ? RC_OK : FAIL(ctx, BAD_TABLE_NAME, STR_ARG(name));
}

Rc name_check_column(Ctx *ctx, Str name)
{
    return name_is_column(name) ? RC_OK : FAIL(ctx, BAD_COLUMN_NAME, STR_ARG(name));
}
