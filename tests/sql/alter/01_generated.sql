DROP DATABASE IF EXISTS alter_generated FORCE;
CREATE DATABASE alter_generated;
USE alter_generated;
-- refusals
CREATE TABLE t (a INT, b INT, c INT AS a + b) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS a + d) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS a + b, d BIGINT AS c + 1) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS a + b, d INT) DUPLICATE KEY(a);
CREATE TABLE t (a INT, c BIGINT AS a + 1) DUPLICATE KEY(a, c);
CREATE TABLE t (a INT, b INT, c BIGINT NOT NULL AS a + b) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS sum(a)) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS (SELECT 1)) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c DOUBLE AS rand()) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c DATETIME AS now()) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c VARCHAR(20) AS database()) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS @@autocommit) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c AS a + b) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b INT, c BIGINT AS row_number() OVER (ORDER BY a)) DUPLICATE KEY(a);
CREATE TABLE t (a INT, b DECIMAL(10,2), c DECIMAL(10,1) AS b) DUPLICATE KEY(a);
-- one that works
CREATE TABLE t (
  a INT,
  b INT,
  s VARCHAR(10) NOT NULL DEFAULT "x",
  c BIGINT AS a + b COMMENT "the sum",
  u VARCHAR(4) AS upper(concat(s, '-', b)),
  y BOOLEAN AS a > 5 AND b IS NOT NULL,
  w VARCHAR(10) AS CASE WHEN a > 5 THEN 'big' ELSE 'small' END
) DUPLICATE KEY(a);
SHOW CREATE TABLE t;
DESC t;
SHOW FULL COLUMNS FROM t;
SELECT column_name, extra, generation_expression FROM information_schema.columns
  WHERE table_schema = 'alter_generated' ORDER BY ordinal_position;
-- values of them are never given
INSERT INTO t VALUES (1, 2, 'a', 3, 'A', TRUE, 'w');
INSERT INTO t (a, c) VALUES (1, 2);
INSERT INTO t VALUES (1, 2, 'a'), (2, NULL, 'bb'), (30, 4, DEFAULT);
INSERT INTO t (b) VALUES (7);
INSERT INTO t SELECT a + 100, b, s FROM t WHERE a = 1;
-- too long for its type: nothing is written
INSERT INTO t VALUES (5, 1000, 'abc');
SELECT * FROM t ORDER BY a, b;
SELECT sum(c) FROM t WHERE u IN ('A-2', 'X-4');
DROP DATABASE alter_generated FORCE;
