#ifndef TESTS_UNIT_SQL_SQLCHECK_H
#define TESTS_UNIT_SQL_SQLCHECK_H
#include "base/limits.h"
#include "base/vec.h"
#include "check.h"
#include "sql/sql.h"

// `text` is one statement, and sql_parse takes all of it.
Statement *sql_ok(Ctx *t, const char *text);
// The same, of the kind given; the line of the caller is not known, so the text is in the message.
Statement *sql_ok_kind(Ctx *t, StatementKind kind, const char *text);
// Parses and throws the tree away; on failure the text stands in the envelope of the client.
Rc sql_try(Ctx *t, const char *text);
// Parses a query and prints it; prints the print's parse, which must be the same.
Str sql_again(Ctx *t, const char *text);
// The same for an expression.
Str sql_expr_again(Ctx *t, const char *text);

// BACKUP and RESTORE in one line: all that the tree holds.
Str backup_text(Ctx *t, const Statement *statement);

// `sql` is refused with this whole text.
#define CHECK_SYNTAX(expected, sql) CHECK_ERR_TEXT(SYNTAX, expected, sql_try(t, sql))
#define CHECK_REFUSED(what, sql) \
    CHECK_ERR_TEXT(NOT_SUPPORTED, "This version does not support " what " yet", sql_try(t, sql))

#endif
