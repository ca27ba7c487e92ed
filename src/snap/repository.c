/*
 * snap/repository: a repository as a place: made, adopted, opened, listed.
 *
 * Form    docs/FORMAT.md, "repository.json" and "Layout".
 * Errors  REPOSITORY_*, SNAPSHOT_*, MANIFEST_*, those of the store.
 * Threads a SnapRepository may be used by several threads; it does not change.
 */
#include "snap/repository.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/vec.h"
#include "snap/manifest.h"
#include "snap/name.h"
#include "snap/path.h"
#include "snap/stamp.h"

enum { REPOSITORY_FILE_BYTES = 64 * 1024 };

struct SnapRepository {
    Arena *arena;
    Str name;
    Blob *blob;  // at the repository's own folder
    Uuid uuid;
    int64_t created_ms;
};

static Str folder_url(Arena *arena, const SnapPlace *place, const char *prefix, Str encoded)
{
    Str location = place->location;
    while (location.len > 1 && location.ptr[location.len - 1] == '/') location.len--;
    return str_printf(arena, "%.*s/%s%.*s", STR_ARG(location), prefix, STR_ARG(encoded));
}

// --- repository.json

static Str print_identity(Ctx *ctx, const SnapRepository *repository)
{
    Buf buf = buf_new(ctx->arena);
    JsonWriter w = json_writer(&buf);
    json_open(&w, NULL, '{');
    json_put_i64(&w, "format", SNAP_FORMAT_VERSION);
    json_put_i64(&w, "min_reader", SNAP_MIN_READER);
    json_put_str(&w, "name", repository->name);
    json_put_hex(&w, "uuid", repository->uuid.bytes, sizeof(repository->uuid.bytes));
    json_put_i64(&w, "created_ms", repository->created_ms);
    json_open(&w, "options", '{');
    json_put_str(&w, "compression", STR("none"));
    json_put_str(&w, "encryption", STR("none"));
    json_close(&w, '}');
    json_close(&w, '}');
    buf_add_byte(&buf, '\n');
    return buf_str(&buf);
}

static Rc check_option(Ctx *ctx, const Json *options, const char *key, Str place)
{
    Str value;
    TRY(json_get_str(ctx, options, key, &value));
    if (str_eq(value, STR("none"))) return RC_OK;
    return FAIL(ctx, REPOSITORY_OPTION, STR_ARG(place), key, STR_ARG(value));
}

static Rc read_identity(Ctx *ctx, SnapRepository *repository, Str text)
{
    Str place = repository->blob->describe(repository->blob, ctx->arena, STR(SNAP_REPOSITORY_FILE));
    Json *json = NULL;
    int64_t min_reader;
    const Json *options = NULL;
    TRY(json_parse(ctx, text, "it", &json));
    TRY(json_get_i64(ctx, json, "min_reader", &min_reader));
    if (min_reader > SNAP_FORMAT_VERSION)
        return FAIL(ctx, REPOSITORY_NEWER, STR_ARG(place), (long long)min_reader,
                    SNAP_FORMAT_VERSION);
    TRY(json_get_hex(ctx, json, "uuid", repository->uuid.bytes, sizeof(repository->uuid.bytes)));
    TRY(json_get_i64(ctx, json, "created_ms", &repository->created_ms));
    TRY(json_get_object(ctx, json, "options", &options));
    TRY(check_option(ctx, options, "compression", place));
    return check_option(ctx, options, "encryption", place);
}

static Rc load(Ctx *ctx, SnapRepository *repository)
{
    Blob *blob = repository->blob;
    Str text;
    TRY(blob->read(blob, ctx, STR(SNAP_REPOSITORY_FILE), REPOSITORY_FILE_BYTES, &text));
    Rc rc = read_identity(ctx, repository, text);
    if (rc != RC_CORRUPT) return rc;
    Str why = ctx->err.text, place = blob->describe(blob, ctx->arena, STR(SNAP_REPOSITORY_FILE));
    return FAIL(ctx, REPOSITORY_DAMAGED, STR_ARG(place), STR_ARG(why));
}

// --- open and create

static Rc open_folder(Ctx *ctx, const SnapPlace *place, bool may_create, SnapRepository **out)
{
    Str encoded;
    TRY(name_encode(ctx, place->name, &encoded));
    Blob *blob = NULL;
    TRY(blob_open(ctx, folder_url(ctx->arena, place, SNAP_FOLDER_PREFIX, encoded), may_create,
                  &blob));
    Arena *arena = arena_new();
    SnapRepository *repository = ARENA_NEW(arena, SnapRepository);
    *repository =
        (SnapRepository){.arena = arena, .name = str_dup(arena, place->name), .blob = blob};
    *out = repository;
    return RC_OK;
}

void snap_repository_close(SnapRepository **repository)
{
    SnapRepository *gone = *repository;
    *repository = NULL;
    if (!gone) return;
    blob_close(&gone->blob);
    arena_free(gone->arena);
}

// The name of the repository in a folder, if there is one: its repository.json tells a repository
// from a folder that only has such a name.
static bool is_repository(Ctx *ctx, Blob *root, Str folder, Str *name)
{
    Str prefix = STR(SNAP_FOLDER_PREFIX);
    uint64_t size;
    if (!str_starts(folder, prefix)) return false;
    if (!name_decode(ctx->arena, str_sub(folder, prefix.len, folder.len), name)) return false;
    Str path = str_printf(ctx->arena, "%.*s/" SNAP_REPOSITORY_FILE, STR_ARG(folder));
    bool is_there = root->stat(root, ctx, path, &size) == RC_OK;
    ctx_clear(ctx);
    return is_there;
}

// Names of repositories at a place, joined by ", ".
static Rc list_names(Ctx *ctx, const SnapPlace *place, Str *out)
{
    AUTO(blob_close) Blob *root = NULL;
    BlobEntry *entries = NULL;
    size_t count = 0;
    Buf names = buf_new(ctx->arena);
    Rc rc = blob_open(ctx, place->location, false, &root);
    if (rc == RC_OK) rc = root->list(root, ctx, STR(""), &entries, &count);
    if (rc != RC_OK && rc != RC_NOT_FOUND) return rc;
    if (rc == RC_NOT_FOUND) ctx_clear(ctx);
    for (size_t i = 0; i < count; i++) {
        Str name;
        if (is_repository(ctx, root, entries[i].name, &name))
            buf_printf(&names, "%s%.*s", names.len ? ", " : "", STR_ARG(name));
    }
    *out = names.len ? buf_str(&names) : STR("none");
    return RC_OK;
}

static Rc not_found(Ctx *ctx, const SnapPlace *place)
{
    Str names;
    ctx_clear(ctx);
    TRY(list_names(ctx, place, &names));
    return FAIL(ctx, REPOSITORY_NOT_FOUND, STR_ARG(place->name), STR_ARG(place->location),
                STR_ARG(names));
}

// A repository of StarRocks holds its tablets, which only StarRocks reads.
static Rc refuse_foreign(Ctx *ctx, const SnapPlace *place)
{
    static const char *const PREFIXES[] = {"__starrocks_repository_", "__palo_repository_"};
    AUTO(blob_close) Blob *root = NULL;
    BlobEntry *entries = NULL;
    size_t count = 0;
    Rc rc = blob_open(ctx, place->location, false, &root);
    if (rc == RC_OK) rc = root->list(root, ctx, STR(""), &entries, &count);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        return RC_OK;
    }
    TRY(rc);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COUNT_OF(PREFIXES); k++) {
            Str foreign = str_printf(ctx->arena, "%s%.*s", PREFIXES[k], STR_ARG(place->name));
            if (str_eq(entries[i].name, foreign))
                return FAIL(ctx, REPOSITORY_FOREIGN, STR_ARG(place->location), STR_ARG(foreign));
        }
    return RC_OK;
}

static Rc write_identity(Ctx *ctx, SnapRepository *repository)
{
    repository->uuid = uuid_new();
    repository->created_ms = clock_now_ms(ctx->clock);
    Blob *blob = repository->blob;
    Rc rc = blob->create(blob, ctx, STR(SNAP_REPOSITORY_FILE), print_identity(ctx, repository));
    if (rc != RC_EXISTS) return rc;
    ctx_clear(ctx);  // another server was first: it is theirs, and ours
    return load(ctx, repository);
}

Rc snap_repository_create(Ctx *ctx, const SnapPlace *place, bool is_read_only, SnapRepository **out)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    TRY(refuse_foreign(ctx, place));
    Rc rc = open_folder(ctx, place, false, &repository);
    if (rc == RC_OK) rc = load(ctx, repository);
    if (rc == RC_NOT_FOUND && is_read_only) return not_found(ctx, place);
    if (rc == RC_NOT_FOUND) {
        ctx_clear(ctx);
        snap_repository_close(&repository);
        TRY(open_folder(ctx, place, true, &repository));
        rc = write_identity(ctx, repository);
    }
    TRY(rc);
    *out = repository;
    repository = NULL;
    return RC_OK;
}

Rc snap_repository_open(Ctx *ctx, const SnapPlace *place, const Uuid *uuid, SnapRepository **out)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    Rc rc = open_folder(ctx, place, false, &repository);
    if (rc == RC_OK) rc = load(ctx, repository);
    if (rc == RC_NOT_FOUND) return not_found(ctx, place);
    TRY(rc);
    if (!uuid_eq(repository->uuid, *uuid))
        return FAIL(ctx, REPOSITORY_OTHER, STR_ARG(place->name), STR_ARG(place->location),
                    STR_ARG(uuid_text(ctx->arena, *uuid)),
                    STR_ARG(uuid_text(ctx->arena, repository->uuid)));
    *out = repository;
    repository = NULL;
    return RC_OK;
}

Uuid snap_repository_uuid(const SnapRepository *repository)
{
    return repository->uuid;
}

int64_t snap_repository_created_ms(const SnapRepository *repository)
{
    return repository->created_ms;
}

Blob *snap_repository_blob(const SnapRepository *repository)
{
    return repository->blob;
}

// --- what is there

static Rc look_into(Ctx *ctx, SnapRepository *repository, Str encoded, SnapLabel *out)
{
    Blob *blob = repository->blob;
    BlobEntry *entries = NULL;
    size_t count = 0;
    TRY(blob->list(blob, ctx, snap_path_label(ctx->arena, encoded), &entries, &count));
    out->stamps = ARENA_ARRAY(ctx->arena, Str, count);
    out->stamp_count = 0;
    out->is_writing = false;
    for (size_t i = 0; i < count; i++) {
        Str name = entries[i].name, ending = STR(".json");
        if (str_eq(name, STR(SNAP_WRITING))) out->is_writing = true;
        if (!str_ends(name, ending)) continue;
        Str stamp = str_sub(name, 0, name.len - ending.len);
        if (stamp_is_valid(stamp)) out->stamps[out->stamp_count++] = stamp;
    }
    return RC_OK;
}

Rc snap_look_up_label(Ctx *ctx, SnapRepository *repository, Str label, SnapLabel *out)
{
    Str encoded;
    TRY(name_encode(ctx, label, &encoded));
    SnapLabel found = {.label = label};
    TRY(look_into(ctx, repository, encoded, &found));
    *out = found;
    return RC_OK;
}

static int by_label(const void *a, const void *b)
{
    return str_cmp(((const SnapLabel *)a)->label, ((const SnapLabel *)b)->label);
}

Rc snap_list_labels(Ctx *ctx, SnapRepository *repository, SnapLabel **out, size_t *count)
{
    BlobEntry *entries = NULL;
    size_t entry_count = 0;
    TRY(repository->blob->list(repository->blob, ctx, STR(SNAP_SNAPSHOTS), &entries, &entry_count));
    VEC(SnapLabel) labels = {0};
    for (size_t i = 0; i < entry_count; i++) {
        SnapLabel label = {0};
        if (!entries[i].is_dir || !name_decode(ctx->arena, entries[i].name, &label.label)) continue;
        TRY(look_into(ctx, repository, entries[i].name, &label));
        // A folder without any file is what a cancelled backup left: the label is free.
        if (label.stamp_count || label.is_writing) vec_push(ctx->arena, &labels, label);
    }
    if (labels.len) qsort(labels.at, labels.len, sizeof(*labels.at), by_label);
    *out = labels.at;
    *count = labels.len;
    return RC_OK;
}

static Str join_stamps(Arena *arena, const SnapLabel *label)
{
    Buf buf = buf_new(arena);
    for (size_t i = 0; i < label->stamp_count; i++)
        buf_printf(&buf, "%s%.*s", i ? ", " : "", STR_ARG(label->stamps[i]));
    return label->stamp_count ? buf_str(&buf) : STR("none");
}

// How many stamps `wanted` names; *found is the last of them. Its own text comes before a second
// that it shares.
static size_t count_named(const SnapLabel *label, Str wanted, Str *found)
{
    size_t count = 0;
    for (size_t i = 0; i < label->stamp_count; i++) {
        Str stamp = label->stamps[i];
        if (wanted.ptr && !stamp_is_named(stamp, wanted)) continue;
        *found = stamp;
        count++;
        if (wanted.ptr && str_eq(stamp, wanted)) return 1;
    }
    return count;
}

static Rc choose_stamp(Ctx *ctx, const SnapLabel *label, Str wanted, Str *out)
{
    Str candidates = join_stamps(ctx->arena, label), found = STR_NONE;
    size_t count = count_named(label, wanted, &found);
    if (count == 1) {
        *out = found;
        return RC_OK;
    }
    if (count == 0 && wanted.ptr)
        return FAIL(ctx, SNAPSHOT_NOT_FOUND, STR_ARG(label->label), STR_ARG(wanted),
                    STR_ARG(candidates));
    const char *why = wanted.ptr ? "has several backups of that second"
                      : count    ? "has several backups"
                                 : "has no backup";
    return FAIL(ctx, SNAPSHOT_STAMP_MISSING, STR_ARG(label->label), why, STR_ARG(candidates));
}

Rc snap_open_snapshot(Ctx *ctx, SnapRepository *repository, Str label, Str stamp, SnapOpened *out)
{
    SnapLabel found;
    Str chosen, encoded, text;
    TRY(snap_look_up_label(ctx, repository, label, &found));
    TRY(choose_stamp(ctx, &found, stamp, &chosen));
    TRY(name_encode(ctx, label, &encoded));
    Blob *blob = repository->blob;
    Str name = snap_path_manifest(ctx->arena, encoded, chosen);
    TRY(blob->read(blob, ctx, name, LIMIT_MANIFEST_BYTES, &text));
    SnapContent *content = NULL;
    TRY(manifest_parse(ctx, text, blob->describe(blob, ctx->arena, name), &content));
    if (!str_eq(content->label, label) || !str_eq(content->stamp, chosen)) {
        Str why = str_printf(ctx->arena, "it is the manifest of %.*s, %.*s",
                             STR_ARG(content->label), STR_ARG(content->stamp));
        return FAIL(ctx, MANIFEST_DAMAGED, STR_ARG(blob->describe(blob, ctx->arena, name)),
                    STR_ARG(why));
    }
    *out = (SnapOpened){content, text};
    return RC_OK;
}
