#include "base/limits.h"
#include "base/vec.h"
#include "check.h"
#include "sample.h"

static const Str PLACE = STR_INIT("/repo/m.json");

static Str printed(Ctx *t)
{
    return manifest_print(t, sample_content(t));
}

// --- refusals

TEST(manifest_any_changed_byte_is_noticed)
{
    Str text = printed(t);
    SnapContent *content = NULL;
    for (size_t at = 0; at < text.len; at++) {
        ArenaMark mark = arena_mark(t->arena);
        char *damaged = str_z(t->arena, text);
        damaged[at] ^= (char)(1 << (at % 7));
        CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, (Str){damaged, text.len}, PLACE, &content));
        arena_rewind(t->arena, mark);
    }
    CHECK(content == NULL);
}

TEST(manifest_cut_anywhere_is_noticed)
{
    Str text = printed(t);
    SnapContent *content = NULL;
    for (size_t len = 0; len < text.len; len++) {
        ArenaMark mark = arena_mark(t->arena);
        CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, str_sub(text, 0, len), PLACE, &content));
        arena_rewind(t->arena, mark);
    }
    Buf longer = buf_new(t->arena);
    buf_add(&longer, text);
    buf_add_byte(&longer, '\n');
    CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, buf_str(&longer), PLACE, &content));
}

TEST(manifest_says_which_digests_differ)
{
    SnapContent *content;
    Str text = sample_edit(t, printed(t), "\"label\":\"nightly\"", "\"label\":\"monthly\"");
    CHECK_INT(RC_CORRUPT, manifest_parse(t, text, PLACE, &content));
    CHECK(
        str_starts(t->err.text,
                   STR("Manifest /repo/m.json is damaged: Field 'last line' must be the digest")));
    ctx_clear(t);
}

// What a careless or hostile writer may sign. Each text must tell the field.
TEST(manifest_foreign_values_are_refused)
{
    static const struct {
        const char *from, *to, *told;
    } EDITS[] = {
        {"{\"format\":2", "{\"format\":0", "'format'"},
        {"{\"format\":2", "{\"format\":\"1\"", "'format'"},
        {"\"label\":\"nightly\",", "", "'label'"},
        {"\"label\":\"nightly\"", "\"label\":null", "'label'"},
        {"\"timestamp\":\"2024-12-09-10-25-58-842\"", "\"timestamp\":\"yesterday\"", "yesterday"},
        {"\"database\":\"shop\"", "\"database\":\"a b\"", "'database'"},
        {"\"database\":\"shop\"", "\"database\":\"../x\"", "'database'"},
        {"\"created_ms\":1733739958842", "\"created_ms\":1.5", "'created_ms'"},
        {"\"job\":\"0505050", "\"job\":\"050505x", "'job'"},
        {"\"tables\":[", "\"tables\":{},\"x\":[", "'tables'"},
        {"\"name\":\"city\",\"comment\"", "\"name\":\"\",\"comment\"", "'name'"},
        {"\"name\":\"city\",\"comment\"", "\"name\":\"zoo\",\"comment\"", "sorted by name"},
        {"\"name\":\"city\",\"comment\"", "\"name\":\"sales\",\"comment\"", "sorted by name"},
        {"\"name\":\"p2\"", "\"name\":\"p1\"", "Duplicate partition name"},
        {"\"name\":\"p2\"", "\"name\":\"P1\"", "Duplicate partition name"},
        {"\"2024-03-01\"", "\"2024-01-15\"", "lower values"},
        {"\"files\":1,\"rows\":5", "\"files\":2,\"rows\":5", "sums over the partitions"},
        {"\"rows\":35", "\"rows\":36", "sums over the partitions"},
        {"\"bytes\":350", "\"bytes\":351", "sums over the partitions"},
        {"\"rows\":30,\"bytes\":300", "\"rows\":-1,\"bytes\":300", "'rows'"},
        {"\"rows\":30,\"bytes\":300", "\"rows\":9223372036854775807,\"bytes\":300",
         "sums over the partitions"},
        {"\"list\":{\"digest\":\"af", "\"list\":{\"digest\":\"zf", "'digest'"},
        {"\"bytes\":1000", "\"bytes\":-1", "'bytes'"},
    };
    Str line = sample_first_line(printed(t));
    SnapContent *content = NULL;
    for (size_t i = 0; i < COUNT_OF(EDITS); i++) {
        Str text = sample_sign(t, sample_edit(t, line, EDITS[i].from, EDITS[i].to));
        Rc rc = manifest_parse(t, text, PLACE, &content);
        if (rc != RC_CORRUPT || t->err.id != ERR_MANIFEST_DAMAGED ||
            str_find(t->err.text, str_from(EDITS[i].told)) < 0)
            check_failed(__FILE__, __LINE__, "edit %zu (%s): %.*s", i, EDITS[i].to,
                         STR_ARG(t->err.text));
        ctx_clear(t);
    }
    CHECK(content == NULL);
}

TEST(manifest_partitions_may_not_overlap)
{
    SnapContent *content = sample_content(t);
    content->tables[1].partitions[1].def->lower->text = STR("2024-01-31");
    CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, manifest_print(t, content), PLACE, &content));
}

TEST(manifest_unpartitioned_table_has_one_partition)
{
    SnapContent *content = sample_content(t);
    content->tables[0].partition_count = 0;
    CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, manifest_print(t, content), PLACE, &content));
}

TEST(manifest_of_a_newer_format_is_named)
{
    SnapContent *content = sample_content(t), *out = NULL;
    content->min_reader = 4;
    CHECK_ERR_TEXT(MANIFEST_NEWER,
                   "Manifest /repo/m.json needs format version 4, this server reads up to 2",
                   manifest_parse(t, manifest_print(t, content), PLACE, &out));
    CHECK(out == NULL);
}

// Whatever words its definition has.
TEST(manifest_of_which_one_table_is_newer)
{
    SnapContent *content = sample_content(t), *out = NULL;
    content->tables[1].min_reader = 99;
    content->tables[1].def->schema_count = 0;  // nothing that this version reads
    CHECK_RC(RC_OK, manifest_parse(t, manifest_print(t, content), PLACE, &out));
    CHECK_INT(2, out->table_count);
    CHECK(!out->tables[0].is_newer);
    CHECK(out->tables[1].is_newer);
    CHECK_STR("sales", out->tables[1].def->name);
    CHECK_INT(0, out->tables[1].partition_count);
    // Its name is checked like any other.
    content->tables[1].def->name = STR("../sales");
    CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, manifest_print(t, content), PLACE, &out));
    content->tables[1].def->name = STR("city");
    CHECK_ERR(MANIFEST_DAMAGED, manifest_parse(t, manifest_print(t, content), PLACE, &out));
}

TEST(manifest_has_a_limit)
{
    SnapContent *content;
    Str huge = {arena_alloc(t->arena, LIMIT_MANIFEST_BYTES + 1), LIMIT_MANIFEST_BYTES + 1};
    CHECK_ERR(LIMIT_EXCEEDED, manifest_parse(t, huge, PLACE, &content));
}

TEST(manifest_that_is_no_json_is_refused)
{
    static const char *const LINES[] = {"\n",     "x\n",
                                        "[]\n",   "null\n",
                                        "{}\n",   "{\"format\":2}\n",
                                        "{}{}\n", "{\"format\":2,\"format\":2}\n"};
    for (size_t i = 0; i < COUNT_OF(LINES); i++) {
        SnapContent *content;
        CHECK_ERR(MANIFEST_DAMAGED,
                  manifest_parse(t, sample_sign(t, str_from(LINES[i])), PLACE, &content));
    }
}

// --- what is read

TEST(manifest_comes_back)
{
    SnapContent *content = NULL;
    Str text = printed(t);
    CHECK_RC(RC_OK, manifest_parse(t, text, PLACE, &content));
    CHECK_STR(text, manifest_print(t, content));
    CHECK_STR("nightly", content->label);
    CHECK_STR("shop", content->database);
    CHECK_INT(2, content->table_count);
    const SnapTable *sales = snap_content_table(content, STR("sales"));
    CHECK(sales != NULL);
    CHECK(snap_content_table(content, STR("Sales")) == NULL);
    CHECK_INT(35, sales->row_count);
    CHECK_INT(1000, sales->list_bytes);
    const SnapPartition *p2 = &sales->partitions[1];
    CHECK_STR("p2", p2->def->name);
    CHECK_INT(5, p2->row_count);
    CHECK_INT(9, p2->content_id.bytes[1]);
    CHECK_STR("2024-03-01", p2->def->upper->text);
}

TEST(manifest_may_have_members_of_later_versions)
{
    Str line = sample_edit(t, sample_first_line(printed(t)),
                           "\"label\":", "\"ttl\":{\"days\":7},\"label\":");
    line = sample_edit(t, line, "{\"format\":2", "{\"format\":3");
    SnapContent *content = NULL;
    CHECK_RC(RC_OK, manifest_parse(t, sample_sign(t, line), PLACE, &content));
    CHECK_INT(3, content->format_version);
    CHECK_STR("nightly", content->label);
}

TEST(manifest_may_be_empty)
{
    SnapContent *content = sample_content(t);
    content->table_count = 0;
    CHECK_RC(RC_OK, manifest_parse(t, manifest_print(t, content), PLACE, &content));
    CHECK_INT(0, content->table_count);
}
