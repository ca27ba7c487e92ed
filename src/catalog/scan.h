#ifndef CATALOG_SCAN_H
#define CATALOG_SCAN_H
#include "base/sink.h"
#include "catalog/catalog.h"

// A hole in the engine's SQL, and what belongs into it. plan/ makes them, table/ and exec/ fill
// them.
typedef enum ScanKind {
    SCAN_TABLE,    // rows of a table: table/ fills it
    SCAN_FILES,    // FILES(..): exec/ checks the path, then fills it
    SCAN_VIRTUAL,  // a table of information_schema: exec/ fills it with the rows of the moment
} ScanKind;

typedef struct Scan {
    ScanKind kind;
    // SCAN_TABLE. The snapshot that was planned on must stay pinned until the answer is read.
    const Database *database;
    const Table *table;
    size_t partition_count;  // after pruning
    const Partition **partitions;
    size_t column_count;     // the columns that the query reads, each once; 0, as for COUNT(*):
                             // the hole's rows count, its one column means nothing
    const Column **columns;  // of the table's current schema
    bool has_positions;      // two columns more tell where a row lies: kg_set, the number of
                             // its rowset's set among `sets`, and kg_row (base/positions.h)
    Positions **sets;        // one for each rowset of `partitions`, in order; filled in before
                             // the hole is
    bool has_deleted;        // deleted rows are read too
    bool is_unmerged;  // of an AGGREGATE KEY table: rows of one key may come apart, since what the
                       // query makes of them is the same
    const char *merge_reason;  // of an AGGREGATE KEY table: why not. NULL: is_unmerged
    // SCAN_FILES
    size_t property_count;
    Property *properties;
    // SCAN_VIRTUAL
    Str virtual_name;  // e.g. "backup_jobs"
    const SinkColumn *virtual_columns;
    size_t virtual_column_count;
} Scan;

// Engine SQL with holes: pieces[0] scan[0] pieces[1] .. scan[n-1] pieces[n]. Each hole is a
// relation in parentheses without alias. A table's hole has one column per Scan.columns, named
// c<column id>, in the type that scan_engine_type() names; a virtual table's columns are named c1,
// c2, ..; FILES' are named as in the file.
typedef struct EngineQuery {
    size_t scan_count;
    Scan *scans;
    Str *pieces;          // scan_count + 1
    size_t column_count;  // of the answer
    SinkColumn *columns;
} EngineQuery;

// The engine's SQL type for values of a column while a query works on them: LARGEINT is HUGEINT,
// DATETIME is TIMESTAMP, CHAR and VARCHAR are VARCHAR, VARBINARY is BLOB. (At rest LARGEINT is
// UUID: table/ converts.)
Str scan_engine_type(Arena *arena, Type type);

#endif
