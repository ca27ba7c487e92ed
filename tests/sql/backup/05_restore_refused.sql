-- Checks while the tree is built.
RESTORE SNAPSHOT sr_core_backup FROM test_repo ALL EXTERNAL CATALOGS DATABASE sr_hub;
RESTORE SNAPSHOT a.b.c FROM test_repo;
RESTORE SNAPSHOT sr_hub.sr_core_backup FROM test_repo DATABASE sr_hub;
RESTORE SNAPSHOT sr_hub.sr_core_backup FROM test_repo DATABASE sr_hub AS x;
RESTORE SNAPSHOT sr_hub.sr_core_backup FROM test_repo EXTERNAL CATALOG (c);
RESTORE SNAPSHOT sr_core_backup FROM test_repo ON (sr_pmc);
RESTORE SNAPSHOT sr_core_backup FROM test_repo ALL EXTERNAL CATALOGS ON (sr_pmc);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON ();
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (sr_member PARTITION (k = 1));
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (sr_member PARTITION (dt = DATE 'bad'));
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (VIEW v PARTITION (p1));
-- Analysis: nothing is looked up.
RESTORE SNAPSHOT s FROM nosuch DATABASE sr_hub ON (a, b, a) PROPERTIES ("backup_timestamp" = "x");
RESTORE SNAPSHOT s FROM nosuch DATABASE sr_hub ON (t0, t1 AS t0) PROPERTIES ("backup_timestamp" = "x");
RESTORE SNAPSHOT s FROM nosuch DATABASE sr_hub ON (t0 AS x, t1 AS x) PROPERTIES ("backup_timestamp" = "x");
RESTORE SNAPSHOT s FROM nosuch DATABASE sr_hub AS `1x` PROPERTIES ("backup_timestamp" = "x");
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("allow_load" = "maybe");
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("replication_num" = "many");
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("meta_version" = "1.5");
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("starrocks_meta_version" = "x");
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("timeout" = "10");
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("type" = "full", "backup_timestamp" = "x");
RESTORE SNAPSHOT s FROM nosuch;
RESTORE SNAPSHOT nosuch FROM test_repo;
-- Execution.
RESTORE SNAPSHOT s FROM nosuch PROPERTIES ("backup_timestamp" = "2024-12-09-10-25-58-842");
RESTORE SNAPSHOT nosuch FROM test_repo PROPERTIES ("backup_timestamp" = "2024-12-09-10-25-58-842");
RESTORE SNAPSHOT sr_core_backup FROM test_repo PROPERTIES ("backup_timestamp" = "2024-12-09-10-25-58-842");
RESTORE SNAPSHOT sr_core_backup FROM test_repo ALL EXTERNAL CATALOGS;
RESTORE SNAPSHOT sr_core_backup FROM test_repo EXTERNAL CATALOG a AS b, EXTERNAL CATALOG c;
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE other;
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (nosuch);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (SR_PMC);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (sr_member PARTITION (p9));
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (sr_member TEMPORARY PARTITION (p1));
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (TABLE sr_pmc AS sr_member, ALL TABLES);
RESTORE SNAPSHOT sr_core_backup FROM test_repo PROPERTIES ("replication_num" = "3");
RESTORE SNAPSHOT sr_core_backup FROM test_repo PROPERTIES ("replication_num" = "0");
-- A version of one's own changes nothing and leaves a warning.
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub AS versions PROPERTIES ("meta_version" = "10", "starrocks_meta_version" = "3");
SHOW WARNINGS;
--! wait restore versions
DROP DATABASE versions FORCE;
-- A table that exists with another definition: the job ends in PENDING, nothing is changed.
CREATE DATABASE other;
CREATE TABLE other.sr_pmc (sr_id INT, role VARCHAR(33)) DUPLICATE KEY(sr_id);
CREATE TABLE other.sr_member (sr_id INT, name STRING, city_code INT, reg_date DATE, verified BOOLEAN)
DUPLICATE KEY(sr_id)
PARTITION BY RANGE(reg_date) (PARTITION p1 VALUES [('2022-03-13'), ('2022-03-14')), PARTITION p2 VALUES [('2022-03-14'), ('2022-03-16')))
DISTRIBUTED BY HASH(city_code);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub AS other;
--! wait restore other
--! mask times
--! mask ^\s*JobId: \d+ -> JobId: <id>
SHOW RESTORE FROM other\G
SELECT count(*) FROM other.sr_pmc;
DROP DATABASE other FORCE;
-- Comments do not count as another definition.
CREATE DATABASE other;
CREATE TABLE other.sr_pmc (sr_id INT COMMENT "who", role VARCHAR(32)) DUPLICATE KEY(sr_id) COMMENT "x";
INSERT INTO other.sr_pmc VALUES (9, "gone");
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub AS other ON (sr_pmc);
--! wait restore other
SELECT * FROM other.sr_pmc ORDER BY sr_id;
-- AS onto a table that exists with the same definition overwrites it.
INSERT INTO other.sr_pmc VALUES (9, "gone again");
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub AS other ON (TABLE sr_pmc AS sr_pmc);
CREATE TABLE other.copy (sr_id INT, role VARCHAR(32)) DUPLICATE KEY(sr_id);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub AS other ON (TABLE sr_pmc AS copy);
--! wait restore other
SELECT * FROM other.copy ORDER BY sr_id;
