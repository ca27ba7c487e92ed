/*
 * sql/parse_recover: RECOVER of what was dropped, and of a table that was overwritten.
 *
 * Source  StarRocks' grammar (recoverDbStatement, recoverTableStatement,
 * recoverPartitionStatement); Doris' id and AS, which choose among several of one name; FROM
 * RESTORE is ours. Errors  SYNTAX.   Threads  pure.
 */
#include "sql/parser.h"

// [ integer ] [ AS identifier ]
static Rc parse_choice(Parser *p, RecoverStatement *recover)
{
    if (p->token.kind == TOKEN_INTEGER) TRY(parse_u64(p, &recover->id));
    return accept_word(p, KW_AS) ? parse_name(p, &recover->alias) : RC_OK;
}

// FROM ( RESTORE | RECOVER | TRUNCATE | OVERWRITE ) integer, behind FROM
static Rc parse_cause(Parser *p, RecoverStatement *recover)
{
    static const char *const CAUSES[] = {"RESTORE", "RECOVER", "TRUNCATE", "OVERWRITE"};
    for (size_t i = 0; i < COUNT_OF(CAUSES); i++) {
        if (match_words(p, CAUSES[i]) == 0) continue;
        recover->kind = RECOVER_OVERWRITTEN;
        recover->cause = str_from(CAUSES[i]);
        advance(p);
        return parse_u64(p, &recover->id);
    }
    return fail_unexpected(p, "'RESTORE', 'RECOVER', 'TRUNCATE', 'OVERWRITE'");
}

// RECOVER ( DATABASE | SCHEMA ) name choice
//       | RECOVER TABLE qualifiedName ( choice | FROM cause )
//       | RECOVER PARTITION name choice FROM qualifiedName
Rc parse_recover(Parser *p, Statement *out)
{
    RecoverStatement *recover = &out->recover;
    *recover = (RecoverStatement){0};
    if (accept_word(p, KW_DATABASE) || accept_word(p, KW_SCHEMA)) {
        recover->kind = RECOVER_DROPPED_DATABASE;
        TRY(parse_qname(p, 2, &recover->name));
        return parse_choice(p, recover);
    }
    if (accept_word(p, KW_TABLE)) {
        recover->kind = RECOVER_DROPPED_TABLE;
        TRY(parse_table_name(p, &recover->name));
        return accept_word(p, KW_FROM) ? parse_cause(p, recover) : parse_choice(p, recover);
    }
    if (!accept_word(p, KW_PARTITION))
        return fail_unexpected(p, "'DATABASE', 'SCHEMA', 'TABLE', 'PARTITION'");
    recover->kind = RECOVER_DROPPED_PARTITION;
    TRY(parse_name(p, &recover->partition));
    TRY(parse_choice(p, recover));
    TRY(expect_word(p, KW_FROM));
    return parse_table_name(p, &recover->name);
}
