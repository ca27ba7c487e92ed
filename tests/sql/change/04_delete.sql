USE d;
-- PRIMARY KEY: any condition
DELETE FROM t WHERE k + 1 = 2 OR s LIKE 'b%';
SELECT k, v, s FROM t ORDER BY k;
DELETE FROM t USING src WHERE t.k = src.k AND src.x > 1000;
SELECT k, v, s FROM t ORDER BY k;
DELETE FROM t WHERE k > (SELECT max(k) FROM src);
DELETE FROM t WHERE true;
SELECT count(*) FROM t;
INSERT INTO t (k, v, s, n) VALUES (1, 1, 'again', 1);
SELECT * FROM t;
-- the others: simple conditions
CREATE TABLE x (d DATE, k INT, v VARCHAR(10)) DUPLICATE KEY(d, k) PARTITION BY RANGE(d) (START ('2024-01-01') END ('2024-01-04') EVERY (INTERVAL 1 DAY));
INSERT INTO x VALUES ('2024-01-01', 1, 'a'), ('2024-01-01', 1, 'a'), ('2024-01-02', 2, NULL), ('2024-01-03', 3, 'c'), ('2024-01-03', NULL, 'e');
DELETE FROM x WHERE k = 1 AND v = 'a';
SELECT * FROM x ORDER BY d, k;
DELETE FROM x WHERE v IS NULL;
DELETE FROM x PARTITION (p20240101) WHERE k = 3;
SELECT * FROM x ORDER BY d, k;
DELETE FROM x WHERE k = NULL;
DELETE FROM x WHERE d >= '2024-01-03' AND k NOT IN (4, 5);
SELECT * FROM x ORDER BY d, k;
DELETE FROM uni WHERE k IN (1, 3);
SELECT * FROM uni ORDER BY k;
-- what was deleted stays so: after a start, and when the table comes back from the trash
INSERT INTO x VALUES ('2024-01-01', 1, 'x'), ('2024-01-01', 2, 'y'), ('2024-01-01', 3, 'z');
DELETE FROM x WHERE k = 2;
--! restart
USE d;
SELECT * FROM x ORDER BY d, k;
DROP TABLE x;
RECOVER TABLE x;
SELECT * FROM x ORDER BY d, k;
SELECT count(*) FROM x;
DELETE FROM x WHERE k = 3;
TRUNCATE TABLE x;
SELECT count(*) FROM x;
