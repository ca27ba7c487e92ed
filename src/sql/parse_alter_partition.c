/*
 * sql/parse_alter_partition: clauses of ALTER TABLE about partitions.
 *
 * Source  StarRocks' grammar: addPartitionClause, dropPartitionClause, truncatePartitionClause,
 *         modifyPartitionClause, replacePartitionClause, partitionRenameClause.
 * Errors  SYNTAX, LIMIT_EXCEEDED, NOT_SUPPORTED (DROP PARTITIONS WHERE).   Threads  pure.
 */
#include "sql/parser.h"

static bool is_word(Token token, Keyword keyword)
{
    return token.kind == TOKEN_WORD && token.keyword == keyword;
}

// [ ALL ] [ TEMPORARY ] ( PARTITION | PARTITIONS ) behind the clause's verb; not PARTITION COLUMN.
static bool is_of_partitions(const Parser *p)
{
    int at = is_word(p->ahead, KW_TEMPORARY) ? 2 : 1;
    Token what = peek(p, at);
    if (is_word(what, KW_PARTITIONS)) return true;
    return is_word(what, KW_PARTITION) && !is_word(peek(p, at + 1), KW_COLUMN);
}

// ADD [ TEMPORARY ] ( PARTITION .. | PARTITIONS START .. ) [ distribution ] [ pairs or PROPERTIES ]
static Rc parse_add(Parser *p, AlterTableStatement *out)
{
    out->kind = ALTER_ADD_PARTITION;
    out->is_temporary = accept_word(p, KW_TEMPORARY);
    bool is_batch = at_word(p, KW_PARTITIONS) || is_word(p->ahead, KW_START);
    if (is_batch) advance(p);
    if (is_batch) {
        TRY(parse_partition_batch(p, &out->partition));
    } else {
        TRY(parse_partition_def(p, &out->partition));
        out->name = out->partition.name;
    }
    TRY(parse_distribution(p, &out->distribution));
    return at_op(p, '(') ? parse_pairs(p, &out->properties) : parse_properties(p, &out->properties);
}

// DROP [ TEMPORARY ] ( PARTITION [ IF EXISTS ] name | PARTITIONS [ IF EXISTS ]
//                      ( '(' names ')' | START .. ) ) [ FORCE ]
static Rc parse_drop(Parser *p, AlterTableStatement *out)
{
    out->kind = ALTER_DROP_PARTITION;
    out->is_temporary = accept_word(p, KW_TEMPORARY);
    bool is_several = at_word(p, KW_PARTITIONS);
    advance(p);
    if (at_word(p, KW_WHERE)) return fail_unsupported(p, "ALTER TABLE DROP PARTITIONS WHERE");
    TRY(parse_if_exists(p, &out->if_exists));
    if (at_word(p, KW_START) && p->ahead.kind == TOKEN_OP && p->ahead.op == '(') {
        TRY(parse_partition_batch(p, &out->partition));
    } else if (at_op(p, '(')) {
        TRY(parse_name_list(p, &out->partitions));
    } else if (is_several) {
        return fail_unexpected(p, "'(', 'START'");
    } else {
        Name *name = ARENA_NEW(p->ctx->arena, Name);
        TRY(parse_name_or_string(p, name));
        out->partitions = (NameList){name, 1};
    }
    out->is_force = accept_word(p, KW_FORCE);
    return RC_OK;
}

// TRUNCATE [ TEMPORARY ] PARTITION names
static Rc parse_truncate_partition(Parser *p, AlterTableStatement *out)
{
    out->kind = ALTER_TRUNCATE_PARTITION;
    return parse_partition_names(p, &out->partitions, &out->is_temporary);
}

// REPLACE PARTITION names WITH TEMPORARY PARTITION names [ PROPERTIES ]
static Rc parse_replace(Parser *p, AlterTableStatement *out)
{
    bool is_temporary;
    out->kind = ALTER_REPLACE_PARTITION;
    Pos pos = pos_of(p);
    TRY(parse_partition_names(p, &out->partitions, &is_temporary));
    if (is_temporary)
        return fail_syntax(p, pos, "Only support replace partitions with temp partitions");
    TRY(expect_word(p, KW_WITH));
    pos = pos_of(p);
    TRY(parse_partition_names(p, &out->others, &is_temporary));
    if (!is_temporary)
        return fail_syntax(p, pos, "Only support replace partitions with temp partitions");
    return at_op(p, '(') ? parse_pairs(p, &out->properties) : parse_properties(p, &out->properties);
}

// MODIFY PARTITION ( name | '(' names ')' | '(' '*' ')' ) SET pairs
static Rc parse_modify(Parser *p, AlterTableStatement *out)
{
    out->kind = ALTER_MODIFY_PARTITION;
    TRY(expect_word(p, KW_PARTITION));
    if (at_op(p, '(') && p->ahead.kind == TOKEN_OP && p->ahead.op == '*') {
        advance(p);
        advance(p);
        TRY(expect_op(p, ')'));
    } else if (at_op(p, '(')) {
        TRY(parse_name_list(p, &out->partitions));
    } else {
        Name *name = ARENA_NEW(p->ctx->arena, Name);
        TRY(parse_name_or_string(p, name));
        out->partitions = (NameList){name, 1};
    }
    TRY(expect_word(p, KW_SET));
    return parse_pairs(p, &out->properties);
}

// RENAME PARTITION old new
static Rc parse_rename_partition(Parser *p, AlterTableStatement *out)
{
    out->kind = ALTER_RENAME_PARTITION;
    TRY(expect_word(p, KW_PARTITION));
    TRY(parse_name_or_string(p, &out->name));
    return parse_name_or_string(p, &out->new_name);
}

Rc parse_alter_partition(Parser *p, AlterTableStatement *out, bool *is_there)
{
    static const struct {
        Keyword keyword;
        Rc (*parse)(Parser *p, AlterTableStatement *out);
    } CLAUSES[] = {
        {KW_ADD, parse_add},
        {KW_DROP, parse_drop},
        {KW_TRUNCATE, parse_truncate_partition},
        {KW_REPLACE, parse_replace},
        {KW_MODIFY, parse_modify},
        {KW_RENAME, parse_rename_partition},
    };
    *is_there = false;
    if (!is_of_partitions(p)) return RC_OK;
    for (size_t i = 0; i < COUNT_OF(CLAUSES); i++) {
        if (!accept_word(p, CLAUSES[i].keyword)) continue;
        *is_there = true;
        return CLAUSES[i].parse(p, out);
    }
    return RC_OK;
}
