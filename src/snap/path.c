/*
 * snap/path: names inside a repository.
 *
 * Errors  none.   Threads  pure.
 */
#include "snap/path.h"

Str snap_path_label(Arena *arena, Str encoded_label)
{
    return str_printf(arena, SNAP_SNAPSHOTS "/%.*s", STR_ARG(encoded_label));
}

Str snap_path_writing(Arena *arena, Str encoded_label)
{
    return str_printf(arena, SNAP_SNAPSHOTS "/%.*s/" SNAP_WRITING, STR_ARG(encoded_label));
}

Str snap_path_manifest(Arena *arena, Str encoded_label, Str stamp)
{
    return str_printf(arena, SNAP_SNAPSHOTS "/%.*s/%.*s.json", STR_ARG(encoded_label),
                      STR_ARG(stamp));
}

static Str content_path(Arena *arena, const char *folder, const Digest *digest, const char *ending)
{
    Str hex = str_hex(arena, digest->bytes, DIGEST_BYTES);
    return str_printf(arena, "%s/%.2s/%.*s.%s", folder, hex.ptr, STR_ARG(hex), ending);
}

Str snap_path_list(Arena *arena, const Digest *digest)
{
    return content_path(arena, "lists", digest, "jsonl");
}

Str snap_path_data(Arena *arena, const Digest *digest)
{
    return content_path(arena, "data", digest, "parquet");
}

Str snap_path_vector(Arena *arena, const Digest *digest)
{
    return content_path(arena, "data", digest, "roaring");
}
