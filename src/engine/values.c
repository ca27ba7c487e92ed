/*
 * engine/values: small sets of numbers, and their order.
 *
 * Form    a sorted front, which is searched before anything is added, and an unsorted tail of at
 *         most as many, so that a group whose values repeat neither grows nor sorts.
 * Source  sorting by digits from the lowest up (LSD radix sort), insertion for few.
 * Errors  none.   Threads  none of its own.
 */
#include "engine/values.h"
#include "base/arena.h"
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAP = 4,
    FEW = 48,
    DIGIT_BITS = 8,
    DIGITS = 1 << DIGIT_BITS,
    PASSES = 64 / DIGIT_BITS
};

static void sort_few(uint64_t *at, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        uint64_t value = at[i];
        size_t to = i;
        for (; to > 0 && at[to - 1] > value; to--) at[to] = at[to - 1];
        at[to] = value;
    }
}

// One digit; false: all have the same, nothing moved.
static bool sort_pass(const uint64_t *from, uint64_t *to, size_t count, int shift)
{
    size_t places[DIGITS] = {0}, sum = 0;
    for (size_t i = 0; i < count; i++) places[from[i] >> shift & (DIGITS - 1)]++;
    if (places[from[0] >> shift & (DIGITS - 1)] == count) return false;
    for (size_t i = 0; i < DIGITS; i++) {
        size_t here = places[i];
        places[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++) to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
    return true;
}

void values_sort(uint64_t *at, uint64_t *scratch, size_t count)
{
    if (count <= FEW) {
        sort_few(at, count);
        return;
    }
    uint64_t *from = at, *to = scratch;
    for (int pass = 0; pass < PASSES; pass++) {
        if (!sort_pass(from, to, count, pass * DIGIT_BITS)) continue;
        uint64_t *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != at) memcpy(at, from, count * sizeof *at);
}

static bool is_in_front(const Values *values, uint64_t value)
{
    uint32_t from = 0, to = values->sorted;
    while (from < to) {
        uint32_t middle = (from + to) / 2;
        if (values->at[middle] < value)
            from = middle + 1;
        else
            to = middle;
    }
    return from < values->sorted && values->at[from] == value;
}

void values_settle(Values *values)
{
    enum { MOST = 8192 };
    if (values->sorted == values->count) return;
    uint64_t scratch[MOST];
    values_sort(values->at, scratch, values->count);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < values->count; i++)
        if (values->at[i] != values->at[kept - 1]) values->at[kept++] = values->at[i];
    values->count = values->sorted = kept;
}

bool values_add(Values *values, uint64_t value, uint32_t limit)
{
    if (is_in_front(values, value)) return true;
    bool is_full = values->count == values->cap;
    if (is_full) values_settle(values);
    if (is_full && (values->count > limit || values->count >= values->cap / 2)) {
        if (values->count > limit) return false;
        values->cap = values->cap ? values->cap * 2 : FIRST_CAP;
        values->at = mem_grow(values->at, values->cap * sizeof *values->at);
    }
    values->at[values->count++] = value;
    return true;
}

void values_free(Values *values)
{
    free(values->at);
    *values = (Values){0};
}
