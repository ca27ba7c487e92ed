/*
 * sql/parse_type: column types and the targets of CAST.
 *
 * Source  StarRocks' grammar (type) and its limits on sizes. Display widths, INT(11), are dropped.
 * Errors  SYNTAX, SEMANTIC (sizes), NOT_SUPPORTED (types that tables cannot hold yet).
 * Threads pure.
 */
#include "sql/parser.h"

typedef enum TypeForm {
    FORM_PLAIN,
    FORM_WIDTH,    // [ '(' n ')' ], without meaning
    FORM_LENGTH,   // [ '(' n ')' ]
    FORM_DECIMAL,  // [ '(' p [ ',' s ] ')' ]
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
    {STR_INIT("BITMAP"), TYPE_BITMAP, FORM_REFUSED, 0},
    {STR_INIT("HLL"), TYPE_HLL, FORM_REFUSED, 0},
    {STR_INIT("PERCENTILE"), TYPE_PERCENTILE, FORM_REFUSED, 0},
    {STR_INIT("JSON"), TYPE_JSON, FORM_REFUSED, 0},
    {STR_INIT("VARIANT"), TYPE_NULL, FORM_REFUSED, 0},
    {STR_INIT("ARRAY"), TYPE_ARRAY, FORM_REFUSED, 0},
    {STR_INIT("MAP"), TYPE_MAP, FORM_REFUSED, 0},
    {STR_INIT("STRUCT"), TYPE_STRUCT, FORM_REFUSED, 0},
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

Rc parse_type(Parser *p, Type *out)
{
    if (accept_signed(p, out)) return RC_OK;
    size_t i = 0;
    while (i < COUNT_OF(TYPES) && !str_eq_nocase(TYPES[i].word, p->token.text)) i++;
    if (p->token.kind != TOKEN_WORD || i == COUNT_OF(TYPES)) return fail_unexpected(p, "a type");
    if (TYPES[i].form == FORM_REFUSED)
        return fail_unsupported(
            p, str_z(p->ctx->arena, str_printf(p->ctx->arena, "the type %s", TYPES[i].word.ptr)));
    Pos pos = pos_of(p);
    uint64_t width = 0;
    bool is_given;
    Type type = {.kind = TYPES[i].kind, .len = TYPES[i].size};
    advance(p);
    switch (TYPES[i].form) {
    case FORM_WIDTH: TRY(parse_parameter(p, &width, &is_given)); break;
    case FORM_LENGTH: TRY(parse_length(p, pos, &type)); break;
    case FORM_DECIMAL:
        type.len = 0;
        TRY(parse_decimal(p, pos, TYPES[i].size, &type));
        break;
    default: break;
    }
    *out = type;
    return RC_OK;
}
