// Arenas, maps, vectors, checksums, identities.
#include "base/hash.h"
#include "base/map.h"
#include "base/rand.h"
#include "base/vec.h"
#include "check.h"

static bool is_zero(const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i]) return false;
    return true;
}

TEST(arena_gives_zeroed_aligned_memory)
{
    Arena *arena = arena_new();
    for (size_t size = 0; size < 3000; size += 7) {
        char *bytes = arena_alloc(arena, size);
        CHECK((uintptr_t)bytes % 16 == 0);
        CHECK(is_zero(bytes, size));
        memset(bytes, 'x', size);
    }
    char *big = arena_alloc(arena, 5 << 20);
    CHECK(is_zero(big, 5 << 20));
    CHECK(arena_used(arena) >= 5 << 20);
    arena_free(arena);
    arena_free(NULL);
}

TEST(arena_rewinds)
{
    Arena *arena = arena_new();
    ArenaMark start = arena_mark(arena);
    char *kept = arena_alloc(arena, 100);
    memset(kept, 'k', 100);
    ArenaMark mark = arena_mark(arena);
    size_t used = arena_used(arena);
    for (int i = 0; i < 1000; i++) memset(arena_alloc(arena, 1000), 'x', 1000);
    arena_rewind(arena, mark);
    CHECK_INT(used, arena_used(arena));
    CHECK(kept[99] == 'k');
    CHECK(is_zero(arena_alloc(arena, 1000), 1000));  // memory that was used before is clean again
    arena_rewind(arena, start);
    CHECK_INT(0, arena_used(arena));
    CHECK(is_zero(arena_alloc(arena, 10), 10));
    arena_free(arena);
}

TEST(arena_grows_in_place_or_elsewhere)
{
    char *first = arena_alloc(t->arena, 10);
    memset(first, 'a', 10);
    char *same = arena_grow(t->arena, first, 10, 200);
    CHECK(same == first);
    CHECK(is_zero(same + 10, 190));
    arena_alloc(t->arena, 1);
    memset(same, 'b', 200);
    char *moved = arena_grow(t->arena, same, 200, 400);
    CHECK(moved != same);
    CHECK(moved[199] == 'b' && is_zero(moved + 200, 200));
    CHECK(arena_grow(t->arena, moved, 400, 300) == moved);
    CHECK(is_zero(arena_grow(t->arena, NULL, 0, 50), 50));
}

TEST(map_finds_what_was_put)
{
    Map map = map_new(t->arena);
    static int values[3000];
    CHECK(map_get(&map, STR("0")) == NULL);
    for (int i = 0; i < 3000; i++) map_put(&map, str_printf(t->arena, "%d", i), &values[i]);
    map_put(&map, STR(""), &values[7]);
    map_put(&map, STR("8"), &values[9]);
    CHECK_INT(3001, map.count);
    for (int i = 0; i < 3000; i++)
        CHECK(map_get(&map, str_printf(t->arena, "%d", i)) == &values[i == 8 ? 9 : i]);
    CHECK(map_get(&map, STR("3000")) == NULL);
    CHECK(map_get(&map, STR_NONE) == &values[7]);
}

TEST(vec_grows)
{
    VEC(int) numbers = {0};
    for (int i = 0; i < 1000; i++) vec_push(t->arena, &numbers, i * 2);
    CHECK_INT(1000, numbers.len);
    for (int i = 0; i < 1000; i++) CHECK_INT(i * 2, numbers.at[i]);
}

// Published test vectors of XXH3-128: rows written today must be checked for ever.
TEST(hash_is_the_same_on_every_machine)
{
    Hash128 empty = hash128(STR("")), text = hash128(STR("abc")), none = hash128(STR_NONE);
    CHECK_STR("99aa06d3014798d86001c324468d497f", str_hex(t->arena, empty.bytes, 16));
    CHECK_STR("06b05ab6733a618578af5f94892f3950", str_hex(t->arena, text.bytes, 16));
    CHECK(memcmp(&empty, &none, sizeof(none)) == 0);
}

TEST(rand_uuids_differ)
{
    Uuid a = uuid_new(), b = uuid_new(), c;
    CHECK(!uuid_eq(a, b));
    CHECK(uuid_parse(uuid_text(t->arena, a), &c));
    CHECK(uuid_eq(a, c));
    CHECK(!uuid_parse(STR("00"), &c));
}
