#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H
#include "base/sink.h"
#include "server/packet.h"

// Answers as packets. Nothing here flushes: whoever ends an exchange does.
typedef struct Ok {
    uint64_t affected_rows;
    uint32_t warning_count;  // cut to 16 bits on the wire
    uint16_t status;         // STATUS_*
    Str info;
} Ok;

NODISCARD Rc answer_ok(Packets *packets, Ctx *ctx, const Ok *ok);
// End of rows, of column definitions, and of commands that the protocol answers so: an EOF packet,
// or an OK packet that begins with 0xFE for clients that asked for CAP_DEPRECATE_EOF.
NODISCARD Rc answer_end(Packets *packets, Ctx *ctx, uint32_t capabilities, const Ok *ok);
// Before the client's capabilities are known (0) the packet carries no SQLSTATE.
NODISCARD Rc answer_error(Packets *packets, Ctx *ctx, uint32_t capabilities, const Err *err);

// ColumnDefinition41 of one column. With `has_default` (COM_FIELD_LIST) a default follows; it is
// NULL.
void answer_put_column(Packets *packets, const SinkColumn *column, bool has_default);

// Rows onto the wire in the text protocol: the RowSink that statements write to.
typedef struct WireSink {
    RowSink sink;
    Packets *packets;
    uint32_t capabilities;
    size_t column_count;
    bool has_begun;
} WireSink;
void wire_sink_init(WireSink *wire, Packets *packets, uint32_t capabilities);

#endif
