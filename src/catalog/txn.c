/*
 * catalog/txn: changes of objects, partitions and rowsets inside a transaction.
 *
 * Form    each function checks (claims, names, ids), then writes rows, then changes the private
 * tree. A failure of the first part leaves the transaction as it was; one of the second breaks it.
 * Errors  named in catalog.h.
 * Threads the holder of the turn.
 */
#include "base/limits.h"
#include "catalog/internal.h"
#include "schema/bounds.h"
#include "schema/json.h"

// Rows are being written: a failure from here on leaves them half done.
#define STORE(txn, expr)           \
    do {                           \
        (txn)->is_broken = true;   \
        TRY(expr);                 \
        (txn)->is_broken = false;  \
        (txn)->has_changed = true; \
    } while (0)

typedef struct Place {
    size_t database, table;
} Place;

static Rc find_database(Ctx *ctx, const CatalogTxn *txn, uint64_t id, size_t *out)
{
    ptrdiff_t at = find_database_index(txn->work, id);
    if (at == NOT_THERE) return FAIL(ctx, DATABASE_GONE, (unsigned long long)id);
    *out = (size_t)at;
    return RC_OK;
}

static Rc find_table(Ctx *ctx, const CatalogTxn *txn, uint64_t id, Place *out)
{
    for (size_t i = 0; i < txn->work->database_count; i++) {
        ptrdiff_t at = find_table_index(txn->work->databases[i], id);
        if (at == NOT_THERE) continue;
        *out = (Place){i, (size_t)at};
        return RC_OK;
    }
    return FAIL(ctx, TABLE_GONE, (unsigned long long)id);
}

static Rc find_partition(Ctx *ctx, const Table *table, uint64_t id, size_t *out)
{
    ptrdiff_t at = find_partition_index(table, id);
    if (at == NOT_THERE)
        return FAIL(ctx, PARTITION_GONE, (unsigned long long)id, STR_ARG(table->def->name));
    *out = (size_t)at;
    return RC_OK;
}

static const Database *database_at(const CatalogTxn *txn, Place place)
{
    return txn->work->databases[place.database];
}

static const Table *table_at(const CatalogTxn *txn, Place place)
{
    return database_at(txn, place)->tables[place.table];
}

static Table *edit_place(CatalogTxn *txn, Place place)
{
    Database *database = edit_database(txn->work, place.database, txn->number);
    return edit_table(database, place.table, txn->number);
}

// --- bodies. A definition is taken as its own JSON reads back: a start of the server will read
// nothing else, so what it would refuse is refused now (INV-4).

static Rc take_table_def(Ctx *ctx, const TableDef *def, DefHolder *holder, TableDef **out,
                         Str *body)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    Json *json = NULL;
    TableDef *read = NULL;
    table_def_to_json(&w, NULL, def);
    TRY(json_parse(ctx, buf_str(&buf), "The definition of a table", &json));
    TRY(table_def_from_json(ctx, json, &read));
    *body = buf_str(&buf);
    *out = table_def_copy(holder->arena, read);
    return RC_OK;
}

static Rc take_partition_def(Ctx *ctx, const TableDef *table, const PartitionDef *def,
                             DefHolder *holder, PartitionDef **out)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    Json *json = NULL;
    PartitionDef *read = NULL;
    partition_def_to_json(&w, NULL, def);
    TRY(json_parse(ctx, buf_str(&buf), "The definition of a partition", &json));
    TRY(partition_def_from_json(ctx, json, table, &read));
    *out = partition_def_copy(holder->arena, read);
    return RC_OK;
}

static Str partition_body(Ctx *ctx, const PartitionDef *def)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    partition_def_to_json(&w, NULL, def);
    return buf_str(&buf);
}

static ObjectRow object_row(const CatalogTxn *txn, ObjectKind kind, uint64_t id, Str name)
{
    return (ObjectRow){.kind = kind, .id = id, .from_txn = txn->number, .name = name};
}

// --- databases

Rc txn_create_database(Ctx *ctx, CatalogTxn *txn, const DatabaseDef *def)
{
    if (catalog_find_database(txn->work, def->name))
        return FAIL(ctx, DATABASE_EXISTS, STR_ARG(def->name));
    TRY(claims_check_new_database(ctx, txn, def->name));
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    Json *json = NULL;
    DatabaseDef *read = NULL;
    database_def_to_json(&w, NULL, def);
    TRY(json_parse(ctx, buf_str(&buf), "The definition of a database", &json));
    TRY(database_def_from_json(ctx, json, &read));
    ObjectRow row = object_row(txn, OBJECT_DATABASE, def->id, def->name);
    row.body = buf_str(&buf);
    STORE(txn, store_add_object(ctx, txn->catalog->meta, &row));
    DefHolder *holder = holder_new();
    read = database_def_copy(holder->arena, read);
    add_database(txn->work, database_new(holder, read, txn->number));
    holder_unref(holder);
    return RC_OK;
}

static Rc end_object(Ctx *ctx, CatalogTxn *txn, ObjectRow row, EndMark end)
{
    return store_end_object(ctx, txn->catalog->meta, &row, end);
}

static Rc end_partition(Ctx *ctx, CatalogTxn *txn, const Partition *partition, EndMark end)
{
    Meta *meta = txn->catalog->meta;
    uint64_t id = partition->def->id;
    ObjectRow row = {.kind = OBJECT_PARTITION, .id = id, .from_txn = partition->private.row_txn};
    TRY(end_object(ctx, txn, row, end));
    TRY(store_end_version(ctx, meta, id, partition->private.version_txn, end));
    TRY(store_end_vectors(ctx, meta, id, end));
    return store_end_rowsets(ctx, meta, id, end);
}

static Rc end_table(Ctx *ctx, CatalogTxn *txn, const Table *table, EndMark end)
{
    ObjectRow row = {
        .kind = OBJECT_TABLE, .id = table->def->id, .from_txn = table->private.row_txn};
    TRY(end_object(ctx, txn, row, end));
    for (size_t i = 0; i < table->partition_count; i++)
        TRY(end_partition(ctx, txn, table->partitions[i], end));
    return RC_OK;
}

static Rc end_database(Ctx *ctx, CatalogTxn *txn, const Database *database, EndMark end)
{
    ObjectRow row = {
        .kind = OBJECT_DATABASE, .id = database->def->id, .from_txn = database->private.row_txn};
    TRY(end_object(ctx, txn, row, end));
    for (size_t i = 0; i < database->table_count; i++)
        TRY(end_table(ctx, txn, database->tables[i], end));
    return RC_OK;
}

Rc txn_drop_database(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, bool is_forced)
{
    size_t at = 0;
    TRY(find_database(ctx, txn, database_id, &at));
    const Database *database = txn->work->databases[at];
    TRY(claims_check_drop_database(ctx, txn, database->def->name));
    STORE(txn, end_database(ctx, txn, database, (EndMark){txn->number, is_forced}));
    remove_database(txn->work, at);
    return RC_OK;
}

// --- tables

static Rc store_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, const Partition *partition)
{
    ObjectRow row = object_row(txn, OBJECT_PARTITION, partition->def->id, partition->def->name);
    row.parent = table_id;
    row.body = partition_body(ctx, partition->def);
    TRY(store_add_object(ctx, txn->catalog->meta, &row));
    VersionRow version = {.partition_id = partition->def->id,
                          .from_txn = txn->number,
                          .version = partition->version,
                          .time_ms = partition->version_time_ms,
                          .content_id = partition->content_id};
    return store_add_version(ctx, txn->catalog->meta, &version);
}

static Partition *new_partition(CatalogTxn *txn, DefHolder *holder, const PartitionDef *def)
{
    Partition *partition = partition_new(holder, def, txn->number);
    partition->version = 1;
    partition->version_time_ms = txn->time_ms;
    partition->content_id = uuid_new();
    return partition;
}

static Rc fill_table(Ctx *ctx, CatalogTxn *txn, Table *table, const PartitionDef *const *partitions,
                     size_t count)
{
    for (size_t i = 0; i < count; i++) {
        PartitionDef *def = NULL;
        TRY(take_partition_def(ctx, table->def, partitions[i], table->private.holder, &def));
        add_partition(table, new_partition(txn, table->private.holder, def));
    }
    return RC_OK;
}

static Rc store_table(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, const Table *table, Str body)
{
    ObjectRow row = object_row(txn, OBJECT_TABLE, table->def->id, table->def->name);
    row.parent = database_id;
    row.body = body;
    TRY(store_add_object(ctx, txn->catalog->meta, &row));
    for (size_t i = 0; i < table->partition_count; i++)
        TRY(store_partition(ctx, txn, table->def->id, table->partitions[i]));
    return RC_OK;
}

static void table_unref_at(Table **table)
{
    if (*table) table_unref(*table);
}

static void holder_unref_at(DefHolder **holder)
{
    holder_unref(*holder);
}

static void partition_unref_at(Partition **partition)
{
    if (*partition) partition_unref(*partition);
}

Rc txn_create_table(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, const TableDef *def,
                    PartitionDefs partitions)
{
    size_t at = 0;
    TRY(find_database(ctx, txn, database_id, &at));
    const Database *database = txn->work->databases[at];
    TRY(claims_check_table(ctx, txn, database->def->name, def->name));
    if (catalog_find_table(database, def->name)) return FAIL(ctx, TABLE_EXISTS, STR_ARG(def->name));
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    TableDef *taken = NULL;
    Str body;
    TRY(take_table_def(ctx, def, holder, &taken, &body));
    AUTO(table_unref_at) Table *table = table_new(holder, taken, txn->number);
    TRY(fill_table(ctx, txn, table, partitions.at, partitions.count));
    TRY(partitions_check(ctx, taken, partitions.at, partitions.count));
    STORE(txn, store_table(ctx, txn, database_id, table, body));
    add_table(edit_database(txn->work, at, txn->number), table);
    table = NULL;  // the tree owns it now
    return RC_OK;
}

Rc txn_drop_table(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, bool is_forced)
{
    Place place;
    TRY(find_table(ctx, txn, table_id, &place));
    const Table *table = table_at(txn, place);
    TRY(claims_check_table(ctx, txn, database_at(txn, place)->def->name, table->def->name));
    STORE(txn, end_table(ctx, txn, table, (EndMark){txn->number, is_forced}));
    remove_table(edit_database(txn->work, place.database, txn->number), place.table);
    return RC_OK;
}

// Every live rowset's schema must stay readable.
static Rc check_schemas(Ctx *ctx, const Table *table, const TableDef *def)
{
    for (size_t p = 0; p < table->partition_count; p++) {
        const Partition *partition = table->partitions[p];
        for (size_t r = 0; r < partition->rowset_count; r++) {
            uint32_t schema_id = partition->rowsets[r]->info.schema_id;
            if (!table_schema(def, schema_id))
                return FAIL(ctx, SCHEMA_CHANGED, STR_ARG(def->name), schema_id);
        }
    }
    return RC_OK;
}

static Rc check_rename(Ctx *ctx, const CatalogTxn *txn, const Database *database, Str from, Str to)
{
    TRY(claims_check_table(ctx, txn, database->def->name, from));
    if (str_eq(from, to)) return RC_OK;
    TRY(claims_check_table(ctx, txn, database->def->name, to));
    return catalog_find_table(database, to) ? FAIL(ctx, TABLE_EXISTS, STR_ARG(to)) : RC_OK;
}

static Rc store_altered(Ctx *ctx, CatalogTxn *txn, ObjectRow *row, uint64_t old_txn)
{
    EndMark end = {txn->number, false};
    TRY(end_object(ctx, txn, (ObjectRow){.kind = row->kind, .id = row->id, .from_txn = old_txn},
                   end));
    return store_add_object(ctx, txn->catalog->meta, row);
}

// A table out of its place, which its name decides, to be changed and added again.
static Table *take_table(const CatalogTxn *txn, Database *database, size_t at)
{
    Table *table = edit_table(database, at, txn->number);
    atomic_fetch_add(&table->refs, 1);
    remove_table(database, at);
    return table;
}

Rc txn_alter_table(Ctx *ctx, CatalogTxn *txn, const TableDef *def)
{
    Place place;
    TRY(find_table(ctx, txn, def->id, &place));
    const Table *known = table_at(txn, place);
    TRY(check_rename(ctx, txn, database_at(txn, place), known->def->name, def->name));
    TRY(check_schemas(ctx, known, def));
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    TableDef *taken = NULL;
    ObjectRow row = object_row(txn, OBJECT_TABLE, def->id, def->name);
    row.parent = database_at(txn, place)->def->id;
    TRY(take_table_def(ctx, def, holder, &taken, &row.body));
    STORE(txn, store_altered(ctx, txn, &row, known->private.row_txn));

    Database *database = edit_database(txn->work, place.database, txn->number);
    Table *table = take_table(txn, database, place.table);
    replace_def_table(table, holder, taken);
    table->private.row_txn = txn->number;
    add_table(database, table);
    return RC_OK;
}

// One of two tables that change their names.
typedef struct Swapped {
    Place place;
    const Table *known;
    DefHolder *holder;
    TableDef *def;
    ObjectRow row;
} Swapped;

static Rc read_swapped(Ctx *ctx, const CatalogTxn *txn, uint64_t table_id, Swapped *out)
{
    TRY(find_table(ctx, txn, table_id, &out->place));
    const Database *database = database_at(txn, out->place);
    out->known = table_at(txn, out->place);
    out->row = object_row(txn, OBJECT_TABLE, table_id, STR(""));
    out->row.parent = database->def->id;
    return claims_check_table(ctx, txn, database->def->name, out->known->def->name);
}

static Rc name_swapped(Ctx *ctx, Swapped *swapped, Str name)
{
    TableDef *def = table_def_copy(ctx->arena, swapped->known->def);
    def->name = name;
    swapped->row.name = name;
    return take_table_def(ctx, def, swapped->holder, &swapped->def, &swapped->row.body);
}

// Both old rows end before the new ones begin: of one name at most one row lives.
static Rc store_swapped(Ctx *ctx, CatalogTxn *txn, const Swapped *swapped)
{
    EndMark end = {txn->number, false};
    for (size_t i = 0; i < 2; i++) {
        ObjectRow old = {.kind = OBJECT_TABLE,
                         .id = swapped[i].row.id,
                         .from_txn = swapped[i].known->private.row_txn};
        TRY(end_object(ctx, txn, old, end));
    }
    for (size_t i = 0; i < 2; i++) TRY(store_add_object(ctx, txn->catalog->meta, &swapped[i].row));
    return RC_OK;
}

Rc txn_swap_tables(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, uint64_t other_id)
{
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    Swapped swapped[2] = {{.holder = holder}, {.holder = holder}};
    TRY(read_swapped(ctx, txn, table_id, &swapped[0]));
    TRY(read_swapped(ctx, txn, other_id, &swapped[1]));
    must(table_id != other_id && swapped[0].place.database == swapped[1].place.database);
    TRY(name_swapped(ctx, &swapped[0], swapped[1].known->def->name));
    TRY(name_swapped(ctx, &swapped[1], swapped[0].known->def->name));
    STORE(txn, store_swapped(ctx, txn, swapped));

    Database *database = edit_database(txn->work, swapped[0].place.database, txn->number);
    size_t first = swapped[0].place.table, second = swapped[1].place.table;
    Table *tables[2];
    tables[0] = take_table(txn, database, first);
    tables[1] = take_table(txn, database, second > first ? second - 1 : second);
    for (size_t i = 0; i < 2; i++) {
        replace_def_table(tables[i], holder, swapped[i].def);
        tables[i]->private.row_txn = txn->number;
        add_table(database, tables[i]);
    }
    return RC_OK;
}

// --- partitions

static Rc check_conflicts(Ctx *ctx, const Table *table, const PartitionDef *def)
{
    for (size_t i = 0; i < table->partition_count; i++) {
        const PartitionDef *other = table->partitions[i]->def;
        if (other->id != def->id) TRY(partition_check_conflict(ctx, table->def, def, other));
    }
    return RC_OK;
}

Rc txn_add_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, const PartitionDef *def)
{
    Place place;
    TRY(find_table(ctx, txn, table_id, &place));
    const Table *known = table_at(txn, place);
    TRY(claims_check_table(ctx, txn, database_at(txn, place)->def->name, known->def->name));
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    PartitionDef *taken = NULL;
    TRY(take_partition_def(ctx, known->def, def, holder, &taken));
    TRY(check_conflicts(ctx, known, taken));
    AUTO(partition_unref_at) Partition *partition = new_partition(txn, holder, taken);
    STORE(txn, store_partition(ctx, txn, table_id, partition));
    add_partition(edit_place(txn, place), partition);
    partition = NULL;  // the tree owns it now
    return RC_OK;
}

static Rc check_claims_of_new(Ctx *ctx, const CatalogTxn *txn, Place place, PartitionDefs defs,
                              bool is_load)
{
    Str database = database_at(txn, place)->def->name, table = table_at(txn, place)->def->name;
    if (!is_load) return claims_check_table(ctx, txn, database, table);
    for (size_t i = 0; i < defs.count; i++)
        TRY(claims_check_write(ctx, txn, database, table, defs.at[i]->name));
    return RC_OK;
}

// Together with those that the table has: sorted once, not compared one by one.
static Rc check_together(Ctx *ctx, const Table *table, PartitionDefs defs)
{
    size_t count = 0;
    const PartitionDef **all =
        ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count + defs.count);
    for (size_t i = 0; i < table->partition_count; i++) all[count++] = table->partitions[i]->def;
    for (size_t i = 0; i < defs.count; i++) all[count++] = defs.at[i];
    if (count > LIMIT_PARTITIONS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of partitions", (long long)LIMIT_PARTITIONS);
    return partitions_check(ctx, table->def, all, count);
}

Rc txn_add_partitions(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, PartitionDefs defs,
                      bool is_load)
{
    Place place;
    if (defs.count == 0) return RC_OK;
    TRY(find_table(ctx, txn, table_id, &place));
    const Table *known = table_at(txn, place);
    TRY(check_claims_of_new(ctx, txn, place, defs, is_load));
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    const PartitionDef **taken = ARENA_ARRAY(ctx->arena, const PartitionDef *, defs.count);
    for (size_t i = 0; i < defs.count; i++) {
        PartitionDef *def = NULL;
        TRY(take_partition_def(ctx, known->def, defs.at[i], holder, &def));
        taken[i] = def;
    }
    TRY(check_together(ctx, known, (PartitionDefs){taken, defs.count}));
    Table *table = edit_place(txn, place);
    for (size_t i = 0; i < defs.count; i++) {
        AUTO(partition_unref_at) Partition *partition = new_partition(txn, holder, taken[i]);
        STORE(txn, store_partition(ctx, txn, table_id, partition));
        add_partition(table, partition);
        partition = NULL;  // the tree owns it now
    }
    return RC_OK;
}

Rc txn_drop_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, uint64_t partition_id,
                      bool is_forced)
{
    Place place;
    size_t at = 0;
    TRY(find_table(ctx, txn, table_id, &place));
    const Table *known = table_at(txn, place);
    TRY(find_partition(ctx, known, partition_id, &at));
    TRY(claims_check_table(ctx, txn, database_at(txn, place)->def->name, known->def->name));
    EndMark end = {txn->number, is_forced};
    STORE(txn, end_partition(ctx, txn, known->partitions[at], end));
    remove_partition(edit_place(txn, place), at);
    return RC_OK;
}

// Neither name nor bounds change: nothing new to conflict with.
static bool is_in_same_place(Ctx *ctx, const Table *table, const PartitionDef *old,
                             const PartitionDef *def)
{
    const Type *types = table_partition_types(ctx->arena, table->def);
    if (old->is_temporary != def->is_temporary || !str_eq(old->name, def->name)) return false;
    if (table->def->method == PARTITION_RANGE) return range_eq(types, old, def);
    return table->def->method == PARTITION_NONE || list_eq(types, old, def);
}

Rc txn_alter_partition(Ctx *ctx, CatalogTxn *txn, uint64_t table_id, const PartitionDef *def)
{
    Place place;
    size_t at = 0;
    TRY(find_table(ctx, txn, table_id, &place));
    const Table *known = table_at(txn, place);
    TRY(find_partition(ctx, known, def->id, &at));
    TRY(claims_check_table(ctx, txn, database_at(txn, place)->def->name, known->def->name));
    AUTO(holder_unref_at) DefHolder *holder = holder_new();
    PartitionDef *taken = NULL;
    TRY(take_partition_def(ctx, known->def, def, holder, &taken));
    if (!is_in_same_place(ctx, known, known->partitions[at]->def, taken))
        TRY(check_conflicts(ctx, known, taken));
    ObjectRow row = object_row(txn, OBJECT_PARTITION, taken->id, taken->name);
    row.parent = table_id;
    row.body = partition_body(ctx, taken);
    STORE(txn, store_altered(ctx, txn, &row, known->partitions[at]->private.row_txn));

    Table *table = edit_place(txn, place);
    Partition *partition = edit_partition(table, at, txn->number);
    atomic_fetch_add(&partition->refs, 1);  // it changes place by its new bounds
    remove_partition(table, at);
    replace_def_partition(partition, holder, taken);
    partition->private.row_txn = txn->number;
    add_partition(table, partition);
    return RC_OK;
}

// --- rowsets

static ptrdiff_t find_rowset(const Partition *partition, uint64_t id)
{
    for (size_t i = 0; i < partition->rowset_count; i++)
        if (partition->rowsets[i]->info.id == id) return (ptrdiff_t)i;
    return NOT_THERE;
}

// The rowset that a vector belongs to: one that is there now and stays, or a new one.
typedef struct VectorTarget {
    const Rowset *known;  // NULL: a new one
    uint64_t row_count;
} VectorTarget;

static Rc find_target(Ctx *ctx, const Partition *partition, const RowsetChange *change,
                      const VectorChange *vector, VectorTarget *out)
{
    ptrdiff_t at = change->ends_all ? NOT_THERE : find_rowset(partition, vector->rowset_id);
    for (size_t i = 0; i < change->end_count; i++)
        if (change->end_ids[i] == vector->rowset_id) at = NOT_THERE;
    if (at != NOT_THERE) {
        const Rowset *known = partition->rowsets[at];
        *out = (VectorTarget){known, known->info.row_count};
        return RC_OK;
    }
    for (size_t i = 0; i < change->add_count; i++) {
        if (change->add[i].id != vector->rowset_id) continue;
        *out = (VectorTarget){NULL, change->add[i].row_count};
        return RC_OK;
    }
    return FAIL(ctx, ROWSET_GONE, (unsigned long long)vector->rowset_id,
                STR_ARG(partition->def->name));
}

// The vectors of a change, read and checked; each one is a reference.
typedef struct ReadVectors {
    Positions **at;
    size_t count;
} ReadVectors;

static void read_vectors_end(ReadVectors *vectors)
{
    for (size_t i = 0; i < vectors->count; i++) positions_unref(vectors->at[i]);
}

// What a start of the server would refuse is refused here (INV-4, INV-38).
static Rc read_vectors(Ctx *ctx, const Partition *partition, const RowsetChange *change,
                       ReadVectors *out)
{
    out->at = ARENA_ARRAY(ctx->arena, Positions *, change->vector_count);
    for (size_t i = 0; i < change->vector_count; i++) {
        const VectorChange *vector = &change->vectors[i];
        VectorTarget target;
        TRY(find_target(ctx, partition, change, vector, &target));
        TRY(positions_read(ctx, vector->bytes, target.row_count, vector->info.cardinality,
                           &out->at[i]));
        out->count++;
        const Rowset *known = target.known;
        if (!known || !known->deleted) continue;
        if (vector->info.cardinality <= known->vector.cardinality ||
            !positions_cover(out->at[i], known->deleted))
            return FAIL(ctx, BUG, "a delete vector would bring rows back");
    }
    return RC_OK;
}

static Rc check_change(Ctx *ctx, const CatalogTxn *txn, Place place, const Partition *partition,
                       const RowsetChange *change)
{
    Str database = database_at(txn, place)->def->name;
    const Table *table = table_at(txn, place);
    bool is_truncate = change->ends_all && change->add_count == 0;
    if (is_truncate)
        TRY(claims_check_table(ctx, txn, database, table->def->name));
    else
        TRY(claims_check_write(ctx, txn, database, table->def->name, partition->def->name));
    for (size_t i = 0; i < change->add_count; i++)
        if (!table_schema(table->def, change->add[i].schema_id))
            return FAIL(ctx, SCHEMA_CHANGED, STR_ARG(table->def->name), change->add[i].schema_id);
    for (size_t i = 0; !change->ends_all && i < change->end_count; i++)
        if (find_rowset(partition, change->end_ids[i]) == NOT_THERE)
            return FAIL(ctx, ROWSET_GONE, (unsigned long long)change->end_ids[i],
                        STR_ARG(table->def->name));
    return RC_OK;
}

// What a change makes of its partition: decided once, then written and shown.
typedef struct RowsetEffect {
    const RowsetChange *change;
    const ReadVectors *vectors;
    VersionRow version;
    uint64_t next_sequence;
} RowsetEffect;

static RowsetEffect effect_of(const CatalogTxn *txn, const Partition *partition,
                              const RowsetChange *change)
{
    size_t count = partition->rowset_count;
    uint64_t last = count > 0 ? partition->rowsets[count - 1]->info.sequence : 0;
    return (RowsetEffect){
        .change = change,
        .version = {.partition_id = partition->def->id,
                    .from_txn = txn->number,
                    .version = change->version ? change->version : partition->version + 1,
                    .time_ms = txn->time_ms,
                    .content_id = change->content_id ? *change->content_id : uuid_new()},
        .next_sequence = last + 1,
    };
}

static RowsetInfo info_with_sequence(const RowsetEffect *effect, size_t index)
{
    RowsetInfo info = effect->change->add[index];
    size_t step = effect->change->is_one_write ? 0 : index;
    if (info.sequence == 0) info.sequence = effect->next_sequence + step;
    return info;
}

static uint64_t oldest_living(Catalog *catalog)
{
    lock_take(&catalog->lock);
    uint64_t txn = catalog->oldest->txn;
    lock_give(&catalog->lock);
    return txn;
}

// What a vector replaces is of no use to the trash: a rowset comes back with what it had when it
// ended. A job that pinned the snapshot before may still be about to list it.
static Rc store_vectors(Ctx *ctx, CatalogTxn *txn, const RowsetChange *change)
{
    Meta *meta = txn->catalog->meta;
    uint64_t oldest = change->vector_count ? oldest_living(txn->catalog) : 0;
    for (size_t i = 0; i < change->vector_count; i++) {
        const VectorChange *vector = &change->vectors[i];
        VectorRow row = {vector->rowset_id, txn->number, vector->info, vector->bytes};
        TRY(store_end_vector(ctx, meta, row.rowset_id, (EndMark){txn->number, true}));
        TRY(store_forget_replaced(ctx, meta, row.rowset_id, oldest));
        TRY(store_add_vector(ctx, meta, &row));
    }
    return RC_OK;
}

static Rc store_change(Ctx *ctx, CatalogTxn *txn, const Partition *partition,
                       const RowsetEffect *effect)
{
    const RowsetChange *change = effect->change;
    Catalog *catalog = txn->catalog;
    EndMark end = {txn->number, change->is_forced};
    if (change->ends_all) {
        TRY(store_end_vectors(ctx, catalog->meta, change->partition_id, end));
        TRY(store_end_rowsets(ctx, catalog->meta, change->partition_id, end));
    }
    for (size_t i = 0; !change->ends_all && i < change->end_count; i++) {
        TRY(store_end_vector(ctx, catalog->meta, change->end_ids[i], end));
        TRY(store_end_rowset(ctx, catalog->meta, change->end_ids[i], end));
    }
    for (size_t i = 0; i < change->add_count; i++) {
        RowsetRow row = {change->table_id, change->partition_id, txn->number,
                         info_with_sequence(effect, i)};
        TRY(store_add_rowset(ctx, catalog->meta, &row, catalog->root));
    }
    TRY(store_vectors(ctx, txn, change));
    EndMark plain = {txn->number, false};
    TRY(store_end_version(ctx, catalog->meta, change->partition_id, partition->private.version_txn,
                          plain));
    return store_add_version(ctx, catalog->meta, &effect->version);
}

static void show_change(Partition *partition, const RowsetEffect *effect)
{
    const RowsetChange *change = effect->change;
    if (change->ends_all) clear_rowsets(partition);
    for (size_t i = 0; !change->ends_all && i < change->end_count; i++)
        remove_rowset(partition, (size_t)find_rowset(partition, change->end_ids[i]));
    for (size_t i = 0; i < change->add_count; i++) {
        RowsetInfo info = info_with_sequence(effect, i);
        add_rowset(partition, rowset_new(&info));
    }
    for (size_t i = 0; i < change->vector_count; i++) {
        size_t at = (size_t)find_rowset(partition, change->vectors[i].rowset_id);
        replace_rowset(partition, at,
                       rowset_with_vector(partition->rowsets[at], &change->vectors[i].info,
                                          effect->vectors->at[i]));
    }
    partition->version = effect->version.version;
    partition->version_time_ms = effect->version.time_ms;
    partition->content_id = effect->version.content_id;
    partition->private.version_txn = effect->version.from_txn;
}

Rc txn_change_rowsets(Ctx *ctx, CatalogTxn *txn, const RowsetChange *change)
{
    Place place;
    size_t at = 0;
    TRY(find_table(ctx, txn, change->table_id, &place));
    const Table *known = table_at(txn, place);
    TRY(find_partition(ctx, known, change->partition_id, &at));
    const Partition *partition = known->partitions[at];
    TRY(check_change(ctx, txn, place, partition, change));
    AUTO(read_vectors_end) ReadVectors vectors = {0};
    TRY(read_vectors(ctx, partition, change, &vectors));
    RowsetEffect effect = effect_of(txn, partition, change);
    effect.vectors = &vectors;
    STORE(txn, store_change(ctx, txn, partition, &effect));
    Table *table = edit_place(txn, place);
    Partition *edited = edit_partition(table, at, txn->number);
    uint64_t rows = edited->row_count, bytes = edited->size_bytes;
    show_change(edited, &effect);
    table->row_count += edited->row_count - rows;  // unsigned: a difference below zero wraps back
    table->size_bytes += edited->size_bytes - bytes;
    return RC_OK;
}

// --- repositories

Rc txn_create_repository(Ctx *ctx, CatalogTxn *txn, const RepositoryDef *def)
{
    if (catalog_find_repository(txn->work, def->name))
        return FAIL(ctx, REPOSITORY_EXISTS, STR_ARG(def->name));
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    Json *json = NULL;
    RepositoryDef *read = NULL;
    repository_def_to_json(&w, NULL, def);
    TRY(json_parse(ctx, buf_str(&buf), "The definition of a repository", &json));
    TRY(repository_def_from_json(ctx, json, &read));
    ObjectRow row = object_row(txn, OBJECT_REPOSITORY, def->id, def->name);
    row.body = buf_str(&buf);
    STORE(txn, store_add_object(ctx, txn->catalog->meta, &row));
    DefHolder *holder = holder_new();
    read = repository_def_copy(holder->arena, read);
    add_repository(txn->work, repository_new(holder, read, txn->number));
    holder_unref(holder);
    return RC_OK;
}

Rc txn_drop_repository(Ctx *ctx, CatalogTxn *txn, uint64_t repository_id)
{
    ptrdiff_t at = find_repository_index(txn->work, repository_id);
    if (at == NOT_THERE) return FAIL(ctx, REPOSITORY_GONE, (unsigned long long)repository_id);
    const Repository *repository = txn->work->repositories[at];
    ObjectRow row = {
        .kind = OBJECT_REPOSITORY, .id = repository_id, .from_txn = repository->private.row_txn};
    STORE(txn, end_object(ctx, txn, row, (EndMark){txn->number, false}));
    remove_repository(txn->work, (size_t)at);
    return RC_OK;
}

// --- settings

Rc txn_set_setting(Ctx *ctx, CatalogTxn *txn, Str key, Str value)
{
    bool has_changed = txn->has_changed;
    STORE(txn, store_set_setting(ctx, txn->catalog->meta, key, value));
    txn->has_changed = has_changed;  // not part of the tree
    return RC_OK;
}
