#ifndef BASE_BITMAP_H
#define BASE_BITMAP_H
#include "base/str.h"

// A set of 64-bit numbers. It lives in malloc's memory: free it with bitmap_free(). Not for several
// threads at once, unless all of them only read.
typedef struct Bitmap Bitmap;

Bitmap *bitmap_new(void);
void bitmap_free(Bitmap *bitmap);  // NULL is fine
Bitmap *bitmap_copy(const Bitmap *bitmap);

void bitmap_add(Bitmap *bitmap, uint64_t value);
void bitmap_add_many(Bitmap *bitmap, const uint64_t *values,
                     size_t count);  // ascending, or it takes long
void bitmap_remove(Bitmap *bitmap, uint64_t value);

bool bitmap_contains(const Bitmap *bitmap, uint64_t value);
uint64_t bitmap_count(const Bitmap *bitmap);
// The value with `rank` smaller ones; false: there are not so many.
bool bitmap_select(const Bitmap *bitmap, uint64_t rank, uint64_t *out);
// Up to `max` values >= `from`, ascending; returns how many.
size_t bitmap_list(const Bitmap *bitmap, uint64_t from, uint64_t *out, size_t max);
bool bitmap_intersects(const Bitmap *a, const Bitmap *b);

// into := into <operator> from
void bitmap_or(Bitmap *into, const Bitmap *from);
void bitmap_and(Bitmap *into, const Bitmap *from);
void bitmap_xor(Bitmap *into, const Bitmap *from);
void bitmap_andnot(Bitmap *into, const Bitmap *from);

// Bytes of memory that it holds, nearly. Takes time in proportion to them / 8 KB.
size_t bitmap_memory(const Bitmap *bitmap);

// --- at rest: the portable 64-bit form of RoaringFormatSpec. Equal sets have equal bytes.
enum {
    BITMAP_EMPTY_BYTES = 8,
    BITMAP_ONE_BYTES = 30,  // of a set of one value
};
// Chooses the smallest form of each part, hence not const.
size_t bitmap_form_bytes(Bitmap *bitmap);
void bitmap_write(const Bitmap *bitmap, char *out);  // right behind bitmap_form_bytes()
void bitmap_write_one(uint64_t value, char out[static BITMAP_ONE_BYTES]);

// Reads foreign bytes. False: they are no such form, *out is untouched. Forms that others write are
// taken too (parts in other containers), as long as they are consistent.
NODISCARD bool bitmap_read(Str form, Bitmap **out);
// Number of values, without making the set. False as above.
NODISCARD bool bitmap_form_count(Str form, uint64_t *out);
// The value of a form of one value, in the bytes of bitmap_write_one(). False: another form, maybe
// none.
bool bitmap_form_one(Str form, uint64_t *out);

#endif
