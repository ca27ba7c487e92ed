/* table/overwrite: INSERT OVERWRITE is one change, or none. */
#include "base/fault.h"
#include "fixture.h"

static const ColumnSpec TWO[] = {{"k", {.kind = TYPE_INT}, true},
                                 {"v", {.kind = TYPE_VARCHAR, .len = 20}, false}};
static const char *const BOUNDS[] = {"10", "20", ""};

static uint64_t create(Ctx *t, World *world)
{
    world_init(t, world);
    world_open(t, world);
    TableSpec spec = {.name = "t",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = BOUNDS,
                      .partition_count = 3};
    return world_create(t, world, &spec);
}

// `only`: a partition's name; NULL: all of the table.
static Rc overwrite(Ctx *t, World *world, uint64_t id, const char *sql, const char *only,
                    bool is_dynamic)
{
    uint64_t rows = 0;
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, id);
    const Partition *partition = only ? catalog_find_partition(table, str_from(only)) : NULL;
    TableInsert insert = {.database_id = world_database_id(world),
                          .table_id = id,
                          .table = table,
                          .sql = str_from(sql),
                          .partition_count = only != NULL,
                          .partitions = &partition,
                          .is_overwrite = true,
                          .is_dynamic = is_dynamic};
    Rc rc = table_insert(t, world->store, world->conn, &insert, &rows);
    catalog_unpin(world->catalog, snapshot);
    return rc;
}

static Str all(Ctx *t, World *world, uint64_t id)
{
    return world_query(t, world, id, "SELECT string_agg(c1 || c2, ' ' ORDER BY c1, c2) FROM", "");
}

static void insert(Ctx *t, World *world, uint64_t id, const char *sql)
{
    uint64_t rows;
    CHECK_RC(RC_OK, world_insert(t, world, id, sql, &rows));
}

static const char *const THREE = "SELECT i::INTEGER * 10 + 1 AS c1, 'old' AS c2 FROM range(3) r(i)";

TEST(overwrite_that_fails_changes_nothing)
{
    World world;
    uint64_t id = create(t, &world);
    insert(t, &world, id, THREE);
    size_t files = world_count_files(&world, "rowsets");
    static const char *const POINTS[] = {"insert.copied=fail", "insert.renamed=fail",
                                         "insert.commit=fail"};
    for (size_t i = 0; i < COUNT_OF(POINTS); i++) {
        fault_init(POINTS[i]);
        CHECK_ERR(FAULT_INJECTED, overwrite(t, &world, id, "SELECT 2 c1, 'new' c2", NULL, false));
        fault_init(NULL);
        CHECK_STR("1old 11old 21old", all(t, &world, id));
        CHECK_INT(files, world_count_files(&world, "rowsets"));
        CHECK_INT(0, world_count_files(&world, "staging"));
    }
    CHECK_ERR(NO_PARTITION, overwrite(t, &world, id, "SELECT 12 c1, 'new' c2", "p0", false));
    CHECK_STR("1old 11old 21old", all(t, &world, id));
    // the token was given back
    CHECK_RC(RC_OK, catalog_take_token(t, world.catalog, id));
    catalog_give_token(world.catalog, id);
    world_close(&world);
}

TEST(overwrite_ends_what_it_names_and_no_more)
{
    World world;
    uint64_t id = create(t, &world);
    insert(t, &world, id, THREE);
    CHECK_RC(RC_OK, overwrite(t, &world, id, "SELECT 2 c1, 'new' c2", "p0", false));
    CHECK_STR("2new 11old 21old", all(t, &world, id));
    CHECK_RC(RC_OK, overwrite(t, &world, id, "SELECT 2 c1, 'new' c2 WHERE FALSE", "p1", false));
    CHECK_STR("2new 21old", all(t, &world, id));
    CHECK_RC(RC_OK, overwrite(t, &world, id, "SELECT 12 c1, 'all' c2", NULL, true));
    CHECK_STR("2new 12all 21old", all(t, &world, id));
    CHECK_RC(RC_OK, overwrite(t, &world, id, "SELECT 22 c1, 'all' c2", NULL, false));
    CHECK_STR("22all", all(t, &world, id));
    world_reopen(t, &world);
    CHECK_STR("22all", all(t, &world, id));
    world_close(&world);
}

// A partition that had nothing and gets nothing keeps its version.
TEST(overwrite_leaves_empty_partitions_alone)
{
    World world;
    uint64_t id = create(t, &world);
    insert(t, &world, id, "SELECT 1 c1, 'old' c2");
    const CatalogSnapshot *before = catalog_pin(world.catalog);
    CHECK_RC(RC_OK, overwrite(t, &world, id, "SELECT 12 c1, 'new' c2", NULL, false));
    const CatalogSnapshot *after = catalog_pin(world.catalog);
    const Table *old = world_table(&world, before, id), *now = world_table(&world, after, id);
    CHECK(!uuid_eq(old->partitions[0]->content_id, now->partitions[0]->content_id));
    CHECK(!uuid_eq(old->partitions[1]->content_id, now->partitions[1]->content_id));
    CHECK(uuid_eq(old->partitions[2]->content_id, now->partitions[2]->content_id));
    catalog_unpin(world.catalog, before);
    catalog_unpin(world.catalog, after);
    world_close(&world);
}
