/* A server's lower half for the tests of job/. */
#include "jobworld.h"
#include "io/file.h"

static Rc open_repository(void *handle, Ctx *ctx, const RepositoryDef *def, SnapRepository **out)
{
    (void)handle;
    SnapPlace place = {def->location, def->name};
    return snap_repository_open(ctx, &place, &def->uuid, out);
}

void job_world_open(Ctx *t, JobWorld *jw)
{
    uint64_t *ids = NULL;
    size_t count = 0;
    // The sweep must spare what unfinished jobs staged, so the catalog is asked first.
    CatalogOptions options = {.path =
                                  str_printf(t->arena, "%.*s/catalog.db", STR_ARG(jw->world.dir)),
                              .clock = &jw->world.clock.clock};
    Catalog *catalog = NULL;
    CHECK_RC(RC_OK, catalog_open(t, &options, &catalog));
    CHECK_RC(RC_OK, jobs_unfinished(t, catalog, &ids, &count));
    catalog_close(catalog);
    CHECK(count <= COUNT_OF(jw->world.spare_jobs));
    memcpy(jw->world.spare_jobs, ids, count * sizeof(*ids));
    jw->world.spare_count = count;
    world_open(t, &jw->world);
    JobsOptions jobs = {.catalog = jw->world.catalog,
                        .store = jw->world.store,
                        .engine = jw->world.engine,
                        .clock = &jw->world.clock.clock,
                        .workers = 2,
                        .server_uuid = jw->server,
                        .open_repository = open_repository};
    CHECK_RC(RC_OK, jobs_open(t, &jobs, &jw->jobs));
}

void job_world_close(JobWorld *jw)
{
    jobs_close(jw->jobs);
    jw->jobs = NULL;
    world_close(&jw->world);
}

static void add_repository(Ctx *t, JobWorld *jw)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    SnapPlace place = {jw->repository_url, STR("r")};
    CHECK_RC(RC_OK, snap_repository_create(t, &place, false, &repository));
    RepositoryDef def = {.name = STR("r"),
                         .uuid = snap_repository_uuid(repository),
                         .location = jw->repository_url,
                         .broker = STR(""),
                         .created_ms = 1};
    CHECK_RC(RC_OK, catalog_new_ids(t, jw->world.catalog, 1, &def.id));
    CHECK_RC(RC_OK, catalog_begin(t, jw->world.catalog, 0, &txn));
    CHECK_RC(RC_OK, txn_create_repository(t, txn, &def));
    CHECK_RC(RC_OK, txn_commit(t, &txn));
}

void job_world_init_beside(Ctx *t, JobWorld *jw, Str repository)
{
    *jw = (JobWorld){.repository_url = repository, .server = uuid_new()};
    world_init(t, &jw->world);
    job_world_open(t, jw);
    add_repository(t, jw);
}

void job_world_init(Ctx *t, JobWorld *jw)
{
    job_world_init_beside(t, jw, str_printf(t->arena, "file://%.*s", STR_ARG(test_dir(t))));
}

Rc job_world_backup(Ctx *t, JobWorld *jw, const char *label, const char *table)
{
    BackupObject object = {.table = str_from(table)};
    BackupPlan plan = {.database = STR("d"),
                       .label = str_from(label),
                       .repository = STR("r"),
                       .object_count = 1,
                       .objects = &object,
                       .timeout_s = 600};
    uint64_t id;
    const CatalogSnapshot *snapshot = catalog_pin(jw->world.catalog);
    Rc rc = jobs_submit_backup(t, jw->jobs, &plan, snapshot, &id);
    catalog_unpin(jw->world.catalog, snapshot);
    return rc;
}

static void choose_partitions(const SnapTable *table, const RestoreSpec *spec,
                              RestoreObject *object)
{
    object->is_whole_table = !spec->partition;
    for (uint32_t i = 0; i < table->partition_count; i++) {
        Str name = table->partitions[i].def->name;
        if (spec->partition && !str_eq(name, str_from(spec->partition))) continue;
        object->partitions[object->partition_count++] = (RestorePartition){name, i};
    }
}

Rc job_world_restore(Ctx *t, JobWorld *jw, const RestoreSpec *spec)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    SnapPlace place = {jw->repository_url, STR("r")};
    RestoreSubmission given = {0};
    SnapOpened opened;
    TRY(snap_repository_create(t, &place, true, &repository));
    TRY(snap_open_snapshot(t, repository, str_from(spec->label), STR_NONE, &opened));
    const SnapContent *content = opened.content;
    given.manifest = opened.bytes;
    const SnapTable *table = snap_content_table(content, str_from(spec->table));
    CHECK(table != NULL);
    RestoreObject object = {.source_name = str_from(spec->table),
                            .target_name = str_from(spec->target ? spec->target : spec->table)};
    object.partitions = ARENA_ARRAY(t->arena, RestorePartition, table->partition_count);
    choose_partitions(table, spec, &object);
    const CatalogSnapshot *snapshot = catalog_pin(jw->world.catalog);
    RestorePlan plan = {.snapshot_database = content->database,
                        .target_database = str_from(spec->database),
                        .label = content->label,
                        .stamp = content->stamp,
                        .repository = STR("r"),
                        .object_count = 1,
                        .objects = &object,
                        .replication_num = 1,
                        .was_database_missing =
                            !catalog_find_database(snapshot, str_from(spec->database)),
                        .timeout_s = 600};
    given.plan = &plan;
    given.content = content;
    given.repository_id = catalog_find_repository(snapshot, STR("r"))->def->id;
    uint64_t id;
    Rc rc = jobs_submit_restore(t, jw->jobs, &given, &id);
    catalog_unpin(jw->world.catalog, snapshot);
    return rc;
}

JobInfo job_world_wait(Ctx *t, JobWorld *jw, const char *database)
{
    for (int turn = 0; turn < 3000; turn++) {
        JobList jobs;
        size_t count = 0;
        uint64_t *ids = NULL;
        CHECK_RC(RC_OK, jobs_unfinished(t, jw->world.catalog, &ids, &count));
        if (count == 0) {
            CHECK_RC(RC_OK, jobs_list_latest(t, jw->jobs, str_from(database), &jobs));
            CHECK_INT(1, jobs.count);
            return jobs.at[0];
        }
        clock_sleep_ms(10);
    }
    check_failed(__FILE__, __LINE__, "the job of %s is not over", database);
    return (JobInfo){0};
}
