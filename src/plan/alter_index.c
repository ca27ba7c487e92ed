/*
 * plan/alter_index: INDEX clauses of CREATE and ALTER TABLE.
 *
 * Form    an index is kept, shown, backed up and restored; what serves queries is what files have
 *         of themselves (min, max, bloom filters).
 * Source  StarRocks' IndexAnalyzer, CreateTableAnalyzer.analyzeIndexDefs,
 *         SchemaChangeHandler.processAddIndex. GIN and VECTOR need no switch here.
 * Errors  SEMANTIC.   Threads  pure.
 */
#include "base/limits.h"
#include "plan/alter_inside.h"
#include "plan/ddl_inside.h"
#include "plan/insert.h"
#include <math.h>
#include <stdlib.h>

enum { NAME_CHARS = 64, NUMBER_BYTES = 32 };

static bool is_value(const TableDef *def, const Column *column)
{
    bool is_by_keys = def->keys == KEYS_AGGREGATE || def->keys == KEYS_UNIQUE;
    return is_by_keys && !column->is_key;
}

// --------------------------------------------------------------------------------------- columns

static Rc check_bitmap(Ctx *ctx, const TableDef *def, const Column *column)
{
    TypeKind kind = column->type.kind;
    bool is_fit = kind == TYPE_BOOLEAN || type_is_integer(kind) || kind == TYPE_DECIMAL ||
                  kind == TYPE_DATE || kind == TYPE_DATETIME || type_is_text(kind);
    if (!is_fit)
        return SAY(ctx, SEMANTIC, "%s is not supported in bitmap index. invalid column: %.*s",
                   type_name(kind), STR_ARG(column->name));
    if (!is_value(def, column)) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "BITMAP index only used in columns of DUP_KEYS/PRIMARY_KEYS table or key columns of "
               "UNIQUE_KEYS/AGG_KEYS table. invalid column: %.*s",
               STR_ARG(column->name));
}

static Rc check_gin(Ctx *ctx, const TableDef *def, const Column *column)
{
    if (def->keys != KEYS_DUPLICATE && def->keys != KEYS_PRIMARY)
        return SAY(ctx, SEMANTIC,
                   "The inverted index can only be build on DUPLICATE/PRIMARY_KEYS table.");
    if (type_is_text(column->type.kind)) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "The inverted index can only be build on column with type of CHAR/STRING/VARCHAR "
               "type.");
}

static Rc check_ngram(Ctx *ctx, const TableDef *def, const Column *column)
{
    if (!type_is_text(column->type.kind))
        return SAY(ctx, SEMANTIC, "Invalid ngram bloom filter column '%.*s': unsupported type %.*s",
                   STR_ARG(column->name), STR_ARG(ddl_message_type(ctx, column->type)));
    if (!is_value(def, column)) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "Ngram Bloom filter index only used in columns of DUP_KEYS/PRIMARY table or key "
               "columns of UNIQUE_KEYS/AGG_KEYS table. invalid column: %.*s",
               STR_ARG(column->name));
}

static Rc check_vector(Ctx *ctx, const TableDef *def, const Column *column)
{
    const Type *type = &column->type;
    if (column->is_nullable)
        return SAY(ctx, SEMANTIC, "The vector index can only build on non-nullable column");
    if (def->keys != KEYS_DUPLICATE && def->keys != KEYS_PRIMARY)
        return SAY(ctx, SEMANTIC, "The vector index can only build on DUPLICATE or PRIMARY table");
    if (type->kind == TYPE_ARRAY && type->parts->types[0].kind == TYPE_FLOAT) return RC_OK;
    return SAY(ctx, SEMANTIC,
               "The vector index can only be build on column with type of array<float>.");
}

// ------------------------------------------------------------------------------------ properties

static Str property(const IndexDef *index, const char *key)
{
    return properties_get(index->properties, index->property_count, key);
}

static Rc check_keys(Ctx *ctx, const IndexDef *index, const char *const *known, size_t count)
{
    for (size_t i = 0; i < index->property_count; i++) {
        bool is_known = false;
        for (size_t k = 0; k < count; k++)
            is_known |= str_eq(index->properties[i].key, str_from(known[k]));
        if (!is_known)
            return SAY(ctx, SEMANTIC, "Do not support parameters %.*s for %.*s. ",
                       STR_ARG(index->properties[i].key), STR_ARG(index->type));
    }
    return RC_OK;
}

static Rc check_gin_properties(Ctx *ctx, const IndexDef *index, const Column *column)
{
    static const char *const KNOWN[] = {"parser", "imp_lib", "omit_term_freq_and_position",
                                        "support_phrase", "dict_gram_num"};
    static const char *const PARSERS[] = {"none", "standard", "english", "chinese"};
    Str parser = property(index, "parser"), library = property(index, "imp_lib");
    TRY(check_keys(ctx, index, KNOWN, COUNT_OF(KNOWN)));
    if (library.ptr && !str_eq_nocase(library, STR("clucene")))
        return SAY(ctx, SEMANTIC, "Only support clucene implement for now. ");
    bool is_parser = !parser.ptr;
    for (size_t i = 0; i < COUNT_OF(PARSERS); i++)
        is_parser |= str_eq(parser, str_from(PARSERS[i]));
    if (is_parser) return RC_OK;
    return SAY(ctx, SEMANTIC, "INVERTED index parser: %.*s is invalid for column: %.*s of type %s",
               STR_ARG(parser), STR_ARG(column->name), type_name(column->type.kind));
}

static Rc check_fpp(Ctx *ctx, Str text)
{
    char digits[NUMBER_BYTES];
    char *end = digits;
    double value = NAN;
    if (text.len < sizeof(digits)) {
        memcpy(digits, text.ptr, text.len);
        digits[text.len] = '\0';
        value = strtod(digits, &end);
    }
    if (end == digits || *end != '\0' || !isfinite(value))
        return SAY(ctx, SEMANTIC, "Bloom filter fpp is not Double");
    if (value < 0.0001 || value > 0.05)
        return SAY(ctx, SEMANTIC, "Bloom filter fpp should in [1.0E-4, 0.05]");
    return RC_OK;
}

static Rc check_ngram_properties(Ctx *ctx, const IndexDef *index)
{
    static const char *const KNOWN[] = {"gram_num", "bloom_filter_fpp", "case_sensitive"};
    Str fpp = property(index, "bloom_filter_fpp"), grams = property(index, "gram_num");
    Str by_case = property(index, "case_sensitive");
    uint64_t count = 1;
    TRY(check_keys(ctx, index, KNOWN, COUNT_OF(KNOWN)));
    if (fpp.ptr) TRY(check_fpp(ctx, fpp));
    if (grams.ptr && (!str_to_u64(grams, &count) || count == 0 || count > INT32_MAX))
        return SAY(ctx, SEMANTIC, "Ngram Bloom filter's gram_num should be positive number");
    bool is_bool =
        !by_case.ptr || str_eq_nocase(by_case, STR("true")) || str_eq_nocase(by_case, STR("false"));
    if (is_bool) return RC_OK;
    return SAY(ctx, SEMANTIC, "Ngram Bloom filter's case_sensitive should be true or false");
}

static Rc check_vector_properties(Ctx *ctx, const IndexDef *index)
{
    static const char *const KNOWN[] = {
        "index_type", "dim",   "metric_type", "is_vector_normed", "m", "efconstruction",
        "efsearch",   "nbits", "nlist",       "m_ivfpq"};
    Str type = property(index, "index_type"), dim = property(index, "dim");
    uint64_t count = 0;
    if (index->property_count == 0)
        return SAY(ctx, SEMANTIC, "You should set index_type at least to add a vector index.");
    TRY(check_keys(ctx, index, KNOWN, COUNT_OF(KNOWN)));
    if (!type.ptr || (!str_eq_nocase(type, STR("hnsw")) && !str_eq_nocase(type, STR("ivfpq"))))
        return SAY(ctx, SEMANTIC, "`index_type` should be HNSW or IVFPQ");
    if (!dim.ptr || !str_to_u64(dim, &count) || count == 0 || count > INT32_MAX)
        return SAY(ctx, SEMANTIC, "`dim` should be a positive number");
    return property(index, "metric_type").ptr
               ? RC_OK
               : SAY(ctx, SEMANTIC, "You must define the metric_type of vector index");
}

// ------------------------------------------------------------------------------------- the clause

static Rc check_names(Ctx *ctx, const AstIndexDef *ast)
{
    Str name = ast->name.text;
    if (name.len == 0) return SAY(ctx, SEMANTIC, "index name cannot be blank.");
    if (name.len > NAME_CHARS)
        return SAY(ctx, SEMANTIC, "index name too long, the index name length at most is 64.");
    for (size_t i = 0; i < ast->columns.count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(ast->columns.at[i].text, ast->columns.at[k].text))
                return SAY(ctx, SEMANTIC, "columns of index has duplicated.");
    if (ast->columns.count == 1) return RC_OK;
    return SAY(ctx, SEMANTIC, "%.*s index can only apply to a single column.", STR_ARG(name));
}

static Rc check_kind(Ctx *ctx, const TableDef *def, const Column *column, const IndexDef *index)
{
    if (str_eq(index->type, STR("BITMAP"))) return check_bitmap(ctx, def, column);
    if (str_eq(index->type, STR("GIN"))) {
        TRY(check_gin(ctx, def, column));
        return check_gin_properties(ctx, index, column);
    }
    if (str_eq(index->type, STR("NGRAMBF"))) {
        TRY(check_ngram(ctx, def, column));
        return check_ngram_properties(ctx, index);
    }
    if (str_eq(index->type, STR("VECTOR"))) {
        TRY(check_vector(ctx, def, column));
        return check_vector_properties(ctx, index);
    }
    return SAY(ctx, SEMANTIC, "Unsupported index type: %.*s", STR_ARG(index->type));
}

// An index over one of `columns`; whether the name is taken is for the caller to see.
static Rc read_index(Ctx *ctx, const TableDef *def, const AstIndexDef *ast, const Schema *columns,
                     IndexDef *out)
{
    TRY(check_names(ctx, ast));
    IndexDef index = {.name = ast->name.text,
                      .type = ast->type.ptr ? str_upper(ctx->arena, ast->type) : STR("BITMAP"),
                      .comment = ast->comment.ptr ? ast->comment : STR(""),
                      .property_count = ast->properties.count};
    index.properties = ARENA_ARRAY(ctx->arena, Property, ast->properties.count);
    for (size_t i = 0; i < ast->properties.count; i++)
        index.properties[i] = (Property){str_lower(ctx->arena, ast->properties.at[i].key),
                                         ast->properties.at[i].value};
    const Column *column = schema_column_named(columns, ast->columns.at[0].text);
    if (!column || column->is_hidden)
        return SAY(ctx, SEMANTIC, "%.*s column does not exist in table. invalid column: %.*s",
                   STR_ARG(index.name), STR_ARG(ast->columns.at[0].text));
    TRY(check_kind(ctx, def, column, &index));
    index.columns = ARENA_NEW(ctx->arena, uint32_t);
    index.columns[0] = column->id;
    index.column_count = 1;
    *out = index;
    return RC_OK;
}

Rc ddl_read_indexes(Ctx *ctx, const CreateTableStatement *stmt, TableDef *def)
{
    IndexDef *indexes = ARENA_ARRAY(ctx->arena, IndexDef, stmt->index_count);
    for (size_t i = 0; i < stmt->index_count; i++)
        TRY(read_index(ctx, def, &stmt->indexes[i], table_current_schema(def), &indexes[i]));
    for (size_t i = 0; i < stmt->index_count; i++)
        for (size_t k = 0; k < i; k++)
            if (str_eq_nocase(indexes[i].name, indexes[k].name))
                return SAY(ctx, SEMANTIC, "index name must be unique");
    for (size_t i = 0; i < stmt->index_count; i++)
        for (size_t k = 0; k < i; k++)
            if (indexes[i].columns[0] == indexes[k].columns[0])
                return SAY(ctx, SEMANTIC,
                           "same index columns have multiple index name is not allowed");
    def->indexes = indexes;
    def->index_count = stmt->index_count;
    return RC_OK;
}

Rc alter_add_index(Ctx *ctx, Altering *a, const AstIndexDef *ast)
{
    TableDef *def = a->def;
    Schema columns = {.columns = a->columns.at, .column_count = a->columns.len};
    IndexDef *indexes = ARENA_ARRAY(ctx->arena, IndexDef, def->index_count + 1);
    IndexDef *added = &indexes[def->index_count];
    TRY(read_index(ctx, def, ast, &columns, added));
    if (def->index_count >= LIMIT_COLUMNS)
        return FAIL(ctx, LIMIT_EXCEEDED, "The number of indexes", (long long)LIMIT_COLUMNS);
    for (size_t i = 0; i < def->index_count; i++) {
        indexes[i] = def->indexes[i];
        if (str_eq_nocase(indexes[i].name, added->name))
            return SAY(ctx, SEMANTIC, "index `%.*s` already exist.", STR_ARG(added->name));
        if (indexes[i].columns[0] == added->columns[0])
            return SAY(ctx, SEMANTIC, "index for columns (%.*s) already exist.",
                       STR_ARG(ast->columns.at[0].text));
    }
    def->indexes = indexes;
    def->index_count++;
    return RC_OK;
}

Rc alter_drop_index(Ctx *ctx, Altering *a, Str name)
{
    TableDef *def = a->def;
    for (size_t i = 0; i < def->index_count; i++) {
        if (!str_eq_nocase(def->indexes[i].name, name)) continue;
        for (; i + 1 < def->index_count; i++) def->indexes[i] = def->indexes[i + 1];
        def->index_count--;
        return RC_OK;
    }
    return SAY(ctx, SEMANTIC, "Index %.*s does not exist", STR_ARG(name));
}
