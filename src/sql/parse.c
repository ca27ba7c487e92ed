/*
 * sql/parse: from text to one statement; which words begin which statement; the error envelope.
 *
 * Source  StarRocks' grammar (statement), its error texts, the spelling guesses of its
 *         SyntaxErrorListener. Statements that StarRocks has and we have not are refused by name.
 * Errors  SYNTAX, SEMANTIC, NOT_SUPPORTED, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

// First match wins: longer words stand before shorter ones. Without a parser: not there yet.
static const struct {
    const char *words;
    StatementKind kind;
    StatementParser *parse;
} ROUTES[] = {
    {"SELECT", STMT_QUERY, parse_query_statement},
    {"WITH", STMT_QUERY, parse_query_statement},
    {"INSERT", STMT_INSERT, parse_insert},
    {"SHOW", STMT_COUNT, parse_show},
    {"SET", STMT_SET, parse_set},
    {"USE", STMT_USE, parse_use},
    {"EXPLAIN", STMT_EXPLAIN, parse_explain},
    {"DESC STORAGE VOLUME", STMT_COUNT, NULL},
    {"DESC", STMT_DESC, parse_desc},
    {"DESCRIBE STORAGE VOLUME", STMT_COUNT, NULL},
    {"DESCRIBE", STMT_DESC, parse_desc},
    {"UPDATE", STMT_UPDATE, parse_update},
    {"DELETE", STMT_DELETE, parse_delete},
    {"BACKUP", STMT_BACKUP, parse_backup},
    {"RESTORE TABLE", STMT_COUNT, NULL},
    {"RESTORE", STMT_RESTORE, parse_restore},
    {"CANCEL BACKUP", STMT_CANCEL_JOB, parse_cancel},
    {"CANCEL RESTORE", STMT_CANCEL_JOB, parse_cancel},
    {"RECOVER", STMT_RECOVER, parse_recover},
    {"CANCEL ALTER TABLE", STMT_CANCEL_ALTER, parse_cancel_alter},
    {"CREATE DATABASE", STMT_CREATE_DATABASE, parse_create_database},
    {"CREATE SCHEMA", STMT_CREATE_DATABASE, parse_create_database},
    {"CREATE TABLE", STMT_CREATE_TABLE, parse_create_table},
    {"CREATE INDEX", STMT_ALTER_TABLE, parse_create_index},
    {"CREATE REPOSITORY", STMT_CREATE_REPOSITORY, parse_create_repository},
    {"CREATE READ ONLY REPOSITORY", STMT_CREATE_REPOSITORY, parse_create_repository},
    {"DROP DATABASE", STMT_DROP_DATABASE, parse_drop_database},
    {"DROP SCHEMA", STMT_DROP_DATABASE, parse_drop_database},
    {"DROP INDEX", STMT_ALTER_TABLE, parse_drop_index_statement},
    {"DROP TABLE", STMT_DROP_TABLE, parse_drop_table},
    {"DROP SNAPSHOT", STMT_DROP_SNAPSHOT, parse_drop_snapshot},
    {"DROP REPOSITORY", STMT_DROP_REPOSITORY, parse_drop_repository},
    {"TRUNCATE TABLE", STMT_TRUNCATE, parse_truncate},
    {"ALTER TABLE", STMT_ALTER_TABLE, parse_alter_table},
    {"ADMIN SET FRONTEND CONFIG", STMT_ADMIN_SET_CONFIG, parse_set_config},
    {"ADMIN SHOW FRONTEND CONFIG", STMT_SHOW_CONFIG, parse_show_config},
    {"KILL ANALYZE", STMT_COUNT, NULL},
    {"KILL", STMT_KILL, parse_kill},
    {"BEGIN", STMT_BEGIN, parse_transaction},
    {"START TRANSACTION", STMT_BEGIN, parse_transaction},
    {"COMMIT", STMT_COMMIT, parse_transaction},
    {"ROLLBACK", STMT_ROLLBACK, parse_transaction},
#define REFUSE(words) {words, STMT_COUNT, NULL},
#include "sql/refused.def"
#undef REFUSE
};

int match_words(const Parser *p, const char *words)
{
    Str rest = str_from(words);
    int count = 0;
    while (rest.len > 0) {
        Str word = str_cut(&rest, ' ');
        Token token = peek(p, count++);
        if (token.kind != TOKEN_WORD || !str_eq_nocase(token.text, word)) return 0;
    }
    return count;
}

// ---------------------------------------------------------------------------------------- guesses

enum { GUESSES = 5, WORD_MAX = 24 };

// Levenshtein's distance without case; words longer than WORD_MAX are cut.
static int word_distance(Str a, Str b)
{
    int row[WORD_MAX + 1];
    a = str_sub(a, 0, WORD_MAX);
    b = str_sub(b, 0, WORD_MAX);
    for (size_t j = 0; j <= b.len; j++) row[j] = (int)j;
    for (size_t i = 1; i <= a.len; i++) {
        int diagonal = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= b.len; j++) {
            bool is_same = str_eq_nocase(str_sub(a, i - 1, 1), str_sub(b, j - 1, 1));
            int best = diagonal + !is_same;
            if (row[j] + 1 < best) best = row[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[b.len];
}

typedef struct Guess {
    Str word;
    int distance;
} Guess;

// Keeps `guesses` sorted, nearest first, each word once.
static void add_guess(Guess *guesses, size_t *count, Guess guess)
{
    size_t i = 0;
    for (size_t j = 0; j < *count; j++)
        if (str_eq(guesses[j].word, guess.word)) return;
    while (i < *count && guesses[i].distance <= guess.distance) i++;
    if (i == GUESSES) return;
    size_t kept = *count < GUESSES ? *count : GUESSES - 1;
    memmove(&guesses[i + 1], &guesses[i], (kept - i) * sizeof(Guess));
    guesses[i] = guess;
    *count = kept + 1;
}

// Unexpected input 'elect', the most similar input is {'SELECT', ..., '(', ';'}
static Rc fail_unknown_statement(Parser *p)
{
    Guess guesses[GUESSES];
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(ROUTES); i++) {
        Str rest = str_from(ROUTES[i].words);
        Str word = str_cut(&rest, ' ');
        add_guess(guesses, &count, (Guess){word, word_distance(p->token.text, word)});
    }
    Buf buf = buf_new(p->ctx->arena);
    for (size_t i = 0; i < count; i++) buf_printf(&buf, "'%.*s', ", STR_ARG(guesses[i].word));
    buf_add_z(&buf, "'(', ';'");
    return fail_unexpected(p, str_z(p->ctx->arena, buf_str(&buf)));
}

// -------------------------------------------------------------------------------------- statements

// A known first word with something unknown behind it: both are shown.
static Rc fail_no_route(Parser *p)
{
    Token first = p->token;
    bool is_known = false;
    for (size_t i = 0; i < COUNT_OF(ROUTES) && first.kind == TOKEN_WORD; i++) {
        Str rest = str_from(ROUTES[i].words);
        if (str_eq_nocase(str_cut(&rest, ' '), first.text)) is_known = true;
    }
    if (!is_known) return fail_unknown_statement(p);
    advance(p);
    return p->token.kind == TOKEN_END ? fail_unexpected(p, "a statement")
                                      : fail_no_viable(p, first);
}

// How many of the words that brought us here the parser wants to see again.
static int words_left_to(StatementParser *parse, int count)
{
    if (parse == parse_query_statement) return count;
    if (parse == parse_create_repository) return count - 1;
    return parse == parse_cancel ? 1 : 0;
}

Rc parse_statement(Parser *p, Statement **out)
{
    Statement *statement = ARENA_NEW(p->ctx->arena, Statement);
    const char *start = p->token.text.ptr;
    statement->pos = pos_of(p);
    StatementParser *parse = NULL;
    if (at_op(p, '(')) {
        statement->kind = STMT_QUERY;
        parse = parse_query_statement;
    }
    for (size_t i = 0; i < COUNT_OF(ROUTES) && parse == NULL; i++) {
        int count = match_words(p, ROUTES[i].words);
        if (count == 0) continue;
        if (ROUTES[i].parse == NULL) return fail_unsupported(p, ROUTES[i].words);
        statement->kind = ROUTES[i].kind;
        parse = ROUTES[i].parse;
        for (count -= words_left_to(parse, count); count > 0; count--) advance(p);
    }
    if (parse == NULL) return fail_no_route(p);
    TRY(parse(p, statement));
    must(statement->kind < STMT_COUNT);
    statement->text = (Str){start, (size_t)(p->done - start)};
    *out = statement;
    return RC_OK;
}

// singleStatement = [ statement ] ( ';' | end )
static Rc parse_single(Parser *p, Statement **out)
{
    if (at_end(p)) {
        *out = ARENA_NEW(p->ctx->arena, Statement);
        (*out)->kind = STMT_EMPTY;
        return RC_OK;
    }
    TRY(parse_statement(p, out));
    return at_end(p) ? RC_OK : fail_unexpected(p, "<EOF>, ';'");
}

// Behind the `;` and the blanks that follow it, so that the last statement consumes all.
static size_t consumed_bytes(const Parser *p, Str text)
{
    if (p->token.kind == TOKEN_END) return text.len;
    const char *end = p->token.text.ptr + 1;
    Lexer lexer = lexer_new((Str){end, text.len - (size_t)(end - text.ptr)});
    // A comment that cannot be read is the next statement's fault.
    return (size_t)((lexer_skip_blanks(&lexer) ? end : lexer.at) - text.ptr);
}

Rc sql_parse(Ctx *ctx, Str text, Statement **out, size_t *consumed)
{
    Parser p;
    Statement *statement;
    bool is_cut = text.len > LIMIT_SQL_BYTES;
    parser_init(&p, ctx, str_sub(text, 0, LIMIT_SQL_BYTES));
    Rc rc = parse_single(&p, &statement);
    // What stands at the cut cannot be judged: the statement goes on behind it.
    bool is_over = is_cut && p.lexer.at == p.lexer.end &&
                   (p.token.kind == TOKEN_END || p.token.kind == TOKEN_BAD);
    if (is_over) {
        ctx_clear(ctx);
        return FAIL(ctx, LIMIT_EXCEEDED, "The length of a statement", (long long)LIMIT_SQL_BYTES);
    }
    if (rc != RC_OK) return rc;
    *consumed = consumed_bytes(&p, text);
    *out = statement;
    return RC_OK;
}

Rc sql_parse_expr(Ctx *ctx, Str text, Expr **out)
{
    Parser p;
    Expr *expr;
    parser_init(&p, ctx, text);
    TRY(parse_expr(&p, &expr));
    if (p.token.kind != TOKEN_END) return fail_unexpected(&p, "<EOF>");
    *out = expr;
    return RC_OK;
}

// ---------------------------------------------------------------------------------------- envelope

static Rc wrap(Ctx *ctx, const char *what)
{
    Str place = STR("");
    if (ctx->err.line > 0)
        place = str_printf(ctx->arena, " at line %u, column %u", ctx->err.line, ctx->err.column);
    ctx->err.text = str_printf(ctx->arena, "Getting %s error%.*s. Detail message: %.*s.", what,
                               STR_ARG(place), STR_ARG(ctx->err.text));
    return ctx->err.rc;
}

Rc sql_envelope_syntax(Ctx *ctx)
{
    if (ctx->err.id == ERR_SYNTAX) return wrap(ctx, "syntax");
    return ctx->err.id == ERR_SEMANTIC ? wrap(ctx, "analyzing") : ctx->err.rc;
}

Rc sql_envelope_analyzing(Ctx *ctx)
{
    switch (ctx->err.rc) {
    case RC_INVALID:
    case RC_NOT_FOUND:
    case RC_EXISTS:
    case RC_CONFLICT: return wrap(ctx, "analyzing");
    default: return ctx->err.rc;
    }
}

bool sql_is_reserved(Str word)
{
    return keyword_use(keyword_find(word)) != FREE;
}
