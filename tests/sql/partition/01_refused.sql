-- Automatic partitions: what PARTITION BY and loads refuse.
CREATE DATABASE d;
USE d;
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc('week', d);
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc('day', k);
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc('day', nosuch);
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc('hour', d);
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc(k, d);
CREATE TABLE t (k INT, d DATE) PARTITION BY time_slice(d, INTERVAL 7 DAY, CEIL);
CREATE TABLE t (k INT, d DATE) PARTITION BY time_slice(d, INTERVAL 0 DAY);
CREATE TABLE t (k INT, d DATE) PARTITION BY time_slice(d, INTERVAL 7 DAY) (START ("2024-01-01") END ("2024-02-01") EVERY (INTERVAL 7 DAY));
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc('day', d) (START ("2024-01-01") END ("2024-02-01") EVERY (INTERVAL 1 MONTH));
CREATE TABLE t (k INT, d DATE) PARTITION BY date_trunc('day', d) (PARTITION p1 VALUES LESS THAN ("2024-01-01"));
CREATE TABLE t (k INT, d DATE) PARTITION BY (k, nosuch);
CREATE TABLE t (k INT, d DATE) PARTITION BY (k, k);
CREATE TABLE t (k INT, f DOUBLE) PARTITION BY (f);
CREATE TABLE t (k INT, f DOUBLE) PARTITION BY k, f * 2;
CREATE TABLE t (k INT, d DATE) PARTITION BY k, date_trunc('day', nosuch);
CREATE TABLE t (k INT, d DATE) PARTITION BY k, nosuch(d);
CREATE TABLE t (k INT, d DATE) PARTITION BY k, now();
CREATE TABLE t (k INT, d DATE) PARTITION BY k + rand(), k;
CREATE TABLE t (k INT, d DATE) PARTITION BY k, sum(k);
CREATE TABLE t (k INT, d DATE) PARTITION BY k, (SELECT 1);
CREATE TABLE t (k INT, d DATE) PARTITION BY k, k + @x;
CREATE TABLE t (k INT, d DATE) PARTITION BY k, date_trunc('month', d) (PARTITION p VALUES IN ("1"));
CREATE TABLE t (k INT, `__generated_partition_column_0` INT) PARTITION BY k + 1, k;
SHOW TABLES;
-- loads
CREATE TABLE days (d DATE, n INT) PARTITION BY date_trunc('day', d) (START ("2024-01-01") END ("2024-01-03") EVERY (INTERVAL 1 DAY));
SHOW CREATE TABLE days;
--! mask times
--! mask ^\d{5,} \| -> <id> |
SHOW PARTITIONS FROM days WHERE PartitionName = "p20240102";
INSERT INTO days PARTITION (p20240101) VALUES ("2024-01-02", 1);
INSERT INTO days PARTITION (nosuch) VALUES ("2024-01-02", 1);
INSERT INTO days VALUES ("2024-02-30", 1);
CREATE TABLE hidden (k INT, d DATE) PARTITION BY k, date_trunc('month', d);
INSERT INTO hidden VALUES (1, "2024-01-01", "2024-01-01");
INSERT INTO hidden (k, `__generated_partition_column_0`) VALUES (1, "2024-01-01");
SELECT `__generated_partition_column_0` FROM hidden;
SELECT * FROM hidden ORDER BY `__generated_partition_column_0`;
