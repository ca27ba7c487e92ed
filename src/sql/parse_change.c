/*
 * sql/parse_change: UPDATE and DELETE.
 *
 * Source  StarRocks' grammar: updateStatement, deleteStatement. A WITH clause before them is not
 *         there yet.
 * Errors  SYNTAX, LIMIT_EXCEEDED.   Threads  pure.
 */
#include "sql/parser.h"

// identifier '=' expressionOrDefault
static Rc parse_assignment(Parser *p, Assignment *out)
{
    TRY(parse_name(p, &out->column));
    TRY(expect_op(p, '='));
    return parse_value_item(p, true, &out->value);
}

// UPDATE qualifiedName SET assignment { ',' assignment } [ FROM relations ] [ WHERE expr ], behind
// UPDATE
Rc parse_update(Parser *p, Statement *out)
{
    UpdateStatement *update = out->update = ARENA_NEW(p->ctx->arena, UpdateStatement);
    VEC(Assignment) assignments = {0};
    TRY(parse_table_name(p, &update->table));
    TRY(expect_word(p, KW_SET));
    do {
        Assignment assignment = {0};
        TRY(check_list(p, assignments.len));
        TRY(parse_assignment(p, &assignment));
        vec_push(p->ctx->arena, &assignments, assignment);
    } while (accept_op(p, ','));
    update->assignments = assignments.at;
    update->assignment_count = assignments.len;
    if (accept_word(p, KW_FROM)) TRY(parse_from(p, &update->from));
    return accept_word(p, KW_WHERE) ? parse_expr(p, &update->where) : RC_OK;
}

// DELETE FROM qualifiedName [ partitionNames ] [ USING relations ] [ WHERE expr ], behind DELETE
Rc parse_delete(Parser *p, Statement *out)
{
    DeleteStatement *delete = out->delete = ARENA_NEW(p->ctx->arena, DeleteStatement);
    TRY(expect_word(p, KW_FROM));
    TRY(parse_table_name(p, &delete->table));
    bool is_temporary = at_word(p, KW_TEMPORARY);
    if (is_temporary || at_word(p, KW_PARTITION) || at_word(p, KW_PARTITIONS)) {
        TRY(parse_partition_names(p, &delete->partitions, &delete->is_temporary));
        delete->has_partitions = true;
    }
    if (accept_word(p, KW_USING)) TRY(parse_from(p, &delete->using_from));
    return accept_word(p, KW_WHERE) ? parse_expr(p, &delete->where) : RC_OK;
}
