/*
 * schema/snapcontent: which readers of the repository format know what a table needs.
 *
 * Source  docs/FORMAT.md, "Versions".
 * Errors  none.   Threads  pure.
 */
#include "schema/snapcontent.h"

enum { FIRST_FORMAT = 1, CHANGED_ROWS_FORMAT = 2 };

static bool is_type_of_first(TypeKind kind)
{
    switch (kind) {
    case TYPE_ARRAY:
    case TYPE_MAP:
    case TYPE_STRUCT:
    case TYPE_JSON:
    case TYPE_BITMAP:
    case TYPE_HLL:
    case TYPE_PERCENTILE: return false;
    default: return true;
    }
}

static bool is_column_of_first(const Column *column)
{
    return is_type_of_first(column->type.kind) && column->generated.len == 0 &&
           !column->is_hidden && !column->is_auto_increment;
}

uint32_t snap_min_reader(const TableDef *def, bool has_vectors)
{
    bool is_first = def->keys == KEYS_DUPLICATE && !def->is_auto_partitioned &&
                    def->partition_expr.len == 0 && !has_vectors;
    for (size_t s = 0; s < def->schema_count; s++) {
        const Schema *schema = &def->schemas[s];
        is_first = is_first && schema->next_id == 0;
        for (size_t i = 0; i < schema->column_count; i++)
            is_first = is_first && is_column_of_first(&schema->columns[i]);
    }
    return is_first ? FIRST_FORMAT : CHANGED_ROWS_FORMAT;
}
