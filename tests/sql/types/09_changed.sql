-- Columns of rich types in tables that change: added, dropped, in other key models, backed up.
USE d;
CREATE TABLE c (k INT, v INT) DUPLICATE KEY (k);
INSERT INTO c VALUES (1, 10), (2, 20);
ALTER TABLE c ADD COLUMN a ARRAY<LARGEINT>, ADD COLUMN m MAP<STRING,ARRAY<INT>>, ADD COLUMN s STRUCT<x LARGEINT, y JSON>, ADD COLUMN j JSON;
SELECT * FROM c ORDER BY k;
INSERT INTO c VALUES (3, 30, [-170141183460469231731687303715884105728], map{'a':[1]}, row(5, parse_json('{"q":1}')), '[1]');
SELECT * FROM c ORDER BY k;
ALTER TABLE c ADD COLUMN bad ARRAY<INT> DEFAULT '[]';
ALTER TABLE c ADD COLUMN bad JSON NOT NULL;
ALTER TABLE c DROP COLUMN m;
SELECT k, a, s, j->'$[0]' FROM c ORDER BY k;
BACKUP SNAPSHOT d.s9 TO types_repo ON (c);
--! wait backup d
DROP TABLE c FORCE;
RESTORE SNAPSHOT d.s9 FROM types_repo ON (c) PROPERTIES ("backup_timestamp" = "${TS:s9@types_repo}");
--! wait restore d
SELECT k, a, s, j->'$[0]' FROM c ORDER BY k;
SHOW CREATE TABLE c;
-- primary keys: rows are replaced whole
CREATE TABLE p (k INT NOT NULL, a ARRAY<INT>, m MAP<INT,LARGEINT>, j JSON) PRIMARY KEY (k) DISTRIBUTED BY HASH (k);
INSERT INTO p VALUES (1, [1], map{1:2}, '{"a": 1}'), (2, [2], NULL, NULL);
INSERT INTO p VALUES (1, [1,1], map{1:170141183460469231731687303715884105727}, '{"a": 2}');
UPDATE p SET a = array_append(a, 9), j = json_object('was', j) WHERE k = 1;
UPDATE p SET a = [1000000000000] WHERE k = 1;
DELETE FROM p WHERE array_contains(a, 2);
SELECT * FROM p ORDER BY k;
-- generated from JSON
CREATE TABLE g (k INT, j JSON, n BIGINT AS get_json_int(j, 'n'), t ARRAY<INT> AS CAST(j->'t' AS ARRAY<INT>)) DUPLICATE KEY (k);
INSERT INTO g (k, j) VALUES (1, '{"n": 5, "t": [1, 2]}'), (2, NULL);
SELECT * FROM g ORDER BY k;
