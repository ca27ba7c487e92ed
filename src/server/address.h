#ifndef SERVER_ADDRESS_H
#define SERVER_ADDRESS_H
#include "base/ctx.h"
#include <netinet/in.h>

// An IPv4 or IPv6 address with its port.
typedef struct Address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
    socklen_t len;
} Address;

// `host` is a numeric address or "localhost": names are not looked up, since what they mean may
// change behind the check for loopback. Errors: LISTEN, naming it.
NODISCARD Rc address_parse(Ctx *ctx, Str host, uint16_t port, Address *out);
bool address_is_loopback(const Address *address);
uint16_t address_port(const Address *address);
Str address_text(Arena *arena, const Address *address);  // "127.0.0.1:9030", "[::1]:9030"

#endif
