/*
 * Maintenance beside writers: compaction that runs by itself, and what it must not disturb.
 */
#include "base/fault.h"
#include "fixture.h"
#include <pthread.h>

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
