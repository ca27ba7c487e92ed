/* plan/backup, plan/restore, plan/jobproperties: the checks of both statements in their order. */
#include "base/limits.h"
#include "base/vec.h"
#include "plan/backup.h"
#include "plancheck.h"
#include "sql/sql.h"

static const BackupStatement *parse(Ctx *t, const char *text)
{
    Statement *stmt;
    size_t consumed;
    CHECK_RC(RC_OK, sql_parse(t, str_from(text), &stmt, &consumed));
    CHECK(stmt->kind == STMT_BACKUP || stmt->kind == STMT_RESTORE);
    return stmt->backup;
}

static Repository *new_repository(Ctx *t, const char *name, bool is_read_only)
{
    RepositoryDef *def = ARENA_NEW(t->arena, RepositoryDef);
    Repository *repository = ARENA_NEW(t->arena, Repository);
    def->name = str_from(name);
    def->is_read_only = is_read_only;
    repository->def = def;
    return repository;
}

// The catalog of plancheck.h with repositories "r" and the read-only "ro"; d.n has a temporary
// partition if `has_temporary`.
static const CatalogSnapshot *catalog_of(Ctx *t, bool has_temporary)
{
    CatalogSnapshot *snapshot = ARENA_NEW(t->arena, CatalogSnapshot);
    *snapshot = *plan_env(t).snapshot;
    snapshot->repository_count = 2;
    snapshot->repositories = ARENA_ARRAY(t->arena, Repository *, 2);
    snapshot->repositories[0] = new_repository(t, "r", false);
    snapshot->repositories[1] = new_repository(t, "ro", true);
    const Table *table = catalog_find_table(snapshot->databases[0], STR("n"));
    PartitionDef *last = ARENA_NEW(t->arena, PartitionDef);
    *last = *table->partitions[2]->def;
    last->is_temporary = has_temporary;
    table->partitions[2]->def = last;
    return snapshot;
}

// --- BACKUP

static Rc backup_into(Ctx *t, const char *text, BackupPlan *out)
{
    return plan_backup(t, catalog_of(t, false), STR("d"), parse(t, text), out);
}

static Rc backup(Ctx *t, const char *text)
{
    BackupPlan ignored;
    return backup_into(t, text, &ignored);
}

static Rc backup_execution(Ctx *t, const char *text, bool has_temporary)
{
    const CatalogSnapshot *snapshot = catalog_of(t, has_temporary);
    const BackupStatement *stmt = parse(t, text);
    BackupPlan plan;
    CHECK_RC(RC_OK, plan_backup(t, snapshot, STR("d"), stmt, &plan));
    return plan_backup_execution(t, snapshot, stmt, &plan);
}

// "table(partition,..) .." of what will be done.
static Str backed_up(Ctx *t, const char *text)
{
    BackupPlan plan = {0};
    Buf out = buf_new(t->arena);
    CHECK_RC(RC_OK, backup_into(t, text, &plan));
    for (size_t i = 0; i < plan.object_count; i++) {
        const BackupObject *object = &plan.objects[i];
        buf_printf(&out, "%s%.*s", i ? " " : "", STR_ARG(object->table));
        for (size_t p = 0; p < object->partition_count; p++)
            buf_printf(&out, "%c%.*s%s", p ? ',' : '(', STR_ARG(object->partitions[p]),
                       p + 1 == object->partition_count ? ")" : "");
    }
    return buf_str(&out);
}

// Each statement is wrong in everything that the next ones still have wrong: what is told first is
// the order of the checks.
TEST(backup_checks_in_order)
{
#define WRONG_END " PROPERTIES ('type' = 'half')"
    CHECK_ERR_TEXT(BAD_DATABASE_NAME, "Incorrect database name 'a-b'",
                   backup(t, "BACKUP DATABASE `a-b` SNAPSHOT `..` TO gone ON (TABLE x)" WRONG_END));
    CHECK_ERR_TEXT(UNKNOWN_DATABASE, "Unknown database 'gone'",
                   backup(t, "BACKUP DATABASE gone SNAPSHOT `..` TO gone ON (TABLE x)" WRONG_END));
    CHECK_ERR_TEXT(BAD_LABEL_NAME, "Incorrect label name '..'",
                   backup(t, "BACKUP SNAPSHOT d.`..` TO gone ON (x)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Repository [gone] does not exist",
                   backup(t, "BACKUP SNAPSHOT d.l TO gone ON (x)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Incorrect table name 'x'",
                   backup(t, "BACKUP SNAPSHOT d.l TO r ON (x, FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(
        SEMANTIC, "Duplicated table: t",
        backup(t, "BACKUP SNAPSHOT d.l TO r ON (t, TABLE t PARTITION (p), FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(
        SEMANTIC, "partition[p9] does not exist  in tabler",
        backup(t, "BACKUP SNAPSHOT d.l TO r ON (r PARTITION (p1, p9), FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid backup function(s), function name: f",
                   backup(t, "BACKUP SNAPSHOT d.l TO r ON (t, FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid backup job type: half",
                   backup(t, "BACKUP SNAPSHOT d.l TO r ON (t)" WRONG_END));
    CHECK_RC(RC_OK, backup(t, "BACKUP SNAPSHOT d.l TO r ON (t)"));
#undef WRONG_END
}

TEST(backup_refuses_what_is_twice_or_nowhere)
{
    BackupPlan plan;
    CHECK_ERR_TEXT(
        UNKNOWN_DATABASE, "Unknown database ''",
        plan_backup(t, catalog_of(t, false), STR(""), parse(t, "BACKUP SNAPSHOT l TO r"), &plan));
    CHECK_ERR_TEXT(SEMANTIC, "Repository is empty", backup(t, "BACKUP SNAPSHOT l TO ``"));
    CHECK_ERR_TEXT(SEMANTIC, "Incorrect table name 'T'",
                   backup(t, "BACKUP SNAPSHOT l TO r ON (T)"));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated partition: p1",
                   backup(t, "BACKUP SNAPSHOT l TO r ON (r PARTITION (p1, P1))"));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid backup function(s), function name: f",
                   backup(t, "BACKUP SNAPSHOT l TO r ON (FUNCTION f)"));
}

TEST(backup_of_catalogs_finds_none)
{
    // Properties come first in this form; neither label nor repository is looked at.
    CHECK_ERR_TEXT(SEMANTIC, "Invalid backup job type: half",
                   backup(t, "BACKUP EXTERNAL CATALOG (hive) SNAPSHOT `..` TO gone "
                             "PROPERTIES ('type' = 'half')"));
    CHECK_ERR_TEXT(SEMANTIC, "external catalog hive does not existed.",
                   backup(t, "BACKUP EXTERNAL CATALOG (hive) SNAPSHOT `..` TO gone"));
    CHECK_ERR_TEXT(SEMANTIC, "Do not support Backup/Restore the entire default catalog",
                   backup(t, "BACKUP EXTERNAL CATALOG (Default_Catalog) SNAPSHOT l TO r"));
    CHECK_ERR_TEXT(SEMANTIC, "No external catalog can be backed up",
                   backup(t, "BACKUP ALL EXTERNAL CATALOGS SNAPSHOT l TO r"));
}

TEST(backup_lists_what_was_meant)
{
    CHECK_STR("agg ins l n r t u", backed_up(t, "BACKUP SNAPSHOT l TO r"));
    CHECK_STR("t", backed_up(t, "BACKUP DATABASE e SNAPSHOT l TO r"));
    CHECK_STR("t", backed_up(t, "BACKUP SNAPSHOT e.l TO r"));
    CHECK_STR("r(p3,p1) t", backed_up(t, "BACKUP SNAPSHOT l TO r ON (t, r PARTITION (P3, p1))"));
    CHECK_STR("agg ins l n r(p2) t u",
              backed_up(t, "BACKUP SNAPSHOT l TO r ON (ALL TABLES, TABLE r PARTITION (p2))"));
    CHECK_STR("", backed_up(t, "BACKUP SNAPSHOT l TO r ON (ALL VIEWS)"));
    CHECK_STR("u", backed_up(t, "BACKUP SNAPSHOT l TO r ON (VIEW u)"));

    BackupPlan plan = {0};
    CHECK_RC(RC_OK, backup_into(t,
                                "BACKUP DATABASE e SNAPSHOT `a label` TO ro PROPERTIES "
                                "('timeout' = '600', 'bandwidth_limit' = '5')",
                                &plan));
    CHECK_STR("e", plan.database);
    CHECK_STR("a label", plan.label);
    CHECK_STR("ro", plan.repository);
    CHECK_INT(600, plan.timeout_s);
    CHECK_INT(5, plan.bandwidth_limit);
}

TEST(backup_execution_checks_in_order)
{
    const char *whole = "BACKUP SNAPSHOT l TO ro ON (n, r TEMPORARY PARTITION (tp))";
    CHECK_ERR_TEXT(COMMON, "Repository ro is read only", backup_execution(t, whole, true));
    whole = "BACKUP SNAPSHOT l TO r ON (n, r TEMPORARY PARTITION (tp))";
    CHECK_ERR_TEXT(COMMON, "Do not support backing up table with temp partitions",
                   backup_execution(t, whole, true));
    CHECK_ERR_TEXT(COMMON, "Do not support backing up temp partitions",
                   backup_execution(t, whole, false));
    CHECK_RC(RC_OK, backup_execution(t, "BACKUP SNAPSHOT l TO r ON (r)", true));

    // The repository may be gone between the two.
    const BackupStatement *stmt = parse(t, "BACKUP SNAPSHOT l TO r");
    BackupPlan plan = {.repository = STR("r")};
    CHECK_ERR_TEXT(COMMON, "Repository r does not exist",
                   plan_backup_execution(t, plan_env(t).snapshot, stmt, &plan));
}

TEST(labels_are_names_of_folders)
{
    static const char *const BAD[] = {"", ".", "..", "a/b", "a\\b", "a\nb", "a\x7f", "\xff"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++)
        CHECK_ERR(BAD_LABEL_NAME, plan_check_label(t, str_from(BAD[i])));
    static const char *const GOOD[] = {"a", "...", "a b", "2024-01", "バックアップ", "a.b"};
    for (size_t i = 0; i < COUNT_OF(GOOD); i++)
        CHECK_RC(RC_OK, plan_check_label(t, str_from(GOOD[i])));
    // As long as a path allows: a byte that is not plain counts as three.
    char *longest = ARENA_ARRAY(t->arena, char, LIMIT_LABEL_BYTES + 1);
    memset(longest, 'a', LIMIT_LABEL_BYTES + 1);
    CHECK_RC(RC_OK, plan_check_label(t, (Str){longest, LIMIT_LABEL_BYTES}));
    CHECK_ERR(BAD_LABEL_NAME, plan_check_label(t, (Str){longest, LIMIT_LABEL_BYTES + 1}));
    longest[0] = ' ';
    CHECK_RC(RC_OK, plan_check_label(t, (Str){longest, LIMIT_LABEL_BYTES - 2}));
    CHECK_ERR(BAD_LABEL_NAME, plan_check_label(t, (Str){longest, LIMIT_LABEL_BYTES - 1}));
}

// --- properties

static Rc backup_properties(Ctx *t, const char *list, JobProperties *out)
{
    const char *text =
        str_z(t->arena, str_printf(t->arena, "BACKUP SNAPSHOT l TO r PROPERTIES (%s)", list));
    return job_properties_for_backup(t, parse(t, text)->properties, out);
}

static Rc restore_properties(Ctx *t, const char *list, JobProperties *out)
{
    const char *text =
        str_z(t->arena, str_printf(t->arena, "RESTORE SNAPSHOT l FROM r PROPERTIES (%s)", list));
    return job_properties_for_restore(t, parse(t, text)->properties, out);
}

TEST(properties_of_backup)
{
    JobProperties got = {.timeout_s = 7};
    static const char *const FORMATS[] = {"", " 600", "10m", "600.0", "9223372036854775807"};
    for (size_t i = 0; i < COUNT_OF(FORMATS); i++) {
        Str list = str_printf(t->arena, "'timeout' = '%s'", FORMATS[i]);
        Str text = str_printf(t->arena, "Invalid timeout format: %s", FORMATS[i]);
        CHECK_ERR_TEXT(SEMANTIC, text, backup_properties(t, str_z(t->arena, list), &got));
    }
    CHECK_ERR_TEXT(SEMANTIC, "timeout must be at least 10 min",
                   backup_properties(t, "'timeout' = '599'", &got));
    CHECK_ERR_TEXT(SEMANTIC, "timeout must be at least 10 min",
                   backup_properties(t, "'timeout' = '-1'", &got));
    CHECK_ERR_TEXT(SEMANTIC, "Invalid bandwidth_limit, expected bytes per second or 0: -1",
                   backup_properties(t, "'bandwidth_limit' = '-1'", &got));
    CHECK_ERR(NOT_SUPPORTED, backup_properties(t, "'ttl' = '7 DAY'", &got));
    // Wrong values come before unknown keys, wherever they stand; those come in one list.
    CHECK_ERR_TEXT(SEMANTIC, "Invalid backup job type: x",
                   backup_properties(t, "'a' = '1', 'type' = 'x'", &got));
    CHECK_ERR_TEXT(
        SEMANTIC, "Unknown backup job properties: [a, backup_timestamp, Timeout]",
        backup_properties(
            t, "'a' = '1', 'type' = 'full', 'backup_timestamp' = '', 'Timeout' = '600'", &got));
    CHECK_INT(7, got.timeout_s);

    CHECK_RC(RC_OK, backup_properties(t, "'type' = 'Incremental'", &got));
    CHECK_STR("incremental", got.type);
    CHECK_INT(JOB_TIMEOUT_DEFAULT_S, got.timeout_s);
    CHECK_INT(0, got.bandwidth_limit);
}

TEST(properties_of_restore)
{
    JobProperties got;
    CHECK_ERR_TEXT(SEMANTIC, "Invalid allow load value: yes",
                   restore_properties(t, "'allow_load' = 'yes'", &got));
    // StarRocks has one text for three keys.
    static const char *const KEYS[] = {"replication_num", "meta_version", "starrocks_meta_version"};
    for (size_t i = 0; i < COUNT_OF(KEYS); i++) {
        Str list = str_printf(t->arena, "'%s' = '1x'", KEYS[i]);
        CHECK_ERR_TEXT(SEMANTIC, "Invalid meta version format: 1x",
                       restore_properties(t, str_z(t->arena, list), &got));
        list = str_printf(t->arena, "'%s' = '2147483648'", KEYS[i]);
        CHECK_ERR_TEXT(SEMANTIC, "Invalid meta version format: 2147483648",
                       restore_properties(t, str_z(t->arena, list), &got));
    }
    CHECK_ERR_TEXT(SEMANTIC, "Unknown restore job properties: [type, ttl]",
                   restore_properties(t, "'type' = 'full', 'ttl' = ''", &got));

    CHECK_RC(RC_OK, restore_properties(t, "'timeout' = '600'", &got));
    CHECK(got.backup_timestamp.ptr == NULL);
    CHECK(!got.allow_load && !got.has_replication_num && !got.has_meta_version);
    CHECK_RC(RC_OK,
             restore_properties(t,
                                "'backup_timestamp' = '2024-12-09-10-25-58-842', 'allow_load' = "
                                "'TRUE', 'replication_num' = '-1', 'starrocks_meta_version' = '4'",
                                &got));
    CHECK_STR("2024-12-09-10-25-58-842", got.backup_timestamp);
    CHECK(got.allow_load);
    CHECK(got.has_replication_num && got.has_meta_version);
    CHECK_INT(-1, got.replication_num);
    CHECK_INT(4, got.meta_version);
}

// --- RESTORE

static Rc restore(Ctx *t, const char *text)
{
    JobProperties ignored;
    return plan_restore(t, parse(t, text), &ignored);
}

// A snapshot of database "d" with its tables as plancheck.h has them.
static SnapContent *content_of(Ctx *t)
{
    const Database *from = plan_env(t).snapshot->databases[0];
    SnapContent *content = ARENA_NEW(t->arena, SnapContent);
    *content = (SnapContent){.label = STR("l"),
                             .stamp = STR("2024-12-09-10-25-58-842"),
                             .database = STR("d"),
                             .format_version = 1,
                             .table_count = from->table_count,
                             .tables = ARENA_ARRAY(t->arena, SnapTable, from->table_count)};
    for (size_t i = 0; i < from->table_count; i++) {
        const Table *table = from->tables[i];
        SnapTable *to = &content->tables[i];
        to->def = table_def_copy(t->arena, table->def);
        to->partition_count = table->partition_count;
        to->partitions = ARENA_ARRAY(t->arena, SnapPartition, table->partition_count);
        for (size_t p = 0; p < table->partition_count; p++)
            to->partitions[p].def = partition_def_copy(t->arena, table->partitions[p]->def);
    }
    return content;
}

static Rc restore_into(Ctx *t, const char *text, RestorePlan *out)
{
    RestoreBinding binding = {.snapshot = catalog_of(t, false),
                              .stmt = parse(t, text),
                              .content = content_of(t),
                              .backend_count = 2};
    JobProperties properties;
    CHECK_RC(RC_OK, plan_restore(t, binding.stmt, &properties));
    binding.properties = &properties;
    return plan_restore_execution(t, &binding, out);
}

static Rc restore_execution(Ctx *t, const char *text)
{
    RestorePlan ignored;
    return restore_into(t, text, &ignored);
}

// "source>target(partition,..) ..": whole tables without partitions.
static Str restored(Ctx *t, const char *text)
{
    RestorePlan plan = {0};
    Buf out = buf_new(t->arena);
    CHECK_RC(RC_OK, restore_into(t, text, &plan));
    for (size_t i = 0; i < plan.object_count; i++) {
        const RestoreObject *object = &plan.objects[i];
        buf_printf(&out, "%s%.*s", i ? " " : "", STR_ARG(object->source_name));
        if (!str_eq(object->source_name, object->target_name))
            buf_printf(&out, ">%.*s", STR_ARG(object->target_name));
        for (size_t p = 0; !object->is_whole_table && p < object->partition_count; p++)
            buf_printf(&out, "%c%.*s%s", p ? ',' : '(', STR_ARG(object->partitions[p].name),
                       p + 1 == object->partition_count ? ")" : "");
    }
    return buf_str(&out);
}

TEST(restore_checks_in_order)
{
#define WRONG_END " PROPERTIES ('type' = 'full')"
    CHECK_ERR_TEXT(
        BAD_DATABASE_NAME, "Incorrect database name 'a-b'",
        restore(t, "RESTORE SNAPSHOT `..` FROM r DATABASE d AS `a-b` ON (x, x)" WRONG_END));
    CHECK_ERR_TEXT(BAD_LABEL_NAME, "Incorrect label name '..'",
                   restore(t, "RESTORE SNAPSHOT d.`..` FROM r ON (x, x, y AS y)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated table: x",
                   restore(t, "RESTORE SNAPSHOT d.l FROM r ON (x, x, y AS x)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated alias name: x",
                   restore(t, "RESTORE SNAPSHOT d.l FROM r ON (x, y AS x)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Duplicated alias name: z",
                   restore(t, "RESTORE SNAPSHOT d.l FROM r ON (x AS z, y AS z)" WRONG_END));
    CHECK_ERR_TEXT(SEMANTIC, "Unknown restore job properties: [type]",
                   restore(t, "RESTORE SNAPSHOT d.l FROM r ON (x AS z, y)" WRONG_END));
#undef WRONG_END
    // Nothing is looked up in analysis.
    CHECK_RC(RC_OK, restore(t, "RESTORE SNAPSHOT gone.l FROM gone ON (x AS z, y, FUNCTION f)"));
}

TEST(restore_execution_checks_in_order)
{
#define WRONG_END " PROPERTIES ('replication_num' = '0')"
    CHECK_ERR_TEXT(
        COMMON, "This is not a snapshot for external catalog restore, snapshot: l",
        restore_execution(t, "RESTORE SNAPSHOT l FROM r EXTERNAL CATALOG (c)" WRONG_END));
    CHECK_ERR_TEXT(
        COMMON,
        "target database: x is not existed in snapshot. The snapshot holds database d: "
        "write DATABASE d AS x",
        restore_execution(t, "RESTORE SNAPSHOT l FROM r DATABASE x ON (gone)" WRONG_END));
    CHECK_ERR_TEXT(
        COMMON, "Table gone does not exist in snapshot l",
        restore_execution(t, "RESTORE SNAPSHOT x.l FROM r ON (gone, FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(
        COMMON, "Do not support restoring temporary partitions",
        restore_execution(
            t,
            "RESTORE SNAPSHOT x.l FROM r ON (r TEMPORARY PARTITION (p9), FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(
        COMMON, "Partition p9 of table r does not exist in snapshot l",
        restore_execution(
            t, "RESTORE SNAPSHOT x.l FROM r ON (r PARTITION (p1, p9), FUNCTION f)" WRONG_END));
    CHECK_ERR_TEXT(
        COMMON, "Can not find restore function: f",
        restore_execution(t, "RESTORE SNAPSHOT x.l FROM r ON (r, FUNCTION f)" WRONG_END));
    // Two objects may get one name only by way of ALL.
    CHECK_ERR_TEXT(
        COMMON, "Duplicated alias name: u",
        restore_execution(t, "RESTORE SNAPSHOT x.l FROM r ON (ALL TABLES, t AS u)" WRONG_END));
    CHECK_ERR_TEXT(COMMON, "Replication num should greater than 0: 0",
                   restore_execution(t, "RESTORE SNAPSHOT x.l FROM r ON (t AS u)" WRONG_END));
    CHECK_ERR_TEXT(COMMON,
                   "failed to find 3 different hosts to create table: u. This server has 2 "
                   "backends; leave replication_num out or set it to at most that",
                   restore_execution(t, "RESTORE SNAPSHOT x.l FROM r ON (t AS u) PROPERTIES "
                                        "('replication_num' = '3')"));
    CHECK_ERR_TEXT(COMMON, "Duplicated partition: P1",
                   restore_execution(t, "RESTORE SNAPSHOT x.l FROM r ON (r PARTITION (p1, P1))"));
#undef WRONG_END
}

TEST(restore_refuses_a_snapshot_of_catalogs)
{
    SnapContent *content = content_of(t);
    JobProperties properties = {0};
    RestorePlan plan;
    content->database = STR("");
    RestoreBinding binding = {.snapshot = catalog_of(t, false),
                              .stmt = parse(t, "RESTORE SNAPSHOT d.l FROM r"),
                              .properties = &properties,
                              .content = content,
                              .backend_count = 1};
    CHECK_ERR_TEXT(COMMON, "Can not specify database for external catalog snapshot",
                   plan_restore_execution(t, &binding, &plan));
    binding.stmt = parse(t, "RESTORE SNAPSHOT l FROM r");
    CHECK_ERR(NOT_SUPPORTED, plan_restore_execution(t, &binding, &plan));
}

TEST(restore_lists_what_was_meant)
{
    CHECK_STR("agg ins l n r t u", restored(t, "RESTORE SNAPSHOT l FROM r"));
    CHECK_STR("agg ins l n r t u", restored(t, "RESTORE SNAPSHOT x.l FROM r ON (ALL TABLES)"));
    CHECK_STR("", restored(t, "RESTORE SNAPSHOT x.l FROM r ON (ALL VIEWS)"));
    CHECK_STR("r(p3,p1) t>z",
              restored(t, "RESTORE SNAPSHOT x.l FROM r ON (t AS z, r PARTITION (P3, p1))"));
    CHECK_STR("agg ins l n r(p2) t u",
              restored(t, "RESTORE SNAPSHOT x.l FROM r ON (ALL TABLES, r PARTITION (p2))"));
}

TEST(restore_says_where_to)
{
    RestorePlan plan = {0};
    CHECK_RC(RC_OK, restore_into(t, "RESTORE SNAPSHOT l FROM r", &plan));
    CHECK_STR("d", plan.target_database);
    CHECK(!plan.was_database_missing);
    CHECK_INT(2, plan.replication_num);  // three are usual, two backends are there
    CHECK_INT(JOB_TIMEOUT_DEFAULT_S, plan.timeout_s);
    CHECK_STR("2024-12-09-10-25-58-842", plan.stamp);

    CHECK_RC(
        RC_OK,
        restore_into(t, "RESTORE SNAPSHOT x.l FROM r PROPERTIES ('allow_load' = 'true')", &plan));
    CHECK_STR("x", plan.target_database);
    CHECK_STR("d", plan.snapshot_database);
    CHECK(plan.was_database_missing && plan.allow_load);
    CHECK_RC(RC_OK, restore_into(t, "RESTORE SNAPSHOT l FROM r DATABASE d AS e", &plan));
    CHECK_STR("e", plan.target_database);
    CHECK(!plan.was_database_missing);
}

TEST(restore_warns_of_another_meta_version)
{
    RestorePlan plan;
    CHECK_RC(RC_OK,
             restore_into(t, "RESTORE SNAPSHOT l FROM r PROPERTIES ('meta_version' = '1')", &plan));
    CHECK_INT(0, t->warning_count);
    CHECK_RC(RC_OK,
             restore_into(t, "RESTORE SNAPSHOT l FROM r PROPERTIES ('meta_version' = '4')", &plan));
    CHECK_INT(1, t->warning_count);
    CHECK_STR("meta_version 4 is ignored: the snapshot carries its own, 1", t->warnings->text);
}

// --- tables that a later version wrote

static Rc restore_newer(Ctx *t, const char *text, size_t newer_count, RestorePlan *out)
{
    RestoreBinding binding = {.snapshot = catalog_of(t, false),
                              .stmt = parse(t, text),
                              .content = content_of(t),
                              .backend_count = 2,
                              .format_version = 1};
    SnapContent *content = content_of(t);
    for (size_t i = 0; i < newer_count; i++) {
        content->tables[i].is_newer = true;
        content->tables[i].min_reader = 99;
        content->tables[i].partition_count = 0;
    }
    binding.content = content;
    JobProperties properties;
    CHECK_RC(RC_OK, plan_restore(t, binding.stmt, &properties));
    binding.properties = &properties;
    return plan_restore_execution(t, &binding, out);
}

TEST(restore_leaves_newer_tables_out_by_name)
{
    const SnapContent *content = content_of(t);
    Str newer = content->tables[0].def->name, other = content->tables[1].def->name;
    RestorePlan plan;
    Str on = str_printf(t->arena, "RESTORE SNAPSHOT x.l FROM r ON (%.*s)", STR_ARG(newer));
    Str text = str_printf(t->arena,
                          "Table %.*s of snapshot l needs format version 99, this server reads up"
                          " to 1",
                          STR_ARG(newer));
    CHECK_ERR_TEXT(COMMON, str_z(t->arena, text), restore_newer(t, str_z(t->arena, on), 1, &plan));
    on = str_printf(t->arena, "RESTORE SNAPSHOT x.l FROM r ON (%.*s)", STR_ARG(other));
    CHECK_RC(RC_OK, restore_newer(t, str_z(t->arena, on), 1, &plan));
    CHECK_INT(0, t->warning_count);
    CHECK_INT(1, plan.object_count);
    CHECK_RC(RC_OK, restore_newer(t, "RESTORE SNAPSHOT x.l FROM r", 1, &plan));
    CHECK_INT(content->table_count - 1, plan.object_count);
    CHECK_INT(1, t->warning_count);
    CHECK(str_starts(t->warnings->text,
                     str_printf(t->arena, "Table %.*s is left out", STR_ARG(newer))));
    CHECK_ERR(COMMON, restore_newer(t, "RESTORE SNAPSHOT x.l FROM r", content->table_count, &plan));
}
