/*
 * table/rest: columns as they lie in files.
 *
 * Form    column c<file id>, Parquet field id <file id>, parts of nested columns without one;
 *         types as the engine has them, but LARGEINT, inside others too, as UUID (16 bytes in the
 *         order of the numbers; HUGEINT would become DOUBLE, with loss).
 * Errors  FILE_SCHEMA.
 * Threads pure functions; an engine connection is one thread's.
 */
#include "base/map.h"
#include "table/internal.h"

enum { CHECK_BATCH = 256 };  // files whose heads one statement reads

// A value whose type holds no LARGEINT lies in the file as the engine has it.
static bool has_largeint(Type type)
{
    bool found = type.kind == TYPE_LARGEINT;
    for (size_t i = 0; type.parts && i < type.parts->count && !found; i++)
        found = has_largeint(type.parts->types[i]);
    return found;
}

typedef struct Conversion {
    Buf *out;
    bool is_to_file;
    unsigned depth;  // names the variables of lambdas within each other
} Conversion;

static void convert_value(Conversion *conversion, Type type, Str sql);

static Str part_of(Arena *arena, Str sql, Str name)
{
    Buf text = buf_new(arena);
    buf_printf(&text, "struct_extract(%.*s, ", STR_ARG(sql));
    buf_add_quoted(&text, name, '\'');
    buf_add_byte(&text, ')');
    return buf_str(&text);
}

static void convert_struct(Conversion *conversion, Type type, Str sql)
{
    Buf *out = conversion->out;
    buf_printf(out, "CASE WHEN %.*s IS NOT NULL THEN struct_pack(", STR_ARG(sql));
    for (size_t i = 0; i < type.parts->count; i++) {
        Str name = type.parts->names[i];
        if (i) buf_add_z(out, ", ");
        buf_add_quoted(out, name, '"');
        buf_add_z(out, " := ");
        convert_value(conversion, type.parts->types[i], part_of(out->arena, sql, name));
    }
    buf_add_z(out, ") END");
}

static void convert_map(Conversion *conversion, Type type, Str sql, Str entry)
{
    Buf *out = conversion->out;
    buf_printf(out, "map_from_entries(list_transform(map_entries(%.*s), lambda %.*s: {'key': ",
               STR_ARG(sql), STR_ARG(entry));
    convert_value(conversion, type.parts->types[0], part_of(out->arena, entry, STR("key")));
    buf_add_z(out, ", 'value': ");
    convert_value(conversion, type.parts->types[1], part_of(out->arena, entry, STR("value")));
    buf_add_z(out, "}))");
}

static void convert_value(Conversion *conversion, Type type, Str sql)
{
    Buf *out = conversion->out;
    Str element = str_printf(out->arena, "e%u", conversion->depth);
    if (!has_largeint(type)) {
        buf_add(out, sql);
        return;
    }
    conversion->depth++;
    switch (type.kind) {
    case TYPE_ARRAY:
        buf_printf(out, "list_transform(%.*s, lambda %.*s: ", STR_ARG(sql), STR_ARG(element));
        convert_value(conversion, type.parts->types[0], element);
        buf_add_byte(out, ')');
        break;
    case TYPE_MAP: convert_map(conversion, type, sql, element); break;
    case TYPE_STRUCT: convert_struct(conversion, type, sql); break;
    default:
        buf_printf(out, "%s(%.*s)",
                   conversion->is_to_file ? "kg_largeint_to_uuid" : "kg_uuid_to_largeint",
                   STR_ARG(sql));
    }
    conversion->depth--;
}

void rest_print_value(Buf *out, Type type, Str sql, bool is_to_file)
{
    Conversion conversion = {.out = out, .is_to_file = is_to_file};
    convert_value(&conversion, type, sql);
}

void rest_print_column(Buf *out, const Column *column)
{
    rest_print_value(out, column->type, str_printf(out->arena, "c%u", column->id), true);
    buf_printf(out, " AS c%u", column->file_id);
}

static void print_sort_column(Buf *out, const Column *column)
{
    if (out->len) buf_add(out, STR(", "));
    buf_printf(out, "c%u", column->file_id);
}

void rest_print_sort(Buf *out, const TableDef *def)
{
    const Schema *schema = table_current_schema(def);
    for (size_t i = 0; i < def->sort_column_count; i++) {
        const Column *column = schema_column(schema, def->sort_columns[i]);
        if (column) print_sort_column(out, column);
    }
    if (def->sort_column_count) return;
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].is_key) print_sort_column(out, &schema->columns[i]);
}

// --- a file's columns against a schema

// One line of parquet_schema(), as read_columns() writes it: "c1 1 INTEGER", "c2 2 LIST/1".
static void put_expected(Buf *out, Str head, Type type)
{
    if (out->len) buf_add_z(out, ", ");
    buf_printf(out, "%.*s ", STR_ARG(head));
    Str name = type.kind == TYPE_LARGEINT ? STR("UUID") : scan_engine_type(out->arena, type);
    for (size_t k = 0; k < name.len; k++)
        if (name.ptr[k] != ' ') buf_add_byte(out, name.ptr[k]);
}

static void put_expected_column(Buf *out, Str head, Type type);

// The parts of a nested type follow it: a list holds the group `list`, a map the group `key_value`.
static void put_expected_parts(Buf *out, Type type)
{
    const TypeParts *parts = type.parts;
    if (type.kind == TYPE_ARRAY) {
        buf_add_z(out, "LIST/1, list none GROUP/1");
        put_expected_column(out, STR("element none"), parts->types[0]);
        return;
    }
    if (type.kind == TYPE_MAP) {
        buf_add_z(out, "MAP/1, key_value none GROUP/2");
        put_expected_column(out, STR("key none"), parts->types[0]);
        put_expected_column(out, STR("value none"), parts->types[1]);
        return;
    }
    buf_printf(out, "GROUP/%zu", parts->count);
    for (size_t i = 0; i < parts->count; i++)
        put_expected_column(out, str_printf(out->arena, "%.*s none", STR_ARG(parts->names[i])),
                            parts->types[i]);
}

static void put_expected_column(Buf *out, Str head, Type type)
{
    if (type.parts == NULL) {
        put_expected(out, head, type);
        return;
    }
    if (out->len) buf_add_z(out, ", ");
    buf_printf(out, "%.*s ", STR_ARG(head));
    put_expected_parts(out, type);
}

// "c1 1 INTEGER, c2 2 DECIMAL(10,2)": what parquet_schema() must answer.
static Str expected_columns(Arena *arena, const Schema *schema)
{
    Buf out = buf_new(arena);
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        put_expected_column(&out, str_printf(arena, "c%u %u", column->file_id, column->file_id),
                            column->type);
    }
    return buf_str(&out);
}

// "path -> columns" of a batch, as the files say themselves.
static Rc read_columns(Ctx *ctx, EngineConn *conn, const FileSchema *files, size_t count,
                       SinkList *out)
{
    Buf sql = buf_new(ctx->arena);
    // The first row of each file is the root of its tree of columns.
    buf_add(&sql,
            STR("SELECT file_name, coalesce(string_agg(concat(name, ' ', "
                "coalesce(field_id::VARCHAR, 'none'), ' ', "
                "coalesce(duckdb_type, type, converted_type, 'GROUP'), '/' || num_children), "
                "', ' ORDER BY column_id) FILTER (column_id > 0), '') FROM parquet_schema(["));
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_byte(&sql, ',');
        buf_add_quoted(&sql, files[i].path, '\'');
    }
    buf_add(&sql, STR("]) GROUP BY file_name ORDER BY file_name"));
    sink_list_init(out);
    return engine_query(ctx, conn, buf_str(&sql), NULL, &out->sink);
}

static Rc check_batch(Ctx *ctx, EngineConn *conn, const FileSchema *files, size_t count)
{
    SinkList found;
    TRY(read_columns(ctx, conn, files, count, &found));
    Map columns = map_new(ctx->arena);
    for (SinkRow *row = found.first; row; row = row->next)
        map_put(&columns, row->cells[0], &row->cells[1]);
    const Schema *schema = NULL;
    Str expected = STR("");
    for (size_t i = 0; i < count; i++) {
        if (files[i].schema != schema) expected = expected_columns(ctx->arena, files[i].schema);
        schema = files[i].schema;
        const Str *have = map_get(&columns, files[i].path);
        Str text = have ? *have : STR("nothing");
        if (!str_eq(text, expected))
            return FAIL(ctx, FILE_SCHEMA, STR_ARG(files[i].path), STR_ARG(expected), STR_ARG(text));
    }
    return RC_OK;
}

Rc table_check_files(Ctx *ctx, EngineConn *conn, const FileSchema *files, size_t count)
{
    for (size_t from = 0; from < count; from += CHECK_BATCH) {
        size_t left = count - from;
        ArenaMark mark = arena_mark(ctx->arena);
        TRY(check_batch(ctx, conn, files + from, left < CHECK_BATCH ? left : CHECK_BATCH));
        arena_rewind(ctx->arena, mark);
        TRY(ctx_poll(ctx));
    }
    return RC_OK;
}
