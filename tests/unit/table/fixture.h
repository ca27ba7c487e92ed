#ifndef TESTS_UNIT_TABLE_FIXTURE_H
#define TESTS_UNIT_TABLE_FIXTURE_H
#include "base/vec.h"
#include "check.h"
#include "table/table.h"

// A data folder with a real catalog and a real engine over it.
typedef struct World {
    Str dir;
    Catalog *catalog;
    Engine *engine;
    EngineConn *conn;
    TableStore *store;
    ClockFixed clock;
    int64_t trash_expire_second;
    TableStoreOptions options;  // interval and limits may be set before world_open
    uint64_t spare_jobs[4];
    size_t spare_count;
} World;

void world_init(Ctx *t, World *world);  // a new folder; opens nothing
NODISCARD Rc world_try_open(Ctx *t, World *world);
void world_open(Ctx *t, World *world);
void world_close(World *world);
void world_reopen(Ctx *t, World *world);

typedef struct ColumnSpec {
    const char *name;
    Type type;
    bool is_key;
} ColumnSpec;
typedef struct TableSpec {
    const char *name;
    const ColumnSpec *columns;
    size_t column_count;
    PartitionMethod method;
    size_t partition_column_count;  // the first so many columns
    // RANGE: upper bounds in order, each partition begins where the one before ends; "" is
    // MAXVALUE; values of one bound are separated by '|'. LIST: values of each partition separated
    // by ','.
    const char *const *partitions;
    size_t partition_count;
    const char *first_lower;  // NULL: MINVALUE
    KeyKind keys;
    // By column, NULL: a key. Given, the table is an AGGREGATE KEY one.
    const char *const *aggregations;
    bool is_auto;  // loads make partitions; RANGE: by `expr`
    const char *expr;
} TableSpec;
uint64_t world_create(Ctx *t, World *world,
                      const TableSpec *spec);  // in database `d`; the table's id
const Table *world_table(World *world, const CatalogSnapshot *snapshot, uint64_t table_id);
uint64_t world_database_id(World *world);

// `sql` answers columns c1, c2, ..
NODISCARD Rc world_insert(Ctx *t, World *world, uint64_t table_id, const char *sql, uint64_t *rows);
NODISCARD Rc world_insert_into(Ctx *t, World *world, uint64_t table_id, const char *sql,
                               const char *partition);
// Rows of `select .. from %s ..`, the table's scan in place of %s: cells joined by '|', rows by
// newline.
Str world_query(Ctx *t, World *world, uint64_t table_id, const char *before, const char *after);
void world_truncate(Ctx *t, World *world, uint64_t table_id, bool is_forced);
size_t world_count_files(World *world, const char *below);  // regular files, at any depth

#endif
