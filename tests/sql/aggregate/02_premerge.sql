-- AGGREGATE KEY tables: the merge is skipped where the answer is the same, and EXPLAIN tells.
--! mask avgRowSize=[0-9.]+ -> avgRowSize=<n>
CREATE DATABASE premerge;
USE premerge;
CREATE TABLE t (k INT, j INT, s BIGINT SUM, lo INT MIN, hi INT MAX, r INT REPLACE) AGGREGATE KEY(k, j) DISTRIBUTED BY HASH(k);
CREATE TABLE u (a INT, x VARCHAR(10));
INSERT INTO t VALUES (1, 1, 10, 5, 5, 1), (1, 2, 20, 6, 6, 2), (2, 1, 30, 7, 7, 3);
EXPLAIN SELECT k FROM t;
INSERT INTO t VALUES (1, 1, 1, 3, 9, 10), (2, 1, 2, 8, 6, 30), (3, 3, NULL, NULL, NULL, NULL);
INSERT INTO u VALUES (1, "a"), (1, "b"), (2, "c"), (4, "d");
EXPLAIN SELECT k FROM t;
EXPLAIN SELECT sum(s) FROM t;
EXPLAIN SELECT count(*), sum(s) FROM t;
SELECT count(*), sum(s), min(lo), max(hi) FROM t;
SELECT sum(s), min(lo), max(hi) FROM t;
SELECT k, sum(s), max(hi) FROM t GROUP BY k HAVING max(hi) > 5 ORDER BY k;
SELECT x, sum(s) FROM u LEFT JOIN t ON k = a GROUP BY x ORDER BY x;
SELECT x, sum(s), count(*) FROM u LEFT JOIN t ON k = a GROUP BY x ORDER BY x;
SELECT sum(p.s) FROM t p JOIN t q ON p.k = q.k;
SELECT count(*) FROM t p JOIN t q ON p.k = q.k;
SELECT sum(r) FROM t;
SELECT DISTINCT k FROM t ORDER BY k;
SELECT k, sum(s) FROM t GROUP BY ROLLUP(k) ORDER BY k;
DROP DATABASE premerge;
