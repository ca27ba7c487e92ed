#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H
#include "exec/exec.h"
#include "server/address.h"

// The listener, its connections (one thread each) and their keeper.
typedef struct Server Server;

// Times in milliseconds, 0: no limit.
typedef struct ServerOptions {
    Address address;             // port 0: a free one
    int max_connections;         // one more is told 1040
    Str version;                 // in the greeting
    int64_t connect_timeout_ms;  // for the whole login
    int64_t idle_timeout_ms;     // wait_timeout: between two commands
    int64_t read_timeout_ms;     // within one packet
    int64_t write_timeout_ms;    // while the client does not read
} ServerOptions;

// Listens, and starts the keeper's thread. `instance` must live until server_close().
// Signals must be blocked in the calling thread, so that they reach the main thread only.
// Errors: LISTEN, SYSTEM_CALL.
NODISCARD Rc server_open(Ctx *ctx, Instance *instance, const ServerOptions *options, Server **out);
Address server_address(const Server *server);  // with the port that was picked
// Accepts clients until `stop_fd` can be read.
void server_run(Server *server, int stop_fd);
// Stops listening, cancels what runs, ends all connections and waits for their threads.
void server_close(Server *server);

#endif
