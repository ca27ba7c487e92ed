-- The page's examples 1, 2 and 3 of v3.4.0, letter by letter but for names of labels and timestamps.
CREATE DATABASE sr_hub;
CREATE TABLE sr_hub.sr_member (sr_id INT, name STRING, city_code INT, reg_date DATE, verified BOOLEAN)
DUPLICATE KEY(sr_id)
PARTITION BY RANGE(reg_date) (PARTITION p1 VALUES [('2022-03-13'), ('2022-03-14')), PARTITION p2 VALUES [('2022-03-14'), ('2022-03-15')), PARTITION p3 VALUES [('2022-03-15'), ('2022-03-16')))
DISTRIBUTED BY HASH(city_code);
CREATE TABLE sr_hub.sr_pmc (sr_id INT, role VARCHAR(32)) DUPLICATE KEY(sr_id);
INSERT INTO sr_hub.sr_member VALUES (1, "tom", 100000, "2022-03-13", true), (2, "johndoe", 210000, "2022-03-14", false), (3, "maruko", 200000, "2022-03-14", true), (4, "ronaldo", 100000, "2022-03-15", false);
INSERT INTO sr_hub.sr_pmc VALUES (1, "chair"), (4, "member");
BACKUP DATABASE sr_hub SNAPSHOT sr_hub_backup TO test_repo;
--! wait backup sr_hub
BACKUP DATABASE sr_hub SNAPSHOT sr_member_backup TO test_repo ON (TABLE sr_member);
--! wait backup sr_hub
BACKUP DATABASE sr_hub SNAPSHOT sr_core_backup TO test_repo ON (TABLE sr_member, TABLE sr_pmc);
--! wait backup sr_hub
BACKUP DATABASE sr_hub SNAPSHOT sr_all_backup TO test_repo ON (ALL TABLES);
--! wait backup sr_hub
BACKUP DATABASE sr_hub SNAPSHOT sr_par_backup TO test_repo ON (TABLE sr_member PARTITION (p1, p2));
--! wait backup sr_hub
SHOW SNAPSHOT ON test_repo;
SHOW SNAPSHOT ON test_repo WHERE SNAPSHOT = 'sr_par_backup' AND TIMESTAMP = '${TS:sr_par_backup@test_repo}'\G
DROP DATABASE sr_hub FORCE;
-- 元の名前でデータベースをリストアします。
RESTORE SNAPSHOT sr_hub_backup
FROM test_repo
DATABASE sr_hub
PROPERTIES("backup_timestamp" = "${TS:sr_hub_backup@test_repo}");
--! wait restore sr_hub
-- 新しい名前でデータベースをリストアします。
RESTORE SNAPSHOT sr_hub_backup
FROM test_repo
DATABASE sr_hub AS sr_hub_new
PROPERTIES("backup_timestamp" = "${TS:sr_hub_backup@test_repo}");
--! wait restore sr_hub_new
SELECT count(*), sum(sr_id), count(DISTINCT name) FROM sr_hub.sr_member;
SELECT count(*), sum(sr_id), count(DISTINCT name) FROM sr_hub_new.sr_member;
SELECT * FROM sr_hub_new.sr_pmc ORDER BY sr_id;
-- 元の名前でテーブルをリストアします。
RESTORE SNAPSHOT sr_member_backup
FROM test_repo 
DATABASE sr_hub 
ON (TABLE sr_member) 
PROPERTIES ("backup_timestamp" = "${TS:sr_member_backup@test_repo}");
--! wait restore sr_hub
-- 新しい名前でテーブルをリストアします。
RESTORE SNAPSHOT sr_member_backup
FROM test_repo 
DATABASE sr_hub  AS sr_hub_new
ON (TABLE sr_member AS sr_member_new) 
PROPERTIES ("backup_timestamp" = "${TS:sr_member_backup@test_repo}");
--! wait restore sr_hub_new
SELECT count(*), sum(sr_id) FROM sr_hub_new.sr_member_new;
-- 複数のテーブルをリストアします。
RESTORE SNAPSHOT sr_core_backup
FROM test_repo 
DATABASE sr_hub
ON (TABLE sr_member, TABLE sr_pmc) 
PROPERTIES ("backup_timestamp" = "${TS:sr_core_backup@test_repo}");
--! wait restore sr_hub
-- すべてのテーブルをリストアします。
RESTORE SNAPSHOT sr_all_backup
FROM test_repo
DATABASE sr_hub
ON (ALL TABLES);
--! wait restore sr_hub
-- すべてのテーブルから 1 つをリストアします。
RESTORE SNAPSHOT sr_all_backup
FROM test_repo
DATABASE sr_hub
ON (TABLE sr_member) 
PROPERTIES ("backup_timestamp" = "${TS:sr_all_backup@test_repo}");
--! wait restore sr_hub
-- 1 つのパーティションをリストアします。
TRUNCATE TABLE sr_hub.sr_member PARTITION (p1);
SELECT count(*), sum(sr_id) FROM sr_hub.sr_member;
RESTORE SNAPSHOT sr_par_backup
FROM test_repo
DATABASE sr_hub
ON (TABLE sr_member PARTITION (p1)) 
PROPERTIES ("backup_timestamp" = "${TS:sr_par_backup@test_repo}");
--! wait restore sr_hub
SELECT count(*), sum(sr_id) FROM sr_hub.sr_member;
-- 複数のパーティションをリストアします。
TRUNCATE TABLE sr_hub.sr_member;
RESTORE SNAPSHOT sr_par_backup
FROM test_repo
DATABASE sr_hub
ON (TABLE sr_member PARTITION (p1,p2)) 
PROPERTIES ("backup_timestamp" = "${TS:sr_par_backup@test_repo}");
--! wait restore sr_hub
SELECT * FROM sr_hub.sr_member ORDER BY sr_id;
-- A missing partition is added.
ALTER TABLE sr_hub.sr_member DROP PARTITION p2 FORCE;
RESTORE SNAPSHOT sr_par_backup FROM test_repo DATABASE sr_hub ON (TABLE sr_member PARTITION (p2));
--! wait restore sr_hub
SELECT count(*), sum(sr_id) FROM sr_hub.sr_member;
-- Objects that do not exist yet (examples 4 to 6): as for an object that is not there.
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (MATERIALIZED VIEW sr_mv1);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (VIEW sr_view1, VIEW sr_view2);
RESTORE SNAPSHOT sr_core_backup FROM test_repo DATABASE sr_hub ON (FUNCTION sr_udf1);
