/*
 * exec/show_table: about one table or database: DESC, SHOW COLUMNS, CREATE, PARTITIONS, INDEX.
 *
 * Source  StarRocks' ShowExecutor, PartitionsProcDir; statements.md 14.6 and 14.8.
 * Errors  NO_DATABASE, UNKNOWN_DATABASE, UNKNOWN_TABLE, SEMANTIC (in the analyzing envelope).
 * Threads the session's.
 */
#include "exec/files.h"
#include "exec/handlers.h"
#include "exec/infoschema.h"
#include "exec/showrows.h"
#include "schema/ddl.h"

// A table of the catalog, or one of information_schema.
typedef struct AnyTable {
    const Table *table;
    const VirtualTable *virtual_table;
} AnyTable;

static Rc find_any_table(Ctx *ctx, Execution *x, QName name, AnyTable *out)
{
    Str database;
    FoundTable found;
    TRY(exec_database_name(ctx, x, name, true, &database));
    if (name_is_virtual(database)) {
        const VirtualTable *table = virtual_table_find(qname_last(name));
        if (!table) return FAIL(ctx, UNKNOWN_TABLE, STR_ARG(qname_last(name)));
        *out = (AnyTable){.virtual_table = table};
        return RC_OK;
    }
    TRY(exec_table(ctx, x, name, &found));
    *out = (AnyTable){.table = found.table};
    return RC_OK;
}

// SHOW COLUMNS FROM t FROM d is SHOW COLUMNS FROM d.t.
static QName join_names(Ctx *ctx, QName table, QName database)
{
    if (database.count == 0) return table;
    Str *parts = ARENA_ARRAY(ctx->arena, Str, database.count + 1);
    memcpy(parts, database.parts, database.count * sizeof(Str));
    parts[database.count] = qname_last(table);
    return (QName){parts, database.count + 1, table.pos};
}

// --------------------------------------------------------------------------------- DESC, COLUMNS

// What is told about one column, whatever it is a column of.
typedef struct ColumnView {
    Str name;
    Type type;
    bool is_nullable, is_key;
    Str by_default, comment;
    Str aggregation, extra;  // empty: none
} ColumnView;

static ColumnView view_column(Ctx *ctx, const Column *column)
{
    ColumnView view = {.name = column->name,
                       .type = column->type,
                       .is_nullable = column->is_nullable,
                       .is_key = column->is_key,
                       .by_default = STR_NONE,
                       .comment = column->comment,
                       .aggregation = column->aggregation,
                       .extra = STR("")};
    if (column->default_kind == DEFAULT_LITERAL) view.by_default = column->default_text;
    if (column->default_kind == DEFAULT_EXPR) view.by_default = column->default_text;
    if (column->default_kind == DEFAULT_CURRENT_TIMESTAMP)
        view.by_default = ddl_default(ctx->arena, column);
    if (column->is_auto_increment) view.extra = STR("AUTO_INCREMENT");
    if (column->generated.len > 0) view.extra = STR("STORED GENERATED");
    return view;
}

static ColumnView *view_table(Ctx *ctx, const Table *table, size_t *count)
{
    const Schema *schema = table_current_schema(table->def);
    ColumnView *views = ARENA_ARRAY(ctx->arena, ColumnView, schema->column_count);
    *count = 0;
    for (size_t i = 0; i < schema->column_count; i++)
        if (!schema->columns[i].is_hidden)
            views[(*count)++] = view_column(ctx, &schema->columns[i]);
    return views;
}

static ColumnView *view_columns(Ctx *ctx, const AnyTable *any, size_t *count)
{
    if (any->table) return view_table(ctx, any->table, count);
    must(any->virtual_table != NULL);
    *count = any->virtual_table->column_count;
    ColumnView *views = ARENA_ARRAY(ctx->arena, ColumnView, *count);
    for (size_t i = 0; i < *count; i++) {
        const SinkColumn *column = &any->virtual_table->columns[i];
        views[i] = (ColumnView){column->name, column->type, true,    false,
                                STR_NONE,     STR(""),      STR(""), STR("")};
    }
    return views;
}

// "SUM", "REPLACE,AUTO_INCREMENT".
static Str extra_text(Ctx *ctx, const ColumnView *view)
{
    bool has_both = view->aggregation.len > 0 && view->extra.len > 0;
    return str_printf(ctx->arena, "%.*s%s%.*s", STR_ARG(view->aggregation), has_both ? "," : "",
                      STR_ARG(view->extra));
}

static Rc desc_files(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Field", TYPE_VARCHAR}, {"Type", TYPE_VARCHAR}, {"Null", TYPE_VARCHAR}};
    AstProperties given = x->stmt->desc.files;
    VirtualTable found;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    Property *properties = ARENA_ARRAY(ctx->arena, Property, given.count);
    for (size_t i = 0; i < given.count; i++)
        properties[i] = (Property){given.at[i].key, given.at[i].value};
    TRY(exec_analyzing(ctx, files_columns(ctx, x, properties, given.count, &found)));
    for (size_t i = 0; i < found.column_count; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = found.columns[i].name;
        cells[1] = type_text(ctx->arena, found.columns[i].type);
        cells[2] = STR("YES");
    }
    return show_rows_send_all(ctx, x, &rows);
}

Rc exec_desc(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Field", TYPE_VARCHAR}, {"Type", TYPE_VARCHAR},    {"Null", TYPE_VARCHAR},
        {"Key", TYPE_VARCHAR},   {"Default", TYPE_VARCHAR}, {"Extra", TYPE_VARCHAR},
    };
    AnyTable any;
    size_t count;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    if (x->stmt->desc.is_files) return desc_files(ctx, x);
    if (x->stmt->desc.is_all) return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("DESC .. ALL")));
    TRY(exec_analyzing(ctx, find_any_table(ctx, x, x->stmt->desc.table, &any)));
    const ColumnView *views = view_columns(ctx, &any, &count);
    bool has_extra = !any.table || any.table->def->keys != KEYS_PRIMARY;
    for (size_t i = 0; i < count; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = views[i].name;
        cells[1] = type_text(ctx->arena, views[i].type);
        cells[2] = views[i].is_nullable ? STR("YES") : STR("NO");
        cells[3] = views[i].is_key ? STR("true") : STR("false");
        cells[4] = views[i].by_default;
        cells[5] = has_extra ? extra_text(ctx, &views[i]) : views[i].extra;
    }
    return show_rows_send_all(ctx, x, &rows);
}

static void fill_full_column(Ctx *ctx, const ColumnView *view, bool has_extra, Str *cells)
{
    cells[0] = view->name;
    cells[1] = type_text(ctx->arena, view->type);
    cells[2] = type_is_text(view->type.kind) ? STR("utf8_general_ci") : STR_NONE;
    cells[3] = view->is_nullable ? STR("YES") : STR("NO");
    cells[4] = view->is_key ? STR("YES") : STR("NO");
    cells[5] = view->by_default;
    cells[6] = has_extra ? extra_text(ctx, view) : view->extra;
    cells[7] = STR("");
    cells[8] = view->comment;
}

Rc exec_show_columns(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Field", TYPE_VARCHAR}, {"Type", TYPE_VARCHAR},    {"Null", TYPE_VARCHAR},
        {"Key", TYPE_VARCHAR},   {"Default", TYPE_VARCHAR}, {"Extra", TYPE_VARCHAR},
    };
    static const TextColumn FULL_COLUMNS[] = {
        {"Field", TYPE_VARCHAR}, {"Type", TYPE_VARCHAR},       {"Collation", TYPE_VARCHAR},
        {"Null", TYPE_VARCHAR},  {"Key", TYPE_VARCHAR},        {"Default", TYPE_VARCHAR},
        {"Extra", TYPE_VARCHAR}, {"Privileges", TYPE_VARCHAR}, {"Comment", TYPE_VARCHAR},
    };
    static const size_t SHORT[] = {0, 1, 3, 4, 5, 6};  // of the full ones
    AnyTable any;
    size_t count;
    const ShowStatement *show = &x->stmt->show;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    if (show->is_full) rows = SHOW_ROWS(FULL_COLUMNS);
    QName name = join_names(ctx, show->name, show->database);
    TRY(exec_analyzing(ctx, find_any_table(ctx, x, name, &any)));
    const ColumnView *views = view_columns(ctx, &any, &count);
    bool has_extra = any.table && any.table->def->keys == KEYS_AGGREGATE;
    for (size_t i = 0; i < count; i++) {
        Str full[sizeof(FULL_COLUMNS) / sizeof(FULL_COLUMNS[0])];
        Str *cells = show_rows_add(ctx, &rows);
        fill_full_column(ctx, &views[i], has_extra, full);
        for (size_t k = 0; k < rows.column_count; k++)
            cells[k] = full[show->is_full ? k : SHORT[k]];
    }
    return show_rows_send(ctx, x, show, &rows);
}

// ---------------------------------------------------------------------------------------- CREATE

Rc exec_show_create_database(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"Database", TYPE_VARCHAR},
                                         {"Create Database", TYPE_VARCHAR}};
    Str name;
    const Database *database = NULL;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    TRY(exec_analyzing(ctx, exec_database_name(ctx, x, x->stmt->show.name, false, &name)));
    DatabaseDef virtual_def = {.name = STR("information_schema")};
    if (!name_is_virtual(name))
        TRY(exec_analyzing(ctx, exec_database(ctx, x, x->stmt->show.name, &database)));
    const DatabaseDef *def = database ? database->def : &virtual_def;
    Str *cells = show_rows_add(ctx, &rows);
    cells[0] = def->name;
    cells[1] = ddl_create_database(ctx->arena, def);
    return show_rows_send_all(ctx, x, &rows);
}

// A table of information_schema as it would be made; it has no keys and no place.
static Str create_virtual(Ctx *ctx, const VirtualTable *table)
{
    Buf out = buf_new(ctx->arena);
    buf_add(&out, STR("CREATE TABLE "));
    buf_add_quoted(&out, table->name, '`');
    buf_add(&out, STR(" (\n"));
    for (size_t i = 0; i < table->column_count; i++) {
        buf_add(&out, STR("  "));
        buf_add_quoted(&out, table->columns[i].name, '`');
        buf_printf(&out, " %.*s NULL COMMENT \"\"%s\n",
                   STR_ARG(type_text(ctx->arena, table->columns[i].type)),
                   i + 1 < table->column_count ? "," : "");
    }
    buf_add(&out, STR(") ENGINE=SCHEMA;"));
    return buf_str(&out);
}

static const PartitionDef **partition_defs(Ctx *ctx, const Table *table)
{
    const PartitionDef **defs =
        ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++) defs[i] = table->partitions[i]->def;
    return defs;
}

Rc exec_show_create_table(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"Table", TYPE_VARCHAR}, {"Create Table", TYPE_VARCHAR}};
    AnyTable any;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    TRY(exec_analyzing(ctx, find_any_table(ctx, x, x->stmt->show.name, &any)));
    must(any.table || any.virtual_table);
    Str *cells = show_rows_add(ctx, &rows);
    const Table *table = any.table;
    cells[0] = table ? table->def->name : any.virtual_table->name;
    cells[1] = table ? ddl_create_table(ctx->arena, table->def, partition_defs(ctx, table),
                                        table->partition_count)
                     : create_virtual(ctx, any.virtual_table);
    return show_rows_send_all(ctx, x, &rows);
}

// ------------------------------------------------------------------------------------ PARTITIONS

typedef struct ClaimList {
    Claim *at;
    size_t count;
} ClaimList;

// RESTORE while an unfinished job will replace it, else NORMAL.
static Str partition_state(const ClaimList *claims, const FoundTable *found, Str partition)
{
    for (size_t i = 0; i < claims->count; i++) {
        const Claim *claim = &claims->at[i];
        if (claim->kind != CLAIM_RESTORE || !str_eq(claim->database, found->database->def->name) ||
            !str_eq(claim->table, found->table->def->name))
            continue;
        if (claim->partition.len == 0 || str_eq_nocase(claim->partition, partition))
            return STR("RESTORE");
    }
    return STR("NORMAL");
}

// A RESTORE brought it: the scheduler of dynamic partitions does not drop it until then.
static Str exempt_state(Ctx *ctx, const PartitionDef *def)
{
    if (def->exempt_until_ms <= clock_now_ms(ctx->clock)) return STR("NORMAL");
    return str_printf(ctx->arena, "NORMAL (kept until %.*s)",
                      STR_ARG(text_time(ctx->arena, def->exempt_until_ms)));
}

static Str partition_property(const Partition *partition, const Table *table, const char *key,
                              Str usual)
{
    Str own = properties_get(partition->def->properties, partition->def->property_count, key);
    if (!own.ptr) own = properties_get(table->def->properties, table->def->property_count, key);
    return own.ptr ? own : usual;
}

static void fill_partition(Ctx *ctx, const FoundTable *found, const Partition *partition,
                           Str *cells)
{
    const Table *table = found->table;
    const PartitionDef *def = partition->def;
    cells[0] = text_u64(ctx->arena, def->id);
    cells[1] = def->name;
    cells[2] = text_u64(ctx->arena, partition->version);
    cells[3] = text_time(ctx->arena, partition->version_time_ms);
    cells[4] = STR("0");
    cells[6] = ddl_partition_key(ctx->arena, table->def);
    cells[7] = ddl_partition_values(ctx->arena, table->def, def);
    cells[8] = ddl_distribution_key(ctx->arena, table->def);
    cells[9] = text_u64(ctx->arena, def->bucket_num);
    cells[10] = text_u64(ctx->arena, def->replication_num);
    cells[11] =
        str_upper(ctx->arena, partition_property(partition, table, "storage_medium", STR("HDD")));
    cells[12] =
        partition_property(partition, table, "storage_cooldown_time", STR("9999-12-31 23:59:59"));
    cells[13] = STR("NULL");
    cells[14] = text_bytes(ctx->arena, partition->size_bytes);
    cells[15] =
        str_lower(ctx->arena, partition_property(partition, table, "in_memory", STR("false")));
    cells[16] = text_u64(ctx->arena, partition->row_count);
}

Rc exec_show_partitions(Ctx *ctx, Execution *x)
{
    TextColumn columns[] = {
        {"PartitionId", TYPE_VARCHAR},        {"PartitionName", TYPE_VARCHAR},
        {"VisibleVersion", TYPE_VARCHAR},     {"VisibleVersionTime", TYPE_VARCHAR},
        {"VisibleVersionHash", TYPE_VARCHAR}, {"State", TYPE_VARCHAR},
        {"PartitionKey", TYPE_VARCHAR},       {"Range", TYPE_VARCHAR},
        {"DistributionKey", TYPE_VARCHAR},    {"Buckets", TYPE_VARCHAR},
        {"ReplicationNum", TYPE_VARCHAR},     {"StorageMedium", TYPE_VARCHAR},
        {"CooldownTime", TYPE_VARCHAR},       {"LastConsistencyCheckTime", TYPE_VARCHAR},
        {"DataSize", TYPE_VARCHAR},           {"IsInMemory", TYPE_VARCHAR},
        {"RowCount", TYPE_VARCHAR},
    };
    FoundTable found;
    ClaimList claims;
    const ShowStatement *show = &x->stmt->show;
    TRY(exec_analyzing(ctx, exec_table(ctx, x, show->name, &found)));
    TRY(catalog_claims(ctx, x->instance->catalog, &claims.at, &claims.count));
    if (found.table->def->method == PARTITION_LIST) columns[7].name = "List";
    ShowRows rows = SHOW_ROWS(columns);
    for (size_t i = 0; i < found.table->partition_count; i++) {
        const Partition *partition = found.table->partitions[i];
        if (partition->def->is_temporary != show->is_temporary) continue;
        Str *cells = show_rows_add(ctx, &rows);
        fill_partition(ctx, &found, partition, cells);
        cells[5] = partition_state(&claims, &found, partition->def->name);
        if (str_eq(cells[5], STR("NORMAL"))) cells[5] = exempt_state(ctx, partition->def);
    }
    return show_rows_send(ctx, x, show, &rows);
}

// Tables have no indexes yet.
static void add_indexes(Ctx *ctx, const TableDef *def, ShowRows *rows)
{
    for (size_t i = 0; i < def->index_count; i++) {
        const IndexDef *index = &def->indexes[i];
        Str *cells = show_rows_add(ctx, rows);
        for (size_t k = 0; k < rows->column_count; k++) cells[k] = STR("");
        cells[0] = def->name;
        cells[2] = index->name;
        cells[4] = schema_column(table_current_schema(def), index->columns[0])->name;
        cells[10] = str_printf(ctx->arena, "%.*s%.*s", STR_ARG(index->type),
                               STR_ARG(ddl_index_properties(ctx->arena, index)));
        cells[11] = index->comment;
    }
}

Rc exec_show_index(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Table", TYPE_VARCHAR},        {"Non_unique", TYPE_VARCHAR},  {"Key_name", TYPE_VARCHAR},
        {"Seq_in_index", TYPE_VARCHAR}, {"Column_name", TYPE_VARCHAR}, {"Collation", TYPE_VARCHAR},
        {"Cardinality", TYPE_VARCHAR},  {"Sub_part", TYPE_VARCHAR},    {"Packed", TYPE_VARCHAR},
        {"Null", TYPE_VARCHAR},         {"Index_type", TYPE_VARCHAR},  {"Comment", TYPE_VARCHAR},
    };
    AnyTable any;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    QName name = join_names(ctx, x->stmt->show.name, x->stmt->show.database);
    TRY(exec_analyzing(ctx, find_any_table(ctx, x, name, &any)));
    if (any.table) add_indexes(ctx, any.table->def, &rows);
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}
