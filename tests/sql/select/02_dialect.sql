-- Where StarRocks and the engine below would answer differently without a word.
CREATE DATABASE dialect;
USE dialect;
CREATE TABLE t (id INT, s VARCHAR(20), c DECIMAL(10, 2), dt DATE, ts DATETIME, f DOUBLE, g LARGEINT, h BOOLEAN, i BIGINT)
  DUPLICATE KEY(id);
INSERT INTO t VALUES
  (1, 'abc', 1.50, '2024-01-05', '2024-01-05 10:11:12.5', 1.5, 170141183460469231731687303715884105727, TRUE, 9000000000),
  (2, '12', -2.25, '2024-02-29', '2024-02-29 00:00:00', -2.5, -5, FALSE, 7),
  (3, NULL, 3, NULL, NULL, NULL, NULL, NULL, NULL);

-- || is OR, ^ is XOR, && and ! are logic: 1, 6, 0, 0
SELECT TRUE || FALSE, 5 ^ 3, TRUE && FALSE, !TRUE;
-- text counts as a number: 3, 14, NULL
SELECT '1.5' * 2, s + 2 FROM t WHERE id = 2;
SELECT 'x' + 1;
-- division by zero is NULL; 7/2 is 3.5, DIV is whole, % keeps the dividend's sign
SELECT 1/0, 1 DIV 0, 1 % 0, 7/2, 7 DIV 2, -7 DIV 2, -7 % 3, 7 MOD 4;
-- concat, greatest and least are NULL when one argument is
SELECT concat('a', NULL), greatest(1, NULL), least(2, NULL), greatest(3, 7, 5), least('b', 'a');
-- length counts bytes, char_length characters: 2, 1
SELECT length('é'), char_length('é');
-- position 0 is nowhere, negative ones count from the end: '', 'bc', 'ab'
SELECT substr('abc', 0), substr('abc', -2), substr('abc', 1, 2);
SELECT regexp_replace('aXbXc', 'X', '-');
-- a cast to a whole number cuts, one that cannot be is NULL: 1, 1, -1, NULL, NULL
SELECT CAST('1.7' AS INT), CAST(1.7 AS INT), CAST(-1.9 AS INT), CAST('abc' AS INT), CAST(300 AS TINYINT);
-- CHAR(n) and VARCHAR(n) cut
SELECT CAST('abc' AS CHAR(2)), CAST('éabc' AS VARCHAR(2)), CAST(12345 AS VARCHAR(3));
-- Sunday is 1, Monday is 0: 1, 6
SELECT dayofweek('2024-01-07'), weekday('2024-01-07');
-- NULLs come first in ascending order, last in descending
SELECT id, s FROM t ORDER BY s;
SELECT id, s FROM t ORDER BY s DESC;
-- DECIMAL / DECIMAL keeps a scale and rounds half up: 0.6666667, 0.333333, 0.50000000
SELECT 2.0/3, 1/3.0, c/3 FROM t WHERE id = 1;
SELECT c + 1, c * c, c - id, c % 2, c DIV 2, -c FROM t ORDER BY id;
-- sums of BIGINT and LARGEINT
SELECT sum(i), sum(g), sum(c), avg(c), avg(id), sum(s) FROM t;
-- a date and an interval are a DATETIME; months end where they end
SELECT dt + INTERVAL 1 DAY, date_add('2024-01-31', INTERVAL 1 MONTH), ts - INTERVAL 1 HOUR, INTERVAL 2 YEAR + dt FROM t WHERE id = 1;
-- LIKE: a backslash makes _ and % plain
SELECT 'a_c' LIKE 'a\_c', 'abc' LIKE 'a\_c', 'abc' LIKE 'a_c', 'ABC' LIKE 'abc', 'abc' REGEXP 'b', 'abc' NOT RLIKE '^b';
-- escapes, both kinds of quotes, text in hexadecimal
SELECT 'it''s', 'it\'s', "a\tb", "say ""hi""", hex('a\nb'), x'4142';
-- comparisons of mixed types
SELECT id FROM t WHERE s = 12;
SELECT id FROM t WHERE s > 3;
SELECT id FROM t WHERE dt = 20240105;
SELECT id FROM t WHERE dt = '2024-01-05';
SELECT id FROM t WHERE dt < '2024-01-05 00:00:01';
SELECT id FROM t WHERE ts = '2024-02-29';
SELECT id FROM t WHERE dt = 'no date';
SELECT id FROM t WHERE dt BETWEEN '2024-01-01' AND '2024-01-31';
SELECT id FROM t WHERE dt IN ('2024-02-29', '20240105') ORDER BY id;
SELECT id FROM t WHERE s IN (12, 'abc') ORDER BY id;
SELECT id FROM t WHERE (id, s) IN ((1, 'abc'), (2, 'x'));
SELECT id FROM t WHERE id NOT IN (1, NULL);
SELECT TRUE + 1, NULL <=> NULL, 1 <=> NULL, 1 = '1', 1 XOR 1, NULL OR TRUE, NOT NULL;
SELECT id FROM t WHERE i;
-- paging
SELECT id FROM t ORDER BY id LIMIT 1, 1;
SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1;
-- names: columns without case, tables with it, titles as written
SELECT ID, T.`s` FROM t AS T WHERE Id = 1;
SELECT id+1, count( * ), 'x' FROM t GROUP BY id ORDER BY 1;
-- large and small numbers
SELECT -170141183460469231731687303715884105728, 9223372036854775807 + 0, 127 + 1, 1e300, 0.1 + 0.2, 1.0;
SELECT CAST(1e20 AS BIGINT), CAST('1e3' AS DECIMAL(10, 2)), CAST('1.005' AS DECIMAL(5, 2)), CAST(f AS VARCHAR), CAST(g AS DOUBLE) FROM t WHERE id = 1;
