/*
 * catalog/store: rows of catalog.db.
 *
 * Form    STRICT tables below. Each row ends with the digest of all its other columns, checked
 * whenever it is read (INV-2). Bodies are the JSON of schema/json. Errors  those of meta;
 * CATALOG_DAMAGED names the kind and id of a row whose digest is wrong. Threads the holder of the
 * writer's turn.
 */
#include "catalog/store.h"
#include "base/vec.h"

// What brings a file from one version to the next. A step never changes once it was released.
static const char VERSION_1[] =
    "CREATE TABLE txn (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;"
    "CREATE INDEX txn_time ON txn (time_ms);"
    "CREATE TABLE object (kind INTEGER NOT NULL, id INTEGER NOT NULL, from_txn INTEGER NOT NULL,"
    " to_txn INTEGER, is_forced INTEGER NOT NULL, parent INTEGER NOT NULL, name TEXT NOT NULL,"
    " body TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (kind, id, from_txn)) STRICT,"
    " WITHOUT ROWID;"
    "CREATE UNIQUE INDEX object_name ON object (kind, parent, name) WHERE to_txn IS NULL;"
    "CREATE UNIQUE INDEX object_live ON object (kind, id) WHERE to_txn IS NULL;"
    "CREATE INDEX object_ended ON object (to_txn) WHERE to_txn IS NOT NULL;"
    "CREATE TABLE version (partition_id INTEGER NOT NULL, from_txn INTEGER NOT NULL,"
    " to_txn INTEGER, is_forced INTEGER NOT NULL, version INTEGER NOT NULL, time_ms INTEGER NOT NULL,"
    " content_id BLOB NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (partition_id, from_txn)) STRICT,"
    " WITHOUT ROWID;"
    "CREATE UNIQUE INDEX version_live ON version (partition_id) WHERE to_txn IS NULL;"
    "CREATE INDEX version_ended ON version (to_txn) WHERE to_txn IS NOT NULL;"
    "CREATE TABLE rowset (id INTEGER PRIMARY KEY, from_txn INTEGER NOT NULL, to_txn INTEGER,"
    " is_forced INTEGER NOT NULL, table_id INTEGER NOT NULL, partition_id INTEGER NOT NULL,"
    " sequence INTEGER NOT NULL, schema_id INTEGER NOT NULL, row_count INTEGER NOT NULL,"
    " size_bytes INTEGER NOT NULL, file_digest BLOB NOT NULL, origin_repository TEXT,"
    " origin_name TEXT, digest BLOB NOT NULL) STRICT;"
    "CREATE INDEX rowset_live ON rowset (partition_id, sequence) WHERE to_txn IS NULL;"
    "CREATE INDEX rowset_ended ON rowset (to_txn) WHERE to_txn IS NOT NULL;"
    "CREATE INDEX rowset_content ON rowset (file_digest);"
    "CREATE TABLE replica (rowset_id INTEGER NOT NULL, root BLOB NOT NULL, state INTEGER NOT NULL,"
    " digest BLOB NOT NULL, PRIMARY KEY (rowset_id, root)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE claim (job_id INTEGER NOT NULL, kind INTEGER NOT NULL, database_name TEXT NOT NULL,"
    " table_name TEXT NOT NULL, partition_name TEXT NOT NULL, digest BLOB NOT NULL,"
    " PRIMARY KEY (job_id, database_name, table_name, partition_name)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE job_rowset (job_id INTEGER NOT NULL, rowset_id INTEGER NOT NULL,"
    " PRIMARY KEY (job_id, rowset_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX job_rowset_rowset ON job_rowset (rowset_id);"
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL, digest BLOB NOT NULL) STRICT,"
    " WITHOUT ROWID;";

// `content` is the digest of `bytes` alone, by which jobs know a vector.
static const char VERSION_2[] =
    "CREATE TABLE delete_vector (rowset_id INTEGER NOT NULL, from_txn INTEGER NOT NULL,"
    " to_txn INTEGER, is_forced INTEGER NOT NULL, cardinality INTEGER NOT NULL,"
    " content BLOB NOT NULL, bytes BLOB NOT NULL, digest BLOB NOT NULL,"
    " PRIMARY KEY (rowset_id, from_txn)) STRICT;"
    "CREATE UNIQUE INDEX delete_vector_live ON delete_vector (rowset_id) WHERE to_txn IS NULL;"
    "CREATE INDEX delete_vector_ended ON delete_vector (to_txn) WHERE to_txn IS NOT NULL;"
    "CREATE INDEX delete_vector_content ON delete_vector (content);";

static const char *const VERSIONS[] = {VERSION_1, VERSION_2};

static const char *const KIND_NAMES[OBJECT_KIND_COUNT] = {"", "database", "repository", "table",
                                                          "partition"};

Rc store_ensure(Ctx *ctx, Meta *meta)
{
    return meta_upgrade(ctx, meta, "catalog", VERSIONS, COUNT_OF(VERSIONS));
}

Rc store_damaged(Ctx *ctx, const char *kind, uint64_t id)
{
    return FAIL(ctx, CATALOG_DAMAGED, kind, (long long)id, STR_ARG(STR("its digest is wrong")));
}

// A row that must be there to be ended: it was live in the tree.
static Rc changed_one(Ctx *ctx, Meta *meta, const char *kind, uint64_t id)
{
    if (meta_changed(meta) == 1) return RC_OK;
    return FAIL(ctx, CATALOG_DAMAGED, kind, (long long)id,
                STR_ARG(STR("there is no live row of it")));
}

// --- transactions

Rc store_add_txn(Ctx *ctx, Meta *meta, uint64_t txn, int64_t time_ms)
{
    return meta_exec(ctx, meta, "INSERT INTO txn VALUES (?1, ?2, row_digest(?1, ?2))", MV_INT(txn),
                     MV_INT(time_ms));
}

static Rc read_txn(Ctx *ctx, MetaRows *rows, uint64_t *txn, int64_t *time_ms)
{
    bool has_row = false;
    TRY(meta_next(ctx, rows, &has_row));
    if (has_row && meta_i64(rows, 2) != 1)
        return store_damaged(ctx, "transaction", meta_u64(rows, 0));
    *txn = has_row ? meta_u64(rows, 0) : 0;
    *time_ms = has_row ? meta_i64(rows, 1) : 0;
    return RC_OK;
}

Rc store_last_txn(Ctx *ctx, Meta *meta, uint64_t *txn, int64_t *time_ms)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    TRY(meta_query_plain(ctx, meta, &rows,
                         "SELECT id, time_ms, digest IS row_digest(id, time_ms) FROM txn"
                         " ORDER BY id DESC LIMIT 1"));
    return read_txn(ctx, rows, txn, time_ms);
}

Rc store_txn_before(Ctx *ctx, Meta *meta, int64_t time_ms, uint64_t *txn)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    int64_t found_ms = 0;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT id, time_ms, digest IS row_digest(id, time_ms) FROM txn"
                   " WHERE time_ms <= ?1 ORDER BY time_ms DESC, id DESC LIMIT 1",
                   MV_INT(time_ms)));
    return read_txn(ctx, rows, txn, &found_ms);
}

// --- objects

Rc store_add_object(Ctx *ctx, Meta *meta, const ObjectRow *row)
{
    return meta_exec(ctx, meta,
                     "INSERT INTO object VALUES (?1, ?2, ?3, NULL, 0, ?4, ?5, ?6,"
                     " row_digest(?1, ?2, ?3, NULL, 0, ?4, ?5, ?6))",
                     MV_INT(row->kind), MV_INT(row->id), MV_INT(row->from_txn), MV_INT(row->parent),
                     MV_TEXT(row->name), MV_TEXT(row->body));
}

// A row that begins and ends in one transaction was never visible: it is taken back.
Rc store_end_object(Ctx *ctx, Meta *meta, const ObjectRow *row, EndMark end)
{
    if (row->from_txn == end.txn)
        TRY(meta_exec(ctx, meta,
                      "DELETE FROM object WHERE kind = ?1 AND id = ?2 AND from_txn = ?3"
                      " AND to_txn IS NULL",
                      MV_INT(row->kind), MV_INT(row->id), MV_INT(row->from_txn)));
    else
        TRY(meta_exec(ctx, meta,
                      "UPDATE object SET to_txn = ?4, is_forced = ?5, digest = row_digest(kind, id,"
                      " from_txn, ?4, ?5, parent, name, body)"
                      " WHERE kind = ?1 AND id = ?2 AND from_txn = ?3 AND to_txn IS NULL",
                      MV_INT(row->kind), MV_INT(row->id), MV_INT(row->from_txn), MV_INT(end.txn),
                      MV_INT(end.is_forced)));
    return changed_one(ctx, meta, KIND_NAMES[row->kind], row->id);
}

static Rc visit_object(Ctx *ctx, MetaRows *rows, ObjectKind kind, ObjectVisit visit, void *handle)
{
    ObjectRow row = {.kind = kind,
                     .id = meta_u64(rows, 0),
                     .from_txn = meta_u64(rows, 1),
                     .parent = meta_u64(rows, 2),
                     .name = meta_text(rows, 3),
                     .body = meta_text(rows, 4)};
    if (meta_i64(rows, 5) != 1) return store_damaged(ctx, KIND_NAMES[kind], row.id);
    return note(ctx, visit(ctx, handle, &row), "reading %s %llu", KIND_NAMES[kind],
                (unsigned long long)row.id);
}

Rc store_each_object(Ctx *ctx, Meta *meta, ObjectKind kind, ObjectVisit visit, void *handle)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query(
        ctx, meta, &rows,
        "SELECT id, from_txn, parent, name, body, digest IS row_digest(kind, id, from_txn,"
        " to_txn, is_forced, parent, name, body)"
        " FROM object WHERE to_txn IS NULL AND kind = ?1 ORDER BY id",
        MV_INT(kind)));
    while (true) {
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        TRY(visit_object(ctx, rows, kind, visit, handle));
    }
}

// --- versions of partitions

Rc store_add_version(Ctx *ctx, Meta *meta, const VersionRow *row)
{
    return meta_exec(ctx, meta,
                     "INSERT INTO version VALUES (?1, ?2, NULL, 0, ?3, ?4, ?5,"
                     " row_digest(?1, ?2, NULL, 0, ?3, ?4, ?5))",
                     MV_INT(row->partition_id), MV_INT(row->from_txn), MV_INT(row->version),
                     MV_INT(row->time_ms),
                     MV_BLOB(row->content_id.bytes, sizeof(row->content_id.bytes)));
}

Rc store_end_version(Ctx *ctx, Meta *meta, uint64_t partition_id, uint64_t from_txn, EndMark end)
{
    if (from_txn == end.txn)
        TRY(meta_exec(ctx, meta,
                      "DELETE FROM version WHERE partition_id = ?1 AND from_txn = ?2"
                      " AND to_txn IS NULL",
                      MV_INT(partition_id), MV_INT(from_txn)));
    else
        TRY(meta_exec(ctx, meta,
                      "UPDATE version SET to_txn = ?3, is_forced = ?4, digest = row_digest("
                      "partition_id, from_txn, ?3, ?4, version, time_ms, content_id)"
                      " WHERE partition_id = ?1 AND from_txn = ?2 AND to_txn IS NULL",
                      MV_INT(partition_id), MV_INT(from_txn), MV_INT(end.txn),
                      MV_INT(end.is_forced)));
    return changed_one(ctx, meta, "version of partition", partition_id);
}

Rc store_read_version(Ctx *ctx, const MetaRows *rows, VersionRow *out)
{
    *out = (VersionRow){.partition_id = meta_u64(rows, 0),
                        .from_txn = meta_u64(rows, 1),
                        .version = meta_u64(rows, 2),
                        .time_ms = meta_i64(rows, 3)};
    if (meta_i64(rows, 5) != 1)
        return store_damaged(ctx, "version of partition", out->partition_id);
    return meta_blob(ctx, rows, 4, out->content_id.bytes, sizeof(out->content_id.bytes));
}

Rc store_each_version(Ctx *ctx, Meta *meta, VersionVisit visit, void *handle)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query_plain(ctx, meta, &rows,
                         STORE_VERSIONS " WHERE to_txn IS NULL ORDER BY partition_id"));
    while (true) {
        VersionRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        TRY(store_read_version(ctx, rows, &row));
        TRY(visit(ctx, handle, &row));
    }
}

// --- rowsets

Rc store_add_rowset(Ctx *ctx, Meta *meta, const RowsetRow *row, Uuid root)
{
    enum { REPLICA_WHOLE = 1 };
    TRY(meta_exec(
        ctx, meta,
        "INSERT INTO rowset VALUES (?1, ?2, NULL, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL,"
        " row_digest(?1, ?2, NULL, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL))",
        MV_INT(row->info.id), MV_INT(row->from_txn), MV_INT(row->table_id),
        MV_INT(row->partition_id), MV_INT(row->info.sequence), MV_INT(row->info.schema_id),
        MV_INT(row->info.row_count), MV_INT(row->info.size_bytes),
        MV_BLOB(row->info.digest.bytes, DIGEST_BYTES)));
    return meta_exec(ctx, meta, "INSERT INTO replica VALUES (?1, ?2, ?3, row_digest(?1, ?2, ?3))",
                     MV_INT(row->info.id), MV_BLOB(root.bytes, sizeof(root.bytes)),
                     MV_INT(REPLICA_WHOLE));
}

#define END_ROWSET                                                                             \
    "UPDATE rowset SET to_txn = ?2, is_forced = ?3, digest = row_digest(id, from_txn, ?2, ?3," \
    " table_id, partition_id, sequence, schema_id, row_count, size_bytes, file_digest,"        \
    " origin_repository, origin_name) WHERE to_txn IS NULL AND "

Rc store_end_rowset(Ctx *ctx, Meta *meta, uint64_t rowset_id, EndMark end)
{
    TRY(meta_exec(ctx, meta, END_ROWSET "id = ?1", MV_INT(rowset_id), MV_INT(end.txn),
                  MV_INT(end.is_forced)));
    return changed_one(ctx, meta, "rowset", rowset_id);
}

Rc store_end_rowsets(Ctx *ctx, Meta *meta, uint64_t partition_id, EndMark end)
{
    return meta_exec(ctx, meta, END_ROWSET "partition_id = ?1", MV_INT(partition_id),
                     MV_INT(end.txn), MV_INT(end.is_forced));
}

Rc store_read_rowset(Ctx *ctx, const MetaRows *rows, RowsetRow *out)
{
    *out = (RowsetRow){.from_txn = meta_u64(rows, 1),
                       .table_id = meta_u64(rows, 2),
                       .partition_id = meta_u64(rows, 3),
                       .info = {.id = meta_u64(rows, 0),
                                .sequence = meta_u64(rows, 4),
                                .schema_id = (uint32_t)meta_u64(rows, 5),
                                .row_count = meta_u64(rows, 6),
                                .size_bytes = meta_u64(rows, 7)}};
    if (meta_i64(rows, 9) != 1) return store_damaged(ctx, "rowset", out->info.id);
    return meta_blob(ctx, rows, 8, out->info.digest.bytes, DIGEST_BYTES);
}

Rc store_each_rowset(Ctx *ctx, Meta *meta, RowsetVisit visit, void *handle)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query_plain(ctx, meta, &rows,
                         STORE_ROWSETS " WHERE to_txn IS NULL ORDER BY partition_id, sequence"));
    while (true) {
        RowsetRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        TRY(store_read_rowset(ctx, rows, &row));
        TRY(visit(ctx, handle, &row));
    }
}

// --- delete vectors

Rc store_add_vector(Ctx *ctx, Meta *meta, const VectorRow *row)
{
    return meta_exec(ctx, meta,
                     "INSERT INTO delete_vector VALUES (?1, ?2, NULL, 0, ?3, ?4, ?5,"
                     " row_digest(?1, ?2, NULL, 0, ?3, ?4, ?5))",
                     MV_INT(row->rowset_id), MV_INT(row->from_txn), MV_INT(row->info.cardinality),
                     MV_BLOB(row->info.digest.bytes, DIGEST_BYTES),
                     MV_BLOB(row->bytes.ptr, row->bytes.len));
}

#define END_VECTOR                                                                         \
    "UPDATE delete_vector SET to_txn = ?2, is_forced = ?3, digest = row_digest(rowset_id," \
    " from_txn, ?2, ?3, cardinality, content, bytes) WHERE to_txn IS NULL AND rowset_id "

// A row that begins and ends in one transaction was never visible: it is taken back.
Rc store_end_vector(Ctx *ctx, Meta *meta, uint64_t rowset_id, EndMark end)
{
    TRY(meta_exec(ctx, meta,
                  "DELETE FROM delete_vector WHERE rowset_id = ?1 AND from_txn = ?2"
                  " AND to_txn IS NULL",
                  MV_INT(rowset_id), MV_INT(end.txn)));
    return meta_exec(ctx, meta, END_VECTOR "= ?1", MV_INT(rowset_id), MV_INT(end.txn),
                     MV_INT(end.is_forced));
}

// Before the rowsets end: they tell which vectors belong to the partition.
Rc store_end_vectors(Ctx *ctx, Meta *meta, uint64_t partition_id, EndMark end)
{
    return meta_exec(ctx, meta,
                     END_VECTOR
                     "IN (SELECT id FROM rowset WHERE partition_id = ?1 AND to_txn IS NULL)",
                     MV_INT(partition_id), MV_INT(end.txn), MV_INT(end.is_forced));
}

static Rc read_vector(Ctx *ctx, MetaRows *rows, VectorRow *out)
{
    VectorRow row = {.rowset_id = meta_u64(rows, 0),
                     .from_txn = meta_u64(rows, 1),
                     .info.cardinality = meta_u64(rows, 2),
                     .bytes = meta_text(rows, 4)};
    if (meta_i64(rows, 5) != 1) return store_damaged(ctx, "delete vector of rowset", row.rowset_id);
    TRY(meta_blob(ctx, rows, 3, row.info.digest.bytes, DIGEST_BYTES));
    row.info.size_bytes = row.bytes.len;
    *out = row;
    return RC_OK;
}

#define SELECT_VECTOR                                                                          \
    "SELECT rowset_id, from_txn, cardinality, content, bytes, digest IS row_digest(rowset_id," \
    " from_txn, to_txn, is_forced, cardinality, content, bytes) FROM delete_vector "

Rc store_each_vector(Ctx *ctx, Meta *meta, VectorVisit visit, void *handle)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query_plain(ctx, meta, &rows,
                         SELECT_VECTOR "WHERE to_txn IS NULL ORDER BY rowset_id"));
    while (true) {
        VectorRow row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        TRY(read_vector(ctx, rows, &row));
        TRY(visit(ctx, handle, &row));
    }
}

Rc store_find_vector(Ctx *ctx, Meta *meta, const Digest *digest, Str *bytes)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    VectorRow row = {0};
    TRY(meta_query(ctx, meta, &rows, SELECT_VECTOR "WHERE content = ?1 LIMIT 1",
                   MV_BLOB(digest->bytes, DIGEST_BYTES)));
    TRY(meta_next(ctx, rows, &has_row));
    if (has_row) TRY(read_vector(ctx, rows, &row));
    *bytes = has_row ? str_dup(ctx->arena, row.bytes) : STR_NONE;
    return RC_OK;
}

Rc store_vector_at_end(Ctx *ctx, Meta *meta, uint64_t rowset_id, uint64_t to_txn, VectorRow *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    *out = (VectorRow){0};
    TRY(meta_query(ctx, meta, &rows, SELECT_VECTOR "WHERE rowset_id = ?1 AND to_txn = ?2",
                   MV_INT(rowset_id), MV_INT(to_txn)));
    TRY(meta_next(ctx, rows, &has_row));
    if (!has_row) return RC_OK;
    TRY(read_vector(ctx, rows, out));
    out->bytes = str_dup(ctx->arena, out->bytes);
    return RC_OK;
}

Rc store_forget_replaced(Ctx *ctx, Meta *meta, uint64_t rowset_id, uint64_t txn)
{
    return meta_exec(ctx, meta,
                     "DELETE FROM delete_vector WHERE rowset_id = ?1 AND to_txn <= ?2"
                     " AND NOT EXISTS (SELECT 1 FROM job_rowset WHERE rowset_id = ?1)",
                     MV_INT(rowset_id), MV_INT(txn));
}

Rc store_forget_vectors(Ctx *ctx, Meta *meta, uint64_t rowset_id)
{
    return meta_exec(ctx, meta, "DELETE FROM delete_vector WHERE rowset_id = ?1",
                     MV_INT(rowset_id));
}

// --- claims

Rc store_add_claim(Ctx *ctx, Meta *meta, const Claim *claim)
{
    return meta_exec(
        ctx, meta, "INSERT INTO claim VALUES (?1, ?2, ?3, ?4, ?5, row_digest(?1, ?2, ?3, ?4, ?5))",
        MV_INT(claim->job_id), MV_INT(claim->kind), MV_TEXT(claim->database), MV_TEXT(claim->table),
        MV_TEXT(claim->partition));
}

Rc store_end_claims(Ctx *ctx, Meta *meta, uint64_t job_id)
{
    return meta_exec(ctx, meta, "DELETE FROM claim WHERE job_id = ?1", MV_INT(job_id));
}

Rc store_each_claim(Ctx *ctx, Meta *meta, ClaimVisit visit, void *handle)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = true;
    TRY(meta_query_plain(ctx, meta, &rows,
                         "SELECT job_id, kind, database_name, table_name, partition_name,"
                         " digest IS row_digest(job_id, kind, database_name, table_name,"
                         " partition_name) FROM claim"
                         " ORDER BY job_id, database_name, table_name, partition_name"));
    while (true) {
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) return RC_OK;
        Claim claim = {.job_id = meta_u64(rows, 0),
                       .kind = (ClaimKind)meta_i64(rows, 1),
                       .database = meta_text(rows, 2),
                       .table = meta_text(rows, 3),
                       .partition = meta_text(rows, 4)};
        if (meta_i64(rows, 5) != 1) return store_damaged(ctx, "claim of job", claim.job_id);
        TRY(visit(ctx, handle, &claim));
    }
}

// --- settings

Rc store_get_setting(Ctx *ctx, Meta *meta, Str key, Str *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row = false;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT value, digest IS row_digest(key, value) FROM setting WHERE key = ?1",
                   MV_TEXT(key)));
    TRY(meta_next(ctx, rows, &has_row));
    if (has_row && meta_i64(rows, 1) != 1)
        return FAIL(ctx, CATALOG_DAMAGED, "setting", 0LL, STR_ARG(key));
    *out = has_row ? str_dup(ctx->arena, meta_text(rows, 0)) : STR_NONE;
    return RC_OK;
}

Rc store_set_setting(Ctx *ctx, Meta *meta, Str key, Str value)
{
    return meta_exec(ctx, meta,
                     "INSERT OR REPLACE INTO setting VALUES (?1, ?2, row_digest(?1, ?2))",
                     MV_TEXT(key), MV_TEXT(value));
}

// --- history

Rc store_purge(Ctx *ctx, Meta *meta, uint64_t txn, int64_t max)
{
    TRY(meta_exec(ctx, meta,
                  "DELETE FROM object WHERE (kind, id, from_txn) IN (SELECT kind, id, from_txn FROM"
                  " object WHERE to_txn <= ?1 ORDER BY to_txn LIMIT ?2)",
                  MV_INT(txn), MV_INT(max)));
    TRY(meta_exec(ctx, meta,
                  "DELETE FROM version WHERE (partition_id, from_txn) IN (SELECT partition_id,"
                  " from_txn FROM version WHERE to_txn <= ?1 ORDER BY to_txn LIMIT ?2)",
                  MV_INT(txn), MV_INT(max)));
    // Those of rowsets that are kept longer go with them.
    TRY(meta_exec(ctx, meta,
                  "DELETE FROM delete_vector WHERE (rowset_id, from_txn) IN (SELECT rowset_id,"
                  " from_txn FROM delete_vector WHERE to_txn <= ?1 AND NOT EXISTS (SELECT 1 FROM"
                  " job_rowset WHERE rowset_id = delete_vector.rowset_id)"
                  " ORDER BY to_txn LIMIT ?2)",
                  MV_INT(txn), MV_INT(max)));
    return meta_exec(ctx, meta,
                     "DELETE FROM txn WHERE id IN (SELECT id FROM txn WHERE id < ?1 ORDER BY id"
                     " LIMIT ?2)",
                     MV_INT(txn), MV_INT(max));
}
