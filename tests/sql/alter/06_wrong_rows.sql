-- Rows that do not fit: nothing is written, and the first of them is told.
DROP DATABASE IF EXISTS wrong FORCE;
CREATE DATABASE wrong;
USE wrong;
CREATE TABLE t (k INT NOT NULL, v VARCHAR(5), d DATE, m DECIMAL(5,2), s TINYINT) DUPLICATE KEY(k) PARTITION BY RANGE(k) (PARTITION p1 VALUES LESS THAN ("100"), PARTITION p2 VALUES LESS THAN ("200"));
CREATE TABLE src (n INT, k VARCHAR(20), v VARCHAR(20), d VARCHAR(20), m VARCHAR(20), s VARCHAR(20)) DUPLICATE KEY(n);
INSERT INTO src VALUES (1, '1', 'ok', '2024-01-01', '1.5', '1'), (2, NULL, 'ok', '2024-01-01', '1.5', '1'), (3, '3', 'too long', '2024-01-01', '1.5', '1'), (4, '4', 'ok', '2024-02-30', '1.5', '1'), (5, '5', 'ok', '2024-01-01', '12345.6', '1'), (6, '6', 'ok', '2024-01-01', 'x', '1'), (7, '7', 'ok', '2024-01-01', '1.5', '128'), (8, '500', 'ok', '2024-01-01', '1.5', '1');
-- VALUES
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (NULL, 'b', NULL, NULL, 2);
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (2, 'abcdef', NULL, NULL, 2), (NULL, 'b', NULL, NULL, 3);
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (2, 'b', '2024-02-30', NULL, 2);
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (2, 'b', NULL, 1234.5, 2);
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (2, 'b', NULL, NULL, 200);
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (2, 'b');
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1), (200, 'b', NULL, NULL, 2);
INSERT INTO t VALUES (1, concat('a', 'b'), '2024-01-01', 1, 1), (2, repeat('x', 3 * 2), NULL, NULL, 2), (3, repeat('y', 7), NULL, NULL, 2);
-- SELECT
INSERT INTO t SELECT k, v, d, m, s FROM src ORDER BY n;
INSERT INTO t SELECT k, v, d, m, s FROM src WHERE n IN (1, 3, 4) ORDER BY n;
INSERT INTO t SELECT k, v, d, m, s FROM src WHERE n IN (1, 4, 5) ORDER BY n;
INSERT INTO t SELECT k, v, d, m, s FROM src WHERE n IN (1, 5, 6) ORDER BY n;
INSERT INTO t SELECT k, v, d, m, s FROM src WHERE n IN (1, 6, 7) ORDER BY n DESC;
INSERT INTO t (k, s) SELECT k, s FROM src WHERE n IN (1, 7) ORDER BY n;
INSERT INTO t (k) SELECT k FROM src WHERE n IN (1, 8) ORDER BY n;
INSERT INTO t SELECT k, v FROM src;
INSERT INTO t (v) SELECT v FROM src;
-- files
INSERT INTO t (k, v) SELECT $1, $2 FROM FILES("path" = "${DATA}/cities.csv", "format" = "csv", "csv.column_separator" = ",", "csv.enclose" = "\"");
-- what asks for less than all or nothing
INSERT INTO t PROPERTIES ("max_filter_ratio" = "0.5") SELECT k, v, d, m, s FROM src;
INSERT INTO t PROPERTIES ("strict_mode" = "false") SELECT k, v, d, m, s FROM src;
SET insert_max_filter_ratio = 0.2;
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1);
SET insert_max_filter_ratio = 0;
SET enable_insert_strict = false;
INSERT INTO t VALUES (1, 'a', '2024-01-01', 1, 1);
SET enable_insert_strict = true;
SELECT count(*) FROM t;
INSERT INTO t SELECT k, v, d, m, s FROM src WHERE n = 1;
SELECT * FROM t;
DROP DATABASE wrong FORCE;
