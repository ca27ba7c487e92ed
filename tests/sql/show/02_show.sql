USE d;
CREATE TABLE t (k INT NOT NULL COMMENT "key", v VARCHAR(10) DEFAULT "x", d DATETIME) DUPLICATE KEY(k) COMMENT "a table";
CREATE TABLE t_other (a INT);
INSERT INTO t VALUES (1, "a", "2024-01-01 00:00:00"), (2, "b", NULL);
--! mask times
SHOW DATABASES;
SHOW DATABASES LIKE "inf%";
SHOW TABLES;
SHOW TABLES LIKE "T\_%";
SHOW FULL TABLES FROM d WHERE Table_type = "BASE TABLE" AND Tables_in_d <> "t";
SHOW TABLES FROM information_schema LIKE "%jobs";
SHOW TABLE STATUS LIKE "t_other";
SHOW COLUMNS FROM t;
SHOW FULL COLUMNS FROM t FROM d LIKE "v";
DESC t;
DESC d.t;
SHOW INDEX FROM t;
SHOW CREATE DATABASE d;
SHOW CATALOGS;
SHOW ENGINES;
SHOW CHARSET;
SHOW CHARACTER SET LIKE "latin%";
SHOW COLLATION;
SHOW VARIABLES LIKE "version%t";
SHOW VARIABLES WHERE Variable_name IN ("autocommit", "query_timeout") ORDER BY Variable_name DESC;
SHOW GLOBAL VARIABLES LIKE "max\_allowed%";
SHOW STATUS LIKE "Damaged_files";
ADMIN SHOW FRONTEND CONFIG LIKE "%materialized%";
ADMIN SET FRONTEND CONFIG ("enable_backup_materialized_view" = "maybe");
ADMIN SET FRONTEND CONFIG ("run_mode" = "shared_data");
ADMIN SET FRONTEND CONFIG ("nosuch" = "1");
ADMIN SET FRONTEND CONFIG ("enable_backup_materialized_view" = "false");
ADMIN SHOW FRONTEND CONFIG WHERE `Key` = "enable_backup_materialized_view";
--! mask 127\.0\.0\.1:\d+ -> <client>
--! mask ^\d+ \| root -> <id> | root
SHOW PROCESSLIST;
-- EXPLAIN tells what would be read.
EXPLAIN SELECT v FROM t WHERE k = 1;
EXPLAIN INSERT INTO t_other SELECT k FROM t;
EXPLAIN SELECT * FROM information_schema.engines;
EXPLAIN ANALYZE INSERT INTO t_other SELECT k FROM t;
EXPLAIN SELECT nosuch FROM t;
