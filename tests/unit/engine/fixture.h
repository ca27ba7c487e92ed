#ifndef TESTS_UNIT_ENGINE_FIXTURE_H
#define TESTS_UNIT_ENGINE_FIXTURE_H
#include "check.h"
#include "engine/engine.h"

// An engine over an empty folder, and one connection. Close it at the end of the test.
typedef struct Fixture {
    Str dir;
    Engine *engine;
    EngineConn *conn;
} Fixture;

Fixture fixture_open(Ctx *t, int64_t memory_bytes);
void fixture_close(Fixture *fixture);

// The answer as text: cells joined by '|', rows by '/'; NULL is "NULL".
Rc fixture_ask(Ctx *t, Fixture *fixture, const char *sql, Str *out);

// The answer of `sql` must be `expected`.
#define CHECK_SQL(expected, sql)                                  \
    do {                                                          \
        Str answer_ = STR_NONE;                                   \
        CHECK_RC(RC_OK, fixture_ask(t, &fixture, sql, &answer_)); \
        CHECK_STR(expected, answer_);                             \
    } while (0)

#define CHECK_SQL_ERR(NAME, text, sql)                                       \
    do {                                                                     \
        Str answer_ = STR_NONE;                                              \
        CHECK_ERR_TEXT(NAME, text, fixture_ask(t, &fixture, sql, &answer_)); \
    } while (0)

#endif
