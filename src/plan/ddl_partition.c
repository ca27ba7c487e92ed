/*
 * plan/ddl_partition: descriptions of partitions in CREATE TABLE and ALTER TABLE.
 *
 * Source  StarRocks' RangePartitionDesc, ListPartitionDesc, PartitionKeyDesc, RangePartitionInfo:
 *         VALUES LESS THAN begins where the range before it ends; values that are left out are
 *         MIN.
 * Errors  SEMANTIC, PARTITION_*, BAD_PARTITION_NAME, NOT_SUPPORTED.
 * Threads pure, apart from the Ctx.
 */
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "plan/ddl_inside.h"
#include "schema/bounds.h"
#include "schema/names.h"
#include "sql/sql.h"

void partition_reader_init(Ctx *ctx, const TableDef *table, PartitionReader *out)
{
    *out = (PartitionReader){.table = table, .types = table_partition_types(ctx->arena, table)};
}

static Rc add_partition(Ctx *ctx, PartitionReader *reader, PartitionDef *partition)
{
    if (reader->count == LIMIT_PARTITIONS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of partitions", (long long)LIMIT_PARTITIONS);
    if (reader->count == reader->cap) {
        size_t cap = reader->cap ? reader->cap * 2 : 8;
        PartitionDef **larger = ARENA_ARRAY(ctx->arena, PartitionDef *, cap);
        for (size_t i = 0; i < reader->count; i++) larger[i] = reader->at[i];
        reader->at = larger;
        reader->cap = cap;
    }
    partition->width = reader->table->partition_column_count;
    partition->is_temporary = reader->is_temporary;
    reader->at[reader->count++] = partition;
    return RC_OK;
}

// ---------------------------------------------------------------------------------------- ranges

static Rc read_value(Ctx *ctx, Type type, const AstPartitionValue *value, Bound *out)
{
    out->kind = value->is_max ? BOUND_MAX : BOUND_VALUE;
    out->text = STR_NONE;
    return value->is_max || value->is_null ? RC_OK
                                           : bound_normalise(ctx, type, value->text, &out->text);
}

// One end of a range. LESS THAN MAXVALUE has one value whatever the width is: all columns are MAX.
static Rc read_end(Ctx *ctx, const PartitionReader *reader, const AstPartitionRow *row, Bound **out)
{
    size_t width = reader->table->partition_column_count;
    Bound *bounds = ARENA_ARRAY(ctx->arena, Bound, width);
    if (row->count > width)
        return SAY(ctx, SEMANTIC,
                   "Partition values number is more than partition column number: %zu "
                   "values, %zu columns",
                   row->count, width);
    bool is_all_max = row->count == 1 && row->at[0].is_max;
    for (size_t i = 0; i < width; i++) {
        bounds[i].kind = is_all_max ? BOUND_MAX : BOUND_MIN;
        if (i < row->count) TRY(read_value(ctx, reader->types[i], &row->at[i], &bounds[i]));
    }
    *out = bounds;
    return RC_OK;
}

// The end of the nearest range below `upper`; MIN where there is none.
static Bound *lower_of(Ctx *ctx, const PartitionReader *reader, const Bound *upper)
{
    size_t width = reader->table->partition_column_count;
    Bound *lower = ARENA_ARRAY(ctx->arena, Bound, width);
    for (size_t i = 0; i < width; i++) lower[i].kind = BOUND_MIN;
    for (size_t i = 0; i < reader->old_count + reader->count; i++) {
        const PartitionDef *other =
            i < reader->old_count ? reader->old[i] : reader->at[i - reader->old_count];
        if (other->is_temporary != reader->is_temporary) continue;
        if (bounds_compare(reader->types, width, other->upper, upper) <= 0 &&
            bounds_compare(reader->types, width, other->upper, lower) > 0)
            lower = other->upper;
    }
    return lower;
}

static Rc read_range(Ctx *ctx, PartitionReader *reader, const AstPartitionDef *def)
{
    PartitionDef *partition = ARENA_NEW(ctx->arena, PartitionDef);
    partition->name = def->name.text;
    TRY(name_check_partition(ctx, partition->name));
    TRY(read_end(ctx, reader, &def->upper, &partition->upper));
    if (def->kind == AST_PARTITION_FIXED)
        TRY(read_end(ctx, reader, &def->lower, &partition->lower));
    else
        partition->lower = lower_of(ctx, reader, partition->upper);
    return add_partition(ctx, reader, partition);
}

static StepUnit step_unit(TimeUnit unit)
{
    switch (unit) {
    case UNIT_HOUR: return STEP_HOUR;
    case UNIT_DAY: return STEP_DAY;
    case UNIT_WEEK: return STEP_WEEK;
    case UNIT_MONTH: return STEP_MONTH;
    case UNIT_YEAR: return STEP_YEAR;
    default: return STEP_NUMBER;
    }
}

static Rc read_batch(Ctx *ctx, PartitionReader *reader, const AstPartitionDef *def)
{
    if (reader->table->partition_column_count > 1)
        return SAY(ctx, SEMANTIC, "Batch build partition only support single range column.");
    StepUnit unit = step_unit(def->step_unit);
    if (unit == STEP_NUMBER && def->step_unit != UNIT_NONE)
        return SAY(ctx, SEMANTIC,
                   "Batch build partition EVERY is date type but TimeUnit %s is not "
                   "supported.",
                   time_unit_name(def->step_unit));
    if (unit == STEP_HOUR && reader->types[0].kind != TYPE_DATETIME)
        return SAY(ctx, SEMANTIC,
                   "Batch build partition for hour interval only supports partition "
                   "column as DATETIME type");
    if (def->step > INT64_MAX || def->lower.count != 1 || def->upper.count != 1)
        return SAY(ctx, SEMANTIC,
                   "Batch build partition has one START, one END and a step that fits "
                   "BIGINT.");
    RangeStep step = {.start = def->lower.at[0].text,
                      .end = def->upper.at[0].text,
                      .unit = unit,
                      .step = (int64_t)def->step};
    NamedRange *ranges;
    size_t count;
    TRY(range_expand(ctx, reader->types[0], &step, &ranges, &count));
    for (size_t i = 0; i < count; i++) {
        PartitionDef *partition = ARENA_NEW(ctx->arena, PartitionDef);
        partition->name = ranges[i].name;
        partition->lower = &ranges[i].lower;
        partition->upper = &ranges[i].upper;
        TRY(add_partition(ctx, reader, partition));
    }
    return RC_OK;
}

// ----------------------------------------------------------------------------------------- lists

static Rc read_list(Ctx *ctx, PartitionReader *reader, const AstPartitionDef *def)
{
    size_t width = reader->table->partition_column_count;
    PartitionDef *partition = ARENA_NEW(ctx->arena, PartitionDef);
    partition->name = def->name.text;
    TRY(name_check_partition(ctx, partition->name));
    partition->list_count = def->row_count;
    partition->list = ARENA_ARRAY(ctx->arena, Bound, def->row_count * width);
    for (size_t row = 0; row < def->row_count; row++) {
        const AstPartitionRow *values = &def->rows[row];
        if (values->count != width)
            return SAY(ctx, SEMANTIC,
                       "Partition column size should be equal to the value size, but "
                       "the partition column size is %zu and the value size is %zu",
                       width, values->count);
        for (size_t i = 0; i < width; i++)
            TRY(read_value(ctx, reader->types[i], &values->at[i],
                           &partition->list[row * width + i]));
    }
    return add_partition(ctx, reader, partition);
}

Rc partition_read(Ctx *ctx, PartitionReader *reader, const AstPartitionDef *def)
{
    bool is_list = def->kind == AST_PARTITION_IN;
    if (is_list != (reader->table->method == PARTITION_LIST))
        return SAY(
            ctx, SEMANTIC, "Partition description does not fit the %s partitioned table: %.*s",
            reader->table->method == PARTITION_LIST ? "list" : "range", STR_ARG(def->name.text));
    if (is_list) return read_list(ctx, reader, def);
    return def->kind == AST_PARTITION_BATCH ? read_batch(ctx, reader, def)
                                            : read_range(ctx, reader, def);
}

// ---------------------------------------------------------------------------------- CREATE TABLE

static Rc check_partition_column(Ctx *ctx, const TableDef *def, const Column *column)
{
    TypeKind kind = column->type.kind;
    if (kind == TYPE_FLOAT || kind == TYPE_DOUBLE)
        return SAY(ctx, SEMANTIC, "Invalid partition column '%.*s': invalid data type %s",
                   STR_ARG(column->name), type_name(kind));
    TRY(ddl_check_partition_key(ctx, column));
    return bound_check_column(ctx, def->method, column);
}

Rc ddl_read_partition_columns(Ctx *ctx, ExprList names, TableDef *def)
{
    size_t count = names.count;
    uint32_t *ids = ARENA_ARRAY(ctx->arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        const Expr *expr = names.at[i];
        if (expr->kind != EXPR_COLUMN || expr->column.count != 1)
            return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("partitioning by an expression")));
        Str name = expr->column.parts[0];
        const Column *column = schema_column_named(table_current_schema(def), name);
        if (!column)
            return SAY(ctx, SEMANTIC, "Partition column[%.*s] does not exist in column list.",
                       STR_ARG(name));
        for (size_t k = 0; k < i; k++)
            if (ids[k] == column->id)
                return SAY(ctx, SEMANTIC, "Duplicated partition column %.*s", STR_ARG(name));
        TRY(check_partition_column(ctx, def, column));
        ids[i] = column->id;
    }
    def->partition_columns = ids;
    def->partition_column_count = count;
    return RC_OK;
}

Rc partition_check_names(Ctx *ctx, const PartitionReader *reader)
{
    Map names = map_new(ctx->arena);
    for (size_t i = 0; i < reader->count; i++) {
        Str key = str_lower(ctx->arena, reader->at[i]->name);
        if (map_get(&names, key))
            return SAY(ctx, SEMANTIC, "Duplicated partition name: %.*s",
                       STR_ARG(reader->at[i]->name));
        map_put(&names, key, reader->at[i]);
    }
    return RC_OK;
}

// LESS THAN and fixed ranges (batches are such) do not go together.
static Rc check_one_method(Ctx *ctx, const AstPartitionBy *by)
{
    for (size_t i = 1; i < by->def_count; i++)
        if ((by->defs[i].kind == AST_PARTITION_LESS_THAN) !=
            (by->defs[0].kind == AST_PARTITION_LESS_THAN))
            return SAY(ctx, SEMANTIC, "You can only use one of these methods to create partitions");
    return RC_OK;
}

// An unpartitioned table has one partition, with its name.
static void add_only_partition(Ctx *ctx, TablePlan *plan)
{
    PartitionDef *partition = ARENA_NEW(ctx->arena, PartitionDef);
    partition->name = plan->def->name;
    plan->partitions = ARENA_ARRAY(ctx->arena, PartitionDef *, 1);
    plan->partitions[0] = partition;
    plan->partition_count = 1;
}

Rc ddl_read_partitions(Ctx *ctx, TablePlan *plan)
{
    const AstPartitionBy *by = &plan->stmt->partition_by;
    if (by->kind == AST_PARTITION_BY_NONE) {
        add_only_partition(ctx, plan);
        return RC_OK;
    }
    if (ddl_is_time_unit(by)) {
        TRY(ddl_read_time_unit(ctx, by, plan->def));
    } else if (by->kind == AST_PARTITION_BY_EXPR || !by->has_defs) {
        TRY(ddl_read_automatic_list(ctx, by, plan->def));
    } else {
        plan->def->method = by->kind == AST_PARTITION_BY_LIST ? PARTITION_LIST : PARTITION_RANGE;
        TRY(ddl_read_partition_columns(ctx, by->exprs, plan->def));
    }

    PartitionReader reader;
    partition_reader_init(ctx, plan->def, &reader);
    TRY(check_one_method(ctx, by));
    for (size_t i = 0; i < by->def_count; i++) TRY(partition_read(ctx, &reader, &by->defs[i]));
    TRY(partition_check_names(ctx, &reader));
    TRY(partitions_check(ctx, plan->def, (const PartitionDef *const *)reader.at, reader.count));
    plan->partitions = reader.at;
    plan->partition_count = reader.count;
    return RC_OK;
}
