#ifndef SERVER_COMMAND_H
#define SERVER_COMMAND_H
#include "base/ctx.h"

// What a client may ask for. name, number on the wire, form of the body:
//   NONE     ignored      TEXT     the rest, as it is      NUMBER   4 bytes
//   OPTION   2 bytes      NAME     text up to a NUL, then the rest
//   REFUSED  known by name, not there yet        SILENT   the same, and the client waits for no
//   answer
#define COMMAND_LIST(X)                                                              \
    X(QUIT, 0x01, NONE)                                                              \
    X(INIT_DB, 0x02, TEXT)                                                           \
    X(QUERY, 0x03, TEXT)                                                             \
    X(FIELD_LIST, 0x04, NAME) X(STATISTICS, 0x09, NONE) X(PROCESS_INFO, 0x0a, NONE)  \
        X(PROCESS_KILL, 0x0c, NUMBER) X(PING, 0x0e, NONE) X(CHANGE_USER, 0x11, TEXT) \
            X(STMT_PREPARE, 0x16, REFUSED) X(STMT_EXECUTE, 0x17, REFUSED)            \
                X(STMT_SEND_LONG_DATA, 0x18, SILENT) X(STMT_CLOSE, 0x19, SILENT)     \
                    X(STMT_RESET, 0x1a, REFUSED) X(SET_OPTION, 0x1b, OPTION)         \
                        X(STMT_FETCH, 0x1c, REFUSED) X(RESET_CONNECTION, 0x1f, NONE)

typedef enum CommandKind {
#define X(name, number, form) COM_##name,
    COMMAND_LIST(X)
#undef X
        COM_COUNT
} CommandKind;

typedef struct Command {
    CommandKind kind;
    Str text;         // TEXT: all of it; NAME: before the NUL
    Str pattern;      // NAME: behind the NUL
    uint32_t number;  // NUMBER, OPTION
} Command;

// Errors: UNKNOWN_COMMAND, PACKET_MALFORMED. *out untouched.
NODISCARD Rc command_parse(Ctx *ctx, Str payload, Command *out);
const char *command_name(CommandKind kind);  // "COM_QUERY"
bool command_is_refused(CommandKind kind);   // REFUSED
bool command_is_silent(CommandKind kind);    // SILENT

#endif
