/*
 * snap/stamp: the time stamp that names one run of a snapshot.
 *
 * Form    yyyy-MM-dd-HH-mm-ss-SSS; repositories of older servers lack the -SSS.
 * Source  StarRocks BackupJob.TIMESTAMP_FORMAT. RESTORE compares the text, never the number:
 *         the number only orders runs (SHOW SNAPSHOT, retention, the offline tools).
 * Errors  BAD_TIMESTAMP.   Threads  pure functions.
 */
#include "snap/stamp.h"
#include <time.h>

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MILLI, FIELD_COUNT };
enum { DAY_MS = 86400000, HOUR_MS = 3600000, MINUTE_MS = 60000, SECOND_MS = 1000 };

static const struct {
    uint8_t width;
    int16_t min, max;
} FIELDS[FIELD_COUNT] = {
    {4, 1970, 9999}, {2, 1, 12}, {2, 1, 31}, {2, 0, 23}, {2, 0, 59}, {2, 0, 59}, {3, 0, 999},
};

// Fill `field` from digits joined by '-'. Strict: no sign, no space, nothing left over.
static bool split_fields(Str text, int field[static FIELD_COUNT])
{
    size_t pos = 0, count = 0;
    for (; count < FIELD_COUNT && pos < text.len; count++) {
        if (count > 0 && text.ptr[pos++] != '-') return false;
        if (text.len - pos < FIELDS[count].width) return false;
        for (size_t end = pos + FIELDS[count].width; pos < end; pos++) {
            if (text.ptr[pos] < '0' || text.ptr[pos] > '9') return false;
            field[count] = field[count] * 10 + (text.ptr[pos] - '0');
        }
        if (field[count] < FIELDS[count].min || field[count] > FIELDS[count].max) return false;
    }
    return pos == text.len && count >= MILLI;
}

static int days_in_month(int year, int month)
{
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2) return is_leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days from 1970-01-01. The year is counted from March, so that the leap day comes last in it.
static int64_t days_from_date(int year, int month, int day)
{
    must(day >= 1 && day <= days_in_month(year, month));
    int64_t march_year = month > 2 ? year : year - 1;
    int64_t march_month = month > 2 ? month - 3 : month + 9;
    int64_t leap_days = march_year / 4 - march_year / 100 + march_year / 400;
    return 365 * march_year + leap_days + (153 * march_month + 2) / 5 + day - 1 - 719468;
}

// The other way round: the year is found from its number of days, then months are taken off.
static void date_from_days(int64_t days, int field[static FIELD_COUNT])
{
    int year = 1970 + (int)(days / 366);
    while (days >= days_from_date(year + 1, 1, 1)) year++;
    int left = (int)(days - days_from_date(year, 1, 1));
    int month = 1;
    for (; left >= days_in_month(year, month); month++) left -= days_in_month(year, month);
    field[YEAR] = year;
    field[MONTH] = month;
    field[DAY] = left + 1;
}

static bool read_fields(Str text, int field[static FIELD_COUNT])
{
    return split_fields(text, field) && field[DAY] <= days_in_month(field[YEAR], field[MONTH]);
}

bool stamp_is_valid(Str text)
{
    int field[FIELD_COUNT] = {0};
    return read_fields(text, field);
}

Rc stamp_parse(Ctx *ctx, Str text, Stamp *out)
{
    int field[FIELD_COUNT] = {0};
    if (!read_fields(text, field)) return FAIL(ctx, BAD_TIMESTAMP, STR_ARG(text));

    int64_t hours = days_from_date(field[YEAR], field[MONTH], field[DAY]) * 24 + field[HOUR];
    out->wall_ms = ((hours * 60 + field[MINUTE]) * 60 + field[SECOND]) * 1000 + field[MILLI];
    return RC_OK;
}

Stamp stamp_of_time(int64_t utc_ms)
{
    time_t seconds = (time_t)(utc_ms / SECOND_MS);
    struct tm parts;
    localtime_r(&seconds, &parts);
    return (Stamp){utc_ms + parts.tm_gmtoff * SECOND_MS};
}

Str stamp_text(Arena *arena, Stamp stamp)
{
    int64_t day_ms = stamp.wall_ms % DAY_MS;
    int field[FIELD_COUNT] = {0};
    must(stamp.wall_ms >= 0);
    date_from_days(stamp.wall_ms / DAY_MS, field);
    must(field[YEAR] <= FIELDS[YEAR].max);
    return str_printf(arena, "%04d-%02d-%02d-%02d-%02d-%02d-%03d", field[YEAR], field[MONTH],
                      field[DAY], (int)(day_ms / HOUR_MS), (int)(day_ms % HOUR_MS / MINUTE_MS),
                      (int)(day_ms % MINUTE_MS / SECOND_MS), (int)(day_ms % SECOND_MS));
}

bool stamp_is_named(Str stamp, Str asked)
{
    if (asked.len == STAMP_SHORT_LEN) stamp = str_sub(stamp, 0, STAMP_SHORT_LEN);
    return str_eq(stamp, asked);
}
