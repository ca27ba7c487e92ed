#ifndef PLAN_QUERY_SCOPE_H
#define PLAN_QUERY_SCOPE_H
#include "base/vec.h"
#include "plan/expr.h"

// Names that an expression can see, and the relations behind them.

// A hole of the statement while it is planned.
typedef struct PlanScan {
    Scan scan;      // columns and partitions are set when all is bound
    bool *is_used;  // SCAN_TABLE: by position in the current schema
    bool *is_kept;  // SCAN_TABLE: by position in table->partitions; pruned ones are false
    // for plan/premerge
    const SelectFacts *select;    // of the SELECT whose FROM names it
    size_t value_uses, own_uses;  // of columns that are no keys: all, and by the columns' own
                                  // aggregates
    size_t own_counting;          // of the latter, those that repeated rows would change
} PlanScan;

struct Field {
    Str name;
    Str table, database;  // qualifiers; empty: none
    Type type;
    Str sql;
    bool is_hidden;         // found by its qualified name only: a column that USING joined
    bool is_param;          // of a lambda: free of GROUP BY
    bool is_nullable_side;  // an outer join may have made it NULL
    const Column *column;   // of a table; else NULL
    PlanScan *scan;         // NULL: not straight from a scan
    size_t scan_column;     // position in the scan's schema
};

// A WITH clause's query. Later ones see earlier ones.
typedef struct CteName {
    Str name;
    Str relation;               // as the engine knows it, "q3"
    const SinkColumn *columns;  // named x1, x2, .. in the engine
    size_t column_count;
    struct CteName *next;
} CteName;

typedef struct RelationName {
    Str table, database;
} RelationName;

struct Scope {
    Planner *planner;
    Scope *parent;                // of the query around; NULL: none
    VEC(RelationName) relations;  // no two are alike
    VEC(Field *) fields;
    CteName *ctes;             // those of the queries around included
    unsigned lambda_depth;     // lambdas around
    VEC(const Field *) outer;  // columns of queries around that this one reads
};

// One statement's plan in the making.
struct Planner {
    const PlanEnv *env;
    uint32_t relation_count;
    uint32_t cte_count;
    VEC(PlanScan *) scans;
    SelectFacts *select;   // of the SELECT being bound; NULL: none
    uint32_t depth;        // of nested queries
    uint32_t evaluations;  // of expressions, by env->evaluate
};

Scope *scope_root(Arena *arena, Planner *planner);  // of a whole statement
Scope *scope_new(Arena *arena, Scope *parent);
// One more relation. Errors: NOT_UNIQUE_TABLE.
NODISCARD Rc scope_add_relation(Ctx *ctx, Scope *scope, Str table, Str database);
// Everything that `from` names.
NODISCARD Rc scope_add_all(Ctx *ctx, Scope *scope, const Scope *from);

// Columns that `name` (x, t.x, d.t.x) means, from the innermost scope outwards. *out NULL: none.
// Errors: SEMANTIC (ambiguous).
NODISCARD Rc scope_find(Ctx *ctx, const Scope *scope, const QName *name, const Field **out);
// The same; none is an error.
NODISCARD Rc scope_resolve(Ctx *ctx, const Scope *scope, const QName *name, const Field **out);
bool scope_owns(const Scope *scope, const Field *field);
// The field as an expression; its column will be read. is_outer: of a query around.
TypedExpr field_use(const Field *field, bool is_outer);

// Text that stands for a hole until query_finish() cuts the SQL into pieces.
void scan_put_hole(Buf *out, const Planner *planner, const PlanScan *scan);
PlanScan *scan_new(Ctx *ctx, Planner *planner, ScanKind kind);

#endif
