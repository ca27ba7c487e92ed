/*
 * engine/percentile: t-digests.
 *
 * Form    centroids, ascending, each as heavy as its place allows (scale function k1), and numbers
 *         that wait to be sorted into them. Up to some 600 numbers nothing is merged.
 * Source  T. Dunning, O. Ertl, "Computing Extremely Accurate Quantiles Using t-Digests" (2019),
 *         the merging variant; quantiles between centroids as StarRocks' TDigest gives them.
 * Errors  foreign bytes are checked whole before anything is added.
 * Threads none of its own. The same numbers in the same order give the same bytes.
 */
#include "engine/percentile.h"
#include "base/arena.h"
#include "engine/values.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING_FIRST = 4, WAITING_MAX = 4096 };

static const double WEIGHT_MAX = 9007199254740992.0;  // 2^53: beyond it sums lose ones

static double compression_of(const Percentile *digest)
{
    return digest->compression > 0 ? digest->compression : PERCENTILE_COMPRESSION;
}

// ------------------------------------------------------------------------------------ merge

// Bits whose unsigned order is that of the numbers.
static uint64_t bits_of(double value)
{
    uint64_t bits;
    value += 0.0;  // -0 is 0
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t bits)
{
    bits = bits >> 63 ? bits & ~(UINT64_C(1) << 63) : ~bits;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The share of all weight at which a centroid that begins at share `q` must end.
static double share_end(double q, double compression)
{
    double scale = compression / (2 * M_PI);
    double k = scale * asin(2 * q - 1) + 1;
    if (k >= compression / 4) return 1;
    return (sin(k / scale) + 1) / 2;
}

typedef struct Merger {
    double compression, total;
    double done, limit;  // weight of finished centroids; up to where the last one may reach
    Centroid *out;
    uint32_t count;
} Merger;

// From `a` <= `b` a share of the way to `b`, never beyond it. In halves: the whole may overflow.
static double step_towards(double a, double b, double share)
{
    double half_step = (b / 2 - a / 2) * share;
    double reached = a + half_step + half_step;
    return reached < b ? reached : b;
}

static void merger_take(Merger *merger, Centroid next)
{
    Centroid *last = &merger->out[merger->count - 1];
    if (merger->count > 0 && merger->done + last->weight + next.weight <= merger->limit) {
        last->weight += next.weight;
        last->mean = step_towards(last->mean, next.mean, next.weight / last->weight);
        return;
    }
    if (merger->count > 0) merger->done += last->weight;
    merger->limit = merger->total * share_end(merger->done / merger->total, merger->compression);
    merger->out[merger->count++] = next;
}

// Merges centroids that are ascending already.
static void absorb(Percentile *digest, const Centroid *more, size_t count)
{
    if (count == 0) return;
    Merger merger = {.compression = compression_of(digest), .total = digest->weight};
    for (size_t i = 0; i < count; i++) merger.total += more[i].weight;
    merger.out = mem_grow(NULL, (digest->centroid_count + count) * sizeof(Centroid));
    uint32_t own = 0;
    for (size_t i = 0; i < count; i++) {
        while (own < digest->centroid_count && digest->centroids[own].mean <= more[i].mean)
            merger_take(&merger, digest->centroids[own++]);
        merger_take(&merger, more[i]);
    }
    while (own < digest->centroid_count) merger_take(&merger, digest->centroids[own++]);
    free(digest->centroids);
    digest->centroids = mem_grow(merger.out, merger.count * sizeof(Centroid));
    digest->centroid_count = merger.count;
    digest->weight = merger.total;
}

static void widen(Percentile *digest, double min, double max)
{
    bool is_first = digest->centroid_count == 0;
    if (is_first || min < digest->min) digest->min = min;
    if (is_first || max > digest->max) digest->max = max;
}

static void settle(Percentile *digest)
{
    uint64_t scratch[WAITING_MAX];
    Centroid sorted[WAITING_MAX];
    uint32_t count = digest->waiting_count;
    if (count == 0) return;
    values_sort(digest->waiting, scratch, count);
    for (uint32_t i = 0; i < count; i++) sorted[i] = (Centroid){value_of(digest->waiting[i]), 1};
    widen(digest, sorted[0].mean, sorted[count - 1].mean);
    absorb(digest, sorted, count);
    digest->waiting_count = 0;
}

void percentile_add(Percentile *digest, double value)
{
    if (!isfinite(value)) return;
    if (digest->waiting_count == digest->waiting_cap) {
        if (digest->waiting_cap == WAITING_MAX) {
            settle(digest);
        } else {
            digest->waiting_cap = digest->waiting_cap ? digest->waiting_cap * 2 : WAITING_FIRST;
            digest->waiting = mem_grow(digest->waiting, digest->waiting_cap * sizeof(uint64_t));
        }
    }
    digest->waiting[digest->waiting_count++] = bits_of(value);
}

void percentile_merge(Percentile *into, const Percentile *from)
{
    if (compression_of(from) > compression_of(into)) into->compression = from->compression;
    for (uint32_t i = 0; i < from->waiting_count; i++)
        percentile_add(into, value_of(from->waiting[i]));
    if (from->centroid_count == 0) return;
    settle(into);
    widen(into, from->min, from->max);
    absorb(into, from->centroids, from->centroid_count);
}

void percentile_free(Percentile *digest)
{
    free(digest->centroids);
    free(digest->waiting);
    *digest = (Percentile){0};
}

size_t percentile_memory(const Percentile *digest)
{
    return digest->centroid_count * sizeof(Centroid) + digest->waiting_cap * sizeof(uint64_t);
}

// --------------------------------------------------------------------------------- quantile

// Between two points (rank, value).
static double between(Centroid a, Centroid b, double rank)
{
    if (b.weight <= a.weight) return b.mean;
    return step_towards(a.mean, b.mean, (rank - a.weight) / (b.weight - a.weight));
}

bool percentile_quantile(Percentile *digest, double q, double *out)
{
    settle(digest);
    if (!(q >= 0 && q <= 1) || digest->centroid_count == 0) return false;
    // A centroid stands for the rank in its middle; rank 0 is the least number, the last rank the
    // greatest.
    double rank = q * digest->weight, before = 0;
    Centroid last = {digest->min, 0};
    for (uint32_t i = 0; i < digest->centroid_count; i++) {
        const Centroid *centroid = &digest->centroids[i];
        Centroid here = {centroid->mean, before + centroid->weight / 2};
        if (rank <= here.weight) {
            *out = between(last, here, rank);
            return true;
        }
        before += centroid->weight;
        last = here;
    }
    *out = between(last, (Centroid){digest->max, digest->weight}, rank);
    return true;
}

// ------------------------------------------------------------------------------------- form

enum {
    FORM_EMPTY,   // nothing behind it
    FORM_ONE,     // double: one number
    FORM_DIGEST,  // doubles compression, min, max; uint32 count; each doubles mean, weight
};
enum { HEAD_BYTES = 1 + 3 * 8 + 4 };
_Static_assert(sizeof(Centroid) == 2 * sizeof(double), "centroids lie at rest as in memory");

static bool is_one(const Percentile *digest)
{
    return digest->centroid_count == 1 && digest->weight == 1;
}

size_t percentile_form_bytes(Percentile *digest)
{
    settle(digest);
    if (digest->centroid_count == 0) return PERCENTILE_EMPTY_BYTES;
    if (is_one(digest)) return PERCENTILE_ONE_BYTES;
    return HEAD_BYTES + digest->centroid_count * sizeof(Centroid);
}

void percentile_write_one(double value, char out[static PERCENTILE_ONE_BYTES])
{
    value += 0.0;
    out[0] = FORM_ONE;
    memcpy(out + 1, &value, sizeof value);
}

void percentile_write(const Percentile *digest, char *out)
{
    if (digest->centroid_count == 0) {
        out[0] = FORM_EMPTY;
        return;
    }
    if (is_one(digest)) {
        percentile_write_one(digest->centroids[0].mean, out);
        return;
    }
    double head[] = {compression_of(digest), digest->min, digest->max};
    out[0] = FORM_DIGEST;
    memcpy(out + 1, head, sizeof head);
    memcpy(out + 1 + sizeof head, &digest->centroid_count, sizeof digest->centroid_count);
    memcpy(out + HEAD_BYTES, digest->centroids, digest->centroid_count * sizeof(Centroid));
}

// ---------------------------------------------------------------------------- foreign bytes

static bool merge_one(Percentile *into, Str body)
{
    double value;
    if (body.len != sizeof value) return false;
    memcpy(&value, body.ptr, sizeof value);
    if (!isfinite(value)) return false;
    percentile_add(into, value);
    return true;
}

static bool are_consistent(const Percentile *from)
{
    const Centroid *at = from->centroids;
    double least = from->min, sum = 0;
    for (uint32_t i = 0; i < from->centroid_count; i++) {
        bool is_fit = at[i].mean >= least && at[i].weight >= 1 && at[i].weight <= WEIGHT_MAX &&
                      at[i].weight == floor(at[i].weight);
        if (!is_fit) return false;
        least = at[i].mean;
        sum += at[i].weight;
    }
    return least <= from->max && sum <= WEIGHT_MAX && isfinite(from->min) && isfinite(from->max);
}

static bool merge_digest(Percentile *into, Str form)
{
    // Greedy merging leaves at most one centroid for each step of the scale, and one more.
    enum { CENTROIDS_MAX = PERCENTILE_COMPRESSION_MAX + 1 };
    Percentile from = {0};
    double head[3];
    if (form.len < HEAD_BYTES) return false;
    memcpy(head, form.ptr + 1, sizeof head);
    memcpy(&from.centroid_count, form.ptr + 1 + sizeof head, sizeof from.centroid_count);
    from.compression = head[0];
    from.min = head[1];
    from.max = head[2];
    bool is_fit = from.compression >= PERCENTILE_COMPRESSION_MIN &&
                  from.compression <= PERCENTILE_COMPRESSION_MAX && from.centroid_count >= 1 &&
                  from.centroid_count <= CENTROIDS_MAX &&
                  form.len == HEAD_BYTES + from.centroid_count * sizeof(Centroid);
    if (!is_fit) return false;
    size_t bytes = from.centroid_count * sizeof(Centroid);
    from.centroids = mem_grow(NULL, bytes);
    memcpy(from.centroids, form.ptr + HEAD_BYTES, bytes);
    is_fit = are_consistent(&from);
    if (is_fit) percentile_merge(into, &from);
    free(from.centroids);
    return is_fit;
}

bool percentile_merge_form(Percentile *into, Str form)
{
    if (form.len == 0) return false;
    switch (form.ptr[0]) {
    case FORM_EMPTY: return form.len == PERCENTILE_EMPTY_BYTES;
    case FORM_ONE: return merge_one(into, str_sub(form, 1, form.len));
    case FORM_DIGEST: return merge_digest(into, form);
    default: return false;
    }
}
