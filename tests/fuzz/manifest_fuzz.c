/*
 * What a repository can hold, whoever wrote it: manifests, their first line with a right digest,
 * file lists, identities of names and stamps.
 *
 * Input   the first byte chooses: M a manifest as it lies there; S a first line, signed by us, so
 * that everything behind the digest is reached; L a file list for the sample's table; N a name in a
 *         path; T a stamp.
 */
#include "io/digest.h"
#include "snap/filelist.h"
#include "snap/manifest.h"
#include "snap/name.h"
#include "snap/stamp.h"
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const Str PLACE = STR_INIT("manifest");

// What was read once is written in one way, and read again to the same.
static void read_manifest(Ctx *ctx, Str text)
{
    SnapContent *content = NULL, *again = NULL;
    if (manifest_parse(ctx, text, PLACE, &content) != RC_OK) return;
    Str printed = manifest_print(ctx, content);
    must(manifest_parse(ctx, printed, PLACE, &again) == RC_OK);
    must(str_eq(printed, manifest_print(ctx, again)));
    for (size_t i = 0; i < content->table_count; i++)
        must(snap_content_table(content, content->tables[i].def->name) == &content->tables[i]);
}

static Str sign(Ctx *ctx, Str line)
{
    Buf buf = buf_new(ctx->arena);
    buf_add(&buf, line);
    buf_add_byte(&buf, '\n');
    Digest digest = digest_bytes(buf_str(&buf));
    buf_printf(&buf, "blake3:%.*s\n", STR_ARG(digest_text(ctx->arena, &digest)));
    return buf_str(&buf);
}

static Rc count_rows(Ctx *ctx, void *handle, const SnapFile *file)
{
    (void)ctx;
    *(uint64_t *)handle += file->row_count;
    return RC_OK;
}

static char list_path[] = "/tmp/kg_list_fuzz_XXXXXX";

static void remove_list_file(void)
{
    unlink(list_path);
}

// One file for all inputs: lists are read from a path.
static Str list_file(Str text)
{
    static int fd = -1;
    if (fd < 0) {
        fd = mkstemp(list_path);
        atexit(remove_list_file);
    }
    must(fd >= 0 && ftruncate(fd, 0) == 0);
    must(pwrite(fd, text.ptr, text.len, 0) == (ssize_t)text.len);
    return str_from(list_path);
}

// A table of two partitions and one schema; the sums say 2 files, 3 rows and 30 bytes in each.
static void read_list(Ctx *ctx, Str text)
{
    Schema schema = {.id = 1};
    TableDef table = {.name = STR("t"), .schema_count = 1, .schemas = &schema};
    PartitionDef partition = {.name = STR("p")};
    SnapPartition partitions[] = {
        {.def = &partition, .file_count = 2, .row_count = 3, .size_bytes = 30},
        {.def = &partition, .file_count = 2, .row_count = 3, .size_bytes = 30}};
    SnapTable snap = {.def = &table, .partition_count = 2, .partitions = partitions};
    uint64_t rows = 0;
    if (file_list_read(ctx, list_file(text), &snap, &(FileListVisit){count_rows, &rows}) == RC_OK)
        must(rows == 6);
}

static void read_name(Ctx *ctx, Str text)
{
    Str name, back;
    if (!name_decode(ctx->arena, text, &name)) return;
    must(name_encode(ctx, name, &back) == RC_OK);
    must(str_eq(text, back));
}

static void read_stamp(Ctx *ctx, Str text)
{
    Stamp stamp;
    if (stamp_parse(ctx, text, &stamp) != RC_OK) return;
    must(stamp_is_named(stamp_text(ctx->arena, stamp), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    Str text = {(const char *)data + 1, size - 1};
    switch (data[0]) {
    case 'M': read_manifest(&ctx, text); break;
    case 'S': read_manifest(&ctx, sign(&ctx, text)); break;
    case 'L': read_list(&ctx, text); break;
    case 'N': read_name(&ctx, text); break;
    case 'T': read_stamp(&ctx, text); break;
    default: break;
    }
    return 0;
}
