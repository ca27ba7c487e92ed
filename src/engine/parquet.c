/*
 * engine/parquet: COPY to Parquet files, its options and what it tells about the files.
 *
 * Source  options that were measured as the best of their kind: lz4_raw and version 2 (smaller
 *         than the library's defaults, and faster both ways).
 * Errors  those of engine_query; ENGINE_ERROR when RETURN_STATS is not as expected.
 * Threads any.
 */
#include "base/json.h"
#include "base/vec.h"
#include "engine/engine.h"

static void put_field_ids(Buf *out, const EngineParquet *spec)
{
    buf_add_z(out, ", FIELD_IDS {");
    for (size_t i = 0; i < spec->column_count; i++) {
        if (i > 0) buf_add_byte(out, ',');
        engine_put_string(out, spec->columns[i].name);
        buf_printf(out, ":%d", spec->columns[i].field_id);
    }
    buf_add_byte(out, '}');
}

static void put_metadata(Buf *out, const EngineParquet *spec)
{
    buf_add_z(out, ", KV_METADATA {");
    for (size_t i = 0; i < spec->metadata_count; i++) {
        if (i > 0) buf_add_byte(out, ',');
        engine_put_string(out, spec->metadata[i].name);
        buf_add_byte(out, ':');
        engine_put_string(out, spec->metadata[i].value);
    }
    buf_add_byte(out, '}');
}

void engine_parquet_options(Buf *out, const EngineParquet *spec)
{
    must(spec->partition_column.len == 0 || spec->file_bytes == 0);
    buf_add_z(out, "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION ");
    buf_add(out, spec->compression.len ? spec->compression : STR("lz4_raw"));
    if (spec->compression_level > 0)
        buf_printf(out, ", COMPRESSION_LEVEL %d", spec->compression_level);
    if (spec->column_count > 0) put_field_ids(out, spec);
    if (spec->metadata_count > 0) put_metadata(out, spec);
    if (spec->partition_column.len > 0) {
        buf_add_z(out, ", PARTITION_BY (");
        engine_put_name(out, spec->partition_column);
        buf_add_byte(out, ')');
    }
    if (spec->file_bytes > 0)
        buf_printf(out, ", FILE_SIZE_BYTES %lld", (long long)spec->file_bytes);
    buf_add_z(out, ", RETURN_STATS");
}

// Columns of RETURN_STATS.
enum { STAT_PATH, STAT_ROWS, STAT_BYTES, STAT_FOOTER, STAT_COLUMNS, STAT_KEYS, STAT_COUNT };

static Rc read_file(Ctx *ctx, const SinkRow *row, const EngineParquet *spec, EngineFile *file)
{
    *file = (EngineFile){.path = row->cells[STAT_PATH]};
    if (!file->path.ptr || !str_to_i64(row->cells[STAT_ROWS], &file->row_count) ||
        !str_to_i64(row->cells[STAT_BYTES], &file->size_bytes))
        return FAIL(ctx, ENGINE_ERROR, STR_ARG(STR("the statistics of a file are incomplete")));
    if (spec->partition_column.len == 0) return RC_OK;

    Json *keys;
    TRY(json_parse(ctx, row->cells[STAT_KEYS], "The list of partition keys", &keys));
    const Json *key = json_member(keys, str_z(ctx->arena, spec->partition_column));
    if (!key || (key->kind != J_STRING && key->kind != J_NULL))
        return FAIL(ctx, ENGINE_ERROR, STR_ARG(STR("a file has no partition key")));
    file->partition = key->kind == J_STRING ? key->string : STR_NONE;
    return RC_OK;
}

Rc engine_copy_parquet(Ctx *ctx, EngineConn *conn, const EngineParquet *spec, EngineFile **files,
                       size_t *count)
{
    Buf text = buf_new(ctx->arena);
    buf_add_z(&text, "COPY (");
    buf_add(&text, spec->sql);
    buf_add_z(&text, ") TO ");
    engine_put_string(&text, spec->path);
    buf_add_z(&text, " (");
    engine_parquet_options(&text, spec);
    buf_add_byte(&text, ')');

    SinkList stats;
    sink_list_init(&stats);
    TRY(engine_query(ctx, conn, buf_str(&text), NULL, &stats.sink));
    if (stats.column_count != STAT_COUNT)
        return FAIL(ctx, ENGINE_ERROR, STR_ARG(STR("RETURN_STATS has other columns")));
    EngineFile *list = ARENA_ARRAY(ctx->arena, EngineFile, stats.row_count);
    size_t at = 0;
    for (const SinkRow *row = stats.first; row; row = row->next)
        TRY(read_file(ctx, row, spec, &list[at++]));
    *files = list;
    *count = at;
    return RC_OK;
}
