/*
 * engine/functions_check: checks of INSERT in strict mode, and hashes.
 *
 * Source  MurmurHash3 x86 32 (A. Appleby, public domain algorithm), XXH3, CRC-32 of IEEE 802.3;
 *         seeds as StarRocks'.
 * Errors  DATA_TOO_LONG, COLUMN_NOT_NULL, BAD_VALUE, and any that kg_raise names.
 * Threads pure.
 */
#include "base/hash.h"
#include "base/vec.h"
#include "engine/functions.h"

enum { SHOWN_BYTES = 64, MURMUR_SEED = 104729 };

// The beginning of a value for a message, cut between characters.
static Str shown(Str text)
{
    size_t len = text.len < SHOWN_BYTES ? text.len : SHOWN_BYTES;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) len--;
    return str_sub(text, 0, len);
}

static Rc check_len(Ctx *ctx, EngineCall *call)
{
    const int64_t *max = engine_arg_data(call, 1);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str text = engine_arg_str(call, 0, row), column = engine_arg_str(call, 2, row);
        if ((int64_t)text.len > max[row])
            return FAIL(ctx, DATA_TOO_LONG, STR_ARG(column), (long long)text.len,
                        (long long)max[row], STR_ARG(shown(text)));
        engine_out_str(call, row, text);
    }
    return RC_OK;
}

// Bytes need not be UTF-8: the message shows their number only.
static Rc check_len_bytes(Ctx *ctx, EngineCall *call)
{
    const int64_t *max = engine_arg_data(call, 1);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        Str bytes = engine_arg_str(call, 0, row), column = engine_arg_str(call, 2, row);
        Str head = str_hex(ctx->arena, bytes.ptr, bytes.len < 8 ? bytes.len : 8);
        if ((int64_t)bytes.len > max[row])
            return FAIL(ctx, DATA_TOO_LONG, STR_ARG(column), (long long)bytes.len,
                        (long long)max[row], STR_ARG(head));
        engine_out_str(call, row, bytes);
    }
    return RC_OK;
}

static Rc bad_null(Ctx *ctx, EngineCall *call)
{
    if (engine_call_rows(call) == 0) return RC_OK;
    return FAIL(ctx, COLUMN_NOT_NULL, STR_ARG(engine_arg_str(call, 0, 0)));
}

static Rc bad_value(Ctx *ctx, EngineCall *call)
{
    if (engine_call_rows(call) == 0) return RC_OK;
    bool is_null = engine_arg_is_null(call, 0, 0);
    Str value = is_null ? STR("NULL") : shown(engine_arg_str(call, 0, 0));
    return FAIL(ctx, BAD_VALUE, STR_ARG(engine_arg_str(call, 1, 0)), STR_ARG(value),
                STR_ARG(engine_arg_str(call, 2, 0)));
}

static Rc raise(Ctx *ctx, EngineCall *call)
{
    if (engine_call_rows(call) == 0) return RC_OK;
    Str name = engine_arg_str(call, 0, 0), text = engine_arg_str(call, 1, 0);
    for (int id = ERR_NONE + 1; id < ERR_COUNT; id++)
        if (str_eq(name, str_from(err_info((ErrId)id)->name)))
            return rc_failed(ctx_fail(ctx, (ErrId)id, "%.*s", STR_ARG(text)));
    return FAIL(ctx, BUG, "kg_raise names an error that does not exist");
}

// --- hashes

static uint32_t rotate(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

static uint32_t murmur_mix(uint32_t word)
{
    return rotate(word * 0xcc9e2d51u, 15) * 0x1b873593u;
}

static uint32_t murmur_hash3_32(Str text, uint32_t seed)
{
    uint32_t hash = seed, word;
    size_t at = 0;
    for (; at + 4 <= text.len; at += 4) {
        memcpy(&word, text.ptr + at, 4);
        hash = rotate(hash ^ murmur_mix(word), 13) * 5 + 0xe6546b64u;
    }
    word = 0;
    for (size_t i = text.len; i > at; i--) word = word << 8 | (unsigned char)text.ptr[i - 1];
    if (text.len > at) hash ^= murmur_mix(word);
    hash ^= (uint32_t)text.len;
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

static Rc murmur(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int32_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        uint32_t hash = MURMUR_SEED;
        for (size_t i = 0; i < engine_call_args(call); i++)
            hash = murmur_hash3_32(engine_arg_str(call, i, row), hash);
        out[row] = (int32_t)hash;
    }
    return RC_OK;
}

static Rc xx_hash(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int64_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++) {
        if (engine_out_is_null(call, row)) continue;
        uint64_t hash = 0;
        for (size_t i = 0; i < engine_call_args(call); i++)
            hash = hash64(engine_arg_str(call, i, row), hash);
        out[row] = (int64_t)hash;
    }
    return RC_OK;
}

static uint32_t crc_32(Str text)
{
    uint32_t crc = ~0u;
    for (size_t i = 0; i < text.len; i++) {
        crc ^= (unsigned char)text.ptr[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static Rc crc(Ctx *ctx, EngineCall *call)
{
    (void)ctx;
    int64_t *out = engine_out_data(call);
    for (size_t row = 0; row < engine_call_rows(call); row++)
        if (!engine_out_is_null(call, row)) out[row] = crc_32(engine_arg_str(call, 0, row));
    return RC_OK;
}

static const EngineScalar SPECS[] = {
    {.name = "kg_check_len",
     .params = {ENGINE_VARCHAR, ENGINE_BIGINT, ENGINE_VARCHAR},
     .param_count = 3,
     .result = ENGINE_VARCHAR,
     .run = check_len},
    {.name = "kg_check_len",
     .params = {ENGINE_BLOB, ENGINE_BIGINT, ENGINE_VARCHAR},
     .param_count = 3,
     .result = ENGINE_BLOB,
     .run = check_len_bytes},
    {.name = "kg_bad_null",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .takes_null = true,
     .is_volatile = true,
     .result = ENGINE_NOTHING,
     .run = bad_null},
    {.name = "kg_bad_value",
     .params = {ENGINE_VARCHAR, ENGINE_VARCHAR, ENGINE_VARCHAR},
     .param_count = 3,
     .takes_null = true,
     .is_volatile = true,
     .result = ENGINE_NOTHING,
     .run = bad_value},
    {.name = "kg_raise",
     .params = {ENGINE_VARCHAR, ENGINE_VARCHAR},
     .param_count = 2,
     .takes_null = true,
     .is_volatile = true,
     .result = ENGINE_NOTHING,
     .run = raise},
    {.name = "kg_murmur_hash3_32",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .is_variadic = true,
     .result = ENGINE_INT,
     .run = murmur},
    {.name = "kg_xx_hash3_64",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .is_variadic = true,
     .result = ENGINE_BIGINT,
     .run = xx_hash},
    {.name = "kg_crc32",
     .params = {ENGINE_VARCHAR},
     .param_count = 1,
     .result = ENGINE_BIGINT,
     .run = crc},
};

FunctionTable functions_check(void)
{
    return (FunctionTable){SPECS, COUNT_OF(SPECS)};
}
