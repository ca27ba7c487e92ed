#ifndef SQL_UNPARSE_H
#define SQL_UNPARSE_H
#include "sql/sql.h"

// Private to sql/: what the two halves of the printer share. The tree is at most
// LIMIT_SQL_TREE_DEPTH deep, so recursion is bounded.
typedef struct Printer {
    Buf buf;
    bool is_title;                 // no back quotes
    Str renamed_from, renamed_to;  // a column that is printed under another name; STR_NONE: none
} Printer;

void print_name(Printer *out, Str name);
void print_names(Printer *out, NameList names);  // '(' names ')'
void print_qname(Printer *out, QName name);
void print_expr(Printer *out, const Expr *expr);
void print_expr_list(Printer *out, ExprList list);      // without parentheses
void print_order_by(Printer *out, OrderList order_by);  // with a leading blank; empty: nothing
void print_query(Printer *out, const Query *query);

#endif
