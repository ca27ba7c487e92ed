#ifndef JOB_RESTOREWORK_H
#define JOB_RESTOREWORK_H
#include "job/live.h"

// Private to job/: what a RESTORE knows while it runs. Everything here can be made again from
// staging/<job>/ and from the row; files in staging are trusted only after this process hashed
// them.

// One data file of the job: the plan's objects and partitions in order, and within them the lists'
// order.
typedef struct RestoreFile {
    uint32_t object;     // index into RestorePlan.objects
    uint32_t partition;  // index into RestoreObject.partitions
    bool is_staged;      // staging/<job>/<index>.parquet was verified in this process
    SnapFile file;
    Str vector;          // bytes of its delete vector, verified; STR_NONE: not there yet. malloc
    uint64_t rowset_id;  // given in COMMITTING
} RestoreFile;

typedef struct RestoreWork {
    Arena *arena;
    Str dir;  // staging/<job>
    SnapContent *content;
    size_t file_count;
    RestoreFile *files;
    uint64_t next_id, end_id;  // for objects that the commit makes; reserved before its transaction
} RestoreWork;

// Whether nothing of the file is still to be had.
static inline bool restore_has_all(const RestoreFile *file)
{
    return file->is_staged && (file->file.vector.cardinality == 0 || file->vector.ptr);
}

// Takes over the bytes of the file's delete vector after every check. Errors: FILE_DAMAGED naming
// `place`, POSITIONS_DAMAGED.
NODISCARD Rc restore_take_vector(Ctx *ctx, RestoreFile *file, Str bytes, Str place);

// Loaded when first asked for, kept in the Job. Errors: those of the manifest and its lists.
NODISCARD Rc restore_work(Ctx *ctx, Job *job, RestoreWork **out);
void restore_work_free(Job *job);
// The manifest that the statement put into staging/<job>/, checked again.
NODISCARD Rc restore_content(Ctx *ctx, Str dir, SnapContent **out);
// By the table's place in `content`: equal lists of two tables are two files, fetched at once.
Str restore_list_path(Arena *arena, Str dir, const SnapContent *content, const SnapTable *table);
Str restore_staged_path(Arena *arena, const RestoreWork *work, size_t index);

// --- restorecommit.c: the one transaction
NODISCARD Rc restore_link_files(Ctx *ctx, Job *job);
NODISCARD Rc restore_unlink_files(Ctx *ctx, Job *job);  // those that no row names; none is fine
NODISCARD Rc restore_apply(Ctx *ctx, CatalogTxn *txn, Job *job);
// All conflicts with what exists, joined; empty: none.
NODISCARD Rc restore_conflicts(Ctx *ctx, const CatalogSnapshot *snapshot, Job *job, Str *out);

#endif
