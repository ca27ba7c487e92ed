#ifndef BASE_POISON_H
#define BASE_POISON_H

// Functions without a bound, or that hide bad input. The headers that declare them come first.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strtok atoi atol gets

#endif
