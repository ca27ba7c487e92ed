#include "base/vec.h"
#include "check.h"
#include "sample.h"
#include "snap/lease.h"

static SnapRepository *new_repository(Ctx *t)
{
    SnapPlace place = sample_place(t);
    SnapRepository *repository = NULL;
    CHECK_RC(RC_OK, snap_repository_create(t, &place, false, &repository));
    return repository;
}

static Lease lease_of(uint8_t server, uint8_t job)
{
    return (Lease){.label = STR("nightly"), .server = {{server}}, .job = {{job}}};
}

static void put(Ctx *t, SnapRepository *repository, const char *name, Str bytes)
{
    Blob *blob = snap_repository_blob(repository);
    CHECK_RC(RC_OK, blob->replace(blob, t, str_from(name), bytes));
}

static Rc is_job_one(void *handle, Ctx *ctx, Uuid job, bool *out)
{
    (void)handle;
    (void)ctx;
    *out = uuid_eq(job, lease_of(1, 1).job);
    return RC_OK;
}

TEST(lease_of_a_job_of_this_server_that_is_over_is_nobodys)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    Lease one = lease_of(1, 1), two = lease_of(1, 2), other = lease_of(2, 2);
    one.is_at_work = two.is_at_work = other.is_at_work = is_job_one;
    CHECK_RC(RC_OK, lease_take(t, repository, &one));
    CHECK_ERR(LABEL_TAKEN, lease_take(t, repository, &two));
    CHECK_RC(RC_OK, lease_give(t, repository, &one));
    CHECK_RC(RC_OK, lease_take(t, repository, &two));
    CHECK_ERR(LABEL_TAKEN, lease_take(t, repository, &other));  // nobody but its server knows
    CHECK_RC(RC_OK, lease_take(t, repository, &one));
    CHECK_ERR(LEASE_LOST, lease_check(t, repository, &two));
}

TEST(lease_that_can_not_be_read_is_named)
{
    static const char *const GARBAGE[] = {"", "{", "{}", "{\"server\":\"00\"}"};
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    Lease ours = lease_of(1, 1);
    for (size_t i = 0; i < COUNT_OF(GARBAGE); i++) {
        put(t, repository, "snapshots/nightly/writing.json", str_from(GARBAGE[i]));
        CHECK(lease_take(t, repository, &ours) == RC_CORRUPT);
        CHECK_INT(ERR_LEASE_DAMAGED, t->err.id);
        CHECK(str_find(t->err.text, STR("/snapshots/nightly/writing.json")) > 0);
        ctx_clear(t);
        CHECK_ERR(LEASE_DAMAGED, lease_give(t, repository, &ours));
    }
}

TEST(lease_belongs_to_one_job)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    Lease ours = lease_of(1, 1), theirs = lease_of(2, 2), next = lease_of(1, 2);
    CHECK_RC(RC_OK, lease_take(t, repository, &ours));
    CHECK_ERR_TEXT(LABEL_TAKEN, "Snapshot with name 'nightly' already exist in repository",
                   lease_take(t, repository, &theirs));
    CHECK_ERR(LABEL_TAKEN, lease_take(t, repository, &next));
    CHECK_RC(RC_OK, lease_take(t, repository, &ours));  // after a restart
    CHECK_RC(RC_OK, lease_renew(t, repository, &ours));
    CHECK_RC(RC_OK, lease_check(t, repository, &ours));
    CHECK_ERR(LEASE_LOST, lease_check(t, repository, &theirs));
    CHECK_ERR(LEASE_LOST, lease_renew(t, repository, &theirs));
    SnapLabel label;
    CHECK_RC(RC_OK, snap_look_up_label(t, repository, STR("nightly"), &label));
    CHECK(label.is_writing);
}

TEST(lease_is_given_back_by_its_owner_only)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    Lease ours = lease_of(1, 1), theirs = lease_of(2, 2);
    CHECK_RC(RC_OK, lease_take(t, repository, &ours));
    CHECK_RC(RC_OK, lease_give(t, repository, &theirs));
    CHECK_RC(RC_OK, lease_check(t, repository, &ours));
    CHECK_RC(RC_OK, lease_give(t, repository, &ours));
    CHECK_RC(RC_OK, lease_give(t, repository, &ours));
    CHECK_ERR(LEASE_LOST, lease_check(t, repository, &ours));
    CHECK_RC(RC_OK, lease_take(t, repository, &theirs));
}

TEST(lease_lapses)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    ClockFixed clock;
    clock_fixed_init(&clock, 1000000000);
    t->clock = &clock.clock;
    Lease ours = lease_of(1, 1), theirs = lease_of(2, 2);
    CHECK_RC(RC_OK, lease_take(t, repository, &ours));
    clock.at_ms += LEASE_LAPSE_MS;
    CHECK_RC(RC_OK, lease_renew(t, repository, &ours));
    clock.at_ms += LEASE_LAPSE_MS;
    CHECK_ERR(LABEL_TAKEN, lease_take(t, repository, &theirs));
    CHECK_RC(RC_OK, lease_check(t, repository, &ours));
    clock.at_ms += 1;
    CHECK_ERR(LEASE_LOST, lease_check(t, repository, &ours));
    CHECK_ERR(LEASE_LOST, lease_renew(t, repository, &ours));
    CHECK_RC(RC_OK, lease_take(t, repository, &ours));  // it looks at everything again
    CHECK_RC(RC_OK, lease_check(t, repository, &ours));
    clock.at_ms += LEASE_LAPSE_MS + 1;
    CHECK_RC(RC_OK, lease_take(t, repository, &theirs));
    CHECK_ERR(LEASE_LOST, lease_check(t, repository, &ours));
    CHECK_ERR(LEASE_LOST, lease_renew(t, repository, &ours));
    CHECK_ERR(LABEL_TAKEN, lease_take(t, repository, &ours));
    CHECK_RC(RC_OK, lease_give(t, repository, &ours));
    CHECK_RC(RC_OK, lease_check(t, repository, &theirs));
}

TEST(lease_is_not_for_a_label_with_a_backup)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    Lease ours = lease_of(1, 1);
    put(t, repository, "snapshots/nightly/notes.json", STR("not a backup"));
    CHECK_RC(RC_OK, lease_take(t, repository, &ours));
    CHECK_RC(RC_OK, lease_give(t, repository, &ours));
    put(t, repository, "snapshots/nightly/2024-12-09-10-25-58-842.json", STR("whatever it holds"));
    CHECK_ERR(LABEL_TAKEN, lease_take(t, repository, &ours));
    Blob *blob = snap_repository_blob(repository);
    uint64_t size;
    CHECK_ERR(FILE_MISSING, blob->stat(blob, t, STR("snapshots/nightly/writing.json"), &size));
}

// A claim that cannot be read may be of a newer version: it is neither taken away nor overwritten.
TEST(lease_that_is_not_understood_stays)
{
    static const char *const TEXTS[] = {"", "{", "{}", "[]",
                                        "{\"server\":\"00\",\"job\":\"00\",\"renewed_ms\":0}"};
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    Lease ours = lease_of(1, 1);
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        put(t, repository, "snapshots/nightly/writing.json", str_from(TEXTS[i]));
        CHECK_INT(RC_CORRUPT, lease_take(t, repository, &ours));
        CHECK_INT(RC_CORRUPT, lease_check(t, repository, &ours));
        CHECK_INT(RC_CORRUPT, lease_renew(t, repository, &ours));
        CHECK_INT(RC_CORRUPT, lease_give(t, repository, &ours));
        ctx_clear(t);
        Blob *blob = snap_repository_blob(repository);
        Str found;
        CHECK_RC(RC_OK, blob->read(blob, t, STR("snapshots/nightly/writing.json"), 100, &found));
        CHECK_STR(TEXTS[i], found);
    }
}

TEST(lease_waits_for_the_collector)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    CHECK_RC(RC_OK, lease_wait_for_collector(t, repository));
    CHECK_INT(ERR_NONE, t->err.id);
    put(t, repository, "gc.json", STR("{}"));
    t->deadline_ms = clock_steady_ms() + 50;
    CHECK_ERR(TIMEOUT, lease_wait_for_collector(t, repository));
}

// --- many writers, one label

enum { RACERS = 8, ROUNDS = 20 };
typedef struct Racer {
    SnapRepository *repository;
    pthread_barrier_t *start;
    uint8_t number;
    int won, lost;
} Racer;

static void *race(void *handle)
{
    Racer *racer = handle;
    AUTO(arena_free_at) Arena *arena = arena_new();
    for (int round = 0; round < ROUNDS; round++) {
        Ctx ctx;
        ctx_init(&ctx, arena, NULL);
        Lease lease = lease_of(racer->number, racer->number);
        lease.label = str_printf(arena, "label %d", round);
        pthread_barrier_wait(racer->start);
        Rc rc = lease_take(&ctx, racer->repository, &lease);
        racer->won += rc == RC_OK;
        racer->lost += rc == RC_EXISTS;
        pthread_barrier_wait(racer->start);
        if (rc == RC_OK && lease_check(&ctx, racer->repository, &lease) != RC_OK)
            racer->won = -1000;
    }
    return NULL;
}

TEST(lease_has_one_winner)
{
    AUTO(snap_repository_close) SnapRepository *repository = new_repository(t);
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, RACERS);
    Racer racers[RACERS];
    pthread_t threads[RACERS];
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (Racer){repository, &start, (uint8_t)(i + 1), 0, 0};
        CHECK_INT(0, pthread_create(&threads[i], NULL, race, &racers[i]));
    }
    int won = 0, lost = 0;
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        won += racers[i].won;
        lost += racers[i].lost;
    }
    pthread_barrier_destroy(&start);
    CHECK_INT(ROUNDS, won);
    CHECK_INT(ROUNDS * (RACERS - 1), lost);
}
