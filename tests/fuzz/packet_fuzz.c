/*
 * Everything a client can send before and after login: frames, the handshake response, and
 * commands.
 *
 * Input   the first byte chooses how the stream is cut into reads; the rest is what comes in.
 */
#include "server/command.h"
#include "server/handshake.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// As connection.c reads: a packet that was too large is passed over.
static void read_commands(Packets *packets, Ctx *ctx, uint32_t capabilities)
{
    for (;;) {
        Str payload;
        Command command;
        Rc rc = packets_read_command(packets, ctx, &payload);
        if (rc != RC_OK && ctx->err.id != ERR_PACKET_TOO_LARGE) return;
        if (rc != RC_OK || command_parse(ctx, payload, &command) != RC_OK) continue;
        HandshakeResponse change;
        if (command.kind == COM_CHANGE_USER)
            (void)!handshake_parse_change(ctx, command.text, capabilities, &change);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    StreamMemory memory;
    Packets packets;
    stream_memory_init(&memory, arena, (Str){(const char *)data + 1, size - 1});
    memory.chunk = data[0];
    packets_init(&packets, &memory.stream);
    packets.max_bytes = 4096;
    packets.sequence = 1;

    Str payload;
    HandshakeResponse response = {0};
    if (packets_read(&packets, &ctx, &payload) == RC_OK &&
        handshake_parse(&ctx, payload, &response) == RC_OK) {
        must(response.user.len <= payload.len && response.auth.len <= payload.len);
        must((response.capabilities & ~(uint32_t)CAP_SERVER) == 0);
    }
    read_commands(&packets, &ctx, response.capabilities);
    packets_close(&packets);
    return 0;
}
