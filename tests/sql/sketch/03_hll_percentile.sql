-- HLL and PERCENTILE, and what counts nearly.
SELECT hll_hash('a'), hll_empty(), percentile_hash(1), percentile_empty();
SELECT hll_cardinality(hll_hash('a')), hll_cardinality(hll_hash(NULL)), hll_cardinality(hll_empty()), hll_cardinality(NULL), hll_hash(NULL) IS NULL, hll_cardinality(hll_hash(5));
SELECT hll_union_agg(h), hll_cardinality(hll_union(h)), hll_cardinality(hll_raw_agg(h)) FROM (SELECT hll_hash('a') h UNION ALL SELECT hll_hash('b') UNION ALL SELECT hll_hash('a') UNION ALL SELECT NULL) t;
SELECT hll_union_agg(h), hll_union(h) IS NULL FROM (SELECT hll_hash('a') h) t WHERE hll_cardinality(h) > 1;
-- hll_raw() of values is the union of their hll_hash().
SELECT hll_cardinality(hll_union(h)) FROM (SELECT hll_raw(x) h FROM (SELECT 1 x UNION ALL SELECT 2) t UNION ALL SELECT hll_hash(x) FROM (SELECT 2 x UNION ALL SELECT 3) u) v;
SELECT ndv(x), approx_count_distinct(x), ndv(NULL) FROM (SELECT 1 x UNION ALL SELECT 1 UNION ALL SELECT NULL UNION ALL SELECT 2) t;
SELECT approx_count_distinct(s), ndv(d) FROM (SELECT 'a' s, DATE '2024-01-01' d UNION ALL SELECT 'b', DATE '2024-01-01') t;
SELECT percentile_approx_raw(percentile_union(p), 0), percentile_approx_raw(percentile_union(p), 0.5), percentile_approx_raw(percentile_union(p), 1), percentile_approx(p, 0.5) FROM (SELECT percentile_hash(1) p UNION ALL SELECT percentile_hash(2) UNION ALL SELECT percentile_hash(3) UNION ALL SELECT percentile_hash(NULL) UNION ALL SELECT NULL) t;
SELECT percentile_approx_raw(percentile_empty(), 0.5), percentile_approx_raw(percentile_hash(7), 0.9), percentile_approx_raw(NULL, 0.5), percentile_approx_raw(percentile_hash(7), 2), percentile_hash(NULL) IS NULL;
SELECT percentile_approx(x, 0.5), percentile_approx(x, 0.25, 3000), percentile_approx(x, 0.25, 1), percentile_approx(NULL, 0.5) FROM (SELECT 1 x UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT NULL) t;
SELECT percentile_cont(x, 0.5), percentile_disc(x, 0.5) FROM (SELECT 1 x UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) t;
