#include "check.h"
#include "engine/calendar.h"

static Str parse(Ctx *t, const char *text)
{
    Moment moment;
    if (!calendar_parse(str_from(text), &moment)) return STR("none");
    char out[CALENDAR_TEXT_SIZE];
    return str_dup(t->arena, (Str){out, calendar_put_datetime(out, calendar_micros(&moment))});
}

TEST(calendar_reads_the_forms_of_mysql)
{
    CHECK_STR("2024-02-29 00:00:00", parse(t, "2024-02-29"));
    CHECK_STR("2024-02-09 00:00:00", parse(t, " 2024-2-9 "));
    CHECK_STR("2024-02-09 00:00:00", parse(t, "2024/02/09"));
    CHECK_STR("2024-02-09 00:00:00", parse(t, "20240209"));
    CHECK_STR("2024-02-09 00:00:00", parse(t, "240209"));
    CHECK_STR("1970-02-09 00:00:00", parse(t, "70-02-09"));
    CHECK_STR("2069-02-09 00:00:00", parse(t, "69-02-09"));
    CHECK_STR("2024-02-09 01:02:03", parse(t, "20240209010203"));
    CHECK_STR("2024-02-09 01:02:03", parse(t, "2024-02-09T01:02:03"));
    CHECK_STR("2024-02-09 01:02:00", parse(t, "2024-02-09 1:2"));
    CHECK_STR("2024-02-09 01:00:00", parse(t, "2024-02-09 1"));
    CHECK_STR("2024-02-09 01:02:03.500000", parse(t, "2024-02-09 01:02:03.5"));
    CHECK_STR("2024-02-09 01:02:03.123456", parse(t, "2024-02-09 01:02:03.1234569"));
    CHECK_STR("0000-01-01 00:00:00", parse(t, "0000-01-01"));
    CHECK_STR("9999-12-31 23:59:59.999999", parse(t, "9999-12-31 23:59:59.999999"));
}

TEST(calendar_refuses_what_does_not_exist)
{
    static const char *const BAD[] = {
        "",           "2023-02-29", "2024-13-01",          "2024-00-01", "2024-01-00",
        "0000-00-00", "2024-01",    "2024-01-01x",         "2024-01/01", "2024-01-01 24:00:00",
        "yesterday",  "12:00:00",   "2024-01-01 10:60:00", "1",          "2024-01-01 10:00:00 x",
        "10000-01-01"};
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) CHECK_STR("none", parse(t, BAD[i]));
}

TEST(calendar_days_and_back)
{
    CHECK_INT(0, calendar_days(1970, 1, 1));
    CHECK_INT(19782, calendar_days(2024, 2, 29));
    CHECK_INT(-719528, calendar_days(0, 1, 1));
    for (int64_t days = calendar_days(0, 1, 1); days <= calendar_days(9999, 12, 31); days += 13) {
        Moment moment = calendar_from_days(days);
        CHECK(calendar_is_valid(&moment));
        CHECK_INT(days, calendar_days(moment.year, moment.month, moment.day));
    }
    CHECK_INT(4, calendar_weekday(0));
    CHECK_INT(6, calendar_weekday(calendar_days(0, 1, 1)));  // a Saturday
    CHECK_INT(3, calendar_weekday(-1));
}

static int week(int64_t year, int month, int day, int mode)
{
    Moment moment = {.year = year, .month = month, .day = day};
    return calendar_week(&moment, mode, NULL);
}

// Counted by hand from the table of modes in MySQL's manual; the manual's own examples among them.
TEST(calendar_weeks_as_mysql_counts_them)
{
    static const int AT_2008_02_20[] = {7, 8, 7, 8, 8, 7, 8, 7};
    static const int AT_2000_01_01[] = {0, 0, 52, 52, 0, 0, 52, 52};
    static const int AT_2008_12_31[] = {52, 53, 52, 1, 53, 52, 53, 52};
    for (int mode = 0; mode < 8; mode++) {
        CHECK_INT(AT_2008_02_20[mode], week(2008, 2, 20, mode));
        CHECK_INT(AT_2000_01_01[mode], week(2000, 1, 1, mode));
        CHECK_INT(AT_2008_12_31[mode], week(2008, 12, 31, mode));
    }
    Moment moment = {.year = 1999, .month = 1, .day = 1};
    int64_t year;
    CHECK_INT(52, calendar_week(&moment, 2, &year));
    CHECK_INT(1998, year);
}
