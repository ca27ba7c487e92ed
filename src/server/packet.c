/*
 * server/packet: MySQL's frames, and the integers and strings inside them.
 *
 * Source  MySQL protocol documentation, "MySQL Packets" and "Protocol Basics".
 * Reading grows by what has arrived, never by what a header announces; a payload over the limit is
 *         skipped frame by frame, so that the client can be told and go on.
 * Writing collects frames in one buffer that outlives statements. A flush that stops half way
 *         (cancel) leaves the rest there: the error packet then follows a whole frame.
 * Threads the connection's thread only.
 */
#include "server/packet.h"
#include "base/limits.h"

enum {
    IN_BYTES = 16 * 1024,
    FLUSH_BYTES = 64 * 1024,
    KEEP_BYTES = 1024 * 1024,  // an output buffer that one large row made larger is given back
    HEADER_BYTES = 4,
};

void packets_init(Packets *packets, Stream *stream)
{
    *packets = (Packets){.stream = stream, .max_bytes = LIMIT_PACKET_BYTES};
    packets->in = mem_alloc(IN_BYTES);
    packets->out_cap = FLUSH_BYTES;
    packets->out = mem_alloc(packets->out_cap);
}

void packets_close(Packets *packets)
{
    free(packets->in);
    free(packets->out);
    *packets = (Packets){0};
}

bool packets_are_broken(const Packets *packets)
{
    return packets->has_lost_input || packets->has_lost_output;
}

// Reading

// A failed read leaves us in the middle of something: nothing more can be understood.
static Rc read_some(Packets *packets, Ctx *ctx, void *out, size_t size, size_t *got)
{
    size_t count = 0;
    Rc rc = packets->has_lost_input
                ? FAIL(ctx, NET_READ_ERROR, "the connection is broken")
                : packets->stream->read(packets->stream, ctx, out, size, &count);
    if (rc == RC_OK && count == 0)
        rc = FAIL(ctx, NET_READ_ERROR, "the client closed the connection");
    if (rc != RC_OK) packets->has_lost_input = true;
    TRY(rc);
    *got = count;
    return RC_OK;
}

static Rc fill(Packets *packets, Ctx *ctx)
{
    size_t got = 0;
    TRY(read_some(packets, ctx, packets->in, IN_BYTES, &got));
    packets->in_from = 0;
    packets->in_to = got;
    return RC_OK;
}

static Rc read_exact(Packets *packets, Ctx *ctx, void *out, size_t size)
{
    for (size_t done = 0; done < size;) {
        if (packets->in_from == packets->in_to) TRY(fill(packets, ctx));
        size_t len = packets->in_to - packets->in_from;
        if (len > size - done) len = size - done;
        memcpy((char *)out + done, packets->in + packets->in_from, len);
        packets->in_from += len;
        done += len;
    }
    return RC_OK;
}

// Body of one frame onto the end of `payload`, or nowhere when it would grow too long.
static Rc read_frame_body(Packets *packets, Ctx *ctx, size_t len, Buf *payload)
{
    while (len > 0) {
        if (packets->in_from == packets->in_to) TRY(fill(packets, ctx));
        size_t part = packets->in_to - packets->in_from;
        if (part > len) part = len;
        buf_add_bytes(payload, packets->in + packets->in_from, part);
        packets->in_from += part;
        len -= part;
    }
    return RC_OK;
}

Rc packets_read(Packets *packets, Ctx *ctx, Str *payload)
{
    Buf buf = buf_new(ctx->arena);
    buf.max_len = packets->max_bytes;
    for (size_t len = PACKET_FRAME_MAX; len == PACKET_FRAME_MAX;) {
        uint8_t header[HEADER_BYTES];
        TRY(read_exact(packets, ctx, header, sizeof(header)));
        len = (size_t)header[0] | (size_t)header[1] << 8 | (size_t)header[2] << 16;
        if (header[3] != packets->sequence) {
            int expected = packets->sequence;
            packets->has_lost_input = true;
            packets->sequence = (uint8_t)(header[3] + 1);  // so that the client takes the error
            return FAIL(ctx, PACKET_ORDER, expected, header[3]);
        }
        packets->sequence++;
        TRY(read_frame_body(packets, ctx, len, &buf));
    }
    if (buf.is_over) return FAIL(ctx, PACKET_TOO_LARGE, (long long)packets->max_bytes);
    *payload = buf.len > 0 ? buf_str(&buf) : STR("");
    return RC_OK;
}

Rc packets_read_command(Packets *packets, Ctx *ctx, Str *payload)
{
    packets->sequence = 0;
    if (packets->in_from == packets->in_to) {
        int64_t timeout_ms = packets->stream->read_timeout_ms;
        packets->stream->read_timeout_ms = packets->idle_timeout_ms;
        Rc rc = fill(packets, ctx);
        packets->stream->read_timeout_ms = timeout_ms;
        TRY(rc);
    }
    return packets_read(packets, ctx, payload);
}

// Writing

static char *out_reserve(Packets *packets, size_t len)
{
    if (packets->out_cap - packets->out_len < len) {
        size_t cap = packets->out_cap * 2;
        while (cap - packets->out_len < len) cap *= 2;
        packets->out = mem_grow(packets->out, cap);
        packets->out_cap = cap;
    }
    return packets->out + packets->out_len;
}

static void put_int_at(char *at, uint64_t value, int width)
{
    for (int i = 0; i < width; i++) at[i] = (char)(value >> (8 * i) & 0xFF);
}

void packet_begin(Packets *packets)
{
    out_reserve(packets, HEADER_BYTES);
    packets->open_at = packets->out_len;
    packets->out_len += HEADER_BYTES;
}

void packet_put_int(Packets *packets, uint64_t value, int width)
{
    must(width >= 1 && width <= 8);
    put_int_at(out_reserve(packets, (size_t)width), value, width);
    packets->out_len += (size_t)width;
}

void packet_put_lenenc(Packets *packets, uint64_t value)
{
    if (value < 0xFB) {
        packet_put_int(packets, value, 1);
        return;
    }
    int width = value <= 0xFFFF ? 2 : value <= 0xFFFFFF ? 3 : 8;
    packet_put_int(packets, width == 2 ? 0xFC : width == 3 ? 0xFD : 0xFE, 1);
    packet_put_int(packets, value, width);
}

void packet_put_bytes(Packets *packets, Str bytes)
{
    if (bytes.len == 0) return;
    memcpy(out_reserve(packets, bytes.len), bytes.ptr, bytes.len);
    packets->out_len += bytes.len;
}

void packet_put_text(Packets *packets, Str text)
{
    packet_put_lenenc(packets, text.len);
    packet_put_bytes(packets, text);
}

void packet_put_z(Packets *packets, Str text)
{
    packet_put_bytes(packets, text);
    packet_put_int(packets, 0, 1);
}

// Turns the open packet's bytes into frames. The parts move to their places from the last one on;
// a payload that is a multiple of the largest frame ends with an empty one.
static void seal_frames(Packets *packets, size_t len)
{
    size_t count = len / PACKET_FRAME_MAX + 1;
    out_reserve(packets, (count - 1) * HEADER_BYTES);
    char *body = packets->out + packets->open_at + HEADER_BYTES;
    for (size_t i = count; i-- > 1;) {
        size_t from = i * PACKET_FRAME_MAX;
        size_t part = i == count - 1 ? len - from : PACKET_FRAME_MAX;
        memmove(body + from + i * HEADER_BYTES, body + from, part);
    }
    char *header = packets->out + packets->open_at;
    for (size_t i = 0; i < count; i++) {
        size_t part = i == count - 1 ? len - i * PACKET_FRAME_MAX : PACKET_FRAME_MAX;
        put_int_at(header, part, 3);
        put_int_at(header + 3, packets->sequence++, 1);
        header += HEADER_BYTES + part;
    }
    packets->out_len += (count - 1) * HEADER_BYTES;
}

Rc packet_end(Packets *packets, Ctx *ctx)
{
    size_t len = packets->out_len - packets->open_at - HEADER_BYTES;
    if (len > LIMIT_PACKET_BYTES) {
        packets->out_len = packets->open_at;
        return FAIL(ctx, PACKET_TOO_LARGE, (long long)LIMIT_PACKET_BYTES);
    }
    seal_frames(packets, len);
    if (packets->out_len - packets->out_from < FLUSH_BYTES) return RC_OK;
    return packets_flush(packets, ctx);
}

Rc packets_flush(Packets *packets, Ctx *ctx)
{
    if (packets->has_lost_output) return FAIL(ctx, NET_WRITE_ERROR, "the connection is broken");
    while (packets->out_from < packets->out_len) {
        size_t written = 0;
        Rc rc = packets->stream->write(packets->stream, ctx, packets->out + packets->out_from,
                                       packets->out_len - packets->out_from, &written);
        // Asked to stop: the statement is over, the connection is not.
        bool is_stopped =
            rc != RC_OK && (ctx->err.id == ERR_CANCELLED || ctx->err.id == ERR_TIMEOUT);
        if (rc != RC_OK && !is_stopped) packets->has_lost_output = true;
        TRY(rc);
        packets->out_from += written;
    }
    packets->out_from = packets->out_len = 0;
    if (packets->out_cap > KEEP_BYTES) {
        free(packets->out);
        packets->out_cap = FLUSH_BYTES;
        packets->out = mem_alloc(packets->out_cap);
    }
    return RC_OK;
}

// Taking apart

bool packet_take_int(Str *rest, int width, uint64_t *out)
{
    must(width >= 1 && width <= 8);
    if (rest->len < (size_t)width) return false;
    uint64_t value = 0;
    for (int i = width; i-- > 0;) value = value << 8 | (uint8_t)rest->ptr[i];
    *rest = str_sub(*rest, (size_t)width, rest->len - (size_t)width);
    *out = value;
    return true;
}

// 0xFB (NULL in a row) and 0xFF (an error) begin no length.
bool packet_take_lenenc(Str *rest, uint64_t *out)
{
    Str left = *rest;
    uint64_t first;
    if (!packet_take_int(&left, 1, &first) || first == 0xFB || first == 0xFF) return false;
    int width = first == 0xFC ? 2 : first == 0xFD ? 3 : first == 0xFE ? 8 : 0;
    if (width > 0 && !packet_take_int(&left, width, &first)) return false;
    *rest = left;
    *out = first;
    return true;
}

bool packet_take_bytes(Str *rest, size_t len, Str *out)
{
    if (rest->len < len) return false;
    *out = (Str){rest->ptr, len};
    *rest = str_sub(*rest, len, rest->len - len);
    return true;
}

bool packet_take_text(Str *rest, Str *out)
{
    Str left = *rest;
    uint64_t len;
    if (!packet_take_lenenc(&left, &len) || len > left.len) return false;
    bool is_taken = packet_take_bytes(&left, (size_t)len, out);
    *rest = left;
    return is_taken;
}

bool packet_take_z(Str *rest, Str *out)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, 0, rest->len) : NULL;
    if (end == NULL) return false;
    size_t len = (size_t)(end - rest->ptr);
    *out = (Str){rest->ptr, len};
    *rest = str_sub(*rest, len + 1, rest->len - len - 1);
    return true;
}
