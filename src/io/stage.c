/*
 * io/stage: bytes from a source to a sink, hashed on the way.
 *
 * Source  PostgreSQL basebackup_sink.h for the chain of small stages.
 * Errors  FILE_DAMAGED and those of both ends. Nothing that differs from what is expected is
 *         committed.
 * Threads a copy belongs to one thread; Throttle may be shared.
 */
#include "io/stage.h"
#include "base/fault.h"
#include "base/log.h"
#include "io/file.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUFFER_BYTES = 1 << 20,
    LEAST_PIECE_BYTES = 1 << 14,
    WRITEBACK_BYTES = 8 << 20,
    DIRECT_FROM_BYTES = 8 << 20,
    DIRECT_ALIGNMENT = 4096,
    LONGEST_NAP_MS = 50,
    READ_ONLY_MODE = 0444,
};

// --- files as ends

typedef struct FileEnd {
    NewFile new;  // of sink_to_new_file; the others use only its File
    char *path, *temp;
    int64_t written, flushed;
    bool is_direct, is_never_direct;
} FileEnd;

static char *own_text(Str text)
{
    if (!text.ptr) return NULL;
    char *copy = mem_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    return copy;
}

// An end outlives the arena of the Ctx that opened it: its texts are its own.
static FileEnd *file_end_new(const NewFile *new)
{
    FileEnd *end = mem_alloc(sizeof(FileEnd));
    end->path = own_text(new->file.path);
    end->temp = own_text(new->temp);
    end->new = (NewFile){{new->file.fd, str_from(end->path)}, str_from(end->temp)};
    return end;
}

static void file_end_free(FileEnd *end)
{
    file_new_close(&end->new);
    free(end->path);
    free(end->temp);
    free(end);
}

static Rc read_file(Ctx *ctx, void *handle, void *to, size_t len, size_t *got)
{
    return file_read(ctx, &((FileEnd *)handle)->new.file, to, len, got);
}

static void close_file(void *handle)
{
    file_end_free(handle);
}

Rc source_of_file(Ctx *ctx, Str path, Source *out)
{
    File file;
    TRY(file_open(ctx, path, &file));
    // Advice; without it the copy is only slower.
    posix_fadvise(file.fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *out = (Source){file_end_new(&(NewFile){.file = file}), read_file, close_file};
    return RC_OK;
}

static Rc read_bytes(Ctx *ctx, void *handle, void *to, size_t len, size_t *got)
{
    Str *left = handle;
    (void)ctx;
    *got = len < left->len ? len : left->len;
    if (*got) memcpy(to, left->ptr, *got);
    *left = str_sub(*left, *got, left->len);
    return RC_OK;
}

Source source_of_bytes(Str bytes)
{
    Str *left = mem_alloc(sizeof(*left));
    *left = bytes;
    return (Source){left, read_bytes, free};
}

static void set_direct(FileEnd *end, bool is_direct)
{
    if (end->is_direct == is_direct || end->is_never_direct) return;
    int flags = fcntl(end->new.file.fd, F_GETFL);
    int wanted = is_direct ? flags | O_DIRECT : flags & ~O_DIRECT;
    if (flags >= 0 && fcntl(end->new.file.fd, F_SETFL, wanted) == 0)
        end->is_direct = is_direct;
    else
        end->is_never_direct = true;  // a file system without it: the page cache does
}

// Beyond its first part a large file is written past the page cache: faster when the cache would
// have to find room, and what queries keep there stays (measured: bench/). Whole aligned pieces
// only; the last one goes through the cache.
static void choose_direct(FileEnd *end, const void *from, size_t len)
{
    bool is_aligned = (uintptr_t)from % DIRECT_ALIGNMENT == 0 && len % DIRECT_ALIGNMENT == 0 &&
                      end->written % DIRECT_ALIGNMENT == 0;
    set_direct(end, is_aligned && end->written >= DIRECT_FROM_BYTES);
}

// What the device does not take this way (a short write, a file system's own alignment, a full
// disk) goes through the cache, where errors are told.
static Rc write_direct(Ctx *ctx, FileEnd *end, const char *from, size_t len)
{
    ssize_t done;
    TRY(fault_point(ctx, "file.write"));
    do done = write(end->new.file.fd, from, len);
    while (done < 0 && errno == EINTR);
    if (done == (ssize_t)len) return RC_OK;
    set_direct(end, false);
    end->is_never_direct = true;
    size_t written = done > 0 ? (size_t)done : 0;
    return file_write(ctx, &end->new.file, from + written, len - written);
}

static Rc write_file(Ctx *ctx, void *handle, const void *from, size_t len)
{
    FileEnd *end = handle;
    choose_direct(end, from, len);
    TRY(end->is_direct ? write_direct(ctx, end, from, len)
                       : file_write(ctx, &end->new.file, from, len));
    end->written += (int64_t)len;
    if (end->written - end->flushed < WRITEBACK_BYTES) return RC_OK;
    sync_file_range(end->new.file.fd, end->flushed, end->written - end->flushed,
                    SYNC_FILE_RANGE_WRITE);
    end->flushed = end->written;
    return RC_OK;
}

static void abort_file(Ctx *ctx, void *handle)
{
    FileEnd *end = handle;
    if (unlink(end->path) != 0) log_warn("can not remove %s", end->path);
    (void)ctx;
    file_end_free(end);
}

static Rc commit_file(Ctx *ctx, void *handle)
{
    FileEnd *end = handle;
    Rc rc = file_sync(ctx, &end->new.file);
    if (rc == RC_OK)
        file_end_free(end);
    else
        abort_file(ctx, end);
    return rc;
}

Rc sink_to_file(Ctx *ctx, Str path, Sink *out)
{
    File file;
    TRY(file_remove_if_there(ctx, path));
    TRY(file_create(ctx, path, &file));
    *out = (Sink){file_end_new(&(NewFile){.file = file}), write_file, commit_file, abort_file};
    return RC_OK;
}

static void abort_new_file(Ctx *ctx, void *handle)
{
    (void)ctx;
    file_end_free(handle);
}

static Rc commit_new_file(Ctx *ctx, void *handle)
{
    FileEnd *end = handle;
    Rc rc = RC_OK;
    if (fchmod(end->new.file.fd, READ_ONLY_MODE) != 0)
        rc = FAIL(ctx, FILE_ERROR, "change the mode of", STR_ARG(end->new.file.path),
                  strerror(errno));
    if (rc == RC_OK) rc = file_sync(ctx, &end->new.file);
    if (rc == RC_OK) rc = file_new_link(ctx, &end->new);
    file_end_free(end);
    return rc;
}

Rc sink_to_new_file(Ctx *ctx, Str path, Sink *out)
{
    NewFile new;
    TRY(file_new_begin(ctx, path, &new));
    *out = (Sink){file_end_new(&new), write_file, commit_new_file, abort_new_file};
    return RC_OK;
}

// --- throttle

void throttle_init(Throttle *throttle, int64_t bytes_per_s)
{
    *throttle = (Throttle){.bytes_per_s = bytes_per_s};
    lock_init(&throttle->lock, RANK_LEAF);
}

Rc throttle_pass(Ctx *ctx, Throttle *throttle, size_t len)
{
    if (throttle->bytes_per_s == 0) return RC_OK;
    lock_take(&throttle->lock);
    int64_t now_us = clock_steady_us();
    if (throttle->free_at_us < now_us) throttle->free_at_us = now_us;
    int64_t until_us = throttle->free_at_us;
    throttle->free_at_us += (int64_t)len * 1000000 / throttle->bytes_per_s;
    lock_give(&throttle->lock);
    for (int64_t left_ms = (until_us - now_us) / 1000; left_ms > 0;) {
        TRY(ctx_poll(ctx));
        clock_sleep_ms(left_ms < LONGEST_NAP_MS ? left_ms : LONGEST_NAP_MS);
        left_ms = (until_us - clock_steady_us()) / 1000;
    }
    return RC_OK;
}

// --- the copy

// A slow throttle gets small pieces, so that it flows evenly and `tick` is called often.
static size_t piece_bytes(const Throttle *throttle)
{
    if (!throttle || throttle->bytes_per_s == 0 || throttle->bytes_per_s > BUFFER_BYTES)
        return BUFFER_BYTES;
    return throttle->bytes_per_s < LEAST_PIECE_BYTES ? LEAST_PIECE_BYTES
                                                     : (size_t)throttle->bytes_per_s;
}

// A small file needs a small buffer; one byte more than it has tells that it is longer.
static size_t buffer_bytes(const StageCopy *copy)
{
    if (!copy->expected || copy->expected_bytes >= BUFFER_BYTES) return BUFFER_BYTES;
    size_t pages = (size_t)copy->expected_bytes / DIRECT_ALIGNMENT + 1;
    return pages * DIRECT_ALIGNMENT;
}

static Rc pump(Ctx *ctx, Source *from, Sink *to, StageCopy *copy, char *buffer)
{
    Digester digester;
    size_t piece = piece_bytes(copy->throttle);
    if (piece > buffer_bytes(copy)) piece = buffer_bytes(copy);
    digest_begin(&digester);
    while (true) {
        size_t got = 0;
        TRY(ctx_poll(ctx));
        if (copy->tick) TRY(copy->tick(ctx, copy->tick_handle));
        TRY(from->read(ctx, from->handle, buffer, piece, &got));
        if (got == 0) break;
        if (copy->throttle) TRY(throttle_pass(ctx, copy->throttle, got));
        digest_add(&digester, buffer, got);
        copy->size_bytes += got;
        if (copy->expected && copy->size_bytes > copy->expected_bytes)
            break;  // too long: no need to go on
        TRY(to->write(ctx, to->handle, buffer, got));
        if (copy->counter) atomic_fetch_add(copy->counter, got);
        copy->counted += got;
    }
    copy->digest = digest_end(&digester);
    return fault_point(ctx, "stage.copied");
}

// INV-43
static Rc compare(Ctx *ctx, const StageCopy *copy)
{
    if (!copy->expected) return RC_OK;
    if (copy->size_bytes != copy->expected_bytes) {
        Str wanted = str_printf(ctx->arena, "%llu bytes", (unsigned long long)copy->expected_bytes);
        Str found = str_printf(ctx->arena, "%s%llu",
                               copy->size_bytes > copy->expected_bytes ? "at least " : "",
                               (unsigned long long)copy->size_bytes);
        return FAIL(ctx, FILE_DAMAGED, STR_ARG(copy->name), STR_ARG(wanted), STR_ARG(found));
    }
    if (digest_eq(&copy->digest, copy->expected)) return RC_OK;
    Str wanted =
        str_printf(ctx->arena, "digest %.*s", STR_ARG(digest_text(ctx->arena, copy->expected)));
    Str found = digest_text(ctx->arena, &copy->digest);
    return FAIL(ctx, FILE_DAMAGED, STR_ARG(copy->name), STR_ARG(wanted), STR_ARG(found));
}

Rc stage_copy(Ctx *ctx, Source *from, Sink *to, StageCopy *copy)
{
    char *buffer = mem_alloc_aligned(DIRECT_ALIGNMENT, buffer_bytes(copy));
    copy->size_bytes = copy->counted = 0;
    Rc rc = pump(ctx, from, to, copy, buffer);
    if (rc == RC_OK) rc = compare(ctx, copy);
    free(buffer);
    from->close(from->handle);
    if (rc == RC_OK)
        rc = to->commit(ctx, to->handle);
    else
        to->abort(ctx, to->handle);
    if (rc != RC_OK && copy->counter) atomic_fetch_sub(copy->counter, copy->counted);
    return rc;
}
