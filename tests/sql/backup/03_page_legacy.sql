-- The page's examples in the syntax of earlier versions, letter by letter but for the timestamp.
CREATE DATABASE example_db;
USE example_db;
CREATE TABLE backup_tbl (d DATE, n INT, s VARCHAR(20)) DUPLICATE KEY(d)
PARTITION BY RANGE(d) (PARTITION p1 VALUES LESS THAN ("2018-01-01"), PARTITION p2 VALUES LESS THAN ("2019-01-01"), PARTITION p3 VALUES LESS THAN (MAXVALUE))
DISTRIBUTED BY HASH(d) BUCKETS 2;
CREATE TABLE backup_tbl2 (k BIGINT, s STRING) DUPLICATE KEY(k);
INSERT INTO backup_tbl VALUES ("2017-05-04", 1, "one"), ("2018-05-04", 2, "two"), ("2019-05-04", 3, NULL);
INSERT INTO backup_tbl2 VALUES (1, "a"), (2, "日本語"), (3, "");
BACKUP SNAPSHOT example_db.snapshot_label1 TO example_repo ON (backup_tbl) PROPERTIES ("type" = "full", "timeout" = "3600");
--! wait backup example_db
BACKUP SNAPSHOT example_db.snapshot_label1 TO example_repo ON (backup_tbl);
BACKUP SNAPSHOT example_db.snapshot_label1 TO example_repo ON (backup_tbl) PROPERTIES ("type" = "incremental");
BACKUP SNAPSHOT example_db.snapshot_label2 TO example_repo;
--! wait backup example_db
SHOW SNAPSHOT ON example_repo;
--! mask times
--! mask ^\d+ \| -> <id> |
SHOW BACKUP FROM example_db;
SHOW BACKUP IN example_db WHERE x = 1 ORDER BY y LIMIT 0;
DROP TABLE backup_tbl;
-- Example 1
RESTORE SNAPSHOT example_db.snapshot_label1
FROM example_repo
ON ( backup_tbl )
PROPERTIES
(
    "backup_timestamp"="${TS:snapshot_label1@example_repo}",
    "replication_num" = "1"
);
--! wait restore example_db
SELECT * FROM backup_tbl ORDER BY d;
SHOW RESTORE FROM example_db;
-- Once a RESTORE was submitted SHOW BACKUP of that database is empty.
SHOW BACKUP FROM example_db;
-- Example 2: two partitions over damaged ones, one table under a new name.
TRUNCATE TABLE backup_tbl PARTITION (p1, p2);
INSERT INTO backup_tbl VALUES ("2017-07-07", 77, "later"), ("2020-01-01", 4, "kept");
RESTORE SNAPSHOT example_db.snapshot_label2
FROM example_repo
ON(
    backup_tbl PARTITION (p1, p2),
    backup_tbl2 AS new_tbl
)
PROPERTIES
(
    "backup_timestamp"="${TS:snapshot_label2@example_repo}"
);
--! wait restore example_db
SELECT * FROM backup_tbl ORDER BY d;
SELECT * FROM new_tbl ORDER BY k;
SHOW TABLES;
SHOW RESTORE FROM example_db;
-- The whole database dropped and back.
DROP DATABASE example_db;
RESTORE SNAPSHOT example_db.snapshot_label2 FROM example_repo PROPERTIES ("backup_timestamp" = "${TS:snapshot_label2@example_repo}");
--! wait restore example_db
USE example_db;
SELECT count(*), sum(n) FROM backup_tbl;
SELECT * FROM backup_tbl2 ORDER BY k;
SHOW CREATE TABLE backup_tbl;
