#ifndef PLAN_ALTER_INSIDE_H
#define PLAN_ALTER_INSIDE_H
#include "base/vec.h"
#include "plan/alter.h"

// Private to plan/alter*.c.

// A definition that changes clause by clause.
typedef struct Altering {
    TableDef *def;         // its current schema stays as it was until the end
    const Schema *before;  // that schema
    VEC(Column) columns;   // after the clauses so far
    bool has_new_schema;   // files under the old schema read otherwise than those to come
    Str now_text;
} Altering;

ptrdiff_t altering_find(const Altering *a, Str name);  // -1: not there
void altering_insert(Ctx *ctx, Altering *a, size_t at, Column column);
void altering_remove(Altering *a, size_t at);

// MODIFY COLUMN (alter_modify.c). `made` is the column as the clause writes it.
NODISCARD Rc alter_modify(Ctx *ctx, Altering *a, const AstAlterClause *clause, const Column *made);
// Checks of a column that changed its definition. Errors: SEMANTIC, NOT_SUPPORTED.
NODISCARD Rc alter_check_change(Ctx *ctx, const TableDef *def, const Column *from,
                                const Column *to);
bool alter_is_longer_text(const Column *from, const Column *to);
bool alter_is_same(const Column *a, const Column *b);  // but for comment and position

// Indexes (alter_index.c).
NODISCARD Rc alter_add_index(Ctx *ctx, Altering *a, const AstIndexDef *index);
NODISCARD Rc alter_drop_index(Ctx *ctx, Altering *a, Str name);

#endif
