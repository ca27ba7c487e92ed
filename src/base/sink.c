/*
 * base/sink: the answer of a statement, row by row.   Errors  none of its own.   Threads  one.
 */
#include "base/sink.h"

static Rc list_begin(RowSink *sink, Ctx *ctx, const SinkColumn *columns, size_t count)
{
    SinkList *list = (SinkList *)sink;
    list->columns = ARENA_ARRAY(ctx->arena, SinkColumn, count);
    list->column_count = count;
    for (size_t i = 0; i < count; i++) {
        list->columns[i] = columns[i];
        list->columns[i].name = str_dup(ctx->arena, columns[i].name);
    }
    return RC_OK;
}

static Rc list_row(RowSink *sink, Ctx *ctx, const Str *cells)
{
    SinkList *list = (SinkList *)sink;
    SinkRow *row = ARENA_NEW(ctx->arena, SinkRow);
    row->cells = ARENA_ARRAY(ctx->arena, Str, list->column_count);
    for (size_t i = 0; i < list->column_count; i++) row->cells[i] = str_dup(ctx->arena, cells[i]);
    if (list->last)
        list->last->next = row;
    else
        list->first = row;
    list->last = row;
    list->row_count++;
    return RC_OK;
}

void sink_list_init(SinkList *list)
{
    *list = (SinkList){.sink = {list_begin, list_row}};
}
