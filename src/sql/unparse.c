/*
 * sql/unparse: expressions back to text.
 *
 * Form    what is printed parses to the same tree: parentheses stand where precedence asks for them
 *         and nowhere else. Spelling as StarRocks prints it in SHOW CREATE and in column titles.
 * Errors  none.   Threads  pure.
 */
#include "sql/unparse.h"
#include "base/ctx.h"
#include "sql/lex.h"

// Higher binds tighter. In step with parse_expr.c.
enum {
    BINDS_NOT = 4,
    BINDS_COMPARISON,
    BINDS_PREDICATE,  // IN, BETWEEN, LIKE
    BINDS_SHIFT,
    BINDS_BIT_OR,
    BINDS_BIT_AND,
    BINDS_ADD,
    BINDS_MULTIPLY,
    BINDS_BIT_XOR,
    BINDS_UNARY,
    BINDS_PRIMARY,
};

static const struct {
    const char *text;
    int binds;
} OPERATORS[BINARY_COUNT] = {
    [BINARY_OR] = {"OR", 1},
    [BINARY_XOR] = {"XOR", 2},
    [BINARY_AND] = {"AND", 3},
    [BINARY_EQ] = {"=", BINDS_COMPARISON},
    [BINARY_NE] = {"!=", BINDS_COMPARISON},
    [BINARY_LT] = {"<", BINDS_COMPARISON},
    [BINARY_LE] = {"<=", BINDS_COMPARISON},
    [BINARY_GT] = {">", BINDS_COMPARISON},
    [BINARY_GE] = {">=", BINDS_COMPARISON},
    [BINARY_EQ_NULL] = {"<=>", BINDS_COMPARISON},
    [BINARY_SHIFT_LEFT] = {"BITSHIFTLEFT", BINDS_SHIFT},
    [BINARY_SHIFT_RIGHT] = {"BITSHIFTRIGHT", BINDS_SHIFT},
    [BINARY_SHIFT_RIGHT_LOGICAL] = {"BITSHIFTRIGHTLOGICAL", BINDS_SHIFT},
    [BINARY_BIT_OR] = {"|", BINDS_BIT_OR},
    [BINARY_BIT_AND] = {"&", BINDS_BIT_AND},
    [BINARY_ADD] = {"+", BINDS_ADD},
    [BINARY_SUBTRACT] = {"-", BINDS_ADD},
    [BINARY_MULTIPLY] = {"*", BINDS_MULTIPLY},
    [BINARY_DIVIDE] = {"/", BINDS_MULTIPLY},
    [BINARY_INT_DIVIDE] = {"DIV", BINDS_MULTIPLY},
    [BINARY_MODULO] = {"%", BINDS_MULTIPLY},
    [BINARY_BIT_XOR] = {"^", BINDS_BIT_XOR},
};

static int binds(const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_BINARY: return OPERATORS[expr->binary.op].binds;
    case EXPR_UNARY: return expr->unary.op == UNARY_NOT ? BINDS_NOT : BINDS_UNARY;
    case EXPR_IS: return BINDS_COMPARISON;
    case EXPR_IN:
    case EXPR_BETWEEN:
    case EXPR_LIKE: return BINDS_PREDICATE;
    case EXPR_LAMBDA: return 0;
    default: return BINDS_PRIMARY;
    }
}

// `expr`, in parentheses when it binds looser than `least`.
static void print_operand(Printer *out, const Expr *expr, int least)
{
    bool needs_parens = binds(expr) < least;
    if (needs_parens) buf_add_byte(&out->buf, '(');
    print_expr(out, expr);
    if (needs_parens) buf_add_byte(&out->buf, ')');
}

// ------------------------------------------------------------------------------- names and
// literals

void print_name(Printer *out, Str name)
{
    if (out->is_title) {
        buf_add(&out->buf, name);
    } else {
        buf_add_quoted(&out->buf, name, '`');
    }
}

void print_names(Printer *out, NameList names)
{
    buf_add_byte(&out->buf, '(');
    for (size_t i = 0; i < names.count; i++) {
        if (i > 0) buf_add_z(&out->buf, ", ");
        print_name(out, names.at[i].text);
    }
    buf_add_byte(&out->buf, ')');
}

void print_qname(Printer *out, QName name)
{
    for (size_t i = 0; i < name.count; i++) {
        if (i > 0) buf_add_byte(&out->buf, '.');
        print_name(out, name.parts[i]);
    }
}

static void print_column(Printer *out, QName name)
{
    Str last = name.parts[name.count - 1];
    bool is_renamed = out->renamed_from.ptr && str_eq_nocase(last, out->renamed_from);
    for (size_t i = 0; i + 1 < name.count; i++) {
        print_name(out, name.parts[i]);
        buf_add_byte(&out->buf, '.');
    }
    print_name(out, is_renamed ? out->renamed_to : last);
}

static void print_string(Buf *buf, Str text)
{
    buf_add_byte(buf, '\'');
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        switch (byte) {
        case '\'': buf_add_z(buf, "\\'"); break;
        case '\\': buf_add_z(buf, "\\\\"); break;
        case '\n': buf_add_z(buf, "\\n"); break;
        case '\r': buf_add_z(buf, "\\r"); break;
        case '\0': buf_add_z(buf, "\\0"); break;
        case 26: buf_add_z(buf, "\\Z"); break;
        default: buf_add_byte(buf, byte); break;
        }
    }
    buf_add_byte(buf, '\'');
}

static void print_literal(Printer *out, const Expr *expr)
{
    Buf *buf = &out->buf;
    Str text = expr->literal.text;
    switch (expr->literal.kind) {
    case LITERAL_NULL: buf_add_z(buf, "NULL"); break;
    case LITERAL_BOOL: buf_add_z(buf, expr->literal.boolean ? "TRUE" : "FALSE"); break;
    case LITERAL_INTEGER:
    case LITERAL_DECIMAL:
    case LITERAL_FLOAT: buf_add(buf, text); break;
    case LITERAL_STRING: print_string(buf, text); break;
    case LITERAL_DATE:
    case LITERAL_DATETIME:
        buf_add_z(buf, expr->literal.kind == LITERAL_DATE ? "DATE " : "DATETIME ");
        print_string(buf, text);
        break;
    case LITERAL_HEX:
        buf_printf(buf, "x'%.*s'", STR_ARG(str_hex(buf->arena, text.ptr, text.len)));
        break;
    }
}

static void print_type(Printer *out, Type type)
{
    Buf *buf = &out->buf;
    buf_add_z(buf, type_name(type.kind));
    for (size_t i = 0; type.parts && i < type.parts->count; i++) {
        buf_add_z(buf, i > 0 ? ", " : "<");
        if (type.parts->names) print_name(out, type.parts->names[i]);
        if (type.parts->names) buf_add_byte(buf, ' ');
        print_type(out, type.parts->types[i]);
    }
    if (type.parts) buf_add_byte(buf, '>');
    bool has_len = type.kind == TYPE_CHAR || type.kind == TYPE_VARCHAR ||
                   (type.kind == TYPE_VARBINARY && type.len != TYPE_VARCHAR_MAX);
    if (has_len) buf_printf(buf, "(%u)", type.len);
    if (type.kind == TYPE_DECIMAL) buf_printf(buf, "(%u, %u)", type.precision, type.scale);
}

// ------------------------------------------------------------------------------------------- calls

static void print_bound(Printer *out, FrameBound bound)
{
    static const char *const TEXTS[] = {
        [FRAME_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [FRAME_PRECEDING] = " PRECEDING",
        [FRAME_CURRENT_ROW] = "CURRENT ROW",
        [FRAME_FOLLOWING] = " FOLLOWING",
        [FRAME_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (bound.offset) print_expr(out, bound.offset);
    buf_add_z(&out->buf, TEXTS[bound.kind]);
}

static void print_window(Printer *out, const Window *window)
{
    const char *gap = "";
    buf_add_z(&out->buf, " OVER (");
    if (window->partition_by.count > 0) {
        buf_add_z(&out->buf, "PARTITION BY ");
        print_expr_list(out, window->partition_by);
        gap = " ";
    }
    if (window->order_by.count > 0) {
        // print_order_by begins with the blank that is only needed behind PARTITION BY.
        Printer order = *out;
        order.buf = buf_new(out->buf.arena);
        print_order_by(&order, window->order_by);
        buf_printf(&out->buf, "%s%.*s", gap, STR_ARG(str_trim(buf_str(&order.buf))));
        gap = " ";
    }
    if (window->has_frame) {
        buf_printf(&out->buf, "%s%s BETWEEN ", gap, window->is_rows ? "ROWS" : "RANGE");
        print_bound(out, window->start);
        buf_add_z(&out->buf, " AND ");
        print_bound(out, window->end);
    }
    buf_add_byte(&out->buf, ')');
}

static bool is_plain_word(Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return text.len > 0;
}

// Functions keep their spelling, unless the bare word would be read as something else.
static void print_call_name(Printer *out, QName name)
{
    Str word = name.parts[0];
    Keyword keyword = keyword_find(word);
    bool is_special = keyword == KW_CAST || keyword == KW_EXTRACT || keyword == KW_INTERVAL;
    if (name.count == 1 && is_plain_word(word) && keyword_use(keyword) != RESERVED && !is_special) {
        buf_add(&out->buf, word);
    } else {
        print_qname(out, name);
    }
}

static void print_call(Printer *out, const CallExpr *call)
{
    print_call_name(out, call->name);
    if (!call->has_parens) return;
    buf_add_z(&out->buf, call->is_distinct ? "(DISTINCT " : "(");
    if (call->unit != UNIT_NONE) buf_printf(&out->buf, "%s, ", time_unit_name(call->unit));
    print_expr_list(out, call->args);
    print_order_by(out, call->order_by);
    if (call->separator) {
        buf_add_z(&out->buf, " SEPARATOR ");
        print_expr(out, call->separator);
    }
    buf_add_byte(&out->buf, ')');
    if (call->ignore_nulls) buf_add_z(&out->buf, " IGNORE NULLS");
    if (call->filter) {
        buf_add_z(&out->buf, " FILTER (WHERE ");
        print_expr(out, call->filter);
        buf_add_byte(&out->buf, ')');
    }
    if (call->over) print_window(out, call->over);
}

// --------------------------------------------------------------------------------------- operators

static void print_unary(Printer *out, const Expr *expr)
{
    static const char *const TEXTS[] = {
        [UNARY_MINUS] = "-", [UNARY_PLUS] = "+", [UNARY_BIT_NOT] = "~", [UNARY_NOT] = "NOT "};
    buf_add_z(&out->buf, TEXTS[expr->unary.op]);
    // -(-1), since -- begins a comment
    print_operand(out, expr->unary.arg, expr->unary.op == UNARY_NOT ? BINDS_NOT : BINDS_PRIMARY);
}

static void print_binary(Printer *out, const Expr *expr)
{
    int own = OPERATORS[expr->binary.op].binds;
    print_operand(out, expr->binary.left, own);
    buf_printf(&out->buf, " %s ", OPERATORS[expr->binary.op].text);
    print_operand(out, expr->binary.right, own + 1);
}

static void print_query_in(Printer *out, const Query *query)
{
    buf_add_byte(&out->buf, '(');
    print_query(out, query);
    buf_add_byte(&out->buf, ')');
}

static void print_in(Printer *out, const Expr *expr)
{
    print_operand(out, expr->in.arg, BINDS_SHIFT);
    buf_add_z(&out->buf, expr->in.is_not ? " NOT IN " : " IN ");
    if (expr->in.query) {
        print_query_in(out, expr->in.query);
        return;
    }
    buf_add_byte(&out->buf, '(');
    print_expr_list(out, expr->in.list);
    buf_add_byte(&out->buf, ')');
}

static void print_between(Printer *out, const Expr *expr)
{
    print_operand(out, expr->between.arg, BINDS_SHIFT);
    buf_add_z(&out->buf, expr->between.is_not ? " NOT BETWEEN " : " BETWEEN ");
    print_operand(out, expr->between.low, BINDS_SHIFT);
    buf_add_z(&out->buf, " AND ");
    print_operand(out, expr->between.high, BINDS_SHIFT);
}

static void print_like(Printer *out, const Expr *expr)
{
    print_operand(out, expr->like.arg, BINDS_SHIFT);
    if (expr->like.is_not) buf_add_z(&out->buf, " NOT");
    buf_add_z(&out->buf, expr->like.kind == LIKE_LIKE ? " LIKE " : " REGEXP ");
    print_operand(out, expr->like.pattern, BINDS_SHIFT);
    if (expr->like.escape) {
        buf_add_z(&out->buf, " ESCAPE ");
        print_operand(out, expr->like.escape, BINDS_SHIFT);
    }
}

static void print_is(Printer *out, const Expr *expr)
{
    static const char *const TEXTS[] = {
        [IS_NULL] = "NULL", [IS_TRUE] = "TRUE", [IS_FALSE] = "FALSE"};
    print_operand(out, expr->is.arg, BINDS_COMPARISON);
    buf_printf(&out->buf, expr->is.is_not ? " IS NOT %s" : " IS %s", TEXTS[expr->is.what]);
}

static void print_case(Printer *out, const Expr *expr)
{
    buf_add_z(&out->buf, "CASE");
    if (expr->cases.arg) {
        buf_add_byte(&out->buf, ' ');
        print_expr(out, expr->cases.arg);
    }
    for (size_t i = 0; i < expr->cases.count; i++) {
        buf_add_z(&out->buf, " WHEN ");
        print_expr(out, expr->cases.whens[i].when);
        buf_add_z(&out->buf, " THEN ");
        print_expr(out, expr->cases.whens[i].then);
    }
    if (expr->cases.otherwise) {
        buf_add_z(&out->buf, " ELSE ");
        print_expr(out, expr->cases.otherwise);
    }
    buf_add_z(&out->buf, " END");
}

static void print_variable(Printer *out, const Expr *expr)
{
    bool is_user = expr->kind == EXPR_USER_VAR;
    VarScope scope = expr->variable.scope;
    buf_add_z(&out->buf, is_user ? "@" : "@@");
    if (scope != SCOPE_NONE) buf_add_z(&out->buf, scope == SCOPE_GLOBAL ? "GLOBAL." : "SESSION.");
    print_name(out, expr->variable.name);
}

static void print_cast(Printer *out, const Expr *expr)
{
    buf_add_z(&out->buf, "CAST(");
    print_expr(out, expr->cast.arg);
    buf_add_z(&out->buf, " AS ");
    print_type(out, expr->cast.type);
    buf_add_byte(&out->buf, ')');
}

static void print_unit(Printer *out, const Expr *expr)
{
    if (expr->kind == EXPR_INTERVAL) {
        buf_add_z(&out->buf, "INTERVAL ");
        print_expr(out, expr->interval.arg);
        buf_printf(&out->buf, " %s", time_unit_name(expr->interval.unit));
        return;
    }
    buf_printf(&out->buf, "EXTRACT(%s FROM ", time_unit_name(expr->extract.unit));
    print_operand(out, expr->extract.arg, BINDS_SHIFT);
    buf_add_byte(&out->buf, ')');
}

static void print_star(Printer *out, const Expr *expr)
{
    print_qname(out, expr->star.table);
    buf_add_z(&out->buf, expr->star.table.count > 0 ? ".*" : "*");
}

static void print_row(Printer *out, const Expr *expr)
{
    buf_add_byte(&out->buf, '(');
    print_expr_list(out, expr->row);
    buf_add_byte(&out->buf, ')');
}

static void print_nested(Printer *out, const Expr *expr)
{
    bool is_map = expr->kind == EXPR_MAP;
    const ExprList *items = &expr->nested.items;
    if (expr->nested.has_type)
        print_type(out, expr->nested.type);
    else if (is_map)
        buf_add_z(&out->buf, "map");
    buf_add_byte(&out->buf, is_map ? '{' : '[');
    for (size_t i = 0; i < items->count; i++) {
        if (i > 0) buf_add_z(&out->buf, is_map && i % 2 == 1 ? ":" : ",");
        print_expr(out, items->at[i]);
    }
    buf_add_byte(&out->buf, is_map ? '}' : ']');
}

static void print_lambda(Printer *out, const Expr *expr)
{
    const NameList *params = &expr->lambda.params;
    if (params->count > 1) buf_add_byte(&out->buf, '(');
    for (size_t i = 0; i < params->count; i++) {
        if (i > 0) buf_add_z(&out->buf, ", ");
        print_name(out, params->at[i].text);
    }
    buf_add_z(&out->buf, params->count > 1 ? ") -> " : " -> ");
    print_expr(out, expr->lambda.body);
}

// x[i], x.name, x -> 'path'
static void print_member(Printer *out, const Expr *expr)
{
    bool is_subscript = expr->kind == EXPR_SUBSCRIPT;
    const Expr *arg = is_subscript ? expr->subscript.arg : expr->member.arg;
    bool is_plain = arg->kind != EXPR_LITERAL && arg->kind != EXPR_LAMBDA;
    // A plain name with a field behind it would read as a longer name.
    if (expr->kind == EXPR_FIELD && arg->kind == EXPR_COLUMN) is_plain = false;
    if (!is_plain) buf_add_byte(&out->buf, '(');
    print_operand(out, arg, is_plain ? BINDS_PRIMARY : 0);
    if (!is_plain) buf_add_byte(&out->buf, ')');
    if (is_subscript) {
        buf_add_byte(&out->buf, '[');
        print_operand(out, expr->subscript.index, BINDS_SHIFT);
        buf_add_byte(&out->buf, ']');
    } else if (expr->kind == EXPR_FIELD) {
        buf_add_byte(&out->buf, '.');
        print_name(out, expr->member.name);
    } else {
        buf_add_z(&out->buf, " -> ");
        print_string(&out->buf, expr->member.name);
    }
}

void print_expr(Printer *out, const Expr *expr)
{
    switch (expr->kind) {
    case EXPR_LITERAL: print_literal(out, expr); break;
    case EXPR_COLUMN: print_column(out, expr->column); break;
    case EXPR_STAR: print_star(out, expr); break;
    case EXPR_UNARY: print_unary(out, expr); break;
    case EXPR_BINARY: print_binary(out, expr); break;
    case EXPR_IS: print_is(out, expr); break;
    case EXPR_BETWEEN: print_between(out, expr); break;
    case EXPR_IN: print_in(out, expr); break;
    case EXPR_LIKE: print_like(out, expr); break;
    case EXPR_CASE: print_case(out, expr); break;
    case EXPR_CAST: print_cast(out, expr); break;
    case EXPR_EXISTS:
        buf_add_z(&out->buf, "EXISTS ");
        print_query_in(out, expr->query);
        break;
    case EXPR_SUBQUERY: print_query_in(out, expr->query); break;
    case EXPR_CALL: print_call(out, expr->call); break;
    case EXPR_EXTRACT:
    case EXPR_INTERVAL: print_unit(out, expr); break;
    case EXPR_ROW: print_row(out, expr); break;
    case EXPR_USER_VAR:
    case EXPR_SYSTEM_VAR: print_variable(out, expr); break;
    case EXPR_DEFAULT: buf_add_z(&out->buf, "DEFAULT"); break;
    case EXPR_ARRAY:
    case EXPR_MAP: print_nested(out, expr); break;
    case EXPR_SUBSCRIPT:
    case EXPR_FIELD:
    case EXPR_ARROW: print_member(out, expr); break;
    case EXPR_LAMBDA: print_lambda(out, expr); break;
    }
}

void print_expr_list(Printer *out, ExprList list)
{
    for (size_t i = 0; i < list.count; i++) {
        if (i > 0) buf_add_z(&out->buf, ", ");
        print_expr(out, list.at[i]);
    }
}

Str sql_unparse_expr(Arena *arena, const Expr *expr)
{
    Printer out = {.buf = buf_new(arena)};
    print_expr(&out, expr);
    return buf_str(&out.buf);
}

Str sql_unparse_renamed(Arena *arena, const Expr *expr, Str from, Str to)
{
    Printer out = {.buf = buf_new(arena), .renamed_from = from, .renamed_to = to};
    print_expr(&out, expr);
    return buf_str(&out.buf);
}

Str sql_expr_title(Arena *arena, const Expr *expr)
{
    Printer out = {.buf = buf_new(arena), .is_title = true};
    print_expr(&out, expr);
    return buf_str(&out.buf);
}
