#ifndef PLAN_PROPERTY_H
#define PLAN_PROPERTY_H
#include "base/ctx.h"
#include "schema/model.h"
#include "sql/ast.h"

// Private to plan/ddl_property.c and plan/set_property.c: every key that PROPERTIES of a table may
// have, and what is checked of its value.

// What stands around a value.
typedef struct PropertyScope {
    const TableDef *table;
    uint32_t backend_count;
    uint32_t usual;  // replicas where none are named
} PropertyScope;

typedef struct PropertySpec PropertySpec;
const PropertySpec *property_find(Str key);        // NULL: StarRocks does not know it
const PropertySpec *property_find_alter(Str key);  // also what only ALTER TABLE .. SET knows
bool property_is_of_partition(const PropertySpec *spec);
// What ALTER TABLE .. SET says of it: STR_NONE: it may be set; empty: it is unknown there; else
// why not.
Str property_alter_refusal(const PropertySpec *spec);
// The value alone. Errors: SEMANTIC.
NODISCARD Rc property_check(Ctx *ctx, const PropertyScope *scope, const PropertySpec *spec,
                            Str value);
// Values that do not go with the table; _together: nor with each other. Errors: SEMANTIC.
NODISCARD Rc property_check_table(Ctx *ctx, const PropertyScope *scope, AstProperties given);
NODISCARD Rc property_check_together(Ctx *ctx, const PropertyScope *scope, AstProperties given);

#endif
