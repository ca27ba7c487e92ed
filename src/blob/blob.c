/*
 * blob/blob: names of blobs, and opening a store by its URL.
 *
 * Source  RFC 8089 for file URLs (no host, or an empty one).
 * Errors  BLOB_NAME, BLOB_URL, NOT_SUPPORTED.   Threads  pure.
 */
#include "blob/blob.h"
#include "base/vec.h"
#include <ctype.h>

enum { MAX_NAME_BYTES = 1024 };

void blob_close(Blob **blob)
{
    if (*blob) (*blob)->close(*blob);
    *blob = NULL;
}

static bool is_good_part(Str part)
{
    if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR(".."))) return false;
    for (size_t i = 0; i < part.len; i++) {
        unsigned char byte = (unsigned char)part.ptr[i];
        if (!isalnum(byte) && !strchr("-_.%", byte)) return false;
        if (byte == '\0') return false;
    }
    return true;
}

// INV-44
Rc blob_check_name(Ctx *ctx, Str name)
{
    bool is_good = name.len > 0 && name.len <= MAX_NAME_BYTES && name.ptr[name.len - 1] != '/';
    for (Str rest = name; is_good && rest.len;) is_good = is_good_part(str_cut(&rest, '/'));
    return is_good ? RC_OK : FAIL(ctx, BLOB_NAME, STR_ARG(name));
}

Rc blob_local_path(Ctx *ctx, Str url, Str *folder)
{
    static const Str SCHEME = STR_INIT("file://");
    Str path = str_sub(url, SCHEME.len, url.len);
    if (!str_starts_nocase(url, SCHEME) || path.len == 0 || path.ptr[0] != '/')
        return FAIL(ctx, BLOB_URL, STR_ARG(url));
    while (path.len > 1 && path.ptr[path.len - 1] == '/') path.len--;
    for (Str rest = path; rest.len;) {
        Str part = str_cut(&rest, '/');
        if (str_eq(part, STR("..")) || str_eq(part, STR(".")))
            return FAIL(ctx, BLOB_URL, STR_ARG(url));
    }
    if (str_contains(path, '\0')) return FAIL(ctx, BLOB_URL, STR_ARG(url));
    *folder = path;
    return RC_OK;
}

Rc blob_open(Ctx *ctx, Str url, bool may_create, Blob **out)
{
    static const char *const KNOWN[] = {"s3",   "s3a",   "s3n", "hdfs", "viewfs", "webhdfs",
                                        "oss",  "cosn",  "obs", "gs",   "wasb",   "wasbs",
                                        "abfs", "abfss", "adl", "ks3",  "tos"};
    Str rest = url;
    Str scheme = str_cut(&rest, ':');
    if (str_eq_nocase(scheme, STR("file"))) {
        Str folder;
        TRY(blob_local_path(ctx, url, &folder));
        return blob_local_open(ctx, folder, may_create, out);
    }
    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (str_eq_nocase(scheme, str_from(KNOWN[i])))
            return SAY(ctx, NOT_SUPPORTED, "repositories at %s://", KNOWN[i]);
    return FAIL(ctx, BLOB_URL, STR_ARG(url));
}
