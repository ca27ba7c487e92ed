-- AGGREGATE KEY tables: rows of one key become one, in a load and among loads.
CREATE DATABASE agg_rows;
USE agg_rows;
CREATE TABLE t (d DATE, k VARCHAR(10), s BIGINT SUM DEFAULT "0", m DECIMAL(9, 2) SUM, lo INT MIN, hi DATETIME MAX, r VARCHAR(5) REPLACE NOT NULL, n LARGEINT REPLACE_IF_NOT_NULL)
  AGGREGATE KEY(d, k) PARTITION BY RANGE(d) (PARTITION p1 VALUES LESS THAN ("2024-02-01"), PARTITION p2 VALUES LESS THAN ("2024-03-01")) DISTRIBUTED BY HASH(k);
-- what does not fit
INSERT INTO t VALUES ("2024-01-01", "a", 1, 1, 1, NULL, NULL, 1);
INSERT INTO t VALUES ("2024-03-01", "a", 1, 1, 1, NULL, "r", 1);
INSERT INTO t (d, k, r) VALUES ("2024-01-01", "too long a key", "r");
INSERT INTO t (d, k) VALUES ("2024-01-01", "a");
SELECT count(*) FROM t;
-- one load
INSERT INTO t VALUES ("2024-01-01", "a", 1, 1.25, 5, "2024-01-01 10:00:00", "r1", 7), ("2024-01-01", "a", 2, 1.75, 3, NULL, "r2", NULL), ("2024-02-01", NULL, NULL, NULL, NULL, NULL, "x", NULL);
SELECT * FROM t ORDER BY d, k;
-- several
INSERT INTO t (d, k, r) VALUES ("2024-01-01", "a", "r3"), ("2024-01-02", "a", "y"), ("2024-01-02", "b", "z");
INSERT INTO t VALUES ("2024-01-01", "a", -10, 0.5, 4, "2023-01-01", "r4", -170141183460469231731687303715884105728);
SELECT * FROM t ORDER BY d, k;
SELECT count(*) FROM t;
SELECT count(*) FROM t WHERE k = "a";
SELECT k, count(*), sum(s), max(hi), min(r) FROM t GROUP BY k ORDER BY k;
SELECT d FROM t WHERE s = -7;
SELECT r FROM t WHERE n IS NULL ORDER BY r LIMIT 2;
SELECT a.k, b.s FROM t a JOIN t b ON a.d = b.d AND a.k = b.k WHERE a.d = "2024-01-01";
-- from a query, in the order that it has
INSERT INTO t (d, k, r) SELECT "2024-01-05", "q", x FROM (SELECT "b" AS x UNION ALL SELECT "c" UNION ALL SELECT "a") u ORDER BY x;
SELECT k, r, s FROM t WHERE k = "q";
-- into a partition
INSERT INTO t PARTITION (p2) (d, k, r) VALUES ("2024-01-05", "q", "no");
INSERT INTO t PARTITION (p2) (d, k, r) VALUES ("2024-02-05", "q", "yes");
SELECT d, r FROM t WHERE k = "q" ORDER BY d;
TRUNCATE TABLE t PARTITION (p1);
SELECT d, k, r FROM t ORDER BY d, k;
--! restart
SELECT d, k, r FROM agg_rows.t ORDER BY d, k;
DROP DATABASE agg_rows;
