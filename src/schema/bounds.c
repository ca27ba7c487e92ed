/*
 * schema/bounds: values that bound partitions.
 *
 * Source  StarRocks' PartitionKey, RangePartitionInfo, ListPartitionInfo, RangeUtils. MIN is the
 * smallest value of its type, as there; MAX is above every value. Errors  PARTITION_*.   Threads
 * pure, apart from the Ctx.
 */
#include "schema/bounds.h"
#include "base/map.h"
#include "schema/caltime.h"

typedef __int128 Wide;  // LARGEINT

// --- types

static bool is_range_type(TypeKind kind)
{
    return type_is_integer(kind) || kind == TYPE_DATE || kind == TYPE_DATETIME;
}

static bool is_list_type(TypeKind kind)
{
    return is_range_type(kind) || kind == TYPE_BOOLEAN || type_is_text(kind);
}

Rc bound_check_column(Ctx *ctx, PartitionMethod method, const Column *column)
{
    must(method != PARTITION_NONE);
    bool is_range = method == PARTITION_RANGE;
    TypeKind kind = column->type.kind;
    if (is_range ? is_range_type(kind) : is_list_type(kind)) return RC_OK;
    return FAIL(ctx, PARTITION_COLUMN_TYPE, STR_ARG(column->name), type_name(kind),
                is_range ? "range" : "list");
}

Str bound_min_text(Type type)
{
    switch (type.kind) {
    case TYPE_TINYINT: return STR("-128");
    case TYPE_SMALLINT: return STR("-32768");
    case TYPE_INT: return STR("-2147483648");
    case TYPE_BIGINT: return STR("-9223372036854775808");
    case TYPE_LARGEINT: return STR("-170141183460469231731687303715884105728");
    case TYPE_DATE: return STR("0000-01-01");
    case TYPE_DATETIME: return STR("0000-01-01 00:00:00");
    default: return STR("");
    }
}

static Wide largest(TypeKind kind)
{
    switch (kind) {
    case TYPE_TINYINT: return INT8_MAX;
    case TYPE_SMALLINT: return INT16_MAX;
    case TYPE_INT: return INT32_MAX;
    case TYPE_BIGINT: return INT64_MAX;
    default: return (Wide)(((unsigned __int128)1 << 127) - 1);
    }
}

// --- reading values

// Whole text or nothing. Counted downwards, since there is one negative number more.
static bool parse_wide(Str text, Wide *out)
{
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    size_t pos = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    if (pos == text.len) return false;
    Wide value = 0;
    for (; pos < text.len; pos++) {
        if (text.ptr[pos] < '0' || text.ptr[pos] > '9') return false;
        if (__builtin_mul_overflow(value, 10, &value)) return false;
        if (__builtin_sub_overflow(value, text.ptr[pos] - '0', &value)) return false;
    }
    if (!is_negative && __builtin_sub_overflow((Wide)0, value, &value)) return false;
    *out = value;
    return true;
}

// Sign, leading zeros and a bare "-0" away.
static Str trim_number(Arena *arena, Str text)
{
    bool is_negative = text.ptr[0] == '-';
    Str digits = str_sub(text, text.ptr[0] == '-' || text.ptr[0] == '+', text.len);
    while (digits.len > 1 && digits.ptr[0] == '0') digits = str_sub(digits, 1, digits.len);
    if (!is_negative || str_eq(digits, STR("0"))) return digits;
    return str_printf(arena, "-%.*s", STR_ARG(digits));
}

static Rc normalise_integer(Ctx *ctx, Type type, Str text, Str *out)
{
    Wide value = 0;
    Str why = str_printf(ctx->arena, "Invalid number format: %.*s", STR_ARG(text));
    if (text.len == 0 || !parse_wide(text, &value)) return FAIL(ctx, PARTITION_VALUE, STR_ARG(why));
    why = str_printf(ctx->arena, "Number out of range[%.*s]. type: %s", STR_ARG(text),
                     type_name(type.kind));
    if (value > largest(type.kind) || value < -largest(type.kind) - 1)
        return FAIL(ctx, PARTITION_VALUE, STR_ARG(why));
    *out = trim_number(ctx->arena, text);
    return RC_OK;
}

static Rc normalise_time(Ctx *ctx, Type type, Str text, Str *out)
{
    CalTime time;
    bool has_time = type.kind == TYPE_DATETIME;
    if (caltime_parse(text, &time) && (has_time || time.micros == 0)) {
        *out = caltime_text(ctx->arena, time, has_time);
        return RC_OK;
    }
    return SAY(ctx, PARTITION_VALUE, "date literal [%.*s] is invalid", STR_ARG(text));
}

static Rc normalise_boolean(Ctx *ctx, Str text, Str *out)
{
    bool is_true = str_eq_nocase(text, STR("true")) || str_eq(text, STR("1"));
    bool is_false = str_eq_nocase(text, STR("false")) || str_eq(text, STR("0"));
    Str why = str_printf(ctx->arena, "Invalid BOOLEAN literal: %.*s", STR_ARG(text));
    if (!is_true && !is_false) return FAIL(ctx, PARTITION_VALUE, STR_ARG(why));
    *out = is_true ? STR("true") : STR("false");
    return RC_OK;
}

static Rc normalise_text(Ctx *ctx, Type type, Str text, Str *out)
{
    Str why = str_printf(ctx->arena, "a text of %zu bytes does not fit into %s(%u)", text.len,
                         type_name(type.kind), type.len);
    if (text.len > type.len) return FAIL(ctx, PARTITION_VALUE, STR_ARG(why));
    *out = text;
    return RC_OK;
}

Rc bound_normalise(Ctx *ctx, Type type, Str text, Str *out)
{
    if (type_is_integer(type.kind)) return normalise_integer(ctx, type, str_trim(text), out);
    if (type_is_text(type.kind)) return normalise_text(ctx, type, text, out);
    if (type.kind == TYPE_DATE || type.kind == TYPE_DATETIME)
        return normalise_time(ctx, type, text, out);
    if (type.kind == TYPE_BOOLEAN) return normalise_boolean(ctx, text, out);
    return FAIL(ctx, PARTITION_COLUMN_TYPE, 0, "", type_name(type.kind), "range or list");
}

// --- order

bool bound_is_null(const Bound *bound)
{
    return bound->kind == BOUND_VALUE && bound->text.ptr == NULL;
}

static int compare_values(Type type, Str a, Str b)
{
    if (!type_is_integer(type.kind)) return str_cmp(a, b);  // dates have fixed width
    Wide left = 0, right = 0;
    must(parse_wide(a, &left) && parse_wide(b, &right));
    return left < right ? -1 : left > right;
}

int bound_compare(Type type, const Bound *a, const Bound *b)
{
    if (a->kind == BOUND_MAX || b->kind == BOUND_MAX)
        return (a->kind == BOUND_MAX) - (b->kind == BOUND_MAX);
    if (a->kind == b->kind && a->kind == BOUND_MIN) return 0;
    if (bound_is_null(a) || bound_is_null(b)) return bound_is_null(b) - bound_is_null(a);
    Str left = a->kind == BOUND_MIN ? bound_min_text(type) : a->text;
    Str right = b->kind == BOUND_MIN ? bound_min_text(type) : b->text;
    return compare_values(type, left, right);
}

int bounds_compare(const Type *types, size_t width, const Bound *a, const Bound *b)
{
    for (size_t i = 0; i < width; i++) {
        int order = bound_compare(types[i], &a[i], &b[i]);
        if (order) return order;
    }
    return 0;
}

bool range_overlaps(const Type *types, const PartitionDef *a, const PartitionDef *b)
{
    return bounds_compare(types, a->width, a->lower, b->upper) < 0 &&
           bounds_compare(types, a->width, b->lower, a->upper) < 0;
}

bool range_eq(const Type *types, const PartitionDef *a, const PartitionDef *b)
{
    return a->width == b->width && bounds_compare(types, a->width, a->lower, b->lower) == 0 &&
           bounds_compare(types, a->width, a->upper, b->upper) == 0;
}

// --- lists

static bool list_has(const Type *types, const PartitionDef *partition, const Bound *row)
{
    for (size_t i = 0; i < partition->list_count; i++) {
        const Bound *other = &partition->list[i * partition->width];
        if (bounds_compare(types, partition->width, other, row) == 0) return true;
    }
    return false;
}

bool list_eq(const Type *types, const PartitionDef *a, const PartitionDef *b)
{
    if (a->width != b->width || a->list_count != b->list_count) return false;
    for (size_t i = 0; i < a->list_count; i++)
        if (!list_has(types, b, &a->list[i * a->width])) return false;
    return true;
}

// --- checks

static bool is_min_key(const Type *types, size_t width, const Bound *bounds)
{
    for (size_t i = 0; i < width; i++) {
        Bound min = {BOUND_MIN, STR_NONE};
        if (bound_compare(types[i], &bounds[i], &min) != 0) return false;
    }
    return true;
}

// StarRocks prints values bare; a quote inside would end the text early, so it is escaped here.
static void print_value(Buf *out, Str text, char quote)
{
    if (text.ptr == NULL) {
        buf_add(out, STR("NULL"));
        return;
    }
    buf_add_byte(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == quote || text.ptr[i] == '\\') buf_add_byte(out, '\\');
        buf_add_byte(out, text.ptr[i]);
    }
    buf_add_byte(out, quote);
}

static void print_values(Buf *out, size_t width, const Bound *bounds, char quote)
{
    buf_add_byte(out, '(');
    for (size_t i = 0; i < width; i++) {
        if (i > 0) buf_add(out, STR(", "));
        if (bounds[i].kind == BOUND_MAX)
            buf_add(out, STR("MAXVALUE"));
        else
            print_value(out, bounds[i].text, quote);
    }
    buf_add_byte(out, ')');
}

Rc range_check(Ctx *ctx, const TableDef *table, const PartitionDef *partition)
{
    if (table->method != PARTITION_RANGE) return RC_OK;
    must(partition->width == table->partition_column_count);
    Type *types = table_partition_types(ctx->arena, table);
    Buf text = buf_new(ctx->arena);
    print_values(&text, partition->width, partition->upper, '"');
    if (is_min_key(types, partition->width, partition->upper))
        return FAIL(ctx, PARTITION_RANGE_MIN, STR_ARG(buf_str(&text)));
    if (bounds_compare(types, partition->width, partition->lower, partition->upper) < 0)
        return RC_OK;
    Str why = STR("The lower values must smaller than upper values");
    return FAIL(ctx, PARTITION_VALUE, STR_ARG(why));
}

static Rc fail_overlap(Ctx *ctx, const Type *types, const PartitionDef *a, const PartitionDef *b)
{
    Buf left = buf_new(ctx->arena), right = buf_new(ctx->arena);
    range_print(&left, types, a);
    range_print(&right, types, b);
    return FAIL(ctx, PARTITION_RANGE_INTERSECTS, STR_ARG(buf_str(&left)), STR_ARG(buf_str(&right)));
}

static Rc fail_duplicate(Ctx *ctx, const PartitionDef *partition, const Bound *row)
{
    Buf text = buf_new(ctx->arena);
    print_values(&text, partition->width, row, '\'');
    return FAIL(ctx, PARTITION_LIST_DUPLICATE, STR_ARG(buf_str(&text)));
}

Rc partition_check_conflict(Ctx *ctx, const TableDef *table, const PartitionDef *added,
                            const PartitionDef *other)
{
    if (str_eq_nocase(added->name, other->name))
        return FAIL(ctx, PARTITION_EXISTS, STR_ARG(added->name));
    if (table->method == PARTITION_NONE || added->is_temporary != other->is_temporary) return RC_OK;
    Type *types = table_partition_types(ctx->arena, table);
    if (table->method == PARTITION_RANGE)
        return range_overlaps(types, added, other) ? fail_overlap(ctx, types, added, other) : RC_OK;
    for (size_t i = 0; i < added->list_count; i++) {
        const Bound *row = &added->list[i * added->width];
        if (list_has(types, other, row)) return fail_duplicate(ctx, added, row);
    }
    return RC_OK;
}

// Values are length-prefixed, so that no two rows share one.
Str list_row_key(Arena *arena, const Bound *row, size_t width)
{
    Buf key = buf_new(arena);
    for (size_t i = 0; i < width; i++) {
        if (bound_is_null(&row[i])) {
            buf_add_byte(&key, 'N');
            continue;
        }
        buf_printf(&key, "%zu:", row[i].text.len);
        buf_add(&key, row[i].text);
    }
    return buf_str(&key);
}

static Rc check_lists(Ctx *ctx, const PartitionDef *const *partitions, size_t count)
{
    Map lasting = map_new(ctx->arena), temporary = map_new(ctx->arena);
    for (size_t p = 0; p < count; p++) {
        const PartitionDef *partition = partitions[p];
        Map *seen = partition->is_temporary ? &temporary : &lasting;
        for (size_t i = 0; i < partition->list_count; i++) {
            Bound *row = &partition->list[i * partition->width];
            Str key = list_row_key(ctx->arena, row, partition->width);
            if (map_get(seen, key)) return fail_duplicate(ctx, partition, row);
            map_put(seen, key, row);
        }
    }
    return RC_OK;
}

typedef struct SortEntry {
    const PartitionDef *partition;
    const Type *types;
} SortEntry;

static int compare_entries(const void *a, const void *b)
{
    const SortEntry *left = a, *right = b;
    if (left->partition->is_temporary != right->partition->is_temporary)
        return left->partition->is_temporary ? 1 : -1;
    return bounds_compare(left->types, left->partition->width, left->partition->lower,
                          right->partition->lower);
}

// In order of lower bounds only neighbours can overlap (INV-11).
static Rc check_ranges(Ctx *ctx, const TableDef *table, const PartitionDef *const *partitions,
                       size_t count)
{
    const Type *types = table_partition_types(ctx->arena, table);
    SortEntry *sorted = ARENA_ARRAY(ctx->arena, SortEntry, count);
    for (size_t i = 0; i < count; i++) {
        TRY(range_check(ctx, table, partitions[i]));
        sorted[i] = (SortEntry){partitions[i], types};
    }
    qsort(sorted, count, sizeof(*sorted), compare_entries);
    for (size_t i = 1; i < count; i++) {
        const PartitionDef *before = sorted[i - 1].partition, *after = sorted[i].partition;
        if (before->is_temporary != after->is_temporary) continue;
        if (range_overlaps(types, after, before)) return fail_overlap(ctx, types, after, before);
    }
    return RC_OK;
}

Rc partitions_check(Ctx *ctx, const TableDef *table, const PartitionDef *const *partitions,
                    size_t count)
{
    static char present[1];
    Map names = map_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        Str name = str_lower(ctx->arena, partitions[i]->name);
        if (map_get(&names, name)) return FAIL(ctx, PARTITION_EXISTS, STR_ARG(partitions[i]->name));
        map_put(&names, name, present);
    }
    if (table->method == PARTITION_RANGE) return check_ranges(ctx, table, partitions, count);
    return check_lists(ctx, partitions, count);
}

// --- printing

void bounds_print_key(Buf *out, const Type *types, size_t width, const Bound *bounds)
{
    buf_add(out, STR("types: ["));
    for (size_t i = 0; i < width; i++)
        buf_printf(out, "%s%s", i > 0 ? ", " : "", type_name(types[i].kind));
    buf_add(out, STR("]; keys: ["));
    for (size_t i = 0; i < width; i++) {
        Str text = bounds[i].text;
        if (bounds[i].kind == BOUND_MIN) text = bound_min_text(types[i]);
        if (bounds[i].kind == BOUND_MAX) text = STR("MAXVALUE");
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(text));
    }
    buf_add(out, STR("]; "));
}

void range_print(Buf *out, const Type *types, const PartitionDef *partition)
{
    buf_add_byte(out, '[');
    bounds_print_key(out, types, partition->width, partition->lower);
    buf_add(out, STR(".."));
    bounds_print_key(out, types, partition->width, partition->upper);
    buf_add_byte(out, ')');
}

void list_print(Buf *out, const PartitionDef *partition)
{
    buf_add_byte(out, '(');
    for (size_t i = 0; i < partition->list_count; i++) {
        const Bound *row = &partition->list[i * partition->width];
        if (i > 0) buf_add(out, STR(", "));
        if (partition->width > 1)
            print_values(out, partition->width, row, '\'');
        else
            print_value(out, row->text, '\'');
    }
    buf_add_byte(out, ')');
}
