#include "sql/lex.h"
#include "sqlcheck.h"

// Every token as its text, joined by '|'; a bad one as '!' and ends it.
static Str tokens(Ctx *t, Str text)
{
    static const char *const KINDS = "ewqsxidfo!";
    Buf buf = buf_new(t->arena);
    Lexer lexer = lexer_new(text);
    for (;;) {
        Token token = lexer_next(&lexer);
        if (token.kind == TOKEN_END) break;
        if (buf.len > 0) buf_add_byte(&buf, '|');
        buf_add_byte(&buf, KINDS[token.kind]);
        buf_add_byte(&buf, ':');
        if (token.kind == TOKEN_BAD) {
            buf_add_z(&buf, token.why);
            break;
        }
        buf_add(&buf, token.text);
    }
    return buf_str(&buf);
}

#define CHECK_TOKENS(expected, text) CHECK_STR(expected, tokens(t, STR(text)))

TEST(lex_refuses_what_is_not_closed)
{
    CHECK_TOKENS("w:a|!:the string is not closed", "a 'b");
    CHECK_TOKENS("!:the string is not closed", "'b\\'");
    CHECK_TOKENS("!:the string is not closed", "\"b\"\"");
    CHECK_TOKENS("!:the string is not closed", "'\\");
    CHECK_TOKENS("!:the name is not closed", "`b``");
    CHECK_TOKENS("!:the string is not closed", "x'41");
    CHECK_TOKENS("w:a|!:the comment is not closed", "a /* b");
    CHECK_TOKENS("!:the comment is not closed", "/*/");
    CHECK_TOKENS("!:this character has no meaning here", "\\");
    CHECK_TOKENS("!:this character has no meaning here", "\001");
}

TEST(lex_refuses_bad_utf8_outside_of_strings)
{
    CHECK_TOKENS("!:it is not UTF-8", "\xFF");
    CHECK_TOKENS("w:a|!:it is not UTF-8", "a\xC3");
    CHECK_TOKENS("!:it is not UTF-8", "`a\xFF`");
    CHECK_TOKENS("!:it is not UTF-8", "-- a\xFF\nb");
    CHECK_TOKENS("!:it is not UTF-8", "/* \xE3\x80 */");
    CHECK_TOKENS("s:'a\xFF'", "'a\xFF'");
}

TEST(lex_takes_the_longer_of_number_and_name)
{
    CHECK_TOKENS("w:1a|i:12|f:1e5|w:1e5a|w:0x41", "1a 12 1e5 1e5a 0x41");
    CHECK_TOKENS("d:1.|d:.5|d:1.5|f:1.5e-3|f:.5E+2", "1. .5 1.5 1.5e-3 .5E+2");
    CHECK_TOKENS("d:1.5|w:e", "1.5e");
    CHECK_TOKENS("w:t|o:.|w:1a", "t.1a");
    CHECK_TOKENS("w:t|d:.12", "t.12");
    CHECK_TOKENS("w:1e", "1e");
    CHECK_TOKENS("w:1e|o:+", "1e+");
}

TEST(lex_reads_operators_longest_first)
{
    CHECK_TOKENS("o:<=>|o:<=|o:<<|o:<>|o:!=|o:>>|o:||o:|", "<=> <= << <> != >> | |");
    CHECK_TOKENS("o:<=>|o:=", "<=>=");
    CHECK_TOKENS("o:||o:|||o:&&|o::=|o:->|o:@@|w:x|o:@|w:y", "| || && := -> @@x @y");
}

TEST(lex_skips_blanks_and_comments)
{
    CHECK_TOKENS("w:a|w:b", "a\xE3\x80\x80"
                            "b");
    CHECK_TOKENS("w:a|w:b", "--x\na--y\r\nb#z");
    CHECK_TOKENS("w:a|w:b", "a/**/b/*+ SET_VAR(x = 1) */ /*!40101 SET NAMES utf8 */");
    CHECK_TOKENS("i:1|i:1", "1--1\n1");
    CHECK_TOKENS("i:1|o:-|i:1", "1-1");
    CHECK_TOKENS("", "-- \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E");
    CHECK_TOKENS("", " \t\f\v\r\n");
}

TEST(lex_counts_lines_and_characters)
{
    Lexer lexer = lexer_new(STR("a\n  \xE6\x97\xA5 `\n\xE6\x97\xA5` b"));
    Token token = lexer_next(&lexer);
    CHECK_INT(1, token.line);
    CHECK_INT(0, token.column);
    token = lexer_next(&lexer);
    CHECK_INT(2, token.line);
    CHECK_INT(2, token.column);
    token = lexer_next(&lexer);
    CHECK_INT(TOKEN_QUOTED, token.kind);
    CHECK_INT(4, token.column);
    token = lexer_next(&lexer);
    CHECK_INT(3, token.line);
    CHECK_INT(3, token.column);
}

static Str string_of(Ctx *t, Str text)
{
    Lexer lexer = lexer_new(text);
    Token token = lexer_next(&lexer);
    CHECK_INT(TOKEN_STRING, token.kind);
    return token_string(t->arena, &token);
}

TEST(lex_decodes_strings)
{
    CHECK_STR("plain", string_of(t, STR("'plain'")));
    CHECK_STR("it's \"x\"", string_of(t, STR("'it''s \"x\"'")));
    CHECK_STR("it's \"x\"", string_of(t, STR("\"it's \"\"x\"\"\"")));
    CHECK_STR("a\nb\tc\rd\be\032f\\g'h\"i",
              string_of(t, STR("'a\\nb\\tc\\rd\\be\\Zf\\\\g\\'h\\\"i'")));
    CHECK_STR("a\\_b\\%c", string_of(t, STR("'a\\_b\\%c'")));
    CHECK_STR("q", string_of(t, STR("'\\q'")));
    Str nul = string_of(t, STR("'a\\0b'"));
    CHECK_INT(3, nul.len);
    CHECK_INT(0, nul.ptr[1]);
    CHECK_STR("", string_of(t, STR("''")));
}

TEST(lex_decodes_names)
{
    Lexer lexer = lexer_new(STR("`a``b\\` `` c"));
    Token token = lexer_next(&lexer);
    CHECK_STR("a`b\\", token_name(t->arena, &token));
    token = lexer_next(&lexer);
    CHECK_STR("", token_name(t->arena, &token));
    token = lexer_next(&lexer);
    CHECK_STR("c", token_name(t->arena, &token));
}

TEST(lex_finds_every_keyword)
{
    for (int i = KW_NONE + 1; i < KW_COUNT; i++) {
        Str name = str_from(keyword_name((Keyword)i));
        if (i > KW_NONE + 1)
            CHECK(str_cmp_nocase(str_from(keyword_name((Keyword)(i - 1))), name) < 0);
        CHECK_INT(i, keyword_find(name));
        CHECK_INT(i, keyword_find(str_lower(t->arena, name)));
    }
    CHECK_INT(KW_NONE, keyword_find(STR("selec")));
    CHECK_INT(KW_NONE, keyword_find(STR("selectx")));
    CHECK_INT(KW_NONE, keyword_find(STR("")));
}

TEST(lex_knows_which_words_are_names)
{
    static const char *const FREE_WORDS[] = {
        "BACKUP",   "RESTORE",    "SNAPSHOT",  "REPOSITORY",   "REPOSITORIES", "CATALOG",
        "CATALOGS", "EXTERNAL",   "FUNCTIONS", "MATERIALIZED", "VIEW",         "VIEWS",
        "TABLES",   "PARTITIONS", "TEMPORARY", "TIMESTAMP",    "LOCATION",     "BROKER",
        "ONLY",     "PROPERTIES", "EXPORT",    "LABEL",        "date",         "anything"};
    static const char *const RESERVED_WORDS[] = {"FUNCTION",  "TABLE", "DATABASE", "ALL",
                                                 "ON",        "FROM",  "TO",       "AS",
                                                 "PARTITION", "READ",  "FORCE",    "select"};
    for (size_t i = 0; i < COUNT_OF(FREE_WORDS); i++)
        CHECK(!sql_is_reserved(str_from(FREE_WORDS[i])));
    for (size_t i = 0; i < COUNT_OF(RESERVED_WORDS); i++)
        CHECK(sql_is_reserved(str_from(RESERVED_WORDS[i])));
}
