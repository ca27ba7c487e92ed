// Which files may go, ids, settings, tokens, look-up by content.
#include "catalog/scan.h"
#include "fixture.h"
#include "meta/meta.h"
#include <unistd.h>

enum { MAX = 16 };

typedef struct World {
    Fixture *f;
    uint64_t database, table, partition, rowset;
} World;

static World make_world(Ctx *t)
{
    World world = {.f = fixture_open(t)};
    world.database = fixture_make_database(t, world.f, "d");
    world.table = fixture_make_table(t, world.f, world.database, "t", &world.partition);
    world.rowset = fixture_insert(t, world.f, world.table, world.partition, 7);
    return world;
}

static void truncate_now(Ctx *t, World *world, bool is_forced)
{
    RowsetChange change = {.table_id = world->table,
                           .partition_id = world->partition,
                           .ends_all = true,
                           .is_forced = is_forced};
    CatalogTxn *txn = fixture_begin(t, world->f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    fixture_commit(t, txn);
}

static size_t count_collectable(Ctx *t, World *world, uint64_t *ids)
{
    size_t count = 0;
    CHECK_RC(RC_OK, catalog_collectable(t, world->f->catalog, ids, MAX, &count));
    return count;
}

TEST(life_trash_keeps_files_for_its_time)
{
    World world = make_world(t);
    uint64_t ids[MAX];
    CHECK_INT(0, count_collectable(t, &world, ids));  // it lives
    truncate_now(t, &world, false);
    CHECK_INT(0, count_collectable(t, &world, ids));  // it is in the trash
    world.f->clock.at_ms += (world.f->trash_expire_second - 1) * 1000;
    CHECK_INT(0, count_collectable(t, &world, ids));
    world.f->clock.at_ms += 1000;
    CHECK_INT(1, count_collectable(t, &world, ids));
    CHECK_INT(world.rowset, ids[0]);
    CHECK_RC(RC_OK, catalog_forget_rowsets(t, world.f->catalog, ids, 1));
    CHECK_INT(0, count_collectable(t, &world, ids));
    fixture_close(world.f);
}

TEST(life_pinned_snapshot_keeps_files)
{
    World world = make_world(t);
    uint64_t ids[MAX];
    const CatalogSnapshot *before = catalog_pin(world.f->catalog);
    truncate_now(t, &world, true);
    const CatalogSnapshot *after = catalog_pin(world.f->catalog);
    CHECK_INT(0, count_collectable(t, &world, ids));
    catalog_unpin(world.f->catalog, before);
    CHECK_INT(1, count_collectable(t, &world, ids));  // who sees the end does not hold it back
    catalog_unpin(world.f->catalog, after);
    fixture_close(world.f);
}

TEST(life_job_keeps_files_after_drop_and_new_start)
{
    World world = make_world(t);
    uint64_t ids[MAX];
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_add_job_rowsets(t, txn, 900, &world.rowset, 1));
    CHECK_RC(RC_OK, txn_drop_table(t, txn, world.table, true));
    fixture_commit(t, txn);
    CHECK_INT(0, count_collectable(t, &world, ids));
    CHECK_RC(RC_OK, catalog_forget_rowsets(t, world.f->catalog, &world.rowset, 1));  // refuses
    fixture_reopen(t, world.f);
    CHECK_INT(0, count_collectable(t, &world, ids));
    txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_end_job_rowsets(t, txn, 900));
    fixture_commit(t, txn);
    CHECK_INT(1, count_collectable(t, &world, ids));
    fixture_close(world.f);
}

static Rc collect_id(Ctx *ctx, void *handle, uint64_t rowset_id)
{
    Buf *out = handle;
    (void)ctx;
    buf_printf(out, "%llu ", (unsigned long long)rowset_id);
    return RC_OK;
}

TEST(life_each_rowset_names_live_and_trash)
{
    World world = make_world(t);
    truncate_now(t, &world, false);
    uint64_t second = fixture_insert(t, world.f, world.table, world.partition, 1);
    Buf out = buf_new(t->arena);
    CHECK_RC(RC_OK, catalog_each_rowset(t, world.f->catalog, collect_id, &out));
    CHECK_STR(str_printf(t->arena, "%llu %llu ", (unsigned long long)world.rowset,
                         (unsigned long long)second),
              buf_str(&out));
    fixture_close(world.f);
}

TEST(life_content_is_found_in_the_trash_but_live_comes_first)
{
    World world = make_world(t);
    RowsetInfo info = fixture_rowset(world.rowset, 7);
    uint64_t found = 0;
    truncate_now(t, &world, false);
    CHECK_RC(RC_OK,
             catalog_find_digest(t, world.f->catalog, &info.digest, info.size_bytes, &found));
    CHECK_INT(world.rowset, found);
    CHECK_RC(RC_OK, catalog_find_digest(t, world.f->catalog, &info.digest, 1, &found));
    CHECK_INT(0, found);
    info.id = fixture_id(t, world.f);
    RowsetChange change = {
        .table_id = world.table, .partition_id = world.partition, .add = &info, .add_count = 1};
    CatalogTxn *txn = fixture_begin(t, world.f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    fixture_commit(t, txn);
    CHECK_RC(RC_OK,
             catalog_find_digest(t, world.f->catalog, &info.digest, info.size_bytes, &found));
    CHECK_INT(info.id, found);
    fixture_close(world.f);
}

TEST(life_ids_are_never_used_twice)
{
    Fixture *f = fixture_open(t);
    uint64_t first = 0, many = 0, after = 0;
    CHECK_RC(RC_OK, catalog_new_ids(t, f->catalog, 3, &first));
    CHECK(first >= 10001);
    CHECK_RC(RC_OK, catalog_new_ids(t, f->catalog, 5000000, &many));
    CHECK_INT(first + 3, many);
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, catalog_new_ids(t, f->catalog, 100000, &after));  // inside a transaction
    txn_abort(&txn);
    CHECK_INT(many + 5000000, after);
    fixture_reopen(t, f);
    CHECK_RC(RC_OK, catalog_new_ids(t, f->catalog, 1, &first));
    CHECK(first >= after + 100000);
    fixture_close(f);
}

TEST(life_settings_and_identity_stay)
{
    Fixture *f = fixture_open(t);
    Uuid uuid = catalog_server_uuid(f->catalog);
    Str value;
    CHECK_RC(RC_OK, catalog_get_setting(t, f->catalog, STR("a"), &value));
    CHECK_STR(STR_NONE, value);
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_set_setting(t, txn, STR("a"), STR("1")));
    CHECK_RC(RC_OK, txn_set_setting(t, txn, STR("a"), STR("2")));
    CHECK_RC(RC_OK, catalog_get_setting(t, f->catalog, STR("a"), &value));  // its own, uncommitted
    CHECK_STR("2", value);
    fixture_commit(t, txn);
    fixture_reopen(t, f);
    CHECK_RC(RC_OK, catalog_get_setting(t, f->catalog, STR("a"), &value));
    CHECK_STR("2", value);
    CHECK(uuid_eq(uuid, catalog_server_uuid(f->catalog)));
    fixture_close(f);
}

TEST(life_token_waits_with_deadline_and_cancel)
{
    Fixture *f = fixture_open(t);
    CHECK_RC(RC_OK, catalog_take_token(t, f->catalog, 5));
    CHECK_RC(RC_OK, catalog_take_token(t, f->catalog, 6));
    t->deadline_ms = clock_steady_ms() + 20;
    CHECK_ERR(TIMEOUT, catalog_take_token(t, f->catalog, 5));
    t->deadline_ms = 0;
    Cancel cancel = {true};
    t->cancel = &cancel;
    CHECK_ERR(CANCELLED, catalog_take_token(t, f->catalog, 6));
    t->cancel = NULL;
    catalog_give_token(f->catalog, 5);
    CHECK_RC(RC_OK, catalog_take_token(t, f->catalog, 5));
    catalog_give_token(f->catalog, 5);
    catalog_give_token(f->catalog, 6);
    fixture_close(f);
}

// History of definitions and versions does not grow for ever.
TEST(life_history_is_forgotten_when_the_trash_ends)
{
    World world = make_world(t);
    world.f->trash_expire_second = 1;
    fixture_reopen(t, world.f);
    for (int i = 0; i < 600; i++) {
        fixture_insert(t, world.f, world.table, world.partition, 1);
        world.f->clock.at_ms += 1000;
    }
    Str before = fixture_dump_now(t, world.f);
    fixture_reopen(t, world.f);
    CHECK_STR(before, fixture_dump_now(t, world.f));
    fixture_close(world.f);
    Meta *meta = NULL;
    CHECK_RC(RC_OK, meta_open(t, world.f->path, &meta));
    MetaRows *rows = NULL;
    bool has_row = false;
    CHECK_RC(RC_OK, meta_query_plain(t, meta, &rows,
                                     "SELECT (SELECT count(*) FROM version),"
                                     " (SELECT count(*) FROM txn)"));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    CHECK(meta_i64(rows, 0) < 300);
    CHECK(meta_i64(rows, 1) < 300);
    meta_end(&rows);
    meta_close(meta);
}

TEST(scan_names_types_as_the_engine_does)
{
    Type decimal = {.kind = TYPE_DECIMAL, .precision = 38, .scale = 4};
    CHECK_STR("DECIMAL(38,4)", scan_engine_type(t->arena, decimal));
    CHECK_STR("HUGEINT", scan_engine_type(t->arena, TYPE_OF(LARGEINT)));
    CHECK_STR("TIMESTAMP", scan_engine_type(t->arena, TYPE_OF(DATETIME)));
    CHECK_STR("VARCHAR", scan_engine_type(t->arena, TYPE_OF(CHAR)));
    CHECK_STR("BLOB", scan_engine_type(t->arena, TYPE_OF(VARBINARY)));
}
