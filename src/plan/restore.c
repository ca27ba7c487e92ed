/*
 * plan/restore: the rules of the RESTORE statement.
 *
 * Source  StarRocks BackupRestoreAnalyzer and BackupHandler.restore (order of checks, texts). Other
 *         than there: names are compared again after ALL is expanded, so that two objects of one
 * job never get the same target name; backup_timestamp may be left out (the caller resolves it).
 * Errors  SEMANTIC in analysis, COMMON in execution.   Threads  pure.
 */
#include "base/map.h"
#include "base/vec.h"
#include "plan/restore_inside.h"
#include "schema/names.h"

enum { DEFAULT_REPLICATION_NUM = 3 };
static char present;  // what maps of names hold

static Rc check_names(Ctx *ctx, const BackupStatement *stmt)
{
    Map tables = map_new(ctx->arena), aliases = map_new(ctx->arena);
    for (size_t i = 0; i < stmt->object_count; i++) {
        const AstBackupObject *object = &stmt->objects[i];
        if (object->kind == AST_OBJECT_FUNCTION) continue;
        Str name = qname_last(object->name);
        if (map_get(&tables, name))
            return SAY(ctx, SEMANTIC, "Duplicated table: %.*s", STR_ARG(name));
        map_put(&tables, name, &present);
    }
    for (size_t i = 0; i < stmt->object_count; i++) {
        const AstBackupObject *object = &stmt->objects[i];
        Str alias = object->alias.text;
        if (!alias.ptr || object->kind == AST_OBJECT_FUNCTION) continue;
        if (!name_is_table(alias)) return FAIL(ctx, BAD_TABLE_NAME, STR_ARG(alias));
        if (map_get(&tables, alias) || map_get(&aliases, alias))
            return SAY(ctx, SEMANTIC, "Duplicated alias name: %.*s", STR_ARG(alias));
        map_put(&aliases, alias, &present);
    }
    return RC_OK;
}

Str plan_restore_target(const BackupStatement *stmt)
{
    if (stmt->database_alias.text.ptr) return stmt->database_alias.text;
    if (stmt->database.text.ptr) return stmt->database.text;
    return stmt->label_database.text.ptr ? stmt->label_database.text : STR("");
}

Rc plan_restore(Ctx *ctx, const BackupStatement *stmt, JobProperties *out)
{
    Str target = plan_restore_target(stmt);
    if (target.len && !name_is_database(target))
        return FAIL(ctx, BAD_DATABASE_NAME, STR_ARG(target));
    if (stmt->database_alias.text.ptr && target.len == 0)
        return FAIL(ctx, BAD_DATABASE_NAME, STR_ARG(target));
    TRY(plan_check_label(ctx, stmt->label.text));
    TRY(check_names(ctx, stmt));
    TRY(job_properties_for_restore(ctx, stmt->properties, out));
    return plan_check_cleaning(ctx, stmt, out);
}

// --- execution

static Rc check_kind_of_snapshot(Ctx *ctx, const RestoreBinding *binding)
{
    const BackupStatement *stmt = binding->stmt;
    bool is_of_catalogs = binding->content->database.len == 0;
    if (is_of_catalogs && plan_restore_target(stmt).len)
        return SAY(ctx, COMMON, "Can not specify database for external catalog snapshot");
    if (is_of_catalogs)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("a snapshot of external catalogs")));
    if (stmt->has_catalogs)
        return SAY(ctx, COMMON,
                   "This is not a snapshot for external catalog restore, snapshot: %.*s",
                   STR_ARG(stmt->label.text));
    Str named = stmt->database.text;
    if (named.ptr && !str_eq(named, binding->content->database)) {
        Rc rc =
            SAY(ctx, COMMON, "target database: %.*s is not existed in snapshot", STR_ARG(named));
        ctx_hint(ctx, ". The snapshot holds database %.*s: write DATABASE %.*s AS %.*s",
                 STR_ARG(binding->content->database), STR_ARG(binding->content->database),
                 STR_ARG(named));
        return rc;
    }
    return RC_OK;
}

// INDEX of a partition of the snapshot, by name without case; -1: not there.
static ptrdiff_t find_partition(const SnapTable *table, Str name)
{
    for (size_t i = 0; i < table->partition_count; i++)
        if (str_eq_nocase(table->partitions[i].def->name, name)) return (ptrdiff_t)i;
    return -1;
}

static void take_partition(RestoreObject *out, const SnapTable *table, size_t index)
{
    out->partitions[out->partition_count++] =
        (RestorePartition){table->partitions[index].def->name, (uint32_t)index};
}

// `object` NULL: all of them.
static Rc take_partitions(Ctx *ctx, const RestoreBinding *binding, const SnapTable *table,
                          const AstBackupObject *object, RestoreObject *out)
{
    size_t named = object ? object->partitions.count : 0;
    out->is_whole_table = named == 0;
    out->partitions =
        ARENA_ARRAY(ctx->arena, RestorePartition, named ? named : table->partition_count);
    if (object && object->is_temporary)
        return SAY(ctx, COMMON, "Do not support restoring temporary partitions");
    for (size_t i = 0; named == 0 && i < table->partition_count; i++) take_partition(out, table, i);
    for (size_t i = 0; i < named; i++) {
        Str name = object->partitions.at[i].text;
        ptrdiff_t index = find_partition(table, name);
        if (index < 0)
            return SAY(ctx, COMMON, "Partition %.*s of table %.*s does not exist in snapshot %.*s",
                       STR_ARG(name), STR_ARG(out->source_name), STR_ARG(binding->content->label));
        for (size_t k = 0; k < out->partition_count; k++)
            if (out->partitions[k].snap_index == (uint32_t)index)
                return SAY(ctx, COMMON, "Duplicated partition: %.*s", STR_ARG(name));
        take_partition(out, table, (size_t)index);
    }
    return RC_OK;
}

typedef VEC(RestoreObject) Objects;

static Rc fail_newer(Ctx *ctx, const RestoreBinding *binding, const SnapTable *table)
{
    return SAY(ctx, COMMON,
               "Table %.*s of snapshot %.*s needs format version %u, this server reads up to %u",
               STR_ARG(table->def->name), STR_ARG(binding->content->label), table->min_reader,
               binding->format_version);
}

static Rc take_listed(Ctx *ctx, const RestoreBinding *binding, Map *listed, Objects *out)
{
    const BackupStatement *stmt = binding->stmt;
    for (size_t i = 0; i < stmt->object_count; i++) {
        const AstBackupObject *object = &stmt->objects[i];
        if (object->kind == AST_OBJECT_FUNCTION) continue;
        Str name = qname_last(object->name);
        const SnapTable *table = snap_content_table(binding->content, name);
        if (!table)
            return SAY(ctx, COMMON, "Table %.*s does not exist in snapshot %.*s", STR_ARG(name),
                       STR_ARG(stmt->label.text));
        if (table->is_newer) return fail_newer(ctx, binding, table);
        RestoreObject entry = {.source_name = name,
                               .target_name = object->alias.text.ptr ? object->alias.text : name};
        TRY(take_partitions(ctx, binding, table, object, &entry));
        map_put(listed, name, &present);
        vec_push(ctx->arena, out, entry);
    }
    for (size_t i = 0; i < stmt->object_count; i++)
        if (stmt->objects[i].kind == AST_OBJECT_FUNCTION)
            return SAY(ctx, COMMON, "Can not find restore function: %.*s",
                       STR_ARG(qname_last(stmt->objects[i].name)));
    return RC_OK;
}

static Rc take_all(Ctx *ctx, const RestoreBinding *binding, const Map *listed, Objects *out)
{
    const BackupStatement *stmt = binding->stmt;
    const SnapTable *newer = NULL;
    if (stmt->has_on && !stmt->all[AST_OBJECT_TABLE]) return RC_OK;
    for (size_t i = 0; i < binding->content->table_count; i++) {
        const SnapTable *table = &binding->content->tables[i];
        Str name = table->def->name;
        if (map_get(listed, name)) continue;
        if (table->is_newer) {
            newer = table;
            WARN(ctx, TABLE_NEWER, STR_ARG(name), table->min_reader, binding->format_version);
            continue;
        }
        RestoreObject entry = {.source_name = name, .target_name = name};
        TRY(take_partitions(ctx, binding, table, NULL, &entry));
        vec_push(ctx->arena, out, entry);
    }
    return newer && out->len == 0 ? fail_newer(ctx, binding, newer) : RC_OK;
}

static int by_source(const void *a, const void *b)
{
    return str_cmp(((const RestoreObject *)a)->source_name,
                   ((const RestoreObject *)b)->source_name);
}

static Rc check_targets(Ctx *ctx, const Objects *objects)
{
    Map targets = map_new(ctx->arena);
    for (size_t i = 0; i < objects->len; i++) {
        Str name = objects->at[i].target_name;
        if (map_get(&targets, name))
            return SAY(ctx, COMMON, "Duplicated alias name: %.*s", STR_ARG(name));
        map_put(&targets, name, &present);
    }
    return RC_OK;
}

static Rc choose_replication(Ctx *ctx, const RestoreBinding *binding, const Objects *objects,
                             uint32_t *out)
{
    uint32_t most = binding->backend_count;
    if (!binding->properties->has_replication_num) {
        *out = most < DEFAULT_REPLICATION_NUM ? most : DEFAULT_REPLICATION_NUM;
        return RC_OK;
    }
    int64_t wanted = binding->properties->replication_num;
    if (wanted < 1)
        return SAY(ctx, COMMON, "Replication num should greater than 0: %lld", (long long)wanted);
    if (wanted > most) {
        Str table = objects->len ? objects->at[0].target_name : STR("");
        Rc rc = SAY(ctx, COMMON, "failed to find %lld different hosts to create table: %.*s",
                    (long long)wanted, STR_ARG(table));
        ctx_hint(
            ctx,
            ". This server has %u backend%s; leave replication_num out or set it to at most that",
            most, most == 1 ? "" : "s");
        return rc;
    }
    *out = (uint32_t)wanted;
    return RC_OK;
}

static void warn_meta_version(Ctx *ctx, const RestoreBinding *binding)
{
    const JobProperties *given = binding->properties;
    if (!given->has_meta_version ||
        given->meta_version == (int64_t)binding->content->format_version)
        return;
    Str text =
        str_printf(ctx->arena, "meta_version %lld is ignored: the snapshot carries its own, %u",
                   (long long)given->meta_version, binding->content->format_version);
    WARN(ctx, COMMON, STR_ARG(text));
}

Rc plan_restore_execution(Ctx *ctx, const RestoreBinding *binding, RestorePlan *out)
{
    TRY(check_kind_of_snapshot(ctx, binding));
    Map listed = map_new(ctx->arena);
    Objects objects = {0};
    TRY(take_listed(ctx, binding, &listed, &objects));
    TRY(take_all(ctx, binding, &listed, &objects));
    TRY(check_targets(ctx, &objects));
    if (objects.len) qsort(objects.at, objects.len, sizeof(*objects.at), by_source);
    uint32_t replication_num;
    TRY(choose_replication(ctx, binding, &objects, &replication_num));
    warn_meta_version(ctx, binding);
    Str target = plan_restore_target(binding->stmt);
    if (target.len == 0) target = binding->content->database;
    *out = (RestorePlan){
        .snapshot_database = binding->content->database,
        .target_database = target,
        .label = binding->content->label,
        .stamp = binding->content->stamp,
        .repository = binding->stmt->repository.text,
        .object_count = objects.len,
        .objects = objects.at,
        .replication_num = replication_num,
        .allow_load = binding->properties->allow_load,
        .clean_partitions = binding->properties->clean_partitions,
        .was_database_missing = !catalog_find_database(binding->snapshot, target),
        .timeout_s = binding->properties->timeout_s,
        .bandwidth_limit = binding->properties->bandwidth_limit,
    };
    return plan_restore_cleaning(ctx, binding, out);
}
