-- Partitions that loads make: their names, values, NULL, and that nobody sees hidden columns.
USE d;
--! mask times
--! mask ^\d{5,} \| -> <id> |
CREATE TABLE month_of (k INT, d DATE) PARTITION BY date_trunc('month', d) PROPERTIES ("replication_num" = "1");
INSERT INTO month_of VALUES (1, "2024-01-31"), (2, "2024-02-01"), (3, NULL), (4, "9999-12-31");
INSERT INTO month_of SELECT k + 10, d FROM month_of;
SELECT * FROM month_of ORDER BY k;
SHOW PARTITIONS FROM month_of;
SHOW CREATE TABLE month_of;
CREATE TABLE hours (k INT, t DATETIME) PARTITION BY date_trunc('hour', t) DISTRIBUTED BY HASH(k) BUCKETS 3;
INSERT INTO hours VALUES (1, "2024-01-01 09:59:59.999999"), (2, "2024-01-01 10:00:00");
SHOW PARTITIONS FROM hours;
CREATE TABLE slices (k INT, `a b` DATETIME) PARTITION BY time_slice(`a b`, INTERVAL 5 DAY, FLOOR);
INSERT INTO slices VALUES (1, "2024-01-01"), (2, "2024-01-04 10:00:00"), (3, "2024-01-09");
SHOW PARTITIONS FROM slices;
SHOW CREATE TABLE slices;
CREATE TABLE slices2 (k INT, `a b` DATETIME) PARTITION BY time_slice(`a b`, 5, 'day', 'floor');
CREATE TABLE cities (city VARCHAR(20), n BIGINT) PARTITION BY (city);
INSERT INTO cities VALUES ("Los Angeles", 1), ("LosAngeles", 2), ("東京", 3), (NULL, 4), ("", 5), ("-1", 6), ("NULL", 7);
INSERT INTO cities VALUES ("Los Angeles", 1), ("LosAngeles", 2), ("東京", 3), (NULL, 4), ("", 5), ("-1", 6), ("NULL", 7);
SELECT city, count(*), sum(n) FROM cities GROUP BY city ORDER BY 3;
SHOW PARTITIONS FROM cities;
SHOW CREATE TABLE cities;
CREATE TABLE several (k INT, d DATE, city VARCHAR(20)) PARTITION BY date_trunc('month', d), city;
INSERT INTO several VALUES (1, "2024-01-31", "a"), (2, "2024-02-01", "a"), (3, NULL, NULL), (4, "2024-01-01", "a");
SELECT * FROM several ORDER BY k;
DESC several;
SHOW FULL COLUMNS FROM several;
SELECT column_name, ordinal_position FROM information_schema.columns WHERE table_schema = "d" AND table_name = "several";
SELECT partition_key FROM information_schema.tables_config WHERE table_schema = "d" AND table_name = "several";
SHOW PARTITIONS FROM several;
SHOW CREATE TABLE several;
CREATE TABLE texts (ts BIGINT, s VARCHAR(20)) PARTITION BY from_unixtime(ts, '%Y%m%d'), str2date(s, '%Y-%m-%d'), CASE WHEN ts > 0 THEN TRUE END;
INSERT INTO texts VALUES (1700000000, "2024-01-05"), (1700000001, "2024-01-05"), (-1, "bad");
SHOW PARTITIONS FROM texts;
SHOW CREATE TABLE texts;
-- what SHOW CREATE TABLE prints makes the same table
CREATE TABLE texts2 (ts BIGINT, s VARCHAR(20)) PARTITION BY from_unixtime(`ts`, '%Y%m%d'), str2date(`s`, '%Y-%m-%d'), CASE WHEN `ts` > 0 THEN TRUE END;
INSERT INTO texts2 SELECT * FROM texts;
SELECT PARTITION_NAME, PARTITION_VALUE, ROW_COUNT FROM information_schema.partitions_meta WHERE DB_NAME = "d" AND TABLE_NAME = "texts2" ORDER BY 1;
