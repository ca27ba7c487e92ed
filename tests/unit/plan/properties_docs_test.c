/*
 * The tables of keys in docs/sql/BACKUP.md and RESTORE.md are what the code knows: printed by
 * job_properties_docs(), pasted between `<!-- properties -->` marks.
 */
#include "check.h"
#include "plan/jobproperties.h"
#include <stdio.h>

enum { PAGE_BYTES = 1024 * 1024 };

// What stands between the marks of a page; STR_NONE: no marks.
static Str between_marks(Str page)
{
    static const Str BEGIN = STR_INIT("<!-- properties -->\n"),
                     END = STR_INIT("<!-- /properties -->");
    for (size_t from = 0; from < page.len; from++) {
        if (!str_starts(str_sub(page, from, page.len), BEGIN)) continue;
        from += BEGIN.len;
        for (size_t to = from; to < page.len; to++)
            if (str_starts(str_sub(page, to, page.len), END)) return str_sub(page, from, to - from);
    }
    return STR_NONE;
}

static Str read_page(Ctx *t, const char *below)
{
    char *bytes = arena_alloc(t->arena, PAGE_BYTES);
    FILE *file = fopen(test_source_path(t, below).ptr, "rb");
    CHECK(file != NULL);
    size_t len = fread(bytes, 1, PAGE_BYTES, file);
    fclose(file);
    CHECK(len > 0 && len < PAGE_BYTES);
    return (Str){bytes, len};
}

static void check_page(Ctx *t, const char *below, bool is_restore)
{
    Buf expected = buf_new(t->arena);
    job_properties_docs(&expected, is_restore);
    CHECK_STR(buf_str(&expected), between_marks(read_page(t, below)));
}

TEST(page_of_backup_has_the_keys_of_the_code)
{
    check_page(t, "docs/sql/BACKUP.md", false);
}

TEST(page_of_restore_has_the_keys_of_the_code)
{
    check_page(t, "docs/sql/RESTORE.md", true);
}
