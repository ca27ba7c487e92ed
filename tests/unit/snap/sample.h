#ifndef TESTS_UNIT_SNAP_SAMPLE_H
#define TESTS_UNIT_SNAP_SAMPLE_H
#include "schema/snapcontent.h"
#include "snap/manifest.h"
#include "snap/repository.h"

// A small valid snapshot: table `city` (unpartitioned, no file) and table `sales`, partitioned by
// range with partitions p1 (two files: 10 and 20 rows, 100 and 200 bytes) and p2 (one file: 5 rows,
// 50 bytes).
SnapContent *sample_content(Ctx *t);
// The lines of the list of `sales`, as a file below `dir`; its digest and size are put into the
// content.
Str sample_list(Ctx *t, SnapContent *content, Str dir);

// `text` with its only occurrence of `from` replaced; the test fails when there is none or more
// than one.
Str sample_edit(Ctx *t, Str text, const char *from, const char *to);
// A manifest whose first line was edited, with the right digest for it.
Str sample_sign(Ctx *t, Str first_line);
// The first line of a manifest, with its line break.
Str sample_first_line(Str manifest);

// A repository named `repo` below a folder of the test.
SnapPlace sample_place(Ctx *t);

#endif
