/*
 * schema/match: may an object of a snapshot be restored over an existing table?
 *
 * Source  StarRocks RestoreJob.checkAndPrepareMeta and OlapTable.getSignature; order and texts are
 *         theirs. A hint with the difference follows each text.
 * Errors  none: what is found is the answer.   Threads  pure.
 */
#include "schema/match.h"
#include "base/map.h"
#include "base/vec.h"
#include "schema/bounds.h"

#define DEFAULT_FPP "0.05"

typedef VEC(Str) Texts;

typedef struct Matching {
    Ctx *ctx;
    const MatchRequest *target;
    const SnapTable *snap;
    const RestoreObject *object;
    const Type *types;  // of the partition columns
    Map snap_names;     // of the snapshot's partitions, in lower case
    Texts conflicts;
} Matching;

static void conflict(Matching *m, const char *format, ...) PRINTF_LIKE(2, 3);
static void conflict(Matching *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vprintf(m->ctx->arena, format, args);
    va_end(args);
    vec_push(m->ctx->arena, &m->conflicts, text);
}

static void other_schema(Matching *m, const char *step, Str found, Str wanted)
{
    conflict(m,
             "Table %.*s already exist but with different schema, errMsg: %s"
             " (the existing table has %.*s, the snapshot has %.*s)",
             STR_ARG(m->target->def->name), step, STR_ARG(found), STR_ARG(wanted));
}

static Str column_text(Ctx *ctx, const Column *column)
{
    Str type = type_text(ctx->arena, column->type);
    Buf buf = buf_new(ctx->arena);
    buf_add_quoted(&buf, column->name, '`');
    buf_printf(&buf, " %.*s", STR_ARG(type));
    if (column->is_key) buf_add(&buf, STR(" KEY"));
    if (column->aggregation.len) buf_printf(&buf, " %.*s", STR_ARG(column->aggregation));
    buf_add(&buf, column->is_nullable ? STR(" NULL") : STR(" NOT NULL"));
    if (column->default_kind == DEFAULT_CURRENT_TIMESTAMP)
        buf_add(&buf, STR(" DEFAULT CURRENT_TIMESTAMP"));
    if (column->default_kind == DEFAULT_LITERAL || column->default_kind == DEFAULT_EXPR)
        buf_printf(&buf, " DEFAULT \"%.*s\"", STR_ARG(column->default_text));
    if (column->is_auto_increment) buf_add(&buf, STR(" AUTO_INCREMENT"));
    if (column->generated.len) buf_printf(&buf, " AS %.*s", STR_ARG(column->generated));
    return buf_str(&buf);
}

static bool same_column(const Column *a, const Column *b)
{
    return str_eq_nocase(a->name, b->name) && type_eq(a->type, b->type) && a->is_key == b->is_key &&
           a->is_nullable == b->is_nullable && str_eq_nocase(a->aggregation, b->aggregation) &&
           a->default_kind == b->default_kind && str_eq(a->default_text, b->default_text) &&
           a->is_hidden == b->is_hidden && str_eq(a->generated, b->generated);
}

// Names of the columns behind `ids`, joined by ", ".
static Str column_names(Ctx *ctx, const TableDef *def, const uint32_t *ids, size_t count)
{
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        const Column *column = schema_column(table_current_schema(def), ids[i]);
        buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(column ? column->name : STR("?")));
    }
    return buf.len ? buf_str(&buf) : STR("none");
}

typedef struct ColumnIds {
    const uint32_t *at;
    size_t count;
} ColumnIds;

static bool compare_column_lists(Matching *m, const char *step, ColumnIds here, ColumnIds there)
{
    Str found = column_names(m->ctx, m->target->def, here.at, here.count);
    Str wanted = column_names(m->ctx, m->snap->def, there.at, there.count);
    if (str_eq_nocase(found, wanted)) return true;
    other_schema(m, step, found, wanted);
    return false;
}

static Str text_of(Matching *m, unsigned long long number)
{
    return str_printf(m->ctx->arena, "%llu", number);
}

static const PartitionDef *find_partition(const MatchRequest *target, Str name)
{
    // An unpartitioned table has one partition, whatever it is called.
    if (target->def->method == PARTITION_NONE)
        return target->partition_count ? target->partitions[0] : NULL;
    for (size_t i = 0; i < target->partition_count; i++)
        if (!target->partitions[i]->is_temporary &&
            str_eq_nocase(target->partitions[i]->name, name))
            return target->partitions[i];
    return NULL;
}

static const PartitionDef *snap_partition(const Matching *m, size_t i)
{
    return m->snap->partitions[m->object->partitions[i].snap_index].def;
}

static int by_text(const void *left, const void *right)
{
    return str_cmp(*(const Str *)left, *(const Str *)right);
}

// "a, b (fpp 0.05)": columns in any order and case; "none".
static Str bloom_text(Ctx *ctx, const TableDef *def)
{
    Str listed = properties_get(def->properties, def->property_count, "bloom_filter_columns");
    Str fpp = properties_get(def->properties, def->property_count, "bloom_filter_fpp");
    VEC(Str) columns = {0};
    Buf out = buf_new(ctx->arena);
    while (listed.len > 0) {
        Str column = str_trim(str_cut(&listed, ','));
        if (column.len > 0) vec_push(ctx->arena, &columns, str_lower(ctx->arena, column));
    }
    if (columns.len == 0) return STR("none");
    qsort(columns.at, columns.len, sizeof(Str), by_text);
    for (size_t i = 0; i < columns.len; i++)
        buf_printf(&out, "%s%.*s", i ? ", " : "", STR_ARG(columns.at[i]));
    buf_printf(&out, " (fpp %.*s)", STR_ARG(fpp.len > 0 ? fpp : STR(DEFAULT_FPP)));
    return buf_str(&out);
}

// What makes partitions: StarRocks has a partition type for each.
static Str partitioning_text(Ctx *ctx, const TableDef *def)
{
    static const char *const METHODS[] = {"no partitions", "range partitions", "list partitions"};
    if (!def->is_auto_partitioned) return str_from(METHODS[def->method]);
    if (def->partition_expr.len == 0)
        return str_printf(ctx->arena, "automatic %s", METHODS[def->method]);
    return str_printf(ctx->arena, "automatic %s by %.*s", METHODS[def->method],
                      STR_ARG(def->partition_expr));
}

static void compare_partitioning(Matching *m)
{
    Str found = partitioning_text(m->ctx, m->target->def);
    Str wanted = partitioning_text(m->ctx, m->snap->def);
    if (!str_eq_nocase(found, wanted))
        conflict(m,
                 "Table's partition type is different"
                 " (the existing table has %.*s, the snapshot has %.*s)",
                 STR_ARG(found), STR_ARG(wanted));
}

// StarRocks' signature, without the table's name. Only the first difference is told, as it does.
static void compare_signature(Matching *m)
{
    const TableDef *here = m->target->def, *there = m->snap->def;
    Str bloom_here = bloom_text(m->ctx, here), bloom_there = bloom_text(m->ctx, there);
    if (!str_eq(bloom_here, bloom_there)) {
        other_schema(m, "bloom filter is inconsistent", bloom_here, bloom_there);
        return;
    }
    if (!compare_column_lists(m, "partition columns is inconsistent",
                              (ColumnIds){here->partition_columns, here->partition_column_count},
                              (ColumnIds){there->partition_columns, there->partition_column_count}))
        return;
    if (here->distribution != there->distribution) {
        other_schema(m, "partition distribution col hash is inconsistent",
                     here->distribution == DISTRIBUTION_HASH ? STR("HASH") : STR("RANDOM"),
                     there->distribution == DISTRIBUTION_HASH ? STR("HASH") : STR("RANDOM"));
        return;
    }
    if (here->distribution != DISTRIBUTION_HASH) return;
    if (!compare_column_lists(
            m, "partition distribution col hash is inconsistent",
            (ColumnIds){here->distribution_columns, here->distribution_column_count},
            (ColumnIds){there->distribution_columns, there->distribution_column_count}))
        return;
    for (size_t i = 0; i < m->object->partition_count; i++) {
        const PartitionDef *wanted = snap_partition(m, i);
        const PartitionDef *found = find_partition(m->target, wanted->name);
        if (!found || found->bucket_num == wanted->bucket_num) continue;
        other_schema(m, "bucket num is inconsistent", text_of(m, found->bucket_num),
                     text_of(m, wanted->bucket_num));
        return;
    }
}

static void compare_columns(Matching *m)
{
    const Schema *here = table_current_schema(m->target->def);
    const Schema *there = table_current_schema(m->snap->def);
    if (here->column_count != there->column_count) {
        other_schema(m, "", str_printf(m->ctx->arena, "%zu columns", here->column_count),
                     str_printf(m->ctx->arena, "%zu", there->column_count));
        return;
    }
    if (m->target->def->keys != m->snap->def->keys) {
        conflict(m,
                 "Table %.*s already exist but with different key type"
                 " (the existing table has %s KEY, the snapshot has %s KEY)",
                 STR_ARG(m->target->def->name), key_kind_text(m->target->def->keys),
                 key_kind_text(m->snap->def->keys));
        return;
    }
    for (size_t i = 0; i < here->column_count; i++) {
        if (same_column(&here->columns[i], &there->columns[i])) continue;
        Str found = column_text(m->ctx, &here->columns[i]);
        Str wanted = column_text(m->ctx, &there->columns[i]);
        conflict(
            m,
            "Table %.*s already exist but with different schema, column: %.*s in existed table is"
            " different from the column in backup snapshot, column: %.*s",
            STR_ARG(m->target->def->name), STR_ARG(found), STR_ARG(wanted));
    }
    if (m->conflicts.len) return;
    const TableDef *found = m->target->def, *wanted = m->snap->def;
    compare_column_lists(m, "sort key is inconsistent",
                         (ColumnIds){found->sort_columns, found->sort_column_count},
                         (ColumnIds){wanted->sort_columns, wanted->sort_column_count});
}

static Str bounds_text(Matching *m, const PartitionDef *partition)
{
    Buf buf = buf_new(m->ctx->arena);
    if (m->target->def->method == PARTITION_RANGE)
        range_print(&buf, m->types, partition);
    else
        list_print(&buf, partition);
    return buf_str(&buf);
}

static bool same_bounds(Matching *m, const PartitionDef *a, const PartitionDef *b)
{
    switch (m->target->def->method) {
    case PARTITION_RANGE: return range_eq(m->types, a, b);
    case PARTITION_LIST: return list_eq(m->types, a, b);
    case PARTITION_NONE: break;
    }
    return true;
}

static void compare_existing(Matching *m, const PartitionDef *found, const PartitionDef *wanted,
                             uint32_t replication_num)
{
    const char *what = m->target->def->method == PARTITION_RANGE ? "range" : "list values";
    if (!same_bounds(m, found, wanted)) {
        Str here = bounds_text(m, found), there = bounds_text(m, wanted);
        conflict(m,
                 "Partition %.*s in table %.*s has different %s with partition in repository"
                 " (the existing partition has %.*s, the snapshot has %.*s)",
                 STR_ARG(found->name), STR_ARG(m->target->def->name), what, STR_ARG(here),
                 STR_ARG(there));
    } else if (found->replication_num != replication_num) {
        conflict(m,
                 "Partition %.*s in table %.*s has different replication num '%u' with partition in"
                 " repository, which is %u",
                 STR_ARG(found->name), STR_ARG(m->target->def->name), found->replication_num,
                 replication_num);
    }
}

// Whether the snapshot has a partition of that name, in the job or not.
static bool is_in_snapshot(const Matching *m, const PartitionDef *partition)
{
    return map_get(&m->snap_names, str_lower(m->ctx->arena, partition->name)) != NULL;
}

static void list_extras(Matching *m, Match *out)
{
    const MatchRequest *target = m->target;
    if (target->def->method == PARTITION_NONE) return;
    out->extras = ARENA_ARRAY(m->ctx->arena, const PartitionDef *, target->partition_count);
    for (size_t i = 0; i < target->partition_count; i++)
        if (!target->partitions[i]->is_temporary && !is_in_snapshot(m, target->partitions[i]))
            out->extras[out->extra_count++] = target->partitions[i];
}

static void compare_missing(Matching *m, const PartitionDef *wanted)
{
    const TableDef *def = m->target->def;
    if (def->method == PARTITION_NONE) {
        conflict(m, "No partition exist in single partitioned table %.*s", STR_ARG(def->name));
        return;
    }
    for (size_t i = 0; i < m->target->partition_count; i++) {
        const PartitionDef *other = m->target->partitions[i];
        if (m->target->is_cleaned && !is_in_snapshot(m, other)) continue;
        if (other->is_temporary || partition_check_conflict(m->ctx, def, wanted, other) == RC_OK)
            continue;
        ctx_clear(m->ctx);
        Str here = bounds_text(m, other), there = bounds_text(m, wanted);
        conflict(m,
                 "Partition %.*s in table %.*s has conflict %s with existing %s"
                 " (%.*s of the snapshot, partition %.*s has %.*s)",
                 STR_ARG(wanted->name), STR_ARG(def->name),
                 def->method == PARTITION_RANGE ? "range" : "list values",
                 def->method == PARTITION_RANGE ? "ranges" : "list values", STR_ARG(there),
                 STR_ARG(other->name), STR_ARG(here));
        return;
    }
}

static void compare_partitions(Matching *m, uint32_t replication_num, Match *out)
{
    out->partitions = ARENA_ARRAY(m->ctx->arena, MatchedPartition, m->object->partition_count);
    for (size_t i = 0; i < m->object->partition_count; i++) {
        const PartitionDef *wanted = snap_partition(m, i);
        const PartitionDef *found = find_partition(m->target, wanted->name);
        out->partitions[i].existing = found;
        if (found)
            compare_existing(m, found, wanted, replication_num);
        else
            compare_missing(m, wanted);
    }
}

static bool has_temporary(const MatchRequest *request)
{
    for (size_t i = 0; i < request->partition_count; i++)
        if (request->partitions[i]->is_temporary) return true;
    return false;
}

Rc match_table(Ctx *ctx, const MatchRequest *request, Match *out)
{
    Matching m = {.ctx = ctx, .target = request, .snap = request->snap, .object = request->object};
    Match found = {0};
    m.types = table_partition_types(ctx->arena, request->def);
    if (has_temporary(request)) conflict(&m, "Do not support restoring table with temp partitions");
    compare_partitioning(&m);
    if (m.conflicts.len == 0) compare_signature(&m);
    if (m.conflicts.len == 0) compare_columns(&m);
    m.snap_names = map_new(ctx->arena);
    for (size_t i = 0; i < m.snap->partition_count; i++)
        map_put(&m.snap_names, str_lower(ctx->arena, m.snap->partitions[i].def->name), &m);
    if (m.conflicts.len == 0) list_extras(&m, &found);
    if (m.conflicts.len == 0) compare_partitions(&m, request->replication_num, &found);
    found.conflict_count = m.conflicts.len;
    found.conflicts = m.conflicts.at;
    TRY(ctx_poll(ctx));
    *out = found;
    return RC_OK;
}
