/*
 * exec/common: what most handlers need: names looked up, answers of plain text, numbers and times
 * as text.
 *
 * Errors  NO_DATABASE, UNKNOWN_CATALOG, UNKNOWN_DATABASE, UNKNOWN_TABLE.   Threads  the session's.
 */
#include "exec/session.h"

// --------------------------------------------------------------------------------------- answers

Rc answer_begin(Ctx *ctx, Execution *x, const TextColumn *columns, size_t count)
{
    SinkColumn *sent = ARENA_ARRAY(ctx->arena, SinkColumn, count);
    for (size_t i = 0; i < count; i++) {
        sent[i].name = str_from(columns[i].name);
        sent[i].type = (Type){.kind = columns[i].kind};
        if (columns[i].kind == TYPE_VARCHAR) sent[i].type.len = TYPE_STRING_LEN;
        sent[i].table = sent[i].database = STR("");
    }
    x->result->has_rows = true;
    return x->sink->begin(x->sink, ctx, sent, count);
}

Rc answer_row(Ctx *ctx, Execution *x, const Str *cells)
{
    return x->sink->row(x->sink, ctx, cells);
}

// ----------------------------------------------------------------------------------------- names

bool name_is_virtual(Str database)
{
    return str_eq_nocase(database, STR("information_schema"));
}

static Rc check_catalog(Ctx *ctx, Str catalog)
{
    if (str_eq_nocase(catalog, STR("default_catalog"))) return RC_OK;
    return FAIL(ctx, UNKNOWN_CATALOG, STR_ARG(catalog));
}

Rc exec_database_name(Ctx *ctx, const Execution *x, QName name, bool is_table, Str *out)
{
    size_t last = is_table ? 1 : 0;  // parts behind the database
    size_t parts = name.count > last ? name.count - last : 0;
    must(parts <= 2);
    if (parts == 2) TRY(check_catalog(ctx, name.parts[0]));
    *out = parts > 0 ? name.parts[parts - 1] : x->session->database;
    return out->len > 0 ? RC_OK : FAIL(ctx, NO_DATABASE);
}

Rc exec_refuse_virtual(Ctx *ctx, Str database)
{
    if (!name_is_virtual(database)) return RC_OK;
    return SAY(ctx, SEMANTIC, "Access denied; the database information_schema can not be changed");
}

Rc exec_refuse_virtual_table(Ctx *ctx, const Execution *x, QName table)
{
    Str database;
    TRY(exec_database_name(ctx, x, table, true, &database));
    return exec_refuse_virtual(ctx, database);
}

Rc exec_database(Ctx *ctx, const Execution *x, QName name, const Database **out)
{
    Str wanted;
    TRY(exec_database_name(ctx, x, name, false, &wanted));
    const Database *database = catalog_find_database(x->snapshot, wanted);
    if (!database) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(wanted));
    *out = database;
    return RC_OK;
}

Rc exec_table(Ctx *ctx, const Execution *x, QName name, FoundTable *out)
{
    Str wanted;
    TRY(exec_database_name(ctx, x, name, true, &wanted));
    const Database *database = catalog_find_database(x->snapshot, wanted);
    if (!database) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(wanted));
    const Table *table = catalog_find_table(database, qname_last(name));
    if (!table) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(qname_last(name)));
    *out = (FoundTable){database, table};
    return RC_OK;
}

// ------------------------------------------------------------------------------------------ LIKE

static char fold(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

// Bytes of the UTF-8 character that begins at `text`.
static size_t char_bytes(Str text)
{
    size_t n = 1;
    while (n < text.len && ((unsigned char)text.ptr[n] & 0xC0) == 0x80) n++;
    return n;
}

// One step of the pattern against the head of the text: both move on. False: no match.
static bool like_step(Str *pattern, Str *text)
{
    size_t sign = pattern->ptr[0] == '\\' && pattern->len > 1;
    if (!sign && pattern->ptr[0] == '_') {
        *text = str_sub(*text, char_bytes(*text), text->len);
    } else {
        if (fold(pattern->ptr[sign]) != fold(text->ptr[0])) return false;
        *text = str_sub(*text, 1, text->len);
    }
    *pattern = str_sub(*pattern, sign + 1, pattern->len);
    return true;
}

// Where it fails it goes back to the last % and lets that take a byte more: no recursion, at most
// pattern times text steps.
bool like_matches(Str pattern, Str text)
{
    Str after = STR_NONE, from = STR_NONE;  // behind the last %, and what it leaves
    if (!pattern.ptr) return true;
    for (;;) {
        if (pattern.len > 0 && pattern.ptr[0] == '%') {
            pattern = str_sub(pattern, 1, pattern.len);
            after = pattern;
            from = text;
        } else if (text.len == 0) {
            return pattern.len == 0;
        } else if (pattern.len == 0 || !like_step(&pattern, &text)) {
            if (!after.ptr || from.len == 0) return false;
            from = str_sub(from, 1, from.len);
            pattern = after;
            text = from;
        }
    }
}

// ------------------------------------------------------------------------------------------ text

Str text_time(Arena *arena, int64_t wall_ms)
{
    char text[CLOCK_TEXT_SIZE];
    if (wall_ms == 0) return STR_NONE;
    return str_dup(arena, str_from(clock_text(wall_ms, text)));
}

Str text_u64(Arena *arena, uint64_t number)
{
    return str_printf(arena, "%llu", (unsigned long long)number);
}

Str text_i64(Arena *arena, int64_t number)
{
    return str_printf(arena, "%lld", (long long)number);
}

Str text_bytes(Arena *arena, uint64_t bytes)
{
    static const char *const UNITS[] = {"B", "KB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    uint64_t scale = 1;
    while (bytes / scale >= 1024 && unit + 1 < sizeof(UNITS) / sizeof(UNITS[0])) {
        scale *= 1024;
        unit++;
    }
    uint64_t tenths = bytes % scale * 10 / scale;
    if (tenths == 0)
        return str_printf(arena, "%llu%s", (unsigned long long)(bytes / scale), UNITS[unit]);
    return str_printf(arena, "%llu.%llu%s", (unsigned long long)(bytes / scale),
                      (unsigned long long)tenths, UNITS[unit]);
}

// One storage root, hence one backend.
uint32_t exec_backend_count(const Execution *x)
{
    (void)x;
    return 1;
}
