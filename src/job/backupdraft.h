#ifndef JOB_BACKUPDRAFT_H
#define JOB_BACKUPDRAFT_H
#include "job/live.h"

// Private to job/: what a BACKUP will contain, fixed when its statement is accepted, kept in
// staging/<job>/ across crashes: draft.json (a manifest whose finished_ms is 0) and list-<n>.jsonl,
// one per table.

typedef struct BackupDraft {
    Str dir;
    SnapContent *content;
} BackupDraft;

typedef struct BackupContent {
    uint64_t *rowset_ids;
    size_t rowset_count;
} BackupContent;

// Writes it durably; the rowsets named are what the job must hold on to. Errors: UNKNOWN_TABLE,
// UNKNOWN_PARTITION, FILE_*.
typedef struct BackupSource {
    const BackupPlan *plan;
    const CatalogSnapshot *snapshot;
} BackupSource;
NODISCARD Rc backup_draft_write(Ctx *ctx, Jobs *jobs, const JobRow *row, const BackupSource *source,
                                BackupContent *out);
// Reads it, checked as anything that comes from a disk.
NODISCARD Rc backup_draft_load(Ctx *ctx, const Job *job, BackupDraft *out);
Str backup_draft_list_path(Arena *arena, const BackupDraft *draft, size_t table);
Str backup_draft_final_path(Arena *arena,
                            const BackupDraft *draft);  // the manifest as it will be put

#endif
