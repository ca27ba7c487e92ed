/*
 * catalog/load: all live rows of catalog.db to a tree, at start.
 *
 * Form    one ordered query per kind of row, joined in memory by id: the time grows with the rows,
 * not with the number of tables times queries. Errors  CATALOG_DAMAGED and those of the readers of
 * schema/json: every digest is checked, every parent must be there (INV-2, INV-4). Threads the one
 * that opens the catalog.
 */
#include "catalog/internal.h"
#include "schema/json.h"

// id -> node
typedef struct IdSlot {
    uint64_t id;
    void *node;
} IdSlot;
typedef struct IdMap {
    Arena *arena;
    IdSlot *slots;
    size_t cap, count;
} IdMap;

typedef struct Loader {
    CatalogSnapshot *snapshot;
    IdMap databases, tables, partitions, rowsets;
    uint64_t last_txn;
} Loader;

static IdSlot *id_slot(IdSlot *slots, size_t cap, uint64_t id)
{
    size_t at = (size_t)(id * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (cap - 1);
    while (slots[at].node && slots[at].id != id) at = (at + 1) & (cap - 1);
    return &slots[at];
}

static void *id_get(const IdMap *map, uint64_t id)
{
    return map->count ? id_slot(map->slots, map->cap, id)->node : NULL;
}

static void id_put(IdMap *map, uint64_t id, void *node)
{
    if ((map->count + 1) * 2 > map->cap) {
        size_t cap = map->cap ? map->cap * 2 : 64;
        IdSlot *slots = ARENA_ARRAY(map->arena, IdSlot, cap);
        for (size_t i = 0; i < map->cap; i++)
            if (map->slots[i].node) *id_slot(slots, cap, map->slots[i].id) = map->slots[i];
        map->slots = slots;
        map->cap = cap;
    }
    *id_slot(map->slots, map->cap, id) = (IdSlot){id, node};
    map->count++;
}

static Rc damaged(Ctx *ctx, const char *kind, uint64_t id, const char *why)
{
    return FAIL(ctx, CATALOG_DAMAGED, kind, (long long)id, STR_ARG(str_from(why)));
}

// The columns beside a body repeat its id and name.
static Rc check_same(Ctx *ctx, const char *kind, const ObjectRow *row, uint64_t id, Str name)
{
    if (row->id == id && str_eq(row->name, name)) return RC_OK;
    return damaged(ctx, kind, row->id, "its body names another object");
}

static Rc visit_database(Ctx *ctx, void *handle, const ObjectRow *row)
{
    Loader *loader = handle;
    Json *json = NULL;
    DatabaseDef *def = NULL;
    TRY(json_parse(ctx, row->body, "The row of a database", &json));
    TRY(database_def_from_json(ctx, json, &def));
    TRY(check_same(ctx, "database", row, def->id, def->name));
    DefHolder *holder = holder_new();
    def = database_def_copy(holder->arena, def);
    Database *database = database_new(holder, def, row->from_txn);
    holder_unref(holder);
    add_database(loader->snapshot, database);
    id_put(&loader->databases, row->id, database);
    return RC_OK;
}

static Rc visit_repository(Ctx *ctx, void *handle, const ObjectRow *row)
{
    Loader *loader = handle;
    Json *json = NULL;
    RepositoryDef *def = NULL;
    TRY(json_parse(ctx, row->body, "The row of a repository", &json));
    TRY(repository_def_from_json(ctx, json, &def));
    TRY(check_same(ctx, "repository", row, def->id, def->name));
    DefHolder *holder = holder_new();
    def = repository_def_copy(holder->arena, def);
    add_repository(loader->snapshot, repository_new(holder, def, row->from_txn));
    holder_unref(holder);
    return RC_OK;
}

static Rc visit_table(Ctx *ctx, void *handle, const ObjectRow *row)
{
    Loader *loader = handle;
    Json *json = NULL;
    TableDef *def = NULL;
    Database *database = id_get(&loader->databases, row->parent);
    if (!database) return damaged(ctx, "table", row->id, "its database is not there");
    TRY(json_parse(ctx, row->body, "The row of a table", &json));
    TRY(table_def_from_json(ctx, json, &def));
    TRY(check_same(ctx, "table", row, def->id, def->name));
    DefHolder *holder = holder_new();
    def = table_def_copy(holder->arena, def);
    Table *table = table_new(holder, def, row->from_txn);
    holder_unref(holder);
    add_table(database, table);
    id_put(&loader->tables, row->id, table);
    return RC_OK;
}

// Definitions of partitions lie in the memory of their table's.
static Rc visit_partition(Ctx *ctx, void *handle, const ObjectRow *row)
{
    Loader *loader = handle;
    Json *json = NULL;
    PartitionDef *def = NULL;
    Table *table = id_get(&loader->tables, row->parent);
    if (!table) return damaged(ctx, "partition", row->id, "its table is not there");
    TRY(json_parse(ctx, row->body, "The row of a partition", &json));
    TRY(partition_def_from_json(ctx, json, table->def, &def));
    TRY(check_same(ctx, "partition", row, def->id, def->name));
    def = partition_def_copy(table->private.holder->arena, def);
    Partition *partition = partition_new(table->private.holder, def, row->from_txn);
    add_partition(table, partition);
    id_put(&loader->partitions, row->id, partition);
    return RC_OK;
}

// A body's JSON tree and the definition read from it are copied, then given back.
static Rc visit_any(Ctx *ctx, void *handle, const ObjectRow *row)
{
    static const ObjectVisit VISITS[OBJECT_KIND_COUNT] = {NULL, visit_database, visit_repository,
                                                          visit_table, visit_partition};
    const Loader *loader = handle;
    if (row->from_txn > loader->last_txn)
        return damaged(ctx, "object", row->id, "it is newer than the last transaction");
    ArenaMark mark = arena_mark(ctx->arena);
    TRY(VISITS[row->kind](ctx, handle, row));
    arena_rewind(ctx->arena, mark);
    return RC_OK;
}

static Rc visit_version(Ctx *ctx, void *handle, const VersionRow *row)
{
    Loader *loader = handle;
    Partition *partition = id_get(&loader->partitions, row->partition_id);
    if (!partition || row->version == 0)
        return damaged(ctx, "version of partition", row->partition_id,
                       "its partition is not there");
    partition->version = row->version;
    partition->version_time_ms = row->time_ms;
    partition->content_id = row->content_id;
    partition->private.version_txn = row->from_txn;
    return RC_OK;
}

static Rc visit_rowset(Ctx *ctx, void *handle, const RowsetRow *row)
{
    Loader *loader = handle;
    Partition *partition = id_get(&loader->partitions, row->partition_id);
    const Table *table = id_get(&loader->tables, row->table_id);
    if (!partition || !table)
        return damaged(ctx, "rowset", row->info.id, "its partition is not there");
    if (!table_schema(table->def, row->info.schema_id))
        return damaged(ctx, "rowset", row->info.id, "its table has no such schema");
    Rowset *rowset = rowset_new(&row->info);
    add_rowset(partition, rowset);
    id_put(&loader->rowsets, row->info.id, rowset);
    return RC_OK;
}

// The tree is still ours alone: its node takes the vector in place.
static Rc visit_vector(Ctx *ctx, void *handle, const VectorRow *row)
{
    Loader *loader = handle;
    Rowset *rowset = id_get(&loader->rowsets, row->rowset_id);
    if (!rowset)
        return damaged(ctx, "delete vector of rowset", row->rowset_id, "its rowset is not there");
    TRY(note(ctx,
             positions_read(ctx, row->bytes, rowset->info.row_count, row->info.cardinality,
                            &rowset->deleted),
             "reading the delete vector of rowset %llu", (unsigned long long)row->rowset_id));
    rowset->vector = row->info;
    return RC_OK;
}

static Rc finish(Ctx *ctx, const Loader *loader)
{
    for (size_t d = 0; d < loader->snapshot->database_count; d++) {
        Database *database = loader->snapshot->databases[d];
        for (size_t t = 0; t < database->table_count; t++) {
            Table *table = database->tables[t];
            for (size_t p = 0; p < table->partition_count; p++) {
                if (table->partitions[p]->version == 0)
                    return damaged(ctx, "partition", table->partitions[p]->def->id,
                                   "it has no version");
                recount_partition(table->partitions[p]);
            }
            recount_table(table);
        }
    }
    return RC_OK;
}

static Rc load_rows(Ctx *ctx, Meta *meta, Loader *loader)
{
    static const ObjectKind ORDER[] = {OBJECT_DATABASE, OBJECT_REPOSITORY, OBJECT_TABLE,
                                       OBJECT_PARTITION};
    for (size_t i = 0; i < COUNT_OF(ORDER); i++)
        TRY(store_each_object(ctx, meta, ORDER[i], visit_any, loader));
    TRY(store_each_version(ctx, meta, visit_version, loader));
    TRY(store_each_rowset(ctx, meta, visit_rowset, loader));
    TRY(store_each_vector(ctx, meta, visit_vector, loader));
    return finish(ctx, loader);
}

Rc catalog_load(Ctx *ctx, Meta *meta, uint64_t last_txn, CatalogSnapshot **out)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Loader loader = {.snapshot = snapshot_new(last_txn),
                     .databases.arena = arena,
                     .tables.arena = arena,
                     .partitions.arena = arena,
                     .rowsets.arena = arena,
                     .last_txn = last_txn};
    Rc rc = load_rows(ctx, meta, &loader);
    if (rc == RC_OK)
        *out = loader.snapshot;
    else
        snapshot_free(loader.snapshot);
    return rc;
}
