/* exec/files_path: FILES() reads below the configured folders, and nowhere else. */
#include "check.h"
#include "exec/files.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct Place {
    Str folder;
    InstanceOptions options;
} Place;

static void touch(Ctx *t, Str folder, const char *name)
{
    Str path = str_printf(t->arena, "%.*s/%s", STR_ARG(folder), name);
    int fd = open(path.ptr, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    CHECK(fd >= 0);
    close(fd);
}

static void make_dir(Ctx *t, Str folder, const char *name)
{
    CHECK_INT(0, mkdir(str_printf(t->arena, "%.*s/%s", STR_ARG(folder), name).ptr, 0755));
}

static void make_link(Ctx *t, Str folder, const char *target, const char *name)
{
    CHECK_INT(0, symlink(target, str_printf(t->arena, "%.*s/%s", STR_ARG(folder), name).ptr));
}

static Place place_new(Ctx *t)
{
    Place place = {.folder = test_dir(t)};
    Str *dirs = ARENA_ARRAY(t->arena, Str, 1);
    dirs[0] = place.folder;
    place.options.files_dirs = dirs;
    place.options.files_dir_count = 1;
    make_dir(t, place.folder, "a");
    make_dir(t, place.folder, "b");
    touch(t, place.folder, "a/2.csv");
    touch(t, place.folder, "a/1.csv");
    touch(t, place.folder, "a/.hidden.csv");
    touch(t, place.folder, "b/1.csv");
    touch(t, place.folder, "b/3.json");
    return place;
}

static Rc expand(Ctx *t, const Place *place, const char *below, PathList *out)
{
    Str url = str_printf(t->arena, "file://%.*s/%s", STR_ARG(place->folder), below);
    return files_expand(t, &place->options, url, out);
}

// What was found, without the folder, joined by blanks.
static Str found(Ctx *t, const Place *place, const char *below)
{
    PathList paths = {0};
    Buf out = buf_new(t->arena);
    CHECK_RC(RC_OK, expand(t, place, below, &paths));
    for (size_t i = 0; i < paths.count; i++) {
        Str name = str_sub(paths.at[i], place->folder.len + 1, paths.at[i].len);
        buf_printf(&out, "%s%.*s", i > 0 ? " " : "", STR_ARG(name));
    }
    return buf_str(&out);
}

TEST(files_outside_are_refused)
{
    PathList paths;
    Place place = place_new(t);
    Str other = test_dir(t);
    touch(t, other, "secret.csv");
    make_link(t, place.folder, str_printf(t->arena, "%.*s/secret.csv", STR_ARG(other)).ptr,
              "l.csv");
    make_link(t, place.folder, other.ptr, "out");
    make_link(t, place.folder, "a", "in");
    CHECK_ERR(FILES_OUTSIDE, expand(t, &place, "l.csv", &paths));
    CHECK_ERR(FILES_OUTSIDE, expand(t, &place, "out/secret.csv", &paths));
    CHECK_ERR(FILES_OUTSIDE, expand(t, &place, "in/1.csv", &paths));  // links within as well
    CHECK_ERR(FILES_OUTSIDE, expand(t, &place, "a/../../x", &paths));
    CHECK_ERR(FILES_OUTSIDE, expand(t, &place, "./a/1.csv", &paths));
    CHECK_ERR(FILES_NONE, expand(t, &place, "*/secret.csv", &paths));
    CHECK_ERR(FILES_OUTSIDE, files_expand(t, &place.options, STR("file:///etc/passwd"), &paths));
    // a folder whose name begins like the configured one
    Str beside = str_printf(t->arena, "file://%.*sx/y.csv", STR_ARG(place.folder));
    CHECK_ERR(FILES_OUTSIDE, files_expand(t, &place.options, beside, &paths));
    InstanceOptions none = {0};
    CHECK_ERR(FILES_NO_DIRS, files_expand(t, &none, STR("file:///etc/passwd"), &paths));
}

TEST(files_that_are_no_files_are_refused)
{
    PathList paths;
    Place place = place_new(t);
    CHECK_INT(0, mkfifo(str_printf(t->arena, "%.*s/pipe", STR_ARG(place.folder)).ptr, 0644));
    touch(t, place.folder, "a/q[1].csv");
    CHECK_ERR(FILES_NONE, expand(t, &place, "pipe", &paths));  // and does not wait for a writer
    CHECK_ERR(FILES_NONE, expand(t, &place, "a", &paths));
    CHECK_ERR(FILES_NONE, expand(t, &place, "", &paths));
    CHECK_ERR(FILES_NONE, expand(t, &place, "a/nosuch", &paths));
    CHECK_ERR(FILES_NONE, expand(t, &place, "nosuch/*", &paths));
    CHECK_ERR(SEMANTIC, expand(t, &place, "a/q*", &paths));  // the engine would expand [1]
    CHECK_ERR(SEMANTIC, files_expand(t, &place.options, STR("/etc/passwd"), &paths));
    CHECK_ERR(NOT_SUPPORTED, files_expand(t, &place.options, STR("s3://b/x"), &paths));
    CHECK_ERR(NOT_SUPPORTED, files_expand(t, &place.options, STR("hdfs://h/x"), &paths));
}

TEST(files_patterns)
{
    Place place = place_new(t);
    CHECK_STR("a/1.csv", found(t, &place, "a/1.csv"));
    CHECK_STR("a/1.csv", found(t, &place, "/a//1.csv"));
    CHECK_STR("a/1.csv a/2.csv", found(t, &place, "a/*.csv"));
    CHECK_STR("a/1.csv a/2.csv", found(t, &place, "a/?.csv"));
    CHECK_STR("a/1.csv b/1.csv", found(t, &place, "*/1.csv"));
    CHECK_STR("a/1.csv a/2.csv b/1.csv b/3.json", found(t, &place, "*/*"));
    CHECK_STR("a/.hidden.csv", found(t, &place, "a/.h*"));
}
