#ifndef BASE_VEC_H
#define BASE_VEC_H
#include "base/arena.h"

// A growable array of T in an arena: `VEC(Column) columns = {0}; vec_push(arena, &columns,
// column);` Read it as columns.at[i], i < columns.len. Pointers into it die when it grows.
#define VEC(T)           \
    struct {             \
        T *at;           \
        size_t len, cap; \
    }

#define vec_push(arena, vec, ...)                                                       \
    do {                                                                                \
        if ((vec)->len == (vec)->cap) {                                                 \
            size_t vec_cap_ = (vec)->cap ? (vec)->cap * 2 : 8;                          \
            (vec)->at = arena_grow((arena), (vec)->at, (vec)->cap * sizeof(*(vec)->at), \
                                   vec_cap_ * sizeof(*(vec)->at));                      \
            (vec)->cap = vec_cap_;                                                      \
        }                                                                               \
        (vec)->at[(vec)->len++] = (__VA_ARGS__);                                        \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
