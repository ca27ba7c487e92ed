// Many readers and writers at once; and how long a start with a thousand tables takes.
#include "fixture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { WRITERS = 4, READERS = 3, INSERTS = 40 };

typedef struct Shared {
    Fixture *f;
    uint64_t database, table, partition;
    atomic_int running;
} Shared;

typedef struct Worker {
    pthread_t thread;
    Shared *shared;
    Arena *arena;
    Ctx ctx;
} Worker;

// Each insert adds 10 rows: every snapshot must show a multiple, and totals that agree.
static void *write_rows(void *argument)
{
    Worker *worker = argument;
    Ctx *t = &worker->ctx;
    Shared *shared = worker->shared;
    for (int i = 0; i < INSERTS; i++)
        fixture_insert(t, shared->f, shared->table, shared->partition, 10);
    atomic_fetch_sub(&shared->running, 1);
    return NULL;
}

static void *read_rows(void *argument)
{
    const Worker *worker = argument;
    const Shared *shared = worker->shared;
    uint64_t last_rows = 0;
    while (atomic_load(&shared->running) > 0) {
        const CatalogSnapshot *snapshot = catalog_pin(shared->f->catalog);
        const Database *database = catalog_find_database_id(snapshot, shared->database);
        const Table *table = catalog_find_table_id(database, shared->table);
        uint64_t sum = 0;
        for (size_t i = 0; i < table->partitions[0]->rowset_count; i++)
            sum += table->partitions[0]->rowsets[i]->info.row_count;
        CHECK_INT(sum, table->row_count);
        CHECK_INT(0, sum % 10);
        CHECK(sum >= last_rows);
        CHECK_INT(sum / 10 + 1, table->partitions[0]->version);
        last_rows = sum;
        catalog_unpin(shared->f->catalog, snapshot);
    }
    return NULL;
}

static void start(Worker *worker, Shared *shared, void *(*run)(void *))
{
    worker->shared = shared;
    worker->arena = arena_new();
    ctx_init(&worker->ctx, worker->arena, NULL);
    CHECK(pthread_create(&worker->thread, NULL, run, worker) == 0);
}

TEST(threads_pin_and_commit_together)
{
    Shared shared = {.f = fixture_open(t)};
    shared.database = fixture_make_database(t, shared.f, "d");
    shared.table = fixture_make_table(t, shared.f, shared.database, "t", &shared.partition);
    atomic_init(&shared.running, WRITERS);
    Worker workers[WRITERS + READERS];
    for (int i = 0; i < WRITERS + READERS; i++)
        start(&workers[i], &shared, i < WRITERS ? write_rows : read_rows);
    for (int i = 0; i < WRITERS + READERS; i++) {
        pthread_join(workers[i].thread, NULL);
        arena_free(workers[i].arena);
    }
    Str before = fixture_dump_now(t, shared.f);
    const CatalogSnapshot *snapshot = catalog_pin(shared.f->catalog);
    CHECK_INT(WRITERS * INSERTS * 10, snapshot->databases[0]->tables[0]->row_count);
    catalog_unpin(shared.f->catalog, snapshot);
    fixture_reopen(t, shared.f);
    CHECK_STR(before, fixture_dump_now(t, shared.f));
    fixture_close(shared.f);
}

static void *begin_and_give_up(void *argument)
{
    Worker *worker = argument;
    CatalogTxn *txn = NULL;
    worker->ctx.deadline_ms = clock_steady_ms() + 30;
    Rc rc = catalog_begin(&worker->ctx, worker->shared->f->catalog, 0, &txn);
    if (rc != RC_TIMEOUT || txn) check_failed(__FILE__, __LINE__, "begin did not give up");
    return NULL;
}

TEST(threads_waiting_for_the_turn_keep_their_deadline)
{
    Shared shared = {.f = fixture_open(t)};
    CatalogTxn *txn = fixture_begin(t, shared.f);
    Worker worker;
    start(&worker, &shared, begin_and_give_up);
    pthread_join(worker.thread, NULL);
    arena_free(worker.arena);
    txn_abort(&txn);
    fixture_make_database(t, shared.f, "d");
    fixture_close(shared.f);
}

// Printed, not asserted: the machine decides.
TEST(open_with_a_thousand_tables)
{
    enum { TABLES = 1000 };
    Fixture *f = fixture_open(t);
    uint64_t database = fixture_make_database(t, f, "d"), first = 0;
    CHECK_RC(RC_OK, catalog_new_ids(t, f->catalog, (size_t)3 * TABLES, &first));
    CatalogTxn *txn = fixture_begin(t, f);
    for (uint64_t i = 0; i < TABLES; i++) {
        const char *name = str_z(t->arena, str_printf(t->arena, "t%04d", (int)i));
        TableDef *def = fixture_table_def(t, first + 3 * i, name, false);
        const PartitionDef *partition = fixture_partition_def(t, first + 3 * i + 1, name, "", "");
        RowsetInfo info = fixture_rowset(first + 3 * i + 2, 5);
        RowsetChange change = {
            .table_id = def->id, .partition_id = partition->id, .add = &info, .add_count = 1};
        CHECK_RC(RC_OK, txn_create_table(t, txn, database, def, (PartitionDefs){&partition, 1}));
        CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    }
    fixture_commit(t, txn);
    Str before = fixture_dump_now(t, f);
    fixture_close(f);
    int64_t start_us = clock_steady_us();
    fixture_reopen(t, f);
    printf("opened %d tables in %lld us\n", TABLES, (long long)(clock_steady_us() - start_us));
    CHECK_STR(before, fixture_dump_now(t, f));
    start_us = clock_steady_us();
    uint64_t partition = first + 1;
    for (int i = 0; i < 20; i++) fixture_insert(t, f, first, partition, 1);
    printf("insert into one of them: %lld us each\n",
           (long long)(clock_steady_us() - start_us) / 20);
    fixture_close(f);
}
