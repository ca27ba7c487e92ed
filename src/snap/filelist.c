/*
 * snap/filelist: the data files of one table, a line each.
 *
 * Form    docs/FORMAT.md, "File list".
 * Errors  LIST_DAMAGED, LIMIT_EXCEEDED, those of reading and writing.   Threads  one per stream.
 */
#include "snap/filelist.h"
#include "base/json.h"
#include "base/limits.h"
#include "schema/json.h"

enum { READ_BYTES = 256 * 1024 };

// --- writing

Rc file_list_begin(Ctx *ctx, Str path, FileListWriter *out)
{
    FileListWriter writer = {.file = {.fd = FILE_NONE}};
    TRY(file_remove_if_there(ctx, path));
    TRY(file_create(ctx, path, &writer.file));
    digest_begin(&writer.digester);
    *out = writer;
    return RC_OK;
}

static void put_vector(JsonWriter *w, const VectorInfo *vector)
{
    json_open(w, "deleted", '{');
    json_put_u64(w, "rows", vector->cardinality);
    json_put_hex(w, "digest", vector->digest.bytes, DIGEST_BYTES);
    json_put_u64(w, "bytes", vector->size_bytes);
    json_close(w, '}');
}

Rc file_list_add(Ctx *ctx, FileListWriter *writer, const SnapFile *file)
{
    Buf line = buf_new(ctx->arena);
    JsonWriter w = json_writer(&line);
    json_open(&w, NULL, '{');
    json_put_u64(&w, "partition", file->partition);
    json_put_u64(&w, "sequence", file->sequence);
    json_put_u64(&w, "schema", file->schema_id);
    json_put_u64(&w, "rows", file->row_count);
    json_put_hex(&w, "digest", file->plain_digest.bytes, DIGEST_BYTES);
    json_put_u64(&w, "bytes", file->plain_bytes);
    json_put_hex(&w, "stored", file->stored_digest.bytes, DIGEST_BYTES);
    json_put_u64(&w, "stored_bytes", file->stored_bytes);
    json_put_str(&w, "codec", STR("none"));
    if (file->vector.cardinality > 0) put_vector(&w, &file->vector);
    json_close(&w, '}');
    buf_add_byte(&line, '\n');
    digest_add(&writer->digester, line.ptr, line.len);
    writer->bytes += line.len;
    return file_write(ctx, &writer->file, line.ptr, line.len);
}

void file_list_end(FileListWriter *writer, Digest *digest, uint64_t *bytes)
{
    file_close(&writer->file);
    *digest = digest_end(&writer->digester);
    *bytes = writer->bytes;
}

void file_list_close(FileListWriter *writer)
{
    file_close(&writer->file);
}

// --- reading

typedef struct Sums {
    uint64_t files, rows, bytes;
} Sums;

typedef struct Reading {
    const SnapTable *table;
    const FileListVisit *visit;
    uint64_t line;       // from 1
    uint32_t partition;  // of the line before
    Sums *sums;          // per partition
} Reading;

static Rc read_vector(Ctx *ctx, const Json *json, VectorInfo *out)
{
    *out = (VectorInfo){0};
    const Json *member = json_member(json, "deleted");
    if (!member) return RC_OK;
    TRY(json_get_u64(ctx, member, "rows", &out->cardinality));
    TRY(json_get_hex(ctx, member, "digest", out->digest.bytes, DIGEST_BYTES));
    return json_get_u64(ctx, member, "bytes", &out->size_bytes);
}

static Rc read_fields(Ctx *ctx, const Json *json, SnapFile *out)
{
    Str codec;
    TRY(json_get_u32(ctx, json, "partition", 0, &out->partition));
    TRY(json_get_u64(ctx, json, "sequence", &out->sequence));
    TRY(json_get_u32(ctx, json, "schema", 0, &out->schema_id));
    TRY(json_get_u64(ctx, json, "rows", &out->row_count));
    TRY(json_get_hex(ctx, json, "digest", out->plain_digest.bytes, DIGEST_BYTES));
    TRY(json_get_u64(ctx, json, "bytes", &out->plain_bytes));
    TRY(json_get_hex(ctx, json, "stored", out->stored_digest.bytes, DIGEST_BYTES));
    TRY(json_get_u64(ctx, json, "stored_bytes", &out->stored_bytes));
    TRY(read_vector(ctx, json, &out->vector));
    TRY(json_get_str(ctx, json, "codec", &codec));
    if (!str_eq(codec, STR("none"))) return FAIL(ctx, JSON_FIELD, "codec", "none", "another one");
    return RC_OK;
}

static Rc check_line(Ctx *ctx, Reading *r, const SnapFile *file)
{
    if (file->partition >= r->table->partition_count || file->partition < r->partition)
        return FAIL(ctx, JSON_FIELD, "partition", "a partition of the table, in order",
                    "another number");
    if (!table_schema(r->table->def, file->schema_id))
        return FAIL(ctx, JSON_FIELD, "schema", "a schema of the table", "another number");
    if (!digest_eq(&file->plain_digest, &file->stored_digest) ||
        file->plain_bytes != file->stored_bytes)
        return FAIL(ctx, JSON_FIELD, "stored", "the same as the plain file, as codec is none",
                    "other values");
    if (file->row_count == 0 || file->plain_bytes == 0)
        return FAIL(ctx, JSON_FIELD, "rows, bytes", "numbers from 1, as empty files are not stored",
                    "0");
    const VectorInfo *vector = &file->vector;
    bool has_vector = vector->cardinality > 0 || vector->size_bytes > 0;
    if (has_vector && (vector->cardinality == 0 || vector->cardinality > file->row_count ||
                       vector->size_bytes == 0 || vector->size_bytes > LIMIT_VECTOR_FILE_BYTES))
        return FAIL(ctx, JSON_FIELD, "deleted", "rows and bytes that can be", "others");
    Sums *sums = &r->sums[file->partition];
    bool is_over = __builtin_add_overflow(sums->rows, file->row_count, &sums->rows);
    is_over |= __builtin_add_overflow(sums->bytes, file->plain_bytes, &sums->bytes);
    sums->files++;
    r->partition = file->partition;
    return is_over ? FAIL(ctx, JSON_FIELD, "rows, bytes", "sums that fit 64 bits", "more") : RC_OK;
}

static Rc damaged(Ctx *ctx, const Reading *r, Str path)
{
    if (ctx->err.rc != RC_CORRUPT || ctx->err.id == ERR_LIST_DAMAGED) return ctx->err.rc;
    Str why = ctx->err.text;
    return FAIL(ctx, LIST_DAMAGED, STR_ARG(path), (unsigned long long)r->line, STR_ARG(why));
}

static Rc take_line(Ctx *ctx, Reading *r, Str line, Str path)
{
    ArenaMark mark = arena_mark(ctx->arena);
    Json *json = NULL;
    SnapFile file;
    r->line++;
    Rc rc = json_parse(ctx, line, "the line", &json);
    if (rc == RC_OK) rc = read_fields(ctx, json, &file);
    if (rc == RC_OK) rc = check_line(ctx, r, &file);
    if (rc != RC_OK) return damaged(ctx, r, path);
    arena_rewind(ctx->arena, mark);
    return r->visit->visit(ctx, r->visit->handle, &file);
}

// INV-43: no line can be missing or too many.
static Rc check_sums(Ctx *ctx, const Reading *r, Str path)
{
    for (size_t i = 0; i < r->table->partition_count; i++) {
        const SnapPartition *told = &r->table->partitions[i];
        const Sums *found = &r->sums[i];
        if (told->file_count == found->files && told->row_count == found->rows &&
            told->size_bytes == found->bytes)
            continue;
        Str why = str_printf(
            ctx->arena,
            "partition %.*s: the manifest tells %llu files, %llu rows, %llu bytes; the list has"
            " %llu, %llu, %llu",
            STR_ARG(told->def->name), (unsigned long long)told->file_count,
            (unsigned long long)told->row_count, (unsigned long long)told->size_bytes,
            (unsigned long long)found->files, (unsigned long long)found->rows,
            (unsigned long long)found->bytes);
        return FAIL(ctx, LIST_DAMAGED, STR_ARG(path), (unsigned long long)r->line, STR_ARG(why));
    }
    return RC_OK;
}

// Hands every whole line of the buffer on; what is left is moved to its front.
static Rc take_lines(Ctx *ctx, Reading *r, char *buffer, size_t *len, Str path)
{
    size_t from = 0;
    while (true) {
        const char *end = *len > from ? memchr(buffer + from, '\n', *len - from) : NULL;
        if (!end) break;
        size_t size = (size_t)(end - buffer) - from;
        TRY(take_line(ctx, r, (Str){buffer + from, size}, path));
        from += size + 1;
    }
    memmove(buffer, buffer + from, *len - from);
    *len -= from;
    if (*len < LIMIT_FILE_LIST_LINE_BYTES) return RC_OK;
    return FAIL(ctx, LIMIT_EXCEEDED, "Length of a line of a file list",
                (long long)LIMIT_FILE_LIST_LINE_BYTES);
}

static Rc read_all(Ctx *ctx, File *file, Reading *r, char *buffer)
{
    size_t len = 0;
    while (true) {
        size_t got = 0;
        TRY(ctx_poll(ctx));
        TRY(file_read(ctx, file, buffer + len, READ_BYTES - len, &got));
        if (got == 0) break;
        len += got;
        TRY(take_lines(ctx, r, buffer, &len, file->path));
    }
    if (len == 0) return check_sums(ctx, r, file->path);
    return FAIL(ctx, LIST_DAMAGED, STR_ARG(file->path), (unsigned long long)r->line + 1,
                STR_ARG(STR("its end is missing")));
}

Rc file_list_read(Ctx *ctx, Str path, const SnapTable *table, const FileListVisit *visit)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(file_open(ctx, path, &file));
    Reading r = {.table = table, .visit = visit};
    r.sums = ARENA_ARRAY(ctx->arena, Sums, table->partition_count);
    char *buffer = mem_alloc(READ_BYTES);
    Rc rc = read_all(ctx, &file, &r, buffer);
    free(buffer);
    return rc;
}
