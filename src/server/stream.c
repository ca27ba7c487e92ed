/*
 * server/stream: the bytes of one client, over a socket or from memory.
 *
 * Errors  see stream.h. The texts say what the system said.
 * Threads a stream belongs to its connection's thread; others only write to its wake_fd.
 */
#include "server/stream.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

// A client that does not read must not keep a cancelled statement alive longer than this.
enum { WRITE_POLL_MS = 200 };

typedef enum Wait { WAIT_READY, WAIT_WOKEN, WAIT_TIMEOUT, WAIT_FAILED } Wait;

// wait_ms below 0: for ever.
static Wait socket_wait(const StreamSocket *s, short events, int64_t wait_ms)
{
    struct pollfd fds[2] = {{.fd = s->fd, .events = events}, {.fd = s->wake_fd, .events = POLLIN}};
    int64_t end_ms = clock_steady_ms() + wait_ms;
    for (;;) {
        int64_t left_ms = wait_ms < 0 ? -1 : end_ms - clock_steady_ms();
        if (wait_ms >= 0 && left_ms < 0) left_ms = 0;
        int count = poll(fds, 2, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);
        if (count < 0 && errno != EINTR) return WAIT_FAILED;
        if (count > 0) return fds[1].revents != 0 ? WAIT_WOKEN : WAIT_READY;
        if (count == 0 && wait_ms >= 0 && clock_steady_ms() >= end_ms) return WAIT_TIMEOUT;
    }
}

// How long a read may wait: the nearer of timeout and deadline, -1 for ever.
static int64_t read_wait_ms(const Stream *stream)
{
    int64_t wait_ms = stream->read_timeout_ms > 0 ? stream->read_timeout_ms : -1;
    if (stream->deadline_ms == 0) return wait_ms;
    int64_t left_ms = stream->deadline_ms - clock_steady_ms();
    if (left_ms < 0) left_ms = 0;
    return wait_ms < 0 || left_ms < wait_ms ? left_ms : wait_ms;
}

static Rc socket_read(Stream *stream, Ctx *ctx, void *out, size_t size, size_t *got)
{
    StreamSocket *s = (StreamSocket *)stream;
    for (;;) {
        ssize_t count = recv(s->fd, out, size, 0);
        if (count >= 0) {
            *got = (size_t)count;
            return RC_OK;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return FAIL(ctx, NET_READ_ERROR, strerror(errno));
        switch (socket_wait(s, POLLIN, read_wait_ms(stream))) {
        case WAIT_READY: break;
        case WAIT_WOKEN: return FAIL(ctx, CONNECTION_KILLED);
        case WAIT_TIMEOUT: return FAIL(ctx, NET_READ_TIMEOUT);
        case WAIT_FAILED: return FAIL(ctx, NET_READ_ERROR, strerror(errno));
        }
    }
}

static Rc socket_write(Stream *stream, Ctx *ctx, const void *bytes, size_t size, size_t *written)
{
    StreamSocket *s = (StreamSocket *)stream;
    int64_t start_ms = clock_steady_ms();
    for (;;) {
        ssize_t count = send(s->fd, bytes, size, MSG_NOSIGNAL);
        if (count >= 0) {
            *written = (size_t)count;
            return RC_OK;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return FAIL(ctx, NET_WRITE_ERROR, strerror(errno));
        TRY(ctx_poll(ctx));
        int64_t waited_ms = clock_steady_ms() - start_ms;
        if (stream->write_timeout_ms > 0 && waited_ms >= stream->write_timeout_ms)
            return FAIL(ctx, NET_WRITE_TIMEOUT);
        switch (socket_wait(s, POLLOUT, WRITE_POLL_MS)) {
        case WAIT_READY:
        case WAIT_TIMEOUT: break;
        case WAIT_WOKEN: return FAIL(ctx, CONNECTION_KILLED);
        case WAIT_FAILED: return FAIL(ctx, NET_WRITE_ERROR, strerror(errno));
        }
    }
}

Rc stream_socket_init(Ctx *ctx, StreamSocket *socket, int fd, int wake_fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return FAIL(ctx, SYSTEM_CALL, "fcntl", strerror(errno));
    *socket = (StreamSocket){
        .stream = {.read = socket_read, .write = socket_write}, .fd = fd, .wake_fd = wake_fd};
    return RC_OK;
}

static Rc memory_read(Stream *stream, Ctx *ctx, void *out, size_t size, size_t *got)
{
    (void)ctx;
    StreamMemory *memory = (StreamMemory *)stream;
    size_t len = memory->input.len < size ? memory->input.len : size;
    if (memory->chunk > 0 && len > memory->chunk) len = memory->chunk;
    if (len > 0) memcpy(out, memory->input.ptr, len);
    memory->input = str_sub(memory->input, len, memory->input.len - len);
    *got = len;
    return RC_OK;
}

static Rc memory_write(Stream *stream, Ctx *ctx, const void *bytes, size_t size, size_t *written)
{
    (void)ctx;
    buf_add_bytes(&((StreamMemory *)stream)->output, bytes, size);
    *written = size;
    return RC_OK;
}

void stream_memory_init(StreamMemory *memory, Arena *arena, Str input)
{
    *memory = (StreamMemory){.stream = {.read = memory_read, .write = memory_write},
                             .input = input,
                             .output = buf_new(arena)};
}
