#include "sqlcheck.h"

Statement *sql_ok(Ctx *t, const char *text)
{
    Statement *statement = NULL;
    size_t consumed = 0;
    if (sql_parse(t, str_from(text), &statement, &consumed) != RC_OK)
        check_failed(__FILE__, __LINE__, "%s\n    does not parse: %.*s", text,
                     STR_ARG(t->err.text));
    CHECK_INT(strlen(text), consumed);
    return statement;
}

Statement *sql_ok_kind(Ctx *t, StatementKind kind, const char *text)
{
    Statement *statement = sql_ok(t, text);
    if (statement->kind != kind)
        check_failed(__FILE__, __LINE__, "%s\n    is of kind %d, expected %d", text,
                     statement->kind, kind);
    return statement;
}

Rc sql_try(Ctx *t, const char *text)
{
    Statement *statement = NULL;
    size_t consumed = 0;
    Rc rc = sql_parse(t, str_from(text), &statement, &consumed);
    if (rc == RC_OK) return rc;
    CHECK(statement == NULL && consumed == 0);  // untouched on failure
    return sql_envelope_syntax(t);
}

Str sql_again(Ctx *t, const char *text)
{
    Str first = sql_unparse_query(t->arena, sql_ok_kind(t, STMT_QUERY, text)->query);
    const char *printed = str_z(t->arena, first);
    Str second = sql_unparse_query(t->arena, sql_ok_kind(t, STMT_QUERY, printed)->query);
    CHECK_STR(first, second);
    return first;
}

Str sql_expr_again(Ctx *t, const char *text)
{
    Expr *expr = NULL;
    CHECK_RC(RC_OK, sql_parse_expr(t, str_from(text), &expr));
    Str first = sql_unparse_expr(t->arena, expr);
    CHECK_RC(RC_OK, sql_parse_expr(t, first, &expr));
    CHECK_STR(first, sql_unparse_expr(t->arena, expr));
    return first;
}

static void add_names(Buf *buf, const char *open, NameList names)
{
    for (size_t i = 0; i < names.count; i++)
        buf_printf(buf, "%s%.*s", i == 0 ? open : ",", STR_ARG(names.at[i].text));
    if (names.count > 0) buf_add_byte(buf, ')');
}

static void add_alias(Buf *buf, Name alias)
{
    if (alias.text.ptr) buf_printf(buf, " AS %.*s", STR_ARG(alias.text));
}

static void add_objects(Buf *buf, const BackupStatement *backup)
{
    static const char *const KINDS[] = {"", "MV ", "VIEW ", "TABLE ", "FUNCTION "};
    buf_add_z(buf, " ON(");
    for (int kind = 0; kind < AST_OBJECT_KINDS; kind++)
        if (backup->all[kind]) buf_printf(buf, "ALL %s", KINDS[kind]);
    for (size_t i = 0; i < backup->object_count; i++) {
        const AstBackupObject *object = &backup->objects[i];
        buf_printf(buf, "%s%s", i > 0 ? ", " : "", KINDS[object->kind]);
        buf_add(buf, qname_text(buf->arena, object->name));
        add_names(buf, object->is_temporary ? " TEMP(" : " (", object->partitions);
        add_alias(buf, object->alias);
    }
    buf_add_byte(buf, ')');
}

Str backup_text(Ctx *t, const Statement *statement)
{
    const BackupStatement *backup = statement->backup;
    Buf buf = buf_new(t->arena);
    buf_add_z(&buf, statement->kind == STMT_BACKUP ? "BACKUP " : "RESTORE ");
    if (backup->label_database.text.ptr)
        buf_printf(&buf, "%.*s.", STR_ARG(backup->label_database.text));
    buf_printf(&buf, "%.*s @%.*s", STR_ARG(backup->label.text), STR_ARG(backup->repository.text));
    if (backup->all_catalogs) buf_add_z(&buf, " ALL CATALOGS");
    if (backup->has_catalogs && !backup->all_catalogs) buf_add_z(&buf, " CATALOGS");
    for (size_t i = 0; i < backup->catalog_count; i++) {
        buf_printf(&buf, " %.*s", STR_ARG(backup->catalogs[i].name.text));
        add_alias(&buf, backup->catalogs[i].alias);
    }
    if (backup->database.text.ptr) buf_printf(&buf, " DB %.*s", STR_ARG(backup->database.text));
    add_alias(&buf, backup->database_alias);
    if (backup->has_on) add_objects(&buf, backup);
    for (size_t i = 0; i < backup->properties.count; i++)
        buf_printf(&buf, " %.*s=%.*s", STR_ARG(backup->properties.at[i].key),
                   STR_ARG(backup->properties.at[i].value));
    return buf_str(&buf);
}
