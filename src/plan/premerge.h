#ifndef PLAN_PREMERGE_H
#define PLAN_PREMERGE_H
#include "plan/expr_call.h"

// Whether a SELECT gives the same answer when rows of an AGGREGATE KEY table are read as they lie,
// several for one key (Scan.is_unmerged).

// What one SELECT does with the rows of its FROM. Filled while it is bound.
struct SelectFacts {
    size_t counting;  // aggregates whose answer changes when a row comes twice: COUNT, SUM, ..
    bool has_windows, has_volatile;
};

// A SELECT begins. Returns the facts of the one around it (NULL: none), for premerge_end.
SelectFacts *premerge_begin(Ctx *ctx, Planner *planner);
// All of it is bound. is_aggregated: its rows are groups, or DISTINCT.
void premerge_end(Planner *planner, SelectFacts *around, bool is_aggregated);

// An aggregate or window function was bound in the SELECT at hand.
void premerge_note_call(const Binder *binder, const Expr *expr, const CallText *text);
// rand() and its like.
void premerge_note_volatile(const Binder *binder);

#endif
