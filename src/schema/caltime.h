#ifndef SCHEMA_CALTIME_H
#define SCHEMA_CALTIME_H
#include "base/str.h"

// A local date and time of the proleptic Gregorian calendar, years 0 to 9999, without time zone.
typedef struct CalTime {
    int64_t days;    // from 1970-01-01
    int64_t micros;  // of the day
} CalTime;

typedef struct CalDate {
    int year, month, day;
} CalDate;

#define CALTIME_HOUR INT64_C(3600000000)
#define CALTIME_DAY (24 * CALTIME_HOUR)

// yyyy-M-d[ H:m[:s[.ffffff]]], yyyyMMdd or yyyyMMddHHmmss. False: none of these, or no such day.
bool caltime_parse(Str text, CalTime *out);
// yyyy-MM-dd, or with the time yyyy-MM-dd HH:mm:ss[.ffffff] (a fraction only where there is one).
Str caltime_text(Arena *arena, CalTime time, bool has_time);

CalDate caltime_date(int64_t days);
int64_t caltime_days(CalDate date);   // the date must exist
int caltime_weekday(int64_t days);    // 1 Monday .. 7 Sunday
bool caltime_is_valid(CalTime time);  // years 0 to 9999

#endif
