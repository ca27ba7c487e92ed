/*
 * base/fault: places where tests make trouble.
 *
 * Errors  FAULT_INJECTED, FAULT_AGAIN, DISK_FULL, and what ctx_poll raises while waiting.
 * Threads fault_init before other threads; points may be passed from any thread.
 */
#include "base/fault.h"
#include <signal.h>
#include <unistd.h>

enum { MAX_POINTS = 16, WAIT_MS = 100 };
typedef enum Action { KILL, FAIL_ONCE, AGAIN, NOSPACE, WAIT, ACTION_COUNT } Action;

typedef struct Point {
    char name[64];
    Action action;
    int64_t at;  // 1-based passing
    atomic_llong passed;
} Point;

static Point points[MAX_POINTS];
static int point_count;

static const char *const ACTIONS[ACTION_COUNT] = {"kill", "fail", "again", "nospace", "wait"};

static bool parse_point(Str text, Point *point)
{
    Str name = str_cut(&text, '=');
    Str action = str_cut(&text, '@');
    if (name.len == 0 || name.len >= sizeof(point->name)) return false;
    memcpy(point->name, name.ptr, name.len);
    point->name[name.len] = '\0';
    point->at = 1;
    if (text.len && (!str_to_i64(text, &point->at) || point->at < 1)) return false;
    for (int i = 0; i < ACTION_COUNT; i++) {
        if (!str_eq(action, str_from(ACTIONS[i]))) continue;
        point->action = (Action)i;
        return true;
    }
    return false;
}

void fault_init(const char *spec)
{
    Str rest = str_from(spec);
    point_count = 0;
    while (rest.len && point_count < MAX_POINTS) {
        Str one = str_cut(&rest, ',');
        Point *point = &points[point_count];
        atomic_store(&point->passed, 0);
        if (parse_point(one, point))
            point_count++;
        else
            fprintf(stderr, "kintsugid: KINTSUGI_FAULT is not understood: %.*s\n", STR_ARG(one));
    }
}

static Rc act(Ctx *ctx, Point *point)
{
    int64_t passing = atomic_fetch_add(&point->passed, 1) + 1;
    switch (point->action) {
    case KILL:
        if (passing == point->at) kill(getpid(), SIGKILL);
        return RC_OK;
    case FAIL_ONCE: return passing == point->at ? FAIL(ctx, FAULT_INJECTED, point->name) : RC_OK;
    case AGAIN: return passing <= point->at ? FAIL(ctx, FAULT_AGAIN, point->name) : RC_OK;
    case NOSPACE: return passing == point->at ? FAIL(ctx, DISK_FULL, point->name) : RC_OK;
    case WAIT:
    case ACTION_COUNT: break;
    }
    for (int64_t turn = 0; turn < point->at; turn++) {
        TRY(ctx_poll(ctx));
        clock_sleep_ms(WAIT_MS);
    }
    return RC_OK;
}

Rc fault_point(Ctx *ctx, const char *name)
{
    for (int i = 0; i < point_count; i++)
        if (strcmp(points[i].name, name) == 0) TRY(act(ctx, &points[i]));
    return RC_OK;
}
