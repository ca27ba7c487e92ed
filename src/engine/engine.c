/*
 * engine/engine: start, settings and end of the query engine; connections.
 *
 * Source  the library's settings were measured one by one; the reasons stand beside them.
 * Errors  ENGINE_VERSION, ENGINE_START.
 * Threads Engine.lock guards the pointer to the current instance. After a fatal error of the
 *         library ("database has been invalidated") a new instance takes its place: nothing is
 *         lost, since none holds state. Statements of other connections fail on the old one, then
 *         move over. Old instances end with their last connection.
 */
#include "base/log.h"
#include "engine/functions.h"
#include "engine/inside.h"
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_OPEN_FOLDERS = 16, SPILL_MODE = 0700 };
enum { STATE_MEMORY_PART = 4 };  // states of aggregates of ours: a quarter of the library's limit

#define SPILL_PREFIX "engine-"

// --- spill folder

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static int remove_engine_folder(const char *path, const struct stat *info, int kind,
                                struct FTW *place)
{
    (void)info;
    bool is_ours = strncmp(path + place->base, SPILL_PREFIX, sizeof SPILL_PREFIX - 1) == 0;
    if (place->level != 1 || kind != FTW_D) return FTW_CONTINUE;
    if (is_ours && nftw(path, remove_entry, MAX_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0)
        log_warn("cannot remove %s: %s", path, strerror(errno));
    return FTW_SKIP_SUBTREE;
}

// What a run that was killed left behind. Other things in the folder are not touched.
static Rc spill_prepare(Ctx *ctx, Str folder)
{
    char *path = str_z(ctx->arena, folder);
    if (mkdir(path, SPILL_MODE) != 0 && errno != EEXIST)
        return FAIL(ctx, FILE_ERROR, "make", STR_ARG(folder), strerror(errno));
    nftw(path, remove_engine_folder, MAX_OPEN_FOLDERS, FTW_PHYS | FTW_ACTIONRETVAL);
    return RC_OK;
}

// --- settings

static Rc run_setting(Ctx *ctx, duckdb_connection duck, Str sql)
{
    duckdb_result result;
    Rc rc = RC_OK;
    if (duckdb_query(duck, str_z(ctx->arena, sql), &result) != DuckDBSuccess) {
        Str told = str_from(duckdb_result_error(&result));
        rc = FAIL(ctx, ENGINE_START, STR_ARG(told));
    }
    duckdb_destroy_result(&result);
    return rc;
}

// The same for every instance. Order matters: folders before access is shut, the lock last.
static const Str SETTINGS[] = {
    STR_INIT("SET GLOBAL autoload_known_extensions=false"),
    STR_INIT("SET GLOBAL autoinstall_known_extensions=false"),
    STR_INIT("SET GLOBAL allow_community_extensions=false"),
    // 1/0 is NULL, as in MySQL, and not infinite.
    STR_INIT("SET GLOBAL ieee_floating_point_ops=false"),
    STR_INIT("SET GLOBAL default_null_order='nulls_first_on_asc_last_on_desc'"),
    // Bytes of files are the system's to keep: ours would take 11 KB per small file, and stay.
    STR_INIT("SET GLOBAL enable_external_file_cache=false"),
    // The same rows in the same order give the same bytes, hence the same digest.
    STR_INIT("SET GLOBAL preserve_insertion_order=true"),
    // Instants that foreign files hold are shown in UTC; DATETIME has no zone.
    STR_INIT("SET GLOBAL TimeZone='UTC'"),
    STR_INIT("SET GLOBAL enable_logging=false"),
    STR_INIT("SET GLOBAL enable_external_access=false"),
    STR_INIT("SET GLOBAL lock_configuration=true"),
};

static void put_folders(Buf *sql, const EngineOptions *options)
{
    buf_add_z(sql, "SET GLOBAL allowed_directories=[");
    for (size_t i = 0; i < options->dir_count; i++) {
        if (i > 0) buf_add_byte(sql, ',');
        engine_put_string(sql, options->dirs[i]);
    }
    buf_add_byte(sql, ']');
}

static int64_t memory_limit(const EngineOptions *options)
{
    if (options->memory_bytes > 0) return options->memory_bytes;
    return (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 10 * 6;
}

static Rc apply_settings(Ctx *ctx, Engine *engine, duckdb_connection duck, uint64_t generation)
{
    const EngineOptions *options = &engine->options;
    // Two instances may live at once: each spills into its own folder.
    Str spill = str_printf(ctx->arena, "%.*s/" SPILL_PREFIX "%d-%llu", STR_ARG(options->spill_dir),
                           (int)getpid(), (unsigned long long)generation);
    Buf sql = buf_new(ctx->arena);
    buf_add_z(&sql, "SET GLOBAL temp_directory=");
    engine_put_string(&sql, spill);
    TRY(run_setting(ctx, duck, buf_str(&sql)));
    if (options->spill_bytes > 0)
        TRY(run_setting(ctx, duck,
                        str_printf(ctx->arena, "SET GLOBAL max_temp_directory_size='%lldB'",
                                   (long long)options->spill_bytes)));
    TRY(run_setting(ctx, duck,
                    str_printf(ctx->arena, "SET GLOBAL memory_limit='%lldB'",
                               (long long)memory_limit(options))));
    if (options->threads > 0)
        TRY(run_setting(ctx, duck,
                        str_printf(ctx->arena, "SET GLOBAL threads=%d", options->threads)));
    // Footers of rowsets never change under a name: twice as fast from some hundred files on. Each
    // takes some 6 KB, and stays when its file goes: engine_renew.
    if (!options->forgets_files)
        TRY(run_setting(ctx, duck, STR("SET GLOBAL parquet_metadata_cache=true")));
    buf_clear(&sql);
    put_folders(&sql, options);
    TRY(run_setting(ctx, duck, buf_str(&sql)));
    for (size_t i = 0; i < COUNT_OF(SETTINGS); i++) TRY(run_setting(ctx, duck, SETTINGS[i]));
    return RC_OK;
}

// --- instances

static void instance_unref(Instance *instance)
{
    if (atomic_fetch_sub(&instance->refs, 1) != 1) return;
    duckdb_close(&instance->duck);
    free(instance);
}

static Rc functions_register(Ctx *ctx, duckdb_connection duck)
{
    const FunctionTable tables[] = {functions_cast(),  functions_text(), functions_date(),
                                    functions_check(), functions_json(), functions_bitmap(),
                                    functions_sketch()};
    for (size_t i = 0; i < COUNT_OF(tables); i++)
        for (size_t k = 0; k < tables[i].count; k++)
            TRY(scalar_register(ctx, duck, &tables[i].specs[k]));
    return functions_register_sum(ctx, duck);
}

static Rc prepare_instance(Ctx *ctx, Engine *engine, duckdb_connection duck, uint64_t generation)
{
    TRY(apply_settings(ctx, engine, duck, generation));
    TRY(functions_register(ctx, duck));
    for (const Spec *spec = engine->specs; spec; spec = spec->next)
        TRY(scalar_register(ctx, duck, &spec->scalar));
    for (AggregateSpec *spec = engine->aggregates; spec; spec = spec->next)
        TRY(aggregate_register(ctx, duck, spec));
    return RC_OK;
}

static Rc instance_new(Ctx *ctx, Engine *engine, uint64_t generation, Instance **out)
{
    Instance *instance = mem_alloc(sizeof *instance);
    atomic_init(&instance->refs, 1);
    char *told = NULL;
    if (duckdb_open_ext(NULL, &instance->duck, NULL, &told) != DuckDBSuccess) {
        Rc rc = FAIL(ctx, ENGINE_START, STR_ARG(str_from(told)));
        duckdb_free(told);
        free(instance);
        return rc;
    }
    duckdb_connection duck;
    Rc rc = RC_OK;
    if (duckdb_connect(instance->duck, &duck) != DuckDBSuccess)
        rc = FAIL(ctx, ENGINE_START, STR_ARG(STR("no connection")));
    if (rc == RC_OK) {
        rc = prepare_instance(ctx, engine, duck, generation);
        duckdb_disconnect(&duck);
    }
    if (rc == RC_OK)
        *out = instance;
    else
        instance_unref(instance);
    return rc;
}

static Instance *current_ref(Engine *engine)
{
    lock_take(&engine->lock);
    Instance *instance = engine->current;
    atomic_fetch_add(&instance->refs, 1);
    lock_give(&engine->lock);
    return instance;
}

// A new instance instead of `old`, unless another thread was faster.
static bool replace_instance(Engine *engine, const Instance *old)
{
    lock_take(&engine->lock);
    bool is_needed = engine->current == old;
    uint64_t generation = ++engine->generation;
    lock_give(&engine->lock);
    if (!is_needed) return false;

    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    Instance *fresh = NULL;
    if (instance_new(&ctx, engine, generation, &fresh) != RC_OK) {
        // The old one stays: the next statement that fails on it comes here again.
        log_error("cannot restart the query engine: %.*s", STR_ARG(ctx.err.text));
        return false;
    }
    lock_take(&engine->lock);
    Instance *loser = fresh;
    if (engine->current == old) {
        loser = engine->current;
        engine->current = fresh;
    }
    lock_give(&engine->lock);
    bool was_first = loser != fresh;
    instance_unref(loser);
    return was_first;
}

void engine_restart(EngineConn *conn)
{
    if (replace_instance(conn->engine, conn->instance))
        log_warn("the query engine was started anew");
}

void engine_renew(Engine *engine)
{
    Instance *old = current_ref(engine);
    (void)replace_instance(engine, old);
    instance_unref(old);
}

// --- engine

static void copy_options(Engine *engine, const EngineOptions *options)
{
    Arena *arena = engine->arena;
    engine->options = *options;
    engine->options.spill_dir = str_dup(arena, options->spill_dir);
    Str *dirs = ARENA_ARRAY(arena, Str, options->dir_count);
    for (size_t i = 0; i < options->dir_count; i++) dirs[i] = str_dup(arena, options->dirs[i]);
    engine->options.dirs = dirs;
}

static AggregateSpec *keep_aggregate(Engine *engine, const EngineAggregate *aggregate)
{
    AggregateSpec *spec = ARENA_NEW(engine->arena, AggregateSpec);
    spec->aggregate = *aggregate;
    spec->states = &engine->states;
    return spec;
}

static void keep_own_aggregates(Engine *engine)
{
    const AggregateTable tables[] = {aggregates_bitmap(), aggregates_hll(),
                                     aggregates_percentile()};
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        for (size_t k = 0; k < tables[i].count; k++) {
            AggregateSpec *spec = keep_aggregate(engine, &tables[i].specs[k]);
            spec->next = engine->aggregates;
            engine->aggregates = spec;
        }
    }
}

Rc engine_open(Ctx *ctx, const EngineOptions *options, Engine **out)
{
    const char *version = duckdb_library_version();
    if (!str_starts(str_from(version), STR("v1.5."))) return FAIL(ctx, ENGINE_VERSION, version);
    TRY(spill_prepare(ctx, options->spill_dir));

    Arena *arena = arena_new();
    Engine *engine = ARENA_NEW(arena, Engine);
    engine->arena = arena;
    engine->generation = 1;
    copy_options(engine, options);
    states_open(&engine->states, &engine->watch, memory_limit(options) / STATE_MEMORY_PART);
    keep_own_aggregates(engine);
    Rc rc = instance_new(ctx, engine, 1, &engine->current);
    if (rc == RC_OK) {
        rc = watch_start(ctx, &engine->watch);
        if (rc != RC_OK) instance_unref(engine->current);
    }
    if (rc != RC_OK) {
        states_close(&engine->states);
        arena_free(arena);
        return rc;
    }
    lock_init(&engine->lock, RANK_ENGINE);
    *out = engine;
    return RC_OK;
}

void engine_close(Engine *engine)
{
    if (!engine) return;
    watch_stop(&engine->watch);
    must(atomic_load(&engine->current->refs) == 1);
    instance_unref(engine->current);
    states_close(&engine->states);
    lock_close(&engine->lock);
    arena_free(engine->arena);
}

// Registers one of the two in the current instance.
static Rc register_now(Ctx *ctx, Engine *engine, const EngineScalar *scalar,
                       AggregateSpec *aggregate)
{
    duckdb_connection duck;
    Instance *instance = current_ref(engine);
    Rc rc = RC_OK;
    if (duckdb_connect(instance->duck, &duck) != DuckDBSuccess)
        rc = FAIL(ctx, ENGINE_START, STR_ARG(STR("no connection")));
    if (rc == RC_OK) {
        rc = scalar ? scalar_register(ctx, duck, scalar) : aggregate_register(ctx, duck, aggregate);
        duckdb_disconnect(&duck);
    }
    instance_unref(instance);
    return rc;
}

Rc engine_register_scalar(Ctx *ctx, Engine *engine, const EngineScalar *spec)
{
    must(spec->param_count <= ENGINE_MAX_PARAMS);
    Spec *kept = ARENA_NEW(engine->arena, Spec);
    kept->scalar = *spec;
    kept->scalar.name = str_z(engine->arena, str_from(spec->name));
    TRY(register_now(ctx, engine, &kept->scalar, NULL));
    kept->next = engine->specs;
    engine->specs = kept;
    return RC_OK;
}

Rc engine_register_aggregate(Ctx *ctx, Engine *engine, const EngineAggregate *spec)
{
    must(spec->param_count <= ENGINE_MAX_PARAMS);
    AggregateSpec *kept = keep_aggregate(engine, spec);
    kept->aggregate.name = str_z(engine->arena, str_from(spec->name));
    TRY(register_now(ctx, engine, NULL, kept));
    kept->next = engine->aggregates;
    engine->aggregates = kept;
    return RC_OK;
}

// --- connections

static void disconnect(EngineConn *conn)
{
    if (!conn->instance) return;
    duckdb_disconnect(&conn->duck);
    instance_unref(conn->instance);
    conn->instance = NULL;
}

Rc engine_conn_ready(Ctx *ctx, EngineConn *conn)
{
    Instance *current = current_ref(conn->engine);
    if (conn->instance == current) {
        instance_unref(current);
        return RC_OK;
    }
    disconnect(conn);
    if (duckdb_connect(current->duck, &conn->duck) != DuckDBSuccess) {
        instance_unref(current);
        return FAIL(ctx, ENGINE_START, STR_ARG(STR("no connection")));
    }
    conn->instance = current;
    return RC_OK;
}

Rc engine_conn_open(Ctx *ctx, Engine *engine, EngineConn **out)
{
    EngineConn *conn = mem_alloc(sizeof *conn);
    conn->engine = engine;
    Rc rc = engine_conn_ready(ctx, conn);
    if (rc == RC_OK)
        *out = conn;
    else
        free(conn);
    return rc;
}

void engine_conn_close(EngineConn *conn)
{
    if (!conn) return;
    disconnect(conn);
    free(conn);
}

// --- text of SQL

void engine_put_string(Buf *out, Str text)
{
    buf_add_quoted(out, text, '\'');
}

void engine_put_name(Buf *out, Str name)
{
    buf_add_quoted(out, name, '"');
}
