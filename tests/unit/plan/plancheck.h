#ifndef TESTS_UNIT_PLAN_PLANCHECK_H
#define TESTS_UNIT_PLAN_PLANCHECK_H
#include "check.h"
#include "plan/query.h"

/*
 * A small catalog for tests of queries, without a store:
 *   d.t   every scalar type: a INT, b VARCHAR(20), c DECIMAL(10,2), dt DATE, ts DATETIME, f DOUBLE,
 *         g LARGEINT, h BOOLEAN, i BIGINT, j CHAR(3), k VARBINARY(8), l TINYINT, m SMALLINT, n
 * FLOAT d.u   a INT, x VARCHAR(10) d.r   RANGE (day DATE): p1 [MIN, 2024-01-01) p2 [.., 2024-02-01)
 * p3 [.., 2024-03-01) p4 [.., MAX); v INT d.n   RANGE (k INT): n1 [0, 10) n2 [10, 20) n3 [20, 30)
 *   d.l   LIST (city VARCHAR): east ('tokyo', 'sendai') west ('osaka') none (NULL); v INT
 *   d.agg AGGREGATE KEY: keys k INT, j INT; s BIGINT SUM, lo INT MIN, hi INT MAX, r INT REPLACE
 *   d.ins a INT NOT NULL, b VARCHAR(5) DEFAULT 'x', c DATE, s TINYINT DEFAULT '7', w DATETIME
 * DEFAULT now e.t   a INT information_schema.jobs (id BIGINT, label VARCHAR).
 */
PlanEnv plan_env(Ctx *t);

// Plans one query. The SQL in one text: holes as {table:column,column|partition,partition}.
Str plan_sql(Ctx *t, const char *sql);
EngineQuery *plan_of(Ctx *t, const char *sql);
// The one column of SELECT <expr> FROM d.t: its engine text, its type.
Str plan_expr(Ctx *t, const char *expr);
Str plan_type(Ctx *t, const char *expr);
Rc plan_fails(Ctx *t, const char *sql);
Rc plan_fails_in(Ctx *t, const PlanEnv *env, const char *sql);

InsertPlan *plan_insert_of(Ctx *t, const char *sql);
Rc plan_insert_fails(Ctx *t, const char *sql);
Str plan_insert_sql(Ctx *t, const char *sql);

// Names of the partitions that the only scan of this query reads, "p1 p2".
Str plan_partitions(Ctx *t, const char *sql);

#define CHECK_SEMANTIC(text, sql) CHECK_ERR_TEXT(SEMANTIC, text, plan_fails(t, sql))
#define CHECK_EXPR(expected, expr) CHECK_STR(expected, plan_expr(t, expr))
#define CHECK_TYPE(expected, expr) CHECK_STR(expected, plan_type(t, expr))
#endif
