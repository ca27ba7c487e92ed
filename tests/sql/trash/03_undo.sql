-- what a RESTORE or TRUNCATE replaced is had back, and that can be undone too
--! mask times
--! mask \b[\d.]+K?B\b -> <size>
--! mask \b(1\d{4}|\d{6,})\b -> <id>
CREATE DATABASE u;
USE u;
CREATE REPOSITORY r WITH BROKER ON LOCATION "${REPO}";
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PARTITION BY RANGE(k) (PARTITION p1 VALUES LESS THAN ("10"), PARTITION p2 VALUES LESS THAN ("20"), PARTITION p3 VALUES LESS THAN ("30")) DISTRIBUTED BY HASH(k) BUCKETS 1;
CREATE TABLE other (k INT) DISTRIBUTED BY RANDOM;
INSERT INTO t VALUES (1, 1), (11, 1), (21, 1);
BACKUP SNAPSHOT u.s TO r;
--! wait backup u
-- p1 changed, p2 gone for good, p3 untouched, p4 added
INSERT INTO t VALUES (2, 2);
ALTER TABLE t DROP PARTITION p2 FORCE;
ALTER TABLE t ADD PARTITION p4 VALUES [("30"), ("40"));
INSERT INTO t VALUES (31, 2);
RESTORE SNAPSHOT u.s FROM r ON (t) PROPERTIES ("backup_timestamp" = "${TS:s@r}");
--! wait restore u
SELECT * FROM t ORDER BY k;
SHOW CATALOG RECYCLE BIN WHERE Type = 'TableVersion';
-- later rows go to the trash with what the RESTORE brought
INSERT INTO t VALUES (3, 3), (12, 3), (32, 3);
ALTER TABLE t RENAME t_renamed;
--! let JOB SELECT max(JOB_ID) FROM information_schema.restore_jobs;
RECOVER TABLE t FROM RESTORE ${JOB};
RECOVER TABLE other FROM RESTORE ${JOB};
RECOVER TABLE t_renamed FROM RECOVER ${JOB};
RECOVER TABLE t_renamed FROM RESTORE ${JOB};
SHOW WARNINGS;
SELECT * FROM t_renamed ORDER BY k;
SELECT PARTITION_NAME FROM information_schema.partitions_meta WHERE DB_NAME = 'u' AND TABLE_NAME = 't_renamed' ORDER BY 1;
--! kill9
USE u;
SELECT * FROM t_renamed ORDER BY k;
-- and back to the restored state, later rows included
--! let UNDO SHOW CATALOG RECYCLE BIN WHERE Type = 'TableVersion';
RECOVER TABLE t_renamed FROM RESTORE ${UNDO};
RECOVER TABLE t_renamed FROM RECOVER ${UNDO};
SELECT * FROM t_renamed ORDER BY k;
SHOW CATALOG RECYCLE BIN WHERE Type = 'TableVersion';
-- the same job once more, from there
RECOVER TABLE t_renamed FROM RESTORE ${JOB};
SELECT * FROM t_renamed ORDER BY k;
-- backups and restores of what came back
ALTER TABLE t_renamed RENAME t;
BACKUP SNAPSHOT u.s2 TO r ON (t);
--! wait backup u
TRUNCATE TABLE t;
RESTORE SNAPSHOT u.s2 FROM r ON (t AS t2) PROPERTIES ("backup_timestamp" = "${TS:s2@r}");
--! wait restore u
SELECT * FROM t2 ORDER BY k;
--! let JOB2 SELECT max(JOB_ID) FROM information_schema.restore_jobs;
RECOVER TABLE t2 FROM RESTORE ${JOB2};
RECOVER TABLE t FROM RESTORE ${JOB2};
RECOVER TABLE gone FROM RESTORE ${JOB2};
-- TRUNCATE
SELECT count(*) FROM t;
INSERT INTO t VALUES (5, 5);
--! let TRUNCATED SHOW CATALOG RECYCLE BIN WHERE Recover LIKE '%TRUNCATE%';
RECOVER TABLE t FROM TRUNCATE ${TRUNCATED};
SELECT * FROM t ORDER BY k;
TRUNCATE TABLE t PARTITION (p1);
INSERT INTO t VALUES (13, 6);
--! let TRUNCATED SHOW CATALOG RECYCLE BIN WHERE Recover LIKE '%TRUNCATE%';
RECOVER TABLE t FROM TRUNCATE ${TRUNCATED};
SELECT * FROM t ORDER BY k;
-- a partition that was dropped since comes back too, unless its range is taken
TRUNCATE TABLE t PARTITION (p1);
--! let TRUNCATED SHOW CATALOG RECYCLE BIN WHERE Recover LIKE '%TRUNCATE%';
ALTER TABLE t DROP PARTITION p1;
ALTER TABLE t ADD PARTITION q VALUES [("0"), ("1"));
RECOVER TABLE t FROM TRUNCATE ${TRUNCATED};
ALTER TABLE t DROP PARTITION q;
RECOVER TABLE t FROM TRUNCATE ${TRUNCATED};
SELECT * FROM t ORDER BY k;
-- a dropped table must come back first
DROP TABLE t;
RECOVER TABLE t FROM TRUNCATE ${TRUNCATED};
RECOVER TABLE t;
SELECT count(*) FROM t;
--! restart
SELECT * FROM u.t ORDER BY k;
