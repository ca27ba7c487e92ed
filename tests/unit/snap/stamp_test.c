#include "check.h"
#include "snap/stamp.h"
#include <time.h>

TEST(stamp_reads_both_forms)
{
    Stamp stamp;
    CHECK_RC(RC_OK, stamp_parse(t, STR("2018-05-04-16-45-08"), &stamp));
    CHECK_INT(1525452308000, stamp.wall_ms);
    CHECK_RC(RC_OK, stamp_parse(t, STR("2024-12-09-10-25-58-842"), &stamp));
    CHECK_INT(1733739958842, stamp.wall_ms);
    CHECK_RC(RC_OK, stamp_parse(t, STR("2000-02-29-23-59-59-999"), &stamp));
    CHECK_INT(951868799999, stamp.wall_ms);
}

TEST(stamp_refuses_what_is_no_time)
{
    static const char *const WRONG[] = {
        "",
        "2018",
        "2018-05-04-16-45",
        "2018-02-29-00-00-00",
        "1900-02-28-00-00-00",
        "2018-13-01-00-00-00",
        "2018-00-01-00-00-00",
        "2018-04-31-00-00-00",
        "2018-04-00-00-00-00",
        "2018-05-04-24-00-00",
        "2018-05-04-16-60-08",
        "2018-05-04-16-45-60",
        "2018-05-04-16-45-08-",
        "2018-05-04-16-45-08-1",
        "2018-05-04-16-45-08-1234",
        "2018-05-04-16-45-08-123-1",
        " 2018-05-04-16-45-08",
        "2018-05-04-16-45-08 ",
        "2018-5-4-16-45-08",
        "2018-05-04 16:45:08",
        "-018-05-04-16-45-08",
        "2018-05-04-16-45-+8",
        "2100-02-29-00-00-00",
    };
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        Stamp stamp = {42};
        CHECK_ERR(BAD_TIMESTAMP, stamp_parse(t, str_from(WRONG[i]), &stamp));
        CHECK_INT(42, stamp.wall_ms);
    }
}

TEST(stamp_says_what_it_found)
{
    Stamp stamp;
    CHECK_ERR_TEXT(BAD_TIMESTAMP,
                   "Invalid backup timestamp 'now', expected yyyy-MM-dd-HH-mm-ss-SSS",
                   stamp_parse(t, STR("now"), &stamp));
}

// Every day of 130 years, at a time of day that moves along.
TEST(stamp_text_and_parse_agree)
{
    for (int64_t day = 0; day < 130 * 366; day++) {
        Stamp stamp = {day * 86400000 + day * 7919 % 86400000}, back;
        Str text = stamp_text(t->arena, stamp);
        CHECK_INT(STAMP_LEN, text.len);
        CHECK_RC(RC_OK, stamp_parse(t, text, &back));
        CHECK_INT(stamp.wall_ms, back.wall_ms);
    }
    CHECK_STR("1970-01-01-00-00-00-000", stamp_text(t->arena, (Stamp){0}));
    CHECK_STR("9999-12-31-23-59-59-999", stamp_text(t->arena, (Stamp){253402300799999}));
}

TEST(stamp_is_of_the_servers_zone)
{
    setenv("TZ", "XXX-05:30", 1);
    tzset();
    CHECK_STR("2024-12-09-15-55-58-842", stamp_text(t->arena, stamp_of_time(1733739958842)));
    unsetenv("TZ");
    tzset();
}

TEST(stamp_is_named_by_its_text_or_its_second)
{
    Str stamp = STR("2024-12-09-10-25-58-842");
    CHECK(stamp_is_named(stamp, stamp));
    CHECK(stamp_is_named(stamp, STR("2024-12-09-10-25-58")));
    CHECK(!stamp_is_named(stamp, STR("2024-12-09-10-25-59")));
    CHECK(!stamp_is_named(stamp, STR("2024-12-09-10-25-58-841")));
    CHECK(!stamp_is_named(stamp, STR("2024-12-09-10-25-58-84")));
    CHECK(!stamp_is_named(stamp, STR("")));
    CHECK(stamp_is_named(STR("2018-05-04-16-45-08"), STR("2018-05-04-16-45-08")));
}
