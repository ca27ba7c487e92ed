/*
 * server/address: numeric addresses.   Errors  LISTEN.   Threads  pure functions.
 */
#include "server/address.h"
#include <arpa/inet.h>

Rc address_parse(Ctx *ctx, Str host, uint16_t port, Address *out)
{
    Address address = {0};
    const char *text = str_eq(host, STR("localhost")) ? "127.0.0.1" : str_z(ctx->arena, host);
    if (inet_pton(AF_INET, text, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
        address.v4.sin_port = htons(port);
        address.len = sizeof(address.v4);
    } else if (inet_pton(AF_INET6, text, &address.v6.sin6_addr) == 1) {
        address.v6.sin6_family = AF_INET6;
        address.v6.sin6_port = htons(port);
        address.len = sizeof(address.v6);
    } else {
        return FAIL(ctx, LISTEN, STR_ARG(host), "it is no numeric address");
    }
    *out = address;
    return RC_OK;
}

bool address_is_loopback(const Address *address)
{
    if (address->any.sa_family == AF_INET) return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

uint16_t address_port(const Address *address)
{
    return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

Str address_text(Arena *arena, const Address *address)
{
    char host[INET6_ADDRSTRLEN] = "?";
    bool is_v4 = address->any.sa_family == AF_INET;
    const void *bytes =
        is_v4 ? (const void *)&address->v4.sin_addr : (const void *)&address->v6.sin6_addr;
    inet_ntop(address->any.sa_family, bytes, host, sizeof(host));
    return str_printf(arena, is_v4 ? "%s:%u" : "[%s]:%u", host, address_port(address));
}
