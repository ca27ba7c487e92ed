/*
 * bench/plaincopy: the peer of RESTORE: copies a folder durably with several threads and nothing
 * else.
 *
 * Form    plaincopy FROM TO: TO must not exist. Each file: 1 MiB reads and writes, write-back begun
 *         early, fsync; at the end fsync of every folder and of TO's parent. No digest, no catalog.
 *         Prints "bytes <n>", "files <n>" and "seconds <s>"; listing FROM is not timed.
 * Errors  any failure ends it with exit code 1 and the name of the file.
 * Threads THREADS workers take the largest file that is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    THREADS = 4,
    BUFFER_BYTES = 1024 * 1024,
    WRITEBACK_BYTES = 8 * 1024 * 1024,
    OPEN_FOLDERS = 32
};

typedef struct Entry {
    char *name;  // below FROM
    int64_t size_bytes;
    bool is_dir;
} Entry;

// Filled by the walk before any worker starts, read only afterwards.
static Entry *entries;
static size_t entry_count, entry_capacity, prefix_len;
static const char *from_root, *to_root;
static atomic_size_t next_entry;

static void die(const char *verb, const char *name)
{
    fprintf(stderr, "plaincopy: can not %s %s: %s\n", verb, name, strerror(errno));
    exit(1);
}

static void *need(void *memory)
{
    if (!memory) die("get memory for", "the copy");
    return memory;
}

static char *join(const char *root, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s%s", root, name) < 0) die("name", name);
    return path;
}

static int take_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)place;
    if (kind != FTW_F && kind != FTW_D) return 0;
    if (entry_count == entry_capacity) {
        entry_capacity = entry_capacity ? 2 * entry_capacity : 64;
        entries = need(realloc(entries, entry_capacity * sizeof(Entry)));
    }
    char *name = need(strdup(path + prefix_len));
    entries[entry_count++] = (Entry){name, (int64_t)info->st_size, kind == FTW_D};
    return 0;
}

// Folders in the order of the walk, parents first; then files, the largest first.
static int by_size(const void *left, const void *right)
{
    const Entry *a = left, *b = right;
    if (a->is_dir != b->is_dir) return b->is_dir - a->is_dir;
    if (a->is_dir) return strcmp(a->name, b->name);
    return (a->size_bytes < b->size_bytes) - (a->size_bytes > b->size_bytes);
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

static void copy_file(const Entry *entry, char *buffer)
{
    char *from = join(from_root, entry->name), *to = join(to_root, entry->name);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) die("open", from);
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (out < 0) die("create", to);
    int64_t done = 0, begun = 0;
    for (ssize_t got; (got = read(in, buffer, BUFFER_BYTES)) != 0;) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) die("read", from);
        write_all(out, buffer, (size_t)got, to);
        done += got;
        if (done - begun < WRITEBACK_BYTES) continue;
        (void)sync_file_range(out, begun, done - begun, SYNC_FILE_RANGE_WRITE);
        begun = done;
    }
    if (fsync(out) != 0) die("fsync", to);
    close(in);
    close(out);
    free(from);
    free(to);
}

static void *work(void *unused)
{
    (void)unused;
    char *buffer = need(malloc(BUFFER_BYTES));
    for (size_t at; (at = atomic_fetch_add(&next_entry, 1)) < entry_count;)
        copy_file(&entries[at], buffer);
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
    size_t folders = 0;
    for (; folders < entry_count && entries[folders].is_dir; folders++) {
        char *path = join(to_root, entries[folders].name);
        if (mkdir(path, 0755) != 0) die("make", path);
        free(path);
    }
    atomic_store(&next_entry, folders);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, work, NULL) != 0) die("start a thread for", to_root);
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
    for (size_t i = 0; i < folders; i++) {
        char *path = join(to_root, entries[i].name);
        sync_folder(path);
        free(path);
    }
    char *parent = join(to_root, "/..");
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
        fprintf(stderr, "usage: plaincopy FROM TO\n");
        return 2;
    }
    from_root = argv[1];
    to_root = argv[2];
    prefix_len = strlen(from_root);
    if (nftw(from_root, take_entry, OPEN_FOLDERS, FTW_PHYS) != 0) die("list", from_root);
    if (entry_count) qsort(entries, entry_count, sizeof(Entry), by_size);
    double begin_s = now_s();
    copy_all();
    double seconds = now_s() - begin_s;
    int64_t bytes = 0;
    size_t files = 0;
    for (size_t i = 0; i < entry_count; i++) {
        if (!entries[i].is_dir) bytes += entries[i].size_bytes;
        files += !entries[i].is_dir;
        free(entries[i].name);
    }
    free(entries);
    printf("bytes %lld\nfiles %zu\nseconds %.6f\n", (long long)bytes, files, seconds);
    return 0;
}
