/*
 * plan/ddl_property: PROPERTIES of tables and partitions, in CREATE TABLE, ADD PARTITION and
 * ALTER TABLE .. SET. The keys and their checks are in plan/property.
 *
 * Source  StarRocks' LocalMetastore, AlterTableClauseAnalyzer.
 * Errors  SEMANTIC.   Threads  pure, apart from the Ctx.
 */
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "plan/property.h"
#include "schema/dynamic.h"
#include "sql/sql.h"

// Every key that is not known here, as Java prints a map.
static Rc refuse_unknown(Ctx *ctx, AstProperties given, bool is_of_partition)
{
    Buf unknown = buf_new(ctx->arena);
    for (size_t i = 0; i < given.count; i++) {
        const PropertySpec *spec = property_find(given.at[i].key);
        if (spec && (property_is_of_partition(spec) || !is_of_partition)) continue;
        if (unknown.len > 0) buf_add(&unknown, STR(", "));
        buf_printf(&unknown, "%.*s=%.*s", STR_ARG(given.at[i].key), STR_ARG(given.at[i].value));
    }
    if (unknown.len == 0) return RC_OK;
    return SAY(ctx, SEMANTIC, "Unknown properties: {%.*s}", STR_ARG(buf_str(&unknown)));
}

static Rc refuse_unknown_set(Ctx *ctx, AstProperties given)
{
    Buf all = buf_new(ctx->arena);
    for (size_t i = 0; i < given.count; i++)
        buf_printf(&all, "%s%.*s=%.*s", i ? ", " : "", STR_ARG(given.at[i].key),
                   STR_ARG(given.at[i].value));
    return SAY(ctx, SEMANTIC, "Unknown properties: {%.*s}", STR_ARG(buf_str(&all)));
}

static Rc check_all(Ctx *ctx, const PropertyScope *scope, AstProperties given, bool is_of_partition)
{
    TRY(refuse_unknown(ctx, given, is_of_partition));
    for (size_t i = 0; i < given.count; i++)
        TRY(property_check(ctx, scope, property_find(given.at[i].key), given.at[i].value));
    return property_check_together(ctx, scope, given);
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
    return dynamic_check(ctx, def);
}

// ----------------------------------------------------------------------------- ALTER TABLE .. SET

static bool all_start(AstProperties given, Str prefix)
{
    for (size_t i = 0; i < given.count; i++)
        if (!str_starts(given.at[i].key, prefix)) return false;
    return true;
}

static Rc check_flat_json(Ctx *ctx, const TableDef *def, Str key)
{
    Str enabled = properties_get(def->properties, def->property_count, "flat_json.enable");
    bool needs_it = str_starts(key, STR("flat_json.")) && !str_eq(key, STR("flat_json.enable"));
    if (!needs_it || str_eq_nocase(enabled, STR("true"))) return RC_OK;
    return SAY(ctx, SEMANTIC, "Property flat_json.enable haven't been enabled");
}

static Rc check_set(Ctx *ctx, const PropertyScope *scope, AstProperties given,
                    const AstProperty *one)
{
    const PropertySpec *spec = property_find_alter(one->key);
    Str refusal = spec ? property_alter_refusal(spec) : STR("");
    if (refusal.ptr && refusal.len == 0) return refuse_unknown_set(ctx, given);
    if (refusal.ptr) return SAY(ctx, SEMANTIC, "%.*s", STR_ARG(refusal));
    TRY(check_flat_json(ctx, scope->table, one->key));
    Rc rc = property_check(ctx, scope, spec, one->value);
    bool has_own_text =
        str_eq(one->key, STR("write_quorum")) || str_eq(one->key, STR("labels.location"));
    if (rc == RC_OK || !has_own_text) return rc;
    return SAY(ctx, SEMANTIC, "Property %.*s not valid", STR_ARG(one->key));
}

Rc plan_check_set_properties(Ctx *ctx, const TableDef *def, AstProperties given,
                             uint32_t backend_count)
{
    PropertyScope scope = {def, backend_count, 1};
    if (given.count == 0) return SAY(ctx, SEMANTIC, "Properties is not set");
    bool is_one = given.count == 1 || all_start(given, STR("dynamic_partition.")) ||
                  all_start(given, STR("binlog"));
    if (!is_one) return SAY(ctx, SEMANTIC, "Can only set one table property at a time");
    for (size_t i = 0; i < given.count; i++) TRY(check_set(ctx, &scope, given, &given.at[i]));
    return property_check_table(ctx, &scope, given);
}

// Partitions of which one has another number than the table would have.
static Rc check_replication(Ctx *ctx, const TableDef *def)
{
    if (def->method == PARTITION_NONE) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "This is a %s partitioned table, you should specify partitions with MODIFY "
               "PARTITION clause. If you want to set default replication number, please use "
               "'default.replication_num' instead of 'replication_num' to escape misleading.",
               def->method == PARTITION_LIST ? "list" : "range");
}

// Without a value the key goes: StarRocks shows no "colocate_with" = "".
static void put_property(Arena *arena, TableDef *def, Str key, Str value)
{
    bool goes = value.len == 0;
    for (size_t i = 0; i < def->property_count; i++) {
        if (!str_eq(def->properties[i].key, key)) continue;
        def->properties[i].value = value;
        if (goes) def->properties[i] = def->properties[--def->property_count];
        return;
    }
    if (goes) return;
    Property *grown = ARENA_ARRAY(arena, Property, def->property_count + 1);
    if (def->property_count) memcpy(grown, def->properties, def->property_count * sizeof(grown[0]));
    grown[def->property_count++] = (Property){key, value};
    def->properties = grown;
}

Rc plan_set_properties(Ctx *ctx, const TableDef *from, AstProperties given, TableDef **out)
{
    TableDef *def = table_def_copy(ctx->arena, from);
    for (size_t i = 0; i < given.count; i++) {
        Str key = given.at[i].key;
        // Tasks that this server does not have, and a kind of distribution of old tables.
        if (str_eq(key, STR("send_clear_alter_tasks"))) continue;
        if (str_eq(key, STR("distribution_type"))) continue;
        if (str_eq(key, STR("replication_num"))) TRY(check_replication(ctx, from));
        if (str_starts(key, STR("default."))) key = str_sub(key, strlen("default."), key.len);
        put_property(ctx->arena, def, key, given.at[i].value);
    }
    TRY(dynamic_check(ctx, def));
    *out = def;
    return RC_OK;
}
