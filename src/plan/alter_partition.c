/*
 * plan/alter_partition: what the clauses of ALTER TABLE about partitions mean.
 *
 * Source  StarRocks' AlterTableClauseAnalyzer, AlterJobExecutor, LocalMetastore, RangeUtils
 *         (checkRangeListsMatch), OlapTable (replaceTempPartitions): order of checks and texts.
 * Errors  SEMANTIC, PARTITION_*, DROP_PARTITION_MISSING.
 * Threads pure, apart from the Ctx.
 */
#include "base/map.h"
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "schema/autopart.h"
#include "sql/sql.h"

// ------------------------------------------------------------------------------------------- ADD

static Rc check_add(Ctx *ctx, const TableDef *table, const AlterTableStatement *alter)
{
    if (table->method == PARTITION_NONE)
        return SAY(ctx, SEMANTIC, "Only support adding partition to range/list partitioned table");
    const AstDistribution *given = &alter->distribution;
    if (given->kind == AST_DISTRIBUTION_NONE) return RC_OK;
    bool is_hash = given->kind == AST_DISTRIBUTION_HASH;
    if (is_hash != (table->distribution == DISTRIBUTION_HASH))
        return SAY(ctx, SEMANTIC, "Cannot assign different distribution type. default is: %s",
                   is_hash ? "RANDOM" : "HASH");
    bool is_same = !is_hash || given->columns.count == table->distribution_column_count;
    for (size_t i = 0; is_hash && is_same && i < given->columns.count; i++)
        is_same = str_eq_nocase(
            given->columns.at[i].text,
            schema_column(table_current_schema(table), table->distribution_columns[i])->name);
    if (!is_same)
        return SAY(ctx, SEMANTIC,
                   "Cannot assign hash distribution with different distribution cols");
    return RC_OK;
}

// Properties behind the name of the partition, then those behind the whole clause.
static AstProperties join_properties(Ctx *ctx, AstProperties a, AstProperties b)
{
    AstProperties all = {.at = ARENA_ARRAY(ctx->arena, AstProperty, a.count + b.count)};
    for (size_t i = 0; i < a.count; i++) all.at[all.count++] = a.at[i];
    for (size_t i = 0; i < b.count; i++)
        if (!ast_properties_get(a, b.at[i].key)) all.at[all.count++] = b.at[i];
    return all;
}

static uint32_t usual_replicas(const TableDef *table)
{
    Str text = properties_get(table->properties, table->property_count, "replication_num");
    uint64_t number = 1;
    if (text.ptr && !str_to_u64(text, &number)) number = 1;
    return (uint32_t)number;
}

// Loads make what an automatic RANGE table needs: others would cut their units.
static Rc check_automatic(Ctx *ctx, const TableDef *table, const AstPartitionDef *def)
{
    AutoUnit unit;
    if (!table->is_auto_partitioned || table->method != PARTITION_RANGE) return RC_OK;
    must(auto_unit_parse(table->partition_expr, &unit));
    bool is_unit = def->kind == AST_PARTITION_BATCH && !unit.is_slice && def->step == 1 &&
                   def->step_unit != UNIT_NONE &&
                   str_eq_nocase(str_from(time_unit_name(def->step_unit)),
                                 str_from(auto_unit_name(unit.kind)));
    if (is_unit) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "The partition granularity of automatic partition table batch creation in advance "
               "should be consistent. Write ADD PARTITIONS START (..) END (..) EVERY (INTERVAL 1 "
               "%s)",
               auto_unit_name(unit.kind));
}

static bool is_switched_on(const TableDef *table)
{
    Str enable =
        properties_get(table->properties, table->property_count, "dynamic_partition.enable");
    return enable.ptr && str_eq_nocase(enable, STR("true"));
}

Rc plan_check_dynamic(Ctx *ctx, const TableDef *table)
{
    if (!is_switched_on(table)) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Cannot add/drop partition on a Dynamic Partition Table, Use command `ALTER TABLE "
               "tbl_name SET (\"dynamic_partition.enable\" = \"false\")` firstly.");
}

static void take_old(Ctx *ctx, const Table *table, PartitionReader *reader)
{
    reader->old = ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++)
        if (table->partitions[i]->def->is_temporary == reader->is_temporary)
            reader->old[reader->old_count++] = table->partitions[i]->def;
}

static Map names_of(Ctx *ctx, const Table *table)
{
    Map names = map_new(ctx->arena);
    for (size_t i = 0; i < table->partition_count; i++)
        map_put(&names, str_lower(ctx->arena, table->partitions[i]->def->name),
                table->partitions[i]);
    return names;
}

// ADD PARTITION IF NOT EXISTS p: what p would hold is not looked at when it is there.
static bool is_there_already(const Table *table, const AstPartitionDef *added)
{
    return added->kind != AST_PARTITION_BATCH && added->if_not_exists &&
           catalog_find_partition(table, added->name.text) != NULL;
}

// Ranges and values are compared with those of the table by the catalog, all at once.
Rc plan_add_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                       uint32_t backend_count, PartitionsPlan *out)
{
    PartitionReader reader;
    PartitionsPlan plan = {0};
    TRY(check_add(ctx, table->def, alter));
    if (!alter->is_temporary) TRY(plan_check_dynamic(ctx, table->def));
    TRY(check_automatic(ctx, table->def, &alter->partition));
    if (is_there_already(table, &alter->partition)) {
        *out = plan;
        return RC_OK;
    }
    partition_reader_init(ctx, table->def, &reader);
    reader.is_temporary = alter->is_temporary;
    take_old(ctx, table, &reader);
    TRY(partition_read(ctx, &reader, &alter->partition));
    TRY(partition_check_names(ctx, &reader));
    TRY(partitions_check(ctx, table->def, (const PartitionDef *const *)reader.at, reader.count));

    PropertyScope scope = {table->def, backend_count, usual_replicas(table->def)};
    AstProperties given = join_properties(ctx, alter->partition.properties, alter->properties);
    Map names = names_of(ctx, table);
    plan.partitions = ARENA_ARRAY(ctx->arena, PartitionDef *, reader.count);
    for (size_t i = 0; i < reader.count; i++) {
        PartitionDef *added = reader.at[i];
        bool is_there = map_get(&names, str_lower(ctx->arena, added->name)) != NULL;
        if (is_there && !alter->partition.if_not_exists)
            return FAIL(ctx, PARTITION_EXISTS, STR_ARG(added->name));
        TRY(ddl_partition_properties(ctx, &scope, given, added));
        if (alter->distribution.buckets > 0) added->bucket_num = alter->distribution.buckets;
        if (!is_there) plan.partitions[plan.count++] = added;
    }
    *out = plan;
    return RC_OK;
}

// ------------------------------------------------------------------------------- naming partitions

// The names that a batch stands for.
static Rc batch_names(Ctx *ctx, const Table *table, const AstPartitionDef *batch, NameList *out)
{
    PartitionReader reader;
    partition_reader_init(ctx, table->def, &reader);
    TRY(partition_read(ctx, &reader, batch));
    out->at = ARENA_ARRAY(ctx->arena, Name, reader.count);
    for (size_t i = 0; i < reader.count; i++) out->at[out->count++].text = reader.at[i]->name;
    return RC_OK;
}

static Rc check_partitioned(Ctx *ctx, const TableDef *table)
{
    if (table->method != PARTITION_NONE) return RC_OK;
    return SAY(ctx, SEMANTIC, "Table[%.*s] is not partitioned", STR_ARG(table->name));
}

// `names` among the partitions of one kind, each once. One that is missing is told by `fail`, or
// left out when that is NULL.
typedef struct Named {
    NameList names;
    bool is_temporary;
    Rc (*fail)(Ctx *ctx, const Table *table, Str name);
} Named;
static Rc find_all(Ctx *ctx, const Table *table, Named named, PartitionsPlan *out)
{
    NameList names = named.names;
    Map known = names_of(ctx, table), taken = map_new(ctx->arena);
    out->found = ARENA_ARRAY(ctx->arena, const Partition *, names.count);
    for (size_t i = 0; i < names.count; i++) {
        Str name = str_lower(ctx->arena, names.at[i].text);
        Partition *partition = map_get(&known, name);
        if (partition && partition->def->is_temporary != named.is_temporary) partition = NULL;
        if (!partition && named.fail) return named.fail(ctx, table, names.at[i].text);
        if (!partition || map_get(&taken, name)) continue;
        map_put(&taken, name, partition);
        out->found[out->count++] = partition;
    }
    return RC_OK;
}

static Rc fail_drop(Ctx *ctx, const Table *table, Str name)
{
    (void)table;
    return FAIL(ctx, DROP_PARTITION_MISSING, STR_ARG(name));
}

Rc plan_drop_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                        PartitionsPlan *out)
{
    NameList names = alter->partitions;
    *out = (PartitionsPlan){0};
    TRY(check_partitioned(ctx, table->def));
    if (!alter->is_temporary) TRY(plan_check_dynamic(ctx, table->def));
    bool is_batch = names.count == 0;
    if (is_batch && table->def->method != PARTITION_RANGE)
        return SAY(ctx, SEMANTIC, "Batch drop partition only support range partition tables");
    if (is_batch) TRY(batch_names(ctx, table, &alter->partition, &names));
    return find_all(ctx, table,
                    (Named){names, alter->is_temporary, alter->if_exists ? NULL : fail_drop}, out);
}

static Rc fail_unknown(Ctx *ctx, const Table *table, Str name)
{
    return FAIL(ctx, UNKNOWN_PARTITION, STR_ARG(name), STR_ARG(table->def->name));
}

Rc plan_find_partitions(Ctx *ctx, const Table *table, NameList names, bool is_temporary,
                        PartitionsPlan *out)
{
    *out = (PartitionsPlan){0};
    return find_all(ctx, table, (Named){names, is_temporary, fail_unknown}, out);
}

// ----------------------------------------------------------------------------------------- MODIFY

static Rc fail_modify(Ctx *ctx, const Table *table, Str name)
{
    return SAY(ctx, SEMANTIC, "Partition[%.*s] does not exist in table[%.*s]", STR_ARG(name),
               STR_ARG(table->def->name));
}

// What the partition says and the statement does not stays.
static void merge_properties(Ctx *ctx, const PartitionDef *old, AstProperties given,
                             PartitionDef *out)
{
    size_t count = out->property_count;
    Property *all = ARENA_ARRAY(ctx->arena, Property, count + old->property_count);
    memcpy(all, out->properties, count * sizeof(*all));
    for (size_t i = 0; i < old->property_count; i++)
        if (!ast_properties_get(given, old->properties[i].key)) all[count++] = old->properties[i];
    out->properties = all;
    out->property_count = count;
}

Rc plan_modify_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                          uint32_t backend_count, PartitionsPlan *out)
{
    PartitionsPlan plan = {0};
    TRY(check_partitioned(ctx, table->def));
    if (alter->partitions.count > 0) {
        TRY(find_all(ctx, table, (Named){alter->partitions, false, fail_modify}, &plan));
    } else {
        plan.found = ARENA_ARRAY(ctx->arena, const Partition *, table->partition_count);
        for (size_t i = 0; i < table->partition_count; i++)
            if (!table->partitions[i]->def->is_temporary)
                plan.found[plan.count++] = table->partitions[i];
    }
    plan.partitions = ARENA_ARRAY(ctx->arena, PartitionDef *, plan.count);
    for (size_t i = 0; i < plan.count; i++) {
        const PartitionDef *old = plan.found[i]->def;
        PropertyScope scope = {table->def, backend_count, old->replication_num};
        PartitionDef *def = partition_def_copy(ctx->arena, old);
        def->property_count = 0;
        TRY(ddl_partition_properties(ctx, &scope, alter->properties, def));
        def->bucket_num = old->bucket_num;
        merge_properties(ctx, old, alter->properties, def);
        plan.partitions[i] = def;
    }
    *out = plan;
    return RC_OK;
}

// ---------------------------------------------------------------------------------------- REPLACE

static Rc fail_replaced(Ctx *ctx, const Table *table, Str name)
{
    (void)table;
    return SAY(ctx, SEMANTIC, "Partition[%.*s] does not exist", STR_ARG(name));
}

static Rc fail_temporary(Ctx *ctx, const Table *table, Str name)
{
    (void)table;
    return SAY(ctx, SEMANTIC, "Temp partition[%.*s] does not exist", STR_ARG(name));
}

typedef struct ReplaceOptions {
    bool is_strict, uses_temporary_names;
} ReplaceOptions;

static Rc read_bool(Ctx *ctx, AstProperties given, const char *key, bool *out)
{
    const Str *text = ast_properties_get(given, str_from(key));
    if (!text) return RC_OK;
    *out = str_eq_nocase(*text, STR("true"));
    if (*out || str_eq_nocase(*text, STR("false"))) return RC_OK;
    return SAY(ctx, SEMANTIC, "Property %s must be bool type(false/true)", key);
}

static Rc read_options(Ctx *ctx, AstProperties given, ReplaceOptions *out)
{
    *out = (ReplaceOptions){.is_strict = true};
    for (size_t i = 0; i < given.count; i++) {
        Str key = given.at[i].key;
        if (!str_eq(key, STR("strict_range")) && !str_eq(key, STR("use_temp_partition_name")))
            return SAY(ctx, SEMANTIC, "Unknown properties: {%.*s=%.*s}", STR_ARG(key),
                       STR_ARG(given.at[i].value));
    }
    TRY(read_bool(ctx, given, "strict_range", &out->is_strict));
    return read_bool(ctx, given, "use_temp_partition_name", &out->uses_temporary_names);
}

static Str bounds_text(Ctx *ctx, const Table *table, const PartitionsPlan *plan)
{
    Buf out = buf_new(ctx->arena);
    const Type *types = table_partition_types(ctx->arena, table->def);
    buf_add_byte(&out, '[');
    for (size_t i = 0; i < plan->count; i++) {
        if (i > 0) buf_add(&out, STR(", "));
        if (table->def->method == PARTITION_RANGE)
            range_print(&out, types, plan->found[i]->def);
        else
            list_print(&out, plan->found[i]->def);
    }
    buf_add_byte(&out, ']');
    return buf_str(&out);
}

typedef struct RangeEntry {
    const Type *types;
    const PartitionDef *def;
} RangeEntry;

static int by_lower(const void *a, const void *b)
{
    const RangeEntry *left = a, *right = b;
    return bounds_compare(left->types, left->def->width, left->def->lower, right->def->lower);
}

// Neighbours that touch count as one range.
static RangeEntry *joined_ranges(Ctx *ctx, const Table *table, const PartitionsPlan *plan,
                                 size_t *count)
{
    const Type *types = table_partition_types(ctx->arena, table->def);
    RangeEntry *entries = ARENA_ARRAY(ctx->arena, RangeEntry, plan->count);
    for (size_t i = 0; i < plan->count; i++) entries[i] = (RangeEntry){types, plan->found[i]->def};
    qsort(entries, plan->count, sizeof(*entries), by_lower);
    *count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        RangeEntry *last = *count ? &entries[*count - 1] : NULL;
        if (last &&
            bounds_compare(types, last->def->width, last->def->upper, entries[i].def->lower) == 0) {
            PartitionDef *whole = ARENA_NEW(ctx->arena, PartitionDef);
            *whole = *last->def;
            whole->upper = entries[i].def->upper;
            last->def = whole;
        } else {
            entries[(*count)++] = entries[i];
        }
    }
    return entries;
}

static bool same_ranges(Ctx *ctx, const Table *table, const PartitionsPlan *old,
                        const PartitionsPlan *new)
{
    size_t old_count, new_count;
    const RangeEntry *a = joined_ranges(ctx, table, old, &old_count);
    const RangeEntry *b = joined_ranges(ctx, table, new, &new_count);
    bool is_same = old_count == new_count;
    for (size_t i = 0; is_same && i < old_count; i++)
        is_same = range_eq(a[i].types, a[i].def, b[i].def);
    return is_same;
}

// Every row of values of the one is one of the other.
static bool same_lists(Ctx *ctx, const PartitionsPlan *old, const PartitionsPlan *new)
{
    static char present[1];
    Map rows = map_new(ctx->arena);
    size_t count = 0;
    for (size_t i = 0; i < old->count; i++) {
        const PartitionDef *def = old->found[i]->def;
        for (size_t r = 0; r < def->list_count; r++)
            map_put(&rows, list_row_key(ctx->arena, &def->list[r * def->width], def->width),
                    present);
    }
    for (size_t i = 0; i < new->count; i++) {
        const PartitionDef *def = new->found[i]->def;
        for (size_t r = 0; r < def->list_count; r++, count++)
            if (!map_get(&rows, list_row_key(ctx->arena, &def->list[r * def->width], def->width)))
                return false;
    }
    return count == rows.count;
}

static Rc check_strict(Ctx *ctx, const Table *table, const ReplacePlan *plan)
{
    bool is_range = table->def->method == PARTITION_RANGE;
    bool is_same = is_range ? same_ranges(ctx, table, &plan->old, &plan->temporary)
                            : same_lists(ctx, &plan->old, &plan->temporary);
    if (is_same) return RC_OK;
    return SAY(ctx, SEMANTIC,
               is_range ? "2 range lists are not stricly matched. %.*s vs. %.*s"
                        : "2 list partition are not strictly matched, %.*s vs. %.*s",
               STR_ARG(bounds_text(ctx, table, &plan->old)),
               STR_ARG(bounds_text(ctx, table, &plan->temporary)));
}

// The temporary ones take the names of those that go, where there are as many.
static Rc name_new(Ctx *ctx, const Table *table, const ReplaceOptions *options, ReplacePlan *plan)
{
    PartitionsPlan *new = &plan->temporary;
    Map names = names_of(ctx, table);
    bool keeps_names = !options->uses_temporary_names && plan->old.count == new->count;
    new->partitions = ARENA_ARRAY(ctx->arena, PartitionDef *, new->count);
    for (size_t i = 0; i < new->count; i++) {
        PartitionDef *def = partition_def_copy(ctx->arena, new->found[i]->def);
        def->is_temporary = false;
        if (keeps_names) def->name = plan->old.found[i]->def->name;
        const Partition *other = map_get(&names, str_lower(ctx->arena, def->name));
        if (!keeps_names && other && other != new->found[i])
            return FAIL(ctx, PARTITION_EXISTS, STR_ARG(def->name));
        new->partitions[i] = def;
    }
    return RC_OK;
}

Rc plan_replace_partitions(Ctx *ctx, const Table *table, const AlterTableStatement *alter,
                           ReplacePlan *out)
{
    ReplacePlan plan = {0};
    ReplaceOptions options;
    TRY(check_partitioned(ctx, table->def));
    TRY(read_options(ctx, alter->properties, &options));
    TRY(find_all(ctx, table, (Named){alter->partitions, false, fail_replaced}, &plan.old));
    TRY(find_all(ctx, table, (Named){alter->others, true, fail_temporary}, &plan.temporary));
    if (options.is_strict) TRY(check_strict(ctx, table, &plan));
    TRY(name_new(ctx, table, &options, &plan));
    *out = plan;
    return RC_OK;
}
