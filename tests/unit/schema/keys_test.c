/* schema/keys: what the kind of a key asks of columns, of foreign definitions too. */
#include "check.h"
#include "schema/keys.h"

TEST(keys_aggregations_fit_types)
{
    CHECK(keys_may_aggregate(STR("SUM"), TYPE_INT));
    CHECK(keys_may_aggregate(STR("SUM"), TYPE_DECIMAL));
    CHECK(!keys_may_aggregate(STR("SUM"), TYPE_SMALLINT));
    CHECK(!keys_may_aggregate(STR("SUM"), TYPE_DATE));
    CHECK(keys_may_aggregate(STR("MIN"), TYPE_TINYINT));
    CHECK(keys_may_aggregate(STR("MAX"), TYPE_VARCHAR));
    CHECK(!keys_may_aggregate(STR("MAX"), TYPE_BOOLEAN));
    CHECK(!keys_may_aggregate(STR("MIN"), TYPE_JSON));
    CHECK(keys_may_aggregate(STR("REPLACE"), TYPE_ARRAY));
    CHECK(keys_may_aggregate(STR("REPLACE_IF_NOT_NULL"), TYPE_BITMAP));
    CHECK(!keys_may_aggregate(STR("REPLACE_IF_NOT_NULL"), TYPE_HLL));
    CHECK(!keys_may_aggregate(STR("BITMAP_UNION"), TYPE_BIGINT));
    CHECK(keys_may_aggregate(STR("PERCENTILE_UNION"), TYPE_PERCENTILE));
    CHECK(!keys_may_aggregate(STR(""), TYPE_INT));
}

typedef struct Made {
    Column columns[2];
    Schema schema;
    uint32_t placed;
    TableDef def;
} Made;

// A key and a value of an AGGREGATE KEY table.
static void make(Made *made)
{
    *made = (Made){.columns = {{.id = 1,
                                .name = STR("k"),
                                .type = TYPE_OF(INT),
                                .is_key = true,
                                .aggregation = STR("")},
                               {.id = 2,
                                .name = STR("v"),
                                .type = TYPE_OF(BIGINT),
                                .is_nullable = true,
                                .aggregation = STR("SUM")}},
                   .placed = 1};
    made->schema = (Schema){.id = 1, .column_count = 2, .columns = made->columns};
    made->def = (TableDef){.keys = KEYS_AGGREGATE,
                           .schema_count = 1,
                           .schemas = &made->schema,
                           .method = PARTITION_LIST,
                           .partition_column_count = 1,
                           .partition_columns = &made->placed,
                           .distribution = DISTRIBUTION_HASH,
                           .distribution_column_count = 1,
                           .distribution_columns = &made->placed};
}

TEST(keys_of_foreign_definitions_are_checked)
{
    Made made;
    make(&made);
    CHECK_RC(RC_OK, keys_check(t, &made.def));
    made.def.keys = KEYS_DUPLICATE;
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    made.def.keys = KEYS_PRIMARY;
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    made.columns[1].aggregation = STR("REPLACE");
    CHECK_RC(RC_OK, keys_check(t, &made.def));
    made.columns[0].is_nullable = true;
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    made.def.keys = KEYS_UNIQUE;
    CHECK_RC(RC_OK, keys_check(t, &made.def));
    made.columns[0].type = TYPE_OF(DOUBLE);
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));

    make(&made);
    made.columns[1].type = TYPE_OF(DATE);
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    make(&made);
    made.columns[1].aggregation = STR("");
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    make(&made);
    made.placed = 2;
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    made.def.partition_column_count = 0;
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
    made.def.distribution_column_count = 0;
    CHECK_RC(RC_OK, keys_check(t, &made.def));
    make(&made);
    made.columns[0].is_key = false;
    made.columns[0].aggregation = STR("REPLACE");
    CHECK_ERR(JSON_FIELD, keys_check(t, &made.def));
}
