-- Functions: one line each with what it must give.
SELECT abs(-3), sign(-2.5), ceil(1.2), floor(-1.2), round(2.5), round(-2.5), round(1.2345, 2), truncate(1.999, 2), round(1234.5, -2);
SELECT sqrt(16), sqrt(-1), ln(1), ln(0), log(2, 8), log2(8), log10(1000), exp(0), exp(1000), pow(2, 10), pow(-8, 0.5), round(cbrt(27), 6);
SELECT pi(), degrees(0), radians(180), sin(0), cos(0), tan(0), asin(2), acos(1), atan(0), atan2(0, 1);
SELECT mod(7, 3), pmod(-7, 3), 7 % 0, bit_count(7), bitand(6, 3), bitor(6, 3), bitxor(6, 3), bitnot(0), 1 << 4, 16 >> 2, bin(5);
SELECT if(1 = 1, 'y', 'n'), ifnull(NULL, 'x'), nvl(NULL, 2), coalesce(NULL, NULL, 3), nullif(1, 1), isnull(NULL), CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END;
SELECT upper('aé'), lower('AÉ'), reverse('abc'), trim('  a  '), ltrim('xxa', 'x'), rtrim('a  '), repeat('ab', 2), space(2), lpad('7', 3, '0'), rpad('a', 3, 'xy');
SELECT left('abc', 2), right('abc', 2), instr('abc', 'c'), locate('b', 'abcb', 3), strpos('abc', 'z'), replace('aXb', 'X', '-'), split_part('a,b,c', ',', 2), substring_index('a.b.c', '.', -2), find_in_set('b', 'a,b'), field('b', 'a', 'b');
SELECT concat('a', 1, 2.50, TRUE, DATE '2024-01-01'), concat_ws('-', 'a', NULL, 'b'), ascii('A'), char(65), starts_with('abc', 'ab'), ends_with('abc', 'c'), null_or_empty(''), strcmp('a', 'b');
SELECT regexp_extract('k=v;', '(\\w)=(\\w)', 2), regexp('abc', 'b'), translate('abc', 'ab', 'xy'), hex(255), hex('ab'), unhex('6162'), to_base64('abc'), from_base64('YWJj'), from_base64('?');
SELECT md5('a'), crc32('a'), sha2('a', 256), murmur_hash3_32('test'), length(uuid());
SELECT year('2024-02-29'), quarter('2024-02-29'), month('2024-02-29'), day('2024-02-29'), dayofyear('2024-02-29'), weekofyear('2024-02-29'), dayname('2024-02-29'), monthname('2024-02-29'), last_day('2024-02-01');
SELECT hour('2024-01-01 10:11:12'), minute('2024-01-01 10:11:12'), second('2024-01-01 10:11:12'), date('2024-01-01 10:11:12'), to_days('2024-01-01'), from_days(739251);
SELECT date_format('2024-01-05 03:04:05', '%Y/%m/%d %H:%i:%s'), str_to_date('05.01.2024', '%d.%m.%Y'), str_to_date('2024-01-05 3:4', '%Y-%m-%d %H:%i'), date_trunc('month', '2024-02-29 10:00:00');
SELECT datediff('2024-03-01', '2024-02-28'), timestampdiff(HOUR, '2024-01-01', '2024-01-02 01:00:00'), timestampadd(MINUTE, 90, '2024-01-01'), months_diff('2024-03-01', '2024-01-31'), days_add('2024-02-28', 2), date_sub('2024-03-31', INTERVAL 1 MONTH), adddate('2024-01-01', 31);
SELECT extract(YEAR FROM '2024-02-29'), extract(DAY FROM '2024-02-29'), CAST('2024-1-5' AS DATE), CAST('20240105102030' AS DATETIME), CAST('2024-02-30' AS DATE), CAST(20240105 AS DATE), CAST(DATE '2024-01-05' AS INT);
SELECT database(), connection_id() > 0, curdate() <= now(), unix_timestamp() > 1700000000, version() IS NOT NULL;
