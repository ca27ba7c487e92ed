/*
 * base/log: lines on standard error, each written by one call so that threads do not mix.
 *
 * Errors  none.   Threads  any.
 */
#include "base/log.h"
#include "base/clock.h"
#include "base/poison.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

enum { LINE_BYTES = 4096 };

static atomic_int least_level = LOG_INFO;

void log_set_level(LogLevel least)
{
    atomic_store(&least_level, (int)least);
}

void log_line(LogLevel level, const char *format, ...)
{
    static const char *const NAMES[] = {"DEBUG", "INFO", "WARN", "ERROR"};
    if ((int)level < atomic_load(&least_level)) return;
    char line[LINE_BYTES], when[CLOCK_TEXT_SIZE];
    int64_t now_ms = clock_now_ms(clock_system());
    int head = snprintf(line, sizeof(line), "%s.%03d %s ", clock_text(now_ms, when),
                        (int)(now_ms % 1000), NAMES[level]);
    va_list args;
    va_start(args, format);
    int body = vsnprintf(line + head, sizeof(line) - (size_t)head - 1, format, args);
    va_end(args);
    size_t len = (size_t)head + (size_t)(body < 0 ? 0 : body);
    if (len > sizeof(line) - 2) len = sizeof(line) - 2;
    for (size_t i = (size_t)head; i < len; i++)
        if (line[i] == '\n' || line[i] == '\r') line[i] = ' ';
    line[len] = '\n';
    ssize_t written = write(STDERR_FILENO, line, len + 1);
    (void)written;
}
