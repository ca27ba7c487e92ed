#include "base/fault.h"
#include "base/vec.h"
#include "check.h"
#include "io/file.h"
#include "sample.h"
#include "snap/name.h"
#include "snap/path.h"

static Str folder_of(Ctx *t, const SnapPlace *place, const char *name)
{
    return str_printf(t->arena, "%.*s/%s",
                      STR_ARG(str_sub(place->location, 7, place->location.len)), name);
}

static SnapRepository *create(Ctx *t, const SnapPlace *place)
{
    SnapRepository *repository = NULL;
    CHECK_RC(RC_OK, snap_repository_create(t, place, false, &repository));
    return repository;
}

static void put(Ctx *t, SnapRepository *repository, Str name, Str bytes)
{
    Blob *blob = snap_repository_blob(repository);
    CHECK_RC(RC_OK, blob->replace(blob, t, name, bytes));
}

static Str put_manifest(Ctx *t, SnapRepository *repository, Str label, Str stamp)
{
    SnapContent *content = sample_content(t);
    Str encoded;
    content->label = label;
    content->stamp = stamp;
    CHECK_RC(RC_OK, name_encode(t, label, &encoded));
    Str name = snap_path_manifest(t->arena, encoded, stamp);
    put(t, repository, name, manifest_print(t, content));
    return name;
}

// --- refusals

TEST(repository_read_only_must_be_there)
{
    SnapPlace place = sample_place(t);
    SnapRepository *repository = NULL;
    Str none = str_printf(
        t->arena, "There is no repository named repo at %.*s. Repositories found there: none",
        STR_ARG(place.location));
    CHECK_ERR_TEXT(REPOSITORY_NOT_FOUND, none,
                   snap_repository_create(t, &place, true, &repository));
    CHECK(!file_is_there(folder_of(t, &place, "kintsugi_repository_repo")));
    static const char *const NAMES[] = {"b", "a b", "C"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        AUTO(snap_repository_close)
        SnapRepository *other = create(t, &(SnapPlace){place.location, str_from(NAMES[i])});
    }
    CHECK_RC(RC_OK, file_make_dirs(t, folder_of(t, &place, "kintsugi_repository_%zz")));
    CHECK_RC(RC_OK, file_make_dirs(t, folder_of(t, &place, "kintsugi_repository_empty")));
    Str some = str_printf(
        t->arena, "There is no repository named repo at %.*s. Repositories found there: C, a b, b",
        STR_ARG(place.location));
    CHECK_ERR_TEXT(REPOSITORY_NOT_FOUND, some,
                   snap_repository_create(t, &place, true, &repository));
    CHECK_ERR_TEXT(REPOSITORY_NOT_FOUND, some,
                   snap_repository_open(t, &place, &(Uuid){{1}}, &repository));
    place.location = str_printf(t->arena, "%.*s/nowhere", STR_ARG(place.location));
    CHECK_ERR(REPOSITORY_NOT_FOUND, snap_repository_create(t, &place, true, &repository));
    CHECK(repository == NULL);
}

TEST(repository_of_starrocks_is_refused)
{
    static const char *const FOLDERS[] = {"__starrocks_repository_repo", "__palo_repository_repo"};
    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++) {
        SnapPlace place = sample_place(t);
        SnapRepository *repository = NULL;
        CHECK_RC(RC_OK, file_make_dirs(t, folder_of(t, &place, FOLDERS[i])));
        Str text = str_printf(
            t->arena,
            "Location %.*s holds %s, a repository written by StarRocks; its tablets cannot be read "
            "by this server. Choose another location or name",
            STR_ARG(place.location), FOLDERS[i]);
        CHECK_ERR_TEXT(REPOSITORY_FOREIGN, text,
                       snap_repository_create(t, &place, false, &repository));
        CHECK_ERR(REPOSITORY_FOREIGN, snap_repository_create(t, &place, true, &repository));
        CHECK(!file_is_there(folder_of(t, &place, "kintsugi_repository_repo")));
        place.name = STR("another");
        AUTO(snap_repository_close) SnapRepository *another = create(t, &place);
    }
}

TEST(repository_identity_is_checked)
{
    static const struct {
        const char *from, *to;
        ErrId id;
    } EDITS[] = {
        {"{\"format\":2,\"min_reader\":1", "{\"format\":3,\"min_reader\":3", ERR_REPOSITORY_NEWER},
        {"\"compression\":\"none\"", "\"compression\":\"zstd\"", ERR_REPOSITORY_OPTION},
        {"\"encryption\":\"none\"", "\"encryption\":\"aes\"", ERR_REPOSITORY_OPTION},
        {"\"uuid\":\"", "\"uuid\":\"x", ERR_REPOSITORY_DAMAGED},
        {"\"uuid\"", "\"guid\"", ERR_REPOSITORY_DAMAGED},
        {"\"options\":{", "\"options\":[],\"x\":{", ERR_REPOSITORY_DAMAGED},
        {"{\"format\"", "\"format\"", ERR_REPOSITORY_DAMAGED},
        {"\"created_ms\":", "\"created_ms\":\"\",\"x\":", ERR_REPOSITORY_DAMAGED},
    };
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    Str path = folder_of(t, &place, "kintsugi_repository_repo/repository.json"), text;
    CHECK_RC(RC_OK, file_read_whole(t, path, 10000, &text));
    for (size_t i = 0; i < COUNT_OF(EDITS); i++) {
        CHECK_RC(RC_OK,
                 file_write_whole(t, path, sample_edit(t, text, EDITS[i].from, EDITS[i].to)));
        SnapRepository *again = NULL;
        CHECK(snap_repository_create(t, &place, false, &again) != RC_OK);
        CHECK_INT(EDITS[i].id, t->err.id);
        CHECK(str_find(t->err.text, path) >= 0);
        ctx_clear(t);
    }
    CHECK_RC(RC_OK, file_write_whole(t, path, STR("")));
    SnapRepository *again = NULL;
    CHECK_ERR(REPOSITORY_DAMAGED, snap_repository_create(t, &place, false, &again));
}

TEST(repository_that_was_exchanged_is_noticed)
{
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    SnapRepository *out = NULL;
    Uuid uuid = snap_repository_uuid(repository), other = {{1}};
    CHECK_ERR(REPOSITORY_OTHER, snap_repository_open(t, &place, &other, &out));
    AUTO(snap_repository_close) SnapRepository *same = NULL;
    CHECK_RC(RC_OK, snap_repository_open(t, &place, &uuid, &same));
}

TEST(repository_location_must_be_understood)
{
    SnapRepository *repository = NULL;
    CHECK_ERR(NOT_SUPPORTED, snap_repository_create(t, &(SnapPlace){STR("s3://b/k"), STR("r")},
                                                    false, &repository));
    CHECK_ERR(BLOB_URL,
              snap_repository_create(t, &(SnapPlace){STR("/tmp"), STR("r")}, false, &repository));
}

// --- what is there

TEST(repository_is_adopted_by_its_name)
{
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *first = create(t, &place);
    AUTO(snap_repository_close) SnapRepository *second = NULL;
    place.location = str_printf(t->arena, "%.*s//", STR_ARG(place.location));
    CHECK_RC(RC_OK, snap_repository_create(t, &place, true, &second));
    CHECK(uuid_eq(snap_repository_uuid(first), snap_repository_uuid(second)));
    CHECK_INT(snap_repository_created_ms(first), snap_repository_created_ms(second));
    place.name = STR("other");
    AUTO(snap_repository_close) SnapRepository *other = create(t, &place);
    CHECK(!uuid_eq(snap_repository_uuid(first), snap_repository_uuid(other)));
}

// Whatever step of making it fails, the next try finds nothing or a whole one.
TEST(repository_can_be_made_after_any_failure)
{
    static const char *const POINTS[] = {"file.create", "file.write", "file.sync", "file.link"};
    SnapPlace root = sample_place(t);
    int failed = 0;
    for (size_t p = 0; p < COUNT_OF(POINTS); p++)
        for (int n = 1; n <= 4; n++) {
            SnapPlace place = {STR_NONE, STR("repo")};
            place.location = str_printf(t->arena, "%.*s/%zu-%d", STR_ARG(root.location), p, n);
            SnapRepository *repository = NULL;
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=nospace@%d", POINTS[p], n)));
            Rc rc = snap_repository_create(t, &place, false, &repository);
            fault_init(NULL);
            ctx_clear(t);
            snap_repository_close(&repository);
            CHECK(rc == RC_OK || rc == RC_IO);
            failed += rc != RC_OK;
            AUTO(snap_repository_close) SnapRepository *again = create(t, &place);
        }
    CHECK(failed >= 5);
}

TEST(repository_lists_labels_and_their_stamps)
{
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    SnapLabel *labels;
    size_t count = 9;
    CHECK_RC(RC_OK, snap_list_labels(t, repository, &labels, &count));
    CHECK_INT(0, count);
    put_manifest(t, repository, STR("b"), STR("2024-12-09-10-25-58-842"));
    put_manifest(t, repository, STR("b"), STR("2023-12-09-10-25-58-842"));
    put_manifest(t, repository, STR("a b"), STR("2024-12-09-10-25-58"));
    put(t, repository, STR("snapshots/c/writing.json"), STR("{}"));
    put(t, repository, STR("snapshots/d/notes.json"), STR("{}"));
    put(t, repository, STR("snapshots/e.f/2024-12-09-10-25-58.json"), STR("{}"));
    put(t, repository, STR("snapshots/g"), STR("a file"));
    CHECK_RC(RC_OK, snap_list_labels(t, repository, &labels, &count));
    CHECK_INT(3, count);
    CHECK_STR("a b", labels[0].label);
    CHECK_INT(1, labels[0].stamp_count);
    CHECK_STR("b", labels[1].label);
    CHECK_INT(2, labels[1].stamp_count);
    CHECK_STR("2023-12-09-10-25-58-842", labels[1].stamps[0]);
    CHECK_STR("c", labels[2].label);
    CHECK_INT(0, labels[2].stamp_count);
    CHECK(labels[2].is_writing && !labels[1].is_writing);
    SnapLabel label;
    CHECK_RC(RC_OK, snap_look_up_label(t, repository, STR("nothing"), &label));
    CHECK_INT(0, label.stamp_count);
    CHECK(!label.is_writing);
}

TEST(snapshot_is_found_by_label_and_stamp)
{
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    SnapOpened opened = {0};
    Str early = STR("2024-12-09-10-25-58-100"), late = STR("2024-12-09-10-25-58-200");

    CHECK_ERR_TEXT(SNAPSHOT_STAMP_MISSING,
                   "Missing backup_timestamp property: snapshot s has no backup. Candidates: none",
                   snap_open_snapshot(t, repository, STR("s"), STR_NONE, &opened));
    put_manifest(t, repository, STR("s"), early);
    CHECK_RC(RC_OK, snap_open_snapshot(t, repository, STR("s"), STR_NONE, &opened));
    CHECK_STR(early, opened.content->stamp);
    CHECK_STR(manifest_print(t, opened.content), opened.bytes);
    CHECK_RC(RC_OK, snap_open_snapshot(t, repository, STR("s"), early, &opened));
    CHECK_RC(RC_OK,
             snap_open_snapshot(t, repository, STR("s"), STR("2024-12-09-10-25-58"), &opened));

    put_manifest(t, repository, STR("s"), late);
    CHECK_RC(RC_OK, snap_open_snapshot(t, repository, STR("s"), late, &opened));
    CHECK_STR(late, opened.content->stamp);
    CHECK_ERR_TEXT(SNAPSHOT_STAMP_MISSING,
                   "Missing backup_timestamp property: snapshot s has several backups. Candidates: "
                   "2024-12-09-10-25-58-100, 2024-12-09-10-25-58-200",
                   snap_open_snapshot(t, repository, STR("s"), STR_NONE, &opened));
    CHECK_ERR(SNAPSHOT_STAMP_MISSING,
              snap_open_snapshot(t, repository, STR("s"), STR("2024-12-09-10-25-58"), &opened));
    // A backup of an older server has just that name: it is meant.
    put_manifest(t, repository, STR("s"), STR("2024-12-09-10-25-58"));
    CHECK_RC(RC_OK,
             snap_open_snapshot(t, repository, STR("s"), STR("2024-12-09-10-25-58"), &opened));
    CHECK_STR("2024-12-09-10-25-58", opened.content->stamp);
}

TEST(snapshot_wrong_stamps_and_labels_are_told)
{
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    SnapOpened opened = {0};
    put_manifest(t, repository, STR("s"), STR("2024-12-09-10-25-58-842"));
    static const char *const STAMPS[] = {
        "",           "2024-12-09-10-25-58-84",       "2024-12-09-10-25-58-843",
        "2024-12-09", "../s/2024-12-09-10-25-58-842", "2024-12-09-10-25-59",
        "writing"};
    for (size_t i = 0; i < COUNT_OF(STAMPS); i++) {
        Str text = str_printf(t->arena,
                              "Failed to get info of snapshot 's' because: there is no backup with "
                              "timestamp %s. Maybe specified wrong backup timestamp. Candidates: "
                              "2024-12-09-10-25-58-842",
                              STAMPS[i]);
        CHECK_ERR_TEXT(SNAPSHOT_NOT_FOUND, text,
                       snap_open_snapshot(t, repository, STR("s"), str_from(STAMPS[i]), &opened));
    }
    CHECK_ERR(SNAPSHOT_NOT_FOUND,
              snap_open_snapshot(t, repository, STR("S"), STR("2024-12-09-10-25-58-842"), &opened));
    CHECK(opened.content == NULL);
}

// A whole manifest, rightly signed, under the name of another label or stamp.
TEST(snapshot_that_was_exchanged_is_noticed)
{
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    Str stamp = STR("2024-12-09-10-25-58-842"), bytes;
    Blob *blob = snap_repository_blob(repository);
    Str name = put_manifest(t, repository, STR("s"), stamp);
    CHECK_RC(RC_OK, blob->read(blob, t, name, 100000, &bytes));
    put(t, repository, STR("snapshots/other/2024-12-09-10-25-58-842.json"), bytes);
    put(t, repository, STR("snapshots/s/2025-12-09-10-25-58-842.json"), bytes);
    SnapOpened opened = {0};
    CHECK_ERR(MANIFEST_DAMAGED, snap_open_snapshot(t, repository, STR("other"), stamp, &opened));
    CHECK_ERR(MANIFEST_DAMAGED,
              snap_open_snapshot(t, repository, STR("s"), STR("2025-12-09-10-25-58-842"), &opened));
    put(t, repository, name, str_sub(bytes, 0, bytes.len / 2));
    Str place_text = blob->describe(blob, t->arena, name);
    CHECK_INT(RC_CORRUPT, snap_open_snapshot(t, repository, STR("s"), stamp, &opened));
    CHECK(str_find(t->err.text, place_text) >= 0);
    ctx_clear(t);
    CHECK(opened.content == NULL);
}

// The last write of a backup. Whatever fails: the manifest is not there, or it is there whole.
TEST(manifest_put_that_fails_anywhere_is_whole_or_absent)
{
    static const char *const POINTS[] = {"file.create", "file.write", "file.sync", "file.link"};
    SnapPlace place = sample_place(t);
    AUTO(snap_repository_close) SnapRepository *repository = create(t, &place);
    Blob *blob = snap_repository_blob(repository);
    Str bytes = manifest_print(t, sample_content(t));
    int failed = 0;
    for (size_t p = 0; p < COUNT_OF(POINTS); p++)
        for (int n = 1;; n++) {
            Str name = str_printf(t->arena, "snapshots/nightly%zu_%d/2024-12-09-10-25-58-842.json",
                                  p, n),
                found;
            fault_init(str_z(t->arena, str_printf(t->arena, "%s=fail@%d", POINTS[p], n)));
            Rc rc = blob->create(blob, t, name, bytes);
            fault_init(NULL);
            ctx_clear(t);
            Rc read = blob->read(blob, t, name, bytes.len, &found);
            ctx_clear(t);
            if (read == RC_OK)
                CHECK_STR(bytes, found);
            else
                CHECK(rc != RC_OK && read == RC_NOT_FOUND);
            if (rc == RC_OK) break;
            failed++;
            // Put again, as a job does that finds nothing; one that finds it leaves it.
            CHECK_RC(read == RC_OK ? RC_EXISTS : RC_OK, blob->create(blob, t, name, bytes));
            ctx_clear(t);
            CHECK(n < 10);
        }
    CHECK(failed >= 5);
}
