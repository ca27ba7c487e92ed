/*
 * exec/infoschema: information_schema: which tables there are, and how their rows get into a
 * query.
 *
 * Form    the rows of the moment are gathered as texts and written into the engine's SQL as
 *         VALUES, each column cast to its type. Only tables that a query names are gathered.
 * Source  MySQL's columns as StarRocks has them (statements.md 14.9); backup_jobs and restore_jobs
 *         are ours.
 * Errors  those of the gathering functions.   Threads  the session's.
 */
#include "exec/infoschema.h"
#include "base/vec.h"
#include "exec/jobrows.h"
#include "exec/variables.h"

#define TEXT(name_)                                                                      \
    {                                                                                    \
        .name = STR_INIT(name_), .type = {.kind = TYPE_VARCHAR, .len = TYPE_STRING_LEN } \
    }
#define NUMBER(name_)                                           \
    {                                                           \
        .name = STR_INIT(name_), .type = {.kind = TYPE_BIGINT } \
    }
#define TIME(name_)                                               \
    {                                                             \
        .name = STR_INIT(name_), .type = {.kind = TYPE_DATETIME } \
    }

// ------------------------------------------------------------------- tables that are a fixed list

static const SinkColumn CHARACTER_SETS[] = {TEXT("CHARACTER_SET_NAME"),
                                            TEXT("DEFAULT_COLLATE_NAME"), TEXT("DESCRIPTION"),
                                            NUMBER("MAXLEN")};
static const SinkColumn COLLATIONS[] = {TEXT("COLLATION_NAME"), TEXT("CHARACTER_SET_NAME"),
                                        NUMBER("ID"),           TEXT("IS_DEFAULT"),
                                        TEXT("IS_COMPILED"),    NUMBER("SORTLEN")};
static const SinkColumn ENGINES[] = {TEXT("ENGINE"),       TEXT("SUPPORT"), TEXT("COMMENT"),
                                     TEXT("TRANSACTIONS"), TEXT("XA"),      TEXT("SAVEPOINTS")};

static Rc rows_character_sets(Ctx *ctx, Execution *x, ShowRows *out)
{
    static const Str ROW[] = {STR_INIT("utf8"), STR_INIT("utf8_general_ci"),
                              STR_INIT("UTF-8 Unicode"), STR_INIT("3")};
    (void)x;
    memcpy(show_rows_add(ctx, out), ROW, sizeof(ROW));
    return RC_OK;
}

static Rc rows_collations(Ctx *ctx, Execution *x, ShowRows *out)
{
    static const Str ROW[] = {STR_INIT("utf8_general_ci"),
                              STR_INIT("utf8"),
                              STR_INIT("33"),
                              STR_INIT("Yes"),
                              STR_INIT("Yes"),
                              STR_INIT("1")};
    (void)x;
    memcpy(show_rows_add(ctx, out), ROW, sizeof(ROW));
    return RC_OK;
}

static Rc rows_engines(Ctx *ctx, Execution *x, ShowRows *out)
{
    static const Str ROW[] = {STR_INIT("OLAP"), STR_INIT("YES"), STR_INIT("Default storage engine"),
                              STR_INIT("NO"),   STR_INIT("NO"),  STR_INIT("NO")};
    (void)x;
    memcpy(show_rows_add(ctx, out), ROW, sizeof(ROW));
    return RC_OK;
}

static Rc rows_none(Ctx *ctx, Execution *x, ShowRows *out)
{
    (void)ctx;
    (void)x;
    (void)out;
    return RC_OK;
}

// ---------------------------------------------------------------------- variables and processes

static const SinkColumn VARIABLES[] = {TEXT("VARIABLE_NAME"), TEXT("VARIABLE_VALUE")};
static const SinkColumn PROCESSLIST[] = {
    NUMBER("ID"),  TEXT("USER"),    TEXT("HOST"),
    TEXT("DB"),    TEXT("COMMAND"), NUMBER("TIME"),
    TEXT("STATE"), TEXT("INFO"),    TIME("CONNECTION_START_TIME")};

static void add_variables(Ctx *ctx, Execution *x, VariableScope scope, ShowRows *out)
{
    for (size_t i = 0; i < variable_count(); i++) {
        VariableValue value = {0};
        Str *cells = show_rows_add(ctx, out);
        cells[0] = variable_name(i);
        must(variable_get(x->session->variables, ctx->arena, cells[0], scope, &value));
        cells[1] = variable_text(cells[0], value.text);
    }
}

static Rc rows_global_variables(Ctx *ctx, Execution *x, ShowRows *out)
{
    add_variables(ctx, x, VARIABLE_GLOBAL, out);
    return RC_OK;
}

static Rc rows_session_variables(Ctx *ctx, Execution *x, ShowRows *out)
{
    add_variables(ctx, x, VARIABLE_SESSION, out);
    return RC_OK;
}

static Rc rows_processlist(Ctx *ctx, Execution *x, ShowRows *out)
{
    size_t count;
    const SessionView *views = sessions_view(ctx->arena, x->instance, &count);
    for (size_t i = 0; i < count; i++) {
        bool is_running = views[i].command == COMMAND_QUERY;
        Str *cells = show_rows_add(ctx, out);
        cells[0] = text_u64(ctx->arena, views[i].id);
        cells[1] = views[i].user;
        cells[2] = views[i].client;
        cells[3] = views[i].database;
        cells[4] = is_running ? STR("Query") : STR("Sleep");
        cells[5] = text_i64(ctx->arena, views[i].seconds);
        cells[6] = is_running ? STR("OK") : STR("EOF");
        cells[7] = views[i].text;
        cells[8] = text_time(ctx->arena, views[i].connected_ms);
    }
    return RC_OK;
}

// ------------------------------------------------------------------- columns of what is not empty

#define AS_SINK_COLUMN(kind, name, field) kind(name),
static const SinkColumn BACKUP_JOBS[] = {BACKUP_JOBS_COLUMNS(AS_SINK_COLUMN)};
static const SinkColumn RESTORE_JOBS[] = {RESTORE_JOBS_COLUMNS(AS_SINK_COLUMN)};
static const SinkColumn COLUMNS[] = {
    TEXT("TABLE_CATALOG"),
    TEXT("TABLE_SCHEMA"),
    TEXT("TABLE_NAME"),
    TEXT("COLUMN_NAME"),
    NUMBER("ORDINAL_POSITION"),
    TEXT("COLUMN_DEFAULT"),
    TEXT("IS_NULLABLE"),
    TEXT("DATA_TYPE"),
    NUMBER("CHARACTER_MAXIMUM_LENGTH"),
    NUMBER("CHARACTER_OCTET_LENGTH"),
    NUMBER("NUMERIC_PRECISION"),
    NUMBER("NUMERIC_SCALE"),
    NUMBER("DATETIME_PRECISION"),
    TEXT("CHARACTER_SET_NAME"),
    TEXT("COLLATION_NAME"),
    TEXT("COLUMN_TYPE"),
    TEXT("COLUMN_KEY"),
    TEXT("EXTRA"),
    TEXT("PRIVILEGES"),
    TEXT("COLUMN_COMMENT"),
    NUMBER("COLUMN_SIZE"),
    NUMBER("DECIMAL_DIGITS"),
    TEXT("GENERATION_EXPRESSION"),
    NUMBER("SRS_ID"),
};
static const SinkColumn PARTITIONS_META[] = {
    TEXT("DB_NAME"),
    TEXT("TABLE_NAME"),
    TEXT("PARTITION_NAME"),
    NUMBER("PARTITION_ID"),
    NUMBER("COMPACT_VERSION"),
    NUMBER("VISIBLE_VERSION"),
    TIME("VISIBLE_VERSION_TIME"),
    NUMBER("NEXT_VERSION"),
    TEXT("PARTITION_KEY"),
    TEXT("PARTITION_VALUE"),
    TEXT("DISTRIBUTION_KEY"),
    NUMBER("BUCKETS"),
    NUMBER("REPLICATION_NUM"),
    TEXT("STORAGE_MEDIUM"),
    TEXT("COOLDOWN_TIME"),
    TEXT("LAST_CONSISTENCY_CHECK_TIME"),
    NUMBER("IS_IN_MEMORY"),
    NUMBER("IS_TEMP"),
    TEXT("DATA_SIZE"),
    NUMBER("ROW_COUNT"),
    TEXT("CONTENT_ID"),
    NUMBER("FILE_COUNT"),
    NUMBER("DATA_BYTES"),
};
static const SinkColumn BE_COMPACTIONS[] = {
    NUMBER("BE_ID"),
    NUMBER("CANDIDATES_NUM"),
    NUMBER("BASE_COMPACTION_CONCURRENCY"),
    NUMBER("CUMULATIVE_COMPACTION_CONCURRENCY"),
    {.name = STR_INIT("LATEST_COMPACTION_SCORE"), .type = {.kind = TYPE_DOUBLE}},
    {.name = STR_INIT("CANDIDATE_MAX_SCORE"), .type = {.kind = TYPE_DOUBLE}},
    NUMBER("MANUAL_COMPACTION_CONCURRENCY"),
    NUMBER("MANUAL_COMPACTION_CANDIDATES_NUM"),
};
static const SinkColumn COMPACTIONS[] = {
    TEXT("DATABASE_NAME"),   TEXT("TABLE_NAME"),    TEXT("PARTITION_NAME"), NUMBER("PARTITION_ID"),
    NUMBER("FILE_COUNT"),    NUMBER("SMALL_FILES"), NUMBER("RUNS"),         NUMBER("MERGED_FILES"),
    NUMBER("WRITTEN_BYTES"), TIME("LAST_TIME"),     NUMBER("LAST_MS"),      NUMBER("FAILURES"),
    TEXT("ERROR"),
};
static const SinkColumn DAMAGED_FILES[] = {
    TEXT("DATABASE_NAME"), TEXT("TABLE_NAME"),   TEXT("PARTITION_NAME"), NUMBER("FILE_ID"),
    TEXT("PATH"),          NUMBER("SIZE_BYTES"), TIME("FOUND_TIME"),     TEXT("ERROR"),
};
static const SinkColumn MAINTENANCE[] = {
    TEXT("NAME"),          TEXT("STATE"),
    TIME("STARTED_TIME"),  TIME("FINISHED_TIME"),
    NUMBER("FILES_TOTAL"), NUMBER("FILES_DONE"),
    NUMBER("BYTES_TOTAL"), NUMBER("BYTES_DONE"),
    NUMBER("ERRORS"),      NUMBER("DELAYED_WRITES"),
    NUMBER("DELAYED_MS"),
};
static const SinkColumn SCHEMATA[] = {TEXT("CATALOG_NAME"), TEXT("SCHEMA_NAME"),
                                      TEXT("DEFAULT_CHARACTER_SET_NAME"),
                                      TEXT("DEFAULT_COLLATION_NAME"), TEXT("SQL_PATH")};
static const SinkColumn TABLES[] = {
    TEXT("TABLE_CATALOG"),
    TEXT("TABLE_SCHEMA"),
    TEXT("TABLE_NAME"),
    TEXT("TABLE_TYPE"),
    TEXT("ENGINE"),
    NUMBER("VERSION"),
    TEXT("ROW_FORMAT"),
    NUMBER("TABLE_ROWS"),
    NUMBER("AVG_ROW_LENGTH"),
    NUMBER("DATA_LENGTH"),
    NUMBER("MAX_DATA_LENGTH"),
    NUMBER("INDEX_LENGTH"),
    NUMBER("DATA_FREE"),
    NUMBER("AUTO_INCREMENT"),
    TIME("CREATE_TIME"),
    TIME("UPDATE_TIME"),
    TIME("CHECK_TIME"),
    TEXT("TABLE_COLLATION"),
    NUMBER("CHECKSUM"),
    TEXT("CREATE_OPTIONS"),
    TEXT("TABLE_COMMENT"),
};
static const SinkColumn TABLES_CONFIG[] = {
    TEXT("TABLE_SCHEMA"),   TEXT("TABLE_NAME"),      TEXT("TABLE_ENGINE"),
    TEXT("TABLE_MODEL"),    TEXT("PRIMARY_KEY"),     TEXT("PARTITION_KEY"),
    TEXT("DISTRIBUTE_KEY"), TEXT("DISTRIBUTE_TYPE"), NUMBER("DISTRIBUTE_BUCKET"),
    TEXT("SORT_KEY"),       TEXT("PROPERTIES"),      NUMBER("TABLE_ID"),
};

// --------------------------------------------- empty: asked for by tools, nothing of the kind here

static const SinkColumn KEY_COLUMN_USAGE[] = {
    TEXT("CONSTRAINT_CATALOG"),
    TEXT("CONSTRAINT_SCHEMA"),
    TEXT("CONSTRAINT_NAME"),
    TEXT("TABLE_CATALOG"),
    TEXT("TABLE_SCHEMA"),
    TEXT("TABLE_NAME"),
    TEXT("COLUMN_NAME"),
    NUMBER("ORDINAL_POSITION"),
    NUMBER("POSITION_IN_UNIQUE_CONSTRAINT"),
    TEXT("REFERENCED_TABLE_SCHEMA"),
    TEXT("REFERENCED_TABLE_NAME"),
    TEXT("REFERENCED_COLUMN_NAME"),
};
static const SinkColumn REFERENTIAL_CONSTRAINTS[] = {
    TEXT("CONSTRAINT_CATALOG"),
    TEXT("CONSTRAINT_SCHEMA"),
    TEXT("CONSTRAINT_NAME"),
    TEXT("UNIQUE_CONSTRAINT_CATALOG"),
    TEXT("UNIQUE_CONSTRAINT_SCHEMA"),
    TEXT("UNIQUE_CONSTRAINT_NAME"),
    TEXT("MATCH_OPTION"),
    TEXT("UPDATE_RULE"),
    TEXT("DELETE_RULE"),
    TEXT("TABLE_NAME"),
    TEXT("REFERENCED_TABLE_NAME"),
};
static const SinkColumn ROUTINES[] = {
    TEXT("SPECIFIC_NAME"), TEXT("ROUTINE_CATALOG"),    TEXT("ROUTINE_SCHEMA"),
    TEXT("ROUTINE_NAME"),  TEXT("ROUTINE_TYPE"),       TEXT("DTD_IDENTIFIER"),
    TEXT("ROUTINE_BODY"),  TEXT("ROUTINE_DEFINITION"), TEXT("ROUTINE_COMMENT"),
    TEXT("DEFINER"),
};
static const SinkColumn STATISTICS[] = {
    TEXT("TABLE_CATALOG"), TEXT("TABLE_SCHEMA"),  TEXT("TABLE_NAME"),     NUMBER("NON_UNIQUE"),
    TEXT("INDEX_SCHEMA"),  TEXT("INDEX_NAME"),    NUMBER("SEQ_IN_INDEX"), TEXT("COLUMN_NAME"),
    TEXT("COLLATION"),     NUMBER("CARDINALITY"), NUMBER("SUB_PART"),     TEXT("PACKED"),
    TEXT("NULLABLE"),      TEXT("INDEX_TYPE"),    TEXT("COMMENT"),
};
static const SinkColumn TABLE_CONSTRAINTS[] = {
    TEXT("CONSTRAINT_CATALOG"), TEXT("CONSTRAINT_SCHEMA"), TEXT("CONSTRAINT_NAME"),
    TEXT("TABLE_SCHEMA"),       TEXT("TABLE_NAME"),        TEXT("CONSTRAINT_TYPE"),
};
static const SinkColumn TRIGGERS[] = {
    TEXT("TRIGGER_CATALOG"),    TEXT("TRIGGER_SCHEMA"),      TEXT("TRIGGER_NAME"),
    TEXT("EVENT_MANIPULATION"), TEXT("EVENT_OBJECT_SCHEMA"), TEXT("EVENT_OBJECT_TABLE"),
    TEXT("ACTION_STATEMENT"),   TEXT("ACTION_TIMING"),
};
static const SinkColumn VIEWS[] = {
    TEXT("TABLE_CATALOG"),
    TEXT("TABLE_SCHEMA"),
    TEXT("TABLE_NAME"),
    TEXT("VIEW_DEFINITION"),
    TEXT("CHECK_OPTION"),
    TEXT("IS_UPDATABLE"),
    TEXT("DEFINER"),
    TEXT("SECURITY_TYPE"),
    TEXT("CHARACTER_SET_CLIENT"),
    TEXT("COLLATION_CONNECTION"),
};

// ------------------------------------------------------------------------------- the list of all

#define TABLE(name, columns)                       \
    {                                              \
        STR_INIT(name), columns, COUNT_OF(columns) \
    }
static const VirtualTable VIRTUAL_TABLES[] = {
    TABLE("backup_jobs", BACKUP_JOBS),
    TABLE("be_compactions", BE_COMPACTIONS),
    TABLE("character_sets", CHARACTER_SETS),
    TABLE("collations", COLLATIONS),
    TABLE("columns", COLUMNS),
    TABLE("compactions", COMPACTIONS),
    TABLE("damaged_files", DAMAGED_FILES),
    TABLE("engines", ENGINES),
    TABLE("global_variables", VARIABLES),
    TABLE("key_column_usage", KEY_COLUMN_USAGE),
    TABLE("maintenance", MAINTENANCE),
    TABLE("partitions_meta", PARTITIONS_META),
    TABLE("processlist", PROCESSLIST),
    TABLE("referential_constraints", REFERENTIAL_CONSTRAINTS),
    TABLE("restore_jobs", RESTORE_JOBS),
    TABLE("routines", ROUTINES),
    TABLE("schemata", SCHEMATA),
    TABLE("session_variables", VARIABLES),
    TABLE("statistics", STATISTICS),
    TABLE("table_constraints", TABLE_CONSTRAINTS),
    TABLE("tables", TABLES),
    TABLE("tables_config", TABLES_CONFIG),
    TABLE("triggers", TRIGGERS),
    TABLE("views", VIEWS),
};

// Beside VIRTUAL_TABLES.
static const VirtualRows GATHER[] = {
    virtual_rows_backup_jobs,
    virtual_rows_be_compactions,
    rows_character_sets,
    rows_collations,
    virtual_rows_columns,
    virtual_rows_compactions,
    virtual_rows_damaged_files,
    rows_engines,
    rows_global_variables,
    rows_none,
    virtual_rows_maintenance,
    virtual_rows_partitions_meta,
    rows_processlist,
    rows_none,
    virtual_rows_restore_jobs,
    rows_none,
    virtual_rows_schemata,
    rows_session_variables,
    rows_none,
    rows_none,
    virtual_rows_tables,
    virtual_rows_tables_config,
    rows_none,
    rows_none,
};
_Static_assert(COUNT_OF(GATHER) == COUNT_OF(VIRTUAL_TABLES), "one function per table");

const VirtualTable *virtual_tables(size_t *count)
{
    *count = COUNT_OF(VIRTUAL_TABLES);
    return VIRTUAL_TABLES;
}

const VirtualTable *virtual_table_find(Str name)
{
    for (size_t i = 0; i < COUNT_OF(VIRTUAL_TABLES); i++)
        if (str_eq_nocase(VIRTUAL_TABLES[i].name, name)) return &VIRTUAL_TABLES[i];
    return NULL;
}

// ------------------------------------------------------------------------------------------ fill

static void put_cast(Buf *out, const SinkColumn *column, const char *value)
{
    Str type = scan_engine_type(out->arena, column->type);
    buf_printf(out, "CAST(%s AS %.*s)", value, STR_ARG(type));
}

// (SELECT CAST(v1 AS BIGINT) AS c1, .. FROM (VALUES ('7', ..), ..) AS v(v1, ..))
static void put_rows(Buf *out, const VirtualTable *table, const ShowRows *rows)
{
    buf_add(out, STR("(SELECT "));
    for (size_t i = 0; i < table->column_count; i++) {
        Str value = str_printf(out->arena, "v%zu", i + 1);
        if (i > 0) buf_add(out, STR(", "));
        put_cast(out, &table->columns[i], rows->count > 0 ? str_z(out->arena, value) : "NULL");
        buf_printf(out, " AS c%zu", i + 1);
    }
    if (rows->count == 0) {
        buf_add(out, STR(" WHERE false)"));
        return;
    }
    buf_add(out, STR(" FROM (VALUES "));
    for (size_t row = 0; row < rows->count; row++) {
        buf_add_z(out, row > 0 ? ", (" : "(");
        for (size_t i = 0; i < table->column_count; i++) {
            if (i > 0) buf_add(out, STR(", "));
            if (rows->rows[row][i].ptr)
                engine_put_string(out, rows->rows[row][i]);
            else
                buf_add(out, STR("NULL"));
        }
        buf_add_byte(out, ')');
    }
    buf_add(out, STR(") AS v("));
    for (size_t i = 0; i < table->column_count; i++)
        buf_printf(out, "%sv%zu", i > 0 ? ", " : "", i + 1);
    buf_add(out, STR("))"));
}

Rc virtual_fill(Ctx *ctx, Execution *x, const Scan *scan, Buf *out)
{
    const VirtualTable *table = virtual_table_find(scan->virtual_name);
    must(table != NULL);
    ShowRows rows = {.column_count = table->column_count};
    TRY(GATHER[table - VIRTUAL_TABLES](ctx, x, &rows));
    put_rows(out, table, &rows);
    return RC_OK;
}
