#ifndef SCHEMA_MATCH_H
#define SCHEMA_MATCH_H
#include "base/ctx.h"
#include "schema/restoreplan.h"

// May this object of a snapshot be restored over that table? StarRocks' checks, in its order and
// with its texts (RestoreJob.checkAndPrepareMeta), and behind each the difference that was found.
// Unlike StarRocks: AS onto an existing table may match, comments do not count, list values are
// compared, missing list partitions are added.

typedef struct MatchRequest {
    const TableDef *def;  // the existing table
    size_t partition_count;
    const PartitionDef *const *partitions;  // its partitions
    const SnapTable *snap;
    const RestoreObject *object;
    uint32_t replication_num;  // that the job asks for
    bool is_cleaned;           // partitions that the snapshot lacks will go: none is in the way
} MatchRequest;

// What happens to one partition of the job, decided by name.
typedef struct MatchedPartition {
    const PartitionDef *existing;  // NULL: it will be added
} MatchedPartition;

typedef struct Match {
    size_t conflict_count;
    Str *conflicts;                // whole texts; the first is the one that StarRocks would give
    MatchedPartition *partitions;  // one per RestoreObject.partitions
    size_t extra_count;            // partitions of the table that the snapshot lacks
    const PartitionDef **extras;
} Match;

// Texts are in ctx->arena. Errors: LIMIT only; conflicts are an answer.
NODISCARD Rc match_table(Ctx *ctx, const MatchRequest *request, Match *out);

#endif
