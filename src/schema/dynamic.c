/*
 * schema/dynamic: the dynamic_partition properties.
 *
 * Source  StarRocks' DynamicPartitionUtil (checkInputDynamicPartitionProperties,
 *         analyzeDynamicPartition, getPartitionRangeString, getFormattedPartitionName): texts,
 *         order of checks, bounds and names.
 * Errors  SEMANTIC, PARTITION_VALUE.   Threads  pure, apart from the Ctx.
 */
#include "schema/dynamic.h"
#include "base/vec.h"
#include "schema/names.h"

enum { MOST_PARTITIONS = 500, MAX_REPLICAS = 32767, MAX_BUCKETS = 1 << 20 };

static const char *const UNITS[] = {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"};
static const char KEY_PREFIX[] = "dynamic_partition.";

const char *dynamic_unit_name(DynamicUnit unit)
{
    return UNITS[unit];
}

static bool read_unit(Str text, DynamicUnit *out)
{
    for (size_t i = 0; i < COUNT_OF(UNITS); i++) {
        if (!str_eq_nocase(text, str_from(UNITS[i]))) continue;
        *out = (DynamicUnit)i;
        return true;
    }
    return false;
}

// STR_NONE: not there.
static Str get(const TableDef *def, const char *key)
{
    for (size_t i = 0; i < def->property_count; i++) {
        Str name = def->properties[i].key;
        if (str_starts(name, str_from(KEY_PREFIX)) &&
            str_eq(str_sub(name, sizeof(KEY_PREFIX) - 1, name.len), str_from(key)))
            return def->properties[i].value;
    }
    return STR_NONE;
}

static bool has_any(const TableDef *def)
{
    for (size_t i = 0; i < def->property_count; i++)
        if (str_starts(def->properties[i].key, str_from(KEY_PREFIX))) return true;
    return false;
}

static bool read_number(Str text, int64_t least, int64_t most, int64_t usual, int64_t *out)
{
    if (!text.ptr) *out = usual;
    return !text.ptr || (str_to_i64(text, out) && *out >= least && *out <= most);
}

bool dynamic_read(const TableDef *def, DynamicPartitions *out)
{
    int64_t buckets, replicas;
    Str enable = get(def, "enable"), prefix = get(def, "prefix"), zone = get(def, "time_zone");
    DynamicPartitions read = {.is_on = !enable.ptr || str_eq_nocase(enable, STR("true")),
                              .prefix = prefix.ptr ? prefix : STR("p"),
                              .zone = zone.ptr ? zone : STR("")};
    bool is_whole =
        def->method == PARTITION_RANGE && def->partition_column_count == 1 &&
        read_unit(get(def, "time_unit"), &read.unit) && get(def, "end").ptr &&
        read_number(get(def, "start"), DYNAMIC_KEEPS_ALL, -1, DYNAMIC_KEEPS_ALL, &read.start) &&
        read_number(get(def, "end"), 1, INT32_MAX, 1, &read.end) &&
        read_number(get(def, "history_partition_num"), 0, INT32_MAX, 0, &read.history_num) &&
        read_number(get(def, "buckets"), 0, MAX_BUCKETS, 0, &buckets) &&
        read_number(get(def, "replication_num"), 1, MAX_REPLICAS, 0, &replicas) &&
        read_number(get(def, "start_day_of_week"), 1, 7, 1, &read.day_of_week) &&
        read_number(get(def, "start_day_of_month"), 1, 28, 1, &read.day_of_month);
    if (!is_whole) return false;
    read.buckets = (uint32_t)buckets;
    read.replicas = (uint32_t)replicas;
    *out = read;
    return true;
}

// --- checks

static Rc check_column(Ctx *ctx, const TableDef *def, DynamicUnit unit)
{
    if (def->method != PARTITION_RANGE || def->partition_column_count != 1)
        return SAY(ctx, SEMANTIC, "Dynamic partition only support single-column range partition");
    TypeKind kind = table_partition_column(def, 0)->type.kind;
    bool is_number = kind == TYPE_INT || kind == TYPE_BIGINT || kind == TYPE_LARGEINT;
    if (kind != TYPE_DATE && kind != TYPE_DATETIME && !is_number)
        return SAY(ctx, SEMANTIC,
                   "Dynamic Partition Only Support DATE, DATETIME and INTEGER Type Now.");
    if (unit == DYNAMIC_HOUR && kind != TYPE_DATETIME)
        return SAY(ctx, SEMANTIC,
                   "%s type partition does not support dynamic partitioning granularity of hour",
                   kind == TYPE_DATE ? "Date" : "Integer");
    return RC_OK;
}

static Rc check_start(Ctx *ctx, Str text)
{
    int64_t number;
    if (!text.ptr) return RC_OK;
    if (!str_to_i64(text, &number) || number < INT32_MIN || number > INT32_MAX)
        return SAY(ctx, SEMANTIC, "Invalid dynamic partition start %.*s", STR_ARG(text));
    return number < 0 ? RC_OK : SAY(ctx, SEMANTIC, "Dynamic partition start must less than 0");
}

static Rc check_end(Ctx *ctx, Str text, int64_t *out)
{
    if (!text.ptr || text.len == 0) return SAY(ctx, SEMANTIC, "Dynamic partition end is empty");
    if (!str_to_i64(text, out) || *out < INT32_MIN || *out > INT32_MAX)
        return SAY(ctx, SEMANTIC, "Invalid dynamic partition end %.*s", STR_ARG(text));
    return *out > 0 ? RC_OK : SAY(ctx, SEMANTIC, "Dynamic partition end must greater than 0");
}

static Rc check_history(Ctx *ctx, Str text, int64_t *out)
{
    *out = 0;
    if (!text.ptr) return RC_OK;
    if (!str_to_i64(text, out) || *out > INT32_MAX)
        return SAY(ctx, SEMANTIC, "Invalid properties: dynamic_partition.history_partition_num");
    if (*out >= 0) return RC_OK;
    return SAY(ctx, SEMANTIC, "Dynamic history partition num must greater than 0");
}

static Rc check_day(Ctx *ctx, const TableDef *def, const char *key, int64_t most)
{
    int64_t number;
    Str text = get(def, key);
    if (!text.ptr) return RC_OK;
    if (!str_to_i64(text, &number))
        return SAY(ctx, SEMANTIC, "Invalid properties: %s%s", KEY_PREFIX, key);
    if (number >= 1 && number <= most) return RC_OK;
    return SAY(ctx, SEMANTIC, "%s%s should between 1 and %lld", KEY_PREFIX, key, (long long)most);
}

static Rc check_counts(Ctx *ctx, const TableDef *def)
{
    int64_t number;
    Str buckets = get(def, "buckets"), replicas = get(def, "replication_num");
    if (buckets.ptr && (!str_to_i64(buckets, &number) || number < 0 || number > MAX_BUCKETS))
        return SAY(ctx, SEMANTIC, "Invalid dynamic partition buckets %.*s", STR_ARG(buckets));
    if (!replicas.ptr) return RC_OK;
    if (!str_to_i64(replicas, &number) || number > MAX_REPLICAS)
        return SAY(ctx, SEMANTIC, "Invalid dynamic partition replication_num: %.*s",
                   STR_ARG(replicas));
    return number > 0 ? RC_OK
                      : SAY(ctx, SEMANTIC, "Dynamic partition replication num must greater than 0");
}

static void add_missing(Arena *arena, TableDef *def, const char *key, const char *value)
{
    if (get(def, key).ptr) return;
    Property *all = ARENA_ARRAY(arena, Property, def->property_count + 1);
    memcpy(all, def->properties, def->property_count * sizeof(*all));
    all[def->property_count++] =
        (Property){str_printf(arena, "%s%s", KEY_PREFIX, key), str_from(value)};
    def->properties = all;
}

static Rc check_values(Ctx *ctx, const TableDef *def)
{
    DynamicUnit unit;
    int64_t end, history;
    Str text = get(def, "time_unit"), enable = get(def, "enable"), prefix = get(def, "prefix");
    if (!text.ptr) return SAY(ctx, SEMANTIC, "Must assign dynamic_partition.time_unit properties");
    if (!get(def, "end").ptr)
        return SAY(ctx, SEMANTIC, "Must assign dynamic_partition.end properties");
    if (!read_unit(text, &unit))
        return SAY(ctx, SEMANTIC, "Unsupported time unit %.*s. Expect HOUR/DAY/WEEK/MONTH/YEAR.",
                   STR_ARG(text));
    TRY(check_column(ctx, def, unit));
    if (prefix.ptr && !name_is_partition(prefix))
        return SAY(ctx, SEMANTIC, "Invalid dynamic partition prefix %.*s", STR_ARG(prefix));
    TRY(check_counts(ctx, def));
    if (enable.ptr && !str_eq_nocase(enable, STR("true")) && !str_eq_nocase(enable, STR("false")))
        return SAY(ctx, SEMANTIC, "Invalid dynamic partition enable: %.*s. Expected true or false",
                   STR_ARG(enable));
    TRY(check_start(ctx, get(def, "start")));
    TRY(check_end(ctx, get(def, "end"), &end));
    TRY(check_history(ctx, get(def, "history_partition_num"), &history));
    if (end + history > MOST_PARTITIONS)
        return SAY(ctx, SEMANTIC, "Too many dynamic partitions: %lld. Limit: %d",
                   (long long)(end + history), MOST_PARTITIONS);
    TRY(check_day(ctx, def, "start_day_of_month", 28));
    return check_day(ctx, def, "start_day_of_week", 7);
}

Rc dynamic_check(Ctx *ctx, TableDef *def)
{
    if (!has_any(def)) return RC_OK;
    TRY(check_values(ctx, def));
    add_missing(ctx->arena, def, "enable", "true");
    add_missing(ctx->arena, def, "prefix", "p");
    add_missing(ctx->arena, def, "start", "-2147483648");
    add_missing(ctx->arena, def, "history_partition_num", "0");
    return RC_OK;
}

int64_t dynamic_exempt_ms(DynamicUnit unit)
{
    static const int64_t DAYS[] = {1, 1, 7, 31, 366};
    return DAYS[unit] * 24 * 3600 * 1000;
}

// --- ranges

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

static CalTime month_begin(int64_t months, int64_t day)
{
    int64_t year = floor_div(months, 12);
    return (CalTime){caltime_days((CalDate){(int)year, (int)(months - year * 12) + 1, (int)day}),
                     0};
}

// Where the unit begins that lies `index` units from the one around `now`.
static CalTime unit_begin(const DynamicPartitions *dynamic, CalTime now, int64_t index)
{
    CalDate date = caltime_date(now.days);
    switch (dynamic->unit) {
    case DYNAMIC_HOUR: {
        int64_t hours = now.days * 24 + now.micros / CALTIME_HOUR + index;
        int64_t days = floor_div(hours, 24);
        return (CalTime){days, (hours - days * 24) * CALTIME_HOUR};
    }
    case DYNAMIC_DAY: return (CalTime){now.days + index, 0};
    case DYNAMIC_WEEK: {
        int64_t into = (caltime_weekday(now.days) - dynamic->day_of_week + 7) % 7;
        return (CalTime){now.days - into + 7 * index, 0};
    }
    case DYNAMIC_MONTH: {
        int64_t months = (int64_t)date.year * 12 + date.month - 1 + index;
        return month_begin(months - (date.day < dynamic->day_of_month), dynamic->day_of_month);
    }
    case DYNAMIC_YEAR: return month_begin(((int64_t)date.year + index) * 12, 1);
    }
    return now;
}

static Str bound_text(Arena *arena, TypeKind kind, CalTime time)
{
    CalDate date = caltime_date(time.days);
    if (kind == TYPE_DATE || kind == TYPE_DATETIME)
        return caltime_text(arena, time, kind == TYPE_DATETIME);
    return str_printf(arena, "%04d%02d%02d", date.year, date.month, date.day);
}

static Str range_name(Arena *arena, const DynamicPartitions *dynamic, CalTime begin)
{
    CalDate date = caltime_date(begin.days);
    Buf out = buf_new(arena);
    buf_printf(&out, "%.*s%04d", STR_ARG(dynamic->prefix), date.year);
    if (dynamic->unit == DYNAMIC_WEEK) {
        buf_printf(&out, "_%02d", range_week(begin.days));
        return buf_str(&out);
    }
    if (dynamic->unit <= DYNAMIC_MONTH) buf_printf(&out, "%02d", date.month);
    if (dynamic->unit <= DYNAMIC_DAY) buf_printf(&out, "%02d", date.day);
    if (dynamic->unit == DYNAMIC_HOUR) buf_printf(&out, "%02d", (int)(begin.micros / CALTIME_HOUR));
    return buf_str(&out);
}

Rc dynamic_range(Ctx *ctx, const TableDef *def, const DynamicPartitions *dynamic, int64_t index,
                 NamedRange *out)
{
    enum { FURTHEST = 100000000 };  // keeps the sums far from overflow: no calendar goes there
    Type type = table_partition_column(def, 0)->type;
    if (index < -FURTHEST) index = -FURTHEST;
    if (index > FURTHEST) index = FURTHEST;
    CalTime lower = unit_begin(dynamic, dynamic->now, index),
            upper = unit_begin(dynamic, dynamic->now, index + 1);
    if (!caltime_is_valid(lower) || !caltime_is_valid(upper))
        return SAY(ctx, PARTITION_VALUE, "a dynamic partition would lie beyond the calendar");
    NamedRange range = {.name = range_name(ctx->arena, dynamic, lower),
                        .lower.kind = BOUND_VALUE,
                        .upper.kind = BOUND_VALUE};
    TRY(bound_normalise(ctx, type, bound_text(ctx->arena, type.kind, lower), &range.lower.text));
    TRY(bound_normalise(ctx, type, bound_text(ctx->arena, type.kind, upper), &range.upper.text));
    *out = range;
    return RC_OK;
}

// --- partition_ttl

bool partition_ttl_parse(Str text, PartitionTtl *out)
{
    Str rest = str_trim(text);
    Str number = str_cut(&rest, ' ');
    Str unit = str_trim(rest);
    if (str_ends(unit, STR("S")) || str_ends(unit, STR("s"))) unit = str_sub(unit, 0, unit.len - 1);
    return str_to_i64(number, &out->count) && out->count > 0 && out->count <= 1000000 &&
           read_unit(unit, &out->unit);
}

CalTime partition_ttl_begin(PartitionTtl ttl, CalTime now)
{
    CalDate date = caltime_date(now.days);
    int64_t hours = now.days * 24 + now.micros / CALTIME_HOUR - ttl.count;
    int64_t days = floor_div(hours, 24);
    CalTime begin = {now.days, now.micros};
    switch (ttl.unit) {
    case DYNAMIC_HOUR:
        begin.days = days;
        begin.micros = (hours - days * 24) * CALTIME_HOUR + now.micros % CALTIME_HOUR;
        break;
    case DYNAMIC_DAY: begin.days -= ttl.count; break;
    case DYNAMIC_WEEK: begin.days -= 7 * ttl.count; break;
    case DYNAMIC_MONTH:
    case DYNAMIC_YEAR: {
        int64_t months = (int64_t)date.year * 12 + date.month - 1;
        months -= ttl.count * (ttl.unit == DYNAMIC_YEAR ? 12 : 1);
        int day = date.day > 28 ? 28 : date.day;
        begin.days = month_begin(months, day).days + (date.day - day);
        break;
    }
    }
    return begin;
}
