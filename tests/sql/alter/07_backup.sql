-- Tables with rows of several schemas: backed up, restored over what was made anew or altered.
DROP DATABASE IF EXISTS life FORCE;
DROP DATABASE IF EXISTS other FORCE;
CREATE DATABASE life;
USE life;
CREATE REPOSITORY alter_repo WITH BROKER ON LOCATION "${REPO}";
CREATE TABLE t (k INT, a TINYINT, gone VARCHAR(10), INDEX i (k) USING BITMAP COMMENT 'the index') DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 2;
INSERT INTO t VALUES (1, 10, 'gone'), (2, NULL, 'gone');
ALTER TABLE t ADD COLUMN b INT DEFAULT "7", MODIFY COLUMN a INT;
INSERT INTO t VALUES (3, 300, 'gone', 30);
ALTER TABLE t DROP COLUMN gone, MODIFY COLUMN a VARCHAR(20), MODIFY COLUMN b INT DEFAULT "8";
INSERT INTO t (k, a) VALUES (4, 'four');
ALTER TABLE t ADD COLUMN c DATE DEFAULT "2024-01-01" AFTER k;
SELECT * FROM t ORDER BY k;
BACKUP SNAPSHOT life.s TO alter_repo ON (t);
--! wait backup life
SHOW CREATE TABLE t;
-- elsewhere
RESTORE SNAPSHOT s FROM alter_repo DATABASE life AS other PROPERTIES ("backup_timestamp" = "${TS:s@alter_repo}", "replication_num" = "1");
--! wait restore other
SELECT * FROM other.t ORDER BY k;
SHOW CREATE TABLE other.t;
-- onto a table that was made anew, and whose own history is another one
DROP TABLE t;
CREATE TABLE t (k INT, c DATE DEFAULT "2024-01-01", a SMALLINT, b INT, x INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 2;
INSERT INTO t VALUES (100, '2020-01-01', 1, 2, 3);
ALTER TABLE t DROP COLUMN b, MODIFY COLUMN a VARCHAR(20);
INSERT INTO t VALUES (101, '2020-01-01', 'text', 3);
ALTER TABLE t ADD COLUMN b INT DEFAULT "99" AFTER a, DROP COLUMN x;
ALTER TABLE t MODIFY COLUMN b INT DEFAULT "8";
SELECT * FROM t ORDER BY k;
BACKUP SNAPSHOT life.mine TO alter_repo ON (t);
--! wait backup life
RESTORE SNAPSHOT life.s FROM alter_repo ON (t) PROPERTIES ("backup_timestamp" = "${TS:s@alter_repo}", "replication_num" = "1");
--! wait restore life
SELECT * FROM t ORDER BY k;
INSERT INTO t (k) VALUES (5);
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t ADD COLUMN b INT DEFAULT "8";
SELECT * FROM t ORDER BY k;
-- and back, over what came: nothing is lost, nothing comes back that was dropped
RESTORE SNAPSHOT life.mine FROM alter_repo ON (t) PROPERTIES ("backup_timestamp" = "${TS:mine@alter_repo}", "replication_num" = "1");
--! wait restore life
SELECT * FROM t ORDER BY k;
RESTORE SNAPSHOT life.s FROM alter_repo ON (t) PROPERTIES ("backup_timestamp" = "${TS:s@alter_repo}", "replication_num" = "1");
--! wait restore life
SELECT * FROM t ORDER BY k;
-- a backup of what was restored can be restored
BACKUP SNAPSHOT life.again TO alter_repo ON (t);
--! wait backup life
DROP DATABASE other FORCE;
RESTORE SNAPSHOT again FROM alter_repo DATABASE life AS other PROPERTIES ("backup_timestamp" = "${TS:again@alter_repo}", "replication_num" = "1");
--! wait restore other
--! restart
SELECT * FROM other.t ORDER BY k;
SELECT * FROM life.t ORDER BY k;
-- generated columns are compared
USE life;
CREATE TABLE g (k INT, x BIGINT AS k + 1) DUPLICATE KEY(k);
INSERT INTO g VALUES (1);
BACKUP SNAPSHOT life.g TO alter_repo ON (g);
--! wait backup life
DROP TABLE g;
CREATE TABLE g (k INT, x BIGINT AS k + 2) DUPLICATE KEY(k);
RESTORE SNAPSHOT life.g FROM alter_repo ON (g) PROPERTIES ("backup_timestamp" = "${TS:g@alter_repo}", "replication_num" = "1");
--! wait restore life
--! mask times
SELECT STATUS FROM information_schema.restore_jobs WHERE STATE = 'CANCELLED';
DROP TABLE g;
RESTORE SNAPSHOT life.g FROM alter_repo ON (g) PROPERTIES ("backup_timestamp" = "${TS:g@alter_repo}", "replication_num" = "1");
--! wait restore life
INSERT INTO g VALUES (5);
SELECT * FROM g ORDER BY k;
DROP REPOSITORY alter_repo;
DROP DATABASE life FORCE;
DROP DATABASE other FORCE;
