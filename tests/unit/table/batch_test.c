/*
 * INSERTs of a few constant rows by several sessions at once: one rowset for many, each answered
 * for itself.
 */
#include "base/fault.h"
#include "fixture.h"
#include <pthread.h>

enum { THREADS = 8, TURNS = 6, NEVER_FITS = 5000 };

static const ColumnSpec TWO[] = {{"k", {.kind = TYPE_INT}, true},
                                 {"v", {.kind = TYPE_VARCHAR, .len = 20}, false}};

static uint64_t create(Ctx *t, World *world)
{
    static const char *const BOUNDS[] = {"100", "1000"};
    TableSpec spec = {.name = "parted",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = BOUNDS,
                      .partition_count = 2,
                      .first_lower = "0"};
    return world_create(t, world, &spec);
}

typedef struct Writer {
    World *world;
    uint64_t table_id;
    int key, step;  // of the first row; added each turn
    int turns;
    int good, refused, cancelled;
    Cancel cancel;
} Writer;

static Rc insert_rows(Ctx *ctx, const Writer *writer, EngineConn *conn, int key)
{
    World *world = writer->world;
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    TableInsert insert = {.database_id = world_database_id(world),
                          .table_id = writer->table_id,
                          .table = world_table(world, snapshot, writer->table_id),
                          .literal_rows = 2};
    insert.sql = str_printf(ctx->arena,
                            "SELECT x1 AS c1, x2 AS c2 FROM (VALUES (%d, 'a'), (%d, 'b'))"
                            " AS r(x1, x2)",
                            key, key);
    uint64_t rows = 0;
    Rc rc = table_insert(ctx, world->store, conn, &insert, &rows);
    if (rc == RC_OK) CHECK_INT(2, rows);
    catalog_unpin(world->catalog, snapshot);
    return rc;
}

static void *write_many(void *argument)
{
    Writer *writer = argument;
    for (int i = 0; i < writer->turns; i++) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx;
        EngineConn *conn = NULL;
        ctx_init(&ctx, arena, NULL);
        ctx.cancel = &writer->cancel;
        must(engine_conn_open(&ctx, writer->world->engine, &conn) == RC_OK);
        Rc rc = insert_rows(&ctx, writer, conn, writer->key + i * writer->step);
        engine_conn_close(conn);
        writer->good += rc == RC_OK;
        writer->refused += rc != RC_OK && ctx.err.id == ERR_NO_PARTITION;
        writer->cancelled += rc == RC_CANCELLED;
    }
    return NULL;
}

static void run(Writer *writers, int count)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < count; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, write_many, &writers[i]));
    for (int i = 0; i < count; i++) CHECK_INT(0, pthread_join(threads[i], NULL));
}

static size_t rowset_count(World *world, uint64_t id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, id);
    size_t count = 0;
    for (size_t i = 0; i < table->partition_count; i++) count += table->partitions[i]->rowset_count;
    catalog_unpin(world->catalog, snapshot);
    return count;
}

TEST(small_inserts_at_once_share_rowsets)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    Writer writers[THREADS] = {0};
    uint64_t id = create(t, &world);
    for (int i = 0; i < THREADS; i++)
        writers[i] =
            (Writer){.world = &world, .table_id = id, .key = i * TURNS, .step = 1, .turns = TURNS};
    run(writers, THREADS);
    for (int i = 0; i < THREADS; i++) CHECK_INT(TURNS, writers[i].good);
    CHECK_STR("96|48|0|47",
              world_query(t, &world, id,
                          "SELECT count(*), count(DISTINCT c1), min(c1), max(c1) FROM", ""));
    CHECK(rowset_count(&world, id) < THREADS * TURNS);
    CHECK_INT(rowset_count(&world, id), world_count_files(&world, "rowsets"));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_reopen(t, &world);
    CHECK_STR("96", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}

// A row without a partition fails its own INSERT and no other, and leaves nothing.
TEST(small_inserts_do_not_fail_for_each_other)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    Writer writers[THREADS] = {0};
    uint64_t id = create(t, &world);
    for (int i = 0; i < THREADS; i++)
        writers[i] = (Writer){
            .world = &world, .table_id = id, .key = i == 3 ? NEVER_FITS : i * 100, .turns = TURNS};
    run(writers, THREADS);
    for (int i = 0; i < THREADS; i++) {
        CHECK_INT(i == 3 ? 0 : TURNS, writers[i].good);
        CHECK_INT(i == 3 ? TURNS : 0, writers[i].refused);
    }
    CHECK_STR("84|7|0|700",
              world_query(t, &world, id,
                          "SELECT count(*), count(DISTINCT c1), min(c1), max(c1) FROM", ""));
    CHECK_INT(rowset_count(&world, id), world_count_files(&world, "rowsets"));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

// One that waits for another's file and is cancelled is not in; the others are.
TEST(small_insert_that_waits_can_be_cancelled)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    Writer writers[3] = {0};
    uint64_t id = create(t, &world);
    for (int i = 0; i < 3; i++)
        writers[i] = (Writer){.world = &world, .table_id = id, .key = i, .turns = 1};
    pthread_t threads[3];
    fault_init("insert.copied=wait@6");
    CHECK_INT(0, pthread_create(&threads[0], NULL, write_many, &writers[0]));
    while (world_count_files(&world, "staging") == 0) clock_sleep_ms(1);
    for (int i = 1; i < 3; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, write_many, &writers[i]));
    clock_sleep_ms(100);
    atomic_store(&writers[1].cancel.is_asked, true);
    CHECK_INT(0, pthread_join(threads[1], NULL));
    CHECK_INT(1, writers[1].cancelled);
    fault_init(NULL);
    for (int i = 0; i < 3; i += 2) {
        CHECK_INT(0, pthread_join(threads[i], NULL));
        CHECK_INT(1, writers[i].good);
    }
    CHECK_STR("4|0|2", world_query(t, &world, id, "SELECT count(*), min(c1), max(c1) FROM", ""));
    world_close(&world);
}

// The leader's end is not the others' end.
TEST(small_inserts_go_on_when_their_leader_is_cancelled)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    Writer writers[4] = {0};
    uint64_t id = create(t, &world);
    for (int i = 0; i < 4; i++)
        writers[i] = (Writer){.world = &world, .table_id = id, .key = i, .turns = 1};
    pthread_t threads[4];
    fault_init("insert.copied=wait@3");
    for (int i = 0; i < 4; i++) {
        CHECK_INT(0, pthread_create(&threads[i], NULL, write_many, &writers[i]));
        if (i == 0)
            while (world_count_files(&world, "staging") == 0) clock_sleep_ms(1);
    }
    // Whichever leads the second group is at its fault point when all three are cancelled but one.
    clock_sleep_ms(450);
    for (int i = 1; i < 3; i++) atomic_store(&writers[i].cancel.is_asked, true);
    for (int i = 0; i < 4; i++) CHECK_INT(0, pthread_join(threads[i], NULL));
    fault_init(NULL);
    CHECK_INT(1, writers[0].good);
    CHECK_INT(1, writers[3].good);
    int64_t expected = 2 * (writers[0].good + writers[1].good + writers[2].good + writers[3].good);
    CHECK_STR(str_printf(t->arena, "%lld", (long long)expected),
              world_query(t, &world, id, "SELECT count(*) FROM", ""));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}
