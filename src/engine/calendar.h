#ifndef ENGINE_CALENDAR_H
#define ENGINE_CALENDAR_H
#include "base/str.h"

// Dates and times of the Gregorian calendar, without time zone, years 0000 to 9999.

typedef struct Moment {
    int64_t year;
    int month, day;  // 1-based
    int hour, minute, second, micro;
} Moment;

enum { CALENDAR_TEXT_SIZE = 64 };
#define CALENDAR_MICROS_PER_DAY INT64_C(86400000000)

int64_t calendar_days(int64_t year, int month, int day);  // since 1970-01-01; the date must exist
int calendar_days_in_month(int64_t year, int month);
bool calendar_is_valid(const Moment *moment);  // every field in its range
Moment calendar_from_days(int64_t days);
Moment calendar_from_micros(int64_t micros);     // since 1970-01-01 00:00
int64_t calendar_micros(const Moment *moment);   // must be valid
int calendar_weekday(int64_t days);              // 0 = Sunday
int calendar_day_of_year(const Moment *moment);  // 1 to 366

// MySQL's WEEK(date, mode), modes 0 to 7; *year (may be NULL) becomes the year that the week
// belongs to.
int calendar_week(const Moment *moment, int mode, int64_t *year);

// yyyy-MM-dd; yyyy-MM-dd HH:mm:ss[.ffffff]; HH:mm:ss[.ffffff]. Return the length; not terminated.
size_t calendar_put_date(char out[CALENDAR_TEXT_SIZE], int64_t days);
size_t calendar_put_datetime(char out[CALENDAR_TEXT_SIZE], int64_t micros);
size_t calendar_put_time(char out[CALENDAR_TEXT_SIZE], int64_t micros);

/*
 * Text to moment as StarRocks and MySQL read it. White space around is skipped. Forms:
 *   yyyy-M-d [H:m[:s[.fraction]]]   also with / or . between the parts of the date, and T for the
 * blank yyyyMMdd, yyMMdd, yyyyMMddHHmmss[.fraction], yyMMddHHmmss[.fraction] Years of two digits:
 * 70 to 99 are 19xx, 00 to 69 are 20xx. A fraction is cut to six digits. False: anything else, or a
 * moment that does not exist.
 */
bool calendar_parse(Str text, Moment *out);

#endif
