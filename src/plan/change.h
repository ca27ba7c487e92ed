#ifndef PLAN_CHANGE_H
#define PLAN_CHANGE_H
#include "plan/query_bind.h"

// UPDATE and DELETE, and INSERT that keeps the other columns of rows that are there.

// UPDATE of a PRIMARY KEY table, as the INSERT of the rows that it makes; they replace those of the
// same key. Errors: NOT_FOR_TABLE, SEMANTIC with StarRocks' texts.
NODISCARD Rc plan_update(Ctx *ctx, const PlanEnv *env, const UpdateStatement *update,
                         InsertPlan **out);

// DELETE: which rows. The query's answer is kg_set and kg_row of each, its first scan with
// positions is the table's.
typedef struct DeletePlan {
    const Database *database;
    const Table *table;
    EngineQuery *query;
} DeletePlan;
// Errors: SEMANTIC with StarRocks' texts.
NODISCARD Rc plan_delete(Ctx *ctx, const PlanEnv *env, const DeleteStatement *delete,
                         DeletePlan **out);
// What StarRocks checks behind its analysis, for tables without a primary key: column by column.
// Errors: COMMON.
NODISCARD Rc plan_check_delete(Ctx *ctx, const Table *table, const DeleteStatement *delete);

// `sql` answers all columns that are not generated, of which `is_given` ones (by position in the
// current schema) come from the statement; the others become those of the row with the same key,
// where there is one. Afterwards the plan reads the table.
typedef struct KeptColumns {
    Planner *planner;
    const Database *database;
    const Table *table;
    const bool *is_given;
} KeptColumns;
void change_keep_columns(Ctx *ctx, const KeptColumns *kept, Str *sql);
// Whether an INSERT with these columns is such a one: a PRIMARY KEY table, every key column given,
// another one not, and the session does not forbid it.
bool change_is_partial(const PlanEnv *env, const Table *table, const bool *is_given);

#endif
