/*
 * UNIQUE and PRIMARY KEY tables: one row for each key, whoever writes it, whatever fails meanwhile.
 */
#include "base/fault.h"
#include "fixture.h"
#include <pthread.h>

static const ColumnSpec COLUMNS[] = {{"k", {.kind = TYPE_INT}, true},
                                     {"v", {.kind = TYPE_VARCHAR, .len = 20}, false}};
static const ColumnSpec WIDE_KEY[] = {{"d", {.kind = TYPE_INT}, true},
                                      {"h", {.kind = TYPE_LARGEINT}, true},
                                      {"s", {.kind = TYPE_VARCHAR, .len = 20}, true},
                                      {"v", {.kind = TYPE_BIGINT}, false}};

static uint64_t create(Ctx *t, World *world, KeyKind keys)
{
    TableSpec spec = {.name = "u", .columns = COLUMNS, .column_count = 2, .keys = keys};
    world_init(t, world);
    world->options.compact_min_rowsets = 8;
    world_open(t, world);
    return world_create(t, world, &spec);
}

static void put(Ctx *t, World *world, uint64_t table, const char *sql, uint64_t expected)
{
    uint64_t rows = 0;
    CHECK_RC(RC_OK, world_insert(t, world, table, sql, &rows));
    CHECK_INT(expected, rows);
}

static Str all(Ctx *t, World *world, uint64_t table)
{
    return world_query(t, world, table, "SELECT c1, c2 FROM", "ORDER BY c1, c2");
}

// Live rows as the catalog counts them, and files that are read.
typedef struct Counts {
    uint64_t rows;
    size_t files, dirty;
    Uuid content_id;
} Counts;

static Counts count(World *world, uint64_t table_id)
{
    Counts counts = {0};
    const CatalogSnapshot *now = catalog_pin(world->catalog);
    const Table *table = world_table(world, now, table_id);
    counts.rows = table->row_count;
    for (size_t p = 0; p < table->partition_count; p++) {
        const Partition *partition = table->partitions[p];
        counts.files += partition->rowset_count;
        counts.content_id = partition->content_id;
        for (size_t i = 0; i < partition->rowset_count; i++)
            counts.dirty += partition->rowsets[i]->deleted != NULL;
    }
    catalog_unpin(world->catalog, now);
    return counts;
}

TEST(upsert_replaces_rows_of_the_same_key)
{
    World world;
    uint64_t table = create(t, &world, KEYS_PRIMARY);
    put(t, &world, table, "SELECT i::INT c1, 'a' c2 FROM range(5) t(i)", 5);
    put(t, &world, table, "SELECT i::INT c1, 'b' c2 FROM range(3, 7) t(i)", 4);
    for (int round = 0; round < 2; round++) {
        CHECK_STR("0|a\n1|a\n2|a\n3|b\n4|b\n5|b\n6|b", all(t, &world, table));
        Counts counts = count(&world, table);
        CHECK_INT(7, counts.rows);
        CHECK_INT(1, counts.dirty);
        CHECK_STR("7", world_query(t, &world, table, "SELECT count(c1) FROM", ""));
        world_reopen(t, &world);
    }
    // Nothing is left of the first file: it is not read any more.
    put(t, &world, table, "SELECT i::INT c1, 'c' c2 FROM range(3) t(i)", 3);
    CHECK_INT(2, count(&world, table).files);
    CHECK_STR("0|c\n1|c\n2|c\n3|b\n4|b\n5|b\n6|b", all(t, &world, table));
    world_close(&world);
}

// The last row of a load wins, however it is found out that there are several.
TEST(upsert_keeps_the_last_row_of_a_load)
{
    World world;
    uint64_t table = create(t, &world, KEYS_UNIQUE);
    put(t, &world, table,
        "SELECT c1::INT c1, c2 FROM (VALUES (1, 'x'), (2, 'y'), (1, 'z'), (NULL, 'm'), (NULL, 'n'))"
        " v(c1, c2)",
        5);
    CHECK_STR("NULL|n\n1|z\n2|y", all(t, &world, table));
    put(t, &world, table,
        "SELECT (i % 50000)::INT c1, (i // 50000)::VARCHAR c2 FROM range(200000) t(i)", 200000);
    CHECK_STR("50001|50000", world_query(t, &world, table,
                                         "SELECT count(*), count(*) FILTER (c2 = '3') FROM", ""));
    put(t, &world, table, "SELECT NULL::INT c1, 'o' c2", 1);
    CHECK_STR("o", world_query(t, &world, table, "SELECT c2 FROM", "WHERE c1 IS NULL"));
    CHECK_INT(0, world_count_files(&world, "staging"));
    world_close(&world);
}

TEST(upsert_knows_keys_of_several_columns_and_partitions)
{
    static const char *const BOUNDS[] = {"10", "20", ""};
    World world;
    world_init(t, &world);
    world_open(t, &world);
    TableSpec spec = {.name = "w",
                      .columns = WIDE_KEY,
                      .column_count = 4,
                      .keys = KEYS_UNIQUE,
                      .method = PARTITION_RANGE,
                      .partition_column_count = 1,
                      .partitions = BOUNDS,
                      .partition_count = 3};
    uint64_t table = world_create(t, &world, &spec);
    put(t, &world, table,
        "SELECT i::INT c1, (i * 1000000007::HUGEINT) c2, (CASE WHEN i % 3 = 0 THEN NULL ELSE 's' || i END) "
        "c3, i::BIGINT c4 FROM range(30) t(i)",
        30);
    // Same keys in two partitions; one that differs in its text alone is new.
    put(t, &world, table,
        "SELECT i::INT c1, (i * 1000000007::HUGEINT) c2, (CASE WHEN i % 3 = 0 THEN NULL WHEN i = 11 THEN 'S11'"
        " ELSE 's' || i END) c3, (-i)::BIGINT c4 FROM range(5, 15) t(i)",
        10);
    CHECK_STR("31|-84|11",
              world_query(t, &world, table,
                          "SELECT count(*), sum(c4) FILTER (c1 BETWEEN 5 AND 14 AND c4 < 0) + 11,"
                          " max(c4) FILTER (c3 = 's11') FROM",
                          ""));
    CHECK_INT(31, count(&world, table).rows);
    world_close(&world);
}

TEST(upsert_that_fails_leaves_all_as_it_was)
{
    // The file is fsynced, then the folder that got its name.
    static const char *const FAULTS[] = {"upsert.marked=fail",         "upsert.commit=fail",
                                         "catalog.commit.before=fail", "insert.renamed=nospace",
                                         "file.sync=fail@1",           "file.sync=fail@2"};
    World world;
    uint64_t table = create(t, &world, KEYS_PRIMARY), rows = 0;
    put(t, &world, table, "SELECT i::INT c1, 'a' c2 FROM range(5) t(i)", 5);
    Str before = all(t, &world, table);
    for (size_t i = 0; i < COUNT_OF(FAULTS); i++) {
        fault_init(FAULTS[i]);
        CHECK(world_insert(t, &world, table, "SELECT 3 c1, 'b' c2", &rows) != RC_OK);
        fault_init(NULL);
        ctx_clear(t);
        CHECK_STR(before, all(t, &world, table));
        CHECK_INT(1, world_count_files(&world, "rowsets"));
        CHECK_INT(0, world_count_files(&world, "staging"));
    }
    put(t, &world, table, "SELECT 3 c1, 'b' c2", 1);  // the token was given back
    CHECK_STR("0|a\n1|a\n2|a\n3|b\n4|a", all(t, &world, table));
    world_close(&world);
}

// --- several at once

typedef struct Writer {
    World *world;
    uint64_t table;
    int number, rounds;
    Rc rc;
} Writer;

static const Table *writer_table(const Writer *writer, const CatalogSnapshot *snapshot)
{
    return world_table(writer->world, snapshot, writer->table);
}

static void *write_keys(void *argument)
{
    Writer *writer = argument;
    EngineConn *conn = NULL;
    for (int round = 0; round < writer->rounds && writer->rc == RC_OK; round++) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx;
        ctx_init(&ctx, arena, NULL);
        if (!conn) writer->rc = engine_conn_open(&ctx, writer->world->engine, &conn);
        const CatalogSnapshot *snapshot = catalog_pin(writer->world->catalog);
        uint64_t rows = 0;
        TableInsert insert = {
            .database_id = world_database_id(writer->world),
            .table_id = writer->table,
            .table = writer_table(writer, snapshot),
            .sql =
                str_printf(arena, "SELECT ((i * %d) %% 40)::INT c1, '%d-%d' c2 FROM range(20) t(i)",
                           writer->number * 2 + 1, writer->number, round)};
        if (writer->rc == RC_OK)
            writer->rc = table_insert(&ctx, writer->world->store, conn, &insert, &rows);
        catalog_unpin(writer->world->catalog, snapshot);
        if (writer->rc != RC_OK) fprintf(stderr, "%.*s\n", STR_ARG(ctx.err.text));
    }
    engine_conn_close(conn);
    return NULL;
}

static void *compact_often(void *argument)
{
    Writer *writer = argument;
    EngineConn *conn = NULL;
    StoredTable ref = {world_database_id(writer->world), writer->table};
    for (int round = 0; round < writer->rounds && writer->rc == RC_OK; round++) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Ctx ctx;
        ctx_init(&ctx, arena, NULL);
        size_t merged = 0;
        if (!conn) writer->rc = engine_conn_open(&ctx, writer->world->engine, &conn);
        if (writer->rc == RC_OK)
            writer->rc = table_compact(&ctx, writer->world->store, conn, ref, &merged);
        if (writer->rc != RC_OK) fprintf(stderr, "%.*s\n", STR_ARG(ctx.err.text));
    }
    engine_conn_close(conn);
    return NULL;
}

// INV-39: at no time does a reader see a key twice.
TEST(upserts_of_the_same_keys_beside_compaction_never_leave_two_rows)
{
    enum { WRITERS = 3, ROUNDS = 12 };
    World world;
    uint64_t table = create(t, &world, KEYS_PRIMARY);
    put(t, &world, table, "SELECT i::INT c1, 'first' c2 FROM range(40) t(i)", 40);
    Writer writers[WRITERS + 1];
    pthread_t threads[WRITERS + 1];
    for (int i = 0; i <= WRITERS; i++) {
        writers[i] = (Writer){.world = &world, .table = table, .number = i, .rounds = ROUNDS};
        CHECK_INT(0, pthread_create(&threads[i], NULL, i < WRITERS ? write_keys : compact_often,
                                    &writers[i]));
    }
    for (int look = 0; look < 20; look++)
        CHECK_STR("40|40",
                  world_query(t, &world, table,
                              "SELECT count(*), count(DISTINCT c1) FROM (SELECT * FROM", ") q"));
    for (int i = 0; i <= WRITERS; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i <= WRITERS; i++) CHECK_INT(RC_OK, writers[i].rc);
    CHECK_STR("40|40",
              world_query(t, &world, table, "SELECT count(*), count(DISTINCT c1) FROM", ""));
    CHECK_INT(40, count(&world, table).rows);
    Str before = all(t, &world, table);
    world_reopen(t, &world);
    CHECK_STR(before, all(t, &world, table));
    world_close(&world);
}

// --- compaction

TEST(compaction_drops_dead_rows_and_keeps_content_id)
{
    World world;
    uint64_t table = create(t, &world, KEYS_PRIMARY);
    StoredTable ref = {world_database_id(&world), table};
    size_t merged = 0;
    put(t, &world, table, "SELECT i::INT c1, 'a' c2 FROM range(1000) t(i)", 1000);
    put(t, &world, table, "SELECT i::INT c1, 'b' c2 FROM range(100) t(i)", 100);
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(0, merged);  // a tenth is dead: not worth it
    put(t, &world, table, "SELECT i::INT c1, 'b' c2 FROM range(100, 300) t(i)", 200);
    Str before = all(t, &world, table);
    Counts old = count(&world, table);
    fault_init("compact.commit=fail");
    CHECK_ERR(FAULT_INJECTED, table_compact(t, world.store, world.conn, ref, &merged));
    fault_init(NULL);
    CHECK_STR(before, all(t, &world, table));
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK(merged > 0);
    CHECK_STR(before, all(t, &world, table));
    Counts now = count(&world, table);
    CHECK_INT(1000, now.rows);
    CHECK_INT(0, now.dirty);
    CHECK(uuid_eq(old.content_id, now.content_id));
    CHECK_RC(RC_OK, table_compact(t, world.store, world.conn, ref, &merged));
    CHECK_INT(0, merged);
    world_close(&world);
}
