-- Tables with rich types are backed up and restored: into the same server, onto a changed table, after a compaction.
USE d;
CREATE REPOSITORY types_repo WITH BROKER ON LOCATION "${REPO}/types";
BACKUP SNAPSHOT d.s1 TO types_repo ON (v, w, nested);
--! wait backup d
SELECT count(*), sum(k), sum(array_length(a)), group_concat(j->'a') FROM v;
DROP TABLE v FORCE;
TRUNCATE TABLE w;
INSERT INTO w (k, a) VALUES (99, [9]);
RESTORE SNAPSHOT d.s1 FROM types_repo ON (v, w AS w2) PROPERTIES ("backup_timestamp" = "${TS:s1@types_repo}");
--! wait restore d
SELECT * FROM v WHERE k < 4 ORDER BY k;
SELECT count(*), sum(k), sum(array_length(a)), group_concat(j->'a') FROM v;
SELECT * FROM w2 WHERE k < 4 ORDER BY k;
SHOW CREATE TABLE v;
RESTORE SNAPSHOT d.s1 FROM types_repo ON (w) PROPERTIES ("backup_timestamp" = "${TS:s1@types_repo}");
--! wait restore d
SELECT k, a FROM w ORDER BY k LIMIT 3;
-- another definition inside a nested type is another schema
DROP TABLE w FORCE;
CREATE TABLE w (k INT, a ARRAY<BIGINT>, s ARRAY<STRING>, st STRUCT<X BIGINT, Y STRING>, la ARRAY<LARGEINT>, j JSON) DUPLICATE KEY (k);
RESTORE SNAPSHOT d.s1 FROM types_repo ON (w) PROPERTIES ("backup_timestamp" = "${TS:s1@types_repo}");
--! wait restore d
--! restart
USE d;
SELECT la, st.y, j FROM v WHERE k = 1;
-- another database, where columns have other ids
CREATE DATABASE e;
RESTORE SNAPSHOT s1 FROM types_repo DATABASE d AS e ON (v) PROPERTIES ("backup_timestamp" = "${TS:s1@types_repo}");
--! wait restore e
SELECT la, m['k'], st.y, j, dt, nb FROM e.v WHERE k = 1;
