/*
 * The first packets, byte for byte; the replies are the protocol documentation's own examples.
 */
#include "check.h"
#include "server/handshake.h"

#define ZERO_23 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

TEST(greeting_has_the_documented_form)
{
    StreamMemory memory;
    Packets packets;
    stream_memory_init(&memory, t->arena, STR(""));
    packets_init(&packets, &memory.stream);
    Greeting greeting = {.server_version = STR("8.0.33"),
                         .connection_id = 0x01020304,
                         .scramble = {"abcdefghijklmnopqrst"}};
    CHECK_RC(RC_OK, handshake_send_greeting(&packets, t, &greeting));
    Str expected = STR("\x4a\0\0\0"
                       "\x0a"
                       "8.0.33\0"
                       "\x04\x03\x02\x01"
                       "abcdefgh\0"
                       "\x0d\xa2"  // capabilities, lower half
                       "\x2d"
                       "\x02\0"
                       "\x3b\x01"  // upper half
                       "\x15"
                       "\0\0\0\0\0\0\0\0\0\0"
                       "ijklmnopqrst\0"
                       "mysql_native_password\0");
    CHECK_STR(str_hex(t->arena, expected.ptr, expected.len),
              str_hex(t->arena, memory.output.ptr, memory.output.len));
    packets_close(&packets);
}

TEST(scrambles_differ_and_hold_no_special_bytes)
{
    Scramble before = scramble_new();
    for (int i = 0; i < 2000; i++) {
        Scramble scramble = scramble_new();
        CHECK(memcmp(&before, &scramble, sizeof(scramble)) != 0);
        CHECK(memchr(scramble.bytes, 0, SCRAMBLE_BYTES) == NULL);
        CHECK(memchr(scramble.bytes, '$', SCRAMBLE_BYTES) == NULL);
        before = scramble;
    }
}

static const Str RESPONSE_PAM =
    STR_INIT("\x8d\xa6\x0f\x00\x00\x00\x00\x01\x08" ZERO_23 "pam\0"
             "\x14\xab\x09\xee\xf6\xbc\xb1\x32\x3e\x61\x14\x38\x65\xc0\x99\x1d\x95\x7d\x75\xd4\x47"
             "test\0"
             "mysql_native_password\0");

TEST(response_of_a_5_5_client_is_read)
{
    HandshakeResponse response;
    CHECK_RC(RC_OK, handshake_parse(t, RESPONSE_PAM, &response));
    CHECK_STR("pam", response.user);
    CHECK_STR("test", response.database);
    CHECK_STR("mysql_native_password", response.plugin);
    CHECK_STR("ab09eef6bcb1323e61143865c0991d957d75d447",
              str_hex(t->arena, response.auth.ptr, response.auth.len));
    CHECK(response.capabilities & CAP_MULTI_STATEMENTS);
    CHECK(!(response.capabilities & CAP_DEPRECATE_EOF));
}

TEST(response_with_attributes_is_read)
{
    Str payload =
        STR("\x85\xa2\x1e\x00\x00\x00\x00\x40\x08" ZERO_23 "root\0"
            "\x14\x22\x50\x79\xa2\x12\xd4\xe8\x82\xe5\xb3\xf4\x1a\x97\x75\x6b\xc8\xbe\xdb\x9f\x80"
            "mysql_native_password\0"
            "\x61\x03_os\x09"
            "debian6.0\x0c_client_name\x08libmysql\x04_pid\x05"
            "22344"
            "\x0f_client_version\x08"
            "5.6.6-m9\x09_platform\x06x86_64\x03"
            "foo\x03"
            "bar");
    HandshakeResponse response;
    CHECK_INT(178, payload.len);
    CHECK_RC(RC_OK, handshake_parse(t, payload, &response));
    CHECK_STR("root", response.user);
    CHECK_STR("", response.database);
    CHECK_INT(20, response.auth.len);
    // One byte less, and the attributes do not end.
    CHECK_ERR(BAD_HANDSHAKE, handshake_parse(t, str_sub(payload, 0, 177), &response));
}

TEST(a_response_cut_anywhere_is_refused_or_lacks_only_its_end)
{
    for (size_t len = 0; len < RESPONSE_PAM.len; len++) {
        HandshakeResponse response = {.capabilities = 77};
        char *exact =
            mem_alloc(len + (len == 0));  // on its own: the sanitizer sees a read beyond it
        memcpy(exact, RESPONSE_PAM.ptr, len);
        Rc rc = handshake_parse(t, (Str){exact, len}, &response);
        // User, and reply to the scramble, are whole from byte 57 on.
        CHECK_INT(len < 57 ? RC_INVALID : RC_OK, rc);
        if (rc != RC_OK) CHECK_INT(77, response.capabilities);
        ctx_clear(t);
        free(exact);
    }
}

TEST(clients_that_cannot_be_served_are_told_why)
{
    HandshakeResponse response;
    CHECK_ERR(OLD_CLIENT, handshake_parse(t, STR("\x85\x24\0\0\0root\0\0"), &response));
    CHECK_ERR_TEXT(BAD_HANDSHAKE,
                   "Bad handshake: this version has no TLS yet: connect without it (--skip-ssl)",
                   handshake_parse(t, STR("\x85\xae\x1e\0\0\0\0\1\x2d" ZERO_23), &response));
    CHECK_ERR_TEXT(
        BAD_HANDSHAKE, "Bad handshake: the user name is not UTF-8",
        handshake_parse(t, STR("\x85\xa2\x08\0\0\0\0\1\x2d" ZERO_23 "\xff\0\0"), &response));
}

TEST(reply_lengths_come_in_three_forms)
{
    HandshakeResponse response;
    // PLUGIN_AUTH_LENENC
    CHECK_RC(RC_OK, handshake_parse(t,
                                    STR("\x00\x82\x20\0\0\0\0\1\x2d" ZERO_23 "u\0"
                                        "\xfc\x02\0xy"),
                                    &response));
    CHECK_STR("xy", response.auth);
    // SECURE_CONNECTION
    CHECK_RC(RC_OK, handshake_parse(t,
                                    STR("\x00\x82\x00\0\0\0\0\1\x2d" ZERO_23 "u\0"
                                        "\x02xy"),
                                    &response));
    CHECK_STR("xy", response.auth);
    // neither: ends with NUL
    CHECK_RC(RC_OK, handshake_parse(t,
                                    STR("\x00\x02\x00\0\0\0\0\1\x2d" ZERO_23 "u\0"
                                        "xyz\0"),
                                    &response));
    CHECK_STR("xyz", response.auth);
}

TEST(change_user_is_read)
{
    HandshakeResponse response;
    uint32_t capabilities = CAP_SERVER;
    CHECK_RC(RC_OK, handshake_parse_change(t,
                                           STR("bob\0"
                                               "\x02xy"
                                               "db1\0"
                                               "\x2d\0"
                                               "other_plugin\0"),
                                           capabilities, &response));
    CHECK_STR("bob", response.user);
    CHECK_STR("xy", response.auth);
    CHECK_STR("db1", response.database);
    CHECK_STR("other_plugin", response.plugin);
    CHECK_RC(RC_OK, handshake_parse_change(t,
                                           STR("bob\0"
                                               "\0"
                                               "\0"),
                                           capabilities, &response));
    CHECK_STR("", response.database);
    CHECK_ERR(BAD_HANDSHAKE, handshake_parse_change(t, STR("bob"), capabilities, &response));
    CHECK_ERR(BAD_HANDSHAKE, handshake_parse_change(t,
                                                    STR("bob\0"
                                                        "\x09xy"),
                                                    capabilities, &response));
}
