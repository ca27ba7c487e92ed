-- Values of every rich type: written as constants and computed, checked in strict mode, read, printed.
USE d;
CREATE TABLE v (k INT, a ARRAY<TINYINT>, s ARRAY<VARCHAR(3)>, m MAP<VARCHAR(5),SMALLINT>, st STRUCT<x INT, y VARCHAR(4)>, j JSON,
  nn ARRAY<ARRAY<DECIMAL(5,2)>>, la ARRAY<LARGEINT>, dt MAP<DATE,ARRAY<DATETIME>>, nb ARRAY<BOOLEAN> NOT NULL) DUPLICATE KEY (k);
INSERT INTO v VALUES (1, [1,2,NULL], ['a','abc'], map{'k':1}, row(1,'abcd'), '{"b": [1, 2.50], "a": "x\\"y"}', [[1.25,NULL],[],NULL],
  [-170141183460469231731687303715884105728, 170141183460469231731687303715884105727], map{'2024-02-29':['2024-01-01 00:00:00.5',NULL]}, [TRUE,FALSE,NULL]);
INSERT INTO v VALUES (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, []), (3, [], [], map{}, row(NULL,NULL), '[]', [], [], map{}, []);
INSERT INTO v (k, a, nb) VALUES (4, '[5,6]', '[true]');
INSERT INTO v (k, nb, j) VALUES (5, [], 'abc'), (6, [], parse_json('"q"')), (7, [], '12'), (8, [], CAST(1.5 AS DOUBLE)), (9, [], ''), (10, [], 'null'),
  (11, [], TRUE), (12, [], json_object('z', [1])), (13, [], parse_json('null'));
SELECT * FROM v ORDER BY k;
SELECT k, a[1], s[2], m['k'], st.x, v.st.y, d.v.st.x, j->'a', nn[1][1], la[1], la[2], dt['2024-02-29'][1], nb[1] FROM v WHERE k < 4 ORDER BY k;
-- computed: the same answers
CREATE TABLE w (k INT, a ARRAY<INT>, s ARRAY<STRING>, st STRUCT<X BIGINT, Y STRING>, la ARRAY<LARGEINT>, j JSON) DUPLICATE KEY (k);
INSERT INTO w SELECT k, a, s, st, la, j FROM v;
SELECT * FROM w WHERE k < 4 ORDER BY k;
INSERT INTO v (k, nb, a, s, st) SELECT k + 100, [], a, s, st FROM w WHERE k < 4;
SELECT k, a, s, st FROM v WHERE k > 100 ORDER BY k;
-- refused, all or nothing
INSERT INTO v (k, nb) VALUES (20, NULL);
INSERT INTO v (k, nb) SELECT k, IF(k > 3, NULL, [TRUE]) FROM w;
INSERT INTO v (k, nb, a) VALUES (20, [], [1000]);
INSERT INTO v (k, nb, a) VALUES (20, [], ['x']);
INSERT INTO v (k, nb, a) SELECT 20, [], [k + 1000] FROM w;
INSERT INTO v (k, nb, s) VALUES (20, [], ['abcd']);
INSERT INTO v (k, nb, s) SELECT 20, [], [concat('abc', k)] FROM w;
INSERT INTO v (k, nb, m) VALUES (20, [], map{'abcdef':1});
INSERT INTO v (k, nb, m) SELECT 20, [], map{'a':k * 100000} FROM w;
INSERT INTO v (k, nb, m) VALUES (20, [], map{NULL:1});
INSERT INTO v (k, nb, st) VALUES (20, [], row(1,'abcde'));
INSERT INTO v (k, nb, st) SELECT 20, [], row(k, concat('abcde', k)) FROM w;
INSERT INTO v (k, nb, st) VALUES (20, [], row(1));
INSERT INTO v (k, nb, j) VALUES (20, [], '{bad');
INSERT INTO v (k, nb, j) VALUES (20, [], '2024-01-01');
INSERT INTO v (k, nb, j) SELECT 20, [], '{bad' FROM w;
INSERT INTO v (k, nb, nn) VALUES (20, [], [[12345.678]]);
INSERT INTO v (k, nb, nn) VALUES (20, [], [1]);
INSERT INTO v (k, nb, la) VALUES (20, [], ['170141183460469231731687303715884105728']);
INSERT INTO v (k, nb, dt) VALUES (20, [], map{'2023-02-29':[]});
INSERT INTO v (k, nb, a) VALUES (20, [], 'x');
INSERT INTO v (k, nb, a) VALUES (20, [], 5);
INSERT INTO v (k, nb, m) VALUES (20, [], '{"a":1}');
SELECT count(*) FROM v;
