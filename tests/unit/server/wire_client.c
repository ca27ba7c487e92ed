/*
 * tests/unit/server/wire_client: the client's side, with the server's own framing.
 */
#include "wire_client.h"
#include <errno.h>
#include <openssl/sha.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000 };

static void *run_server(void *argument)
{
    TestServer *test = argument;
    server_run(test->server, test->stop_fd);
    return NULL;
}

void test_server_start(Ctx *t, TestServer *test, ServerOptions options)
{
    CHECK_RC(RC_OK, address_parse(t, STR("127.0.0.1"), 0, &options.address));
    if (options.max_connections == 0) options.max_connections = 100;
    if (options.version.len == 0) options.version = STR("8.0.33");
    CHECK_RC(RC_OK, server_open(t, fake_instance(), &options, &test->server));
    test->address = server_address(test->server);
    test->stop_fd = eventfd(0, EFD_CLOEXEC);
    CHECK_INT(0, pthread_create(&test->thread, NULL, run_server, test));
}

void test_server_stop(TestServer *test)
{
    must(eventfd_write(test->stop_fd, 1) == 0);
    pthread_join(test->thread, NULL);
    server_close(test->server);
    close(test->stop_fd);
}

void wire_connect(Ctx *t, WireClient *client, const TestServer *test)
{
    *client = (WireClient){0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(0, connect(fd, &test->address.any, test->address.len));
    CHECK_RC(RC_OK, stream_socket_init(t, &client->socket, fd, eventfd(0, EFD_CLOEXEC)));
    client->socket.stream.read_timeout_ms = PATIENCE_MS;
    client->socket.stream.write_timeout_ms = PATIENCE_MS;
    packets_init(&client->packets, &client->socket.stream);
}

void wire_close(WireClient *client)
{
    close(client->socket.fd);
    close(client->socket.wake_fd);
    packets_close(&client->packets);
}

Str wire_auth(Ctx *t, const Scramble *scramble, Str password)
{
    if (password.len == 0) return STR("");
    unsigned char once[20], twice[20], mixed[40], *last = arena_alloc(t->arena, 20);
    SHA1((const unsigned char *)password.ptr, password.len, once);
    SHA1(once, sizeof(once), twice);
    memcpy(mixed, scramble->bytes, 20);
    memcpy(mixed + 20, twice, 20);
    SHA1(mixed, sizeof(mixed), last);
    for (int i = 0; i < 20; i++) last[i] ^= once[i];
    return (Str){(const char *)last, 20};
}

Str wire_read(Ctx *t, WireClient *client)
{
    Str payload = STR_NONE;
    CHECK_RC(RC_OK, packets_read(&client->packets, t, &payload));
    return payload;
}

static void read_greeting(Ctx *t, WireClient *client)
{
    Str rest = wire_read(t, client), version, first, second, skipped;
    uint64_t number;
    CHECK(packet_take_int(&rest, 1, &number));
    CHECK_INT(10, number);
    CHECK(packet_take_z(&rest, &version) && packet_take_int(&rest, 4, &number));
    CHECK(packet_take_z(&rest, &first) && packet_take_bytes(&rest, 18, &skipped));
    CHECK(packet_take_z(&rest, &second));
    CHECK_INT(20, first.len + second.len);
    memcpy(client->scramble.bytes, first.ptr, 8);
    memcpy(client->scramble.bytes + 8, second.ptr, 12);
}

Str wire_login(Ctx *t, WireClient *client, const HandshakeResponse *who, Str password)
{
    read_greeting(t, client);
    client->capabilities = who->capabilities;
    Packets *packets = &client->packets;
    packet_begin(packets);
    packet_put_int(packets, who->capabilities, 4);
    packet_put_int(packets, 0x1000000, 4);
    packet_put_int(packets, CHARSET_UTF8MB4, 1);
    for (int i = 0; i < 23; i++) packet_put_int(packets, 0, 1);
    packet_put_z(packets, who->user);
    packet_put_text(packets, wire_auth(t, &client->scramble, password));
    if (who->capabilities & CAP_CONNECT_WITH_DB) packet_put_z(packets, who->database);
    if (who->capabilities & CAP_PLUGIN_AUTH) packet_put_z(packets, who->plugin);
    CHECK_RC(RC_OK, packet_end(packets, t));
    CHECK_RC(RC_OK, packets_flush(packets, t));
    return wire_read(t, client);
}

void wire_open(Ctx *t, WireClient *client, const TestServer *test, uint32_t capabilities)
{
    wire_connect(t, client, test);
    HandshakeResponse root = {.capabilities =
                                  CAP_PROTOCOL_41 | CAP_SECURE_CONNECTION | capabilities,
                              .user = STR("root")};
    Str answer = wire_login(t, client, &root, STR(""));
    CHECK_STR("00000002000000", str_hex(t->arena, answer.ptr, answer.len));
}

void wire_send(Ctx *t, WireClient *client, Str payload)
{
    client->packets.sequence = 0;
    packet_begin(&client->packets);
    packet_put_bytes(&client->packets, payload);
    CHECK_RC(RC_OK, packet_end(&client->packets, t));
    CHECK_RC(RC_OK, packets_flush(&client->packets, t));
}

Str wire_ask(Ctx *t, WireClient *client, Str payload)
{
    wire_send(t, client, payload);
    return wire_read(t, client);
}

void wire_check_closed(Ctx *t, WireClient *client)
{
    char byte;
    size_t got = 1;
    Rc rc = client->socket.stream.read(&client->socket.stream, t, &byte, 1, &got);
    if (rc == RC_OK && got == 0) return;
    CHECK_RC(RC_IO, rc);  // a reset says the same
    ctx_clear(t);
}

void wire_check_error(Ctx *t, Str payload, const char *expected)
{
    uint64_t header = 0, number = 0;
    Str state = STR("?");
    CHECK(packet_take_int(&payload, 1, &header) && packet_take_int(&payload, 2, &number));
    CHECK_INT(0xFF, header);
    if (str_starts(payload, STR("#"))) CHECK(packet_take_bytes(&payload, 6, &state));
    CHECK_STR(expected,
              str_printf(t->arena, "%d %.*s: %.*s", (int)number, STR_ARG(state), STR_ARG(payload)));
}
