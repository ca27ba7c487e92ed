#ifndef PLAN_INSERT_H
#define PLAN_INSERT_H
#include "plan/query_bind.h"

// The next value of a counter, for table/counter: INSERT_COUNTER "<table id>::BIGINT)".
#define INSERT_COUNTER "kg_auto_increment("

// What INSERT, UPDATE and ALTER share: values that fit a column, and generated columns.

// Any value in the column's type, as engine SQL that fails where the column cannot hold it (NULL,
// length, range). Errors: SEMANTIC (no such cast).
// A constant. *is_done false: only the engine can cast it.
NODISCARD Rc insert_fit_literal(Ctx *ctx, const Column *column, const TypedExpr *value,
                                bool *is_done, TypedExpr *out);
// Whether a value of `from` may be longer than `to` allows.
bool insert_may_be_too_long(Type from, Type to);
// The beginning of a value, for messages.
Str insert_shown(Str text);
// A constant of a nested type that can be written as JSON text; the text, checked, which
// expr_convert() from JSON reads.
bool insert_is_known(const TypedExpr *value, Type type);
NODISCARD Rc insert_known_text(Ctx *ctx, const Column *column, const TypedExpr *value, Str *out);
NODISCARD Rc insert_fit_expr(Ctx *ctx, const Column *column, const TypedExpr *value, Str *out);

// --- generated columns (`c BIGINT AS a + b`, and the hidden ones of PARTITION BY):
// Column.generated is SQL over the other columns of the same row.

// A row whose columns are <relation>.c<column id>.
typedef struct GeneratedRow {
    Planner *planner;
    const TableDef *def;
    Str relation;
    bool *is_read;  // NULL, or one per column of the current schema: set where it is read
} GeneratedRow;
// The column's value as its expression gives it.
NODISCARD Rc generated_value(Ctx *ctx, const GeneratedRow *row, const Column *column,
                             TypedExpr *out);
// Engine SQL of the column's value, in the column's type and checked. Errors: NOT_SUPPORTED (a
// function that is gone).
NODISCARD Rc generated_bind(Ctx *ctx, const GeneratedRow *row, const Column *column, Str *out);
// `sql` answers all columns that are not generated, named c<column id>; afterwards all, in the
// order of the table.
NODISCARD Rc generated_append(Ctx *ctx, Planner *planner, const TableDef *def, Str *sql);
// Which columns of the current schema the column's expression reads: [column_count].
NODISCARD Rc generated_reads(Ctx *ctx, const TableDef *def, const Column *column, bool *is_read);
bool generated_exist(const Schema *schema);
// The type that `expr` has over a row of the table, in a definition. Errors: SEMANTIC, also where
// its value does not depend on the row alone.
NODISCARD Rc generated_type(Ctx *ctx, const TableDef *def, const Expr *expr, Type *out);
// The rules of StarRocks for a new one (CreateTableAnalyzer, AlterTableClauseAnalyzer), `expr` its
// expression; sets column->generated. Errors: SEMANTIC.
NODISCARD Rc generated_check(Ctx *ctx, const TableDef *def, const Expr *expr, Column *column);

// As StarRocks' messages of DDL print types: INT, VARCHAR(10), DECIMAL(10, 2).
Str ddl_message_type(Ctx *ctx, Type type);

#endif
