/*
 * plan/restore_clean: what a target has and the snapshot lacks.
 *
 * Form    it stays, and a warning counts it; with clean_partitions and clean_tables it is dropped
 *         in the commit that brings the rest.
 * Source  the names of both keys are Doris'; the checks are ours.
 * Errors  SEMANTIC.   Threads  pure.
 */
#include "base/map.h"
#include "base/vec.h"
#include "plan/restore_inside.h"

enum { NAMES_TOLD = 10 };

Rc plan_check_cleaning(Ctx *ctx, const BackupStatement *stmt, const JobProperties *properties)
{
    if (properties->clean_tables && stmt->has_on)
        return SAY(ctx, SEMANTIC,
                   "Property clean_tables is for a restore of the whole database, without ON");
    for (size_t i = 0; properties->clean_partitions && i < stmt->object_count; i++)
        if (stmt->objects[i].partitions.count > 0)
            return SAY(ctx, SEMANTIC,
                       "Property clean_partitions is for whole tables: table %.*s has a list of"
                       " partitions",
                       STR_ARG(qname_last(stmt->objects[i].name)));
    return RC_OK;
}

static void list_dropped(Ctx *ctx, const RestoreBinding *binding, const Database *database,
                         RestorePlan *plan)
{
    VEC(Str) names = {0};
    for (size_t i = 0; i < database->table_count; i++) {
        Str name = database->tables[i]->def->name;
        if (!snap_content_table(binding->content, name)) vec_push(ctx->arena, &names, name);
    }
    plan->dropped_tables = names.at;
    plan->dropped_table_count = names.len;
}

static void warn_kept(Ctx *ctx, const Table *table, const SnapTable *snap)
{
    Map there = map_new(ctx->arena);
    Buf names = buf_new(ctx->arena);
    size_t kept = 0;
    for (size_t i = 0; i < snap->partition_count; i++)
        map_put(&there, str_lower(ctx->arena, snap->partitions[i].def->name), &there);
    for (size_t i = 0; i < table->partition_count; i++) {
        const PartitionDef *def = table->partitions[i]->def;
        if (def->is_temporary || map_get(&there, str_lower(ctx->arena, def->name))) continue;
        if (kept++ < NAMES_TOLD)
            buf_printf(&names, "%s%.*s", kept > 1 ? ", " : "", STR_ARG(def->name));
    }
    if (kept == 0) return;
    WARN(ctx, PARTITIONS_KEPT, kept, STR_ARG(table->def->name), STR_ARG(buf_str(&names)),
         kept > NAMES_TOLD ? ", .." : "");
}

Rc plan_restore_cleaning(Ctx *ctx, const RestoreBinding *binding, RestorePlan *plan)
{
    const Database *database = catalog_find_database(binding->snapshot, plan->target_database);
    if (!database) return RC_OK;
    if (binding->properties->clean_tables) list_dropped(ctx, binding, database, plan);
    for (size_t i = 0; !plan->clean_partitions && i < plan->object_count; i++) {
        const RestoreObject *object = &plan->objects[i];
        const Table *table = catalog_find_table(database, object->target_name);
        if (!table || !object->is_whole_table || table->def->method == PARTITION_NONE) continue;
        warn_kept(ctx, table, snap_content_table(binding->content, object->source_name));
    }
    return RC_OK;
}
