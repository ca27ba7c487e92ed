/*
 * base/positions: sets of rows of one file.
 *
 * Form    blocks of 65,536 bits, made when the first bit of theirs is set. As bytes: 64-bit
 *         portable Roaring. What is read is turned into bits one by one, so that containers which
 *         contradict themselves can do no harm.
 * Errors  POSITIONS_DAMAGED.
 * Threads bits are set by compare-free atomic OR; a block is put in place by one winner. Numbers
 *         lie in a table of the process, under a lock of its own.
 */
#include "base/positions.h"
#include "base/lock.h"
#include <roaring/roaring.h>
#include <stdlib.h>

enum { BUCKETS = 4096, HEAD_BYTES = 12, BLOCK_ROWS = 1 << POSITIONS_BLOCK_BITS };

// --- numbers

static Lock numbers_lock = {PTHREAD_MUTEX_INITIALIZER, RANK_LEAF};  // guards the two below
static Positions *numbers[BUCKETS];
static uint64_t last_number;

static void number_give(Positions *positions)
{
    lock_take(&numbers_lock);
    positions->number = ++last_number;
    positions->next = numbers[positions->number % BUCKETS];
    numbers[positions->number % BUCKETS] = positions;
    lock_give(&numbers_lock);
}

static void number_take(const Positions *positions)
{
    lock_take(&numbers_lock);
    Positions **at = &numbers[positions->number % BUCKETS];
    while (*at != positions) at = &(*at)->next;
    *at = positions->next;
    lock_give(&numbers_lock);
}

// One whose last reference is just going is not found any more.
static bool ref_if_alive(Positions *positions)
{
    int refs = atomic_load(&positions->refs);
    while (refs > 0)
        if (atomic_compare_exchange_weak(&positions->refs, &refs, refs + 1)) return true;
    return false;
}

Positions *positions_find(uint64_t number)
{
    lock_take(&numbers_lock);
    Positions *found = numbers[number % BUCKETS];
    while (found && found->number != number) found = found->next;
    if (found && !ref_if_alive(found)) found = NULL;
    lock_give(&numbers_lock);
    return found;
}

// --- life

Positions *positions_new(uint64_t row_count)
{
    must(row_count <= POSITIONS_MAX_ROWS);
    Positions *positions = mem_alloc(sizeof(*positions));
    atomic_init(&positions->refs, 1);
    positions->row_count = row_count;
    positions->block_count = (size_t)((row_count + BLOCK_ROWS - 1) / BLOCK_ROWS);
    positions->blocks = mem_alloc(positions->block_count * sizeof(positions->blocks[0]));
    number_give(positions);
    return positions;
}

static atomic_ullong *block_new(void)
{
    return mem_alloc(POSITIONS_BLOCK_WORDS * sizeof(atomic_ullong));
}

Positions *positions_copy(const Positions *from)
{
    Positions *to = positions_new(from->row_count);
    for (size_t i = 0; i < from->block_count; i++) {
        const atomic_ullong *block = atomic_load(&from->blocks[i]);
        if (!block) continue;
        atomic_ullong *copy = block_new();
        for (size_t k = 0; k < POSITIONS_BLOCK_WORDS; k++)
            atomic_init(&copy[k], atomic_load_explicit(&block[k], memory_order_relaxed));
        atomic_store(&to->blocks[i], copy);
    }
    return to;
}

Positions *positions_ref(Positions *positions)
{
    atomic_fetch_add(&positions->refs, 1);
    return positions;
}

void positions_unref(Positions *positions)
{
    if (!positions || atomic_fetch_sub(&positions->refs, 1) != 1) return;
    number_take(positions);
    for (size_t i = 0; i < positions->block_count; i++) free(atomic_load(&positions->blocks[i]));
    free(positions->blocks);
    free(positions);
}

void positions_unref_at(Positions **positions)
{
    positions_unref(*positions);
}

// --- bits

static atomic_ullong *block_at(Positions *positions, size_t index)
{
    atomic_ullong *block = atomic_load_explicit(&positions->blocks[index], memory_order_acquire);
    if (block) return block;
    atomic_ullong *mine = block_new();
    if (atomic_compare_exchange_strong(&positions->blocks[index], &block, mine)) return mine;
    free(mine);
    return block;
}

bool positions_add(Positions *positions, uint64_t row)
{
    must(row < positions->row_count);
    atomic_ullong *block = block_at(positions, (size_t)(row / BLOCK_ROWS));
    size_t bit = (size_t)(row % BLOCK_ROWS);
    unsigned long long mask = 1ULL << (bit % 64);
    return !(atomic_fetch_or_explicit(&block[bit / 64], mask, memory_order_relaxed) & mask);
}

uint64_t positions_count(const Positions *positions)
{
    uint64_t count = 0;
    for (size_t i = 0; i < positions->block_count; i++) {
        const atomic_ullong *block = atomic_load(&positions->blocks[i]);
        for (size_t k = 0; block && k < POSITIONS_BLOCK_WORDS; k++)
            count += (uint64_t)__builtin_popcountll(
                atomic_load_explicit(&block[k], memory_order_relaxed));
    }
    return count;
}

bool positions_cover(const Positions *positions, const Positions *others)
{
    if (positions->row_count != others->row_count) return false;
    for (size_t i = 0; i < others->block_count; i++) {
        const atomic_ullong *wanted = atomic_load(&others->blocks[i]);
        const atomic_ullong *block = atomic_load(&positions->blocks[i]);
        if (wanted && !block) return false;
        for (size_t k = 0; wanted && k < POSITIONS_BLOCK_WORDS; k++)
            if (atomic_load_explicit(&wanted[k], memory_order_relaxed) &
                ~atomic_load_explicit(&block[k], memory_order_relaxed))
                return false;
    }
    return true;
}

// --- bytes

// The set rows of block `index`, in order; their number.
static size_t list_rows(const Positions *positions, size_t index, uint32_t *rows)
{
    size_t count = 0;
    const atomic_ullong *block = atomic_load(&positions->blocks[index]);
    for (size_t k = 0; block && k < POSITIONS_BLOCK_WORDS; k++) {
        unsigned long long word = atomic_load_explicit(&block[k], memory_order_relaxed);
        for (; word; word &= word - 1)
            rows[count++] = (uint32_t)(index * BLOCK_ROWS + k * 64 + (size_t)__builtin_ctzll(word));
    }
    return count;
}

Str positions_write(Arena *arena, const Positions *positions)
{
    uint32_t *rows = mem_alloc(BLOCK_ROWS * sizeof(rows[0]));
    roaring_bitmap_t *bitmap = roaring_bitmap_create();
    must(bitmap != NULL);
    for (size_t i = 0; i < positions->block_count; i++) {
        size_t count = list_rows(positions, i, rows);
        if (count) roaring_bitmap_add_many(bitmap, count, rows);
    }
    roaring_bitmap_run_optimize(bitmap);
    size_t size = roaring_bitmap_portable_size_in_bytes(bitmap);
    char *bytes = arena_alloc(arena, HEAD_BYTES + size);
    uint64_t bitmaps = 1;  // the machines that we run on have the little end first
    memcpy(bytes, &bitmaps, sizeof(bitmaps));
    memset(bytes + sizeof(bitmaps), 0, sizeof(uint32_t));
    must(roaring_bitmap_portable_serialize(bitmap, bytes + HEAD_BYTES) == size);
    roaring_bitmap_free(bitmap);
    free(rows);
    return (Str){bytes, HEAD_BYTES + size};
}

static Rc damaged(Ctx *ctx, const char *why)
{
    return FAIL(ctx, POSITIONS_DAMAGED, why);
}

static bool add_row(uint32_t row, void *handle)
{
    Positions *positions = handle;
    if (row >= positions->row_count) return false;
    (void)positions_add(positions, row);
    return true;
}

static Rc check_head(Ctx *ctx, Str bytes)
{
    uint64_t bitmaps = 0;
    uint32_t upper = 0;
    if (bytes.len < HEAD_BYTES) return damaged(ctx, "it is cut off");
    memcpy(&bitmaps, bytes.ptr, sizeof(bitmaps));
    memcpy(&upper, bytes.ptr + sizeof(bitmaps), sizeof(upper));
    // A file has less than 2^32 rows: one bitmap, whose upper bits are 0.
    if (bitmaps != 1 || upper != 0) return damaged(ctx, "it names rows that no file has");
    return RC_OK;
}

Rc positions_read(Ctx *ctx, Str bytes, uint64_t row_count, uint64_t count, Positions **out)
{
    TRY(check_head(ctx, bytes));
    if (row_count > POSITIONS_MAX_ROWS || count == 0 || count > row_count)
        return damaged(ctx, "its number of rows can not be");
    const char *body = bytes.ptr + HEAD_BYTES;
    size_t size = bytes.len - HEAD_BYTES;
    if (size == 0 || roaring_bitmap_portable_deserialize_size(body, size) != size)
        return damaged(ctx, "it is no Roaring bitmap");
    roaring_bitmap_t *bitmap = roaring_bitmap_portable_deserialize_safe(body, size);
    if (!bitmap) return damaged(ctx, "it is no Roaring bitmap");
    AUTO(positions_unref_at) Positions *positions = positions_new(row_count);
    bool is_within = roaring_iterate(bitmap, add_row, positions);
    roaring_bitmap_free(bitmap);
    if (!is_within) return damaged(ctx, "it names a row that the file does not have");
    if (positions_count(positions) != count) return damaged(ctx, "its number of rows is wrong");
    *out = positions;
    positions = NULL;
    return RC_OK;
}
