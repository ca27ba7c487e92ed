#ifndef BLOB_BLOB_H
#define BLOB_BLOB_H
#include "io/stage.h"

/*
 * Named bytes somewhere: the store behind a repository. Names are relative paths with '/' between
 * parts; each part is made of letters, digits and "-_.%", is not "." or ".." and is not empty
 * (BLOB_NAME otherwise). A blob is there whole or not at all. Threads: any, at once. Errors of all:
 * BLOB_NAME, those of the store.
 */
typedef struct Blob Blob;

typedef struct BlobFeatures {
    bool has_exclusive_create;  // create() is atomic among all clients of the store
} BlobFeatures;

typedef struct BlobEntry {
    Str name;     // last part
    bool is_dir;  // holds further names
} BlobEntry;

struct Blob {
    BlobFeatures features;
    // Small blobs in one piece. create: the first wins, FILE_EXISTS for the others. replace:
    // unconditional. Both are durable when they return.
    Rc (*create)(Blob *blob, Ctx *ctx, Str name, Str bytes);
    Rc (*replace)(Blob *blob, Ctx *ctx, Str name, Str bytes);
    Rc (*read)(Blob *blob, Ctx *ctx, Str name, size_t max_bytes, Str *out);  // FILE_MISSING
    // Large blobs as streams. put: appears under its name at commit; a blob of that name that is
    // there already is the same content (names are content addresses) and stays. Durable after
    // sync.
    Rc (*put)(Blob *blob, Ctx *ctx, Str name, Sink *out);
    Rc (*get)(Blob *blob, Ctx *ctx, Str name, Source *out);  // FILE_MISSING
    // Everything committed so far is durable, and every name that was seen with read or stat: a
    // writer that was killed may have left it undurable.
    Rc (*sync)(Blob *blob, Ctx *ctx);
    Rc (*stat)(Blob *blob, Ctx *ctx, Str name, uint64_t *size_bytes);  // FILE_MISSING
    // One level below `prefix` (empty: the root), sorted; a prefix that is not there has no
    // entries.
    Rc (*list)(Blob *blob, Ctx *ctx, Str prefix, BlobEntry **out, size_t *count);
    // Being gone is fine. Takes along what an interrupted replace() of it left.
    Rc (*remove)(Blob *blob, Ctx *ctx, Str name);
    // The whole name, for messages.
    Str (*describe)(const Blob *blob, Arena *arena, Str name);
    void (*close)(Blob *blob);
};
void blob_close(Blob **blob);  // for AUTO; NULL is fine

// Opens the place that a URL names. `file:///folder` is a local folder, made when `may_create`.
// Errors: BLOB_URL (no such form), NOT_SUPPORTED (a store that is not built yet, by its scheme),
// FILE_*.
NODISCARD Rc blob_open(Ctx *ctx, Str url, bool may_create, Blob **out);
NODISCARD Rc blob_local_open(Ctx *ctx, Str folder, bool may_create, Blob **out);

NODISCARD Rc blob_check_name(Ctx *ctx, Str name);
// The folder of a `file://` URL. Errors: BLOB_URL.
NODISCARD Rc blob_local_path(Ctx *ctx, Str url, Str *folder);

#endif
