/*
 * A real listener and real sockets over a fake exec: login, commands, kill, hang-up, stop, limits.
 */
#include "base/limits.h"
#include "server/answer.h"
#include "wire_client.h"
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_STEP_MS = 5, WAIT_STEPS = 1000 };

#define OK_HEX "00000002000000"
#define CHECK_BYTES(expected_hex, payload)                              \
    do {                                                                \
        Str got_ = (payload);                                           \
        CHECK_STR(expected_hex, str_hex(t->arena, got_.ptr, got_.len)); \
    } while (0)

static void wait_for_sessions(int count)
{
    for (int i = 0; i < WAIT_STEPS && fake_open_sessions() != count; i++)
        clock_sleep_ms(WAIT_STEP_MS);
    CHECK_INT(count, fake_open_sessions());
}

TEST(clients_log_in_and_leave)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, 0);
    CHECK_BYTES(OK_HEX, wire_ask(t, &client, STR("\x0e")));
    wire_send(t, &client, STR("\x01"));
    wire_check_closed(t, &client);
    wire_close(&client);
    wait_for_sessions(0);
    test_server_stop(&test);
}

static Str login_as(Ctx *t, const TestServer *test, const HandshakeResponse *who, Str password)
{
    WireClient client;
    wire_connect(t, &client, test);
    Str answer = wire_login(t, &client, who, password);
    if (answer.ptr[0] != 0) wire_check_closed(t, &client);
    wire_close(&client);
    return answer;
}

TEST(passwords_and_databases_are_checked)
{
    TestServer test;
    test_server_start(t, &test, (ServerOptions){0});
    uint32_t capabilities = CAP_PROTOCOL_41 | CAP_SECURE_CONNECTION | CAP_CONNECT_WITH_DB;
    HandshakeResponse bob = {
        .capabilities = capabilities, .user = STR("bob"), .database = STR("db1")};
    CHECK_BYTES(OK_HEX, login_as(t, &test, &bob, STR("secret")));
    wire_check_error(t, login_as(t, &test, &bob, STR("guess")),
                     "1045 #28000: Access denied for user 'bob'@'127.0.0.1' (using password: YES)");
    wire_check_error(t, login_as(t, &test, &bob, STR("")),
                     "1045 #28000: Access denied for user 'bob'@'127.0.0.1' (using password: NO)");
    bob.database = STR("nowhere");
    wire_check_error(t, login_as(t, &test, &bob, STR("secret")),
                     "5501 #3F000: Unknown database 'nowhere'");
    test_server_stop(&test);
}

TEST(clients_with_another_plugin_are_switched)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_connect(t, &client, &test);
    HandshakeResponse bob = {.capabilities =
                                 CAP_PROTOCOL_41 | CAP_SECURE_CONNECTION | CAP_PLUGIN_AUTH,
                             .user = STR("bob"),
                             .plugin = STR("caching_sha2_password")};
    Str rest = wire_login(t, &client, &bob, STR("")), plugin, scramble;
    uint64_t header;
    CHECK(packet_take_int(&rest, 1, &header) && packet_take_z(&rest, &plugin));
    CHECK_INT(0xFE, header);
    CHECK_STR("mysql_native_password", plugin);
    CHECK(packet_take_z(&rest, &scramble) && scramble.len == SCRAMBLE_BYTES && rest.len == 0);
    CHECK(memcmp(scramble.ptr, client.scramble.bytes, SCRAMBLE_BYTES) != 0);
    memcpy(client.scramble.bytes, scramble.ptr, SCRAMBLE_BYTES);
    packet_begin(&client.packets);
    packet_put_bytes(&client.packets, wire_auth(t, &client.scramble, STR("secret")));
    CHECK_RC(RC_OK, packet_end(&client.packets, t));
    CHECK_RC(RC_OK, packets_flush(&client.packets, t));
    CHECK_BYTES(OK_HEX, wire_read(t, &client));
    wire_close(&client);
    test_server_stop(&test);
}

TEST(statements_answer_with_ok_rows_or_errors)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, CAP_DEPRECATE_EOF);
    CHECK_BYTES("0005000200010004646f6e65", wire_ask(t, &client, STR("\x03OK 5")));
    CHECK_BYTES("02", wire_ask(t, &client, STR("\x03ROWS 3")));
    wire_read(t, &client);  // two column definitions
    wire_read(t, &client);
    CHECK_STR("\x01"
              "1\x02n1",
              wire_read(t, &client));
    CHECK_STR("\x01"
              "2\x02n2",
              wire_read(t, &client));
    CHECK_STR("\x01"
              "3\xfb",
              wire_read(t, &client));
    CHECK_BYTES("fe000002000000", wire_read(t, &client));
    wire_check_error(t,
                     wire_ask(t, &client,
                              STR("\x03"
                                  "FAIL")),
                     "1102 #42000: Incorrect database name 'x'");
    // An error behind rows ends them.
    CHECK_BYTES("02", wire_ask(t, &client,
                               STR("\x03"
                                   "FAIL 1")));
    for (int i = 0; i < 3; i++) wire_read(t, &client);
    wire_check_error(t, wire_read(t, &client), "1102 #42000: Incorrect database name 'x'");
    CHECK_BYTES(OK_HEX, wire_ask(t, &client, STR("\x0e")));
    wire_close(&client);
    test_server_stop(&test);
}

TEST(several_statements_follow_each_other)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, CAP_MULTI_STATEMENTS);
    CHECK_BYTES("0001000a00010004646f6e65", wire_ask(t, &client, STR("\x03OK 1;FAIL;OK 3")));
    wire_check_error(t, wire_read(t, &client), "1102 #42000: Incorrect database name 'x'");
    CHECK_BYTES(OK_HEX, wire_ask(t, &client, STR("\x0e")));  // the third one did not run
    // COM_SET_OPTION switches it off and on.
    CHECK_BYTES("fe00000200", wire_ask(t, &client, STR("\x1b\x01\x00")));
    wire_check_error(t, wire_ask(t, &client, STR("\x03OK 1;OK 2;")), "1064 #HY000: OK 1;OK 2;");
    CHECK_BYTES("fe00000200", wire_ask(t, &client, STR("\x1b\x00\x00")));
    CHECK_BYTES("0001000a00010004646f6e65", wire_ask(t, &client, STR("\x03OK 1;OK 2;")));
    CHECK_BYTES("0002000200010004646f6e65", wire_read(t, &client));
    wire_close(&client);
    test_server_stop(&test);
}

TEST(other_commands)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, 0);
    CHECK_BYTES(OK_HEX, wire_ask(t, &client,
                                 STR("\x02"
                                     "db1")));
    wire_check_error(t,
                     wire_ask(t, &client,
                              STR("\x02"
                                  "db2")),
                     "5501 #3F000: Unknown database 'db2'");
    CHECK(
        str_starts(wire_ask(t, &client, STR("\x09")), STR("Uptime: 0  Threads: 1  Questions: 0")));
    CHECK_BYTES(OK_HEX, wire_ask(t, &client, STR("\x1f")));
    wire_check_error(t, wire_ask(t, &client, STR("\x16SELECT ?")),
                     "1235 #42000: This version does not support prepared statements "
                     "(COM_STMT_PREPARE) yet");
    wire_send(t, &client, STR("\x19\x01\0\0\0"));  // COM_STMT_CLOSE has no answer
    wire_check_error(t, wire_ask(t, &client, STR("\x08")), "1047 #08S01: Unknown command");
    wire_check_error(t, wire_ask(t, &client, STR("\x1b\x07\x00")), "1047 #08S01: Unknown command");
    wire_check_error(t, wire_ask(t, &client, STR("\x0c\xff\xff\0\0")),
                     "1094 #HY000: Unknown thread id: 65535");
    wire_close(&client);
    test_server_stop(&test);
}

TEST(field_lists_come_from_desc)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, 0);
    CHECK_BYTES("03646566000274600274600269640269640c3f0014000000088000000000fb",
                wire_ask(t, &client, STR("\x04t`\0")));
    Str second = wire_read(t, &client);
    CHECK(str_find(second, STR("\x05price")) > 0);
    CHECK(str_find(second, STR("\xf6\x80")) > 0);
    CHECK_BYTES("fe00000200", wire_read(t, &client));
    wire_check_error(t, wire_ask(t, &client, STR("\x04t\0a%")),
                     "1235 #42000: This version does not support a pattern in COM_FIELD_LIST yet");
    wire_close(&client);
    test_server_stop(&test);
}

TEST(change_user_asks_with_a_fresh_scramble)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    for (int is_right = 0; is_right < 2; is_right++) {
        wire_open(t, &client, &test, CAP_PLUGIN_AUTH);
        Str rest = wire_ask(t, &client,
                            STR("\x11"
                                "bob\0\0db1\0\x2d\0mysql_native_password\0"));
        Str plugin, scramble;
        uint64_t header;
        CHECK(packet_take_int(&rest, 1, &header) && packet_take_z(&rest, &plugin));
        CHECK(packet_take_z(&rest, &scramble) && scramble.len == SCRAMBLE_BYTES);
        memcpy(client.scramble.bytes, scramble.ptr, SCRAMBLE_BYTES);
        packet_begin(&client.packets);
        packet_put_bytes(&client.packets,
                         wire_auth(t, &client.scramble, is_right ? STR("secret") : STR("no")));
        CHECK_RC(RC_OK, packet_end(&client.packets, t));
        CHECK_RC(RC_OK, packets_flush(&client.packets, t));
        Str answer = wire_read(t, &client);
        if (is_right)
            CHECK_BYTES(OK_HEX, answer);
        else
            wire_check_closed(t, &client);
        wire_close(&client);
    }
    test_server_stop(&test);
}

TEST(large_packets_pass_both_ways)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, CAP_DEPRECATE_EOF);
    size_t len = (size_t)PACKET_FRAME_MAX + 5000;
    char *text = arena_alloc(t->arena, len);
    memset(text, ' ', len);
    memcpy(text, "\x03LEN", 4);
    wire_ask(t, &client, (Str){text, len});
    wire_read(t, &client);
    CHECK_STR(str_printf(t->arena, "\x08%zu", len - 1), wire_read(t, &client));
    CHECK_BYTES("fe000002000000", wire_read(t, &client));
    wire_ask(t, &client,
             STR("\x03"
                 "BIG 20000000"));
    wire_read(t, &client);
    Str row = wire_read(t, &client);
    CHECK_INT(20000000 + 9, row.len);  // 0xFE and eight bytes of length
    CHECK_BYTES("fe000002000000", wire_read(t, &client));
    wire_close(&client);
    test_server_stop(&test);
}

static void send_bytes(Ctx *t, WireClient *client, Str bytes)
{
    for (size_t written; bytes.len > 0; bytes = str_sub(bytes, written, bytes.len - written))
        CHECK_RC(RC_OK, client->socket.stream.write(&client->socket.stream, t, bytes.ptr, bytes.len,
                                                    &written));
}

// Our own writer refuses such a packet, so its frames are made by hand.
TEST(a_statement_over_the_packet_limit_is_told_and_forgotten)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, 0);
    Str body = {arena_alloc(t->arena, PACKET_FRAME_MAX), PACKET_FRAME_MAX};
    for (char number = 0; number < 5; number++) {
        char header[] = {'\xff', '\xff', '\xff', number};
        send_bytes(t, &client, (Str){header, sizeof(header)});
        send_bytes(t, &client, body);
    }
    send_bytes(t, &client, STR("\0\0\0\x05"));
    client.packets.sequence = 6;
    wire_check_error(t, wire_read(t, &client),
                     "1153 #08S01: Got a packet bigger than 'max_allowed_packet' bytes (67108864)");
    CHECK_BYTES(OK_HEX, wire_ask(t, &client, STR("\x0e")));
    wire_close(&client);
    test_server_stop(&test);
}

TEST(packets_before_login_are_small)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_connect(t, &client, &test);
    wire_read(t, &client);
    packet_begin(&client.packets);
    packet_put_bytes(&client.packets, (Str){arena_alloc(t->arena, 100000), 100000});
    CHECK_RC(RC_OK, packet_end(&client.packets, t));
    CHECK_RC(RC_OK, packets_flush(&client.packets, t));
    wire_check_error(t, wire_read(t, &client),
                     "1153 ?: Got a packet bigger than 'max_allowed_packet' bytes (65536)");
    wire_check_closed(t, &client);
    wire_close(&client);
    test_server_stop(&test);
}

TEST(one_connection_too_many_is_refused)
{
    TestServer test;
    WireClient clients[2], third;
    test_server_start(t, &test, (ServerOptions){.max_connections = 2});
    wire_open(t, &clients[0], &test, 0);
    wire_open(t, &clients[1], &test, 0);
    wire_connect(t, &third, &test);
    wire_check_error(t, wire_read(t, &third), "1040 ?: Too many connections");
    wire_check_closed(t, &third);
    wire_close(&third);
    wire_close(&clients[0]);
    wait_for_sessions(1);
    clock_sleep_ms(20);  // the thread ends a moment after its session
    wire_open(t, &third, &test, 0);
    wire_close(&third);
    wire_close(&clients[1]);
    test_server_stop(&test);
}

TEST(silent_clients_are_closed)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){.connect_timeout_ms = 100, .idle_timeout_ms = 300});
    wire_connect(t, &client, &test);
    wire_read(t, &client);
    int64_t start_ms = clock_steady_ms();
    // Told once more (a timeout is an ERR packet), then closed.
    wire_check_error(t, wire_read(t, &client), "1159 ?: Got timeout reading communication packets");
    wire_check_closed(t, &client);
    CHECK(clock_steady_ms() - start_ms < 290);
    wire_close(&client);
    wire_open(t, &client, &test, 0);
    start_ms = clock_steady_ms();
    wire_check_closed(t, &client);
    CHECK(clock_steady_ms() - start_ms >= 250);
    wire_close(&client);
    test_server_stop(&test);
}

TEST(kill_wakes_an_idle_connection)
{
    TestServer test;
    WireClient victim, killer;
    test_server_start(t, &test, (ServerOptions){0});
    wire_connect(t, &victim, &test);
    Str greeting = wire_read(t, &victim), version;
    uint64_t id;
    CHECK(packet_take_int(&greeting, 1, &id) && packet_take_z(&greeting, &version));
    CHECK(packet_take_int(&greeting, 4, &id));
    wire_open(t, &killer, &test, 0);
    char command[] = {0x0c, (char)(id & 0xFF), (char)(id >> 8 & 0xFF), 0, 0};
    wire_ask(t, &killer, (Str){command, sizeof(command)});
    wire_check_error(t, wire_read(t, &victim), "1927 ?: Connection was killed");
    wire_check_closed(t, &victim);
    wire_close(&victim);
    wire_close(&killer);
    test_server_stop(&test);
}

TEST(a_client_that_hangs_up_cancels_its_statement)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    int before = fake_cancel_count();
    wire_open(t, &client, &test, 0);
    wire_send(t, &client, STR("\x03SLEEP"));
    clock_sleep_ms(30);
    CHECK_INT(1, fake_open_sessions());
    wire_close(&client);
    wait_for_sessions(0);
    CHECK_INT(before + 1, fake_cancel_count());
    // And when it left before the statement could begin.
    wire_open(t, &client, &test, 0);
    wire_send(t, &client, STR("\x03LATE"));
    wire_close(&client);
    wait_for_sessions(0);
    test_server_stop(&test);
}

TEST(a_client_that_does_not_read_is_dropped)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){.write_timeout_ms = 300});
    wire_open(t, &client, &test, 0);
    wire_send(t, &client,
              STR("\x03"
                  "FLOOD"));
    wait_for_sessions(1);
    wait_for_sessions(0);
    wire_close(&client);
    test_server_stop(&test);
}

TEST(stop_ends_idle_running_and_unknown_clients)
{
    TestServer test;
    WireClient idle, running, unread, unknown;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &idle, &test, 0);
    wire_open(t, &running, &test, 0);
    wire_open(t, &unread, &test, 0);
    wire_connect(t, &unknown, &test);
    wire_send(t, &running, STR("\x03SLEEP"));
    wire_send(t, &unread,
              STR("\x03"
                  "FLOOD"));
    wire_read(t, &unknown);
    clock_sleep_ms(50);
    int64_t start_ms = clock_steady_ms();
    test_server_stop(&test);
    CHECK(clock_steady_ms() - start_ms < 1000);
    CHECK_INT(0, fake_open_sessions());
    wire_check_error(t, wire_read(t, &running), "1317 #70100: Query execution was interrupted");
    wire_check_closed(t, &running);
    wire_check_closed(t, &idle);
    wire_close(&idle);
    wire_close(&running);
    wire_close(&unread);
    wire_close(&unknown);
}

TEST(a_busy_port_is_named)
{
    TestServer test;
    Server *second;
    test_server_start(t, &test, (ServerOptions){0});
    ServerOptions options = {.address = test.address, .max_connections = 1};
    Str text = str_printf(t->arena, "Can not listen on %.*s: Address already in use",
                          STR_ARG(address_text(t->arena, &test.address)));
    CHECK_ERR_TEXT(LISTEN, text, server_open(t, fake_instance(), &options, &second));
    test_server_stop(&test);
}

TEST(packets_out_of_order_end_the_connection)
{
    TestServer test;
    WireClient client;
    test_server_start(t, &test, (ServerOptions){0});
    wire_open(t, &client, &test, 0);
    send_bytes(t, &client, STR("\x01\0\0\x07\x0e"));
    client.packets.sequence = 8;
    wire_check_error(t, wire_read(t, &client),
                     "1156 #08S01: Got packets out of order: expected number 0, found 7");
    wire_check_closed(t, &client);
    wire_close(&client);
    test_server_stop(&test);
}
