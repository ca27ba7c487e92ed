#ifndef SCHEMA_SNAPCONTENT_H
#define SCHEMA_SNAPCONTENT_H
#include "schema/model.h"

// What a manifest says, after everything in it was checked. Ids in the defs are the source's and
// mean nothing.
typedef struct SnapPartition {
    PartitionDef *def;
    Uuid content_id;  // which logical content this is, on any server
    uint64_t version;
    uint64_t file_count, row_count, size_bytes;
} SnapPartition;

typedef struct SnapTable {
    TableDef *def;
    uint32_t min_reader;     // oldest format version that can read this object
    bool is_newer;           // it is above this server's: only the name in `def` is known
    int64_t auto_increment;  // above every value that the counter gave; 0: there is none
    size_t partition_count;
    SnapPartition *partitions;
    Digest list_digest;   // content address of the table's file list
    uint64_t list_bytes;  // plain size of that list
    uint64_t file_count, row_count, size_bytes;
} SnapTable;

typedef struct SnapContent {
    Str label;
    Str stamp;            // yyyy-MM-dd-HH-mm-ss-SSS
    Str database;         // empty: a snapshot of external catalogs
    int64_t created_ms;   // when the BACKUP was accepted
    int64_t finished_ms;  // when the manifest was written
    Uuid job_uuid, server_uuid;
    uint32_t format_version, min_reader;
    size_t table_count;
    SnapTable *tables;  // sorted by name
} SnapContent;

// One line of a table's file list.
typedef struct SnapFile {
    uint32_t partition;  // index into SnapTable.partitions
    uint64_t sequence;
    uint32_t schema_id;
    uint64_t row_count;
    Digest plain_digest;  // of the Parquet file
    uint64_t plain_bytes;
    Digest stored_digest;  // of the stored object; names it: data/<2 hex>/<digest>.parquet
    uint64_t stored_bytes;
    VectorInfo vector;  // of its deleted rows: data/<2 hex>/<digest>.roaring. cardinality 0: none
} SnapFile;

// The oldest format version that can read such a table.
uint32_t snap_min_reader(const TableDef *def, bool has_vectors);

const SnapTable *snap_content_table(const SnapContent *content, Str name);  // case-sensitive

#endif
