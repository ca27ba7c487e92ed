/*
 * The property "compression" of a table chooses the codec of its files.
 */
#include "fixture.h"

static const ColumnSpec TWO[] = {{"k", {.kind = TYPE_INT}, true},
                                 {"v", {.kind = TYPE_VARCHAR, .len = 200}, false}};

// The table's definition with one more property.
static void set_compression(Ctx *t, World *world, uint64_t id, const char *value)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    TableDef *def = table_def_copy(t->arena, world_table(world, snapshot, id)->def);
    Property *properties = ARENA_ARRAY(t->arena, Property, 1);
    properties[0] = (Property){STR("compression"), str_from(value)};
    def->properties = properties;
    def->property_count = 1;
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world->catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_alter_table(t, txn, def));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    catalog_unpin(world->catalog, snapshot);
}

static Str newest_path(Ctx *t, World *world, uint64_t id)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Partition *partition = world_table(world, snapshot, id)->partitions[0];
    CHECK(partition->rowset_count > 0);
    uint64_t rowset = partition->rowsets[partition->rowset_count - 1]->info.id;
    catalog_unpin(world->catalog, snapshot);
    return table_rowset_path(t->arena, world->store, rowset);
}

static Str codec_of(Ctx *t, World *world, Str path)
{
    SinkList list;
    sink_list_init(&list);
    Str sql = str_printf(t->arena, "SELECT DISTINCT compression FROM parquet_metadata('%.*s')",
                         STR_ARG(path));
    CHECK_RC(RC_OK, engine_query(t, world->conn, sql, NULL, &list.sink));
    CHECK_INT(1, list.row_count);
    return list.first->cells[0];
}

TEST(compression_chooses_the_codec)
{
    static const char *const CODECS[][2] = {
        {"LZ4", "LZ4_RAW"},   {"lz4_frame", "LZ4_RAW"}, {"ZSTD", "ZSTD"},   {"zstd(19)", "ZSTD"},
        {"SNAPPY", "SNAPPY"}, {"ZLIB", "GZIP"},         {"odd", "LZ4_RAW"},
    };
    World world;
    world_init(t, &world);
    world_open(t, &world);
    TableSpec spec = {.name = "plain", .columns = TWO, .column_count = 2};
    uint64_t id = world_create(t, &world, &spec), rows = 0;
    const char *sql = "SELECT range::INT c1, repeat('some text ', 15) || range c2 FROM range(5000)";
    for (size_t i = 0; i < COUNT_OF(CODECS); i++) {
        set_compression(t, &world, id, CODECS[i][0]);
        CHECK_RC(RC_OK, world_insert(t, &world, id, sql, &rows));
        CHECK_STR(CODECS[i][1], codec_of(t, &world, newest_path(t, &world, id)));
    }
    CHECK_STR("35000", world_query(t, &world, id, "SELECT count(*) FROM", ""));
    world_close(&world);
}
