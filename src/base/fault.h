#ifndef BASE_FAULT_H
#define BASE_FAULT_H
#include "base/ctx.h"

// Named places where a test may kill the process, stop it or make a call fail. Told by the
// environment at start: KINTSUGI_FAULT="name=action[@n][,..]".
//   kill     end the process at the n-th passing (default first) as kill -9 would
//   fail     make the n-th passing return FAULT_INJECTED (RC_IO)
//   again    the same with RC_AGAIN, n times in a row
//   nospace  the same as a full disk (DISK_FULL)
//   wait     sleep 100 ms at each passing until the Ctx is cancelled or n passings went by
// Without the variable a point costs one load of a flag.
NODISCARD Rc fault_point(Ctx *ctx, const char *name);
void fault_init(
    const char *spec);  // NULL: none. Called once before threads start; tests may call again.

#endif
