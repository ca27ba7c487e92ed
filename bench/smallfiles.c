/*
 * bench/smallfiles: the peer of a RESTORE of many small files: a bare loop that makes them durable.
 *
 * Form    smallfiles FROM TO: every file below FROM goes into TO, which must not exist: written
 *         under a temporary name, fsynced, renamed; TO and its parent are fsynced at the end. No
 *         digest, no catalog, one folder. Prints "bytes <n>", "files <n>" and "seconds <s>";
 *         listing FROM is not timed.
 * Errors  any failure ends it with exit code 1 and the name of the file.
 * Threads THREADS workers take the next file, as many as RESTORE uses.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { THREADS = 4, BUFFER_BYTES = 1024 * 1024, OPEN_FOLDERS = 32 };

// Filled by the walk before any worker starts, read only afterwards.
static char **names;
static size_t name_count, name_capacity;
static const char *to_root;
static atomic_size_t next_name;
static atomic_llong byte_count;

static void die(const char *verb, const char *name)
{
    fprintf(stderr, "smallfiles: can not %s %s: %s\n", verb, name, strerror(errno));
    exit(1);
}

static void *need(void *memory)
{
    if (!memory) die("get memory for", "the copy");
    return memory;
}

static int take_name(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)place;
    if (kind != FTW_F) return 0;
    if (name_count == name_capacity) {
        name_capacity = name_capacity ? 2 * name_capacity : 64;
        names = need(realloc(names, name_capacity * sizeof(char *)));
    }
    names[name_count++] = need(strdup(path));
    return 0;
}

static void write_all(int fd, const char *bytes, size_t len, const char *path)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) die("write", path);
        bytes += put;
        len -= (size_t)put;
    }
}

static void copy_file(size_t at, char *buffer)
{
    char *temp = NULL, *to = NULL;
    if (asprintf(&to, "%s/%zu", to_root, at) < 0 || asprintf(&temp, "%s.tmp", to) < 0)
        die("name", names[at]);
    int in = open(names[at], O_RDONLY | O_CLOEXEC);
    if (in < 0) die("open", names[at]);
    int out = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (out < 0) die("create", temp);
    for (ssize_t got; (got = read(in, buffer, BUFFER_BYTES)) != 0;) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) die("read", names[at]);
        write_all(out, buffer, (size_t)got, temp);
        atomic_fetch_add(&byte_count, got);
    }
    if (fsync(out) != 0) die("fsync", temp);
    if (rename(temp, to) != 0) die("rename", temp);
    close(in);
    close(out);
    free(temp);
    free(to);
}

static void *work(void *unused)
{
    (void)unused;
    char *buffer = need(malloc(BUFFER_BYTES));
    for (size_t at; (at = atomic_fetch_add(&next_name, 1)) < name_count;) copy_file(at, buffer);
    free(buffer);
    return NULL;
}

static void sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0) die("fsync", path);
    close(fd);
}

static void copy_all(void)
{
    pthread_t threads[THREADS];
    char *parent = NULL;
    if (mkdir(to_root, 0755) != 0) die("make", to_root);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) die("start a thread for", to_root);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    sync_folder(to_root);
    if (asprintf(&parent, "%s/..", to_root) < 0) die("name", to_root);
    sync_folder(parent);
    free(parent);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: smallfiles FROM TO\n");
        return 2;
    }
    to_root = argv[2];
    if (nftw(argv[1], take_name, OPEN_FOLDERS, FTW_PHYS) != 0) die("list", argv[1]);
    double begin_s = now_s();
    copy_all();
    double seconds = now_s() - begin_s;
    for (size_t i = 0; i < name_count; i++) free(names[i]);
    free(names);
    printf("bytes %lld\nfiles %zu\nseconds %.6f\n", atomic_load(&byte_count), name_count, seconds);
    return 0;
}
