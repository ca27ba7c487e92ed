#ifndef SCHEMA_PLANJSON_H
#define SCHEMA_PLANJSON_H
#include "base/json.h"
#include "schema/restoreplan.h"

// Plans of jobs to and from JSON: their rows in the catalog hold them across a crash. Readers check
// kinds and limits. Errors: JSON_FIELD, LIMIT_EXCEEDED.
void backup_plan_to_json(JsonWriter *w, const char *key, const BackupPlan *plan);
NODISCARD Rc backup_plan_from_json(Ctx *ctx, const Json *json, BackupPlan **out);

void restore_plan_to_json(JsonWriter *w, const char *key, const RestorePlan *plan);
NODISCARD Rc restore_plan_from_json(Ctx *ctx, const Json *json, RestorePlan **out);

#endif
