#ifndef SERVER_STREAM_H
#define SERVER_STREAM_H
#include "base/ctx.h"

// Bytes to and from one client. A socket today; TLS will be one more implementation.
// Times in milliseconds, 0: no limit. The owner may change them between calls.
typedef struct Stream Stream;
struct Stream {
    // At least one byte and at most `size`; *got 0: the client closed its side.
    // Errors: NET_READ_ERROR, NET_READ_TIMEOUT, CONNECTION_KILLED (woken).
    Rc (*read)(Stream *stream, Ctx *ctx, void *out, size_t size, size_t *got);
    // At least one byte and at most `size`. Polls ctx while the client does not read.
    // Errors: NET_WRITE_ERROR, NET_WRITE_TIMEOUT, CONNECTION_KILLED, CANCELLED, TIMEOUT.
    Rc (*write)(Stream *stream, Ctx *ctx, const void *bytes, size_t size, size_t *written);
    int64_t read_timeout_ms;   // of one read()
    int64_t write_timeout_ms;  // of one write()
    int64_t deadline_ms;       // on clock_steady_ms(), for reads: the whole login must end by then
};

// A socket, made non-blocking here. Both descriptors stay the caller's.
// `wake_fd` is an eventfd: once written to, every wait of this stream ends with CONNECTION_KILLED.
typedef struct StreamSocket {
    Stream stream;
    int fd, wake_fd;
} StreamSocket;
NODISCARD Rc stream_socket_init(Ctx *ctx, StreamSocket *socket, int fd, int wake_fd);

// Reads from `input`, at most `chunk` bytes a time (0: all), and collects what is written: for
// tests and the fuzzer.
typedef struct StreamMemory {
    Stream stream;
    Str input;
    size_t chunk;
    Buf output;
} StreamMemory;
void stream_memory_init(StreamMemory *memory, Arena *arena, Str input);

#endif
