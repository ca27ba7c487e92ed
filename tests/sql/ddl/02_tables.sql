-- Definitions come back as StarRocks prints them, and what was printed makes the same table.
USE d;
CREATE TABLE every_type (
  k INT NOT NULL COMMENT "the key",
  c_boolean BOOLEAN DEFAULT "1", c_tinyint TINYINT DEFAULT "-128", c_smallint SMALLINT, c_bigint BIGINT NULL DEFAULT NULL,
  c_largeint LARGEINT DEFAULT "-170141183460469231731687303715884105728",
  c_float FLOAT, c_double DOUBLE DEFAULT "1.5", c_decimal DECIMAL(38, 9) DEFAULT "0.5",
  c_date DATE DEFAULT "2024-02-29", c_datetime DATETIME DEFAULT CURRENT_TIMESTAMP, c_datetime3 DATETIME DEFAULT CURRENT_TIMESTAMP(3),
  c_char CHAR(3), c_varchar VARCHAR(20) DEFAULT "a\"b\\c", c_string STRING COMMENT "長い文字列", c_uuid VARCHAR(36) DEFAULT (uuid()),
  c_binary VARBINARY(7)
) DUPLICATE KEY(k) COMMENT "every type" DISTRIBUTED BY HASH(k) BUCKETS 3 PROPERTIES ("compression" = "zstd", "replication_num" = "1");
SHOW CREATE TABLE every_type;
DESC every_type;
CREATE TABLE every_type (k INT);
CREATE TABLE IF NOT EXISTS every_type (k INT);
-- no clause at all
CREATE TABLE plain (a INT, b VARCHAR(10), c INT);
SHOW CREATE TABLE plain;
-- a sort order of its own; names with signs
CREATE TABLE `Tabelle mit Ä` (`a b` INT, `c``d` DATE) DUPLICATE KEY(`a b`) ORDER BY (`c``d`, `a b`);
SHOW CREATE TABLE `Tabelle mit Ä`;
-- dynamic partitions are kept and shown; what is left out is filled in
CREATE TABLE dynamic (d DATE) PARTITION BY RANGE(d) () PROPERTIES ("dynamic_partition.enable" = "false", "dynamic_partition.time_unit" = "DAY", "dynamic_partition.end" = "3", "dynamic_partition.prefix" = "p");
SHOW WARNINGS;
SHOW CREATE TABLE dynamic;
-- names are case-sensitive
CREATE TABLE Plain (a INT);
SHOW TABLES;
DROP TABLE PLAIN;
DROP TABLE IF EXISTS PLAIN;
DROP TABLE Plain FORCE;
DROP TABLE plain;
-- the name is free at once, and the new table is empty
CREATE TABLE plain (a INT);
SELECT count(*) FROM plain;
SHOW TABLES LIKE "%l%";
--! restart
USE d;
SHOW CREATE TABLE every_type;
