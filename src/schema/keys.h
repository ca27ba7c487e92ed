#ifndef SCHEMA_KEYS_H
#define SCHEMA_KEYS_H
#include "base/ctx.h"
#include "schema/model.h"

// What the kind of a table's key asks of its columns.

bool keys_is_key_type(TypeKind kind);      // of key columns and distribution columns
bool keys_is_primary_type(TypeKind kind);  // of a primary key and of the sort key of its table
// Whether values of the type can be aggregated so ("SUM", ..). As StarRocks' AggregateTypeAnalyzer.
bool keys_may_aggregate(Str aggregation, TypeKind kind);

// A definition that came from elsewhere: keys and aggregations of every schema fit the kind, rows
// are placed by key columns only. Errors: JSON_FIELD.
NODISCARD Rc keys_check(Ctx *ctx, const TableDef *table);

#endif
