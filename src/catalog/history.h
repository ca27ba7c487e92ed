#ifndef CATALOG_HISTORY_H
#define CATALOG_HISTORY_H
#include "catalog/store.h"
#include "catalog/trash.h"

// Rows that ended. Private to catalog/; the same rules as store.h.

// What one transaction ended and the trash keeps, each row checked against its digest.
typedef struct History {
    uint64_t txn;
    size_t object_count;
    ObjectRow *objects;  // by kind and id
    size_t version_count;
    VersionRow *versions;  // by partition
    size_t rowset_count;
    RowsetRow *rowsets;  // by partition and sequence
} History;
NODISCARD Rc history_load(Ctx *ctx, Meta *meta, uint64_t txn, History *out);
const ObjectRow *history_object(const History *history, ObjectKind kind, uint64_t id);
const VersionRow *history_version(const History *history, uint64_t partition_id);
// Rowsets of the partition; *count of them.
const RowsetRow *history_rowsets(const History *history, uint64_t partition_id, size_t *count);

// An object as a transaction found or left it.
typedef struct ObjectAt {
    ObjectKind kind;
    uint64_t id, txn;
} ObjectAt;

// The newest object of that name whose last row ended after `horizon` and was not forced. `id` 0:
// any.
typedef struct TrashQuery {
    ObjectKind kind;
    uint64_t parent;
    Str name;  // of partitions without case
    uint64_t id;
    uint64_t horizon;
} TrashQuery;
// at->id 0: there is none; else at->txn ended it.
NODISCARD Rc history_find(Ctx *ctx, Meta *meta, const TrashQuery *query, ObjectAt *at);

// Whether it has a row that begins in `txn` or later: it lives again, or it went on.
NODISCARD Rc history_goes_on(Ctx *ctx, Meta *meta, ObjectAt at, bool *out);
// The row that lived just before `txn`. out->id 0: the object did not exist then.
NODISCARD Rc history_object_before(Ctx *ctx, Meta *meta, ObjectAt at, ObjectRow *out);
// Whether a version of the partition began in `txn`.
NODISCARD Rc history_has_version(Ctx *ctx, Meta *meta, uint64_t partition_id, uint64_t txn,
                                 bool *out);

// --- undo
typedef struct UndoRow {
    uint64_t id, table_id, txn;
    UndoCause cause;
} UndoRow;
NODISCARD Rc history_ensure(Ctx *ctx, Meta *meta);
NODISCARD Rc history_add_undo(Ctx *ctx, Meta *meta, const UndoRow *row);
// row->id and row->table_id name it. row->txn 0: there is none.
NODISCARD Rc history_find_undo(Ctx *ctx, Meta *meta, UndoRow *row);
typedef Rc (*UndoVisit)(Ctx *ctx, void *handle, const UndoRow *row);
NODISCARD Rc history_each_undo(Ctx *ctx, Meta *meta, UndoVisit visit, void *handle);
NODISCARD Rc history_purge_undo(Ctx *ctx, Meta *meta, uint64_t txn, int64_t max);

#endif
