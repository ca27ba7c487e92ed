/*
 * catalog/claims: names that jobs will write, and what they forbid meanwhile.
 *
 * Form    rows of table `claim`; in memory one immutable list. A transaction works on a copy.
 * Source  DESIGN section 6; texts of jobs.md 2.4 and 3.
 * Errors  CLAIMED_*, JOB_RUNNING.
 * Threads the published list is read under Catalog.lock, changed by the holder of the turn.
 */
#include "catalog/internal.h"

ClaimSet *claim_set_new(const Claim *claims, size_t count)
{
    ClaimSet *set = mem_alloc(sizeof(*set));
    set->arena = arena_new();
    set->count = count;
    set->claims = ARENA_ARRAY(set->arena, Claim, count);
    for (size_t i = 0; i < count; i++) {
        set->claims[i] = claims[i];
        set->claims[i].database = str_dup(set->arena, claims[i].database);
        set->claims[i].table = str_dup(set->arena, claims[i].table);
        set->claims[i].partition = str_dup(set->arena, claims[i].partition);
    }
    return set;
}

void claim_set_free(ClaimSet *set)
{
    if (!set) return;
    arena_free(set->arena);
    free(set);
}

typedef struct ClaimList {
    Arena *arena;
    VEC(Claim) claims;
} ClaimList;

static Rc visit_claim(Ctx *ctx, void *handle, const Claim *claim)
{
    ClaimList *list = handle;
    Claim copy = *claim;
    if (claim->kind != CLAIM_BACKUP && claim->kind != CLAIM_RESTORE)
        return FAIL(ctx, CATALOG_DAMAGED, "claim of job", (long long)claim->job_id,
                    STR_ARG(STR("its kind is not known")));
    copy.database = str_dup(list->arena, claim->database);
    copy.table = str_dup(list->arena, claim->table);
    copy.partition = str_dup(list->arena, claim->partition);
    vec_push(list->arena, &list->claims, copy);
    return RC_OK;
}

Rc claims_load(Ctx *ctx, Meta *meta, ClaimSet **out)
{
    ClaimList list = {.arena = ctx->arena};
    TRY(store_each_claim(ctx, meta, visit_claim, &list));
    *out = claim_set_new(list.claims.at, list.claims.len);
    return RC_OK;
}

// --- what a claim forbids (INV-9). BACKUP claims only the one-job rule.

static bool is_in_the_way(const CatalogTxn *txn, const Claim *claim, Str database)
{
    return claim->kind == CLAIM_RESTORE && claim->job_id != txn->job_id &&
           str_eq(claim->database, database);
}

Rc claims_check_write(Ctx *ctx, const CatalogTxn *txn, Str database, Str table, Str partition)
{
    for (size_t i = 0; i < txn->claims.len; i++) {
        const Claim *claim = &txn->claims.at[i];
        if (!is_in_the_way(txn, claim, database) || !str_eq(claim->table, table)) continue;
        bool is_all = claim->partition.len == 0 || partition.len == 0;
        if (is_all || str_eq_nocase(claim->partition, partition))
            return FAIL(ctx, CLAIMED_WRITE, STR_ARG(table));
    }
    return RC_OK;
}

Rc claims_check_table(Ctx *ctx, const CatalogTxn *txn, Str database, Str table)
{
    for (size_t i = 0; i < txn->claims.len; i++) {
        const Claim *claim = &txn->claims.at[i];
        if (is_in_the_way(txn, claim, database) && str_eq(claim->table, table))
            return FAIL(ctx, CLAIMED_TABLE, STR_ARG(table));
    }
    return RC_OK;
}

// The name of a database that a RESTORE will create.
Rc claims_check_new_database(Ctx *ctx, const CatalogTxn *txn, Str database)
{
    for (size_t i = 0; i < txn->claims.len; i++) {
        const Claim *claim = &txn->claims.at[i];
        if (is_in_the_way(txn, claim, database) && claim->table.len == 0)
            return FAIL(ctx, CLAIMED_DATABASE, STR_ARG(database));
    }
    return RC_OK;
}

Rc claims_check_drop_database(Ctx *ctx, const CatalogTxn *txn, Str database)
{
    for (size_t i = 0; i < txn->claims.len; i++)
        if (is_in_the_way(txn, &txn->claims.at[i], database))
            return FAIL(ctx, CLAIMED_DATABASE, STR_ARG(database));
    return RC_OK;
}

// --- changes

static bool has_other_job(const CatalogTxn *txn, const Claim *wanted)
{
    for (size_t i = 0; i < txn->claims.len; i++) {
        const Claim *claim = &txn->claims.at[i];
        if (claim->job_id != wanted->job_id && str_eq(claim->database, wanted->database))
            return true;
    }
    return false;
}

Rc txn_add_claims(Ctx *ctx, CatalogTxn *txn, const Claim *claims, size_t count)
{
    // INV-10: whatever a job claims there, another job must wait until it ends (jobs.md 3).
    for (size_t i = 0; i < count; i++) {
        must(claims[i].job_id != 0 && claims[i].database.len > 0);
        if (has_other_job(txn, &claims[i])) return FAIL(ctx, JOB_RUNNING);
    }
    for (size_t i = 0; i < count; i++) {
        Claim copy = claims[i];
        copy.database = str_dup(txn->arena, claims[i].database);
        copy.table = claims[i].table.ptr ? str_dup(txn->arena, claims[i].table) : STR("");
        copy.partition =
            claims[i].partition.ptr ? str_dup(txn->arena, claims[i].partition) : STR("");
        txn->is_broken = true;
        TRY(store_add_claim(ctx, txn->catalog->meta, &copy));
        txn->is_broken = false;
        vec_push(txn->arena, &txn->claims, copy);
    }
    txn->has_new_claims = true;
    return RC_OK;
}

Rc txn_end_claims(Ctx *ctx, CatalogTxn *txn, uint64_t job_id)
{
    txn->is_broken = true;
    TRY(store_end_claims(ctx, txn->catalog->meta, job_id));
    txn->is_broken = false;
    size_t kept = 0;
    for (size_t i = 0; i < txn->claims.len; i++)
        if (txn->claims.at[i].job_id != job_id) txn->claims.at[kept++] = txn->claims.at[i];
    txn->claims.len = kept;
    txn->has_new_claims = true;
    return RC_OK;
}

Rc catalog_claims(Ctx *ctx, Catalog *catalog, Claim **out, size_t *count)
{
    lock_take(&catalog->lock);
    const ClaimSet *set = catalog->claims;
    Claim *copies = ARENA_ARRAY(ctx->arena, Claim, set->count);
    for (size_t i = 0; i < set->count; i++) {
        copies[i] = set->claims[i];
        copies[i].database = str_dup(ctx->arena, set->claims[i].database);
        copies[i].table = str_dup(ctx->arena, set->claims[i].table);
        copies[i].partition = str_dup(ctx->arena, set->claims[i].partition);
    }
    *count = set->count;
    lock_give(&catalog->lock);
    *out = copies;
    return RC_OK;
}
