/*
 * plan/insert: INSERT: which column takes what, with StarRocks' strict checks.
 *
 * VALUES are checked here, literal by literal, and handed on as one list of plain constants, so
 * that ten thousand rows are cheap; whatever else stands there, and every SELECT, is checked by the
 * engine row by row (kg_check_len, kg_bad_null, kg_bad_value). A failure names the column. Source
 * StarRocks InsertAnalyzer; strict mode of loads. Errors  SEMANTIC, COLUMN_NOT_NULL, DATA_TOO_LONG,
 * BAD_VALUE, UNKNOWN_*.   Threads  pure.
 */
#include "plan/insert.h"
#include "plan/change.h"
#include "sql/sql.h"

enum { ROW_BYTES = 256, NOT_GIVEN = -1 };

typedef struct Target {
    const Column *column;
    int source;  // position in the source; NOT_GIVEN: the default
} Target;

typedef struct Draft {
    Planner planner;
    Scope *root;  // names nothing
    const InsertStatement *insert;
    const Table *table;
    const Schema *schema;
    Target *targets;         // by column of the table
    const Column **sources;  // by position in the source
    size_t source_count;
} Draft;

// ------------------------------------------------------------------------------- which column
// takes what

static Rc fail_text(Ctx *ctx, Str text)
{
    return FAIL(ctx, SEMANTIC, STR_ARG(text));
}

static Rc name_target(Ctx *ctx, Draft *draft, Str name)
{
    const Column *column = schema_column_named(draft->schema, name);
    if (column == NULL || column->is_hidden)
        return fail_text(ctx, str_printf(ctx->arena, "Unknown column '%.*s' in '%.*s'",
                                         STR_ARG(name), STR_ARG(draft->table->def->name)));
    if (column->generated.len > 0)
        return fail_text(ctx,
                         str_printf(ctx->arena, "generated column '%.*s' can not be specified.",
                                    STR_ARG(column->name)));
    Target *target = &draft->targets[column - draft->schema->columns];
    if (target->source != NOT_GIVEN)
        return fail_text(ctx,
                         str_printf(ctx->arena, "Column '%.*s' specified twice", STR_ARG(name)));
    target->source = (int)draft->source_count;
    draft->sources[draft->source_count++] = column;
    return RC_OK;
}

static bool has_default(const Column *column)
{
    return column->default_kind != DEFAULT_NONE || column->is_nullable || column->is_auto_increment;
}

static Rc check_missing(Ctx *ctx, const Draft *draft)
{
    for (size_t i = 0; i < draft->schema->column_count; i++) {
        const Column *column = &draft->schema->columns[i];
        if (draft->targets[i].source != NOT_GIVEN || has_default(column)) continue;
        if (column->generated.len > 0) continue;
        Buf given = buf_new(ctx->arena);
        for (size_t j = 0; j < draft->source_count; j++)
            buf_printf(&given, " %.*s ", STR_ARG(draft->sources[j]->name));
        return fail_text(
            ctx, str_printf(ctx->arena,
                            "'%.*s' must be explicitly mentioned in column permutation: %.*s",
                            STR_ARG(column->name), STR_ARG(buf_str(&given))));
    }
    return RC_OK;
}

static Rc choose_targets(Ctx *ctx, Draft *draft)
{
    const InsertStatement *insert = draft->insert;
    size_t count = draft->schema->column_count;
    draft->targets = ARENA_ARRAY(ctx->arena, Target, count);
    draft->sources = ARENA_ARRAY(ctx->arena, const Column *, count);
    for (size_t i = 0; i < count; i++)
        draft->targets[i] = (Target){&draft->schema->columns[i], NOT_GIVEN};
    for (size_t i = 0; i < insert->columns.count; i++)
        TRY(name_target(ctx, draft, insert->columns.at[i].text));
    for (size_t i = 0; i < count && insert->columns.count == 0; i++)
        if (draft->schema->columns[i].generated.len == 0)
            TRY(name_target(ctx, draft, draft->schema->columns[i].name));
    return check_missing(ctx, draft);
}

static Rc check_count(Ctx *ctx, const Draft *draft, size_t count)
{
    if (count == draft->source_count) return RC_OK;
    return fail_text(ctx, STR("Column count doesn't match value count"));
}

// The beginning, cut between characters.
static Str cut(Str text, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) len--;
    return str_sub(text, 0, len);
}

// ------------------------------------------------------------------------------- defaults

static Rc bind_default(Ctx *ctx, Draft *draft, const Column *column, TypedExpr *out)
{
    Binder binder = {.scope = draft->root, .clause = "DEFAULT"};
    Str text = column->default_text;
    if (column->is_auto_increment) {
        *out = (TypedExpr){.type = column->type, .traits = TRAIT_VOLATILE};
        out->sql = str_printf(ctx->arena, INSERT_COUNTER "%llu::BIGINT)",
                              (unsigned long long)draft->table->def->id);
        return RC_OK;
    }
    switch (column->default_kind) {
    case DEFAULT_LITERAL: *out = literal_make(ctx, typing_of(TYPE_VARCHAR), text); return RC_OK;
    case DEFAULT_CURRENT_TIMESTAMP:
        text = str_printf(ctx->arena, "now(%.*s)", STR_ARG(text));
        break;
    case DEFAULT_EXPR: break;
    case DEFAULT_NONE:
    case DEFAULT_NULL: *out = literal_null(ctx, column->type); return RC_OK;
    }
    Expr *expr;
    TRY(sql_parse_expr(ctx, text, &expr));
    return expr_bind(ctx, &binder, expr, out);
}

// The default's text for the engine, checked like a value.
static Rc default_sql(Ctx *ctx, Draft *draft, const Column *column, Str *out)
{
    TypedExpr value, fitted;
    bool is_done = false;
    TRY(bind_default(ctx, draft, column, &value));
    if (value.is_literal) TRY(insert_fit_literal(ctx, column, &value, &is_done, &fitted));
    if (!is_done) return insert_fit_expr(ctx, column, &value, out);
    *out = fitted.sql;
    return RC_OK;
}

// ------------------------------------------------------------------------------- VALUES

// How constants of a column are written in the list, so that the engine sees one type per column.
static bool is_written_plain(TypeKind kind)
{
    return kind == TYPE_BOOLEAN || (type_is_integer(kind) && kind != TYPE_LARGEINT);
}

static void put_constant(Ctx *ctx, Type type, Str value, bool is_first_row, Buf *out)
{
    bool is_plain = is_written_plain(type.kind);
    if (value.ptr == NULL) {
        buf_add_z(out, is_first_row && !is_plain ? "NULL::VARCHAR" : "NULL");
    } else if (type.kind == TYPE_BOOLEAN) {
        buf_add_z(out, str_eq(value, STR("1")) ? "true" : "false");
    } else if (is_plain) {
        buf_add(out, value);
    } else if (type.kind == TYPE_VARBINARY) {
        Str sql = literal_sql(ctx, type, value);  // '\x41'::BLOB
        buf_add(out, str_sub(sql, 0, sql.len - strlen("::BLOB")));
    } else {
        literal_put_string(out, value);
    }
}

static bool is_plain_literal(const Expr *cell)
{
    if (cell->kind == EXPR_UNARY)
        return cell->unary.op == UNARY_MINUS && cell->unary.arg->kind == EXPR_LITERAL;
    return cell->kind == EXPR_LITERAL;
}

// A cell that is more than a literal.
static Rc bind_cell(Ctx *ctx, Draft *draft, const Column *column, const Expr *cell, TypedExpr *out)
{
    Binder binder = {.scope = draft->root, .clause = "Values"};
    if (cell->kind != EXPR_DEFAULT) return expr_bind(ctx, &binder, cell, out);
    if (!has_default(column))
        return fail_text(ctx, str_printf(ctx->arena, "Column has no default value, column=%.*s",
                                         STR_ARG(column->name)));
    return bind_default(ctx, draft, column, out);
}

typedef struct Values {
    const Draft *draft;
    Ctx *scratch;  // emptied after each literal: a list may have a million of them
    const ExprList *rows;
    size_t row_count, width;
    TypedExpr **bound;  // NULL: a literal
    bool *is_computed;  // by column: some cell is no constant
} Values;

static Rc bind_cells(Ctx *ctx, Draft *draft, Values *values)
{
    size_t count = values->row_count * values->width;
    values->bound = ARENA_ARRAY(ctx->arena, TypedExpr *, count);
    values->is_computed = ARENA_ARRAY(ctx->arena, bool, values->width);
    for (size_t i = 0; i < count; i++) {
        size_t column = i % values->width;
        const Expr *cell = values->rows[i / values->width].at[column];
        Type type = draft->sources[column]->type;
        if (is_plain_literal(cell)) {  // a text is no constant of a nested type
            bool is_null = cell->kind == EXPR_LITERAL && cell->literal.kind == LITERAL_NULL;
            values->is_computed[column] |= type.parts != NULL && !is_null;
            continue;
        }
        TypedExpr *bound = values->bound[i] = ARENA_NEW(ctx->arena, TypedExpr);
        TRY(bind_cell(ctx, draft, draft->sources[column], cell, bound));
        bool is_constant = type.parts == NULL ? bound->is_literal : insert_is_known(bound, type);
        values->is_computed[column] |= !is_constant;
    }
    return RC_OK;
}

static Rc put_cell(Ctx *ctx, const Values *values, size_t at, Buf *out)
{
    Ctx *scratch = values->scratch;
    size_t index = at % values->width;
    const Column *column = values->draft->sources[index];
    const Expr *cell = values->rows[at / values->width].at[index];
    TypedExpr value, fitted;
    bool is_done = false;
    if (values->bound[at] != NULL) {
        value = *values->bound[at];
    } else {
        bool is_negative = cell->kind == EXPR_UNARY;
        TRY(literal_read(scratch, is_negative ? cell->unary.arg : cell, is_negative, &value));
    }
    if (value.is_literal) TRY(insert_fit_literal(scratch, column, &value, &is_done, &fitted));
    if (!is_done && !values->is_computed[index] && column->type.parts != NULL) {
        Str text;
        TRY(insert_known_text(scratch, column, &value, &text));
        literal_put_string(out, text);
    } else if (is_done && !values->is_computed[index]) {
        put_constant(scratch, column->type, fitted.value, at < values->width, out);
    } else if (is_done) {
        buf_add(out, fitted.sql);
    } else {
        Str sql;
        TRY(insert_fit_expr(ctx, column, &value, &sql));
        if (!values->is_computed[index] && !is_written_plain(column->type.kind))
            sql = str_printf(ctx->arena, "CAST(%.*s AS VARCHAR)", STR_ARG(sql));
        buf_add(out, sql);
    }
    return RC_OK;
}

// Which of several rows it was.
static Rc hint_row(Ctx *ctx, Rc rc, const Values *values, size_t row)
{
    Buf buf = buf_new(ctx->arena);
    if (values->row_count == 1) return rc;
    for (size_t i = 0; i < values->width && buf.len < ROW_BYTES; i++) {
        Str cell = sql_expr_title(ctx->arena, values->rows[row].at[i]);
        buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(cell));
    }
    ctx_hint(ctx, " (row %zu: %.*s)", row + 1, STR_ARG(cut(buf_str(&buf), ROW_BYTES)));
    return rc;
}

// Column `source` of the list in the type of the table's column; nested constants stand there as
// JSON text.
static Rc value_sql(Ctx *ctx, const Values *values, Str relation, const Target *target, Str *out)
{
    Type type = target->column->type;
    Str name = str_printf(ctx->arena, "%.*s.x%d", STR_ARG(relation), target->source + 1);
    TypedExpr text = {.type = typing_of(TYPE_JSON), .sql = name}, made;
    if (type.parts != NULL && !values->is_computed[target->source]) {
        TRY(expr_convert(ctx, &text, type, &made));
        *out = made.sql;
        return RC_OK;
    }
    *out = str_printf(ctx->arena, "CAST(%.*s AS %.*s)", STR_ARG(name),
                      STR_ARG(scan_engine_type(ctx->arena, type)));
    return RC_OK;
}

static Rc put_rows(Ctx *ctx, Values *values, Buf *out)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx scratch = *ctx;
    scratch.arena = arena;
    values->scratch = &scratch;
    ArenaMark empty = arena_mark(arena);
    for (size_t i = 0; i < values->row_count * values->width; i++) {
        buf_add_z(out, i == 0 ? "(" : i % values->width == 0 ? "), (" : ", ");
        Rc rc = put_cell(ctx, values, i, out);
        if (rc != RC_OK && ctx->err.id == ERR_NONE) rc = ctx_take(ctx, &scratch);
        if (rc != RC_OK) return hint_row(ctx, rc, values, i / values->width);
        arena_rewind(arena, empty);
    }
    buf_add_z(out, ")");
    return RC_OK;
}

// SELECT <column or default> AS c<id>, .. FROM (VALUES ..) AS r1(x1, ..)
static Rc plan_values(Ctx *ctx, Draft *draft, const QueryBody *body, Str *out)
{
    Values values = {.draft = draft,
                     .rows = body->values.rows,
                     .row_count = body->values.count,
                     .width = draft->source_count};
    for (size_t i = 0; i < values.row_count; i++)
        TRY(check_count(ctx, draft, values.rows[i].count));
    TRY(bind_cells(ctx, draft, &values));
    Str relation = query_new_relation(ctx, &draft->planner);
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < draft->schema->column_count; i++) {
        const Target *target = &draft->targets[i];
        Str sql;
        if (target->column->generated.len > 0) continue;
        if (target->source == NOT_GIVEN)
            TRY(default_sql(ctx, draft, target->column, &sql));
        else
            TRY(value_sql(ctx, &values, relation, target, &sql));
        buf_printf(&buf, "%s%.*s AS c%u", buf.len ? ", " : "SELECT ", STR_ARG(sql),
                   target->column->id);
    }
    buf_add_z(&buf, " FROM (VALUES ");
    TRY(put_rows(ctx, &values, &buf));
    buf_printf(&buf, ") AS %.*s(", STR_ARG(relation));
    for (size_t i = 0; i < values.width; i++) buf_printf(&buf, "%sx%zu", i ? ", " : "", i + 1);
    buf_add_byte(&buf, ')');
    *out = buf_str(&buf);
    return RC_OK;
}

// ------------------------------------------------------------------------------- SELECT

static Rc plan_select(Ctx *ctx, Draft *draft, Str *out)
{
    BoundQuery query;
    TRY(query_bind(ctx, draft->insert->source, draft->root, &query));
    TRY(check_count(ctx, draft, query.column_count));
    Str relation = query_new_relation(ctx, &draft->planner);
    Buf buf = buf_new(ctx->arena);
    for (size_t i = 0; i < draft->schema->column_count; i++) {
        const Target *target = &draft->targets[i];
        Str sql;
        if (target->column->generated.len > 0) continue;
        if (target->source == NOT_GIVEN) {
            TRY(default_sql(ctx, draft, target->column, &sql));
        } else {
            TypedExpr value = {.type = query.columns[target->source].type};
            value.sql = str_printf(ctx->arena, "%.*s.x%d", STR_ARG(relation), target->source + 1);
            TRY(insert_fit_expr(ctx, target->column, &value, &sql));
        }
        buf_printf(&buf, "%s%.*s AS c%u", buf.len ? ", " : "SELECT ", STR_ARG(sql),
                   target->column->id);
    }
    buf_printf(&buf, " FROM (%.*s) AS %.*s", STR_ARG(query.sql), STR_ARG(relation));
    *out = buf_str(&buf);
    return RC_OK;
}

static Rc choose_partitions(Ctx *ctx, const Draft *draft, InsertPlan *plan)
{
    const Table *table = draft->table;
    PartitionChoice choice = {draft->insert->partitions, draft->insert->is_temporary};
    if (choice.names.count == 0) return RC_OK;
    bool *is_kept = ARENA_ARRAY(ctx->arena, bool, table->partition_count);
    TRY(query_choose_partitions(ctx, table, choice, is_kept));
    plan->partitions = ARENA_ARRAY(ctx->arena, const Partition *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++)
        if (is_kept[i]) plan->partitions[plan->partition_count++] = table->partitions[i];
    return RC_OK;
}

// INSERT INTO t (k, v): the other columns of rows that are there stay as they are.
static void keep_columns(Ctx *ctx, Draft *draft, InsertPlan *plan, Str *sql)
{
    bool *is_given = ARENA_ARRAY(ctx->arena, bool, draft->schema->column_count);
    for (size_t i = 0; i < draft->schema->column_count; i++)
        is_given[i] = draft->targets[i].source != NOT_GIVEN;
    const PlanEnv *env = draft->planner.env;
    if (draft->insert->is_update || draft->insert->is_overwrite ||
        !change_is_partial(env, draft->table, is_given))
        return;
    KeptColumns kept = {&draft->planner, plan->database, draft->table, is_given};
    plan->keeps_columns = true;
    change_keep_columns(ctx, &kept, sql);
}

static Rc open_draft(Ctx *ctx, const PlanEnv *env, Draft *draft, InsertPlan *plan)
{
    draft->root = scope_root(ctx->arena, &draft->planner);
    draft->planner.env = env;
    TRY(query_find_table(ctx, env, &draft->insert->table, &plan->database, &draft->table));
    plan->table = draft->table;
    draft->schema = table_current_schema(draft->table->def);
    TRY(choose_partitions(ctx, draft, plan));
    return choose_targets(ctx, draft);
}

Rc plan_insert(Ctx *ctx, const PlanEnv *env, const InsertStatement *insert, InsertPlan **out)
{
    InsertPlan *plan = ARENA_NEW(ctx->arena, InsertPlan);
    Draft draft = {.insert = insert};
    TRY(open_draft(ctx, env, &draft, plan));
    const Query *source = insert->source;
    bool is_plain = source->body->kind == BODY_VALUES && source->cte_count == 0 &&
                    source->order_by.count == 0 && !source->limit.is_given;
    BoundQuery query = {.column_count = draft.schema->column_count};
    if (is_plain)
        TRY(plan_values(ctx, &draft, source->body, &query.sql));
    else
        TRY(plan_select(ctx, &draft, &query.sql));
    keep_columns(ctx, &draft, plan, &query.sql);
    TRY(generated_append(ctx, &draft.planner, draft.table->def, &query.sql));
    query.columns = ARENA_ARRAY(ctx->arena, SinkColumn, query.column_count);
    for (size_t i = 0; i < query.column_count; i++) {
        const Column *column = &draft.schema->columns[i];
        query.columns[i] =
            (SinkColumn){.name = str_printf(ctx->arena, "c%u", column->id), .type = column->type};
    }
    query_finish(ctx, &draft.planner, &query, &plan->query);
    if (is_plain && plan->query->scan_count == 0) plan->literal_rows = source->body->values.count;
    *out = plan;
    return RC_OK;
}

// ------------------------------------------------------------------------------- which row it was

enum { PROBLEM_NULL = 1, PROBLEM_VALUE, PROBLEM_LENGTH, PROBLEM_COUNT };

typedef struct Diagnosing {
    Draft draft;
    Str relation;
    Buf problems, values, row;  // WHEN arms, and the row's texts
} Diagnosing;

static void add_problem(Diagnosing *d, size_t source, int kind, Str condition, Str text)
{
    size_t code = source * PROBLEM_COUNT + (size_t)kind;
    buf_printf(&d->problems, " WHEN %.*s THEN %zu", STR_ARG(condition), code);
    buf_printf(&d->values, " WHEN %zu THEN %.*s", code, STR_ARG(text));
}

// The checks of insert_fit_expr as conditions, in its order.
static Rc diagnose_column(Ctx *ctx, Diagnosing *d, size_t source, Type type)
{
    const Column *column = d->draft.sources[source];
    TypedExpr value = {.type = type}, cast, text;
    value.sql = str_printf(ctx->arena, "%.*s.x%zu", STR_ARG(d->relation), source + 1);
    TRY(expr_convert(ctx, &value, column->type, &cast));
    if (typing_can_cast(type, typing_of(TYPE_VARCHAR)))
        TRY(expr_convert(ctx, &value, typing_of(TYPE_VARCHAR), &text));
    else
        text = literal_make(ctx, typing_of(TYPE_VARCHAR), STR(".."));
    buf_printf(&d->row, ", coalesce(%.*s, 'NULL')", STR_ARG(text.sql));
    if (!column->is_nullable)
        add_problem(d, source, PROBLEM_NULL,
                    str_printf(ctx->arena, "%.*s IS NULL", STR_ARG(value.sql)), STR("'NULL'"));
    if (expr_convert_may_fail(type, column->type))
        add_problem(d, source, PROBLEM_VALUE,
                    str_printf(ctx->arena, "%.*s IS NULL AND %.*s IS NOT NULL", STR_ARG(cast.sql),
                               STR_ARG(value.sql)),
                    text.sql);
    if (type_is_text(column->type.kind) && insert_may_be_too_long(type, column->type))
        add_problem(
            d, source, PROBLEM_LENGTH,
            str_printf(ctx->arena, "strlen(%.*s) > %u", STR_ARG(cast.sql), column->type.len),
            cast.sql);
    return RC_OK;
}

Rc plan_insert_diagnose(Ctx *ctx, const PlanEnv *env, const InsertStatement *insert,
                        InsertDiagnosis *out)
{
    static const char *const NAMES[] = {"number", "problem", "value", "row"};
    InsertPlan plan = {0};
    BoundQuery source, query = {.column_count = COUNT_OF(NAMES)};
    Diagnosing d = {.draft = {.insert = insert},
                    .problems = buf_new(ctx->arena),
                    .values = buf_new(ctx->arena),
                    .row = buf_new(ctx->arena)};
    TRY(open_draft(ctx, env, &d.draft, &plan));
    TRY(query_bind(ctx, insert->source, d.draft.root, &source));
    TRY(check_count(ctx, &d.draft, source.column_count));
    d.relation = query_new_relation(ctx, &d.draft.planner);
    for (size_t i = 0; i < source.column_count; i++)
        TRY(diagnose_column(ctx, &d, i, source.columns[i].type));
    if (d.problems.len == 0) return FAIL(ctx, BUG, "an INSERT that cannot fail did");
    Str r = d.relation;
    query.sql = str_printf(
        ctx->arena,
        "SELECT kg_number, kg_problem, CASE kg_problem%.*s END, concat_ws(', '%.*s) FROM (SELECT *, "
        "row_number() OVER () AS kg_number, CASE%.*s END AS kg_problem FROM (%.*s) AS %.*s) AS %.*s "
        "WHERE kg_problem IS NOT NULL ORDER BY kg_number LIMIT 1",
        STR_ARG(buf_str(&d.values)), STR_ARG(buf_str(&d.row)), STR_ARG(buf_str(&d.problems)),
        STR_ARG(source.sql), STR_ARG(r), STR_ARG(r));
    query.columns = ARENA_ARRAY(ctx->arena, SinkColumn, COUNT_OF(NAMES));
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        query.columns[i] = (SinkColumn){.name = str_from(NAMES[i]),
                                        .type = typing_of(i < 2 ? TYPE_BIGINT : TYPE_VARCHAR)};
    query_finish(ctx, &d.draft.planner, &query, &out->query);
    out->sources = d.draft.sources;
    return RC_OK;
}

Rc plan_insert_raise(Ctx *ctx, const InsertDiagnosis *diagnosis, const Str *cells)
{
    uint64_t code = 0;
    must(str_to_u64(cells[1], &code) && code > 0);
    const Column *column = diagnosis->sources[code / PROBLEM_COUNT];
    Str value = cells[2].ptr ? cells[2] : STR("NULL");
    Rc rc = RC_OK;
    switch (code % PROBLEM_COUNT) {
    case PROBLEM_NULL: rc = FAIL(ctx, COLUMN_NOT_NULL, STR_ARG(column->name)); break;
    case PROBLEM_VALUE:
        rc = FAIL(ctx, BAD_VALUE, STR_ARG(typing_text(ctx->arena, column->type)),
                  STR_ARG(insert_shown(value)), STR_ARG(column->name));
        break;
    default:
        rc = FAIL(ctx, DATA_TOO_LONG, STR_ARG(column->name), (long long)value.len,
                  (long long)column->type.len, STR_ARG(insert_shown(value)));
    }
    ctx_hint(ctx, " (row %.*s: %.*s)", STR_ARG(cells[0]), STR_ARG(cut(cells[3], ROW_BYTES)));
    return rc;
}
