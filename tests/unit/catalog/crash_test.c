// A process that ends at every named point, and rows that were changed behind the catalog's back.
#include "base/fault.h"
#include "fixture.h"
#include "meta/meta.h"
#include <sys/wait.h>
#include <unistd.h>

// What the child does before it dies: a change of every kind of row in one transaction.
static void change_much(Ctx *t, Fixture *f, uint64_t database, uint64_t table, uint64_t partition)
{
    RowsetInfo info = fixture_rowset(fixture_id(t, f), 5);
    RowsetChange change = {.table_id = table,
                           .partition_id = partition,
                           .add = &info,
                           .add_count = 1,
                           .ends_all = true};
    TableDef *def = fixture_table_def(t, fixture_id(t, f), "made", false);
    const PartitionDef *part = fixture_partition_def(t, fixture_id(t, f), "made", "", "");
    Claim claim = {CLAIM_RESTORE, 500, STR("x"), STR("y"), STR_NONE};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    CHECK_RC(RC_OK, txn_create_table(t, txn, database, def, (PartitionDefs){&part, 1}));
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &claim, 1));
    fixture_commit(t, txn);
}

typedef struct Outcome {
    bool was_killed, has_new;
} Outcome;

static Outcome run_and_kill(Ctx *t, const char *spec)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    fixture_insert(t, f, table, partition, 3);
    Str before = fixture_dump_now(t, f);
    fixture_close(f);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        fault_init(spec);
        fixture_reopen(t, f);
        change_much(t, f, database, table, partition);
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    fixture_reopen(t, f);
    Str after = fixture_dump_now(t, f);
    Claim *claims = NULL;
    size_t count = 0;
    CHECK_RC(RC_OK, catalog_claims(t, f->catalog, &claims, &count));
    bool has_new = str_find(after, STR("\"made\"")) >= 0;
    // One or the other, never a mix.
    CHECK(has_new || str_eq(before, after));
    CHECK_INT(has_new, count);
    CHECK_INT(has_new, str_find(after, STR("rows 5 bytes 50")) >= 0);
    fixture_insert(t, f, table, partition, 1);  // and life goes on
    fixture_close(f);
    return (Outcome){WIFSIGNALED(status), has_new};
}

TEST(crash_before_the_commit_loses_all_of_it)
{
    static const char *const SPECS[] = {"catalog.begin=kill", "meta.flush=kill",
                                        "catalog.commit.before=kill"};
    for (size_t i = 0; i < sizeof(SPECS) / sizeof(SPECS[0]); i++) {
        Outcome outcome = run_and_kill(t, SPECS[i]);
        CHECK(outcome.was_killed);
        CHECK(!outcome.has_new);
    }
}

TEST(crash_after_the_commit_loses_nothing)
{
    Outcome outcome = run_and_kill(t, "catalog.commit.after=kill");
    CHECK(outcome.was_killed);
    CHECK(outcome.has_new);
    outcome = run_and_kill(t, NULL);  // ends without closing anything
    CHECK(!outcome.was_killed);
    CHECK(outcome.has_new);
}

static void check_failing_commit(Ctx *t, const char *spec, ErrId expected)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    Str before = fixture_dump_now(t, f);
    RowsetInfo info = fixture_rowset(fixture_id(t, f), 5);
    RowsetChange change = {
        .table_id = table, .partition_id = partition, .add = &info, .add_count = 1};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    fault_init(spec);
    Rc rc = txn_commit(t, &txn);
    fault_init(NULL);
    CHECK(rc != RC_OK && txn == NULL);
    CHECK_INT(expected, t->err.id);
    ctx_clear(t);
    CHECK_STR(before, fixture_dump_now(t, f));
    fixture_insert(t, f, table, partition, 1);  // the turn was given back
    fixture_reopen(t, f);
    CHECK(!str_eq(before, fixture_dump_now(t, f)));
    fixture_close(f);
}

TEST(commit_that_fails_leaves_all_as_it_was)
{
    check_failing_commit(t, "catalog.commit.before=fail", ERR_FAULT_INJECTED);
    check_failing_commit(t, "meta.flush=nospace", ERR_DISK_FULL);
    check_failing_commit(t, "meta.flush=again", ERR_FAULT_AGAIN);
}

TEST(commit_that_is_durable_does_not_fail_afterwards)
{
    Fixture *f = fixture_open(t);
    fault_init("catalog.commit.after=fail");
    fixture_make_database(t, f, "d");
    fault_init(NULL);
    CHECK(fixture_dump_now(t, f).len > 0);
    fixture_close(f);
}

static void check_damage(Ctx *t, const char *sql)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    fixture_insert(t, f, table, partition, 3);
    Claim claim = {CLAIM_RESTORE, 500, STR("x"), STR("y"), STR_NONE};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_add_claims(t, txn, &claim, 1));
    fixture_commit(t, txn);
    fixture_close(f);
    Meta *meta = NULL;
    CHECK_RC(RC_OK, meta_open(t, f->path, &meta));
    CHECK_RC(RC_OK, meta_exec_plain(t, meta, sql));
    CHECK(meta_changed(meta) > 0);
    meta_close(meta);
    CatalogOptions options = {.path = f->path, .clock = &f->clock.clock};
    Catalog *catalog = NULL;
    CHECK_ERR(CATALOG_DAMAGED, catalog_open(t, &options, &catalog));
    CHECK(catalog == NULL);
}

TEST(damage_of_any_live_row_is_noticed_at_the_start)
{
    check_damage(t, "UPDATE object SET name = 'u' WHERE kind = 3");
    check_damage(t, "UPDATE object SET body = replace(body, '1', '3') WHERE kind = 4");
    check_damage(t, "UPDATE object SET parent = parent + 1 WHERE kind = 3");
    check_damage(t, "UPDATE version SET version = 9");
    check_damage(t, "UPDATE rowset SET row_count = 9");
    check_damage(t, "UPDATE rowset SET file_digest = zeroblob(32)");
    check_damage(t, "UPDATE claim SET table_name = 'z'");
    check_damage(t, "UPDATE setting SET value = '10001' WHERE key = 'next_id'");
    check_damage(t, "UPDATE txn SET time_ms = 1");
    check_damage(t, "DELETE FROM object WHERE kind = 1");  // children without a parent
    check_damage(t, "DELETE FROM object WHERE kind = 4");
    check_damage(t, "DELETE FROM version WHERE to_txn IS NULL");
    check_damage(t, "DELETE FROM txn");  // rows from the future
}

// Half of a change is on disk, the process lives on: only an abort is possible.
TEST(broken_transaction_can_not_be_committed)
{
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), partition = 0;
    uint64_t table = fixture_make_table(t, f, database, "t", &partition);
    uint64_t rowset = fixture_insert(t, f, table, partition, 3);
    Str before = fixture_dump_now(t, f);
    RowsetInfo info = fixture_rowset(rowset, 5);  // an id that is taken
    RowsetChange change = {.table_id = table,
                           .partition_id = partition,
                           .add = &info,
                           .add_count = 1,
                           .ends_all = true};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_ERR(META_RULE, txn_change_rowsets(t, txn, &change));
    CHECK_ERR(BUG, txn_commit(t, &txn));
    CHECK_STR(before, fixture_dump_now(t, f));
    fixture_reopen(t, f);
    CHECK_STR(before, fixture_dump_now(t, f));
    fixture_close(f);
}
