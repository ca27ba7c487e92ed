#include "base/fault.h"
#include "base/vec.h"
#include "blob/blob.h"
#include "check.h"
#include "io/file.h"
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static Blob *open_local(Ctx *t, Str folder)
{
    Blob *blob = NULL;
    CHECK_RC(RC_OK, blob_local_open(t, folder, true, &blob));
    return blob;
}

static Str content(Ctx *t, Blob *blob, const char *name)
{
    Str bytes = STR_NONE;
    CHECK_RC(RC_OK, blob->read(blob, t, str_from(name), 1000, &bytes));
    return bytes;
}

static Rc put(Ctx *t, Blob *blob, Str name, Str bytes)
{
    Sink sink;
    TRY(blob->put(blob, t, name, &sink));
    Rc rc = sink.write(t, sink.handle, bytes.ptr, bytes.len);
    if (rc == RC_OK) return sink.commit(t, sink.handle);
    sink.abort(t, sink.handle);
    return rc;
}

static size_t file_count(Ctx *t, Str folder)
{
    FileEntry *entries;
    size_t count = 0;
    CHECK_RC(RC_OK, file_list(t, folder, &entries, &count));
    return count;
}

TEST(blob_names_are_checked)
{
    AUTO(blob_close) Blob *blob = open_local(t, test_dir(t));
    static const char *const WRONG[] = {"",         "/",    "/a",     "a/",    "a//b", ".",
                                        "..",       "../a", "a/../b", "a/./b", "a b",  "a\\b",
                                        "\xc3\xa9", "a\n",  "a:b",    "a*"};
    for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
        Str name = str_from(WRONG[i]), bytes;
        Source source;
        Sink sink;
        uint64_t size;
        CHECK_ERR(BLOB_NAME, blob->create(blob, t, name, STR("x")));
        CHECK_ERR(BLOB_NAME, blob->replace(blob, t, name, STR("x")));
        CHECK_ERR(BLOB_NAME, blob->read(blob, t, name, 10, &bytes));
        CHECK_ERR(BLOB_NAME, blob->get(blob, t, name, &source));
        CHECK_ERR(BLOB_NAME, blob->put(blob, t, name, &sink));
        CHECK_ERR(BLOB_NAME, blob->stat(blob, t, name, &size));
        CHECK_ERR(BLOB_NAME, blob->remove(blob, t, name));
    }
    char zero[] = {'a', '\0', 'b'};
    CHECK_ERR(BLOB_NAME, blob->create(blob, t, (Str){zero, 3}, STR("x")));
    char *longest = arena_alloc(t->arena, 2000);
    memset(longest, 'a', 2000);
    CHECK_ERR(BLOB_NAME, blob->create(blob, t, (Str){longest, 2000}, STR("x")));
    CHECK_RC(RC_OK, blob_check_name(t, STR("data/0a/%20-_.parquet")));
}

// Links below the root are not followed: neither as a folder on the way nor as the file itself.
TEST(blob_does_not_leave_its_root)
{
    Str dir = test_dir(t), outside = file_join(t->arena, dir, STR("outside"));
    Str root = file_join(t->arena, dir, STR("root"));
    AUTO(blob_close) Blob *blob = open_local(t, root);
    CHECK_RC(RC_OK, file_make_dirs(t, outside));
    CHECK_RC(RC_OK,
             file_write_whole(t, file_join(t->arena, outside, STR("secret")), STR("secret")));
    CHECK_INT(0, symlink(outside.ptr, str_z(t->arena, file_join(t->arena, root, STR("data")))));
    CHECK_INT(
        0, symlink("../outside/secret", str_z(t->arena, file_join(t->arena, root, STR("file")))));

    static const char *const NAMES[] = {"data/secret", "file"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        Str bytes = STR_NONE, name = str_from(NAMES[i]);
        Source source;
        uint64_t size;
        CHECK_ERR(FILE_ERROR, blob->read(blob, t, name, 100, &bytes));
        CHECK_ERR(FILE_ERROR, blob->get(blob, t, name, &source));
        CHECK_ERR(FILE_ERROR, blob->stat(blob, t, name, &size));
    }
    BlobEntry *entries;
    size_t count;
    CHECK_ERR(FILE_ERROR, blob->list(blob, t, STR("data"), &entries, &count));
    CHECK_ERR(FILE_ERROR, blob->create(blob, t, STR("data/new"), STR("x")));
    CHECK_ERR(FILE_ERROR, blob->replace(blob, t, STR("data/secret"), STR("x")));
    CHECK_ERR(FILE_ERROR, put(t, blob, STR("data/new"), STR("x")));
    CHECK_ERR(FILE_ERROR, blob->remove(blob, t, STR("data/secret")));
    CHECK_ERR(FILE_EXISTS, blob->create(blob, t, STR("file"), STR("x")));
    CHECK_INT(1, file_count(t, outside));
    // Replacing a link replaces the link, not what it leads to.
    CHECK_RC(RC_OK, blob->replace(blob, t, STR("file"), STR("ours")));
    CHECK_STR("ours", content(t, blob, "file"));
    Str secret;
    CHECK_RC(RC_OK, file_read_whole(t, file_join(t->arena, outside, STR("secret")), 100, &secret));
    CHECK_STR("secret", secret);
}

TEST(blob_small_ones_come_back)
{
    AUTO(blob_close) Blob *blob = open_local(t, test_dir(t));
    CHECK_RC(RC_OK, blob->create(blob, t, STR("a/b/c.json"), STR("first")));
    CHECK_ERR(FILE_EXISTS, blob->create(blob, t, STR("a/b/c.json"), STR("second")));
    CHECK_STR("first", content(t, blob, "a/b/c.json"));
    CHECK_RC(RC_OK, blob->replace(blob, t, STR("a/b/c.json"), STR("third")));
    CHECK_STR("third", content(t, blob, "a/b/c.json"));
    Str bytes;
    CHECK_ERR(LIMIT_EXCEEDED, blob->read(blob, t, STR("a/b/c.json"), 4, &bytes));
    uint64_t size = 0;
    CHECK_RC(RC_OK, blob->stat(blob, t, STR("a/b/c.json"), &size));
    CHECK_INT(5, size);
    CHECK_RC(RC_OK, blob->remove(blob, t, STR("a/b/c.json")));
    CHECK_RC(RC_OK, blob->remove(blob, t, STR("a/b/c.json")));
    CHECK_RC(RC_OK, blob->remove(blob, t, STR("never/was")));
    CHECK_ERR(FILE_MISSING, blob->read(blob, t, STR("a/b/c.json"), 10, &bytes));
    CHECK_ERR(FILE_MISSING, blob->stat(blob, t, STR("a/b/c.json"), &size));
    CHECK(blob->features.has_exclusive_create);
}

TEST(blob_remove_takes_along_what_a_killed_replace_left)
{
    Str folder = test_dir(t);
    AUTO(blob_close) Blob *blob = open_local(t, folder);
    CHECK_RC(RC_OK, blob->create(blob, t, STR("claim.json"), STR("first")));
    CHECK_RC(RC_OK, blob->create(blob, t, STR("other.json"), STR("stays")));
    pid_t child = fork();
    if (child == 0) {
        fault_init("file.rename=kill");
        _exit(blob->replace(blob, t, STR("claim.json"), STR("second")) == RC_OK);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    CHECK_INT(3, file_count(t, folder));
    CHECK_STR("first", content(t, blob, "claim.json"));
    CHECK_RC(RC_OK, blob->remove(blob, t, STR("claim.json")));
    CHECK_INT(1, file_count(t, folder));
    CHECK_STR("stays", content(t, blob, "other.json"));
}

TEST(blob_put_appears_at_commit)
{
    Str dir = test_dir(t);
    AUTO(blob_close) Blob *blob = open_local(t, dir);
    Sink sink;
    uint64_t size;
    CHECK_RC(RC_OK, blob->put(blob, t, STR("data/ab/x"), &sink));
    CHECK_RC(RC_OK, sink.write(t, sink.handle, "12", 2));
    CHECK_ERR(FILE_MISSING, blob->stat(blob, t, STR("data/ab/x"), &size));
    CHECK_RC(RC_OK, sink.write(t, sink.handle, "345", 3));
    CHECK_RC(RC_OK, sink.commit(t, sink.handle));
    CHECK_STR("12345", content(t, blob, "data/ab/x"));
    CHECK_RC(RC_OK, put(t, blob, STR("data/ab/x"), STR("12345")));  // the same content once more
    CHECK_RC(RC_OK, blob->sync(blob, t));
    struct stat info;
    CHECK_INT(0, stat(str_z(t->arena, blob->describe(blob, t->arena, STR("data/ab/x"))), &info));
    CHECK_INT(0444, info.st_mode & 07777);

    CHECK_RC(RC_OK, blob->put(blob, t, STR("data/ab/y"), &sink));
    CHECK_RC(RC_OK, sink.write(t, sink.handle, "12", 2));
    sink.abort(t, sink.handle);
    CHECK_ERR(FILE_MISSING, blob->stat(blob, t, STR("data/ab/y"), &size));
    CHECK_INT(1, file_count(t, file_join(t->arena, dir, STR("data/ab"))));
}

// Three folders got a name by one put: data/ab, data and the root. A put into one that somebody
// else made syncs them all the same: that one may not have lived to do it.
TEST(blob_sync_covers_the_folders_above)
{
    static const char *const NAMES[] = {"data/ab/x", "data/ab/y"};
    Str dir = test_dir(t);
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        for (int failing = 3; failing <= 4; failing++) {
            AUTO(blob_close) Blob *blob = open_local(t, dir);
            CHECK_RC(RC_OK, put(t, blob, str_from(NAMES[i]), STR("12345")));
            fault_init(str_z(t->arena, str_printf(t->arena, "file.sync=fail@%d", failing)));
            Rc rc = blob->sync(blob, t);
            fault_init(NULL);
            CHECK_INT(failing == 3, rc != RC_OK);
        }
    }
}

// With and without the file system's help (file.unnamed fails: files have a name from the start).
TEST(blob_put_that_fails_anywhere_leaves_nothing)
{
    static const char *const POINTS[] = {"file.create", "file.write", "file.sync", "file.link"};
    static const char *const SYSTEMS[] = {"", ",file.unnamed=fail"};
    Str dir = test_dir(t), folder = file_join(t->arena, dir, STR("data/ab"));
    AUTO(blob_close) Blob *blob = open_local(t, dir);
    CHECK_RC(RC_OK, put(t, blob, STR("data/ab/first"), STR("x")));
    for (size_t p = 0; p < COUNT_OF(POINTS) * COUNT_OF(SYSTEMS); p++) {
        const char *point = POINTS[p / 2], *system = SYSTEMS[p % 2];
        fault_init(str_z(t->arena, str_printf(t->arena, "%s=nospace%s", point, system)));
        Rc rc = put(t, blob, STR("data/ab/x"), STR("12345"));
        fault_init(NULL);
        CHECK_ERR(DISK_FULL, rc);
        CHECK_INT(1, file_count(t, folder));
    }
    fault_init("file.unnamed=fail");
    Rc rc = put(t, blob, STR("data/ab/x"), STR("12345"));
    fault_init(NULL);
    CHECK_RC(RC_OK, rc);
    CHECK_STR("12345", content(t, blob, "data/ab/x"));
    CHECK_INT(2, file_count(t, folder));
}

TEST(blob_put_that_is_killed_leaves_nothing)
{
    static const char *const POINTS[] = {"file.write", "file.sync", "file.link"};
    Str dir = test_dir(t), folder = file_join(t->arena, dir, STR("data/ab"));
    AUTO(blob_close) Blob *blob = open_local(t, dir);
    CHECK_RC(RC_OK, put(t, blob, STR("data/ab/first"), STR("x")));
    for (size_t p = 0; p < COUNT_OF(POINTS); p++) {
        pid_t child = fork();
        if (child == 0) {
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=kill", POINTS[p])));
            _exit(put(t, blob, STR("data/ab/x"), STR("12345")) == RC_OK ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        CHECK(WIFSIGNALED(status));
        CHECK_INT(1, file_count(t, folder));
    }
}

// The answer of the last step is lost, but the name is there.
TEST(blob_create_with_an_unclear_answer_can_be_read_back)
{
    AUTO(blob_close) Blob *blob = open_local(t, test_dir(t));
    fault_init("file.linked=again");
    Rc rc = blob->create(blob, t, STR("m.json"), STR("ours"));
    fault_init(NULL);
    CHECK_ERR(FAULT_AGAIN, rc);
    CHECK_STR("ours", content(t, blob, "m.json"));
    CHECK_ERR(FILE_EXISTS, blob->create(blob, t, STR("m.json"), STR("ours")));
}

TEST(blob_list_is_one_level_sorted)
{
    AUTO(blob_close) Blob *blob = open_local(t, test_dir(t));
    static const char *const NAMES[] = {"s/b/2.json", "s/b/1.json", "s/a/x", "s/z.json"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        CHECK_RC(RC_OK, blob->create(blob, t, str_from(NAMES[i]), STR("")));
    BlobEntry *entries;
    size_t count = 9;
    CHECK_RC(RC_OK, blob->list(blob, t, STR("s"), &entries, &count));
    CHECK_INT(3, count);
    CHECK_STR("a", entries[0].name);
    CHECK(entries[0].is_dir);
    CHECK_STR("b", entries[1].name);
    CHECK_STR("z.json", entries[2].name);
    CHECK(!entries[2].is_dir);
    CHECK_RC(RC_OK, blob->list(blob, t, STR(""), &entries, &count));
    CHECK_INT(1, count);
    CHECK_RC(RC_OK, blob->list(blob, t, STR("nothing/here"), &entries, &count));
    CHECK_INT(0, count);
    CHECK_ERR(BLOB_NAME, blob->list(blob, t, STR("../x"), &entries, &count));
}

// --- two writers, one name

typedef struct Racer {
    Blob *blob;
    pthread_barrier_t *start;
    char name[16];
    int won, lost;
} Racer;
enum { RACES = 200 };

static void *race(void *handle)
{
    Racer *racer = handle;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    for (int i = 0; i < RACES; i++) {
        Str name = str_printf(arena, "race/%d", i);
        pthread_barrier_wait(racer->start);
        Rc rc = racer->blob->create(racer->blob, &ctx, name, str_from(racer->name));
        racer->won += rc == RC_OK;
        racer->lost += rc == RC_EXISTS;
        ctx_clear(&ctx);
    }
    return NULL;
}

TEST(blob_create_has_one_winner)
{
    AUTO(blob_close) Blob *blob = open_local(t, test_dir(t));
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, 2);
    Racer racers[2] = {{blob, &start, "left", 0, 0}, {blob, &start, "right", 0, 0}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) CHECK_INT(0, pthread_create(&threads[i], NULL, race, &racers[i]));
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
    CHECK_INT(RACES, racers[0].won + racers[1].won);
    CHECK_INT(RACES, racers[0].lost + racers[1].lost);
    int left = 0;
    for (int i = 0; i < RACES; i++) {
        Str text = content(t, blob, str_z(t->arena, str_printf(t->arena, "race/%d", i)));
        left += str_eq(text, STR("left"));
    }
    CHECK_INT(racers[0].won, left);
}

// --- places

TEST(blob_open_reads_urls)
{
    Str dir = test_dir(t);
    AUTO(blob_close) Blob *blob = NULL;
    Str url = str_printf(t->arena, "file://%.*s/new/", STR_ARG(dir));
    CHECK_ERR(FILE_MISSING, blob_open(t, url, false, &blob));
    CHECK_RC(RC_OK, blob_open(t, url, true, &blob));
    CHECK_STR(str_printf(t->arena, "%.*s/new/a", STR_ARG(dir)),
              blob->describe(blob, t->arena, STR("a")));
    Blob *other = NULL;
    static const char *const WRONG[] = {"",        "/tmp/x",         "file:/tmp", "file://host/tmp",
                                        "file://", "file:///a/../b", "ftp://x/y", "nonsense"};
    for (size_t i = 0; i < COUNT_OF(WRONG); i++)
        CHECK_ERR(BLOB_URL, blob_open(t, str_from(WRONG[i]), true, &other));
    static const char *const LATER[] = {"s3://b/k", "S3A://b/k", "hdfs://h/x", "oss://b",
                                        "wasbs://x"};
    for (size_t i = 0; i < COUNT_OF(LATER); i++)
        CHECK_ERR(NOT_SUPPORTED, blob_open(t, str_from(LATER[i]), true, &other));
    CHECK_ERR_TEXT(NOT_SUPPORTED, "This version does not support repositories at s3:// yet",
                   blob_open(t, STR("s3://bucket"), true, &other));
    CHECK(other == NULL);
}
