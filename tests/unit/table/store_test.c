/*
 * The data folder: whose it is, what a crash leaves, when files go, and how damage is seen.
 */
#include "base/fault.h"
#include "fixture.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const ColumnSpec TWO[] = {{"k", {.kind = TYPE_INT}, true},
                                 {"v", {.kind = TYPE_VARCHAR, .len = 20}, false}};

static uint64_t create_plain(Ctx *t, World *world)
{
    TableSpec spec = {.name = "plain", .columns = TWO, .column_count = 2};
    return world_create(t, world, &spec);
}

static void insert_one(Ctx *t, World *world, uint64_t id)
{
    uint64_t rows = 0;
    CHECK_RC(RC_OK, world_insert(t, world, id, "SELECT 1 c1, 'x' c2", &rows));
    CHECK_INT(1, rows);
}

static char *below(Ctx *t, const World *world, const char *name)
{
    return str_z(t->arena, str_printf(t->arena, "%.*s/%s", STR_ARG(world->dir), name));
}

static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
}

static RowsetInfo first_rowset(World *world, uint64_t id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, id);
    RowsetInfo info = table->partitions[0]->rowsets[0]->info;
    catalog_unpin(world->catalog, snapshot);
    return info;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

// --- whose folder

TEST(data_dir_is_locked)
{
    Str dir = test_dir(t);
    DataDirLock *lock = NULL, *second = NULL;
    CHECK_RC(RC_OK, data_dir_lock(t, dir, &lock));
    // A second server is another process.
    pid_t child = fork();
    if (child == 0)
        _exit(data_dir_lock(t, dir, &second) == RC_CONFLICT && t->err.id == ERR_DATA_DIR_IN_USE
                  ? 0
                  : 1);
    int status = 1;
    CHECK_INT(child, waitpid(child, &status, 0));
    CHECK_INT(0, status);
    CHECK_ERR(DATA_DIR_IN_USE, data_dir_lock(t, dir, &second));
    data_dir_unlock(lock);
    CHECK_RC(RC_OK, data_dir_lock(t, dir, &second));
    data_dir_unlock(second);
}

TEST(folder_without_root_is_refused_once_there_are_rowsets)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    insert_one(t, &world, create_plain(t, &world));
    world_close(&world);
    CHECK_INT(0, unlink(below(t, &world, "root.json")));
    CHECK_ERR(ROOT_MISSING, world_try_open(t, &world));
    world_close(&world);
    CHECK_INT(1, world_count_files(&world, "rowsets"));
}

TEST(foreign_folder_is_refused_and_not_swept)
{
    World world, other;
    world_init(t, &world);
    world_open(t, &world);
    insert_one(t, &world, create_plain(t, &world));
    world_close(&world);
    world_init(t, &other);
    world_open(t, &other);
    world_close(&other);
    CHECK_INT(0, rename(below(t, &other, "root.json"), below(t, &world, "root.json")));
    CHECK_INT(0, unlink(below(t, &other, "catalog.db")));
    CHECK_ERR(ROOT_FOREIGN, world_try_open(t, &world));
    world_close(&world);
    CHECK_INT(1, world_count_files(&world, "rowsets"));

    put_file(below(t, &world, "root.json"), "{}");
    CHECK_ERR(JSON_FIELD, world_try_open(t, &world));
    world_close(&world);
}

// --- crashes

// Inserts in a child that is killed at `point`; true when it was killed.
static bool killed_insert(Ctx *t, World *world, uint64_t id, const char *fault)
{
    pid_t child = fork();
    if (child == 0) {
        if (world_try_open(t, world) != RC_OK) _exit(2);
        fault_init(fault);
        uint64_t rows = 0;
        Rc rc = world_insert(t, world, id, "SELECT 2 c1, 'y' c2 FROM range(3)", &rows);
        _exit(rc == RC_OK ? 0 : 3);
    }
    int status = 0;
    CHECK_INT(child, waitpid(child, &status, 0));
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(killed_insert_is_there_or_not)
{
    static const struct {
        const char *fault;
        const char *rows;
        size_t files;
    } CASES[] = {
        {"insert.copied=kill", "1", 1},    {"insert.synced=kill", "1", 1},
        {"insert.renamed=kill", "1", 1},   {"insert.commit=kill", "1", 1},
        {"insert.committed=kill", "4", 2},
    };
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    world_close(&world);
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        CHECK(killed_insert(t, &world, id, CASES[i].fault));
        world_open(t, &world);
        CHECK_STR(CASES[i].rows, world_query(t, &world, id, "SELECT count(*) FROM", ""));
        CHECK_INT(CASES[i].files, world_count_files(&world, "rowsets"));
        CHECK_INT(0, world_count_files(&world, "staging"));
        world_close(&world);
    }
}

TEST(sweep_spares_unfinished_jobs_and_strangers)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    Str job7, job8;
    CHECK_RC(RC_OK, table_staging_dir(t, world.store, 7, &job7));
    CHECK_RC(RC_OK, table_staging_dir(t, world.store, 8, &job8));
    char *kept = below(t, &world, "staging/job-7/a.parquet"),
         *gone = below(t, &world, "staging/job-8/a.parquet");
    char *orphan = str_z(t->arena,
                         table_rowset_path(t->arena, world.store, first_rowset(&world, id).id + 1)),
         *stranger = below(t, &world, "rowsets/notes.txt");
    world_close(&world);
    put_file(kept, "x");
    put_file(gone, "x");
    put_file(orphan, "x");
    put_file(stranger, "x");
    world.spare_jobs[0] = 7;
    world.spare_count = 1;
    world_open(t, &world);
    CHECK(exists(kept));
    CHECK(!exists(gone));
    CHECK(!exists(str_z(t->arena, job8)));
    CHECK(!exists(orphan));
    CHECK(exists(stranger));
    CHECK_RC(RC_OK, table_staging_remove(t, world.store, 7));
    CHECK(!exists(str_z(t->arena, job7)));
    CHECK_RC(RC_OK, table_staging_remove(t, world.store, 7));
    world_close(&world);
}

// --- the end of files

TEST(collect_waits_for_pins_jobs_and_trash)
{
    World world;
    world_init(t, &world);
    world.trash_expire_second = 100;
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    size_t removed = 0;
    insert_one(t, &world, id);
    uint64_t rowset = first_rowset(&world, id).id;

    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_add_job_rowsets(t, txn, 7, &rowset, 1));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    const CatalogSnapshot *pinned = catalog_pin(world.catalog);
    world_truncate(t, &world, id, false);

    CHECK_RC(RC_OK, table_collect(t, world.store, &removed));
    CHECK_INT(0, removed);  // in the trash
    world.clock.at_ms += INT64_C(101000);
    CHECK_RC(RC_OK, table_collect(t, world.store, &removed));
    CHECK_INT(0, removed);  // pinned
    catalog_unpin(world.catalog, pinned);
    CHECK_RC(RC_OK, table_collect(t, world.store, &removed));
    CHECK_INT(0, removed);  // a job lists it
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_end_job_rowsets(t, txn, 7));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    CHECK_INT(1, world_count_files(&world, "rowsets"));
    CHECK_RC(RC_OK, table_collect(t, world.store, &removed));
    CHECK_INT(1, removed);
    CHECK_INT(0, world_count_files(&world, "rowsets"));
    CHECK_INT(1, table_stats(world.store).collected_files);
    world_reopen(t, &world);
    CHECK_STR("0", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}

TEST(maintainer_collects_when_woken)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    world_truncate(t, &world, id, true);
    table_wake_maintainer(world.store);
    for (int i = 0; i < 500 && table_stats(world.store).collected_files == 0; i++)
        clock_sleep_ms(10);
    CHECK_INT(1, table_stats(world.store).collected_files);
    CHECK_INT(0, world_count_files(&world, "rowsets"));
    world_close(&world);
}

TEST(collect_goes_on_after_a_crash_between_unlink_and_forget)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    world_truncate(t, &world, id, true);
    size_t removed = 0;
    fault_init("collect.unlinked=fail");
    CHECK_ERR(FAULT_INJECTED, table_collect(t, world.store, &removed));
    fault_init(NULL);
    CHECK_INT(0, world_count_files(&world, "rowsets"));
    CHECK_RC(RC_OK, table_collect(t, world.store, &removed));
    CHECK_INT(1, removed);
    world_close(&world);
}

// --- files of jobs

TEST(adopted_files_can_be_taken_back)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), first = 0;
    insert_one(t, &world, id);
    Str dir;
    CHECK_RC(RC_OK, table_staging_dir(t, world.store, 7, &dir));
    CHECK_RC(RC_OK, catalog_new_ids(t, world.catalog, 2, &first));
    StagedFile files[2] = {{str_printf(t->arena, "%.*s/a", STR_ARG(dir)), first},
                           {str_printf(t->arena, "%.*s/b", STR_ARG(dir)), first + 1}};
    for (int i = 0; i < 2; i++) put_file(str_z(t->arena, files[i].path), "data");
    CHECK_RC(RC_OK, table_adopt_files(t, world.store, files, 2));
    struct stat status;
    char *place = str_z(t->arena, table_rowset_path(t->arena, world.store, first));
    CHECK_INT(0, stat(place, &status));
    CHECK_INT(0444, status.st_mode & 0777);
    CHECK(exists(str_z(t->arena, files[0].path)));
    CHECK_INT(3, world_count_files(&world, "rowsets"));
    CHECK_ERR(FILE_EXISTS, table_adopt_files(t, world.store, &files[1], 1));
    CHECK_INT(3, world_count_files(&world, "rowsets"));

    uint64_t ids[2] = {first, first + 1};
    CHECK_RC(RC_OK, table_discard_files(t, world.store, ids, 2));
    CHECK_RC(RC_OK, table_discard_files(t, world.store, ids, 2));
    CHECK_INT(1, world_count_files(&world, "rowsets"));

    // The second is missing: the first is not left behind.
    CHECK_INT(0, unlink(str_z(t->arena, files[1].path)));
    CHECK_ERR(FILE_MISSING, table_adopt_files(t, world.store, files, 2));
    CHECK_INT(1, world_count_files(&world, "rowsets"));
    CHECK(table_free_bytes(world.store) > 0);
    world_close(&world);
}

static Rc check_columns(Ctx *t, const World *world, Str path, const Schema *schema)
{
    return table_check_files(t, world->conn, &(FileSchema){path, schema}, 1);
}

TEST(files_with_other_columns_are_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    RowsetInfo rowset = first_rowset(&world, id);
    Str path = table_rowset_path(t->arena, world.store, rowset.id);
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Schema *schema = table_current_schema(world_table(&world, snapshot, id)->def);
    CHECK_RC(RC_OK, check_columns(t, &world, path, schema));

    Column columns[2] = {schema->columns[0], schema->columns[1]};
    Schema other = {.id = 1, .column_count = 2, .columns = columns};
    columns[1].file_id = 3;
    CHECK_ERR(FILE_SCHEMA, check_columns(t, &world, path, &other));
    columns[1] = schema->columns[1];
    columns[1].type = (Type){.kind = TYPE_BIGINT};
    CHECK_ERR(FILE_SCHEMA, check_columns(t, &world, path, &other));
    other.column_count = 1;
    CHECK_ERR(FILE_SCHEMA, check_columns(t, &world, path, &other));
    catalog_unpin(world.catalog, snapshot);
    world_close(&world);
}

TEST(files_with_other_nested_columns_are_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    Str names[] = {STR("x"), STR("y")}, swapped[] = {STR("y"), STR("x")};
    Type two[] = {TYPE_OF(INT), TYPE_OF(LARGEINT)};
    const ColumnSpec columns[] = {
        {"k", TYPE_OF(INT), true},
        {"a", type_array(t->arena, TYPE_OF(LARGEINT)), false},
        {"m", type_map(t->arena, TYPE_OF(INT), type_struct(t->arena, names, two, 2)), false}};
    TableSpec spec = {.name = "n", .columns = columns, .column_count = 3};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(RC_OK,
             world_insert(t, &world, id,
                          "SELECT 1 c1, [2::HUGEINT] c2, MAP {1: {'x': 1, 'y': 2::HUGEINT}} c3",
                          &rows));
    RowsetInfo rowset = first_rowset(&world, id);
    Str path = table_rowset_path(t->arena, world.store, rowset.id);
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Schema *schema = table_current_schema(world_table(&world, snapshot, id)->def);
    CHECK_RC(RC_OK, check_columns(t, &world, path, schema));

    const Type others[] = {TYPE_OF(LARGEINT), type_array(t->arena, TYPE_OF(BIGINT)),
                           type_array(t->arena, type_array(t->arena, TYPE_OF(LARGEINT))),
                           type_map(t->arena, TYPE_OF(INT), TYPE_OF(LARGEINT)),
                           type_struct(t->arena, names, two, 1)};
    Column changed[3] = {schema->columns[0], schema->columns[1], schema->columns[2]};
    Schema other = {.id = 1, .column_count = 3, .columns = changed};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        changed[1].type = others[i];
        CHECK_ERR(FILE_SCHEMA, check_columns(t, &world, path, &other));
        ctx_clear(t);
    }
    changed[1] = schema->columns[1];
    changed[2].type = type_map(t->arena, TYPE_OF(INT), type_struct(t->arena, swapped, two, 2));
    CHECK_ERR(FILE_SCHEMA, check_columns(t, &world, path, &other));
    changed[2] = schema->columns[2];
    CHECK_RC(RC_OK, check_columns(t, &world, path, &other));
    catalog_unpin(world.catalog, snapshot);
    world_close(&world);
}

// A table reads files that another table wrote, under their own names of columns.
TEST(adopted_files_of_another_line_are_read)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t from = create_plain(t, &world), first = 0, rows = 0;
    CHECK_RC(RC_OK, world_insert(t, &world, from, "SELECT 7 c1, 'seven' c2", &rows));
    const ColumnSpec columns[] = {{"v", {.kind = TYPE_VARCHAR, .len = 20}, true},
                                  {"k", {.kind = TYPE_BIGINT}, false}};
    TableSpec spec = {.name = "other", .columns = columns, .column_count = 2};
    uint64_t to = world_create(t, &world, &spec);
    CHECK_RC(RC_OK, world_insert(t, &world, to, "SELECT 'eight' c1, 8::BIGINT c2", &rows));

    RowsetInfo rowset = first_rowset(&world, from);
    CHECK_RC(RC_OK, catalog_new_ids(t, world.catalog, 1, &first));
    StagedFile file = {table_rowset_path(t->arena, world.store, rowset.id), first};
    CHECK_RC(RC_OK, table_adopt_files(t, world.store, &file, 1));

    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, to);
    TableDef *def = table_def_copy(t->arena, table->def);
    Column foreign[2] = {def->schemas[0].columns[0], def->schemas[0].columns[1]};
    foreign[0].file_id = 2;
    foreign[1].file_id = 1;
    foreign[1].type = TYPE_OF(INT);
    Schema schemas[2] = {{.id = 2, .column_count = 2, .columns = foreign}, def->schemas[0]};
    def->schemas = schemas;
    def->schema_count = 2;
    def->next_schema_id = 3;
    rowset.id = first;
    rowset.sequence = 0;
    rowset.schema_id = 2;
    RowsetChange change = {.table_id = to,
                           .partition_id = table->partitions[0]->def->id,
                           .add = &rowset,
                           .add_count = 1};
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_alter_table(t, txn, def));
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    catalog_unpin(world.catalog, snapshot);
    world_reopen(t, &world);
    CHECK_STR("seven|7\neight|8", world_query(t, &world, to, "SELECT c1, c2 FROM", "ORDER BY c2"));

    // Compaction writes them anew under the current schema.
    world_close(&world);
    world.options.compact_min_rowsets = 1;
    world_open(t, &world);
    size_t merged = 0;
    StoredTable ref = {world_database_id(&world), to};
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(2, merged);
    CHECK_INT(1, first_rowset(&world, to).schema_id);
    CHECK_STR("seven|7\neight|8", world_query(t, &world, to, "SELECT c1, c2 FROM", "ORDER BY c2"));
    world_close(&world);
}

// --- damage

static void flip_byte(const char *path, off_t at)
{
    CHECK_INT(0, chmod(path, 0644));
    int file = open(path, O_RDWR | O_CLOEXEC);
    CHECK(file >= 0);
    char byte = 0;
    CHECK_INT(1, pread(file, &byte, 1, at));
    byte = (char)(byte ^ 0x10);
    CHECK_INT(1, pwrite(file, &byte, 1, at));
    close(file);
}

TEST(damage_is_seen)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    insert_one(t, &world, id);
    RowsetInfo rowset = first_rowset(&world, id);
    CHECK_RC(RC_OK, table_verify_rowset(t, world.store, &rowset));
    char *path = str_z(t->arena, table_rowset_path(t->arena, world.store, rowset.id));
    flip_byte(path, 20);
    CHECK_ERR(FILE_DAMAGED, table_verify_rowset(t, world.store, &rowset));

    CHECK_INT(0, truncate(path, 10));
    CHECK_ERR(FILE_DAMAGED, table_verify_rowset(t, world.store, &rowset));
    CHECK_INT(0, unlink(path));
    CHECK_ERR(FILE_MISSING, table_verify_rowset(t, world.store, &rowset));

    world_reopen(t, &world);
    CHECK_INT(1, table_stats(world.store).damaged_files);
    world_close(&world);
}

TEST(scrubber_finds_damage_by_itself)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    insert_one(t, &world, id);
    RowsetInfo rowset = first_rowset(&world, id);
    flip_byte(str_z(t->arena, table_rowset_path(t->arena, world.store, rowset.id)), 20);
    world_close(&world);
    world.options.scrub_interval_ms = 10;
    world_open(t, &world);
    for (int i = 0; i < 500 && table_stats(world.store).damaged_files == 0; i++) clock_sleep_ms(10);
    CHECK(table_stats(world.store).damaged_files > 0);
    world_close(&world);
}

// --- compaction

static size_t rowset_count(World *world, uint64_t id, Uuid *content_id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Partition *partition = world_table(world, snapshot, id)->partitions[0];
    size_t count = partition->rowset_count;
    *content_id = partition->content_id;
    catalog_unpin(world->catalog, snapshot);
    return count;
}

TEST(compaction_keeps_rows_and_content_id)
{
    World world;
    world_init(t, &world);
    world.options.compact_min_rowsets = 8;
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    size_t merged = 0;
    StoredTable ref = {world_database_id(&world), id};
    Uuid before, after;
    for (int i = 0; i < 12; i++) {
        Str sql = str_printf(t->arena, "SELECT %d c1, repeat('x', %d) c2", 20 - i, i);
        CHECK_RC(RC_OK, world_insert(t, &world, id, str_z(t->arena, sql), &rows));
    }
    Str all = world_query(t, &world, id, "SELECT * FROM", "ORDER BY c1");
    CHECK_INT(12, rowset_count(&world, id, &before));
    fault_init("compact.commit=fail");
    CHECK_ERR(FAULT_INJECTED, table_compact(t, world.store, world.conn, ref, &merged));
    fault_init(NULL);
    CHECK_INT(12, world_count_files(&world, "rowsets"));
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(12, merged);
    CHECK_INT(1, rowset_count(&world, id, &after));
    CHECK(uuid_eq(before, after));
    CHECK_STR(all, world_query(t, &world, id, "SELECT * FROM", ""));  // sorted now
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(0, merged);
    world_reopen(t, &world);
    CHECK_STR(all, world_query(t, &world, id, "SELECT * FROM", "ORDER BY c1"));
    world_close(&world);
}

TEST(compaction_refuses_damaged_input)
{
    World world;
    world_init(t, &world);
    world.options.compact_min_rowsets = 2;
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    for (int i = 0; i < 4; i++) insert_one(t, &world, id);
    RowsetInfo rowset = first_rowset(&world, id);
    flip_byte(str_z(t->arena, table_rowset_path(t->arena, world.store, rowset.id)), 20);
    size_t merged = 0;
    StoredTable ref = {world_database_id(&world), id};
    Uuid content_id;
    CHECK_ERR(FILE_DAMAGED, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(4, rowset_count(&world, id, &content_id));
    world_close(&world);
}
