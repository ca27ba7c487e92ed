/*
 * job/store: the rows of jobs, in catalog.db beside what they change.
 *
 * Form    one row per job ever accepted. Texts and counts are columns; the plan is JSON. state_ms
 * is a list of numbers in the order of JobState. row_digest() notices damage. Errors  those of
 * meta/, CATALOG_DAMAGED. Threads the caller holds the catalog's writer turn (a CatalogTxn).
 */
#include "base/vec.h"
#include "job/live.h"
#include "meta/meta.h"

enum { STORE_VERSION = 1 };

#define COLUMNS                                                                                       \
    "id, uuid, kind, state, is_cleaned, db, label, stamp, repository, repository_id, plan, objects, " \
    "created_ms, state_ms, files_total, files_done, files_reused, bytes_total, bytes_done, "          \
    "bytes_reused, task_error, status, allow_load, replication_num, timeout_s"
#define MARKS                                                                                          \
    "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, " \
    "?22, ?23, ?24, ?25"
#define SELECT_JOBS "SELECT " COLUMNS ", digest IS row_digest(" COLUMNS ") FROM job "

static const char SCHEMA[] =
    "CREATE TABLE job (id INTEGER PRIMARY KEY, uuid BLOB NOT NULL, kind INTEGER NOT NULL,"
    " state TEXT NOT NULL, is_cleaned INTEGER NOT NULL, db TEXT NOT NULL, label TEXT NOT NULL,"
    " stamp TEXT NOT NULL, repository TEXT NOT NULL, repository_id INTEGER NOT NULL, plan TEXT NOT NULL,"
    " objects TEXT NOT NULL, created_ms INTEGER NOT NULL, state_ms TEXT NOT NULL,"
    " files_total INTEGER, files_done INTEGER, files_reused INTEGER,"
    " bytes_total INTEGER, bytes_done INTEGER, bytes_reused INTEGER,"
    " task_error TEXT NOT NULL, status TEXT NOT NULL, allow_load INTEGER NOT NULL,"
    " replication_num INTEGER NOT NULL, timeout_s INTEGER NOT NULL, digest BLOB NOT NULL);"
    "CREATE INDEX job_by_db ON job (db, id);"
    "CREATE INDEX job_unclean ON job (is_cleaned) WHERE is_cleaned = 0;";

Rc job_store_ensure(Ctx *ctx, Catalog *catalog)
{
    return catalog_ensure(ctx, catalog, "job", STORE_VERSION, SCHEMA);
}

static Str print_times(Arena *arena, const int64_t state_ms[STATE_COUNT])
{
    Buf buf = buf_new(arena);
    for (int i = 0; i < STATE_COUNT; i++)
        buf_printf(&buf, "%s%lld", i ? " " : "", (long long)state_ms[i]);
    return buf_str(&buf);
}

static Rc parse_times(Ctx *ctx, uint64_t id, Str text, int64_t state_ms[STATE_COUNT])
{
    for (int i = 0; i < STATE_COUNT; i++)
        if (!str_to_i64(str_cut(&text, ' '), &state_ms[i]))
            return FAIL(ctx, CATALOG_DAMAGED, "job", (long long)id, STR_ARG(STR("bad times")));
    return RC_OK;
}

static Rc write_row(Ctx *ctx, Meta *meta, const char *sql, const JobRow *row)
{
    return meta_exec(
        ctx, meta, sql, MV_INT(row->id), MV_BLOB(row->uuid.bytes, sizeof(row->uuid.bytes)),
        MV_INT(row->kind), MV_TEXT(str_from(job_state_text(row->state))), MV_INT(row->is_cleaned),
        MV_TEXT(row->database), MV_TEXT(row->label), MV_TEXT(row->stamp), MV_TEXT(row->repository),
        MV_INT(row->repository_id), MV_TEXT(row->plan), MV_TEXT(row->objects),
        MV_INT(row->created_ms), MV_TEXT(print_times(ctx->arena, row->state_ms)),
        MV_INT(row->files_total), MV_INT(row->files_done), MV_INT(row->files_reused),
        MV_INT(row->bytes_total), MV_INT(row->bytes_done), MV_INT(row->bytes_reused),
        MV_TEXT(row->task_error), MV_TEXT(row->status), MV_INT(row->allow_load),
        MV_INT(row->replication_num), MV_INT(row->timeout_s));
}

Rc job_store_insert(Ctx *ctx, Meta *meta, const JobRow *row)
{
    return write_row(
        ctx, meta,
        "INSERT INTO job (" COLUMNS ", digest) VALUES (" MARKS ", row_digest(" MARKS "))", row);
}

Rc job_store_update(Ctx *ctx, Meta *meta, const JobRow *row)
{
    return write_row(
        ctx, meta,
        "REPLACE INTO job (" COLUMNS ", digest) VALUES (" MARKS ", row_digest(" MARKS "))", row);
}

Rc job_store_delete(Ctx *ctx, Meta *meta, uint64_t id)
{
    return meta_exec(ctx, meta, "DELETE FROM job WHERE id = ?1", MV_INT(id));
}

Rc job_store_state(Ctx *ctx, Meta *meta, uint64_t id, JobState *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    TRY(meta_query(ctx, meta, &rows, "SELECT state FROM job WHERE id = ?1", MV_INT(id)));
    bool has_row;
    TRY(meta_next(ctx, rows, &has_row));
    if (!has_row || !job_state_parse(meta_text(rows, 0), out))
        return FAIL(ctx, CATALOG_DAMAGED, "job", (long long)id, STR_ARG(STR("no readable state")));
    return RC_OK;
}

Rc job_store_is_at_work(Ctx *ctx, Meta *meta, Uuid uuid, bool *out)
{
    AUTO(meta_end) MetaRows *rows = NULL;
    bool has_row;
    TRY(meta_query(ctx, meta, &rows,
                   "SELECT 1 FROM job WHERE is_cleaned = 0 AND uuid = ?1"
                   " AND state NOT IN ('FINISHED', 'CANCELLED')",
                   MV_BLOB(uuid.bytes, sizeof(uuid.bytes))));
    TRY(meta_next(ctx, rows, &has_row));
    *out = has_row;
    return RC_OK;
}

static Rc read_row(Ctx *ctx, const MetaRows *rows, JobRow *row)
{
    Arena *arena = ctx->arena;
    *row = (JobRow){
        .id = meta_u64(rows, 0),
        .kind = (JobKind)meta_i64(rows, 2),
        .is_cleaned = meta_i64(rows, 4) != 0,
        .database = str_dup(arena, meta_text(rows, 5)),
        .label = str_dup(arena, meta_text(rows, 6)),
        .stamp = str_dup(arena, meta_text(rows, 7)),
        .repository = str_dup(arena, meta_text(rows, 8)),
        .repository_id = meta_u64(rows, 9),
        .plan = str_dup(arena, meta_text(rows, 10)),
        .objects = str_dup(arena, meta_text(rows, 11)),
        .created_ms = meta_i64(rows, 12),
        .files_total = meta_u64(rows, 14),
        .files_done = meta_u64(rows, 15),
        .files_reused = meta_u64(rows, 16),
        .bytes_total = meta_u64(rows, 17),
        .bytes_done = meta_u64(rows, 18),
        .bytes_reused = meta_u64(rows, 19),
        .task_error = str_dup(arena, meta_text(rows, 20)),
        .status = str_dup(arena, meta_text(rows, 21)),
        .allow_load = meta_i64(rows, 22) != 0,
        .replication_num = (uint32_t)meta_i64(rows, 23),
        .timeout_s = meta_i64(rows, 24),
    };
    TRY(meta_blob(ctx, rows, 1, row->uuid.bytes, sizeof(row->uuid.bytes)));
    bool is_good = meta_i64(rows, 25) != 0 && row->kind < JOB_KIND_COUNT &&
                   job_state_parse(meta_text(rows, 3), &row->state);
    if (!is_good)
        return FAIL(ctx, CATALOG_DAMAGED, "job", (long long)row->id,
                    STR_ARG(STR("digest differs")));
    return parse_times(ctx, row->id, meta_text(rows, 13), row->state_ms);
}

Rc job_store_list(Ctx *ctx, Meta *meta, JobFilter filter, JobRow **out, size_t *count)
{
    static const char *const SQL[] = {
        [JOBS_ALL] = SELECT_JOBS "ORDER BY id",
        [JOBS_UNCLEANED] = SELECT_JOBS "WHERE is_cleaned = 0 ORDER BY id",
        [JOBS_LATEST] = SELECT_JOBS "WHERE id IN (SELECT max(id) FROM job GROUP BY db) ORDER BY id",
    };
    VEC(JobRow) found = {0};
    AUTO(meta_end) MetaRows *rows = NULL;
    TRY(meta_query_plain(ctx, meta, &rows, SQL[filter]));
    while (true) {
        bool has_row;
        TRY(meta_next(ctx, rows, &has_row));
        if (!has_row) break;
        JobRow row;
        TRY(read_row(ctx, rows, &row));
        vec_push(ctx->arena, &found, row);
    }
    *out = found.at;
    *count = found.len;
    return RC_OK;
}
