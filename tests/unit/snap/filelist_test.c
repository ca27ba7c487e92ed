#include "base/fault.h"
#include "base/limits.h"
#include "base/vec.h"
#include "check.h"
#include "sample.h"
#include "snap/filelist.h"

typedef struct Seen {
    size_t count;
    SnapFile files[3];
} Seen;

static Rc see(Ctx *ctx, void *handle, const SnapFile *file)
{
    (void)ctx;
    Seen *seen = handle;
    if (seen->count < 3) seen->files[seen->count] = *file;
    seen->count++;
    return RC_OK;
}

static Rc stop_at_second(Ctx *ctx, void *handle, const SnapFile *file)
{
    TRY(see(ctx, handle, file));
    return ((Seen *)handle)->count == 2 ? FAIL(ctx, CANCELLED) : RC_OK;
}

typedef struct Fixture {
    Str path, text;
    const SnapTable *table;
} Fixture;

static Fixture setup(Ctx *t)
{
    Fixture f;
    SnapContent *content = sample_content(t);
    f.path = sample_list(t, content, test_dir(t));
    f.table = &content->tables[1];
    CHECK_RC(RC_OK, file_read_whole(t, f.path, 10000, &f.text));
    return f;
}

static Rc read_list(Ctx *t, const Fixture *f, Str text, Seen *seen)
{
    *seen = (Seen){0};
    CHECK_RC(RC_OK, file_write_whole(t, f->path, text));
    return file_list_read(t, f->path, f->table, &(FileListVisit){see, seen});
}

static void check_refused(Ctx *t, const Fixture *f, Str text, const char *told)
{
    Seen seen;
    Rc rc = read_list(t, f, text, &seen);
    if (rc != RC_CORRUPT || t->err.id != ERR_LIST_DAMAGED ||
        str_find(t->err.text, str_from(told)) < 0)
        check_failed(__FILE__, __LINE__, "%s expected, found: %.*s", told, STR_ARG(t->err.text));
    ctx_clear(t);
}

TEST(file_list_comes_back)
{
    Fixture f = setup(t);
    Seen seen;
    CHECK_RC(RC_OK, read_list(t, &f, f.text, &seen));
    CHECK_INT(3, seen.count);
    CHECK_INT(1, seen.files[2].partition);
    CHECK_INT(20, seen.files[1].row_count);
    CHECK_INT(200, seen.files[1].stored_bytes);
    CHECK(digest_eq(&seen.files[0].plain_digest, &seen.files[0].stored_digest));
    Digest digest = digest_bytes(f.text);
    CHECK(digest_eq(&digest, &f.table->list_digest));
    CHECK_INT(f.text.len, f.table->list_bytes);
}

TEST(file_list_lines_are_checked)
{
    static const struct {
        const char *from, *to, *told;
    } EDITS[] = {
        {"{\"partition\":1,", "{\"partition\":2,", "line 3: Field 'partition'"},
        {"{\"partition\":1,", "{\"partition\":-1,", "line 3: Field 'partition'"},
        {"{\"partition\":1,", "{\"partition\":4294967296,", "line 3: Field 'partition'"},
        {"{\"partition\":1,", "{\"partition\":0,", "partition p1: the manifest tells 2 files"},
        {"{\"partition\":1,", "{", "line 3: Field 'partition'"},
        {"\"schema\":1,\"rows\":20", "\"schema\":9,\"rows\":20", "line 2: Field 'schema'"},
        {"\"rows\":20", "\"rows\":21", "30 rows, 300 bytes; the list has 2, 31, 300"},
        {"\"rows\":20", "\"rows\":0", "line 2"},
        {"\"rows\":20", "\"rows\":9223372036854775807", "partition p1"},
        {"\"rows\":20", "\"rows\":2e1", "line 2: Field 'rows'"},
        {"\"bytes\":200,", "\"bytes\":201,", "line 2: Field 'stored'"},
        {"\"stored_bytes\":200", "\"stored_bytes\":0", "line 2: Field 'stored'"},
        {"\"codec\":\"none\"}\n{\"partition\":1", "\"codec\":\"zstd\"}\n{\"partition\":1",
         "line 2: Field 'codec'"},
        {"\n{\"partition\":1", "\n\n{\"partition\":1", "line 3"},
        {"\n{\"partition\":1", "\n{}{\"partition\":1", "line 3"},
    };
    Fixture f = setup(t);
    for (size_t i = 0; i < COUNT_OF(EDITS); i++)
        check_refused(t, &f, sample_edit(t, f.text, EDITS[i].from, EDITS[i].to), EDITS[i].told);
}

// A member "deleted" of the second line, of 20 rows.
static Str with_deleted(Ctx *t, const Fixture *f, const char *member)
{
    Str to = str_printf(t->arena, "\"codec\":\"none\",\"deleted\":%s}\n{\"partition\":1", member);
    return sample_edit(t, f->text, "\"codec\":\"none\"}\n{\"partition\":1", to.ptr);
}

TEST(file_list_deleted_rows_are_checked)
{
#define DELETED_DIGEST \
    "\"digest\":\"af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262\""
    static const struct {
        const char *member, *told;
    } WRONG[] = {
        {"{\"rows\":0," DELETED_DIGEST ",\"bytes\":30}", "line 2: Field 'deleted'"},
        {"{\"rows\":21," DELETED_DIGEST ",\"bytes\":30}", "line 2: Field 'deleted'"},
        {"{\"rows\":3," DELETED_DIGEST ",\"bytes\":0}", "line 2: Field 'deleted'"},
        {"{\"rows\":3," DELETED_DIGEST ",\"bytes\":67108865}", "line 2: Field 'deleted'"},
        {"{\"rows\":3,\"digest\":\"af\",\"bytes\":30}", "line 2: Field 'digest'"},
        {"{\"rows\":3,\"bytes\":30}", "line 2: Field 'digest'"},
        {"{}", "line 2: Field 'rows'"},
        {"7", "line 2: Field 'rows'"},
    };
    Fixture f = setup(t);
    for (size_t i = 0; i < COUNT_OF(WRONG); i++)
        check_refused(t, &f, with_deleted(t, &f, WRONG[i].member), WRONG[i].told);
    Seen seen;
    const char *right = "{\"rows\":3," DELETED_DIGEST ",\"bytes\":30}";
    CHECK_RC(RC_OK, read_list(t, &f, with_deleted(t, &f, right), &seen));
    CHECK_INT(0, seen.files[0].vector.cardinality);
    CHECK_INT(3, seen.files[1].vector.cardinality);
    CHECK_INT(30, seen.files[1].vector.size_bytes);
    Digest digest = digest_bytes(STR(""));
    CHECK(digest_eq(&digest, &seen.files[1].vector.digest));
}

TEST(table_names_the_oldest_reader_that_it_needs)
{
    TableDef *def = sample_content(t)->tables[1].def;
    Column *column = &def->schemas[0].columns[1];
    CHECK_INT(1, snap_min_reader(def, false));
    CHECK_INT(2, snap_min_reader(def, true));
    def->keys = KEYS_UNIQUE;
    CHECK_INT(2, snap_min_reader(def, false));
    def->keys = KEYS_DUPLICATE;
    def->is_auto_partitioned = true;
    CHECK_INT(2, snap_min_reader(def, false));
    def->is_auto_partitioned = false;
    column->is_auto_increment = true;
    CHECK_INT(2, snap_min_reader(def, false));
    column->is_auto_increment = false;
    column->generated = STR("1");
    CHECK_INT(2, snap_min_reader(def, false));
    column->generated = STR("");
    column->type.kind = TYPE_BITMAP;
    CHECK_INT(2, snap_min_reader(def, false));
    column->type.kind = TYPE_INT;
    CHECK_INT(1, snap_min_reader(def, false));
}

TEST(file_list_partitions_come_in_order)
{
    Fixture f = setup(t);
    Str line[3], rest = f.text;
    for (size_t i = 0; i < 3; i++) line[i] = str_cut(&rest, '\n');
    check_refused(t, &f,
                  str_printf(t->arena, "%.*s\n%.*s\n%.*s\n", STR_ARG(line[2]), STR_ARG(line[0]),
                             STR_ARG(line[1])),
                  "line 2: Field 'partition' must be a partition of the table, in order");
}

TEST(file_list_cut_anywhere_is_noticed)
{
    Fixture f = setup(t);
    for (size_t len = 0; len < f.text.len; len += 7) {
        ArenaMark mark = arena_mark(t->arena);
        check_refused(t, &f, str_sub(f.text, 0, len), "is damaged");
        arena_rewind(t->arena, mark);
    }
    check_refused(t, &f, str_sub(f.text, 0, f.text.len - 1), "line 3: its end is missing");
}

TEST(file_list_lines_have_a_limit)
{
    Fixture f = setup(t);
    char *line = arena_alloc(t->arena, 3 * LIMIT_FILE_LIST_LINE_BYTES);
    memset(line, ' ', 3 * LIMIT_FILE_LIST_LINE_BYTES);
    Seen seen;
    CHECK_ERR(LIMIT_EXCEEDED, read_list(t, &f, (Str){line, 3 * LIMIT_FILE_LIST_LINE_BYTES}, &seen));
}

TEST(file_list_passes_on_what_its_visitor_says)
{
    Fixture f = setup(t);
    Seen seen = {0};
    CHECK_ERR(CANCELLED,
              file_list_read(t, f.path, f.table, &(FileListVisit){stop_at_second, &seen}));
    CHECK_INT(2, seen.count);
    CHECK_ERR(FILE_MISSING,
              file_list_read(t, STR("/nowhere/list"), f.table, &(FileListVisit){see, &seen}));
}

// 200,000 lines go through without the arena growing.
TEST(file_list_takes_no_memory_per_line)
{
    enum { LINES = 20000 };
    SnapContent *content = sample_content(t);
    SnapTable *table = &content->tables[1];
    Str path = file_join(t->arena, test_dir(t), STR("long"));
    FileListWriter writer;
    CHECK_RC(RC_OK, file_list_begin(t, path, &writer));
    SnapFile file = {.schema_id = 1, .row_count = 1, .plain_bytes = 1, .stored_bytes = 1};
    for (int i = 0; i < LINES; i++) {
        ArenaMark mark = arena_mark(t->arena);
        file.sequence = (uint64_t)i;
        CHECK_RC(RC_OK, file_list_add(t, &writer, &file));
        arena_rewind(t->arena, mark);
    }
    file_list_end(&writer, &table->list_digest, &table->list_bytes);
    table->partitions[0].file_count = table->partitions[0].row_count =
        table->partitions[0].size_bytes = LINES;
    table->partitions[1].file_count = table->partitions[1].row_count =
        table->partitions[1].size_bytes = 0;
    Seen seen = {0};
    size_t before = arena_used(t->arena);
    CHECK_RC(RC_OK, file_list_read(t, path, table, &(FileListVisit){see, &seen}));
    CHECK_INT(LINES, seen.count);
    CHECK(arena_used(t->arena) - before < 100000);
}

TEST(file_list_that_can_not_be_written_says_so)
{
    static const char *const POINTS[] = {"file.create", "file.write"};
    Str path = file_join(t->arena, test_dir(t), STR("list"));
    for (size_t p = 0; p < COUNT_OF(POINTS); p++) {
        AUTO(file_list_close) FileListWriter writer = {.file = {.fd = FILE_NONE}};
        SnapFile file = {.schema_id = 1, .row_count = 1};
        fault_init(str_z(t->arena, str_printf(t->arena, "%s=nospace", POINTS[p])));
        Rc rc = file_list_begin(t, path, &writer);
        if (rc == RC_OK) rc = file_list_add(t, &writer, &file);
        fault_init(NULL);
        CHECK_ERR(DISK_FULL, rc);
    }
}
