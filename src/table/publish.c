/*
 * table/publish: files that lie at their places become rows of the catalog.
 *
 * Form    writers that come at the same time share one transaction, and one fsync of each folder
 *         (table/group). Each change is made by its writer's own function; where one fails the
 *         transaction is taken back, and every writer of it commits by itself, so that nobody fails
 *         for another (INV-37).
 * Errors  those of the writer's function; of the catalog; FILE_*.
 * Threads any.
 */
#include "base/vec.h"
#include "table/internal.h"

enum { LARGEST_GROUP = 64 };

static bool fits(const GroupMember *list, const GroupMember *other)
{
    size_t count = 0;
    (void)other;
    for (const GroupMember *at = list; at; at = at->next) count++;
    return count < LARGEST_GROUP;
}

static int by_value(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static Rc sync_folders(Ctx *ctx, TableStore *store, const GroupMember *list)
{
    VEC(uint64_t) ids = {0};
    for (const GroupMember *at = list; at; at = at->next) {
        const Publish *publish = at->work;
        for (size_t i = 0; i < publish->id_count; i++) vec_push(ctx->arena, &ids, publish->ids[i]);
    }
    if (ids.len) qsort(ids.at, ids.len, sizeof(ids.at[0]), by_value);
    return store_sync_folders(ctx, store, ids.at, ids.len);
}

static Rc publish_list(Ctx *ctx, TableStore *store, const GroupMember *list)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(sync_folders(ctx, store, list));
    TRY(catalog_begin(ctx, store->catalog, 0, &txn));
    for (const GroupMember *at = list; at; at = at->next) {
        const Publish *publish = at->work;
        TRY(publish->change(ctx, txn, publish->handle));
    }
    return txn_commit(ctx, &txn);
}

Rc publish_alone(Ctx *ctx, TableStore *store, const Publish *publish)
{
    GroupMember member = {.work = publish};
    return publish_list(ctx, store, &member);
}

Rc publish_together(Ctx *ctx, TableStore *store, const Publish *publish)
{
    GroupMember member = {.work = publish}, *list = NULL;
    TRY(group_enter(ctx, &store->publishing, &member, fits, &list));
    if (list) {
        Rc rc = publish_list(ctx, store, list);
        bool is_shared = list->next != NULL;
        group_leave(&store->publishing, list, rc == RC_OK ? GROUP_DONE : GROUP_ALONE);
        if (!is_shared || rc == RC_OK) return rc;
        ctx_clear(ctx);
    }
    return member.state == GROUP_DONE ? RC_OK : publish_alone(ctx, store, publish);
}
