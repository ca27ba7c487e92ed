-- Colocation groups: their rules, their life, and what RESTORE makes of them.
CREATE DATABASE colo;
USE colo;
CREATE TABLE a (k INT, s VARCHAR(10), v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
CREATE TABLE b (id INT, v INT) DUPLICATE KEY(id) DISTRIBUTED BY HASH(id) PROPERTIES ("colocate_with" = "g");
-- ------------------------------------------------------------------------------ refused
CREATE TABLE c (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 5 PROPERTIES ("colocate_with" = "g");
CREATE TABLE c (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k, v) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
CREATE TABLE c (k BIGINT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
CREATE TABLE c (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY RANDOM BUCKETS 4 PROPERTIES ("colocate_with" = "g");
CREATE DATABASE other;
CREATE TABLE other.c (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 7 PROPERTIES ("colocate_with" = "g");
-- ------------------------------------------------------------------------------ shown
SELECT TABLE_NAME, DISTRIBUTE_BUCKET, PROPERTIES FROM information_schema.tables_config WHERE TABLE_SCHEMA = 'colo';
CREATE TABLE other.c (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
SHOW PROC '/colocation_group' WHERE TableNames = 'a, b';
SHOW PROC '/colocation_group' WHERE TableNames = 'c';
SHOW PROC '/';
SHOW PROC '/nothing';
SHOW PROC 'colocation_group';
SHOW PROC '/colocation_group/1.2';
-- ------------------------------------------------------------------------------ ALTER TABLE .. SET
CREATE TABLE d (k BIGINT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4;
ALTER TABLE d SET ("colocate_with" = "g");
ALTER TABLE d SET ("colocate_with" = "h");
ALTER TABLE a SET ("colocate_with" = "");
ALTER TABLE a SET ("colocate_with" = "");
ALTER TABLE a SET ("colocate_with" = "h");
SELECT TABLE_NAME, PROPERTIES FROM information_schema.tables_config WHERE TABLE_SCHEMA = 'colo' ORDER BY 1;
ALTER TABLE a SET ("colocate_with" = "g");
CREATE TABLE p (k INT, v INT) DUPLICATE KEY(k) PARTITION BY RANGE(k) (PARTITION p1 VALUES LESS THAN ("10")) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
ALTER TABLE p ADD PARTITION p2 VALUES LESS THAN ("20") DISTRIBUTED BY HASH(k) BUCKETS 9;
ALTER TABLE p ADD PARTITION p2 VALUES LESS THAN ("20");
-- ------------------------------------------------------------------------------ restored
CREATE REPOSITORY colo WITH BROKER ON LOCATION '${REPO}';
BACKUP DATABASE colo SNAPSHOT s TO colo ON (TABLE a, TABLE b);
--! wait backup colo
CREATE DATABASE target;
CREATE TABLE target.z (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
DROP TABLE a;
DROP TABLE b;
DROP TABLE p;
RESTORE SNAPSHOT s FROM colo DATABASE colo AS target PROPERTIES ("backup_timestamp" = "${TS:s@colo}");
--! wait restore target
SELECT STATUS FROM information_schema.restore_jobs WHERE DATABASE_NAME = 'target' ORDER BY JOB_ID;
SHOW PROC '/colocation_group' WHERE TableNames = 'z, a, b';
-- The group of this name is another one here now.
DROP DATABASE target FORCE;
DROP DATABASE other FORCE;
CREATE DATABASE target;
CREATE TABLE target.z (k BIGINT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES ("colocate_with" = "g");
RESTORE SNAPSHOT s FROM colo DATABASE colo AS target PROPERTIES ("backup_timestamp" = "${TS:s@colo}");
--! wait restore target
SELECT regexp_replace(STATUS, '[0-9]+\\.[0-9]+', '<group>') AS status FROM information_schema.restore_jobs WHERE DATABASE_NAME = 'target' ORDER BY JOB_ID DESC LIMIT 1;
SELECT TABLE_NAME, PROPERTIES FROM information_schema.tables_config WHERE TABLE_SCHEMA = 'target' ORDER BY 1;
-- ------------------------------------------------------------------------------ the last table ends the group
DROP TABLE target.z FORCE;
DROP DATABASE colo FORCE;
SHOW PROC '/colocation_group';
DROP REPOSITORY colo;
DROP DATABASE target FORCE;
