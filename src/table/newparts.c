/*
 * table/newparts: partitions that a load makes.
 *
 * Form    rows that no partition takes call kg_new_range() or kg_new_list(), which number the
 *         values that are new to the statement; the COPY's folders bear those numbers. The
 *         transaction that publishes the files looks for each value once more, as another load
 *         may have made its partition meanwhile, and makes what is missing.
 * Source  StarRocks' FrontendServiceImpl.createPartition, AnalyzerUtils.
 * Errors  AUTO_PARTITIONS_TOO_MANY, those of txn_add_partitions.
 * Threads the engine's call at once; `lock` guards what they share. The rest is the statement's.
 */
#include "table/newparts.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "schema/autopart.h"
#include "table/internal.h"

enum { DEFAULT_BUCKETS = 2 };  // where the table leaves the number to the server: two a backend

typedef struct NewPart {
    Bound *values;  // LIST: one row
    CalTime start;  // RANGE: of the unit of time
    uint64_t id;    // 0: not made
} NewPart;

struct NewParts {
    TableStore *store;
    NewParts *next;  // of those that are open; guarded by store->lock
    Arena *arena;
    const TableDef *def;
    size_t first;
    uint64_t token;  // names it in the engine's SQL
    AutoUnit unit;   // RANGE
    Lock lock;       // RANK_LEAF: guards what follows
    Map seen;        // key -> number + 1
    VEC(NewPart) parts;
};

NewParts *new_parts_open(TableStore *store, const TableDef *def, size_t first)
{
    NewParts *parts = mem_alloc(sizeof(*parts));
    *parts = (NewParts){.store = store, .arena = arena_new(), .def = def, .first = first};
    parts->seen = map_new(parts->arena);
    if (def->method == PARTITION_RANGE) must(auto_unit_parse(def->partition_expr, &parts->unit));
    lock_init(&parts->lock, RANK_LEAF);
    lock_take(&store->lock);
    parts->token = ++store->next_token;
    parts->next = store->new_parts;
    store->new_parts = parts;
    lock_give(&store->lock);
    return parts;
}

void new_parts_close(NewParts **parts)
{
    NewParts *closed = *parts;
    if (closed == NULL) return;
    TableStore *store = closed->store;
    lock_take(&store->lock);
    NewParts **link = &store->new_parts;
    while (*link != closed) link = &(*link)->next;
    *link = closed->next;
    lock_give(&store->lock);
    lock_close(&closed->lock);
    arena_free(closed->arena);
    free(closed);
    *parts = NULL;
}

static NewParts *find_open(TableStore *store, uint64_t token)
{
    lock_take(&store->lock);
    NewParts *found = store->new_parts;
    while (found && found->token != token) found = found->next;
    lock_give(&store->lock);
    return found;
}

// --- in the engine

static const Column *column_of(const NewParts *parts, size_t index)
{
    return table_partition_column(parts->def, index);
}

void new_parts_print(Buf *out, const NewParts *parts)
{
    bool is_range = parts->def->method == PARTITION_RANGE;
    buf_printf(out, "%s(%llu::BIGINT", is_range ? "kg_new_range" : "kg_new_list",
               (unsigned long long)parts->token);
    for (size_t i = 0; i < parts->def->partition_column_count; i++)
        buf_printf(out, ", CAST(c%u AS %s)", column_of(parts, i)->id,
                   is_range ? "TIMESTAMP" : "VARCHAR");
    buf_add_byte(out, ')');
}

// The number of `key`; a new one takes `made`, which lives in the arena already. With the lock
// held.
static Rc number_of(Ctx *ctx, NewParts *parts, Str key, const NewPart *made, int32_t *out)
{
    size_t *number = map_get(&parts->seen, key);
    if (number == NULL) {
        if (parts->parts.len == LIMIT_AUTO_PARTITIONS)
            return FAIL(ctx, AUTO_PARTITIONS_TOO_MANY, STR_ARG(parts->def->name),
                        LIMIT_AUTO_PARTITIONS);
        number = ARENA_NEW(parts->arena, size_t);
        *number = parts->first + parts->parts.len;
        NewPart part = *made;
        if (made->values) {
            part.values = ARENA_ARRAY(parts->arena, Bound, parts->def->partition_column_count);
            for (size_t i = 0; i < parts->def->partition_column_count; i++)
                part.values[i] = (Bound){BOUND_VALUE, str_dup(parts->arena, made->values[i].text)};
        }
        vec_push(parts->arena, &parts->parts, part);
        map_put(&parts->seen, str_dup(parts->arena, key), number);
    }
    *out = (int32_t)*number;
    return RC_OK;
}

// Rows of one unit follow each other mostly: the last answer is tried first.
static Rc number_times(Ctx *ctx, NewParts *parts, EngineCall *call)
{
    const int64_t *micros = engine_arg_data(call, 1);
    int32_t *out = engine_out_data(call);
    CalTime last = {INT64_MIN, 0};
    for (size_t r = 0; r < engine_call_rows(call); r++) {
        CalTime time = {0};
        bool is_null = engine_arg_is_null(call, 1, r);
        if (!is_null) {
            time.days = micros[r] / CALTIME_DAY - (micros[r] % CALTIME_DAY < 0);
            time.micros = micros[r] - time.days * CALTIME_DAY;
        }
        NewPart part = {.start = auto_unit_floor(parts->unit, is_null ? NULL : &time)};
        if (r > 0 && part.start.days == last.days && part.start.micros == last.micros) {
            out[r] = out[r - 1];
            continue;
        }
        last = part.start;
        Str key = {(const char *)&part.start, sizeof(part.start)};
        TRY(number_of(ctx, parts, key, &part, &out[r]));
    }
    return RC_OK;
}

static Rc number_lists(Ctx *ctx, NewParts *parts, EngineCall *call)
{
    size_t width = engine_call_args(call) - 1;
    int32_t *out = engine_out_data(call);
    if (width != parts->def->partition_column_count)
        return FAIL(ctx, BUG, "kg_new_list: another number of columns");
    Bound *row = ARENA_ARRAY(ctx->arena, Bound, width);
    ArenaMark empty = arena_mark(ctx->arena);
    for (size_t r = 0; r < engine_call_rows(call); r++) {
        for (size_t i = 0; i < width; i++) {
            bool is_null = engine_arg_is_null(call, i + 1, r);
            row[i] = (Bound){BOUND_VALUE, is_null ? STR_NONE : engine_arg_str(call, i + 1, r)};
        }
        NewPart part = {.values = row};
        TRY(number_of(ctx, parts, list_row_key(ctx->arena, row, width), &part, &out[r]));
        arena_rewind(ctx->arena, empty);
    }
    return RC_OK;
}

static Rc run_new_part(Ctx *ctx, EngineCall *call)
{
    const int64_t *tokens = engine_arg_data(call, 0);
    if (engine_call_rows(call) == 0) return RC_OK;
    NewParts *parts = find_open(engine_call_handle(call), (uint64_t)tokens[0]);
    if (parts == NULL) return FAIL(ctx, BUG, "no statement makes these partitions");
    lock_take(&parts->lock);
    Rc rc = parts->def->method == PARTITION_RANGE ? number_times(ctx, parts, call)
                                                  : number_lists(ctx, parts, call);
    lock_give(&parts->lock);
    return rc;
}

// Volatile, so that the engine does not try them on constants while it plans.
Rc new_parts_register(Ctx *ctx, TableStore *store)
{
    EngineScalar range = {.name = "kg_new_range",
                          .params = {ENGINE_BIGINT, ENGINE_TIMESTAMP},
                          .param_count = 2,
                          .takes_null = true,
                          .is_volatile = true,
                          .result = ENGINE_INT,
                          .run = run_new_part,
                          .handle = store};
    EngineScalar list = range;
    list.name = "kg_new_list";
    list.params[1] = ENGINE_VARCHAR;
    list.is_variadic = true;
    TRY(engine_register_scalar(ctx, store->engine, &range));
    return engine_register_scalar(ctx, store->engine, &list);
}

// --- in the transaction

static NewPart *part_at(const NewParts *parts, size_t index)
{
    must(index >= parts->first && index - parts->first < parts->parts.len);
    return &parts->parts.at[index - parts->first];
}

uint64_t new_parts_id(const NewParts *parts, size_t index)
{
    uint64_t id = part_at(parts, index)->id;
    must(id != 0);
    return id;
}

// What the table has now: by value (LIST), by range in order (RANGE), and by name.
typedef struct Present {
    const Table *table;
    const Type *types;
    Map names;  // lower case
    Map lists;
    size_t range_count;
    const PartitionDef **ranges;
} Present;

static Present present_new(Ctx *ctx, const Table *table)
{
    Present present = {.table = table,
                       .types = table_partition_types(ctx->arena, table->def),
                       .names = map_new(ctx->arena),
                       .lists = map_new(ctx->arena)};
    present.ranges = ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count);
    for (size_t p = 0; p < table->partition_count; p++) {
        Partition *partition = table->partitions[p];
        const PartitionDef *def = partition->def;
        map_put(&present.names, str_lower(ctx->arena, def->name), partition);
        if (def->is_temporary) continue;
        present.ranges[present.range_count++] = def;
        for (size_t i = 0; i < def->list_count; i++)
            map_put(&present.lists,
                    list_row_key(ctx->arena, &def->list[i * def->width], def->width), partition);
    }
    return present;
}

// The partition whose range holds all of `wanted`, if any.
static const PartitionDef *find_range(const Present *present, const PartitionDef *wanted)
{
    size_t low = 0, high = present->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bounds_compare(present->types, 1, present->ranges[middle]->upper, wanted->lower) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == present->range_count) return NULL;
    const PartitionDef *found = present->ranges[low];
    bool holds_all = bounds_compare(present->types, 1, found->lower, wanted->lower) <= 0 &&
                     bounds_compare(present->types, 1, wanted->upper, found->upper) <= 0;
    return holds_all ? found : NULL;
}

static Str free_name(Ctx *ctx, Present *present, Str name)
{
    Str made = name;
    for (uint32_t i = 0; map_get(&present->names, str_lower(ctx->arena, made)); i++)
        made = auto_list_name_again(ctx->arena, name, i);
    return made;
}

static uint32_t usual_replicas(const TableDef *def)
{
    uint64_t number = 1;
    Str text = properties_get(def->properties, def->property_count, "replication_num");
    if (text.ptr && !str_to_u64(text, &number)) number = 1;
    return (uint32_t)number;
}

static Rc fill_list(Ctx *ctx, const NewParts *parts, const NewPart *part, PartitionDef *out)
{
    out->list_count = 1;
    out->list = ARENA_ARRAY(ctx->arena, Bound, out->width);
    for (size_t i = 0; i < out->width; i++) {
        out->list[i] = part->values[i];
        if (!bound_is_null(&out->list[i]))
            TRY(bound_normalise(ctx, column_of(parts, i)->type, part->values[i].text,
                                &out->list[i].text));
    }
    out->name = auto_list_name(ctx->arena, out->list, out->width);
    return RC_OK;
}

static Rc make_def(Ctx *ctx, const NewParts *parts, const NewPart *part, PartitionDef **out)
{
    PartitionDef *def = ARENA_NEW(ctx->arena, PartitionDef);
    def->width = parts->def->partition_column_count;
    def->replication_num = usual_replicas(parts->def);
    def->bucket_num = parts->def->bucket_num > 0 ? parts->def->bucket_num : DEFAULT_BUCKETS;
    *out = def;
    if (parts->def->method == PARTITION_LIST) return fill_list(ctx, parts, part, def);
    NamedRange *range = ARENA_NEW(ctx->arena, NamedRange);
    *range = auto_unit_range(ctx->arena, column_of(parts, 0)->type, parts->unit, part->start);
    def->name = range->name;
    def->lower = &range->lower;
    def->upper = &range->upper;
    return RC_OK;
}

static const PartitionDef *find_present(Ctx *ctx, const Present *present, const PartitionDef *def)
{
    if (present->table->def->method == PARTITION_RANGE) return find_range(present, def);
    const Partition *found =
        map_get(&present->lists, list_row_key(ctx->arena, def->list, def->width));
    return found ? found->def : NULL;
}

Rc new_parts_find(Ctx *ctx, const NewParts *parts, const Table *table, PartUse use, uint64_t *ids)
{
    Present present = present_new(ctx, table);
    for (size_t i = 0; i < use.count; i++) {
        PartitionDef *def;
        TRY(make_def(ctx, parts, part_at(parts, use.at[i]), &def));
        const PartitionDef *found = find_present(ctx, &present, def);
        ids[i] = found ? found->id : 0;
    }
    return RC_OK;
}

// A partition that is wanted.
typedef struct Wanted {
    NewPart *part;
    PartitionDef *def;
    const Type *types;
} Wanted;

// By value, so that ids do not depend on which row came first.
static int by_value(const void *a, const void *b)
{
    const Wanted *left = a, *right = b;
    bool is_list = left->def->list_count > 0;
    return bounds_compare(left->types, left->def->width,
                          is_list ? left->def->list : left->def->lower,
                          is_list ? right->def->list : right->def->lower);
}

static Rc list_wanted(Ctx *ctx, const NewParts *parts, const Present *present, PartUse use,
                      Wanted **out)
{
    Wanted *wanted = ARENA_ARRAY(ctx->arena, Wanted, use.count);
    for (size_t i = 0; i < use.count; i++) {
        wanted[i] = (Wanted){.part = part_at(parts, use.at[i]), .types = present->types};
        TRY(make_def(ctx, parts, wanted[i].part, &wanted[i].def));
    }
    qsort(wanted, use.count, sizeof(*wanted), by_value);
    *out = wanted;
    return RC_OK;
}

Rc new_parts_create(Ctx *ctx, CatalogTxn *txn, const Table *table, NewParts *parts, PartUse use)
{
    uint64_t first_id = 0;
    size_t count = 0;
    Wanted *wanted;
    Present present = present_new(ctx, table);
    const PartitionDef **made = ARENA_ARRAY(ctx->arena, const PartitionDef *, use.count);
    TRY(list_wanted(ctx, parts, &present, use, &wanted));
    TRY(catalog_new_ids(ctx, parts->store->catalog, use.count, &first_id));
    for (size_t i = 0; i < use.count; i++) {
        PartitionDef *def = wanted[i].def;
        const PartitionDef *found = find_present(ctx, &present, def);
        wanted[i].part->id = found ? found->id : first_id + count;
        if (found) continue;
        def->id = wanted[i].part->id;
        def->name = free_name(ctx, &present, def->name);
        map_put(&present.names, str_lower(ctx->arena, def->name), def);
        made[count++] = def;
    }
    if (count == 0) return RC_OK;
    return txn_add_partitions(ctx, txn, table->def->id, (PartitionDefs){made, count}, true);
}
