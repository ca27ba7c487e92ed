/*
 * exec/show: what there is: databases, tables, catalogs.
 *
 * Source  StarRocks' ShowExecutor: columns and order; information_schema is a database like
 *         others.
 * Errors  NO_DATABASE, UNKNOWN_DATABASE (in the analyzing envelope).   Threads  the session's.
 */
#include "exec/handlers.h"
#include "exec/infoschema.h"
#include "exec/showrows.h"

// The catalog of SHOW DATABASES FROM; there is one.
static Rc check_catalog_name(Ctx *ctx, QName name)
{
    if (name.count == 0 || str_eq_nocase(name.parts[0], STR("default_catalog"))) return RC_OK;
    return FAIL(ctx, UNKNOWN_CATALOG, STR_ARG(name.parts[0]));
}

Rc exec_show_databases(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"Database", TYPE_VARCHAR}};
    static const Str VIRTUAL = STR_INIT("information_schema");
    ShowRows rows = SHOW_ROWS(COLUMNS);
    bool is_virtual_told = false;
    TRY(exec_analyzing(ctx, check_catalog_name(ctx, x->stmt->show.name)));
    for (size_t i = 0; i < x->snapshot->database_count; i++) {
        Str name = x->snapshot->databases[i]->def->name;
        if (!is_virtual_told && str_cmp(name, VIRTUAL) > 0) {
            show_rows_add(ctx, &rows)[0] = VIRTUAL;
            is_virtual_told = true;
        }
        show_rows_add(ctx, &rows)[0] = name;
    }
    if (!is_virtual_told) show_rows_add(ctx, &rows)[0] = VIRTUAL;
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

// The database that FROM names, or the current one. *out NULL: information_schema.
static Rc find_database(Ctx *ctx, Execution *x, Str *name, const Database **out)
{
    *out = NULL;
    TRY(exec_database_name(ctx, x, x->stmt->show.name, false, name));
    if (name_is_virtual(*name)) return RC_OK;
    return exec_database(ctx, x, x->stmt->show.name, out);
}

Rc exec_show_tables(Ctx *ctx, Execution *x)
{
    Str name;
    const Database *database;
    TRY(exec_analyzing(ctx, find_database(ctx, x, &name, &database)));
    const char *title = str_z(ctx->arena, str_printf(ctx->arena, "Tables_in_%.*s", STR_ARG(name)));
    const TextColumn columns[] = {{title, TYPE_VARCHAR}, {"Table_type", TYPE_VARCHAR}};
    ShowRows rows = {.columns = columns, .column_count = x->stmt->show.is_full ? 2 : 1};
    size_t count;
    const VirtualTable *tables = virtual_tables(&count);
    if (database) count = database->table_count;
    for (size_t i = 0; i < count; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = database ? database->tables[i]->def->name : tables[i].name;
        if (rows.column_count > 1) cells[1] = database ? STR("BASE TABLE") : STR("SYSTEM VIEW");
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

static void add_status(Ctx *ctx, const Table *table, ShowRows *rows)
{
    Str *cells = show_rows_add(ctx, rows);
    uint64_t rows_or_one = table->row_count ? table->row_count : 1;
    int64_t updated_ms = 0;
    for (size_t i = 0; i < table->partition_count; i++)
        if (table->partitions[i]->version_time_ms > updated_ms)
            updated_ms = table->partitions[i]->version_time_ms;
    cells[0] = table->def->name;
    cells[1] = STR("StarRocks");
    cells[3] = STR("");
    cells[4] = text_u64(ctx->arena, table->row_count);
    cells[5] = text_u64(ctx->arena, table->size_bytes / rows_or_one);
    cells[6] = text_u64(ctx->arena, table->size_bytes);
    cells[11] = text_time(ctx->arena, table->def->created_ms);
    cells[12] = text_time(ctx->arena, updated_ms);
    cells[14] = STR("utf8_general_ci");
    cells[17] = table->def->comment;
}

Rc exec_show_table_status(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Name", TYPE_VARCHAR},
        {"Engine", TYPE_VARCHAR},
        {"Version", TYPE_BIGINT},
        {"Row_format", TYPE_VARCHAR},
        {"Rows", TYPE_BIGINT},
        {"Avg_row_length", TYPE_BIGINT},
        {"Data_length", TYPE_BIGINT},
        {"Max_data_length", TYPE_BIGINT},
        {"Index_length", TYPE_BIGINT},
        {"Data_free", TYPE_BIGINT},
        {"Auto_increment", TYPE_BIGINT},
        {"Create_time", TYPE_DATETIME},
        {"Update_time", TYPE_DATETIME},
        {"Check_time", TYPE_DATETIME},
        {"Collation", TYPE_VARCHAR},
        {"Checksum", TYPE_BIGINT},
        {"Create_options", TYPE_VARCHAR},
        {"Comment", TYPE_VARCHAR},
    };
    Str name;
    const Database *database;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    TRY(exec_analyzing(ctx, find_database(ctx, x, &name, &database)));
    size_t count;
    const VirtualTable *tables = virtual_tables(&count);
    for (size_t i = 0; !database && i < count; i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = tables[i].name;
        cells[1] = STR("MEMORY");
        cells[17] = STR("");
    }
    for (size_t i = 0; database && i < database->table_count; i++)
        add_status(ctx, database->tables[i], &rows);
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

Rc exec_show_catalogs(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Catalog", TYPE_VARCHAR}, {"Type", TYPE_VARCHAR}, {"Comment", TYPE_VARCHAR}};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    Str *cells = show_rows_add(ctx, &rows);
    cells[0] = STR("default_catalog");
    cells[1] = STR("Internal");
    cells[2] = STR("An internal catalog contains this cluster's self-managed tables.");
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}
