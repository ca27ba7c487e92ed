#ifndef SCHEMA_NAMES_H
#define SCHEMA_NAMES_H
#include "base/ctx.h"

// Which names are allowed (StarRocks' FeNameFormat; statements.md 3). All must be valid UTF-8.
bool name_is_database(
    Str name);  // letter or underscore, then letters, digits, underscores; 256 at most
bool name_is_repository(Str name);  // the same, 64 at most
bool name_is_partition(Str name);   // the same, 64 at most, not beginning with "placeholder_"
bool name_is_table(Str name);       // 1 to 1024 characters without NUL
bool name_is_column(Str name);  // 1 to 1024 characters without NUL = < > ! *, none that is reserved

// The same as refusals. Errors: BAD_DATABASE_NAME, BAD_REPOSITORY_NAME, BAD_PARTITION_NAME,
// BAD_TABLE_NAME, BAD_COLUMN_NAME.
NODISCARD Rc name_check_database(Ctx *ctx, Str name);
NODISCARD Rc name_check_repository(Ctx *ctx, Str name);
NODISCARD Rc name_check_partition(Ctx *ctx, Str name);
NODISCARD Rc name_check_table(Ctx *ctx, Str name);
NODISCARD Rc name_check_column(Ctx *ctx, Str name);

#endif
