/*
 * server/server: accepts clients, keeps the list of their connections, and ends them.
 *
 * Threads one per connection, and the keeper. The keeper sees through epoll that a client went away
 *         while its statement runs, cancels that statement, and joins and frees what has ended:
 *         it alone frees connections, so a pointer that epoll gave it is good.
 * Lock    `lock` guards the list, its counts, and each connection's session, has_ended and is_gone.
 *         It is held across session_cancel(), hence its low rank.
 * Errors  see server.h. Accepting goes on whatever a single client does.
 */
#include "base/lock.h"
#include "base/log.h"
#include "server/connection.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    BACKLOG = 512,
    // Address space, not memory: the engine plans and runs queries on this stack.
    STACK_BYTES = 4 * 1024 * 1024,
    EPOLL_BATCH = 64,
    // A cancel that came just before its statement began was lost: it is said again until the end.
    CANCEL_AGAIN_MS = 50,
    ACCEPT_PAUSE_MS = 100,
};

typedef struct Connection {
    Server *server;
    struct Connection *next;
    pthread_t thread;
    Arena *arena;  // of the texts below
    ConnectionJob job;
    Session *session;  // NULL before it is open and when it closes
    bool has_ended;    // the thread is about to return
    bool is_gone;      // nobody waits for answers: what runs is cancelled
} Connection;

struct Server {
    Instance *instance;
    ServerOptions options;
    ServerStats stats;
    int listen_fd, epoll_fd, keeper_fd;
    pthread_t keeper;
    Lock lock;
    Connection *first;
    int live_count;  // threads that have not ended
    atomic_bool is_closing;
};

// Sockets

static Rc fail_listen(Ctx *ctx, const Address *address, int error)
{
    Str text = address_text(ctx->arena, address);
    return FAIL(ctx, LISTEN, STR_ARG(text), strerror(error));
}

static Rc open_listener(Ctx *ctx, Address *address, int *out)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail_listen(ctx, address, errno);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    socklen_t len = sizeof(address->v6);
    if (bind(fd, &address->any, address->len) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, &address->any, &len) != 0) {
        int error = errno;
        close(fd);
        return fail_listen(ctx, address, error);
    }
    *out = fd;
    return RC_OK;
}

// Told before the handshake, without waiting: a client that cannot take it at once gets nothing.
static void refuse_client(int fd)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    StreamMemory memory;
    stream_memory_init(&memory, arena, STR(""));
    Client client = {0};
    packets_init(&client.packets, &memory.stream);
    (void)!FAIL(&ctx, TOO_MANY_CONNECTIONS);
    (void)!client_tell(&client, &ctx, &ctx.err);
    packets_close(&client.packets);
    (void)!send(fd, memory.output.ptr, memory.output.len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Connections

static void connection_free(Connection *connection)
{
    close(connection->job.fd);
    close(connection->job.wake_fd);
    arena_free(connection->arena);
    free(connection);
}

static void hold_session(void *handle, Session *session)
{
    Connection *connection = handle;
    lock_take(&connection->server->lock);
    connection->session = session;
    lock_give(&connection->server->lock);
}

static void *connection_thread(void *argument)
{
    Connection *connection = argument;
    Server *server = connection->server;
    connection_serve(&connection->job);
    // The client sees the end now; the descriptor itself is the keeper's to close.
    shutdown(connection->job.fd, SHUT_RDWR);
    lock_take(&server->lock);
    connection->has_ended = true;
    server->live_count--;
    atomic_store(&server->stats.connection_count, server->live_count);
    (void)!eventfd_write(server->keeper_fd, 1);
    lock_give(&server->lock);
    return NULL;
}

static bool start_thread(Connection *connection)
{
    pthread_attr_t attributes;
    must(pthread_attr_init(&attributes) == 0);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int error = pthread_create(&connection->thread, &attributes, connection_thread, connection);
    pthread_attr_destroy(&attributes);
    if (error != 0) log_error("no thread for a connection: %s", strerror(error));
    return error == 0;
}

// A client that hangs up is told once (ONESHOT); the keeper remembers it in is_gone.
// Without the watch a statement runs to its end before its client's absence is noticed, no worse.
static void watch(Server *server, Connection *connection)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = connection};
    if (epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, connection->job.fd, &event) != 0)
        log_warn("a connection is not watched: %s", strerror(errno));
}

// Takes over `fd`. Called under the lock, so that the keeper does not see it half made.
static void add_connection(Server *server, int fd, const Address *peer)
{
    Connection *connection = mem_alloc(sizeof(*connection));
    connection->server = server;
    connection->arena = arena_new();
    connection->job = (ConnectionJob){.instance = server->instance,
                                      .options = &server->options,
                                      .stats = &server->stats,
                                      .fd = fd,
                                      .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
                                      .client = address_text(connection->arena, peer),
                                      .is_closing = &server->is_closing,
                                      .on_session = hold_session,
                                      .handle = connection};
    if (connection->job.wake_fd < 0 || !start_thread(connection)) {
        refuse_client(fd);
        connection_free(connection);
        return;
    }
    watch(server, connection);
    connection->next = server->first;
    server->first = connection;
    server->live_count++;
    atomic_store(&server->stats.connection_count, server->live_count);
}

// Keeper

static void mark_gone(Server *server, Connection *connection)
{
    lock_take(&server->lock);
    connection->is_gone = true;
    lock_give(&server->lock);
}

// Cancels what runs for clients that are gone. True: there are such, so come back soon.
static bool cancel_gone(Server *server)
{
    bool is_any = false;
    lock_take(&server->lock);
    for (Connection *c = server->first; c != NULL; c = c->next) {
        if (!c->is_gone || c->has_ended) continue;
        is_any = true;
        if (c->session != NULL) session_cancel(c->session);
    }
    lock_give(&server->lock);
    return is_any;
}

// Joins and frees what has ended. True: the server closes and nothing is left.
static bool reap(Server *server)
{
    Connection *ended = NULL;
    lock_take(&server->lock);
    for (Connection **link = &server->first; *link != NULL;) {
        Connection *connection = *link;
        if (!connection->has_ended) {
            link = &connection->next;
            continue;
        }
        *link = connection->next;
        connection->next = ended;
        ended = connection;
    }
    bool is_over = atomic_load(&server->is_closing) && server->first == NULL;
    lock_give(&server->lock);
    while (ended != NULL) {
        Connection *connection = ended;
        ended = connection->next;
        pthread_join(connection->thread, NULL);
        connection_free(connection);
    }
    return is_over;
}

static void *keeper_thread(void *argument)
{
    Server *server = argument;
    bool is_over = false, is_soon = false;
    while (!is_over) {
        struct epoll_event events[EPOLL_BATCH];
        int count =
            epoll_wait(server->epoll_fd, events, EPOLL_BATCH, is_soon ? CANCEL_AGAIN_MS : -1);
        must(count >= 0 || errno == EINTR);
        for (int i = 0; i < count; i++) {
            eventfd_t unused;
            if (events[i].data.ptr == NULL)
                (void)!eventfd_read(server->keeper_fd, &unused);
            else
                mark_gone(server, events[i].data.ptr);
        }
        is_soon = cancel_gone(server);
        is_over = reap(server);
    }
    return NULL;
}

static Rc start_keeper(Ctx *ctx, Server *server)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    server->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    server->keeper_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (server->epoll_fd < 0 || server->keeper_fd < 0 ||
        epoll_ctl(server->epoll_fd, EPOLL_CTL_ADD, server->keeper_fd, &event) != 0)
        return FAIL(ctx, SYSTEM_CALL, "epoll", strerror(errno));
    int error = pthread_create(&server->keeper, NULL, keeper_thread, server);
    if (error != 0) return FAIL(ctx, SYSTEM_CALL, "pthread_create", strerror(error));
    return RC_OK;
}

// Open, run, close

static void server_free(Server *server)
{
    if (server->listen_fd >= 0) close(server->listen_fd);
    if (server->epoll_fd >= 0) close(server->epoll_fd);
    if (server->keeper_fd >= 0) close(server->keeper_fd);
    lock_close(&server->lock);
    free(server);
}

Rc server_open(Ctx *ctx, Instance *instance, const ServerOptions *options, Server **out)
{
    Server *server = mem_alloc(sizeof(*server));
    server->instance = instance;
    server->options = *options;
    server->stats.start_ms = clock_steady_ms();
    server->listen_fd = server->epoll_fd = server->keeper_fd = -1;
    lock_init(&server->lock, RANK_CONNECTIONS);
    Rc rc = open_listener(ctx, &server->options.address, &server->listen_fd);
    if (rc == RC_OK) rc = start_keeper(ctx, server);
    if (rc != RC_OK) {
        server_free(server);
        return rc;
    }
    *out = server;
    return RC_OK;
}

Address server_address(const Server *server)
{
    return server->options.address;
}

// False: there was nothing to accept, or no room for it.
static bool accept_one(Server *server)
{
    Address peer = {0};
    peer.len = sizeof(peer.v6);
    int fd = accept4(server->listen_fd, &peer.any, &peer.len, SOCK_CLOEXEC);
    if (fd < 0) return errno == ECONNABORTED || errno == EINTR;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    lock_take(&server->lock);
    bool has_room = server->live_count < server->options.max_connections;
    if (has_room) add_connection(server, fd, &peer);
    lock_give(&server->lock);
    if (!has_room) {
        refuse_client(fd);
        close(fd);
    }
    return true;
}

void server_run(Server *server, int stop_fd)
{
    struct pollfd fds[2] = {{.fd = stop_fd, .events = POLLIN},
                            {.fd = server->listen_fd, .events = POLLIN}};
    for (;;) {
        int count = poll(fds, 2, -1);
        if (count < 0) {
            must(errno == EINTR);
            continue;
        }
        if (fds[0].revents != 0) return;
        if (accept_one(server) || errno == EAGAIN) continue;
        // Out of descriptors or memory: clients wait in the backlog until others leave.
        log_error("cannot accept a client: %s", strerror(errno));
        clock_sleep_ms(ACCEPT_PAUSE_MS);
    }
}

void server_close(Server *server)
{
    close(server->listen_fd);
    server->listen_fd = -1;
    lock_take(&server->lock);
    atomic_store(&server->is_closing, true);
    for (Connection *c = server->first; c != NULL; c = c->next) {
        c->is_gone = true;
        (void)!eventfd_write(c->job.wake_fd, 1);
    }
    (void)!eventfd_write(server->keeper_fd, 1);
    lock_give(&server->lock);
    pthread_join(server->keeper, NULL);
    server_free(server);
}
