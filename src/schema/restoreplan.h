#ifndef SCHEMA_RESTOREPLAN_H
#define SCHEMA_RESTOREPLAN_H
#include "schema/snapcontent.h"

// What a BACKUP will take and what a RESTORE will do: data that plan/ makes, a job carries out, and
// its row in the catalog keeps across a crash. To and from JSON in planjson.h.

typedef struct BackupObject {
    Str table;               // name
    size_t partition_count;  // 0: all
    Str *partitions;
} BackupObject;

typedef struct BackupPlan {
    Str database;
    Str label;
    Str repository;
    size_t object_count;
    BackupObject *objects;  // sorted by name
    int64_t timeout_s;
    int64_t bandwidth_limit;  // bytes per second; 0: none
} BackupPlan;

typedef struct RestorePartition {
    Str name;             // in the snapshot; the target's is the same
    uint32_t snap_index;  // index into SnapTable.partitions
} RestorePartition;

typedef struct RestoreObject {
    Str source_name;      // in the snapshot
    Str target_name;      // alias or the same
    bool is_whole_table;  // no partition list was given
    size_t partition_count;
    RestorePartition *partitions;
} RestoreObject;

// Written by the statement. Whether a table exists, and with which ids, is decided when the job
// prepares (checks of jobs.md 2.2 and 2.3) and again, by id, in the one transaction that commits.
typedef struct RestorePlan {
    Str snapshot_database;  // recorded in the snapshot
    Str target_database;
    Str label;
    Str stamp;
    Str repository;
    size_t object_count;
    RestoreObject *objects;  // sorted by source name
    uint32_t replication_num;
    bool allow_load;
    bool clean_partitions;  // of target tables, what the snapshot lacks is dropped
    size_t dropped_table_count;
    Str *dropped_tables;        // of the target database, by clean_tables; claimed like targets
    bool was_database_missing;  // the commit creates it
    int64_t timeout_s;
    int64_t bandwidth_limit;
} RestorePlan;

#endif
