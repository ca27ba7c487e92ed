USE d;
INSERT INTO t VALUES (1, "a", "2024-01-01"), (2, NULL, "2024-02-15");
INSERT INTO t (v, k) VALUES ("b", 3), (DEFAULT, 4);
INSERT INTO t PARTITION (p2) SELECT k + 10, v, "2024-02-01" FROM t;
INSERT INTO t PROPERTIES ("strict_mode" = "true", "timeout" = "100") SELECT * FROM t WHERE k > 100;
SELECT * FROM t ORDER BY k;
SELECT PARTITION_NAME, ROW_COUNT FROM information_schema.partitions_meta WHERE TABLE_NAME = "t" ORDER BY 1;
-- every type there and back, at its ends
CREATE TABLE ends (k INT, c_boolean BOOLEAN, c_tinyint TINYINT, c_smallint SMALLINT, c_int INT, c_bigint BIGINT, c_largeint LARGEINT, c_float FLOAT, c_double DOUBLE, c_decimal DECIMAL(38, 10), c_date DATE, c_datetime DATETIME, c_char CHAR(5), c_varchar VARCHAR(50), c_binary VARBINARY(20)) DUPLICATE KEY(k);
INSERT INTO ends VALUES
  (1, TRUE, 127, 32767, 2147483647, 9223372036854775807, 170141183460469231731687303715884105727, 3.5, 1.7976931348623157e308, 9999999999999999999999999999.9999999999, "9999-12-31", "9999-12-31 23:59:59.999999", "abcde", "日本語 '\" \\", x'00ff41'),
  (2, FALSE, -128, -32768, -2147483648, -9223372036854775808, -170141183460469231731687303715884105728, -0.1, -2.2250738585072014e-308, -0.0000000001, "0001-01-01", "0001-01-01 00:00:00", "", "", x''),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SELECT k, c_boolean, c_tinyint, c_smallint, c_int, c_bigint, c_largeint, c_float, c_double FROM ends ORDER BY k;
SELECT k, c_decimal, c_date, c_datetime, c_char, c_varchar, hex(c_binary) FROM ends ORDER BY k;
SELECT count(*), count(c_largeint), min(c_largeint), max(c_largeint) FROM ends;
--! kill9
USE d;
SELECT count(*), sum(k) FROM t;
SELECT max(c_datetime) FROM ends;
