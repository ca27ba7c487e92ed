/*
 * sql/literal: literals; the check and the full form of DATE and DATETIME texts.
 *
 * Source  StarRocks' DateUtils: y-m-d with one or two digits for month and day, two-digit years
 *         (70..99 are 19xx), yyyyMMdd and yyyyMMddHHmmss, 'T' or a blank before the time.
 * Errors  SYNTAX.   Threads  pure.
 */
#include "sql/parser.h"

typedef struct DateParts {
    int year, month, day, hour, minute, second, micro;
} DateParts;

// Up to `max` digits; false: none. *width is how many there were.
static bool take_digits(Str *rest, size_t max, int *out, size_t *width)
{
    int value = 0;
    size_t n = 0;
    for (; n < max && n < rest->len && rest->ptr[n] >= '0' && rest->ptr[n] <= '9'; n++)
        value = value * 10 + (rest->ptr[n] - '0');
    *rest = str_sub(*rest, n, rest->len);
    *out = value;
    *width = n;
    return n > 0;
}

static bool take_byte(Str *rest, char byte)
{
    if (rest->len == 0 || rest->ptr[0] != byte) return false;
    *rest = str_sub(*rest, 1, rest->len);
    return true;
}

// fraction = [ '.' 1 to 6 digits ]
static bool take_fraction(Str *rest, int *micro)
{
    if (!take_byte(rest, '.')) return true;
    size_t width;
    if (!take_digits(rest, 6, micro, &width)) return false;
    for (; width < 6; width++) *micro *= 10;
    return true;
}

// time = h ':' m ':' s fraction
static bool take_time(Str *rest, DateParts *out)
{
    size_t width;
    return take_digits(rest, 2, &out->hour, &width) && take_byte(rest, ':') &&
           take_digits(rest, 2, &out->minute, &width) && take_byte(rest, ':') &&
           take_digits(rest, 2, &out->second, &width) && take_fraction(rest, &out->micro);
}

// yyyyMMdd or yyyyMMddHHmmss
static bool read_compact(Str rest, DateParts *out)
{
    if (rest.len != 8 && rest.len != 14) return false;
    bool has_time = rest.len == 14;
    size_t width;
    if (!take_digits(&rest, 4, &out->year, &width) || !take_digits(&rest, 2, &out->month, &width) ||
        !take_digits(&rest, 2, &out->day, &width))
        return false;
    if (has_time && (!take_digits(&rest, 2, &out->hour, &width) ||
                     !take_digits(&rest, 2, &out->minute, &width) ||
                     !take_digits(&rest, 2, &out->second, &width)))
        return false;
    return rest.len == 0;
}

static bool read_date(Str rest, DateParts *out)
{
    size_t year_width, width;
    if (!str_contains(rest, '-')) return read_compact(rest, out);
    if (!take_digits(&rest, 4, &out->year, &year_width) || (year_width != 4 && year_width != 2))
        return false;
    if (year_width == 2) out->year += out->year >= 70 ? 1900 : 2000;
    if (!take_byte(&rest, '-') || !take_digits(&rest, 2, &out->month, &width) ||
        !take_byte(&rest, '-') || !take_digits(&rest, 2, &out->day, &width))
        return false;
    if (rest.len == 0) return true;
    if (!take_byte(&rest, ' ') && !take_byte(&rest, 'T')) return false;
    return take_time(&rest, out) && rest.len == 0;
}

static bool is_real_date(const DateParts *date)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date->month < 1 || date->month > 12 || date->day < 1) return false;
    bool is_leap = (date->year % 4 == 0 && date->year % 100 != 0) || date->year % 400 == 0;
    int days = date->month == 2 && is_leap ? 29 : DAYS[date->month - 1];
    return date->day <= days && date->hour < 24 && date->minute < 60 && date->second < 60;
}

bool date_normalize(Arena *arena, Str text, bool has_time, Str *out)
{
    DateParts date = {0};
    if (!read_date(str_trim(text), &date) || !is_real_date(&date)) return false;
    Buf buf = buf_new(arena);
    buf_printf(&buf, "%04d-%02d-%02d", date.year, date.month, date.day);
    if (has_time) buf_printf(&buf, " %02d:%02d:%02d", date.hour, date.minute, date.second);
    if (has_time && date.micro) buf_printf(&buf, ".%06d", date.micro);
    *out = buf_str(&buf);
    return true;
}

static Rc new_literal(Parser *p, LiteralKind kind, Str text, Expr **out)
{
    Expr *expr;
    TRY(new_expr(p, EXPR_LITERAL, pos_of(p), 0, &expr));
    expr->literal.kind = kind;
    expr->literal.text = text;
    *out = expr;
    return RC_OK;
}

// dateLiteral = ( DATE | DATETIME ) string
static Rc parse_date(Parser *p, Expr **out)
{
    bool has_time = at_word(p, KW_DATETIME);
    Pos pos = pos_of(p);
    TRY(new_literal(p, has_time ? LITERAL_DATETIME : LITERAL_DATE, STR_NONE, out));
    advance(p);
    Str text;
    TRY(parse_string(p, &text));
    if (date_normalize(p->ctx->arena, text, has_time, &(*out)->literal.text)) return RC_OK;
    return fail_syntax(p, pos, "Invalid date literal %.*s", STR_ARG(text));
}

// In an expression neighbours are one string, as in MySQL; where StarRocks reads an alias, so do
// we.
static Rc parse_strings(Parser *p, Expr **out)
{
    TRY(new_literal(p, LITERAL_STRING, STR_NONE, out));
    Str text;
    TRY(parse_string(p, &text));
    if (p->token.kind == TOKEN_STRING && !p->string_is_alias) {
        Buf buf = buf_new(p->ctx->arena);
        buf_add(&buf, text);
        while (p->token.kind == TOKEN_STRING) {
            TRY(parse_string(p, &text));
            buf_add(&buf, text);
        }
        text = buf_str(&buf);
    }
    (*out)->literal.text = text;
    return RC_OK;
}

// binary = ( x | X ) quote { hex digit hex digit } quote
static Rc parse_hex(Parser *p, Expr **out)
{
    Str digits = str_sub(p->token.text, 2, p->token.text.len - 3);
    if (digits.len % 2 != 0)
        return fail_syntax(p, pos_of(p), "Binary literal must contain an even number of digits");
    char *bytes = arena_alloc(p->ctx->arena, digits.len / 2);
    if (!str_unhex(digits, bytes, digits.len / 2))
        return fail_syntax(p, pos_of(p), "Binary literal can only contain hexadecimal digits");
    TRY(new_literal(p, LITERAL_HEX, (Str){bytes, digits.len / 2}, out));
    advance(p);
    return RC_OK;
}

bool at_literal(const Parser *p)
{
    switch (p->token.kind) {
    case TOKEN_STRING:
    case TOKEN_HEX:
    case TOKEN_INTEGER:
    case TOKEN_DECIMAL:
    case TOKEN_FLOAT: return true;
    case TOKEN_WORD: break;
    default: return false;
    }
    switch (p->token.keyword) {
    case KW_NULL:
    case KW_TRUE:
    case KW_FALSE: return true;
    case KW_DATE:
    case KW_DATETIME: return p->ahead.kind == TOKEN_STRING;
    default: return false;
    }
}

// literal = number | NULL | TRUE | FALSE | dateLiteral | string | binary
Rc parse_literal(Parser *p, Expr **out)
{
    LiteralKind kind = LITERAL_NULL;
    switch (p->token.kind) {
    case TOKEN_STRING: return parse_strings(p, out);
    case TOKEN_HEX: return parse_hex(p, out);
    case TOKEN_INTEGER: kind = LITERAL_INTEGER; break;
    case TOKEN_DECIMAL: kind = LITERAL_DECIMAL; break;
    case TOKEN_FLOAT: kind = LITERAL_FLOAT; break;
    default:
        if (at_word(p, KW_DATE) || at_word(p, KW_DATETIME)) return parse_date(p, out);
        if (!at_word(p, KW_NULL)) kind = LITERAL_BOOL;
        break;
    }
    TRY(new_literal(p, kind, p->token.text, out));
    (*out)->literal.boolean = at_word(p, KW_TRUE);
    advance(p);
    return RC_OK;
}
