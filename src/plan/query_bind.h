#ifndef PLAN_QUERY_BIND_H
#define PLAN_QUERY_BIND_H
#include "plan/query_scope.h"

// Queries within queries.

// A query whose meaning is found. Its columns are named x1, x2, .. in the engine.
typedef struct BoundQuery {
    Str sql;  // without parentheses around it
    size_t column_count;
    SinkColumn *columns;  // names as a query around can use them
} BoundQuery;

// `outer`: the scope that its names may fall back on; of a whole statement: scope_root().
NODISCARD Rc query_bind(Ctx *ctx, const Query *query, Scope *outer, BoundQuery *out);
// SELECT .. FROM .. without WITH; ORDER BY and LIMIT are the query's that it is the body of (may be
// NULL).
NODISCARD Rc query_bind_select(Ctx *ctx, const QueryBody *body, const Query *query, Scope *outer,
                               BoundQuery *out);

// FROM: appends the relations' fields to `scope` and the text to `out`.
NODISCARD Rc query_bind_from(Ctx *ctx, const TableRef *ref, Scope *scope, Buf *out);
// " LIMIT n OFFSET m", or nothing.
void query_put_limit(Buf *out, const Limit *limit);
// A field for each column of a bound query, as relation `relation` ("r4") named `table`.
void query_add_fields(Ctx *ctx, Scope *scope, const BoundQuery *query, Str relation, Str table);
// "r7": a name for a relation that the statement does not have yet.
Str query_new_relation(Ctx *ctx, Planner *planner);
// The same query with its columns in other types (set operations, IN). Equal types: unchanged.
NODISCARD Rc query_convert(Ctx *ctx, Planner *planner, BoundQuery *query, const Type *types);
// Wraps up: the SQL cut at its holes, scans with their columns and partitions.
void query_finish(Ctx *ctx, Planner *planner, const BoundQuery *query, EngineQuery **out);

// Drops partitions that no row for which `where` is true can lie in. `scope` is that of `where`.
NODISCARD Rc prune_partitions(Ctx *ctx, const Expr *where, Scope *scope);

// `value` as a value of `column`, cast and checked (NULL, length, range) by the engine row by row.
NODISCARD Rc insert_fit_value(Ctx *ctx, const Column *column, const TypedExpr *value, Str *out);

// d.t or t in the current database. Errors: SEMANTIC (No database selected), UNKNOWN_DATABASE,
// UNKNOWN_TABLE.
NODISCARD Rc query_find_table(Ctx *ctx, const PlanEnv *env, const QName *name,
                              const Database **database, const Table **table);
// [TEMPORARY] PARTITION (names): *is_kept[i] for each of the table's partitions; without names all
// that are not temporary. Errors: SEMANTIC (Unknown partition 'p' in table 't').
typedef struct PartitionChoice {
    NameList names;
    bool is_temporary;
} PartitionChoice;
NODISCARD Rc query_choose_partitions(Ctx *ctx, const Table *table, PartitionChoice choice,
                                     bool *is_kept);

#endif
