/* plan/premerge: when an AGGREGATE KEY table may be read without merging its rows. */
#include "plancheck.h"

// For each scan of d.agg in the order of the text: "on", or the reason.
static Str merges(Ctx *t, const char *sql)
{
    const EngineQuery *query = plan_of(t, sql);
    Buf out = buf_new(t->arena);
    for (size_t i = 0; i < query->scan_count; i++) {
        const Scan *scan = &query->scans[i];
        if (scan->kind != SCAN_TABLE || scan->table->def->keys != KEYS_AGGREGATE) continue;
        CHECK_INT(scan->merge_reason == NULL, scan->is_unmerged);
        if (out.len) buf_add_z(&out, "; ");
        buf_add_z(&out, scan->is_unmerged ? "on" : scan->merge_reason);
    }
    return buf_str(&out);
}

static const char NONE[] = "None aggregate function";
static const char VALUE[] = "A value column is used as it is";
static const char COUNTS[] = "Aggregate Operator not match";

TEST(premerge_needs_an_aggregation)
{
    CHECK_STR(NONE, merges(t, "SELECT k FROM agg"));
    CHECK_STR(NONE, merges(t, "SELECT * FROM agg WHERE k = 1 LIMIT 1"));
    CHECK_STR(NONE, merges(t, "SELECT s FROM agg ORDER BY s"));
    CHECK_STR(NONE, merges(t, "SELECT sum(s) FROM (SELECT s FROM agg) x"));
    CHECK_STR(NONE, merges(t, "SELECT 1 FROM u WHERE a IN (SELECT k FROM agg)"));
    CHECK_STR(NONE, merges(t, "SELECT rank() OVER (ORDER BY k) FROM agg"));
    CHECK_STR(NONE, merges(t, "WITH c AS (SELECT k, s FROM agg) SELECT sum(s) FROM c"));
}

TEST(premerge_counts_must_see_merged_rows)
{
    CHECK_STR(COUNTS, merges(t, "SELECT count(*) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT count(*), sum(s) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT count(k) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT sum(k) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT avg(k) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT group_concat(k) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT k FROM agg GROUP BY k HAVING count(*) > 1"));
    CHECK_STR(COUNTS, merges(t, "SELECT k FROM agg GROUP BY k ORDER BY count(*)"));
    CHECK_STR(COUNTS, merges(t, "SELECT sum(s), stddev(k) FROM agg"));
    CHECK_STR(COUNTS, merges(t, "SELECT sum(1) FROM agg"));
}

TEST(premerge_values_may_be_aggregated_only_as_they_are)
{
    CHECK_STR(VALUE, merges(t, "SELECT min(s) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(lo) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT max(lo) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT max(r) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT count(DISTINCT s) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(DISTINCT s) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(s + 1) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(-s) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(CASE WHEN k = 1 THEN s END) FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(s) FROM agg WHERE s > 1"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(s) FROM agg WHERE r = 1"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(s) FROM agg GROUP BY lo"));
    CHECK_STR(VALUE, merges(t, "SELECT DISTINCT s FROM agg"));
    CHECK_STR(VALUE, merges(t, "SELECT sum(s) FROM agg JOIN u ON u.a = agg.hi"));
    CHECK_STR(VALUE,
              merges(t, "SELECT sum(s) FROM agg WHERE EXISTS (SELECT 1 FROM u WHERE a = s)"));
    CHECK_STR(VALUE, merges(t, "SELECT (SELECT sum(agg.s) FROM u) FROM agg GROUP BY k, s"));
}

TEST(premerge_windows_and_chance_see_rows)
{
    CHECK_STR("Window functions see rows",
              merges(t, "SELECT k, sum(s), rank() OVER (ORDER BY k) FROM agg GROUP BY k"));
    CHECK_STR("A function answers each row anew",
              merges(t, "SELECT sum(s) FROM agg WHERE rand() < 0.5"));
}

TEST(premerge_own_aggregates)
{
    CHECK_STR("on", merges(t, "SELECT sum(s) FROM agg"));
    CHECK_STR("on",
              merges(t, "SELECT k, sum(s) + 1, min(lo), max(hi) FROM agg WHERE j > 1 GROUP BY "
                        "k HAVING sum(s) > 5 ORDER BY max(hi), k LIMIT 3"));
    CHECK_STR("on", merges(t, "SELECT k, sum(s) FROM agg GROUP BY ROLLUP(k)"));
    CHECK_STR("on", merges(t, "SELECT k + 1, sum(s) AS total FROM agg GROUP BY 1 ORDER BY total"));
    CHECK_STR("on", merges(t, "SELECT sum(s), min(k), max(j), count(DISTINCT k, j) FROM agg"));
    CHECK_STR("on", merges(t, "SELECT DISTINCT k, j FROM agg"));
    CHECK_STR("on", merges(t, "SELECT k FROM agg GROUP BY k"));
    CHECK_STR("on", merges(t, "SELECT max(k) FROM agg"));
    CHECK_STR("on", merges(t, "SELECT avg(x) FROM (SELECT sum(s) AS x FROM agg GROUP BY k) d"));
    CHECK_STR("on", merges(t, "SELECT a FROM u WHERE a > (SELECT sum(s) FROM agg)"));
    CHECK_STR("on; on", merges(t, "SELECT sum(s) FROM agg UNION ALL SELECT sum(s) FROM agg"));
    CHECK_STR("on; None aggregate function",
              merges(t, "SELECT sum(s) FROM agg WHERE k IN (SELECT k FROM agg)"));
}

TEST(premerge_in_joins)
{
    // every partner meets all rows of a key
    CHECK_STR("on", merges(t, "SELECT sum(s) FROM agg JOIN u ON agg.k = u.a"));
    CHECK_STR("on",
              merges(t, "SELECT x, sum(s), max(hi) FROM u LEFT JOIN agg ON k = a GROUP BY x"));
    CHECK_STR("on", merges(t, "SELECT sum(s), max(u.a) FROM agg CROSS JOIN u"));
    CHECK_STR("on", merges(t, "SELECT sum(s) FROM agg LEFT SEMI JOIN u ON k = a"));
    // what another table has would come too often
    CHECK_STR(COUNTS, merges(t, "SELECT sum(s), sum(u.a) FROM agg JOIN u ON k = a"));
    CHECK_STR(COUNTS, merges(t, "SELECT sum(s), count(u.a) FROM agg JOIN u ON k = a"));
    CHECK_STR(COUNTS, merges(t, "SELECT sum(a) FROM agg JOIN u ON k = a"));
    // two such tables multiply one another, unless nothing is added up
    CHECK_STR("Aggregate Operator not match; Aggregate Operator not match",
              merges(t, "SELECT sum(p.s), sum(q.s) FROM agg p JOIN agg q ON p.k = q.k"));
    CHECK_STR("on; Aggregate Operator not match",
              merges(t, "SELECT sum(p.s) FROM agg p JOIN agg q ON p.k = q.k"));
    CHECK_STR("on; on", merges(t, "SELECT max(p.hi), min(q.lo) FROM agg p JOIN agg q USING (k)"));
}
