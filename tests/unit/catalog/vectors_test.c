// Delete vectors in the catalog: refusals first, then what a new start, a crash, the trash and jobs
// leave of them.
#include "base/fault.h"
#include "fixture.h"
#include "meta/meta.h"
#include <sys/wait.h>
#include <unistd.h>

typedef struct World {
    Fixture *f;
    uint64_t table, partition, rowset;
} World;

static World make_world(Ctx *t)
{
    World world = {.f = fixture_open(t)};
    uint64_t database = fixture_make_database(t, world.f, "d");
    world.table = fixture_make_table(t, world.f, database, "t", &world.partition);
    world.rowset = fixture_insert(t, world.f, world.table, world.partition, 10);
    return world;
}

// Deletes rows [from, to) of a rowset of ten.
static VectorChange make_vector(Ctx *t, uint64_t rowset, uint64_t from, uint64_t to)
{
    AUTO(positions_unref_at) Positions *rows = positions_new(10);
    for (uint64_t row = from; row < to; row++) (void)positions_add(rows, row);
    VectorChange vector = {.rowset_id = rowset, .bytes = positions_write(t->arena, rows)};
    vector.info.cardinality = to - from;
    vector.info.size_bytes = vector.bytes.len;
    memset(vector.info.digest.bytes, (int)(from * 16 + to), DIGEST_BYTES);
    return vector;
}

static Rc change_in(Ctx *t, CatalogTxn *txn, const World *world, const VectorChange *vectors,
                    size_t count)
{
    RowsetChange change = {.table_id = world->table,
                           .partition_id = world->partition,
                           .vectors = vectors,
                           .vector_count = count};
    return txn_change_rowsets(t, txn, &change);
}

static void delete_rows(Ctx *t, const World *world, uint64_t rowset, uint64_t from, uint64_t to)
{
    VectorChange vector = make_vector(t, rowset, from, to);
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_RC(RC_OK, change_in(t, txn, world, &vector, 1));
    fixture_commit(t, txn);
}

static uint64_t live_rows(const World *world)
{
    const CatalogSnapshot *now = catalog_pin(world->f->catalog);
    uint64_t rows = catalog_find_table(now->databases[0], STR("t"))->row_count;
    catalog_unpin(world->f->catalog, now);
    return rows;
}

static int64_t ask(Ctx *t, const World *world, const char *sql)
{
    Meta *meta = NULL;
    MetaRows *rows = NULL;
    bool has_row = false;
    CHECK_RC(RC_OK, meta_open(t, world->f->path, &meta));
    CHECK_RC(RC_OK, meta_query_plain(t, meta, &rows, sql));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    int64_t answer = meta_i64(rows, 0);
    meta_end(&rows);
    meta_close(meta);
    return answer;
}

TEST(vector_that_can_not_be_is_refused)
{
    World world = make_world(t);
    Str before = fixture_dump_now(t, world.f);
    CatalogTxn *txn = fixture_begin(t, world.f);
    VectorChange vector = make_vector(t, 4711, 0, 3);
    CHECK_ERR(ROWSET_GONE, change_in(t, txn, &world, &vector, 1));
    vector = make_vector(t, world.rowset, 0, 3);
    vector.info.cardinality = 4;
    CHECK_ERR(POSITIONS_DAMAGED, change_in(t, txn, &world, &vector, 1));
    vector.info.cardinality = 11;
    CHECK_ERR(POSITIONS_DAMAGED, change_in(t, txn, &world, &vector, 1));
    vector.bytes = STR("nonsense");
    CHECK_ERR(POSITIONS_DAMAGED, change_in(t, txn, &world, &vector, 1));
    // A rowset that the same change ends has no rows to delete.
    vector = make_vector(t, world.rowset, 0, 3);
    RowsetChange change = {.table_id = world.table,
                           .partition_id = world.partition,
                           .end_ids = &world.rowset,
                           .end_count = 1,
                           .vectors = &vector,
                           .vector_count = 1};
    CHECK_ERR(ROWSET_GONE, txn_change_rowsets(t, txn, &change));
    fixture_commit(t, txn);  // refusals leave a transaction usable
    CHECK_STR(before, fixture_dump_now(t, world.f));
    fixture_close(world.f);
}

TEST(vector_only_grows)
{
    World world = make_world(t);
    delete_rows(t, &world, world.rowset, 2, 5);
    CHECK_INT(7, live_rows(&world));
    CatalogTxn *txn = fixture_begin(t, world.f);
    VectorChange same = make_vector(t, world.rowset, 2, 5);
    CHECK_ERR(BUG, change_in(t, txn, &world, &same, 1));
    VectorChange other = make_vector(t, world.rowset, 3, 9);  // more rows, but row 2 comes back
    CHECK_ERR(BUG, change_in(t, txn, &world, &other, 1));
    txn_abort(&txn);
    delete_rows(t, &world, world.rowset, 2, 6);
    CHECK_INT(6, live_rows(&world));
    fixture_close(world.f);
}

TEST(vector_is_there_after_a_new_start)
{
    World world = make_world(t);
    const CatalogSnapshot *before = catalog_pin(world.f->catalog);
    Str old = fixture_dump(t, before);
    delete_rows(t, &world, world.rowset, 0, 3);
    delete_rows(t, &world, world.rowset, 0, 4);
    uint64_t second = fixture_insert(t, world.f, world.table, world.partition, 10);
    delete_rows(t, &world, second, 9, 10);
    CHECK_STR(old, fixture_dump(t, before));  // a pinned snapshot never changes
    catalog_unpin(world.f->catalog, before);
    CHECK_INT(15, live_rows(&world));
    Str dump = fixture_dump_now(t, world.f);
    fixture_reopen(t, world.f);
    CHECK_STR(dump, fixture_dump_now(t, world.f));
    fixture_close(world.f);
}

// RESTORE brings rowsets together with what is deleted of them.
TEST(vector_comes_with_a_new_rowset)
{
    World world = make_world(t);
    RowsetInfo info = fixture_rowset(fixture_id(t, world.f), 10);
    VectorChange vector = make_vector(t, info.id, 4, 6);
    RowsetChange change = {.table_id = world.table,
                           .partition_id = world.partition,
                           .add = &info,
                           .add_count = 1,
                           .ends_all = true,
                           .vectors = &vector,
                           .vector_count = 1};
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    fixture_commit(t, txn);
    CHECK_INT(8, live_rows(&world));
    Str dump = fixture_dump_now(t, world.f);
    fixture_reopen(t, world.f);
    CHECK_STR(dump, fixture_dump_now(t, world.f));
    fixture_close(world.f);
}

TEST(vector_in_a_transaction_that_ends_unfinished_is_never_seen)
{
    static const char *const SPECS[] = {"meta.flush=kill", "catalog.commit.before=kill",
                                        "catalog.commit.after=kill"};
    for (size_t i = 0; i < sizeof(SPECS) / sizeof(SPECS[0]); i++) {
        World world = make_world(t);
        delete_rows(t, &world, world.rowset, 0, 1);
        fixture_close(world.f);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            fixture_reopen(t, world.f);
            fault_init(SPECS[i]);
            delete_rows(t, &world, world.rowset, 0, 2);
            _exit(0);
        }
        int status = 0;
        CHECK(waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        fixture_reopen(t, world.f);
        CHECK_INT(i == 2 ? 8 : 9, live_rows(&world));
        delete_rows(t, &world, world.rowset, 0, 5);  // and life goes on
        CHECK_INT(5, live_rows(&world));
        fixture_close(world.f);
    }
}

// What was replaced is forgotten, so that many small changes do not fill the catalog; what ends
// with its rowset is the trash's.
TEST(vector_that_was_replaced_is_forgotten)
{
    World world = make_world(t);
    for (uint64_t to = 1; to < 9; to++) delete_rows(t, &world, world.rowset, 0, to);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_drop_table(t, txn, world.table, false));
    fixture_commit(t, txn);
    fixture_reopen(t, world.f);
    fixture_close(world.f);
    CHECK(ask(t, &world, "SELECT count(*) FROM delete_vector") <= 2);
    CHECK_INT(8, ask(t, &world,
                     "SELECT v.cardinality FROM delete_vector v JOIN rowset r ON r.id = v.rowset_id"
                     " AND r.to_txn = v.to_txn WHERE v.is_forced = 0"));
}

TEST(vector_is_forgotten_with_its_rowset)
{
    World world = make_world(t);
    delete_rows(t, &world, world.rowset, 0, 3);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_drop_table(t, txn, world.table, true));
    fixture_commit(t, txn);
    CHECK_RC(RC_OK, catalog_forget_rowsets(t, world.f->catalog, &world.rowset, 1));
    fixture_close(world.f);
    CHECK_INT(0, ask(t, &world, "SELECT count(*) FROM delete_vector"));
}

// A BACKUP finds the vector of its snapshot, whatever was deleted or dropped since.
TEST(vector_that_a_job_needs_is_kept)
{
    World world = make_world(t);
    delete_rows(t, &world, world.rowset, 0, 3);
    VectorChange wanted = make_vector(t, world.rowset, 0, 3);
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_add_job_rowsets(t, txn, 900, &world.rowset, 1));
    fixture_commit(t, txn);
    for (uint64_t to = 4; to < 8; to++) delete_rows(t, &world, world.rowset, 0, to);
    txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_drop_table(t, txn, world.table, true));
    fixture_commit(t, txn);
    fixture_reopen(t, world.f);
    Str bytes;
    CHECK_RC(RC_OK, catalog_find_vector(t, world.f->catalog, &wanted.info.digest, &bytes));
    CHECK_STR(wanted.bytes, bytes);
    memset(wanted.info.digest.bytes, 0, DIGEST_BYTES);
    CHECK_RC(RC_OK, catalog_find_vector(t, world.f->catalog, &wanted.info.digest, &bytes));
    CHECK(bytes.ptr == NULL);
    fixture_close(world.f);
}

// A snapshot that is still pinned may be about to become a job's.
TEST(vector_that_a_pinned_snapshot_shows_is_kept)
{
    World world = make_world(t);
    delete_rows(t, &world, world.rowset, 0, 3);
    VectorChange wanted = make_vector(t, world.rowset, 0, 3);
    const CatalogSnapshot *pinned = catalog_pin(world.f->catalog);
    for (uint64_t to = 4; to < 8; to++) delete_rows(t, &world, world.rowset, 0, to);
    Str bytes;
    CHECK_RC(RC_OK, catalog_find_vector(t, world.f->catalog, &wanted.info.digest, &bytes));
    CHECK_STR(wanted.bytes, bytes);
    catalog_unpin(world.f->catalog, pinned);
    fixture_close(world.f);
}

static void run_sql(Ctx *t, const World *world, const char *sql)
{
    Meta *meta = NULL;
    CHECK_RC(RC_OK, meta_open(t, world->f->path, &meta));
    CHECK_RC(RC_OK, meta_exec_plain(t, meta, sql));
    meta_close(meta);
}

TEST(vector_that_is_damaged_ends_the_start)
{
    static const char *const SQL[] = {
        "UPDATE delete_vector SET bytes = zeroblob(20)", "UPDATE delete_vector SET cardinality = 2",
        "UPDATE delete_vector SET rowset_id = rowset_id + 1",
        "UPDATE delete_vector SET rowset_id = 7, digest = row_digest(7, from_txn, to_txn,"
        " is_forced, cardinality, content, bytes)",  // of no rowset, though its digest is right
    };
    for (size_t i = 0; i < sizeof(SQL) / sizeof(SQL[0]); i++) {
        World world = make_world(t);
        delete_rows(t, &world, world.rowset, 0, 3);
        fixture_close(world.f);
        run_sql(t, &world, SQL[i]);
        CatalogOptions options = {.path = world.f->path, .clock = &world.f->clock.clock};
        Catalog *catalog = NULL;
        CHECK_ERR(CATALOG_DAMAGED, catalog_open(t, &options, &catalog));
    }
}

// A file as version 1 of the catalog left it.
TEST(catalog_of_version_1_opens_and_keeps_its_rows)
{
    World world = make_world(t);
    Str before = fixture_dump_now(t, world.f);
    fixture_close(world.f);
    run_sql(t, &world, "DROP TABLE delete_vector");
    run_sql(t, &world,
            "UPDATE meta_owner SET version = 1, digest = row_digest(owner, 1)"
            " WHERE owner = 'catalog'");
    CatalogOptions options = {.path = world.f->path, .clock = &world.f->clock.clock};
    Catalog *catalog = NULL;
    fault_init("meta.upgrade=fail");
    CHECK_ERR(FAULT_INJECTED, catalog_open(t, &options, &catalog));
    fault_init(NULL);
    CHECK_INT(1, ask(t, &world, "SELECT version FROM meta_owner WHERE owner = 'catalog'"));
    CHECK_INT(0, ask(t, &world, "SELECT count(*) FROM sqlite_schema WHERE name = 'delete_vector'"));
    fixture_reopen(t, world.f);
    CHECK_STR(before, fixture_dump_now(t, world.f));
    delete_rows(t, &world, world.rowset, 0, 3);
    CHECK_INT(7, live_rows(&world));
    fixture_reopen(t, world.f);
    CHECK_INT(7, live_rows(&world));
    fixture_close(world.f);
}
