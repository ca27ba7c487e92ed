// Definitions and plans as JSON: foreign text is refused, our own comes back the same.
#include "base/vec.h"
#include "check.h"
#include "schema/json.h"
#include "schema/planjson.h"

static const char TABLE[] =
    "{'id':7,'line':'000102030405060708090a0b0c0d0e0f','name':'t','comment':'a b','keys':'DUPLICATE',"
    "'next_column_id':5,'next_schema_id':3,'schemas':[{'id':2,'columns':["
    "{'id':1,'file_id':1,'name':'k','type':'INT','len':0,'precision':0,'scale':0,'is_key':true,"
    "'is_nullable':false,'aggregation':'','default_kind':'LITERAL','default_text':'1','comment':''},"
    "{'id':4,'file_id':2,'name':'m','type':'DECIMAL','len':0,'precision':10,'scale':2,'is_key':false,"
    "'is_nullable':true,'aggregation':'','default_kind':'NONE','default_text':'','comment':'x'}]}],"
    "'partition_method':'RANGE','partition_columns':[1],'distribution':'HASH',"
    "'distribution_columns':[1],'bucket_num':3,'sort_columns':[4,1],"
    "'properties':[['replication_num','1'],['a','b']],'created_ms':5}";

static const char PARTITION[] =
    "{'id':9,'name':'p1','lower':[{'kind':'MIN'}],'upper':[{'kind':'VALUE','value':'10'}],"
    "'replication_num':1,'bucket_num':3,'properties':[],'is_temporary':false}";

// The texts above have single quotes, so that they can be read.
static Str quoted(Ctx *t, const char *text)
{
    char *copy = str_z(t->arena, str_from(text));
    for (char *at = copy; *at; at++)
        if (*at == '\'') *at = '"';
    return str_from(copy);
}

static Rc read_table(Ctx *t, const char *text, TableDef **out)
{
    Json *json = NULL;
    TRY(json_parse(t, quoted(t, text), "test", &json));
    return table_def_from_json(t, json, out);
}

static Rc read_partition(Ctx *t, const char *text, const TableDef *table, PartitionDef **out)
{
    Json *json = NULL;
    TRY(json_parse(t, quoted(t, text), "test", &json));
    return partition_def_from_json(t, json, table, out);
}

// `text` with the first `from` replaced.
static const char *with(Ctx *t, const char *text, const char *from, const char *to)
{
    Str all = str_from(text), needle = str_from(from);
    ptrdiff_t at = str_find(all, needle);
    CHECK(at >= 0);
    Str before = str_sub(all, 0, (size_t)at);
    Str after = str_sub(all, (size_t)at + needle.len, all.len);
    return str_z(t->arena, str_printf(t->arena, "%.*s%s%.*s", STR_ARG(before), to, STR_ARG(after)));
}

TEST(json_table_comes_back_the_same)
{
    TableDef *table = NULL;
    CHECK_RC(RC_OK, read_table(t, TABLE, &table));
    must(table != NULL);
    CHECK_INT(15, table->line.bytes[15]);
    CHECK_INT(2, table->sort_column_count);
    CHECK_STR("DUP_KEYS", key_kind_schema_text(table->keys));
    CHECK_STR("b", properties_get(table->properties, table->property_count, "a"));
    CHECK(schema_column_named(table_current_schema(table), STR("M")) != NULL);
    Buf out = buf_new(t->arena);
    JsonWriter w = json_writer(&out);
    table_def_to_json(&w, NULL, table_def_copy(t->arena, table));
    CHECK_STR(quoted(t, TABLE), buf_str(&out));
}

typedef struct Change {
    const char *from, *to;
} Change;

// Members that came after the first format are written only where they say something.
TEST(json_table_with_later_members_comes_back_the_same)
{
    static const Change CHANGES[] = {
        {"'comment':'x'}", "'comment':'x','generated':'k + 1'}"},
        {"'comment':'x'}", "'comment':'x','is_hidden':true,'generated':'k + 1'}"},
        {"'type':'DECIMAL','len':0,'precision':10,'scale':2",
         "'type':'MAP','len':0,'precision':0,'scale':0,'parts':["
         "{'type':'INT','len':0,'precision':0,'scale':0},"
         "{'type':'STRUCT','len':0,'precision':0,'scale':0,'parts':["
         "{'name':'a','type':'VARCHAR','len':9,'precision':0,'scale':0}]}]"},
        {"'type':'DECIMAL','len':0,'precision':10,'scale':2",
         "'type':'BITMAP','len':0,'precision':0,'scale':0"},
        {"'distribution':'HASH'", "'is_auto_partitioned':true,'distribution':'HASH'"},
        {"'created_ms':5",
         "'indexes':[{'name':'i','columns':[4],'type':'BITMAP','properties':[],'comment':''}],"
         "'created_ms':5"},
    };
    for (size_t i = 0; i < sizeof(CHANGES) / sizeof(CHANGES[0]); i++) {
        TableDef *table = NULL;
        const char *text = with(t, TABLE, CHANGES[i].from, CHANGES[i].to);
        CHECK_RC(RC_OK, read_table(t, text, &table));
        Buf out = buf_new(t->arena);
        JsonWriter w = json_writer(&out);
        table_def_to_json(&w, NULL, table_def_copy(t->arena, table));
        CHECK_STR(quoted(t, text), buf_str(&out));
    }
}

TEST(json_table_refuses_foreign_nonsense)
{
    static const Change CHANGES[] = {
        {"'comment':'x'}", "'comment':'x','is_auto_increment':true}"},
        {"'type':'DECIMAL','len':0,'precision':10,'scale':2",
         "'type':'ARRAY','len':0,'precision':0,'scale':0"},
        {"'type':'DECIMAL','len':0,'precision':10,'scale':2",
         "'type':'ARRAY','len':0,'precision':0,'scale':0,'parts':[]"},
        {"'type':'DECIMAL','len':0,'precision':10,'scale':2",
         "'type':'STRUCT','len':0,'precision':0,'scale':0,'parts':["
         "{'name':'a','type':'INT','len':0,'precision':0,'scale':0},"
         "{'name':'A','type':'INT','len':0,'precision':0,'scale':0}]"},
        {"'created_ms':5", "'indexes':[{'name':'i','columns':[3],'type':'BITMAP',"
                           "'properties':[],'comment':''}],'created_ms':5"},
        {"'created_ms':5", "'indexes':[{'name':'i','columns':[1],'type':'BTREE',"
                           "'properties':[],'comment':''}],'created_ms':5"},
        {"'name':'t'", "'name':''"},
        {"'name':'t'", "'name':5"},
        {"'name':'t',", ""},
        {"'id':7", "'id':-1"},
        {"'id':7", "'id':1.5"},
        {"000102", "0001x2"},
        {"000102", "00010"},
        {"DUPLICATE", "TRIPLICATE"},
        {"'next_column_id':5", "'next_column_id':4"},
        {"'next_column_id':5", "'next_column_id':4294967296"},
        {"'next_schema_id':3", "'next_schema_id':2"},
        {"'schemas':[{'id':2", "'schemas':[{'id':0"},
        {"'id':4,'file_id'", "'id':1,'file_id'"},
        {"'file_id':2", "'file_id':1"},
        {"'file_id':2", "'file_id':2147483648"},
        {"'name':'m'", "'name':'K'"},
        {"'name':'m'", "'name':'a*b'"},
        {"'type':'INT','len':0", "'type':'INT','len':4"},
        {"'type':'INT'", "'type':'MAP'"},
        {"'type':'INT'", "'type':'TIME'"},
        {"'type':'INT'", "'type':'NULL_TYPE'"},
        {"'type':'INT'", "'type':'VARCHAR'"},
        {"'precision':10", "'precision':39"},
        {"'precision':10", "'precision':1"},
        {"'precision':10", "'precision':266"},
        {"'is_key':true", "'is_key':1"},
        {"'is_key':true", "'is_key':false,'is_key':true"},
        {"'is_key':false", "'is_key':true,'x':1"},
        {"'aggregation':''", "'aggregation':'SUM'"},
        {"'keys':'DUPLICATE'", "'keys':'AGGREGATE'"},
        {"'keys':'DUPLICATE'", "'keys':'PRIMARY'"},
        {"'default_kind':'LITERAL'", "'default_kind':'SOME'"},
        {"'partition_method':'RANGE'", "'partition_method':'NONE'"},
        {"'partition_columns':[1]", "'partition_columns':[]"},
        {"'partition_columns':[1]", "'partition_columns':[4]"},
        {"'partition_columns':[1]", "'partition_columns':[1,1]"},
        {"'partition_columns':[1]", "'partition_columns':[2]"},
        {"'distribution':'HASH'", "'distribution':'RANDOM'"},
        {"'distribution_columns':[1]", "'distribution_columns':['k']"},
        {"'bucket_num':3", "'bucket_num':99999999"},
        {"['a','b']", "['a']"},
        {"['a','b']", "['','b']"},
        {"['a','b']", "['replication_num','2']"},
        {"'created_ms':5", "'created_ms':-5"},
        {"'columns':[{", "'columns':[5,{"},
    };
    TableDef *table = NULL;
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        const char *text = with(t, TABLE, CHANGES[i].from, CHANGES[i].to);
        // The one change that is harmless: m may be a key column too.
        bool is_fine = strcmp(CHANGES[i].to, "'is_key':true,'x':1") == 0;
        Rc rc = read_table(t, text, &table);
        if ((rc == RC_OK) != is_fine)
            check_failed(__FILE__, __LINE__, "%s gives %d", CHANGES[i].to, rc);
        ctx_clear(t);
    }
}

TEST(json_errors_name_field_and_object)
{
    TableDef *table = NULL;
    CHECK_ERR_TEXT(
        JSON_FIELD,
        "Field 'len, precision, scale' must be as the type needs, found DECIMAL (column m)"
        " in column 2 of schema 1 in table t",
        read_table(t, with(t, TABLE, "'precision':10", "'precision':39"), &table));
    CHECK_ERR_TEXT(PARTITION_COLUMN_TYPE,
                   "Column[m] type[DECIMAL] cannot be a range partition key. in table t",
                   read_table(t,
                              with(t, TABLE, "'partition_columns':[1]", "'partition_columns':[4]"),
                              &table));
    Json *json = NULL;
    CHECK_RC(RC_OK, json_parse(t, STR("[]"), "test", &json));
    CHECK_ERR(JSON_FIELD, table_def_from_json(t, json, &table));
}

TEST(json_partition_comes_back_the_same)
{
    TableDef *table = NULL;
    PartitionDef *partition = NULL;
    CHECK_RC(RC_OK, read_table(t, TABLE, &table));
    must(table != NULL);
    CHECK_RC(RC_OK, read_partition(t, PARTITION, table, &partition));
    must(partition != NULL);
    CHECK_INT(BOUND_MIN, partition->lower[0].kind);
    Buf out = buf_new(t->arena);
    JsonWriter w = json_writer(&out);
    partition_def_to_json(&w, NULL, partition_def_copy(t->arena, partition));
    CHECK_STR(quoted(t, PARTITION), buf_str(&out));

    table->method = PARTITION_LIST;
    const char *text =
        with(t, PARTITION, "'lower':[{'kind':'MIN'}],'upper':[{'kind':'VALUE','value':'10'}]",
             "'values':[['1'],['3']]");
    CHECK_RC(RC_OK, read_partition(t, text, table, &partition));
    buf_clear(&out);
    w = json_writer(&out);
    partition_def_to_json(&w, NULL, partition_def_copy(t->arena, partition));
    CHECK_STR(quoted(t, text), buf_str(&out));
    CHECK_ERR(PARTITION_LIST_DUPLICATE,
              read_partition(t, with(t, text, "['3']", "['1']"), table, &partition));
    CHECK_ERR(JSON_FIELD, read_partition(t, with(t, text, "['3']", "['03']"), table, &partition));
    CHECK_ERR(JSON_FIELD, read_partition(t, with(t, text, "['3']", "[]"), table, &partition));
}

TEST(json_partition_refuses_foreign_nonsense)
{
    static const Change CHANGES[] = {
        {"'name':'p1'", "'name':'1p'"},
        {"[{'kind':'MIN'}]", "[]"},
        {"[{'kind':'MIN'}]", "[{'kind':'MIN'},{'kind':'MIN'}]"},
        {"{'kind':'MIN'}", "{'kind':'LEAST'}"},
        {"{'kind':'MIN'}", "{'kind':'MAX'}"},
        {"{'kind':'MIN'}", "{'kind':'VALUE'}"},
        {"{'kind':'MIN'}", "{'kind':'VALUE','value':'10'}"},
        {"'value':'10'", "'value':'010'"},
        {"'value':'10'", "'value':'x'"},
        {"'value':'10'", "'value':10"},
        {"'replication_num':1", "'replication_num':0"},
        {"'replication_num':1", "'replication_num':99999"},
        {"'properties':[]", "'properties':{}"},
        {"'is_temporary':false", "'is_temporary':0"},
    };
    TableDef *table = NULL;
    PartitionDef *partition = NULL;
    CHECK_RC(RC_OK, read_table(t, TABLE, &table));
    must(table != NULL);
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        const char *text = with(t, PARTITION, CHANGES[i].from, CHANGES[i].to);
        if (read_partition(t, text, table, &partition) == RC_OK)
            check_failed(__FILE__, __LINE__, "%s is accepted", CHANGES[i].to);
        ctx_clear(t);
    }
    table->method = PARTITION_NONE;  // any table name will do
    table->partition_column_count = 0;
    CHECK_RC(RC_OK, read_partition(t, with(t, PARTITION, "'p1'", "'1 t'"), table, &partition));
}

TEST(json_database_and_repository)
{
    Property property = {STR("k"), STR("v")};
    RepositoryDef repository = {.id = 1,
                                .name = STR("r"),
                                .location = STR("file:///x"),
                                .broker = STR("b"),
                                .is_read_only = true,
                                .property_count = 1,
                                .properties = &property};
    DatabaseDef database = {.id = 2, .name = STR("d"), .comment = STR("c"), .created_ms = 3};
    Buf out = buf_new(t->arena);
    JsonWriter w = json_writer(&out);
    json_open(&w, NULL, '{');
    repository_def_to_json(&w, "r", &repository);
    database_def_to_json(&w, "d", &database);
    json_close(&w, '}');
    Json *json = NULL;
    RepositoryDef *repository_back = NULL;
    DatabaseDef *database_back = NULL;
    CHECK_RC(RC_OK, json_parse(t, buf_str(&out), "test", &json));
    CHECK_RC(RC_OK, repository_def_from_json(t, json_member(json, "r"), &repository_back));
    CHECK_RC(RC_OK, database_def_from_json(t, json_member(json, "d"), &database_back));
    Buf again = buf_new(t->arena);
    w = json_writer(&again);
    json_open(&w, NULL, '{');
    repository_def_to_json(&w, "r", repository_def_copy(t->arena, repository_back));
    database_def_to_json(&w, "d", database_def_copy(t->arena, database_back));
    json_close(&w, '}');
    CHECK_STR(buf_str(&out), buf_str(&again));
    CHECK_ERR(JSON_FIELD, database_def_from_json(t, json_member(json, "r"), &database_back));
    CHECK_ERR(JSON_FIELD, repository_def_from_json(t, json_member(json, "x"), &repository_back));
}

TEST(planjson_backup_comes_back_the_same)
{
    Str partitions[] = {STR("p1"), STR("p2")};
    BackupObject objects[] = {{STR("a"), 0, NULL}, {STR("b"), 2, partitions}};
    BackupPlan plan = {STR("d"), STR("l"), STR("r"), 2, objects, 600, 1000}, *back = NULL;
    Buf out = buf_new(t->arena), again = buf_new(t->arena);
    JsonWriter w = json_writer(&out);
    backup_plan_to_json(&w, NULL, &plan);
    Json *json = NULL;
    CHECK_RC(RC_OK, json_parse(t, buf_str(&out), "test", &json));
    CHECK_RC(RC_OK, backup_plan_from_json(t, json, &back));
    w = json_writer(&again);
    backup_plan_to_json(&w, NULL, back);
    CHECK_STR(buf_str(&out), buf_str(&again));
    CHECK_STR("p2", back->objects[1].partitions[1]);
    CHECK_RC(RC_OK, json_parse(t, STR("{\"database\":\"d\"}"), "test", &json));
    CHECK_ERR(JSON_FIELD, backup_plan_from_json(t, json, &back));
}

TEST(planjson_restore_comes_back_the_same)
{
    RestorePartition partitions[] = {{STR("p1"), 4}};
    RestoreObject objects[] = {{STR("a"), STR("x"), false, 1, partitions},
                               {STR("b"), STR("b"), true, 0, NULL}};
    RestorePlan plan = {.snapshot_database = STR("d"),
                        .target_database = STR("e"),
                        .label = STR("l"),
                        .stamp = STR("2024-01-01-00-00-00-000"),
                        .repository = STR("r"),
                        .object_count = 2,
                        .objects = objects,
                        .replication_num = 1,
                        .allow_load = true,
                        .was_database_missing = true,
                        .timeout_s = 86400,
                        .bandwidth_limit = 7};
    RestorePlan *back = NULL;
    Buf out = buf_new(t->arena), again = buf_new(t->arena);
    JsonWriter w = json_writer(&out);
    restore_plan_to_json(&w, NULL, &plan);
    Json *json = NULL;
    CHECK_RC(RC_OK, json_parse(t, buf_str(&out), "test", &json));
    CHECK_RC(RC_OK, restore_plan_from_json(t, json, &back));
    w = json_writer(&again);
    restore_plan_to_json(&w, NULL, back);
    CHECK_STR(buf_str(&out), buf_str(&again));
    CHECK_INT(4, back->objects[0].partitions[0].snap_index);
    CHECK_RC(RC_OK, json_parse(t, STR("{}"), "test", &json));
    CHECK_ERR(JSON_FIELD, restore_plan_from_json(t, json, &back));
}
