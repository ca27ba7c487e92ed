/* exec/dynamic: partitions that the time makes and drops, by a clock that the test sets. */
#include "base/sink.h"
#include "check.h"
#include "exec/exec.h"

enum { PATIENCE_MS = 20000, HOUR_MS = 3600 * 1000 };

typedef struct Server {
    Str dir;
    ClockFixed clock;
    Instance *instance;
    Session *session;
} Server;

static void server_open(Ctx *t, Server *server)
{
    InstanceOptions options = {.data_dir = str_printf(t->arena, "%.*s/data", STR_ARG(server->dir)),
                               .version = STR("8.0.33"),
                               .version_comment = STR("Kintsugi"),
                               .bind_address = STR("127.0.0.1"),
                               .trash_expire_second = 86400,
                               .engine_memory_bytes = 1 << 30,
                               .engine_threads = 1,
                               .dynamic_check_interval_ms = 10,
                               .clock = &server->clock.clock};
    CHECK_RC(RC_OK, instance_open(t, &options, &server->instance));
    CHECK_RC(RC_OK, session_open(t, server->instance, STR("127.0.0.1:1"), &server->session));
    CHECK_RC(RC_OK, session_login(server->session, t, STR("root"), STR(""), STR("")));
}

static void server_close(Server *server)
{
    session_close(server->session);
    instance_close(server->instance);
}

// Every cell of column `column`, joined by blanks.
static Str column_of(Ctx *t, Server *server, const char *text, size_t column)
{
    SinkList list;
    StatementResult result = {0};
    SqlText sql = {str_from(text), false};
    Buf out = buf_new(t->arena);
    sink_list_init(&list);
    CHECK_RC(RC_OK, session_run(server->session, t, &sql, &list.sink, &result));
    t->deadline_ms = 0;
    t->cancel = NULL;
    for (const SinkRow *row = list.first; row; row = row->next)
        buf_printf(&out, "%s%.*s", row == list.first ? "" : " ", STR_ARG(row->cells[column]));
    return buf_str(&out);
}

static void run(Ctx *t, Server *server, const char *text)
{
    (void)column_of(t, server, text, 0);
}

static Str partitions(Ctx *t, Server *server)
{
    return column_of(t, server, "SHOW PARTITIONS FROM d.t", 1);
}

// The scheduler has its own thread: wait until it has done what is expected, or for too long.
static void wait_for(Ctx *t, Server *server, const char *expected)
{
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    while (!str_eq(partitions(t, server), str_from(expected)) && clock_steady_ms() < until_ms)
        clock_sleep_ms(10);
    CHECK_STR(expected, partitions(t, server));
}

static void wait_for_job(Ctx *t, Server *server, const char *show, size_t column)
{
    int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
    while (!str_eq(column_of(t, server, show, column), STR("FINISHED")) &&
           clock_steady_ms() < until_ms)
        clock_sleep_ms(10);
    CHECK_STR("FINISHED", column_of(t, server, show, column));
}

// 2024-03-05 12:00:00 of the zone Etc/UTC
static const int64_t NOON_MS = INT64_C(1709640000000);

TEST(dynamic_partitions_follow_the_clock)
{
    Server server = {.dir = test_dir(t)};
    clock_fixed_init(&server.clock, NOON_MS);
    server_open(t, &server);
    run(t, &server, "CREATE DATABASE d");
    run(t, &server,
        "CREATE TABLE d.t (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("
        "'dynamic_partition.time_unit' = 'DAY', 'dynamic_partition.time_zone' = 'Etc/UTC', "
        "'dynamic_partition.start' = '-2', 'dynamic_partition.end' = '2', "
        "'dynamic_partition.history_partition_num' = '1')");
    CHECK_STR("p20240304 p20240305 p20240306 p20240307", partitions(t, &server));
    run(t, &server, "INSERT INTO d.t VALUES ('2024-03-04'), ('2024-03-07')");

    server.clock.at_ms += 36 * HOUR_MS;  // the 7th, at midnight
    wait_for(t, &server, "p20240305 p20240306 p20240307 p20240308 p20240309");
    CHECK_STR("2024-03-07", column_of(t, &server, "SELECT * FROM d.t", 0));
    CHECK_STR("NORMAL", column_of(t, &server, "SHOW DYNAMIC PARTITION TABLES FROM d", 11));

    // what is there does not come again after a restart
    server_close(&server);
    server_open(t, &server);
    wait_for(t, &server, "p20240305 p20240306 p20240307 p20240308 p20240309");
    server_close(&server);
}

TEST(dynamic_partitions_spare_what_a_restore_brought)
{
    Server server = {.dir = test_dir(t)};
    clock_fixed_init(&server.clock, NOON_MS);
    server_open(t, &server);
    run(t, &server, "CREATE DATABASE d");
    run(t, &server,
        str_z(t->arena, str_printf(t->arena,
                                   "CREATE REPOSITORY r WITH BROKER ON LOCATION "
                                   "'file://%.*s/repository'",
                                   STR_ARG(server.dir))));
    run(t, &server,
        "CREATE TABLE d.t (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("
        "'dynamic_partition.time_unit' = 'DAY', 'dynamic_partition.time_zone' = 'Etc/UTC', "
        "'dynamic_partition.start' = '-1', 'dynamic_partition.end' = '1')");
    run(t, &server, "INSERT INTO d.t VALUES ('2024-03-05')");
    run(t, &server, "BACKUP SNAPSHOT d.s TO r ON (t)");
    wait_for_job(t, &server, "SHOW BACKUP FROM d", 3);
    server.clock.at_ms += 10 * 24 * HOUR_MS;
    wait_for(t, &server, "p20240315 p20240316");

    run(t, &server, "RESTORE SNAPSHOT d.s FROM r ON (t PARTITION (p20240305))");
    wait_for_job(t, &server, "SHOW RESTORE FROM d", 4);
    server.clock.at_ms += 20 * HOUR_MS;  // the 16th: the scheduler has been there
    wait_for(t, &server, "p20240305 p20240315 p20240316 p20240317");
    Str states = column_of(t, &server, "SHOW PARTITIONS FROM d.t", 5);
    CHECK(str_starts(states, STR("NORMAL (kept until ")));
    server.clock.at_ms += 5 * HOUR_MS;  // a day is over
    wait_for(t, &server, "p20240315 p20240316 p20240317");
    server_close(&server);
}

TEST(dynamic_ttl_and_live_number_drop_old_partitions)
{
    Server server = {.dir = test_dir(t)};
    clock_fixed_init(&server.clock, NOON_MS);
    server_open(t, &server);
    run(t, &server, "CREATE DATABASE d");
    run(t, &server,
        "CREATE TABLE d.t (d DATE) PARTITION BY RANGE(d) (START ('2024-02-28') END ('2024-03-09') "
        "EVERY (INTERVAL 1 DAY)) PROPERTIES ('partition_live_number' = '3')");
    // those that have not begun stay as well
    CHECK_STR("p20240303 p20240304 p20240305 p20240306 p20240307 p20240308",
              partitions(t, &server));
    run(t, &server, "DROP TABLE d.t");
    run(t, &server,
        "CREATE TABLE d.t (d DATE) PARTITION BY date_trunc('day', d) "
        "PROPERTIES ('partition_ttl' = '2 DAY')");
    run(t, &server, "INSERT INTO d.t VALUES ('2024-03-01'), ('2024-03-04'), ('2024-03-05')");
    wait_for(t, &server, "p20240304 p20240305");
    server_close(&server);
}
