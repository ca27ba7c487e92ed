/*
 * exec/show_dynamic: SHOW DYNAMIC PARTITION TABLES.
 *
 * Source  StarRocks' ShowExecutor.visitShowDynamicPartitionStatement: columns and their texts.
 * Errors  NO_DATABASE, UNKNOWN_DATABASE (in the analyzing envelope).   Threads  the session's.
 */
#include "exec/dynamic.h"
#include "exec/handlers.h"
#include "exec/showrows.h"
#include "schema/dynamic.h"

static const TextColumn COLUMNS[] = {
    {"TableName", TYPE_VARCHAR},
    {"Enable", TYPE_VARCHAR},
    {"TimeUnit", TYPE_VARCHAR},
    {"Start", TYPE_VARCHAR},
    {"End", TYPE_VARCHAR},
    {"Prefix", TYPE_VARCHAR},
    {"Buckets", TYPE_VARCHAR},
    {"ReplicationNum", TYPE_VARCHAR},
    {"StartOf", TYPE_VARCHAR},
    {"LastUpdateTime", TYPE_VARCHAR},
    {"LastSchedulerTime", TYPE_VARCHAR},
    {"State", TYPE_VARCHAR},
    {"LastCreatePartitionMsg", TYPE_VARCHAR},
    {"LastDropPartitionMsg", TYPE_VARCHAR},
    {"InScheduler", TYPE_VARCHAR},
};

// MONDAY for weeks, 5th for months, nothing else.
static Str start_of(Ctx *ctx, const DynamicPartitions *dynamic)
{
    static const char *const DAYS[] = {"MONDAY", "TUESDAY",  "WEDNESDAY", "THURSDAY",
                                       "FRIDAY", "SATURDAY", "SUNDAY"};
    long long day = (long long)dynamic->day_of_month;
    const char *ending = day % 10 == 1 && day != 11   ? "st"
                         : day % 10 == 2 && day != 12 ? "nd"
                         : day % 10 == 3 && day != 13 ? "rd"
                                                      : "th";
    if (dynamic->unit == DYNAMIC_WEEK) return str_from(DAYS[dynamic->day_of_week - 1]);
    if (dynamic->unit == DYNAMIC_MONTH) return str_printf(ctx->arena, "%lld%s", day, ending);
    return STR("N/A");
}

static Str time_or_null(Ctx *ctx, int64_t wall_ms)
{
    Str text = text_time(ctx->arena, wall_ms);
    return text.ptr ? text : STR("NULL");
}

static void add_table(Ctx *ctx, Execution *x, const TableDef *def, const DynamicPartitions *dynamic,
                      ShowRows *rows)
{
    Str *cells = show_rows_add(ctx, rows);
    DynamicState state = dynamic_state(x->instance->dynamic, ctx->arena, def->id);
    Str replicas = properties_get(def->properties, def->property_count, "replication_num");
    cells[0] = def->name;
    cells[1] = dynamic->is_on ? STR("true") : STR("false");
    cells[2] = str_from(dynamic_unit_name(dynamic->unit));
    cells[3] = text_i64(ctx->arena, dynamic->start);
    cells[4] = text_i64(ctx->arena, dynamic->end);
    cells[5] = dynamic->prefix;
    cells[6] = text_u64(ctx->arena, dynamic->buckets ? dynamic->buckets : def->bucket_num);
    cells[7] = dynamic->replicas ? text_u64(ctx->arena, dynamic->replicas) : replicas;
    cells[8] = start_of(ctx, dynamic);
    cells[9] = time_or_null(ctx, state.updated_ms);
    cells[10] = time_or_null(ctx, state.scheduled_ms);
    cells[11] = state.failure.len > 0 ? STR("ERROR") : STR("NORMAL");
    cells[12] = state.failure.len > 0 ? state.failure : STR("NULL");
    cells[13] = STR("NULL");
    cells[14] = dynamic->is_on ? STR("TRUE") : STR("FALSE");
}

Rc exec_show_dynamic_tables(Ctx *ctx, Execution *x)
{
    const Database *database = NULL;
    const ShowStatement *show = &x->stmt->show;
    ShowRows rows = SHOW_ROWS(COLUMNS);
    TRY(exec_analyzing(ctx, exec_database(ctx, x, show->name, &database)));
    for (size_t i = 0; i < database->table_count; i++) {
        DynamicPartitions dynamic;
        const TableDef *def = database->tables[i]->def;
        if (dynamic_read(def, &dynamic)) add_table(ctx, x, def, &dynamic, &rows);
    }
    return show_rows_send(ctx, x, show, &rows);
}
