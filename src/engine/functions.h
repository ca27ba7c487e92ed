#ifndef ENGINE_FUNCTIONS_H
#define ENGINE_FUNCTIONS_H
#include "engine/engine.h"

// Functions of the dialect inside the engine: what plan/ may emit besides the engine's own. NULL
// in, NULL out, unless said otherwise. Positions and lengths count characters.
//
// Text to value; NULL when the whole text (white space around excepted) is no such value:
//   kg_to_boolean(s) kg_to_tinyint(s) kg_to_smallint(s) kg_to_int(s) kg_to_bigint(s)
//   kg_to_largeint(s) -> HUGEINT   '12abc' is NULL, ' 12 ' is 12, '1.7' is 1
//   kg_to_float(s) kg_to_double(s)
//   kg_to_date(s) kg_to_datetime(s)   forms as in engine/calendar.h; kg_to_date drops the time
//   DECIMAL(p,s): TRY_CAST(trim(x) AS DECIMAL(p,s)) is right as it is
//   number to integer: TRY_CAST(trunc(x) AS INTEGER); StarRocks truncates, the engine rounds
//
// Value to text as clients read it:
//   kg_text(BOOLEAN | FLOAT | DOUBLE | TIMESTAMP | BLOB) -> VARCHAR   BLOB: NULL when not UTF-8
//   for other types CAST(x AS VARCHAR) is right
//
// DECIMAL, which the engine divides as DOUBLE:
//   kg_unscaled(s) -> HUGEINT   the digits of a DECIMAL's text without its point
//   kg_decimal_divide(a, b, shift)   of HUGEINTs: a * 10^shift / b, half rounded away from zero;
//       NULL when b is 0 or the answer has no room
//
// LARGEINT at rest; order is kept, the whole range -2^127 .. 2^127-1 fits:
//   kg_largeint_to_uuid(HUGEINT) -> UUID, kg_uuid_to_largeint(UUID) -> HUGEINT
//
// Text:
//   kg_substr(s, pos[, len])   pos from 1, negative from the end, 0 gives ''
//   kg_left(s, n) kg_right(s, n)   n <= 0 gives ''
//   kg_lpad(s, n, pad) kg_rpad(s, n, pad)   n < 0 or over 1048576: NULL; empty pad: cut only
//   kg_repeat(s, n)   n <= 0 gives ''; over 1048576 bytes: NULL
//   kg_locate(needle, s[, pos])   INTEGER from 1; 0 = not there
//   kg_substring_index(s, delimiter, n)   n = 0 or empty delimiter: NULL
//   kg_split_part(s, delimiter, n)   negative from the end; NULL when there is no such part
//   kg_find_in_set(s, list)   INTEGER from 1; 0 = not there, or s holds a comma
//   kg_concat(...)   NULL if any is
//   kg_concat_ws(separator, ...)   skips NULLs; NULL if the separator is
//   kg_ascii(s)   first byte
//   kg_unhex(s)   '' when not hexadecimal, NULL when not UTF-8
//   kg_strcmp(a, b)   -1, 0, 1 by bytes
//
// Date and time (the engine casts DATE arguments to TIMESTAMP):
//   kg_date_format(TIMESTAMP, format)   MySQL's % formats; over 128 bytes: NULL
//   kg_str_to_date(s, format) -> TIMESTAMP   the same formats
//   kg_datediff(a, b)   days of a - days of b
//   kg_timestampdiff('MONTH', a, b)   b - a in whole units, BIGINT: MICROSECOND MILLISECOND
//       SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR
//   kg_dayofweek(t)   Sunday = 1
//   kg_weekday(t)   Monday = 0
//   kg_week(t, mode)   MySQL's modes 0 to 7
//   kg_to_days(t), kg_from_days(n) -> DATE   days since year 0
//   unix_timestamp(t): CAST(epoch(timezone('Asia/Tokyo', t)) AS BIGINT)
//   from_unixtime(n): timezone('Asia/Tokyo', to_timestamp(n))   the engine knows the zones
//
// JSON, whose values are texts of base/jsontext; a path that is none raises JSON_PATH:
//   kg_json_parse(s)   any JSON text -> JSON; NULL when it is none
//   kg_json_from_text(s)   as CAST(s AS JSON): what does not look like JSON is a string
//   kg_json_quote(s), kg_json_double(d)   a string, a number
//   kg_json_array(...), kg_json_object(name, value, ...)   of JSON values; NULL is null
//   kg_json_query(j, path), kg_json_exists(j, path), kg_json_length(j[, path]),
//   kg_json_keys(j[, path])
//   kg_json_text(j[, path])   VARCHAR; null is NULL, a string comes without quotes
//   kg_json_int(j, path), kg_json_real(j, path), kg_json_bool(j, path)   NULL for other kinds
//   kg_json_scalar(j)   text for kg_to_int() and its like; NULL for null, arrays, objects
//   kg_json_items(j), kg_json_values(j), kg_json_names(j) -> VARCHAR[]   of an array; of an object
//   kg_json_member(j, name)   null is NULL; kg_json_is_object(j)
//   kg_json_compare(a, b)   INTEGER below, at or above 0
//
// Hashes of VARCHARs, as StarRocks; each value is the seed of the next:
//   kg_murmur_hash3_32(...) -> INTEGER, kg_xx_hash3_64(...) -> BIGINT, kg_crc32(s) -> BIGINT
//
// For INSERT in strict mode; the statement fails as a whole and names the column:
//   kg_check_len(x, max_bytes, 'col') -> x   VARCHAR or BLOB; DATA_TOO_LONG
//   kg_bad_null('col')   COLUMN_NOT_NULL
//   kg_bad_value(text, 'INT', 'col')   BAD_VALUE
//   kg_raise('NAME', text)   error NAME of errors.def with that text
// The last three never return and fit any type. They take no part unless a row needs them:
//   CASE WHEN x IS NULL THEN kg_bad_null('c') ELSE x END
//   CASE WHEN y IS NULL AND x IS NOT NULL
//       THEN kg_bad_value(CAST(x AS VARCHAR), 'INT', 'c') ELSE y END
//
// BITMAP, HLL and PERCENTILE are BLOB here; bytes that are none raise SKETCH_DAMAGED. Aggregates
// that skip NULLs; without a row that is not NULL they give NULL, counts 0:
//   kg_bitmap_union(BITMAP) -> BITMAP, kg_bitmap_intersect(BITMAP) -> BITMAP
//   kg_bitmap_union_count(BITMAP) -> BIGINT, kg_bitmap_union_int(BIGINT) -> BIGINT
//   kg_bitmap_agg(BIGINT) -> BITMAP, kg_bitmap_agg_large(HUGEINT) -> BITMAP   without what is
//       below 0 or beyond 2^64 - 1
//   kg_hll_union(HLL) -> HLL, kg_hll_union_agg(HLL) -> BIGINT
//   kg_hll_raw(VARCHAR) -> HLL   of kg_hll_hash() of each
//   kg_ndv(UBIGINT) -> BIGINT   distinct ones, nearly: give it hash(x), NULL where x is
//   kg_percentile_union(PERCENTILE) -> PERCENTILE
//   kg_percentile_approx(x, share, compression) -> DOUBLE   all DOUBLE
// For AGGREGATE KEY tables:
//   kg_sum_wrap(HUGEINT), kg_sum_wrap_2(DECIMAL(38,2)) and so on for every scale: aggregates of the
//       same type, sums that wrap around instead of failing
// and of one value:
//   kg_to_bitmap(BIGINT | HUGEINT | VARCHAR)   raises COMMON for what is not within 0 .. 2^64 - 1
//   kg_bitmap_from_string('1,2'), kg_bitmap_to_string(b)   over 1000000 values: COMMON
//   kg_bitmap_to_binary(b), kg_bitmap_from_binary(BLOB)   StarRocks' form; NULL where it is none
//   kg_bitmap_count(b) -> BIGINT, kg_bitmap_min(b), kg_bitmap_max(b) -> HUGEINT
//   kg_bitmap_contains(b, BIGINT), kg_bitmap_has_any(b, b) -> BOOLEAN
//   kg_bitmap_or(b, b) kg_bitmap_and(b, b) kg_bitmap_xor(b, b) kg_bitmap_andnot(b, b)
//   kg_bitmap_remove(b, BIGINT)
//   kg_sub_bitmap(b, offset, length) kg_bitmap_subset_limit(b, start, limit)
//   kg_bitmap_subset_in_range(b, start, end)   NULL where nothing is left
//   kg_hll_hash(VARCHAR) -> HLL, kg_hll_cardinality(HLL) -> BIGINT
//   kg_percentile_hash(DOUBLE) -> PERCENTILE, kg_percentile_approx_raw(PERCENTILE, share) -> DOUBLE
//
// Not here, since the engine's own do: strlen() for bytes, hex(), md5(), and
//   greatest and least: CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END

// The tables of specs, one per file.
typedef struct FunctionTable {
    const EngineScalar *specs;
    size_t count;
} FunctionTable;
FunctionTable functions_cast(void);
FunctionTable functions_text(void);
FunctionTable functions_date(void);
FunctionTable functions_check(void);
FunctionTable functions_json(void);
FunctionTable functions_bitmap(void);
FunctionTable functions_sketch(void);

// A spec of one argument, for files whose states are State and whose functions combine() and
// drop() serve all specs.
#define AGGREGATE(name_, param, result_, update_, finish_)                                      \
    {                                                                                           \
        .name = name_, .params = {param}, .param_count = 1, .result = result_,                  \
        .state_bytes = sizeof(State), .update = update_, .combine = combine, .finish = finish_, \
        .drop = drop                                                                            \
    }
typedef struct AggregateTable {
    const EngineAggregate *specs;
    size_t count;
} AggregateTable;
AggregateTable aggregates_bitmap(void);
AggregateTable aggregates_hll(void);
AggregateTable aggregates_percentile(void);

#endif
