#ifndef PLAN_JOBPROPERTIES_H
#define PLAN_JOBPROPERTIES_H
#include "base/ctx.h"
#include "sql/sql.h"

// The keys that BACKUP and RESTORE know stand in one table (jobproperties.c): docs/sql prints it.
// Order of errors as in StarRocks: wrong values first, then unknown keys in one list.

enum { JOB_TIMEOUT_DEFAULT_S = 86400, JOB_TIMEOUT_LEAST_S = 600 };

typedef struct JobProperties {
    Str type;  // "full" or "incremental"
    int64_t timeout_s;
    int64_t bandwidth_limit;  // bytes per second; 0: none
    Str backup_timestamp;     // STR_NONE: not given
    bool allow_load;
    bool clean_partitions, clean_tables;
    bool has_replication_num;
    int64_t replication_num;
    bool has_meta_version;  // either of the two keys
    int64_t meta_version;
} JobProperties;

// Errors: SEMANTIC with StarRocks' texts; NOT_SUPPORTED for ttl.
NODISCARD Rc job_properties_for_backup(Ctx *ctx, AstProperties given, JobProperties *out);
NODISCARD Rc job_properties_for_restore(Ctx *ctx, AstProperties given, JobProperties *out);

// The table as Markdown, for docs/sql/BACKUP.md and RESTORE.md (a test compares).
void job_properties_docs(Buf *out, bool is_restore);

#endif
