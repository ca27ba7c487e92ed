#ifndef SNAP_FILELIST_H
#define SNAP_FILELIST_H
#include "io/digest.h"
#include "io/file.h"
#include "schema/snapcontent.h"

// The file list of one table (docs/FORMAT.md, "File list"): JSON lines, one per data file,
// partitions in order. Written and read as streams: memory does not grow with the number of files.

typedef struct FileListWriter {
    File file;
    Digester digester;
    uint64_t bytes;
} FileListWriter;
NODISCARD Rc file_list_begin(Ctx *ctx, Str path, FileListWriter *out);
NODISCARD Rc file_list_add(Ctx *ctx, FileListWriter *writer, const SnapFile *file);
// Content address and size of the list; the writer is over. Not durable before file_sync_path() of
// it: whoever writes many syncs them together.
void file_list_end(FileListWriter *writer, Digest *digest, uint64_t *bytes);
void file_list_close(FileListWriter *writer);  // for AUTO; ended is fine

// Reads a list that lies at `path`, checks every line against its table and the sums at the end,
// and calls `visit` for each line. Errors: LIST_DAMAGED (names the line), those of `visit`.
typedef struct FileListVisit {
    Rc (*visit)(Ctx *ctx, void *handle, const SnapFile *file);
    void *handle;
} FileListVisit;
NODISCARD Rc file_list_read(Ctx *ctx, Str path, const SnapTable *table, const FileListVisit *visit);

#endif
