// The SQLite wrapper: refusals at opening, transactions, what a crash and a full disk leave.
#include "base/fault.h"
#include "check.h"
#include "meta/meta.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const char TABLE[] =
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT, c BLOB, digest BLOB NOT NULL) STRICT";

static Str new_path(Ctx *t)
{
    Str dir = test_dir(t);
    return str_printf(t->arena, "%.*s/m.db", STR_ARG(dir));
}

static Meta *open_at(Ctx *t, Str path)
{
    Meta *meta = NULL;
    CHECK_RC(RC_OK, meta_open(t, path, &meta));
    CHECK_RC(RC_OK, meta_ensure(t, meta, "test", 1, TABLE));
    return meta;
}

static Rc add(Ctx *t, Meta *meta, int64_t a, Str b)
{
    return meta_exec(t, meta, "INSERT INTO t VALUES (?1, ?2, ?3, row_digest(?1, ?2, ?3))",
                     MV_INT(a), MV_TEXT(b), MV_BLOB("\0x", 2));
}

static int64_t count_rows(Ctx *t, Meta *meta)
{
    MetaRows *rows = NULL;
    bool has_row = false;
    CHECK_RC(RC_OK, meta_query_plain(t, meta, &rows, "SELECT count(*) FROM t"));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    int64_t count = meta_i64(rows, 0);
    meta_end(&rows);
    return count;
}

static void write_file(Ctx *t, Str path, const char *bytes, size_t size)
{
    int fd = open(str_z(t->arena, path), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0);
    CHECK_INT(size, write(fd, bytes, size));
    close(fd);
}

TEST(meta_refuses_a_file_that_is_no_database)
{
    Str path = new_path(t);
    char junk[8192];
    memset(junk, 'j', sizeof(junk));
    write_file(t, path, junk, sizeof(junk));
    Meta *meta = NULL;
    CHECK_ERR(META_DAMAGED, meta_open(t, path, &meta));
    CHECK_ERR(META_ERROR, meta_open(t, STR("/nonexistent/m.db"), &meta));
    CHECK(meta == NULL);
}

TEST(meta_refuses_somebody_elses_database)
{
    Str path = new_path(t);
    Meta *meta = open_at(t, path);
    CHECK_RC(RC_OK, meta_exec_plain(t, meta, "PRAGMA application_id = 77"));
    meta_close(meta);
    CHECK_ERR(META_FOREIGN, meta_open(t, path, &meta));
}

TEST(meta_refuses_newer_versions)
{
    Str path = new_path(t);
    Meta *meta = open_at(t, path);
    CHECK_RC(RC_OK, meta_ensure(t, meta, "other", 7, "CREATE TABLE o (a INTEGER)"));
    CHECK_ERR_TEXT(META_NEWER,
                   str_printf(t->arena,
                              "%.*s was written by a newer version: other has format 7, this "
                              "server knows 6",
                              STR_ARG(path)),
                   meta_ensure(t, meta, "other", 6, ""));
    CHECK_RC(RC_OK, meta_exec_plain(t, meta, "PRAGMA user_version = 2"));
    meta_close(meta);
    CHECK_ERR(META_NEWER, meta_open(t, path, &meta));
}

TEST(meta_refuses_damaged_pages)
{
    Str path = new_path(t);
    Meta *meta = open_at(t, path);
    CHECK_RC(RC_OK, meta_begin(t, meta));
    for (int64_t i = 0; i < 2000; i++)
        CHECK_RC(RC_OK, add(t, meta, i, STR("some text to fill pages")));
    CHECK_RC(RC_OK, meta_commit(t, meta));
    meta_close(meta);
    char junk[3000];
    memset(junk, 0xEE, sizeof(junk));
    int fd = open(str_z(t->arena, path), O_WRONLY);
    CHECK(pwrite(fd, junk, sizeof(junk), (off_t)5 * 4096) == sizeof(junk));
    close(fd);
    CHECK_ERR(META_DAMAGED, meta_open(t, path, &meta));
    CHECK(truncate(str_z(t->arena, path), 9000) == 0);
    CHECK_ERR(META_DAMAGED, meta_open(t, path, &meta));
}

TEST(meta_owner_row_is_checked)
{
    Meta *meta = open_at(t, new_path(t));
    CHECK_RC(RC_OK, meta_exec_plain(t, meta, "UPDATE meta_owner SET version = 2"));
    CHECK_ERR(META_DAMAGED, meta_ensure(t, meta, "test", 2, ""));
    meta_close(meta);
}

TEST(meta_owner_tables_appear_whole_or_not_at_all)
{
    Meta *meta = open_at(t, new_path(t));
    CHECK_ERR(META_ERROR,
              meta_ensure(t, meta, "bad", 1, "CREATE TABLE x (a INTEGER); CREATE NONSENSE"));
    CHECK(!meta_in_transaction(meta));
    CHECK_RC(RC_OK, meta_ensure(t, meta, "bad", 1, "CREATE TABLE x (a INTEGER)"));
    meta_close(meta);
}

TEST(meta_values_come_back_as_they_went_in)
{
    Str path = new_path(t), text = {"a\0b\xC3\xA4", 5};
    Meta *meta = open_at(t, path);
    CHECK_RC(RC_OK, add(t, meta, INT64_MIN, text));
    CHECK_RC(RC_OK, add(t, meta, INT64_MAX, STR_NONE));
    CHECK_RC(RC_OK, add(t, meta, 0, STR("")));
    meta_close(meta);
    meta = open_at(t, path);
    MetaRows *rows = NULL;
    bool has_row = false;
    char blob[2];
    CHECK_RC(RC_OK, meta_query(t, meta, &rows,
                               "SELECT a, b, c, digest IS row_digest(a, b, c) FROM t"
                               " WHERE a <> ?1 ORDER BY a",
                               MV_INT(5)));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    CHECK_INT(INT64_MIN, meta_i64(rows, 0));
    CHECK_STR(text, meta_text(rows, 1));
    CHECK_RC(RC_OK, meta_blob(t, rows, 2, blob, 2));
    CHECK(memcmp(blob, "\0x", 2) == 0);
    CHECK_ERR(META_DAMAGED, meta_blob(t, rows, 2, blob, 1));
    CHECK_INT(1, meta_i64(rows, 3));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    CHECK_STR("", meta_text(rows, 1));
    CHECK(!meta_is_null(rows, 1));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    CHECK_INT(INT64_MAX, meta_u64(rows, 0));
    CHECK_STR(STR_NONE, meta_text(rows, 1));
    CHECK(meta_is_null(rows, 1));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    CHECK(!has_row);
    meta_end(&rows);
    CHECK(rows == NULL);
    meta_close(meta);
}

static bool digests_agree(Ctx *t, Meta *meta, const char *sql)
{
    MetaRows *rows = NULL;
    bool has_row = false;
    CHECK_RC(RC_OK, meta_query_plain(t, meta, &rows, sql));
    CHECK_RC(RC_OK, meta_next(t, rows, &has_row));
    bool is_same = meta_i64(rows, 0) == 1;
    meta_end(&rows);
    return is_same;
}

// Kind and length of each value count, not only the bytes in a row.
TEST(meta_row_digest_tells_rows_apart)
{
    Meta *meta = open_at(t, new_path(t));
    CHECK(digests_agree(t, meta, "SELECT row_digest(1, 'a') = row_digest(1, 'a')"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest(1, 'a') = row_digest(2, 'a')"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest('ab', 'c') = row_digest('a', 'bc')"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest('1') = row_digest(1)"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest(x'61') = row_digest('a')"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest(NULL) = row_digest('')"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest(1.0) = row_digest(1)"));
    CHECK(!digests_agree(t, meta, "SELECT row_digest(11, 1) = row_digest(1, 11)"));
    meta_close(meta);
}

TEST(meta_rollback_takes_all_back)
{
    Meta *meta = open_at(t, new_path(t));
    CHECK_RC(RC_OK, meta_begin(t, meta));
    CHECK_RC(RC_OK, add(t, meta, 1, STR("x")));
    CHECK_INT(1, meta_changed(meta));
    CHECK_ERR(META_RULE, add(t, meta, 1, STR("again")));
    CHECK(meta_in_transaction(meta));
    meta_rollback(meta);
    meta_rollback(meta);
    CHECK(!meta_in_transaction(meta));
    CHECK_INT(0, count_rows(t, meta));
    meta_close(meta);
}

TEST(meta_full_disk_loses_nothing)
{
    Meta *meta = open_at(t, new_path(t));
    CHECK_RC(RC_OK, add(t, meta, 1, STR("x")));
    CHECK_RC(RC_OK, meta_exec_plain(t, meta, "PRAGMA max_page_count = 8"));
    char *big = arena_alloc(t->arena, 200000);
    memset(big, 'b', 200000);
    CHECK_RC(RC_OK, meta_begin(t, meta));
    CHECK_RC(RC_OK, add(t, meta, 2, STR("y")));
    CHECK_ERR(DISK_FULL, add(t, meta, 3, (Str){big, 200000}));
    meta_rollback(meta);
    CHECK_INT(1, count_rows(t, meta));
    CHECK_RC(RC_OK, meta_begin(t, meta));
    CHECK_RC(RC_OK, add(t, meta, 2, STR("y")));
    fault_init("meta.flush=nospace");
    Rc rc = meta_commit(t, meta);
    fault_init(NULL);
    CHECK_INT(RC_IO, rc);
    CHECK_INT(ERR_DISK_FULL, t->err.id);
    CHECK(!meta_in_transaction(meta));
    CHECK_INT(1, count_rows(t, meta));
    meta_close(meta);
}

// The child ends with rows written and not committed, and with rows committed and nothing closed.
TEST(meta_crash_keeps_what_was_committed)
{
    Str path = new_path(t);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        Meta *meta = open_at(t, path);
        if (meta_begin(t, meta) != RC_OK || add(t, meta, 1, STR("kept")) != RC_OK) _exit(1);
        if (meta_commit(t, meta) != RC_OK || meta_begin(t, meta) != RC_OK) _exit(1);
        if (add(t, meta, 2, STR("lost")) != RC_OK) _exit(1);
        kill(getpid(), SIGKILL);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    Meta *meta = open_at(t, path);
    CHECK_INT(1, count_rows(t, meta));
    meta_close(meta);
}

// COMMIT itself fails: the process must end, not go on (INV-3).
TEST(meta_commit_that_fails_ends_the_process)
{
    Str path = new_path(t);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        Meta *meta = open_at(t, path);
        if (meta_begin(t, meta) != RC_OK || add(t, meta, 1, STR("x")) != RC_OK) _exit(1);
        // A deferred constraint is the one error that COMMIT itself gives without a broken disk.
        if (meta_exec_plain(t, meta, "CREATE TABLE p (a INTEGER PRIMARY KEY)") != RC_OK) _exit(1);
        if (meta_exec_plain(t, meta,
                            "CREATE TABLE c (a INTEGER REFERENCES p DEFERRABLE INITIALLY"
                            " DEFERRED)") != RC_OK)
            _exit(1);
        if (meta_exec_plain(t, meta, "INSERT INTO c VALUES (9)") != RC_OK) _exit(1);
        Rc rc = meta_commit(t, meta);
        _exit(rc == RC_OK ? 0 : 2);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK_INT(70, WEXITSTATUS(status));
    Meta *meta = open_at(t, path);
    CHECK_INT(0, count_rows(t, meta));
    meta_close(meta);
}
