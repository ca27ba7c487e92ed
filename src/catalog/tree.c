/*
 * catalog/tree: nodes with counted references, copied along the path of a change.
 *
 * Form    snapshot -> databases, repositories; database -> tables; table -> partitions; partition
 * -> rowsets. Children are arrays of pointers in order, each holding one reference. Errors  none.
 * Threads INV-7: a node is written only by the transaction that made it, before it is published;
 * counts are atomic, since readers let go at any time.
 */
#include "catalog/tree.h"
#include "schema/bounds.h"

// --- memory of definitions

DefHolder *holder_new(void)
{
    DefHolder *holder = mem_alloc(sizeof(*holder));
    atomic_init(&holder->refs, 1);
    holder->arena = arena_new();
    return holder;
}

DefHolder *holder_ref(DefHolder *holder)
{
    atomic_fetch_add(&holder->refs, 1);
    return holder;
}

void holder_unref(DefHolder *holder)
{
    if (!holder || atomic_fetch_sub(&holder->refs, 1) != 1) return;
    arena_free(holder->arena);
    free(holder);
}

// --- nodes

Rowset *rowset_new(const RowsetInfo *info)
{
    Rowset *rowset = mem_alloc(sizeof(*rowset));
    atomic_init(&rowset->refs, 1);
    rowset->info = *info;
    return rowset;
}

Rowset *rowset_with_vector(const Rowset *from, const VectorInfo *vector, Positions *deleted)
{
    Rowset *rowset = rowset_new(&from->info);
    rowset->vector = *vector;
    rowset->deleted = positions_ref(deleted);
    return rowset;
}

Partition *partition_new(DefHolder *holder, const PartitionDef *def, uint64_t txn)
{
    Partition *partition = mem_alloc(sizeof(*partition));
    atomic_init(&partition->refs, 1);
    partition->def = def;
    partition->private.holder = holder_ref(holder);
    partition->private.made_by = partition->private.row_txn = partition->private.version_txn = txn;
    return partition;
}

Table *table_new(DefHolder *holder, const TableDef *def, uint64_t txn)
{
    Table *table = mem_alloc(sizeof(*table));
    atomic_init(&table->refs, 1);
    table->def = def;
    table->private.holder = holder_ref(holder);
    table->private.made_by = table->private.row_txn = txn;
    return table;
}

Database *database_new(DefHolder *holder, const DatabaseDef *def, uint64_t txn)
{
    Database *database = mem_alloc(sizeof(*database));
    atomic_init(&database->refs, 1);
    database->def = def;
    database->private.holder = holder_ref(holder);
    database->private.made_by = database->private.row_txn = txn;
    return database;
}

Repository *repository_new(DefHolder *holder, const RepositoryDef *def, uint64_t txn)
{
    Repository *repository = mem_alloc(sizeof(*repository));
    atomic_init(&repository->refs, 1);
    repository->def = def;
    repository->private.holder = holder_ref(holder);
    repository->private.row_txn = txn;
    return repository;
}

CatalogSnapshot *snapshot_new(uint64_t txn)
{
    CatalogSnapshot *snapshot = mem_alloc(sizeof(*snapshot));
    atomic_init(&snapshot->refs, 1);
    snapshot->txn = txn;
    return snapshot;
}

void rowset_unref(Rowset *rowset)
{
    if (atomic_fetch_sub(&rowset->refs, 1) != 1) return;
    positions_unref(rowset->deleted);
    free(rowset);
}

void partition_unref(Partition *partition)
{
    if (atomic_fetch_sub(&partition->refs, 1) != 1) return;
    for (size_t i = 0; i < partition->rowset_count; i++) rowset_unref(partition->rowsets[i]);
    free(partition->rowsets);
    holder_unref(partition->private.holder);
    free(partition);
}

void table_unref(Table *table)
{
    if (atomic_fetch_sub(&table->refs, 1) != 1) return;
    for (size_t i = 0; i < table->partition_count; i++) partition_unref(table->partitions[i]);
    free(table->partitions);
    free(table->private.partition_ids);
    holder_unref(table->private.holder);
    free(table);
}

void database_unref(Database *database)
{
    if (atomic_fetch_sub(&database->refs, 1) != 1) return;
    for (size_t i = 0; i < database->table_count; i++) table_unref(database->tables[i]);
    free(database->tables);
    free(database->private.table_ids);
    holder_unref(database->private.holder);
    free(database);
}

void repository_unref(Repository *repository)
{
    if (atomic_fetch_sub(&repository->refs, 1) != 1) return;
    holder_unref(repository->private.holder);
    free(repository);
}

void snapshot_free(CatalogSnapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->database_count; i++) database_unref(snapshot->databases[i]);
    for (size_t i = 0; i < snapshot->repository_count; i++)
        repository_unref(snapshot->repositories[i]);
    free(snapshot->databases);
    free(snapshot->repositories);
    free(snapshot);
}

// --- arrays: all of them hold 8-byte elements, exactly as many as are used

static void *copy_array(const void *from, size_t count)
{
    void *to = mem_alloc(count * sizeof(uint64_t));
    if (count > 0) memcpy(to, from, count * sizeof(uint64_t));
    return to;
}
_Static_assert(sizeof(void *) == sizeof(uint64_t), "pointers and ids share the array code");

// Makes room for one element at `index` of `count`.
static void *open_gap(void *array, size_t count, size_t index)
{
    uint64_t *grown = mem_grow(array, (count + 1) * sizeof(*grown));
    memmove(grown + index + 1, grown + index, (count - index) * sizeof(*grown));
    return grown;
}

static void close_gap(void *array, size_t count, size_t index)
{
    uint64_t *elements = array;
    memmove(elements + index, elements + index + 1, (count - index - 1) * sizeof(*elements));
}

// --- clones: the same children, one reference more on each

CatalogSnapshot *snapshot_clone(const CatalogSnapshot *from, uint64_t txn)
{
    CatalogSnapshot *to = snapshot_new(txn);
    to->database_count = from->database_count;
    to->databases = copy_array(from->databases, from->database_count);
    to->repository_count = from->repository_count;
    to->repositories = copy_array(from->repositories, from->repository_count);
    for (size_t i = 0; i < to->database_count; i++) atomic_fetch_add(&to->databases[i]->refs, 1);
    for (size_t i = 0; i < to->repository_count; i++)
        atomic_fetch_add(&to->repositories[i]->refs, 1);
    return to;
}

static Database *clone_database(const Database *from, uint64_t txn)
{
    Database *to = database_new(from->private.holder, from->def, txn);
    to->private.row_txn = from->private.row_txn;
    to->table_count = from->table_count;
    to->tables = copy_array(from->tables, from->table_count);
    to->private.table_ids = copy_array(from->private.table_ids, from->table_count);
    for (size_t i = 0; i < to->table_count; i++) atomic_fetch_add(&to->tables[i]->refs, 1);
    return to;
}

static Table *clone_table(const Table *from, uint64_t txn)
{
    Table *to = table_new(from->private.holder, from->def, txn);
    to->private.row_txn = from->private.row_txn;
    to->row_count = from->row_count;
    to->size_bytes = from->size_bytes;
    to->partition_count = from->partition_count;
    to->partitions = copy_array(from->partitions, from->partition_count);
    to->private.partition_ids = copy_array(from->private.partition_ids, from->partition_count);
    for (size_t i = 0; i < to->partition_count; i++) atomic_fetch_add(&to->partitions[i]->refs, 1);
    return to;
}

static Partition *clone_partition(const Partition *from, uint64_t txn)
{
    Partition *to = partition_new(from->private.holder, from->def, txn);
    to->private.row_txn = from->private.row_txn;
    to->private.version_txn = from->private.version_txn;
    to->version = from->version;
    to->version_time_ms = from->version_time_ms;
    to->content_id = from->content_id;
    to->row_count = from->row_count;
    to->size_bytes = from->size_bytes;
    to->rowset_count = from->rowset_count;
    to->rowsets = copy_array(from->rowsets, from->rowset_count);
    for (size_t i = 0; i < to->rowset_count; i++) atomic_fetch_add(&to->rowsets[i]->refs, 1);
    return to;
}

Database *edit_database(CatalogSnapshot *snapshot, size_t index, uint64_t txn)
{
    Database *known = snapshot->databases[index];
    if (known->private.made_by == txn) return known;
    snapshot->databases[index] = clone_database(known, txn);
    database_unref(known);
    return snapshot->databases[index];
}

Table *edit_table(Database *database, size_t index, uint64_t txn)
{
    Table *known = database->tables[index];
    if (known->private.made_by == txn) return known;
    database->tables[index] = clone_table(known, txn);
    table_unref(known);
    return database->tables[index];
}

Partition *edit_partition(Table *table, size_t index, uint64_t txn)
{
    Partition *known = table->partitions[index];
    if (known->private.made_by == txn) return known;
    table->partitions[index] = clone_partition(known, txn);
    partition_unref(known);
    return table->partitions[index];
}

// --- children by order

// Index of the first child whose name is not below `name`.
static size_t place_of_table(const Database *database, Str name)
{
    size_t low = 0, high = database->table_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(database->tables[middle]->def->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t place_of_database(const CatalogSnapshot *snapshot, Str name)
{
    size_t low = 0, high = snapshot->database_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(snapshot->databases[middle]->def->name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t place_of_repository(const CatalogSnapshot *snapshot, Str name)
{
    size_t at = 0;
    while (at < snapshot->repository_count &&
           str_cmp(snapshot->repositories[at]->def->name, name) < 0)
        at++;
    return at;
}

// RANGE: by lower bound; else by id, which is the order of creation.
static bool is_partition_before(const Table *table, const Type *types, const Partition *a,
                                const Partition *b)
{
    if (table->def->method != PARTITION_RANGE) return a->def->id < b->def->id;
    int order = bounds_compare(types, a->def->width, a->def->lower, b->def->lower);
    return order != 0 ? order < 0 : a->def->id < b->def->id;
}

static size_t place_of_partition(const Table *table, const Partition *partition)
{
    Arena *arena = arena_new();
    Type *types = table_partition_types(arena, table->def);
    size_t low = 0, high = table->partition_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_partition_before(table, types, table->partitions[middle], partition))
            low = middle + 1;
        else
            high = middle;
    }
    arena_free(arena);
    return low;
}

void add_database(CatalogSnapshot *snapshot, Database *database)
{
    size_t at = place_of_database(snapshot, database->def->name);
    snapshot->databases = open_gap(snapshot->databases, snapshot->database_count, at);
    snapshot->databases[at] = database;
    snapshot->database_count++;
}

void add_repository(CatalogSnapshot *snapshot, Repository *repository)
{
    size_t at = place_of_repository(snapshot, repository->def->name);
    snapshot->repositories = open_gap(snapshot->repositories, snapshot->repository_count, at);
    snapshot->repositories[at] = repository;
    snapshot->repository_count++;
}

void add_table(Database *database, Table *table)
{
    size_t at = place_of_table(database, table->def->name);
    database->tables = open_gap(database->tables, database->table_count, at);
    database->private.table_ids = open_gap(database->private.table_ids, database->table_count, at);
    database->tables[at] = table;
    database->private.table_ids[at] = table->def->id;
    database->table_count++;
}

void add_partition(Table *table, Partition *partition)
{
    size_t at = place_of_partition(table, partition);
    table->partitions = open_gap(table->partitions, table->partition_count, at);
    table->private.partition_ids =
        open_gap(table->private.partition_ids, table->partition_count, at);
    table->partitions[at] = partition;
    table->private.partition_ids[at] = partition->def->id;
    table->partition_count++;
    table->row_count += partition->row_count;
    table->size_bytes += partition->size_bytes;
}

void add_rowset(Partition *partition, Rowset *rowset)
{
    size_t at = partition->rowset_count;
    while (at > 0 && partition->rowsets[at - 1]->info.sequence > rowset->info.sequence) at--;
    partition->rowsets = open_gap(partition->rowsets, partition->rowset_count, at);
    partition->rowsets[at] = rowset;
    partition->rowset_count++;
    partition->row_count += rowset_live_rows(rowset);
    partition->size_bytes += rowset->info.size_bytes;
}

void remove_database(CatalogSnapshot *snapshot, size_t index)
{
    database_unref(snapshot->databases[index]);
    close_gap(snapshot->databases, snapshot->database_count--, index);
}

void remove_repository(CatalogSnapshot *snapshot, size_t index)
{
    repository_unref(snapshot->repositories[index]);
    close_gap(snapshot->repositories, snapshot->repository_count--, index);
}

void remove_table(Database *database, size_t index)
{
    table_unref(database->tables[index]);
    close_gap(database->tables, database->table_count, index);
    close_gap(database->private.table_ids, database->table_count--, index);
}

void remove_partition(Table *table, size_t index)
{
    table->row_count -= table->partitions[index]->row_count;
    table->size_bytes -= table->partitions[index]->size_bytes;
    partition_unref(table->partitions[index]);
    close_gap(table->partitions, table->partition_count, index);
    close_gap(table->private.partition_ids, table->partition_count--, index);
}

void clear_rowsets(Partition *partition)
{
    for (size_t i = 0; i < partition->rowset_count; i++) rowset_unref(partition->rowsets[i]);
    partition->rowset_count = 0;
    partition->row_count = partition->size_bytes = 0;
}

void remove_rowset(Partition *partition, size_t index)
{
    partition->row_count -= rowset_live_rows(partition->rowsets[index]);
    partition->size_bytes -= partition->rowsets[index]->info.size_bytes;
    rowset_unref(partition->rowsets[index]);
    close_gap(partition->rowsets, partition->rowset_count--, index);
}

void replace_rowset(Partition *partition, size_t index, Rowset *rowset)
{
    Rowset *known = partition->rowsets[index];
    must(known->info.id == rowset->info.id);
    partition->row_count -= rowset_live_rows(known);
    partition->row_count += rowset_live_rows(rowset);
    partition->rowsets[index] = rowset;
    rowset_unref(known);
}

void recount_partition(Partition *partition)
{
    partition->row_count = 0;
    for (size_t i = 0; i < partition->rowset_count; i++)
        partition->row_count += rowset_live_rows(partition->rowsets[i]);
}

void recount_table(Table *table)
{
    table->row_count = table->size_bytes = 0;
    for (size_t i = 0; i < table->partition_count; i++) {
        table->row_count += table->partitions[i]->row_count;
        table->size_bytes += table->partitions[i]->size_bytes;
    }
}

void replace_def_table(Table *table, DefHolder *holder, const TableDef *def)
{
    DefHolder *old = table->private.holder;
    table->private.holder = holder_ref(holder);
    table->def = def;
    holder_unref(old);
}

void replace_def_partition(Partition *partition, DefHolder *holder, const PartitionDef *def)
{
    DefHolder *old = partition->private.holder;
    partition->private.holder = holder_ref(holder);
    partition->def = def;
    holder_unref(old);
}

// --- look-ups

static ptrdiff_t find_id(const uint64_t *ids, size_t count, uint64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id) return (ptrdiff_t)i;
    return NOT_THERE;
}

ptrdiff_t find_table_index(const Database *database, uint64_t id)
{
    return find_id(database->private.table_ids, database->table_count, id);
}

ptrdiff_t find_partition_index(const Table *table, uint64_t id)
{
    return find_id(table->private.partition_ids, table->partition_count, id);
}

ptrdiff_t find_database_index(const CatalogSnapshot *snapshot, uint64_t id)
{
    for (size_t i = 0; i < snapshot->database_count; i++)
        if (snapshot->databases[i]->def->id == id) return (ptrdiff_t)i;
    return NOT_THERE;
}

ptrdiff_t find_repository_index(const CatalogSnapshot *snapshot, uint64_t id)
{
    for (size_t i = 0; i < snapshot->repository_count; i++)
        if (snapshot->repositories[i]->def->id == id) return (ptrdiff_t)i;
    return NOT_THERE;
}

const Database *catalog_find_database(const CatalogSnapshot *snapshot, Str name)
{
    size_t at = place_of_database(snapshot, name);
    bool is_found =
        at < snapshot->database_count && str_eq(snapshot->databases[at]->def->name, name);
    return is_found ? snapshot->databases[at] : NULL;
}

const Database *catalog_find_database_id(const CatalogSnapshot *snapshot, uint64_t id)
{
    ptrdiff_t at = find_database_index(snapshot, id);
    return at == NOT_THERE ? NULL : snapshot->databases[at];
}

const Table *catalog_find_table(const Database *database, Str name)
{
    size_t at = place_of_table(database, name);
    bool is_found = at < database->table_count && str_eq(database->tables[at]->def->name, name);
    return is_found ? database->tables[at] : NULL;
}

const Table *catalog_find_table_id(const Database *database, uint64_t id)
{
    ptrdiff_t at = find_table_index(database, id);
    return at == NOT_THERE ? NULL : database->tables[at];
}

const Partition *catalog_find_partition_id(const Table *table, uint64_t id)
{
    ptrdiff_t at = find_partition_index(table, id);
    return at == NOT_THERE ? NULL : table->partitions[at];
}

const Partition *catalog_find_partition(const Table *table, Str name)
{
    for (size_t i = 0; i < table->partition_count; i++)
        if (str_eq_nocase(table->partitions[i]->def->name, name)) return table->partitions[i];
    return NULL;
}

const Repository *catalog_find_repository(const CatalogSnapshot *snapshot, Str name)
{
    size_t at = place_of_repository(snapshot, name);
    bool is_found =
        at < snapshot->repository_count && str_eq(snapshot->repositories[at]->def->name, name);
    return is_found ? snapshot->repositories[at] : NULL;
}

const Repository *catalog_find_repository_id(const CatalogSnapshot *snapshot, uint64_t id)
{
    ptrdiff_t at = find_repository_index(snapshot, id);
    return at == NOT_THERE ? NULL : snapshot->repositories[at];
}
