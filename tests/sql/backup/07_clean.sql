-- What a target has and the snapshot lacks: it stays and is counted, or goes in the same commit.
CREATE DATABASE c;
USE c;
CREATE REPOSITORY clean_repo WITH BROKER ON LOCATION "${REPO}/clean";
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PARTITION BY RANGE(k) (PARTITION p1 VALUES LESS THAN ("10"), PARTITION p2 VALUES LESS THAN ("20")) DISTRIBUTED BY HASH(k) BUCKETS 1;
CREATE TABLE l (a VARCHAR(5) NOT NULL, n INT) PARTITION BY LIST(a) (PARTITION x VALUES IN ("1", "2")) DISTRIBUTED BY HASH(a) BUCKETS 1;
CREATE TABLE one (k INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1;
INSERT INTO t VALUES (1, 1), (11, 1);
INSERT INTO l VALUES ('1', 1);
INSERT INTO one VALUES (1);
BACKUP DATABASE c SNAPSHOT clean TO clean_repo;
--! wait backup c
-- refused
RESTORE SNAPSHOT clean FROM clean_repo PROPERTIES ("clean_partitions" = "yes");
RESTORE SNAPSHOT clean FROM clean_repo PROPERTIES ("clean_tables" = "");
RESTORE SNAPSHOT clean FROM clean_repo DATABASE c ON (t PARTITION (p1)) PROPERTIES ("clean_partitions" = "true");
RESTORE SNAPSHOT clean FROM clean_repo DATABASE c ON (ALL TABLES) PROPERTIES ("clean_tables" = "true");
BACKUP DATABASE c SNAPSHOT x TO clean_repo PROPERTIES ("clean_tables" = "true");
-- kept and counted
ALTER TABLE t ADD PARTITION p3 VALUES [("20"), ("30"));
ALTER TABLE t ADD PARTITION P4 VALUES [("30"), ("40"));
ALTER TABLE l ADD PARTITION y VALUES IN ("3");
CREATE TABLE extra (k INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1;
INSERT INTO t VALUES (2, 2), (21, 2), (31, 2);
INSERT INTO l VALUES ('3', 2);
INSERT INTO extra VALUES (5);
RESTORE SNAPSHOT clean FROM clean_repo;
--! wait restore c
SELECT * FROM t ORDER BY k;
SELECT * FROM l ORDER BY a;
SHOW TABLES;
-- of a part of a table nothing is counted
RESTORE SNAPSHOT clean FROM clean_repo DATABASE c ON (t PARTITION (p1));
--! wait restore c
-- cleaned: a partition that is in the way of one that comes back goes too
ALTER TABLE t DROP PARTITION p2;
ALTER TABLE t ADD PARTITION p5 VALUES [("15"), ("18"));
RESTORE SNAPSHOT clean FROM clean_repo DATABASE c ON (t);
--! wait restore c
--! mask ^\s*JobId: \d+ -> JobId: <id>
--! mask times
SHOW RESTORE FROM c\G
RESTORE SNAPSHOT clean FROM clean_repo DATABASE c ON (t, l) PROPERTIES ("clean_partitions" = "true", "clean_tables" = "false");
--! wait restore c
SELECT * FROM t ORDER BY k;
SELECT * FROM l ORDER BY a;
SHOW TABLES;
--! let JOB SELECT max(JOB_ID) FROM information_schema.restore_jobs;
RECOVER PARTITION y FROM l;
SELECT * FROM l ORDER BY a;
ALTER TABLE l DROP PARTITION y;
--! mask \b(1\d{4}|\d{6,})\b -> <id>
RECOVER TABLE t FROM RESTORE ${JOB};
SELECT * FROM t ORDER BY k;
SELECT PARTITION_NAME FROM information_schema.partitions_meta WHERE DB_NAME = 'c' AND TABLE_NAME = 't' ORDER BY 1;
-- whole: the database is as it was
RESTORE SNAPSHOT clean FROM clean_repo PROPERTIES ("clean_partitions" = "true", "clean_tables" = "TRUE");
--! wait restore c
SHOW TABLES;
SELECT * FROM t ORDER BY k;
SELECT * FROM l ORDER BY a;
RECOVER TABLE extra;
SELECT * FROM extra;
-- beside a new database there is nothing to clean
RESTORE SNAPSHOT clean FROM clean_repo DATABASE c AS c2 PROPERTIES ("clean_partitions" = "true", "clean_tables" = "true");
--! wait restore c2
SHOW TABLES FROM c2;
DROP DATABASE c FORCE;
DROP DATABASE c2 FORCE;
DROP REPOSITORY clean_repo;
