#ifndef CATALOG_TREE_H
#define CATALOG_TREE_H
#include "catalog/catalog.h"

// The tree of nodes behind a CatalogSnapshot: counted references, and path copying. Private to
// catalog/. A node with made_by == txn belongs to that transaction alone and is changed in place;
// any other is cloned first, sharing its children. Indexes, not pointers, name children: a clone
// moves them.

struct DefHolder {
    atomic_int refs;
    Arena *arena;
};
DefHolder *holder_new(void);  // one reference, the caller's
DefHolder *holder_ref(DefHolder *holder);
void holder_unref(DefHolder *holder);

// New nodes have one reference, which the add functions below take over. Nodes take their own on
// `holder`.
Rowset *rowset_new(const RowsetInfo *info);
// The same rowset with other rows deleted. Takes its own reference on `deleted`.
Rowset *rowset_with_vector(const Rowset *from, const VectorInfo *vector, Positions *deleted);
Partition *partition_new(DefHolder *holder, const PartitionDef *def, uint64_t txn);
Table *table_new(DefHolder *holder, const TableDef *def, uint64_t txn);
Database *database_new(DefHolder *holder, const DatabaseDef *def, uint64_t txn);
Repository *repository_new(DefHolder *holder, const RepositoryDef *def, uint64_t txn);
CatalogSnapshot *snapshot_new(uint64_t txn);
CatalogSnapshot *snapshot_clone(const CatalogSnapshot *from, uint64_t txn);

void rowset_unref(Rowset *rowset);
void partition_unref(Partition *partition);
void table_unref(Table *table);
void database_unref(Database *database);
void repository_unref(Repository *repository);
void snapshot_free(CatalogSnapshot *snapshot);  // whatever its count says: catalog.c guards it

// The same child, writable by `txn`.
Database *edit_database(CatalogSnapshot *snapshot, size_t index, uint64_t txn);
Table *edit_table(Database *database, size_t index, uint64_t txn);
Partition *edit_partition(Table *table, size_t index, uint64_t txn);

// Into its place by order; totals are kept. Parents must be writable.
void add_database(CatalogSnapshot *snapshot, Database *database);
void add_repository(CatalogSnapshot *snapshot, Repository *repository);
void add_table(Database *database, Table *table);
void add_partition(Table *table, Partition *partition);
void add_rowset(Partition *partition, Rowset *rowset);  // totals of the partition only
void remove_database(CatalogSnapshot *snapshot, size_t index);
void remove_repository(CatalogSnapshot *snapshot, size_t index);
void remove_table(Database *database, size_t index);
void remove_partition(Table *table, size_t index);
void clear_rowsets(Partition *partition);
void remove_rowset(Partition *partition, size_t index);
void replace_rowset(Partition *partition, size_t index, Rowset *rowset);  // of the same place
void recount_partition(Partition *partition);
void recount_table(Table *table);
// Definitions with another name or order: take out, change, put back.
void replace_def_table(Table *table, DefHolder *holder, const TableDef *def);
void replace_def_partition(Partition *partition, DefHolder *holder, const PartitionDef *def);

enum { NOT_THERE = -1 };
ptrdiff_t find_database_index(const CatalogSnapshot *snapshot, uint64_t id);
ptrdiff_t find_table_index(const Database *database, uint64_t id);
ptrdiff_t find_partition_index(const Table *table, uint64_t id);
ptrdiff_t find_repository_index(const CatalogSnapshot *snapshot, uint64_t id);

#endif
