/*
 * plan/property: one table of keys, each with its check.
 *
 * Source  StarRocks' PropertyAnalyzer, OlapTableFactory, AlterTableClauseAnalyzer: keys, values,
 *         texts. What has no meaning on one machine is checked, kept and shown, so that a
 *         definition comes back as it was given, here and elsewhere.
 * Errors  SEMANTIC.   Threads  pure, apart from the Ctx.
 */
#include "plan/property.h"
#include "base/vec.h"
#include "schema/caltime.h"
#include "sql/sql.h"
#include <stdlib.h>

enum { FIRST_BACKEND_ID = 10001, MAX_REPLICAS = 32767, MAX_LOCATION_BYTES = 255 };

typedef enum Check {
    CHECK_REPLICAS,
    CHECK_BOOL,
    CHECK_WORD,         // one of `words`, any case
    CHECK_NUMBER,       // whole, within least..most
    CHECK_COUNT,        // the same, with StarRocks' own words; -1 where least is 1
    CHECK_FRACTION,     // 0 to 1
    CHECK_TIME,         // yyyy-MM-dd HH:mm:ss
    CHECK_PERIOD,       // 1 DAY, 2 hours 30 minutes
    CHECK_BLOOM,        // names of columns, separated by commas; empty: none
    CHECK_RATIO,        // bloom_filter_fpp
    CHECK_COMPRESSION,  // a word, or zstd(level)
    CHECK_LOCATION,     // *, key:*, or key:value, ..
    CHECK_UNIQUE,       // names of columns, sets of them separated by ;
    CHECK_FOREIGN,      // (a) REFERENCES t(b), ..
    CHECK_CACHE_SECONDS,
    CHECK_QUERY_TIMEOUT,
    CHECK_TEXT,  // anything but empty
    CHECK_ANY,
} Check;

struct PropertySpec {
    Str key;
    Check check;
    const char *says;   // what it may be, or StarRocks' words for a wrong value
    const char *label;  // of CHECK_COUNT and CHECK_FRACTION: "Bucket size"
    const char *words;  // blank-separated
    int64_t least, most;
    bool is_of_partition;  // also for a single partition
    bool is_alterable;
    const char *refusal;  // of ALTER, where it is not unknown there
};

#define SPEC(key_, check_, ...)                             \
    {                                                       \
        .key = STR_INIT(key_), .check = check_, __VA_ARGS__ \
    }
#define ALTERABLE .is_alterable = true
#define OF_PARTITION .is_of_partition = true
#define CLOUD(key_, check_, refusal_, ...) SPEC(key_, check_, .refusal = refusal_, __VA_ARGS__)
#define DYNAMIC(key_, check_, ...) SPEC("dynamic_partition." key_, check_, ALTERABLE, __VA_ARGS__)

static const PropertySpec SPECS[] = {
    SPEC("replication_num", CHECK_REPLICAS, OF_PARTITION, ALTERABLE),
    SPEC("storage_medium", CHECK_WORD, OF_PARTITION, .words = "HDD SSD",
         .says = "Invalid storage medium"),
    SPEC("storage_cooldown_time", CHECK_TIME, OF_PARTITION, .says = "yyyy-MM-dd HH:mm:ss"),
    SPEC("storage_cooldown_ttl", CHECK_PERIOD, OF_PARTITION, ALTERABLE),
    SPEC("in_memory", CHECK_BOOL, OF_PARTITION, ALTERABLE),
    SPEC("tablet_type", CHECK_WORD, OF_PARTITION, .words = "disk memory",
         .says = "Invalid tablet type", .refusal = "Alter tablet type not supported"),
    SPEC("version_info", CHECK_COUNT, OF_PARTITION, .label = "version info", .least = INT64_MIN,
         .most = INT64_MAX),
    SPEC("schema_version", CHECK_COUNT, .label = "schema version", .least = INT32_MIN,
         .most = INT32_MAX),
    SPEC("short_key", CHECK_COUNT, .label = "Short key", .least = 1, .most = INT16_MAX),
    SPEC("storage_type", CHECK_WORD, .words = "column", .says = "Invalid storage type",
         .refusal = "Can't change storage type"),
    SPEC("storage_format", CHECK_WORD, .words = "DEFAULT V1 V2", .says = "unknown storage format"),
    SPEC("storage_volume", CHECK_TEXT, .says = "name of a storage volume"),
    SPEC("compression", CHECK_COMPRESSION),
    SPEC("bloom_filter_columns", CHECK_BLOOM, ALTERABLE),
    SPEC("bloom_filter_fpp", CHECK_RATIO, ALTERABLE),
    SPEC("colocate_with", CHECK_ANY, ALTERABLE),
    SPEC("labels.location", CHECK_LOCATION, ALTERABLE),
    SPEC("unique_constraints", CHECK_UNIQUE, ALTERABLE),
    SPEC("foreign_key_constraints", CHECK_FOREIGN, ALTERABLE),
    SPEC("write_quorum", CHECK_WORD, ALTERABLE, .words = "MAJORITY ONE ALL",
         .says = "unknown write quorum"),
    SPEC("replicated_storage", CHECK_BOOL, ALTERABLE),
    SPEC("enable_persistent_index", CHECK_BOOL, ALTERABLE),
    SPEC("persistent_index_type", CHECK_WORD, ALTERABLE, .words = "LOCAL CLOUD_NATIVE",
         .says = "Property persistent_index_type must be CLOUD_NATIVE or LOCAL"),
    SPEC("primary_index_cache_expire_sec", CHECK_CACHE_SECONDS, ALTERABLE),
    SPEC("fast_schema_evolution", CHECK_BOOL),
    SPEC("light_schema_change", CHECK_BOOL),
    SPEC("cloud_native_fast_schema_evolution_v2", CHECK_BOOL, ALTERABLE),
    SPEC("light_weight_tablet_creation", CHECK_BOOL),
    SPEC("enable_async_write_back", CHECK_BOOL),
    SPEC("bucket_size", CHECK_COUNT, ALTERABLE, .label = "Bucket size", .most = INT64_MAX),
    SPEC("mutable_bucket_num", CHECK_COUNT, ALTERABLE, .label = "Mutable bucket num",
         .most = INT64_MAX),
    SPEC("enable_load_profile", CHECK_BOOL, ALTERABLE),
    SPEC("enable_statistic_collect_on_first_load", CHECK_BOOL, ALTERABLE),
    SPEC("base_compaction_forbidden_time_ranges", CHECK_ANY, ALTERABLE),
    SPEC("load_initial_open_partition_number", CHECK_COUNT, .most = INT32_MAX,
         .label = "load_initial_open_partition_number"),
    SPEC("table_query_timeout", CHECK_QUERY_TIMEOUT, ALTERABLE),
    SPEC("partition_live_number", CHECK_COUNT, ALTERABLE, .label = "Partition Live Number",
         .least = 1, .most = INT32_MAX),
    SPEC("partition_ttl_number", CHECK_COUNT, .label = "Partition TTL Number", .least = 1,
         .most = INT32_MAX),
    SPEC("partition_refresh_number", CHECK_COUNT, .label = "Partition Refresh Number", .least = 1,
         .most = INT32_MAX),
    SPEC("partition_ttl", CHECK_PERIOD, ALTERABLE),
    SPEC("partition_retention_condition", CHECK_ANY, ALTERABLE),
    SPEC("time_drift_constraint", CHECK_ANY, ALTERABLE),
    SPEC("binlog_enable", CHECK_WORD, ALTERABLE, .words = "true false",
         .says = "Property binlog_enable must be true of false"),
    SPEC("binlog_version", CHECK_COUNT, .label = "binlog_version", .most = INT32_MAX),
    SPEC("binlog_ttl_second", CHECK_NUMBER, ALTERABLE, .least = INT64_MIN, .most = INT64_MAX,
         .says = "Property binlog_ttl_second must be long"),
    SPEC("binlog_max_size", CHECK_NUMBER, ALTERABLE, .least = INT64_MIN, .most = INT64_MAX,
         .says = "Property binlog_max_size must be long"),
    SPEC("flat_json.enable", CHECK_BOOL, ALTERABLE),
    SPEC("flat_json.null.factor", CHECK_FRACTION, ALTERABLE, .label = "Flat json null factor"),
    SPEC("flat_json.sparsity.factor", CHECK_FRACTION, ALTERABLE,
         .label = "Flat json sparsity factor"),
    SPEC("flat_json.column.max", CHECK_COUNT, ALTERABLE, .label = "Flat json column max",
         .most = INT32_MAX),
    SPEC("datacache.enable", CHECK_BOOL, ALTERABLE),
    SPEC("datacache.partition_duration", CHECK_PERIOD, ALTERABLE),
    CLOUD("file_bundling", CHECK_BOOL, "Property file_bundling only support cloud native table"),
    CLOUD("compaction_strategy", CHECK_WORD,
          "Property compaction_strategy can be only set to the cloud native table",
          .words = "default real_time", .says = "unknown compaction strategy"),
    CLOUD("lake_compaction_max_parallel", CHECK_COUNT,
          "Property lake_compaction_max_parallel can only be set for cloud native tables",
          .label = "lake_compaction_max_parallel", .most = INT32_MAX),
    SPEC("tablet_reshard_target_size", CHECK_COUNT, .label = "tablet_reshard_target_size",
         .most = INT64_MAX),
    // these are checked together: dynamic_check
    DYNAMIC("enable", CHECK_ANY),
    DYNAMIC("time_unit", CHECK_ANY),
    DYNAMIC("time_zone", CHECK_TEXT, .says = "a time zone"),
    DYNAMIC("start", CHECK_ANY),
    DYNAMIC("end", CHECK_ANY),
    DYNAMIC("prefix", CHECK_ANY),
    DYNAMIC("buckets", CHECK_ANY),
    DYNAMIC("history_partition_num", CHECK_ANY),
    DYNAMIC("start_day_of_week", CHECK_ANY),
    DYNAMIC("start_day_of_month", CHECK_ANY),
    DYNAMIC("replication_num", CHECK_REPLICAS),
};

// Only ALTER knows these. The second becomes the table's own "replication_num".
static const PropertySpec ALTER_SPECS[] = {
    SPEC("distribution_type", CHECK_WORD, ALTERABLE, .words = "hash",
         .says = "Can only change distribution type to HASH"),
    SPEC("default.replication_num", CHECK_REPLICAS, ALTERABLE),
    SPEC("default.storage_medium", CHECK_WORD, ALTERABLE, .words = "HDD SSD",
         .says = "Invalid storage medium"),
    SPEC("send_clear_alter_tasks", CHECK_WORD, ALTERABLE, .words = "true",
         .says = "Property send_clear_alter_tasks should be set to true"),
};

static const PropertySpec *find_in(const PropertySpec *specs, size_t count, Str key)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(specs[i].key, key)) return &specs[i];
    return NULL;
}

const PropertySpec *property_find(Str key)
{
    return find_in(SPECS, COUNT_OF(SPECS), key);
}

const PropertySpec *property_find_alter(Str key)
{
    const PropertySpec *spec = property_find(key);
    return spec ? spec : find_in(ALTER_SPECS, COUNT_OF(ALTER_SPECS), key);
}

bool property_is_of_partition(const PropertySpec *spec)
{
    return spec->is_of_partition;
}

Str property_alter_refusal(const PropertySpec *spec)
{
    if (spec->refusal) return str_from(spec->refusal);
    return spec->is_alterable ? STR_NONE : STR("");
}

// -------------------------------------------------------------------------------------- values

static Str backend_ids(Arena *arena, uint32_t count)
{
    Buf out = buf_new(arena);
    for (uint32_t i = 0; i < count; i++)
        buf_printf(&out, "%s%u", i > 0 ? "," : "", FIRST_BACKEND_ID + i);
    return buf_str(&out);
}

static Rc check_replicas(Ctx *ctx, const PropertyScope *scope, Str key, Str value)
{
    uint64_t number = 0;
    if (!str_to_u64(value, &number) || number > MAX_REPLICAS)
        return SAY(ctx, SEMANTIC, "Invalid %.*s: %.*s, a whole number is expected", STR_ARG(key),
                   STR_ARG(value));
    if (number == 0)
        return SAY(ctx, SEMANTIC, "Replication num should larger than 0. (suggested 3)");
    if (number <= scope->backend_count) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Table replication num should be less than of equal to the number of available "
               "BE nodes. You can change this default by setting the replication_num table "
               "properties. Current alive backend is [%.*s]. , table=%.*s, "
               "default_replication_num=3",
               STR_ARG(backend_ids(ctx->arena, scope->backend_count)), STR_ARG(scope->table->name));
}

static bool is_word_of(const char *words, Str value)
{
    Str rest = str_from(words);
    while (rest.len > 0)
        if (str_eq_nocase(str_cut(&rest, ' '), value)) return true;
    return false;
}

// StarRocks' own words where there are some, with the value behind those that end with its kind.
static Rc check_word(Ctx *ctx, const PropertySpec *spec, Str value)
{
    if (is_word_of(spec->words, value)) return RC_OK;
    if (!spec->says)
        return SAY(ctx, SEMANTIC, "Invalid value of property %.*s: '%.*s', it is one of %s",
                   STR_ARG(spec->key), STR_ARG(value), spec->words);
    bool has_value = str_starts(str_from(spec->says), STR("unknown")) ||
                     str_starts(str_from(spec->says), STR("Invalid storage"));
    return SAY(ctx, SEMANTIC, "%s%s%.*s", spec->says, has_value ? ": " : "",
               STR_ARG(has_value ? value : STR("")));
}

static Rc check_number(Ctx *ctx, const PropertySpec *spec, Str value)
{
    int64_t number = 0;
    if (str_to_i64(value, &number) && number >= spec->least && number <= spec->most) return RC_OK;
    if (spec->says) return SAY(ctx, SEMANTIC, "%s", spec->says);
    return SAY(ctx, SEMANTIC,
               "Invalid value of property %.*s: '%.*s', it is a number from %lld to %lld",
               STR_ARG(spec->key), STR_ARG(value), (long long)spec->least, (long long)spec->most);
}

static Rc check_count(Ctx *ctx, const PropertySpec *spec, Str value)
{
    int64_t number = 0;
    if (!str_to_i64(value, &number))
        return SAY(ctx, SEMANTIC, "%s: For input string: \"%.*s\"", spec->label, STR_ARG(value));
    bool is_unset = number == -1 && spec->least == 1;  // as if it were not given
    if (is_unset || (number >= spec->least && number <= spec->most)) return RC_OK;
    // "Illegal Partition TTL Number", but "Illegal bucket size"
    Str label = str_from(spec->label);
    if (!str_starts(label, STR("Partition")))
        label = str_printf(ctx->arena, "%c%s", spec->label[0] | 0x20, spec->label + 1);
    return SAY(ctx, SEMANTIC, "Illegal %.*s: %lld", STR_ARG(label), (long long)number);
}

static bool read_fraction(Ctx *ctx, Str value, double *out)
{
    char *text = str_z(ctx->arena, value), *end = NULL;
    *out = strtod(text, &end);
    return value.len > 0 && end == text + value.len;
}

static Rc check_fraction(Ctx *ctx, const PropertySpec *spec, Str value)
{
    double number = 0;
    if (!read_fraction(ctx, value, &number))
        return SAY(ctx, SEMANTIC, "%s: For input string: \"%.*s\"", spec->label, STR_ARG(value));
    if (number >= 0 && number <= 1) return RC_OK;
    return SAY(ctx, SEMANTIC, "Illegal %c%s: %.*s", spec->label[0] | 0x20, spec->label + 1,
               STR_ARG(value));
}

// { number unit }
static bool is_period(Str value)
{
    static const char *const UNITS =
        "year years month months week weeks day days hour hours minute minutes second seconds";
    Str rest = str_trim(value);
    if (rest.len == 0) return false;
    while (rest.len > 0) {
        uint64_t number = 0;
        size_t digits = 0;
        while (digits < rest.len && rest.ptr[digits] >= '0' && rest.ptr[digits] <= '9') digits++;
        if (!str_to_u64(str_sub(rest, 0, digits), &number)) return false;
        rest = str_trim(str_sub(rest, digits, rest.len));
        Str unit = str_cut(&rest, ' ');
        if (!is_word_of(UNITS, unit)) return false;
        rest = str_trim(rest);
    }
    return true;
}

static Rc check_compression(Ctx *ctx, Str value)
{
    Str rest = value;
    Str name = str_trim(str_cut(&rest, '('));
    uint64_t level = 0;
    if (name.len < value.len && str_eq_nocase(name, STR("zstd")) && str_ends(rest, STR(")")) &&
        str_to_u64(str_trim(str_sub(rest, 0, rest.len - 1)), &level)) {
        if (level >= 1 && level <= 22) return RC_OK;
        return SAY(ctx, SEMANTIC, "Invalid level for zstd compression type");
    }
    if (is_word_of("LZ4 LZ4_FRAME ZSTD ZLIB SNAPPY", value)) return RC_OK;
    return SAY(ctx, SEMANTIC, "unknown compression type: %.*s", STR_ARG(value));
}

static Rc fail_bloom(Ctx *ctx, const char *why, Str name)
{
    return SAY(ctx, SEMANTIC, "%s invalid column: %.*s", why, STR_ARG(name));
}

static Rc check_bloom_column(Ctx *ctx, const TableDef *table, Str name)
{
    const Column *column = schema_column_named(table_current_schema(table), name);
    if (!column) return fail_bloom(ctx, "Bloom filter column does not exist in table.", name);
    TypeKind kind = column->type.kind;
    if (kind == TYPE_TINYINT || kind == TYPE_BOOLEAN || kind == TYPE_FLOAT || kind == TYPE_DOUBLE)
        return SAY(ctx, SEMANTIC, "%s is not supported in bloom filter index. invalid column: %.*s",
                   type_name(kind), STR_ARG(name));
    bool has_values = table->keys == KEYS_AGGREGATE || table->keys == KEYS_UNIQUE;
    if (has_values && !column->is_key)
        return fail_bloom(ctx,
                          "Bloom filter index only used in columns of DUP_KEYS/PRIMARY table or "
                          "key columns of UNIQUE_KEYS/AGG_KEYS table.",
                          name);
    return RC_OK;
}

static Rc check_bloom(Ctx *ctx, const PropertyScope *scope, Str value)
{
    for (Str rest = value; rest.len > 0;) {
        Str name = str_trim(str_cut(&rest, ','));
        TRY(check_bloom_column(ctx, scope->table, name));
        for (Str later = rest; later.len > 0;)
            if (str_eq_nocase(str_trim(str_cut(&later, ',')), name))
                return SAY(ctx, SEMANTIC, "Reduplicate bloom filter column: %.*s", STR_ARG(name));
    }
    return RC_OK;
}

// 0.0001 to 0.05, in plain decimals.
static bool is_ratio(Str value)
{
    Str digits = value;
    Str whole = str_cut(&digits, '.');
    uint64_t number = 0;
    if (!str_eq(whole, STR("0")) || digits.len == 0 || digits.len > 9) return false;
    if (!str_to_u64(digits, &number)) return false;
    for (size_t i = digits.len; i < 9; i++) number *= 10;
    return number >= 100000 && number <= 50000000;
}

static bool is_location_word(Str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return word.len > 0;
}

static Rc check_location(Ctx *ctx, Str value)
{
    bool is_right = true;
    if (value.len > MAX_LOCATION_BYTES)
        return SAY(ctx, SEMANTIC, "location is too long, max length is %d", MAX_LOCATION_BYTES);
    for (Str rest = value; rest.len > 0;) {
        Str word = str_trim(str_cut(&rest, ','));
        Str key = str_trim(str_cut(&word, ':'));
        word = str_trim(word);
        bool is_all = str_eq(key, STR("*")) && word.len == 0;
        bool is_pair = is_location_word(key) && (str_eq(word, STR("*")) || is_location_word(word));
        is_right = is_right && (is_all || is_pair);
    }
    if (is_right) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Invalid location format: %.*s, should be like: '*', 'key:*', or "
               "'k1:v1,k2:v2,k1:v11'",
               STR_ARG(value));
}

static Rc check_unique(Ctx *ctx, const PropertyScope *scope, Str value)
{
    for (Str sets = value; sets.len > 0;) {
        for (Str set = str_cut(&sets, ';'); set.len > 0;) {
            Str name = str_trim(str_cut(&set, ','));
            while (str_find(name, STR(".")) >= 0) (void)str_cut(&name, '.');
            if (schema_column_named(table_current_schema(scope->table), name)) continue;
            return SAY(ctx, SEMANTIC, "Can not find column by name: %.*s", STR_ARG(name));
        }
    }
    return RC_OK;
}

// '(' columns ')' REFERENCES table '(' columns ')', several separated by ';'
static Rc check_foreign(Ctx *ctx, Str value)
{
    for (Str rest = value; rest.len > 0;) {
        Str one = str_trim(str_cut(&rest, ';'));
        ptrdiff_t at = str_find(str_upper(ctx->arena, one), STR("REFERENCES"));
        Str left = str_trim(str_sub(one, 0, at > 0 ? (size_t)at : 0));
        bool is_right = at > 0 && str_ends(left, STR(")")) && str_ends(one, STR(")")) &&
                        str_find(str_sub(one, (size_t)at, one.len), STR("(")) > 0;
        if (!is_right && one.len > 0)
            return SAY(ctx, SEMANTIC, "invalid foreign key constraint:%.*s", STR_ARG(one));
    }
    return RC_OK;
}

static Rc check_cache_seconds(Ctx *ctx, Str key, Str value)
{
    int64_t number = 0;
    if (!str_to_i64(value, &number) || number > INT32_MAX || number < INT32_MIN)
        return SAY(ctx, SEMANTIC, "Property %.*s must be integer: %.*s", STR_ARG(key),
                   STR_ARG(value));
    if (number >= 0) return RC_OK;
    return SAY(ctx, SEMANTIC, "Property %.*s must not be less than 0", STR_ARG(key));
}

static Rc check_query_timeout(Ctx *ctx, Str key, Str value)
{
    int64_t number = 0;
    if (!str_to_i64(value, &number) || number > INT32_MAX || number < INT32_MIN)
        return SAY(ctx, SEMANTIC, "Property %.*s must be a valid integer, got: %.*s", STR_ARG(key),
                   STR_ARG(value));
    if (number > 0 || number == -1) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Property %.*s must be greater than 0, or -1 to reset to default, got: %.*s",
               STR_ARG(key), STR_ARG(value));
}

static Rc check_simple(Ctx *ctx, const PropertySpec *spec, Str value)
{
    CalTime time;
    bool is_right = true;
    const char *says = spec->says;
    switch (spec->check) {
    case CHECK_BOOL:
        if (is_word_of("true false", value)) return RC_OK;
        return SAY(ctx, SEMANTIC, "Property %.*s must be bool type(false/true)",
                   STR_ARG(spec->key));
    case CHECK_PERIOD:
        if (is_period(value)) return RC_OK;
        return SAY(ctx, SEMANTIC, "illegal %.*s: Cannot parse text to Duration: %.*s",
                   STR_ARG(spec->key), STR_ARG(value));
    case CHECK_TIME: is_right = caltime_parse(value, &time); break;
    case CHECK_RATIO:
        is_right = is_ratio(value);
        says = "0.0001 to 0.05";
        break;
    case CHECK_TEXT: is_right = value.len > 0; break;
    default: break;
    }
    if (is_right) return RC_OK;
    return SAY(ctx, SEMANTIC, "Invalid value of property %.*s: '%.*s', it is %s",
               STR_ARG(spec->key), STR_ARG(value), says);
}

Rc property_check(Ctx *ctx, const PropertyScope *scope, const PropertySpec *spec, Str value)
{
    switch (spec->check) {
    case CHECK_REPLICAS: return check_replicas(ctx, scope, spec->key, value);
    case CHECK_WORD: return check_word(ctx, spec, value);
    case CHECK_NUMBER: return check_number(ctx, spec, value);
    case CHECK_COUNT: return check_count(ctx, spec, value);
    case CHECK_FRACTION: return check_fraction(ctx, spec, value);
    case CHECK_BLOOM: return check_bloom(ctx, scope, value);
    case CHECK_COMPRESSION: return check_compression(ctx, value);
    case CHECK_LOCATION: return check_location(ctx, value);
    case CHECK_UNIQUE: return check_unique(ctx, scope, value);
    case CHECK_FOREIGN: return check_foreign(ctx, value);
    case CHECK_CACHE_SECONDS: return check_cache_seconds(ctx, spec->key, value);
    case CHECK_QUERY_TIMEOUT: return check_query_timeout(ctx, spec->key, value);
    default: return check_simple(ctx, spec, value);
    }
}

// ------------------------------------------------------------------------------------ together

static Rc check_cooldown(Ctx *ctx, AstProperties given)
{
    const Str *medium = ast_properties_get(given, STR("storage_medium"));
    const Str *time = ast_properties_get(given, STR("storage_cooldown_time"));
    const Str *ttl = ast_properties_get(given, STR("storage_cooldown_ttl"));
    if (!time && !ttl) return RC_OK;
    if (time && ttl)
        return SAY(ctx, SEMANTIC,
                   "Invalid data property. storage_cooldown_time and storage_cooldown_ttl "
                   "conflict. you can only use one of them. ");
    if (!medium)
        return SAY(ctx, SEMANTIC, "Invalid data property. storage medium property is not found");
    if (str_eq_nocase(*medium, STR("SSD"))) return RC_OK;
    return SAY(ctx, SEMANTIC, "%s",
               time ? "Can not assign cooldown timestamp to HDD storage medium"
                    : "Can not assign cooldown ttl to table with HDD storage medium");
}

// A key of flat_json beside flat_json.enable.
static bool has_prefix(AstProperties given, Str prefix)
{
    for (size_t i = 0; i < given.count; i++)
        if (str_starts(given.at[i].key, prefix) && !str_ends(given.at[i].key, STR(".enable")))
            return true;
    return false;
}

static bool is_true(const Str *value)
{
    return value && str_eq_nocase(*value, STR("true"));
}

Rc property_check_table(Ctx *ctx, const PropertyScope *scope, AstProperties given)
{
    const TableDef *table = scope->table;
    const Str *group = ast_properties_get(given, STR("colocate_with"));
    bool is_colocate = group && group->len > 0;
    if (is_colocate && ast_properties_get(given, STR("labels.location")))
        return SAY(ctx, SEMANTIC, "colocate table doesn't support location property");
    if (is_colocate && table->distribution == DISTRIBUTION_RANDOM)
        return SAY(ctx, SEMANTIC, "random distribution does not support 'colocate_with'");
    const Str *ranges = ast_properties_get(given, STR("base_compaction_forbidden_time_ranges"));
    if (ranges && ranges->len > 0 && table->keys == KEYS_PRIMARY)
        return SAY(ctx, SEMANTIC,
                   "Property base_compaction_forbidden_time_ranges not support primary keys table "
                   "or cloud native table");
    return RC_OK;
}

Rc property_check_together(Ctx *ctx, const PropertyScope *scope, AstProperties given)
{
    TRY(check_cooldown(ctx, given));
    if (has_prefix(given, STR("flat_json.")) &&
        !is_true(ast_properties_get(given, STR("flat_json.enable"))))
        return SAY(ctx, SEMANTIC, "flat JSON configuration must be set after enabling flat JSON.");
    return property_check_table(ctx, scope, given);
}
