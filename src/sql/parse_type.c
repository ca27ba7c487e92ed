/*
 * sql/parse_type: column types and the targets of CAST.
 *
 * Source  StarRocks' grammar (type) and its limits on sizes. Display widths, INT(11), are dropped.
 * Errors  SYNTAX, SEMANTIC (sizes, parts), LIMIT_EXCEEDED (nesting), NOT_SUPPORTED by name.
 * Threads pure.
 */
#include "sql/parser.h"

typedef enum TypeForm {
    FORM_PLAIN,
    FORM_WIDTH,    // [ '(' n ')' ], without meaning
    FORM_LENGTH,   // [ '(' n ')' ]
    FORM_DECIMAL,  // [ '(' p [ ',' s ] ')' ]
    FORM_ARRAY,    // '<' type '>'
    FORM_MAP,      // '<' type ',' type '>'
    FORM_STRUCT,   // '<' name [ ':' ] type { ',' name [ ':' ] type } '>'
    FORM_REFUSED,
} TypeForm;

static const struct {
    Str word;
    TypeKind kind;
    TypeForm form;
    uint32_t size;  // default length, or default and largest precision
} TYPES[] = {
    {STR_INIT("BOOLEAN"), TYPE_BOOLEAN, FORM_PLAIN, 0},
    {STR_INIT("TINYINT"), TYPE_TINYINT, FORM_WIDTH, 0},
    {STR_INIT("SMALLINT"), TYPE_SMALLINT, FORM_WIDTH, 0},
    {STR_INIT("INT"), TYPE_INT, FORM_WIDTH, 0},
    {STR_INIT("INTEGER"), TYPE_INT, FORM_WIDTH, 0},
    {STR_INIT("BIGINT"), TYPE_BIGINT, FORM_WIDTH, 0},
    {STR_INIT("LARGEINT"), TYPE_LARGEINT, FORM_WIDTH, 0},
    {STR_INIT("FLOAT"), TYPE_FLOAT, FORM_PLAIN, 0},
    {STR_INIT("DOUBLE"), TYPE_DOUBLE, FORM_PLAIN, 0},
    {STR_INIT("DECIMAL"), TYPE_DECIMAL, FORM_DECIMAL, 38},
    {STR_INIT("DECIMALV2"), TYPE_DECIMAL, FORM_DECIMAL, 27},
    {STR_INIT("DECIMAL32"), TYPE_DECIMAL, FORM_DECIMAL, 9},
    {STR_INIT("DECIMAL64"), TYPE_DECIMAL, FORM_DECIMAL, 18},
    {STR_INIT("DECIMAL128"), TYPE_DECIMAL, FORM_DECIMAL, 38},
    {STR_INIT("NUMERIC"), TYPE_DECIMAL, FORM_DECIMAL, 38},
    {STR_INIT("NUMBER"), TYPE_DECIMAL, FORM_DECIMAL, 38},
    {STR_INIT("DATE"), TYPE_DATE, FORM_PLAIN, 0},
    {STR_INIT("DATETIME"), TYPE_DATETIME, FORM_PLAIN, 0},
    {STR_INIT("TIME"), TYPE_TIME, FORM_PLAIN, 0},
    {STR_INIT("CHAR"), TYPE_CHAR, FORM_LENGTH, 0},
    {STR_INIT("VARCHAR"), TYPE_VARCHAR, FORM_LENGTH, 0},
    {STR_INIT("STRING"), TYPE_VARCHAR, FORM_PLAIN, TYPE_STRING_LEN},
    {STR_INIT("TEXT"), TYPE_VARCHAR, FORM_PLAIN, TYPE_STRING_LEN},
    {STR_INIT("BINARY"), TYPE_VARBINARY, FORM_LENGTH, TYPE_VARCHAR_MAX},
    {STR_INIT("VARBINARY"), TYPE_VARBINARY, FORM_LENGTH, TYPE_VARCHAR_MAX},
    {STR_INIT("UNSIGNED"), TYPE_NULL, FORM_REFUSED, 0},
    {STR_INIT("DECIMAL256"), TYPE_DECIMAL, FORM_REFUSED, 0},
    {STR_INIT("BITMAP"), TYPE_BITMAP, FORM_PLAIN, 0},
    {STR_INIT("HLL"), TYPE_HLL, FORM_PLAIN, 0},
    {STR_INIT("PERCENTILE"), TYPE_PERCENTILE, FORM_PLAIN, 0},
    {STR_INIT("JSON"), TYPE_JSON, FORM_PLAIN, 0},
    {STR_INIT("VARIANT"), TYPE_NULL, FORM_REFUSED, 0},
    {STR_INIT("ARRAY"), TYPE_ARRAY, FORM_ARRAY, 0},
    {STR_INIT("MAP"), TYPE_MAP, FORM_MAP, 0},
    {STR_INIT("STRUCT"), TYPE_STRUCT, FORM_STRUCT, 0},
};

static Rc fail_size(Parser *p, Pos pos, const char *format, ...) PRINTF_LIKE(3, 4);
static Rc fail_size(Parser *p, Pos pos, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Str text = str_vprintf(p->ctx->arena, format, args);
    va_end(args);
    return FAIL_AT(p->ctx, pos.line, pos.column, SEMANTIC, STR_ARG(text));
}

// typeParameter = [ '(' integer ')' ]. *is_given false: nothing there.
static Rc parse_parameter(Parser *p, uint64_t *out, bool *is_given)
{
    *is_given = accept_op(p, '(');
    if (!*is_given) return RC_OK;
    TRY(parse_u64(p, out));
    return expect_op(p, ')');
}

static Rc parse_length(Parser *p, Pos pos, Type *type)
{
    uint64_t len = type->len, max = type->kind == TYPE_CHAR ? TYPE_CHAR_MAX : TYPE_VARCHAR_MAX;
    bool is_given;
    // VARCHAR(*) is StarRocks' longest VARCHAR.
    if (at_op(p, '(') && p->ahead.kind == TOKEN_OP && p->ahead.op == '*') {
        advance(p);
        advance(p);
        type->len = (uint32_t)max;
        return expect_op(p, ')');
    }
    TRY(parse_parameter(p, &len, &is_given));
    const char *word = type->kind == TYPE_CHAR      ? "Char"
                       : type->kind == TYPE_VARCHAR ? "Varchar"
                                                    : "Varbinary";
    if (is_given && len == 0) return fail_size(p, pos, "%s size must be > 0: 0", word);
    if (len > max)
        return fail_size(p, pos, "%s size must be <= %llu: %llu", word, (unsigned long long)max,
                         (unsigned long long)len);
    type->len = (uint32_t)len;
    return RC_OK;
}

// decimalType = word [ '(' precision [ ',' scale ] ')' ]. DECIMAL alone is DECIMAL(10, 0); the
// forms with a width in their name fill it.
static Rc parse_decimal(Parser *p, Pos pos, uint64_t max, Type *type)
{
    uint64_t precision = max == TYPE_DECIMAL_MAX_PRECISION ? 10 : max, scale = 0;
    if (accept_op(p, '(')) {
        TRY(parse_u64(p, &precision));
        if (accept_op(p, ',')) TRY(parse_u64(p, &scale));
        TRY(expect_op(p, ')'));
    }
    if (precision < 1 || precision > max)
        return fail_size(p, pos, "DECIMAL's precision should range from 1 to %llu",
                         (unsigned long long)max);
    if (scale > precision)
        return fail_size(p, pos, "DECIMAL's scale should be less than or equal to precision");
    type->precision = (uint8_t)precision;
    type->scale = (uint8_t)scale;
    return RC_OK;
}

// SIGNED [ INT | INTEGER ], meant for CAST
static bool accept_signed(Parser *p, Type *out)
{
    if (!accept_word(p, KW_SIGNED)) return false;
    if (!accept_word(p, KW_INT)) (void)accept_word(p, KW_INTEGER);
    *out = TYPE_OF(INT);
    return true;
}

// --- ARRAY, MAP, STRUCT

static Rc parse_type_at(Parser *p, unsigned depth, Type *out);

// '>', which `>>` may hold twice: ARRAY<ARRAY<INT>>
static Rc expect_close(Parser *p)
{
    if (!at_op(p, OP2('>', '>'))) return expect_op(p, '>');
    p->token.op = '>';
    p->token.text = str_sub(p->token.text, 1, p->token.text.len);
    p->token.column++;
    return RC_OK;
}

// A type inside another. Texts without a length are as long as STRING there; CHAR is CHAR(1).
static Rc parse_part(Parser *p, unsigned depth, Type *out)
{
    TRY(parse_type_at(p, depth + 1, out));
    if (type_is_text(out->kind) && out->len == 0)
        out->len = out->kind == TYPE_CHAR ? 1 : TYPE_STRING_LEN;
    return RC_OK;
}

static bool is_sketch(TypeKind kind)
{
    return kind == TYPE_BITMAP || kind == TYPE_HLL || kind == TYPE_PERCENTILE;
}

static Rc check_part(Parser *p, Pos pos, Type part)
{
    if (!is_sketch(part.kind) && part.kind != TYPE_TIME) return RC_OK;
    return fail_size(p, pos, "Invalid data type: %s", type_name(part.kind));
}

static Rc parse_array_type(Parser *p, Pos pos, unsigned depth, Type *type)
{
    Type element;
    TRY(parse_part(p, depth, &element));
    TRY(check_part(p, pos, element));
    *type = type_array(p->ctx->arena, element);
    return RC_OK;
}

static Rc parse_map_type(Parser *p, Pos pos, unsigned depth, Type *type)
{
    Type key, value;
    TRY(parse_part(p, depth, &key));
    TRY(expect_op(p, ','));
    TRY(parse_part(p, depth, &value));
    bool is_base = !type_is_nested(key.kind) && key.kind != TYPE_JSON && !is_sketch(key.kind);
    if (!is_base)
        return fail_size(p, pos, "Invalid map.key's type: %.*s, which should be base types",
                         STR_ARG(type_text(p->ctx->arena, key)));
    TRY(check_part(p, pos, key));
    TRY(check_part(p, pos, value));
    *type = type_map(p->ctx->arena, key, value);
    return RC_OK;
}

// Any word can name a field: nothing else may stand there.
static Rc parse_field_name(Parser *p, Name *out)
{
    if (p->token.kind != TOKEN_WORD) return parse_name(p, out);
    *out = (Name){p->token.text, pos_of(p)};
    advance(p);
    return RC_OK;
}

static Rc parse_struct_type(Parser *p, Pos pos, unsigned depth, Type *type)
{
    VEC(Str) names = {0};
    VEC(Type) types = {0};
    do {
        Name name;
        Type field;
        TRY(check_list(p, names.len));
        TRY(parse_field_name(p, &name));
        (void)accept_op(p, ':');
        TRY(parse_part(p, depth, &field));
        TRY(check_part(p, pos, field));
        for (size_t i = 0; i < names.len; i++)
            if (str_eq_nocase(names.at[i], name.text))
                return fail_size(p, name.pos, "struct contains duplicate subfield name: %.*s",
                                 STR_ARG(name.text));
        vec_push(p->ctx->arena, &names, name.text);
        vec_push(p->ctx->arena, &types, field);
    } while (accept_op(p, ','));
    *type = type_struct(p->ctx->arena, names.at, types.at, names.len);
    return RC_OK;
}

static Rc parse_parts(Parser *p, Pos pos, unsigned depth, TypeForm form, Type *type)
{
    if (depth >= LIMIT_TYPE_DEPTH)
        return FAIL(p->ctx, LIMIT_EXCEEDED, "The nesting of a type", (long long)LIMIT_TYPE_DEPTH);
    TRY(expect_op(p, '<'));
    switch (form) {
    case FORM_ARRAY: TRY(parse_array_type(p, pos, depth, type)); break;
    case FORM_MAP: TRY(parse_map_type(p, pos, depth, type)); break;
    default: TRY(parse_struct_type(p, pos, depth, type)); break;
    }
    return expect_close(p);
}

static Rc parse_form(Parser *p, Pos pos, unsigned depth, size_t i, Type *type)
{
    uint64_t width = 0;
    bool is_given;
    switch (TYPES[i].form) {
    case FORM_WIDTH: return parse_parameter(p, &width, &is_given);
    case FORM_LENGTH: return parse_length(p, pos, type);
    case FORM_DECIMAL: type->len = 0; return parse_decimal(p, pos, TYPES[i].size, type);
    case FORM_ARRAY:
    case FORM_MAP:
    case FORM_STRUCT: return parse_parts(p, pos, depth, TYPES[i].form, type);
    case FORM_PLAIN:
    case FORM_REFUSED: break;
    }
    return RC_OK;
}

static Rc parse_type_at(Parser *p, unsigned depth, Type *out)
{
    if (accept_signed(p, out)) return RC_OK;
    size_t i = 0;
    while (i < COUNT_OF(TYPES) && !str_eq_nocase(TYPES[i].word, p->token.text)) i++;
    if (p->token.kind != TOKEN_WORD || i == COUNT_OF(TYPES)) return fail_unexpected(p, "a type");
    if (TYPES[i].form == FORM_REFUSED)
        return fail_unsupported(
            p, str_z(p->ctx->arena, str_printf(p->ctx->arena, "the type %s", TYPES[i].word.ptr)));
    Pos pos = pos_of(p);
    Type type = {.kind = TYPES[i].kind, .len = TYPES[i].size};
    advance(p);
    TRY(parse_form(p, pos, depth, i, &type));
    *out = type;
    return RC_OK;
}

Rc parse_type(Parser *p, Type *out)
{
    return parse_type_at(p, 0, out);
}
