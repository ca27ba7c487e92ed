/*
 * engine/query: runs one statement and hands its rows on, chunk by chunk.
 *
 * Source  prepared, pending, streaming: the one way of the library whose memory does not grow with
 *         the answer.
 * Errors  the library tells kind and cause in one text, "Kind Error: cause"; the table below makes
 *         ours of it. Statements that it refuses quote our SQL below the first line: that part is
 *         for the log only.
 * Threads one per connection; only the watcher (engine/watch) reaches in, to interrupt.
 */
#include "base/fault.h"
#include "base/log.h"
#include "engine/cell.h"
#include "engine/inside.h"

// --- errors

enum { MESSAGE_MAX = 1000 };

typedef enum FailKind {
    FAIL_INTERRUPT,
    FAIL_FATAL,
    FAIL_MEMORY,
    FAIL_FILE,
    FAIL_VALUE,
    FAIL_INPUT
} FailKind;

static const struct {
    Str prefix;
    FailKind kind;
} FAIL_KINDS[] = {
    {STR_INIT("INTERRUPT Error: "), FAIL_INTERRUPT},
    {STR_INIT("FATAL Error: "), FAIL_FATAL},
    {STR_INIT("INTERNAL Error: "), FAIL_FATAL},
    {STR_INIT("Out of Memory Error: "), FAIL_MEMORY},
    {STR_INIT("IO Error: "), FAIL_FILE},
    {STR_INIT("Permission Error: "), FAIL_FILE},
    {STR_INIT("Conversion Error: "), FAIL_VALUE},
    {STR_INIT("Out of Range Error: "), FAIL_VALUE},
    {STR_INIT("Mismatch Type Error: "), FAIL_VALUE},
    {STR_INIT("Divide by Zero Error: "), FAIL_VALUE},
    {STR_INIT("Object Size Error: "), FAIL_VALUE},
    {STR_INIT("Invalid Input Error: "), FAIL_INPUT},
    {STR_INIT("Invalid Error: "), FAIL_INPUT},
};

// What a function of ours raised, "NAME:text", as that error. False: it is no such text.
static bool raise_named(Ctx *ctx, Str told, Rc *rc)
{
    Str text = told;
    Str name = str_cut(&text, ':');
    for (int id = ERR_NONE + 1; id < ERR_COUNT; id++) {
        if (!str_eq(name, str_from(err_info((ErrId)id)->name))) continue;
        *rc = rc_failed(ctx_fail(ctx, (ErrId)id, "%.*s", STR_ARG(text)));
        return true;
    }
    return false;
}

static bool is_about_disk(Str text)
{
    return str_find(text, STR("No space left")) >= 0 || str_find(text, STR("Disk quota")) >= 0 ||
           str_find(text, STR("max_temp_directory_size")) >= 0;
}

// Some damage of Parquet files comes as "Invalid Input Error"; these words are the library's own.
static bool is_about_file(Str text)
{
    static const Str WORDS[] = {STR_INIT("TProtocolException"), STR_INIT("don't know what type"),
                                STR_INIT("Out of buffer"),      STR_INIT("magic bytes"),
                                STR_INIT("Parquet file"),       STR_INIT("Error in file")};
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (str_find(text, WORDS[i]) >= 0) return true;
    return false;
}

// The first paragraph in one line. What follows is advice for users of the library, or our SQL.
static Str first_paragraph(Ctx *ctx, Str cause)
{
    ptrdiff_t end = str_find(cause, STR("\n\n"));
    if (end >= 0) cause = str_sub(cause, 0, (size_t)end);
    // A message may quote a whole value: cut between characters.
    size_t len = cause.len < MESSAGE_MAX ? cause.len : MESSAGE_MAX;
    while (len > 0 && len < cause.len && ((unsigned char)cause.ptr[len] & 0xC0) == 0x80) len--;
    Buf text = buf_new(ctx->arena);
    for (Str rest = str_sub(cause, 0, len); rest.len;) {
        buf_add(&text, str_cut(&rest, '\n'));
        if (rest.len) buf_add_z(&text, "; ");
    }
    return buf_str(&text);
}

static Rc fail_input(Ctx *ctx, Str cause, Str line)
{
    Rc rc;
    if (str_starts(cause, STR("kg:")) && raise_named(ctx, str_sub(cause, 3, cause.len), &rc))
        return rc;
    if (is_about_file(line)) return FAIL(ctx, ENGINE_FILE, STR_ARG(line));
    return FAIL(ctx, ENGINE_VALUE, STR_ARG(line));
}

static Rc fail_by_kind(Ctx *ctx, EngineConn *conn, FailKind kind, Str cause)
{
    Str line = first_paragraph(ctx, cause);
    switch (kind) {
    case FAIL_INTERRUPT: TRY(ctx_poll(ctx)); return FAIL(ctx, CANCELLED);
    case FAIL_FATAL:
        log_error("query engine: %.*s", STR_ARG(cause));
        engine_restart(conn);
        return FAIL(ctx, ENGINE_RESTARTED, STR_ARG(line));
    case FAIL_MEMORY:
        if (is_about_disk(cause)) return FAIL(ctx, DISK_FULL, str_z(ctx->arena, line));
        return FAIL(ctx, ENGINE_MEMORY, STR_ARG(line));
    case FAIL_FILE:
        if (is_about_disk(cause)) return FAIL(ctx, DISK_FULL, str_z(ctx->arena, line));
        return FAIL(ctx, ENGINE_FILE, STR_ARG(line));
    case FAIL_VALUE: return FAIL(ctx, ENGINE_VALUE, STR_ARG(line));
    case FAIL_INPUT: break;
    }
    return fail_input(ctx, cause, line);
}

Rc query_fail(Ctx *ctx, EngineConn *conn, const char *told)
{
    // The text dies with the result that it came from.
    Str text = str_dup(ctx->arena, told ? str_from(told) : STR("no reason told"));
    for (size_t i = 0; i < COUNT_OF(FAIL_KINDS); i++) {
        Str prefix = FAIL_KINDS[i].prefix;
        if (str_starts(text, prefix))
            return fail_by_kind(ctx, conn, FAIL_KINDS[i].kind, str_sub(text, prefix.len, text.len));
    }
    Str rest = text;
    Str line = str_cut(&rest, '\n');
    return note(ctx, FAIL(ctx, ENGINE_ERROR, STR_ARG(line)), "%.*s", STR_ARG(rest));
}

// --- running

// A statement under way. What is NULL was not made.
typedef struct Run {
    EngineConn *conn;  // NULL: not begun
    duckdb_prepared_statement prepared;
    duckdb_pending_result pending;
    duckdb_result result;
    Arena *scratch;  // given back after each chunk
} Run;

static void run_end(Run *run)
{
    if (!run->conn) return;
    duckdb_destroy_result(&run->result);
    duckdb_destroy_pending(&run->pending);
    duckdb_destroy_prepare(&run->prepared);
    watch_remove(&run->conn->engine->watch, &run->conn->entry);
    states_sweep(&run->conn->engine->states);
    run->conn->is_busy = false;
    arena_free(run->scratch);
}

static Rc run_begin(Ctx *ctx, EngineConn *conn, Str sql, Run *run)
{
    if (str_contains(sql, '\0'))
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("a zero byte in a text")));
    TRY(ctx_poll(ctx));
    TRY(engine_conn_ready(ctx, conn));
    must(!conn->is_busy);
    run->conn = conn;
    conn->is_busy = true;
    run->scratch = arena_new();
    conn->entry =
        (WatchEntry){.duck = conn->duck, .cancel = ctx->cancel, .deadline_ms = ctx->deadline_ms};
    watch_add(&conn->engine->watch, &conn->entry);

    char *text = str_z(run->scratch, sql);
    if (fault_point(ctx, "engine_fatal") != RC_OK)
        return query_fail(ctx, conn, "FATAL Error: injected");
    if (duckdb_prepare(conn->duck, text, &run->prepared) != DuckDBSuccess)
        return query_fail(ctx, conn, duckdb_prepare_error(run->prepared));
    if (duckdb_pending_prepared_streaming(run->prepared, &run->pending) != DuckDBSuccess)
        return query_fail(ctx, conn, duckdb_pending_error(run->pending));
    if (duckdb_execute_pending(run->pending, &run->result) != DuckDBSuccess)
        return query_fail(ctx, conn, duckdb_result_error(&run->result));
    return RC_OK;
}

static void chunk_end(duckdb_data_chunk *chunk)
{
    duckdb_destroy_data_chunk(chunk);
}

// *out NULL: no rows are left.
static Rc run_fetch(Ctx *ctx, Run *run, duckdb_data_chunk *out)
{
    TRY(ctx_poll(ctx));
    duckdb_data_chunk chunk = duckdb_fetch_chunk(run->result);
    if (!chunk) {
        const char *told = duckdb_result_error(&run->result);
        if (told && *told) return query_fail(ctx, run->conn, told);
    }
    *out = chunk;
    return RC_OK;
}

// --- rows

// The columns of an answer, and where its rows go.
typedef struct Answer {
    SinkColumn *columns;
    Cell **cells;
    Str *texts;
    size_t count;
    RowSink *sink;
} Answer;

static Rc answer_new(Ctx *ctx, Run *run, const EngineColumns *columns, Answer *answer)
{
    answer->count = duckdb_column_count(&run->result);
    if (columns && columns->count != answer->count)
        return SAY(ctx, ENGINE_ERROR, "it has %zu columns, expected %zu", answer->count,
                   columns->count);
    answer->columns = ARENA_ARRAY(ctx->arena, SinkColumn, answer->count);
    answer->cells = ARENA_ARRAY(ctx->arena, Cell *, answer->count);
    answer->texts = ARENA_ARRAY(ctx->arena, Str, answer->count);
    for (size_t i = 0; i < answer->count; i++) {
        TRY(cell_new(ctx, &run->result, i, &answer->cells[i]));
        if (columns) {
            answer->columns[i] = columns->at[i];
            cell_declare(answer->cells[i], columns->at[i].type);
        } else {
            Str name = str_from(duckdb_column_name(&run->result, i));
            answer->columns[i].name = str_dup(ctx->arena, name);
            answer->columns[i].type = cell_type(answer->cells[i]);
        }
    }
    return RC_OK;
}

static Rc send_chunk(Ctx *ctx, Answer *answer, duckdb_data_chunk chunk, Arena *scratch)
{
    for (size_t i = 0; i < answer->count; i++)
        cell_set_vector(answer->cells[i], duckdb_data_chunk_get_vector(chunk, i));
    size_t rows = duckdb_data_chunk_get_size(chunk);
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < answer->count; i++)
            answer->texts[i] = cell_text(answer->cells[i], row, scratch);
        TRY(answer->sink->row(answer->sink, ctx, answer->texts));
    }
    return RC_OK;
}

static Rc send_rows(Ctx *ctx, Run *run, Answer *answer)
{
    // The first chunk before the head of the answer: most failures come before it, and a client
    // that has seen no head gets a plain error.
    bool has_begun = false;
    ArenaMark mark = arena_mark(run->scratch);
    for (;;) {
        AUTO(chunk_end) duckdb_data_chunk chunk = NULL;
        TRY(run_fetch(ctx, run, &chunk));
        if (!has_begun) TRY(answer->sink->begin(answer->sink, ctx, answer->columns, answer->count));
        has_begun = true;
        if (!chunk) return RC_OK;
        TRY(send_chunk(ctx, answer, chunk, run->scratch));
        arena_rewind(run->scratch, mark);
    }
}

Rc engine_query(Ctx *ctx, EngineConn *conn, Str sql, const EngineColumns *columns, RowSink *sink)
{
    AUTO(run_end) Run run = {0};
    Answer answer = {.sink = sink};
    TRY(run_begin(ctx, conn, sql, &run));
    TRY(answer_new(ctx, &run, columns, &answer));
    return send_rows(ctx, &run, &answer);
}

Rc engine_run(Ctx *ctx, EngineConn *conn, Str sql, int64_t *changed)
{
    AUTO(run_end) Run run = {0};
    TRY(run_begin(ctx, conn, sql, &run));
    bool is_counted = duckdb_result_return_type(run.result) == DUCKDB_RESULT_TYPE_CHANGED_ROWS;
    int64_t rows = 0;
    for (;;) {
        AUTO(chunk_end) duckdb_data_chunk chunk = NULL;
        TRY(run_fetch(ctx, &run, &chunk));
        if (!chunk) break;
        if (!is_counted || duckdb_data_chunk_get_size(chunk) == 0) continue;
        rows += *(const int64_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    }
    if (changed) *changed = rows;
    return RC_OK;
}
