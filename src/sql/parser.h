#ifndef SQL_PARSER_H
#define SQL_PARSER_H
#include "base/ctx.h"
#include "base/limits.h"
#include "base/vec.h"
#include "sql/lex.h"
#include "sql/sql.h"

// Private to sql/. A recursive descent parser: one function per grammar rule, its rule above it.
// A parse_ function is called on the first token of what it reads and leaves the cursor behind the
// last one; on failure the cursor is anywhere.

typedef struct Parser {
    Ctx *ctx;
    Token token;           // the current one
    Token ahead;           // the one behind it
    Lexer lexer;           // behind `ahead`
    const char *done;      // end of the last token taken
    uint32_t nesting;      // of rules that call themselves
    uint32_t deepest;      // depth of the deepest tree built since the query at hand began
    bool string_is_alias;  // in a select item 'a' 'b' is StarRocks' item with an alias
} Parser;

void parser_init(Parser *p, Ctx *ctx, Str text);

// ------------------------------------------------------------------------------------- cursor.c

void advance(Parser *p);
// Token number `n` from the current one (0). Costs reading again from the current place.
Token peek(const Parser *p, int n);
Pos pos_of(const Parser *p);

bool at_word(const Parser *p, Keyword keyword);
bool at_words(const Parser *p, Keyword first, Keyword second);
bool at_op(const Parser *p, uint32_t op);
bool at_end(const Parser *p);  // end of the text, or ';'
bool accept_word(Parser *p, Keyword keyword);
bool accept_words(Parser *p, Keyword first, Keyword second);  // both or none
bool accept_op(Parser *p, uint32_t op);
NODISCARD Rc expect_word(Parser *p, Keyword keyword);
NODISCARD Rc expect_op(Parser *p, uint32_t op);

// "Unexpected input 'x', the most similar input is {expected}."
Rc fail_unexpected(Parser *p, const char *expected);
// "No viable statement for input '..'": the text from `start` to the current token.
Rc fail_no_viable(Parser *p, Token start);
// A syntax error of our own wording, at `pos`.
Rc fail_syntax(Parser *p, Pos pos, const char *format, ...) PRINTF_LIKE(3, 4);
Rc fail_unsupported(Parser *p, const char *what);

// Around every rule that can contain itself.
NODISCARD Rc nest(Parser *p);
void unnest(Parser *p);
// Depth of a node over trees of the depths given; raises LIMIT_EXCEEDED beyond
// LIMIT_SQL_TREE_DEPTH.
NODISCARD Rc count_depth(Parser *p, uint32_t below, uint16_t *out);
// `count` items so far: another one is allowed.
NODISCARD Rc check_list(Parser *p, size_t count);

// --------------------------------------------------------------------------------- parse_name.c

// True where parse_name would read a name.
bool at_name(const Parser *p);
NODISCARD Rc parse_name(Parser *p, Name *out);
NODISCARD Rc parse_name_or_string(Parser *p, Name *out);
NODISCARD Rc parse_qname(Parser *p, size_t max_parts, QName *out);
NODISCARD Rc parse_table_name(Parser *p,
                              QName *out);  // at most three parts, StarRocks' text beyond
NODISCARD Rc parse_string(Parser *p, Str *out);
NODISCARD Rc parse_u64(Parser *p, uint64_t *out);
NODISCARD Rc parse_name_list(Parser *p, NameList *out);  // '(' name {, name} ')'
bool at_partition_names(const Parser *p);                // [ TEMPORARY ] ( PARTITION | PARTITIONS )
NODISCARD Rc parse_partition_names(Parser *p, NameList *out, bool *is_temporary);
NODISCARD Rc parse_if_exists(Parser *p, bool *out);
NODISCARD Rc parse_if_not_exists(Parser *p, bool *out);
NODISCARD Rc parse_comment(Parser *p, Str *out);               // [COMMENT string]
NODISCARD Rc parse_pairs(Parser *p, AstProperties *out);       // '(' "k" = "v" {, ..} ')'
NODISCARD Rc parse_properties(Parser *p, AstProperties *out);  // [PROPERTIES pairs]
NODISCARD Rc parse_unit(Parser *p, TimeUnit *out);
NODISCARD Rc skip_charset(Parser *p);  // [[DEFAULT] CHARSET | COLLATE .. [=] name]*, parse_ddl.c

// ---------------------------------------------------------- parse_expr.c, parse_call.c,
// parse_type.c

NODISCARD Rc parse_expr(Parser *p, Expr **out);
NODISCARD Rc parse_value(Parser *p, Expr **out);  // above comparisons: arithmetic
NODISCARD Rc parse_primary(Parser *p, Expr **out);
NODISCARD Rc parse_expr_list(Parser *p, ExprList *out);  // expr {, expr}
NODISCARD Rc parse_order_items(Parser *p, OrderList *out);
NODISCARD Rc parse_call(Parser *p, QName name, Expr **out);  // at '('
NODISCARD Rc parse_case(Parser *p, Expr **out);
NODISCARD Rc parse_cast(Parser *p, Expr **out);
NODISCARD Rc parse_extract(Parser *p, Expr **out);
NODISCARD Rc parse_interval(Parser *p, Expr **out);
NODISCARD Rc parse_variable(Parser *p, Expr **out);
// CHAR and VARCHAR without a length have len 0: columns and CAST fill it differently.
NODISCARD Rc parse_type(Parser *p, Type *out);
// parse_nested.c: ARRAY and MAP values; what follows a primary: [i], .field, -> path or body.
bool at_map(const Parser *p);
NODISCARD Rc parse_array(Parser *p, Expr **out);
NODISCARD Rc parse_map(Parser *p, Expr **out);
NODISCARD Rc parse_behind(Parser *p, Expr **out);
NODISCARD Rc parse_literal(Parser *p, Expr **out);
bool at_literal(const Parser *p);
// An expression may begin here; not a promise that one does.
bool at_operand(const Token *token);
// A new node at `pos`, over trees of the depth `below`.
NODISCARD Rc new_expr(Parser *p, ExprKind kind, Pos pos, uint32_t below, Expr **out);
uint32_t list_depth(ExprList list);
// Checks a DATE or DATETIME text and writes it out in full. False: no such day or time.
bool date_normalize(Arena *arena, Str text, bool has_time, Str *out);

// ------------------------------------------------------------------- parse_query.c, parse_from.c

bool at_query(const Parser *p);  // SELECT or WITH
bool at_set_op(const Parser *p);
NODISCARD Rc parse_query(Parser *p, Query **out);
// Goes on behind `( query )` that turned out to be the first part of a larger query.
NODISCARD Rc parse_query_tail(Parser *p, Query *first, Query **out);
// True: what follows `( query )` makes it such a part.
bool at_query_tail(const Parser *p);
NODISCARD Rc parse_value_item(Parser *p, bool allow_default, Expr **out);  // expr | DEFAULT
NODISCARD Rc parse_values(Parser *p, bool allow_default, Query **out);     // behind VALUES
NODISCARD Rc parse_from(Parser *p, TableRef **out);                        // behind FROM
NODISCARD Rc parse_limit(Parser *p, Limit *out);                           // [LIMIT ..]
NODISCARD Rc parse_order_by(Parser *p, OrderList *out);                    // [ORDER BY ..]

// ---------------------------------------------------------------------------------- statements

// Called behind the leading words named in parse.c, with kind, pos set.
typedef Rc StatementParser(Parser *p, Statement *out);
StatementParser parse_query_statement, parse_explain, parse_desc, parse_insert;
StatementParser parse_create_database, parse_drop_database, parse_use, parse_drop_table,
    parse_truncate;
StatementParser parse_create_table, parse_alter_table, parse_update, parse_delete;
StatementParser parse_create_index, parse_drop_index_statement, parse_cancel_alter;
StatementParser parse_backup, parse_restore, parse_cancel, parse_drop_snapshot,
    parse_create_repository, parse_drop_repository, parse_recover;
StatementParser parse_show, parse_show_config, parse_set, parse_kill, parse_set_config,
    parse_transaction;
// How many tokens spell `words` (upper case, one blank between) at the cursor; 0: other words.
int match_words(const Parser *p, const char *words);
// The statement at the cursor, without its end.
NODISCARD Rc parse_statement(Parser *p, Statement **out);

NODISCARD Rc parse_column(Parser *p, AstColumnDef *out);     // parse_table.c
NODISCARD Rc parse_index(Parser *p, AstIndexDef *out);       // at INDEX
NODISCARD Rc parse_index_body(Parser *p, AstIndexDef *out);  // behind the name
bool at_alter_clause(const Parser *p);                       // parse_alter.c
NODISCARD Rc parse_alter_clauses(Parser *p, AlterTableStatement *out);
NODISCARD Rc parse_alter_job_kind(Parser *p, AstAlterJobKind *out);
NODISCARD Rc parse_partition_def(Parser *p, AstPartitionDef *out);  // parse_partition.c
NODISCARD Rc parse_partition_batch(Parser *p, AstPartitionDef *out);
// A clause of ALTER TABLE about partitions, where one stands; *is_there false: nothing was read.
NODISCARD Rc parse_alter_partition(Parser *p, AlterTableStatement *out, bool *is_there);
NODISCARD Rc parse_partition_by(Parser *p, AstPartitionBy *out);   // behind PARTITION BY
NODISCARD Rc parse_distribution(Parser *p, AstDistribution *out);  // [DISTRIBUTED BY ..]

#endif
