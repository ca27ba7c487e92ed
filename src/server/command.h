#ifndef SERVER_COMMAND_H
#define SERVER_COMMAND_H
#include "base/ctx.h"

// What a client may ask for: command.def lists name, number on the wire, and form of the body.
//   NONE     ignored                  TEXT    the rest, as it is
//   NUMBER   4 bytes                  OPTION  2 bytes
//   NAME     text up to a NUL, then the rest
//   REFUSED  known by name, not there yet
//   SILENT   the same, and the client waits for no answer
typedef enum CommandKind {
#define COMMAND(name, number, form) COM_##name,
#include "server/command.def"
#undef COMMAND
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
