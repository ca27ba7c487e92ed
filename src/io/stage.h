#ifndef IO_STAGE_H
#define IO_STAGE_H
#include "base/lock.h"
#include "io/digest.h"

// Bytes flow from a Source to a Sink through a fixed buffer, hashed on the way. Both are small
// structs of functions; a blob store, a file and a test each bring their own. One thread at a time.

typedef struct Source {
    void *handle;
    // Up to `len` bytes; *got 0 is the end.
    Rc (*read)(Ctx *ctx, void *handle, void *to, size_t len, size_t *got);
    void (*close)(void *handle);
} Source;

typedef struct Sink {
    void *handle;
    Rc (*write)(Ctx *ctx, void *handle, const void *from, size_t len);
    // All bytes came and were checked: make them durable under their name. Ends the sink, whatever
    // the answer.
    Rc (*commit)(Ctx *ctx, void *handle);
    // Leave nothing behind. Ends the sink.
    void (*abort)(Ctx *ctx, void *handle);
} Sink;

NODISCARD Rc source_of_file(Ctx *ctx, Str path, Source *out);
Source source_of_bytes(Str bytes);  // which stay the caller's
// A new file at `path`, replacing one that is there; fsynced by commit (the folder is not). Writing
// back to the disk begins early, so that commit finds little left (reference: measured, 2 to 3
// times faster past the page cache).
NODISCARD Rc sink_to_file(Ctx *ctx, Str path, Sink *out);
// A file that gets its name at commit: fsynced, read-only, whole (the folder is not fsynced). Never
// replaces: commit fails with FILE_EXISTS. A crash leaves nothing (see NewFile).
NODISCARD Rc sink_to_new_file(Ctx *ctx, Str path, Sink *out);

// Upper bound for bytes per second, shared by the workers of one job. bytes_per_s 0: none.
typedef struct Throttle {
    Lock lock;  // RANK_LEAF
    int64_t bytes_per_s;
    int64_t free_at_us;  // steady time at which what was let through is paid for
} Throttle;
void throttle_init(Throttle *throttle, int64_t bytes_per_s);
NODISCARD Rc throttle_pass(Ctx *ctx, Throttle *throttle, size_t len);  // waits; polls ctx

typedef struct StageCopy {
    Str name;                 // for messages: the file that is read
    const Digest *expected;   // NULL: not known before
    uint64_t expected_bytes;  // with `expected`
    Throttle *throttle;       // may be NULL
    atomic_ullong *counter;   // bytes so far, may be NULL
    // Called before each buffer; a failure ends the copy. May be NULL.
    Rc (*tick)(Ctx *ctx, void *handle);
    void *tick_handle;
    // result
    Digest digest;
    uint64_t size_bytes;
    uint64_t counted;  // of them in `counter`; taken back when the copy fails
} StageCopy;
// Copies, compares, then commits; any failure aborts the sink and leaves nothing. Closes both.
// Cancel takes effect within one buffer (1 MiB). Errors: FILE_DAMAGED (naming expected and found),
// those of source and sink.
NODISCARD Rc stage_copy(Ctx *ctx, Source *from, Sink *to, StageCopy *copy);

#endif
