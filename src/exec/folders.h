#ifndef EXEC_FOLDERS_H
#define EXEC_FOLDERS_H
#include "exec/exec.h"

// Data folder, FILES folders and local repositories may not contain one another (DESIGN section 9):
// a statement could otherwise read or overwrite what is not its own. Links are resolved as far as
// the path exists.

// `location` is a file:// URL; other stores pass. Errors: FOLDER_OVERLAP, FOLDER_NOT_ALLOWED
// (repository_dirs), BLOB_URL.
NODISCARD Rc folders_check_repository(Ctx *ctx, const InstanceOptions *options, Str location);
// At start: the data folder against the FILES folders.
NODISCARD Rc folders_check_options(Ctx *ctx, const InstanceOptions *options);

#endif
