/*
 * Maintenance beside writers: compaction that runs by itself, and what it must not disturb.
 */
#include "base/fault.h"
#include "fixture.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
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

static size_t rowset_count(World *world, uint64_t id, Uuid *content_id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Partition *partition = world_table(world, snapshot, id)->partitions[0];
    size_t count = partition->rowset_count;
    *content_id = partition->content_id;
    catalog_unpin(world->catalog, snapshot);
    return count;
}

typedef struct Compacting {
    World *world;
    StoredTable ref;
    size_t merged;
    Rc rc;
} Compacting;

static void *compact_in_thread(void *argument)
{
    Compacting *it = argument;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    EngineConn *conn = NULL;
    it->rc = engine_conn_open(&ctx, it->world->engine, &conn);
    if (it->rc == RC_OK) it->rc = table_compact(&ctx, it->world->store, conn, it->ref, &it->merged);
    engine_conn_close(conn);
    return NULL;
}

// The content that an INSERT made must not be taken for the one that compaction began with.
TEST(insert_beside_a_compaction_keeps_its_content_id)
{
    World world;
    world_init(t, &world);
    world.options.compact_min_rowsets = 2;
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    for (int i = 0; i < 4; i++) insert_one(t, &world, id);
    Compacting it = {.world = &world, .ref = {world_database_id(&world), id}};
    pthread_t thread;
    Uuid before, inserted, after;
    (void)rowset_count(&world, id, &before);
    fault_init("compact.written=wait@5");
    CHECK_INT(0, pthread_create(&thread, NULL, compact_in_thread, &it));
    while (world_count_files(&world, "rowsets") < 5) clock_sleep_ms(5);
    insert_one(t, &world, id);
    CHECK_INT(5, rowset_count(&world, id, &inserted));
    CHECK_INT(0, pthread_join(thread, NULL));
    fault_init(NULL);
    CHECK_RC(RC_OK, it.rc);
    CHECK_INT(4, it.merged);
    CHECK_INT(2, rowset_count(&world, id, &after));
    CHECK(!uuid_eq(before, inserted));
    CHECK(uuid_eq(inserted, after));
    world_close(&world);
}

// Without being called: told by the writers, who wait where it cannot keep up.
TEST(compaction_follows_the_writers)
{
    World world;
    world_init(t, &world);
    world.options.compact_min_rowsets = 4;
    world.options.compacts_by_itself = true;
    world.options.slow_rowsets = 10;
    world.options.compact_percent = 100;
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    Uuid content_id;
    size_t most = 0;
    for (int i = 0; i < 60; i++) {
        insert_one(t, &world, id);
        size_t count = rowset_count(&world, id, &content_id);
        if (count > most) most = count;
    }
    CHECK(most <= 11);
    for (int i = 0; i < 500 && rowset_count(&world, id, &content_id) > 4; i++) clock_sleep_ms(10);
    CHECK(rowset_count(&world, id, &content_id) <= 4);
    CompactionInfo *infos = NULL;
    CHECK_INT(1, table_compactions(t->arena, world.store, &infos));
    CHECK_INT(id, infos[0].table.table_id);
    CHECK(infos[0].runs > 0 && infos[0].rowsets >= 60 && infos[0].last_ms > 0);
    CHECK_INT(0, infos[0].error.len);
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

static RowsetInfo first_rowset(World *world, uint64_t id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    RowsetInfo info = world_table(world, snapshot, id)->partitions[0]->rowsets[0]->info;
    catalog_unpin(world->catalog, snapshot);
    return info;
}

static Rc fill_scan(Ctx *t, World *world, uint64_t id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, id);
    const Partition *partition = table->partitions[0];
    const Column *column = &table_current_schema(table->def)->columns[0];
    Scan scan = {.kind = SCAN_TABLE,
                 .table = table,
                 .partition_count = 1,
                 .partitions = &partition,
                 .column_count = 1,
                 .columns = &column};
    Buf out = buf_new(t->arena);
    Rc rc = table_fill_scan(t, world->store, &scan, &out);
    catalog_unpin(world->catalog, snapshot);
    return rc;
}

// Known damage is not read and not merged; the rest of the table still is, and a file that is
// mended is read again.
TEST(damaged_file_is_named_and_left_alone)
{
    World world;
    world_init(t, &world);
    world.options.compact_min_rowsets = 2;
    world.options.scrub_interval_ms = 20;
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    for (int i = 0; i < 5; i++) insert_one(t, &world, id);
    CHECK_RC(RC_OK, fill_scan(t, &world, id));
    RowsetInfo rowset = first_rowset(&world, id);
    char *path = str_z(t->arena, table_rowset_path(t->arena, world.store, rowset.id));
    flip_byte(path, 20);
    DamageInfo *damages = NULL;
    for (int i = 0; i < 500 && table_damages(t->arena, world.store, &damages) == 0; i++)
        clock_sleep_ms(10);
    CHECK_INT(1, table_damages(t->arena, world.store, &damages));
    CHECK_INT(rowset.id, damages[0].rowset_id);
    CHECK(str_find(damages[0].reason, str_from(path)) > 0);
    CHECK_ERR(ROWSET_DAMAGED, fill_scan(t, &world, id));

    size_t merged = 0;
    StoredTable ref = {world_database_id(&world), id};
    Uuid content_id;
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(4, merged);
    CHECK_INT(2, rowset_count(&world, id, &content_id));
    CHECK_INT(rowset.id, first_rowset(&world, id).id);

    flip_byte(path, 20);
    for (int i = 0; i < 500 && table_damages(t->arena, world.store, &damages) > 0; i++)
        clock_sleep_ms(10);
    CHECK_RC(RC_OK, fill_scan(t, &world, id));
    ScrubInfo scrub = table_scrub_info(world.store);
    CHECK(scrub.rounds > 1 && scrub.started_ms > 0);

    // Missing at a start: known at once.
    CHECK_INT(0, unlink(path));
    world.options.scrub_interval_ms = 0;
    world_reopen(t, &world);
    CHECK_ERR(ROWSET_DAMAGED, fill_scan(t, &world, id));
    world_close(&world);
}
