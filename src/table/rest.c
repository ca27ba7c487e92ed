/*
 * table/rest: columns as they lie in files.
 *
 * Form    column c<file id>, Parquet field id <file id>; types as the engine has them, but
 *         LARGEINT as UUID (16 bytes in the order of the numbers; HUGEINT would become DOUBLE,
 *         with loss).
 * Errors  FILE_SCHEMA.
 * Threads pure functions; an engine connection is one thread's.
 */
#include "base/map.h"
#include "table/internal.h"

enum { CHECK_BATCH = 256 };  // files whose heads one statement reads

void rest_print_column(Buf *out, const Column *column)
{
    if (column->type.kind == TYPE_LARGEINT)
        buf_printf(out, "kg_largeint_to_uuid(c%u)", column->id);
    else
        buf_printf(out, "c%u", column->id);
    buf_printf(out, " AS c%u", column->file_id);
}

Str rest_type(Arena *arena, Type type)
{
    if (type.kind == TYPE_LARGEINT) return STR("UUID");
    return scan_engine_type(arena, type);
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

// "c1 1 INTEGER, c2 2 DECIMAL(10,2)": what parquet_schema() must answer.
static Str expected_columns(Arena *arena, const Schema *schema)
{
    Buf out = buf_new(arena);
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        buf_printf(&out, "%sc%u %u ", i ? ", " : "", column->file_id, column->file_id);
        Str type = rest_type(arena, column->type);
        for (size_t k = 0; k < type.len; k++)
            if (type.ptr[k] != ' ') buf_add_byte(&out, type.ptr[k]);
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
                "coalesce(field_id::VARCHAR, 'none'), ' ', coalesce(duckdb_type, type)), "
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
