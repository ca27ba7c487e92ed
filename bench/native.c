/*
 * bench/native: the peer of tables: DuckDB's own storage.
 *
 * Form    native FILE THREADS: opens (or makes) the database FILE, runs each line of standard input
 *         as a statement, and prints for each "<milliseconds> <first cell of the answer>".
 * Errors  the first failure ends it with exit code 1 and DuckDB's text.
 */
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "native: %s: %s\n", what, why ? why : "no reason told");
    return 1;
}

static int run(duckdb_connection connection, const char *sql)
{
    duckdb_result result;
    double begun = now_ms();
    if (duckdb_query(connection, sql, &result) != DuckDBSuccess)
        return fail(sql, duckdb_result_error(&result));
    double took = now_ms() - begun;
    char *cell = duckdb_row_count(&result) ? duckdb_value_varchar(&result, 0, 0) : NULL;
    printf("%.2f %s\n", took, cell ? cell : "-");
    fflush(stdout);
    duckdb_free(cell);
    duckdb_destroy_result(&result);
    return 0;
}

int main(int argc, char **argv)
{
    duckdb_database database;
    duckdb_connection connection;
    duckdb_config config;
    char *told = NULL, *line = NULL;
    size_t room = 0;
    if (argc != 3) return fail("usage", "native FILE THREADS");
    duckdb_create_config(&config);
    duckdb_set_config(config, "threads", argv[2]);
    if (duckdb_open_ext(argv[1], &database, config, &told) != DuckDBSuccess)
        return fail(argv[1], told);
    if (duckdb_connect(database, &connection) != DuckDBSuccess) return fail(argv[1], "connect");
    int code = 0;
    while (code == 0 && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        code = run(connection, line);
    }
    free(line);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    duckdb_destroy_config(&config);
    return code;
}
