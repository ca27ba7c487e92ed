/*
 * INSERT and scan: every type, every kind of partitioning, and nothing left behind by what failed.
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

static const ColumnSpec ALL_TYPES[] = {
    {"b", {.kind = TYPE_BOOLEAN}, true},
    {"t", {.kind = TYPE_TINYINT}, false},
    {"s", {.kind = TYPE_SMALLINT}, false},
    {"i", {.kind = TYPE_INT}, false},
    {"l", {.kind = TYPE_BIGINT}, false},
    {"h", {.kind = TYPE_LARGEINT}, false},
    {"f", {.kind = TYPE_FLOAT}, false},
    {"d", {.kind = TYPE_DOUBLE}, false},
    {"m", {.kind = TYPE_DECIMAL, .precision = 10, .scale = 2}, false},
    {"n", {.kind = TYPE_DECIMAL, .precision = 38, .scale = 9}, false},
    {"da", {.kind = TYPE_DATE}, false},
    {"dt", {.kind = TYPE_DATETIME}, false},
    {"c", {.kind = TYPE_CHAR, .len = 5}, false},
    {"v", {.kind = TYPE_VARCHAR, .len = 100}, false},
    {"x", {.kind = TYPE_VARBINARY, .len = 100}, false},
};

static const char ALL_VALUES[] =
    "SELECT c1::BOOLEAN c1, c2::TINYINT c2, c3::SMALLINT c3, c4::INT c4, c5::BIGINT c5, c6::HUGEINT c6, "
    "c7::FLOAT c7, c8::DOUBLE c8, c9::DECIMAL(10,2) c9, c10::DECIMAL(38,9) c10, c11::DATE c11, "
    "c12::TIMESTAMP c12, c13::VARCHAR c13, c14::VARCHAR c14, c15::BLOB c15 FROM (VALUES "
    "(true, 127, 32767, 2147483647, 9223372036854775807, 170141183460469231731687303715884105727, 1.5, "
    "2.25, 12345678.91, 12345678901234567890123456789.123456789, '9999-12-31', "
    "'9999-12-31 23:59:59.999999', 'abcde', '日本語', '\\x00\\xFF'), "
    "(false, -128, -32768, -2147483648, -9223372036854775808, "
    "-170141183460469231731687303715884105727::HUGEINT, -1.5, -2.25, -12345678.91, "
    "-12345678901234567890123456789.123456789, '0001-01-01', '1970-01-01 00:00:00', '', 'it''s', ''), "
    "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
    ") x(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15)";

TEST(insert_keeps_every_type)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    TableSpec spec = {.name = "a", .columns = ALL_TYPES, .column_count = COUNT_OF(ALL_TYPES)};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(RC_OK, world_insert(t, &world, id, ALL_VALUES, &rows));
    CHECK_INT(3, rows);
    for (int round = 0; round < 2; round++) {
        CHECK_STR(
            "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n"
            "-128|-32768|-2147483648|-9223372036854775808|-170141183460469231731687303715884105727|"
            "-1.5|-2.25|-12345678.91|-12345678901234567890123456789.123456789|0001-01-01|"
            "1970-01-01 00:00:00||it's|\n"
            "127|32767|2147483647|9223372036854775807|170141183460469231731687303715884105727|"
            "1.5|2.25|12345678.91|12345678901234567890123456789.123456789|9999-12-31|"
            "9999-12-31 23:59:59.999999|abcde|日本語|00FF",
            world_query(t, &world, id,
                        "SELECT c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14,hex(c15) FROM",
                        "ORDER BY c1"));
        world_reopen(t, &world);
    }
    world_close(&world);
}

// LARGEINT lies in files as UUID, however deep it is: as the engine's own it would lose digits.
TEST(insert_keeps_nested_types)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    Type big = TYPE_OF(LARGEINT), text = {.kind = TYPE_VARCHAR, .len = 20};
    Str names[] = {STR("l"), STR("m"), STR("it's \"d\"")};
    Type fields[] = {big, type_map(t->arena, big, type_array(t->arena, big)), TYPE_OF(DATE)};
    const ColumnSpec columns[] = {
        {"k", TYPE_OF(INT), true},
        {"a", type_array(t->arena, type_array(t->arena, big)), false},
        {"m", type_map(t->arena, text, type_struct(t->arena, names, fields, 3)), false},
        {"s", type_struct(t->arena, names, fields, 3), false},
        {"p", type_array(t->arena, type_map(t->arena, text, TYPE_OF(DATETIME))), false},
        {"j", type_array(t->arena, TYPE_OF(JSON)), false},
    };
    TableSpec spec = {.name = "n", .columns = columns, .column_count = COUNT_OF(columns)};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    const char *one = "{'l': '-170141183460469231731687303715884105728'::HUGEINT, 'm': "
                      "MAP {170141183460469231731687303715884105727: [1::HUGEINT, NULL]}, "
                      "'it''s \"d\"': DATE '2024-02-29'}";
    Str sql =
        str_printf(t->arena,
                   "SELECT 1 c1, [[170141183460469231731687303715884105727, NULL], [], NULL] c2, "
                   "MAP {'x': %s, 'y': NULL} c3, %s c4, [MAP {'t': TIMESTAMP '2024-01-01'}] c5, "
                   "['{\"a\": 1}', NULL] c6 UNION ALL SELECT 2, NULL, NULL, NULL, NULL, NULL "
                   "UNION ALL SELECT 3, [], MAP {}, {'l': NULL, 'm': NULL, 'it''s \"d\"': NULL}, "
                   "[], []",
                   one, one);
    CHECK_RC(RC_OK, world_insert(t, &world, id, str_z(t->arena, sql), &rows));
    CHECK_INT(3, rows);
    const char *shown = "{\"l\":-170141183460469231731687303715884105728,\"m\":"
                        "{170141183460469231731687303715884105727:[1,null]},"
                        "\"it's \\\"d\\\"\":\"2024-02-29\"}";
    Str want = str_printf(t->arena,
                          "1|[[170141183460469231731687303715884105727,null],[],null]|"
                          "{\"x\":%s,\"y\":null}|%s|[{\"t\":\"2024-01-01 00:00:00\"}]|"
                          "[\"{\\\"a\\\": 1}\",null]\n2|NULL|NULL|NULL|NULL|NULL\n"
                          "3|[]|{}|{\"l\":null,\"m\":null,\"it's \\\"d\\\"\":null}|[]|[]",
                          shown, shown);
    CHECK_STR(str_z(t->arena, want),
              world_query(t, &world, id, "SELECT c1,c2,c3,c4,c5,c6 FROM", "ORDER BY c1"));
    world_close(&world);
}

TEST(insert_keeps_the_lowest_largeint_and_its_order)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    ColumnSpec column = {"h", {.kind = TYPE_LARGEINT}, true};
    TableSpec spec = {.name = "h", .columns = &column, .column_count = 1};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(
        RC_OK,
        world_insert(t, &world, id,
                     "SELECT unnest(['-170141183460469231731687303715884105728', '0', '-1', '1', "
                     "'170141183460469231731687303715884105727'])::HUGEINT c1",
                     &rows));
    CHECK_STR(
        "-170141183460469231731687303715884105728\n-1\n0\n1\n170141183460469231731687303715884105727",
        world_query(t, &world, id, "SELECT c1 FROM", ""));  // as sorted in the file
    world_close(&world);
}

static const ColumnSpec DATED[] = {{"d", {.kind = TYPE_DATE}, true},
                                   {"v", {.kind = TYPE_INT}, false}};

TEST(insert_routes_by_range)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const char *const bounds[] = {"2024-01-01", "2024-02-01", "2024-03-01"};
    TableSpec spec = {.name = "r",
                      .columns = DATED,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = 3};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(
        RC_OK,
        world_insert(
            t, &world, id,
            "SELECT c1::DATE c1, c2::INT c2 FROM (VALUES ('2023-12-31', 1), ('2024-01-01', 2), "
            "('2024-01-31', 3), ('2024-02-01', 4), ('2024-02-29', 5), (NULL, 6)) x(c1, c2)",
            &rows));
    CHECK_INT(6, rows);
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    uint64_t expected[] = {2, 2, 2};
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(1, table->partitions[i]->rowset_count);
        CHECK_INT(expected[i], table->partitions[i]->row_count);
        CHECK_INT(2, table->partitions[i]->version);
    }
    catalog_unpin(world.catalog, snapshot);

    CHECK_ERR_TEXT(
        NO_PARTITION,
        "The row is out of partition ranges. Please add a new partition. Row: (d='2024-03-01')",
        world_insert(
            t, &world, id,
            "SELECT c1::DATE c1, c2 FROM (VALUES ('2024-01-05', 8), ('2024-03-01', 9)) x(c1, c2)",
            &rows));
    CHECK_STR("6", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    CHECK_INT(3, world_count_files(&world, "rowsets"));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

TEST(insert_knows_gaps_and_an_open_end)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const char *const bounds[] = {"10", "20", ""};
    TableSpec spec = {.name = "g",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = 3,
                      .first_lower = "0"};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(RC_OK,
             world_insert(t, &world, id,
                          "SELECT unnest([0, 9, 10, 19, 20, 2147483647])::INT c1, 'x' c2", &rows));
    CHECK_ERR_TEXT(NO_PARTITION,
                   "The row is out of partition ranges. Please add a new partition. Row: (k='-1')",
                   world_insert(t, &world, id, "SELECT -1 c1, 'x' c2", &rows));
    // NULL is below every value, and the lowest partition does not begin at MINVALUE.
    CHECK_ERR_TEXT(NO_PARTITION,
                   "The row is out of partition ranges. Please add a new partition. Row: (k=NULL)",
                   world_insert(t, &world, id, "SELECT NULL::INT c1, 'x' c2", &rows));

    // The middle partition goes: its rows and later rows of its range have no place.
    CatalogTxn *txn = NULL;
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    uint64_t middle = world_table(&world, snapshot, id)->partitions[1]->def->id;
    catalog_unpin(world.catalog, snapshot);
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_drop_partition(t, txn, id, middle, true));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    CHECK_ERR(NO_PARTITION, world_insert(t, &world, id, "SELECT 15 c1, 'x' c2", &rows));
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT unnest([5, 25]) c1, 'x' c2", &rows));
    CHECK_STR(
        "0,5,9,20,25,2147483647",
        world_query(t, &world, id, "SELECT string_agg(c1::VARCHAR, ',' ORDER BY c1) FROM", ""));
    world_close(&world);
}

TEST(insert_routes_by_two_columns)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const ColumnSpec columns[] = {{"a", {.kind = TYPE_LARGEINT}, true},
                                  {"b", {.kind = TYPE_DATETIME}, true}};
    const char *const bounds[] = {"1|2024-01-01 12:00:00", "5|",
                                  "170141183460469231731687303715884105727|2024-01-01 00:00:00"};
    TableSpec spec = {.name = "r2",
                      .columns = columns,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 2,
                      .partitions = bounds,
                      .partition_count = 3};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(
        RC_OK,
        world_insert(
            t, &world, id,
            "SELECT c1::HUGEINT c1, c2::TIMESTAMP c2 FROM (VALUES ('0', '9999-12-31 00:00:00'), "
            "('1', '2024-01-01 11:59:59.999999'), ('1', '2024-01-01 12:00:00'), ('1', NULL), "
            "('5', '9999-01-01'), ('6', '0001-01-01'), "
            "('170141183460469231731687303715884105727', NULL), (NULL, '2024-01-01'), "
            "('-170141183460469231731687303715884105728', '2024-01-01')) x(c1, c2)",
            &rows));
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    CHECK_INT(5, table->partitions[0]->row_count);
    CHECK_INT(2, table->partitions[1]->row_count);  // (1, 12:00) and (5, ..): (5, MAX) is above
    CHECK_INT(2, table->partitions[2]->row_count);
    catalog_unpin(world.catalog, snapshot);
    CHECK_ERR_TEXT(
        NO_PARTITION,
        "The row is out of partition ranges. Please add a new partition. Row: "
        "(a='170141183460469231731687303715884105727', b='2024-01-01 00:00:00')",
        world_insert(
            t, &world, id,
            "SELECT 170141183460469231731687303715884105727::HUGEINT c1, TIMESTAMP '2024-01-01' c2",
            &rows));
    world_close(&world);
}

TEST(insert_routes_by_list)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const ColumnSpec columns[] = {{"city", {.kind = TYPE_VARCHAR, .len = 20}, true},
                                  {"v", {.kind = TYPE_INT}, false}};
    const char *const lists[] = {"tokyo,osaka", "it's"};
    TableSpec spec = {.name = "l",
                      .columns = columns,
                      .column_count = 2,
                      .method = PARTITION_LIST,
                      .partition_column_count = 1,
                      .partitions = lists,
                      .partition_count = 2};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(RC_OK, world_insert(
                        t, &world, id,
                        "SELECT * FROM (VALUES ('osaka', 1), ('tokyo', 2), ('it''s', 3)) x(c1, c2)",
                        &rows));
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    CHECK_INT(2, table->partitions[0]->row_count);
    CHECK_INT(1, table->partitions[1]->row_count);
    catalog_unpin(world.catalog, snapshot);
    CHECK_ERR_TEXT(
        NO_PARTITION,
        "The row is out of partition ranges. Please add a new partition. Row: (city='Tokyo')",
        world_insert(t, &world, id, "SELECT 'Tokyo' c1, 1 c2", &rows));
    CHECK_ERR_TEXT(
        NO_PARTITION,
        "The row is out of partition ranges. Please add a new partition. Row: (city=NULL)",
        world_insert(t, &world, id, "SELECT NULL::VARCHAR c1, 1 c2", &rows));
    world_close(&world);
}

TEST(insert_routes_by_list_of_two_columns)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const ColumnSpec columns[] = {{"city", {.kind = TYPE_VARCHAR, .len = 20}, true},
                                  {"d", {.kind = TYPE_DATE}, true}};
    const char *const lists[] = {"tokyo|2024-01-01,osaka|2024-01-02", "tokyo|2024-01-02"};
    TableSpec spec = {.name = "l2",
                      .columns = columns,
                      .column_count = 2,
                      .method = PARTITION_LIST,
                      .partition_column_count = 2,
                      .partitions = lists,
                      .partition_count = 2};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    CHECK_RC(
        RC_OK,
        world_insert(
            t, &world, id,
            "SELECT c1, c2::DATE c2 FROM (VALUES ('osaka', '2024-01-02'), ('tokyo', '2024-01-01'), "
            "('tokyo', '2024-01-02')) x(c1, c2)",
            &rows));
    CHECK_INT(2, world_count_files(&world, "rowsets"));
    CHECK_ERR(NO_PARTITION,
              world_insert(t, &world, id, "SELECT 'osaka' c1, DATE '2024-01-01' c2", &rows));
    world_close(&world);
}

TEST(insert_into_named_partitions_takes_no_others)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const char *const bounds[] = {"10", "20", "30"};
    TableSpec spec = {.name = "n",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = 3};
    uint64_t id = world_create(t, &world, &spec);
    CHECK_RC(RC_OK, world_insert_into(t, &world, id, "SELECT 15 c1, 'x' c2", "p1"));
    CHECK_ERR(NO_PARTITION, world_insert_into(t, &world, id, "SELECT 25 c1, 'x' c2", "p1"));
    CHECK_ERR(NO_PARTITION, world_insert_into(t, &world, id, "SELECT 5 c1, 'x' c2", "p1"));
    CHECK_STR("1", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}

TEST(insert_of_no_rows_commits_nothing)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 7;
    const CatalogSnapshot *before = catalog_pin(world.catalog);
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT 1 c1, 'x' c2 WHERE FALSE", &rows));
    CHECK_INT(0, rows);
    const CatalogSnapshot *after = catalog_pin(world.catalog);
    CHECK_INT(before->txn, after->txn);
    catalog_unpin(world.catalog, before);
    catalog_unpin(world.catalog, after);
    CHECK_INT(0, world_count_files(&world, "rowsets"));
    CHECK_STR("", world_query(t, &world, id, "SELECT c1, c2 FROM", ""));
    world_close(&world);
}

TEST(failed_insert_leaves_nothing)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    static const char *const POINTS[] = {"insert.copied=fail", "insert.synced=fail",
                                         "insert.renamed=nospace", "insert.commit=fail"};
    for (size_t i = 0; i < COUNT_OF(POINTS); i++) {
        fault_init(POINTS[i]);
        CHECK(world_insert(t, &world, id, "SELECT 1 c1, 'x' c2", &rows) != RC_OK);
        ctx_clear(t);
        fault_init(NULL);
        CHECK_INT(0, world_count_files(&world, "rowsets"));
        CHECK_INT(0, world_count_files(&world, "staging"));
        CHECK_STR("0", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    }
    CHECK(world_insert(t, &world, id, "SELECT error('kg:ENGINE_VALUE:no') c1, 'x' c2", &rows) ==
          RC_INVALID);
    CHECK_STR("no", t->err.text);
    ctx_clear(t);
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

// Fail the Nth passing of every point that an INSERT meets, for every N, until none is left.
// file.remove is left out: it fails the clean-up itself, whose leftovers wait for the next start.
TEST(insert_survives_every_failing_step)
{
    static const char *const POINTS[] = {"file.sync", "file.rename", "catalog.begin",
                                         "catalog.commit.before"};
    World world;
    world_init(t, &world);
    world_open(t, &world);
    const char *const bounds[] = {"10", "20", "30"};
    TableSpec spec = {.name = "n",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = 3};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    size_t inserts = 0, failures = 0;
    for (size_t p = 0; p < COUNT_OF(POINTS); p++) {
        for (int n = 1;; n++) {
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=fail@%d", POINTS[p], n)));
            Rc rc = world_insert(t, &world, id, "SELECT unnest([5, 15, 25]) c1, 'x' c2", &rows);
            fault_init(NULL);
            ctx_clear(t);
            inserts += rc == RC_OK;
            failures += rc != RC_OK;
            CHECK_INT(inserts * 3, world_count_files(&world, "rowsets"));
            CHECK_INT(0, world_count_files(&world, "staging"));
            if (rc == RC_OK) break;
        }
        Str expected = str_printf(t->arena, "%zu", inserts * 3);
        CHECK_STR(expected, world_query(t, &world, id, "SELECT count(*) FROM", ""));
    }
    CHECK(failures >= 3 + 3 + 1 + 1);
    world_reopen(t, &world);
    CHECK_INT(inserts * 3, world_count_files(&world, "rowsets"));
    world_close(&world);
}

TEST(cancelled_insert_leaves_nothing)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    t->deadline_ms = clock_steady_ms() + 100;
    CHECK_ERR(
        TIMEOUT,
        world_insert(
            t, &world, id,
            "SELECT (hash(a.range) % 1000)::INT c1, 'x' c2 FROM range(100000) a, range(100000) b",
            &rows));
    t->deadline_ms = 0;
    CHECK_INT(0, world_count_files(&world, "rowsets"));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

TEST(insert_into_a_table_whose_schema_changed_is_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT 1 c1, 'x' c2", &rows));
    const CatalogSnapshot *old = catalog_pin(world.catalog);
    const Table *planned = world_table(&world, old, id);

    // A column more, and the key widened to LARGEINT.
    TableDef *def = table_def_copy(t->arena, planned->def);
    Column columns[3] = {def->schemas[0].columns[0],
                         def->schemas[0].columns[1],
                         {.id = 3,
                          .file_id = 3,
                          .name = STR("w"),
                          .type = {.kind = TYPE_DECIMAL, .precision = 5, .scale = 1},
                          .is_nullable = true,
                          .default_kind = DEFAULT_LITERAL,
                          .default_text = STR("2.5")}};
    columns[0].type = (Type){.kind = TYPE_LARGEINT};
    Schema schemas[2] = {def->schemas[0], {.id = 2, .column_count = 3, .columns = columns}};
    def->schemas = schemas;
    def->schema_count = 2;
    def->next_column_id = 4;
    def->next_schema_id = 3;
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_alter_table(t, txn, def));
    CHECK_RC(RC_OK, txn_commit(t, &txn));

    TableInsert insert = {.database_id = world_database_id(&world),
                          .table_id = id,
                          .table = planned,
                          .sql = STR("SELECT 2 c1, 'y' c2")};
    CHECK_ERR(SCHEMA_CHANGED, table_insert(t, world.store, world.conn, &insert, &rows));
    catalog_unpin(world.catalog, old);
    CHECK_INT(1, world_count_files(&world, "rowsets"));

    // Old files read under the new schema: widened, and with the default of the column that came
    // later.
    CHECK_RC(
        RC_OK,
        world_insert(
            t, &world, id,
            "SELECT 170141183460469231731687303715884105727::HUGEINT c1, 'y' c2, 7.5::DECIMAL(5,1) c3",
            &rows));
    CHECK_STR("1|x|2.5\n170141183460469231731687303715884105727|y|7.5",
              world_query(t, &world, id, "SELECT c1, c2, c3 FROM", "ORDER BY c1"));
    world_close(&world);
}

typedef struct Inserter {
    World *world;
    uint64_t table_id;
    int number;
    Rc rc;
} Inserter;

static void *insert_many(void *argument)
{
    Inserter *inserter = argument;
    for (int i = 0; i < 10 && inserter->rc == RC_OK; i++) {
        Arena *arena = arena_new();
        Ctx ctx;
        ctx_init(&ctx, arena, NULL);
        World own = *inserter->world;
        uint64_t rows = 0;
        inserter->rc = engine_conn_open(&ctx, own.engine, &own.conn);
        if (inserter->rc == RC_OK)
            inserter->rc =
                world_insert(&ctx, &own, inserter->table_id,
                             str_z(arena, str_printf(arena, "SELECT %d c1, 'x' c2 FROM range(100)",
                                                     inserter->number * 10 + i)),
                             &rows);
        engine_conn_close(own.conn);
        arena_free(arena);
    }
    return NULL;
}

TEST(large_files_are_cut)
{
    World world;
    world_init(t, &world);
    world.options.file_bytes = INT64_C(1048576);
    world_open(t, &world);
    const char *const bounds[] = {"500000", "1000000"};
    TableSpec spec = {.name = "big",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = 2};
    uint64_t parted = world_create(t, &world, &spec), plain = create_plain(t, &world), rows = 0;
    const char *sql = "SELECT range::INT c1, md5(range::VARCHAR)[1:20] c2 FROM range(1000000)";
    CHECK_RC(RC_OK, world_insert(t, &world, parted, sql, &rows));
    CHECK_INT(1000000, rows);
    CHECK_RC(RC_OK, world_insert(t, &world, plain, sql, &rows));
    const char *sum = "SELECT count(*), sum(c1), bit_xor(hash(c1, c2)) FROM";
    CHECK_STR(world_query(t, &world, plain, sum, ""), world_query(t, &world, parted, sum, ""));
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, parted);
    CHECK(table->partitions[0]->rowset_count > 1);
    CHECK(table->partitions[1]->rowset_count > 1);
    CHECK_INT(500000, table->partitions[0]->row_count);
    table = world_table(&world, snapshot, plain);
    CHECK(table->partitions[0]->rowset_count > 2);
    for (size_t i = 0; i < table->partitions[0]->rowset_count; i++)
        CHECK_INT(i + 1, table->partitions[0]->rowsets[i]->info.sequence);
    catalog_unpin(world.catalog, snapshot);
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

TEST(insert_into_a_claimed_table_is_refused)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    CatalogTxn *txn = NULL;
    Claim claim = {.kind = CLAIM_RESTORE, .job_id = 7, .database = STR("d"), .table = STR("plain")};
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 7, &txn));
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &claim, 1));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    CHECK_ERR(CLAIMED_WRITE, world_insert(t, &world, id, "SELECT 1 c1, 'x' c2", &rows));
    CHECK_INT(0, world_count_files(&world, "rowsets"));
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 7, &txn));
    CHECK_RC(RC_OK, txn_end_claims(t, txn, 7));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT 1 c1, 'x' c2", &rows));
    world_close(&world);
}

TEST(concurrent_inserts_all_arrive)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world);
    pthread_t threads[4];
    Inserter inserters[4];
    for (int i = 0; i < 4; i++) {
        inserters[i] = (Inserter){.world = &world, .table_id = id, .number = i};
        CHECK_INT(0, pthread_create(&threads[i], NULL, insert_many, &inserters[i]));
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(RC_OK, inserters[i].rc);
    }
    CHECK_STR("4000|40|0|39",
              world_query(t, &world, id,
                          "SELECT count(*), count(DISTINCT c1), min(c1), max(c1) FROM", ""));
    CHECK_INT(40, world_count_files(&world, "rowsets"));
    world_close(&world);
}

TEST(insert_into_ten_thousand_partitions)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    enum { COUNT = 10000 };
    const char **bounds = ARENA_ARRAY(t->arena, const char *, COUNT);
    for (int i = 0; i < COUNT; i++)
        bounds[i] = str_z(t->arena, str_printf(t->arena, "%d", (i + 1) * 10));
    TableSpec spec = {.name = "many",
                      .columns = TWO,
                      .column_count = 2,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = bounds,
                      .partition_count = COUNT,
                      .first_lower = "0"};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    int64_t start_us = clock_steady_us();
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT 77777 c1, 'x' c2", &rows));
    printf("    one row into one of 10,000 partitions: %lld us\n",
           (long long)(clock_steady_us() - start_us));
    start_us = clock_steady_us();
    CHECK_RC(RC_OK, world_insert(t, &world, id,
                                 "SELECT (range * 40)::INT c1, 'x' c2 FROM range(0, 2000)", &rows));
    printf("    2,000 rows into 2,000 partitions: %lld us\n",
           (long long)(clock_steady_us() - start_us));
    CHECK_STR("2001|80000000",
              world_query(t, &world, id, "SELECT count(*), sum(c1) - 37777 FROM", ""));
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    CHECK_INT(1, table->partitions[7777]->row_count);
    CHECK_INT(1, table->partitions[0]->row_count);
    CHECK_INT(0, table->partitions[1]->row_count);
    catalog_unpin(world.catalog, snapshot);
    CHECK_ERR(NO_PARTITION, world_insert(t, &world, id, "SELECT 100000 c1, 'x' c2", &rows));
    world_close(&world);
}

TEST(small_insert_is_fast)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    enum { ROUNDS = 50 };
    int64_t start_us = clock_steady_us();
    for (int i = 0; i < ROUNDS; i++)
        CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT 1 c1, 'x' c2", &rows));
    printf("    insert of one row: %lld us\n",
           (long long)((clock_steady_us() - start_us) / ROUNDS));
    CHECK_STR("50", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}

TEST(scan_without_columns_counts_from_the_catalog)
{
    World world;
    world_init(t, &world);
    world_open(t, &world);
    uint64_t id = create_plain(t, &world), rows = 0;
    CHECK_RC(RC_OK, world_insert(t, &world, id, "SELECT 1 c1, 'x' c2 FROM range(5)", &rows));
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    const Partition *partition = table->partitions[0];
    Scan scan = {
        .kind = SCAN_TABLE, .table = table, .partition_count = 1, .partitions = &partition};
    Buf sql = buf_new(t->arena);
    CHECK_RC(RC_OK, table_fill_scan(t, world.store, &scan, &sql));
    CHECK_STR("(SELECT 1 AS c0 FROM range(5))", buf_str(&sql));
    catalog_unpin(world.catalog, snapshot);
    world_close(&world);
}
