/*
 * server/answer: OK, EOF, ERR, column definitions and rows of the text protocol.
 *
 * Source  MySQL protocol documentation; where it and the servers differ (the info text of an OK
 *         packet is length-encoded), the servers, since that is what clients read.
 * Errors  those of packet_end().   Threads  the connection's thread only.
 */
#include "server/answer.h"
#include "base/vec.h"
#include "server/handshake.h"

enum { FLAG_BLOB = 0x10, FLAG_BINARY = 0x80, BYTES_PER_CHAR = 4, DECIMALS_FLOAT = 31 };

static uint64_t clip_count(uint32_t count)
{
    return count > UINT16_MAX ? UINT16_MAX : count;
}

static Rc send_ok(Packets *packets, Ctx *ctx, const Ok *ok, uint8_t header)
{
    packet_begin(packets);
    packet_put_int(packets, header, 1);
    packet_put_lenenc(packets, ok->affected_rows);
    packet_put_lenenc(packets, 0);  // last insert id
    packet_put_int(packets, ok->status, 2);
    packet_put_int(packets, clip_count(ok->warning_count), 2);
    if (ok->info.len > 0) packet_put_text(packets, ok->info);
    return packet_end(packets, ctx);
}

Rc answer_ok(Packets *packets, Ctx *ctx, const Ok *ok)
{
    return send_ok(packets, ctx, ok, 0x00);
}

Rc answer_end(Packets *packets, Ctx *ctx, uint32_t capabilities, const Ok *ok)
{
    if (capabilities & CAP_DEPRECATE_EOF) return send_ok(packets, ctx, ok, 0xFE);
    packet_begin(packets);
    packet_put_int(packets, 0xFE, 1);
    packet_put_int(packets, clip_count(ok->warning_count), 2);
    packet_put_int(packets, ok->status, 2);
    return packet_end(packets, ctx);
}

Rc answer_error(Packets *packets, Ctx *ctx, uint32_t capabilities, const Err *err)
{
    // The text is read from an Err of another arena or of ctx: packet_end may replace ctx->err.
    packet_begin(packets);
    packet_put_int(packets, 0xFF, 1);
    packet_put_int(packets, err->mysql_number, 2);
    if (capabilities & CAP_PROTOCOL_41) {
        packet_put_int(packets, '#', 1);
        packet_put_bytes(packets, str_from(err->sqlstate));
    }
    packet_put_bytes(packets, err->text);
    return packet_end(packets, ctx);
}

// What the client is told about a type beside its number. `chars`: the widest value as printed; 0:
// by the column's own length.
static const struct {
    uint16_t chars;
    bool is_text;  // utf8mb4; everything else is "binary", which is also how numbers are told
} SHAPES[TYPE_COUNT] = {
    [TYPE_NULL] = {0, false},      [TYPE_BOOLEAN] = {1, false},    [TYPE_TINYINT] = {4, false},
    [TYPE_SMALLINT] = {6, false},  [TYPE_INT] = {11, false},       [TYPE_BIGINT] = {20, false},
    [TYPE_LARGEINT] = {40, true},  [TYPE_FLOAT] = {12, false},     [TYPE_DOUBLE] = {22, false},
    [TYPE_DECIMAL] = {0, false},   [TYPE_DATE] = {10, false},      [TYPE_DATETIME] = {26, false},
    [TYPE_TIME] = {10, false},     [TYPE_CHAR] = {0, true},        [TYPE_VARCHAR] = {0, true},
    [TYPE_VARBINARY] = {0, false}, [TYPE_JSON] = {0, true},        [TYPE_BITMAP] = {0, false},
    [TYPE_HLL] = {0, false},       [TYPE_PERCENTILE] = {0, false}, [TYPE_ARRAY] = {0, true},
    [TYPE_MAP] = {0, true},        [TYPE_STRUCT] = {0, true},
};

static uint32_t column_length(const Type *type)
{
    uint32_t chars = SHAPES[type->kind].chars;
    if (type->kind == TYPE_DECIMAL)
        chars = (uint32_t)type->precision + 2;  // sign and point
    else if (chars == 0 && type->kind != TYPE_NULL)
        chars = type->len > 0 ? type->len : TYPE_STRING_LEN;
    return SHAPES[type->kind].is_text ? chars * BYTES_PER_CHAR : chars;
}

static uint16_t column_flags(TypeKind kind)
{
    uint16_t flags = SHAPES[kind].is_text ? 0 : FLAG_BINARY;
    return type_mysql_number(kind) == 252 ? flags | FLAG_BLOB : flags;
}

static uint8_t column_decimals(const Type *type)
{
    if (type->kind == TYPE_FLOAT || type->kind == TYPE_DOUBLE) return DECIMALS_FLOAT;
    return type->kind == TYPE_DECIMAL ? type->scale : 0;
}

void answer_put_column(Packets *packets, const SinkColumn *column, bool has_default)
{
    const Type *type = &column->type;
    must(type->kind < TYPE_COUNT);
    packet_put_text(packets, STR("def"));
    packet_put_text(packets, column->database);
    packet_put_text(packets, column->table);
    packet_put_text(packets, column->table);
    packet_put_text(packets, column->name);
    packet_put_text(packets, column->table.len > 0 ? column->name : STR(""));
    packet_put_int(packets, 0x0C, 1);  // length of what follows
    packet_put_int(packets, SHAPES[type->kind].is_text ? CHARSET_UTF8MB4 : CHARSET_BINARY, 2);
    packet_put_int(packets, column_length(type), 4);
    packet_put_int(packets, (uint64_t)type_mysql_number(type->kind), 1);
    packet_put_int(packets, column_flags(type->kind), 2);
    packet_put_int(packets, column_decimals(type), 1);
    packet_put_int(packets, 0, 2);
    if (has_default) packet_put_int(packets, 0xFB, 1);
}

static Rc wire_begin(RowSink *sink, Ctx *ctx, const SinkColumn *columns, size_t count)
{
    WireSink *wire = (WireSink *)sink;
    must(!wire->has_begun && count > 0);
    wire->has_begun = true;
    wire->column_count = count;
    packet_begin(wire->packets);
    packet_put_lenenc(wire->packets, count);
    TRY(packet_end(wire->packets, ctx));
    for (size_t i = 0; i < count; i++) {
        packet_begin(wire->packets);
        answer_put_column(wire->packets, &columns[i], false);
        TRY(packet_end(wire->packets, ctx));
    }
    if (wire->capabilities & CAP_DEPRECATE_EOF) return RC_OK;
    return answer_end(wire->packets, ctx, wire->capabilities, &(Ok){.status = STATUS_AUTOCOMMIT});
}

static Rc wire_row(RowSink *sink, Ctx *ctx, const Str *cells)
{
    WireSink *wire = (WireSink *)sink;
    must(wire->has_begun);
    packet_begin(wire->packets);
    for (size_t i = 0; i < wire->column_count; i++) {
        if (cells[i].ptr == NULL)
            packet_put_int(wire->packets, 0xFB, 1);
        else
            packet_put_text(wire->packets, cells[i]);
    }
    return packet_end(wire->packets, ctx);
}

void wire_sink_init(WireSink *wire, Packets *packets, uint32_t capabilities)
{
    *wire = (WireSink){.sink = {.begin = wire_begin, .row = wire_row},
                       .packets = packets,
                       .capabilities = capabilities};
}
