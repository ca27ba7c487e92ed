/*
 * Which command a packet holds.
 */
#include "check.h"
#include "server/command.h"

TEST(commands_are_read)
{
    Command command;
    CHECK_RC(RC_OK, command_parse(t,
                                  STR("\x03"
                                      "SELECT 1"),
                                  &command));
    CHECK_INT(COM_QUERY, command.kind);
    CHECK_STR("SELECT 1", command.text);
    CHECK_RC(RC_OK, command_parse(t, STR("\x03"), &command));
    CHECK_STR("", command.text);
    CHECK_RC(RC_OK, command_parse(t,
                                  STR("\x04"
                                      "t1\0"
                                      "a%"),
                                  &command));
    CHECK_INT(COM_FIELD_LIST, command.kind);
    CHECK_STR("t1", command.text);
    CHECK_STR("a%", command.pattern);
    CHECK_RC(RC_OK, command_parse(t, STR("\x0c\x04\x03\x02\x01"), &command));
    CHECK_INT(COM_PROCESS_KILL, command.kind);
    CHECK_INT(0x01020304, command.number);
    CHECK_RC(RC_OK, command_parse(t, STR("\x1b\x01\x00"), &command));
    CHECK_INT(1, command.number);
}

TEST(refused_commands_are_known_by_name)
{
    Command command;
    CHECK_RC(RC_OK, command_parse(t,
                                  STR("\x16"
                                      "SELECT ?"),
                                  &command));
    CHECK_STR("COM_STMT_PREPARE", command_name(command.kind));
    CHECK(command_is_refused(command.kind));
    CHECK_RC(RC_OK, command_parse(t, STR("\x19\x01\0\0\0"), &command));
    CHECK(command_is_silent(command.kind) && !command_is_refused(command.kind));
}

TEST(bad_commands_are_refused)
{
    Command command = {.kind = COM_PING};
    CHECK_ERR(PACKET_MALFORMED, command_parse(t, STR(""), &command));
    CHECK_ERR_TEXT(PACKET_MALFORMED, "Malformed communication packet: COM_PROCESS_KILL",
                   command_parse(t, STR("\x0c\x01\x02"), &command));
    CHECK_ERR(PACKET_MALFORMED, command_parse(t,
                                              STR("\x04"
                                                  "no end"),
                                              &command));
    CHECK_ERR_TEXT(UNKNOWN_COMMAND, "Unknown command", command_parse(t, STR("\x00"), &command));
    CHECK_ERR(UNKNOWN_COMMAND, command_parse(t, STR("\x08"), &command));  // COM_SHUTDOWN
    CHECK_ERR(UNKNOWN_COMMAND, command_parse(t, STR("\xff"), &command));
    CHECK_INT(COM_PING, command.kind);
}
