// Sets of 64-bit numbers: against a plain model, at rest, and from foreign bytes.
#include "base/bitmap.h"
#include "base/vec.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

static Str form_of(Ctx *t, Bitmap *bitmap)
{
    size_t bytes = bitmap_form_bytes(bitmap);
    char *form = arena_alloc(t->arena, bytes);
    bitmap_write(bitmap, form);
    return (Str){form, bytes};
}

static Bitmap *set_of(const uint64_t *values, size_t count)
{
    Bitmap *bitmap = bitmap_new();
    bitmap_add_many(bitmap, values, count);
    return bitmap;
}

#define SET_OF(...)                         \
    set_of((const uint64_t[]){__VA_ARGS__}, \
           sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

TEST(bitmap_holds_the_whole_range)
{
    Bitmap *bitmap = SET_OF(UINT64_MAX, 0, UINT64_C(1) << 32, 7, 7, UINT32_MAX);
    uint64_t listed[8], value;
    CHECK_INT(5, bitmap_count(bitmap));
    CHECK_INT(5, bitmap_list(bitmap, 0, listed, 8));
    const uint64_t expected[] = {0, 7, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
    for (size_t i = 0; i < 5; i++) CHECK_INT(expected[i], listed[i]);
    CHECK_INT(2, bitmap_list(bitmap, 8, listed, 2));
    CHECK_INT(UINT32_MAX, listed[0]);
    CHECK_INT(1, bitmap_list(bitmap, UINT64_MAX, listed, 8));
    CHECK(bitmap_contains(bitmap, UINT64_MAX) && !bitmap_contains(bitmap, 1));
    CHECK(bitmap_select(bitmap, 3, &value));
    CHECK_INT(UINT64_C(1) << 32, value);
    CHECK(!bitmap_select(bitmap, 5, &value));
    bitmap_remove(bitmap, UINT64_MAX);
    bitmap_remove(bitmap, 12345);
    CHECK_INT(4, bitmap_count(bitmap));
    bitmap_free(bitmap);
}

// The bytes that RoaringFormatSpec says, written out by hand.
TEST(bitmap_form_is_the_portable_one)
{
    char one[BITMAP_ONE_BYTES];
    uint64_t value;
    Bitmap *bitmap = SET_OF(UINT64_C(0x123456789ABC));
    Str form = form_of(t, bitmap);
    bitmap_write_one(UINT64_C(0x123456789ABC), one);
    CHECK_STR("0100000000000000341200003a30000001000000785600001000"
              "0000bc9a",
              str_hex(t->arena, form.ptr, form.len));
    CHECK(str_eq(form, (Str){one, sizeof one}));
    CHECK(bitmap_form_one(form, &value));
    CHECK_INT(0x123456789ABC, value);
    bitmap_free(bitmap);

    bitmap = bitmap_new();
    CHECK_STR("0000000000000000", str_hex(t->arena, form_of(t, bitmap).ptr, BITMAP_EMPTY_BYTES));
    for (uint64_t i = 10; i < 110; i++) bitmap_add(bitmap, i);  // one run
    form = form_of(t, bitmap);
    CHECK_STR("0100000000000000000000003b3000000100006300"
              "01000a006300",
              str_hex(t->arena, form.ptr, form.len));
    bitmap_free(bitmap);
}

// --- against a model: a byte for each number below SPACE; those of the second half lie by threes
// under an upper half of their own

enum { SPACE = 200000, HALF = SPACE / 2, ROUNDS = 60 };

static uint64_t dice = 1;
static uint64_t rand_below(uint64_t limit)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (dice >> 33) % limit;
}

static uint64_t number(size_t at)
{
    return at < HALF ? at : ((uint64_t)at / 3 << 32) + at % 3;
}

// Sparse, dense or in runs, so that all kinds of containers meet.
static void fill(Bitmap *bitmap, uint8_t *model)
{
    size_t count = (size_t)rand_below(3) == 0 ? 20 : 4000;
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)rand_below(SPACE), length = 1;
        if (rand_below(400) == 0) length = (size_t)rand_below(30000);
        for (; length > 0 && at < SPACE; length--, at++) {
            bitmap_add(bitmap, number(at));
            model[at] = 1;
        }
    }
}

static void check_same(Ctx *t, Bitmap *bitmap, const uint8_t *model)
{
    uint64_t *values = ARENA_ARRAY(t->arena, uint64_t, SPACE + 1), formed = 0;
    size_t count = 0;
    for (size_t at = 0; at < SPACE; at++) count += model[at];
    CHECK_INT(count, bitmap_count(bitmap));
    CHECK_INT(count, bitmap_list(bitmap, 0, values, SPACE + 1));
    size_t seen = 0;
    for (size_t at = 0; at < SPACE; at++)
        if (model[at] && values[seen++] != number(at)) CHECK_INT(number(at), values[seen - 1]);
    // Equal sets have equal bytes, however they were made; and come back.
    Bitmap *fresh = set_of(values, count), *again = NULL;
    Str form = form_of(t, bitmap);
    CHECK(str_eq(form, form_of(t, fresh)));
    CHECK(bitmap_form_count(form, &formed));
    CHECK_INT(count, formed);
    CHECK(bitmap_read(form, &again));
    CHECK(str_eq(form, form_of(t, again)));
    bitmap_free(fresh);
    bitmap_free(again);
}

TEST(bitmap_operators_agree_with_a_model)
{
    static void (*const OPERATORS[])(Bitmap *, const Bitmap *) = {bitmap_or, bitmap_and, bitmap_xor,
                                                                  bitmap_andnot};
    for (int round = 0; round < ROUNDS; round++) {
        ArenaMark mark = arena_mark(t->arena);
        uint8_t *model[2] = {ARENA_ARRAY(t->arena, uint8_t, SPACE),
                             ARENA_ARRAY(t->arena, uint8_t, SPACE)};
        Bitmap *sets[2] = {bitmap_new(), bitmap_new()};
        for (int i = 0; i < 2; i++) fill(sets[i], model[i]);
        bool meet = false;
        for (size_t at = 0; at < SPACE; at++) {
            uint8_t *a = &model[0][at], b = model[1][at];
            meet |= *a && b;
            const uint8_t results[] = {*a | b, *a & b, *a ^ b, *a & !b};
            *a = results[round % 4];
        }
        CHECK_INT(meet, bitmap_intersects(sets[0], sets[1]));
        if (round % 3 == 0) bitmap_form_bytes(sets[1]);  // runs where they are smaller
        OPERATORS[round % 4](sets[0], sets[1]);
        check_same(t, sets[0], model[0]);
        check_same(t, sets[1], model[1]);
        for (int i = 0; i < 2; i++) bitmap_free(sets[i]);
        arena_rewind(t->arena, mark);
    }
}

// --- foreign bytes

static bool reads(Str form)
{
    Bitmap *bitmap = NULL;
    uint64_t count;
    bool is_read = bitmap_read(form, &bitmap);
    CHECK_INT(is_read, bitmap_form_count(form, &count));
    bitmap_free(bitmap);
    return is_read;
}

TEST(bitmap_refuses_what_is_cut_or_longer)
{
    Bitmap *bitmap = SET_OF(1, 2, 3, 1000000, UINT64_C(5) << 40);
    for (uint64_t i = 0; i < 20000; i += 2) bitmap_add(bitmap, i);     // bits
    for (uint64_t i = 200000; i < 240000; i++) bitmap_add(bitmap, i);  // runs
    Str form = form_of(t, bitmap);
    CHECK(reads(form));
    for (size_t len = 0; len < form.len; len++) CHECK(!reads(str_sub(form, 0, len)));
    char *bytes = arena_alloc(t->arena, form.len + 1);
    memcpy(bytes, form.ptr, form.len);
    CHECK(!reads((Str){bytes, form.len + 1}));
    bitmap_free(bitmap);
}

TEST(bitmap_refuses_inconsistent_bytes)
{
    static const char *const BAD[] = {
        "",
        "00",
        "0100000000000000",                                           // no part
        "ffffffffffffffff00000000",                                   // too many parts
        "0100000000000000000000003930000001000000000000001000000001"  // another cookie
        "00",
        "0100000000000000000000003a30000000000000",                     // a part without containers
        "0100000000000000000000003a3000000100000000000100100000000200"  // values descend
        "0100",
        "0100000000000000000000003a3000000100000000000100100000000200"  // .. and repeat
        "0200",
        "0100000000000000000000003a30000001000000000000001100000001"  // wrong place
        "00",
        "0100000000000000000000003b30000001000063000100ffff6300",       // a run over the end
        "0100000000000000000000003b300000010000630001000a006200",       // runs of another sum
        "0100000000000000000000003b3000000100000300020001000100020001"  // runs that overlap
        "00",
        "02000000000000000100000"
        "03a3000000100000000000000100000000100"  // parts descend
        "000000003a30000001000000000000001000000001"
        "00",
    };
    for (size_t i = 0; i < COUNT_OF(BAD); i++) {
        size_t len = strlen(BAD[i]) / 2;
        char *bytes = arena_alloc(t->arena, len + 1);
        CHECK(str_unhex(str_from(BAD[i]), bytes, len));
        if (reads((Str){bytes, len})) check_failed(__FILE__, __LINE__, "%s is taken", BAD[i]);
    }
}
