#ifndef SNAP_REPOSITORY_H
#define SNAP_REPOSITORY_H
#include "base/rand.h"
#include "blob/blob.h"
#include "schema/snapcontent.h"

// A repository: a folder of a store that holds snapshots (docs/FORMAT.md). Knows no server.
typedef struct SnapRepository SnapRepository;

enum { SNAP_FORMAT_VERSION = 2, SNAP_MIN_READER = 1 };

typedef struct SnapPlace {
    Str location;  // URL
    Str name;      // of the repository
} SnapPlace;

// CREATE REPOSITORY: adopts a repository of that name that is there, else makes one. With
// is_read_only nothing is written and a place without one is refused with the names that are found.
// Errors: REPOSITORY_FOREIGN (written by StarRocks), REPOSITORY_NOT_FOUND, REPOSITORY_NEWER,
// REPOSITORY_DAMAGED, those of the store.
NODISCARD Rc snap_repository_create(Ctx *ctx, const SnapPlace *place, bool is_read_only,
                                    SnapRepository **out);
// Must be the same repository as when it was created here: uuid. Errors: as above,
// REPOSITORY_OTHER.
NODISCARD Rc snap_repository_open(Ctx *ctx, const SnapPlace *place, const Uuid *uuid,
                                  SnapRepository **out);
void snap_repository_close(SnapRepository **repository);  // for AUTO; NULL is fine

Uuid snap_repository_uuid(const SnapRepository *repository);
int64_t snap_repository_created_ms(const SnapRepository *repository);
Blob *snap_repository_blob(const SnapRepository *repository);

// --- what is there
typedef struct SnapLabel {
    Str label;
    size_t stamp_count;
    Str *stamps;      // sorted; texts without the ending
    bool is_writing;  // a writer's claim stands
} SnapLabel;
// Every label, sorted by name. Errors: those of the store.
NODISCARD Rc snap_list_labels(Ctx *ctx, SnapRepository *repository, SnapLabel **out, size_t *count);
// One label; without any file it has no stamps and is not being written.
NODISCARD Rc snap_look_up_label(Ctx *ctx, SnapRepository *repository, Str label, SnapLabel *out);

// The manifest that label and timestamp mean, read and checked. `stamp` STR_NONE: the label's only
// backup. A text of 19 characters: that very stamp, or else the only one of that second.
// Errors: SNAPSHOT_STAMP_MISSING (StarRocks' text and the candidates), SNAPSHOT_NOT_FOUND,
// MANIFEST_DAMAGED, MANIFEST_NEWER.
typedef struct SnapOpened {
    SnapContent *content;
    Str bytes;  // the manifest as it lies there
} SnapOpened;
NODISCARD Rc snap_open_snapshot(Ctx *ctx, SnapRepository *repository, Str label, Str stamp,
                                SnapOpened *out);

#endif
