#ifndef PLAN_ALTER_H
#define PLAN_ALTER_H
#include "catalog/catalog.h"
#include "sql/ast.h"

// ALTER TABLE of columns and indexes: one definition of a table becomes another, in StarRocks'
// order of checks and with its texts (AlterTableClauseAnalyzer, SchemaChangeHandler). Files are not
// rewritten: what they lack reads as its default, what is narrower is cast when it is read.

// Columns as the clauses write them, one list per clause (NULL where a clause has none).
typedef struct AlterDraft {
    const AlterTableStatement *stmt;
    Str now_text;      // the moment of the statement, for DEFAULT CURRENT_TIMESTAMP of old rows
    Column **columns;  // [clause_count]
} AlterDraft;

// What is told in the analyzing envelope. Errors: SEMANTIC, BAD_COLUMN_NAME, NOT_SUPPORTED.
NODISCARD Rc plan_alter_check(Ctx *ctx, const TableDef *def, const AlterTableStatement *stmt,
                              AlterDraft *out);
// The new definition, for txn_alter_table; `table` as the transaction sees it. Errors: SEMANTIC,
// DUPLICATE_COLUMN, LIMIT_EXCEEDED, NOT_SUPPORTED.
NODISCARD Rc plan_alter_apply(Ctx *ctx, const Table *table, const AlterDraft *draft,
                              TableDef **out);

#endif
