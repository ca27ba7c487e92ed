/*
 * kintsugid: reads the configuration, opens the instance, serves until a signal asks it to stop.
 *
 * Exit    0 stopped as asked; 1 could not start, with one line that says why; 2 wrong usage.
 * Output  the ready line on standard output, everything else on standard error.
 * Signals SIGTERM, SIGINT and SIGHUP are blocked before the first thread starts and read here by
 *         signalfd, so that they reach no other thread; SIGPIPE is ignored.
 */
#include "base/fault.h"
#include "base/log.h"
#include "base/vec.h"
#include "server/options.h"
#include "server/server.h"
#include "server/version.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, MS_PER_SECOND = 1000 };

static void apply_log_level(Str level)
{
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++) {
        if (str_eq(level, str_from(NAMES[i]))) log_set_level((LogLevel)i);
    }
}

// Each connection takes two descriptors, each scanned rowset one: use what the system allows.
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_warn("the limit of open files stays low: %s", strerror(errno));
}

static Rc block_signals(Ctx *ctx, int *stop_fd)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return FAIL(ctx, SYSTEM_CALL, "pthread_sigmask", strerror(errno));
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (fd < 0) return FAIL(ctx, SYSTEM_CALL, "signalfd", strerror(errno));
    *stop_fd = fd;
    return RC_OK;
}

static ServerOptions server_options(const Config *config, const Address *address)
{
    return (ServerOptions){.address = *address,
                           .max_connections = (int)config->max_connections,
                           .version = config->server_version,
                           .connect_timeout_ms = config->connect_timeout * MS_PER_SECOND,
                           .idle_timeout_ms = config->wait_timeout * MS_PER_SECOND,
                           .read_timeout_ms = config->net_read_timeout * MS_PER_SECOND,
                           .write_timeout_ms = config->net_write_timeout * MS_PER_SECOND};
}

static InstanceOptions instance_options(const Config *config)
{
    return (InstanceOptions){
        .data_dir = config->data_dir,
        .version = config->server_version,
        .version_comment = STR("Kintsugi " KINTSUGI_VERSION),
        .mysql_port = (uint16_t)config->mysql_port,
        .bind_address = config->bind,
        .files_dirs = config->files_dirs.at,
        .files_dir_count = config->files_dirs.len,
        .repository_dirs = config->repository_dirs.at,
        .repository_dir_count = config->repository_dirs.len,
        .trash_expire_second = config->catalog_trash_expire_second,
        .engine_memory_bytes = config->engine_memory_bytes,
        .engine_threads = (int)config->engine_threads,
        .job_workers = (int)config->job_workers,
        .dynamic_check_interval_ms =
            config->dynamic_partition_check_interval_seconds * MS_PER_SECOND,
        .compaction_min_rowsets = (int)config->compaction_min_rowsets,
        .compaction_threads = (int)config->compaction_threads,
        .compaction_percent = (int)config->compaction_time_percent,
        .compaction_bytes_per_s = config->compaction_bytes_per_second,
        .slow_write_rowsets = (int)config->slow_write_rowsets,
        .trash_min_free_bytes = config->trash_min_free,
        .scrub_interval_ms = config->scrub_interval_second * MS_PER_SECOND,
        .scrub_bytes_per_s = config->scrub_bytes_per_second,
        .enable_backup_materialized_view = config->enable_backup_materialized_view,
    };
}

// Listens only once the instance is open: folders are swept before any client can come in.
static Rc serve_instance(Ctx *ctx, Instance *instance, const ServerOptions *options, int stop_fd)
{
    Server *server;
    TRY(server_open(ctx, instance, options, &server));
    Address address = server_address(server);
    instance_set_port(instance, address_port(&address));
    printf("kintsugid: ready on %.*s\n", STR_ARG(address_text(ctx->arena, &address)));
    fflush(stdout);
    server_run(server, stop_fd);
    log_info("stopping");
    server_close(server);
    return RC_OK;
}

static Rc serve(Ctx *ctx, const Options *options)
{
    Config config;
    Address address;
    int stop_fd = -1;
    TRY(options_load_config(ctx, options, &config));
    apply_log_level(config.log_level);
    TRY(address_parse(ctx, config.bind, (uint16_t)config.mysql_port, &address));
    if (!address_is_loopback(&address) && !options->is_insecure)
        return FAIL(ctx, LISTEN, STR_ARG(config.bind),
                    "only loopback is allowed, since root may have no password; "
                    "--insecure overrides this");
    raise_descriptor_limit();
    TRY(block_signals(ctx, &stop_fd));

    Instance *instance;
    InstanceOptions opened = instance_options(&config);
    ServerOptions served = server_options(&config, &address);
    TRY(instance_open(ctx, &opened, &instance));
    Rc rc = serve_instance(ctx, instance, &served, stop_fd);
    instance_close(instance);
    close(stop_fd);
    return rc;
}

static int say_failure(const Ctx *ctx)
{
    fprintf(stderr, "kintsugid: %.*s\n", STR_ARG(ctx->err.text));
    if (ctx->err.id != ERR_USAGE) return EXIT_FAILURE;
    fputs(OPTIONS_HELP, stderr);
    return EXIT_USAGE;
}

static void print_config_docs(Arena *arena)
{
    Buf table = buf_new(arena);
    config_print_docs(&table);
    printf("%.*s", STR_ARG(buf_str(&table)));
}

int main(int argc, char **argv)
{
    AUTO(arena_free_at) Arena *arena = arena_new();
    Ctx ctx;
    Options options;
    ctx_init(&ctx, arena, NULL);
    fault_init(getenv("KINTSUGI_FAULT"));
    if (options_parse(&ctx, argc, argv, &options) != RC_OK) return say_failure(&ctx);
    switch (options.task) {
    case TASK_HELP: fputs(OPTIONS_HELP, stdout); return EXIT_SUCCESS;
    case TASK_VERSION: puts("kintsugid " KINTSUGI_VERSION); return EXIT_SUCCESS;
    case TASK_CONFIG_DOCS: print_config_docs(arena); return EXIT_SUCCESS;
    case TASK_SERVE: break;
    }
    return serve(&ctx, &options) == RC_OK ? EXIT_SUCCESS : say_failure(&ctx);
}
