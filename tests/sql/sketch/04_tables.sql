-- AGGREGATE tables whose values are sketches: merged on read, backed up, restored.
CREATE DATABASE skt;
USE skt;
CREATE TABLE pv (d DATE, page VARCHAR(20), users BITMAP BITMAP_UNION, visitors HLL HLL_UNION, ms PERCENTILE PERCENTILE_UNION) AGGREGATE KEY (d, page) DISTRIBUTED BY HASH(d) BUCKETS 1 PROPERTIES ("replication_num" = "1");
SHOW CREATE TABLE pv;
DESC pv;
INSERT INTO pv VALUES ('2024-01-01', 'a', to_bitmap(1), hll_hash('u1'), percentile_hash(10)), ('2024-01-01', 'a', to_bitmap(2), hll_hash('u2'), percentile_hash(20)), ('2024-01-01', 'b', bitmap_empty(), hll_empty(), percentile_empty());
INSERT INTO pv SELECT d, page, users, visitors, ms FROM pv;
INSERT INTO pv VALUES ('2024-01-01', 'a', bitmap_from_string('2,3'), hll_hash('u3'), percentile_hash(30)), ('2024-01-02', 'a', to_bitmap(18446744073709551615), hll_hash('u1'), percentile_hash(7));
INSERT INTO pv (d, page) VALUES ('2024-01-03', 'c');
SELECT * FROM pv ORDER BY d, page;
SELECT d, page, bitmap_to_string(users), hll_cardinality(visitors), percentile_approx_raw(ms, 0.5) FROM pv ORDER BY d, page;
SELECT bitmap_union_count(users), hll_union_agg(visitors), percentile_approx_raw(percentile_union(ms), 0.5) FROM pv;
SELECT page, bitmap_union_count(users), hll_union_agg(visitors), percentile_approx(ms, 1) FROM pv GROUP BY page ORDER BY page;
INSERT INTO pv VALUES ('2024-01-01', 'a', 1, hll_empty(), percentile_empty());
INSERT INTO pv VALUES ('2024-01-01', 'a', '1', hll_empty(), percentile_empty());
INSERT INTO pv VALUES ('2024-01-01', 'a', hll_empty(), hll_empty(), percentile_empty());
INSERT INTO pv SELECT '2024-01-01', 'a', page, visitors, ms FROM pv;
INSERT INTO pv VALUES (to_bitmap(1), 'a', bitmap_empty(), hll_empty(), percentile_empty());
-- The engine's merge is skipped where the query's aggregates are the columns' own; both answer the same.
SELECT sum(n), sum(h) FROM (SELECT d, page, bitmap_count(users) n, hll_cardinality(visitors) h FROM pv) t;
SELECT d, page, bitmap_union_count(users), hll_union_agg(visitors) FROM pv GROUP BY d, page ORDER BY d, page;
-- Backed up, dropped, restored: the same answers.
CREATE REPOSITORY skr WITH BROKER ON LOCATION "file://${REPO_DIR}/sk";
BACKUP SNAPSHOT skt.s1 TO skr ON (pv);
--! wait backup skt
DROP TABLE pv FORCE;
RESTORE SNAPSHOT skt.s1 FROM skr ON (pv) PROPERTIES ("backup_timestamp" = "${TS:s1@skr}", "replication_num" = "1");
--! wait restore skt
SELECT d, page, bitmap_to_string(users), hll_cardinality(visitors), percentile_approx_raw(ms, 0.5) FROM pv ORDER BY d, page;
SELECT bitmap_union_count(users), hll_union_agg(visitors), percentile_approx_raw(percentile_union(ms), 0.5) FROM pv;
SHOW CREATE TABLE pv;
INSERT INTO pv VALUES ('2024-01-01', 'a', to_bitmap(99), hll_hash('u9'), percentile_hash(40));
SELECT d, page, bitmap_to_string(users), hll_cardinality(visitors), percentile_approx_raw(ms, 1) FROM pv WHERE page = 'a' ORDER BY d;
SELECT page, COUNT(DISTINCT users), COUNT(DISTINCT visitors), COUNT(DISTINCT page) FROM pv GROUP BY page ORDER BY page;
