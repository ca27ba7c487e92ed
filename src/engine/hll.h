#ifndef ENGINE_HLL_H
#define ENGINE_HLL_H
#include "engine/values.h"

// HyperLogLog: how many distinct values a group has, nearly (standard error 0.8 %). As StarRocks':
// 16384 registers, the same hash, the same estimate. All zero: empty.
typedef struct Hll {
    Values hashes;       // while there are at most HLL_EXPLICIT_MAX
    uint8_t *registers;  // HLL_REGISTERS of them; NULL: not yet
} Hll;

enum { HLL_PRECISION = 14, HLL_REGISTERS = 1 << HLL_PRECISION, HLL_EXPLICIT_MAX = 160 };

uint64_t hll_hash(Str value);  // MurmurHash64A with StarRocks' seed

void hll_add(Hll *hll, uint64_t hash);
void hll_merge(Hll *into, const Hll *from);
int64_t hll_estimate(Hll *hll);
void hll_free(Hll *hll);
size_t hll_memory(const Hll *hll);  // bytes that it owns

// --- at rest, docs/FORMAT.md "HLL". Equal sets of hashes have equal bytes.
enum { HLL_EMPTY_BYTES = 1, HLL_ONE_BYTES = 10, HLL_FORM_MAX = 1 + HLL_REGISTERS };
size_t hll_write(Hll *hll, char out[static HLL_FORM_MAX]);  // its bytes
void hll_write_one(uint64_t hash, char out[static HLL_ONE_BYTES]);
// Adds what foreign bytes hold. False: they are no such form; nothing was added.
NODISCARD bool hll_merge_form(Hll *into, Str form);

#endif
