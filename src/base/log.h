#ifndef BASE_LOG_H
#define BASE_LOG_H
#include "base/rc.h"

// One line on standard error: time, level, text. Secrets are masked by whoever formats the text.
typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } LogLevel;
void log_set_level(LogLevel least);
void log_line(LogLevel level, const char *format, ...) PRINTF_LIKE(2, 3);
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
