/*
 * server/dispatch: one command of a client, carried out on its session and answered.
 *
 * Errors  a statement's failure goes to the client as an ERR packet, in the middle of its rows if
 *         some were sent, and the connection goes on; only what breaks the stream is returned.
 * Threads the connection's thread only.
 */
#include "base/vec.h"
#include "server/answer.h"
#include "server/client.h"
#include "server/command.h"

// Told, and the connection goes on.
static Rc tell_and_go_on(Client *client, Ctx *ctx, const Err *err)
{
    Rc rc = client_tell(client, ctx, err);
    return packets_are_broken(&client->packets) ? rc : RC_OK;
}

static Rc say_ok(Client *client, Ctx *ctx)
{
    TRY(answer_ok(&client->packets, ctx, &(Ok){.status = STATUS_AUTOCOMMIT}));
    return packets_flush(&client->packets, ctx);
}

static Rc say_end(Client *client, Ctx *ctx)
{
    TRY(answer_end(&client->packets, ctx, client->capabilities,
                   &(Ok){.status = STATUS_AUTOCOMMIT}));
    return packets_flush(&client->packets, ctx);
}

static Rc finish_statement(Client *client, Ctx *ctx, bool has_rows, const StatementResult *result)
{
    Ok ok = {.affected_rows = has_rows ? 0 : result->affected_rows,
             .warning_count = result->warning_count,
             .status = STATUS_AUTOCOMMIT | (result->is_last ? 0 : STATUS_MORE_RESULTS),
             .info = has_rows ? STR("") : result->info};
    if (has_rows)
        TRY(answer_end(&client->packets, ctx, client->capabilities, &ok));
    else
        TRY(answer_ok(&client->packets, ctx, &ok));
    return packets_flush(&client->packets, ctx);
}

// One statement in an arena of its own. *is_last: no further one is to be run.
static Rc run_statement(Client *client, Ctx *ctx, SqlText *sql, bool *is_last)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx statement;
    ctx_init(&statement, arena, NULL);
    WireSink wire;
    wire_sink_init(&wire, &client->packets, client->capabilities);
    StatementResult result = {.is_last = true};
    Rc rc = session_run(client->session, &statement, sql, &wire.sink, &result);
    *is_last = rc != RC_OK || result.is_last;
    atomic_fetch_add(&client->stats->question_count, 1);
    if (rc != RC_OK) return tell_and_go_on(client, ctx, &statement.err);
    return finish_statement(client, ctx, wire.has_begun, &result);
}

static Rc run_query(Client *client, Ctx *ctx, Str sql)
{
    SqlText text = {sql, client->may_be_several};
    for (bool is_last = false; !is_last;) TRY(run_statement(client, ctx, &text, &is_last));
    return RC_OK;
}

static Rc use_database(Client *client, Ctx *ctx, Str database)
{
    if (session_use(client->session, ctx, database) != RC_OK)
        return tell_and_go_on(client, ctx, &ctx->err);
    return say_ok(client, ctx);
}

// "decimal(10, 2)", "array<int(11)>" to the kind of that name. What is not known is told as text.
static Type type_of_text(Str text)
{
    Str whole = text;
    Str name = str_cut(&whole, '<');
    name = str_cut(&name, '(');
    for (int kind = 0; kind < TYPE_COUNT; kind++) {
        if (str_eq_nocase(name, str_from(type_name((TypeKind)kind))))
            return (Type){.kind = (TypeKind)kind};
    }
    return TYPE_OF(VARCHAR);
}

// The clients' completion of column names: definitions only, taken from DESC.
static Rc list_fields(Client *client, Ctx *ctx, const Command *command)
{
    if (command->pattern.len > 0) {
        (void)!FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("a pattern in COM_FIELD_LIST")));
        return tell_and_go_on(client, ctx, &ctx->err);
    }
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx statement;
    ctx_init(&statement, arena, NULL);
    Buf text = buf_new(arena);
    buf_add(&text, STR("DESC "));
    buf_add_quoted(&text, command->text, '`');
    SqlText sql = {.rest = buf_str(&text)};
    SinkList list;
    sink_list_init(&list);
    StatementResult result = {0};
    if (session_run(client->session, &statement, &sql, &list.sink, &result) != RC_OK)
        return tell_and_go_on(client, ctx, &statement.err);

    for (const SinkRow *row = list.first; row != NULL && list.column_count >= 2; row = row->next) {
        SinkColumn column = {
            .name = row->cells[0], .type = type_of_text(row->cells[1]), .table = command->text};
        packet_begin(&client->packets);
        answer_put_column(&client->packets, &column, true);
        TRY(packet_end(&client->packets, ctx));
    }
    return say_end(client, ctx);
}

static Rc say_statistics(Client *client, Ctx *ctx)
{
    int64_t uptime_s = (clock_steady_ms() - client->stats->start_ms) / 1000;
    Str text = str_printf(ctx->arena, "Uptime: %lld  Threads: %d  Questions: %llu",
                          (long long)uptime_s, atomic_load(&client->stats->connection_count),
                          (unsigned long long)atomic_load(&client->stats->question_count));
    packet_begin(&client->packets);
    packet_put_bytes(&client->packets, text);
    TRY(packet_end(&client->packets, ctx));
    return packets_flush(&client->packets, ctx);
}

// Nothing but several statements in one text can be switched.
static Rc set_option(Client *client, Ctx *ctx, uint32_t option)
{
    if (option > 1) {
        (void)!FAIL(ctx, UNKNOWN_COMMAND);
        return tell_and_go_on(client, ctx, &ctx->err);
    }
    client->may_be_several = option == 0;
    return say_end(client, ctx);
}

static Rc refuse(Client *client, Ctx *ctx, CommandKind kind)
{
    if (command_is_silent(kind)) return RC_OK;
    must(command_is_refused(kind));
    Str what = str_printf(ctx->arena, "prepared statements (%s)", command_name(kind));
    (void)!FAIL(ctx, NOT_SUPPORTED, STR_ARG(what));
    return tell_and_go_on(client, ctx, &ctx->err);
}

Rc dispatch_run(Client *client, Ctx *ctx, Str payload)
{
    Command command;
    if (command_parse(ctx, payload, &command) != RC_OK)
        return tell_and_go_on(client, ctx, &ctx->err);
    switch (command.kind) {
    case COM_QUIT: client->is_over = true; return RC_OK;
    case COM_INIT_DB: return use_database(client, ctx, command.text);
    case COM_QUERY: return run_query(client, ctx, command.text);
    case COM_FIELD_LIST: return list_fields(client, ctx, &command);
    case COM_STATISTICS: return say_statistics(client, ctx);
    case COM_PROCESS_INFO: return run_query(client, ctx, STR("SHOW PROCESSLIST"));
    case COM_PROCESS_KILL:
        return run_query(client, ctx, str_printf(ctx->arena, "KILL %u", command.number));
    case COM_PING: return say_ok(client, ctx);
    case COM_CHANGE_USER: return login_change_user(client, ctx, command.text);
    case COM_SET_OPTION: return set_option(client, ctx, command.number);
    case COM_RESET_CONNECTION: session_reset(client->session); return say_ok(client, ctx);
    default: return refuse(client, ctx, command.kind);
    }
}
