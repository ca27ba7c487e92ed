/*
 * sql/parse_partition: PARTITION BY, the descriptions of partitions, DISTRIBUTED BY.
 *
 * Source  StarRocks' grammar: partitionDesc, rangePartitionDesc, listPartitionDesc,
 * distributionDesc. Beyond it values may be numbers, not only strings. Whether ranges are in order,
 * and values fit their columns, is analysis. Errors  SYNTAX, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

static Rc check_partitions(Parser *p, size_t count)
{
    if (count < LIMIT_PARTITIONS) return RC_OK;
    return FAIL_AT(p->ctx, p->token.line, p->token.column, LIMIT_EXCEEDED,
                   "The number of partitions", (long long)LIMIT_PARTITIONS);
}

// partitionValue = string | [ '-' ] number | MAXVALUE (ranges) | NULL (lists)
static Rc parse_partition_value(Parser *p, bool is_list, AstPartitionValue *out)
{
    *out = (AstPartitionValue){.pos = pos_of(p)};
    if (is_list && accept_word(p, KW_NULL)) {
        out->is_null = true;
        return RC_OK;
    }
    if (!is_list && accept_word(p, KW_MAXVALUE)) {
        out->is_max = true;
        return RC_OK;
    }
    if (p->token.kind == TOKEN_STRING) return parse_string(p, &out->text);
    const char *sign = accept_op(p, '-') ? "-" : "";
    if (p->token.kind != TOKEN_INTEGER && p->token.kind != TOKEN_DECIMAL)
        return fail_unexpected(p, is_list ? "a string, 'NULL'" : "a string, 'MAXVALUE'");
    out->text = str_printf(p->ctx->arena, "%s%.*s", sign, STR_ARG(p->token.text));
    advance(p);
    return RC_OK;
}

// '(' value { ',' value } ')'
static Rc parse_partition_row(Parser *p, bool is_list, AstPartitionRow *out)
{
    VEC(AstPartitionValue) values = {0};
    TRY(expect_op(p, '('));
    do {
        AstPartitionValue value;
        TRY(check_list(p, values.len));
        TRY(parse_partition_value(p, is_list, &value));
        vec_push(p->ctx->arena, &values, value);
    } while (accept_op(p, ','));
    *out = (AstPartitionRow){values.at, values.len};
    return expect_op(p, ')');
}

// LESS THAN ( MAXVALUE | row ) | '[' row ',' row ')'
static Rc parse_range(Parser *p, AstPartitionDef *out)
{
    if (accept_op(p, '[')) {
        out->kind = AST_PARTITION_FIXED;
        TRY(parse_partition_row(p, false, &out->lower));
        TRY(expect_op(p, ','));
        TRY(parse_partition_row(p, false, &out->upper));
        return expect_op(p, ')');
    }
    out->kind = AST_PARTITION_LESS_THAN;
    TRY(expect_word(p, KW_LESS));
    TRY(expect_word(p, KW_THAN));
    if (!at_word(p, KW_MAXVALUE)) return parse_partition_row(p, false, &out->upper);
    AstPartitionValue *value = ARENA_NEW(p->ctx->arena, AstPartitionValue);
    out->upper = (AstPartitionRow){value, 1};
    return parse_partition_value(p, false, value);
}

// The short form ('a', 'b') is a row per value.
static Rc split_row(Parser *p, AstPartitionRow row, AstPartitionDef *out)
{
    out->rows = ARENA_ARRAY(p->ctx->arena, AstPartitionRow, row.count);
    out->row_count = row.count;
    for (size_t i = 0; i < row.count; i++) out->rows[i] = (AstPartitionRow){&row.at[i], 1};
    return RC_OK;
}

// IN '(' value { ',' value } ')' | IN '(' row { ',' row } ')'
static Rc parse_list_values(Parser *p, AstPartitionDef *out)
{
    out->kind = AST_PARTITION_IN;
    if (p->ahead.kind != TOKEN_OP || p->ahead.op != '(') {
        AstPartitionRow row;
        TRY(parse_partition_row(p, true, &row));
        return split_row(p, row, out);
    }
    VEC(AstPartitionRow) rows = {0};
    TRY(expect_op(p, '('));
    do {
        AstPartitionRow row;
        TRY(check_list(p, rows.len));
        TRY(parse_partition_row(p, true, &row));
        vec_push(p->ctx->arena, &rows, row);
    } while (accept_op(p, ','));
    out->rows = rows.at;
    out->row_count = rows.len;
    return expect_op(p, ')');
}

// '(' value ')' of START and END
static Rc parse_batch_border(Parser *p, AstPartitionRow *out)
{
    AstPartitionValue *value = ARENA_NEW(p->ctx->arena, AstPartitionValue);
    TRY(expect_op(p, '('));
    TRY(parse_partition_value(p, true, value));
    if (value->is_null) return fail_syntax(p, value->pos, "No viable statement for input '(NULL'");
    *out = (AstPartitionRow){value, 1};
    return expect_op(p, ')');
}

// START '(' s ')' END '(' s ')' EVERY '(' ( INTERVAL n unit | n ) ')'
Rc parse_partition_batch(Parser *p, AstPartitionDef *out)
{
    *out = (AstPartitionDef){.kind = AST_PARTITION_BATCH, .pos = pos_of(p)};
    TRY(expect_word(p, KW_START));
    TRY(parse_batch_border(p, &out->lower));
    TRY(expect_word(p, KW_END));
    TRY(parse_batch_border(p, &out->upper));
    TRY(expect_word(p, KW_EVERY));
    TRY(expect_op(p, '('));
    bool has_unit = accept_word(p, KW_INTERVAL);
    TRY(parse_u64(p, &out->step));
    if (has_unit) TRY(parse_unit(p, &out->step_unit));
    return expect_op(p, ')');
}

// PARTITION [ IF NOT EXISTS ] identifierOrString VALUES ( range | IN values ) [ pairs ]
Rc parse_partition_def(Parser *p, AstPartitionDef *out)
{
    *out = (AstPartitionDef){.pos = pos_of(p)};
    TRY(expect_word(p, KW_PARTITION));
    TRY(parse_if_not_exists(p, &out->if_not_exists));
    TRY(parse_name_or_string(p, &out->name));
    TRY(expect_word(p, KW_VALUES));
    if (accept_word(p, KW_IN)) {
        TRY(parse_list_values(p, out));
    } else {
        TRY(parse_range(p, out));
    }
    return at_op(p, '(') ? parse_pairs(p, &out->properties) : RC_OK;
}

// '(' [ description { ',' description } ] ')'
static Rc parse_defs(Parser *p, AstPartitionBy *out)
{
    VEC(AstPartitionDef) defs = {0};
    out->has_defs = true;
    TRY(expect_op(p, '('));
    if (accept_op(p, ')')) return RC_OK;
    do {
        AstPartitionDef def;
        TRY(check_partitions(p, defs.len));
        if (at_word(p, KW_START)) {
            TRY(parse_partition_batch(p, &def));
        } else {
            TRY(parse_partition_def(p, &def));
        }
        vec_push(p->ctx->arena, &defs, def);
    } while (accept_op(p, ','));
    out->defs = defs.at;
    out->def_count = defs.len;
    return expect_op(p, ')');
}

static bool are_columns(ExprList exprs)
{
    for (size_t i = 0; i < exprs.count; i++)
        if (exprs.at[i]->kind != EXPR_COLUMN || exprs.at[i]->column.count != 1) return false;
    return true;
}

// Descriptions must be of the kind that the partitioning has.
static Rc check_defs(Parser *p, const AstPartitionBy *by)
{
    for (size_t i = 0; i < by->def_count; i++) {
        const AstPartitionDef *def = &by->defs[i];
        bool is_in = def->kind == AST_PARTITION_IN;
        if (is_in != (by->kind == AST_PARTITION_BY_LIST))
            return fail_syntax(p, def->pos, "No viable statement for input 'PARTITION %.*s VALUES'",
                               STR_ARG(def->name.text));
    }
    return RC_OK;
}

// RANGE '(' exprs ')' descriptions
// | [ LIST ] '(' columns ')' [ descriptions ]
// | function [ descriptions ] | expr { ',' expr } | '(' expr { ',' expr } ')', behind PARTITION BY
Rc parse_partition_by(Parser *p, AstPartitionBy *out)
{
    *out = (AstPartitionBy){.pos = pos_of(p)};
    bool has_paren = p->ahead.kind == TOKEN_OP && p->ahead.op == '(';
    bool is_range = accept_word(p, KW_RANGE);
    bool is_list = !is_range && has_paren && accept_word(p, KW_LIST);
    has_paren = at_op(p, '(');
    if (is_range || has_paren) TRY(expect_op(p, '('));
    TRY(parse_expr_list(p, &out->exprs));
    if (is_range || has_paren) TRY(expect_op(p, ')'));
    out->kind = is_range                  ? AST_PARTITION_BY_RANGE
                : are_columns(out->exprs) ? AST_PARTITION_BY_LIST
                                          : AST_PARTITION_BY_EXPR;
    if (is_list && out->kind != AST_PARTITION_BY_LIST)
        return fail_syntax(p, out->pos, "No viable statement for input 'LIST'");
    if (is_range || at_op(p, '(')) TRY(parse_defs(p, out));
    return check_defs(p, out);
}

// [ DISTRIBUTED BY ( HASH '(' columns ')' | RANDOM ) [ BUCKETS n ] ]
Rc parse_distribution(Parser *p, AstDistribution *out)
{
    *out = (AstDistribution){.pos = pos_of(p)};
    if (!accept_word(p, KW_DISTRIBUTED)) return RC_OK;
    TRY(expect_word(p, KW_BY));
    if (accept_word(p, KW_RANDOM)) {
        out->kind = AST_DISTRIBUTION_RANDOM;
    } else {
        if (!accept_word(p, KW_HASH)) return fail_unexpected(p, "'HASH', 'RANDOM'");
        out->kind = AST_DISTRIBUTION_HASH;
        TRY(parse_name_list(p, &out->columns));
    }
    if (!accept_word(p, KW_BUCKETS)) return RC_OK;
    uint64_t buckets;
    Pos pos = pos_of(p);
    TRY(parse_u64(p, &buckets));
    if (buckets == 0 || buckets > INT32_MAX)
        return FAIL_AT(p->ctx, pos.line, pos.column, SEMANTIC,
                       STR_ARG(STR("Number of hash distribution should be greater than zero.")));
    out->buckets = (uint32_t)buckets;
    return RC_OK;
}
