/*
 * Frames and the values inside them: bytes as the protocol's documentation shows them.
 */
#include "base/limits.h"
#include "check.h"
#include "server/packet.h"

static const size_t FRAME = PACKET_FRAME_MAX;

static Str put_lenenc(Ctx *t, uint64_t value)
{
    StreamMemory memory;
    Packets packets;
    stream_memory_init(&memory, t->arena, STR(""));
    packets_init(&packets, &memory.stream);
    packet_begin(&packets);
    packet_put_lenenc(&packets, value);
    CHECK_RC(RC_OK, packet_end(&packets, t));
    CHECK_RC(RC_OK, packets_flush(&packets, t));
    packets_close(&packets);
    return str_hex(t->arena, memory.output.ptr + 4, memory.output.len - 4);
}

TEST(lenenc_integers_are_written_as_documented)
{
    CHECK_STR("00", put_lenenc(t, 0));
    CHECK_STR("fa", put_lenenc(t, 250));
    CHECK_STR("fcfb00", put_lenenc(t, 251));
    CHECK_STR("fcffff", put_lenenc(t, 0xFFFF));
    CHECK_STR("fd000001", put_lenenc(t, 0x10000));
    CHECK_STR("fdffffff", put_lenenc(t, 0xFFFFFF));
    CHECK_STR("fe0000000100000000", put_lenenc(t, 0x1000000));
    CHECK_STR("feffffffffffffffff", put_lenenc(t, UINT64_MAX));
}

static bool take_lenenc(Str bytes, uint64_t *out)
{
    bool is_taken = packet_take_lenenc(&bytes, out);
    return is_taken && bytes.len == 0;
}

TEST(lenenc_integers_are_read_whole_or_not_at_all)
{
    uint64_t value = 7;
    CHECK(take_lenenc(STR("\xfa"), &value));
    CHECK_INT(250, value);
    CHECK(take_lenenc(STR("\xfc\xfb\x00"), &value));
    CHECK_INT(251, value);
    CHECK(take_lenenc(STR("\xfd\x01\x02\x03"), &value));
    CHECK_INT(0x030201, value);
    CHECK(take_lenenc(STR("\xfe\x01\x00\x00\x00\x00\x00\x00\x80"), &value));
    CHECK(value == 0x8000000000000001ULL);
    CHECK(!take_lenenc(STR(""), &value));
    CHECK(!take_lenenc(STR("\xfb"), &value));
    CHECK(!take_lenenc(STR("\xff"), &value));
    CHECK(!take_lenenc(STR("\xfc\x01"), &value));
    CHECK(!take_lenenc(STR("\xfe\x01\x00\x00\x00\x00\x00\x00"), &value));
}

TEST(texts_are_taken_only_when_they_are_there)
{
    Str rest = STR("\x03"
                   "abcd"),
        text = STR_NONE;
    CHECK(packet_take_text(&rest, &text));
    CHECK_STR("abc", text);
    CHECK_STR("d", rest);
    rest = STR("\x04"
               "abc");
    CHECK(!packet_take_text(&rest, &text));
    CHECK_INT(4, rest.len);
    rest = STR("\xfe\xff\xff\xff\xff\xff\xff\xff\xff"
               "abc");
    CHECK(!packet_take_text(&rest, &text));
    rest = STR("ab\0c");
    CHECK(packet_take_z(&rest, &text));
    CHECK_STR("ab", text);
    CHECK(!packet_take_z(&rest, &text));
    CHECK_STR("c", rest);
}

// A reader over `input`, `chunk` bytes at a time.
static void start_reader(Ctx *t, StreamMemory *memory, Packets *packets, Str input, size_t chunk)
{
    stream_memory_init(memory, t->arena, input);
    memory->chunk = chunk;
    packets_init(packets, &memory->stream);
}

TEST(packets_are_read_from_any_pieces)
{
    for (size_t chunk = 0; chunk < 12; chunk++) {
        StreamMemory memory;
        Packets packets;
        Str payload;
        start_reader(t, &memory, &packets,
                     STR("\x01\x00\x00\x00\x0e"
                         "\x00\x00\x00\x00"
                         "\x03\x00\x00\x00\x03"
                         "ab"),
                     chunk);
        CHECK_RC(RC_OK, packets_read_command(&packets, t, &payload));
        CHECK_STR("\x0e", payload);
        CHECK_RC(RC_OK, packets_read_command(&packets, t, &payload));
        CHECK_STR("", payload);
        CHECK_RC(RC_OK, packets_read_command(&packets, t, &payload));
        CHECK_STR("\x03"
                  "ab",
                  payload);
        CHECK_ERR_TEXT(
            NET_READ_ERROR,
            "Got an error reading communication packets: the client closed the connection",
            packets_read_command(&packets, t, &payload));
        CHECK(packets_are_broken(&packets));
        packets_close(&packets);
    }
}

TEST(a_packet_cut_short_is_an_error)
{
    Str whole = STR("\x03\x00\x00\x00\x03"
                    "ab");
    for (size_t len = 0; len < whole.len; len++) {
        StreamMemory memory;
        Packets packets;
        Str payload = STR("untouched");
        start_reader(t, &memory, &packets, str_sub(whole, 0, len), 0);
        CHECK_ERR(NET_READ_ERROR, packets_read_command(&packets, t, &payload));
        CHECK_STR("untouched", payload);
        packets_close(&packets);
    }
}

TEST(sequence_numbers_must_follow)
{
    StreamMemory memory;
    Packets packets;
    Str payload;
    start_reader(t, &memory, &packets,
                 STR("\x01\x00\x00\x00\x0e"
                     "\x01\x00\x00\x05\x0e"),
                 0);
    CHECK_RC(RC_OK, packets_read_command(&packets, t, &payload));
    CHECK_ERR_TEXT(PACKET_ORDER, "Got packets out of order: expected number 1, found 5",
                   packets_read(&packets, t, &payload));
    CHECK(packets_are_broken(&packets));
    packets_close(&packets);
}

static Str make_bytes(Ctx *t, size_t len)
{
    char *bytes = arena_alloc(t->arena, len + 1);
    for (size_t i = 0; i < len; i++) bytes[i] = (char)('a' + i % 23);
    return (Str){bytes, len};
}

// Writes `len` bytes as one packet; gives what went over the wire.
static Str write_packet(Ctx *t, Str bytes)
{
    StreamMemory memory;
    Packets packets;
    stream_memory_init(&memory, t->arena, STR(""));
    packets_init(&packets, &memory.stream);
    packet_begin(&packets);
    packet_put_bytes(&packets, bytes);
    CHECK_RC(RC_OK, packet_end(&packets, t));
    CHECK_RC(RC_OK, packets_flush(&packets, t));
    packets_close(&packets);
    return buf_str(&memory.output);
}

static void check_round_trip(Ctx *t, size_t len)
{
    Str bytes = make_bytes(t, len), payload;
    Str wire = write_packet(t, bytes);
    CHECK_INT(len + 4 * (len / FRAME + 1), wire.len);
    StreamMemory memory;
    Packets packets;
    start_reader(t, &memory, &packets, wire, 100000);
    CHECK_RC(RC_OK, packets_read_command(&packets, t, &payload));
    CHECK(str_eq(bytes, payload));
    CHECK_INT(0, memory.input.len);
    CHECK_INT(len / FRAME + 1, packets.sequence);
    packets_close(&packets);
}

TEST(long_packets_are_split_and_joined)
{
    check_round_trip(t, 0);
    check_round_trip(t, FRAME - 1);
    check_round_trip(t, FRAME);  // an empty frame follows
    check_round_trip(t, FRAME + 1);
    check_round_trip(t, 2 * FRAME);
    check_round_trip(t, 2 * FRAME + 12345);
}

TEST(split_frames_carry_rising_numbers)
{
    Str wire = write_packet(t, make_bytes(t, FRAME + 2));
    CHECK_STR("ffffff00", str_hex(t->arena, wire.ptr, 4));
    CHECK_STR("02000001", str_hex(t->arena, wire.ptr + 4 + FRAME, 4));
}

TEST(a_packet_over_the_limit_is_skipped_and_told)
{
    StreamMemory memory;
    Packets packets;
    Str payload, large = write_packet(t, make_bytes(t, FRAME + 10));
    Buf input = buf_new(t->arena);
    buf_add(&input, large);
    buf_add(&input, STR("\x01\x00\x00\x00\x0e"));
    start_reader(t, &memory, &packets, buf_str(&input), 0);
    packets.max_bytes = 1000;

    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx reader;
    ctx_init(&reader, arena, NULL);
    CHECK_INT(RC_LIMIT, packets_read_command(&packets, &reader, &payload));
    CHECK_STR("Got a packet bigger than 'max_allowed_packet' bytes (1000)", reader.err.text);
    CHECK(arena_used(arena) < 100000);
    CHECK(!packets_are_broken(&packets));
    CHECK_RC(RC_OK, packets_read_command(&packets, t, &payload));
    CHECK_STR("\x0e", payload);
    packets_close(&packets);
}

TEST(an_answer_over_the_limit_is_dropped_whole)
{
    StreamMemory memory;
    Packets packets;
    stream_memory_init(&memory, t->arena, STR(""));
    packets_init(&packets, &memory.stream);
    packet_begin(&packets);
    packet_put_bytes(&packets, make_bytes(t, (size_t)LIMIT_PACKET_BYTES + 1));
    CHECK_ERR(PACKET_TOO_LARGE, packet_end(&packets, t));
    packet_begin(&packets);
    packet_put_int(&packets, 0xAB, 1);
    CHECK_RC(RC_OK, packet_end(&packets, t));
    CHECK_RC(RC_OK, packets_flush(&packets, t));
    CHECK_STR("01000000ab", str_hex(t->arena, memory.output.ptr, memory.output.len));
    packets_close(&packets);
}

// Takes `room` bytes, then says that the statement was cancelled, once.
typedef struct Stubborn {
    Stream stream;
    size_t room;
    bool was_full;
    Buf taken;
} Stubborn;

static Rc stubborn_write(Stream *stream, Ctx *ctx, const void *bytes, size_t size, size_t *written)
{
    Stubborn *s = (Stubborn *)stream;
    if (s->room == 0 && !s->was_full) {
        s->was_full = true;
        s->room = SIZE_MAX;
        return FAIL(ctx, CANCELLED);
    }
    *written = size < s->room ? size : s->room;
    s->room -= *written;
    buf_add_bytes(&s->taken, bytes, *written);
    return RC_OK;
}

TEST(frames_stay_whole_when_a_flush_is_cancelled)
{
    Stubborn stubborn = {.stream.write = stubborn_write, .room = 7, .taken = buf_new(t->arena)};
    Packets packets;
    packets_init(&packets, &stubborn.stream);
    packet_begin(&packets);
    packet_put_bytes(&packets, STR("0123456789"));
    CHECK_RC(RC_OK, packet_end(&packets, t));
    CHECK_ERR(CANCELLED, packets_flush(&packets, t));
    CHECK(!packets_are_broken(&packets));
    packet_begin(&packets);
    packet_put_bytes(&packets, STR("err"));
    CHECK_RC(RC_OK, packet_end(&packets, t));
    CHECK_RC(RC_OK, packets_flush(&packets, t));
    CHECK(str_eq(STR("\x0a\0\0\0"
                     "0123456789"
                     "\x03\0\0\x01"
                     "err"),
                 buf_str(&stubborn.taken)));
    packets_close(&packets);
}
