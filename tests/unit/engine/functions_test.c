// Functions of the dialect: rules and examples of StarRocks' and MySQL's manuals, and their edges.
#include "fixture.h"

TEST(functions_cast_text_or_give_null)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("NULL|12|1|NULL|-128",
              "SELECT kg_to_int('12abc'), kg_to_int(' 12 '), kg_to_int('1.7'), "
              "kg_to_tinyint('128'), kg_to_tinyint('-128')");
    CHECK_SQL("NULL|32767|NULL|9223372036854775807|NULL",
              "SELECT kg_to_smallint('-32769'), kg_to_smallint('32767'), kg_to_int('2147483648'), "
              "kg_to_bigint('9223372036854775807'), kg_to_bigint('9223372036854775808')");
    CHECK_SQL("1|0|NULL|NULL",
              "SELECT kg_to_boolean('TRUE'), kg_to_boolean('0'), kg_to_boolean('yes'), "
              "kg_to_boolean(NULL)");
    CHECK_SQL("1.5|NULL|1e+300|NULL|0.1",
              "SELECT kg_to_double(' 1.5 '), kg_to_double('a'), kg_to_double('1e300'), "
              "kg_to_float('1e300'), kg_to_float('0.1')");
    CHECK_SQL("2024-02-29|NULL|2024-02-29|2024-02-29 10:00:00.250000|NULL",
              "SELECT kg_to_date('2024-02-29 10:00:00'), kg_to_date('2023-02-29'), "
              "kg_to_date('20240229'), kg_to_datetime('2024-02-29T10:00:00.25'), "
              "kg_to_datetime('now')");
    fixture_close(&fixture);
}

TEST(functions_text_of_values)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("1|1.5|0.1|2024-01-01 00:00:00|2024-01-01 00:00:00.500000|NULL",
              "SELECT kg_text(true), kg_text(1.5::DOUBLE), kg_text(0.1::FLOAT), "
              "kg_text(TIMESTAMP '2024-01-01'), kg_text(TIMESTAMP '2024-01-01 00:00:00.5'), "
              "kg_text(NULL::DOUBLE)");
    fixture_close(&fixture);
}

TEST(functions_text_of_bytes)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("ab|NULL|", "SELECT kg_text('ab'::BLOB), kg_text('\\xFF'::BLOB), kg_text(''::BLOB)");
    fixture_close(&fixture);
}

TEST(functions_parts_of_text)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("éll|||lo|||héllo",
              "SELECT kg_substr('héllo', 2, 3), kg_substr('abc', 0), kg_substr('abc', 0, 2), "
              "kg_substr('héllo', -2), kg_substr('abc', -4), kg_substr('abc', 4), "
              "kg_substr('héllo', 1, 99)");
    CHECK_SQL("||NULL", "SELECT kg_substr('abc', 2, 0), kg_substr('abc', 2, -1), "
                        "kg_substr('abc', NULL)");
    CHECK_SQL("hé||lo||héllo",
              "SELECT kg_left('héllo', 2), kg_left('abc', -1), kg_right('héllo', 2), "
              "kg_right('abc', 0), kg_right('héllo', 9)");
    CHECK_SQL("https://www.starrocks|starrocks.io|hello world|hello world|NULL|NULL",
              "SELECT kg_substring_index('https://www.starrocks.io', '.', 2), "
              "kg_substring_index('https://www.starrocks.io', '.', -2), "
              "kg_substring_index('hello world', ' ', 2), "
              "kg_substring_index('hello world', ' ', -2), "
              "kg_substring_index('hello world', ' ', 0), kg_substring_index('abc', '', 1)");
    CHECK_SQL("hello|world|hello||bc||NULL|NULL",
              "SELECT kg_split_part('hello world', ' ', 1), kg_split_part('hello world', ' ', -1), "
              "kg_split_part('hello world', ' ', -2), kg_split_part('abca', 'a', 1), "
              "kg_split_part('abca', 'a', -2), kg_split_part('abca', 'a', -1), "
              "kg_split_part('abca', 'a', 4), kg_split_part('abca', 'a', 0)");
    fixture_close(&fixture);
}

TEST(functions_search_in_text)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("4|0|6|0|1|3|0",
              "SELECT kg_locate('bar', 'foobarbar'), kg_locate('xbar', 'foobar'), "
              "kg_locate('é', 'aéaaaé', 3), kg_locate('a', 'abc', 0), kg_locate('', 'abc'), "
              "kg_locate('', 'ab', 3), kg_locate('', 'ab', 4)");
    CHECK_SQL("2|0|0|0|1|2",
              "SELECT kg_find_in_set('b', 'a,b,c'), kg_find_in_set('d', 'a,b,c'), "
              "kg_find_in_set('a,b', 'a,b,c'), kg_find_in_set('', ''), kg_find_in_set('', ',a'), "
              "kg_find_in_set('', 'a,')");
    CHECK_SQL("-1|0|1|195|0",
              "SELECT kg_strcmp('a', 'b'), kg_strcmp('', ''), kg_strcmp('ab', 'a'), "
              "kg_ascii('é'), kg_ascii('')");
    fixture_close(&fixture);
}

TEST(functions_longer_text)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("a1ü|NULL|a,b|NULL||",
              "SELECT kg_concat('a', '1', 'ü'), kg_concat('a', NULL), "
              "kg_concat_ws(',', 'a', NULL, 'b'), kg_concat_ws(NULL, 'a'), kg_concat_ws(','), "
              "kg_concat('')");
    CHECK_SQL("xyxhi|hixyx|h|hi|NULL|",
              "SELECT kg_lpad('hi', 5, 'xy'), kg_rpad('hi', 5, 'xy'), kg_lpad('hi', 1, 'xy'), "
              "kg_lpad('hi', 5, ''), kg_lpad('hi', -1, 'x'), kg_rpad('hi', 0, 'x')");
    CHECK_SQL("éäéä|ababab|||1048576|NULL",
              "SELECT kg_lpad('', 4, 'éä'), kg_repeat('ab', 3), kg_repeat('ab', 0), "
              "kg_repeat('', 9999999999), strlen(kg_repeat('a', 1048576)), "
              "kg_repeat('a', 1048577)");
    CHECK_SQL("é||NULL||", "SELECT kg_unhex('C3A9'), kg_unhex('zz'), kg_unhex('ff'), "
                           "kg_unhex('abc'), kg_unhex('')");
    // Columns, not only constants; more rows than one vector holds.
    CHECK_SQL("5000|2", "SELECT count(DISTINCT kg_concat('k', x::VARCHAR)), "
                        "min(strlen(kg_concat('k', x::VARCHAR))) FROM range(5000) t(x)");
    fixture_close(&fixture);
}

TEST(functions_arguments_have_a_limit)
{
    Fixture fixture = fixture_open(t, 0);
    Buf sql = buf_new(t->arena);
    buf_add_z(&sql, "SELECT kg_concat('a'");
    for (int i = 0; i < 256; i++) buf_add_z(&sql, ", 'a'");
    buf_add_byte(&sql, ')');
    Str answer;
    CHECK_ERR(LIMIT_EXCEEDED, fixture_ask(t, &fixture, str_z(t->arena, buf_str(&sql)), &answer));
    fixture_close(&fixture);
}

TEST(functions_format_dates)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("Sunday October 2009",
              "SELECT kg_date_format(TIMESTAMP '2009-10-04 22:23:00', '%W %M %Y')");
    CHECK_SQL("4th 00 Thu 04 10 Oct 277",
              "SELECT kg_date_format(TIMESTAMP '1900-10-04 22:23:00', '%D %y %a %d %m %b %j')");
    CHECK_SQL("22 22 10 10:23:00 PM 22:23:00 00 6",
              "SELECT kg_date_format(TIMESTAMP '1997-10-04 22:23:00', '%H %k %I %r %T %S %w')");
    CHECK_SQL(
        "1998 52|%01|12 AM|11th 1st 2nd 3rd 22nd",
        "SELECT kg_date_format(DATE '1999-01-01', '%X %V'), "
        "kg_date_format(DATE '2006-06-01', '%%%d'), kg_date_format(DATE '2006-06-01', '%l %p'), "
        "concat_ws(' ', kg_date_format(DATE '2006-06-11', '%D'), "
        "kg_date_format(DATE '2006-06-01', '%D'), kg_date_format(DATE '2006-06-02', '%D'), "
        "kg_date_format(DATE '2006-06-03', '%D'), kg_date_format(DATE '2006-06-22', '%D'))");
    CHECK_SQL("000250 5 6 z %|NULL|NULL",
              "SELECT kg_date_format(TIMESTAMP '2006-06-05 00:00:00.00025', '%f %e %c %z %'), "
              "kg_date_format(DATE '2006-06-05', kg_repeat('%M', 33)), "
              "kg_date_format(NULL, '%Y')");
    fixture_close(&fixture);
}

TEST(functions_parse_dates)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("2014-12-21 12:34:56|2014-12-21 12:34:56|2014-12-21 00:00:00|2004-10-18 00:00:00",
              "SELECT kg_str_to_date('2014-12-21 12:34%3A56', '%Y-%m-%d %H:%i%%3A%s'), "
              "kg_str_to_date('2014-12-21 12:34:56', '%Y-%m-%d %T'), "
              "kg_str_to_date('2014-12-21 12:34:56', '%Y-%m-%d'), "
              "kg_str_to_date('200442 Monday', '%X%V %W')");
    CHECK_SQL(
        "2024-03-01 15:05:00|2024-03-01 00:05:00|2024-12-30 00:00:00|2024-03-01 00:00:00.120000",
        "SELECT kg_str_to_date('March 1 2024 03:05 pm', '%M %d %Y %h:%i %p'), "
        "kg_str_to_date('1 mar 24 12:05:00 AM', '%d %b %y %r'), "
        "kg_str_to_date('2024 365', '%Y %j'), "
        "kg_str_to_date('2024-3-1 0:0:0.12', '%Y-%c-%e %k:%i:%s.%f')");
    CHECK_SQL(
        "NULL|NULL|NULL|NULL|NULL",
        "SELECT kg_str_to_date('2014-13-21', '%Y-%m-%d'), kg_str_to_date('2014', '%Y-%m-%d'), "
        "kg_str_to_date('2014-01', '%Y-%m'), kg_str_to_date('13:00 PM', '%h:%i %p'), "
        "kg_str_to_date('2023 366', '%Y %j')");
    // Inverse of each other, week forms included.
    CHECK_SQL(
        "0|0",
        "SELECT count(*) FILTER (kg_str_to_date(kg_date_format(d, '%x-%v-%W'), '%x-%v-%W') "
        "IS DISTINCT FROM d), "
        "count(*) FILTER (kg_str_to_date(kg_date_format(d, '%X %V %a'), '%X %V %a') "
        "IS DISTINCT FROM d) "
        "FROM (SELECT TIMESTAMP '1999-01-01' + x * INTERVAL 1 DAY AS d FROM range(5000) t(x))");
    fixture_close(&fixture);
}

TEST(functions_count_time)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("1|-31|0", "SELECT kg_datediff(TIMESTAMP '2007-12-31 23:59:59', DATE '2007-12-30'), "
                         "kg_datediff(DATE '2010-11-30', TIMESTAMP '2010-12-31 23:59:59'), "
                         "kg_datediff(TIMESTAMP '2010-11-30 23:00:00', DATE '2010-11-30')");
    CHECK_SQL("3|-1|128885|7689600000",
              "SELECT kg_timestampdiff('MONTH', DATE '2003-02-01', DATE '2003-05-01'), "
              "kg_timestampdiff('year', DATE '2002-05-01', DATE '2001-01-01'), "
              "kg_timestampdiff('MINUTE', DATE '2003-02-01', TIMESTAMP '2003-05-01 12:05:55'), "
              "kg_timestampdiff('MILLISECOND', DATE '2003-02-01', DATE '2003-05-01')");
    CHECK_SQL(
        "0|1|-1|0|1|11",
        "SELECT kg_timestampdiff('MONTH', DATE '2024-01-31', DATE '2024-02-29'), "
        "kg_timestampdiff('MONTH', TIMESTAMP '2024-01-01 10:00:00', TIMESTAMP '2024-02-01 10:00:00'), "
        "kg_timestampdiff('MONTH', DATE '2024-02-29', DATE '2024-01-29'), "
        "kg_timestampdiff('WEEK', DATE '2024-01-07', DATE '2024-01-01'), "
        "kg_timestampdiff('QUARTER', DATE '2024-01-01', DATE '2024-04-01'), "
        "kg_timestampdiff('DAY', DATE '1969-12-26', TIMESTAMP '1970-01-06 23:00:00')");
    CHECK_SQL_ERR(BAD_VALUE, "Incorrect time unit value: 'EON' for column 'unit'",
                  "SELECT kg_timestampdiff('EON', DATE '2003-02-01', DATE '2003-05-01')");
    CHECK_SQL("1|6|7|8|719528|1970-01-01|NULL",
              "SELECT kg_dayofweek(DATE '2024-06-02'), kg_weekday(DATE '2024-06-02'), "
              "kg_week(DATE '2008-02-20', 0), kg_week(DATE '2008-02-20', 1), "
              "kg_to_days(DATE '1970-01-01'), kg_from_days(719528), kg_from_days(-1)");
    fixture_close(&fixture);
}

TEST(functions_hash_as_starrocks)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("1321743225|984713481|NULL",
              "SELECT kg_murmur_hash3_32('hello'), kg_murmur_hash3_32('hello', 'world'), "
              "kg_murmur_hash3_32(NULL)");
    CHECK_SQL("-7685981735718036227|7001965798170371843",
              "SELECT kg_xx_hash3_64('hello'), kg_xx_hash3_64('hello', 'world')");
    CHECK_SQL("3421780262|0", "SELECT kg_crc32('123456789'), kg_crc32('')");
    fixture_close(&fixture);
}

TEST(functions_divide_decimals)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("-12340|5|12345678901234567890123456789012345678",
              "SELECT kg_unscaled('-12.340'), kg_unscaled('0.5'), "
              "kg_unscaled('123456789012345678901234567890.12345678')");
    CHECK_SQL("3333333|-3333333|6666667|-6666667|NULL|0",
              "SELECT kg_decimal_divide(10, 3, 6), kg_decimal_divide(-10, 3, 6), "
              "kg_decimal_divide(20, 3, 6), kg_decimal_divide(20, -3, 6), "
              "kg_decimal_divide(1, 0, 6), kg_decimal_divide(0, 5, 6)");
    CHECK_SQL("10|3|2|1000000000000000000000000000000000000|NULL",
              "SELECT kg_decimal_divide(99999999999999999999999999999999999999, "
              "9999999999999999999999999999999999999, 0), kg_decimal_divide(5, 2, 0), "
              "kg_decimal_divide(3, 2, 0), "
              "kg_decimal_divide(1, 1000000000000000000000000000000000000, 72), "
              "kg_decimal_divide(99999999999999999999999999999999999999, 1, 6)");
    fixture_close(&fixture);
}

TEST(functions_check_values_of_insert)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("abc|NULL|é",
              "SELECT kg_check_len('abc', 3, 'c'), kg_check_len(NULL::VARCHAR, 3, 'c'), "
              "kg_check_len('é', 2, 'c')");
    CHECK_SQL_ERR(
        DATA_TOO_LONG,
        "Data too long for column 'name': 4 bytes, at most 3; the value begins with 'abcd'",
        "SELECT kg_check_len(x, 3, 'name') FROM (VALUES ('abc'), ('abcd')) t(x)");
    CHECK_SQL_ERR(DATA_TOO_LONG,
                  "Data too long for column 'b': 2 bytes, at most 1; the value begins with 'ff00'",
                  "SELECT kg_check_len('\\xFF\\x00'::BLOB, 1, 'b')");
    CHECK_SQL_ERR(COLUMN_NOT_NULL, "Column 'c1' cannot be null",
                  "SELECT CASE WHEN x IS NULL THEN kg_bad_null('c1') ELSE x END "
                  "FROM (VALUES (1.50::DECIMAL(10,2)), (NULL)) t(x)");
    CHECK_SQL_ERR(BAD_VALUE, "Incorrect INT value: '12abc' for column 'c2'",
                  "SELECT CASE WHEN kg_to_int(x) IS NULL AND x IS NOT NULL "
                  "THEN kg_bad_value(x, 'INT', 'c2') ELSE kg_to_int(x) END "
                  "FROM (VALUES ('7'), ('12abc')) t(x)");
    CHECK_SQL_ERR(SEMANTIC, "any text: of ours",
                  "SELECT kg_raise('SEMANTIC', 'any text: of ours')");
    fixture_close(&fixture);
}

TEST(functions_checks_keep_type_and_cost_nothing_unless_needed)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL("DECIMAL(10,2)|DATE",
              "SELECT typeof(CASE WHEN x IS NULL THEN kg_bad_null('c') ELSE x END), "
              "typeof(CASE WHEN y IS NULL THEN kg_bad_null('c') ELSE y END) "
              "FROM (SELECT 1.5::DECIMAL(10,2) AS x, DATE '2024-01-01' AS y)");
    CHECK_SQL("5000", "SELECT count(CASE WHEN x < 0 THEN kg_bad_value(x::VARCHAR, 'INT', 'c') "
                      "ELSE x END) FROM range(5000) t(x)");
    fixture_close(&fixture);
}

TEST(functions_zones_are_the_engines)
{
    Fixture fixture = fixture_open(t, 0);
    CHECK_SQL(
        "1704067200|2024-01-01 09:00:00",
        "SELECT CAST(epoch(timezone('Asia/Tokyo', TIMESTAMP '2024-01-01 09:00:00')) AS BIGINT), "
        "timezone('Asia/Tokyo', to_timestamp(1704067200))");
    fixture_close(&fixture);
}
