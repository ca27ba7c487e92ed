SELECT 1 AS '', 2 `` , 3 'a
b' FROM t ``