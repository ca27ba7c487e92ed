// Values of partitions: their own form, order, overlap, batches.
#include "check.h"
#include "schema/bounds.h"
#include "schema/caltime.h"

static Str normal(Ctx *t, TypeKind kind, const char *text)
{
    Str out = STR("(refused)");
    Type type = {.kind = kind, .len = kind == TYPE_VARCHAR ? 5 : 0};
    if (bound_normalise(t, type, str_from(text), &out) != RC_OK) ctx_clear(t);
    return out;
}

TEST(bounds_refuse_what_is_no_value)
{
    Str out;
    CHECK_ERR_TEXT(PARTITION_VALUE, "Invalid range value format: Invalid number format: 1x",
                   bound_normalise(t, TYPE_OF(INT), STR("1x"), &out));
    CHECK_ERR_TEXT(PARTITION_VALUE,
                   "Invalid range value format: Number out of range[128]. type: TINYINT",
                   bound_normalise(t, TYPE_OF(TINYINT), STR("128"), &out));
    CHECK_ERR_TEXT(PARTITION_VALUE,
                   "Invalid range value format: date literal [2024-02-30] is invalid",
                   bound_normalise(t, TYPE_OF(DATE), STR("2024-02-30"), &out));
    CHECK_ERR(PARTITION_COLUMN_TYPE, bound_normalise(t, TYPE_OF(DOUBLE), STR("1"), &out));
    CHECK_STR("(refused)", normal(t, TYPE_INT, ""));
    CHECK_STR("(refused)", normal(t, TYPE_INT, "-"));
    CHECK_STR("(refused)", normal(t, TYPE_BIGINT, "9223372036854775808"));
    CHECK_STR("(refused)", normal(t, TYPE_LARGEINT, "170141183460469231731687303715884105728"));
    CHECK_STR("(refused)", normal(t, TYPE_DATE, "2024-01-01 10:00:00"));
    CHECK_STR("(refused)", normal(t, TYPE_DATE, "2023-02-29"));
    CHECK_STR("(refused)", normal(t, TYPE_DATE, "2024-1-1x"));
    CHECK_STR("(refused)", normal(t, TYPE_DATETIME, "2024-01-01 24:00:00"));
    CHECK_STR("(refused)", normal(t, TYPE_VARCHAR, "123456"));
    CHECK_STR("(refused)", normal(t, TYPE_BOOLEAN, "yes"));
}

TEST(bounds_have_one_form)
{
    CHECK_STR("7", normal(t, TYPE_INT, " +007 "));
    CHECK_STR("0", normal(t, TYPE_INT, "-0"));
    CHECK_STR("-128", normal(t, TYPE_TINYINT, "-0128"));
    CHECK_STR("-170141183460469231731687303715884105728",
              normal(t, TYPE_LARGEINT, "-170141183460469231731687303715884105728"));
    CHECK_STR("2024-01-05", normal(t, TYPE_DATE, "2024-1-5"));
    CHECK_STR("2024-01-05", normal(t, TYPE_DATE, "20240105"));
    CHECK_STR("2024-01-05", normal(t, TYPE_DATE, "2024-01-05 00:00:00"));
    CHECK_STR("2024-02-29 00:00:00", normal(t, TYPE_DATETIME, "2024-02-29"));
    CHECK_STR("2024-02-29 01:02:03.500000", normal(t, TYPE_DATETIME, "2024-02-29 1:2:3.5"));
    CHECK_STR("2024-02-29 01:02:03", normal(t, TYPE_DATETIME, "20240229010203"));
    CHECK_STR(" a ", normal(t, TYPE_VARCHAR, " a "));
    CHECK_STR("true", normal(t, TYPE_BOOLEAN, "1"));
}

static int compare(TypeKind kind, const char *a, const char *b)
{
    Bound left = {BOUND_VALUE, str_from(a)}, right = {BOUND_VALUE, str_from(b)};
    return bound_compare((Type){.kind = kind}, &left, &right);
}

TEST(bounds_order)
{
    CHECK(compare(TYPE_INT, "9", "10") < 0);
    CHECK(compare(TYPE_INT, "-10", "-9") < 0);
    CHECK(compare(TYPE_LARGEINT, "-170141183460469231731687303715884105728",
                  "170141183460469231731687303715884105727") < 0);
    CHECK(compare(TYPE_VARCHAR, "9", "10") > 0);
    CHECK(compare(TYPE_DATETIME, "2024-01-01 00:00:00", "2024-01-01 00:00:00.000001") < 0);
    CHECK(compare(TYPE_DATE, "2024-01-01", "2024-01-01") == 0);
    Bound min = {BOUND_MIN, STR_NONE}, max = {BOUND_MAX, STR_NONE};
    Bound least = {BOUND_VALUE, STR("-128")}, most = {BOUND_VALUE, STR("127")};
    Type type = TYPE_OF(TINYINT);
    CHECK_INT(0, bound_compare(type, &min, &least));  // MIN is the smallest value
    CHECK(bound_compare(type, &most, &max) < 0);
    CHECK_INT(0, bound_compare(type, &max, &max));
    CHECK_INT(0, bound_compare(type, &min, &min));
}

// --- sets of partitions

static Column columns[] = {
    {.id = 1, .file_id = 1, .name = STR_INIT("a"), .type = {.kind = TYPE_INT}, .is_key = true},
    {.id = 2, .file_id = 2, .name = STR_INIT("b"), .type = {.kind = TYPE_INT}, .is_key = true},
    {.id = 3, .file_id = 3, .name = STR_INIT("c"), .type = {.kind = TYPE_DOUBLE}},
};
static Schema schema = {.id = 1, .column_count = 3, .columns = columns};
static uint32_t both[] = {1, 2};

static TableDef make_table(PartitionMethod method, size_t width)
{
    return (TableDef){.name = STR("t"),
                      .schema_count = 1,
                      .schemas = &schema,
                      .method = method,
                      .partition_column_count = width,
                      .partition_columns = both};
}

// One column; "" is MIN or MAX.
static PartitionDef *range(Ctx *t, const char *name, const char *lower, const char *upper)
{
    PartitionDef *def = ARENA_NEW(t->arena, PartitionDef);
    Bound *bounds = ARENA_ARRAY(t->arena, Bound, 2);
    bounds[0] = *lower ? (Bound){BOUND_VALUE, str_from(lower)} : (Bound){BOUND_MIN, STR_NONE};
    bounds[1] = *upper ? (Bound){BOUND_VALUE, str_from(upper)} : (Bound){BOUND_MAX, STR_NONE};
    *def = (PartitionDef){
        .name = str_from(name), .width = 1, .lower = &bounds[0], .upper = &bounds[1]};
    return def;
}

TEST(bounds_ranges_must_hold_something_and_not_overlap)
{
    TableDef table = make_table(PARTITION_RANGE, 1);
    CHECK_ERR_TEXT(PARTITION_VALUE,
                   "Invalid range value format: The lower values must smaller than upper values",
                   range_check(t, &table, range(t, "p", "5", "5")));
    CHECK_ERR_TEXT(PARTITION_RANGE_MIN,
                   "Partition's upper value should not be MIN VALUE: (\"-2147483648\")",
                   range_check(t, &table, range(t, "p", "", "-2147483648")));
    CHECK_RC(RC_OK, range_check(t, &table, range(t, "p", "", "")));
    const PartitionDef *set[] = {range(t, "p3", "20", ""), range(t, "p1", "", "10"),
                                 range(t, "p2", "10", "20")};
    CHECK_RC(RC_OK, partitions_check(t, &table, set, 3));
    set[0] = range(t, "p3", "19", "");
    CHECK_ERR_TEXT(
        PARTITION_RANGE_INTERSECTS,
        "Range [types: [INT]; keys: [19]; ..types: [INT]; keys: [MAXVALUE]; ) is "
        "intersected with range: [types: [INT]; keys: [10]; ..types: [INT]; keys: [20]; )",
        partitions_check(t, &table, set, 3));
    set[0] = range(t, "P1", "20", "");
    CHECK_ERR(PARTITION_EXISTS, partitions_check(t, &table, set, 3));
    CHECK_ERR(PARTITION_RANGE_INTERSECTS,
              partition_check_conflict(t, &table, range(t, "q", "5", "11"), set[2]));
    CHECK_RC(RC_OK, partition_check_conflict(t, &table, range(t, "q", "5", "10"), set[2]));
    CHECK(range_eq(&columns[0].type, set[2], range(t, "x", "10", "20")));
    CHECK(!range_eq(&columns[0].type, set[2], range(t, "x", "10", "21")));
}

static PartitionDef *list(Ctx *t, const char *name, size_t width, size_t count,
                          const char *const *values)
{
    PartitionDef *def = ARENA_NEW(t->arena, PartitionDef);
    *def = (PartitionDef){.name = str_from(name), .width = width, .list_count = count};
    def->list = ARENA_ARRAY(t->arena, Bound, width * count);
    for (size_t i = 0; i < width * count; i++)
        def->list[i] = (Bound){BOUND_VALUE, str_from(values[i])};
    return def;
}

TEST(bounds_lists_name_each_row_once)
{
    static const char *const A[] = {"1", "2", "1", "3"}, *const B[] = {"1", "3", "1", "2"};
    static const char *const C[] = {"1", "4", "1", "3"};
    TableDef table = make_table(PARTITION_LIST, 2);
    Type types[] = {columns[0].type, columns[1].type};
    const PartitionDef *set[] = {list(t, "p1", 2, 2, A), list(t, "p2", 2, 2, C)};
    CHECK_ERR_TEXT(PARTITION_LIST_DUPLICATE, "Duplicate partition value ('1', '3')",
                   partitions_check(t, &table, set, 2));
    CHECK_ERR(PARTITION_LIST_DUPLICATE, partition_check_conflict(t, &table, set[1], set[0]));
    set[1] = list(t, "p2", 2, 1, C);
    CHECK_RC(RC_OK, partitions_check(t, &table, set, 2));
    CHECK(list_eq(types, set[0], list(t, "x", 2, 2, B)));
    CHECK(!list_eq(types, set[0], list(t, "x", 2, 2, C)));
    CHECK(!list_eq(types, set[0], list(t, "x", 2, 1, A)));
    Buf out = buf_new(t->arena);
    list_print(&out, set[0]);
    CHECK_STR("(('1', '2'), ('1', '3'))", buf_str(&out));
}

TEST(bounds_refuse_columns_that_can_not_partition)
{
    CHECK_ERR_TEXT(PARTITION_COLUMN_TYPE, "Column[c] type[DOUBLE] cannot be a range partition key.",
                   bound_check_column(t, PARTITION_RANGE, &columns[2]));
    CHECK_ERR(PARTITION_COLUMN_TYPE, bound_check_column(t, PARTITION_LIST, &columns[2]));
    CHECK_RC(RC_OK, bound_check_column(t, PARTITION_RANGE, &columns[0]));
    Column text = {.name = STR("v"), .type = {.kind = TYPE_VARCHAR, .len = 9}};
    CHECK_ERR(PARTITION_COLUMN_TYPE, bound_check_column(t, PARTITION_RANGE, &text));
    CHECK_RC(RC_OK, bound_check_column(t, PARTITION_LIST, &text));
}

// --- batches

static Str expand(Ctx *t, TypeKind kind, RangeStep step)
{
    NamedRange *ranges = NULL;
    size_t count = 0;
    if (range_expand(t, (Type){.kind = kind}, &step, &ranges, &count) != RC_OK) return t->err.text;
    Buf out = buf_new(t->arena);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "%.*s[%.*s,%.*s) ", STR_ARG(ranges[i].name), STR_ARG(ranges[i].lower.text),
                   STR_ARG(ranges[i].upper.text));
    return buf_str(&out);
}

TEST(batch_refuses)
{
    CHECK_STR("Batch build partition EVERY is date type but START or END does not type match.",
              expand(t, TYPE_DATE, (RangeStep){STR("x"), STR("2024-01-01"), STEP_DAY, 1}));
    CHECK_STR("Batch build partition start date should less than end date.",
              expand(t, TYPE_DATE, (RangeStep){STR("2024-01-01"), STR("2024-01-01"), STEP_DAY, 1}));
    CHECK_STR("Batch build partition EVERY is number type but START or END does not type match.",
              expand(t, TYPE_INT, (RangeStep){STR("1"), STR("x"), STEP_NUMBER, 1}));
    CHECK_STR("Batch build partition start value should less then end value.",
              expand(t, TYPE_INT, (RangeStep){STR("2"), STR("1"), STEP_NUMBER, 1}));
    CHECK_STR("Unsupported batch partition build type:largeint(40).",
              expand(t, TYPE_LARGEINT, (RangeStep){STR("1"), STR("2"), STEP_NUMBER, 1}));
    CHECK_STR("Batch build partition EVERY should be a number from 1.",
              expand(t, TYPE_INT, (RangeStep){STR("1"), STR("2"), STEP_NUMBER, 0}));
    CHECK_STR("The number of batch partitions should not exceed:4096",
              expand(t, TYPE_INT, (RangeStep){STR("0"), STR("5000"), STEP_NUMBER, 1}));
    CHECK_STR("Invalid range value format: Number out of range[150]. type: TINYINT",
              expand(t, TYPE_TINYINT, (RangeStep){STR("0"), STR("120"), STEP_NUMBER, 150}));
    CHECK_STR("Batch build partition reaches beyond the largest number.",
              expand(t, TYPE_BIGINT,
                     (RangeStep){STR("9223372036854775800"), STR("9223372036854775807"),
                                 STEP_NUMBER, 5}));
}

TEST(batch_of_numbers_and_times)
{
    CHECK_STR("p1[1,4) p4[4,7) ",
              expand(t, TYPE_INT, (RangeStep){STR("1"), STR("5"), STEP_NUMBER, 3}));
    CHECK_STR("p20240101[2024-01-01,2024-01-03) p20240103[2024-01-03,2024-01-05) ",
              expand(t, TYPE_DATE, (RangeStep){STR("2024-01-01"), STR("2024-01-04"), STEP_DAY, 2}));
    CHECK_STR(
        "p202401[2024-01-15,2024-02-01) p202402[2024-02-01,2024-02-20) ",
        expand(t, TYPE_DATE, (RangeStep){STR("2024-01-15"), STR("2024-02-20"), STEP_MONTH, 1}));
    CHECK_STR(
        "p2023[2023-01-01,2024-01-01) p2024[2024-01-01,2025-01-01) ",
        expand(t, TYPE_DATE, (RangeStep){STR("2023-01-01"), STR("2025-01-01"), STEP_YEAR, 1}));
    CHECK_STR("p2023123122[2023-12-31 22:00:00,2023-12-31 23:00:00) "
              "p2023123123[2023-12-31 23:00:00,2024-01-01 00:00:00) ",
              expand(t, TYPE_DATETIME,
                     (RangeStep){STR("2023-12-31 22:00:00"), STR("2024-01-01"), STEP_HOUR, 1}));
    // 2024-01-03 is a Wednesday: the first range is named by its Monday, and so are the next
    // bounds.
    CHECK_STR(
        "p2024_01[2024-01-03,2024-01-08) p2024_02[2024-01-08,2024-01-10) ",
        expand(t, TYPE_DATE, (RangeStep){STR("2024-01-03"), STR("2024-01-10"), STEP_WEEK, 1}));
    CHECK_STR(
        "p2019_53[2019-12-30,2020-01-06) p2020_02[2020-01-06,2020-01-13) ",
        expand(t, TYPE_DATE, (RangeStep){STR("2019-12-30"), STR("2020-01-13"), STEP_WEEK, 1}));
}

TEST(caltime_counts_days)
{
    CHECK_INT(0, caltime_days((CalDate){1970, 1, 1}));
    CHECK_INT(-719528, caltime_days((CalDate){0, 1, 1}));
    CHECK_INT(2932896, caltime_days((CalDate){9999, 12, 31}));
    CHECK_INT(4, caltime_weekday(0));
    CHECK_INT(7, caltime_weekday(-4));
    CHECK_STR("(refused)", normal(t, TYPE_DATE, "1900-02-29"));
    CHECK_STR("2000-02-29", normal(t, TYPE_DATE, "2000-02-29"));
    for (int64_t day = -719528; day <= 2932896; day += 13) {
        CalDate date = caltime_date(day);
        CHECK_INT(day, caltime_days(date));
    }
}
