/*
 * job/backupdraft: the content of a BACKUP, fixed at acceptance.
 *
 * Form    a manifest and file lists in the repository's own format, so that the job only moves
 * them. Errors  UNKNOWN_TABLE, UNKNOWN_PARTITION, FILE_*, MANIFEST_DAMAGED. Threads the session
 * that submits, later the job's runner.
 */
#include "job/backupdraft.h"
#include "base/limits.h"
#include "base/vec.h"
#include "io/file.h"
#include "io/parallel.h"
#include "snap/filelist.h"
#include "snap/manifest.h"

typedef struct Drafting {
    Ctx *ctx;
    Str dir;
    SnapContent *content;
    VEC(uint64_t) rowsets;
    Catalog *catalog;
} Drafting;

Str backup_draft_list_path(Arena *arena, const BackupDraft *draft, size_t table)
{
    return str_printf(arena, "%.*s/list-%zu.jsonl", STR_ARG(draft->dir), table);
}

Str backup_draft_final_path(Arena *arena, const BackupDraft *draft)
{
    return file_join(arena, draft->dir, STR("manifest.json"));
}

static Str draft_path(Arena *arena, Str dir)
{
    return file_join(arena, dir, STR("draft.json"));
}

// --- writing

static Rc add_partition(Drafting *d, FileListWriter *list, SnapTable *table,
                        const Partition *partition)
{
    uint32_t index = (uint32_t)table->partition_count++;
    SnapPartition *out = &table->partitions[index];
    *out = (SnapPartition){
        .def = partition_def_copy(d->ctx->arena, partition->def),
        .content_id = partition->content_id,
        .version = partition->version,
        .file_count = partition->rowset_count,
    };
    for (size_t i = 0; i < partition->rowset_count; i++) {
        const RowsetInfo *info = &partition->rowsets[i]->info;
        SnapFile file = {
            .partition = index,
            .sequence = info->sequence,
            .schema_id = info->schema_id,
            .row_count = info->row_count,
            .plain_digest = info->digest,
            .plain_bytes = info->size_bytes,
            .stored_digest = info->digest,
            .stored_bytes = info->size_bytes,
            .vector = partition->rowsets[i]->vector,
        };
        if (file.vector.cardinality > 0) table->min_reader = snap_min_reader(table->def, true);
        ArenaMark mark = arena_mark(d->ctx->arena);
        TRY(file_list_add(d->ctx, list, &file));
        arena_rewind(d->ctx->arena, mark);
        vec_push(d->ctx->arena, &d->rowsets, info->id);
        out->row_count += info->row_count;
        out->size_bytes += info->size_bytes;
    }
    table->file_count += out->file_count;
    table->row_count += out->row_count;
    table->size_bytes += out->size_bytes;
    return RC_OK;
}

static bool is_chosen(const BackupObject *object, Str partition)
{
    for (size_t i = 0; i < object->partition_count; i++)
        if (str_eq(object->partitions[i], partition)) return true;
    return object->partition_count == 0;
}

static bool has_counter(const TableDef *def)
{
    const Schema *schema = table_current_schema(def);
    for (size_t i = 0; i < schema->column_count; i++)
        if (schema->columns[i].is_auto_increment) return true;
    return false;
}

static Rc add_table(Drafting *d, const Table *table, const BackupObject *object)
{
    Ctx *ctx = d->ctx;
    size_t index = d->content->table_count++;
    SnapTable *out = &d->content->tables[index];
    BackupDraft draft = {d->dir, d->content};
    AUTO(file_list_close) FileListWriter list = {.file = {.fd = FILE_NONE}};
    *out = (SnapTable){.def = table_def_copy(ctx->arena, table->def),
                       .min_reader = snap_min_reader(table->def, false)};
    // Read after the snapshot was pinned: above whatever its rows hold.
    if (has_counter(table->def))
        TRY(catalog_counter(ctx, d->catalog, table->def->id, &out->auto_increment));
    out->partitions = ARENA_ARRAY(ctx->arena, SnapPartition, table->partition_count);
    TRY(file_list_begin(ctx, backup_draft_list_path(ctx->arena, &draft, index), &list));
    for (size_t i = 0; i < table->partition_count; i++)
        if (is_chosen(object, table->partitions[i]->def->name))
            TRY(add_partition(d, &list, out, table->partitions[i]));
    file_list_end(&list, &out->list_digest, &out->list_bytes);
    return RC_OK;
}

static Rc add_tables(Drafting *d, const BackupPlan *plan, const Database *database)
{
    d->content->tables = ARENA_ARRAY(d->ctx->arena, SnapTable, plan->object_count);
    for (size_t i = 0; i < plan->object_count; i++) {
        const Table *table = catalog_find_table(database, plan->objects[i].table);
        if (!table) return FAIL(d->ctx, UNKNOWN_TABLE, STR_ARG(plan->objects[i].table));
        TRY(add_table(d, table, &plan->objects[i]));
        TRY(ctx_poll(d->ctx));
    }
    return RC_OK;
}

static Rc sync_list(Ctx *ctx, void *handle, size_t index)
{
    const Drafting *d = handle;
    BackupDraft draft = {d->dir, d->content};
    return file_sync_path(ctx, backup_draft_list_path(ctx->arena, &draft, index));
}

// Several at a time: many fsyncs at once share the journal's commits.
static Rc sync_lists(Ctx *ctx, Drafting *d, int workers)
{
    Parallel parallel = {d->content->table_count, workers, sync_list, d};
    return parallel_run(ctx, &parallel);
}

// INV-51
Rc backup_draft_write(Ctx *ctx, Jobs *jobs, const JobRow *row, const BackupSource *source,
                      BackupContent *out)
{
    const BackupPlan *plan = source->plan;
    const Database *database = catalog_find_database(source->snapshot, plan->database);
    if (!database) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(plan->database));
    SnapContent content = {
        .label = plan->label,
        .stamp = row->stamp,
        .database = plan->database,
        .created_ms = row->created_ms,
        .job_uuid = row->uuid,
        .server_uuid = jobs->options.server_uuid,
        .format_version = SNAP_FORMAT_VERSION,
        .min_reader = SNAP_MIN_READER,
    };
    Drafting d = {.ctx = ctx, .content = &content, .catalog = jobs->options.catalog};
    TRY(table_staging_dir(ctx, jobs->options.store, row->id, &d.dir));
    TRY(add_tables(&d, plan, database));
    TRY(sync_lists(ctx, &d, jobs->options.workers));
    TRY(file_write_whole(ctx, draft_path(ctx->arena, d.dir), manifest_print(ctx, &content)));
    *out = (BackupContent){d.rowsets.at, d.rowsets.len};
    return RC_OK;
}

// --- reading

Rc backup_draft_load(Ctx *ctx, const Job *job, BackupDraft *out)
{
    BackupDraft draft;
    Str text;
    TRY(table_staging_dir(ctx, job->jobs->options.store, job->row.id, &draft.dir));
    Str path = draft_path(ctx->arena, draft.dir);
    TRY(file_read_whole(ctx, path, LIMIT_MANIFEST_BYTES, &text));
    TRY(manifest_parse(ctx, text, path, &draft.content));
    *out = draft;
    return RC_OK;
}
