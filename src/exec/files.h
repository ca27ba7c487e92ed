#ifndef EXEC_FILES_H
#define EXEC_FILES_H
#include "exec/session.h"

/*
 * FILES("path" = "file:///..", "format" = "parquet | csv | json", ..): files of the machine as a
 * relation. They lie below a folder that the configuration names (files_dirs) and are opened
 * beneath it without following links. `*` and `?` in any part of the path are expanded here, sorted
 * by name. Keys for CSV: csv.column_separator (tab), csv.row_delimiter (line end), csv.skip_header
 * (lines), csv.enclose, csv.escape, csv.trim_space, auto_detect_types, auto_detect_sample_rows; its
 * columns are $1, $2, ..; \N is NULL, and an empty field is NULL unless its column holds texts.
 */

// Of a plan: the columns. Of the fill: the relation in parentheses, columns named as in the file.
// Errors: FILES_*, SEMANTIC (keys and values), NOT_SUPPORTED (formats), ENGINE_FILE (content).
NODISCARD Rc files_columns(Ctx *ctx, Execution *x, const Property *properties, size_t count,
                           VirtualTable *out);
NODISCARD Rc files_fill(Ctx *ctx, Execution *x, const Scan *scan, Buf *out);

// --- files_path.c
typedef struct PathList {
    Str *at;
    size_t count;
} PathList;
// Errors: FILES_NO_DIRS, FILES_OUTSIDE, FILES_NONE, SEMANTIC (no file:// URL), LIMIT_EXCEEDED.
NODISCARD Rc files_expand(Ctx *ctx, const InstanceOptions *options, Str url, PathList *out);

// The type of a column that the engine calls `found`; VARCHAR when StarRocks has no such type.
Type files_type(Arena *arena, Str found);

#endif
