/*
 * server/command: what a client's packet asks for.
 *
 * Source  MySQL protocol documentation, "Command Phase".
 * Errors  UNKNOWN_COMMAND, PACKET_MALFORMED.   Threads  pure functions.
 */
#include "server/command.h"
#include "base/vec.h"
#include "server/packet.h"

typedef enum Form {
    FORM_NONE,
    FORM_TEXT,
    FORM_NAME,
    FORM_NUMBER,
    FORM_OPTION,
    FORM_REFUSED,
    FORM_SILENT
} Form;

static const struct {
    const char *name;
    uint8_t number;
    Form form;
} COMMANDS[COM_COUNT] = {
#define COMMAND(name, number, form) {"COM_" #name, number, FORM_##form},
#include "server/command.def"
#undef COMMAND
};

const char *command_name(CommandKind kind)
{
    return COMMANDS[kind].name;
}

bool command_is_refused(CommandKind kind)
{
    return COMMANDS[kind].form == FORM_REFUSED;
}

bool command_is_silent(CommandKind kind)
{
    return COMMANDS[kind].form == FORM_SILENT;
}

static bool take_body(Form form, Str rest, Command *out)
{
    uint64_t number = 0;
    switch (form) {
    case FORM_TEXT: out->text = rest; return true;
    case FORM_NAME:
        if (!packet_take_z(&rest, &out->text)) return false;
        out->pattern = rest;
        return true;
    case FORM_NUMBER:
    case FORM_OPTION:
        if (!packet_take_int(&rest, form == FORM_NUMBER ? 4 : 2, &number)) return false;
        out->number = (uint32_t)number;
        return true;
    case FORM_NONE:
    case FORM_REFUSED:
    case FORM_SILENT: return true;
    }
    return false;
}

Rc command_parse(Ctx *ctx, Str payload, Command *out)
{
    uint64_t number;
    if (!packet_take_int(&payload, 1, &number)) return FAIL(ctx, PACKET_MALFORMED, "it is empty");
    for (size_t i = 0; i < COUNT_OF(COMMANDS); i++) {
        if (COMMANDS[i].number != number) continue;
        Command command = {.kind = (CommandKind)i, .text = STR(""), .pattern = STR("")};
        if (!take_body(COMMANDS[i].form, payload, &command))
            return FAIL(ctx, PACKET_MALFORMED, COMMANDS[i].name);
        *out = command;
        return RC_OK;
    }
    return FAIL(ctx, UNKNOWN_COMMAND);
}
