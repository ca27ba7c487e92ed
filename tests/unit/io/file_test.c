#include "base/fault.h"
#include "base/vec.h"
#include "check.h"
#include "io/file.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static Str in(Ctx *t, Str folder, const char *name)
{
    return file_join(t->arena, folder, str_from(name));
}

static Str content(Ctx *t, Str path)
{
    Str bytes = STR_NONE;
    CHECK_RC(RC_OK, file_read_whole(t, path, 1000, &bytes));
    return bytes;
}

static size_t entry_count(Ctx *t, Str folder)
{
    FileEntry *entries;
    size_t count = 0;
    CHECK_RC(RC_OK, file_list(t, folder, &entries, &count));
    return count;
}

TEST(file_whole_comes_back)
{
    Str dir = test_dir(t), path = in(t, dir, "a");
    CHECK_RC(RC_OK, file_write_whole(t, path, STR("first")));
    CHECK_STR("first", content(t, path));
    CHECK_RC(RC_OK, file_write_whole(t, path, STR("")));
    CHECK_STR("", content(t, path));
    CHECK_INT(1, entry_count(t, dir));
}

TEST(file_read_has_a_limit)
{
    Str path = in(t, test_dir(t), "a"), bytes = STR("untouched");
    CHECK_RC(RC_OK, file_write_whole(t, path, STR("12345")));
    CHECK_RC(RC_OK, file_read_whole(t, path, 5, &bytes));
    CHECK_STR("12345", bytes);
    CHECK_ERR(LIMIT_EXCEEDED, file_read_whole(t, path, 4, &bytes));
    CHECK_STR("12345", bytes);
}

TEST(file_missing_is_told_with_its_name)
{
    Str dir = test_dir(t), gone = in(t, dir, "gone"), bytes;
    uint64_t size;
    Str text = str_printf(t->arena, "File %.*s does not exist", STR_ARG(gone));
    CHECK_ERR_TEXT(FILE_MISSING, text, file_read_whole(t, gone, 10, &bytes));
    CHECK_ERR(FILE_MISSING, file_remove(t, gone));
    CHECK_ERR(FILE_MISSING, file_stat(t, gone, &size));
    CHECK_ERR(FILE_MISSING, file_sync_path(t, gone));
    CHECK_ERR_TEXT(FILE_MISSING, text, file_rename(t, gone, in(t, dir, "b")));
    CHECK_ERR_TEXT(FILE_MISSING, text, file_link(t, gone, in(t, dir, "b")));
    CHECK_ERR(FILE_MISSING, file_write_whole(t, in(t, gone, "below"), STR("x")));
    CHECK_RC(RC_OK, file_remove_if_there(t, gone));
    CHECK_RC(RC_OK, file_remove_tree(t, gone));
    CHECK(!file_is_there(gone));
    CHECK_INT(0, entry_count(t, dir));
}

TEST(file_create_lets_the_first_win)
{
    Str dir = test_dir(t), path = in(t, dir, "a");
    CHECK_RC(RC_OK, file_create_whole(t, path, STR("first")));
    CHECK_ERR(FILE_EXISTS, file_create_whole(t, path, STR("second")));
    CHECK_STR("first", content(t, path));
    CHECK_INT(1, entry_count(t, dir));
    File file = {.fd = FILE_NONE};
    CHECK_ERR(FILE_EXISTS, file_create(t, path, &file));
    CHECK_INT(FILE_NONE, file.fd);
}

TEST(file_rename_and_link_never_replace)
{
    Str dir = test_dir(t), a = in(t, dir, "a"), b = in(t, dir, "b"), c = in(t, dir, "c");
    CHECK_RC(RC_OK, file_write_whole(t, a, STR("a")));
    CHECK_RC(RC_OK, file_write_whole(t, b, STR("b")));
    CHECK_ERR(FILE_EXISTS, file_rename(t, a, b));
    CHECK_ERR(FILE_EXISTS, file_link(t, a, b));
    CHECK_STR("b", content(t, b));
    CHECK_RC(RC_OK, file_rename(t, a, c));
    CHECK(!file_is_there(a));
    CHECK_RC(RC_OK, file_link(t, c, a));
    CHECK_STR("a", content(t, a));
    CHECK_STR("a", content(t, c));
}

TEST(file_open_takes_plain_files_only)
{
    Str dir = test_dir(t), real = in(t, dir, "real"), link = in(t, dir, "link"),
        pipe = in(t, dir, "pipe");
    AUTO(file_close) File file = {.fd = FILE_NONE};
    CHECK_RC(RC_OK, file_write_whole(t, real, STR("secret")));
    CHECK_INT(0, symlink("real", str_z(t->arena, link)));
    CHECK_INT(0, mkfifo(str_z(t->arena, pipe), 0600));
    CHECK_ERR(FILE_ERROR, file_open(t, dir, &file));
    CHECK_ERR(FILE_ERROR, file_open(t, link, &file));
    CHECK_ERR(FILE_ERROR, file_open(t, pipe, &file));  // must not wait for a writer
    uint64_t size;
    CHECK_ERR(FILE_ERROR, file_stat(t, link, &size));
    CHECK_ERR(FILE_ERROR, file_stat(t, dir, &size));
    CHECK_RC(RC_OK, file_stat(t, real, &size));
    CHECK_INT(6, size);
}

TEST(file_list_is_sorted)
{
    Str dir = test_dir(t);
    static const char *const NAMES[] = {"b", "a", "C", "10", "9"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        CHECK_RC(RC_OK, file_write_whole(t, in(t, dir, NAMES[i]), STR("")));
    CHECK_RC(RC_OK, file_make_dirs(t, in(t, dir, "aa/deep")));
    FileEntry *entries;
    size_t count;
    CHECK_RC(RC_OK, file_list(t, dir, &entries, &count));
    static const char *const SORTED[] = {"10", "9", "C", "a", "aa", "b"};
    CHECK_INT(COUNT_OF(SORTED), count);
    for (size_t i = 0; i < count; i++) {
        CHECK_STR(SORTED[i], entries[i].name);
        CHECK_INT(i == 4, entries[i].is_dir);
    }
    CHECK_ERR(FILE_MISSING, file_list(t, in(t, dir, "gone"), &entries, &count));
}

TEST(file_dirs_are_made_once)
{
    Str dir = test_dir(t), deep = in(t, dir, "a/b/c");
    CHECK_RC(RC_OK, file_make_dirs(t, deep));
    CHECK_RC(RC_OK, file_make_dirs(t, deep));
    CHECK_RC(RC_OK, file_write_whole(t, in(t, deep, "file"), STR("x")));
    CHECK_ERR(FILE_ERROR, file_make_dirs(t, in(t, deep, "file")));
    CHECK(file_make_dirs(t, in(t, deep, "file/below")) != RC_OK);
}

TEST(file_remove_tree_does_not_follow_links)
{
    Str dir = test_dir(t), outside = in(t, dir, "outside"), tree = in(t, dir, "tree");
    CHECK_RC(RC_OK, file_make_dirs(t, in(t, tree, "a/b")));
    CHECK_RC(RC_OK, file_make_dirs(t, outside));
    CHECK_RC(RC_OK, file_write_whole(t, in(t, outside, "keep"), STR("x")));
    CHECK_RC(RC_OK, file_write_whole(t, in(t, tree, "a/b/c"), STR("x")));
    CHECK_INT(0, symlink(outside.ptr, str_z(t->arena, in(t, tree, "a/link"))));
    CHECK_RC(RC_OK, file_remove_tree(t, tree));
    CHECK(!file_is_there(tree));
    CHECK_STR("x", content(t, in(t, outside, "keep")));
}

TEST(file_lock_is_for_one)
{
    Str path = in(t, test_dir(t), "lock");
    File first = {.fd = FILE_NONE}, second = {.fd = FILE_NONE};
    CHECK_RC(RC_OK, file_lock(t, path, &first));
    CHECK_ERR(FILE_LOCKED, file_lock(t, path, &second));
    CHECK_INT(FILE_NONE, second.fd);
    file_close(&first);
    CHECK_RC(RC_OK, file_lock(t, path, &second));
    file_close(&second);
}

TEST(file_parent_and_join)
{
    CHECK_STR("/a", file_parent(t->arena, STR("/a/b")));
    CHECK_STR("/", file_parent(t->arena, STR("/a")));
    CHECK_STR("/a/b", file_join(t->arena, STR("/a"), STR("b")));
    CHECK_STR("/a/b", file_join(t->arena, STR("/a/"), STR("b")));
    CHECK_STR("/b", file_join(t->arena, STR("/"), STR("b")));
}

TEST(file_read_only_mode)
{
    Str path = in(t, test_dir(t), "a");
    struct stat info;
    CHECK_RC(RC_OK, file_write_whole(t, path, STR("x")));
    CHECK_RC(RC_OK, file_make_read_only(t, path));
    CHECK_INT(0, stat(str_z(t->arena, path), &info));
    CHECK_INT(0444, info.st_mode & 07777);
    CHECK_RC(RC_OK, file_start_writeback(t, path));
    CHECK_RC(RC_OK, file_sync_path(t, path));
    CHECK(file_free_bytes(path) > 0);
    CHECK_INT(-1, file_free_bytes(in(t, path, "gone")));
}

// Whatever step fails: the old content or the new one, never a third thing, and no temporary file.
TEST(file_write_that_fails_anywhere_leaves_old_or_new)
{
    static const char *const POINTS[] = {"file.create", "file.write", "file.sync", "file.rename",
                                         "file.link"};
    static const char *const ACTIONS[] = {"fail", "again", "nospace"};
    int failures = 0;
    Str root = test_dir(t);
    for (size_t p = 0; p < COUNT_OF(POINTS); p++)
        for (size_t a = 0; a < COUNT_OF(ACTIONS); a++)
            for (int n = 1; n <= 3; n++) {
                Str dir = in(t, root, "d"), old = in(t, dir, "old"), new = in(t, dir, "new");
                CHECK_RC(RC_OK, file_make_dirs(t, dir));
                CHECK_RC(RC_OK, file_write_whole(t, old, STR("old")));
                fault_init(
                    str_z(t->arena, str_printf(t->arena, "%s=%s@%d", POINTS[p], ACTIONS[a], n)));
                Rc replaced = file_write_whole(t, old, STR("new"));
                ctx_clear(t);
                Rc created = file_create_whole(t, new, STR("new"));
                ctx_clear(t);
                fault_init(NULL);
                failures += (replaced != RC_OK) + (created != RC_OK);
                Str found = content(t, old);
                CHECK(str_eq(found, STR("new")) ||
                      (replaced != RC_OK && str_eq(found, STR("old"))));
                if (created == RC_OK || file_is_there(new)) CHECK_STR("new", content(t, new));
                CHECK_INT(file_is_there(new) ? 2 : 1, entry_count(t, dir));
                CHECK_RC(RC_OK, file_remove_tree(t, dir));
                if (a != 1 && replaced != RC_OK) CHECK_INT(RC_IO, replaced);
                if (a == 1 && replaced != RC_OK) CHECK_INT(RC_AGAIN, replaced);
            }
    CHECK(failures >= 20);
}

// The kernel itself refuses to write on: a size limit stands for a full disk.
TEST(file_write_beyond_what_the_disk_takes_leaves_nothing)
{
    Str dir = test_dir(t), path = in(t, dir, "a");
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, 100});
        char bytes[200] = {0};
        _exit(file_write_whole(t, path, (Str){bytes, sizeof(bytes)}) == RC_IO ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK_INT(0, status);
    CHECK_INT(0, entry_count(t, dir));
}

TEST(file_create_that_is_killed_leaves_nothing)
{
    static const char *const POINTS[] = {"file.create", "file.write", "file.sync", "file.link"};
    for (size_t p = 0; p < COUNT_OF(POINTS); p++) {
        Str dir = test_dir(t), path = in(t, dir, "a");
        pid_t child = fork();
        if (child == 0) {
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=kill", POINTS[p])));
            _exit(file_create_whole(t, path, STR("whole")) == RC_OK ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        CHECK_INT(0, entry_count(t, dir));
        CHECK_RC(RC_OK, file_create_whole(t, path, STR("later")));
    }
}
