#ifndef BASE_POSITIONS_H
#define BASE_POSITIONS_H
#include "base/ctx.h"

// Rows of one file, numbered from 0: those that are deleted, or those that a statement found.
// One bit a row, in blocks that exist only where a bit is set, so that reading costs one load.
//
// Counted references. While it is built any thread may add; once shared it is only read. Each set
// has a number of its own, never used twice while the process runs: SQL names it by that.
enum { POSITIONS_BLOCK_BITS = 16, POSITIONS_BLOCK_WORDS = (1 << POSITIONS_BLOCK_BITS) / 64 };

typedef struct Positions {
    atomic_int refs;
    uint64_t number;
    uint64_t row_count;  // of the file; at most POSITIONS_MAX_ROWS
    size_t block_count;
    _Atomic(atomic_ullong *) *blocks;  // NULL: no bit of it is set
    struct Positions *next;            // of those whose numbers fall together
} Positions;

#define POSITIONS_MAX_ROWS UINT32_MAX

Positions *positions_new(uint64_t row_count);  // empty; one reference, the caller's
Positions *positions_copy(const Positions *from);
Positions *positions_ref(Positions *positions);
void positions_unref(Positions *positions);      // NULL is fine
void positions_unref_at(Positions **positions);  // for AUTO(positions_unref_at)
Positions *positions_find(uint64_t number);      // a new reference, or NULL

// True: it was not in it. Any thread.
bool positions_add(Positions *positions, uint64_t row);
uint64_t positions_count(const Positions *positions);
bool positions_cover(const Positions *positions, const Positions *others);  // all of the others

static inline bool positions_has(const Positions *positions, uint64_t row)
{
    const atomic_ullong *block =
        atomic_load_explicit(&positions->blocks[row >> POSITIONS_BLOCK_BITS], memory_order_acquire);
    if (!block) return false;
    size_t bit = row & ((1 << POSITIONS_BLOCK_BITS) - 1);
    return atomic_load_explicit(&block[bit / 64], memory_order_relaxed) >> (bit % 64) & 1;
}

// As bytes: the portable format of 64-bit Roaring bitmaps (RoaringFormatSpec, "Extension for
// 64-bit implementations"): the number of 32-bit bitmaps, then each behind its upper 32 bits.
Str positions_write(Arena *arena, const Positions *positions);
// Every byte is checked, whoever wrote it: rows are below `row_count`, `count` of them. Errors:
// POSITIONS_DAMAGED.
NODISCARD Rc positions_read(Ctx *ctx, Str bytes, uint64_t row_count, uint64_t count,
                            Positions **out);

#endif
