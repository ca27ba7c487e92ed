/*
 * job/restorecommit: a RESTORE becomes visible, in one transaction (INV-52).
 *
 * Form    the staged files are linked to fresh rowset ids first; no row names them until the
 *         transaction that creates or replaces every object and ends the job (job_move).
 * Errors  RESTORE_CONFLICT, those of catalog/ and table/.
 * Threads the job's runner; restore_apply under the catalog's writer turn.
 */
#include "base/fault.h"
#include "base/log.h"
#include "base/vec.h"
#include "catalog/colocate.h"
#include "catalog/trash.h"
#include "job/restorework.h"
#include "schema/dynamic.h"
#include "schema/import.h"
#include "schema/match.h"

static const SnapTable *snap_table(const RestoreWork *work, const RestoreObject *object)
{
    const SnapTable *table = snap_content_table(work->content, object->source_name);
    must(table != NULL);  // plan_restore_execution and the manifest's digest saw to it
    return table;
}

// --- what exists against what comes

static Rc match_existing(Ctx *ctx, const Table *table, const RestoreObject *object, const Job *job,
                         Match *out)
{
    const PartitionDef **partitions =
        ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++) partitions[i] = table->partitions[i]->def;
    MatchRequest request = {
        .def = table->def,
        .partition_count = table->partition_count,
        .partitions = partitions,
        .snap = snap_table(job->restore_work, object),
        .object = object,
        .replication_num = job->restore->replication_num,
        .is_cleaned = job->restore->clean_partitions,
    };
    return match_table(ctx, &request, out);
}

Rc restore_conflicts(Ctx *ctx, const CatalogSnapshot *snapshot, Job *job, Str *out)
{
    RestoreWork *work = NULL;
    TRY(restore_work(ctx, job, &work));
    Buf all = buf_new(ctx->arena);
    const Database *database = catalog_find_database(snapshot, job->restore->target_database);
    for (size_t i = 0; database && i < job->restore->object_count; i++) {
        const RestoreObject *object = &job->restore->objects[i];
        const Table *table = catalog_find_table(database, object->target_name);
        if (!table) continue;
        Match match;
        TRY(match_existing(ctx, table, object, job, &match));
        for (size_t k = 0; k < match.conflict_count; k++)
            buf_printf(&all, "%s%.*s", all.len ? "; " : "", STR_ARG(match.conflicts[k]));
    }
    *out = buf_str(&all);
    return RC_OK;
}

// --- files get their ids

// Enough for a database, every table and every partition.
static Rc reserve_object_ids(Ctx *ctx, Job *job, RestoreWork *work)
{
    size_t count = 1 + job->restore->object_count;
    for (size_t i = 0; i < job->restore->object_count; i++)
        count += job->restore->objects[i].partition_count;
    TRY(catalog_new_ids(ctx, job->jobs->options.catalog, count, &work->next_id));
    work->end_id = work->next_id + count;
    return RC_OK;
}

static uint64_t take_id(RestoreWork *work)
{
    must(work->next_id < work->end_id);
    return work->next_id++;
}

Rc restore_unlink_files(Ctx *ctx, Job *job)
{
    RestoreWork *work = job->restore_work;
    if (!work || work->file_count == 0 || work->files[0].rowset_id == 0) return RC_OK;
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, work->file_count);
    for (size_t i = 0; i < work->file_count; i++) ids[i] = work->files[i].rowset_id;
    TRY(table_discard_files(ctx, job->jobs->options.store, ids, work->file_count));
    for (size_t i = 0; i < work->file_count; i++) work->files[i].rowset_id = 0;
    return RC_OK;
}

Rc restore_link_files(Ctx *ctx, Job *job)
{
    RestoreWork *work = NULL;
    TRY(restore_work(ctx, job, &work));
    TRY(restore_unlink_files(ctx, job));  // of a try that did not commit
    TRY(reserve_object_ids(ctx, job, work));
    if (work->file_count == 0) return RC_OK;
    uint64_t first;
    TRY(catalog_new_ids(ctx, job->jobs->options.catalog, work->file_count, &first));
    StagedFile *staged = ARENA_ARRAY(ctx->arena, StagedFile, work->file_count);
    for (size_t i = 0; i < work->file_count; i++) {
        work->files[i].rowset_id = first + i;
        staged[i] = (StagedFile){restore_staged_path(ctx->arena, work, i), first + i};
    }
    TRY(table_adopt_files(ctx, job->jobs->options.store, staged, work->file_count));
    return fault_point(ctx, "restore.linked");
}

// --- the transaction

typedef struct Commit {
    Ctx *ctx;
    CatalogTxn *txn;
    Job *job;
    RestoreWork *work;
    const RestoreObject *object;
    uint32_t object_index;
    const SnapTable *snap;
    int64_t exempt_until_ms;  // of its partitions; 0: none
    uint32_t *schema_ids;  // of the target, one per schema of the snapshot's table; NULL: the same
} Commit;

static uint32_t target_schema_id(const Commit *c, uint32_t snap_schema_id)
{
    if (!c->schema_ids) return snap_schema_id;
    for (size_t i = 0; i < c->snap->def->schema_count; i++)
        if (c->snap->def->schemas[i].id == snap_schema_id) return c->schema_ids[i];
    must(!"a file names a schema that its table lacks");
    return 0;
}

// The files of one partition of the job. They stand by object and, as in its list, by the
// snapshot's partition.
typedef struct FileRange {
    const RestoreFile *at;
    size_t count;
} FileRange;

static bool is_before(const RestoreFile *file, uint32_t object, uint32_t snap_index)
{
    return file->object != object ? file->object < object : file->file.partition < snap_index;
}

static FileRange files_of(const Commit *c, uint32_t partition)
{
    uint32_t wanted = c->object->partitions[partition].snap_index;
    const RestoreFile *files = c->work->files;
    size_t low = 0, high = c->work->file_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(&files[middle], c->object_index, wanted))
            low = middle + 1;
        else
            high = middle;
    }
    FileRange range = {files + low, 0};
    for (; low + range.count < c->work->file_count; range.count++) {
        const RestoreFile *file = &range.at[range.count];
        if (file->object != c->object_index || file->file.partition != wanted) break;
    }
    return range;
}

static RowsetInfo *rowsets_of(const Commit *c, FileRange files)
{
    RowsetInfo *infos = ARENA_ARRAY(c->ctx->arena, RowsetInfo, files.count);
    for (size_t i = 0; i < files.count; i++) {
        const RestoreFile *file = &files.at[i];
        infos[i] = (RowsetInfo){
            .id = file->rowset_id,
            .sequence = file->file.sequence,
            .schema_id = target_schema_id(c, file->file.schema_id),
            .row_count = file->file.row_count,
            .size_bytes = file->file.plain_bytes,
            .digest = file->file.plain_digest,
        };
    }
    return infos;
}

// What is deleted of them.
static VectorChange *vectors_of(const Commit *c, FileRange files, size_t *count)
{
    VectorChange *vectors = ARENA_ARRAY(c->ctx->arena, VectorChange, files.count);
    *count = 0;
    for (size_t i = 0; i < files.count; i++) {
        const RestoreFile *file = &files.at[i];
        if (file->file.vector.cardinality == 0) continue;
        must(file->vector.ptr != NULL);
        vectors[(*count)++] = (VectorChange){file->rowset_id, file->file.vector, file->vector};
    }
    return vectors;
}

static Rc fill_partition(const Commit *c, uint64_t table_id, uint64_t partition_id,
                         uint32_t partition, uint64_t version)
{
    const SnapPartition *from = &c->snap->partitions[c->object->partitions[partition].snap_index];
    FileRange files = files_of(c, partition);
    RowsetChange change = {
        .table_id = table_id,
        .partition_id = partition_id,
        .add = rowsets_of(c, files),
        .add_count = files.count,
        .ends_all = true,
        .content_id = &from->content_id,
        .version = version,
    };
    change.vectors = vectors_of(c, files, &change.vector_count);
    return txn_change_rowsets(c->ctx, c->txn, &change);
}

// What a RESTORE brings into a table whose partitions the time drops stays for a while. 0: no such
// table.
static int64_t exempt_until(const Commit *c, const TableDef *def)
{
    DynamicPartitions dynamic;
    if (!dynamic_read(def, &dynamic)) return 0;
    return clock_now_ms(c->ctx->clock) + dynamic_exempt_ms(dynamic.unit);
}

static Rc exempt_existing(const Commit *c, uint64_t database_id, uint64_t table_id,
                          uint64_t partition_id)
{
    if (c->exempt_until_ms == 0) return RC_OK;
    const Database *database = catalog_find_database_id(txn_view(c->txn), database_id);
    const Table *table = catalog_find_table_id(database, table_id);
    const Partition *partition = catalog_find_partition_id(table, partition_id);
    PartitionDef *def = partition_def_copy(c->ctx->arena, partition->def);
    def->exempt_until_ms = c->exempt_until_ms;
    return txn_alter_partition(c->ctx, c->txn, table_id, def);
}

static PartitionDef *new_partition(const Commit *c, uint32_t partition)
{
    const SnapPartition *from = &c->snap->partitions[c->object->partitions[partition].snap_index];
    PartitionDef *def = partition_def_copy(c->ctx->arena, from->def);
    def->id = take_id(c->work);
    def->replication_num = c->job->restore->replication_num;
    def->exempt_until_ms = c->exempt_until_ms;
    if (c->snap->def->method == PARTITION_NONE) def->name = c->object->target_name;
    return def;
}

static void set_replication_property(Arena *arena, TableDef *def, uint32_t replication_num)
{
    for (size_t i = 0; i < def->property_count; i++)
        if (str_eq(def->properties[i].key, STR("replication_num")))
            def->properties[i].value = str_printf(arena, "%u", replication_num);
}

static void remove_property(TableDef *def, Str key)
{
    for (size_t i = 0; i < def->property_count; i++)
        if (str_eq(def->properties[i].key, key))
            def->properties[i--] = def->properties[--def->property_count];
}

// The table joins or makes its colocation group; where the rules of the group do not allow it, it
// comes back without, and the job says so.
static void join_group(const Commit *c, const ColocateWish *wish, TableDef *def)
{
    Ctx *ctx = c->ctx;
    if (colocate_check(ctx, txn_view(c->txn), wish) == RC_OK) return;
    Str why = str_trim(str_dup(ctx->arena, ctx->err.text));
    if (str_ends(why, STR(";"))) why.len--;
    ctx_clear(ctx);
    job_tell(c->job, "table %.*s is not in colocation group %.*s: %.*s", STR_ARG(def->name),
             STR_ARG(colocate_name(def)), STR_ARG(why));
    remove_property(def, STR("colocate_with"));
}

static Rc create_table(Commit *c, uint64_t database_id)
{
    size_t count = c->object->partition_count;
    TableDef *def = table_def_copy(c->ctx->arena, c->snap->def);
    c->exempt_until_ms = exempt_until(c, c->snap->def);
    def->id = take_id(c->work);
    def->name = c->object->target_name;
    set_replication_property(c->ctx->arena, def, c->job->restore->replication_num);
    const PartitionDef **partitions = ARENA_ARRAY(c->ctx->arena, const PartitionDef *, count);
    for (size_t i = 0; i < count; i++) partitions[i] = new_partition(c, (uint32_t)i);
    join_group(c, &(ColocateWish){database_id, def, partitions, count}, def);
    TRY(txn_create_table(c->ctx, c->txn, database_id, def, (PartitionDefs){partitions, count}));
    TRY(txn_raise_counter(c->ctx, c->txn, def->id, c->snap->auto_increment));
    for (size_t i = 0; i < count; i++) {
        const SnapPartition *from = &c->snap->partitions[c->object->partitions[i].snap_index];
        TRY(fill_partition(c, def->id, partitions[i]->id, (uint32_t)i, from->version));
    }
    return RC_OK;
}

static Rc add_partition(const Commit *c, uint64_t table_id, uint32_t partition)
{
    const PartitionDef *def = new_partition(c, partition);
    TRY(txn_add_partition(c->ctx, c->txn, table_id, def));
    const SnapPartition *from = &c->snap->partitions[c->object->partitions[partition].snap_index];
    return fill_partition(c, table_id, def->id, partition, from->version);
}

// Partitions that the snapshot lacks: before new ones come, which may have their ranges.
static Rc drop_or_keep_extras(const Commit *c, uint64_t table_id, const Match *match)
{
    bool is_cleaned = c->job->restore->clean_partitions;
    if (match->extra_count == 0 || !c->object->is_whole_table) return RC_OK;
    uint64_t *ids = ARENA_ARRAY(c->ctx->arena, uint64_t, match->extra_count);
    for (size_t i = 0; i < match->extra_count; i++) ids[i] = match->extras[i]->id;
    log_info("job %llu: %zu partitions of table %.*s that the snapshot lacks %s",
             (unsigned long long)c->job->row.id, match->extra_count,
             STR_ARG(c->object->target_name), is_cleaned ? "go to the trash" : "stay");
    for (size_t i = 0; is_cleaned && i < match->extra_count; i++)
        TRY(txn_drop_partition(c->ctx, c->txn, table_id, ids[i], false));
    return RC_OK;
}

static Rc overwrite_table(Commit *c, uint64_t database_id, const Table *table)
{
    Match match;
    TRY(match_existing(c->ctx, table, c->object, c->job, &match));
    if (match.conflict_count) return FAIL(c->ctx, RESTORE_CONFLICT, STR_ARG(match.conflicts[0]));
    SchemaImport import;
    TRY(schema_import(c->ctx, table->def, c->snap->def, &import));
    uint64_t table_id = table->def->id;  // `table` dies with the first change
    c->exempt_until_ms = exempt_until(c, table->def);
    c->schema_ids = import.schema_ids;
    uint64_t *existing = ARENA_ARRAY(c->ctx->arena, uint64_t, c->object->partition_count);
    for (size_t i = 0; i < c->object->partition_count; i++)
        existing[i] = match.partitions[i].existing ? match.partitions[i].existing->id : 0;
    TRY(drop_or_keep_extras(c, table_id, &match));
    if (import.was_changed) TRY(txn_alter_table(c->ctx, c->txn, import.def));
    TRY(txn_raise_counter(c->ctx, c->txn, table_id, c->snap->auto_increment));
    for (uint32_t i = 0; i < c->object->partition_count; i++) {
        if (!existing[i]) {
            TRY(add_partition(c, table_id, i));
            continue;
        }
        TRY(fill_partition(c, table_id, existing[i], i, 0));
        TRY(exempt_existing(c, database_id, table_id, existing[i]));
    }
    return txn_add_undo(c->ctx, c->txn, UNDO_RESTORE, c->job->row.id, table_id);
}

static Rc target_database(Ctx *ctx, CatalogTxn *txn, Job *job, RestoreWork *work, uint64_t *id)
{
    const Database *database = catalog_find_database(txn_view(txn), job->restore->target_database);
    if (database) {
        *id = database->def->id;
        return RC_OK;
    }
    *id = take_id(work);
    DatabaseDef def = {
        .id = *id,
        .name = job->restore->target_database,
        .comment = STR(""),
        .created_ms = clock_now_ms(ctx->clock),
    };
    return txn_create_database(ctx, txn, &def);
}

// They were claimed when the job was accepted: none has got another name since.
static Rc drop_tables(Ctx *ctx, CatalogTxn *txn, const Job *job, uint64_t database_id)
{
    for (size_t i = 0; i < job->restore->dropped_table_count; i++) {
        Str name = job->restore->dropped_tables[i];
        const Database *database = catalog_find_database_id(txn_view(txn), database_id);
        const Table *table = catalog_find_table(database, name);
        if (!table) continue;
        TRY(txn_drop_table(ctx, txn, table->def->id, false));
        log_info("job %llu: table %.*s that the snapshot lacks goes to the trash",
                 (unsigned long long)job->row.id, STR_ARG(name));
    }
    return RC_OK;
}

Rc restore_apply(Ctx *ctx, CatalogTxn *txn, Job *job)
{
    RestoreWork *work = NULL;
    TRY(restore_work(ctx, job, &work));
    uint64_t database_id;
    job->remarks_len = 0;  // of a try that did not commit
    TRY(target_database(ctx, txn, job, work, &database_id));
    for (uint32_t i = 0; i < job->restore->object_count; i++) {
        Commit c = {.ctx = ctx, .txn = txn, .job = job, .work = work, .object_index = i};
        c.object = &job->restore->objects[i];
        c.snap = snap_table(work, c.object);
        const Database *database = catalog_find_database_id(txn_view(txn), database_id);
        const Table *table = catalog_find_table(database, c.object->target_name);
        TRY(table ? overwrite_table(&c, database_id, table) : create_table(&c, database_id));
    }
    TRY(drop_tables(ctx, txn, job, database_id));
    return fault_point(ctx, "restore.applied");
}
