#ifndef CATALOG_STORE_H
#define CATALOG_STORE_H
#include "catalog/tree.h"
#include "meta/meta.h"

// Rows of the catalog: how each table of catalog.db is written, ended and read. Private to
// catalog/. Nothing here looks at the tree or at claims. Errors: those of meta, CATALOG_DAMAGED.
//
// Every object (database, table, partition, repository) has one row per time at which its
// definition was the same; a partition's version and content likewise; a rowset one row for its
// whole life (INV-1).

typedef enum ObjectKind {
    OBJECT_DATABASE = 1,
    OBJECT_REPOSITORY,
    OBJECT_TABLE,
    OBJECT_PARTITION,
    OBJECT_KIND_COUNT
} ObjectKind;

typedef struct ObjectRow {
    ObjectKind kind;
    uint64_t id, from_txn, parent;  // parent: database of a table, table of a partition, else 0
    Str name, body;
} ObjectRow;

// When rows end: in which transaction, and whether they skip the trash.
typedef struct EndMark {
    uint64_t txn;
    bool is_forced;
} EndMark;

// A row whose digest is wrong: fails with CATALOG_DAMAGED, naming kind and id.
NODISCARD Rc store_damaged(Ctx *ctx, const char *kind, uint64_t id);

NODISCARD Rc store_ensure(Ctx *ctx, Meta *meta);

NODISCARD Rc store_add_txn(Ctx *ctx, Meta *meta, uint64_t txn, int64_t time_ms);
NODISCARD Rc store_last_txn(Ctx *ctx, Meta *meta, uint64_t *txn, int64_t *time_ms);
// The last transaction at or before a time; 0: none.
NODISCARD Rc store_txn_before(Ctx *ctx, Meta *meta, int64_t time_ms, uint64_t *txn);

NODISCARD Rc store_add_object(Ctx *ctx, Meta *meta, const ObjectRow *row);
// The row is named by kind, id and from_txn.
NODISCARD Rc store_end_object(Ctx *ctx, Meta *meta, const ObjectRow *row, EndMark end);
// Live rows in order of id; the row's texts die with the visit.
typedef Rc (*ObjectVisit)(Ctx *ctx, void *handle, const ObjectRow *row);
NODISCARD Rc store_each_object(Ctx *ctx, Meta *meta, ObjectKind kind, ObjectVisit visit,
                               void *handle);

typedef struct VersionRow {
    uint64_t partition_id, from_txn, version;
    int64_t time_ms;
    Uuid content_id;
} VersionRow;
// Read from a query that begins with STORE_VERSIONS. Errors: CATALOG_DAMAGED.
#define STORE_VERSIONS                                                          \
    "SELECT partition_id, from_txn, version, time_ms, content_id,"              \
    " digest IS row_digest(partition_id, from_txn, to_txn, is_forced, version," \
    " time_ms, content_id) FROM version"
NODISCARD Rc store_read_version(Ctx *ctx, const MetaRows *rows, VersionRow *out);
NODISCARD Rc store_add_version(Ctx *ctx, Meta *meta, const VersionRow *row);
NODISCARD Rc store_end_version(Ctx *ctx, Meta *meta, uint64_t partition_id, uint64_t from_txn,
                               EndMark end);
typedef Rc (*VersionVisit)(Ctx *ctx, void *handle, const VersionRow *row);
NODISCARD Rc store_each_version(Ctx *ctx, Meta *meta, VersionVisit visit, void *handle);

typedef struct RowsetRow {
    uint64_t table_id, partition_id, from_txn;
    RowsetInfo info;
} RowsetRow;
// Read from a query that begins with STORE_ROWSETS. Errors: CATALOG_DAMAGED.
#define STORE_ROWSETS                                                                   \
    "SELECT id, from_txn, table_id, partition_id, sequence, schema_id, row_count, "     \
    "size_bytes, file_digest, digest IS row_digest(id, from_txn, to_txn, is_forced, "   \
    "table_id, partition_id, sequence, schema_id, row_count, size_bytes, file_digest, " \
    "origin_repository, origin_name) FROM rowset"
NODISCARD Rc store_read_rowset(Ctx *ctx, const MetaRows *rows, RowsetRow *out);
NODISCARD Rc store_add_rowset(Ctx *ctx, Meta *meta, const RowsetRow *row, Uuid root);
NODISCARD Rc store_end_rowset(Ctx *ctx, Meta *meta, uint64_t rowset_id, EndMark end);
NODISCARD Rc store_end_rowsets(Ctx *ctx, Meta *meta, uint64_t partition_id, EndMark end);
// Live rows, by partition and sequence.
typedef Rc (*RowsetVisit)(Ctx *ctx, void *handle, const RowsetRow *row);
NODISCARD Rc store_each_rowset(Ctx *ctx, Meta *meta, RowsetVisit visit, void *handle);

// A delete vector: one row for each time at which the same rows of a rowset were deleted.
typedef struct VectorRow {
    uint64_t rowset_id, from_txn;
    VectorInfo info;
    Str bytes;
} VectorRow;
NODISCARD Rc store_add_vector(Ctx *ctx, Meta *meta, const VectorRow *row);
// Nothing to end is fine.
NODISCARD Rc store_end_vector(Ctx *ctx, Meta *meta, uint64_t rowset_id, EndMark end);
NODISCARD Rc store_end_vectors(Ctx *ctx, Meta *meta, uint64_t partition_id, EndMark end);
// Live rows; the bytes die with the visit.
typedef Rc (*VectorVisit)(Ctx *ctx, void *handle, const VectorRow *row);
NODISCARD Rc store_each_vector(Ctx *ctx, Meta *meta, VectorVisit visit, void *handle);
NODISCARD Rc store_find_vector(Ctx *ctx, Meta *meta, const Digest *digest, Str *bytes);
// What ended together with its rowset, in ctx->arena. out->rowset_id 0: there is none.
NODISCARD Rc store_vector_at_end(Ctx *ctx, Meta *meta, uint64_t rowset_id, uint64_t to_txn,
                                 VectorRow *out);
// Forget what was replaced on a living rowset at or before `txn`, unless a job lists the rowset.
NODISCARD Rc store_forget_replaced(Ctx *ctx, Meta *meta, uint64_t rowset_id, uint64_t txn);
NODISCARD Rc store_forget_vectors(Ctx *ctx, Meta *meta, uint64_t rowset_id);  // all of a rowset

NODISCARD Rc store_add_claim(Ctx *ctx, Meta *meta, const Claim *claim);
NODISCARD Rc store_end_claims(Ctx *ctx, Meta *meta, uint64_t job_id);
typedef Rc (*ClaimVisit)(Ctx *ctx, void *handle, const Claim *claim);
NODISCARD Rc store_each_claim(Ctx *ctx, Meta *meta, ClaimVisit visit, void *handle);

NODISCARD Rc store_get_setting(Ctx *ctx, Meta *meta, Str key, Str *out);  // copy in ctx->arena
NODISCARD Rc store_set_setting(Ctx *ctx, Meta *meta, Str key, Str value);

// Forget history of definitions, versions and delete vectors that ended at or before `txn`, and
// transactions before it; at most `max` rows of each kind. Rowsets stay until their files are gone.
NODISCARD Rc store_purge(Ctx *ctx, Meta *meta, uint64_t txn, int64_t max);

#endif
