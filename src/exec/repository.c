/*
 * exec/repository: repositories, and what lies in them.
 *
 * Source  StarRocks RepositoryAnalyzer, RepositoryMgr (texts, the misspelt ones too). Other than
 *         there, a local repository stores no credentials: it needs none.
 * Errors  SEMANTIC in analysis, COMMON in execution, those of snap/.   Threads  the session's.
 */
#include "snap/repository.h"
#include "exec/backup.h"
#include "exec/folders.h"
#include "schema/names.h"

Rc exec_open_repository(void *handle, Ctx *ctx, const RepositoryDef *def, SnapRepository **out)
{
    (void)handle;
    SnapPlace place = {def->location, def->name};
    return snap_repository_open(ctx, &place, &def->uuid, out);
}

// --- CREATE REPOSITORY

static Rc analyze(Ctx *ctx, const CreateRepositoryStatement *stmt)
{
    Str name = stmt->name.text;
    if (name.len == 0) return SAY(ctx, SEMANTIC, "Repository does not empty");
    TRY(name_check_repository(ctx, name));
    if (stmt->location.len == 0)
        return SAY(ctx, SEMANTIC, "You must specify a location on the repository");
    if (!stmt->has_broker) return RC_OK;
    if (stmt->broker.text.len == 0)
        return SAY(ctx, SEMANTIC, "You must specify the broker of the repository");
    return SAY(ctx, SEMANTIC, "failed to get address of broker %.*s", STR_ARG(stmt->broker.text));
}

static Rc with_prefix(Ctx *ctx, Rc rc)
{
    if (rc == RC_OK || rc == RC_UNSUPPORTED || rc == RC_CANCELLED) return rc;
    Str why = ctx->err.text;
    return SAY(ctx, COMMON, "Failed to create repository: %.*s", STR_ARG(why));
}

static Str cut_slashes(Str location)
{
    while (location.len > 1 && location.ptr[location.len - 1] == '/') location.len--;
    return location;
}

static void warn_properties(Ctx *ctx, const CreateRepositoryStatement *stmt)
{
    for (size_t i = 0; i < stmt->properties.count; i++) {
        Str text =
            str_printf(ctx->arena, "Property %.*s is not stored: a local repository needs none",
                       STR_ARG(stmt->properties.at[i].key));
        WARN(ctx, COMMON, STR_ARG(text));
    }
}

static Rc register_repository(Ctx *ctx, Execution *x, const RepositoryDef *def)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(txn_create_repository(ctx, txn, def));
    return txn_commit(ctx, &txn);
}

static Rc create(Ctx *ctx, Execution *x, const CreateRepositoryStatement *stmt)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    SnapPlace place = {cut_slashes(stmt->location), stmt->name.text};
    if (catalog_find_repository(x->snapshot, place.name))
        return FAIL(ctx, REPOSITORY_EXISTS, STR_ARG(place.name));
    TRY(folders_check_repository(ctx, &x->instance->options, place.location));
    TRY(snap_repository_create(ctx, &place, stmt->is_read_only, &repository));
    RepositoryDef def = {
        .name = place.name,
        .uuid = snap_repository_uuid(repository),
        .location = place.location,
        .broker = STR(""),
        .is_read_only = stmt->is_read_only,
        .created_ms = snap_repository_created_ms(repository),
    };
    TRY(catalog_new_ids(ctx, x->instance->catalog, 1, &def.id));
    warn_properties(ctx, stmt);
    return register_repository(ctx, x, &def);
}

Rc exec_create_repository(Ctx *ctx, Execution *x)
{
    const CreateRepositoryStatement *stmt = x->stmt->create_repository;
    TRY(exec_analyzing(ctx, analyze(ctx, stmt)));
    return with_prefix(ctx, create(ctx, x, stmt));
}

// --- DROP REPOSITORY: only the mapping goes, the data stay

Rc exec_drop_repository(Ctx *ctx, Execution *x)
{
    Str name = x->stmt->drop_repository.text;
    const Repository *repository = catalog_find_repository(x->snapshot, name);
    if (!repository) return SAY(ctx, COMMON, "Repository does not exist");
    if (jobs_use_repository(x->instance->jobs, name))
        return SAY(ctx, COMMON,
                   "Backup or restore job is running on this repository. Can not drop it");
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(txn_drop_repository(ctx, txn, repository->def->id));
    return txn_commit(ctx, &txn);
}

Rc exec_drop_snapshot(Ctx *ctx, Execution *x)
{
    const DropSnapshotStatement *stmt = &x->stmt->drop_snapshot;
    if (!catalog_find_repository(x->snapshot, stmt->repository.text)) {
        Rc rc =
            SAY(ctx, SEMANTIC, "Repository [%.*s] does not exist", STR_ARG(stmt->repository.text));
        return exec_analyzing(ctx, rc);
    }
    return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("DROP SNAPSHOT")));
}

// --- SHOW REPOSITORIES

// Looks at the place now: "<time>: <message>", or NULL when all is well.
static Str trouble(Ctx *ctx, Execution *x, const RepositoryDef *def)
{
    AUTO(snap_repository_close) SnapRepository *repository = NULL;
    if (exec_open_repository(x->instance, ctx, def, &repository) == RC_OK) return STR_NONE;
    Str when = text_time(ctx->arena, clock_now_ms(ctx->clock));
    Str text = str_printf(ctx->arena, "%.*s: %.*s", STR_ARG(when), STR_ARG(ctx->err.text));
    ctx_clear(ctx);
    return text;
}

Rc exec_show_repositories(Ctx *ctx, Execution *x)
{
    static const TextColumn COLUMNS[] = {
        {"RepoId", TYPE_VARCHAR},     {"RepoName", TYPE_VARCHAR}, {"CreateTime", TYPE_VARCHAR},
        {"IsReadOnly", TYPE_VARCHAR}, {"Location", TYPE_VARCHAR}, {"Broker", TYPE_VARCHAR},
        {"ErrMsg", TYPE_VARCHAR},
    };
    TRY(answer_begin(ctx, x, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS[0])));
    for (size_t i = 0; i < x->snapshot->repository_count; i++) {
        const RepositoryDef *def = x->snapshot->repositories[i]->def;
        const Str cells[] = {
            text_u64(ctx->arena, def->id),
            def->name,
            text_time(ctx->arena, def->created_ms),
            def->is_read_only ? STR("true") : STR("false"),
            def->location,
            def->broker,
            trouble(ctx, x, def),
        };
        TRY(answer_row(ctx, x, cells));
        TRY(ctx_poll(ctx));
    }
    return RC_OK;
}
