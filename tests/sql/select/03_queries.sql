-- Joins, subqueries, WITH, groups, windows, set operations.
CREATE DATABASE queries;
USE queries;
CREATE TABLE emp (id INT, name VARCHAR(20), dept INT, pay DECIMAL(10, 2)) DUPLICATE KEY(id);
CREATE TABLE dept (id INT, title VARCHAR(20)) DUPLICATE KEY(id);
INSERT INTO emp VALUES (1, 'ann', 10, 100.00), (2, 'bob', 10, 200.00), (3, 'cat', 20, 150.50), (4, 'dan', NULL, 50), (5, 'eve', 99, NULL);
INSERT INTO dept VALUES (10, 'sales'), (20, 'lab'), (30, 'empty');

SELECT e.name, d.title FROM emp e JOIN dept d ON e.dept = d.id ORDER BY e.id;
SELECT e.name, d.title FROM emp e LEFT JOIN dept d ON e.dept = d.id ORDER BY e.id;
SELECT e.name, d.title FROM emp e RIGHT JOIN dept d ON e.dept = d.id ORDER BY d.id, e.id;
SELECT e.name, d.title FROM emp e FULL OUTER JOIN dept d ON e.dept = d.id ORDER BY e.id, d.id;
SELECT e.name FROM emp e LEFT SEMI JOIN dept d ON e.dept = d.id ORDER BY e.id;
SELECT e.name FROM emp e LEFT ANTI JOIN dept d ON e.dept = d.id ORDER BY e.id;
SELECT d.title FROM emp e RIGHT ANTI JOIN dept d ON e.dept = d.id;
SELECT count(*) FROM emp, dept;
SELECT * FROM dept JOIN (SELECT id, title AS t2 FROM dept) x USING (id) ORDER BY id;
SELECT a.name, b.name FROM emp a JOIN emp b ON a.dept = b.dept AND a.id < b.id;

SELECT name FROM emp WHERE dept IN (SELECT id FROM dept) ORDER BY id;
-- a NULL in the list makes NOT IN unknown, NOT EXISTS does not
SELECT name FROM emp WHERE id NOT IN (SELECT dept FROM emp);
SELECT name FROM emp e WHERE NOT EXISTS (SELECT 1 FROM dept d WHERE d.id = e.dept) ORDER BY id;
SELECT name, (SELECT title FROM dept d WHERE d.id = e.dept) AS title FROM emp e ORDER BY id;
SELECT name FROM emp e WHERE pay > (SELECT avg(pay) FROM emp i WHERE i.dept = e.dept);
SELECT (SELECT name FROM emp);

WITH rich AS (SELECT * FROM emp WHERE pay > 120), by_dept(k, n) AS (SELECT dept, count(*) FROM rich GROUP BY dept)
SELECT d.title, b.n FROM by_dept b JOIN dept d ON d.id = b.k ORDER BY 1;

SELECT dept, count(*), count(pay), sum(pay), avg(pay), min(name), max(name) FROM emp GROUP BY dept ORDER BY dept;
SELECT dept AS k, sum(pay) AS total FROM emp GROUP BY k HAVING total > 100 ORDER BY total DESC;
SELECT id % 2 AS odd, group_concat(name ORDER BY id DESC SEPARATOR '+') FROM emp GROUP BY odd ORDER BY odd;
SELECT count(DISTINCT dept), count(DISTINCT dept, name), sum(DISTINCT id % 2) FROM emp;
SELECT group_concat(DISTINCT dept ORDER BY dept DESC) FROM emp;
SELECT dept, grouping(dept) AS g, count(*) FROM emp GROUP BY ROLLUP(dept) ORDER BY g, dept;
SELECT dept, id % 2 AS odd, count(*) FROM emp GROUP BY GROUPING SETS ((dept), (odd), ()) ORDER BY dept, odd, 3;
SELECT max(pay) FROM emp WHERE FALSE;
SELECT count(*) FROM emp WHERE FALSE;
SELECT DISTINCT dept IS NULL AS n FROM emp ORDER BY n;
SELECT name AS n, pay * 2 AS twice, twice + 1 FROM emp WHERE id = 1;

SELECT name, row_number() OVER (ORDER BY pay DESC) AS rn, rank() OVER (PARTITION BY dept ORDER BY pay) AS rk,
       lag(name) OVER (ORDER BY id) AS before_it, lead(name, 2, 'none') OVER (ORDER BY id) AS after_it FROM emp ORDER BY id;
SELECT id, sum(pay) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s,
       first_value(name) OVER (PARTITION BY dept ORDER BY id) AS f, ntile(2) OVER (ORDER BY id) AS half FROM emp ORDER BY id;
SELECT dept, sum(sum(pay)) OVER (ORDER BY dept) AS running FROM emp GROUP BY dept ORDER BY dept;
SELECT name, row_number() OVER (PARTITION BY dept ORDER BY pay DESC) AS rn FROM emp QUALIFY rn = 1 ORDER BY name;

SELECT id FROM emp UNION SELECT id FROM dept ORDER BY id LIMIT 3;
SELECT dept FROM emp UNION ALL SELECT 'x' ORDER BY 1;
SELECT id FROM emp EXCEPT SELECT 1 EXCEPT SELECT 2 ORDER BY 1;
SELECT dept FROM emp INTERSECT SELECT id FROM dept ORDER BY 1 DESC;
(SELECT id FROM emp ORDER BY id DESC LIMIT 1) UNION ALL (SELECT id FROM emp ORDER BY id LIMIT 1);
SELECT v.column_0 + 1 FROM (VALUES (1, 'a'), (2, 'b')) v ORDER BY 1;
SELECT 1 FROM dual;
