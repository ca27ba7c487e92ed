/*
 * plan/jobproperties: the PROPERTIES of BACKUP and RESTORE.
 *
 * Source  StarRocks BackupRestoreAnalyzer; texts are its own (the one for replication_num is that
 * of meta_version there too). `bandwidth_limit` is ours. Errors  SEMANTIC, NOT_SUPPORTED.   Threads
 * pure.
 */
#include "plan/jobproperties.h"
#include "base/vec.h"

typedef struct Key {
    Str name;
    bool is_for_backup, is_for_restore;
    Rc (*read)(Ctx *ctx, Str value, JobProperties *out);
    const char *values, *by_default, *meaning;  // for the documentation
} Key;

static Rc semantic(Ctx *ctx, const char *before, Str value)
{
    return SAY(ctx, SEMANTIC, "%s%.*s", before, STR_ARG(value));
}

static Rc read_type(Ctx *ctx, Str value, JobProperties *out)
{
    if (!str_eq_nocase(value, STR("full")) && !str_eq_nocase(value, STR("incremental")))
        return semantic(ctx, "Invalid backup job type: ", value);
    out->type = str_lower(ctx->arena, value);
    return RC_OK;
}

static Rc read_timeout(Ctx *ctx, Str value, JobProperties *out)
{
    int64_t seconds;
    if (!str_to_i64(value, &seconds) || seconds > INT64_MAX / 1000)
        return semantic(ctx, "Invalid timeout format: ", value);
    if (seconds < JOB_TIMEOUT_LEAST_S)
        return semantic(ctx, "timeout must be at least 10 min", STR(""));
    out->timeout_s = seconds;
    return RC_OK;
}

static Rc read_ttl(Ctx *ctx, Str value, JobProperties *out)
{
    (void)value, (void)out;
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("the property ttl of BACKUP")));
}

static Rc read_bandwidth(Ctx *ctx, Str value, JobProperties *out)
{
    if (!str_to_i64(value, &out->bandwidth_limit) || out->bandwidth_limit < 0)
        return semantic(ctx, "Invalid bandwidth_limit, expected bytes per second or 0: ", value);
    return RC_OK;
}

static Rc read_timestamp(Ctx *ctx, Str value, JobProperties *out)
{
    (void)ctx;
    out->backup_timestamp = value;
    return RC_OK;
}

static Rc read_allow_load(Ctx *ctx, Str value, JobProperties *out)
{
    out->allow_load = str_eq_nocase(value, STR("true"));
    if (out->allow_load || str_eq_nocase(value, STR("false"))) return RC_OK;
    return semantic(ctx, "Invalid allow load value: ", value);
}

static Rc read_bool(Ctx *ctx, const char *key, Str value, bool *out)
{
    *out = str_eq_nocase(value, STR("true"));
    if (*out || str_eq_nocase(value, STR("false"))) return RC_OK;
    return SAY(ctx, SEMANTIC, "Invalid %s value: %.*s", key, STR_ARG(value));
}

static Rc read_clean_partitions(Ctx *ctx, Str value, JobProperties *out)
{
    return read_bool(ctx, "clean_partitions", value, &out->clean_partitions);
}

static Rc read_clean_tables(Ctx *ctx, Str value, JobProperties *out)
{
    return read_bool(ctx, "clean_tables", value, &out->clean_tables);
}

static Rc read_number(Ctx *ctx, Str value, int64_t *out)
{
    if (str_to_i64(value, out) && *out >= INT32_MIN && *out <= INT32_MAX) return RC_OK;
    return semantic(ctx, "Invalid meta version format: ", value);
}

static Rc read_replication(Ctx *ctx, Str value, JobProperties *out)
{
    out->has_replication_num = true;
    return read_number(ctx, value, &out->replication_num);
}

static Rc read_meta_version(Ctx *ctx, Str value, JobProperties *out)
{
    out->has_meta_version = true;
    return read_number(ctx, value, &out->meta_version);
}

static const Key KEYS[] = {
    {STR_INIT("backup_timestamp"), false, true, read_timestamp,
     "a timestamp that SHOW SNAPSHOT prints", "the label's only backup",
     "Which backup of the label is meant. Without milliseconds: the only backup of "
     "that second. Required when the label has several."},
    {STR_INIT("type"), true, false, read_type, "`full`, `incremental`", "`full`",
     "Every backup is whole for its reader and stores only files that the repository lacks, whatever the type."},
    {STR_INIT("replication_num"), false, true, read_replication, "whole number from 1",
     "3, or the number of backends if that is less", "Replicas of each restored partition."},
    {STR_INIT("timeout"), true, true, read_timeout, "seconds, at least 600", "`86400`",
     "After so long the job is cancelled."},
    {STR_INIT("bandwidth_limit"), true, true, read_bandwidth, "bytes per second, `0` for none",
     "`0`", "Upper bound for the job's copying."},
    {STR_INIT("allow_load"), false, true, read_allow_load, "`true`, `false`", "`false`",
     "Stored and shown; loads into a target stay refused until the job is over."},
    {STR_INIT("clean_partitions"), false, true, read_clean_partitions, "`true`, `false`", "`false`",
     "Partitions that a target table has and the snapshot lacks go to the trash in the same commit. Of whole tables only."},
    {STR_INIT("clean_tables"), false, true, read_clean_tables, "`true`, `false`", "`false`",
     "Tables that the target database has and the snapshot lacks go to the trash in the same commit. Of whole databases only (no `ON`)."},
    {STR_INIT("meta_version"), false, true, read_meta_version, "whole number",
     "that of the snapshot",
     "Accepted for compatibility. A snapshot carries its own version; another value leaves a warning."},
    {STR_INIT("starrocks_meta_version"), false, true, read_meta_version, "whole number",
     "that of the snapshot", "As `meta_version`."},
    {STR_INIT("ttl"), true, false, read_ttl, "", "", "Not supported yet; refused."},
};

static const Key *find_key(Str name, bool is_restore)
{
    for (size_t i = 0; i < COUNT_OF(KEYS); i++)
        if (str_eq(KEYS[i].name, name) &&
            (is_restore ? KEYS[i].is_for_restore : KEYS[i].is_for_backup))
            return &KEYS[i];
    return NULL;
}

static Rc read_all(Ctx *ctx, AstProperties given, bool is_restore, JobProperties *out)
{
    JobProperties read = {.type = STR("full"), .timeout_s = JOB_TIMEOUT_DEFAULT_S};
    Buf unknown = buf_new(ctx->arena);
    for (size_t i = 0; i < given.count; i++) {
        const Key *key = find_key(given.at[i].key, is_restore);
        if (key)
            TRY(key->read(ctx, given.at[i].value, &read));
        else
            buf_printf(&unknown, "%s%.*s", unknown.len ? ", " : "", STR_ARG(given.at[i].key));
    }
    if (unknown.len)
        return SAY(ctx, SEMANTIC, "Unknown %s job properties: [%.*s]",
                   is_restore ? "restore" : "backup", STR_ARG(buf_str(&unknown)));
    *out = read;
    return RC_OK;
}

Rc job_properties_for_backup(Ctx *ctx, AstProperties given, JobProperties *out)
{
    return read_all(ctx, given, false, out);
}

Rc job_properties_for_restore(Ctx *ctx, AstProperties given, JobProperties *out)
{
    return read_all(ctx, given, true, out);
}

void job_properties_docs(Buf *out, bool is_restore)
{
    buf_add(out, STR("| Key | Values | Default | Meaning |\n| --- | --- | --- | --- |\n"));
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        if (is_restore ? !KEYS[i].is_for_restore : !KEYS[i].is_for_backup) continue;
        buf_printf(out, "| `%.*s` | %s | %s | %s |\n", STR_ARG(KEYS[i].name), KEYS[i].values,
                   KEYS[i].by_default, KEYS[i].meaning);
    }
}
