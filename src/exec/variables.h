#ifndef EXEC_VARIABLES_H
#define EXEC_VARIABLES_H
#include "base/ctx.h"
#include "base/type.h"

// System variables (@@name, SHOW VARIABLES) and user variables (@name). The known names, with types and defaults,
// stand in variables.def; clients and tools of MySQL ask for most of them and only a few change anything.
typedef struct GlobalVariables GlobalVariables;
typedef struct SessionVariables SessionVariables;

GlobalVariables *global_variables_new(Arena *arena);
SessionVariables *session_variables_new(Arena *arena, GlobalVariables *globals);
void session_variables_reset(SessionVariables *variables);

typedef enum VariableScope { VARIABLE_SESSION, VARIABLE_GLOBAL } VariableScope;
// Values are text; *out is copied into `arena`. False: no such variable.
bool variable_get(SessionVariables *variables, Arena *arena, Str name, VariableScope scope, Str *out, Type *type);
// Errors: UNKNOWN_VARIABLE, READ_ONLY_VARIABLE, BAD_VARIABLE_VALUE. `value` STR_NONE: DEFAULT.
NODISCARD Rc variable_set(Ctx *ctx, SessionVariables *variables, Str name, VariableScope scope, Str value);
// Set by the server itself (version, port): read-only ones too. The name must be known.
void global_variable_fix(GlobalVariables *globals, const char *name, Str value);
size_t variable_count(void);
Str variable_name(size_t index);  // sorted

// @name; STR_NONE value: NULL.
void user_variable_set(SessionVariables *variables, Str name, Str value, Type type);
bool user_variable_get(SessionVariables *variables, Arena *arena, Str name, Str *out, Type *type);

// Seconds that a query may take, 0: without end.
int64_t variables_query_timeout_s(SessionVariables *variables);

#endif
