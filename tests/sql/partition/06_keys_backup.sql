-- Automatic partitions under every key kind; backup and restore of each strategy.
CREATE DATABASE b;
USE b;
CREATE TABLE pk (d DATE NOT NULL, k INT NOT NULL, v INT) PRIMARY KEY(d, k) PARTITION BY date_trunc('month', d);
INSERT INTO pk VALUES ("2024-01-01", 1, 1), ("2024-02-01", 1, 2), ("2024-01-01", 1, 3);
INSERT INTO pk VALUES ("2024-01-01", 1, 4), ("2024-03-01", 1, 5);
UPDATE pk SET v = v + 10 WHERE d >= "2024-02-01";
DELETE FROM pk WHERE d = "2024-03-01";
SELECT * FROM pk ORDER BY d;
CREATE TABLE uk (c VARCHAR(9), d DATE, v INT) UNIQUE KEY(c, d) PARTITION BY c, date_trunc('month', d) DISTRIBUTED BY HASH(c);
INSERT INTO uk VALUES ("a", "2024-01-01", 1), (NULL, NULL, 2), ("a", "2024-01-01", 3);
INSERT INTO uk VALUES ("a", "2024-01-01", 4), (NULL, NULL, 5), ("b", "2024-02-01", 6);
SELECT * FROM uk ORDER BY v;
CREATE TABLE ag (d DATE, k INT, s BIGINT SUM) AGGREGATE KEY(d, k) PARTITION BY date_trunc('month', d), k DISTRIBUTED BY HASH(k);
INSERT INTO ag VALUES ("2024-01-01", 1, 1), ("2024-01-01", 1, 2), ("2024-02-01", 2, 3);
INSERT INTO ag VALUES ("2024-01-01", 1, 4);
SELECT * FROM ag ORDER BY d;
CREATE TABLE ag2 (d DATE, v INT SUM) AGGREGATE KEY(d) PARTITION BY v, d;
CREATE TABLE lists (c VARCHAR(9), n INT) PARTITION BY LIST(c) (PARTITION px VALUES IN ("x", NULL), PARTITION py VALUES IN ("y"));
INSERT INTO lists VALUES ("x", 1), (NULL, 2), ("y", 3);
CREATE TABLE dup (d DATETIME, c VARCHAR(9)) PARTITION BY date_trunc('day', d), c;
INSERT INTO dup VALUES ("2024-01-01 10:00:00", "x"), (NULL, NULL);
INSERT OVERWRITE dup VALUES ("2024-01-01 11:00:00", "x"), ("2024-01-02", "y"), (NULL, NULL);
SELECT * FROM dup ORDER BY d;
ALTER TABLE lists ADD TEMPORARY PARTITION t1 VALUES IN ("x", NULL);
CREATE REPOSITORY rp WITH BROKER ON LOCATION "${REPO}/partition";
BACKUP SNAPSHOT b.s0 TO rp ON (lists);
ALTER TABLE lists DROP TEMPORARY PARTITION t1;
BACKUP SNAPSHOT b.s1 TO rp;
--! wait backup b
-- changed afterwards: partitions gone, new ones there
ALTER TABLE lists DROP PARTITION px;
ALTER TABLE lists ADD PARTITION pz VALUES IN ("z");
INSERT INTO lists VALUES ("z", 4);
ALTER TABLE dup DROP PARTITION pNULL_NULL;
INSERT INTO dup VALUES ("2025-01-01", "z");
DROP TABLE pk;
CREATE TABLE pk (d DATE NOT NULL, k INT NOT NULL, v INT) PRIMARY KEY(d, k) PARTITION BY date_trunc('month', d);
INSERT INTO pk VALUES ("2024-01-05", 9, 9), ("2024-07-01", 7, 7);
RESTORE SNAPSHOT b.s1 FROM rp;
--! wait restore b
SELECT * FROM lists ORDER BY n;
SELECT * FROM dup ORDER BY d;
SELECT * FROM pk ORDER BY d;
SELECT * FROM ag ORDER BY d;
-- automatic partitions go on
INSERT INTO dup VALUES ("2025-01-01", "z"), ("2026-01-01", "q");
INSERT INTO pk VALUES ("2024-01-01", 1, 100), ("2024-08-01", 8, 8);
SELECT * FROM dup ORDER BY d;
SELECT * FROM pk ORDER BY d;
SELECT TABLE_NAME, PARTITION_NAME, ROW_COUNT FROM information_schema.partitions_meta WHERE DB_NAME = "b" AND TABLE_NAME IN ("dup", "pk", "lists") ORDER BY 1, 2;
-- some partitions, renamed; values that another partition has
RESTORE SNAPSHOT b.s1 FROM rp ON (dup PARTITION (p20240101000000_x) AS dup2, lists PARTITION (px) AS lists2);
--! wait restore b
SHOW CREATE TABLE dup2;
SELECT * FROM dup2;
SELECT * FROM lists2 ORDER BY n;
INSERT INTO dup2 VALUES ("2024-01-02", "y");
SELECT count(*) FROM dup2;
ALTER TABLE lists DROP PARTITION px;
ALTER TABLE lists ADD PARTITION other VALUES IN (NULL);
RESTORE SNAPSHOT b.s1 FROM rp ON (lists);
--! wait restore b
ALTER TABLE lists ADD TEMPORARY PARTITION t1 VALUES IN ("x");
RESTORE SNAPSHOT b.s1 FROM rp ON (lists);
--! wait restore b
