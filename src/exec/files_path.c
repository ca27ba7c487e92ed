/*
 * exec/files_path: which files a FILES() path means.
 *
 * Form    every part of the path is opened beneath the one before, by openat2 without links and
 *         without a way up; so no name that a client gives leads out of the configured folder.
 * Errors  FILES_*, SEMANTIC, LIMIT_EXCEEDED.   Threads  any; it keeps nothing.
 */
#include "base/vec.h"
#include "exec/files.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_FILES = 10000, MAX_PARTS = 64 };

typedef struct Walk {
    Ctx *ctx;
    Str url;  // for messages
    Str parts[MAX_PARTS];
    size_t part_count;
    VEC(Str) found;
} Walk;

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}

static int open_beneath(int folder, const char *name, bool is_dir)
{
    // Opening a pipe must not wait for its other end.
    unsigned flags = O_RDONLY | O_CLOEXEC | (unsigned)(is_dir ? O_DIRECTORY : O_NONBLOCK);
    struct open_how how = {
        .flags = flags,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

static bool is_wild(Str part)
{
    return str_contains(part, '*') || str_contains(part, '?');
}

// Names that the engine would take for patterns of its own.
static Rc check_plain(Walk *walk, Str path)
{
    for (size_t i = 0; i < path.len; i++) {
        if (!strchr("*?[]{}", path.ptr[i])) continue;
        Str why =
            str_printf(walk->ctx->arena,
                       "files whose name holds one of *?[]{} can not be read: %.*s", STR_ARG(path));
        return FAIL(walk->ctx, SEMANTIC, STR_ARG(why));
    }
    return RC_OK;
}

static Rc add_file(Walk *walk, int folder, Str name, Str path)
{
    struct stat info;
    AUTO(close_fd) int fd = open_beneath(folder, str_z(walk->ctx->arena, name), false);
    if (fd < 0 && (errno == ELOOP || errno == EXDEV))
        return FAIL(walk->ctx, FILES_OUTSIDE, STR_ARG(path));
    if (fd < 0 && errno == ENOENT) return RC_OK;
    if (fd < 0 || fstat(fd, &info) != 0)
        return FAIL(walk->ctx, FILE_ERROR, "open", STR_ARG(path), strerror(errno));
    if (!S_ISREG(info.st_mode)) return RC_OK;
    TRY(check_plain(walk, path));
    if (walk->found.len == MAX_FILES)
        return FAIL(walk->ctx, LIMIT_EXCEEDED, "The number of files of one FILES()",
                    (long long)MAX_FILES);
    vec_push(walk->ctx->arena, &walk->found, path);
    return RC_OK;
}

static int compare_names(const void *a, const void *b)
{
    return str_cmp(*(const Str *)a, *(const Str *)b);
}

// Names in a folder that fit the pattern, sorted; those that begin with a dot only if it does.
static Rc list_matches(Walk *walk, int folder, Str pattern, PathList *out)
{
    VEC(Str) names = {0};
    int copy = fcntl(folder, F_DUPFD_CLOEXEC, 0);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    if (!dir) {
        close_fd(&copy);
        return FAIL(walk->ctx, FILE_ERROR, "list", STR_ARG(walk->url), strerror(errno));
    }
    const char *wanted = str_z(walk->ctx->arena, pattern);
    rewinddir(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && names.len <= MAX_FILES;)
        if (fnmatch(wanted, entry->d_name, FNM_PERIOD | FNM_NOESCAPE) == 0)
            vec_push(walk->ctx->arena, &names, str_dup(walk->ctx->arena, str_from(entry->d_name)));
    closedir(dir);
    if (names.len > 0) qsort(names.at, names.len, sizeof(*names.at), compare_names);
    *out = (PathList){names.at, names.len};
    return RC_OK;
}

static Rc walk_part(Walk *walk, int folder, Str path, size_t part);

static Rc walk_name(Walk *walk, int folder, Str path, size_t part, Str name)
{
    Str below = str_printf(walk->ctx->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(name));
    TRY(ctx_poll(walk->ctx));
    if (part + 1 == walk->part_count) return add_file(walk, folder, name, below);
    AUTO(close_fd) int fd = open_beneath(folder, str_z(walk->ctx->arena, name), true);
    if (fd >= 0) return walk_part(walk, fd, below, part + 1);
    // A pattern also fits files and links on the way; only what was named is told.
    if (errno == ENOENT || errno == ENOTDIR || is_wild(walk->parts[part])) return RC_OK;
    if (errno == ELOOP || errno == EXDEV) return FAIL(walk->ctx, FILES_OUTSIDE, STR_ARG(below));
    return FAIL(walk->ctx, FILE_ERROR, "open", STR_ARG(below), strerror(errno));
}

static Rc walk_part(Walk *walk, int folder, Str path, size_t part)
{
    PathList names = {&walk->parts[part], 1};
    if (is_wild(walk->parts[part])) TRY(list_matches(walk, folder, walk->parts[part], &names));
    for (size_t i = 0; i < names.count; i++) TRY(walk_name(walk, folder, path, part, names.at[i]));
    return RC_OK;
}

// The configured folder that `path` begins with, the longest one.
static Str find_folder(const InstanceOptions *options, Str path)
{
    Str best = STR_NONE;
    for (size_t i = 0; i < options->files_dir_count; i++) {
        Str folder = options->files_dirs[i];
        while (folder.len > 1 && str_ends(folder, STR("/"))) folder.len--;
        bool is_below = str_starts(path, folder) &&
                        (path.len > folder.len && (folder.len == 1 || path.ptr[folder.len] == '/'));
        if (is_below && folder.len > best.len) best = folder;
    }
    return best;
}

static Rc split_path(Walk *walk, Str rest)
{
    while (rest.len > 0) {
        Str part = str_cut(&rest, '/');
        if (part.len == 0) continue;
        if (str_eq(part, STR(".")) || str_eq(part, STR("..")))
            return FAIL(walk->ctx, FILES_OUTSIDE, STR_ARG(walk->url));
        if (walk->part_count == MAX_PARTS)
            return FAIL(walk->ctx, LIMIT_EXCEEDED, "The depth of a path", (long long)MAX_PARTS);
        walk->parts[walk->part_count++] = part;
    }
    return RC_OK;
}

Rc files_expand(Ctx *ctx, const InstanceOptions *options, Str url, PathList *out)
{
    Walk walk = {.ctx = ctx, .url = url};
    if (options->files_dir_count == 0) return FAIL(ctx, FILES_NO_DIRS);
    if (!str_starts_nocase(url, STR("file:")) && str_find(url, STR("://")) > 0) {
        Str scheme = str_sub(url, 0, (size_t)str_find(url, STR("://")));
        return SAY(ctx, NOT_SUPPORTED, "FILES on %.*s", STR_ARG(scheme));
    }
    if (!str_starts_nocase(url, STR("file:///")))
        return SAY(ctx, SEMANTIC, "path of FILES must begin with file:///, found %.*s",
                   STR_ARG(url));
    Str path = str_sub(url, strlen("file://"), url.len);
    if (str_contains(path, '\0')) return FAIL(ctx, FILES_OUTSIDE, STR_ARG(url));
    Str folder = find_folder(options, path);
    if (!folder.ptr) return FAIL(ctx, FILES_OUTSIDE, STR_ARG(url));
    TRY(split_path(&walk, str_sub(path, folder.len, path.len)));
    AUTO(close_fd) int fd = open(str_z(ctx->arena, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return FAIL(ctx, FILE_ERROR, "open", STR_ARG(folder), strerror(errno));
    if (walk.part_count > 0) TRY(walk_part(&walk, fd, folder.len == 1 ? STR("") : folder, 0));
    if (walk.found.len == 0) return FAIL(ctx, FILES_NONE, STR_ARG(url));
    *out = (PathList){walk.found.at, walk.found.len};
    return RC_OK;
}
