-- Files with nested columns: FILES gives them as ARRAY, MAP and STRUCT.
USE d;
--! shell printf '{"k":1,"a":[1,2],"s":{"x":1,"Y z":"b"},"n":[{"p":[1.5]}],"e":null}\n{"k":2,"a":null,"s":null,"n":[],"e":"q"}\n' > ${FILES_DIR}/nested.json
DESC FILES("path" = "${FILES}/nested.json", "format" = "json");
SELECT * FROM FILES("path" = "${FILES}/nested.json", "format" = "json") ORDER BY k;
SELECT k, a[1], f.s.`Y z`, n[1].p FROM FILES("path" = "${FILES}/nested.json", "format" = "json") f ORDER BY k;
CREATE TABLE loaded (k INT, a ARRAY<INT>, s STRUCT<x INT, y STRING>, j JSON) DUPLICATE KEY (k);
INSERT INTO loaded SELECT k, a, s, n FROM FILES("path" = "${FILES}/nested.json", "format" = "json");
SELECT * FROM loaded ORDER BY k;
