/*
 * table/route: from a row to its partition.
 *
 * Form    RANGE: a C function of the engine, kg_route(), searches the sorted bounds, which
 *         travel as one BLOB constant (a tree of CASE takes a second to bind for 10,000
 *         partitions). LIST: a hash join with the listed values.
 * Source  StarRocks OlapTablePartitionParam: first partition whose end is above the row, then
 *         its start is checked; NULL counts as lowest and fits only where the start is open.
 * Errors  BUG.
 * Threads pure functions.
 */
#include "table/route.h"
#include "base/vec.h"
#include "schema/bounds.h"
#include "schema/caltime.h"
#include "table/newparts.h"

static const Column *partition_column(const Route *route, size_t i)
{
    const Column *column =
        schema_column(table_current_schema(route->def), route->def->partition_columns[i]);
    must(column != NULL);
    return column;
}

static bool is_wanted(const Partition *partition, const Partition *const *wanted, size_t count)
{
    if (count == 0) return !partition->def->is_temporary;
    for (size_t i = 0; i < count; i++)
        if (wanted[i]->def->id == partition->def->id) return true;
    return false;
}

Route route_new(Arena *arena, const Table *table, const Partition *const *wanted,
                size_t wanted_count)
{
    Route route = {.def = table->def,
                   .partitions = ARENA_ARRAY(arena, const Partition *, table->partition_count)};
    for (size_t i = 0; i < table->partition_count; i++)
        if (is_wanted(table->partitions[i], wanted, wanted_count))
            route.partitions[route.count++] = table->partitions[i];
    return route;
}

bool route_is_single(const Route *route)
{
    return route->count == 1 && route->added == NULL;
}

uint64_t route_partition_id(const Route *route, size_t index)
{
    if (index < route->count) return route->partitions[index]->def->id;
    must(route->added != NULL);
    return new_parts_id(route->added, index);
}

// --- RANGE: kg_route(table of bounds, column, ..)

// A bound of one column, in order of `kind` and then of `value`. NULL lies between MINVALUE and all
// values.
enum { CELL_MIN, CELL_NULL, CELL_VALUE, CELL_MAX };
typedef struct Cell {
    uint8_t kind;
    __int128 value;
} Cell;
// As bytes: uint32 partitions, uint32 columns; per partition the cells of lower, then of upper; a
// cell is its kind (1 byte) and its value (16 bytes, little end first).
enum { HEAD_BYTES = 8, CELL_BYTES = 17 };

static bool parse_wide(Str text, __int128 *out)
{
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    if (is_negative) text = str_sub(text, 1, text.len);
    if (text.len == 0 || text.len > 39) return false;
    unsigned __int128 sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        sum = sum * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *out = (__int128)(is_negative ? -sum : sum);
    return true;
}

// Texts were checked when the partition was made (bound_normalise).
static __int128 bound_number(Type type, Str text)
{
    __int128 number = 0;
    CalTime time = {0};
    if (type.kind == TYPE_DATE || type.kind == TYPE_DATETIME) {
        must(caltime_parse(text, &time));
        if (type.kind == TYPE_DATE) return time.days;
        return (__int128)time.days * (__int128)CALTIME_DAY + time.micros;
    }
    must(parse_wide(text, &number));
    return number;
}

static void put_cell(Buf *out, Type type, const Bound *bound)
{
    static const Bound min = {.kind = BOUND_MIN};
    Cell cell = {.kind = CELL_VALUE};
    if (bound->kind == BOUND_MAX)
        cell.kind = CELL_MAX;
    else if (bound_compare(type, bound, &min) == 0)
        cell.kind = CELL_MIN;
    else
        cell.value = bound_number(type, bound->text);
    buf_add_byte(out, (char)cell.kind);
    buf_add_bytes(out, &cell.value, sizeof(cell.value));
}

static Str bounds_table(Arena *arena, const Route *route)
{
    size_t width = route->def->partition_column_count;
    must(width > 0);
    uint32_t head[2] = {(uint32_t)route->count, (uint32_t)width};
    Buf out = buf_new(arena);
    buf_add_bytes(&out, head, sizeof(head));
    for (size_t at = 0; at < route->count; at++) {
        const PartitionDef *def = route->partitions[at]->def;
        for (size_t i = 0; i < 2 * width; i++)
            put_cell(&out, partition_column(route, i % width)->type,
                     i < width ? &def->lower[i] : &def->upper[i - width]);
    }
    return buf_str(&out);
}

// The column as a number in the order of its values.
static void print_number(Buf *out, const Column *column)
{
    if (column->type.kind == TYPE_DATE)
        buf_printf(out, "CAST(c%u - DATE '1970-01-01' AS HUGEINT)", column->id);
    else if (column->type.kind == TYPE_DATETIME)
        buf_printf(out, "CAST(epoch_us(c%u) AS HUGEINT)", column->id);
    else
        buf_printf(out, "CAST(c%u AS HUGEINT)", column->id);
}

static void print_range(Buf *out, const Route *route)
{
    Str table = bounds_table(out->arena, route);
    buf_printf(out, "kg_route(from_hex('%.*s')",
               STR_ARG(str_hex(out->arena, table.ptr, table.len)));
    for (size_t i = 0; i < route->def->partition_column_count; i++) {
        buf_add(out, STR(", "));
        print_number(out, partition_column(route, i));
    }
    buf_add_byte(out, ')');
}

// <0, 0, >0. Only bounds are CELL_MIN or CELL_MAX.
static int compare_cell(const Cell *row, const char *bound)
{
    uint8_t kind = (uint8_t)bound[0];
    if (row->kind != kind) return row->kind < kind ? -1 : 1;
    if (kind != CELL_VALUE) return 0;
    __int128 value;
    memcpy(&value, bound + 1, sizeof(value));
    return (row->value > value) - (row->value < value);
}

static int compare_row(const Cell *row, const char *bounds, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        int order = compare_cell(&row[i], bounds + i * CELL_BYTES);
        if (order) return order;
    }
    return 0;
}

// Index of the partition, or -1: the first one whose end is above the row, if it begins at or below
// it.
// INV-34
static int32_t find_partition(const char *table, size_t count, size_t width, const Cell *row)
{
    size_t from = 0, to = count, stride = 2 * width * CELL_BYTES;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const char *upper = table + middle * stride + width * CELL_BYTES;
        if (compare_row(row, upper, width) < 0)
            to = middle;
        else
            from = middle + 1;
    }
    if (from == count || compare_row(row, table + from * stride, width) < 0) return -1;
    return (int32_t)from;
}

static Rc run_route(Ctx *ctx, EngineCall *call)
{
    size_t rows = engine_call_rows(call), width = engine_call_args(call) - 1;
    int32_t *out = engine_out_data(call);
    Cell row[ENGINE_MAX_PARAMS * 4];
    if (width > COUNT_OF(row)) return FAIL(ctx, BUG, "kg_route: too many columns");
    for (size_t r = 0; r < rows; r++) {
        Str table = engine_arg_str(call, 0, r);
        uint32_t head[2] = {0};
        if (table.len >= HEAD_BYTES) memcpy(head, table.ptr, HEAD_BYTES);
        if (head[1] != width || table.len != HEAD_BYTES + (size_t)head[0] * 2 * width * CELL_BYTES)
            return FAIL(ctx, BUG, "kg_route: not a table of bounds");
        for (size_t i = 0; i < width; i++) {
            bool is_null = engine_arg_is_null(call, i + 1, r);
            const __int128 *values = engine_arg_data(call, i + 1);
            row[i] = is_null ? (Cell){.kind = CELL_NULL} : (Cell){CELL_VALUE, values[r]};
        }
        out[r] = find_partition(table.ptr + HEAD_BYTES, head[0], width, row);
    }
    return RC_OK;
}

Rc route_register(Ctx *ctx, Engine *engine)
{
    EngineScalar spec = {.name = "kg_route",
                         .params = {ENGINE_BLOB, ENGINE_HUGEINT},
                         .param_count = 2,
                         .is_variadic = true,
                         .takes_null = true,
                         .result = ENGINE_INT,
                         .run = run_route};
    return engine_register_scalar(ctx, engine, &spec);
}

// --- LIST: a join with the listed values

static void print_list_row(Buf *out, const Route *route, size_t at, size_t row)
{
    const PartitionDef *def = route->partitions[at]->def;
    buf_add_byte(out, '(');
    for (size_t i = 0; i < def->width; i++) {
        const Bound *value = &def->list[row * def->width + i];
        buf_add(out, STR("CAST("));
        if (bound_is_null(value))
            buf_add(out, STR("NULL"));
        else
            buf_add_quoted(out, value->text, '\'');
        buf_printf(out, " AS %.*s),",
                   STR_ARG(scan_engine_type(out->arena, partition_column(route, i)->type)));
    }
    buf_printf(out, "%zu)", at);
}

// kg_v0, kg_v1, .. are the listed values. No value is listed twice (checked when partitions are
// made), so the join gives each row once.
static void print_list(Buf *out, const Route *route, Str relation)
{
    buf_printf(out, "SELECT r.*, coalesce(l.kg_at, -1) AS kg_part FROM %.*s r LEFT JOIN (VALUES ",
               STR_ARG(relation));
    bool is_first = true;
    for (size_t at = 0; at < route->count; at++)
        for (size_t row = 0; row < route->partitions[at]->def->list_count; row++) {
            if (!is_first) buf_add_byte(out, ',');
            is_first = false;
            print_list_row(out, route, at, row);
        }
    buf_add(out, STR(") l("));
    for (size_t i = 0; i < route->def->partition_column_count; i++) buf_printf(out, "kg_v%zu, ", i);
    buf_add(out, STR("kg_at) ON "));
    for (size_t i = 0; i < route->def->partition_column_count; i++)
        buf_printf(out, "%sr.c%u IS NOT DISTINCT FROM l.kg_v%zu", i ? " AND " : "",
                   partition_column(route, i)->id, i);
}

void route_print(Buf *out, const Route *route, Str relation)
{
    if (route->count > 0 && route->def->method == PARTITION_LIST) {
        print_list(out, route, relation);
        return;
    }
    buf_add(out, STR("SELECT r.*, "));
    if (route->count == 0)
        buf_add(out, STR("-1"));
    else if (route->def->method == PARTITION_NONE)
        buf_add_byte(out, '0');
    else
        print_range(out, route);
    buf_printf(out, " AS kg_part FROM %.*s r", STR_ARG(relation));
}

void route_print_row(Buf *out, const Route *route)
{
    buf_add(out, STR("concat('('"));
    for (size_t i = 0; i < route->def->partition_column_count; i++) {
        const Column *column = partition_column(route, i);
        buf_add(out, i ? STR(", ', ', ") : STR(", "));
        buf_add_quoted(out, column->name, '\'');
        buf_printf(out, ", '=', coalesce('''' || CAST(c%u AS VARCHAR) || '''', 'NULL')",
                   column->id);
    }
    buf_add(out, STR(", ')')"));
}
