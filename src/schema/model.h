#ifndef SCHEMA_MODEL_H
#define SCHEMA_MODEL_H
#include "base/digest.h"
#include "base/rand.h"
#include "base/type.h"

// What a database consists of, as plain immutable data. Texts belong to whoever made the struct.
// Ids are unique within one server and never used twice; no id of one server means anything to
// another.

typedef struct Property {
    Str key, value;
} Property;

typedef enum KeyKind { KEYS_DUPLICATE, KEYS_AGGREGATE, KEYS_UNIQUE, KEYS_PRIMARY } KeyKind;
typedef enum DefaultKind {
    DEFAULT_NONE,
    DEFAULT_NULL,
    DEFAULT_LITERAL,            // text is the value
    DEFAULT_CURRENT_TIMESTAMP,  // text empty, or digits of the fraction
    DEFAULT_EXPR,               // text is a call such as uuid()
} DefaultKind;

typedef struct Column {
    uint32_t id;       // unique within the table's line, never reused
    uint32_t file_id;  // Parquet field id (and name, c<file_id>) in files written under this
                       // schema. Equal to `id`, except in schemas that a RESTORE brought from a
                       // table of another line
    Str name;
    Type type;
    bool is_key;
    bool is_nullable;
    Str aggregation;  // "SUM", ..; empty: none
    DefaultKind default_kind;
    Str default_text;
    Str comment;
    bool is_auto_increment;  // BIGINT NOT NULL; the table's counter gives values
    bool is_hidden;          // a generated column that an expression of PARTITION BY needs: no
                             // statement names it, SELECT * leaves it out
    Str generated;           // AS expr, as SQL over the table's columns; empty: none
} Column;

// The columns of a table at one time. A rowset names the schema it was written under.
typedef struct Schema {
    uint32_t id;  // unique within the table's line
    size_t column_count;
    Column *columns;
    uint32_t next_id;  // the schema that followed it; 0: the one behind it in the list. Others
                       // where a RESTORE brought it from elsewhere
} Schema;

typedef enum PartitionMethod { PARTITION_NONE, PARTITION_RANGE, PARTITION_LIST } PartitionMethod;
typedef enum BoundKind { BOUND_MIN, BOUND_VALUE, BOUND_MAX } BoundKind;
// A value in the column's own text form: dates `yyyy-MM-dd`, numbers without leading zeros.
typedef struct Bound {
    BoundKind kind;
    Str text;
} Bound;

typedef struct PartitionDef {
    uint64_t id;
    Str name;              // of an unpartitioned table's only partition: the table's name at CREATE
    size_t width;          // partition columns; 0: unpartitioned
    Bound *lower, *upper;  // RANGE: [width], lower inclusive, upper exclusive
    size_t list_count;     // LIST: rows of `width` values
    Bound *list;           // [list_count * width], kind BOUND_VALUE
    uint32_t replication_num;
    uint32_t bucket_num;  // logical
    size_t property_count;
    Property *properties;
    bool is_temporary;
    int64_t exempt_until_ms;  // dynamic_partition leaves it alone until then (a RESTORE brought it)
} PartitionDef;

typedef enum DistributionKind { DISTRIBUTION_RANDOM, DISTRIBUTION_HASH } DistributionKind;

// An index clause: kept, shown and restored. Min, max and Parquet's own bloom filters serve scans.
typedef struct IndexDef {
    Str name;
    size_t column_count;
    uint32_t *columns;  // column ids
    Str type;           // BITMAP, NGRAMBF, GIN, VECTOR
    size_t property_count;
    Property *properties;
    Str comment;
} IndexDef;

typedef struct TableDef {
    uint64_t id;
    Uuid line;  // the family of schemas that share column ids; kept by RESTORE and by RENAME
    Str name;
    Str comment;
    KeyKind keys;
    size_t schema_count;  // every schema that a live rowset may name; the last one is current
    Schema *schemas;
    uint32_t next_column_id;
    uint32_t next_schema_id;
    PartitionMethod method;
    size_t partition_column_count;
    uint32_t *partition_columns;  // column ids
    bool is_auto_partitioned;     // loads make the partitions that they need
    Str partition_expr;  // RANGE by one expression such as date_trunc('day', `d`): the unit of what
                         // is made by itself, and what PARTITION BY shows; empty: columns
    DistributionKind distribution;
    size_t distribution_column_count;
    uint32_t *distribution_columns;
    uint32_t bucket_num;       // 0: automatic
    size_t sort_column_count;  // ORDER BY; 0: the key columns
    uint32_t *sort_columns;
    size_t property_count;  // as the user wrote them, replication_num included
    Property *properties;
    size_t index_count;
    IndexDef *indexes;
    int64_t created_ms;
} TableDef;

// One immutable data file of a partition. Its path is table/'s business.
typedef struct RowsetInfo {
    uint64_t id;
    uint64_t sequence;  // order of writing within its partition; files of one write to an AGGREGATE
                        // KEY table share it: each key is in at most one of them
    uint32_t schema_id;
    uint64_t row_count;
    uint64_t size_bytes;
    Digest digest;  // of the plain file
} RowsetInfo;

// What is deleted of a rowset, as bytes (base/positions.h).
typedef struct VectorInfo {
    uint64_t cardinality;  // deleted rows; 0: there is no vector
    uint64_t size_bytes;
    Digest digest;
} VectorInfo;

typedef struct DatabaseDef {
    uint64_t id;
    Str name;
    Str comment;
    int64_t created_ms;
} DatabaseDef;

typedef struct RepositoryDef {
    uint64_t id;
    Str name;
    Uuid uuid;     // of the repository on its store
    Str location;  // as given, trailing '/' cut
    Str broker;    // empty: none
    bool is_read_only;
    size_t property_count;  // secrets encrypted before they reach the catalog
    Property *properties;
    int64_t created_ms;
} RepositoryDef;

// Look-ups. NULL: not there.
const Schema *table_current_schema(const TableDef *table);
const Schema *table_schema(const TableDef *table, uint32_t schema_id);
// The schema that followed; NULL: it is the current one. It stands later in the list.
const Schema *table_next_schema(const TableDef *table, const Schema *schema);
const Column *schema_column(const Schema *schema, uint32_t column_id);
// Without case, as StarRocks; never a hidden one.
const Column *schema_column_named(const Schema *schema, Str name);
Str properties_get(const Property *properties, size_t count,
                   const char *key);  // STR_NONE: not there
const Column *table_partition_column(const TableDef *table, size_t index);
Type *table_partition_types(Arena *arena, const TableDef *table);  // [partition_column_count]
const char *key_kind_text(KeyKind kind);                           // "DUPLICATE"
const char *key_kind_schema_text(KeyKind kind);  // as information_schema names it: "DUP_KEYS"

// Deep copy into an arena.
TableDef *table_def_copy(Arena *arena, const TableDef *from);
PartitionDef *partition_def_copy(Arena *arena, const PartitionDef *from);
DatabaseDef *database_def_copy(Arena *arena, const DatabaseDef *from);
RepositoryDef *repository_def_copy(Arena *arena, const RepositoryDef *from);

#endif
