/*
 * tests/unit/check: registers, runs and judges unit tests; cmocka does the jumping and the report.
 *
 * Output  cmocka's, then one line "<binary>: N passed, N failed", which ./dev test adds up.
 * Threads tests run on the main thread, one after another.
 */
#include "check.h"
#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_DIRS = 32, MAX_OPEN_FOLDERS = 16 };

static Test *first_test, **next_test = &first_test;
static size_t test_count, run_count;
static pthread_t main_thread;
static char *dirs[MAX_DIRS];
static size_t dir_count;

void test_register(Test *test)
{
    *next_test = test;
    next_test = &test->next;
    test_count++;
}

void check_failed(const char *file, int line, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!pthread_equal(pthread_self(), main_thread)) {
        fprintf(stderr, "%s:%d: %s (on another thread)\n", file, line, text);
        abort();
    }
    print_error("%s\n", text);
    _fail(file, line);
}

void check_int(const char *file, int line, const char *what, int64_t expected, int64_t got)
{
    if (expected == got) return;
    check_failed(file, line, "%s: expected %lld, found %lld", what, (long long)expected,
                 (long long)got);
}

void check_str(const char *file, int line, const char *what, Str expected, Str got)
{
    bool is_none = expected.ptr == NULL || got.ptr == NULL;
    if (is_none ? expected.ptr == got.ptr : str_eq(expected, got)) return;
    check_failed(file, line, "%s:\n  expected %s\"%.*s\"\n  found    %s\"%.*s\"", what,
                 expected.ptr ? "" : "(none) ", STR_ARG(expected), got.ptr ? "" : "(none) ",
                 STR_ARG(got));
}

Str check_same_str(Str text)
{
    return text;
}

static const char *rc_text(Rc rc)
{
    static const char *const NAMES[] = {
        "RC_OK",       "RC_INVALID",   "RC_NOT_FOUND",   "RC_EXISTS", "RC_DENIED",
        "RC_CONFLICT", "RC_CANCELLED", "RC_TIMEOUT",     "RC_AGAIN",  "RC_IO",
        "RC_CORRUPT",  "RC_LIMIT",     "RC_UNSUPPORTED", "RC_BUG",
    };
    return (size_t)rc < sizeof NAMES / sizeof NAMES[0] ? NAMES[rc] : "(no Rc)";
}

static const char *err_name(ErrId id)
{
    return id == ERR_NONE ? "no error" : err_info(id)->name;
}

void check_rc(const char *file, int line, const char *what, Ctx *t, Rc expected, Rc got)
{
    if (expected == got) return;
    check_failed(file, line, "%s: expected %s, found %s (%s: %.*s)", what, rc_text(expected),
                 rc_text(got), err_name(t->err.id), STR_ARG(t->err.text));
}

void check_err(const char *file, int line, const char *what, Ctx *t, CheckedErr expected, Rc got)
{
    const ErrInfo *info = err_info(expected.id);
    if (t->err.id != expected.id)
        check_failed(file, line, "%s: expected error %s, found %s (%s: %.*s)", what, info->name,
                     rc_text(got), err_name(t->err.id), STR_ARG(t->err.text));
    if (got != info->rc)
        check_failed(file, line, "%s: error %s must return %s, found %s", what, info->name,
                     rc_text(info->rc), rc_text(got));
    if (expected.text.ptr != NULL) check_str(file, line, what, expected.text, t->err.text);
    ctx_clear(t);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_dirs(void)
{
    while (dir_count > 0) {
        char *dir = dirs[--dir_count];
        if (nftw(dir, remove_entry, MAX_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0)
            fprintf(stderr, "cannot remove %s: %s\n", dir, strerror(errno));
        free(dir);
    }
}

Str test_dir(Ctx *t)
{
    if (dir_count == MAX_DIRS) check_failed(__FILE__, __LINE__, "over %d folders", MAX_DIRS);
    const char *parent = getenv("TMPDIR");
    Str path = str_printf(t->arena, "%s/kg_test_XXXXXX", parent ? parent : "/tmp");
    char *folder = str_z(t->arena, path);
    if (mkdtemp(folder) == NULL)
        check_failed(__FILE__, __LINE__, "cannot make %s: %s", folder, strerror(errno));
    dirs[dir_count++] = strdup(folder);
    return str_from(folder);
}

Str test_source_path(Ctx *t, const char *below)
{
    return str_from(str_z(t->arena, str_printf(t->arena, "%s/%s", KG_SOURCE_DIR, below)));
}

static void run_one(void **state)
{
    const Test *test = *state;
    Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    run_count++;
    test->run(&ctx);
    arena_free(arena);
}

// Runs after a test that failed, too.
static int clean_one(void **state)
{
    (void)state;
    remove_dirs();
    return 0;
}

int main(int argc, char **argv)
{
    main_thread = pthread_self();
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    struct CMUnitTest *tests = mem_alloc((test_count + 1) * sizeof *tests);
    size_t count = 0;
    for (Test *test = first_test; test != NULL; test = test->next)
        tests[count++] = (struct CMUnitTest){test->name, run_one, NULL, clean_one, test};

    const char *slash = strrchr(argv[0], '/');
    const char *binary = slash ? slash + 1 : argv[0];
    int failed = _cmocka_run_group_tests(binary, tests, count, NULL, NULL);
    free(tests);
    printf("%s: %zu passed, %d failed\n", binary, run_count - (size_t)failed, failed);
    return failed == 0 ? 0 : 1;
}
