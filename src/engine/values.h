#ifndef ENGINE_VALUES_H
#define ENGINE_VALUES_H
#include "base/str.h"

// Distinct 64-bit numbers of one group while they are few. All zero: none. What it owns lies in
// malloc's memory.
typedef struct Values {
    uint64_t *at;
    uint32_t count, cap;
    uint32_t sorted;  // the first ones, ascending and distinct; those behind are as they came
} Values;

// False: there are more than `limit` distinct ones and no room; nothing was added. `limit` < 4096.
bool values_add(Values *values, uint64_t value, uint32_t limit);
void values_settle(Values *values);  // all sorted and distinct
void values_free(Values *values);

// Ascending; `scratch` has room for as many.
void values_sort(uint64_t *at, uint64_t *scratch, size_t count);

#endif
