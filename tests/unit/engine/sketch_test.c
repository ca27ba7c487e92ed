// HLL and PERCENTILE sketches alone: exactness, bytes at rest, foreign bytes; their aggregates.
#include "engine/hll.h"
#include "engine/percentile.h"
#include "fixture.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static Str hll_form(Ctx *t, Hll *hll)
{
    char *form = arena_alloc(t->arena, HLL_FORM_MAX);
    return (Str){form, hll_write(hll, form)};
}

static uint64_t hash_of(uint64_t value)
{
    return hll_hash((Str){(const char *)&value, sizeof value});
}

// MurmurHash64A, seed 0xADC83B19, from its public reference.
TEST(hll_hash_is_starrocks)
{
    CHECK_STR("d8dfea6585bc9732",
              str_printf(t->arena, "%016llx", (unsigned long long)hll_hash(STR(""))));
    CHECK_STR("53d2470a9b43b1a7",
              str_printf(t->arena, "%016llx", (unsigned long long)hll_hash(STR("a"))));
    CHECK_STR("0c2f8ae65455fe95",
              str_printf(t->arena, "%016llx",
                         (unsigned long long)hll_hash(STR("starrocks and kintsugi"))));
}

static void check_error(uint64_t count, double most)
{
    Hll hll = {0};
    for (uint64_t i = 0; i < count; i++) hll_add(&hll, hash_of(i));
    double error = fabs((double)hll_estimate(&hll) - (double)count) / (double)count;
    if (error > most)
        check_failed(__FILE__, __LINE__, "%g at %llu", error, (unsigned long long)count);
    hll_free(&hll);
}

TEST(hll_counts_well)
{
    check_error(1, 0);
    check_error(160, 0);
    for (uint64_t count = 200; count < 3000000; count = count * 3 / 2) check_error(count, 0.02);
}

TEST(hll_form_does_not_depend_on_the_order)
{
    static const uint64_t COUNTS[] = {1, 2, 100, 160, 161, 200, 1000, 5000, 100000};
    for (size_t k = 0; k < sizeof COUNTS / sizeof *COUNTS; k++) {
        Hll up = {0}, parts = {0}, odd = {0}, again = {0};
        for (uint64_t i = 0; i < COUNTS[k]; i++) hll_add(&up, hash_of(i));
        for (uint64_t i = COUNTS[k]; i-- > 0;) hll_add(i % 2 ? &odd : &parts, hash_of(i));
        hll_merge(&parts, &odd);
        Str form = hll_form(t, &up);
        CHECK(str_eq(form, hll_form(t, &parts)));
        CHECK(hll_merge_form(&again, form));
        CHECK(str_eq(form, hll_form(t, &again)));
        CHECK_INT(hll_estimate(&up), hll_estimate(&again));
        hll_free(&up);
        hll_free(&parts);
        hll_free(&odd);
        hll_free(&again);
    }
}

static bool hll_takes(Str form)
{
    Hll hll = {0};
    bool is_taken = hll_merge_form(&hll, form);
    CHECK(is_taken || (hll.registers == NULL && hll.hashes.count == 0));
    hll_free(&hll);
    return is_taken;
}

TEST(hll_refuses_foreign_bytes)
{
    CHECK(hll_takes((Str){"\0", 1}));
    CHECK(!hll_takes(STR("")));
    CHECK(!hll_takes((Str){"\0\0", 2}));
    CHECK(!hll_takes((Str){"\4", 1}));
    CHECK(!hll_takes((Str){"\1\0", 2}));
    CHECK(!hll_takes((Str){"\1\2"
                           "bbbbbbbb"
                           "aaaaaaaa",
                           18}));  // descending
    CHECK(!hll_takes((Str){"\1\2"
                           "aaaaaaaa"
                           "aaaaaaaa",
                           18}));
    CHECK(hll_takes((Str){"\1\2"
                          "aaaaaaaa"
                          "bbbbbbbb",
                          18}));
    CHECK(hll_takes((Str){"\2\1\0\0\0"
                          "\377\77\63",
                          8}));
    CHECK(!hll_takes((Str){"\2\1\0\0\0"
                           "\377\77\64",
                           8}));  // more than 51
    CHECK(!hll_takes((Str){"\2\1\0\0\0"
                           "\377\77\0",
                           8}));
    CHECK(!hll_takes((Str){"\2\1\0\0\0"
                           "\0\100\1",
                           8}));  // no such register
    CHECK(!hll_takes((Str){"\2\2\0\0\0"
                           "\1\0\1"
                           "\1\0\1",
                           11}));
    char *full = arena_alloc(t->arena, HLL_FORM_MAX);
    full[0] = 3;
    full[9] = 51;
    CHECK(hll_takes((Str){full, HLL_FORM_MAX}));
    CHECK(!hll_takes((Str){full, HLL_FORM_MAX - 1}));
    full[9] = 52;
    CHECK(!hll_takes((Str){full, HLL_FORM_MAX}));
}

// --- PERCENTILE

static uint64_t dice = 1;
static double random_share(void)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (double)(dice >> 11) / (double)(UINT64_C(1) << 53);
}

static Str percentile_form(Ctx *t, Percentile *digest)
{
    size_t bytes = percentile_form_bytes(digest);
    char *form = arena_alloc(t->arena, bytes);
    percentile_write(digest, form);
    return (Str){form, bytes};
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The rank of each quantile is within `most` of the one that was asked for.
static void check_ranks(Percentile *digest, double *values, size_t count, double most)
{
    qsort(values, count, sizeof *values, by_value);
    for (double q = 0; q <= 1; q += 0.001) {
        double found;
        CHECK(percentile_quantile(digest, q, &found));
        size_t below = 0, to = count;
        while (below < to) {
            size_t middle = (below + to) / 2;
            if (values[middle] < found)
                below = middle + 1;
            else
                to = middle;
        }
        double error = fabs((double)below / (double)count - q);
        if (error > most) check_failed(__FILE__, __LINE__, "rank of %g is off by %g", q, error);
    }
}

TEST(percentile_ranks_are_close)
{
    enum { COUNT = 1000000, PARTS = 7 };
    double *values = malloc(COUNT * sizeof *values);
    for (int kind = 0; kind < 3; kind++) {
        Percentile whole = {0}, parts[PARTS] = {0}, sum = {0};
        for (size_t i = 0; i < COUNT; i++) {
            double share = random_share();
            values[i] = kind == 0 ? share : kind == 1 ? -log(1 - share) * 1e6 : (double)i;
            percentile_add(&whole, values[i]);
            percentile_add(&parts[i * PARTS / COUNT], values[i]);
        }
        for (int i = 0; i < PARTS; i++) {
            CHECK(percentile_merge_form(&sum, percentile_form(t, &parts[i])));
            percentile_free(&parts[i]);
        }
        check_ranks(&whole, values, COUNT, 0.002);
        check_ranks(&sum, values, COUNT, 0.002);
        CHECK(whole.centroid_count <= PERCENTILE_COMPRESSION);
        percentile_free(&whole);
        percentile_free(&sum);
    }
    free(values);
}

TEST(percentile_of_few_is_exact)
{
    Percentile digest = {0};
    double found = 0;
    CHECK(!percentile_quantile(&digest, 0.5, &found));
    for (int i = 10; i > 0; i--) percentile_add(&digest, i);
    percentile_add(&digest, NAN);
    percentile_add(&digest, INFINITY);
    static const struct {
        double q, value;
    } EXPECTED[] = {{0, 1}, {0.05, 1}, {0.5, 5.5}, {0.95, 10}, {1, 10}};
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++) {
        CHECK(percentile_quantile(&digest, EXPECTED[i].q, &found));
        if (found != EXPECTED[i].value)
            check_failed(__FILE__, __LINE__, "%g: %g", EXPECTED[i].q, found);
    }
    CHECK(!percentile_quantile(&digest, -0.1, &found));
    CHECK(!percentile_quantile(&digest, 1.1, &found));
    CHECK(!percentile_quantile(&digest, NAN, &found));
    percentile_free(&digest);
}

TEST(percentile_form_is_small_and_comes_back)
{
    Percentile digest = {0};
    char one[PERCENTILE_ONE_BYTES];
    CHECK_STR("00", str_hex(t->arena, percentile_form(t, &digest).ptr, 1));
    percentile_add(&digest, -0.0);
    percentile_write_one(0, one);
    CHECK(str_eq(percentile_form(t, &digest), (Str){one, sizeof one}));
    for (int i = 0; i < 100000; i++) percentile_add(&digest, random_share());
    Percentile again = {0};
    Str form = percentile_form(t, &digest);
    CHECK(percentile_merge_form(&again, form));
    CHECK(str_eq(form, percentile_form(t, &again)));
    percentile_free(&digest);
    percentile_free(&again);
}

// One byte or one field changed.
TEST(percentile_refuses_foreign_bytes)
{
    Percentile digest = {0};
    for (int i = 0; i < 3; i++) percentile_add(&digest, i);
    Str form = percentile_form(t, &digest);
    percentile_free(&digest);
    static const struct {
        size_t at;
        double value;
    } BAD[] = {{1, 19},   {1, 10001}, {1, NAN}, {9, 0.5},  {9, -INFINITY}, {17, 1.5},
               {29, NAN}, {29, 1.5},  {37, 0},  {37, 1.5}, {37, 1e17},     {45, -1}};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        char *bytes = arena_alloc(t->arena, form.len);
        memcpy(bytes, form.ptr, form.len);
        memcpy(bytes + BAD[i].at, &BAD[i].value, sizeof(double));
        if (percentile_merge_form(&digest, (Str){bytes, form.len}))
            check_failed(__FILE__, __LINE__, "%zu: %g is taken", BAD[i].at, BAD[i].value);
    }
    for (size_t len = 0; len < form.len; len++)
        CHECK(!percentile_merge_form(&digest, str_sub(form, 0, len)));
    CHECK(percentile_merge_form(&digest, form));
    percentile_free(&digest);
}

// --- the aggregates

TEST(sketch_unions_of_groups)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL(
        "300000|100000|0|NULL",
        "SELECT kg_bitmap_union_count(b), kg_bitmap_union_int(x), "
        "kg_bitmap_union_count(NULL), hex(kg_bitmap_union(NULL)) FROM "
        "(SELECT kg_bitmap_agg(i) b, any_value(i % 100000) x FROM range(300000) r(i) GROUP BY "
        "i % 100000 HAVING min(i) < 100000)");
    // The same bytes whatever the order and the grouping.
    CHECK_SQL("1", "SELECT count(DISTINCT b) FROM (SELECT kg_bitmap_agg(i * 7919 % 1000003) b FROM "
                   "range(1000003) r(i) UNION ALL SELECT kg_bitmap_union(b) FROM (SELECT "
                   "kg_bitmap_agg(i) b FROM range(1000003) r(i) GROUP BY i % 1000))");
    CHECK_SQL("3|3|3", "SELECT kg_bitmap_union_count(b), kg_bitmap_union_count(c), "
                       "kg_bitmap_union_count(kg) FROM (SELECT kg_bitmap_agg_large(i) b, "
                       "kg_bitmap_agg(i::BIGINT) c, kg_bitmap_agg_large(i) kg FROM (VALUES (-1), "
                       "(1), (2), (NULL), (9223372036854775807::HUGEINT)) v(i))");
    CHECK_SQL("2|NULL", "SELECT kg_bitmap_union_count(b), any_value(n) FROM (SELECT "
                        "kg_bitmap_intersect(b) b, kg_bitmap_intersect(NULL) n FROM (SELECT "
                        "kg_bitmap_agg(i) b FROM range(10) r(i) GROUP BY i % 1 UNION ALL SELECT "
                        "kg_bitmap_agg(i) FROM range(8, 20) r(i)))");
    CHECK_SQL_ERR(SKETCH_DAMAGED, "The bytes of a BITMAP value are damaged",
                  "SELECT kg_bitmap_union('abc'::BLOB)");
    CHECK_SQL_ERR(SKETCH_DAMAGED, "The bytes of a HLL value are damaged",
                  "SELECT kg_hll_union('abc'::BLOB)");
    CHECK_SQL_ERR(SKETCH_DAMAGED, "The bytes of a PERCENTILE value are damaged",
                  "SELECT kg_percentile_union('abc'::BLOB)");
    fixture_close(&fixture);
}

TEST(sketch_counts_and_percentiles)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("1|0|0|NULL", "SELECT kg_ndv(hash(i)) BETWEEN 980000 AND 1020000, "
                            "kg_ndv(NULL), kg_hll_union_agg(NULL), hex(kg_hll_union(NULL)) FROM "
                            "range(1000000) r(i)");
    CHECK_SQL("1|NULL|NULL|NULL",
              "SELECT kg_percentile_approx(i, 0.25, 10000) BETWEEN 249000 AND 251000, "
              "kg_percentile_approx(i, 1.5, 1000), kg_percentile_approx(NULL, 0.5, 1000), "
              "hex(kg_percentile_union(NULL)) FROM range(1000000) r(i)");
    fixture_close(&fixture);
}

// Groups of a statement hold no more than a quarter of the engine's memory.
TEST(sketch_memory_is_bounded)
{
    Fixture fixture = fixture_open(t, 200 << 20);
    CHECK_SQL_ERR(ENGINE_MEMORY, STR_NONE,
                  "SELECT kg_bitmap_agg((hash(i) >> 1)::BIGINT) FROM range(10000000) r(i)");
    CHECK_SQL("1", "SELECT kg_bitmap_union_int(1)");
    fixture_close(&fixture);
}
