#ifndef SCHEMA_IMPORT_H
#define SCHEMA_IMPORT_H
#include "base/ctx.h"
#include "schema/snapcontent.h"

// Files keep the field ids of the table that wrote them. When a RESTORE brings files into an
// existing table with the same visible definition (match_table found no conflict), the table learns
// the schemas under which they were written: same columns by position, the files' own field ids.

typedef struct SchemaImport {
    TableDef *def;         // the target with the schemas added; its current schema stays last
    bool was_changed;      // a schema was added
    uint32_t *schema_ids;  // of the target, one per snap->schemas
} SchemaImport;

// Everything in ctx->arena. Errors: LIMIT_EXCEEDED.
NODISCARD Rc schema_import(Ctx *ctx, const TableDef *target, const TableDef *snap,
                           SchemaImport *out);

#endif
