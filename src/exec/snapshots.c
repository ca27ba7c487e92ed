/*
 * exec/snapshots: SHOW SNAPSHOT ON repository [WHERE ..].
 *
 * Source  StarRocks ShowSnapshotStmt and Repository.getSnapshotInfos. Other than there, an operator
 *         that is not `=` or IN is refused instead of being taken for `=`.
 * Errors  SEMANTIC in analysis, those of snap/.   Threads  the session's.
 */
#include "base/json.h"
#include "exec/backup.h"
#include "snap/repository.h"

typedef struct Wanted {
    size_t label_count;  // 0: all
    Str *labels;
    Str stamp;  // STR_NONE: not given; then there is one label
} Wanted;

// --- WHERE

static Rc bad_where(Ctx *ctx)
{
    return SAY(ctx, SEMANTIC,
               "Where clause should looks like: SNAPSHOT = 'your_snapshot_name'"
               " [AND TIMESTAMP = '2018-04-18-19-19-10']");
}

static bool is_column(const Expr *expr, Str name)
{
    return expr->kind == EXPR_COLUMN && expr->column.count == 1 &&
           str_eq_nocase(expr->column.parts[0], name);
}

static bool is_text(const Expr *expr)
{
    return expr->kind == EXPR_LITERAL && expr->literal.kind == LITERAL_STRING &&
           expr->literal.text.len > 0;
}

static Rc take_equal(Ctx *ctx, const Expr *expr, Wanted *out)
{
    bool is_equal =
        expr->kind == EXPR_BINARY && expr->binary.op == BINARY_EQ && is_text(expr->binary.right);
    if (!is_equal) return bad_where(ctx);
    Str text = expr->binary.right->literal.text;
    if (is_column(expr->binary.left, STR("SNAPSHOT")) && out->label_count == 0) {
        out->labels = ARENA_NEW(ctx->arena, Str);
        out->labels[out->label_count++] = text;
    } else if (is_column(expr->binary.left, STR("TIMESTAMP")) && !out->stamp.ptr) {
        out->stamp = text;
    } else {
        return bad_where(ctx);
    }
    return RC_OK;
}

static Rc take_list(Ctx *ctx, const Expr *expr, Wanted *out)
{
    if (!is_column(expr->in.arg, STR("SNAPSHOT")))
        return SAY(ctx, SEMANTIC, "Left expr of should be snapshot");
    if (expr->in.is_not || expr->in.query) return bad_where(ctx);
    out->labels = ARENA_ARRAY(ctx->arena, Str, expr->in.list.count);
    for (size_t i = 0; i < expr->in.list.count; i++) {
        if (!is_text(expr->in.list.at[i]))
            return SAY(ctx, SEMANTIC, "Child of in predicate should be string value");
        out->labels[out->label_count++] = expr->in.list.at[i]->literal.text;
    }
    return RC_OK;
}

static Rc read_where(Ctx *ctx, const Expr *where, Wanted *out)
{
    if (!where) return RC_OK;
    if (where->kind == EXPR_IN) return take_list(ctx, where, out);
    if (where->kind == EXPR_BINARY && where->binary.op == BINARY_AND) {
        TRY(take_equal(ctx, where->binary.left, out));
        TRY(take_equal(ctx, where->binary.right, out));
    } else {
        TRY(take_equal(ctx, where, out));
    }
    return out->label_count == 1 ? RC_OK : bad_where(ctx);
}

// --- the list

static Str join_stamps(Arena *arena, const SnapLabel *label)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < label->stamp_count; i++)
        buf_printf(&buf, "%s%.*s", i ? "\n" : "", STR_ARG(label->stamps[i]));
    return buf_str(&buf);
}

static Rc send_label(Ctx *ctx, Execution *x, const SnapLabel *label)
{
    const Str cells[] = {label->label, join_stamps(ctx->arena, label),
                         label->stamp_count ? STR("OK") : STR("ERROR: no snapshot")};
    return answer_row(ctx, x, cells);
}

static Rc send_list(Ctx *ctx, Execution *x, SnapRepository *repository, const Wanted *wanted)
{
    static const TextColumn COLUMNS[] = {
        {"Snapshot", TYPE_VARCHAR}, {"Timestamp", TYPE_VARCHAR}, {"Status", TYPE_VARCHAR}};
    SnapLabel *labels = NULL;
    size_t count = wanted->label_count;
    if (count == 0) {
        TRY(snap_list_labels(ctx, repository, &labels, &count));
    } else {
        labels = ARENA_ARRAY(ctx->arena, SnapLabel, count);
        for (size_t i = 0; i < count; i++)
            TRY(snap_look_up_label(ctx, repository, wanted->labels[i], &labels[i]));
    }
    TRY(answer_begin(ctx, x, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0])));
    for (size_t i = 0; i < count; i++) TRY(send_label(ctx, x, &labels[i]));
    return RC_OK;
}

// --- the details of one backup

static void put_name(Buf *buf, int depth, Str name)
{
    Buf text = buf_new(buf->arena);
    JsonWriter w = json_writer(&text);
    json_put_str(&w, NULL, name);
    buf_printf(buf, "%*s%.*s: ", depth, "", STR_ARG(buf_str(&text)));
}

static void put_text(Buf *buf, const char *key, Str value)
{
    Buf text = buf_new(buf->arena);
    JsonWriter w = json_writer(&text);
    json_put_str(&w, NULL, value);
    buf_printf(buf, " \"%s\": %.*s,\n", key, STR_ARG(buf_str(&text)));
}

static void put_table(Buf *buf, const SnapTable *table, bool is_last)
{
    put_name(buf, 2, table->def->name);
    buf_add(buf, STR("{\n"));
    if (table->auto_increment > 0)
        buf_printf(buf, "   \"autoIncrementId\": %lld,\n", (long long)table->auto_increment);
    buf_add(buf, STR("   \"partitions\": {"));
    for (size_t i = 0; i < table->partition_count; i++) {
        buf_add(buf, i ? STR(",\n") : STR("\n"));
        put_name(buf, 4, table->partitions[i].def->name);
        buf_add(buf, STR("{}"));
    }
    buf_printf(buf, "%s}\n  }%s\n", table->partition_count ? "\n   " : "", is_last ? "" : ",");
}

// Indented by one blank per level, as StarRocks prints it.
static Str print_details(Arena *arena, const SnapContent *content)
{
    Buf buf = buf_new(arena);
    buf_add(&buf, STR("{\n"));
    put_text(&buf, "name", content->label);
    put_text(&buf, "database", content->database);
    buf_printf(&buf, " \"backup_time\": %lld,\n", (long long)content->created_ms);
    buf_printf(&buf, " \"meta_version\": %u,\n", content->format_version);
    buf_printf(&buf, " \"starrocks_meta_version\": %u,\n", content->format_version);
    buf_add(&buf, STR(" \"backup_objects\": {\n"));
    for (size_t i = 0; i < content->table_count; i++)
        put_table(&buf, &content->tables[i], i + 1 == content->table_count);
    buf_add(&buf, STR(" },\n \"backup_result\": \"succeed\"\n}"));
    return buf_str(&buf);
}

static Rc send_details(Ctx *ctx, Execution *x, SnapRepository *repository, const Wanted *wanted)
{
    static const TextColumn COLUMNS[] = {{"Snapshot", TYPE_VARCHAR},
                                         {"Timestamp", TYPE_VARCHAR},
                                         {"Database", TYPE_VARCHAR},
                                         {"Details", TYPE_VARCHAR},
                                         {"Status", TYPE_VARCHAR}};
    SnapOpened opened;
    Str cells[] = {wanted->labels[0], wanted->stamp, STR_NONE, STR_NONE, STR("OK")};
    Rc rc = snap_open_snapshot(ctx, repository, wanted->labels[0], wanted->stamp, &opened);
    if (rc == RC_OK) {
        cells[1] = opened.content->stamp;
        cells[2] = opened.content->database;
        cells[3] = print_details(ctx->arena, opened.content);
    } else {
        if (rc == RC_CANCELLED || rc == RC_TIMEOUT) return rc;
        cells[4] = str_printf(ctx->arena, "Failed to get info: %.*s", STR_ARG(ctx->err.text));
        ctx_clear(ctx);
    }
    TRY(answer_begin(ctx, x, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0])));
    return answer_row(ctx, x, cells);
}

static Rc analyze(Ctx *ctx, Execution *x, Str name, Wanted *out)
{
    if (!catalog_find_repository(x->snapshot, name))
        return SAY(ctx, SEMANTIC, "Repository [%.*s] does not exist", STR_ARG(name));
    return read_where(ctx, x->stmt->show.where, out);
}

Rc exec_show_snapshot(Ctx *ctx, Execution *x)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    Str name = qname_last(x->stmt->show.name);
    Wanted wanted = {0};
    TRY(exec_analyzing(ctx, analyze(ctx, x, name, &wanted)));
    const Repository *there = catalog_find_repository(x->snapshot, name);
    TRY(exec_open_repository(x->instance, ctx, there->def, &repository));
    return wanted.stamp.ptr ? send_details(ctx, x, repository, &wanted)
                            : send_list(ctx, x, repository, &wanted);
}
