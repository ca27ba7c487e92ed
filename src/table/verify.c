/*
 * table/verify: are local files what the catalog says.
 *
 * Form    the whole file is read and its BLAKE3 compared: from most damaged pages the engine
 *         answers wrongly without an error, so this is the only guard.
 * Errors  FILE_DAMAGED, FILE_MISSING, FILE_ERROR.
 * Threads any.
 */
#include "base/log.h"
#include "io/digest.h"
#include "io/file.h"
#include "table/internal.h"

Rc table_verify_rowset(Ctx *ctx, TableStore *store, const RowsetInfo *rowset)
{
    Str path = table_rowset_path(ctx->arena, store, rowset->id);
    Digest found;
    uint64_t size = 0;
    TRY(digest_file(ctx, path, &found, &size));
    if (size != rowset->size_bytes) {
        Str expected = str_printf(ctx->arena, "%llu bytes", (unsigned long long)rowset->size_bytes);
        Str got = str_printf(ctx->arena, "%llu bytes", (unsigned long long)size);
        return FAIL(ctx, FILE_DAMAGED, STR_ARG(path), STR_ARG(expected), STR_ARG(got));
    }
    if (memcmp(found.bytes, rowset->digest.bytes, DIGEST_BYTES) == 0) return RC_OK;
    Str expected = str_hex(ctx->arena, rowset->digest.bytes, DIGEST_BYTES);
    Str got = str_hex(ctx->arena, found.bytes, DIGEST_BYTES);
    return FAIL(ctx, FILE_DAMAGED, STR_ARG(path), STR_ARG(expected), STR_ARG(got));
}
