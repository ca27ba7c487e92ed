#ifndef SERVER_CLIENT_H
#define SERVER_CLIENT_H
#include "exec/exec.h"
#include "server/handshake.h"

// Numbers that COM_STATISTICS shows; shared by all connections.
typedef struct ServerStats {
    int64_t start_ms;  // on clock_steady_ms()
    atomic_int connection_count;
    atomic_uint_fast64_t question_count;
} ServerStats;

// One client as login and dispatch see it. Belongs to the connection's thread.
typedef struct Client {
    Packets packets;
    Session *session;
    ServerStats *stats;
    uint32_t capabilities;
    Scramble scramble;    // the last one sent
    bool may_be_several;  // several statements in one COM_QUERY
    bool is_over;         // COM_QUIT
} Client;

// Tell the client of a failure, and send it. Returns the failure's own Rc unless that fails too.
// `err` may be ctx->err. Errors: those of the stream.
NODISCARD Rc client_tell(Client *client, Ctx *ctx, const Err *err);

// Greeting, reply, authentication, database. On failure the client was told.
// Errors: BAD_HANDSHAKE, OLD_CLIENT, those of the stream, of session_login() and session_use().
NODISCARD Rc login_run(Client *client, Ctx *ctx, Str server_version);
// COM_CHANGE_USER: the same on an open connection. On failure the client was told, and must go.
NODISCARD Rc login_change_user(Client *client, Ctx *ctx, Str body);

// Carries out one command and answers it. Failures of a statement are told to the client and are
// no failure here; what comes back ends the connection.
NODISCARD Rc dispatch_run(Client *client, Ctx *ctx, Str payload);

#endif
