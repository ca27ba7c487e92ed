/*
 * Bytes of BITMAP, HLL and PERCENTILE values, as a column of a foreign backup may hold them.
 *
 * Input   the first byte chooses: B two bitmaps, the length of the first one in two bytes; H an
 *         HLL; P a PERCENTILE. What is read must work, be written in one way, and be read again.
 */
#include "base/bitmap.h"
#include "base/ctx.h"
#include "engine/hll.h"
#include "engine/percentile.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Str bitmap_form(Ctx *ctx, Bitmap *bitmap)
{
    size_t bytes = bitmap_form_bytes(bitmap);
    char *form = arena_alloc(ctx->arena, bytes);
    bitmap_write(bitmap, form);
    return (Str){form, bytes};
}

static void check_again(Ctx *ctx, Bitmap *bitmap)
{
    Bitmap *again = NULL;
    uint64_t count;
    Str form = bitmap_form(ctx, bitmap);
    must(bitmap_form_count(form, &count) && count == bitmap_count(bitmap));
    must(bitmap_read(form, &again));
    must(str_eq(form, bitmap_form(ctx, again)));
    bitmap_free(again);
}

static void walk(const Bitmap *bitmap)
{
    enum { BATCH = 64, ROUNDS = 64 };
    uint64_t values[BATCH], from = 0, value;
    for (int i = 0; i < ROUNDS; i++) {
        size_t got = bitmap_list(bitmap, from, values, BATCH);
        for (size_t k = 0; k < got; k++) must(bitmap_contains(bitmap, values[k]));
        if (got < BATCH || values[got - 1] == UINT64_MAX) break;
        from = values[got - 1] + 1;
    }
    uint64_t count = bitmap_count(bitmap);
    must(bitmap_select(bitmap, count, &value) == false);
    must(count == 0 || bitmap_select(bitmap, count - 1, &value));
}

static void operate(Ctx *ctx, const Bitmap *a, const Bitmap *b)
{
    Bitmap *both = bitmap_copy(a), *any = bitmap_copy(a), *one = bitmap_copy(a),
           *rest = bitmap_copy(a);
    bitmap_and(both, b);
    bitmap_or(any, b);
    bitmap_xor(one, b);
    bitmap_andnot(rest, b);
    uint64_t shared = bitmap_count(both);
    must(bitmap_count(any) == bitmap_count(a) + bitmap_count(b) - shared);
    must(bitmap_count(one) == bitmap_count(any) - shared);
    must(bitmap_count(rest) == bitmap_count(a) - shared);
    must(bitmap_intersects(a, b) == (shared > 0));
    Bitmap *made[] = {both, any, one, rest};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        check_again(ctx, made[i]);
        bitmap_free(made[i]);
    }
}

static void read_bitmaps(Ctx *ctx, Str text)
{
    Bitmap *a = NULL, *b = NULL;
    uint16_t len;
    if (text.len < sizeof len) return;
    memcpy(&len, text.ptr, sizeof len);
    Str first = str_sub(text, sizeof len, len), second = str_sub(text, sizeof len + len, text.len);
    if (bitmap_read(first, &a)) {
        uint64_t count;
        must(bitmap_form_count(first, &count) && count == bitmap_count(a));
        walk(a);
        check_again(ctx, a);
    }
    if (a && bitmap_read(second, &b)) operate(ctx, a, b);
    bitmap_free(a);
    bitmap_free(b);
}

static void read_hll(Ctx *ctx, Str text)
{
    Hll hll = {0}, again = {0};
    char *form = arena_alloc(ctx->arena, HLL_FORM_MAX),
         *second = arena_alloc(ctx->arena, HLL_FORM_MAX);
    if (hll_merge_form(&hll, text)) {
        must(hll_estimate(&hll) >= 0);
        Str written = {form, hll_write(&hll, form)};
        must(hll_merge_form(&again, written));
        must(str_eq(written, (Str){second, hll_write(&again, second)}));
        must(hll_merge_form(&again, text));
    }
    hll_free(&hll);
    hll_free(&again);
}

static void read_percentile(Ctx *ctx, Str text)
{
    Percentile digest = {0}, again = {0};
    double last = 0, value;
    if (percentile_merge_form(&digest, text)) {
        for (double q = 0; q <= 1; q += 0.0625) {
            if (!percentile_quantile(&digest, q, &value)) break;
            must(q == 0 || value >= last);
            last = value;
        }
        size_t bytes = percentile_form_bytes(&digest);
        char *form = arena_alloc(ctx->arena, bytes);
        percentile_write(&digest, form);
        must(percentile_merge_form(&again, (Str){form, bytes}));
        (void)!percentile_merge_form(&again, text);
    }
    percentile_free(&digest);
    percentile_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    ctx_init(&ctx, arena, NULL);
    Str text = {(const char *)data + 1, size - 1};
    switch (data[0]) {
    case 'B': read_bitmaps(&ctx, text); break;
    case 'H': read_hll(&ctx, text); break;
    case 'P': read_percentile(&ctx, text); break;
    default: break;
    }
    return 0;
}
