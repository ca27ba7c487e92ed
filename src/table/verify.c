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

// What is known while a table is read; the first damage is the answer.
typedef struct Verify {
    TableStore *store;
    TableVerified sum;
    Rc first;
    Err first_err;
} Verify;

// Damage is logged and counted, and reading goes on; only a cancel ends it.
static Rc verify_one(Ctx *ctx, Verify *verify, Str place, const RowsetInfo *rowset)
{
    Rc rc = table_verify_rowset(ctx, verify->store, rowset);
    if (rc == RC_CANCELLED || rc == RC_TIMEOUT) return rc;
    verify->sum.file_count++;
    verify->sum.size_bytes += rowset->size_bytes;
    if (rc == RC_OK) return RC_OK;
    ctx_hint(ctx, " (%.*s)", STR_ARG(place));
    log_error("damage: %.*s", STR_ARG(ctx->err.text));
    verify->sum.damaged_count++;
    atomic_fetch_add(&verify->store->damaged_files, 1);
    if (verify->first == RC_OK) {
        verify->first = rc;
        verify->first_err = ctx->err;
    }
    ctx_clear(ctx);
    return RC_OK;
}

Rc table_verify_table(Ctx *ctx, TableStore *store, const Database *database, const Table *table,
                      TableVerified *out)
{
    Verify verify = {.store = store};
    for (size_t p = 0; p < table->partition_count; p++) {
        const Partition *partition = table->partitions[p];
        Str place =
            str_printf(ctx->arena, "table %.*s.%.*s, partition %.*s", STR_ARG(database->def->name),
                       STR_ARG(table->def->name), STR_ARG(partition->def->name));
        for (size_t i = 0; i < partition->rowset_count; i++)
            TRY(verify_one(ctx, &verify, place, &partition->rowsets[i]->info));
    }
    *out = verify.sum;
    if (verify.first != RC_OK) ctx->err = verify.first_err;
    return verify.first;
}
