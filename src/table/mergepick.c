/*
 * table/mergepick: which rowsets of an AGGREGATE KEY table compaction merges next.
 *
 * Form    files of one sequence are a run: no two of them share a key. Runs that stand side by side
 *         may become one, which takes the place of the last of them: REPLACE asks for the order of
 *         runs. Reads of a partition with one run need no merge, so that compaction is eager: at
 *         once among runs of about the same size, as a log-structured store does, and all of a
 *         partition when it was left alone for as long as that is worth (IDLE_BYTES_PER_MS).
 * Errors  none.   Threads  pure functions over a pinned snapshot.
 */
#include "table/internal.h"

enum {
    TINY_RUN_BYTES = 256 * 1024,  // always worth merging
    RUN_GROWTH = 4,            // an older run is at most so many times as large as those after it
    IDLE_BYTES_PER_MS = 2048,  // a merge of 128 MB waits for a minute without writes
    SLICE_FILES = 8,           // at most so many files of full size in one turn
};

// Index of the first rowset of the run that ends before `end`.
static size_t run_start(const Partition *partition, size_t end)
{
    uint64_t sequence = partition->rowsets[end - 1]->info.sequence;
    while (end > 0 && partition->rowsets[end - 1]->info.sequence == sequence) end--;
    return end;
}

static uint64_t bytes_between(const Partition *partition, size_t from, size_t to)
{
    uint64_t sum = 0;
    for (size_t i = from; i < to; i++) sum += partition->rowsets[i]->info.size_bytes;
    return sum;
}

static Partition *slice_of(Arena *arena, const Partition *partition, size_t from, size_t to)
{
    Partition *slice = ARENA_NEW(arena, Partition);
    slice->def = partition->def;
    slice->rowset_count = to - from;
    slice->rowsets = partition->rowsets + from;
    slice->size_bytes = bytes_between(partition, from, to);
    return slice;
}

static bool is_left_alone(const TableStore *store, const Partition *partition, uint64_t bytes)
{
    int64_t idle_ms = clock_now_ms(store->clock) - partition->version_time_ms;
    return idle_ms >= 0 && (uint64_t)idle_ms >= bytes / IDLE_BYTES_PER_MS;
}

// From the newest run that begins a group worth merging towards older ones.
static Partition *cut_tier(Arena *arena, const Partition *partition, uint64_t most_bytes)
{
    for (size_t end = partition->rowset_count; end > 0; end = run_start(partition, end)) {
        size_t from = run_start(partition, end), runs = 1;
        uint64_t sum = bytes_between(partition, from, end);
        while (from > 0) {
            size_t older = run_start(partition, from);
            uint64_t next = bytes_between(partition, older, from);
            if (next > TINY_RUN_BYTES && next > RUN_GROWTH * sum) break;
            if (sum + next > most_bytes) break;
            sum += next;
            from = older;
            runs++;
        }
        if (runs > 1) return slice_of(arena, partition, from, end);
    }
    return NULL;
}

Partition *merge_cut_slice(Arena *arena, const TableStore *store, const TableDef *def,
                           const Partition *partition)
{
    uint64_t most_bytes = (uint64_t)store->options.file_bytes * SLICE_FILES;
    size_t count = partition->rowset_count;
    if (!merge_is_needed(def, partition)) return NULL;
    uint64_t all = bytes_between(partition, 0, count);
    if (all <= most_bytes && is_left_alone(store, partition, all))
        return slice_of(arena, partition, 0, count);
    return cut_tier(arena, partition, most_bytes);
}
