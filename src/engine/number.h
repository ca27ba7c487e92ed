#ifndef ENGINE_NUMBER_H
#define ENGINE_NUMBER_H
#include "base/str.h"

// Numbers as text and back, as the dialect prints and reads them.

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

#define INT128_MAX ((Int128)(~(UInt128)0 >> 1))
#define INT128_MIN (-INT128_MAX - 1)

enum { NUMBER_TEXT_SIZE = 64 };  // room for the text of any number

// Each writes to `out` (NUMBER_TEXT_SIZE bytes, not terminated) and returns the length.
size_t number_put_i64(char *out, int64_t value);
size_t number_put_i128(char *out, Int128 value);
size_t number_put_u128(char *out, UInt128 value);
// `value` / 10^scale with exactly `scale` digits behind the point.
size_t number_put_decimal(char *out, Int128 value, unsigned scale);
// The shortest text that reads back as the same value: 4, 0.1, 1.5; with an exponent below 1e-4 and
// from 1e16 on: 1e+20, 1.5e-07; nan, inf, -inf.
size_t number_put_double(char *out, double value);
size_t number_put_float(char *out, float value);

/*
 * Text to number as StarRocks' CAST and strict loading read it (StringParser): white space around
 * is skipped, a sign is allowed; false when anything else is left over or the value does not fit.
 * Integers accept a fraction and drop it: '1.7' is 1. '1e3' is no integer.
 */
bool number_parse_int(Str text, Int128 min, Int128 max, Int128 *out);
bool number_parse_double(Str text, double *out);  // also inf, infinity, nan; overflow is false
bool number_parse_bool(Str text, bool *out);      // true, false, or an integer: not 0 is true

#endif
