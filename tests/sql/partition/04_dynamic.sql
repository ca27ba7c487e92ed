-- dynamic_partition: checked together, filled in, applied when a table is made; refusals first.
USE d;
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.enable" = "true");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "DAY");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "MINUTE", "dynamic_partition.end" = "3");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "HOUR", "dynamic_partition.end" = "3");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "-3");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3", "dynamic_partition.start" = "1");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3", "dynamic_partition.time_zone" = "Mars/Base");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3", "dynamic_partition.replication_num" = "7");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3", "dynamic_partition.nosuch" = "7");
CREATE TABLE dyn (d DATE, k INT) PARTITION BY RANGE(d, k) () PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3");
CREATE TABLE dyn (d DATE) PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("partition_ttl" = "soon");
CREATE TABLE dyn (d DATE) PARTITION BY RANGE(d) () DISTRIBUTED BY HASH(d) BUCKETS 4 PROPERTIES ("dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3", "dynamic_partition.start" = "-3", "dynamic_partition.history_partition_num" = "2", "dynamic_partition.prefix" = "q", "dynamic_partition.buckets" = "5");
--! mask (?<![\d-])\d{4}-\d\d-\d\d -> <date>
--! mask q20\d{6} -> <q>
SHOW CREATE TABLE dyn;
SELECT count(*), min(PARTITION_NAME) LIKE "q20%", min(BUCKETS) FROM information_schema.partitions_meta WHERE DB_NAME = "d" AND TABLE_NAME = "dyn";
INSERT INTO dyn VALUES (CURRENT_DATE());
INSERT INTO dyn VALUES (CURRENT_DATE() - INTERVAL 2 DAY), (CURRENT_DATE() + INTERVAL 3 DAY);
INSERT INTO dyn VALUES (CURRENT_DATE() - INTERVAL 10 YEAR);
SELECT count(*) FROM dyn;
-- its partitions are the scheduler's
ALTER TABLE dyn ADD PARTITION x VALUES LESS THAN ("2000-01-01");
ALTER TABLE dyn DROP PARTITION q20200101;
CREATE TABLE dyn_off (d INT) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.enable" = "false", "dynamic_partition.time_unit" = "month", "dynamic_partition.end" = "3", "dynamic_partition.start_day_of_month" = "3", "dynamic_partition.time_zone" = "Asia/Tokyo");
SHOW PARTITIONS FROM dyn_off;
ALTER TABLE dyn_off ADD PARTITION x VALUES LESS THAN ("20000101");
--! mask times
SHOW DYNAMIC PARTITION TABLES WHERE TableName = "dyn_off";
SHOW DYNAMIC PARTITION TABLES FROM nosuch;
