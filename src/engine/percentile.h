#ifndef ENGINE_PERCENTILE_H
#define ENGINE_PERCENTILE_H
#include "base/str.h"

// A t-digest: the distribution of a group's numbers in little memory, exact at both ends and for
// few numbers. All zero: empty, with compression PERCENTILE_COMPRESSION.
typedef struct Centroid {
    double mean, weight;
} Centroid;

typedef struct Percentile {
    double compression;   // 0: the default. More is more exact and takes more memory
    double min, max;      // of `centroids`
    double weight;        // sum over `centroids`
    Centroid *centroids;  // ascending
    uint64_t *waiting;    // numbers that are not in `centroids` yet, as sortable bits
    uint32_t centroid_count, waiting_count, waiting_cap;
} Percentile;

enum {
    PERCENTILE_COMPRESSION = 1000,
    PERCENTILE_COMPRESSION_MIN = 20,
    PERCENTILE_COMPRESSION_MAX = 10000,
};

void percentile_add(Percentile *digest, double value);  // what is not finite is left out
void percentile_merge(Percentile *into, const Percentile *from);
// The value below which the share `q` of all numbers lies. False: q is not within 0 .. 1, or there
// are none.
bool percentile_quantile(Percentile *digest, double q, double *out);
void percentile_free(Percentile *digest);
size_t percentile_memory(const Percentile *digest);  // bytes that it owns

// --- at rest, docs/FORMAT.md "PERCENTILE".
enum { PERCENTILE_EMPTY_BYTES = 1, PERCENTILE_ONE_BYTES = 9 };
size_t percentile_form_bytes(Percentile *digest);
void percentile_write(const Percentile *digest, char *out);                      // right behind it
void percentile_write_one(double value, char out[static PERCENTILE_ONE_BYTES]);  // finite
// Adds what foreign bytes hold. False: they are no such form; nothing was added.
NODISCARD bool percentile_merge_form(Percentile *into, Str form);

#endif
