// Claims of jobs: what they forbid to others, and that they outlive a start.
#include "fixture.h"

enum { JOB = 501, OTHER = 502 };

typedef struct World {
    Fixture *f;
    uint64_t database, table, partition, ranged, p1;
} World;

static World make_world(Ctx *t)
{
    World world = {.f = fixture_open(t)};
    world.database = fixture_make_database(t, world.f, "d");
    world.table = fixture_make_table(t, world.f, world.database, "T", &world.partition);
    world.ranged = fixture_id(t, world.f);
    world.p1 = fixture_id(t, world.f);
    const PartitionDef *partition =
        fixture_partition_def(t, world.p1, "p1", "2024-01-01", "2024-02-01");
    TableDef *def = fixture_table_def(t, world.ranged, "r", true);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_create_table(t, txn, world.database, def, (PartitionDefs){&partition, 1}));
    fixture_commit(t, txn);
    return world;
}

static void claim(Ctx *t, World *world, Claim one)
{
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &one, 1));
    fixture_commit(t, txn);
}

static const char PROGRESS[] =
    "A snapshot restore operation is in progress on the table T. Please wait until the current "
    "operation completes. To check the status of the operation, see "
    "https://docs.starrocks.io/docs/sql-reference/sql-statements/backup_restore/SHOW_RESTORE/";

static void check_all_refused(Ctx *t, World *world)
{
    RowsetInfo info = fixture_rowset(fixture_id(t, world->f), 5);
    RowsetChange insert = {
        .table_id = world->table, .partition_id = world->partition, .add = &info, .add_count = 1};
    RowsetChange truncate = {
        .table_id = world->table, .partition_id = world->partition, .ends_all = true};
    TableDef *renamed = fixture_table_def(t, world->table, "x", false);
    TableDef *into = fixture_table_def(t, world->ranged, "T", true);
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_ERR_TEXT(CLAIMED_WRITE, "Cannot write RESTORE state table \"T\"",
                   txn_change_rowsets(t, txn, &insert));
    CHECK_ERR_TEXT(CLAIMED_TABLE, PROGRESS, txn_change_rowsets(t, txn, &truncate));
    CHECK_ERR(CLAIMED_TABLE, txn_alter_table(t, txn, renamed));
    CHECK_ERR(CLAIMED_TABLE, txn_alter_table(t, txn, into));
    CHECK_ERR(CLAIMED_TABLE, txn_drop_table(t, txn, world->table, true));
    CHECK_ERR(CLAIMED_TABLE, txn_drop_partition(t, txn, world->table, world->partition, false));
    CHECK_ERR(CLAIMED_DATABASE, txn_drop_database(t, txn, world->database, true));
    fixture_commit(t, txn);
}

TEST(claims_of_a_restore_refuse_writes_and_ddl)
{
    World world = make_world(t);
    claim(t, &world, (Claim){CLAIM_RESTORE, JOB, STR("d"), STR("T"), STR_NONE});
    check_all_refused(t, &world);
    fixture_reopen(t, world.f);
    check_all_refused(t, &world);

    // The job itself, and everybody else on other tables, go on.
    CatalogTxn *txn = NULL;
    RowsetChange truncate = {
        .table_id = world.table, .partition_id = world.partition, .ends_all = true};
    CHECK_RC(RC_OK, catalog_begin(t, world.f->catalog, JOB, &txn));
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &truncate));
    CHECK_RC(RC_OK, txn_end_claims(t, txn, JOB));
    fixture_commit(t, txn);
    fixture_insert(t, world.f, world.table, world.partition, 5);
    fixture_close(world.f);
}

// Either name of a SWAP may be the one that is claimed.
TEST(claims_refuse_swap)
{
    World world = make_world(t);
    uint64_t partition = 0, database = 0;
    const CatalogSnapshot *now = catalog_pin(world.f->catalog);
    database = catalog_find_database(now, STR("d"))->def->id;
    catalog_unpin(world.f->catalog, now);
    uint64_t other = fixture_make_table(t, world.f, database, "other", &partition);
    claim(t, &world, (Claim){CLAIM_RESTORE, JOB, STR("d"), STR("other"), STR_NONE});
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_ERR(CLAIMED_TABLE, txn_swap_tables(t, txn, world.table, other));
    CHECK_ERR(CLAIMED_TABLE, txn_swap_tables(t, txn, other, world.table));
    txn_abort(&txn);
    fixture_close(world.f);
}

TEST(claims_end_only_with_their_commit)
{
    World world = make_world(t);
    claim(t, &world, (Claim){CLAIM_RESTORE, JOB, STR("d"), STR("T"), STR_NONE});
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_end_claims(t, txn, JOB));
    txn_abort(&txn);
    check_all_refused(t, &world);
    Claim *claims = NULL;
    size_t count = 0;
    CHECK_RC(RC_OK, catalog_claims(t, world.f->catalog, &claims, &count));
    CHECK_INT(1, count);
    CHECK_INT(JOB, claims[0].job_id);
    CHECK_STR("T", claims[0].table);
    CHECK_STR("", claims[0].partition);
    fixture_close(world.f);
}

TEST(claims_of_one_partition_leave_the_others_writable)
{
    World world = make_world(t);
    PartitionDef *p2 =
        fixture_partition_def(t, fixture_id(t, world.f), "p2", "2025-01-01", "2025-02-01");
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_add_partition(t, txn, world.ranged, p2));
    fixture_commit(t, txn);
    claim(t, &world, (Claim){CLAIM_RESTORE, JOB, STR("d"), STR("r"), STR("P1")});
    fixture_insert(t, world.f, world.ranged, p2->id, 5);
    RowsetInfo info = fixture_rowset(fixture_id(t, world.f), 5);
    RowsetChange insert = {
        .table_id = world.ranged, .partition_id = world.p1, .add = &info, .add_count = 1};
    PartitionDef *p3 = fixture_partition_def(t, fixture_id(t, world.f), "p3", "2026-01-01", NULL);
    txn = fixture_begin(t, world.f);
    CHECK_ERR(CLAIMED_WRITE, txn_change_rowsets(t, txn, &insert));
    CHECK_ERR(CLAIMED_TABLE, txn_add_partition(t, txn, world.ranged, p3));
    CHECK_ERR(CLAIMED_TABLE, txn_drop_partition(t, txn, world.ranged, p2->id, false));
    txn_abort(&txn);
    fixture_close(world.f);
}

TEST(claims_hold_names_that_are_still_to_be_made)
{
    World world = make_world(t);
    claim(t, &world, (Claim){CLAIM_RESTORE, JOB, STR("new_d"), STR_NONE, STR_NONE});
    claim(t, &world, (Claim){CLAIM_RESTORE, OTHER, STR("d"), STR("new_t"), STR_NONE});
    DatabaseDef database = {.id = fixture_id(t, world.f), .name = STR("new_d")};
    TableDef *table = fixture_table_def(t, fixture_id(t, world.f), "new_t", false);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_ERR(CLAIMED_DATABASE, txn_create_database(t, txn, &database));
    CHECK_ERR(CLAIMED_TABLE,
              txn_create_table(t, txn, world.database, table, (PartitionDefs){NULL, 0}));
    txn_abort(&txn);
    CHECK_RC(RC_OK, catalog_begin(t, world.f->catalog, JOB, &txn));
    CHECK_RC(RC_OK, txn_create_database(t, txn, &database));
    CHECK_ERR(CLAIMED_TABLE,
              txn_create_table(t, txn, world.database, table, (PartitionDefs){NULL, 0}));
    fixture_commit(t, txn);
    fixture_close(world.f);
}

TEST(claims_allow_one_job_per_database)
{
    World world = make_world(t);
    claim(t, &world, (Claim){CLAIM_BACKUP, JOB, STR("d"), STR_NONE, STR_NONE});
    Claim restore = {CLAIM_RESTORE, OTHER, STR("d"), STR("x"), STR_NONE};
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_ERR_TEXT(JOB_RUNNING, "Can only run one backup or restore job of a database at same time",
                   txn_add_claims(t, txn, &restore, 1));
    restore.database = STR("e");
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &restore, 1));
    fixture_commit(t, txn);
    // A BACKUP forbids nothing else.
    fixture_insert(t, world.f, world.table, world.partition, 5);
    txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_drop_database(t, txn, world.database, true));
    CHECK_RC(RC_OK, txn_end_claims(t, txn, JOB));
    restore.database = STR("d");
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &restore, 1));
    fixture_commit(t, txn);
    fixture_close(world.f);
}
