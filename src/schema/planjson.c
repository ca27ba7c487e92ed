/*
 * schema/planjson: what a BACKUP takes and what a RESTORE does, as JSON of a job's row.
 *
 * Errors  JSON_FIELD, LIMIT_EXCEEDED.   Threads  pure, apart from the Ctx.
 */
#include "schema/planjson.h"
#include "base/limits.h"
#include "schema/json.h"

static Rc get_objects(Ctx *ctx, const Json *json, const Json **out)
{
    TRY(json_get_array(ctx, json, "objects", out));
    if ((*out)->count > LIMIT_SQL_LIST)
        return FAIL(ctx, LIMIT_EXCEEDED, "objects", (long long)LIMIT_SQL_LIST);
    return RC_OK;
}

static Rc get_partitions(Ctx *ctx, const Json *json, const Json **out)
{
    TRY(json_get_array(ctx, json, "partitions", out));
    if ((*out)->count > LIMIT_PARTITIONS)
        return FAIL(ctx, LIMIT_EXCEEDED, "partitions", (long long)LIMIT_PARTITIONS);
    return RC_OK;
}

static Rc get_amount(Ctx *ctx, const Json *json, const char *key, int64_t *out)
{
    uint64_t value = 0;
    TRY(json_get_u64(ctx, json, key, &value));
    *out = (int64_t)value;
    return RC_OK;
}

// --- BACKUP

void backup_plan_to_json(JsonWriter *w, const char *key, const BackupPlan *plan)
{
    json_open(w, key, '{');
    json_put_str(w, "database", plan->database);
    json_put_str(w, "label", plan->label);
    json_put_str(w, "repository", plan->repository);
    json_open(w, "objects", '[');
    for (size_t i = 0; i < plan->object_count; i++) {
        json_open(w, NULL, '{');
        json_put_str(w, "table", plan->objects[i].table);
        json_open(w, "partitions", '[');
        for (size_t p = 0; p < plan->objects[i].partition_count; p++)
            json_put_str(w, NULL, plan->objects[i].partitions[p]);
        json_close(w, ']');
        json_close(w, '}');
    }
    json_close(w, ']');
    json_put_i64(w, "timeout_s", plan->timeout_s);
    json_put_i64(w, "bandwidth_limit", plan->bandwidth_limit);
    json_close(w, '}');
}

static Rc get_backup_object(Ctx *ctx, const Json *json, BackupObject *out)
{
    const Json *list = NULL;
    TRY(json_get_str(ctx, json, "table", &out->table));
    TRY(get_partitions(ctx, json, &list));
    out->partitions = ARENA_ARRAY(ctx->arena, Str, list->count);
    out->partition_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != J_STRING)
            return FAIL(ctx, JSON_FIELD, "partitions", "texts", "another kind");
        out->partitions[i] = list->items[i].string;
    }
    return RC_OK;
}

Rc backup_plan_from_json(Ctx *ctx, const Json *json, BackupPlan **out)
{
    BackupPlan *plan = ARENA_NEW(ctx->arena, BackupPlan);
    const Json *list = NULL;
    TRY(json_get_str(ctx, json, "database", &plan->database));
    TRY(json_get_str(ctx, json, "label", &plan->label));
    TRY(json_get_str(ctx, json, "repository", &plan->repository));
    TRY(get_objects(ctx, json, &list));
    plan->objects = ARENA_ARRAY(ctx->arena, BackupObject, list->count);
    plan->object_count = list->count;
    for (size_t i = 0; i < list->count; i++)
        TRY(get_backup_object(ctx, &list->items[i], &plan->objects[i]));
    TRY(get_amount(ctx, json, "timeout_s", &plan->timeout_s));
    TRY(get_amount(ctx, json, "bandwidth_limit", &plan->bandwidth_limit));
    *out = plan;
    return RC_OK;
}

// --- RESTORE

static void put_restore_object(JsonWriter *w, const RestoreObject *object)
{
    json_open(w, NULL, '{');
    json_put_str(w, "source_name", object->source_name);
    json_put_str(w, "target_name", object->target_name);
    json_put_bool(w, "is_whole_table", object->is_whole_table);
    json_open(w, "partitions", '[');
    for (size_t p = 0; p < object->partition_count; p++) {
        json_open(w, NULL, '{');
        json_put_str(w, "name", object->partitions[p].name);
        json_put_u64(w, "snap_index", object->partitions[p].snap_index);
        json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
}

void restore_plan_to_json(JsonWriter *w, const char *key, const RestorePlan *plan)
{
    json_open(w, key, '{');
    json_put_str(w, "snapshot_database", plan->snapshot_database);
    json_put_str(w, "target_database", plan->target_database);
    json_put_str(w, "label", plan->label);
    json_put_str(w, "stamp", plan->stamp);
    json_put_str(w, "repository", plan->repository);
    json_open(w, "objects", '[');
    for (size_t i = 0; i < plan->object_count; i++) put_restore_object(w, &plan->objects[i]);
    json_close(w, ']');
    json_put_u64(w, "replication_num", plan->replication_num);
    json_put_bool(w, "allow_load", plan->allow_load);
    json_put_bool(w, "clean_partitions", plan->clean_partitions);
    json_open(w, "dropped_tables", '[');
    for (size_t i = 0; i < plan->dropped_table_count; i++)
        json_put_str(w, NULL, plan->dropped_tables[i]);
    json_close(w, ']');
    json_put_bool(w, "was_database_missing", plan->was_database_missing);
    json_put_i64(w, "timeout_s", plan->timeout_s);
    json_put_i64(w, "bandwidth_limit", plan->bandwidth_limit);
    json_close(w, '}');
}

static Rc get_restore_object(Ctx *ctx, const Json *json, RestoreObject *out)
{
    const Json *list = NULL;
    TRY(json_get_str(ctx, json, "source_name", &out->source_name));
    TRY(json_get_str(ctx, json, "target_name", &out->target_name));
    TRY(json_get_bool(ctx, json, "is_whole_table", &out->is_whole_table));
    TRY(get_partitions(ctx, json, &list));
    out->partitions = ARENA_ARRAY(ctx->arena, RestorePartition, list->count);
    out->partition_count = list->count;
    for (size_t i = 0; i < list->count; i++) {
        RestorePartition *partition = &out->partitions[i];
        TRY(json_get_str(ctx, &list->items[i], "name", &partition->name));
        TRY(json_get_u32(ctx, &list->items[i], "snap_index", 0, &partition->snap_index));
    }
    return RC_OK;
}

static Rc get_restore_names(Ctx *ctx, const Json *json, RestorePlan *plan)
{
    TRY(json_get_str(ctx, json, "snapshot_database", &plan->snapshot_database));
    TRY(json_get_str(ctx, json, "target_database", &plan->target_database));
    TRY(json_get_str(ctx, json, "label", &plan->label));
    TRY(json_get_str(ctx, json, "stamp", &plan->stamp));
    return json_get_str(ctx, json, "repository", &plan->repository);
}

// Plans of older versions have neither.
static Rc get_cleaning(Ctx *ctx, const Json *json, RestorePlan *plan)
{
    const Json *list = NULL;
    if (json_member(json, "clean_partitions"))
        TRY(json_get_bool(ctx, json, "clean_partitions", &plan->clean_partitions));
    if (!json_member(json, "dropped_tables")) return RC_OK;
    TRY(json_get_array(ctx, json, "dropped_tables", &list));
    plan->dropped_tables = ARENA_ARRAY(ctx->arena, Str, list->count);
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != J_STRING)
            return FAIL(ctx, JSON_FIELD, "dropped_tables", "texts", "another kind");
        plan->dropped_tables[plan->dropped_table_count++] = list->items[i].string;
    }
    return RC_OK;
}

Rc restore_plan_from_json(Ctx *ctx, const Json *json, RestorePlan **out)
{
    RestorePlan *plan = ARENA_NEW(ctx->arena, RestorePlan);
    const Json *list = NULL;
    TRY(get_restore_names(ctx, json, plan));
    TRY(get_objects(ctx, json, &list));
    plan->objects = ARENA_ARRAY(ctx->arena, RestoreObject, list->count);
    plan->object_count = list->count;
    for (size_t i = 0; i < list->count; i++)
        TRY(get_restore_object(ctx, &list->items[i], &plan->objects[i]));
    TRY(json_get_u32(ctx, json, "replication_num", 1, &plan->replication_num));
    TRY(json_get_bool(ctx, json, "allow_load", &plan->allow_load));
    TRY(get_cleaning(ctx, json, plan));
    TRY(json_get_bool(ctx, json, "was_database_missing", &plan->was_database_missing));
    TRY(get_amount(ctx, json, "timeout_s", &plan->timeout_s));
    TRY(get_amount(ctx, json, "bandwidth_limit", &plan->bandwidth_limit));
    *out = plan;
    return RC_OK;
}
