// Sets of rows: damaged bytes are refused, and what is written reads back.
#include "base/positions.h"
#include "base/vec.h"
#include "check.h"
#include <pthread.h>

static Positions *make(uint64_t row_count, const uint64_t *rows, size_t count)
{
    Positions *positions = positions_new(row_count);
    for (size_t i = 0; i < count; i++) CHECK(positions_add(positions, rows[i]));
    return positions;
}

TEST(positions_refuse_damaged_bytes)
{
    static const uint64_t ROWS[] = {0, 1, 2, 70000, 99999};
    AUTO(positions_unref_at) Positions *some = make(100000, ROWS, COUNT_OF(ROWS));
    Str bytes = positions_write(t->arena, some);
    Positions *out = NULL;
    for (size_t len = 0; len < bytes.len; len++)
        CHECK_ERR(POSITIONS_DAMAGED, positions_read(t, str_sub(bytes, 0, len), 100000, 5, &out));
    CHECK_ERR(POSITIONS_DAMAGED, positions_read(t, bytes, 99999, 5, &out));   // a row too far
    CHECK_ERR(POSITIONS_DAMAGED, positions_read(t, bytes, 100000, 4, &out));  // another number
    CHECK_ERR(POSITIONS_DAMAGED, positions_read(t, bytes, 100000, 0, &out));
    CHECK_ERR(POSITIONS_DAMAGED, positions_read(t, bytes, UINT64_MAX, 5, &out));
    Buf longer = buf_new(t->arena);
    buf_add(&longer, bytes);
    buf_add_byte(&longer, 'x');
    CHECK_ERR(POSITIONS_DAMAGED, positions_read(t, buf_str(&longer), 100000, 5, &out));
    char *copy = arena_alloc(t->arena, bytes.len);
    for (size_t i = 0; i < bytes.len * 8; i++) {  // any flipped bit: an error or other rows
        memcpy(copy, bytes.ptr, bytes.len);
        copy[i / 8] ^= (char)(1 << (i % 8));
        out = NULL;
        if (positions_read(t, (Str){copy, bytes.len}, 100000, 5, &out) == RC_OK) {
            CHECK_INT(5, positions_count(out));
            positions_unref(out);
        }
        ctx_clear(t);
    }
}

TEST(positions_read_what_they_wrote)
{
    enum { ROWS = 300000 };
    AUTO(positions_unref_at) Positions *some = positions_new(ROWS);
    for (uint64_t row = 0; row < ROWS; row++)  // sparse, dense and a run
        if (row < 65536 ? row % 1000 == 0 : row < 131072 ? row % 2 == 0 : row >= 200000)
            CHECK(positions_add(some, row));
    CHECK(!positions_add(some, 1000));
    Str bytes = positions_write(t->arena, some);
    AUTO(positions_unref_at) Positions *read = NULL;
    CHECK_RC(RC_OK, positions_read(t, bytes, ROWS, positions_count(some), &read));
    for (uint64_t row = 0; row < ROWS; row++)
        CHECK_INT(positions_has(some, row), positions_has(read, row));
    AUTO(positions_unref_at) Positions *copy = positions_copy(read);
    CHECK(positions_add(copy, 1));
    CHECK(!positions_has(read, 1));
    CHECK(positions_cover(copy, read));
    CHECK(!positions_cover(read, copy));
    CHECK_STR(bytes, positions_write(t->arena, read));
    CHECK(positions_count(copy) == positions_count(read) + 1);
}

TEST(positions_are_found_by_number_while_they_live)
{
    Positions *some = positions_new(10);
    uint64_t number = some->number;
    Positions *found = positions_find(number);
    CHECK(found == some);
    positions_unref(some);
    CHECK(positions_has(found, 3) == false);
    positions_unref(found);
    CHECK(positions_find(number) == NULL);
    CHECK(positions_find(0) == NULL);
}

static void *add_thirds(void *argument)
{
    Positions *positions = argument;
    uint64_t *added = mem_alloc(sizeof(*added));
    for (uint64_t row = 0; row < 200000; row += 3) *added += positions_add(positions, row);
    return added;
}

TEST(positions_take_rows_from_many_threads)
{
    AUTO(positions_unref_at) Positions *some = positions_new(200000);
    pthread_t threads[4];
    uint64_t sum = 0;
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, add_thirds, some));
    for (size_t i = 0; i < COUNT_OF(threads); i++) {
        void *added = NULL;
        pthread_join(threads[i], &added);
        sum += *(uint64_t *)added;
        free(added);
    }
    CHECK_INT(66667, sum);  // each row was new once
    CHECK_INT(66667, positions_count(some));
}
