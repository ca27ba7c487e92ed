/*
 * server/login: who is there, and may they come in.
 *
 * Form    greeting -> reply [-> switch to mysql_native_password -> reply] -> OK or ERR.
 * Errors  whatever fails was told to the client; the connection then ends.
 * Threads the connection's thread only.
 */
#include "server/answer.h"
#include "server/client.h"

Rc client_tell(Client *client, Ctx *ctx, const Err *err)
{
    Err told = *err;  // sending may fail, and that would replace ctx->err
    TRY(answer_error(&client->packets, ctx, client->capabilities, &told));
    TRY(packets_flush(&client->packets, ctx));
    return told.rc;
}

// A client that begins with another plugin is asked to switch. `is_change`: always ask, with a
// fresh scramble, so that a reply seen once opens nothing twice.
static Rc authenticate(Client *client, Ctx *ctx, HandshakeResponse *response, bool is_change)
{
    bool is_native = response->plugin.len == 0 || str_eq(response->plugin, NATIVE_PASSWORD);
    bool can_switch = client->capabilities & CAP_PLUGIN_AUTH;
    if (can_switch && (is_change || !is_native)) {
        client->scramble = scramble_new();
        TRY(handshake_send_switch(&client->packets, ctx, &client->scramble));
        TRY(packets_read(&client->packets, ctx, &response->auth));
    }
    Str scramble = {client->scramble.bytes, SCRAMBLE_BYTES};
    TRY(session_login(client->session, ctx, response->user, scramble, response->auth));
    if (response->database.len == 0) return RC_OK;
    return session_use(client->session, ctx, response->database);
}

static Rc read_reply(Client *client, Ctx *ctx)
{
    Str payload;
    HandshakeResponse response;
    TRY(packets_read(&client->packets, ctx, &payload));
    TRY(handshake_parse(ctx, payload, &response));
    client->capabilities = response.capabilities;
    client->may_be_several = response.capabilities & CAP_MULTI_STATEMENTS;
    return authenticate(client, ctx, &response, false);
}

static Rc welcome(Client *client, Ctx *ctx, Rc rc)
{
    if (rc != RC_OK) return client_tell(client, ctx, &ctx->err);
    TRY(answer_ok(&client->packets, ctx, &(Ok){.status = STATUS_AUTOCOMMIT}));
    return packets_flush(&client->packets, ctx);
}

Rc login_run(Client *client, Ctx *ctx, Str server_version)
{
    client->scramble = scramble_new();
    Greeting greeting = {.server_version = server_version,
                         .connection_id = session_id(client->session),
                         .scramble = client->scramble};
    TRY(handshake_send_greeting(&client->packets, ctx, &greeting));
    client->packets.sequence = 1;
    return welcome(client, ctx, read_reply(client, ctx));
}

static Rc change_user(Client *client, Ctx *ctx, Str body)
{
    HandshakeResponse response;
    TRY(handshake_parse_change(ctx, body, client->capabilities, &response));
    session_reset(client->session);
    return authenticate(client, ctx, &response, true);
}

Rc login_change_user(Client *client, Ctx *ctx, Str body)
{
    return welcome(client, ctx, change_user(client, ctx, body));
}
