// Aggregate functions of ours inside the engine: groups, threads, failures, memory.
#include "base/fault.h"
#include "fixture.h"
#include <stdatomic.h>
#include <stdlib.h>

// --- a sum that owns memory, so that each state must be dropped exactly once

static atomic_int alive;

typedef struct Sum {
    int64_t *value;  // NULL: no row yet
} Sum;

static int64_t *sum_value(Sum *sum)
{
    if (!sum->value) {
        sum->value = calloc(1, sizeof *sum->value);
        atomic_fetch_add(&alive, 1);
    }
    return sum->value;
}

static Rc sum_update(Ctx *ctx, EngineCall *call, void *const *states)
{
    const int64_t *in = engine_arg_data(call, 0);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_arg_is_null(call, 0, row)) continue;
        if (in[row] == -1) return FAIL(ctx, ENGINE_VALUE, STR_ARG(STR("minus one")));
        if (in[row] == -2) TRY(engine_state_owns(ctx, states[row], (size_t)1 << 40));
        *sum_value(states[row]) += in[row];
    }
    return RC_OK;
}

static Rc sum_combine(Ctx *ctx, void *into, const void *from)
{
    const Sum *more = from;
    (void)ctx;
    if (more->value) *sum_value(into) += *more->value;
    return RC_OK;
}

static Rc sum_finish(Ctx *ctx, EngineCall *call, size_t row, void *state)
{
    const Sum *sum = state;
    if (sum->value && *sum->value == 666) return FAIL(ctx, ENGINE_VALUE, STR_ARG(STR("the beast")));
    if (sum->value)
        ((int64_t *)engine_out_data(call))[row] = *sum->value;
    else
        engine_out_null(call, row);
    return RC_OK;
}

static void sum_drop(void *state)
{
    Sum *sum = state;
    if (!sum->value) return;
    free(sum->value);
    sum->value = NULL;
    atomic_fetch_sub(&alive, 1);
}

static const EngineAggregate SUM = {.name = "test_sum",
                                    .params = {ENGINE_BIGINT},
                                    .param_count = 1,
                                    .result = ENGINE_BIGINT,
                                    .state_bytes = sizeof(Sum),
                                    .update = sum_update,
                                    .combine = sum_combine,
                                    .finish = sum_finish,
                                    .drop = sum_drop};

static Fixture open_with_sum(Ctx *t)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_RC(RC_OK, engine_register_aggregate(t, fixture.engine, &SUM));
    return fixture;
}

static void close_all(Fixture *fixture)
{
    fixture_close(fixture);
    CHECK_INT(0, atomic_load(&alive));
}

TEST(aggregate_answers_one_group_many_and_none)
{
    Fixture fixture = open_with_sum(t);
    CHECK_SQL("6", "SELECT test_sum(x) FROM (VALUES (1), (NULL), (5)) t(x)");
    CHECK_SQL("NULL", "SELECT test_sum(x) FROM (VALUES (1)) t(x) WHERE x > 1");
    CHECK_SQL("NULL", "SELECT test_sum(NULL)");
    CHECK_SQL("1|4/2|NULL", "SELECT g, test_sum(x) FROM (VALUES (1, 4), (2, NULL)) t(g, x) "
                            "GROUP BY g ORDER BY g");
    CHECK_SQL("3", "SELECT test_sum(DISTINCT x) FROM (VALUES (1), (2), (2)) t(x)");
    CHECK_SQL("2", "SELECT test_sum(x) FILTER (WHERE x > 1) FROM (VALUES (1), (2)) t(x)");
    close_all(&fixture);
}

TEST(aggregate_of_many_groups_and_threads)
{
    Fixture fixture = open_with_sum(t);
    CHECK_SQL("200000|199999900000000|199999900000000",
              "SELECT count(*), sum(s), sum(p) FROM (SELECT test_sum(i * 100) s, sum(i * 100) p "
              "FROM range(2000000) r(i) GROUP BY i % 200000)");
    CHECK_SQL("49999995000000", "SELECT test_sum(i) FROM range(10000000) r(i)");
    close_all(&fixture);
}

TEST(aggregate_over_windows)
{
    Fixture fixture = open_with_sum(t);
    CHECK_SQL("1/3/5/7/9", "SELECT test_sum(i) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND "
                           "CURRENT ROW) FROM (VALUES (1), (2), (3), (4), (5)) t(i)");
    CHECK_SQL("1", "SELECT bool_and(a IS NOT DISTINCT FROM b) FROM (SELECT test_sum(i) OVER w a, "
                   "sum(i) OVER w b FROM range(20000) r(i) WINDOW w AS (PARTITION BY i % 7 ORDER "
                   "BY i ROWS BETWEEN 50 PRECEDING AND 3 FOLLOWING))");
    close_all(&fixture);
}

TEST(aggregate_failures_are_the_statements)
{
    Fixture fixture = open_with_sum(t);
    CHECK_SQL_ERR(ENGINE_VALUE, STR_NONE,
                  "SELECT test_sum(CASE WHEN i = 900000 THEN -1 ELSE i END) "
                  "FROM range(1000000) r(i)");
    CHECK_SQL_ERR(ENGINE_VALUE, STR_NONE,
                  "SELECT test_sum(CASE WHEN i = 900000 THEN -1 ELSE i END) "
                  "FROM range(1000000) r(i) GROUP BY i % 1000");
    CHECK_SQL_ERR(ENGINE_VALUE, "the beast", "SELECT test_sum(666)");
    CHECK_SQL_ERR(ENGINE_VALUE, "the beast",
                  "SELECT test_sum(i) FROM range(100000) r(i) GROUP BY i");
    CHECK_SQL_ERR(ENGINE_VALUE, "the beast",
                  "SELECT test_sum(i) OVER (PARTITION BY i) FROM range(10000) r(i)");
    CHECK_SQL_ERR(ENGINE_MEMORY, STR_NONE, "SELECT test_sum(-2)");
    CHECK_SQL("1", "SELECT test_sum(1)");
    close_all(&fixture);
}

TEST(aggregate_is_cancelled)
{
    Fixture fixture = open_with_sum(t);
    Str answer;
    t->deadline_ms = clock_steady_ms() + 100;
    CHECK_ERR(TIMEOUT, fixture_ask(t, &fixture,
                                   "SELECT count(s) FROM (SELECT test_sum(i + 1000) s FROM "
                                   "range(400000000) r(i) GROUP BY i % 1000)",
                                   &answer));
    t->deadline_ms = 0;
    CHECK_SQL("1", "SELECT test_sum(1)");
    close_all(&fixture);
}

// The library forgets states of groups that nobody fetches.
TEST(aggregate_ends_early)
{
    Fixture fixture = open_with_sum(t);
    CHECK_SQL(
        "1", "SELECT count(s) FROM (SELECT test_sum(i + 1000) s FROM range(100000) r(i) GROUP BY i "
             "LIMIT 1)");
    CHECK_SQL_ERR(ENGINE_VALUE, "the beast",
                  "SELECT test_sum(i) FROM range(100000) r(i) GROUP BY i");
    CHECK_INT(0, atomic_load(&alive));
    close_all(&fixture);
}

TEST(aggregate_survives_a_new_instance)
{
    Fixture fixture = open_with_sum(t);
    fault_init("engine_fatal=fail");
    Str answer;
    CHECK_ERR(ENGINE_RESTARTED, fixture_ask(t, &fixture, "SELECT 1", &answer));
    fault_init(NULL);
    CHECK_SQL("3|NULL", "SELECT test_sum(3), kg_bitmap_union(NULL)");
    close_all(&fixture);
}
