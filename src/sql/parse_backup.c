/*
 * sql/parse_backup: BACKUP, RESTORE, CANCEL, snapshots and repositories.
 *
 * Source  StarRocks' grammar and the checks that its tree builder makes, in its order, with its
 *         texts (misspellings included). Beyond it, as its documentation shows: catalog lists
 *         without parentheses, EXTERNAL CATALOG a, EXTERNAL CATALOG b AS c.
 * Errors  SYNTAX, LIMIT_EXCEEDED, NOT_SUPPORTED.   Threads  pure.
 */
#include "sql/parser.h"

// What is known only while the objects are read; the checks come after all of them.
typedef struct Seen {
    Pos on_pos;
    bool has_alias;  // on some object
    Pos alias_pos;
    bool has_key_partitions;
} Seen;

typedef VEC(AstBackupObject) ObjectVec;

// --------------------------------------------------------------------------------------- catalogs

// catRef = identifier [ AS identifier ]; aliases are RESTORE's alone
static Rc parse_catalog_ref(Parser *p, bool is_restore, AstCatalogRef *out)
{
    *out = (AstCatalogRef){0};
    TRY(parse_name(p, &out->name));
    if (is_restore && accept_word(p, KW_AS)) TRY(parse_name(p, &out->alias));
    return RC_OK;
}

static bool accept_external_catalog(Parser *p)
{
    return accept_words(p, KW_EXTERNAL, KW_CATALOG) || accept_words(p, KW_EXTERNAL, KW_CATALOGS);
}

// EXTERNAL ( CATALOG | CATALOGS ) '(' catRef { ',' catRef } ')'
// | EXTERNAL ( CATALOG | CATALOGS ) catRef { ',' EXTERNAL ( CATALOG | CATALOGS ) catRef }
static Rc parse_catalog_list(Parser *p, bool is_restore, BackupStatement *out)
{
    VEC(AstCatalogRef) refs = {0};
    bool has_parens = accept_op(p, '(');
    do {
        AstCatalogRef ref;
        TRY(check_list(p, refs.len));
        if (refs.len > 0 && !has_parens && !accept_external_catalog(p))
            return fail_unexpected(p, "'EXTERNAL'");
        TRY(parse_catalog_ref(p, is_restore, &ref));
        vec_push(p->ctx->arena, &refs, ref);
    } while (accept_op(p, ','));
    out->catalogs = refs.at;
    out->catalog_count = refs.len;
    return has_parens ? expect_op(p, ')') : RC_OK;
}

// [ ALL EXTERNAL CATALOGS | EXTERNAL .. ]
static Rc parse_catalogs(Parser *p, bool is_restore, BackupStatement *out)
{
    out->all_catalogs = accept_word(p, KW_ALL);
    out->has_catalogs = out->all_catalogs;
    if (out->all_catalogs) {
        TRY(expect_word(p, KW_EXTERNAL));
        return expect_word(p, KW_CATALOGS);
    }
    if (!at_word(p, KW_EXTERNAL)) return RC_OK;
    if (!accept_external_catalog(p)) {
        advance(p);
        return fail_unexpected(p, "'CATALOG', 'CATALOGS'");
    }
    out->has_catalogs = true;
    return parse_catalog_list(p, is_restore, out);
}

// ---------------------------------------------------------------------------------------- objects

static bool is_free(const Token *token)
{
    return token->kind == TOKEN_QUOTED ||
           (token->kind == TOKEN_WORD && keyword_use(token->keyword) == FREE);
}

// VIEW, VIEWS, TABLES, FUNCTIONS and MATERIALIZED may be names of tables too: in ON (view, tables
// PARTITIONS (p)) no kind is meant, since no name follows.
static bool is_itself_a_name(const Parser *p)
{
    if (!at_name(p)) return false;
    if (!is_free(&p->ahead)) return true;
    Token then = peek(p, 2);
    if (p->ahead.keyword == KW_PARTITIONS) return then.kind == TOKEN_OP && then.op == '(';
    return p->ahead.keyword == KW_TEMPORARY && then.kind == TOKEN_WORD &&
           (then.keyword == KW_PARTITION || then.keyword == KW_PARTITIONS);
}

// Takes the words of a kind; AST_OBJECT_ANY: there are none.
static AstObjectKind accept_kind(Parser *p)
{
    static const struct {
        Keyword singular, plural;
        AstObjectKind kind;
    } KINDS[] = {
        {KW_TABLE, KW_TABLES, AST_OBJECT_TABLE},
        {KW_VIEW, KW_VIEWS, AST_OBJECT_VIEW},
        {KW_FUNCTION, KW_FUNCTIONS, AST_OBJECT_FUNCTION},
    };
    if (accept_words(p, KW_MATERIALIZED, KW_VIEW) || accept_words(p, KW_MATERIALIZED, KW_VIEWS))
        return AST_OBJECT_MATERIALIZED_VIEW;
    for (size_t i = 0; i < COUNT_OF(KINDS); i++)
        if (accept_word(p, KINDS[i].singular) || accept_word(p, KINDS[i].plural))
            return KINDS[i].kind;
    return AST_OBJECT_ANY;
}

// PARTITION '(' key '=' literal { ',' key '=' literal } ')': read to its end, refused later
static Rc skip_key_partitions(Parser *p)
{
    TRY(expect_word(p, KW_PARTITION));
    TRY(expect_op(p, '('));
    do {
        Name key;
        Expr *value;
        TRY(parse_name(p, &key));
        TRY(expect_op(p, '='));
        if (!at_literal(p)) return fail_no_viable(p, p->token);
        TRY(parse_literal(p, &value));
    } while (accept_op(p, ','));
    return expect_op(p, ')');
}

static bool at_key_partitions(const Parser *p)
{
    Token equal = peek(p, 3);
    return at_word(p, KW_PARTITION) && p->ahead.kind == TOKEN_OP && p->ahead.op == '(' &&
           equal.kind == TOKEN_OP && equal.op == '=';
}

// [ partitionSel ]
static Rc parse_selector(Parser *p, AstBackupObject *out, Seen *seen)
{
    if (at_key_partitions(p)) {
        seen->has_key_partitions = true;
        return skip_key_partitions(p);
    }
    bool is_there = at_word(p, KW_PARTITION) || at_word(p, KW_PARTITIONS) ||
                    at_words(p, KW_TEMPORARY, KW_PARTITION) ||
                    at_words(p, KW_TEMPORARY, KW_PARTITIONS);
    return is_there ? parse_partition_names(p, &out->partitions, &out->is_temporary) : RC_OK;
}

// object = ALL kind | [ kind ] qualifiedName [ partitionSel ] [ AS identifier ]
static Rc parse_object(Parser *p, BackupStatement *backup, ObjectVec *objects, Seen *seen)
{
    AstBackupObject object = {.pos = pos_of(p)};
    bool is_all = accept_word(p, KW_ALL);
    if (is_all || !is_itself_a_name(p)) object.kind = accept_kind(p);
    if (is_all) {
        if (object.kind == AST_OBJECT_ANY)
            return fail_unexpected(p, "'TABLES', 'MATERIALIZED', 'VIEWS', 'FUNCTIONS'");
        backup->all[object.kind] = true;
        return RC_OK;
    }
    TRY(parse_table_name(p, &object.name));
    if (object.kind == AST_OBJECT_ANY || object.kind == AST_OBJECT_TABLE)
        TRY(parse_selector(p, &object, seen));
    Pos pos = pos_of(p);
    if (accept_word(p, KW_AS)) {
        TRY(parse_name(p, &object.alias));
        if (!seen->has_alias) seen->alias_pos = pos;
        seen->has_alias = true;
    }
    vec_push(p->ctx->arena, objects, object);
    return RC_OK;
}

// The tree keeps kinds apart, as StarRocks' merge does: by kind, then as written.
static void order_objects(Arena *arena, const ObjectVec *objects, BackupStatement *out)
{
    out->objects = ARENA_ARRAY(arena, AstBackupObject, objects->len);
    for (int kind = 0; kind < AST_OBJECT_KINDS; kind++)
        for (size_t i = 0; i < objects->len; i++)
            if (objects->at[i].kind == (AstObjectKind)kind)
                out->objects[out->object_count++] = objects->at[i];
}

// [ ON '(' object { ',' object } ')' ]
static Rc parse_on(Parser *p, BackupStatement *out, Seen *seen)
{
    ObjectVec objects = {0};
    seen->on_pos = pos_of(p);
    out->has_on = accept_word(p, KW_ON);
    if (!out->has_on) return RC_OK;
    TRY(expect_op(p, '('));
    if (at_op(p, ')')) {
        Rc rc = fail_unexpected(p, "a legal identifier, 'ALL', 'TABLE', 'FUNCTION'");
        ctx_hint(p->ctx, ". Leave ON out to take everything");
        return rc;
    }
    do {
        TRY(check_list(p, objects.len));
        TRY(parse_object(p, out, &objects, seen));
    } while (accept_op(p, ','));
    order_objects(p->ctx->arena, &objects, out);
    return expect_op(p, ')');
}

// ----------------------------------------------------------------------------- BACKUP and RESTORE

static Rc set_label(Parser *p, QName name, BackupStatement *out)
{
    if (name.count > 2)
        return fail_syntax(p, name.pos, "Invalid table name format '%.*s'",
                           STR_ARG(qname_text(p->ctx->arena, name)));
    out->label = (Name){qname_last(name), name.pos};
    if (name.count == 2) out->label_database = (Name){name.parts[0], name.pos};
    return RC_OK;
}

static Rc fail_catalog_database(Parser *p, Pos pos)
{
    Rc rc =
        fail_syntax(p, pos, "Can not sepcify database name for external catalog Backup/Restore");
    ctx_hint(p->ctx, ". Catalogs belong to no database: leave it out");
    return rc;
}

static Rc fail_two_databases(Parser *p, Pos pos, bool is_restore)
{
    Rc rc = fail_syntax(p, pos,
                        "Specifying dbName before snapshot name is forbidden if the DbName is "
                        "specified explicitly in BACKUP/RESTORE");
    ctx_hint(p->ctx, is_restore ? ". To restore into another database write DATABASE src AS target"
                                : ". Name the database once");
    return rc;
}

static Rc fail_no_database(Parser *p, Pos pos, bool has_catalogs)
{
    Rc rc = fail_syntax(p, pos,
                        "`ON` clause is forbidden if no Database explicitly specified in Restore "
                        "stmt");
    if (!has_catalogs) ctx_hint(p->ctx, ". Write DATABASE name before ON");
    return rc;
}

// The numbers are those of the order in which StarRocks finds these faults.
static Rc check_backup(Parser *p, QName label, bool is_restore, const Seen *seen,
                       BackupStatement *out)
{
    bool has_database = out->database.text.ptr != NULL;
    if (out->has_catalogs && has_database)  // 1
        return fail_catalog_database(p, out->database.pos);
    TRY(set_label(p, label, out));  // 2
    bool has_prefix = out->label_database.text.ptr != NULL;
    if (has_prefix && has_database) return fail_two_databases(p, label.pos, is_restore);  // 3
    if (out->has_catalogs && has_prefix) return fail_catalog_database(p, label.pos);      // 4
    if (!is_restore && seen->has_alias)                                                   // 5
        return fail_syntax(p, seen->alias_pos,
                           "Specifying alias for backup object is forbidden in BACKUP stmt");
    if (is_restore && out->has_on && !has_prefix && !has_database)  // 6
        return fail_no_database(p, seen->on_pos, out->has_catalogs);
    if (out->has_catalogs && out->has_on)  // 7
        return fail_syntax(p, seen->on_pos,
                           "Can not sepcify `ON` clause for external catalog Backup/Restore");
    if (seen->has_key_partitions)  // 8
        return fail_syntax(p, (Pos){0},
                           "Key partition selectors are not supported for BACKUP or RESTORE");
    return RC_OK;
}

// BACKUP [ catalogs ] [ DATABASE identifier ] SNAPSHOT qualifiedName TO identifier
//        [ ON .. ] [ properties ]
Rc parse_backup(Parser *p, Statement *out)
{
    BackupStatement *backup = out->backup = ARENA_NEW(p->ctx->arena, BackupStatement);
    Seen seen = {0};
    QName label;
    TRY(parse_catalogs(p, false, backup));
    if (accept_word(p, KW_DATABASE)) TRY(parse_name(p, &backup->database));
    TRY(expect_word(p, KW_SNAPSHOT));
    TRY(parse_qname(p, LIMIT_SQL_LIST, &label));
    TRY(expect_word(p, KW_TO));
    TRY(parse_name(p, &backup->repository));
    TRY(parse_on(p, backup, &seen));
    TRY(parse_properties(p, &backup->properties));
    if (!at_end(p)) return RC_OK;  // the tail is the fault: it is told first
    return check_backup(p, label, false, &seen, backup);
}

// RESTORE SNAPSHOT qualifiedName FROM identifier [ catalogs ]
//         [ DATABASE identifier [ AS identifier ] ] [ ON .. ] [ properties ]
Rc parse_restore(Parser *p, Statement *out)
{
    BackupStatement *restore = out->backup = ARENA_NEW(p->ctx->arena, BackupStatement);
    Seen seen = {0};
    QName label;
    TRY(expect_word(p, KW_SNAPSHOT));
    TRY(parse_qname(p, LIMIT_SQL_LIST, &label));
    TRY(expect_word(p, KW_FROM));
    TRY(parse_name(p, &restore->repository));
    TRY(parse_catalogs(p, true, restore));
    if (accept_word(p, KW_DATABASE)) {
        TRY(parse_name(p, &restore->database));
        if (accept_word(p, KW_AS)) TRY(parse_name(p, &restore->database_alias));
    }
    TRY(parse_on(p, restore, &seen));
    TRY(parse_properties(p, &restore->properties));
    if (!at_end(p)) return RC_OK;
    return check_backup(p, label, true, &seen, restore);
}

// ------------------------------------------------------------------- CANCEL, snapshots,
// repositories

// CANCEL ( BACKUP | RESTORE ) ( ( FROM | IN ) identifier | FOR EXTERNAL CATALOG )
Rc parse_cancel(Parser *p, Statement *out)
{
    out->cancel_job.is_restore = at_word(p, KW_RESTORE);
    advance(p);
    if (accept_word(p, KW_FOR)) {
        out->cancel_job.is_catalogs = true;
        TRY(expect_word(p, KW_EXTERNAL));
        return expect_word(p, KW_CATALOG);
    }
    if (accept_word(p, KW_FROM) || accept_word(p, KW_IN))
        return parse_name(p, &out->cancel_job.database);
    if (!at_end(p)) return fail_unexpected(p, "'FROM', 'IN', 'FOR'");
    return fail_syntax(p, out->pos, "No selected database for cancel %s",
                       out->cancel_job.is_restore ? "RESTORE" : "BACKUP");
}

// DROP SNAPSHOT identifier ON identifier [ FORCE ]
Rc parse_drop_snapshot(Parser *p, Statement *out)
{
    TRY(parse_name(p, &out->drop_snapshot.label));
    TRY(expect_word(p, KW_ON));
    TRY(parse_name(p, &out->drop_snapshot.repository));
    out->drop_snapshot.is_force = accept_word(p, KW_FORCE);
    return RC_OK;
}

// CREATE [ READ ONLY ] REPOSITORY identifier WITH BROKER [ identifierOrString ]
//        ON LOCATION string [ properties ]
Rc parse_create_repository(Parser *p, Statement *out)
{
    CreateRepositoryStatement *create = ARENA_NEW(p->ctx->arena, CreateRepositoryStatement);
    out->create_repository = create;
    create->is_read_only = accept_words(p, KW_READ, KW_ONLY);
    TRY(expect_word(p, KW_REPOSITORY));
    TRY(parse_name(p, &create->name));
    TRY(expect_word(p, KW_WITH));
    TRY(expect_word(p, KW_BROKER));
    create->has_broker = !at_word(p, KW_ON);
    if (create->has_broker) TRY(parse_name_or_string(p, &create->broker));
    TRY(expect_word(p, KW_ON));
    TRY(expect_word(p, KW_LOCATION));
    TRY(parse_string(p, &create->location));
    return parse_properties(p, &create->properties);
}

// DROP REPOSITORY identifier
Rc parse_drop_repository(Parser *p, Statement *out)
{
    return parse_name(p, &out->drop_repository);
}
