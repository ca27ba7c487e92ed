/*
 * plan/ddl_property: PROPERTIES of tables and partitions: one table of keys, each with its check.
 *
 * Source  StarRocks' PropertyAnalyzer and LocalMetastore: keys, values, texts. What has no meaning
 *         on one machine (storage_medium, colocate_with, ..) is checked, kept and shown, so that a
 *         definition comes back as it was given.
 * Errors  SEMANTIC.   Threads  pure, apart from the Ctx.
 */
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "schema/caltime.h"
#include "sql/sql.h"

enum { FIRST_BACKEND_ID = 10001, MAX_REPLICAS = 32767 };

typedef enum Check {
    CHECK_REPLICAS,
    CHECK_BOOL,
    CHECK_WORD,     // one of `words`, any case
    CHECK_NUMBER,   // whole, within least..most
    CHECK_TIME,     // yyyy-MM-dd HH:mm:ss
    CHECK_COLUMNS,  // names, separated by commas
    CHECK_RATIO,    // bloom_filter_fpp
    CHECK_TEXT,     // anything but empty
} Check;

typedef struct Spec {
    Str key;
    const char *values;    // what it may be, in words
    bool is_of_partition;  // also for a single partition
    Check check;
    const char *words;  // blank-separated
    int64_t least, most;
} Spec;

#define SPEC(key_, values_, ...)                              \
    {                                                         \
        .key = STR_INIT(key_), .values = values_, __VA_ARGS__ \
    }
#define SPEC_BOTH(key_, values_, ...)                                                  \
    {                                                                                  \
        .key = STR_INIT(key_), .values = values_, .is_of_partition = true, __VA_ARGS__ \
    }
#define BOOL_SPEC(key_) SPEC(key_, "true, false", .check = CHECK_BOOL)
#define NUMBER_SPEC(key_, values_, least_, most_) \
    SPEC(key_, values_, .check = CHECK_NUMBER, .least = least_, .most = most_)

static const Spec SPECS[] = {
    SPEC_BOTH("replication_num", "1 to the number of backends", .check = CHECK_REPLICAS),
    SPEC_BOTH("storage_medium", "HDD, SSD", .check = CHECK_WORD, .words = "HDD SSD"),
    SPEC_BOTH("storage_cooldown_time", "yyyy-MM-dd HH:mm:ss", .check = CHECK_TIME),
    SPEC("storage_cooldown_ttl", "a period such as 1 DAY", .check = CHECK_TEXT),
    SPEC_BOTH("in_memory", "true, false", .check = CHECK_BOOL),
    SPEC("compression", "LZ4, LZ4_FRAME, ZSTD, ZLIB, SNAPPY", .check = CHECK_WORD,
         .words = "LZ4 LZ4_FRAME ZSTD ZLIB SNAPPY"),
    SPEC("bloom_filter_columns", "names of columns", .check = CHECK_COLUMNS),
    SPEC("bloom_filter_fpp", "0.0001 to 0.05", .check = CHECK_RATIO),
    SPEC("colocate_with", "name of a group", .check = CHECK_TEXT),
    BOOL_SPEC("enable_persistent_index"),
    BOOL_SPEC("replicated_storage"),
    BOOL_SPEC("fast_schema_evolution"),
    BOOL_SPEC("light_schema_change"),
    SPEC("write_quorum", "MAJORITY, ONE, ALL", .check = CHECK_WORD, .words = "MAJORITY ONE ALL"),
    SPEC("storage_format", "DEFAULT, V1, V2", .check = CHECK_WORD, .words = "DEFAULT V1 V2"),
    NUMBER_SPEC("bucket_size", "0 or more bytes", 0, INT64_MAX),
    NUMBER_SPEC("mutable_bucket_num", "0 or more", 0, INT32_MAX),
    NUMBER_SPEC("partition_live_number", "1 or more, or -1", -1, INT32_MAX),
    NUMBER_SPEC("partition_refresh_number", "1 or more, or -1", -1, INT32_MAX),
    SPEC("partition_ttl", "a period such as 1 DAY", .check = CHECK_TEXT),
    BOOL_SPEC("dynamic_partition.enable"),
    SPEC("dynamic_partition.time_unit", "HOUR, DAY, WEEK, MONTH, YEAR", .check = CHECK_WORD,
         .words = "HOUR DAY WEEK MONTH YEAR"),
    SPEC("dynamic_partition.time_zone", "a time zone", .check = CHECK_TEXT),
    NUMBER_SPEC("dynamic_partition.start", "a negative number", INT32_MIN, -1),
    NUMBER_SPEC("dynamic_partition.end", "a positive number", 1, INT32_MAX),
    SPEC("dynamic_partition.prefix", "begin of partition names", .check = CHECK_TEXT),
    NUMBER_SPEC("dynamic_partition.buckets", "1 or more", 1, INT32_MAX),
    NUMBER_SPEC("dynamic_partition.history_partition_num", "0 or more", 0, INT32_MAX),
    NUMBER_SPEC("dynamic_partition.start_day_of_week", "1 to 7", 1, 7),
    NUMBER_SPEC("dynamic_partition.start_day_of_month", "1 to 28", 1, 28),
    SPEC("dynamic_partition.replication_num", "1 to the number of backends",
         .check = CHECK_REPLICAS),
};

static const Spec *find_spec(Str key)
{
    for (size_t i = 0; i < COUNT_OF(SPECS); i++)
        if (str_eq(SPECS[i].key, key)) return &SPECS[i];
    return NULL;
}

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

// zstd may name its level, as in zstd(3).
static Str strip_level(Str key, Str value)
{
    if (!str_eq(key, STR("compression")) || !str_ends(value, STR(")"))) return value;
    Str rest = value;
    Str name = str_cut(&rest, '(');
    uint64_t level = 0;
    bool is_level = rest.len > 0 && str_to_u64(str_sub(rest, 0, rest.len - 1), &level) &&
                    level >= 1 && level <= 22;
    return is_level && str_eq_nocase(name, STR("zstd")) ? name : value;
}

static Rc check_columns(Ctx *ctx, const PropertyScope *scope, Str value)
{
    for (Str rest = value; rest.len > 0;) {
        Str name = str_trim(str_cut(&rest, ','));
        const Column *column = schema_column_named(table_current_schema(scope->table), name);
        if (!column)
            return SAY(ctx, SEMANTIC,
                       "Bloom filter column does not exist in table. invalid column: "
                       "%.*s",
                       STR_ARG(name));
        TypeKind kind = column->type.kind;
        if (kind == TYPE_TINYINT || kind == TYPE_BOOLEAN || kind == TYPE_FLOAT ||
            kind == TYPE_DOUBLE)
            return SAY(ctx, SEMANTIC,
                       "%s is not supported in bloom filter index. invalid column: %.*s",
                       type_name(kind), STR_ARG(name));
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

static Rc check_value(Ctx *ctx, const PropertyScope *scope, const Spec *spec, Str value)
{
    int64_t number;
    CalTime time;
    bool is_right = true;
    Str key = spec->key;
    switch (spec->check) {
    case CHECK_REPLICAS: return check_replicas(ctx, scope, key, value);
    case CHECK_COLUMNS: return check_columns(ctx, scope, value);
    case CHECK_BOOL:
        if (str_eq_nocase(value, STR("true")) || str_eq_nocase(value, STR("false"))) return RC_OK;
        return SAY(ctx, SEMANTIC, "Property %.*s must be bool type(false/true)", STR_ARG(key));
    case CHECK_WORD: is_right = is_word_of(spec->words, strip_level(key, value)); break;
    case CHECK_NUMBER:
        is_right = str_to_i64(value, &number) && number >= spec->least && number <= spec->most;
        break;
    case CHECK_TIME: is_right = caltime_parse(value, &time); break;
    case CHECK_RATIO: is_right = is_ratio(value); break;
    case CHECK_TEXT: is_right = value.len > 0; break;
    }
    if (is_right) return RC_OK;
    return SAY(ctx, SEMANTIC, "Invalid value of property %.*s: '%.*s', it is %s", STR_ARG(key),
               STR_ARG(value), spec->values);
}

// Every key that is not known here, as Java prints a map.
static Rc refuse_unknown(Ctx *ctx, AstProperties given, bool is_of_partition)
{
    Buf unknown = buf_new(ctx->arena);
    for (size_t i = 0; i < given.count; i++) {
        const Spec *spec = find_spec(given.at[i].key);
        if (spec && (spec->is_of_partition || !is_of_partition)) continue;
        if (unknown.len > 0) buf_add(&unknown, STR(", "));
        buf_printf(&unknown, "%.*s=%.*s", STR_ARG(given.at[i].key), STR_ARG(given.at[i].value));
    }
    if (unknown.len == 0) return RC_OK;
    return SAY(ctx, SEMANTIC, "Unknown properties: {%.*s}", STR_ARG(buf_str(&unknown)));
}

static Rc check_all(Ctx *ctx, const PropertyScope *scope, AstProperties given, bool is_of_partition)
{
    TRY(refuse_unknown(ctx, given, is_of_partition));
    for (size_t i = 0; i < given.count; i++)
        TRY(check_value(ctx, scope, find_spec(given.at[i].key), given.at[i].value));
    return RC_OK;
}

static uint32_t replicas_of(AstProperties given, uint32_t usual)
{
    const Str *text = ast_properties_get(given, STR("replication_num"));
    uint64_t number = usual;
    if (text) must(str_to_u64(*text, &number));
    return (uint32_t)number;
}

static uint32_t default_buckets(uint32_t backend_count)
{
    return 2 * backend_count;
}

Rc ddl_partition_properties(Ctx *ctx, const PropertyScope *scope, AstProperties given,
                            PartitionDef *out)
{
    TRY(check_all(ctx, scope, given, true));
    out->replication_num = replicas_of(given, scope->usual);
    out->bucket_num = scope->table->bucket_num > 0 ? scope->table->bucket_num
                                                   : default_buckets(scope->backend_count);
    out->properties = ARENA_ARRAY(ctx->arena, Property, given.count);
    for (size_t i = 0; i < given.count; i++) {
        if (str_eq(given.at[i].key, STR("replication_num"))) continue;
        out->properties[out->property_count++] = (Property){given.at[i].key, given.at[i].value};
    }
    return RC_OK;
}

// The properties of the description that a partition came from. A batch has many partitions, a
// description without a name none of its own.
static AstProperties given_for(const CreateTableStatement *stmt, Str name)
{
    for (size_t i = 0; i < stmt->partition_by.def_count; i++) {
        const AstPartitionDef *def = &stmt->partition_by.defs[i];
        if (def->kind != AST_PARTITION_BATCH && str_eq_nocase(def->name.text, name))
            return def->properties;
    }
    return (AstProperties){0};
}

Rc plan_table_properties(Ctx *ctx, uint32_t backend_count, TablePlan *plan)
{
    AstProperties given = plan->stmt->properties;
    TableDef *def = plan->def;
    PropertyScope scope = {def, backend_count, 1};
    TRY(check_all(ctx, &scope, given, false));
    // min(3, backends) where the statement names none, so that small servers need no property.
    uint32_t usual = backend_count < 3 ? backend_count : 3;
    scope.usual = replicas_of(given, usual);

    def->properties = ARENA_ARRAY(ctx->arena, Property, given.count + 1);
    for (size_t i = 0; i < given.count; i++)
        def->properties[def->property_count++] = (Property){given.at[i].key, given.at[i].value};
    if (!ast_properties_get(given, STR("replication_num")))
        def->properties[def->property_count++] =
            (Property){STR("replication_num"), str_printf(ctx->arena, "%u", scope.usual)};
    for (size_t i = 0; i < plan->partition_count; i++) {
        PartitionDef *partition = plan->partitions[i];
        TRY(ddl_partition_properties(ctx, &scope, given_for(plan->stmt, partition->name),
                                     partition));
    }
    const Str *dynamic = ast_properties_get(given, STR("dynamic_partition.enable"));
    if (dynamic && str_eq_nocase(*dynamic, STR("true")))
        WARN(ctx, NOT_SUPPORTED, STR_ARG(STR("making partitions by dynamic_partition")));
    return RC_OK;
}
