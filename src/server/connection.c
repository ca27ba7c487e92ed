/*
 * server/connection: the life of one client: greeting, login, commands, end.
 *
 * Errors  end the connection and are logged; the client was told where that was possible.
 * Threads the connection's own. Killing writes to wake_fd, which ends any wait for the client.
 */
#include "server/connection.h"
#include "base/limits.h"
#include "base/log.h"
#include "server/answer.h"
#include <sys/eventfd.h>

static void wake(void *handle)
{
    const ConnectionJob *job = handle;
    // Fails only when the counter is full, which wakes just as well.
    (void)!eventfd_write(job->wake_fd, 1);
}

// A packet that was too large has been skipped whole, so its sender can be told and go on. Who was
// idle too long or was killed waits for no answer: an error sent now would be taken for the answer
// to the next statement.
static Rc next_command(Client *client, Ctx *ctx, Str *payload)
{
    for (;;) {
        Rc rc = packets_read_command(&client->packets, ctx, payload);
        if (ctx->err.id != ERR_PACKET_TOO_LARGE && ctx->err.id != ERR_PACKET_ORDER) return rc;
        rc = client_tell(client, ctx, &ctx->err);
        if (packets_are_broken(&client->packets)) return rc;
        ctx_clear(ctx);
    }
}

static bool is_ended(const ConnectionJob *job, const Client *client)
{
    return client->is_over || session_is_killed(client->session) || atomic_load(job->is_closing);
}

// Every command has an arena of its own, so that a large one leaves nothing behind.
static Rc serve_command(const ConnectionJob *job, Client *client, Arena *arena, Err *err)
{
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    Str payload;
    Rc rc = next_command(client, &ctx, &payload);
    if (rc == RC_OK && !is_ended(job, client)) rc = dispatch_run(client, &ctx, payload);
    *err = ctx.err;
    return rc;
}

static void serve_commands(const ConnectionJob *job, Client *client)
{
    Rc rc = RC_OK;
    while (rc == RC_OK && !is_ended(job, client)) {
        AUTO(arena_free_at) Arena *arena = arena_new();
        Err err;
        rc = serve_command(job, client, arena, &err);
        if (rc == RC_OK) continue;
        log_debug("connection %u of %.*s ends: %.*s", session_id(client->session),
                  STR_ARG(job->client), STR_ARG(err.text));
    }
}

static void serve_session(const ConnectionJob *job, Ctx *ctx, Client *client, Stream *stream)
{
    const ServerOptions *options = job->options;
    stream->read_timeout_ms = options->read_timeout_ms;
    stream->write_timeout_ms = options->write_timeout_ms;
    if (options->connect_timeout_ms > 0)
        stream->deadline_ms = clock_steady_ms() + options->connect_timeout_ms;
    client->packets.max_bytes = LIMIT_LOGIN_BYTES;
    client->packets.idle_timeout_ms = options->idle_timeout_ms;
    if (login_run(client, ctx, options->version) != RC_OK) {
        log_info("login from %.*s failed: %.*s", STR_ARG(job->client), STR_ARG(ctx->err.text));
        return;
    }
    stream->deadline_ms = 0;
    client->packets.max_bytes = LIMIT_PACKET_BYTES;
    log_debug("connection %u of %.*s begins", session_id(client->session), STR_ARG(job->client));
    serve_commands(job, client);
}

static Rc open_session(ConnectionJob *job, Ctx *ctx, Client *client)
{
    if (session_open(ctx, job->instance, job->client, &client->session) != RC_OK)
        return client_tell(client, ctx, &ctx->err);
    session_on_kill(client->session, wake, job);
    job->on_session(job->handle, client->session);
    return RC_OK;
}

void connection_serve(ConnectionJob *job)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    StreamSocket socket;
    if (stream_socket_init(&ctx, &socket, job->fd, job->wake_fd) != RC_OK) {
        log_error("connection of %.*s: %.*s", STR_ARG(job->client), STR_ARG(ctx.err.text));
        return;
    }
    Client client = {.stats = job->stats};
    packets_init(&client.packets, &socket.stream);
    socket.stream.write_timeout_ms = job->options->write_timeout_ms;
    if (open_session(job, &ctx, &client) == RC_OK) {
        serve_session(job, &ctx, &client, &socket.stream);
        job->on_session(job->handle, NULL);
        session_close(client.session);
    } else {
        log_warn("connection of %.*s refused: %.*s", STR_ARG(job->client), STR_ARG(ctx.err.text));
    }
    packets_close(&client.packets);
}
