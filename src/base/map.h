#ifndef BASE_MAP_H
#define BASE_MAP_H
#include "base/str.h"

// Str -> pointer, in an arena. Keys are compared byte for byte and are not copied.
typedef struct Map {
    Arena *arena;
    struct MapSlot *slots;
    size_t cap, count;
} Map;

Map map_new(Arena *arena);
void *map_get(const Map *map, Str key);        // NULL: not there
void map_put(Map *map, Str key, void *value);  // replaces; value must not be NULL
uint64_t str_hash(Str text);                   // not stable across versions; memory only

#endif
