// What the trash holds, for how long, and how it lives again.
#include "base/vec.h"
#include "catalog/trash.h"
#include "fixture.h"

typedef struct World {
    Fixture *f;
    uint64_t database, table, partition, rowset;
} World;

static World make_world(Ctx *t)
{
    World world = {.f = fixture_open(t)};
    world.database = fixture_make_database(t, world.f, "d");
    world.table = fixture_make_table(t, world.f, world.database, "t", &world.partition);
    world.rowset = fixture_insert(t, world.f, world.table, world.partition, 7);
    return world;
}

static void drop_table(Ctx *t, World *world)
{
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_RC(RC_OK, txn_drop_table(t, txn, world->table, false));
    fixture_commit(t, txn);
}

static void truncate_table(Ctx *t, World *world, uint64_t undo_id)
{
    RowsetChange change = {
        .table_id = world->table, .partition_id = world->partition, .ends_all = true};
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    CHECK_RC(RC_OK, txn_add_undo(t, txn, UNDO_TRUNCATE, undo_id, world->table));
    fixture_commit(t, txn);
}

static RecoveryRequest table_request(const World *world)
{
    return (RecoveryRequest){
        .kind = TRASH_TABLE, .database_id = world->database, .name = STR("t"), .table = STR("t")};
}

static RecoveryRequest version_request(const World *world, uint64_t undo_id)
{
    return (RecoveryRequest){.kind = TRASH_VERSION,
                             .database_id = world->database,
                             .table_id = world->table,
                             .name = STR("t"),
                             .id = undo_id,
                             .cause = UNDO_TRUNCATE};
}

static void recover(Ctx *t, World *world, RecoveryRequest request)
{
    Recovery *recovery = NULL;
    CHECK_RC(RC_OK, catalog_recovery_open(t, world->f->catalog, &request, &recovery));
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_RC(RC_OK, txn_recover(t, txn, recovery));
    fixture_commit(t, txn);
    catalog_recovery_close(&recovery);
}

static size_t count_trash(Ctx *t, const World *world)
{
    TrashList list;
    CHECK_RC(RC_OK, catalog_trash(t, world->f->catalog, &list));
    return list.count;
}

static size_t count_collectable(Ctx *t, const World *world)
{
    uint64_t ids[16];
    size_t count = 0;
    CHECK_RC(RC_OK, catalog_collectable(t, world->f->catalog, ids, COUNT_OF(ids), &count));
    return count;
}

// What the tree shows is what a new start reads.
static void check_reopens(Ctx *t, World *world)
{
    Str before = fixture_dump_now(t, world->f);
    fixture_reopen(t, world->f);
    CHECK_STR(before, fixture_dump_now(t, world->f));
}

TEST(trash_table_lives_again_with_new_rowset_ids)
{
    World world = make_world(t);
    RecoveryRequest request = table_request(&world);
    Recovery *recovery = NULL;
    CHECK_ERR(TRASH_NO_TABLE,
              catalog_recovery_open(t, world.f->catalog, &request, &recovery));  // it lives
    drop_table(t, &world);
    CHECK_INT(1, count_trash(t, &world));
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    CHECK_INT(1, recovery->file_count);
    CHECK_INT(world.rowset, recovery->files[0].old_id);
    CHECK(recovery->files[0].new_id != world.rowset);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_recover(t, txn, recovery));
    fixture_commit(t, txn);
    uint64_t new_id = recovery->files[0].new_id;
    catalog_recovery_close(&recovery);
    CHECK_INT(0, count_trash(t, &world));

    const CatalogSnapshot *now = catalog_pin(world.f->catalog);
    const Table *table = catalog_find_table(catalog_find_database(now, STR("d")), STR("t"));
    CHECK_INT(world.table, table->def->id);
    CHECK_INT(world.partition, table->partitions[0]->def->id);
    CHECK_INT(2, table->partitions[0]->version);
    CHECK_INT(7, table->row_count);
    CHECK_INT(new_id, table->partitions[0]->rowsets[0]->info.id);
    catalog_unpin(world.f->catalog, now);
    check_reopens(t, &world);
    // Again, and the rows that were brought back once are history too.
    drop_table(t, &world);
    recover(t, &world, request);
    check_reopens(t, &world);
    fixture_close(world.f);
}

TEST(trash_is_over_when_its_time_is)
{
    World world = make_world(t);
    RecoveryRequest request = table_request(&world);
    Recovery *recovery = NULL;
    drop_table(t, &world);
    world.f->clock.at_ms += (world.f->trash_expire_second - 1) * 1000;
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    catalog_recovery_close(&recovery);
    world.f->clock.at_ms += 1000;
    CHECK_INT(0, count_trash(t, &world));
    CHECK_ERR(TRASH_NO_TABLE, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    fixture_close(world.f);
}

TEST(trash_holds_what_is_being_recovered)
{
    World world = make_world(t);
    RecoveryRequest request = table_request(&world);
    Recovery *recovery = NULL;
    drop_table(t, &world);
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    world.f->clock.at_ms += (world.f->trash_expire_second + 1) * 1000;
    CHECK_INT(0, count_collectable(t, &world));  // its time is over, but it is held
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_recover(t, txn, recovery));
    fixture_commit(t, txn);
    catalog_recovery_close(&recovery);
    CHECK_INT(1, count_collectable(t, &world));  // the old row and its link
    fixture_close(world.f);
}

TEST(trash_collected_stays_gone_when_the_clock_goes_back)
{
    World world = make_world(t);
    RecoveryRequest request = table_request(&world);
    Recovery *recovery = NULL;
    drop_table(t, &world);
    world.f->clock.at_ms += (world.f->trash_expire_second + 1) * 1000;
    CHECK_RC(RC_OK, catalog_forget_rowsets(t, world.f->catalog, &world.rowset, 1));
    world.f->clock.at_ms -= world.f->trash_expire_second * 1000;
    CHECK_ERR(TRASH_NO_TABLE, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    fixture_reopen(t, world.f);
    CHECK_ERR(TRASH_NO_TABLE, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    fixture_close(world.f);
}

TEST(trash_is_given_to_one_only)
{
    World world = make_world(t);
    RecoveryRequest request = table_request(&world);
    Recovery *first = NULL, *second = NULL;
    drop_table(t, &world);
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &first));
    request.new_name = STR("u");
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &second));
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_recover(t, txn, first));
    fixture_commit(t, txn);
    txn = fixture_begin(t, world.f);
    CHECK_ERR(TRASH_TAKEN, txn_recover(t, txn, second));
    txn_abort(&txn);
    catalog_recovery_close(&first);
    catalog_recovery_close(&second);
    check_reopens(t, &world);
    fixture_close(world.f);
}

TEST(trash_respects_claims)
{
    World world = make_world(t);
    RecoveryRequest request = table_request(&world);
    Recovery *recovery = NULL;
    Claim claims[] = {{CLAIM_RESTORE, 900, STR("d"), STR("t"), STR("")}};
    drop_table(t, &world);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_add_claims(t, txn, claims, 1));
    fixture_commit(t, txn);
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    txn = fixture_begin(t, world.f);
    CHECK_ERR(CLAIMED_TABLE, txn_recover(t, txn, recovery));
    txn_abort(&txn);
    catalog_recovery_close(&recovery);
    fixture_close(world.f);
}

TEST(trash_version_comes_back_and_goes_again)
{
    World world = make_world(t);
    Recovery *recovery = NULL;
    truncate_table(t, &world, 500);
    fixture_insert(t, world.f, world.table, world.partition, 3);
    RecoveryRequest request = version_request(&world, 501);
    CHECK_ERR(TRASH_NO_VERSION, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    request = version_request(&world, 500);
    request.cause = UNDO_RESTORE;
    CHECK_ERR(TRASH_NO_VERSION, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    request.cause = UNDO_TRUNCATE;
    CHECK_RC(RC_OK, catalog_recovery_open(t, world.f->catalog, &request, &recovery));
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_recover(t, txn, recovery));
    fixture_commit(t, txn);
    uint64_t undo_id = recovery->undo_id;
    catalog_recovery_close(&recovery);
    const CatalogSnapshot *now = catalog_pin(world.f->catalog);
    CHECK_INT(7, now->databases[0]->tables[0]->row_count);
    catalog_unpin(world.f->catalog, now);
    check_reopens(t, &world);

    request = version_request(&world, undo_id);
    request.cause = UNDO_RECOVER;
    recover(t, &world, request);
    now = catalog_pin(world.f->catalog);
    CHECK_INT(3, now->databases[0]->tables[0]->row_count);
    catalog_unpin(world.f->catalog, now);
    check_reopens(t, &world);
    fixture_close(world.f);
}

TEST(trash_version_keeps_content_ids)
{
    World world = make_world(t);
    const CatalogSnapshot *before = catalog_pin(world.f->catalog);
    Uuid content = before->databases[0]->tables[0]->partitions[0]->content_id;
    catalog_unpin(world.f->catalog, before);
    truncate_table(t, &world, 500);
    recover(t, &world, version_request(&world, 500));
    const CatalogSnapshot *now = catalog_pin(world.f->catalog);
    const Partition *partition = now->databases[0]->tables[0]->partitions[0];
    CHECK(uuid_eq(content, partition->content_id));
    CHECK_INT(4, partition->version);
    catalog_unpin(world.f->catalog, now);
    fixture_close(world.f);
}

TEST(trash_database_with_what_it_had)
{
    World world = make_world(t);
    uint64_t partition = 0;
    uint64_t other = fixture_make_table(t, world.f, world.database, "other", &partition);
    fixture_insert(t, world.f, other, partition, 11);
    drop_table(t, &world);
    Str before = fixture_dump_now(t, world.f);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_drop_database(t, txn, world.database, false));
    fixture_commit(t, txn);
    CHECK_INT(2, count_trash(t, &world));  // the table that was dropped before, and the database
    recover(t, &world, (RecoveryRequest){.kind = TRASH_DATABASE, .name = STR("d")});
    CHECK_INT(1, count_trash(t, &world));
    const CatalogSnapshot *now = catalog_pin(world.f->catalog);
    CHECK_INT(1, now->databases[0]->table_count);
    CHECK_INT(11, now->databases[0]->tables[0]->row_count);
    catalog_unpin(world.f->catalog, now);
    recover(t, &world, table_request(&world));
    check_reopens(t, &world);
    CHECK(before.len > 0);
    fixture_close(world.f);
}
