#ifndef BASE_SINK_H
#define BASE_SINK_H
#include "base/ctx.h"
#include "base/type.h"

typedef struct SinkColumn {
    Str name;
    Type type;
    Str table;  // empty when it is no plain column
    Str database;
} SinkColumn;

// Where rows of an answer go: the wire in server/, a list in tests. Nothing below server/ knows
// more. begin() once, then row() any number of times; the return of the whole call ends the answer.
// Cells are text as StarRocks prints the type, STR_NONE for NULL; they are read before row()
// returns.
typedef struct RowSink RowSink;
struct RowSink {
    Rc (*begin)(RowSink *sink, Ctx *ctx, const SinkColumn *columns, size_t count);
    Rc (*row)(RowSink *sink, Ctx *ctx, const Str *cells);
};

// Keeps every row, for tests and for small inner queries.
typedef struct SinkRow {
    Str *cells;
    struct SinkRow *next;
} SinkRow;
typedef struct SinkList {
    RowSink sink;
    SinkColumn *columns;
    size_t column_count;
    SinkRow *first, *last;
    size_t row_count;
} SinkList;
void sink_list_init(SinkList *list);

#endif
