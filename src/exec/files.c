/*
 * exec/files: FILES() as a relation of the engine.
 *
 * Form    keys are read by a table; the engine tells columns and types once per statement and
 *         FILES(); the relation names them, with types that StarRocks has.
 * Errors  SEMANTIC, NOT_SUPPORTED, FILES_*, those of the engine.
 * Threads the session's. Between the check of a path and the engine's opening somebody who may
 *         write into the configured folder can swap a file for a link: such folders belong to the
 *         administrator.
 */
#include "exec/files.h"
#include "base/vec.h"

#define NO_NULL "\x01kg\x01"  // a text that means NULL and stands in no file

enum { MAX_SEPARATOR_BYTES = 4, DEFAULT_SAMPLE_ROWS = 20480 };

typedef enum FileFormat { FORMAT_PARQUET, FORMAT_CSV, FORMAT_JSON } FileFormat;

typedef struct FilesOptions {
    FileFormat format;
    Str separator, enclose, escape;  // of CSV
    uint64_t skip_header, sample_rows;
    bool is_trimmed, are_types_found;
} FilesOptions;

typedef struct FileColumn {
    Str name;   // as the engine names it
    Str found;  // the engine's type
    Type type;
} FileColumn;

typedef struct OpenedFiles {
    struct OpenedFiles *next;
    const Property *properties;
    size_t property_count;
    FilesOptions options;
    PathList paths;
    FileColumn *columns;
    size_t column_count;
} OpenedFiles;

// ------------------------------------------------------------------------------------------ keys

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

// \t, \n, \r, \\ and \xHH; anything else stands for itself.
static Str unescape(Arena *arena, Str text)
{
    Buf out = buf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        Str rest = str_sub(text, i, text.len);
        bool is_hex = rest.len >= 4 && str_starts_nocase(rest, STR("\\x")) &&
                      hex_digit(rest.ptr[2]) >= 0 && hex_digit(rest.ptr[3]) >= 0;
        const char *known =
            rest.len >= 2 && rest.ptr[0] == '\\' ? strchr("t\tn\nr\r\\\\", rest.ptr[1]) : NULL;
        if (is_hex) {
            buf_add_byte(&out, (char)(hex_digit(rest.ptr[2]) * 16 + hex_digit(rest.ptr[3])));
            i += 3;
        } else if (known && *known) {
            buf_add_byte(&out, known[1]);
            i++;
        } else {
            buf_add_byte(&out, text.ptr[i]);
        }
    }
    return buf_str(&out);
}

static Rc read_bool(Ctx *ctx, const Property *given, bool *out)
{
    bool is_true = str_eq_nocase(given->value, STR("true"));
    if (!is_true && !str_eq_nocase(given->value, STR("false")))
        return SAY(ctx, SEMANTIC, "%.*s of FILES is true or false, found '%.*s'",
                   STR_ARG(given->key), STR_ARG(given->value));
    *out = is_true;
    return RC_OK;
}

static Rc read_number(Ctx *ctx, const Property *given, uint64_t *out)
{
    if (str_to_u64(given->value, out) && *out <= INT32_MAX) return RC_OK;
    return SAY(ctx, SEMANTIC, "%.*s of FILES is a whole number, found '%.*s'", STR_ARG(given->key),
               STR_ARG(given->value));
}

static Rc read_bytes(Ctx *ctx, const Property *given, size_t most, Str *out)
{
    Str text = unescape(ctx->arena, given->value);
    if (text.len < 1 || text.len > most)
        return SAY(ctx, SEMANTIC, "%.*s of FILES has %s%zu byte%s, found '%.*s'",
                   STR_ARG(given->key), most > 1 ? "1 to " : "", most, most > 1 ? "s" : "",
                   STR_ARG(given->value));
    *out = text;
    return RC_OK;
}

static Rc read_format(Ctx *ctx, Str value, FilesOptions *out)
{
    static const struct {
        Str name;
        FileFormat format;
    } FORMATS[] = {{STR_INIT("parquet"), FORMAT_PARQUET},
                   {STR_INIT("csv"), FORMAT_CSV},
                   {STR_INIT("json"), FORMAT_JSON}};
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++) {
        if (!str_eq_nocase(FORMATS[i].name, value)) continue;
        out->format = FORMATS[i].format;
        return RC_OK;
    }
    if (str_eq_nocase(value, STR("orc")) || str_eq_nocase(value, STR("avro")))
        return SAY(ctx, NOT_SUPPORTED, "the format %.*s in FILES", STR_ARG(value));
    return SAY(ctx, SEMANTIC, "not supported format: %.*s", STR_ARG(value));
}

static Rc read_row_delimiter(Ctx *ctx, const Property *given)
{
    Str text = unescape(ctx->arena, given->value);
    if (str_eq(text, STR("\n")) || str_eq(text, STR("\r\n")) || str_eq(text, STR("\r")))
        return RC_OK;
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("csv.row_delimiter other than line ends")));
}

static Rc read_key(Ctx *ctx, const Property *given, FilesOptions *out)
{
    Str key = given->key;
    if (str_eq(key, STR("path")) || str_eq(key, STR("format"))) return RC_OK;
    if (str_eq(key, STR("auto_detect_types"))) return read_bool(ctx, given, &out->are_types_found);
    if (str_eq(key, STR("auto_detect_sample_rows")))
        return read_number(ctx, given, &out->sample_rows);
    if (str_starts(key, STR("csv.")) && out->format != FORMAT_CSV)
        return SAY(ctx, SEMANTIC, "%.*s of FILES is for the format csv", STR_ARG(key));
    if (str_eq(key, STR("csv.column_separator")))
        return read_bytes(ctx, given, MAX_SEPARATOR_BYTES, &out->separator);
    if (str_eq(key, STR("csv.row_delimiter"))) return read_row_delimiter(ctx, given);
    if (str_eq(key, STR("csv.skip_header"))) return read_number(ctx, given, &out->skip_header);
    if (str_eq(key, STR("csv.enclose"))) return read_bytes(ctx, given, 1, &out->enclose);
    if (str_eq(key, STR("csv.escape"))) return read_bytes(ctx, given, 1, &out->escape);
    if (str_eq(key, STR("csv.trim_space"))) return read_bool(ctx, given, &out->is_trimmed);
    return SAY(ctx, SEMANTIC, "Unknown property of FILES: %.*s", STR_ARG(key));
}

static Rc read_options(Ctx *ctx, OpenedFiles *files)
{
    Str format = properties_get(files->properties, files->property_count, "format");
    files->options = (FilesOptions){
        .separator = STR("\t"), .sample_rows = DEFAULT_SAMPLE_ROWS, .are_types_found = true};
    if (!format.ptr) return SAY(ctx, SEMANTIC, "format of FILES is missing: parquet, csv or json");
    TRY(read_format(ctx, format, &files->options));
    for (size_t i = 0; i < files->property_count; i++)
        TRY(read_key(ctx, &files->properties[i], &files->options));
    // Inside an enclosed field the enclosing byte itself is written twice, unless told otherwise.
    if (files->options.escape.len == 0) files->options.escape = files->options.enclose;
    return RC_OK;
}

// ---------------------------------------------------------------------------------- engine's SQL

static void put_paths(Buf *out, PathList paths)
{
    buf_add_byte(out, '[');
    for (size_t i = 0; i < paths.count; i++) {
        if (i > 0) buf_add(out, STR(", "));
        engine_put_string(out, paths.at[i]);
    }
    buf_add_byte(out, ']');
}

// The engine allows no escape byte in the text that means NULL: then \N is found by put_csv_column.
static bool is_escaped_by_backslash(const FilesOptions *options)
{
    return str_eq(options->escape, STR("\\"));
}

// `is_found`: columns and types are known, so that each row is read by them; else the engine looks.
static void put_csv(Buf *out, const OpenedFiles *files, bool is_found)
{
    const FilesOptions *options = &files->options;
    buf_add(out, STR("read_csv("));
    put_paths(out, files->paths);
    buf_printf(out,
               ", header = false, skip = %llu, delim = ", (unsigned long long)options->skip_header);
    engine_put_string(out, options->separator);
    buf_add(out, STR(", quote = "));
    engine_put_string(out, options->enclose);
    buf_add(out, STR(", escape = "));
    engine_put_string(out, options->escape);
    buf_add(out, STR(", comment = '', null_padding = false"));
    bool is_free = !is_escaped_by_backslash(options);
    if (!is_found) {
        buf_printf(out,
                   ", auto_detect = true, all_varchar = %s, nullstr = [%s''], sample_size = %llu)",
                   options->are_types_found ? "false" : "true", is_free ? "'\\N', " : "",
                   (unsigned long long)options->sample_rows);
        return;
    }
    buf_printf(out, ", auto_detect = false, nullstr = '%s', columns = {",
               is_free ? "\\N" : NO_NULL);
    for (size_t i = 0; i < files->column_count; i++)
        buf_printf(out, "%s'$%zu': 'VARCHAR'", i > 0 ? ", " : "", i + 1);
    buf_add(out, STR("})"));
}

static void put_source(Buf *out, const OpenedFiles *files, bool is_found)
{
    switch (files->options.format) {
    case FORMAT_CSV: put_csv(out, files, is_found); return;
    case FORMAT_PARQUET:
        buf_add(out, STR("read_parquet("));
        put_paths(out, files->paths);
        buf_add(out, STR(", union_by_name = true, hive_partitioning = false)"));
        return;
    case FORMAT_JSON:
        buf_add(out, STR("read_json("));
        put_paths(out, files->paths);
        buf_printf(out, ", hive_partitioning = false, sample_size = %llu)",
                   (unsigned long long)files->options.sample_rows);
        return;
    }
}

// --------------------------------------------------------------------------------------- columns

static bool has_parts(Str found)
{
    return str_starts(found, STR("STRUCT(")) || str_starts(found, STR("MAP(")) ||
           str_ends(found, STR("]"));
}

static Rc take_columns(Ctx *ctx, OpenedFiles *files, const SinkList *list)
{
    files->columns = ARENA_ARRAY(ctx->arena, FileColumn, list->row_count);
    for (const SinkRow *row = list->first; row; row = row->next) {
        FileColumn *column = &files->columns[files->column_count++];
        column->found = row->cells[1];
        column->type = files_type(ctx->arena, column->found);
        column->name = row->cells[0];
        if (files->options.format == FORMAT_CSV)
            column->name = str_printf(ctx->arena, "$%zu", files->column_count);
    }
    return files->column_count > 0 ? RC_OK
                                   : SAY(ctx, SEMANTIC, "the files of FILES have no columns");
}

// What the engine tells about a file that it can not cut into fields is a page about its own
// options.
static Rc refuse_content(Ctx *ctx, const OpenedFiles *files)
{
    const FilesOptions *options = &files->options;
    Str path = files->paths.at[0];
    ctx_clear(ctx);
    return SAY(ctx, SEMANTIC,
               "%.*s%s can not be read as CSV with csv.column_separator '%.*s' and csv.enclose "
               "'%.*s': the first lines differ in their number of fields, or are no UTF-8",
               STR_ARG(path), files->paths.count > 1 ? " or one of the files with it" : "",
               STR_ARG(options->separator), STR_ARG(options->enclose));
}

// The engine's DESCRIBE answers a row per column: its name, its type, and more.
static Rc describe(Ctx *ctx, Execution *x, OpenedFiles *files)
{
    EngineConn *conn;
    SinkList list;
    Buf sql = buf_new(ctx->arena);
    sink_list_init(&list);
    buf_add(&sql, STR("DESCRIBE SELECT * FROM "));
    put_source(&sql, files, false);
    TRY(session_engine(ctx, x->session, &conn));
    Rc rc = engine_query(ctx, conn, buf_str(&sql), NULL, &list.sink);
    if (ctx->err.id == ERR_ENGINE_VALUE && files->options.format == FORMAT_CSV)
        return refuse_content(ctx, files);
    if (rc != RC_OK) return rc;
    must(list.column_count >= 2);
    return take_columns(ctx, files, &list);
}

static bool same_properties(const OpenedFiles *files, const Property *properties, size_t count)
{
    if (files->property_count != count) return false;
    for (size_t i = 0; i < count; i++)
        if (!str_eq(files->properties[i].key, properties[i].key) ||
            !str_eq(files->properties[i].value, properties[i].value))
            return false;
    return true;
}

static Rc open_files(Ctx *ctx, Execution *x, const Property *properties, size_t count,
                     const OpenedFiles **out)
{
    for (OpenedFiles *at = x->files; at; at = at->next) {
        if (!same_properties(at, properties, count)) continue;
        *out = at;
        return RC_OK;
    }
    OpenedFiles *files = ARENA_NEW(ctx->arena, OpenedFiles);
    files->properties = properties;
    files->property_count = count;
    TRY(read_options(ctx, files));
    Str path = properties_get(properties, count, "path");
    if (!path.ptr) return SAY(ctx, SEMANTIC, "path of FILES is missing");
    TRY(files_expand(ctx, &x->instance->options, path, &files->paths));
    TRY(describe(ctx, x, files));
    files->next = x->files;
    x->files = files;
    *out = files;
    return RC_OK;
}

Rc files_columns(Ctx *ctx, Execution *x, const Property *properties, size_t count,
                 VirtualTable *out)
{
    const OpenedFiles *files;
    TRY(open_files(ctx, x, properties, count, &files));
    SinkColumn *columns = ARENA_ARRAY(ctx->arena, SinkColumn, files->column_count);
    for (size_t i = 0; i < files->column_count; i++)
        columns[i] = (SinkColumn){files->columns[i].name, files->columns[i].type, STR(""), STR("")};
    *out = (VirtualTable){STR("files"), columns, files->column_count};
    return RC_OK;
}

// ------------------------------------------------------------------------------------------ fill

// A field of a CSV file is a text until here; an empty one is NULL for what is no text. A value
// that does not fit the type found in the first lines fails the statement.
static void put_csv_column(Buf *out, const FilesOptions *options, const FileColumn *column)
{
    Buf field = buf_new(out->arena);
    engine_put_name(&field, column->name);
    Str text = buf_str(&field);
    if (options->is_trimmed) text = str_printf(out->arena, "trim(%.*s)", STR_ARG(text));
    if (is_escaped_by_backslash(options))
        text = str_printf(out->arena, "nullif(%.*s, '\\N')", STR_ARG(text));
    if (column->type.kind == TYPE_VARCHAR) {
        buf_add(out, text);
        return;
    }
    Str type = scan_engine_type(out->arena, column->type);
    text = str_printf(out->arena, "nullif(%.*s, '')", STR_ARG(text));
    buf_printf(out,
               "CASE WHEN TRY_CAST(%.*s AS %.*s) IS NULL AND %.*s IS NOT NULL THEN "
               "kg_bad_value(%.*s, '%s', '%.*s') ELSE TRY_CAST(%.*s AS %.*s) END",
               STR_ARG(text), STR_ARG(type), STR_ARG(text), STR_ARG(text),
               type_name(column->type.kind), STR_ARG(column->name), STR_ARG(text), STR_ARG(type));
}

static void put_column(Buf *out, const FileColumn *column)
{
    Str type = scan_engine_type(out->arena, column->type);
    if (str_eq(type, column->found)) {
        engine_put_name(out, column->name);
        return;
    }
    // Parts that no type of ours has: as text.
    bool is_text = has_parts(column->found) && column->type.parts == NULL;
    buf_add_z(out, is_text ? "CAST(to_json(" : "CAST(");
    engine_put_name(out, column->name);
    buf_printf(out, "%s AS %.*s)", is_text ? ")" : "", STR_ARG(type));
}

Rc files_fill(Ctx *ctx, Execution *x, const Scan *scan, Buf *out)
{
    const OpenedFiles *files;
    TRY(open_files(ctx, x, scan->properties, scan->property_count, &files));
    buf_add(out, STR("(SELECT "));
    for (size_t i = 0; i < files->column_count; i++) {
        const FileColumn *column = &files->columns[i];
        if (i > 0) buf_add(out, STR(", "));
        if (files->options.format == FORMAT_CSV)
            put_csv_column(out, &files->options, column);
        else
            put_column(out, column);
        buf_add(out, STR(" AS "));
        engine_put_name(out, column->name);
    }
    buf_add(out, STR(" FROM "));
    put_source(out, files, true);
    buf_add_byte(out, ')');
    return RC_OK;
}
