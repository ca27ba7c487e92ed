/*
 * base/arena: memory with one lifetime, given back all at once.
 *
 * Form    a chain of blocks, newest first; small requests are cut from the newest block.
 * Errors  none: without memory a server cannot keep a promise, so the process ends and recovers
 *         from disk at the next start.
 * Threads one at a time per arena.
 */
#include "base/arena.h"
#include "base/poison.h"
#include <stdint.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, ALIGNMENT = 16 };

typedef struct Block {
    struct Block *older;
    size_t size, used;
    _Alignas(ALIGNMENT) char bytes[];
} Block;

struct Arena {
    Block *newest;
    size_t held;
};

static void out_of_memory(void)
{
    fputs("kintsugid: out of memory\n", stderr);
    abort();
}

void *mem_alloc(size_t size)
{
    void *block = calloc(1, size ? size : 1);
    if (!block) out_of_memory();
    return block;
}

void *mem_alloc_aligned(size_t alignment, size_t size)
{
    void *block = aligned_alloc(alignment, size);
    if (!block) out_of_memory();
    return block;
}

void *mem_grow(void *old, size_t new_size)
{
    void *block = realloc(old, new_size ? new_size : 1);
    if (!block) out_of_memory();
    return block;
}

Arena *arena_new(void)
{
    return mem_alloc(sizeof(Arena));
}

void arena_free(Arena *arena)
{
    if (!arena) return;
    for (Block *block = arena->newest, *older; block; block = older) {
        older = block->older;
        free(block);
    }
    free(arena);
}

void arena_free_at(Arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

static size_t round_up(size_t size)
{
    if (size > SIZE_MAX / 2) out_of_memory();
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void add_block(Arena *arena, size_t least)
{
    size_t size = arena->newest ? arena->newest->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK) size = LARGEST_BLOCK;
    if (size < least) size = least;
    Block *block = malloc(sizeof(Block) + size);
    if (!block) out_of_memory();
    block->older = arena->newest;
    block->size = size;
    block->used = 0;
    arena->newest = block;
    arena->held += size;
}

void *arena_alloc(Arena *arena, size_t size)
{
    size_t rounded = round_up(size ? size : 1);
    if (!arena->newest || arena->newest->size - arena->newest->used < rounded)
        add_block(arena, rounded);
    void *result = arena->newest->bytes + arena->newest->used;
    arena->newest->used += rounded;
    memset(result, 0, rounded);
    return result;
}

void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size)
{
    Block *block = arena->newest;
    size_t old_rounded = round_up(old_size ? old_size : 1), new_rounded = round_up(new_size);
    if (new_size <= old_size && old) return old;
    if (old && block && (char *)old + old_rounded == block->bytes + block->used &&
        block->size - block->used >= new_rounded - old_rounded) {
        memset(block->bytes + block->used, 0, new_rounded - old_rounded);
        block->used += new_rounded - old_rounded;
        return old;
    }
    void *result = arena_alloc(arena, new_size);
    if (old) memcpy(result, old, old_size);
    return result;
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){arena->newest, arena->newest ? arena->newest->used : 0};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    while (arena->newest != mark.block) {
        Block *gone = arena->newest;
        arena->newest = gone->older;
        arena->held -= gone->size;
        free(gone);
    }
    if (arena->newest) arena->newest->used = mark.used;
}

size_t arena_used(const Arena *arena)
{
    return arena->held;
}
