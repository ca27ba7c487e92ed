// The trash gives way when the disk is short, its oldest part first.
#include "catalog/trash.h"
#include "fixture.h"

static const ColumnSpec COLUMNS[] = {{"k", TYPE_OF(INT), true}};
static const TableSpec SPEC = {.name = "t", .columns = COLUMNS, .column_count = 1};

static size_t count_trash(Ctx *t, const World *world)
{
    TrashList list;
    CHECK_RC(RC_OK, catalog_trash(t, world->catalog, &list));
    return list.count;
}

static void drop(Ctx *t, World *world, uint64_t table_id)
{
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world->catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_drop_table(t, txn, table_id, false));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
}

static void fill_and_drop(Ctx *t, World *world)
{
    uint64_t rows = 0, table_id = world_create(t, world, &SPEC);
    CHECK_RC(RC_OK, world_insert(t, world, table_id, "SELECT 1::INTEGER AS c1", &rows));
    drop(t, world, table_id);
}

TEST(room_is_made_of_the_trash_alone)
{
    World world;
    world_init(t, &world);
    world.trash_expire_second = 86400;
    world_open(t, &world);
    uint64_t rows = 0;
    fill_and_drop(t, &world);
    fill_and_drop(t, &world);
    uint64_t kept = world_create(t, &world, &SPEC);
    CHECK_RC(RC_OK, world_insert(t, &world, kept, "SELECT 7::INTEGER AS c1", &rows));
    CHECK_INT(2, count_trash(t, &world));
    CHECK_RC(RC_OK, table_make_room(t, world.store, 0));
    CHECK_INT(2, count_trash(t, &world));  // there is room
    CHECK_INT(3, world_count_files(&world, "rowsets"));
    CHECK_RC(RC_OK, table_make_room(t, world.store, UINT64_MAX));
    CHECK_INT(0, count_trash(t, &world));
    CHECK_INT(1, world_count_files(&world, "rowsets"));
    RecoveryRequest request = {
        .kind = TRASH_TABLE, .database_id = world_database_id(&world), .name = STR("t")};
    Recovery *recovery = NULL;
    CHECK_ERR(TRASH_NO_TABLE, catalog_recovery_open(t, world.catalog, &request, &recovery));
    CHECK_RC(RC_OK, table_make_room(t, world.store, UINT64_MAX));  // nothing is left to give
    world_reopen(t, &world);
    CHECK_INT(0, count_trash(t, &world));
    CHECK_STR("7", world_query(t, &world, kept, "SELECT c1 FROM", ""));
    world_close(&world);
}

TEST(room_is_not_made_of_what_somebody_needs)
{
    World world;
    world_init(t, &world);
    world.trash_expire_second = 86400;
    world_open(t, &world);
    fill_and_drop(t, &world);
    fill_and_drop(t, &world);
    RecoveryRequest request = {
        .kind = TRASH_TABLE, .database_id = world_database_id(&world), .name = STR("t")};
    Recovery *recovery = NULL;
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.catalog, &request, &recovery));  // the newer one
    CHECK_RC(RC_OK, table_make_room(t, world.store, UINT64_MAX));
    CHECK_INT(1, count_trash(t, &world));
    CHECK_INT(1, world_count_files(&world, "rowsets"));
    catalog_recovery_close(&recovery);
    world_close(&world);
}
