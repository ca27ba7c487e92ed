#ifndef SQL_SQL_H
#define SQL_SQL_H
#include "base/ctx.h"
#include "sql/ast.h"

// Text to tree. Reads the first statement of `text`, up to and including its `;`, leading and
// trailing blanks and comments too: *consumed bytes. What follows begins the next statement.
// Nothing but blanks and comments gives STMT_EMPTY. The tree lives in ctx->arena and points into
// `text`, which must live as long.
// Errors: SYNTAX with its place and the detail text as StarRocks words it (envelope: below);
// SEMANTIC (type sizes); NOT_SUPPORTED, naming the construct; LIMIT_EXCEEDED.
NODISCARD Rc sql_parse(Ctx *ctx, Str text, Statement **out, size_t *consumed);

// One expression or one type and nothing behind it: what definitions keep as text.
NODISCARD Rc sql_parse_expr(Ctx *ctx, Str text, Expr **out);

// Rewrite ctx->err.text as the client sees it. Both return ctx->err.rc.
//   sql_envelope_syntax     after sql_parse failed: SYNTAX becomes "Getting syntax error at line L,
//                           column C. Detail message: X.", SEMANTIC as below; others stay.
//   sql_envelope_analyzing  after analysis failed: "Getting analyzing error. Detail message: X."
//                           Cancel, timeout, limits, bugs, missing privileges and NOT_SUPPORTED
//                           stay.
Rc sql_envelope_syntax(Ctx *ctx);
Rc sql_envelope_analyzing(Ctx *ctx);

// Back to text, in StarRocks' spelling: back quotes around names, parentheses only where needed.
Str sql_unparse_expr(Arena *arena, const Expr *expr);
Str sql_unparse_query(Arena *arena, const Query *query);
// The same, with the column `from` under another name.
Str sql_unparse_renamed(Arena *arena, const Expr *expr, Str from, Str to);
// The same without back quotes: the title of a result column that has no alias.
Str sql_expr_title(Arena *arena, const Expr *expr);
// `name` with back quotes, those inside doubled.
Str sql_quote_name(Arena *arena, Str name);
// "k" = "v" pairs joined by `separator` (", " or ",\n"), backslashes and quotes escaped.
Str sql_unparse_properties(Arena *arena, AstProperties properties, const char *separator);

// a.b.c as written, without back quotes: for messages.
Str qname_text(Arena *arena, QName name);
// Its last part. `name` must not be empty.
Str qname_last(QName name);
// NULL: no such key.
const Str *ast_properties_get(AstProperties properties, Str key);

// `text` as a date, as StarRocks reads it (20240105, 24-1-5, 2024-01-05T10:00:00.5), in its full
// form: yyyy-MM-dd, with has_time also HH:mm:ss[.SSSSSS]. False: it is none.
bool date_normalize(Arena *arena, Str text, bool has_time, Str *out);

// For code that makes names or reads words of its own.
bool sql_is_reserved(Str word);

#endif
