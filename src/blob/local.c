/*
 * blob/local: blobs as files below one folder.
 *
 * Form    a blob gets its name when it is whole and fsynced, by link(): it appears whole, and the
 *         first of two writers wins. Folders that got names, and those above them, are fsynced by
 *         sync(): once, however many names they got.
 * Errors  FILE_*, DISK_FULL. Links are not followed anywhere below the folder: each folder on the
 *         way to a name is looked at before it is used.
 * Threads `lock` guards the list of folders that sync() must still write.
 */
#include "blob/blob.h"
#include "io/file.h"
#include <sys/stat.h>

typedef struct Pending {
    struct Pending *next;
    char folder[];
} Pending;

typedef struct LocalBlob {
    Blob blob;
    char *root;
    Lock lock;  // RANK_LEAF
    Pending *pending;
} LocalBlob;

static LocalBlob *local_of(Blob *blob)
{
    return (LocalBlob *)blob;
}

static Str path_of(const Blob *blob, Arena *arena, Str name)
{
    Str root = str_from(((const LocalBlob *)blob)->root);
    return name.len ? file_join(arena, root, name) : str_dup(arena, root);
}

// No folder between the root and the name may be a link: a link could lead out of the repository.
static Rc check_way(Ctx *ctx, const LocalBlob *local, Str name)
{
    Str root = str_from(local->root);
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] != '/') continue;
        Str folder = file_join(ctx->arena, root, str_sub(name, 0, i));
        struct stat info;
        if (lstat(str_z(ctx->arena, folder), &info) == 0 && !S_ISDIR(info.st_mode))
            return FAIL(ctx, FILE_ERROR, "use", STR_ARG(folder), "it is no folder");
    }
    return RC_OK;
}

// False: it was pending already.
static bool add_pending(LocalBlob *local, Str folder)
{
    // under local->lock
    Pending *at = local->pending;
    while (at && !str_eq(str_from(at->folder), folder)) at = at->next;
    if (at) return false;
    Pending *added = mem_alloc(sizeof(Pending) + folder.len + 1);
    memcpy(added->folder, folder.ptr, folder.len);
    added->next = local->pending;
    local->pending = added;
    return true;
}

// The folder of `path` got a name, or showed one that may be younger than its last fsync. The same
// holds for the folders above it up to the root: whoever made them may not have lived to sync them.
static void remember_folder(LocalBlob *local, Arena *arena, Str path)
{
    size_t root_len = strlen(local->root);
    Str folder = file_parent(arena, path);
    lock_take(&local->lock);
    while (add_pending(local, folder) && folder.len > root_len) folder = file_parent(arena, folder);
    lock_give(&local->lock);
}

static Rc locate(Blob *blob, Ctx *ctx, Str name, Str *path)
{
    TRY(blob_check_name(ctx, name));
    TRY(check_way(ctx, local_of(blob), name));
    *path = path_of(blob, ctx->arena, name);
    return RC_OK;
}

static Rc locate_new(Blob *blob, Ctx *ctx, Str name, Str *path)
{
    TRY(locate(blob, ctx, name, path));
    return file_make_dirs(ctx, file_parent(ctx->arena, *path));
}

static Rc local_create(Blob *blob, Ctx *ctx, Str name, Str bytes)
{
    Str path;
    TRY(locate_new(blob, ctx, name, &path));
    return file_create_whole(ctx, path, bytes);
}

static Rc local_replace(Blob *blob, Ctx *ctx, Str name, Str bytes)
{
    Str path;
    TRY(locate_new(blob, ctx, name, &path));
    return file_write_whole(ctx, path, bytes);
}

static Rc local_read(Blob *blob, Ctx *ctx, Str name, size_t max_bytes, Str *out)
{
    Str path;
    TRY(locate(blob, ctx, name, &path));
    TRY(file_read_whole(ctx, path, max_bytes, out));
    remember_folder(local_of(blob), ctx->arena, path);
    return RC_OK;
}

static Rc local_get(Blob *blob, Ctx *ctx, Str name, Source *out)
{
    Str path;
    TRY(locate(blob, ctx, name, &path));
    return source_of_file(ctx, path, out);
}

static Rc local_stat(Blob *blob, Ctx *ctx, Str name, uint64_t *size_bytes)
{
    Str path;
    TRY(locate(blob, ctx, name, &path));
    TRY(file_stat(ctx, path, size_bytes));
    remember_folder(local_of(blob), ctx->arena, path);
    return RC_OK;
}

// --- streams in

typedef struct LocalPut {
    LocalBlob *local;
    Sink file;
    char *path;
} LocalPut;

static void put_free(LocalPut *put)
{
    free(put->path);
    free(put);
}

static Rc put_write(Ctx *ctx, void *handle, const void *from, size_t len)
{
    LocalPut *put = handle;
    return put->file.write(ctx, put->file.handle, from, len);
}

static void put_abort(Ctx *ctx, void *handle)
{
    LocalPut *put = handle;
    put->file.abort(ctx, put->file.handle);
    put_free(put);
}

static Rc put_commit(Ctx *ctx, void *handle)
{
    LocalPut *put = handle;
    Rc rc = put->file.commit(ctx, put->file.handle);
    if (rc == RC_EXISTS) {
        // The name is the content's address: another writer brought the same bytes (INV-41).
        ctx_clear(ctx);
        rc = RC_OK;
    }
    // It may be new since that writer's sync.
    if (rc == RC_OK) remember_folder(put->local, ctx->arena, str_from(put->path));
    put_free(put);
    return rc;
}

static char *own_text(Str text)
{
    char *copy = mem_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    return copy;
}

static Rc local_put(Blob *blob, Ctx *ctx, Str name, Sink *out)
{
    Str path;
    Sink file;
    TRY(locate(blob, ctx, name, &path));
    TRY(file_make_dirs_unsynced(ctx, file_parent(ctx->arena, path)));
    TRY(sink_to_new_file(ctx, path, &file));
    LocalPut *put = mem_alloc(sizeof(LocalPut));
    *put = (LocalPut){local_of(blob), file, own_text(path)};
    *out = (Sink){put, put_write, put_commit, put_abort};
    return RC_OK;
}

static Pending *take_pending(LocalBlob *local)
{
    lock_take(&local->lock);
    Pending *first = local->pending;
    if (first) local->pending = first->next;
    lock_give(&local->lock);
    return first;
}

static Rc local_sync(Blob *blob, Ctx *ctx)
{
    Rc rc = RC_OK;
    for (Pending *at; rc == RC_OK && (at = take_pending(local_of(blob)));) {
        rc = file_sync_path(ctx, str_from(at->folder));
        free(at);
    }
    return rc;
}

// --- names

static Rc local_list(Blob *blob, Ctx *ctx, Str prefix, BlobEntry **out, size_t *count)
{
    FileEntry *files = NULL;
    size_t file_count = 0;
    if (prefix.len) TRY(blob_check_name(ctx, prefix));
    if (prefix.len)
        TRY(check_way(ctx, local_of(blob), str_printf(ctx->arena, "%.*s/", STR_ARG(prefix))));
    Rc rc = file_list(ctx, path_of(blob, ctx->arena, prefix), &files, &file_count);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        rc = RC_OK;
        file_count = 0;
    }
    TRY(rc);
    BlobEntry *entries = ARENA_ARRAY(ctx->arena, BlobEntry, file_count);
    size_t kept = 0;
    for (size_t i = 0; i < file_count; i++)
        if (!str_ends(files[i].name, STR(".tmp")))
            entries[kept++] = (BlobEntry){files[i].name, files[i].is_dir};
    *out = entries;
    *count = kept;
    return RC_OK;
}

// What a replace() that was killed left beside `path`: <name>.<16 hex>.tmp.
static Rc remove_leftovers(Ctx *ctx, Str path)
{
    Str folder = file_parent(ctx->arena, path);
    Str start = str_printf(ctx->arena, "%.*s.", STR_ARG(str_sub(path, folder.len + 1, path.len)));
    FileEntry *files = NULL;
    size_t count = 0;
    TRY(file_list(ctx, folder, &files, &count));
    for (size_t i = 0; i < count; i++)
        if (str_starts(files[i].name, start) && str_ends(files[i].name, STR(".tmp")))
            TRY(file_remove_if_there(ctx, file_join(ctx->arena, folder, files[i].name)));
    return RC_OK;
}

static Rc local_remove(Blob *blob, Ctx *ctx, Str name)
{
    Str path;
    TRY(locate(blob, ctx, name, &path));
    TRY(file_remove_if_there(ctx, path));
    Rc rc = remove_leftovers(ctx, path);
    if (rc == RC_OK) rc = file_sync_parent(ctx, path);
    if (rc != RC_NOT_FOUND) return rc;
    ctx_clear(ctx);
    return RC_OK;
}

static Str local_describe(const Blob *blob, Arena *arena, Str name)
{
    return path_of(blob, arena, name);
}

static void local_close(Blob *blob)
{
    LocalBlob *local = local_of(blob);
    for (Pending *at; (at = take_pending(local));) free(at);
    lock_close(&local->lock);
    free(local->root);
    free(local);
}

Rc blob_local_open(Ctx *ctx, Str folder, bool may_create, Blob **out)
{
    if (may_create) TRY(file_make_dirs(ctx, folder));
    FileEntry *ignored = NULL;
    size_t count;
    TRY(file_list(ctx, folder, &ignored, &count));
    LocalBlob *local = mem_alloc(sizeof(LocalBlob));
    local->root = own_text(folder);
    lock_init(&local->lock, RANK_LEAF);
    local->blob = (Blob){
        .features = {.has_exclusive_create = true},
        .create = local_create,
        .replace = local_replace,
        .read = local_read,
        .put = local_put,
        .get = local_get,
        .sync = local_sync,
        .stat = local_stat,
        .list = local_list,
        .remove = local_remove,
        .describe = local_describe,
        .close = local_close,
    };
    *out = &local->blob;
    return RC_OK;
}
