#ifndef SERVER_CONNECTION_H
#define SERVER_CONNECTION_H
#include "server/client.h"
#include "server/server.h"

// One accepted client, served on the thread that calls connection_serve().
typedef struct ConnectionJob {
    Instance *instance;
    const ServerOptions *options;
    ServerStats *stats;
    int fd, wake_fd;                // stay the caller's
    Str client;                     // "host:port"
    const atomic_bool *is_closing;  // the server stops: no further command is taken
    // Told the session once it is open, and NULL before it is closed, so that others may cancel it.
    void (*on_session)(void *handle, Session *session);
    void *handle;
} ConnectionJob;

// From the greeting until the client leaves, is killed, or breaks the protocol.
void connection_serve(ConnectionJob *job);

#endif
