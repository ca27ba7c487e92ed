/*
 * engine/hll: HyperLogLog sketches.
 *
 * Form    up to 160 hashes as they are, then 16384 registers of a byte; at rest the fewest bytes of
 *         hashes, non-zero registers, all registers.
 * Source  Flajolet, Fusy, Gandouet, Meunier 2007; registers, thresholds and the correction of the
 *         estimate as StarRocks' HyperLogLog; MurmurHash64A (A. Appleby, public domain algorithm).
 * Errors  foreign bytes are checked whole before anything is added.
 * Threads none of its own.
 */
#include "engine/hll.h"
#include "base/arena.h"
#include "base/vec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REST_BITS = 64 - HLL_PRECISION, RANK_MAX = REST_BITS + 1 };

uint64_t hll_hash(Str value)
{
    const uint64_t m = 0xC6A4A7935BD1E995, seed = 0xADC83B19;
    const int r = 47;
    uint64_t hash = seed ^ value.len * m;
    size_t whole = value.len / sizeof(uint64_t) * sizeof(uint64_t);
    for (size_t i = 0; i < whole; i += sizeof(uint64_t)) {
        uint64_t k;
        memcpy(&k, value.ptr + i, sizeof k);
        k *= m;
        k ^= k >> r;
        hash = (hash ^ k * m) * m;
    }
    if (whole < value.len) {
        uint64_t tail = 0;
        memcpy(&tail, value.ptr + whole, value.len - whole);
        hash = (hash ^ tail) * m;
    }
    hash ^= hash >> r;
    hash *= m;
    return hash ^ hash >> r;
}

static void raise_register(uint8_t *registers, size_t at, uint8_t rank)
{
    if (registers[at] < rank) registers[at] = rank;
}

static void count_hash(uint8_t *registers, uint64_t hash)
{
    uint64_t rest = hash >> HLL_PRECISION | UINT64_C(1) << REST_BITS;
    raise_register(registers, hash % HLL_REGISTERS, (uint8_t)(__builtin_ctzll(rest) + 1));
}

static void make_registers(Hll *hll)
{
    if (hll->registers) return;
    hll->registers = mem_alloc(HLL_REGISTERS);
    for (uint32_t i = 0; i < hll->hashes.count; i++) count_hash(hll->registers, hll->hashes.at[i]);
    values_free(&hll->hashes);
}

void hll_add(Hll *hll, uint64_t hash)
{
    if (!hll->registers) {
        if (values_add(&hll->hashes, hash, HLL_EXPLICIT_MAX)) return;
        make_registers(hll);
    }
    count_hash(hll->registers, hash);
}

// One answer for one set, however it was made: more hashes than are kept become registers.
static void settle(Hll *hll)
{
    if (hll->registers) return;
    values_settle(&hll->hashes);
    if (hll->hashes.count > HLL_EXPLICIT_MAX) make_registers(hll);
}

void hll_merge(Hll *into, const Hll *from)
{
    for (uint32_t i = 0; i < from->hashes.count; i++) hll_add(into, from->hashes.at[i]);
    if (!from->registers) return;
    make_registers(into);
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        raise_register(into->registers, i, from->registers[i]);
}

int64_t hll_estimate(Hll *hll)
{
    settle(hll);
    if (!hll->registers) return hll->hashes.count;
    const double count = HLL_REGISTERS, alpha = 0.7213 / (1 + 1.079 / count);
    double sum = 0;
    int zeros = 0;
    for (size_t i = 0; i < HLL_REGISTERS; i++) {
        sum += ldexp(1, -hll->registers[i]);
        zeros += hll->registers[i] == 0;
    }
    double estimate = alpha * count * count / sum;
    if (estimate <= count * 2.5 && zeros > 0) {
        estimate = count * log(count / zeros);  // linear counting
    } else if (estimate < 72000) {
        // The gap between both methods, measured by Redis' authors.
        double e = estimate;
        double percent = 5.9119e-18 * e * e * e * e - 1.4253e-12 * e * e * e + 1.2940e-7 * e * e -
                         5.2921e-3 * e + 83.3216;
        estimate -= e * (percent / 100);
    }
    return (int64_t)(estimate + 0.5);
}

void hll_free(Hll *hll)
{
    values_free(&hll->hashes);
    free(hll->registers);
    hll->registers = NULL;
}

size_t hll_memory(const Hll *hll)
{
    return hll->hashes.cap * sizeof *hll->hashes.at + (hll->registers ? HLL_REGISTERS : 0);
}

// ------------------------------------------------------------------------------------- form

enum {
    FORM_EMPTY,     // nothing behind it
    FORM_EXPLICIT,  // uint8 count, uint64 hashes, ascending
    FORM_SPARSE,    // uint32 count, each uint16 register, uint8 value; ascending
    FORM_FULL,      // all registers
};
enum { SPARSE_MAX = 4096, SPARSE_BYTES = 3 };

void hll_write_one(uint64_t hash, char out[static HLL_ONE_BYTES])
{
    out[0] = FORM_EXPLICIT;
    out[1] = 1;
    memcpy(out + 2, &hash, sizeof hash);
}

static size_t write_registers(const uint8_t *registers, char out[static HLL_FORM_MAX])
{
    uint32_t count = 0;
    for (size_t i = 0; i < HLL_REGISTERS; i++) count += registers[i] != 0;
    if (count > SPARSE_MAX) {
        out[0] = FORM_FULL;
        memcpy(out + 1, registers, HLL_REGISTERS);
        return HLL_FORM_MAX;
    }
    out[0] = FORM_SPARSE;
    memcpy(out + 1, &count, sizeof count);
    size_t at = 1 + sizeof count;
    for (size_t i = 0; i < HLL_REGISTERS; i++) {
        if (registers[i] == 0) continue;
        uint16_t index = (uint16_t)i;
        memcpy(out + at, &index, sizeof index);
        out[at + sizeof index] = (char)registers[i];
        at += SPARSE_BYTES;
    }
    return at;
}

size_t hll_write(Hll *hll, char out[static HLL_FORM_MAX])
{
    settle(hll);
    if (hll->registers) return write_registers(hll->registers, out);
    if (hll->hashes.count == 0) {
        out[0] = FORM_EMPTY;
        return HLL_EMPTY_BYTES;
    }
    out[0] = FORM_EXPLICIT;
    out[1] = (char)hll->hashes.count;
    size_t bytes = hll->hashes.count * sizeof *hll->hashes.at;
    memcpy(out + 2, hll->hashes.at, bytes);
    return 2 + bytes;
}

// ---------------------------------------------------------------------------- foreign bytes

static uint64_t hash_at(const char *at)
{
    uint64_t hash;
    memcpy(&hash, at, sizeof hash);
    return hash;
}

static bool merge_explicit(Hll *into, Str body)
{
    if (body.len < 1) return false;
    size_t count = (uint8_t)body.ptr[0];
    const char *hashes = body.ptr + 1;
    if (count == 0 || count > HLL_EXPLICIT_MAX || body.len != 1 + count * sizeof(uint64_t))
        return false;
    for (size_t i = 1; i < count; i++)
        if (hash_at(hashes + (i - 1) * 8) >= hash_at(hashes + i * 8)) return false;
    for (size_t i = 0; i < count; i++) hll_add(into, hash_at(hashes + i * 8));
    return true;
}

static bool merge_sparse(Hll *into, Str body)
{
    uint32_t count;
    if (body.len < sizeof count) return false;
    memcpy(&count, body.ptr, sizeof count);
    const char *items = body.ptr + sizeof count;
    if (count == 0 || count > SPARSE_MAX || body.len != sizeof count + count * SPARSE_BYTES)
        return false;
    int last = -1;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t index;
        memcpy(&index, items + i * SPARSE_BYTES, sizeof index);
        uint8_t rank = (uint8_t)items[i * SPARSE_BYTES + sizeof index];
        if (index <= last || index >= HLL_REGISTERS || rank == 0 || rank > RANK_MAX) return false;
        last = index;
    }
    make_registers(into);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t index;
        memcpy(&index, items + i * SPARSE_BYTES, sizeof index);
        raise_register(into->registers, index, (uint8_t)items[i * SPARSE_BYTES + sizeof index]);
    }
    return true;
}

static bool merge_full(Hll *into, Str body)
{
    if (body.len != HLL_REGISTERS) return false;
    uint8_t most = 0;
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        if (most < (uint8_t)body.ptr[i]) most = (uint8_t)body.ptr[i];
    if (most > RANK_MAX) return false;
    make_registers(into);
    for (size_t i = 0; i < HLL_REGISTERS; i++)
        raise_register(into->registers, i, (uint8_t)body.ptr[i]);
    return true;
}

bool hll_merge_form(Hll *into, Str form)
{
    if (form.len == 0) return false;
    Str body = str_sub(form, 1, form.len);
    switch (form.ptr[0]) {
    case FORM_EMPTY: return form.len == HLL_EMPTY_BYTES;
    case FORM_EXPLICIT: return merge_explicit(into, body);
    case FORM_SPARSE: return merge_sparse(into, body);
    case FORM_FULL: return merge_full(into, body);
    default: return false;
    }
}
