// dynamic_partition: what is refused, and which ranges the time gives.
#include "check.h"
#include "schema/dynamic.h"

typedef struct Given {
    Column column;
    Schema schema;
    uint32_t column_id;
    Property properties[12];
    TableDef def;
} Given;

// `text`: "time_unit=DAY end=3"; `kind` of the column that a RANGE table is partitioned by.
static TableDef *given(Ctx *t, TypeKind kind, const char *text)
{
    Given *made = ARENA_NEW(t->arena, Given);
    made->column = (Column){.id = 1, .name = STR("d"), .type = {.kind = kind}};
    made->schema = (Schema){.id = 1, .column_count = 1, .columns = &made->column};
    made->column_id = 1;
    made->def = (TableDef){.name = STR("t"),
                           .schema_count = 1,
                           .schemas = &made->schema,
                           .method = PARTITION_RANGE,
                           .partition_column_count = 1,
                           .partition_columns = &made->column_id,
                           .properties = made->properties};
    for (Str rest = str_from(text); rest.len > 0;) {
        Str value = str_cut(&rest, ' '), name = str_cut(&value, '=');
        Str key = str_printf(t->arena, "dynamic_partition.%.*s", STR_ARG(name));
        made->properties[made->def.property_count++] = (Property){key, value};
    }
    return &made->def;
}

#define REFUSED(text, kind, properties) \
    CHECK_ERR_TEXT(SEMANTIC, text, dynamic_check(t, given(t, kind, properties)))

TEST(dynamic_refusals)
{
    REFUSED("Must assign dynamic_partition.time_unit properties", TYPE_DATE, "end=3");
    REFUSED("Must assign dynamic_partition.end properties", TYPE_DATE, "time_unit=DAY");
    REFUSED("Unsupported time unit MINUTE. Expect HOUR/DAY/WEEK/MONTH/YEAR.", TYPE_DATE,
            "time_unit=MINUTE end=3");
    REFUSED("Dynamic partition end must greater than 0", TYPE_DATE, "time_unit=DAY end=0");
    REFUSED("Invalid dynamic partition end x", TYPE_DATE, "time_unit=DAY end=x");
    REFUSED("Dynamic partition start must less than 0", TYPE_DATE, "time_unit=DAY end=3 start=0");
    REFUSED("Invalid dynamic partition start 1x", TYPE_DATE, "time_unit=DAY end=3 start=1x");
    REFUSED("Invalid dynamic partition prefix 1-", TYPE_DATE, "time_unit=DAY end=3 prefix=1-");
    REFUSED("Invalid dynamic partition buckets x", TYPE_DATE, "time_unit=DAY end=3 buckets=x");
    REFUSED("dynamic_partition.start_day_of_month should between 1 and 28", TYPE_DATE,
            "time_unit=MONTH end=3 start_day_of_month=29");
    REFUSED("dynamic_partition.start_day_of_week should between 1 and 7", TYPE_DATE,
            "time_unit=WEEK end=3 start_day_of_week=0");
    REFUSED("Too many dynamic partitions: 501. Limit: 500", TYPE_DATE,
            "time_unit=DAY end=1 history_partition_num=500");
    REFUSED("Date type partition does not support dynamic partitioning granularity of hour",
            TYPE_DATE, "time_unit=HOUR end=3");
    REFUSED("Dynamic Partition Only Support DATE, DATETIME and INTEGER Type Now.", TYPE_SMALLINT,
            "time_unit=DAY end=3");
    TableDef *list = given(t, TYPE_DATE, "time_unit=DAY end=3");
    list->method = PARTITION_LIST;
    CHECK_ERR_TEXT(SEMANTIC, "Dynamic partition only support single-column range partition",
                   dynamic_check(t, list));
    CHECK_RC(RC_OK, dynamic_check(t, given(t, TYPE_DATE, "")));
}

TEST(dynamic_fills_in_what_is_left_out)
{
    DynamicPartitions dynamic;
    TableDef *def = given(t, TYPE_DATE, "time_unit=day end=3");
    CHECK_RC(RC_OK, dynamic_check(t, def));
    CHECK_STR("p",
              properties_get(def->properties, def->property_count, "dynamic_partition.prefix"));
    CHECK(dynamic_read(def, &dynamic));
    CHECK(dynamic.is_on && dynamic.unit == DYNAMIC_DAY && dynamic.start == DYNAMIC_KEEPS_ALL);
    CHECK(!dynamic_read(given(t, TYPE_DATE, ""), &dynamic));
    CHECK(dynamic_read(given(t, TYPE_DATE, "enable=false time_unit=DAY end=3"), &dynamic));
    CHECK(!dynamic.is_on);
}

static Str range_of(Ctx *t, TypeKind kind, const char *properties, const char *now, int64_t index)
{
    DynamicPartitions dynamic;
    CalTime time;
    NamedRange range;
    TableDef *def = given(t, kind, properties);
    CHECK_RC(RC_OK, dynamic_check(t, def));
    CHECK(dynamic_read(def, &dynamic) && caltime_parse(str_from(now), &time));
    dynamic.now = time;
    CHECK_RC(RC_OK, dynamic_range(t, def, &dynamic, index, &range));
    return str_printf(t->arena, "%.*s %.*s %.*s", STR_ARG(range.name), STR_ARG(range.lower.text),
                      STR_ARG(range.upper.text));
}

TEST(dynamic_ranges)
{
    CHECK_STR("p20240229 2024-02-29 2024-03-01",
              range_of(t, TYPE_DATE, "time_unit=DAY end=3", "2024-02-28 23:59:59", 1));
    CHECK_STR("x20231231 20231231 20240101",
              range_of(t, TYPE_INT, "time_unit=DAY end=3 prefix=x", "2024-01-01 00:00:00", -1));
    CHECK_STR("p2024010100 2024-01-01 00:00:00 2024-01-01 01:00:00",
              range_of(t, TYPE_DATETIME, "time_unit=HOUR end=3", "2023-12-31 23:10:00", 1));
    CHECK_STR("p202401 2024-01-01 2024-02-01",
              range_of(t, TYPE_DATE, "time_unit=MONTH end=3", "2023-11-30 10:00:00", 2));
    // 2020-05-20 lies before the 25th: its month began in April
    CHECK_STR("p202004 2020-04-25 2020-05-25",
              range_of(t, TYPE_DATE, "time_unit=MONTH end=3 start_day_of_month=25",
                       "2020-05-20 10:00:00", 0));
    // 2020-05-24 was a Sunday
    CHECK_STR("p2020_21 2020-05-18 2020-05-25",
              range_of(t, TYPE_DATE, "time_unit=WEEK end=3", "2020-05-24 10:00:00", 0));
    CHECK_STR("p2020_21 2020-05-20 2020-05-27",
              range_of(t, TYPE_DATE, "time_unit=WEEK end=3 start_day_of_week=3",
                       "2020-05-24 10:00:00", 0));
    CHECK_STR("p2025 2025-01-01 2026-01-01",
              range_of(t, TYPE_DATE, "time_unit=YEAR end=3", "2024-06-01 10:00:00", 1));
}

TEST(dynamic_ttl)
{
    static const struct {
        const char *ttl, *begin;
    } CASES[] = {
        {"1 DAY", "2024-03-30 10:00:00"},   {"1 hours", "2024-03-31 09:00:00"},
        {"2 WEEK", "2024-03-17 10:00:00"},  {"1 YEAR", "2023-03-31 10:00:00"},
        {"15 HOUR", "2024-03-30 19:00:00"},
    };
    CalTime now;
    PartitionTtl ttl;
    CHECK(caltime_parse(STR("2024-03-31 10:00:00"), &now));
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        CHECK(partition_ttl_parse(str_from(CASES[i].ttl), &ttl));
        CHECK_STR(CASES[i].begin, caltime_text(t->arena, partition_ttl_begin(ttl, now), true));
    }
    CHECK(!partition_ttl_parse(STR("DAY"), &ttl));
    CHECK(!partition_ttl_parse(STR("0 DAY"), &ttl));
    CHECK(!partition_ttl_parse(STR("1 FORTNIGHT"), &ttl));
}
