#ifndef IO_PARALLEL_H
#define IO_PARALLEL_H
#include "base/ctx.h"

// The same work for items 0 .. count-1 on several threads. Items are taken in order. The first
// failure stops the others (they finish or are cancelled at their next poll) and is the answer.
// Each worker has a Ctx of its own, whose arena is emptied after each item; cancel and deadline are
// the caller's.
typedef struct Parallel {
    size_t count;
    int workers;  // at most; at least 1
    Rc (*work)(Ctx *ctx, void *handle, size_t index);
    void *handle;
} Parallel;
NODISCARD Rc parallel_run(Ctx *ctx, const Parallel *parallel);

#endif
