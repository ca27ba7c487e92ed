#ifndef EXEC_SHOWROWS_H
#define EXEC_SHOWROWS_H
#include "exec/session.h"

/*
 * The answer of a SHOW statement: rows are gathered, then LIKE, WHERE, ORDER BY and LIMIT of the
 * statement are applied to them, then they are sent. Names in WHERE and ORDER BY are those of the
 * answer's columns, without case; ORDER BY takes positions too. Cells that both are numbers compare
 * as numbers.
 */
typedef struct ShowRows {
    const TextColumn *columns;
    size_t column_count;
    size_t like_column;  // to which LIKE is applied; 0 is the first
    size_t count, cap;
    Str **rows;  // [count][column_count]
} ShowRows;

#define SHOW_ROWS(columns_) \
    ((ShowRows){.columns = (columns_), .column_count = sizeof(columns_) / sizeof((columns_)[0])})

// A new row whose cells are all NULL, to be filled. Valid until the end of the statement.
Str *show_rows_add(Ctx *ctx, ShowRows *rows);
// Errors: SEMANTIC in the analyzing envelope (unknown column), NOT_SUPPORTED (other expressions).
NODISCARD Rc show_rows_send(Ctx *ctx, Execution *x, const ShowStatement *show, ShowRows *rows);
// The same for statements without a ShowStatement: all rows in the order given.
NODISCARD Rc show_rows_send_all(Ctx *ctx, Execution *x, const ShowRows *rows);

#endif
