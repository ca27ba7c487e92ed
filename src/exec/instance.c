/*
 * exec/instance: one server: everything opened in the order in which it stands on one another, and
 * closed in the other.
 *
 * Form    <data_dir>/{lock, key, catalog.db, root.json, rowsets/, staging/, spill/} (DESIGN
 *         section 4).
 * Errors  DATA_DIR_IN_USE, FOLDER_OVERLAP, KEY_FILE_*, those of the parts.
 * Threads opened and closed by the main thread, while no session is there.
 */
#include "base/log.h"
#include "exec/alter.h"
#include "exec/backup.h"
#include "exec/config.h"
#include "exec/dynamic.h"
#include "exec/folders.h"
#include "exec/variables.h"
#include "exec/zone.h"
#include "io/file.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_BYTES = 32, DEFAULT_JOB_WORKERS = 4, DYNAMIC_INTERVAL_MS = 600 * 1000 };
enum { BACKGROUND_MEMORY_BYTES = 512 * 1024 * 1024 };  // beyond it compaction spills

static const Str *copy_list(Arena *arena, const Str *from, size_t count)
{
    Str *to = ARENA_ARRAY(arena, Str, count);
    for (size_t i = 0; i < count; i++) to[i] = str_dup(arena, from[i]);
    return to;
}

static Instance *instance_new(const InstanceOptions *options)
{
    Instance *instance = mem_alloc(sizeof(Instance));
    InstanceOptions *own = &instance->options;
    Arena *arena = instance->arena = arena_new();
    *own = *options;
    own->version = str_dup(arena, options->version);
    own->version_comment = str_dup(arena, options->version_comment);
    own->bind_address = str_dup(arena, options->bind_address);
    own->files_dirs = copy_list(arena, options->files_dirs, options->files_dir_count);
    own->repository_dirs =
        copy_list(arena, options->repository_dirs, options->repository_dir_count);
    if (own->dynamic_check_interval_ms == 0) own->dynamic_check_interval_ms = DYNAMIC_INTERVAL_MS;
    if (own->job_workers == 0) own->job_workers = DEFAULT_JOB_WORKERS;
    if (!own->clock) own->clock = clock_system();
    lock_init(&instance->sessions_lock, RANK_SESSIONS);
    instance->started_ms = clock_now_ms(own->clock);
    instance->globals = global_variables_new(arena);
    instance->configs = configs_new(arena, options);
    instance->alters = alter_history_new(arena);
    global_variable_fix(instance->globals, "version", own->version);
    global_variable_fix(instance->globals, "version_comment", own->version_comment);
    global_variable_fix(instance->globals, "system_time_zone", zone_of_machine(arena));
    instance_set_port(instance, own->mysql_port);
    return instance;
}

void instance_set_port(Instance *instance, uint16_t mysql_port)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    lock_take(&instance->sessions_lock);
    instance->options.mysql_port = mysql_port;
    lock_give(&instance->sessions_lock);
    global_variable_fix(instance->globals, "port", str_printf(arena, "%u", mysql_port));
    config_set_port(instance->configs, mysql_port);
}

// ---------------------------------------------------------------------------------------- folders

// Made if it is not there; then its true name, so that paths below it can be compared.
static Rc find_data_dir(Ctx *ctx, Instance *instance, Str given)
{
    char *cwd = given.len > 0 && given.ptr[0] == '/' ? NULL : realpath(".", NULL);
    Str path = cwd ? str_printf(ctx->arena, "%s/%.*s", cwd, STR_ARG(given)) : given;
    free(cwd);
    TRY(file_make_dirs(ctx, path));
    char *real = realpath(str_z(ctx->arena, path), NULL);
    if (!real) return FAIL(ctx, FILE_MISSING, STR_ARG(path));
    instance->options.data_dir = str_dup(instance->arena, str_from(real));
    free(real);
    return RC_OK;
}

// Made at the first start, before the catalog. Later it must be there: what it encrypted would be
// lost.
static Rc ensure_key(Ctx *ctx, const Instance *instance)
{
    Str path = file_join(ctx->arena, instance->options.data_dir, STR("key"));
    Str catalog = file_join(ctx->arena, instance->options.data_dir, STR("catalog.db"));
    if (file_is_there(path)) {
        uint64_t size_bytes = 0;
        TRY(file_stat(ctx, path, &size_bytes));
        if (size_bytes == KEY_BYTES) return RC_OK;
        return FAIL(ctx, KEY_FILE_DAMAGED, STR_ARG(path), (unsigned long long)size_bytes);
    }
    if (file_is_there(catalog)) return FAIL(ctx, KEY_FILE_MISSING, STR_ARG(path));
    uint8_t key[KEY_BYTES];
    rand_bytes(key, sizeof(key));
    mode_t before = umask(0077);  // no other thread runs yet
    Rc rc = file_create_whole(ctx, path, (Str){(const char *)key, sizeof(key)});
    umask(before);
    explicit_bzero(key, sizeof(key));
    return rc;
}

// ------------------------------------------------------------------------------------------ parts

static Rc open_catalog(Ctx *ctx, Instance *instance)
{
    CatalogOptions options = {
        .path = file_join(ctx->arena, instance->options.data_dir, STR("catalog.db")),
        .trash_expire_second = instance->options.trash_expire_second,
        .clock = instance->options.clock,
    };
    return catalog_open(ctx, &options, &instance->catalog);
}

static Rc open_engine(Ctx *ctx, Instance *instance)
{
    const InstanceOptions *own = &instance->options;
    Str *dirs = ARENA_ARRAY(ctx->arena, Str, own->files_dir_count + 1);
    dirs[0] = own->data_dir;
    for (size_t i = 0; i < own->files_dir_count; i++) dirs[i + 1] = own->files_dirs[i];
    EngineOptions options = {
        .memory_bytes = own->engine_memory_bytes,
        .threads = own->engine_threads,
        .spill_dir = file_join(ctx->arena, own->data_dir, STR("spill")),
        .dirs = dirs,
        .dir_count = own->files_dir_count + 1,
    };
    TRY(engine_open(ctx, &options, &instance->engine));
    // Compaction has an engine of its own: few threads, and no memory of files that it ends.
    EngineOptions background = {
        .memory_bytes = BACKGROUND_MEMORY_BYTES,
        .threads = own->compaction_threads > 0 ? own->compaction_threads : 1,
        .forgets_files = true,
        .spill_dir = file_join(ctx->arena, options.spill_dir, STR("background")),
        .dirs = dirs,
        .dir_count = 1,
    };
    return engine_open(ctx, &background, &instance->background);
}

static Rc open_store(Ctx *ctx, Instance *instance)
{
    uint64_t *spared;
    size_t count;
    TableStoreOptions options = {
        .data_dir = instance->options.data_dir,
        .catalog = instance->catalog,
        .engine = instance->engine,
        .background = instance->background,
        .clock = instance->options.clock,
        .compacts_by_itself = true,
        .compact_percent = instance->options.compaction_percent,
        .compact_bytes_per_s = instance->options.compaction_bytes_per_s,
        .slow_rowsets = (size_t)instance->options.slow_write_rowsets,
        .compact_min_rowsets = instance->options.compaction_min_rowsets,
        .min_free_bytes = instance->options.trash_min_free_bytes,
        .scrub_interval_ms = instance->options.scrub_interval_ms,
        .scrub_bytes_per_s = instance->options.scrub_bytes_per_s,
    };
    TRY(jobs_unfinished(ctx, instance->catalog, &spared, &count));
    if (count > 0) log_info("%zu unfinished jobs go on", count);
    return table_store_open(ctx, &options, spared, count, &instance->store);
}

static Rc open_jobs(Ctx *ctx, Instance *instance)
{
    JobsOptions options = {
        .catalog = instance->catalog,
        .store = instance->store,
        .engine = instance->engine,
        .clock = instance->options.clock,
        .workers = instance->options.job_workers,
        .server_uuid = catalog_server_uuid(instance->catalog),
        .open_repository = exec_open_repository,
        .handle = instance,
    };
    return jobs_open(ctx, &options, &instance->jobs);
}

static Rc open_parts(Ctx *ctx, Instance *instance, const InstanceOptions *options)
{
    TRY(find_data_dir(ctx, instance, options->data_dir));
    TRY(folders_check_options(ctx, &instance->options));
    TRY(data_dir_lock(ctx, instance->options.data_dir, &instance->lock));
    TRY(ensure_key(ctx, instance));
    TRY(open_catalog(ctx, instance));
    TRY(open_engine(ctx, instance));
    TRY(open_store(ctx, instance));
    TRY(open_jobs(ctx, instance));
    return dynamic_start(ctx, instance, &instance->dynamic);
}

Rc instance_open(Ctx *ctx, const InstanceOptions *options, Instance **out)
{
    Instance *instance = instance_new(options);
    Rc rc = open_parts(ctx, instance, options);
    if (rc != RC_OK) {
        instance_close(instance);
        return rc;
    }
    *out = instance;
    return RC_OK;
}

// Also for an instance that was opened only in part.
void instance_close(Instance *instance)
{
    must(instance->first_session == NULL);
    dynamic_stop(instance->dynamic);
    if (instance->jobs) jobs_close(instance->jobs);
    table_store_close(instance->store);
    engine_close(instance->background);
    engine_close(instance->engine);
    if (instance->catalog) catalog_close(instance->catalog);
    data_dir_unlock(instance->lock);
    lock_close(&instance->sessions_lock);
    arena_free(instance->arena);
    free(instance);
}
