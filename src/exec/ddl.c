/*
 * exec/ddl: CREATE, DROP, TRUNCATE and ALTER, each one transaction of the catalog.
 *
 * Source  StarRocks' analyzers (what is told in the analyzing envelope) and LocalMetastore,
 *         AlterJobMgr (what is told plainly). Claims of a RESTORE are checked by the catalog
 *         inside the transaction.
 * Errors  those of plan/ddl and catalog/, UNKNOWN_*, *_EXISTS.   Threads  the session's.
 */
#include "plan/ddl.h"
#include "catalog/colocate.h"
#include "catalog/trash.h"
#include "exec/alter.h"
#include "exec/dynamic.h"
#include "exec/handlers.h"
#include "schema/names.h"
#include "sql/sql.h"

// Somebody else was faster, and the statement said IF [NOT] EXISTS.
static Rc accept(Ctx *ctx, Rc rc, ErrId what, bool is_expected)
{
    if (rc == RC_OK || !is_expected || ctx->err.id != what) return rc;
    ctx_clear(ctx);
    return RC_OK;
}

// ------------------------------------------------------------------------------------ databases

static Rc analyze_create_database(Ctx *ctx, Execution *x, Str *name)
{
    const CreateDatabaseStatement *stmt = &x->stmt->create_database;
    TRY(exec_database_name(ctx, x, stmt->name, false, name));
    TRY(name_check_database(ctx, *name));
    if (stmt->properties.count > 0)
        return FAIL(ctx, NOT_SUPPORTED, STR_ARG(STR("PROPERTIES of a database")));
    return RC_OK;
}

static Rc create_database(Ctx *ctx, Execution *x, Str name)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    DatabaseDef def = {.name = name, .comment = STR(""), .created_ms = clock_now_ms(ctx->clock)};
    if (name_is_virtual(name)) return FAIL(ctx, DATABASE_EXISTS, STR_ARG(name));
    TRY(catalog_new_ids(ctx, x->instance->catalog, 1, &def.id));
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(txn_create_database(ctx, txn, &def));
    return txn_commit(ctx, &txn);
}

Rc exec_create_database(Ctx *ctx, Execution *x)
{
    Str name;
    bool if_not_exists = x->stmt->create_database.if_not_exists;
    TRY(exec_analyzing(ctx, analyze_create_database(ctx, x, &name)));
    if (if_not_exists && catalog_find_database(x->snapshot, name)) return RC_OK;
    return accept(ctx, create_database(ctx, x, name), ERR_DATABASE_EXISTS, if_not_exists);
}

static Rc analyze_drop_database(Ctx *ctx, Execution *x, Str *name)
{
    TRY(exec_database_name(ctx, x, x->stmt->drop_database.name, false, name));
    return exec_refuse_virtual(ctx, *name);
}

static Rc drop_database(Ctx *ctx, Execution *x, uint64_t id)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(txn_drop_database(ctx, txn, id, x->stmt->drop_database.is_force));
    return txn_commit(ctx, &txn);
}

Rc exec_drop_database(Ctx *ctx, Execution *x)
{
    Str name;
    const DropDatabaseStatement *stmt = &x->stmt->drop_database;
    TRY(exec_analyzing(ctx, analyze_drop_database(ctx, x, &name)));
    const Database *database = catalog_find_database(x->snapshot, name);
    if (!database) {
        if (stmt->if_exists) return RC_OK;
        return FAIL(ctx, DROP_DATABASE_MISSING, STR_ARG(name));
    }
    TRY(accept(ctx, drop_database(ctx, x, database->def->id), ERR_DATABASE_GONE, stmt->if_exists));
    x->has_freed_files = stmt->is_force;
    return RC_OK;
}

// ----------------------------------------------------------------------------------- CREATE TABLE

static Rc analyze_create_table(Ctx *ctx, Execution *x, const Database **database, TablePlan *plan)
{
    const CreateTableStatement *stmt = x->stmt->create_table;
    Str name = qname_last(stmt->name), wanted;
    TRY(exec_database_name(ctx, x, stmt->name, true, &wanted));
    TRY(name_check_table(ctx, name));
    TRY(exec_refuse_virtual(ctx, wanted));
    *database = catalog_find_database(x->snapshot, wanted);
    if (!*database) return FAIL(ctx, UNKNOWN_DATABASE, STR_ARG(wanted));
    if (!stmt->if_not_exists && catalog_find_table(*database, name))
        return FAIL(ctx, TABLE_EXISTS, STR_ARG(name));
    return plan_create_table(ctx, stmt, plan);
}

// A table of a colocation group has a fixed number of buckets: the group's where it names none.
static Rc join_group(Ctx *ctx, const CatalogSnapshot *view, uint64_t database_id, TablePlan *plan)
{
    ColocateGroup group;
    ColocateWish wish = {database_id, plan->def, (const PartitionDef *const *)plan->partitions,
                         plan->partition_count};
    if (!colocate_name(plan->def).ptr) return RC_OK;
    if (plan->def->bucket_num == 0 && plan->partition_count > 0) {
        bool is_there = colocate_find(ctx->arena, view, &wish, &group);
        plan->def->bucket_num =
            is_there ? group.tables[0]->def->bucket_num : plan->partitions[0]->bucket_num;
        for (size_t i = 0; i < plan->partition_count; i++)
            plan->partitions[i]->bucket_num = plan->def->bucket_num;
    }
    return colocate_check(ctx, view, &wish);
}

static Rc create_table(Ctx *ctx, Execution *x, const Database *database, TablePlan *plan)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    Str zone_now;
    uint64_t first_id;
    TRY(dynamic_now(ctx, x->instance, plan->def, &zone_now));
    TRY(catalog_new_ids(ctx, x->instance->catalog, plan->partition_count + 1, &first_id));
    plan_table_set_ids(plan, first_id);
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(join_group(ctx, txn_view(txn), database->def->id, plan));
    TRY(txn_create_table(
        ctx, txn, database->def->id, plan->def,
        (PartitionDefs){(const PartitionDef *const *)plan->partitions, plan->partition_count}));
    const Database *made = catalog_find_database_id(txn_view(txn), database->def->id);
    TRY(dynamic_apply(ctx, txn, x->instance->catalog, catalog_find_table_id(made, plan->def->id),
                      zone_now));
    return txn_commit(ctx, &txn);
}

Rc exec_create_table(Ctx *ctx, Execution *x)
{
    TablePlan plan;
    const Database *database = NULL;
    bool if_not_exists = x->stmt->create_table->if_not_exists;
    TRY(exec_analyzing(ctx, analyze_create_table(ctx, x, &database, &plan)));
    if (catalog_find_table(database, plan.def->name)) return RC_OK;
    TRY(plan_table_properties(ctx, exec_backend_count(x), &plan));
    return accept(ctx, create_table(ctx, x, database, &plan), ERR_TABLE_EXISTS, if_not_exists);
}

// -------------------------------------------------------------------------- DROP TABLE, TRUNCATE

static Rc find_table(Ctx *ctx, Execution *x, QName name, FoundTable *out)
{
    Str wanted;
    TRY(exec_database_name(ctx, x, name, true, &wanted));
    TRY(exec_refuse_virtual(ctx, wanted));
    return exec_table(ctx, x, name, out);
}

static Rc drop_table(Ctx *ctx, Execution *x, uint64_t id)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    TRY(txn_drop_table(ctx, txn, id, x->stmt->drop_table.is_force));
    return txn_commit(ctx, &txn);
}

Rc exec_drop_table(Ctx *ctx, Execution *x)
{
    FoundTable found = {0};
    const DropTableStatement *stmt = &x->stmt->drop_table;
    Rc rc = find_table(ctx, x, stmt->name, &found);
    TRY(exec_analyzing(ctx, accept(ctx, rc, ERR_UNKNOWN_TABLE, stmt->if_exists)));
    if (!found.table) return RC_OK;
    TRY(accept(ctx, drop_table(ctx, x, found.table->def->id), ERR_TABLE_GONE, stmt->if_exists));
    x->has_freed_files = stmt->is_force;
    return RC_OK;
}

// Temporary partitions go with the rows of all others.
static Rc truncate_all(Ctx *ctx, CatalogTxn *txn, const Table *table)
{
    size_t count = 0, dropped = 0, all = table->partition_count;
    uint64_t table_id = table->def->id;
    uint64_t *ids = ARENA_ARRAY(ctx->arena, uint64_t, all);
    for (size_t i = 0; i < all; i++) {
        const PartitionDef *def = table->partitions[i]->def;
        ids[def->is_temporary ? all - ++dropped : count++] = def->id;
    }
    for (size_t i = count; i < all; i++) TRY(txn_drop_partition(ctx, txn, table_id, ids[i], false));
    for (size_t i = 0; i < count; i++) {
        RowsetChange change = {.table_id = table_id, .partition_id = ids[i], .ends_all = true};
        TRY(txn_change_rowsets(ctx, txn, &change));
    }
    return RC_OK;
}

static Rc truncate(Ctx *ctx, Execution *x, const FoundTable *found)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    const TruncateStatement *stmt = &x->stmt->truncate;
    uint64_t table_id = found->table->def->id, undo_id = 0;
    TRY(catalog_new_ids(ctx, x->instance->catalog, 1, &undo_id));
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    const Database *database = catalog_find_database_id(txn_view(txn), found->database->def->id);
    const Table *table = database ? catalog_find_table_id(database, table_id) : NULL;
    if (!table) return FAIL(ctx, TABLE_GONE, (unsigned long long)table_id);

    if (stmt->partitions.count > 0)
        TRY(exec_empty_partitions(ctx, txn, table, stmt->partitions, stmt->is_temporary));
    else
        TRY(truncate_all(ctx, txn, table));
    TRY(txn_add_undo(ctx, txn, UNDO_TRUNCATE, undo_id, table_id));
    return txn_commit(ctx, &txn);
}

Rc exec_truncate(Ctx *ctx, Execution *x)
{
    FoundTable found;
    TRY(exec_analyzing(ctx, find_table(ctx, x, x->stmt->truncate.table, &found)));
    return truncate(ctx, x, &found);
}

// ------------------------------------------------------------------------------------ ALTER TABLE

static Rc rename_table(Ctx *ctx, CatalogTxn *txn, const FoundTable *found, Str name)
{
    if (str_eq(name, found->table->def->name)) return SAY(ctx, SEMANTIC, "Same table name");
    if (catalog_find_table(found->database, name))
        return SAY(ctx, SEMANTIC, "Table name[%.*s] is already used", STR_ARG(name));
    TableDef *def = table_def_copy(ctx->arena, found->table->def);
    def->name = name;
    return txn_alter_table(ctx, txn, def);
}

// An unpartitioned table's only partition has the replicas that its table has.
static Rc set_replicas(Ctx *ctx, CatalogTxn *txn, const Table *table, AstProperties given)
{
    const Str *text = ast_properties_get(given, STR("replication_num"));
    uint64_t number = 0;
    if (!text || table->partition_count != 1) return RC_OK;
    must(str_to_u64(*text, &number));
    PartitionDef *def = partition_def_copy(ctx->arena, table->partitions[0]->def);
    def->replication_num = (uint32_t)number;
    return txn_alter_partition(ctx, txn, table->def->id, def);
}

// What the transaction made of a table still keeps the rules of its colocation group.
static Rc check_group(Ctx *ctx, CatalogTxn *txn, uint64_t database_id, uint64_t table_id)
{
    const Database *database = catalog_find_database_id(txn_view(txn), database_id);
    const Table *table = database ? catalog_find_table_id(database, table_id) : NULL;
    must(table != NULL);
    const PartitionDef **defs =
        ARENA_ARRAY(ctx->arena, const PartitionDef *, table->partition_count);
    for (size_t i = 0; i < table->partition_count; i++) defs[i] = table->partitions[i]->def;
    ColocateWish wish = {database_id, table->def, defs, table->partition_count};
    return colocate_check(ctx, txn_view(txn), &wish);
}

static Rc set_properties(Ctx *ctx, Execution *x, CatalogTxn *txn, const FoundTable *found)
{
    TableDef *def = NULL;
    AstProperties given = x->stmt->alter_table->properties;
    TRY(plan_check_set_properties(ctx, found->table->def, given, exec_backend_count(x)));
    TRY(plan_set_properties(ctx, found->table->def, given, &def));
    TRY(set_replicas(ctx, txn, found->table, given));
    TRY(txn_alter_table(ctx, txn, def));
    return check_group(ctx, txn, found->database->def->id, def->id);
}

// What the clause means is decided on the catalog as the transaction sees it.
static Rc alter_table(Ctx *ctx, Execution *x, const FoundTable *planned, const AlterDraft *draft)
{
    AUTO(txn_abort) CatalogTxn *txn = NULL;
    const AlterTableStatement *stmt = x->stmt->alter_table;
    FoundTable found = {0};
    TRY(catalog_begin(ctx, x->instance->catalog, 0, &txn));
    found.database = catalog_find_database_id(txn_view(txn), planned->database->def->id);
    if (found.database)
        found.table = catalog_find_table_id(found.database, planned->table->def->id);
    if (!found.table) return FAIL(ctx, TABLE_GONE, (unsigned long long)planned->table->def->id);
    switch (stmt->kind) {
    case ALTER_RENAME: TRY(rename_table(ctx, txn, &found, stmt->name.text)); break;
    case ALTER_SET: TRY(set_properties(ctx, x, txn, &found)); break;
    case ALTER_CLAUSES: TRY(alter_clauses(ctx, x, txn, &(AlterRun){&found, draft})); break;
    default:
        TRY(exec_alter_partitions(ctx, x, txn, found.table));
        TRY(check_group(ctx, txn, planned->database->def->id, planned->table->def->id));
        break;
    }
    return txn_commit(ctx, &txn);
}

static Rc analyze_alter(Ctx *ctx, Execution *x, FoundTable *out, AlterDraft *draft)
{
    const AlterTableStatement *stmt = x->stmt->alter_table;
    TRY(find_table(ctx, x, stmt->table, out));
    if (stmt->kind == ALTER_CLAUSES) return alter_analyze(ctx, x, out, draft);
    if (stmt->kind == ALTER_RENAME) return name_check_table(ctx, stmt->name.text);
    if (stmt->kind == ALTER_SET)
        return plan_check_set_properties(ctx, out->table->def, stmt->properties,
                                         exec_backend_count(x));
    if (stmt->kind == ALTER_RENAME_PARTITION) return name_check_partition(ctx, stmt->new_name.text);
    return RC_OK;
}

Rc exec_alter_table(Ctx *ctx, Execution *x)
{
    FoundTable found;
    AlterDraft draft = {0};
    TRY(exec_analyzing(ctx, analyze_alter(ctx, x, &found, &draft)));
    TRY(alter_table(ctx, x, &found, &draft));
    x->has_freed_files = x->stmt->alter_table->is_force;
    if (x->stmt->alter_table->kind == ALTER_SET) dynamic_wake(x->instance->dynamic);
    return x->stmt->alter_table->kind == ALTER_CLAUSES ? alter_remember(ctx, x, &found) : RC_OK;
}
