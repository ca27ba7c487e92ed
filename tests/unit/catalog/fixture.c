/*
 * tests/unit/catalog/fixture: a catalog to try things on.
 *
 * Threads the test's own.
 */
#include "fixture.h"
#include "base/json.h"
#include "schema/json.h"

enum { START_MS = 1700000000 };

static Rc open_catalog(Ctx *t, Fixture *f)
{
    CatalogOptions options = {
        .path = f->path, .trash_expire_second = f->trash_expire_second, .clock = &f->clock.clock};
    return catalog_open(t, &options, &f->catalog);
}

Fixture *fixture_open(Ctx *t)
{
    Fixture *f = ARENA_NEW(t->arena, Fixture);
    clock_fixed_init(&f->clock, START_MS * INT64_C(1000));
    Str dir = test_dir(t);
    f->path = str_printf(t->arena, "%.*s/catalog.db", STR_ARG(dir));
    f->trash_expire_second = 86400;
    CHECK_RC(RC_OK, open_catalog(t, f));
    return f;
}

void fixture_reopen(Ctx *t, Fixture *f)
{
    fixture_close(f);
    CHECK_RC(RC_OK, open_catalog(t, f));
}

void fixture_close(Fixture *f)
{
    catalog_close(f->catalog);
    f->catalog = NULL;
}

uint64_t fixture_id(Ctx *t, Fixture *f)
{
    uint64_t id = 0;
    CHECK_RC(RC_OK, catalog_new_ids(t, f->catalog, 1, &id));
    return id;
}

CatalogTxn *fixture_begin(Ctx *t, Fixture *f)
{
    CatalogTxn *txn = NULL;
    CHECK_RC(RC_OK, catalog_begin(t, f->catalog, 0, &txn));
    return txn;
}

void fixture_commit(Ctx *t, CatalogTxn *txn)
{
    CHECK_RC(RC_OK, txn_commit(t, &txn));
    CHECK(txn == NULL);
}

TableDef *fixture_table_def(Ctx *t, uint64_t id, const char *name, bool is_ranged)
{
    static Column columns[] = {
        {.id = 1, .file_id = 1, .name = STR_INIT("k1"), .type = {.kind = TYPE_INT}, .is_key = true},
        {.id = 2,
         .file_id = 2,
         .name = STR_INIT("d"),
         .type = {.kind = TYPE_DATE},
         .is_nullable = true},
        {.id = 3,
         .file_id = 3,
         .name = STR_INIT("v"),
         .type = {.kind = TYPE_VARCHAR, .len = 20},
         .is_nullable = true},
    };
    static uint32_t key[] = {1}, day[] = {2};
    Schema *schema = ARENA_NEW(t->arena, Schema);
    *schema = (Schema){.id = 1, .column_count = 3, .columns = columns};
    TableDef *def = ARENA_NEW(t->arena, TableDef);
    *def = (TableDef){.id = id,
                      .line = uuid_new(),
                      .name = str_from(name),
                      .schema_count = 1,
                      .schemas = schema,
                      .next_column_id = 4,
                      .next_schema_id = 2,
                      .method = is_ranged ? PARTITION_RANGE : PARTITION_NONE,
                      .partition_column_count = is_ranged,
                      .partition_columns = day,
                      .distribution = DISTRIBUTION_HASH,
                      .distribution_column_count = 1,
                      .distribution_columns = key,
                      .bucket_num = 4,
                      .created_ms = START_MS};
    return def;
}

static Bound *make_bound(Ctx *t, const char *text, BoundKind other)
{
    Bound *bound = ARENA_NEW(t->arena, Bound);
    *bound = text ? (Bound){BOUND_VALUE, str_from(text)} : (Bound){other, STR_NONE};
    return bound;
}

PartitionDef *fixture_partition_def(Ctx *t, uint64_t id, const char *name, const char *lower,
                                    const char *upper)
{
    bool is_ranged = !lower || !upper || lower[0] != '\0';
    PartitionDef *def = ARENA_NEW(t->arena, PartitionDef);
    *def = (PartitionDef){.id = id, .name = str_from(name), .replication_num = 1, .bucket_num = 4};
    if (!is_ranged) return def;
    def->width = 1;
    def->lower = make_bound(t, lower, BOUND_MIN);
    def->upper = make_bound(t, upper, BOUND_MAX);
    return def;
}

RowsetInfo fixture_rowset(uint64_t id, uint64_t row_count)
{
    RowsetInfo info = {
        .id = id, .schema_id = 1, .row_count = row_count, .size_bytes = row_count * 10};
    memcpy(info.digest.bytes, &id, sizeof(id));
    return info;
}

uint64_t fixture_make_database(Ctx *t, Fixture *f, const char *name)
{
    DatabaseDef def = {.id = fixture_id(t, f), .name = str_from(name), .created_ms = START_MS};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_create_database(t, txn, &def));
    fixture_commit(t, txn);
    return def.id;
}

uint64_t fixture_make_table(Ctx *t, Fixture *f, uint64_t database_id, const char *name,
                            uint64_t *partition_id)
{
    uint64_t id = fixture_id(t, f);
    TableDef *def = fixture_table_def(t, id, name, false);
    const PartitionDef *partition = fixture_partition_def(t, fixture_id(t, f), name, "", "");
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_create_table(t, txn, database_id, def, (PartitionDefs){&partition, 1}));
    fixture_commit(t, txn);
    if (partition_id) *partition_id = partition->id;
    return id;
}

uint64_t fixture_insert(Ctx *t, Fixture *f, uint64_t table_id, uint64_t partition_id,
                        uint64_t row_count)
{
    RowsetInfo info = fixture_rowset(fixture_id(t, f), row_count);
    RowsetChange change = {
        .table_id = table_id, .partition_id = partition_id, .add = &info, .add_count = 1};
    CatalogTxn *txn = fixture_begin(t, f);
    CHECK_RC(RC_OK, txn_change_rowsets(t, txn, &change));
    fixture_commit(t, txn);
    return info.id;
}

// --- dumps

static void dump_rowset(Buf *out, const Rowset *rowset)
{
    const RowsetInfo *info = &rowset->info;
    buf_printf(out, "      rowset %llu seq %llu schema %u rows %llu bytes %llu digest %.*s\n",
               (unsigned long long)info->id, (unsigned long long)info->sequence, info->schema_id,
               (unsigned long long)info->row_count, (unsigned long long)info->size_bytes,
               STR_ARG(str_hex(out->arena, info->digest.bytes, DIGEST_BYTES)));
    if (!rowset->deleted) return;
    buf_printf(out, "        deleted %llu: %.*s digest %.*s\n",
               (unsigned long long)rowset->vector.cardinality,
               STR_ARG(str_hex(out->arena, positions_write(out->arena, rowset->deleted).ptr,
                               rowset->vector.size_bytes)),
               STR_ARG(str_hex(out->arena, rowset->vector.digest.bytes, DIGEST_BYTES)));
}

static void dump_partition(Buf *out, const Partition *partition)
{
    JsonWriter w = json_writer(out);
    buf_add(out, STR("    "));
    partition_def_to_json(&w, NULL, partition->def);
    buf_printf(out, " version %llu at %lld content %.*s rows %llu bytes %llu\n",
               (unsigned long long)partition->version, (long long)partition->version_time_ms,
               STR_ARG(uuid_text(out->arena, partition->content_id)),
               (unsigned long long)partition->row_count, (unsigned long long)partition->size_bytes);
    for (size_t i = 0; i < partition->rowset_count; i++) dump_rowset(out, partition->rowsets[i]);
}

static void dump_table(Buf *out, const Table *table)
{
    JsonWriter w = json_writer(out);
    buf_add(out, STR("  "));
    table_def_to_json(&w, NULL, table->def);
    buf_printf(out, " rows %llu bytes %llu\n", (unsigned long long)table->row_count,
               (unsigned long long)table->size_bytes);
    for (size_t i = 0; i < table->partition_count; i++) dump_partition(out, table->partitions[i]);
}

Str fixture_dump(Ctx *t, const CatalogSnapshot *snapshot)
{
    Buf out = buf_new(t->arena);
    for (size_t i = 0; i < snapshot->repository_count; i++) {
        JsonWriter w = json_writer(&out);
        repository_def_to_json(&w, NULL, snapshot->repositories[i]->def);
        buf_add_byte(&out, '\n');
    }
    for (size_t i = 0; i < snapshot->database_count; i++) {
        const Database *database = snapshot->databases[i];
        JsonWriter w = json_writer(&out);
        database_def_to_json(&w, NULL, database->def);
        buf_add_byte(&out, '\n');
        for (size_t k = 0; k < database->table_count; k++) dump_table(&out, database->tables[k]);
    }
    return buf_str(&out);
}

Str fixture_dump_now(Ctx *t, Fixture *f)
{
    const CatalogSnapshot *snapshot = catalog_pin(f->catalog);
    Str dump = fixture_dump(t, snapshot);
    catalog_unpin(f->catalog, snapshot);
    return dump;
}
