/*
 * table/store: the data folder: whose it is, where files lie, what a crash leaves of them.
 *
 * Form    root.json {"format":1,"server":<hex>,"root":<hex>}; the catalog keeps the root's uuid
 *         in its setting `root_uuid`. Both must agree before anything is swept.
 * Errors  ROOT_MISSING, ROOT_FOREIGN, DATA_DIR_IN_USE, JSON_*, FILE_*.
 * Threads store->lock (RANK_LEAF) guards known_folders and what table/maintain says; the rest
 *         is fixed after open.
 */
#include "base/json.h"
#include "base/log.h"
#include "io/file.h"
#include "table/internal.h"
#include "table/newparts.h"

enum {
    ROOT_FORMAT = 1,
    ROOT_JSON_BYTES = 4096,
    COLLECT_INTERVAL_MS = 10 * 1000,
    SCRUB_BYTES_PER_S = 32 * 1024 * 1024,
    FILE_BYTES = 128 * 1024 * 1024,  // restored in parallel, and read with few opens
    COMPACT_PERCENT = 50,
    COMPACT_BYTES_PER_S = 128 * 1024 * 1024,
    SLOW_ROWSETS = 100,  // half of what a scan shall read at most
    SLOW_MS = 2000,
};

// --- places

Str store_folder_path(Arena *arena, const TableStore *store, uint64_t rowset_id)
{
    return str_printf(arena, "%.*s/%llx", STR_ARG(store->rowsets_dir),
                      (unsigned long long)(rowset_id / ROWSETS_PER_FOLDER));
}

Str table_rowset_path(Arena *arena, const TableStore *store, uint64_t rowset_id)
{
    return str_printf(arena, "%.*s/%llx/%llu.parquet", STR_ARG(store->rowsets_dir),
                      (unsigned long long)(rowset_id / ROWSETS_PER_FOLDER),
                      (unsigned long long)rowset_id);
}

static bool knows_folder(TableStore *store, uint64_t folder)
{
    bool is_known = false;
    lock_take(&store->lock);
    for (size_t i = store->known_count; i > 0 && !is_known; i--)
        is_known = store->known_folders[i - 1] == folder;
    lock_give(&store->lock);
    return is_known;
}

static void learn_folder(TableStore *store, uint64_t folder)
{
    lock_take(&store->lock);
    if (store->known_count == store->known_cap) {
        store->known_cap = store->known_cap ? store->known_cap * 2 : 16;
        store->known_folders =
            mem_grow(store->known_folders, store->known_cap * sizeof(store->known_folders[0]));
    }
    store->known_folders[store->known_count++] = folder;
    lock_give(&store->lock);
}

// Two writers may both make a folder; each fsyncs its parent before it relies on it, whoever made
// it.
Rc store_rowset_folder(Ctx *ctx, TableStore *store, uint64_t rowset_id)
{
    uint64_t folder = rowset_id / ROWSETS_PER_FOLDER;
    if (knows_folder(store, folder)) return RC_OK;
    TRY(file_make_dirs(ctx, store_folder_path(ctx->arena, store, rowset_id)));
    TRY(file_sync_path(ctx, store->rowsets_dir));
    learn_folder(store, folder);
    return RC_OK;
}

Rc store_sync_folders(Ctx *ctx, TableStore *store, const uint64_t *rowset_ids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_same =
            i > 0 && rowset_ids[i] / ROWSETS_PER_FOLDER == rowset_ids[i - 1] / ROWSETS_PER_FOLDER;
        if (!is_same) TRY(file_sync_path(ctx, store_folder_path(ctx->arena, store, rowset_ids[i])));
    }
    return RC_OK;
}

int64_t table_free_bytes(const TableStore *store)
{
    return file_free_bytes(store->data_dir);
}

Ctx store_quiet_ctx(Ctx *ctx)
{
    Ctx quiet;
    ctx_init(&quiet, ctx->arena, ctx->clock);
    return quiet;
}

// --- root.json

typedef struct Root {
    Uuid server, root;
} Root;

static Rc root_parse(Ctx *ctx, Str text, Root *out)
{
    Json *json = NULL;
    Root root;
    TRY(json_parse(ctx, text, "root.json", &json));
    TRY(json_get_hex(ctx, json, "server", root.server.bytes, sizeof(root.server.bytes)));
    TRY(json_get_hex(ctx, json, "root", root.root.bytes, sizeof(root.root.bytes)));
    *out = root;
    return RC_OK;
}

static Rc root_write(Ctx *ctx, Str path, const Root *root)
{
    Buf text = buf_new(ctx->arena);
    JsonWriter w = json_writer(&text);
    json_open(&w, NULL, '{');
    json_put_i64(&w, "format", ROOT_FORMAT);
    json_put_hex(&w, "server", root->server.bytes, sizeof(root->server.bytes));
    json_put_hex(&w, "root", root->root.bytes, sizeof(root->root.bytes));
    json_close(&w, '}');
    buf_add_byte(&text, '\n');
    return file_write_whole(ctx, path, buf_str(&text));
}

static Rc remember_root(Ctx *ctx, TableStore *store, Uuid root)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, store->catalog, 0, &txn));
    TRY(txn_set_setting(ctx, txn, STR("root_uuid"), uuid_text(ctx->arena, root)));
    return txn_commit(ctx, &txn);
}

static Rc count_rowset(Ctx *ctx, void *handle, uint64_t rowset_id)
{
    (void)ctx;
    (void)rowset_id;
    ++*(unsigned long long *)handle;
    return RC_OK;
}

// Without root.json: a new folder, unless the catalog says that there must be files.
static Rc root_make(Ctx *ctx, TableStore *store, Str path, Str known_root, Root *out)
{
    unsigned long long rowsets = 0;
    TRY(catalog_each_rowset(ctx, store->catalog, count_rowset, &rowsets));
    if (rowsets > 0 || known_root.ptr)
        return FAIL(ctx, ROOT_MISSING, STR_ARG(store->data_dir), rowsets);
    *out = (Root){.server = catalog_server_uuid(store->catalog), .root = uuid_new()};
    return root_write(ctx, path, out);
}

static Rc check_same(Ctx *ctx, const TableStore *store, const char *what, Str found, Str expected)
{
    if (str_eq(found, expected)) return RC_OK;
    return FAIL(ctx, ROOT_FOREIGN, STR_ARG(store->data_dir), what, STR_ARG(found),
                STR_ARG(expected));
}

static Rc root_check(Ctx *ctx, TableStore *store)
{
    Str path = str_printf(ctx->arena, "%.*s/root.json", STR_ARG(store->data_dir));
    Str known_root, text;
    TRY(catalog_get_setting(ctx, store->catalog, STR("root_uuid"), &known_root));
    Root root;
    Rc rc = file_read_whole(ctx, path, ROOT_JSON_BYTES, &text);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        TRY(root_make(ctx, store, path, known_root, &root));
    } else if (rc != RC_OK) {
        return rc;
    } else {
        TRY(root_parse(ctx, text, &root));
    }
    Str server = uuid_text(ctx->arena, catalog_server_uuid(store->catalog));
    TRY(check_same(ctx, store, "server", uuid_text(ctx->arena, root.server), server));
    // A crash between writing root.json and remembering it leaves a root that nobody knows yet.
    if (known_root.ptr == NULL)
        TRY(remember_root(ctx, store, root.root));
    else
        TRY(check_same(ctx, store, "root", uuid_text(ctx->arena, root.root), known_root));
    catalog_set_root(store->catalog, root.root);
    return RC_OK;
}

// --- the sweep at start

typedef struct Sweep {
    TableStore *store;
    VEC(uint64_t) ids;      // that have a row, sorted
    VEC(uint64_t) present;  // of them that have a file, sorted when all folders are read
    Arena *arena;
    const uint64_t *spare_jobs;
    size_t spare_count;
    size_t removed_count;
} Sweep;

static Rc add_rowset(Ctx *ctx, void *handle, uint64_t rowset_id)
{
    (void)ctx;
    Sweep *sweep = handle;
    vec_push(sweep->arena, &sweep->ids, rowset_id);
    return RC_OK;
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static bool has_id(const uint64_t *ids, size_t count, uint64_t id)
{
    return count && bsearch(&id, ids, count, sizeof(ids[0]), by_value);
}

// A file whose name is not ours is somebody else's: it stays, and the log says so.
static Rc sweep_file(Ctx *ctx, Sweep *sweep, Str folder, const FileEntry *entry)
{
    Str digits = entry->name;
    uint64_t id = 0;
    if (str_ends(digits, STR(".parquet"))) digits.len -= strlen(".parquet");
    if (entry->is_dir || digits.len == entry->name.len || !str_to_u64(digits, &id)) {
        log_warn("unknown file %.*s/%.*s is left alone", STR_ARG(folder), STR_ARG(entry->name));
        return RC_OK;
    }
    if (has_id(sweep->ids.at, sweep->ids.len, id)) {
        vec_push(sweep->arena, &sweep->present, id);
        return RC_OK;
    }
    sweep->removed_count++;
    return file_remove(ctx, file_join(ctx->arena, folder, entry->name));
}

static Rc sweep_rowsets(Ctx *ctx, Sweep *sweep)
{
    FileEntry *folders = NULL;
    size_t folder_count = 0;
    Str rowsets_dir = sweep->store->rowsets_dir;
    TRY(file_list(ctx, rowsets_dir, &folders, &folder_count));
    for (size_t i = 0; i < folder_count; i++) {
        Str folder = file_join(ctx->arena, rowsets_dir, folders[i].name);
        if (!folders[i].is_dir) {
            log_warn("unknown file %.*s is left alone", STR_ARG(folder));
            continue;
        }
        FileEntry *files = NULL;
        size_t file_count = 0;
        TRY(file_list(ctx, folder, &files, &file_count));
        for (size_t k = 0; k < file_count; k++) TRY(sweep_file(ctx, sweep, folder, &files[k]));
    }
    return RC_OK;
}

static bool is_spared(const Sweep *sweep, Str name)
{
    uint64_t job_id = 0;
    if (!str_starts(name, STR("job-")) || !str_to_u64(str_sub(name, 4, name.len), &job_id))
        return false;
    for (size_t i = 0; i < sweep->spare_count; i++)
        if (sweep->spare_jobs[i] == job_id) return true;
    return false;
}

static Rc sweep_staging(Ctx *ctx, Sweep *sweep)
{
    FileEntry *entries = NULL;
    size_t count = 0;
    Str staging_dir = sweep->store->staging_dir;
    TRY(file_list(ctx, staging_dir, &entries, &count));
    for (size_t i = 0; i < count; i++) {
        if (is_spared(sweep, entries[i].name)) continue;
        sweep->removed_count++;
        TRY(file_remove_tree(ctx, file_join(ctx->arena, staging_dir, entries[i].name)));
    }
    return RC_OK;
}

static void report_missing_file(Ctx *ctx, const Sweep *sweep, const RowsetPlace *place)
{
    const RowsetInfo *rowset = place->rowset;
    if (has_id(sweep->present.at, sweep->present.len, rowset->id)) return;
    Str path = table_rowset_path(ctx->arena, sweep->store, rowset->id);
    damage_remember(sweep->store, place,
                    str_printf(ctx->arena, "File %.*s is missing", STR_ARG(path)));
}

static void report_missing_of(Ctx *ctx, const Sweep *sweep, StoredTable id, const Table *table)
{
    for (size_t p = 0; p < table->partition_count; p++)
        for (size_t i = 0; i < table->partitions[p]->rowset_count; i++) {
            RowsetPlace place = {id, table->partitions[p]->def->id,
                                 &table->partitions[p]->rowsets[i]->info};
            report_missing_file(ctx, sweep, &place);
        }
}

// A live rowset without a file cannot be mended here; say it before a query meets it.
static void report_missing(Ctx *ctx, const Sweep *sweep)
{
    const CatalogSnapshot *snapshot = catalog_pin(sweep->store->catalog);
    for (size_t d = 0; d < snapshot->database_count; d++) {
        const Database *database = snapshot->databases[d];
        for (size_t t = 0; t < database->table_count; t++) {
            StoredTable id = {database->def->id, database->tables[t]->def->id};
            report_missing_of(ctx, sweep, id, database->tables[t]);
        }
    }
    catalog_unpin(sweep->store->catalog, snapshot);
}

// INV-32
static Rc sweep_all(Ctx *ctx, TableStore *store, const uint64_t *spare_jobs, size_t spare_count)
{
    Sweep sweep = {
        .store = store, .arena = ctx->arena, .spare_jobs = spare_jobs, .spare_count = spare_count};
    TRY(catalog_each_rowset(ctx, store->catalog, add_rowset, &sweep));
    if (sweep.ids.len) qsort(sweep.ids.at, sweep.ids.len, sizeof(sweep.ids.at[0]), by_value);
    TRY(sweep_staging(ctx, &sweep));
    TRY(sweep_rowsets(ctx, &sweep));
    if (sweep.present.len)
        qsort(sweep.present.at, sweep.present.len, sizeof(sweep.present.at[0]), by_value);
    if (sweep.removed_count)
        log_info("removed %zu unfinished files and folders", sweep.removed_count);
    report_missing(ctx, &sweep);
    return RC_OK;
}

// --- one server per folder

struct DataDirLock {
    File file;
};

Rc data_dir_lock(Ctx *ctx, Str data_dir, DataDirLock **out)
{
    File file;
    TRY(file_make_dirs(ctx, data_dir));
    Rc rc = file_lock(ctx, file_join(ctx->arena, data_dir, STR("lock")), &file);
    if (rc == RC_CONFLICT) return FAIL(ctx, DATA_DIR_IN_USE, STR_ARG(data_dir));
    if (rc != RC_OK) return rc;
    *out = mem_alloc(sizeof(**out));
    (*out)->file = file;
    (*out)->file.path = STR_NONE;  // it belonged to the Ctx
    return RC_OK;
}

void data_dir_unlock(DataDirLock *lock)
{
    if (lock == NULL) return;
    file_close(&lock->file);
    free(lock);
}

// --- open and close

static void set_default(int64_t *value, int64_t fallback)
{
    if (*value <= 0) *value = fallback;
}

static TableStore *store_new(const TableStoreOptions *options)
{
    TableStore *store = mem_alloc(sizeof(*store));
    store->arena = arena_new();
    store->options = *options;
    set_default(&store->options.collect_interval_ms, COLLECT_INTERVAL_MS);
    set_default(&store->options.scrub_bytes_per_s, SCRUB_BYTES_PER_S);
    set_default(&store->options.file_bytes, FILE_BYTES);
    set_default(&store->options.compact_bytes_per_s, COMPACT_BYTES_PER_S);
    set_default(&store->options.slow_ms, SLOW_MS);
    if (options->compact_percent <= 0) store->options.compact_percent = COMPACT_PERCENT;
    if (options->slow_rowsets == 0) store->options.slow_rowsets = SLOW_ROWSETS;
    store->data_dir = str_dup(store->arena, options->data_dir);
    store->options.data_dir = store->data_dir;
    store->rowsets_dir = str_printf(store->arena, "%.*s/rowsets", STR_ARG(store->data_dir));
    store->staging_dir = str_printf(store->arena, "%.*s/staging", STR_ARG(store->data_dir));
    store->catalog = options->catalog;
    store->engine = options->engine;
    store->background = options->background ? options->background : options->engine;
    store->clock = options->clock;
    lock_init(&store->lock, RANK_LEAF);
    signal_init(&store->wake);
    group_init(&store->publishing);
    for (size_t i = 0; i < BATCH_GROUPS; i++) group_init(&store->batches[i]);
    return store;
}

void table_store_close(TableStore *store)
{
    if (store == NULL) return;
    maintain_stop(store);
    signal_close(&store->wake);
    group_close(&store->publishing);
    for (size_t i = 0; i < BATCH_GROUPS; i++) group_close(&store->batches[i]);
    lock_close(&store->lock);
    free(store->known_folders);
    free(store->tended);
    free(store->turned);
    free(store->damaged);
    arena_free(store->arena);
    free(store);
}

static Rc store_start(Ctx *ctx, TableStore *store, const uint64_t *spare_jobs, size_t spare_count)
{
    TRY(route_register(ctx, store->engine));
    TRY(new_parts_register(ctx, store));
    TRY(deletes_register(ctx, store->engine));
    if (store->background != store->engine) TRY(deletes_register(ctx, store->background));
    TRY(counter_register(ctx, store));
    TRY(root_check(ctx, store));
    TRY(file_make_dirs(ctx, store->rowsets_dir));
    TRY(file_make_dirs(ctx, store->staging_dir));
    TRY(sweep_all(ctx, store, spare_jobs, spare_count));
    return maintain_start(ctx, store);
}

Rc table_store_open(Ctx *ctx, const TableStoreOptions *options, const uint64_t *spare_jobs,
                    size_t spare_count, TableStore **out)
{
    TableStore *store = store_new(options);
    Rc rc = store_start(ctx, store, spare_jobs, spare_count);
    if (rc != RC_OK) {
        table_store_close(store);
        return note(ctx, rc, "opening the data folder");
    }
    *out = store;
    return RC_OK;
}
