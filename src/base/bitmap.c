/*
 * base/bitmap: sets of 64-bit numbers.
 *
 * Form    a sorted array of 32-bit sets (CRoaring), one for each upper half that occurs; none is
 *         empty. At rest: RoaringFormatSpec, "extension for 64-bit implementations".
 * Errors  foreign bytes are checked here byte by byte before the library sees them: its own reader
 *         trusts counts, order and bounds.
 * Threads none of its own.
 */
#include "base/bitmap.h"
#include "base/arena.h"
#include "base/ctx.h"
#include <roaring/roaring.h>
#include <stdlib.h>
#include <string.h>

// The values with one upper half; `low` NULL: just `one`. Hashes seldom share their upper half: a
// set of them would be all overhead otherwise.
typedef struct Part {
    uint32_t high, one;
    roaring_bitmap_t *low;
} Part;

struct Bitmap {
    size_t count, cap;
    Part *parts;
};

// ------------------------------------------------------------------------------------ parts

static uint32_t high_of(uint64_t value)
{
    return (uint32_t)(value >> 32);
}

static roaring_bitmap_t *made(roaring_bitmap_t *low)
{
    must(low != NULL);  // no memory
    return low;
}

static roaring_bitmap_t *part_low(Part *part)
{
    if (part->low) return part->low;
    part->low = made(roaring_bitmap_create());
    roaring_bitmap_add(part->low, part->one);
    return part->low;
}

static void part_add(Part *part, uint32_t value)
{
    if (part->low || part->one != value) roaring_bitmap_add(part_low(part), value);
}

static uint64_t part_count(const Part *part)
{
    return part->low ? roaring_bitmap_get_cardinality(part->low) : 1;
}

static bool part_contains(const Part *part, uint32_t value)
{
    return part->low ? roaring_bitmap_contains(part->low, value) : part->one == value;
}

static Part part_copy(const Part *part)
{
    Part copy = *part;
    if (part->low) copy.low = made(roaring_bitmap_copy(part->low));
    return copy;
}

static void part_free(Part *part)
{
    if (part->low) roaring_bitmap_free(part->low);
    part->low = NULL;
}

// Index of the first part whose upper half is not below `high`.
static size_t part_at(const Bitmap *bitmap, uint32_t high)
{
    size_t from = 0, to = bitmap->count;
    if (to > 0 && bitmap->parts[to - 1].high <= high)
        return to - (bitmap->parts[to - 1].high == high);
    while (from < to) {
        size_t middle = (from + to) / 2;
        if (bitmap->parts[middle].high < high)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

// NULL: there is none.
static Part *part_find(const Bitmap *bitmap, uint32_t high)
{
    size_t at = part_at(bitmap, high);
    return at < bitmap->count && bitmap->parts[at].high == high ? &bitmap->parts[at] : NULL;
}

static void parts_reserve(Bitmap *bitmap, size_t count)
{
    if (count <= bitmap->cap) return;
    bitmap->cap = bitmap->cap * 2 > count ? bitmap->cap * 2 : count;
    bitmap->parts = mem_grow(bitmap->parts, bitmap->cap * sizeof *bitmap->parts);
}

static void part_insert(Bitmap *bitmap, size_t at, Part part)
{
    parts_reserve(bitmap, bitmap->count + 1);
    memmove(&bitmap->parts[at + 1], &bitmap->parts[at], (bitmap->count - at) * sizeof(Part));
    bitmap->parts[at] = part;
    bitmap->count++;
}

// Walks all parts; `keep` false: the part is freed and goes.
static void parts_filter(Bitmap *bitmap, const Bitmap *by,
                         bool (*keep)(Part *part, const Part *same_high))
{
    size_t kept = 0;
    for (size_t i = 0; i < bitmap->count; i++) {
        Part *part = &bitmap->parts[i];
        if (keep(part, by ? part_find(by, part->high) : NULL))
            bitmap->parts[kept++] = *part;
        else
            part_free(part);
    }
    bitmap->count = kept;
}

Bitmap *bitmap_new(void)
{
    return mem_alloc(sizeof(Bitmap));
}

void bitmap_free(Bitmap *bitmap)
{
    if (!bitmap) return;
    for (size_t i = 0; i < bitmap->count; i++) part_free(&bitmap->parts[i]);
    free(bitmap->parts);
    free(bitmap);
}

Bitmap *bitmap_copy(const Bitmap *bitmap)
{
    Bitmap *copy = bitmap_new();
    bitmap_or(copy, bitmap);
    return copy;
}

// -------------------------------------------------------------------------------- operators

// Puts what only `from` has into `into`, both being ascending; `news` of its parts are such.
static void merge_news(Bitmap *into, const Bitmap *from, size_t news, bool moves)
{
    parts_reserve(into, into->count + news);
    size_t own = into->count, out = into->count + news;
    into->count = out;
    for (size_t i = from->count; i-- > 0 && out > own;) {
        Part *part = &from->parts[i];
        while (own > 0 && into->parts[own - 1].high > part->high)
            into->parts[--out] = into->parts[--own];
        if (own > 0 && into->parts[own - 1].high == part->high) continue;
        into->parts[--out] = moves ? *part : part_copy(part);
        if (moves) part->low = NULL;
    }
}

static void part_or(Part *part, const Part *other)
{
    enum { MANY = 64 };
    if (!other->low) {
        part_add(part, other->one);
        return;
    }
    roaring_bitmap_t *low = part_low(part);
    if (other->low->high_low_container.size <= MANY) {
        roaring_bitmap_or_inplace(low, other->low);
        return;
    }
    // In place, each container that is new moves all that lie behind it.
    part->low = made(roaring_bitmap_or(low, other->low));
    roaring_bitmap_free(low);
}

// `moves`: parts of `from` may be taken out of it.
static void unite(Bitmap *into, const Bitmap *from, bool moves)
{
    size_t news = 0;
    for (size_t i = 0; i < from->count; i++) {
        Part *part = part_find(into, from->parts[i].high);
        if (part)
            part_or(part, &from->parts[i]);
        else
            news++;
    }
    if (news > 0) merge_news(into, from, news, moves);
}

void bitmap_or(Bitmap *into, const Bitmap *from)
{
    unite(into, from, false);
}

static bool keep_common(Part *part, const Part *other)
{
    if (!other) return false;
    if (!part->low) return part_contains(other, part->one);
    if (other->low) {
        roaring_bitmap_and_inplace(part->low, other->low);
        return !roaring_bitmap_is_empty(part->low);
    }
    if (!part_contains(part, other->one)) return false;
    part_free(part);
    part->one = other->one;
    return true;
}

static bool keep_rest(Part *part, const Part *other)
{
    if (!other) return true;
    if (!part->low) return !part_contains(other, part->one);
    if (other->low)
        roaring_bitmap_andnot_inplace(part->low, other->low);
    else
        roaring_bitmap_remove(part->low, other->one);
    return !roaring_bitmap_is_empty(part->low);
}

void bitmap_and(Bitmap *into, const Bitmap *from)
{
    parts_filter(into, from, keep_common);
}

void bitmap_andnot(Bitmap *into, const Bitmap *from)
{
    parts_filter(into, from, keep_rest);
}

void bitmap_xor(Bitmap *into, const Bitmap *from)
{
    Bitmap *rest = bitmap_copy(from);
    bitmap_andnot(rest, into);
    bitmap_andnot(into, from);
    unite(into, rest, true);
    bitmap_free(rest);
}

bool bitmap_intersects(const Bitmap *a, const Bitmap *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const Part *part = &a->parts[i], *other = part_find(b, part->high);
        if (!other) continue;
        bool do_meet = !part->low    ? part_contains(other, part->one)
                       : !other->low ? part_contains(part, other->one)
                                     : roaring_bitmap_intersect(part->low, other->low);
        if (do_meet) return true;
    }
    return false;
}

// ----------------------------------------------------------------------------------- values

void bitmap_add(Bitmap *bitmap, uint64_t value)
{
    size_t at = part_at(bitmap, high_of(value));
    if (at < bitmap->count && bitmap->parts[at].high == high_of(value))
        part_add(&bitmap->parts[at], (uint32_t)value);
    else
        part_insert(bitmap, at, (Part){.high = high_of(value), .one = (uint32_t)value});
}

static void add_each(Bitmap *bitmap, const uint64_t *values, size_t count)
{
    enum { BATCH = 256 };
    uint32_t lows[BATCH];
    for (size_t i = 0; i < count;) {
        uint32_t high = high_of(values[i]);
        size_t n = 0;
        for (; n < BATCH && i < count && high_of(values[i]) == high; i++)
            lows[n++] = (uint32_t)values[i];
        bitmap_add(bitmap, (uint64_t)high << 32 | lows[0]);
        if (n > 1) roaring_bitmap_add_many(part_low(part_find(bitmap, high)), n - 1, lows + 1);
    }
}

void bitmap_add_many(Bitmap *bitmap, const uint64_t *values, size_t count)
{
    enum { FEW = 64 };
    if (count <= FEW || bitmap->count == 0) {
        add_each(bitmap, values, count);
        return;
    }
    // Each part and container that is new, put in its place alone, would move all behind it.
    Bitmap *more = bitmap_new();
    add_each(more, values, count);
    unite(bitmap, more, true);
    bitmap_free(more);
}

void bitmap_remove(Bitmap *bitmap, uint64_t value)
{
    Part part = {.high = high_of(value), .one = (uint32_t)value};
    bitmap_andnot(bitmap, &(Bitmap){.count = 1, .parts = &part});
}

bool bitmap_contains(const Bitmap *bitmap, uint64_t value)
{
    const Part *part = part_find(bitmap, high_of(value));
    return part && part_contains(part, (uint32_t)value);
}

uint64_t bitmap_count(const Bitmap *bitmap)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bitmap->count; i++) sum += part_count(&bitmap->parts[i]);
    return sum;
}

bool bitmap_select(const Bitmap *bitmap, uint64_t rank, uint64_t *out)
{
    for (size_t i = 0; i < bitmap->count; i++) {
        const Part *part = &bitmap->parts[i];
        uint64_t count = part_count(part);
        if (rank >= count) {
            rank -= count;
            continue;
        }
        uint32_t low = part->one;
        if (part->low) must(roaring_bitmap_select(part->low, (uint32_t)rank, &low));
        *out = (uint64_t)part->high << 32 | low;
        return true;
    }
    return false;
}

// Values of one part, from `from` on.
static size_t part_list(const Part *part, uint32_t from, uint64_t *out, size_t max)
{
    enum { BATCH = 256 };
    uint32_t lows[BATCH];
    roaring_uint32_iterator_t place;
    if (!part->low) {
        if (part->one < from) return 0;
        *out = (uint64_t)part->high << 32 | part->one;
        return 1;
    }
    roaring_init_iterator(part->low, &place);
    if (from > 0) roaring_move_uint32_iterator_equalorlarger(&place, from);
    size_t total = 0;
    while (total < max && place.has_value) {
        size_t wanted = max - total < BATCH ? max - total : BATCH;
        uint32_t got = roaring_read_uint32_iterator(&place, lows, (uint32_t)wanted);
        for (uint32_t i = 0; i < got; i++) out[total++] = (uint64_t)part->high << 32 | lows[i];
    }
    return total;
}

size_t bitmap_list(const Bitmap *bitmap, uint64_t from, uint64_t *out, size_t max)
{
    size_t total = 0;
    for (size_t i = part_at(bitmap, high_of(from)); i < bitmap->count && total < max; i++) {
        const Part *part = &bitmap->parts[i];
        uint32_t low = part->high == high_of(from) ? (uint32_t)from : 0;
        total += part_list(part, low, out + total, max - total);
    }
    return total;
}

size_t bitmap_memory(const Bitmap *bitmap)
{
    enum { CONTAINER_OVERHEAD = 48 };  // its head, key, pointer, and what malloc adds
    size_t sum = sizeof *bitmap + bitmap->cap * sizeof(Part);
    for (size_t i = 0; i < bitmap->count; i++) {
        const roaring_bitmap_t *low = bitmap->parts[i].low;
        if (!low) continue;
        size_t containers = (size_t)low->high_low_container.size;
        sum += sizeof *low + containers * CONTAINER_OVERHEAD +
               roaring_bitmap_portable_size_in_bytes(low);
    }
    return sum;
}

// ------------------------------------------------------------------------------------- form
//
// uint64 number of parts, then for each one, ascending: uint32 upper half, a 32-bit form. That is
//   uint32 12346, uint32 number of containers n; or, when one holds runs,
//   uint32 12347 | (n - 1) << 16, one bit per container that holds runs
//   n times: uint16 key, uint16 number of values - 1
//   n times uint32 place of the container, counted from the cookie; not with runs and n < 4
//   the containers: runs: uint16 count, each uint16 first, uint16 length - 1; up to 4096 values:
//   uint16 each; else 65536 bits. All little endian.

enum {
    KEY_BYTES = 4,  // of a container's description
    PLACE_BYTES = 4,
    RUN_BYTES = 4,
    BITS_BYTES = 8192,
    ARRAY_MAX = 4096,
    FULL = 65536,
};

static uint16_t get16(const char *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t get32(const char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t get64(const char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

// All bytes of the form of one value but the value itself.
static const char ONE_HEAD[8] = {1};
static const char ONE_COOKIE[8] = {0x3A, 0x30, 0, 0, 1};  // 12346, one container
static const char ONE_TAIL[6] = {0, 0, 16};               // one value, 16 bytes behind the cookie
enum { ONE_HIGH = 8, ONE_COOKIE_AT = 12, ONE_KEY = 20, ONE_TAIL_AT = 22, ONE_LOW = 28 };

// Runs only where they are smaller than both others. Where runs and an array are of one size the
// library leaves what there is: without runs to begin with that does not depend on the past.
static void choose_containers(roaring_bitmap_t *low)
{
    roaring_bitmap_remove_run_compression(low);
    roaring_bitmap_run_optimize(low);
}

size_t bitmap_form_bytes(Bitmap *bitmap)
{
    size_t sum = sizeof(uint64_t);
    for (size_t i = 0; i < bitmap->count; i++) {
        roaring_bitmap_t *low = bitmap->parts[i].low;
        if (low) choose_containers(low);
        sum += low ? sizeof(uint32_t) + roaring_bitmap_portable_size_in_bytes(low)
                   : BITMAP_ONE_BYTES - ONE_HIGH;
    }
    return sum;
}

void bitmap_write(const Bitmap *bitmap, char *out)
{
    uint64_t count = bitmap->count;
    memcpy(out, &count, sizeof count);
    out += sizeof count;
    for (size_t i = 0; i < bitmap->count; i++) {
        const Part *part = &bitmap->parts[i];
        if (part->low) {
            memcpy(out, &part->high, sizeof part->high);
            out += sizeof part->high;
            out += roaring_bitmap_portable_serialize(part->low, out);
        } else {
            char one[BITMAP_ONE_BYTES];
            bitmap_write_one((uint64_t)part->high << 32 | part->one, one);
            memcpy(out, one + ONE_HIGH, sizeof one - ONE_HIGH);
            out += sizeof one - ONE_HIGH;
        }
    }
}

void bitmap_write_one(uint64_t value, char out[static BITMAP_ONE_BYTES])
{
    uint32_t high = high_of(value);
    uint16_t key = (uint16_t)(value >> 16), low = (uint16_t)value;
    memcpy(out, ONE_HEAD, sizeof ONE_HEAD);
    memcpy(out + ONE_HIGH, &high, sizeof high);
    memcpy(out + ONE_COOKIE_AT, ONE_COOKIE, sizeof ONE_COOKIE);
    memcpy(out + ONE_KEY, &key, sizeof key);
    memcpy(out + ONE_TAIL_AT, ONE_TAIL, sizeof ONE_TAIL);
    memcpy(out + ONE_LOW, &low, sizeof low);
}

bool bitmap_form_one(Str form, uint64_t *out)
{
    if (form.len != BITMAP_ONE_BYTES || memcmp(form.ptr, ONE_HEAD, sizeof ONE_HEAD) != 0 ||
        memcmp(form.ptr + ONE_COOKIE_AT, ONE_COOKIE, sizeof ONE_COOKIE) != 0 ||
        memcmp(form.ptr + ONE_TAIL_AT, ONE_TAIL, sizeof ONE_TAIL) != 0)
        return false;
    *out = (uint64_t)get32(form.ptr + ONE_HIGH) << 32 | (uint64_t)get16(form.ptr + ONE_KEY) << 16 |
           get16(form.ptr + ONE_LOW);
    return true;
}

// ---------------------------------------------------------------------------- foreign bytes

// The head of a 32-bit form.
typedef struct Head {
    size_t count;       // containers
    const char *flags;  // NULL: none holds runs
    const char *keys;
    const char *places;  // NULL: not there
    size_t bytes;
} Head;

static bool head_read(Str form, Head *head)
{
    if (form.len < 8) return false;
    uint32_t cookie = get32(form.ptr);
    *head = (Head){0};
    if ((cookie & 0xFFFF) == SERIAL_COOKIE) {
        head->count = (cookie >> 16) + 1;
        head->flags = form.ptr + sizeof cookie;
        head->bytes = sizeof cookie + (head->count + 7) / 8;
    } else if (cookie == SERIAL_COOKIE_NO_RUNCONTAINER) {
        head->count = get32(form.ptr + sizeof cookie);
        head->bytes = 2 * sizeof cookie;
    } else {
        return false;
    }
    if (head->count == 0 || head->count > FULL) return false;
    bool has_places = !head->flags || head->count >= NO_OFFSET_THRESHOLD;
    size_t tables = head->count * (size_t)(KEY_BYTES + (has_places ? PLACE_BYTES : 0));
    if (form.len < head->bytes || form.len - head->bytes < tables) return false;
    head->keys = form.ptr + head->bytes;
    if (has_places) head->places = head->keys + head->count * KEY_BYTES;
    head->bytes += tables;
    return true;
}

// Each reader of a container: bytes that it takes; 0: it is not consistent.

static size_t runs_check(Str rest, uint32_t count)
{
    if (rest.len < sizeof(uint16_t)) return 0;
    size_t runs = get16(rest.ptr), bytes = sizeof(uint16_t) + runs * RUN_BYTES;
    if (rest.len < bytes) return 0;
    uint32_t next = 0, sum = 0;  // the next run must begin here or later: they never touch
    for (size_t i = 0; i < runs; i++) {
        const char *at = rest.ptr + sizeof(uint16_t) + i * RUN_BYTES;
        uint32_t first = get16(at), length = get16(at + sizeof(uint16_t)) + 1u;
        if (first < next || first + length > FULL) return 0;
        next = first + length + 1;
        sum += length;
    }
    return sum == count ? bytes : 0;
}

static size_t array_check(Str rest, uint32_t count)
{
    size_t bytes = count * sizeof(uint16_t);
    if (rest.len < bytes) return 0;
    bool is_sorted = true;
    for (size_t i = sizeof(uint16_t); i < bytes; i += sizeof(uint16_t))
        is_sorted &= get16(rest.ptr + i - sizeof(uint16_t)) < get16(rest.ptr + i);
    return is_sorted ? bytes : 0;
}

static size_t bits_check(Str rest, uint32_t count)
{
    if (rest.len < BITS_BYTES) return 0;
    uint32_t sum = 0;
    for (size_t i = 0; i < BITS_BYTES; i += sizeof(uint64_t))
        sum += (uint32_t)__builtin_popcountll(get64(rest.ptr + i));
    return sum == count ? BITS_BYTES : 0;
}

// One 32-bit form at the start of `form`: its bytes, and how many values it holds. 0: not
// consistent.
static size_t low_check(Str form, uint64_t *count)
{
    Head head;
    if (!head_read(form, &head)) return 0;
    size_t at = head.bytes;
    int last_key = -1;
    for (size_t i = 0; i < head.count; i++) {
        int key = get16(head.keys + i * KEY_BYTES);
        uint32_t values = get16(head.keys + i * KEY_BYTES + sizeof(uint16_t)) + 1u;
        if (key <= last_key) return 0;
        if (head.places && get32(head.places + i * PLACE_BYTES) != at) return 0;
        bool has_runs = head.flags && head.flags[i / 8] >> (i % 8) & 1;
        Str rest = str_sub(form, at, form.len);
        size_t bytes = has_runs              ? runs_check(rest, values)
                       : values <= ARRAY_MAX ? array_check(rest, values)
                                             : bits_check(rest, values);
        if (bytes == 0) return 0;
        at += bytes;
        last_key = key;
        *count += values;
    }
    return at;
}

// `form` is consistent.
static bool part_read(Str form, Part *out)
{
    bool is_one = form.len == BITMAP_ONE_BYTES - ONE_COOKIE_AT &&
                  memcmp(form.ptr, ONE_COOKIE, sizeof ONE_COOKIE) == 0;
    if (is_one)
        out->one = (uint32_t)get16(form.ptr + ONE_KEY - ONE_COOKIE_AT) << 16 |
                   get16(form.ptr + ONE_LOW - ONE_COOKIE_AT);
    else
        out->low = roaring_bitmap_portable_deserialize_safe(form.ptr, form.len);
    return is_one || out->low != NULL;
}

// What is known of a whole form.
typedef struct Checked {
    uint64_t parts, values;
} Checked;

// Each part to `visit`, once it is known to be consistent. False: the whole form is not.
static bool form_walk(Str form, Checked *checked, Bitmap *into)
{
    if (form.len < BITMAP_EMPTY_BYTES) return false;
    *checked = (Checked){.parts = get64(form.ptr)};
    size_t at = sizeof(uint64_t);
    int64_t last_high = -1;
    for (uint64_t i = 0; i < checked->parts; i++) {
        if (form.len - at < sizeof(uint32_t)) return false;
        uint32_t high = get32(form.ptr + at);
        if (high <= last_high) return false;
        last_high = high;
        at += sizeof high;
        Str rest = str_sub(form, at, form.len);
        size_t bytes = low_check(rest, &checked->values);
        if (bytes == 0) return false;
        Part part = {.high = high};
        if (into && !part_read(str_sub(rest, 0, bytes), &part)) return false;
        if (into) part_insert(into, into->count, part);
        at += bytes;
    }
    return at == form.len;
}

bool bitmap_read(Str form, Bitmap **out)
{
    Checked checked;
    Bitmap *bitmap = bitmap_new();
    if (!form_walk(form, &checked, bitmap)) {
        bitmap_free(bitmap);
        return false;
    }
    *out = bitmap;
    return true;
}

bool bitmap_form_count(Str form, uint64_t *out)
{
    Checked checked;
    if (!form_walk(form, &checked, NULL)) return false;
    *out = checked.values;
    return true;
}
