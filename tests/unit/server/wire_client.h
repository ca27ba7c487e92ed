#ifndef TESTS_UNIT_SERVER_WIRE_CLIENT_H
#define TESTS_UNIT_SERVER_WIRE_CLIENT_H
#include "check.h"
#include "fake_exec.h"
#include "server/handshake.h"
#include "server/server.h"

// A server over fake_exec on a thread of its own, and clients that speak raw packets to it.
typedef struct TestServer {
    Server *server;
    int stop_fd;
    pthread_t thread;
    Address address;
} TestServer;
// Options that are 0 get usual values; the address is always loopback with a free port.
void test_server_start(Ctx *t, TestServer *test, ServerOptions options);
void test_server_stop(TestServer *test);

typedef struct WireClient {
    StreamSocket socket;
    Packets packets;
    uint32_t capabilities;
    Scramble scramble;
} WireClient;

// The socket alone. Waiting more than five seconds for anything fails the test.
void wire_connect(Ctx *t, WireClient *client, const TestServer *test);
// Reads the greeting and replies. Returns the server's answer.
Str wire_login(Ctx *t, WireClient *client, const HandshakeResponse *who, Str password);
// Both, as root without a password; checks that it is let in.
void wire_open(Ctx *t, WireClient *client, const TestServer *test, uint32_t capabilities);
void wire_close(WireClient *client);

Str wire_auth(Ctx *t, const Scramble *scramble, Str password);  // mysql_native_password
void wire_send(Ctx *t, WireClient *client, Str payload);        // begins an exchange
Str wire_read(Ctx *t, WireClient *client);                      // next payload of it
// Sends, and reads one payload.
Str wire_ask(Ctx *t, WireClient *client, Str payload);
// The server closed the connection.
void wire_check_closed(Ctx *t, WireClient *client);
// `payload` is an ERR packet with this number, state and text.
void wire_check_error(Ctx *t, Str payload, const char *expected);

#endif
