-- Properties of tables: every key that StarRocks knows, what is refused, and ALTER TABLE .. SET.
CREATE DATABASE props;
USE props;
-- ------------------------------------------------------------------------------ refused values
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("compression" = "brotli");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("compression" = "zstd(23)");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("compression" = "lz4(3)");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("storage_medium" = "TAPE");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("storage_cooldown_time" = "2199-01-01 00:00:00");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("storage_medium" = "HDD", "storage_cooldown_time" = "2199-01-01 00:00:00");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("storage_medium" = "HDD", "storage_cooldown_ttl" = "1 DAY");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("storage_medium" = "SSD", "storage_cooldown_ttl" = "1 DAY", "storage_cooldown_time" = "2199-01-01 00:00:00");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("storage_type" = "row");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("tablet_type" = "tape");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("short_key" = "x");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("write_quorum" = "SOME");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("replicated_storage" = "maybe");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("bucket_size" = "-1");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("bucket_size" = "1G");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("mutable_bucket_num" = "-2");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("partition_live_number" = "0");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("partition_ttl" = "soon");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("persistent_index_type" = "TREE");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("primary_index_cache_expire_sec" = "-1");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("primary_index_cache_expire_sec" = "ten");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("table_query_timeout" = "0");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("flat_json.null.factor" = "0.3");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("flat_json.enable" = "true", "flat_json.null.factor" = "2");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("flat_json.enable" = "true", "flat_json.sparsity.factor" = "x");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("flat_json.enable" = "true", "flat_json.column.max" = "-5");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("labels.location" = "Rack:1");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("labels.location" = "rack:1", "colocate_with" = "g");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("bloom_filter_columns" = "x");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("bloom_filter_columns" = "k, K");
CREATE TABLE t (k INT, v INT SUM) AGGREGATE KEY(k) DISTRIBUTED BY HASH(k) PROPERTIES ("bloom_filter_columns" = "v");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("bloom_filter_fpp" = "0.2");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("unique_constraints" = "k, x");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("foreign_key_constraints" = "k to other");
CREATE TABLE t (k INT, v INT) PRIMARY KEY(k) DISTRIBUTED BY HASH(k) PROPERTIES ("base_compaction_forbidden_time_ranges" = "* 8-20 * * *");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY RANDOM PROPERTIES ("colocate_with" = "g");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("binlog_enable" = "yes");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("compaction_strategy" = "never");
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) PROPERTIES ("default.replication_num" = "1", "colour" = "red");
SHOW TABLES;
-- ------------------------------------------------------------------------------ kept and shown
CREATE TABLE t (k INT, v INT) DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 4 PROPERTIES (
  "base_compaction_forbidden_time_ranges" = "* 8-20 * * *", "binlog_enable" = "false", "bloom_filter_columns" = "k, v",
  "bloom_filter_fpp" = "0.03", "bucket_size" = "4294967296", "compaction_strategy" = "default", "compression" = "zstd(7)",
  "datacache.enable" = "true", "datacache.partition_duration" = "3 days 2 hours", "enable_load_profile" = "true",
  "enable_persistent_index" = "true", "enable_statistic_collect_on_first_load" = "false", "fast_schema_evolution" = "true",
  "file_bundling" = "false", "flat_json.column.max" = "50", "flat_json.enable" = "true", "flat_json.null.factor" = "0.3",
  "flat_json.sparsity.factor" = "0.9", "foreign_key_constraints" = "(k) REFERENCES other(id)", "in_memory" = "false",
  "labels.location" = "rack:1, rack:2", "mutable_bucket_num" = "7", "partition_live_number" = "-1",
  "persistent_index_type" = "LOCAL", "primary_index_cache_expire_sec" = "60", "replicated_storage" = "true",
  "replication_num" = "1", "storage_medium" = "SSD", "storage_cooldown_ttl" = "1 month", "storage_volume" = "builtin",
  "table_query_timeout" = "30", "unique_constraints" = "k; k, v", "write_quorum" = "ONE");
SHOW CREATE TABLE t;
-- ------------------------------------------------------------------------------ ALTER TABLE .. SET
ALTER TABLE t SET ();
ALTER TABLE t SET ("write_quorum" = "ALL", "in_memory" = "true");
ALTER TABLE t SET ("compression" = "LZ4");
ALTER TABLE t SET ("colour" = "red");
ALTER TABLE t SET ("storage_type" = "column");
ALTER TABLE t SET ("tablet_type" = "disk");
ALTER TABLE t SET ("file_bundling" = "true");
ALTER TABLE t SET ("compaction_strategy" = "real_time");
ALTER TABLE t SET ("write_quorum" = "SOME");
ALTER TABLE t SET ("replication_num" = "9");
ALTER TABLE t SET ("bloom_filter_columns" = "nothing");
ALTER TABLE nowhere SET ("write_quorum" = "ALL");
ALTER TABLE t SET ("write_quorum" = "ALL");
ALTER TABLE t SET ("bloom_filter_columns" = "v");
ALTER TABLE t SET ("labels.location" = "*");
ALTER TABLE t SET ("storage_cooldown_ttl" = "2 days");
ALTER TABLE t SET ("default.replication_num" = "1");
ALTER TABLE t SET ("replication_num" = "1");
ALTER TABLE t SET ("flat_json.enable" = "false");
ALTER TABLE t SET ("flat_json.column.max" = "9");
ALTER TABLE t SET ("foreign_key_constraints" = "");
ALTER TABLE t SET ("binlog_enable" = "true", "binlog_ttl_second" = "3600");
SHOW CREATE TABLE t;
CREATE TABLE p (d DATE, v INT) DUPLICATE KEY(d) PARTITION BY RANGE(d) (PARTITION p1 VALUES LESS THAN ("2024-01-01"));
ALTER TABLE p SET ("replication_num" = "1");
ALTER TABLE p SET ("default.replication_num" = "1");
ALTER TABLE p SET ("dynamic_partition.end" = "3", "dynamic_partition.time_unit" = "DAY");
ALTER TABLE p SET ("dynamic_partition.end" = "0");
SELECT PROPERTIES FROM information_schema.tables_config WHERE TABLE_NAME = 'p';
-- ------------------------------------------------------------------------------ all of it restored
INSERT INTO t VALUES (1, 2), (3, 4);
CREATE REPOSITORY props WITH BROKER ON LOCATION '${REPO}';
BACKUP DATABASE props SNAPSHOT s TO props ON (TABLE t);
--! wait backup props
DROP TABLE t FORCE;
RESTORE SNAPSHOT s FROM props PROPERTIES ("backup_timestamp" = "${TS:s@props}");
--! wait restore props
SHOW CREATE TABLE t;
SELECT * FROM t ORDER BY k;
ALTER TABLE t SET ("write_quorum" = "ONE");
DROP REPOSITORY props;
DROP DATABASE props FORCE;
