/*
 * server/handshake: greeting, authentication switch, and what the client answers.
 *
 * Source  MySQL protocol documentation: HandshakeV10, HandshakeResponse41, AuthSwitchRequest,
 *         COM_CHANGE_USER. Only mysql_native_password, as StarRocks.
 * Errors  BAD_HANDSHAKE, OLD_CLIENT.   Threads  pure functions.
 */
#include "server/handshake.h"
#include "base/rand.h"

enum { FIRST_PART = 8, SSL_REQUEST_BYTES = 32, RESERVED_BYTES = 23 };

Scramble scramble_new(void)
{
    Scramble scramble;
    rand_bytes(scramble.bytes, sizeof(scramble.bytes));
    for (size_t i = 0; i < sizeof(scramble.bytes); i++) {
        char byte = (char)(scramble.bytes[i] & 0x7F);
        scramble.bytes[i] = byte == 0 || byte == '$' ? (char)(byte + 1) : byte;
    }
    return scramble;
}

Rc handshake_send_greeting(Packets *packets, Ctx *ctx, const Greeting *greeting)
{
    Str scramble = {greeting->scramble.bytes, SCRAMBLE_BYTES};
    packet_begin(packets);
    packet_put_int(packets, 10, 1);  // protocol version
    packet_put_z(packets, greeting->server_version);
    packet_put_int(packets, greeting->connection_id, 4);
    packet_put_z(packets, str_sub(scramble, 0, FIRST_PART));
    packet_put_int(packets, CAP_SERVER & 0xFFFF, 2);
    packet_put_int(packets, CHARSET_UTF8MB4, 1);
    packet_put_int(packets, STATUS_AUTOCOMMIT, 2);
    packet_put_int(packets, CAP_SERVER >> 16, 2);
    packet_put_int(packets, SCRAMBLE_BYTES + 1, 1);
    packet_put_int(packets, 0, 8);  // reserved, ten bytes
    packet_put_int(packets, 0, 2);
    packet_put_z(packets, str_sub(scramble, FIRST_PART, SCRAMBLE_BYTES - FIRST_PART));
    packet_put_z(packets, NATIVE_PASSWORD);
    TRY(packet_end(packets, ctx));
    return packets_flush(packets, ctx);
}

Rc handshake_send_switch(Packets *packets, Ctx *ctx, const Scramble *scramble)
{
    packet_begin(packets);
    packet_put_int(packets, 0xFE, 1);
    packet_put_z(packets, NATIVE_PASSWORD);
    packet_put_z(packets, (Str){scramble->bytes, SCRAMBLE_BYTES});
    TRY(packet_end(packets, ctx));
    return packets_flush(packets, ctx);
}

// The reply's length comes in three forms, by what the client can.
static bool take_auth(Str *rest, uint32_t capabilities, Str *out)
{
    if (capabilities & CAP_PLUGIN_AUTH_LENENC) return packet_take_text(rest, out);
    if (!(capabilities & CAP_SECURE_CONNECTION)) return packet_take_z(rest, out);
    uint64_t len;
    return packet_take_int(rest, 1, &len) && packet_take_bytes(rest, (size_t)len, out);
}

// Some clients leave out the NUL behind the last text of the packet.
static void take_last_z(Str *rest, Str *out)
{
    if (packet_take_z(rest, out)) return;
    *out = *rest;
    *rest = STR("");
}

// Attributes are pairs of texts. They are checked and forgotten.
static bool skip_attributes(Str rest)
{
    Str pairs, name, value;
    if (rest.len == 0) return true;
    if (!packet_take_text(&rest, &pairs)) return false;
    while (pairs.len > 0) {
        if (!packet_take_text(&pairs, &name)) return false;
        if (!packet_take_text(&pairs, &value)) return false;
    }
    return true;
}

static Rc check_names(Ctx *ctx, const HandshakeResponse *response)
{
    if (!str_is_utf8(response->user)) return FAIL(ctx, BAD_HANDSHAKE, "the user name is not UTF-8");
    if (!str_is_utf8(response->database))
        return FAIL(ctx, BAD_HANDSHAKE, "the database name is not UTF-8");
    return RC_OK;
}

Rc handshake_parse(Ctx *ctx, Str payload, HandshakeResponse *out)
{
    HandshakeResponse response = {.auth = STR(""), .database = STR(""), .plugin = STR("")};
    uint64_t capabilities, unused;
    Str rest = payload, skipped;
    // The first two bytes say which form follows: older clients have two bytes of capabilities.
    if (!packet_take_int(&(Str){payload.ptr, payload.len}, 2, &capabilities))
        return FAIL(ctx, BAD_HANDSHAKE, "the reply is too short");
    if (!(capabilities & CAP_PROTOCOL_41)) return FAIL(ctx, OLD_CLIENT);
    if (!packet_take_int(&rest, 4, &capabilities) || !packet_take_int(&rest, 4, &unused) ||
        !packet_take_int(&rest, 1, &unused) || !packet_take_bytes(&rest, RESERVED_BYTES, &skipped))
        return FAIL(ctx, BAD_HANDSHAKE, "the reply is too short");
    if (payload.len == SSL_REQUEST_BYTES && (capabilities & CAP_SSL))
        return FAIL(ctx, BAD_HANDSHAKE,
                    "this version has no TLS yet: connect without it (--skip-ssl)");

    response.capabilities = (uint32_t)capabilities & CAP_SERVER;
    if (!packet_take_z(&rest, &response.user))
        return FAIL(ctx, BAD_HANDSHAKE, "the user name does not end");
    if (!take_auth(&rest, response.capabilities, &response.auth))
        return FAIL(ctx, BAD_HANDSHAKE, "the reply to the scramble does not end");
    if (response.capabilities & CAP_CONNECT_WITH_DB) take_last_z(&rest, &response.database);
    if (response.capabilities & CAP_PLUGIN_AUTH) take_last_z(&rest, &response.plugin);
    if ((response.capabilities & CAP_CONNECT_ATTRS) && !skip_attributes(rest))
        return FAIL(ctx, BAD_HANDSHAKE, "the connection attributes do not end");
    TRY(check_names(ctx, &response));
    *out = response;
    return RC_OK;
}

Rc handshake_parse_change(Ctx *ctx, Str body, uint32_t capabilities, HandshakeResponse *out)
{
    HandshakeResponse response = {
        .capabilities = capabilities, .auth = STR(""), .database = STR(""), .plugin = STR("")};
    uint64_t unused;
    if (!packet_take_z(&body, &response.user))
        return FAIL(ctx, BAD_HANDSHAKE, "the user name does not end");
    // Here the length is one byte whatever the client can.
    if (!take_auth(&body, capabilities & ~(uint32_t)CAP_PLUGIN_AUTH_LENENC, &response.auth))
        return FAIL(ctx, BAD_HANDSHAKE, "the reply to the scramble does not end");
    take_last_z(&body, &response.database);
    if (packet_take_int(&body, 2, &unused) && (capabilities & CAP_PLUGIN_AUTH)) {
        take_last_z(&body, &response.plugin);
        if ((capabilities & CAP_CONNECT_ATTRS) && !skip_attributes(body))
            return FAIL(ctx, BAD_HANDSHAKE, "the connection attributes do not end");
    }
    TRY(check_names(ctx, &response));
    *out = response;
    return RC_OK;
}
