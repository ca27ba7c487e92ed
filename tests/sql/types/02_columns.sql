-- Nested columns come back as StarRocks prints them, and what was printed makes the same table.
USE d;
CREATE TABLE nested (
  k INT NOT NULL, a ARRAY<INT> NULL, aa ARRAY<ARRAY<VARCHAR(10)>>, a3 ARRAY<ARRAY<ARRAY<DATE>>> COMMENT "three deep",
  m MAP<VARCHAR(20), INT>, mm MAP<INT,MAP<DATE,ARRAY<DECIMAL(20, 3)>>> DEFAULT NULL,
  s STRUCT<a INT, b: STRING, `c d` ARRAY<DATETIME>>, big ARRAY<LARGEINT>, sm STRUCT<l LARGEINT, m MAP<LARGEINT, STRUCT<x ARRAY<LARGEINT>>>>,
  j JSON, ja ARRAY<JSON>, bin ARRAY<VARBINARY>, f ARRAY<FLOAT>, b ARRAY<BOOLEAN>
) DUPLICATE KEY (k);
SHOW CREATE TABLE nested;
DESC nested;
SELECT column_name, data_type, column_type, is_nullable FROM information_schema.columns WHERE table_name = 'nested' ORDER BY ordinal_position;
INSERT INTO nested (k) VALUES (1);
INSERT INTO nested SELECT * FROM nested;
SELECT * FROM nested;
CREATE TABLE again (
  `k` int(11) NOT NULL, `mm` map<int(11),map<date,array<decimal(20, 3)>>> NULL, `s` struct<a int(11), b varchar(65533), `c d` array<datetime>> NULL
) DUPLICATE KEY (k);
SHOW CREATE TABLE again;
