#ifndef BASE_ARENA_H
#define BASE_ARENA_H
#include <stddef.h>

// Memory with one lifetime. One thread at a time. Running out of memory ends the process.
typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);      // NULL is fine
void arena_free_at(Arena **arena);  // for AUTO(arena_free_at)

// Zeroed, aligned for any type. size 0 gives a valid pointer.
void *arena_alloc(Arena *arena, size_t size) __attribute__((malloc, returns_nonnull));
// Larger copy of a block; grows in place when it was the latest one.
void *arena_grow(Arena *arena, void *old, size_t old_size, size_t new_size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc(arena, sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc(arena, sizeof(type) * (size_t)(count)))

// Give back all that was allocated since the mark. Streams use it once per chunk.
typedef struct ArenaMark {
    void *block;
    size_t used;
} ArenaMark;
ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);

size_t arena_used(const Arena *arena);  // bytes held, for limits and SHOW

// malloc that never returns NULL, for what outlives every arena. Free with free().
void *mem_alloc(size_t size) __attribute__((malloc, returns_nonnull));  // zeroed
// Not zeroed; `alignment` is a power of two that divides `size`.
void *mem_alloc_aligned(size_t alignment, size_t size) __attribute__((malloc, returns_nonnull));
void *mem_grow(void *old, size_t new_size) __attribute__((returns_nonnull));

#endif
