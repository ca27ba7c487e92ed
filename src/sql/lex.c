/*
 * sql/lex: statement text to tokens.
 *
 * Source  StarRocks' lexer grammar. Where two rules fit, the longer wins: `1a` is a name, `1e5` a
 *         number, `t.1a` three tokens. Beyond it: `#` comments, `<<`, `>>`, `:=`.
 * Form    UTF-8. The ideographic space (U+3000) is white space, every other character above ASCII a
 *         letter. Outside of strings and quoted names bad UTF-8 ends the text.
 * Errors  TOKEN_BAD with the reason.   Threads  pure.
 */
#include "sql/lex.h"
#include "base/vec.h"

static const struct {
    Str name;
    KeywordUse use;
} KEYWORDS[KW_COUNT] = {
    {STR_INIT(""), FREE},
#define KEYWORD(name, use) {STR_INIT(#name), use},
#include "sql/keywords.def"
#undef KEYWORD
};

Keyword keyword_find(Str word)
{
    size_t low = 1, high = KW_COUNT;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_cmp_nocase(word, KEYWORDS[middle].name);
        if (order == 0) return (Keyword)middle;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return KW_NONE;
}

KeywordUse keyword_use(Keyword keyword)
{
    return KEYWORDS[keyword].use;
}

const char *keyword_name(Keyword keyword)
{
    return KEYWORDS[keyword].name.ptr;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

// Length of the character at `at`, 0 for bad UTF-8. ASCII is told apart by the caller.
static size_t utf8_len(const char *at, const char *end)
{
    size_t room = (size_t)(end - at);
    for (size_t len = 1; len <= 4 && len <= room; len++)
        if (str_is_utf8((Str){at, len})) return len;
    return 0;
}

static bool is_wide_blank(const char *at, const char *end)
{
    return end - at >= 3 && memcmp(at, "\xE3\x80\x80", 3) == 0;
}

// Length of the letter at `at`, 0 for anything else.
static size_t letter_len(const char *at, const char *end)
{
    if (at == end) return 0;
    unsigned char byte = (unsigned char)*at;
    if (byte < 0x80)
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
               byte == '$';
    return is_wide_blank(at, end) ? 0 : utf8_len(at, end);
}

// Go on to `to`, counting lines and characters.
static void move_to(Lexer *lexer, const char *to)
{
    for (; lexer->at < to; lexer->at++) {
        if (*lexer->at == '\n') {
            lexer->line++;
            lexer->column = 0;
        } else if ((*lexer->at & 0xC0) != 0x80) {
            lexer->column++;
        }
    }
}

Lexer lexer_new(Str text)
{
    return (Lexer){text.ptr ? text.ptr : "", (text.ptr ? text.ptr : "") + text.len, 1, 0};
}

static bool at_pair(const Lexer *lexer, char first, char second)
{
    return lexer->end - lexer->at >= 2 && lexer->at[0] == first && lexer->at[1] == second;
}

// comment = ( '--' | '#' ) to the end of the line | '/*' to '*/'
static const char *skip_comment(Lexer *lexer)
{
    const char *stop;
    if (at_pair(lexer, '/', '*')) {
        const char *body = lexer->at + 2;
        stop = memmem(body, (size_t)(lexer->end - body), "*/", 2);
        if (stop == NULL) return "the comment is not closed";
        stop += 2;
    } else {
        stop = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));
        if (stop == NULL) stop = lexer->end;
    }
    if (!str_is_utf8((Str){lexer->at, (size_t)(stop - lexer->at)})) return "it is not UTF-8";
    move_to(lexer, stop);
    return NULL;
}

const char *lexer_skip_blanks(Lexer *lexer)
{
    while (lexer->at < lexer->end) {
        if (memchr(" \t\r\n\f\v", *lexer->at, 6)) {
            move_to(lexer, lexer->at + 1);
        } else if (is_wide_blank(lexer->at, lexer->end)) {
            move_to(lexer, lexer->at + 3);
        } else if (*lexer->at == '#' || at_pair(lexer, '-', '-') || at_pair(lexer, '/', '*')) {
            const char *why = skip_comment(lexer);
            if (why) return why;
        } else {
            break;
        }
    }
    return NULL;
}

// End of what begins at `at` with a quote: behind the closing one, or NULL. A doubled quote goes
// on; a backslash hides what follows, but not in back quotes.
static const char *quoted_end(const char *at, const char *end)
{
    char quote = *at++;
    for (; at < end; at++) {
        if (*at == '\\' && quote != '`' && at + 1 < end) {
            at++;
        } else if (*at == quote) {
            if (at + 1 == end || at[1] != quote) return at + 1;
            at++;
        }
    }
    return NULL;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at)) at++;
    return at;
}

static const char *skip_word(const char *at, const char *end)
{
    for (size_t len = 1; at < end && len; at += len) len = is_digit(*at) ? 1 : letter_len(at, end);
    return at;
}

// number = digits | digits '.' [digits] [exp] | '.' digits [exp] | digits exp
static const char *number_end(const char *at, const char *end, TokenKind *kind)
{
    *kind = TOKEN_INTEGER;
    at = skip_digits(at, end);
    if (at < end && *at == '.') {
        *kind = TOKEN_DECIMAL;
        at = skip_digits(at + 1, end);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        const char *exponent = at + 1;
        if (exponent < end && (*exponent == '+' || *exponent == '-')) exponent++;
        if (exponent < end && is_digit(*exponent)) {
            *kind = TOKEN_FLOAT;
            at = skip_digits(exponent, end);
        }
    }
    return at;
}

// A number or a name that begins with digits: the longer one.
static const char *digits_end(const char *at, const char *end, TokenKind *kind)
{
    const char *number = number_end(at, end, kind);
    const char *word = skip_word(at, end);
    if (word <= number) return number;
    *kind = TOKEN_WORD;
    return word;
}

// '.' begins a number, unless the longer reading is the name of a column: t.1a
static bool dot_begins_number(const char *at, const char *end)
{
    if (at + 1 == end || !is_digit(at[1])) return false;
    TokenKind kind;
    return number_end(at, end, &kind) >= skip_word(at + 1, end);
}

static const uint32_t OPERATORS[] = {
    OP3('<', '=', '>'),
    OP2('<', '='),
    OP2('>', '='),
    OP2('<', '>'),
    OP2('!', '='),
    OP2('|', '|'),
    OP2('&', '&'),
    OP2('<', '<'),
    OP2('>', '>'),
    OP2(':', '='),
    OP2('-', '>'),
    OP2('@', '@'),
    '(',
    ')',
    ',',
    '.',
    ';',
    '=',
    '<',
    '>',
    '+',
    '-',
    '*',
    '/',
    '%',
    '!',
    '&',
    '|',
    '^',
    '~',
    '@',
    '[',
    ']',
    '{',
    '}',
    ':',
    '?',
};

// Characters of the longest operator here, 0: none.
static size_t operator_len(const char *at, const char *end, uint32_t *op)
{
    for (size_t i = 0; i < COUNT_OF(OPERATORS); i++) {
        size_t len = OPERATORS[i] > 0xFFFF ? 3 : OPERATORS[i] > 0xFF ? 2 : 1, same = 0;
        while (same < len && at + same < end &&
               (unsigned char)at[same] == (OPERATORS[i] >> 8 * same & 0xFF))
            same++;
        if (same < len) continue;
        *op = OPERATORS[i];
        return len;
    }
    return 0;
}

// Sets kind and returns the end of the token at the lexer's place, NULL: bad.
static const char *scan(const Lexer *lexer, Token *token)
{
    const char *at = lexer->at, *end = lexer->end;
    if (*at == '\'' || *at == '"' || *at == '`') {
        token->kind = *at == '`' ? TOKEN_QUOTED : TOKEN_STRING;
        token->why = *at == '`' ? "the name is not closed" : "the string is not closed";
        return quoted_end(at, end);
    }
    if ((*at == 'x' || *at == 'X') && at + 1 < end && (at[1] == '\'' || at[1] == '"')) {
        token->kind = TOKEN_HEX;
        token->why = "the string is not closed";
        const char *stop = memchr(at + 2, at[1], (size_t)(end - at - 2));
        return stop ? stop + 1 : NULL;
    }
    if (is_digit(*at)) return digits_end(at, end, &token->kind);
    if (letter_len(at, end)) {
        token->kind = TOKEN_WORD;
        return skip_word(at, end);
    }
    if (*at == '.' && dot_begins_number(at, end)) return number_end(at, end, &token->kind);
    token->kind = TOKEN_OP;
    size_t len = operator_len(at, end, &token->op);
    token->why = (*at & 0x80) ? "it is not UTF-8" : "this character has no meaning here";
    return len ? at + len : NULL;
}

Token lexer_next(Lexer *lexer)
{
    const char *why = lexer_skip_blanks(lexer);
    Token token = {.line = lexer->line, .column = lexer->column, .text = {lexer->at, 0}};
    const char *stop = NULL;
    if (why) {
        token.why = why;
    } else if (lexer->at == lexer->end) {
        return token;
    } else {
        stop = scan(lexer, &token);
        // A quoted name becomes a name of the catalog: it must be text.
        if (stop && token.kind == TOKEN_QUOTED &&
            !str_is_utf8((Str){lexer->at, (size_t)(stop - lexer->at)})) {
            token.why = "it is not UTF-8";
            stop = NULL;
        }
    }
    if (stop == NULL) {
        token.kind = TOKEN_BAD;
        token.text.len = (size_t)(lexer->end - lexer->at);
        lexer->at = lexer->end;
        return token;
    }
    token.why = NULL;
    token.text.len = (size_t)(stop - lexer->at);
    if (token.kind == TOKEN_WORD) token.keyword = keyword_find(token.text);
    move_to(lexer, stop);
    return token;
}

Str token_name(Arena *arena, const Token *token)
{
    if (token->kind != TOKEN_QUOTED) return token->text;
    Str inner = str_sub(token->text, 1, token->text.len - 2);
    if (!str_contains(inner, '`')) return inner;
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < inner.len; i++) {
        buf_add_byte(&buf, inner.ptr[i]);
        if (inner.ptr[i] == '`') i++;
    }
    return buf_str(&buf);
}

// What a backslash and `byte` stand for; '\0' with is_same: the two as they are.
static char unescape(char byte, bool *is_same)
{
    *is_same = byte == '%' || byte == '_';
    switch (byte) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case '0': return '\0';
    case 'Z': return 26;
    default: return byte;
    }
}

Str token_string(Arena *arena, const Token *token)
{
    char quote = token->text.ptr[0];
    Str inner = str_sub(token->text, 1, token->text.len - 2);
    if (!str_contains(inner, '\\') && !str_contains(inner, quote)) return inner;
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < inner.len; i++) {
        char byte = inner.ptr[i];
        bool is_same = false;
        if (byte == quote) {
            i++;
        } else if (byte == '\\') {
            byte = unescape(inner.ptr[++i], &is_same);
        }
        if (is_same) buf_add_byte(&buf, '\\');
        buf_add_byte(&buf, byte);
    }
    return buf_str(&buf);
}
