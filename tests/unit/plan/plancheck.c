/*
 * A catalog snapshot made by hand, and plans as text.
 */
#include "plancheck.h"
#include "base/vec.h"
#include "plan/expr_type.h"
#include "sql/sql.h"

typedef struct ColumnSpec {
    const char *name;
    Type type;
    bool is_not_null;
    DefaultKind default_kind;
    const char *default_text;
} ColumnSpec;
#define COLUMN(name_, ...)                     \
    {                                          \
        .name = name_, .type = { __VA_ARGS__ } \
    }

static const ColumnSpec T[] = {
    COLUMN("a", .kind = TYPE_INT),
    COLUMN("b", .kind = TYPE_VARCHAR, .len = 20),
    COLUMN("c", .kind = TYPE_DECIMAL, .precision = 10, .scale = 2),
    COLUMN("dt", .kind = TYPE_DATE),
    COLUMN("ts", .kind = TYPE_DATETIME),
    COLUMN("f", .kind = TYPE_DOUBLE),
    COLUMN("g", .kind = TYPE_LARGEINT),
    COLUMN("h", .kind = TYPE_BOOLEAN),
    COLUMN("i", .kind = TYPE_BIGINT),
    COLUMN("j", .kind = TYPE_CHAR, .len = 3),
    COLUMN("k", .kind = TYPE_VARBINARY, .len = 8),
    COLUMN("l", .kind = TYPE_TINYINT),
    COLUMN("m", .kind = TYPE_SMALLINT),
    COLUMN("n", .kind = TYPE_FLOAT),
};
static const ColumnSpec U[] = {COLUMN("a", .kind = TYPE_INT),
                               COLUMN("x", .kind = TYPE_VARCHAR, .len = 10)};
static const ColumnSpec R[] = {COLUMN("day", .kind = TYPE_DATE), COLUMN("v", .kind = TYPE_INT)};
static const ColumnSpec N[] = {COLUMN("k", .kind = TYPE_INT)};
static const ColumnSpec L[] = {COLUMN("city", .kind = TYPE_VARCHAR, .len = 10),
                               COLUMN("v", .kind = TYPE_INT)};
static const ColumnSpec INS[] = {
    {.name = "a", .type = {.kind = TYPE_INT}, .is_not_null = true},
    {.name = "b",
     .type = {.kind = TYPE_VARCHAR, .len = 5},
     .default_kind = DEFAULT_LITERAL,
     .default_text = "x"},
    COLUMN("c", .kind = TYPE_DATE),
    {.name = "s",
     .type = {.kind = TYPE_TINYINT},
     .default_kind = DEFAULT_LITERAL,
     .default_text = "7"},
    {.name = "w",
     .type = {.kind = TYPE_DATETIME},
     .default_kind = DEFAULT_CURRENT_TIMESTAMP,
     .default_text = ""},
};
static const ColumnSpec AGG[] = {
    COLUMN("k", .kind = TYPE_INT),    COLUMN("j", .kind = TYPE_INT),
    COLUMN("s", .kind = TYPE_BIGINT), COLUMN("lo", .kind = TYPE_INT),
    COLUMN("hi", .kind = TYPE_INT),   COLUMN("r", .kind = TYPE_INT),
};
static const char *const AGGREGATIONS[] = {NULL, NULL, "SUM", "MIN", "MAX", "REPLACE"};
static const ColumnSpec E_T[] = {COLUMN("a", .kind = TYPE_INT)};

typedef struct PartitionSpec {
    const char *name;
    const char *values[3];  // RANGE: lower, upper (NULL: MIN, MAX); LIST: values ("-": NULL)
} PartitionSpec;

static Table *new_table(Ctx *t, const char *name, const ColumnSpec *specs, size_t count)
{
    Table *table = ARENA_NEW(t->arena, Table);
    TableDef *def = ARENA_NEW(t->arena, TableDef);
    Schema *schema = ARENA_NEW(t->arena, Schema);
    def->name = str_from(name);
    schema->id = 1;
    schema->column_count = count;
    schema->columns = ARENA_ARRAY(t->arena, Column, count);
    for (size_t i = 0; i < count; i++)
        schema->columns[i] = (Column){.id = (uint32_t)i + 1,
                                      .file_id = (uint32_t)i + 1,
                                      .name = str_from(specs[i].name),
                                      .type = specs[i].type,
                                      .is_nullable = !specs[i].is_not_null,
                                      .default_kind = specs[i].default_kind,
                                      .default_text = str_from(specs[i].default_text)};
    def->schema_count = 1;
    def->schemas = schema;
    table->def = def;
    return table;
}

static Bound range_bound(const char *text, BoundKind otherwise)
{
    return text != NULL ? (Bound){BOUND_VALUE, str_from(text)} : (Bound){otherwise, STR_NONE};
}

static void set_partitions(Ctx *t, Table *table, PartitionMethod method, const PartitionSpec *specs,
                           size_t count)
{
    TableDef *def = (TableDef *)(uintptr_t)table->def;
    def->method = method;
    def->partition_column_count = method == PARTITION_NONE ? 0 : 1;
    def->partition_columns = ARENA_NEW(t->arena, uint32_t);
    def->partition_columns[0] = 1;
    table->partition_count = count;
    table->partitions = ARENA_ARRAY(t->arena, Partition *, count);
    for (size_t i = 0; i < count; i++) {
        PartitionDef *made = ARENA_NEW(t->arena, PartitionDef);
        made->id = i + 1;
        made->name = str_from(specs[i].name);
        made->width = def->partition_column_count;
        made->lower = ARENA_ARRAY(t->arena, Bound, 1);
        made->upper = ARENA_ARRAY(t->arena, Bound, 1);
        made->lower[0] = range_bound(specs[i].values[0], BOUND_MIN);
        made->upper[0] = range_bound(specs[i].values[1], BOUND_MAX);
        made->list = ARENA_ARRAY(t->arena, Bound, 3);
        for (; made->list_count < 3 && specs[i].values[made->list_count] != NULL;
             made->list_count++) {
            const char *text = specs[i].values[made->list_count];
            bool is_null = str_eq(str_from(text), STR("-"));
            made->list[made->list_count] =
                (Bound){BOUND_VALUE, is_null ? STR_NONE : str_from(text)};
        }
        table->partitions[i] = ARENA_NEW(t->arena, Partition);
        table->partitions[i]->def = made;
    }
}

static Database *new_database(Ctx *t, const char *name, Table **tables, size_t count)
{
    Database *database = ARENA_NEW(t->arena, Database);
    DatabaseDef *def = ARENA_NEW(t->arena, DatabaseDef);
    def->name = str_from(name);
    database->def = def;
    database->tables = tables;
    database->table_count = count;
    return database;
}

static void set_aggregations(Table *table)
{
    TableDef *def = (TableDef *)(uintptr_t)table->def;
    def->keys = KEYS_AGGREGATE;
    for (size_t i = 0; i < COUNT_OF(AGGREGATIONS); i++) {
        def->schemas[0].columns[i].is_key = AGGREGATIONS[i] == NULL;
        def->schemas[0].columns[i].aggregation = str_from(AGGREGATIONS[i]);
    }
}

static const PartitionSpec ALL[] = {{"t", {NULL}}};
static const PartitionSpec R_PARTS[] = {{"p1", {NULL, "2024-01-01"}},
                                        {"p2", {"2024-01-01", "2024-02-01"}},
                                        {"p3", {"2024-02-01", "2024-03-01"}},
                                        {"p4", {"2024-03-01", NULL}}};
static const PartitionSpec N_PARTS[] = {
    {"n1", {"0", "10"}}, {"n2", {"10", "20"}}, {"n3", {"20", "30"}}};
static const PartitionSpec L_PARTS[] = {
    {"east", {"tokyo", "sendai"}}, {"west", {"osaka"}}, {"none", {"-"}}};

static const CatalogSnapshot *new_snapshot(Ctx *t)
{
    // By name, as the catalog keeps them.
    Table **tables = ARENA_ARRAY(t->arena, Table *, 7);
    tables[6] = new_table(t, "u", U, COUNT_OF(U));
    tables[0] = new_table(t, "agg", AGG, COUNT_OF(AGG));
    set_aggregations(tables[0]);
    tables[1] = new_table(t, "ins", INS, COUNT_OF(INS));
    tables[2] = new_table(t, "l", L, COUNT_OF(L));
    tables[3] = new_table(t, "n", N, COUNT_OF(N));
    tables[4] = new_table(t, "r", R, COUNT_OF(R));
    tables[5] = new_table(t, "t", T, COUNT_OF(T));
    for (size_t i = 0; i < 7; i++) set_partitions(t, tables[i], PARTITION_NONE, ALL, 1);
    set_partitions(t, tables[2], PARTITION_LIST, L_PARTS, COUNT_OF(L_PARTS));
    set_partitions(t, tables[3], PARTITION_RANGE, N_PARTS, COUNT_OF(N_PARTS));
    set_partitions(t, tables[4], PARTITION_RANGE, R_PARTS, COUNT_OF(R_PARTS));
    Table **others = ARENA_ARRAY(t->arena, Table *, 1);
    others[0] = new_table(t, "t", E_T, COUNT_OF(E_T));
    set_partitions(t, others[0], PARTITION_NONE, ALL, 1);
    CatalogSnapshot *snapshot = ARENA_NEW(t->arena, CatalogSnapshot);
    snapshot->database_count = 2;
    snapshot->databases = ARENA_ARRAY(t->arena, Database *, 2);
    snapshot->databases[0] = new_database(t, "d", tables, 7);
    snapshot->databases[1] = new_database(t, "e", others, 1);
    return snapshot;
}

static bool variable(void *handle, Str name, PlanVariable kind, Str *out, Type *type)
{
    (void)handle;
    *type = typing_of(TYPE_VARCHAR);
    bool is_system = kind != PLAN_VARIABLE_USER;
    if (is_system && str_eq(name, STR("version")))
        *out = STR("8.0.33");
    else if (!is_system && str_eq(name, STR("x")))
        *out = STR("it's");
    else
        return false;
    return true;
}

static Rc files_columns(void *handle, Ctx *ctx, const Property *properties, size_t count,
                        VirtualTable *out)
{
    static const SinkColumn COLUMNS[] = {
        {.name = STR_INIT("id"), .type = {.kind = TYPE_BIGINT}},
        {.name = STR_INIT("na\"me"), .type = {.kind = TYPE_VARCHAR, .len = 65533}}};
    (void)handle;
    if (count == 0 || !str_eq(properties[0].key, STR("path")))
        return FAIL(ctx, SEMANTIC, STR_ARG(STR("path")));
    *out = (VirtualTable){STR("files"), COLUMNS, 2};
    return RC_OK;
}

PlanEnv plan_env(Ctx *t)
{
    static const SinkColumn JOBS[] = {
        {.name = STR_INIT("id"), .type = {.kind = TYPE_BIGINT}},
        {.name = STR_INIT("label"), .type = {.kind = TYPE_VARCHAR, .len = 64}}};
    static const VirtualTable VIRTUAL[] = {{STR_INIT("jobs"), JOBS, 2}};
    return (PlanEnv){.snapshot = new_snapshot(t),
                     .database = STR("d"),
                     .user = STR("'root'@'%'"),
                     .connection_id = 9,
                     .zone = STR("Asia/Tokyo"),
                     .now_ms = 1705285805123,  // 2024-01-15 02:30:05.123 UTC
                     .variable = variable,
                     .virtual_tables = VIRTUAL,
                     .virtual_table_count = 1,
                     .files_columns = files_columns};
}

static Statement *parse(Ctx *t, const char *sql)
{
    Statement *statement;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, str_from(sql), &statement, &consumed));
    return statement;
}

static void put_scan(Buf *out, const Scan *scan)
{
    buf_add_byte(out, '{');
    if (scan->kind == SCAN_VIRTUAL) buf_printf(out, "%.*s", STR_ARG(scan->virtual_name));
    if (scan->kind == SCAN_FILES) buf_printf(out, "%.*s", STR_ARG(scan->properties[0].value));
    if (scan->kind == SCAN_TABLE) buf_printf(out, "%.*s:", STR_ARG(scan->table->def->name));
    for (size_t i = 0; i < scan->column_count; i++)
        buf_printf(out, "%s%.*s", i ? "," : "", STR_ARG(scan->columns[i]->name));
    bool is_pruned =
        scan->kind == SCAN_TABLE && scan->partition_count < scan->table->partition_count;
    for (size_t i = 0; is_pruned && i < scan->partition_count; i++)
        buf_printf(out, "%s%.*s", i ? "," : "|", STR_ARG(scan->partitions[i]->def->name));
    if (is_pruned && scan->partition_count == 0) buf_add_byte(out, '|');
    buf_add_byte(out, '}');
}

static Str plan_text(Ctx *t, const EngineQuery *plan)
{
    Buf buf = buf_new(t->arena);
    for (size_t i = 0; i <= plan->scan_count; i++) {
        buf_add(&buf, plan->pieces[i]);
        if (i < plan->scan_count) put_scan(&buf, &plan->scans[i]);
    }
    return buf_str(&buf);
}

static Rc plan_any(Ctx *t, const PlanEnv *env, const char *sql, EngineQuery **out)
{
    const Statement *statement = parse(t, sql);
    CHECK_INT(STMT_QUERY, statement->kind);
    return plan_query(t, env, statement->query, out);
}

Rc plan_fails_in(Ctx *t, const PlanEnv *env, const char *sql)
{
    EngineQuery *plan;
    return plan_any(t, env, sql, &plan);
}

Rc plan_fails(Ctx *t, const char *sql)
{
    PlanEnv env = plan_env(t);
    return plan_fails_in(t, &env, sql);
}

EngineQuery *plan_of(Ctx *t, const char *sql)
{
    EngineQuery *plan = NULL;
    PlanEnv env = plan_env(t);
    CHECK_RC(RC_OK, plan_any(t, &env, sql, &plan));
    return plan;
}

Str plan_sql(Ctx *t, const char *sql)
{
    return plan_text(t, plan_of(t, sql));
}

static EngineQuery *plan_item(Ctx *t, const char *expr)
{
    return plan_of(t, str_z(t->arena, str_printf(t->arena, "SELECT %s FROM t", expr)));
}

// Between "SELECT " and " AS x1"; columns without the relation's name.
Str plan_expr(Ctx *t, const char *expr)
{
    Str text = plan_text(t, plan_item(t, expr));
    ptrdiff_t end = str_find(text, STR(" AS x1"));
    CHECK(end > 7);
    text = str_sub(text, 7, (size_t)end - 7);
    Buf buf = buf_new(t->arena);
    for (size_t i = 0; i < text.len; i++) {
        bool is_column = str_starts(str_sub(text, i, text.len), STR("r1.c"));
        if (is_column) i += 3;
        buf_add_byte(&buf, text.ptr[i]);
    }
    return buf_str(&buf);
}

Str plan_type(Ctx *t, const char *expr)
{
    EngineQuery *plan = plan_item(t, expr);
    CHECK_INT(1, plan->column_count);
    return type_text(t->arena, plan->columns[0].type);
}

static Rc plan_any_insert(Ctx *t, const char *sql, InsertPlan **out)
{
    PlanEnv env = plan_env(t);
    const Statement *statement = parse(t, sql);
    CHECK_INT(STMT_INSERT, statement->kind);
    return plan_insert(t, &env, statement->insert, out);
}

Rc plan_insert_fails(Ctx *t, const char *sql)
{
    InsertPlan *plan;
    return plan_any_insert(t, sql, &plan);
}

InsertPlan *plan_insert_of(Ctx *t, const char *sql)
{
    InsertPlan *plan = NULL;
    CHECK_RC(RC_OK, plan_any_insert(t, sql, &plan));
    return plan;
}

Str plan_insert_sql(Ctx *t, const char *sql)
{
    return plan_text(t, plan_insert_of(t, sql)->query);
}

Str plan_partitions(Ctx *t, const char *sql)
{
    EngineQuery *plan = plan_of(t, sql);
    CHECK_INT(1, plan->scan_count);
    const Scan *scan = &plan->scans[0];
    Buf buf = buf_new(t->arena);
    for (size_t i = 0; i < scan->partition_count; i++)
        buf_printf(&buf, "%s%.*s", i ? " " : "", STR_ARG(scan->partitions[i]->def->name));
    return buf_str(&buf);
}
