/*
 * plan/expr_call: calls of functions. Which are known, and how the engine spells them, is in
 * functions.def.
 *
 * A call takes the signature whose parameters are nearest to its arguments; the arguments are cast
 * to it. Functions that are operators, take units of time, or know the session are done here by
 * hand. Source  StarRocks' functions.py and FunctionAnalyzer. Errors  SEMANTIC (No matching
 * function with signature: ..), NOT_SUPPORTED by name.   Threads  pure.
 */
#include "plan/expr_call.h"
#include "base/vec.h"
#include "plan/expr_nested.h"
#include "plan/hoist.h"
#include "plan/premerge.h"
#include "sql/sql.h"
#include <time.h>

static const Signature SIGNATURES[] = {
#define KIND_S CALL_SCALAR
#define KIND_V CALL_VOLATILE
#define KIND_A CALL_AGGREGATE
#define KIND_W CALL_WINDOW
#define F(name, params, result, kind, text) {name, params, result, KIND_##kind, text},
#define LATER(pattern)
#include "plan/functions.def"
#undef F
#undef LATER
};

static const char *const LATER_PATTERNS[] = {
#define F(name, params, result, kind, text)
#define LATER(pattern) pattern,
#include "plan/functions.def"
#undef F
#undef LATER
};

// ------------------------------------------------------------------------------- signatures

static TypeKind kind_of_sign(char sign)
{
    switch (sign) {
    case 't': return TYPE_TINYINT;
    case 'h': return TYPE_SMALLINT;
    case 'i': return TYPE_INT;
    case 'l': return TYPE_BIGINT;
    case 'L': return TYPE_LARGEINT;
    case 'f': return TYPE_FLOAT;
    case 'd': return TYPE_DOUBLE;
    case 'm': return TYPE_DECIMAL;
    case 'b': return TYPE_BOOLEAN;
    case 's': return TYPE_VARCHAR;
    case 'B': return TYPE_VARBINARY;
    case 'D': return TYPE_DATE;
    case 'T': return TYPE_DATETIME;
    case 'J': return TYPE_JSON;
    case 'M': return TYPE_BITMAP;
    case 'H': return TYPE_HLL;
    case 'P': return TYPE_PERCENTILE;
    default: must(!"a sign of functions.def"); return TYPE_NULL;
    }
}

// One sign of functions.def: a plain one, [of ARRAY], {of a MAP}.
typedef struct Sign {
    char outer;  // '[', '{', or 0; 0 with of[0] == 0: there is none
    char of[2];
} Sign;

static const char *read_sign(const char *at, Sign *out)
{
    *out = (Sign){0};
    if (*at == '[') {
        *out = (Sign){'[', {at[1], 0}};
        return at + 3;
    }
    if (*at == '{') {
        *out = (Sign){'{', {at[1], at[2]}};
        return at + 4;
    }
    out->of[0] = *at;
    return *at ? at + 1 : at;
}

// The sign of parameter `i`; the last one repeats before '+'.
static Sign param_sign(const Signature *signature, size_t i)
{
    Sign sign = {0}, last = {0};
    const char *at = signature->params;
    for (size_t k = 0; k <= i && *at != 0; k++) {
        if (*at == '+') return last;
        at = read_sign(at, &sign);
        last = sign;
        if (k == i) return sign;
    }
    if (*at == '+') return last;
    return (Sign){0};
}

static bool takes_count(const Signature *signature, size_t count)
{
    size_t least = 0;
    Sign sign;
    const char *at = signature->params;
    for (; *at != 0 && *at != '+'; least++) at = read_sign(at, &sign);
    return *at == '+' ? count >= least : count == least;
}

// What the letters of a signature stand for in a call: c and o one type each; x and y the types of
// elements, keys and values.
typedef struct Generics {
    Type c, x, y;
} Generics;

static Type *generic_of(Generics *generics, char sign)
{
    if (sign == 'c' || sign == 'C') return &generics->c;
    if (sign == 'x') return &generics->x;
    return sign == 'y' ? &generics->y : NULL;
}

static bool join_generic(Ctx *ctx, Generics *generics, char sign, Type type)
{
    Type *known = generic_of(generics, sign);
    return known == NULL || typing_common(ctx->arena, *known, type, known);
}

// The types that generic parameters have in this call; false: arguments do not go together.
static bool find_generics(Ctx *ctx, const Signature *signature, const TypedExpr *args, size_t count,
                          Generics *out)
{
    Type none = typing_of(TYPE_NULL);
    *out = (Generics){none, none, none};
    for (size_t i = 0; i < count; i++) {
        Sign sign = param_sign(signature, i);
        Type type = args[i].type;
        TypeKind wanted = sign.outer == '[' ? TYPE_ARRAY : TYPE_MAP;
        if (sign.outer == 0) {
            if (!join_generic(ctx, out, sign.of[0], type)) return false;
            continue;
        }
        if (type.kind == TYPE_NULL) continue;
        if (type.kind != wanted) return false;
        for (size_t k = 0; k < type.parts->count; k++)
            if (!join_generic(ctx, out, sign.of[k], type.parts->types[k])) return false;
    }
    return true;
}

// How far an argument is from a plain parameter; -1: it does not match.
static int plain_distance(char sign, Type type)
{
    if (sign == 'a' || sign == 'c' || sign == 'x' || sign == 'y') return 0;
    if (sign == 'o' || sign == 'C') return typing_can_order(type) && !type.parts ? 0 : -1;
    return typing_distance(type, typing_of(kind_of_sign(sign)));
}

static int param_distance(Sign sign, Type type)
{
    if (sign.outer == 0) return plain_distance(sign.of[0], type);
    if (type.kind == TYPE_NULL) return 0;
    int sum = 0;
    for (size_t k = 0; k < type.parts->count; k++) {
        int distance = plain_distance(sign.of[k], type.parts->types[k]);
        if (distance < 0) return -1;
        sum += distance;
    }
    return sum;
}

// Sum of the distances of all arguments; -1: does not match.
static int signature_distance(Ctx *ctx, const Signature *signature, const TypedExpr *args,
                              size_t count)
{
    Generics generics;
    int sum = 0;
    if (!takes_count(signature, count) || !find_generics(ctx, signature, args, count, &generics))
        return -1;
    for (size_t i = 0; i < count; i++) {
        int distance = param_distance(param_sign(signature, i), args[i].type);
        if (distance < 0) return -1;
        sum += distance;
    }
    return sum;
}

const Signature *call_signature(Ctx *ctx, Str name, const TypedExpr *args, size_t count)
{
    const Signature *best = NULL;
    int best_distance = 0;
    for (size_t i = 0; i < COUNT_OF(SIGNATURES); i++) {
        if (!str_eq_nocase(name, str_from(SIGNATURES[i].name))) continue;
        int distance = signature_distance(ctx, &SIGNATURES[i], args, count);
        if (distance < 0 || (best != NULL && distance >= best_distance)) continue;
        best = &SIGNATURES[i];
        best_distance = distance;
    }
    return best;
}

CallKind call_kind(Str name)
{
    for (size_t i = 0; i < COUNT_OF(SIGNATURES); i++)
        if (str_eq_nocase(name, str_from(SIGNATURES[i].name))) return SIGNATURES[i].kind;
    return CALL_UNKNOWN;
}

static bool is_later(Str name)
{
    for (size_t i = 0; i < COUNT_OF(LATER_PATTERNS); i++) {
        Str pattern = str_from(LATER_PATTERNS[i]);
        bool is_open = str_ends(pattern, STR("*"));
        if (is_open) pattern.len--;
        if (is_open ? str_starts_nocase(name, pattern) : str_eq_nocase(name, pattern)) return true;
    }
    return false;
}

Rc call_no_match(Ctx *ctx, const Expr *expr, const TypedExpr *args, size_t count)
{
    Str name = str_lower(ctx->arena, qname_text(ctx->arena, expr->call->name));
    if (call_kind(name) == CALL_UNKNOWN && is_later(name))
        return SAY(ctx, NOT_SUPPORTED, "function %.*s()", STR_ARG(name));
    Buf buf = buf_new(ctx->arena);
    buf_printf(&buf, "No matching function with signature: %.*s(", STR_ARG(name));
    if (args == NULL) buf_add_byte(&buf, '*');
    for (size_t i = 0; i < count; i++)
        buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(typing_text(ctx->arena, args[i].type)));
    buf_add_byte(&buf, ')');
    return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(buf_str(&buf)));
}

// ------------------------------------------------------------------------------- text for the
// engine

static Str zone_sql(Ctx *ctx, const Binder *binder)
{
    Str zone = binder->scope->planner->env->zone;
    return literal_sql(ctx, typing_of(TYPE_VARCHAR), zone.len > 0 ? zone : STR("UTC"));
}

static void put_args(Buf *out, const TypedExpr *args, size_t from, size_t count)
{
    for (size_t i = from; i < count; i++)
        buf_printf(out, "%s%.*s", i > from ? ", " : "", STR_ARG(args[i].sql));
}

static void put_null_test(Buf *out, const TypedExpr *args, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "%s%.*s IS NULL", i ? " OR " : "", STR_ARG(args[i].sql));
}

static void put_base64_test(Buf *out, Str sql)
{
    buf_printf(
        out,
        "regexp_full_match(%.*s, '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?')",
        STR_ARG(sql));
}

// One sign behind '%'; returns how many bytes of the template it took.
static size_t put_sign(Ctx *ctx, const Binder *binder, const CallText *text, const char *sign,
                       Buf *out)
{
    size_t index = (size_t)(sign[0] - '1');
    switch (sign[0]) {
    case '%': buf_add_byte(out, '%'); return 1;
    case '*': put_args(out, text->args, 0, text->count); return 1;
    case 't': buf_add(out, scan_engine_type(ctx->arena, text->result)); return 1;
    case 'n': put_null_test(out, text->args, text->count); return 1;
    case 'z': buf_add(out, zone_sql(ctx, binder)); return 1;
    case 'd': buf_add_z(out, text->is_distinct ? "DISTINCT " : ""); return 1;
    case 'i': buf_add_z(out, text->ignores_nulls ? " IGNORE NULLS" : ""); return 1;
    case 'w': buf_add(out, text->window); return 1;
    case 'o': buf_add(out, text->order); return 1;
    case 'q': put_base64_test(out, text->args[0].sql); return 1;
    default: break;
    }
    if (sign[0] < '1' || sign[0] > '9') {  // a % of the engine's own, as in (a % b) or '%Y'
        buf_add_byte(out, '%');
        return 0;
    }
    if (sign[1] == '*') {
        put_args(out, text->args, index, text->count);
        return 2;
    }
    must(index < text->count);
    buf_add(out, text->args[index].sql);
    return 1;
}

Str call_expand(Ctx *ctx, const Binder *binder, const char *template, const CallText *text)
{
    Buf out = buf_new(ctx->arena);
    for (const char *at = template; *at != 0;) {
        if (*at != '%')
            buf_add_byte(&out, *at++);
        else
            at += 1 + put_sign(ctx, binder, text, at + 1, &out);
    }
    return buf_str(&out);
}

static Type type_of_letter(Generics *generics, char sign, const TypedExpr *args)
{
    const Type *generic = generic_of(generics, sign);
    if (generic != NULL) return *generic;
    if (sign >= '1' && sign <= '9') return args[sign - '1'].type;
    return typing_of(kind_of_sign(sign));
}

static Type type_of_sign(Arena *arena, Sign sign, Generics *generics, const TypedExpr *args)
{
    Type first = type_of_letter(generics, sign.of[0], args);
    if (sign.outer == '[') return type_array(arena, first);
    if (sign.outer == 0) return first;
    return type_map(arena, first, type_of_letter(generics, sign.of[1], args));
}

// DECIMAL keeps its own precision, as part of an ARRAY too.
static Type wanted_type(Ctx *ctx, Sign sign, Generics *generics, Type have)
{
    bool is_decimal = sign.of[0] == 'm';
    if (!is_decimal) return type_of_sign(ctx->arena, sign, generics, NULL);
    if (sign.outer == 0) return typing_as_decimal(have);
    Type element = have.parts ? have.parts->types[0] : typing_of(TYPE_NULL);
    return type_array(ctx->arena, typing_as_decimal(element));
}

// Whether the text of a call names argument `at` more than once.
static bool is_repeated(const char *template, size_t at)
{
    size_t count = 0;
    for (const char *sign = strchr(template, '%'); sign != NULL; sign = strchr(sign + 2, '%')) {
        count += sign[1] == '*' || sign[1] == 'n' || sign[1] == (char)('1' + at);
        if (sign[1] == 0) break;
    }
    return count > 1;
}

// The engine takes neither aggregates nor subqueries into its lambdas.
static Hoist hoist_args(Ctx *ctx, const Signature *signature, CallText *text)
{
    Hoist hoist = {0};
    bool is_plain = signature->kind == CALL_SCALAR || signature->kind == CALL_VOLATILE;
    bool has_lambda = strstr(signature->text, "lambda") != NULL;
    for (size_t i = 0; i < text->count && is_plain; i++) {
        TypedExpr *arg = &text->args[i];
        if (has_lambda && arg->traits != 0)
            hoist_force(ctx, &hoist, &arg->sql);
        else if (is_repeated(signature->text, i))
            hoist_add(ctx, &hoist, &arg->sql);
    }
    return hoist;
}

Rc call_apply(Ctx *ctx, const Binder *binder, const Signature *signature, CallText *text,
              TypedExpr *out)
{
    Generics generics;
    must(find_generics(ctx, signature, text->args, text->count, &generics));
    TypedExpr all = {0};
    for (size_t i = 0; i < text->count; i++) {
        Sign sign = param_sign(signature, i);
        TypedExpr from = text->args[i];
        bool is_kept = sign.outer == 0 && (sign.of[0] == 'a' || sign.of[0] == 'o');
        if (!is_kept)
            TRY(expr_convert(ctx, &from, wanted_type(ctx, sign, &generics, from.type),
                             &text->args[i]));
        expr_inherit(&all, &text->args[i]);
    }
    if (signature->kind == CALL_VOLATILE) all.traits |= TRAIT_VOLATILE;
    if (signature->kind == CALL_VOLATILE) premerge_note_volatile(binder);
    Sign result;
    (void)read_sign(signature->result + (signature->result[0] == '='), &result);
    text->result = type_of_sign(ctx->arena, result, &generics, text->args);
    Hoist hoist = hoist_args(ctx, signature, text);
    Str sql = call_expand(ctx, binder, signature->text, text);
    if (signature->result[0] != '=')
        sql = str_printf(ctx->arena, "CAST(%.*s AS %.*s)", STR_ARG(sql),
                         STR_ARG(scan_engine_type(ctx->arena, text->result)));
    sql = hoist_finish(ctx, &hoist, sql);
    *out = expr_rewrite(&all, text->result, sql);
    return RC_OK;
}

Rc call_bind_args(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr **out)
{
    const ExprList *list = &expr->call->args;
    TypedExpr *args = ARENA_ARRAY(ctx->arena, TypedExpr, list->count);
    for (size_t i = 0; i < list->count; i++) TRY(expr_bind(ctx, binder, list->at[i], &args[i]));
    *out = args;
    return RC_OK;
}

// ------------------------------------------------------------------------------- done by hand

static const char NON_DETERMINISTIC[] = "non-deterministic function";

// What a session knows. *is_done false: no such function with so many arguments.
static Rc bind_session_value(Ctx *ctx, Binder *binder, const Expr *expr, bool *is_done,
                             TypedExpr *out)
{
    const PlanEnv *env = binder->scope->planner->env;
    Str name = qname_last(expr->call->name);
    Str value = STR_NONE;
    Type type = typing_of(TYPE_VARCHAR);
    if (str_eq_nocase(name, STR("database")) || str_eq_nocase(name, STR("schema"))) {
        value = env->database.len > 0 ? env->database : STR_NONE;
    } else if (str_eq_nocase(name, STR("user")) || str_eq_nocase(name, STR("current_user")) ||
               str_eq_nocase(name, STR("session_user"))) {
        value = env->user;
    } else if (str_eq_nocase(name, STR("catalog")) || str_eq_nocase(name, STR("current_catalog"))) {
        value = STR("default_catalog");
    } else if (str_eq_nocase(name, STR("connection_id"))) {
        type = typing_of(TYPE_BIGINT);
        value = str_printf(ctx->arena, "%u", env->connection_id);
    } else if (str_eq_nocase(name, STR("version")) || str_eq_nocase(name, STR("current_version"))) {
        bool is_known =
            env->variable != NULL &&
            env->variable(env->handle, STR("version"), PLAN_VARIABLE_SESSION, &value, &type);
        if (!is_known) value = STR_NONE;
    } else {
        *is_done = false;
        return RC_OK;
    }
    *is_done = expr->call->args.count == 0;
    *out = literal_make(ctx, type, value);
    return *is_done ? expr_check_stored(ctx, binder, NON_DETERMINISTIC) : RC_OK;
}

enum { DATE_LEN = 10, SECONDS_LEN = 19, MAX_FRACTION = 6 };

static Str now_text(Ctx *ctx, const PlanEnv *env, bool is_utc)
{
    char text[CLOCK_TEXT_SIZE];
    if (!is_utc && env->now_text.len > 0) return env->now_text;
    if (!is_utc) return str_dup(ctx->arena, str_from(clock_text(env->now_ms, text)));
    struct tm parts;
    time_t seconds = (time_t)(env->now_ms / 1000);
    gmtime_r(&seconds, &parts);
    return str_dup(ctx->arena,
                   (Str){text, strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)});
}

// now(n): with n digits of the second's fraction.
static Rc bind_now(Ctx *ctx, Binder *binder, const Expr *expr, Str text, TypedExpr *out)
{
    const ExprList *args = &expr->call->args;
    if (args->count == 1) {
        TypedExpr digits;
        __int128 count = -1;
        TRY(expr_bind(ctx, binder, args->at[0], &digits));
        bool is_number =
            digits.is_literal && digits.value.ptr != NULL && literal_integer(digits.value, &count);
        if (!is_number || count < 0 || count > MAX_FRACTION)
            return FAIL(ctx, SEMANTIC, STR_ARG(STR("precision must be between 0 and 6")));
        Str micros =
            str_printf(ctx->arena, "%03d000", (int)(binder->scope->planner->env->now_ms % 1000));
        int zeros = MAX_FRACTION - (int)count;
        if (count > 0)
            text = str_printf(ctx->arena, "%.*s.%.*s%.*s", STR_ARG(text), (int)count, micros.ptr,
                              zeros, "000000");
        if (str_ends(text, STR(".000000"))) text.len = SECONDS_LEN;
    }
    *out = literal_make(ctx, typing_of(TYPE_DATETIME), text);
    return RC_OK;
}

// The moment of the statement. One value for all of it, so that filters with it prune partitions.
static Rc bind_moment(Ctx *ctx, Binder *binder, const Expr *expr, bool *is_done, TypedExpr *out)
{
    static const char *const NOW[] = {"now", "current_timestamp", "localtime", "localtimestamp",
                                      "sysdate"};
    static const char *const TODAY[] = {"curdate", "current_date"};
    static const char *const TIME_OF_DAY[] = {"curtime", "current_time"};
    Str name = qname_last(expr->call->name);
    size_t count = expr->call->args.count;
    Str text =
        now_text(ctx, binder->scope->planner->env, str_eq_nocase(name, STR("utc_timestamp")));
    *is_done = true;
    for (size_t i = 0; i < COUNT_OF(NOW) && count <= 1; i++)
        if (str_eq_nocase(name, str_from(NOW[i]))) return bind_now(ctx, binder, expr, text, out);
    for (size_t i = 0; i < COUNT_OF(TODAY) && count == 0; i++) {
        if (!str_eq_nocase(name, str_from(TODAY[i]))) continue;
        *out = literal_make(ctx, typing_of(TYPE_DATE), str_sub(text, 0, DATE_LEN));
        return RC_OK;
    }
    for (size_t i = 0; i < COUNT_OF(TIME_OF_DAY) && count == 0; i++) {
        if (!str_eq_nocase(name, str_from(TIME_OF_DAY[i]))) continue;
        *out = literal_make(ctx, typing_of(TYPE_VARCHAR), str_sub(text, DATE_LEN + 1, text.len));
        return RC_OK;
    }
    if (str_eq_nocase(name, STR("utc_timestamp")) && count == 0) {
        *out = literal_make(ctx, typing_of(TYPE_DATETIME), text);
    } else if (str_eq_nocase(name, STR("unix_timestamp")) && count == 0) {
        Str seconds =
            str_printf(ctx->arena, "%lld", (long long)(binder->scope->planner->env->now_ms / 1000));
        *out = literal_make(ctx, typing_of(TYPE_BIGINT), seconds);
    } else {
        *is_done = false;
    }
    return RC_OK;
}

static bool is_one_of(Str name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq_nocase(name, str_from(names[i]))) return true;
    return false;
}

// days_add, hours_sub, ..: 1 or -1 and the unit; 0: another function.
static int added_unit(Str name, TimeUnit *unit)
{
    bool is_add = name.len > 5 && str_eq_nocase(str_sub(name, name.len - 5, 5), STR("s_add"));
    bool is_sub = name.len > 5 && str_eq_nocase(str_sub(name, name.len - 5, 5), STR("s_sub"));
    if (str_eq_nocase(name, STR("add_months"))) {
        *unit = UNIT_MONTH;
        return 1;
    }
    for (int i = UNIT_NONE + 1; i < UNIT_COUNT && (is_add || is_sub); i++) {
        if (!str_eq_nocase(str_sub(name, 0, name.len - 5), str_from(time_unit_name((TimeUnit)i))))
            continue;
        *unit = (TimeUnit)i;
        return is_add ? 1 : -1;
    }
    return 0;
}

// `amount` may be an INTERVAL with a unit of its own.
static Rc add_to_time(Ctx *ctx, Binder *binder, const Expr *const time_and_amount[2], Interval *by,
                      TypedExpr *out)
{
    const Expr *amount = time_and_amount[1];
    TypedExpr moment;
    if (amount->kind == EXPR_INTERVAL) {
        by->unit = amount->interval.unit;
        amount = amount->interval.arg;
    }
    TRY(expr_bind(ctx, binder, time_and_amount[0], &moment));
    TRY(expr_bind(ctx, binder, amount, &by->count));
    return expr_add_interval(ctx, &moment, by, out);
}

// date_add(t, INTERVAL n unit), date_sub(t, days), timestampadd(unit, n, t), hours_add(t, n), ..
static Rc bind_time_sum(Ctx *ctx, Binder *binder, const Expr *expr, bool *is_done, TypedExpr *out)
{
    static const char *const ADDS[] = {"date_add", "adddate"}, *const SUBS[] = {"date_sub",
                                                                                "subdate"};
    const CallExpr *call = expr->call;
    Str name = qname_last(call->name);
    *is_done = true;
    if (call->args.count != 2) {
        *is_done = false;
        return RC_OK;
    }
    const Expr *operands[2] = {call->args.at[0], call->args.at[1]};
    Interval by = {.unit = call->unit, .sign = 1};
    if (str_eq_nocase(name, STR("timestampadd")) && call->unit != UNIT_NONE) {
        const Expr *swapped[2] = {operands[1], operands[0]};
        return add_to_time(ctx, binder, swapped, &by, out);
    }
    by.unit = UNIT_DAY;
    if (is_one_of(name, SUBS, COUNT_OF(SUBS)))
        by.sign = -1;
    else if (!is_one_of(name, ADDS, COUNT_OF(ADDS)))
        by.sign = added_unit(name, &by.unit);
    *is_done = by.sign != 0;
    return *is_done ? add_to_time(ctx, binder, operands, &by, out) : RC_OK;
}

static Rc bind_timestampdiff(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    TypedExpr *args, from, to;
    TRY(call_bind_args(ctx, binder, expr, &args));
    if (expr->call->args.count != 2) return call_no_match(ctx, expr, args, expr->call->args.count);
    TRY(expr_convert(ctx, &args[0], typing_of(TYPE_DATETIME), &from));
    TRY(expr_convert(ctx, &args[1], typing_of(TYPE_DATETIME), &to));
    Str sql = str_printf(ctx->arena, "kg_timestampdiff('%s', %.*s, %.*s)",
                         time_unit_name(expr->call->unit), STR_ARG(from.sql), STR_ARG(to.sql));
    *out = expr_rewrite(&from, typing_of(TYPE_BIGINT), sql);
    expr_inherit(out, &to);
    return RC_OK;
}

// mod(a, b), bitand(a, b), ..: operators under another name.
static const struct {
    const char *name;
    BinaryOp op;
} OPERATORS[] = {
    {"mod", BINARY_MODULO},
    {"add", BINARY_ADD},
    {"subtract", BINARY_SUBTRACT},
    {"multiply", BINARY_MULTIPLY},
    {"divide", BINARY_DIVIDE},
    {"int_divide", BINARY_INT_DIVIDE},
    {"bitand", BINARY_BIT_AND},
    {"bitor", BINARY_BIT_OR},
    {"bitxor", BINARY_BIT_XOR},
    {"bit_shift_left", BINARY_SHIFT_LEFT},
    {"bit_shift_right", BINARY_SHIFT_RIGHT},
};

static bool find_operator(const CallExpr *call, BinaryOp *op)
{
    for (size_t i = 0; i < COUNT_OF(OPERATORS) && call->args.count == 2; i++) {
        if (!str_eq_nocase(qname_last(call->name), str_from(OPERATORS[i].name))) continue;
        *op = OPERATORS[i].op;
        return true;
    }
    return false;
}

// round(), truncate() of a DECIMAL: DECIMAL(38, digits asked for).
static Rc round_decimal(Ctx *ctx, const char *function, const TypedExpr *args, size_t count,
                        TypedExpr *out)
{
    __int128 digits = 0;
    bool is_known = count == 1 || (args[1].is_literal && args[1].value.ptr != NULL &&
                                   literal_integer(args[1].value, &digits));
    unsigned scale = args[0].type.scale;
    const unsigned MAX = TYPE_DECIMAL_MAX_PRECISION;
    if (is_known) scale = digits < 0 ? 0 : digits > MAX ? MAX : (unsigned)digits;
    Type type = typing_decimal(MAX, scale);
    Str engine = scan_engine_type(ctx->arena, type);
    Str shown =
        is_known ? str_printf(ctx->arena, "%d",
                              digits < -(int)MAX ? -(int)MAX : (int)(digits > MAX ? MAX : digits))
                 : str_printf(ctx->arena, "CAST(%.*s AS INTEGER)", STR_ARG(args[1].sql));
    Str sql;
    if (is_known && digits >= args[0].type.scale)
        sql =
            str_printf(ctx->arena, "TRY_CAST(%.*s AS %.*s)", STR_ARG(args[0].sql), STR_ARG(engine));
    else if (is_known)
        sql = str_printf(ctx->arena, "CAST(%s(%.*s, %.*s) AS %.*s)", function, STR_ARG(args[0].sql),
                         STR_ARG(shown), STR_ARG(engine));
    else  // the engine wants to know the digits beforehand
        sql = str_printf(ctx->arena, "CAST(%s(CAST(%.*s AS DOUBLE), %.*s) AS %.*s)", function,
                         STR_ARG(args[0].sql), STR_ARG(shown), STR_ARG(engine));
    *out = expr_rewrite(&args[0], type, sql);
    if (count == 2) expr_inherit(out, &args[1]);
    return RC_OK;
}

static Rc bind_sha2(Ctx *ctx, const Expr *expr, TypedExpr *args, TypedExpr *out)
{
    __int128 bits = 0;
    bool is_256 = args[1].is_literal && args[1].value.ptr &&
                  literal_integer(args[1].value, &bits) && (bits == 256 || bits == 0);
    if (!is_256)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("sha2() with another length than 256")));
    TypedExpr text;
    TRY(expr_convert(ctx, &args[0], typing_of(TYPE_VARCHAR), &text));
    (void)expr;
    *out =
        expr_rewrite(&text, text.type, str_printf(ctx->arena, "sha256(%.*s)", STR_ARG(text.sql)));
    return RC_OK;
}

// str_to_date() with a format that names no time of day gives a DATE.
static bool is_date_format(const TypedExpr *format)
{
    if (!format->is_literal || format->value.ptr == NULL) return false;
    Str text = format->value;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '%' && strchr("fHhIiklprSsT", text.ptr[++i]) != NULL) return false;
    return true;
}

// Functions whose result depends on the values of their arguments. *is_done false: none of them.
static Rc bind_by_value(Ctx *ctx, const Expr *expr, TypedExpr *args, bool *is_done, TypedExpr *out)
{
    Str name = qname_last(expr->call->name);
    size_t count = expr->call->args.count;
    bool is_round = str_eq_nocase(name, STR("round")) || str_eq_nocase(name, STR("dround"));
    bool is_truncate = str_eq_nocase(name, STR("truncate"));
    *is_done = true;
    if ((is_round || is_truncate) && count >= 1 && count <= 2 && args[0].type.kind == TYPE_DECIMAL)
        return round_decimal(ctx, is_round ? "round" : "trunc", args, count, out);
    if (str_eq_nocase(name, STR("sha2")) && count == 2) return bind_sha2(ctx, expr, args, out);
    if (str_eq_nocase(name, STR("bitnot")) && count == 1) {
        TypedExpr number;
        TRY(expr_convert(ctx, &args[0], typing_of(TYPE_BIGINT), &number));
        *out = expr_rewrite(&number, number.type,
                            str_printf(ctx->arena, "(~%.*s)", STR_ARG(number.sql)));
        return RC_OK;
    }
    *is_done = false;
    return RC_OK;
}

// map_concat(a, b, c): two by two, from the left.
static Rc bind_map_concat(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *args,
                          TypedExpr *out)
{
    TypedExpr made = args[0];
    for (size_t i = 1; i < expr->call->args.count; i++) {
        TypedExpr pair[] = {made, args[i]};
        const Signature *signature = call_signature(ctx, STR("map_concat"), pair, 2);
        if (signature == NULL) return call_no_match(ctx, expr, args, expr->call->args.count);
        CallText text = {.args = pair, .count = 2};
        TRY(call_apply(ctx, binder, signature, &text, &made));
    }
    *out = made;
    return RC_OK;
}

static Rc bind_plain_call(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const CallExpr *call = expr->call;
    Str name = qname_last(call->name);
    TypedExpr *args;
    bool is_done;
    TRY(expr_bind_lambda_call(ctx, binder, expr, &is_done, out));
    if (is_done) return RC_OK;
    TRY(call_bind_args(ctx, binder, expr, &args));
    BinaryOp op;
    if (find_operator(call, &op)) return expr_arithmetic(ctx, op, &args[0], &args[1], out);
    TRY(bind_by_value(ctx, expr, args, &is_done, out));
    if (is_done) return RC_OK;
    TRY(expr_bind_constructor(ctx, expr, args, &is_done, out));
    if (is_done) return RC_OK;
    if (str_eq_nocase(name, STR("map_concat")) && call->args.count > 2)
        return bind_map_concat(ctx, binder, expr, args, out);
    const Signature *signature = call_signature(ctx, name, args, call->args.count);
    if (signature == NULL) return call_no_match(ctx, expr, args, call->args.count);
    CallText text = {.args = args, .count = call->args.count};
    bool gives_date = str_eq_nocase(name, STR("str_to_date")) && is_date_format(&args[1]);
    TRY(call_apply(ctx, binder, signature, &text, out));
    TypedExpr moment = *out;
    return gives_date ? expr_convert(ctx, &moment, typing_of(TYPE_DATE), out) : RC_OK;
}

Rc expr_bind_call(Ctx *ctx, Binder *binder, const Expr *expr, TypedExpr *out)
{
    const CallExpr *call = expr->call;
    Str name = qname_last(call->name);
    if (expr_is_aggregate_name(name)) return expr_bind_aggregate(ctx, binder, expr, out);
    if (call->over != NULL) {
        Str text =
            str_printf(ctx->arena, "OVER clause requires an aggregate or window function: %.*s",
                       STR_ARG(name));
        return FAIL_AT(ctx, expr->pos.line, expr->pos.column, SEMANTIC, STR_ARG(text));
    }
    if (call->name.count > 1)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("functions of a database")));
    if (call->args.count == 1 && call->args.at[0]->kind == EXPR_STAR)
        return call_no_match(ctx, expr, NULL, 0);
    bool is_done;
    TRY(bind_session_value(ctx, binder, expr, &is_done, out));
    if (!is_done) {
        TRY(bind_moment(ctx, binder, expr, &is_done, out));
        if (is_done) TRY(expr_check_stored(ctx, binder, NON_DETERMINISTIC));
    }
    if (!is_done) TRY(bind_time_sum(ctx, binder, expr, &is_done, out));
    if (is_done) return RC_OK;
    if (str_eq_nocase(name, STR("timestampdiff")) && call->unit != UNIT_NONE)
        return bind_timestampdiff(ctx, binder, expr, out);
    return bind_plain_call(ctx, binder, expr, out);
}
