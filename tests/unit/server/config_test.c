/*
 * The configuration file, the command line, and that the documentation agrees with them.
 */
#include "check.h"
#include "server/config.h"
#include "server/options.h"
#include <errno.h>
#include <stdio.h>

static Rc read_text(Ctx *t, const char *text, Config *config)
{
    config_set_defaults(t, config);
    return config_read_text(t, config, STR("k.conf"), str_from(text));
}

TEST(defaults)
{
    Config config;
    config_set_defaults(t, &config);
    CHECK_INT(9030, config.mysql_port);
    CHECK_STR("127.0.0.1", config.bind);
    CHECK_STR("", config.data_dir);
    CHECK_INT(86400, config.catalog_trash_expire_second);
    CHECK_INT(0, config.files_dirs.len);
    CHECK(config.enable_backup_materialized_view);
    CHECK_STR("8.0.33", config.server_version);
}

TEST(every_kind_of_value_is_read)
{
    Config config;
    CHECK_RC(RC_OK, read_text(t,
                              "# a comment\n"
                              "\n"
                              "  mysql_port=0   # any\r\n"
                              "\tengine_memory_bytes = 2G\n"
                              "enable_backup_materialized_view = false\n"
                              "files_dirs = /a ; /b#c/d\n"
                              "log_level = warn\n"
                              "server_version = 8.0.33-a=b",
                              &config));
    CHECK_INT(0, config.mysql_port);
    CHECK_INT(2LL << 30, config.engine_memory_bytes);
    CHECK(!config.enable_backup_materialized_view);
    CHECK_INT(2, config.files_dirs.len);
    CHECK_STR("/a", config.files_dirs.at[0]);
    CHECK_STR("/b#c/d", config.files_dirs.at[1]);
    CHECK_STR("warn", config.log_level);
    CHECK_STR("8.0.33-a=b", config.server_version);
}

TEST(mistakes_name_file_line_and_key)
{
    Config config;
    CHECK_ERR_TEXT(CONFIG_KEY_UNKNOWN, "k.conf, line 2: unknown key 'mysql_prot'",
                   read_text(t, "\nmysql_prot = 1", &config));
    CHECK_ERR_TEXT(CONFIG_LINE, "k.conf, line 1: expected 'key = value', found 'mysql_port 1'",
                   read_text(t, "mysql_port 1 # 2", &config));
    CHECK_ERR_TEXT(CONFIG_KEY_TWICE, "k.conf, line 3: key 'bind' is given twice, first in line 1",
                   read_text(t, "bind = ::1\nmysql_port = 1\nbind = 127.0.0.1\n", &config));
    CHECK_ERR_TEXT(
        CONFIG_VALUE,
        "k.conf, line 1: key 'mysql_port' must be a whole number 0..65535, found '65536'",
        read_text(t, "mysql_port = 65536", &config));
    CHECK_ERR(CONFIG_KEY_UNKNOWN, read_text(t, "= 1", &config));
}

TEST(bad_values_are_refused)
{
    static const char *const BAD[] = {
        "mysql_port = ",
        "mysql_port = -1",
        "mysql_port = 1x",
        "mysql_port = 1K",
        "max_connections = 0",
        "engine_memory_bytes = 1Q",
        "engine_memory_bytes = K",
        "engine_memory_bytes = 9999999T",
        "enable_backup_materialized_view = yes",
        "log_level = loud",
        "log_level = ",
        "files_dirs = relative",
        "files_dirs = /a;;/b",
        "files_dirs = /a;",
        "server_version = ",
        "bind = a\001b",
        "wait_timeout = 99999999999999999999",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        Config config;
        CHECK_ERR(CONFIG_VALUE, read_text(t, BAD[i], &config));
    }
}

TEST(a_line_without_end_is_refused)
{
    Config config;
    char *text = arena_alloc(t->arena, 5001);
    memset(text, '#', 5000);
    CHECK_ERR(LIMIT_EXCEEDED, read_text(t, text, &config));
}

static Str write_file(Ctx *t, const char *text)
{
    Str path = str_printf(t->arena, "%.*s/k.conf", STR_ARG(test_dir(t)));
    FILE *file = fopen(str_z(t->arena, path), "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
    return path;
}

static Rc parse(Ctx *t, const char *line, Options *options)
{
    char *argv[16] = {"kintsugid"};
    int argc = 1;
    for (Str rest = str_from(line); rest.len > 0;)
        argv[argc++] = str_z(t->arena, str_cut(&rest, ' '));
    return options_parse(t, argc, argv, options);
}

TEST(the_command_line_wins_over_the_file)
{
    Options options;
    Config config;
    Str path = write_file(t, "data_dir = /from/file\nmysql_port = 1111\nbind = ::1\n");
    Str line =
        str_printf(t->arena, "--config %.*s --mysql-port=2222 --data-dir here", STR_ARG(path));
    CHECK_RC(RC_OK, parse(t, str_z(t->arena, line), &options));
    CHECK_INT(TASK_SERVE, options.task);
    CHECK(!options.is_insecure);
    CHECK_RC(RC_OK, options_load_config(t, &options, &config));
    CHECK_INT(2222, config.mysql_port);
    CHECK_STR("here", config.data_dir);
    CHECK_STR("::1", config.bind);
}

TEST(bad_command_lines_are_usage_errors)
{
    Options options;
    Config config;
    CHECK_ERR_TEXT(USAGE, "unknown option '--datadir'", parse(t, "--datadir x", &options));
    CHECK_ERR_TEXT(USAGE, "unknown option 'x'", parse(t, "--data-dir d x", &options));
    CHECK_ERR_TEXT(USAGE, "a value is missing behind '--bind'", parse(t, "--bind", &options));
    CHECK_ERR_TEXT(USAGE, "given twice: '--bind'", parse(t, "--bind a --bind=b", &options));
    CHECK_ERR_TEXT(USAGE, "no value belongs to '--insecure'", parse(t, "--insecure=1", &options));
    CHECK_RC(RC_OK, parse(t, "--insecure", &options));
    CHECK(options.is_insecure);
    CHECK_ERR(USAGE, options_load_config(t, &options, &config));  // no data folder
    CHECK_RC(RC_OK, parse(t, "--data-dir d --mysql-port x", &options));
    CHECK_ERR_TEXT(CONFIG_VALUE,
                   "--mysql-port: key 'mysql_port' must be a whole number 0..65535, found 'x'",
                   options_load_config(t, &options, &config));
    CHECK_RC(RC_OK, parse(t, "--data-dir d --config /no/such/file", &options));
    CHECK_ERR_TEXT(CONFIG_FILE,
                   "Can not read configuration file /no/such/file: No such file or directory",
                   options_load_config(t, &options, &config));
}

static Str read_file(Ctx *t, Str path)
{
    FILE *file = fopen(path.ptr, "r");
    if (file == NULL) check_failed(__FILE__, __LINE__, "%s: %s", path.ptr, strerror(errno));
    Buf text = buf_new(t->arena);
    char part[4096];
    for (size_t got; (got = fread(part, 1, sizeof(part), file)) > 0;)
        buf_add_bytes(&text, part, got);
    fclose(file);
    return buf_str(&text);
}

TEST(documentation_holds_the_table_of_keys)
{
    Buf table = buf_new(t->arena);
    config_print_docs(&table);
    Str docs = read_file(t, test_source_path(t, "docs/operations.md"));
    if (str_find(docs, buf_str(&table)) < 0)
        check_failed(__FILE__, __LINE__,
                     "docs/operations.md must hold what kintsugid --print-config-docs prints");
}

TEST(documentation_holds_every_limit)
{
    Str limits = read_file(t, test_source_path(t, "src/base/limits.h"));
    Str docs = read_file(t, test_source_path(t, "docs/operations.md"));
    size_t count = 0;
    while (limits.len > 0) {
        Str line = str_trim(str_cut(&limits, '\n'));
        if (!str_starts(line, STR("LIMIT_"))) continue;
        Str name = str_trim(str_cut(&line, '='));
        if (str_find(docs, str_printf(t->arena, "`%.*s`", STR_ARG(name))) < 0)
            check_failed(__FILE__, __LINE__, "docs/operations.md lacks %.*s", STR_ARG(name));
        count++;
    }
    CHECK(count > 10);
}
