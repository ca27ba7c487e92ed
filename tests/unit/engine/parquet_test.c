// Parquet files: options, what COPY tells, and that nothing is lost on the way.
#include "fixture.h"
#include <stdio.h>
#include <unistd.h>

static Str below(Ctx *t, const Fixture *fixture, const char *name)
{
    return str_printf(t->arena, "%.*s/%s", STR_ARG(fixture->dir), name);
}

// What the last write_rows() told.
static EngineFile *files;
static size_t count;

static Rc write_rows(Ctx *t, Fixture *fixture, Str sql, Str path, const EngineParquet *options)
{
    EngineParquet spec = *options;
    spec.sql = sql;
    spec.path = path;
    return engine_copy_parquet(t, fixture->conn, &spec, &files, &count);
}

static const char *sql_over(Ctx *t, const char *before, Str path, const char *after)
{
    return str_z(t->arena, str_printf(t->arena, "%s'%.*s'%s", before, STR_ARG(path), after));
}

TEST(parquet_options_as_text)
{
    EngineParquetColumn columns[] = {{STR("c1"), 1}, {STR("it's"), 7}};
    EngineParquetPair metadata[] = {{STR("line"), STR("a'b")}};
    EngineParquet spec = {.columns = columns,
                          .column_count = 2,
                          .metadata = metadata,
                          .metadata_count = 1,
                          .partition_column = STR("kg_part")};
    Buf out = buf_new(t->arena);
    engine_parquet_options(&out, &spec);
    CHECK_STR("FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4_raw, "
              "FIELD_IDS {'c1':1,'it''s':7}, KV_METADATA {'line':'a''b'}, "
              "PARTITION_BY (\"kg_part\"), RETURN_STATS",
              buf_str(&out));
}

TEST(parquet_keeps_ids_metadata_and_values)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquetColumn columns[] = {{STR("c1"), 1}, {STR("c4"), 4}};
    EngineParquetPair metadata[] = {{STR("kintsugi.line"), STR("abc")}};
    EngineParquet spec = {
        .columns = columns, .column_count = 2, .metadata = metadata, .metadata_count = 1};
    Str path = below(t, &fixture, "it's a.parquet");
    CHECK_RC(RC_OK,
             write_rows(t, &fixture, STR("SELECT x AS c1, 'v' || x AS c4 FROM range(1000) t(x)"),
                        path, &spec));
    CHECK_INT(1, count);
    CHECK_INT(1000, files[0].row_count);
    CHECK_STR(path, files[0].path);
    CHECK(files[0].size_bytes > 1000);
    CHECK(files[0].partition.ptr == NULL);

    Buf quoted = buf_new(t->arena);
    engine_put_string(&quoted, path);
    Str sql =
        str_printf(t->arena, "SELECT name, field_id FROM parquet_schema(%.*s) WHERE field_id > 0",
                   STR_ARG(buf_str(&quoted)));
    CHECK_SQL("c1|1/c4|4", str_z(t->arena, sql));
    sql = str_printf(t->arena, "SELECT decode(value) FROM parquet_kv_metadata(%.*s)",
                     STR_ARG(buf_str(&quoted)));
    CHECK_SQL("abc", str_z(t->arena, sql));
    sql = str_printf(t->arena, "SELECT count(*), sum(c1), max(c4) FROM read_parquet(%.*s)",
                     STR_ARG(buf_str(&quoted)));
    CHECK_SQL("1000|499500|v999", str_z(t->arena, sql));
    fixture_close(&fixture);
}

TEST(parquet_parts_go_to_folders)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquetColumn columns[] = {{STR("c1"), 1}};
    EngineParquet spec = {
        .columns = columns, .column_count = 1, .partition_column = STR("kg_part")};
    Str sql = STR("SELECT x AS c1, x % 3 AS kg_part FROM range(10) t(x)");
    Str path = below(t, &fixture, "parts");
    CHECK_RC(RC_OK, write_rows(t, &fixture, sql, path, &spec));
    CHECK_INT(3, count);
    int64_t rows[3] = {0};
    for (size_t i = 0; i < count; i++) {
        int64_t at;
        CHECK(str_to_i64(files[i].partition, &at) && at >= 0 && at < 3);
        rows[at] += files[i].row_count;
        CHECK(str_starts(files[i].path, path));
    }
    CHECK_INT(4, rows[0]);
    CHECK_INT(3, rows[1]);
    CHECK_INT(3, rows[2]);
    // The partition column is not inside.
    CHECK_SQL("c1", sql_over(t, "SELECT name FROM parquet_schema(", files[0].path,
                             ") WHERE field_id IS NOT NULL"));
    // No rows, no files; NULL is told as none.
    CHECK_RC(RC_OK, write_rows(t, &fixture, STR("SELECT 1 AS c1, 1 AS kg_part WHERE false"),
                               below(t, &fixture, "none"), &spec));
    CHECK_INT(0, count);
    CHECK_RC(RC_OK, write_rows(t, &fixture, STR("SELECT 1 AS c1, NULL::BIGINT AS kg_part"),
                               below(t, &fixture, "null"), &spec));
    CHECK_INT(1, count);
    CHECK(files[0].partition.ptr == NULL);
    fixture_close(&fixture);
}

TEST(parquet_many_parts_lose_no_row)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquet spec = {.partition_column = STR("p")};
    Str path = below(t, &fixture, "many");
    CHECK_RC(RC_OK, write_rows(t, &fixture,
                               STR("SELECT x AS c1, hash(x) % 400 AS p FROM range(100000) t(x)"),
                               path, &spec));
    CHECK(count >= 400);
    int64_t rows = 0;
    for (size_t i = 0; i < count; i++) rows += files[i].row_count;
    CHECK_INT(100000, rows);
    CHECK_SQL("100000|4999950000", sql_over(t, "SELECT count(*), sum(c1) FROM read_parquet(", path,
                                            " || '/*/*.parquet', hive_partitioning=false)"));
    fixture_close(&fixture);
}

TEST(parquet_large_answers_are_cut)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquet spec = {.file_bytes = 1 << 20};
    CHECK_RC(RC_OK, write_rows(t, &fixture, STR("SELECT hash(x) AS c1 FROM range(1000000) t(x)"),
                               below(t, &fixture, "cut"), &spec));
    CHECK(count > 3);
    int64_t rows = 0;
    for (size_t i = 0; i < count; i++) {
        rows += files[i].row_count;
        CHECK(files[i].size_bytes < 4 << 20);
    }
    CHECK_INT(1000000, rows);
    fixture_close(&fixture);
}

TEST(parquet_holds_largeint_whole)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquet spec = {0};
    Str sql = STR("SELECT kg_largeint_to_uuid(x) AS c1 FROM (VALUES "
                  "((-170141183460469231731687303715884105728)::HUGEINT), (-1), (0), (1), (NULL), "
                  "(170141183460469231731687303715884105727), (18446744073709551616), "
                  "(-9223372036854775809)) t(x)");
    CHECK_RC(RC_OK, write_rows(t, &fixture, sql, below(t, &fixture, "l.parquet"), &spec));
    // Order is kept at rest.
    CHECK_SQL("NULL/-170141183460469231731687303715884105728/-9223372036854775809/-1/0/1/"
              "18446744073709551616/170141183460469231731687303715884105727",
              sql_over(t, "SELECT kg_uuid_to_largeint(c1) FROM read_parquet(", files[0].path,
                       ") ORDER BY c1"));
    CHECK_SQL("5", sql_over(t, "SELECT count(*) FROM read_parquet(", files[0].path,
                            ") WHERE c1 > kg_largeint_to_uuid(-9223372036854775810)"
                            " AND c1 < kg_largeint_to_uuid(18446744073709551617)"));
    fixture_close(&fixture);
}

TEST(parquet_round_trip_of_every_type)
{
    Fixture fixture = fixture_open(t, 0);
    const char *values =
        "SELECT true AS c1, (-128)::TINYINT AS c2, 32767::SMALLINT AS c3, 7 AS c4, "
        "9223372036854775807::BIGINT AS c5, 0.1::FLOAT AS c6, 0.1::DOUBLE AS c7, "
        "1.25::DECIMAL(9,2) AS c8, "
        "(-99999999999999999999999999999999999.999)::DECIMAL(38,3) AS c9, "
        "DATE '9999-12-31' AS c10, TIMESTAMP '0001-01-01 00:00:00.000001' AS c11, "
        "'text é' AS c12, '\\x00\\xFF'::BLOB AS c13, NULL::INTEGER AS c14";
    EngineParquet spec = {0};
    CHECK_RC(RC_OK,
             write_rows(t, &fixture, str_from(values), below(t, &fixture, "t.parquet"), &spec));
    Str before, after;
    CHECK_RC(RC_OK, fixture_ask(t, &fixture, values, &before));
    CHECK_RC(RC_OK,
             fixture_ask(t, &fixture,
                         sql_over(t, "SELECT * FROM read_parquet(", files[0].path, ")"), &after));
    CHECK_STR(before, after);
    fixture_close(&fixture);
}

TEST(parquet_same_rows_give_the_same_bytes)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquetColumn columns[] = {{STR("c1"), 1}, {STR("c2"), 2}};
    EngineParquet spec = {.columns = columns, .column_count = 2};
    Str sql = STR("SELECT x AS c1, 'v' || hash(x) AS c2 FROM range(300000) t(x)");
    const char *names[] = {"a.parquet", "b.parquet"};
    Str sums[2];
    for (int i = 0; i < 2; i++) {
        CHECK_RC(RC_OK, write_rows(t, &fixture, sql, below(t, &fixture, names[i]), &spec));
        CHECK_RC(RC_OK, fixture_ask(t, &fixture,
                                    sql_over(t, "SELECT sha256(content) FROM read_blob(",
                                             files[0].path, ")"),
                                    &sums[i]));
    }
    CHECK_STR(sums[0], sums[1]);
    fixture_close(&fixture);
}

static void truncate_to(Ctx *t, Str path, long size)
{
    CHECK_INT(0, truncate(str_z(t->arena, path), size));
}

TEST(parquet_damage_is_told_as_such)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquet spec = {0};
    Str path = below(t, &fixture, "damaged.parquet"), answer;
    Str sql = STR("SELECT x AS c1, 'v' || hash(x) AS c2 FROM range(10000) t(x)");
    CHECK_RC(RC_OK, write_rows(t, &fixture, sql, path, &spec));
    const char *read = sql_over(t, "SELECT count(c1), max(c2) FROM read_parquet(", path, ")");
    // Bytes of a page header, then a file cut short.
    FILE *file = fopen(str_z(t->arena, path), "r+");
    CHECK(file && fseek(file, 4, SEEK_SET) == 0 && fwrite("\xff\xff\xff\xff", 1, 4, file) == 4);
    fclose(file);
    CHECK_ERR(ENGINE_FILE, fixture_ask(t, &fixture, read, &answer));
    truncate_to(t, path, 1000);
    CHECK_ERR(ENGINE_FILE, fixture_ask(t, &fixture, read, &answer));
    truncate_to(t, path, 0);
    CHECK_ERR(ENGINE_FILE, fixture_ask(t, &fixture, read, &answer));
    fixture_close(&fixture);
}

TEST(parquet_writing_ends_at_the_deadline)
{
    Fixture fixture = fixture_open(t, 0);
    EngineParquet spec = {0};
    int64_t start_ms = clock_steady_ms();
    t->deadline_ms = start_ms + 100;
    CHECK_ERR(TIMEOUT,
              write_rows(t, &fixture, STR("SELECT hash(x) AS c1 FROM range(4000000000) t(x)"),
                         below(t, &fixture, "late.parquet"), &spec));
    CHECK(clock_steady_ms() - start_ms < 100 + 300);
    fixture_close(&fixture);
}

TEST(parquet_places_that_cannot_be_are_told)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_RC(RC_OK,
             engine_run(t, fixture.conn,
                        str_from(sql_over(t, "COPY (SELECT 'no parquet') TO ",
                                          below(t, &fixture, "bad.parquet"), " (FORMAT csv)")),
                        NULL));
    Str answer;
    CHECK_ERR(ENGINE_FILE, fixture_ask(t, &fixture,
                                       sql_over(t, "SELECT * FROM read_parquet(",
                                                below(t, &fixture, "bad.parquet"), ")"),
                                       &answer));
    EngineParquet spec = {0};
    CHECK_ERR(ENGINE_FILE, write_rows(t, &fixture, STR("SELECT 1"),
                                      below(t, &fixture, "no/such/folder/x.parquet"), &spec));
    int64_t changed = 0;
    CHECK_RC(RC_OK,
             engine_run(t, fixture.conn,
                        str_from(sql_over(t, "COPY (SELECT * FROM range(4321)) TO ",
                                          below(t, &fixture, "n.parquet"), " (FORMAT parquet)")),
                        &changed));
    CHECK_INT(4321, changed);
    fixture_close(&fixture);
}
