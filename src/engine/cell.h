#ifndef ENGINE_CELL_H
#define ENGINE_CELL_H
#include "base/sink.h"
#include <duckdb.h>

// One column of an answer, printed cell by cell. Inside this folder only.
typedef struct Cell Cell;

// For column `index` of `result`; lives in the Ctx's arena. Errors: NOT_SUPPORTED by the engine's
// type.
NODISCARD Rc cell_new(Ctx *ctx, duckdb_result *result, size_t index, Cell **out);
Type cell_type(const Cell *cell);  // nearest type of the dialect
// A UUID declared LARGEINT prints as a number, a sketch as NULL, fields under the names declared.
void cell_declare(Cell *cell, Type declared);

// Look at a new chunk's vector; valid until the chunk ends.
void cell_set_vector(Cell *cell, duckdb_vector vector);
// Text of a row, valid until the next call for this cell; of a nested value, as long as `scratch`.
// STR_NONE: NULL.
Str cell_text(Cell *cell, size_t row, Arena *scratch);

// Bytes of a text value inside a vector.
static inline Str cell_string(const duckdb_string_t *value)
{
    uint32_t len = value->value.inlined.length;
    const char *bytes = len <= sizeof value->value.inlined.inlined ? value->value.inlined.inlined
                                                                   : value->value.pointer.ptr;
    return (Str){bytes, len};
}

#endif
