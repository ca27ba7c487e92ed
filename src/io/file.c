/*
 * io/file: local files, done durably.
 *
 * Source  rename(2), link(2), fsync(2); PostgreSQL's durable_rename for the order of the steps.
 *         Exclusive creation is an unnamed file, fsync, link, fsync of the folder: a reader sees
 *         all of it or nothing.
 * Errors  FILE_*, DISK_FULL, LIMIT_EXCEEDED. An fsync that fails ends the process.
 * Threads any; a File belongs to one thread.
 */
#include "io/file.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/vec.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { EXIT_TRUTH_UNKNOWN = 70, FILE_MODE = 0644, FOLDER_MODE = 0755, READ_ONLY_MODE = 0444 };

static Rc failed(Ctx *ctx, const char *verb, Str path)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR: return FAIL(ctx, FILE_MISSING, STR_ARG(path));
    case ELOOP: return FAIL(ctx, FILE_ERROR, verb, STR_ARG(path), "it is a link");
    case EEXIST: return FAIL(ctx, FILE_EXISTS, STR_ARG(path));
    case ENOSPC:
    case EDQUOT: return FAIL(ctx, DISK_FULL, str_z(ctx->arena, path));
    default: return FAIL(ctx, FILE_ERROR, verb, STR_ARG(path), strerror(errno));
    }
}

static Rc sync_fd(Ctx *ctx, int fd, Str path)
{
    TRY(fault_point(ctx, "file.sync"));
    while (fsync(fd) != 0) {
        if (errno == EINTR) continue;
        log_error("fsync of %.*s failed: %s. What reached the disk is unknown; stopping to recover",
                  STR_ARG(path), strerror(errno));
        _exit(EXIT_TRUTH_UNKNOWN);
    }
    return RC_OK;
}

static Rc open_flags(Ctx *ctx, Str path, int flags, const char *verb, File *out)
{
    int fd;
    do fd = open(str_z(ctx->arena, path), flags | O_CLOEXEC, FILE_MODE);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return failed(ctx, verb, path);
    *out = (File){fd, str_dup(ctx->arena, path)};
    return RC_OK;
}

Rc file_open(Ctx *ctx, Str path, File *out)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    // A link could lead anywhere, and a pipe would keep us waiting for its writer.
    TRY(open_flags(ctx, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, "open", &file));
    struct stat info;
    if (fstat(file.fd, &info) != 0) return failed(ctx, "look at", path);
    if (!S_ISREG(info.st_mode))
        return FAIL(ctx, FILE_ERROR, "open", STR_ARG(path), "it is no regular file");
    *out = file;
    file.fd = FILE_NONE;
    return RC_OK;
}

Rc file_create(Ctx *ctx, Str path, File *out)
{
    TRY(fault_point(ctx, "file.create"));
    return open_flags(ctx, path, O_WRONLY | O_CREAT | O_EXCL, "create", out);
}

void file_close(File *file)
{
    if (file->fd >= 0) close(file->fd);
    file->fd = FILE_NONE;
}

Rc file_read(Ctx *ctx, File *file, void *to, size_t len, size_t *got)
{
    ssize_t count;
    do count = read(file->fd, to, len);
    while (count < 0 && errno == EINTR);
    if (count < 0) return failed(ctx, "read", file->path);
    *got = (size_t)count;
    return RC_OK;
}

Rc file_write(Ctx *ctx, File *file, const void *from, size_t len)
{
    TRY(fault_point(ctx, "file.write"));
    for (size_t done = 0; done < len;) {
        ssize_t count = write(file->fd, (const char *)from + done, len - done);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed(ctx, "write", file->path);
        done += (size_t)count;
    }
    return RC_OK;
}

Rc file_sync(Ctx *ctx, File *file)
{
    return sync_fd(ctx, file->fd, file->path);
}

Rc file_size_of(Ctx *ctx, const File *file, uint64_t *size_bytes)
{
    struct stat info;
    if (fstat(file->fd, &info) != 0) return failed(ctx, "look at", file->path);
    *size_bytes = (uint64_t)info.st_size;
    return RC_OK;
}

// --- new files

// `path` with a random tail, in the same folder: rename and link stay within one file system.
static Str temp_name(Arena *arena, Str path)
{
    uint64_t number;
    rand_bytes(&number, sizeof(number));
    Str name = str_printf(arena, "%.*s.%016llx.tmp", STR_ARG(path), (unsigned long long)number);
    return str_from(str_z(arena, name));
}

static void forget_temp(Str temp)
{
    if (unlink(temp.ptr) != 0 && errno != ENOENT)
        log_warn("can not remove %s: %s", temp.ptr, strerror(errno));
}

// A file without a name is linked through /proc; without it the file must have a name from the
// start.
static bool open_unnamed(Ctx *ctx, Str path, NewFile *out)
{
    const char *folder = str_z(ctx->arena, file_parent(ctx->arena, path));
    if (fault_point(ctx, "file.unnamed") != RC_OK) {
        ctx_clear(ctx);  // a test wants a file system that can not do it
        return false;
    }
    if (access("/proc/self/fd", X_OK) != 0) return false;
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, FILE_MODE);
    if (fd < 0) return false;
    *out = (NewFile){.file = {fd, str_dup(ctx->arena, path)}};
    return true;
}

Rc file_new_begin(Ctx *ctx, Str path, NewFile *out)
{
    TRY(fault_point(ctx, "file.create"));
    if (open_unnamed(ctx, path, out)) return RC_OK;
    // Trouble other than "not supported" comes again here, and is told.
    NewFile new = {.temp = temp_name(ctx->arena, path)};
    TRY(open_flags(ctx, new.temp, O_WRONLY | O_CREAT | O_EXCL, "create", &new.file));
    new.file.path = str_dup(ctx->arena, path);
    *out = new;
    return RC_OK;
}

Rc file_new_link(Ctx *ctx, NewFile *new)
{
    Str from = new->temp;
    if (!from.ptr) from = str_printf(ctx->arena, "/proc/self/fd/%d", new->file.fd);
    const char *to = str_z(ctx->arena, new->file.path);
    TRY(fault_point(ctx, "file.link"));
    if (linkat(AT_FDCWD, str_z(ctx->arena, from), AT_FDCWD, to, AT_SYMLINK_FOLLOW) != 0)
        return failed(ctx, "link", new->file.path);
    return fault_point(ctx, "file.linked");
}

void file_new_close(NewFile *new)
{
    file_close(&new->file);
    if (new->temp.ptr) forget_temp(new->temp);
    new->temp = STR_NONE;
}

// --- whole files

Rc file_read_whole(Ctx *ctx, Str path, size_t max_bytes, Str *out)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(file_open(ctx, path, &file));
    uint64_t size = 0;
    TRY(file_size_of(ctx, &file, &size));
    if (size > max_bytes) {
        const char *what = str_printf(ctx->arena, "Size of file %.*s", STR_ARG(path)).ptr;
        return FAIL(ctx, LIMIT_EXCEEDED, what, (long long)max_bytes);
    }
    char *bytes = arena_alloc(ctx->arena, (size_t)size + 1);
    size_t len = 0;
    while (len < size) {
        size_t got = 0;
        TRY(file_read(ctx, &file, bytes + len, (size_t)size - len, &got));
        if (got == 0) break;
        len += got;
    }
    *out = (Str){bytes, len};
    return RC_OK;
}

static Rc write_temp(Ctx *ctx, Str temp, Str bytes)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(file_create(ctx, temp, &file));
    TRY(file_write(ctx, &file, bytes.ptr, bytes.len));
    return file_sync(ctx, &file);
}

Rc file_write_whole(Ctx *ctx, Str path, Str bytes)
{
    Str temp = temp_name(ctx->arena, path);
    const char *to = str_z(ctx->arena, path);
    Rc rc = write_temp(ctx, temp, bytes);
    if (rc == RC_OK) rc = fault_point(ctx, "file.rename");
    if (rc == RC_OK && rename(temp.ptr, to) != 0) rc = failed(ctx, "rename", path);
    if (rc != RC_OK) forget_temp(temp);
    TRY(rc);
    return file_sync_parent(ctx, path);
}

Rc file_create_whole(Ctx *ctx, Str path, Str bytes)
{
    AUTO(file_new_close) NewFile new = {.file.fd = FILE_NONE};
    TRY(file_new_begin(ctx, path, &new));
    TRY(file_write(ctx, &new.file, bytes.ptr, bytes.len));
    TRY(file_sync(ctx, &new.file));
    TRY(file_new_link(ctx, &new));
    return file_sync_parent(ctx, path);
}

// --- names

Rc file_stat(Ctx *ctx, Str path, uint64_t *size_bytes)
{
    struct stat info;
    if (lstat(str_z(ctx->arena, path), &info) != 0) return failed(ctx, "look at", path);
    if (!S_ISREG(info.st_mode))
        return FAIL(ctx, FILE_ERROR, "use", STR_ARG(path), "it is no regular file");
    *size_bytes = (uint64_t)info.st_size;
    return RC_OK;
}

bool file_is_there(Str path)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    struct stat info;
    return lstat(str_z(arena, path), &info) == 0;
}

Rc file_rename(Ctx *ctx, Str from, Str to)
{
    TRY(fault_point(ctx, "file.rename"));
    int done = renameat2(AT_FDCWD, str_z(ctx->arena, from), AT_FDCWD, str_z(ctx->arena, to),
                         RENAME_NOREPLACE);
    if (done == 0) return RC_OK;
    return failed(ctx, "rename", errno == ENOENT ? from : to);
}

Rc file_link(Ctx *ctx, Str from, Str to)
{
    TRY(fault_point(ctx, "file.link"));
    if (link(str_z(ctx->arena, from), str_z(ctx->arena, to)) == 0) return RC_OK;
    return failed(ctx, "link", errno == ENOENT ? from : to);
}

Rc file_remove(Ctx *ctx, Str path)
{
    TRY(fault_point(ctx, "file.remove"));
    return unlink(str_z(ctx->arena, path)) == 0 ? RC_OK : failed(ctx, "remove", path);
}

Rc file_remove_if_there(Ctx *ctx, Str path)
{
    Rc rc = file_remove(ctx, path);
    if (rc != RC_NOT_FOUND) return rc;
    ctx_clear(ctx);
    return RC_OK;
}

Rc file_make_read_only(Ctx *ctx, Str path)
{
    return chmod(str_z(ctx->arena, path), READ_ONLY_MODE) == 0
               ? RC_OK
               : failed(ctx, "change the mode of", path);
}

Rc file_start_writeback(Ctx *ctx, Str path)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(open_flags(ctx, path, O_RDONLY, "open", &file));
    // Advice only: a file system that does not know it writes at fsync.
    sync_file_range(file.fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return RC_OK;
}

Rc file_sync_path(Ctx *ctx, Str path)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(open_flags(ctx, path, O_RDONLY, "open", &file));
    return file_sync(ctx, &file);
}

Str file_parent(Arena *arena, Str path)
{
    while (path.len && path.ptr[path.len - 1] != '/') path.len--;
    while (path.len > 1 && path.ptr[path.len - 1] == '/') path.len--;
    return str_dup(arena, path);
}

Str file_join(Arena *arena, Str folder, Str name)
{
    const char *slash = folder.len && folder.ptr[folder.len - 1] == '/' ? "" : "/";
    return str_printf(arena, "%.*s%s%.*s", STR_ARG(folder), slash, STR_ARG(name));
}

Rc file_sync_parent(Ctx *ctx, Str path)
{
    return file_sync_path(ctx, file_parent(ctx->arena, path));
}

// --- folders

static Rc make_dirs(Ctx *ctx, Str path, bool is_durable)
{
    struct stat info;
    const char *name = str_z(ctx->arena, path);
    if (stat(name, &info) == 0) {
        if (S_ISDIR(info.st_mode)) return RC_OK;
        return FAIL(ctx, FILE_ERROR, "make folder", STR_ARG(path), "a file has that name");
    }
    Str parent = file_parent(ctx->arena, path);
    if (parent.len && parent.len < path.len) TRY(make_dirs(ctx, parent, is_durable));
    if (mkdir(name, FOLDER_MODE) != 0 && errno != EEXIST) return failed(ctx, "make folder", path);
    return is_durable ? file_sync_path(ctx, parent) : RC_OK;
}

Rc file_make_dirs(Ctx *ctx, Str path)
{
    return make_dirs(ctx, path, true);
}

Rc file_make_dirs_unsynced(Ctx *ctx, Str path)
{
    return make_dirs(ctx, path, false);
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(((const FileEntry *)a)->name, ((const FileEntry *)b)->name);
}

static void close_folder(DIR **folder)
{
    if (*folder) closedir(*folder);
}

static bool is_folder(DIR *folder, const struct dirent *entry)
{
    if (entry->d_type != DT_UNKNOWN) return entry->d_type == DT_DIR;
    struct stat info;
    return fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(info.st_mode);
}

Rc file_list(Ctx *ctx, Str path, FileEntry **out, size_t *count)
{
    AUTO(close_folder) DIR *folder = opendir(str_z(ctx->arena, path));
    if (!folder) return failed(ctx, "list folder", path);
    VEC(FileEntry) entries = {0};
    while (true) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry && errno) return failed(ctx, "list folder", path);
        if (!entry) break;
        Str name = str_from(entry->d_name);
        if (str_eq(name, STR(".")) || str_eq(name, STR(".."))) continue;
        if (entries.len >= LIMIT_FOLDER_ENTRIES)
            return FAIL(ctx, LIMIT_EXCEEDED, "Number of entries of a folder",
                        (long long)LIMIT_FOLDER_ENTRIES);
        vec_push(ctx->arena, &entries,
                 (FileEntry){str_dup(ctx->arena, name), is_folder(folder, entry)});
    }
    if (entries.len) qsort(entries.at, entries.len, sizeof(*entries.at), by_name);
    *out = entries.at;
    *count = entries.len;
    return RC_OK;
}

Rc file_remove_tree(Ctx *ctx, Str path)
{
    struct stat info;
    const char *name = str_z(ctx->arena, path);
    if (lstat(name, &info) != 0) return errno == ENOENT ? RC_OK : failed(ctx, "look at", path);
    if (!S_ISDIR(info.st_mode)) return file_remove_if_there(ctx, path);
    FileEntry *entries = NULL;
    size_t count = 0;
    TRY(file_list(ctx, path, &entries, &count));
    for (size_t i = 0; i < count; i++)
        TRY(file_remove_tree(ctx, file_join(ctx->arena, path, entries[i].name)));
    if (rmdir(name) != 0 && errno != ENOENT) return failed(ctx, "remove folder", path);
    return RC_OK;
}

int64_t file_free_bytes(Str path)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    struct statvfs info;
    if (statvfs(str_z(arena, path), &info) != 0) return -1;
    return (int64_t)(info.f_bavail * info.f_frsize);
}

Rc file_lock(Ctx *ctx, Str path, File *out)
{
    AUTO(file_close) File file = {.fd = FILE_NONE};
    TRY(open_flags(ctx, path, O_RDWR | O_CREAT, "open", &file));
    if (flock(file.fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? FAIL(ctx, FILE_LOCKED, STR_ARG(path))
                                    : failed(ctx, "lock", path);
    *out = file;
    file.fd = FILE_NONE;
    return RC_OK;
}
