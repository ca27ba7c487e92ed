/*
 * catalog/colocate: which tables form a colocation group, and which may join it.
 *
 * Source  StarRocks' ColocateTableIndex, ColocateGroupSchema: rules and texts. Buckets of a table
 *         are logical here, so nothing moves when a group changes: it is always stable.
 * Errors  COLOCATE_*, COMMON.
 * Threads pure functions over a snapshot.
 */
#include "catalog/colocate.h"
#include "base/vec.h"

Str colocate_name(const TableDef *def)
{
    Str name = properties_get(def->properties, def->property_count, "colocate_with");
    return name.len > 0 ? name : STR_NONE;
}

uint32_t colocate_buckets(const TableDef *def, const PartitionDef *const *partitions, size_t count)
{
    if (def->bucket_num > 0) return def->bucket_num;
    return count > 0 ? partitions[0]->bucket_num : 0;
}

static int by_id(const void *left, const void *right)
{
    uint64_t a = (*(const Table *const *)left)->def->id;
    uint64_t b = (*(const Table *const *)right)->def->id;
    return (a > b) - (a < b);
}

// Of one database and one name, `but` left out. False: no table of it.
static bool collect(Arena *arena, const Database *database, Str name, uint64_t but,
                    ColocateGroup *out)
{
    VEC(const Table *) tables = {0};
    for (size_t i = 0; i < database->table_count; i++) {
        const Table *table = database->tables[i];
        Str own = colocate_name(table->def);
        if (table->def->id != but && own.ptr && str_eq(own, name)) vec_push(arena, &tables, table);
    }
    if (tables.len == 0) return false;
    qsort(tables.at, tables.len, sizeof(tables.at[0]),
          by_id);  // NOLINT(bugprone-sizeof-expression)
    *out = (ColocateGroup){database, name, tables.len, tables.at};
    return true;
}

static int by_name(const void *left, const void *right)
{
    const ColocateGroup *a = left, *b = right;
    int order = str_cmp(a->database->def->name, b->database->def->name);
    return order ? order : str_cmp(a->name, b->name);
}

// Tables of a database are sorted by group first, so that many groups cost no more than one.
static int by_group(const void *left, const void *right)
{
    const Table *const *a = left, *const *b = right;
    int order = str_cmp(colocate_name((*a)->def), colocate_name((*b)->def));
    return order ? order : by_id(left, right);
}

size_t colocate_groups(Arena *arena, const CatalogSnapshot *snapshot, ColocateGroup **out)
{
    VEC(ColocateGroup) groups = {0};
    for (size_t d = 0; d < snapshot->database_count; d++) {
        const Database *database = snapshot->databases[d];
        VEC(const Table *) tables = {0};
        for (size_t i = 0; i < database->table_count; i++)
            if (colocate_name(database->tables[i]->def).ptr)
                vec_push(arena, &tables, database->tables[i]);
        // NOLINTNEXTLINE(bugprone-sizeof-expression)
        if (tables.len) qsort(tables.at, tables.len, sizeof(tables.at[0]), by_group);
        for (size_t i = 0; i < tables.len; i++) {
            Str name = colocate_name(tables.at[i]->def);
            bool is_new = i == 0 || !str_eq(name, groups.at[groups.len - 1].name);
            if (is_new) {
                ColocateGroup group = {database, name, 0, &tables.at[i]};
                vec_push(arena, &groups, group);
            }
            groups.at[groups.len - 1].table_count++;
        }
    }
    if (groups.len) qsort(groups.at, groups.len, sizeof(groups.at[0]), by_name);
    *out = groups.at;
    return groups.len;
}

Str colocate_group_id(Arena *arena, const ColocateGroup *group)
{
    return str_printf(arena, "%llu.%llu", (unsigned long long)group->database->def->id,
                      (unsigned long long)group->tables[0]->def->id);
}

bool colocate_find(Arena *arena, const CatalogSnapshot *snapshot, const ColocateWish *wish,
                   ColocateGroup *out)
{
    Str name = colocate_name(wish->def);
    if (!name.ptr) return false;
    const Database *own = catalog_find_database_id(snapshot, wish->database_id);
    if (own && collect(arena, own, name, wish->def->id, out)) return true;
    for (size_t i = 0; i < snapshot->database_count; i++)
        if (snapshot->databases[i] != own &&
            collect(arena, snapshot->databases[i], name, wish->def->id, out))
            return true;
    return false;
}

// --- rules

// As StarRocks' HashDistributionInfo prints itself.
static Str info_text(Arena *arena, const TableDef *def, uint32_t buckets)
{
    Buf out = buf_new(arena);
    buf_add(&out, STR("type: HASH; distribution columns: ["));
    for (size_t i = 0; i < def->distribution_column_count; i++) {
        const Column *column =
            schema_column(table_current_schema(def), def->distribution_columns[i]);
        buf_printf(&out, "%.*s,", STR_ARG(column->name));
    }
    buf_printf(&out, "]; bucket num: %u; ", buckets);
    return buf_str(&out);
}

static const Column *distribution_column(const TableDef *def, size_t i)
{
    const Column *column = schema_column(table_current_schema(def), def->distribution_columns[i]);
    must(column != NULL);
    return column;
}

// INT, VARCHAR(10)
static Str plain_type(Arena *arena, Type type)
{
    if (type_is_integer(type.kind)) return str_from(type_name(type.kind));
    return str_upper(arena, type_text(arena, type));
}

static Rc check_columns(Ctx *ctx, const ColocateGroup *group, const TableDef *def, Str info)
{
    const TableDef *first = group->tables[0]->def;
    Str id = colocate_group_id(ctx->arena, group);
    if (def->distribution_column_count != first->distribution_column_count)
        return FAIL(ctx, COLOCATE_COLUMNS, first->distribution_column_count, STR_ARG(id),
                    STR_ARG(info));
    for (size_t i = 0; i < first->distribution_column_count; i++) {
        const Column *column = distribution_column(def, i);
        Type expected = distribution_column(first, i)->type;
        if (type_eq(column->type, expected)) continue;
        return FAIL(ctx, COLOCATE_TYPE, STR_ARG(id), STR_ARG(column->name),
                    STR_ARG(plain_type(ctx->arena, expected)), STR_ARG(info));
    }
    return RC_OK;
}

static uint32_t replicas_of(const Table *table)
{
    return table->partition_count > 0 ? table->partitions[0]->def->replication_num : 0;
}

static const PartitionDef *const *defs_of(Arena *arena, const Table *table)
{
    const PartitionDef **defs = ARENA_ARRAY(arena, const PartitionDef *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++) defs[i] = table->partitions[i]->def;
    return defs;
}

static Rc check_group(Ctx *ctx, const ColocateGroup *group, const ColocateWish *wish)
{
    const Table *first = group->tables[0];
    uint32_t expected =
        colocate_buckets(first->def, defs_of(ctx->arena, first), first->partition_count);
    uint32_t buckets = colocate_buckets(wish->def, wish->partitions, wish->partition_count);
    Str id = colocate_group_id(ctx->arena, group);
    Str info = info_text(ctx->arena, wish->def, buckets);
    if (expected > 0 && buckets != expected)
        return FAIL(ctx, COLOCATE_BUCKETS, expected, STR_ARG(id), STR_ARG(info));
    TRY(check_columns(ctx, group, wish->def, info));
    uint32_t replicas = replicas_of(first);
    for (size_t i = 0; replicas > 0 && i < wish->partition_count; i++)
        if (wish->partitions[i]->replication_num != replicas)
            return FAIL(ctx, COLOCATE_REPLICAS, replicas, STR_ARG(id),
                        STR_ARG(wish->partitions[i]->name), wish->partitions[i]->replication_num);
    return RC_OK;
}

// All partitions of one table are alike, whatever group it is in.
static Rc check_partitions(Ctx *ctx, const ColocateWish *wish)
{
    for (size_t i = 1; i < wish->partition_count; i++) {
        const PartitionDef *first = wish->partitions[0], *other = wish->partitions[i];
        if (other->bucket_num != first->bucket_num)
            return SAY(ctx, COMMON, "Partitions in table %.*s have different buckets number",
                       STR_ARG(wish->def->name));
        if (other->replication_num != first->replication_num)
            return SAY(ctx, COMMON, "Partitions in table %.*s have different replication number",
                       STR_ARG(wish->def->name));
    }
    return RC_OK;
}

Rc colocate_check(Ctx *ctx, const CatalogSnapshot *snapshot, const ColocateWish *wish)
{
    Str name = colocate_name(wish->def);
    ColocateGroup group;
    if (!name.ptr) return RC_OK;
    if (wish->def->distribution != DISTRIBUTION_HASH)
        return SAY(ctx, SEMANTIC, "random distribution does not support 'colocate_with'");
    TRY(check_partitions(ctx, wish));
    const Database *own = catalog_find_database_id(snapshot, wish->database_id);
    if (own && collect(ctx->arena, own, name, wish->def->id, &group))
        return check_group(ctx, &group, wish);
    // A new group must be like all groups of its name elsewhere.
    for (size_t i = 0; i < snapshot->database_count; i++)
        if (snapshot->databases[i] != own &&
            collect(ctx->arena, snapshot->databases[i], name, wish->def->id, &group))
            TRY(check_group(ctx, &group, wish));
    return RC_OK;
}
