/*
 * exec/infoschema_rows: what information_schema tells of databases, tables, columns, partitions.
 *
 * Form    one function per table; cells stand in the order of the columns in infoschema.c, and
 *         what is not set stays NULL. Everything is read from the catalog snapshot of the
 *         statement.
 * Errors  CANCELLED.   Threads  the session's.
 */
#include "base/json.h"
#include "base/vec.h"
#include "exec/infoschema.h"
#include "schema/ddl.h"

typedef Rc (*TableVisitor)(Ctx *ctx, const Database *database, const Table *table, ShowRows *out);

// Each table of each database, in order of names.
static Rc visit_tables(Ctx *ctx, Execution *x, TableVisitor visit, ShowRows *out)
{
    for (size_t d = 0; d < x->snapshot->database_count; d++) {
        const Database *database = x->snapshot->databases[d];
        TRY(ctx_poll(ctx));
        for (size_t t = 0; t < database->table_count; t++)
            TRY(visit(ctx, database, database->tables[t], out));
    }
    return RC_OK;
}

static const Str CATALOG = STR_INIT("def");
static const Str VIRTUAL = STR_INIT("information_schema");

// ----------------------------------------------------------------------------- databases, tables

static void add_schema(Ctx *ctx, Str name, ShowRows *out)
{
    Str *cells = show_rows_add(ctx, out);
    cells[0] = CATALOG;
    cells[1] = name;
    cells[2] = STR("utf8");
    cells[3] = STR("utf8_general_ci");
}

Rc virtual_rows_schemata(Ctx *ctx, Execution *x, ShowRows *out)
{
    for (size_t i = 0; i < x->snapshot->database_count; i++)
        add_schema(ctx, x->snapshot->databases[i]->def->name, out);
    add_schema(ctx, VIRTUAL, out);
    return RC_OK;
}

static int64_t updated_ms(const Table *table)
{
    int64_t latest_ms = 0;
    for (size_t i = 0; i < table->partition_count; i++)
        if (table->partitions[i]->version_time_ms > latest_ms)
            latest_ms = table->partitions[i]->version_time_ms;
    return latest_ms;
}

static Rc add_table(Ctx *ctx, const Database *database, const Table *table, ShowRows *out)
{
    Str *cells = show_rows_add(ctx, out);
    cells[0] = CATALOG;
    cells[1] = database->def->name;
    cells[2] = table->def->name;
    cells[3] = STR("BASE TABLE");
    cells[4] = STR("StarRocks");
    cells[6] = STR("");
    cells[7] = text_u64(ctx->arena, table->row_count);
    cells[8] = text_u64(ctx->arena, table->row_count ? table->size_bytes / table->row_count : 0);
    cells[9] = text_u64(ctx->arena, table->size_bytes);
    cells[14] = text_time(ctx->arena, table->def->created_ms);
    cells[15] = text_time(ctx->arena, updated_ms(table));
    cells[17] = STR("utf8_general_ci");
    cells[19] = STR("");
    cells[20] = table->def->comment;
    return RC_OK;
}

Rc virtual_rows_tables(Ctx *ctx, Execution *x, ShowRows *out)
{
    size_t count;
    const VirtualTable *tables = virtual_tables(&count);
    TRY(visit_tables(ctx, x, add_table, out));
    for (size_t i = 0; i < count; i++) {
        Str *cells = show_rows_add(ctx, out);
        cells[0] = CATALOG;
        cells[1] = VIRTUAL;
        cells[2] = tables[i].name;
        cells[3] = STR("SYSTEM VIEW");
        cells[4] = STR("MEMORY");
        cells[20] = STR("");
    }
    return RC_OK;
}

// --------------------------------------------------------------------------------------- columns

// Digits of a number type; 0: it is none.
static unsigned digits_of(Type type)
{
    switch (type.kind) {
    case TYPE_BOOLEAN: return 1;
    case TYPE_TINYINT: return 3;
    case TYPE_SMALLINT: return 5;
    case TYPE_INT: return 10;
    case TYPE_BIGINT: return 19;
    case TYPE_LARGEINT: return 39;
    case TYPE_FLOAT: return 7;
    case TYPE_DOUBLE: return 15;
    case TYPE_DECIMAL: return type.precision;
    default: return 0;
    }
}

typedef struct ColumnPlace {
    Str database, table;
    size_t position;  // from 1
} ColumnPlace;

static Str *add_column(Ctx *ctx, const ColumnPlace *place, const SinkColumn *column, ShowRows *out)
{
    Str *cells = show_rows_add(ctx, out);
    Type type = column->type;
    bool is_text = type_is_text(type.kind);
    unsigned digits = digits_of(type);
    cells[0] = CATALOG;
    cells[1] = place->database;
    cells[2] = place->table;
    cells[3] = column->name;
    cells[4] = text_u64(ctx->arena, place->position);
    cells[6] = STR("YES");
    cells[7] = str_lower(ctx->arena, str_from(type_name(type.kind)));
    if (is_text) cells[8] = cells[9] = cells[20] = text_u64(ctx->arena, type.len);
    if (digits > 0) cells[10] = cells[20] = text_u64(ctx->arena, digits);
    if (digits > 0 && type.kind != TYPE_FLOAT && type.kind != TYPE_DOUBLE)
        cells[11] = cells[21] = text_u64(ctx->arena, type.scale);
    if (type.kind == TYPE_DATETIME) cells[12] = STR("6");
    if (is_text) cells[13] = STR("utf8");
    if (is_text) cells[14] = STR("utf8_general_ci");
    cells[15] = type_text(ctx->arena, type);
    cells[16] = cells[17] = cells[18] = cells[19] = STR("");
    return cells;
}

static Rc add_columns(Ctx *ctx, const Database *database, const Table *table, ShowRows *out)
{
    static const Str KEY_WORDS[] = {[KEYS_DUPLICATE] = STR_INIT("DUP"),
                                    [KEYS_AGGREGATE] = STR_INIT("AGG"),
                                    [KEYS_UNIQUE] = STR_INIT("UNI"),
                                    [KEYS_PRIMARY] = STR_INIT("PRI")};
    size_t position = 0;
    const Schema *schema = table_current_schema(table->def);
    for (size_t i = 0; i < schema->column_count; i++) {
        const Column *column = &schema->columns[i];
        if (column->is_hidden) continue;
        ColumnPlace place = {database->def->name, table->def->name, ++position};
        SinkColumn view = {.name = column->name, .type = column->type};
        Str *cells = add_column(ctx, &place, &view, out);
        bool is_now = column->default_kind == DEFAULT_CURRENT_TIMESTAMP;
        if (is_now)
            cells[5] = ddl_default(ctx->arena, column);
        else if (column->default_kind != DEFAULT_NONE && column->default_kind != DEFAULT_NULL)
            cells[5] = column->default_text;
        if (!column->is_nullable) cells[6] = STR("NO");
        if (column->is_key) cells[16] = KEY_WORDS[table->def->keys];
        if (column->is_auto_increment) cells[17] = STR("AUTO_INCREMENT");
        if (column->generated.len > 0) cells[17] = STR("STORED GENERATED");
        cells[19] = column->comment;
        if (column->generated.len > 0) cells[22] = column->generated;
    }
    return RC_OK;
}

Rc virtual_rows_columns(Ctx *ctx, Execution *x, ShowRows *out)
{
    size_t count;
    const VirtualTable *tables = virtual_tables(&count);
    TRY(visit_tables(ctx, x, add_columns, out));
    for (size_t t = 0; t < count; t++) {
        for (size_t i = 0; i < tables[t].column_count; i++) {
            ColumnPlace place = {VIRTUAL, tables[t].name, i + 1};
            (void)add_column(ctx, &place, &tables[t].columns[i], out);
        }
    }
    return RC_OK;
}

// ------------------------------------------------------------------------------------ partitions

static Str property_of(const Partition *partition, const Table *table, const char *key, Str usual)
{
    Str own = properties_get(partition->def->properties, partition->def->property_count, key);
    if (!own.ptr) own = properties_get(table->def->properties, table->def->property_count, key);
    return own.ptr ? own : usual;
}

static void add_partition(Ctx *ctx, const Partition *partition, const FoundTable *of, ShowRows *out)
{
    Arena *arena = ctx->arena;
    const PartitionDef *def = partition->def;
    const Table *table = of->table;
    Str in_memory = property_of(partition, table, "in_memory", STR("false"));
    const Str values[] = {
        of->database->def->name,
        table->def->name,
        def->name,
        text_u64(arena, def->id),
        STR("0"),
        text_u64(arena, partition->version),
        text_time(arena, partition->version_time_ms),
        text_u64(arena, partition->version + 1),
        ddl_partition_key(arena, table->def),
        ddl_partition_values(arena, table->def, def),
        ddl_distribution_key(arena, table->def),
        text_u64(arena, def->bucket_num),
        text_u64(arena, def->replication_num),
        str_upper(arena, property_of(partition, table, "storage_medium", STR("HDD"))),
        property_of(partition, table, "storage_cooldown_time", STR("9999-12-31 23:59:59")),
        STR_NONE,
        str_eq_nocase(in_memory, STR("true")) ? STR("1") : STR("0"),
        def->is_temporary ? STR("1") : STR("0"),
        text_bytes(arena, partition->size_bytes),
        text_u64(arena, partition->row_count),
        uuid_text(arena, partition->content_id),
        text_u64(arena, partition->rowset_count),
        text_u64(arena, partition->size_bytes),
    };
    must(COUNT_OF(values) == out->column_count);
    memcpy(show_rows_add(ctx, out), values, sizeof(values));
}

static Rc add_partitions(Ctx *ctx, const Database *database, const Table *table, ShowRows *out)
{
    FoundTable of = {database, table};
    for (size_t i = 0; i < table->partition_count; i++)
        add_partition(ctx, table->partitions[i], &of, out);
    return RC_OK;
}

Rc virtual_rows_partitions_meta(Ctx *ctx, Execution *x, ShowRows *out)
{
    return visit_tables(ctx, x, add_partitions, out);
}

// --------------------------------------------------------------------------------- tables_config

static Str quoted_columns(Ctx *ctx, const TableDef *def, const uint32_t *ids, size_t count)
{
    Buf out = buf_new(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) buf_add(&out, STR(", "));
        buf_add(&out, ddl_column(ctx->arena, schema_column(table_current_schema(def), ids[i])));
    }
    return buf_str(&out);
}

static Str quoted_keys(Ctx *ctx, const TableDef *def)
{
    Buf out = buf_new(ctx->arena);
    const Schema *schema = table_current_schema(def);
    for (size_t i = 0; i < schema->column_count; i++) {
        if (!schema->columns[i].is_key) continue;
        if (out.len > 0) buf_add(&out, STR(", "));
        buf_add_quoted(&out, schema->columns[i].name, '`');
    }
    return buf_str(&out);
}

// {"k":"v", ..}
static Str properties_json(Ctx *ctx, const TableDef *def)
{
    Buf out = buf_new(ctx->arena);
    JsonWriter json = json_writer(&out);
    json_open(&json, NULL, '{');
    for (size_t i = 0; i < def->property_count; i++)
        json_put_str(&json, str_z(ctx->arena, def->properties[i].key), def->properties[i].value);
    json_close(&json, '}');
    return buf_str(&out);
}

static Rc add_config(Ctx *ctx, const Database *database, const Table *table, ShowRows *out)
{
    const TableDef *def = table->def;
    bool is_hash = def->distribution == DISTRIBUTION_HASH;
    Str *cells = show_rows_add(ctx, out);
    cells[0] = database->def->name;
    cells[1] = def->name;
    cells[2] = STR("OLAP");
    cells[3] = str_from(key_kind_schema_text(def->keys));
    cells[4] = def->keys == KEYS_DUPLICATE ? STR("") : quoted_keys(ctx, def);
    cells[5] = quoted_columns(ctx, def, def->partition_columns, def->partition_column_count);
    cells[6] = quoted_columns(ctx, def, def->distribution_columns, def->distribution_column_count);
    cells[7] = is_hash ? STR("HASH") : STR("RANDOM");
    cells[8] = text_u64(ctx->arena, def->bucket_num);
    cells[9] = def->sort_column_count > 0
                   ? quoted_columns(ctx, def, def->sort_columns, def->sort_column_count)
                   : quoted_keys(ctx, def);
    cells[10] = properties_json(ctx, def);
    cells[11] = text_u64(ctx->arena, def->id);
    return RC_OK;
}

Rc virtual_rows_tables_config(Ctx *ctx, Execution *x, ShowRows *out)
{
    return visit_tables(ctx, x, add_config, out);
}
