/* table/merge, table/mergepick: AGGREGATE KEY tables, written, read and compacted. */
#include "base/fault.h"
#include "fixture.h"
#include "table/internal.h"

// k1, k2: keys; s, b, w, f: sums of every width; lo, hi, r, n.
static const ColumnSpec COLUMNS[] = {
    {"k1", {.kind = TYPE_INT}, true},
    {"k2", {.kind = TYPE_VARCHAR, .len = 20}, true},
    {"s", {.kind = TYPE_INT}, false},
    {"b", {.kind = TYPE_BIGINT}, false},
    {"w", {.kind = TYPE_LARGEINT}, false},
    {"f", {.kind = TYPE_FLOAT}, false},
    {"d", {.kind = TYPE_DECIMAL, .precision = 38, .scale = 2}, false},
    {"lo", {.kind = TYPE_DATE}, false},
    {"hi", {.kind = TYPE_VARCHAR, .len = 20}, false},
    {"r", {.kind = TYPE_VARCHAR, .len = 20}, false},
    {"n", {.kind = TYPE_BIGINT}, false},
};
static const char *const AGGREGATIONS[] = {
    NULL, NULL, "SUM", "SUM", "SUM", "SUM", "SUM", "MIN", "MAX", "REPLACE", "REPLACE_IF_NOT_NULL"};
static const TableSpec WHOLE = {.name = "agg",
                                .columns = COLUMNS,
                                .column_count = COUNT_OF(COLUMNS),
                                .aggregations = AGGREGATIONS};

// k INT, s BIGINT SUM, r VARCHAR REPLACE.
static const ColumnSpec THREE[] = {{"k", {.kind = TYPE_INT}, true},
                                   {"s", {.kind = TYPE_BIGINT}, false},
                                   {"r", {.kind = TYPE_VARCHAR, .len = 20}, false}};
static const char *const THREE_AGGREGATIONS[] = {NULL, "SUM", "REPLACE"};

static uint64_t create_three(Ctx *t, World *world, bool is_parted)
{
    static const char *const BOUNDS[] = {"10", "20", ""};
    TableSpec spec = {
        .name = "three", .columns = THREE, .column_count = 3, .aggregations = THREE_AGGREGATIONS};
    if (is_parted) {
        spec.method = PARTITION_RANGE;
        spec.partition_column_count = 1;
        spec.partitions = BOUNDS;
        spec.partition_count = 3;
    }
    return world_create(t, world, &spec);
}

static void open_world(Ctx *t, World *world)
{
    world_init(t, world);
    world->options.compact_min_rowsets = 1;
    world_open(t, world);
}

static void insert(Ctx *t, World *world, uint64_t id, const char *sql)
{
    uint64_t rows;
    CHECK_RC(RC_OK, world_insert(t, world, id, sql, &rows));
}

static size_t compact(Ctx *t, World *world, uint64_t id)
{
    size_t merged = 0;
    StoredTable ref = {world_database_id(world), id};
    CHECK_RC(RC_OK, table_compact(t, world->store, world->conn, ref, &merged));
    return merged;
}

// Sequences of the first partition, "1 1 3".
static Str sequences(Ctx *t, World *world, uint64_t id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Partition *partition = world_table(world, snapshot, id)->partitions[0];
    Buf out = buf_new(t->arena);
    for (size_t i = 0; i < partition->rowset_count; i++)
        buf_printf(&out, "%s%llu", i ? " " : "",
                   (unsigned long long)partition->rowsets[i]->info.sequence);
    catalog_unpin(world->catalog, snapshot);
    return buf_str(&out);
}

static const char *const ALL = "SELECT c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11 FROM";

TEST(merge_within_a_load)
{
    World world;
    open_world(t, &world);
    uint64_t id = world_create(t, &world, &WHOLE);
    insert(t, &world, id,
           "SELECT c1, c2, c3, c4, c5::HUGEINT AS c5, c6::FLOAT AS c6, c7::DECIMAL(38,2) AS c7, "
           "c8::DATE AS c8, c9, c10, c11::BIGINT AS c11 FROM (VALUES "
           "(1, 'a', 5, 7::BIGINT, 1, 0.5, 1.25, '2024-01-02', 'x', 'first', 1),"
           "(1, 'a', NULL, 1, 2, 0.25, 0.75, '2024-01-01', NULL, 'last', NULL),"
           "(1, NULL, 1, 1, 1, 1, 1, NULL, 'y', 'z', NULL),"
           "(1, NULL, 1, 1, 1, 1, 1, NULL, 'yy', NULL, 9),"
           "(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
           ") v(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11)");
    CHECK_STR("NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL\n"
              "1|NULL|2|2|2|2|2.00|NULL|yy|NULL|9\n"
              "1|a|5|8|3|0.75|2.00|2024-01-01|x|last|1",
              world_query(t, &world, id, ALL, "ORDER BY c1 NULLS FIRST, c2 NULLS FIRST"));
    CHECK_STR("1", sequences(t, &world, id));
    world_close(&world);
}

TEST(merge_of_several_loads_takes_the_last_to_replace)
{
    World world;
    open_world(t, &world);
    uint64_t id = create_three(t, &world, false);
    insert(t, &world, id, "SELECT 1 c1, 5::BIGINT c2, 'a' c3 UNION ALL SELECT 2, 1, 'b'");
    insert(t, &world, id, "SELECT 1 c1, 6::BIGINT c2, 'c' c3 UNION ALL SELECT 3, 1, 'd'");
    insert(t, &world, id, "SELECT 1 c1, NULL::BIGINT c2, NULL c3");
    CHECK_STR("1 2 3", sequences(t, &world, id));
    CHECK_STR("1|11|NULL\n2|1|b\n3|1|d",
              world_query(t, &world, id, "SELECT c1, c2, c3 FROM", "ORDER BY c1"));
    CHECK_STR("3", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}

TEST(merge_sums_wrap_around_and_never_fail)
{
    World world;
    open_world(t, &world);
    uint64_t id = world_create(t, &world, &WHOLE);
    const char *row =
        "SELECT 1 c1, 'a' c2, 2147483647 c3, 9223372036854775807::BIGINT c4, "
        "170141183460469231731687303715884105727::HUGEINT c5, 3.4e38::FLOAT c6, "
        "99999999999999999999999999999999999.00::DECIMAL(38,2) c7, NULL::DATE c8, NULL::VARCHAR c9, "
        "NULL::VARCHAR c10, NULL::BIGINT c11";
    for (int i = 0; i < 3; i++) insert(t, &world, id, row);
    CHECK_STR("2147483645|9223372036854775805|170141183460469231731687303715884105725|inf",
              world_query(t, &world, id, "SELECT c3, c4, c5, c6::VARCHAR FROM", ""));
    CHECK_INT(3, compact(t, &world, id));
    CHECK_STR("2147483645|9223372036854775805|170141183460469231731687303715884105725|inf",
              world_query(t, &world, id, "SELECT c3, c4, c5, c6::VARCHAR FROM", ""));
    world_close(&world);
}

TEST(merge_leaves_partitions_of_one_write_alone)
{
    World world;
    open_world(t, &world);
    uint64_t id = create_three(t, &world, true);
    insert(t, &world, id, "SELECT i::INTEGER c1, 1::BIGINT c2, 'a' c3 FROM range(30) r(i)");
    insert(t, &world, id, "SELECT 15 c1, 1::BIGINT c2, 'b' c3");
    const CatalogSnapshot *snapshot = catalog_pin(world.catalog);
    const Table *table = world_table(&world, snapshot, id);
    CHECK(!merge_is_needed(table->def, table->partitions[0]));
    CHECK(merge_is_needed(table->def, table->partitions[1]));
    CHECK(!merge_is_needed(table->def, table->partitions[2]));
    catalog_unpin(world.catalog, snapshot);
    CHECK_STR("30|31|b", world_query(t, &world, id, "SELECT count(*), sum(c2), max(c3) FROM", ""));
    CHECK_STR("2|b", world_query(t, &world, id, "SELECT c2, c3 FROM", "WHERE c1 = 15"));
    world_close(&world);
}

TEST(merge_compaction_is_eager_and_keeps_the_order)
{
    World world;
    open_world(t, &world);
    uint64_t id = create_three(t, &world, false);
    insert(t, &world, id, "SELECT 1 c1, 5::BIGINT c2, 'a' c3 UNION ALL SELECT 2, 1, 'b'");
    CHECK_INT(0, compact(t, &world, id));
    insert(t, &world, id, "SELECT 1 c1, 6::BIGINT c2, 'c' c3");
    fault_init("compact.commit=fail");
    StoredTable ref = {world_database_id(&world), id};
    size_t merged = 0;
    CHECK_ERR(FAULT_INJECTED, table_compact(t, world.store, world.conn, ref, &merged));
    fault_init(NULL);
    CHECK_STR("1 2", sequences(t, &world, id));
    CHECK_INT(2, compact(t, &world, id));
    CHECK_STR("2", sequences(t, &world, id));
    CHECK_STR("1|11|c\n2|1|b", world_query(t, &world, id, "SELECT c1, c2, c3 FROM", "ORDER BY c1"));
    insert(t, &world, id, "SELECT 2 c1, 1::BIGINT c2, 'z' c3");
    CHECK_STR("2 3", sequences(t, &world, id));
    CHECK_STR("1|11|c\n2|2|z", world_query(t, &world, id, "SELECT c1, c2, c3 FROM", "ORDER BY c1"));
    world_close(&world);
}

// --- what is picked

typedef struct Sizes {
    uint64_t sequence, bytes;
} Sizes;

// "from-to" of the slice's sequences, or "none".
static Str pick(Ctx *t, World *world, const Sizes *sizes, size_t count, int64_t idle_ms)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Database *database = catalog_find_database(snapshot, STR("d"));
    Rowset *rowsets = ARENA_ARRAY(t->arena, Rowset, count);
    Rowset **list = ARENA_ARRAY(t->arena, Rowset *, count);
    for (size_t i = 0; i < count; i++) {
        rowsets[i].info = (RowsetInfo){.id = i + 1,
                                       .sequence = sizes[i].sequence,
                                       .schema_id = 1,
                                       .size_bytes = sizes[i].bytes};
        list[i] = &rowsets[i];
    }
    Partition partition = {.rowset_count = count,
                           .rowsets = list,
                           .version_time_ms = clock_now_ms(&world->clock.clock) - idle_ms};
    const Partition *slice =
        merge_cut_slice(t->arena, world->store, database->tables[0]->def, &partition);
    catalog_unpin(world->catalog, snapshot);
    if (slice == NULL) return STR("none");
    return str_printf(t->arena, "%llu-%llu", (unsigned long long)slice->rowsets[0]->info.sequence,
                      (unsigned long long)slice->rowsets[slice->rowset_count - 1]->info.sequence);
}

#define PICK(idle_ms, ...)                        \
    pick(t, &world, (const Sizes[]){__VA_ARGS__}, \
         sizeof((const Sizes[]){__VA_ARGS__}) / sizeof(Sizes), idle_ms)

TEST(merge_picks_runs_side_by_side)
{
    enum { MB = 1 << 20 };
    World world;
    open_world(t, &world);
    create_three(t, &world, false);
    CHECK_STR("none", PICK(0, {1, MB}));
    CHECK_STR("none", PICK(0, {1, MB}, {1, MB}, {1, MB}));
    CHECK_STR("1-2", PICK(0, {1, 4 * MB}, {2, MB}));
    CHECK_STR("none", PICK(0, {1, 5 * MB}, {2, MB}));
    CHECK_STR("2-3", PICK(0, {1, 100 * MB}, {2, 1000}, {3, 1000}));
    // files of one write stay together, and count together
    CHECK_STR("1-2", PICK(0, {1, 3 * MB}, {2, MB}, {2, MB}));
    CHECK_STR("2-3", PICK(0, {1, 90 * MB}, {1, 90 * MB}, {2, 4 * MB}, {3, MB}));
    // older runs of about a size, below a newer small one
    CHECK_STR("1-2", PICK(0, {1, 100 * MB}, {2, 90 * MB}, {3, MB}));
    // left alone for long enough, all of it; but never more than a turn can hold
    CHECK_STR("none", PICK(10000, {1, 100 * MB}, {2, MB}));
    CHECK_STR("1-2", PICK(60000, {1, 100 * MB}, {2, MB}));
    CHECK_STR("none", PICK(INT64_C(10000000), {1, UINT64_C(4000) * MB}, {2, MB}));
    world_close(&world);
}

// --- schemas

// A key column less, so that old rows of one write share keys; a value column more.
TEST(merge_reads_rowsets_of_several_schemas)
{
    World world;
    open_world(t, &world);
    static const ColumnSpec FOUR[] = {{"k", {.kind = TYPE_INT}, true},
                                      {"j", {.kind = TYPE_INT}, true},
                                      {"s", {.kind = TYPE_BIGINT}, false}};
    static const char *const SUMS[] = {NULL, NULL, "SUM"};
    TableSpec spec = {.name = "t", .columns = FOUR, .column_count = 3, .aggregations = SUMS};
    uint64_t id = world_create(t, &world, &spec);
    insert(t, &world, id, "SELECT 1 c1, i::INTEGER c2, 1::BIGINT c3 FROM range(3) r(i)");

    const CatalogSnapshot *old = catalog_pin(world.catalog);
    TableDef *def = table_def_copy(t->arena, world_table(&world, old, id)->def);
    catalog_unpin(world.catalog, old);
    Column columns[3] = {def->schemas[0].columns[0],
                         def->schemas[0].columns[2],
                         {.id = 4,
                          .file_id = 4,
                          .name = STR("m"),
                          .type = {.kind = TYPE_INT},
                          .is_nullable = true,
                          .aggregation = STR("MAX"),
                          .default_kind = DEFAULT_LITERAL,
                          .default_text = STR("7")}};
    Schema schemas[2] = {def->schemas[0], {.id = 2, .column_count = 3, .columns = columns}};
    def->schemas = schemas;
    def->schema_count = 2;
    def->next_column_id = 5;
    def->next_schema_id = 3;
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_alter_table(t, txn, def));
    CHECK_RC(RC_OK, txn_commit(t, &txn));

    CHECK_STR("1|3|7", world_query(t, &world, id, "SELECT c1, c3, c4 FROM", ""));
    CHECK_INT(1, compact(t, &world, id));
    CHECK_INT(0, compact(t, &world, id));
    CHECK_STR("1|3|7", world_query(t, &world, id, "SELECT c1, c3, c4 FROM", ""));
    insert(t, &world, id, "SELECT 1 c1, 1::BIGINT c3, 9 c4");
    CHECK_STR("1|4|9", world_query(t, &world, id, "SELECT c1, c3, c4 FROM", ""));
    CHECK_INT(2, compact(t, &world, id));
    CHECK_STR("1|4|9", world_query(t, &world, id, "SELECT c1, c3, c4 FROM", ""));
    world_close(&world);
}
