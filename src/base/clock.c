/*
 * base/clock: wall time behind an interface, and a steady clock for durations.
 *
 * Errors  none.   Threads  all functions may be called from any thread.
 */
#include "base/clock.h"
#include "base/poison.h"
#include <time.h>

static int64_t read_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t system_now_ms(Clock *clock)
{
    (void)clock;
    return read_ns(CLOCK_REALTIME) / 1000000;
}

Clock *clock_system(void)
{
    static Clock system = {system_now_ms};
    return &system;
}

int64_t clock_now_ms(Clock *clock)
{
    return clock->now_ms(clock);
}

static int64_t fixed_now_ms(Clock *clock)
{
    return ((ClockFixed *)clock)->at_ms;
}

void clock_fixed_init(ClockFixed *fixed, int64_t at_ms)
{
    *fixed = (ClockFixed){{fixed_now_ms}, at_ms};
}

int64_t clock_steady_ms(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_steady_us(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000;
}

void clock_sleep_ms(int64_t duration_ms)
{
    struct timespec pause = {duration_ms / 1000, duration_ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

char *clock_text(int64_t wall_ms, char out[CLOCK_TEXT_SIZE])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    localtime_r(&seconds, &parts);
    strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &parts);
    return out;
}
