#ifndef SERVER_HANDSHAKE_H
#define SERVER_HANDSHAKE_H
#include "server/packet.h"

// The first packets of a connection, as bytes. What is done with them is in login.h.
// Source: MySQL protocol documentation, Protocol::HandshakeV10 and HandshakeResponse41.
enum Capability {
    CAP_LONG_PASSWORD = 0x1,  // MariaDB's clients read its absence as "MariaDB server"
    CAP_LONG_FLAG = 0x4,
    CAP_CONNECT_WITH_DB = 0x8,
    CAP_PROTOCOL_41 = 0x200,
    CAP_SSL = 0x800,
    CAP_TRANSACTIONS = 0x2000,
    CAP_SECURE_CONNECTION = 0x8000,
    CAP_MULTI_STATEMENTS = 0x10000,
    CAP_MULTI_RESULTS = 0x20000,
    CAP_PLUGIN_AUTH = 0x80000,
    CAP_CONNECT_ATTRS = 0x100000,
    CAP_PLUGIN_AUTH_LENENC = 0x200000,
    CAP_DEPRECATE_EOF = 0x1000000,
    CAP_SERVER = CAP_LONG_PASSWORD | CAP_LONG_FLAG | CAP_CONNECT_WITH_DB | CAP_PROTOCOL_41 |
                 CAP_TRANSACTIONS | CAP_SECURE_CONNECTION | CAP_MULTI_STATEMENTS |
                 CAP_MULTI_RESULTS | CAP_PLUGIN_AUTH | CAP_CONNECT_ATTRS | CAP_PLUGIN_AUTH_LENENC |
                 CAP_DEPRECATE_EOF,
};

enum {
    SCRAMBLE_BYTES = 20,
    STATUS_AUTOCOMMIT = 0x2,
    STATUS_MORE_RESULTS = 0x8,
    CHARSET_UTF8MB4 = 45,  // utf8mb4_general_ci
    CHARSET_BINARY = 63,
};

#define NATIVE_PASSWORD STR("mysql_native_password")

typedef struct Scramble {
    char bytes[SCRAMBLE_BYTES];
} Scramble;
Scramble scramble_new(void);  // random; without NUL and '$', which some clients cannot read

typedef struct Greeting {
    Str server_version;
    uint32_t connection_id;
    Scramble scramble;
} Greeting;
NODISCARD Rc handshake_send_greeting(Packets *packets, Ctx *ctx, const Greeting *greeting);
NODISCARD Rc handshake_send_switch(Packets *packets, Ctx *ctx, const Scramble *scramble);

// Texts are views of the payload. What the client did not send is empty.
typedef struct HandshakeResponse {
    uint32_t capabilities;  // of the client, cut to what the server offered
    Str user;
    Str auth;  // reply to the scramble
    Str database;
    Str plugin;
} HandshakeResponse;

// Errors: BAD_HANDSHAKE (what is wrong; also a request for TLS), OLD_CLIENT. *out untouched.
NODISCARD Rc handshake_parse(Ctx *ctx, Str payload, HandshakeResponse *out);
// Body of COM_CHANGE_USER, with the capabilities agreed on at first. Errors: BAD_HANDSHAKE.
NODISCARD Rc handshake_parse_change(Ctx *ctx, Str body, uint32_t capabilities,
                                    HandshakeResponse *out);

#endif
