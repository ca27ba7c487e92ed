// SQL text of definitions, letter by letter.
#include "check.h"
#include "schema/ddl.h"

static Column columns[] = {
    {.id = 1, .file_id = 1, .name = STR_INIT("d"), .type = {.kind = TYPE_DATE}, .is_key = true},
    {.id = 2,
     .file_id = 2,
     .name = STR_INIT("k`2"),
     .type = {.kind = TYPE_BIGINT},
     .is_key = true,
     .is_nullable = true,
     .default_kind = DEFAULT_LITERAL,
     .default_text = STR_INIT("1\"\n"),
     .comment = STR_INIT("say \"so\"")},
    {.id = 3,
     .file_id = 3,
     .name = STR_INIT("at"),
     .type = {.kind = TYPE_DATETIME},
     .default_kind = DEFAULT_CURRENT_TIMESTAMP},
    {.id = 4,
     .file_id = 4,
     .name = STR_INIT("u"),
     .type = {.kind = TYPE_VARCHAR, .len = 36},
     .default_kind = DEFAULT_EXPR,
     .default_text = STR_INIT("uuid()")},
    {.id = 5,
     .file_id = 5,
     .name = STR_INIT("m"),
     .type = {.kind = TYPE_DECIMAL, .precision = 10, .scale = 2},
     .is_nullable = true,
     .default_kind = DEFAULT_NULL},
};
static Schema schema = {.id = 1, .column_count = 5, .columns = columns};
static uint32_t by_day[] = {1}, by_two[] = {2, 4}, sorted[] = {3, 1};

static TableDef make_table(PartitionMethod method)
{
    static Property properties[] = {{STR_INIT("replication_num"), STR_INIT("1")},
                                    {STR_INIT("compression"), STR_INIT("LZ4")}};
    return (TableDef){.name = STR("t"),
                      .comment = STR("a \\ b"),
                      .schema_count = 1,
                      .schemas = &schema,
                      .method = method,
                      .partition_column_count = method == PARTITION_RANGE ? 1 : 2,
                      .partition_columns = method == PARTITION_RANGE ? by_day : by_two,
                      .distribution = DISTRIBUTION_HASH,
                      .distribution_column_count = 1,
                      .distribution_columns = by_day,
                      .bucket_num = 8,
                      .sort_column_count = 2,
                      .sort_columns = sorted,
                      .property_count = 2,
                      .properties = properties};
}

TEST(ddl_of_a_range_partitioned_table)
{
    Bound min = {BOUND_MIN, STR_NONE}, day = {BOUND_VALUE, STR("2024-01-01")};
    Bound max = {BOUND_MAX, STR_NONE};
    PartitionDef p1 = {
        .name = STR("p1"), .width = 1, .lower = &min, .upper = &day, .replication_num = 1};
    PartitionDef p2 = {
        .name = STR("p2"), .width = 1, .lower = &day, .upper = &max, .replication_num = 3};
    PartitionDef hidden = p2;
    hidden.is_temporary = true;
    const PartitionDef *partitions[] = {&p1, &hidden, &p2};
    TableDef table = make_table(PARTITION_RANGE);
    CHECK_STR("CREATE TABLE `t` (\n"
              "  `d` date NOT NULL COMMENT \"\",\n"
              "  `k``2` bigint(20) NULL DEFAULT \"1\\\"\\n\" COMMENT \"say \\\"so\\\"\",\n"
              "  `at` datetime NOT NULL DEFAULT CURRENT_TIMESTAMP COMMENT \"\",\n"
              "  `u` varchar(36) NOT NULL DEFAULT (uuid()) COMMENT \"\",\n"
              "  `m` decimal(10, 2) NULL COMMENT \"\"\n"
              ") ENGINE=OLAP \n"
              "DUPLICATE KEY(`d`, `k``2`)\n"
              "COMMENT \"a \\\\ b\"\n"
              "PARTITION BY RANGE(`d`)\n"
              "(PARTITION p1 VALUES [(\"0000-01-01\"), (\"2024-01-01\")),\n"
              "PARTITION p2 VALUES [(\"2024-01-01\"), (MAXVALUE))(\"replication_num\" = \"3\"))\n"
              "DISTRIBUTED BY HASH(`d`) BUCKETS 8 \n"
              "ORDER BY(`at`, `d`)\n"
              "PROPERTIES (\n"
              "\"compression\" = \"LZ4\",\n"
              "\"replication_num\" = \"1\"\n"
              ");",
              ddl_create_table(t->arena, &table, partitions, 3));
    CHECK_STR("[types: [DATE]; keys: [0000-01-01]; ..types: [DATE]; keys: [2024-01-01]; )",
              ddl_partition_values(t->arena, &table, &p1));
    CHECK_STR("d", ddl_partition_key(t->arena, &table));
    CHECK_STR("d", ddl_distribution_key(t->arena, &table));
}

TEST(ddl_of_a_list_partitioned_table)
{
    Bound values[] = {{BOUND_VALUE, STR("1")}, {BOUND_VALUE, STR("it's")}};
    PartitionDef p1 = {
        .name = STR("p1"), .width = 2, .list_count = 1, .list = values, .replication_num = 3};
    const PartitionDef *partitions[] = {&p1};
    TableDef table = make_table(PARTITION_LIST);
    table.comment = STR("");
    table.distribution = DISTRIBUTION_RANDOM;
    table.sort_column_count = 0;
    table.property_count = 0;
    Str text = ddl_create_table(t->arena, &table, partitions, 1);
    CHECK_STR("PARTITION BY LIST(`k``2`,`u`)(\n"
              "  PARTITION p1 VALUES IN (('1', 'it\\'s'))\n"
              ")\n"
              "DISTRIBUTED BY RANDOM BUCKETS 8\n"
              "PROPERTIES (\n"
              "\"replication_num\" = \"3\"\n"
              ");",
              str_sub(text, (size_t)str_find(text, STR("PARTITION BY")), text.len));
    CHECK_STR("(('1', 'it\\'s'))", ddl_partition_values(t->arena, &table, &p1));
    CHECK_STR("ALL KEY", ddl_distribution_key(t->arena, &table));
}

TEST(ddl_of_a_database)
{
    DatabaseDef database = {.name = STR("d")};
    CHECK_STR("CREATE DATABASE `d`", ddl_create_database(t->arena, &database));
}
