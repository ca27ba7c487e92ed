/*
 * Answers byte for byte: OK, ERR and EOF as the protocol's documentation shows them, then whole
 * result sets.
 */
#include "check.h"
#include "server/answer.h"
#include "server/handshake.h"

typedef struct Wire {
    StreamMemory memory;
    Packets packets;
} Wire;

static void wire_open(Ctx *t, Wire *wire)
{
    stream_memory_init(&wire->memory, t->arena, STR(""));
    packets_init(&wire->packets, &wire->memory.stream);
}

// Hex of what was sent since the last call.
static Str wire_sent(Ctx *t, Wire *wire)
{
    CHECK_RC(RC_OK, packets_flush(&wire->packets, t));
    Str hex = str_hex(t->arena, wire->memory.output.ptr, wire->memory.output.len);
    buf_clear(&wire->memory.output);
    return hex;
}

// The expected digits may be set apart by blanks.
static void check_hex(Ctx *t, const char *spaced, Str found)
{
    Buf packed = buf_new(t->arena);
    for (const char *c = spaced; *c != '\0'; c++) {
        if (*c != ' ') buf_add_byte(&packed, *c);
    }
    CHECK_STR(packed.len > 0 ? buf_str(&packed) : STR(""), found);
}

TEST(ok_packets)
{
    Wire wire;
    wire_open(t, &wire);
    wire.packets.sequence = 2;
    CHECK_RC(RC_OK, answer_ok(&wire.packets, t, &(Ok){.status = STATUS_AUTOCOMMIT}));
    check_hex(t, "0700000200000002000000", wire_sent(t, &wire));
    Ok ok = {.affected_rows = 300, .warning_count = 70000, .status = 10, .info = STR("hi")};
    CHECK_RC(RC_OK, answer_ok(&wire.packets, t, &ok));
    check_hex(t, "0c00000300fc2c01000a00ffff026869", wire_sent(t, &wire));
    packets_close(&wire.packets);
}

TEST(end_packets_in_both_styles)
{
    Wire wire;
    wire_open(t, &wire);
    wire.packets.sequence = 5;
    Ok ok = {.status = STATUS_AUTOCOMMIT, .warning_count = 1};
    CHECK_RC(RC_OK, answer_end(&wire.packets, t, 0, &ok));
    check_hex(t, "05000005fe01000200", wire_sent(t, &wire));
    CHECK_RC(RC_OK, answer_end(&wire.packets, t, CAP_DEPRECATE_EOF, &ok));
    check_hex(t, "07000006fe000002000100", wire_sent(t, &wire));
    packets_close(&wire.packets);
}

TEST(error_packets)
{
    Wire wire;
    wire_open(t, &wire);
    Err err = {.mysql_number = 1096, .sqlstate = "HY000", .text = STR("No tables used")};
    wire.packets.sequence = 1;
    CHECK_RC(RC_OK, answer_error(&wire.packets, t, CAP_PROTOCOL_41, &err));
    check_hex(t, "17000001ff48042348593030304e6f207461626c65732075736564", wire_sent(t, &wire));
    wire.packets.sequence = 0;
    CHECK_RC(RC_OK, answer_error(&wire.packets, t, 0, &err));
    check_hex(t, "11000000ff48044e6f207461626c65732075736564", wire_sent(t, &wire));
    packets_close(&wire.packets);
}

static void send_two_rows(Ctx *t, Wire *wire, uint32_t capabilities)
{
    WireSink sink;
    wire_sink_init(&sink, &wire->packets, capabilities);
    Type name = {.kind = TYPE_VARCHAR, .len = 20};
    SinkColumn columns[] = {{STR("id"), TYPE_OF(INT), STR("t"), STR("d")},
                            {STR("n"), name, STR(""), STR("")}};
    CHECK(!sink.has_begun);
    CHECK_RC(RC_OK, sink.sink.begin(&sink.sink, t, columns, 2));
    CHECK(sink.has_begun);
    CHECK_RC(RC_OK, sink.sink.row(&sink.sink, t, (Str[]){STR("1"), STR_NONE}));
    CHECK_RC(RC_OK, sink.sink.row(&sink.sink, t, (Str[]){STR("-2"), STR("")}));
    CHECK_RC(RC_OK, answer_end(&wire->packets, t, capabilities, &(Ok){.status = 2}));
}

// Count, then the definitions of d.t.id INT and of n VARCHAR(20).
static const char COLUMNS_HEX[] =
    "0100000102 "
    "1d000002 03646566 0164 0174 0174 026964 026964 0c 3f00 0b000000 03 8000 00 0000 "
    "17000003 03646566 00 00 00 016e 00 0c 2d00 50000000 fd 0000 00 0000 ";

static void check_rows(Ctx *t, const char *rows_hex, Str found)
{
    Str text = str_printf(t->arena, "%s%s", COLUMNS_HEX, rows_hex);
    check_hex(t, str_z(t->arena, text), found);
}

TEST(result_sets_in_the_older_style)
{
    Wire wire;
    wire_open(t, &wire);
    wire.packets.sequence = 1;
    send_two_rows(t, &wire, CAP_PROTOCOL_41);
    check_rows(t, "05000004fe00000200 03000005 0131fb 04000006 022d3200 05000007fe00000200",
               wire_sent(t, &wire));
    packets_close(&wire.packets);
}

TEST(result_sets_without_eof)
{
    Wire wire;
    wire_open(t, &wire);
    wire.packets.sequence = 1;
    send_two_rows(t, &wire, CAP_PROTOCOL_41 | CAP_DEPRECATE_EOF);
    check_rows(t, "03000004 0131fb 04000005 022d3200 07000006fe000002000000", wire_sent(t, &wire));
    packets_close(&wire.packets);
}

// What stands behind the names: charset, length, number, flags, decimals, filler.
static Str shape(Ctx *t, Type type)
{
    Wire wire;
    wire_open(t, &wire);
    SinkColumn column = {STR("c"), type, STR(""), STR("")};
    packet_begin(&wire.packets);
    answer_put_column(&wire.packets, &column, false);
    CHECK_RC(RC_OK, packet_end(&wire.packets, t));
    Str hex = wire_sent(t, &wire);
    packets_close(&wire.packets);
    return str_sub(hex, hex.len - 24, 24);
}

TEST(types_are_told_as_clients_expect)
{
    check_hex(t, "3f00 01000000 01 8000 00 0000", shape(t, TYPE_OF(BOOLEAN)));
    check_hex(t, "3f00 14000000 08 8000 00 0000", shape(t, TYPE_OF(BIGINT)));
    check_hex(t, "2d00 a0000000 fe 0000 00 0000", shape(t, TYPE_OF(LARGEINT)));
    check_hex(t, "3f00 16000000 05 8000 1f 0000", shape(t, TYPE_OF(DOUBLE)));
    check_hex(t, "3f00 0c000000 f6 8000 02 0000",
              shape(t, (Type){.kind = TYPE_DECIMAL, .precision = 10, .scale = 2}));
    check_hex(t, "3f00 0a000000 0a 8000 00 0000", shape(t, TYPE_OF(DATE)));
    check_hex(t, "3f00 1a000000 0c 8000 00 0000", shape(t, TYPE_OF(DATETIME)));
    check_hex(t, "2d00 0c000000 fe 0000 00 0000", shape(t, (Type){.kind = TYPE_CHAR, .len = 3}));
    check_hex(t, "3f00 10000000 fc 9000 00 0000",
              shape(t, (Type){.kind = TYPE_VARBINARY, .len = 16}));
    check_hex(t, "3f00 00000000 06 8000 00 0000", shape(t, TYPE_OF(NULL)));
}

TEST(field_lists_carry_a_default)
{
    Wire wire;
    wire_open(t, &wire);
    SinkColumn column = {STR("c"), TYPE_OF(INT), STR("t"), STR("")};
    packet_begin(&wire.packets);
    answer_put_column(&wire.packets, &column, true);
    CHECK_RC(RC_OK, packet_end(&wire.packets, t));
    check_hex(t, "1b000000 03646566 00 0174 0174 0163 0163 0c3f000b000000038000000000fb",
              wire_sent(t, &wire));
    packets_close(&wire.packets);
}

TEST(a_row_that_is_too_large_fails_and_leaves_the_stream_whole)
{
    Wire wire;
    WireSink sink;
    wire_open(t, &wire);
    wire_sink_init(&sink, &wire.packets, CAP_DEPRECATE_EOF);
    SinkColumn column = {STR("c"), TYPE_OF(VARCHAR), STR(""), STR("")};
    CHECK_RC(RC_OK, sink.sink.begin(&sink.sink, t, &column, 1));
    CHECK(wire_sent(t, &wire).len > 0);
    size_t len = 65UL * 1024 * 1024;
    Str cell = {arena_alloc(t->arena, len), len};
    CHECK_ERR(PACKET_TOO_LARGE, sink.sink.row(&sink.sink, t, &cell));
    CHECK_STR("", wire_sent(t, &wire));
    packets_close(&wire.packets);
}
