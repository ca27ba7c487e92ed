/*
 * table/write: from the engine's answer to durable files at their places.
 *
 * Form    COPY to staging/insert-<n>/ -> digest -> fsync -> rename to the id's place -> fsync
 *         folders (table/publish). No row names the files yet: a crash leaves what the sweep at
 *         start takes away (INV-30). Rows are sorted in runs of a row group; the engine's writers
 * may swap whole runs, which keeps their min and max narrow, and that is all a scan needs. Errors
 * DISK_FULL, FILE_*, those of the engine. Threads any.
 */
#include "base/fault.h"
#include "base/log.h"
#include "io/digest.h"
#include "io/file.h"
#include "io/parallel.h"
#include "table/internal.h"
#include "table/newparts.h"

enum { SECURE_WORKERS = 8, MOST_LEVEL = 22 };

static const EngineParquetColumn *file_columns(Arena *arena, const Schema *schema)
{
    EngineParquetColumn *columns = ARENA_ARRAY(arena, EngineParquetColumn, schema->column_count);
    for (size_t i = 0; i < schema->column_count; i++) {
        columns[i].name = str_printf(arena, "c%u", schema->columns[i].file_id);
        columns[i].field_id = (int32_t)schema->columns[i].file_id;
    }
    return columns;
}

// The codec that the table's property "compression" names. Its value was checked when it was given;
// of what a foreign snapshot holds the unknown counts as not given.
static void choose_codec(Arena *arena, const TableDef *def, EngineParquet *spec)
{
    static const struct {
        const char *word, *codec;
    } CODECS[] = {{"LZ4", "lz4_raw"},
                  {"LZ4_FRAME", "lz4_raw"},
                  {"ZSTD", "zstd"},
                  {"ZLIB", "gzip"},
                  {"SNAPPY", "snappy"}};
    Str rest = properties_get(def->properties, def->property_count, "compression");
    Str word = str_upper(arena, str_trim(str_cut(&rest, '(')));
    uint64_t level = 0;
    for (size_t i = 0; i < COUNT_OF(CODECS); i++)
        if (str_eq(word, str_from(CODECS[i].word))) spec->compression = str_from(CODECS[i].codec);
    if (str_ends(rest, STR(")")) && str_eq(word, STR("ZSTD")) &&
        str_to_u64(str_trim(str_sub(rest, 0, rest.len - 1)), &level) && level <= MOST_LEVEL)
        spec->compression_level = (int)level;
}

// Metadata for humans. Nothing that differs between equal contents: equal bytes are stored once.
static EngineParquet parquet_spec(Arena *arena, const RowsetWrite *write)
{
    const TableDef *def = write->route->def;
    const Schema *schema = table_current_schema(def);
    EngineParquetPair *pairs = ARENA_ARRAY(arena, EngineParquetPair, 2);
    pairs[0] = (EngineParquetPair){STR("kintsugi.line"), uuid_text(arena, def->line)};
    pairs[1] = (EngineParquetPair){STR("kintsugi.schema"), str_printf(arena, "%u", schema->id)};
    EngineParquet spec = {.columns = file_columns(arena, schema),
                          .column_count = schema->column_count,
                          .metadata = pairs,
                          .metadata_count = 2,
                          .file_bytes = write->store->options.file_bytes};
    choose_codec(arena, def, &spec);
    return spec;
}

// Empty files never become rowsets.
static void keep_file(Ctx *ctx, RowsetWrite *write, const EngineFile *file, size_t at)
{
    if (file->row_count == 0) return;
    WrittenFile kept = {.path = file->path,
                        .at = at,
                        .info = {.schema_id = table_current_schema(write->route->def)->id,
                                 .row_count = (uint64_t)file->row_count,
                                 .size_bytes = (uint64_t)file->size_bytes}};
    vec_push(ctx->arena, &write->files, kept);
}

// The engine cannot bound the size of files that it writes by partition: cut a large one
// afterwards.
static Rc split_file(Ctx *ctx, RowsetWrite *write, const EngineFile *file, size_t at)
{
    EngineParquet spec = parquet_spec(ctx->arena, write);
    Buf sql = buf_new(ctx->arena);
    buf_add(&sql, STR("SELECT * FROM read_parquet(["));
    buf_add_quoted(&sql, file->path, '\'');
    buf_add(&sql, STR("], hive_partitioning=false)"));
    Str dir = str_printf(ctx->arena, "%.*s/split-%zu", STR_ARG(write->dir), write->files.len);
    EngineFile *pieces = NULL;
    size_t count = 0;
    spec.sql = buf_str(&sql);
    spec.path = dir;
    TRY(engine_copy_parquet(ctx, write->conn, &spec, &pieces, &count));
    for (size_t i = 0; i < count; i++) keep_file(ctx, write, &pieces[i], at);
    return file_remove(ctx, file->path);
}

static Rc copy_to_staging(Ctx *ctx, RowsetWrite *write)
{
    EngineParquet spec = parquet_spec(ctx->arena, write);
    if (write->is_parted) {
        spec.partition_column = STR("kg_part");
        spec.file_bytes = 0;
    } else if (write->is_small) {
        spec.file_bytes = 0;  // `dir` is the file
    }
    int64_t most_bytes = write->store->options.file_bytes / 2 * 3;
    EngineFile *files = NULL;
    size_t count = 0;
    spec.sql = write->sql;
    spec.path = write->dir;
    TRY(engine_copy_parquet(ctx, write->conn, &spec, &files, &count));
    for (size_t i = 0; i < count; i++) {
        uint64_t at = 0;
        if (write->is_parted && !str_to_u64(files[i].partition, &at))
            return FAIL(ctx, BUG, "a file of an INSERT has no partition");
        must(at < write->route->count || write->route->added);
        bool is_large = write->is_parted && files[i].size_bytes > most_bytes;
        if (is_large)
            TRY(split_file(ctx, write, &files[i], (size_t)at));
        else
            keep_file(ctx, write, &files[i], (size_t)at);
    }
    return RC_OK;
}

static int by_partition(const void *left, const void *right)
{
    const WrittenFile *a = left, *b = right;
    if (a->at != b->at) return a->at < b->at ? -1 : 1;
    // data_2 before data_10
    if (a->path.len != b->path.len) return a->path.len < b->path.len ? -1 : 1;
    return str_cmp(a->path, b->path);
}

static Rc secure_file(Ctx *ctx, void *handle, size_t index)
{
    WrittenFile *file = &((RowsetWrite *)handle)->files.at[index];
    uint64_t size = 0;
    TRY(digest_file(ctx, file->path, &file->info.digest, &size));
    if (size != file->info.size_bytes) {
        Str expected =
            str_printf(ctx->arena, "%llu bytes", (unsigned long long)file->info.size_bytes);
        Str found = str_printf(ctx->arena, "%llu bytes", (unsigned long long)size);
        return FAIL(ctx, FILE_DAMAGED, STR_ARG(file->path), STR_ARG(expected), STR_ARG(found));
    }
    TRY(file_make_read_only(ctx, file->path));
    return file_sync_path(ctx, file->path);
}

// Writing to disk starts for all files at once; hashing reads what is still in memory meanwhile.
// Many fsyncs at a time share the journal's commits.
static Rc secure_files(Ctx *ctx, RowsetWrite *write)
{
    size_t count = write->files.len;
    for (size_t i = 0; i < count && count > 1; i++)
        TRY(file_start_writeback(ctx, write->files.at[i].path));
    if (count == 1) return secure_file(ctx, write, 0);
    Parallel parallel = {
        .count = count, .workers = SECURE_WORKERS, .work = secure_file, .handle = write};
    return parallel_run(ctx, &parallel);
}

// From staging to the places that the ids name.
static Rc place_files(Ctx *ctx, RowsetWrite *write)
{
    uint64_t first = 0;
    size_t count = write->files.len;
    TRY(catalog_new_ids(ctx, write->store->catalog, count, &first));
    for (size_t i = 0; i < count; i++) {
        WrittenFile *file = &write->files.at[i];
        file->info.id = first + i;
        TRY(store_rowset_folder(ctx, write->store, file->info.id));
        Str place = table_rowset_path(ctx->arena, write->store, file->info.id);
        TRY(file_rename(ctx, file->path, place));
        file->path = place;
        write->placed_count++;
    }
    return RC_OK;
}

uint64_t *write_ids(Ctx *ctx, const RowsetWrite *write)
{
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, write->files.len);
    for (size_t i = 0; i < write->files.len; i++) ids[i] = write->files.at[i].info.id;
    return ids;
}

Rc write_rowsets(Ctx *ctx, RowsetWrite *write)
{
    TableStore *store = write->store;
    write->dir = str_printf(ctx->arena, "%.*s/insert-%llu", STR_ARG(store->staging_dir),
                            atomic_fetch_add(&store->next_insert, 1));
    TRY(copy_to_staging(ctx, write));
    TRY(fault_point(ctx, "insert.copied"));
    if (write->files.len == 0) return RC_OK;
    qsort(write->files.at, write->files.len, sizeof(write->files.at[0]), by_partition);
    TRY(secure_files(ctx, write));
    TRY(fault_point(ctx, "insert.synced"));
    TRY(place_files(ctx, write));
    return fault_point(ctx, "insert.renamed");
}

Rc write_partition_ids(Ctx *ctx, const RowsetWrite *write, const Table *now, uint64_t **out)
{
    const Route *route = write->route;
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, write->files.len);
    size_t *added = ARENA_ARRAY(ctx->arena, size_t, write->files.len), first = 0;
    for (size_t i = 0; i < write->files.len; i++) {
        size_t at = added[i] = write->files.at[i].at;  // in order: new ones come last
        if (at < route->count) ids[i] = route->partitions[at]->def->id;
        if (at < route->count) first = i + 1;
    }
    if (first < write->files.len)
        TRY(new_parts_find(ctx, route->added, now,
                           (PartUse){&added[first], write->files.len - first}, &ids[first]));
    *out = ids;
    return RC_OK;
}

Rc write_new_partitions(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, const RowsetWrite *write)
{
    const Route *route = write->route;
    size_t *used = ARENA_ARRAY(ctx->arena, size_t, write->files.len), count = 0;
    for (size_t i = 0; i < write->files.len; i++) {
        size_t at = write->files.at[i].at;  // in order
        if (at >= route->count && (count == 0 || used[count - 1] != at)) used[count++] = at;
    }
    if (count == 0) return RC_OK;
    const Database *database = catalog_find_database_id(txn_view(txn), database_id);
    const Table *table = catalog_find_table_id(database, route->def->id);
    TRY(new_parts_create(ctx, txn, table, route->added, (PartUse){used, count}));
    return fault_point(ctx, "insert.partitions");
}

RowsetChange *write_changes(Ctx *ctx, const RowsetWrite *write, size_t *count)
{
    RowsetChange *changes = ARENA_ARRAY(ctx->arena, RowsetChange, write->files.len);
    RowsetInfo *infos = ARENA_ARRAY(ctx->arena, RowsetInfo, write->files.len);
    size_t made = 0;
    for (size_t i = 0; i < write->files.len; i++) {
        const WrittenFile *file = &write->files.at[i];
        infos[i] = file->info;
        if (i == 0 || file->at != write->files.at[i - 1].at)
            changes[made++] =
                (RowsetChange){.table_id = write->route->def->id,
                               .partition_id = route_partition_id(write->route, file->at),
                               .add = &infos[i],
                               .is_one_write = write->route->def->keys == KEYS_AGGREGATE};
        changes[made - 1].add_count++;
    }
    *count = made;
    return changes;
}

// INV-33
void write_end(Ctx *ctx, RowsetWrite *write, bool is_committed)
{
    Ctx quiet = store_quiet_ctx(ctx);
    size_t count = is_committed ? 0 : write->placed_count;
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) ids[i] = write->files.at[i].info.id;
    Rc rc = table_discard_files(&quiet, write->store, ids, count);
    if (rc != RC_OK) log_warn("left for the next start: %.*s", STR_ARG(quiet.err.text));
    if (write->dir.ptr == NULL) return;
    rc = file_remove_tree(&quiet, write->dir);
    if (rc != RC_OK) log_warn("left for the next start: %.*s", STR_ARG(quiet.err.text));
}

uint64_t write_row_count(const RowsetWrite *write)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < write->files.len; i++) rows += write->files.at[i].info.row_count;
    return rows;
}

Rc write_check_table(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, const Table *planned)
{
    const Table *now;
    return write_find_table(ctx, txn_view(txn), database_id, planned, &now);
}

Rc write_find_table(Ctx *ctx, const CatalogSnapshot *snapshot, uint64_t database_id,
                    const Table *planned, const Table **out)
{
    const Database *database = catalog_find_database_id(snapshot, database_id);
    const Table *table = database ? catalog_find_table_id(database, planned->def->id) : NULL;
    if (table == NULL) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(planned->def->name));
    if (table_current_schema(table->def)->id == table_current_schema(planned->def)->id &&
        uuid_eq(table->def->line, planned->def->line)) {
        *out = table;
        return RC_OK;
    }
    return FAIL(ctx, SCHEMA_CHANGED, STR_ARG(planned->def->name),
                table_current_schema(planned->def)->id);
}
