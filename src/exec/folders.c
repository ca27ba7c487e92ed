/*
 * exec/folders: which folders of the machine may be what.
 *
 * Errors  FOLDER_OVERLAP, FOLDER_NOT_ALLOWED, BLOB_URL.
 * Threads pure, apart from the file system.
 */
#include "exec/folders.h"
#include "blob/blob.h"
#include "io/file.h"

// The path with links resolved; what does not exist yet is kept as written.
static Str resolve(Arena *arena, Str path)
{
    char *real = realpath(str_z(arena, path), NULL);
    if (real) {
        Str resolved = str_dup(arena, str_from(real));
        free(real);
        return resolved;
    }
    Str parent = file_parent(arena, path);
    if (parent.len == 0 || parent.len >= path.len) return path;
    Str name = str_sub(path, parent.len + (str_eq(parent, STR("/")) ? 0 : 1), path.len);
    return file_join(arena, resolve(arena, parent), name);
}

static bool contains(Str outer, Str inner)
{
    if (str_eq(outer, STR("/"))) return true;
    return str_starts(inner, outer) && (inner.len == outer.len || inner.ptr[outer.len] == '/');
}

static Rc check_apart(Ctx *ctx, Str a, Str b)
{
    Str first = resolve(ctx->arena, a), second = resolve(ctx->arena, b);
    if (!contains(first, second) && !contains(second, first)) return RC_OK;
    return FAIL(ctx, FOLDER_OVERLAP, STR_ARG(a), STR_ARG(b));
}

Rc folders_check_repository(Ctx *ctx, const InstanceOptions *options, Str location)
{
    Str folder;
    if (!str_starts_nocase(location, STR("file:"))) return RC_OK;
    TRY(blob_local_path(ctx, location, &folder));
    TRY(check_apart(ctx, folder, options->data_dir));
    for (size_t i = 0; i < options->files_dir_count; i++)
        TRY(check_apart(ctx, folder, options->files_dirs[i]));
    bool is_allowed = options->repository_dir_count == 0;
    for (size_t i = 0; i < options->repository_dir_count && !is_allowed; i++)
        is_allowed =
            contains(resolve(ctx->arena, options->repository_dirs[i]), resolve(ctx->arena, folder));
    return is_allowed ? RC_OK : FAIL(ctx, FOLDER_NOT_ALLOWED, STR_ARG(folder));
}

Rc folders_check_options(Ctx *ctx, const InstanceOptions *options)
{
    for (size_t i = 0; i < options->files_dir_count; i++)
        TRY(check_apart(ctx, options->data_dir, options->files_dirs[i]));
    return RC_OK;
}
