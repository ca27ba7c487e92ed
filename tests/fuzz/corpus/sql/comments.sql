--a
SELECT/*b*/1#c
,/*+ hint */2　-- 日
;/*!40101 SET x */;