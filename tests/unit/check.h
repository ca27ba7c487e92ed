#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H
#include "base/ctx.h"

/*
 * Unit tests, over cmocka. A file holds `TEST(name) { ... }`; main() is in check.c and runs every
 * test of the binary, or those whose name matches its first argument (`*` and `?` are wild).
 * Each test gets a fresh `Ctx *t` with an arena that ends with it. A check that fails ends its test
 * (by longjmp: AUTO does not run then) and names place, expectation and finding. Checks made on a
 * thread that the test started end the process instead: it cannot be jumped out of.
 */
#define TEST(name)                                                      \
    static void test_##name(Ctx *t);                                    \
    __attribute__((constructor)) static void test_register_##name(void) \
    {                                                                   \
        static Test entry = {#name, test_##name, NULL};                 \
        test_register(&entry);                                          \
    }                                                                   \
    static void test_##name(__attribute__((unused)) Ctx *t)

#define CHECK(condition) \
    ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, "%s is false", #condition))

// Whole numbers, booleans, enums; compared as 64 bit.
#define CHECK_INT(expected, got) \
    check_int(__FILE__, __LINE__, #got, (int64_t)(expected), (int64_t)(got))

// Each side a Str or a C string. STR_NONE equals only STR_NONE.
#define CHECK_STR(expected, got) \
    check_str(__FILE__, __LINE__, #got, CHECK_AS_STR(expected), CHECK_AS_STR(got))
#define CHECK_AS_STR(x) \
    _Generic((x), Str : check_same_str, char * : str_from, const char * : str_from)(x)

// `expr` gives an Rc. RC_OK expected and another found: the text of `t` is shown.
#define CHECK_RC(expected, expr) check_rc(__FILE__, __LINE__, #expr, t, (expected), (expr))

// `expr` fails with error NAME of errors.def, told in `t`, and returns that error's Rc. `t` is
// cleared afterwards, so that the test can go on; CHECK_ERR_TEXT checks the user's text as well.
#define CHECK_ERR(NAME, expr) \
    check_err(__FILE__, __LINE__, #expr, t, (CheckedErr){ERR_##NAME, STR_NONE}, (expr))
#define CHECK_ERR_TEXT(NAME, text, expr) \
    check_err(__FILE__, __LINE__, #expr, t, (CheckedErr){ERR_##NAME, CHECK_AS_STR(text)}, (expr))

// A new empty folder (absolute, NUL-terminated, no slash at its end), removed when the test ends.
Str test_dir(Ctx *t);

// `below` a folder of the sources, as "tests/data/x.csv": its absolute path, NUL-terminated.
Str test_source_path(Ctx *t, const char *below);

// What the macros stand on.
typedef struct Test {
    const char *name;
    void (*run)(Ctx *t);
    struct Test *next;
} Test;
typedef struct CheckedErr {
    ErrId id;
    Str text;  // STR_NONE: any
} CheckedErr;
void test_register(Test *test);
void check_failed(const char *file, int line, const char *format, ...) PRINTF_LIKE(3, 4);
void check_int(const char *file, int line, const char *what, int64_t expected, int64_t got);
void check_str(const char *file, int line, const char *what, Str expected, Str got);
void check_rc(const char *file, int line, const char *what, Ctx *t, Rc expected, Rc got);
void check_err(const char *file, int line, const char *what, Ctx *t, CheckedErr expected, Rc got);
Str check_same_str(Str text);

#endif
