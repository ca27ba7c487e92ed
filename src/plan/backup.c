/*
 * plan/backup: the rules of the BACKUP statement.
 *
 * Source  StarRocks BackupRestoreAnalyzer (order of checks, texts) and BackupHandler.backup.
 *         Other than there: an ALL form never leaves a table out because another one's name differs
 *         from it only by case.
 * Errors  SEMANTIC and the named codes of statements.md 3; COMMON for execution.   Threads  pure.
 */
#include "plan/backup.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "schema/names.h"
#include <ctype.h>

static const Str DEFAULT_CATALOG = STR_INIT("default_catalog");

Rc plan_check_label(Ctx *ctx, Str label)
{
    bool is_good = label.len > 0 && !str_eq(label, STR(".")) && !str_eq(label, STR(".."));
    size_t encoded = 0;
    for (size_t i = 0; i < label.len; i++) {
        unsigned char byte = (unsigned char)label.ptr[i];
        if (byte < 0x20 || byte == 0x7F || byte == '/' || byte == '\\') is_good = false;
        encoded += isalnum(byte) || byte == '-' || byte == '_' ? 1 : 3;
    }
    if (is_good && encoded <= LIMIT_LABEL_BYTES && str_is_utf8(label)) return RC_OK;
    return FAIL(ctx, BAD_LABEL_NAME, STR_ARG(label));
}

// --- the form for external catalogs (4.2)

static Rc check_catalogs(Ctx *ctx, const BackupStatement *stmt)
{
    JobProperties ignored;
    TRY(job_properties_for_backup(ctx, stmt->properties, &ignored));
    if (stmt->all_catalogs) return SAY(ctx, SEMANTIC, "No external catalog can be backed up");
    for (size_t i = 0; i < stmt->catalog_count; i++) {
        Str name = stmt->catalogs[i].name.text;
        if (str_eq_nocase(name, DEFAULT_CATALOG))
            return SAY(ctx, SEMANTIC, "Do not support Backup/Restore the entire default catalog");
        return SAY(ctx, SEMANTIC, "external catalog %.*s does not existed.", STR_ARG(name));
    }
    return RC_OK;
}

// --- the form for a database (4.3)

static Rc find_database(Ctx *ctx, const CatalogSnapshot *snapshot, Str current,
                        const BackupStatement *stmt, const Database **out)
{
    Str name = stmt->database.text.ptr ? stmt->database.text : stmt->label_database.text;
    if (name.ptr && !name_is_database(name)) return FAIL(ctx, BAD_DATABASE_NAME, STR_ARG(name));
    if (!name.ptr) name = current;
    const Database *database = catalog_find_database(snapshot, name);
    if (!database) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(name));
    *out = database;
    return RC_OK;
}

static Rc check_partitions(Ctx *ctx, const Table *table, const AstBackupObject *object,
                           BackupObject *out)
{
    out->partitions = ARENA_ARRAY(ctx->arena, Str, object->partitions.count);
    for (size_t i = 0; i < object->partitions.count; i++) {
        Str name = object->partitions.at[i].text;
        const Partition *partition = catalog_find_partition(table, name);
        if (!partition && !object->is_temporary)
            return SAY(ctx, SEMANTIC, "partition[%.*s] does not exist  in table%.*s", STR_ARG(name),
                       STR_ARG(table->def->name));
        Str found = partition ? partition->def->name : name;
        for (size_t k = 0; k < out->partition_count; k++)
            if (str_eq(out->partitions[k], found))
                return SAY(ctx, SEMANTIC, "Duplicated partition: %.*s", STR_ARG(found));
        out->partitions[out->partition_count++] = found;
    }
    return RC_OK;
}

typedef VEC(BackupObject) Objects;

// Objects in the order of their kinds, then what the ALL forms or a missing ON add.
static Rc list_objects(Ctx *ctx, const Database *database, const BackupStatement *stmt,
                       Objects *out)
{
    Map listed = map_new(ctx->arena);
    for (size_t i = 0; i < stmt->object_count; i++) {
        const AstBackupObject *object = &stmt->objects[i];
        if (object->kind == AST_OBJECT_FUNCTION) continue;
        Str name = qname_last(object->name);
        const Table *table = catalog_find_table(database, name);
        if (!table) return SAY(ctx, SEMANTIC, "Incorrect table name '%.*s'", STR_ARG(name));
        if (map_get(&listed, name))
            return SAY(ctx, SEMANTIC, "Duplicated table: %.*s", STR_ARG(name));
        map_put(&listed, name, (void *)(uintptr_t)table);
        BackupObject entry = {.table = name};
        TRY(check_partitions(ctx, table, object, &entry));
        vec_push(ctx->arena, out, entry);
    }
    if (stmt->has_on && !stmt->all[AST_OBJECT_TABLE]) return RC_OK;
    for (size_t i = 0; i < database->table_count; i++) {
        Str name = database->tables[i]->def->name;
        if (!map_get(&listed, name)) vec_push(ctx->arena, out, (BackupObject){.table = name});
    }
    return RC_OK;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const BackupObject *)a)->table, ((const BackupObject *)b)->table);
}

static Rc check_functions(Ctx *ctx, const BackupStatement *stmt)
{
    for (size_t i = 0; i < stmt->object_count; i++)
        if (stmt->objects[i].kind == AST_OBJECT_FUNCTION)
            return SAY(ctx, SEMANTIC, "Invalid backup function(s), function name: %.*s",
                       STR_ARG(qname_last(stmt->objects[i].name)));
    return RC_OK;
}

Rc plan_backup(Ctx *ctx, const CatalogSnapshot *snapshot, Str database_name,
               const BackupStatement *stmt, BackupPlan *out)
{
    if (stmt->has_catalogs) return check_catalogs(ctx, stmt);
    const Database *database = NULL;
    TRY(find_database(ctx, snapshot, database_name, stmt, &database));
    TRY(plan_check_label(ctx, stmt->label.text));
    Str repository = stmt->repository.text;
    if (repository.len == 0) return SAY(ctx, SEMANTIC, "Repository is empty");
    if (!catalog_find_repository(snapshot, repository))
        return SAY(ctx, SEMANTIC, "Repository [%.*s] does not exist", STR_ARG(repository));
    Objects objects = {0};
    TRY(list_objects(ctx, database, stmt, &objects));
    if (objects.len) qsort(objects.at, objects.len, sizeof(*objects.at), by_name);
    TRY(check_functions(ctx, stmt));
    JobProperties properties;
    TRY(job_properties_for_backup(ctx, stmt->properties, &properties));
    *out = (BackupPlan){
        .database = database->def->name,
        .label = stmt->label.text,
        .repository = repository,
        .object_count = objects.len,
        .objects = objects.at,
        .timeout_s = properties.timeout_s,
        .bandwidth_limit = properties.bandwidth_limit,
    };
    return RC_OK;
}

static bool has_temporary_partitions(const Table *table)
{
    for (size_t i = 0; i < table->partition_count; i++)
        if (table->partitions[i]->def->is_temporary) return true;
    return false;
}

Rc plan_backup_execution(Ctx *ctx, const CatalogSnapshot *snapshot, const BackupStatement *stmt,
                         const BackupPlan *plan)
{
    const Repository *repository = catalog_find_repository(snapshot, plan->repository);
    if (!repository)
        return SAY(ctx, COMMON, "Repository %.*s does not exist", STR_ARG(plan->repository));
    if (repository->def->is_read_only)
        return SAY(ctx, COMMON, "Repository %.*s is read only", STR_ARG(plan->repository));
    const Database *database = catalog_find_database(snapshot, plan->database);
    for (size_t i = 0; database && i < plan->object_count; i++) {
        const Table *table = catalog_find_table(database, plan->objects[i].table);
        if (table && has_temporary_partitions(table))
            return SAY(ctx, COMMON, "Do not support backing up table with temp partitions");
    }
    for (size_t i = 0; i < stmt->object_count; i++)
        if (stmt->objects[i].is_temporary)
            return SAY(ctx, COMMON, "Do not support backing up temp partitions");
    return RC_OK;
}
