/*
 * A data folder with real parts, for the tests of table/.
 */
#include "fixture.h"
#include <ftw.h>
#include <unistd.h>

void world_init(Ctx *t, World *world)
{
    *world = (World){.dir = test_dir(t), .trash_expire_second = 0};
    clock_fixed_init(&world->clock, 1700000000000);
    world->options.collect_interval_ms = INT64_C(3600000);
}

Rc world_try_open(Ctx *t, World *world)
{
    CatalogOptions catalog = {.path = str_printf(t->arena, "%.*s/catalog.db", STR_ARG(world->dir)),
                              .trash_expire_second = world->trash_expire_second,
                              .clock = &world->clock.clock};
    TRY(catalog_open(t, &catalog, &world->catalog));
    EngineOptions engine = {.threads = 2,
                            .spill_dir = str_printf(t->arena, "%.*s/spill", STR_ARG(world->dir)),
                            .dirs = &world->dir,
                            .dir_count = 1};
    TRY(engine_open(t, &engine, &world->engine));
    TRY(engine_conn_open(t, world->engine, &world->conn));
    world->options.data_dir = world->dir;
    world->options.catalog = world->catalog;
    world->options.engine = world->engine;
    world->options.clock = &world->clock.clock;
    return table_store_open(t, &world->options, world->spare_jobs, world->spare_count,
                            &world->store);
}

void world_open(Ctx *t, World *world)
{
    CHECK_RC(RC_OK, world_try_open(t, world));
}

void world_close(World *world)
{
    table_store_close(world->store);
    engine_conn_close(world->conn);
    engine_close(world->engine);
    if (world->catalog) catalog_close(world->catalog);
    world->store = NULL;
    world->conn = NULL;
    world->engine = NULL;
    world->catalog = NULL;
}

void world_reopen(Ctx *t, World *world)
{
    world_close(world);
    world_open(t, world);
}

// --- tables

static Bound *parse_bounds(Arena *arena, Str text, size_t width)
{
    Bound *bounds = ARENA_ARRAY(arena, Bound, width);
    for (size_t i = 0; i < width; i++) {
        Str one = str_cut(&text, '|');
        bounds[i].kind = one.len ? BOUND_VALUE : BOUND_MAX;
        bounds[i].text = str_dup(arena, one);
    }
    return bounds;
}

static void set_range(Arena *arena, const TableSpec *spec, PartitionDef *def, size_t at)
{
    if (at > 0) {
        def->lower = parse_bounds(arena, str_from(spec->partitions[at - 1]), def->width);
    } else if (spec->first_lower) {
        def->lower = parse_bounds(arena, str_from(spec->first_lower), def->width);
    } else {
        def->lower = ARENA_ARRAY(arena, Bound, def->width);
        for (size_t i = 0; i < def->width; i++) def->lower[i].kind = BOUND_MIN;
    }
    def->upper = parse_bounds(arena, str_from(spec->partitions[at]), def->width);
}

static void set_list(Arena *arena, const TableSpec *spec, PartitionDef *def, size_t at)
{
    Str rest = str_from(spec->partitions[at]);
    def->list = ARENA_ARRAY(arena, Bound, 64);
    while (rest.len) {
        Str row = str_cut(&rest, ',');
        for (size_t i = 0; i < def->width; i++) {
            Str one = str_cut(&row, '|');
            def->list[def->list_count * def->width + i] = (Bound){BOUND_VALUE, str_dup(arena, one)};
        }
        def->list_count++;
    }
}

static const PartitionDef **make_partitions(Arena *arena, const TableSpec *spec, uint64_t first_id)
{
    const PartitionDef **defs = ARENA_ARRAY(arena, const PartitionDef *, 1 + spec->partition_count);
    size_t count = spec->method == PARTITION_NONE ? 1 : spec->partition_count;
    for (size_t i = 0; i < count; i++) {
        PartitionDef *def = ARENA_NEW(arena, PartitionDef);
        def->id = first_id + i;
        def->name = str_printf(arena, "p%zu", i);
        def->replication_num = 1;
        def->bucket_num = 1;
        def->width = spec->partition_column_count;
        if (spec->method == PARTITION_NONE) def->name = str_from(spec->name);
        if (spec->method == PARTITION_RANGE) set_range(arena, spec, def, i);
        if (spec->method == PARTITION_LIST) set_list(arena, spec, def, i);
        defs[i] = def;
    }
    return defs;
}

static TableDef *make_def(Arena *arena, const TableSpec *spec, uint64_t id)
{
    TableDef *def = ARENA_NEW(arena, TableDef);
    Column *columns = ARENA_ARRAY(arena, Column, spec->column_count);
    for (size_t i = 0; i < spec->column_count; i++) {
        bool is_key = spec->columns[i].is_key;
        columns[i] = (Column){.id = (uint32_t)i + 1,
                              .file_id = (uint32_t)i + 1,
                              .name = str_from(spec->columns[i].name),
                              .type = spec->columns[i].type,
                              .is_key = is_key,
                              .is_nullable = spec->keys != KEYS_PRIMARY || !is_key};
        bool replaces = spec->keys == KEYS_UNIQUE || spec->keys == KEYS_PRIMARY;
        if (replaces && !is_key) columns[i].aggregation = STR("REPLACE");
        if (spec->aggregations) columns[i].aggregation = str_from(spec->aggregations[i]);
    }
    Schema *schema = ARENA_NEW(arena, Schema);
    *schema = (Schema){.id = 1, .column_count = spec->column_count, .columns = columns};
    *def = (TableDef){.id = id,
                      .line = uuid_new(),
                      .name = str_from(spec->name),
                      .keys = spec->aggregations ? KEYS_AGGREGATE : spec->keys,
                      .schema_count = 1,
                      .schemas = schema,
                      .next_column_id = (uint32_t)spec->column_count + 1,
                      .next_schema_id = 2,
                      .method = spec->method,
                      .is_auto_partitioned = spec->is_auto,
                      .partition_expr = str_from(spec->expr ? spec->expr : ""),
                      .partition_column_count = spec->partition_column_count};
    def->partition_columns = ARENA_ARRAY(arena, uint32_t, spec->partition_column_count);
    for (size_t i = 0; i < spec->partition_column_count; i++)
        def->partition_columns[i] = (uint32_t)i + 1;
    return def;
}

uint64_t world_database_id(World *world)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Database *database = catalog_find_database(snapshot, STR("d"));
    uint64_t id = database ? database->def->id : 0;
    catalog_unpin(world->catalog, snapshot);
    return id;
}

uint64_t world_create(Ctx *t, World *world, const TableSpec *spec)
{
    uint64_t first = 0, database_id = world_database_id(world);
    CHECK_RC(RC_OK, catalog_new_ids(t, world->catalog, spec->partition_count + 3, &first));
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world->catalog, 0, &txn));
    if (database_id == 0) {
        database_id = first;
        DatabaseDef def = {.id = first, .name = STR("d")};
        CHECK_RC(RC_OK, txn_create_database(t, txn, &def));
    }
    size_t count = spec->method == PARTITION_NONE ? 1 : spec->partition_count;
    CHECK_RC(RC_OK,
             txn_create_table(t, txn, database_id, make_def(t->arena, spec, first + 1),
                              (PartitionDefs){make_partitions(t->arena, spec, first + 2), count}));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    return first + 1;
}

const Table *world_table(World *world, const CatalogSnapshot *snapshot, uint64_t table_id)
{
    (void)world;
    const Database *database = catalog_find_database(snapshot, STR("d"));
    return database ? catalog_find_table_id(database, table_id) : NULL;
}

static Rc insert_some(Ctx *t, World *world, TableInsert insert, const char *partition,
                      uint64_t *rows)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, insert.table_id);
    insert.database_id = catalog_find_database(snapshot, STR("d"))->def->id;
    insert.table = table;
    const Partition *only = partition ? catalog_find_partition(table, str_from(partition)) : NULL;
    if (only) {
        insert.partition_count = 1;
        insert.partitions = &only;
    }
    Rc rc = table_insert(t, world->store, world->conn, &insert, rows);
    catalog_unpin(world->catalog, snapshot);
    return rc;
}

Rc world_insert_into(Ctx *t, World *world, uint64_t table_id, const char *sql,
                     const char *partition)
{
    uint64_t rows = 0;
    TableInsert insert = {.table_id = table_id, .sql = str_from(sql)};
    return insert_some(t, world, insert, partition, &rows);
}

Rc world_insert(Ctx *t, World *world, uint64_t table_id, const char *sql, uint64_t *rows)
{
    TableInsert insert = {.table_id = table_id, .sql = str_from(sql)};
    return insert_some(t, world, insert, NULL, rows);
}

// The table's scan behind `before`.
static Rc print_query(Ctx *t, World *world, const Table *table, const char *before, Buf *sql)
{
    const Schema *schema = table_current_schema(table->def);
    const Column **columns = ARENA_ARRAY(t->arena, const Column *, schema->column_count);
    for (size_t i = 0; i < schema->column_count; i++) columns[i] = &schema->columns[i];
    const Partition **partitions =
        ARENA_ARRAY(t->arena, const Partition *, table->partition_count + 1);
    for (size_t i = 0; i < table->partition_count; i++) partitions[i] = table->partitions[i];
    Scan scan = {.kind = SCAN_TABLE,
                 .table = table,
                 .partition_count = table->partition_count,
                 .partitions = partitions,
                 .column_count = schema->column_count,
                 .columns = columns};
    buf_add_z(sql, before);
    buf_add_byte(sql, ' ');
    return table_fill_scan(t, world->store, &scan, sql);
}

Str world_query(Ctx *t, World *world, uint64_t table_id, const char *before, const char *after)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    SinkList list;
    sink_list_init(&list);
    Buf sql = buf_new(t->arena);
    Rc rc = print_query(t, world, world_table(world, snapshot, table_id), before, &sql);
    buf_printf(&sql, " %s", after);
    if (rc == RC_OK) rc = engine_query(t, world->conn, buf_str(&sql), NULL, &list.sink);
    catalog_unpin(world->catalog, snapshot);
    CHECK_RC(RC_OK, rc);
    Buf out = buf_new(t->arena);
    for (const SinkRow *row = list.first; row; row = row->next) {
        if (out.len) buf_add_byte(&out, '\n');
        for (size_t i = 0; i < list.column_count; i++) {
            if (i) buf_add_byte(&out, '|');
            buf_add(&out, row->cells[i].ptr ? row->cells[i] : STR("NULL"));
        }
    }
    return buf_str(&out);
}

void world_truncate(Ctx *t, World *world, uint64_t table_id, bool is_forced)
{
    const CatalogSnapshot *snapshot = catalog_pin(world->catalog);
    const Table *table = world_table(world, snapshot, table_id);
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, world->catalog, 0, &txn));
    for (size_t i = 0; i < table->partition_count; i++) {
        RowsetChange change = {.table_id = table_id,
                               .partition_id = table->partitions[i]->def->id,
                               .ends_all = true,
                               .is_forced = is_forced};
        CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    }
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    catalog_unpin(world->catalog, snapshot);
}

static size_t files_seen;

static int see_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)path;
    (void)status;
    (void)place;
    files_seen += kind == FTW_F;
    return 0;
}

size_t world_count_files(World *world, const char *below)
{
    char path[512];
    snprintf(path, sizeof(path), "%.*s/%s", STR_ARG(world->dir), below);
    files_seen = 0;
    (void)nftw(path, see_file, 16, FTW_PHYS);
    return files_seen;
}
