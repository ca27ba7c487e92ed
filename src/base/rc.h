#ifndef BASE_RC_H
#define BASE_RC_H

// What a caller can do about a result. What the user is told is another thing: see `Err` in ctx.h.
typedef enum Rc {
    RC_OK = 0,
    RC_INVALID,      // the request is wrong: another request may work
    RC_NOT_FOUND,    // a thing that was named does not exist
    RC_EXISTS,       // a thing to be made exists already
    RC_DENIED,       // a privilege is missing
    RC_CONFLICT,     // the state of things forbids it now
    RC_CANCELLED,    // somebody asked to stop
    RC_TIMEOUT,      // the deadline passed
    RC_AGAIN,        // transient input/output trouble: try again
    RC_IO,           // lasting input/output trouble
    RC_CORRUPT,      // bytes from disk or network are not what they must be
    RC_LIMIT,        // a size is beyond its named maximum
    RC_UNSUPPORTED,  // understood, and not built yet
    RC_BUG,          // our own mistake
} Rc;

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define AUTO(closer) __attribute__((cleanup(closer)))

// Pass a failure on unchanged.
#define TRY(expr)                             \
    do {                                      \
        Rc try_rc_ = (expr);                  \
        if (try_rc_ != RC_OK) return try_rc_; \
    } while (0)

#endif
