#ifndef IO_FILE_H
#define IO_FILE_H
#include "base/ctx.h"

/*
 * Files of the local machine, done durably: what a function calls durable has survived fsync, its
 * name too. Paths are absolute. Interrupted and short calls are continued. Errors of every
 * function, besides its own: FILE_MISSING, FILE_EXISTS, DISK_FULL, FILE_ERROR; each names the path.
 *
 * An error from fsync leaves the truth unknown (the kernel may have dropped the pages): the process
 * logs it and ends at once, to recover from disk.
 */

// --- handles
typedef struct File {
    int fd;    // -1: none
    Str path;  // lives as long as the Ctx that opened it
} File;
enum { FILE_NONE = -1 };
NODISCARD Rc file_open(Ctx *ctx, Str path,
                       File *out);  // to read; folders, links and pipes are refused
NODISCARD Rc file_create(Ctx *ctx, Str path, File *out);  // to write; FILE_EXISTS when it is there
void file_close(File *file);                              // for AUTO(file_close); none is fine
// Up to `len` bytes; *got 0 is the end.
NODISCARD Rc file_read(Ctx *ctx, File *file, void *to, size_t len, size_t *got);
NODISCARD Rc file_write(Ctx *ctx, File *file, const void *from, size_t len);
NODISCARD Rc file_sync(Ctx *ctx, File *file);
// A file on its way to a name, to write. Where the file system can, it has no name at all until
// file_new_link, so that a crash leaves nothing; elsewhere one that ends with ".tmp", beside the
// name it will have.
typedef struct NewFile {
    File file;  // its path is the name it will have
    Str temp;   // STR_NONE: no name
} NewFile;
NODISCARD Rc file_new_begin(Ctx *ctx, Str path, NewFile *out);
// Give it its name; never replaces: FILE_EXISTS. The caller has synced it, and syncs the folder.
NODISCARD Rc file_new_link(Ctx *ctx, NewFile *new);
void file_new_close(NewFile *new);  // for AUTO; without a link nothing stays
NODISCARD Rc file_size_of(Ctx *ctx, const File *file, uint64_t *size_bytes);

// --- whole files
// At most `max_bytes`, otherwise LIMIT_EXCEEDED.
NODISCARD Rc file_read_whole(Ctx *ctx, Str path, size_t max_bytes, Str *out);
// Durable, under its name at once or not at all; replaces what was there.
NODISCARD Rc file_write_whole(Ctx *ctx, Str path, Str bytes);
// The same, but the first writer wins: FILE_EXISTS when the name is taken.
NODISCARD Rc file_create_whole(Ctx *ctx, Str path, Str bytes);

// --- names
NODISCARD Rc file_stat(Ctx *ctx, Str path,
                       uint64_t *size_bytes);  // FILE_MISSING; a folder is FILE_ERROR
bool file_is_there(Str path);                  // of any kind
NODISCARD Rc file_rename(Ctx *ctx, Str from,
                         Str to);  // never replaces: FILE_EXISTS. Not durable by itself
NODISCARD Rc file_link(Ctx *ctx, Str from,
                       Str to);  // hard link, never replaces. Not durable by itself
NODISCARD Rc file_remove(Ctx *ctx, Str path);
NODISCARD Rc file_remove_if_there(Ctx *ctx, Str path);
NODISCARD Rc file_make_read_only(Ctx *ctx, Str path);  // mode 0444
NODISCARD Rc file_start_writeback(Ctx *ctx,
                                  Str path);        // begin writing dirty pages; returns at once
NODISCARD Rc file_sync_path(Ctx *ctx, Str path);    // fsync of a file or a folder by name
NODISCARD Rc file_sync_parent(Ctx *ctx, Str path);  // fsync of the folder that holds the name
Str file_parent(Arena *arena, Str path);
Str file_join(Arena *arena, Str folder, Str name);

// --- folders
NODISCARD Rc file_make_dirs(Ctx *ctx, Str path);  // with parents; durable; being there is fine
NODISCARD Rc file_make_dirs_unsynced(Ctx *ctx, Str path);  // the caller syncs the folders above
NODISCARD Rc file_remove_tree(Ctx *ctx, Str path);  // being gone is fine; links are not followed
typedef struct FileEntry {
    Str name;
    bool is_dir;
} FileEntry;
// Sorted by name, without `.` and `..`, in ctx->arena. At most LIMIT_FOLDER_ENTRIES.
NODISCARD Rc file_list(Ctx *ctx, Str folder, FileEntry **out, size_t *count);
int64_t file_free_bytes(Str path);  // of its file system; -1: unknown

// --- one process per lock file. Errors: FILE_LOCKED. The lock ends with the process.
NODISCARD Rc file_lock(Ctx *ctx, Str path, File *out);

#endif
