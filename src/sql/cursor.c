/*
 * sql/cursor: the place in the text, what stands there, and the errors that name it.
 *
 * Source  error texts: StarRocks' SyntaxErrorListener and ErrorMsgProxy. The set of expected words
 *         is the one that the rule at hand knows, not ANTLR's whole follow set.
 * Errors  SYNTAX, NOT_SUPPORTED, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

enum { SHOWN_BYTES = 128 };  // of the user's text in a message

void parser_init(Parser *p, Ctx *ctx, Str text)
{
    *p = (Parser){.ctx = ctx, .lexer = lexer_new(text)};
    p->done = p->lexer.at;
    p->token = lexer_next(&p->lexer);
    p->ahead = lexer_next(&p->lexer);
}

void advance(Parser *p)
{
    p->done = p->token.text.ptr + p->token.text.len;
    p->token = p->ahead;
    if (p->ahead.kind != TOKEN_END && p->ahead.kind != TOKEN_BAD) p->ahead = lexer_next(&p->lexer);
}

Token peek(const Parser *p, int n)
{
    if (n == 0) return p->token;
    Lexer lexer = p->lexer;
    Token token = p->ahead;
    for (; n > 1 && token.kind != TOKEN_END && token.kind != TOKEN_BAD; n--)
        token = lexer_next(&lexer);
    return token;
}

Pos pos_of(const Parser *p)
{
    return (Pos){p->token.line, p->token.column};
}

bool at_word(const Parser *p, Keyword keyword)
{
    return p->token.kind == TOKEN_WORD && p->token.keyword == keyword;
}

bool at_words(const Parser *p, Keyword first, Keyword second)
{
    return at_word(p, first) && p->ahead.kind == TOKEN_WORD && p->ahead.keyword == second;
}

bool at_op(const Parser *p, uint32_t op)
{
    return p->token.kind == TOKEN_OP && p->token.op == op;
}

bool at_end(const Parser *p)
{
    return p->token.kind == TOKEN_END || at_op(p, ';');
}

bool accept_word(Parser *p, Keyword keyword)
{
    if (!at_word(p, keyword)) return false;
    advance(p);
    return true;
}

bool accept_words(Parser *p, Keyword first, Keyword second)
{
    if (!at_words(p, first, second)) return false;
    advance(p);
    advance(p);
    return true;
}

bool accept_op(Parser *p, uint32_t op)
{
    if (!at_op(p, op)) return false;
    advance(p);
    return true;
}

Rc expect_word(Parser *p, Keyword keyword)
{
    if (accept_word(p, keyword)) return RC_OK;
    char quoted[40];
    snprintf(quoted, sizeof quoted, "'%s'", keyword_name(keyword));
    return fail_unexpected(p, quoted);
}

Rc expect_op(Parser *p, uint32_t op)
{
    if (accept_op(p, op)) return RC_OK;
    const char text[] = {'\'', (char)op, (char)(op >> 8), (char)(op >> 16), 0};
    char quoted[8];
    snprintf(quoted, sizeof quoted, "%s'", text);
    return fail_unexpected(p, quoted);
}

// `text` fit for a message: cut at SHOWN_BYTES, bad UTF-8 as \xNN.
static Str shown(Parser *p, Str text)
{
    Buf buf = buf_new(p->ctx->arena);
    bool is_cut = text.len > SHOWN_BYTES;
    for (size_t i = 0; i < text.len && buf.len < SHOWN_BYTES;) {
        size_t len = 1;
        while (len < 4 && i + len < text.len && !str_is_utf8(str_sub(text, i, len))) len++;
        if (str_is_utf8(str_sub(text, i, len))) {
            buf_add(&buf, str_sub(text, i, len));
            i += len;
        } else {
            buf_printf(&buf, "\\x%02X", (unsigned char)text.ptr[i++]);
        }
    }
    if (is_cut) buf_add_z(&buf, "...");
    return buf_str(&buf);
}

static Rc fail_here(Parser *p, Str text)
{
    Rc rc = FAIL_AT(p->ctx, p->token.line, p->token.column, SYNTAX, STR_ARG(text));
    if (p->token.kind == TOKEN_BAD) ctx_hint(p->ctx, " (%s)", p->token.why);
    return rc;
}

Rc fail_unexpected(Parser *p, const char *expected)
{
    if (p->token.kind == TOKEN_BAD) return fail_no_viable(p, p->token);
    Str found = p->token.kind == TOKEN_END ? STR("<EOF>") : shown(p, p->token.text);
    return fail_here(p, str_printf(p->ctx->arena,
                                   "Unexpected input '%.*s', the most similar input is {%s}",
                                   STR_ARG(found), expected));
}

Rc fail_no_viable(Parser *p, Token start)
{
    const char *end = p->token.text.ptr + p->token.text.len;
    Str text = {start.text.ptr, (size_t)(end - start.text.ptr)};
    return fail_here(p, str_printf(p->ctx->arena, "No viable statement for input '%.*s'",
                                   STR_ARG(shown(p, text))));
}

Rc fail_syntax(Parser *p, Pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vprintf(p->ctx->arena, format, args);
    va_end(args);
    // A string literal may hold any bytes; what clients are told may not.
    if (!str_is_utf8(text)) text = shown(p, text);
    return FAIL_AT(p->ctx, pos.line, pos.column, SYNTAX, STR_ARG(text));
}

Rc fail_unsupported(Parser *p, const char *what)
{
    return FAIL_AT(p->ctx, p->token.line, p->token.column, NOT_SUPPORTED, STR_ARG(str_from(what)));
}

Rc nest(Parser *p)
{
    if (p->nesting == LIMIT_SQL_DEPTH)
        return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                       "The nesting of the statement", (long long)LIMIT_SQL_DEPTH);
    p->nesting++;
    return RC_OK;
}

void unnest(Parser *p)
{
    must(p->nesting > 0);
    p->nesting--;
}

Rc count_depth(Parser *p, uint32_t below, uint16_t *out)
{
    if (below >= LIMIT_SQL_TREE_DEPTH)
        return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                       "The depth of an expression or query", (long long)LIMIT_SQL_TREE_DEPTH);
    *out = (uint16_t)(below + 1);
    if (*out > p->deepest) p->deepest = *out;
    return RC_OK;
}

Rc check_list(Parser *p, size_t count)
{
    if (count < LIMIT_SQL_LIST) return RC_OK;
    return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED, "The length of a list",
                   (long long)LIMIT_SQL_LIST);
}
