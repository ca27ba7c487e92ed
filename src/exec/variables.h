#ifndef EXEC_VARIABLES_H
#define EXEC_VARIABLES_H
#include "base/ctx.h"
#include "base/type.h"

// System variables (@@name, SHOW VARIABLES) and user variables (@name). The known names, with types
// and defaults, stand in variables.def; clients and tools of MySQL ask for most of them and only a
// few change anything.
typedef struct GlobalVariables GlobalVariables;
typedef struct SessionVariables SessionVariables;

GlobalVariables *global_variables_new(Arena *arena);
SessionVariables *session_variables_new(Arena *arena, GlobalVariables *globals);
void session_variables_reset(SessionVariables *variables);

typedef enum VariableScope { VARIABLE_SESSION, VARIABLE_GLOBAL } VariableScope;
typedef struct VariableValue {
    Str text;  // STR_NONE: NULL
    Type type;
} VariableValue;
// The value is copied into `arena`. False: no such variable.
bool variable_get(SessionVariables *variables, Arena *arena, Str name, VariableScope scope,
                  VariableValue *out);
// Errors: UNKNOWN_VARIABLE, READ_ONLY_VARIABLE, BAD_VARIABLE_VALUE. `value` STR_NONE: DEFAULT.
NODISCARD Rc variable_set(Ctx *ctx, SessionVariables *variables, Str name, VariableScope scope,
                          Str value);
// Set by the server itself (version, port): read-only ones too. The name must be known.
void global_variable_fix(GlobalVariables *globals, const char *name, Str value);
// As SHOW VARIABLES prints it: switches are true or false there, while @@name is 1 or 0.
Str variable_text(Str name, Str value);
size_t variable_count(void);
Str variable_name(size_t index);  // sorted

// @name; one that was never set is NULL.
void user_variable_set(SessionVariables *variables, Str name, const VariableValue *value);
VariableValue user_variable_get(SessionVariables *variables, Arena *arena, Str name);

// Value of a whole number that is known to exist: query_timeout, insert_timeout (seconds).
int64_t variable_get_number(SessionVariables *variables, const char *name);

#endif
