/* schema/import: rows of either side read as they did before, whatever ALTER TABLE did there. */
#include "check.h"
#include "schema/import.h"

enum { A = 1, B = 2, GONE = 3 };

static Column column(uint32_t id, uint32_t file_id, TypeKind kind, const char *by_default)
{
    return (Column){.id = id,
                    .file_id = file_id,
                    .name = id % 10 == A   ? STR("a")
                            : id % 10 == B ? STR("b")
                                           : STR("gone"),
                    .type = {.kind = kind},
                    .is_key = id % 10 == A,
                    .is_nullable = true,
                    .aggregation = STR(""),
                    .default_kind = by_default ? DEFAULT_LITERAL : DEFAULT_NONE,
                    .default_text = by_default ? str_from(by_default) : STR(""),
                    .comment = STR(""),
                    .generated = STR("")};
}

typedef struct Side {
    TableDef def;
    Schema schemas[3];
    Column columns[3][3];
} Side;

// (a INT), then (a BIGINT, b INT DEFAULT 7) with the default of `at_add` when b came. Ids and field
// ids of the table begin behind `base`.
static void side_init(Side *side, uint32_t base, TypeKind first_type, const char *at_add)
{
    *side = (Side){.def = {.name = STR("t"), .comment = STR(""), .next_schema_id = 4}};
    side->columns[0][0] = column(base + A, base + A, first_type, NULL);
    side->columns[0][1] = column(base + GONE, base + GONE, TYPE_DATE, NULL);
    side->columns[1][0] = column(base + A, base + A, TYPE_BIGINT, NULL);
    side->columns[1][1] = column(base + B, base + B, TYPE_INT, at_add);
    side->columns[2][0] = side->columns[1][0];
    side->columns[2][1] = column(base + B, base + B, TYPE_INT, "7");
    for (uint32_t i = 0; i < 3; i++)
        side->schemas[i] = (Schema){.id = i + 1, .column_count = 2, .columns = side->columns[i]};
    side->def.schemas = side->schemas;
    side->def.schema_count = 3;
    side->def.next_column_id = base + 4;
}

// Types of the column on the way, and the default of the first schema that has it, of rows that
// were written under a schema: "INT BIGINT", "default 9 INT".
static Str way(Ctx *t, const TableDef *def, uint32_t schema_id, uint32_t column_id)
{
    Buf out = buf_new(t->arena);
    const Schema *at = table_schema(def, schema_id);
    bool is_stored = schema_column(at, column_id) != NULL;
    for (; at; at = table_next_schema(def, at)) {
        const Column *one = schema_column(at, column_id);
        if (!one) continue;
        if (!out.len && !is_stored) buf_printf(&out, "default %.*s", STR_ARG(one->default_text));
        buf_printf(&out, "%s%s", out.len ? " " : "", type_name(one->type.kind));
    }
    return buf_str(&out);
}

TEST(import_keeps_the_ways_of_both_sides)
{
    Side here, there;
    SchemaImport import;
    side_init(&here, 0, TYPE_INT, "5");
    side_init(&there, 10, TYPE_TINYINT, "9");
    CHECK_RC(RC_OK, schema_import(t, &here.def, &there.def, &import));
    CHECK(import.was_changed);
    CHECK_INT(6, import.def->schema_count);
    CHECK_INT(3, table_current_schema(import.def)->id);
    CHECK_STR("INT BIGINT BIGINT", way(t, import.def, 1, A));
    CHECK_STR("default 5 INT INT", way(t, import.def, 1, B));
    CHECK_STR("TINYINT BIGINT BIGINT BIGINT", way(t, import.def, import.schema_ids[0], A));
    CHECK_STR("default 9 INT INT INT", way(t, import.def, import.schema_ids[0], B));
    CHECK_STR("INT INT INT", way(t, import.def, import.schema_ids[1], B));
    const Schema *first = table_schema(import.def, import.schema_ids[0]);
    CHECK_INT(11, first->columns[0].file_id);
    CHECK_INT(A, first->columns[0].id);
    // What the other table dropped still lies in its files.
    CHECK_INT(2, first->column_count);
    CHECK_INT(13, first->columns[1].file_id);
    CHECK_INT(4, first->columns[1].id);
    CHECK_INT(5, import.def->next_column_id);

    // A second time nothing is new, also after the table went on.
    SchemaImport again;
    CHECK_RC(RC_OK, schema_import(t, import.def, &there.def, &again));
    CHECK(!again.was_changed);
    for (size_t i = 0; i < 3; i++) CHECK_INT(import.schema_ids[i], again.schema_ids[i]);
}

// The same files, but of a table whose rows read otherwise: no schema is shared.
TEST(import_does_not_take_what_reads_otherwise)
{
    Side here, there;
    SchemaImport import;
    side_init(&here, 0, TYPE_INT, "5");
    side_init(&there, 0, TYPE_INT, "5");
    CHECK_RC(RC_OK, schema_import(t, &here.def, &there.def, &import));
    CHECK(!import.was_changed);
    side_init(&there, 0, TYPE_INT, "6");
    CHECK_RC(RC_OK, schema_import(t, &here.def, &there.def, &import));
    CHECK(import.was_changed);
    CHECK_INT(3, import.schema_ids[2]);
    CHECK_STR("default 5 INT INT", way(t, import.def, 1, B));
    CHECK_STR("default 6 INT INT", way(t, import.def, import.schema_ids[0], B));
    CHECK_STR("INT INT", way(t, import.def, import.schema_ids[1], B));
}
