USE d;
CREATE TABLE t (k INT NOT NULL, v INT, s VARCHAR(10) DEFAULT 'none', n INT NOT NULL, g BIGINT AS v + n) PRIMARY KEY(k);
INSERT INTO t (k, v, s, n) VALUES (1, 10, 'a', 1), (2, 20, 'b', 2), (3, 30, 'c', 3), (4, NULL, 'd', 4);
UPDATE t SET v = v + n, s = concat(s, '!') WHERE k <= 2;
SELECT * FROM t ORDER BY k;
UPDATE d.t SET s = DEFAULT, v = 0 WHERE v IS NULL;
SELECT * FROM t ORDER BY k;
UPDATE t SET v = 99 WHERE k = 77;
CREATE TABLE src (k INT, x INT) DUPLICATE KEY(k);
INSERT INTO src VALUES (1, 1000), (3, 3000), (9, 9000);
UPDATE t SET v = src.x, n = n + 1 FROM src WHERE t.k = src.k;
SELECT * FROM t ORDER BY k;
UPDATE t SET v = (SELECT max(x) FROM src) WHERE k IN (SELECT k FROM src WHERE x > 2000);
UPDATE t SET s = q.m FROM (SELECT k, concat('m', x) AS m FROM src) q WHERE t.k = q.k AND t.v > 2000;
SELECT * FROM t ORDER BY k;
CREATE TABLE broad (k INT NOT NULL, a INT, b INT, c INT, e INT) PRIMARY KEY(k);
INSERT INTO broad VALUES (1, 1, 1, 1, 1), (2, 2, 2, 2, 2);
-- few columns of many need no WHERE
UPDATE broad SET a = a * 10;
SELECT * FROM broad ORDER BY k;
SET partial_update_mode = 'column';
UPDATE broad SET a = 0, b = 0, c = 0;
SELECT * FROM broad ORDER BY k;
SET partial_update_mode = 'auto';
--! restart
USE d;
SELECT * FROM t ORDER BY k;
