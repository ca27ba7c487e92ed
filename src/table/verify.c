/*
 * table/verify: are local files what the catalog says.
 *
 * Form    the whole file is read and its BLAKE3 compared: the engine answers wrongly, without an
 * error, from most damaged pages (engine.md 0), so this is the only guard. Errors  FILE_DAMAGED,
 * FILE_MISSING, FILE_ERROR.   Threads  any.
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

// One rowset; damage is logged and counted, and kept in *first when it is the first.
static Rc verify_one(Ctx *ctx, TableStore *store, Str place, const RowsetInfo *rowset,
                     TableVerified *sum, Rc *first, Err *first_err)
{
    Rc rc = table_verify_rowset(ctx, store, rowset);
    sum->file_count++;
    sum->size_bytes += rowset->size_bytes;
    if (rc == RC_OK) return RC_OK;
    if (rc == RC_CANCELLED || rc == RC_TIMEOUT) return rc;
    ctx_hint(ctx, " (%.*s)", STR_ARG(place));
    log_error("damage: %.*s", STR_ARG(ctx->err.text));
    sum->damaged_count++;
    atomic_fetch_add(&store->damaged_files, 1);
    if (*first == RC_OK) {
        *first = rc;
        *first_err = ctx->err;
    }
    ctx_clear(ctx);
    return RC_OK;
}

Rc table_verify_table(Ctx *ctx, TableStore *store, const Database *database, const Table *table,
                      TableVerified *out)
{
    TableVerified sum = {0};
    Rc first = RC_OK;
    Err first_err = {0};
    for (size_t p = 0; p < table->partition_count; p++) {
        const Partition *partition = table->partitions[p];
        Str place =
            str_printf(ctx->arena, "table %.*s.%.*s, partition %.*s", STR_ARG(database->def->name),
                       STR_ARG(table->def->name), STR_ARG(partition->def->name));
        for (size_t i = 0; i < partition->rowset_count; i++) {
            TRY(ctx_poll(ctx));
            TRY(verify_one(ctx, store, place, &partition->rowsets[i]->info, &sum, &first,
                           &first_err));
        }
    }
    *out = sum;
    if (first != RC_OK) ctx->err = first_err;
    return first;
}
