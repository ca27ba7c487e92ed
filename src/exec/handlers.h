#ifndef EXEC_HANDLERS_H
#define EXEC_HANDLERS_H
#include "exec/session.h"
#include "exec/variables.h"

// Handlers of all statements but those of backup.h; dispatch.c holds the table.

// query.c, insert.c, explain.c
NODISCARD Rc exec_query(Ctx *ctx, Execution *x);
NODISCARD Rc exec_insert(Ctx *ctx, Execution *x);
NODISCARD Rc exec_update(Ctx *ctx, Execution *x);
NODISCARD Rc exec_delete(Ctx *ctx, Execution *x);
NODISCARD Rc exec_insert_kept(Ctx *ctx, Execution *x);  // INSERT of some columns of rows
// {"label":"insert_..", ..}, in the client's quotes; `verb` begins the label.
Str exec_insert_info(Ctx *ctx, const Execution *x, const char *verb);
NODISCARD Rc exec_explain(Ctx *ctx, Execution *x);
// One row, one column of an expression without columns: SET @x = ..
NODISCARD Rc exec_evaluate(Ctx *ctx, Execution *x, Expr *expr, VariableValue *out);

// ddl.c
NODISCARD Rc exec_create_database(Ctx *ctx, Execution *x);
NODISCARD Rc exec_drop_database(Ctx *ctx, Execution *x);
NODISCARD Rc exec_create_table(Ctx *ctx, Execution *x);
NODISCARD Rc exec_drop_table(Ctx *ctx, Execution *x);
NODISCARD Rc exec_truncate(Ctx *ctx, Execution *x);
NODISCARD Rc exec_alter_table(Ctx *ctx, Execution *x);
// alter_partition.c: clauses of ALTER TABLE about partitions, on the table as `txn` sees it.
bool exec_alters_partitions(const AlterTableStatement *stmt);
NODISCARD Rc exec_alter_partitions(Ctx *ctx, Execution *x, CatalogTxn *txn, const Table *table);
// TRUNCATE of [temporary] partitions.
NODISCARD Rc exec_empty_partitions(Ctx *ctx, CatalogTxn *txn, const Table *table, NameList names,
                                   bool is_temporary);

// recover.c
NODISCARD Rc exec_recover(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_recycle_bin(Ctx *ctx, Execution *x);

// alter.c
NODISCARD Rc exec_show_alter(Ctx *ctx, Execution *x);
NODISCARD Rc exec_cancel_alter(Ctx *ctx, Execution *x);

// set.c
NODISCARD Rc exec_use(Ctx *ctx, Execution *x);
NODISCARD Rc exec_set(Ctx *ctx, Execution *x);
NODISCARD Rc exec_kill(Ctx *ctx, Execution *x);
NODISCARD Rc exec_begin(Ctx *ctx, Execution *x);
NODISCARD Rc exec_nothing(Ctx *ctx, Execution *x);  // COMMIT, ROLLBACK, an empty statement

// show.c: what there is
NODISCARD Rc exec_show_databases(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_tables(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_table_status(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_catalogs(Ctx *ctx, Execution *x);

// show_table.c: about one table or database
NODISCARD Rc exec_desc(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_columns(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_create_database(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_create_table(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_dynamic_tables(Ctx *ctx, Execution *x);  // show_dynamic.c
NODISCARD Rc exec_show_partitions(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_index(Ctx *ctx, Execution *x);

// show_data.c: sizes, tablets
NODISCARD Rc exec_show_data(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_tablet(Ctx *ctx, Execution *x);

// proc.c
NODISCARD Rc exec_show_proc(Ctx *ctx, Execution *x);

// show_server.c: about the server
NODISCARD Rc exec_show_variables(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_status(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_warnings(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_processlist(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_fixed(Ctx *ctx, Execution *x);  // ENGINES, CHARSET, COLLATION
NODISCARD Rc exec_show_backends(Ctx *ctx, Execution *x);
NODISCARD Rc exec_show_frontends(Ctx *ctx, Execution *x);

// config.c
NODISCARD Rc exec_show_config(Ctx *ctx, Execution *x);
NODISCARD Rc exec_set_config(Ctx *ctx, Execution *x);

#endif
