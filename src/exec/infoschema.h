#ifndef EXEC_INFOSCHEMA_H
#define EXEC_INFOSCHEMA_H
#include "exec/session.h"
#include "exec/showrows.h"

// The tables of information_schema: their columns, and their rows of the moment. Sorted by name.

const VirtualTable *virtual_tables(size_t *count);
const VirtualTable *virtual_table_find(Str name);  // without case; NULL: there is none

// The relation of a scan, in parentheses; columns are named c1, c2, ..
NODISCARD Rc virtual_fill(Ctx *ctx, Execution *x, const Scan *scan, Buf *out);

// --- private to infoschema*.c
typedef Rc (*VirtualRows)(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_be_compactions(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_compactions(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_damaged_files(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_maintenance(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_columns(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_partitions_meta(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_schemata(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_tables(Ctx *ctx, Execution *x, ShowRows *out);
NODISCARD Rc virtual_rows_tables_config(Ctx *ctx, Execution *x, ShowRows *out);

#endif
