#ifndef TESTS_UNIT_CATALOG_FIXTURE_H
#define TESTS_UNIT_CATALOG_FIXTURE_H
#include "catalog/catalog.h"
#include "check.h"

// A catalog in a folder of its own, a clock that stands still, and short ways to make things.
typedef struct Fixture {
    Catalog *catalog;
    ClockFixed clock;
    Str path;
    int64_t trash_expire_second;
} Fixture;

Fixture *fixture_open(Ctx *t);
void fixture_reopen(Ctx *t, Fixture *f);
void fixture_close(Fixture *f);

uint64_t fixture_id(Ctx *t, Fixture *f);
CatalogTxn *fixture_begin(Ctx *t, Fixture *f);
void fixture_commit(Ctx *t, CatalogTxn *txn);

// k1 INT key, d DATE, v VARCHAR(20). RANGE by d when `is_ranged`, else unpartitioned.
TableDef *fixture_table_def(Ctx *t, uint64_t id, const char *name, bool is_ranged);
// [lower, upper) of dates; NULL texts are MIN and MAX. Without bounds when `lower` and `upper` are
// "".
PartitionDef *fixture_partition_def(Ctx *t, uint64_t id, const char *name, const char *lower,
                                    const char *upper);
RowsetInfo fixture_rowset(uint64_t id, uint64_t row_count);

// In transactions of their own.
uint64_t fixture_make_database(Ctx *t, Fixture *f, const char *name);
// An unpartitioned table with its only partition; ids out. Partition ids may be NULL.
uint64_t fixture_make_table(Ctx *t, Fixture *f, uint64_t database_id, const char *name,
                            uint64_t *partition_id);
uint64_t fixture_insert(Ctx *t, Fixture *f, uint64_t table_id, uint64_t partition_id,
                        uint64_t row_count);

// All that a snapshot shows, as text: two trees are equal when their dumps are.
Str fixture_dump(Ctx *t, const CatalogSnapshot *snapshot);
Str fixture_dump_now(Ctx *t, Fixture *f);

#endif
