USE d;
CREATE TABLE u (k INT, v VARCHAR(10), n INT DEFAULT '7') UNIQUE KEY(k) DISTRIBUTED BY HASH(k);
INSERT INTO u VALUES (1, 'a', 1), (2, 'b', 2), (1, 'c', 3);
SELECT * FROM u ORDER BY k;
INSERT INTO u VALUES (NULL, 'x', 0), (NULL, 'y', 1), (2, 'B', 22), (3, 'd', 4);
SELECT * FROM u ORDER BY k;
SELECT count(*), count(k), sum(n) FROM u;
-- UNIQUE KEY: a column that is left out gets its default
INSERT INTO u (k, v) VALUES (1, 'z');
SELECT * FROM u WHERE k = 1;
-- PRIMARY KEY: it stays as it is
CREATE TABLE p (a INT NOT NULL, b VARCHAR(10) NOT NULL, v INT, n INT NOT NULL DEFAULT '7', g BIGINT AS v * 10 + n) PRIMARY KEY(a, b);
INSERT INTO p (a, b, v, n) VALUES (1, 'x', 10, 1), (1, 'y', 20, 2), (2, 'x', NULL, 3);
INSERT INTO p (a, b, v) VALUES (1, 'x', 11), (3, 'x', 30), (2, 'x', 12), (2, 'x', 13);
SELECT * FROM p ORDER BY a, b;
INSERT INTO p (b, a) SELECT b, a + 1 FROM p WHERE a < 3;
SELECT * FROM p ORDER BY a, b;
SET enable_insert_partial_update = false;
INSERT INTO p (a, b, v) VALUES (1, 'x', 14);
SELECT * FROM p WHERE a = 1 ORDER BY b;
SET enable_insert_partial_update = true;
-- a load that fails changes nothing
INSERT INTO p (a, b, v, n) SELECT a, b, v, IF(a = 3, NULL, 0) FROM p ORDER BY a, b;
SELECT sum(n) FROM p;
-- its own rows
INSERT INTO p (a, b, v, n) SELECT a, b, n, v FROM p WHERE v IS NOT NULL;
SELECT * FROM p ORDER BY a, b;
--! restart
USE d;
SELECT * FROM p ORDER BY a, b;
SELECT count(*) FROM u;
-- partitions: a key lives in one
CREATE TABLE r (d DATE NOT NULL, k INT NOT NULL, v INT) PRIMARY KEY(d, k) PARTITION BY RANGE(d) (START ('2024-01-01') END ('2024-01-05') EVERY (INTERVAL 1 DAY));
INSERT INTO r SELECT date_add('2024-01-01', INTERVAL k % 4 DAY), k, k FROM (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) t;
INSERT INTO r VALUES ('2024-01-02', 1, 100), ('2024-01-03', 1, 101), ('2024-01-01', 4, 104);
SELECT * FROM r ORDER BY d, k;
INSERT INTO r VALUES ('2024-01-02', 1, 5), ('2024-01-09', 1, 5);
EXPLAIN SELECT v FROM r WHERE d = '2024-01-02';
-- an overwrite keeps nothing of what was there
INSERT OVERWRITE r (d, k) VALUES ('2024-01-01', 4), ('2024-01-02', 7), ('2024-01-02', 7);
SELECT * FROM r ORDER BY d, k;
INSERT OVERWRITE r PARTITION (p20240102) SELECT '2024-01-02', 8, 1 UNION ALL SELECT '2024-01-02', 8, 2 ORDER BY 3;
SELECT * FROM r ORDER BY d, k;
INSERT OVERWRITE r SELECT d, k, v FROM r WHERE k > 100;
SELECT count(*) FROM r;
