#ifndef SNAP_PATH_H
#define SNAP_PATH_H
#include "base/ctx.h"
#include "base/digest.h"

// Names inside a repository (docs/FORMAT.md, "Layout").

#define SNAP_FOLDER_PREFIX "kintsugi_repository_"
#define SNAP_REPOSITORY_FILE "repository.json"
#define SNAP_SNAPSHOTS "snapshots"
#define SNAP_WRITING "writing.json"
#define SNAP_COLLECTING "gc.json"

Str snap_path_label(Arena *arena, Str encoded_label);                // snapshots/<label>
Str snap_path_writing(Arena *arena, Str encoded_label);              // .. /writing.json
Str snap_path_manifest(Arena *arena, Str encoded_label, Str stamp);  // .. /<stamp>.json
Str snap_path_list(Arena *arena, const Digest *digest);              // lists/<2 hex>/<digest>.jsonl
Str snap_path_data(Arena *arena, const Digest *digest);    // data/<2 hex>/<digest>.parquet
Str snap_path_vector(Arena *arena, const Digest *digest);  // data/<2 hex>/<digest>.roaring

#endif
