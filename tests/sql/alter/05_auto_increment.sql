DROP DATABASE IF EXISTS counters FORCE;
DROP DATABASE IF EXISTS copy FORCE;
CREATE DATABASE counters;
USE counters;
-- refusals
CREATE TABLE t (id INT AUTO_INCREMENT, v INT);
CREATE TABLE t (id BIGINT NULL AUTO_INCREMENT, v INT);
CREATE TABLE t (id BIGINT AUTO_INCREMENT, v BIGINT AUTO_INCREMENT);
CREATE TABLE t (id BIGINT AUTO_INCREMENT, v INT, g BIGINT AS id + 1) DUPLICATE KEY(id);
CREATE TABLE t (id BIGINT NOT NULL AUTO_INCREMENT COMMENT "counted", v INT, w VARCHAR(10) DEFAULT "w") DUPLICATE KEY(id);
SHOW CREATE TABLE t;
DESC t;
INSERT INTO t (id, v) VALUES (NULL, 1);
ALTER TABLE t MODIFY COLUMN id BIGINT KEY NOT NULL;
-- left out, DEFAULT, given
INSERT INTO t (v) VALUES (10), (20), (30);
INSERT INTO t VALUES (DEFAULT, 40, 'x'), (1000000, 50, DEFAULT), (DEFAULT, 60, NULL);
INSERT INTO t (v, w) SELECT v + 100, w FROM t WHERE v <= 30 ORDER BY v;
SELECT * FROM t ORDER BY v;
SELECT count(DISTINCT id) = count(*) FROM t;
-- a statement that fails wastes values, and nothing else
INSERT INTO t (v, w) VALUES (1, 'long text that does not fit');
INSERT INTO t (v) SELECT a.v * 1000 + b.v * 10 + c.v FROM t a, t b, t c;
SELECT count(*), count(DISTINCT id) = count(*), max(id) FROM t;
TRUNCATE TABLE t;
INSERT INTO t (v) VALUES (1);
SELECT id > 700 FROM t;
-- no value comes twice, also after a crash
SET @before = (SELECT max(id) FROM t);
--! kill9
USE counters;
INSERT INTO t (v) VALUES (2), (3);
SELECT count(*), count(DISTINCT id), min(id) < max(id) FROM t;
SELECT v, id > 100000 FROM t ORDER BY v;
-- a backup carries the counter; a restore never sets one back
CREATE REPOSITORY counter_repo WITH BROKER ON LOCATION "${REPO}";
BACKUP SNAPSHOT counters.s TO counter_repo ON (t);
--! wait backup counters
INSERT INTO t (v) VALUES (4);
RESTORE SNAPSHOT counters.s FROM counter_repo ON (t) PROPERTIES ("backup_timestamp" = "${TS:s@counter_repo}", "replication_num" = "1");
--! wait restore counters
INSERT INTO t (v) VALUES (5);
SELECT v, id > 100000 FROM t ORDER BY v;
SELECT count(DISTINCT id) FROM t;
RESTORE SNAPSHOT s FROM counter_repo DATABASE counters AS copy PROPERTIES ("backup_timestamp" = "${TS:s@counter_repo}", "replication_num" = "1");
--! wait restore copy
INSERT INTO copy.t (v) VALUES (6);
SELECT v FROM copy.t ORDER BY id;
SHOW CREATE TABLE copy.t;
DROP REPOSITORY counter_repo;
DROP DATABASE counters FORCE;
DROP DATABASE copy FORCE;
