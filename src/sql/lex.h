#ifndef SQL_LEX_H
#define SQL_LEX_H
#include "base/str.h"

// Private to sql/. Text to tokens, one at a time; copying a Lexer saves its place.

typedef enum Keyword {
    KW_NONE,  // a word that the grammar does not know
#define KEYWORD(name, use) KW_##name,
#include "sql/keywords.def"
#undef KEYWORD
    KW_COUNT
} Keyword;

typedef enum KeywordUse { FREE, CALLABLE, RESERVED } KeywordUse;
Keyword keyword_find(Str word);
KeywordUse keyword_use(Keyword keyword);  // KW_NONE is FREE
const char *keyword_name(Keyword keyword);

typedef enum TokenKind {
    TOKEN_END,
    TOKEN_WORD,    // letters first, or digits first and some letter
    TOKEN_QUOTED,  // `name`
    TOKEN_STRING,  // '..' or ".."
    TOKEN_HEX,     // x'..'
    TOKEN_INTEGER,
    TOKEN_DECIMAL,
    TOKEN_FLOAT,
    TOKEN_OP,
    TOKEN_BAD,  // `why` tells; nothing is read behind it
} TokenKind;

// Operators are named by their characters.
#define OP2(a, b) ((uint32_t)(a) | (uint32_t)(b) << 8)
#define OP3(a, b, c) (OP2(a, b) | (uint32_t)(c) << 16)

typedef struct Token {
    TokenKind kind;
    Keyword keyword;  // TOKEN_WORD
    uint32_t op;      // TOKEN_OP
    uint32_t line, column;
    Str text;         // as it stands there, quotes included
    const char *why;  // TOKEN_BAD
} Token;

typedef struct Lexer {
    const char *at, *end;
    uint32_t line, column;
} Lexer;

Lexer lexer_new(Str text);
Token lexer_next(Lexer *lexer);
// Skips blanks and comments. NULL, or why a comment cannot be read; then the place is its begin.
const char *lexer_skip_blanks(Lexer *lexer);

// What a token stands for: the name without its back quotes, the decoded string (escapes as MySQL
// has them; \% and \_ keep their backslash, for LIKE).
Str token_name(Arena *arena, const Token *token);
Str token_string(Arena *arena, const Token *token);

#endif
