/*
 * base/map: a hash table with open addressing; entries are never taken out.
 *
 * Source  FNV-1a for the hash. Keys come from names with bounded length, and tables live for one
 *         statement or one job step.
 * Errors  none.   Threads  one at a time.
 */
#include "base/map.h"

typedef struct MapSlot {
    Str key;
    void *value;
} MapSlot;

Map map_new(Arena *arena)
{
    return (Map){.arena = arena};
}

uint64_t str_hash(Str text)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ (unsigned char)text.ptr[i]) * 1099511628211u;
    return hash ^ hash >> 32;
}

static MapSlot *find_slot(MapSlot *slots, size_t cap, Str key)
{
    size_t at = (size_t)str_hash(key) & (cap - 1);
    while (slots[at].value && !str_eq(slots[at].key, key)) at = (at + 1) & (cap - 1);
    return &slots[at];
}

void *map_get(const Map *map, Str key)
{
    return map->count ? find_slot(map->slots, map->cap, key)->value : NULL;
}

static void grow(Map *map)
{
    size_t cap = map->cap ? map->cap * 2 : 16;
    MapSlot *slots = ARENA_ARRAY(map->arena, MapSlot, cap);
    for (size_t i = 0; i < map->cap; i++)
        if (map->slots[i].value) *find_slot(slots, cap, map->slots[i].key) = map->slots[i];
    map->slots = slots;
    map->cap = cap;
}

void map_put(Map *map, Str key, void *value)
{
    if ((map->count + 1) * 4 > map->cap * 3) grow(map);
    MapSlot *slot = find_slot(map->slots, map->cap, key);
    if (!slot->value) map->count++;
    *slot = (MapSlot){key, value};
}
