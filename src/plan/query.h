#ifndef PLAN_QUERY_H
#define PLAN_QUERY_H
#include "catalog/scan.h"
#include "sql/ast.h"

// Meaning of queries: names, types, StarRocks' semantics -> engine SQL with holes.

// A table of information_schema, as exec/ offers it; also the columns of FILES(..).
typedef struct VirtualTable {
    Str name;
    const SinkColumn *columns;
    size_t column_count;
} VirtualTable;

typedef enum PlanVariable {
    PLAN_VARIABLE_USER,     // @name
    PLAN_VARIABLE_SESSION,  // @@name, @@session.name
    PLAN_VARIABLE_GLOBAL,   // @@global.name
} PlanVariable;

// What a statement is planned in.
typedef struct PlanEnv {
    const CatalogSnapshot *snapshot;  // pinned by the caller
    Str database;                     // current one; empty: none
    Str user;                         // 'root'@'%'
    uint32_t connection_id;
    int64_t now_ms;  // one time for the whole statement
    Str now_text;    // the same as yyyy-MM-dd HH:mm:ss in `zone`; empty: in the server's own time
    Str zone;        // the session's time zone, as the engine names it; empty: UTC
    // False: no such variable. *out STR_NONE: NULL.
    bool (*variable)(void *handle, Str name, PlanVariable kind, Str *out, Type *type);
    void *handle;
    const VirtualTable *virtual_tables;  // of information_schema
    size_t virtual_table_count;
    // The one cell of a query without tables, STR_NONE: NULL. May be NULL: then partitions are not
    // pruned by way of expressions.
    Rc (*evaluate)(void *handle, Ctx *ctx, Str sql, Str *out);
    // Columns of FILES(..), found by exec/ (it opens the files). May be NULL: FILES is refused.
    Rc (*files_columns)(void *handle, Ctx *ctx, const Property *properties, size_t count,
                        VirtualTable *out);
} PlanEnv;

// Errors: UNKNOWN_*, SEMANTIC texts as StarRocks words them, NOT_SUPPORTED by name.
NODISCARD Rc plan_query(Ctx *ctx, const PlanEnv *env, const Query *query, EngineQuery **out);

// INSERT: the query's answer has one column per column of the table, in its order, named c<column
// id>, in the type scan_engine_type() names, cast and checked as StarRocks' strict mode does (NULL,
// length, range, bad value).
typedef struct InsertPlan {
    const Database *database;
    const Table *table;
    size_t partition_count;  // INSERT .. PARTITION (..); 0: any
    const Partition **partitions;
    bool keeps_columns;  // of rows that are there (partial update): the query reads the table
    EngineQuery *query;
    uint64_t literal_rows;  // VALUES of so many rows, which read nothing; 0: anything else
} InsertPlan;
NODISCARD Rc plan_insert(Ctx *ctx, const PlanEnv *env, const InsertStatement *insert,
                         InsertPlan **out);

// After an INSERT failed in the engine, which looks at rows in any order: a query that finds the
// first row of the source that does not fit, and what is wrong with it.
typedef struct InsertDiagnosis {
    EngineQuery *query;      // at most one row, of texts
    const Column **sources;  // by position in the source
} InsertDiagnosis;
NODISCARD Rc plan_insert_diagnose(Ctx *ctx, const PlanEnv *env, const InsertStatement *insert,
                                  InsertDiagnosis *out);
// Raises what the row says, with the row's number and values behind it. Never RC_OK.
NODISCARD Rc plan_insert_raise(Ctx *ctx, const InsertDiagnosis *diagnosis, const Str *cells);

#endif
