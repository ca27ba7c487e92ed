#include "base/vec.h"
#include "check.h"
#include "schema/import.h"
#include "schema/match.h"

// A table of two columns, range-partitioned by the first: p1 [1, 10), p2 [10, 20).
typedef struct Side {
    Column columns[2];
    Schema schema;
    uint32_t partition_columns[1];
    uint32_t distribution_columns[1];
    TableDef def;
    Bound bounds[4];
    PartitionDef p1, p2;
    const PartitionDef *partitions[2];
    SnapPartition snap_partitions[2];
    SnapTable snap;
} Side;

static void side_init(Side *side, uint32_t first_column_id)
{
    *side = (Side){
        .columns = {{.id = first_column_id,
                     .file_id = first_column_id,
                     .name = STR("k"),
                     .type = TYPE_OF(INT),
                     .is_key = true},
                    {.id = first_column_id + 1,
                     .file_id = first_column_id + 1,
                     .name = STR("v"),
                     .type = {.kind = TYPE_VARCHAR, .len = 20},
                     .is_nullable = true}},
        .partition_columns = {first_column_id},
        .distribution_columns = {first_column_id},
        .bounds = {{BOUND_VALUE, STR("1")},
                   {BOUND_VALUE, STR("10")},
                   {BOUND_VALUE, STR("10")},
                   {BOUND_VALUE, STR("20")}},
    };
    side->schema = (Schema){.id = 7, .column_count = 2, .columns = side->columns};
    side->def = (TableDef){.name = STR("t"),
                           .schema_count = 1,
                           .schemas = &side->schema,
                           .next_schema_id = 8,
                           .method = PARTITION_RANGE,
                           .partition_column_count = 1,
                           .partition_columns = side->partition_columns,
                           .distribution = DISTRIBUTION_HASH,
                           .distribution_column_count = 1,
                           .distribution_columns = side->distribution_columns};
    side->p1 = (PartitionDef){.name = STR("p1"),
                              .width = 1,
                              .lower = &side->bounds[0],
                              .upper = &side->bounds[1],
                              .replication_num = 1,
                              .bucket_num = 2};
    side->p2 = (PartitionDef){.name = STR("p2"),
                              .width = 1,
                              .lower = &side->bounds[2],
                              .upper = &side->bounds[3],
                              .replication_num = 1,
                              .bucket_num = 2};
    side->partitions[0] = &side->p1;
    side->partitions[1] = &side->p2;
    side->snap_partitions[0].def = &side->p1;
    side->snap_partitions[1].def = &side->p2;
    side->snap =
        (SnapTable){.def = &side->def, .partition_count = 2, .partitions = side->snap_partitions};
}

typedef struct Pair {
    Side here, there;
    RestorePartition wanted[2];
    RestoreObject object;
    uint32_t replication_num;
    size_t existing_count;
    Match match;
} Pair;

static Pair *pair_new(Ctx *t)
{
    Pair *pair = ARENA_NEW(t->arena, Pair);
    side_init(&pair->here, 1);
    side_init(&pair->there, 1);
    pair->wanted[0] = (RestorePartition){STR("p1"), 0};
    pair->wanted[1] = (RestorePartition){STR("p2"), 1};
    pair->object = (RestoreObject){STR("t"), STR("t"), true, 2, pair->wanted};
    pair->replication_num = 1;
    pair->existing_count = 2;
    return pair;
}

static void run(Ctx *t, Pair *pair)
{
    MatchRequest request = {.def = &pair->here.def,
                            .partition_count = pair->existing_count,
                            .partitions = pair->here.partitions,
                            .snap = &pair->there.snap,
                            .object = &pair->object,
                            .replication_num = pair->replication_num};
    CHECK_RC(RC_OK, match_table(t, &request, &pair->match));
}

static void check_conflict(Ctx *t, Pair *pair, const char *text)
{
    run(t, pair);
    CHECK(pair->match.conflict_count >= 1);
    CHECK_STR(text, pair->match.conflicts[0]);
}

TEST(equal_tables_match)
{
    Pair *pair = pair_new(t);
    pair->here.columns[1].comment = STR("comments do not count");
    pair->here.def.name = STR("another name does not count either");
    run(t, pair);
    CHECK_INT(0, pair->match.conflict_count);
    CHECK(pair->match.partitions[0].existing == &pair->here.p1);
    CHECK(pair->match.partitions[1].existing == &pair->here.p2);
}

TEST(missing_partition_will_be_added)
{
    Pair *pair = pair_new(t);
    pair->existing_count = 1;
    run(t, pair);
    CHECK_INT(0, pair->match.conflict_count);
    CHECK(pair->match.partitions[1].existing == NULL);
}

TEST(differences_are_told_with_starrocks_texts)
{
    Pair *pair = pair_new(t);
    pair->here.def.method = PARTITION_LIST;
    check_conflict(t, pair,
                   "Table's partition type is different (the existing table has list partitions,"
                   " the snapshot has range partitions)");

    pair = pair_new(t);
    pair->there.def.is_auto_partitioned = true;
    pair->there.def.partition_expr = STR("date_trunc('day', `k`)");
    check_conflict(t, pair,
                   "Table's partition type is different (the existing table has range partitions,"
                   " the snapshot has automatic range partitions by date_trunc('day', `k`))");
    pair->here.def.is_auto_partitioned = true;
    pair->here.def.partition_expr = STR("DATE_TRUNC('day', `k`)");
    run(t, pair);
    CHECK_INT(0, pair->match.conflict_count);

    pair = pair_new(t);
    pair->here.p1.is_temporary = true;
    check_conflict(t, pair, "Do not support restoring table with temp partitions");

    pair = pair_new(t);
    pair->here.def.distribution_columns = (uint32_t[]){2};
    check_conflict(
        t, pair,
        "Table t already exist but with different schema, errMsg: partition distribution col hash is"
        " inconsistent (the existing table has v, the snapshot has k)");

    pair = pair_new(t);
    pair->here.p2.bucket_num = 3;
    check_conflict(
        t, pair,
        "Table t already exist but with different schema, errMsg: bucket num is inconsistent"
        " (the existing table has 3, the snapshot has 2)");

    pair = pair_new(t);
    pair->here.schema.column_count = 1;
    check_conflict(
        t, pair,
        "Table t already exist but with different schema, errMsg:  (the existing table has 1 columns,"
        " the snapshot has 2)");

    pair = pair_new(t);
    pair->there.def.keys = KEYS_PRIMARY;
    check_conflict(
        t, pair,
        "Table t already exist but with different key type (the existing table has DUPLICATE KEY,"
        " the snapshot has PRIMARY KEY)");

    pair = pair_new(t);
    pair->there.columns[1].type.len = 21;
    check_conflict(
        t, pair,
        "Table t already exist but with different schema, column: `v` varchar(20) NULL in existed table"
        " is different from the column in backup snapshot, column: `v` varchar(21) NULL");

    pair = pair_new(t);
    pair->there.columns[1].is_nullable = false;
    check_conflict(
        t, pair,
        "Table t already exist but with different schema, column: `v` varchar(20) NULL in existed table"
        " is different from the column in backup snapshot, column: `v` varchar(20) NOT NULL");

    pair = pair_new(t);
    pair->replication_num = 3;
    check_conflict(
        t, pair,
        "Partition p1 in table t has different replication num '1' with partition in repository,"
        " which is 3");
    CHECK_INT(2, pair->match.conflict_count);  // all are told
}

TEST(bloom_filters_are_compared_by_their_meaning)
{
    Property two[] = {{STR("bloom_filter_columns"), STR("k, V")}};
    Property same[] = {{STR("bloom_filter_columns"), STR("v,k")},
                       {STR("bloom_filter_fpp"), STR("0.05")}};
    Property other[] = {{STR("bloom_filter_columns"), STR("v,k")},
                        {STR("bloom_filter_fpp"), STR("0.01")}};
    Pair *pair = pair_new(t);
    pair->here.def.properties = two;
    pair->here.def.property_count = 1;
    pair->there.def.properties = same;
    pair->there.def.property_count = 2;
    run(t, pair);
    CHECK_INT(0, pair->match.conflict_count);
    pair->there.def.properties = other;
    check_conflict(t, pair,
                   "Table t already exist but with different schema, errMsg: bloom filter is"
                   " inconsistent (the existing table has k, v (fpp 0.05), the snapshot has k, v"
                   " (fpp 0.01))");
    pair->there.def.property_count = 0;
    check_conflict(t, pair,
                   "Table t already exist but with different schema, errMsg: bloom filter is"
                   " inconsistent (the existing table has k, v (fpp 0.05), the snapshot has none)");
}

TEST(partitions_that_the_snapshot_lacks_are_listed)
{
    Pair *pair = pair_new(t);
    pair->there.snap.partition_count = pair->object.partition_count = 1;
    run(t, pair);
    CHECK_INT(0, pair->match.conflict_count);
    CHECK_INT(1, pair->match.extra_count);
    CHECK(pair->match.extras[0] == &pair->here.p2);
}

TEST(ranges_must_be_the_same_or_apart)
{
    Pair *pair = pair_new(t);
    pair->there.bounds[3].text = STR("21");
    run(t, pair);
    CHECK_INT(1, pair->match.conflict_count);
    CHECK(str_starts(
        pair->match.conflicts[0],
        STR("Partition p2 in table t has different range with partition in repository")));
    pair->here.p2.name = STR("q2");
    run(t, pair);
    CHECK_INT(1, pair->match.conflict_count);
    CHECK(str_starts(pair->match.conflicts[0],
                     STR("Partition p2 in table t has conflict range with existing ranges")));
}

TEST(import_of_the_same_line_adds_nothing)
{
    Side here, there;
    SchemaImport import;
    side_init(&here, 1);
    side_init(&there, 1);
    CHECK_RC(RC_OK, schema_import(t, &here.def, &there.def, &import));
    CHECK(!import.was_changed);
    CHECK_INT(7, import.schema_ids[0]);
}

TEST(import_of_another_line_keeps_the_files_field_ids)
{
    Side here, there;
    SchemaImport import;
    side_init(&here, 1);
    side_init(&there, 11);
    CHECK_RC(RC_OK, schema_import(t, &here.def, &there.def, &import));
    CHECK(import.was_changed);
    CHECK_INT(2, import.def->schema_count);
    CHECK_INT(8, import.schema_ids[0]);
    CHECK_INT(8, import.def->schemas[0].id);
    CHECK_INT(1, import.def->schemas[0].columns[0].id);
    CHECK_INT(11, import.def->schemas[0].columns[0].file_id);
    CHECK_INT(7, table_current_schema(import.def)->id);
    SchemaImport again;
    CHECK_RC(RC_OK, schema_import(t, import.def, &there.def, &again));
    CHECK(!again.was_changed);
    CHECK_INT(8, again.schema_ids[0]);
}
