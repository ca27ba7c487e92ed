/*
 * snap/lease: who may write a label.
 *
 * Form    docs/FORMAT.md, "writing.json". Times are the writer's wall clock: writers of one
 *         repository must agree on the time within a few minutes.
 * Errors  LABEL_TAKEN, LEASE_LOST, those of the store. What cannot be read counts as another's
 *         claim until it is removed by hand: nothing is taken away on doubt.
 * Threads any; a job renews from one thread at a time.
 */
#include "snap/lease.h"
#include "base/fault.h"
#include "base/json.h"
#include "snap/name.h"
#include "snap/path.h"

enum { LEASE_BYTES = 16 * 1024, COLLECTOR_POLL_MS = 200 };

typedef struct Claim {
    bool is_there;
    bool is_ours;
    bool is_over;  // of a job of this server that ended without removing it
    int64_t renewed_ms;
} Claim;

static Rc writing_name(Ctx *ctx, const Lease *lease, Str *out)
{
    Str encoded;
    TRY(name_encode(ctx, lease->label, &encoded));
    *out = snap_path_writing(ctx->arena, encoded);
    return RC_OK;
}

static Str print_claim(Ctx *ctx, const Lease *lease)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    json_open(&w, NULL, '{');
    json_put_hex(&w, "server", lease->server.bytes, sizeof(lease->server.bytes));
    json_put_hex(&w, "job", lease->job.bytes, sizeof(lease->job.bytes));
    json_put_i64(&w, "renewed_ms", clock_now_ms(ctx->clock));
    json_close(&w, '}');
    buf_add_byte(&buf, '\n');
    return buf_str(&buf);
}

static Rc parse_claim(Ctx *ctx, Str text, const Lease *lease, Claim *out)
{
    Json *json = NULL;
    Uuid server, job;
    TRY(json_parse(ctx, text, SNAP_WRITING, &json));
    TRY(json_get_hex(ctx, json, "server", server.bytes, sizeof(server.bytes)));
    TRY(json_get_hex(ctx, json, "job", job.bytes, sizeof(job.bytes)));
    Claim claim = {.is_there = true,
                   .is_ours = uuid_eq(server, lease->server) && uuid_eq(job, lease->job)};
    TRY(json_get_i64(ctx, json, "renewed_ms", &claim.renewed_ms));
    if (uuid_eq(server, lease->server) && !claim.is_ours && lease->is_at_work) {
        bool is_at_work = true;
        TRY(lease->is_at_work(lease->handle, ctx, job, &is_at_work));
        claim.is_over = !is_at_work;
    }
    *out = claim;
    return RC_OK;
}

static Rc read_claim(Ctx *ctx, SnapRepository *repository, const Lease *lease, Claim *out)
{
    Blob *blob = snap_repository_blob(repository);
    Str name, text;
    TRY(writing_name(ctx, lease, &name));
    Rc rc = blob->read(blob, ctx, name, LEASE_BYTES, &text);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        *out = (Claim){0};
        return RC_OK;
    }
    TRY(rc);
    rc = parse_claim(ctx, text, lease, out);
    if (rc != RC_CORRUPT) return rc;
    Str why = ctx->err.text, place = blob->describe(blob, ctx->arena, name);
    return FAIL(ctx, LEASE_DAMAGED, STR_ARG(place), STR_ARG(why));
}

static bool has_lapsed(Ctx *ctx, const Claim *claim)
{
    return claim->is_over || clock_now_ms(ctx->clock) - claim->renewed_ms > LEASE_LAPSE_MS;
}

static Rc create_claim(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Blob *blob = snap_repository_blob(repository);
    Str name;
    TRY(writing_name(ctx, lease, &name));
    Rc rc = blob->create(blob, ctx, name, print_claim(ctx, lease));
    return rc == RC_EXISTS ? FAIL(ctx, LABEL_TAKEN, STR_ARG(lease->label)) : rc;
}

static Rc remove_claim(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Blob *blob = snap_repository_blob(repository);
    Str name;
    TRY(writing_name(ctx, lease, &name));
    return blob->remove(blob, ctx, name);
}

static Rc replace_claim(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Blob *blob = snap_repository_blob(repository);
    Str name;
    TRY(writing_name(ctx, lease, &name));
    return blob->replace(blob, ctx, name, print_claim(ctx, lease));
}

static Rc check_no_backup(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    SnapLabel label;
    TRY(snap_look_up_label(ctx, repository, lease->label, &label));
    return label.stamp_count ? FAIL(ctx, LABEL_TAKEN, STR_ARG(lease->label)) : RC_OK;
}

// Another's claim that lapsed. It is read once more, as others may be at taking it too: one of them
// must not lose the claim that it just made. What slips through between the two calls is found by
// lease_check before the manifest.
static Rc remove_lapsed(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Claim claim;
    TRY(read_claim(ctx, repository, lease, &claim));
    if (!claim.is_there) return RC_OK;
    if (!has_lapsed(ctx, &claim)) return FAIL(ctx, LABEL_TAKEN, STR_ARG(lease->label));
    return remove_claim(ctx, repository, lease);
}

// INV-42
Rc lease_take(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Claim claim;
    TRY(read_claim(ctx, repository, lease, &claim));
    if (claim.is_there && claim.is_ours) return replace_claim(ctx, repository, lease);
    TRY(check_no_backup(ctx, repository, lease));
    if (claim.is_there && !has_lapsed(ctx, &claim))
        return FAIL(ctx, LABEL_TAKEN, STR_ARG(lease->label));
    if (claim.is_there) TRY(remove_lapsed(ctx, repository, lease));
    TRY(fault_point(ctx, "lease.take"));
    TRY(create_claim(ctx, repository, lease));
    // Somebody may have begun and finished between the first look and the claim.
    Rc rc = check_no_backup(ctx, repository, lease);
    if (rc != RC_EXISTS) return rc;
    TRY(remove_claim(ctx, repository, lease));
    return FAIL(ctx, LABEL_TAKEN, STR_ARG(lease->label));
}

Rc lease_wait_for_collector(Ctx *ctx, SnapRepository *repository)
{
    Blob *blob = snap_repository_blob(repository);
    uint64_t size;
    while (true) {
        TRY(ctx_poll(ctx));
        Rc rc = blob->stat(blob, ctx, STR(SNAP_COLLECTING), &size);
        if (rc == RC_NOT_FOUND) break;
        TRY(rc);
        clock_sleep_ms(COLLECTOR_POLL_MS);
    }
    ctx_clear(ctx);
    return RC_OK;
}

// INV-42
Rc lease_check(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Claim claim;
    TRY(read_claim(ctx, repository, lease, &claim));
    if (!claim.is_there)
        return FAIL(ctx, LEASE_LOST, STR_ARG(lease->label), "writing.json is gone");
    if (!claim.is_ours)
        return FAIL(ctx, LEASE_LOST, STR_ARG(lease->label), "another writer has taken it");
    if (has_lapsed(ctx, &claim))
        return FAIL(ctx, LEASE_LOST, STR_ARG(lease->label), "it was not renewed in time");
    return RC_OK;
}

Rc lease_renew(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    TRY(lease_check(ctx, repository, lease));
    return replace_claim(ctx, repository, lease);
}

Rc lease_give(Ctx *ctx, SnapRepository *repository, const Lease *lease)
{
    Claim claim;
    TRY(read_claim(ctx, repository, lease, &claim));
    return claim.is_there && claim.is_ours ? remove_claim(ctx, repository, lease) : RC_OK;
}
