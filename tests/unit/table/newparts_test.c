/*
 * Partitions that loads make: whole or not at all, once for two loads, and for NULL.
 */
#include "base/fault.h"
#include "base/limits.h"
#include "fixture.h"
#include <pthread.h>

static const ColumnSpec DAY[] = {{"d", {.kind = TYPE_DATE}, true},
                                 {"n", {.kind = TYPE_INT}, false}};
static const ColumnSpec CITY[] = {{"c", {.kind = TYPE_VARCHAR, .len = 20}, true},
                                  {"n", {.kind = TYPE_INT}, true}};

static uint64_t create_days(Ctx *t, World *world)
{
    TableSpec spec = {.name = "days",
                      .columns = DAY,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .is_auto = true,
                      .expr = "date_trunc('month', d)"};
    return world_create(t, world, &spec);
}

static uint64_t create_cities(Ctx *t, World *world)
{
    TableSpec spec = {.name = "cities",
                      .columns = CITY,
                      .column_count = 2,
                      .method = PARTITION_LIST,
                      .partition_column_count = 2,
                      .is_auto = true};
    return world_create(t, world, &spec);
}

// "p202401:2 p202402:1": names and rows.
static Str partitions_of(Ctx *t, World *world, uint64_t id)
{
    Buf out = buf_new(t->arena);
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, id);
    for (size_t i = 0; i < table->partition_count; i++)
        buf_printf(&out, "%s%.*s:%llu", i ? " " : "", STR_ARG(table->partitions[i]->def->name),
                   (unsigned long long)table->partitions[i]->row_count);
    catalog_unpin(world->catalog, snapshot);
    return buf_str(&out);
}

TEST(new_partitions_beyond_the_limit_are_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_cities(t, &world), rows = 0;
    CHECK_ERR(AUTO_PARTITIONS_TOO_MANY,
              world_insert(t, &world, id, "SELECT 'x' c1, range::INT c2 FROM range(4097)", &rows));
    CHECK_INT(4096, LIMIT_AUTO_PARTITIONS);
    CHECK_STR("", partitions_of(t, &world, id));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

TEST(new_partition_that_another_cuts_is_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const char *const bounds[] = {"2024-01-15"};
    TableSpec spec = {.name = "days",
                      .columns = DAY,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = 1,
                      .first_lower = "2024-01-01",
                      .is_auto = true,
                      .expr = "date_trunc('month', d)"};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_ERR(PARTITION_RANGE_INTERSECTS,
              world_insert(t, &world, id, "SELECT DATE '2024-01-20' c1, 1 c2", &rows));
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT DATE '2024-01-10' c1, 1 c2", &rows));
    CHECK_STR("p0:1", partitions_of(t, &world, id));
    world_close(&world);
}

TEST(new_partitions_of_named_partitions_are_not_made)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_days(t, &world), rows = 0;
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT DATE '2024-01-10' c1, 1 c2", &rows));
    CHECK_ERR(NO_PARTITION,
              world_insert_into(t, &world, id, "SELECT DATE '2024-02-10' c1, 1 c2", "p202401"));
    CHECK_STR("p202401:1", partitions_of(t, &world, id));
    world_close(&world);
}

TEST(new_partitions_in_a_claimed_table_are_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_days(t, &world), rows = 0;
    CatalogTxn *txn = NULL;
    Claim claim = {.kind = CLAIM_RESTORE,
                   .job_id = 7,
                   .database = STR("d"),
                   .table = STR("days"),
                   .partition = STR("p202401")};
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 7, &txn));
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &claim, 1));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    // the RESTORE will make p202401 itself
    CHECK_ERR(CLAIMED_WRITE,
              world_insert(t, &world, id, "SELECT DATE '2024-01-10' c1, 1 c2", &rows));
    CHECK_STR("", partitions_of(t, &world, id));
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT DATE '2024-02-10' c1, 1 c2", &rows));
    CHECK_STR("p202402:1", partitions_of(t, &world, id));
    world_close(&world);
}

TEST(new_partitions_hold_null_and_every_value)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t days = create_days(t, &world), cities = create_cities(t, &world), rows = 0;
    static const char DAYS[] =
        "SELECT unnest([DATE '2024-01-31', NULL, '2024-02-01', '2024-01-01', "
        "'9999-12-31', '0001-01-01']) c1, 1 c2";
    static const char CITIES[] = "SELECT unnest(['a b', 'ab', NULL, NULL, '', '%2F/..']) c1, "
                                 "unnest([1, 1, 1, NULL, 2, -7]) c2";
    for (int round = 1; round <= 2; round++) {
        CHECK_RC(RC_OK, world_insert(t, &world, days, DAYS, &rows));
        CHECK_RC(RC_OK, world_insert(t, &world, cities, CITIES, &rows));
        CHECK_INT(6, rows);
        Str expected =
            str_printf(t->arena, "p000001:%d p000101:%d p202401:%d p202402:%d p999912:%d", round,
                       round, 2 * round, round, round);
        CHECK_STR(expected, partitions_of(t, &world, days));
        expected = str_printf(
            t->arena, "pNULL_NULL:%d pNULL_1:%d p_2:%d p252F2f2e2e__7:%d pab_1:%d pab_1_657dc03:%d",
            round, round, round, round, round, round);
        CHECK_STR(expected, partitions_of(t, &world, cities));
        world_reopen(t, &world);
    }
    world_close(&world);
}

TEST(new_partitions_survive_every_failing_step)
{
    static const char *const POINTS[] = {"file.sync", "insert.partitions", "insert.commit",
                                         "catalog.begin", "catalog.commit.before"};
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_days(t, &world), rows = 0;
    size_t made = 0, failures = 0;
    for (size_t p = 0; p < COUNT_OF(POINTS); p++) {
        for (int n = 1;; n++) {
            const char *sql = str_z(t->arena, str_printf(t->arena,
                                                         "SELECT unnest([DATE '20%02zu-01-01', "
                                                         "'20%02zu-02-01']) c1, 1 c2",
                                                         p, p));
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=fail@%d", POINTS[p], n)));
            Rc rc = world_insert(t, &world, id, sql, &rows);
            fault_init(NULL);
            ctx_clear(t);
            made += rc == RC_OK ? 2 : 0;
            failures += rc != RC_OK;
            const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
            CHECK_INT(made, world_table(&world, snapshot, id)->partition_count);
            catalog_unpin(world.catalog, snapshot);
            CHECK_INT(made, world_count_files(&world, "rowsets"));
            if (rc == RC_OK) break;
        }
    }
    CHECK(failures >= COUNT_OF(POINTS));
    world_reopen(t, &world);
    Str expected = str_printf(t->arena, "%zu", made);
    CHECK_STR(expected, world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}

typedef struct Loader {
    World *world;
    uint64_t table_id;
    Rc rc;
} Loader;

static void *load_cities(void *argument)
{
    Loader *loader = argument;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    World own = *loader->world;
    uint64_t rows = 0;
    loader->rc = engine_conn_open(&ctx, own.engine, &own.conn);
    if (loader->rc == RC_OK)
        loader->rc = world_insert(&ctx, &own, loader->table_id,
                                  "SELECT 'c' || (range % 20) c1, 1 c2 FROM range(1000)", &rows);
    engine_conn_close(own.conn);
    return NULL;
}

TEST(new_partitions_of_loads_at_once_are_made_once)
{
    enum { LOADERS = 4 };
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_cities(t, &world);
    pthread_t threads[LOADERS];
    Loader loaders[LOADERS];
    for (int i = 0; i < LOADERS; i++) {
        loaders[i] = (Loader){.world = &world, .table_id = id};
        CHECK_INT(0, pthread_create(&threads[i], NULL, load_cities, &loaders[i]));
    }
    for (int i = 0; i < LOADERS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(RC_OK, loaders[i].rc);
    }
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    CHECK_INT(20, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++)
        CHECK_INT(50 * LOADERS, table->partitions[i]->row_count);
    catalog_unpin(world.catalog, snapshot);
    world_close(&world);
}
