-- BITMAP, HLL and PERCENTILE columns are united; their own aggregates need no merge.
--! mask avgRowSize=[0-9.]+ -> avgRowSize=<n>
CREATE DATABASE sketches;
USE sketches;
CREATE TABLE bad (k INT, b BITMAP) DUPLICATE KEY(k);
CREATE TABLE bad (k INT, b BITMAP SUM) DISTRIBUTED BY HASH(k);
CREATE TABLE bad (k INT, b HLL REPLACE_IF_NOT_NULL) DISTRIBUTED BY HASH(k);
CREATE TABLE bad (k BITMAP, v INT SUM) DISTRIBUTED BY HASH(k);
CREATE TABLE t (k INT, g INT, b BITMAP BITMAP_UNION, h HLL HLL_UNION, p PERCENTILE PERCENTILE_UNION) AGGREGATE KEY(k, g) DISTRIBUTED BY HASH(k);
SHOW CREATE TABLE t;
DESC t;
INSERT INTO t SELECT 1, 1, to_bitmap(7), hll_hash(7), percentile_hash(1);
INSERT INTO t SELECT x, 1, to_bitmap(x), hll_hash(x), percentile_hash(x) FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 1) u;
INSERT INTO t SELECT 1, 2, to_bitmap(7), hll_hash(8), percentile_hash(3);
EXPLAIN SELECT k, bitmap_union_count(b), hll_union_agg(h) FROM t GROUP BY k;
SELECT k, bitmap_union_count(b), hll_union_agg(h) FROM t GROUP BY k ORDER BY k;
SELECT k, g, bitmap_to_string(b), hll_cardinality(h), percentile_approx_raw(p, 0.5) FROM t ORDER BY k, g;
SELECT count(*), bitmap_union_count(b) FROM t;
SELECT bitmap_to_string(bitmap_union(b)) FROM t;
DROP DATABASE sketches;
