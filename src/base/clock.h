#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H
#include "base/arena.h"
#include "base/rc.h"
#include <stdint.h>

// Wall time, so that tests can set it. Milliseconds since 1970-01-01 00:00 UTC.
typedef struct Clock {
    int64_t (*now_ms)(struct Clock *clock);
} Clock;

Clock *clock_system(void);
int64_t clock_now_ms(Clock *clock);

// A clock that stands still until it is set.
typedef struct ClockFixed {
    Clock clock;
    int64_t at_ms;
} ClockFixed;
void clock_fixed_init(ClockFixed *fixed, int64_t at_ms);

// Never jumps; for deadlines and durations only.
int64_t clock_steady_ms(void);
int64_t clock_steady_us(void);
void clock_sleep_ms(int64_t duration_ms);

enum { CLOCK_TEXT_SIZE = 32 };
// `yyyy-MM-dd HH:mm:ss` in the server's time zone, as SHOW prints times. Returns `out`.
char *clock_text(int64_t wall_ms, char out[CLOCK_TEXT_SIZE]);

#endif
