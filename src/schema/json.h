#ifndef SCHEMA_JSON_H
#define SCHEMA_JSON_H
#include "base/json.h"
#include "schema/model.h"

// Definitions to and from JSON: bodies of catalog rows and parts of manifests. docs/FORMAT.md shows
// the forms. Writers are deterministic (equal definitions, equal bytes). Readers treat the text as
// foreign: kinds, ranges, names, uniqueness of ids and names, references between parts, order of
// bounds and limits are checked; members that are not known are ignored, so that a newer minor
// writer can be read. `key` is NULL inside arrays and at the top, as everywhere in base/json.
// Errors of readers: JSON_FIELD, LIMIT_EXCEEDED, PARTITION_*; they name the field and the object it
// is in.

void table_def_to_json(JsonWriter *w, const char *key, const TableDef *table);
NODISCARD Rc table_def_from_json(Ctx *ctx, const Json *json, TableDef **out);

// A partition is read beside its table: width, types and order of its bounds must fit.
void partition_def_to_json(JsonWriter *w, const char *key, const PartitionDef *partition);
NODISCARD Rc partition_def_from_json(Ctx *ctx, const Json *json, const TableDef *table,
                                     PartitionDef **out);

void database_def_to_json(JsonWriter *w, const char *key, const DatabaseDef *database);
NODISCARD Rc database_def_from_json(Ctx *ctx, const Json *json, DatabaseDef **out);

void repository_def_to_json(JsonWriter *w, const char *key, const RepositoryDef *repository);
NODISCARD Rc repository_def_from_json(Ctx *ctx, const Json *json, RepositoryDef **out);

// A number of 32 bits from `least`. Errors: JSON_FIELD.
NODISCARD Rc json_get_u32(Ctx *ctx, const Json *object, const char *key, uint32_t least,
                          uint32_t *out);

#endif
