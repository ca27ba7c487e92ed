/*
 * Addresses to listen on.
 */
#include "check.h"
#include "server/address.h"

static bool is_loopback(Ctx *t, const char *host)
{
    Address address;
    CHECK_RC(RC_OK, address_parse(t, str_from(host), 1, &address));
    return address_is_loopback(&address);
}

TEST(loopback_is_told_from_the_rest)
{
    CHECK(is_loopback(t, "127.0.0.1"));
    CHECK(is_loopback(t, "127.9.9.9"));
    CHECK(is_loopback(t, "localhost"));
    CHECK(is_loopback(t, "::1"));
    CHECK(!is_loopback(t, "0.0.0.0"));
    CHECK(!is_loopback(t, "10.0.0.1"));
    CHECK(!is_loopback(t, "::"));
    CHECK(!is_loopback(t, "::ffff:10.0.0.1"));
}

TEST(addresses_are_printed_with_their_port)
{
    Address address;
    CHECK_RC(RC_OK, address_parse(t, STR("127.0.0.1"), 9030, &address));
    CHECK_STR("127.0.0.1:9030", address_text(t->arena, &address));
    CHECK_INT(9030, address_port(&address));
    CHECK_RC(RC_OK, address_parse(t, STR("::1"), 65535, &address));
    CHECK_STR("[::1]:65535", address_text(t->arena, &address));
}

TEST(names_are_refused)
{
    Address address;
    CHECK_ERR_TEXT(LISTEN, "Can not listen on example.com: it is no numeric address",
                   address_parse(t, STR("example.com"), 1, &address));
    CHECK_ERR(LISTEN, address_parse(t, STR("127.0.0.256"), 1, &address));
    CHECK_ERR(LISTEN, address_parse(t, STR(""), 1, &address));
}
