/*
 * exec/show_server: about the server: variables, status, warnings, sessions, nodes, and lists that
 * never change.
 *
 * Source  StarRocks' ShowExecutor, BackendsProcDir, FrontendsProcNode: columns and their order.
 *         Frontend and backend are the same process here; ports that do not exist are told as 0.
 * Errors  those of showrows.   Threads  the session's.
 */
#include "base/vec.h"
#include "exec/handlers.h"
#include "exec/showrows.h"
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

// ------------------------------------------------------------------------------------- variables

Rc exec_show_variables(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"Variable_name", TYPE_VARCHAR}, {"Value", TYPE_VARCHAR}};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    const ShowStatement *show = &x->stmt->show;
    VariableScope scope = show->scope == SCOPE_GLOBAL ? VARIABLE_GLOBAL : VARIABLE_SESSION;
    for (size_t i = 0; i < variable_count(); i++) {
        VariableValue value = {0};
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = variable_name(i);
        must(variable_get(x->session->variables, ctx->arena, cells[0], scope, &value));
        cells[1] = variable_text(cells[0], value.text);
    }
    return show_rows_send(ctx, x, show, &rows);
}

Rc exec_show_status(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {{"Variable_name", TYPE_VARCHAR}, {"Value", TYPE_VARCHAR}};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    size_t sessions, running = 0;
    const SessionView *views = sessions_view(ctx->arena, x->instance, &sessions);
    for (size_t i = 0; i < sessions; i++) running += views[i].command == COMMAND_QUERY;
    TableStats stats = table_stats(x->instance->store);
    int64_t uptime_ms = clock_now_ms(ctx->clock) - x->instance->started_ms;
    const struct {
        const char *name;
        uint64_t value;
    } values[] = {
        {"Collected_files", stats.collected_files},
        {"Compacted_rowsets", stats.compacted_rowsets},
        {"Damaged_files", stats.damaged_files},
        {"Inserted_rowsets", stats.inserted_rowsets},
        {"Scrubbed_files", stats.scrubbed_files},
        {"Threads_connected", sessions},
        {"Threads_running", running},
        {"Uptime", uptime_ms > 0 ? (uint64_t)uptime_ms / 1000 : 0},
    };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = str_from(values[i].name);
        cells[1] = text_u64(ctx->arena, values[i].value);
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

Rc exec_show_warnings(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Level", TYPE_VARCHAR}, {"Code", TYPE_BIGINT}, {"Message", TYPE_VARCHAR}};
    static const char *const LEVELS[] = {
        [WARNING_NOTE] = "Note", [WARNING_WARNING] = "Warning", [WARNING_ERROR] = "Error"};
    ShowRows rows = SHOW_ROWS(COLUMNS);
    bool only_errors = x->stmt->kind == STMT_SHOW_ERRORS;
    for (const Warning *at = x->session->warnings; at; at = at->next) {
        if (only_errors && at->level != WARNING_ERROR) continue;
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = str_from(LEVELS[at->level]);
        cells[1] = text_u64(ctx->arena, at->mysql_number);
        cells[2] = at->text;
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

// -------------------------------------------------------------------------------------- sessions

enum { SHORT_INFO_BYTES = 100 };

// Not in the middle of a character.
static Str cut_text(Str text, size_t most)
{
    if (text.len <= most) return text;
    while (most > 0 && ((unsigned char)text.ptr[most] & 0xC0) == 0x80) most--;
    return str_sub(text, 0, most);
}

static int compare_sessions(const void *a, const void *b)
{
    const SessionView *left = a, *right = b;
    return (left->id > right->id) - (left->id < right->id);
}

Rc exec_show_processlist(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Id", TYPE_BIGINT},         {"User", TYPE_VARCHAR},
        {"Host", TYPE_VARCHAR},      {"Db", TYPE_VARCHAR},
        {"Command", TYPE_VARCHAR},   {"ConnectionStartTime", TYPE_VARCHAR},
        {"Time", TYPE_BIGINT},       {"State", TYPE_VARCHAR},
        {"Info", TYPE_VARCHAR},      {"IsPending", TYPE_VARCHAR},
        {"Warehouse", TYPE_VARCHAR},
    };
    ShowRows rows = SHOW_ROWS(COLUMNS);
    size_t count;
    SessionView *views = sessions_view(ctx->arena, x->instance, &count);
    qsort(views, count, sizeof(*views), compare_sessions);
    for (size_t i = 0; i < count; i++) {
        const SessionView *view = &views[i];
        bool is_running = view->command == COMMAND_QUERY;
        bool is_full = x->stmt->show.is_full;
        Str *cells = show_rows_add(ctx, &rows);
        cells[0] = text_u64(ctx->arena, view->id);
        cells[1] = view->user;
        cells[2] = view->client;
        cells[3] = view->database;
        cells[4] = is_running ? STR("Query") : STR("Sleep");
        cells[5] = text_time(ctx->arena, view->connected_ms);
        cells[6] = text_i64(ctx->arena, view->seconds);
        cells[7] = is_running ? STR("OK") : STR("EOF");
        cells[8] = is_full ? view->text : cut_text(view->text, SHORT_INFO_BYTES);
        cells[9] = STR("false");
        cells[10] = STR("default_warehouse");
    }
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

// ----------------------------------------------------------------------------------------- nodes

static Str place(Ctx *ctx, const Instance *instance)
{
    Str bind = instance->options.bind_address;
    if (bind.len == 0 || str_eq(bind, STR("localhost"))) return STR("127.0.0.1");
    return str_dup(ctx->arena, bind);
}

typedef struct DiskView {
    uint64_t total, free;
} DiskView;

static DiskView view_disk(Ctx *ctx, const Instance *instance)
{
    struct statvfs info;
    if (statvfs(str_z(ctx->arena, instance->options.data_dir), &info) != 0) return (DiskView){0};
    return (DiskView){(uint64_t)info.f_blocks * info.f_frsize,
                      (uint64_t)info.f_bavail * info.f_frsize};
}

static Str text_percent(Arena *arena, uint64_t part, uint64_t whole)
{
    double share = whole ? 100.0 * (double)part / (double)whole : 0;
    return str_printf(arena, "%.2f %%", share);
}

// Buckets are logical: a tablet is a bucket of a partition.
static uint64_t count_tablets(const CatalogSnapshot *snapshot, uint64_t *size_bytes)
{
    uint64_t tablets = 0;
    *size_bytes = 0;
    for (size_t d = 0; d < snapshot->database_count; d++) {
        const Database *database = snapshot->databases[d];
        for (size_t t = 0; t < database->table_count; t++) {
            const Table *table = database->tables[t];
            *size_bytes += table->size_bytes;
            for (size_t p = 0; p < table->partition_count; p++)
                tablets += table->partitions[p]->def->bucket_num;
        }
    }
    return tablets;
}

static void fill_backend(Ctx *ctx, const Execution *x, Str *cells)
{
    Arena *arena = ctx->arena;
    uint64_t data_bytes;
    uint64_t tablets = count_tablets(x->snapshot, &data_bytes);
    DiskView disk = view_disk(ctx, x->instance);
    struct sysinfo memory = {0};
    if (sysinfo(&memory) != 0) memory.mem_unit = 0;
    int64_t limit = x->instance->options.engine_memory_bytes;
    uint64_t memory_bytes = limit > 0 ? (uint64_t)limit : memory.totalram * memory.mem_unit;
    const Str values[] = {
        STR("10001"),
        place(ctx, x->instance),
        STR("0"),
        STR("0"),
        STR("0"),
        STR("0"),
        text_time(arena, x->instance->started_ms),
        text_time(arena, clock_now_ms(ctx->clock)),
        STR("true"),
        STR("false"),
        STR("false"),
        text_u64(arena, tablets),
        text_bytes(arena, data_bytes),
        text_bytes(arena, disk.free),
        text_bytes(arena, disk.total),
        text_percent(arena, disk.total - disk.free, disk.total),
        text_percent(arena, disk.total - disk.free, disk.total),
        STR(""),
        x->instance->options.version_comment,
        STR("{}"),
        text_bytes(arena, data_bytes + disk.free),
        text_percent(arena, data_bytes, data_bytes + disk.free),
        text_i64(arena, sysconf(_SC_NPROCESSORS_ONLN)),
        text_bytes(arena, memory_bytes),
    };
    memcpy(cells, values, sizeof(values));
}

Rc exec_show_backends(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"BackendId", TYPE_VARCHAR},
        {"IP", TYPE_VARCHAR},
        {"HeartbeatPort", TYPE_VARCHAR},
        {"BePort", TYPE_VARCHAR},
        {"HttpPort", TYPE_VARCHAR},
        {"BrpcPort", TYPE_VARCHAR},
        {"LastStartTime", TYPE_VARCHAR},
        {"LastHeartbeat", TYPE_VARCHAR},
        {"Alive", TYPE_VARCHAR},
        {"SystemDecommissioned", TYPE_VARCHAR},
        {"ClusterDecommissioned", TYPE_VARCHAR},
        {"TabletNum", TYPE_VARCHAR},
        {"DataUsedCapacity", TYPE_VARCHAR},
        {"AvailCapacity", TYPE_VARCHAR},
        {"TotalCapacity", TYPE_VARCHAR},
        {"UsedPct", TYPE_VARCHAR},
        {"MaxDiskUsedPct", TYPE_VARCHAR},
        {"ErrMsg", TYPE_VARCHAR},
        {"Version", TYPE_VARCHAR},
        {"Status", TYPE_VARCHAR},
        {"DataTotalCapacity", TYPE_VARCHAR},
        {"DataUsedPct", TYPE_VARCHAR},
        {"CpuCores", TYPE_VARCHAR},
        {"MemLimit", TYPE_VARCHAR},
    };
    ShowRows rows = SHOW_ROWS(COLUMNS);
    fill_backend(ctx, x, show_rows_add(ctx, &rows));
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

Rc exec_show_frontends(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"Id", TYPE_VARCHAR},
        {"Name", TYPE_VARCHAR},
        {"IP", TYPE_VARCHAR},
        {"EditLogPort", TYPE_VARCHAR},
        {"HttpPort", TYPE_VARCHAR},
        {"QueryPort", TYPE_VARCHAR},
        {"RpcPort", TYPE_VARCHAR},
        {"Role", TYPE_VARCHAR},
        {"ClusterId", TYPE_VARCHAR},
        {"Join", TYPE_VARCHAR},
        {"Alive", TYPE_VARCHAR},
        {"ReplayedJournalId", TYPE_VARCHAR},
        {"LastHeartbeat", TYPE_VARCHAR},
        {"IsHelper", TYPE_VARCHAR},
        {"ErrMsg", TYPE_VARCHAR},
        {"StartTime", TYPE_VARCHAR},
        {"Version", TYPE_VARCHAR},
    };
    ShowRows rows = SHOW_ROWS(COLUMNS);
    Uuid server = catalog_server_uuid(x->instance->catalog);
    VariableValue port = {0};
    must(variable_get(x->session->variables, ctx->arena, STR("port"), VARIABLE_GLOBAL, &port));
    Str ip = place(ctx, x->instance);
    const Str values[] = {
        STR("1"),
        str_printf(ctx->arena, "%.*s_%.*s", STR_ARG(ip), STR_ARG(port.text)),
        ip,
        STR("0"),
        STR("0"),
        port.text,
        STR("0"),
        STR("LEADER"),
        uuid_text(ctx->arena, server),
        STR("true"),
        STR("true"),
        text_u64(ctx->arena, x->snapshot->txn),
        text_time(ctx->arena, clock_now_ms(ctx->clock)),
        STR("true"),
        STR(""),
        text_time(ctx->arena, x->instance->started_ms),
        x->instance->options.version_comment,
    };
    memcpy(show_rows_add(ctx, &rows), values, sizeof(values));
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}

// ----------------------------------------------------------------------------------- fixed lists

enum { FIXED_WIDTH = 6 };
typedef struct FixedList {
    StatementKind kind;
    TextColumn columns[FIXED_WIDTH];
    size_t column_count;
    Str row[FIXED_WIDTH];
} FixedList;

static const FixedList FIXED[] = {
    {STMT_SHOW_ENGINES,
     {{"Engine", TYPE_VARCHAR},
      {"Support", TYPE_VARCHAR},
      {"Comment", TYPE_VARCHAR},
      {"Transactions", TYPE_VARCHAR},
      {"XA", TYPE_VARCHAR},
      {"Savepoints", TYPE_VARCHAR}},
     6,
     {STR_INIT("OLAP"), STR_INIT("YES"), STR_INIT("Default storage engine"), STR_INIT("NO"),
      STR_INIT("NO"), STR_INIT("NO")}},
    {STMT_SHOW_CHARSET,
     {{"Charset", TYPE_VARCHAR},
      {"Description", TYPE_VARCHAR},
      {"Default collation", TYPE_VARCHAR},
      {"Maxlen", TYPE_BIGINT}},
     4,
     {STR_INIT("utf8"), STR_INIT("UTF-8 Unicode"), STR_INIT("utf8_general_ci"), STR_INIT("3")}},
    {STMT_SHOW_COLLATION,
     {{"Collation", TYPE_VARCHAR},
      {"Charset", TYPE_VARCHAR},
      {"Id", TYPE_BIGINT},
      {"Default", TYPE_VARCHAR},
      {"Compiled", TYPE_VARCHAR},
      {"Sortlen", TYPE_BIGINT}},
     6,
     {STR_INIT("utf8_general_ci"), STR_INIT("utf8"), STR_INIT("33"), STR_INIT("Yes"),
      STR_INIT("Yes"), STR_INIT("1")}},
};

Rc exec_show_fixed(Ctx *ctx, Execution *x)
{
    const FixedList *list = FIXED;
    while (list->kind != x->stmt->kind) list++;
    ShowRows rows = {.columns = list->columns, .column_count = list->column_count};
    memcpy(show_rows_add(ctx, &rows), list->row, list->column_count * sizeof(Str));
    return show_rows_send(ctx, x, &x->stmt->show, &rows);
}
