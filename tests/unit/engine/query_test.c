// Answers: types as text, streams that stay flat, errors, cancel and deadline.
#include "base/fault.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>

TEST(query_prints_every_type)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("1|0|-128|-32768|-2147483648|-9223372036854775808",
              "SELECT true, false, (-128)::TINYINT, (-32768)::SMALLINT, (-2147483648)::INTEGER, "
              "(-9223372036854775808)::BIGINT");
    CHECK_SQL("-170141183460469231731687303715884105728|170141183460469231731687303715884105727",
              "SELECT (-170141183460469231731687303715884105728)::HUGEINT, "
              "170141183460469231731687303715884105727::HUGEINT");
    CHECK_SQL("1.5|1e+20|0.1|0.30000000000000004|4",
              "SELECT 1.5::FLOAT, 1e20::DOUBLE, 0.1::FLOAT, 0.1::DOUBLE + 0.2::DOUBLE, 4::DOUBLE");
    CHECK_SQL("1.5|-0.05|12.00|123456789.123456789|-99999999999999999999999999999999999.999",
              "SELECT 1.5::DECIMAL(4,1), (-0.05)::DECIMAL(9,2), 12::DECIMAL(18,2), "
              "123456789.123456789::DECIMAL(18,9), "
              "(-99999999999999999999999999999999999.999)::DECIMAL(38,3)");
    CHECK_SQL("0000-01-01|9999-12-31|1969-12-31",
              "SELECT DATE '0001-01-01' - 366, DATE '9999-12-31', DATE '1969-12-31'");
    CHECK_SQL("2024-02-29 23:59:59|2024-02-29 00:00:00.000001|1969-12-31 23:59:59.500000|10:00:00",
              "SELECT TIMESTAMP '2024-02-29 23:59:59', TIMESTAMP '2024-02-29 00:00:00.000001', "
              "TIMESTAMP '1969-12-31 23:59:59.5', TIME '10:00:00'");
    CHECK_SQL("|é|a long text beyond twelve bytes|NULL|NULL",
              "SELECT '', 'é', 'a long text beyond twelve bytes', NULL, NULL::VARCHAR");
    CHECK_SQL(
        "2024-01-01 00:00:00|2024-01-01 00:00:00.123000|2024-01-01 00:00:00.123456|"
        "2023-12-31 23:00:00|255|18446744073709551615",
        "SELECT TIMESTAMP_S '2024-01-01', TIMESTAMP_MS '2024-01-01 00:00:00.123', "
        "TIMESTAMP_NS '2024-01-01 00:00:00.123456789', "
        "TIMESTAMPTZ '2024-01-01 00:00:00+01:00', 255::UTINYINT, 18446744073709551615::UBIGINT");
    fixture_close(&fixture);
}

TEST(query_prints_nested_values_as_clients_read_them)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("[1,null,3]|[]|{\"a\":\"x\\\"y\",\"b\":[1]}|{\"k\":1.5}|{1:null}|NULL",
              "SELECT [1, NULL, 3], []::INT[], {'a': 'x\"y', 'b': [true]}, MAP {'k': 1.5}, "
              "MAP {1: NULL}, NULL::INT[]");
    CHECK_SQL("{1:[\"a\\\\b\"]}|[\"2024-01-01 00:00:00\",null]|[1.50,0.00]|[\"line\nline\"]",
              "SELECT MAP {1: ['a\\b']}, [TIMESTAMP '2024-01-01', NULL], [1.5::DECIMAL(5,2), 0], "
              "['line' || chr(10) || 'line']");
    CHECK_SQL("[[1,2],[],null]|{\"a\":{\"b\":\"2024-01-01\"}}",
              "SELECT [[1, 2], [], NULL], {'a': {'b': DATE '2024-01-01'}}");
    fixture_close(&fixture);
}

TEST(query_prints_nested_values_as_declared)
{
    Fixture fixture = fixture_open(t, 0);
    Str names[] = {STR("Big"), STR("J")};
    Type types[] = {type_array(t->arena, TYPE_OF(LARGEINT)), TYPE_OF(JSON)};
    SinkColumn column = {.name = STR("s"), .type = type_struct(t->arena, names, types, 2)};
    SinkList list;
    sink_list_init(&list);
    Str sql = STR(
        "SELECT {'big': ['80000000-0000-0000-0000-000000000005'::UUID], 'j': '{\"it''s\": 1}'}");
    CHECK_RC(RC_OK, engine_query(t, fixture.conn, sql, &(EngineColumns){&column, 1}, &list.sink));
    CHECK_STR("{\"Big\":[5],\"J\":'{\"it\\'s\": 1}'}", list.first->cells[0]);
    fixture_close(&fixture);
}

TEST(query_keeps_bytes_of_varbinary)
{
    Fixture fixture = fixture_open(t, 0);
    SinkList list;
    sink_list_init(&list);
    CHECK_RC(RC_OK,
             engine_query(t, fixture.conn, STR("SELECT '\\x00\\xFF\\x00abcdefghijklm'::BLOB"), NULL,
                          &list.sink));
    CHECK_INT(TYPE_VARBINARY, list.columns[0].type.kind);
    Str got = list.first->cells[0];
    CHECK_INT(16, got.len);
    CHECK(memcmp(got.ptr, "\0\xff\0abcdefghijklm", 16) == 0);
    fixture_close(&fixture);
}

TEST(query_derives_or_takes_columns)
{
    Fixture fixture = fixture_open(t, 0);
    SinkList list;
    sink_list_init(&list);
    Str sql = STR("SELECT 1::INTEGER AS a, 1.25::DECIMAL(7,2) AS b, "
                  "'80000000-0000-0000-0000-000000000005'::UUID AS c");
    CHECK_RC(RC_OK, engine_query(t, fixture.conn, sql, NULL, &list.sink));
    CHECK_STR("b", list.columns[1].name);
    CHECK_INT(TYPE_DECIMAL, list.columns[1].type.kind);
    CHECK_INT(7, list.columns[1].type.precision);
    CHECK_INT(2, list.columns[1].type.scale);
    CHECK_STR("80000000-0000-0000-0000-000000000005", list.first->cells[2]);

    // A UUID that is a LARGEINT at rest is a number.
    SinkColumn columns[3] = {{.name = STR("x"), .type = TYPE_OF(INT)},
                             {.name = STR("y"), .type = TYPE_OF(DECIMAL)},
                             {.name = STR("z"), .type = TYPE_OF(LARGEINT)}};
    EngineColumns three = {columns, 3}, two = {columns, 2};
    sink_list_init(&list);
    CHECK_RC(RC_OK, engine_query(t, fixture.conn, sql, &three, &list.sink));
    CHECK_STR("z", list.columns[2].name);
    CHECK_STR("5", list.first->cells[2]);

    sink_list_init(&list);
    CHECK_ERR(ENGINE_ERROR, engine_query(t, fixture.conn, sql, &two, &list.sink));
    CHECK_INT(0, list.column_count);  // the head of the answer was not sent
    fixture_close(&fixture);
}

TEST(query_without_rows_has_a_head)
{
    Fixture fixture = fixture_open(t, 0);
    SinkList list;
    sink_list_init(&list);
    CHECK_RC(RC_OK,
             engine_query(t, fixture.conn, STR("SELECT 1 AS a WHERE false"), NULL, &list.sink));
    CHECK_INT(1, list.column_count);
    CHECK_INT(0, list.row_count);
    fixture_close(&fixture);
}

TEST(query_settings_of_the_dialect)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("NULL|NULL|3.5", "SELECT 1/0, 1 % 0, 7/2");
    CHECK_SQL("NULL/1/2", "SELECT x FROM (VALUES (2), (NULL), (1)) t(x) ORDER BY x");
    CHECK_SQL("2/1/NULL", "SELECT x FROM (VALUES (2), (NULL), (1)) t(x) ORDER BY x DESC");
    CHECK_SQL("UTC|1",
              "SELECT current_setting('TimeZone'), current_setting('parquet_metadata_cache')");
    fixture_close(&fixture);
}

// --- size

// Counts rows, and keeps none of them.
typedef struct Counter {
    RowSink sink;
    size_t rows, stop_at;
    Cancel *cancel;
} Counter;

static Rc counter_begin(RowSink *sink, Ctx *ctx, const SinkColumn *columns, size_t count)
{
    (void)sink;
    (void)ctx;
    (void)columns;
    (void)count;
    return RC_OK;
}

static Rc counter_row(RowSink *sink, Ctx *ctx, const Str *cells)
{
    Counter *counter = (Counter *)sink;
    (void)cells;
    counter->rows++;
    if (counter->rows != counter->stop_at) return RC_OK;
    if (!counter->cancel) return FAIL(ctx, COMMON, STR_ARG(STR("the client went away")));
    atomic_store(&counter->cancel->is_asked, true);
    return RC_OK;
}

static Counter counter_new(size_t stop_at, Cancel *cancel)
{
    return (Counter){{counter_begin, counter_row}, 0, stop_at, cancel};
}

static size_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    size_t pages = 0, resident = 0;
    CHECK(file && fscanf(file, "%zu %zu", &pages, &resident) == 2);
    fclose(file);
    return resident * 4096;
}

TEST(query_streams_large_answers_in_flat_memory)
{
    enum { ROWS = 5000000, ROOM = 96 << 20 };
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("1", "SELECT count(*) FROM (SELECT 1)");
    Counter counter = counter_new(0, NULL);
    size_t before = resident_bytes(), held = arena_used(t->arena);
    Str sql = STR("SELECT x, x::DOUBLE / 3, 'row number ' || x, [x, x] FROM range(5000000) t(x)");
    CHECK_RC(RC_OK, engine_query(t, fixture.conn, sql, NULL, &counter.sink));
    CHECK_INT(ROWS, counter.rows);
    CHECK(arena_used(t->arena) - held < 1 << 20);
    CHECK(resident_bytes() < before + ROOM);  // the rows are some 400 MB as text
    fixture_close(&fixture);
}

TEST(query_stops_when_the_sink_fails)
{
    Fixture fixture = fixture_open(t, 0);
    Counter counter = counter_new(10, NULL);
    Str sql = STR("SELECT x FROM range(1000000000) t(x)");
    CHECK_ERR(COMMON, engine_query(t, fixture.conn, sql, NULL, &counter.sink));
    CHECK_INT(10, counter.rows);
    CHECK_SQL("2", "SELECT 1 + 1");
    fixture_close(&fixture);
}

TEST(query_spills_and_names_the_limit_of_memory)
{
    Fixture fixture = fixture_open(t, 128 << 20);
    Counter counter = counter_new(0, NULL);
    Str sort = STR("SELECT x, hash(x) h FROM range(12000000) t(x) ORDER BY h");
    CHECK_RC(RC_OK, engine_query(t, fixture.conn, sort, NULL, &counter.sink));
    CHECK_INT(12000000, counter.rows);
    Str answer;
    CHECK_ERR(ENGINE_MEMORY,
              fixture_ask(t, &fixture,
                          "SELECT length(string_agg(x::VARCHAR || repeat('y', 40), ',')) "
                          "FROM range(9000000) t(x)",
                          &answer));
    CHECK_SQL("2", "SELECT 1 + 1");
    fixture_close(&fixture);
}

TEST(query_names_a_full_spill_folder)
{
    Str dir = test_dir(t);
    EngineOptions options = {.memory_bytes = 64 << 20,
                             .threads = 2,
                             .spill_bytes = 8 << 20,
                             .spill_dir = str_printf(t->arena, "%.*s/spill", STR_ARG(dir))};
    Fixture fixture = {.dir = dir};
    CHECK_RC(RC_OK, engine_open(t, &options, &fixture.engine));
    CHECK_RC(RC_OK, engine_conn_open(t, fixture.engine, &fixture.conn));
    Counter counter = counter_new(0, NULL);
    Str sort = STR("SELECT x, hash(x) h FROM range(12000000) t(x) ORDER BY h");
    CHECK_ERR(DISK_FULL, engine_query(t, fixture.conn, sort, NULL, &counter.sink));
    CHECK_SQL("2", "SELECT 1 + 1");
    fixture_close(&fixture);
}

// --- end before the end

// Long, without a row before the end.
#define LONG_SQL \
    "SELECT count(*) FROM range(300000) a(x), range(300000) b(y) WHERE (x * y) % 7 = hash(x) % 5"

static void *cancel_later(void *arg)
{
    clock_sleep_ms(100);
    atomic_store(&((Cancel *)arg)->is_asked, true);
    return NULL;
}

TEST(query_is_cancelled_from_another_thread)
{
    Fixture fixture = fixture_open(t, 0);
    Cancel cancel = {false};
    t->cancel = &cancel;
    pthread_t thread;
    CHECK_INT(0, pthread_create(&thread, NULL, cancel_later, &cancel));
    int64_t start_ms = clock_steady_ms();
    Str answer;
    CHECK_ERR(CANCELLED, fixture_ask(t, &fixture, LONG_SQL, &answer));
    CHECK(clock_steady_ms() - start_ms < 100 + 300);
    pthread_join(thread, NULL);
    // The next statement is not hit by it.
    t->cancel = NULL;
    CHECK_SQL("2", "SELECT 1 + 1");
    fixture_close(&fixture);
}

TEST(query_is_cancelled_between_rows)
{
    Fixture fixture = fixture_open(t, 0);
    Cancel cancel = {false};
    t->cancel = &cancel;
    Counter counter = counter_new(100000, &cancel);
    Str sql = STR("SELECT x FROM range(1000000000) t(x)");
    CHECK_ERR(CANCELLED, engine_query(t, fixture.conn, sql, NULL, &counter.sink));
    CHECK(counter.rows < 200000);
    fixture_close(&fixture);
}

TEST(query_ends_at_its_deadline)
{
    Fixture fixture = fixture_open(t, 0);
    int64_t start_ms = clock_steady_ms();
    t->deadline_ms = start_ms + 150;
    Str answer;
    CHECK_ERR(TIMEOUT, fixture_ask(t, &fixture, LONG_SQL, &answer));
    CHECK(clock_steady_ms() - start_ms >= 150);
    CHECK(clock_steady_ms() - start_ms < 150 + 300);
    CHECK_ERR(TIMEOUT, engine_run(t, fixture.conn, STR("SELECT 1"), NULL));
    t->deadline_ms = 0;
    CHECK_SQL("2", "SELECT 1 + 1");
    fixture_close(&fixture);
}

// --- errors

TEST(query_errors_are_for_users)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL_ERR(ENGINE_VALUE, "Could not convert string 'abc' to INT32", "SELECT 'abc'::INT");
    CHECK_SQL_ERR(ENGINE_VALUE, "Overflow in addition of INT64 (9223372036854775807 + 1)!",
                  "SELECT 9223372036854775807::BIGINT + 1::BIGINT");
    CHECK_SQL_ERR(BAD_VALUE, "what we say: about it",
                  "SELECT error('kg:BAD_VALUE:what we say: about it')");
    // A text that only looks like a name of ours, and a value of a user that does.
    CHECK_SQL_ERR(ENGINE_VALUE, "kg:NO_SUCH_ERROR:x", "SELECT error('kg:NO_SUCH_ERROR:x')");
    CHECK_SQL_ERR(ENGINE_VALUE, "Could not convert string 'kg:BUG:x' to INT32",
                  "SELECT 'kg:BUG:x'::INT");
    CHECK_SQL_ERR(ENGINE_VALUE, "Could not convert string 'magic bytes' to INT32",
                  "SELECT 'magic bytes'::INT");
    CHECK_SQL_ERR(NOT_SUPPORTED, "This version does not support values of the engine's type 15 yet",
                  "SELECT INTERVAL 1 DAY");
    Str answer;
    CHECK_ERR(ENGINE_ERROR, fixture_ask(t, &fixture, "SELECT nosuch(1)", &answer));
    CHECK_ERR(ENGINE_ERROR, fixture_ask(t, &fixture, "SELEC 1", &answer));
    CHECK_ERR(ENGINE_ERROR, fixture_ask(t, &fixture, "SELECT * FROM nosuch", &answer));
    CHECK_RC(RC_INVALID, fixture_ask(t, &fixture, "SELECT 1; SELECT 2", &answer));
    CHECK_ERR(NOT_SUPPORTED, engine_run(t, fixture.conn, STR("SELECT 'a\0b'"), NULL));
    CHECK_SQL("2", "SELECT 1 + 1");
    fixture_close(&fixture);
}

TEST(query_fails_in_the_midst_of_rows)
{
    Fixture fixture = fixture_open(t, 0);
    Counter counter = counter_new(0, NULL);
    Str sql = STR("SELECT CASE WHEN x = 900000 THEN error('kg:BAD_VALUE:row 900000') ELSE x END "
                  "FROM range(1000000) t(x)");
    CHECK_ERR_TEXT(BAD_VALUE, "row 900000",
                   engine_query(t, fixture.conn, sql, NULL, &counter.sink));
    CHECK(counter.rows < 1000000);
    fixture_close(&fixture);
}

TEST(query_reads_and_writes_below_its_folders_only)
{
    Fixture fixture = fixture_open(t, 0);
    static const char *const FORBIDDEN[] = {
        "SELECT * FROM read_csv('/etc/passwd', sep=':')",
        "SELECT * FROM read_text('/etc/passwd')",
        "COPY (SELECT 1) TO '/tmp/kg_engine_escape.parquet' (FORMAT parquet)",
        "ATTACH '/tmp/kg_engine_escape.db' AS x",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads=1",
        "SET allowed_directories=['/']",
        "SET enable_external_access=true",
        "RESET lock_configuration",
    };
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof FORBIDDEN[0]; i++) {
        Rc rc = engine_run(t, fixture.conn, str_from(FORBIDDEN[i]), NULL);
        CHECK(rc == RC_IO || rc == RC_INVALID || rc == RC_BUG);
        ctx_clear(t);
    }
    Str up = str_printf(t->arena, "SELECT * FROM read_text('%.*s/../../etc/passwd')",
                        STR_ARG(fixture.dir));
    CHECK_ERR(ENGINE_FILE, engine_run(t, fixture.conn, up, NULL));
    Str missing =
        str_printf(t->arena, "SELECT * FROM read_parquet('%.*s/x.parquet')", STR_ARG(fixture.dir));
    CHECK_ERR(ENGINE_FILE, engine_run(t, fixture.conn, missing, NULL));
    fixture_close(&fixture);
}

static Rc run_seven(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    for (size_t row = 0; row < engine_call_rows(call); row++)
        ((int32_t *)engine_out_data(call))[row] = 7;
    return RC_OK;
}

TEST(query_goes_on_after_a_fatal_error)
{
    Fixture fixture = fixture_open(t, 0);
    EngineConn *other = NULL;
    EngineScalar seven = {.name = "t_seven", .result = ENGINE_INT, .run = run_seven};
    CHECK_RC(RC_OK, engine_register_scalar(t, fixture.engine, &seven));
    CHECK_RC(RC_OK, engine_conn_open(t, fixture.engine, &other));
    fault_init("engine_fatal=fail");
    Str answer;
    CHECK_ERR(ENGINE_RESTARTED, fixture_ask(t, &fixture, "SELECT 1", &answer));
    fault_init(NULL);
    // Both go on in the new instance, with its functions and settings; the old one's connection
    // too.
    CHECK_SQL("ab|NULL", "SELECT kg_concat('a', 'b'), 1/0");
    CHECK_RC(RC_OK, engine_run(t, other, STR("SELECT kg_concat('a', 'b')"), NULL));
    engine_conn_close(other);
    fixture_close(&fixture);
}
