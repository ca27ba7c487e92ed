// Objects, partitions and rowsets: refusals first, then that a new start sees what was committed.
#include "fixture.h"

TEST(txn_refuses_a_database_twice)
{
    Fixture *f = fixture_open(t);
    fixture_make_database(t, f, "d");
    DatabaseDef again = {.id = fixture_id(t, f), .name = STR("d")};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR_TEXT(DATABASE_EXISTS, "Can't create database 'd'; database exists",
                   txn_create_database(t, txn, &again));
    CHECK_ERR(DATABASE_GONE, txn_drop_database(t, txn, 77, false));
    DatabaseDef bad = {.id = fixture_id(t, f), .name = STR("1d")};
    CHECK_ERR(JSON_FIELD, txn_create_database(t, txn, &bad));
    fixture_commit(t, txn);  // refusals leave a transaction usable
    fixture_close(f);
}

TEST(txn_refuses_what_is_not_there)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    RowsetInfo info = fixture_rowset(fixture_id(t, f), 5);
    RowsetChange change = {.table_id = 1, .partition_id = partition, .add = &info, .add_count = 1};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR(TABLE_GONE, txn_change_rowsets(t, txn, &change));
    change.table_id = table;
    change.partition_id = 1;
    CHECK_ERR(PARTITION_GONE, txn_change_rowsets(t, txn, &change));
    change.partition_id = partition;
    info.schema_id = 9;
    CHECK_ERR(SCHEMA_CHANGED, txn_change_rowsets(t, txn, &change));
    info.schema_id = 1;
    uint64_t gone = 4711;
    change.end_ids = &gone;
    change.end_count = 1;
    CHECK_ERR(ROWSET_GONE, txn_change_rowsets(t, txn, &change));
    CHECK_ERR(TABLE_GONE, txn_drop_table(t, txn, 1, false));
    CHECK_ERR(PARTITION_GONE, txn_drop_partition(t, txn, table, 1, false));
    CHECK_ERR(REPOSITORY_GONE, txn_drop_repository(t, txn, 1));
    TableDef *same = fixture_table_def(t, fixture_id(t, f), "t", false);
    CHECK_ERR_TEXT(TABLE_EXISTS, "Table 't' already exists",
                   txn_create_table(t, txn, database, same, (PartitionDefs){NULL, 0}));
    txn_abort(&txn);
    fixture_close(f);
}

TEST(txn_refuses_ranges_that_overlap)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d");
    TableDef *def = fixture_table_def(t, fixture_id(t, f), "t", true);
    const PartitionDef *both[] = {
        fixture_partition_def(t, fixture_id(t, f), "p1", NULL, "2024-01-01"),
        fixture_partition_def(t, fixture_id(t, f), "p2", "2023-12-31", "2024-02-01"),
    };
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR_TEXT(
        PARTITION_RANGE_INTERSECTS,
        "Range [types: [DATE]; keys: [2023-12-31]; ..types: [DATE]; keys: [2024-02-01]; ) "
        "is intersected with range: [types: [DATE]; keys: [0000-01-01]; ..types: [DATE]; "
        "keys: [2024-01-01]; )",
        txn_create_table(t, txn, database, def, (PartitionDefs){both, 2}));
    CHECK_RC(RC_OK, txn_create_table(t, txn, database, def, (PartitionDefs){both, 1}));
    CHECK_ERR(PARTITION_RANGE_INTERSECTS, txn_add_partition(t, txn, def->id, both[1]));
    PartitionDef *same_name =
        fixture_partition_def(t, fixture_id(t, f), "P1", "2025-01-01", "2025-02-01");
    CHECK_ERR_TEXT(PARTITION_EXISTS, "Duplicate partition name P1",
                   txn_add_partition(t, txn, def->id, same_name));
    PartitionDef *empty =
        fixture_partition_def(t, fixture_id(t, f), "p3", "2025-01-01", "2025-01-01");
    CHECK_ERR(PARTITION_VALUE, txn_add_partition(t, txn, def->id, empty));
    PartitionDef *next = fixture_partition_def(t, fixture_id(t, f), "p0", "2024-01-01", NULL);
    CHECK_RC(RC_OK, txn_add_partition(t, txn, def->id, next));
    const Table *table =
        catalog_find_table(catalog_find_database(txn_view(txn), STR("d")), STR("t"));
    CHECK_STR("p1", table->partitions[0]->def->name);  // by lower bound, not by name
    CHECK_STR("p0", table->partitions[1]->def->name);
    fixture_commit(t, txn);
    fixture_close(f);
}

TEST(txn_aborted_leaves_nothing)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    fixture_insert(t, f, table, partition, 3);
    Str before = fixture_dump_now(t, f);
    RowsetInfo info = fixture_rowset(fixture_id(t, f), 5);
    RowsetChange change = {.table_id = table,
                           .partition_id = partition,
                           .add = &info,
                           .add_count = 1,
                           .ends_all = true};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    CHECK_RC(RC_OK, txn_drop_table(t, txn, table, true));
    txn_abort(&txn);
    CHECK(txn == NULL);
    txn_abort(&txn);  // gone already: fine
    CHECK_STR(before, fixture_dump_now(t, f));
    fixture_reopen(t, f);
    CHECK_STR(before, fixture_dump_now(t, f));
    fixture_close(f);
}

TEST(txn_view_shows_own_changes_and_pins_do_not)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    const CatalogSnapshot *pinned = catalog_pin(f->catalog);
    Str before = fixture_dump(t, pinned);
    CatalogTxn *txn = fixture_begin(t, f);
    TableDef *renamed = fixture_table_def(t, table, "a", false);
    CHECK_RC(RC_OK, txn_alter_table(t, txn, renamed));
    const Database *seen = catalog_find_database(txn_view(txn), STR("d"));
    CHECK(catalog_find_table(seen, STR("t")) == NULL);
    CHECK(catalog_find_table(seen, STR("a")) != NULL);
    CHECK_STR(before, fixture_dump_now(t, f));
    fixture_commit(t, txn);
    CHECK_STR(before, fixture_dump(t, pinned));  // what is pinned never changes
    seen = catalog_find_database(pinned, STR("d"));
    CHECK(catalog_find_table(seen, STR("t")) != NULL);
    catalog_unpin(f->catalog, pinned);
    fixture_close(f);
}

// Publishing one insert copies the path to its partition; the neighbours are the same nodes.
TEST(txn_shares_what_did_not_change)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t other = fixture_make_database(t, f, "e");
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    fixture_make_table(t, f, database, "u", NULL);
    fixture_insert(t, f, table, partition, 1);
    const CatalogSnapshot *before = catalog_pin(f->catalog);
    fixture_insert(t, f, table, partition, 2);
    const CatalogSnapshot *after = catalog_pin(f->catalog);
    const Database *d0 = catalog_find_database_id(before, database);
    const Database *d1 = catalog_find_database_id(after, database);
    CHECK(d0 != d1);
    CHECK(catalog_find_database_id(before, other) == catalog_find_database_id(after, other));
    CHECK(catalog_find_table(d0, STR("u")) == catalog_find_table(d1, STR("u")));
    const Table *t0 = catalog_find_table_id(d0, table), *t1 = catalog_find_table_id(d1, table);
    CHECK(t0 != t1 && t0->def == t1->def);
    CHECK(t0->partitions[0] != t1->partitions[0]);
    CHECK(t0->partitions[0]->rowsets[0] == t1->partitions[0]->rowsets[0]);
    CHECK_INT(1, t0->row_count);
    CHECK_INT(3, t1->row_count);
    CHECK_INT(3, t1->partitions[0]->version);
    CHECK_INT(2, t1->partitions[0]->rowsets[1]->info.sequence);
    CHECK(!uuid_eq(t0->partitions[0]->content_id, t1->partitions[0]->content_id));
    catalog_unpin(f->catalog, before);
    catalog_unpin(f->catalog, after);
    fixture_close(f);
}

static void check_same_after_reopen(Ctx *t, Fixture *f)
{
    Str before = fixture_dump_now(t, f);
    fixture_reopen(t, f);
    CHECK_STR(before, fixture_dump_now(t, f));
}

// A table of ranges is made and its partitions changed; its id.
static uint64_t change_partitions(Ctx *t, Fixture *f, uint64_t database)
{
    TableDef *ranged = fixture_table_def(t, fixture_id(t, f), "r", true);
    const PartitionDef *parts[] = {
        fixture_partition_def(t, fixture_id(t, f), "p2", "2024-01-01", "2024-02-01"),
        fixture_partition_def(t, fixture_id(t, f), "p1", NULL, "2024-01-01"),
    };
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_create_table(t, txn, database, ranged, (PartitionDefs){parts, 2}));
    PartitionDef *max = fixture_partition_def(t, fixture_id(t, f), "pmax", "2030-01-01", NULL);
    CHECK_RC(RC_OK, txn_add_partition(t, txn, ranged->id, max));
    fixture_commit(t, txn);
    check_same_after_reopen(t, f);

    txn = fixture_begin(t, f);
    PartitionDef *renamed = fixture_partition_def(t, max->id, "plast", "2030-01-01", NULL);
    CHECK_RC(RC_OK, txn_alter_partition(t, txn, ranged->id, renamed));
    renamed->replication_num = 3;
    CHECK_RC(RC_OK, txn_alter_partition(t, txn, ranged->id, renamed));  // twice in one transaction
    CHECK_RC(RC_OK, txn_drop_partition(t, txn, ranged->id, parts[0]->id, false));
    fixture_commit(t, txn);
    check_same_after_reopen(t, f);
    return ranged->id;
}

// Every kind of change, alone and after the others; each must be there again after a new start.
TEST(catalog_is_the_same_after_a_new_start)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    check_same_after_reopen(t, f);
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    check_same_after_reopen(t, f);
    uint64_t first = fixture_insert(t, f, table, partition, 3);
    fixture_insert(t, f, table, partition, 4);
    check_same_after_reopen(t, f);

    Uuid content = uuid_new();
    RowsetInfo merged = fixture_rowset(fixture_id(t, f), 3);
    RowsetChange compaction = {.table_id = table,
                               .partition_id = partition,
                               .add = &merged,
                               .add_count = 1,
                               .end_ids = &first,
                               .end_count = 1,
                               .content_id = &content,
                               .version = 40};
    merged.sequence = 1;
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &compaction));
    const Partition *changed =
        catalog_find_table_id(catalog_find_database_id(txn_view(txn), database), table)
            ->partitions[0];
    CHECK_INT(40, changed->version);
    CHECK(uuid_eq(content, changed->content_id));
    CHECK_INT(merged.id, changed->rowsets[0]->info.id);  // its sequence is that of what it replaces
    CHECK_INT(7, changed->row_count);
    fixture_commit(t, txn);
    check_same_after_reopen(t, f);

    uint64_t ranged = change_partitions(t, f, database);
    txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_alter_table(t, txn, fixture_table_def(t, table, "t2", false)));
    Property property = {STR("aws.s3.endpoint"), STR("x")};
    RepositoryDef repository = {.id = fixture_id(t, f),
                                .name = STR("repo"),
                                .uuid = uuid_new(),
                                .location = STR("file:///tmp/x"),
                                .property_count = 1,
                                .properties = &property};
    CHECK_RC(RC_OK, txn_create_repository(t, txn, &repository));
    CHECK_ERR_TEXT(REPOSITORY_EXISTS, "repository with same name already exist: repo",
                   txn_create_repository(t, txn, &repository));
    fixture_commit(t, txn);
    check_same_after_reopen(t, f);

    txn = fixture_begin(t, f);
    RowsetChange truncate = {.table_id = table, .partition_id = partition, .ends_all = true};
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &truncate));
    CHECK_RC(RC_OK, txn_drop_table(t, txn, ranged, false));
    CHECK_RC(RC_OK, txn_drop_repository(t, txn, repository.id));
    fixture_commit(t, txn);
    check_same_after_reopen(t, f);

    txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_drop_database(t, txn, database, false));
    fixture_commit(t, txn);
    CHECK_STR("", fixture_dump_now(t, f));
    check_same_after_reopen(t, f);
    fixture_close(f);
}

// What one transaction makes and takes back again leaves no row that a start would trip over.
TEST(txn_may_make_and_drop_in_one_go)
{
    Fixture *f = fixture_open(t);
    DatabaseDef def = {.id = fixture_id(t, f), .name = STR("d")};
    TableDef *table = fixture_table_def(t, fixture_id(t, f), "t", false);
    const PartitionDef *partition = fixture_partition_def(t, fixture_id(t, f), "t", "", "");
    RowsetInfo info = fixture_rowset(fixture_id(t, f), 5);
    RowsetChange change = {
        .table_id = table->id, .partition_id = partition->id, .add = &info, .add_count = 1};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_create_database(t, txn, &def));
    CHECK_RC(RC_OK, txn_create_table(t, txn, def.id, table, (PartitionDefs){&partition, 1}));
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    info = fixture_rowset(fixture_id(t, f), 6);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    CHECK_RC(RC_OK, txn_drop_table(t, txn, table->id, false));
    CHECK_RC(RC_OK, txn_create_table(t, txn, def.id, table,
                                     (PartitionDefs){&partition, 1}));  // the same ids again
    fixture_commit(t, txn);
    check_same_after_reopen(t, f);
    fixture_close(f);
}

TEST(txn_definition_that_could_not_be_read_again_is_refused)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d");
    TableDef *def = fixture_table_def(t, fixture_id(t, f), "t", false);
    def->next_column_id = 2;  // two columns have higher ids
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR(JSON_FIELD, txn_create_table(t, txn, database, def, (PartitionDefs){NULL, 0}));
    txn_abort(&txn);
    fixture_close(f);
}

TEST(txn_alter_keeps_schemas_that_rowsets_name)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    fixture_insert(t, f, table, partition, 1);
    TableDef *def = fixture_table_def(t, table, "t", false);
    def->schemas[0].id = 2;
    def->next_schema_id = 3;
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR(SCHEMA_CHANGED, txn_alter_table(t, txn, def));
    txn_abort(&txn);
    fixture_close(f);
}

TEST(txn_swaps_names)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0, other_partition = 0;
    uint64_t first = fixture_make_table(t, f, database, "a", &partition);
    uint64_t second = fixture_make_table(t, f, database, "b", &other_partition);
    fixture_make_table(t, f, database, "ab", &other_partition);
    fixture_insert(t, f, first, partition, 3);
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR(TABLE_GONE, txn_swap_tables(t, txn, first, 1));
    CHECK_RC(RC_OK, txn_swap_tables(t, txn, first, second));
    CHECK_RC(RC_OK, txn_swap_tables(t, txn, second, first));
    CHECK_RC(RC_OK, txn_swap_tables(t, txn, second, first));
    fixture_commit(t, txn);
    for (int start = 0; start < 2; start++) {  // as committed, and as a new start reads it
        const CatalogSnapshot *now = catalog_pin(f->catalog);
        const Database *d = catalog_find_database(now, STR("d"));
        CHECK_INT(3, d->table_count);
        CHECK_INT(second, catalog_find_table(d, STR("a"))->def->id);
        CHECK_INT(first, catalog_find_table(d, STR("b"))->def->id);
        CHECK_INT(3, catalog_find_table_id(d, first)->row_count);
        CHECK_STR("b", catalog_find_table_id(d, first)->def->name);
        catalog_unpin(f->catalog, now);
        fixture_reopen(t, f);
    }
    fixture_close(f);
}
