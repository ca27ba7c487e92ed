/*
 * tests/fuzz/sql: any bytes as statement text.
 *
 * Checks  no input crashes the parser, hangs it or makes it consume nothing; a refusal has a text
 *         that is UTF-8; a tree that was printed is read back and printed the same.
 */
#include "sql/sql.h"

// Printing adds parentheses, which may go beyond a limit: the only way in which it may not read
// back.
static void check_print(Ctx *ctx, Str printed, const Expr *expr, const Query *query)
{
    Expr *expr_again = NULL;
    Statement *statement = NULL;
    size_t consumed;
    Rc rc = expr ? sql_parse_expr(ctx, printed, &expr_again)
                 : sql_parse(ctx, printed, &statement, &consumed);
    if (rc == RC_LIMIT) return;
    must_tell(printed);
    must(rc == RC_OK);
    must(expr || statement->kind == STMT_QUERY || query->body->kind == BODY_VALUES);
    Str again = expr ? sql_unparse_expr(ctx->arena, expr_again)
                     : sql_unparse_query(ctx->arena, statement->query);
    must(str_eq(printed, again));
}

static void run_statements(Ctx *ctx, Str text)
{
    do {
        Statement *statement = NULL;
        size_t consumed = 0;
        if (sql_parse(ctx, text, &statement, &consumed) != RC_OK) {
            (void)sql_envelope_syntax(ctx);
            must(ctx->err.id != ERR_NONE && ctx->err.text.len > 0);
            must(str_is_utf8(ctx->err.text));
            return;
        }
        must(consumed > 0 || text.len == 0);
        must(consumed <= text.len);
        if (statement->kind == STMT_QUERY)
            check_print(ctx, sql_unparse_query(ctx->arena, statement->query), NULL,
                        statement->query);
        text = str_sub(text, consumed, text.len);
    } while (text.len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    Str text = {(const char *)data, size};
    must_tell(text);
    run_statements(&ctx, text);
    ctx_clear(&ctx);
    Expr *expr;
    if (sql_parse_expr(&ctx, text, &expr) == RC_OK)
        check_print(&ctx, sql_unparse_expr(arena, expr), expr, NULL);
    arena_free(arena);
    return 0;
}
