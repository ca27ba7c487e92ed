/*
 * snap/manifest: the head of one snapshot, to text and back.
 *
 * Form    docs/FORMAT.md, "Manifest". Readers ignore members that they do not know, unless
 *         min_reader says that they must know them.
 * Errors  MANIFEST_DAMAGED, MANIFEST_NEWER, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "snap/manifest.h"
#include "base/limits.h"
#include "io/digest.h"
#include "schema/bounds.h"
#include "schema/json.h"
#include "schema/names.h"
#include "snap/repository.h"
#include "snap/stamp.h"

enum { DIGEST_TEXT_LEN = 2 * DIGEST_BYTES };

static const Str DIGEST_PREFIX = STR_INIT("blake3:");

// --- writing

static void put_partition(JsonWriter *w, const SnapPartition *partition)
{
    json_open(w, NULL, '{');
    partition_def_to_json(w, "definition", partition->def);
    json_put_hex(w, "content_id", partition->content_id.bytes, sizeof(partition->content_id.bytes));
    json_put_u64(w, "version", partition->version);
    json_put_u64(w, "files", partition->file_count);
    json_put_u64(w, "rows", partition->row_count);
    json_put_u64(w, "bytes", partition->size_bytes);
    json_close(w, '}');
}

static void put_table(JsonWriter *w, const SnapTable *table)
{
    json_open(w, NULL, '{');
    json_put_u64(w, "min_reader", table->min_reader);
    table_def_to_json(w, "definition", table->def);
    if (table->auto_increment > 0) json_put_i64(w, "auto_increment", table->auto_increment);
    json_open(w, "partitions", '[');
    for (size_t i = 0; i < table->partition_count; i++) put_partition(w, &table->partitions[i]);
    json_close(w, ']');
    json_open(w, "list", '{');
    json_put_hex(w, "digest", table->list_digest.bytes, DIGEST_BYTES);
    json_put_u64(w, "bytes", table->list_bytes);
    json_close(w, '}');
    json_put_u64(w, "files", table->file_count);
    json_put_u64(w, "rows", table->row_count);
    json_put_u64(w, "bytes", table->size_bytes);
    json_close(w, '}');
}

Str manifest_print(Ctx *ctx, const SnapContent *content)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    json_open(&w, NULL, '{');
    json_put_u64(&w, "format", content->format_version);
    json_put_u64(&w, "min_reader", content->min_reader);
    json_put_str(&w, "label", content->label);
    json_put_str(&w, "timestamp", content->stamp);
    json_put_str(&w, "database", content->database);
    json_put_i64(&w, "created_ms", content->created_ms);
    json_put_i64(&w, "finished_ms", content->finished_ms);
    json_put_hex(&w, "job", content->job_uuid.bytes, sizeof(content->job_uuid.bytes));
    json_put_hex(&w, "server", content->server_uuid.bytes, sizeof(content->server_uuid.bytes));
    json_open(&w, "tables", '[');
    for (size_t i = 0; i < content->table_count; i++) put_table(&w, &content->tables[i]);
    json_close(&w, ']');
    json_close(&w, '}');
    buf_add_byte(&buf, '\n');
    Digest digest = digest_bytes(buf_str(&buf));
    buf_printf(&buf, "%.*s%.*s\n", STR_ARG(DIGEST_PREFIX),
               STR_ARG(digest_text(ctx->arena, &digest)));
    return buf_str(&buf);
}

// --- reading

static Rc read_counts(Ctx *ctx, const Json *json, uint64_t *files, uint64_t *rows, uint64_t *bytes)
{
    TRY(json_get_u64(ctx, json, "files", files));
    TRY(json_get_u64(ctx, json, "rows", rows));
    return json_get_u64(ctx, json, "bytes", bytes);
}

static Rc read_partition(Ctx *ctx, const Json *json, const TableDef *table, SnapPartition *out)
{
    const Json *definition = NULL;
    TRY(json_get_object(ctx, json, "definition", &definition));
    TRY(partition_def_from_json(ctx, definition, table, &out->def));
    TRY(json_get_hex(ctx, json, "content_id", out->content_id.bytes,
                     sizeof(out->content_id.bytes)));
    TRY(json_get_u64(ctx, json, "version", &out->version));
    if (out->version == 0) return FAIL(ctx, JSON_FIELD, "version", "a number from 1", "0");
    return read_counts(ctx, json, &out->file_count, &out->row_count, &out->size_bytes);
}

static Rc check_sums(Ctx *ctx, const SnapTable *table)
{
    uint64_t files = 0, rows = 0, bytes = 0;
    bool is_over = false;
    for (size_t i = 0; i < table->partition_count; i++) {
        is_over |= __builtin_add_overflow(files, table->partitions[i].file_count, &files);
        is_over |= __builtin_add_overflow(rows, table->partitions[i].row_count, &rows);
        is_over |= __builtin_add_overflow(bytes, table->partitions[i].size_bytes, &bytes);
    }
    if (!is_over && files == table->file_count && rows == table->row_count &&
        bytes == table->size_bytes)
        return RC_OK;
    return FAIL(ctx, JSON_FIELD, "files, rows, bytes", "the sums over the partitions",
                "other numbers");
}

static Rc read_partitions(Ctx *ctx, const Json *json, SnapTable *out)
{
    const Json *array = NULL;
    TRY(json_get_array(ctx, json, "partitions", &array));
    if (array->count > LIMIT_PARTITIONS)
        return FAIL(ctx, LIMIT_EXCEEDED, "Number of partitions", (long long)LIMIT_PARTITIONS);
    if (out->def->method == PARTITION_NONE && array->count != 1)
        return FAIL(ctx, JSON_FIELD, "partitions", "one, as the table is not partitioned",
                    "another number");
    out->partition_count = array->count;
    out->partitions = ARENA_ARRAY(ctx->arena, SnapPartition, array->count);
    const PartitionDef **definitions = ARENA_ARRAY(ctx->arena, const PartitionDef *, array->count);
    for (size_t i = 0; i < array->count; i++) {
        TRY(read_partition(ctx, &array->items[i], out->def, &out->partitions[i]));
        definitions[i] = out->partitions[i].def;
    }
    // Names and bounds against each other: two partitions that claim the same row would double it.
    TRY(partitions_check(ctx, out->def, definitions, array->count));
    return check_sums(ctx, out);
}

static Rc check_reader(Ctx *ctx, uint32_t min_reader, Str place)
{
    if (min_reader <= SNAP_FORMAT_VERSION) return RC_OK;
    return FAIL(ctx, MANIFEST_NEWER, STR_ARG(place), (long long)min_reader, SNAP_FORMAT_VERSION);
}

// Whatever a later version writes there, "definition" has a "name" (docs/FORMAT.md, "Versions").
static Rc read_newer_table(Ctx *ctx, const Json *json, SnapTable *out)
{
    const Json *definition = NULL;
    TableDef *def = ARENA_NEW(ctx->arena, TableDef);
    TRY(json_get_object(ctx, json, "definition", &definition));
    TRY(json_get_str(ctx, definition, "name", &def->name));
    if (!name_is_table(def->name))
        return FAIL(ctx, JSON_FIELD, "name", "a table's name", "another text");
    out->def = def;
    out->is_newer = true;
    return RC_OK;
}

static Rc read_table(Ctx *ctx, const Json *json, SnapTable *out)
{
    const Json *definition = NULL, *list = NULL;
    TRY(json_get_u32(ctx, json, "min_reader", 1, &out->min_reader));
    if (out->min_reader > SNAP_FORMAT_VERSION) return read_newer_table(ctx, json, out);
    TRY(json_get_object(ctx, json, "definition", &definition));
    TRY(table_def_from_json(ctx, definition, &out->def));
    if (json_member(json, "auto_increment"))
        TRY(json_get_i64(ctx, json, "auto_increment", &out->auto_increment));
    if (out->auto_increment < 0)
        return FAIL(ctx, JSON_FIELD, "auto_increment", "a number from 1", "a negative number");
    TRY(read_counts(ctx, json, &out->file_count, &out->row_count, &out->size_bytes));
    TRY(read_partitions(ctx, json, out));
    TRY(json_get_object(ctx, json, "list", &list));
    TRY(json_get_hex(ctx, list, "digest", out->list_digest.bytes, DIGEST_BYTES));
    return json_get_u64(ctx, list, "bytes", &out->list_bytes);
}

static Rc read_tables(Ctx *ctx, const Json *json, SnapContent *out)
{
    const Json *array = NULL;
    TRY(json_get_array(ctx, json, "tables", &array));
    out->table_count = array->count;
    out->tables = ARENA_ARRAY(ctx->arena, SnapTable, array->count);
    for (size_t i = 0; i < array->count; i++) {
        TRY(read_table(ctx, &array->items[i], &out->tables[i]));
        if (i > 0 && str_cmp(out->tables[i - 1].def->name, out->tables[i].def->name) >= 0)
            return FAIL(ctx, JSON_FIELD, "tables", "sorted by name, each name once",
                        "another order");
    }
    return RC_OK;
}

static Rc read_head(Ctx *ctx, const Json *json, SnapContent *out)
{
    Stamp stamp;
    TRY(json_get_str(ctx, json, "label", &out->label));
    TRY(json_get_str(ctx, json, "timestamp", &out->stamp));
    TRY(stamp_parse(ctx, out->stamp, &stamp));
    TRY(json_get_str(ctx, json, "database", &out->database));
    if (out->database.len && !name_is_database(out->database))
        return FAIL(ctx, JSON_FIELD, "database", "a database's name", "another text");
    TRY(json_get_i64(ctx, json, "created_ms", &out->created_ms));
    TRY(json_get_i64(ctx, json, "finished_ms", &out->finished_ms));
    TRY(json_get_hex(ctx, json, "job", out->job_uuid.bytes, sizeof(out->job_uuid.bytes)));
    return json_get_hex(ctx, json, "server", out->server_uuid.bytes,
                        sizeof(out->server_uuid.bytes));
}

static Rc read_content(Ctx *ctx, Str line, Str place, SnapContent *out)
{
    Json *json = NULL;
    TRY(json_parse(ctx, line, "its first line", &json));
    TRY(json_get_u32(ctx, json, "format", 1, &out->format_version));
    TRY(json_get_u32(ctx, json, "min_reader", 1, &out->min_reader));
    TRY(check_reader(ctx, out->min_reader, place));
    TRY(read_head(ctx, json, out));
    return read_tables(ctx, json, out);
}

// Splits off the last line and compares it with what stands before.
static Rc check_digest(Ctx *ctx, Str text, Str *first_line)
{
    size_t tail = DIGEST_PREFIX.len + DIGEST_TEXT_LEN + 1;
    Str body = str_sub(text, 0, text.len > tail ? text.len - tail : 0);
    Str last = str_sub(text, body.len, text.len);
    bool has_form = body.len > 1 && body.ptr[body.len - 1] == '\n' &&
                    str_starts(last, DIGEST_PREFIX) && last.ptr[last.len - 1] == '\n';
    if (!has_form)
        return FAIL(ctx, JSON_FIELD, "last line", "blake3: and a digest", "another text");
    Digest digest = digest_bytes(body);
    Str told = str_sub(last, DIGEST_PREFIX.len, DIGEST_TEXT_LEN);
    Str found = digest_text(ctx->arena, &digest);
    if (!str_eq(told, found)) {
        Str wanted =
            str_printf(ctx->arena, "the digest of what stands before, %.*s", STR_ARG(found));
        return FAIL(ctx, JSON_FIELD, "last line", str_z(ctx->arena, wanted),
                    str_z(ctx->arena, told));
    }
    *first_line = body;
    return RC_OK;
}

// INV-44
Rc manifest_parse(Ctx *ctx, Str text, Str place, SnapContent **out)
{
    if (text.len > LIMIT_MANIFEST_BYTES)
        return FAIL(ctx, LIMIT_EXCEEDED, "Size of a manifest", (long long)LIMIT_MANIFEST_BYTES);
    SnapContent *content = ARENA_NEW(ctx->arena, SnapContent);
    Str line;
    Rc rc = check_digest(ctx, text, &line);
    if (rc == RC_OK) rc = read_content(ctx, line, place, content);
    if (rc == RC_OK) {
        *out = content;
        return RC_OK;
    }
    if (ctx->err.id == ERR_MANIFEST_NEWER || rc == RC_LIMIT || rc == RC_CANCELLED) return rc;
    Str why = ctx->err.text;
    return FAIL(ctx, MANIFEST_DAMAGED, STR_ARG(place), STR_ARG(why));
}
