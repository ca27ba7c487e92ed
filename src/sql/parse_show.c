/*
 * sql/parse_show: every SHOW statement, from one table of what follows which words.
 *
 * Source  StarRocks' grammar; MySQL's IN for FROM, FIELDS, SCHEMAS. A SHOW that is not there yet is
 *         refused by its name.
 * Errors  SYNTAX, NOT_SUPPORTED.   Threads  pure.
 */
#include "sql/parser.h"

// Parts, in the order in which they may follow the words.
enum {
    HAS_FULL = 1 << 0,       // SHOW FULL ..
    HAS_SCOPE = 1 << 1,      // SHOW GLOBAL | SESSION | LOCAL ..
    HAS_TEMPORARY = 1 << 2,  // SHOW TEMPORARY ..
    HAS_NAME = 1 << 3,       // a table, obligatory
    HAS_DATABASE = 1 << 4,   // a database, obligatory
    HAS_ON = 1 << 5,         // ON repository, obligatory
    HAS_TABLE = 1 << 6,      // ( FROM | IN ) table, obligatory
    HAS_FROM = 1 << 7,       // [ ( FROM | IN ) database ]
    HAS_LIKE = 1 << 8,       // [ LIKE string ]
    HAS_TAIL = 1 << 9,       // [ WHERE expr ] [ ORDER BY items ] [ LIMIT .. ]
    HAS_PATH = 1 << 10,      // a string, obligatory
    HAS_A_TABLE = 1 << 11,   // [ FROM table ]
    HAS_PARTS = 1 << 12,     // [ PARTITION[S] ( names ) ]
    HAS_ALTER = 1 << 13,     // ( COLUMN | ROLLUP | OPTIMIZE ), obligatory
};

static const struct {
    const char *words;
    StatementKind kind;
    unsigned parts;
} SHOWS[] = {
    {"ALTER TABLE", STMT_SHOW_ALTER, HAS_ALTER | HAS_FROM | HAS_TAIL},
    {"BACKENDS", STMT_SHOW_BACKENDS, HAS_TAIL},
    {"BACKUP", STMT_SHOW_BACKUP, HAS_FROM | HAS_TAIL},
    {"CATALOG RECYCLE BIN", STMT_SHOW_RECYCLE_BIN, HAS_LIKE | HAS_TAIL},
    {"CATALOGS", STMT_SHOW_CATALOGS, HAS_LIKE | HAS_TAIL},
    {"CHAR SET", STMT_SHOW_CHARSET, HAS_LIKE | HAS_TAIL},
    {"CHARACTER SET", STMT_SHOW_CHARSET, HAS_LIKE | HAS_TAIL},
    {"CHARSET", STMT_SHOW_CHARSET, HAS_LIKE | HAS_TAIL},
    {"COLLATION", STMT_SHOW_COLLATION, HAS_LIKE | HAS_TAIL},
    {"COLUMNS", STMT_SHOW_COLUMNS, HAS_FULL | HAS_TABLE | HAS_FROM | HAS_LIKE | HAS_TAIL},
    {"CREATE DATABASE", STMT_SHOW_CREATE_DATABASE, HAS_DATABASE},
    {"CREATE SCHEMA", STMT_SHOW_CREATE_DATABASE, HAS_DATABASE},
    {"CREATE TABLE", STMT_SHOW_CREATE_TABLE, HAS_NAME},
    {"DATA", STMT_SHOW_DATA, HAS_A_TABLE | HAS_TAIL},
    {"DATABASES", STMT_SHOW_DATABASES, HAS_FROM | HAS_LIKE | HAS_TAIL},
    {"DYNAMIC PARTITION TABLES", STMT_SHOW_DYNAMIC_TABLES, HAS_FROM | HAS_TAIL},
    {"ENGINES", STMT_SHOW_ENGINES, HAS_TAIL},
    {"ERRORS", STMT_SHOW_ERRORS, HAS_TAIL},
    {"FIELDS", STMT_SHOW_COLUMNS, HAS_FULL | HAS_TABLE | HAS_FROM | HAS_LIKE | HAS_TAIL},
    {"FRONTENDS", STMT_SHOW_FRONTENDS, HAS_TAIL},
    {"INDEX", STMT_SHOW_INDEX, HAS_TABLE | HAS_FROM | HAS_TAIL},
    {"INDEXES", STMT_SHOW_INDEX, HAS_TABLE | HAS_FROM | HAS_TAIL},
    {"KEY", STMT_SHOW_INDEX, HAS_TABLE | HAS_FROM | HAS_TAIL},
    {"KEYS", STMT_SHOW_INDEX, HAS_TABLE | HAS_FROM | HAS_TAIL},
    {"PARTITIONS", STMT_SHOW_PARTITIONS, HAS_TEMPORARY | HAS_TABLE | HAS_TAIL},
    {"PROC", STMT_SHOW_PROC, HAS_PATH | HAS_TAIL},
    {"PROCESSLIST", STMT_SHOW_PROCESSLIST, HAS_FULL | HAS_TAIL},
    {"REPOSITORIES", STMT_SHOW_REPOSITORIES, HAS_TAIL},
    {"RESTORE", STMT_SHOW_RESTORE, HAS_FROM | HAS_TAIL},
    {"SCHEMAS", STMT_SHOW_DATABASES, HAS_LIKE | HAS_TAIL},
    {"SNAPSHOT", STMT_SHOW_SNAPSHOT, HAS_ON | HAS_TAIL},
    {"STATUS", STMT_SHOW_STATUS, HAS_SCOPE | HAS_LIKE | HAS_TAIL},
    {"TABLE STATUS", STMT_SHOW_TABLE_STATUS, HAS_FROM | HAS_LIKE | HAS_TAIL},
    {"TABLET", STMT_SHOW_TABLET, HAS_TABLE | HAS_PARTS | HAS_TAIL},
    {"TABLETS", STMT_SHOW_TABLET, HAS_TABLE | HAS_PARTS | HAS_TAIL},
    {"TABLES", STMT_SHOW_TABLES, HAS_FULL | HAS_FROM | HAS_LIKE | HAS_TAIL},
    {"VARIABLES", STMT_SHOW_VARIABLES, HAS_SCOPE | HAS_LIKE | HAS_TAIL},
    {"WARNINGS", STMT_SHOW_WARNINGS, HAS_TAIL},
};

// Words behind SHOW [FULL | GLOBAL | BUILTIN ..] that StarRocks knows and we do not.
static const char *const REFUSED[] = {
    "ALTER",
    "ANALYZE",
    "AUTHENTICATION",
    "AUTHORS",
    "BROKER",
    "CLUSTERS",
    "COMPUTE NODES",
    "CREATE CATALOG",
    "CREATE FUNCTION",
    "CREATE GLOBAL FUNCTION",
    "CREATE MATERIALIZED VIEW",
    "CREATE ROUTINE LOAD",
    "CREATE VIEW",
    "DELETE",
    "DICTIONARY",
    "EVENTS",
    "EXPORT",
    "FAILPOINTS",
    "FILE",
    "FUNCTION STATUS",
    "FUNCTIONS",
    "GRANTS",
    "HISTOGRAM META",
    "LOAD",
    "MATERIALIZED VIEWS",
    "NODES",
    "OPEN TABLES",
    "PIPES",
    "PLUGINS",
    "PRIVILEGES",
    "PROCEDURE STATUS",
    "PROFILELIST",
    "PROPERTY",
    "RESOURCE",
    "RESOURCES",
    "ROLES",
    "ROUTINE LOAD",
    "RUNNING QUERIES",
    "SQLBLACKLIST",
    "STATS META",
    "STORAGE VOLUMES",
    "STREAM LOAD",
    "TRANSACTION",
    "TRIGGERS",
    "USER",
    "USERS",
    "WAREHOUSES",
    "WHITELIST",
};

// [ WHERE expr ] [ ORDER BY items ] [ LIMIT .. ]
static Rc parse_tail(Parser *p, ShowStatement *show)
{
    if (accept_word(p, KW_WHERE)) TRY(parse_expr(p, &show->where));
    TRY(parse_order_by(p, &show->order_by));
    return parse_limit(p, &show->limit);
}

static bool accept_from(Parser *p)
{
    return accept_word(p, KW_FROM) || accept_word(p, KW_IN);
}

static Rc parse_parts(Parser *p, unsigned parts, ShowStatement *show)
{
    if (parts & HAS_ALTER) TRY(parse_alter_job_kind(p, &show->alter_kind));
    if (parts & HAS_NAME) TRY(parse_table_name(p, &show->name));
    if (parts & HAS_DATABASE) TRY(parse_qname(p, 2, &show->name));
    if (parts & HAS_PATH) TRY(parse_string(p, &show->path));
    if ((parts & HAS_A_TABLE) && accept_from(p)) TRY(parse_table_name(p, &show->name));
    if (parts & HAS_ON) {
        TRY(expect_word(p, KW_ON));
        TRY(parse_qname(p, 1, &show->name));
    }
    if (parts & HAS_TABLE) {
        if (!accept_from(p)) return fail_unexpected(p, "'FROM', 'IN'");
        TRY(parse_table_name(p, &show->name));
    }
    if ((parts & HAS_PARTS) && (at_word(p, KW_PARTITION) || at_word(p, KW_PARTITIONS)))
        TRY(parse_partition_names(p, &show->partitions, &show->is_temporary));
    if ((parts & HAS_FROM) && accept_from(p))
        TRY(parse_qname(p, 2, (parts & HAS_TABLE) ? &show->database : &show->name));
    if ((parts & HAS_LIKE) && accept_word(p, KW_LIKE)) TRY(parse_string(p, &show->like));
    return (parts & HAS_TAIL) ? parse_tail(p, show) : RC_OK;
}

// [ FULL ] [ GLOBAL | SESSION | LOCAL ] [ TEMPORARY ]: which of them were there
static unsigned parse_leads(Parser *p, ShowStatement *show)
{
    unsigned leads = 0;
    show->is_full = accept_word(p, KW_FULL);
    if (show->is_full) leads |= HAS_FULL;
    bool is_global = accept_word(p, KW_GLOBAL);
    if (is_global || accept_word(p, KW_SESSION) || accept_word(p, KW_LOCAL)) {
        show->scope = is_global ? SCOPE_GLOBAL : SCOPE_SESSION;
        leads |= HAS_SCOPE;
    }
    show->is_temporary = accept_word(p, KW_TEMPORARY);
    return show->is_temporary ? leads | HAS_TEMPORARY : leads;
}

static Rc refuse_show(Parser *p, const ShowStatement *show)
{
    if (show->is_temporary && at_word(p, KW_TABLES))
        return fail_unsupported(p, "SHOW TEMPORARY TABLES");
    for (size_t i = 0; i < COUNT_OF(REFUSED); i++) {
        if (match_words(p, REFUSED[i]) == 0) continue;
        Str what = str_printf(p->ctx->arena, "SHOW %s%s", show->is_full ? "FULL " : "", REFUSED[i]);
        return fail_unsupported(p, str_z(p->ctx->arena, what));
    }
    return fail_unexpected(p, "'DATABASES', 'TABLES', 'CREATE', 'BACKUP', 'RESTORE', 'SNAPSHOT'");
}

// SHOW leads words parts, behind SHOW
Rc parse_show(Parser *p, Statement *out)
{
    out->show = (ShowStatement){0};
    unsigned leads = parse_leads(p, &out->show);
    for (size_t i = 0; i < COUNT_OF(SHOWS); i++) {
        int count = match_words(p, SHOWS[i].words);
        if (count == 0 || (leads & ~SHOWS[i].parts)) continue;
        while (count-- > 0) advance(p);
        out->kind = SHOWS[i].kind;
        return parse_parts(p, SHOWS[i].parts, &out->show);
    }
    return refuse_show(p, &out->show);
}

// ADMIN SHOW FRONTEND CONFIG [ LIKE string ] tail, behind CONFIG
Rc parse_show_config(Parser *p, Statement *out)
{
    out->show = (ShowStatement){0};
    return parse_parts(p, HAS_LIKE | HAS_TAIL, &out->show);
}
