#ifndef SQL_AST_H
#define SQL_AST_H
#include "base/str.h"
#include "base/type.h"

// The tree of one statement. Plain structs in the arena of the Ctx that parsed it; names are as the
// user wrote them (back quotes taken off). Nothing here was looked up: the tree knows no catalog.
// Types and constants for which schema/ has a word of its own carry the prefix Ast.

// Place in the statement's text: line from 1, column from 0 in characters. line 0: no place.
typedef struct Pos {
    uint32_t line, column;
} Pos;

// A name with its place. text.ptr == NULL: not given.
typedef struct Name {
    Str text;
    Pos pos;
} Name;
typedef struct NameList {
    Name *at;
    size_t count;
} NameList;

// a.b.c: `parts` from left to right. count 0: not given. Table names have at most three parts
// (catalog, database, table), database names at most two; the parser checks that.
typedef struct QName {
    Str *parts;
    size_t count;
    Pos pos;
} QName;

// "k" = "v" pairs in the order written. A key given twice stands once, with its last value.
typedef struct AstProperty {
    Str key, value;
    Pos pos;
} AstProperty;
typedef struct AstProperties {
    AstProperty *at;
    size_t count;
} AstProperties;

// ---------------------------------------------------------------------------------- expressions

typedef struct Expr Expr;
typedef struct Query Query;
typedef struct ExprList {
    Expr **at;
    size_t count;
} ExprList;

typedef enum ExprKind {
    EXPR_LITERAL,
    EXPR_COLUMN,  // qualified name; also bare words that a function takes (floor, ceil)
    EXPR_STAR,    // * or t.*: select items and count(*) only
    EXPR_UNARY,
    EXPR_BINARY,
    EXPR_IS,  // x IS [NOT] NULL | TRUE | FALSE
    EXPR_BETWEEN,
    EXPR_IN,    // list or subquery
    EXPR_LIKE,  // LIKE, RLIKE, REGEXP
    EXPR_CASE,
    EXPR_CAST,  // CAST(x AS t), CONVERT(x, t)
    EXPR_EXISTS,
    EXPR_SUBQUERY,  // scalar
    EXPR_CALL,
    EXPR_EXTRACT,     // EXTRACT(unit FROM x)
    EXPR_INTERVAL,    // INTERVAL x unit: only as an operand of + and - or an argument
    EXPR_ROW,         // (a, b): left of IN, and its items
    EXPR_USER_VAR,    // @x
    EXPR_SYSTEM_VAR,  // @@[global.|session.]x
    EXPR_DEFAULT,     // DEFAULT: VALUES of INSERT and SET only
    EXPR_ARRAY,       // [a, b], ARRAY<INT>[a, b]
    EXPR_MAP,         // MAP{k: v, ..}, MAP<K, V>{..}: keys and values by turns
    EXPR_SUBSCRIPT,   // a[i]
    EXPR_FIELD,       // x.name, where x is no plain name
    EXPR_ARROW,       // json -> 'path'
    EXPR_LAMBDA,      // x -> e, (x, y) -> e: arguments of functions only
} ExprKind;

typedef enum LiteralKind {
    LITERAL_NULL,
    LITERAL_BOOL,
    LITERAL_INTEGER,   // digits of any length, no sign
    LITERAL_DECIMAL,   // 1.5, 1., .5
    LITERAL_FLOAT,     // 1e5, 1.5E-3
    LITERAL_STRING,    // text is decoded, neighbours joined
    LITERAL_DATE,      // text is checked and reads yyyy-MM-dd
    LITERAL_DATETIME,  // text is checked and reads yyyy-MM-dd HH:mm:ss[.SSSSSS]
    LITERAL_HEX,       // x'41': text is the decoded bytes
} LiteralKind;

typedef enum UnaryOp { UNARY_MINUS, UNARY_PLUS, UNARY_BIT_NOT, UNARY_NOT } UnaryOp;

// How they bind and print: OPERATORS in unparse.c.
typedef enum BinaryOp {
    BINARY_OR,
    BINARY_XOR,
    BINARY_AND,
    BINARY_EQ,
    BINARY_NE,
    BINARY_LT,
    BINARY_LE,
    BINARY_GT,
    BINARY_GE,
    BINARY_EQ_NULL,  // <=>
    BINARY_SHIFT_LEFT,
    BINARY_SHIFT_RIGHT,
    BINARY_SHIFT_RIGHT_LOGICAL,  // BITSHIFTRIGHTLOGICAL
    BINARY_BIT_OR,
    BINARY_BIT_AND,
    BINARY_ADD,
    BINARY_SUBTRACT,
    BINARY_MULTIPLY,
    BINARY_DIVIDE,
    BINARY_INT_DIVIDE,  // DIV
    BINARY_MODULO,      // % and MOD
    BINARY_BIT_XOR,
    BINARY_COUNT
} BinaryOp;

typedef enum IsWhat { IS_NULL, IS_TRUE, IS_FALSE } IsWhat;
typedef enum LikeKind { LIKE_LIKE, LIKE_REGEXP } LikeKind;

typedef enum TimeUnit {
    UNIT_NONE,
    UNIT_YEAR,
    UNIT_QUARTER,
    UNIT_MONTH,
    UNIT_WEEK,
    UNIT_DAY,
    UNIT_HOUR,
    UNIT_MINUTE,
    UNIT_SECOND,
    UNIT_MILLISECOND,
    UNIT_MICROSECOND,
    UNIT_COUNT
} TimeUnit;
const char *time_unit_name(TimeUnit unit);  // "DAY"

typedef enum NullsOrder { NULLS_DEFAULT, NULLS_FIRST, NULLS_LAST } NullsOrder;
typedef struct OrderItem {
    Expr *expr;
    bool is_desc;
    NullsOrder nulls;
} OrderItem;
typedef struct OrderList {
    OrderItem *at;
    size_t count;
} OrderList;

typedef enum FrameBoundKind {
    FRAME_UNBOUNDED_PRECEDING,
    FRAME_PRECEDING,  // expr PRECEDING
    FRAME_CURRENT_ROW,
    FRAME_FOLLOWING,
    FRAME_UNBOUNDED_FOLLOWING,
} FrameBoundKind;
typedef struct FrameBound {
    FrameBoundKind kind;
    Expr *offset;  // FRAME_PRECEDING and FRAME_FOLLOWING
} FrameBound;

// OVER (..). Without has_frame the function's own default frame is meant.
typedef struct Window {
    ExprList partition_by;
    OrderList order_by;
    bool has_frame;
    bool is_rows;      // ROWS, else RANGE
    FrameBound start;  // without BETWEEN `end` is CURRENT ROW
    FrameBound end;
} Window;

typedef struct CallExpr {
    QName name;     // as written; built-in names compare without case
    ExprList args;  // count(*): one EXPR_STAR
    TimeUnit unit;  // first argument of timestampdiff and timestampadd, else UNIT_NONE
    bool is_distinct;
    bool ignore_nulls;
    bool has_parens;     // false: CURRENT_DATE and its like written bare
    OrderList order_by;  // group_concat(.. ORDER BY ..), array_agg
    Expr *separator;     // group_concat(.. SEPARATOR x); NULL: none
    Expr *filter;        // FILTER (WHERE x); NULL: none
    Window *over;        // NULL: no window function
} CallExpr;

typedef struct WhenClause {
    Expr *when, *then;
} WhenClause;

typedef enum VarScope { SCOPE_NONE, SCOPE_GLOBAL, SCOPE_SESSION } VarScope;  // LOCAL is SESSION

struct Expr {
    ExprKind kind;
    uint16_t depth;  // of the tree below, itself included; at most LIMIT_SQL_TREE_DEPTH
    Pos pos;
    union {
        struct {
            LiteralKind kind;
            bool boolean;
            Str text;
        } literal;
        QName column;
        struct {
            QName table;
        } star;  // table.count 0: all
        struct {
            UnaryOp op;
            Expr *arg;
        } unary;
        struct {
            BinaryOp op;
            Expr *left, *right;
        } binary;
        struct {
            Expr *arg;
            IsWhat what;
            bool is_not;
        } is;
        struct {
            Expr *arg, *low, *high;
            bool is_not;
        } between;
        struct {
            Expr *arg;
            ExprList list;
            Query *query;
            bool is_not;
        } in;  // query NULL: list
        struct {
            Expr *arg, *pattern, *escape;
            LikeKind kind;
            bool is_not;
        } like;  // escape may be NULL
        struct {
            Expr *arg;
            WhenClause *whens;
            size_t count;
            Expr *otherwise;
        } cases;  // arg, otherwise may be NULL
        struct {
            Expr *arg;
            Type type;
            bool is_convert;
        } cast;
        Query *query;  // EXPR_EXISTS, EXPR_SUBQUERY
        CallExpr *call;
        struct {
            TimeUnit unit;
            Expr *arg;
        } extract, interval;
        ExprList row;
        struct {
            ExprList items;
            bool has_type;
            Type type;
        } nested;  // EXPR_ARRAY, EXPR_MAP
        struct {
            Expr *arg, *index;
        } subscript;
        struct {
            Expr *arg;
            Str name;  // EXPR_FIELD: of the field; EXPR_ARROW: the path
        } member;
        struct {
            NameList params;
            Expr *body;
        } lambda;
        struct {
            Str name;
            VarScope scope;
        } variable;  // EXPR_USER_VAR (no scope), EXPR_SYSTEM_VAR
    };
};

// -------------------------------------------------------------------------------------- queries

typedef enum RefKind { REF_TABLE, REF_QUERY, REF_JOIN, REF_FILES, REF_FUNCTION } RefKind;
typedef enum JoinKind {
    JOIN_INNER,
    JOIN_CROSS,  // also the comma
    JOIN_LEFT,
    JOIN_RIGHT,
    JOIN_FULL,
    JOIN_LEFT_SEMI,
    JOIN_RIGHT_SEMI,
    JOIN_LEFT_ANTI,
    JOIN_RIGHT_ANTI,
} JoinKind;

typedef struct TableRef TableRef;
struct TableRef {
    RefKind kind;
    uint16_t depth;
    Pos pos;
    Name alias;               // text STR_NONE: none
    NameList column_aliases;  // REF_QUERY, REF_FILES, REF_FUNCTION
    union {
        struct {
            QName name;
            NameList partitions;
            bool is_temporary;
        } table;  // [TEMPORARY] PARTITION (p1, p2); count 0: all that are not temporary
        Query *query;
        struct {
            JoinKind kind;
            TableRef *left, *right;
            Expr *on;
            NameList using_names;
        } join;
        AstProperties files;  // FILES("path" = "..", ..)
        struct {
            QName name;
            ExprList args;
        } function;  // unnest(..), TABLE(f(..))
    };
};

typedef struct SelectItem {
    Expr *expr;
    Name alias;  // text STR_NONE: none
    Str text;    // the expression as the user wrote it
} SelectItem;

// GROUP_PLAIN, GROUP_ROLLUP (also WITH ROLLUP) and GROUP_CUBE have one set, GROUP_SETS any number.
typedef enum GroupKind { GROUP_NONE, GROUP_PLAIN, GROUP_ROLLUP, GROUP_CUBE, GROUP_SETS } GroupKind;
typedef struct GroupBy {
    GroupKind kind;
    ExprList *sets;
    size_t set_count;
} GroupBy;

typedef struct Select {
    bool is_distinct;
    SelectItem *items;
    size_t item_count;
    TableRef *from;  // NULL: none, or DUAL
    Expr *where;     // this and the next two may be NULL
    GroupBy group_by;
    Expr *having;
    Expr *qualify;
} Select;

typedef enum SetOpKind {
    SET_OP_UNION,
    SET_OP_INTERSECT,
    SET_OP_EXCEPT
} SetOpKind;  // MINUS is EXCEPT

typedef enum BodyKind { BODY_SELECT, BODY_SET_OP, BODY_VALUES, BODY_QUERY } BodyKind;
typedef struct QueryBody QueryBody;
struct QueryBody {
    BodyKind kind;
    uint16_t depth;
    Pos pos;
    union {
        Select *select;
        struct {
            SetOpKind kind;
            bool is_all;
            QueryBody *left, *right;
        } set_op;
        struct {
            ExprList *rows;
            size_t count;
        } values;      // rows of one statement are equally long
        Query *query;  // in parentheses, with ORDER BY or LIMIT of its own
    };
};

typedef struct Cte {
    Name name;
    NameList columns;
    Query *query;
} Cte;

typedef struct Limit {
    bool is_given;
    uint64_t count, offset;
} Limit;

struct Query {
    uint16_t depth;  // of all below; at most LIMIT_SQL_TREE_DEPTH
    Pos pos;
    Str text;  // as the user wrote it, without what stands around it
    Cte *ctes;
    size_t cte_count;
    bool is_recursive;  // WITH RECURSIVE
    QueryBody *body;
    OrderList order_by;
    Limit limit;
};

// ------------------------------------------------------------------------------------------ DDL

typedef struct CreateDatabaseStatement {
    QName name;  // [catalog.]database
    bool if_not_exists;
    AstProperties properties;
} CreateDatabaseStatement;

typedef struct DropDatabaseStatement {
    QName name;
    bool if_exists, is_force;
} DropDatabaseStatement;

typedef enum AstAggKind {
    AST_AGG_NONE,
    AST_AGG_SUM,
    AST_AGG_MAX,
    AST_AGG_MIN,
    AST_AGG_REPLACE,
    AST_AGG_REPLACE_IF_NOT_NULL,
    AST_AGG_HLL_UNION,
    AST_AGG_BITMAP_UNION,
    AST_AGG_PERCENTILE_UNION,
} AstAggKind;
typedef enum AstNullness {
    AST_NULLNESS_UNSET,
    AST_NULLNESS_NULL,
    AST_NULLNESS_NOT_NULL
} AstNullness;
typedef enum AstDefaultKind {
    AST_DEFAULT_NONE,
    AST_DEFAULT_NULL,
    AST_DEFAULT_TEXT,               // DEFAULT 'x': default_expr is the string literal
    AST_DEFAULT_CURRENT_TIMESTAMP,  // default_precision: digits of CURRENT_TIMESTAMP(n), 0 without
    AST_DEFAULT_EXPR,               // DEFAULT (uuid()), a number, ..
} AstDefaultKind;

typedef struct AstColumnDef {
    Name name;
    bool has_type;  // false only beside `generated`
    Type type;
    bool is_key;  // the word KEY behind the type
    AstAggKind agg;
    AstNullness nullness;
    AstDefaultKind default_kind;
    uint8_t default_precision;
    Expr *default_expr;  // AST_DEFAULT_TEXT, AST_DEFAULT_EXPR
    bool is_auto_increment;
    Expr *generated;  // AS expr; NULL: none
    Str comment;      // STR_NONE: none
} AstColumnDef;

typedef struct AstIndexDef {
    Name name;
    NameList columns;
    Str type;  // BITMAP, GIN, ..; STR_NONE: not given
    AstProperties properties;
    Str comment;
} AstIndexDef;

typedef enum AstKeyKind {
    AST_KEY_NONE,
    AST_KEY_DUPLICATE,
    AST_KEY_AGGREGATE,
    AST_KEY_UNIQUE,
    AST_KEY_PRIMARY
} AstKeyKind;

// A border of a range, or a value of a list.
typedef struct AstPartitionValue {
    bool is_max;   // MAXVALUE: ranges only
    bool is_null;  // NULL: lists only
    Str text;
    Pos pos;
} AstPartitionValue;
typedef struct AstPartitionRow {  // one value per partition column
    AstPartitionValue *at;
    size_t count;
} AstPartitionRow;

typedef enum AstPartitionKind {
    AST_PARTITION_LESS_THAN,  // VALUES LESS THAN upper
    AST_PARTITION_FIXED,      // VALUES [lower, upper)
    AST_PARTITION_BATCH,      // START (lower) END (upper) EVERY (step)
    AST_PARTITION_IN,         // VALUES IN rows
} AstPartitionKind;
typedef struct AstPartitionDef {
    AstPartitionKind kind;
    Pos pos;
    Name name;  // not AST_PARTITION_BATCH
    bool if_not_exists;
    AstPartitionRow lower, upper;  // LESS THAN MAXVALUE: one value with is_max
    AstPartitionRow *rows;         // AST_PARTITION_IN; in the short form each row has one value
    size_t row_count;
    uint64_t step;       // AST_PARTITION_BATCH
    TimeUnit step_unit;  // UNIT_NONE: EVERY (n)
    AstProperties properties;
} AstPartitionDef;

typedef enum AstPartitionByKind {
    AST_PARTITION_BY_NONE,
    AST_PARTITION_BY_RANGE,  // RANGE (columns or one expression) (descriptions)
    AST_PARTITION_BY_LIST,   // [LIST] (columns) [(descriptions)]
    AST_PARTITION_BY_EXPR,   // date_trunc(..) [(range descriptions)], or several expressions
} AstPartitionByKind;
typedef struct AstPartitionBy {
    AstPartitionByKind kind;
    Pos pos;
    ExprList exprs;  // columns are EXPR_COLUMN with one part
    bool has_defs;   // false: partitions come by themselves
    AstPartitionDef *defs;
    size_t def_count;
} AstPartitionBy;

typedef enum AstDistributionKind {
    AST_DISTRIBUTION_NONE,
    AST_DISTRIBUTION_HASH,
    AST_DISTRIBUTION_RANDOM
} AstDistributionKind;
typedef struct AstDistribution {
    AstDistributionKind kind;
    NameList columns;
    uint32_t buckets;  // 0: not given
    Pos pos;
} AstDistribution;

typedef struct CreateTableStatement {
    QName name;
    bool if_not_exists;
    AstColumnDef *columns;
    size_t column_count;
    AstIndexDef *indexes;
    size_t index_count;
    Name engine;  // ENGINE = x; text STR_NONE: not given
    AstKeyKind key_kind;
    Pos key_pos;
    NameList keys;
    Str comment;  // STR_NONE: none
    AstPartitionBy partition_by;
    AstDistribution distribution;
    NameList sort_columns;  // ORDER BY (..)
    AstProperties properties;
} CreateTableStatement;

typedef struct DropTableStatement {
    QName name;
    bool if_exists, is_force;
} DropTableStatement;

typedef struct TruncateStatement {
    QName table;
    NameList partitions;  // count 0: the whole table
    bool is_temporary;    // TEMPORARY PARTITION
} TruncateStatement;

typedef enum AlterKind {
    ALTER_RENAME,
    ALTER_ADD_PARTITION,   // one description; AST_PARTITION_BATCH for ADD PARTITIONS START ..
    ALTER_DROP_PARTITION,  // `partitions`, or those that the batch `partition` would make
    ALTER_RENAME_PARTITION,
    ALTER_TRUNCATE_PARTITION,  // `partitions`
    ALTER_REPLACE_PARTITION,   // `partitions` by the temporary ones in `others`
    ALTER_MODIFY_PARTITION,    // `partitions` get `properties`; count 0: all
    ALTER_SET,                 // SET ( .. ): `properties`
    ALTER_CLAUSES,             // columns, indexes, comment, SWAP: see `clauses`
} AlterKind;
typedef enum AstAlterWhat {
    AST_ALTER_ADD_COLUMNS,  // ADD COLUMN, ADD COLUMN ( .. )
    AST_ALTER_DROP_COLUMN,
    AST_ALTER_MODIFY_COLUMN,
    AST_ALTER_COMMENT_COLUMN,  // MODIFY COLUMN c COMMENT ".."
    AST_ALTER_RENAME_COLUMN,
    AST_ALTER_ORDER_BY,
    AST_ALTER_ADD_INDEX,
    AST_ALTER_DROP_INDEX,
    AST_ALTER_COMMENT,  // COMMENT = ".."
    AST_ALTER_SWAP,     // SWAP WITH
} AstAlterWhat;
typedef struct AstAlterClause {
    AstAlterWhat what;
    Pos pos;
    Name name;              // the column, index or other table at hand
    Name new_name;          // RENAME COLUMN
    AstColumnDef *columns;  // ADD COLUMN, MODIFY COLUMN
    size_t column_count;
    bool is_first;   // FIRST
    Name after;      // AFTER c; text STR_NONE: not given
    NameList order;  // ORDER BY
    Name rollup;     // TO | IN | FROM rollup; text STR_NONE: not given
    AstIndexDef index;
    Str comment;
    AstProperties properties;
} AstAlterClause;
typedef struct AlterTableStatement {
    QName table;
    AlterKind kind;
    Pos pos;        // of the clause
    Name name;      // new table name; name of the partition
    Name new_name;  // ALTER_RENAME_PARTITION
    AstPartitionDef partition;
    AstDistribution distribution;  // ADD PARTITION .. DISTRIBUTED BY ..
    AstProperties properties;      // of SET; behind the description of ADD PARTITION, and of others
    bool if_exists, is_force;      // DROP PARTITION
    bool is_temporary;             // ADD, DROP TEMPORARY PARTITION
    NameList partitions, others;
    AstAlterClause *clauses;  // ALTER_CLAUSES
    size_t clause_count;
} AlterTableStatement;

typedef struct InsertStatement {
    QName table;
    bool is_overwrite;  // INSERT OVERWRITE
    NameList partitions;
    bool is_temporary;  // TEMPORARY PARTITION
    NameList columns;   // count 0: all
    Name label;
    Query *source;  // VALUES: a body of BODY_VALUES, where items may be EXPR_DEFAULT
    AstProperties properties;
    bool is_update;  // made of an UPDATE: a column that is left out gets its default
} InsertStatement;

typedef struct Assignment {
    Name column;
    Expr *value;  // may be EXPR_DEFAULT
} Assignment;
typedef struct UpdateStatement {
    QName table;
    Assignment *assignments;
    size_t assignment_count;
    TableRef *from;  // NULL: none
    Expr *where;     // NULL: none
} UpdateStatement;

typedef struct DeleteStatement {
    QName table;
    bool has_partitions, is_temporary;
    NameList partitions;
    TableRef *using_from;  // USING; NULL: none
    Expr *where;           // NULL: none
} DeleteStatement;

// --------------------------------------------------------------------------- backup and restore

// Objects of one statement are ordered by this kind, and within a kind as written.
typedef enum AstObjectKind {
    AST_OBJECT_ANY,  // a bare name: table, view or materialized view
    AST_OBJECT_MATERIALIZED_VIEW,
    AST_OBJECT_VIEW,
    AST_OBJECT_TABLE,
    AST_OBJECT_FUNCTION,
    AST_OBJECT_KINDS
} AstObjectKind;
typedef struct AstBackupObject {
    AstObjectKind kind;
    Pos pos;
    QName name;
    NameList partitions;  // count 0: all
    bool is_temporary;    // TEMPORARY PARTITION
    Name alias;
} AstBackupObject;

typedef struct AstCatalogRef {
    Name name, alias;
} AstCatalogRef;

// BACKUP and RESTORE.
typedef struct BackupStatement {
    bool has_catalogs;  // a catalog clause was given
    bool all_catalogs;  // ALL EXTERNAL CATALOGS: `catalogs` is empty
    AstCatalogRef *catalogs;
    size_t catalog_count;
    Name database;        // DATABASE clause
    Name database_alias;  // RESTORE: DATABASE d AS alias
    Name label_database;  // prefix of the label
    Name label;
    Name repository;
    bool has_on;                 // ON given: only what it names; else everything
    bool all[AST_OBJECT_KINDS];  // ALL TABLES, ..; all[AST_OBJECT_ANY] is never set
    AstBackupObject *objects;
    size_t object_count;
    AstProperties properties;
} BackupStatement;

typedef struct CancelStatement {
    bool is_restore, is_catalogs;
    Name database;  // not with is_catalogs
} CancelStatement;

typedef enum RecoverKind {
    RECOVER_DROPPED_DATABASE,
    RECOVER_DROPPED_TABLE,
    RECOVER_DROPPED_PARTITION,
    RECOVER_OVERWRITTEN,  // TABLE name FROM RESTORE | RECOVER | TRUNCATE | OVERWRITE id
} RecoverKind;
typedef struct RecoverStatement {
    RecoverKind kind;
    QName name;      // of the database or table
    Name partition;  // RECOVER_DROPPED_PARTITION
    Str cause;       // RECOVER_OVERWRITTEN: the word as written
    uint64_t id;     // 0: not given
    Name alias;
} RecoverStatement;

// CANCEL ALTER TABLE ( COLUMN | ROLLUP | OPTIMIZE ) FROM t, SHOW ALTER TABLE ..
typedef enum AstAlterJobKind {
    AST_ALTER_JOB_COLUMN,
    AST_ALTER_JOB_ROLLUP,
    AST_ALTER_JOB_OPTIMIZE,
} AstAlterJobKind;
typedef struct CancelAlterStatement {
    AstAlterJobKind kind;
    QName table;
} CancelAlterStatement;

typedef struct DropSnapshotStatement {
    Name label, repository;
    bool is_force;
} DropSnapshotStatement;

typedef struct CreateRepositoryStatement {
    Name name;
    bool is_read_only;
    bool has_broker;  // a word behind WITH BROKER, which may be an empty string
    Name broker;
    Str location;
    AstProperties properties;
} CreateRepositoryStatement;

// --------------------------------------------------------------------------------- SHOW and rest

// Parts that a SHOW statement's grammar does not have are empty.
typedef struct ShowStatement {
    QName name;  // table of SHOW COLUMNS, CREATE TABLE, PARTITIONS, INDEX, DATA, TABLET; else the
                 // database or, for SHOW SNAPSHOT ON, the repository. count 0: not given
    QName database;  // second FROM of SHOW COLUMNS and SHOW INDEX
    bool is_full;
    bool is_temporary;           // SHOW TEMPORARY PARTITIONS
    VarScope scope;              // SHOW VARIABLES, SHOW STATUS
    Str path;                    // SHOW PROC
    NameList partitions;         // SHOW TABLET; count 0: all
    AstAlterJobKind alter_kind;  // SHOW ALTER TABLE
    Str like;                    // STR_NONE: none
    Expr *where;                 // NULL: none
    OrderList order_by;
    Limit limit;
} ShowStatement;

typedef struct DescStatement {
    QName table;
    bool is_all;    // DESC t ALL
    bool is_files;  // DESC FILES(..)
    AstProperties files;
} DescStatement;

typedef enum ExplainLevel {
    EXPLAIN_NORMAL,
    EXPLAIN_LOGICAL,
    EXPLAIN_ANALYZE,
    EXPLAIN_VERBOSE,
    EXPLAIN_COSTS
} ExplainLevel;
typedef struct Statement Statement;
typedef struct ExplainStatement {
    ExplainLevel level;
    Statement *target;  // STMT_QUERY or STMT_INSERT
} ExplainStatement;

typedef enum SetKind {
    SET_SYSTEM,         // name, scope, value; EXPR_DEFAULT for DEFAULT
    SET_USER,           // @name = value
    SET_NAMES,          // name is the character set (STR_NONE: DEFAULT), collation
    SET_CHARACTER_SET,  // name
    SET_TRANSACTION,    // isolation level in `name` ("READ COMMITTED"), or READ ONLY / READ WRITE
} SetKind;
typedef struct SetItem {
    SetKind kind;
    VarScope scope;
    Name name;
    Str collation;
    Expr *value;  // bare words and ON, ALL are string literals
} SetItem;
typedef struct SetStatement {
    SetItem *items;
    size_t count;
} SetStatement;

typedef struct KillStatement {
    bool is_query;  // KILL QUERY; else the connection
    uint64_t id;
} KillStatement;

typedef enum StatementKind {
    STMT_EMPTY,  // blanks and comments only
    STMT_QUERY,
    STMT_EXPLAIN,
    STMT_INSERT,
    STMT_UPDATE,
    STMT_DELETE,
    STMT_CREATE_DATABASE,
    STMT_DROP_DATABASE,
    STMT_USE,
    STMT_CREATE_TABLE,
    STMT_DROP_TABLE,
    STMT_TRUNCATE,
    STMT_ALTER_TABLE,  // also CREATE INDEX, DROP INDEX
    STMT_CANCEL_ALTER,
    STMT_DESC,
    STMT_SET,
    STMT_KILL,
    STMT_ADMIN_SET_CONFIG,
    STMT_BEGIN,
    STMT_COMMIT,
    STMT_ROLLBACK,
    STMT_BACKUP,
    STMT_RESTORE,
    STMT_CANCEL_JOB,
    STMT_RECOVER,
    STMT_DROP_SNAPSHOT,
    STMT_CREATE_REPOSITORY,
    STMT_DROP_REPOSITORY,
    // All of these carry a Show.
    STMT_SHOW_DATABASES,
    STMT_SHOW_TABLES,
    STMT_SHOW_TABLE_STATUS,
    STMT_SHOW_COLUMNS,
    STMT_SHOW_CREATE_DATABASE,
    STMT_SHOW_CREATE_TABLE,
    STMT_SHOW_PARTITIONS,
    STMT_SHOW_DYNAMIC_TABLES,  // SHOW DYNAMIC PARTITION TABLES
    STMT_SHOW_INDEX,
    STMT_SHOW_DATA,
    STMT_SHOW_TABLET,
    STMT_SHOW_PROC,
    STMT_SHOW_ALTER,
    STMT_SHOW_VARIABLES,
    STMT_SHOW_STATUS,
    STMT_SHOW_WARNINGS,
    STMT_SHOW_ERRORS,
    STMT_SHOW_PROCESSLIST,
    STMT_SHOW_ENGINES,
    STMT_SHOW_CHARSET,
    STMT_SHOW_COLLATION,
    STMT_SHOW_CATALOGS,
    STMT_SHOW_BACKENDS,
    STMT_SHOW_FRONTENDS,
    STMT_SHOW_REPOSITORIES,
    STMT_SHOW_SNAPSHOT,
    STMT_SHOW_BACKUP,
    STMT_SHOW_RESTORE,
    STMT_SHOW_RECYCLE_BIN,
    STMT_SHOW_CONFIG,  // ADMIN SHOW FRONTEND CONFIG
    STMT_COUNT
} StatementKind;

struct Statement {
    StatementKind kind;
    Pos pos;
    Str text;  // without the `;` and what stands around
    union {
        Query *query;
        ExplainStatement explain;
        InsertStatement *insert;
        UpdateStatement *update;
        DeleteStatement *delete;
        CreateDatabaseStatement create_database;
        DropDatabaseStatement drop_database;
        QName use;  // [catalog.]database
        CreateTableStatement *create_table;
        DropTableStatement drop_table;
        TruncateStatement truncate;
        AlterTableStatement *alter_table;
        DescStatement desc;
        SetStatement set;
        KillStatement kill;
        AstProperty config;       // ADMIN SET FRONTEND CONFIG ("key" = "value")
        BackupStatement *backup;  // STMT_BACKUP, STMT_RESTORE
        CancelStatement cancel_job;
        CancelAlterStatement cancel_alter;
        DropSnapshotStatement drop_snapshot;
        RecoverStatement recover;
        CreateRepositoryStatement *create_repository;
        Name drop_repository;
        ShowStatement show;
    };
};

#endif
