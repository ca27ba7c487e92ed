#ifndef SERVER_PACKET_H
#define SERVER_PACKET_H
#include "server/stream.h"

// MySQL's framing: 3 bytes length, 1 byte sequence number, payload. A payload of 0xFFFFFF bytes or
// more is split into frames; a frame shorter than that ends it.
enum { PACKET_FRAME_MAX = 0xFFFFFF };

// Both directions of one client. Belongs to the connection's thread.
typedef struct Packets {
    Stream *stream;
    size_t max_bytes;         // largest payload taken from the client
    int64_t idle_timeout_ms;  // for the first byte of a command; the stream's own for the rest
    uint8_t sequence;         // number of the next frame, in either direction
    bool has_lost_input;      // a read failed half way: nothing more can be understood
    bool has_lost_output;     // a write failed: nothing more can be said
    char *in;
    size_t in_from, in_to;
    char *out;  // frames not sent yet, from out_from on
    size_t out_from, out_len, out_cap;
    size_t open_at;  // where the packet being built begins
} Packets;

void packets_init(Packets *packets, Stream *stream);
void packets_close(Packets *packets);
bool packets_are_broken(const Packets *packets);  // in either direction: the connection is over

// Next payload, in the arena of ctx; several frames are joined. read_command() begins a new
// exchange (number 0), packets_read() goes on in the one at hand.
// Errors: PACKET_ORDER, PACKET_TOO_LARGE (skipped: the next one can be read), and those of the
// stream.
NODISCARD Rc packets_read_command(Packets *packets, Ctx *ctx, Str *payload);
NODISCARD Rc packets_read(Packets *packets, Ctx *ctx, Str *payload);

// Build one payload: begin, any number of put, end. Long ones are split. end() sends what is
// buffered once it is 64 KiB. Errors: PACKET_TOO_LARGE (the packet is dropped), those of the
// stream; after CANCELLED and TIMEOUT the rest stays buffered, so that frames stay whole.
void packet_begin(Packets *packets);
void packet_put_int(Packets *packets, uint64_t value, int width);  // little-endian
void packet_put_lenenc(Packets *packets, uint64_t value);          // length-encoded integer
void packet_put_text(Packets *packets, Str text);                  // length-encoded string
void packet_put_bytes(Packets *packets, Str bytes);                // as they are
void packet_put_z(Packets *packets, Str text);                     // with a NUL behind it
NODISCARD Rc packet_end(Packets *packets, Ctx *ctx);
NODISCARD Rc packets_flush(Packets *packets, Ctx *ctx);

// Take from the front of a payload. False: there is less than that, or a bad length; nothing is
// taken.
bool packet_take_int(Str *rest, int width, uint64_t *out);
bool packet_take_lenenc(Str *rest, uint64_t *out);
bool packet_take_text(Str *rest, Str *out);
bool packet_take_bytes(Str *rest, size_t len, Str *out);
bool packet_take_z(Str *rest, Str *out);

#endif
