/*
 * engine/number: numbers as text and back.
 *
 * Source  StarRocks StringParser for reading; its printing of floats is shortest round-trip (Ryu).
 * Errors  none: reading tells by false.
 * Threads pure.
 */
#include "engine/number.h"
#include "base/ctx.h"
#include "base/vec.h"
#include <errno.h>
#include <float.h>
#include <math.h>

enum { DIGITS_128 = 39, DOUBLE_TEXT_MAX = 400 };

size_t number_put_u128(char *out, UInt128 value)
{
    char digits[DIGITS_128];
    size_t count = 0;
    // Division of 64 bits is some ten times cheaper: leave 128 bits as soon as possible.
    while (value > UINT64_MAX) {
        digits[count++] = (char)('0' + (int)(value % 10));
        value /= 10;
    }
    uint64_t rest = (uint64_t)value;
    do {
        digits[count++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    for (size_t i = 0; i < count; i++) out[i] = digits[count - 1 - i];
    return count;
}

size_t number_put_i128(char *out, Int128 value)
{
    if (value >= 0) return number_put_u128(out, (UInt128)value);
    out[0] = '-';
    return 1 + number_put_u128(out + 1, -(UInt128)value);
}

size_t number_put_i64(char *out, int64_t value)
{
    return number_put_i128(out, value);
}

size_t number_put_decimal(char *out, Int128 value, unsigned scale)
{
    if (scale == 0) return number_put_i128(out, value);
    char digits[NUMBER_TEXT_SIZE];
    size_t count = number_put_u128(digits, value < 0 ? -(UInt128)value : (UInt128)value);
    size_t len = 0;
    if (value < 0) out[len++] = '-';
    size_t whole = count > scale ? count - scale : 0;
    if (whole == 0) out[len++] = '0';
    for (size_t i = 0; i < whole; i++) out[len++] = digits[i];
    out[len++] = '.';
    for (size_t i = count - whole; i < scale; i++) out[len++] = '0';
    for (size_t i = whole; i < count; i++) out[len++] = digits[i];
    return len;
}

// `text` is "[-]d.ddde[+-]xx" as %e prints it. Rewrites it without exponent where the value is
// neither tiny nor huge, and without zeros at the end of the fraction.
static size_t put_scientific(char *out, const char *text)
{
    char digits[NUMBER_TEXT_SIZE] = {'0'};
    size_t count = 0, len = 0;
    if (*text == '-') out[len++] = *text++;
    for (; *text != 'e'; text++)
        if (*text != '.') digits[count++] = *text;
    int exponent = (int)strtol(text + 1, NULL, 10);
    while (count > 1 && digits[count - 1] == '0') count--;

    if (exponent < -4 || exponent >= 16) {
        out[len++] = digits[0];
        if (count > 1) out[len++] = '.';
        for (size_t i = 1; i < count; i++) out[len++] = digits[i];
        return len +
               (size_t)snprintf(out + len, 8, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    }
    if (exponent < 0) {
        out[len++] = '0';
        out[len++] = '.';
        for (int i = exponent + 1; i < 0; i++) out[len++] = '0';
    }
    for (int i = 0; i <= exponent || i < (int)count; i++) {
        if (i > 0 && i == exponent + 1) out[len++] = '.';
        out[len++] = i < (int)count ? digits[i] : '0';
    }
    return len;
}

static size_t put_special(char *out, double value)
{
    Str text = isnan(value) ? STR("nan") : value > 0 ? STR("inf") : STR("-inf");
    memcpy(out, text.ptr, text.len);
    return text.len;
}

// Prices, rates, coordinates: a few digits behind the point, found some fifty times faster than by
// printing and reading. 10^k and the digits are exact as doubles, so their quotient is what reading
// the text gives. 0: not such a number.
static size_t put_short(char *out, double value, bool is_float)
{
    static const double POWERS[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    double size = fabs(value);
    if (size < 1e-3 || size >= (is_float ? 1e4 : 1e9)) return 0;
    for (unsigned k = 1; k < COUNT_OF(POWERS); k++) {
        double digits = nearbyint(value * POWERS[k]), back = digits / POWERS[k];
        bool is_same = is_float ? (float)back == (float)value : back == value;
        if (is_same) return number_put_decimal(out, (int64_t)digits, k);
    }
    return 0;
}

size_t number_put_double(char *out, double value)
{
    if (!isfinite(value)) return put_special(out, value);
    // Whole numbers are common and need no search.
    if (fabs(value) < 1e15 && value == trunc(value)) {
        if (value == 0 && signbit(value)) {
            out[0] = '-';
            out[1] = '0';
            return 2;
        }
        return number_put_i64(out, (int64_t)value);
    }
    size_t len = put_short(out, value, false);
    if (len > 0) return len;
    char text[NUMBER_TEXT_SIZE];
    // A normal number with up to 15 digits comes back as it was; below that range fewer may do.
    for (int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value) break;
    }
    return put_scientific(out, text);
}

size_t number_put_float(char *out, float value)
{
    if (!isfinite(value)) return put_special(out, (double)value);
    size_t len = value == truncf(value) ? 0 : put_short(out, (double)value, true);
    if (len > 0) return len;
    char text[NUMBER_TEXT_SIZE];
    for (int digits = fabsf(value) < FLT_MIN ? 1 : FLT_DIG; digits <= FLT_DECIMAL_DIG; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    return put_scientific(out, text);
}

// --- reading

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

// Moves *pos over digits. False: none, or beyond `limit`.
static bool read_digits(Str text, size_t *pos, UInt128 limit, UInt128 *out)
{
    UInt128 value = 0;
    size_t start = *pos;
    for (; *pos < text.len && is_digit(text.ptr[*pos]); (*pos)++) {
        unsigned digit = (unsigned)(text.ptr[*pos] - '0');
        if (value > (limit - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return *pos > start;
}

bool number_parse_int(Str text, Int128 min, Int128 max, Int128 *out)
{
    text = str_trim(text);
    size_t pos = 0;
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    if (is_negative || (text.len > 0 && text.ptr[0] == '+')) pos++;
    UInt128 limit = is_negative ? -(UInt128)min : (UInt128)max;
    UInt128 value;
    if (limit < 9 || !read_digits(text, &pos, limit, &value)) return false;
    if (pos < text.len && text.ptr[pos] == '.') {
        pos++;
        while (pos < text.len && is_digit(text.ptr[pos])) pos++;
    }
    if (pos < text.len) return false;
    *out = is_negative ? (Int128)-value : (Int128)value;
    return true;
}

bool number_parse_double(Str text, double *out)
{
    text = str_trim(text);
    char copy[DOUBLE_TEXT_MAX];
    // strtod also takes hexadecimal and "nan(..)": letters beyond these words and 'e' are refused
    // first.
    bool is_word =
        text.len > 0 && !is_digit(text.ptr[text.len - 1]) && text.ptr[text.len - 1] != '.';
    if (is_word) {
        Str word = text.ptr[0] == '-' || text.ptr[0] == '+' ? str_sub(text, 1, text.len) : text;
        if (!str_eq_nocase(word, STR("inf")) && !str_eq_nocase(word, STR("infinity")) &&
            !str_eq_nocase(word, STR("nan")))
            return false;
    }
    if (text.len == 0 || text.len >= sizeof copy || (!is_word && str_contains(text, 'x')) ||
        (!is_word && str_contains(text, 'X')) || str_contains(text, '\0'))
        return false;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    char *end;
    errno = 0;
    double value = strtod(copy, &end);
    if (end != copy + text.len || (errno == ERANGE && isinf(value))) return false;
    *out = value;
    return true;
}

bool number_parse_bool(Str text, bool *out)
{
    Int128 number;
    text = str_trim(text);
    if (number_parse_int(text, INT32_MIN, INT32_MAX, &number)) {
        *out = number != 0;
        return true;
    }
    bool is_true = str_eq_nocase(text, STR("true"));
    if (!is_true && !str_eq_nocase(text, STR("false"))) return false;
    *out = is_true;
    return true;
}
