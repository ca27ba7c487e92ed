#include "check.h"
#include "engine/number.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static Str put_double(Ctx *t, double value)
{
    char text[NUMBER_TEXT_SIZE];
    return str_dup(t->arena, (Str){text, number_put_double(text, value)});
}

static Str put_float(Ctx *t, float value)
{
    char text[NUMBER_TEXT_SIZE];
    return str_dup(t->arena, (Str){text, number_put_float(text, value)});
}

static Str put_i128(Ctx *t, Int128 value)
{
    char text[NUMBER_TEXT_SIZE];
    return str_dup(t->arena, (Str){text, number_put_i128(text, value)});
}

static Str put_decimal(Ctx *t, Int128 value, unsigned scale)
{
    char text[NUMBER_TEXT_SIZE];
    return str_dup(t->arena, (Str){text, number_put_decimal(text, value, scale)});
}

TEST(number_floats_print_shortest)
{
    CHECK_STR("0", put_double(t, 0.0));
    CHECK_STR("-0", put_double(t, -0.0));
    CHECK_STR("4", put_double(t, 4.0));
    CHECK_STR("0.1", put_double(t, 0.1));
    CHECK_STR("0.30000000000000004", put_double(t, 0.1 + 0.2));
    CHECK_STR("-1.5", put_double(t, -1.5));
    CHECK_STR("123456789012345.6", put_double(t, 123456789012345.6));
    CHECK_STR("1234567890123456", put_double(t, 1234567890123456.0));
    CHECK_STR("1e+16", put_double(t, 1e16));
    CHECK_STR("1.5e+20", put_double(t, 1.5e20));
    CHECK_STR("0.0001", put_double(t, 0.0001));
    CHECK_STR("1e-05", put_double(t, 0.00001));
    CHECK_STR("1.7976931348623157e+308", put_double(t, 1.7976931348623157e308));
    CHECK_STR("5e-324", put_double(t, 4.9406564584124654e-324));
    CHECK_STR("nan", put_double(t, (double)NAN));
    CHECK_STR("-inf", put_double(t, (double)-INFINITY));
    CHECK_STR("0.1", put_float(t, 0.1f));
    CHECK_STR("16777216", put_float(t, 16777216.0f));
    CHECK_STR("3.4028235e+38", put_float(t, 3.4028235e38f));
}

// Whatever is printed reads back as the same number, and no shorter text does.
TEST(number_floats_round_trip)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // All magnitudes, decimals of few digits, and their neighbours.
        double decimal = (double)(int64_t)(state % 2000000000) / (i % 2 ? 1e4 : 1e6);
        double value = i % 4 == 0 ? nextafter(decimal, 1e9) : decimal;
        if (i % 8 == 1) memcpy(&value, &state, sizeof value);
        if (!isfinite(value)) continue;
        char text[NUMBER_TEXT_SIZE + 1] = {0}, shorter[NUMBER_TEXT_SIZE];
        size_t len = number_put_double(text, value);
        text[len] = '\0';
        CHECK(strtod(text, NULL) == value);
        int digits = 0;
        bool is_leading = true;
        for (const char *c = text; *c && *c != 'e'; c++) {
            if (*c >= '1' && *c <= '9') is_leading = false;
            if (*c >= '0' && *c <= '9' && !is_leading) digits++;
        }
        bool has_fraction = strchr(text, '.') != NULL;
        if (!has_fraction || digits < 2) continue;
        snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
        CHECK(strtod(shorter, NULL) != value);

        memset(text, 0, sizeof text);
        float small = (float)decimal;
        number_put_float(text, small);
        CHECK(strtof(text, NULL) == small);
    }
}

TEST(number_integers_and_decimals_print)
{
    CHECK_STR("-170141183460469231731687303715884105728", put_i128(t, INT128_MIN));
    CHECK_STR("170141183460469231731687303715884105727", put_i128(t, INT128_MAX));
    CHECK_STR("18446744073709551616", put_i128(t, (Int128)1 << 64));
    CHECK_STR("0", put_i128(t, 0));
    CHECK_STR("12.34", put_decimal(t, 1234, 2));
    CHECK_STR("-0.01", put_decimal(t, -1, 2));
    CHECK_STR("0.00", put_decimal(t, 0, 2));
    CHECK_STR("-5", put_decimal(t, -5, 0));
    CHECK_STR("0.00000000000000000000000000000000000001", put_decimal(t, 1, 38));
}

static Str parse_int(Ctx *t, const char *text, Int128 min, Int128 max)
{
    Int128 value;
    return number_parse_int(str_from(text), min, max, &value) ? put_i128(t, value) : STR("none");
}

TEST(number_reads_integers_as_starrocks)
{
    CHECK_STR("12", parse_int(t, "12", -128, 127));
    CHECK_STR("12", parse_int(t, " \t12\n", -128, 127));
    CHECK_STR("-128", parse_int(t, "-128", -128, 127));
    CHECK_STR("127", parse_int(t, "+127", -128, 127));
    CHECK_STR("none", parse_int(t, "128", -128, 127));
    CHECK_STR("none", parse_int(t, "-129", -128, 127));
    CHECK_STR("1", parse_int(t, "1.7", -128, 127));
    CHECK_STR("1", parse_int(t, "1.", -128, 127));
    CHECK_STR("none", parse_int(t, ".5", -128, 127));
    CHECK_STR("none", parse_int(t, "1.7x", -128, 127));
    CHECK_STR("none", parse_int(t, "12abc", -128, 127));
    CHECK_STR("none", parse_int(t, "1e1", -128, 127));
    CHECK_STR("none", parse_int(t, "", -128, 127));
    CHECK_STR("none", parse_int(t, "-", -128, 127));
    CHECK_STR("none", parse_int(t, "1 2", -128, 127));
    CHECK_STR("-170141183460469231731687303715884105728",
              parse_int(t, "-170141183460469231731687303715884105728", INT128_MIN, INT128_MAX));
    CHECK_STR("none",
              parse_int(t, "170141183460469231731687303715884105728", INT128_MIN, INT128_MAX));
    CHECK_STR("none",
              parse_int(t, "999999999999999999999999999999999999999999", INT128_MIN, INT128_MAX));
}

static Str parse_double(Ctx *t, const char *text)
{
    double value;
    return number_parse_double(str_from(text), &value) ? put_double(t, value) : STR("none");
}

TEST(number_reads_doubles)
{
    CHECK_STR("1.5", parse_double(t, " 1.5 "));
    CHECK_STR("1000", parse_double(t, "1e3"));
    CHECK_STR("0.5", parse_double(t, ".5"));
    CHECK_STR("5", parse_double(t, "5."));
    CHECK_STR("inf", parse_double(t, "Infinity"));
    CHECK_STR("-inf", parse_double(t, "-inf"));
    CHECK_STR("nan", parse_double(t, "NaN"));
    CHECK_STR("none", parse_double(t, "1.5x"));
    CHECK_STR("none", parse_double(t, "0x10"));
    CHECK_STR("none", parse_double(t, "1e400"));
    CHECK_STR("none", parse_double(t, "nan(1)"));
    CHECK_STR("none", parse_double(t, "1 2"));
    CHECK_STR("none", parse_double(t, ""));
    CHECK_STR("none", parse_double(t, "e"));
}

TEST(number_reads_booleans)
{
    bool value;
    CHECK(number_parse_bool(STR("TRUE"), &value) && value);
    CHECK(number_parse_bool(STR(" false "), &value) && !value);
    CHECK(number_parse_bool(STR("0"), &value) && !value);
    CHECK(number_parse_bool(STR("-7"), &value) && value);
    CHECK(!number_parse_bool(STR("yes"), &value));
    CHECK(!number_parse_bool(STR(""), &value));
}
