#include "sample.h"
#include "check.h"
#include "io/digest.h"
#include "io/file.h"
#include "snap/filelist.h"

static Schema *sample_schema(Ctx *t)
{
    Schema *schema = ARENA_NEW(t->arena, Schema);
    Column *columns = ARENA_ARRAY(t->arena, Column, 2);
    columns[0] = (Column){.id = 1,
                          .file_id = 1,
                          .name = STR("day"),
                          .type = TYPE_OF(DATE),
                          .is_key = true,
                          .comment = STR("when")};
    columns[1] = (Column){.id = 2,
                          .file_id = 2,
                          .name = STR("amount"),
                          .type = {.kind = TYPE_DECIMAL, .precision = 10, .scale = 2},
                          .is_nullable = true,
                          .default_kind = DEFAULT_NULL};
    *schema = (Schema){.id = 1, .column_count = 2, .columns = columns};
    return schema;
}

static TableDef *sample_table(Ctx *t, Str name, PartitionMethod method)
{
    static uint32_t first_column[] = {1};
    TableDef *table = ARENA_NEW(t->arena, TableDef);
    *table = (TableDef){.id = 7,
                        .line = {{1, 2, 3}},
                        .name = name,
                        .comment = STR("a \"comment\""),
                        .schema_count = 1,
                        .schemas = sample_schema(t),
                        .next_column_id = 3,
                        .next_schema_id = 2,
                        .method = method,
                        .partition_column_count = method == PARTITION_NONE ? 0 : 1,
                        .partition_columns = first_column,
                        .created_ms = 1000};
    return table;
}

static SnapPartition sample_partition(Ctx *t, Str name, const char *lower, const char *upper)
{
    PartitionDef *def = ARENA_NEW(t->arena, PartitionDef);
    *def = (PartitionDef){.id = 8, .name = name, .replication_num = 1};
    if (lower) {
        def->width = 1;
        def->lower = ARENA_NEW(t->arena, Bound);
        def->upper = ARENA_NEW(t->arena, Bound);
        *def->lower = (Bound){BOUND_VALUE, str_from(lower)};
        *def->upper = (Bound){BOUND_VALUE, str_from(upper)};
    }
    return (SnapPartition){.def = def, .content_id = {{9, 9}}, .version = 3};
}

SnapContent *sample_content(Ctx *t)
{
    SnapContent *content = ARENA_NEW(t->arena, SnapContent);
    SnapTable *tables = ARENA_ARRAY(t->arena, SnapTable, 2);
    tables[0] = (SnapTable){.def = sample_table(t, STR("city"), PARTITION_NONE), .min_reader = 1};
    tables[0].partitions = ARENA_NEW(t->arena, SnapPartition);
    tables[0].partitions[0] = sample_partition(t, STR("city"), NULL, NULL);
    tables[0].partition_count = 1;
    tables[0].list_digest = digest_bytes(STR(""));

    SnapTable *sales = &tables[1];
    *sales = (SnapTable){.def = sample_table(t, STR("sales"), PARTITION_RANGE), .min_reader = 1};
    sales->partition_count = 2;
    sales->partitions = ARENA_ARRAY(t->arena, SnapPartition, 2);
    sales->partitions[0] = sample_partition(t, STR("p1"), "2024-01-01", "2024-02-01");
    sales->partitions[1] = sample_partition(t, STR("p2"), "2024-02-01", "2024-03-01");
    sales->partitions[0].file_count = 2;
    sales->partitions[0].row_count = 30;
    sales->partitions[0].size_bytes = 300;
    sales->partitions[1].file_count = 1;
    sales->partitions[1].row_count = 5;
    sales->partitions[1].size_bytes = 50;
    sales->file_count = 3;
    sales->row_count = 35;
    sales->size_bytes = 350;
    sales->list_digest = digest_bytes(STR("not written yet"));
    sales->list_bytes = 1000;

    *content = (SnapContent){.label = STR("nightly"),
                             .stamp = STR("2024-12-09-10-25-58-842"),
                             .database = STR("shop"),
                             .created_ms = 1733739958842,
                             .finished_ms = 1733739960000,
                             .job_uuid = {{5, 5, 5}},
                             .server_uuid = {{6, 6, 6}},
                             .format_version = SNAP_FORMAT_VERSION,
                             .min_reader = SNAP_MIN_READER,
                             .table_count = 2,
                             .tables = tables};
    return content;
}

static SnapFile sample_file(uint32_t partition, uint64_t sequence, uint64_t rows)
{
    char name = (char)('a' + sequence);
    Digest digest = digest_bytes((Str){&name, 1});
    return (SnapFile){partition, sequence, 1, rows, digest, rows * 10, digest, rows * 10, {0}};
}

Str sample_list(Ctx *t, SnapContent *content, Str dir)
{
    SnapTable *sales = &content->tables[1];
    Str path = file_join(t->arena, dir, STR("list.jsonl"));
    SnapFile files[] = {sample_file(0, 1, 10), sample_file(0, 2, 20), sample_file(1, 1, 5)};
    FileListWriter writer;
    CHECK_RC(RC_OK, file_list_begin(t, path, &writer));
    for (size_t i = 0; i < 3; i++) CHECK_RC(RC_OK, file_list_add(t, &writer, &files[i]));
    file_list_end(&writer, &sales->list_digest, &sales->list_bytes);
    return path;
}

Str sample_edit(Ctx *t, Str text, const char *from, const char *to)
{
    ptrdiff_t at = str_find(text, str_from(from));
    if (at < 0) check_failed(__FILE__, __LINE__, "%s is not in %.*s", from, STR_ARG(text));
    Str rest = str_sub(text, (size_t)at + strlen(from), text.len);
    if (str_find(rest, str_from(from)) >= 0)
        check_failed(__FILE__, __LINE__, "%s is there twice", from);
    Buf buf = buf_new(t->arena);
    buf_add(&buf, str_sub(text, 0, (size_t)at));
    buf_add_z(&buf, to);
    buf_add(&buf, rest);
    return buf_str(&buf);
}

Str sample_sign(Ctx *t, Str first_line)
{
    Digest digest = digest_bytes(first_line);
    Buf buf = buf_new(t->arena);
    buf_add(&buf, first_line);
    buf_printf(&buf, "blake3:%.*s\n", STR_ARG(digest_text(t->arena, &digest)));
    return buf_str(&buf);
}

Str sample_first_line(Str manifest)
{
    return str_sub(manifest, 0, (size_t)str_find(manifest, STR("\n")) + 1);
}

SnapPlace sample_place(Ctx *t)
{
    return (SnapPlace){str_printf(t->arena, "file://%.*s", STR_ARG(test_dir(t))), STR("repo")};
}
