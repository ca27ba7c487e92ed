#include "base/fault.h"
#include "io/file.h"
#include "jobworld.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const ColumnSpec COLUMNS[] = {{"k", {.kind = TYPE_INT}, true},
                                     {"v", {.kind = TYPE_VARCHAR, .len = 20}, false}};
static const char *const BOUNDS[] = {"100", "200", "300"};
static const TableSpec TABLE = {.name = "t",
                                .columns = COLUMNS,
                                .column_count = 2,
                                .method = PARTITION_RANGE,
                                .partition_column_count = 1,
                                .partitions = BOUNDS,
                                .partition_count = 3};
static const char ROWS[] = "SELECT i::INTEGER AS c1, 'v' || i AS c2 FROM range(300) r(i)";
#define COUNT_ALL "SELECT count(*), sum(c1), min(c2), max(c2) FROM ", " s"
static const char WHOLE[] = "300|44850|v0|v99";

static uint64_t make_table(Ctx *t, JobWorld *jw)
{
    uint64_t rows, id = world_create(t, &jw->world, &TABLE);
    CHECK_RC(RC_OK, world_insert(t, &jw->world, id, ROWS, &rows));
    return id;
}

static const Table *find(const CatalogSnapshot *snapshot, const char *database, const char *table)
{
    const Database *found = catalog_find_database(snapshot, str_from(database));
    return found ? catalog_find_table(found, str_from(table)) : NULL;
}

static uint64_t table_id(JobWorld *jw, const char *database, const char *table)
{
    const CatalogSnapshot *snapshot = catalog_pin(jw->world.catalog);
    const Table *found = find(snapshot, database, table);
    uint64_t id = found ? found->def->id : 0;
    catalog_unpin(jw->world.catalog, snapshot);
    return id;
}

static Str content_of(Ctx *t, JobWorld *jw, const char *database, const char *table)
{
    uint64_t id = table_id(jw, database, table);
    return id ? world_query(t, &jw->world, id, COUNT_ALL) : STR("no such table");
}

static void check_nothing_left(Ctx *t, JobWorld *jw)
{
    Claim *claims = NULL;
    size_t count = 9;
    CHECK_RC(RC_OK, catalog_claims(t, jw->world.catalog, &claims, &count));
    CHECK_INT(0, count);
    CHECK_INT(0, world_count_files(&jw->world, "staging"));
}

static Str any_data_file(Ctx *t, const JobWorld *jw)
{
    Str folder = str_printf(t->arena, "%.*s/kintsugi_repository_r/data",
                            STR_ARG(str_sub(jw->repository_url, 7, 9999)));
    FileEntry *entries = NULL;
    size_t count = 0;
    CHECK_RC(RC_OK, file_list(t, folder, &entries, &count));
    CHECK(count > 0);
    folder = file_join(t->arena, folder, entries[0].name);
    CHECK_RC(RC_OK, file_list(t, folder, &entries, &count));
    return file_join(t->arena, folder, entries[0].name);
}

static void flip_byte(Ctx *t, Str path, off_t at)
{
    const char *name = str_z(t->arena, path);
    CHECK(chmod(name, 0644) == 0);
    int fd = open(name, O_RDWR);
    char byte;
    CHECK(fd >= 0 && pread(fd, &byte, 1, at) == 1);
    byte = (char)(byte ^ 1);
    CHECK(pwrite(fd, &byte, 1, at) == 1);
    close(fd);
}

TEST(backup_then_restore_into_another_server)
{
    JobWorld a, b;
    job_world_init(t, &a);
    make_table(t, &a);
    CHECK_RC(RC_OK, job_world_backup(t, &a, "one", "t"));
    JobInfo job = job_world_wait(t, &a, "d");
    CHECK_STR("FINISHED", job.state);
    CHECK_STR("[OK]", job.status);
    CHECK_INT(3, job.files_total);
    CHECK_INT(3, job.files_done);
    check_nothing_left(t, &a);

    job_world_init_beside(t, &b, a.repository_url);
    CHECK_RC(RC_OK, job_world_restore(
                        t, &b, &(RestoreSpec){.label = "one", .database = "d", .table = "t"}));
    job = job_world_wait(t, &b, "d");
    CHECK_STR("FINISHED", job.state);
    CHECK_INT(3, job.files_done);
    CHECK_INT(0, job.files_reused);
    CHECK_INT(job.bytes_total, job.bytes_done);
    CHECK_STR(WHOLE, content_of(t, &b, "d", "t"));
    check_nothing_left(t, &b);
    job_world_close(&b);
    job_world_close(&a);
}

TEST(restore_under_another_name_reuses_what_is_there)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    job_world_wait(t, &jw, "d");
    RestoreSpec spec = {.label = "one", .database = "d", .table = "t", .target = "u"};
    CHECK_RC(RC_OK, job_world_restore(t, &jw, &spec));
    JobInfo job = job_world_wait(t, &jw, "d");
    CHECK_STR("FINISHED", job.state);
    CHECK_INT(3, job.files_reused);
    CHECK_INT(0, job.bytes_done);
    CHECK_STR(WHOLE, content_of(t, &jw, "d", "u"));
    job_world_close(&jw);
}

TEST(restore_over_existing_replaces_and_keeps_other_partitions)
{
    JobWorld jw;
    job_world_init(t, &jw);
    uint64_t rows, id = make_table(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    job_world_wait(t, &jw, "d");
    CHECK_RC(RC_OK, world_insert(t, &jw.world, id,
                                 "SELECT 5 AS c1, 'x' AS c2 UNION ALL SELECT 150, 'y'", &rows));
    RestoreSpec spec = {.label = "one", .database = "d", .table = "t", .partition = "p0"};
    CHECK_RC(RC_OK, job_world_restore(t, &jw, &spec));
    JobInfo job = job_world_wait(t, &jw, "d");
    CHECK_STR("FINISHED", job.state);
    CHECK_STR("t PARTITIONS [p0]", job.objects);
    CHECK_STR("301|45000|v0|y", content_of(t, &jw, "d", "t"));
    job_world_close(&jw);
}

TEST(label_is_taken_once)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    job_world_wait(t, &jw, "d");
    CHECK_ERR_TEXT(LABEL_TAKEN, "Snapshot with name 'one' already exist in repository",
                   job_world_backup(t, &jw, "one", "t"));
    check_nothing_left(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "two", "t"));
    JobInfo job = job_world_wait(t, &jw, "d");
    CHECK_INT(3, job.files_reused);
    CHECK_INT(0, job.bytes_done);
    job_world_close(&jw);
}

TEST(cancel_frees_label_and_leaves_nothing)
{
    static const char *const STATES[] = {"PENDING",   "SNAPSHOTING", "UPLOAD_SNAPSHOT",
                                         "UPLOADING", "SAVE_META",   "UPLOAD_INFO"};
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    for (size_t i = 0; i < COUNT_OF(STATES); i++) {
        fault_init(str_printf(t->arena, "job.BACKUP.%s=wait@200", STATES[i]).ptr);
        CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
        CHECK_ERR(JOB_RUNNING, job_world_backup(t, &jw, "other", "t"));
        JobList jobs;
        do {
            clock_sleep_ms(5);
            CHECK_RC(RC_OK, jobs_list_latest(t, jw.jobs, STR("d"), &jobs));
        } while (!str_eq(jobs.at[0].state, str_from(STATES[i])));
        int64_t before_ms = clock_steady_ms();
        CHECK_RC(RC_OK, jobs_cancel(t, jw.jobs, JOB_BACKUP, STR("d")));
        CHECK(clock_steady_ms() - before_ms < 1000);
        JobInfo job = job_world_wait(t, &jw, "d");
        CHECK_STR("CANCELLED", job.state);
        CHECK_STR("[COMMON_ERROR, msg: user cancelled]", job.status);
        check_nothing_left(t, &jw);
        CHECK_ERR(JOB_NOT_CANCELLABLE, jobs_cancel(t, jw.jobs, JOB_BACKUP, STR("d")));
        CHECK_ERR(JOB_NONE, jobs_cancel(t, jw.jobs, JOB_RESTORE, STR("d")));
    }
    fault_init(NULL);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    CHECK_STR("FINISHED", job_world_wait(t, &jw, "d").state);
    job_world_close(&jw);
}

TEST(cancelled_restore_leaves_the_old_data)
{
    static const char *const STATES[] = {"PENDING",     "SNAPSHOTING", "DOWNLOAD",
                                         "DOWNLOADING", "COMMIT",      "COMMITTING"};
    JobWorld jw;
    job_world_init(t, &jw);
    uint64_t rows, id = make_table(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    job_world_wait(t, &jw, "d");
    CHECK_RC(RC_OK, world_insert(t, &jw.world, id, "SELECT 5 AS c1, 'x' AS c2", &rows));
    size_t files = world_count_files(&jw.world, "rowsets");
    for (size_t i = 0; i < COUNT_OF(STATES); i++) {
        fault_init(str_printf(t->arena, "job.RESTORE.%s=wait@200", STATES[i]).ptr);
        CHECK_RC(RC_OK, job_world_restore(
                            t, &jw, &(RestoreSpec){.label = "one", .database = "d", .table = "t"}));
        JobList jobs;
        do {
            clock_sleep_ms(5);
            CHECK_RC(RC_OK, jobs_list_latest(t, jw.jobs, STR("d"), &jobs));
        } while (!str_eq(jobs.at[0].state, str_from(STATES[i])));
        CHECK_ERR(CLAIMED_WRITE,
                  world_insert(t, &jw.world, id, "SELECT 6 AS c1, 'z' AS c2", &rows));
        CHECK_STR("301|44855|v0|x", content_of(t, &jw, "d", "t"));
        CHECK_RC(RC_OK, jobs_cancel(t, jw.jobs, JOB_RESTORE, STR("d")));
        JobInfo job = job_world_wait(t, &jw, "d");
        CHECK_STR("CANCELLED", job.state);
        CHECK_STR(str_printf(t->arena, "[COMMON_ERROR, msg: user cancelled, current state: %s]",
                             STATES[i]),
                  job.status);
        CHECK_STR("301|44855|v0|x", content_of(t, &jw, "d", "t"));
        check_nothing_left(t, &jw);
    }
    fault_init(NULL);
    CHECK_INT(files, world_count_files(&jw.world, "rowsets"));
    job_world_close(&jw);
}

TEST(damage_in_the_repository_ends_the_job_and_names_the_file)
{
    JobWorld a, b;
    job_world_init(t, &a);
    make_table(t, &a);
    CHECK_RC(RC_OK, job_world_backup(t, &a, "one", "t"));
    job_world_wait(t, &a, "d");
    Str path = any_data_file(t, &a);
    flip_byte(t, path, 100);
    job_world_init_beside(t, &b, a.repository_url);
    RestoreSpec spec = {.label = "one", .database = "e", .table = "t"};
    CHECK_RC(RC_OK, job_world_restore(t, &b, &spec));
    JobInfo job = job_world_wait(t, &b, "e");
    CHECK_STR("CANCELLED", job.state);
    CHECK(str_starts(job.status, STR("[BAD_FILE, msg: File ")) && str_find(job.status, path) > 0);
    CHECK_STR("no such table", content_of(t, &b, "e", "t"));
    check_nothing_left(t, &b);
    CHECK(unlink(str_z(t->arena, path)) == 0);
    CHECK_RC(RC_OK, job_world_restore(t, &b, &spec));
    job = job_world_wait(t, &b, "e");
    CHECK(str_starts(job.status, STR("[NOT_FOUND, msg: File ")) && str_find(job.status, path) > 0);
    job_world_close(&b);
    job_world_close(&a);
}

TEST(damaged_local_rowset_is_not_copied_as_good)
{
    JobWorld jw;
    job_world_init(t, &jw);
    uint64_t id = make_table(t, &jw);
    const CatalogSnapshot *snapshot = catalog_pin(jw.world.catalog);
    uint64_t rowset = world_table(&jw.world, snapshot, id)->partitions[1]->rowsets[0]->info.id;
    catalog_unpin(jw.world.catalog, snapshot);
    flip_byte(t, table_rowset_path(t->arena, jw.world.store, rowset), 50);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    JobInfo job = job_world_wait(t, &jw, "d");
    CHECK_STR("CANCELLED", job.state);
    CHECK(str_starts(job.status, STR("[BAD_FILE, msg: File ")));
    job_world_close(&jw);
}

TEST(transient_trouble_is_tried_again)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    fault_init("backup.upload=again@2");
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    CHECK_STR("FINISHED", job_world_wait(t, &jw, "d").state);
    fault_init(NULL);
    job_world_close(&jw);
}

// A process that ends at `point` as by kill -9, while it backs up or restores; then a start on the
// same folder.
static void kill_and_go_on(Ctx *t, JobWorld *jw, const char *point, bool is_restore)
{
    job_world_close(jw);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        fault_init(str_printf(t->arena, "%s=kill", point).ptr);
        job_world_open(t, jw);
        Rc rc =
            is_restore
                ? job_world_restore(
                      t, jw,
                      &(RestoreSpec){.label = "one", .database = "d", .table = "t", .target = "u"})
                : job_world_backup(t, jw, point, "t");
        for (int i = 0; rc == RC_OK && i < 1000; i++) clock_sleep_ms(10);
        _exit(1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    if (!WIFSIGNALED(status)) check_failed(__FILE__, __LINE__, "%s was not reached", point);
    job_world_open(t, jw);
    JobInfo job = job_world_wait(t, jw, "d");
    CHECK_STR("FINISHED", job.state);
    check_nothing_left(t, jw);
}

TEST(killed_anywhere_a_backup_goes_on)
{
    static const char *const POINTS[] = {
        "stage.copied",  // first: later the repository has every file
        "backup.accepted",        "job.BACKUP.PENDING",
        "job.BACKUP.SNAPSHOTING", "job.BACKUP.UPLOAD_SNAPSHOT",
        "job.BACKUP.UPLOADING",   "backup.upload",
        "job.BACKUP.SAVE_META",   "job.BACKUP.UPLOAD_INFO",
        "backup.manifest.before", "backup.manifest.after",
    };
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    for (size_t i = 0; i < COUNT_OF(POINTS); i++) kill_and_go_on(t, &jw, POINTS[i], false);
    job_world_close(&jw);
}

TEST(killed_anywhere_a_restore_goes_on)
{
    static const char *const POINTS[] = {
        "restore.accepted",       "job.RESTORE.PENDING",     "job.RESTORE.SNAPSHOTING",
        "job.RESTORE.DOWNLOAD",   "job.RESTORE.DOWNLOADING", "job.RESTORE.COMMIT",
        "job.RESTORE.COMMITTING", "restore.linked",          "restore.applied",
    };
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    job_world_wait(t, &jw, "d");
    for (size_t i = 0; i < COUNT_OF(POINTS); i++) {
        kill_and_go_on(t, &jw, POINTS[i], true);
        CHECK_STR(WHOLE, content_of(t, &jw, "d", "u"));
        CHECK_STR(WHOLE, content_of(t, &jw, "d", "t"));
    }
    job_world_close(&jw);
}

// --- the manifest decides

TEST(a_backup_whose_manifest_is_out_is_never_called_cancelled)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    fault_init("backup.manifest.after=fail");
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    CHECK_STR("FINISHED", job_world_wait(t, &jw, "d").state);
    fault_init(NULL);
    check_nothing_left(t, &jw);
    job_world_close(&jw);
}

TEST(a_timeout_that_passes_while_the_server_is_down_does_not_undo_a_manifest)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    job_world_close(&jw);
    pid_t child = fork();
    if (child == 0) {
        fault_init("backup.manifest.after=kill");
        job_world_open(t, &jw);
        Rc rc = job_world_backup(t, &jw, "one", "t");
        for (int i = 0; rc == RC_OK && i < 1000; i++) clock_sleep_ms(10);
        _exit(1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    jw.world.clock.at_ms = clock_now_ms(t->clock) + 700 * 1000;
    job_world_open(t, &jw);
    CHECK_STR("FINISHED", job_world_wait(t, &jw, "d").state);
    check_nothing_left(t, &jw);
    job_world_close(&jw);
}

TEST(a_timeout_that_passes_before_the_manifest_ends_the_job)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    job_world_close(&jw);
    pid_t child = fork();
    if (child == 0) {
        fault_init("backup.manifest.before=kill");
        job_world_open(t, &jw);
        Rc rc = job_world_backup(t, &jw, "one", "t");
        for (int i = 0; rc == RC_OK && i < 1000; i++) clock_sleep_ms(10);
        _exit(1);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
    jw.world.clock.at_ms = clock_now_ms(t->clock) + 700 * 1000;
    job_world_open(t, &jw);
    JobInfo job = job_world_wait(t, &jw, "d");
    CHECK_STR("CANCELLED", job.state);
    CHECK_STR("[TIMEOUT, msg: ]", job.status);
    check_nothing_left(t, &jw);
    jw.world.clock.at_ms = clock_now_ms(t->clock);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    CHECK_STR("FINISHED", job_world_wait(t, &jw, "d").state);
    job_world_close(&jw);
}

// The end of a job is written once more and once more until it is.
TEST(a_failed_job_whose_end_can_not_be_written_ends_later)
{
    JobWorld jw;
    job_world_init(t, &jw);
    make_table(t, &jw);
    CHECK_RC(RC_OK, job_world_backup(t, &jw, "one", "t"));
    job_world_wait(t, &jw, "d");
    RestoreSpec spec = {.label = "one", .database = "d", .table = "t", .target = "u"};
    // The commits: acceptance, four moves, then the move out of DOWNLOADING that fails, and
    // CANCELLED.
    fault_init("job.RESTORE.COMMIT=fail,catalog.commit.before=nospace@6");
    CHECK_RC(RC_OK, job_world_restore(t, &jw, &spec));
    JobInfo job = job_world_wait(t, &jw, "d");
    fault_init(NULL);
    CHECK_STR("CANCELLED", job.state);
    CHECK(str_find(job.status, STR("Injected failure at job.RESTORE.COMMIT")) > 0);
    CHECK_STR("no such table", content_of(t, &jw, "d", "u"));
    check_nothing_left(t, &jw);
    CHECK_RC(RC_OK, job_world_restore(t, &jw, &spec));
    CHECK_STR("FINISHED", job_world_wait(t, &jw, "d").state);
    job_world_close(&jw);
}
